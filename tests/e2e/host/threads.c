/* threads.c - callouts from several threads, from threads in the background, and from signal handlers. */
#include "threads.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MOST_THREADS 16

static void *tick_times(void *times)
{
    for (intptr_t i = 0; i < (intptr_t)times; i++)
        dev_tick();
    return NULL;
}

int tick_in_threads(int threads, int times)
{
    pthread_t running[MOST_THREADS];

    for (int i = 0; i < threads; i++)
        pthread_create(&running[i], NULL, tick_times, (void *)(intptr_t)times);
    for (int i = 0; i < threads; i++)
        pthread_join(running[i], NULL);
    return threads * times;
}

struct job {
    int value;
    int delay_us;
};

static void *note_later(void *raw)
{
    const struct job *job = raw;

    usleep((useconds_t)job->delay_us);
    dev_note(job->value);
    return NULL;
}

static void *crash_later(void *raw)
{
    const struct job *job = raw;
    int *volatile nothing = NULL;

    usleep((useconds_t)job->delay_us);
    *nothing = 1;
    return NULL;
}

static void detach(void *(*work)(void *), void *argument)
{
    pthread_t thread;

    pthread_create(&thread, NULL, work, argument);
    pthread_detach(thread);
}

int note_in_thread(int value)
{
    struct job job = { value, 0 };
    pthread_t thread;

    pthread_create(&thread, NULL, note_later, &job);
    pthread_join(thread, NULL);
    return value;
}

int note_in_background(int value, int delay_us)
{
    static struct job job;

    job = (struct job){ value, delay_us };
    detach(note_later, &job);
    return value;
}

int crash_in_background(int delay_us)
{
    static struct job job;

    job = (struct job){ 0, delay_us };
    detach(crash_later, &job);
    return 0;
}

static void *tick_slowly(void *raw)
{
    const struct job *job = raw;

    for (int i = 0; i < job->value; i++) {
        dev_tick();
        usleep((useconds_t)job->delay_us);
    }
    return NULL;
}

int tick_in_background(int times, int pause_us)
{
    static struct job job;

    job = (struct job){ times, pause_us };
    detach(tick_slowly, &job);
    return times;
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int work_for(int us)
{
    int64_t end = now_us() + us;
    int turns = 0;

    while (now_us() < end)
        turns++;
    return turns;
}

int tick_and_wait(int us)
{
    int got = dev_tick();

    usleep((useconds_t)us);
    return got;
}

/* The other thread stops while this one works on without calling any mock. */
int note_and_go_on(int value, int us)
{
    note_in_background(value, 0);
    return work_for(us);
}

static void on_alarm(int number)
{
    (void)number;
    dev_tick();
}

static void alarm_often(void)
{
    struct itimerval often = { { 0, 50 }, { 0, 50 } };

    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &often, NULL);
}

int tick_under_signals(int times)
{
    alarm_often();
    for (int i = 0; i < times; i++)
        dev_tick();
    return times;
}

int stop_under_signals(int value, int us)
{
    alarm_often();
    work_for(us);
    dev_note(value);
    return value;
}

int own_pid(void)
{
    return (int)getpid();
}
