/* store.h - a stack and a log, whose functions are mocked, spied or served in turn, and the SUT that calls them. */
#ifndef STORE_H
#define STORE_H

#include <stddef.h>

struct span {
    long from, to;
};

int stack_new(void);
void stack_push(int stack, int val);
int stack_pop(int stack);

void log_init(const char *name);
int log_fill(char *to, size_t room);
struct span log_span(struct span all, double half);
int log_format(const char *format, ...);

int calculate(void);            /* new, push 4, push 6, and 100 * pop + pop */
int calculate_again(void);      /* the same, from another object */
int describe(char *to, size_t room);
long halve(void);
int narrate(void);
int built(void);                /* what a static constructor popped */

#endif
