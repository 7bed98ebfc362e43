/* answers.c - whether what a call was answered is what an event answers. */
#include "machine.h"
#include "internal.h"

#include <string.h>

/* An answer array holds its number of elements and the byte offset of the first. */
static int same_array(const struct cmk_field *field, const uint64_t *a, const uint64_t *b)
{
    const uint64_t *x = a + field->slot, *y = b + field->slot;

    return x[0] == y[0] &&
           cmk_same_bytes(field, (const char *)a + x[1], (const char *)b + y[1], NULL, x[0] * field->element,
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
    struct answer answer = { cmk_words(region, event->answer), 0 };

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
                : !cmk_same_field(field, given.slots, wanted.slots, NULL))
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

int cmk_answered_so(const struct cmk_step *step, uint32_t event, const uint64_t *registers)
{
    const struct cmk_event *ran = (const struct cmk_event *)CMK_AT(CMK_RUN + CMK->run.events) + step->record->event;
    const struct cmk_event *wanted = cmk_events(step->region) + event;
    struct answer given;
    int known;

    (void)registers;
    if (ran == wanted)
        return 1;
    given = answer_given(step->number, ran, &known);
    return !known || same_answer(&cmk_functions[step->record->function], given, answer_of(step->region, wanted));
}
