"""What is left of a language after some calls: terms over the numbers of its events, and the steps between them.

The semantics is that of `lang.semantics`, small step by small step; here a term is built for speed and for questions
that a report asks: which events may come now, which is the shortest way to the end, how far is it to a call. Equal
terms are one object, so that steps are remembered. A term refers to the parts of the language that are untouched, so
it is as deep as the text is nested, and as wide as its operators that have begun, however long the sequences are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, partial
from heapq import nsmallest
from itertools import accumulate, chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cmock_py.explain.work import Work
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cmock_py.lang.nodes import Event
    from cmock_py.lang.structure import Part

Function: TypeAlias = tuple[str, str]
"""Module and name."""

NEVER = 1 << 30
"""A price at which nothing is bought."""
SKIPPED = 10
"""What it costs that an expected call is never made."""
SEEN = 64
"""Events of one function, or next events, that are looked at in one part."""
ENOUGH = 32
"""Parts in which ways to take a call were found, after which no more are looked at."""


class Form(IntEnum):
    """What a term looks like."""

    DONE = 0
    RUN = 1  # the events of `part` from number `at` on
    REST = 2  # the parts of a SEQ or a PREFIX from index `at` on
    THEN = 3  # `head`, and then `tail`
    XALT = 4
    REPEAT = 5  # at least `at` rounds, `most` at most
    PAR = 6  # `items`, one for each part
    PERM = 7  # `head`, DONE if no member is under way, and those of which a bit of `at` is set
    ANY = 8  # `head`, and the calls that are free


class Term:
    """What is left; equal ones are one object.

    Attributes:
        form: what it looks like; the other attributes are of meaning for some forms.
        nullable: whether the language may end here.
    """

    __slots__ = ("after", "at", "form", "head", "items", "missing", "most", "nullable", "part", "tail")

    form: Form
    part: Part
    at: int
    most: int | None
    head: Term
    tail: Term
    items: tuple[Term, ...]
    nullable: bool
    after: dict[int, tuple[Term, ...]]
    missing: int | None

    def __init__(  # noqa: PLR0917 - one line for each kind of term
        self,
        form: Form,
        part: Part | None,
        at: int = 0,
        most: int | None = None,
        head: Term | None = None,
        tail: Term | None = None,
        items: tuple[Term, ...] = (),
        nullable: bool = False,
    ) -> None:
        """Keep all that a term is."""
        self.form, self.part, self.at, self.most = form, part, at, most  # type: ignore[assignment] # of DONE and THEN None
        self.head, self.tail = head, tail  # type: ignore[assignment] # of no meaning where None
        self.items, self.nullable = items, nullable
        self.after, self.missing = {}, None


class Jump(NamedTuple):
    """A way to let an event take a call, if others before it are skipped.

    Attributes:
        price: of what is skipped and of the event.
        missing: how many events are skipped.
        ways: what lists them, one stretch after another.
        event: number of the event that takes the call.
        target: what is left then.
        claimed: whether another call has the values of the event, so that it is likely meant for that one.
    """

    price: int
    missing: int
    ways: tuple[Callable[[], Iterator[int]], ...]
    event: int
    target: Term
    claimed: bool = False

    @property
    def skipped(self) -> Iterator[int]:
        """The numbers of the events that are skipped; listed when somebody asks, as few ways are taken."""
        return chain.from_iterable(way() for way in self.ways)

    def to(self, target: Term) -> Jump:
        """The same way in a larger part."""
        return Jump(self.price, self.missing, self.ways, self.event, target, self.claimed)

    def behind(self, missing: int, way: Callable[[], Iterator[int]], target: Term) -> Jump:
        """The same way, when other events are skipped before."""
        if not missing:
            return self.to(target)
        price = self.price + SKIPPED * missing
        return Jump(price, missing + self.missing, (way, *self.ways), self.event, target, self.claimed)


Memo: TypeAlias = dict[tuple[Term, int], list[Jump]]
"""Ways for one call, by what is left and how many events may be skipped."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A call that an event shall take.

    Attributes:
        function: of the call.
        price: of taking it by an event; `NEVER` where that cannot be. Skipping costs `SKIPPED` each.
        likely: the events that are looked at first where very many are of the function.
        claimed: whether another call has the values of an event; of equally dear events others are taken first.
        count: ways that are kept, of the whole and of each part.
        memo: what was found before for this call.
    """

    function: Function
    price: Callable[[int], int]
    likely: Callable[[], Sequence[int]] = tuple
    claimed: Callable[[int], bool] = bool
    count: int = 1
    memo: Memo = field(default_factory=dict)


_by_price = attrgetter("price", "claimed", "event")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is known of a part before anything happens.

    Attributes:
        nullable: whether it may be left out.
        shortest: how many calls it takes at least.
        firsts: numbers of the first events of its parts.
        must: of a SEQ or a PREFIX, for each part the index of the next one, itself included, that cannot be left out.
        costs: of these, how many calls the parts before each take at least.
        due: of these, how many parts come before the end.
        needed: of a PERM, bits of the members that cannot be left out.
    """

    nullable: bool
    shortest: int
    firsts: tuple[int, ...] = ()
    must: tuple[int, ...] = ()
    costs: tuple[int, ...] = ()
    needed: int = 0
    due: int = 0


def _said(event: Event, *, loosely: bool) -> Any:
    return repr(event[3:6]) if loosely else event


class Residuals:
    """Owns the terms of one language: makes each once, and remembers its steps."""

    def __init__(self, events: Sequence[Event], root: Part) -> None:
        """Work on the language of *root*; of *events* only the functions are looked at."""
        self.events = events
        self.root = root
        self.work = Work()
        self.done = Term(Form.DONE, None, nullable=True)
        self._terms: dict[tuple[Any, ...], Term] = {}
        self._shapes: dict[int, _Shape] = {}
        self._joined: dict[Function, list[int]] = {}
        self._alike: dict[tuple[str, str, bool], dict[Any, list[int]]] = {}

    @property
    def start(self) -> Term:
        """The whole language."""
        return self.fresh(self.root)

    @cached_property
    def _numbers(self) -> dict[Function, list[int]]:
        found: dict[Function, list[int]] = {}
        for number, event in enumerate(self.events):
            found.setdefault(event[:2], []).append(number)
        return found

    def numbers(self, function: Function) -> Sequence[int]:
        """The events of a function, in the order of the text; a text need not name the module."""
        known = self._numbers.get(function, ())
        unnamed = self._numbers.get(("", function[1]), ()) if function[0] else ()
        if not known or not unnamed:
            return known or unnamed
        if function not in self._joined:
            self._joined[function] = sorted((*known, *unnamed))
        return self._joined[function]

    def is_of(self, number: int, function: Function) -> bool:
        """Whether an event is of a function."""
        event = self.events[number]
        return event[1] == function[1] and event[0] in {"", function[0]}

    def alike(self, number: int, *, loosely: bool = False) -> Sequence[int]:
        """The events that say the same as one of them, itself included; *loosely* only answers count."""
        event = self.events[number]
        known = self._alike.get((*event[:2], loosely))
        if known is None:
            known = self._alike[*event[:2], loosely] = {}
            for other in self.numbers(event[:2]):
                known.setdefault(_said(self.events[other], loosely=loosely), []).append(other)
        return known[_said(event, loosely=loosely)]

    def is_alike(self, number: int, other: int, *, loosely: bool = False) -> bool:
        """Whether two events say the same; *loosely* as in `alike`."""
        one, two = self.events[number], self.events[other]
        return one[:2] == two[:2] and _said(one, loosely=loosely) == _said(two, loosely=loosely)

    # --- terms ------------------------------------------------------------------------------------------------------

    def fresh(self, part: Part) -> Term:
        """Make the term of a part that has not begun."""
        match part.kind:
            case Kind.EMPTY:
                return self.done
            case Kind.RUN:
                return self._run(part, part.first)
            case Kind.SEQ | Kind.PREFIX:
                return self._rest(part, 0)
            case Kind.REPEAT:
                return self._repeat(part, part.least, part.most)
            case Kind.PAR:
                return self.par(part, tuple(map(self.fresh, part.parts)))
            case Kind.PERM:
                return self._perm(part, self.done, (1 << len(part.parts)) - 1)
            case Kind.ANY:
                return self._any(part, self.fresh(part.parts[0]))
        key = (Form.XALT, id(part))
        return self._terms.get(key) or self._new(key, Term(Form.XALT, part, nullable=self._shape(part).nullable))

    def _new(self, key: tuple[Any, ...], term: Term) -> Term:
        self._terms[key] = term
        self.work.spend(2 + (len(term.items) >> 4))
        return term

    def _run(self, part: Part, at: int) -> Term:
        if at == part.end:
            return self.done
        key = (Form.RUN, id(part), at)
        return self._terms.get(key) or self._new(key, Term(Form.RUN, part, at, nullable=at - part.first >= part.least))

    def run_at(self, part: Part, at: int) -> Term:
        """Make the term of a run of which the events before number *at* were called."""
        return self._run(part, at)

    def _rest(self, part: Part, at: int) -> Term:
        if at == len(part.parts):
            return self.done
        if at + 1 == len(part.parts) and part.kind is Kind.SEQ:
            return self.fresh(part.parts[at])
        key = (Form.REST, id(part), at)
        nullable = self._shape(part).must[at] >= self._shape(part).due
        return self._terms.get(key) or self._new(key, Term(Form.REST, part, at, nullable=nullable))

    def rest(self, part: Part, at: int) -> Term:
        """Make the term of the parts of a SEQ or a PREFIX from index *at* on."""
        return self._rest(part, at)

    def then(self, head: Term, tail: Term) -> Term:
        """Make the term of one after another."""
        if head is self.done or tail is self.done:
            return tail if head is self.done else head
        key = (Form.THEN, head, tail)
        nullable = head.nullable and tail.nullable
        return self._terms.get(key) or self._new(key, Term(Form.THEN, None, head=head, tail=tail, nullable=nullable))

    def _repeat(self, part: Part, least: int, most: int | None) -> Term:
        if most == 0:
            return self.done
        least = 0 if self._shape(part.parts[0]).nullable else least
        key = (Form.REPEAT, id(part), least, most)
        return self._terms.get(key) or self._new(key, Term(Form.REPEAT, part, least, most, nullable=least == 0))

    def after_rounds(self, part: Part, count: int) -> Term:
        """Make the term of a REPEAT of which some rounds have begun."""
        return self._repeat(part, max(0, part.least - count), None if part.most is None else part.most - count)

    def par(self, part: Part, items: tuple[Term, ...]) -> Term:
        """Make the term of parts side by side."""
        key = (Form.PAR, id(part), items)
        known = self._terms.get(key)
        if known is not None:
            return known
        if all(item is self.done for item in items):
            return self.done
        return self._new(key, Term(Form.PAR, part, items=items, nullable=all(item.nullable for item in items)))

    def _perm(self, part: Part, head: Term, left: int) -> Term:
        if left == 0:
            return head
        key = (Form.PERM, id(part), head, left)
        nullable = head.nullable and not left & self._shape(part).needed
        return self._terms.get(key) or self._new(key, Term(Form.PERM, part, left, head=head, nullable=nullable))

    def perm(self, part: Part, head: Term, left: int) -> Term:
        """Make the term of a PERM: what is left of the member under way, and bits of those that are still to come."""
        return self._perm(part, head, left)

    def _any(self, part: Part, head: Term) -> Term:
        key = (Form.ANY, id(part), head)
        return self._terms.get(key) or self._new(key, Term(Form.ANY, part, head=head, nullable=head.nullable))

    def any_time(self, part: Part, head: Term) -> Term:
        """Make the term of an ANY around what is left of its sequence."""
        return self._any(part, head)

    # --- what is known of parts ------------------------------------------------------------------------------------

    def _shape(self, part: Part) -> _Shape:
        known = self._shapes.get(id(part))
        if known is None:
            known = self._shapes[id(part)] = self._shape_of(part)
        return known

    def _shape_of(self, part: Part) -> _Shape:
        if not part.parts:
            return _Shape(part.least == 0, part.least)
        inner = [self._shape(inside) for inside in part.parts]
        firsts = tuple(inside.first for inside in part.parts)
        calls = sum(shape.shortest for shape in inner)
        match part.kind:
            case Kind.XALT:
                return _Shape(any(s.nullable for s in inner), min(s.shortest for s in inner), firsts)
            case Kind.REPEAT:
                least = 0 if inner[0].nullable else part.least
                return _Shape(least == 0, least * inner[0].shortest, firsts)
            case Kind.ANY:
                return _Shape(inner[0].nullable, inner[0].shortest, firsts)
        needed = sum(1 << k for k, shape in enumerate(inner) if not shape.nullable) if part.kind is Kind.PERM else 0
        must, costs = [], []
        due = part.least if part.kind is Kind.PREFIX else len(inner)
        if part.kind in {Kind.SEQ, Kind.PREFIX}:
            following = len(inner)
            for k in reversed(range(len(inner))):
                following = following if inner[k].nullable else k
                must.append(following)
            must.reverse()
            costs = list(accumulate((shape.shortest for shape in inner), initial=0))
        nullable = due == 0 or all(shape.nullable for shape in inner)
        shortest = costs[due] if costs else calls
        return _Shape(nullable, shortest, firsts, (*must, len(inner)), tuple(costs), needed, due)

    def may_skip(self, part: Part, begin: int, end: int) -> bool:
        """Whether the parts of a SEQ or a PREFIX between two indices may be left out."""
        return self._shape(part).must[begin] >= end

    def child(self, part: Part, event: int) -> int:
        """The index of the part that holds an event."""
        return bisect_right(self._shape(part).firsts, event) - 1

    def holders(self, part: Part, function: Function, at: int = 0) -> Iterator[int]:
        """The indices of the parts, from *at* on, that have a function."""
        numbers = self.numbers(function)
        if at >= len(part.parts):
            return
        found = bisect_left(numbers, part.parts[at].first)
        while found < len(numbers) and numbers[found] < part.end:
            index = self.child(part, numbers[found])
            yield index
            found = bisect_left(numbers, part.parts[index].end, found)

    # --- steps ------------------------------------------------------------------------------------------------------

    def after(self, term: Term, event: int) -> tuple[Term, ...]:
        """What may be left when an event takes a call; nothing when it may not come now."""
        known = term.after.get(event)
        if known is None:
            self.work.spend(2)
            known = term.after[event] = tuple(dict.fromkeys(self._after(term, event)))
        return known

    def _after(self, term: Term, event: int) -> Iterator[Term]:
        part = term.part
        match term.form:
            case Form.RUN:
                if event == term.at:
                    yield self._run(part, event + 1)
            case Form.THEN:
                for left in self.after(term.head, event):
                    yield self.then(left, term.tail)
                if term.head.nullable:
                    yield from self.after(term.tail, event)
            case Form.PERM if term.head is not self.done:
                for left in self.after(term.head, event):
                    yield self._perm(part, left, term.at)
                if term.head.nullable:
                    yield from self.after(self._perm(part, self.done, term.at), event)
            case Form.ANY:
                if event >= part.parts[1].first and event < part.end:
                    yield term
                else:
                    yield from (self._any(part, left) for left in self.after(term.head, event))
            case Form.DONE:
                return
            case _:
                if part.first <= event < part.end:
                    yield from self._into(term, self.child(part, event), event)

    def _into(self, term: Term, index: int, event: int) -> Iterator[Term]:
        """Step into one of several parts."""
        part = term.part
        inner = term.items[index] if term.form is Form.PAR else self.fresh(part.parts[index])
        if self._may_begin(term, index):
            for left in self.after(inner, event):
                yield self._around(term, index, left)

    def _may_begin(self, term: Term, index: int) -> bool:
        match term.form:
            case Form.REST:
                return term.at <= index <= self._shape(term.part).must[term.at]
            case Form.PERM:
                return bool(term.at >> index & 1)
        return True

    def _around(self, term: Term, index: int, left: Term) -> Term:
        """Put what is left of one part into what is left of the whole."""
        part = term.part
        match term.form:
            case Form.REST:
                return self.then(left, self._rest(part, index + 1))
            case Form.REPEAT:
                most = None if term.most is None else term.most - 1
                return self.then(left, self._repeat(part, max(0, term.at - 1), most))
            case Form.PAR:
                return self.par(part, (*term.items[:index], left, *term.items[index + 1 :]))
            case Form.PERM:
                return self._perm(part, left, term.at & ~(1 << index))
        return left

    def enabled(self, term: Term) -> Iterator[int]:
        """The numbers of the events that may come now."""
        part = term.part
        self.work.spend(1)
        match term.form:
            case Form.DONE:
                return
            case Form.RUN:
                yield term.at
            case Form.THEN:
                yield from self.enabled(term.head)
                if term.head.nullable:
                    yield from self.enabled(term.tail)
            case Form.PAR:
                for item in term.items:
                    yield from self.enabled(item)
            case Form.PERM if term.head is not self.done:
                yield from self.enabled(term.head)
                if term.head.nullable:
                    yield from self.enabled(self._perm(part, self.done, term.at))
            case Form.ANY:
                yield from self.enabled(term.head)
                yield from range(part.parts[1].first, part.end)
            case Form.REST:
                for inner in islice(part.parts, term.at, self._shape(part).must[term.at] + 1):
                    yield from self.enabled(self.fresh(inner))
            case _:
                self.work.spend(len(part.parts) >> 4)
                for index, inner in enumerate(part.parts):
                    if self._may_begin(term, index):
                        yield from self.enabled(self.fresh(inner))

    # --- the end ----------------------------------------------------------------------------------------------------

    def shortest(self, term: Term) -> int:
        """How many calls are missing at least."""
        if term.missing is None:
            term.missing = 0 if term.nullable else self._shortest(term)
        return term.missing

    def _shortest(self, term: Term) -> int:
        part = term.part
        match term.form:
            case Form.RUN:
                return part.least - (term.at - part.first)
            case Form.REST:
                shape = self._shape(part)
                return shape.costs[shape.due] - shape.costs[term.at]
            case Form.THEN:
                return self.shortest(term.head) + self.shortest(term.tail)
            case Form.REPEAT:
                return term.at * self._shape(part.parts[0]).shortest
            case Form.PAR:
                return sum(map(self.shortest, term.items))
            case Form.PERM:
                self.work.spend(2 + (len(part.parts) >> 4))
                return self.shortest(term.head) + sum(self._shape(inner).shortest for inner in self._waiting(term))
            case Form.ANY:
                return self.shortest(term.head)
        return self._shape(part).shortest

    def only_next(self, term: Term) -> int | None:
        """The event that must come now; None when there are several, or the language may end."""
        found = [] if term.nullable else list(islice(self.enabled(term), 2))
        return found[0] if len(found) == 1 else None

    def completion(self, term: Term) -> Iterator[int]:
        """The events of a shortest way to the end."""
        if term.nullable:
            return
        part = term.part
        match term.form:
            case Form.RUN:
                yield from range(term.at, part.first + part.least)
            case Form.REST:
                yield from self._between(part, term.at, self._shape(part).due)
            case Form.THEN | Form.ANY:
                for inner_term in (term.head, term.tail):
                    if inner_term is not None:
                        yield from self.completion(inner_term)
            case Form.REPEAT:
                for _ in range(term.at):
                    yield from self.completion(self.fresh(part.parts[0]))
            case Form.PAR:
                for item in term.items:
                    yield from self.completion(item)
            case Form.PERM:
                yield from self.completion(term.head)
                for inner in self._waiting(term):
                    yield from self.completion(self.fresh(inner))
            case Form.XALT:
                best = min(part.parts, key=lambda inner: self._shape(inner).shortest)
                yield from self.completion(self.fresh(best))

    def _between(self, part: Part, begin: int, end: int) -> Iterator[int]:
        """The events of a shortest way through some parts of a SEQ."""
        must = self._shape(part).must
        index = must[begin]
        while index < end:
            yield from self.completion(self.fresh(part.parts[index]))
            index = must[index + 1]

    def _waiting(self, term: Term) -> list[Part]:
        """The members of a PERM that have not begun and cannot be left out."""
        needed = term.at & self._shape(term.part).needed
        return [inner for index, inner in enumerate(term.part.parts) if needed >> index & 1]

    # --- the way to a call ------------------------------------------------------------------------------------------

    def jumps(self, term: Term, aim: Aim, most: int) -> list[Jump]:
        """Find the cheapest ways to let an event take a call, skipping others before it.

        Args:
            term: what is left.
            aim: the call.
            most: events that are skipped.

        Returns:
            The ways, cheapest first; of equally dear ones the one that comes first in the text.
        """
        known = aim.memo.get((term, most))
        if known is None:
            known = aim.memo[term, most] = sorted(self._jumps(term, aim, most), key=_by_price)[: aim.count]
            self.work.spend(4)
        return known

    def _jumps(self, term: Term, aim: Aim, most: int) -> Iterator[Jump]:
        part = term.part
        match term.form:
            case Form.RUN:
                yield from self._in_run(term, aim, most)
            case Form.THEN:
                for jump in self.jumps(term.head, aim, most):
                    yield jump.to(self.then(jump.target, term.tail))
                yield from self._behind(term.head, term.tail, aim, most)
            case Form.REST:
                yield from self._in_rest(term, aim, most)
            case Form.XALT | Form.REPEAT:
                for index, ways in self._ways(term, aim, most):
                    for jump in ways:
                        yield jump.to(self._around(term, index, jump.target))
            case Form.PAR | Form.PERM:
                yield from self._side_by_side(term, aim, most)
            case Form.ANY:
                for jump in self.jumps(term.head, aim, most):
                    yield jump.to(self._any(part, jump.target))
                calls = part.parts[1]
                for number in self._numbers_in(aim.function, calls.first, calls.end):
                    if aim.price(number) < NEVER:
                        yield Jump(aim.price(number), 0, (), number, term)

    def _numbers_in(self, function: Function, first: int, end: int) -> Iterator[int]:
        numbers = self.numbers(function)
        for found in range(bisect_left(numbers, first), len(numbers)):
            if numbers[found] >= end:
                return
            yield numbers[found]

    def _in_run(self, term: Term, aim: Aim, most: int) -> Iterator[Jump]:
        end = min(term.part.end, term.at + most + 1)
        for number in islice(self._numbers_in(aim.function, term.at, end), SEEN):
            self.work.spend(1)
            cost = aim.price(number)
            if cost < NEVER:
                claimed = cost > 0 and aim.claimed(number)
                skipped = range(term.at, number)
                jump = Jump(cost, 0, (), number, term, claimed)
                yield jump.behind(len(skipped), skipped.__iter__, self._run(term.part, number + 1))
                if cost == 0:
                    return

    def _behind(self, head: Term, tail: Term, aim: Aim, most: int) -> Iterator[Jump]:
        """Skip all that is left of the head."""
        needed = self.shortest(head)
        if needed <= most:
            for jump in self.jumps(tail, aim, most - needed):
                yield jump.behind(needed, partial(self.completion, head), jump.target)

    def _in_rest(self, term: Term, aim: Aim, most: int) -> Iterator[Jump]:
        part, costs = term.part, self._shape(term.part).costs
        for index in islice(self.holders(part, aim.function, term.at), SEEN):
            needed = costs[index] - costs[term.at]
            if needed > most:
                return
            skipped = partial(self._between, part, term.at, index)
            for jump in self.jumps(self.fresh(part.parts[index]), aim, most - needed):
                yield jump.behind(needed, skipped, self._around(term, index, jump.target))

    def _side_by_side(self, term: Term, aim: Aim, most: int) -> Iterator[Jump]:
        """Look into the parts that have the function; only the cheapest are put back into the whole."""
        part = term.part
        self.work.spend(4)
        if term.form is Form.PERM and term.head is not self.done:
            for jump in self.jumps(term.head, aim, most):
                yield jump.to(self._perm(part, jump.target, term.at))
            yield from self._behind(term.head, self._perm(part, self.done, term.at), aim, most)
            return
        found = ((index, jump) for index, ways in self._ways(term, aim, most) for jump in ways)
        for index, jump in nsmallest(SEEN >> 3, found, key=lambda item: _by_price(item[1])):
            yield jump.to(self._around(term, index, jump.target))

    def _ways(self, term: Term, aim: Aim, most: int) -> Iterator[tuple[int, list[Jump]]]:
        """Find the ways inside of the parts that may begin; of very many parts, only some are looked at."""
        part, is_par = term.part, term.form is Form.PAR
        left = ENOUGH
        for index in self._promising(part, aim):
            self.work.spend(2)
            if self._may_begin(term, index):
                ways = self.jumps(term.items[index] if is_par else self.fresh(part.parts[index]), aim, most)
                left -= bool(ways)
                yield index, ways
            if left == 0:
                return

    def _promising(self, part: Part, aim: Aim) -> Iterator[int]:
        """The indices of the parts that have the function; of very many, those that are likely meant come first."""
        if len(part.parts) <= ENOUGH:
            yield from self.holders(part, aim.function)
            return
        likely = dict.fromkeys(self.child(part, number) for number in aim.likely() if part.first <= number < part.end)
        yield from likely
        yield from (index for index in self.holders(part, aim.function) if index not in likely)
