/* many.h - the SUT of the benchmarks of languages: a thousand functions, called in the order that a file says. */
#ifndef MANY_H
#define MANY_H

/* D(000) D(001) ... D(999) */
#define MANY_TEN(D, n) D(n##0) D(n##1) D(n##2) D(n##3) D(n##4) D(n##5) D(n##6) D(n##7) D(n##8) D(n##9)
#define MANY_HUNDRED(D, n) \
    MANY_TEN(D, n##0) MANY_TEN(D, n##1) MANY_TEN(D, n##2) MANY_TEN(D, n##3) MANY_TEN(D, n##4) \
    MANY_TEN(D, n##5) MANY_TEN(D, n##6) MANY_TEN(D, n##7) MANY_TEN(D, n##8) MANY_TEN(D, n##9)
#define MANY(D) \
    MANY_HUNDRED(D, 0) MANY_HUNDRED(D, 1) MANY_HUNDRED(D, 2) MANY_HUNDRED(D, 3) MANY_HUNDRED(D, 4) \
    MANY_HUNDRED(D, 5) MANY_HUNDRED(D, 6) MANY_HUNDRED(D, 7) MANY_HUNDRED(D, 8) MANY_HUNDRED(D, 9)

/* The mocked functions: each answers x + 1. */
#define MANY_DECLARE(n) int f##n(int x);
MANY(MANY_DECLARE)

/* One call: the number of a function and its argument. */
struct step {
    int function;
    int x;
};

/* Sum of the answers of the last run. */
extern long long many_total;

/* Read the steps of all later runs from a file; how many there are. */
int many_load(const char *path);

/* Make the first calls of the steps; how long they took together, in nanoseconds. */
long long many_run(int count);

/* The same with functions that nobody mocks: what the loop costs. */
long long many_run_bare(int count);

#endif
