/* call.c - a callout of the SUT: capture, step, record, answer. The hot path: no allocation, no stdio, no system call. */
#include "internal.h"
#include "machine.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>

/* glibc 2.32 and later tell whether a second thread was ever made. */
extern char __libc_single_threaded __attribute__((weak));

static _Thread_local uint64_t this_thread;

/* Number of the calling thread plus 1: the main thread is 1, others count as they first call a mock. */
static inline uint64_t thread_mark(void)
{
    if (this_thread == 0)
        this_thread = __atomic_add_fetch(&CMK->threads, 1, __ATOMIC_RELAXED);
    return this_thread;
}

uint64_t cmk_thread(void)
{
    return thread_mark() - 1;
}

static void refuse_reentry(uint64_t function)
{
    cmk_stop(CMK_REENTERED, function, ~0UL);
}

static void lock_contended(uint64_t self, uint64_t function)
{
    uint64_t owner = 0;

    while (!__atomic_compare_exchange_n(&CMK->lock, &owner, self, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        if (owner == self)
            refuse_reentry(function);
        if (__atomic_load_n(&CMK->stopping, __ATOMIC_RELAXED))
            cmk_park();
        owner = 0;
        sched_yield();
    }
}

/* A locked instruction costs more than all the rest of a call, so a process of one thread goes without. */
static inline void lock(uint64_t self, uint64_t function)
{
    if (&__libc_single_threaded && __libc_single_threaded) {
        if (CMK->lock)
            refuse_reentry(function);
        CMK->lock = self;
        __atomic_signal_fence(__ATOMIC_ACQUIRE);
    } else {
        lock_contended(self, function);
    }
}

static inline void unlock(void)
{
    __atomic_store_n(&CMK->lock, 0, __ATOMIC_RELEASE);
}

void cmk_hold(void)
{
    lock(thread_mark(), ~0UL);
}

/* Why no event takes a call: the reason to stop, and its details. */
struct refusal {
    enum cmk_reason reason;
    uint64_t detail0, detail1, detail2;
};

/* The event, with its answer behind the record where that holds bound values; CMK_NO_EVENT where these cannot be it. */
static uint32_t composed(const struct cmk_step *step, struct cmk_record *record, struct refusal *refusal)
{
    struct cmk_made made;

    if (cmk_compose(record, step->event, step->registers, &made))
        return step->event;
    *refusal = (struct refusal){ made.why, step->event, made.argument, made.bytes };
    return CMK_NO_EVENT;
}

/* Ask the machine for the event that takes the call, or CMK_NO_EVENT. */
static uint32_t step_machine(uint64_t function, struct cmk_record *record, uint64_t number,
                             struct refusal *refusal)
{
    const struct cmk_machine *machine = CMK_AT(CMK_RUN + CMK->run.machine);
    struct cmk_step step = { .machine = machine, .region = CMK_RUN, .state = CMK_RUN + CMK_STATE, .function = function,
                             .record = record, .number = number };

    cmk_take(&step);
    switch (step.refusal) {
    case CMK_ALLOWED:
        CMK->position++;
        if (cmk_events(CMK_RUN)[step.event].function & CMK_FLAGGED)
            return composed(&step, record, refusal);
        return step.event;
    case CMK_TWO_ANSWERS:
        *refusal = (struct refusal){ CMK_AMBIGUOUS, step.event, step.rival, 0 };
        return CMK_NO_EVENT;
    case CMK_TOO_MANY:
        *refusal = (struct refusal){ CMK_TOO_AMBIGUOUS, step.event, step.rival, machine->max_configurations };
        return CMK_NO_EVENT;
    case CMK_MEMORY_FULL:
        *refusal = (struct refusal){ CMK_SETS_FULL, step.event, step.rival, machine->sets_size };
        return CMK_NO_EVENT;
    default:
        *refusal = (struct refusal){ CMK_UNEXPECTED, 0, 0, 0 };
        return CMK_NO_EVENT;
    }
}

/* Whether arguments take part in stepping, so that they are captured before; a plain sequence looks at `matched` ones. */
static inline int captures_first(uint64_t function, int matched)
{
    if (__builtin_expect(CMK->run.machine != 0, 0)) {
        const struct cmk_machine *machine = CMK_AT(CMK_RUN + CMK->run.machine);

        return (cmk_flags_of(CMK_RUN, machine, function) & CMK_CAPTURE_FIRST) != 0;
    }
    return matched;
}

/* The event that takes the call, or CMK_NO_EVENT. A plain sequence is a cursor. */
static inline uint32_t step(uint64_t function)
{
    const struct cmk_event *events = CMK_AT(CMK_RUN + CMK->run.events);
    uint64_t position = CMK->position;

    if (position >= CMK->run.count || (events[position].function & ~CMK_FLAGGED) != function)
        return CMK_NO_EVENT;
    CMK->position = position + 1;
    return (uint32_t)position;
}

/* Append a record of `size` bytes whose arguments are still to be captured. */
static inline struct cmk_record *reserve(uint64_t function, uint64_t size, const void *site, uint64_t self)
{
    uint64_t used = CMK->trace_used;
    struct cmk_record *record = CMK_AT(CMK_TRACE + used);

    if (CMK->trace_calls >= CMK->max_calls || used + size > CMK->trace_limit)
        return NULL;
    record->size = (uint32_t)size;
    record->function = (uint32_t)function;
    record->event = CMK_NO_EVENT;           /* whoever reads the trace meanwhile finds no old one */
    record->thread = (uint32_t)(self - 1);
    record->site = (uint64_t)site;
    CMK->trace_used = used + size;
    CMK->trace_calls++;
    return record;
}

static inline void answer(struct cmk_call *call, const struct cmk_record *record)
{
    const struct cmk_event *event = (const struct cmk_event *)CMK_AT(CMK_RUN + CMK->run.events) + record->event;
    const uint64_t *words = cmk_slots(CMK_RUN, event);

    call->flags = 0;
    if (event->function & CMK_FLAGGED) {
        call->flags = words[-1];
        if (call->flags & (CMK_ANSWER_BOUND | CMK_ANSWER_REAL)) {
            words = cmk_composed(record);
            call->flags = *words++;
        }
        if (call->flags & CMK_ANSWER_PYTHON)
            words = cmk_compute(call, record);
        if (call->flags & CMK_ANSWER_ERRNO)
            errno = (int)(call->flags >> 32);
    }
    call->answer = words;
}

/* Take the lock and reserve a record, and keep the lock. NULL without it is a spy in a static constructor, which runs
 * before there is a trace. */
static inline struct cmk_record *begin(struct cmk_call *call, uint64_t function, uint64_t size, const void *site)
{
    uint64_t self = thread_mark();
    struct cmk_record *record;

    if (__builtin_expect(__atomic_load_n(&CMK->stopping, __ATOMIC_RELAXED) != 0, 0))
        cmk_park();
    lock(self, function);
    call->function = function;
    call->record = CMK->trace_calls;
    record = reserve(function, size, site, self);
    if (__builtin_expect(record == NULL, 0)) {
        unlock();
        if (CMK->trace_limit == 0 && cmk_functions[function].fallback)
            return NULL;
        cmk_stop(CMK_TRACE_FULL, function, ~0UL);
    }
    return record;
}

/* A spy's call that the language does not allow is answered by the real function. */
static inline uint32_t or_real(uint64_t function, uint32_t event, const struct refusal *refusal)
{
    return event == CMK_NO_EVENT && cmk_functions[function].fallback && refusal->reason == CMK_UNEXPECTED
               ? CMK_REAL_EVENT
               : event;
}

/* Step and reserve under the lock. The record comes back with its event, or NULL as above. */
static inline struct cmk_record *enter(struct cmk_call *call, uint64_t function, uint64_t size, const void *site,
                                       struct refusal *refusal)
{
    struct cmk_record *record = begin(call, function, size, site);
    uint32_t event;

    if (__builtin_expect(record == NULL, 0))
        return NULL;
    event = CMK->run.machine ? step_machine(function, record, call->record, refusal) : step(function);
    record->event = or_real(function, event, refusal);
    unlock();
    return record;
}

/* Let the stub call the real function: whatever was to be captured is done with. */
static inline void answer_really(struct cmk_call *call)
{
    cmk_done();
    call->flags = CMK_ANSWER_REAL;
    call->answer = NULL;
}

/* Close the record and take its answer, or stop here when the language did not allow the call. */
static inline void leave(struct cmk_call *call, struct cmk_record *record, const struct refusal *refusal)
{
    __atomic_store_n(&record->thread, record->thread | CMK_COMPLETE, __ATOMIC_RELEASE);
    if (__builtin_expect(record->event >= CMK_REAL_EVENT, 0)) {
        if (record->event == CMK_NO_EVENT)
            cmk_stop_with(refusal->reason, call->function, call->record, refusal->detail0, refusal->detail1,
                          refusal->detail2);
        answer_really(call);
        return;
    }
    answer(call, record);
}

static inline void capture_words(struct cmk_record *record, uint64_t words, const unsigned long *in)
{
    for (uint64_t i = 0; i < words; i++)
        record->payload[i] = in[i];
}

static uint64_t size_of_blobs(const struct cmk_blob *blobs, unsigned long count)
{
    uint64_t size = 0;

    for (unsigned long i = 0; i < count; i++)
        size += (blobs[i].kept + 7) & ~7UL;
    return size;
}

static void capture_blobs(struct cmk_record *record, uint64_t function, const struct cmk_blob *blobs,
                          unsigned long count)
{
    const struct cmk_function *mocked = &cmk_functions[function];
    uint64_t tail = 8UL * mocked->in_words;

    for (unsigned long i = 0; i < count; i++) {
        uint64_t *slot = &record->payload[mocked->ins[blobs[i].field].slot];

        slot[0] = blobs[i].size;
        slot[1] = blobs[i].kept << 32 | tail;
        cmk_reading_blob(function, &blobs[i]);
        memcpy((char *)record->payload + tail, blobs[i].data ? blobs[i].data : "", blobs[i].kept);
        if (blobs[i].last)      /* too large a size shall crash here, though it is not kept whole */
            (void)*(const volatile char *)blobs[i].last;
        tail += (blobs[i].kept + 7) & ~7UL;
    }
    cmk_done();
}

/* The event under the cursor, if its function and all its matched arguments are those of the record. */
static uint32_t step_matched(uint64_t function, const struct cmk_record *record)
{
    const struct cmk_event *event = (const struct cmk_event *)CMK_AT(CMK_RUN + CMK->run.events) + CMK->position;

    if (CMK->position >= CMK->run.count || (event->function & ~CMK_FLAGGED) != function ||
        !cmk_same_matched(&cmk_functions[function], record, CMK->position))
        return CMK_NO_EVENT;
    return (uint32_t)CMK->position++;
}

/* Where arguments decide, they are captured before the language is asked: all of it under the lock. */
static void call_matched(struct cmk_call *call, uint64_t function, const unsigned long *in, const void *site,
                         const struct cmk_blob *blobs, unsigned long count)
{
    uint64_t words = cmk_functions[function].in_words;
    uint64_t size = sizeof(struct cmk_record) + 8 * words + size_of_blobs(blobs, count);
    struct cmk_record *record = begin(call, function, size, site);
    struct refusal refusal = { CMK_UNEXPECTED, 0, 0, 0 };
    uint32_t event;

    if (__builtin_expect(record == NULL, 0)) {
        answer_really(call);
        return;
    }
    capture_words(record, words, in);
    capture_blobs(record, function, blobs, count);
    event = CMK->run.machine ? step_machine(function, record, call->record, &refusal) : step_matched(function, record);
    record->event = or_real(function, event, &refusal);
    unlock();
    leave(call, record, &refusal);
}

/* What the stub knows of its function it passes: the table of functions is one line of cache less that way. */
void cmk_call(struct cmk_call *call, unsigned long function, const unsigned long *in, unsigned long words,
              const void *site)
{
    struct refusal refusal = { CMK_UNEXPECTED, 0, 0, 0 };
    struct cmk_record *record;

    if (__builtin_expect(captures_first(function, 0), 0)) {
        call_matched(call, function, in, site, NULL, 0);
        return;
    }
    record = enter(call, function, sizeof *record + 8 * words, site, &refusal);
    if (__builtin_expect(record == NULL, 0)) {
        answer_really(call);
        return;
    }
    capture_words(record, words, in);
    leave(call, record, &refusal);
}

void cmk_call_blobs(struct cmk_call *call, unsigned long function, const unsigned long *in, const void *site,
                    const struct cmk_blob *blobs, unsigned long count)
{
    uint64_t words = cmk_functions[function].in_words;
    struct refusal refusal = { CMK_UNEXPECTED, 0, 0, 0 };
    struct cmk_record *record;

    if (__builtin_expect(captures_first(function, cmk_functions[function].matched != 0), 0)) {
        call_matched(call, function, in, site, blobs, count);
        return;
    }
    record = enter(call, function, sizeof *record + 8 * words + size_of_blobs(blobs, count), site, &refusal);
    if (__builtin_expect(record == NULL, 0)) {
        answer_really(call);
        return;
    }
    capture_words(record, words, in);
    capture_blobs(record, function, blobs, count);
    leave(call, record, &refusal);
}

void cmk_out(const struct cmk_call *call, unsigned long index, unsigned long slot, void *to, unsigned long size)
{
    if (call->flags & CMK_UNTOUCHED(index))
        return;
    if (to == NULL)
        cmk_stop_with(CMK_NULL_OUT, call->function, call->record, index, 0, 0);
    cmk_writing(call->function, index);
    memcpy(to, &call->answer[slot], size);
    cmk_done();
}

void cmk_out_partly(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long mask, void *to,
                    unsigned long size)
{
    const unsigned char *value = (const unsigned char *)&call->answer[slot];
    const unsigned char *named = (const unsigned char *)&call->answer[mask];
    unsigned char *written = to;

    if (call->flags & CMK_UNTOUCHED(index))
        return;
    if (to == NULL)
        cmk_stop_with(CMK_NULL_OUT, call->function, call->record, index, 0, 0);
    cmk_writing(call->function, index);
    for (unsigned long i = 0; i < size; i++)
        written[i] = (unsigned char)((written[i] & ~named[i]) | (value[i] & named[i]));
    cmk_done();
}

void cmk_fits(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long capacity)
{
    uint64_t count = call->answer[slot];

    if (!(call->flags & CMK_UNTOUCHED(index)) && count > capacity)
        cmk_stop_with(CMK_TOO_LONG, call->function, call->record, index, count, capacity);
}

void cmk_out_array(const struct cmk_call *call, unsigned long index, unsigned long slot, void *to,
                   unsigned long capacity, unsigned long element)
{
    uint64_t count = call->answer[slot];

    cmk_fits(call, index, slot, capacity);
    if ((call->flags & CMK_UNTOUCHED(index)) || count == 0)
        return;
    if (to == NULL)
        cmk_stop_with(CMK_NULL_OUT, call->function, call->record, index, 0, 0);
    cmk_writing(call->function, index);
    memcpy(to, (const char *)call->answer + call->answer[slot + 1], count * element);
    cmk_done();
}

struct cmk_elements cmk_answer(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long size)
{
    struct cmk_elements elements = { NULL, 0, 0 };

    if (call->flags & CMK_UNTOUCHED(index))
        return elements;
    elements.data = size ? (const char *)call->answer + call->answer[slot + 1] : (const char *)&call->answer[slot];
    elements.count = size ? call->answer[slot] : 1;
    elements.size = size;
    return elements;
}

/* More than this on the SUT's stack would be a danger of our making. */
#define STACK_ROOM 0x100000UL

unsigned long cmk_room(unsigned long count, unsigned long size)
{
    unsigned long bytes;

    return __builtin_mul_overflow(count, size, &bytes) || bytes > STACK_ROOM ? 0 : bytes;
}

/* Without room a snippet that fills it crashes, and the report names the argument. */
void *cmk_zeros(void *room, unsigned long size)
{
    return size ? memset(room, 0, size) : NULL;
}

/* A snippet that copies its whole capacity shall find zeros behind a shorter answer. */
void *cmk_padded(const struct cmk_elements *elements, void *room, unsigned long size)
{
    uint64_t bytes = elements->count * elements->size;

    if (elements->data == NULL || bytes >= size)
        return (void *)(uint64_t)elements->data;
    memcpy(room, elements->data, bytes);
    memset((char *)room + bytes, 0, size - bytes);
    return room;
}

void cmk_silent_fits(unsigned long function, unsigned long index, const struct cmk_elements *elements,
                     unsigned long capacity)
{
    if (elements->count > capacity)
        cmk_stop_with(CMK_TOO_LONG, function, ~0UL, index, elements->count, capacity);
}

/* The SUT may pass NULL for what it does not want: a silent function has no script that says otherwise. */
void cmk_silent_out(unsigned long function, unsigned long index, const struct cmk_elements *elements, void *to)
{
    if (to == NULL || elements->data == NULL)
        return;
    cmk_writing(function, index);
    memcpy(to, elements->data, elements->count * elements->size);
    cmk_done();
}

void *cmk_result_pointer(const struct cmk_call *call, unsigned long slot)
{
    uint64_t value = call->answer[slot];

    return (void *)(call->flags & CMK_ANSWER_OWNED ? (uint64_t)call->answer + value : value);
}

void cmk_never_returns(const struct cmk_call *call)
{
    cmk_stop(CMK_NEVER_RETURNS, call->function, call->record);
}
