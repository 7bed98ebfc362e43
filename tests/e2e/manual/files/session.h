/* session.h - a program that uses a stack it knows by its header only: the system under test. */
#ifndef SESSION_H
#define SESSION_H

/* Push `count` values on a new stack; then pop once and return the value, or return 0 when `pops` is 0. */
int session(const int *values, int count, int pops);

#endif
