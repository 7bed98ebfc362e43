/* loop.h - the SUT of every benchmark of calls: it calls f in a loop and adds up what f answers. */
#ifndef LOOP_H
#define LOOP_H

/* The mocked function. Call number i is f(i, i ^ 0x5A5A), and i * 7 + 3 is its answer. */
int f(int a, int b);

/* Sum of the answers of the last run. */
extern long long total;

/* Make that many right calls; how long they took together, in nanoseconds. */
long long run_calls(int count);

/* The same with one wrong bit, in the second argument of the call in the middle. */
long long run_with_wrong_bit(int count);

int add(int a, int b);

#endif
