/* speeds.h - the manual's examples of out arguments. */
#ifndef SPEEDS_H
#define SPEEDS_H

#include <stdbool.h>

bool get_curr_speed(int *speed);
bool get_last_speeds(int n, int *speeds);
int get_range(int *low, int *high);
void read_speed(int *speed);
bool get_twice(int n, int *speeds);

#endif
