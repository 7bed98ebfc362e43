"""The definition with a memory: what it says is kept per state and call, so that millions of calls can be compared."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cmock_py.lang.residuals import meaning
from cmock_py.lang.semantics import decide, steps
from cmock_py.lang.taking import checking, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.lang.nodes import Node
    from cmock_py.lang.residuals import Term
    from cmock_py.trace import Call

MOST = 400
"""Residuals; a language that gets more is not compared further, and said so."""


class TooWide(Exception):
    """A state has more residuals than are worth their time."""


@dataclass(slots=True)
class State:
    """What is left of a language after some calls, and what is known of each next call.

    Attributes:
        residuals: all that may be left.
        accepts: whether the language may end here.
        after: for each call (by number) that was tried, what happens.
    """

    residuals: frozenset[Term]
    accepts: bool
    after: dict[Any, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens on a call.

    Attributes:
        event: the number of the event that answers, None when the call is not allowed.
        rival: the number of another that answers differently, so that the call is ambiguous.
        answer: what is answered.
        then: the state after it.
        tie: whether more than one step was possible.
    """

    event: int | None
    rival: int | None
    answer: Any
    then: State
    tie: bool = False


class Automaton:
    """All states of one language that were visited."""

    def __init__(self, tree: Node, calls: Sequence[Call], matched: Any, policy: str = "error") -> None:
        """Step *tree* by *calls*, which are named by their numbers."""
        self.meaning = meaning(tree)
        self.calls = calls
        self.policy = policy
        self._takes = [running(call, matched) for call in calls]
        self._states: dict[frozenset[Term], State] = {}
        self._checked: dict[frozenset[Term], State] = {}
        self.start = self._state(self._states, frozenset([self.meaning.term]))
        self.check_start = self._state(self._checked, frozenset([self.meaning.term]))

    @staticmethod
    def _state(states: dict[frozenset[Term], State], residuals: frozenset[Term]) -> State:
        if len(residuals) > MOST:
            raise TooWide
        found = states.get(residuals)
        if found is None:
            found = states[residuals] = State(residuals, any(term.nullable for term in residuals))
        return found

    def step(self, state: State, number: int) -> Outcome:
        """Say what the definition does on a call while the SUT runs; a refused call leaves the state as it was."""
        outcome = state.after.get(number)
        if outcome is None:
            take, constants = self._takes[number], self.meaning.constants
            found = [step for term in state.residuals for step in steps(term, take, constants)]
            first, rival, left = decide(found, self.policy)
            event, other = (None if step is None else step.number for step in (first, rival))
            answer = first.taken.answer if first else None
            then = self._state(self._states, left) if left else state
            outcome = state.after[number] = Outcome(event, other, answer, then, len(found) > 1)
        return outcome

    def check(self, state: State, number: int, answer: Any) -> State | None:
        """Say which state of the check follows on a call that was answered so; None when there is none."""
        key = number, repr(answer)
        if key not in state.after:
            take = checking(replace(self.calls[number], answer=answer[0], event=0))
            found = frozenset(s.left for t in state.residuals for s in steps(t, take, self.meaning.constants))
            state.after[key] = self._state(self._checked, found) if found else None  # type: ignore[assignment]
        return state.after[key]  # type: ignore[return-value]
