/* calc.h - a small calculator: the system under test. */
#ifndef CALC_H
#define CALC_H

#define CALC_ERROR (-1)

/* Evaluate an expression in reverse polish notation, "4 6 +". Returns CALC_ERROR when a sign is unknown. */
int calculate(const char *expression);

/* Divide the two numbers on top of a new stack: the quotient of `a` and `b`. */
int divide(int a, int b);

#endif
