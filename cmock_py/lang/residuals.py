"""Terms: what is left of a language while calls are taken. Equal terms are one object, so that sets of them stay small.

A term is made by the functions below, which drop what is done. Nothing here recurses on the length of a sequence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from cmock_py.errors import Fault, InternalError, LanguageError
from cmock_py.lang.limits import DEFAULT
from cmock_py.lang.names import binders_in, used_names
from cmock_py.lang.nodes import (
    NULL,
    WILDCARD,
    AnyTime,
    Both,
    Columns,
    Empty,
    Event,
    Named,
    OutValue,
    Par,
    Perm,
    Predicate,
    Prefix,
    Repeat,
    Seq,
    Xalt,
)
from cmock_py.lang.patterns import same, says
from cmock_py.lang.same_names import same_names
from cmock_py.lang.structure import structure
from cmock_py.lang.walk import refuse_events, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Node

    Bound = tuple[tuple[str, Any], ...]
    Take = Callable[[Event, Mapping[str, Any]], "Taken | None"]


class Taken(NamedTuple):
    """How an event takes a call: its answer, what it binds, whether it fits with all arguments, or says no answer."""

    answer: Any = None
    binds: Bound = ()
    exact: bool = True
    silent: bool = False

    def agrees(self, other: Taken) -> bool:
        """Tell whether both answer the same."""
        return same(self.answer, other.answer)

    def allows(self, other: Taken) -> bool:
        """Tell whether a check takes this for a call that was answered as the other says."""
        said = (WILDCARD, *self.answer[1:]) if self.silent else self.answer
        return self.agrees(other) or says(said, other.answer)


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


def _term(kind: str, parts: tuple[Any, ...], *inner: Term, nullable: bool) -> Term:
    """Make a term of others, or find it."""
    names = NO_NAMES
    for term in inner:
        names = names | term.names if term.names else names
    return _new(kind, parts, parts, nullable=nullable, names=names)


def _new(kind: str, parts: tuple[Any, ...], key: Any, *, nullable: bool, names: frozenset[str]) -> Term:
    found = _known.get((kind, key))
    if found is None:
        found = _known[kind, key] = Term(kind, parts, nullable, names)
    return found


def seq(first: Term, rest: Term) -> Term:
    """A, then B: may end when both may."""
    if first is EMPTY or rest is EMPTY:
        return rest if first is EMPTY else first
    return _term("seq", (first, rest), first, rest, nullable=first.nullable and rest.nullable)


def xalt(items: tuple[Term, ...]) -> Term:
    """One of the items: may end when one may."""
    return _several("xalt", items, nullable=any(item.nullable for item in items))


def par(items: tuple[Term, ...]) -> Term:
    """All items side by side: may end when all may. The order means nothing."""
    return _unordered("par", items)


def perm(items: tuple[Term, ...]) -> Term:
    """All items one after another in any order: may end when all may."""
    return _unordered("perm", items)


def _unordered(kind: str, items: tuple[Term, ...]) -> Term:
    items = tuple(sorted((item for item in items if item is not EMPTY), key=id))
    return _several(kind, items, nullable=all(item.nullable for item in items))


def _several(kind: str, items: tuple[Term, ...], nullable: bool) -> Term:
    if len(items) <= 1:
        return items[0] if items else EMPTY
    return _term(kind, items, *items, nullable=nullable)


def repeat(body: Term, least: int, most: int | None) -> Term:
    """`least` to `most` times the body: may end when no more must come, or the body may be empty."""
    if body is EMPTY or most == 0:
        return EMPTY
    least = 0 if body.nullable else least
    return _term("repeat", (body, least, most), body, nullable=least == 0)


def with_any(body: Term, calls: tuple[Term, ...]) -> Term:
    """The body, and the calls at any time: may end when the body may."""
    return _term("any", (body, calls), body, *calls, nullable=body.nullable) if calls else body


def under(term: Term, values: Bound) -> Term:
    """A term that knows the values of bound names; what it binds itself counts more."""
    if not values or not term.names:
        return term
    if term.kind == "under":
        term, values = term.parts[0], (*values, *term.parts[1])
    known = tuple(sorted(((n, v) for n, v in dict(values).items() if n in term.names), key=lambda pair: pair[0]))
    if not known:
        return term
    open_names = term.names.difference(name for name, _ in known)
    return _new("under", (term, known), (term, repr(known)), nullable=term.nullable, names=open_names)


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


def meaning(
    tree: Node,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    *,
    in_order: bool = False,
    limits: Limits = DEFAULT,
) -> Meaning:
    """Make the term of an expanded tree.

    Args:
        tree: as `lang.expand` leaves it.
        functions: what ``@name`` asks of an argument.
        in_order: whether the order of the events decides which one answers; then two that mean the same, and have one
            with another answer between them, are not taken for one.
        limits: of events.

    Raises:
        LanguageError: it has too many events, or asks for a function that was not given.

    >>> f, g = Event("m", "f"), Event("m", "g")
    >>> found = meaning(Par((Seq((f, g)), Seq((f, g)))))
    >>> found.first, len(set(found.term.parts))
    ((0, 1, 0, 1), 1)
    """
    refuse_events(tree, limits)
    named = same_names(tree)
    builder = _Builder(named, functions or {}, in_order=in_order)
    term = builder.term(named)
    if builder.faults:
        raise LanguageError(builder.faults)
    events = builder.events if named is tree else structure(tree, limits)[0]
    handles = [event for event in events if event.binds is not None and event.answer is not None]
    constants = {str(e.binds): _result(e.answer) for e in handles}
    return Meaning(tuple(events), tuple(builder.first), term, constants)


def _result(answer: Any) -> Any:
    """The result that an answer gives."""
    result = answer[-1] if isinstance(answer, tuple) else answer
    return None if result is NULL else result


class _Builder:
    """Numbers the events while terms are made of nodes."""

    def __init__(self, tree: Node, functions: Mapping[str, Callable[..., Any]], *, in_order: bool) -> None:
        self.events: list[Event] = []
        self.first: list[int] = []
        self.faults: list[Fault] = []
        self._leaves: dict[Any, Term] = {}
        self._functions = functions
        self._in_order = in_order
        self._turns: dict[str, tuple[Any, int]] = {}
        self._binders = frozenset(
            name for node in walk(tree) if isinstance(node, Event) for name in binders_in(node.args)
        )

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
            case Columns(count=count):
                return self._sequence(tuple(map(node.event, range(count))))
        message = f"{type(node).__name__} in a tree that should be expanded"
        raise InternalError(message)

    def _event(self, event: Event, *, background: bool) -> Term:
        number = len(self.events)
        self.events.append(event)
        if any(arg.__class__ in {Predicate, Both, Named} for arg in event.args):
            event = event._replace(args=tuple(self._known(arg, event) for arg in event.args))
        key = repr(event[:6]), self._turn(event)  # 1, True and 1.0 are equal, and not the same
        leaf = self._leaves.get((key, background))
        if leaf is None:
            other = self._leaves.get((key, not background))
            number = number if other is None else other.parts[0]
            names = NO_NAMES
            if self._binders:
                names = self._binders.intersection(used_names(event))
            leaf = Term("event", (number, event, background), nullable=False, names=names)
            self._leaves[key, background] = leaf
        self.first.append(leaf.parts[0])
        return leaf

    def _turn(self, event: Event) -> int:
        """Count how often the answer of the function has changed so far, where that matters."""
        if not self._in_order:
            return 0
        written = [(arg.name, arg.value) for arg in event.args if isinstance(arg, OutValue)]
        answer = event.answer, event.errno, written
        last, before = self._turns.get(event.function, (answer, 0))
        turn: int = before + (not same(answer, last))
        self._turns[event.function] = answer, turn
        return turn

    def _known(self, pattern: Any, event: Event) -> Any:
        """Put a function of Python in the place of its name."""
        if isinstance(pattern, Named):
            return Named(pattern.name, self._known(pattern.pattern, event))
        if isinstance(pattern, Both):
            return Both(tuple(self._known(inner, event) for inner in pattern.patterns))
        if not isinstance(pattern, Predicate):
            return pattern
        if pattern.name not in self._functions:
            message = f"no Python function is named {pattern.name!r}"
            hint = f'give it: functions={{"{pattern.name}": f}}'
            self.faults.append(Fault(str(event.place), message, hint))
        return self._functions.get(pattern.name, pattern)

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
