/* values.h - one function for each kind of value that can go into C and come out of it. */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_LEN 64
#define MASK (1u << 31 | MAX_LEN)
#define GREETING "hello"

enum color { RED, GREEN = 5, BLUE = -1 };
enum mode { NONE, READ, WRITE, SYNC = 16 };
typedef enum { LOW = 1, HIGH = 200 } level_t;
struct opaque;

void put_i8(int8_t x);
void put_u8(uint8_t x);
void put_i16(int16_t x);
void put_u16(uint16_t x);
void put_int(int x);
void put_u32(uint32_t x);
void put_i64(int64_t x);
void put_u64(uint64_t x);
void put_char(char x);
void put_bool(_Bool x);
void put_float(float x);
void put_double(double x);
void put_long_double(long double x);
void put_complex(float _Complex x);
void put_color(enum color x);
void put_mode(enum mode x);
void put_wide(wchar_t x);
void put_level(level_t x);
void put_pointer(struct opaque *x);
void put_string(const char *x);
void put_bytes(const void *x, size_t n);
void put_chars(const char *x, size_t n);
void put_ints(const int *x, size_t n);
void put_doubles(const double *x, size_t n);
void put_colors(const enum color *x, size_t n);
void add_one(int *x);
int8_t get_i8(void);
uint8_t get_u8(void);
int get_int(void);
uint64_t get_u64(void);
char get_char(void);
_Bool get_bool(void);
float get_float(void);
double get_double(void);
long double get_long_double(void);
float _Complex get_complex(void);
enum color get_color(void);
enum mode get_mode(void);
level_t get_level(void);
struct opaque *get_pointer(void);
const char *get_string(void);
int may_fail(int fd);
int fill(void *x, size_t n, int *left);

#endif
