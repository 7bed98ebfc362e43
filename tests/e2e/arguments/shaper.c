/* shaper.c - makes shapes on poisoned memory and passes them. */
#include "shaper.h"

#include <stdlib.h>
#include <string.h>

static void on_event(int number)
{
    (void)number;
}

int by_size(const void *left, const void *right)
{
    return left == right ? 0 : 1;
}

static void make_whole(struct whole *whole, int poison)
{
    memset(whole, poison, sizeof *whole);
    strcpy(whole->name, "bob");
    whole->color = GREEN;
    whole->leaf.tag = 1;
    whole->leaf.weight = -0.0;
    whole->either.i = 7;
    whole->left = 1;
    whole->right = 2;
    for (int i = 0; i < 6; i++)
        whole->matrix[i / 3][i % 3] = i;
    whole->leaves[0].tag = 1;
    whole->leaves[0].weight = 1.5;
    whole->leaves[1].tag = 2;
    whole->leaves[1].weight = __builtin_nan("7");
    whole->precise = 2.5L;
    whole->callback = on_event;
    whole->text = "text";
    whole->ok = true;
    whole->wide = L'x';
    whole->real = 0.5F;
    whole->c = 'c';
    whole->small = -1;
    whole->raw[0] = 1;
    whole->raw[1] = 2;
    whole->raw[2] = 255;
    whole->next = NULL;
}

void pass_whole(int poison)
{
    struct whole whole;

    make_whole(&whole, poison);
    put_whole(&whole);
    put_whole_value(whole);
}

void pass_odd_ones(int poison)
{
    struct packed both[2] = { { 'x', -5, 1.25 }, { 'y', 6, 0.0 } };
    struct bits bits;
    struct aligned aligned;
    union either either = { .f = 1.5F };

    memset(&bits, poison, sizeof bits);
    bits.a = 5;
    bits.b = -3;
    bits.c = 1ULL << 39;
    bits.color = GREEN;
    bits.flag = true;
    put_bits(bits);
    put_packed(both[0]);
    put_packed_all(both, 2);
    memset(&aligned, poison, sizeof aligned);
    aligned.c = 'q';
    aligned.i = 9;
    put_aligned(aligned);
    put_either(either);
}

void pass_flexible(void)
{
    struct flexible *flexible = malloc(sizeof *flexible + 3 * sizeof flexible->numbers[0]);

    if (flexible == NULL)
        return;
    flexible->n = 3;
    for (int i = 0; i < 3; i++)
        flexible->numbers[i] = i + 1;
    put_flexible(flexible);
    free(flexible);
}

void pass_functions(void)
{
    struct driver driver = { by_size, on_event };

    put_compare(by_size);
    put_driver(&driver);
}

int pass_leaves(int poison)
{
    struct leaf leaves[2];

    memset(leaves, poison, sizeof leaves);
    leaves[0].tag = 1;
    leaves[0].weight = 0.5;
    leaves[1].tag = 2;
    leaves[1].weight = -0.0;
    put_leaves(leaves, 2);
    turn_leaves(leaves, 2);
    return 10 * leaves[0].tag + leaves[1].tag;
}

void receive_whole(struct whole *whole)
{
    *whole = get_whole();
}

void receive_bits(struct bits *bits)
{
    *bits = get_bits();
}

void receive_packed(struct packed *packed)
{
    *packed = get_packed();
}

void receive_either(union either *either)
{
    *either = get_either();
}

int receive_owned(void)
{
    const int *numbers = get_numbers();

    return 100 * get_leaf()->tag + numbers[0] + numbers[1] + numbers[2] + get_text()[0] + get_raw()[0];
}
