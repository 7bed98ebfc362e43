/* conditions_test.c - what conditions.c and answers.c decide, case by case: an event's conditions and a record are written
 * into an arena of our own. Prints a line for each case that fails; the exit status is their number. */
#include "internal.h"
#include "machine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum function { NUMBERS, TEXTS, POINTS, ANSWERS };

static const struct cmk_leaf one_double[] = { { 0, 8 } }, in_point[] = { { 8, 8 } };
static const struct cmk_field numbers[] = {
    { CMK_WORDS, 0, 1, 0, 0, 0, NULL, 0 },
    { CMK_WORDS, 1, 1, 0, 1, 0, one_double, 0.25 },
    { CMK_WORDS, 2, 2, 0, 0, 0, NULL, 0 },
};
static const struct cmk_field texts[] = { { CMK_BLOB, 0, 2, 1, 0, 0, NULL, 0 } };
static const struct cmk_field points[] = { { CMK_BLOB, 0, 2, 16, 1, 0, in_point, 0 } };
static const struct cmk_field answers[] = { { CMK_WORDS, 0, 1, 0, 0, 0, NULL, 0 }, { CMK_WORDS, 1, 2, 0, 0, 0, NULL, 0 } };

const struct cmk_function cmk_functions[] = {
    { "numbers", numbers, NULL, 3, 4, 0, 0, 0, 0 },
    { "texts", texts, NULL, 1, 2, 0, 0, 0, 0 },
    { "points", points, NULL, 1, 2, 0, 0, 0, 0 },
    { "answers", NULL, answers, 0, 0, 2, 3, 0, 0 },
};
const unsigned long cmk_function_count = sizeof cmk_functions / sizeof cmk_functions[0];

/* --- the tables of two events, and records ------------------------------------------------------------------------ */

#define ROWS_AT 0x8000U
#define MASKS_AT 0x9000U
#define MACHINE_AT 0xa000U
#define OFFSETS_AT 0xb000U
#define BITS_AT (CMK_CHECK + 0x1000U)

static int failures;
static uint32_t next_word;
static uint64_t registers[4];

static uint64_t *words(void)
{
    return CMK_AT(CMK_RUN);
}

static uint32_t put(const void *what, size_t count)
{
    uint32_t at = next_word;

    memcpy(words() + at, what, 8 * count);
    next_word += (uint32_t)count;
    return at;
}

static struct cmk_event *row(unsigned event)
{
    return (struct cmk_event *)CMK_AT(CMK_RUN + ROWS_AT) + event;
}

/* An event of a function of which nothing but conditions decides. */
static void begin(unsigned event, enum function function)
{
    const uint64_t nothing[8] = { 0 };
    struct cmk_machine *machine = CMK_AT(CMK_RUN + MACHINE_AT);

    if (event == 0)
        next_word = 1;
    CMK->run = (struct cmk_language){ ROWS_AT, 2, MASKS_AT, MACHINE_AT };
    machine->conditions = OFFSETS_AT;
    row(event)->function = function;
    row(event)->args = put(nothing, 8);
    row(event)->answer = 0;
    ((uint32_t *)CMK_AT(CMK_RUN + MASKS_AT))[event] = row(event)->args;
    ((uint32_t *)CMK_AT(CMK_RUN + OFFSETS_AT))[event] = next_word;
    words()[next_word++] = 0;
}

static struct cmk_condition *ask(unsigned event, unsigned op, unsigned type, unsigned field, unsigned size,
                                 const uint64_t *operands, size_t count)
{
    struct cmk_condition *condition = (struct cmk_condition *)(words() + next_word);

    words()[((uint32_t *)CMK_AT(CMK_RUN + OFFSETS_AT))[event]]++;
    *condition = (struct cmk_condition){ .op = (uint8_t)op, .type = (uint8_t)type, .size = (uint8_t)size,
                                         .field = (uint16_t)field, .words = count };
    next_word += sizeof *condition / 8;
    if (count > 0)
        put(operands, count);
    return condition;
}

static struct cmk_record *record(enum function function, unsigned number, const void *payload, size_t count)
{
    struct cmk_record *made = CMK_AT(CMK_TRACE + 0x1000UL * number);

    made->size = (uint32_t)(sizeof *made + 8 * count);
    made->function = function;
    made->event = 0;
    memcpy(made->payload, payload, 8 * count);
    return made;
}

static void expect(const char *name, const struct cmk_record *made, unsigned event, uint32_t field)
{
    struct cmk_step step = { .region = CMK_RUN, .record = made, .function = made->function, .checking = 1 };
    uint32_t found = cmk_differs(&step, event, 1, registers);

    if (found == field)
        return;
    printf("%s: field %d differs instead of %d\n", name, (int)found, (int)field);
    failures++;
}

static void bind(const struct cmk_record *made, unsigned event)
{
    struct cmk_step step = { .region = CMK_RUN, .record = made, .function = made->function };

    cmk_bind(&step, event, registers);
}

/* --- numbers ------------------------------------------------------------------------------------------------------- */

static void compare(const char *name, unsigned op, unsigned type, unsigned size, uint64_t value, uint64_t operand, int fits)
{
    const uint64_t payload[] = { value, 0, 0, 0 };

    begin(0, NUMBERS);
    ask(0, op, type, 0, size, &operand, 1);
    expect(name, record(NUMBERS, 0, payload, 4), 0, fits ? CMK_NO_FIELD : 0);
}

static void test_whole_numbers(void)
{
    compare("-1 as int8 is less than 0", CMK_LESS, CMK_SIGNED, 1, 0xff, 0, 1);
    compare("255 as uint8 is not", CMK_LESS, CMK_UNSIGNED, 1, 0xff, 0, 0);
    compare("-1 as int32 is -1", CMK_EQUAL, CMK_SIGNED, 4, 0xffffffff, ~0UL, 1);
    compare("as uint32 it is none", CMK_EQUAL, CMK_UNSIGNED, 4, 0xffffffff, ~0UL, 0);
    compare("2^63 as uint64", CMK_GREATER, CMK_UNSIGNED, 8, 1UL << 63, (1UL << 63) - 1, 1);
    compare("2^63 as int64", CMK_GREATER, CMK_SIGNED, 8, 1UL << 63, (1UL << 63) - 1, 0);
    compare("neighbours of 2^63", CMK_NOT_EQUAL, CMK_UNSIGNED, 8, (1UL << 63) + 1, 1UL << 63, 1);
    compare("<= at the limit", CMK_LESS_EQUAL, CMK_SIGNED, 2, 0x8000, (uint64_t)-32768L, 1);
    compare(">= beyond it", CMK_GREATER_EQUAL, CMK_SIGNED, 2, 0x8000, (uint64_t)-32767L, 0);
}

static void compare_doubles(const char *name, unsigned op, double value, double operand, int fits)
{
    uint64_t payload[] = { 0, 0, 0, 0 }, bits;

    memcpy(&payload[1], &value, 8);
    memcpy(&bits, &operand, 8);
    begin(0, NUMBERS);
    ask(0, op, CMK_FLOATING, 1, 8, &bits, 1);
    expect(name, record(NUMBERS, 0, payload, 4), 0, fits ? CMK_NO_FIELD : 1);
}

static void test_floating(void)
{
    const double quiet = NAN;

    compare_doubles("less", CMK_LESS, -0.5, 0.0, 1);
    compare_doubles("NaN is not less", CMK_LESS, quiet, 0.0, 0);
    compare_doubles("nor greater", CMK_GREATER_EQUAL, quiet, 0.0, 0);
    compare_doubles("NaN is NaN", CMK_NOT_EQUAL, quiet, quiet, 0);
    compare_doubles("within the tolerance it is equal", CMK_NOT_EQUAL, 1.25, 1.0, 0);
    compare_doubles("beyond it is not", CMK_NOT_EQUAL, 1.5, 1.0, 1);
    compare_doubles("the tolerance is for equality only", CMK_LESS, 1.0, 1.0, 0);
}

static void test_sets_and_bits(void)
{
    const uint64_t listed[] = { (uint64_t)-5L, 0, 7, 9 }, payload[] = { 0xfffffffb, 0, 0, 0 };
    const uint64_t eight[] = { 8, 0, 0, 0 }, bits[] = { 0xf0, 0x50 };
    struct cmk_condition *field;

    begin(0, NUMBERS);
    ask(0, CMK_ONE_OF, CMK_SIGNED, 0, 4, listed, 4);
    expect("the first of a set", record(NUMBERS, 0, payload, 4), 0, CMK_NO_FIELD);
    expect("between two of a set", record(NUMBERS, 0, eight, 4), 0, 0);
    begin(0, NUMBERS);
    ask(0, CMK_BITS, CMK_UNSIGNED, 0, 1, bits, 2);
    expect("bits", record(NUMBERS, 0, &(uint64_t[]){ 0x5f, 0, 0, 0 }, 4), 0, CMK_NO_FIELD);
    expect("other bits", record(NUMBERS, 0, &(uint64_t[]){ 0x4f, 0, 0, 0 }, 4), 0, 0);
    begin(0, NUMBERS);
    field = ask(0, CMK_EQUAL, CMK_SIGNED, 2, 2, &(uint64_t){ (uint64_t)-3L }, 1);
    field->offset = 9;
    field->first = 5;
    field->width = 4;
    expect("a bit-field in two bytes", record(NUMBERS, 0, &(uint64_t[]){ 0, 0, 0, 13UL << 13 }, 4), 0, CMK_NO_FIELD);
    expect("another one", record(NUMBERS, 0, &(uint64_t[]){ 0, 0, 0, 12UL << 13 }, 4), 0, 2);
}

/* --- memory -------------------------------------------------------------------------------------------------------- */

static struct cmk_record *blob(enum function function, unsigned number, const void *bytes, uint64_t size, uint64_t kept)
{
    uint64_t payload[16] = { size, kept << 32 | 24 };

    memcpy(&payload[3], bytes, kept);
    return record(function, number, payload, 3 + (kept + 7) / 8);
}

static uint32_t text(const char *bytes)
{
    uint64_t made[8] = { strlen(bytes) };

    memcpy(&made[1], bytes, made[0]);
    return put(made, 1 + (made[0] + 7) / 8);
}

static void test_texts(void)
{
    uint64_t listed[3];

    begin(0, TEXTS);
    next_word--;
    listed[0] = text("GET");
    listed[1] = text("PUT");
    listed[2] = text("PATCH");
    ((uint32_t *)CMK_AT(CMK_RUN + OFFSETS_AT))[0] = next_word;
    words()[next_word++] = 0;
    ask(0, CMK_ONE_OF, CMK_WHOLE, 0, 0, listed, 3);
    expect("a text of a set", blob(TEXTS, 0, "PUT", 3, 3), 0, CMK_NO_FIELD);
    expect("its longest", blob(TEXTS, 0, "PATCH", 5, 5), 0, CMK_NO_FIELD);
    expect("the beginning of one", blob(TEXTS, 0, "PATC", 4, 4), 0, 0);
    expect("a text that was cut", blob(TEXTS, 0, "GET", 5, 3), 0, 0);
    expect("NULL", blob(TEXTS, 0, "", CMK_NULL, 0), 0, 0);
    begin(0, TEXTS);
    ask(0, CMK_GREATER, CMK_UNSIGNED, 0, 1, &(uint64_t){ 'a' }, 1)->offset = 2;
    expect("an element", blob(TEXTS, 0, "aab", 3, 3), 0, CMK_NO_FIELD);
    expect("an element that is not there", blob(TEXTS, 0, "aa", 2, 2), 0, 0);
    expect("an element of NULL", blob(TEXTS, 0, "", CMK_NULL, 0), 0, 0);
}

static void test_bound_memory(void)
{
    struct { uint32_t id; uint32_t padding; double weight; } a[2], b[2];
    const uint64_t whole[] = { 0, 16, 0xffffffff, ~0UL };        /* elements of 16 bytes, and what of them counts */

    memset(a, 0xaa, sizeof a);
    memset(b, 0x55, sizeof b);
    a[0].id = b[0].id = a[1].id = b[1].id = 7;
    a[0].weight = a[1].weight = 0.0;
    b[0].weight = b[1].weight = -0.0;
    begin(0, POINTS);
    ask(0, CMK_BIND, CMK_WHOLE, 0, 0, whole, 4);
    begin(1, POINTS);
    ask(1, CMK_EQUAL, CMK_WHOLE, 0, 0, whole, 2)->bound = 1;
    memset(registers, 0, sizeof registers);
    expect("nothing is bound", blob(POINTS, 1, b, 32, 32), 1, 0);
    bind(blob(POINTS, 0, a, 32, 32), 0);
    expect("equal but for padding and the sign of 0", blob(POINTS, 1, b, 32, 32), 1, CMK_NO_FIELD);
    expect("one element less", blob(POINTS, 1, b, 16, 16), 1, 0);
    expect("a list that was cut", blob(POINTS, 1, b, 48, 32), 1, 0);
    expect("NULL", blob(POINTS, 1, b, CMK_NULL, 0), 1, 0);
    b[1].id = 8;
    expect("another element", blob(POINTS, 1, b, 32, 32), 1, 0);
    bind(blob(POINTS, 0, a, 48, 32), 0);
    expect("two lists that were cut alike", blob(POINTS, 1, a, 48, 32), 1, 0);
    bind(blob(POINTS, 0, a, CMK_NULL, 0), 0);
    expect("NULL is NULL", blob(POINTS, 1, b, CMK_NULL, 0), 1, CMK_NO_FIELD);
}

static void test_payloads(void)
{
    const uint64_t want[] = { 3, 3UL << 32 | 16, 0x636261 }, only[] = { ~0UL, ~0UL, ~0UL };
    uint64_t pair[2];

    for (int like = 0; like < 2; like++) {
        begin(0, TEXTS);
        next_word--;
        pair[0] = put(want, 3);
        pair[1] = put(only, 3);
        ((uint32_t *)CMK_AT(CMK_RUN + OFFSETS_AT))[0] = next_word;
        words()[next_word++] = 0;
        ask(0, like ? CMK_LIKE : CMK_UNLIKE, CMK_WHOLE, 0, 0, pair, 2);
        expect("the value of a payload", blob(TEXTS, 0, "abc", 3, 3), 0, like ? CMK_NO_FIELD : 0);
        expect("another value", blob(TEXTS, 0, "abd", 3, 3), 0, like ? 0 : CMK_NO_FIELD);
    }
}

/* --- predicates ---------------------------------------------------------------------------------------------------- */

static void test_predicates(void)
{
    struct cmk_step step = { .region = CMK_RUN, .record = record(NUMBERS, 0, &(uint64_t[]){ 1, 0, 0, 0 }, 4),
                             .number = 70, .checking = 1 };
    uint64_t *bits = CMK_AT(BITS_AT);

    memset(bits, 0, 8 * 8);
    CMK->predicates = BITS_AT;
    CMK->predicate_words = 2;
    CMK->raised = 0;
    bits[4 + 1] = 1UL << 6;             /* the second predicate accepts record 70, */
    bits[2 + 1] = 1UL << 6;             /* and the first has raised there */
    begin(0, NUMBERS);
    ask(0, CMK_PREDICATE, CMK_WHOLE, 1, 0, NULL, 0)->number = 1;
    if (cmk_differs(&step, 0, 1, NULL) != CMK_NO_FIELD || CMK->raised != 0) {
        puts("a predicate that accepts");
        failures++;
    }
    ask(0, CMK_PREDICATE, CMK_WHOLE, 1, 0, NULL, 0)->number = 0;
    if (cmk_differs(&step, 0, 1, NULL) != 1 || CMK->raised != 71UL << 32) {
        puts("a predicate that raised");
        failures++;
    }
    step.checking = 0;
    if (cmk_differs(&step, 0, 1, NULL) != CMK_NO_FIELD) {
        puts("a predicate while the SUT runs");
        failures++;
    }
}

/* --- answers ------------------------------------------------------------------------------------------------------- */

static void give(const char *name, unsigned type, unsigned size, unsigned truth, unsigned width, uint64_t value,
                 unsigned of_type, unsigned of_size, const void *wanted)
{
    const uint64_t payload[] = { value, value, 0, 0 }, nothing[] = { 0, 0, 0 };
    struct cmk_condition *condition;
    struct cmk_record *answered;
    struct cmk_made made;
    uint64_t template[] = { CMK_ANSWER_BOUND, 0, 0, 0 }, size_of_all = sizeof template;

    begin(0, NUMBERS);
    ask(0, CMK_BIND, of_type, of_type == CMK_FLOATING, of_size, NULL, 0);
    begin(1, ANSWERS);
    condition = ask(1, CMK_GIVE, type, 0, size, &size_of_all, 1);
    condition->offset = 8;
    condition->bound = (uint8_t)truth;
    condition->first = width ? 2 : 0;
    condition->width = (uint8_t)width;
    row(1)->function |= CMK_FLAGGED;
    row(1)->answer = put(template, 4);
    bind(record(NUMBERS, 0, payload, 4), 0);
    answered = record(ANSWERS, 1, nothing, 0);
    CMK->trace_limit = 0x10000;
    if (!cmk_compose(answered, 1, registers, &made) || memcmp(cmk_composed(answered) + 2, wanted, size == 16 ? 10 : size) != 0 ||
        cmk_composed(answered)[0] != CMK_ANSWER_BOUND || cmk_composed(answered)[1] != 0) {
        printf("%s: answered %#lx\n", name, (unsigned long)cmk_composed(answered)[2]);
        failures++;
    }
}

static void test_answers(void)
{
    const double half = 0.5;
    const float minus = -1.0F;
    const long double exact = 18446744073709551615.0L;
    uint64_t bits;

    memcpy(&bits, &half, 8);
    give("-1 of int8 as int64", CMK_SIGNED, 8, 0, 0, 0xff, CMK_SIGNED, 1, &(int64_t){ -1 });
    give("255 of uint8 as int64", CMK_SIGNED, 8, 0, 0, 0xff, CMK_UNSIGNED, 1, &(int64_t){ 255 });
    give("-1 of int32 as uint64", CMK_UNSIGNED, 8, 0, 0, 0xffffffff, CMK_SIGNED, 4, &(uint64_t){ ~0UL });
    give("the lower byte", CMK_UNSIGNED, 1, 0, 0, 0x12c, CMK_SIGNED, 4, &(uint8_t){ 0x2c });
    give("256 as a bool", CMK_UNSIGNED, 1, 1, 0, 0x100, CMK_SIGNED, 4, &(uint8_t){ 1 });
    give("300 as 5 bits", CMK_UNSIGNED, 1, 0, 5, 0x12c, CMK_SIGNED, 4, &(uint8_t){ 0x0c << 2 });
    give("-1 as 62 bits", CMK_SIGNED, 8, 0, 62, 0xff, CMK_SIGNED, 1, &(uint64_t){ ~0UL << 2 });
    give("256 as a bit", CMK_UNSIGNED, 1, 1, 1, 0x100, CMK_SIGNED, 4, &(uint8_t){ 4 });
    give("-1 as a float", CMK_FLOATING, 4, 0, 0, 0xff, CMK_SIGNED, 1, &minus);
    give("a double", CMK_FLOATING, 8, 0, 0, bits, CMK_FLOATING, 8, &half);
    give("2^64 - 1 as a long double", CMK_FLOATING, 16, 0, 0, ~0UL, CMK_UNSIGNED, 8, &exact);
}

static void test_answers_given(void)
{
    struct cmk_step step = { .region = CMK_RUN, .function = ANSWERS, .checking = 1 };
    uint64_t others[4] = { 0 };

    give("7", CMK_SIGNED, 4, 0, 0, 7, CMK_SIGNED, 4, &(int32_t){ 7 });
    step.record = CMK_AT(CMK_TRACE + 0x1000UL);
    ((struct cmk_record *)CMK_AT(CMK_TRACE + 0x1000UL))->event = 1;
    if (!cmk_answered_so(&step, 1, registers) || !cmk_same_answers(&step, 1, registers, 1, registers)) {
        puts("an answer under the same registers");
        failures++;
    }
    others[0] = registers[0];
    bind(record(NUMBERS, 2, &(uint64_t[]){ 8, 0, 0, 0 }, 4), 0);
    if (cmk_answered_so(&step, 1, registers) || cmk_same_answers(&step, 1, registers, 1, others)) {
        puts("an answer under other registers");
        failures++;
    }
}

int main(void)
{
    void *at = mmap((void *)CMK_BASE, CMK_SIZE, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);

    if (at != (void *)CMK_BASE) {
        puts("the address of the arena is taken");
        return 1;
    }
    test_whole_numbers();
    test_floating();
    test_sets_and_bits();
    test_texts();
    test_bound_memory();
    test_payloads();
    test_predicates();
    test_answers();
    test_answers_given();
    return failures;
}
