"""Says that a call has two answers, or that there are too many ways to read the calls, and what can be done."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from cmock_py.errors import Fault
from cmock_py.explain.cause import alike, call_in_progress, is_bound, stop_cause
from cmock_py.explain.details import argument_details
from cmock_py.explain.expected import operator, with_line
from cmock_py.explain.pairing import Pairing
from cmock_py.explain.readings import readings
from cmock_py.explain.refused import unlike_all
from cmock_py.explain.situation import residuals_of, situation
from cmock_py.explain.values import EVENT_WIDTH, counted, function_name, show_call, show_event, show_value
from cmock_py.explain.written import patterns
from cmock_py.lang.limits import listed
from cmock_py.lang.names import as_written, event_as_written, everything_in
from cmock_py.lang.nodes import REAL, AnswerFrom, AnswerReal, Bind, Name, OutValue, Wildcard
from cmock_py.lang.structure import Kind
from cmock_py.trace import Handle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cmock_py.explain.report import Expectation
    from cmock_py.lang.nodes import Event
    from cmock_py.lang.structure import Part
    from cmock_py.trace import Call, Stop

SHOWN = 4
"""Calls, or events that lead to an ambiguity, that are shown."""
_LOOKED_AT = 5_000
_NAMED = 3
_ITEMS = {
    Kind.PAR: "sequences",
    Kind.PERM: "members",
    Kind.XALT: "alternatives",
    Kind.SEQ: "parts",
    Kind.PREFIX: "rounds",
}


_FROM_CALLS = frozenset({Bind, Name, Wildcard})
"""What a pattern holds that has no value before the calls come."""


def ambiguous_call(stop: Stop, calls: Sequence[Call], language: Expectation) -> str:
    """Write the message of `AmbiguousCall`.

    Args:
        stop: what is known; its `events` are the two that answer differently.
        calls: the trace, the ambiguous call included.
        language: what was expected.
    """
    return "\n".join([stop_cause(stop, calls, language), "", *_made(calls, stop), "", *_either(stop, calls, language)])


def undecided(stop: Stop, calls: Sequence[Call], language: Expectation) -> list[str]:
    """Say, as the exception did, what a call could be at which the SUT was stopped, and what can be done."""
    return (_either if stop.reason == "ambiguous" else _too_many)(stop, calls, language)


def _either(stop: Stop, calls: Sequence[Call], language: Expectation) -> list[str]:
    """Show the events that an ambiguous call could be, and what can be done."""
    call = call_in_progress(stop, calls)
    both = [language.events[number] for number in (stop.events * 2)[:2]]
    same = alike(*both)
    if same:
        lines = ["   and there are two ways to read it in the language, though they answer the same:", ""]
    else:
        lines = ["   The call could be either of", ""]
    lines += _listed([(event, "") for event in both] if call is None else _told(stop, calls, language), language)
    if same:
        return [*lines, "", "   next: write it so that there is one way, or leave out strict=True"]
    lines += ["", "   and nothing tells the two apart when the call comes. Either"]
    return [*lines, *_remedies(both[0])]


def _told(stop: Stop, calls: Sequence[Call], language: Expectation) -> list[tuple[Event, str]]:
    """List the events that a call could be, with what their names stand for where that makes the difference."""
    numbers = list(dict.fromkeys(stop.events[:2]))
    plain = [(language.events[number], "") for number in numbers]
    residuals = residuals_of(language)
    if residuals is None or stop.call is None or not any(is_bound(event) for event, _ in plain):
        return plain
    pairing = Pairing(calls, language, answers=False, work=residuals.work)
    found: set[tuple[int, str]] = set()
    for term, env in readings(residuals, pairing, calls, stop.call):
        for number in numbers:
            if residuals.after(term, number):
                values = pairing.known(pairing.taken(env, number, stop.call))
                found.add((number, _meanings(language.events[number], values, calls)))
    told: dict[tuple[str, str], tuple[Event, str]] = {}
    for number, meanings in sorted(found):
        event = language.events[number]
        told.setdefault((f"{event.source}:{event.line} {show_event(event)}", meanings), (event, meanings))
    return list(told.values()) or plain


def _meanings(event: Event, values: Mapping[str, tuple[Any, int]], calls: Sequence[Call]) -> str:
    """Say what the names in an answer stand for, and where that is from."""
    names = dict.fromkeys(part.name for part in everything_in(event.answer) if part.__class__ is Name)
    said = []
    for name in names:
        if name in values:
            value, i = values[name]
            shown = int(value) if isinstance(value, Handle) else value
            said.append(f"{as_written(name)} is {show_value(shown, 24)}, from call #{calls[i].index + 1}")
    return "; ".join(said)


def ambiguous_language(language: Expectation, one: int, other: int, path: Sequence[int]) -> Fault:
    """Describe an ambiguity that was found before anything ran.

    Args:
        language: the language; its events need not be decoded ones.
        one: number of an event.
        other: number of an event that answers the same call differently.
        path: numbers of the events that lead there.
    """
    first, second = (language.events[number] for number in sorted((one, other)))
    led = [function_name(language.events[number]) for number in path[-SHOWN:]]
    after = f"after {'... ' if len(path) > SHOWN else ''}{', then '.join(led)}, a call" if led else "a first call"
    same = alike(first, second)
    what = "there are two ways to read it" if same else "it has two answers"
    hint = (
        "write it so that there is one way, or leave out strict=True"
        if same
        else "\n".join(["nothing tells the two apart when the call comes. Either", *_remedies(first)])
    )
    shown = "\n".join(_listed([(first, ""), (second, "")], language))
    return Fault(str(first.place), f"{after} to {function_name(first)}: {what}", hint, shown)


def too_ambiguous(stop: Stop, calls: Sequence[Call], language: Expectation) -> str:
    """Write the message of `TooAmbiguous`.

    Args:
        stop: what is known; its `events` are the first and the last of the part that there are too many ways to read.
        calls: the trace.
        language: what was expected.
    """
    part = _part(language, stop.events)
    cause = stop_cause(replace(stop, limit=_limit(language, stop)), calls, language)
    shown = _shown_part(language, part)
    remedies = [f"     - {remedy}" for remedy in _remedies_of_many(language, part, calls, stop)]
    return "\n".join([cause, "", *shown, *_made(calls, stop), *_unlike_all(stop, calls, language), "", *remedies])


def _unlike_all(stop: Stop, calls: Sequence[Call], language: Expectation) -> list[str]:
    """Say that the call is unlike all that might come, so that it may stand for each of them."""
    residuals = residuals_of(language)
    if residuals is None or stop.call is None or not language.own or not 0 <= stop.call < len(calls):
        return []
    wrong = unlike_all(calls, stop.call, situation(language, residuals, calls, stop.call))
    if wrong is None:
        return []
    said = f"call #{calls[stop.call].index + 1} has other arguments than all that may come here; the nearest is"
    written = patterns(language, wrong.event, calls[stop.call])
    details = (line for known in wrong.arguments for line in argument_details(known, written.get(known.name)))
    return ["", f"   {said} {with_line(wrong.event, language)}", "", *(f"      {line}" for line in details)]


def _too_many(stop: Stop, calls: Sequence[Call], language: Expectation) -> list[str]:
    """Show the part that there are too many ways to read, and what can be done."""
    part = _part(language, stop.events)
    return [
        *_shown_part(language, part),
        *(f"     - {remedy}" for remedy in _remedies_of_many(language, part, calls, stop)),
    ]


def _shown_part(language: Expectation, part: Part | None) -> list[str]:
    if part is None:
        return []
    names, line = _names(language, part), language.on_line(part.place)
    return [f"      {operator(part)}{line}{_of_how_many(part)}{f' {names}' if names else ''}", ""]


def too_ambiguous_language(language: Expectation, stop: Stop, made: int) -> Fault:
    """Describe a language of which there are too many ways to read some calls, found before anything ran.

    Args:
        language: the language; its events need not be decoded ones.
        stop: what it would be that stops a run: its reason, and events as for `too_ambiguous`.
        made: how many calls lead there.
    """
    part, limit = _part(language, stop.events), _limit(language, stop)
    names = "" if part is None else _names(language, part)
    what = "the language" if part is None else operator(part) + _of_how_many(part) + (f" {names}" if names else "")
    place = language.events[stop.events[0]].place if part is None else part.place
    after = f"after {counted(made + 1, 'call')}"
    many = (
        f"there may be more than {limit} ways to read them"
        if stop.reason == "too_ambiguous"
        else (f"the ways to read them may fill {counted(limit, 'byte')} of memory")
    )
    return Fault(str(place), f"{after} {many}, in {what}", "; or ".join(_remedies_of_many(language, part, (), stop)))


def _limit(language: Expectation, stop: Stop) -> int:
    """The limit that is crossed."""
    return language.limits.configurations if stop.reason == "too_ambiguous" else language.limits.memory


def _of_how_many(part: Part) -> str:
    """Count what a part holds, where it holds several."""
    return f" of {len(part.parts)} {_ITEMS.get(part.kind, 'parts')}" if len(part.parts) > 1 else ""


def _names(language: Expectation, part: Part) -> str:
    """Name the functions that parts share, or else those that there are."""
    shared = _shared(language, part)
    if shared:
        return f"that share {listed(shared)}"
    events = language.placed
    found = listed(events[number][:2] for number in range(part.first, min(part.end, part.first + _LOOKED_AT)))
    return f"around {found}" if found else ""


def _remedies(event: Event) -> list[str]:
    name = function_name(event)
    telling = [
        f"give them arguments that differ ({name}(1), {name}(2), ...), or declare one `matched` in the spec",
    ]
    remedies = [
        *(telling if any(not isinstance(arg, OutValue) for arg in event.args) else ()),
        "let them answer the same, or say which comes when: SEQ, a fixed count {3}, a language for each case",
        'say that the first one written wins: init_lang(..., ambiguous="first")',
    ]
    return [f"     - {remedy}" for remedy in remedies]


def _listed(told: Sequence[tuple[Event, str]], language: Expectation) -> list[str]:
    """Show events beside their lines, and what they answer; what reads alike is told apart by where it stands."""
    shown = [show_event(event._replace(answer=None, binds=None), EVENT_WIDTH - 20) for event, _ in told]
    width = max(map(len, shown))
    lines = [language.number_of(event.place) or "?" for event, _ in told]
    number = max(3, *map(len, lines))
    rows = [
        f"      {line:>{number}} | {text:<{width}}   answers {_answers(event)}{_in_brackets(meanings)}"
        for (event, meanings), line, text in zip(told, lines, shown, strict=True)
    ]
    if len(set(rows)) == len(rows):
        return rows
    if len({event.column for event, _ in told}) == len(told):
        return [f"{row}   (column {event.column})" for row, (event, _) in zip(rows, told, strict=True)]
    return [f"{row}   ({rows.count(row)} copies, as its part is used more than once)" for row in dict.fromkeys(rows)]


def _in_brackets(text: str) -> str:
    return f"   ({text})" if text else ""


def _answers(event: Event) -> str:
    event = event_as_written(event)
    errno = "" if event.errno is None else f", errno {event.errno}"
    if event.binds is not None:
        return f"a new handle, {event.binds}{errno}"
    match event.answer:
        case None:
            return "nothing" + errno
        case AnswerReal():
            return "by the real function"
        case AnswerFrom(name=name):
            return f"by the Python function {name}"
    return show_value(event.answer, 40) + errno


def _made(calls: Sequence[Call], stop: Stop) -> list[str]:
    """List the last calls up to the one that a stop is about, and mark that."""
    busy = call_in_progress(stop, calls)
    if not len(calls):
        return ["      no mocked call was made"]
    end = len(calls) if stop.call is None else stop.call + 1
    first = max(0, end - SHOWN)
    some = f" (the last {SHOWN} of {end})" if first else ""
    lines = [f"      calls made{some}:"]
    for index in range(first, end):
        call = calls[index]
        note = "   -> @real" if call.answer == REAL else ""
        note = "   <- this one" if busy is not None and busy.index == call.index else note
        lines.append(f"      #{call.index + 1:<4} {show_call(call)}{note}")
    return lines


# --- too many ways --------------------------------------------------------------------------------------------------


def _part(language: Expectation, numbers: Sequence[int]) -> Part | None:
    """Find the part that begins and ends with two events, or else the smallest around them."""
    around: list[Part] = []
    part = language.root
    while part is not None and numbers:
        around.append(part)
        part = next((inner for inner in part.parts if inner.first <= numbers[0] <= numbers[-1] < inner.end), None)
    exact = [part for part in around if (part.first, part.end) == (numbers[0], numbers[-1] + 1)]
    several = [part for part in exact if part.kind in {Kind.PAR, Kind.PERM}]
    return next(iter([*several, *exact, *around[::-1]]), None)


def _shared(language: Expectation, part: Part) -> list[tuple[str, str]]:
    """The functions that more than one of the parts has."""
    events = language.placed
    seen: dict[tuple[str, str], int] = {}
    shared: dict[tuple[str, str], None] = {}
    for number, index in islice(_numbered(part), _LOOKED_AT):
        function = events[number][:2]
        if seen.setdefault(function, index) != index:
            shared[function] = None
    return list(shared)


def _numbered(part: Part) -> list[tuple[int, int]]:
    """The numbers of events in a part, each with the index of the inner part that has it; a few of each."""
    most = max(1, _LOOKED_AT // max(1, len(part.parts)))
    return [
        (number, index)
        for index, inner in enumerate(part.parts)
        for number in range(inner.first, min(inner.end, inner.first + most))
    ]


def _name(function: tuple[str, str]) -> str:
    return ".".join(filter(None, function))


def _remedies_of_many(language: Expectation, part: Part | None, calls: Sequence[Call], stop: Stop) -> list[str]:
    told = ""
    if part is not None:
        differing = (_tells_apart(language, part, function, calls) for function in _shared(language, part)[:_NAMED])
        told = next(filter(None, differing), "")
    remedies = [f"declare an argument `matched` that tells them apart{f' ({told})' if told else ''}"]
    if part is not None and part.kind is Kind.PAR:
        remedies.append("sequences that repeat one and the same round are counted, not guessed: write them alike")
    name, times = ("memory", 2) if stop.reason == "sets_full" else ("configurations", 16)
    return [*remedies, f"{language.limits.allowing_some(name, times)}; a call may then take seconds"]


def _tells_apart(language: Expectation, part: Part, function: tuple[str, str], calls: Sequence[Call]) -> str:
    """Name the argument of a function that differs in most of the parts."""
    values: dict[int, dict[int, str]] = {}
    for number, index in _numbered(part):
        if language.placed[number][:2] == function:
            for place, value in enumerate(language.events[number].args):
                if not any(part.__class__ in _FROM_CALLS for part in everything_in(value)):
                    values.setdefault(place, {}).setdefault(index, show_value(value))
    best = max(values, key=lambda place: len(set(values[place].values())), default=None)
    if best is None or len(set(values[best].values())) < 2:  # noqa: PLR2004 - one value tells nothing apart
        return ""
    names = next((call.names for call in calls if (call.module, call.function) == function), ())
    name = names[best] if best < len(names) else f"argument {best + 1}"
    count = len(set(values[best].values()))
    return f"{_name(function)}: {name} has {counted(count, 'value')} in the {len(values[best])} that call it"
