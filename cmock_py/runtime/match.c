/* match.c - whether values are equal: bit for bit under a mask, but floating numbers as numbers. */
#include "machine.h"
#include "internal.h"

#include <string.h>

int cmk_same_floating(long double a, long double b, long double tolerance)
{
    long double distance = a < b ? b - a : a - b;

    if (tolerance < 0)
        return memcmp(&a, &b, 10) == 0;         /* the other bytes are padding */
    return a == b || (a != a && b != b) || (tolerance > 0 && distance <= tolerance);
}

long double cmk_floating_at(const char *at, unsigned size)
{
    long double extended;
    double real;
    float single;

    if (size == sizeof single) {
        memcpy(&single, at, sizeof single);
        return (long double)single;
    }
    if (size == sizeof real) {
        memcpy(&real, at, sizeof real);
        return (long double)real;
    }
    memcpy(&extended, at, sizeof extended);
    return extended;
}

/* The floating number that holds the byte `offset` of an element, or NULL. */
static const struct cmk_leaf *leaf_at(const struct cmk_field *field, uint64_t offset)
{
    for (unsigned i = 0; i < field->leaf_count; i++)
        if (field->leaves[i].offset <= offset && offset < field->leaves[i].offset + field->leaves[i].size)
            return &field->leaves[i];
    return NULL;
}

static int same_byte(const char *a, const char *b, const char *mask, uint64_t i)
{
    return ((a[i] ^ b[i]) & (mask ? mask[i] : -1)) == 0;
}

/* Floating numbers compare as numbers, all else under the mask. An element that capturing has cut counts as bytes. */
int cmk_same_part(const struct cmk_field *field, const char *a, const char *b, const char *mask, uint64_t size,
                  uint64_t element, uint64_t offset)
{
    uint64_t i = 0;

    if (memcmp(a, b, size) == 0)
        return 1;
    while (i < size) {
        const struct cmk_leaf *leaf;
        uint64_t start, inside = (i + offset) % element;

        if (same_byte(a, b, mask, i)) {
            i++;
            continue;
        }
        leaf = leaf_at(field, inside);
        if (leaf == NULL)
            return 0;
        start = i - (inside - leaf->offset);
        if (start + leaf->size > size ||
            !cmk_same_floating(cmk_floating_at(a + start, leaf->size), cmk_floating_at(b + start, leaf->size),
                               (long double)field->tolerance))
            return 0;
        i = start + leaf->size;
    }
    return 1;
}

/* A blob's second word holds the captured size in its upper and the byte offset from `base` in its lower half. The mask
 * is laid out as `b` is. */
static int same_blob(const struct cmk_field *field, const uint64_t *base_a, const uint64_t *base_b,
                     const uint64_t *base_mask)
{
    const uint64_t *a = base_a + field->slot, *b = base_b + field->slot;
    const char *mask = base_mask ? (const char *)base_mask + (uint32_t)b[1] : NULL;
    uint64_t kept = a[1] >> 32;

    return a[0] == b[0] && kept == b[1] >> 32 &&
           cmk_same_bytes(field, (const char *)base_a + (uint32_t)a[1], (const char *)base_b + (uint32_t)b[1], mask, kept,
                      field->element ? field->element : 1);
}

static int is_number(uint32_t kind)
{
    return kind == CMK_ITEM_INTEGER || kind == CMK_ITEM_POINTER;
}

/* A number may be written for a pointer, and NULL for a 0; any item may be anything. */
static int same_item(const uint32_t *a, const uint32_t *b)
{
    return b[0] == CMK_ITEM_ANY || ((a[0] == b[0] || (is_number(a[0]) && is_number(b[0]))) && a[1] == b[1] &&
                                    memcmp(a + 2, b + 2, a[1]) == 0);
}

static uint64_t size_of_item(const uint32_t *item)
{
    return 8 + ((item[1] + 7UL) & ~7UL);
}

/* Item by item: an expected one that may be anything has no size. A list that capturing has cut equals none. */
static int same_list(const struct cmk_field *field, const uint64_t *base_a, const uint64_t *base_b)
{
    const uint64_t *a = base_a + field->slot, *b = base_b + field->slot;
    const char *x = (const char *)base_a + (uint32_t)a[1], *y = (const char *)base_b + (uint32_t)b[1];
    const char *end_x = x + (a[1] >> 32), *end_y = y + (b[1] >> 32);

    if (a[0] == CMK_NULL || b[0] == CMK_NULL)
        return a[0] == b[0];
    if (a[0] != a[1] >> 32)
        return 0;
    while (x < end_x && y < end_y) {
        const uint32_t *item = (const uint32_t *)x, *wanted = (const uint32_t *)y;

        if (!same_item(item, wanted))
            return 0;
        x += size_of_item(item);
        y += size_of_item(wanted);
    }
    return x == end_x && y == end_y;
}

/* The one-word value is what most arguments are. */
static int same_words(const struct cmk_field *field, const uint64_t *a, const uint64_t *b, const uint64_t *mask)
{
    uint64_t size = 8UL * field->words;

    a += field->slot;
    b += field->slot;
    if (field->words == 1 && (((*a ^ *b) & (mask ? mask[field->slot] : ~0UL)) == 0))
        return 1;
    return cmk_same_bytes(field, (const char *)a, (const char *)b, mask ? (const char *)(mask + field->slot) : NULL, size,
                      size);
}

/* Whether the field is equal in two payloads; a wildcard has a mask of zeros. */
int cmk_same_field(const struct cmk_field *field, const uint64_t *a, const uint64_t *b, const uint64_t *mask)
{
    if (field->kind == CMK_WORDS)
        return same_words(field, a, b, mask);
    if (mask != NULL && mask[field->slot] == 0)
        return 1;
    return field->kind == CMK_LIST ? same_list(field, a, b) : same_blob(field, a, b, mask);
}

uint32_t cmk_first_difference(const struct cmk_function *function, const uint64_t *got, const uint64_t *want,
                              const uint64_t *mask, int all)
{
    for (unsigned i = 0; i < function->in_count; i++) {
        const struct cmk_field *field = &function->ins[i];

        if (field->kind == CMK_WORDS && field->words == 1 && mask == NULL && got[field->slot] == want[field->slot])
            continue;
        if ((all || field->matched) && !cmk_same_field(field, got, want, mask))
            return i;
    }
    return CMK_NO_FIELD;
}

int cmk_same_matched(const struct cmk_function *function, const struct cmk_record *record, uint64_t event)
{
    const struct cmk_event *events = CMK_AT(CMK_RUN + CMK->run.events);
    const uint32_t *masks = CMK->run.masks ? CMK_AT(CMK_RUN + CMK->run.masks) : NULL;
    const uint64_t *mask = masks && masks[event] ? cmk_words(CMK_RUN, masks[event]) : NULL;

    return cmk_first_difference(function, record->payload, cmk_words(CMK_RUN, events[event].args), mask, 0) ==
           CMK_NO_FIELD;
}

static uint64_t hashed_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15UL;
    return hash ^ hash >> 32;
}

/* The size of a blob, and its bytes, the last word filled up with zeros. */
static uint64_t hashed_blob(uint64_t hash, const uint64_t *slot, const uint64_t *payload)
{
    const char *bytes = (const char *)payload + (uint32_t)slot[1];
    uint64_t kept = slot[1] >> 32, word;

    hash = hashed_word(hash, slot[0]);
    if (slot[0] == CMK_NULL)
        return hash;
    for (; kept; kept -= kept < sizeof word ? kept : sizeof word, bytes += sizeof word) {
        word = 0;
        memcpy(&word, bytes, kept < sizeof word ? kept : sizeof word);
        hash = hashed_word(hash, word);
    }
    return hash;
}

uint64_t cmk_key_hash(const struct cmk_step *step)
{
    const struct cmk_function *function = &cmk_functions[step->function];
    const uint32_t *arguments = CMK_AT(step->region + step->machine->arguments);
    const uint64_t *payload = step->record->payload;
    uint64_t hash = hashed_word(0, step->function + 1);

    for (uint32_t keys = arguments[step->function]; keys; keys &= keys - 1) {
        const struct cmk_field *field = &function->ins[__builtin_ctz(keys)];

        if (field->kind == CMK_BLOB)
            hash = hashed_blob(hash, payload + field->slot, payload);
        else
            for (unsigned i = 0; i < field->words; i++)
                hash = hashed_word(hash, payload[field->slot + i]);
    }
    return hash ? hash : 1;
}
