"""Names that only the headers know, in a language that is compared without them: where a decision hangs on one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.lang.names import ERRNOS, binders_in, names_in, used_names
from cmock_py.lang.nodes import WILDCARD, Event, Named, OutValue
from cmock_py.lang.taking import of_function

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from cmock_py.lang.residuals import Take
    from cmock_py.trace import Call


def free_names(events: Iterable[Event]) -> set[str]:
    """Find the names that events use and none of them binds; those of `errno` are everyone's.

    >>> from cmock_py.lang.nodes import Name
    >>> free_names([Event("", "f", (Name("LIMIT"),), binds="s"), Event("", "g", (Name("s"),), errno="EINTR")])
    {'LIMIT'}
    """
    used: set[str] = set()
    bound: set[str] = set()
    for event in events:
        used |= set(used_names(event)) - ({event.errno} & ERRNOS.keys())
        bound |= {*binders_in(event.args), event.binds or ""}
    return used - bound


def left_open(event: Event, call: Call, unknown: AbstractSet[str], take: Take) -> str | None:
    """Find what an event that does not take a call leaves open: a name that nobody knows; None when it is sure.

    Args:
        event: of the language.
        call: that was made.
        unknown: names without a value.
        take: how the call is taken.
    """
    if not of_function(event, call):
        return None
    if not call.names and any(isinstance(arg, Named) for arg in event.args):
        return next(arg.name for arg in event.args if isinstance(arg, Named))
    names = [name for name in used_names(event) if name in unknown]
    if not names or take(event, {}) is not None or take(_opened(event), {}) is None:
        return None
    return names[0]


def _opened(event: Event) -> Event:
    """Let everything be that an event says by names."""
    args = tuple(arg for arg in map(_opened_argument, event.args) if arg is not None)
    answer = WILDCARD if any(names_in(event.answer)) else event.answer
    return event._replace(args=args, answer=answer, errno=None if isinstance(event.errno, str) else event.errno)


def _opened_argument(arg: Any) -> Any:
    """The wildcard for an argument with names in it; None for what would be written."""
    if not any(names_in(arg)):
        return arg
    if isinstance(arg, OutValue):
        return None
    return Named(arg.name, WILDCARD) if isinstance(arg, Named) else WILDCARD
