"""Turns what the check in C found into a verdict with words.

Most checks pass: what words a failure is imported when there is one.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from cmock_py.explain.report import LINES, Difference, Missing, Unexpected, Verdict, Wrong, WrongAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.explain.align import Alignment
    from cmock_py.explain.report import Expectation
    from cmock_py.explain.residual import Residuals
    from cmock_py.trace import Call, Stop

ACCEPTED = ("ok", "accepted")

_PLAIN = {
    "not_expected": "call #{number} was not expected",
    "wrong_argument": "call #{number} was made with a wrong argument",
    "wrong_answer": "call #{number} got another answer than this language says",
    "missing": "expected call {number} was never made",
    "incomplete": "call #{number} was cut short",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """What the check in C found first: see `explain`."""

    outcome: str
    start: int
    event: int | None


def explain(
    outcome: str,
    calls: Sequence[Call],
    language: Expectation,
    start: int,
    stop: Stop | None,
    *,
    event: int | None = None,
    real: int = 0,
    lines: int = LINES,
) -> Verdict:
    """Explain the outcome of a check.

    The outcome decides, the explanation only adds words: when both disagree, the outcome wins.

    Args:
        outcome: what the check in C found first: ``accepted`` (or ``ok``), ``not_expected``, ``wrong_argument``,
            ``wrong_answer``, ``missing`` or ``incomplete``.
        calls: the calls that were checked, decoded lazily; each knows its index in the whole trace.
        language: what was expected.
        start: index of the call that differs first, their number when calls are missing; of no meaning when none
            differs.
        stop: what stopped the SUT, or None. A stop fails the check even when nothing differs, except for a function
            that never returns, which was called as the language says.
        event: number of the event that the check took that call for; None: it took it for none, or events come one
            after another.
        real: number of calls of the trace that were not checked, as real functions answered them.
        lines: how many the report may have.

    Returns:
        The verdict. It never raises: what goes wrong in explaining is noted below the plain verdict.
    """
    if stop is not None and stop.reason == "never_returns":
        stop = None
    accepted = outcome in ACCEPTED
    if accepted and stop is None:
        return Verdict(
            ok=True,
            differences=(),
            stop=None,
            report=_accepted(len(language.events if language.root is None else calls), real),
        )
    found = _Found(outcome, len(calls) if accepted else start, event)
    try:
        return _failed(found, calls, language, stop=stop, real=real, lines=lines)
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
    found: _Found, calls: Sequence[Call], language: Expectation, *, stop: Stop | None, real: int, lines: int
) -> Verdict:
    """Build the verdict of a check that failed."""
    from cmock_py.explain.render import check_report
    from cmock_py.explain.situation import residuals_of

    residuals = residuals_of(language)
    alignment = _aligned(found, calls, language, residuals, over=stop is None)
    if not alignment.differences and found.outcome not in ACCEPTED:
        alignment = _believing(found, calls, language, alignment)
    stop_here = _among(calls, stop) if real else stop
    if language.own and stop_here is not None and stop_here.call is not None:
        alignment = _with_stopped(alignment, calls, language, residuals, stop_here)
    over = found.outcome == "missing"
    report = check_report(alignment, calls, language, residuals, stop=stop_here, real=real, lines=lines, over=over)
    complete = alignment.complete and not alignment.omitted
    differences = alignment.differences
    if real:
        differences = tuple(_in_trace(difference, calls) for difference in differences)
    return Verdict(ok=False, differences=differences, stop=stop, report=report, complete=complete)


def _aligned(
    found: _Found, calls: Sequence[Call], language: Expectation, residuals: Residuals | None, *, over: bool
) -> Alignment:
    """Align calls and language, by the way that its shape asks for."""
    if residuals is None:
        from cmock_py.explain.align import align

        return align(calls, language.events, found.start, over=over, answers=found.outcome == "wrong_answer")
    from cmock_py.explain.search import align_parts

    return align_parts(calls, language, residuals, found.start, over=over)


def _with_stopped(
    alignment: Alignment, calls: Sequence[Call], language: Expectation, residuals: Residuals | None, stop: Stop
) -> Alignment:
    """Read the call at which the SUT was stopped as the exception did."""
    from cmock_py.explain.refused import NOTES, as_nearest, as_undecided

    assert stop.call is not None  # noqa: S101 - for the type checker
    if stop.reason == "unexpected":
        return as_nearest(alignment, calls, language, residuals, stop.call)
    if stop.reason in NOTES and residuals is not None:
        return as_undecided(alignment, calls, language, residuals, stop)
    return alignment


def _among(calls: Sequence[Call], stop: Stop | None) -> Stop | None:
    """Say where among the checked calls the stopped one is; it is none of them when a real function answered it."""
    if stop is None or stop.call is None:
        return stop
    position = bisect_left(calls, stop.call, key=attrgetter("index"))
    found = position < len(calls) and calls[position].index == stop.call
    return replace(stop, call=position if found else None)


def _in_trace(difference: Difference, calls: Sequence[Call]) -> Difference:
    """Say where in the whole trace a checked call is."""
    if isinstance(difference, Missing):
        return difference
    index = calls[difference.call].index
    if isinstance(difference, Wrong) and difference.answer is not None:
        return replace(difference, call=index, answer=replace(difference.answer, call=index))
    return replace(difference, call=index)


def _believing(found: _Found, calls: Sequence[Call], language: Expectation, alignment: Alignment) -> Alignment:
    """Add the difference that the check in C found and the search has not, or cannot see in the decoded values."""
    from cmock_py.explain.align import Move
    from cmock_py.explain.situation import differing_at, errno_at

    start, events = found.start, language.events
    event = found.event if found.event is not None or alignment.script is not None else start
    difference: Difference | None = None
    if found.outcome == "wrong_argument" and event is not None:
        difference = Wrong(start, event, differing_at(language, calls, start, event))
    elif found.outcome == "wrong_answer" and event is not None:
        errno = errno_at(language, calls, start, event)
        difference = WrongAnswer(start, event, events[event].answer, calls[start].answer, errno)
    elif found.outcome in {"not_expected", "wrong_argument", "wrong_answer"} and start < len(calls):
        difference = Unexpected(start)
    elif found.outcome == "missing" and alignment.script is None:
        difference = Missing(start) if start < len(events) and alignment.events_end == len(events) else None
    if difference is None:
        return alignment
    script = alignment.script
    if script is not None:
        marked = Move(start, None if isinstance(difference, Unexpected) else event, difference)
        is_there = any(move.call == start for move in script)
        script = tuple(marked if move.call == start else move for move in script) if is_there else (*script, marked)
    return replace(alignment, differences=(difference,), script=script)


def _plainly(outcome: str, start: int) -> str:
    """Say the verdict without looking at calls and events."""
    return _PLAIN.get(outcome, "the calls differ from the language").format(number=start + 1)
