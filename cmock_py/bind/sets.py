"""The terms that sets begin with: what is left of a part of the language while nobody has called anything.

Terms are numbered so that equal ones have one number: equal code on different lines is one term, PAR and PERM count
equal members, and whoever follows a language need not tell apart what makes no difference. A run is a chain of acts;
the ends of chains are shared. The runtime makes all further terms from these. MIRROR runtime/machine.h.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, assert_never

from cmock_py.bind.machine import NOWHERE, Policy
from cmock_py.bind.plan import events_of
from cmock_py.bind.states import TERM_NUMBERS, TermKind
from cmock_py.bind.twins import Twins, Wording, owners
from cmock_py.lang.structure import Kind, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

WIDE = 63
"""Registers of a leaf from this on share one bit."""


class ActFlag(IntFlag):
    """What is special about an act. MIRROR runtime/machine.h."""

    BACKGROUND = 1
    GUARDED = 2
    BINDS = 4
    COMPOSES = 8


@dataclass(frozen=True, slots=True)
class Meaning:
    """What sets must know of the events of a language.

    Attributes:
        labels: by event; events with different labels never take the same call.
        answers: by event; equal numbers are equal answers.
        keys: by event; equal keys ask for the same, function, arguments, conditions and registers, and answer the same
            bytes.
        flags: of events that have any: `ActFlag`, without `BACKGROUND`.
        uses: registers that an event reads in conditions or in its answer.
        binds: registers that it binds.
        wording: of an event that binds or reads registers, or stands among such.
    """

    labels: Sequence[int]
    answers: Sequence[int]
    keys: Sequence[Hashable]
    flags: Mapping[int, int] = field(default_factory=dict)
    uses: Mapping[int, Iterable[int]] = field(default_factory=dict)
    binds: Mapping[int, Iterable[int]] = field(default_factory=dict)
    wording: Callable[[int], Wording] | None = None


@dataclass(slots=True)
class Terms:
    """Makes the tables of acts and terms.

    Attributes:
        meaning: of the events.
        policy: under `STRICT` no two events are one act; under `FIRST_WINS` none with another answer between them.
        acts: rows of ``struct cmk_act``.
        terms: rows of ``struct cmk_term``.
        lists: what the terms list.
        twins: of the bodies of repetitions in twins: equal numbers for those that only names tell apart.
    """

    meaning: Meaning
    policy: Policy = Policy.REFUSE_AMBIGUITY
    acts: array[int] = field(default_factory=lambda: array("I"))
    terms: array[int] = field(default_factory=lambda: array("I", [0, 1, *[0] * (TERM_NUMBERS - 2)]))
    lists: array[int] = field(default_factory=lambda: array("Q", [0]))
    twins: dict[int, int] = field(default_factory=dict)
    _acts: dict[tuple[int, int], int] = field(default_factory=dict)
    _numbers: dict[tuple[int, ...], int] = field(default_factory=dict)
    _nullable: bytearray = field(default_factory=lambda: bytearray([1]))
    _uses: list[int] = field(default_factory=lambda: [0])
    _binds: list[int] = field(default_factory=lambda: [0])
    _act_uses: list[int] = field(default_factory=list)
    _act_binds: list[int] = field(default_factory=list)
    _slots: dict[int, int] = field(default_factory=dict)
    _firsts: dict[Hashable, int] = field(default_factory=dict)
    _turns: Sequence[int] = ()
    _twins: Twins | None = None
    _owners: dict[int, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Under `FIRST_WINS` the order of answers counts: note how often it changed before each event."""
        if self.policy is Policy.FIRST_WINS:
            self._turns = _turns(self.meaning.labels, self.meaning.answers)

    def leaf(self, part: Part) -> tuple[int, int, bool]:
        """Make the terms of a part.

        Args:
            part: what sets are to follow.

        Returns:
            The number of its term; where the registers that it binds are listed, 0 if it binds none; and whether one
            call could have two answers in it, as far as labels tell.

        >>> terms = Terms(Meaning([0, 1, 0, 1], [0, 0, 0, 0], "abab"))
        >>> run = [Part(Kind.RUN, 0, 2, least=2), Part(Kind.RUN, 2, 4, least=2)]
        >>> number, *_ = terms.leaf(Part(Kind.PAR, 0, 4, tuple(run)))
        >>> from cmock_py.bind.states import Memory
        >>> Memory(terms.acts, terms.terms, terms.lists).read(number)
        ('PAR', ((('RUN', (0, 1), ('EMPTY',), False), 2),))
        """
        bound = {register for event in events_of(part) for register in self.meaning.binds.get(event, ())}
        self._slots = {register: slot for slot, register in enumerate(sorted(bound))}
        self._acts.clear()
        self._firsts = {}
        for event in sorted(events_of(part)):
            self._firsts.setdefault(self._key(event), event)
        self._twins = self._all_twins() if bound else None
        place = len(self.lists) if bound else 0
        if bound:
            self.lists.extend([len(bound), *self._slots])
        return self._part(part, 0), place, self._may_differ()

    def _all_twins(self) -> Twins | None:
        """Members of PAR that only names tell apart; under `STRICT` each of them is a way of its own."""
        meaning = self.meaning
        if meaning.wording is None or self.policy is Policy.STRICT:
            return None
        self._owners = self._owners or owners(meaning.uses, meaning.binds)  # of the whole language, so once
        return Twins(meaning.wording, self._owners, meaning.binds, self._turns)

    def _may_differ(self) -> bool:
        """Whether one call may have two answers somewhere in the leaf."""
        meaning = self.meaning
        answers: dict[int, int] = {}
        return self.policy is Policy.STRICT or any(
            answers.setdefault(meaning.labels[event], meaning.answers[event]) != meaning.answers[event]
            or meaning.flags.get(event, 0) & ActFlag.COMPOSES
            for event in self._firsts.values()
        )

    # --- acts -------------------------------------------------------------------------------------------------------

    def _act(self, event: int, background: int = 0) -> int:
        meaning, event = self.meaning, self._firsts[self._key(event)]
        act = self._acts.get((event, background))
        if act is None:
            act = self._acts[event, background] = len(self._act_uses)
            flags = meaning.flags.get(event, 0) | background
            uses, binds = self._bits(meaning.uses.get(event, ())), self._bits(meaning.binds.get(event, ()))
            self.acts.extend(
                [event, meaning.labels[event], meaning.answers[event], flags, *_words(uses), *_words(binds)]
            )
            self._act_uses.append(uses)
            self._act_binds.append(binds)
        return act

    def _key(self, event: int) -> Hashable:
        """Equal for events that are one act, but for `BACKGROUND`."""
        if self.policy is Policy.STRICT:
            return event
        return self.meaning.keys[event], self.meaning.answers[event], self._turns[event] if self._turns else 0

    def _bits(self, registers: Iterable[int]) -> int:
        slots = [self._slots[register] for register in registers if register in self._slots]
        return sum({1 << min(slot, WIDE) for slot in slots})

    # --- terms ------------------------------------------------------------------------------------------------------

    def _part(self, part: Part, rest: int) -> int:
        """The term of a part, and then another."""
        match part.kind:
            case Kind.EMPTY:
                return rest
            case Kind.RUN if part.least == part.end - part.first:
                return self._run(part, rest)
            case Kind.RUN:
                return self._seq(self._run(part, 0), rest)
            case Kind.SEQ:
                for inner in reversed(part.parts):
                    rest = self._part(inner, rest)
                return rest
            case Kind.PREFIX:
                return self._seq(self._prefix(part), rest)
            case Kind.XALT:
                return self._seq(self._xalt([self._part(inner, 0) for inner in part.parts]), rest)
            case Kind.PAR:
                return self._seq(self._members(TermKind.PAR, self._queues(part.parts)), rest)
            case Kind.PERM:
                return self._seq(self._members(TermKind.PERM, [self._part(inner, 0) for inner in part.parts]), rest)
            case Kind.REPEAT:
                return self._seq(self._repeat(self._part(part.parts[0], 0), part.least, part.most), rest)
            case Kind.ANY:
                return self._seq(self._any(self._part(part.parts[0], 0), part.parts[1]), rest)
            case _:
                assert_never(part.kind)

    def _term(self, key: tuple[int, ...], nullable: bool, uses: int, binds: int) -> int:
        """The number of the term of this kind, `a`, `b` and list."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._nullable)
            kind, a, b, *items = key
            self.terms.extend([kind, nullable, a, b, len(self.lists), len(items), *_words(uses), *_words(binds)])
            self.lists.extend(items)
            self._nullable.append(nullable)
            self._uses.append(uses)
            self._binds.append(binds)
        return number

    def _run(self, part: Part, rest: int) -> int:
        """A chain of acts from the last to the first; from `least` on the chain may end."""
        due = part.first + part.least
        for event in reversed(range(part.first, part.end)):
            act, optional = self._act(event), event >= due
            uses = self._act_uses[act] | self._uses[rest] & ~self._act_binds[act]
            binds = 0 if optional else self._act_binds[act] | self._binds[rest]
            key = (TermKind.ACT + 16 * optional, act, rest)
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = len(self._nullable)
                self.terms.extend([TermKind.ACT, optional, act, rest, 0, 0, *_words(uses), *_words(binds)])
                self._nullable.append(optional)
                self._uses.append(uses)
                self._binds.append(binds)
            rest = number
        return rest

    def _prefix(self, part: Part) -> int:
        """Each part that may stay away stands around all that follow it."""
        rest = 0
        for number, inner in reversed([*enumerate(part.parts)]):
            rest = self._part(inner, rest)
            rest = rest if number < part.least else self._repeat(rest, 0, 1)
        return rest

    def _seq(self, first: int, rest: int) -> int:
        if not first or not rest:
            return first or rest
        uses = self._uses[first] | self._uses[rest] & ~self._binds[first]
        nullable = bool(self._nullable[first] and self._nullable[rest])
        return self._term((TermKind.SEQ, first, rest), nullable, uses, self._binds[first] | self._binds[rest])

    def _xalt(self, members: Sequence[int]) -> int:
        items = sorted(set(members))
        if len(items) == 1:
            return items[0]
        binds = -1
        for item in items:
            binds &= self._binds[item]
        return self._term(
            (TermKind.XALT, 0, 0, *items), any(map(self._nullable.__getitem__, items)), self._all(items), binds
        )

    def _members(self, kind: TermKind, members: Sequence[int]) -> int:
        """PAR and PERM: what must all come."""
        times = Counter(member for member in members if member)
        if times.total() <= 1:
            return next(iter(times), 0)
        binds = 0
        for member in times:
            binds |= self._binds[member]
        pairs = [member << 32 | times[member] for member in sorted(times)]
        return self._term((kind, 0, 0, *pairs), all(map(self._nullable.__getitem__, times)), self._all(times), binds)

    def _queues(self, parts: Sequence[Part]) -> list[int]:
        """The members of a PAR; those that only names tell apart wait for each other to begin."""
        if self._twins is None:
            return [self._part(inner, 0) for inner in parts]
        groups = self._twins.groups(parts)
        for group in groups:
            for bodies in zip(*map(self._bodies, group), strict=True) if len(group) > 1 else ():
                self.twins |= dict.fromkeys(bodies, 1 + len(self.twins))
        return [self._queue([self._part(inner, 0) for inner in group]) for group in groups]

    def _bodies(self, part: Part) -> Iterator[int]:
        """The terms of what is repeated in a part."""
        if part.kind is Kind.REPEAT:
            yield self._part(part.parts[0], 0)
        for inner in part.parts:
            yield from self._bodies(inner)

    def _queue(self, members: list[int]) -> int:
        rest = members.pop()
        for first in reversed(members):
            nullable = bool(self._nullable[first] and self._nullable[rest])
            uses, binds = self._all([first, rest]), self._binds[first] | self._binds[rest]
            rest = self._term((TermKind.QUEUE, first, rest), nullable, uses, binds)
        return rest

    def _repeat(self, body: int, least: int, most: int | None) -> int:
        """No round is empty; so nothing must come of a body that may be."""
        least = 0 if self._nullable[body] else least
        if not body or most == 0:
            return 0
        if most == 1 and (least == 1 or self._nullable[body]):
            return body
        binds = self._binds[body] if least else 0
        key = (TermKind.REPEAT, least, NOWHERE if most is None else most, body)
        return self._term(key, least == 0, self._uses[body], binds)

    def _any(self, body: int, calls: Part) -> int:
        acts = sorted({self._act(event, ActFlag.BACKGROUND) for event in events_of(calls)})
        uses = self._uses[body]
        for act in acts:
            uses |= self._act_uses[act]
        return self._term((TermKind.ANY, body, 0, *acts), bool(self._nullable[body]), uses, self._binds[body])

    def _all(self, items: Iterable[int]) -> int:
        uses = 0
        for item in items:
            uses |= self._uses[item]
        return uses


def _words(bits: int) -> tuple[int, int]:
    return bits & NOWHERE, bits >> 32


def _turns(labels: Sequence[int], answers: Sequence[int]) -> list[int]:
    """Count for each event how often the answer has changed from event to event with its label.

    >>> _turns([0, 1, 0, 0, 0], [5, 6, 5, 7, 5])
    [0, 0, 0, 1, 2]
    """
    last: dict[int, tuple[int, int]] = {}
    turns = []
    for label, answer in zip(labels, answers, strict=True):
        before, turn = last.get(label, (answer, 0))
        turn += before != answer
        last[label] = (answer, turn)
        turns.append(turn)
    return turns
