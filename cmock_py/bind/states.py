"""What may be left of a leaf of sets, read from the memory in which the runtime follows it. MIRROR runtime/machine.h.

A term is written as a tuple: ``("EMPTY",)``; ``("RUN", events, rest, optional)``: these events, then the rest, where an
optional run may stay away with its rest; ``("SEQ", first, rest)``; ``("XALT", terms)``; ``("REPEAT", least, most,
body)``; ``("PAR", pairs)`` and ``("PERM", pairs)`` with how often each member must come; ``("ANY", body, events)``;
``("QUEUE", first, rest)``, side by side, where the rest does not begin before the first has. An event stands for all
that mean the same: it is the first of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ACT_NUMBERS, TERM_NUMBERS = 8, 10
"""Of 32 bits in ``struct cmk_act`` and ``struct cmk_term``."""

UNBOUNDED = LOWER = 0xFFFF_FFFF


class TermKind(IntEnum):
    """What a term means for the terms below it. MIRROR runtime/machine.h."""

    EMPTY = 0
    ACT = 1
    SEQ = 2
    XALT = 3
    REPEAT = 4
    PAR = 5
    PERM = 6
    ANY = 7
    QUEUE = 8
    CHOSEN = 9
    STATE = 10
    ENVIRONMENT = 11


@dataclass(frozen=True, slots=True)
class Memory:
    """The terms of a language.

    Attributes:
        acts: numbers of 32 bits, as in the tables.
        terms: likewise.
        lists: words, as in the tables.
        area: words of a state, from ``cmk_machine.sets`` on; nothing before the language runs.
    """

    acts: Sequence[int]
    terms: Sequence[int]
    lists: Sequence[int]
    area: Sequence[int] = ()

    def residuals(self, state: int) -> list[tuple[tuple[Any, ...], tuple[int, ...]]]:
        """Write out all that may be left in a state.

        Args:
            state: ``cmk_place.at`` of the leaf.

        Returns:
            Terms, each with what it has bound: words of the registers that the leaf binds, empty when it is nothing.
        """
        *_, configurations = self._row(state)
        found = []
        for word in configurations:
            values: Sequence[int] = self._row(word >> 32)[4] if word >> 32 else ()
            found.append((self.read(word & LOWER), tuple(values)))
        return found

    def read(self, number: int) -> tuple[Any, ...]:
        """Write a term out."""
        kind, nullable, a, b, items = self._row(number)
        match kind:
            case TermKind.EMPTY:
                return ("EMPTY",)
            case TermKind.ACT:
                return self._run(number, nullable)
            case TermKind.SEQ | TermKind.QUEUE:
                return (TermKind(kind).name, self.read(a), self.read(b))
            case TermKind.XALT:
                return ("XALT", tuple(map(self.read, items)))
            case TermKind.REPEAT:
                return ("REPEAT", a, None if b == UNBOUNDED else b, self.read(items[0]))
            case TermKind.ANY:
                return ("ANY", self.read(a), tuple(self.acts[ACT_NUMBERS * act] for act in items))
            case TermKind.CHOSEN:
                return ("XALT", tuple(self._begun(a, word >> 32, word & LOWER) for word in items))
        return (TermKind(kind).name, tuple((self.read(word >> 32), word & LOWER) for word in items))

    def _row(self, number: int) -> tuple[int, int, int, int, Sequence[int]]:
        """Kind, whether it may end, both numbers and the list of a term, wherever it lies."""
        count = len(self.terms) // TERM_NUMBERS
        if number < count:
            at = TERM_NUMBERS * number
            kind, nullable, a, b, items, length = self.terms[at : at + 6]
            return kind, nullable, a, b, self.lists[items : items + length]
        at = number - count
        (first, second, third), items = self.area[at : at + 3], at + TERM_NUMBERS // 2
        length = third >> 32
        return first & LOWER, first >> 32, second & LOWER, second >> 32, self.area[items : items + length]

    def _run(self, number: int, optional: int) -> tuple[Any, ...]:
        """Collect a chain of acts, which may be long."""
        events = []
        kind, nullable, act, rest, _ = self._row(number)
        while kind == TermKind.ACT and nullable == optional:
            events.append(self.acts[ACT_NUMBERS * act])
            number = rest
            kind, nullable, act, rest, _ = self._row(number)
        return ("RUN", tuple(events), self.read(number), bool(optional))

    def _begun(self, perm: int, member: int, left: int) -> tuple[Any, ...]:
        """One member of a PERM has begun."""
        others = []
        for word in self._row(perm)[4]:
            times = (word & LOWER) - (word >> 32 == member)
            if times:
                others.append((self.read(word >> 32), times))
        return ("SEQ", self.read(left), ("PERM", tuple(others)))
