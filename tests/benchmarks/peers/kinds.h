/* kinds.h - the SUT of the benchmarks of kinds: it calls one function of each kind in a loop. */
#ifndef KINDS_H
#define KINDS_H

struct box {
    long id;
    double weight;
    int x, y;
};

/* The mocked functions, and the same as they are without a mock. */
int scalars(int a, long b, unsigned char c);
int buffer(const void *data, unsigned long size);
int text(const char *text);
int by_value(struct box box);
int quiet(void);
int answered(int a);

int bare_scalars(int a, long b, unsigned char c);
int bare_buffer(const void *data, unsigned long size);
int bare_text(const char *text);
int bare_by_value(struct box box);
int bare_quiet(void);

/* Make that many calls; how long they took together, in nanoseconds. */
long long run_scalars(int count);
long long run_buffer(int count);
long long run_text(int count);
long long run_by_value(int count);
long long run_quiet(int count);
long long run_answered(int count);

long long run_bare_scalars(int count);
long long run_bare_buffer(int count);
long long run_bare_text(int count);
long long run_bare_by_value(int count);
long long run_bare_quiet(int count);

#endif
