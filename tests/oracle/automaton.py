"""The definition with a memory: what it says is kept per state and call, so that millions of calls can be compared."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cmock_py.host.arena import Reason
from cmock_py.lang.names import parts_in
from cmock_py.lang.nodes import NULL, REAL, Event, Name
from cmock_py.lang.patterns import NOTHING
from cmock_py.lang.residuals import meaning
from cmock_py.lang.semantics import decide, steps
from cmock_py.lang.taking import checking, running

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from cmock_py.lang.nodes import Node
    from cmock_py.lang.residuals import Term
    from cmock_py.lang.semantics import Step
    from cmock_py.trace import Call

    Told = Callable[[Event, tuple[Any, ...]], int]
    Unfit = Callable[[Event, tuple[Any, ...]], Reason]

MOST, MOST_IN_ALL = 400, 10_000
"""Residuals of a state, and of all states; a language that gets more is not compared, and said so."""


def _is_unknown(value: Any) -> bool:
    """Whether a name in an answer has no value."""
    return value is NOTHING or isinstance(value, Name) or any(map(_is_unknown, parts_in(value)))


class TooWide(Exception):
    """The states have more residuals than are worth their time, or a name has no value."""


@dataclass(slots=True)
class State:
    """What is left of a language after some calls, and what is known of each next call.

    Attributes:
        residuals: all that may be left.
        accepts: whether the language may end here.
        after: for each call (by number) that was tried, what happens.
        checked: for each call and answer that was tried, the state of the check that follows.
        choices: calls to draw from, those that are allowed more often.
    """

    residuals: frozenset[Term]
    accepts: bool
    after: dict[int, Outcome] = field(default_factory=dict)
    checked: dict[tuple[int, str], State | None] = field(default_factory=dict)
    choices: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens on a call.

    Attributes:
        event: the number of the event that answers, None when the call is not allowed; if there is no reason to stop
            then, the real function answers.
        reason: why the SUT is stopped, 0 when it is not.
        answer: what is answered.
        then: the state after it.
        is_sure: whether no other event could have answered.
        is_tied: whether the answer is not defined: the event that answers has bound different values; or no event fits
            with all arguments, and an engine that knows of a part only may find another one to be the first.
        expected: reason, whether the language may end then, and the answer, as the driver tells.
        said: the answer as text.
    """

    event: int | None
    reason: int
    answer: Any
    then: State
    is_sure: bool
    is_tied: bool
    expected: tuple[int, int, int]
    said: str = ""


class Automaton:
    """All states of one language that were visited."""

    def __init__(
        self,
        tree: Node,
        calls: Sequence[Call],
        matched: Callable[[Call, int], bool],
        policy: str = "error",
        *,
        told: Told = lambda _event, _answer: 0,
        unfit: Unfit = lambda _event, _answer: Reason.NO_STOP,
        spied: Callable[[Call], bool] = lambda _: False,
    ) -> None:
        """Step *tree* by *calls*, which are named by their numbers.

        Args:
            tree: the language.
            calls: to step it by.
            matched: says which arguments decide while the SUT runs.
            policy: how ambiguity is dealt with.
            told: makes a number of an answer.
            unfit: says why an answer cannot be given.
            spied: says which calls the real function answers when the language does not allow them.
        """
        self.meaning = meaning(tree, in_order=policy == "first")
        self.calls = calls
        self.policy = policy
        self._told = told
        self._unfit = unfit
        self._spied = [spied(call) for call in calls]
        self._takes = [running(call, matched) for call in calls]
        self._residuals = 0
        self._numbers: dict[tuple[int, str], int] = {}
        self._known: dict[tuple[Term, int], list[Step]] = {}
        self._lefts: dict[tuple[Term, int, str], frozenset[Term]] = {}
        self._states: dict[frozenset[Term], State] = {}
        self._checked: dict[frozenset[Term], State] = {}
        self.start = self._state(self._states, frozenset([self.meaning.term]))
        self.check_start = self._state(self._checked, frozenset([self.meaning.term]))

    def _state(self, states: dict[frozenset[Term], State], residuals: frozenset[Term]) -> State:
        found = states.get(residuals)
        if found is None:
            self._residuals += len(residuals)
            if len(residuals) > MOST or self._residuals > MOST_IN_ALL:
                raise TooWide
            found = states[residuals] = State(residuals, any(term.nullable for term in residuals))
        return found

    def step(self, state: State, number: int) -> Outcome:
        """Say what the definition does on a call while the SUT runs; a refused call leaves the state as it was."""
        outcome = state.after.get(number)
        if outcome is None:
            found = [step for term in state.residuals for step in self._steps(term, number)]
            if any(_is_unknown(step.taken.answer[0]) for step in found):
                raise TooWide
            first, rival, left = decide(found, self.policy)
            reason = Reason.UNEXPECTED if first is None else Reason.AMBIGUOUS if rival or not left else Reason.NO_STOP
            if reason == Reason.UNEXPECTED and self._spied[number]:
                answer = self._told(Event("", self.calls[number].function), (REAL, None, ()))
                expected = int(Reason.NO_STOP), int(state.accepts), answer
                outcome = Outcome(None, 0, None, state, is_sure=True, is_tied=False, expected=expected)
                state.after[number] = outcome
                return outcome
            if first is not None and not reason:
                reason = self._unfit(self.meaning.events[first.number], first.taken.answer)
            then = state if reason else self._state(self._states, left)
            answer = first.taken.answer if first and not reason else None
            said = repr(answer)
            expected = int(reason), int(then.accepts), self._number_of(first, answer, said)
            is_sure = len({step.number for step in found}) == 1
            is_doomed = self.policy == "error" and not any(s.taken.exact for s in found)
            is_tied = any(
                (is_doomed or s.number == first.number) and s.taken.answer != first.taken.answer for s in found if first
            )
            event = None if reason or first is None else first.number
            outcome = state.after[number] = Outcome(event, int(reason), answer, then, is_sure, is_tied, expected, said)
        return outcome

    def _steps(self, term: Term, number: int) -> list[Step]:
        """All steps of a term by a call; states have many terms in common."""
        key = term, number
        if key not in self._known:
            self._known[key] = list(steps(term, self._takes[number], self.meaning.constants))
        return self._known[key]

    def _number_of(self, step: Step | None, answer: tuple[Any, ...] | None, said: str) -> int:
        if answer is None or step is None:
            return 0
        key = step.number, said
        if key not in self._numbers:
            self._numbers[key] = self._told(self.meaning.events[step.number], answer)
        return self._numbers[key]

    def check(self, state: State, number: int, outcome: Outcome) -> State | None:
        """Say which state of the check follows on a call that was answered so; None when there is none."""
        key = number, outcome.said
        if key not in state.checked:
            found = frozenset(left for term in state.residuals for left in self._left(term, number, outcome))
            state.checked[key] = self._state(self._checked, found) if found else None
        return state.checked[key]

    def _left(self, term: Term, number: int, outcome: Outcome) -> frozenset[Term]:
        """All that a term may leave in a check of a call that was answered so."""
        key = term, number, outcome.said
        if key not in self._lefts:
            value, errno, _ = outcome.answer
            shown = None if value is NULL else value  # as a trace shows it
            take = checking(replace(self.calls[number], answer=shown, errno=errno, event=0))
            self._lefts[key] = frozenset(step.left for step in steps(term, take, self.meaning.constants))
        return self._lefts[key]

    def choose(self, state: State, rng: Random) -> int:
        """Draw a call, one that is allowed nine times of ten where there is one."""
        if not state.choices:
            everything = range(len(self.calls))
            outcomes = [self.step(state, number) for number in everything]
            allowed = [number for number in everything if outcomes[number].event is not None]
            state.choices = [*allowed * (9 * len(everything) // max(len(allowed), 1)), *everything]
        return state.choices[int(rng.random() * len(state.choices))]
