"""The bytes of records and answers: one encoding for what the SUT passed, what a test expects, and what it answers.

A payload begins with the slots of `mocked.Field`; the bytes of strings and arrays follow. The same functions decode a
recorded call and an expected one, so that both show alike.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import Enumeration, FunctionType, Integer, Pointer
from cmock_py.lang.nodes import WILDCARD
from cmock_py.mocked import MAX_OUTS, WORD_BYTES
from cmock_py.trace import Address, Enumerator, Handle, Truncated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cmock_py.mocked import Field, Mocked

NULL = 0xFFFF_FFFF_FFFF_FFFF
"""Size of a blob that is no blob but a NULL pointer. MIRROR runtime/cmk.h CMK_NULL"""

STRING_FLAG = 1 << MAX_OUTS
ERRNO_FLAG = 1 << MAX_OUTS + 1
_TWO_WORDS = struct.Struct("<QQ")


_SEARCHED = 4096
"""Bytes searched at a time for the end of a string; what lies behind an answer can be gigabytes."""


Handles: TypeAlias = "Mapping[tuple[str, int], str]"
"""Names of handles, by `Field.handle_type` and value."""


class UnfitError(ValueError):
    """Values do not fit their fields; each of `whys` says whose and why."""

    def __init__(self, *whys: str) -> None:
        """Keep one text per value."""
        super().__init__("; ".join(whys))
        self.whys = whys


@dataclass(frozen=True, slots=True)
class Answer:
    """An encoded answer: flags word (0 when it needs none), then slots and bytes."""

    flags: int
    data: bytes


# --- arguments ------------------------------------------------------------------------------------------------------


def encode_args(mocked: Mocked, values: Sequence[Any]) -> tuple[bytes, bytes | None]:
    """Encode the expected arguments of one call.

    Args:
        mocked: the function.
        values: one per field of ``mocked.ins``, in order; `WILDCARD` matches anything.

    Returns:
        The payload, a multiple of 8 bytes, and the mask of its slots: None when every bit counts.

    Raises:
        UnfitError: values do not fit; its texts name the arguments, all of them.
    """
    slots = bytearray(WORD_BYTES * mocked.in_words)
    mask = bytearray(b"\xff" * len(slots))
    tail = bytearray()
    whys: list[str] = []
    for field, value in zip(mocked.ins, values, strict=True):
        if value is WILDCARD:
            at, end = WORD_BYTES * field.slot, WORD_BYTES * (field.slot + field.words)
            mask[at:end] = bytes(end - at)
            continue
        try:
            _put_arg(field, value, slots, tail)
        except UnfitError as error:
            whys += error.whys
    if whys:
        raise UnfitError(*whys)
    masked = None if all(byte == 0xFF for byte in mask) else bytes(mask)  # noqa: PLR2004 - all ones
    return bytes(slots + tail), masked


def _put_arg(field: Field, value: Any, slots: bytearray, tail: bytearray) -> None:
    """Put one argument into its slots, the bytes of a blob behind them."""
    at = WORD_BYTES * field.slot
    if field.is_blob:
        raw = encode_blob(field, value)
        size = NULL if raw is None else len(raw)
        _TWO_WORDS.pack_into(slots, at, size, len(raw or b"") << 32 | len(slots) + len(tail))
        tail += _padded(raw or b"")
    else:
        raw = encode_value(field, value)
        slots[at : at + len(raw)] = raw


def decode_args(mocked: Mocked, payload: memoryview | bytes, mask: bytes | None = None) -> tuple[Any, ...]:
    """Decode the arguments of a record, or of an expected call with its *mask*; inverse of `encode_args`."""
    return tuple(
        WILDCARD
        if mask is not None and mask[WORD_BYTES * field.slot] == 0
        else _decode_blob(field, payload)
        if field.is_blob
        else _decode_value(field, payload)
        for field in mocked.ins
    )


def name_handles(fields: Sequence[Field], values: Sequence[Any], handles: Handles) -> tuple[Any, ...]:
    """Put handles in the place of the numbers that a language bound to names, field by field."""
    if not handles:
        return tuple(values)
    return tuple(
        Handle(value, handles[field.handle_type, value])
        if isinstance(value, int) and (field.handle_type, value) in handles
        else value
        for field, value in zip(fields, values, strict=True)
    )


def name_answer(mocked: Mocked, answer: Any, handles: Handles) -> Any:
    """Put handles in the place of numbers in a decoded answer."""
    if isinstance(answer, tuple):
        return name_handles(mocked.written, answer, handles)
    return answer if mocked.result is None else name_handles([mocked.result], [answer], handles)[0]


def encode_value(field: Field, value: Any) -> bytes:
    """Encode a value that fills its slots, without their zero padding; raises UnfitError."""
    try:
        return scalars.encode(field.type, value)
    except (TypeError, ValueError) as error:
        raise UnfitError(_unfit(field, str(error))) from None


def encode_blob(field: Field, value: Any) -> bytes | None:
    """Encode the bytes of a string, an array or a pointee; None for NULL; raises UnfitError."""
    if value is None:
        return None
    if field.form == "pointee":
        return encode_value(field, value)
    if isinstance(value, (str, bytes, bytearray)) and scalars.is_char(field.type):
        return _text(field, value) if field.form == "string" else _bytes(field, value)
    if field.form == "string" or not isinstance(value, (list, tuple)):
        wanted = "a string" if field.form == "string" else "bytes" if scalars.is_char(field.type) else "a list"
        raise UnfitError(_unfit(field, f"{scalars.described(value)}, not {wanted} or None"))
    return b"".join(_encode_element(field, i, element) for i, element in enumerate(value))


def _bytes(field: Field, value: str | bytes | bytearray) -> bytes:
    """Text is UTF-8; bytes that are none stand in it as surrogates."""
    try:
        return value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)
    except UnicodeEncodeError as error:
        why = f"the character U+{ord(error.object[error.start]):04X} is half of a pair and cannot be UTF-8"
        raise UnfitError(_unfit(field, why)) from None


def _text(field: Field, value: str | bytes | bytearray) -> bytes:
    """The bytes of a C string without its NUL; one inside would end it for C."""
    raw = _bytes(field, value)
    if b"\0" in raw:
        why = f"{scalars.shown(value)} has a NUL inside, where C ends a string"
        raise UnfitError(_unfit(field, why))
    return raw


def _encode_element(field: Field, index: int, element: Any) -> bytes:
    try:
        is_unsigned = isinstance(field.type, Integer) and not field.type.signed
        if scalars.is_char(field.type) and not (is_unsigned and isinstance(element, int)):
            return scalars.encode_byte(element)
        return scalars.encode(field.type, element)
    except (TypeError, ValueError) as error:
        raise UnfitError(_unfit(field, f"element [{index}]: {error}")) from None


def _unfit(field: Field, why: str) -> str:
    return f"{field.name} ({field.text}): {why}"


def _decode_value(field: Field, payload: memoryview | bytes) -> Any:
    at = WORD_BYTES * field.slot
    return _decode_scalar(field, bytes(payload[at : at + WORD_BYTES * field.words]))


def _decode_scalar(field: Field, raw: bytes) -> Any:
    value = scalars.decode(field.type, raw)
    if isinstance(value, str) and isinstance(field.type, Enumeration):
        return Enumerator(value)
    return Address(value) if isinstance(value, int) and isinstance(field.type, (Pointer, FunctionType)) else value


def _decode_blob(field: Field, payload: memoryview | bytes) -> Any:
    size, described = _TWO_WORDS.unpack_from(payload, WORD_BYTES * field.slot)
    if size == NULL:
        return None
    kept, at = described >> 32, described & 0xFFFF_FFFF
    value = _decode_bytes(field, bytes(payload[at : at + kept]))
    return value if kept == size else Truncated(value, size)


def _decode_bytes(field: Field, raw: bytes) -> Any:
    if field.form == "string":
        return raw.decode(errors="surrogateescape")
    if field.form == "pointee":
        return _decode_scalar(field, raw)
    if scalars.is_char(field.type):
        return raw
    step = field.element
    return [_decode_scalar(field, raw[i : i + step]) for i in range(0, len(raw) - step + 1, step)]


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
    whys: list[str] = []
    for index, (field, value) in enumerate(zip(mocked.outs, outs, strict=True)):
        if value is WILDCARD:
            flags |= 1 << index
            continue
        try:
            _put_out(field, value, slots, tail)
        except UnfitError as error:
            whys += error.whys
    if mocked.result is not None and result is WILDCARD:
        flags |= 1 << len(mocked.outs)
    elif mocked.result is not None:
        try:
            flags |= _put_result(mocked.result, result, slots, tail)
        except UnfitError as error:
            whys += error.whys
    if whys:
        raise UnfitError(*whys)
    return Answer(flags, bytes(slots + tail))


def _put_out(field: Field, value: Any, slots: bytearray, tail: bytearray) -> None:
    """Put one out value into its slots, the elements of an array behind them."""
    at = WORD_BYTES * field.slot
    if not field.is_blob:
        raw = encode_value(field, value)
        slots[at : at + len(raw)] = raw
        return
    elements = encode_blob(field, value)
    if elements is None:
        raise UnfitError(_unfit(field, "None is no content; write _ to leave the SUT's memory untouched"))
    _TWO_WORDS.pack_into(slots, at, len(elements) // field.element, len(slots) + len(tail))
    tail += _padded(elements)


def _put_result(field: Field, value: Any, slots: bytearray, tail: bytearray) -> int:
    """Put the result into its slot, a string behind the slots; return its flag."""
    at = WORD_BYTES * field.slot
    if isinstance(value, (str, bytes)) and scalars.is_string(field.type):
        raw = _text(field, value)
        slots[at : at + WORD_BYTES] = (len(slots) + len(tail)).to_bytes(WORD_BYTES, "little")
        tail += _padded(raw + b"\0")
        return STRING_FLAG
    raw = encode_value(field, value)
    slots[at : at + len(raw)] = raw
    return 0


def decode_answer(mocked: Mocked, flags: int, data: memoryview | bytes) -> Any:
    """Decode an answer into the shape that events give it: a value, ``(outs..., result)``, or None for void."""
    outs = [WILDCARD if flags >> index & 1 else _decode_out(field, data) for index, field in enumerate(mocked.outs)]
    if mocked.result is None:
        return tuple(outs) if outs else None
    unsaid = flags >> len(mocked.outs) & 1
    result = WILDCARD if unsaid else _decode_result(mocked.result, flags, data)
    return (*outs, result) if outs else result


def _decode_out(field: Field, data: memoryview | bytes) -> Any:
    if not field.is_blob:
        return _decode_value(field, data)
    count, at = _TWO_WORDS.unpack_from(data, WORD_BYTES * field.slot)
    return _decode_bytes(field, bytes(data[at : at + count * field.element]))


def _decode_result(field: Field, flags: int, data: memoryview | bytes) -> Any:
    if not flags & STRING_FLAG:
        return _decode_value(field, data)
    at = int.from_bytes(data[WORD_BYTES * field.slot : WORD_BYTES * (field.slot + 1)], "little")
    return _until_nul(data, at).decode(errors="surrogateescape")


def _until_nul(data: memoryview | bytes, at: int) -> bytes:
    """The bytes from *at* up to a NUL."""
    raw = bytearray()
    for start in range(at, len(data), _SEARCHED):
        head, end, _ = bytes(data[start : start + _SEARCHED]).partition(b"\0")
        raw += head
        if end:
            break
    return bytes(raw)
