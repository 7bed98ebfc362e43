"""How an event takes a call: by the arguments that count while the SUT runs, or by all of them and the answer."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from cmock_py.lang.names import errno_number
from cmock_py.lang.nodes import REAL, WILDCARD, Name, OutValue, answer_of
from cmock_py.lang.patterns import asked, bound, fits, pairs, says, substitute, while_running
from cmock_py.lang.residuals import Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cmock_py.lang.nodes import Event
    from cmock_py.lang.residuals import Take
    from cmock_py.trace import Call

    Matched = Callable[[Call, int], bool]


def running(call: Call, matched: Matched) -> Take:
    """While the SUT runs: `matched` says which arguments decide whether the call is taken; what all say is noted."""

    def take(event: Event, values: Mapping[str, Any]) -> Taken | None:
        if not of_function(event, call):
            return None
        wrong, binds = _compare(event, call, values, checking=False)
        if any(index is not None and matched(call, index) for index in wrong):
            return None
        return Taken(answer(event, {**values, **dict(binds)}), binds, not wrong, event.answer is None)

    return take


def checking(call: Call) -> Take:
    """In a check: all arguments decide, and the answer that was given."""

    def take(event: Event, values: Mapping[str, Any]) -> Taken | None:
        if not of_function(event, call):
            return None
        wrong, binds = _compare(event, call, values, checking=True)
        given = answer(event, {**values, **dict(binds)})
        said = (WILDCARD, *given[1:]) if event.answer is None else given  # not that of a handle either
        agrees = (call.is_real and event.answer == REAL) or says(said, _given(call, said))
        return Taken(given, binds) if not wrong and agrees else None

    return take


def of_function(event: Event, call: Call) -> bool:
    """Decide whether the event is of the function that was called; a text may leave the module out."""
    return event.function == call.function and (event.module == call.module or not event.module or not call.module)


def answer(event: Event, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """All that the event answers, in a form that can be compared: the value, ``errno``, and what it writes."""
    value = Name(event.binds) if event.binds is not None and event.answer is None else event.answer
    written = tuple((out.name, substitute(out.value, values)) for out in event.args if out.__class__ is OutValue)
    return (
        None if value is None else answer_of(substitute(value, values)),
        values.get(str(event.errno), errno_number(event.errno)),
        written,
    )


def _compare(
    event: Event, call: Call, values: Mapping[str, Any], *, checking: bool
) -> tuple[list[int | None], tuple[tuple[str, Any], ...]]:
    """Find the arguments that are not what the event says, None: their number; and the names that it binds."""
    found = pairs(event, call.names, call.args)
    if found is None:
        return [None], ()
    wrong: list[int | None] = []
    binds: tuple[tuple[str, Any], ...] = ()
    for index, pattern in found:
        value = call.args[index]
        known = asked(pattern, {**values, **dict(binds)})
        if not fits(known if checking else while_running(known), value):
            wrong.append(index)
        binds += tuple(bound(pattern, value))
    return wrong, binds


def answered(call: Call, said: Any) -> Any:
    """What a call was answered; of an array that a real function has filled, nobody knows how much of it is valid."""
    if not (call.is_real and isinstance(said, tuple) and isinstance(call.answer, tuple)):
        return call.answer
    return tuple(
        out[: len(wanted)] if isinstance(out, (list, bytes)) and isinstance(wanted, (list, bytes, str)) else out
        for wanted, out in zip_longest(said, call.answer)
    )


def _given(call: Call, said: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a call was answered, in the form of what an event says."""
    value, written = answered(call, said[0]), said[-1]
    outs: tuple[tuple[str, Any], ...] = ()
    if written and isinstance(value, tuple):
        names = call.outs or [name for name, _ in written]
        value, outs = value[-1], tuple(zip(names, value, strict=False))
    return value, call.errno, outs
