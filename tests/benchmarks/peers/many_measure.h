/* many_measure.h - what the peers of the benchmarks of languages share: the command line and one line of output.
 *
 * A peer is called with the file of steps that are expected, the file of those that are made, how many of them, and
 * what is expected: "ordered" when all calls come in the order of the file, "interleaved" when each function has its
 * order and the functions any. It prints "ns" with the nanoseconds of the calls and of the set-up.
 * Where not all calls are made nothing is verified at the end, which would only print what is missing.
 */
#ifndef MANY_MEASURE_H
#define MANY_MEASURE_H

#include "many.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct many_job {
    struct step *steps;
    int count;
    int calls;
    int ordered;
};

static inline long long many_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline struct many_job many_read_job(int argc, char **argv)
{
    struct many_job job;
    FILE *file;

    if (argc != 5) {
        fprintf(stderr, "usage: %s EXPECTED MADE CALLS ordered|interleaved\n", argv[0]);
        exit(2);
    }
    job.count = many_load(argv[2]);
    job.calls = atoi(argv[3]);
    job.ordered = strcmp(argv[4], "ordered") == 0;
    job.steps = (struct step *)malloc(sizeof *job.steps * (size_t)job.count);
    file = fopen(argv[1], "rb");
    if (job.calls > job.count || file == NULL)
        exit(2);
    if (fread(job.steps, sizeof *job.steps, (size_t)job.count, file) != (size_t)job.count)
        exit(2);
    fclose(file);
    return job;
}

/* Make the calls and tell; whether each got its answer. */
static inline int many_measure(const struct many_job *job, long long set_up_ns)
{
    long long expected = 0;

    printf("ns %lld %lld\n", many_run(job->calls), set_up_ns);
    fflush(stdout);
    for (int i = 0; i < job->calls; i++)
        expected += job->steps[i].x + 1;
    if (job->calls < job->count)
        _exit(many_total != expected);
    return many_total == expected;
}

#endif
