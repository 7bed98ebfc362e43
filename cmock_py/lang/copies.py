"""Counts what an expansion adds to a language, and collects its faults: each once, though copied many times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmock_py.errors import Fault
from cmock_py.lang.limits import MAX_COPIED

if TYPE_CHECKING:
    from cmock_py.lang.nodes import Source


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
    """

    found: dict[Fault, None] = field(default_factory=dict)
    added: int = 0

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults so far."""
        return tuple(self.found)

    def fault(self, place: Source, message: str, hint: str | None = None) -> None:
        """Note a fault."""
        self.found[Fault(str(place), message, hint)] = None

    def add(self, count: int, place: Source, what: str, hint: str | None = None) -> None:
        """Count events and operators that *what* adds.

        Raises:
            TooLarge: there are more than `MAX_COPIED` now.
        """
        self.added += count
        if self.added > MAX_COPIED:
            raise TooLarge(place, f"with {what} the language grows by more than {MAX_COPIED} events", hint)
