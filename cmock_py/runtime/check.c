/* check.c - replay the trace under a language, all arguments compared. Runs in a child of its own: a damaged trace can
 * kill only this process. Writes the first difference, which is all that a verdict needs; Python explains it. */
#include "internal.h"

#include <string.h>
#include <unistd.h>

static const uint64_t *words_at(uint64_t region, uint32_t word)
{
    return (const uint64_t *)CMK_AT(region) + word;
}

static int same_floating(long double a, long double b)
{
    return a == b || (a != a && b != b);
}

static int same_float(const uint64_t *a, const uint64_t *b)
{
    float x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return same_floating((long double)x, (long double)y);
}

static int same_double(const uint64_t *a, const uint64_t *b)
{
    double x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return same_floating((long double)x, (long double)y);
}

static int same_long_double(const uint64_t *a, const uint64_t *b)
{
    long double x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return same_floating(x, y);
}

/* Both floats of a complex stand in one word, so a float field walks in halves. */
static int same_floats(const struct cmk_field *field, const uint64_t *a, const uint64_t *b)
{
    for (unsigned i = 0; i < field->words; i++) {
        uint64_t high_a = a[i] >> 32, high_b = b[i] >> 32;

        if (!same_float(&a[i], &b[i]) || !same_float(&high_a, &high_b))
            return 0;
    }
    return 1;
}

static uint64_t size_of_floating(enum cmk_kind kind)
{
    return kind == CMK_FLOAT ? sizeof(float) : kind == CMK_DOUBLE ? sizeof(double) : sizeof(long double);
}

static int same_element(enum cmk_kind kind, const char *a, const char *b)
{
    uint64_t x[2] = { 0, 0 }, y[2] = { 0, 0 };

    memcpy(x, a, size_of_floating(kind));
    memcpy(y, b, size_of_floating(kind));
    return kind == CMK_FLOAT ? same_float(x, y) : kind == CMK_DOUBLE ? same_double(x, y) : same_long_double(x, y);
}

/* Arrays of floats compare as single floats do; all else byte by byte, and so does an element that capturing has cut. */
static int same_bytes(const struct cmk_field *field, const char *a, const char *b, uint64_t size)
{
    enum cmk_kind kind = (enum cmk_kind)field->of;
    uint64_t i = 0;

    if (memcmp(a, b, size) == 0)
        return 1;
    if (kind == CMK_BITS || kind == CMK_BLOB)
        return 0;
    for (; i + size_of_floating(kind) <= size; i += size_of_floating(kind))
        if (!same_element(kind, a + i, b + i))
            return 0;
    return memcmp(a + i, b + i, size - i) == 0;
}

/* A blob's second word holds the captured size in its upper and the byte offset from `base` in its lower half. */
static int same_blob(const struct cmk_field *field, const uint64_t *base_a, const uint64_t *a, const uint64_t *base_b,
                     const uint64_t *b)
{
    uint64_t kept = a[1] >> 32;

    return a[0] == b[0] && kept == b[1] >> 32 &&
           same_bytes(field, (const char *)base_a + (uint32_t)a[1], (const char *)base_b + (uint32_t)b[1], kept);
}

static int same_bits(const struct cmk_field *field, const uint64_t *a, const uint64_t *b, const uint64_t *mask)
{
    for (unsigned i = 0; i < field->words; i++)
        if ((a[i] ^ b[i]) & (mask ? mask[i] : ~0UL))
            return 0;
    return 1;
}

/* Whether the field is equal in two payloads; a wildcard has a mask of zeros, and only bits have any other mask. */
static int same_field(const struct cmk_field *field, const uint64_t *a, const uint64_t *b, const uint64_t *mask)
{
    const uint64_t *x = a + field->slot, *y = b + field->slot;

    if (mask != NULL)
        mask += field->slot;
    if (mask != NULL && mask[0] == 0 && field->kind != CMK_BITS)
        return 1;
    switch ((enum cmk_kind)field->kind) {
    case CMK_BITS:
        return same_bits(field, x, y, mask);
    case CMK_FLOAT:
        return same_floats(field, x, y);
    case CMK_DOUBLE:
        for (unsigned i = 0; i < field->words; i++)
            if (!same_double(x + i, y + i))
                return 0;
        return 1;
    case CMK_LONG_DOUBLE:
        for (unsigned i = 0; i < field->words; i += 2)
            if (!same_long_double(x + i, y + i))
                return 0;
        return 1;
    case CMK_BLOB:
        return same_blob(field, a, x, b, y);
    }
    return 0;
}

/* An answer array holds its number of elements and the byte offset of the first. */
static int same_array(const struct cmk_field *field, const uint64_t *a, const uint64_t *b)
{
    const uint64_t *x = a + field->slot, *y = b + field->slot;

    return x[0] == y[0] &&
           same_bytes(field, (const char *)a + x[1], (const char *)b + y[1], x[0] * field->element);
}

static int same_result_string(const struct cmk_field *field, const uint64_t *a, const uint64_t *b)
{
    return strcmp((const char *)a + a[field->slot], (const char *)b + b[field->slot]) == 0;
}

struct answer {
    const uint64_t *slots;
    uint64_t flags;
};

static struct answer answer_of(uint64_t region, const struct cmk_event *event)
{
    struct answer answer = { words_at(region, event->answer), 0 };

    if (event->function & CMK_FLAGGED)
        answer.flags = *answer.slots++;
    return answer;
}

/* Compare only what both events answer: an out that this language leaves untouched may hold anything. */
static int same_answer(const struct cmk_function *function, struct answer given, struct answer wanted)
{
    uint64_t string = CMK_ANSWER_STRING;

    if ((wanted.flags & CMK_ANSWER_ERRNO) && (!(given.flags & CMK_ANSWER_ERRNO) || given.flags >> 32 != wanted.flags >> 32))
        return 0;
    for (unsigned i = 0; i < function->out_count; i++) {
        const struct cmk_field *field = &function->outs[i];

        if (i < CMK_ANSWER_OUTS && (wanted.flags & CMK_UNTOUCHED(i)))
            continue;
        if (i < CMK_ANSWER_OUTS && (given.flags & CMK_UNTOUCHED(i)))
            return 0;
        if (field->kind == CMK_BLOB ? !same_array(field, given.slots, wanted.slots)
            : i + 1 == function->out_count && ((given.flags | wanted.flags) & string)
                ? (given.flags & string) != (wanted.flags & string) ||
                      !same_result_string(field, given.slots, wanted.slots)
                : !same_field(field, given.slots, wanted.slots, NULL))
            return 0;
    }
    return 1;
}

static void decide(enum cmk_verdict verdict, uint64_t record, uint64_t event, uint64_t field)
{
    CMK->verdict = verdict;
    CMK->verdict_record = record;
    CMK->verdict_event = event;
    CMK->verdict_field = field;
}

/* Index of the first field that differs, or in_count. */
static unsigned first_difference(const struct cmk_function *function, const uint64_t *got, const uint64_t *want,
                                 const uint64_t *mask)
{
    unsigned i = 0;

    while (i < function->in_count && same_field(&function->ins[i], got, want, mask))
        i++;
    return i;
}

/* Check record number `index` against event number `index`; 1 when they fit. */
static int fits(uint64_t index, const struct cmk_record *record, const struct cmk_event *event, const uint32_t *masks)
{
    const struct cmk_function *function = &cmk_functions[record->function];
    const uint64_t *mask = masks && masks[index] ? words_at(CMK->check_region, masks[index]) : NULL;
    const struct cmk_event *ran = CMK_AT(CMK_RUN + CMK->run.events);
    unsigned field;

    if (!(record->thread & CMK_COMPLETE)) {
        decide(CMK_INCOMPLETE, index, index, 0);
        return 0;
    }
    if ((event->function & ~CMK_FLAGGED) != record->function || record->event == CMK_NO_EVENT) {
        decide(CMK_NOT_EXPECTED, index, index, 0);
        return 0;
    }
    field = first_difference(function, record->payload, words_at(CMK->check_region, event->args), mask);
    if (field < function->in_count) {
        decide(CMK_WRONG_ARGUMENT, index, index, field);
        return 0;
    }
    if (&ran[record->event] != event &&
        !same_answer(function, answer_of(CMK_RUN, &ran[record->event]), answer_of(CMK->check_region, event))) {
        decide(CMK_WRONG_ANSWER, index, index, 0);
        return 0;
    }
    return 1;
}

/* The record at `at` bytes of the trace. One that no stub can have written ends this process, and the check with it. */
static const struct cmk_record *record_at(uint64_t at, uint64_t used)
{
    const struct cmk_record *record = CMK_AT(CMK_TRACE + at);

    if (at + sizeof *record > used || record->function >= cmk_function_count ||
        record->size < sizeof *record + 8UL * cmk_functions[record->function].in_words || record->size > used - at ||
        (record->event != CMK_NO_EVENT && record->event >= CMK->run.count))
        _exit(CMK_EXIT_DAMAGED);
    return record;
}

void cmk_check(void)
{
    const struct cmk_event *events = CMK_AT(CMK->check_region + CMK->check.events);
    const uint32_t *masks = CMK->check.masks ? CMK_AT(CMK->check_region + CMK->check.masks) : NULL;
    uint64_t calls = __atomic_load_n(&CMK->trace_calls, __ATOMIC_ACQUIRE), used = CMK->trace_used, at = 0;

    for (uint64_t i = 0; i < calls; i++) {
        const struct cmk_record *record = record_at(at, used);

        if (i >= CMK->check.count) {
            decide(CMK_NOT_EXPECTED, i, i, 0);
            return;
        }
        if (!fits(i, record, &events[i], masks))
            return;
        at += record->size;
    }
    if (calls < CMK->check.count)
        decide(CMK_MISSING, calls, calls, 0);
    else
        decide(CMK_ACCEPTED, 0, 0, 0);
}
