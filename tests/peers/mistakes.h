/* mistakes.h - a SUT with ten mistakes, one in each function. */
#ifndef MISTAKES_H
#define MISTAKES_H

#include "mocked.h"

void unexpected_call(void);
void missing_calls_in_par(void);
void wrong_arguments(void);
void wrong_order(void);
void one_too_many(void);
void closest_alternative(void);
void unknown_function(void);
void long_trace_two_differences(void);
void ambiguous_language(void);
void too_few_repetitions(void);

#endif
