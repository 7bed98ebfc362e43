"""How one C function is called: which registers and stack words bring its arguments and its result.

System V AMD64 ABI 3.2.3. All that can be known before a call is worked out once for each function.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmock_py.cdecl.model import Aggregate, CType, Floating, Function, Integer, Structure, Unsupported, Void
from cmock_py.errors import ArgumentTypeError, UsageError
from cmock_py.host import numbers, registers
from cmock_py.host.arena import Returns
from cmock_py.host.fields import fields
from cmock_py.host.registers import GPRS, WORD, XMMS, Class

if TYPE_CHECKING:
    from collections.abc import Callable

_ALIGNED = 16
RAX, _XMM0 = 0, 2
"""Words of the result."""

_CODES: dict[CType, str] = {
    Integer(4, signed=True): "i4x",
    Integer(4, signed=False): "I4x",
    Integer(8, signed=True): "q",
    Integer(8, signed=False): "Q",
}
"""Integers that struct checks and packs as C does; smaller ones need their sign or zero extension looked after."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How one C function is called.

    Attributes:
        function: its declaration.
        address: where its code is.
        returns: which registers bring its result.
        params: how each parameter is passed.
        words: the words of the result that make up its value, in order.
        value: the cffi type of a struct that it returns, else None.
        hidden: whether such a struct is written through a hidden first argument.
        plain: writes the whole mailbox at once, when all parameters are integers of 32 or 64 bits that fit registers;
            its range checks are those of the C types. None: each argument is looked at.
        result: reads errno and the result at once, when the result is a plain number; None: it is looked at.
    """

    function: Function
    address: int
    returns: Returns
    params: tuple[Passing, ...] = ()
    words: tuple[int, ...] = (RAX,)
    value: Any = None
    hidden: bool = False
    plain: struct.Struct | None = None
    result: struct.Struct | None = None


@dataclass(frozen=True, slots=True)
class Passing:
    """How one value is passed.

    Attributes:
        classes: of its eight bytes each; None for memory.
        align: of its stack words, when it finds no registers.
        value: the cffi type of a struct, else None.
    """

    classes: registers.Classes
    align: int = WORD
    value: Any = None


INTEGER = Passing((Class.INTEGER,))


def signature(function: Function, address: int, typeof: Callable[[str], Any] | None = None) -> Signature:
    """Prepare calls of *function* at *address*.

    Args:
        function: its declaration.
        address: of its code.
        typeof: gives the cffi type of a struct by its C name; needed where structs are passed by value.

    Raises:
        ArgumentTypeError: it takes or returns a type that cannot be passed from Python.
    """
    params = tuple(_checked(function, p.type, f"parameter {p.text}", typeof) for p in function.params)
    result = INTEGER if isinstance(function.ret, Void) else _checked(function, function.ret, "its result", typeof)
    returns, words = how_returned(result.classes)
    hidden = result.classes is None
    plain = None if hidden else _plain(function)
    return Signature(
        function, address, returns, params, words, result.value, hidden, plain, _plain_result(function.ret)
    )


def how_passed(ctype: CType, typeof: Callable[[str], Any] | None) -> Passing:
    """Say how a value of a type is passed."""
    match ctype:
        case Aggregate(name=name) | Structure(name=name):
            if typeof is None:
                msg = f"{name} by value cannot be passed here"
                raise ArgumentTypeError(msg)
            value = typeof(name)
            if registers.is_disputed(value):
                msg = f"{name} by value is passed in one way by gcc and in another by clang; pass a pointer to one"
                raise ArgumentTypeError(msg)
            size, align = numbers.size_of(value), int(numbers.ffi().alignof(value))
            return Passing(registers.classes(value) if size and any(fields(value)) else (), max(align, WORD), value)
        case Floating(is_complex=True, size=size) if size <= 2 * WORD:
            return Passing((Class.SSE,) * (size // WORD))
        case Floating(is_complex=True):
            return Passing((Class.X87, Class.X87_REST) * 2, _ALIGNED)
        case Floating(size=size) if size > WORD:
            return Passing((Class.X87, Class.X87_REST), _ALIGNED)
        case Floating():
            return Passing((Class.SSE,))
    return INTEGER


def how_returned(classes: registers.Classes) -> tuple[Returns, tuple[int, ...]]:
    """Say which registers bring a result, and which words of it there are the value; a hidden one comes in rax."""
    if classes and Class.X87 in classes:
        two = len(classes) > 2  # noqa: PLR2004 - eight bytes of one long double
        return (Returns.COMPLEX_LONG_DOUBLE if two else Returns.LONG_DOUBLE), tuple(range(len(classes)))
    free = {Class.INTEGER: RAX, Class.SSE: _XMM0}
    words = []
    for kind in (Class.INTEGER,) if classes is None else classes:
        taken = Class.INTEGER if kind is Class.NOTHING else kind
        words.append(free[taken])
        free[taken] += kind is not Class.NOTHING
    return Returns.REGISTERS, tuple(words)


def _plain(function: Function) -> struct.Struct | None:
    """The mailbox of a function of plain integers; x is a byte of zero, so no stack word is ever passed."""
    codes = [_CODES.get(parameter.type) for parameter in function.params]
    if function.variadic or len(codes) > GPRS or None in codes:
        return None
    rest = GPRS - len(codes) + XMMS + 1
    return struct.Struct("<QQQ" + f"{4 * WORD}x" + "".join(map(str, codes)) + f"{rest * WORD}x")


def _plain_result(ctype: CType) -> struct.Struct | None:
    code = _CODES.get(ctype) if isinstance(ctype, Integer) else None
    return None if code is None else struct.Struct("<q" + code.removesuffix("4x"))


def _checked(function: Function, ctype: CType, what: str, typeof: Callable[[str], Any] | None) -> Passing:
    """Say how a value is passed; one that cannot be is told with its place in the prototype."""
    reason = None
    if isinstance(ctype, Unsupported):
        reason = ctype.reason
    elif isinstance(ctype, Void):
        reason = "void is no value"
    else:
        try:
            passing = how_passed(ctype, typeof)
        except UsageError as error:
            reason = str(error)
        else:
            if passing.align <= _ALIGNED:
                return passing
            reason = f"it is aligned to {passing.align} bytes; only up to {_ALIGNED} can be passed from Python"
    msg = f"{function.name} cannot be called: {what}: {reason}"
    raise ArgumentTypeError(msg)


def function_text(function: Function) -> str:
    """Return the type of a pointer to a function, from its prototype.

    >>> from cmock_py.cdecl.model import Function, Integer, Parameter
    >>> int_type = Integer(4, signed=True)
    >>> function_text(Function("f", int_type, (Parameter("a", int_type, "int a"),), "int f(int a)"))
    'int (*)(int)'
    """
    params = [re.sub(rf"\b{re.escape(p.name)}\b", "", p.text, count=1) if p.name else p.text for p in function.params]
    listed = ", ".join([*(text.strip() for text in params), *["..."] * function.variadic]) or "void"
    before, found, _ = function.text.partition(f"{function.name}(")
    return f"{before}(*)({listed})" if found else "void (*)(void)"


def pointer_text(text: str, name: str) -> str:
    """Return the type of a function's result, a pointer, from its prototype.

    >>> pointer_text("const char *getenv(const char *name)", "getenv")
    'const char *'
    """
    match = re.match(rf"(\w[\w\s*]*?)\s*\b{re.escape(name)}\s*\(", text)
    return match[1] if match else "void *"
