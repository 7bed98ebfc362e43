"""Whole columns of values encoded at once: what makes a language of a million events load in a second.

Every function here returns None as soon as anything is unusual; the event-by-event way of `bind.tables` then encodes
the same values and words the faults. So nothing is decided here that is not decided there as well.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmock_py.cdecl.model import Enumeration, Floating, Integer, Pointer, Structure
from cmock_py.cdecl.scalars import is_char, size_of
from cmock_py.lang.nodes import WILDCARD, Null

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.cdecl.model import CType
    from cmock_py.lang.nodes import Columns
    from cmock_py.mocked import Field, Mocked

_WORD = 8
_CODES = {(1, True): "b", (1, False): "B", (2, True): "h", (2, False): "H", (4, True): "i", (4, False): "I",
          (8, True): "q", (8, False): "Q"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Whole:
    """Columns of one function, encoded.

    Attributes:
        words: data words, the first of which means nothing.
        answers: one word each.
        args_at: the first arguments, ``in_words`` words each.
        mask_at: the mask of all calls, 0 when every bit counts.
    """

    words: array[int]
    answers: array[int]
    args_at: int
    mask_at: int


def words(field: Field, column: Sequence[Any]) -> array[int] | None:
    """Encode a column of scalars, one zero-extended word each; None when a value is not plainly a number that fits."""
    return None if field.is_blob or field.words != 1 else _scalars(field.type, column)


def _scalars(ctype: CType, column: Sequence[Any]) -> array[int] | None:
    match ctype:
        case Integer(size=size, signed=signed, kind="int") | Enumeration(size=size, signed=signed):
            return _integers(size, signed, column)
        case Pointer():
            return _integers(8, signed=False, column=column)
        case Floating(size=8, is_complex=False):
            return _floats("d", "Q", column)
        case Floating(size=4, is_complex=False):
            return _floats("f", "I", column)
    return None


def _integers(size: int, signed: bool, column: Sequence[Any]) -> array[int] | None:
    """The array constructor checks type and range of every value in C; an array of that type has nothing to check."""
    code = _CODES[size, signed]
    codes = "bhilq" if signed else "BHILQ"
    try:
        if isinstance(column, array) and column.itemsize == size and column.typecode in codes:
            encoded = column
        else:
            encoded = array(code, column)
    except (TypeError, OverflowError):
        return None
    return _widened(_CODES[size, False], memoryview(encoded).cast("B"))


def _floats(code: str, unsigned: str, column: Sequence[Any]) -> array[int] | None:
    """An array of floats would turn what is too large into infinity, so struct packs them."""
    if not set(map(type, column)) <= {float, int}:
        return None
    try:
        return _widened(unsigned, struct.pack(f"<{len(column)}{code}", *column))
    except (struct.error, OverflowError):
        return None


def _widened(code: str, raw: bytes | memoryview) -> array[int]:
    """Zero-extend unsigned numbers to words, by a copy with gaps: no number becomes an object of Python."""
    size = array(code).itemsize
    wide = array("Q", [0]) * (len(raw) // size)
    memoryview(wide).cast("B").cast(code)[:: _WORD // size] = memoryview(raw).cast(code)  # type: ignore[call-overload]
    return wide


def progression(first: int, step: int, count: int) -> array[int]:
    """List the numbers from *first* on in steps, as 32-bit words.

    A list doubles by adding half its span to a copy, all at once: as one long number without carries between its words.

    >>> progression(5, 3, 6).tolist()
    [5, 8, 11, 14, 17, 20]
    """
    if not count:
        return array("I")
    made, ones, size = first, 1, 1
    while size < count:
        made |= made + step * size * ones << 32 * size
        ones |= ones << 32 * size
        size *= 2
    listed = array("I")
    listed.frombytes((made & (1 << 32 * count) - 1).to_bytes(4 * count, "little"))
    return listed


def whole(mocked: Mocked, node: Columns) -> Whole | None:
    """Encode a language that is columns already, without making an event of them; None when anything is unusual."""
    fields = mocked.ins
    if len(node.args) != len(fields) or mocked.outs or (node.answers is None) != (mocked.result is None):
        return None
    nothing = array("Q", [0]) * node.count
    results = nothing if mocked.result is None else words(mocked.result, _numbers(node.answers))
    if results is None:
        return None
    size, args_at = mocked.in_words, 1
    mask_at = args_at + size * node.count
    encoded = array("Q", [0]) * (mask_at + size)
    encoded[mask_at:] = array("Q", b"\xff" * (_WORD * size))
    for field, column in zip(fields, node.args, strict=True):
        if column is WILDCARD:
            at = mask_at + field.slot
            encoded[at : at + field.words] = array("Q", bytes(_WORD * field.words))
            continue
        packed = words(field, _numbers(column))
        if packed is None:
            return None
        encoded[args_at + field.slot : mask_at : size] = packed
    return Whole(encoded, results, args_at, mask_at if WILDCARD in node.args else 0)


def _numbers(column: Sequence[Any]) -> Sequence[Any]:
    """Bytes are small numbers, but an array would be filled with them as they lie in memory."""
    return array("B", column) if isinstance(column, (bytes, bytearray)) else column


def args(mocked: Mocked, lists: Sequence[Sequence[Any]]) -> tuple[array[int], bytes | None] | None:
    """Encode the expected arguments of many calls of one function.

    Args:
        mocked: the function.
        lists: the patterns of each call.

    Returns:
        ``in_words`` words per call, and the mask of all of them, None when every bit counts; or None.
    """
    if set(map(len, lists)) != {len(mocked.ins)}:
        return None
    encoded = array("Q", bytes(_WORD * mocked.in_words * len(lists)))
    mask = bytearray(b"\xff" * _WORD * mocked.in_words)
    for field, column in zip(mocked.ins, zip(*lists, strict=True), strict=True):
        if column[0] is WILDCARD and column.count(WILDCARD) == len(column):
            mask[_WORD * field.slot : _WORD * (field.slot + field.words)] = bytes(_WORD * field.words)
            continue
        packed = words(field, column)
        if packed is None:
            return None
        encoded[field.slot :: mocked.in_words] = packed
    return encoded, None if mask.count(0xFF) == len(mask) else bytes(mask)


def payloads(mocked: Mocked, lists: Sequence[Sequence[Any]]) -> tuple[list[bytes], bytes | None] | None:
    """Encode the expected arguments of many calls of one function that gets texts, bytes or structs, all of them told.

    Returns:
        The payload of each call, as `payload.encode_args` makes it, and the mask of all of them, None when every bit
        counts; or None.
    """
    if set(map(len, lists)) != {len(mocked.ins)}:
        return None
    step = mocked.in_words
    slots = array("Q", bytes(_WORD * step * len(lists)))
    mask, tail_mask = bytearray(b"\xff" * _WORD * step), bytearray()
    tails = [b""] * len(lists)
    for field, column in zip(mocked.ins, zip(*lists, strict=True), strict=True):
        if field.is_blob:
            blobs = _blobs(field, column)
            if blobs is None:
                return None
            raws, speaks = blobs
            slots[field.slot :: step] = array("Q", map(len, raws))
            starts = (len(raw) << 32 | _WORD * step + len(tail) for raw, tail in zip(raws, tails, strict=True))
            slots[field.slot + 1 :: step] = array("Q", starts)
            tails = [tail + raw + bytes(-len(raw) % _WORD) for raw, tail in zip(raws, tails, strict=True)]
            tail_mask += speaks
            continue
        values = _values(field, column)
        if values is None:
            return None
        packed, speaks = values
        for word in range(field.words):
            slots[field.slot + word :: step] = packed[word :: field.words]
        mask[_WORD * field.slot : _WORD * (field.slot + field.words)] = speaks
    mask += tail_mask
    is_full = mask.count(0xFF) == len(mask)
    if not is_full and any(map(_is_text, mocked.ins)):
        return None  # texts differ in length, and so would their masks
    heads = slots.tobytes()
    cuts = range(0, len(heads), _WORD * step)
    return [
        heads[at : at + _WORD * step] + tail for at, tail in zip(cuts, tails, strict=True)
    ], None if is_full else bytes(mask)


def _blobs(field: Field, column: Sequence[Any]) -> tuple[Sequence[bytes], bytes] | None:
    """Encode what stands behind the slots, and the mask that all of it has; that of texts is empty, as it is full."""
    if _is_text(field):
        texts = _texts(field, column)
        return None if texts is None else (texts, b"")
    if field.form != "pointee" or not isinstance(field.type, Structure):
        return None
    encoded = _structures(field.type, column)
    if encoded is None:
        return None
    raw, mask = encoded[0].tobytes(), encoded[1]
    return [raw[at : at + field.type.size] for at in range(0, len(raw), len(mask))], mask


def _values(field: Field, column: Sequence[Any]) -> tuple[array[int], bytes] | None:
    """Encode what stands in the slots, and the mask that all of it has."""
    if isinstance(field.type, Structure):
        return _structures(field.type, column)
    packed = words(field, column)
    return None if packed is None else (packed, b"\xff" * _WORD)


def _structures(ctype: Structure, column: Sequence[Any]) -> tuple[array[int], bytes] | None:
    """Encode structs that name the same members, all of them scalars: whole words for each, and the mask of one."""
    names = column[0].keys() if isinstance(column[0], dict) else ()
    parts = [part for part in ctype.parts if part.name in names]
    if len(parts) != len(names) or any(value.__class__ is not dict or value.keys() != names for value in column):
        return None
    step = -(-ctype.size // _WORD) * _WORD
    data, mask = array("Q", bytes(step * len(column))), bytearray(step)
    for part in parts:
        packed = _scalars(part.type, [value[part.name] for value in column]) if part.bits is None else None
        if packed is None:
            return None
        size = size_of(part.type)
        if part.offset % size or any(mask[part.offset : part.offset + size]):
            return None  # packed, or a union of which two members are named
        code = _CODES[size, False]
        low = memoryview(packed).cast("B").cast(code)[:: _WORD // size]  # type: ignore[call-overload]
        memoryview(data).cast("B").cast(code)[part.offset // size :: step // size] = low  # type: ignore[call-overload]
        mask[part.offset : part.offset + size] = b"\xff" * size
    mask[ctype.size :] = b"\xff" * (step - ctype.size)
    return data, bytes(mask)


def _is_text(field: Field) -> bool:
    """Tell whether Python writes a field as text or bytes."""
    return field.form in {"string", "array"} and is_char(field.type)


def _texts(field: Field, column: Sequence[Any]) -> Sequence[bytes] | None:
    """Encode a column of texts, or of bytes; None when a value is neither, or what C would read as less."""
    kinds = set(map(type, column))
    if kinds == {bytes}:
        texts = column
    elif kinds == {str}:
        try:
            texts = [text.encode(errors="surrogateescape") for text in column]
        except UnicodeEncodeError:
            return None
    else:
        return None
    return None if field.form == "string" and any(b"\0" in text for text in texts) else texts


def answers(mocked: Mocked, column: Sequence[Any]) -> array[int] | None:
    """Encode the answers of many calls of one function without outs: a word each; None when anything is unusual."""
    types = set(map(type, column))
    if mocked.outs:
        return None
    if mocked.result is None:
        return array("Q", [0]) * len(column) if types <= {type(None), Null} else None
    return words(mocked.result, column) if types in ({int}, {float}) else None
