/* handles.c - calls with three arguments, and with handles. Compiled alone and with -O2, like loop.c. */
#include "handles.h"

#include <time.h>

static volatile long long total;

static long long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

long long run_g(int count)
{
    long long start = now_ns();
    long long sum = 0;

    for (int i = 0; i < count; i++)
        sum += g(i, i ^ 0x5A5A, 7);
    total = sum;
    return now_ns() - start;
}

long long run_handles(int count, int uses)
{
    long long start = now_ns();
    long long sum = 0;

    for (int i = 0; i < count; i++) {
        int handle = open_one();

        for (int x = 0; x < uses; x++)
            sum += use(handle, x);
    }
    total = sum;
    return now_ns() - start;
}
