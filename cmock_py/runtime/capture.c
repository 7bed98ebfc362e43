/* capture.c - describe memory of the SUT that goes into a record, and tell a crash over it from other crashes.
 *
 * A blob is measured before the call is recorded and copied right after, so that the SUT may overwrite, free or reuse
 * what it passed. What callers pass for `...` is collected on the stub's stack. */
#include "internal.h"

#include <stddef.h>
#include <string.h>

/* What the calling thread does with the SUT's memory; a signal handler reads it. */
static _Thread_local volatile uint64_t busy_with;
static _Thread_local const struct cmk_blob *volatile busy_blob;

void cmk_reading(unsigned long function, unsigned long field)
{
    busy_with = function << 16 | (field + 1);
}

void cmk_writing(unsigned long function, unsigned long out)
{
    busy_with = function << 16 | CMK_WRITING | (out + 1);
}

void cmk_done(void)
{
    busy_with = 0;
    busy_blob = NULL;
}

void cmk_reading_blob(uint64_t function, const struct cmk_blob *blob)
{
    cmk_reading(function, blob->field);
    busy_blob = blob;
}

uint64_t cmk_busy(const struct cmk_blob **blob)
{
    *blob = busy_blob;
    return busy_with;
}

static uint64_t bounded(uint64_t size)
{
    return size < CMK->capture_bound ? size : CMK->capture_bound;
}

/* No byte of a process lies higher; where a nonsense size leads, there is no memory to be read. */
#define LAST_ADDRESS 0x7fffffffffffUL

static uint64_t last_byte(const void *data, uint64_t size)
{
    uint64_t first = (uint64_t)data;

    return size - 1 > LAST_ADDRESS || first + (size - 1) > LAST_ADDRESS ? ~0UL : first + (size - 1);
}

struct cmk_blob cmk_array(const void *data, unsigned long count, unsigned long element, unsigned long field)
{
    struct cmk_blob blob = { data, CMK_NULL, 0, field, 0 };

    if (data == NULL)
        return blob;
    if (__builtin_mul_overflow(count, element, &blob.size) || blob.size == CMK_NULL)
        blob.size = CMK_NULL - 1;       /* a nonsense size is one, and no NULL pointer */
    blob.kept = bounded(blob.size);
    if (blob.kept < blob.size)
        blob.last = last_byte(data, blob.size);
    return blob;
}

struct cmk_blob cmk_string(const char *text, unsigned long limit, unsigned long field)
{
    struct cmk_blob blob = { text, CMK_NULL, 0, field, 0 };

    if (text == NULL)
        return blob;
    blob.size = limit == CMK_NULL ? strlen(text) : strnlen(text, limit);
    blob.kept = bounded(blob.size);
    return blob;
}

/* --- lists ------------------------------------------------------------------------------------------------------ */

void cmk_items(struct cmk_items *items)
{
    items->size = 0;
    items->kept = 0;
}

/* Once more than the room was asked for, the list is known to be cut off. */
int cmk_has_room(const struct cmk_items *items)
{
    return items->size <= sizeof items->room;
}

static void append(struct cmk_items *items, enum cmk_item kind, const void *data, uint64_t size)
{
    uint64_t padded = (size + 7) & ~7UL;
    uint32_t header[2] = { kind, (uint32_t)size };
    char *at = (char *)items->room + items->size;

    if (items->size + 8 + padded <= sizeof items->room) {
        memset(at + 8 + (padded ? padded - 8 : 0), 0, padded ? 8 : 0);
        memcpy(at, header, sizeof header);
        memcpy(at + sizeof header, data, size);
        items->kept += 8 + padded;
    } else if (items->size < sizeof items->room) {
        memcpy(at, header, sizeof header);      /* the header says that the rest is missing */
        memcpy(at + sizeof header, data, sizeof items->room - items->size - sizeof header);
        items->kept = sizeof items->room;
    }
    items->size += 8 + padded;
}

void cmk_item_integer(struct cmk_items *items, unsigned long value)
{
    append(items, CMK_ITEM_INTEGER, &value, sizeof value);
}

void cmk_item_pointer(struct cmk_items *items, const void *value)
{
    append(items, CMK_ITEM_POINTER, &value, sizeof value);
}

/* Items compare byte by byte, so equal numbers get equal bytes. */
void cmk_item_floating(struct cmk_items *items, double value)
{
    if (value != value)
        value = __builtin_nan("");
    else if (value == 0)
        value = 0;
    append(items, CMK_ITEM_FLOATING, &value, sizeof value);
}

void cmk_item_string(struct cmk_items *items, const char *text)
{
    if (text == NULL)
        cmk_item_pointer(items, NULL);
    else
        append(items, CMK_ITEM_STRING, text, strlen(text));
}

struct cmk_blob cmk_list(const struct cmk_items *items, unsigned long field)
{
    struct cmk_blob blob = { items->room, items->size, bounded(items->kept), field, 0 };

    return blob;
}

/* One conversion of a format: its length modifier, and whether a precision bounds its string. ISO C 7.21.6.1 */
struct conversion {
    char length;        /* 0, h, l, q for ll and j and z and t, L */
    long precision;     /* -1: none */
};

static const char *skip_digits(const char *at, long *value)
{
    while (*at >= '0' && *at <= '9') {
        if (*value < 1L << 40)
            *value = *value * 10 + (*at - '0');
        at++;
    }
    return at;
}

static const char *read_length(const char *at, struct conversion *conversion)
{
    conversion->length = 0;
    for (; *at != 0 && strchr("hljztLq", *at) != NULL; at++) {
        if (*at == 'h' || *at == 'L')
            conversion->length = *at;
        else
            conversion->length = *at == 'l' && conversion->length == 0 ? 'l' : 'q';
    }
    return at;
}

static void item_signed(struct cmk_items *items, char length, __builtin_va_list *list)
{
    long value = length == 'l' || length == 'q' ? __builtin_va_arg(*list, long) : __builtin_va_arg(*list, int);

    cmk_item_integer(items, (unsigned long)value);
}

static void item_unsigned(struct cmk_items *items, char length, __builtin_va_list *list)
{
    cmk_item_integer(items, length == 'l' || length == 'q' ? __builtin_va_arg(*list, unsigned long)
                                                           : __builtin_va_arg(*list, unsigned));
}

static void item_text(struct cmk_items *items, const struct conversion *conversion, __builtin_va_list *list)
{
    const char *text = __builtin_va_arg(*list, const char *);

    if (conversion->length == 'l')
        cmk_item_pointer(items, text);          /* wide characters */
    else if (text != NULL && conversion->precision >= 0)
        append(items, CMK_ITEM_STRING, text, strnlen(text, (size_t)conversion->precision));
    else
        cmk_item_string(items, text);
}

/* Append the argument of one conversion; 0 when nobody knows how large it is, and so where the next one is. */
static int item_of(struct cmk_items *items, char specifier, const struct conversion *conversion,
                   __builtin_va_list *list)
{
    if (specifier == 'd' || specifier == 'i' || (specifier == 'c' && conversion->length != 'l'))
        item_signed(items, conversion->length, list);
    else if (specifier == 'c')
        item_unsigned(items, 0, list);
    else if (strchr("ouxXbB", specifier) != NULL)
        item_unsigned(items, conversion->length, list);
    else if (strchr("aAeEfFgG", specifier) != NULL)
        cmk_item_floating(items, conversion->length == 'L' ? (double)__builtin_va_arg(*list, long double)
                                                           : __builtin_va_arg(*list, double));
    else if (specifier == 's')
        item_text(items, conversion, list);
    else if (specifier == 'p' || specifier == 'n')
        cmk_item_pointer(items, __builtin_va_arg(*list, const void *));
    else
        return specifier == 'm';        /* glibc: errno, which takes no argument */
    return 1;
}

/* A width or precision of `*` is an argument as well. */
static const char *read_star(const char *at, long *value, struct cmk_items *items, __builtin_va_list *list)
{
    if (*at != '*')
        return skip_digits(at, value);
    *value = __builtin_va_arg(*list, int);
    cmk_item_integer(items, (unsigned long)*value);
    return at + 1;
}

void cmk_items_format(struct cmk_items *items, const char *format, __builtin_va_list given)
{
    __builtin_va_list list;
    const char *at = format;

    if (format == NULL)
        return;
    __builtin_va_copy(list, given);
    while ((at = strchr(at, '%')) != NULL && cmk_has_room(items)) {
        struct conversion conversion = { 0, -1 };
        long width = 0;

        at += 1 + strspn(at + 1, "-+ #0'I");
        at = read_star(at, &width, items, &list);
        if (*at == '.') {
            conversion.precision = 0;
            at = read_star(at + 1, &conversion.precision, items, &list);
        }
        at = read_length(at, &conversion);
        if (*at == '%') {
            at++;
            continue;
        }
        if (*at == 0)
            break;
        if (!item_of(items, *at, &conversion, &list)) {
            items->size += 8;       /* what follows is not known: the list is shown as one that is cut off */
            break;
        }
        at++;
    }
    __builtin_va_end(list);
}
