"""Whole columns of values encoded at once: what makes a language of a million events load in a second.

Every function here returns None as soon as anything is unusual; the event-by-event way of `bind.tables` then encodes
the same values and words the faults. So nothing is decided here that is not decided there as well.
"""

from __future__ import annotations

import struct
from array import array
from typing import TYPE_CHECKING, Any

from cmock_py.cdecl.model import Enumeration, Floating, Integer, Pointer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.mocked import Field, Mocked

_CODES = {(1, True): "b", (1, False): "B", (2, True): "h", (2, False): "H", (4, True): "i", (4, False): "I",
          (8, True): "q", (8, False): "Q"}  # fmt: skip


def words(field: Field, column: Sequence[Any]) -> array[int] | None:
    """Encode a column of scalars, one zero-extended word each; None when a value is not plainly a number that fits."""
    if field.is_blob or field.words != 1:
        return None
    match field.type:
        case Integer(size=size, signed=signed, kind="int") | Enumeration(size=size, signed=signed):
            return _integers(size, signed, column)
        case Pointer():
            return _integers(8, signed=False, column=column)
        case Floating(size=8, is_complex=False):
            return _floats("d", "Q", column)
        case Floating(size=4, is_complex=False):
            return _floats("f", "I", column)
    return None


def _integers(size: int, signed: bool, column: Sequence[Any]) -> array[int] | None:
    """The array constructor checks type and range of every value in C."""
    try:
        encoded = array(_CODES[size, signed], column)
    except (TypeError, OverflowError):
        return None
    return _widened(_CODES[size, False], encoded.tobytes())


def _floats(code: str, unsigned: str, column: Sequence[Any]) -> array[int] | None:
    """An array of floats would turn what is too large into infinity, so struct packs them."""
    if not set(map(type, column)) <= {float, int}:
        return None
    try:
        return _widened(unsigned, struct.pack(f"<{len(column)}{code}", *column))
    except (struct.error, OverflowError):
        return None


def _widened(code: str, raw: bytes) -> array[int]:
    narrow = array(code)
    narrow.frombytes(raw)
    return narrow if code == "Q" else array("Q", narrow)


def args(mocked: Mocked, lists: Sequence[Sequence[Any]]) -> array[int] | None:
    """Encode the expected arguments of many calls of one function.

    Args:
        mocked: the function.
        lists: the patterns of each call.

    Returns:
        ``in_words`` words per call, or None.
    """
    if set(map(len, lists)) != {len(mocked.ins)}:
        return None
    encoded = array("Q", bytes(8 * mocked.in_words * len(lists)))
    for field, column in zip(mocked.ins, zip(*lists, strict=True), strict=True):
        packed = words(field, column)
        if packed is None:
            return None
        encoded[field.slot :: mocked.in_words] = packed
    return encoded


def answers(mocked: Mocked, column: Sequence[Any]) -> tuple[array[int], list[int]] | None:
    """Encode the answers of many calls of one function without outs, equal ones once.

    Returns:
        One word per distinct answer, and the index of each call's answer among them; None when anything is unusual.
    """
    if mocked.outs:
        return None
    types = set(map(type, column))
    if mocked.result is None:
        return (array("Q", [0]), [0] * len(column)) if types == {type(None)} else None
    if types not in ({int}, {float}):
        return None
    distinct = list(dict.fromkeys(column))
    if types == {float} and 0.0 in distinct:
        return None  # 0.0 and -0.0 are one key of a dict and two answers
    packed = words(mocked.result, distinct)
    if packed is None:
        return None
    index_of = {value: index for index, value in enumerate(distinct)}
    return packed, list(map(index_of.__getitem__, column))
