"""Bit-fields as bytes and back."""

from __future__ import annotations

import random

import cffi
import pytest

from cmock_py.host.fields import BitField, read_bits, touched, with_bits
from tests.seeds import drawn

FFI = cffi.FFI()
FFI.cdef("enum side { LEFT, RIGHT = 3 };")


def test_a_bit_field_is_written_and_its_neighbours_are_kept() -> None:
    """At any bit, over any number of bytes: what is written is read again, and all other bits stay."""
    seed = drawn()
    print(f"seed {seed}")  # noqa: T201 - shown when it fails
    dice = random.Random(seed)
    for _ in range(2000):
        signed = dice.random() < 0.5
        width, shift = dice.randrange(1, 65), dice.randrange(200)
        field = BitField(FFI.typeof("long" if signed else "unsigned long"), shift, width)
        value = dice.randrange(1 << width) - (signed << width - 1)
        first, size = touched(field)
        before = dice.randbytes(size)
        after = with_bits(field, before, value)
        assert read_bits(field, after) == value
        ones = (1 << width) - 1 << shift - 8 * first
        changed = int.from_bytes(before, "little") ^ int.from_bytes(after, "little")
        assert changed & ~ones == 0
        assert len(after) == size


def test_values_show_as_those_of_other_members() -> None:
    """An enum by its name, a truth value as one."""
    side, truth = BitField(FFI.typeof("enum side"), 3, 2), BitField(FFI.typeof("_Bool"), 5, 1)
    assert read_bits(side, with_bits(side, b"\0", "RIGHT")) == "RIGHT"
    assert with_bits(side, b"\0", "RIGHT") == b"\x18"
    assert read_bits(truth, b"\xff") is True
    with pytest.raises(ValueError, match=r"4 is outside 0\.\.3, what a bit-field of 2 bits holds"):
        with_bits(side, b"\0", 4)
