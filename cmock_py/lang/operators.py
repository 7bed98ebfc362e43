"""Says what a tree needs: flattens what is a plain sequence of events, and names everything that is more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.errors import Fault, LanguageError
from cmock_py.lang.nodes import (
    AnswerEach,
    AnyTime,
    Between,
    Bind,
    Both,
    Compare,
    Define,
    Empty,
    Event,
    Include,
    Let,
    Name,
    Named,
    OneOf,
    OutValue,
    Par,
    Perm,
    Predicate,
    Regex,
    Repeat,
    Rest,
    Seq,
    Use,
    Wildcard,
    Xalt,
)
from cmock_py.lang.render import render_answer, render_operator, render_pattern
from cmock_py.lang.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.lang.nodes import Node, Source

_SIMPLE = frozenset({int, str, bytes, float, bool, type(None), Name, Wildcard})


def flatten(node: Node) -> list[Event]:
    """List the events of a tree of SEQ, EVENT and EMPTY in order; the position is the event's index everywhere.

    Raises:
        LanguageError: the tree holds anything else, each named with its place, or is nested too deep.

    >>> [event.function for event in flatten(Seq((Event("m", "f"), Seq((Empty(), Event("m", "g"))))))]
    ['f', 'g']
    """
    events: list[Event] = []
    faults: list[Fault] = []
    for item in walk(node):
        if item.__class__ is Event:
            events.append(item)
        elif not isinstance(item, (Seq, Empty)):
            faults.append(Fault(str(item.place), f"{_title(item)} is not part of a plain sequence"))
    if faults:
        raise LanguageError(faults)
    return events


def unsupported(node: Node) -> list[tuple[str, Source]]:
    """Name everything in a tree that goes beyond a plain sequence of events with plain values, in text order.

    Plain are EVENT, SEQ, EMPTY, values, ``_``, names, named arguments, out values, ``s = stack.new()`` and answers of
    Python functions.

    Returns:
        Pairs of a name as the text writes it (``"XALT"``, ``"?n"``, ``"range 1..64"``) and its place; empty when the
        tree is plain. What stands in an event has the place of the event.

    Raises:
        LanguageError: the tree is nested too deep.

    >>> names = unsupported(Seq((Repeat(Event("m", "f", (Between(1, 64),)), 0, None),)))
    >>> [name for name, place in names]
    ['REPLICATE', 'range 1..64']
    """
    found: list[tuple[str, Source]] = []
    for item in walk(node):
        if item.__class__ is Event:
            found += [(name, item.place) for name in _in_event(item)]
        elif not isinstance(item, (Seq, Empty)):
            found.append((_title(item), item.place))
    return found


def _title(node: Node) -> str:
    """Name an operator or a declaration as the text writes it."""
    match node:
        case Xalt() | Par() | Perm() | Repeat() | AnyTime():
            return render_operator(node)
        case Use():
            return f"do {node.name}"
        case Let():
            return f"let {node.name}"
        case Define():
            return f"lang {node.name}"
        case Include():
            return "include"
    return type(node).__name__


def _in_event(event: Event) -> Iterator[str]:
    """Name what goes beyond plain values in one event."""
    for arg in event.args:
        if arg.__class__ not in _SIMPLE:
            yield from _in_pattern(arg)
    if event.answer.__class__ not in _SIMPLE:
        yield from _in_answer(event.answer)


def _in_pattern(pattern: Any) -> Iterator[str]:
    """Name what goes beyond a plain value in one argument."""
    match pattern:
        case Named():
            yield from _in_pattern(pattern.pattern)
        case Between():
            yield f"range {render_pattern(pattern)}"
        case Compare():
            yield f"comparison {render_pattern(pattern)}"
        case Both():
            for inner in pattern.patterns:
                yield from _in_pattern(inner)
            yield "&"
        case Bind() | OneOf() | Regex() | Predicate() | Rest():
            yield render_pattern(pattern)
        case OutValue():
            yield from _in_value(pattern.value)
        case _:
            yield from _in_value(pattern)


def _in_answer(answer: Any) -> Iterator[str]:
    """Name an answer that is not a value."""
    match answer:
        case AnswerEach():
            yield f"-> {render_answer(answer)}"
        case _:
            yield from _in_value(answer)


def _in_value(value: Any) -> Iterator[str]:
    """Name patterns that Python terms have put inside a list, tuple or dict."""
    pending = [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, (list, tuple)):
            pending += reversed(inner)
        elif isinstance(inner, dict):
            pending += reversed(inner.values())
        elif isinstance(inner, (Named, Between, Compare, Both, Bind, OneOf, Regex, Predicate, Rest, OutValue)):
            yield f"{render_pattern(inner)} inside a value"
