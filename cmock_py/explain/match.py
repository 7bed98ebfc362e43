"""Compares an event with a call as the check in C does, to say which values differ.

The rules of values: a wildcard fits anything, wherever it stands; 0.0 equals -0.0 and NaN matches NaN; text never
equals bytes; a struct pattern speaks only of the fields it names; a truncated value equals nothing, since nobody knows
how it goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.explain.report import WrongArgument
from cmock_py.lang.nodes import WILDCARD
from cmock_py.trace import Near, Truncated

if TYPE_CHECKING:
    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call


def fits(pattern: Any, value: Any) -> bool:
    """Decide whether a value is what the pattern says.

    >>> fits([1, WILDCARD, {"x": -0.0}], [1, 99, {"x": 0.0, "y": 5}]), fits("a", b"a"), fits([1], [1, 2])
    (True, False, False)
    """
    if pattern.__class__ is int:  # nearly all of them; the search asks a hundred thousand times
        return bool(pattern == value) and value.__class__ is not float  # passed for ..., these are different
    if pattern is WILDCARD:
        return True
    match pattern:
        case list() | tuple():
            same = isinstance(value, type(pattern)) and len(pattern) == len(value)
            return same and all(map(fits, pattern, value))
        case dict():
            return isinstance(value, dict) and all(
                name in value and fits(inner, value[name]) for name, inner in pattern.items()
            )
        case str():
            return isinstance(value, str) and pattern == value
        case bytes() | bytearray():
            return isinstance(value, (bytes, bytearray)) and pattern == value
        case complex() if isinstance(value, complex):
            return fits(pattern.real, value.real) and fits(pattern.imag, value.imag)
        case Truncated():
            return False
        case Near() if isinstance(value, float):
            return pattern.takes(value)
    if isinstance(pattern, float) and isinstance(value, int):
        return False
    return bool(pattern == value) or (_is_nan(pattern) and _is_nan(value))


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value  # noqa: PLR0124 - what NaN is


def differing(event: Event, call: Call) -> tuple[WrongArgument, ...]:
    """Find the arguments of a call that are not what the event says; both are of the same function.

    >>> from cmock_py.lang.nodes import Event
    >>> from cmock_py.trace import Call
    >>> differing(Event("m", "f", (WILDCARD, 4)), Call(0, "m", "f", ("a", "b"), (1, 7)))
    (WrongArgument(name='b', expected=4, actual=7),)
    """
    if len(event.args) != len(call.args):
        return (WrongArgument("number of arguments", len(event.args), len(call.args)),)
    return tuple(
        WrongArgument(call.names[i] if i < len(call.names) else f"argument {i + 1}", pattern, value)
        for i, (pattern, value) in enumerate(zip(event.args, call.args, strict=True))
        if not fits(pattern, value)
    )


def count_differing(event: Event, call: Call) -> int:
    """Count what `differing` finds, without naming it; the search for the cheapest alignment asks this most."""
    if len(event.args) != len(call.args):
        return 1
    return sum(not fits(pattern, value) for pattern, value in zip(event.args, call.args, strict=True))


def answers_differ(event: Event, call: Call) -> bool:
    """Decide whether a call was answered otherwise than *event* says, where it says anything."""
    return call.event is not None and event.answer is not None and not fits(event.answer, call.answer)


def same_function(event: Event, call: Call) -> bool:
    """Decide whether the event is of the function that was called."""
    return event.function == call.function and event.module == call.module
