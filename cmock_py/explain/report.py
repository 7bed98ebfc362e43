"""The nouns of explaining: what can differ between calls and language, and the verdict that holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cmock_py.lang.limits import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Event, Source
    from cmock_py.lang.structure import Part
    from cmock_py.trace import Stop

Direction: TypeAlias = Literal["early", "late"]


_NO_FILE = ("language", "?")
"""What a text is called that is not in a file, and what has no place."""
LINES = 30
"""Lines of a report, unless more are asked for."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """The language that calls are compared with.

    Attributes:
        events: as recorded calls would show them, decoded lazily, by their numbers.
        root: the structure over these numbers; None when they come one after another.
        name: of the language's text or file, ``""`` when it has none, None when no language is set.
        written: the same events as they were written, of which only functions and places are looked at; they save
            decoding. None: there are no others.
        own: whether the numbers of events in calls are those of this language, as it is the one that ran.
        functions: what predicates are called, ``@is_even``.
        limits: that the language was read with.
    """

    events: Sequence[Event] = ()
    root: Part | None = None
    name: str | None = None
    written: Sequence[Event] | None = None
    own: bool = True
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    limits: Limits = DEFAULT

    @property
    def placed(self) -> Sequence[Event]:
        """The events with their functions and places, and perhaps not as recorded calls would show them."""
        return self.written or self.events

    def file_of(self, place: Source) -> str:
        """Name the file of a place, as of an included one, if reports are not headed by it; else ``""``."""
        file = PurePath(place.name).name
        return "" if not self.name or file in {PurePath(self.name).name, *_NO_FILE} else file

    def line_of(self, place: Source) -> str:
        """Name the line of a place, ``line 3`` or ``line 3 of bus.mock``; ``""`` when it is not known."""
        file = self.file_of(place)
        return (f"line {place.line}" + (f" of {file}" if file else "")) if place.line else ""

    def number_of(self, place: Source) -> str:
        """Number the line of a place for a margin: ``3``, ``bus.mock:3`` in an included file, or ``""``."""
        file = self.file_of(place)
        return (f"{file}:{place.line}" if file else str(place.line)) if place.line else ""

    def on_line(self, place: Source) -> str:
        """Say on which line a place is, as part of a sentence: `` on line 3``."""
        line = self.line_of(place)
        return f" on {line}" if line else ""

    def in_brackets(self, place: Source) -> str:
        """Name the line of a place behind a word: `` (line 3)``."""
        line = self.line_of(place)
        return f" ({line})" if line else ""


@dataclass(frozen=True, slots=True)
class WrongArgument:
    """One argument that does not match its pattern.

    Attributes:
        name: the name of the argument.
        expected: the pattern of the event, a plain value that may hold wildcards.
        actual: the value that was passed; `trace.Truncated` when only its first part was kept.
    """

    name: str
    expected: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A call got another answer than the language of this check says.

    Attributes:
        call: index in the trace, from 0.
        event: index in the language, from 0.
        expected: the answer of the event.
        actual: the answer that the call got while the SUT ran.
        errno: what the event says of ``errno``, and what the call left in it (None: it left it alone); None where these
            do not differ.
    """

    call: int
    event: int
    expected: Any
    actual: Any
    errno: tuple[int | str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """The right function was called with wrong arguments.

    Attributes:
        call: index in the trace, from 0.
        event: index in the language, from 0.
        arguments: those that differ; empty when the decoded values show no difference and the bytes in C do.
        answer: what the call was answered, when that is not what the event answers either.
    """

    call: int
    event: int
    arguments: tuple[WrongArgument, ...]
    answer: WrongAnswer | None = None


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A call, by its index in the trace, that the language has no event for."""

    call: int


@dataclass(frozen=True, slots=True)
class Missing:
    """An event, by its index in the language, that was never called."""

    event: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A call that was made, but earlier or later than the language says.

    Attributes:
        call: index in the trace, from 0.
        event: index in the language of the event that the call belongs to.
        direction: whether the call came too early or too late.
    """

    call: int
    event: int
    direction: Direction


Difference: TypeAlias = Wrong | WrongAnswer | Unexpected | Missing | Moved


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check decided, as data and as words; true when the calls are what the language says.

    Attributes:
        ok: the decision.
        differences: in the order of the calls.
        stop: what stopped the SUT, or None; a verdict with a stop is false even when nothing differs.
        report: the words.
        complete: whether `differences` is all there is to say, and no search was cut short.
    """

    ok: bool
    differences: tuple[Difference, ...]
    stop: Stop | None
    report: str
    complete: bool = True

    def __bool__(self) -> bool:
        """Be as true as the decision."""
        return self.ok

    def __str__(self) -> str:
        """Say the report."""
        return self.report
