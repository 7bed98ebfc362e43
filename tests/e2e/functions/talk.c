/* talk.c - the part of the SUT that uses the log. */
#include "store.h"

int describe(char *to, size_t room)
{
    log_init("calc");
    return log_fill(to, room);
}

long halve(void)
{
    struct span all = { 10, 30 };

    return log_span(all, 0.5).to;
}

int narrate(void)
{
    return log_format("%d", 1);
}
