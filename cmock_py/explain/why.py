"""Finds why a language of any shape does not allow a call: it comes too early or too late, is used up, or unknown."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING

from cmock_py.explain.expected import operator
from cmock_py.explain.match import differing
from cmock_py.explain.residual import Aim
from cmock_py.explain.suggest import after_more_calls, not_again, unknown
from cmock_py.explain.values import counted, function_name, show_event, times
from cmock_py.explain.work import weight
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmock_py.explain.residual import Jump, Residuals
    from cmock_py.explain.situation import Situation
    from cmock_py.lang.structure import Part
    from cmock_py.trace import Call

_FARTHEST = 2_000
"""Calls that may be missing before a call would be right."""
_COMPARED = 1_000
"""Places of a call whose values are compared with its own."""
_PLACES = 50
"""Places of a call that are looked at."""
_NAMED = 2
"""Alternatives that are named."""
_WORK = 60_000


def hint_for_refused(call: Call, situation: Situation) -> str | None:
    """Say where the language has a place for a call that it does not allow now.

    Returns:
        One sentence without a full stop, or None when the language is empty, or expects that function now, or it was
        too much work to find out.
    """
    with situation.residuals.work.at_most(_WORK):
        return _hint_for_refused(call, situation)
    return None


def _hint_for_refused(call: Call, situation: Situation) -> str | None:
    events = situation.expectation.placed
    function = (call.module, call.function)
    places = situation.residuals.numbers(function)
    if not len(events):
        return None
    if not places:
        return unknown(call, events)
    nearest = min(_jumps(call, situation), key=lambda jump: jump.missing, default=None)
    if nearest is None:
        return _gone(call, situation, places) if situation.sure else None
    if not nearest.missing:
        return None
    hint = after_more_calls(call, situation.expectation, nearest.event, nearest.skipped, nearest.missing)
    return _of_sequence(situation, nearest) or hint


def _of_sequence(situation: Situation, jump: Jump) -> str | None:
    """Say that ``a() b() | c()`` is no choice between ``a() b()`` and ``c()``, where c came first."""
    events, path = situation.expectation.placed, _path(situation.residuals, jump.event)
    choice = next((part for part, index in path if part.kind is Kind.XALT and index), None)
    if choice is None or choice.place != events[choice.first].place:  # else XALT is written, or brackets are
        return None
    line = choice.place.name, choice.place.line
    before = [event for event in map(events.__getitem__, jump.skipped) if (event.place.name, event.place.line) == line]
    if not before or len(before) < jump.missing:
        return None
    first, other = f"{function_name(before[0])}() ... {function_name(events[choice.first])}()", events[jump.event]
    return f"| stands between two calls, not between all on a line; that is  ({first}) | {function_name(other)}()"


def hint_for_missing(numbers: Sequence[int], situation: Situation) -> str | None:
    """Say of events that were not called that a repetition came too few times, or what else could have come.

    Args:
        numbers: of the events, in their order.
        situation: at the end of the calls.
    """
    came = sorted(situation.used)
    choices = (_instead(number, situation, came) for number in numbers[:_PLACES])
    return _too_few_rounds(numbers[0], situation) or next(filter(None, choices), None)


def _instead(number: int, situation: Situation, came: Sequence[int]) -> str | None:
    """Name the other alternatives of a choice around an event, if none of those that came, in order, is of it."""
    residuals, language = situation.residuals, situation.expectation
    for part, index in _path(residuals, number):
        if part.kind is Kind.XALT and bisect_left(came, part.first) == bisect_left(came, part.end):
            others = [*part.parts[:index], *part.parts[index + 1 :]]
            firsts = chain.from_iterable(islice(residuals.enabled(residuals.fresh(inner)), 1) for inner in others)
            begins = [language.events[j] for j in islice(firsts, _NAMED)]
            shown = " or ".join(show_event(event) + language.in_brackets(event.place) for event in begins)
            which = "the other alternative" if len(others) == 1 else "another alternative"
            more = ", ..." if len(others) > _NAMED else ""
            return f"{which} of the XALT{language.on_line(part.place)} may come instead; it begins with {shown}{more}"
    return None


def _too_few_rounds(number: int, situation: Situation) -> str | None:
    """Say that a repetition came too few times; None when that is not the reason."""
    parts = [part for part, _ in _path(situation.residuals, number)]
    rounds = next((part for part in reversed(parts) if part.kind is Kind.REPEAT and part.least > 1), None)
    if rounds is None:
        return None
    came = sum(other == rounds.first for _, other in situation.made)
    if not 0 < came <= rounds.least:
        return None
    language = situation.expectation
    first = language.events[rounds.first]
    asks = f"{operator(rounds)}{language.on_line(rounds.place)} asks for {counted(rounds.least, 'round')} at least"
    return f"{asks}; {function_name(first)}, its first, came {times(came)}"


def _jumps(call: Call, situation: Situation) -> Iterator[Jump]:
    aim = Aim((call.module, call.function), lambda _: 0)
    for term in situation.left[:_PLACES]:
        yield from situation.residuals.jumps(term, aim, _FARTHEST)


def _gone(call: Call, situation: Situation, places: Sequence[int]) -> str:
    """Say why no way leads to the call any more."""
    name = function_name(call)
    if all(number in situation.used and not _may_repeat(situation, number) for number in places):
        return _once_before(call, situation, places) or not_again(call, places[::-1], situation.expectation)
    places = places[:_PLACES]
    for number in places:
        if number not in situation.used:
            reason = _passed(situation, number, -1)
            if reason is not None:
                return f"{name} {reason}"
    for number in reversed(places):
        if number in situation.used:
            reason = _had(situation, number)
            if reason is not None:
                return f"{name} {reason}"
    return not_again(call, places[::-1], situation.expectation)


def _once_before(call: Call, situation: Situation, places: Sequence[int]) -> str | None:
    """Name the call that took the only event with the values of another one."""
    language = situation.expectation
    compared = _COMPARED // weight([call], language.events, 0)
    fitting = [number for number in places[:compared] if not differing(language.events[number], call)]
    if not 1 < len(places) <= compared or len(fitting) != 1 or not language.events[fitting[0]].line:
        return None
    line, taken = language.line_of(language.events[fitting[0]].place), situation.used[fitting[0]] + 1
    return f"{function_name(call)} with these values is not expected again; its only place, {line}, took call #{taken}"


def _path(residuals: Residuals, number: int) -> Iterator[tuple[Part, int]]:
    """The parts around an event from outside in, each with the index of its part that has it."""
    part = residuals.root
    while part.parts:
        index = residuals.child(part, number)
        yield part, index
        part = part.parts[index]


def _may_repeat(situation: Situation, number: int) -> bool:
    """Whether an event may answer more than one call."""
    parts = (part for part, _ in _path(situation.residuals, number))
    return any(part.kind is Kind.ANY or (part.kind is Kind.REPEAT and part.most != 1) for part in parts)


def _passed(situation: Situation, number: int, since: int) -> str | None:
    """Say how the chance for an event was lost after a call: another alternative was taken, or what follows came."""
    on_line = situation.expectation.on_line
    for part, index in _path(situation.residuals, number):
        mine = part.parts[index]
        if part.kind is Kind.XALT:
            other = situation.after_in(part.first, mine.first, since)
            later = situation.after_in(mine.end, part.end, since)
            decided = min((call for call in (other, later) if call is not None), default=None)
            if decided is not None:
                which = "the other" if len(part.parts) == 2 else "another"  # noqa: PLR2004 - one is this one
                return f"is in {which} alternative of the XALT{on_line(part.place)}, which call #{decided + 1} decided"
        if part.kind in {Kind.SEQ, Kind.PREFIX}:
            call = situation.after_in(mine.end, part.end, since)
            if call is not None:
                return f"is allowed{on_line(situation.expectation.events[number].place)} only before call #{call + 1}"
    return None


def _had(situation: Situation, number: int) -> str | None:
    """Say of an event that has answered why it does not again: its rounds are used up, or the repetition is over."""
    rounds = _repeating(situation, number)
    if rounds is None:
        return None
    came, last = _rounds(situation, rounds)
    if rounds.most is not None and came >= rounds.most:
        where = f"{operator(rounds)}{situation.expectation.on_line(rounds.place)}"
        return f"is used up: {where} allows {counted(rounds.most, 'round')}, and call #{last + 1} was in the last"
    return _passed(situation, number, situation.used[number])


def _repeating(situation: Situation, number: int) -> Part | None:
    """The innermost repetition around an event; what may come once or not at all is none."""
    parts = [part for part, _ in _path(situation.residuals, number)]
    return next((part for part in reversed(parts) if part.kind is Kind.REPEAT and part.most != 1), None)


def _rounds(situation: Situation, part: Part) -> tuple[int, int]:
    """Count the rounds of a repetition that came, by the event that came in most of them, and find its last call."""
    situation.residuals.work.spend(len(situation.made) >> 3)
    came = Counter(number for _, number in situation.made if part.first <= number < part.end)
    situation.residuals.work.spend(8 * len(came))
    once = [number for number in came if _repeating(situation, number) is part]
    return max((came[number], situation.used[number]) for number in once) if once else (0, 0)
