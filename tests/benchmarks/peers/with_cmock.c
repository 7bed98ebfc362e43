/* with_cmock.c - the same work done by CMock: one expected call with its answer for each call. */
#include "Mockmocked.h"
#include "measure.h"

int GlobalExpectCount;
int GlobalVerifyOrder;

static struct job job;
static struct phases phases;

void setUp(void) {}
void tearDown(void) {}

static void test_calls(void)
{
    long long before = measure_bytes();
    long long start = measure_now_ns();

    Mockmocked_Init();
    for (int i = 0; i < job.count; i++)
        f_ExpectAndReturn(i, i ^ 0x5A5A, i * 7 + 3);
    phases.set_up_ns = measure_now_ns() - start;
    phases.bytes = measure_bytes() - before;
    phases.run_ns = measure_run(&job);
    TEST_ASSERT_TRUE(measure_total_is_right(&job));
    start = measure_now_ns();
    Mockmocked_Verify();
    Mockmocked_Destroy();
    phases.verify_ns = measure_now_ns() - start;
}

int main(int argc, char **argv)
{
    UNITY_BEGIN();
    job = measure_job(argc, argv);
    for (int i = 0; i < job.repetitions; i++) {
        RUN_TEST(test_calls);
        measure_print(&phases);
    }
    return UNITY_END() != 0;
}
