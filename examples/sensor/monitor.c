/* monitor.c - a speed monitor that knows its sensor by its header only. */
#include "monitor.h"

#include "sensor.h"

#define ROOM 8

int current_speed(void)
{
    int speed;

    return get_curr_speed(&speed) ? speed : UNKNOWN;
}

int average_speed(int n)
{
    int speeds[ROOM] = { 0 }, sum = 0;

    if (n < 1 || n > ROOM || !get_last_speeds(n, speeds))
        return UNKNOWN;
    for (int i = 0; i < n; i++)
        sum += speeds[i];
    return sum / n;
}

int top_speed(int n)
{
    int values[ROOM] = { 0 }, top = 0;
    SpeedsType speeds = { n, values };

    if (n < 1 || n > ROOM || !get_last_speeds2(&speeds))
        return UNKNOWN;
    for (int i = 0; i < n; i++)
        top = values[i] > top ? values[i] : top;
    return top;
}

bool watch(void)
{
    int speed = get_curr_speed2();
    AlarmType alarm = { 'w', (double)speed / LIMIT - 1, speed };

    if (speed <= LIMIT)
        return false;
    if (alarm.over >= 0.5)
        alarm.level = 'e';
    raise_alarm(&alarm);
    return true;
}
