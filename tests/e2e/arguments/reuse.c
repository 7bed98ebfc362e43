/* reuse.c - passes memory and changes it right after the call. */
#include "reuse.h"

#include <stdlib.h>

#include "deep.h"

#define LARGE (1UL << 18)

void from_stack(void)
{
    int numbers[3] = { 1, 2, 3 };

    take(numbers, 3);
    numbers[0] = 9;
    take(numbers, 3);
    memset(numbers, 0xEE, sizeof numbers);
}

void from_heap(void)
{
    int *numbers = malloc(2 * sizeof *numbers);

    if (numbers == NULL)
        return;
    numbers[0] = 7;
    numbers[1] = 8;
    take(numbers, 2);
    free(numbers);
}

void from_text(void)
{
    char text[8] = "hello";

    say(text);
    text[0] = 'j';
    say(text);
    say_three(text);
    memset(text, '?', sizeof text);
}

void from_struct(void)
{
    struct point point = { 'a', 0.5, 3 };
    int numbers[2] = { 4, 5 };
    struct box box = { 2, numbers, "box", &point };

    look(&point);
    see(&box);
    see_all(&box);
    memset(&point, 0xEE, sizeof point);
    memset(numbers, 0xEE, sizeof numbers);
    look(&point);
}

static int forward(const char *format, ...)
{
    va_list list;
    int result;

    va_start(list, format);
    result = print_list(format, list);
    va_end(list);
    return result;
}

int print_both(const char *text)
{
    char copy[16];
    int result;

    strncpy(copy, text, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    result = print("%s %d", copy, 1);
    memset(copy, '?', sizeof copy - 1);
    return result + forward("%s %ld", copy, 2L);
}

void from_large(void)
{
    int *numbers = calloc(LARGE, sizeof *numbers);

    if (numbers == NULL)
        return;
    numbers[0] = 1;
    take(numbers, LARGE);
    free(numbers);
}

int run_badly(void)
{
    return run("ls", "-l", (char *)8);
}
