/* things.c - small functions whose results tell what arrived. */
#include "things.h"

#include <errno.h>

int counter = 3;
const int limit = 99;
unsigned char flags = 0x80;
double ratio = 0.5;
enum color paint = GREEN;
int grid[3] = { 1, 2, 3 };
struct line segment = { { 1, 2 }, { 3, 4 }, "segment", NULL };
const char *title = "untitled";
struct opaque *secret = NULL;
char name[16] = "nobody";
int (*callback)(int) = plus_one;

int8_t negate8(int8_t value) { return (int8_t)-value; }
uint8_t byte_of(uint8_t value) { return value; }
int16_t add16(int16_t a, int16_t b) { return (int16_t)(a + b); }
uint64_t twice(uint64_t value) { return 2 * value; }
bool both(bool a, bool b) { return a && b; }
char next_letter(char c) { return (char)(c + 1); }
float half(float value) { return value / 2; }
double scale(double value, float factor) { return value * (double)factor; }
long double precise(long double value) { return value + 0.25L; }
enum color following(enum color c) { return c == RED ? GREEN : c == GREEN ? BLUE : RED; }
enum wide widest(void) { return LARGE; }
tiny toggle(tiny t) { return t == ON ? OFF : ON; }
void nothing(void) { counter++; }
int unprototyped() { return 5; }

int sum12(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l;
}

double sum_mixed(int a, double b, int c, double d, int e, float f, long g, double h, short i, double j, int k, double l,
                 int m, double n, int o, double p, double q, double r)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * (double)f + 7 * (double)g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l
           + 13 * m + 14 * n + 15 * o + 16 * p + 17 * q + 18 * r;
}

double sum10(double a, double b, double c, double d, double e, double f, double g, double h, double i, double j)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}

int many_words(char a, int8_t b, uint16_t c, int d, long e, void *f, int8_t g, uint8_t h, bool i, const char *j)
{
    return a == 'x' && b == -1 && c == 65535 && d == -2 && e == 1L << 40 && f == NULL && g == -128 && h == 255 && i
           && strcmp(j, "last") == 0;
}

long double long_doubles(int a, long double b, double c, long double d, int e)
{
    return a + 2 * b + 3 * (long double)c + 4 * d + 5 * e;
}

size_t length_of(const char *text) { return text ? strlen(text) : 1000; }

int sum_of(const int *numbers, size_t count)
{
    int sum = 0;

    while (count--)
        sum += *numbers++;
    return sum;
}

size_t longest(const char *const *words)
{
    size_t most = 0;

    for (; *words; words++)
        most = strlen(*words) > most ? strlen(*words) : most;
    return most;
}

void fill(unsigned char *to, size_t size, int value) { memset(to, value, size); }

void split(double value, int *whole, double *rest)
{
    *whole = (int)value;
    *rest = value - *whole;
}

const char *color_name(enum color c) { return c == RED ? "red" : c == GREEN ? "green" : NULL; }

list cons(int value, list rest)
{
    list made = malloc(sizeof *made);

    made->value = value;
    made->next = rest;
    return made;
}

struct point *corner(struct table *t, int which) { return &t->corners[which]; }
int apply(int (*f)(int), int value) { return f(value); }
int plus_one(int value) { return value + 1; }
int compare_ints(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int import(int value) { return value; }
void *same(void *pointer) { return pointer; }
int follow(const int *pointer) { return *pointer; }
struct opaque *hidden(void) { return (struct opaque *)name; }

int set_errno(int value)
{
    int before = errno;

    errno = value;
    return before;
}

struct point by_value(struct point p) { return p; }
