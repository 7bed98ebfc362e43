/* with_cmocka.c - the same work done by cmocka: two expected values and one answer for each call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure.h"

static struct job job;
static struct phases phases;
static long long finished;

int f(int a, int b)
{
    check_expected(a);
    check_expected(b);
    return mock_type(int);
}

static void test_calls(void **state)
{
    long long before = measure_bytes();
    long long start = measure_now_ns();

    (void)state;
    for (int i = 0; i < job.count; i++) {
        expect_value(f, a, i);
        expect_value(f, b, i ^ 0x5A5A);
        will_return(f, i * 7 + 3);
    }
    phases.set_up_ns = measure_now_ns() - start;
    phases.bytes = measure_bytes() - before;
    phases.run_ns = measure_run(&job);
    assert_true(measure_total_is_right(&job));
    finished = measure_now_ns();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_calls) };
    int failures = 0;

    job = measure_job(argc, argv);
    for (int i = 0; i < job.repetitions; i++) {
        /* cmocka verifies after the test function, so its verification is timed with what it prints. */
        failures += cmocka_run_group_tests_name("calls", tests, NULL, NULL);
        phases.verify_ns = measure_now_ns() - finished;
        measure_print(&phases);
    }
    return failures != 0;
}
