/* kinds_bare.c - what a call costs that nobody mocks. */
#include "kinds.h"

int bare_scalars(int a, long b, unsigned char c)
{
    return a + (int)b + c;
}

int bare_buffer(const void *data, unsigned long size)
{
    return data != 0 && size;
}

int bare_text(const char *text)
{
    return *text;
}

int bare_by_value(struct box box)
{
    return box.x;
}

int bare_quiet(void)
{
    return 17;
}
