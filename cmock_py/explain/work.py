"""Counts the work of one report, so that none takes longer than its reader waits, on whatever machine."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TOTAL = 240_000
"""Units of work of a whole report; one takes a microsecond or two."""
_UNBOUND = 1 << 62


class OutOfWork(Exception):  # noqa: N818 - no error: nobody but `Work.at_most` sees it
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

    @contextmanager
    def at_most(self, units: int) -> Iterator[None]:
        """Let what is inside spend so much, and no more than the whole report may; then go on behind it.

        >>> work = Work()
        >>> with work.at_most(10):
        ...     while True:
        ...         work.spend(3)
        >>> work.done
        12
        """
        before = self._end
        self._end = min(before, self.done + units, TOTAL)
        try:
            yield
        except OutOfWork:
            pass
        finally:
            self._end = before
