/* arena.h - the memory that Python and the host share, and the words they exchange there.
 *
 * One sealed memfd of 4 GiB, sparse, mapped by the host at a fixed address; Python maps it anywhere and adds offsets.
 * It outlives every crash. All header members are 64-bit words. MIRROR host/arena.py (a test compares both sides).
 */
#ifndef CMK_ARENA_H
#define CMK_ARENA_H

#include <stdint.h>

#define CMK_BASE 0x550000000000UL       /* free in plain, ASan, TSan and valgrind processes alike */
#define CMK_SIZE 0x100000000UL
#define CMK_MAILBOX 0x00010000UL        /* arguments and result of one call into the SUT */
#define CMK_UPCALLS 0x00020000UL        /* struct cmk_upcall[CMK_UPCALL_COUNT] */
#define CMK_POSTS 0x00040000UL          /* a ring of as many words: number of an upcall plus 1, 0 where there is none */
#define CMK_COMPUTED 0x01000000UL       /* answers of Python functions, kept until the next language */
#define CMK_RUN 0x10000000UL            /* tables of the language that steps */
#define CMK_CHECK 0x50000000UL          /* tables of the language that a check replays */
#define CMK_TRACE 0x90000000UL
#define CMK_ROOMS 0xb0000000UL          /* behind the trace: two of CMK_ROOM bytes, where answers are put together to be compared */
#define CMK_SCRATCH 0xc0000000UL        /* Python builds structs there that it passes */
#define CMK_HEAP 0xd0000000UL           /* Python's blocks; the SUT sees them as ordinary memory */

#define CMK_MAGIC 0x314b4d434b4d43UL
#define CMK_FRAMES 64
#define CMK_TEXT 2048
#define CMK_STACK_WORDS 8000            /* of the arguments of one call */
#define CMK_UPCALL_COUNT 256
#define CMK_THUNKS 256
#define CMK_THUNK_BYTES 16

/* File descriptors of the protocol, high enough to leave the SUT its usual small numbers. */
enum cmk_fd { CMK_FD_ARENA = 240, CMK_FD_TO_ZYGOTE, CMK_FD_FROM_ZYGOTE, CMK_FD_TO_CHILD, CMK_FD_FROM_CHILD,
              CMK_FD_LIFELINE, CMK_FD_SHARE, CMK_FD_END };

enum cmk_state { CMK_STARTING, CMK_IDLE, CMK_BUSY, CMK_DONE, CMK_STOPPED, CMK_ASKING };

/* What Python asks of the zygote; the word is CMK_OBEYED again when it is done. */
enum cmk_command { CMK_OBEYED, CMK_FORK, CMK_RUN_CHECK, CMK_KILL, CMK_RUN_PROBE };

/* CMK_ANSWER ends a CMK_ASKING; CMK_HOLD takes the lock, which Python itself then releases. */
enum cmk_request { CMK_INVOKE = 1, CMK_RESOLVE, CMK_FLUSH, CMK_RECEIVE, CMK_ANSWER, CMK_HOLD };

/* How processes of the host end when they cannot say it in the arena. */
enum cmk_exit {
    CMK_EXIT_NO_CHANNEL = 111,  /* the SUT has taken a descriptor of ours away */
    CMK_EXIT_DAMAGED = 113,     /* the check found a trace that no stub can have written */
    CMK_EXIT_NO_ARENA = 120,    /* the address is taken */
    CMK_EXIT_CONSTRUCTOR,       /* a static constructor stopped; the header says why */
    CMK_EXIT_STRANGER           /* a process that the SUT forked called a mock that has no answer */
};

enum cmk_reason {
    CMK_NO_STOP,
    CMK_UNEXPECTED,             /* the language does not allow the call */
    CMK_SIGNAL,
    CMK_EXIT,                   /* exit, _exit, quick_exit; detail 0: status, detail 1: which */
    CMK_ABORT,
    CMK_ASSERT,                 /* text: the message */
    CMK_TIMEOUT,
    CMK_TOO_LONG,               /* detail 0: out index, 1: elements answered, 2: capacity */
    CMK_NULL_OUT,               /* detail 0: out index */
    CMK_TRACE_FULL,
    CMK_REENTERED,              /* a signal handler called a mock inside a mock */
    CMK_NEVER_RETURNS,          /* a mocked function that never returns was called, as allowed */
    CMK_BAD_ARGUMENT,           /* the memory of an argument cannot be accessed; detail 0: index, with CMK_WRITING for
                                   an out argument; 1: address of what was captured, 2: its size, or 0 */
    CMK_RAISED,                 /* the Python function that was to answer raised an exception */
    CMK_AMBIGUOUS,              /* two events answer differently; detail 0: the first, 1: the other */
    CMK_TOO_AMBIGUOUS,          /* detail 0 and 1: first and last event of the part that has too many configurations, 2:
                                   the limit */
    CMK_SETS_FULL,              /* the same; 2: bytes that are used up */
    /* The value that an event answers from an argument cannot be it; detail 0: the event, 1: function << 32 | index of that
     * argument, 2: of CMK_CUT_ANSWER its bytes, of CMK_OTHER_SIZE these << 32 | the bytes that there are for it: */
    CMK_CUT_ANSWER,             /* capturing has not kept all of it */
    CMK_NULL_ANSWER,            /* it was NULL, which has no content to write */
    CMK_BROKEN_TEXT,            /* it has a NUL inside, where C ends a text */
    CMK_OTHER_SIZE,             /* it is larger than the array that it goes into, or has not its number of elements */
    CMK_PAST_ROOM               /* more elements of an argument are valid than its buffer takes; detail 0: index, 1: valid
                                   ones, 2: capacity */
};

enum cmk_verdict {
    CMK_ACCEPTED,
    CMK_NOT_EXPECTED,           /* record: a call that the language does not allow there */
    CMK_WRONG_ARGUMENT,         /* record, event, field */
    CMK_WRONG_ANSWER,           /* record, event: answered otherwise than this language says */
    CMK_MISSING,                /* event: the first that was never called */
    CMK_INCOMPLETE,             /* record: its thread died before the arguments were captured */
    CMK_UNDECIDED,              /* record, event, field: first and last of the part that has too many configurations there */
    CMK_OUT_OF_MEMORY           /* the same, when no memory is left for them */
};

/* The tables of one language; offsets count from the start of the region, `args` and `answer` in 8-byte words. */
struct cmk_language {
    uint64_t events;            /* byte offset of struct cmk_event[count] */
    uint64_t count;
    uint64_t masks;             /* byte offset of uint32_t[count] (word offsets of masks), 0 when nothing is masked */
    uint64_t machine;           /* byte offset of struct cmk_machine, 0 when the events are one plain sequence */
};

/* Most answers are one slot without flags, and stand in the row: where a thousand sequences take turns, another line of memory
 * for each call would cost more than all the rest of it. */
struct cmk_event {
    uint32_t function;          /* number, with CMK_FLAGGED when the answer is further back: a word of flags, then its slots */
    uint32_t args;
    uint64_t answer;            /* its one slot, or where it is */
};

#define CMK_FLAGGED 0x80000000U
#define CMK_UNTOUCHED(index) (1UL << (index))
#define CMK_ANSWER_OUTS 24U             /* outs of one function at most */
#define CMK_ANSWER_OWNED (1UL << 24)   /* the result points into the answer: a byte offset from its slots */
#define CMK_ANSWER_ERRNO (1UL << 25)    /* the upper half of the flags is errno */
#define CMK_ANSWER_PYTHON (1UL << 27)   /* a Python function computes the answer */
#define CMK_ANSWER_BOUND (1UL << 28)    /* bound values are put into the answer, see machine.h */
#define CMK_ROOM 0x08000000UL           /* bytes of such an answer at most */

struct cmk_record {
    uint32_t size;              /* of the whole record in bytes, a multiple of 8 */
    uint32_t function;
    uint32_t event;             /* that answered, or CMK_NO_EVENT, or CMK_REAL_EVENT */
    uint32_t thread;            /* number of the thread, with CMK_COMPLETE once the arguments are captured */
    uint64_t site;              /* return address in the SUT */
    uint64_t payload[];         /* in_words slots, then the captured bytes of blobs; of an event whose answer holds bound
                                   values then flags, slots and what else belongs to it, and the bytes of all that */
};

#define CMK_WRITING 0x8000UL
#define CMK_UNCHECKED 0x10000UL         /* in `check_status`: no status of a process */
#define CMK_NO_EVENT 0xffffffffU
#define CMK_REAL_EVENT 0xfffffffeU      /* none allows the call, and the real function answers: no check looks at it */
#define CMK_COMPLETE 0x80000000U

struct cmk_header {
    uint64_t magic;
    uint64_t state;             /* enum cmk_state of the child's mailbox */
    uint64_t command;           /* Python -> zygote, enum cmk_command */
    uint64_t request;           /* Python -> child */
    uint64_t requests;          /* number of requests so far; a hint, the eventfd counts */
    uint64_t python_cpu;        /* where Python was when it asked, and the child when it answered: while both run on */
    uint64_t child_cpu;         /* CPUs of their own, looking at words for some microseconds is faster than sleeping */
    uint64_t output;            /* bytes in stdout and stderr after the last call; a hint that there is more to read */
    uint64_t child_pid;
    uint64_t child_status;      /* as waitpid gives it, valid when child_pid is 0 */
    uint64_t stopping;          /* number of the first thread that stops plus 1; parks the others */
    uint64_t reason;            /* enum cmk_reason, set behind the words that explain it */
    uint64_t detail[3];
    uint64_t stop_function;     /* number, or ~0 */
    uint64_t stop_record;       /* number of the record, or ~0 */
    uint64_t stop_thread;
    uint64_t signal;
    uint64_t signal_code;
    uint64_t fault_address;
    uint64_t pc;
    uint64_t sp;
    uint64_t frame_count;
    uint64_t frames[CMK_FRAMES];
    uint64_t lock;              /* 0, or number of the owning thread plus 1 */
    uint64_t threads;
    struct cmk_language run;
    struct cmk_language check;
    uint64_t check_region;      /* CMK_RUN or CMK_CHECK: where the tables of `check` lie */
    uint64_t position;          /* events of `run` that have been called */
    uint64_t trace_used;        /* bytes */
    uint64_t trace_calls;
    uint64_t trace_limit;       /* bytes */
    uint64_t max_calls;
    uint64_t capture_bound;     /* bytes kept of one string or array */
    uint64_t check_status;      /* of the process that checked, as waitpid gives it */
    uint64_t verdict;           /* enum cmk_verdict */
    uint64_t verdict_record;
    uint64_t verdict_event;
    uint64_t verdict_field;
    uint64_t asking;            /* number of the upcall that the main thread waits for, while the state is CMK_ASKING */
    uint64_t posts;             /* upcalls that other threads have posted so far */
    uint64_t posts_taken;       /* how many of them Python has taken */
    uint64_t thunks;            /* address of the first thunk */
    uint64_t threaded;          /* whether the SUT has made a second thread */
    uint64_t computed;          /* for a check: byte offset of struct cmk_computed[], in the order of their records */
    uint64_t computed_count;
    uint64_t predicates;        /* for a check: arena offset of a bit per record for each predicate, then of one that says */
    uint64_t predicate_words;   /* whether it raised an exception; so many words per predicate and kind */
    uint64_t raised;            /* from the check: the first it asked for that raised: 1 + record << 32 | predicate */
    char text[CMK_TEXT];        /* of a failed assert, or a name to resolve */
};

/* The mailbox of CMK_INVOKE. Integers and pointers go to `gpr`, floating values to `xmm` as bits, the rest to `stack`;
 * `result` has rax, rdx, xmm0 and xmm1, or st0 and st1 in two words each. */
struct cmk_mailbox {
    uint64_t function;          /* address; result of CMK_RESOLVE and CMK_RECEIVE */
    uint64_t returns;           /* enum cmk_returns */
    uint64_t error;             /* errno, before and after */
    uint64_t result[4];
    uint64_t gpr[6];
    uint64_t xmm[8];
    uint64_t stack_words;
    uint64_t stack[CMK_STACK_WORDS];
};

enum cmk_returns { CMK_RETURNS_REGISTERS, CMK_RETURNS_LONG_DOUBLE, CMK_RETURNS_COMPLEX_LONG_DOUBLE };

/* What a thunk has found in the registers, and what it leaves there. */
struct cmk_registers {
    uint64_t gpr[6];
    uint64_t xmm[8];
    uint64_t result[4];         /* of rax, rdx, xmm0 and xmm1, or of st0 and st1 */
    uint64_t returns;           /* enum cmk_returns */
};

enum cmk_upcall_state { CMK_FREE, CMK_TAKEN, CMK_POSTED, CMK_ANSWERED };

/* A thread of the SUT waits for a Python function: for the answer of a mock, or behind a thunk. */
struct cmk_upcall {
    uint64_t state;             /* enum cmk_upcall_state; its lower half is a futex */
    uint64_t thunk;             /* number of the thunk plus 1, 0 for a mock */
    uint64_t function;          /* of a mock: its number, */
    uint64_t record;            /* the number of the record, */
    uint64_t at;                /* and its byte offset in the trace */
    uint64_t answer;            /* from Python: byte offset of flags and slots, for a thunk 1; 0: it raised */
    uint64_t stack;             /* of a thunk: address of the arguments on the stack */
    struct cmk_registers registers;
    uint64_t unused[6];
};

/* Where the answer lies that a Python function gave to a call. */
struct cmk_computed {
    uint64_t record;
    uint64_t answer;            /* byte offset of flags and slots */
};

#define CMK ((struct cmk_header *)CMK_BASE)
#define CMK_AT(offset) ((void *)(CMK_BASE + (offset)))

#endif
