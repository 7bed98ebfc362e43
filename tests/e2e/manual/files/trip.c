/* trip.c - calls each function of speeds.h and shows what came through the pointers. */
#include "trip.h"

#include <stddef.h>

#include "speeds.h"

#define ROOM 8

int current(void)
{
    int speed = 5;

    return get_curr_speed(&speed) ? speed : -1;
}

static int sum(const int *values)
{
    int total = 0;

    for (size_t i = 0; i < ROOM; i++)
        total += values[i];
    return total;
}

int sum_of_last(int n)
{
    int speeds[ROOM] = { 1, 1, 1, 1, 1, 1, 1, 1 };

    get_last_speeds(n, speeds);
    return sum(speeds);
}

int range(void)
{
    int low = 0, high = 0;
    int result = get_range(&low, &high);

    return 100 * low + 10 * high + result;
}

int read_one(void)
{
    int speed = 5;

    read_speed(&speed);
    return speed;
}

int sum_of_twice(int n)
{
    int speeds[ROOM] = { 1, 1, 1, 1, 1, 1, 1, 1 };

    get_twice(n, speeds);
    return sum(speeds);
}
