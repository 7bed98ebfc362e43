/* shaper.h - a SUT that passes and gets shapes. */
#ifndef SHAPER_H
#define SHAPER_H

#include "shapes.h"

/* Make a whole on memory that was all `poison` before, and pass it by pointer and by value. */
void pass_whole(int poison);
/* The same for bits, a packed one and two of them, an aligned one, a union. */
void pass_odd_ones(int poison);
void pass_flexible(void);
void pass_functions(void);
/* Pass pairs of leaves whose padding is poisoned, turn them, and tell their tags as 10 * first + second. */
int pass_leaves(int poison);

/* What the mocks answer by value. */
void receive_whole(struct whole *whole);
void receive_bits(struct bits *bits);
void receive_packed(struct packed *packed);
void receive_either(union either *either);
/* 100 * tag of the leaf + the sum of three numbers + the first character of the text + the first raw byte. */
int receive_owned(void);

int by_size(const void *left, const void *right);

#endif
