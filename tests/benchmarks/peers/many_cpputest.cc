// many_cpputest.cc - a thousand functions mocked by CppUTest: in strict order, or in any.
#include <CppUTest/TestHarness.h>
#include <CppUTest/MemoryLeakWarningPlugin.h>
#include <CppUTestExt/MockSupport.h>

extern "C" {
#include "many_measure.h"
}

#define MOCK(n) \
    extern "C" int f##n(int x) \
    { \
        return mock().actualCall("f" #n).withParameter("x", x).returnIntValue(); \
    }
MANY(MOCK)

#define NAME(n) "f" #n,
static const char *const names[] = { MANY(NAME) };

namespace {

/* Outside of a test there is nobody who would note a failure. */
class Reporter : public MockFailureReporter {
public:
    bool failed = false;

    void failTest(const MockFailure &) override { failed = true; }
};

} // namespace

int main(int argc, char **argv)
{
    MemoryLeakWarningPlugin::turnOffNewDeleteOverloads();
    many_job job = many_read_job(argc, argv);
    Reporter reporter;
    long long start = many_now_ns();

    mock().setMockFailureStandardReporter(&reporter);
    if (job.ordered)
        mock().strictOrder();
    for (int i = 0; i < job.count; i++) {
        const step &one = job.steps[i];

        mock().expectOneCall(names[one.function]).withParameter("x", one.x).andReturnValue(one.x + 1);
    }
    bool right = many_measure(&job, many_now_ns() - start);
    mock().checkExpectations();
    mock().clear();
    return !right || reporter.failed;
}
