/* gauges.h - the manual's examples of stored types, phantoms, arrays and silent functions. */
#ifndef GAUGES_H
#define GAUGES_H

#include <stdbool.h>
#include <string.h>

typedef struct {
    int field;
    int field2;
    double other;
} ComplexType;

typedef struct {
    int n;
    int *speeds;
} SpeedsType;

typedef int Stack;

#define FIRST_SPEED 17

/* Stored types. */
void f(ComplexType *arg);
void weigh(ComplexType *arg, int factor);
void hide(void *context, int n);

/* Phantoms. */
void g(ComplexType *arg);
bool get_last_speeds2(SpeedsType *speeds);
bool get_last_speeds3(SpeedsType *speeds);
int swap(ComplexType *object);

/* Arrays. */
bool get_speeds_twice(int n, int *speeds);
void show_speeds(const int *speeds, int n);
void show_letters(const char *letters, int n);

/* Matched. */
void push(Stack s, int val);
void place(const ComplexType *what, int count);

/* Silent. */
int get_curr_speed2(void);
bool get_limits(int *low, int *high);
int count_speeds(void);
void get_names(char *name, int size);
void tick(void);

#endif
