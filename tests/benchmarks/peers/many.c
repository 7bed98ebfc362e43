/* many.c - calls a thousand functions in the order that a file says. Compiled alone and with -O2, like loop.c. */
#include "many.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

long long many_total;

static struct step *steps;

#define DEFINE_BARE(n) \
    __attribute__((noinline)) static int bare##n(int x) \
    { \
        return x + 1; \
    }
MANY(DEFINE_BARE)

#define NAME_MOCKED(n) f##n,
#define NAME_BARE(n) bare##n,
static int (*const mocked[])(int) = { MANY(NAME_MOCKED) };
static int (*const bare[])(int) = { MANY(NAME_BARE) };

static long long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int many_load(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size;
    size_t count;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return -1;
    size = ftell(file);
    rewind(file);
    free(steps);
    steps = malloc((size_t)size);
    count = steps == NULL ? 0 : fread(steps, sizeof *steps, (size_t)size / sizeof *steps, file);
    fclose(file);
    return (int)count;
}

static long long run(int (*const functions[])(int), int count)
{
    long long start = now_ns();
    long long sum = 0;

    for (int i = 0; i < count; i++)
        sum += functions[steps[i].function](steps[i].x);
    many_total = sum;
    return now_ns() - start;
}

long long many_run(int count)
{
    return run(mocked, count);
}

long long many_run_bare(int count)
{
    return run(bare, count);
}
