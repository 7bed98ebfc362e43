"""Answers that hold values of arguments: ``net.send(_, ?n) -> n``. They are put together when the call comes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from cmock_py.bind.conditions import GIVE_HEAD, Op, ValueType
from cmock_py.cdecl import values
from cmock_py.cdecl.model import Array, CType, Enumeration, Floating, FunctionType, Integer, Pointer, Structure
from cmock_py.lang.nodes import Name
from cmock_py.mocked import MAX_OUTS
from cmock_py.payload import OWNED_FLAG, Answer, UnfitError, encode_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cmock_py.bind.conditions import Conditions
    from cmock_py.mocked import Field, Mocked

BOUND_FLAG = 1 << MAX_OUTS + 4
"""In the flags of an answer. MIRROR runtime/arena.h CMK_ANSWER_BOUND"""

ROOM = 2048
"""Bytes of an answer that holds bound values, at most. MIRROR runtime/arena.h CMK_ROOM"""


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
    mocked: Mocked, outs: Sequence[Any], result: Any, errno: int | None, conditions: Conditions
) -> tuple[Answer, list[bytes]]:
    """Encode an answer with zeros in the place of bound values.

    Args:
        mocked: the function.
        outs: one value per out; bound names are names still.
        result: the result.
        errno: what is left in ``errno``, or None.
        conditions: knows what names are bound to; learns how much room the answer takes.

    Returns:
        The answer, and what puts each bound value into it, as words of `runtime/conditions.c`.

    Raises:
        UnfitError: a value does not fit, or a name is bound to what is no number.
    """
    blanks = [_blank(value) for value in outs]
    answer = encode_answer(mocked, blanks, _blank(result), errno)
    size = 8 + len(answer.data)
    whys: list[str] = []
    gives: list[bytes] = []
    for field, value in zip(mocked.written, (*outs, result), strict=False):
        for ctype, offset, name in _names(field, value, _base(field, answer), whys):
            why = _misfit(field, ctype, name, conditions)
            if why is not None:
                whys.append(why)
            elif ctype is not None:
                gives.append(_give(ctype, offset, conditions.registers[name], size))
    if size > ROOM:
        whys.append(f"an answer that holds bound values takes {ROOM} bytes at most, and this one {size}")
    if whys:
        raise UnfitError(*whys)
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


def _names(field: Field, value: Any, base: int, whys: list[str]) -> Iterator[tuple[CType | None, int, str]]:
    """Yield the C type, the place and the name of each bound value."""
    ctype: CType = field.type
    if isinstance(value, (list, tuple)) and field.is_blob:
        step = field.element
        for index, item in enumerate(value):
            yield from _inside(field, ctype, base + index * step, item, whys)
        return
    if isinstance(ctype, Pointer) and isinstance(value, (dict, list, tuple)):
        target = field.target or ctype.to
        items = [value] if isinstance(value, dict) else value
        for index, item in enumerate(items):
            yield from _inside(field, target, base + index * values.size_of(target), item, whys)
        return
    yield from _inside(field, ctype if not field.is_blob else None, base, value, whys)


def _inside(
    field: Field, ctype: CType | None, offset: int, value: Any, whys: list[str]
) -> Iterator[tuple[CType | None, int, str]]:
    match value:
        case Name(name=name):
            yield ctype, offset, name
        case dict() if isinstance(ctype, Structure):
            parts = {part.name: part for part in ctype.parts}
            for name, item in value.items():
                part = parts[name]
                if part.bits is not None and isinstance(item, Name):
                    whys.append(f"{field.name} ({field.text}): a bit-field cannot be taken from an argument")
                else:
                    yield from _inside(field, part.type, offset + part.offset, item, whys)
        case list() | tuple() if isinstance(ctype, Array):
            for index, item in enumerate(value):
                yield from _inside(field, ctype.of, offset + index * values.size_of(ctype.of), item, whys)


def _misfit(field: Field, ctype: CType | None, name: str, conditions: Conditions) -> str | None:
    """Say why a bound value cannot be put there; None when it can."""
    where = f"{field.name} ({field.text})"
    bound, name = conditions.bound.get(name), name.partition("'")[0]
    if bound is not None and bound.whole is not None:
        return f"{where}: {name} is {bound.text}; only numbers can be answered from arguments"
    if ctype is None or _value_type(ctype) is None or field.narrow is not None:
        return f"{where}: {name} is a number, and this is none"
    if bound is not None and bound.is_floating and not isinstance(ctype, Floating):
        return f"{where}: {name} is a floating number, and this is a whole one"
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


def _give(ctype: CType, offset: int, register: int, size: int) -> bytes:
    kind = _value_type(ctype)
    assert kind is not None  # noqa: S101 - for mypy
    width = 1 if isinstance(ctype, Integer) and ctype.kind == "bool" else 0
    head = GIVE_HEAD.pack(Op.GIVE, kind, 0, values.size_of(ctype), 0, 0, width, register, offset, 1)
    return head + size.to_bytes(8, "little")
