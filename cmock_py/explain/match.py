"""Compares an event with a call as the check in C does, to say which values differ; see lang/patterns.py for how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.explain.report import WrongArgument
from cmock_py.lang.names import errno_number, replace_names
from cmock_py.lang.nodes import REAL, WILDCARD
from cmock_py.lang.patterns import fits
from cmock_py.lang.taking import answered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call


def differing(event: Event, call: Call) -> tuple[WrongArgument, ...]:
    """Find the arguments of a call that are not what the event says; both are of the same function.

    >>> from cmock_py.lang.nodes import WILDCARD, Event
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
    """Decide whether a call was answered otherwise than *event* says, where it says anything that is known here."""
    if call.event is None or (call.is_real and event.answer == REAL):
        return False
    if wrong_errno(event, call) is not None:
        return True
    if event.answer is None:
        return False
    known = replace_names(event.answer, lambda _: WILDCARD)
    return not fits(known, answered(call, known))


def wrong_errno(event: Event, call: Call, values: Mapping[str, Any] | None = None) -> tuple[int | str, Any] | None:
    """Find what an event says of ``errno`` and what a call has left there; None when these do not differ.

    Args:
        event: of the function that was called.
        call: was answered.
        values: what names stand for; an errno that another name stands for is not known, and does not differ.

    >>> from cmock_py.lang.nodes import Event
    >>> from cmock_py.trace import Call
    >>> call = Call(0, "m", "f", (), (), -1, 0, errno=4)
    >>> wrong_errno(Event("m", "f", (), -1, "EIO"), call), wrong_errno(Event("m", "f", (), -1, "EINTR"), call)
    (('EIO', 4), None)
    """
    said = event.errno
    if said is None:
        return None
    said = (values or {}).get(str(said), said)
    number = errno_number(said)
    return (said, call.errno) if isinstance(number, int) and number != call.errno else None


def same_function(event: Event, call: Call) -> bool:
    """Decide whether the event is of the function that was called."""
    return event.function == call.function and event.module == call.module
