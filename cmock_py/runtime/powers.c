/* powers.c - PAR of powers of one word: each child repeats the same round of different events, some children oftener than
 * others. Which child took a call does not matter if the one with the most left to do is taken each time: whatever may
 * follow another choice may follow this one, by letting the two children change roles (docs/semantics.md).
 *
 * So for each letter of the word it is enough to count the children that wait for it, by the rounds they have left. */
#include "powers.h"

#include <string.h>

/* For each letter the most rounds left of those that wait for it, then the counts, by rounds. */
struct counts {
    uint32_t *most;
    uint32_t *waiting;
};

static struct counts counts_of(const struct cmk_step *step, const struct cmk_node *node)
{
    uint32_t *counts = (uint32_t *)CMK_AT(step->state + step->machine->counts) + node->extra;

    return (struct counts){ counts, counts + node->high };
}

static uint32_t *waiting(const struct counts *counts, const struct cmk_node *node, uint32_t letter, uint32_t rounds)
{
    return &counts->waiting[(uint64_t)letter * (node->least + 1UL) + rounds];
}

void cmk_powers_begin(const struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place)
{
    const uint32_t *rounds = (const uint32_t *)CMK_AT(step->region + step->machine->numbers) + node->child;
    struct counts counts = counts_of(step, node);

    memset(counts.most, 0, sizeof(uint32_t) * node->high * (node->least + 2UL));
    for (uint32_t i = 0; i < node->count; i++)
        ++*waiting(&counts, node, 0, rounds[i]);
    counts.most[0] = node->least;
    place->at = node->count;
}

int cmk_powers_take(const struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place, uint32_t letter)
{
    struct counts counts = counts_of(step, node);
    uint32_t rounds = counts.most[letter], next = letter + 1;

    while (rounds && !*waiting(&counts, node, letter, rounds))
        rounds--;
    counts.most[letter] = rounds;
    if (rounds == 0)
        return 0;
    --*waiting(&counts, node, letter, rounds);
    if (next == node->high) {
        next = 0;
        if (--rounds == 0)
            place->at--;
    }
    ++*waiting(&counts, node, next, rounds);
    if (counts.most[next] < rounds)
        counts.most[next] = rounds;
    return 1;
}
