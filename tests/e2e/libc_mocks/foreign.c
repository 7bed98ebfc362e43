/* foreign.c - compiled by the tests with a plain `gcc -c -O2`: the library knows nothing of its source. */
#include "foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

char *keep(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    return copy ? memcpy(copy, text, size) : NULL;
}

int save(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t done = write(fd, text, left);

        if (done < 0 && errno != EINTR)
            return errno;
        if (done > 0) {
            text += done;
            left -= (size_t)done;
        }
    }
    return 0;
}

void give_up(int status)
{
    exit(status);
}

void say(const char *text, int number)
{
    printf("%s %d\n", text, number);
}

int first_character(const char *path)
{
    FILE *file = fopen(path, "r");
    int first = file ? fgetc(file) : -2;

    if (file)
        fclose(file);
    return first;
}

long age(long born)
{
    return (long)time(NULL) - born;
}

int load(const char *path, char *to, unsigned size)
{
    char buffer[16];
    int fd = open(path, O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, buffer, size);

    if (got > 0)
        memcpy(to, buffer, (size_t)got);
    return (int)got;
}
