#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdarg.h>
struct in2 { short a; char b; }; struct s3 { int id; double x; float f; };
void pf(const char *fmt, ...); int f(int a); void use(struct in2 *p); void pos(const char *fmt, ...); void bs(struct s3 *p,int n); void chr(char *c); void uc(unsigned char *c); void ub(uint8_t *c); void strs(const char **v, int n); void ps(const char *p, int n); int sut(int n);
