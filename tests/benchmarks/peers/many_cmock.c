/* many_cmock.c - a thousand functions mocked by CMock: a queue for each, and one order of all where the mocks are
 * generated with it.
 */
#include "Mockmocked.h"
#include "many_measure.h"

int GlobalExpectCount;
int GlobalVerifyOrder;

static struct many_job job;

/* The macros of CMock take the name of a function as it stands; what they expand to can stand in a table. */
#define EXPECT(n) f##n##_CMockExpectAndReturn,
static void (*const expect[])(UNITY_LINE_TYPE, int, int) = { MANY(EXPECT) };

void setUp(void) { Mockmocked_Init(); }
void tearDown(void) { Mockmocked_Verify(); }

static void test_calls(void)
{
    long long start = many_now_ns();

    for (int i = 0; i < job.count; i++)
        expect[job.steps[i].function](__LINE__, job.steps[i].x, job.steps[i].x + 1);
    TEST_ASSERT_TRUE(many_measure(&job, many_now_ns() - start));
}

int main(int argc, char **argv)
{
    UNITY_BEGIN();
    job = many_read_job(argc, argv);
    RUN_TEST(test_calls);
    return UNITY_END();
}
