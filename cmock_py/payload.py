"""The bytes of records and answers: one encoding for what the SUT passed, what a test expects, and what it answers.

A payload begins with the slots of `mocked.Field`; the bytes of strings and arrays follow. The same functions decode a
recorded call and an expected one, so that both show alike.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.cdecl import scalars
from cmock_py.cdecl import values as objects
from cmock_py.cdecl.model import Array, CType, Enumeration, Floating, FunctionType, Integer, Pointer, Structure
from cmock_py.lang.nodes import REAL, WILDCARD
from cmock_py.mocked import MAX_OUTS, REAL_BYTES, WORD_BYTES
from cmock_py.trace import Address, Character, FunctionAddress, Handle, Near, Passed, Truncated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cmock_py.mocked import Field, Mocked

NULL = 0xFFFF_FFFF_FFFF_FFFF
"""Size of a blob that is no blob but a NULL pointer. MIRROR runtime/cmk.h CMK_NULL"""

OWNED_FLAG = 1 << MAX_OUTS
"""The result points to what lies in the answer."""

ERRNO_FLAG = 1 << MAX_OUTS + 1
REAL_FLAG = 1 << MAX_OUTS + 2
_ALL = 0xFF
_WORD_MASK = (1 << 64) - 1
_TWO_WORDS = struct.Struct("<QQ")

_FLOATING, _STRING, _INTEGER, _POINTER, _ANY = range(5)
"""Kinds of items in a list; integers and pointers differ in how they are shown. MIRROR runtime/cmk.h enum cmk_item"""
_ITEM = struct.Struct("<II")

ITEMS_ROOM = 4096
"""Bytes that are kept of a list. MIRROR runtime/cmk.h CMK_ITEMS_ROOM"""

Handles: TypeAlias = "Mapping[tuple[str, int], str]"
"""Names of handles, by `Field.handle_type` and value."""


@dataclass(frozen=True, slots=True)
class Names:
    """What numbers are called in reports.

    Attributes:
        handles: by `Field.handle_type` and value.
        functions: the C functions of the SUT, by address.
    """

    handles: Handles = field(default_factory=dict)
    functions: Mapping[int, str] = field(default_factory=dict)


class UnfitError(ValueError):
    """Values do not fit their fields.

    Attributes:
        whys: one text per value says whose it is and why.
        texts: of those of them that are about a text where a number is wanted: this text, as it may be a name.
    """

    def __init__(self, *whys: str, texts: Mapping[str, str] | None = None) -> None:
        """Keep one text per value."""
        super().__init__("; ".join(whys))
        self.whys = whys
        self.texts: Mapping[str, str] = texts or {}


@dataclass(frozen=True, slots=True)
class Answer:
    """An encoded answer: flags word (0 when it needs none), then slots and bytes."""

    flags: int
    data: bytes


_NOTHING = (1 << MAX_OUTS) - 1
"""In the flags: no value is known."""

REAL_ANSWER = Answer(REAL_FLAG | _NOTHING, b"")
"""The real function answers, and nobody knows what: all values are untouched."""


# --- arguments ------------------------------------------------------------------------------------------------------


def encode_args(mocked: Mocked, values: Sequence[Any]) -> tuple[bytes, bytes | None]:
    """Encode the expected arguments of one call.

    Args:
        mocked: the function.
        values: one per field of ``mocked.ins``, in order; `WILDCARD` matches anything.

    Returns:
        The payload, a multiple of 8 bytes, and its mask, byte for byte: None when every bit counts.

    Raises:
        UnfitError: values do not fit; its texts name the arguments, all of them.
    """
    slots = bytearray(WORD_BYTES * mocked.in_words)
    mask = bytearray(b"\xff" * len(slots))
    tail, tail_mask = bytearray(), bytearray()
    errors: list[UnfitError] = []
    for seen, value in zip(mocked.ins, values, strict=True):
        at, end = WORD_BYTES * seen.slot, WORD_BYTES * (seen.slot + seen.words)
        if value is WILDCARD:
            mask[at:end] = bytes(end - at)
            continue
        try:
            raw, speaks = _encode_seen(seen, value)
        except UnfitError as error:
            errors.append(error)
            continue
        if seen.is_blob:
            size = NULL if raw is None else len(raw)
            _TWO_WORDS.pack_into(slots, at, size, len(raw or b"") << 32 | len(slots) + len(tail))
            tail += _padded(raw or b"")
            tail_mask += speaks + b"\xff" * (-len(speaks) % WORD_BYTES)
        elif raw is not None:
            slots[at : at + len(raw)] = raw
            mask[at : at + len(raw)] = speaks
    _raise_all(errors)
    whole = bytes(mask + tail_mask)
    return bytes(slots + tail), None if whole.count(_ALL) == len(whole) else whole


def _encode_seen(seen: Field, value: Any) -> tuple[bytes | None, bytes]:
    """Encode one visible argument: its bytes, None for NULL, and their mask."""
    if seen.is_blob and value is None:
        return None, b""
    if seen.form == "list":
        return _encode_items(seen, value)
    if seen.form in {"value", "pointee"}:
        return _encode_pattern(seen, seen.type, value, "")
    if isinstance(value, (str, bytes, bytearray)) and scalars.is_char(seen.type):
        raw = _text(seen, value) if seen.form == "string" else _bytes(seen, value)
        return raw, b"\xff" * len(raw)
    _check_list(seen, value)
    pairs = [_encode_element(seen, i, element) for i, element in enumerate(value)]
    return b"".join(raw for raw, _ in pairs), b"".join(mask for _, mask in pairs)


def _check_list(seen: Field, value: Any) -> None:
    if seen.form == "string" or not isinstance(value, (list, tuple)):
        wanted = "a string" if seen.form == "string" else "bytes" if scalars.is_char(seen.type) else "a list"
        raise UnfitError(_unfit(seen, f"{scalars.described(value)}, not {wanted} or None"))


def _encode_pattern(seen: Field, ctype: CType, value: Any, where: str) -> tuple[bytes, bytes]:
    try:
        return objects.encode(ctype, value, WILDCARD)
    except (TypeError, ValueError) as error:
        raise _misfit(seen, ctype, value, f"{where}{error}") from None


def _encode_element(seen: Field, index: int, element: Any) -> tuple[bytes, bytes]:
    """Encode one element of an array; one of an array of bytes may be a character."""
    is_unsigned = isinstance(seen.type, Integer) and not seen.type.signed
    if not scalars.is_char(seen.type) or (is_unsigned and isinstance(element, int)):
        return _encode_pattern(seen, seen.type, element, f"element [{index}]: ")
    if element is WILDCARD:
        return b"\0", b"\0"
    try:
        return scalars.encode_byte(element), b"\xff"
    except (TypeError, ValueError) as error:
        raise UnfitError(_unfit(seen, f"element [{index}]: {error}")) from None


def _encode_items(seen: Field, value: Any) -> tuple[bytes, bytes]:
    """Encode what is expected for ``...``: a list of numbers, strings and addresses."""
    if not isinstance(value, (list, tuple)):
        wanted = "a list or None" if seen.walks else "a list of what is passed for ..."
        raise UnfitError(_unfit(seen, f"{scalars.described(value)}, not {wanted}"))
    if seen.arg is not None and seen.arg.types and len(value) != len(seen.items):
        raise UnfitError(_unfit(seen, f"{len(value)} items, and types= of the spec lists {len(seen.items)}"))
    raws = []
    for index, item in enumerate(value):
        ctype = _item_type(seen, index)
        try:
            kind, raw = _encode_item(seen, item) if ctype is None else _encode_typed_item(seen, ctype, item)
        except (TypeError, ValueError) as error:
            raise UnfitError(_unfit(seen, f"item [{index}]: {error}")) from None
        raws.append(_ITEM.pack(kind, len(raw)) + _padded(raw))
    items = b"".join(raws)
    if len(items) > ITEMS_ROOM:
        why = f"these items take {len(items)} bytes, and the first {ITEMS_ROOM} of a call are kept; write _ for all"
        raise UnfitError(_unfit(seen, why))
    return items, b"\xff" * len(items)


def _item_type(seen: Field, index: int) -> CType | None:
    """The C type of an item; None when only the format string of the call tells it."""
    return seen.items[min(index, len(seen.items) - 1)] if seen.items else None


def _encode_typed_item(seen: Field, ctype: CType, item: Any) -> tuple[int, bytes]:
    """Encode an item whose type the spec says: as C passes it for ``...``."""
    if item is WILDCARD:
        return _ANY, b""
    if isinstance(ctype, Pointer):
        if not scalars.is_string(ctype) or item is None:
            return _POINTER, scalars.encode(ctype, item)
        if isinstance(item, (str, bytes)):
            return _encode_item(seen, item)
        msg = f"{scalars.described(item)}, not a string or NULL"
        raise TypeError(msg)
    if isinstance(ctype, Floating):
        return _FLOATING, _canonical(scalars.decode(ctype, scalars.encode(ctype, item)))
    signed = isinstance(ctype, (Integer, Enumeration)) and ctype.signed
    number = int.from_bytes(scalars.encode(ctype, item), "little", signed=signed)
    return _INTEGER, (number & _WORD_MASK).to_bytes(WORD_BYTES, "little")


def _encode_item(seen: Field, item: Any) -> tuple[int, bytes]:
    """Encode an item by what it is."""
    if item is WILDCARD:
        return _ANY, b""
    if isinstance(item, (str, bytes)) and not isinstance(item, Character):
        return _STRING, _text(seen, item)
    if isinstance(item, float):
        return _FLOATING, _canonical(item)
    if item is None:
        return _POINTER, bytes(WORD_BYTES)
    number = scalars.whole(item, -(1 << 63), (1 << 64) - 1)
    return _INTEGER, (number & _WORD_MASK).to_bytes(WORD_BYTES, "little")


def _canonical(number: float) -> bytes:
    """Items compare byte by byte, so equal numbers get equal bytes, as in `runtime/capture.c`."""
    return struct.pack("<d", math.nan if math.isnan(number) else number or 0.0)


def decode_args(mocked: Mocked, payload: memoryview | bytes, mask: memoryview | bytes | None = None) -> tuple[Any, ...]:
    """Decode the arguments of a record, or of an expected call with its *mask*; inverse of `encode_args`."""
    return tuple(
        WILDCARD
        if mask is not None and not any(mask[WORD_BYTES * seen.slot : WORD_BYTES * (seen.slot + seen.words)])
        else _near(_decode_seen(seen, payload, mask), seen.tolerance)
        for seen in mocked.ins
    )


def _decode_seen(seen: Field, payload: memoryview | bytes, mask: memoryview | bytes | None) -> Any:
    return _decode_blob(seen, payload, mask) if seen.is_blob else _decode_value(seen, payload, mask)


def _near(value: Any, tolerance: float | None) -> Any:
    """Let the floating numbers in a value compare as the spec says."""
    if tolerance == 0:
        return value
    match value:
        case float():
            return Near(value, tolerance)
        case list():
            return [_near(item, tolerance) for item in value]
        case dict():
            return {name: _near(item, tolerance) for name, item in value.items()}
        case Truncated(value=kept, size=size):
            return Truncated(_near(kept, tolerance), size)
    return value


def name_values(fields: Sequence[Field], values: Sequence[Any], names: Names) -> tuple[Any, ...]:
    """Put handles and functions in the place of the numbers that they stand for, at any depth."""
    if not names.handles and not names.functions:
        return tuple(values)
    return tuple(_named(seen, value, names) for seen, value in zip(fields, values, strict=True))


def _named(seen: Field, value: Any, names: Names) -> Any:
    if isinstance(value, int) and (seen.handle_type, value) in names.handles:
        return Handle(value, names.handles[seen.handle_type, value])
    if isinstance(value, list) and seen.form == "array":
        return [_functions_named(seen.type, item, names) for item in value]
    return _functions_named(seen.type, value, names)


def _functions_named(ctype: CType, value: Any, names: Names) -> Any:
    match ctype:
        case Pointer(to=FunctionType()) if value in names.functions:
            return FunctionAddress(value, names.functions[value])
        case Structure(parts=parts) if isinstance(value, dict):
            types = {part.name: part.type for part in parts}
            return {name: _functions_named(types[name], inner, names) for name, inner in value.items()}
        case Array(of=of) if isinstance(value, list):
            return [_functions_named(of, item, names) for item in value]
    return value


def name_answer(mocked: Mocked, answer: Any, names: Names) -> Any:
    """Put handles and functions in the place of numbers in a decoded answer."""
    if isinstance(answer, tuple):
        return name_values(mocked.written, answer, names)
    return answer if mocked.result is None else name_values([mocked.result], [answer], names)[0]


def _bytes(seen: Field, value: str | bytes | bytearray) -> bytes:
    """Text is UTF-8; bytes that are none stand in it as surrogates."""
    try:
        return value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)
    except UnicodeEncodeError as error:
        why = f"the character U+{ord(error.object[error.start]):04X} is half of a pair and cannot be UTF-8"
        raise UnfitError(_unfit(seen, why)) from None


def _text(seen: Field, value: str | bytes | bytearray) -> bytes:
    """The bytes of a C string without its NUL; one inside would end it for C."""
    raw = _bytes(seen, value)
    if b"\0" in raw:
        why = f"{scalars.shown(value)} has a NUL inside, where C ends a string"
        raise UnfitError(_unfit(seen, why))
    return raw


def _unfit(seen: Field, why: str) -> str:
    return f"{seen.name} ({seen.text}): {why}"


def _misfit(seen: Field, ctype: CType, value: Any, why: str) -> UnfitError:
    """Build the error for a value that its type does not hold."""
    told, text = _unfit(seen, why), next(texts_for_numbers(ctype, value), None)
    return UnfitError(told, texts={} if text is None else {told: text})


def texts_for_numbers(ctype: CType | None, value: Any) -> Iterator[str]:
    """Yield the texts in a value whose place is that of a number or an address."""
    match ctype, value:
        case Structure(parts=parts), dict():
            for part in parts:
                yield from texts_for_numbers(part.type, value.get(part.name))
        case Array(of=of), list():
            for item in value:
                yield from texts_for_numbers(of, item)
        case Integer(kind="char"), _:
            return
        case ((Integer() | Floating() | Pointer()), str()):
            yield value


def _raise_all(errors: Sequence[UnfitError]) -> None:
    """Raise what is wrong with several fields as one error."""
    if errors:
        whys = [why for error in errors for why in error.whys]
        raise UnfitError(*whys, texts={why: text for error in errors for why, text in error.texts.items()})


def _decode_value(seen: Field, payload: memoryview | bytes, mask: memoryview | bytes | None = None) -> Any:
    at, size = WORD_BYTES * seen.slot, objects.size_of(seen.type)
    return _decode_one(seen.type, payload[at : at + size], None if mask is None else mask[at : at + size])


def _decode_one(ctype: CType, raw: memoryview | bytes, mask: memoryview | bytes | None) -> Any:
    value = objects.decode(ctype, bytes(raw), None if mask is None else bytes(mask), WILDCARD)
    return _dressed(ctype, value)


def decode_value(ctype: CType, raw: bytes) -> Any:
    """Decode one value as calls show it: addresses and enumerators as such."""
    return _decode_one(ctype, raw, None)


def _dressed(ctype: CType, value: Any) -> Any:
    """Make addresses of what shows as such, at any depth."""
    match ctype:
        case Pointer() | FunctionType():
            return Address(value) if isinstance(value, int) else value
        case Structure(parts=parts) if isinstance(value, dict):
            types = {part.name: part.type for part in parts}
            return {name: _dressed(types[name], inner) for name, inner in value.items()}
        case Array(of=of) if isinstance(value, list):
            return [_dressed(of, item) for item in value]
    return value


def _decode_blob(seen: Field, payload: memoryview | bytes, mask: memoryview | bytes | None) -> Any:
    size, described = _TWO_WORDS.unpack_from(payload, WORD_BYTES * seen.slot)
    if size == NULL:
        return None
    kept, at = described >> 32, described & 0xFFFF_FFFF
    speaks = None if mask is None else mask[at : at + kept]
    value = _decode_bytes(seen, payload[at : at + kept], speaks)
    return value if kept == size else Truncated(value, size)


def _decode_bytes(seen: Field, raw: memoryview | bytes, mask: memoryview | bytes | None = None) -> Any:
    if seen.form == "list":
        items = _decode_items(seen, bytes(raw))
        return list(items) if seen.items else Passed(items)
    if seen.form == "string":
        return bytes(raw).decode(errors="surrogateescape")
    if seen.form == "pointee":
        value = _decode_one(seen.type, raw, mask) if len(raw) == seen.element else bytes(raw)
        if value is None:  # a null pointer behind one that is none: NULL is the outer one
            return Address(0)
        return {} if value is WILDCARD and isinstance(seen.type, Structure) else value  # not NULL, and no more is said
    if scalars.is_char(seen.type):
        if mask is not None and 0 in mask:
            return [byte if kept else WILDCARD for byte, kept in zip(raw, mask, strict=True)]
        return bytes(raw)
    step = seen.element
    parts = range(0, len(raw) - step + 1, step)
    return [_decode_one(seen.type, raw[i : i + step], None if mask is None else mask[i : i + step]) for i in parts]


def _decode_items(seen: Field, raw: bytes) -> Iterator[Any]:
    at = index = 0
    while at + _ITEM.size <= len(raw):
        kind, size = _ITEM.unpack_from(raw, at)
        at += _ITEM.size
        data = raw[at : at + size]
        if kind == _ANY:
            yield WILDCARD
        elif kind == _STRING:
            text = data.decode(errors="surrogateescape")
            yield text if len(data) == size else Truncated(text, size)
        elif len(data) == size:
            yield _decode_item(kind, data, _item_type(seen, index))
        at, index = at + len(_padded(data)), index + 1


def _decode_item(kind: int, data: bytes, ctype: CType | None) -> Any:
    """Decode a number or an address; one of a known type as values of that type show."""
    if kind == _FLOATING:
        return struct.unpack("<d", data)[0]
    number = int.from_bytes(data, "little", signed=kind == _INTEGER)
    if kind == _POINTER:
        return Address(number) if number else None
    return number if ctype is None else _decode_one(ctype, data, None)


def _padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % WORD_BYTES)


# --- answers --------------------------------------------------------------------------------------------------------


def encode_answer(mocked: Mocked, outs: Sequence[Any], result: Any, errno: int | None) -> Answer:
    """Encode one answer.

    Args:
        mocked: the function.
        outs: one value per field of ``mocked.outs``; `WILDCARD` leaves the SUT's memory untouched.
        result: the result; None for void and for a NULL pointer, `WILDCARD` in a language that does not say.
        errno: the value of ``errno`` after the call, or None to leave it.

    Returns:
        The encoded answer.

    Raises:
        UnfitError: values do not fit; its texts name the arguments and the result, all of them.
    """
    flags = 0 if errno is None else ERRNO_FLAG | (errno & 0xFFFF_FFFF) << 32
    slots = bytearray(WORD_BYTES * mocked.out_words)
    tail = bytearray()
    errors: list[UnfitError] = []
    for index, (out, value) in enumerate(zip(mocked.outs, outs, strict=True)):
        if value is WILDCARD:
            flags |= 1 << index
            continue
        try:
            _put_out(out, value, slots, tail)
        except UnfitError as error:
            errors.append(error)
    if mocked.result is not None and result is WILDCARD:
        flags |= 1 << len(mocked.outs)
    elif mocked.result is not None:
        try:
            flags |= _put_result(mocked.result, result, slots, tail)
        except UnfitError as error:
            errors.append(error)
    _raise_all(errors)
    return Answer(flags, bytes(slots + tail))


def _put_out(out: Field, value: Any, slots: bytearray, tail: bytearray) -> None:
    """Put one out value into its slots, the elements of an array behind them."""
    at = WORD_BYTES * out.slot
    if out.partial:
        raw, named = _encode_pattern(out, out.type, value, "")
        slots[at : at + len(raw)] = raw
        at += WORD_BYTES * out.words // 2
        slots[at : at + len(named)] = named
        return
    if not out.is_blob:
        raw = _one_out(out, value)
        slots[at : at + len(raw)] = raw
        return
    if value is None:
        raise UnfitError(_unfit(out, "None is no content; write _ (WILDCARD) to leave the SUT's memory untouched"))
    elements = _elements(out, out.type, value)
    _TWO_WORDS.pack_into(slots, at, len(elements) // out.element, len(slots) + len(tail))
    tail += _padded(elements)


def _one_out(out: Field, value: Any) -> bytes:
    """Encode the one value of an out argument; a bit-field that it goes to must hold it."""
    if out.narrow is not None:
        _encode_object(out, out.narrow, {out.name: value}, "")
    return _encode_object(out, out.type, value, "")


def _elements(out: Field, ctype: CType, value: Any) -> bytes:
    """Encode the elements of an array; text that is one to C gets its NUL."""
    if isinstance(value, (str, bytes, bytearray)) and scalars.is_char(ctype):
        return _text(out, value) + b"\0" if out.form == "string" else _bytes(out, value)
    _check_list(out, value)
    if not scalars.is_char(ctype):
        return b"".join(_encode_object(out, ctype, item, f"element [{i}]: ") for i, item in enumerate(value))
    if WILDCARD in value:
        where = f"element [{value.index(WILDCARD)}]"
        raise UnfitError(_unfit(out, f"{where}: a wildcard cannot be written; give a value"))
    return b"".join(_encode_element(out, index, item)[0] for index, item in enumerate(value))


def _encode_object(out: Field, ctype: CType, value: Any, where: str) -> bytes:
    try:
        return objects.encode_object(ctype, value, WILDCARD)
    except (TypeError, ValueError) as error:
        raise _misfit(out, ctype, value, f"{where}{error}") from None


def _put_result(out: Field, value: Any, slots: bytearray, tail: bytearray) -> int:
    """Put the result into its slot, what a pointer shall point to behind the slots; return its flag."""
    at = WORD_BYTES * out.slot
    owned = _owned(out, value)
    if owned is not None:
        check_alignment(out)
        tail += len(owned).to_bytes(WORD_BYTES, "little")
        slots[at : at + WORD_BYTES] = (len(slots) + len(tail)).to_bytes(WORD_BYTES, "little")
        tail += _padded(owned)
        return OWNED_FLAG
    raw = _encode_object(out, out.type, value, "")
    slots[at : at + len(raw)] = raw
    return 0


def check_alignment(out: Field) -> None:
    """Refuse to point into an answer where C counts on more than its 8 bytes of alignment; raises UnfitError."""
    target = out.target
    if isinstance(target, Structure) and target.align > WORD_BYTES:
        why = f"{target.name} is aligned to {target.align} bytes, and what lies in an answer to {WORD_BYTES}"
        raise UnfitError(_unfit(out, f"{why}; answer a pointer: mocking.new({target.name!r}, ...)"))


def comparable(mocked: Mocked, answer: Answer) -> bytes:
    """The bytes of an answer, equal ones for equal floating numbers."""
    data = bytearray(answer.data)
    for out in mocked.written:
        for at, size in _floating_places(out, answer) if out.leaves else ():
            data[at : at + size] = scalars.comparable(bytes(data[at : at + size]))
    return bytes(data)


def _floating_places(out: Field, answer: Answer) -> Iterator[tuple[int, int]]:
    """Yield offset and size of the floating numbers in a written value, in the bytes of its answer."""
    at = WORD_BYTES * out.slot
    size = objects.size_of(out.type)
    if out.is_blob:
        count, at = _TWO_WORDS.unpack_from(answer.data, at)
        size = count * out.element
    elif isinstance(out.type, Pointer):
        if not answer.flags & OWNED_FLAG:
            return
        at = int.from_bytes(answer.data[at : at + WORD_BYTES], "little")
        size = int.from_bytes(answer.data[at - WORD_BYTES : at], "little")
    step = out.element if out.is_blob else objects.size_of(out.owned or out.type)
    for start in range(at, at + size - step + 1, step):
        yield from ((start + offset, length) for offset, length in out.leaves)


def encode_variable(out: Field, value: Any, *, is_result: bool) -> tuple[bytes, bytes | None]:
    """Encode what a silent function answers.

    Args:
        out: the result, or an out argument.
        value: as in the answer of an event; None for a NULL pointer, or to leave an out argument untouched.
        is_result: which of both it is.

    Returns:
        The bytes of its variable and None; or bytes that must lie in memory, and what follows their address in the
        variable. The variable of an out argument is a ``struct cmk_elements``.

    Raises:
        UnfitError: the value does not fit.
    """
    if is_result:
        owned = _owned(out, value)
        return (b"", owned) if owned is not None else (_encode_object(out, out.type, value, ""), None)
    if value is None:
        return bytes(3 * WORD_BYTES), None
    raw = _elements(out, out.type, value) if out.is_blob else _one_out(out, value)
    return struct.pack("<QQ", len(raw) // out.element, out.element), raw


def decode_variable(out: Field, raw: bytes) -> Any:
    """Decode what a silent function answers: the value, or the bytes of an out argument's elements."""
    if out.is_blob:
        return _decode_bytes(out, raw.removesuffix(b"\0") if out.form == "string" else raw)
    return _decode_one(out.type, raw[: objects.size_of(out.type)], None)


def _owned(out: Field, value: Any) -> bytes | None:
    """The bytes that an answered pointer shall point to: text, a list, or a struct; None when it is an address."""
    if not isinstance(out.type, Pointer):
        return None
    target = out.target or out.type.to
    if isinstance(value, (str, bytes, bytearray)) and scalars.is_char(target):
        return _text(out, value) + b"\0" if scalars.is_string(out.type) else _bytes(out, value)
    if isinstance(value, dict):
        return _encode_object(out, target, value, "")
    if isinstance(value, (list, tuple)):
        return b"".join(_encode_object(out, target, item, f"element [{i}]: ") for i, item in enumerate(value))
    return None


def decode_answer(mocked: Mocked, flags: int, data: memoryview | bytes) -> Any:
    """Decode an answer into the shape that events give it: a value, ``(outs..., result)``, or None for void."""
    if flags & REAL_FLAG and flags & _NOTHING == _NOTHING:
        return REAL
    is_real = flags & REAL_FLAG != 0
    outs = [
        WILDCARD if flags >> index & 1 or (is_real and _is_cut(out, data)) else _decode_out(out, data)
        for index, out in enumerate(mocked.outs)
    ]
    if mocked.result is None:
        return tuple(outs) if outs else None
    unsaid = flags >> len(mocked.outs) & 1
    result = WILDCARD if unsaid else _decode_result(mocked.result, flags, data)
    return (*outs, result) if outs else result


def comparable_real(mocked: Mocked, flags: int, data: memoryview | bytes) -> bytes:
    """Encode what a real function has answered as answers of events are: zeros for padding, and behind text its NUL."""
    size = WORD_BYTES * mocked.out_words
    if flags & _NOTHING != _NOTHING:
        answer = decode_answer(mocked, flags, data)
        outs, result = (answer[: len(mocked.outs)], answer[-1]) if isinstance(answer, tuple) else ((), answer)
        try:
            raw = encode_answer(mocked, outs, result, None)
        except UnfitError:  # members that share their bytes: as the bytes are
            raw = Answer(flags & OWNED_FLAG, bytes(data[: mocked.real_room - WORD_BYTES]))
        data, size = raw.data, len(raw.data)
        flags = flags & ~OWNED_FLAG | raw.flags
    return flags.to_bytes(WORD_BYTES, "little") + _padded(bytes(data[:size]))


def decode_errno(flags: int) -> int | None:
    """Tell what an answer leaves in ``errno``; None when it leaves it alone."""
    return int.from_bytes((flags >> 32).to_bytes(4, "little"), "little", signed=True) if flags & ERRNO_FLAG else None


def _is_cut(out: Field, data: memoryview | bytes) -> bool:
    """Whether nobody knows how a text goes on that a real function has written: so much is kept, and no NUL."""
    if out.form != "string":
        return False
    count, at = _TWO_WORDS.unpack_from(data, WORD_BYTES * out.slot)
    return count == REAL_BYTES and b"\0" not in bytes(data[at : at + count])


def _decode_out(out: Field, data: memoryview | bytes) -> Any:
    if out.partial:
        at = WORD_BYTES * out.slot
        behind = at + WORD_BYTES * out.words // 2
        size = objects.size_of(out.type)
        return _decode_one(out.type, data[at : at + size], data[behind : behind + size])
    if not out.is_blob:
        return _decode_value(out, data)
    count, at = _TWO_WORDS.unpack_from(data, WORD_BYTES * out.slot)
    raw = bytes(data[at : at + count * out.element])
    return _decode_bytes(out, raw.partition(b"\0")[0] if out.form == "string" else raw)


def _decode_result(out: Field, flags: int, data: memoryview | bytes) -> Any:
    if not flags & OWNED_FLAG or not isinstance(out.type, Pointer):
        return _decode_value(out, data)
    at = int.from_bytes(data[WORD_BYTES * out.slot : WORD_BYTES * (out.slot + 1)], "little")
    size = int.from_bytes(data[at - WORD_BYTES : at], "little")
    raw, target = bytes(data[at : at + size]), out.target or out.type.to
    if scalars.is_string(out.type):
        return raw[:-1].decode(errors="surrogateescape")
    if scalars.is_char(target):
        return raw
    step = objects.size_of(target)
    decoded = [_decode_one(target, raw[i : i + step], None) for i in range(0, len(raw) - step + 1, step)]
    return decoded[0] if isinstance(target, Structure) and len(decoded) == 1 else decoded
