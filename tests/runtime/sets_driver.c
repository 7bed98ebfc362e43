/* sets_driver.c - lets sets.c step languages that tests/runtime/test_sets.py writes: words come in, a line goes out for
 * each call. What an event asks of a call is simple here: a matched number, another number, and a number that it binds,
 * or that must be what was bound. */
#include "internal.h"
#include "terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NONE (~0UL)

struct row {
    uint64_t matched, other, binds, uses, answer, answers_with, label;
};

enum command { RUN_CALL, CHECK_CALL, BEGIN_RUN, BEGIN_CHECK, END, PROBE, DUMP, LEAF, AGAIN };

enum { MACHINE_AT = 0x1000, NODE_AT = 0x2000, FLAGS_AT = 0x3000, TABLES_AT = 0x4000 };
enum { EVENTS_AT = 0x1000000, ARGS_AT = 0x2000000, FUNCTION_COUNT = 64 };

#define FIELD(slot) { CMK_WORDS, slot, 1, 0, 0, 0, NULL, 0 }

static const struct cmk_field fields[] = { FIELD(0), FIELD(1), FIELD(2) };
static struct cmk_function functions[FUNCTION_COUNT];
extern const struct cmk_function cmk_functions[FUNCTION_COUNT] __attribute__((alias("functions")));

static const struct row *rows;
static struct cmk_machine *machine;

static uint64_t word(void)
{
    uint64_t found;

    if (fread(&found, 8, 1, stdin) != 1)
        exit(1);
    return found;
}

uint32_t cmk_differs(const struct cmk_step *step, uint32_t event, int all, const uint64_t *registers)
{
    const struct row *row = &rows[event];
    const uint64_t *given = step->record->payload;

    if (row->matched != NONE && row->matched != given[0])
        return 0;
    if (all && row->other != NONE && row->other != given[1])
        return 1;
    return row->uses != NONE && registers[row->uses] != given[2] + 1 ? 2 : CMK_NO_FIELD;
}

void cmk_bind(const struct cmk_step *step, uint32_t event, uint64_t *registers)
{
    if (rows[event].binds != NONE)
        registers[rows[event].binds] = step->record->payload[2] + 1;
}

static uint64_t answer_of(uint32_t event, const uint64_t *registers)
{
    return rows[event].answers_with == NONE ? rows[event].answer : 1000 + registers[rows[event].answers_with];
}

int cmk_answered_so(const struct cmk_step *step, uint32_t event, const uint64_t *registers)
{
    return step->record->payload[3] == answer_of(event, registers);
}

int cmk_same_answers(const struct cmk_step *step, uint32_t event, const uint64_t *registers, uint32_t other,
                     const uint64_t *other_registers)
{
    (void)step;
    return answer_of(event, registers) == answer_of(other, other_registers);
}

int cmk_may_answer(const struct cmk_step *step, uint32_t event, const uint64_t *registers, uint32_t answering,
                   const uint64_t *answering_registers)
{
    return cmk_same_answers(step, event, registers, answering, answering_registers);
}

const struct cmk_condition *cmk_conditions(uint64_t region, uint32_t event, uint64_t *count)
{
    (void)region, (void)event;
    *count = 0;
    return NULL;
}

const struct cmk_condition *cmk_next(const struct cmk_condition *condition)
{
    return condition;
}

/* Let every event of the language have the arguments that its row asks for, as a probe reads them. Its function is its
 * label, which an act knows. */
static void write_events(uint64_t count)
{
    struct cmk_event *events = CMK_AT(CMK_RUN + EVENTS_AT);
    uint64_t *args = CMK_AT(CMK_RUN + ARGS_AT);

    for (uint64_t i = 0; i < count; i++) {
        events[i] = (struct cmk_event){ (uint32_t)rows[i].label, (uint32_t)(ARGS_AT / 8 + 4 * i), 0 };
        args[4 * i] = rows[i].matched == NONE ? 0 : rows[i].matched;
        args[4 * i + 1] = rows[i].other == NONE ? 0 : rows[i].other;
        args[4 * i + 2] = 0;
        args[4 * i + 3] = (uint64_t)(rows[i].matched == NONE) | (uint64_t)(rows[i].other == NONE) << 1 |
                          (rows[i].uses & 0xff) << 8 | (rows[i].binds & 0xff) << 16;   /* no mask tells it here */
    }
    CMK->run.events = EVENTS_AT;
    CMK->run.machine = MACHINE_AT;
}

static void probe(void)
{
    const struct cmk_found *found = CMK_AT(CMK_FOUND);

    memset(CMK_AT(CMK_CHECK + CMK_STATE), 0, machine->sets + 4096);
    cmk_probe(CMK_RUN);
    printf("found %lu %lu %lu", found->refusal, found->event, found->rival);
    for (uint64_t i = 0; i < found->calls && i < CMK_FOUND_PATH; i++)
        printf(" %lu", found->path[i]);
    printf("\n");
}

/* All words of the area that are in use, behind the state. */
static void dump(const struct cmk_step *step, const struct cmk_place *place)
{
    const uint64_t *words = CMK_AT(step->state + machine->sets);
    const struct cmk_area *area = (const struct cmk_area *)words;

    printf("state %u", place->at);
    for (uint64_t i = 0; i < area->used; i++)
        printf(" %lu", words[i]);
    printf("\n");
}

static uint64_t table(uint64_t at, uint64_t *place, uint64_t *count, uint64_t size)
{
    uint64_t words = word();

    *place = at;
    *count = 8 * words / size;
    if (words > 0 && fread(CMK_AT(CMK_RUN + at), 8, words, stdin) != words)
        exit(1);
    return at + 8 * words;
}

/* Both leaves, which are alike; the second is used by those who ask for it. */
static void begin(struct cmk_step *step, struct cmk_place *place, uint64_t state)
{
    step->state = state;
    memset(CMK_AT(state), 0, machine->sets + 4096);
    for (int i = 0; i < 2; i++) {
        place[i] = (struct cmk_place){ 1, 2, 0, 0 };
        cmk_sets_begin(step, (struct cmk_node *)CMK_AT(CMK_RUN + NODE_AT) + i, &place[i]);
    }
}

/* Let a language run; returns whether there was one. */
static int language(void)
{
    struct cmk_node *node = CMK_AT(CMK_RUN + NODE_AT);
    union { uint64_t words[sizeof(struct cmk_record) / 8 + 4]; struct cmk_record record; } call;
    struct cmk_step step = { .machine = machine, .region = CMK_RUN, .record = &call.record };
    struct cmk_place *place = NULL;
    uint64_t at = TABLES_AT, unused, words, command;

    memset(&call, 0, sizeof call);
    if (fread(&machine->policy, 8, 1, stdin) != 1)
        return 0;
    machine->max_configurations = word();
    machine->sets_size = word();
    machine->register_count = word();
    *node = (struct cmk_node){ .kind = CMK_NODE_SETS, .parent = CMK_NO_NODE, .low = (uint32_t)word() };
    node->extra = (uint32_t)word();
    node->least = (uint32_t)word();
    node[1] = node[0];
    at = table(at, &unused, &words, 8);
    rows = CMK_AT(CMK_RUN + TABLES_AT);
    write_events(8 * words / sizeof *rows);
    at = table(at, &machine->acts, &machine->act_count, sizeof(struct cmk_act));
    at = table(at, &machine->terms, &machine->term_count, sizeof(struct cmk_term));
    table(at, &machine->term_lists, &machine->term_list_count, 8);
    machine->nodes = NODE_AT;
    machine->node_count = 1;
    machine->flags = FLAGS_AT;
    for (int i = 0; i < FUNCTION_COUNT; i++)
        ((uint8_t *)CMK_AT(CMK_RUN + FLAGS_AT))[i] = CMK_CAPTURE_FIRST;
    machine->registers = 2 * sizeof *place;
    machine->sets = machine->registers + 8 * machine->register_count;
    while ((command = word()) != END) {
        if (command == BEGIN_RUN || command == BEGIN_CHECK) {
            uint64_t state = (command == BEGIN_RUN ? CMK_RUN : CMK_CHECK) + CMK_STATE;

            node = CMK_AT(CMK_RUN + NODE_AT);
            place = CMK_AT(state);
            begin(&step, place, state);
            continue;
        }
        if (command == LEAF) {
            uint64_t leaf = word();

            machine->node_count = 2;
            node = (struct cmk_node *)CMK_AT(CMK_RUN + NODE_AT) + leaf;
            place = (struct cmk_place *)CMK_AT(step.state) + leaf;
            continue;
        }
        if (command == AGAIN) {
            cmk_sets_begin(&step, node, place);
            continue;
        }
        if (command == PROBE) {
            probe();
            continue;
        }
        if (command == DUMP) {
            dump(&step, place);
            continue;
        }
        step.checking = command == CHECK_CALL;
        step.label = (uint32_t)word();
        step.function = step.label;
        for (int i = 0; i < 4; i++)
            call.record.payload[i] = word();
        step.refusal = CMK_NOT_ALLOWED;
        step.registers = NULL;
        if (cmk_sets_take(&step, node, place))
            printf("ok %u %lu %d\n", step.event, answer_of(step.event, step.registers),
                   cmk_sets_may_end(&step, place));
        else
            printf("no %u %u %u\n", step.refusal, step.refusal == CMK_NOT_ALLOWED ? 0 : step.event,
                   step.refusal == CMK_TWO_ANSWERS ? step.rival : 0);
    }
    return 1;
}

int main(void)
{
    if (mmap(CMK_AT(0), CMK_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) != CMK_AT(0))
        return 1;
    machine = CMK_AT(CMK_RUN + MACHINE_AT);
    for (int i = 0; i < FUNCTION_COUNT; i++)
        functions[i] = (struct cmk_function){ .ins = fields, .in_count = 3, .in_words = 4 };
    while (language())
        ;
    return 0;
}
