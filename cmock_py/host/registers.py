"""Which registers pass a C value: the classes of System V AMD64 ABI 3.2.3, for cffi's types.

One class for each eight bytes of a value; None says that it lies in memory.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.host import numbers
from cmock_py.host.fields import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

GPRS, XMMS = 6, 8
"""Registers that pass arguments: general ones, and those of floating numbers."""
WORD = 8
"""Bytes of one of them, as of a word of the stack."""

_LARGEST = 16


class Class(Enum):
    """What passes eight bytes; of `NOTHING` there are only bytes of padding."""

    NOTHING = 0
    INTEGER = 1
    SSE = 2
    X87 = 3
    X87_REST = 4
    MEMORY = 5


Classes: TypeAlias = "tuple[Class, ...] | None"


def classes(ctype: Any) -> Classes:
    """Classify a struct or union.

    Args:
        ctype: a complete cffi type.

    Returns:
        The class of each eight bytes; None for memory: more than 16 bytes, or a member that is not aligned.

    >>> ffi = numbers.ffi()
    >>> ffi.cdef("struct cmk_doc { double x; float y, z; };")
    >>> [found.name for found in classes(ffi.typeof("struct cmk_doc"))]
    ['SSE', 'SSE']
    """
    size = numbers.size_of(ctype)
    if size > _LARGEST:
        return None
    found = [Class.NOTHING] * -(-size // WORD)
    for first, last, kind in _leaves(ctype, 0):
        for eight in range(first // WORD, last // WORD + 1):
            found[eight] = _merged(found[eight], _rest(kind, eight - first // WORD))
    has_x87 = Class.X87 in found or Class.X87_REST in found
    if Class.MEMORY in found or (has_x87 and found != [Class.X87, Class.X87_REST]):
        return None
    return tuple(found)


def is_disputed(ctype: Any) -> bool:
    """Tell whether compilers differ in how they pass a struct.

    One of its members is a struct that is not aligned, as in a packed one, and holds bit-fields only where it matters:
    gcc looks at the numbers inside alone and takes registers, clang looks at the member and takes memory.
    """
    return classes(ctype) is not None and any(_unaligned(ctype, 0))


def _unaligned(ctype: Any, base: int) -> Iterator[bool]:
    """Yield for each struct inside a struct whether it is not aligned."""
    for _, field in fields(ctype):
        inner, at = field.type, base + field.offset
        while inner.kind == "array":
            inner = inner.item
        if field.bitsize < 0 and inner.kind in {"struct", "union"}:
            yield at % numbers.ffi().alignof(inner) != 0
            yield from _unaligned(inner, at)


def _rest(kind: Class, eight: int) -> Class:
    """The class of the later eight bytes of one number: only a long double has another."""
    return Class.X87_REST if kind is Class.X87 and eight else kind


def _merged(one: Class, other: Class) -> Class:
    """The class of eight bytes that two members share."""
    if one is other or other is Class.NOTHING:
        return one
    if one is Class.NOTHING:
        return other
    if Class.MEMORY not in {one, other} and Class.INTEGER in {one, other}:
        return Class.INTEGER
    return Class.MEMORY


def _leaves(ctype: Any, base: int) -> Iterator[tuple[int, int, Class]]:
    """Yield first and last byte and class of each number in a type; one that is not aligned wants memory."""
    if ctype.kind in {"struct", "union"}:
        for _, field in fields(ctype):
            if field.bitsize >= 0:
                first = 8 * (base + field.offset) + field.bitshift
                yield first // 8, (first + max(field.bitsize, 1) - 1) // 8, Class.INTEGER
            else:
                yield from _leaves(field.type, base + field.offset)
    elif ctype.kind == "array":
        step = numbers.size_of(ctype.item)
        for index in range(ctype.length or 0):
            yield from _leaves(ctype.item, base + index * step)
    else:
        aligned = base % numbers.ffi().alignof(ctype) == 0
        yield base, base + numbers.size_of(ctype) - 1, _scalar(ctype) if aligned else Class.MEMORY


def _scalar(ctype: Any) -> Class:
    """The class of a number or pointer."""
    if ctype.cname == "long double":
        return Class.X87
    floating = ctype.kind == "primitive" and ("float" in ctype.cname or "double" in ctype.cname)
    return Class.SSE if floating else Class.INTEGER
