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

/* Put an answer that holds bound values together in a room of CMK_ROOM bytes. */
static struct answer compose(uint64_t region, uint32_t event, const uint64_t *registers, uint64_t *room)
{
    const uint64_t *template = cmk_slots(region, cmk_events(region) + event) - 1;
    uint64_t count;
    const struct cmk_condition *give = cmk_conditions(region, event, &count);

    give = next_give(give, &count);
    memcpy(room, template, count ? give->operands[0] : 8);
    while (count > 0) {
        cmk_give(region, give, registers, (char *)(room + 1));
        give = cmk_next(give);
        count--;
        give = next_give(give, &count);
    }
    return (struct answer){ room + 1, room[0] };
}

static int is_bound(struct answer answer)
{
    return (answer.flags & CMK_ANSWER_BOUND) != 0;
}

void cmk_compose(struct cmk_record *record, uint32_t event, const uint64_t *registers)
{
    if (is_bound(answer_of(CMK_RUN, cmk_events(CMK_RUN) + event)))
        compose(CMK_RUN, event, registers, (uint64_t *)(uint64_t)cmk_composed(record));
}

const uint64_t *cmk_composed(const struct cmk_record *record)
{
    const struct cmk_machine *machine = CMK_AT(CMK_RUN + CMK->run.machine);
    uint64_t room = cmk_stepped_of(CMK_RUN, machine, record->function)->room;

    return (const uint64_t *)(const void *)((const char *)record + record->size - room);
}

const uint64_t *cmk_begin_real(const struct cmk_record *record)
{
    const struct cmk_machine *machine = CMK_AT(CMK_RUN + CMK->run.machine);
    uint64_t *room = (uint64_t *)(uint64_t)cmk_composed(record);

    memset(room, 0, cmk_stepped_of(CMK_RUN, machine, record->function)->room);
    *room = CMK_ANSWER_REAL | (CMK_UNTOUCHED(CMK_ANSWER_OUTS) - 1);
    return room + 1;
}

/* What an event answers under registers; `room` is for one that holds bound values. */
static struct answer answer_under(uint64_t region, uint32_t event, const uint64_t *registers, uint64_t *room)
{
    struct answer answer = answer_of(region, cmk_events(region) + event);

    return is_bound(answer) ? compose(region, event, registers, room) : answer;
}

int cmk_same_answers(const struct cmk_step *step, uint32_t event, const uint64_t *registers, uint32_t other,
                     const uint64_t *other_registers)
{
    uint64_t rooms[2][CMK_ROOM / 8];
    struct answer a = answer_under(step->region, event, registers, rooms[0]);
    struct answer b = answer_under(step->region, other, other_registers, rooms[1]);
    uint64_t bound = CMK_ANSWER_BOUND;

    return (a.flags & ~bound) == (b.flags & ~bound) && same_answer(&cmk_functions[step->function], a, b) &&
           same_answer(&cmk_functions[step->function], b, a);
}

int cmk_may_answer(const struct cmk_step *step, uint32_t event, const uint64_t *registers, uint32_t answering,
                   const uint64_t *answering_registers)
{
    uint64_t rooms[2][CMK_ROOM / 8];
    struct answer given = answer_under(step->region, answering, answering_registers, rooms[0]);

    return (given.flags & CMK_ANSWER_PYTHON) ||
           same_answer(&cmk_functions[step->function], given, answer_under(step->region, event, registers, rooms[1]));
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
    uint64_t room[CMK_ROOM / 8];
    struct answer given, wanted;
    int known;

    if (ran == cmk_events(step->region) + event && !is_bound(answer_of(CMK_RUN, ran)))
        return 1;
    given = answer_given(step->record, step->number, ran, &known);
    wanted = answer_under(step->region, event, registers, room);
    return !known || same_answer(&cmk_functions[step->record->function], given, wanted);
}
