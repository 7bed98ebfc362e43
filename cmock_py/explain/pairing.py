"""What it costs to read a call as an event, with the names that earlier calls have bound.

A name that ``?n`` has bound is carried along a reading as the event that bound it and the call that it took; the value
is looked up where it is needed. `lang.scope` has given each binder a name of its own.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.explain.match import answers_differ, count_differing, differing, wrong_errno
from cmock_py.explain.report import Wrong, WrongAnswer
from cmock_py.explain.residual import NEVER
from cmock_py.explain.work import Work, weight
from cmock_py.lang.names import as_written, everything_in, replace_names
from cmock_py.lang.nodes import WILDCARD, Bind, Name, Predicate
from cmock_py.lang.patterns import bound, fits
from cmock_py.trace import Handle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cmock_py.explain.report import Difference, Expectation
    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call

WRONG = 4
"""What a pair costs whose arguments differ, and 1 more for each of them."""
_DECODED = 12
"""What decoding a call costs, in the unit of all work."""
_KEPT = 1 << 14
_ENVS = 1 << 10
_PLAIN = {int, str, bytes, float, bool}
_INDEXED = 50_000
"""Events, from the first on, whose values are looked up."""
_LIKELY = 16
_CLAIMING = 2_000
"""Calls, up to the last one, whose values are looked up."""

Env: TypeAlias = tuple[tuple[int, int], ...]
"""What is bound: numbers of the event that binds and of the call that it took, the latest last."""


class Pairing:
    """Compares calls with events; each is decoded once."""

    def __init__(
        self, calls: Sequence[Call], expectation: Expectation, *, answers: bool, work: Work | None = None
    ) -> None:
        """Compare *calls* with the events of *expectation*.

        Args:
            calls: the trace, decoded lazily.
            expectation: the language.
            answers: whether answers are compared in any case.
            work: counts it; None where nobody searches.
        """
        self.call = lru_cache(_KEPT)(calls.__getitem__)
        self.event = lru_cache(_KEPT)(expectation.events.__getitem__)
        self.work = work or Work()
        self._count = len(calls)
        self._weight = 1 if work is None else weight(calls, expectation.events, max(0, len(calls) - _CLAIMING))
        self._functions = expectation.functions
        self._written = expectation.placed
        self.is_own = expectation.own
        self._answers = answers
        self._info = lru_cache(_KEPT)(self._info_of)
        self.known = lru_cache(_ENVS)(self._known)

    def spend_on_call(self) -> None:
        """Count the decoding of a call."""
        self._spend(_DECODED)

    def _spend(self, units: int) -> None:
        """Count work that is more where calls have large values."""
        self.work.spend(units + (units * (self._weight - 1) >> 1))

    def likely(self, i: int) -> Sequence[int]:
        """List some events that call *i* is likely meant for.

        Returns:
            The one that answered it, those that have a value of it, and those whose values no call has.
        """
        call = self.call(i)
        answered = [call.event] if self.is_own and call.event is not None else []
        return [*answered, *self._valued(call), *self._unclaimed.get(call.function, ())]

    def is_claimed(self, j: int) -> bool:
        """Whether a call has the values of event *j*."""
        return j in self._claimed

    def _valued(self, call: Call) -> Sequence[int]:
        """List some events that have a value of a call: the rarest."""
        places = self._places.get(call.function, {})
        named = (places.get((at, value)) for at, value in enumerate(call.args) if isinstance(value, int | str | bytes))
        return min(filter(None, named), key=len, default=[])[:_LIKELY]

    @cached_property
    def _claimed(self) -> set[int]:
        """The events whose values a call has; of a long trace the first calls are not looked at."""
        found: set[int] = set()
        for i in range(max(0, self._count - _CLAIMING), self._count):
            call = self.call(i)
            self._spend(3)
            found.update(j for j in self._valued(call) if j not in found and not count_differing(self.event(j), call))
        return found

    @cached_property
    def _unclaimed(self) -> dict[str, list[int]]:
        """Of each function the first events with values that no call has."""
        found: dict[str, list[int]] = {}
        for function, places in self._places.items():
            numbers = (number for valued in places.values() for number in valued)
            found[function] = list(islice((j for j in numbers if j not in self._claimed), _LIKELY))
        return found

    @cached_property
    def _places(self) -> dict[str, dict[tuple[int, Any], list[int]]]:
        """The numbers of events by function, and by position and value of their plain arguments."""
        found: dict[str, dict[tuple[int, Any], list[int]]] = {}
        for number, event in enumerate(islice(self._written, _INDEXED)):
            values = found.setdefault(event[1], {})
            for at, arg in enumerate(event[2]):
                if arg.__class__ in _PLAIN:
                    values.setdefault((at, arg), []).append(number)
        return found

    # --- cost -------------------------------------------------------------------------------------------------------

    def price(self, j: int, i: int, env: Env) -> int:
        """What it costs to read call *i* as event *j*, which is of its function."""
        self._spend(3)
        call = self.call(i)
        if call.event is None:  # it was refused
            return NEVER
        wrong = count_differing(self.said(j, env), call) + self._answered_otherwise(j, i, env)
        return WRONG + wrong if wrong else 0

    def count_wrong(self, j: int, i: int, env: Env) -> int:
        """Count the arguments of call *i* that are not what event *j* says."""
        self._spend(3)
        return count_differing(self.said(j, env), self.call(i))

    def _answered_otherwise(self, j: int, i: int, env: Env) -> bool:
        """Whether event *j* gives another answer than call *i* got."""
        call = self.call(i)
        if self._answers:
            return answers_differ(self.event(j), call)
        if not self.is_own or call.event is None:
            return False
        named = self._info(j)[2]  # then an event may answer otherwise than itself, as when it has taken other calls
        if call.event == j and not named:
            return False
        event, answered = self.event(j), self.event(call.event)
        if event.errno not in {None, answered.errno}:
            return True
        return (named or bool(event.answer != answered.answer)) and not fits(self.answer(j, i, env), call.answer)

    def answer(self, j: int, i: int, env: Env) -> Any:
        """What event *j* answers call *i*; what a name stands for that is not known here may be anything."""
        answer = self.event(j).answer
        if _is_plain(answer):
            return answer
        values = self.known(self.taken(env, j, i))
        return replace_names(answer, lambda name: values[name][0] if name in values else WILDCARD)

    def errno(self, j: int, i: int, env: Env) -> tuple[int | str, Any] | None:
        """What event *j* says of ``errno`` and what call *i* has left there, where these differ."""
        values = self.known(self.taken(env, j, i))
        return wrong_errno(self.event(j), self.call(i), {name: value for name, (value, _) in values.items()})

    def difference(self, j: int, i: int, env: Env) -> Difference | None:
        """Say how call *i* differs from event *j*: wrong arguments before a wrong answer."""
        call = self.call(i)
        wrong = differing(self.said(j, env), call)
        answer = None
        if self._answered_otherwise(j, i, env):
            answer = WrongAnswer(i, j, self.answer(j, i, env), call.answer, self.errno(j, i, env))
        return Wrong(i, j, wrong, answer) if wrong else answer

    # --- names ------------------------------------------------------------------------------------------------------

    def taken(self, env: Env, j: int, i: int) -> Env:
        """What is bound after event *j* has taken call *i*."""
        return (*self.skipped(env, j), (j, i)) if self._info(j)[0] else env

    def skipped(self, env: Env, j: int) -> Env:
        """What is bound after event *j* was passed over: what it bound before is no longer meant."""
        return tuple(pair for pair in env if pair[0] != j) if env and self._info(j)[0] else env

    def said(self, j: int, env: Env) -> Event:
        """What event *j* asks for where its names have the values of *env*; an unknown one is a wildcard."""
        event = self.event(j)
        if not self.asks_for_names(j):
            return event
        values = self.known(env)  # no event asks for what it binds itself
        return event._replace(args=tuple(self._filled(arg, values) for arg in event.args))

    def asks_for_names(self, j: int) -> bool:
        """Whether names that calls have bound, or functions, stand among the arguments of event *j*."""
        return self._info(j)[1]

    def _known(self, env: Env) -> dict[str, tuple[Any, int]]:
        """What names stand for, and the calls that they are from; a number is shown by the name in the text."""
        found = {}
        for j, i in env:
            for arg, given in zip(self.event(j).args, self.call(i).args, strict=False):
                for name, value in bound(arg, given):
                    shown = Handle(value, as_written(name)) if value.__class__ is int else value
                    found[name] = (shown, i)
        return found

    def _filled(self, arg: Any, values: Mapping[str, tuple[Any, int]]) -> Any:
        """Put values in the place of names, and functions in the place of predicates."""
        return replace_names(
            arg,
            lambda name: values[name][0] if name in values else WILDCARD,
            predicate=lambda name: self._functions.get(name, WILDCARD),
        )

    def _info_of(self, j: int) -> tuple[bool, bool, bool]:
        """Whether an event binds names, whether its arguments use some, and whether its answer does."""
        event = self.event(j)
        found = {part.__class__ for arg in event.args if not _is_plain(arg) for part in everything_in(arg)}
        named = not _is_plain(event.answer) and any(part.__class__ is Name for part in everything_in(event.answer))
        return Bind in found, bool(found & {Name, Predicate}), named


def _is_plain(arg: Any) -> bool:
    return arg.__class__ in _PLAIN or arg is WILDCARD
