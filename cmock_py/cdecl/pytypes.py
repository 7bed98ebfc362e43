"""Which Python types stand for a C type: what a call takes, and what it returns."""

from __future__ import annotations

import keyword

from cmock_py.cdecl.model import (
    Aggregate,
    CType,
    Enumeration,
    Floating,
    FunctionType,
    Integer,
    Pointer,
    Structure,
    Unsupported,
    Void,
)
from cmock_py.cdecl.scalars import is_char

_ANY_FUNCTION = "Callable[..., Any]"
_ADDRESS = ("Pointer", "int", "None")


def taken(ctype: CType) -> tuple[str, ...]:
    """Name the Python types that a parameter takes.

    >>> taken(Pointer(Integer(1, signed=True, kind="char"), const=True))
    ('str', 'bytes', 'Pointer', 'int', 'None')
    """
    match ctype:
        case Integer(kind="char"):
            return ("int", "str")
        case Integer(kind="bool"):
            return ("bool", "int")
        case FunctionType() | Pointer(to=FunctionType()):
            return (_ANY_FUNCTION, *_ADDRESS)
        case Pointer(to=Void()):
            return (_ANY_FUNCTION, "str", "bytes", *_ADDRESS)
        case Pointer(to=target) if is_char(target):
            return ("str", "bytes", *_ADDRESS)
        case Pointer():
            return ("list[Any]", "tuple[Any, ...]", *_ADDRESS)
        case Aggregate() | Structure():
            return ("dict[str, Any]", "Pointer")
    return returned(ctype)


def returned(ctype: CType) -> tuple[str, ...]:
    """Name the Python types of a result, and of what is read.

    >>> returned(Enumeration("color", 4, signed=False, values=(("RED", 0),)))
    ('str', 'int')
    """
    match ctype:
        case Void():
            return ("None",)
        case Integer(kind="bool"):
            return ("bool",)
        case Integer():
            return ("int",)
        case Enumeration():
            return ("str", "int")
        case Floating(is_complex=is_complex):
            return ("complex",) if is_complex else ("float",)
        case Unsupported():
            return ("Any",)
    return ("Pointer",)


def parameter_names(names: list[str | None]) -> list[str]:
    """Name parameters as Python may: words that it keeps for itself get a ``_``, those without a name a number.

    >>> parameter_names(["self", None, "from", "n"])
    ['self_', 'arg2', 'from_', 'n']
    """
    filled = [name or f"arg{number}" for number, name in enumerate(names, 1)]
    return [f"{name}_" if name == "self" or keyword.iskeyword(name) else name for name in filled]
