/* unity_tests.h - what the tests with Unity share: each is run by its name. Unity tells where a failing test is defined, as
 * the runners do that it generates.
 */
#ifndef UNITY_TESTS_H
#define UNITY_TESTS_H

#include <string.h>
#include <unity.h>

#define TEST(name) \
    enum { line_of_##name = __LINE__ }; \
    static void test_##name(void)

#define RUN_IF_ASKED(name) \
    if (argc == 2 && strcmp(argv[1], #name) == 0) \
        UnityDefaultTestRun(test_##name, "test_" #name, line_of_##name)

#define RUN_THE_TEST_THAT_IS_ASKED_FOR \
    int main(int argc, char **argv) \
    { \
        UnityBegin(__FILE__); \
        RUN_IF_ASKED(unexpected_call); \
        RUN_IF_ASKED(missing_calls_in_par); \
        RUN_IF_ASKED(wrong_arguments); \
        RUN_IF_ASKED(wrong_order); \
        RUN_IF_ASKED(one_too_many); \
        RUN_IF_ASKED(closest_alternative); \
        RUN_IF_ASKED(unknown_function); \
        RUN_IF_ASKED(long_trace_two_differences); \
        RUN_IF_ASKED(ambiguous_language); \
        RUN_IF_ASKED(too_few_repetitions); \
        return UNITY_END(); \
    }

#endif
