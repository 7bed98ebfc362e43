"""Counts the work of one report, so that none takes longer than its reader waits, on whatever machine.

Budgets are of calls with a few numbers. Calls of which each has kilobytes take longer to decode, to compare and to
show; how much longer is told by a few of them, and the budgets shrink by that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.lang.names import everything_in
from cmock_py.lang.nodes import Regex
from cmock_py.trace import Truncated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call

TOTAL = 200_000
"""Units of work of a whole report; one takes a microsecond or two."""
_UNBOUND = 1 << 62
_SAMPLED = 16
_NEAR = 1_000
_PER_CHARACTER = 4


class OutOfWork(Exception):
    """Ends what takes more work than it may."""


class Work:
    """Counts what a report has cost, and ends what costs too much."""

    __slots__ = ("_end", "done")

    def __init__(self) -> None:
        """Begin a report."""
        self.done = 0
        self._end = _UNBOUND

    def spend(self, units: int) -> None:
        """Count some work; raises OutOfWork inside of an `at_most` that does not allow it."""
        self.done += units
        if self.done > self._end:
            raise OutOfWork

    def at_most(self, units: int) -> _Bound:
        """Let what is inside spend so much, and no more than the whole report may; then go on behind it.

        >>> work = Work()
        >>> with work.at_most(10):
        ...     while True:
        ...         work.spend(3)
        >>> work.done
        12
        """
        return _Bound(self, units)

    def bound(self, end: int) -> int:
        """Set where `spend` raises, and return where it did before."""
        before, self._end = self._end, end
        return before

    def end_after(self, units: int) -> int:
        """Say where so much work ends, or what is left of that of the whole report, or of what is around."""
        return min(self._end, self.done + units, TOTAL)


class _Bound:
    """Ends what is inside of a `with` when it has spent what it may."""

    __slots__ = ("_before", "_units", "_work")

    def __init__(self, work: Work, units: int) -> None:
        self._work, self._units = work, units

    def __enter__(self) -> None:
        self._before = self._work.bound(self._work.end_after(self._units))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._work.bound(self._before)
        return kind is OutOfWork


def weight(calls: Sequence[Call], events: Sequence[Event], start: int) -> int:
    """Tell how many times the work of calls with a few numbers those near one are.

    Args:
        calls: the trace; a few calls are decoded.
        events: the language; a few events are.
        start: index of the call.

    >>> from cmock_py.trace import Call
    >>> weight([Call(0, "m", "f", ("x",), (7,))], [], 0), weight([Call(0, "m", "f", ("x",), ([7] * 400,))], [], 0)
    (1, 101)
    """
    made = [calls[i] for i in _some(len(calls), start)]
    largest = max((sum(map(_size, call.args)) for call in made), default=0) >> 2
    patterns = (part for j in _some(len(events), start) for arg in events[j].args for part in everything_in(arg))
    if any(part.__class__ is Regex for part in patterns):  # read character by character
        largest += _PER_CHARACTER * max((_length(arg) for call in made for arg in call.args), default=0)
    return 1 + largest


def _some(count: int, start: int) -> range:
    """The indices of a few, from one on."""
    end = min(count, start + _NEAR)
    begin = max(0, min(start, end - _SAMPLED))
    return range(begin, end, max(1, (end - begin) // _SAMPLED))


def _length(value: Any) -> int:
    """How many characters, or bytes, the texts in a value have."""
    match value:
        case Truncated():
            return _length(value.value)
        case str() | bytes() | bytearray():
            return len(value)
        case dict():
            return sum(map(_length, value.values()))
        case list():
            return len(value) * _length(value[0]) if value else 0
    return 0


def _size(value: Any) -> int:
    """How many numbers take as long to look at."""
    match value:
        case Truncated():
            return _size(value.value)
        case str():
            return 1 + (len(value) >> 6)
        case bytes() | bytearray():
            return 1 + (len(value) >> 8)
        case dict():
            return sum(map(_size, value.values()))
        case list():
            return len(value) * _size(value[0]) if value else 1
    return 1
