"""The expectation language as a tree: the nouns that text and Python terms both become.

`Event` is the leaf and comes by the million, so it is a named tuple made by one call; all other nodes are frozen
dataclasses. Terms (`lang.terms`) and text (`lang.parse`) that mean the same compare equal: places take no part.

Values are plain Python in both spellings: an array is a list, a struct a dict, NULL is None, and a tuple stands only
for ``(outs..., ret)``. Lists and dicts inside a node are never changed after it is made; many events may share them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Self, TypeAlias

from cmock_py.errors import ArgumentTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Source:
    """A place in the language: text or Python file, line from 1, column from 1 (0 when unknown)."""

    name: str
    line: int
    column: int = 0

    def __str__(self) -> str:
        """Render as ``stack.mock:3:20``."""
        return f"{self.name}:{self.line}" + (f":{self.column}" if self.column else "")


NOWHERE = Source("?", 0)


class PutIn(str):
    """The `source` of an event that a definition puts in with values of its own; it knows the uses, outermost first."""

    __slots__ = ("uses",)
    uses: tuple[Use, ...]

    def __new__(cls, source: str, uses: Iterable[Use] = ()) -> Self:
        """Add *uses* to the name of the text in which the definition stands."""
        found = super().__new__(cls, source)
        found.uses = tuple(uses)
        return found


class Event(NamedTuple):
    """One expected call and its answer.

    Attributes:
        module: the spec's module name; ``""`` when the text gave none.
        function: the spec's function name.
        args: one pattern per visible argument: a plain Python value, `WILDCARD`, or a pattern node below.
        answer: None where it says none, as for void; a value, `NULL`, a tuple ``(outs..., ret)``, or an answer node
            (`AnswerEach`, ...).
        errno: the value of ``errno`` after the call as an int or a name (``"EINTR"``), or None to leave it.
        binds: the name that the returned fresh handle gets (``s = stack.new()``), or None.
        source: name of the text or the Python file that says so.
        line: its line, from 1.
        column: its column, from 1, or 0.
    """

    module: str
    function: str
    args: tuple[Any, ...] = ()
    answer: Any = None
    errno: int | str | None = None
    binds: str | None = None
    source: str = "?"
    line: int = 0
    column: int = 0

    @property
    def key(self) -> tuple[Any, ...]:
        """All that the event means: everything but its place."""
        return self[:6]

    @property
    def place(self) -> Source:
        """Where the event is written."""
        return Source(self.source, self.line, self.column)

    def returns(self, *answers: Any, errno: int | str | None = None) -> Event:
        """Copy the event with an answer.

        Args:
            answers: the result; where there are out arguments, their values and then the result; None for NULL and
                for void; or a Python function that computes it.
            errno: what the call leaves in ``errno``; None leaves it alone.

        >>> Event("speed", "get").returns([42, 44], True, errno="EINTR").answer
        ([42, 44], True)
        """
        answer = answers if len(answers) > 1 else answer_of(answers[0]) if answers else None
        errno = self.errno if errno is None else errno
        parts = *self[:3], answer, errno, *self[5:]
        return tuple.__new__(self.__class__, parts)  # by the million: `_replace` takes longer

    def named(self, name: str) -> Event:
        """Copy the event with a name for its result, by which later events know it: ``VAR(name)``."""
        return self._replace(binds=name)

    def __or__(self, other: object) -> NoReturn:
        """Refuse what a text writes: terms are joined by operators with names."""
        raise _no_operator("|", "XALT(a, b)")

    def __add__(self, other: object) -> NoReturn:
        """Refuse to be a tuple."""
        raise _no_operator("+", "SEQ(a, b)")

    def __mul__(self, other: object) -> NoReturn:
        """Refuse to be a tuple."""
        raise _no_operator("*", "REPEAT(3, 3, a)")

    def __rmul__(self, other: object) -> NoReturn:
        """Refuse to be a tuple."""
        raise _no_operator("*", "REPEAT(3, 3, a)")

    def __eq__(self, other: object) -> bool:
        """Compare what the events mean, not where they are written."""
        return isinstance(other, Event) and self[:6] == other[:6]

    def __ne__(self, other: object) -> bool:
        """Negate ``==``; a tuple would compare the places, too."""
        return not self == other

    def __hash__(self) -> int:
        """Hash what the event means; arrays and structs, which have no hash, count by a copy that has one."""
        try:
            return hash(self[:6])
        except TypeError:
            return hash(tuple(_hashable(part) for part in self[:6]))


def _no_operator(sign: str, instead: str) -> ArgumentTypeError:
    return ArgumentTypeError(f"an event takes no {sign}; write {instead}")


def plain(item: Any) -> Any:
    """Make an `Event` of one of a class below it, so that the language need only look for the class itself."""
    return tuple.__new__(Event, item) if isinstance(item, Event) else item


def _hashable(value: Any) -> Any:
    """Copy a value so that equal values get equal hashes; what stays without a hash counts as one and the same."""
    match value:
        case list() | tuple():
            return tuple(map(_hashable, value))
        case dict():
            return frozenset((key, _hashable(inner)) for key, inner in value.items())
        case bytearray():
            return bytes(value)
    try:
        hash(value)
    except TypeError:
        return None
    return value


# --- patterns of arguments ------------------------------------------------------------------------------------------


class Pattern:
    """What an argument is compared with, and no plain value; two are joined by ``&``."""

    __slots__ = ()

    def __and__(self, other: Any) -> Both:
        """Match what both match: ``GT(0) & LT(10)``."""
        mine = self.patterns if isinstance(self, Both) else (self,)
        theirs = other.patterns if isinstance(other, Both) else (other,)
        return Both((*mine, *theirs))


class Number:
    """A name of a number; several are joined by ``|``."""

    __slots__ = ()

    def __or__(self, other: Any) -> Flags:
        """Join bits: ``VAR("READ") | VAR("WRITE")``."""
        return Flags((*_flags(self), *_flags(other)))

    def __ror__(self, other: Any) -> Flags:
        """Join bits of a number and a name."""
        return Flags((*_flags(other), *_flags(self)))


def _flags(part: Any) -> tuple[Any, ...]:
    return part.parts if isinstance(part, Flags) else (part,)


class _Single:
    """A class of one object, however often it is made; a copy of it is the same."""

    __slots__ = ()
    _one: Self | None = None

    def __new__(cls) -> Self:
        """Return the one."""
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one


class Wildcard(_Single):
    """Matches any value; as an out-value it leaves the SUT's memory untouched. There is one: `WILDCARD`."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Write it as the text does."""
        return "_"


WILDCARD = Wildcard()


class Null(_Single):
    """An answer of NULL; None is none at all. There is one: `NULL`."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Write it as the text does."""
        return "NULL"


NULL = Null()


def answer_of(value: Any) -> Any:
    """Make an answer of a value that is given: None is then NULL, and no answer left out.

    >>> answer_of(None), answer_of(4)
    (NULL, 4)
    """
    return NULL if value is None else value


@dataclass(frozen=True, slots=True)
class Name(Number):
    """A name that is resolved when the language is bound: a handle, an enumerator, a macro, ``NULL``, ``true``."""

    name: str


@dataclass(frozen=True, slots=True)
class Flags(Number):
    """``READ|WRITE|0x10``: numbers and names of numbers, all their bits together."""

    parts: tuple[Name | int, ...]


@dataclass(frozen=True, slots=True)
class Bind(Pattern):
    """``?n``: binds the argument's value to a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Compare(Pattern):
    """``>= 5``: an argument compared with a value; `op` is one of ``== != <= >= < >``."""

    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Between(Pattern):
    """``1..64``: an argument within both bounds, inclusive."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class OneOf(Pattern):
    """``in {1, 2}``: an argument equal to one of the values."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bits(Pattern):
    """``bits 0x0F == 0x05``: a number whose bits under a mask are these; ``bits 0x80``: they all are 1."""

    mask: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Regex(Pattern):
    """``~"GET .*"``: a string argument that the regular expression matches."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Predicate(Pattern):
    """``@is_even``: an argument that a Python function accepts."""

    name: str


@dataclass(frozen=True, slots=True)
class Both(Pattern):
    """``> 0 & < 10``: an argument that all patterns match."""

    patterns: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """``val: 4``: a pattern for the parameter of that name."""

    name: str
    pattern: Any


@dataclass(frozen=True, slots=True)
class OutValue:
    """``*speed = 42``: the value written through the out parameter of that name."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Rest:
    """``...``: any further arguments."""


# --- answers that are more than a value -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerEach:
    """``-> each [1, 2, 3]``: one answer per repetition."""

    answers: tuple[Any, ...]


@dataclass(frozen=True, slots=True, repr=False)
class AnswerReal:
    """``-> @real``: call through to the real function. `REAL` is one."""

    def __repr__(self) -> str:
        """Write it as the text does."""
        return "@real"


REAL = AnswerReal()


@dataclass(frozen=True, slots=True)
class AnswerFrom:
    """``-> @name``: a Python callable computes the answer."""

    name: str


# --- operators ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Empty:
    """``EMPTY``: expects nothing."""

    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Seq:
    """``SEQ[...]``: the items one after another."""

    items: tuple[Node, ...]
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Xalt:
    """``XALT[...]``: exactly one of the items; all choices with one tag go the same way."""

    items: tuple[Node, ...]
    tag: str | None = None
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Par:
    """``PAR[...]``: all items, their calls arbitrarily interleaved."""

    items: tuple[Node, ...]
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Perm:
    """``PERM[...]``: all items in some order, each run to completion."""

    items: tuple[Node, ...]
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Repeat:
    """The body `least` to `most` times, None for no bound: REPLICATE, OPTIONAL, AT_LEAST, ``*``, ``{2..5}``."""

    body: Node
    least: int
    most: int | None
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Counted:
    """``REPEAT(LIMIT)[...]``: a repetition whose counts are names; becomes `Repeat` when it is known what they mean."""

    body: Node
    least: int | Name
    most: int | Name | None
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Prefix:
    """The first items one after another, `least` at least; ``-> each [1, 2, 3]`` becomes it, and no text writes it.

    Each item makes a call.
    """

    items: tuple[Node, ...]
    least: int
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class AnyTime:
    """``ANY[...]``: the calls may come at any time while the enclosing sequence is active."""

    items: tuple[Node, ...]
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Use:
    """``do name(values)``: a defined language put in here."""

    name: str
    values: tuple[Any, ...]
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Columns:
    """Many calls of one function in a row, an argument a column; events are made of it one at a time.

    Attributes:
        module: the spec's module name.
        function: the spec's function name.
        args: one sequence of values per visible argument, or `WILDCARD`.
        answers: a sequence of values, or None for void.
        count: of the calls.
    """

    module: str
    function: str
    args: tuple[Any, ...]
    answers: Any
    count: int
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)

    def event(self, index: int) -> Event:
        """Make the event of one call."""
        args = tuple(column if column is WILDCARD else column[index] for column in self.args)
        answer = None if self.answers is None else answer_of(self.answers[index])
        return Event(self.module, self.function, args, answer, None, None, self.place.name, self.place.line)


# --- declarations ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Let:
    """``let name = value``."""

    name: str
    value: Any
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Define:
    """``lang name(params) = body``."""

    name: str
    params: tuple[str, ...]
    body: Node
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Include:
    """``include "file"``."""

    file: str
    place: Source = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


Operator: TypeAlias = Seq | Xalt | Par | Perm | AnyTime | Repeat | Counted
"""What a text writes as a word with brackets."""

Node: TypeAlias = Event | Empty | Operator | Prefix | Columns | Use | Let | Define | Include


def repeated(body: Node, least: int | Name, most: int | Name | None, place: Source) -> Repeat | Counted:
    """Repeat a body; a count that is a name waits for what it means."""
    if isinstance(least, Name) or isinstance(most, Name):
        return Counted(body, least, most, place=place)
    return Repeat(body, least, most, place=place)
