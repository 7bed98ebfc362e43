/* check.c - replay the trace under a language, all arguments compared. Runs in a child of its own: a damaged trace can
 * kill only this process. Writes the first difference, which is all that a verdict needs; Python explains it. */
#include "machine.h"
#include "internal.h"

#include <unistd.h>

static void decide(enum cmk_verdict verdict, uint64_t record, uint64_t event, uint64_t field)
{
    CMK->verdict = verdict;
    CMK->verdict_record = record;
    CMK->verdict_event = event;
    CMK->verdict_field = field;
}

/* Check record number `index` against event number `next`; 1 when they fit. */
static int fits(uint64_t index, const struct cmk_record *record, uint64_t next, const struct cmk_event *event,
                const uint32_t *masks)
{
    const struct cmk_function *function = &cmk_functions[record->function];
    const uint64_t *mask = masks && masks[next] ? cmk_words(CMK->check_region, masks[next]) : NULL;
    const struct cmk_step step = { .region = CMK->check_region, .record = record, .number = index };
    uint32_t field;

    if (!(record->thread & CMK_COMPLETE)) {
        decide(CMK_INCOMPLETE, index, next, 0);
        return 0;
    }
    if ((event->function & ~CMK_FLAGGED) != record->function || record->event == CMK_NO_EVENT) {
        decide(CMK_NOT_EXPECTED, index, next, 0);
        return 0;
    }
    field = cmk_first_difference(function, record->payload, cmk_words(CMK->check_region, event->args), mask,
                                 1);
    if (field != CMK_NO_FIELD) {
        decide(CMK_WRONG_ARGUMENT, index, next, field);
        return 0;
    }
    if (!cmk_answered_so(&step, (uint32_t)next, NULL)) {
        decide(CMK_WRONG_ANSWER, index, next, 0);
        return 0;
    }
    return 1;
}

/* The record at `at` bytes of the trace. One that no stub can have written ends this process, and the check with it. */
static inline const struct cmk_record *record_at(uint64_t at, uint64_t used)
{
    const struct cmk_record *record = CMK_AT(CMK_TRACE + at);

    if (at + sizeof *record > used || record->function >= cmk_function_count ||
        record->size < sizeof *record + 8UL * cmk_functions[record->function].in_words || record->size > used - at ||
        (record->event < CMK_REAL_EVENT && record->event >= CMK->run.count))
        _exit(CMK_EXIT_DAMAGED);
    return record;
}

/* The functions below this number whose arguments all stand in their slots, a bit each. */
#define FLAT_MOST 4096
static uint64_t flat[FLAT_MOST / 64];

static void find_flat(void)
{
    for (uint64_t i = 0; i < cmk_function_count && i < FLAT_MOST; i++) {
        uint64_t is_flat = 1;

        for (unsigned field = 0; field < cmk_functions[i].in_count; field++)
            is_flat &= cmk_functions[i].ins[field].kind == CMK_WORDS;
        flat[i / 64] |= is_flat << i % 64;
    }
}

/* Most records are those of the event that answered, in the language that ran, word for word; anything else is looked at
 * more closely. */
static inline int fits_at_once(const struct cmk_record *record, uint64_t next, const struct cmk_event *event,
                               const uint32_t *masks)
{
    const uint64_t *want = cmk_words(CMK_RUN, event->args);
    uint64_t function = record->function, words = cmk_functions[function].in_words, differing = 0;

    if (record->event != next || (event->function & ~CMK_FLAGGED) != function || (masks && masks[next]) ||
        !(record->thread & CMK_COMPLETE) || function >= FLAT_MOST || !(flat[function / 64] >> function % 64 & 1))
        return 0;
    for (uint64_t i = 0; i < words; i++)
        differing |= record->payload[i] ^ want[i];
    return differing == 0;
}

static void check_sequence(void)
{
    const struct cmk_event *events = CMK_AT(CMK->check_region + CMK->check.events);
    const uint32_t *masks = CMK->check.masks ? CMK_AT(CMK->check_region + CMK->check.masks) : NULL;
    uint64_t calls = __atomic_load_n(&CMK->trace_calls, __ATOMIC_ACQUIRE), used = CMK->trace_used, at = 0, next = 0;
    uint64_t count = CMK->check.count;
    int ran = CMK->check_region == CMK_RUN;

    find_flat();
    for (uint64_t i = 0; i < calls; i++) {
        const struct cmk_record *record = record_at(at, used);

        at += record->size;
        if (ran && next < count && fits_at_once(record, next, &events[next], masks)) {
            next++;
            continue;
        }
        if (record->event == CMK_REAL_EVENT)
            continue;
        if (next >= count) {
            decide(CMK_NOT_EXPECTED, i, next, 0);
            return;
        }
        if (!fits(i, record, next, &events[next], masks))
            return;
        next++;
    }
    if (next < count)
        decide(CMK_MISSING, calls, next, 0);
    else
        decide(CMK_ACCEPTED, 0, 0, 0);
}

/* What a machine says of a record that it does not take. */
static void decide_refused(const struct cmk_step *step)
{
    switch (step->refusal) {
    case CMK_OTHER_ARGUMENTS:
        decide(CMK_WRONG_ARGUMENT, step->number, step->event, step->field);
        break;
    case CMK_OTHER_ANSWER:
        decide(CMK_WRONG_ANSWER, step->number, step->event, 0);
        break;
    case CMK_TOO_MANY:
        decide(CMK_UNDECIDED, step->number, step->event, step->rival);
        break;
    case CMK_MEMORY_FULL:
        decide(CMK_OUT_OF_MEMORY, step->number, step->event, step->rival);
        break;
    default:
        decide(CMK_NOT_EXPECTED, step->number, CMK_NO_EVENT, 0);
        break;
    }
}

/* Take one record; 0 when that decides the check. A call that was refused fits nothing. */
static int takes(struct cmk_step *step, const struct cmk_record *record, uint64_t index)
{
    step->record = record;
    step->function = record->function;
    step->number = index;
    step->refusal = CMK_NOT_ALLOWED;
    if (!(record->thread & CMK_COMPLETE)) {
        decide(CMK_INCOMPLETE, index, CMK_NO_EVENT, 0);
        return 0;
    }
    if (record->event != CMK_NO_EVENT)
        cmk_take(step);
    if (step->refusal != CMK_ALLOWED)
        decide_refused(step);
    return step->refusal == CMK_ALLOWED;
}

/* Whether all arguments of a record are those of the event that took it while the SUT ran. */
static int fits_its_event(struct cmk_step *step, const struct cmk_record *record, uint64_t index,
                          const uint32_t *conditions)
{
    uint64_t *registers = CMK_AT(step->state + step->machine->registers);
    uint32_t field;

    step->record = record;
    step->function = record->function;
    step->number = index;
    step->event = record->event;
    step->refusal = CMK_NOT_ALLOWED;
    if (!(record->thread & CMK_COMPLETE)) {
        decide(CMK_INCOMPLETE, index, CMK_NO_EVENT, 0);
        return 0;
    }
    field = record->event == CMK_NO_EVENT ? 0 : cmk_differs(step, record->event, 1, registers);
    if (field == CMK_NO_FIELD) {
        if (conditions && conditions[record->event])
            cmk_bind(step, record->event, registers);
        return 1;
    }
    if (record->event != CMK_NO_EVENT) {
        step->refusal = CMK_OTHER_ARGUMENTS;
        step->field = field;
    }
    decide_refused(step);
    return 0;
}

/* Where cursors followed the calls there was one way to take each, so that nothing has to be taken again: the events are
 * known, and the state of the run tells whether the language may end. Returns 0 when calls have come meanwhile, of which
 * that state knows: then it is no state of this trace. */
static int check_known_events(uint64_t calls)
{
    const struct cmk_machine *machine = CMK_AT(CMK_RUN + CMK->run.machine);
    const struct cmk_event *events = cmk_events(CMK_RUN);
    const uint32_t *masks = CMK->run.masks ? CMK_AT(CMK_RUN + CMK->run.masks) : NULL;
    const uint32_t *conditions = machine->conditions ? CMK_AT(CMK_RUN + machine->conditions) : NULL;
    struct cmk_step step = { .machine = machine, .region = CMK_RUN, .state = CMK_CHECK + CMK_STATE, .checking = 1 };
    struct cmk_step ran = { .machine = machine, .region = CMK_RUN, .state = CMK_RUN + CMK_STATE };
    uint64_t used = CMK->trace_used, at = 0;
    int may_end = cmk_may_end(&ran);

    if (__atomic_load_n(&CMK->trace_calls, __ATOMIC_ACQUIRE) != calls)
        return 0;
    find_flat();
    for (uint64_t i = 0; i < calls; i++) {
        const struct cmk_record *record = record_at(at, used);
        uint32_t event = record->event;

        at += record->size;
        if (event == CMK_REAL_EVENT || (event != CMK_NO_EVENT && !(conditions && conditions[event]) &&
                                        fits_at_once(record, event, &events[event], masks)))
            continue;
        if (!fits_its_event(&step, record, i, conditions))
            return 1;
    }
    decide(may_end ? CMK_ACCEPTED : CMK_MISSING, calls, CMK_NO_EVENT, 0);
    return 1;
}

static void check_machine(void)
{
    uint64_t calls = __atomic_load_n(&CMK->trace_calls, __ATOMIC_ACQUIRE), used = CMK->trace_used, at = 0;
    struct cmk_step step = { .machine = CMK_AT(CMK->check_region + CMK->check.machine), .region = CMK->check_region,
                             .state = CMK_CHECK + CMK_STATE, .checking = 1 };

    if (CMK->check_region == CMK_RUN && step.machine->term_count == 0 && check_known_events(calls))
        return;
    for (uint64_t i = 0; i < calls; i++) {
        const struct cmk_record *record = record_at(at, used);

        at += record->size;
        if (record->event != CMK_REAL_EVENT && !takes(&step, record, i))
            return;
    }
    decide(cmk_may_end(&step) ? CMK_ACCEPTED : CMK_MISSING, calls, CMK_NO_EVENT, 0);
}

void cmk_check(void)
{
    if (CMK->check.machine)
        check_machine();
    else
        check_sequence();
}
