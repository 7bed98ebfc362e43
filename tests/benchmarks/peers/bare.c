/* bare.c - a stub that computes its answer, records nothing and compares nothing: the floor of the loop. */
#include "measure.h"

int f(int a, int b)
{
    (void)b;
    return a * 7 + 3;
}

int main(int argc, char **argv)
{
    struct job job = measure_job(argc, argv);
    int failures = 0;

    for (int i = 0; i < job.repetitions; i++) {
        struct phases phases = { 0, measure_run(&job), 0, 0 };

        failures += !measure_total_is_right(&job);
        measure_print(&phases);
    }
    return failures != 0;
}
