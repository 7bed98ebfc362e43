/* answers.c - whether what a call was answered is what an event answers; answers that hold bound values. */
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
    const uint64_t *template = cmk_words(region, cmk_events(region)[event].answer);
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

    return (a.flags & ~bound) == (b.flags & ~bound) && same_answer(&cmk_functions[step->function], a, b);
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

/* What the call was answered: by the event that ran, or by its Python function. Where that has raised, the run was stopped. */
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
    if (!(answer.flags & CMK_ANSWER_PYTHON))
        return answer;
    computed = computed_for(number);
    *known = computed != NULL;
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
