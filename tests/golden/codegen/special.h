/* The types and prototypes behind special.py. */
#ifndef SPECIAL_H
#define SPECIAL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct point {
    char tag;
    double x;
    int y;
};

struct speeds {
    int n;
    int *speeds;
    unsigned valid : 3;
    char name[8];
};

typedef struct box box_t;
box_t *box_of(int id);
int id_of(const box_t *box);

#define DEFAULT_SPEED 17

void set_limit(const struct speeds *limit);
_Bool get_speeds(struct speeds *speeds);
_Bool get_speeds_too(struct speeds *speeds);
box_t *find(const box_t *near, int *count);
int name_of(int id, char *name, size_t size);
struct point move(struct point from, const struct point *path, int n, struct point *to);
int curr_speed(void);
void last_speeds(int n, int *speeds, struct point *at, char *label);
int log_line(const char *format, ...);
int log_list(const char *format, va_list list);
int sum(int n, ...);
int run(const char *program, ...);
double mixed(int first, ...);

#endif
