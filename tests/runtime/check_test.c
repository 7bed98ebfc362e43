/* check_test.c - what check.c decides, case by case: a language and a trace are written into an arena of our own, the
 * check runs, and its verdict is compared. Prints a line for each case that fails; the exit status is their number. */
#include "internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the functions of this test, as codegen/tables.py would write them ------------------------------------------- */

enum function { ONE, PAIR, FLOATS, DOUBLES, LONG_DOUBLE, TEXT, ANSWERS, NAME, NOTHING, SAMPLES, PRECISE };

#define WORDS(slot, words) { CMK_WORDS, slot, words, 0, 0, 0, NULL, 0 }
#define BLOB(slot, element) { CMK_BLOB, slot, 2, element, 0, 0, NULL, 0 }
#define LEAVES(leaves) sizeof leaves / sizeof leaves[0], 0, leaves, 0

static const struct cmk_leaf two_floats[] = { { 0, 4 }, { 4, 4 } }, two_doubles[] = { { 0, 8 }, { 8, 8 } };
static const struct cmk_leaf one_float[] = { { 0, 4 } }, one_long_double[] = { { 0, 16 } };
static const struct cmk_field one[] = { WORDS(0, 1) };
static const struct cmk_field pair[] = { WORDS(0, 2), WORDS(2, 1) };
static const struct cmk_field floats[] = { { CMK_WORDS, 0, 1, 0, LEAVES(two_floats) } };
static const struct cmk_field doubles[] = { { CMK_WORDS, 0, 2, 0, LEAVES(two_doubles) } };
static const struct cmk_field long_double[] = { { CMK_WORDS, 0, 2, 0, LEAVES(one_long_double) } };
static const struct cmk_field text[] = { BLOB(0, 1) };
static const struct cmk_field samples[] = { { CMK_BLOB, 0, 2, 4, LEAVES(one_float) } };
static const struct cmk_field precise[] = { { CMK_BLOB, 0, 2, 16, LEAVES(one_long_double) } };
static const struct cmk_field answers[] = { WORDS(0, 1), BLOB(1, 4), WORDS(3, 1) };

const struct cmk_function cmk_functions[] = {
    { "one", one, NULL, 1, 1, 0, 0, 0, 0 },
    { "pair", pair, NULL, 2, 3, 0, 0, 0, 0 },
    { "floats", floats, NULL, 1, 1, 0, 0, 0, 0 },
    { "doubles", doubles, NULL, 1, 2, 0, 0, 0, 0 },
    { "long_double", long_double, NULL, 1, 2, 0, 0, 0, 0 },
    { "text", text, NULL, 1, 2, 0, 0, 0, 0 },
    { "answers", NULL, answers, 0, 0, 3, 4, 0, 0 },
    { "name", NULL, one, 0, 0, 1, 1, 0, 0 },
    { "nothing", NULL, NULL, 0, 0, 0, 0, 0, 0 },
    { "samples", samples, NULL, 1, 2, 0, 0, 0, 0 },
    { "precise", precise, NULL, 1, 2, 0, 0, 0, 0 },
};
const unsigned long cmk_function_count = sizeof cmk_functions / sizeof cmk_functions[0];

/* --- writing languages and traces --------------------------------------------------------------------------------- */

#define MOST 8
#define EVENTS_AT 0x4000U       /* behind the words of a region */
#define MASKS_AT 0x8000U

static int failures;
static uint32_t next_word[2];

static uint64_t region_of(int other)
{
    return other ? CMK_CHECK : CMK_RUN;
}

static struct cmk_language *language_of(int other)
{
    return other ? &CMK->check : &CMK->run;
}

/* Begin a case: empty languages, an empty trace, and the check of the language that ran. */
static void begin(void)
{
    CMK->trace_used = CMK->trace_calls = 0;
    CMK->run = CMK->check = (struct cmk_language){ EVENTS_AT, 0, 0, 0 };
    CMK->check_region = CMK_RUN;
    next_word[0] = next_word[1] = 0;
    memset(CMK_AT(CMK_RUN + MASKS_AT), 0, MOST * sizeof(uint32_t));
    memset(CMK_AT(CMK_CHECK + MASKS_AT), 0, MOST * sizeof(uint32_t));
}

static uint32_t put(int other, const uint64_t *words, size_t count)
{
    uint32_t at = next_word[other];

    if (count > 0)
        memcpy((uint64_t *)CMK_AT(region_of(other)) + at, words, 8 * count);
    next_word[other] += (uint32_t)count;
    return at;
}

/* Append an event to the language that runs, or to the other one that a check is given. */
static void event(int other, unsigned function, const uint64_t *args, size_t args_count, const uint64_t *answer,
                  size_t answer_count, const uint64_t *mask)
{
    struct cmk_language *language = language_of(other);
    struct cmk_event *row = (struct cmk_event *)CMK_AT(region_of(other) + EVENTS_AT) + language->count;

    if (next_word[other] == 0)
        put(other, (const uint64_t[]){ 0 }, 1);         /* word 0 means "no mask" */
    row->function = function;
    row->args = put(other, args, args_count);
    row->answer = answer_count == 1 ? *answer : 0;
    if (function & CMK_FLAGGED) {
        row->answer = put(other, answer, answer_count);
    } else if (answer_count > 1) {
        row->function |= CMK_FLAGGED;
        row->answer = put(other, (const uint64_t[]){ 0 }, 1);
        put(other, answer, answer_count);
    }
    if (mask != NULL) {
        language->masks = MASKS_AT;
        ((uint32_t *)CMK_AT(region_of(other) + MASKS_AT))[language->count] = put(other, mask, args_count);
    }
    language->count++;
}

static void expect_call(unsigned function, const uint64_t *args, size_t count)
{
    event(0, function, args, count, NULL, 0, NULL);
}

static struct cmk_record *call(unsigned function, const uint64_t *args, size_t count)
{
    struct cmk_record *record = CMK_AT(CMK_TRACE + CMK->trace_used);

    record->size = (uint32_t)(sizeof *record + 8 * count);
    record->function = function;
    record->event = (uint32_t)CMK->trace_calls++;
    record->thread = CMK_COMPLETE;
    if (count > 0)
        memcpy(record->payload, args, 8 * count);
    CMK->trace_used += record->size;
    return record;
}

static void expect_verdict(const char *name, enum cmk_verdict verdict, uint64_t record)
{
    CMK->verdict = 99;
    if (CMK->check_region == CMK_RUN)
        CMK->check = CMK->run;
    cmk_check();
    if (CMK->verdict == verdict && (verdict == CMK_ACCEPTED || CMK->verdict_record == record))
        return;
    printf("%s: verdict %d at record %d instead of %d at %d\n", name, (int)CMK->verdict, (int)CMK->verdict_record,
           (int)verdict, (int)record);
    failures++;
}

static void expect(const char *name, enum cmk_verdict verdict)
{
    expect_verdict(name, verdict, 0);
}

/* One call of `function` with `got` where `want` is expected, under `mask` if there is one. */
static void compare(const char *name, unsigned function, const void *got, const void *want, size_t words,
                    const uint64_t *mask, int same)
{
    begin();
    event(0, function, want, words, NULL, 0, mask);
    call(function, got, words);
    expect(name, same ? CMK_ACCEPTED : CMK_WRONG_ARGUMENT);
}

/* --- cases --------------------------------------------------------------------------------------------------------- */

static void test_order(void)
{
    const uint64_t a[] = { 1 };

    begin();
    expect("nothing expected, nothing called", CMK_ACCEPTED);
    expect_call(NOTHING, NULL, 0);
    expect("the first call is missing", CMK_MISSING);
    call(NOTHING, NULL, 0);
    expect("all called", CMK_ACCEPTED);
    expect_call(ONE, a, 1);
    expect_verdict("the last call is missing", CMK_MISSING, 1);
    call(NOTHING, NULL, 0);
    expect_verdict("another function is called", CMK_NOT_EXPECTED, 1);
    begin();
    call(NOTHING, NULL, 0)->event = CMK_NO_EVENT;
    expect("one call too many", CMK_NOT_EXPECTED);
    begin();
    expect_call(NOTHING, NULL, 0);
    call(NOTHING, NULL, 0)->event = CMK_NO_EVENT;
    expect("a refused call is unexpected though the language of now allows it", CMK_NOT_EXPECTED);
    begin();
    expect_call(NOTHING, NULL, 0);
    call(NOTHING, NULL, 0)->thread = 0;
    expect("a call whose arguments were never captured", CMK_INCOMPLETE);
}

/* An answer that says so in its flags comes from the real function. */
static void answer_really(int other)
{
    event(other, CMK_FLAGGED | NAME, NULL, 0, &(uint64_t){ CMK_ANSWER_REAL | CMK_UNTOUCHED(0) }, 1, NULL);
}

static void test_real_functions(void)
{
    const uint64_t a[] = { 1 }, b[] = { 2 };

    begin();
    call(ONE, b, 1)->event = CMK_REAL_EVENT;
    expect("what the real function answered is not checked", CMK_ACCEPTED);
    expect_call(ONE, a, 1);
    expect_verdict("nor does it take the place of an event", CMK_MISSING, 1);
    call(ONE, a, 1)->event = 0;
    call(NOTHING, NULL, 0)->event = CMK_REAL_EVENT;
    expect("events count on behind it", CMK_ACCEPTED);
    CMK->verdict_event = 99;
    call(ONE, b, 1)->event = 0;
    expect_verdict("records count all", CMK_NOT_EXPECTED, 3);
    if (CMK->verdict_event != 1) {
        puts("the event behind what the real function answered has another number");
        failures++;
    }
    begin();
    answer_really(0);
    call(NAME, NULL, 0);
    CMK->check_region = CMK_CHECK;
    answer_really(1);
    expect("both languages let the real function answer", CMK_ACCEPTED);
    begin();
    answer_really(0);
    call(NAME, NULL, 0);
    CMK->check_region = CMK_CHECK;
    event(1, NAME, NULL, 0, a, 1, NULL);
    expect("nobody knows what the real function answered", CMK_WRONG_ANSWER);
    begin();
    event(0, NAME, NULL, 0, a, 1, NULL);
    call(NAME, NULL, 0);
    CMK->check_region = CMK_CHECK;
    answer_really(1);
    expect("an answer of the language is no real one", CMK_WRONG_ANSWER);
}

static void test_bits(void)
{
    const uint64_t none = 0, all = ~0UL;

    compare("equal bits", ONE, &all, &all, 1, NULL, 1);
    compare("one bit differs", ONE, &(uint64_t){ 0x8000000000000000 }, &none, 1, NULL, 0);
    compare("a wildcard", ONE, &all, &none, 1, &none, 1);
    compare("a masked difference", ONE, &(uint64_t){ 0x1f0 }, &(uint64_t){ 0x2f0 }, 1, &(uint64_t){ 0xff }, 1);
    compare("a difference beside the mask", ONE, &(uint64_t){ 0x1f1 }, &(uint64_t){ 0x2f0 }, 1, &(uint64_t){ 0xff }, 0);
    compare("the second word differs", PAIR, (const uint64_t[]){ 1, 2, 3 }, (const uint64_t[]){ 1, 9, 3 }, 3, NULL, 0);
    compare("the second word differs behind a wildcard", PAIR, (const uint64_t[]){ 1, 2, 3 },
            (const uint64_t[]){ 1, 9, 3 }, 3, (const uint64_t[]){ 0, all, all }, 0);
    compare("the second argument differs", PAIR, (const uint64_t[]){ 1, 2, 3 }, (const uint64_t[]){ 1, 2, 4 }, 3, NULL, 0);
    compare("the second argument is a wildcard", PAIR, (const uint64_t[]){ 1, 2, 3 }, (const uint64_t[]){ 1, 2, 4 }, 3,
            (const uint64_t[]){ all, all, 0 }, 1);
}

static void compare_floats(const char *name, float a, float b, float c, float d, int same)
{
    const float x[] = { a, b }, y[] = { c, d };

    compare(name, FLOATS, x, y, 1, NULL, same);
}

static void compare_doubles(const char *name, double a, double b, double c, double d, int same)
{
    const double x[] = { a, b }, y[] = { c, d };

    compare(name, DOUBLES, x, y, 2, NULL, same);
}

static void compare_long_doubles(const char *name, long double a, long double b, int same)
{
    uint64_t x[2], y[2];

    memset(x, 0xaa, sizeof x);
    memset(y, 0x55, sizeof y);
    memcpy(x, &a, 10);          /* the other six bytes are padding */
    memcpy(y, &b, 10);
    compare(name, LONG_DOUBLE, x, y, 2, NULL, same);
}

static void test_floating(void)
{
    const double quiet = NAN, other = -NAN;
    const uint64_t none[] = { 0, 0 };

    compare_floats("equal floats", 1.5F, 2.5F, 1.5F, 2.5F, 1);
    compare_floats("float zeros of both signs", 0.0F, -0.0F, -0.0F, 0.0F, 1);
    compare_floats("float NaN", NAN, 0.0F, -NAN, 0.0F, 1);
    compare_floats("NaN is no number", NAN, 0.0F, 0.0F, 0.0F, 0);
    compare_floats("neighbours", 1.0F, 0.0F, nextafterf(1.0F, 2.0F), 0.0F, 0);
    compare_floats("imaginary parts of float complex", 1.0F, 2.0F, 1.0F, 3.0F, 0);
    compare_doubles("equal doubles", 1.5, 2.5, 1.5, 2.5, 1);
    compare_doubles("double zeros of both signs", 0.0, -0.0, -0.0, 0.0, 1);
    compare_doubles("double NaN", quiet, 1.0, other, 1.0, 1);
    compare_doubles("infinities of both signs", INFINITY, 0.0, -INFINITY, 0.0, 0);
    compare_doubles("second halves", 1.0, 1.0, 1.0, nextafter(1.0, 2.0), 0);
    compare_long_doubles("equal long doubles with other padding", 1.25L, 1.25L, 1);
    compare_long_doubles("long double zeros of both signs", 0.0L, -0.0L, 1);
    compare_long_doubles("long double NaN", (long double)quiet, (long double)other, 1);
    compare_long_doubles("long double neighbours", 1.0L, nextafterl(1.0L, 2.0L), 0);
    compare("a wildcard double", DOUBLES, (const double[]){ 1, 2 }, (const double[]){ 3, 4 }, 2, none, 1);
}

/* A blob as a record has it: size, captured size and offset, then the bytes; `pad` words stand in between. */
static size_t blob(uint64_t *words, uint64_t size, const void *bytes, uint64_t kept, size_t pad)
{
    words[0] = size;
    words[1] = kept << 32 | 8 * (2 + pad);
    memset(&words[2], 0, 8 * (pad + 4));
    memcpy(&words[2 + pad], bytes, kept);
    return 6 + pad;
}

static void compare_blobs_of(unsigned function, const char *name, uint64_t size_a, const void *a, uint64_t kept_a,
                             uint64_t size_b, const void *b, uint64_t kept_b, int same)
{
    uint64_t got[16], want[16];
    size_t got_words = blob(got, size_a, a, kept_a, 0), want_words = blob(want, size_b, b, kept_b, 2);

    begin();
    event(0, function, want, want_words, NULL, 0, NULL);
    call(function, got, got_words);
    expect(name, same ? CMK_ACCEPTED : CMK_WRONG_ARGUMENT);
}

static void compare_blobs(const char *name, uint64_t size_a, const char *a, uint64_t kept_a, uint64_t size_b,
                          const char *b, uint64_t kept_b, int same)
{
    compare_blobs_of(TEXT, name, size_a, a, kept_a, size_b, b, kept_b, same);
}

static void test_blobs(void)
{
    compare_blobs("equal text at other offsets", 5, "abcde", 5, 5, "abcde", 5, 1);
    compare_blobs("the last byte differs", 5, "abcde", 5, 5, "abcdf", 5, 0);
    compare_blobs("a longer text", 5, "abcde", 5, 4, "abcd", 4, 0);
    compare_blobs("empty texts", 0, "", 0, 0, "", 0, 1);
    compare_blobs("NULL and NULL", CMK_NULL, "", 0, CMK_NULL, "", 0, 1);
    compare_blobs("NULL is not empty", CMK_NULL, "", 0, 0, "", 0, 0);
    compare_blobs("both cut at the same byte", 9, "abcd", 4, 9, "abcd", 4, 1);
    compare_blobs("cut at another byte", 9, "abcd", 4, 9, "abcde", 5, 0);
}

static void test_floats_in_blobs(void)
{
    const float zeros[] = { 1.0F, 0.0F, NAN }, signs[] = { 1.0F, -0.0F, -NAN }, other[] = { 1.0F, 0.5F, NAN };
    long double padded[2], differently[2];

    memset(padded, 0xaa, sizeof padded);
    memset(differently, 0x55, sizeof differently);
    padded[0] = differently[0] = 1.5L;
    padded[1] = 0.0L;
    differently[1] = -0.0L;
    compare_blobs_of(SAMPLES, "floats with zeros and NaN of other signs", 12, zeros, 12, 12, signs, 12, 1);
    compare_blobs_of(SAMPLES, "one float differs", 12, zeros, 12, 12, other, 12, 0);
    compare_blobs_of(SAMPLES, "a cut float that agrees", 12, zeros, 6, 12, zeros, 6, 1);
    compare_blobs_of(SAMPLES, "zeros of other signs before the cut", 12, zeros, 8, 12, signs, 8, 1);
    compare_blobs_of(SAMPLES, "the cut part differs", 16, "\0\0\0\0ab", 6, 16, "\0\0\0\200ac", 6, 0);
    compare_blobs_of(PRECISE, "long doubles with other padding", 32, padded, 32, 32, differently, 32, 1);
}

/* A check of another language: `given` ran, `wanted` is what the other language answers. */
static void compare_answers(const char *name, unsigned function, const uint64_t *given, size_t given_count,
                            const uint64_t *wanted, size_t wanted_count, int flagged, int same)
{
    begin();
    event(0, function | (flagged & 1 ? CMK_FLAGGED : 0), NULL, 0, given, given_count, NULL);
    event(1, function | (flagged & 2 ? CMK_FLAGGED : 0), NULL, 0, wanted, wanted_count, NULL);
    call(function, NULL, 0);
    CMK->check_region = CMK_CHECK;
    expect(name, same ? CMK_ACCEPTED : CMK_WRONG_ANSWER);
}

static void test_answers(void)
{
    /* out 0, out array (count, offset), result, then the elements */
    const uint64_t plain[] = { 7, 2, 32, 5, 0x200000001 }, moved[] = { 7, 2, 40, 5, 0, 0x200000001 };
    const uint64_t other_out[] = { 8, 2, 32, 5, 0x200000001 }, other_result[] = { 7, 2, 32, 6, 0x200000001 };
    const uint64_t shorter[] = { 7, 1, 32, 5, 1 }, element[] = { 7, 2, 32, 5, 0x300000001 };
    const uint64_t errno4[] = { CMK_ANSWER_ERRNO | 4UL << 32, 7, 2, 32, 5, 0x200000001 };
    const uint64_t errno5[] = { CMK_ANSWER_ERRNO | 5UL << 32, 7, 2, 32, 5, 0x200000001 };
    const uint64_t untouched[] = { CMK_UNTOUCHED(0), 0, 2, 32, 5, 0x200000001 };
    const uint64_t abc[] = { CMK_ANSWER_OWNED, 16, 4, 0x636261 }, abd[] = { CMK_ANSWER_OWNED, 16, 4, 0x646261 };
    const uint64_t abc_moved[] = { CMK_ANSWER_OWNED, 24, 0, 4, 0x636261 }, address[] = { 16 };

    compare_answers("equal answers", ANSWERS, plain, 5, plain, 5, 0, 1);
    compare_answers("equal elements at other offsets", ANSWERS, plain, 5, moved, 6, 0, 1);
    compare_answers("another out", ANSWERS, plain, 5, other_out, 5, 0, 0);
    compare_answers("another result", ANSWERS, plain, 5, other_result, 5, 0, 0);
    compare_answers("fewer elements", ANSWERS, plain, 5, shorter, 5, 0, 0);
    compare_answers("another element", ANSWERS, plain, 5, element, 5, 0, 0);
    compare_answers("the same errno", ANSWERS, errno4, 6, errno4, 6, 3, 1);
    compare_answers("another errno", ANSWERS, errno4, 6, errno5, 6, 3, 0);
    compare_answers("errno that was not set", ANSWERS, plain, 5, errno4, 6, 2, 0);
    compare_answers("errno that this language does not ask for", ANSWERS, errno4, 6, plain, 5, 1, 1);
    compare_answers("an out that this language leaves alone", ANSWERS, plain, 5, untouched, 6, 2, 1);
    compare_answers("an out that was left alone", ANSWERS, untouched, 6, plain, 5, 1, 0);
    compare_answers("equal strings at other offsets", NAME, abc, 4, abc_moved, 5, 3, 1);
    compare_answers("another string", NAME, abc, 4, abd, 4, 3, 0);
    compare_answers("a string and an address", NAME, abc, 4, address, 1, 1, 0);
}

/* A trace that no stub can have written must end the checking process with a status of its own. */
static void expect_damaged(const char *name)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        CMK->check = CMK->run;
        cmk_check();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CMK_EXIT_DAMAGED)
        return;
    printf("%s: ended with wait status %#x\n", name, (unsigned)status);
    failures++;
}

static struct cmk_record *damaged(void)
{
    const uint64_t a[] = { 1 };

    begin();
    expect_call(ONE, a, 1);
    expect_call(ONE, a, 1);
    return call(ONE, a, 1);
}

static void test_damage(void)
{
    damaged()->size = 0;
    expect_damaged("a record of no size");
    damaged()->size = 24;
    expect_damaged("a record too small for its function");
    damaged()->size = 4096;
    expect_damaged("a record that leaves the trace");
    damaged()->function = 4711;
    expect_damaged("a function that does not exist");
    damaged()->event = 2;
    expect_damaged("an event that does not exist");
    damaged();
    CMK->trace_calls = ~0UL;
    expect_damaged("more calls than bytes");
}

int main(void)
{
    void *at = mmap((void *)CMK_BASE, CMK_SIZE, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);

    if (at != (void *)CMK_BASE) {
        puts("the address of the arena is taken");
        return 1;
    }
    test_order();
    test_real_functions();
    test_bits();
    test_floating();
    test_blobs();
    test_floats_in_blobs();
    test_answers();
    test_damage();
    return failures;
}
