"""Reads and writes one C object: numbers as numbers, structs and arrays by reference, pointers as pointers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import Pointer as PointerType
from cmock_py.cdecl.model import Void
from cmock_py.errors import ArgumentTypeError, ArgumentValueError, UnknownNameError, UsageError
from cmock_py.host import numbers
from cmock_py.host.addressed import is_python_function
from cmock_py.host.fields import fields, read_bits, touched, with_bits
from cmock_py.host.pointer import FunctionPointer, Pointer, element, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.host.pointer import Space


def load(memory: Space, ctype: Any, address: int) -> Any:
    """Read one object: numbers as numbers, enums by name, pointers as pointers, structs and arrays by reference."""
    if ctype.kind in {"struct", "union"}:
        return Pointer(memory, ctype, address)
    if ctype.kind == "array":
        return Pointer(memory, ctype.item, address, ctype.length)
    raw = memory.read(address, numbers.size_of(ctype))
    if ctype.kind in {"pointer", "function"}:
        return pointer_of(memory, ctype, int.from_bytes(raw, "little"))
    return numbers.decode(ctype, raw)


def pointer_of(memory: Space, ctype: Any, address: int) -> Pointer:
    """Make the value of a pointer of a cffi type; one to a function can be called."""
    if ctype.kind == "function":
        return FunctionPointer(memory, ctype, address)
    return Pointer(memory, ctype.item, address)


def function_pointer(memory: Space, text: str, address: int) -> Pointer:
    """Make the value of a pointer to a function; one whose type its text does not tell cannot be called."""
    try:
        ctype = memory.typeof(text)
    except UsageError:
        ctype = memory.typeof("void *")
    return pointer_of(memory, ctype, address)


def members(ctype: Any, base: int = 0) -> Iterator[tuple[str, int, Any]]:
    """Yield name, offset and cffi's field of each member, those of anonymous aggregates included."""
    for name, field in fields(ctype):
        if name:
            yield name, base + field.offset, field
        else:
            yield from members(field.type, base + field.offset)


def member(ctype: Any, name: str) -> tuple[int, Any]:
    """Find offset and field of a member; raises UnknownNameError."""
    if ctype.kind not in {"struct", "union"}:
        msg = f"{ctype.cname} is no struct, so it has no member {name!r}; read the value with p[0]"
        raise UnknownNameError(msg)
    found = {known: (offset, field) for known, offset, field in members(ctype)}
    if name not in found:
        import difflib

        near = difflib.get_close_matches(name, found, 1)
        hint = f"; did you mean {near[0]!r}?" if near else f" (it has {', '.join(found)})"
        msg = f"{ctype.cname} has no member {name!r}{hint}"
        raise UnknownNameError(msg)
    return found[name]


def load_member(memory: Space, ctype: Any, address: int, name: str) -> Any:
    """Read a member of a struct; raises UnknownNameError."""
    offset, field = member(ctype, name)
    if field.bitsize < 0:
        return load(memory, field.type, address + offset)
    first, size = touched(field)
    return read_bits(field, memory.read(address + offset + first, size))


def store_member(memory: Space, ctype: Any, address: int, name: str, value: Any) -> None:
    """Write a member of a struct; raises UnknownNameError, and ArgumentError with the name of the member."""
    offset, field = member(ctype, name)
    try:
        if field.bitsize < 0:
            store(memory, field.type, address + offset, value)
            return
        first, size = touched(field)
        start = address + offset + first
        written = with_bits(field, memory.read(start, size), value)
    except (TypeError, ValueError) as error:  # errors of ours are one of both
        raise numbers.unfit(f"{ctype.cname}.{name}", error) from None
    memory.write(start, written)


def store(memory: Space, ctype: Any, address: int, value: Any) -> None:
    """Write one object: a struct from a dict, an array from a list, text or bytes, anything else from a value.

    Raises:
        ArgumentTypeError: the value has the wrong shape, or is a pointer of another mocking.
        ArgumentValueError: it does not fit.
    """
    memory.check_own(value)
    if ctype.kind in {"struct", "union"}:
        _store_struct(memory, ctype, address, value)
    elif ctype.kind == "array":
        _store_array(memory, ctype, address, value)
    elif ctype.kind in {"pointer", "function"}:
        _store_pointer(memory, ctype, address, value)
    else:
        memory.write(address, numbers.encode(ctype, value))


def _store_struct(memory: Space, ctype: Any, address: int, value: Any) -> None:
    if isinstance(value, Pointer):
        other, size = element(value)
        if other is not ctype:
            msg = f"{label(value)} does not point to {ctype.cname}"
            raise ArgumentTypeError(msg)
        memory.write(address, memory.read(int(value), size))
        return
    if not isinstance(value, dict):
        msg = f"{scalars.described(value)}; {ctype.cname} is made from a dict of members, or from a pointer to one"
        raise ArgumentTypeError(msg)
    for name, item in value.items():
        store_member(memory, ctype, address, name, item)


def _store_array(memory: Space, ctype: Any, address: int, value: Any) -> None:
    if isinstance(value, (str, bytes, bytearray)):
        _store_text(memory, ctype, address, value)
        return
    if isinstance(value, Pointer) and value._length is not None:  # noqa: SLF001 - a pointer has no methods by design
        value = list(value)
    if not isinstance(value, (list, tuple)):
        msg = f"{scalars.shown(value)} is a {type(value).__name__}; {ctype.cname} is written from a list or bytes"
        raise ArgumentTypeError(msg)
    _check_room(ctype, len(value))
    step = numbers.size_of(ctype.item)
    for index, item in enumerate(value):
        store(memory, ctype.item, address + index * step, item)


def _store_text(memory: Space, ctype: Any, address: int, value: str | bytes | bytearray) -> None:
    """Write text into an array of bytes; in one of char a NUL ends it, where there is room for one."""
    raw = _as_bytes(ctype, value)
    _check_room(ctype, len(raw))
    has_room = ctype.length is not None and len(raw) < ctype.length
    memory.write(address, raw + b"\0" if has_room and ctype.item.cname == "char" else raw)


def _check_room(ctype: Any, count: int) -> None:
    if ctype.length is not None and count > ctype.length:
        msg = f"{count} elements do not fit {ctype.cname}"
        raise ArgumentValueError(msg)


def _store_pointer(memory: Space, ctype: Any, address: int, value: Any) -> None:
    try:
        if isinstance(value, (str, bytes, bytearray)):
            value = memory.allocate_text(_text_for(ctype, value))
        elif ctype.kind == "function" and is_python_function(value):
            value = memory.functions.address(value, ctype)
        memory.write(address, scalars.encode(PointerType(Void()), value))
    except (TypeError, ValueError) as error:
        raise numbers.unfit(ctype.cname, error) from None


def _text_for(ctype: Any, value: str | bytes | bytearray) -> bytes:
    """The bytes of text for a pointer; raises TypeError unless it points to char, bytes or void."""
    target = ctype.item if ctype.kind == "pointer" else ctype
    is_bytes = target.kind == "primitive" and target.cname != "_Bool" and numbers.size_of(target) == 1
    if not is_bytes and target.kind != "void":
        msg = f"{scalars.shown(value)} is text, which only a pointer to char or void takes"
        raise TypeError(msg)
    return text_bytes(value)


def text_bytes(value: str | bytes | bytearray) -> bytes:
    """The bytes of text, as C sees it."""
    return value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)


def _as_bytes(ctype: Any, value: str | bytes | bytearray) -> bytes:
    """The bytes of text for an array; only arrays of bytes take some."""
    if ctype.item.kind != "primitive" or ctype.item.cname == "_Bool" or numbers.size_of(ctype.item) != 1:
        msg = f"{scalars.shown(value)} is text, which only arrays of char or bytes take; {ctype.cname} takes a list"
        raise ArgumentTypeError(msg)
    return text_bytes(value)


def open_length(text: str, ctype: Any, init: Any) -> int:
    """The length of an array that takes it from its init."""
    if isinstance(init, (str, bytes, bytearray)):
        return len(_as_bytes(ctype, init)) + int(ctype.item.cname == "char")
    if isinstance(init, (list, tuple)):
        return len(init)
    msg = f"{text} has no length; give one, or a list to take it from"
    raise ArgumentTypeError(msg)


def room(ctype: Any, init: Any) -> int:
    """The size of an object, with that of a flexible array in it when the init has one."""
    size = numbers.size_of(ctype)
    if ctype.kind != "struct" or not isinstance(init, dict) or not ctype.fields:
        return size
    name, last = ctype.fields[-1]
    if last.type.kind != "array" or last.type.length is not None or name not in init:
        return size
    length = open_length(f"{ctype.cname}.{name}", last.type, init[name])
    return max(size, int(last.offset) + length * numbers.size_of(last.type.item))
