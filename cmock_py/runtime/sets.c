/* sets.c - a leaf where one call may be taken in several ways: the set of all that may be left of it.
 *
 * A configuration is what is left (a term) and what it has bound (an environment); a state is a sorted set of them.
 * States are remembered, and so is where a call leads from a state, so that a call that came before is one look into a
 * hash: an automaton that is made as it is needed. What arguments decide is asked at every call.
 */
#include "internal.h"
#include "terms.h"

#include <stddef.h>
#include <string.h>

#define TO_BEGIN 0xffffffffU        /* in place of a label: from a term to the state in which only that is left */
#define ASK 0xffffffffU             /* in place of an event: an edge leads to the list of what may take the call */
#define PATIENCE 4096U              /* words of a scratch list before those that are there twice are dropped */
#define FEW 2U                      /* candidates, so that it is not worth asking what a configuration can do at all */

/* A call on its way. A candidate is a pair: environment, act. */
struct call {
    struct cmk_sets sets;
    struct cmk_step *step;
    const struct cmk_node *node;
    const uint64_t *inside;         /* registers that the leaf binds */
    uint64_t inside_count;
    uint64_t *registers[2];         /* all of them, as they are in an environment */
    uint32_t state;
};

static const struct cmk_act *act_of(const struct call *call, uint64_t candidate)
{
    return &call->sets.acts[(uint32_t)candidate];
}

static int refuse(struct call *call, enum cmk_refusal why)
{
    call->step->refusal = why;
    return 0;
}

/* There is too much of this leaf. */
static int refuse_leaf(struct call *call, enum cmk_refusal why)
{
    call->step->event = call->node->child;
    call->step->rival = call->node->count;
    return refuse(call, why);
}

/* --- environments --------------------------------------------------------------------------------------------------- */

/* Room for two sets of registers. The leaf may read others, too. */
static void open_registers(struct call *call)
{
    const struct cmk_machine *machine = call->sets.machine;
    const uint64_t *global = CMK_AT(call->step->state + machine->registers), *list = call->sets.lists;

    call->registers[0] = call->registers[1] = NULL;
    call->inside_count = call->node->extra ? list[call->node->extra] : 0;
    call->inside = list + call->node->extra + 1;
    for (int i = 0; i < 2 && call->inside_count > 0; i++) {
        for (uint64_t at = machine->register_count; at-- > 0;)
            cmk_push(&call->sets, global[at]);
        call->registers[i] = call->sets.top;
    }
}

/* The registers in an environment, and with what the act itself binds of the call. */
static const uint64_t *registers_in(struct call *call, int set, uint64_t candidate, int binding)
{
    uint64_t *registers = call->registers[set];
    const uint64_t *values = cmk_list_of(&call->sets, cmk_term_of(&call->sets, cmk_upper(candidate)));

    if (call->inside_count == 0 || call->sets.full)
        return CMK_AT(call->step->state + call->sets.machine->registers);
    for (uint64_t i = 0; i < call->inside_count; i++)
        registers[call->inside[i]] = cmk_upper(candidate) != 0 ? values[i] : 0;
    if (binding && act_of(call, candidate)->flags & CMK_ACT_BINDS)
        cmk_bind(call->step, act_of(call, candidate)->event, registers);
    return registers;
}

/* The environment that holds those of the registers that a term will read. */
static uint32_t environment(struct call *call, const uint64_t *registers, uint64_t uses)
{
    struct cmk_sets *sets = &call->sets;
    struct cmk_term made = { CMK_TERM_ENVIRONMENT, 0, 0, 0, 0, (uint32_t)call->inside_count, 0, 0 };
    uint64_t *mark = sets->top, any = 0;
    uint32_t found;

    for (uint64_t i = call->inside_count; i-- > 0;) {
        uint64_t value = uses >> (i < 63 ? i : 63) & 1 ? registers[call->inside[i]] : 0;

        any |= value;
        cmk_push(sets, value);
    }
    found = any == 0 || sets->full ? 0 : cmk_intern(sets, &made, sets->top);
    sets->top = mark;
    return found;
}

/* --- who takes the call ------------------------------------------------------------------------------------------------- */

/* When the words on the scratch list have grown more than `limit`: drop those that are there twice, and set a new limit
 * that keeps the cost of this in proportion. Returns how many there are then, else 0. */
static uint64_t drop_doubles(struct cmk_sets *sets, uint64_t *mark, uint64_t *limit)
{
    if ((uint64_t)(mark - sets->top) <= *limit)
        return 0;
    cmk_unique(sets, mark);
    *limit = *limit / 2 + 2 * (uint64_t)(mark - sets->top);
    return (uint64_t)(mark - sets->top);
}

/* All candidates for the call in this state. */
static const struct cmk_list *candidates(struct call *call, uint32_t *number)
{
    struct cmk_sets *sets = &call->sets;
    const struct cmk_term *state = cmk_term_of(sets, call->state);
    const uint64_t *configurations = cmk_list_of(sets, state);
    uint64_t key = cmk_pair(call->state, call->step->label), *mark = sets->top, *words, limit = PATIENCE;
    const struct cmk_entry *entry = cmk_entry_of(sets->words, &sets->area->edges, key);

    if (entry->key != 0) {
        *number = (uint32_t)entry->value;
        return (const struct cmk_list *)(sets->words + (*number - sets->machine->term_count));
    }
    for (uint32_t i = 0; i < state->count; i++) {
        uint64_t *begin = sets->top;

        cmk_push_acts(sets, (uint32_t)configurations[i], call->step->label);
        for (uint64_t *at = sets->top; at < begin; at++)
            *at = cmk_pair(cmk_upper(configurations[i]), (uint32_t)*at);
        drop_doubles(sets, mark, &limit);
    }
    cmk_unique(sets, mark);
    words = cmk_keep(sets, 1 + (uint64_t)(mark - sets->top));
    if (words == NULL)
        return NULL;
    words[0] = (uint64_t)(mark - sets->top);
    for (uint64_t i = 0; i < words[0]; i++)
        words[1 + i] = sets->top[i];
    sets->top = mark;
    *number = (uint32_t)((uint64_t)(words - sets->words) + sets->machine->term_count);
    cmk_put(sets, &sets->area->edges, key, cmk_pair(ASK, *number));
    return (const struct cmk_list *)words;
}

/* Whether the matched arguments are right. */
static int may_take(struct call *call, uint64_t candidate)
{
    const struct cmk_act *act = act_of(call, candidate);

    return !(act->flags & CMK_ACT_GUARDED) ||
           cmk_differs(call->step, act->event, 0, registers_in(call, 0, candidate, 0)) == CMK_NO_FIELD;
}

static int fits(struct call *call, uint64_t candidate)
{
    return cmk_differs(call->step, act_of(call, candidate)->event, 1, registers_in(call, 0, candidate, 0)) == CMK_NO_FIELD;
}

static int is_explicit(struct call *call, uint64_t candidate)
{
    return !(act_of(call, candidate)->flags & CMK_ACT_BACKGROUND);
}

/* Keep of the scratch list what passes, or all when nothing does. Returns whether something does. */
static int keep_if(struct call *call, uint64_t *mark, int (*passes)(struct call *, uint64_t))
{
    struct cmk_sets *sets = &call->sets;
    uint64_t *end = sets->top;
    uint64_t count;

    for (uint64_t *at = mark; at-- > end;)
        if (passes(call, *at))
            cmk_push(sets, *at);
    count = (uint64_t)(end - sets->top);
    for (uint64_t i = count; i-- > 0;)
        *--mark = sets->top[i];
    sets->top = count > 0 ? mark : end;
    return count > 0;
}

/* --- which answer --------------------------------------------------------------------------------------------------- */

static int is_computed(const struct call *call, const struct cmk_act *act)
{
    uint64_t region = call->step->region;

    return (cmk_answer_flags(region, cmk_events(region) + act->event) & CMK_ANSWER_PYTHON) != 0;
}

/* Of what Python functions will answer only the class of their events is known. */
static int alike(struct call *call, uint64_t a, uint64_t b)
{
    const struct cmk_act *first = act_of(call, a), *other = act_of(call, b);

    if (!((first->flags | other->flags) & CMK_ACT_COMPOSES) || (is_computed(call, first) && is_computed(call, other)))
        return first->answer == other->answer;
    return a == b || cmk_same_answers(call->step, first->event, registers_in(call, 0, a, 1), other->event,
                                      registers_in(call, 1, b, 1));
}

/* Whether a check could take candidate `a` for a call that `b` has answered. */
static int may_answer(struct call *call, uint64_t a, uint64_t b)
{
    return alike(call, a, b) || cmk_may_answer(call->step, act_of(call, a)->event, registers_in(call, 0, a, 1),
                                               act_of(call, b)->event, registers_in(call, 1, b, 1));
}

/* Of the candidates from `list` up to `end`, that which is written first; of those that answer otherwise than `than`. */
static const uint64_t *first_of(struct call *call, const uint64_t *list, const uint64_t *end, const uint64_t *than)
{
    const uint64_t *first = NULL;

    for (; list < end; list++)
        if ((first == NULL || act_of(call, *list)->event < act_of(call, *first)->event) &&
            (than == NULL || !alike(call, *list, *than)))
            first = list;
    return first;
}

static int all_alike(struct call *call, const uint64_t *mark)
{
    return first_of(call, call->sets.top, mark, call->sets.top) == NULL;
}

/* Equal arguments are stored once, but for plain numbers, which may be stored as columns. */
static int same_arguments(const struct cmk_function *function, const uint64_t *a, const uint64_t *b)
{
    if (a == b)
        return 1;
    for (unsigned i = 0; i < function->in_count; i++)
        if (function->ins[i].kind != CMK_WORDS)
            return 0;
    return memcmp(a, b, 8UL * function->in_words) == 0;
}

/* Whether two candidates ask for the same, so that arguments cannot decide between them. */
static int ask_alike(struct call *call, uint64_t a, uint64_t b)
{
    const struct cmk_step *step = call->step;
    const struct cmk_language *language = step->region == CMK_RUN ? &CMK->run : &CMK->check;
    const uint32_t *masks = language->masks ? CMK_AT(step->region + language->masks) : NULL;
    const uint32_t *conditions = step->machine->conditions ? CMK_AT(step->region + step->machine->conditions) : NULL;
    uint32_t first = act_of(call, a)->event, other = act_of(call, b)->event;
    const struct cmk_event *events = cmk_events(step->region);

    if ((masks && masks[first] != masks[other]) || (conditions && conditions[first] != conditions[other]) ||
        cmk_upper(a) != cmk_upper(b))
        return 0;
    return same_arguments(&cmk_functions[step->function], cmk_words(step->region, events[first].args),
                          cmk_words(step->region, events[other].args));
}

static int all_ask_alike(struct call *call, const uint64_t *mark)
{
    for (const uint64_t *at = call->sets.top; at < mark; at++)
        if (!ask_alike(call, *at, call->sets.top[0]))
            return 0;
    return 1;
}

/* Several answers are possible: prefer what ANY does not list. What is kept can have given the answer that is chosen, as
 * far as it says one. */
static int choose(struct call *call, uint64_t *mark, uint64_t *answering, int is_exact)
{
    struct cmk_sets *sets = &call->sets;
    uint64_t *possible = sets->top, *kept = mark;
    const uint64_t *first, *rival;

    for (uint64_t *at = mark; at-- > possible;)
        cmk_push(sets, *at);
    if (!all_alike(call, possible))
        keep_if(call, possible, is_explicit);
    if (sets->full)
        return 0;
    first = first_of(call, sets->top, possible, NULL);
    rival = first_of(call, sets->top, possible, first);
    call->step->event = act_of(call, *first)->event;
    if (rival != NULL && is_exact && sets->machine->policy == CMK_REFUSE_AMBIGUITY) {
        call->step->rival = act_of(call, *rival)->event;
        return refuse(call, CMK_TWO_ANSWERS);
    }
    *answering = *first;
    for (uint64_t *at = mark; at-- > possible;)
        if (may_answer(call, *at, *answering))
            *--kept = *at;
    sets->top = kept;
    return 1;
}

/* Whether there is one way only; of two ways `event` and `rival` tell. */
static int is_one_way(struct call *call, const uint64_t *mark)
{
    struct cmk_sets *sets = &call->sets;
    const struct cmk_term *state = cmk_term_of(sets, call->state);
    const uint64_t *configurations = cmk_list_of(sets, state);
    uint64_t *end = sets->top, ways = 0;

    for (const uint64_t *at = end; at < mark; at++)
        for (uint32_t i = 0; i < state->count; i++)
            if (cmk_upper(configurations[i]) == cmk_upper(*at)) {
                uint64_t *begin = sets->top;

                cmk_push_targets(sets, (uint32_t)configurations[i], (uint32_t)*at);
                for (; sets->top < begin; begin--) {
                    uint32_t event = act_of(call, *at)->event;

                    *(ways == 0 ? &call->step->event : &call->step->rival) = event;
                    if (++ways == 2)
                        return refuse(call, CMK_TWO_ANSWERS);
                }
            }
    sets->top = end;
    return 1;
}

/* --- a check: what fits, and has answered so --------------------------------------------------------------------------- */

/* Whether a candidate is the call that was made; if not, and it is nearer to that than what is noted, it is noted. */
static int was_made(struct call *call, uint64_t candidate)
{
    struct cmk_step *step = call->step;
    uint32_t event = act_of(call, candidate)->event;
    uint32_t field = cmk_differs(step, event, 1, registers_in(call, 0, candidate, 0));

    if (field == CMK_NO_FIELD && cmk_answered_so(step, event, registers_in(call, 0, candidate, 1)))
        return 1;
    if (step->refusal == CMK_NOT_ALLOWED || step->field < field || (step->field == field && event < step->event)) {
        step->refusal = field == CMK_NO_FIELD ? CMK_OTHER_ANSWER : CMK_OTHER_ARGUMENTS;
        step->event = event;
        step->field = field;
    }
    return 0;
}

/* --- from state to state --------------------------------------------------------------------------------------------------- */

static int contains(const uint64_t *list, uint64_t count, uint64_t word)
{
    uint64_t low = 0, high = count;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (list[middle] < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && list[low] == word;
}

static void push_next(struct call *call, uint32_t term, uint64_t candidate)
{
    struct cmk_sets *sets = &call->sets;
    uint32_t before = cmk_upper(candidate);
    uint64_t *begin = sets->top;
    const uint64_t *registers = NULL;

    if (before != 0 || act_of(call, candidate)->flags & CMK_ACT_BINDS)
        registers = registers_in(call, 0, candidate, 1);
    cmk_push_targets(sets, term, (uint32_t)candidate);
    for (uint64_t *at = sets->top; at < begin && registers != NULL; at++)
        *at = cmk_pair(environment(call, registers, cmk_term_of(sets, (uint32_t)*at)->uses), (uint32_t)*at);
}

/* The state of the configurations on the scratch list, which goes. */
static uint32_t state_of(struct cmk_sets *sets, uint64_t *mark)
{
    struct cmk_term made = { CMK_TERM_STATE, 0, 0, 0, 0, (uint32_t)(mark - sets->top), 0, 0 };
    uint32_t found;

    for (const uint64_t *at = sets->top; at < mark; at++)
        made.nullable |= cmk_term_of(sets, (uint32_t)*at)->nullable;
    found = cmk_intern(sets, &made, sets->top);
    sets->top = mark;
    return found;
}

/* Push what a configuration becomes when those candidates take the call that are its own. */
static void push_all_next(struct call *call, uint64_t configuration, const uint64_t *list, uint64_t count)
{
    struct cmk_sets *sets = &call->sets;
    uint32_t term = (uint32_t)configuration, values = cmk_upper(configuration);
    uint64_t *begin = sets->top, *end;

    if (count <= FEW) {
        for (uint64_t i = 0; i < count; i++)
            if (cmk_upper(list[i]) == values)
                push_next(call, term, list[i]);
        return;
    }
    cmk_push_acts(sets, term, call->step->label);
    end = sets->top;
    for (const uint64_t *at = end; at < begin; at++)
        if (contains(list, count, cmk_pair(values, (uint32_t)*at)))
            push_next(call, term, cmk_pair(values, (uint32_t)*at));
    for (const uint64_t *at = end; at-- > sets->top;)           /* over the acts */
        *--begin = *at;
    sets->top = begin;
}

/* The state that follows when the candidates at `list` take the call; 0 when it has more than `most` configurations. */
static uint32_t following(struct call *call, const uint64_t *list, uint64_t count, uint64_t most)
{
    struct cmk_sets *sets = &call->sets;
    const struct cmk_term *state = cmk_term_of(sets, call->state);
    const uint64_t *configurations = cmk_list_of(sets, state);
    uint64_t *mark = sets->top, limit = 2 * most;

    for (uint32_t i = 0; i < state->count; i++) {
        push_all_next(call, configurations[i], list, count);
        if (drop_doubles(sets, mark, &limit) > most)
            break;
    }
    cmk_unique(sets, mark);
    if ((uint64_t)(mark - sets->top) <= most)
        return state_of(sets, mark);
    sets->top = mark;
    return 0;
}

/* The same for the candidates on the scratch list. It is remembered when they are some of a few and bind nothing. */
static uint32_t followed(struct call *call, uint32_t number, const struct cmk_list *all, const uint64_t *mark, uint64_t most)
{
    struct cmk_sets *sets = &call->sets;
    const uint64_t *list = sets->top;
    uint64_t count = (uint64_t)(mark - list), which = 0, key;
    const struct cmk_entry *entry;
    uint32_t state;

    for (uint64_t i = 0; i < count; i++)
        if (all->count > 32 || act_of(call, list[i])->flags & CMK_ACT_BINDS)
            return following(call, list, count, most);
    for (uint64_t i = 0; i < all->count; i++)
        which |= (uint64_t)contains(list, count, all->items[i]) << i;
    key = cmk_pair(number, (uint32_t)which);
    entry = cmk_entry_of(sets->words, &sets->area->edges, key);
    if (entry->key != 0)
        return (uint32_t)entry->value;
    state = following(call, list, count, most);
    if (!sets->full)
        cmk_put(sets, &sets->area->edges, key, state);
    return state;
}

/* --- one call ------------------------------------------------------------------------------------------------------------ */

static int is_always_so(struct call *call, const struct cmk_list *all)
{
    for (uint64_t i = 0; i < all->count; i++)
        if (act_of(call, all->items[i])->flags & (CMK_ACT_GUARDED | CMK_ACT_BINDS | CMK_ACT_COMPOSES))
            return 0;
    return !call->step->checking;
}

/* Whether the arguments of the call are looked at to tell the candidates apart. Those that do not fit with all of them go if
 * others do: no check takes them. */
static int are_told_apart(struct call *call, const uint64_t *mark)
{
    const struct cmk_step *step = call->step;

    return !step->checking && step->machine->policy != CMK_STRICT && mark - call->sets.top > 1 &&
           cmk_flags_of(step->region, step->machine, step->function) & CMK_CAPTURE_FIRST && !all_ask_alike(call, mark);
}

/* Decide between the candidates on the scratch list. What is kept there takes the call, and `answering` answers it; `is_open`
 * when another call may find that otherwise. */
static int decide(struct call *call, uint64_t *mark, uint64_t *answering, int *is_open)
{
    struct cmk_sets *sets = &call->sets;

    if (!keep_if(call, mark, call->step->checking ? was_made : may_take))
        return refuse(call, (enum cmk_refusal)call->step->refusal);
    *is_open = are_told_apart(call, mark);
    if (*is_open)
        keep_if(call, mark, fits);
    if (!call->step->checking && sets->machine->policy != CMK_STRICT && !all_alike(call, mark)) {
        *is_open = 1;
        return choose(call, mark, answering, fits(call, *sets->top));
    }
    if (!call->step->checking && sets->machine->policy == CMK_STRICT && !is_one_way(call, mark))
        return 0;
    *answering = *first_of(call, sets->top, mark, NULL);
    return 1;
}

static int take(struct call *call, struct cmk_place *place)
{
    struct cmk_sets *sets = &call->sets;
    struct cmk_step *step = call->step;
    uint32_t number = 0, next;
    const struct cmk_list *all;
    uint64_t *mark, answering = 0;
    int is_open = 0;

    open_registers(call);
    all = candidates(call, &number);
    mark = sets->top;
    if (all == NULL)
        return 0;
    for (uint64_t i = all->count; i-- > 0;)
        cmk_push(sets, all->items[i]);
    if (sets->full || !decide(call, mark, &answering, &is_open) || sets->full)
        return 0;
    next = followed(call, number, all, mark, sets->machine->max_configurations);
    if (next == 0 || sets->full)
        return refuse_leaf(call, CMK_TOO_MANY);
    if (!is_open && is_always_so(call, all))
        cmk_put(sets, &sets->area->edges, cmk_pair(call->state, step->label),
                cmk_pair(act_of(call, answering)->event, next));
    if (call->inside_count > 0)
        step->registers = registers_in(call, 0, answering, 1);
    step->event = act_of(call, answering)->event;
    step->refusal = CMK_ALLOWED;
    place->at = next;
    return 1;
}

/* --- when the area is full -------------------------------------------------------------------------------------------- */

static int runs(const struct cmk_node *node, const struct cmk_place *place, const struct cmk_place *places)
{
    return place->stamp == (node->parent == CMK_NO_NODE ? CMK_FIRST_INSTANCE : places[node->parent].instance) && place->at != 0;
}

/* Let the state of a leaf be one of the half in use. */
static void move(struct cmk_sets *sets, struct cmk_place *place)
{
    uint32_t epoch = (uint32_t)sets->area->epoch;

    if (place->rounds != epoch)
        place->at = place->rounds + 1 == epoch && place->at != 0 ? cmk_moved(sets, place->at) : 0;
    place->rounds = epoch;
}

/* Keep the states of the leaves, and nothing else. */
static void tidy(struct cmk_sets *sets, const struct cmk_step *step)
{
    const struct cmk_node *nodes = CMK_AT(step->region + sets->machine->nodes);
    struct cmk_place *places = CMK_AT(step->state + sets->machine->places);

    cmk_begin_half(sets);
    for (uint64_t i = 0; i < sets->machine->node_count; i++)
        if (nodes[i].kind == CMK_NODE_SETS && runs(&nodes[i], &places[i], places))
            move(sets, &places[i]);
}

static int take_slowly(struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place)
{
    struct call call = { .step = step, .node = node };
    uint32_t refusal = step->refusal;

    for (int tries = 0; tries < 2; tries++) {
        step->refusal = refusal;
        cmk_open(&call.sets, step);
        if (tries > 0)
            tidy(&call.sets, step);
        move(&call.sets, place);                /* a call that was refused may have put an older state back */
        call.state = place->at;
        if (call.state != 0 && take(&call, place))
            return 1;
        if (!call.sets.full && call.state != 0)
            return 0;
    }
    return refuse_leaf(&call, CMK_MEMORY_FULL);
}

int cmk_sets_take(struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place)
{
    uint64_t *words = CMK_AT(step->state + step->machine->sets);
    const struct cmk_area *area = (const struct cmk_area *)words;

    if (__builtin_expect(place->rounds == (uint32_t)area->epoch, 1)) {
        const struct cmk_entry *entry = cmk_entry_of(words, &area->edges, cmk_pair(place->at, step->label));

        if (__builtin_expect(entry->key != 0 && cmk_upper(entry->value) != ASK, 1)) {
            place->at = (uint32_t)entry->value;
            step->event = cmk_upper(entry->value);
            return 1;
        }
    }
    return take_slowly(step, node, place);
}

const struct cmk_list *cmk_sets_candidates(struct cmk_step *step, const struct cmk_node *node,
                                           const struct cmk_place *place)
{
    struct call call = { .step = step, .node = node, .state = place->at };
    uint32_t number;

    step->label = CMK_ALL_LABELS;
    cmk_open(&call.sets, step);
    return candidates(&call, &number);
}

/* The state in which only a term is left. */
static uint32_t beginning(struct cmk_sets *sets, uint32_t term)
{
    uint64_t key = cmk_pair(term, TO_BEGIN), *mark = sets->top;
    const struct cmk_entry *entry = cmk_entry_of(sets->words, &sets->area->edges, key);
    uint32_t state;

    if (entry->key != 0)
        return (uint32_t)entry->value;
    cmk_push(sets, term);
    state = state_of(sets, mark);
    if (!sets->full)
        cmk_put(sets, &sets->area->edges, key, state);
    return sets->full ? 0 : state;
}

void cmk_sets_begin(const struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place)
{
    struct cmk_sets sets;

    place->at = 0;
    cmk_open(&sets, step);
    place->at = beginning(&sets, node->low);
    if (sets.full) {
        tidy(&sets, step);
        place->at = beginning(&sets, node->low);
    }
    place->rounds = (uint32_t)sets.area->epoch;
}

int cmk_sets_may_end(const struct cmk_step *step, const struct cmk_place *place)
{
    const uint64_t *words = CMK_AT(step->state + step->machine->sets);
    const struct cmk_area *area = (const struct cmk_area *)words;
    const struct cmk_cell *state = (const struct cmk_cell *)(words + (place->at - step->machine->term_count));

    return place->at != 0 && (uint32_t)area->epoch - place->rounds <= 1 && state->term.nullable != 0;
}
