"""Serves what the SUT asks of Python while it runs: the answer of a mock, or a Python function behind a C pointer.

A thread of the SUT waits in an *upcall* (`runtime/upcall.c`) until its answer stands in the arena.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from cmock_py.bind.computed import compute
from cmock_py.callables import function_name
from cmock_py.cdecl.model import Floating, FunctionType, Integer
from cmock_py.cdecl.model import Pointer as PointerType
from cmock_py.errors import ArgumentError, UsageError
from cmock_py.host.addressed import Addressed, is_python_function
from cmock_py.host.arena import RECORD, TRACE, UPCALL_WORDS, UPCALLS
from cmock_py.host.objects import pointer_of
from cmock_py.host.pointer import Pointer
from cmock_py.payload import decode_args

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.bind.computed import Computed
    from cmock_py.host.callback import Callbacks
    from cmock_py.host.memory import Memory
    from cmock_py.host.process import Host
    from cmock_py.live.answers import Answers
    from cmock_py.mocked import Field, Mocked

DEEPEST = 60
"""Upcalls within upcalls; deeper, Python's own limit of recursion would be met at any odd place."""

UPCALL = _THUNK, _FUNCTION, _RECORD, _AT, _ANSWER = 1, 2, 3, 4, 5
"""Words of an upcall. MIRROR runtime/arena.h struct cmk_upcall"""


class Server:
    """Runs the Python functions that the SUT asks for.

    Attributes:
        depth: how many upcalls are being served, each within the one before.
    """

    def __init__(
        self, host: Host, memory: Memory, callbacks: Callbacks, answers: Answers, mocked: Sequence[Mocked]
    ) -> None:
        """Serve the child of *host*, and put what functions answer into *answers*."""
        self._host = host
        self._memory = memory
        self._callbacks = callbacks
        self._answers = answers
        self._mocked = mocked
        self._plain_args, self._plain_answers = list(map(_plain_args, mocked)), list(map(_plain_answer, mocked))
        self.depth = 0

    def serve(self, upcall: int) -> None:
        """Run the Python function of an upcall and put its answer into the arena; passes on what it raises."""
        at = UPCALLS // 8 + UPCALL_WORDS * upcall
        words = self._host.arena.words
        if self.depth == DEEPEST:
            msg = f"{self.name(upcall)} was asked for within {DEEPEST} Python functions that all wait for each other"
            raise UsageError(msg)
        self.depth += 1
        try:
            if words[at + _THUNK]:
                self._callbacks.run(words[at + _THUNK] - 1, upcall)
                words[at + _ANSWER] = 1
            else:
                words[at + _ANSWER] = self._answer(words[at + _FUNCTION], words[at + _RECORD], TRACE + words[at + _AT])
        finally:
            self.depth -= 1

    def name(self, upcall: int) -> str:
        """Name the Python function of an upcall and what it is called for."""
        at = UPCALLS // 8 + UPCALL_WORDS * upcall
        words = self._host.arena.words
        if words[at + _THUNK]:
            return f"{function_name(self._callbacks.function(words[at + _THUNK] - 1))}, called through a pointer"
        event = RECORD.unpack_from(self._host.arena.map, TRACE + words[at + _AT])[2]
        computed = self._answers.functions.get(event)
        asked = function_name(computed.function) if computed else "a Python function"
        return f"{asked}, answering {self._mocked[words[at + _FUNCTION]].name}"

    def _answer(self, number: int, record: int, at: int) -> int:
        """Compute the answer of a mocked call; return its byte offset in the arena."""
        arena, mocked = self._host.arena, self._mocked[number]
        size, _, event, _, _ = RECORD.unpack_from(arena.map, at)
        answers = self._answers
        computed = answers.functions.get(event)
        if computed is None:
            msg = f"{mocked.name} waits for the answer of a language that is gone; did the SUT write into the arena?"
            raise UsageError(msg)
        plain = self._plain_args[number]
        if plain is not None:
            value = computed.function(*plain.unpack_from(arena.map, at + RECORD.size))
        else:
            values = decode_args(mocked, arena.map[at + RECORD.size : at + size])
            value = computed.function(*map(self._seen, mocked.ins, values))
        start = answers.next
        if computed.errno is not None or not answers.keep_number(self._plain_answers[number], value):
            answers.keep(self._encoded(mocked, computed, value))
        answers.places[record] = start
        return start

    def _encoded(self, mocked: Mocked, computed: Computed, value: Any) -> bytes:
        """Encode what a function has given; raises ArgumentError, which names the function."""
        for inner in value if isinstance(value, (tuple, list)) else (value,):
            self._memory.check_own(inner)
        value = self._with_thunk(mocked, value)
        try:
            _check_number(mocked, value)
            answer = compute(mocked, value, computed.errno)
        except ArgumentError as error:
            raise ArgumentError(f"{function_name(computed.function)} gave a wrong answer: {error}") from None
        return answer.flags.to_bytes(8, "little") + (answer.data or bytes(8))

    def _with_thunk(self, mocked: Mocked, value: Any) -> Any:
        """Put its address in the place of a Python function that is the result of one that returns such a pointer."""
        *outs, result = value if isinstance(value, tuple) and value else (value,)
        if not is_python_function(result) or mocked.result is None or not isinstance(mocked.result.type, PointerType):
            return value
        ctype = self._memory.typeof(mocked.result.text)
        if ctype.kind != "function":
            return value
        address = self._callbacks.address(result, ctype)
        return (*outs, address) if outs else address

    def _seen(self, field: Field, value: Any) -> Any:
        """An argument as a Python function gets it: a pointer of the spec's type is one that can be followed."""
        if value is None or field.form != "value" or not isinstance(field.type, (PointerType, FunctionType)):
            return value
        try:
            return pointer_of(self._memory, self._memory.typeof(field.text), int(value))
        except UsageError:  # a type that cffi cannot hold
            return Pointer(self._memory, self._memory.typeof("void"), int(value))


def _check_number(mocked: Mocked, value: Any) -> None:
    """Refuse a pointer for a result that is a number: its address would pass for one."""
    result = value[-1] if isinstance(value, tuple) and value else value
    field = mocked.result
    if isinstance(result, Addressed) and field and not isinstance(field.type, (PointerType, FunctionType)):
        msg = f"{mocked.name}: result ({field.text}): {result!r} is a pointer, not a number; int(p) is its address"
        raise ArgumentError(msg)


_CODES = {1: "b7x", 2: "h6x", 4: "i4x", 8: "q"}


def _plain_args(mocked: Mocked) -> struct.Struct | None:
    """Reads the arguments of a record at once, when all are numbers; None: each is looked at."""
    codes = [None if field.is_blob else _code(field.type) for field in mocked.ins]
    return None if None in codes else struct.Struct("<" + "".join(map(str, codes)))


def _plain_answer(mocked: Mocked) -> struct.Struct | None:
    """Writes flags and result at once, when the result is a number and all of the answer."""
    code = _code(mocked.result.type) if mocked.result is not None and not mocked.outs else None
    return None if code is None else struct.Struct("<Q" + code)


def _code(ctype: Any) -> str | None:
    match ctype:
        case Integer(size=size, signed=signed, kind="int"):
            return _CODES[size] if signed else _CODES[size].upper().replace("X", "x")
        case Floating(size=8, is_complex=False):
            return "d"
    return None
