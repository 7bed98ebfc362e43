/* machine.c - a language as a tree of cursors: each call moves those on one path from the root to an event. Python has
 * seen to it that no call can take two paths; where it could, a leaf keeps sets (sets.c) or counts (powers.c). */
#include "internal.h"
#include "machine.h"
#include "powers.h"

#include <stddef.h>

#define NOBODY 0xffffffffU      /* of the children, or of the members of PERM, none runs */
#define TAKEN 0xfffffffeU       /* in place of the node below: the call is taken here */

/* One call on its way down: what it has changed, so that a refused call changes nothing. */
struct walk {
    struct cmk_step *step;
    const struct cmk_node *nodes;
    struct cmk_place *places;
    const uint32_t *routes;
    const struct cmk_event *events;
    uint32_t changed;
    uint32_t stepped;           /* enum cmk_stepped_flag of the function */
    struct cmk_undo *undo;
};

static const char *tables_of(const struct cmk_step *step)
{
    return CMK_AT(step->region);
}

static char *state_of(const struct cmk_step *step)
{
    return CMK_AT(step->state);
}

/* Remember a place before it changes; one that has just begun is remembered already. */
static inline void change(struct walk *walk, uint32_t node)
{
    if (walk->changed && walk->undo[walk->changed - 1].node == node)
        return;
    walk->undo[walk->changed].node = node;
    walk->undo[walk->changed++].before = walk->places[node];
}

/* Of whatever begins with this call: no two calls have one number, and no node begins twice in a call. */
static uint32_t new_instance(const struct walk *walk)
{
    return (uint32_t)walk->step->number + 1;
}

/* Let a node begin anew, in the instance above it. Whatever lies below it begins with it: its instance is a new one. */
static void begin_anew(struct walk *walk, uint32_t number, uint32_t instance)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];

    change(walk, number);
    place->stamp = instance;
    place->instance = new_instance(walk);
    place->rounds = 0;
    place->at = 0;
    switch (node->kind) {
    case CMK_NODE_PERM:
        place->rounds = node->least;
        /* fall through */
    case CMK_NODE_XALT:
        place->at = NOBODY;
        break;
    case CMK_NODE_PAR:
    case CMK_NODE_EACH:
        place->at = node->least;
        break;
    case CMK_NODE_POWERS:
        cmk_powers_begin(walk->step, node, place);
        break;
    case CMK_NODE_SETS:
        cmk_sets_begin(walk->step, node, place);
        break;
    default:
        break;
    }
}

static const uint32_t *numbers_at(const struct cmk_step *step, uint64_t table)
{
    return (const uint32_t *)(const void *)(tables_of(step) + table);
}

static __attribute__((noinline)) uint32_t route_in_hash(const struct cmk_step *step, uint32_t number)
{
    const struct cmk_route *hash = (const void *)(tables_of(step) + step->machine->route_hash);
    uint64_t mask = step->machine->route_mask, i;

    for (i = cmk_mixed((uint64_t)number << 32 | step->label) & mask; hash[i].node != CMK_NO_NODE; i = (i + 1) & mask)
        if (hash[i].node == number && hash[i].label == step->label)
            return hash[i].to;
    return CMK_NO_NODE;
}

/* Where a node sends the label of this call, or CMK_NO_NODE. MIRROR bind/machine.py */
static inline uint32_t route(const struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    uint32_t offset = walk->step->label - node->route_low;

    if (offset < node->route_count)
        return walk->routes[node->route + offset];
    return node->route_count ? CMK_NO_NODE : route_in_hash(walk->step, number);
}

/* The next child of a SEQ, from `index` on, that must come; or the number of its children. */
static uint32_t next_due(const struct walk *walk, const struct cmk_node *node, uint32_t index)
{
    return numbers_at(walk->step, walk->step->machine->numbers)[node->extra + index];
}

static int may_end_by_kind(const struct walk *walk, uint32_t number);

/* Whether what runs may stop here; most of it is runs. `instance` is that of its parent. */
static inline int may_end(const struct walk *walk, uint32_t number, uint32_t instance)
{
    const struct cmk_node *node = &walk->nodes[number];

    if (walk->places[number].stamp != instance)
        return node->nullable != 0;
    if (node->kind == CMK_NODE_RUN)
        return walk->places[number].at - node->low >= node->least;
    return may_end_by_kind(walk, number);
}

static int may_end_by_kind(const struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    const struct cmk_place *place = &walk->places[number];
    uint32_t instance = place->instance;

    switch (node->kind) {
    case CMK_NODE_SEQ:
        return (place->at + 1 >= node->least || next_due(walk, node, place->at + 1) == node->count) &&
               may_end(walk, node->child + place->at, instance);
    case CMK_NODE_XALT:
        return place->at == NOBODY ? node->nullable != 0 : may_end(walk, node->child + place->at, instance);
    case CMK_NODE_REPEAT:
        if (place->rounds == 0)
            return node->nullable != 0;
        return place->rounds >= node->low && may_end(walk, node->child, instance);
    case CMK_NODE_SOME:
        return place->at >= node->low;
    case CMK_NODE_PAR:
    case CMK_NODE_EACH:
    case CMK_NODE_POWERS:
        return place->at == 0;
    case CMK_NODE_PERM:
        return place->rounds == 0 && (place->at == NOBODY || may_end(walk, node->child + place->at, instance));
    case CMK_NODE_ANY:
        return may_end(walk, node->child, instance);
    case CMK_NODE_SETS:
        return cmk_sets_may_end(walk->step, place);
    default:
        return 1;
    }
}

/* Let an event take the call, if its arguments are what it asks for: the matched ones, or all of them in a check. */
static inline int take_event(struct walk *walk, uint32_t event)
{
    struct cmk_step *step = walk->step;
    uint64_t *registers = CMK_AT(step->state + step->machine->registers);
    uint32_t field;

    if ((walk->events[event].function & ~CMK_FLAGGED) != step->function)
        return 0;
    if (!step->checking && !(walk->stepped & CMK_CAPTURE_FIRST)) {
        step->event = event;
        return 1;
    }
    field = cmk_differs(step, event, (int)step->checking, registers);
    if (field == CMK_NO_FIELD)
        cmk_bind(step, event, registers);       /* the answer may hold what is bound here */
    if (field != CMK_NO_FIELD || (step->checking && !cmk_answered_so(step, event, registers))) {
        if (step->refusal == CMK_NOT_ALLOWED && step->checking) {
            step->refusal = field != CMK_NO_FIELD ? CMK_OTHER_ARGUMENTS : CMK_OTHER_ANSWER;
            step->event = event;
            step->field = field;
        }
        return 0;
    }
    step->event = event;
    step->registers = registers;
    return 1;
}

/* Fetch what the next calls of a run will read. Where many runs take turns it is gone from the caches since the last call; a
 * warm call of one of a thousand long sequences takes a quarter less so. */
static inline void fetch_ahead(const struct walk *walk, const struct cmk_node *run, uint32_t at)
{
    const struct cmk_event *next = &walk->events[at];

    if (at >= run->high)
        return;
    __builtin_prefetch(next + 2);
    if (next->function & CMK_FLAGGED)
        __builtin_prefetch(cmk_slots(walk->step->region, next));
}

/* A run has nothing below it that must know when it began, and changes last: it needs no way back. */
static inline int take_run(struct walk *walk, uint32_t number, uint32_t instance)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t at = place->stamp == instance ? place->at : node->low;

    if (at >= node->high || !take_event(walk, at))
        return 0;
    place->stamp = instance;
    place->at = at + 1;
    fetch_ahead(walk, node, at + 1);
    return 1;
}

/* The child of a SEQ behind the one that runs which begins with this call; the number of children when there is none. */
static uint32_t follower(const struct walk *walk, uint32_t number, uint32_t at)
{
    const struct cmk_node *node = &walk->nodes[number];
    uint32_t to = at + 1 < node->count ? route(walk, number) : CMK_NO_NODE, low = 0, high, count;
    const uint32_t *list;

    if (to == CMK_NO_NODE)
        return node->count;
    list = numbers_at(walk->step, walk->step->machine->lists) + to;
    count = high = *list++;     /* of sorted children that may begin so */
    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (list[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && list[low] <= next_due(walk, node, at + 1) ? list[low] : node->count;
}

/* A call that can begin what follows cannot go on with what may end: the plan has seen to that. So it is known where the
 * call goes before anything is tried. */
static uint32_t below_seq(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t to = follower(walk, number, place->at);

    if (to != node->count && may_end(walk, node->child + place->at, place->instance)) {
        change(walk, number);
        place->at = to;
    }
    return node->child + place->at;
}

static uint32_t below_xalt(struct walk *walk, uint32_t number)
{
    struct cmk_place *place = &walk->places[number];

    if (place->at == NOBODY) {
        uint32_t to = route(walk, number);

        if (to == CMK_NO_NODE)
            return CMK_NO_NODE;
        change(walk, number);
        place->at = to;
    }
    return walk->nodes[number].child + place->at;
}

/* A round goes on, or a new one begins where the last may end. */
static uint32_t below_repeat(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];

    if (route(walk, number) == CMK_NO_NODE || place->rounds >= node->high ||
        (place->rounds && !may_end(walk, node->child, place->instance)))
        return place->rounds ? node->child : CMK_NO_NODE;
    change(walk, number);
    place->instance = new_instance(walk);
    place->rounds += place->rounds < CMK_UNBOUNDED - 1;
    return node->child;
}

/* The member that runs goes on, or another one begins where it may end. */
static uint32_t below_perm(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t to = route(walk, number), running = place->at == NOBODY ? CMK_NO_NODE : node->child + place->at;

    if (to == CMK_NO_NODE || walk->places[node->child + to].stamp == place->instance ||
        (running != CMK_NO_NODE && !may_end(walk, running, place->instance)))
        return running;
    change(walk, number);
    place->at = to;
    place->rounds -= !walk->nodes[node->child + to].nullable;
    return node->child + to;
}

static uint32_t below_any(struct walk *walk, uint32_t number)
{
    uint32_t to = route(walk, number);

    if (to != CMK_NO_NODE)
        return take_event(walk, to) ? TAKEN : CMK_NO_NODE;
    return walk->nodes[number].child;
}

/* Nothing lies below these two, and they change last: they need no way back but from their beginning. */
static inline int take_some(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t event = route(walk, number);

    if (event == CMK_NO_NODE || place->at >= node->high || !take_event(walk, event))
        return 0;
    place->at += place->at < CMK_UNBOUNDED - 1;
    return 1;
}

static inline int take_each(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t *came = (uint32_t *)(void *)(state_of(walk->step) + walk->step->machine->counts) + node->extra;
    uint32_t event = route(walk, number);

    if (event == CMK_NO_NODE || came[event - node->low] == place->instance || !take_event(walk, event))
        return 0;
    came[event - node->low] = place->instance;
    place->at--;
    return 1;
}

static int take_powers(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t letter = route(walk, number);

    return letter != CMK_NO_NODE && place->at != 0 && take_event(walk, node->low + letter) &&
           cmk_powers_take(walk->step, node, place, letter);
}

/* Where a node sends the call: the node below that takes it if any does, TAKEN, or CMK_NO_NODE. */
static inline uint32_t below(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];

    switch (node->kind) {
    case CMK_NODE_SEQ:
        return below_seq(walk, number);
    case CMK_NODE_XALT:
        return below_xalt(walk, number);
    case CMK_NODE_REPEAT:
        return below_repeat(walk, number);
    case CMK_NODE_PERM:
        return below_perm(walk, number);
    case CMK_NODE_ANY:
        return below_any(walk, number);
    case CMK_NODE_SOME:
        return take_some(walk, number) ? TAKEN : CMK_NO_NODE;
    case CMK_NODE_EACH:
        return take_each(walk, number) ? TAKEN : CMK_NO_NODE;
    case CMK_NODE_POWERS:
        return take_powers(walk, number) ? TAKEN : CMK_NO_NODE;
    case CMK_NODE_SETS:
        return cmk_sets_take(walk->step, node, &walk->places[number]) ? TAKEN : CMK_NO_NODE;
    default:
        return CMK_NO_NODE;
    }
}

static int take(struct walk *walk, uint32_t number, uint32_t instance);

/* Count the children that must come still. A run comes to where it may end only once. */
static inline int take_par(struct walk *walk, uint32_t number)
{
    struct cmk_place *place = &walk->places[number];
    const struct cmk_node *node;
    uint32_t to = route(walk, number), before;

    if (to == CMK_NO_NODE)
        return 0;
    to += walk->nodes[number].child;
    node = &walk->nodes[to];
    if (node->kind == CMK_NODE_RUN) {
        if (!take_run(walk, to, place->instance))
            return 0;
        place->at -= walk->places[to].at - node->low == node->least;
        return 1;
    }
    before = (uint32_t)may_end(walk, to, place->instance);
    if (!take(walk, to, place->instance))
        return 0;
    place->at += before - (uint32_t)may_end(walk, to, place->instance);
    return 1;
}

/* Let a node take the call, or what lies below it. `instance` is that of its parent. */
static int take(struct walk *walk, uint32_t number, uint32_t instance)
{
    while (walk->nodes[number].kind != CMK_NODE_RUN) {
        const struct cmk_place *place = &walk->places[number];

        if (__builtin_expect(place->stamp != instance, 0))
            begin_anew(walk, number, instance);
        if (walk->nodes[number].kind == CMK_NODE_PAR)
            return take_par(walk, number);
        number = below(walk, number);
        if (number >= TAKEN)
            return number == TAKEN;
        instance = place->instance;
    }
    return take_run(walk, number, instance);
}

static void undo(struct walk *walk)
{
    while (walk->changed > 0) {
        walk->changed--;
        walk->places[walk->undo[walk->changed].node] = walk->undo[walk->changed].before;
    }
}

/* The label of a function that matched arguments tell apart: that of the event that has those of this call. */
static __attribute__((noinline)) uint32_t keyed_label(const struct cmk_step *step)
{
    const struct cmk_key *keys = (const void *)(tables_of(step) + step->machine->keys);
    uint64_t mask = step->machine->key_mask, hash = cmk_key_hash(step), i;

    for (i = hash & mask; keys[i].hash != 0; i = (i + 1) & mask)
        if (keys[i].hash == hash && (cmk_events(step->region)[keys[i].event].function & ~CMK_FLAGGED) == step->function &&
            cmk_differs(step, keys[i].event, 0, NULL) == CMK_NO_FIELD)
            return keys[i].label;
    return CMK_NO_LABEL;
}

static void prepare(struct walk *walk, struct cmk_step *step)
{
    walk->step = step;
    walk->nodes = (const void *)(tables_of(step) + step->machine->nodes);
    walk->places = (void *)(state_of(step) + step->machine->places);
    walk->routes = numbers_at(step, step->machine->routes);
    walk->events = cmk_events(step->region);
    walk->undo = (void *)(state_of(step) + step->machine->undo);
    walk->changed = 0;
}

void cmk_take(struct cmk_step *step)
{
    struct walk walk;

    prepare(&walk, step);
    walk.stepped = cmk_flags_of(step->region, step->machine, step->function);
    step->registers = CMK_AT(step->state + step->machine->registers);
    step->refusal = CMK_NOT_ALLOWED;
    step->event = CMK_NO_EVENT;
    step->label = walk.stepped & CMK_KEYED ? keyed_label(step) : (uint32_t)step->function;
    if (take(&walk, 0, CMK_FIRST_INSTANCE))
        step->refusal = CMK_ALLOWED;
    else
        undo(&walk);
}

int cmk_may_end(struct cmk_step *step)
{
    struct walk walk;

    prepare(&walk, step);
    return may_end(&walk, 0, CMK_FIRST_INSTANCE);
}
