"""The situation at a call: what was left of the language, and which calls had led there."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmock_py.explain.replay import answered, is_followed, replay
from cmock_py.explain.residual import Residuals, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.explain.report import Expectation
    from cmock_py.lang.structure import Part
    from cmock_py.trace import Call


@dataclass(frozen=True, slots=True)
class Situation:
    """What was left of a language before a call.

    Attributes:
        expectation: the language.
        residuals: its terms.
        left: all that may be left; nothing when that could not be found out.
        made: the calls before that an event answered: index in the trace and number of the event.
        used: for each event that answered the last such call.
    """

    expectation: Expectation
    residuals: Residuals
    left: tuple[Term, ...]
    made: tuple[tuple[int, int], ...]
    used: dict[int, int]

    def first_in(self, part: Part) -> int | None:
        """The first call that an event of a part answered."""
        return next((i for i, number in self.made if part.first <= number < part.end), None)

    def after_in(self, first: int, end: int, since: int) -> int | None:
        """The first call behind another that an event between two numbers answered."""
        begin = bisect_left(self.made, (since + 1, -1))
        return next((self.made[k][0] for k in range(begin, len(self.made)) if first <= self.made[k][1] < end), None)


def residuals_of(expectation: Expectation) -> Residuals | None:
    """Make the terms of a language; None when its events come one after another."""
    if expectation.root is None:
        return None
    return Residuals(expectation.written or expectation.events, expectation.root)


def situation(expectation: Expectation, residuals: Residuals, calls: Sequence[Call], index: int) -> Situation:
    """Find the situation before a call."""
    is_possible = expectation.own and is_followed(residuals.root)
    made = answered(calls, min(index, len(calls))) if is_possible else None
    left = () if made is None else tuple(replay(residuals, [number for _, number in made]))
    return Situation(expectation, residuals, left, tuple(made or ()), {number: i for i, number in made or ()})
