/* api.h - what the wrong languages of this folder speak of. */
#ifndef API_H
#define API_H

#include <stdint.h>

#define MAX_LEN 64
#define NAME "motor"

typedef int Stack;
enum gear { PARK, DRIVE = 4, REVERSE = -1 };

Stack new(void);
void push(Stack s, int val);
int pop(Stack s);
int shift(enum gear gear, uint8_t force);
int speeds(int n, int *speeds);
int log_text(const char *text);
double ratio(double of);
int send(const void *data, int n);

#endif
