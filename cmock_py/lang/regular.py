r"""Regular expressions as automata, so that C can decide while the SUT runs whether a text has one.

That is possible where an expression is regular in the sense of theory: all but what refers to groups. An automaton
reads characters one by one, in one state at a time. A state stands for what must still follow so that the expression is
found: a formula of nodes of a network, some of which have to lead to their end, while others, of ``(?!...)``, must not.
What is to stand before a place, as ``(?<=...)`` wants it, is followed beside it from every character on. Places such
as ``$`` and ``\b`` are looking around, too. Characters that no expression tells apart are one class.
"""

from __future__ import annotations

import functools
import re
import sys
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOUND = 0xFFFF
"""The state in which a text has the expression, whatever follows. MIRROR runtime/machine.h CMK_MATCHED_STATE"""

MAX_STEPS = 1 << 16
"""What C keeps of an automaton at most: two bytes for each state and class of characters."""

_MAX_NODES = 4000
_MAX_WORK = 80_000
"""Some microseconds' work each that making an automaton may take: it may need very many states."""

_BEYOND = sys.maxunicode + 1
_FLAGS = re.UNICODE | re.ASCII | re.DOTALL | re.IGNORECASE | re.MULTILINE | re.VERBOSE
_ALL = ((0, _BEYOND),)

_PLACES = {
    "AT_BEGINNING": r"(?<!.)",
    "AT_BEGINNING_STRING": r"(?<!.)",
    "AT_END": r"(?=\n?(?!.))",
    "AT_END_STRING": r"(?!.)",
    "AT_BOUNDARY": r"(?<=\w)(?!\w)|(?<!\w)(?=\w)",
    "AT_NON_BOUNDARY": r"(?<=\w)(?=\w)|(?<!\w)(?!\w)" + ("" if re.search(r"\B", "") else "(?:(?<=.)|(?=.))"),
}
"""What places mean, if ``.`` is any character. Before Python 3.14 an empty text has no ``\\B``."""

_PLACES_OF_LINES = {"AT_BEGINNING": r"(?<![^\n])", "AT_END": r"(?![^\n])"}

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Sorted ranges of characters, each from its first to behind its last."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """Tells whether an expression is found in a text, or in bytes.

    Attributes:
        begins: the characters where classes begin, sorted; each class goes on until the next one.
        classes: the number of each.
        count: of different classes; the end of the text is the last one.
        steps: for each state in turn the state behind each class; it begins in state 0.
    """

    begins: tuple[int, ...]
    classes: tuple[int, ...]
    count: int
    steps: array[int]

    def finds(self, text: str | bytes | bytearray, *, is_cut: bool = False) -> bool:
        """Decide whether a text has the expression, in time linear in it: `re` may go back and forth for ever.

        Args:
            text: where it is looked for.
            is_cut: whether there is more of it, and it counts only what is found whatever that is.
        """
        state, steps, count = 0, self.steps, self.count
        for character in map(ord, text) if isinstance(text, str) else text:
            state = steps[state * count + self.classes[bisect_right(self.begins, character) - 1]]
            if state == FOUND:
                return True
        return not is_cut and steps[state * count + count - 1] == FOUND

    def may_find(self, text: str | bytes | bytearray) -> bool:
        """Decide whether some text that begins so has the expression."""
        state, steps, count = 0, self.steps, self.count
        for character in map(ord, text) if isinstance(text, str) else text:
            state = steps[state * count + self.classes[bisect_right(self.begins, character) - 1]]
            if state == FOUND:
                return True
        seen, ahead = {state}, [state]
        while ahead:
            at = ahead.pop() * count
            behind = steps[at : at + count]
            if FOUND in behind:
                return True
            further = set(behind[: count - 1]) - seen
            seen |= further
            ahead += further
        return False


class _NotRegularError(Exception):
    """The expression has something that no automaton can do, or needs too many states."""


@functools.lru_cache(maxsize=256)
def automaton(pattern: str | bytes) -> Automaton | None:
    r"""Make the automaton of a regular expression that `re` takes.

    Args:
        pattern: finds text if it is text, bytes if it is bytes, as with `re`.

    Returns:
        None when there is none, or it would be too large.

    >>> automaton(r"^GET (?!/$)").finds("GET /x"), automaton(r"(a)\1")
    (True, None)
    """
    try:
        return _determined(_Network.of(pattern))
    except (_NotRegularError, RecursionError, ImportError):
        return None


# --- nodes ----------------------------------------------------------------------------------------------------------


class _Rest(NamedTuple):
    """What follows an item.

    Attributes:
        on: the node to go on to.
        within: inside of an atomic group a node from which the rest of the group only is looked for, to find out
            whether this way is the one that is taken; else None.
    """

    on: int
    within: int | None = None


class _Asked(NamedTuple):
    """What stands before or behind a node.

    Attributes:
        of: the node where that begins, or the number of a network that is followed beside this one.
        is_behind: whether it is the latter: what was read so far ends so.
        is_wanted: whether it must stand there, or must not.
    """

    of: int
    is_behind: bool
    is_wanted: bool


@dataclass(slots=True)
class _Network:
    """A network of nodes, each a way to go on; node 0 is the end of the expression.

    Attributes:
        reads: by node the characters that it reads, None when it reads none.
        asks: by node what lets it be passed, None for nothing.
        following: by node those behind it.
        behind: start and end of what is looked for before a place, those inside of others first.
        known: where what is looked for at a place begins, or its number among these; the same is made once.
        start: where it begins.
    """

    reads: list[Ranges | None] = field(default_factory=lambda: [None])
    asks: list[_Asked | None] = field(default_factory=lambda: [None])
    following: list[list[int]] = field(default_factory=lambda: [[]])
    behind: list[tuple[int, int]] = field(default_factory=list)
    known: dict[tuple[int, int, str], int] = field(default_factory=dict)
    start: int = 0

    @classmethod
    def of(cls, pattern: str | bytes) -> _Network:
        """Make the network of an expression."""
        from re import _parser  # no public module has it

        parsed = _parser.parse(pattern)
        flags = parsed.state.flags
        if flags & ~_FLAGS:
            raise _NotRegularError
        network = cls()
        network.start = network.sequence(parsed, _Rest(0), flags | (0 if flags & re.UNICODE else re.ASCII)).on
        return network

    def node(self, following: list[int], reads: Ranges | None = None, asks: _Asked | None = None) -> int:
        if len(self.reads) >= _MAX_NODES:
            raise _NotRegularError
        self.reads.append(reads)
        self.asks.append(asks)
        self.following.append(following)
        return len(self.reads) - 1

    def before(self, rest: _Rest, reads: Ranges | None = None, asks: _Asked | None = None) -> _Rest:
        """Put a node before what follows."""
        within = None if rest.within is None else self.node([rest.within], reads, asks)
        return _Rest(self.node([rest.on], reads, asks), within)

    def sequence(self, items: Iterable[tuple[Any, Any]], rest: _Rest, flags: int) -> _Rest:
        """Add items before what follows."""
        for kind, value in reversed([*items]):
            rest = self.item(str(kind), value, rest, flags)
        return rest

    def item(self, kind: str, value: Any, rest: _Rest, flags: int) -> _Rest:
        match kind:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self.before(rest, _characters(kind, tuple(value) if kind == "IN" else value, flags))
            case "BRANCH":
                return self.choice([self.sequence(items, rest, flags) for items in value[1]])
            case "SUBPATTERN":
                _, added, removed, items = value
                kept = flags & ~(re.ASCII | re.UNICODE) if added & (re.ASCII | re.UNICODE) else flags
                return self.sequence(items, rest, (kept | added) & ~removed)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self.repeat(value, rest, flags, is_greedy=kind == "MAX_REPEAT")
            case "ATOMIC_GROUP":
                within = None if rest.within is None else self.sequence(value, _Rest(rest.within, 0), flags).on
                return _Rest(self.sequence(value, _Rest(rest.on, 0), flags).on, within)
            case "POSSESSIVE_REPEAT":
                return self.item("ATOMIC_GROUP", _rounds(value), rest, flags)
            case "FAILURE":  # an empty (?!)
                return self.before(rest, ())
            case "ASSERT" | "ASSERT_NOT":
                return self.around(value, rest, flags, is_wanted=kind == "ASSERT")
            case "AT":
                return self.place(str(value), rest, flags)
        raise _NotRegularError

    def choice(self, ways: list[_Rest]) -> _Rest:
        """Add several ways to go on; in an atomic group one is taken only where none before it finds its rest."""
        if ways[0].within is None:
            return _Rest(self.node([way.on for way in ways]))
        *preferred, (on, _) = ways
        for way in reversed(preferred):
            not_preferred = _Asked(way.within or 0, is_behind=False, is_wanted=False)
            on = self.node([way.on, self.node([on], asks=not_preferred)])
        return _Rest(on, self.node([way.within or 0 for way in ways]))

    def repeat(self, value: tuple[int, int, Any], rest: _Rest, flags: int, *, is_greedy: bool) -> _Rest:
        """Write rounds out; what may come any number of times leads back to itself."""
        from re import _constants

        least, most, items = value
        order = 1 if is_greedy else -1
        if rest.within is not None and items.getwidth()[0] == 0:
            raise _NotRegularError  # `re` stops at an empty round, and which that is depends on the others
        if most == _constants.MAXREPEAT:
            again = self.before(rest)
            chosen = self.choice([self.sequence(items, again, flags), rest][::order])
            for node, way in zip(again, chosen, strict=True):
                if node is not None and way is not None:
                    self.following[node] = [way]
            rest = again
        else:
            behind = rest
            for _ in range(most - least):
                rest = self.choice([self.sequence(items, rest, flags), behind][::order])
        for _ in range(least):
            behind, rest = rest, self.sequence(items, rest, flags)
            if rest == behind:  # an empty round, as often as you like
                break
        return rest

    def around(self, value: tuple[int, Any], rest: _Rest, flags: int, *, is_wanted: bool) -> _Rest:
        """Add a condition on what stands before or behind a place."""
        direction, items = value
        key = direction, flags, repr(items)
        if key not in self.known:
            end = 0 if direction > 0 else self.node([], ())
            begin = self.known[key] = self.sequence(items, _Rest(end), flags).on
            if end:
                self.known[key] = len(self.behind)
                self.behind.append((begin, end))
        return self.before(rest, asks=_Asked(self.known[key], is_behind=direction < 0, is_wanted=is_wanted))

    def place(self, place: str, rest: _Rest, flags: int) -> _Rest:
        """Add a condition on the place: it looks around."""
        from re import _parser

        text = _PLACES_OF_LINES.get(place) if flags & re.MULTILINE else None
        return self.sequence(_parser.parse(text or _PLACES[place]), rest, flags & re.ASCII | re.DOTALL)


def _rounds(value: tuple[int, int, Any]) -> Any:
    """The rounds of a possessive repetition, none of which gives anything back."""
    from re import _constants

    least, most, items = value
    made = type(items)
    each = made(items.state, [(_constants.ATOMIC_GROUP, items)])
    return made(items.state, [(_constants.MAX_REPEAT, (least, most, each))])


# --- characters -----------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1024)
def _characters(kind: str, value: Any, flags: int) -> Ranges:
    """The characters that an item reads."""
    found = _with_case(kind, value, flags)
    if kind == "ANY" or not flags & re.IGNORECASE:
        return found
    cased = _cased()
    uncased = _others(_joined(chain(_others(found), _single(cased))))
    return _joined(chain(uncased, _single(_taken(kind, value, flags, cased))))


def _single(characters: Iterable[str]) -> Iterator[tuple[int, int]]:
    return ((ord(one), ord(one) + 1) for one in characters)


def _with_case(kind: str, value: Any, flags: int) -> Ranges:
    match kind:
        case "LITERAL":
            return ((value, value + 1),)
        case "NOT_LITERAL":
            return _others(((value, value + 1),))
        case "ANY":
            return _ALL if flags & re.DOTALL else _others(((10, 11),))
    is_negated = bool(value) and str(value[0][0]) == "NEGATE"
    found = _joined(chain.from_iterable(_members(str(part), given, flags) for part, given in value[is_negated:]))
    return _others(found) if is_negated else found


def _members(kind: str, value: Any, flags: int) -> Ranges:
    match kind:
        case "LITERAL":
            return ((value, value + 1),)
        case "RANGE":
            return ((value[0], value[1] + 1),)
        case "CATEGORY":
            found = _category(str(value).replace("_NOT_", "_"), bool(flags & re.ASCII))
            return _others(found) if "_NOT_" in str(value) else found
    raise _NotRegularError


@functools.cache
def _every() -> str:
    return array("I", range(_BEYOND)).tobytes().decode(f"utf-32-{sys.byteorder[0]}e", "surrogatepass")


@functools.cache
def _category(name: str, is_ascii: bool) -> Ranges:
    r"""The characters of ``\w``, ``\d`` or ``\s``: what `re` finds among all that there are."""
    escapes = {"CATEGORY_WORD": r"\w+", "CATEGORY_DIGIT": r"\d+", "CATEGORY_SPACE": r"\s+"}
    if name not in escapes:
        raise _NotRegularError
    return tuple(found.span() for found in re.finditer(escapes[name], _every(), re.ASCII if is_ascii else 0))


@functools.cache
def _cased() -> str:
    """All characters that another one may equal where case does not matter."""
    every = _every()
    blocks = (every[at : at + 256] for at in range(0, _BEYOND, 256))
    return "".join(
        one
        for block in blocks
        if block.lower() != block or block.upper() != block
        for one in block
        if one.lower() != one or one.upper() != one
    )


def _taken(kind: str, value: Any, flags: int, among: str) -> list[str]:
    """Ask `re` which characters an item takes where case does not matter."""
    from re import _compiler, _constants, _parser  # type: ignore[attr-defined]

    state = _parser.State()
    state.flags = flags
    item = _parser.SubPattern(state, [(getattr(_constants, kind), [*value] if kind == "IN" else value)])
    found: list[str] = _compiler.compile(item, flags).findall(among)
    return found


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


# --- formulas -------------------------------------------------------------------------------------------------------

_Formula: TypeAlias = frozenset[frozenset[int]]
"""Clauses of which one must hold: of its nodes all n must lead to their end, and none of those that it has as ~n."""

_TRUE: _Formula = frozenset([frozenset()])
_FALSE: _Formula = frozenset()


# --- states ---------------------------------------------------------------------------------------------------------

_State: TypeAlias = tuple[_Formula, ...]
"""What is followed of each network of what stands before a place, and last what may follow so that all is found."""


class _Stepper:
    """Steps from state to state."""

    def __init__(self, network: _Network, taken: dict[int, frozenset[int]]) -> None:
        self.network = network
        self.taken = taken
        self.known: dict[tuple[_Formula | frozenset[int], int, int], _Formula] = {}
        self.begun: list[set[_Formula]] = [set() for _ in [*network.behind, network.start]]
        self.beyond: dict[tuple[int, int], _Formula] = {}
        self.contexts: dict[tuple[_Formula, ...], int] = {}
        self.here: list[_Formula] = []
        self.context = 0
        self.work = 0

    def state(self, before: _State = (), read: int = 0) -> _State:
        """Make the state behind another one and a class of characters, or the one where a text begins."""
        self.here = []
        left = []
        for number, (begin, end) in enumerate([*self.network.behind, (self.network.start, 0)]):
            self.context = self.contexts.setdefault(tuple(self.here), len(self.contexts))
            following = self.following(before[number], number, read) if before else _FALSE
            begun = self.reached(begin)
            self.begun[number].add(begun)
            found = self.any_of([following, begun])
            if end:
                self.here.append(self.any_of([frozenset(clause - {end} for clause in found if end in clause)]))
                found = frozenset(clause for clause in found if end not in clause)
            left.append(found)
        return tuple(left)

    def any_of(self, formulas: Iterable[_Formula]) -> _Formula:
        """Join formulas, without the clauses that follow from others: so each meaning has one formula."""
        clauses = frozenset().union(*formulas)
        if frozenset() in clauses:
            return _TRUE
        if max(map(len, clauses), default=1) == 1:
            return clauses
        self.spend(len(clauses) ** 2 // 32)
        kept: list[frozenset[int]] = []
        for clause in sorted(clauses, key=len):
            if not any(map(clause.issuperset, kept)):
                kept.append(clause)
        return frozenset(kept)

    def all_of(self, formulas: Iterable[_Formula]) -> _Formula:
        """Join formulas all of which must hold."""
        found = _TRUE
        for formula in formulas:
            self.spend(len(found) * len(formula) // 2)
            found = self.any_of([frozenset(one | other for one in found for other in formula)])
        return found

    def none_of(self, formula: _Formula) -> _Formula:
        """Negate a formula."""
        return self.all_of(frozenset(frozenset([~node]) for node in clause) for clause in formula)

    def spend(self, work: int) -> None:
        self.work += work
        if self.work > _MAX_WORK:
            raise _NotRegularError

    def following(self, formula: _Formula, number: int, read: int) -> _Formula:
        """What must follow when a character was read; what begins at every character is looked at once."""
        begun = max((one for one in self.begun[number] if one <= formula), key=len, default=_FALSE)
        key = begun, read, self.context
        if key not in self.known:
            self.known[key] = self.any_of([self.behind_all(clause, read) for clause in begun])
        self.spend(10 + (len(formula) - len(begun)) // 3 + len(begun) // 16)
        return self.any_of([self.known[key], *(self.behind_all(clause, read) for clause in formula - begun)])

    def behind_all(self, clause: frozenset[int], read: int) -> _Formula:
        """What must follow all nodes of a clause when a character was read."""
        key = clause, read, self.context
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.all_of([self.behind(node, read) for node in clause])
        return found

    def behind(self, node: int, read: int) -> _Formula:
        """What must follow one node of a formula when a character was read."""
        if node < 0:
            return self.none_of(self.behind(~node, read))
        return self.any_of(map(self.reached, self.network.following[node])) if read in self.taken[node] else _FALSE

    def reached(self, start: int) -> _Formula:
        """What is reached from a node without reading: nodes that read, or the end."""
        found = self.beyond.get((start, self.context))
        if found is None:
            found = self.beyond[start, self.context] = self.any_of([frozenset(self._reached(start))])
        return found

    def _reached(self, start: int) -> Iterator[frozenset[int]]:
        waiting: list[tuple[int, frozenset[int]]] = [(start, frozenset())]
        seen = set(waiting)
        while waiting:
            node, given = waiting.pop()
            self.spend(1 + len(given))
            if node == 0:
                yield given
            elif self.network.reads[node] is not None:
                yield given | {node}
            else:
                asked = self.asked(self.network.asks[node])
                new = {(after, given | more) for after in self.network.following[node] for more in asked} - seen
                seen |= new
                waiting += new

    def asked(self, asked: _Asked | None) -> _Formula:
        """What lets a node be passed."""
        if asked is None:
            return _TRUE
        found = self.here[asked.of] if asked.is_behind else self.reached(asked.of)
        return found if asked.is_wanted else self.none_of(found)


def _determined(network: _Network) -> Automaton:
    """Give each state that a text can lead to a number, in the order in which they are found."""
    begins, classes, taken = _classes(network)
    count = 1 + max(classes)
    stepper = _Stepper(network, taken)
    states = {stepper.state(): 0}
    waiting = [*states]
    steps = array("H")
    for state in waiting:
        if state[-1] == _TRUE:  # found in any text
            return Automaton(begins, classes, count + 1, array("H", [FOUND] * (count + 1)))
        for read in range(count):
            found = stepper.state(state, read)
            if found[-1] != _TRUE and found not in states:
                states[found] = len(states)
                waiting.append(found)
            steps.append(FOUND if found[-1] == _TRUE else states[found])
        steps.append(FOUND if any(all(node < 0 for node in clause) for clause in state[-1]) else 0)
        if len(states) * (count + 1) > MAX_STEPS:
            raise _NotRegularError
    return Automaton(begins, classes, count + 1, steps)


def _classes(network: _Network) -> tuple[tuple[int, ...], tuple[int, ...], dict[int, frozenset[int]]]:
    """Find where classes of characters begin, their numbers, and for each node that reads those that it takes."""
    reading = {node: ranges for node, ranges in enumerate(network.reads) if ranges is not None}
    sets = {ranges: number for number, ranges in enumerate(dict.fromkeys(reading.values()))}
    edges: dict[int, set[int]] = {0: set(), _BEYOND: set()}
    for ranges, number in sets.items():
        for edge in chain.from_iterable(ranges):
            edges.setdefault(edge, set()).symmetric_difference_update((number,))
    inside: frozenset[int] = frozenset()
    numbers: dict[frozenset[int], int] = {}
    begins = sorted(edges)[:-1]
    classes = []
    for edge in begins:
        inside ^= edges[edge]
        classes.append(numbers.setdefault(inside, len(numbers)))
    taken = {
        node: frozenset(number for members, number in numbers.items() if sets[ranges] in members)
        for node, ranges in reading.items()
    }
    return tuple(begins), tuple(classes), taken
