"""Chooses what a sequence diagram shows: which calls, with which marks, where missing ones stand, what is folded.

Traces may be a million calls long and decode a call each time it is asked for; only what is drawn is decoded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cmock_py.explain.details import answer_details, argument_details
from cmock_py.explain.report import Missing, Moved, Unexpected, Wrong, WrongAnswer
from cmock_py.explain.table import what_differs
from cmock_py.lang.nodes import REAL
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmock_py.explain.report import Difference
    from cmock_py.lang.nodes import Event
    from cmock_py.lang.structure import Part
    from cmock_py.trace import Call

FOLDED = 40
"""Calls in a row that agree and are folded, when there are more of them."""
ENDS = 100
"""Of what is too long, how much is drawn at each end."""
_AROUND = 20
_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """What a call or a line of the language is marked with.

    Attributes:
        mark: ``+ - ! ~``.
        note: what the mark means here.
        event: number of the event that it is about, or None.
        lines: the values that differ.
    """

    mark: str
    note: str
    event: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Calls in a row, from `first` to before `past`; folded when there are many of them and all agree."""

    first: int
    past: int
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """All that is drawn.

    Attributes:
        calls: the drawn calls by their index.
        stretches: these in their order; between two of them calls may be left out.
        events: number of the event that each of the calls belongs to, where it is known.
        call_marks: what differs, by the index of the call.
        event_marks: what differs, by the number of the event.
        missing: events that were never called, by the call behind which they are drawn; -1 is the begin.
        lanes: number of each module's lifeline, from 1.
    """

    calls: dict[int, Call]
    stretches: tuple[Stretch, ...]
    events: dict[int, int]
    call_marks: dict[int, Mark]
    event_marks: dict[int, Mark]
    missing: dict[int, list[int]]
    lanes: dict[str, int]


def diagram(
    calls: Sequence[Call], events: Sequence[Event], root: Part, differences: Sequence[Difference] | None, most: int
) -> Diagram:
    """Choose what is drawn.

    Args:
        calls: the trace, decoded lazily.
        events: of the language.
        root: structure of the language.
        differences: of calls and language; None when nobody has looked, and only refused calls are marked.
        most: calls that are drawn all; of more, those near a mark and at both ends.
    """
    if differences is None:
        differences = _refused(calls, most)
    call_marks = dict(marked for difference in differences for marked in _of_call(difference))
    event_marks = dict(marked for difference in differences for marked in _of_event(difference))
    lost = sorted(difference.event for difference in differences if isinstance(difference, Missing))
    near = [*call_marks, *(_in_plain_run(calls, number) for number in lost if root.kind is Kind.RUN)]
    chosen = _chosen(len(calls), sorted(near), most)
    drawn = {index: calls[index] for index in chosen}
    owners = dict(_owners(drawn, events, call_marks))
    missing = _places(lost, owners)
    modules = [*(call.module for call in drawn.values()), *(events[number].module for number in lost)]
    return Diagram(
        drawn,
        tuple(_stretches(chosen, sorted({*call_marks, *missing}))),
        owners,
        call_marks,
        event_marks,
        missing,
        {module: lane for lane, module in enumerate(dict.fromkeys(modules), 1)},
    )


# --- marks ----------------------------------------------------------------------------------------------------------


def _refused(calls: Sequence[Call], most: int) -> list[Difference]:
    """Find the calls that no event took; the SUT makes none behind them, so of very many calls the last tells."""
    looked_at = calls if len(calls) <= most else [calls[len(calls) - 1]]
    return [Unexpected(call.index) for call in looked_at if call.event is None and call.answer is not REAL]


def _of_call(difference: Difference) -> Iterator[tuple[int, Mark]]:
    """Say how a difference marks its call."""
    match difference:
        case Unexpected(call):
            yield call, Mark("+", "not expected")
        case Wrong(call, event, arguments, answer):
            lines = [line for argument in arguments for line in argument_details(argument)]
            lines += answer_details(answer) if answer else []
            yield call, Mark("!", what_differs(len(arguments), answer), event, tuple(lines))
        case WrongAnswer(call, event):
            yield call, Mark("!", "answer differs", event, tuple(answer_details(difference)))
        case Moved(call, event, direction):
            yield call, Mark("~", f"too {direction}", event)


def _of_event(difference: Difference) -> Iterator[tuple[int, Mark]]:
    """Say how a difference marks its line of the language."""
    match difference:
        case Missing(event):
            yield event, Mark("-", "never called", event)
        case Wrong(_, event, arguments, answer):
            yield event, Mark("!", what_differs(len(arguments), answer), event)
        case WrongAnswer(_, event):
            yield event, Mark("!", "answer differs", event)
        case Moved(_, event):
            yield event, Mark("~", "belongs here", event)


# --- which calls ----------------------------------------------------------------------------------------------------


def _chosen(count: int, marked: Sequence[int], most: int) -> Sequence[int]:
    """Choose the calls that are drawn: all, or those near a mark and at both ends."""
    if count <= most:
        return range(count)
    ends = min(ENDS, most // 2)
    chosen = {*range(ends), *range(count - ends, count)}
    for index in marked:
        if len(chosen) >= most:
            break
        chosen.update(range(max(0, index - _AROUND), min(count, index + _AROUND + 1)))
    return sorted(index for index in chosen if 0 <= index < count)


def _in_plain_run(calls: Sequence[Call], event: int) -> int:
    """Find where in the trace of a plain sequence a missing event would have been."""
    last = len(calls) - 1
    return bisect_left(calls, event, key=lambda call: last if call.event is None else call.event)


def _stretches(chosen: Sequence[int], special: Sequence[int]) -> Iterator[Stretch]:
    """Cut the drawn calls where some are left out, and where a long stretch agrees that can be folded."""
    start = 0
    for end in range(1, len(chosen) + 1):
        if end == len(chosen) or chosen[end] != chosen[end - 1] + 1:
            yield from _folds(chosen[start], chosen[end - 1] + 1, special)
            start = end


def _folds(first: int, past: int, special: Sequence[int]) -> Iterator[Stretch]:
    """Cut one range so that a few calls are seen before and behind what is folded."""
    inside = special[bisect_left(special, first) : bisect_left(special, past)]
    at = first
    for before, after in pairwise([first - 1, *inside, past]):
        begin, end = before + 1 + _CONTEXT, after - _CONTEXT
        if end - begin > FOLDED:
            yield from (Stretch(at, begin), Stretch(begin, end, folded=True))
            at = end
    yield Stretch(at, past)


# --- calls and events -----------------------------------------------------------------------------------------------


def _owners(drawn: dict[int, Call], events: Sequence[Event], call_marks: dict[int, Mark]) -> Iterator[tuple[int, int]]:
    """Tell for each call the event that it belongs to: what the differences say, or else which one answered it."""
    for index, call in drawn.items():
        event = call_marks[index].event if index in call_marks else call.event
        if event is not None and event < len(events) and events[event].function == call.function:
            yield index, event


def _places(missing: Sequence[int], owners: dict[int, int]) -> dict[int, list[int]]:
    """Say behind which call each missing event is drawn: the last call of what is written before it."""
    latest = {event: index for index, event in owners.items()}
    known = sorted(latest)
    best, so_far = [-1], -1
    for event in known:
        so_far = max(so_far, latest[event])
        best.append(so_far)
    places: dict[int, list[int]] = {}
    for event in missing:
        places.setdefault(best[bisect_right(known, event)], []).append(event)
    return places
