/* calc.c - a small calculator on top of a stack that it knows by its header only. */
#include "calc.h"

#include <ctype.h>
#include <stdlib.h>

#include "stack.h"

static int combine(int sign, int left, int right)
{
    switch (sign) {
    case '+':
        return left + right;
    case '-':
        return left - right;
    case '*':
        return left * right;
    default:
        return left / right;
    }
}

int calculate(const char *expression)
{
    Stack s = new();
    char *end;

    for (const char *at = expression; *at != '\0'; at++) {
        if (isdigit((unsigned char)*at)) {
            push(s, (int)strtol(at, &end, 10));
            at = end - 1;
        } else if (*at == '+' || *at == '-' || *at == '*' || *at == '/') {
            int right = pop(s);
            int left = pop(s);

            push(s, combine(*at, left, right));
        } else if (*at != ' ') {
            return CALC_ERROR;
        }
    }
    return pop(s);
}

int divide(int a, int b)
{
    return combine('/', a, b);
}
