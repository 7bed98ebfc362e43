"""Scalars in cffi's types as bytes and back; the rules are those of `cdecl.scalars`, so that calls and memory agree.

cffi itself is no judge of values: it makes infinity of a double that is too large for a float, and takes no text for a
char.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import CType, Enumeration, Floating, Integer
from cmock_py.errors import ArgumentTypeError, ArgumentValueError

_REAL = frozenset({"float", "double", "long double"})


@cache
def ffi() -> Any:
    """Return an FFI for what needs no declarations; cffi types of any FFI serve."""
    import cffi

    return cffi.FFI()


def size_of(ctype: Any) -> int:
    """Return the size of a cffi type in bytes; raises ArgumentTypeError for one that is incomplete."""
    try:
        return int(ffi().sizeof(ctype))
    except (ValueError, TypeError):
        msg = f"{ctype.cname} is incomplete: the headers do not say what it holds, so only pointers to it can be used"
        raise ArgumentTypeError(msg) from None


def encode(ctype: Any, value: Any) -> bytes:
    """Encode a number, a character or an enumerator's name.

    Raises:
        ArgumentTypeError, ArgumentValueError: it does not fit; the message begins with the C type.

    >>> encode(ffi().typeof("short"), -2).hex()
    'feff'
    """
    try:
        return scalars.encode(model(ctype), value)
    except (TypeError, ValueError) as error:
        raise unfit(ctype.cname, error) from None


def decode(ctype: Any, raw: bytes) -> Any:
    """Decode what `encode` encodes; a char is a number, an enum its name where it has one."""
    return scalars.decode(model(ctype), raw)


def unfit(what: str, error: Exception) -> ArgumentTypeError | ArgumentValueError:
    """Say which C type or member an error of encoding is about."""
    kind = ArgumentTypeError if isinstance(error, TypeError) else ArgumentValueError
    return kind(f"{what}: {error}")


@cache
def model(ctype: Any) -> CType:
    """The type as `cdecl` models it."""
    size, name = size_of(ctype), ctype.cname
    if ctype.kind == "enum":
        values = tuple((enumerator, value) for enumerator, value in ctype.relements.items())
        return Enumeration(name.removeprefix("enum "), size, _is_signed(ctype), values)
    if name in _REAL:
        return Floating(size)
    if name.endswith(("_Complex", "_complex_t")):  # the second is what cffi calls them
        return Floating(size, is_complex=True)
    if name in {"char", "_Bool"}:
        return Integer(size, signed=name == "char", kind="char" if name == "char" else "bool")
    return Integer(size, signed=_is_signed(ctype))


def _is_signed(ctype: Any) -> bool:
    return int(ffi().cast(ctype, -1)) < 0
