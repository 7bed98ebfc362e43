#ifndef ARGV_H
#define ARGV_H

#include <stddef.h>

int run(char *const argv[], const char **names, int n, const int *ends, const char *tag);

/* Each makes one call of run. */
int run_ls(void);
int run_nothing(void);
int run_many(int count);
int run_wild(void);

#endif
