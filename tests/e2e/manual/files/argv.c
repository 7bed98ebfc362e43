#include "argv.h"

#include <stdlib.h>
#include <string.h>

int run_ls(void)
{
    char program[] = "ls", option[] = "-l";
    char *argv[] = { program, option, NULL };
    const char *names[] = { "x", NULL, "yy" };
    int ends[] = { 3, 4, -1 }, answer;
    char tag[4] = { 'a', 'b', 'c', 'd' };

    answer = run(argv, names, 3, ends, tag);
    memset(program, 'X', 2);
    memset(ends, 0, sizeof ends);
    return answer;
}

int run_nothing(void)
{
    char *none[] = { NULL };

    return run(none, NULL, 0, NULL, "");
}

int run_many(int count)
{
    char **argv = calloc((size_t)count + 1, sizeof *argv);
    int answer;

    for (int i = 0; i < count; i++)
        argv[i] = "twelve chars";
    answer = run(argv, NULL, 0, NULL, "");
    free(argv);
    return answer;
}

int run_wild(void)
{
    char *argv[] = { "ls", (char *)16, NULL };

    return run(argv, NULL, 0, NULL, "");
}
