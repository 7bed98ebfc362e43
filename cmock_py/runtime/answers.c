/* answers.c - whether what a call was answered is what an event answers; answers that hold bound values. */
#include "machine.h"
#include "internal.h"

#include <string.h>

/* An answer array holds its number of elements and the byte offset of the first. Of one that a real function has filled
 * nobody knows how much of it is valid: so much is compared as `b` has. */
static int same_array(const struct cmk_field *field, const uint64_t *a, const uint64_t *b, int is_real)
{
    const uint64_t *x = a + field->slot, *y = b + field->slot;

    return (x[0] == y[0] || (is_real && x[0] > y[0])) &&
           cmk_same_bytes(field, (const char *)a + x[1], (const char *)b + y[1], NULL, y[0] * field->element,
                          field->element);
}

/* What an answered pointer points to has its size in bytes in the word before it. */
static int same_owned(const struct cmk_field *field, const uint64_t *a, const uint64_t *b)
{
    const uint64_t *x = a + a[field->slot] / 8, *y = b + b[field->slot] / 8;

    return x[-1] == y[-1] && cmk_same_bytes(field, (const char *)x, (const char *)y, NULL, x[-1],
                                            field->element ? field->element : x[-1]);
}

struct answer {
    const uint64_t *slots;
    uint64_t flags;
};

static int same_result(const struct cmk_field *field, struct answer a, struct answer b)
{
    if ((a.flags ^ b.flags) & CMK_ANSWER_OWNED)
        return 0;
    if (a.flags & CMK_ANSWER_OWNED)
        return same_owned(field, a.slots, b.slots);
    return field->element ? a.slots[field->slot] == b.slots[field->slot] : cmk_same_field(field, a.slots, b.slots, NULL);
}

/* Of members only those that `b` names are compared, and `a` must have said them. */
static int same_members(const struct cmk_field *field, const uint64_t *a, const uint64_t *b)
{
    const uint64_t *x = a + field->slot, *y = b + field->slot, *said = x + field->words / 2, *asked = y + field->words / 2;
    uint64_t size = 4UL * field->words;

    for (unsigned i = 0; i < field->words / 2; i++)
        if (asked[i] & ~said[i])
            return 0;
    return cmk_same_bytes(field, (const char *)x, (const char *)y, (const char *)asked, size, size);
}

static int same_written(const struct cmk_function *function, unsigned index, struct answer a, struct answer b)
{
    const struct cmk_field *field = &function->outs[index];

    if (field->kind == CMK_BLOB)
        return same_array(field, a.slots, b.slots, (a.flags & CMK_ANSWER_REAL) != 0);
    if (field->kind == CMK_PARTIAL)
        return same_members(field, a.slots, b.slots);
    return index + 1 == function->out_count ? same_result(field, a, b) : cmk_same_field(field, a.slots, b.slots, NULL);
}

static struct answer answer_of(uint64_t region, const struct cmk_event *event)
{
    return (struct answer){ cmk_slots(region, event), cmk_answer_flags(region, event) };
}

/* Compare only what both events answer: an out that this language leaves untouched may hold anything. What nobody knows of the
 * answer of a real function is untouched, too, and equals no value. */
static int same_answer(const struct cmk_function *function, struct answer given, struct answer wanted)
{
    if (wanted.flags & CMK_ANSWER_PYTHON)
        return 1;                       /* nobody knows what the function would have answered */
    if (wanted.flags & CMK_ANSWER_REAL)
        return (given.flags & CMK_ANSWER_REAL) != 0;
    if ((wanted.flags & CMK_ANSWER_ERRNO) && (!(given.flags & CMK_ANSWER_ERRNO) || given.flags >> 32 != wanted.flags >> 32))
        return 0;
    for (unsigned i = 0; i < function->out_count; i++) {
        if (i < CMK_ANSWER_OUTS && (wanted.flags & CMK_UNTOUCHED(i)))
            continue;
        if (i < CMK_ANSWER_OUTS && (given.flags & CMK_UNTOUCHED(i)))
            return 0;
        if (!same_written(function, i, given, wanted))
            return 0;
    }
    return 1;
}

/* --- bound values ------------------------------------------------------------------------------------------------- */

static const struct cmk_condition *next_give(const struct cmk_condition *condition, uint64_t *count)
{
    while (*count > 0 && condition->op != CMK_GIVE) {
        condition = cmk_next(condition);
        --*count;
    }
    return condition;
}

/* Put an answer that holds bound values together. */
static struct answer compose(uint64_t region, uint32_t event, const uint64_t *registers, struct cmk_made *made)
{
    const uint64_t *written = cmk_slots(region, cmk_events(region) + event) - 1;
    uint64_t count;
    const struct cmk_condition *give = cmk_conditions(region, event, &count);

    give = next_give(give, &count);
    made->used = count ? give->operands[0] : sizeof *written;
    if (made->used > made->size) {
        made->why = CMK_TRACE_FULL;
        return (struct answer){ written + 1, written[0] };
    }
    memcpy(made->room, written, made->used);
    while (count > 0) {
        cmk_give(region, give, registers, made);
        give = cmk_next(give);
        count--;
        give = next_give(give, &count);
    }
    return (struct answer){ made->room + 1, made->room[0] };
}

static int is_bound(struct answer answer)
{
    return (answer.flags & CMK_ANSWER_BOUND) != 0;
}

/* Nothing is known yet of what a real function answers; the slot of its event tells how many bytes there are for it. */
static void begin_real(struct answer answer, struct cmk_made *made)
{
    made->used = answer.slots[0];
    if (made->used > made->size) {
        made->why = CMK_TRACE_FULL;
        return;
    }
    memset(made->room, 0, made->used);
    made->room[0] = CMK_ANSWER_REAL | (CMK_UNTOUCHED(CMK_ANSWER_OUTS) - 1);
}

/* Behind the answer stands its size. */
int cmk_compose(struct cmk_record *record, uint32_t event, const uint64_t *registers, struct cmk_made *made)
{
    uint64_t left = CMK->trace_limit - CMK->trace_used, grown;
    uint64_t *end = (uint64_t *)(void *)((char *)record + record->size);
    struct answer answer = answer_of(CMK_RUN, cmk_events(CMK_RUN) + event);

    if (!(answer.flags & (CMK_ANSWER_BOUND | CMK_ANSWER_REAL)))
        return 1;
    left = left < CMK_ROOM ? left : CMK_ROOM;
    *made = (struct cmk_made){ end, left < sizeof *end ? 0 : left - sizeof *end, 0, CMK_NO_STOP, 0, 0 };
    if (is_bound(answer))
        compose(CMK_RUN, event, registers, made);
    else
        begin_real(answer, made);
    if (made->why != CMK_NO_STOP)
        return 0;
    end[made->used / sizeof *end] = made->used;
    grown = made->used + sizeof *end;
    CMK->trace_used += grown;           /* first: Python may read the record meanwhile */
    __atomic_store_n(&record->size, record->size + (uint32_t)grown, __ATOMIC_RELEASE);
    return 1;
}

const uint64_t *cmk_composed(const struct cmk_record *record)
{
    const uint64_t *end = (const uint64_t *)(const void *)((const char *)record + record->size) - 1;

    return end - *end / sizeof *end;
}

_Static_assert(CMK_ROOMS + 2 * CMK_ROOM == CMK_SCRATCH, "two rooms end where something else begins");

static struct cmk_made in_room(uint64_t number)
{
    return (struct cmk_made){ CMK_AT(CMK_ROOMS + number * CMK_ROOM), CMK_ROOM, 0, CMK_NO_STOP, 0, 0 };
}

/* What an event answers under registers. */
static struct answer answer_under(uint64_t region, uint32_t event, const uint64_t *registers, struct cmk_made *made)
{
    struct answer answer = answer_of(region, cmk_events(region) + event);

    return is_bound(answer) ? compose(region, event, registers, made) : answer;
}

int cmk_same_answers(const struct cmk_step *step, uint32_t event, const uint64_t *registers, uint32_t other,
                     const uint64_t *other_registers)
{
    struct cmk_made made = in_room(0), other_made = in_room(1);
    struct answer a = answer_under(step->region, event, registers, &made);
    struct answer b = answer_under(step->region, other, other_registers, &other_made);
    uint64_t bound = CMK_ANSWER_BOUND;

    return made.why == other_made.why && made.bytes == other_made.bytes && (a.flags & ~bound) == (b.flags & ~bound) &&
           same_answer(&cmk_functions[step->function], a, b) && same_answer(&cmk_functions[step->function], b, a);
}

int cmk_may_answer(const struct cmk_step *step, uint32_t event, const uint64_t *registers, uint32_t answering,
                   const uint64_t *answering_registers)
{
    struct cmk_made made = in_room(0), wanted = in_room(1);
    struct answer given = answer_under(step->region, answering, answering_registers, &made);
    struct answer asked = answer_under(step->region, event, registers, &wanted);

    return (given.flags & CMK_ANSWER_PYTHON) || (made.why == wanted.why && made.bytes == wanted.bytes &&
                                                 same_answer(&cmk_functions[step->function], given, asked));
}

/* --- the check ---------------------------------------------------------------------------------------------------- */

/* What its Python function answered to a record, NULL when it raised an exception. */
static const struct cmk_computed *computed_for(uint64_t number)
{
    const struct cmk_computed *computed = CMK_AT(CMK->computed);
    uint64_t low = 0, high = CMK->computed_count;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (computed[middle].record < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < CMK->computed_count && computed[low].record == number ? &computed[low] : NULL;
}

/* What the call was answered: by the event that ran, by its Python function, or by the real one, as Python has read it from the
 * record. Where a Python function has raised, the run was stopped. */
static struct answer answer_given(const struct cmk_record *record, uint64_t number, const struct cmk_event *event,
                                  int *known)
{
    const struct cmk_computed *computed;
    struct answer answer = answer_of(CMK_RUN, event);

    *known = 1;
    if (is_bound(answer)) {
        answer.slots = cmk_composed(record);
        answer.flags = *answer.slots++;
    }
    if (!(answer.flags & (CMK_ANSWER_PYTHON | CMK_ANSWER_REAL)))
        return answer;
    computed = computed_for(number);
    *known = computed != NULL || answer.flags & CMK_ANSWER_REAL;
    if (computed != NULL) {
        answer.slots = CMK_AT(computed->answer);
        answer.flags = *answer.slots++;
    }
    return answer;
}

int cmk_answered_so(const struct cmk_step *step, uint32_t event, const uint64_t *registers)
{
    const struct cmk_event *ran = cmk_events(CMK_RUN) + step->record->event;
    struct cmk_made made = in_room(0);
    struct answer given, wanted;
    int known;

    if (ran == cmk_events(step->region) + event && !is_bound(answer_of(CMK_RUN, ran)))
        return 1;
    given = answer_given(step->record, step->number, ran, &known);
    wanted = answer_under(step->region, event, registers, &made);
    return !known ||
           (made.why == CMK_NO_STOP && same_answer(&cmk_functions[step->record->function], given, wanted));
}
