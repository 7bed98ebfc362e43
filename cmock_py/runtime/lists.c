/* lists.c - what callers pass for `...`, and arrays that are walked: collected on the stub's stack, item by item. */
#include "internal.h"

#include <stddef.h>
#include <string.h>

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
    struct cmk_blob blob = { items->room, items->size, cmk_bounded(items->kept), field, 0 };

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
        if (*at == 0 || !item_of(items, *at, &conversion, &list)) {
            items->size += 8;       /* what follows is not known: the list is shown as one that is cut off */
            break;
        }
        at++;
    }
    __builtin_va_end(list);
}
