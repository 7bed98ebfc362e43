/* powers.h - equal sequences side by side, counted instead of guessed. */
#ifndef CMK_POWERS_H
#define CMK_POWERS_H

#include "machine.h"

/* `place->at` is the number of children that are not at their end. */
void cmk_powers_begin(const struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place);

/* Let a child that waits for the event number `letter` of the word take it; 0 when none does. */
int cmk_powers_take(const struct cmk_step *step, const struct cmk_node *node, struct cmk_place *place, uint32_t letter);

#endif
