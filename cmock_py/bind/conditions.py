"""What events ask of arguments beyond equality, as the words that `runtime/conditions.c` reads.

A pattern is split: what a payload and its mask can say stays a value for `payload.encode_args`, the rest becomes
conditions, each about one argument or one number inside it.
"""

from __future__ import annotations

import operator
import re
import struct
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.bind.names import did_you_mean
from cmock_py.callables import function_name, identity, misfit
from cmock_py.cdecl import scalars, values
from cmock_py.cdecl.model import Array, CType, Enumeration, Floating, FunctionType, Integer, Pointer, Structure
from cmock_py.cdecl.path import c_text
from cmock_py.lang.names import PLAIN, as_written, names_in, parts_in
from cmock_py.lang.nodes import (
    WILDCARD,
    Between,
    Bind,
    Bits,
    Both,
    Compare,
    Flags,
    Name,
    Named,
    OneOf,
    Predicate,
    Regex,
    Wildcard,
)
from cmock_py.lang.patterns import NOTHING, Nothing
from cmock_py.lang.regular import automaton
from cmock_py.lang.render import render_pattern
from cmock_py.lang.searching import for_bytes
from cmock_py.payload import UnfitError, decode_value, encode_args, texts_for_numbers
from cmock_py.trace import Truncated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cmock_py.lang.regular import Automaton
    from cmock_py.mocked import Field, Mocked

_HOLD_NO_CONDITION = PLAIN | {Wildcard, Flags}

GIVE_HEAD = _HEAD = struct.Struct("<BBBBHBBIIQ")
"""``struct cmk_condition`` without operands."""

_BOUND, _NUMBER = 1, 6
"""Behind `op`: whether a register is compared with, and the number of one."""

_NODES = (Bind, Bits, Both, Compare, Between, OneOf, Regex, Predicate)
_LARGEST = 8
_WORD = 64
_ASCII = 128
_ALL_BITS = (1 << _WORD) - 1


class Op(IntEnum):
    """What a condition asks. MIRROR runtime/machine.h enum cmk_op."""

    EQUAL = 0
    NOT_EQUAL = 1
    LESS = 2
    LESS_EQUAL = 3
    GREATER = 4
    GREATER_EQUAL = 5
    BITS = 6
    ONE_OF = 7
    LIKE = 8
    UNLIKE = 9
    MATCHES = 10
    PREDICATE = 11
    BIND = 12
    GIVE = 13


class ValueType(IntEnum):
    """How a condition reads a value. MIRROR runtime/machine.h enum cmk_value_type."""

    SIGNED = 0
    UNSIGNED = 1
    FLOATING = 2
    WHOLE = 3


_OPS = {
    "==": Op.EQUAL,
    "!=": Op.NOT_EQUAL,
    "<": Op.LESS,
    "<=": Op.LESS_EQUAL,
    ">": Op.GREATER,
    ">=": Op.GREATER_EQUAL,
}

Path: TypeAlias = "tuple[int | str, ...]"
"""Where in an argument: indices of elements and names of members."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that Python answers before a check: whether a call's argument is what a function or a regex accepts.

    Attributes:
        function: number of the mocked function.
        field: index of the visible argument.
        path: where in it.
        test: the Python function, or the compiled regular expression, of bytes where the argument is shown as bytes.
        text: how the language writes it.
        place: where the language writes it first.
        found: what is known of an expression, by text.
    """

    function: int
    field: int
    path: Path
    test: Callable[[Any], Any] | re.Pattern[str]
    text: str
    place: str
    found: dict[str | bytes, bool]

    def seen(self, value: Any) -> Any:
        """Find what is asked about in an argument; NULL has nothing in it, and what capturing has cut is not known."""
        for step in self.path:
            if value is None or isinstance(value, Truncated):
                return NOTHING
            value = value[step]
        return value

    def answer(self, value: Any) -> bool:
        """Tell whether a Python function accepts what is asked about; raises what it raises."""
        assert not isinstance(self.test, re.Pattern)  # noqa: S101 - for mypy
        return not isinstance(value, Nothing | Truncated) and bool(self.test(value))


@dataclass(frozen=True, slots=True)
class Judged(Predicate):
    """A predicate together with its function, so that reports can tell which arguments it does not accept."""

    test: Callable[[Any], Any] = field(compare=False)

    def __call__(self, value: Any) -> bool:
        """Tell whether the function accepts a value; one for which it raises it does not."""
        try:
            return bool(self.test(value))
        except Exception:  # noqa: BLE001 - the check has reported it if it mattered
            return False


@dataclass(frozen=True, slots=True)
class Searched(Regex):
    """A regular expression that no automaton finds, for reports: in texts that no check has asked about it may be."""

    found: Mapping[str | bytes, bool] = field(compare=False)

    def __call__(self, value: Any) -> bool:
        """Tell whether a text or bytes may have it."""
        return isinstance(value, (str, bytes)) and self.found.get(value, True)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a name is bound to: a number, or a value as a whole of the type `whole`."""

    text: str
    is_floating: bool = False
    whole: Any = None


@dataclass(frozen=True)  # without slots: what is known of it is kept
class _Spot:
    """An argument, or a value inside it.

    Attributes:
        index: of the visible argument.
        seen: its field.
        type: of the value; None of an array, a string, or a list as a whole.
        offset: in bytes from where the argument's value begins.
        bits: of a bit-field its first bit and their number, counted from `offset`.
        path: where in the argument.
    """

    index: int
    seen: Field
    type: CType | None
    offset: int = 0
    bits: tuple[int, int] | None = None
    path: Path = ()

    @property
    def text(self) -> str:
        """Name it for messages."""
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"{self.seen.name}{steps} ({self.seen.text})"

    @cached_property
    def number_type(self) -> ValueType | None:
        """How its number is read; None when it is no number."""
        match self.type:
            case Integer(signed=signed, size=size) | Enumeration(signed=signed, size=size) if size <= _LARGEST:
                return ValueType.SIGNED if signed else ValueType.UNSIGNED
            case Pointer() | FunctionType():
                return ValueType.UNSIGNED
            case Floating(is_complex=False):
                return ValueType.FLOATING
        return None

    @cached_property
    def is_text(self) -> bool:
        """Whether it is text or bytes as a whole."""
        if self.type is None:
            return self.seen.form != "list" and scalars.is_char(self.seen.type)
        return isinstance(self.type, Array) and scalars.is_char(self.type.of)

    @property
    def element_type(self) -> CType:
        """Of several elements the type of one, else of the value."""
        if self.type is None:
            return self.seen.type
        return self.type.of if isinstance(self.type, Array) else self.type

    @property
    def is_part(self) -> bool:
        """Whether it has a size of its own, and is not the whole argument as it was captured."""
        return bool(self.path) or isinstance(self.type, Array)

    def part(self, texts: int = 0) -> tuple[int, int]:
        """Tell which part of its argument it is, and how many texts it holds, as ``struct cmk_part``."""
        size, element = 0, self.seen.element if self.seen.is_blob else 0
        if self.is_part and self.type is not None:
            size, element = values.size_of(self.type), values.size_of(self.element_type)
        is_text = isinstance(self.element_type, Integer) and self.element_type.kind == "char" and size > 0
        packed = struct.pack("<IIIHH", self.offset, size, element, is_text, texts)
        words: tuple[int, int] = struct.unpack("<QQ", packed)
        return words

    @property
    def shown_as(self) -> str:
        """How calls show what a regular expression is looked for in: as text or as bytes; else empty."""
        match self.type:
            case None if self.is_text:
                return "text" if self.seen.form == "string" else "bytes"
            case Array(of=Integer(size=1, kind="char"), length=int()):
                return "text"
            case Array(of=Integer(size=1, kind="int", signed=False), length=int()):
                return "bytes"
        return ""

    @property
    def kind(self) -> str:
        """What it is, for messages."""
        if isinstance(self.type, Structure):
            return "a struct"
        return "a number" if self.number_type is not None else "text" if self.is_text else "none"

    @cached_property
    def is_bare(self) -> bool:
        """Whether the trace shows the number as it is."""
        return isinstance(self.type, Integer) and self.type.kind == "int"

    @cached_property
    def range(self) -> tuple[int, int]:
        """The smallest and the largest number that it can hold."""
        if self.bits is not None:
            width = self.bits[1]
            is_signed = self.number_type is ValueType.SIGNED
            return (-(1 << width - 1), (1 << width - 1) - 1) if is_signed else (0, (1 << width) - 1)
        assert isinstance(self.type, (Integer, Enumeration, Pointer, FunctionType))  # noqa: S101 - for mypy
        return scalars.bounds(Pointer(self.type) if isinstance(self.type, FunctionType) else self.type)

    def head(self, op: Op, number: int = 0, *, bound: bool = False, words: int = 0) -> bytes:
        """Pack a condition without its operands."""
        first, width = self.bits or (0, 0)
        kind = self.number_type
        if kind is None:
            return _HEAD.pack(op, ValueType.WHOLE, bound, 0, self.index, 0, 0, number, self.offset, words)
        size = -(-(first + width) // 8) if width else values.size_of(self.type)  # type: ignore[arg-type]
        return _HEAD.pack(op, kind, bound, size, self.index, first, width, number, self.offset, words)

    def operand(self, number: float) -> int:
        """Make a word of a number."""
        if self.number_type is ValueType.FLOATING:
            return int.from_bytes(struct.pack("<d", number), "little")
        return int(number) & _ALL_BITS


def is_conditional(pattern: Any, registers: Mapping[str, int]) -> bool:
    """Tell whether a pattern asks for more than a payload and its mask can say.

    >>> is_conditional(5, {}), is_conditional({"x": Compare(">", 3)}, {}), is_conditional(Name("n"), {"n": 0})
    (False, True, True)
    """
    kind = pattern.__class__
    if kind in _HOLD_NO_CONDITION:
        return False
    if kind is Name:
        return pattern.name in registers
    if isinstance(pattern, (list, tuple)):
        return any(is_conditional(item, registers) for item in pattern)
    if isinstance(pattern, dict):
        return any(is_conditional(item, registers) for item in pattern.values())
    return isinstance(pattern, _NODES) or is_predicate(pattern)


def _binders(patterns: Iterable[Any]) -> Iterator[str]:
    """Yield the names that ``?n`` binds, at any depth."""
    for pattern in patterns:
        match pattern:
            case Bind(name=name):
                yield name
            case Named(pattern=inner):
                yield from _binders((inner,))
            case Both(patterns=inner):
                yield from _binders(inner)
            case list() | tuple():
                yield from _binders(pattern)
            case dict():
                yield from _binders(pattern.values())


def is_predicate(pattern: Any) -> bool:
    """Tell a Python function from values; C functions are callable, too, and have an address."""
    return callable(pattern) and not hasattr(type(pattern), "__index__")


@dataclass(slots=True)
class Conditions:
    """Collects what the events of one language ask.

    Attributes:
        words: the data words of the tables; those that are payloads and texts are put there at once.
        registers: number of each name that ``?n`` binds.
        functions: the Python functions that ``@name`` means.
        lists: the conditions of each event that has some, packed.
        asked: what Python must answer before a check, by its number.
        patterns: the patterns of such an event with their names resolved, as reports show them; None for plain values.
        binding: numbers of the functions whose arguments are bound.
        composing: numbers of the functions of which an answer is known when the call comes: of bound values, or real.
        bound: what each name is bound to.
        longest: bytes of the longest value that is asked for.
        known: what was made of a pattern of an argument.
        spots: the arguments that were asked about.
        automata: where those of regular expressions stand in the words.
    """

    words: array[int]
    functions: Mapping[str, Callable[..., Any]]
    registers: dict[str, int] = field(default_factory=dict)
    lists: dict[int, list[bytes]] = field(default_factory=dict)
    asked: dict[tuple[Any, ...], tuple[int, Asked]] = field(default_factory=dict)
    patterns: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    binding: set[int] = field(default_factory=set)
    composing: set[int] = field(default_factory=set)
    bound: dict[str, Bound] = field(default_factory=dict)
    longest: int = 0
    spots: dict[tuple[int, int], _Spot] = field(default_factory=dict)
    automata: dict[str | bytes, int] = field(default_factory=dict)
    known: dict[tuple[int, int, Any, Any], tuple[Any, Any, list[bytes]]] = field(default_factory=dict)

    def args(
        self, index: int, mocked: Mocked, patterns: Sequence[Any], meant: Callable[[Any], Any], place: str
    ) -> tuple[list[Any], UnfitError]:
        """Take the conditions out of the patterns of an event.

        Args:
            index: of the event.
            mocked: its function.
            patterns: one per visible argument.
            meant: gives what names in a value mean; `WILDCARD` when that is a fault, which it notes.
            place: of the event.

        Returns:
            Plain values for the payload, `WILDCARD` where conditions decide; and what does not fit, if anything.
        """
        splitter = _Splitter(self, index, mocked, meant, place)
        plain: list[Any] = []
        shown: list[Any] = []
        for number, (seen, pattern) in enumerate(zip(mocked.ins, patterns, strict=True)):
            if is_conditional(pattern, self.registers):
                left, resolved = self._split(splitter, self._spot(mocked, number, seen), pattern)
            else:
                left, resolved = meant(pattern), None
            plain.append(left)
            shown.append(resolved)
        if splitter.conditions:
            self.lists.setdefault(index, []).extend(splitter.conditions)
            self.patterns[index] = tuple(shown)
        return plain, UnfitError(*splitter.whys, texts=splitter.texts)

    def _spot(self, mocked: Mocked, number: int, seen: Field) -> _Spot:
        """The argument as a whole."""
        spot = self.spots.get((mocked.number, number))
        if spot is None:
            spot = self.spots[mocked.number, number] = _whole(number, seen)
        return spot

    def _split(self, splitter: _Splitter, spot: _Spot, pattern: Any) -> tuple[Any, Any]:
        """Split a pattern; what was found of one without names is found of all that are equal."""
        try:
            key = (splitter.mocked.number, spot.index, pattern, _kinds(pattern))
            known = self.known.get(key)
        except TypeError:  # a list or a dict has no hash
            return splitter.split(spot, pattern)
        if known is not None:
            splitter.conditions += known[2]
            return known[:2]
        begin, faults = len(splitter.conditions), len(splitter.whys)
        left, resolved = splitter.split(spot, pattern)
        if len(splitter.whys) == faults and not any(names_in(pattern)) and not any(_binders((pattern,))):
            self.known[key] = left, resolved, splitter.conditions[begin:]
        return left, resolved

    def know(self, patterns: Iterable[Any]) -> None:
        """Give a register to each name that the patterns bind."""
        for name in _binders(patterns):
            self.registers.setdefault(name, len(self.registers))

    def column(self, count: int) -> array[int] | None:
        """Put all lists into the words; return where that of each event begins, None when there are none."""
        if not self.lists:
            return None
        offsets = array("I", bytes(4 * count))
        for index, conditions in self.lists.items():
            offsets[index] = len(self.words)
            self.words.append(len(conditions))
            self.words.frombytes(b"".join(conditions))
        return offsets

    def gives(self, index: int) -> list[bytes]:
        """List what of an event's answer is taken from arguments."""
        return [condition for condition in self.lists.get(index, ()) if condition[0] == Op.GIVE]

    def flow(self, index: int) -> tuple[set[int], set[int]]:
        """Tell which registers an event binds, and which it reads."""
        binds, reads = set(), set()
        for condition in self.lists.get(index, ()):
            op, bound, number = condition[0], condition[2], int.from_bytes(condition[8:12], "little")
            if op == Op.BIND:
                binds.add(number)
            elif bound or op == Op.GIVE:
                reads.add(number)
        return binds, reads

    def nameless(self, index: int) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
        """Tell what an event asks with 0 in place of its registers, and these registers."""
        registers, found = [], []
        for condition in self.lists.get(index, ()):
            op, *parts = _HEAD.unpack_from(condition)
            if op in (Op.BIND, Op.GIVE) or parts[_BOUND]:
                registers.append(parts[_NUMBER])
                parts[_NUMBER] = 0
            found.append(_HEAD.pack(op, *parts) + condition[_HEAD.size :])
        return tuple(found), tuple(registers)

    @property
    def questions(self) -> tuple[Asked, ...]:
        """What Python must answer before a check, in the order of the numbers."""
        return tuple(asked for _, asked in self.asked.values())

    def ask(self, asked: Asked) -> tuple[int, Asked]:
        """Give a question a number; equal ones are one question."""
        test = asked.test.pattern if isinstance(asked.test, re.Pattern) else identity(asked.test)
        key = (asked.function, asked.field, asked.path, type(asked.test) is re.Pattern, test)
        return self.asked.setdefault(key, (len(self.asked), asked))

    def text(self, raw: bytes) -> int:
        """Put a text into the words: its size, then its bytes."""
        at = len(self.words)
        self.longest = max(self.longest, len(raw))
        self.words.append(len(raw))
        self.words.frombytes(raw + bytes(-len(raw) % 8))
        return at

    def automaton(self, text: str | bytes, found: Automaton) -> int:
        """Put the automaton of a regular expression into the words, once."""
        known = self.automata.get(text)
        if known is None:
            known = self.automata[text] = len(self.words)
            self.words.frombytes(_packed(found, reads_bytes=isinstance(text, bytes)))
        return known

    def payload(self, mocked: Mocked, number: int, value: Any) -> tuple[int, int]:
        """Put a payload with one argument into the words, and its mask."""
        only = [WILDCARD] * len(mocked.ins)
        only[number] = value
        payload, mask = encode_args(mocked, only)
        self.longest = max(self.longest, len(payload))
        at = len(self.words)
        self.words.frombytes(payload)
        if mask is None:
            return at, 0
        masked = len(self.words)
        self.words.frombytes(mask)
        return at, masked


def _packed(automaton: Automaton, *, reads_bytes: bool) -> bytes:
    """Lay an automaton out as ``struct cmk_automaton``, filled up to whole words."""
    begins, numbers = automaton.begins, automaton.classes
    beyond = bisect_right(begins, _ASCII) - 1
    ranges = [(_ASCII, numbers[beyond]), *zip(begins[beyond + 1 :], numbers[beyond + 1 :], strict=True)]
    ascii_classes = bytes(numbers[bisect_right(begins, code) - 1] for code in range(_ASCII))
    head = struct.pack("<III", len(ranges), automaton.count, reads_bytes) + ascii_classes
    raw = head + struct.pack(f"<{2 * len(ranges)}I", *chain.from_iterable(ranges)) + automaton.steps.tobytes()
    return raw + bytes(-len(raw) % 8)


def _kinds(pattern: Any) -> Any:
    """What tells patterns apart that Python takes for equal: 1, True and 1.0; 0.0 and -0.0."""
    if isinstance(pattern, float):
        return repr(pattern)
    kind = pattern.__class__
    parts = parts_in(pattern)
    return (kind, *map(_kinds, parts)) if parts else kind


def _whole(index: int, seen: Field) -> _Spot:
    return _Spot(index, seen, seen.type if seen.form in {"value", "pointee"} else None)


class _Splitter:
    """Takes the patterns of one event apart."""

    def __init__(self, owner: Conditions, index: int, mocked: Mocked, meant: Callable[[Any], Any], place: str) -> None:
        self.owner = owner
        self.index = index
        self.mocked = mocked
        self.meant = meant
        self.place = place
        self.conditions: list[bytes] = []
        self.whys: list[str] = []
        self.texts: dict[str, str] = {}
        self.ranges: dict[tuple[Any, ...], tuple[int, int]] = {}

    def split(self, spot: _Spot, pattern: Any) -> tuple[Any, Any]:
        """Return the plain value of a pattern, and the pattern with its names resolved."""
        if not is_conditional(pattern, self.owner.registers):
            value = self.meant(pattern)
            return value, value
        match pattern:
            case list() | tuple():
                return self._elements(spot, pattern)
            case dict():
                return self._members(spot, pattern)
            case Both(patterns=patterns):
                return self._both(spot, patterns)
            case Compare(op="==", value=value):
                return self.split(spot, value)
        before = len(self.whys)
        try:
            resolved = self._condition(spot, pattern)
        except UnfitError as error:
            self.whys += error.whys
            self.texts |= error.texts
            resolved = WILDCARD
        except (TypeError, ValueError) as error:
            self.whys.append(f"{spot.text}: {error}")
            texts = [text for part in parts_in(pattern) for text in texts_for_numbers(spot.type, part)]
            self.texts.update((self.whys[-1], text) for text in texts)
            resolved = WILDCARD
        if len(self.whys) > before:
            resolved = WILDCARD
        return WILDCARD, resolved

    # --- at depth ---------------------------------------------------------------------------------------------------

    def _other(self, spot: _Spot, pattern: Any) -> tuple[Any, Any]:
        """Note that a value of many parts stands where the type has none, or others."""
        kind = "a struct" if isinstance(pattern, dict) else "an array"
        self.whys.append(f"{spot.text}: {render_pattern(pattern)} is {kind}, and this is {spot.kind}")
        return WILDCARD, WILDCARD

    def _elements(self, spot: _Spot, pattern: Sequence[Any]) -> tuple[Any, Any]:
        if spot.type is not None and not isinstance(spot.type, Array):
            return self._other(spot, pattern)
        of, step = self._element_type(spot)
        if of is None:
            message = "patterns cannot look inside this argument; a Python predicate can look at all of it"
            self.whys.append(f"{spot.text}: {message}")
            return WILDCARD, WILDCARD
        pairs = [
            self.split(
                replace(spot, type=of, offset=spot.offset + i * step, path=(*spot.path, i)),
                item,
            )
            for i, item in enumerate(pattern)
        ]
        return [plain for plain, _ in pairs], [resolved for _, resolved in pairs]

    def _element_type(self, spot: _Spot) -> tuple[CType | None, int]:
        if spot.type is None and spot.seen.form == "array":
            return spot.seen.type, spot.seen.element
        if isinstance(spot.type, Array):
            return spot.type.of, values.size_of(spot.type.of)
        return None, 0

    def _members(self, spot: _Spot, pattern: Mapping[str, Any]) -> tuple[Any, Any]:
        if not isinstance(spot.type, Structure):
            return self._other(spot, pattern)
        parts = {part.name: part for part in spot.type.parts}
        plain, resolved = {}, {}
        for name, item in pattern.items():
            part = parts.get(name)
            if part is None:
                plain[name] = resolved[name] = WILDCARD  # encoding the rest says that there is no such member
                continue
            offset, bits = spot.offset + part.offset, None
            if part.bits is not None:
                first, width = part.bits
                offset, bits = spot.offset + first // 8, (first % 8, width)
            inner = replace(spot, type=part.type, offset=offset, bits=bits, path=(*spot.path, name))
            plain[name], resolved[name] = self.split(inner, item)
        return plain, resolved

    def _both(self, spot: _Spot, patterns: Sequence[Any]) -> tuple[Any, Any]:
        """All patterns must fit; the first plain one goes into the payload, others are compared with theirs."""
        plain: Any = WILDCARD
        resolved: list[Any] = []
        for pattern in patterns:
            left, shown = self.split(spot, pattern)
            resolved.append(shown)
            if left is WILDCARD:
                continue
            if plain is WILDCARD:
                plain = left
            elif not isinstance(left, (list, tuple, dict)) and left != plain:
                text = f"{render_pattern(plain)} and {render_pattern(left)}"
                self.whys.append(f"{spot.text}: no value is both {text}; a test of bits says what they shall be")
            else:
                self.split(spot, OneOf((left,)))
        return plain, Both(tuple(resolved))

    # --- one condition ----------------------------------------------------------------------------------------------

    def _condition(self, spot: _Spot, pattern: Any) -> Any:
        match pattern:
            case Name(name=name):
                self._compare_bound(spot, Op.EQUAL, name)
                return pattern
            case Bind(name=name):
                return self._bind(spot, name) or pattern
            case Compare(op=op, value=Name(name=name)) if name in self.owner.registers:
                self._compare_bound(spot, _OPS[op], name)
                return pattern
            case Compare(op=op, value=value):
                return Compare(op, self._compare(spot, _OPS[op], value, pattern))
            case Between(low=low, high=high):
                limits = (
                    self._limit(spot, Op.GREATER_EQUAL, low, pattern),
                    self._limit(spot, Op.LESS_EQUAL, high, pattern),
                )
                return Between(*limits)
            case OneOf(values=listed):
                return OneOf(tuple(self._one_of(spot, listed)))
            case Bits(mask=mask, value=value):
                return self._bits(spot, mask, value)
            case Regex(pattern=text):
                return self._regex(spot, text)
        return self._predicate(spot, pattern)

    def _limit(self, spot: _Spot, op: Op, value: Any, pattern: Any) -> Any:
        if isinstance(value, Name) and value.name in self.owner.registers:
            self._compare_bound(spot, op, value.name)
            return value
        return self._compare(spot, op, value, pattern)

    def _add(self, head: bytes, *operands: int) -> None:
        self.conditions.append(head + struct.pack(f"<{len(operands)}Q", *operands))

    def _need_number(self, spot: _Spot, what: str) -> None:
        if spot.number_type is None:
            kind = "text" if spot.is_text else "no number"
            hint = "; == != in ~ and ?name are possible" if spot.is_text else ""
            message = f"{what} compares numbers, and this is {kind}{hint}"
            raise ValueError(message)
        if spot.bits is not None and sum(spot.bits) > _WORD:
            message = "a bit-field that lies in more than eight bytes cannot be compared"
            raise ValueError(message)

    def _compare(self, spot: _Spot, op: Op, value: Any, pattern: Any) -> Any:
        """Compare with a value; return it as it is seen in a call."""
        value = self.meant(value)
        if value is WILDCARD:
            return value
        if op is Op.NOT_EQUAL and _is_compared_whole(spot, value):
            return self._unlike(spot, value)
        if spot.number_type is None or spot.bits is not None:
            self._need_number(spot, render_pattern(pattern))
        if spot.number_type is ValueType.FLOATING:
            number = self._floating(spot, value)
            self._add(spot.head(op, words=1), spot.operand(number))
            return number
        whole = self._whole_number(spot, value)
        if op is Op.NOT_EQUAL:
            self._check_range(spot, whole)
        elif not self._narrow(spot, op, whole, pattern):
            return _seen(spot, whole)
        self._add(spot.head(op, words=1), spot.operand(whole))
        return _seen(spot, whole)

    def _unlike(self, spot: _Spot, value: Any) -> Any:
        if spot.path:
            message = "inside a value only numbers are compared by !=; a Python predicate can look at all of it"
            raise ValueError(message)
        at, mask = self.owner.payload(self.mocked, spot.index, value)
        self._add(replace(spot, type=None).head(Op.UNLIKE, words=2), at, mask)
        return value

    def _floating(self, spot: _Spot, value: Any) -> float:
        """The number as the C type has it: 0.1 of a float is not 0.1 of a double."""
        assert spot.type is not None  # noqa: S101 - for mypy
        return float(scalars.decode(spot.type, scalars.encode(spot.type, value)))

    def _whole_number(self, spot: _Spot, value: Any) -> int:
        if value is None and isinstance(spot.type, (Pointer, FunctionType)):
            return 0
        assert spot.type is not None  # noqa: S101 - for mypy
        if isinstance(value, str) or not hasattr(type(value), "__index__"):
            raw = scalars.encode(spot.type, value)  # a character, an enumerator, or what cannot be
            return int.from_bytes(raw, "little", signed=spot.number_type is ValueType.SIGNED)
        return operator.index(value)

    def _check_range(self, spot: _Spot, number: int) -> None:
        low, high = spot.range
        if not low <= number <= high:
            message = f"{scalars.shown(number)} is outside {low}..{high}"
            raise ValueError(message)

    def _narrow(self, spot: _Spot, op: Op, number: int, pattern: Any) -> bool:
        """Keep account of what is left of the range; False when the comparison is true of every number of the type."""
        key, (least, most) = (spot.index, spot.offset, spot.bits), spot.range
        low, high = self.ranges.get(key, (least, most))
        match op:
            case Op.LESS:
                here = (least, number - 1)
            case Op.LESS_EQUAL:
                here = (least, number)
            case Op.GREATER:
                here = (number + 1, most)
            case _:
                here = (number, most)
        low, high = max(low, here[0]), min(high, here[1])
        if low > high:
            text = render_pattern(pattern)
            message = f"{text} can never be: the type holds {least}..{most}"
            if here[0] <= most and here[1] >= least:
                message = f"no number can be all that is asked, of which {text} is the last"
            raise ValueError(message)
        self.ranges[key] = (low, high)
        return here[0] > least or here[1] < most

    def _one_of(self, spot: _Spot, listed: Sequence[Any]) -> Iterator[Any]:
        """Ask for one of several values."""
        if not listed:
            message = "in {} has no value, so nothing can be in it"
            raise ValueError(message)
        bad = [item for item in listed if isinstance(item, _NODES) or is_predicate(item)]
        bad += [item for item in listed if isinstance(item, Name) and item.name in self.owner.registers]
        if bad:
            message = f"in {{...}} lists values, and {render_pattern(bad[0])} is none"
            raise ValueError(message)
        meant = [self.meant(item) for item in listed]
        if any(item is WILDCARD for item in meant):
            return iter(meant)
        if not any(_is_compared_whole(spot, item) for item in meant):
            self._need_number(spot, "in {...}")
            operands = self._numbers(spot, meant)
            self._add(spot.head(Op.ONE_OF, words=len(operands)), *operands)
            return self._seen_ones(spot, meant)
        if spot.path:
            message = "inside a value only numbers can be listed by in {...}; a Python predicate can look at all of it"
            raise ValueError(message)
        if spot.is_text and spot.type is None and all(isinstance(item, (str, bytes)) for item in meant):
            operands = self._texts(spot, meant)
            self._add(spot.head(Op.ONE_OF, words=len(operands)), *operands)
        else:
            pairs = [self.owner.payload(self.mocked, spot.index, item) for item in meant]
            head = replace(spot, type=None).head(Op.LIKE, words=2 * len(pairs))
            self._add(head, *(word for pair in pairs for word in pair))
        return iter(meant)

    def _seen_ones(self, spot: _Spot, listed: Sequence[Any]) -> Iterator[Any]:
        """The values as they are seen in calls."""
        if spot.number_type is ValueType.FLOATING:
            return (self._floating(spot, item) for item in listed)
        return (_seen(spot, self._whole_number(spot, item)) for item in listed)

    def _numbers(self, spot: _Spot, listed: Sequence[Any]) -> list[int]:
        if spot.number_type is ValueType.FLOATING:
            return [spot.operand(self._floating(spot, item)) for item in listed]
        numbers = [self._whole_number(spot, item) for item in listed]
        for number in numbers:
            self._check_range(spot, number)
        return [spot.operand(number) for number in sorted(set(numbers))]

    def _texts(self, spot: _Spot, listed: Sequence[str | bytes]) -> list[int]:
        """Texts as the payload has them, sorted as C looks for them."""
        only: list[Any] = [WILDCARD] * len(self.mocked.ins)
        texts = set()
        for item in listed:
            only[spot.index] = item
            payload, _ = encode_args(self.mocked, only)
            _, described = struct.unpack_from("<QQ", payload, 8 * spot.seen.slot)
            at, size = described & 0xFFFF_FFFF, described >> 32
            texts.add(payload[at : at + size])
        return [self.owner.text(raw) for raw in sorted(texts, key=lambda raw: (len(raw), raw))]

    def _bits(self, spot: _Spot, mask: Any, value: Any) -> Any:
        mask, value = self.meant(mask), self.meant(value)
        if isinstance(mask, Name) or isinstance(value, Name):
            name = mask.name if isinstance(mask, Name) else value.name
            message = f"bits are tested against numbers, and {name} is known when the call comes only"
            raise TypeError(message)
        if mask is WILDCARD or value is WILDCARD:
            return WILDCARD
        if spot.number_type is None or spot.number_type is ValueType.FLOATING:
            message = "only whole numbers have bits to test"
            raise ValueError(message)
        self._need_number(spot, "a test of bits")
        width = spot.bits[1] if spot.bits is not None else 8 * values.size_of(spot.type)  # type: ignore[arg-type]
        numbers = [self._whole_number(spot, item) for item in (mask, value)]
        for number in numbers:
            if not -(1 << width - 1) <= number < 1 << width:
                message = f"{scalars.shown(number)} has bits beyond the {width} that there are"
                raise ValueError(message)
        of_mask, wanted = (number & (1 << width) - 1 for number in numbers)
        if wanted & ~of_mask:
            message = f"the bits {wanted & ~of_mask:#x} can never be set under the mask {of_mask:#x}"
            raise ValueError(message)
        self._add(spot.head(Op.BITS, words=2), of_mask, wanted)
        return Bits(of_mask, wanted)

    # --- names ------------------------------------------------------------------------------------------------------

    def _bind(self, spot: _Spot, name: str) -> Any:
        bound = self._bound_as(spot)
        before = self.owner.bound.setdefault(name, bound)
        if before.whole != bound.whole:
            message = f"?{as_written(name)} is bound to {bound.text} here, and elsewhere to {before.text}"
            raise ValueError(message)
        if bound.is_floating:
            self.owner.bound[name] = bound
        register = self.owner.registers[name]
        if bound.whole is None:
            self._add(spot.head(Op.BIND, register))
        else:
            mask = self._mask(spot)
            texts = [] if spot.is_text else [at << 32 | size for at, size in _texts_in(spot.element_type, 0)]
            words = (*spot.part(len(texts)), *struct.unpack(f"<{len(mask) // 8}Q", mask), *texts)
            self._add(spot.head(Op.BIND, register, words=len(words)), *words)
        self.owner.binding.add(self.mocked.number)

    def _bound_as(self, spot: _Spot) -> Bound:
        if spot.number_type is not None:
            self._need_number(spot, "?name")
            return Bound("a number", is_floating=spot.number_type is ValueType.FLOATING)
        if spot.seen.form == "list":
            message = f"{_listed(spot.seen)} cannot be bound"
            raise ValueError(message)
        if isinstance(spot.type, Array) and spot.type.length is None:
            message = "a flexible array is no part of a value, and cannot be bound"
            raise ValueError(message)
        if spot.is_text:
            return Bound("text", whole="text")
        ctype = spot.element_type
        text = type_text(ctype)
        if spot.type is None or isinstance(spot.type, Array):
            return Bound(f"an array of {text}", whole=Array(ctype, None))
        return Bound(text, whole=ctype)

    def _mask(self, spot: _Spot) -> bytes:
        """The bytes of one element that are a value, and not padding; empty when all are."""
        ctype = spot.element_type
        if spot.is_text:
            return b""
        _, mask = values.encode(ctype, values.decode(ctype, bytes(values.size_of(ctype))))
        size = 8 * spot.seen.words if not spot.is_part and not spot.seen.is_blob else len(mask)
        whole = mask.ljust(size, b"\0")
        return b"" if whole.count(0xFF) == len(whole) else whole.ljust(-(-size // 8) * 8, b"\0")

    def _compare_bound(self, spot: _Spot, op: Op, name: str) -> None:
        bound = self.owner.bound.get(name)
        here = self._bound_as(spot)
        if bound is not None and bound.whole != here.whole:
            message = f"{as_written(name)} is {bound.text}, and this is {here.text}"
            raise ValueError(message)
        if here.whole is not None and op not in {Op.EQUAL, Op.NOT_EQUAL}:
            self._need_number(spot, f"{next(text for text, known in _OPS.items() if known is op)} {as_written(name)}")
        part = () if here.whole is None else spot.part()
        self._add(spot.head(op, self.owner.registers[name], bound=True, words=len(part)), *part)

    # --- Python -----------------------------------------------------------------------------------------------------

    def _regex(self, spot: _Spot, text: str) -> Any:
        shown = render_pattern(Regex(text))
        if not spot.shown_as:
            message = f"{shown} looks at text, and this is none"
            raise ValueError(message)
        try:
            pattern = text if spot.shown_as == "text" else for_bytes(text)
            compiled: re.Pattern[Any] = re.compile(pattern)
        except re.error as error:
            message = f"{shown} is no regular expression for {spot.shown_as}: {error}"
            raise ValueError(message) from None
        found = automaton(pattern)
        if found is None:
            return Searched(text, self._ask(spot, compiled, shown).found)
        size = 0 if spot.type is None else values.size_of(spot.type)
        self._add(spot.head(Op.MATCHES, words=2), self.owner.automaton(pattern, found), size)
        return Regex(text)

    def _predicate(self, spot: _Spot, pattern: Any) -> Any:
        test = self.owner.functions.get(pattern.name) if isinstance(pattern, Predicate) else pattern
        if test is None:
            near = did_you_mean(pattern.name, self.owner.functions)
            given = near or f'; give it: init_lang(..., functions={{"{pattern.name}": f}})'
            message = f"no Python function is named {pattern.name!r}{given}"
            raise ValueError(message)
        why = misfit(test, 1)
        if why is not None:
            message = f"{function_name(test)} cannot judge an argument: {why}"
            raise ValueError(message)
        name = pattern.name if isinstance(pattern, Predicate) else getattr(test, "__name__", type(test).__name__)
        self._ask(spot, test, f"@{name}")
        return Judged(name, test)

    def _ask(self, spot: _Spot, test: Any, text: str) -> Asked:
        number, asked = self.owner.ask(Asked(self.mocked.number, spot.index, spot.path, test, text, self.place, {}))
        self._add(replace(spot, type=None).head(Op.PREDICATE, number))
        return asked


def _listed(seen: Field) -> str:
    """Say what an argument is whose items are captured one by one."""
    if not seen.walks:
        return "what is passed for `...`"
    (element,) = seen.items
    return "an array of strings" if scalars.is_string(element) else f"an array of {type_text(element)} with a sentinel"


def type_text(ctype: CType) -> str:
    """Name a type for messages."""
    return ctype.name if isinstance(ctype, Structure) else c_text(ctype) or "a type of its own"


def _texts_in(ctype: CType, at: int) -> Iterator[tuple[int, int]]:
    """Yield offset and size of the arrays of characters inside a value: what stands behind a NUL is no part of it."""
    match ctype:
        case Array(of=Integer(kind="char"), length=int(length)):
            yield at, length
        case Array(of=of, length=int(length)):
            for index in range(length):
                yield from _texts_in(of, at + index * values.size_of(of))
        case Structure(parts=parts):
            for part in parts:
                yield from _texts_in(part.type, at + part.offset)


def _seen(spot: _Spot, number: int) -> Any:
    """A number as the trace shows one of that type: an enumerator by its name, a character as one."""
    low, high = spot.range
    if spot.bits is not None or not low <= number <= high or spot.type is None or spot.is_bare:
        return number
    raw = (number & _ALL_BITS).to_bytes(_LARGEST, "little")
    return decode_value(spot.type, raw[: values.size_of(spot.type)])


def _is_compared_whole(spot: _Spot, value: Any) -> bool:
    """Whether equality to a value is more than that of two numbers: of no number, or of NULL in the place of memory."""
    return spot.number_type is None or (value is None and spot.seen.is_blob and not spot.path)
