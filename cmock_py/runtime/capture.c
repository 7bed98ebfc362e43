/* capture.c - describe memory of the SUT that goes into a record, and tell a crash over it from other crashes.
 *
 * A blob is measured before the call is recorded and copied right after, so that the SUT may overwrite, free or reuse
 * what it passed. */
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

uint64_t cmk_bounded(uint64_t size)
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
    blob.kept = cmk_bounded(blob.size);
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
    blob.kept = cmk_bounded(blob.size);
    return blob;
}

void cmk_within(unsigned long function, const struct cmk_blob *blob, unsigned long capacity, unsigned long element)
{
    if (blob->data != NULL && blob->size / element > capacity)
        cmk_stop_with(CMK_PAST_ROOM, function, ~0UL, blob->field, blob->size / element, capacity);
}
