/* pending.c - stands in for what is being written; goes away with the last of it. */
#include "machine.h"

#include <stdlib.h>

__attribute__((weak)) void cmk_sets_begin(const struct cmk_step *step, const struct cmk_node *node,
                                          struct cmk_place *place)
{
    (void)step, (void)node, (void)place;
    abort();
}

__attribute__((weak)) int cmk_sets_take(struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place)
{
    (void)step, (void)node, (void)place;
    abort();
}

__attribute__((weak)) int cmk_sets_may_end(const struct cmk_step *step, const struct cmk_place *place)
{
    (void)step, (void)place;
    abort();
}

__attribute__((weak)) uint32_t cmk_differs(const struct cmk_step *step, uint32_t event, int all,
                                           const uint64_t *registers)
{
    (void)step, (void)event, (void)all, (void)registers;
    return CMK_NO_FIELD;
}

__attribute__((weak)) void cmk_bind(const struct cmk_step *step, uint32_t event, uint64_t *registers)
{
    (void)step, (void)event, (void)registers;
}

__attribute__((weak)) int cmk_answered_so(const struct cmk_step *step, uint32_t event, const uint64_t *registers)
{
    (void)step, (void)event, (void)registers;
    return 1;
}

__attribute__((weak)) uint64_t cmk_key_hash(const struct cmk_step *step)
{
    (void)step;
    return 1;
}

__attribute__((weak)) int cmk_answer_alike(const struct cmk_step *step, uint32_t event, const uint64_t *registers,
                                           uint32_t other, const uint64_t *other_registers)
{
    (void)step, (void)registers, (void)other_registers;
    return event == other;
}
