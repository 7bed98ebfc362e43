/* zygote.c - the host's main: a process of one thread that maps the arena before anything of the user's runs, and forks
 * a test child on request. Each child starts from the memory that the static constructors left. */
#include "internal.h"
#include "machine.h"

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
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int cmk_child;

static int child_fd = -1;       /* pidfd of the running child */
static pid_t child;             /* its pid, or 0: what stands in the arena is for Python, and the SUT can write there */
static pid_t checker;           /* the process that checks, stopped until there is something to check; or 0 */

/* The header as it was when the SUT forked: a private mapping of shared pages shows what the parent writes later. */
static struct cmk_header at_fork;

/* A process that the SUT forks gets a private copy of the arena: its calls must not be taken for the child's. */
static void before_fork(void)
{
    if (cmk_child != 0)
        at_fork = *CMK;
}

static void after_fork_in_child(void)
{
    if (cmk_child == 0)
        return;
    mmap((void *)CMK_BASE, CMK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, CMK_FD_ARENA, 0);
    *CMK = at_fork;
    CMK->lock = 0;              /* its owner was not forked */
    cmk_remove_handlers();
}

static void map_arena(void)
{
    void *at = mmap((void *)CMK_BASE, CMK_SIZE, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_NORESERVE, CMK_FD_ARENA, 0);

    if (at != (void *)CMK_BASE || CMK->magic != CMK_MAGIC)      /* some tools take the address for a hint */
        _exit(CMK_EXIT_NO_ARENA);
    CMK->state = CMK_BUSY;      /* the host itself runs, and not only what should start it */
    madvise(at, CMK_SIZE, MADV_DONTDUMP);
    cmk_install_handlers();
}

/* Before every constructor, those of C++ and of priority 101 included. */
__attribute__((section(".preinit_array"), used)) static void (*const map_first)(void) = map_arena;

static void tell_python(void)
{
    uint64_t one = 1;

    syscall(SYS_write, CMK_FD_FROM_ZYGOTE, &one, sizeof one);
}

/* Read the pids of the children that this process has now, whole ones only; as a subreaper it inherits orphans. */
static int list_children(char *line, size_t size)
{
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, line, size - 1);

    if (fd >= 0)
        close(fd);
    while (got > 0 && line[got - 1] != ' ')
        got--;
    line[got > 0 ? got : 0] = 0;
    return got > 0;
}

static int wait_for(pid_t pid, int options)
{
    int status = 0;

    while (waitpid(pid, &status, options) < 0 && errno == EINTR)
        continue;
    return status;
}

/* Kill what the test child's own children left behind. Each that dies may leave us its children in turn. */
static void kill_descendants(void)
{
    char line[4096], *at, *end;
    pid_t pid;
    int killed = 1;

    while (killed && list_children(line, sizeof line))
        for (at = line, killed = 0; (pid = (pid_t)strtol(at, &end, 10)) > 0; at = end)
            if (pid != checker) {
                kill(pid, SIGKILL);
                wait_for(pid, 0);
                killed = 1;
            }
}

static void reap_child(void)
{
    int status;

    if (child == 0)
        return;
    status = wait_for(child, 0);
    child = 0;
    CMK->child_status = (uint64_t)status;
    CMK->child_pid = 0;
    close(child_fd);
    child_fd = -1;
    kill_descendants();
}

static void kill_child(void)
{
    if (child != 0)
        kill(child, SIGKILL);
    reap_child();
}

/* In a process group of its own, so that a SUT that signals its group does not meet the zygote. */
static void become_child(pid_t zygote) __attribute__((noreturn));
static void become_child(pid_t zygote)
{
    cmk_child = getpid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != zygote)
        _exit(0);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    setpgid(0, 0);
    cmk_install_handlers();
    cmk_watch_exit();
    CMK->child_pid = (uint64_t)cmk_child;
    cmk_ring(CMK_IDLE);
    cmk_serve();
}

/* A request that the last child never read is not for the next one, nor is a descriptor; a plain read drops one. */
static void drain_requests(void)
{
    struct pollfd waiting = { CMK_FD_TO_CHILD, POLLIN, 0 };
    uint64_t stale;

    while (syscall(SYS_recvfrom, CMK_FD_SHARE, &stale, sizeof stale, MSG_DONTWAIT, NULL, NULL) > 0)
        continue;

    if (poll(&waiting, 1, 0) > 0)
        (void)syscall(SYS_read, CMK_FD_TO_CHILD, &stale, sizeof stale);
}

/* Only now that the last child is dead: one of its threads might have stopped at any moment. */
static void forget_stop(void)
{
    CMK->stopping = 0;
    CMK->reason = CMK_NO_STOP;
    CMK->frame_count = 0;
    CMK->signal = 0;
    CMK->fault_address = 0;
    CMK->pc = 0;
    CMK->lock = 0;
    CMK->threads = cmk_thread() + 1;
    CMK->child_status = 0;
    CMK->state = CMK_BUSY;
    cmk_forget_upcalls();
}

/* The child itself tells Python when it is ready. */
static void fork_child(void)
{
    pid_t pid, self = getpid();

    kill_child();
    drain_requests();
    forget_stop();
    pid = fork();
    if (pid == 0)
        become_child(self);
    if (pid < 0)
        return;
    child_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    child = pid;
    CMK->child_pid = (uint64_t)pid;
}

/* Probe in a process of its own: it may not come back. */
static void run_probe(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        cmk_remove_handlers();      /* a crash here is none of the SUT */
        cmk_probe(CMK_CHECK);
        _exit(0);
    }
    CMK->check_status = pid < 0 ? ~0UL : (uint64_t)wait_for(pid, 0);
}

/* Check when asked, and stop in between; others may wake it as well. */
static void become_checker(pid_t zygote) __attribute__((noreturn));
static void become_checker(pid_t zygote)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != zygote)
        _exit(0);
    cmk_remove_handlers();
    for (;;) {
        if (__atomic_load_n(&CMK->check_status, __ATOMIC_ACQUIRE) == CMK_UNCHECKED) {
            cmk_check();
            __atomic_store_n(&CMK->check_status, 0, __ATOMIC_RELEASE);
        }
        raise(SIGSTOP);
    }
}

/* Let the checker check, one that is there or a new one. Returns 0, or how it ended. */
static uint64_t ask_checker(void)
{
    pid_t self = getpid();
    int status;

    CMK->check_status = CMK_UNCHECKED;
    if (checker == 0 && (checker = fork()) == 0)
        become_checker(self);
    if (checker < 0) {
        checker = 0;
        return ~0UL;
    }
    do {                            /* it may have stopped before it saw that there is something to check */
        kill(checker, SIGCONT);
        status = wait_for(checker, WUNTRACED);
        if (!WIFSTOPPED(status)) {
            checker = 0;
            return (uint64_t)status;
        }
    } while (__atomic_load_n(&CMK->check_status, __ATOMIC_ACQUIRE) == CMK_UNCHECKED);
    return 0;
}

/* A check may not come back either, but most do, and its process stays: to map all pages of a long trace, and to let go of them,
 * takes longer than to look at them. While it waited it may have been killed. */
static void run_check(void)
{
    int is_new = checker == 0;
    uint64_t status = ask_checker();

    if (status != 0 && !is_new)
        status = ask_checker();
    CMK->check_status = status;
}

static void obey(void)
{
    uint64_t count;

    if (syscall(SYS_read, CMK_FD_TO_ZYGOTE, &count, sizeof count) != sizeof count)
        return;
    switch ((enum cmk_command)CMK->command) {
    case CMK_OBEYED:
        return;
    case CMK_FORK:
        fork_child();
        break;
    case CMK_RUN_CHECK:
        run_check();
        break;
    case CMK_RUN_PROBE:
        run_probe();
        break;
    case CMK_KILL:
        kill_child();
        break;
    }
    __atomic_store_n(&CMK->command, CMK_OBEYED, __ATOMIC_RELEASE);
    tell_python();
}

static void prepare(void)
{
    void *frames[2];

    backtrace(frames, 2);       /* loads the unwinder now: a crashed child may not be able to */
    pthread_atfork(before_fork, NULL, after_fork_in_child);
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int fd = CMK_FD_ARENA; fd < CMK_FD_END; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);         /* a program that the SUT execs gets none of ours */
    cmk_thread();
    CMK->thunks = (uint64_t)cmk_thunks;
}

/* Without pidfd_open, as under valgrind, the child is looked at ten times a second. */
static int is_watched(void)
{
    return child == 0 || child_fd >= 0;
}

static int has_ended(void)
{
    siginfo_t told = { .si_pid = 0 };

    return waitid(P_PID, (id_t)child, &told, WEXITED | WNOHANG | WNOWAIT) == 0 && told.si_pid == child;
}

int main(void)
{
    struct pollfd fds[3] = { { CMK_FD_TO_ZYGOTE, POLLIN, 0 }, { CMK_FD_LIFELINE, POLLIN, 0 }, { -1, POLLIN, 0 } };

    prepare();
    CMK->state = CMK_IDLE;
    tell_python();
    for (;;) {
        fds[2].fd = child_fd;
        if (poll(fds, 3, is_watched() ? -1 : 100) < 0)
            continue;
        if (fds[1].revents) {           /* Python is gone */
            kill_child();
            _exit(0);           /* the SUT's destructors are not for this process */
        }
        if (fds[2].revents || (!is_watched() && has_ended())) {
            reap_child();
            tell_python();
        }
        if (fds[0].revents)
            obey();
    }
}
