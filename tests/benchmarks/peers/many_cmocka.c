/* many_cmocka.c - a thousand functions mocked by cmocka: a queue of values and answers for each, and one of all calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "many_measure.h"

static struct many_job job;

#define MOCK(n) \
    int f##n(int x) \
    { \
        if (job.ordered) \
            function_called(); \
        check_expected(x); \
        return mock_type(int); \
    }
MANY(MOCK)

#define NAME(n) "f" #n,
static const char *const names[] = { MANY(NAME) };

/* The macros of cmocka take the name of a function as it stands; what they expand to takes it as text. */
static void test_calls(void **state)
{
    long long start = many_now_ns();

    (void)state;
    for (int i = 0; i < job.count; i++) {
        const char *name = names[job.steps[i].function];

        if (job.ordered)
            _expect_function_call(name, __FILE__, __LINE__, 1);
        _expect_value(name, "x", __FILE__, __LINE__, cast_to_largest_integral_type(job.steps[i].x), 1);
        _will_return(name, __FILE__, __LINE__, cast_to_largest_integral_type(job.steps[i].x + 1), 1);
    }
    assert_true(many_measure(&job, many_now_ns() - start));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_calls) };

    job = many_read_job(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
