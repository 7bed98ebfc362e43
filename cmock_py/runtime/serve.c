/* serve.c - the test child's side of the mailbox: wait, do, ring.
 *
 * After a stop only the thread that stopped serves; the main thread, if it is another one, hands requests over and
 * parks. A ring is a hint: Python looks at the words again, so one ring too many does no harm. */
#include "internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Some 30 microseconds of pauses. */
#define LOOKS 700

/* Whether the main thread runs the SUT, so that Python awaits what it says; a signal handler may run besides. */
static int running;

/* glibc 2.32 and later tell whether a second thread was ever made. */
extern char __libc_single_threaded __attribute__((weak));

/* Raw system calls: the SUT may have interposed on the libc names, and gdb or a signal may interrupt them. */
static void ring_bell(int fd)
{
    uint64_t one = 1;

    syscall(SYS_write, fd, &one, sizeof one);
}

/* DONE and ASKING answer a request; they must not cover up that another thread has stopped meanwhile. */
void cmk_ring(enum cmk_state state)
{
    uint64_t busy = CMK_BUSY;

    if (state != CMK_DONE && state != CMK_ASKING)
        __atomic_store_n(&CMK->state, (uint64_t)state, __ATOMIC_RELEASE);
    else if (!__atomic_compare_exchange_n(&CMK->state, &busy, (uint64_t)state, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        return;
    ring_bell(CMK_FD_FROM_CHILD);
}

/* Waking a sleeper on another CPU takes tens of microseconds on a virtual machine. When Python ran elsewhere last time,
 * it may well ask again before that, so look for a while; on one CPU looking would only keep Python from running. */
static void look_for_request(uint64_t served)
{
    if (CMK->python_cpu == CMK->child_cpu)
        return;
    for (int i = 0; i < LOOKS && __atomic_load_n(&CMK->requests, __ATOMIC_ACQUIRE) == served; i++)
        __builtin_ia32_pause();
}

static void wait_for_request(uint64_t served)
{
    uint64_t count;
    long got;

    look_for_request(served);
    do
        got = syscall(SYS_read, CMK_FD_TO_CHILD, &count, sizeof count);
    while (got < 0 && errno == EINTR);
    if (got != sizeof count)
        _exit(CMK_EXIT_NO_CHANNEL);
}

static uint64_t stopped_thread(void)
{
    return __atomic_load_n(&CMK->stopping, __ATOMIC_ACQUIRE);
}

static int another_thread_stopped(void)
{
    return stopped_thread() != 0 && stopped_thread() != cmk_thread() + 1;
}

static void resolve(struct cmk_mailbox *box)
{
    box->function = (uint64_t)dlsym(RTLD_DEFAULT, CMK->text);
}

/* Take the descriptor that Python has sent; the mailbox gets its number, or minus errno. */
static void receive(struct cmk_mailbox *box)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    char byte;
    struct iovec data = { &byte, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
                              .msg_controllen = sizeof control };
    struct cmsghdr *header;
    long got = syscall(SYS_recvmsg, CMK_FD_SHARE, &message, MSG_DONTWAIT);
    int fd = -(got < 0 ? errno : EMFILE);

    header = got < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(header), sizeof fd);
    box->function = (uint64_t)(int64_t)fd;
}

static uint64_t size_of(int fd)
{
    struct stat told;

    return fstat(fd, &told) == 0 ? (uint64_t)told.st_size : 0;
}

static void invoke(struct cmk_mailbox *box)
{
    running = 1;
    cmk_invoke(box);
    running = 0;
    if (cmk_is_stranger())      /* the SUT forked, and its child came back here */
        _exit(0);
    if (another_thread_stopped())
        cmk_park();
    fflush(stdout);
    CMK->threaded = &__libc_single_threaded == NULL || !__libc_single_threaded;
    CMK->output = size_of(STDOUT_FILENO) + size_of(STDERR_FILENO);
}

/* The state that answers: nothing of the SUT runs any more once it has stopped. */
static enum cmk_state serve_one(void)
{
    struct cmk_mailbox *box = CMK_AT(CMK_MAILBOX);

    switch ((enum cmk_request)CMK->request) {
    case CMK_INVOKE:
        if (stopped_thread())
            return CMK_STOPPED;
        invoke(box);
        break;
    case CMK_RESOLVE:
        if (stopped_thread())
            return CMK_STOPPED;
        resolve(box);
        break;
    case CMK_RECEIVE:
        if (stopped_thread())
            return CMK_STOPPED;
        receive(box);
        break;
    case CMK_FLUSH:
        fflush(stdout);
        break;
    case CMK_HOLD:
        if (stopped_thread())
            return CMK_STOPPED;
        cmk_hold();
        break;
    case CMK_ANSWER:            /* to a thread that will not go on, as another has stopped */
        return CMK_STOPPED;
    }
    return CMK_DONE;
}

/* Serve until there is an answer to the upcall that this thread has made. */
static void serve_until_answered(uint64_t served)
{
    enum cmk_state state;

    for (;;) {
        wait_for_request(served);
        if (another_thread_stopped()) {
            ring_bell(CMK_FD_TO_CHILD);
            cmk_park();
        }
        if (CMK->request == CMK_ANSWER && !stopped_thread())
            return;
        state = serve_one();
        CMK->child_cpu = (uint64_t)sched_getcpu();
        served = CMK->requests;         /* before the ring: Python may ask again at once */
        cmk_ring(state);
    }
}

void cmk_serve(void)
{
    for (;;)
        serve_until_answered(CMK->requests);
}

int cmk_ask(uint64_t upcall)
{
    uint64_t served = CMK->requests;

    if (!running || stopped_thread())
        return 0;
    running = 0;
    CMK->asking = upcall;
    CMK->child_cpu = (uint64_t)sched_getcpu();
    cmk_ring(CMK_ASKING);
    serve_until_answered(served);
    running = 1;
    return 1;
}
