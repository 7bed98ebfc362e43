/* hand.c - what one would write by hand for this one function: a table to compare with, and a record of each call. */
#include "measure.h"

struct expected {
    int a;
    int b;
    int answer;
};

struct record {
    int a;
    int b;
    int answer;
    int right;
};

static struct expected *table;
static struct record *records;
static int table_size;
static int position;

int f(int a, int b)
{
    struct record *record;
    const struct expected *expected;

    if (position >= table_size)
        abort();
    record = &records[position];
    expected = &table[position];
    record->a = a;
    record->b = b;
    record->answer = expected->answer;
    record->right = a == expected->a && b == expected->b;
    position++;
    return expected->answer;
}

static void set_up(int count)
{
    table = malloc(sizeof *table * (size_t)count);
    records = malloc(sizeof *records * (size_t)count);
    if (table == NULL || records == NULL)
        abort();
    for (int i = 0; i < count; i++) {
        table[i].a = i;
        table[i].b = i ^ 0x5A5A;
        table[i].answer = i * 7 + 3;
    }
    table_size = count;
    position = 0;
}

static int verify_and_free(void)
{
    int right = position == table_size;

    for (int i = 0; i < position; i++)
        right &= records[i].right;
    free(table);
    free(records);
    return right;
}

static int repeat(const struct job *job)
{
    struct phases phases;
    long long before = measure_bytes();
    long long start = measure_now_ns();
    long long finish;
    int right;

    set_up(job->count);
    phases.set_up_ns = measure_now_ns() - start;
    phases.bytes = measure_bytes() - before;
    phases.run_ns = measure_run(job);
    finish = measure_now_ns();
    right = verify_and_free() && measure_total_is_right(job);
    phases.verify_ns = measure_now_ns() - finish;
    measure_print(&phases);
    return right;
}

int main(int argc, char **argv)
{
    struct job job = measure_job(argc, argv);
    int failures = 0;

    /* Freed memory is kept, so that every repetition but the first runs on pages that are there. */
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    for (int i = 0; i < job.repetitions; i++)
        failures += !repeat(&job);
    return failures != 0;
}
