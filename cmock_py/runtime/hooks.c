/* hooks.c - what the SUT's references to a few libc functions are renamed to, unless the spec mocks them: ends of the
 * process become stops, and memory or descriptors of ours cannot be taken away. In a process that the SUT forked they
 * are the functions themselves. MIRROR codegen/names.py HOOKED */
#include "internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void cmk_hook_exit(int status) __attribute__((noreturn));
void cmk_hook__exit(int status) __attribute__((noreturn));
void cmk_hook__Exit(int status) __attribute__((noreturn));
void cmk_hook_quick_exit(int status) __attribute__((noreturn));
void cmk_hook_abort(void) __attribute__((noreturn));
void cmk_hook___assert_fail(const char *text, const char *file, unsigned line, const char *function)
    __attribute__((noreturn));
void cmk_hook_free(void *block);
void *cmk_hook_realloc(void *block, size_t size);
int cmk_hook_close(int fd);
int cmk_hook_dup2(int from, int to);
int cmk_hook_dup3(int from, int to, int flags);
int cmk_hook_close_range(unsigned first, unsigned last, int flags);
void cmk_hook_closefrom(int first);

static void stop_exit(int status, const char *name) __attribute__((noreturn));
static void stop_exit(int status, const char *name)
{
    cmk_claim();
    snprintf(CMK->text, sizeof CMK->text, "%s", name);
    cmk_stop_with(CMK_EXIT, ~0UL, ~0UL, (uint64_t)(int64_t)status, 0, 0);
}

void cmk_hook_exit(int status)
{
    if (cmk_is_stranger())
        exit(status);
    stop_exit(status, "exit");
}

void cmk_hook__exit(int status)
{
    if (cmk_is_stranger())
        _exit(status);
    stop_exit(status, "_exit");
}

void cmk_hook__Exit(int status)
{
    if (cmk_is_stranger())
        _Exit(status);
    stop_exit(status, "_Exit");
}

void cmk_hook_quick_exit(int status)
{
    if (cmk_is_stranger())
        quick_exit(status);
    stop_exit(status, "quick_exit");
}

void cmk_hook_abort(void)
{
    if (cmk_is_stranger())
        abort();
    cmk_stop(CMK_ABORT, ~0UL, ~0UL);
}

void cmk_hook___assert_fail(const char *text, const char *file, unsigned line, const char *function)
{
    if (cmk_is_stranger())
        __assert_fail(text, file, line, function);
    cmk_claim();
    snprintf(CMK->text, sizeof CMK->text, "%s:%u: %s: assertion failed: %s", file, line, function, text);
    cmk_stop(CMK_ASSERT, ~0UL, ~0UL);
}

static void on_libc_exit(int status, void *unused)
{
    (void)unused;
    if (!cmk_is_stranger())
        stop_exit(status, "exit");
}

/* err() and error() exit inside libc, and so does the end of the last thread. The SUT's exit handlers have run then. */
void cmk_watch_exit(void)
{
    on_exit(on_libc_exit, NULL);
}

static int in_arena(const void *block)
{
    return (uint64_t)block >= CMK_BASE && (uint64_t)block < CMK_BASE + CMK_SIZE;
}

/* Python's blocks live until the next fresh child, so freeing one is right and does nothing. */
void cmk_hook_free(void *block)
{
    if (!in_arena(block))
        free(block);
}

/* The old block's size is not known here; what lies behind it is readable arena, so copying too much is harmless. */
void *cmk_hook_realloc(void *block, size_t size)
{
    void *copy;

    if (!in_arena(block))
        return realloc(block, size);
    copy = malloc(size ? size : 1);
    if (copy != NULL) {
        uint64_t room = CMK_BASE + CMK_SIZE - (uint64_t)block;

        memcpy(copy, block, size < room ? size : room);
    }
    return copy;
}

static int refuse(void)
{
    errno = EBADF;
    return -1;
}

static int is_ours(int fd)
{
    return fd >= CMK_FD_ARENA && fd < CMK_FD_END;
}

int cmk_hook_close(int fd)
{
    return is_ours(fd) ? refuse() : close(fd);
}

int cmk_hook_dup2(int from, int to)
{
    return is_ours(to) ? refuse() : dup2(from, to);
}

int cmk_hook_dup3(int from, int to, int flags)
{
    return is_ours(to) ? refuse() : dup3(from, to, flags);
}

/* The range without ours, in up to two pieces. */
int cmk_hook_close_range(unsigned first, unsigned last, int flags)
{
    unsigned below = last < CMK_FD_ARENA ? last : CMK_FD_ARENA - 1, above = first > CMK_FD_END ? first : CMK_FD_END;

    if (first > last) {
        errno = EINVAL;
        return -1;
    }
    if (first <= below && syscall(SYS_close_range, first, below, flags) < 0)
        return -1;
    return above <= last ? (int)syscall(SYS_close_range, above, last, flags) : 0;
}

void cmk_hook_closefrom(int first)
{
    cmk_hook_close_range(first > 0 ? (unsigned)first : 0, ~0U, 0);
}
