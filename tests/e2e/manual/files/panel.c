/* panel.c - calls each function of gauges.h with objects on its own stack. */
#include "panel.h"

#include <stddef.h>

#define ROOM 8

void call_f(int field, int field2, double other)
{
    ComplexType object = { .field = field, .field2 = field2, .other = other };

    f(&object);
    memset(&object, 0, sizeof object);
}

void call_weigh(int field, int factor)
{
    ComplexType object = { .field = field };

    weigh(&object, factor);
}

void call_hide(int n)
{
    hide(&n, n);
}

void call_g(int field, int field2)
{
    ComplexType object = { .field = field, .field2 = field2 };

    g(&object);
}

static int sum(const int *values, int n)
{
    int total = 0;

    for (int i = 0; i < n; i++)
        total += values[i];
    return total;
}

int sum_of_speeds2(int n)
{
    int values[ROOM] = { 0 };
    SpeedsType speeds = { n, values };

    return get_last_speeds2(&speeds) ? sum(values, ROOM) : -1;
}

int sum_of_speeds3(int n)
{
    int values[ROOM] = { 0 };
    SpeedsType speeds = { n, values };

    return get_last_speeds3(&speeds) ? 100 * speeds.n + sum(values, ROOM) : -1;
}

int swapped(int field)
{
    ComplexType object = { .field = field };
    int result = swap(&object);

    return 100 * object.field + result;
}

int sum_of_twice2(int n)
{
    int values[ROOM] = { 1, 1, 1, 1, 1, 1, 1, 1 };

    get_speeds_twice(n, values);
    return sum(values, ROOM);
}

void show_and_wipe(int n)
{
    int speeds[ROOM] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    char letters[ROOM] = "abcdefg";

    show_speeds(speeds, n);
    memset(speeds, 0, sizeof speeds);
    show_letters(letters, n);
    memset(letters, '?', sizeof letters);
}

void show_no_speeds(void)
{
    show_speeds(NULL, 0);
}

void push_values(int val, int twice)
{
    push(1, val);
    if (twice)
        push(2, 2 * val);
}

void place_one(int field, int field2, int count)
{
    ComplexType object;

    memset(&object, 0xCC, sizeof object);
    object.field = field;
    object.field2 = field2;
    object.other = 0.5;
    place(&object, count);
}

int limits(void)
{
    int low = 1, high = 1;

    get_limits(&low, &high);
    return 100 * low + high;
}

int upper_limit(void)
{
    int high = 1;

    get_limits(NULL, &high);
    return high;
}

int initial(void)
{
    char name[ROOM] = "";

    tick();
    get_names(name, ROOM);
    return name[0];
}

int current2(void)
{
    return get_curr_speed2();
}
