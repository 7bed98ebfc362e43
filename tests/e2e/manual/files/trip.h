/* trip.h - what drives with those speeds: the system under test. */
#ifndef TRIP_H
#define TRIP_H

/* What get_curr_speed says, or -1; *speed is 5 before. */
int current(void);
/* Ask for `n` speeds; the sum of an array of 8 that was all ones before. */
int sum_of_last(int n);
/* 100 * low + 10 * high + the result of get_range. */
int range(void);
/* What read_speed writes over a 5. */
int read_one(void);
/* Ask get_twice for `n`, with room for 2 * n; the sum as above. */
int sum_of_twice(int n);

#endif
