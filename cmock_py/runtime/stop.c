/* stop.c - the end of a run: a mock that refuses, a signal, exit, abort, assert. The thread that stops records why and
 * from where, tells Python, and goes on serving control requests until it is killed. Nothing unwinds through the SUT. */
#include "internal.h"

#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* Big enough for the handler, backtrace() and the control requests served from here. */
static char handler_stack[1 << 18] __attribute__((aligned(64)));

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };

void cmk_park(void)
{
    for (;;)
        pause();
}

/* The first thread to come wins; a second fault inside collecting publishes what there is. */
static void claim(void)
{
    uint64_t free = 0;

    if (getpid() != cmk_child && CMK->state != CMK_STARTING)
        _exit(0);
    if (!__atomic_compare_exchange_n(&CMK->stopping, &free, cmk_thread() + 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED) &&
        free != cmk_thread() + 1)
        cmk_park();
}

/* Tell Python. In the zygote there is nobody to serve: a constructor went wrong, and start_mocking reads why. */
static void publish(void) __attribute__((noreturn));
static void publish(void)
{
    if (CMK->state == CMK_STARTING)
        _exit(121);
    cmk_ring(CMK_STOPPED);
    cmk_serve();
}

static void collect_frames(void)
{
    void *frames[CMK_FRAMES];
    int count = backtrace(frames, CMK_FRAMES);

    for (int i = 0; i < count; i++)
        CMK->frames[i] = (uint64_t)frames[i];
    CMK->frame_count = (uint64_t)count;
}

void cmk_stop_with(enum cmk_reason reason, uint64_t function, uint64_t record, uint64_t detail0, uint64_t detail1,
                   uint64_t detail2)
{
    claim();
    CMK->reason = reason;
    CMK->stop_function = function;
    CMK->stop_record = record;
    CMK->stop_thread = cmk_thread();
    CMK->detail[0] = detail0;
    CMK->detail[1] = detail1;
    CMK->detail[2] = detail2;
    collect_frames();
    publish();
}

void cmk_stop(enum cmk_reason reason, uint64_t function, uint64_t record)
{
    cmk_stop_with(reason, function, record, 0, 0, 0);
}

/* A call through a null or wild function pointer leaves no frame: its caller stands on top of the stack. */
static uint64_t caller_on_stack(const ucontext_t *context)
{
    return *(const uint64_t *)context->uc_mcontext.gregs[REG_RSP];
}

static void on_signal(int number, siginfo_t *info, void *raw)
{
    const ucontext_t *context = raw;
    uint64_t pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    static volatile sig_atomic_t depth;

    claim();
    if (depth++ == 0) {
        CMK->reason = number == SIGRTMAX - 1 ? CMK_TIMEOUT : CMK_SIGNAL;
        CMK->stop_function = ~0UL;
        CMK->stop_record = ~0UL;
        CMK->stop_thread = cmk_thread();
        CMK->signal = (uint64_t)number;
        CMK->signal_code = (uint64_t)(int64_t)info->si_code;
        CMK->fault_address = number == SIGSEGV || number == SIGBUS ? (uint64_t)info->si_addr : 0;
        CMK->pc = pc;
        CMK->frames[0] = pc;
        CMK->frame_count = 1;
        if (pc == CMK->fault_address) {         /* jumped to where no code is */
            CMK->frames[1] = caller_on_stack(context);
            CMK->frame_count = 2;
        } else {
            collect_frames();
        }
    }
    publish();
}

void cmk_install_handlers(void)
{
    stack_t stack = { .ss_sp = handler_stack, .ss_size = sizeof handler_stack };
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof crash_signals / sizeof crash_signals[0]; i++)
        sigaction(crash_signals[i], &action, NULL);
    sigaction(SIGRTMAX - 1, &action, NULL);     /* the deadline; a SUT may use SIGALRM for itself */
}
