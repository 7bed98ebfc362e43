/* terms.h - between terms.c, which knows what is left of a language, and sets.c, which keeps sets of that.
 *
 * Everything lies in the area of a state: a page of header, and two halves. One half is in use. It is filled from its
 * start; scratch lists grow from its end downwards. When it is full, what is needed is copied into the other half.
 */
#ifndef CMK_TERMS_H
#define CMK_TERMS_H

#include "machine.h"

#define CMK_AREA_HEADER 512U        /* words */

/* An open hash of a power of two of entries, at most half full. Key 0 is none. */
struct cmk_hash {
    uint64_t at;                    /* word in the area */
    uint64_t mask, count;
};

struct cmk_entry {
    uint64_t key, value;
};

struct cmk_area {
    uint64_t epoch;                 /* how often a half was begun */
    uint64_t start, used, end;      /* words: of the half in use */
    struct cmk_hash cells;          /* uint64_t[]: hash of a term << 32 | its number */
    struct cmk_hash memos;          /* struct cmk_entry[]: of a term and an act or label, the word of a list */
    struct cmk_hash edges;          /* struct cmk_entry[]: of sets.c */
    uint64_t nothing[2];            /* an entry that stays empty */
};

/* An area at work. Once it is full nothing is kept any more, and all that is found is to be thrown away. */
struct cmk_sets {
    const struct cmk_machine *machine;
    struct cmk_area *area;
    uint64_t *words;                /* the area */
    uint64_t *top;                  /* of the scratch lists */
    const struct cmk_act *acts;
    const struct cmk_term *terms;
    const uint64_t *lists;
    const uint32_t *twins;          /* of terms, see struct cmk_machine; or NULL */
    int full;
};

struct cmk_list {
    uint64_t count;
    uint64_t items[];
};

/* The entry of a key, or the empty one where it would stand. */
static inline struct cmk_entry *cmk_entry_of(uint64_t *words, const struct cmk_hash *hash, uint64_t key)
{
    struct cmk_entry *entries = (struct cmk_entry *)(words + hash->at);
    uint64_t index = cmk_mixed(key) & hash->mask;

    while (entries[index].key != key && entries[index].key != 0)
        index = (index + 1) & hash->mask;
    return &entries[index];
}

static inline const struct cmk_term *cmk_term_of(const struct cmk_sets *sets, uint32_t number)
{
    uint64_t count = sets->machine->term_count;

    return number < count ? &sets->terms[number] : (const struct cmk_term *)(sets->words + (number - count));
}

static inline const uint64_t *cmk_list_of(const struct cmk_sets *sets, const struct cmk_term *term)
{
    const struct cmk_term *end = sets->terms + sets->machine->term_count;

    return term >= sets->terms && term < end ? sets->lists + term->list : ((const struct cmk_cell *)term)->list;
}

static inline uint32_t cmk_upper(uint64_t pair)
{
    return (uint32_t)(pair >> 32);
}

static inline uint64_t cmk_pair(uint32_t upper, uint32_t lower)
{
    return (uint64_t)upper << 32 | lower;
}

/* Look at the area of a state, which is made when it is all zeros. */
void cmk_open(struct cmk_sets *sets, const struct cmk_step *step);

/* Begin the other half: empty, with the terms of the tables. What lies in this half can be read until the next time. */
void cmk_begin_half(struct cmk_sets *sets);

/* Words that are kept; NULL when the area is full. */
uint64_t *cmk_keep(struct cmk_sets *sets, uint64_t count);

/* Let a hash know a value. */
void cmk_put(struct cmk_sets *sets, struct cmk_hash *hash, uint64_t key, uint64_t value);

/* Put a word on top of the scratch list; sort what is on it below `mark`, dropping what is there twice. */
void cmk_push(struct cmk_sets *sets, uint64_t word);
void cmk_unique(struct cmk_sets *sets, uint64_t *mark);

/* The number of the term that is so, with the list at `list`; equal terms have one number. */
uint32_t cmk_intern(struct cmk_sets *sets, const struct cmk_term *term, const uint64_t *list);

#define CMK_ALL_LABELS 0xfffffffeU

/* Push the acts with a label that a term can begin with; the terms that an act leaves of it. */
void cmk_push_acts(struct cmk_sets *sets, uint32_t term, uint32_t label);
void cmk_push_targets(struct cmk_sets *sets, uint32_t term, uint32_t act);

/* sets.c: all that may be next in the state of a leaf: pairs of an environment and an act. NULL when the area is full. */
const struct cmk_list *cmk_sets_candidates(struct cmk_step *step, const struct cmk_node *node,
                                           const struct cmk_place *place);

/* A term of the half that was used before, in the half in use. */
uint32_t cmk_moved(struct cmk_sets *sets, uint32_t term);

#endif
