/* monitor.h - a speed monitor: the system under test. */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>

#define UNKNOWN (-1)
#define LIMIT 50

/* The speed now, or UNKNOWN. */
int current_speed(void);

/* The mean of the last `n` speeds, at most 8, or UNKNOWN. */
int average_speed(int n);

/* The greatest of the last `n` speeds, at most 8, or UNKNOWN. */
int top_speed(int n);

/* Compare the speed now with LIMIT; above it, raise an alarm: 'w' for a warning, 'e' from half as much again. */
bool watch(void);

#endif
