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
    field = cmk_first_difference(function, record->payload, cmk_words(CMK->check_region, event->args), mask);
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
