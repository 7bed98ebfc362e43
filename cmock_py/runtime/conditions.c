/* conditions.c - what an event asks of arguments beyond equality: comparisons, sets, bits, bound values, predicates. */
#include "machine.h"
#include "internal.h"

#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(struct cmk_condition) == 24, "as bind/conditions.py has it");

/* The list of an event, NULL when it has none. */
static const uint64_t *list_of(uint64_t region, uint32_t event)
{
    const struct cmk_language *language = cmk_language(region);
    const struct cmk_machine *machine = CMK_AT(region + language->machine);
    uint32_t word;

    if (language->machine == 0 || machine->conditions == 0)
        return NULL;
    word = ((const uint32_t *)CMK_AT(region + machine->conditions))[event];
    return word == 0 ? NULL : cmk_words(region, word);
}

const struct cmk_condition *cmk_conditions(uint64_t region, uint32_t event, uint64_t *count)
{
    const uint64_t *list = list_of(region, event);

    *count = list == NULL ? 0 : *list;
    return list == NULL ? NULL : (const struct cmk_condition *)(list + 1);
}

const struct cmk_condition *cmk_next(const struct cmk_condition *condition)
{
    return (const struct cmk_condition *)(condition->operands + condition->words);
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

/* The 64 bits of its mantissa make a long double hold every number of C exactly, so that numbers of all types compare. */
static long double whole_number(uint64_t bits, unsigned type, unsigned width)
{
    if (type == CMK_SIGNED)
        return (long double)((int64_t)(bits << (64 - width)) >> (64 - width));
    return (long double)bits;
}

static uint64_t bits_at(const struct cmk_condition *condition, const char *at)
{
    uint64_t bits = 0;

    if (condition->size == 4)           /* sizes that the compiler knows need no call */
        memcpy(&bits, at, 4);
    else if (condition->size == 8)
        memcpy(&bits, at, 8);
    else
        memcpy(&bits, at, condition->size);
    return condition->width == 0 ? bits : bits >> condition->first & (~0UL >> (64 - condition->width));
}

static unsigned width_of(const struct cmk_condition *condition)
{
    return condition->width ? condition->width : 8U * condition->size;
}

static long double number_at(const struct cmk_condition *condition, const char *at)
{
    if (condition->type == CMK_FLOATING)
        return cmk_floating_at(at, condition->size);
    return whole_number(bits_at(condition, at), condition->type, width_of(condition));
}

static long double operand(const struct cmk_condition *condition, uint64_t index)
{
    double real;

    if (condition->type != CMK_FLOATING)
        return whole_number(condition->operands[index], condition->type, 64);
    memcpy(&real, &condition->operands[index], sizeof real);
    return (long double)real;
}

/* How far apart equal numbers may be, if they are floating; below 0 they are equal bit for bit: the spec has said so, or they
 * share their bytes. */
static long double tolerance_of(const struct cmk_condition *condition, const struct cmk_field *field)
{
    if (condition->type != CMK_FLOATING)
        return 0;
    return field->leaf_count == 0 ? -1.0L : (long double)field->tolerance;
}

static int holds(unsigned op, long double x, long double y, long double tolerance)
{
    switch (op) {
    case CMK_EQUAL:
        return cmk_same_floating(x, y, tolerance);
    case CMK_NOT_EQUAL:
        return !cmk_same_floating(x, y, tolerance);
    case CMK_LESS:
        return x < y;
    case CMK_LESS_EQUAL:
        return x <= y;
    case CMK_GREATER:
        return x > y;
    default:
        return x >= y;
    }
}

/* A whole number and the operand, which is of the same type: as holds() says, and faster. */
static int holds_whole(const struct cmk_condition *condition, const char *at)
{
    uint64_t x = bits_at(condition, at), y = condition->operands[0];

    if (condition->type == CMK_SIGNED) {        /* moved so that the order of the unsigned is theirs */
        x = (uint64_t)((int64_t)(x << (64 - width_of(condition))) >> (64 - width_of(condition))) ^ 1UL << 63;
        y ^= 1UL << 63;
    }
    switch (condition->op) {
    case CMK_EQUAL:
        return x == y;
    case CMK_NOT_EQUAL:
        return x != y;
    case CMK_LESS:
        return x < y;
    case CMK_LESS_EQUAL:
        return x <= y;
    case CMK_GREATER:
        return x > y;
    default:
        return x >= y;
    }
}

static int is_among(const struct cmk_condition *condition, long double x, long double tolerance)
{
    uint64_t low = 0, high = condition->words;

    if (condition->type == CMK_FLOATING) {
        while (low < high && !cmk_same_floating(x, operand(condition, low), tolerance))
            low++;
        return low < high;
    }
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (operand(condition, middle) < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low < condition->words && operand(condition, low) == x;
}

/* --- all bytes of an argument ------------------------------------------------------------------------------------- */

struct bytes {
    const char *at;             /* NULL of a NULL pointer */
    uint64_t size;
    uint64_t kept;
    int is_cut;                 /* capturing has not kept all, and nobody knows how it goes on */
    int in_slots;
    int is_missing;             /* a part of an argument that is NULL or shorter */
};

#define PART_WORDS (sizeof(struct cmk_part) / sizeof(uint64_t))

static struct bytes bytes_of(const struct cmk_field *field, const uint64_t *payload)
{
    const uint64_t *slot = payload + field->slot;
    struct bytes bytes = { (const char *)slot, 8UL * field->words, 8UL * field->words, 0, 1, 0 };

    if (field->kind == CMK_WORDS)
        return bytes;
    bytes.at = slot[0] == CMK_NULL ? NULL : (const char *)payload + (uint32_t)slot[1];
    bytes.size = slot[0];
    bytes.kept = slot[1] >> 32;
    bytes.in_slots = 0;
    bytes.is_cut = slot[0] != CMK_NULL && slot[0] != bytes.kept;
    return bytes;
}

/* Sorted by size, then by bytes. */
static int is_text_among(uint64_t region, const struct cmk_condition *condition, struct bytes text)
{
    uint64_t low = 0, high = condition->words;

    if (text.at == NULL || text.is_cut)
        return 0;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const uint64_t *other = cmk_words(region, (uint32_t)condition->operands[middle]);
        int order = text.size != other[0] ? (text.size < other[0] ? -1 : 1) : memcmp(text.at, other + 1, text.size);

        if (order == 0)
            return 1;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#define CMK_UTF8_MORE 3UL               /* bytes behind the first one of a character, at most */

static int is_continued(const unsigned char *at, const unsigned char *end, unsigned low, unsigned high)
{
    return at < end && *at >= low && *at <= high;
}

/* The character at a place, and where it ends. A byte that begins no character of UTF-8 counts as U+DC00 and itself, as
 * Python's surrogateescape has it. */
static uint32_t character_at(const unsigned char **place, const unsigned char *end)
{
    const unsigned char *at = *place;
    unsigned first = *at++, more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    uint32_t character = first & (0x3fU >> more);

    *place = at;
    if (first < 0x80)
        return first;
    if (first < 0xc2 || first > 0xf4)
        return 0xdc00U + first;
    for (unsigned i = 0; i < more; i++, at++, low = 0x80, high = 0xbf) {
        if (!is_continued(at, end, low, high))
            return 0xdc00U + first;
        character = character << 6 | (*at & 0x3fU);
    }
    *place = at;
    return character;
}

static uint32_t class_of(const struct cmk_automaton *automaton, uint32_t character)
{
    uint32_t low = 0, high = automaton->range_count;

    if (character < 128)
        return automaton->ascii[character];
    while (low + 1 < high) {            /* the first begins at 128 */
        uint32_t middle = (low + high) / 2;

        if (automaton->ranges[middle].first <= character)
            low = middle;
        else
            high = middle;
    }
    return automaton->ranges[low].class;
}

/* Of a text that was cut, what was kept can decide that it has the expression; its last character may be a part of one. */
static int has_expression(const struct cmk_automaton *automaton, struct bytes text)
{
    const uint16_t *steps = (const uint16_t *)(automaton->ranges + automaton->range_count);
    const unsigned char *at = (const unsigned char *)text.at, *end = at, *last;
    uint64_t unsure = text.is_cut && !automaton->reads_bytes ? smaller(text.kept, CMK_UTF8_MORE) : 0;
    uint32_t count = automaton->class_count, state = 0;

    if (text.at == NULL)
        return 0;
    end += text.kept;                   /* of NULL the size is none */
    last = end - unsure;
    while (at < last && state != CMK_MATCHED_STATE)
        state = steps[state * count + class_of(automaton, automaton->reads_bytes ? *at++ : character_at(&at, end))];
    return state == CMK_MATCHED_STATE || (!text.is_cut && steps[state * count + count - 1] == CMK_MATCHED_STATE);
}

/* What an expression looks at: a whole argument, or an array of characters inside of it, text of which ends at its NUL. */
static struct bytes searched(const struct cmk_automaton *automaton, const struct cmk_condition *condition,
                             const struct cmk_field *field, const uint64_t *payload)
{
    struct bytes bytes = bytes_of(field, payload), nothing = { NULL, 0, 0, 0, 0, 0 };
    uint64_t size = condition->operands[1];
    const char *nul;

    if (size == 0 || bytes.at == NULL)
        return bytes;
    if (condition->offset + size > bytes.kept)
        return nothing;
    bytes.at += condition->offset;
    bytes.is_cut = 0;
    bytes.kept = size;
    nul = automaton->reads_bytes ? NULL : memchr(bytes.at, 0, size);
    if (nul != NULL)
        bytes.kept = (uint64_t)(nul - bytes.at);
    return bytes;
}

static int is_found(uint64_t region, const struct cmk_condition *condition, const struct cmk_field *field,
                    const uint64_t *payload)
{
    const struct cmk_automaton *automaton = (const void *)cmk_words(region, (uint32_t)condition->operands[0]);

    return has_expression(automaton, searched(automaton, condition, field, payload));
}

static int is_like_one(uint64_t region, const struct cmk_condition *condition, const struct cmk_field *field,
                       const uint64_t *payload)
{
    for (uint64_t i = 0; i < condition->words; i += 2) {
        uint32_t mask = (uint32_t)condition->operands[i + 1];

        if (cmk_same_field(field, payload, cmk_words(region, (uint32_t)condition->operands[i]),
                           mask ? cmk_words(region, mask) : NULL))
            return 1;
    }
    return 0;
}

/* Whether a cut argument is known to be none of the values, since they are no longer than what was kept of it. */
static int is_beyond_all(uint64_t region, const struct cmk_condition *condition, const struct cmk_field *field,
                         const uint64_t *payload)
{
    for (uint64_t i = 0; i < condition->words; i += 2) {
        const uint64_t *slot = cmk_words(region, (uint32_t)condition->operands[i]) + field->slot;

        if (slot[0] != CMK_NULL && slot[0] > payload[field->slot + 1] >> 32)
            return 0;
    }
    return 1;
}

static int is_unlike_all(uint64_t region, const struct cmk_condition *condition, const struct cmk_field *field,
                         const uint64_t *payload)
{
    if (bytes_of(field, payload).is_cut)
        return is_beyond_all(region, condition, field, payload);
    return !is_like_one(region, condition, field, payload);
}

/* --- bound values ------------------------------------------------------------------------------------------------- */

static const struct cmk_part *part_of(const struct cmk_condition *condition)
{
    return (const struct cmk_part *)condition->operands;
}

/* What a bound value is, or is compared with. */
static struct bytes part_in(const struct cmk_condition *condition, const struct cmk_field *field, const uint64_t *payload)
{
    const struct cmk_part *part = part_of(condition);
    struct bytes bytes = bytes_of(field, payload);

    if (part->size == 0)
        return bytes;
    bytes.is_missing = bytes.at == NULL || (uint64_t)part->at + part->size > bytes.kept;
    if (bytes.is_missing)
        return bytes;
    bytes.at += part->at;
    bytes.size = bytes.kept = part->is_text ? strnlen(bytes.at, part->size) : part->size;
    bytes.in_slots = bytes.is_cut = 0;
    return bytes;
}

/* The mask of one element of what is bound, NULL when all of its bytes count; and where it holds text, which ends with its
 * NUL whatever follows. */
static const char *mask_of(const struct cmk_condition *bind)
{
    const struct cmk_part *part = part_of(bind);

    return bind->words > PART_WORDS + part->texts ? (const char *)(bind->operands + PART_WORDS) : NULL;
}

static const uint64_t *texts_of(const struct cmk_condition *bind)
{
    return bind->operands + bind->words - part_of(bind)->texts;
}

/* An element that begins so many bytes behind where a value of the field does. */
static int same_element(const struct cmk_field *field, const char *a, const char *b, const struct cmk_condition *bind,
                        uint64_t size, uint64_t offset)
{
    uint64_t modulo = field->kind == CMK_BLOB && field->element ? field->element : ~0UL;
    const uint64_t *texts = texts_of(bind);

    if (!cmk_same_part(field, a, b, mask_of(bind), size, modulo, offset))
        return 0;
    for (unsigned i = 0; i < part_of(bind)->texts; i++)
        if (strncmp(a + (texts[i] >> 32), b + (texts[i] >> 32), (uint32_t)texts[i]) != 0)
            return 0;
    return 1;
}

/* As many bytes of an argument, or of a part of it that a condition asks about, as of what is bound. */
static int same_elements(const struct cmk_condition *condition, const struct cmk_field *field, struct bytes a, struct bytes b,
                         const struct cmk_condition *bind, uint64_t size)
{
    uint64_t element = part_of(bind)->element ? part_of(bind)->element : size;

    for (uint64_t i = 0; i + element <= size && element > 0; i += element)
        if (!same_element(field, a.at + i, b.at + i, bind, element, part_of(condition)->at + i))
            return 0;
    return 1;
}

/* A value in slots is filled up to whole words; behind a pointer it is not. */
static int same_size(struct bytes a, struct bytes b)
{
    return a.size == b.size || (a.in_slots != b.in_slots && ((a.size + 7) & ~7UL) == ((b.size + 7) & ~7UL));
}

static int same_whole(const struct cmk_condition *condition, const struct cmk_field *field, struct bytes a, struct bytes b,
                      const struct cmk_condition *bind)
{
    if (a.at == NULL || b.at == NULL)
        return a.at == b.at;
    return !a.is_cut && !b.is_cut && same_size(a, b) &&
           same_elements(condition, field, a, b, bind, smaller(a.size, b.size));
}

/* Whether two values are not equal, however they go on where capturing has cut them: as much is kept of both. */
static int surely_differ(const struct cmk_condition *condition, const struct cmk_field *field, struct bytes a,
                         struct bytes b, const struct cmk_condition *bind)
{
    if (a.is_cut && b.is_cut)
        return a.size != b.size || !same_elements(condition, field, a, b, bind, smaller(a.kept, b.kept));
    return !same_whole(condition, field, a, b, bind);
}

/* Where a condition's number is in a payload; NULL when there is none: a NULL pointer, or fewer elements. */
static const char *number_in(const struct cmk_condition *condition, const struct cmk_field *field,
                             const uint64_t *payload)
{
    const uint64_t *slot = payload + field->slot;

    if (field->kind == CMK_WORDS)
        return (const char *)slot + condition->offset;
    if (slot[0] == CMK_NULL || (uint64_t)condition->offset + condition->size > slot[1] >> 32)
        return NULL;
    return (const char *)payload + (uint32_t)slot[1] + condition->offset;
}

struct bound {
    const struct cmk_condition *bind;           /* NULL: nothing is bound */
    const struct cmk_field *field;
    const struct cmk_record *record;
};

static struct bound bound_to(uint64_t region, uint64_t value)
{
    const struct cmk_record *record = CMK_AT(value >> 32);
    struct bound bound = { NULL, NULL, NULL };

    if (value == 0)
        return bound;
    bound.bind = (const struct cmk_condition *)cmk_words(region, (uint32_t)value);
    bound.field = &cmk_functions[record->function].ins[bound.bind->field];
    bound.record = record;
    return bound;
}

static int meets_bound(uint64_t region, const struct cmk_condition *condition, const struct cmk_field *field,
                       const uint64_t *payload, const uint64_t *registers)
{
    struct bound bound = bound_to(region, registers ? registers[condition->number] : 0);
    const char *here, *there;

    if (bound.bind == NULL)
        return 0;
    if (condition->type == CMK_WHOLE && bound.bind->type == CMK_WHOLE) {
        struct bytes a = part_in(condition, field, payload), b = part_in(bound.bind, bound.field, bound.record->payload);

        if (a.is_missing || b.is_missing)
            return 0;
        return condition->op == CMK_EQUAL ? same_whole(condition, field, a, b, bound.bind)
                                          : surely_differ(condition, field, a, b, bound.bind);
    }
    here = number_in(condition, field, payload);
    there = number_in(bound.bind, bound.field, bound.record->payload);
    return here != NULL && there != NULL &&
           holds(condition->op, number_at(condition, here), number_at(bound.bind, there), tolerance_of(condition, field));
}

void cmk_bind(const struct cmk_step *step, uint32_t event, uint64_t *registers)
{
    uint64_t count;
    const struct cmk_condition *condition = cmk_conditions(step->region, event, &count);

    for (; count > 0; count--, condition = cmk_next(condition))
        if (condition->op == CMK_BIND) {
            uint64_t word = (uint64_t)((const uint64_t *)condition - cmk_words(step->region, 0));

            registers[condition->number] = ((uint64_t)step->record - CMK_BASE) << 32 | word;
        }
}

/* --- values in answers --------------------------------------------------------------------------------------------- */

static void put_whole_number(const struct cmk_condition *give, long double number, char *to)
{
    uint64_t bits = number < 0 ? (uint64_t)(int64_t)number : (uint64_t)number, around = 0, mask;

    if (give->bound)
        bits = number != 0;
    if (give->width != 0) {
        mask = ~0UL >> (64 - give->width) << give->first;
        memcpy(&around, to, give->size);
        bits = (around & ~mask) | (bits << give->first & mask);
    }
    memcpy(to, &bits, give->size);
}

/* The number that a register has, as it goes into the bytes of an answer that `give` tells of; 0 when nothing is bound. */
static void put_number(const struct cmk_condition *give, long double number, char *to)
{
    double real = (double)number;
    float single = (float)number;

    if (give->type != CMK_FLOATING) {
        put_whole_number(give, number, to);
    } else if (give->size == sizeof single) {
        memcpy(to, &single, sizeof single);
    } else if (give->size == sizeof real) {
        memcpy(to, &real, sizeof real);
    } else {
        memcpy(to, &number, 10);        /* the other six bytes are padding */
    }
}

static void refuse_value(struct cmk_made *made, const struct bound *bound, enum cmk_reason why, uint64_t bytes)
{
    if (made->why != CMK_NO_STOP)
        return;
    made->why = why;
    made->argument = (uint64_t)bound->record->function << 32 | bound->bind->field;
    made->bytes = bytes;
}

/* Room behind what there is of an answer, filled up to whole words. */
static char *room_behind(const struct bound *bound, struct cmk_made *made, uint64_t size)
{
    uint64_t rounded = (size + 7) & ~7UL;
    char *at = (char *)made->room + made->used;

    if (rounded > made->size - made->used) {
        refuse_value(made, bound, CMK_TRACE_FULL, 0);
        return NULL;
    }
    if (rounded > 0)
        memset(at + rounded - 8, 0, 8);
    made->used += rounded;
    return at;
}

/* Copy elements as what they are: without their padding, and without what stands behind the NUL of a text. The mask leaves of
 * a text no more than its first character. */
static void copy_values(const struct bound *bound, char *to, const char *from, uint64_t size)
{
    const struct cmk_part *part = part_of(bound->bind);
    const char *mask = mask_of(bound->bind);
    const uint64_t *texts = texts_of(bound->bind);
    uint64_t element = part->element ? part->element : size;

    memcpy(to, from, size);
    for (uint64_t at = 0; mask != NULL && at + element <= size; at += element) {
        for (uint64_t i = 0; i < element; i++)
            to[at + i] &= mask[i];
        for (unsigned i = 0; i < part->texts; i++) {
            uint64_t text = at + (texts[i] >> 32);

            memcpy(to + text, from + text, strnlen(from + text, (uint32_t)texts[i]));
        }
    }
}

/* Text may be shorter than its array. A value in slots is filled up to whole words. */
static void put_in_place(const struct cmk_condition *give, const struct bound *bound, struct bytes value, char *to,
                         struct cmk_made *made)
{
    uint64_t there = give->operands[1], size = value.in_slots ? smaller(value.kept, there) : value.kept;

    if (size > there || (size < there && !give->bound)) {
        refuse_value(made, bound, CMK_OTHER_SIZE, size << 32 | there);
        size = smaller(size, there);
    }
    copy_values(bound, to, value.at, size);
}

/* Text gets its NUL. */
static void put_behind(const struct cmk_condition *give, const struct bound *bound, struct bytes value, char *to,
                       struct cmk_made *made)
{
    uint64_t owned = give->field == CMK_OWNED ? sizeof(uint64_t) : 0, size = value.kept;
    char *at = room_behind(bound, made, owned + size + give->bound);
    uint64_t whole = size + give->bound, place;

    if (at == NULL)
        return;
    copy_values(bound, at + owned, value.at, size);
    place = (uint64_t)(at + owned - (const char *)(made->room + 1));
    if (owned) {
        memcpy(at, &whole, sizeof whole);
        memcpy(to, &place, sizeof place);
        made->room[0] |= CMK_ANSWER_OWNED;
    } else {
        whole /= give->operands[1];
        memcpy(to, &whole, sizeof whole);
        memcpy(to + sizeof whole, &place, sizeof place);
    }
}

static void put_value(const struct cmk_condition *give, const struct bound *bound, char *to, struct cmk_made *made)
{
    struct bytes value = part_in(bound->bind, bound->field, bound->record->payload);

    if (value.is_missing)
        return;
    if (value.at == NULL) {
        if (give->field != CMK_OWNED)
            refuse_value(made, bound, CMK_NULL_ANSWER, 0);
        return;
    }
    if (value.is_cut)
        refuse_value(made, bound, CMK_CUT_ANSWER, value.size);
    if (give->bound && memchr(value.at, 0, value.kept) != NULL)
        refuse_value(made, bound, CMK_BROKEN_TEXT, 0);
    if (give->field == CMK_IN_PLACE)
        put_in_place(give, bound, value, to, made);
    else
        put_behind(give, bound, value, to, made);
}

/* What is not there leaves its place empty: the call has fewer elements than its event, and the check will say so. */
void cmk_give(uint64_t region, const struct cmk_condition *give, const uint64_t *registers, struct cmk_made *made)
{
    struct bound bound = bound_to(region, registers[give->number]);
    char *to = (char *)(made->room + 1) + (int32_t)give->offset;
    const char *there;

    if (give->type == CMK_WHOLE) {
        if (bound.bind != NULL)
            put_value(give, &bound, to, made);
        return;
    }
    there = bound.bind ? number_in(bound.bind, bound.field, bound.record->payload) : NULL;
    put_number(give, there ? number_at(bound.bind, there) : 0, to);
}

/* --- predicates --------------------------------------------------------------------------------------------------- */

/* What the Python function has said of this record; one that raised takes nothing, and the check tells. */
static int accepted(const struct cmk_step *step, uint32_t number)
{
    const uint64_t *bits = CMK_AT(CMK->predicates);
    uint64_t word = step->number / 64, bit = step->number % 64;

    if (!step->checking)
        return 1;
    bits += 2UL * number * CMK->predicate_words;
    if (CMK->raised == 0 && (bits[CMK->predicate_words + word] >> bit & 1))
        CMK->raised = (1 + step->number) << 32 | number;
    return (int)(bits[word] >> bit & 1);
}

/* --- events ------------------------------------------------------------------------------------------------------- */

static int meets(const struct cmk_step *step, const struct cmk_condition *condition, const struct cmk_field *field,
                 const uint64_t *registers)
{
    const uint64_t *payload = step->record->payload;
    const char *at;

    switch (condition->op) {
    case CMK_BIND:
    case CMK_GIVE:
        return 1;
    case CMK_PREDICATE:
        return accepted(step, condition->number);
    case CMK_MATCHES:
        return is_found(step->region, condition, field, payload);
    case CMK_LIKE:
        return is_like_one(step->region, condition, field, payload);
    case CMK_UNLIKE:
        return is_unlike_all(step->region, condition, field, payload);
    default:
        break;
    }
    if (condition->bound)
        return meets_bound(step->region, condition, field, payload, registers);
    if (condition->type == CMK_WHOLE)
        return is_text_among(step->region, condition, bytes_of(field, payload));
    at = number_in(condition, field, payload);
    if (at == NULL)
        return 0;
    if (condition->op == CMK_BITS)
        return (bits_at(condition, at) & condition->operands[0]) == condition->operands[1];
    if (condition->op == CMK_ONE_OF)
        return is_among(condition, number_at(condition, at), tolerance_of(condition, field));
    if (condition->type != CMK_FLOATING)
        return holds_whole(condition, at);
    return holds(condition->op, number_at(condition, at), operand(condition, 0), tolerance_of(condition, field));
}

static uint32_t first_unmet(const struct cmk_step *step, uint32_t event, int all, const uint64_t *registers)
{
    const struct cmk_function *function = &cmk_functions[step->record->function];
    uint64_t count;
    const struct cmk_condition *condition = cmk_conditions(step->region, event, &count);
    uint32_t unmet = CMK_NO_FIELD;

    for (; count > 0; count--, condition = cmk_next(condition)) {
        const struct cmk_field *field;

        if (condition->op == CMK_GIVE || condition->field >= unmet)
            continue;                   /* of an answer; the function may have no arguments at all */
        field = &function->ins[condition->field];
        if ((all || field->matched) && !meets(step, condition, field, registers))
            unmet = condition->field;
    }
    return unmet;
}

uint32_t cmk_differs(const struct cmk_step *step, uint32_t event, int all, const uint64_t *registers)
{
    const struct cmk_language *language = cmk_language(step->region);
    const struct cmk_function *function = &cmk_functions[step->record->function];
    const uint32_t *masks = language->masks ? CMK_AT(step->region + language->masks) : NULL;
    const uint64_t *mask = masks && masks[event] ? cmk_words(step->region, masks[event]) : NULL;
    const uint64_t *wanted = cmk_words(step->region, cmk_events(step->region)[event].args);
    uint32_t field = cmk_first_difference(function, step->record->payload, wanted, mask, all);
    uint32_t unmet;

    if (list_of(step->region, event) == NULL)
        return field;
    unmet = first_unmet(step, event, all, registers);
    return unmet < field ? unmet : field;
}
