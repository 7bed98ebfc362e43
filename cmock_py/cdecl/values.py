"""Values of any C type as bytes and back: structs and unions as dicts, arrays as lists, text and bytes.

A value is data and a mask: a bit of the mask is set where the value speaks, so that a struct of which only some members
are named compares in these only, and padding never. Built on `scalars`; errors are plain TypeError and ValueError whose
text starts with the path inside the value, if there is one: ``.pos.x: ...``.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    CType,
    Enumeration,
    Floating,
    FunctionType,
    Integer,
    Part,
    Pointer,
    Structure,
    Unsupported,
    Void,
)
from cmock_py.cdecl.scalars import described, is_char, shown
from cmock_py.trace import Address, Enumerator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NO_WILDCARD: Final = object()
"""Equal to nothing that a value has: a caller without a wildcard."""

_NOTHING: Final = object()
"""What is decoded where the mask is empty."""

_LONG_DOUBLE: Final = 16


def size_of(ctype: CType) -> int:
    """Return the size of a value in bytes; an array is its elements here, no pointer.

    Raises:
        TypeError: the type has no size: void, an incomplete struct, a flexible array, an unsupported type.

    >>> size_of(Array(Integer(2, signed=True), 5))
    10
    """
    match ctype:
        case Structure(size=size):
            return size
        case Aggregate(size=int(size)):
            return size
        case Array(of=of, length=int(length)):
            return length * size_of(of)
        case Array() | Aggregate():
            msg = f"{_called(ctype)} has no size"
            raise TypeError(msg)
        case Unsupported():
            raise TypeError(ctype.reason)
    return scalars.size_of(ctype)


def encode(ctype: CType, value: Any, wildcard: Any = NO_WILDCARD) -> tuple[bytes, bytes]:
    """Encode a value for comparison.

    Args:
        ctype: the C type.
        value: a dict of members for a struct or union, which need not name all; a list or tuple for an array, of its
            length; text for an array of ``char``, bytes for one of bytes; else what `scalars.encode` takes.
        wildcard: the object that matches anything, at any depth.

    Returns:
        Data and mask, `size_of` bytes each.

    Raises:
        TypeError: something in the value is of the wrong kind.
        ValueError: something does not fit, or is no member of its struct.

    >>> data, mask = encode(Array(Integer(2, signed=True), 2), [1, ...], wildcard=...)
    >>> data.hex(), mask.hex()
    ('01000000', 'ffff0000')
    """
    return _encoded(ctype, value, _Writing("", wildcard))


def encode_object(ctype: CType, value: Any, wildcard: Any = NO_WILDCARD) -> bytes:
    r"""Encode a value to be written to memory: members that it does not name are zero, as in C.

    Raises:
        TypeError, ValueError: as `encode` does; also a wildcard, since memory must hold something.

    >>> encode_object(Array(Integer(1, signed=True, kind="char"), 4), "ab")
    b'ab\x00\x00'
    """
    return _encoded(ctype, value, _Writing("", wildcard, refused=True))[0]


def decode(ctype: CType, raw: bytes, mask: bytes | None = None, wildcard: Any = None) -> Any:
    r"""Decode what `encode` encodes.

    Args:
        ctype: the C type.
        raw: at least `size_of` bytes.
        mask: what of them counts; None for all.
        wildcard: what stands for elements of an array that do not count, and for a value of which nothing does.

    Returns:
        A dict for a struct, without the members that do not count or cannot be read (flexible arrays, types that
        Python does not have); for a union a dict of all its members; a list for an array; text up to the NUL for an
        array of ``char``; bytes for one of bytes; else what `scalars.decode` returns.

    >>> decode(Array(Integer(2, signed=True), 2), b"\1\0\2\0", b"\xff\xff\0\0", wildcard=...)
    [1, Ellipsis]
    """
    size = size_of(ctype)
    if len(raw) < size:
        msg = f"{_called(ctype)} has {size} bytes, not {len(raw)}"
        raise ValueError(msg)
    found = _decoded(ctype, raw[:size], None if mask is None else mask[:size], wildcard)
    return wildcard if found is _NOTHING else found


def encode_bits(ctype: CType, width: int, value: Any) -> int:
    """Encode the value of a bit-field as its bits.

    Raises:
        TypeError, ValueError: as `encode` does.

    >>> encode_bits(Integer(4, signed=True), 3, -1)
    7
    """
    return _bit_field(ctype, width, value, _Writing("", NO_WILDCARD)) & (1 << width) - 1


def decode_bits(ctype: CType, width: int, number: int) -> Any:
    """Decode what `encode_bits` encodes.

    >>> decode_bits(Integer(4, signed=True), 3, 7)
    -1
    """
    if _is_signed(ctype) and number >> width - 1:
        number -= 1 << width
    raw = number.to_bytes(scalars.size_of(ctype), "little", signed=_is_signed(ctype))
    return _shown_as(ctype, scalars.decode(ctype, raw))


def floating_leaves(ctype: CType) -> tuple[tuple[int, int], ...]:
    """Find the real numbers inside a value, since 0.0 equals -0.0 though their bytes differ.

    A complex number is two. What shares its bytes with anything else, in a union, is left out: its bytes are compared.

    Returns:
        Offset and size of each, in order.

    >>> floating_leaves(Array(Floating(8, is_complex=True), 2))
    ((0, 4), (4, 4), (8, 4), (12, 4))
    """
    spans = sorted(set(_spans(ctype, 0)))
    found: list[tuple[int, int]] = []
    behind = 0
    for (start, size, is_real), following in zip_longest(spans, spans[1:]):
        if is_real and behind <= start and (following is None or start + size <= following[0]):
            found.append((start, size))
        behind = max(behind, start + size)
    return tuple(found)


# --- encode ---------------------------------------------------------------------------------------------------------


class _Writing(NamedTuple):
    """Where in the value we are, and whether a wildcard is refused there."""

    path: str
    wildcard: Any
    refused: bool = False

    def at(self, step: str) -> _Writing:
        return _Writing(self.path + step, self.wildcard, self.refused)

    def is_wild(self, value: Any) -> bool:
        if value is self.wildcard and self.refused:
            self.wrong(ValueError, f"a wildcard cannot be written; give a value{_way_out(self.path)}")
        return value is self.wildcard

    def wrong(self, kind: type[TypeError | ValueError], message: str) -> NoReturn:
        raise kind(f"{self.path}: {message}" if self.path else message) from None


def _way_out(path: str) -> str:
    """Say what else can be done where a wildcard is refused: a member may be left out."""
    is_member = "." in path and not path.endswith("]")
    return ", or leave the member out: it is zero" if is_member else ""


def _encoded(ctype: CType, value: Any, here: _Writing) -> tuple[bytes, bytes]:
    if here.is_wild(value):
        size = size_of(ctype)
        return bytes(size), bytes(size)
    match ctype:
        case Structure():
            return _structure(ctype, value, here)
        case Array():
            return _array(ctype, value, here)
        case Unsupported():
            here.wrong(ValueError, ctype.reason)
        case Aggregate() | Void():
            here.wrong(ValueError, f"{_called(ctype)} has no members that the headers tell, so it cannot be written")
    try:
        data = scalars.encode(ctype, value)
    except (TypeError, ValueError) as error:
        here.wrong(type(error), str(error))
    return data, _value_bytes(ctype, len(data))


def _value_bytes(ctype: CType, size: int) -> bytes:
    """The mask of a scalar: the padding of a ``long double`` is no part of its value."""
    if isinstance(ctype, Floating) and ctype.size // (1 + ctype.is_complex) == _LONG_DOUBLE:
        return (b"\xff" * scalars.LONG_DOUBLE_BYTES).ljust(_LONG_DOUBLE, b"\0") * (1 + ctype.is_complex)
    return b"\xff" * size


def _structure(ctype: Structure, value: Any, here: _Writing) -> tuple[bytes, bytes]:
    if not isinstance(value, Mapping):
        here.wrong(TypeError, f"{described(value)}, not a dict of members of {_called(ctype)}{_known(ctype)}")
    data = mask = 0
    faults: list[Exception] = []
    for name, item in value.items():
        try:
            bits, spoken = _named_member(ctype, name, item, here.at(f".{name}"))
            if (data ^ bits) & mask & spoken:
                named = [other for other, said in value.items() if said is not here.wildcard]
                here.at(f".{name}").wrong(ValueError, _conflict(ctype, name, named))
        except (TypeError, ValueError) as error:
            faults.append(error)
            continue
        data |= bits
        mask |= spoken
    _raise_all(faults)
    return data.to_bytes(ctype.size, "little"), mask.to_bytes(ctype.size, "little")


def _raise_all(faults: list[Exception]) -> None:
    """Raise what is wrong inside a value, all of it at once."""
    if faults:
        raise type(faults[0])("; ".join(map(str, faults))) from None


def _named_member(ctype: Structure, name: Any, value: Any, here: _Writing) -> tuple[int, int]:
    for part in ctype.parts:
        if part.name == name:
            return _member(part, value, here)
    return here.wrong(ValueError, unknown_member(ctype, name))


def _member(part: Part, value: Any, here: _Writing) -> tuple[int, int]:
    """Encode one member as bits of the whole structure."""
    if here.is_wild(value):
        return 0, 0
    if part.bits is not None:
        first, width = part.bits
        ones = (1 << width) - 1
        return (_bit_field(part.type, width, value, here) & ones) << first, ones << first
    if isinstance(part.type, Array) and part.type.length is None:
        here.wrong(ValueError, "a flexible array is no part of a value; write its elements to memory")
    data, mask = _encoded(part.type, value, here)
    return int.from_bytes(data, "little") << 8 * part.offset, int.from_bytes(mask, "little") << 8 * part.offset


def _bit_field(ctype: CType, width: int, value: Any, here: _Writing) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raw, _ = _encoded(ctype, value, here)  # a character or the name of an enumerator, or nothing that fits
        number = int.from_bytes(raw, "little", signed=_is_signed(ctype))
    low, high = (-(1 << width - 1), (1 << width - 1) - 1) if _is_signed(ctype) else (0, (1 << width) - 1)
    if not low <= number <= high:
        bits = "1 bit" if width == 1 else f"{width} bits"
        here.wrong(ValueError, f"{shown(value)} is outside {low}..{high}, what a bit-field of {bits} holds")
    return number


def _is_signed(ctype: CType) -> bool:
    return isinstance(ctype, Integer | Enumeration) and ctype.signed


def _conflict(ctype: Structure, name: str, named: Sequence[str]) -> str:
    """Say with whom a member shares its bytes."""
    places = {part.name: _place(part) for part in ctype.parts if part.name in named}
    others = [other for other, place in places.items() if other != name and _overlap(place, places[name])]
    return f"it shares its bytes with {' and '.join(map(repr, others))}, which says something else; name one of them"


def _place(part: Part) -> tuple[int, int]:
    """First bit and number of bits."""
    return part.bits or (8 * part.offset, 8 * size_of(part.type))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < sum(other) and other[0] < sum(one)


def _array(ctype: Array, value: Any, here: _Writing) -> tuple[bytes, bytes]:
    length, of = ctype.length, ctype.of
    if length is None:
        here.wrong(ValueError, "an array of unknown length cannot be written")
    if is_char(of):
        if isinstance(of, Integer) and of.kind == "char" and isinstance(value, str | bytes | bytearray):
            return _text(value, length, here)
        if isinstance(value, bytes | bytearray | memoryview):
            if len(value) != length:
                here.wrong(ValueError, f"{len(value)} bytes given, and the array has {length}")
            return bytes(value), b"\xff" * length
    if not isinstance(value, list | tuple):
        here.wrong(TypeError, f"{described(value)}, not {_wanted(of)} of {length} elements")
    if len(value) != length:
        may_lack = len(value) < length and here.wildcard is not NO_WILDCARD and not here.refused
        free = "; an element that may be anything is written _ (WILDCARD)" if may_lack else ""
        here.wrong(ValueError, f"{len(value)} elements given, and the array has {length}{free}")
    pairs: list[tuple[bytes, bytes]] = []
    faults: list[Exception] = []
    for index, item in enumerate(value):
        try:
            pairs.append(_encoded(of, item, here.at(f"[{index}]")))
        except (TypeError, ValueError) as error:
            faults.append(error)
    _raise_all(faults)
    return b"".join(data for data, _ in pairs), b"".join(mask for _, mask in pairs)


def _wanted(of: CType) -> str:
    if isinstance(of, Integer) and of.kind == "char":
        return "text or a list"
    return "bytes or a list" if is_char(of) else "a list"


def _text(value: str | bytes | bytearray, length: int, here: _Writing) -> tuple[bytes, bytes]:
    """Text counts up to its NUL, which there is no room for when it fills the array."""
    if isinstance(value, str):
        try:
            text = value.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            here.wrong(ValueError, f"{shown(value)} is not UTF-8 text: {error.reason}")
    else:
        text = bytes(value)
    if len(text) > length:
        here.wrong(ValueError, f"{shown(value)} has {len(text)} bytes, and the array has {length}")
    spoken = min(len(text) + 1, length)
    return text.ljust(length, b"\0"), (b"\xff" * spoken).ljust(length, b"\0")


def unknown_member(ctype: Structure, name: Any) -> str:
    """Say that a structure has no such member, and which it has.

    >>> unknown_member(Structure("struct p", 4, 4, (Part("left", Integer(4, signed=True), 0),)), "lefft")
    "struct p has no member 'lefft'; did you mean 'left'?"
    """
    from difflib import get_close_matches

    near = get_close_matches(str(name), [part.name for part in ctype.parts], 1)
    hint = f"; did you mean {near[0]!r}?" if near else _known(ctype)
    return f"{_called(ctype)} has no member {shown(name)}{hint}"


def _known(ctype: Structure) -> str:
    return f" ({', '.join(part.name for part in ctype.parts)})" if ctype.parts else ""


def _called(ctype: CType) -> str:
    """Call a type by a name for messages; one of a nameless struct is how C reaches it, which nobody wants to read."""
    match ctype:
        case Structure(name=name) if name.startswith("__typeof__"):
            return "the union" if ctype.is_union else "the struct"
        case Structure(name=name) | Aggregate(name=name):
            return name
        case Array(length=None):
            return "an array of unknown length"
        case Array(length=length):
            return f"the array of {length} elements"
        case Void():
            return "void"
    return "the value"


# --- decode ---------------------------------------------------------------------------------------------------------


def _decoded(ctype: CType, raw: bytes, mask: bytes | None, wildcard: Any) -> Any:
    match ctype:
        case Structure():
            return _dict(ctype, raw, mask, wildcard)
        case Array():
            return _list(ctype, raw, mask, wildcard)
        case Unsupported() | Aggregate() | Void():
            return _NOTHING
    if mask is not None and not _speaks_of_all(mask, _value_bytes(ctype, scalars.size_of(ctype))):
        return _NOTHING
    return _shown_as(ctype, scalars.decode(ctype, raw))


def _shown_as(ctype: CType, value: Any) -> Any:
    """Let addresses and names be told from the numbers and texts that they equal."""
    if isinstance(ctype, Enumeration) and isinstance(value, str):
        return Enumerator(value, dict(ctype.values)[value])
    return Address(value) if isinstance(ctype, Pointer | FunctionType) and value is not None else value


def _speaks_of_all(mask: bytes, wanted: bytes) -> bool:
    """Half a number is no number: in a union, another member may speak of some of its bytes."""
    needed = int.from_bytes(wanted, "little")
    return int.from_bytes(mask, "little") & needed == needed


def _dict(ctype: Structure, raw: bytes, mask: bytes | None, wildcard: Any) -> Any:
    found = {}
    for part in ctype.parts:
        value = _read(part, raw, mask, wildcard)
        if value is not _NOTHING:
            found[part.name] = value
    return _NOTHING if mask is not None and not found else found


def _read(part: Part, raw: bytes, mask: bytes | None, wildcard: Any) -> Any:
    """Decode one member of a structure."""
    if part.bits is not None:
        return _read_bits(part.type, part.bits, raw, mask)
    if isinstance(part.type, Unsupported | Aggregate) or (isinstance(part.type, Array) and part.type.length is None):
        return _NOTHING
    end = part.offset + size_of(part.type)
    cut = None if mask is None else mask[part.offset : end]
    return _decoded(part.type, raw[part.offset : end], cut, wildcard)


def _read_bits(ctype: CType, bits: tuple[int, int], raw: bytes, mask: bytes | None) -> Any:
    first, width = bits
    ones = (1 << width) - 1
    if mask is not None and int.from_bytes(mask, "little") >> first & ones != ones:
        return _NOTHING
    return decode_bits(ctype, width, int.from_bytes(raw, "little") >> first & ones)


def _list(ctype: Array, raw: bytes, mask: bytes | None, wildcard: Any) -> Any:
    if ctype.length is None or (mask is not None and not any(mask)):
        return _NOTHING
    of = ctype.of
    if isinstance(of, Integer) and of.size == 1:
        if of.kind == "char" and (mask is None or _is_text(raw, mask)):
            return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")
        if of.kind == "int" and not of.signed and (mask is None or all(mask)):
            return bytes(raw)
    size = size_of(of)
    found = []
    for start in range(0, len(raw), size) if size else ():
        item = _decoded(of, raw[start : start + size], None if mask is None else mask[start : start + size], wildcard)
        found.append(wildcard if item is _NOTHING else item)
    return found


def _is_text(raw: bytes, mask: bytes) -> bool:
    """Tell whether what counts is text: all up to the NUL, or all there is."""
    spoken = mask.rstrip(b"\0")
    return all(spoken) and (len(spoken) == len(raw) or raw.find(b"\0") == len(spoken) - 1)


# --- floating leaves ------------------------------------------------------------------------------------------------


def _spans(ctype: CType, at: int) -> Iterator[tuple[int, int, bool]]:
    """Yield start and size of what a value consists of, and whether it is a real number."""
    match ctype:
        case Floating(size=whole, is_complex=is_complex):
            real = whole // (1 + is_complex)
            for start in range(at, at + whole, real):
                yield start, real, True
        case Array(of=of, length=int(length)) if length:
            inner = list(_spans(of, 0))
            if any(is_real for _, _, is_real in inner):
                for index in range(length):
                    yield from ((at + index * size_of(of) + start, size, is_real) for start, size, is_real in inner)
            else:
                yield at, size_of(ctype), False
        case Structure():
            for part in ctype.parts:
                yield from _of_part(part, at)
        case Integer() | Enumeration() | Pointer() | FunctionType() | Aggregate(size=int()):
            yield at, size_of(ctype), False


def _of_part(part: Part, at: int) -> Iterator[tuple[int, int, bool]]:
    if part.bits is not None:
        first, width = part.bits
        yield at + first // 8, (first % 8 + width + 7) // 8, False
    else:
        yield from _spans(part.type, at + part.offset)
