"""Finds the one hint of a report: where a call would have been right, or which slip explains several differences."""

from __future__ import annotations

from itertools import groupby, islice, pairwise
from typing import TYPE_CHECKING, Any

from cmock_py.explain.details import inside
from cmock_py.explain.match import same_function
from cmock_py.explain.report import Difference, Wrong, WrongArgument
from cmock_py.explain.values import counted, function_name, times
from cmock_py.lang.nodes import Flags, Name, Named
from cmock_py.lang.patterns import fits
from cmock_py.lang.render import render_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmock_py.explain.report import Expectation
    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call

SEARCHED = 3_000
"""Events that are looked at before and behind the place of a difference."""
_ALIKE = 3
_NAMED = 2
_LISTED = 50


def hint_for_call(call: Call, language: Expectation, position: int) -> str | None:
    """Say where the language has a place for a call that it does not allow now.

    Args:
        call: the call.
        language: what was expected; without events when there is none.
        position: index of the event that is expected now.

    Returns:
        One sentence without a full stop, or None when the language is empty or expects that function now.
    """
    events = language.placed
    if not len(events):
        return None
    ahead = range(position, min(position + SEARCHED, len(events)))
    for j in ahead:
        if same_function(events[j], call):
            return after_more_calls(call, language, j, range(position, j), j - position) if j > position else None
    behind = range(position - 1, max(-1, position - 1 - SEARCHED), -1)
    used = [j for j in behind if same_function(events[j], call)]
    seen_all = len(ahead) == len(events) - position and len(behind) == position
    if used:
        return _used_up(call, used, language, seen_all=seen_all, behind=len(behind) == position)
    if not seen_all:
        return f"{function_name(call)} is not expected within {SEARCHED} calls before or after this point"
    return unknown(call, events)


def after_more_calls(call: Call, language: Expectation, j: int, skipped: Iterable[int], missing: int) -> str:
    """Say which calls are still missing, and how many, before event *j* would take a call."""
    name, where = function_name(call), language.on_line(language.placed[j].place)
    shown = (language.placed[k] for k in islice(skipped, _LISTED))
    groups = [
        (said, len(list(alike)))
        for said, alike in groupby(f"{function_name(event)}{language.in_brackets(event.place)}" for event in shown)
    ]
    between = [said if count == 1 else f"{said} {times(count)}" for said, count in groups[:_NAMED]]
    more = ", ..." if sum(count for _, count in groups[:_NAMED]) < missing else ""
    return f"{name} is expected{where}, after {counted(missing, 'more call')}: {', '.join(between)}{more}"


def not_again(call: Call, used: Sequence[int], language: Expectation) -> str:
    """Say that all places of a call, the nearest first, are behind."""
    return _used_up(call, used, language, seen_all=True, behind=True)


def _used_up(call: Call, used: Sequence[int], language: Expectation, *, seen_all: bool, behind: bool) -> str:
    """Say that all places of the call are behind, the nearest first in *used*."""
    name = function_name(call)
    again = "is not expected again" if seen_all else f"is not expected within the next {SEARCHED} calls"
    events = language.placed
    line = language.line_of(events[used[0]].place)
    if not line:
        return f"{name} {again}; the language has it {counted(len(used), 'time')} before this point"
    copies = sum(events[j].place == events[used[0]].place for j in used[: 2 * SEARCHED])
    if seen_all and copies == len(used) > 1:  # as of an answer list
        return f"{name} is used up: {line} allows {copies} such calls, and all of them came"
    if len(used) == 1 and behind:
        return f"{name} {again}; its only place is {line}"
    return f"{name} {again}; its last place is {line}"


def unknown(call: Call, events: Sequence[Event]) -> str:
    """Say that the language has no such call, and name one that is written alike."""
    from difflib import get_close_matches

    name = function_name(call)
    names = {events[j].function: function_name(events[j]) for j in reversed(range(min(len(events), SEARCHED)))}
    near = get_close_matches(call.function, sorted(names), n=1, cutoff=0.75)
    if near:
        return f"{name} does not occur in this language at all; did you mean {names[near[0]]}?"
    return f"{name} does not occur in this language at all; calls that do not matter go in ANY[ {name}(...) ]"


def hint_for_differences(
    differences: Sequence[Difference], calls: Sequence[Call], events: Sequence[Event], written: Sequence[Event] = ()
) -> str | None:
    """Find one explanation of several differences that a check found: the first of these that holds.

    Args:
        differences: what the check found.
        calls: the trace.
        events: the language, with the values that were expected.
        written: the same events as they were written, where that is known.
    """
    wrong = [difference for difference in differences if isinstance(difference, Wrong) and difference.arguments]
    flags = _one_of_flags(wrong[0], calls, written) if wrong and len(written) else None
    return flags or _swapped_calls(wrong, calls, events) or _swapped_arguments(wrong, calls) or _same_argument(wrong)


def _one_of_flags(wrong: Wrong, calls: Sequence[Call], written: Sequence[Event]) -> str | None:
    """``5|6`` is 7, and the call has passed 5 or 6."""
    passed = {argument.name: argument.actual for argument in wrong.arguments}
    said = zip(calls[wrong.call].names, written[wrong.event].args, strict=False)
    for name, pattern in ((arg.name, arg.pattern) if isinstance(arg, Named) else (name, arg) for name, arg in said):
        if isinstance(pattern, Flags) and any(_is(passed.get(name), part) for part in pattern.parts):
            values = ", ".join(map(render_value, pattern.parts))
            return f"{render_value(pattern)} is one number, with the bits of all; one of the values is  in {{{values}}}"
    return None


def _is(value: Any, part: Name | int) -> bool:
    """Whether a value that was passed is one of flags, by number or as the headers name it."""
    return str(value) == part.name if isinstance(part, Name) else value == part


def _swapped_calls(wrong: Sequence[Wrong], calls: Sequence[Call], events: Sequence[Event]) -> str | None:
    """Two calls of one function whose arguments fit each other's events."""
    for one, other in pairwise(wrong):
        first, second = calls[one.call], calls[other.call]
        crossed = zip((events[one.event], events[other.event]), (second, first), strict=True)
        if all(same_function(event, call) and fits(list(event.args), list(call.args)) for event, call in crossed):
            return f"calls #{first.index + 1} and #{second.index + 1} would be right in the other order"
    return None


def _swapped_arguments(wrong: Sequence[Wrong], calls: Sequence[Call]) -> str | None:
    """One call with the values of two arguments exchanged."""
    for difference in wrong:
        if len(difference.arguments) == 2:  # noqa: PLR2004 - a swap takes two
            one, other = difference.arguments
            if fits(one.expected, other.actual) and fits(other.expected, one.actual):
                number = calls[difference.call].index + 1
                return f"{one.name} and {other.name} of call #{number} would be right in the other order"
    return None


def _same_argument(wrong: Sequence[Wrong]) -> str | None:
    """The same single argument, or the same member of a struct, is wrong again and again."""
    names = {argument.name for difference in wrong for argument in difference.arguments}
    if len(wrong) < _ALIKE or len(names) != 1:
        return None
    name, where = names.pop(), f"differs, in {len(wrong)} calls"
    places = {path for difference in wrong for argument in difference.arguments for path in _paths(argument)}
    if places == {""}:
        return f"only {name} {where}; where its value does not matter, write _"
    if len(places) > 1:
        return f"only {name} {where}, at {' and at '.join(sorted(places)[:_NAMED])}{', ...' * (len(places) > _NAMED)}"
    place = places.pop()
    way = "write _ for it" if place.endswith("]") else "leave it out"
    return f"only {name}{place} {where}; where its value does not matter, {way}"


def _paths(wrong: WrongArgument) -> Iterable[str]:
    """The members and elements of an argument that differ."""
    return (path for path, *_ in inside(wrong.expected, wrong.actual))
