// many_googlemock.cc - a thousand functions mocked by GoogleMock: one sequence for all calls, or one for each function.
#include <gmock/gmock.h>

extern "C" {
#include "many_measure.h"
}

namespace {

testing::MockFunction<int(int)> *functions;

bool run(const many_job &job)
{
    testing::MockFunction<int(int)> mocked[1000];
    testing::Sequence sequences[1000];
    long long start = many_now_ns();

    functions = mocked;
    for (int i = 0; i < job.count; i++) {
        const step &one = job.steps[i];
        testing::Sequence &sequence = sequences[job.ordered ? 0 : one.function];

        EXPECT_CALL(mocked[one.function], Call(one.x)).InSequence(sequence).WillOnce(testing::Return(one.x + 1));
    }
    return many_measure(&job, many_now_ns() - start);
}

} // namespace

#define MOCK(n) \
    extern "C" int f##n(int x) \
    { \
        return functions[1##n - 1000].Call(x); \
    }
MANY(MOCK)

int main(int argc, char **argv)
{
    many_job job = many_read_job(argc, argv);

    testing::InitGoogleMock(&argc, argv);
    return !run(job) || testing::Test::HasFailure();
}
