"""The bounds of the language, and what is said when one is crossed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.errors import Fault, LanguageError

if TYPE_CHECKING:
    from cmock_py.lang.nodes import Bits, Source

MAX_DEPTH = 64
MAX_REPEAT = 2**31 - 1
MAX_COPIED = 2**20
"""Events and operators that an expansion may add; a few lines of `do` could ask for more than there is memory."""

TOO_DEEP = f"the language is nested more than {MAX_DEPTH} deep here"
FLATTER = "brackets directly inside brackets often say nothing new: write the inner items in the outer ones"


def too_deep(place: Source) -> LanguageError:
    """Build the error for a tree nested beyond `MAX_DEPTH`."""
    return LanguageError([Fault(str(place), TOO_DEEP, FLATTER)])


def bits_fault(bits: Bits) -> str | None:
    """Say why no number has such bits, or return None.

    >>> from cmock_py.lang.nodes import Bits
    >>> bits_fault(Bits(0x0F, 0x80))
    'no number has bits 0xf == 0x80: 0x80 is outside of the mask'
    """
    mask, value = bits.mask, bits.value
    if isinstance(mask, int) and isinstance(value, int) and value & ~mask:
        return f"no number has bits {mask:#x} == {value:#x}: {value & ~mask:#x} is outside of the mask"
    return None


def count_fault(least: int, most: int | None) -> str | None:
    """Say what is wrong with the bounds of a repetition, or return None.

    Args:
        least: how often at least.
        most: how often at most; None for no bound.

    >>> count_fault(5, 2)
    '5 times at least and 2 at most is impossible'
    """
    low, high = min(least, most or 0), max(least, most or 0)
    if low < 0:
        return f"a count is not negative, as {low} is"
    if most is not None and most < least:
        return f"{least} times at least and {most} at most is impossible"
    if high > MAX_REPEAT:
        return f"a count is at most {MAX_REPEAT}, not {high}"
    return None
