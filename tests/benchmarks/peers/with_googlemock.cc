// with_googlemock.cc - the same work done by GoogleMock: one expectation for each call, in sequence.
#include <gmock/gmock.h>

extern "C" {
#include "measure.h"
}

namespace {

class Functions {
public:
    MOCK_METHOD(int, f, (int a, int b));
};

Functions *current;

bool repeat(const job &wanted)
{
    phases told = {};
    Functions functions;
    long long before = measure_bytes();
    long long start = measure_now_ns();

    current = &functions;
    {
        testing::InSequence in_sequence;

        for (int i = 0; i < wanted.count; i++)
            EXPECT_CALL(functions, f(i, i ^ 0x5A5A)).WillOnce(testing::Return(i * 7 + 3));
    }
    told.set_up_ns = measure_now_ns() - start;
    told.bytes = measure_bytes() - before;
    told.run_ns = measure_run(&wanted);
    bool right = measure_total_is_right(&wanted);
    long long finish = measure_now_ns();
    right = testing::Mock::VerifyAndClearExpectations(&functions) && right;
    told.verify_ns = measure_now_ns() - finish;
    measure_print(&told);
    return right;
}

} // namespace

extern "C" int f(int a, int b)
{
    return current->f(a, b);
}

int main(int argc, char **argv)
{
    job wanted = measure_job(argc, argv);
    int failures = 0;

    testing::InitGoogleMock(&argc, argv);
    for (int i = 0; i < wanted.repetitions; i++)
        failures += !repeat(wanted);
    return failures != 0;
}
