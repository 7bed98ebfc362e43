/* lister.c - calls variadic functions as C programs do. */
#include "lister.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"

int print_all(void)
{
    return print("%d %5u %-ld|%lu %lld %hhd %c %s %.2s %p %5.1f %Lg %% %*d %.*f %zu %jx %m %td", -1, 4000000000U, -2L,
                 ~0UL, -3LL, (signed char)-4, 'A', "text", "abcd", (void *)NULL, 1.5, 2.5L, 7, 8, 2, 0.25, (size_t)9,
                 (intmax_t)-1, (ptrdiff_t)-5);
}

static int forward(const char *format, ...)
{
    char text[64];
    va_list list;
    int result, length;

    va_start(list, format);
    result = print_list(format, list);
    length = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return 100 * result + length;
}

int print_through_list(int number, const char *text)
{
    return forward("%d %s", number, text);
}

int sum_three(void)
{
    return sum(3, 0.5, -0.0, __builtin_nan(""));
}

static int forward_sum(int n, ...)
{
    va_list list;
    int result;

    va_start(list, n);
    result = sum_list(n, list);
    va_end(list);
    return result;
}

int sum_through_list(void)
{
    return forward_sum(2, ~0ULL, 1ULL);
}

int run_ls(void)
{
    return run("ls", "-l", "/tmp", (char *)NULL);
}

int pass_mixed(void)
{
    return mixed(9, 'a', (unsigned char)255, 0.1F, -1L, "text", (void *)NULL, (_Bool)1, 4000000000U, (size_t)-1, 2.5L,
                 L'x');
}

int paint_green(void)
{
    return paint("wall", GREEN, 0.5);
}

int print_long(int length)
{
    char *text = malloc((size_t)length + 1);
    int result;

    if (text == NULL)
        return -1;
    memset(text, 'x', (size_t)length);
    text[length] = '\0';
    result = print("%d %s %d", 1, text, 2);
    free(text);
    return result;
}
