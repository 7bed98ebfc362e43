/* stack.c - the real stack. */
#include "store.h"

static int values[16], used;

int stack_new(void)
{
    used = 0;
    return 7;
}

void stack_push(int stack, int val)
{
    (void)stack;
    values[used++ % 16] = val;
}

int stack_pop(int stack)
{
    (void)stack;
    return used > 0 ? values[--used] : -1;
}
