/* log.c - the real log. */
#include "store.h"

#include <errno.h>
#include <string.h>

static char kept[32];

void log_init(const char *name)
{
    strncpy(kept, name, sizeof kept - 1);
}

int log_fill(char *to, size_t room)
{
    errno = ENOSPC;
    strncpy(to, kept, room);
    return (int)strlen(kept);
}

struct span log_span(struct span all, double half)
{
    struct span first = { all.from, all.from + (long)((double)(all.to - all.from) * half) };

    return first;
}

int log_format(const char *format, ...)
{
    return (int)strlen(format);
}
