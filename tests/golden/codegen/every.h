/* every.h - one function for each kind of argument and result that a stub can have. */
#ifndef EVERY_H
#define EVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAIRS(n) ((n) / 2)

enum color { RED, GREEN = 5, BLUE = -1 };
typedef struct widget widget_t;
typedef void (*callback_t)(int);
typedef int Stack;

#ifdef __cplusplus
extern "C" {
#else
Stack new(void);
#endif
void nothing(void);
void scalars(int8_t a, uint16_t b, int c, unsigned long d, bool e, char f);
void floats(float a, double b, long double c);
enum color shade(enum color c, unsigned char by);
widget_t *widget(widget_t *parent, callback_t changed, void *context);
const char *text(const char *utf8, char *raw);
char *mutable_text(void);
int sum(const int *values, size_t count);
long fill(void *to, size_t size);
bool last(int n, int *values, unsigned *left);
void pairs(int n, const uint8_t *from, uint16_t *to);
void bump(int *counter);
double swap(double *both);
void device(volatile int *port, volatile uint32_t *status);
void fixed(char *name);
double mean(const double *values, int n);

#ifdef __cplusplus
}
#endif

#endif
