"""Python values to the registers and stack words of one C call, and its result back.

System V AMD64 ABI 3.2.3; `runtime/invoke.c` has the other half. Everything is checked here, before C is entered.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    CType,
    Enumeration,
    Floating,
    Function,
    FunctionType,
    Integer,
    Pointer,
    Unsupported,
    Void,
)
from cmock_py.errors import ArgumentTypeError, ArgumentValueError
from cmock_py.host.arena import MAILBOX, Returns
from cmock_py.host.library import CFunction
from cmock_py.host.memory import Pointer as CPointer
from cmock_py.host.memory import is_python_function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.host.arena import Arena
    from cmock_py.host.memory import Memory

_GPRS, _XMMS, _STACK = 6, 8, 32
_BOX = struct.Struct(f"<QQQ4Q{_GPRS}Q{_XMMS}QQ{_STACK}Q")
_RESULT = struct.Struct("<Q4Q")
_RESULT_AT = MAILBOX + 16
_LONG_DOUBLE, _WORD = 16, 8
_CODES: dict[CType, str] = {
    Integer(4, signed=True): "i4x",
    Integer(4, signed=False): "I4x",
    Integer(8, signed=True): "q",
    Integer(8, signed=False): "Q",
}
"""Integers that struct checks and packs as C does; smaller ones need their sign or zero extension looked after."""


_PLAIN: frozenset[type] = frozenset({int, bool})
"""What goes to struct as it is; it would take a pointer for a number, too."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How one C function is called.

    Attributes:
        function: its declaration.
        address: where its code is.
        returns: which register brings its result.
        plain: writes the whole mailbox at once, when all parameters are integers of 32 or 64 bits that fit registers;
            its range checks are those of the C types. None: each argument is looked at.
        result: reads errno and the result at once, when the result is a plain number; None: it is looked at.
    """

    function: Function
    address: int
    returns: Returns
    plain: struct.Struct | None = None
    result: struct.Struct | None = None


def signature(function: Function, address: int) -> Signature:
    """Prepare calls of *function* at *address*.

    Raises:
        ArgumentTypeError: it takes or returns a type that cannot be passed from Python.
    """
    for parameter in function.params:
        _check_passable(function, parameter.type, f"parameter {parameter.text}")
    _check_passable(function, function.ret, "its result", result=True)
    returns = Returns.INTEGER
    if isinstance(function.ret, Floating):
        extended = function.ret.size == _LONG_DOUBLE and not function.ret.is_complex
        returns = Returns.LONG_DOUBLE if extended else Returns.FLOATING
    return Signature(function, address, returns, _plain(function), _plain_result(function.ret))


def _plain(function: Function) -> struct.Struct | None:
    """The mailbox of a function of plain integers; x is a byte of zero, so no stack word is ever passed."""
    codes = [_CODES.get(parameter.type) for parameter in function.params]
    if function.variadic or len(codes) > _GPRS or None in codes:
        return None
    rest = _GPRS - len(codes) + _XMMS + 1
    return struct.Struct("<QQQ" + f"{4 * _WORD}x" + "".join(map(str, codes)) + f"{rest * _WORD}x")


def _plain_result(ctype: CType) -> struct.Struct | None:
    code = _CODES.get(ctype) if isinstance(ctype, Integer) else None
    return None if code is None else struct.Struct("<q" + code.removesuffix("4x"))


def _check_passable(function: Function, ctype: CType, what: str, *, result: bool = False) -> None:
    reason = None
    match ctype:
        case Unsupported(reason=text):
            reason = text
        case Aggregate(name=name):
            reason = f"{name} by value cannot be passed from Python yet; pass a pointer to one"
        case Void() if not result:
            reason = "void is no value"
        case Floating(is_complex=True, size=size) if size > _WORD:
            reason = "complex numbers larger than float complex cannot be passed from Python yet"
    if reason:
        msg = f"{function.name} cannot be called: {what}: {reason}"
        raise ArgumentTypeError(msg)


def pack(arena: Arena, called: Signature, args: Sequence[Any], errno: int, memory: Memory) -> None:
    """Write a call into the mailbox.

    Args:
        arena: where the mailbox lies.
        called: what is called.
        args: the Python arguments.
        errno: the value of ``errno`` that C finds.
        memory: stores text, bytes and lists for pointer parameters, and judges pointers.

    Raises:
        ArgumentTypeError: wrong number of arguments, or one of the wrong kind.
        ArgumentValueError: one does not fit.
    """
    if called.plain is not None and {*map(type, args)} <= _PLAIN:
        try:
            called.plain.pack_into(arena.map, MAILBOX, called.address, called.returns, errno & 0xFFFF_FFFF, *args)
        except struct.error:
            pass  # what follows finds the same fault, and words it
        else:
            return
    function = called.function
    if len(args) != len(function.params) and not (function.variadic and len(args) > len(function.params)):
        raise ArgumentTypeError(_count(function, len(args)))
    gprs: list[int] = []
    xmms: list[int] = []
    stack: list[int] = []
    for index, value in enumerate(args):
        ctype = function.params[index].type if index < len(function.params) else _promoted(value)
        raw = _encode(function, index, ctype, value, memory)
        words = [int.from_bytes(raw[i : i + _WORD], "little") for i in range(0, len(raw), _WORD)]
        if isinstance(ctype, Floating) and len(raw) <= _WORD and len(xmms) < _XMMS:
            xmms += words
        elif not isinstance(ctype, Floating) and len(gprs) < _GPRS:
            gprs += words
        else:
            stack += [0] * (len(stack) % 2 if len(words) > 1 else 0) + words
    if len(stack) > _STACK:
        msg = f"{function.name}: {len(args)} arguments need {len(stack)} stack words; at most {_STACK} can be passed"
        raise ArgumentTypeError(msg)
    _BOX.pack_into(
        arena.map, MAILBOX, called.address, called.returns, errno & 0xFFFF_FFFF, 0, 0, 0, 0,
        *_filled(gprs, _GPRS), *_filled(xmms, _XMMS), len(stack), *_filled(stack, _STACK),
    )  # fmt: skip


def _filled(words: list[int], count: int) -> list[int]:
    return words + [0] * (count - len(words))


def _count(function: Function, given: int) -> str:
    wanted = len(function.params)
    more = " or more" if function.variadic else ""
    return f"{function.text} takes {wanted}{more} argument{'s' if wanted != 1 else ''}, not {given}"


def _promoted(value: Any) -> CType:
    """The type that C's default argument promotions give a value behind ``...``."""
    if isinstance(value, float):
        return Floating(8)
    if isinstance(value, int) and not isinstance(value, bool):
        return Integer(8, signed=value < 0)
    return Pointer(Void())


def _encode(function: Function, index: int, ctype: CType, value: Any, memory: Memory) -> bytes:
    """Encode one argument, sign- or zero-extended to a register as the callee may rely on."""
    try:
        if isinstance(ctype, Pointer) and isinstance(value, (str, bytes, bytearray, list, tuple)):
            value = memory.place((ctype.to, value))
        elif isinstance(value, (CPointer, CFunction)):
            memory.check_argument(value, ctype, function.params[index] if index < len(function.params) else None)
        elif is_python_function(value):
            value = memory.place_function(value, function.params[index] if index < len(function.params) else None)
        raw = scalars.encode(ctype, value)
    except (TypeError, ValueError) as error:
        parameter = function.params[index] if index < len(function.params) else None
        name = f"{parameter.name or index + 1} ({parameter.text})" if parameter else f"{index + 1}"
        msg = f"{function.name}: argument {name}: {error}"
        kind = ArgumentTypeError if isinstance(error, TypeError) else ArgumentValueError
        raise kind(msg) from None
    negative = isinstance(ctype, (Integer, Enumeration)) and ctype.signed and raw[-1] & 0x80
    return raw.ljust(_WORD, b"\xff" if negative else b"\0")


def unpack(arena: Arena, called: Signature) -> tuple[Any, int]:
    """Read the result and errno of the last call: None for void, an address for a pointer."""
    if called.result is not None:
        number, value = called.result.unpack_from(arena.map, _RESULT_AT)
        return value, number
    error, *words = _RESULT.unpack_from(arena.map, _RESULT_AT)
    errno = error - (1 << 64) if error >> 63 else error
    ctype = called.function.ret
    if isinstance(ctype, Void):
        return None, errno
    raw = struct.pack("<4Q", *words)
    if isinstance(ctype, (Pointer, Array, FunctionType)):
        return int.from_bytes(raw[:_WORD], "little"), errno
    return scalars.decode(ctype, raw[: scalars.size_of(ctype)]), errno
