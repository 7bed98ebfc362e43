/* early.c - calls a mock before main. */
#include "store.h"

static int popped;

static void build(void) __attribute__((constructor));
static void build(void)
{
    stack_push(1, 5);
    popped = stack_pop(1);
}

int built(void)
{
    return popped;
}
