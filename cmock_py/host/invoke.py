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
    Structure,
    Unsupported,
    Void,
)
from cmock_py.errors import ArgumentTypeError, ArgumentValueError, UnknownNameError, UsageError
from cmock_py.host import numbers, registers
from cmock_py.host.arena import MAILBOX, STACK_WORDS, Returns
from cmock_py.host.library import CFunction
from cmock_py.host.memory import Pointer as CPointer
from cmock_py.host.memory import is_python_function
from cmock_py.host.registers import Class

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cmock_py.host.arena import Arena
    from cmock_py.host.memory import Memory

_GPRS, _XMMS = 6, 8
_BOX = struct.Struct(f"<QQQ4Q{_GPRS}Q{_XMMS}QQ")
_RESULT = struct.Struct("<Q4Q")
_RESULT_AT = MAILBOX + 16
_LONG_DOUBLE, _WORD, _ALIGNED = 16, 8, 16
_RAX, _XMM0 = 0, 2
"""Words of the result."""

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
    words: tuple[int, ...] = (_RAX,)
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
    align: int = _WORD
    value: Any = None


_INTEGER = Passing((Class.INTEGER,))


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
    result = _INTEGER if isinstance(function.ret, Void) else _checked(function, function.ret, "its result", typeof)
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
            size, align = numbers.size_of(value), int(numbers.ffi().alignof(value))
            return Passing(registers.classes(value) if size and value.fields else (), max(align, _WORD), value)
        case Floating(is_complex=True, size=size) if size <= 2 * _WORD:
            return Passing((Class.SSE,) * (size // _WORD))
        case Floating(is_complex=True):
            return Passing((Class.X87, Class.X87_REST) * 2, _ALIGNED)
        case Floating(size=size) if size > _WORD:
            return Passing((Class.X87, Class.X87_REST), _ALIGNED)
        case Floating():
            return Passing((Class.SSE,))
    return _INTEGER


def how_returned(classes: registers.Classes) -> tuple[Returns, tuple[int, ...]]:
    """Say which registers bring a result, and which words of it there are the value; a hidden one comes in rax."""
    if classes and Class.X87 in classes:
        two = len(classes) > 2  # noqa: PLR2004 - eight bytes of one long double
        return (Returns.COMPLEX_LONG_DOUBLE if two else Returns.LONG_DOUBLE), tuple(range(len(classes)))
    free = {Class.INTEGER: _RAX, Class.SSE: _XMM0}
    words = []
    for kind in (Class.INTEGER,) if classes is None else classes:
        taken = Class.INTEGER if kind is Class.NOTHING else kind
        words.append(free[taken])
        free[taken] += kind is not Class.NOTHING
    return Returns.REGISTERS, tuple(words)


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
    sorted_in = _Sorted()
    if called.hidden:
        sorted_in.put(_INTEGER, memory.allocate(numbers.size_of(called.value)).to_bytes(_WORD, "little"))
    for index, value in enumerate(args):
        if index < len(function.params):
            ctype, passing = function.params[index].type, called.params[index]
        else:
            ctype = _promoted(value)
            passing = how_passed(ctype, None)
        sorted_in.put(passing, _encode(function, index, (ctype, passing), value, memory))
    gprs, xmms, stack = sorted_in.gprs, sorted_in.xmms, sorted_in.stack
    if len(stack) > STACK_WORDS:
        msg = f"{function.name}: {len(args)} arguments need {len(stack)} stack words; at most {STACK_WORDS} are there"
        raise ArgumentTypeError(msg)
    _BOX.pack_into(
        arena.map, MAILBOX, called.address, called.returns, errno & 0xFFFF_FFFF, 0, 0, 0, 0,
        *_filled(gprs, _GPRS), *_filled(xmms, _XMMS), len(stack),
    )  # fmt: skip
    struct.pack_into(f"<{len(stack)}Q", arena.map, MAILBOX + _BOX.size, *stack)


class _Sorted:
    """The arguments of one call as they are sorted into registers and stack words."""

    def __init__(self) -> None:
        self.gprs: list[int] = []
        self.xmms: list[int] = []
        self.stack: list[int] = []

    def put(self, passing: Passing, raw: bytes) -> None:
        """Put the bytes of one argument where they belong: all of it in registers, or all of it on the stack."""
        words = [int.from_bytes(raw[i : i + _WORD], "little") for i in range(0, len(raw), _WORD)]
        kinds = passing.classes
        fits = kinds is not None and Class.X87 not in kinds
        if fits and kinds is not None:
            fits = len(self.gprs) + kinds.count(Class.INTEGER) <= _GPRS
            fits &= len(self.xmms) + kinds.count(Class.SSE) <= _XMMS
        if not fits or kinds is None:
            self.stack += [0] * (len(self.stack) % 2 if passing.align > _WORD else 0) + words
            return
        for kind, word in zip(kinds, words, strict=True):
            if kind is Class.INTEGER:
                self.gprs.append(word)
            elif kind is Class.SSE:
                self.xmms.append(word)


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


def _encode(function: Function, index: int, wanted: tuple[CType, Passing], value: Any, memory: Memory) -> bytes:
    """Encode one argument, sign- or zero-extended to a register as the callee may rely on."""
    ctype, passing = wanted
    try:
        if passing.value is not None:
            raw = memory.image(passing.value, value)
            return raw.ljust(-(-len(raw) // _WORD) * _WORD, b"\0") if passing.classes != () else b""
        if isinstance(ctype, Pointer) and isinstance(value, (str, bytes, bytearray, list, tuple)):
            value = memory.place((ctype.to, value))
        elif isinstance(value, (CPointer, CFunction)):
            memory.check_argument(value, ctype, function.params[index] if index < len(function.params) else None)
        elif is_python_function(value):
            value = memory.place_function(value, function.params[index] if index < len(function.params) else None)
        raw = scalars.encode(ctype, value)
    except (TypeError, ValueError, UnknownNameError) as error:
        parameter = function.params[index] if index < len(function.params) else None
        name = f"{parameter.name or index + 1} ({parameter.text})" if parameter else f"{index + 1}"
        msg = f"{function.name}: argument {name}: {error}"
        if isinstance(error, UnknownNameError):
            raise UnknownNameError(msg) from None
        kind = ArgumentTypeError if isinstance(error, TypeError) else ArgumentValueError
        raise kind(msg) from None
    negative = isinstance(ctype, (Integer, Enumeration)) and ctype.signed and raw[-1] & 0x80
    return raw.ljust(_WORD, b"\xff" if negative else b"\0")


def unpack(arena: Arena, called: Signature) -> tuple[Any, int]:
    """Read the result and errno of the last call: None for void, an address for a pointer.

    Of a struct the bytes, or the address where the callee was told to write it.
    """
    if called.result is not None:
        number, value = called.result.unpack_from(arena.map, _RESULT_AT)
        return value, number
    error, *words = _RESULT.unpack_from(arena.map, _RESULT_AT)
    errno = error - (1 << 64) if error >> 63 else error
    ctype = called.function.ret
    if isinstance(ctype, Void):
        return None, errno
    if called.hidden:
        return words[_RAX], errno
    raw = b"".join(words[at].to_bytes(_WORD, "little") for at in called.words)
    if called.value is not None:
        return raw[: numbers.size_of(called.value)], errno
    if isinstance(ctype, (Pointer, Array, FunctionType)):
        return int.from_bytes(raw[:_WORD], "little"), errno
    return scalars.decode(ctype, raw[: scalars.size_of(ctype)]), errno
