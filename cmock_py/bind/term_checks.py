"""Checks a typed term in the line that writes it, with what the C types of its function tell.

It says what `bind.tables` would say of the same event later. A name may mean anything then, as what binds it may be
written later, so what holds one is not looked at.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cmock_py.bind.tables import misfits
from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import Integer, Pointer
from cmock_py.errors import EventError
from cmock_py.lang.limits import DEFAULT
from cmock_py.lang.names import binders_in, names_in
from cmock_py.lang.nodes import WILDCARD, AnswerEach, Name, OutValue, Seq, answer_of, plain
from cmock_py.lang.recursion import deep_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmock_py.lang.nodes import Event, Node
    from cmock_py.mocked import Field, Mocked

_REMEMBERED = 1000
"""Texts of arguments, and characters of one."""

_UNKNOWN = Name("?")
"""A value of which nothing is known yet."""


class TermChecks:
    """Checks the events that are written of one function."""

    def __init__(
        self,
        mocked: Mocked,
        functions: tuple[Mocked, ...],
        no_real: Callable[[Mocked], tuple[str, str] | None] = lambda _: None,
    ) -> None:
        """Know a function.

        Args:
            mocked: the function.
            functions: all functions of the spec.
            no_real: says why a function has no real one to call and what to do; None when it has.
        """
        self._mocked = mocked
        self._functions = functions
        self._no_real = no_real
        self._ranges = [_range(field) for field in mocked.ins]
        self._right: set[str] = set()
        self._results = range(0) if mocked.result is None or mocked.outs else _range(mocked.result)

    def check_args(self, event: Event) -> None:
        """Check the arguments of an event, and what it writes through out arguments.

        Raises:
            EventError: some do not fit.
        """
        if self._are_plain(event[2]):
            return
        with _no_deeper(event):
            text = repr(event[2])
            if text not in self._right:
                self._check_all_args(event)
                if len(text) < _REMEMBERED and len(self._right) < _REMEMBERED:  # loops write the same again and again
                    self._right.add(text)

    def check_answer(self, event: Event, *, answered: bool) -> None:
        """Check the answer of an event whose arguments are right, and the name that it gives to its result.

        Args:
            event: has the answer.
            answered: whether None and `WILDCARD` are answers; else nothing may be said yet.

        Raises:
            EventError: it does not fit.
        """
        args, answer, errno, binds = event[2:6]
        if answer.__class__ is int and answer in self._results and errno is None and binds is None:
            return
        with _no_deeper(event):
            bound = {*binders_in(args)}
            if not bound:
                args = *(WILDCARD for _ in self._mocked.ins), *(arg for arg in args if arg.__class__ is OutValue)
            args = tuple(_known_out(arg, bound) for arg in args)
            self._check(event._replace(args=args, answer=_known_answer(answer, bound)), answered=answered)

    def _are_plain(self, args: tuple[Any, ...]) -> bool:
        """Whether all are numbers that fit, names, or anything; so they are nearly always, and by the million."""
        if len(args) != len(self._ranges):
            return False
        for arg, fitting in zip(args, self._ranges, strict=False):
            if (arg.__class__ is not int or arg not in fitting) and arg is not WILDCARD and arg.__class__ is not Name:
                return False
        return not self._mocked.is_silent

    def _check_all_args(self, event: Event) -> None:
        bound = {*binders_in(event.args)}
        writes = any(arg.__class__ is OutValue for arg in event.args)
        result = _UNKNOWN if writes and self._mocked.result is not None else None
        args = tuple(_known_out(arg, bound) for arg in event.args)
        self._check(event._replace(args=args, answer=result, errno=None, binds=None), answered=writes)

    def _check(self, event: Event, *, answered: bool) -> None:
        events: Node = plain(event)
        if isinstance(event.answer, AnswerEach):
            events = Seq(tuple(plain(event._replace(answer=answer_of(answer))) for answer in event.answer.answers))
        faults = misfits(events, self._functions, answered=answered, no_real=self._no_real)
        if faults:
            raise EventError(faults)


@contextmanager
def _no_deeper(event: Event) -> Iterator[None]:
    """Refuse values that are nested too deep for Python to look at."""
    try:
        yield
    except RecursionError:
        faults = deep_values(event, DEFAULT)
        if not faults:
            raise
        raise EventError(faults) from None


def _range(field: Field) -> range:
    """The whole numbers that an argument or a result surely takes; none of what is no number."""
    match field.type:
        case Pointer() | Integer(kind="int") if not field.is_blob:
            low, high = scalars.bounds(field.type)
            return range(low, high + 1)
    return range(0)


def _known_out(arg: Any, bound: set[str]) -> Any:
    """Leave of a value that is written at its parameter what is known already."""
    return OutValue(arg.name, _known_value(arg.value, bound)) if arg.__class__ is OutValue else arg


def _known_answer(answer: Any, bound: set[str]) -> Any:
    """Leave of an answer what is known already."""
    match answer:
        case AnswerEach(answers=answers):
            return AnswerEach(tuple(_known_answer(item, bound) for item in answers))
        case tuple():
            return tuple(_known_value(item, bound) for item in answer)
    return _known_value(answer, bound)


def _known_value(value: Any, bound: set[str]) -> Any:
    """Leave of a value what is known already: of a struct the members without names that the event does not bind."""
    if bound.issuperset(names_in(value)):
        return value
    if isinstance(value, dict):
        known = {name: _known_value(item, bound) for name, item in value.items()}
        return {name: item for name, item in known.items() if item is not _UNKNOWN}
    return _UNKNOWN
