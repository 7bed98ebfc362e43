/* things.h - one of each C type that meets Python. */
#ifndef THINGS_H
#define THINGS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum color { RED, GREEN = 5, BLUE };
enum wide { SMALL = -1, LARGE = 0x7fffffffffL };
typedef enum { OFF, ON = 200 } __attribute__((packed)) tiny;

enum __attribute__((packed)) negative { LESS = -1, MORE = 1 };

struct point { int x, y; };
struct small { tiny before, several[3]; enum negative negative; };
struct line { struct point from, to; const char *name; struct line *next; };
struct bits { unsigned low : 3; signed middle : 5; unsigned long long high : 40; bool flag : 1; };
union number { int32_t i; float f; unsigned char raw[4]; };
struct __attribute__((packed)) packed { char tag; int value; short tail; };
struct mixed { uint8_t small; double real; long double extended; enum color color; enum wide wide; tiny tiny; bool ok; char letter; };
struct message { uint16_t length; char text[]; };
struct table { int cells[2][3]; char title[8]; struct point corners[2]; int (*compare)(const void *, const void *); };
struct anonymous { int kind; union { int number; const char *text; }; struct { short a, b; }; };
struct opaque;
typedef struct node { int value; struct node *next; } node;
typedef node *list;

/* ---- values */
int8_t negate8(int8_t value);
uint8_t byte_of(uint8_t value);
int16_t add16(int16_t a, int16_t b);
uint64_t twice(uint64_t value);
bool both(bool a, bool b);
char next_letter(char c);
float half(float value);
double scale(double value, float factor);
long double precise(long double value);
enum color following(enum color c);
enum wide widest(void);
tiny toggle(tiny t);
void nothing(void);
int unprototyped();

/* ---- many arguments */
int sum12(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l);
double sum_mixed(int a, double b, int c, double d, int e, float f, long g, double h, short i, double j, int k, double l,
                 int m, double n, int o, double p, double q, double r);
double sum10(double a, double b, double c, double d, double e, double f, double g, double h, double i, double j);
int many_words(char a, int8_t b, uint16_t c, int d, long e, void *f, int8_t g, uint8_t h, bool i, const char *j);
long double long_doubles(int a, long double b, double c, long double d, int e);

/* ---- pointers */
size_t length_of(const char *text);
int sum_of(const int *numbers, size_t count);
size_t longest(const char *const *words);
void fill(unsigned char *to, size_t size, int value);
void split(double value, int *whole, double *rest);
const char *color_name(enum color c);
list cons(int value, list rest);
struct point *corner(struct table *t, int which);
int apply(int (*f)(int), int value);
int plus_one(int value);
int compare_ints(const void *a, const void *b);
int import(int value);
void *same(void *pointer);
int follow(const int *pointer);
struct opaque *hidden(void);
int set_errno(int value);
struct point by_value(struct point p);

static inline int inlined(int value) { return value + 1; }
int never_defined(int value);
extern int never_defined_either;

/* ---- globals */
extern int counter;
extern const int limit;
extern unsigned char flags;
extern double ratio;
extern enum color paint;
extern int grid[3];
extern struct line segment;
extern const char *title;
extern struct opaque *secret;
extern char name[16];
extern int (*callback)(int);

#endif
