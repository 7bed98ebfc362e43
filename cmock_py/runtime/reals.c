/* reals.c - what a real function has answered where an event let it, kept in the room at the end of its record. */
#include "internal.h"
#include "machine.h"

#include <errno.h>
#include <string.h>

/* The room of the call, its flags first, with errno in them; NULL when nothing is kept: a spy answers what the language does
 * not allow. */
static uint64_t *room_of(const struct cmk_call *call)
{
    uint64_t *room = (uint64_t *)(uint64_t)call->answer;

    if (room == NULL)
        return NULL;
    room--;
    *room = (uint32_t)*room | CMK_ANSWER_ERRNO | (uint64_t)(uint32_t)errno << 32;
    return room;
}

void cmk_answered_nothing(const struct cmk_call *call)
{
    room_of(call);
}

void cmk_answered_value(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long mask,
                    const void *from, unsigned long size)
{
    uint64_t *room = room_of(call);

    if (room == NULL || from == NULL)
        return;
    cmk_writing(call->function, index);
    memcpy(&room[1 + slot], from, size);
    cmk_done();
    if (mask != 0)
        memset(&room[1 + mask], 0xff, size);
    *room &= ~CMK_UNTOUCHED(index);
}

void cmk_answered_array(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long at,
                    const void *from, unsigned long count, unsigned long element)
{
    uint64_t *room = room_of(call);
    unsigned long most = CMK_REAL_BYTES / element;

    if (room == NULL || from == NULL)
        return;
    count = count < most ? count : most;
    cmk_writing(call->function, index);
    memcpy((char *)&room[1] + at, from, count * element);
    cmk_done();
    room[1 + slot] = count;
    room[2 + slot] = at;
    *room &= ~CMK_UNTOUCHED(index);
}

/* A text that is too long is known by its address only. What is pointed to has its size in the word before it. */
void cmk_answered_text(const struct cmk_call *call, unsigned long index, unsigned long slot, unsigned long at,
                   const char *text)
{
    uint64_t *room = room_of(call);
    unsigned long most = CMK_REAL_BYTES - 8, size;

    if (room == NULL)
        return;
    cmk_writing(call->function, index);
    size = text == NULL ? most : strnlen(text, most);
    room[1 + slot] = (uint64_t)text;
    *room &= ~CMK_UNTOUCHED(index);
    if (size < most) {
        room[1 + at / 8] = size + 1;
        memcpy((char *)&room[1] + at + 8, text, size + 1);
        room[1 + slot] = at + 8;
        *room |= CMK_ANSWER_OWNED;
    }
    cmk_done();
}
