/* processes.c - what a SUT may do to processes, descriptors and memory that are not its own. */
#define _GNU_SOURCE
#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int status_of(pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    return status;
}

int fork_and_note(int value)
{
    pid_t pid = fork();

    if (pid == 0) {
        dev_note(value);
        _exit(7);
    }
    return status_of(pid);
}

int fork_and_exit(int status)
{
    pid_t pid = fork();

    if (pid == 0)
        exit(status);
    return status_of(pid);
}

int fork_and_crash(void)
{
    pid_t pid = fork();

    if (pid == 0)
        abort();
    return status_of(pid);
}

/* Both processes return to the caller. */
int fork_and_return(void)
{
    pid_t pid = fork();

    return pid == 0 ? 77 : status_of(pid);
}

int fork_and_stay(void)
{
    pid_t pid = fork();

    while (pid == 0)
        pause();
    return (int)pid;
}

/* A daemon with a child of its own, in a session of its own, whose parent is gone. */
int fork_daemon(int pids[2])
{
    int channel[2];
    pid_t pid;

    if (pipe(channel) < 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        setsid();
        if (fork() == 0) {
            pids[0] = (int)getpid();
            pids[1] = (int)fork();
            if (pids[1] > 0 && write(channel[1], pids, 2 * sizeof *pids) < 0)
                _exit(1);
            for (;;)
                pause();
        }
        _exit(0);
    }
    status_of(pid);
    return (int)read(channel[0], pids, 2 * sizeof *pids);
}

int daemonise(void)
{
    return daemon(0, 0);
}

int run_shell(const char *command)
{
    return system(command);
}

int close_all(void)
{
    int closed = 0;

    for (int fd = 0; fd < 1024; fd++)
        if (close(fd) == 0)
            closed++;
    return closed;
}

int close_ours_by_range(void)
{
    return close_range(3, ~0U, 0);
}

int close_ours_from(int first)
{
    closefrom(first);
    return 0;
}

int dup_onto_ours(void)
{
    int refused = 0;

    for (int fd = 240; fd < 250; fd++)
        if (dup2(0, fd) < 0 && errno == EBADF)
            refused++;
    return refused;
}

int dup3_onto_ours(void)
{
    int refused = 0;

    for (int fd = 240; fd < 250; fd++)
        if (dup3(0, fd, O_CLOEXEC) < 0 && errno == EBADF)
            refused++;
    return refused;
}

int signal_group(int number)
{
    return kill(0, number);
}

int kill_parent(void)
{
    kill(getppid(), SIGKILL);
    for (;;)
        pause();
}

int note(int value)
{
    dev_note(value);
    return value;
}

int own_pid(void)
{
    return (int)getpid();
}

int parent_pid(void)
{
    return (int)getppid();
}

void free_block(void *block)
{
    free(block);
}

int *grow(int *block, int count)
{
    int *grown = realloc(block, (size_t)count * sizeof *block);

    for (int i = 1; grown != NULL && i < count; i++)
        grown[i] = grown[0] + i;
    return grown;
}
