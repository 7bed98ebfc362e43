/* panel.h - what calls the gauges: the system under test. */
#ifndef PANEL_H
#define PANEL_H

#include "gauges.h"

/* Call f, weigh or g with such an object on the stack. */
void call_f(int field, int field2, double other);
void call_weigh(int field, int factor);
void call_hide(int n);
void call_g(int field, int field2);

/* Ask for `n` speeds through a SpeedsType: their sum, or -1 when there are none. */
int sum_of_speeds2(int n);
int sum_of_speeds3(int n);

/* Swap an object whose field is `field`: 100 * its field afterwards + the result. */
int swapped(int field);

/* The sum of the 2 * `n` speeds that get_speeds_twice copied into ones. */
int sum_of_twice2(int n);

/* Show `n` speeds or letters, and wipe them out right afterwards. */
void show_and_wipe(int n);
void show_no_speeds(void);

/* Push `val`; then 2 * `val` when `twice` is set. */
void push_values(int val, int twice);

/* Place an object on the stack. */
void place_one(int field, int field2, int count);

/* 100 * low + high, of which each is 1 when get_limits leaves it alone. */
int limits(void);
/* Ask for the upper limit only. */
int upper_limit(void);
/* The first letter of the name that get_names puts into 8 bytes. */
int initial(void);
int current2(void);

#endif
