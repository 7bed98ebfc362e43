"""Counts what an expansion adds to a language, and collects its faults: each once, though copied many times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmock_py.errors import Fault
from cmock_py.lang.limits import DEFAULT, GREATEST, Limits

if TYPE_CHECKING:
    from cmock_py.lang.nodes import Source


_PLACE = re.compile(r"(.*?):([0-9]+)(?::([0-9]+))?")


class TooLarge(Exception):
    """An expansion has crossed a limit: where, why, and as `hint` the next step."""

    def __init__(self, place: Source, message: str, hint: str | None = None) -> None:
        """Keep the place and the hint beside the message."""
        super().__init__(message)
        self.place = place
        self.hint = hint


@dataclass(slots=True)
class Copies:
    """What one expansion has added so far, and what is wrong.

    Attributes:
        found: the faults, in the order in which they were met, as keys.
        added: events and operators.
        limits: of these.
    """

    found: dict[Fault, None] = field(default_factory=dict)
    added: int = 0
    limits: Limits = DEFAULT

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults so far: file by file as they were met first, in each in the order of its lines."""
        places = {fault: _PLACE.fullmatch(fault.path) for fault in self.found}
        files = {place[1]: None for place in places.values() if place}
        number = {name: index for index, name in enumerate(files)}

        def order(fault: Fault) -> tuple[int, int, int]:
            place = places[fault]
            return (number[place[1]], int(place[2]), int(place[3] or 0)) if place else (-1, 0, 0)

        return tuple(sorted(self.found, key=order))

    def fault(self, place: Source, message: str, hint: str | None = None) -> None:
        """Note a fault."""
        self.found[Fault(str(place), message, hint)] = None

    def add(self, count: int, place: Source, what: str, hint: str | None = None) -> None:
        """Count events and operators that *what* adds.

        Raises:
            TooLarge: there are more than allowed now.
        """
        self.added += count
        if self.added > self.limits.copies:
            enough = min(2 * self.added, GREATEST.copies)  # more may follow
            more = self.limits.allowing("copies", max(self.added, enough))
            message = f"with {what} the language grows by more than {self.limits.copies} events"
            raise TooLarge(place, message, f"{hint}; or {more}" if hint else more)
