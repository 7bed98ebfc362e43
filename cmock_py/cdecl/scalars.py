"""Python values of C's scalar types as bytes, and back: little-endian, exactly as the compiler lays them out.

Pure functions of `cdecl.model` types, shared by all that meets C values. They raise plain TypeError and ValueError
whose text says what does not fit; callers add whose value it was.
"""

from __future__ import annotations

import ctypes
import math
import operator
import struct
from typing import Any

from cmock_py.cdecl.model import Array, CType, Enumeration, Floating, FunctionType, Integer, Pointer, Void
from cmock_py.trace import Unnamed

POINTER_SIZE = 8
LONG_DOUBLE_BYTES = 10
"""Of the 16 bytes of an x87 ``long double`` these carry the value; the rest is padding and kept zero."""

_REAL = {4: "<f", 8: "<d"}
_COMPLEX = {8: "<ff", 16: "<dd"}
_CHAR_CODES = 256
_ESCAPED_BYTES = range(0xDC80, 0xDD00)
"""What surrogateescape makes of the bytes 0x80 to 0xFF that are no UTF-8."""
_SHOWN = 60


def size_of(ctype: CType) -> int:
    """Return the size of a scalar type in bytes; raises TypeError for a type that is no scalar."""
    match ctype:
        case Integer(size=size) | Enumeration(size=size) | Floating(size=size):
            return size
        case Pointer() | FunctionType() | Array():
            return POINTER_SIZE
    msg = f"{ctype} is not a scalar type"
    raise TypeError(msg)


def bounds(ctype: Integer | Enumeration | Pointer) -> tuple[int, int]:
    """Return the smallest and largest value.

    >>> bounds(Integer(1, signed=False))
    (0, 255)
    """
    if isinstance(ctype, Pointer):
        return 0, (1 << 64) - 1
    if isinstance(ctype, Integer) and ctype.kind == "bool":
        return 0, 1
    bits = 8 * ctype.size
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if ctype.signed else (0, (1 << bits) - 1)


def is_char(ctype: CType) -> bool:
    """Tell whether arrays of the type are bytes to Python: ``char`` of any sign, ``uint8_t``, ``void``."""
    return isinstance(ctype, Void) or (isinstance(ctype, Integer) and ctype.size == 1 and ctype.kind != "bool")


def is_string(ctype: CType) -> bool:
    """Tell whether the type is a pointer to plain ``char``, as C strings are."""
    return isinstance(ctype, Pointer) and isinstance(ctype.to, Integer) and ctype.to.kind == "char"


def encode(ctype: CType, value: Any) -> bytes:
    """Encode one scalar.

    Args:
        ctype: the C type.
        value: an int (or anything with ``__index__``), bool, float, complex, one character, an enumerator's name or
            several as in ``"READ|WRITE"``, or None for a NULL pointer.

    Returns:
        `size_of` bytes, little-endian.

    Raises:
        TypeError: the value is of the wrong kind.
        ValueError: it does not fit.

    >>> encode(Integer(4, signed=True), -2).hex()
    'feffffff'
    """
    match ctype:
        case Integer():
            return _integer_bytes(ctype, value)
        case Enumeration():
            return _enumerator(ctype, value).to_bytes(ctype.size, "little", signed=ctype.signed)
        case Pointer() | FunctionType() | Array():
            return address(value).to_bytes(POINTER_SIZE, "little")
        case Floating():
            return _floating(ctype, value)
    msg = f"{ctype} is not a scalar type"
    raise TypeError(msg)


def decode(ctype: CType, raw: bytes) -> Any:
    """Decode what `encode` encodes; enums become their name where they have one, else a number that says so.

    >>> decode(Integer(1, signed=False, kind="bool"), bytes([1]))
    True
    """
    match ctype:
        case Integer(kind="bool"):
            return raw[0] != 0
        case Integer():
            return int.from_bytes(raw[: ctype.size], "little", signed=ctype.signed)
        case Enumeration():
            return _name_of(ctype, int.from_bytes(raw[: ctype.size], "little", signed=ctype.signed))
        case Pointer() | FunctionType() | Array():
            return int.from_bytes(raw[:POINTER_SIZE], "little") or None
        case Floating():
            return _real_or_complex(ctype, raw)
    msg = f"{ctype} is not a scalar type"
    raise TypeError(msg)


def comparable(raw: bytes) -> bytes:
    """Give the bytes of a real number, the same ones for 0.0 and -0.0, and for each NaN.

    >>> comparable(struct.pack("<d", -0.0)).hex(), comparable(struct.pack("<f", 1.0)).hex()
    ('0000000000000000', '0000803f')
    """
    *digits, sign = raw[:LONG_DOUBLE_BYTES]
    if not any(digits) and sign in {0, 0x80}:
        return bytes(len(raw))
    return b"\xff" * len(raw) if math.isnan(_real(len(raw), raw)) else raw


def encode_byte(value: Any) -> bytes:
    """Encode one element of an array of bytes: a character, or a number of a signed or an unsigned byte.

    Raises:
        TypeError: it is neither.
        ValueError: it does not fit.

    >>> encode_byte(-1) == encode_byte(255)
    True
    """
    if isinstance(value, (str, bytes)):
        return bytes([_character(value)])
    return (whole(value, -128, 255) & 0xFF).to_bytes(1, "little")


def shown(value: Any) -> str:
    """Show a value in a message, cut to a line."""
    if isinstance(value, int) and abs(value) >> 256:
        return f"{hex(value)[:_SHOWN]}..."  # Python refuses to write very long decimals
    text = repr(value[:_SHOWN] if isinstance(value, (str, bytes, bytearray, list)) else value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def described(value: Any) -> str:
    """Say what a value is, for a message that goes on with what was wanted.

    >>> described(2.5), described(7)
    ('2.5 is a float', '7 is an int')
    """
    kind = "str" if isinstance(value, str) else type(value).__name__
    return f"{shown(value)} is {'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _integer_bytes(ctype: Integer, value: Any) -> bytes:
    if value.__class__ is int and ctype.kind != "bool":  # by far the most, and they come by the million
        try:
            return value.to_bytes(ctype.size, "little", signed=ctype.signed)
        except OverflowError:
            pass  # what follows says so in words
    return _integer(ctype, value).to_bytes(ctype.size, "little", signed=ctype.signed)


def _integer(ctype: Integer, value: Any) -> int:
    if ctype.kind == "char" and isinstance(value, (str, bytes)):
        return int.from_bytes([_character(value)], "little", signed=ctype.signed)
    return whole(value, *bounds(ctype))


def whole(value: Any, low: int, high: int) -> int:
    """Return a whole number within bounds; raises TypeError or ValueError."""
    try:
        number = operator.index(value)
    except TypeError:
        msg = f"{described(value)}, not a whole number"
        raise TypeError(msg) from None
    if not low <= number <= high:
        msg = f"{shown(number)} is outside {low}..{high}"
        raise ValueError(msg)
    return number


def _character(value: str | bytes) -> int:
    """The code of one character, 0 to 255; the text of a language has bytes above 0x7F as surrogates."""
    code = ord(value) if len(value) == 1 else _CHAR_CODES
    if code in _ESCAPED_BYTES:
        code -= _ESCAPED_BYTES.start - 0x80
    if code >= _CHAR_CODES:
        msg = f"{shown(value)} is not one character of one byte"
        raise ValueError(msg)
    return code


def _enumerator(ctype: Enumeration, value: Any) -> int:
    if isinstance(value, str):
        known = dict(ctype.values)
        number = 0
        for name in map(str.strip, value.split("|")):
            if name not in known:
                msg = f"{shown(name)} is no enumerator of {_called(ctype)} ({', '.join(known)})"
                raise ValueError(msg)
            number |= known[name]
        return number
    return _integer(Integer(ctype.size, signed=ctype.signed), value)


def _name_of(ctype: Enumeration, number: int) -> Any:
    name = next((name for name, value in ctype.values if value == number), None)
    if name is not None:
        return name
    flags = _flags(ctype, number)
    return Unnamed(number, "|".join(flags) if flags else f"{number} (no enumerator of {_called(ctype)})")


def _flags(ctype: Enumeration, number: int) -> list[str]:
    """The enumerators that a number combines, where all of them are flags; none where it has other bits, too."""
    bits = {value: name for name, value in reversed(ctype.values) if value}
    if number <= 0 or any(value < 0 or value & value - 1 for value in bits) or number & ~sum(bits):
        return []
    return [bits[value] for value in sorted(bits) if number & value]


def _called(ctype: Enumeration) -> str:
    return f"enum {ctype.tag}" if ctype.tag else "the enum"


def address(value: Any) -> int:
    """Return the address that a pointer, an int or None stands for.

    Raises:
        TypeError: it is none of these, or a pointer of the Python process.
        ValueError: it does not fit 64 bits.
    """
    if value is None:
        return 0
    if isinstance(value, str) or not hasattr(type(value), "__index__"):  # a character has a number, and is no address
        msg = f"{described(value)}, not a pointer, an address or None"
        if is_of_python(value):
            msg = f"{shown(value)} belongs to the Python process, which the SUT cannot reach; use mocking.new()"
        raise TypeError(msg)
    number = operator.index(value)
    low, high = bounds(Pointer(Void()))
    if not low <= number <= high:
        msg = f"{hex(number)[:_SHOWN]} is not an address of 64 bits"
        raise ValueError(msg)
    return number


def is_of_python(value: Any) -> bool:
    """Tell the objects of ctypes and cffi, whose pointers have types that the user's module made."""
    kinds = type(value).__mro__
    return kinds[0].__name__ == "CArgObject" or any(kind.__module__ in {"_ctypes", "_cffi_backend"} for kind in kinds)


def _floating(ctype: Floating, value: Any) -> bytes:
    if isinstance(value, bool) or not isinstance(value, (int, float, complex) if ctype.is_complex else (int, float)):
        msg = f"{described(value)}, not a {'complex' if ctype.is_complex else 'real'} number"
        raise TypeError(msg)
    try:
        number = complex(value)  # struct has an error of its own for whole numbers that are too large
        if ctype.is_complex:
            return _complex(ctype.size, number)
        return struct.pack(_REAL[ctype.size], number.real) if ctype.size in _REAL else _long_double(number.real)
    except OverflowError:
        msg = f"{shown(value)} is too large for a floating type of {ctype.size} bytes"
        raise ValueError(msg) from None


def _complex(size: int, value: complex) -> bytes:
    if size in _COMPLEX:
        return struct.pack(_COMPLEX[size], value.real, value.imag)
    return _long_double(value.real) + _long_double(value.imag)


def _long_double(value: float) -> bytes:
    """The standard library knows the x87 format only through ctypes; its padding is not defined, so make it zero."""
    raw = bytes(ctypes.c_longdouble(value))
    return raw[:LONG_DOUBLE_BYTES].ljust(len(raw), b"\0")


def _real_or_complex(ctype: Floating, raw: bytes) -> float | complex:
    if ctype.is_complex:
        half = ctype.size // 2
        return complex(_real(half, raw), _real(half, raw[half:]))
    return _real(ctype.size, raw)


def _real(size: int, raw: bytes) -> float:
    if size in _REAL:
        return float(struct.unpack_from(_REAL[size], raw)[0])
    return float(ctypes.c_longdouble.from_buffer_copy(raw[:size]).value)
