"""Refuses languages whose tables, or what it takes to follow them, have no room in the arena."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cmock_py.errors import Fault, LanguageError
from cmock_py.host import arena
from cmock_py.lang.limits import SHORTER, listed
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from cmock_py.bind.tables import Tables
    from cmock_py.lang.limits import Limits
    from cmock_py.lang.structure import Part

_LOOKED_AT = 1000


def refuse_large(
    tables: Tables, limits: Limits, *, tables_size: int = arena.FOUND, state_size: int = arena.STATE_SIZE
) -> None:
    """Refuse tables that have no room.

    Args:
        tables: of a language.
        limits: that it was bound with.
        tables_size: bytes that are there for the tables of one language.
        state_size: bytes that are there for what it takes to follow it.

    Raises:
        LanguageError: how much they take, of how much; where most of it stands, and what to do.
    """
    taken = _state_size(tables)
    if tables.size > tables_size:
        size = f"the tables of {len(tables.events)} events take {tables.size} bytes, of {tables_size}"
        raise LanguageError([_fault(tables, size, f"expect shorter strings and arrays, {SHORTER}")])
    if taken > state_size:
        size = f"to follow the language takes {taken} bytes, of {state_size}; {limits.memory} of them are Limits.memory"
        raise LanguageError([_fault(tables, size, _less(limits, taken - state_size))])


def _state_size(tables: Tables) -> int:
    """Bytes of what a run changes."""
    words = tables.machine.words if tables.machine is not None else {"sets": 0, "sets_size": 0}
    return words["sets"] + words["sets_size"]


def _less(limits: Limits, missing: int) -> str:
    """Say how the state can be made small enough."""
    left = (limits.memory - missing) // 2**16 * 2**16
    if left <= 0:
        return SHORTER
    return f"reserve less: limits={replace(limits, memory=left)!r}"


def _fault(tables: Tables, size: str, hint: str) -> Fault:
    """Name the smallest part that holds more than half of the events."""
    part, events = tables.root, tables.events
    while part.kind is not Kind.RUN and (inner := _largest(part)):
        part = inner
    around = listed(
        (event.module, event.function) for event in events[part.first : min(part.end, part.first + _LOOKED_AT)]
    )
    return Fault(str(part.place), f"{size}; most of them are here, around {around}", hint)


def _largest(part: Part) -> Part | None:
    """The part inside of another that holds more than half of its events."""
    return next((inner for inner in part.parts if 2 * (inner.end - inner.first) > part.end - part.first), None)
