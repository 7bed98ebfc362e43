"""What lies behind a pointer as plain Python: dicts, lists and bytes to keep, to print and to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.cdecl.model import Integer
from cmock_py.errors import ArgumentTypeError, CmockError
from cmock_py.host import numbers, objects
from cmock_py.host.pointer import Pointer, is_text, label, place_of, pointee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.host.pointer import Space

_SHOWN_ELEMENTS, _SHOWN_MEMBERS, _SHOWN_TEXT = 8, 16, 40


def value(memory: Space, ctype: Any, address: int) -> Any:
    """Copy an object out: a struct as a dict, an array as a list (of char as text, of bytes as bytes), NULL as None.

    What it gives makes an equal object again, and is what events and the trace show of one.
    """
    if ctype.kind in {"struct", "union"}:
        return dict(members(memory, ctype, address))
    if ctype.kind == "array":
        return _array(memory, ctype, address)
    return _plain(objects.load(memory, ctype, address))


def members(memory: Space, ctype: Any, address: int) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each member of a struct; a flexible array has no known length and is left out."""
    for name, offset, field in objects.members(ctype):
        if field.type.kind == "array" and field.type.length is None:
            continue
        if field.bitsize >= 0:
            yield name, objects.load_member(memory, ctype, address, name)
        else:
            yield name, value(memory, field.type, address + offset)


def _array(memory: Space, ctype: Any, address: int) -> Any:
    step = numbers.size_of(ctype.item)
    if ctype.item.cname == "char":
        return memory.read(address, ctype.length).partition(b"\0")[0].decode(errors="surrogateescape")
    if _is_byte(ctype.item) and numbers.model(ctype.item) == Integer(1, signed=False):
        return memory.read(address, ctype.length)
    return [value(memory, ctype.item, address + index * step) for index in range(ctype.length)]


def _plain(loaded: Any) -> Any:
    return None if isinstance(loaded, Pointer) and not loaded else loaded


def _is_byte(ctype: Any) -> bool:
    return ctype.kind == "primitive" and ctype.cname != "_Bool" and numbers.size_of(ctype) == 1


# --- printing -------------------------------------------------------------------------------------------------------


def shown(memory: Space, ctype: Any, address: int) -> str | None:
    """Write the members of a struct as ``x=1, y=2``; None when they cannot be read."""
    try:
        return _members_text(memory, ctype, address)
    except (CmockError, OSError, ValueError):
        return None


def pointer_shown(pointer: Pointer) -> str:
    """Write a pointer with what can be read behind it; never raises."""
    try:
        is_struct = getattr(pointee(pointer), "kind", None) in {"struct", "union"}
        if not is_struct or pointer._length is not None:  # noqa: SLF001 - a pointer has no methods by design
            return label(pointer)
        memory, ctype, address = place_of(pointer)
    except CmockError:
        return label(pointer)
    text = shown(memory, ctype, address)
    if text is None:
        return label(pointer)
    return f"<{ctype.cname} at {address:#x}: {text}>" if text else f"<{ctype.cname} at {address:#x}>"


def _members_text(memory: Space, ctype: Any, address: int) -> str:
    names = list(objects.members(ctype))
    texts = []
    for name, offset, field in names[:_SHOWN_MEMBERS]:
        if field.bitsize >= 0:
            texts.append(f"{name}={objects.load_member(memory, ctype, address, name)}")
        else:
            texts.append(f"{name}={_text(memory, field.type, address + offset)}")
    return ", ".join([*texts, *["..."] * (len(names) > _SHOWN_MEMBERS)])


def _text(memory: Space, ctype: Any, address: int) -> str:
    if ctype.kind in {"struct", "union"}:
        return f"{{{_members_text(memory, ctype, address)}}}"
    if ctype.kind == "array":
        return _array_text(memory, ctype, address)
    loaded = objects.load(memory, ctype, address)
    return _pointer_text(memory, loaded) if isinstance(loaded, Pointer) else str(loaded)


def _array_text(memory: Space, ctype: Any, address: int) -> str:
    if ctype.item.cname == "char" and ctype.length:
        return _quoted(memory.string(address, min(ctype.length, _SHOWN_TEXT + 1)))
    if ctype.length is None:
        return "[...]"
    step = numbers.size_of(ctype.item)
    texts = [_text(memory, ctype.item, address + index * step) for index in range(min(ctype.length, _SHOWN_ELEMENTS))]
    return f"[{', '.join([*texts, *['...'] * (ctype.length > _SHOWN_ELEMENTS)])}]"


def _pointer_text(memory: Space, pointer: Pointer) -> str:
    """Show the text behind a pointer to char, and the address of anything else."""
    if not pointer:
        return "NULL"
    if is_text(pointer):
        try:
            return _quoted(memory.string(int(pointer), _SHOWN_TEXT + 1))
        except CmockError:
            pass
    return hex(int(pointer))


def _quoted(raw: bytes) -> str:
    text = raw.decode(errors="surrogateescape")
    return repr(text) if len(raw) <= _SHOWN_TEXT else f"{text[:_SHOWN_TEXT]!r}..."


# --- comparing ------------------------------------------------------------------------------------------------------


def equals(memory: Space, ctype: Any, address: int, expected: Any) -> bool:
    """Compare an object with plain values: of a dict what it names, a list as a whole, text up to its NUL.

    Raises:
        UnknownNameError: a dict names a member that the struct does not have.
    """
    if ctype.kind in {"struct", "union"}:
        return _struct_equals(memory, ctype, address, expected)
    if ctype.kind == "array":
        return _array_equals(memory, ctype, address, expected)
    return _scalar_equals(memory, ctype, objects.load(memory, ctype, address), expected)


def _struct_equals(memory: Space, ctype: Any, address: int, expected: Any) -> bool:
    if not isinstance(expected, dict):
        return isinstance(expected, Pointer) and expected == address
    # A misspelt member is told even where another one differs.
    found = [(objects.member(ctype, name), name, wanted) for name, wanted in expected.items()]
    return all(
        objects.load_member(memory, ctype, address, name) == wanted
        if field.bitsize >= 0
        else equals(memory, field.type, address + offset, wanted)
        for (offset, field), name, wanted in found
    )


def _array_equals(memory: Space, ctype: Any, address: int, expected: Any) -> bool:
    length = ctype.length
    if isinstance(expected, (str, bytes, bytearray)):
        raw = expected.encode(errors="surrogateescape") if isinstance(expected, str) else bytes(expected)
        if not _is_byte(ctype.item):
            return False
        seen = memory.read(address, len(raw) if length is None else length)
        seen = seen.partition(b"\0")[0] if isinstance(expected, str) else seen
        return seen.rstrip(b"\0") == raw.rstrip(b"\0") and len(raw) <= (length or len(raw))
    if isinstance(expected, Pointer):
        return expected == address
    if not isinstance(expected, (list, tuple)) or (length is not None and len(expected) != length):
        return False
    step = numbers.size_of(ctype.item)
    return all(equals(memory, ctype.item, address + index * step, item) for index, item in enumerate(expected))


def _scalar_equals(memory: Space, ctype: Any, loaded: Any, expected: Any) -> bool:
    if isinstance(loaded, Pointer):
        if isinstance(expected, (str, bytes)) and loaded and is_text(loaded):
            raw = expected.encode(errors="surrogateescape") if isinstance(expected, str) else expected
            return memory.string(int(loaded)) == raw
        return bool(loaded == expected)
    try:
        wanted = numbers.decode(ctype, numbers.encode(ctype, expected))
    except CmockError:
        return False
    return bool(loaded == wanted or (loaded != loaded and wanted != wanted))  # noqa: PLR0124 - NaN is NaN here


def pointer_equals(pointer: Pointer, expected: Any) -> bool:
    """Compare what a pointer points to with plain values; text behind a pointer to char up to its NUL."""
    try:
        memory, ctype, address = place_of(pointer)
    except ArgumentTypeError:  # of void, functions and what headers do not tell there are no values
        return False
    if ctype.kind == "primitive" and isinstance(expected, (str, bytes)):
        return is_text(pointer) and _scalar_equals(memory, ctype, pointer, expected)
    return equals(memory, ctype, address, expected)


def of_pointer(pointer: Pointer) -> Any:
    """Copy out what a pointer points to; of an array all elements."""
    memory, ctype, address = place_of(pointer)
    return value(memory, ctype, address)


def items(pointer: Pointer) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each member behind a pointer to a struct."""
    return members(*place_of(pointer))
