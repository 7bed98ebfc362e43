"""Turns what the check in C found into a verdict with words.

Most checks pass: what words a failure is imported when there is one.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from cmock_py.explain.report import Difference, Missing, Unexpected, Verdict, Wrong, WrongAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.explain.align import Alignment
    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call, Stop

_PLAIN = {
    "not_expected": "call #{number} was not expected",
    "wrong_argument": "call #{number} was made with a wrong argument",
    "wrong_answer": "call #{number} got another answer than this language says",
    "missing": "expected call {number} was never made",
    "incomplete": "call #{number} was cut short",
}


def explain(  # noqa: PLR0917 - outcome, both sequences and where they part belong together
    outcome: str,
    calls: Sequence[Call],
    events: Sequence[Event],
    start: int,
    stop: Stop | None,
    name: str | None,
    *,
    real: int = 0,
) -> Verdict:
    """Explain the outcome of a check.

    The outcome decides, the explanation only adds words: when both disagree, the outcome wins.

    Args:
        outcome: what the check in C found first: ``accepted`` (or ``ok``), ``not_expected``, ``wrong_argument``,
            ``wrong_answer``, ``missing`` or ``incomplete``.
        calls: the calls that were checked, decoded lazily; each knows its index in the whole trace.
        events: the language, decoded lazily.
        start: position of the first difference in both; of no meaning when there is none.
        stop: what stopped the SUT, or None. A stop fails the check even when nothing differs, except for a function
            that never returns, which was called as the language says.
        name: name of the language's text or file, or None.
        real: number of calls of the trace that were not checked, as real functions answered them.

    Returns:
        The verdict. It never raises: what goes wrong in explaining is noted below the plain verdict.
    """
    if stop is not None and stop.reason == "never_returns":
        stop = None
    accepted = outcome in ("ok", "accepted")
    if accepted and stop is None:
        return Verdict(ok=True, differences=(), stop=None, report=_accepted(len(events), real))
    try:
        return _failed(outcome, calls, events, len(calls) if accepted else start, stop=stop, name=name, real=real)
    except Exception as error:  # noqa: BLE001 - explaining must never replace the failure
        from cmock_py.explain.cause import explaining_failed, plain_cause

        plain = plain_cause(stop) if stop is not None else _plainly(outcome, start)
        report = f"FAILED  {plain}\n\n{explaining_failed(error)}"
        return Verdict(ok=False, differences=(), stop=stop, report=report, complete=False)


def _accepted(calls: int, real: int) -> str:
    """Write the report of a check that passed."""
    more = f"; the real function answered {real} more" if real else ""
    return f"OK  {calls or 'no'} call{'' if calls < 2 else 's'}, as the language says{more}"  # noqa: PLR2004 - one or none


def _failed(
    outcome: str,
    calls: Sequence[Call],
    events: Sequence[Event],
    start: int,
    *,
    stop: Stop | None,
    name: str | None,
    real: int,
) -> Verdict:
    """Build the verdict of a check that failed."""
    from cmock_py.explain.align import align
    from cmock_py.explain.render import check_report

    alignment = align(calls, events, start, over=stop is None, answers=outcome == "wrong_answer")
    if not alignment.differences and outcome not in ("ok", "accepted"):
        alignment = _believing(outcome, calls, events, start, alignment)
    report = check_report(alignment, calls, events, name, stop=_among(calls, stop) if real else stop, real=real)
    complete = alignment.complete and not alignment.omitted
    differences = alignment.differences
    if real:
        differences = tuple(_in_trace(difference, calls) for difference in differences)
    return Verdict(ok=False, differences=differences, stop=stop, report=report, complete=complete)


def _among(calls: Sequence[Call], stop: Stop | None) -> Stop | None:
    """Say where among the checked calls the stopped one is; it is none of them when a real function answered it."""
    if stop is None or stop.call is None:
        return stop
    position = bisect_left(calls, stop.call, key=attrgetter("index"))
    found = position < len(calls) and calls[position].index == stop.call
    return replace(stop, call=position if found else None)


def _in_trace(difference: Difference, calls: Sequence[Call]) -> Difference:
    """Say where in the whole trace a checked call is."""
    return difference if isinstance(difference, Missing) else replace(difference, call=calls[difference.call].index)


def _believing(
    outcome: str, calls: Sequence[Call], events: Sequence[Event], start: int, alignment: Alignment
) -> Alignment:
    """Add the difference that the check in C found and the decoded values do not show."""
    from cmock_py.explain.align import Alignment

    differences: tuple[Difference, ...] = ()
    if outcome == "wrong_argument":
        differences = (Wrong(start, start, ()),)
    elif outcome == "wrong_answer":
        differences = (WrongAnswer(start, start, events[start].answer, calls[start].answer),)
    elif outcome == "not_expected" and start < len(calls):
        differences = (Unexpected(start),)
    elif outcome == "missing" and start < len(events) and alignment.events_end == len(events):
        differences = (Missing(start),)
    return Alignment(differences, alignment.cost, alignment.calls_end, alignment.events_end)


def _plainly(outcome: str, start: int) -> str:
    """Say the verdict without looking at calls and events."""
    return _PLAIN.get(outcome, "the calls differ from the language").format(number=start + 1)
