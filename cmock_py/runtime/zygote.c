/* zygote.c - the host's main: a process of one thread that maps the arena before anything of the user's runs, and forks
 * a test child on request. Each child starts from the memory that the static constructors left. */
#include "internal.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int cmk_child;

static int child_fd = -1;       /* pidfd of the running child */
static int in_zygote = 1;

/* A grandchild that the SUT forks gets a private copy of the arena: its calls must not be taken for the child's. */
static void after_fork_in_child(void)
{
    if (!in_zygote)
        mmap((void *)CMK_BASE, CMK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, CMK_FD_ARENA, 0);
}

static void map_arena(void)
{
    void *at = mmap((void *)CMK_BASE, CMK_SIZE, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_NORESERVE, CMK_FD_ARENA, 0);

    if (at != (void *)CMK_BASE || CMK->magic != CMK_MAGIC)      /* some tools take the address for a hint */
        _exit(120);
    madvise(at, CMK_SIZE, MADV_DONTDUMP);
}

/* Before every constructor, those of C++ and of priority 101 included. */
__attribute__((section(".preinit_array"), used)) static void (*const map_first)(void) = map_arena;

static void tell_python(void)
{
    uint64_t one = 1;

    syscall(SYS_write, CMK_FD_FROM_ZYGOTE, &one, sizeof one);
}

/* Kill what the test child's own children left behind; as a subreaper the zygote inherits them. */
static void kill_descendants(void)
{
    char path[64], line[4096], *at, *end;
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    while ((fd = open(path, O_RDONLY | O_CLOEXEC)) >= 0) {
        got = read(fd, line, sizeof line - 1);
        close(fd);
        if (got <= 0)
            return;
        line[got] = 0;
        for (at = line; strtol(at, &end, 10) > 0; at = end)
            kill((pid_t)strtol(at, NULL, 10), SIGKILL);
        while (waitpid(-1, NULL, 0) > 0)
            continue;
    }
}

static void reap_child(void)
{
    int status = 0;

    if (CMK->child_pid == 0)
        return;
    while (waitpid((pid_t)CMK->child_pid, &status, 0) < 0 && errno == EINTR)
        continue;
    CMK->child_status = (uint64_t)status;
    CMK->child_pid = 0;
    close(child_fd);
    child_fd = -1;
    kill_descendants();
}

static void kill_child(void)
{
    if (CMK->child_pid != 0)
        kill((pid_t)CMK->child_pid, SIGKILL);
    reap_child();
}

static void become_child(void) __attribute__((noreturn));
static void become_child(void)
{
    in_zygote = 0;
    cmk_child = getpid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    cmk_install_handlers();
    cmk_ring(CMK_IDLE);
    cmk_serve();
}

/* A request that the last child never read is not for the next one. */
static void drain_requests(void)
{
    struct pollfd waiting = { CMK_FD_TO_CHILD, POLLIN, 0 };
    uint64_t stale;

    if (poll(&waiting, 1, 0) > 0)
        (void)syscall(SYS_read, CMK_FD_TO_CHILD, &stale, sizeof stale);
}

/* The child itself tells Python when it is ready. */
static void fork_child(void)
{
    pid_t pid;

    kill_child();
    drain_requests();
    CMK->child_status = 0;
    pid = fork();
    if (pid == 0)
        become_child();
    if (pid < 0) {
        tell_python();
        return;
    }
    child_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    CMK->child_pid = (uint64_t)pid;
}

static void run_check(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        cmk_check();
        _exit(0);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    CMK->child_status = (uint64_t)status;
}

static void obey(void)
{
    uint64_t count;

    if (syscall(SYS_read, CMK_FD_TO_ZYGOTE, &count, sizeof count) != sizeof count)
        return;
    switch ((enum cmk_command)CMK->command) {
    case CMK_FORK:
        fork_child();
        return;
    case CMK_RUN_CHECK:
        run_check();
        break;
    case CMK_KILL:
        kill_child();
        break;
    }
    tell_python();
}

static void prepare(void)
{
    void *frames[2];

    backtrace(frames, 2);       /* loads the unwinder now: a crashed child may not be able to */
    pthread_atfork(NULL, NULL, after_fork_in_child);
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    signal(SIGPIPE, SIG_DFL);
    for (int fd = CMK_FD_ARENA; fd < CMK_FD_END; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);         /* a program that the SUT execs gets none of ours */
    cmk_thread();
}

int main(void)
{
    struct pollfd fds[3] = { { CMK_FD_TO_ZYGOTE, POLLIN, 0 }, { CMK_FD_LIFELINE, POLLIN, 0 }, { -1, POLLIN, 0 } };

    prepare();
    CMK->state = CMK_IDLE;
    tell_python();
    for (;;) {
        fds[2].fd = child_fd;
        if (poll(fds, 3, -1) < 0)
            continue;
        if (fds[1].revents) {           /* Python is gone */
            kill_child();
            return 0;
        }
        if (fds[2].revents) {
            reap_child();
            tell_python();
        }
        if (fds[0].revents)
            obey();
    }
}
