/* serve.c - the test child's side of the mailbox: wait, do, ring. */
#include "internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Raw system calls: the SUT may have interposed on the libc names, and gdb or a signal may interrupt them. */
void cmk_ring(enum cmk_state state)
{
    uint64_t one = 1;

    __atomic_store_n(&CMK->state, (uint64_t)state, __ATOMIC_RELEASE);
    syscall(SYS_write, CMK_FD_FROM_CHILD, &one, sizeof one);
}

static void wait_for_request(void)
{
    uint64_t count;
    long got;

    do
        got = syscall(SYS_read, CMK_FD_TO_CHILD, &count, sizeof count);
    while (got < 0 && errno == EINTR);
    if (got != sizeof count)
        _exit(111);
}

static void resolve(struct cmk_mailbox *box)
{
    box->function = (uint64_t)dlsym(RTLD_DEFAULT, CMK->text);
}

static void serve_one(void)
{
    struct cmk_mailbox *box = CMK_AT(CMK_MAILBOX);

    switch ((enum cmk_request)CMK->request) {
    case CMK_INVOKE:
        cmk_invoke(box);
        if (getpid() != cmk_child)      /* the SUT forked and its child came back here */
            _exit(0);
        fflush(stdout);
        break;
    case CMK_RESOLVE:
        resolve(box);
        break;
    case CMK_FLUSH:
        fflush(stdout);
        break;
    }
}

void cmk_serve(void)
{
    for (;;) {
        wait_for_request();
        serve_one();
        cmk_ring(CMK_DONE);
    }
}
