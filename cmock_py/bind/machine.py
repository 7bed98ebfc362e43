"""The tables of a planned language, as the machine in C reads them. MIRROR runtime/machine.h."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from cmock_py.bind.plan import NodeKind, events_of, rounds, word_length
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cmock_py.bind.plan import Planned

NOWHERE = 0xFFFF_FFFF
"""In routes, and for a bound that is none."""

PLACE_BYTES = 16
UNDO_BYTES = 4 + PLACE_BYTES
_HASH = struct.Struct("<III")
_MASK64 = (1 << 64) - 1

WORDS = (
    *("policy", "nodes", "node_count", "numbers", "routes", "route_hash", "route_mask", "lists", "flags"),
    "arguments",
    *("keys", "key_mask", "conditions", "acts", "act_count", "terms", "term_count", "term_lists", "term_list_count"),
    "twins",
    *("max_configurations", "places", "counts", "registers", "register_count", "undo", "sets", "sets_size"),
)
"""Members of ``struct cmk_machine`` in order."""


class Policy(IntEnum):
    """What happens when a call can be taken in two ways."""

    REFUSE_AMBIGUITY = 0
    FIRST_WINS = 1
    STRICT = 2


class Stepped(IntEnum):
    """What a function asks of the runtime in one language."""

    CAPTURE_FIRST = 1
    KEYED = 2


@dataclass(frozen=True, slots=True)
class Machine:
    """Tables of a language that is more than one sequence.

    Attributes:
        words: of ``struct cmk_machine`` that do not depend on where the tables lie.
        tables: the tables by the word that holds their place, each a multiple of 8 bytes.
        state_size: bytes of the state before the sets.
    """

    words: Mapping[str, int]
    tables: Mapping[str, bytes]

    @property
    def size(self) -> int:
        """Bytes of everything that is written into a region."""
        return 8 * len(WORDS) + sum(map(len, self.tables.values()))

    @property
    def state_size(self) -> int:
        """Bytes of the state that must be zero when it begins: all before the sets, and where these begin."""
        return self.words["sets"] + (4096 if self.words["sets_size"] else 0)

    def packed(self, at: int) -> bytes:
        """Lay out everything for a place in a region, a byte offset."""
        words, follows = dict(self.words), at + 8 * len(WORDS)
        for name, table in self.tables.items():
            words[name] = follows if table else 0
            follows += len(table)
        return struct.pack(f"<{len(WORDS)}Q", *map(words.__getitem__, WORDS)) + b"".join(self.tables.values())


@dataclass(slots=True)
class Emitter:
    """Collects the tables of a tree of cursors.

    Attributes:
        labels: by event.
        nodes: twelve numbers each, the root first.
    """

    labels: Sequence[int]
    nodes: list[list[int]] = field(default_factory=lambda: [[]])
    numbers: array[int] = field(default_factory=lambda: array("I"))
    routes: array[int] = field(default_factory=lambda: array("I"))
    lists: array[int] = field(default_factory=lambda: array("I"))
    sparse: dict[tuple[int, int], int] = field(default_factory=dict)
    counts: int = 0
    leaves: list[tuple[int, Planned]] = field(default_factory=list)

    def add(self, planned: Planned, number: int = 0, parent: int = NOWHERE) -> None:
        """Fill in a node, the root first, and add all below it; children lie side by side."""
        part, at, count = planned.part, len(self.nodes), len(planned.children)
        low, high, least, extra = part.first, part.end, part.least, 0
        self.nodes.extend([] for _ in planned.children)
        for child_number, child in enumerate(planned.children, at):
            self.add(child, child_number, number)
        due = sum(not child.nullable for child in planned.children)
        match planned.kind:
            case NodeKind.SEQ:
                extra = self._add_due(planned.children)
                least = part.least if part.kind is Kind.PREFIX else count
            case NodeKind.SOME:
                low, high = (part.least, _bound(part.most)) if part.kind is Kind.REPEAT else (1, 1)
            case NodeKind.REPEAT:
                low, high = 0 if planned.children[0].nullable else part.least, _bound(part.most)
            case NodeKind.PAR | NodeKind.PERM:
                least = due
            case NodeKind.EACH:
                least = sum(1 for _ in events_of(part))
                extra, self.counts = self.counts, self.counts + high - low
            case NodeKind.ANY:
                low, high = part.parts[1].first, part.parts[1].end
            case NodeKind.POWERS:
                length = word_length(self.labels, part.parts[0])
                each = [rounds(inner, length) for inner in part.parts]
                at, count = len(self.numbers), len(each)
                self.numbers.extend(each)
                low, high, least = part.parts[0].first, length, max(each)
                extra, self.counts = self.counts, self.counts + length * (least + 2)
            case NodeKind.SETS:
                at, count = part.first, part.end - 1
                self.leaves.append((number, planned))
        route = self._route(number, self._destinations(planned))
        self.nodes[number] = [
            *(planned.kind, parent, low, high, least, planned.nullable, at, count, extra),
            *route,
        ]

    def packed_nodes(self) -> bytes:
        """Lay out the nodes."""
        return padded(array("I", [number for node in self.nodes for number in node]).tobytes())

    def _add_due(self, children: Sequence[Planned]) -> int:
        """Note for each child of a sequence, and its end, the next child from there on that must come."""
        at, due = len(self.numbers), [len(children)]
        for index in reversed(range(len(children))):
            due.append(due[-1] if children[index].nullable else index)
        self.numbers.extend(reversed(due))
        return at

    def _destinations(self, planned: Planned) -> dict[int, int]:
        """Where a node sends each label."""
        children, part = planned.children, planned.part
        match planned.kind:
            case NodeKind.SEQ:
                return self._followers(children)
            case NodeKind.XALT | NodeKind.PERM | NodeKind.REPEAT:
                return {label: index for index, child in enumerate(children) for label in child.first}
            case NodeKind.PAR:
                return {
                    self.labels[event]: index for index, child in enumerate(children) for event in events_of(child.part)
                }
            case NodeKind.SOME | NodeKind.EACH:
                return {self.labels[event]: event for event in events_of(part)}
            case NodeKind.ANY:
                return {self.labels[event]: event for event in events_of(part.parts[1])}
            case NodeKind.POWERS:
                word = range(part.parts[0].first, part.parts[0].first + word_length(self.labels, part.parts[0]))
                return {self.labels[event]: offset for offset, event in enumerate(word)}
        return {}

    def _followers(self, children: Sequence[Planned]) -> dict[int, int]:
        """For each label a list of the children of a sequence that begin with it; the first child is begun anyway."""
        found: dict[int, list[int]] = {}
        for index, child in enumerate(children[1:], 1):
            for label in child.first:
                found.setdefault(label, []).append(index)
        places = {}
        for label, indices in found.items():
            places[label] = len(self.lists)
            self.lists.append(len(indices))
            self.lists.extend(indices)
        return places

    def _route(self, number: int, destinations: Mapping[int, int]) -> tuple[int, int, int]:
        """Store where labels lead: side by side when they lie close together, else in the hash."""
        if not destinations:
            return 0, 0, 0
        low, high = min(destinations), max(destinations)
        if high - low < 4 * len(destinations) + 64:
            at = len(self.routes)
            self.routes.extend([NOWHERE] * (high - low + 1))
            for label, to in destinations.items():
                self.routes[at + label - low] = to
            return at, low, high - low + 1
        self.sparse.update({(number, label): to for label, to in destinations.items()})
        return 0, 0, 0


def _bound(most: int | None) -> int:
    return NOWHERE if most is None else most


def hashed(sparse: Mapping[tuple[int, int], int]) -> bytes:
    """Lay routes out as an open hash of a power of two of entries, at most half full.

    >>> len(hashed({(3, 1000): 7})) // _HASH.size
    2
    """
    size = 1 << max(1, (2 * len(sparse) - 1).bit_length() if sparse else 1)
    table: list[tuple[int, int, int] | None] = [None] * size
    for (node, label), to in sparse.items():
        index = mixed(node << 32 | label) & (size - 1)
        while table[index] is not None:
            index = (index + 1) & (size - 1)
        table[index] = (node, label, to)
    return b"".join(_HASH.pack(*(entry or (NOWHERE, 0, 0))) for entry in table)


def mixed(key: int) -> int:
    """Mix the bits of a key. MIRROR runtime/machine.h cmk_mixed."""
    key ^= key >> 32
    key = key * 0x9E37_79B9_7F4A_7C15 & _MASK64
    return key ^ key >> 29


def padded(raw: bytes) -> bytes:
    """Fill up to whole words."""
    return raw + bytes(-len(raw) % 8)


def emit(
    planned: Planned, labels: Sequence[int], registers: int, policy: Policy
) -> tuple[Emitter, dict[str, int], dict[str, bytes]]:
    """Lay out the tree of cursors of a plan.

    Args:
        planned: the plan.
        labels: by event.
        registers: how many there are.
        policy: of ambiguity.

    Returns:
        What was collected, with the leaves of sets in it; the words and the tables of the machine so far.
    """
    emitter = Emitter(labels)
    emitter.add(planned)
    sparse = hashed(emitter.sparse)
    counts = PLACE_BYTES * len(emitter.nodes)
    registers_at = counts + -(-4 * emitter.counts // 8) * 8
    undo = registers_at + 8 * registers
    words = dict.fromkeys(WORDS, 0) | {
        "policy": policy,
        "node_count": len(emitter.nodes),
        "route_mask": len(sparse) // _HASH.size - 1,
        "places": 0,
        "counts": counts,
        "registers": registers_at,
        "register_count": registers,
        "undo": undo,
        "sets": undo + 2 * UNDO_BYTES * planned.depth(),
    }
    tables = {
        "nodes": emitter.packed_nodes(),
        "numbers": padded(emitter.numbers.tobytes()),
        "routes": padded(emitter.routes.tobytes()),
        "route_hash": padded(sparse),
        "lists": padded(emitter.lists.tobytes()),
    }
    return emitter, words, tables
