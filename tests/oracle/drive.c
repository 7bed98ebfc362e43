/* drive.c - the runtime without a SUT: languages and calls come from stdin, what became of each call goes to stdout.
 *
 * All that steps and checks is the real code, call.c included; only what ends or serves a process is replaced: a stop
 * comes back here. After a call that is refused the record is taken out, and the same language goes on: it must be as it
 * was. Everything is in words of 8 bytes unless drive.py says otherwise. */
#include "internal.h"
#include "machine.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECONDS 60              /* one language must not take longer */

struct order {
    uint64_t chunks, calls, traces, steps;
    struct cmk_language language, other;    /* that runs; another one that checks, of no events and no machine if there is none */
    uint64_t state_size, other_size;
    uint64_t capture_bound, words;          /* of all arguments of the calls */
};

struct wanted {
    uint64_t function;
    const uint64_t *payload;    /* as a record has it, whole */
};

#define MOST_INS 8

static jmp_buf stopped;
static enum cmk_reason reason;

void cmk_stop_with(enum cmk_reason why, uint64_t function, uint64_t record, uint64_t detail0, uint64_t detail1,
                   uint64_t detail2)
{
    (void)function, (void)record, (void)detail0, (void)detail1, (void)detail2;
    reason = why;
    longjmp(stopped, 1);
}

void cmk_stop(enum cmk_reason why, uint64_t function, uint64_t record)
{
    cmk_stop_with(why, function, record, 0, 0, 0);
}

void cmk_park(void)
{
    abort();
}

const uint64_t *cmk_compute(struct cmk_call *call, const struct cmk_record *record)
{
    (void)call, (void)record;
    abort();
}

static void get(void *to, size_t size)
{
    if (size > 0 && fread(to, size, 1, stdin) != 1)
        exit(0);
}

static void *get_new(size_t count, size_t size)
{
    void *to = calloc(count + 1, size);

    if (to == NULL)
        abort();
    get(to, count * size);
    return to;
}

static void put(const void *from, size_t size)
{
    if (size > 0 && fwrite(from, size, 1, stdout) != 1)
        exit(1);
}

static void reset(const struct order *order)
{
    memset(CMK_AT(CMK_RUN + CMK_STATE), 0, order->state_size);
    CMK->position = CMK->trace_used = CMK->trace_calls = 0;
}

/* Check the trace by a language; the verdict and the record that it is about. */
static void check(const struct cmk_language *language, uint64_t region, uint64_t state_size, uint64_t *verdict)
{
    memset(CMK_AT(CMK_CHECK + CMK_STATE), 0, state_size);
    CMK->check = *language;
    CMK->check_region = region;
    cmk_check();
    verdict[0] = CMK->verdict;
    verdict[1] = CMK->verdict_record;
}

static int may_end(void)
{
    struct cmk_step step = { .machine = CMK_AT(CMK_RUN + CMK->run.machine), .region = CMK_RUN,
                             .state = CMK_RUN + CMK_STATE };

    return CMK->run.machine ? cmk_may_end(&step) : CMK->position == CMK->run.count;
}

static uint64_t mixed(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15UL;
    return hash ^ hash >> 32;
}

static uint64_t mixed_bytes(uint64_t hash, const char *bytes, uint64_t size)
{
    for (uint64_t i = 0; i < size; i += 8) {
        uint64_t word = 0;

        memcpy(&word, bytes + i, size - i < 8 ? size - i : 8);
        hash = mixed(hash, word);
    }
    return hash;
}

/* All that a call is answered. MIRROR drive.py told */
static uint32_t told(const struct cmk_call *made)
{
    const struct cmk_function *function = &cmk_functions[made->function];
    uint64_t hash = 0;

    if (made->flags & CMK_ANSWER_REAL)
        return 1;
    for (unsigned i = 0; i < function->out_count; i++) {
        const struct cmk_field *field = &function->outs[i];
        const uint64_t *slot = made->answer + field->slot;

        if (made->flags & CMK_UNTOUCHED(i))
            hash = mixed(hash, 1);
        else if (field->kind == CMK_BLOB)
            hash = mixed_bytes(mixed(hash, slot[0]), (const char *)made->answer + slot[1], slot[0] * field->element);
        else if (i + 1 == function->out_count && made->flags & CMK_ANSWER_OWNED)
            hash = mixed_bytes(mixed(hash, made->answer[slot[0] / 8 - 1]), (const char *)made->answer + slot[0],
                               made->answer[slot[0] / 8 - 1]);
        else
            hash = mixed_bytes(hash, (const char *)slot, 8UL * field->words);
    }
    if (made->flags & CMK_ANSWER_ERRNO)
        hash = mixed(hash, made->flags >> 32);
    return (uint32_t)(hash ^ hash >> 32);
}

static void make(const struct wanted *wanted, struct cmk_call *made)
{
    const struct cmk_function *function = &cmk_functions[wanted->function];
    struct cmk_blob blobs[MOST_INS];
    unsigned count = 0;

    for (unsigned i = 0; i < function->in_count && count < MOST_INS; i++) {
        const uint64_t *slot = wanted->payload + function->ins[i].slot;

        if (function->ins[i].kind == CMK_BLOB)
            blobs[count++] = cmk_array(slot[0] == CMK_NULL ? NULL : (const char *)wanted->payload + (uint32_t)slot[1],
                                       slot[0], 1, i);
    }
    if (count || function->matched)
        cmk_call_blobs(made, wanted->function, wanted->payload, NULL, blobs, count);
    else
        cmk_call(made, wanted->function, wanted->payload, function->in_words, NULL);
}

struct result {
    uint8_t reason, may_end;
    uint16_t event;
    uint32_t answer;
};

static void call(const struct wanted *wanted, struct result *result)
{
    volatile uint64_t used = CMK->trace_used, calls = CMK->trace_calls;
    struct cmk_call made;

    *result = (struct result){ 0, 0, 0, 0 };
    if (setjmp(stopped) == 0) {
        make(wanted, &made);
        result->answer = told(&made);
        result->event = (uint16_t)((struct cmk_record *)CMK_AT(CMK_TRACE + used))->event;
    } else {
        result->reason = (uint8_t)reason;
        CMK->trace_used = used;
        CMK->trace_calls = calls;
        CMK->lock = 0;
    }
    result->may_end = (uint8_t)(may_end() != 0);
}

static void serve(const struct order *order)
{
    struct wanted *calls;
    struct result *results = calloc(order->steps + 1, sizeof *results);
    uint32_t *lengths;
    uint64_t *payloads, word = 0;
    uint64_t *verdicts = calloc(4 * order->traces + 1, sizeof *verdicts), at = 0;
    uint8_t *steps;

    for (uint64_t i = 0; i < order->chunks; i++) {
        uint64_t place[2];

        get(place, sizeof place);
        get(CMK_AT(place[0]), place[1]);
    }
    calls = get_new(order->calls, sizeof *calls);
    payloads = get_new(order->words, sizeof *payloads);
    for (uint64_t i = 0; i < order->calls; i++) {       /* in place of the pointer stands its length */
        uint64_t words = (uint64_t)calls[i].payload;

        calls[i].payload = payloads + word;
        word += words;
    }
    lengths = get_new(order->traces, sizeof *lengths);
    steps = get_new(order->steps, 1);
    CMK->run = order->language;
    CMK->capture_bound = order->capture_bound;
    for (uint64_t trace = 0; trace < order->traces; trace++) {
        reset(order);
        for (uint32_t i = 0; i < lengths[trace]; i++, at++)
            call(&calls[steps[at]], &results[at]);
        check(&order->language, CMK_RUN, order->state_size, &verdicts[4 * trace]);
        check(&order->other, CMK_CHECK, order->other_size, &verdicts[4 * trace + 2]);
    }
    put(results, order->steps * sizeof *results);
    put(verdicts, 4 * order->traces * sizeof *verdicts);
    fflush(stdout);
    free(calls);
    free(payloads);
    free(results);
    free(lengths);
    free(verdicts);
    free(steps);
}

int main(void)
{
    void *at = mmap((void *)CMK_BASE, CMK_SIZE, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
    struct order order;

    if (at != (void *)CMK_BASE) {
        fputs("the address of the arena is taken\n", stderr);
        return 1;
    }
    CMK->trace_limit = 1 << 24;
    CMK->max_calls = 1 << 16;
    for (;;) {
        alarm(0);
        get(&order, sizeof order);
        alarm(SECONDS);
        serve(&order);
    }
}
