"""Searches the cheapest way to read the calls as a language of any shape: what was meant, and what went wrong.

The costs are those of `align`: a call without event 10, an event without call 10, a pair with k wrong arguments or
answers 4 + k. Two searches work together. A beam reads the calls once from front to back: while they fit it follows one
reading, and around a difference it keeps the best few until one of them has fitted for a while. Then, where the
language is small enough, a search in the order of the costs looks for a cheaper reading, and tells for certain when
there is none. All work is counted and bounded; nothing depends on a clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count, islice
from typing import TYPE_CHECKING, TypeAlias

from cmock_py.explain.align import Alignment, Move
from cmock_py.explain.match import differing, same_function
from cmock_py.explain.pairing import Env, Pairing
from cmock_py.explain.readings import begun
from cmock_py.explain.replay import is_followed
from cmock_py.explain.report import Difference, Missing, Moved, Unexpected
from cmock_py.explain.residual import NEVER, SKIPPED, Aim, Residuals, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmock_py.explain.report import Expectation
    from cmock_py.trace import Call

UNEXPECTED = SKIPPED
_CANDIDATES = 16
_NEAR = 200
"""Calls before the first difference that are read one by one; half of them where there are more."""
_FROM_THE_FIRST = 4_000
"""Calls before the first difference that are all read where the numbers of their events say nothing."""
_CONTEXT = 2

_Way: TypeAlias = "tuple[int | None, int | None, _Way] | None"
"""The last move of a reading, call and event, and those before it."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work a search may be.

    Attributes:
        beam: steps and comparisons of the beam.
        exact: steps of the search for a cheaper reading.
        slips: steps of the search for single differences that lie far apart.
        slipped: readings that it keeps.
        width: readings that the beam keeps around a difference.
        calm: calls that must fit before the beam goes on with the best reading alone, and that it goes back at the next
            difference.
        skipped: events in a row that are taken for missing.
        ways: ways of letting one reading take one call.
        differences: differences that are listed.
    """

    beam: int = 110_000
    exact: int = 25_000
    slips: int = 60_000
    slipped: int = 32
    width: int = 24
    calm: int = 24
    skipped: int = 40
    ways: int = 6
    differences: int = 200


DEFAULT_BUDGET = Budget()
QUICK = Budget(exact=0, slips=0, width=6, calm=2, skipped=0)
"""For a reading to the end, if perhaps not the cheapest one."""


@dataclass(slots=True)
class _Hypothesis:
    """One reading of the calls so far."""

    cost: int
    term: Term
    env: Env
    way: _Way
    trouble: int
    """Index of the last call that did not fit."""


class Search:
    """Reads calls as a language."""

    def __init__(self, residuals: Residuals, pairing: Pairing, calls: Sequence[object], *, over: bool) -> None:
        """Read *calls*.

        Args:
            residuals: of the language.
            pairing: compares calls with events.
            calls: only their number is asked for.
            over: the SUT was free to make more calls, so that what is left at the end is missing.
        """
        self._residuals = residuals
        self._pairing = pairing
        self._work = residuals.work
        self._count = len(calls)
        self._over = over

    def read(self, begin: int, starts: Iterable[tuple[Term, Env]], budget: Budget = DEFAULT_BUDGET) -> Alignment:
        """Find the cheapest reading.

        Args:
            begin: index of the first call; those before it fit.
            starts: what may be left then.
            budget: of the work.
        """
        starts = list(starts)
        best, end = self._beam(begin, starts, budget)
        is_cheapest = False
        cost = best.cost + (self._missing_cost(best.term) if end == self._count else 0)
        if end == self._count:
            cheaper, is_cheapest = self._exact(begin, starts, cost, budget)
            if cheaper is not None:
                best, cost = cheaper, self._whole_cost(cheaper)
        if not is_cheapest and (end < self._count or cost > UNEXPECTED):
            other = self._slip_by_slip(begin, starts, budget)
            if other is not None and (end < self._count or self._whole_cost(other) < cost):
                best, cost, end = other, self._whole_cost(other), self._count
        return replace(self._reading(best, cost, begin, end, budget), is_cheapest=is_cheapest)

    def _whole_cost(self, one: _Hypothesis) -> int:
        """The cost of a reading of all calls."""
        return one.cost + self._missing_cost(one.term)

    def _missing_cost(self, term: Term) -> int:
        return SKIPPED * self._residuals.shortest(term) if self._over else 0

    # --- the beam ---------------------------------------------------------------------------------------------------

    def _beam(self, begin: int, starts: Sequence[tuple[Term, Env]], budget: Budget) -> tuple[_Hypothesis, int]:
        """Read from front to back; return the best reading and the index of the first call that is not read."""
        beam = [_Hypothesis(0, term, env, None, begin) for term, env in starts]
        behind: deque[tuple[int, _Hypothesis]] = deque(maxlen=budget.calm)
        i, tried = begin, begin
        begun = self._work.done
        farthest, calmly = begin, beam[0]
        with self._work.at_most(budget.beam):
            while True:
                calm = len(beam) == 1 and i >= tried
                onward = self._fitting(beam[0], i) if calm else None
                if onward is not None:
                    behind.append((i, beam[0]))
                    beam, i = [onward], i + 1
                    continue
                if i == self._count and not (behind and calm and self._missing_cost(beam[0].term)):
                    break
                if calm:
                    begun, tried = self._work.done, i + 1
                    farthest, calmly = i, beam[0]
                    if behind:
                        i, beam = behind[0][0], [behind[0][1]]
                        behind.clear()
                narrow = self._work.done - begun > budget.beam // 5
                beam, i = self._step(beam, i, budget, budget.width // 6 if narrow else budget.width), i + 1
                if i > tried and i - beam[0].trouble > budget.calm:
                    beam = beam[:1]
        if i < farthest:
            return self._with_refused(calmly, farthest)
        return min(beam, key=lambda one: one.cost + (self._missing_cost(one.term) if i == self._count else 0)), i

    def _with_refused(self, one: _Hypothesis, i: int) -> tuple[_Hypothesis, int]:
        """Add the call that the SUT was stopped at, if it is the next: no event took it."""
        if i + 1 != self._count or self._pairing.call(i).event is not None:
            return one, i
        return _Hypothesis(one.cost + UNEXPECTED, one.term, one.env, (i, None, one.way), i), i + 1

    def _fitting(self, one: _Hypothesis, i: int) -> _Hypothesis | None:
        """Go on with the event that answered the call, if it fits, or with the only one that does."""
        if i == self._count:
            return None
        self._pairing.spend_on_call()
        event = self._pairing.call(i).event
        targets: tuple[Term, ...] = ()
        if not self._pairing.is_own:
            event, targets = self._only(one, i)
        elif event is not None:
            targets = self._residuals.after(one.term, event)
        if event is None or not targets or self._pairing.price(event, i, one.env):
            return None
        env = self._pairing.taken(one.env, event, i)
        return _Hypothesis(one.cost, targets[0], env, (i, event, one.way), one.trouble)

    def _only(self, one: _Hypothesis, i: int) -> tuple[int | None, tuple[Term, ...]]:
        """The first event that fits, when another language has answered."""
        ways = self._residuals.jumps(one.term, self._aim(i, one.env, 1), 0)
        return (ways[0].event, (ways[0].target,)) if ways else (None, ())

    def _step(self, beam: Sequence[_Hypothesis], i: int, budget: Budget, width: int) -> list[_Hypothesis]:
        """Let every reading take the next call in the best ways, and keep the best readings."""
        found: dict[tuple[Term, Env], _Hypothesis] = {}
        aims: dict[Env, Aim] = {}
        for one in beam:
            if one.env not in aims:
                aims[one.env] = self._aim(i, one.env, budget.ways)
            for new in self._ways(one, i, budget, aims[one.env]):
                known = found.get((new.term, new.env))
                if known is None or new.cost < known.cost:
                    found[new.term, new.env] = new
        best = sorted(found.values(), key=lambda one: one.cost)[:width]
        return [one for one in best if one.cost <= best[0].cost + 3 * SKIPPED]

    def _aim(self, i: int, env: Env, count: int) -> Aim:
        """Look for ways to take a call, by what is bound."""
        call, pairing = self._pairing.call(i), self._pairing
        return Aim(
            (call.module, call.function),
            lambda j: pairing.price(j, i, env),
            lambda: pairing.likely(i),
            pairing.is_claimed,
            count,
        )

    def _ways(self, one: _Hypothesis, i: int, budget: Budget, aim: Aim) -> Iterable[_Hypothesis]:
        pairing = self._pairing
        for jump in self._residuals.jumps(one.term, aim, budget.skipped):
            if jump.price < NEVER:
                way, env = one.way, one.env
                for j in jump.skipped:
                    way, env = (None, j, way), pairing.skipped(env, j)
                price = jump.price
                if env != one.env:
                    price = SKIPPED * jump.missing + pairing.price(jump.event, i, env)
                trouble = i if price else one.trouble
                env = pairing.taken(env, jump.event, i)
                yield _Hypothesis(one.cost + price, jump.target, env, (i, jump.event, way), trouble)
        yield _Hypothesis(one.cost + UNEXPECTED, one.term, one.env, (i, None, one.way), i)

    # --- slip by slip -----------------------------------------------------------------------------------------------

    def _slip_by_slip(self, begin: int, starts: Sequence[tuple[Term, Env]], budget: Budget) -> _Hypothesis | None:
        """Read all calls with single differences that lie far apart; None if there is no such reading.

        Beside all readings that fit so far go all that have differed once since. Where none fits any more, and some
        that differed once have fitted for a while, these go on as the others did. So the place of a difference is
        chosen when it is known what follows, which the beam, that looks some calls ahead, cannot always do.
        """
        right = [_Hypothesis(0, term, env, None, begin) for term, env in starts]
        slipped: list[_Hypothesis] = []
        lost = begin
        with self._work.at_most(budget.slips):
            for i in range(begin, self._count):
                lost = i if right else lost
                if i - lost > budget.calm:
                    right, slipped = slipped, []
                right, slipped = self._one_call(right, slipped, i, budget)
                if not right and not slipped:
                    return None
            return min((*right, *slipped), key=lambda one: (self._whole_cost(one), -one.trouble))
        return None

    def _one_call(
        self, right: Sequence[_Hypothesis], slipped: Sequence[_Hypothesis], i: int, budget: Budget
    ) -> tuple[list[_Hypothesis], list[_Hypothesis]]:
        """Let all readings take one call: those that fit as they like, the others only if it fits."""
        fitting: dict[tuple[Term, Env], _Hypothesis] = {}
        differing: dict[tuple[Term, Env], _Hypothesis] = {}
        single, none = replace(budget, skipped=1), replace(budget, skipped=0)
        aims: dict[Env, Aim] = {}
        for one, may_slip in (*((one, True) for one in right), *((one, False) for one in slipped)):
            aim = aims.setdefault(one.env, self._aim(i, one.env, budget.ways))
            for new in self._ways(one, i, single if may_slip else none, aim):
                if may_slip or new.cost == one.cost:
                    found = fitting if may_slip and new.cost == one.cost else differing
                    known = found.get((new.term, new.env))
                    if known is None or (new.cost, -new.trouble) < (known.cost, -known.trouble):
                        found[new.term, new.env] = new
        return _nearest(fitting.values(), budget.slipped), _nearest(differing.values(), budget.slipped)

    # --- in the order of the costs ----------------------------------------------------------------------------------

    def _exact(
        self, begin: int, starts: Sequence[tuple[Term, Env]], bound: int, budget: Budget
    ) -> tuple[_Hypothesis | None, bool]:
        """Find the cheapest reading that costs less than *bound*, if any, and tell whether none was left out."""
        heap: list[tuple[int, int, int, _Hypothesis]] = []
        order = count()
        closed: set[tuple[int, Term, Env]] = set()

        def push(i: int, cost: int, term: Term, env: Env, way: _Way) -> None:
            self._work.spend(4)
            least = cost + (SKIPPED * max(0, self._residuals.shortest(term) - (self._count - i)) if self._over else 0)
            if least < bound and (i, term, env) not in closed:
                heappush(heap, (least, -i, next(order), _Hypothesis(cost, term, env, way, i)))

        with self._work.at_most(budget.exact):
            for term, env in starts:
                push(begin, 0, term, env, None)
            while heap:
                _, behind, _, one = heappop(heap)
                i = -behind
                if (i, one.term, one.env) in closed:
                    continue
                if i == self._count:
                    return one, True
                closed.add((i, one.term, one.env))
                for move in self._expand(i, one):
                    push(*move)
            return None, True
        return None, False

    def _expand(self, i: int, one: _Hypothesis) -> Iterator[tuple[int, int, Term, Env, _Way]]:
        """List all that may come next in a reading: the call alone, an event alone, or both."""
        call, pairing = self._pairing.call(i), self._pairing
        yield i + 1, one.cost + UNEXPECTED, one.term, one.env, (i, None, one.way)
        for j in self._residuals.enabled(one.term):
            is_same = self._residuals.is_of(j, (call.module, call.function))
            price = pairing.price(j, i, one.env) if is_same else NEVER
            skipped, taken = pairing.skipped(one.env, j), pairing.taken(one.env, j, i)
            for target in self._residuals.after(one.term, j):
                yield i, one.cost + SKIPPED, target, skipped, (None, j, one.way)
                if price < NEVER:
                    yield i + 1, one.cost + price, target, taken, (i, j, one.way)

    # --- what was found ---------------------------------------------------------------------------------------------

    def _reading(self, best: _Hypothesis, cost: int, begin: int, end: int, budget: Budget) -> Alignment:
        """Name the differences along a reading."""
        is_whole = end == self._count
        missing = self._residuals.shortest(best.term) if is_whole else 0
        way, left = best.way, missing if self._over else 0
        if left:
            for j in islice(self._residuals.completion(best.term), budget.differences):
                way = (None, j, way)
        script = _with_moves(self._script(way), self._pairing)
        return Alignment(
            differences=tuple(_differences(script)),
            cost=cost,
            calls_end=end,
            events_end=0,
            omitted=max(0, left - budget.differences),
            complete=is_whole,
            script=tuple(script),
            begin=begin,
            left=0 if self._over else missing,
            following=self._residuals.only_next(best.term),
        )

    def _script(self, way: _Way) -> list[Move]:
        """List the moves of a reading in their order, with what differs."""
        moves = []
        while way is not None:
            i, j, way = way
            moves.append((i, j))
        env: Env = ()
        script = []
        for i, j in reversed(moves):
            difference: Difference | None = None
            if j is None:
                difference = None if i is None else Unexpected(i)
            elif i is None:
                difference, env = Missing(j), self._pairing.skipped(env, j)
            else:
                difference, env = self._pairing.difference(j, i, env), self._pairing.taken(env, j, i)
            script.append(Move(i, j, difference))
        return script


def _nearest(found: Iterable[_Hypothesis], count: int) -> list[_Hypothesis]:
    """Keep the cheapest readings, of equally dear ones those that differed last."""
    return sorted(found, key=lambda one: (one.cost, -one.trouble))[:count]


def align_parts(
    calls: Sequence[Call],
    language: Expectation,
    residuals: Residuals,
    start: int,
    *,
    over: bool,
    budget: Budget = DEFAULT_BUDGET,
) -> Alignment:
    """Align calls with a language of any shape.

    Args:
        calls: the trace, decoded lazily.
        language: what was expected.
        residuals: its terms.
        start: index of the call that differs first; those before it were allowed.
        over: the SUT was free to make more calls; False when it was stopped.
        budget: of the work.

    Returns:
        The alignment; of a long trace the calls well before *start* are taken to fit. When the language cannot be
        followed so far, only the last calls before *start* are in its script, and it is not complete.
    """
    pairing = Pairing(calls, language, answers=not language.own, work=residuals.work)
    begin = start - _NEAR // 2 if language.own and start > _NEAR else 0
    starts: list[tuple[Term, Env]] = []
    if is_followed(residuals.root) and start - begin < budget.beam // 4:
        starts = begun(residuals, calls, begin)
        if not starts and start <= _FROM_THE_FIRST:  # the numbers are of no way to read the calls
            begin, starts = 0, begun(residuals, calls, 0)
    if starts:
        return Search(residuals, pairing, calls, over=over).read(begin, starts, budget)
    begin = max(0, start - _CONTEXT)
    known = tuple(Move(i, pairing.call(i).event if language.own else None) for i in range(begin, start))
    return Alignment((), 0, start, 0, complete=False, script=known, begin=begin)


def _differences(script: Sequence[Move]) -> Iterator[Difference]:
    """What differs along a script; a moved call is told where it was made."""
    for move in script:
        if move.difference is not None and (move.call is not None or not isinstance(move.difference, Moved)):
            yield move.difference


def _with_moves(script: list[Move], pairing: Pairing) -> list[Move]:
    """Pair each call without event with an event without call that it fits: the call came in the wrong place."""
    extra = [k for k, move in enumerate(script) if isinstance(move.difference, Unexpected)]
    for k, move in enumerate(script):
        if isinstance(move.difference, Missing) and extra:
            other = _homeless(pairing, move.difference.event, [(k, script[k].call) for k in extra[:_CANDIDATES]])
            if other is not None:
                place, call = other
                moved = Moved(call, move.difference.event, "early" if place < k else "late")
                script[place], script[k] = Move(call, None, moved), Move(None, moved.event, moved)
                extra.remove(place)
    return script


def _homeless(pairing: Pairing, j: int, extra: Sequence[tuple[int, int | None]]) -> tuple[int, int] | None:
    """Choose the call without event that fits an event: its place in the script, and the call."""
    event = pairing.event(j)
    for k, i in extra:
        if i is not None and same_function(event, pairing.call(i)) and not differing(event, pairing.call(i)):
            return k, i
    return None
