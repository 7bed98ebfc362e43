/* foreign.h - functions that call libc in many ways. */
#ifndef FOREIGN_H
#define FOREIGN_H

char *keep(const char *text);             /* malloc */
int save(int fd, const char *text);       /* write until all is out; errno of a failure */
void give_up(int status);                 /* exit */
void say(const char *text, int number);   /* printf */
int first_character(const char *path);    /* fopen and fgetc, which allocate and read inside libc */
long age(long born);                      /* time */
int load(const char *path, char *to, unsigned size); /* open and read, fortified when asked */

#endif
