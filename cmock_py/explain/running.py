"""Says, while the SUT runs, why a call is refused: what came, what was expected instead, where it would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.explain.cause import at_place, explaining_failed, in_thread
from cmock_py.explain.details import argument_details
from cmock_py.explain.match import differing, same_function
from cmock_py.explain.suggest import hint_for_call
from cmock_py.explain.table import Gap, Row, draw, wrong_row
from cmock_py.explain.values import counted, function_name, show_call, show_event
from cmock_py.lang.nodes import REAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.explain.report import WrongArgument
    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call

SHOWN = 4
"""Calls that are shown, the refused one among them."""


def unexpected_call(
    call: Call, calls: Sequence[Call], events: Sequence[Event], position: int, language_name: str | None
) -> str:
    """Write the message of `UnexpectedCall`.

    Args:
        call: the refused call.
        calls: the trace; it may hold the refused call already, or end before it.
        events: the language; empty when there is none.
        position: index of the event that was expected; the number of events when all were called.
        language_name: name of the language's text or file, ``""`` when it has none, or None before `init_lang`.

    Returns:
        Lines without trailing spaces; the first says what happened. What goes wrong in explaining is noted below it.
    """
    try:
        return _explained(call, calls, events, position, language_name)
    except Exception as error:  # noqa: BLE001 - explaining must never replace the failure
        plain = f"unexpected call #{call.index + 1}: {function_name(call)}{at_place(call)}"
        return f"{plain}\n\n{explaining_failed(error)}"


def _explained(
    call: Call, calls: Sequence[Call], events: Sequence[Event], position: int, language_name: str | None
) -> str:
    """Write the message from all that is known."""
    name = language_name or None
    lines = [f"unexpected call #{call.index + 1}: {show_call(call)}{at_place(call)}{in_thread(call.thread)}", ""]
    lines += _calls_so_far(call, calls, events, position, name)
    for wrong in _wrong(call, events, position):
        lines += ["", *(f"      {line}" for line in argument_details(wrong))]
    lines += ["", *_expected(events, position, has_language=language_name is not None)]
    hint = hint_for_call(call, events, position) if language_name is not None else None
    if hint:
        lines += ["", f"   hint: {hint}"]
    return "\n".join(lines)


def _refused(call: Call, events: Sequence[Event], position: int) -> Row:
    """Put the refused call beside the event whose matched arguments it does not have, or alone."""
    wrong = _wrong(call, events, position)
    return wrong_row(call.index, position, len(wrong)) if wrong else Row("+", call.index, None, "<- not expected here")


def _wrong(call: Call, events: Sequence[Event], position: int) -> tuple[WrongArgument, ...]:
    """The arguments for which an event of the right function did not take the call."""
    if position >= len(events) or not same_function(events[position], call):
        return ()
    return differing(events[position], call)


def _calls_so_far(
    call: Call, calls: Sequence[Call], events: Sequence[Event], position: int, name: str | None
) -> list[str]:
    """Draw the last calls beside their events, and the refused one below."""
    first = max(0, call.index + 1 - SHOWN)
    shown = {k: calls[k] for k in range(first, call.index)}
    rows: list[Row | Gap] = [Gap(f"... {counted(first, 'call')} before")] if first else []
    rows += [_row(shown[k], k, events) for k in shown]
    rows.append(_refused(call, events, position))
    return draw(rows, {**shown, call.index: call}, events, name)


def _row(call: Call, index: int, events: Sequence[Event]) -> Row:
    """Put a call beside the event that answered it; its arguments were not compared when it came."""
    if call.event is None and call.answer == REAL:
        return Row(" ", index, None, "<- answered by the real function")
    if call.event is None or call.event >= len(events):
        return Row(" ", index, None)
    event = events[call.event]
    wrong = differing(event, call) if same_function(event, call) else ()
    return wrong_row(index, call.event, len(wrong)) if wrong else Row(" ", index, call.event)


def _expected(events: Sequence[Event], position: int, *, has_language: bool) -> list[str]:
    """Say what would have been right."""
    if not has_language:
        return ["      expected at this point: nothing, no language is set (call init_lang first)"]
    if position >= len(events):
        said = "the language is complete" if len(events) else "the language is empty"
        return [f"      expected at this point: nothing, {said}"]
    event = events[position]
    line = f"  (line {event.line})" if event.line else ""
    return ["      expected at this point:", f"        {show_event(event)}{line}"]
