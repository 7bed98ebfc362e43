"""Names in a language become values: handles that we make up, enumerators, macros, errno names."""

from __future__ import annotations

import difflib
import functools
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cmock_py.cdecl import scalars
from cmock_py.cdecl import values as objects
from cmock_py.cdecl.model import Integer, Pointer, Structure
from cmock_py.lang.constants import Constants
from cmock_py.lang.names import ERRNOS, as_written, errno_number
from cmock_py.lang.nodes import (
    NULL,
    REAL,
    WILDCARD,
    Event,
    Flags,
    Name,
)
from cmock_py.lang.render import render_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cmock_py.mocked import Field, Mocked

FIRST_HANDLE = 1001
SMALL_FIRST_HANDLE = 101
POINTER_HANDLES = 0x5501_0000_0000
"""Addresses from here on are never mapped in the host. MIRROR host/arena.py HANDLES"""

_INT = Integer(4, signed=True)


@dataclass(frozen=True, slots=True)
class Handle:
    """A value with a name, made up for ``s = stack.new()`` or given as in ``s = stack.new() -> 7``.

    Attributes:
        name: what later events call it.
        value: the value; a `Name` when the given one is a constant of the headers, `WILDCARD` when there is none.
        event: index of the event that binds it; later ones may use it.
        whole: the struct that the value is, by which members that it does not name are zero; None of any other.
    """

    name: str
    value: Any
    event: int
    whole: Structure | None = None


class UnknownName(LookupError):
    """A name means nothing; the text says what is near."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """End a message about *name* with the nearest name that is known, if one is near.

    >>> did_you_mean("EINRT", ["EINTR", "EPERM"]), did_you_mean("x", ["EINTR"])
    ("; did you mean 'EINTR'?", '')
    """
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def handles(
    events: Sequence[Event], mocked: Sequence[Mocked | None], fault: Callable[[int, str, str | None], None]
) -> dict[str, Handle]:
    """Make one value per binding: the answer that is given, else a fresh one, distinct and never 0 or -1.

    Args:
        events: the language.
        mocked: the function of each event; None when it is unknown.
        fault: takes index, message and hint, for a name bound twice and for a result that can be no handle.

    Returns:
        The handles by name, in the order of the language.
    """
    made: dict[str, Handle] = {}
    for index, (event, function) in enumerate(zip(events, mocked, strict=True)):
        if event.binds is None:
            continue
        if event.binds in made:
            first = events[made[event.binds].event]
            if (first.place, first) != (event.place, event):  # else the copy of an event, as tags make them
                fault(index, f"the name {event.binds!r} is bound already, at {first.place}", "choose another name")
            continue
        if event.answer == REAL:
            text = f"nobody knows before what the real function answers, so {event.binds!r} cannot stand for it"
            fault(index, text, f"leave '{event.binds} =' out, and write _ where the value is passed")
            made[event.binds] = Handle(event.binds, WILDCARD, index)
            continue
        value = event.answer if event.answer is not None or function is None else _fresh(function.result, len(made))
        if function is not None and function.result is not None and _lies_in_answer(value, function.result):
            fault(index, *_no_address(event.binds, function))
            value = WILDCARD
        if value is None or (value is NULL and function is not None and function.result is None):
            value = WILDCARD
            if function is not None and not function.outs:  # with outs the whole event has the wrong shape
                fault(index, *_no_handle(event.binds, function))
        value = None if value is NULL else value
        whole = function.result.type if function is not None and function.result is not None else None
        made[event.binds] = Handle(event.binds, value, index, whole if isinstance(whole, Structure) else None)
    return made


def _lies_in_answer(value: Any, result: Field) -> bool:
    """Tell whether an answer is what a pointer points to, as a struct or a list is; text compares as text."""
    return isinstance(result.type, Pointer) and isinstance(value, (dict, list))


def _no_address(name: str, function: Mocked) -> tuple[str, str]:
    """Say why nothing can be named that lies in an answer, and what to write."""
    text = f"{name} would be an address in the answer of {function.name}, which nobody knows before the call"
    hint = f"leave '{name} =' out, and write _ where it is passed; or answer and expect one pointer of mocking.new"
    return text, hint


def _no_handle(name: str, function: Mocked) -> tuple[str, str]:
    """Say why a function has no result to bind, and what to write."""
    if function.result is None:
        return f"{function.name} returns void, so there is nothing to bind", f"leave '{name} =' out"
    text = f"{function.name} returns {function.spec.result_type}, for which no fresh value can be made up"
    return text, f"give the value: {name} = {function.name}(...) -> value"


def _fresh(result: Field | None, count: int) -> int | None:
    if result is None:
        return None
    if isinstance(result.type, Pointer):
        return POINTER_HANDLES + 16 * (count + 1)
    if not isinstance(result.type, Integer) or result.type.kind != "int":
        return None
    value = (FIRST_HANDLE if result.type.size > 1 else SMALL_FIRST_HANDLE) + count
    return value if value <= scalars.bounds(result.type)[1] else None


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in one language.

    Attributes:
        handles: by name.
        constants: numbers of the headers.
        functions: addresses of the C functions of the SUT.
        bound: names that arguments are bound to while the SUT runs; they stay names.
        is_unsure: tells of a name whether a fault that is told already may be why it means nothing.
    """

    handles: Mapping[str, Handle]
    constants: Constants = field(default_factory=Constants)
    functions: Mapping[str, int] = field(default_factory=dict)
    bound: AbstractSet[str] = frozenset()
    is_unsure: Callable[[str], bool] = lambda _: False

    def value(self, name: str, index: int) -> Any:
        """Return what *name* means to event number *index*; `WILDCARD` when a fault that is told hides it.

        Raises:
            UnknownName: nothing, or a handle that is not bound yet.
        """
        handle = self.handles.get(name)
        if handle is not None:
            if handle.event >= index:
                text = f"{as_written(name)!r} is used before it is bound"
                raise UnknownName(text)
            value = self.replace(handle.value, handle.event)
            return value if handle.whole is None else _completed(handle.whole, value)
        if name in self.functions and name not in self.constants.enumerators:
            return self.functions[name]
        number = self.constants.value(name)
        if number is not None:
            return number
        if self.is_unsure(name):
            return WILDCARD
        known = "an enumerator, a constant or a function of the headers"
        text = f"the name {as_written(name)!r} is neither bound by an event before, nor {known}"
        bound = map(as_written, (*self.handles, *self.bound))
        near = self.constants.near(as_written(name), [*bound, *self.functions])
        raise UnknownName(text + (f"; did you mean {near!r}?" if near else ""))

    def knows(self, name: str) -> bool:
        """Tell whether a name means something, to this language or to the headers."""
        if name in self.handles or name in self.bound or name in self.functions:
            return True
        return self.constants.lists(name)

    def replace(self, value: Any, index: int) -> Any:
        """Replace every name in *value* by what it means."""
        match value:
            case Name(name=name):
                return value if name in self.bound else self.value(name, index)
            case Flags(parts=parts):
                flags = [self._flag(part, index) for part in parts]
                return WILDCARD if WILDCARD in flags else functools.reduce(operator.or_, flags)
            case list():
                return [self.replace(item, index) for item in value]
            case tuple():
                return tuple(self.replace(item, index) for item in value)
            case dict():
                return {key: self.replace(item, index) for key, item in value.items()}
        return value

    def _flag(self, part: Name | int, index: int) -> Any:
        """Return the bits of one flag, or `WILDCARD`; raises UnknownName for a handle that is no number."""
        value = self.replace(part, index)
        if isinstance(value, Name):
            text = f"{as_written(value.name)} is what a call has passed; only numbers and constants combine with |"
            raise UnknownName(text)
        if not isinstance(value, int) and value is not WILDCARD:
            text = f"{render_value(part)} is {render_value(value)}, which has no bits to combine with |"
            raise UnknownName(text)
        return value


def _completed(ctype: Structure, value: Any) -> Any:
    """Name the members that an answered struct leaves out, too; what does not fit is told of the answer."""
    try:
        return objects.decode(ctype, objects.encode_object(ctype, value, WILDCARD))
    except (TypeError, ValueError):
        return WILDCARD


def is_errno(name: str) -> bool:
    """Tell whether libc has an errno of that name."""
    return name in ERRNOS


def errno_value(value: int | str, scope: Scope) -> int:
    """Return the number of an errno given as int or name; libc's names come before constants of the headers.

    Raises:
        UnknownName: the name means nothing, or the number is no int of C.

    >>> errno_value("EINTR", Scope({}))
    4
    """
    number: int | str = errno_number(value)
    if isinstance(number, str):
        known = scope.constants.value(number)
        if known is None and scope.is_unsure(number):
            return 0
        if known is None:
            near = scope.constants.near(number, ERRNOS)
            raise UnknownName(f"{number!r} is no errno value" + (f"; did you mean {near!r}?" if near else ""))
        number = known
    low, high = scalars.bounds(_INT)
    if not low <= number <= high:
        text = f"errno is an int, and {scalars.shown(number)} is outside {low}..{high}"
        raise UnknownName(text)
    return number
