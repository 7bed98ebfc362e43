"""Python functions as function pointers of C, and function pointers of C that Python calls.

System V AMD64 ABI 3.2.3, seen from the callee; `runtime/upcall.c` has the thunks. The types are those of cffi, which
knows the parameters of a function pointer wherever in the headers it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from cmock_py.callables import function_name, misfit
from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import (
    Aggregate,
    Enumeration,
    Function,
    FunctionType,
    Integer,
    Parameter,
    Void,
)
from cmock_py.cdecl.model import Pointer as PointerType
from cmock_py.errors import ArgumentError, ArgumentTypeError, UsageError
from cmock_py.host import numbers
from cmock_py.host import signature as signatures
from cmock_py.host.addressed import is_python_function
from cmock_py.host.arena import THUNK_BYTES, THUNKS, UPCALL_WORDS, UPCALLS, Returns
from cmock_py.host.library import CFunction
from cmock_py.host.objects import pointer_of
from cmock_py.host.registers import GPRS, WORD, XMMS, Class

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.host.library import Caller
    from cmock_py.host.memory import Memory
    from cmock_py.host.pointer import FunctionPointer
    from cmock_py.host.process import Host

UPCALL = _STACK, _GPR, _XMM, _RESULT, _RETURNS = 6, 7, 13, 21, 25
"""Words of an upcall: where the registers of a thunk are. MIRROR runtime/arena.h struct cmk_upcall"""

_Where = Literal["gpr", "xmm", "stack"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the arguments of a function pointer arrive.

    Attributes:
        ctype: the cffi type of the pointer.
        places: of each parameter: its type, and where each of its words is.
        stack_words: how many words of the stack carry arguments.
        returns: which registers bring the result.
        words: which words of these are the result.
        hidden: whether the result is written where the first register says.
    """

    ctype: Any
    places: tuple[tuple[Any, tuple[tuple[_Where, int], ...]], ...]
    stack_words: int
    returns: Returns
    words: tuple[int, ...]
    hidden: bool


class Callbacks:
    """Owns the thunks of one mocking: which Python function each of them stands for."""

    def __init__(self, host: Host, memory: Memory, caller: Caller) -> None:
        """Call and be called through *host*."""
        self._host = host
        self._memory = memory
        self._caller = caller
        self._taken: list[tuple[Callable[..., Any], Plan]] = []
        self._numbers: dict[Any, int] = {}

    def reset(self) -> None:
        """Forget all functions: a fresh child begins."""
        self._taken.clear()
        self._numbers.clear()

    def address(self, function: Callable[..., Any], ctype: Any) -> int:
        """Return where C finds a Python function as a pointer of the cffi type; the same one for the same function.

        Raises:
            ArgumentTypeError: such a function cannot be called from C.
            UsageError: all thunks are taken.
        """
        key = _key(function, ctype)
        if key not in self._numbers:
            if len(self._taken) == THUNKS:
                msg = (
                    f"{function_name(function)} cannot be passed to C: {THUNKS} Python functions have been passed to "
                    "this test child, which is all that it has room for; pass the same function object again instead "
                    "of a new one, or empty it with restart()"
                )
                raise UsageError(msg)
            plan = _plan(ctype)
            _check_count(function, ctype)
            self._numbers[key] = len(self._taken)
            self._taken.append((function, plan))
        return self._host.word("thunks") + THUNK_BYTES * self._numbers[key]

    def function(self, thunk: int) -> Callable[..., Any]:
        """Return the Python function that a thunk stands for."""
        return self._taken[thunk][0]

    def run(self, thunk: int, upcall: int) -> None:
        """Call the Python function of a thunk with the arguments in the upcall, and put its result there."""
        function, plan = self._taken[thunk]
        result = function(*self._arguments(plan, upcall))
        try:
            raw = self._encoded(plan.ctype.result, result)
        except (TypeError, ValueError, ArgumentError) as error:
            msg = f"{function_name(function)} was called as {plan.ctype.cname} and gave a wrong result: {error}"
            raise ArgumentTypeError(msg) from None
        at = _word_of(upcall)
        words = self._host.arena.words
        if plan.hidden:
            self._memory.write(words[at + _GPR], raw)
            raw = words[at + _GPR].to_bytes(WORD, "little")
        raw = raw.ljust(len(plan.words) * WORD, b"\0")
        for index, word in enumerate(plan.words):
            words[at + _RESULT + word] = int.from_bytes(raw[WORD * index : WORD * (index + 1)], "little")
        words[at + _RETURNS] = plan.returns

    def _arguments(self, plan: Plan, upcall: int) -> list[Any]:
        at = _word_of(upcall)
        words = self._host.arena.words
        sources = {
            "gpr": words[at + _GPR : at + _GPR + GPRS].tobytes(),
            "xmm": words[at + _XMM : at + _XMM + XMMS].tobytes(),
            "stack": self._memory.read(words[at + _STACK], WORD * plan.stack_words) if plan.stack_words else b"",
        }
        return [
            self._decoded(ctype, b"".join(sources[where][WORD * word : WORD * (word + 1)] for where, word in places))
            for ctype, places in plan.places
        ]

    def _decoded(self, ctype: Any, raw: bytes) -> Any:
        """A value as a Python function gets it: a pointer is typed, NULL is None, of a struct there is a copy."""
        if ctype.kind in {"struct", "union"}:
            return self._memory.hold(ctype, raw[: numbers.size_of(ctype)])
        if ctype.kind not in {"pointer", "function"}:
            return numbers.decode(ctype, raw[: numbers.size_of(ctype)])
        address = int.from_bytes(raw[:WORD], "little")
        return pointer_of(self._memory, ctype, address) if address else None

    def _encoded(self, ctype: Any, value: Any) -> bytes:
        """The register of a result; C may rely on the extension of a small integer."""
        if ctype.kind == "void":
            if value is not None:
                msg = f"{scalars.described(value)}, and void is None"
                raise TypeError(msg)
            return b""
        if ctype.kind in {"struct", "union"}:
            return bytes(self._memory.image(ctype, value))
        if ctype.kind not in {"pointer", "function"}:
            raw = numbers.encode(ctype, value)
            kind = model(ctype)
            is_negative = isinstance(kind, (Integer, Enumeration)) and kind.signed and raw[-1] & 0x80
            return raw.ljust(WORD, b"\xff" if is_negative else b"\0")
        self._memory.check_own(value)
        if ctype.kind == "function" and is_python_function(value):
            value = self.address(value, ctype)
        elif isinstance(value, (str, bytes, bytearray, list, tuple)):
            value = self._memory.place((model(ctype).to, value))
        return scalars.encode(PointerType(Void()), value)

    def call(self, pointer: FunctionPointer, args: tuple[Any, ...]) -> Any:
        """Call the C function behind a pointer; see `FunctionPointer`."""
        ctype = pointer._type  # noqa: SLF001 - a pointer has no methods by design
        signature = signatures.signature(declared(ctype), int(pointer), self._memory.typeof)
        called = CFunction(self._caller, signature, self._memory)
        result = self._caller.call(called, args)
        if ctype.result.kind in {"pointer", "function"}:
            return pointer_of(self._memory, ctype.result, int(result))
        return result


def _key(function: Callable[..., Any], ctype: Any) -> Any:
    """Equal for two looks at one bound method; a function object that cannot be hashed is told by its identity."""
    try:
        hash(function)
    except TypeError:
        return id(function), ctype
    return function, ctype


def _word_of(upcall: int) -> int:
    return UPCALLS // WORD + UPCALL_WORDS * upcall


@cache
def declared(ctype: Any) -> Function:
    """See the cffi type of a function pointer as the declaration of a function.

    >>> declared(numbers.ffi().typeof("int (*)(char, double)")).text
    'int(*)(char, double)'
    """
    params = tuple(Parameter(None, model(arg), arg.cname) for arg in ctype.args)
    return Function(ctype.cname, model(ctype.result), params, ctype.cname, variadic=_is_variadic(ctype))


def _is_variadic(ctype: Any) -> bool:
    """Cffi says ``ellipsis`` also of what it cannot call itself, such as functions of complex numbers."""
    return ctype.ellipsis and "..." in ctype.cname


@cache
def model(ctype: Any) -> Any:
    """See a cffi type as `cdecl` models it; an aggregate by name only, as that is what refuses it."""
    match ctype.kind:
        case "void":
            return Void()
        case "pointer":
            return PointerType(model(ctype.item))
        case "function":
            return PointerType(FunctionType(ctype.cname))
        case "struct" | "union":
            return Aggregate(ctype.cname)
        case "array":
            return PointerType(model(ctype.item))
    return numbers.model(ctype)


@cache
def _plan(ctype: Any) -> Plan:
    """Sort the parameters of a function pointer into registers and stack words.

    Raises:
        ArgumentTypeError: it has some that Python cannot get.
    """
    if _is_variadic(ctype):
        msg = f"a Python function cannot be called as {ctype.cname}: nobody tells it what stands behind the dots"
        raise ArgumentTypeError(msg)
    passed = [_passed(ctype, arg) for arg in ctype.args]
    result = None if ctype.result.kind == "void" else _passed(ctype, ctype.result)
    hidden = result is not None and result.classes is None
    returns, words = signatures.how_returned(result.classes if result is not None else ())
    taken: dict[_Where, int] = {"gpr": int(hidden), "xmm": 0, "stack": 0}
    places = tuple((arg, _places(how, arg, taken)) for how, arg in zip(passed, ctype.args, strict=True))
    return Plan(ctype, places, taken["stack"], returns, words, hidden)


def _passed(ctype: Any, arg: Any) -> signatures.Passing:
    """Say how a parameter or the result travels."""
    try:
        return signatures.how_passed(model(arg), lambda _: arg)
    except UsageError as error:
        msg = f"a Python function cannot be called as {ctype.cname}: {error}"
        raise ArgumentTypeError(msg) from None


def _places(how: signatures.Passing, arg: Any, taken: dict[_Where, int]) -> tuple[tuple[_Where, int], ...]:
    """Take the next registers for an argument, all of it, or else the next words of the stack."""
    kinds = how.classes
    counts: dict[_Where, int] = {"gpr": 0, "xmm": 0}
    if kinds is not None and Class.X87 not in kinds:
        counts = {"gpr": kinds.count(Class.INTEGER), "xmm": kinds.count(Class.SSE)}
        if taken["gpr"] + counts["gpr"] <= GPRS and taken["xmm"] + counts["xmm"] <= XMMS:
            return tuple(_register(kind, taken) for kind in kinds)
    taken["stack"] += taken["stack"] % 2 if how.align > WORD else 0
    return tuple(_next("stack", taken) for _ in range(-(-max(numbers.size_of(arg), 1) // WORD)))


def _register(kind: Class, taken: dict[_Where, int]) -> tuple[_Where, int]:
    """Take the register of eight bytes; where these are all padding, any will do and none is taken."""
    if kind is Class.NOTHING:
        return "gpr", 0
    return _next("gpr" if kind is Class.INTEGER else "xmm", taken)


def _next(where: _Where, taken: dict[_Where, int]) -> tuple[_Where, int]:
    taken[where] += 1
    return where, taken[where] - 1


def _check_count(function: Callable[..., Any], ctype: Any) -> None:
    why = misfit(function, len(ctype.args))
    if why is not None:
        msg = f"{function_name(function)} cannot be called as {ctype.cname}: {why}"
        raise ArgumentTypeError(msg)
