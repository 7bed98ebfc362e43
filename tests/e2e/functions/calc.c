/* calc.c - the SUT. */
#include "store.h"

int calculate(void)
{
    int stack = stack_new();

    stack_push(stack, 4);
    stack_push(stack, 6);
    return 100 * stack_pop(stack) + stack_pop(stack);
}
