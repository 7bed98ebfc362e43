"""Regular expressions as automata, so that C can decide while the SUT runs whether a text has one.

That is possible where an expression is regular in the sense of theory: no references to groups, no looking around, no
flags. An automaton reads characters one by one, and is in one of at most `MAX_STATES` states; what begins anywhere
begins at each character anew. Characters that no expression tells apart are one class.
"""

from __future__ import annotations

import functools
import re
import sys
from array import array
from bisect import bisect_right
from dataclasses import field
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py._dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FOUND = 255
"""The state in which a text has the expression, whatever follows. MIRROR runtime/machine.h CMK_MATCHED_STATE"""

MAX_STATES = 254
_MAX_NODES = 4000
_BEYOND = sys.maxunicode + 1
_FLAGS = re.UNICODE | re.DOTALL
_ALL = ((0, _BEYOND),)
_BEGIN = -1
"""In the nodes of a state: nothing was read yet."""

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Sorted ranges of characters, each from its first to behind its last."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """Tells whether an expression is found in a text.

    Attributes:
        classes: sorted pairs: from that character on, characters are of that class.
        count: of classes.
        steps: for each state the state behind each class; it begins in state 0.
        ends: states in which the text has the expression if it ends.
    """

    classes: tuple[tuple[int, int], ...]
    count: int
    steps: tuple[tuple[int, ...], ...]
    ends: frozenset[int]

    def finds(self, text: str) -> bool:
        """Decide whether a text has the expression, in time linear in it: `re` may go back and forth for ever."""
        begins = [first for first, _ in self.classes]
        state = 0
        for character in text:
            state = self.steps[state][self.classes[bisect_right(begins, ord(character)) - 1][1]]
            if state == FOUND:
                return True
        return state in self.ends


class _NotRegularError(Exception):
    """The expression has something that no automaton can do, or needs too many states."""


@functools.lru_cache(maxsize=256)
def automaton(pattern: str) -> Automaton | None:
    r"""Make the automaton of a regular expression that `re` takes.

    Returns:
        None when there is none, or it would be too large.

    >>> automaton("^GET ").steps[0].count(FOUND), automaton(r"(a)\1")
    (0, None)
    """
    try:
        return _determined(_Network.of(pattern))
    except (_NotRegularError, RecursionError, ImportError):
        return None


# --- nodes ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Network:
    """A network of nodes, each a way to go on; node 0 is the end of the expression.

    Attributes:
        reads: by node the characters that it reads, None when it reads none.
        asks: by node whether it can be passed only where the text begins (-1) or ends (1).
        following: by node those behind it.
        start: where it begins.
    """

    dotall: bool = False
    reads: list[Ranges | None] = field(default_factory=lambda: [None])
    asks: list[int] = field(default_factory=lambda: [0])
    following: list[list[int]] = field(default_factory=lambda: [[]])
    start: int = 0

    @classmethod
    def of(cls, pattern: str) -> _Network:
        """Make the network of an expression."""
        from re import _parser  # no public module has it

        parsed = _parser.parse(pattern)
        if parsed.state.flags & ~_FLAGS:
            raise _NotRegularError
        network = cls(bool(parsed.state.flags & re.DOTALL))
        network.start = network.sequence(parsed, 0, is_last=True)
        return network

    def node(self, following: list[int], reads: Ranges | None = None, asks: int = 0) -> int:
        if len(self.reads) >= _MAX_NODES:
            raise _NotRegularError
        self.reads.append(reads)
        self.asks.append(asks)
        self.following.append(following)
        return len(self.reads) - 1

    def sequence(self, items: Sequence[tuple[Any, Any]], rest: int, *, is_last: bool) -> int:
        """Add items before a node; *is_last* tells that nothing behind them reads."""
        for number, (kind, value) in reversed([*enumerate(items)]):
            rest = self.item(str(kind), value, rest, is_last=is_last and number == len(items) - 1)
        return rest

    def item(self, kind: str, value: Any, rest: int, *, is_last: bool) -> int:
        match kind:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self.node([rest], self.characters(kind, value))
            case "BRANCH":
                return self.node([self.sequence(items, rest, is_last=is_last) for items in value[1]])
            case "SUBPATTERN" if not value[1] and not value[2]:
                return self.sequence(value[3], rest, is_last=is_last)
            case "MAX_REPEAT" | "MIN_REPEAT":
                least, most, items = value
                return self.repeat(least, most, items, rest)
            case "AT":
                return self.place(str(value), rest, is_last=is_last)
        raise _NotRegularError

    def repeat(self, least: int, most: int, items: Sequence[tuple[Any, Any]], rest: int) -> int:
        """Write rounds out; what may come any number of times leads back to itself."""
        from re import _constants

        if most == _constants.MAXREPEAT:
            again = self.node([])
            self.following[again] = [self.sequence(items, again, is_last=False), rest]
            rest = again
        else:
            behind = rest
            for _ in range(most - least):
                rest = self.node([self.sequence(items, rest, is_last=False), behind])
        for _ in range(least):
            rest = self.sequence(items, rest, is_last=False)
        return rest

    def place(self, place: str, rest: int, *, is_last: bool) -> int:
        """Add a condition on the place; ``$`` may stand before a last newline, which nothing behind it may read."""
        if place in {"AT_BEGINNING", "AT_BEGINNING_STRING"}:
            return self.node([rest], asks=-1)
        if place == "AT_END_STRING":
            return self.node([rest], asks=1)
        if place != "AT_END" or not is_last:
            raise _NotRegularError
        end = self.node([rest], asks=1)
        return self.node([end, self.node([end], ((10, 11),))])

    def characters(self, kind: str, value: Any) -> Ranges:
        match kind:
            case "LITERAL":
                return ((value, value + 1),)
            case "NOT_LITERAL":
                return _others(((value, value + 1),))
            case "ANY":
                return _ALL if self.dotall else _others(((10, 11),))
        is_negated = bool(value) and str(value[0][0]) == "NEGATE"
        found = _joined(chain.from_iterable(_members(str(part), given) for part, given in value[is_negated:]))
        return _others(found) if is_negated else found


def _members(kind: str, value: Any) -> Ranges:
    match kind:
        case "LITERAL":
            return ((value, value + 1),)
        case "RANGE":
            return ((value[0], value[1] + 1),)
        case "CATEGORY":
            found = _category(str(value).replace("_NOT_", "_"))
            return _others(found) if "_NOT_" in str(value) else found
    raise _NotRegularError


@functools.cache
def _category(name: str) -> Ranges:
    r"""The characters of ``\w``, ``\d`` or ``\s``: what `re` finds among all that there are."""
    escapes = {"CATEGORY_WORD": r"\w+", "CATEGORY_DIGIT": r"\d+", "CATEGORY_SPACE": r"\s+"}
    if name not in escapes:
        raise _NotRegularError
    every = array("I", range(_BEYOND)).tobytes().decode(f"utf-32-{sys.byteorder[0]}e", "surrogatepass")
    return tuple(found.span() for found in re.finditer(escapes[name], every))


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Sort ranges and join those that touch."""
    found: list[tuple[int, int]] = []
    for first, end in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((first, end))
    return tuple(found)


def _others(ranges: Ranges) -> Ranges:
    """All other characters.

    >>> _others(((10, 11),))
    ((0, 10), (11, 1114112))
    """
    edges = [0, *chain.from_iterable(ranges), _BEYOND]
    return tuple((first, end) for first, end in zip(edges[::2], edges[1::2], strict=True) if first < end)


# --- states ---------------------------------------------------------------------------------------------------------


def _determined(network: _Network) -> Automaton:
    """Make one state of each set of nodes that a text can lead to."""
    classes, taken = _classes(network)
    count = 1 + max(number for _, number in classes)
    begin = frozenset(_reached(network, [network.start], at_begin=True)) | {_BEGIN}
    again = frozenset(_reached(network, [network.start]))
    states = {begin: 0}
    steps: list[tuple[int, ...]] = []
    for state in _growing(states):
        row = []
        for number in range(count):
            read = (node for node in state if number in taken.get(node, ()))
            ahead = [after for node in read for after in network.following[node]]
            reached = again.union(_reached(network, ahead))
            row.append(FOUND if 0 in reached else states.setdefault(reached, len(states)))
        steps.append(tuple(row))
        if len(states) > MAX_STATES:
            raise _NotRegularError
    ends = frozenset(
        number
        for state, number in states.items()
        if 0 in _reached(network, state - {_BEGIN}, at_begin=_BEGIN in state, at_end=True)
    )
    if 0 in begin:  # found in any text, also in an empty one
        return Automaton(((0, 0),), 1, ((FOUND,),), frozenset([0]))
    return Automaton(classes, count, tuple(steps), ends)


def _growing(states: dict[frozenset[int], int]) -> Iterator[frozenset[int]]:
    """Yield the states in the order of their numbers, those that are added meanwhile, too."""
    number = 0
    while number < len(states):
        yield next(state for state, known in states.items() if known == number)
        number += 1


def _reached(network: _Network, nodes: Iterable[int], *, at_begin: bool = False, at_end: bool = False) -> Iterator[int]:
    """Yield what is reached without reading: nodes that read or wait for the end, and the end of the expression."""
    seen = set(nodes)
    waiting = [*seen]
    while waiting:
        node = waiting.pop()
        asks = network.asks[node]
        if node == 0 or network.reads[node] is not None or (asks == 1 and not at_end):
            yield node
        elif asks != -1 or at_begin:
            new = [after for after in network.following[node] if after not in seen]
            seen.update(new)
            waiting += new


def _classes(network: _Network) -> tuple[tuple[tuple[int, int], ...], dict[int, frozenset[int]]]:
    """Find the classes of characters, and for each node that reads those that it takes."""
    reading = {node: ranges for node, ranges in enumerate(network.reads) if ranges is not None}
    sets = {ranges: number for number, ranges in enumerate(dict.fromkeys(reading.values()))}
    edges: dict[int, set[int]] = {0: set(), _BEYOND: set()}
    for ranges, number in sets.items():
        for edge in chain.from_iterable(ranges):
            edges.setdefault(edge, set()).symmetric_difference_update((number,))
    inside: frozenset[int] = frozenset()
    numbers: dict[frozenset[int], int] = {}
    classes: list[tuple[int, int]] = []
    for edge, _ in pairwise(sorted(edges)):
        inside ^= edges[edge]
        classes.append((edge, numbers.setdefault(inside, len(numbers))))
    taken = {
        node: frozenset(number for members, number in numbers.items() if sets[ranges] in members)
        for node, ranges in reading.items()
    }
    return tuple(classes), taken
