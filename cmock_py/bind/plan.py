"""Decides which engine follows which part of a language, in time linear in its size.

A *conflict* is a place where one call could be taken in two ways. Where there is none, a tree of cursors follows the
language; where there is one, the smallest part around it becomes a leaf that keeps sets, or counts when it is equal
sequences side by side. Two events can take the same call when they have the same *label*.

For every part the sets of classic parsing are known: the labels it can begin with (*first*), and those that can go on
behind a complete word of it (*follow*; Brüggemann-Klein and Wood 1998 call a language without such meetings
1-unambiguous). A leaf of sets may still be inside another way when a word is complete, so all its labels follow it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import chain, pairwise
from operator import or_
from typing import TYPE_CHECKING

from cmock_py.lang.structure import Kind, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


class NodeKind(IntEnum):
    """What follows a part. MIRROR runtime/machine.h enum cmk_node_kind."""

    EMPTY = 0
    RUN = 1
    SEQ = 2
    XALT = 3
    REPEAT = 4
    PAR = 5
    PERM = 6
    ANY = 7
    POWERS = 8
    SOME = 9
    EACH = 10
    SETS = 11


MAX_COUNTS = 4_000_000
"""Counts of one leaf of equal sequences; where there would be more, a set follows them."""


@dataclass(slots=True)
class Planned:
    """A part and what follows it.

    Attributes:
        kind: the engine: a kind of cursor, or `POWERS` or `SETS` for a leaf.
        part: what it follows. Of a leaf it may join parts that the text has apart; then its events are not consecutive.
        children: of a cursor.
        nullable: whether it may end before it began.
        first: labels it can begin with.
        follow: labels that can go on behind a complete word.
    """

    kind: NodeKind
    part: Part
    children: list[Planned]
    nullable: bool
    first: set[int]
    follow: set[int] = field(default_factory=set)

    def depth(self) -> int:
        """Count the levels of cursors."""
        return 1 + max((child.depth() for child in self.children), default=0)

    def leaves(self) -> Iterator[Planned]:
        """Find all leaves of sets."""
        if self.kind is NodeKind.SETS:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class Facts:
    """What planning must know of the events.

    Attributes:
        labels: by event; events with different labels never take the same call.
        same: whether two events ask and answer the same.
        strict: whether a second way to take a call is an error even when it makes no difference.
        flows: for each bound name the events that bind or use it.
    """

    labels: Sequence[int]
    same: Callable[[int, int], bool]
    strict: bool = False
    flows: Sequence[Sequence[int]] = ()


def plan(root: Part, facts: Facts) -> Planned:
    """Choose the engines for a language.

    A name that is bound in a leaf of sets has one value for each way that is followed there, so whatever uses the name
    must be in that leaf: leaves grow until this holds.
    """
    joined: set[tuple[int, int]] = set()
    flows: dict[int, list[int]] = {}
    for number, events in enumerate(facts.flows):
        for event in events:
            flows.setdefault(event, []).append(number)
    while True:
        planned = _Planner(facts, joined).planned(root)
        wider = {span for leaf in planned.leaves() for span in _leaving(leaf.part, facts.flows, flows)} - joined
        if not wider:
            return planned
        joined |= wider


def _leaving(
    part: Part, flows: Sequence[Sequence[int]], of_event: Mapping[int, Iterable[int]]
) -> Iterator[tuple[int, int]]:
    """The spans of events of names that a leaf shares with the rest of the language."""
    inside = set(events_of(part)) if of_event else set()
    for number in {number for event in inside for number in of_event.get(event, ())}:
        if not inside.issuperset(flows[number]):
            both = inside.union(flows[number])
            yield min(both), max(both)


def events_of(part: Part) -> Iterator[int]:
    """Number the events below a part."""
    pending = [part]
    while pending:
        part = pending.pop()
        if part.parts:
            pending += reversed(part.parts)
        else:
            yield from range(part.first, part.end)


@dataclass(frozen=True, slots=True)
class _Planner:
    facts: Facts
    joined: set[tuple[int, int]]  # events that one leaf must hold

    def planned(self, part: Part) -> Planned:
        match part.kind:
            case Kind.EMPTY:
                return Planned(NodeKind.EMPTY, part, [], nullable=True, first=set())
            case Kind.RUN:
                return self._run(part)
            case Kind.SEQ:
                return self._seq(part)
            case Kind.PREFIX:
                return self._prefix(part)
        children = [self.planned(inner) for inner in (part.parts[:1] if part.kind is Kind.ANY else part.parts)]
        made = Planned(NodeKind(part.kind), part, children, nullable=all(c.nullable for c in children), first=set())
        made.first.update(*(child.first for child in children))
        made.follow.update(*(child.follow for child in children))
        conflict = {
            Kind.XALT: self._xalt, Kind.REPEAT: self._repeat, Kind.PAR: self._par, Kind.PERM: self._perm,
            Kind.ANY: self._any,
        }[part.kind](made)  # fmt: skip
        if conflict or self._is_joined(part):
            return self._leaf(made)
        if len(made.children) == 1 and part.kind in {Kind.XALT, Kind.PAR}:
            return made.children[0]
        return _of_events(made) or made

    def _is_joined(self, part: Part) -> bool:
        """Whether events that must be in one leaf are in several children, and nowhere else."""
        if not self.joined:
            return False
        spans = [(min(events), max(events)) for inner in part.parts if (events := list(events_of(inner)))]
        low, high = min(first for first, _ in spans), max(last for _, last in spans)
        return any(
            low <= first and last <= high and not any(a <= first and last <= b for a, b in spans)
            for first, last in self.joined
        )

    def _leaf(self, made: Planned) -> Planned:
        """Follow a part by the set of all ways."""
        return Planned(
            NodeKind.SETS, made.part, [], nullable=made.nullable, first=made.first, follow=self._alphabet(made.part)
        )

    def _alphabet(self, part: Part) -> set[int]:
        return set(map(self.facts.labels.__getitem__, events_of(part)))

    def _run(self, part: Part) -> Planned:
        labels, least = self.facts.labels, part.least
        follow = set(labels[part.first + max(least, 1) : part.end])
        return Planned(NodeKind.RUN, part, [], nullable=least == 0, first={labels[part.first]}, follow=follow)

    # --- sequences --------------------------------------------------------------------------------------------------

    def _seq(self, part: Part) -> Planned:
        """Join each child with those before it, up to the first that could take a call that it begins with."""
        groups: list[Planned] = []
        members: list[list[Part]] = []
        ways: dict[int, int] = {}  # label: the first group that could take it, of those that are not over for sure
        for child in map(self.planned, part.parts):
            clashes = [ways[label] for label in child.first if label in ways]
            since = min([*clashes, *self._joined_since(members, child.part)], default=None)
            if since is None:
                groups.append(child)
                members.append([child.part])
            else:
                since = min(since, len(groups) - 1)
                self._join(groups, members, since, child)
            last = groups[-1]
            if not last.nullable:
                ways.clear()
            for label in chain(last.follow, last.first if last.nullable else ()):
                ways.setdefault(label, len(groups) - 1)
        for group, parts in zip(groups, members, strict=True):
            if len(parts) > 1:
                group.part = Part(Kind.SEQ, parts[0].first, parts[-1].end, tuple(parts), place=parts[0].place)
        if len(groups) == 1:
            return groups[0]
        made = Planned(NodeKind.SEQ, part, groups, nullable=all(g.nullable for g in groups), first=set())
        for group in groups:
            made.first |= group.first
            if not group.nullable:
                break
        for group in reversed(groups):
            made.follow |= group.follow
            if not group.nullable:
                break
            made.follow |= group.first
        return made

    def _join(self, groups: list[Planned], members: list[list[Part]], since: int, child: Planned) -> None:
        """Make one leaf of the groups from one on, and a child; its part is made when all have joined."""
        joined = groups[since]
        if len(members[since]) == 1:
            first, follow = set(joined.first), self._alphabet(joined.part)
            joined = Planned(NodeKind.SETS, joined.part, [], nullable=joined.nullable, first=first, follow=follow)
        for group, parts in zip([*groups[since + 1 :], child], [*members[since + 1 :], [child.part]], strict=True):
            if joined.nullable:
                joined.first |= group.first
            joined.nullable = joined.nullable and group.nullable
            joined.follow |= group.follow if len(parts) > 1 else self._alphabet(group.part)
            members[since] += parts
        groups[since:] = [joined]
        members[since + 1 :] = []

    def _joined_since(self, members: list[list[Part]], part: Part) -> Iterator[int]:
        """The groups that hold events which must be in one leaf with some of a part."""
        for first, last in self.joined:
            if first < part.first <= last:
                for index, group in enumerate(members):
                    if group[0].first <= first < group[-1].end:
                        yield index

    def _prefix(self, part: Part) -> Planned:
        """Parts of which none may be left out: each is followed by the next one only, or by nothing."""
        children = list(map(self.planned, part.parts))
        made = Planned(NodeKind.SEQ, part, children, nullable=part.least == 0, first=set(children[0].first))
        behind = children[max(part.least, 1) - 1 :]
        made.follow.update(*(child.follow for child in behind), *(child.first for child in behind[1:]))
        clashes = any(not child.follow.isdisjoint(after.first) for child, after in pairwise(children))
        return self._leaf(made) if clashes or self._is_joined(part) else made

    # --- the others: each says whether the whole part is in conflict ------------------------------------------------

    def _xalt(self, made: Planned) -> bool:
        made.nullable = any(child.nullable for child in made.children)
        return self._group(made, Kind.XALT, [child.first for child in made.children])

    def _par(self, made: Planned) -> bool:
        made.follow.update(*(child.first for child in made.children if child.nullable))
        return self._group(made, Kind.PAR, [self._alphabet(child.part) for child in made.children])

    def _group(self, made: Planned, kind: Kind, labels: list[set[int]]) -> bool:
        """Make one leaf of all children that share labels, directly or over others; tell whether one leaf is all."""
        found: list[Planned] = []
        for group in _connected(labels):
            children = [made.children[index] for index in group]
            found.append(children[0] if len(children) == 1 else self._shared(children, kind, made.part))
        made.children = found
        made.follow.update(*(child.follow for child in found))
        return len(found) == 1 and found[0].kind is NodeKind.SETS

    def _shared(self, children: list[Planned], kind: Kind, of: Part) -> Planned:
        """Make one leaf of children that share labels: counts where these do, else sets."""
        parts = tuple(child.part for child in children)
        part = Part(kind, min(p.first for p in parts), max(p.end for p in parts), parts, place=of.place)
        nullable = (any if kind is Kind.XALT else all)(child.nullable for child in children)
        first: set[int] = set().union(*(child.first for child in children))
        is_powers = kind is Kind.PAR and not self.facts.strict and self._are_powers(parts)
        leaf = NodeKind.POWERS if is_powers else NodeKind.SETS
        follow = set() if is_powers else self._alphabet(part)
        return Planned(leaf, part, [], nullable=nullable, first=first, follow=follow)

    def _are_powers(self, parts: Sequence[Part]) -> bool:
        """Whether all parts repeat one and the same round of events with different labels."""
        if not all(map(_is_power, parts)):
            return False
        labels, same, start = self.facts.labels, self.facts.same, parts[0].first
        length = word_length(labels, parts[0])
        word = range(start, start + length)
        if length * (max(rounds(part, length) for part in parts) + 2) > MAX_COUNTS:
            return False
        return not any(event in flow for flow in self.facts.flows for event in word) and all(
            (part.end - part.first) % length == 0
            and all(
                labels[event] == labels[word[offset % length]] and same(event, word[offset % length])
                for offset, event in enumerate(range(part.first, part.end))
            )
            for part in parts
        )

    def _repeat(self, made: Planned) -> bool:
        (body,), part = made.children, made.part
        made.nullable = part.least == 0 or body.nullable
        if part.most == 1:
            return False
        if part.most is None or part.most > part.least or body.nullable:
            made.follow |= body.first
        return not body.first.isdisjoint(body.follow)

    def _perm(self, made: Planned) -> bool:
        """A member can begin where another can begin, or can go on."""
        made.follow.update(*(child.first for child in made.children if child.nullable))
        owner: dict[int, int] = {}
        for index, child in enumerate(made.children):
            for label in child.first:
                if owner.setdefault(label, index) != index:
                    return True
        return any(
            owner.get(label, index) != index for index, child in enumerate(made.children) for label in child.follow
        )

    def _any(self, made: Planned) -> bool:
        """The calls of ANY are told from all others, and from each other, by their labels."""
        (body,), calls = made.children, list(map(self.facts.labels.__getitem__, events_of(made.part.parts[1])))
        free = set(calls)
        if body.nullable:
            made.follow |= body.first
        made.first |= free
        made.follow |= free
        return len(free) < len(calls) or not free.isdisjoint(self._alphabet(body.part))


def _of_events(made: Planned) -> Planned | None:
    """Follow a part below which are only single events, and choices between these, without a place for each of them."""
    is_choice = [child.kind is NodeKind.SOME and child.part.kind is Kind.XALT for child in made.children]
    is_event = [
        child.kind is NodeKind.RUN and not child.nullable and child.part.end - child.part.first == 1
        for child in made.children
    ]
    if made.kind in {NodeKind.PAR, NodeKind.PERM} and all(is_event):
        kind = NodeKind.EACH
    elif made.kind in {NodeKind.XALT, NodeKind.REPEAT} and all(map(or_, is_choice, is_event)):
        kind = NodeKind.SOME
    else:
        return None
    return Planned(kind, made.part, [], made.nullable, made.first, made.follow)


def _is_power(part: Part) -> bool:
    """Whether a part is a run of which all must come, once or so many times."""
    if part.kind is Kind.REPEAT and part.least == part.most:
        return _is_power(part.parts[0])
    return part.kind is Kind.RUN and part.least == part.end - part.first


def rounds(part: Part, length: int) -> int:
    """Count how often a part repeats a word of that length."""
    return part.least * rounds(part.parts[0], length) if part.parts else (part.end - part.first) // length


def word_length(labels: Sequence[int], run: Part) -> int:
    """Count the events of a run before the first label comes again."""
    seen: set[int] = set()
    for event in range(run.first, run.end):
        if labels[event] in seen:
            return event - run.first
        seen.add(labels[event])
    return run.end - run.first


def _connected(labels: Sequence[set[int]]) -> list[list[int]]:
    """Group sets that share elements, directly or over others, by the order of their first members."""
    leader = list(range(len(labels)))

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = index = leader[leader[index]]
        return index

    owner: dict[int, int] = {}
    for index, owned in enumerate(labels):
        for label in owned:
            first = find(owner.setdefault(label, index))
            leader[max(first, find(index))] = min(first, find(index))
    groups: dict[int, list[int]] = {}
    for index in range(len(labels)):
        groups.setdefault(find(index), []).append(index)
    return list(groups.values())
