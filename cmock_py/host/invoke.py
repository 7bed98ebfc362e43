"""Python values to the registers and stack words of one C call, and its result back.

System V AMD64 ABI 3.2.3; `runtime/invoke.c` has the other half. Everything is checked here, before C is entered.
"""

from __future__ import annotations

import struct
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
    Void,
)
from cmock_py.errors import ArgumentTypeError, ArgumentValueError, UnknownNameError
from cmock_py.host import numbers
from cmock_py.host.addressed import Addressed, is_python_function
from cmock_py.host.arena import MAILBOX, STACK_WORDS
from cmock_py.host.registers import GPRS, WORD, XMMS, Class
from cmock_py.host.signature import INTEGER, RAX, how_passed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.host.arena import Arena
    from cmock_py.host.memory import Memory
    from cmock_py.host.signature import Passing, Signature

_BOX = struct.Struct(f"<QQQ4Q{GPRS}Q{XMMS}QQ")
_RESULT = struct.Struct("<Q4Q")
_RESULT_AT = MAILBOX + 16


_PLAIN: frozenset[type] = frozenset({int, bool})
"""What goes to struct as it is; it would take a pointer for a number, too."""


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
        sorted_in.put(INTEGER, memory.allocate(numbers.size_of(called.value)).to_bytes(WORD, "little"))
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
        *_filled(gprs, GPRS), *_filled(xmms, XMMS), len(stack),
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
        words = [int.from_bytes(raw[i : i + WORD], "little") for i in range(0, len(raw), WORD)]
        kinds = passing.classes
        fits = kinds is not None and Class.X87 not in kinds
        if fits and kinds is not None:
            fits = len(self.gprs) + kinds.count(Class.INTEGER) <= GPRS
            fits &= len(self.xmms) + kinds.count(Class.SSE) <= XMMS
        if not fits or kinds is None:
            self.stack += [0] * (len(self.stack) % 2 if passing.align > WORD else 0) + words
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
    parameter = function.params[index] if index < len(function.params) else None
    try:
        if passing.value is not None:
            raw = memory.image(passing.value, value)
            return raw.ljust(-(-len(raw) // WORD) * WORD, b"\0") if passing.classes != () else b""
        if isinstance(ctype, Pointer) and isinstance(value, (str, bytes, bytearray, list, tuple, dict)):
            if isinstance(value, (list, tuple)) and isinstance(ctype.to, (Aggregate, Structure)):
                value = memory.place_objects(value, parameter)
            else:
                value = memory.place((ctype.to, value))
        elif isinstance(value, Addressed):
            memory.check_argument(value, ctype, parameter)
        elif is_python_function(value):
            value = memory.place_function(value, parameter)
        raw = scalars.encode(ctype, value)
    except (TypeError, ValueError, UnknownNameError) as error:
        name = f"{parameter.name or index + 1} ({parameter.text})" if parameter else f"{index + 1}"
        msg = f"{function.name}: argument {name}: {error}"
        if isinstance(error, UnknownNameError):
            raise UnknownNameError(msg) from None
        kind = ArgumentTypeError if isinstance(error, TypeError) else ArgumentValueError
        raise kind(msg) from None
    negative = isinstance(ctype, (Integer, Enumeration)) and ctype.signed and raw[-1] & 0x80
    return raw.ljust(WORD, b"\xff" if negative else b"\0")


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
        return words[RAX], errno
    raw = b"".join(words[at].to_bytes(WORD, "little") for at in called.words)
    if called.value is not None:
        return raw[: numbers.size_of(called.value)], errno
    if isinstance(ctype, (Pointer, Array, FunctionType)):
        return int.from_bytes(raw[:WORD], "little"), errno
    return scalars.decode(ctype, raw[: scalars.size_of(ctype)]), errno
