/* lists.h - variadic functions of every kind. */
#ifndef LISTS_H
#define LISTS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

enum color { RED, GREEN = 5 };

#define LAST (-1)

int print(const char *format, ...);
int print_list(const char *format, va_list list);
int sum(int n, ...);
int sum_list(int n, va_list list);
int until(int first, ...);
int run(const char *program, ...);
int mixed(int n, ...);
int paint(const char *what, ...);

#endif
