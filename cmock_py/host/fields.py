"""The members of cffi's aggregates; bit-fields lie where the compiler has them, of which cffi knows too little.

In packed structs a bit-field may begin in one unit of storage and end in the next, which cffi cannot hold. So
`layout` takes all of them out of cffi's types, and notes here where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from cmock_py.cdecl import values
from cmock_py.host import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class BitField:
    """A bit-field as a field of cffi would be: its bits are counted from the start of the aggregate.

    Attributes:
        type: its cffi type.
        bitshift: its first bit.
        bitsize: how many it has.
        offset: always 0.
    """

    type: Any
    bitshift: int
    bitsize: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class _Placed:
    """The names of all members in order, and those of them that are bit-fields."""

    names: Sequence[str]
    bits: Mapping[str, BitField]


_placed: WeakKeyDictionary[Any, _Placed] = WeakKeyDictionary()


def place(ctype: Any, names: Sequence[str], bits: Mapping[str, BitField]) -> None:
    """Note where the bit-fields of an aggregate are, and the names of all its members in order."""
    _placed[ctype] = _Placed(names, bits)


def fields(ctype: Any) -> Iterator[tuple[str, Any]]:
    """Yield name and field of each member of an aggregate in order: fields of cffi, or bit-fields of ours."""
    placed = _placed.get(ctype)
    if placed is None:
        yield from ctype.fields or ()
        return
    known = {**dict(ctype.fields or ()), **placed.bits}
    yield from ((name, known[name]) for name in placed.names if name in known)


def touched(field: Any) -> tuple[int, int]:
    """Tell the first byte that holds some bit of a bit-field, and how many hold all."""
    first = field.bitshift // 8
    return first, (field.bitshift + field.bitsize - 1) // 8 + 1 - first


def read_bits(field: Any, raw: bytes) -> Any:
    """Take the value of a bit-field out of the bytes that it touches."""
    number = int.from_bytes(raw, "little") >> field.bitshift % 8 & (1 << field.bitsize) - 1
    return values.decode_bits(numbers.model(field.type), field.bitsize, number)


def with_bits(field: Any, raw: bytes, value: Any) -> bytes:
    """Put a value into the bytes that a bit-field touches, and leave its neighbours as they are.

    Raises:
        TypeError, ValueError: it is no number, or does not fit.
    """
    ones: int = (1 << field.bitsize) - 1
    shift: int = field.bitshift % 8
    bits = values.encode_bits(numbers.model(field.type), field.bitsize, value)
    kept: int = int.from_bytes(raw, "little") & ~(ones << shift)
    return (kept | bits << shift).to_bytes(len(raw), "little")
