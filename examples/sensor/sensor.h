/* sensor.h - the speed sensor and the alarm that the monitor stands on, and that the tests mock. */
#ifndef SENSOR_H
#define SENSOR_H

#include <stdbool.h>

typedef struct {
    int n;
    int *speeds;
} SpeedsType;

typedef struct {
    char level;
    double over;
    int speed;
} AlarmType;

/* Is there a speed? It is written to `speed`. */
bool get_curr_speed(int *speed);

/* The last `n` speeds, the youngest first. */
bool get_last_speeds(int n, int *speeds);

/* The same for `speeds->n` of them, into `speeds->speeds`. */
bool get_last_speeds2(SpeedsType *speeds);

/* The speed as the display shows it, at any time. */
int get_curr_speed2(void);

void raise_alarm(const AlarmType *alarm);

#endif
