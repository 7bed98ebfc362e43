/* deaths.h - the mocked device, and every way in which the SUT of these tests can die. */
#ifndef DEATHS_H
#define DEATHS_H

#include <stddef.h>

/* mocked */
int dev_tick(void);
void dev_note(int value);
int dev_fill(char *to, unsigned room);
int dev_twice(int *first, char *to, unsigned room);

/* signals */
int read_null(void);
int write_wild(void);
int read_beyond_48_bits(void);
int write_constant(void);
int read_past_end_of_file(void);
int divide(int a, int b);
int illegal_instruction(void);
int trap(void);
int raise_abort(void);
int overflow_stack(int depth);
int smash_stack(size_t size);
int smash_protected_stack(size_t size);
int read_off_stack(void);
int overflow_stack_of_thread(void);
int free_twice(void);
int call_null(void);
int call_wild(void);
int raise_number(int number);
int read_at(const char *address);

/* ends of the process */
int end_exit(int status);
int end_underscore_exit(int status);
int end_big_exit(int status);
int end_quick_exit(int status);
int end_abort(void);
int end_assert(int value);
int end_err(int status);
int end_thread(void);
int register_exit_handler(void);

/* hangs */
int loop_forever(void);
int loop_with_signals_blocked(void);
int sleep_forever(void);
int flush_forever(void);

/* ordinary life */
extern int counter;
int count(void);
int tick_once(void);
int tick_often(int times);
int note(int value);
int fill(unsigned room);
int fill_null(void);
int fill_twice(int *first, char *to, unsigned room);
int heap_word(int set);
int own_pid(void);

#endif
