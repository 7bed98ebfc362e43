"""The situation at a call: what was left of the language, and which calls had led there."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmock_py.explain.match import differing, same_function
from cmock_py.explain.pairing import Pairing
from cmock_py.explain.replay import answered, bindings, is_followed, replay, replay_loosely
from cmock_py.explain.residual import Residuals, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmock_py.explain.align import Alignment
    from cmock_py.explain.pairing import Env
    from cmock_py.explain.report import Expectation, WrongArgument
    from cmock_py.trace import Call

_REREAD = 1000
"""Calls that are read by their arguments where the numbers of their events are in doubt; where these are of no way to
read them, up to four times as many."""
_WORK = 60_000


@dataclass(frozen=True, slots=True)
class Situation:
    """What was left of a language before a call.

    Attributes:
        expectation: the language.
        residuals: its terms.
        left: all that may be left; nothing when that could not be found out.
        made: the calls before that an event answered: index in the trace and number of the event.
        used: for each event that answered the last such call.
        sure: whether these are the events that the calls were meant for.
    """

    expectation: Expectation
    residuals: Residuals
    left: tuple[Term, ...]
    made: tuple[tuple[int, int], ...]
    used: dict[int, int]
    sure: bool

    def bound_before(self, index: int) -> Env:
        """What the calls before one have bound."""
        return bindings(self.made[: bisect_left(self.made, (index, -1))], self.residuals.events)

    def after_in(self, first: int, end: int, since: int) -> int | None:
        """The first call behind another that an event between two numbers answered."""
        begin = bisect_left(self.made, (since + 1, -1))
        self.residuals.work.spend(1 + (len(self.made) - begin >> 3))
        return next((self.made[k][0] for k in range(begin, len(self.made)) if first <= self.made[k][1] < end), None)


def residuals_of(expectation: Expectation) -> Residuals | None:
    """Make the terms of a language; None when its events come one after another."""
    if expectation.root is None:
        return None
    return Residuals(expectation.placed, expectation.root)


def differing_at(expectation: Expectation, calls: Sequence[Call], index: int, number: int) -> tuple[WrongArgument, ...]:
    """Find the arguments of a call that are not what an event asks for, by what the calls before have bound."""
    event = expectation.events[number]
    if not same_function(event, calls[index]):
        return ()
    pairing = Pairing(calls, expectation, answers=False)
    made = answered(calls, index) if pairing.asks_for_names(number) and expectation.own else None
    return differing(pairing.said(number, bindings(made or (), expectation.events)), calls[index])


def errno_at(expectation: Expectation, calls: Sequence[Call], index: int, number: int) -> tuple[int | str, Any] | None:
    """Find what an event says of ``errno`` and what a call has left, where these differ; see `differing_at`."""
    pairing = Pairing(calls, expectation, answers=True)
    bound = isinstance(expectation.events[number].errno, str)
    made = answered(calls, index) if bound and expectation.own else [(i, i) for i in range(index)]
    return pairing.errno(number, index, bindings(made or (), expectation.events))


def situation(
    expectation: Expectation,
    residuals: Residuals,
    calls: Sequence[Call],
    index: int,
    *,
    known: Alignment | None = None,
) -> Situation:
    """Find the situation before a call.

    Args:
        expectation: the language.
        residuals: its terms.
        calls: the trace.
        index: of the call.
        known: how the calls are read, if that has been found out.
    """
    is_possible = expectation.own and is_followed(residuals.root)
    made = answered(calls, min(index, len(calls))) if is_possible else None
    left = () if made is None else tuple(replay(residuals, [number for _, number in made]))
    if made is not None and _may_be_reread(expectation, residuals, calls, made, left):
        read = _reread(expectation, residuals, calls[:index], made, known)
        again = tuple(replay(residuals, [number for _, number in read])) if len(read) == len(made) else ()
        made, left = (read, again) if again else (made, left)
    sure = bool(left)
    if made is not None and not left:
        left = tuple(replay_loosely(residuals, [number for _, number in made]))
    used = {number: i for i, number in made or ()}
    return Situation(expectation, residuals, left, tuple(made or ()), used, sure)


def _may_be_reread(
    expectation: Expectation,
    residuals: Residuals,
    calls: Sequence[Call],
    made: Sequence[tuple[int, int]],
    left: Sequence[Term],
) -> bool:
    """Whether the numbers of events are of no way to read the calls, or in doubt, and the calls are not too many.

    Where many ways were open, the runtime names the first event that answers so; it did not have to choose one. So a
    call with other arguments than its event may have been meant for another one of its function.
    """
    if not left:
        return len(made) <= 4 * _REREAD
    with residuals.work.at_most(_WORK):
        return len(made) <= _REREAD and any(_differ(expectation, residuals, calls, made))
    return False


def _differ(
    expectation: Expectation, residuals: Residuals, calls: Sequence[Call], made: Sequence[tuple[int, int]]
) -> Iterator[bool]:
    """Tell of each call whether it differs from its event, and its function has others."""
    pairing = Pairing(calls, expectation, answers=False, work=residuals.work)
    env: Env = ()
    for i, number in made:
        pairing.spend_on_call()
        others = len(residuals.numbers((pairing.call(i).module, pairing.call(i).function))) > 1
        yield others and bool(differing(pairing.said(number, env), pairing.call(i)))
        env = pairing.taken(env, number, i)


def _reread(
    expectation: Expectation,
    residuals: Residuals,
    calls: Sequence[Call],
    made: Sequence[tuple[int, int]],
    known: Alignment | None,
) -> list[tuple[int, int]]:
    """Read the calls by their arguments: index and number of the event that each was meant for."""
    from cmock_py.explain.search import DEFAULT_BUDGET, QUICK, align_parts

    for budget in (DEFAULT_BUDGET, QUICK):
        if known is None or known.calls_end < len(calls):
            known = align_parts(calls, expectation, residuals, len(calls), over=False, budget=budget)
    assert known is not None  # noqa: S101 - for the type checker
    read = [
        (move.call, move.event)
        for move in known.script or ()
        if move.call is not None and move.event is not None and move.call < len(calls)
    ]
    return [*(pair for pair in made if read and pair[0] < known.begin), *read]
