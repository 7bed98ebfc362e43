/* invoke.c - call any C function by address, with arguments that Python has sorted into registers and stack words.
 *
 * System V AMD64 ABI 3.2.3: integers and pointers fill rdi, rsi, rdx, rcx, r8, r9; floating values fill xmm0 to xmm7;
 * what is left, and every long double, goes to the stack in order. One call with all of them filled serves every
 * signature without structs by value: a callee reads only what its prototype has. The `...` makes the compiler set al,
 * as a variadic callee needs.
 */
#include "internal.h"

#include <errno.h>
#include <string.h>

#define GPR(b) (b)->gpr[0], (b)->gpr[1], (b)->gpr[2], (b)->gpr[3], (b)->gpr[4], (b)->gpr[5]
#define XMM(x) (x)[0], (x)[1], (x)[2], (x)[3], (x)[4], (x)[5], (x)[6], (x)[7]
#define EIGHT(s, i) (s)[i], (s)[(i) + 1], (s)[(i) + 2], (s)[(i) + 3], (s)[(i) + 4], (s)[(i) + 5], (s)[(i) + 6], (s)[(i) + 7]
#define STACK(s) EIGHT(s, 0), EIGHT(s, 8), EIGHT(s, 16), EIGHT(s, 24)

typedef uint64_t integer_function(uint64_t, ...);
typedef double floating_function(uint64_t, ...);
typedef long double long_double_function(uint64_t, ...);

static uint64_t call_integer(struct cmk_mailbox *b, const double *x)
{
    integer_function *f = (integer_function *)b->function;

    return b->stack_words ? f(GPR(b), XMM(x), STACK(b->stack)) : f(GPR(b), XMM(x));
}

/* A float comes back in the low half of xmm0 and a float complex in all of it, so a double carries both. */
static double call_floating(struct cmk_mailbox *b, const double *x)
{
    floating_function *f = (floating_function *)b->function;

    return b->stack_words ? f(GPR(b), XMM(x), STACK(b->stack)) : f(GPR(b), XMM(x));
}

static long double call_long_double(struct cmk_mailbox *b, const double *x)
{
    long_double_function *f = (long_double_function *)b->function;

    return b->stack_words ? f(GPR(b), XMM(x), STACK(b->stack)) : f(GPR(b), XMM(x));
}

void cmk_invoke(struct cmk_mailbox *box)
{
    uint64_t result[4] = { 0, 0, 0, 0 };
    long double extended = 0;
    double x[8], floating;

    memcpy(x, box->xmm, sizeof x);
    errno = (int)box->error;
    switch ((enum cmk_returns)box->returns) {
    case CMK_RETURNS_INTEGER:
        result[0] = call_integer(box, x);
        break;
    case CMK_RETURNS_FLOATING:
        floating = call_floating(box, x);
        memcpy(result, &floating, sizeof floating);
        break;
    case CMK_RETURNS_LONG_DOUBLE:
        extended = call_long_double(box, x);
        memcpy(result, &extended, sizeof extended);
        break;
    }
    box->error = (uint64_t)(int64_t)errno;
    memcpy(box->result, result, sizeof result);
}
