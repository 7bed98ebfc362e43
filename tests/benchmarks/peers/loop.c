/* loop.c - the SUT of every benchmark of calls. Always compiled alone and with -O2, so that no call of f is inlined. */
#include "loop.h"

#include <time.h>

long long total;

static long long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void call_from_to(int first, int past)
{
    long long sum = 0;

    for (int i = first; i < past; i++)
        sum += f(i, i ^ 0x5A5A);
    total += sum;
}

long long run_calls(int count)
{
    long long start = now_ns();

    total = 0;
    call_from_to(0, count);
    return now_ns() - start;
}

long long run_with_wrong_bit(int count)
{
    long long start = now_ns();
    int middle = count / 2;

    total = 0;
    call_from_to(0, middle);
    total += f(middle, middle ^ 0x5A5A ^ 1);
    call_from_to(middle + 1, count);
    return now_ns() - start;
}

int add(int a, int b)
{
    return a + b;
}
