/* stop.c - the end of a run: a mock that refuses, a signal, exit, abort, assert. The thread that stops records why and
 * from where, tells Python, and goes on serving control requests until it is killed. Nothing unwinds through the SUT.
 *
 * Who may stop: one thread of the test child, the first to come; the zygote while static constructors run, which then
 * exits. A process that the SUT forked (a stranger) has nobody to tell and ends as it would without us. */
#include "internal.h"

#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

/* A SUT may use SIGALRM for itself, so the deadline has a signal of its own. MIRROR host/process.py TIMEOUT_SIGNAL */
#define TIMEOUT_SIGNAL (SIGRTMAX - 1)

/* Big enough for the handler, the unwinder and the control requests served from here. */
static char handler_stack[1 << 18] __attribute__((aligned(64)));

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };

#define CRASH_SIGNALS (sizeof crash_signals / sizeof crash_signals[0])

/* Where glibc keeps what it says before it aborts: a heap it finds damaged, a smashed stack. */
struct abort_message {
    unsigned size;
    char text[];
};

static struct abort_message *const *abort_message;

int cmk_is_stranger(void)
{
    return cmk_child != 0 && getpid() != cmk_child;
}

void cmk_park(void)
{
    for (;;)
        pause();
}

/* From now on no handler of the SUT runs here. Crashes and the deadline stay open: they must end collecting, not us. */
static void block_signals(void)
{
    sigset_t blocked;

    sigfillset(&blocked);
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        sigdelset(&blocked, crash_signals[i]);
    sigdelset(&blocked, TIMEOUT_SIGNAL);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
}

/* The first thread to come wins and may come again, with a fault of collecting; the others wait for the end. */
void cmk_claim(void)
{
    uint64_t self = cmk_thread() + 1, owner = 0;

    block_signals();
    if (!__atomic_compare_exchange_n(&CMK->stopping, &owner, self, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED) &&
        owner != self)
        cmk_park();
}

/* Tell Python. In the zygote there is nobody to serve: a constructor went wrong, and start_mocking reads why. */
static void publish(void) __attribute__((noreturn));
static void publish(void)
{
    if (cmk_child == 0)
        _exit(CMK_EXIT_CONSTRUCTOR);
    cmk_ring(CMK_STOPPED);
    cmk_serve();
}

/* A frame that stands where the one before it stood is no progress: the stack is damaged. */
static _Unwind_Reason_Code keep_frame(struct _Unwind_Context *context, void *raw_last)
{
    uint64_t *last = raw_last, at = _Unwind_GetCFA(context), pc = _Unwind_GetIP(context);
    uint64_t count = CMK->frame_count;

    if (pc == 0 || count == CMK_FRAMES || (count > 0 && at == *last && pc == CMK->frames[count - 1]))
        return _URC_END_OF_STACK;
    *last = at;
    CMK->frames[count] = pc;
    CMK->frame_count = count + 1;
    return _URC_NO_REASON;
}

/* Frame by frame, and not by backtrace(): on a smashed stack the unwinder crashes, and what it has found must be kept. */
static void collect_frames(void)
{
    uint64_t last = 0;

    CMK->frame_count = 0;
    _Unwind_Backtrace(keep_frame, &last);
}

static const char *function_name(uint64_t function)
{
    return function < cmk_function_count ? cmk_functions[function].name : "";
}

static void say(const char *text)
{
    size_t size = strlen(text);

    while (size > 0) {
        ssize_t written = write(2, text, size);

        if (written <= 0)
            return;
        text += written;
        size -= (size_t)written;
    }
}

/* Its calls are nobody's business but its own, as long as its copy of the language has an answer. */
static void end_stranger(uint64_t function) __attribute__((noreturn));
static void end_stranger(uint64_t function)
{
    say("cmock-py: a process that the SUT forked called ");
    say(function_name(function));
    say(", and the language has no answer for it; the process was ended\n");
    _exit(CMK_EXIT_STRANGER);
}

void cmk_stop_with(enum cmk_reason reason, uint64_t function, uint64_t record, uint64_t detail0, uint64_t detail1,
                   uint64_t detail2)
{
    if (cmk_is_stranger())
        end_stranger(function);
    cmk_claim();
    if (cmk_child == 0 && function < cmk_function_count)
        strncpy(CMK->text, function_name(function), sizeof CMK->text - 1);
    CMK->stop_function = function;
    CMK->stop_record = record;
    CMK->stop_thread = cmk_thread();
    CMK->detail[0] = detail0;
    CMK->detail[1] = detail1;
    CMK->detail[2] = detail2;
    CMK->reason = reason;
    collect_frames();
    publish();
}

void cmk_stop(enum cmk_reason reason, uint64_t function, uint64_t record)
{
    cmk_stop_with(reason, function, record, 0, 0, 0);
}

static int has_address(int number)
{
    return number == SIGSEGV || number == SIGBUS;
}

static void copy_abort_message(void)
{
    const char *text = abort_message != NULL && *abort_message != NULL ? (*abort_message)->text : "";

    strncpy(CMK->text, text, sizeof CMK->text - 1);
}

/* The error code of a page fault says what was tried. MIRROR host/stop.py */
static void describe_signal(int number, const siginfo_t *info, const greg_t *registers)
{
    uint64_t pc = (uint64_t)registers[REG_RIP];

    CMK->stop_function = ~0UL;
    CMK->stop_record = ~0UL;
    CMK->stop_thread = cmk_thread();
    CMK->signal = (uint64_t)number;
    CMK->signal_code = (uint64_t)(int64_t)info->si_code;
    CMK->fault_address = has_address(number) ? (uint64_t)info->si_addr : 0;
    CMK->pc = pc;
    CMK->sp = (uint64_t)registers[REG_RSP];
    CMK->detail[0] = (uint64_t)registers[REG_ERR];
    CMK->frames[0] = pc;
    CMK->frame_count = 1;
    if (number == SIGABRT)
        copy_abort_message();
    CMK->reason = number == TIMEOUT_SIGNAL ? CMK_TIMEOUT : CMK_SIGNAL;
}

/* An argument that cannot be read or written is the SUT's fault, and no crash of ours. */
static void describe_argument(int number)
{
    const struct cmk_blob *blob;
    uint64_t busy = cmk_busy(&blob);

    if (busy == 0 || !has_address(number))
        return;
    CMK->stop_function = busy >> 16;
    CMK->detail[0] = (busy & 0xffff) - 1;
    CMK->detail[1] = blob != NULL ? (uint64_t)blob->data : 0;
    CMK->detail[2] = blob != NULL ? blob->size : 0;
    CMK->reason = CMK_BAD_ARGUMENT;
}

/* A call through a null or wild function pointer leaves no frame: its caller stands on top of the stack. */
static void collect_frames_of(int number)
{
    if (has_address(number) && CMK->pc == CMK->fault_address) {
        CMK->frames[1] = *(const uint64_t *)CMK->sp;
        CMK->frame_count = 2;
    } else {
        collect_frames();
    }
}

/* A second fault, inside collecting, finds the reason set and publishes what there is. */
static void on_signal(int number, siginfo_t *info, void *raw)
{
    const ucontext_t *context = raw;

    if (cmk_is_stranger()) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    cmk_claim();
    if (CMK->reason == CMK_NO_STOP) {
        describe_signal(number, info, context->uc_mcontext.gregs);
        describe_argument(number);
        collect_frames_of(number);
    }
    publish();
}

void cmk_install_handlers(void)
{
    stack_t stack = { .ss_sp = handler_stack, .ss_size = sizeof handler_stack };
    struct sigaction action;

    if (cmk_child != 0)         /* now: the linker's locks may be taken when it is needed, and not yet in the zygote */
        abort_message = (struct abort_message *const *)dlsym(RTLD_DEFAULT, "__abort_msg");
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        sigaction(crash_signals[i], &action, NULL);
    sigaction(TIMEOUT_SIGNAL, &action, NULL);
}

/* Undo for a stranger what the SUT has not undone itself. */
static void restore_default(int number)
{
    struct sigaction current;

    if (sigaction(number, NULL, &current) == 0 && (current.sa_flags & SA_SIGINFO) && current.sa_sigaction == on_signal)
        signal(number, SIG_DFL);
}

void cmk_remove_handlers(void)
{
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        restore_default(crash_signals[i]);
    restore_default(TIMEOUT_SIGNAL);
}
