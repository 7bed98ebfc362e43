"""Terms: what is left of a language while calls are taken. Equal terms are one object, so that sets of them stay small.

A term is made by the functions below, which drop what is done. Nothing here recurses on the length of a sequence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from cmock_py.errors import InternalError
from cmock_py.lang.nodes import AnyTime, Bind, Empty, Event, Name, Par, Perm, Prefix, Repeat, Seq, Xalt
from cmock_py.lang.patterns import parts as parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cmock_py.lang.nodes import Node

    Bound = tuple[tuple[str, Any], ...]
    Take = Callable[[Event, Mapping[str, Any]], "Taken | None"]


class Taken(NamedTuple):
    """How an event takes a call: its answer, what its ``?n`` bind, and whether it fits with all arguments."""

    answer: Any = None
    binds: Bound = ()
    exact: bool = True


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Term:
    """What is left of a language, or of a part of it.

    Attributes:
        kind: ``empty``, ``event``, ``seq``, ``xalt``, ``par``, ``perm``, ``repeat``, ``any``, or ``under``: a term and
            the values of names that were bound before it.
        parts: terms, and what else belongs to the kind.
        nullable: whether it may end here.
        names: bound names that are looked up in it.
    """

    kind: str
    parts: tuple[Any, ...]
    nullable: bool
    names: frozenset[str]


NO_NAMES: frozenset[str] = frozenset()
EMPTY = Term("empty", (), nullable=True, names=NO_NAMES)

_known: WeakValueDictionary[Any, Term] = WeakValueDictionary()


def _term(kind: str, parts: tuple[Any, ...], nullable: bool, inner: Iterable[Term], key: Any = None) -> Term:
    found = _known.get((kind, key or parts))
    if found is None:
        names = NO_NAMES
        for term in inner:
            names = names | term.names if term.names else names
        found = _known[kind, key or parts] = Term(kind, parts, nullable, names)
    return found


def seq(first: Term, rest: Term) -> Term:
    """A, then B: may end when both may."""
    if first is EMPTY or rest is EMPTY:
        return rest if first is EMPTY else first
    return _term("seq", (first, rest), first.nullable and rest.nullable, (first, rest))


def xalt(items: tuple[Term, ...]) -> Term:
    """One of the items: may end when one may."""
    return _several("xalt", items, any(item.nullable for item in items))


def par(items: tuple[Term, ...]) -> Term:
    """All items side by side: may end when all may. The order means nothing."""
    return _unordered("par", items)


def perm(items: tuple[Term, ...]) -> Term:
    """All items one after another in any order: may end when all may."""
    return _unordered("perm", items)


def _unordered(kind: str, items: tuple[Term, ...]) -> Term:
    items = tuple(sorted((item for item in items if item is not EMPTY), key=id))
    return _several(kind, items, all(item.nullable for item in items))


def _several(kind: str, items: tuple[Term, ...], nullable: bool) -> Term:
    if len(items) <= 1:
        return items[0] if items else EMPTY
    return _term(kind, items, nullable, items)


def repeat(body: Term, least: int, most: int | None) -> Term:
    """`least` to `most` times the body: may end when no more must come, or the body may be empty."""
    if body is EMPTY or most == 0:
        return EMPTY
    least = 0 if body.nullable else least
    return _term("repeat", (body, least, most), least == 0, (body,))


def with_any(body: Term, calls: tuple[Term, ...]) -> Term:
    """The body, and the calls at any time: may end when the body may."""
    return _term("any", (body, calls), body.nullable, (body, *calls)) if calls else body


def under(term: Term, values: Bound) -> Term:
    """A term that knows the values of bound names; what it binds itself counts more."""
    if not values or not term.names:
        return term
    if term.kind == "under":
        term, values = term.parts[0], (*values, *term.parts[1])
    known = tuple(sorted(((n, v) for n, v in dict(values).items() if n in term.names), key=lambda pair: pair[0]))
    return _term("under", (term, known), term.nullable, (), (term, repr(known))) if known else term


# --- from trees -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Meaning:
    """A language to be stepped.

    Attributes:
        events: in the order of the text; what ANY lists comes behind its enclosing sequence.
        first: for each event, the number of the first event that means the same: this is what steps name.
        term: all that is left at the beginning.
        constants: the values of names that the language itself gives: ``s = stack.new() -> 7``.
    """

    events: tuple[Event, ...]
    first: tuple[int, ...]
    term: Term
    constants: Mapping[str, Any]


def meaning(tree: Node) -> Meaning:
    """Make the term of an expanded tree.

    >>> f, g = Event("m", "f"), Event("m", "g")
    >>> found = meaning(Par((Seq((f, g)), Seq((f, g)))))
    >>> found.first, len(set(found.term.parts))
    ((0, 1, 0, 1), 1)
    """
    builder = _Builder([], [], {})
    builder.find_binders(tree)
    term = builder.term(tree)
    events = builder.events
    values = {e.binds: e.answer[-1] if isinstance(e.answer, tuple) else e.answer for e in events if e.binds}
    return Meaning(
        tuple(events), tuple(builder.first), term, {name: v for name, v in values.items() if name and v is not None}
    )


class _Builder:
    """Numbers the events while terms are made of nodes."""

    def __init__(self, events: list[Event], first: list[int], leaves: dict[Any, Term]) -> None:
        self.events, self.first, self.leaves = events, first, leaves
        self.binders: frozenset[str] = NO_NAMES

    def find_binders(self, tree: Node) -> None:
        """Know which names are bound by calls at all; all others are constants."""
        found: set[str] = set()
        stack: list[Any] = [tree]
        while stack:
            node = stack.pop()
            if node.__class__ is Event:
                found.update(part.name for part in parts_of(node.args) if part.__class__ is Bind)
            else:
                stack += getattr(node, "items", ()) or ((node.body,) if isinstance(node, Repeat) else ())
        self.binders = frozenset(found)

    def term(self, node: Node) -> Term:
        match node:
            case Event():
                return self._event(node, background=False)
            case Empty():
                return EMPTY
            case Seq(items=items):
                return self._sequence(items)
            case Xalt(items=items):
                return xalt(tuple(map(self.term, items)))
            case Par(items=items):
                return par(tuple(map(self.term, items)))
            case Perm(items=items):
                return perm(tuple(map(self.term, items)))
            case Repeat(body=body, least=least, most=most):
                return repeat(self.term(body), least, most)
            case Prefix(items=items, least=least):
                return self._prefix(tuple(map(self.term, items)), least)
            case AnyTime():
                return self._sequence((node,))
        message = f"{type(node).__name__} in a tree that should be expanded"
        raise InternalError(message)

    def _event(self, event: Event, *, background: bool) -> Term:
        number = len(self.events)
        self.events.append(event)
        key = repr(event[:6])  # 1, True and 1.0 are equal, and not the same
        leaf = self.leaves.get((key, background))
        if leaf is None:
            other = self.leaves.get((key, not background))
            number = number if other is None else other.parts[0]
            names = NO_NAMES
            if self.binders:
                wanted = {part.name for part in parts_of((event.args, event.answer)) if part.__class__ is Name}
                names = self.binders & wanted
            leaf = self.leaves[key, background] = Term(
                "event", (number, event, background), nullable=False, names=names
            )
        self.first.append(leaf.parts[0])
        return leaf

    def _sequence(self, items: tuple[Node, ...]) -> Term:
        body = self._chain([self.term(item) for item in items if item.__class__ is not AnyTime])
        listed = [event for item in items if isinstance(item, AnyTime) for event in item.items]
        calls = [self._event(event, background=True) for event in listed if isinstance(event, Event)]
        return with_any(body, tuple(calls))

    @staticmethod
    def _chain(terms: list[Term]) -> Term:
        rest = EMPTY
        for term in reversed(terms):
            rest = seq(term, rest)
        return rest

    @staticmethod
    def _prefix(terms: tuple[Term, ...], least: int) -> Term:
        """Each item that may stay away stands around all that follow it."""
        rest = EMPTY
        for number in reversed(range(len(terms))):
            rest = seq(terms[number], rest)
            rest = rest if number < least else repeat(rest, 0, 1)
        return rest
