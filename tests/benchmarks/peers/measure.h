/* measure.h - what the peers share: the clock, the bytes in use, the command line, and one line a repetition.
 *
 * A peer is called with the number of calls, the number of repetitions, and "right" or "wrong". It prints, for each
 * repetition, "phases" with the nanoseconds of set-up, run and verification and the bytes that the set-up took; it
 * ends with status 0 when every repetition was as expected, else 1.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "loop.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct job {
    int count;
    int repetitions;
    int wrong;
};

struct phases {
    long long set_up_ns;
    long long run_ns;
    long long verify_ns;
    long long bytes;
};

static inline long long measure_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline long long measure_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return (long long)(info.uordblks + info.hblkhd);
}

static inline struct job measure_job(int argc, char **argv)
{
    struct job job;

    if (argc != 4) {
        fprintf(stderr, "usage: %s COUNT REPETITIONS right|wrong\n", argv[0]);
        exit(2);
    }
    job.count = atoi(argv[1]);
    job.repetitions = atoi(argv[2]);
    job.wrong = strcmp(argv[3], "wrong") == 0;
    return job;
}

static inline long long measure_run(const struct job *job)
{
    return job->wrong ? run_with_wrong_bit(job->count) : run_calls(job->count);
}

/* Whether the SUT got the answers of all its calls. */
static inline int measure_total_is_right(const struct job *job)
{
    long long n = job->count;

    return total == n * (n - 1) / 2 * 7 + 3 * n;
}

static inline void measure_print(const struct phases *phases)
{
    printf("phases %lld %lld %lld %lld\n", phases->set_up_ns, phases->run_ns, phases->verify_ns, phases->bytes);
}

#endif
