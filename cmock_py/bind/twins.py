"""Twins: members of a PAR that differ only in the names of what they bind; in C they queue.

``PAR[(lock.take(?a) lock.give(a)) (lock.take(?b) lock.give(b))]``: which of the two takes the first call makes no
difference, but for names that nobody sees from outside. So the first may always begin first, and twenty of them are as
many ways as one (docs/semantics.md). Without this each order in which they could have begun is a way of its own.

The functions without C give twins the same names instead (`lang.same_names`); here each keeps its registers, since two
that have begun have bound values of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from cmock_py.lang.structure import Part


@dataclass(frozen=True, slots=True)
class Wording:
    """What an event says, but for the names in it.

    Attributes:
        says: equal for events that ask and answer the same, whatever names they bind or read.
        registers: those of its names, in the order in which it has them.
    """

    says: Hashable
    registers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Twins:
    """Finds twins in one leaf.

    Attributes:
        wording: of an event.
        owners: for each register the first and the last event that binds or reads it.
        binds: registers that an event binds.
        turns: where the event that is written first answers: how often events with the label of an event have answered
            otherwise before it; then members with another answer between them are no twins.
    """

    wording: Callable[[int], Wording]
    owners: Mapping[int, tuple[int, int]]
    binds: Mapping[int, Iterable[int]]
    turns: Sequence[int] = ()

    def groups(self, members: Sequence[Part]) -> list[list[Part]]:
        """Group the members of a PAR, each group in the order of the text."""
        found: dict[Hashable, list[Part]] = {}
        for index, member in enumerate(members):
            key = self._key(member)
            found.setdefault(index if key is None else key, []).append(member)
        return list(found.values())

    def _key(self, member: Part) -> Hashable:
        """Equal for twins; None of a member that binds nothing, or something that is known outside of it."""
        span = range(member.first, member.end)
        bound = {register for event in span for register in self.binds.get(event, ())}
        if not bound or not all(low in span and high in span for low, high in map(self.owners.__getitem__, bound)):
            return None
        return _Writing(self, bound).part(member)


@dataclass(frozen=True, slots=True)
class _Writing:
    """Writes one member down, its own names as numbers in the order in which they come."""

    twins: Twins
    own: set[int]
    numbers: dict[int, int] = field(default_factory=dict)

    def part(self, part: Part) -> Hashable:
        inner = [self.event(event) for event in range(part.first, part.end)] if part.kind is Kind.RUN else []
        return part.kind, part.least, part.most, *inner, *map(self.part, part.parts)

    def event(self, event: int) -> Hashable:
        wording = self.twins.wording(event)
        turn = self.twins.turns[event] if self.twins.turns else 0
        return wording.says, turn, *map(self.name, wording.registers)

    def name(self, register: int) -> Hashable:
        if register not in self.own:
            return "outside", register
        return self.numbers.setdefault(register, len(self.numbers))


def owners(*flows: Mapping[int, Iterable[int]]) -> dict[int, tuple[int, int]]:
    """Tell for each register the first and the last event that has to do with it.

    >>> owners({3: [0], 9: [0, 1]}, {5: [1]})
    {0: (3, 9), 1: (5, 9)}
    """
    found: dict[int, tuple[int, int]] = {}
    for flow in flows:
        for event, registers in flow.items():
            for register in registers:
                low, high = found.get(register, (event, event))
                found[register] = min(low, event), max(high, event)
    return found
