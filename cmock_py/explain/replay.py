"""Replays a trace by the numbers of the events that answered, to know what was left of the language at a call.

Nothing is compared: the calls were allowed when they came. The numbers alone tell which parts had begun, so a part is
asked once for all its calls, and a hundred thousand calls take some milliseconds. Where the numbers leave it open, as
events that nothing tells apart answer with the number of the first of them, all that may be left is kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import groupby, islice
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cmock_py.lang.nodes import Bind, Both, Named
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmock_py.explain.pairing import Env
    from cmock_py.explain.residual import Residuals, Term
    from cmock_py.lang.nodes import Event
    from cmock_py.lang.structure import Part
    from cmock_py.trace import Call

LONGEST = 200_000
"""Calls that are replayed."""
PARTS = 50_000
"""Parts of a language that is followed; runs of events are one."""
_REAL = 0xFFFFFFFE
"""Numbers from here on are of no event: the real function answered, or nobody did. MIRROR runtime/arena.h"""
_KEPT = 64
_AT_ONCE = 120_000
_STEPS = 60_000
_ALIKE = 32
"""Events that say the same and are tried each; of more, those that may come now are looked for."""


@runtime_checkable
class Recorded(Protocol):
    """Calls that tell the numbers of the events that answered without decoding more."""

    def events(self) -> Iterator[int]:
        """Yield them."""


def answered(calls: Sequence[Call], end: int) -> list[tuple[int, int]] | None:
    """List the calls before index *end* that an event answered: index and number; None when they are too many."""
    if end > LONGEST:
        return None
    if isinstance(calls, Recorded):
        return [(i, number) for i, number in zip(range(end), calls.events(), strict=False) if number < _REAL]
    return [(i, calls[i].event) for i in range(end) if calls[i].event is not None]  # type: ignore[misc]


def is_followed(root: Part) -> bool:
    """Whether a language has few enough parts."""
    count, waiting = 0, [root.parts]
    while waiting and count <= PARTS:
        parts = waiting.pop()
        count += len(parts)
        waiting += [part.parts for part in parts if part.parts]
    return count <= PARTS


def replay(residuals: Residuals, numbers: Sequence[int]) -> list[Term]:
    """Find what may be left after the events of these numbers have answered; nothing when that is not understood."""
    followed: Term | None = None
    with residuals.work.at_most(_AT_ONCE):
        followed = _follow(residuals, residuals.root, numbers)
    if followed is not None:
        return [followed]
    return _step_by_step(residuals, [residuals.start], numbers)


def replay_loosely(residuals: Residuals, numbers: Sequence[int]) -> list[Term]:
    """Find what may be left where calls may have been meant for other events that answer the same."""
    return _step_by_step(residuals, [residuals.start], numbers, loosely=True)


def bindings(made: Iterable[tuple[int, int]], events: Sequence[Event]) -> Env:
    """Tell which calls the events that bind names have taken last."""
    last = {number: i for i, number in made}
    binding = (number for number in last if any(map(_may_bind, events[number].args)))
    return tuple(sorted(((number, last[number]) for number in binding), key=lambda pair: pair[1]))


def _may_bind(arg: object) -> bool:
    if isinstance(arg, Both):
        return any(map(_may_bind, arg.patterns))
    return isinstance(arg, Bind) or (isinstance(arg, Named) and _may_bind(arg.pattern))


# --- a part at once -------------------------------------------------------------------------------------------------


def _follow(residuals: Residuals, part: Part, numbers: Sequence[int]) -> Term | None:
    """Find what is left of a part after its events have answered in this order; None when the order leaves it open."""
    if not numbers:
        return residuals.fresh(part)
    residuals.work.spend(1 + (len(numbers) >> 3))
    match part.kind:
        case Kind.RUN:
            end = part.first + len(numbers)
            return residuals.run_at(part, end) if end <= part.end and _consecutive(numbers, part.first) else None
        case Kind.SEQ | Kind.PREFIX:
            return _sequence(residuals, part, numbers)
        case Kind.XALT:
            return _follow(residuals, part.parts[residuals.child(part, numbers[0])], numbers)
        case Kind.PAR:
            return _side_by_side(residuals, part, numbers)
        case Kind.PERM:
            return _permuted(residuals, part, numbers)
        case Kind.REPEAT:
            return _rounds(residuals, part, numbers)
        case Kind.ANY:
            first = part.parts[1].first
            left = _follow(residuals, part.parts[0], [number for number in numbers if number < first])
            return None if left is None else residuals.any_time(part, left)
    return None


def _consecutive(numbers: Sequence[int], first: int) -> bool:
    return list(numbers) == list(range(first, first + len(numbers)))


def _sequence(residuals: Residuals, part: Part, numbers: Sequence[int]) -> Term | None:
    begin, at = 0, 0
    left = residuals.done
    while begin < len(numbers):
        index = residuals.child(part, numbers[begin])
        end_number = part.parts[index].end
        end = bisect_left(numbers, x=True, lo=begin, key=lambda number, end=end_number: number >= end)  # type: ignore[misc]
        inner = _follow(residuals, part.parts[index], numbers[begin:end])
        if inner is None or index < at or not residuals.may_skip(part, at, index):
            return None
        if end < len(numbers) and not inner.nullable:
            return None
        begin, at, left = end, index + 1, inner
    return residuals.then(left, residuals.rest(part, at))


def _side_by_side(residuals: Residuals, part: Part, numbers: Sequence[int]) -> Term | None:
    firsts = [inner.first for inner in part.parts]
    owned: dict[int, list[int]] = {}
    for number in numbers:
        owned.setdefault(bisect_right(firsts, number) - 1, []).append(number)
    items = []
    for index, inner in enumerate(part.parts):
        left = _follow(residuals, inner, owned.get(index, ()))
        if left is None:
            return None
        items.append(left)
    return residuals.par(part, tuple(items))


def _permuted(residuals: Residuals, part: Part, numbers: Sequence[int]) -> Term | None:
    waiting = (1 << len(part.parts)) - 1
    head = residuals.done
    for index, stretch in groupby(numbers, key=lambda number: residuals.child(part, number)):
        inner = _follow(residuals, part.parts[index], list(stretch))
        if inner is None or not waiting >> index & 1 or not head.nullable:
            return None
        head = inner
        waiting &= ~(1 << index)
    return residuals.perm(part, head, waiting)


def _rounds(residuals: Residuals, part: Part, numbers: Sequence[int]) -> Term | None:
    """Find where the last round begins: at an event with which every round begins, and which comes nowhere else."""
    body = part.parts[0]
    starters = _starters(residuals, body)
    if starters is None:
        left = _step_by_step(residuals, [residuals.fresh(part)], numbers)
        return left[0] if len(left) == 1 else None
    begins = [k for k, number in enumerate(numbers) if number in starters]
    if not begins or begins[0] != 0:
        return None
    inner = _follow(residuals, body, numbers[begins[-1] :])
    return None if inner is None else residuals.then(inner, residuals.after_rounds(part, len(begins)))


def _starters(residuals: Residuals, part: Part) -> frozenset[int] | None:
    """The events with one of which a part begins, if they come nowhere else in it; None when that is not sure."""
    match part.kind:
        case Kind.RUN if part.least:
            return frozenset([part.first])
        case Kind.SEQ | Kind.PREFIX if not residuals.may_skip(part, 0, 1):
            return _starters(residuals, part.parts[0])
        case Kind.XALT:
            inner = [_starters(residuals, alternative) for alternative in part.parts]
            if all(starters is not None for starters in inner):
                return frozenset().union(*(starters for starters in inner if starters is not None))
    return None


# --- call by call ---------------------------------------------------------------------------------------------------


def _step_by_step(
    residuals: Residuals, terms: Sequence[Term], numbers: Sequence[int], *, loosely: bool = False
) -> list[Term]:
    """Keep all that may be left, where each number stands for all events that say the same."""
    now: dict[Term, None] = {}
    with residuals.work.at_most(_STEPS):
        left = dict.fromkeys(terms)
        for number in numbers:
            left = dict.fromkeys(
                after
                for term in islice(left, _KEPT)
                for event in _takers(residuals, term, number, loosely=loosely)
                for after in residuals.after(term, event)
            )
        now = left
    return list(now)[:_KEPT]


def _takers(residuals: Residuals, term: Term, number: int, *, loosely: bool) -> Iterable[int]:
    """The events that may have taken a call which is told by the number of one of them."""
    alike = residuals.alike(number, loosely=loosely)
    residuals.work.spend(1 + (min(len(alike), _ALIKE) >> 2))
    if len(alike) <= _ALIKE:
        return alike
    return [other for other in residuals.enabled(term) if residuals.is_alike(other, number, loosely=loosely)]
