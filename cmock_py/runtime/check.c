/* check.c - replay the trace under a language, all arguments compared. Runs in a child of its own: a damaged trace can
 * kill only this process. Writes the first difference, which is all that a verdict needs; Python explains it. */
#include "internal.h"

#include <string.h>
#include <unistd.h>

static const uint64_t *words_at(uint64_t region, uint32_t word)
{
    return (const uint64_t *)CMK_AT(region) + word;
}

static int same_floating(long double a, long double b, long double tolerance)
{
    long double distance = a < b ? b - a : a - b;

    return a == b || (a != a && b != b) || (tolerance > 0 && distance <= tolerance);
}

static long double floating_at(const char *at, unsigned size)
{
    long double extended;
    double real;
    float single;

    if (size == sizeof single) {
        memcpy(&single, at, sizeof single);
        return (long double)single;
    }
    if (size == sizeof real) {
        memcpy(&real, at, sizeof real);
        return (long double)real;
    }
    memcpy(&extended, at, sizeof extended);
    return extended;
}

/* The floating number that holds the byte `offset` of an element, or NULL. */
static const struct cmk_leaf *leaf_at(const struct cmk_field *field, uint64_t offset)
{
    for (unsigned i = 0; i < field->leaf_count; i++)
        if (field->leaves[i].offset <= offset && offset < field->leaves[i].offset + field->leaves[i].size)
            return &field->leaves[i];
    return NULL;
}

static int same_byte(const char *a, const char *b, const char *mask, uint64_t i)
{
    return ((a[i] ^ b[i]) & (mask ? mask[i] : -1)) == 0;
}

/* Floating numbers compare as numbers, all else under the mask. An element that capturing has cut counts as bytes. */
static int same_bytes(const struct cmk_field *field, const char *a, const char *b, const char *mask, uint64_t size,
                      uint64_t element)
{
    uint64_t i = 0;

    if (memcmp(a, b, size) == 0)
        return 1;
    while (i < size) {
        const struct cmk_leaf *leaf;
        uint64_t start;

        if (same_byte(a, b, mask, i)) {
            i++;
            continue;
        }
        leaf = leaf_at(field, i % element);
        if (leaf == NULL)
            return 0;
        start = i - i % element + leaf->offset;
        if (start + leaf->size > size ||
            !same_floating(floating_at(a + start, leaf->size), floating_at(b + start, leaf->size),
                           (long double)field->tolerance))
            return 0;
        i = start + leaf->size;
    }
    return 1;
}

/* A blob's second word holds the captured size in its upper and the byte offset from `base` in its lower half. The mask
 * is laid out as `b` is. */
static int same_blob(const struct cmk_field *field, const uint64_t *base_a, const uint64_t *base_b,
                     const uint64_t *base_mask)
{
    const uint64_t *a = base_a + field->slot, *b = base_b + field->slot;
    const char *mask = base_mask ? (const char *)base_mask + (uint32_t)b[1] : NULL;
    uint64_t kept = a[1] >> 32;

    return a[0] == b[0] && kept == b[1] >> 32 &&
           same_bytes(field, (const char *)base_a + (uint32_t)a[1], (const char *)base_b + (uint32_t)b[1], mask, kept,
                      field->element ? field->element : 1);
}

static int is_number(uint32_t kind)
{
    return kind == CMK_ITEM_INTEGER || kind == CMK_ITEM_POINTER;
}

/* A number may be written for a pointer, and NULL for a 0; any item may be anything. */
static int same_item(const uint32_t *a, const uint32_t *b)
{
    return b[0] == CMK_ITEM_ANY || ((a[0] == b[0] || (is_number(a[0]) && is_number(b[0]))) && a[1] == b[1] &&
                                    memcmp(a + 2, b + 2, a[1]) == 0);
}

static uint64_t size_of_item(const uint32_t *item)
{
    return 8 + ((item[1] + 7UL) & ~7UL);
}

/* Item by item: an expected one that may be anything has no size. A list that capturing has cut equals none. */
static int same_list(const struct cmk_field *field, const uint64_t *base_a, const uint64_t *base_b)
{
    const uint64_t *a = base_a + field->slot, *b = base_b + field->slot;
    const char *x = (const char *)base_a + (uint32_t)a[1], *y = (const char *)base_b + (uint32_t)b[1];
    const char *end_x = x + (a[1] >> 32), *end_y = y + (b[1] >> 32);

    if (a[0] == CMK_NULL || b[0] == CMK_NULL)
        return a[0] == b[0];
    if (a[0] != a[1] >> 32)
        return 0;
    while (x < end_x && y < end_y) {
        const uint32_t *item = (const uint32_t *)x, *wanted = (const uint32_t *)y;

        if (!same_item(item, wanted))
            return 0;
        x += size_of_item(item);
        y += size_of_item(wanted);
    }
    return x == end_x && y == end_y;
}

/* The one-word value is what most arguments are. */
static int same_words(const struct cmk_field *field, const uint64_t *a, const uint64_t *b, const uint64_t *mask)
{
    uint64_t size = 8UL * field->words;

    a += field->slot;
    b += field->slot;
    if (field->words == 1 && (((*a ^ *b) & (mask ? mask[field->slot] : ~0UL)) == 0))
        return 1;
    return same_bytes(field, (const char *)a, (const char *)b, mask ? (const char *)(mask + field->slot) : NULL, size,
                      size);
}

/* Whether the field is equal in two payloads; a wildcard has a mask of zeros. */
static int same_field(const struct cmk_field *field, const uint64_t *a, const uint64_t *b, const uint64_t *mask)
{
    if (field->kind == CMK_WORDS)
        return same_words(field, a, b, mask);
    if (mask != NULL && mask[field->slot] == 0)
        return 1;
    return field->kind == CMK_LIST ? same_list(field, a, b) : same_blob(field, a, b, mask);
}

int cmk_same_matched(const struct cmk_function *function, const struct cmk_record *record, uint64_t event)
{
    const struct cmk_event *events = CMK_AT(CMK_RUN + CMK->run.events);
    const uint32_t *masks = CMK->run.masks ? CMK_AT(CMK_RUN + CMK->run.masks) : NULL;
    const uint64_t *mask = masks && masks[event] ? words_at(CMK_RUN, masks[event]) : NULL;
    const uint64_t *wanted = words_at(CMK_RUN, events[event].args);

    for (unsigned i = 0; i < function->in_count; i++)
        if (function->ins[i].matched && !same_field(&function->ins[i], record->payload, wanted, mask))
            return 0;
    return 1;
}

/* An answer array holds its number of elements and the byte offset of the first. */
static int same_array(const struct cmk_field *field, const uint64_t *a, const uint64_t *b)
{
    const uint64_t *x = a + field->slot, *y = b + field->slot;

    return x[0] == y[0] &&
           same_bytes(field, (const char *)a + x[1], (const char *)b + y[1], NULL, x[0] * field->element,
                      field->element);
}

/* What an answered pointer points to has its size in bytes in the word before it. */
static int same_owned(const struct cmk_field *field, const uint64_t *a, const uint64_t *b)
{
    const uint64_t *x = a + a[field->slot] / 8, *y = b + b[field->slot] / 8;

    return x[-1] == y[-1] && memcmp(x, y, x[-1]) == 0;
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

/* Compare only what both events answer: an out that this language leaves untouched may hold anything. Nobody knows what
 * a real function answered: all of it is untouched, too, and equals no value. */
static int same_answer(const struct cmk_function *function, struct answer given, struct answer wanted)
{
    uint64_t owned = CMK_ANSWER_OWNED;

    if (wanted.flags & CMK_ANSWER_REAL)
        return (given.flags & CMK_ANSWER_REAL) != 0;
    if ((wanted.flags & CMK_ANSWER_ERRNO) && (!(given.flags & CMK_ANSWER_ERRNO) || given.flags >> 32 != wanted.flags >> 32))
        return 0;
    for (unsigned i = 0; i < function->out_count; i++) {
        const struct cmk_field *field = &function->outs[i];

        if (i < CMK_ANSWER_OUTS && (wanted.flags & CMK_UNTOUCHED(i)))
            continue;
        if (i < CMK_ANSWER_OUTS && (given.flags & CMK_UNTOUCHED(i)))
            return 0;
        if (field->kind == CMK_BLOB ? !same_array(field, given.slots, wanted.slots)
            : i + 1 == function->out_count && ((given.flags | wanted.flags) & owned)
                ? (given.flags & owned) != (wanted.flags & owned) ||
                      !same_owned(field, given.slots, wanted.slots)
                : !same_field(field, given.slots, wanted.slots, NULL))
            return 0;
    }
    return 1;
}

/* What the call was answered: by the event that ran, or by its Python function. Records come in order, and so do those
 * answers; without one the function has raised, and the run was stopped there. */
static struct answer answer_given(uint64_t record, const struct cmk_event *event, int *known)
{
    const struct cmk_computed *computed = CMK_AT(CMK->computed);
    struct answer answer = answer_of(CMK_RUN, event);
    static uint64_t next;

    *known = 1;
    if (!(answer.flags & CMK_ANSWER_PYTHON))
        return answer;
    while (next < CMK->computed_count && computed[next].record < record)
        next++;
    *known = next < CMK->computed_count && computed[next].record == record;
    if (*known) {
        answer.slots = CMK_AT(computed[next].answer);
        answer.flags = *answer.slots++;
    }
    return answer;
}

static int answered_so(uint64_t record, const struct cmk_function *function, const struct cmk_event *ran,
                       const struct cmk_event *event)
{
    int known;
    struct answer given = answer_given(record, ran, &known);

    return !known || same_answer(function, given, answer_of(CMK->check_region, event));
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

/* Check record number `index` against event number `next`; 1 when they fit. */
static int fits(uint64_t index, const struct cmk_record *record, uint64_t next, const struct cmk_event *event,
                const uint32_t *masks)
{
    const struct cmk_function *function = &cmk_functions[record->function];
    const uint64_t *mask = masks && masks[next] ? words_at(CMK->check_region, masks[next]) : NULL;
    const struct cmk_event *ran = CMK_AT(CMK_RUN + CMK->run.events);
    unsigned field;

    if (!(record->thread & CMK_COMPLETE)) {
        decide(CMK_INCOMPLETE, index, next, 0);
        return 0;
    }
    if ((event->function & ~CMK_FLAGGED) != record->function || record->event == CMK_NO_EVENT) {
        decide(CMK_NOT_EXPECTED, index, next, 0);
        return 0;
    }
    field = first_difference(function, record->payload, words_at(CMK->check_region, event->args), mask);
    if (field < function->in_count) {
        decide(CMK_WRONG_ARGUMENT, index, next, field);
        return 0;
    }
    if (&ran[record->event] != event && !answered_so(index, function, &ran[record->event], event)) {
        decide(CMK_WRONG_ANSWER, index, next, 0);
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
        (record->event < CMK_REAL_EVENT && record->event >= CMK->run.count))
        _exit(CMK_EXIT_DAMAGED);
    return record;
}

void cmk_check(void)
{
    const struct cmk_event *events = CMK_AT(CMK->check_region + CMK->check.events);
    const uint32_t *masks = CMK->check.masks ? CMK_AT(CMK->check_region + CMK->check.masks) : NULL;
    uint64_t calls = __atomic_load_n(&CMK->trace_calls, __ATOMIC_ACQUIRE), used = CMK->trace_used, at = 0, next = 0;

    for (uint64_t i = 0; i < calls; i++) {
        const struct cmk_record *record = record_at(at, used);

        at += record->size;
        if (record->event == CMK_REAL_EVENT)
            continue;
        if (next >= CMK->check.count) {
            decide(CMK_NOT_EXPECTED, i, next, 0);
            return;
        }
        if (!fits(i, record, next, &events[next], masks))
            return;
        next++;
    }
    if (next < CMK->check.count)
        decide(CMK_MISSING, calls, next, 0);
    else
        decide(CMK_ACCEPTED, 0, 0, 0);
}
