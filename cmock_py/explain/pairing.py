"""What it costs to read a call as an event, with the names that earlier calls have bound.

A name that ``?n`` has bound is carried along a reading as the event that bound it and the call that it took; the value
is looked up where it is needed. `lang.scope` has given each binder a name of its own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.explain.match import answers_differ, count_differing, differing
from cmock_py.explain.report import Wrong, WrongAnswer
from cmock_py.explain.residual import NEVER
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
_KEPT = 1 << 14

Env: TypeAlias = tuple[tuple[int, int], ...]
"""What is bound: numbers of the event that binds and of the call that it took, the latest last."""


class Pairing:
    """Compares calls with events; each is decoded once."""

    def __init__(self, calls: Sequence[Call], expectation: Expectation, *, answers: bool) -> None:
        """Compare *calls* with the events of *expectation*; *answers* says whether these are compared in any case."""
        self.call = lru_cache(_KEPT)(calls.__getitem__)
        self.event = lru_cache(_KEPT)(expectation.events.__getitem__)
        self.work = 0
        self._functions = expectation.functions
        self.is_own = expectation.own
        self._answers = answers
        self._info = lru_cache(_KEPT)(self._info_of)

    # --- cost -------------------------------------------------------------------------------------------------------

    def price(self, j: int, i: int, env: Env) -> int:
        """What it costs to read call *i* as event *j*, which is of its function."""
        self.work += 3
        call = self.call(i)
        if call.event is None:  # it was refused
            return NEVER
        wrong = count_differing(self.said(j, env), call) + self._answered_otherwise(j, i, env)
        return WRONG + wrong if wrong else 0

    def _answered_otherwise(self, j: int, i: int, env: Env) -> bool:
        """Whether event *j* gives another answer than call *i* got."""
        call = self.call(i)
        if self._answers:
            return answers_differ(self.event(j), call)
        if not self.is_own or call.event is None or call.event == j:
            return False
        event, answered = self.event(j), self.event(call.event)
        if event.errno != answered.errno:
            return True
        return bool(event.answer != answered.answer) and not fits(self.answer(j, i, env), call.answer)

    def answer(self, j: int, i: int, env: Env) -> Any:
        """What event *j* answers call *i*; what a name stands for that is not known here may be anything."""
        answer = self.event(j).answer
        if _is_plain(answer):
            return answer
        values = self.known(self.taken(env, j, i))
        return replace_names(answer, lambda name: values[name][0] if name in values else WILDCARD)

    def difference(self, j: int, i: int, env: Env) -> Difference | None:
        """Say how call *i* differs from event *j*: wrong arguments before a wrong answer."""
        call = self.call(i)
        wrong = differing(self.said(j, env), call)
        if wrong:
            return Wrong(i, j, wrong)
        if self._answered_otherwise(j, i, env):
            return WrongAnswer(i, j, self.answer(j, i, env), call.answer)
        return None

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
        values = self.known(tuple(pair for pair in env if pair[0] != j))
        return event._replace(args=tuple(self._filled(arg, values) for arg in event.args))

    def asks_for_names(self, j: int) -> bool:
        """Whether names that calls have bound, or functions, stand among the arguments of event *j*."""
        return self._info(j)[1]

    def known(self, env: Env) -> dict[str, tuple[Any, int]]:
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

    def _info_of(self, j: int) -> tuple[bool, bool]:
        """Whether an event binds names, and whether it uses some."""
        found = {part.__class__ for arg in self.event(j).args if not _is_plain(arg) for part in everything_in(arg)}
        return Bind in found, bool(found & {Name, Predicate})


def _is_plain(arg: Any) -> bool:
    return arg.__class__ in {int, str, bytes, float, bool} or arg is WILDCARD
