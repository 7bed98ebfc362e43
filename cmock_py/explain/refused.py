"""Reads the call at which the SUT was stopped, of which the check knows no more than that no event took it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cmock_py.explain.align import Move
from cmock_py.explain.match import differing, same_function
from cmock_py.explain.pairing import Pairing
from cmock_py.explain.report import Unexpected, Wrong
from cmock_py.explain.residual import Aim
from cmock_py.explain.situation import situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.explain.align import Alignment
    from cmock_py.explain.report import Difference, Expectation, WrongArgument
    from cmock_py.explain.residual import Jump, Residuals
    from cmock_py.explain.situation import Situation
    from cmock_py.trace import Call, Stop

NOTES = {
    "ambiguous": "nothing tells which event it is",
    "too_ambiguous": "there are too many ways to read it",
    "sets_full": "there are too many ways to read it",
}
"""What is said of a call that nobody knew the answer of, by the reason why the SUT was stopped there."""
REPLAYED = 50_000
"""Calls that are replayed for a call behind them; they were replayed for the table already."""
_WORK = 60_000


def nearest(call: Call, pairing: Pairing, now: Situation) -> tuple[int | None, tuple[WrongArgument, ...]]:
    """Find the event that might come now and differs least from a call, and the arguments that differ."""
    env = now.bound_before(call.index)
    aim = Aim((call.module, call.function), lambda j: len(differing(pairing.said(j, env), call)))
    best: Jump | None = None
    with now.residuals.work.at_most(_WORK):
        jumps = (jump for term in now.left for jump in now.residuals.jumps(term, aim, 0))
        best = min(jumps, key=lambda jump: (jump.price, jump.event), default=None)
    return (None, ()) if best is None else (best.event, differing(pairing.said(best.event, env), call))


def as_nearest(
    alignment: Alignment, calls: Sequence[Call], language: Expectation, residuals: Residuals | None, refused: int
) -> Alignment:
    """Read a refused call as the event that it differs least from, if one of its function might have come.

    Args:
        alignment: of all calls; the refused one is not expected there, or its place was found already.
        calls: the trace.
        language: what was expected.
        residuals: its terms; None when its events come one after another.
        refused: index of the call.
    """
    if Unexpected(refused) not in alignment.differences or refused > REPLAYED:
        return alignment
    if alignment.script is None or residuals is None:
        return _as_next(alignment, calls[refused], language, refused)
    now = situation(language, residuals, calls, refused, known=alignment)
    event, wrong = nearest(calls[refused], Pairing(calls, language, answers=False, work=residuals.work), now)
    return alignment if event is None or not wrong else _marked(alignment, now, Wrong(refused, event, wrong))


def _marked(alignment: Alignment, now: Situation, marked: Wrong) -> Alignment:
    """Read a call that was not expected as an event that might have come."""
    residuals, refused, event = now.residuals, marked.call, marked.event
    after = [term for left in now.left for term in residuals.after(left, event)]
    term = min(after, key=residuals.shortest)
    return replace(
        alignment,
        differences=_with(alignment, marked),
        script=tuple(Move(refused, event, marked) if move.call == refused else move for move in alignment.script or ()),
        left=residuals.shortest(term),
        following=residuals.only_next(term),
    )


def _as_next(alignment: Alignment, call: Call, language: Expectation, refused: int) -> Alignment:
    """Read a refused call as the event that was next, where events come one after another."""
    number = alignment.events_end
    if number != refused or number >= len(language.events) or not same_function(language.events[number], call):
        return alignment
    wrong = differing(language.events[number], call)
    if not wrong:
        return alignment
    marked = Wrong(refused, number, wrong)
    return replace(alignment, differences=_with(alignment, marked), events_end=number + 1)


def _with(alignment: Alignment, marked: Wrong) -> tuple[Difference, ...]:
    """The differences with a wrong call in the place of the unexpected one."""
    return tuple(marked if known == Unexpected(marked.call) else known for known in alignment.differences)


def unlike_all(calls: Sequence[Call], index: int, now: Situation) -> Wrong | None:
    """Find the event that a call differs least from, if it differs from each that might come now."""
    residuals, call = now.residuals, calls[index]
    pairing = Pairing(calls, now.expectation, answers=False, work=residuals.work)
    env, function = now.bound_before(call.index), (call.module, call.function)
    with residuals.work.at_most(_WORK):
        found = [
            (pairing.count_wrong(j, index, env), j)
            for term in now.left
            for j in residuals.enabled(term)
            if residuals.is_of(j, function)
        ]
        least, event = min(found, default=(0, 0))
        return Wrong(index, event, differing(pairing.said(event, env), call)) if least else None
    return None


def as_undecided(
    alignment: Alignment, calls: Sequence[Call], language: Expectation, residuals: Residuals, stop: Stop
) -> Alignment:
    """Say of the call of which nobody knew the answer why, or that it is unlike all that might have come."""
    undecided = stop.call
    said = None if undecided is None else Unexpected(undecided)
    if undecided is None or said not in alignment.differences or alignment.script is None:
        return alignment
    now = situation(language, residuals, calls, undecided, known=alignment)
    wrong = unlike_all(calls, undecided, now) if stop.reason != "ambiguous" else None
    if wrong is not None:
        return _marked(alignment, now, wrong)
    why = NOTES[stop.reason]
    return replace(
        alignment,
        differences=tuple(known for known in alignment.differences if known != said),
        script=tuple(Move(undecided, None, note=why) if move.difference == said else move for move in alignment.script),
    )
