/* machine.c - a language as a tree of cursors: each call moves those on one path from the root to an event. Python has
 * seen to it that no call can take two paths; where it could, a leaf keeps sets (sets.c) or counts (powers.c). */
#include "internal.h"
#include "machine.h"
#include "powers.h"

#include <stddef.h>

#define NOBODY 0xffffffffU      /* of the children, or of the members of PERM, none runs */

/* One call on its way down: what it has changed, so that a refused call changes nothing. */
struct walk {
    struct cmk_step *step;
    const struct cmk_node *nodes;
    const uint32_t *children;
    const uint32_t *routes;
    const struct cmk_route *hash;
    struct cmk_place *places;
    uint64_t *instances;
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

static uint64_t instance_above(const struct walk *walk, const struct cmk_node *node)
{
    return node->parent == CMK_NO_NODE ? 1 : walk->places[node->parent].instance;
}

static int has_begun(const struct walk *walk, uint32_t number)
{
    return walk->places[number].stamp == instance_above(walk, &walk->nodes[number]);
}

/* Let a node begin anew, unless it runs already. Whatever lies below it begins with it: its instance is a new one. */
static struct cmk_place *begun(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint64_t instance = instance_above(walk, node);

    if (__builtin_expect(place->stamp == instance, 1))
        return place;
    change(walk, number);
    place->stamp = instance;
    place->instance = ++*walk->instances;
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
    return place;
}

/* Where a node sends the label of this call, or CMK_NO_NODE. MIRROR bind/machine.py */
static inline uint32_t route(const struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    uint32_t label = walk->step->label, offset = label - node->route_low;
    uint64_t mask = walk->step->machine->route_mask, i;

    if (node->route_count)
        return offset < node->route_count ? walk->routes[node->route + offset] : CMK_NO_NODE;
    for (i = cmk_mixed((uint64_t)number << 32 | label) & mask; walk->hash[i].node != CMK_NO_NODE; i = (i + 1) & mask)
        if (walk->hash[i].node == number && walk->hash[i].label == label)
            return walk->hash[i].to;
    return CMK_NO_NODE;
}

static inline uint32_t child(const struct walk *walk, const struct cmk_node *node, uint32_t index)
{
    return walk->children[node->children + index];
}

/* The next child of a SEQ, from `index` on, that must come; or the number of its children. */
static uint32_t next_due(const struct walk *walk, const struct cmk_node *node, uint32_t index)
{
    return walk->children[node->extra + index];
}

static int may_end_by_kind(const struct walk *walk, uint32_t number);

/* Whether what runs may stop here; most of it is runs. */
static inline int may_end(const struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];

    if (!has_begun(walk, number))
        return node->nullable != 0;
    if (node->kind == CMK_NODE_RUN)
        return walk->places[number].at - node->low >= node->least;
    return may_end_by_kind(walk, number);
}

static int may_end_by_kind(const struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    const struct cmk_place *place = &walk->places[number];

    switch (node->kind) {
    case CMK_NODE_SEQ:
        return next_due(walk, node, place->at + 1) == node->count && may_end(walk, child(walk, node, place->at));
    case CMK_NODE_XALT:
        return place->at == NOBODY ? node->nullable != 0 : may_end(walk, child(walk, node, place->at));
    case CMK_NODE_REPEAT:
        if (place->rounds == 0)
            return node->nullable != 0;
        return place->rounds >= node->low && may_end(walk, child(walk, node, 0));
    case CMK_NODE_PAR:
    case CMK_NODE_POWERS:
        return place->at == 0;
    case CMK_NODE_PERM:
        return place->rounds == 0 && (place->at == NOBODY || may_end(walk, child(walk, node, place->at)));
    case CMK_NODE_ANY:
        return may_end(walk, child(walk, node, 0));
    case CMK_NODE_SETS:
        return cmk_sets_may_end(walk->step, place);
    default:
        return 1;
    }
}

/* Whether an event is of the function that is called. */
static inline int is_of(const struct cmk_step *step, uint32_t event)
{
    return (cmk_events(step->region)[event].function & ~CMK_FLAGGED) == step->function;
}

/* Let an event take the call, if its arguments are what it asks for: the matched ones, or all of them in a check. */
static inline int take_event(struct walk *walk, uint32_t event)
{
    struct cmk_step *step = walk->step;
    uint64_t *registers = (uint64_t *)(void *)(state_of(step) + step->machine->registers);
    uint32_t field;

    if (!is_of(step, event))
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

static int take(struct walk *walk, uint32_t number);

/* A run has nothing below it that must know when it began, and changes last: it needs no way back. */
static inline int take_run(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint64_t instance = instance_above(walk, node);
    uint32_t at = place->stamp == instance ? place->at : node->low;

    if (at >= node->high || !take_event(walk, at))
        return 0;
    place->stamp = instance;
    place->at = at + 1;
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
    list = (const uint32_t *)(const void *)(tables_of(walk->step) + walk->step->machine->lists) + to;
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
static int take_seq(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t running = child(walk, node, place->at), to = follower(walk, number, place->at);

    if (to == node->count || !may_end(walk, running))
        return take(walk, running);
    change(walk, number);
    place->at = to;
    return take(walk, child(walk, node, to));
}

static int take_xalt(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];

    if (place->at == NOBODY) {
        uint32_t to = route(walk, number);

        if (to == CMK_NO_NODE)
            return 0;
        change(walk, number);
        place->at = to;
    }
    return take(walk, child(walk, node, place->at));
}

/* A round goes on, or a new one begins where the last may end. */
static int take_repeat(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t body = child(walk, node, 0);

    if (route(walk, number) == CMK_NO_NODE || place->rounds >= node->high || (place->rounds && !may_end(walk, body)))
        return place->rounds && take(walk, body);
    change(walk, number);
    place->instance = ++*walk->instances;
    place->rounds += place->rounds < CMK_UNBOUNDED - 1;
    return take(walk, body);
}

static int take_par(struct walk *walk, uint32_t number)
{
    struct cmk_place *place = &walk->places[number];
    uint32_t to = route(walk, number), before;

    if (to == CMK_NO_NODE)
        return 0;
    to = child(walk, &walk->nodes[number], to);
    before = (uint32_t)may_end(walk, to);
    if (!take(walk, to))
        return 0;
    place->at += before - (uint32_t)may_end(walk, to);
    return 1;
}

/* The member that runs goes on, or another one begins where it may end. */
static int take_perm(struct walk *walk, uint32_t number)
{
    const struct cmk_node *node = &walk->nodes[number];
    struct cmk_place *place = &walk->places[number];
    uint32_t to = route(walk, number), running = place->at == NOBODY ? NOBODY : child(walk, node, place->at), member;

    if (to == CMK_NO_NODE || has_begun(walk, child(walk, node, to)) || (running != NOBODY && !may_end(walk, running)))
        return running != NOBODY && take(walk, running);
    member = child(walk, node, to);
    if (!take(walk, member))
        return 0;
    place->at = to;
    place->rounds -= !walk->nodes[member].nullable;
    return 1;
}

static int take_any(struct walk *walk, uint32_t number)
{
    uint32_t to = route(walk, number);

    return to != CMK_NO_NODE ? take_event(walk, to) : take(walk, child(walk, &walk->nodes[number], 0));
}

static int take_by_kind(struct walk *walk, uint32_t number, struct cmk_place *place)
{
    const struct cmk_node *node = &walk->nodes[number];

    switch (node->kind) {
    case CMK_NODE_SEQ:
        return take_seq(walk, number);
    case CMK_NODE_XALT:
        return take_xalt(walk, number);
    case CMK_NODE_REPEAT:
        return take_repeat(walk, number);
    case CMK_NODE_PAR:
        return take_par(walk, number);
    case CMK_NODE_PERM:
        return take_perm(walk, number);
    case CMK_NODE_ANY:
        return take_any(walk, number);
    case CMK_NODE_POWERS: {
        uint32_t letter = route(walk, number);

        return letter != CMK_NO_NODE && place->at != 0 && take_event(walk, node->low + letter) &&
               cmk_powers_take(walk->step, node, place, letter);
    }
    case CMK_NODE_SETS:
        return cmk_sets_take(walk->step, node, place);
    default:
        return 0;
    }
}

/* Let a node take the call; one that cannot is as it was. */
static int take(struct walk *walk, uint32_t number)
{
    uint32_t mark = walk->changed;

    if (walk->nodes[number].kind == CMK_NODE_RUN)
        return take_run(walk, number);
    if (take_by_kind(walk, number, begun(walk, number)))
        return 1;
    while (walk->changed > mark) {
        walk->changed--;
        walk->places[walk->undo[walk->changed].node] = walk->undo[walk->changed].before;
    }
    return 0;
}

/* The label of a function that matched arguments tell apart: that of the event that has those of this call. */
static uint32_t keyed_label(const struct cmk_step *step)
{
    const struct cmk_key *keys = (const void *)(tables_of(step) + step->machine->keys);
    uint64_t mask = step->machine->key_mask, hash = cmk_key_hash(step), i;

    for (i = hash & mask; keys[i].hash != 0; i = (i + 1) & mask)
        if (keys[i].hash == hash && is_of(step, keys[i].event) &&
            cmk_differs(step, keys[i].event, 0, NULL) == CMK_NO_FIELD)
            return keys[i].label;
    return CMK_NO_LABEL;
}

static void prepare(struct walk *walk, struct cmk_step *step)
{
    const struct cmk_machine *machine = step->machine;
    const char *tables = tables_of(step);

    walk->step = step;
    walk->nodes = (const void *)(tables + machine->nodes);
    walk->children = (const void *)(tables + machine->children);
    walk->routes = (const void *)(tables + machine->routes);
    walk->hash = (const void *)(tables + machine->route_hash);
    walk->places = (void *)(state_of(step) + machine->places);
    walk->instances = (uint64_t *)(void *)walk->places - 1;
    walk->undo = (void *)(state_of(step) + machine->undo);
    walk->changed = 0;
}

void cmk_take(struct cmk_step *step)
{
    const struct cmk_stepped *stepped =
        (const struct cmk_stepped *)(const void *)(tables_of(step) + step->machine->functions) + step->function;
    struct walk walk;

    prepare(&walk, step);
    walk.stepped = stepped->flags;
    step->registers = CMK_AT(step->state + step->machine->registers);
    step->refusal = CMK_NOT_ALLOWED;
    step->event = CMK_NO_EVENT;
    step->label = stepped->flags & CMK_KEYED ? keyed_label(step) : stepped->label;
    if (*walk.instances == 0)
        *walk.instances = 1;    /* of what lies above the root */
    if (take(&walk, 0))
        step->refusal = CMK_ALLOWED;
}

int cmk_may_end(struct cmk_step *step)
{
    struct walk walk;

    prepare(&walk, step);
    return may_end(&walk, 0);
}
