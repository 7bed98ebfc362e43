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
void cmk_install_handlers(void);

/* serve.c: the child's side of the mailbox. */
void cmk_serve(void) __attribute__((noreturn));
void cmk_ring(enum cmk_state state);

/* invoke.c: call any C function by address. */
void cmk_invoke(struct cmk_mailbox *box);

/* check.c: replay the trace under the language in CMK_CHECK. */
void cmk_check(void);

/* call.c */
uint64_t cmk_thread(void);

/* zygote.c: the pid of the running test child; other pids are strangers that the SUT forked. */
extern int cmk_child;

#endif
