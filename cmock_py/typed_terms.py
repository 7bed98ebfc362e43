"""The short form of Python terms: functions of the spec as attributes, ``m.stack.push(S, 4).returns(None)``.

What is written is compared with the spec at once, so that a slip shows in its own line, and editors complete the names.
"""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from cmock_py.errors import ArgumentError, ArgumentTypeError
from cmock_py.lang.nodes import WILDCARD, Event, Named, OutValue, Rest
from cmock_py.spec.model import ApiSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmock_py.spec.model import ApiFunction

_SPECIAL = frozenset({Named, OutValue, Rest})
_new_event = tuple.__new__  # as in lang.terms: this is called by the million
_caller = sys._getframe  # noqa: SLF001 - the one documented way to see one's caller without building a traceback


class Checks(Protocol):
    """Knows the C types of one function; raises `EventError`."""

    def check_args(self, event: Event) -> None:
        """Check the arguments of an event."""

    def check_answer(self, event: Event, *, answered: bool) -> None:
        """Check its answer; unless *answered*, it may have none."""


class UnknownTerm(ArgumentError, AttributeError):
    """The spec has no module or function of that name; the message names the nearest."""


def typed(spec: ApiSpec) -> Modules:
    """Make events by the names of a spec.

    Args:
        spec: what is mocked.

    Returns:
        An object with the modules of the spec as attributes, and in each its functions. Calling one makes an event:
        positional arguments are those that events list, keywords name parameters, also those that the answer writes.

    Raises:
        ArgumentTypeError: *spec* is no spec; load a file with `load_spec`.

    >>> from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule
    >>> push = ApiFunction("push", "void", [ApiArg("Stack", "s"), ApiArg("int", "val")])
    >>> m = typed(ApiSpec([ApiModule("stack", [push, ApiFunction("new", "Stack")])]))
    >>> m.stack.push(7, val=4).args
    (7, Named(name='val', pattern=4))
    >>> m.stack.new().returns(7).answer
    7
    >>> m.stack.push(7)
    Traceback (most recent call last):
    cmock_py.errors.ArgumentTypeError: stack.push takes 2 arguments (s, val), but 1 is given
    """
    return checked_terms(spec, {})


def checked_terms(spec: ApiSpec, checks: Mapping[tuple[str, str], Checks]) -> Modules:
    """Make events as `typed` does, and check those of the functions that *checks* knows, by module and name."""
    _check_spec(spec)
    modules: dict[str, dict[str, Function]] = {}
    for module, function in spec.functions:
        modules.setdefault(module.name, {})[function.name] = Function(
            module.name, function, checks.get((module.name, function.name))
        )
    return Modules({name: Functions(name, functions) for name, functions in modules.items()})


def _check_spec(spec: Any) -> None:
    if not isinstance(spec, ApiSpec):
        message = f"typed() takes a spec, not {type(spec).__name__}; load_spec reads one from a file"
        raise ArgumentTypeError(message)


class Modules:
    """The modules of a spec, as attributes or items."""

    def __init__(self, modules: Mapping[str, Functions]) -> None:
        """Keep the modules by name."""
        self._modules = modules

    def __getattr__(self, name: str) -> Functions:
        """Return a module."""
        found = self._modules.get(name)
        if found is None:
            raise _unknown(name, "the spec", "module", self._modules)
        return found

    __getitem__ = __getattr__

    def __dir__(self) -> list[str]:
        """List the modules."""
        return [*self._modules]


class Functions:
    """The functions of a module, as attributes or items."""

    def __init__(self, module: str, functions: Mapping[str, Function]) -> None:
        """Keep the functions by name."""
        self._module = module
        self._functions = functions
        self.__dict__.update(functions)  # found without a call of Python

    def __getattr__(self, name: str) -> Function:
        """Return a function."""
        found = self._functions.get(name)
        if found is None:
            raise _unknown(name, f"module {self._module!r}", "function", self._functions)
        return found

    __getitem__ = __getattr__

    def __dir__(self) -> list[str]:
        """List the functions."""
        return [*self._functions]


class CheckedEvent(Event):
    """An event of a function whose C types are known; each function has a subclass of its own, each event no more."""

    __slots__ = ()
    checks: ClassVar[Checks]

    def returns(self, *answers: Any, errno: int | str | None = None) -> Event:
        """Copy the event with an answer that fits."""
        event = Event.returns(self, *answers, errno=errno)
        self.checks.check_answer(event, answered=bool(answers) and event.answer is not WILDCARD)
        return event

    def named(self, name: str) -> Event:
        """Copy the event with a name for its result."""
        event = Event.named(self, name)
        self.checks.check_answer(event, answered=event.answer is not None)
        return event

    def __reduce__(self) -> tuple[Any, ...]:
        """Be copied as what it is to the language."""
        return Event, (*self,)


class Function:
    """A function of the spec; calling it makes an event."""

    def __init__(self, module: str, function: ApiFunction, checks: Checks | None = None) -> None:
        """Know its arguments, and what checks their values."""
        self._module = module
        self._name = function.name
        self._ins = [arg.name for arg in function.ins]
        self._outs = [arg.name for arg in function.outs]
        self._count = len(self._ins)
        self._checks = checks
        self._event = Event if checks is None else type("Event", (CheckedEvent,), {"__slots__": (), "checks": checks})

    def __call__(self, *args: Any, **named: Any) -> Event:
        """Expect a call; `Event.returns` says its answer.

        Args:
            args: a pattern for each visible argument, in order.
            named: patterns of visible arguments by name, and what the answer writes through out arguments.

        Raises:
            ArgumentTypeError: a wrong number of arguments, or a name that is none of them.
            EventError: arguments do not fit their C types, as far as these are known.
        """
        if named or len(args) != self._count or not _SPECIAL.isdisjoint(map(type, args)):
            args = self._arranged(args, named)
        frame = _caller(1)
        place = frame.f_code.co_filename, frame.f_lineno, 0
        event: Event = _new_event(self._event, (self._module, self._name, args, None, None, None, *place))
        if self._checks is not None:
            self._checks.check_args(event)
        return event

    def __repr__(self) -> str:
        """Show how it is called."""
        outs = [f"*{name}" for name in self._outs if name not in self._ins]
        return f"{self._module}.{self._name}({', '.join([*self._ins, *outs])})"

    def _arranged(self, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """Put what has a name behind what has a place, and check both."""
        given = [*args, *(self._by_name(name, value) for name, value in named.items())]
        names = [arg.name for arg in given if isinstance(arg, Named)]
        for arg in given:
            if isinstance(arg, Named) and arg.name not in self._ins:
                raise self._no_argument(arg.name)
            if isinstance(arg, OutValue) and arg.name in self._ins and arg.name not in self._outs:
                message = f"{self._module}.{self._name}: {arg.name} is no out argument, so no answer writes it"
                raise ArgumentTypeError(message)
            if isinstance(arg, OutValue) and arg.name not in [*self._outs, "errno"]:
                raise self._no_argument(arg.name)
        listed = [arg for arg in given if not isinstance(arg, (OutValue, Rest))]
        placed = len(listed) - len(names)
        twice = [name for index, name in enumerate(names) if name in names[:index] or name in self._ins[:placed]]
        if twice:
            message = f"{self._module}.{self._name}: argument {twice[0]} is given twice"
            raise ArgumentTypeError(message)
        if len(listed) > self._count or (len(listed) < self._count and not any(isinstance(a, Rest) for a in given)):
            raise self._wrong_count(len(listed))
        return tuple(given)

    def _by_name(self, name: str, value: Any) -> Named | OutValue:
        """Make what a keyword means: of an out argument the value that is written."""
        return OutValue(name, value) if name in self._outs and name not in self._ins else Named(name, value)

    def _no_argument(self, name: str) -> ArgumentTypeError:
        near = difflib.get_close_matches(name, [*self._ins, *self._outs], 1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; it is {self!r}"
        return ArgumentTypeError(f"{self._module}.{self._name} has no argument {name!r}{hint}")

    def _wrong_count(self, given: int) -> ArgumentTypeError:
        wanted = f"{self._count} argument{'s' if self._count != 1 else ''}"
        listed = f" ({', '.join(self._ins)})" if self._ins else ""
        number = f"{given} {'is' if given == 1 else 'are'} given"
        outs = (
            f"; the answer writes {', '.join(self._outs)}: .returns(...)" if self._outs and given > self._count else ""
        )
        return ArgumentTypeError(f"{self._module}.{self._name} takes {wanted}{listed}, but {number}{outs}")


def _unknown(name: str, where: str, kind: str, known: Mapping[str, Any]) -> AttributeError:
    """Build the error for a name that the spec has not; Python's own names are none that a user has written."""
    if name.startswith("__"):
        return AttributeError(name)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
    return UnknownTerm(f"{where} has no {kind} {name!r}{hint}")
