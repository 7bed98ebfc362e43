/* handles.h - the SUT of the benchmarks of arguments: three of them, and handles that later calls must have. */
#ifndef HANDLES_H
#define HANDLES_H

/* The mocked functions. */
int g(int a, int b, int c);
int open_one(void);
int use(int handle, int x);

/* Call g(i, i ^ 0x5A5A, 7) for each i below; how long that took, in nanoseconds. */
long long run_g(int count);

/* Call open_one, then use its handle that often; all this as often as told. */
long long run_handles(int count, int uses);

#endif
