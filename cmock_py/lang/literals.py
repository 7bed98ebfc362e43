"""Reads the literals of the text: numbers, strings with C escapes, characters and bytes in hexadecimal."""

from __future__ import annotations

import re

from cmock_py.trace import Character

_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27, "\\": 92, '"': 34, "'": 39, "?": 63}
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))", re.DOTALL)
_SUFFIX = "uUlL"
MAX_DIGITS = 64
_MAX_BYTE, _MAX_UNICODE = 0xFF, 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class BadLiteral(ValueError):
    """A literal that has the right shape and no meaning.

    Attributes:
        offset: where in the literal the fault is, in characters from its start.
        hint: what to write instead, or None.
    """

    def __init__(self, message: str, offset: int = 0, hint: str | None = None) -> None:
        """Keep the place beside the message."""
        super().__init__(message)
        self.offset = offset
        self.hint = hint


def read_integer(text: str) -> int:
    """Read an integer: decimal, ``0x`` or ``0b``, with C suffixes, which say nothing here.

    Raises:
        BadLiteral: a leading zero, which C reads as octal, or more digits than any C type holds.

    >>> read_integer("0xFFul"), read_integer("-0b101"), read_integer("+7")
    (255, -5, 7)
    """
    digits = text.rstrip(_SUFFIX)
    bare = digits.lstrip("+-").lower()
    if len(bare) > MAX_DIGITS + 2:
        message = f"the number {bare[:12]}... has {len(bare)} digits, more than any C integer holds"
        raise BadLiteral(message)
    if len(bare) > 1 and bare.isdigit() and bare[0] == "0":
        raise _octal(bare)
    return int(digits, 0)


def _octal(bare: str) -> BadLiteral:
    """Say both readings of a number with a leading zero."""
    decimal = bare.lstrip("0") or "0"
    readings = decimal if set(bare) - set("01234567") else f"{decimal}, or {int(bare, 8)} for what C reads (octal)"
    return BadLiteral(f"the number {bare} starts with a zero", 0, f"write {readings}")


def read_float(text: str) -> float:
    """Read a float; ``INFINITY`` and ``NAN`` are the names that C has for those values.

    >>> read_float("1.5f"), read_float("-INFINITY")
    (1.5, -inf)
    """
    if text.endswith(("INFINITY", "NAN")):
        return float(text.lower())
    return float(text.rstrip("fF"))


def read_string(text: str) -> str:
    r"""Read a quoted string or character with its C escapes.

    ``\xHH`` and octal escapes are bytes, as in C: the whole is decoded as UTF-8, and bytes that are none become
    surrogates (``surrogateescape``), as everywhere in cmock-py.

    Raises:
        BadLiteral: an escape that C does not know.

    >>> read_string(r'"a\tb\x41\xc3\xa9"')
    'a\tbAé'
    """
    body = text[1:-1]
    if "\\" not in body:
        return body
    parts, end = [], 0
    for match in _ESCAPE.finditer(body):
        parts += [_encoded(body[end : match.start()], end + 1), _unescaped(match)]
        end = match.end()
    parts.append(_encoded(body[end:], end + 1))
    return b"".join(parts).decode("utf-8", "surrogateescape")


def read_character(text: str) -> Character:
    """Read ``'A'``, which is a number to C and text to an array of ``char``.

    Raises:
        BadLiteral: as `read_string` does.
    """
    return Character(read_string(text))


def _encoded(text: str, offset: int) -> bytes:
    """Encode the plain part of a string; *offset* is its place in the literal."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        message = f"the character U+{ord(text[error.start]):04X} is half of a pair and cannot be UTF-8"
        raise BadLiteral(message, offset + error.start) from None


def _unescaped(match: re.Match[str]) -> bytes:
    """Turn one escape into the bytes it means; *match* is one of `_ESCAPE` in the body of a literal."""
    byte, short, long, octal, letter = match.groups()
    if byte is not None:
        return bytes([int(byte, 16)])
    if octal is not None and int(octal, 8) <= _MAX_BYTE:
        return bytes([int(octal, 8)])
    code = int(short or long or "-1", 16)
    if 0 <= code <= _MAX_UNICODE and code not in _SURROGATES:
        return chr(code).encode()
    if letter in _ESCAPES:
        return bytes([_ESCAPES[letter]])
    message = f"C has no escape {match[0]}"
    raise BadLiteral(message, match.start() + 1, r"a backslash itself is written \\")


def read_regex(text: str) -> str:
    r"""Read a regular expression: as it stands between the quotes, only ``\"`` is a plain quote.

    Raises:
        BadLiteral: Python's `re` does not take the pattern.

    >>> read_regex(r'"GET \d+ \"x\""')
    'GET \\d+ "x"'
    """
    pattern = re.sub(r"\\(.)", lambda match: '"' if match[1] == '"' else match[0], text[1:-1])
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        message = f"this is no regular expression: {error}"
        raise BadLiteral(message) from None
    return pattern


def read_bytes(text: str) -> bytes:
    r"""Read ``x"de ad"``.

    Raises:
        BadLiteral: an odd number of digits.

    >>> read_bytes('x"de ad"')
    b'\xde\xad'
    """
    digits = "".join(text[2:-1].split())
    if len(digits) % 2:
        message = f"{len(digits)} is an odd number of hexadecimal digits"
        raise BadLiteral(message, 0, "two digits are one byte")
    return bytes.fromhex(digits)
