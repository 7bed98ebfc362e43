/* session.c - the four runs of the manual, made by C instead of by Python. */
#include "session.h"

#include "stack.h"

int session(const int *values, int count, int pops)
{
    Stack s = new();

    for (int i = 0; i < count; i++)
        push(s, values[i]);
    return pops ? pop(s) : 0;
}
