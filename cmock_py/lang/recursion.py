"""Lets Python recurse as deep as a language is nested, however deep the caller stands already; and no deeper."""

from __future__ import annotations

import functools
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from cmock_py.errors import Fault, LanguageError
from cmock_py.lang.limits import listed
from cmock_py.lang.names import parts_in
from cmock_py.lang.nodes import Event, Node
from cmock_py.lang.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmock_py.lang.limits import Limits

    _Function = TypeVar("_Function", bound=Callable[..., Any])

_FRAMES = 12
"""Of Python for one level of nesting, at most."""
_SPARE = 200
_lock = threading.Lock()
_limits: list[int] = []
"""Python's own limit before the first who is at work now, and a word for each of them."""


@contextmanager
def room_for(depth: int) -> Iterator[None]:
    """Let Python recurse over trees of a depth; its limit is as it was when nobody does that any more.

    >>> before = sys.getrecursionlimit()
    >>> with room_for(5000):
    ...     sys.getrecursionlimit() > 40_000, sys.getrecursionlimit() == before
    (True, False)
    >>> sys.getrecursionlimit() == before
    True
    """
    with _lock:
        _limits[:] = _limits or [sys.getrecursionlimit()]
        _limits.append(depth)
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _height() + _SPARE + _FRAMES * depth))
    try:
        yield
    finally:
        with _lock:
            _limits.pop()
            if len(_limits) == 1:
                sys.setrecursionlimit(_limits.pop())


@contextmanager
def reading(lang: Any, limits: Limits) -> Iterator[None]:
    """Have room for what reads a language; of terms, name the line of the value that is nested deeper.

    Raises:
        LanguageError: a value is nested too deep for Python to follow.
    """
    with room_for(limits.depth):
        try:
            yield
        except RecursionError:
            faults = deep_values(lang, limits) if isinstance(lang, get_args(Node)) else []
            if faults:
                raise LanguageError(faults) from None
            raise


def deep_values(tree: Node, limits: Limits) -> list[Fault]:
    """List the events that hold a value nested deeper than allowed; lists may hold themselves."""
    return [
        Fault(
            str(event.place),
            f"{listed([event[:2]])}: a value is nested more than {limits.depth} deep",
            limits.allowing_some("depth", 2),
        )
        for event in walk(tree)
        if isinstance(event, Event) and any(_is_deeper(value, limits.depth) for value in (*event.args, event.answer))
    ]


def _is_deeper(value: Any, most: int) -> bool:
    pending = [(value, 0)]
    while pending:
        inner, depth = pending.pop()
        if depth > most:
            return True
        pending += [(part, depth + 1) for part in parts_in(inner)]
    return False


def _height() -> int:
    """Count the frames of the caller."""
    frame, count = sys._getframe(1), 0  # noqa: SLF001 - the one documented way to see one's caller
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count


def reads(limits: Limits, position: int = 0) -> Callable[[_Function], _Function]:
    """Let a function read the language at a position of its arguments, as `reading` does."""

    def wrap(function: _Function) -> _Function:
        @functools.wraps(function)
        def wrapped(*args: Any, **named: Any) -> Any:
            with reading(args[position] if position < len(args) else None, limits):
                return function(*args, **named)

        return wrapped  # type: ignore[return-value]

    return wrap
