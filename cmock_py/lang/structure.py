"""The structure of a language: its operators as a tree of parts over the numbers of its events.

What is written in many ways has one structure: sequences inside sequences are one, operators of one item are that item,
consecutive events are one run. So whatever works on languages (engines, explanations, drawings) has few cases and no
recursion on length: parts are nested as deep as the text, and a million events in a row are one part.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from cmock_py.errors import Fault, InternalError, LanguageError
from cmock_py.lang.limits import DEFAULT, around
from cmock_py.lang.nodes import (
    NOWHERE,
    AnyTime,
    Columns,
    Empty,
    Event,
    Par,
    Perm,
    Prefix,
    Repeat,
    Seq,
    Source,
    Xalt,
)
from cmock_py.lang.walk import refuse_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Node


PARTS = 2
"""Parts that one operator becomes, at most."""

_SPARE = 22
"""Parts around all operators, and below them."""


class Kind(IntEnum):
    """What a part means for the parts below it."""

    EMPTY = 0
    RUN = 1
    SEQ = 2
    XALT = 3
    REPEAT = 4
    PAR = 5
    PERM = 6
    ANY = 7
    PREFIX = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a language.

    Attributes:
        kind: what it is.
        first: number of the first event below it; all events below it have consecutive numbers.
        end: number behind the last event below it.
        parts: directly below it. Of `ANY` two: the sequence during which its calls may come, and a run of these.
        least: of `REPEAT` how often at least; of `RUN` how many of its events must come, from the first on, and of
            `PREFIX` how many of its parts: it is a `SEQ` that may end behind each part from then on.
        most: of `REPEAT` how often at most, None for no bound.
        place: where it is written.
    """

    kind: Kind
    first: int
    end: int
    parts: tuple[Part, ...] = ()
    least: int = 0
    most: int | None = None
    place: Source = NOWHERE


def refuse_depth(root: Part, events: Sequence[Event], limits: Limits) -> None:
    """Refuse parts that are nested deeper than the engines go.

    Raises:
        LanguageError: with the line where it gets too deep.
    """
    level, most = [root], PARTS * limits.depth + _SPARE
    for _ in range(most):
        level = [inner for part in level for inner in part.parts]
        if not level:
            return
    deep = level[0]
    called = around(event[:2] for event in islice(events, deep.first, deep.end))
    message = f"the language is nested more than {most} deep here when it is written out{called}"
    raise LanguageError([Fault(str(deep.place), message, limits.allowing_some("depth", 2))])


def structure(tree: Node, limits: Limits = DEFAULT) -> tuple[list[Event], Part]:
    """Find the events and the structure of an expanded tree.

    Args:
        tree: holds no declarations, tags or answer lists; `lang.expand` makes such a tree.
        limits: of events and depth.

    Returns:
        The events in the order of the text (what `ANY` lists comes behind the sequence around it), and the root.

    Raises:
        LanguageError: it is nested too deep, or has too many events.

    >>> from cmock_py.lang.nodes import Par
    >>> f, g = Event("m", "f"), Event("m", "g")
    >>> events, root = structure(Seq((f, Seq((g, Par((f, Seq((g, g)))))))))
    >>> root.kind.name, [(part.kind.name, part.first, part.end) for part in root.parts]
    ('SEQ', [('RUN', 0, 2), ('PAR', 2, 5)])
    """
    builder = _Builder(tree, limits, [])
    root = builder.part(tree)
    refuse_depth(root, builder.events, limits)
    return builder.events, root


@dataclass(frozen=True, slots=True)
class _Builder:
    """Numbers the events while the parts are made."""

    tree: Node
    limits: Limits
    events: list[Event]

    def part(self, node: Node) -> Part:
        first, place = len(self.events), node.place
        match node:
            case Event():
                return self._run((node,), 1, place)
            case Empty():
                return Part(Kind.EMPTY, first, first, place=place)
            case Seq(items=items):
                return self._sequence(items, place)
            case Xalt(items=items):
                return self._of(Kind.XALT, [self.part(item) for item in items], first, place)
            case Par(items=items):
                return self._of(Kind.PAR, self._parts(items, Kind.PAR), first, place)
            case Perm(items=items):
                return self._of(Kind.PERM, self._parts(items), first, place)
            case Repeat(body=body, least=least, most=most):
                return self._repeat(self.part(body), least, most, place)
            case Prefix(items=items, least=least):
                return self._prefix(items, least, place)
            case Columns(count=count):
                self._refuse_more(count)
                empty = Part(Kind.EMPTY, first, first, place=place)
                return self._run(map(node.event, range(count)), None, place) if count else empty
            case AnyTime():
                return self._sequence((node,), place)
        message = f"{type(node).__name__} in a tree that should be expanded"
        raise InternalError(message)

    def _run(self, events: Iterable[Any], least: int | None, place: Source) -> Part:
        first = len(self.events)
        self.events.extend(events)
        end = len(self.events)
        self._refuse_more(0)
        return Part(Kind.RUN, first, end, least=end - first if least is None else least, place=place)

    def _refuse_more(self, count: int) -> None:
        """Look whether so many more events are allowed."""
        if len(self.events) + count > self.limits.events:
            refuse_events(self.tree, self.limits)

    def _of(self, kind: Kind, parts: list[Part], first: int, place: Source) -> Part:
        """An operator of one part is that part, and of none nothing."""
        if len(parts) == 1:
            return parts[0]
        kind = kind if parts else Kind.EMPTY
        return Part(kind, first, len(self.events), tuple(parts), place=place)

    def _parts(self, items: Iterable[Node], inline: Kind | None = None) -> list[Part]:
        """The parts of items that all must come: without empty ones, with those of `inline` parts in their place."""
        found: list[Part] = []
        for item in items:
            part = self.part(item)
            if part.kind is inline:
                found += part.parts
            elif part.kind is not Kind.EMPTY:
                found.append(part)
        return found

    def _sequence(self, items: tuple[Node, ...], place: Source) -> Part:
        """Make runs of consecutive events; calls of ANY are free while the whole sequence is."""
        first = len(self.events)
        background = [event for item in items if item.__class__ is AnyTime for event in item.items]
        body = self._of(Kind.SEQ, self._in_sequence(items), first, place)
        if not background:
            return body
        calls = self._run(background, None, place)
        return Part(Kind.ANY, first, len(self.events), (body, calls), place=place)

    def _in_sequence(self, items: tuple[Node, ...]) -> list[Part]:
        """Make one run of events that follow each other, wherever the text has brackets around them."""
        found: list[Part] = []
        for kind, group in groupby(items, type):
            if kind is Event:
                events = tuple(group)
                self._append(found, self._run(events, None, events[0].place))
            elif kind is not AnyTime:
                for part in map(self.part, group):
                    for inner in part.parts if part.kind is Kind.SEQ else (part,):
                        self._append(found, inner)
        return found

    @staticmethod
    def _append(found: list[Part], part: Part) -> None:
        """Add a part of a sequence; a run behind a run goes on with it."""
        if found and _is_whole_run(found[-1]) and _is_whole_run(part):
            first, place = found[-1].first, found[-1].place
            found[-1] = Part(Kind.RUN, first, part.end, least=part.end - first, place=place)
        elif part.kind is not Kind.EMPTY:
            found.append(part)

    def _repeat(self, body: Part, least: int, most: int | None, place: Source) -> Part:
        if body.kind is Kind.EMPTY or least == most == 1:
            return body
        return Part(Kind.REPEAT, body.first, body.end, (body,), least, most, place)

    def _prefix(self, items: tuple[Node, ...], least: int, place: Source) -> Part:
        """Items that are events are a run."""
        if set(map(type, items)) == {Event}:
            return self._run(items, least, place)
        if least >= len(items):
            return self._sequence(items, place)
        first = len(self.events)
        parts = tuple(map(self.part, items))
        return Part(Kind.PREFIX, first, len(self.events), parts, least, place=place)


def _is_whole_run(part: Part) -> bool:
    return part.kind is Kind.RUN and part.least == part.end - part.first
