"""Says, while the SUT runs, why a call is refused: what came, what was expected instead, where it would be right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cmock_py.explain.cause import at_place, explaining_failed, in_thread
from cmock_py.explain.details import argument_details
from cmock_py.explain.expected import expected, with_line
from cmock_py.explain.match import differing, same_function
from cmock_py.explain.pairing import Pairing
from cmock_py.explain.refused import nearest
from cmock_py.explain.situation import residuals_of, situation
from cmock_py.explain.suggest import hint_for_call
from cmock_py.explain.table import Gap, Row, draw, wrong_row
from cmock_py.explain.values import counted, function_name, show_call
from cmock_py.explain.written import patterns
from cmock_py.lang.nodes import REAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cmock_py.explain.report import Expectation, WrongArgument
    from cmock_py.explain.residual import Residuals
    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call

SHOWN = 4
"""Calls that are shown, the refused one among them."""


def unexpected_call(call: Call, calls: Sequence[Call], language: Expectation, position: int) -> str:
    """Write the message of `UnexpectedCall`.

    Args:
        call: the refused call.
        calls: the trace; it may hold the refused call already, or end before it.
        language: what was expected.
        position: where the events come one after another, the index of the one that was expected; their number when all
            were called.

    Returns:
        Lines without trailing spaces; the first says what happened. What goes wrong in explaining is noted below it.
    """
    try:
        residuals = residuals_of(language)
        if residuals is None:
            return _explained(call, calls, language, position)
        return _explained_by_parts(call, calls, language, residuals)
    except Exception as error:  # noqa: BLE001 - explaining must never replace the failure
        plain = f"unexpected call #{call.index + 1}: {function_name(call)}{at_place(call)}"
        return f"{plain}\n\n{explaining_failed(error)}"


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a refused call and those before it are understood.

    Attributes:
        nearest: the event that might come now and differs least from the refused call, or None.
        wrong: the arguments of the refused call that differ from it.
        said: what an event asks for, what is bound at a call in the place of its names.
        meant: the events that calls were meant for; None: nobody knows, and they stand beside the events that were
            noted, if these fit.
    """

    nearest: int | None
    wrong: tuple[WrongArgument, ...]
    said: Callable[[int, int], Event]
    meant: Mapping[int, int] | None


def _explained(call: Call, calls: Sequence[Call], language: Expectation, position: int) -> str:
    """Write the message for events that come one after another."""
    events = language.events
    number = position if position < len(events) and same_function(events[position], call) else None
    wrong = () if number is None else differing(events[number], call)
    hint = hint_for_call(call, language, position)
    reading = _Reading(number, wrong, lambda j, _: events[j], {})
    return _message(call, calls, language, reading, _expected(language, position), hint)


def _explained_by_parts(call: Call, calls: Sequence[Call], language: Expectation, residuals: Residuals) -> str:
    """Write the message for a language of any shape."""
    from cmock_py.explain.why import hint_for_refused

    now = situation(language, residuals, calls, call.index)
    pairing = Pairing(calls, language, answers=False, work=residuals.work)
    number, wrong = nearest(call, pairing, now)

    def said(j: int, i: int) -> Event:
        return pairing.said(j, now.bound_before(i) if pairing.asks_for_names(j) else ())

    reading = _Reading(number, wrong, said, dict(now.made) if now.sure else None)
    return _message(call, calls, language, reading, expected(now), hint_for_refused(call, now))


def _message(  # noqa: PLR0917 - the parts of one message
    call: Call,
    calls: Sequence[Call],
    language: Expectation,
    reading: _Reading,
    expected: Sequence[str],
    hint: str | None,
) -> str:
    lines = [f"unexpected call #{call.index + 1}: {show_call(call)}{at_place(call)}{in_thread(call.thread)}", ""]
    lines += _calls_so_far(call, calls, language, reading)
    written = {} if reading.nearest is None else patterns(language, reading.nearest, call)
    for wrong in reading.wrong:
        lines += ["", *(f"      {line}" for line in argument_details(wrong, written.get(wrong.name)))]
    lines += ["", *expected]
    if hint:
        lines += ["", f"   hint: {hint}"]
    return "\n".join(lines)


def _calls_so_far(call: Call, calls: Sequence[Call], language: Expectation, reading: _Reading) -> list[str]:
    """Draw the last calls beside their events; the refused one below, beside the event whose arguments it has not."""
    first = max(0, call.index + 1 - SHOWN)
    first = 0 if first == 1 else first  # the line that would count it can show it
    shown = {k: calls[k] for k in range(first, call.index)}
    if reading.meant:
        shown = {k: replace(made, event=reading.meant.get(k, made.event)) for k, made in shown.items()}
    rows: list[Row | Gap] = [Gap(f"... {counted(first, 'call')} before")] if first else []
    rows += [_row(shown[k], k, len(language.events), reading) for k in shown]
    is_near = reading.nearest is not None and reading.wrong
    rows.append(wrong_row(call.index, reading.nearest or 0, len(reading.wrong)) if is_near else _refused(call.index))
    return draw(rows, {**shown, call.index: call}, language)


def _refused(index: int) -> Row:
    return Row("+", index, None, "<- not expected here")


def _row(call: Call, index: int, events: int, reading: _Reading) -> Row:
    """Put a call beside the event that answered it; its arguments were not compared when it came."""
    if call.event is None and call.answer == REAL:
        return Row(" ", index, None, "<- answered by the real function")
    if call.event is None or call.event >= events:
        return Row(" ", index, None)
    event = reading.said(call.event, index)
    wrong = differing(event, call) if same_function(event, call) else ()
    if wrong and reading.meant is None:
        return Row(" ", index, None)
    return wrong_row(index, call.event, len(wrong)) if wrong else Row(" ", index, call.event)


def _expected(language: Expectation, position: int) -> list[str]:
    """Say what would have been right."""
    events = language.events
    if language.name is None:
        return ["      expected at this point: nothing, no language is set (call init_lang first)"]
    if position >= len(events):
        said = "the language is complete" if len(events) else "the language is empty"
        return [f"      expected at this point: nothing, {said}"]
    return ["      expected at this point:", f"        {with_line(position, language)}"]
