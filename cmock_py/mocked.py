"""A mocked function with everything known about it: spec, C types, and the slots that carry its values.

The noun where spec and C declarations meet. Stubs are written from it, expected calls are encoded by it, and records
are decoded by it, so that all three agree by construction.

A *field* is one visible argument in a record, or one written value in an answer. It begins at a *slot*, an 8-byte word
counted from the start of the payload. A value fills whole words, zero-extended; a string or an array takes two words
that describe bytes further back (`runtime/cmk.h`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    CType,
    Declarations,
    Floating,
    Function,
    Pointer,
    Unsupported,
    Void,
)
from cmock_py.errors import Fault, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.spec.model import ApiArg, ApiFunction, ApiSpec, Origin

WORD_BYTES = 8
MAX_OUTS = 24
"""Outs and result of one function; a bit each in an answer's flags. MIRROR runtime/arena.h CMK_ANSWER_OUTS"""

Form = Literal["value", "string", "array", "pointee"]


class Kind(IntEnum):
    """How the check compares a field. MIRROR runtime/cmk.h enum cmk_kind."""

    BITS = 0
    FLOAT = 1
    DOUBLE = 2
    LONG_DOUBLE = 3
    BLOB = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One visible value of a mocked function.

    Attributes:
        name: of the argument; ``"result"`` for the result.
        type: of the value, or of one element of an array.
        text: the C type as the spec writes it, for messages.
        form: ``value``; ``string``; ``array`` of elements; ``pointee``, the one value behind an inout pointer.
        slot: first word.
        words: number of words.
    """

    name: str
    type: CType
    text: str
    form: Form
    slot: int
    words: int

    @property
    def element(self) -> int:
        """Bytes per element of an array, a string or a pointee; 1 for ``void``."""
        return 1 if isinstance(self.type, Void) else scalars.size_of(self.type)

    @property
    def handle_type(self) -> str:
        """The type as handles are told apart by: where one is taken, a pointer to const will do for a pointer."""
        return " ".join(word for word in self.text.split() if word != "const")

    @property
    def is_blob(self) -> bool:
        """Whether the bytes stand behind the slots."""
        return self.form != "value"

    @property
    def kind(self) -> Kind:
        """How the check compares the field."""
        return Kind.BLOB if self.is_blob else self.of

    @property
    def of(self) -> Kind:
        """How the check compares one value, or one element."""
        if not isinstance(self.type, Floating):
            return Kind.BITS
        real = self.type.size // 2 if self.type.is_complex else self.type.size
        return {4: Kind.FLOAT, 8: Kind.DOUBLE, 16: Kind.LONG_DOUBLE}[real]


@dataclass(frozen=True, slots=True)
class Mocked:
    """One mocked function.

    Attributes:
        number: its position in the spec, which is its label everywhere.
        module: the spec's module name.
        spec: what the user said.
        ins: the fields of a record, one per visible argument, in spec order.
        outs: the fields of an answer for the out arguments, in spec order.
        result: the field of the result, or None for void.
        in_words: slots of a record.
        out_words: slots of an answer.
        declared: the header's declaration, or None when only the spec says so.
        path: where in the spec, for messages.
    """

    number: int
    module: str
    spec: ApiFunction
    ins: tuple[Field, ...]
    outs: tuple[Field, ...]
    result: Field | None
    in_words: int
    out_words: int
    declared: Function | None
    path: str

    @property
    def name(self) -> str:
        """``module.function``, as events name it."""
        return f"{self.module}.{self.spec.name}"

    @property
    def written(self) -> tuple[Field, ...]:
        """All fields of an answer: the outs, then the result."""
        return self.outs if self.result is None else (*self.outs, self.result)

    @property
    def is_variadic(self) -> bool:
        """Whether the header lets callers pass more than the spec names; the rest is not looked at."""
        return self.declared is not None and self.declared.variadic and bool(self.spec.args)

    @property
    def never_returns(self) -> bool:
        """Whether the header says that the function does not return."""
        return self.declared is not None and "noreturn" in self.declared.attributes


def type_texts(spec: ApiSpec) -> Iterator[tuple[str, Origin, str]]:
    """Yield path, origin and text of every C type in the spec."""
    for path, function in _functions(spec):
        yield f"{path}.ret", function.origin, function.result_type
        for i, arg in enumerate(function.args):
            yield f"{path}.args[{i}].type", arg.origin, arg.type


def mocked_functions(spec: ApiSpec, declarations: Declarations) -> tuple[Mocked, ...]:
    """Join the spec with what C says of its types.

    Args:
        spec: a checked spec.
        declarations: holds every type text of the spec in `types`, and the headers' functions.

    Returns:
        One `Mocked` per function, in spec order.

    Raises:
        SpecError: types that cannot be used as the spec asks; all of them at once.
    """
    faults: list[Fault] = []
    mocked = []
    names = iter(module.name for module, _ in spec.functions)
    for number, (path, function) in enumerate(_functions(spec)):
        plan = _Plan(declarations, path, faults)
        ins = tuple(plan.into_record(i, arg) for i, arg in enumerate(function.args) if arg.is_in)
        in_words, plan.next_slot = plan.next_slot, 0
        outs = tuple(plan.out_of_answer(i, arg) for i, arg in enumerate(function.args) if arg.is_out)
        result = plan.result(function)
        if len(outs) > MAX_OUTS - 1:
            plan.fault("args", f"{len(outs)} out arguments; one function may have {MAX_OUTS - 1}")
        mocked.append(
            Mocked(
                number, next(names), function, ins, outs, result, in_words, plan.next_slot,
                declarations.functions.get(function.name), path,
            )
        )  # fmt: skip
    if faults:
        raise SpecError(faults)
    return tuple(mocked)


def _functions(spec: ApiSpec) -> Iterator[tuple[str, ApiFunction]]:
    for m, module in enumerate(spec.modules):
        for f, function in enumerate(module.functions):
            yield f"modules[{m}].functions[{f}]", function


class _Plan:
    """Lays the fields of one function out, slot after slot, and collects faults."""

    def __init__(self, declarations: Declarations, path: str, faults: list[Fault]) -> None:
        self.types = declarations.types
        self.path = path
        self.faults = faults
        self.next_slot = 0

    def fault(self, where: str, message: str, hint: str | None = None) -> None:
        self.faults.append(Fault(f"{self.path}.{where}", message, hint))

    def place(self, name: str, ctype: CType, text: str, form: Form, where: str) -> Field:
        """Give the field the next slots; a type that has no place is a fault."""
        words = 2
        if form == "value" or not isinstance(ctype, Void):
            refusal = _refusal(ctype)
            if refusal:
                self.fault(where, f"{text!r}: {refusal}")
            elif form == "value":
                words = -(-scalars.size_of(ctype) // WORD_BYTES)
        field = Field(name, ctype, text, form, self.next_slot, words)
        self.next_slot += words
        return field

    def into_record(self, index: int, arg: ApiArg) -> Field:
        """How an in or inout argument is captured."""
        ctype = self.types[arg.type]
        where = f"args[{index}].type"
        if arg.buffer is not False:
            return self.place(arg.name, self.pointee(ctype, arg.type, where), arg.type, "array", where)
        if arg.dir == "inout":
            return self.place(arg.name, self.one(ctype, arg.type, where), arg.type, "pointee", where)
        if scalars.is_string(ctype) and isinstance(ctype, Pointer) and ctype.const:
            return self.place(arg.name, ctype.to, arg.type, "string", where)
        return self.place(arg.name, ctype, arg.type, "value", where)

    def out_of_answer(self, index: int, arg: ApiArg) -> Field:
        """How an out or inout argument is written."""
        ctype = self.types[arg.type]
        where = f"args[{index}].type"
        if isinstance(ctype, Pointer) and ctype.const:
            self.fault(where, f"{arg.type!r} points to const, so nothing can be written through it", "use dir='in'")
        if arg.buffer is not False:
            return self.place(arg.name, self.pointee(ctype, arg.type, where), arg.type, "array", where)
        return self.place(arg.name, self.one(ctype, arg.type, where), arg.type, "value", where)

    def result(self, function: ApiFunction) -> Field | None:
        """How the result is written; None for void."""
        ctype = self.types[function.result_type]
        return None if isinstance(ctype, Void) else self.place("result", ctype, function.result_type, "value", "ret")

    def pointee(self, ctype: CType, text: str, where: str) -> CType:
        """The element type of a buffer."""
        if isinstance(ctype, Pointer):
            return ctype.to
        self.fault(where, f"{text!r} is no pointer, so it can be no buffer and nothing can be written through it")
        return Void()

    def one(self, ctype: CType, text: str, where: str) -> CType:
        """The type of the one value behind a pointer."""
        target = self.pointee(ctype, text, where)
        if isinstance(ctype, Pointer) and isinstance(target, Void):
            self.fault(where, f"{text!r}: one value of void has no size", "say how many bytes with buffer=")
        return target


def _refusal(ctype: CType) -> str | None:
    """Why a value of the type cannot be captured or answered; None when it can."""
    match ctype:
        case Unsupported(reason=reason):
            return reason
        case Aggregate(name=name):
            return f"values of {name} are not supported yet; without dir= and buffer= a pointer is seen as an address"
        case Void():
            return "void is no value"
        case Array():
            return "an array is no argument; say a pointer and buffer="
    return None
