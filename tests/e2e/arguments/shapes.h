/* shapes.h - values of every shape that C has. */
#ifndef SHAPES_H
#define SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

enum color { RED, GREEN = 5, BLUE = -1 };

struct leaf {
    unsigned char tag;
    double weight;
};

union either {
    int32_t i;
    float f;
    char text[4];
};

struct bits {
    unsigned a : 3;
    int b : 5;
    unsigned : 0;
    unsigned long long c : 40;
    enum color color : 4;
    bool flag : 1;
};

struct __attribute__((packed)) packed {
    char c;
    int i;
    double d;
};

struct aligned {
    char c;
    _Alignas(32) int i;
};

struct whole {
    char name[8];
    enum color color;
    struct leaf leaf;
    union either either;
    struct {
        int left;
        union {
            int right;
            float same;
        };
    };
    int matrix[2][3];
    struct leaf leaves[2];
    long double precise;
    void (*callback)(int);
    const char *text;
    bool ok;
    wchar_t wide;
    float real;
    char c;
    signed char small;
    unsigned char raw[3];
    struct whole *next;
};

struct flexible {
    int n;
    int numbers[];
};

typedef int (*compare)(const void *, const void *);
typedef struct leaf leaf_t;

struct driver {
    compare open;
    void (*close)(int);
};

void put_whole(const struct whole *whole);
void put_whole_value(struct whole whole);
struct whole get_whole(void);
void out_whole(struct whole *whole);
void turn_whole(struct whole *whole);
void put_bits(struct bits bits);
struct bits get_bits(void);
void put_packed(struct packed packed);
void put_packed_all(const struct packed *all, int n);
struct packed get_packed(void);
void put_aligned(struct aligned aligned);
void put_either(union either either);
union either get_either(void);
void put_flexible(const struct flexible *flexible);
void put_compare(compare how);
compare get_compare(void);
void put_driver(const struct driver *driver);
void put_leaves(const leaf_t *leaves, size_t n);
void out_leaves(leaf_t *leaves, size_t n);
void turn_leaves(leaf_t *leaves, size_t n);
void put_deep(struct leaf **leaf, char **texts);
void put_qualified(volatile struct leaf *const leaf, const volatile char *text, volatile unsigned char *restrict raw,
                   int *restrict const *number);
void out_qualified(volatile int *const number, char *const restrict text);
struct leaf *get_leaf(void);
struct aligned *get_aligned(void);
int *get_numbers(void);
char *get_text(void);
const uint8_t *get_raw(void);

#endif
