"""Labels: which events can take the same call.

A label is the number of a function; or, where `matched` arguments tell all events of a function apart, of the function
with certain arguments. Then the runtime finds the label of a call by a hash of these arguments, and a thousand
sequences of one function, each with a handle of its own, are as far apart as sequences of different functions.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmock_py.mocked import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cmock_py.mocked import Field, Mocked

MAX_KEYED = 32
"""Visible arguments of a function that may have keys; a bit each. MIRROR runtime/machine.h struct cmk_machine."""

_ROW = struct.Struct("<QII")
_BLOB = struct.Struct("<QQ")
KEY_BYTES = _ROW.size
_MASK64 = (1 << 64) - 1
_NULL = _MASK64
_ALL = 0xFF


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a language.

    Attributes:
        of_events: by event.
        keyed: by function the arguments that are its keys, a bit each.
        keys: hash, one event and label of each key.
    """

    of_events: Sequence[int]
    keyed: Mapping[int, int]
    keys: Sequence[tuple[int, int, int]]

    def table(self) -> bytes:
        """Lay the keys out as an open hash of a power of two of entries, at most half full."""
        size = 1 << max(1, (2 * len(self.keys)).bit_length())
        rows: list[tuple[int, int, int] | None] = [None] * size
        for key in self.keys:
            index = key[0] & (size - 1)
            while rows[index] is not None:
                index = (index + 1) & (size - 1)
            rows[index] = key
        return b"".join(_ROW.pack(*(row or (0, 0, 0))) for row in rows)


def label(
    mocked: Sequence[Mocked],
    functions: Sequence[int],
    payload: Callable[[int], memoryview],
    mask: Callable[[int], memoryview | None],
    asking: Iterable[int] = (),
) -> Labels:
    """Give each event a label.

    Args:
        mocked: the functions of the spec.
        functions: the number of the function of each event.
        payload: the expected arguments of an event.
        mask: their mask, None when every bit counts.
        asking: events with conditions, which no hash can find.
    """
    candidates = {m.number: m for m in mocked if any(field.is_matched for field in m.ins[:MAX_KEYED])}
    indices: dict[int, list[int]] = {number: [] for number in candidates}
    for index, number in enumerate(functions) if candidates else ():
        if number in indices:
            indices[number].append(index)
    asked = {functions[index] for index in asking}
    labels = array("I", functions)
    keyed: dict[int, int] = {}
    keys: list[tuple[int, int, int]] = []
    for number, events in indices.items():
        fields = None if number in asked else _keys(candidates[number], events, payload, mask)
        if not fields:
            continue
        keyed[number] = sum(1 << index for index, _ in fields)
        known: dict[tuple[bytes, ...], int] = {}
        for event in events:
            key = tuple(_bytes(field, payload(event)) for _, field in fields)
            if key not in known:
                known[key] = len(mocked) + len(keys)
                keys.append((key_hash(number, key), event, known[key]))
            labels[event] = known[key]
    return Labels(labels, keyed, keys)


def _keys(
    mocked: Mocked,
    events: Sequence[int],
    payload: Callable[[int], memoryview],
    mask: Callable[[int], memoryview | None],
) -> list[tuple[int, Field]] | None:
    """List the matched arguments that tell events apart; None when one of them may be anything in some events only."""
    found = []
    for index, field in enumerate(mocked.ins):
        if not field.is_matched:
            continue
        said = {_said(field, payload(event), mask(event)) for event in events}
        if said == {False}:
            continue  # anything, always
        if said != {True} or field.leaves or field.kind is Kind.LIST or index >= MAX_KEYED:
            return None
        found.append((index, field))
    return found


def _said(field: Field, payload: memoryview, mask: memoryview | None) -> bool | None:
    """Whether an event says all of an argument, or nothing (False), or some of it (None)."""
    if mask is None:
        return True
    at, end = 8 * field.slot, 8 * (field.slot + field.words)
    bits = bytes(mask[at:end])
    if not any(bits):
        return False
    if field.kind is Kind.BLOB:
        described = _BLOB.unpack_from(payload, at)[1]
        start = described & 0xFFFF_FFFF
        bits += bytes(mask[start : start + (described >> 32)])
    return True if bits.count(_ALL) == len(bits) else None


def _bytes(field: Field, payload: memoryview) -> bytes:
    """The bytes that are the key of an argument: its words; or the size of a blob, and what it holds."""
    at = 8 * field.slot
    if field.kind is Kind.WORDS:
        return bytes(payload[at : at + 8 * field.words])
    size, described = _BLOB.unpack_from(payload, at)
    kept, start = described >> 32, described & 0xFFFF_FFFF
    raw = bytes(payload[at : at + 8]) + (b"" if size == _NULL else bytes(payload[start : start + kept]))
    return raw + bytes(-len(raw) % 8)


def key_hash(function: int, key: Iterable[bytes]) -> int:
    """Hash a function and its keys, word by word; never 0. MIRROR runtime/match.c cmk_key_hash."""
    hashed = 0
    for raw in (struct.pack("<Q", function + 1), *key):
        for (word,) in struct.iter_unpack("<Q", raw):
            hashed = (hashed ^ word) * 0x9E37_79B9_7F4A_7C15 & _MASK64
            hashed ^= hashed >> 32
    return hashed or 1
