/* with_fff.c - the same calls recorded by fff; what they were is compared afterwards, here. The reset clears the whole
 * history, which has a length for all numbers of calls, and so says little of one.
 */
#include "measure.h"

#include <fff.h>

DEFINE_FFF_GLOBALS
FAKE_VALUE_FUNC(int, f, int, int)

static void set_up(int *answers, int count)
{
    RESET_FAKE(f);
    FFF_RESET_HISTORY();
    for (int i = 0; i < count; i++)
        answers[i] = i * 7 + 3;
    SET_RETURN_SEQ(f, answers, count);
}

static int all_right(int count)
{
    int right = f_fake.call_count == (unsigned)count;

    for (int i = 0; i < count; i++)
        right &= f_fake.arg0_history[i] == i && f_fake.arg1_history[i] == (i ^ 0x5A5A);
    return right;
}

static int repeat(const struct job *job, int *answers)
{
    struct phases phases = { 0 };
    long long start = measure_now_ns();
    int right;

    set_up(answers, job->count);
    phases.set_up_ns = measure_now_ns() - start;
    phases.run_ns = measure_run(job);
    start = measure_now_ns();
    right = all_right(job->count) && measure_total_is_right(job);
    phases.verify_ns = measure_now_ns() - start;
    measure_print(&phases);
    return right;
}

int main(int argc, char **argv)
{
    struct job job = measure_job(argc, argv);
    int *answers = calloc((size_t)job.count, sizeof *answers);
    int failures = 0;

    if (answers == NULL || job.count > (int)FFF_ARG_HISTORY_LEN)
        return 2;
    for (int i = 0; i < job.repetitions; i++)
        failures += !repeat(&job, answers);
    free(answers);
    return failures != 0;
}
