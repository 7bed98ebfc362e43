"""Answers that hold values of arguments: ``net.send(_, ?n) -> n``. They are put together when the call comes."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from cmock_py.bind.conditions import GIVE_HEAD, Op, ValueType, type_text
from cmock_py.cdecl import scalars, values
from cmock_py.cdecl.model import Array, CType, Enumeration, Floating, FunctionType, Integer, Part, Pointer, Structure
from cmock_py.lang.names import as_written
from cmock_py.lang.nodes import Name
from cmock_py.mocked import MAX_OUTS
from cmock_py.payload import OWNED_FLAG, Answer, UnfitError, check_alignment, encode_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cmock_py.bind.conditions import Bound, Conditions
    from cmock_py.mocked import Field, Mocked

BOUND_FLAG = 1 << MAX_OUTS + 4
"""In the flags of an answer. MIRROR runtime/arena.h CMK_ANSWER_BOUND"""

_ERRNO_AT = -4
"""Where ``errno`` is, counted from the slots: in the upper half of the flags."""

_INT = Integer(4, signed=True)
_LARGEST = 64
_PYTHON = "a Python function can answer it (-> @name)"
_LOWER_HALF = 0xFFFF_FFFF


class Way(IntEnum):
    """Where a value goes that is more than a number. MIRROR runtime/machine.h enum cmk_way."""

    IN_PLACE = 0
    BEHIND = 1
    OWNED = 2


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a name is in a written value.

    Attributes:
        type: of what stands there; None where it is no one value, but elements.
        offset: in bytes from where the value begins.
        first: of a bit-field its first bit, counted from `offset`.
        width: its bits; 0 of what is no bit-field.
        way: how a value goes there that is more than a number.
        element: of one that does not go in place, what it consists of.
        is_text: whether C reads text there, up to a NUL.
    """

    type: CType | None
    offset: int = 0
    first: int = 0
    width: int = 0
    way: Way = Way.IN_PLACE
    element: CType | None = None
    is_text: bool = False

    @property
    def blank(self) -> Any:
        """What is written until the value is known."""
        if self.way is Way.BEHIND:
            return b"" if self.element is not None and scalars.is_char(self.element) else []
        if self.type is None or isinstance(self.type, Pointer) or _value_type(self.type) is not None:
            return 0
        return values.decode(self.type, bytes(values.size_of(self.type)))

    @property
    def room(self) -> int:
        """Bytes that are there in place, or of one element."""
        if self.way is Way.IN_PLACE and self.type is not None:
            return values.size_of(self.type)
        return 1 if self.element is None or scalars.is_char(self.element) else values.size_of(self.element)

    @property
    def wholes(self) -> tuple[Any, ...]:
        """What can stand there of what `Bound.whole` may be."""
        of = self.type.of if isinstance(self.type, Array) else self.element
        if of is None:
            return (self.type,)
        several = "text" if scalars.is_char(of) else Array(of, None)
        return (several, of if self.way is Way.OWNED else self.type)

    @property
    def kind(self) -> str:
        """What it is, for messages."""
        of = self.type.of if isinstance(self.type, Array) else self.element if self.type is None else None
        if of is not None:
            return "text" if scalars.is_char(of) else f"an array of {type_text(of)}"
        if isinstance(self.type, Pointer):
            return "a pointer"
        return "a number" if self.type is None or _value_type(self.type) is not None else type_text(self.type)


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
        conditions: knows what names are bound to; learns that the function has such an answer.

    Returns:
        The answer, and what puts each bound value into it, as words of `runtime/conditions.c`.

    Raises:
        UnfitError: a value does not fit, or what a name is bound to does not.
    """
    written = list(zip(mocked.written, (*outs, result), strict=False))
    names: list[tuple[Field, _Place, str]] = []
    for field, value in written:
        _mapped(field, value, lambda place, name, field=field: names.append((field, place, name)))  # type: ignore[misc]
    whys = [why for field, place, name in names if (why := _misfit(field, place, name, conditions))]
    if isinstance(errno, Name) and (why := _unlike(_Place(_INT), errno.name, conditions)):
        whys.append(f"errno: {why}")
    if whys:
        raise UnfitError(*whys)
    blanks = [_mapped(field, value, lambda place, _: place.blank) for field, value in written]
    blank_result = blanks.pop() if mocked.result is not None else None
    answer = encode_answer(mocked, blanks, blank_result, 0 if isinstance(errno, Name) else errno)
    size = 8 + len(answer.data)
    gives = [_give(place, _base(field, place, answer), name, size, conditions) for field, place, name in names]
    if isinstance(errno, Name):
        gives.append(_give(_Place(_INT), _ERRNO_AT, errno.name, size, conditions))
    conditions.composing.add(mocked.number)
    return Answer(answer.flags | BOUND_FLAG, answer.data), gives


def _mapped(field: Field, value: Any, made: Callable[[_Place, str], Any]) -> Any:
    """Put what is made of them in the place of the names in a written value."""
    ctype, target = field.type, field.target  # a target has what a pointer answers
    if isinstance(value, (list, tuple)) and (field.is_blob or target is not None):
        of = ctype if target is None else target
        return _elements(of, field.element if target is None else values.size_of(of), value, made)
    if target is not None and isinstance(value, dict):
        return _inside(_Place(target), value, made)
    if target is not None:
        return _inside(_Place(ctype, way=Way.OWNED, element=target, is_text=scalars.is_string(ctype)), value, made)
    if field.is_blob:
        return _inside(_Place(None, way=Way.BEHIND, element=ctype, is_text=field.form == "string"), value, made)
    return _inside(_Place(ctype), value, made)


def _elements(of: CType, step: int, items: Sequence[Any], made: Callable[[_Place, str], Any], at: int = 0) -> list[Any]:
    return [_inside(_Place(of, at + index * step), item, made) for index, item in enumerate(items)]


def _inside(place: _Place, value: Any, made: Callable[[_Place, str], Any]) -> Any:
    match value:
        case Name(name=name):
            if isinstance(place.type, Array):
                of = place.type.of
                place = replace(place, is_text=isinstance(of, Integer) and of.kind == "char")
            return made(place, name)
        case dict() if isinstance(place.type, Structure):
            parts = {part.name: part for part in place.type.parts}
            return {name: _member(place, parts.get(name), item, made) for name, item in value.items()}
        case list() | tuple() if isinstance(place.type, Array):
            return _elements(place.type.of, values.size_of(place.type.of), value, made, place.offset)
    return value


def _member(place: _Place, part: Part | None, item: Any, made: Callable[[_Place, str], Any]) -> Any:
    if part is None:  # encoding says it
        return item
    first, width = part.bits or (0, 0)
    return _inside(_Place(part.type, place.offset + part.offset + first // 8, first % 8, width), item, made)


def _base(field: Field, place: _Place, answer: Answer) -> int:
    """Where the bytes of a written value begin, or the slots that describe it, counted from the first slot."""
    at = 8 * field.slot
    if place.way is not Way.IN_PLACE:
        return at
    if field.is_blob:
        return int(struct.unpack_from("<Q", answer.data, at + 8)[0])
    is_owned = field.target is not None and bool(answer.flags & OWNED_FLAG)
    return int(struct.unpack_from("<Q", answer.data, at)[0]) if is_owned else at


def _misfit(field: Field, place: _Place, name: str, conditions: Conditions) -> str | None:
    """Say why a bound value cannot be put there; None when it can."""
    why = _unlike(place, name, conditions)
    if field.narrow is not None or place.first + place.width > _LARGEST:
        what = "the bit-field behind it" if field.narrow is not None else "a bit-field in more than eight bytes"
        why = f"{what} cannot be taken from an argument; {_PYTHON}"
    if why is None and place.way is Way.OWNED and not _is_number(conditions.bound.get(name)):
        check_alignment(field)
    return why and f"{field.name} ({field.text}): {why}"


def _unlike(place: _Place, name: str, conditions: Conditions) -> str | None:
    """Say why what a name is bound to is no value for a place; None when it is one."""
    bound, name = conditions.bound.get(name), as_written(name)
    if bound is None:  # what binds it is at fault
        return None
    if not _is_number(bound):
        return None if bound.whole in place.wholes else f"{name} is {bound.text}, and this is {place.kind}; {_PYTHON}"
    if place.type is None or _value_type(place.type) is None:
        return f"{name} is a number, and this is {place.kind}"
    if bound.is_floating and not isinstance(place.type, Floating):
        return f"{name} is a floating number, and this is a whole one"
    return None


def _is_number(bound: Bound | None) -> bool:
    return bound is None or bound.whole is None


def _value_type(ctype: CType) -> ValueType | None:
    match ctype:
        case Integer(signed=signed) | Enumeration(signed=signed):
            return ValueType.SIGNED if signed else ValueType.UNSIGNED
        case Pointer() | FunctionType():
            return ValueType.UNSIGNED
        case Floating(is_complex=False):
            return ValueType.FLOATING
    return None


def _give(place: _Place, base: int, name: str, size: int, conditions: Conditions) -> bytes:
    """Write the condition that puts a bound value into an answer of so many bytes."""
    register, offset = conditions.registers[name], base + place.offset & _LOWER_HALF
    if not _is_number(conditions.bound.get(name)):
        kind = ValueType.WHOLE
        head = GIVE_HEAD.pack(Op.GIVE, kind, place.is_text, 0, place.way, 0, 0, register, offset, 2)
        return head + struct.pack("<QQ", size, place.room)
    ctype, first, width = place.type, place.first, place.width
    assert ctype is not None  # noqa: S101 - for mypy
    kind = _value_type(ctype) or ValueType.SIGNED
    is_truth = isinstance(ctype, Integer) and ctype.kind == "bool"
    length = -(-(first + width) // 8) if width else values.size_of(ctype)
    head = GIVE_HEAD.pack(Op.GIVE, kind, is_truth, length, 0, first, width, register, offset, 1)
    return head + size.to_bytes(8, "little")
