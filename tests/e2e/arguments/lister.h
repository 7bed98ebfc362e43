/* lister.h - a SUT that passes lists. */
#ifndef LISTER_H
#define LISTER_H

/* Print one value of every conversion. */
int print_all(void);
/* Print through a va_list, and tell how long vsnprintf finds the text afterwards. */
int print_through_list(int number, const char *text);
int sum_three(void);
int sum_through_list(void);
int run_ls(void);
/* Pass one value of every type that is promoted. */
int pass_mixed(void);
int paint_green(void);
/* Print a text of `length` letters, and a number. */
int print_long(int length);

#endif
