/* reuse.h - a SUT that uses its memory again and again. */
#ifndef REUSE_H
#define REUSE_H

/* Pass one array on the stack twice, with other content. */
void from_stack(void);
/* Pass a block of the heap, and free it. */
void from_heap(void);
/* Pass a string, and overwrite it. */
void from_text(void);
/* Pass a struct and what it points to, and wipe both out. */
void from_struct(void);
/* Call print and print_list with `text`, and wipe a copy of it out in between. */
int print_both(const char *text);
/* Pass 1 << 20 bytes of numbers. */
void from_large(void);
/* Pass a program and its arguments, of which the last has no NULL behind it. */
int run_badly(void);

#endif
