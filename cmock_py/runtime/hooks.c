/* hooks.c - what the SUT's references to a few libc functions are renamed to, unless the spec mocks them: ends of the
 * process become stops, and memory or descriptors of ours cannot be taken away. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void stop_exit(int status, const char *name) __attribute__((noreturn));
static void stop_exit(int status, const char *name)
{
    snprintf(CMK->text, sizeof CMK->text, "%s", name);
    cmk_stop_with(CMK_EXIT, ~0UL, ~0UL, (uint64_t)(int64_t)status, 0, 0);
}

void cmk_hook_exit(int status)
{
    stop_exit(status, "exit");
}

void cmk_hook__exit(int status)
{
    stop_exit(status, "_exit");
}

void cmk_hook__Exit(int status)
{
    stop_exit(status, "_Exit");
}

void cmk_hook_quick_exit(int status)
{
    stop_exit(status, "quick_exit");
}

void cmk_hook_abort(void)
{
    cmk_stop(CMK_ABORT, ~0UL, ~0UL);
}

void cmk_hook___assert_fail(const char *text, const char *file, unsigned line, const char *function)
{
    snprintf(CMK->text, sizeof CMK->text, "%s:%u: %s: assertion failed: %s", file, line, function, text);
    cmk_stop(CMK_ASSERT, ~0UL, ~0UL);
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

static int is_ours(int fd)
{
    return fd >= CMK_FD_ARENA && fd < CMK_FD_END;
}

int cmk_hook_close(int fd)
{
    if (is_ours(fd)) {
        errno = EBADF;
        return -1;
    }
    return close(fd);
}

int cmk_hook_dup2(int from, int to)
{
    if (is_ours(to)) {
        errno = EBADF;
        return -1;
    }
    return dup2(from, to);
}
