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
from cmock_py.lang.names import everything_in, replace_names
from cmock_py.lang.nodes import WILDCARD, Bind, Name, Predicate
from cmock_py.lang.patterns import bound
from cmock_py.trace import Handle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
        wrong = count_differing(self.said(j, env), call) + self.answered_otherwise(j, call)
        return WRONG + wrong if wrong else 0

    def answered_otherwise(self, j: int, call: Call) -> bool:
        """Whether event *j* gives another answer than the call got."""
        if self._answers:
            return answers_differ(self.event(j), call)
        if not self.is_own or call.event is None or call.event == j:
            return False
        event, answered = self.event(j), self.event(call.event)
        return bool(event.answer != answered.answer or event.errno != answered.errno)

    def difference(self, j: int, i: int, env: Env) -> Difference | None:
        """Say how call *i* differs from event *j*: wrong arguments before a wrong answer."""
        call = self.call(i)
        wrong = differing(self.said(j, env), call)
        if wrong:
            return Wrong(i, j, wrong)
        if self.answered_otherwise(j, call):
            return WrongAnswer(i, j, self.event(j).answer, call.answer)
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
        if not self._info(j)[1]:
            return event
        values: dict[str, Any] = {}
        for binder, i in env:
            if binder != j:
                values.update(self._values(binder, i))
        return event._replace(args=tuple(self._filled(arg, values) for arg in event.args))

    def _values(self, j: int, i: int) -> Iterator[tuple[str, Any]]:
        """What event *j* has bound of call *i*; a number is shown by the name that the text gives it."""
        for arg, given in zip(self.event(j).args, self.call(i).args, strict=False):
            for name, value in bound(arg, given):
                yield name, Handle(value, name.partition("'")[0]) if value.__class__ is int else value

    def _filled(self, arg: Any, values: Mapping[str, Any]) -> Any:
        """Put values in the place of names, and functions in the place of predicates."""
        return replace_names(
            arg,
            lambda name: values.get(name, WILDCARD),
            predicate=lambda name: self._functions.get(name, WILDCARD),
        )

    def _info_of(self, j: int) -> tuple[bool, bool]:
        """Whether an event binds names, and whether it uses some."""
        found = {part.__class__ for arg in self.event(j).args if not _is_plain(arg) for part in everything_in(arg)}
        return Bind in found, bool(found & {Name, Predicate})


def _is_plain(arg: Any) -> bool:
    return arg.__class__ in {int, str, bytes, float, bool} or arg is WILDCARD
