"""Shows events with the constants that the language names, ``READ|WRITE``, where recorded calls have numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.lang.names import everything_in
from cmock_py.lang.nodes import Flags, Name, Named

if TYPE_CHECKING:
    from cmock_py.explain.report import Expectation
    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call


def in_its_words(language: Expectation, number: int) -> Event:
    """Take an event as recorded calls would show it, but with the constants of the headers as they were written.

    >>> from cmock_py.explain.report import Expectation
    >>> from cmock_py.lang.nodes import Event
    >>> decoded, written = Event("i2c", "start", (80, 2)), Event("i2c", "start", (80, Name("RESTART")))
    >>> in_its_words(Expectation((decoded,), written=(written,)), 0).args
    (80, Name(name='RESTART'))
    """
    event = language.events[number]
    written = language.placed[number]
    if len(event.args) != len(written.args) or any(arg.__class__ is Named for arg in written.args):
        return event
    both = zip(written.args, event.args, strict=True)
    args = tuple(said if _names_constants(said, arg) else arg for said, arg in both)
    answer = written.answer if _names_constants(written.answer, event.answer) else event.answer
    return event._replace(args=args, answer=answer)


def patterns(language: Expectation, number: int, call: Call) -> dict[str, Any]:
    """The patterns of an event that name constants, as they were written, by the names of a call's arguments."""
    said, decoded = in_its_words(language, number).args, language.events[number].args
    every = zip(call.names, said, decoded, strict=False)
    return {name: pattern for name, pattern, shown in every if _names_constants(pattern, shown)}


def _names_constants(written: Any, decoded: Any) -> bool:
    """Whether names or flags were written that are numbers now; a name that calls bind is one in both."""
    if written.__class__ is int or written.__class__ is str:
        return False
    return _count_names(written) > _count_names(decoded)


def _count_names(value: Any) -> int:
    return sum(part.__class__ is Name or part.__class__ is Flags for part in everything_in(value))
