/* stack.h - the API that the calculator stands on, and that the tests mock. */
#ifndef STACK_H
#define STACK_H

typedef int Stack;

#ifndef __cplusplus /* new is a keyword of C++ */
Stack new(void);
#endif
void push(Stack s, int val);
int pop(Stack s);

#endif
