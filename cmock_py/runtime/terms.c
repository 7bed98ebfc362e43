/* terms.c - what is left of a language after a call: Antimirov's partial derivatives of terms.
 *
 * Equal terms have one number. What a term may begin with and what an act leaves of it is found once and then
 * remembered. PAR and PERM are sorted and count equal members, so that nobody tells which of two equal threads made
 * a call. Members of a PERM that begin with the same act are not tried one by one: CMK_TERM_CHOSEN stands for all of
 * them until a call tells which it was. Members of a PAR that differ in the names of what they bind begin one after the
 * other (CMK_TERM_QUEUE), as it does not matter which is the first. Functions recurse as deep as the language is nested,
 * never along a sequence.
 */
#include "terms.h"

#include <string.h>

#define SMALLEST 64U                /* entries of a hash */
#define GROWTH 4U                   /* of a hash that is half full: moving its entries is what a new set costs most */
#define SMALL 4U                    /* members of a PAR */
#define BY_ACT 0x80000000U          /* in keys of memos: by act, not by label */

/* --- the area ------------------------------------------------------------------------------------------------------ */

uint64_t *cmk_keep(struct cmk_sets *sets, uint64_t count)
{
    uint64_t *found = sets->words + sets->area->used;

    if (sets->full || count > (uint64_t)(sets->top - found)) {
        sets->full = 1;
        return NULL;
    }
    sets->area->used += count;
    return found;
}

/* Make an empty hash of so many entries, each so many words. */
static int make_hash(struct cmk_sets *sets, struct cmk_hash *hash, uint64_t entries, uint64_t words)
{
    uint64_t *found = cmk_keep(sets, entries * words);

    if (found == NULL)
        return 0;
    memset(found, 0, 8 * entries * words);
    *hash = (struct cmk_hash){ (uint64_t)(found - sets->words), entries - 1, 0 };
    return 1;
}

void cmk_put(struct cmk_sets *sets, struct cmk_hash *hash, uint64_t key, uint64_t value)
{
    struct cmk_entry *entry;

    if (2 * (hash->count + 1) > hash->mask) {
        struct cmk_hash old = *hash;
        const struct cmk_entry *entries = (const struct cmk_entry *)(sets->words + old.at);

        if (!make_hash(sets, hash, GROWTH * (old.mask + 1), 2))
            return;
        hash->count = old.count;
        for (uint64_t i = 0; i <= old.mask; i++)
            if (entries[i].key != 0)
                *cmk_entry_of(sets->words, hash, entries[i].key) = entries[i];
    }
    entry = cmk_entry_of(sets->words, hash, key);
    if (entry->key == 0)
        hash->count++;
    *entry = (struct cmk_entry){ key, value };
}

/* --- scratch lists -------------------------------------------------------------------------------------------------- */

void cmk_push(struct cmk_sets *sets, uint64_t word)
{
    if (sets->full || sets->top == sets->words + sets->area->used)
        sets->full = 1;
    else
        *--sets->top = word;
}

static void sift(uint64_t *words, uint64_t root, uint64_t count)
{
    for (uint64_t child; (child = 2 * root + 1) < count; root = child) {
        uint64_t word = words[root];

        if (child + 1 < count && words[child] < words[child + 1])
            child++;
        if (word >= words[child])
            return;
        words[root] = words[child];
        words[child] = word;
    }
}

/* By insertion, which is best for what is nearly sorted; as a heap when that takes too long. */
static void sort(uint64_t *words, uint64_t count)
{
    uint64_t patience = 8 * count;

    for (uint64_t i = 1; i < count && patience > 0; i++) {
        uint64_t word = words[i], j = i;

        for (; j > 0 && words[j - 1] > word; j--)
            words[j] = words[j - 1];
        words[j] = word;
        patience -= patience < i - j ? patience : i - j;
    }
    if (patience > 0)
        return;
    for (uint64_t i = count / 2; i-- > 0;)
        sift(words, i, count);
    for (uint64_t i = count; i-- > 1;) {
        uint64_t word = words[0];

        words[0] = words[i];
        words[i] = word;
        sift(words, 0, i);
    }
}

void cmk_unique(struct cmk_sets *sets, uint64_t *mark)
{
    uint64_t *to = mark;

    sort(sets->top, (uint64_t)(mark - sets->top));
    for (uint64_t *from = mark; from-- > sets->top;)
        if (to == mark || *from != *to)
            *--to = *from;
    sets->top = to;
}

/* --- terms ---------------------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const struct cmk_term *term, const uint64_t *list)
{
    uint64_t hash = cmk_mixed(cmk_pair(term->a, term->b) + term->kind * 0x9e3779b97f4a7c15UL);

    for (uint32_t i = 0; i < term->count; i++)
        hash = cmk_mixed(hash ^ list[i]) + 1;
    return cmk_mixed(hash);
}

static int is_same(const struct cmk_sets *sets, const struct cmk_term *a, const struct cmk_term *b, const uint64_t *list)
{
    const uint64_t *other = cmk_list_of(sets, a);

    if (a->kind != b->kind || a->a != b->a || a->b != b->b || a->count != b->count)
        return 0;
    for (uint32_t i = 0; i < b->count; i++)
        if (other[i] != list[i])
            return 0;
    return 1;
}

/* Where a hash stands in the table of all terms, or would stand if `term` is NULL or in none of its places. */
static uint64_t *cell_of(const struct cmk_sets *sets, uint64_t hash, const struct cmk_term *term, const uint64_t *list)
{
    const struct cmk_hash *cells = &sets->area->cells;
    uint64_t *entries = sets->words + cells->at, index = cmk_upper(hash) & cells->mask;

    for (; entries[index] != 0; index = (index + 1) & cells->mask)
        if (term != NULL && cmk_upper(entries[index]) == cmk_upper(hash) &&
            is_same(sets, cmk_term_of(sets, (uint32_t)entries[index]), term, list))
            break;
    return &entries[index];
}

static void grow_cells(struct cmk_sets *sets)
{
    struct cmk_hash *cells = &sets->area->cells, old = *cells;
    const uint64_t *entries = sets->words + old.at;

    if (2 * old.count <= old.mask || !make_hash(sets, cells, GROWTH * (old.mask + 1), 1))
        return;
    cells->count = old.count;
    for (uint64_t i = 0; i <= old.mask; i++)
        if (entries[i] != 0)
            *cell_of(sets, entries[i], NULL, NULL) = entries[i];
}

static void know(struct cmk_sets *sets, uint64_t *cell, uint64_t hash, uint32_t number)
{
    *cell = cmk_pair(cmk_upper(hash), number);
    sets->area->cells.count++;
    grow_cells(sets);
}

uint32_t cmk_intern(struct cmk_sets *sets, const struct cmk_term *term, const uint64_t *list)
{
    uint64_t hash = hash_of(term, list), *cell = cell_of(sets, hash, term, list), *words;
    struct cmk_cell *made;
    uint32_t number;

    if (*cell != 0)
        return (uint32_t)*cell;
    words = cmk_keep(sets, sizeof *made / 8 + term->count);
    if (words == NULL)
        return 0;
    made = (struct cmk_cell *)words;
    made->term = *term;
    for (uint32_t i = 0; i < term->count; i++)
        made->list[i] = list[i];
    number = (uint32_t)((uint64_t)(words - sets->words) + sets->machine->term_count);
    know(sets, cell, hash, number);
    return number;
}

static void know_tables(struct cmk_sets *sets)
{
    for (uint32_t i = 1; i < sets->machine->term_count && !sets->full; i++) {
        const struct cmk_term *term = &sets->terms[i];
        const uint64_t *list = sets->lists + term->list;
        uint64_t hash;

        if (term->kind == CMK_TERM_ACT)         /* none of them is made while stepping */
            continue;
        hash = hash_of(term, list);
        know(sets, cell_of(sets, hash, NULL, NULL), hash, i);
    }
}

void cmk_begin_half(struct cmk_sets *sets)
{
    struct cmk_area *area = sets->area;
    uint64_t half = (sets->machine->sets_size / 8 - CMK_AREA_HEADER) / 2;

    area->start = CMK_AREA_HEADER + (area->epoch & 1) * half;
    area->used = area->start;
    area->end = area->start + half;
    area->epoch++;
    area->cells = area->memos = area->edges =
        (struct cmk_hash){ (uint64_t)(area->nothing - sets->words), 0, 0 };     /* should there be no room for them */
    sets->top = sets->words + area->end;
    sets->full = 0;
    if (make_hash(sets, &area->cells, SMALLEST, 1) && make_hash(sets, &area->memos, SMALLEST, 2) &&
        make_hash(sets, &area->edges, SMALLEST, 2))
        know_tables(sets);
}

void cmk_open(struct cmk_sets *sets, const struct cmk_step *step)
{
    const struct cmk_machine *machine = step->machine;

    *sets = (struct cmk_sets){
        .machine = machine,
        .area = CMK_AT(step->state + machine->sets),
        .words = CMK_AT(step->state + machine->sets),
        .acts = CMK_AT(step->region + machine->acts),
        .terms = CMK_AT(step->region + machine->terms),
        .lists = CMK_AT(step->region + machine->term_lists),
        .twins = machine->twins ? CMK_AT(step->region + machine->twins) : NULL,
    };
    if (sets->area->epoch == 0)
        cmk_begin_half(sets);
    sets->top = sets->words + sets->area->end;
}

/* --- making terms ---------------------------------------------------------------------------------------------------- */

static uint32_t sequence(struct cmk_sets *sets, uint32_t first, uint32_t rest)
{
    const struct cmk_term *a = cmk_term_of(sets, first), *b = cmk_term_of(sets, rest);

    if (a->kind == CMK_TERM_EMPTY || b->kind == CMK_TERM_EMPTY)
        return a->kind == CMK_TERM_EMPTY ? rest : first;
    return cmk_intern(sets, &(struct cmk_term){ CMK_TERM_SEQ, a->nullable && b->nullable, first, rest, 0, 0,
                                                a->uses | (b->uses & ~a->binds), a->binds | b->binds }, NULL);
}

/* What is left of a repetition when a round has begun. */
static uint32_t further_rounds(struct cmk_sets *sets, const struct cmk_term *repeat)
{
    const uint64_t *list = cmk_list_of(sets, repeat);
    const struct cmk_term *body = cmk_term_of(sets, (uint32_t)*list);
    uint32_t least = repeat->a > 0 ? repeat->a - 1 : 0;
    uint32_t most = repeat->b == CMK_UNBOUNDED ? CMK_UNBOUNDED : repeat->b - 1;

    if (most == 0)
        return 0;
    if (most == 1 && (least == 1 || body->nullable))
        return (uint32_t)*list;
    return cmk_intern(sets, &(struct cmk_term){ CMK_TERM_REPEAT, least == 0, least, most, 0, 1, body->uses,
                                                least > 0 ? body->binds : 0 }, list);
}

static uint32_t with_background(struct cmk_sets *sets, uint32_t body, const struct cmk_term *any)
{
    const struct cmk_term *a = cmk_term_of(sets, body);
    const uint64_t *list = cmk_list_of(sets, any);
    struct cmk_term made = { CMK_TERM_ANY, a->nullable, body, 0, 0, any->count, a->uses, a->binds };

    for (uint32_t i = 0; i < any->count; i++)
        made.uses |= sets->acts[list[i]].uses;
    return cmk_intern(sets, &made, list);
}

/* The first of those who queue, or the term itself. */
static uint32_t head_of(const struct cmk_sets *sets, uint32_t number)
{
    const struct cmk_term *term = cmk_term_of(sets, number);

    return term->kind == CMK_TERM_QUEUE ? term->a : number;
}

/* The number of its twins, if a term is a repetition between two rounds of which no name has a value; else 0. */
static uint32_t twins_of(const struct cmk_sets *sets, const struct cmk_term *term)
{
    uint32_t body = term->kind == CMK_TERM_REPEAT ? (uint32_t)*cmk_list_of(sets, term) : 0;

    return body < sets->machine->term_count && !(term->uses >> 63) ? sets->twins[body] : 0;
}

/* Whether only names tell two repetitions apart, and that one may be due: of one round that must come and any number that may.
 * What both read has been bound outside of them. */
static int are_twins(const struct cmk_sets *sets, uint32_t one, uint32_t other)
{
    const struct cmk_term *a = cmk_term_of(sets, one), *b = cmk_term_of(sets, other);
    int may_differ = b->b == CMK_UNBOUNDED && a->a <= 1 && b->a <= 1;

    return one != other && (a->a == b->a || may_differ) && a->b == b->b && a->uses == b->uses &&
           twins_of(sets, a) == twins_of(sets, b);
}

static int is_before(const struct cmk_sets *sets, uint32_t one, uint32_t other)
{
    uint32_t due = cmk_term_of(sets, one)->a, other_due = cmk_term_of(sets, other)->a;

    return due != other_due ? due > other_due : one < other;
}

static uint32_t queue(struct cmk_sets *sets, uint32_t first, uint32_t rest)
{
    const struct cmk_term *a = cmk_term_of(sets, first), *b = cmk_term_of(sets, rest);

    return cmk_intern(sets, &(struct cmk_term){ CMK_TERM_QUEUE, a->nullable && b->nullable, first, rest, 0, 0,
                                                a->uses | b->uses, a->binds | b->binds }, NULL);
}

/* Line a repetition up with its twins: those that are due come first. */
static uint32_t lined_up(struct cmk_sets *sets, uint32_t member, uint32_t waiting)
{
    uint64_t *mark = sets->top;

    while (waiting != 0 && is_before(sets, head_of(sets, waiting), member)) {
        const struct cmk_term *term = cmk_term_of(sets, waiting);

        cmk_push(sets, head_of(sets, waiting));
        waiting = term->kind == CMK_TERM_QUEUE ? term->b : 0;
    }
    waiting = waiting == 0 ? member : queue(sets, member, waiting);
    for (; sets->top < mark; sets->top++)
        waiting = queue(sets, (uint32_t)*sets->top, waiting);
    return waiting;
}

/* Put a member on a list that ends at `end`, alone or in a queue with its twins. Returns where the list begins then. */
static uint64_t *with_twins(struct cmk_sets *sets, uint64_t pair, uint64_t *list, const uint64_t *end)
{
    uint32_t member = cmk_upper(pair), head = head_of(sets, member);

    if ((uint32_t)pair != 1 || twins_of(sets, cmk_term_of(sets, head)) == 0)
        end = list;
    for (uint64_t *at = list; at < end; at++) {
        uint32_t other = cmk_upper(*at);

        if ((head != member && head_of(sets, other) != other) || (uint32_t)*at != 1 ||
            !are_twins(sets, head, head_of(sets, other)))
            continue;
        *at = cmk_pair(head == member ? lined_up(sets, member, other) : lined_up(sets, other, member), 1);
        return list;
    }
    *--list = pair;
    return list;
}

/* Twins that have ended a round queue again, as it does not matter which of them begins the next one. */
static void queue_twins(struct cmk_sets *sets, uint64_t *mark)
{
    uint64_t *to = mark;

    for (uint64_t *from = mark; from-- > sets->top;)
        to = with_twins(sets, *from, to, mark);
    sets->top = to;
}

/* The PAR or PERM of the pairs on the scratch list, which goes. */
static uint32_t members(struct cmk_sets *sets, uint32_t kind, uint64_t *mark)
{
    struct cmk_term made = { kind, 1, 0, 0, 0, 0, 0, 0 };
    uint64_t *to = mark, total = 0;
    uint32_t found;

    if (kind == CMK_TERM_PAR && sets->twins != NULL)
        queue_twins(sets, mark);
    sort(sets->top, (uint64_t)(mark - sets->top));
    for (uint64_t *from = mark; from-- > sets->top;) {
        const struct cmk_term *member = cmk_term_of(sets, cmk_upper(*from));

        total += (uint32_t)*from;
        if (to != mark && cmk_upper(*to) == cmk_upper(*from)) {
            *to += (uint32_t)*from;
            continue;
        }
        *--to = *from;
        made.nullable &= member->nullable;
        made.uses |= member->uses;
        made.binds |= member->binds;
    }
    made.count = (uint32_t)(mark - to);
    found = total == 0 ? 0 : total == 1 ? cmk_upper(*to) : cmk_intern(sets, &made, to);
    sets->top = mark;
    return found;
}

static void push_all(struct cmk_sets *sets, const uint64_t *list, uint32_t count)
{
    for (uint32_t i = count; i-- > 0;)
        cmk_push(sets, list[i]);
}

/* All but one of a member. */
static void push_others(struct cmk_sets *sets, const struct cmk_term *term, uint32_t member)
{
    const uint64_t *list = cmk_list_of(sets, term);

    for (uint32_t i = term->count; i-- > 0;)
        if (cmk_upper(list[i]) != member)
            cmk_push(sets, list[i]);
        else if ((uint32_t)list[i] > 1)
            cmk_push(sets, list[i] - 1);
}

/* A term as a member of a PAR, or as several. */
static void push_members(struct cmk_sets *sets, uint32_t number)
{
    const struct cmk_term *term = cmk_term_of(sets, number);

    if (term->kind == CMK_TERM_PAR)
        push_all(sets, cmk_list_of(sets, term), term->count);
    else if (term->kind != CMK_TERM_EMPTY)
        cmk_push(sets, cmk_pair(number, 1));
}

/* One of the members has become another term. */
static uint32_t with_member(struct cmk_sets *sets, const struct cmk_term *par, uint32_t member, uint32_t now)
{
    uint64_t *mark = sets->top;

    push_others(sets, par, member);
    push_members(sets, now);
    return members(sets, CMK_TERM_PAR, mark);
}

static uint32_t side_by_side(struct cmk_sets *sets, uint32_t a, uint32_t b)
{
    uint64_t *mark = sets->top;

    push_members(sets, a);
    push_members(sets, b);
    return members(sets, CMK_TERM_PAR, mark);
}

static uint32_t without_member(struct cmk_sets *sets, const struct cmk_term *perm, uint32_t member)
{
    uint64_t *mark = sets->top;

    push_others(sets, perm, member);
    return members(sets, CMK_TERM_PERM, mark);
}

/* --- what a term begins with ------------------------------------------------------------------------------------------ */

static int has_label(const struct cmk_sets *sets, uint32_t act, uint32_t label)
{
    return sets->acts[act].label == label || label == CMK_ALL_LABELS;
}

static void collect_acts(struct cmk_sets *sets, uint32_t number, uint32_t label)
{
    const struct cmk_term *term = cmk_term_of(sets, number);
    const uint64_t *list = cmk_list_of(sets, term);

    switch (term->kind) {
    case CMK_TERM_SEQ:
        for (; term->kind == CMK_TERM_SEQ; term = cmk_term_of(sets, number)) {
            cmk_push_acts(sets, term->a, label);
            if (!cmk_term_of(sets, term->a)->nullable)
                return;
            number = term->b;
        }
        cmk_push_acts(sets, number, label);
        return;
    case CMK_TERM_XALT:
    case CMK_TERM_REPEAT:
    case CMK_TERM_CHOSEN:
        for (uint32_t i = 0; i < term->count; i++)
            cmk_push_acts(sets, (uint32_t)list[i], label);
        return;
    case CMK_TERM_PAR:
    case CMK_TERM_PERM:
        for (uint32_t i = 0; i < term->count; i++)
            cmk_push_acts(sets, cmk_upper(list[i]), label);
        return;
    case CMK_TERM_ANY:
        for (uint32_t i = 0; i < term->count; i++)
            if (has_label(sets, (uint32_t)list[i], label))
                cmk_push(sets, list[i]);
        cmk_push_acts(sets, term->a, label);
        return;
    case CMK_TERM_QUEUE:
        cmk_push_acts(sets, term->a, label);
        return;
    }
}

static const struct cmk_list nothing;

/* Keep what is on the scratch list, which goes. */
static const struct cmk_list *remembered(struct cmk_sets *sets, uint64_t *mark, uint64_t key)
{
    uint64_t count = (uint64_t)(mark - sets->top), *words = cmk_keep(sets, 1 + count);

    if (words != NULL) {
        words[0] = count;
        for (uint64_t i = 0; i < count; i++)
            words[1 + i] = sets->top[i];
        cmk_put(sets, &sets->area->memos, key, (uint64_t)(words - sets->words));
    }
    sets->top = mark;
    return words != NULL ? (const struct cmk_list *)words : &nothing;
}

static const struct cmk_list *known(const struct cmk_sets *sets, uint64_t key)
{
    const struct cmk_entry *entry = cmk_entry_of(sets->words, &sets->area->memos, key);

    return sets->full ? &nothing : entry->key != 0 ? (const struct cmk_list *)(sets->words + entry->value) : NULL;
}

static const struct cmk_list *acts_of(struct cmk_sets *sets, uint32_t term, uint32_t label)
{
    uint64_t *mark = sets->top, key = cmk_pair(term, label);
    const struct cmk_list *found = known(sets, key);

    if (found != NULL)
        return found;
    collect_acts(sets, term, label);
    cmk_unique(sets, mark);
    return remembered(sets, mark, key);
}

void cmk_push_acts(struct cmk_sets *sets, uint32_t number, uint32_t label)
{
    const struct cmk_term *term = cmk_term_of(sets, number);

    if (term->kind == CMK_TERM_ACT) {
        if (has_label(sets, term->a, label))
            cmk_push(sets, term->a);
    } else if (term->kind == CMK_TERM_PAR && term->count <= SMALL) {
        collect_acts(sets, number, label);      /* faster than to remember it, where no set comes twice */
    } else if (term->kind != CMK_TERM_EMPTY) {
        const struct cmk_list *acts = acts_of(sets, number, label);

        for (uint64_t i = 0; i < acts->count; i++)
            cmk_push(sets, acts->items[i]);
    }
}

/* --- what an act leaves ------------------------------------------------------------------------------------------------ */

/* Pairs of a member of a PERM and what is left of it once the act is done. */
static void push_begun(struct cmk_sets *sets, const struct cmk_term *term, uint32_t act)
{
    const uint64_t *list = cmk_list_of(sets, term);

    for (uint32_t i = 0; i < term->count; i++) {
        uint32_t member = cmk_upper(list[i]);
        uint64_t *mark = sets->top;

        cmk_push_targets(sets, term->kind == CMK_TERM_PERM ? member : (uint32_t)list[i], act);
        for (uint64_t *at = sets->top; at < mark; at++)
            *at = cmk_pair(member, (uint32_t)*at);
    }
}

/* The term for pairs that are not nullable, those at `list`. */
static uint32_t chosen(struct cmk_sets *sets, uint32_t perm, const uint64_t *list, uint32_t count)
{
    struct cmk_term made = { CMK_TERM_CHOSEN, 0, perm, 0, 0, count, cmk_term_of(sets, perm)->uses, 0 };

    for (uint32_t i = 0; i < count; i++)
        made.uses |= cmk_term_of(sets, (uint32_t)list[i])->uses;
    return cmk_intern(sets, &made, list);
}

/* Steps of a PERM, or of one in which a member has begun. Members of which more is to come stay together. */
static void collect_chosen(struct cmk_sets *sets, uint32_t number, uint32_t act)
{
    const struct cmk_term *term = cmk_term_of(sets, number);
    uint32_t base = term->kind == CMK_TERM_PERM ? number : term->a;
    const struct cmk_term *perm = cmk_term_of(sets, base);
    uint64_t *mark = sets->top, *end, count = 0;
    int alone = sets->machine->policy == CMK_STRICT;

    push_begun(sets, term, act);
    if (!alone)
        cmk_unique(sets, mark);
    end = sets->top;
    for (uint64_t *at = mark; at-- > end;)
        if (!cmk_term_of(sets, (uint32_t)*at)->nullable && ++count > 0)
            cmk_push(sets, *at);
    alone |= count < 2;
    number = alone ? 0 : chosen(sets, base, sets->top, (uint32_t)count);
    sets->top = end;
    for (uint64_t *at = end; at < mark; at++) {
        uint32_t left = (uint32_t)*at;

        if (alone || cmk_term_of(sets, left)->nullable)
            *at = sequence(sets, left, without_member(sets, perm, cmk_upper(*at)));
        else
            *at = number;
    }
}

/* Push the targets of the end of a sequence if they are known: where all of it may stay away, its many ends are asked one after
 * another, the shortest first. */
static int push_known_targets(struct cmk_sets *sets, uint32_t number, uint32_t act)
{
    const struct cmk_list *targets = known(sets, cmk_pair(number, BY_ACT | act));

    for (uint64_t i = 0; targets != NULL && i < targets->count; i++)
        cmk_push(sets, targets->items[i]);
    return targets != NULL;
}

static void collect_targets(struct cmk_sets *sets, uint32_t number, uint32_t act)
{
    const struct cmk_term *term = cmk_term_of(sets, number);
    const uint64_t *list = cmk_list_of(sets, term);
    uint64_t *mark = sets->top;

    switch (term->kind) {
    case CMK_TERM_SEQ:
        for (; term->kind == CMK_TERM_SEQ; term = cmk_term_of(sets, number)) {
            mark = sets->top;
            cmk_push_targets(sets, term->a, act);
            for (uint64_t *at = sets->top; at < mark; at++)
                *at = sequence(sets, (uint32_t)*at, term->b);
            number = term->b;
            if (!cmk_term_of(sets, term->a)->nullable || push_known_targets(sets, number, act))
                return;
        }
        cmk_push_targets(sets, number, act);
        return;
    case CMK_TERM_XALT:
        for (uint32_t i = 0; i < term->count; i++)
            cmk_push_targets(sets, (uint32_t)list[i], act);
        return;
    case CMK_TERM_REPEAT:
        cmk_push_targets(sets, (uint32_t)*list, act);
        for (uint64_t *at = sets->top; at < mark; at++)
            *at = sequence(sets, (uint32_t)*at, further_rounds(sets, term));
        return;
    case CMK_TERM_PAR:
        for (uint32_t i = 0; i < term->count; i++) {
            mark = sets->top;
            cmk_push_targets(sets, cmk_upper(list[i]), act);
            for (uint64_t *at = sets->top; at < mark; at++)
                *at = with_member(sets, term, cmk_upper(list[i]), (uint32_t)*at);
        }
        return;
    case CMK_TERM_PERM:
    case CMK_TERM_CHOSEN:
        collect_chosen(sets, number, act);
        return;
    case CMK_TERM_ANY:
        cmk_push_targets(sets, term->a, act);
        for (uint64_t *at = sets->top; at < mark; at++)
            *at = with_background(sets, (uint32_t)*at, term);
        for (uint32_t i = 0; i < term->count; i++)
            if (list[i] == act)
                cmk_push(sets, number);
        return;
    case CMK_TERM_QUEUE:
        cmk_push_targets(sets, term->a, act);
        for (uint64_t *at = sets->top; at < mark; at++)
            *at = side_by_side(sets, (uint32_t)*at, term->b);
        return;
    }
}

static const struct cmk_list *targets_of(struct cmk_sets *sets, uint32_t term, uint32_t act)
{
    uint64_t *mark = sets->top, key = cmk_pair(term, BY_ACT | act);
    const struct cmk_list *found = known(sets, key);

    if (found != NULL)
        return found;
    collect_targets(sets, term, act);
    if (sets->top == mark && cmk_term_of(sets, term)->count <= 1)
        return &nothing;                            /* of the many parts of a sequence that are no part of this step */
    if (sets->machine->policy != CMK_STRICT)        /* which counts the ways */
        cmk_unique(sets, mark);
    return remembered(sets, mark, key);
}

void cmk_push_targets(struct cmk_sets *sets, uint32_t number, uint32_t act)
{
    const struct cmk_term *term = cmk_term_of(sets, number);

    if (term->kind == CMK_TERM_ACT) {
        if (term->a == act)
            cmk_push(sets, term->b);
    } else if (term->kind != CMK_TERM_EMPTY) {
        const struct cmk_list *targets = targets_of(sets, number, act);

        for (uint64_t i = 0; i < targets->count; i++)
            cmk_push(sets, targets->items[i]);
    }
}

/* --- into the other half ------------------------------------------------------------------------------------------------ */

/* Both numbers of a pair, or one of them, are terms. */
static uint64_t moved_pair(struct cmk_sets *sets, uint32_t kind, uint64_t pair)
{
    uint32_t upper = cmk_upper(pair), lower = (uint32_t)pair;

    switch (kind) {
    case CMK_TERM_REPEAT:
        return cmk_moved(sets, lower);
    case CMK_TERM_PAR:
    case CMK_TERM_PERM:
        return cmk_pair(cmk_moved(sets, upper), lower);
    case CMK_TERM_CHOSEN:
    case CMK_TERM_STATE:
        return cmk_pair(upper == 0 ? 0 : cmk_moved(sets, upper), cmk_moved(sets, lower));
    default:
        return pair;
    }
}

/* One after another: they may be many. */
static uint32_t moved_queue(struct cmk_sets *sets, uint32_t number)
{
    uint64_t *mark = sets->top;

    while (number >= sets->machine->term_count && cmk_term_of(sets, number)->kind == CMK_TERM_QUEUE) {
        cmk_push(sets, cmk_term_of(sets, number)->a);
        number = cmk_term_of(sets, number)->b;
    }
    number = cmk_moved(sets, number);
    for (; sets->top < mark; sets->top++)
        number = queue(sets, cmk_moved(sets, (uint32_t)*sets->top), number);
    return number;
}

uint32_t cmk_moved(struct cmk_sets *sets, uint32_t number)
{
    struct cmk_term term = *cmk_term_of(sets, number);
    const uint64_t *list = cmk_list_of(sets, cmk_term_of(sets, number));
    uint64_t *mark = sets->top;

    if (number < sets->machine->term_count)
        return number;
    if (term.kind == CMK_TERM_QUEUE)
        return moved_queue(sets, number);
    if (term.kind == CMK_TERM_SEQ || term.kind == CMK_TERM_CHOSEN || term.kind == CMK_TERM_ANY)
        term.a = cmk_moved(sets, term.a);
    if (term.kind == CMK_TERM_SEQ)
        term.b = cmk_moved(sets, term.b);
    for (uint32_t i = term.count; i-- > 0;)
        cmk_push(sets, moved_pair(sets, term.kind, list[i]));
    if (sets->full)
        return 0;
    if (term.kind != CMK_TERM_ENVIRONMENT)
        sort(sets->top, term.count);
    number = cmk_intern(sets, &term, sets->top);
    sets->top = mark;
    return number;
}
