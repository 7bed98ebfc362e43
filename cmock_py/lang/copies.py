"""Counts what an expansion adds to a language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmock_py.lang.findings import Findings
from cmock_py.lang.limits import DEFAULT, GREATEST, Limits, around

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
        findings: collects the faults.
        added: events and operators.
        limits: of these.
    """

    findings: Findings = field(default_factory=Findings)
    added: int = 0
    limits: Limits = DEFAULT

    def fault(self, place: Source, message: str, hint: str | None = None) -> None:
        """Note a fault."""
        self.findings.fault(place, message, hint)

    def add(
        self,
        count: int,
        place: Source,
        what: str,
        functions: Callable[[], Iterable[tuple[str, str]]],
        hint: str | None = None,
    ) -> None:
        """Count events and operators that *what* adds; *functions* tells which ones it is about.

        Raises:
            TooLarge: there are more than allowed now.
        """
        self.added += count
        if self.added > self.limits.copies:
            enough = min(2 * self.added, GREATEST.copies)  # more may follow
            more = self.limits.allowing("copies", max(self.added, enough))
            message = f"with {what} the language grows by more than {self.limits.copies} events{around(functions())}"
            raise TooLarge(place, message, f"{hint}; or {more}" if hint else more)
