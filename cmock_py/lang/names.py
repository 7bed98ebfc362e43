"""The names that stand in patterns, values and answers: finds them, and puts something else in their place."""

from __future__ import annotations

import errno
import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cmock_py.lang.nodes import (
    AnswerEach,
    Between,
    Bind,
    Bits,
    Both,
    Compare,
    Event,
    Flags,
    Name,
    Named,
    OneOf,
    OutValue,
    Predicate,
    answer_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLAIN = frozenset({int, str, bytes, float, bool, type(None)})
"""Types of values that hold nothing else; most arguments have one of them."""

ERRNOS = {name: number for number, name in errno.errorcode.items()} | {
    name: number for name, number in vars(errno).items() if name[0] == "E" and isinstance(number, int)
}  # the aliases, too: EWOULDBLOCK is EAGAIN, and errorcode has one of both
"""The numbers of what libc leaves in ``errno``, by name."""


def errno_number(value: Any) -> Any:
    """Give the number of a name that libc knows; everything else comes back as it is."""
    return ERRNOS.get(value, value) if isinstance(value, str) else value


class BadFlag(ValueError):
    """What a name in ``A|B`` stands for is no number."""


def as_written(name: str) -> str:
    """Give a name back as the text has it; `lang.scope` makes ``n'2`` of the second ``n``, `lang.expand` ``n'1``."""
    return name.partition("'")[0]


def event_as_written(event: Event) -> Event:
    """Give the names in an event back as the text has them.

    >>> event_as_written(Event("", "f", (Bind("n'2"),), Name("n'2"), "n'2", binds="s'1"))[2:6]
    ((Bind(name='n'),), Name(name='n'), 'n', 's')
    """
    return replace_in_event(event, lambda name: Name(as_written(name)), as_written)


def used_names(event: Event) -> Iterator[str]:
    """Yield every name that an event uses, ``errno`` included.

    >>> [*used_names(Event("", "f", (Name("a"), Bind("b")), Name("c"), "EINTR"))]
    ['a', 'c', 'EINTR']
    """
    yield from names_in((event.args, event.answer))
    if isinstance(event.errno, str):
        yield event.errno


def names_in(value: Any) -> Iterator[str]:
    """Yield every name that a pattern, a value or an answer uses; what ``?n`` binds is not used.

    >>> [*names_in([Name("a"), Both((Bind("n"), Compare("<", Name("b"))))])]
    ['a', 'b']
    """
    if isinstance(value, Name):
        yield value.name
    for part in parts_in(value):
        if part.__class__ not in PLAIN:
            yield from names_in(part)


def binders_in(args: tuple[Any, ...]) -> Iterator[str]:
    """Yield the names that ``?n`` binds among the arguments of an event.

    >>> [*binders_in((4, Named("val", Both((Bind("n"), Compare("<", 9)))), {"x": Bind("x")}))]
    ['n', 'x']
    """
    for arg in args:
        if arg.__class__ in PLAIN:
            continue
        if isinstance(arg, Bind):
            yield arg.name
        elif isinstance(arg, (Named, Both, list, dict)):
            yield from binders_in(parts_in(arg))


def parts_in(value: Any) -> tuple[Any, ...]:
    """List the values directly inside a pattern, a value or an answer."""
    if value.__class__ in PLAIN:
        return ()
    match value:
        case list() | tuple():
            return tuple(value)
        case dict():
            return tuple(value.values())
        case Flags(parts=parts) | OneOf(values=parts) | Both(patterns=parts) | AnswerEach(answers=parts):
            return parts
        case Named(pattern=part) | Compare(value=part) | OutValue(value=part):
            return (part,)
        case Between(low=low, high=high) | Bits(mask=low, value=high):
            return low, high
    return ()


def everything_in(value: Any) -> Iterator[Any]:
    """Yield a pattern, a value or an answer, and all that is inside of it."""
    yield value
    for part in parts_in(value):
        yield from everything_in(part)


def replace_names(
    value: Any,
    meaning: Callable[[str], Any],
    binder: Callable[[str], str] | None = None,
    predicate: Callable[[str], Any] | None = None,
) -> Any:
    """Put what it means in the place of every name.

    Args:
        value: a pattern, a value or an answer; never changed.
        meaning: what a name stands for; `Name` of itself, if for nothing else.
        binder: the new name of one that ``?n`` binds; None keeps it.
        predicate: what ``@name`` stands for; None keeps it.

    Raises:
        BadFlag: what stands in ``A|B`` is then no number.

    >>> replace_names({"fd": Name("s"), "mode": Flags((Name("READ"), 4))}, {"s": 7, "READ": 1}.get)
    {'fd': 7, 'mode': 5}
    """
    if value.__class__ in PLAIN:
        return value
    again = functools.partial(replace_names, meaning=meaning, binder=binder, predicate=predicate)
    match value:
        case Name(name=name):
            return meaning(name)
        case Flags(parts=parts):
            return _flags([again(part) for part in parts])
        case Bind(name=name):
            return value if binder is None else Bind(binder(name))
        case Predicate(name=name):
            return value if predicate is None else predicate(name)
        case list():
            return [again(part) for part in value]
        case tuple():
            return tuple(again(part) for part in value)
        case dict():
            return {key: again(part) for key, part in value.items()}
        case Named(pattern=part):
            return replace(value, pattern=again(part))
        case Both(patterns=parts):
            return Both(tuple(map(again, parts)))
        case OneOf(values=parts):
            return OneOf(tuple(map(again, parts)))
        case AnswerEach(answers=parts):
            return AnswerEach(tuple(part if part is None else answer_of(again(part)) for part in parts))
        case Compare(value=part) | OutValue(value=part):
            return replace(value, value=again(part))
        case Between(low=low, high=high):
            return Between(again(low), again(high))
        case Bits(mask=mask, value=wanted):
            return Bits(again(mask), again(wanted))
    return value


def _flags(parts: list[Any]) -> Flags | int:
    """Join flags of which some were names; one number when all are."""
    found: list[Name | int] = []
    for part in parts:
        if isinstance(part, Flags):
            found += part.parts
        elif isinstance(part, Name) or (isinstance(part, int) and not isinstance(part, bool)):
            found.append(part)
        else:
            raise BadFlag(part)
    numbers = [part for part in found if isinstance(part, int)]
    return functools.reduce(int.__or__, numbers) if len(numbers) == len(found) else Flags(tuple(found))


def replace_in_event(event: Event, meaning: Callable[[str], Any], binder: Callable[[str], str]) -> Event:
    """Put what they mean in the place of the names in an event, ``errno`` and the names that it binds included.

    Raises:
        BadFlag: as `replace_names` does.
    """
    args = tuple(replace_names(arg, meaning, binder) for arg in event.args)
    answer = event.answer if event.answer is None else answer_of(replace_names(event.answer, meaning))
    binds = None if event.binds is None else binder(event.binds)
    errno = event.errno
    if isinstance(errno, str):
        errno = meaning(errno)
        errno = errno.name if isinstance(errno, Name) else errno
    return event._replace(args=args, answer=answer, errno=errno, binds=binds)
