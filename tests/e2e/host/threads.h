/* threads.h - a SUT with threads and signal handlers that call the mocked device. */
#ifndef THREADS_H
#define THREADS_H

/* mocked */
int dev_tick(void);
void dev_note(int value);

int tick_in_threads(int threads, int times);
int note_in_thread(int value);
int note_in_background(int value, int delay_us);
int crash_in_background(int delay_us);
int tick_in_background(int times, int pause_us);
int work_for(int us);
int tick_and_wait(int us);
int note_and_go_on(int value, int us);
int tick_under_signals(int times);
int stop_under_signals(int value, int us);
int own_pid(void);

#endif
