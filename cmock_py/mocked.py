"""A mocked function with everything known about it: spec, C types, and the slots that carry its values.

The noun where spec and C declarations meet. Stubs are written from it, expected calls are encoded by it, and records
are decoded by it, so that all three agree by construction.

A *field* is one visible argument in a record, or one written value in an answer. It begins at a *slot*, an 8-byte word
counted from the start of the payload. A value fills whole words, zero-extended; a string or an array takes two words
that describe bytes further back (`runtime/cmk.h`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from cmock_py.cdecl import scalars, values
from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    CType,
    Declarations,
    Floating,
    Function,
    FunctionType,
    Integer,
    Pointer,
    Structure,
    Unsupported,
    Void,
)
from cmock_py.cdecl.path import bit_field_of, c_text, type_of
from cmock_py.errors import Fault, SpecError
from cmock_py.spec.model import ApiArg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.spec.model import ApiFunction, ApiSpec, Origin

WORD_BYTES = 8
VARIADIC = "..."
MAX_OUTS = 24
"""Outs and result of one function; a bit each in an answer's flags. MIRROR runtime/arena.h CMK_ANSWER_OUTS"""

MAX_INS = 0x7FFF
"""Visible arguments of one function. MIRROR runtime/arena.h CMK_WRITING"""

MAX_WORDS = 0xFFFF
"""Slots of one record or one answer. MIRROR runtime/cmk.h struct cmk_field"""

_A_VA_LIST = (
    "nothing says what is in the list; say format=, types=, or stored_type= with length= or sentinel=; "
    "stored_type='void' hides it"
)

Form = Literal["value", "string", "array", "pointee", "list"]


REAL_BYTES = 1024
"""What is kept of an array, or a text, that a real function has answered. MIRROR runtime/cmk.h CMK_REAL_BYTES"""


class Kind(IntEnum):
    """Where the bytes of a field stand. MIRROR runtime/cmk.h enum cmk_kind."""

    WORDS = 0
    BLOB = 1
    LIST = 2
    PARTIAL = 3


@dataclass(frozen=True, slots=True)
class Field:
    """One visible value of a mocked function.

    Attributes:
        name: of the argument; ``"result"`` for the result.
        type: of the value, or of one element of an array.
        text: the C type as the spec writes it, for messages.
        form: ``value``; ``string``; ``array`` of elements; ``pointee``, the one value behind a pointer; ``list``, what
            a caller passed for ``...``.
        slot: first word.
        words: number of words.
        arg: what the spec says of it; None for a result of which it gives the type only.
        partial: whether an answer writes only the members that it names; the second half of its words is their mask.
        walks: whether a list is an array that is walked element by element.
        items: of a list the C types of its elements: one for each, or one for all; none when a format string tells.
        narrow: the bit-field that an answer is written to, as a struct that holds nothing else.
        target: of a result that is a pointer, what it points to, with the members of a struct.
    """

    name: str
    type: CType
    text: str
    form: Form
    slot: int
    words: int
    arg: ApiArg | None = None
    items: tuple[CType, ...] = ()
    walks: bool = False
    partial: bool = False
    target: CType | None = None
    narrow: Structure | None = None

    @property
    def element(self) -> int:
        """Bytes per element of an array, a string or a pointee; 1 for ``void``."""
        return 1 if isinstance(self.type, Void) else values.size_of(self.type)

    @property
    def handle_type(self) -> str:
        """The type as handles are told apart by: where one is taken, a pointer to const will do for a pointer."""
        return " ".join(word for word in self.text.split() if word != "const")

    @property
    def is_blob(self) -> bool:
        """Whether the bytes stand behind the slots."""
        return self.form != "value"

    @property
    def is_matched(self) -> bool:
        """Whether it is compared while the SUT runs."""
        return self.arg is not None and self.arg.matched

    @property
    def kind(self) -> Kind:
        """Where its bytes stand."""
        if self.form == "list":
            return Kind.LIST
        return Kind.BLOB if self.is_blob else Kind.PARTIAL if self.partial else Kind.WORDS

    @property
    def owned(self) -> CType | None:
        """Of a result that is a pointer, the type of what an answer may have it point to."""
        match self.target:
            case Structure() | Floating() | Array(length=int()):
                return self.target
        return None

    @property
    def leaves(self) -> tuple[tuple[int, int], ...]:
        """Offset and size of each floating number in a value, in one element, or in what a result points to.

        These do not compare byte by byte.
        """
        ctype = self.owned or self.type
        return () if self.tolerance is None or isinstance(ctype, Void) else values.floating_leaves(ctype)

    @property
    def tolerance(self) -> float | None:
        """How far a floating number may be from what is expected; None: not a bit."""
        return 0.0 if self.arg is None else self.arg.tolerance


@dataclass(frozen=True, slots=True)
class Mocked:
    """One mocked function.

    Attributes:
        number: its position in the spec, which is its label everywhere.
        module: the spec's module name.
        spec: what the user said.
        ins: the fields of a record, one per visible argument, in spec order; none for a silent function.
        outs: the fields of an answer for the out arguments, in spec order.
        result: the field of the result, or None for void.
        in_words: slots of a record.
        out_words: slots of an answer.
        declared: the header's declaration, or None when only the spec says so.
        path: where in the spec, for messages.
        fallback: whether the real function answers the calls that the language does not allow.
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
    fallback: bool = False

    @property
    def name(self) -> str:
        """``module.function``, as events name it."""
        return f"{self.module}.{self.spec.name}"

    @property
    def is_silent(self) -> bool:
        """Whether it is always callable and never recorded."""
        return self.spec.silent is not None

    @property
    def written(self) -> tuple[Field, ...]:
        """All fields of an answer: the outs, then the result."""
        return self.outs if self.result is None else (*self.outs, self.result)

    @property
    def is_variadic(self) -> bool:
        """Whether the header lets callers pass more than the spec names; the rest is not looked at."""
        return self.declared is not None and self.declared.variadic and bool(self.spec.args)

    @property
    def symbol(self) -> str:
        """What the linker calls the real function."""
        return self.declared.symbol or self.spec.c_name if self.declared is not None else self.spec.c_name

    @property
    def passes_on(self) -> bool:
        """Whether the stub can pass a call on to the real function: it is asked, and has all arguments."""
        variadic = self.declared is not None and self.declared.variadic
        return not self.is_silent and not variadic and all(arg.type != VARIADIC for arg in self.spec.args)

    @property
    def answers_text(self) -> bool:
        """Whether the result is text: where the real function answers, it is kept as such."""
        ctype = self.result.type if self.result is not None else None
        return isinstance(ctype, Pointer) and ctype.const and scalars.is_string(ctype)

    @property
    def _long(self) -> tuple[Field, ...]:
        """What is written and has its bytes behind the slots."""
        text = (self.result,) if self.result is not None and self.answers_text else ()
        return (*(out for out in self.outs if out.is_blob), *text)

    @property
    def real_room(self) -> int:
        """Bytes at the end of a record for what the real function answers: flags, slots, arrays and text."""
        return WORD_BYTES * (1 + self.out_words) + REAL_BYTES * len(self._long)

    def real_offset(self, field: Field) -> int:
        """Where an array or a text is there, in bytes from the slots."""
        return WORD_BYTES * self.out_words + REAL_BYTES * self._long.index(field)

    @property
    def never_returns(self) -> bool:
        """Whether the header says that the function does not return."""
        return self.declared is not None and "noreturn" in self.declared.attributes


def type_texts(spec: ApiSpec) -> Iterator[tuple[str, Origin, str]]:
    """Yield path, origin and text of every C type in the spec."""
    for path, function in functions_with_paths(spec):
        if isinstance(function.ret, ApiArg):
            yield from _types_of(f"{path}.ret", function.ret)
        else:
            yield f"{path}.ret", function.origin, function.ret
        for i, arg in enumerate(function.args):
            yield from _types_of(f"{path}.args[{i}]", arg)


def _types_of(path: str, arg: ApiArg) -> Iterator[tuple[str, Origin, str]]:
    if arg.type != VARIADIC:
        yield f"{path}.type", arg.origin, arg.type
    if arg.stored_type is not None and not arg.is_hidden:
        yield f"{path}.stored_type", arg.origin, arg.stored_type
    for i, text in enumerate(arg.types):
        yield f"{path}.types[{i}]", arg.origin, text


def needs_structures(spec: ApiSpec, declarations: Declarations) -> bool:
    """Tell whether the values of a spec hold structs or unions, so that `mocked_functions` needs to know their members.

    Args:
        spec: a checked spec.
        declarations: holds every type text of the spec in `types`, and drafts of the structures.
    """
    args = [arg for _, function in spec.functions for arg in function.args]
    texts = {function.result_type for _, function in spec.functions}
    texts |= {arg.type for arg in args if arg.type != VARIADIC and (arg.is_out or arg.is_array or not arg.phantom)}
    texts |= {arg.stored_type for arg in args if arg.stored_type is not None and not arg.is_hidden}
    return any(arg.view is not None or arg.fill is not None for arg in args) or any(
        _holds_draft(declarations, text) for text in texts
    )


def _holds_draft(declarations: Declarations, text: str) -> bool:
    """Whether a type is a struct that the headers define, or a pointer to one."""
    ctype = declarations.types[text]
    while isinstance(ctype, (Pointer, Array)):
        ctype = ctype.to if isinstance(ctype, Pointer) else ctype.of
    return isinstance(ctype, Aggregate) and ctype.name in declarations.drafts


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
    modules = iter(module for module, _ in spec.functions)
    for number, (path, function) in enumerate(functions_with_paths(spec)):
        plan = _Plan(declarations, function, path, faults)
        seen = () if function.silent is not None else function.args
        ins = tuple(plan.seen(i, arg) for i, arg in enumerate(seen) if arg.is_visible)
        in_words, plan.next_slot = plan.next_slot, 0
        outs = tuple(replace(plan.out_of_answer(i, arg), arg=arg) for i, arg in enumerate(function.args) if arg.is_out)
        result = plan.result()
        if len(ins) > MAX_INS:
            plan.fault("args", f"{len(ins)} arguments; one function may have {MAX_INS}")
        if len(outs) > MAX_OUTS - 1:
            plan.fault("args", f"{len(outs)} out arguments; one function may have {MAX_OUTS - 1}")
        plan.check_size("the visible arguments", in_words)
        plan.check_size("outs and result", plan.next_slot)
        module = next(modules)
        fallback = (function.fallback or module.fallback) is not None and function.silent is None
        made = Mocked(
            number, module.name, function, ins, outs, result, in_words, plan.next_slot,
            declarations.functions.get(function.c_name), path, fallback,
        )  # fmt: skip
        if fallback and not made.passes_on:
            plan.fault("fallback", *no_passing_on(made))
        mocked.append(made)
    if faults:
        raise SpecError(faults)
    return tuple(mocked)


def no_passing_on(mocked: Mocked) -> tuple[str, str]:
    """Say why the real function cannot be called through the stub, and what to do."""
    why = f"{mocked.spec.c_name} is variadic, and C cannot pass on arguments without names to the real function"
    return why, "answer its calls in the language; a module's `fallback` can be said of each other function instead"


def functions_with_paths(spec: ApiSpec) -> Iterator[tuple[str, ApiFunction]]:
    """Yield each function of a spec with its path."""
    for m, module in enumerate(spec.modules):
        for f, function in enumerate(module.functions):
            yield f"modules[{m}].functions[{f}]", function


class _Plan:
    """Lays the fields of one function out, slot after slot, and collects faults."""

    def __init__(self, declarations: Declarations, function: ApiFunction, path: str, faults: list[Fault]) -> None:
        self.declarations = declarations
        self.function = function
        self.path = path
        self.faults = faults
        self.next_slot = 0

    def fault(self, where: str, message: str, hint: str | None = None) -> None:
        fault = Fault(f"{self.path}.{where} ({self.origin(where)})", message, hint)
        if fault not in self.faults:  # an inout argument is looked at twice
            self.faults.append(fault)

    def origin(self, where: str) -> Origin:
        """The line of Python that says what stands at a path inside the function."""
        ret = self.function.ret
        if where.startswith("args["):
            return self.function.args[int(where[len("args[") : where.index("]")])].origin
        return ret.origin if isinstance(ret, ApiArg) and where.startswith("ret") else self.function.origin

    def check_size(self, what: str, words: int) -> None:
        """Refuse more words than the runtime can number."""
        if words > MAX_WORDS:
            size, most = WORD_BYTES * words, WORD_BYTES * MAX_WORDS
            hint = "pass pointers, or hide what is large by stored_type='void' and see parts of it by view="
            self.fault("args", f"{what} take {size} bytes by value; those of one function may take {most}", hint)

    def type(self, text: str) -> CType:
        """The type of a text, a struct or union with its members."""
        return self.complete(self.declarations.types[text])

    def complete(self, ctype: CType) -> CType:
        """Put the members into an aggregate that the headers define."""
        match ctype:
            case Aggregate(name=name):
                return self.declarations.structures.get(name, ctype)
            case Array(of=inner, length=length):
                return Array(self.complete(inner), length)
        return ctype

    def place(self, name: str, ctype: CType, text: str, form: Form, where: str) -> Field:
        """Give the field the next slots; a type that has no place is a fault."""
        words = 2
        if form == "value" or not isinstance(ctype, Void):
            refusal = _refusal(ctype)
            if refusal:
                self.fault(where, f"{text!r}: {refusal}")
                ctype = Void() if form != "value" else Pointer(Void())
            elif form == "value":
                words = -(-values.size_of(ctype) // WORD_BYTES)
        field = Field(name, ctype, text, form, self.next_slot, words)
        self.next_slot += words
        return field

    def seen(self, index: int, arg: ApiArg) -> Field:
        """The field of an in or inout argument, and what is compared of it."""
        field = replace(self.into_record(index, arg), arg=arg)
        plain = isinstance(field.type, Void) or not values.floating_leaves(field.type)
        if arg.tolerance != 0.0 and plain:
            where = f"args[{index}].tolerance"
            self.fault(where, f"is {arg.tolerance!r}, but no floating number is in {field.text!r}", "leave it out")
        return field

    def into_record(self, index: int, arg: ApiArg) -> Field:
        """How an in or inout argument is captured."""
        where = f"args[{index}].{'stored_type' if arg.stored_type else 'type'}"
        if arg.is_list:
            return self.listed(index, arg)
        text = arg.stored_type or arg.type
        if arg.stored_type is not None or arg.view is None:
            ctype = self.type(text)
        else:
            ctype = self.said_of_view(index, arg) if arg.phantom else self.viewed(index, arg)
        if arg.sentinel is not None or (arg.string is not False and arg.is_array and _is_of_strings(ctype)):
            return self.walked(arg, ctype, text, where)
        if arg.string is not False:
            return self.place(arg.name, self.characters(ctype, text, where), text, "string", where)
        if arg.is_array:
            return self.place(arg.name, self.pointee(ctype, text, where), text, "array", where)
        if arg.view is None and arg.code is None and isinstance(ctype, Array):
            refusal = _A_VA_LIST if _is_va_list(ctype) else "an array is no argument; say a pointer and buffer="
            self.fault(where, f"{text!r}: {refusal}")
            ctype = Pointer(Void())  # what is reported is not reported twice
        if arg.view is None and arg.dir == "inout":
            return self.place(arg.name, self.one(ctype, text, where), text, "pointee", where)
        if arg.view is not None and arg.view.replace(" ", "") == f"*{arg.name}":
            return self.place(arg.name, ctype, text, "pointee", where)
        if scalars.is_string(ctype) and isinstance(ctype, Pointer) and ctype.const:
            return self.place(arg.name, ctype.to, text, "string", where)
        return self.place(arg.name, ctype, text, "value", where)

    def walked(self, arg: ApiArg, ctype: CType, text: str, where: str) -> Field:
        """How an array is captured whose elements are strings, or which ends with a sentinel: item by item."""
        element = self.pointee(ctype, text, where)
        refusal = _refusal(element) if isinstance(ctype, (Pointer, Array)) else None
        if refusal or isinstance(element, (Structure, Array)):
            self.fault(where, f"{text!r}: {refusal or 'its elements are no numbers or pointers, so nothing ends them'}")
        field = self.place(arg.name, Void(), text, "list", where)
        return replace(field, items=(element,), walks=True)

    def listed(self, index: int, arg: ApiArg) -> Field:
        """How the arguments behind the named ones are captured."""
        texts = [(text, f"args[{index}].types[{i}]") for i, text in enumerate(arg.types)]
        if arg.stored_type is not None:
            texts.append((arg.stored_type, f"args[{index}].stored_type"))
        if arg.type != VARIADIC and not _is_va_list(self.declarations.types[arg.type]):
            self.fault(f"args[{index}].type", f"{arg.type!r} is no va_list, so it holds no list of arguments")
        self.check_format(index, arg)
        items = tuple(self.type(text) for text, _ in texts)
        for (text, where), item in zip(texts, items, strict=True):
            is_object = isinstance(item, (Aggregate, Structure, Array))  # whatever the headers say of its members
            refusal = None if is_object else _refusal(item)
            is_complex = isinstance(item, Floating) and item.is_complex
            if refusal or is_complex or is_object:
                self.fault(where, f"{text!r}: {refusal or 'what is passed for ... is a number or a pointer here'}")
        field = self.place(arg.name, Void(), arg.type, "list", f"args[{index}].type")
        return replace(field, items=items)

    def check_format(self, index: int, arg: ApiArg) -> None:
        """Refuse a format string that is none: what is passed for ... is found by what it says."""
        named = next((other for other in self.function.args if other.name == arg.format), None)
        if arg.format is None or named is None or named.is_list:
            return
        ctype = self.type(named.type)
        target = ctype.to if isinstance(ctype, Pointer) else ctype.of if isinstance(ctype, Array) else None
        if not (isinstance(target, Void) or (isinstance(target, Integer) and target.size == 1)):
            hint = "name the argument that is the format string"
            self.fault(f"args[{index}].format", f"is {arg.format!r}, and `{named.type}` is no text", hint)

    def said_of_view(self, index: int, arg: ApiArg) -> CType:
        """The type of a phantom is what the spec says; what C would not make of the view is refused."""
        where = f"args[{index}].view"
        said, found = self.type(arg.type), self.path_type(where, arg.view or "")
        decays = isinstance(found, Array) and isinstance(said, Pointer)
        is_pointer = [isinstance(ctype, Pointer) for ctype in (said, found)]
        if found is None or decays:
            return said
        sized = not isinstance(found, Array) or _refusal(said) or values.size_of(found) == values.size_of(said)
        if sized and _is_object(said) == _is_object(found) and is_pointer[0] == is_pointer[1]:
            return said
        self.fault(where, f"{arg.view!r} is {_a_value_of(found)}, and the type of the phantom is {arg.type!r}")
        return said

    def viewed(self, index: int, arg: ApiArg) -> CType:
        """The type of a view, as the members of the argument's type tell it."""
        where = f"args[{index}].view"
        before = len(self.faults)
        found = self.path_type(where, arg.view or "")
        if found is None and len(self.faults) == before:
            self.fault(where, f"{arg.view!r}: its C type cannot be read from the headers", "say it: stored_type='int'")
        return found or Integer(8, signed=True)

    def out_of_answer(self, index: int, arg: ApiArg) -> Field:
        """How an out or inout argument is written."""
        field = self.written(index, arg)
        if arg.fill is None and arg.dir == "inout" and field.form == "value" and isinstance(field.type, Structure):
            self.next_slot += field.words
            return replace(field, words=2 * field.words, partial=True)
        if arg.fill is None or field.form != "value":
            return field
        if not self.check_filled(index, arg, field):
            return field
        part = bit_field_of(arg.fill, self.parameter_types(), self.declarations.structures)
        if part is None or part.bits is None:
            return field
        alone = replace(part, name=arg.name, bits=(0, part.bits[1]))
        return replace(field, narrow=Structure("", WORD_BYTES, 1, (alone,)))

    def check_filled(self, index: int, arg: ApiArg, field: Field) -> bool:
        """Refuse what C would convert with a loss when an answer goes where `fill` says; tell whether that is known."""
        where = f"args[{index}].fill"
        target = self.path_type(where, arg.fill or "")
        if target is None:
            return False
        text = c_text(target) or (target.name if isinstance(target, Structure) else "")
        is_pointer = isinstance(target, Pointer)
        loses = isinstance(target, Integer) and isinstance(field.type, Integer) and target.size < field.type.size
        if loses or is_pointer != isinstance(field.type, Pointer) or _is_object(target) != _is_object(field.type):
            pointer = " (of a phantom, a pointer stands for what it points to)" if arg.phantom and is_pointer else ""
            said = f"{arg.fill!r} is `{text}`, and the answer is {_a_value_of(field.type)}{pointer}"
            way = "type" if arg.phantom else "stored_type"
            wanted = f"{text}*" if pointer else text
            self.fault(where, said, f"say {way}={wanted!r}" if text else None)
        return True

    def parameter_types(self) -> dict[str, CType]:
        """The types by which paths begin."""
        return {arg.name: self.declarations.types[arg.type] for arg in self.function.params if not arg.is_list}

    def path_type(self, where: str, path: str) -> CType | None:
        """The type of a C path over the arguments; None when it cannot be told, or is wrong and now a fault."""
        try:
            found = type_of(path, self.parameter_types(), self.declarations.structures)
        except ValueError as error:
            self.fault(where, f"{path!r}: {error}")
            return None
        return None if found is None else self.complete(found)

    def written(self, index: int, arg: ApiArg) -> Field:
        """How an out or inout argument is written."""
        where = f"args[{index}].type"
        if arg.stored_type is not None and (arg.dir == "out" or arg.fill is not None):
            return self.answered(arg, arg.stored_type, f"args[{index}].stored_type")
        ctype = self.type(arg.type)
        if isinstance(ctype, Pointer) and ctype.const and arg.fill is None and arg.code is None:
            self.fault(where, f"{arg.type!r} points to const, so nothing can be written through it", "use dir='in'")
        if arg.string is not False:
            return self.place(arg.name, self.characters(ctype, arg.type, where), arg.type, "string", where)
        if arg.is_array:
            return self.place(arg.name, self.pointee(ctype, arg.type, where), arg.type, "array", where)
        if arg.phantom and "*" not in arg.type:
            return self.place(arg.name, ctype, arg.type, "value", where)
        return self.place(arg.name, self.one(ctype, arg.type, where), arg.type, "value", where)

    def answered(self, arg: ApiArg, text: str, where: str) -> Field:
        """How a value is written that a snippet makes into the real one."""
        ctype = self.type(text)
        if arg.string is not False:
            return self.place(arg.name, self.characters(ctype, text, where), text, "string", where)
        if arg.is_array:
            return self.place(arg.name, self.pointee(ctype, text, where), text, "array", where)
        return self.place(arg.name, ctype, text, "value", where)

    def result(self) -> Field | None:
        """How the result is written; None for void."""
        ret = self.function.ret
        arg = ret if isinstance(ret, ApiArg) else None
        text = (arg.stored_type if arg else None) or self.function.result_type
        ctype = self.type(text)
        if isinstance(ctype, Void):
            return None
        placed = replace(self.place("result", ctype, text, "value", "ret"), arg=arg)
        return replace(placed, target=self.complete(ctype.to)) if isinstance(ctype, Pointer) else placed

    def pointee(self, ctype: CType, text: str, where: str) -> CType:
        """The element type of a buffer."""
        if isinstance(ctype, Pointer):
            return self.complete(ctype.to)
        if isinstance(ctype, Array):
            return ctype.of
        self.fault(where, f"{text!r} is no pointer, so it can be no buffer and nothing can be written through it")
        return Void()

    def characters(self, ctype: CType, text: str, where: str) -> CType:
        """The element type of a string."""
        target = self.pointee(ctype, text, where)
        if not scalars.is_char(target):
            self.fault(where, f"{text!r} points to no characters, so it can be no string", "use buffer= for an array")
        return Integer(1, signed=True, kind="char")

    def one(self, ctype: CType, text: str, where: str) -> CType:
        """The type of the one value behind a pointer."""
        target = self.pointee(ctype, text, where)
        if isinstance(ctype, Pointer) and isinstance(target, Void):
            self.fault(where, f"{text!r}: one value of void has no size", "say how many bytes with buffer=")
        return Pointer(Void()) if isinstance(target, Void) else target  # what is reported is not reported twice


def _is_object(ctype: CType) -> bool:
    """Whether a value is one of many parts, which C assigns to its like only."""
    return isinstance(ctype, (Structure, Array))


def _a_value_of(ctype: CType) -> str:
    """Call a type in a message."""
    if isinstance(ctype, Structure):
        return ctype.name
    return f"`{c_text(ctype)}`" if c_text(ctype) else "an array"


def _is_va_list(ctype: CType) -> bool:
    """Whether the type is what ``va_list`` stands for on x86-64."""
    return isinstance(ctype, Array) and isinstance(ctype.of, Aggregate) and ctype.of.name == "struct __va_list_tag"


def _is_of_strings(ctype: CType) -> bool:
    """Whether elements behind a pointer are C strings."""
    return isinstance(ctype, Pointer) and scalars.is_string(ctype.to)


def _refusal(ctype: CType) -> str | None:
    """Why a value of the type cannot be captured or answered; None when it can."""
    match ctype:
        case Unsupported(reason=reason):
            return reason
        case Aggregate(name=name):
            unknown = f"the headers do not say what {name} holds"
            return f"{unknown}, so there are no values of it; a pointer to it is seen as one"
        case Void():
            return "void is no value"
        case FunctionType():
            return "a function is no value; say a pointer to one"
        case Array(length=None):
            return "an array without a length is no value; say a pointer and buffer="
        case Array(of=inner):
            return _refusal(inner)
        case Structure(parts=parts):
            return next((f"its member {p.name}: {why}" for p in parts if (why := _refusal_inside(p.type))), None)
    return None


def _refusal_inside(ctype: CType) -> str | None:
    """Why a member cannot be a part of a value; a flexible array is none of it."""
    return None if isinstance(ctype, Array) and ctype.length is None else _refusal(ctype)
