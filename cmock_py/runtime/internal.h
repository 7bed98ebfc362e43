/* internal.h - what the files of the runtime know of each other. */
#ifndef CMK_INTERNAL_H
#define CMK_INTERNAL_H

#include "arena.h"
#include "cmk.h"

/* stop.c: end the test child's run here, for good; control requests are still served. */
void cmk_stop(enum cmk_reason reason, uint64_t function, uint64_t record) __attribute__((noreturn));
void cmk_stop_with(enum cmk_reason reason, uint64_t function, uint64_t record, uint64_t detail0, uint64_t detail1,
                   uint64_t detail2) __attribute__((noreturn));
void cmk_park(void) __attribute__((noreturn));

/* Make the calling thread the one that stops, before it writes into the arena why; does not return to a second one. */
void cmk_claim(void);

void cmk_install_handlers(void);
void cmk_remove_handlers(void);

/* Whether this process was forked by the SUT: neither the zygote nor the test child. */
int cmk_is_stranger(void);

/* hooks.c: stop when libc itself ends the process. */
void cmk_watch_exit(void);

/* serve.c: the child's side of the mailbox. */
void cmk_serve(void) __attribute__((noreturn));
void cmk_ring(enum cmk_state state);

/* Let Python answer an upcall, and serve what it asks back meanwhile; 0 when this is not the time to: nobody waits. */
int cmk_ask(uint64_t upcall);

/* upcall.c: let a Python function answer the call of a mock. Sets its flags; returns the slots. */
const uint64_t *cmk_compute(struct cmk_call *call, const struct cmk_record *record);
void cmk_forget_upcalls(void);
extern const char cmk_thunks[];

/* invoke.c: call any C function by address. */
void cmk_invoke(struct cmk_mailbox *box);

/* check.c: replay the trace under the language in `check_region`. */
void cmk_check(void);

/* Word number `word` of the tables of a region. */
static inline const uint64_t *cmk_words(uint64_t region, uint32_t word)
{
    return (const uint64_t *)CMK_AT(region) + word;
}

static inline const struct cmk_language *cmk_language(uint64_t region)
{
    return region == CMK_RUN ? &CMK->run : &CMK->check;
}

static inline const struct cmk_event *cmk_events(uint64_t region)
{
    return CMK_AT(region + cmk_language(region)->events);
}

/* The slots of what an event answers; its flags stand before them, if it has any. */
static inline const uint64_t *cmk_slots(uint64_t region, const struct cmk_event *event)
{
    return event->function & CMK_FLAGGED ? (const uint64_t *)CMK_AT(region) + event->answer + 1 : &event->answer;
}

static inline uint64_t cmk_answer_flags(uint64_t region, const struct cmk_event *event)
{
    return event->function & CMK_FLAGGED ? cmk_slots(region, event)[-1] : 0;
}

/* match.c: whether numbers are equal, or no further apart than that, below 0 bit for bit; the number in so many bytes. */
int cmk_same_floating(long double a, long double b, long double tolerance);
long double cmk_floating_at(const char *at, unsigned size);

/* Whether so many bytes are equal, which are elements of a field, or begin at an offset in one; whether a field is equal in
 * two payloads, where a wildcard has a mask of zeros; the first field of all, or of the matched ones, that is not, or
 * CMK_NO_FIELD. */
int cmk_same_part(const struct cmk_field *field, const char *a, const char *b, const char *mask, uint64_t size,
                  uint64_t element, uint64_t offset);
static inline int cmk_same_bytes(const struct cmk_field *field, const char *a, const char *b, const char *mask,
                                 uint64_t size, uint64_t element)
{
    return cmk_same_part(field, a, b, mask, size, element, 0);
}

int cmk_same_field(const struct cmk_field *field, const uint64_t *a, const uint64_t *b, const uint64_t *mask);
uint32_t cmk_first_difference(const struct cmk_function *function, const uint64_t *got, const uint64_t *want,
                              const uint64_t *mask, int all);

/* conditions.c: those of an event, and how many; the one behind one. */
struct cmk_condition;
const struct cmk_condition *cmk_conditions(uint64_t region, uint32_t event, uint64_t *count);
const struct cmk_condition *cmk_next(const struct cmk_condition *condition);

/* The matched arguments of a record are those of the event number `event` of the language that runs. */
int cmk_same_matched(const struct cmk_function *function, const struct cmk_record *record, uint64_t event);

/* capture.c: what this thread does with the SUT's memory: function << 16 | CMK_WRITING | index + 1, or 0. */
uint64_t cmk_busy(const struct cmk_blob **blob);
void cmk_reading_blob(uint64_t function, const struct cmk_blob *blob);

/* How many of so many bytes are kept of one string, array or list. */
uint64_t cmk_bounded(uint64_t size);

/* call.c: number of the calling thread; the main thread is 0. */
uint64_t cmk_thread(void);

/* call.c: take the lock of the trace, for Python to release. */
void cmk_hold(void);

/* zygote.c: the pid of the running test child; 0 in the zygote. */
extern int cmk_child;

#endif
