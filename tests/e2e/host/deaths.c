/* deaths.c - one function for each way to die, and a few that live. */
#include "deaths.h"

#include <assert.h>
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int counter = 40;
static int *heap;
static volatile int sink;

int read_null(void)
{
    const int *volatile nothing = NULL;

    return *nothing;
}

int write_wild(void)
{
    int *volatile wild = (int *)0x123456789000;

    *wild = 1;
    return 0;
}

int read_beyond_48_bits(void)
{
    const char *volatile wild = (const char *)0x4141414141414141;

    return *wild;
}

int write_constant(void)
{
    char *volatile text = (char *)"constant";

    *text = 'x';
    return 0;
}

int read_past_end_of_file(void)
{
    FILE *file = tmpfile();
    const char *volatile at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fileno(file), 0);

    return *at;
}

int divide(int a, int b)
{
    return a / b;
}

int illegal_instruction(void)
{
    __asm__ volatile("ud2");
    return 0;
}

int trap(void)
{
    __asm__ volatile("int3");
    return 0;
}

int raise_abort(void)
{
    return raise(SIGABRT);
}

int overflow_stack(int depth)
{
    volatile char room[4096];

    room[0] = (char)depth;
    return depth < 0 ? room[0] : overflow_stack(depth + 1) + room[0];
}

int smash_stack(size_t size)
{
    char room[16];

    memset(room, 'A', size);
    sink = room[3];
    return sink;
}

/* As -fstack-protector-all compiles it. */
__attribute__((optimize("stack-protector-all"))) int smash_protected_stack(size_t size)
{
    char room[16];

    memset(room, 'A', size);
    sink = room[3];
    return sink;
}

int read_off_stack(void)
{
    volatile char room[16] = "";

    for (volatile char *at = room;; at++)
        sink = *at;
    return sink;
}

static void *recurse(void *unused)
{
    overflow_stack(0);
    return unused;
}

int overflow_stack_of_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, recurse, NULL);
    return pthread_join(thread, NULL);
}

int free_twice(void)
{
    char *volatile block = malloc(10);

    free(block);
    free(block);
    return 0;
}

int call_null(void)
{
    int (*volatile nothing)(void) = NULL;

    return nothing() + 1;
}

int call_wild(void)
{
    int (*volatile wild)(void) = (int (*)(void))0x123456789000;

    return wild() + 1;
}

int raise_number(int number)
{
    return raise(number);
}

int read_at(const char *address)
{
    return *(const volatile char *)address;
}

int end_exit(int status)
{
    dev_note(1);
    exit(status);
}

int end_underscore_exit(int status)
{
    _exit(status);
}

int end_big_exit(int status)
{
    _Exit(status);
}

int end_quick_exit(int status)
{
    quick_exit(status);
}

int end_abort(void)
{
    abort();
}

int end_assert(int value)
{
    assert(value > 3);
    return value;
}

int end_err(int status)
{
    errx(status, "nothing works");
}

static void *no_work(void *unused)
{
    return unused;
}

int end_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, no_work, NULL);
    pthread_exit(NULL);
}

static void say_goodbye(void)
{
    puts("exit handler");
    fflush(stdout);
}

int register_exit_handler(void)
{
    return atexit(say_goodbye);
}

int loop_forever(void)
{
    dev_note(7);
    for (;;)
        sink++;
    return 0;
}

int loop_with_signals_blocked(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (;;)
        sink++;
    return 0;
}

int sleep_forever(void)
{
    for (;;)
        pause();
    return 0;
}

static void *hold_stdout(void *unused)
{
    flockfile(stdout);
    *(volatile int *)unused = 1;
    for (;;)
        pause();
    return NULL;
}

/* Another thread holds the lock of stdout for ever. */
int flush_forever(void)
{
    static volatile int held;
    pthread_t thread;

    printf("never seen");
    pthread_create(&thread, NULL, hold_stdout, (void *)&held);
    while (!held)
        usleep(100);
    return read_null();
}

int count(void)
{
    return ++counter;
}

int tick_once(void)
{
    return dev_tick();
}

int tick_often(int times)
{
    int last = 0;

    for (int i = 0; i < times; i++)
        last = dev_tick();
    return last;
}

int note(int value)
{
    dev_note(value);
    return value;
}

int fill(unsigned room)
{
    char text[64] = "";

    return dev_fill(text, room) + text[0];
}

int fill_null(void)
{
    return dev_fill(NULL, 4);
}

int fill_twice(int *first, char *to, unsigned room)
{
    return dev_twice(first, to, room);
}

int heap_word(int set)
{
    if (heap == NULL)
        heap = calloc(1, sizeof *heap);
    if (set)
        *heap = set;
    return *heap;
}

int own_pid(void)
{
    return (int)getpid();
}
