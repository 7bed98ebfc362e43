/* deep.h - functions that get memory of every kind. */
#ifndef DEEP_H
#define DEEP_H

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

struct point {
    char c;
    double x;
    int y;
};

struct box {
    int n;
    int *numbers;
    const char *text;
    struct point *point;
};

void take(const int *xs, size_t n);
void say(const char *text);
void say_three(const char *text);
void see(struct box *box);
void store(struct box *box);
void store_all(struct box *box);
void measure(struct box *box, const int *xs);
void see_all(struct box *box);
void look(const struct point *point);
int print(const char *format, ...);
int print_list(const char *format, va_list list);
int count(int n, ...);
int run(const char *program, ...);
void fill(struct box *box);
void copy(struct box *box);
void move(struct point *point);
void get(int *number);
void get_some(int n, int *numbers);
void get_measured(struct box *box, int *numbers);
int twice(struct box *box);
void tick(int *number);

#endif
