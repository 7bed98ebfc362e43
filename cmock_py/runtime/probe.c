/* probe.c - what would go wrong when the SUT makes certain calls, found before it makes any.
 *
 * Each leaf of sets is searched breadth first from where it begins: from every state by every event that may be next
 * there, with a call that has the event's own arguments. Steps are those of a run, so whatever is found is a fault of
 * the language. Then it is walked along where configurations are most. How far is bounded by work, not by time.
 */
#include "internal.h"
#include "terms.h"

#include <string.h>

#define MOST_VISITS 4096U
#define MOST_TRIES 16U              /* ways to go on from one state, when looking for the widest */
#define MOST_WORK 32768U            /* of all leaves together: a call, and each configuration that it meets */
#define MOST_WORDS 0x100000U        /* of terms, states and edges that are made */
#define NOWHERE 0xffffffffU
#define RECORDS_AT (CMK_FOUND + 0x1000UL)

/* A state that was reached: from which other, by which event. */
struct visit {
    uint32_t state, from, event;
};

struct search {
    struct cmk_step step;
    const struct cmk_machine *machine;
    const struct cmk_node *node;
    struct cmk_place *place;
    const struct cmk_area *area;
    uint32_t *records;              /* by act: words from RECORDS_AT to its record; 0: none yet */
    uint64_t record_words;          /* in use */
    uint64_t work, words, epoch;    /* limits of this search */
    uint32_t visited;
};

static struct visit visits[MOST_VISITS];
static uint32_t seen[4 * MOST_VISITS];      /* a hash: numbers of visits plus 1 */

/* --- the call that an event waits for -------------------------------------------------------------------------------- */

/* Bytes of a payload with all that its slots point to. */
static uint64_t size_with_blobs(const struct cmk_function *function, const uint64_t *payload)
{
    uint64_t size = 8UL * function->in_words;

    for (unsigned i = 0; i < function->in_count; i++) {
        const uint64_t *slot = payload + function->ins[i].slot;
        uint64_t end = (uint32_t)slot[1] + (slot[1] >> 32);

        if (function->ins[i].kind != CMK_WORDS && slot[0] != CMK_NULL && end > size)
            size = end;
    }
    return (size + 7) / 8 * 8;
}

/* A number that passes, as far as this condition goes; 0 if that is hard to say. */
static int passing(const struct cmk_condition *condition, uint64_t *number)
{
    int step = condition->op == CMK_LESS ? -1 : condition->op == CMK_GREATER || condition->op == CMK_NOT_EQUAL;
    double real;

    if (condition->type == CMK_WHOLE || condition->bound || condition->words == 0)
        return 0;
    *number = condition->operands[condition->op == CMK_BITS];
    if (condition->type != CMK_FLOATING) {
        *number += (uint64_t)(int64_t)step;
        return 1;
    }
    memcpy(&real, number, sizeof real);
    real += step;
    if (condition->size == sizeof(float)) {
        float single = (float)real;

        *number = 0;
        memcpy(number, &single, sizeof single);
    } else {
        memcpy(number, &real, sizeof real);
    }
    return condition->size <= sizeof real;
}

/* Let the arguments be what the event's conditions ask for. */
static void satisfy(uint64_t region, const struct cmk_function *function, uint32_t event, uint64_t *payload)
{
    uint64_t count, number;
    const struct cmk_condition *condition = cmk_conditions(region, event, &count);

    for (; count > 0 && condition->op < CMK_PREDICATE; count--, condition = cmk_next(condition)) {
        const struct cmk_field *field = &function->ins[condition->field];
        char *at = (char *)(payload + field->slot) + condition->offset;
        uint64_t bits = 0, mask = condition->width ? ~0UL >> (64 - condition->width) << condition->first : ~0UL;

        if (field->kind != CMK_WORDS || condition->size > 8 || !passing(condition, &number))
            continue;
        memcpy(&bits, at, condition->size);
        bits = (bits & ~mask) | (number << condition->first & mask);
        memcpy(at, &bits, condition->size);
    }
}

/* The record of a call that an act waits for; NULL when there is no room for it. */
static const struct cmk_record *record_of(struct search *search, uint32_t act)
{
    uint64_t *words = CMK_AT(RECORDS_AT);
    uint32_t event = ((const struct cmk_act *)CMK_AT(search->step.region + search->machine->acts))[act].event;
    const struct cmk_event *row = &cmk_events(search->step.region)[event];
    const struct cmk_function *function = &cmk_functions[row->function & ~CMK_FLAGGED];
    const uint64_t *args = cmk_words(search->step.region, row->args);
    uint64_t size = sizeof(struct cmk_record) + size_with_blobs(function, args);
    struct cmk_record *record = (struct cmk_record *)(words + search->record_words);

    if (search->records[act] != 0)
        return (const struct cmk_record *)(words + search->records[act]);
    if (RECORDS_AT + 8 * search->record_words + size > CMK_CHECK + CMK_STATE)
        return NULL;
    *record = (struct cmk_record){ .size = (uint32_t)size, .function = row->function & ~CMK_FLAGGED,
                                   .event = CMK_NO_EVENT, .thread = CMK_COMPLETE };
    memcpy(record->payload, args, size - sizeof *record);
    satisfy(search->step.region, function, event, record->payload);
    search->records[act] = (uint32_t)search->record_words;
    search->record_words += size / 8;
    return record;
}

/* --- steps ------------------------------------------------------------------------------------------------------------- */

static uint64_t configurations(const struct search *search, uint32_t state)
{
    const uint64_t *words = (const uint64_t *)search->area;

    return ((const struct cmk_cell *)(words + (state - search->machine->term_count)))->term.count;
}

/* Let the call of an act come in a state. Returns the next state, 0 when there is none or the search is over. */
static uint32_t take(struct search *search, uint32_t state, uint32_t act)
{
    const struct cmk_record *record = record_of(search, act);
    struct cmk_step *step = &search->step;
    uint64_t work = 1 + configurations(search, state);

    step->refusal = CMK_ALLOWED;
    if (search->work == 0 || record == NULL)
        return 0;
    search->work -= work < search->work ? work : search->work;
    step->record = record;
    step->function = record->function;
    step->label = ((const struct cmk_act *)CMK_AT(search->step.region + search->machine->acts))[act].label;
    step->refusal = CMK_NOT_ALLOWED;
    search->place->at = state;
    search->place->rounds = (uint32_t)search->area->epoch;
    if (!cmk_sets_take(step, search->node, search->place))
        return 0;
    step->refusal = CMK_ALLOWED;
    return search->place->at;
}

static int is_over(const struct search *search)
{
    return search->work == 0 || search->area->epoch != search->epoch || search->area->used > search->words;
}

/* Whether an event looks at what others have bound. */
static int reads_names(const struct search *search, uint32_t event)
{
    uint64_t count;
    const struct cmk_condition *condition = cmk_conditions(search->step.region, event, &count);

    for (; count > 0; count--, condition = cmk_next(condition))
        if (condition->bound || condition->op == CMK_GIVE)
            return 1;
    return 0;
}

/* The SUT chooses the values of names, and two sessions have handles of their own: two answers that only equal values
 * would have are left to the run. */
static int is_fault(const struct search *search)
{
    const struct cmk_step *step = &search->step;

    if (search->area->epoch != search->epoch)
        return step->refusal == CMK_MEMORY_FULL;
    return step->refusal == CMK_TOO_MANY || (step->refusal == CMK_TWO_ANSWERS && !reads_names(search, step->event) &&
                                             !reads_names(search, step->rival));
}

static const struct cmk_list *candidates(struct search *search, uint32_t state)
{
    search->place->at = state;
    return cmk_sets_candidates(&search->step, search->node, search->place);
}

/* Note what has gone wrong behind a visit. */
static void tell(const struct search *search, uint32_t last)
{
    struct cmk_found *found = CMK_AT(CMK_FOUND);
    const struct cmk_step *step = &search->step;
    uint32_t calls = 0;

    for (uint32_t at = last; visits[at].from != NOWHERE; at = visits[at].from)
        calls++;
    *found = (struct cmk_found){ .refusal = step->refusal, .event = step->event, .rival = step->rival, .calls = calls };
    for (uint32_t i = calls < CMK_FOUND_PATH ? calls : CMK_FOUND_PATH; i-- > 0; last = visits[last].from)
        found->path[i] = visits[last].event;
}

/* --- searching --------------------------------------------------------------------------------------------------------- */

/* Remember a state, unless it is known or there is no room. */
static void visit(struct search *search, uint32_t state, uint32_t from, uint32_t event)
{
    uint64_t index = cmk_mixed(state) % (4 * MOST_VISITS);

    if (state == 0 || search->visited == MOST_VISITS)
        return;
    for (; seen[index] != 0; index = (index + 1) % (4 * MOST_VISITS))
        if (visits[seen[index] - 1].state == state)
            return;
    visits[search->visited++] = (struct visit){ state, from, event };
    seen[index] = search->visited;
}

static uint32_t event_of(const struct search *search, uint64_t candidate)
{
    return ((const struct cmk_act *)CMK_AT(search->step.region + search->machine->acts))[(uint32_t)candidate].event;
}

/* Breadth first, so that the shortest way to a fault is found. */
static int found_nearby(struct search *search)
{
    for (uint32_t at = 0; at < search->visited && !is_over(search); at++) {
        const struct cmk_list *list = candidates(search, visits[at].state);

        for (uint64_t i = 0; list != NULL && i < list->count && !is_over(search); i++) {
            uint32_t state = take(search, visits[at].state, (uint32_t)list->items[i]);

            if (is_fault(search)) {
                tell(search, at);
                return 1;
            }
            visit(search, state, at, event_of(search, list->items[i]));
        }
    }
    return 0;
}

/* Always to the state with the most configurations. */
static int found_far_away(struct search *search)
{
    search->visited = 1;
    for (uint32_t at = 0; at + 1 < MOST_VISITS && !is_over(search); at++) {
        const struct cmk_list *list = candidates(search, visits[at].state);
        struct visit next = { 0, at, 0 };
        uint64_t count = list != NULL ? list->count : 0;

        for (uint64_t i = 0; i < count && !is_over(search); i += count / MOST_TRIES + 1) {
            uint32_t state = take(search, visits[at].state, (uint32_t)list->items[i]);

            if (is_fault(search)) {
                tell(search, at);
                return 1;
            }
            if (state != 0 && (next.state == 0 || configurations(search, state) > configurations(search, next.state)))
                next = (struct visit){ state, at, event_of(search, list->items[i]) };
        }
        if (next.state == 0)
            return 0;
        visits[search->visited++] = next;
    }
    return 0;
}

static void begin(struct search *search, uint64_t work, uint64_t words)
{
    const struct cmk_node *nodes = CMK_AT(search->step.region + search->machine->nodes);
    struct cmk_place *places = CMK_AT(search->step.state + search->machine->places);

    search->place = &places[search->node - nodes];
    search->place->stamp = search->node->parent == CMK_NO_NODE ? CMK_FIRST_INSTANCE : places[search->node->parent].instance;
    memset(seen, 0, sizeof seen);
    search->visited = 0;
    cmk_sets_begin(&search->step, search->node, search->place);
    search->epoch = search->area->epoch;
    search->words = search->area->used + words;
    search->work = work;
    visit(search, search->place->at, NOWHERE, 0);
}

/* The memory has no room for as much as the beginning of a leaf. */
static void tell_no_room(const struct search *search)
{
    *(struct cmk_found *)CMK_AT(CMK_FOUND) = (struct cmk_found){
        .refusal = CMK_MEMORY_FULL, .event = search->node->child, .rival = search->node->count };
}

static int found_in(struct search *search, uint64_t work, uint64_t words)
{
    begin(search, work / 4, words / 4);
    if (search->visited == 0) {
        tell_no_room(search);
        return 1;
    }
    if (search->node->least && found_nearby(search))
        return 1;
    begin(search, work / 4 * 3, words / 4 * 3);
    return search->visited > 0 && found_far_away(search);
}

void cmk_probe(uint64_t region)
{
    const struct cmk_language *language = region == CMK_RUN ? &CMK->run : &CMK->check;
    const struct cmk_machine *machine = CMK_AT(region + language->machine);
    struct search search = { .machine = machine };
    const struct cmk_node *nodes = CMK_AT(region + machine->nodes);
    uint64_t leaves = 0;

    memset(CMK_AT(CMK_FOUND), 0, sizeof(struct cmk_found));
    if (language->machine == 0)
        return;
    for (uint64_t i = 0; i < machine->node_count; i++)
        leaves += nodes[i].kind == CMK_NODE_SETS;
    search.step = (struct cmk_step){ .machine = machine, .region = region, .state = CMK_CHECK + CMK_STATE };
    search.area = CMK_AT(search.step.state + machine->sets);
    search.records = CMK_AT(RECORDS_AT);
    search.record_words = (machine->act_count + 1) / 2;
    memset(search.records, 0, 8 * search.record_words);
    for (uint64_t i = 0; i < machine->node_count; i++) {
        search.node = &nodes[i];
        if (nodes[i].kind == CMK_NODE_SETS && found_in(&search, MOST_WORK / leaves, MOST_WORDS / leaves))
            return;
    }
}
