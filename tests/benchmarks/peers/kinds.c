/* kinds.c - see kinds.h. Always compiled alone and with -O2, so that no call is inlined. */
#include "kinds.h"

#include <time.h>

static const char block[64] = { 1, 2, 3 };
static const struct box a_box = { 7, 2.5, 3, 4 };

static long long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

#define LOOP(name, call)                        \
    long long name(int count)                   \
    {                                           \
        long long start = now_ns();             \
                                                \
        for (int i = 0; i < count; i++)         \
            call;                               \
        return now_ns() - start;                \
    }

LOOP(run_scalars, scalars(i, 5L, 7))
LOOP(run_buffer, buffer(block, sizeof block))
LOOP(run_text, text("sixteen letters!"))
LOOP(run_by_value, by_value(a_box))
LOOP(run_quiet, quiet())
LOOP(run_answered, answered(i))
LOOP(run_bare_scalars, bare_scalars(i, 5L, 7))
LOOP(run_bare_buffer, bare_buffer(block, sizeof block))
LOOP(run_bare_text, bare_text("sixteen letters!"))
LOOP(run_bare_by_value, bare_by_value(a_box))
LOOP(run_bare_quiet, bare_quiet())
