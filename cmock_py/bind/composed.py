"""Answers that hold values of arguments: ``net.send(_, ?n) -> n``. They are put together when the call comes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmock_py.bind.conditions import GIVE_HEAD, Op, ValueType
from cmock_py.cdecl import values
from cmock_py.cdecl.model import Array, CType, Enumeration, Floating, FunctionType, Integer, Pointer, Structure
from cmock_py.lang.names import as_written
from cmock_py.lang.nodes import Name
from cmock_py.mocked import MAX_OUTS
from cmock_py.payload import OWNED_FLAG, Answer, UnfitError, encode_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cmock_py.bind.conditions import Conditions
    from cmock_py.mocked import Field, Mocked

BOUND_FLAG = 1 << MAX_OUTS + 4
"""In the flags of an answer. MIRROR runtime/arena.h CMK_ANSWER_BOUND"""

_ERRNO_AT = -4
"""Where ``errno`` is, counted from the slots: in the upper half of the flags."""

_INT = Integer(4, signed=True)
_LARGEST = 64
_PYTHON = "a Python function can answer it (-> @name)"

ROOM = 2048
"""Bytes of an answer that holds bound values, at most. MIRROR runtime/arena.h CMK_ROOM"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number is in a written value.

    Attributes:
        type: of the number; None where none can be.
        offset: in bytes from where the value begins.
        first: of a bit-field its first bit, counted from `offset`.
        width: its bits; 0 of what is no bit-field.
    """

    type: CType | None
    offset: int = 0
    first: int = 0
    width: int = 0


def is_composed(value: Any, registers: Mapping[str, int]) -> bool:
    """Tell whether a value holds a name that an argument is bound to.

    >>> is_composed({"x": Name("n")}, {"n": 0}), is_composed(Name("s"), {"n": 0})
    (True, False)
    """
    if value.__class__ is Name:
        return value.name in registers
    if isinstance(value, (list, tuple)):
        return bool(registers) and any(is_composed(item, registers) for item in value)
    return isinstance(value, dict) and any(is_composed(item, registers) for item in value.values())


def compose(
    mocked: Mocked, outs: Sequence[Any], result: Any, errno: int | Name | None, conditions: Conditions
) -> tuple[Answer, list[bytes]]:
    """Encode an answer with zeros in the place of bound values.

    Args:
        mocked: the function.
        outs: one value per out; bound names are names still.
        result: the result.
        errno: what is left in ``errno``, a bound name as well, or None.
        conditions: knows what names are bound to; learns how much room the answer takes.

    Returns:
        The answer, and what puts each bound value into it, as words of `runtime/conditions.c`.

    Raises:
        UnfitError: a value does not fit, or a name is bound to what is no number.
    """
    written = [
        (field, place, name)
        for field, value in zip(mocked.written, (*outs, result), strict=False)
        for place, name in _names(field, value)
    ]
    whys = [why for field, place, name in written if (why := _misfit(field, place, name, conditions))]
    if isinstance(errno, Name) and (why := _no_number(errno.name, _INT, conditions)):
        whys.append(f"errno: {why}")
    if whys:
        raise UnfitError(*whys)
    answer = encode_answer(mocked, [_blank(value) for value in outs], _blank(result), _blank(errno))
    size = 8 + len(answer.data)
    if size > ROOM:
        message = f"an answer that holds bound values takes {ROOM} bytes at most, and this one {size}"
        raise UnfitError(message)
    gives = [_give(place, _base(field, answer), conditions.registers[name], size) for field, place, name in written]
    if isinstance(errno, Name):
        gives.append(_give(_Place(_INT), _ERRNO_AT, conditions.registers[errno.name], size))
    conditions.rooms[mocked.number] = max(size, conditions.rooms.get(mocked.number, 0))
    return Answer(answer.flags | BOUND_FLAG, answer.data), gives


def _blank(value: Any) -> Any:
    """Put 0 in the place of names."""
    match value:
        case Name():
            return 0
        case list() | tuple():
            return [_blank(item) for item in value]
        case dict():
            return {name: _blank(item) for name, item in value.items()}
    return value


def _base(field: Field, answer: Answer) -> int:
    """Where the bytes of a written value begin, counted from the slots."""
    at = 8 * field.slot
    if field.is_blob:
        return int(struct.unpack_from("<Q", answer.data, at + 8)[0])
    is_owned = field.name == "result" and bool(answer.flags & OWNED_FLAG)
    return int(struct.unpack_from("<Q", answer.data, at)[0]) if is_owned else at


def _names(field: Field, value: Any) -> Iterator[tuple[_Place, str]]:
    """Yield the place and the name of each bound value."""
    ctype: CType = field.type
    if isinstance(value, (list, tuple)) and field.is_blob:
        for index, item in enumerate(value):
            yield from _inside(_Place(ctype, index * field.element), item)
    elif isinstance(ctype, Pointer) and isinstance(value, (dict, list, tuple)):
        target = field.target or ctype.to
        for index, item in enumerate([value] if isinstance(value, dict) else value):
            yield from _inside(_Place(target, index * values.size_of(target)), item)
    else:
        yield from _inside(_Place(ctype if not field.is_blob else None), value)


def _inside(place: _Place, value: Any) -> Iterator[tuple[_Place, str]]:
    match value:
        case Name(name=name):
            yield place, name
        case dict() if isinstance(place.type, Structure):
            parts = {part.name: part for part in place.type.parts}
            for name, item in value.items():
                if name in parts:  # encoding says it of any other
                    part = parts[name]
                    first, width = part.bits or (0, 0)
                    at = place.offset + part.offset + first // 8
                    yield from _inside(_Place(part.type, at, first % 8, width), item)
        case list() | tuple() if isinstance(place.type, Array):
            step = values.size_of(place.type.of)
            for index, item in enumerate(value):
                yield from _inside(_Place(place.type.of, place.offset + index * step), item)


def _misfit(field: Field, place: _Place, name: str, conditions: Conditions) -> str | None:
    """Say why a bound value cannot be put there; None when it can."""
    why = _no_number(name, place.type, conditions)
    if field.narrow is not None or place.first + place.width > _LARGEST:
        what = "the bit-field behind it" if field.narrow is not None else "a bit-field in more than eight bytes"
        why = f"{what} cannot be taken from an argument; {_PYTHON}"
    return why and f"{field.name} ({field.text}): {why}"


def _no_number(name: str, ctype: CType | None, conditions: Conditions) -> str | None:
    """Say why what a name is bound to is no number for a type; None when it is one."""
    bound, name = conditions.bound.get(name), as_written(name)
    if bound is not None and bound.whole is not None:
        return f"{name} is {bound.text}; only numbers can be answered from arguments; {_PYTHON}"
    if ctype is None or _value_type(ctype) is None:
        return f"{name} is a number, and this is none"
    if bound is not None and bound.is_floating and not isinstance(ctype, Floating):
        return f"{name} is a floating number, and this is a whole one"
    return None


def _value_type(ctype: CType) -> ValueType | None:
    match ctype:
        case Integer(signed=signed) | Enumeration(signed=signed):
            return ValueType.SIGNED if signed else ValueType.UNSIGNED
        case Pointer() | FunctionType():
            return ValueType.UNSIGNED
        case Floating(is_complex=False):
            return ValueType.FLOATING
    return None


def _give(place: _Place, base: int, register: int, size: int) -> bytes:
    """Write the condition that puts a bound value into an answer of so many bytes."""
    ctype, first, width = place.type, place.first, place.width
    assert ctype is not None  # noqa: S101 - for mypy
    kind = _value_type(ctype)
    assert kind is not None  # noqa: S101 - for mypy
    is_truth = isinstance(ctype, Integer) and ctype.kind == "bool"
    length = -(-(first + width) // 8) if width else values.size_of(ctype)
    offset = base + place.offset & 0xFFFF_FFFF
    head = GIVE_HEAD.pack(Op.GIVE, kind, is_truth, length, 0, first, width, register, offset, 1)
    return head + size.to_bytes(8, "little")
