"""Says what would have been right at a call, part by part of the language."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from cmock_py.explain.residual import Form, Residuals, Term
from cmock_py.explain.values import counted, show_event
from cmock_py.explain.written import in_its_words
from cmock_py.lang.nodes import Empty, Repeat
from cmock_py.lang.render import render_operator
from cmock_py.lang.structure import Kind, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmock_py.explain.report import Expectation
    from cmock_py.explain.situation import Situation

SHOWN = 8
"""Events that are shown, and of one part half as many."""
_LOOKED_AT = 10_000
_WORDS = {
    Kind.PAR: "in the PAR{line}",
    Kind.XALT: "one of the XALT{line}",
    Kind.PERM: "in the PERM{line}",
    Kind.ANY: "at any time",
}

_Over: TypeAlias = "tuple[Part, bool]"
_Group: TypeAlias = "tuple[tuple[_Over, ...], Part | None]"


@dataclass(frozen=True, slots=True)
class Choice:
    """An event that may come.

    Attributes:
        event: its number.
        inside: the smallest part around it that gives a choice, None when there is none.
        ended: the parts that are over when it comes, each with whether it had begun.
    """

    event: int
    inside: Part | None
    ended: tuple[_Over, ...]


def expected(situation: Situation) -> list[str]:
    """Write what would have been right, as indented lines."""
    head = "      expected at this point:"
    if not situation.left:
        return [f"{head} not known, trace or language are too large to be followed here"]
    groups, total, at_least = _groups(situation.residuals, situation.left)
    language = situation.expectation
    may_end = any(term.nullable for term in situation.left)
    if not groups:
        return [f"{head} nothing, the language is {'complete' if len(language.events) else 'empty'}"]
    lines, room = [head], SHOWN
    for place, (group, numbers) in enumerate(groups):
        if room <= 0:
            break
        title = _title(group, language, is_first=place == 0)
        shown = numbers[: min(room, SHOWN if len(groups) == 1 else SHOWN // 2)]
        room -= len(shown)
        total -= len(shown)
        lines += [f"        {title}"] if title else []
        lines += [f"{' ' * (10 if title else 8)}{with_line(number, language)}" for number in shown]
    if total:
        lines.append(f"        ... or one of {at_least}{counted(total, 'more event')}")
    if may_end:
        lines.append("        or no more call: the language may end here")
    return lines


def _groups(residuals: Residuals, left: Sequence[Term]) -> tuple[list[tuple[_Group, list[int]]], int, str]:
    """Group what may come by where it stands; count it, and say whether there may be more."""
    groups: dict[tuple[tuple[int, ...], int], tuple[_Group, list[int]]] = {}
    seen: set[int] = set()
    every = chain.from_iterable(choices(residuals, term) for term in left)
    for choice in islice(every, _LOOKED_AT):
        if choice.event not in seen:
            seen.add(choice.event)
            key = (tuple(id(part) for part, _ in choice.ended), id(choice.inside))
            groups.setdefault(key, ((choice.ended, choice.inside), []))[1].append(choice.event)
    return list(groups.values()), len(seen), "at least " if next(every, None) else ""


def _title(group: _Group, language: Expectation, *, is_first: bool) -> str:
    """Say where events stand, and what is over when they come."""
    ended, inside = group
    words = [_over(part, language, begun=begun) for part, begun in ended[-1:]]
    if inside is not None:
        words.append(_WORDS[inside.kind].format(line=language.on_line(inside.place)))
    said = ", ".join(words)
    if is_first:
        return f"{said}:" if said else ""
    return f"or{',' if ended else ''} {said}:" if said else "or"


def _over(part: Part, language: Expectation, *, begun: bool) -> str:
    """Say that a part is over, or left out."""
    name = operator(part)
    return f"{'ending' if begun and name != 'OPTIONAL' else 'leaving out'} the {name}{language.on_line(part.place)}"


def operator(part: Part) -> str:
    """Name the operator of a part as the text writes it."""
    if part.kind is Kind.REPEAT:
        return render_operator(Repeat(Empty(), part.least, part.most))
    return "answer list" if part.kind in {Kind.RUN, Kind.PREFIX} else part.kind.name


def with_line(number: int, language: Expectation) -> str:
    """Show an event and its line."""
    event = in_its_words(language, number)
    line = language.line_of(event.place)
    return show_event(event) + (f"  ({line})" if line else "")


# --- which events ---------------------------------------------------------------------------------------------------


def choices(
    residuals: Residuals, term: Term, inside: Part | None = None, ended: tuple[_Over, ...] = ()
) -> Iterator[Choice]:
    """List the events that may come now, each with where it stands."""
    part = term.part
    match term.form:
        case Form.RUN:
            yield Choice(term.at, inside, ended)
        case Form.THEN:
            yield from choices(residuals, term.head, inside, ended)
            if term.head.nullable:
                yield from choices(residuals, term.tail, inside, (*ended, *_open(term.head)))
        case Form.REST:
            for index in range(term.at, len(part.parts)):
                if not residuals.may_skip(part, term.at, index):
                    return
                skipped = (*ended, *((inner, False) for inner in part.parts[term.at : index]))
                yield from choices(residuals, residuals.fresh(part.parts[index]), inside, skipped)
        case Form.XALT:
            yield from _of_all(residuals, map(residuals.fresh, part.parts), part, ended)
        case Form.REPEAT:
            yield from choices(residuals, residuals.fresh(part.parts[0]), inside, ended)
        case Form.PAR:
            yield from _of_all(residuals, term.items, part, ended)
        case Form.PERM:
            yield from choices(residuals, term.head, inside, ended)
            if term.head.nullable:
                waiting = (inner for index, inner in enumerate(part.parts) if term.at >> index & 1)
                yield from _of_all(residuals, map(residuals.fresh, waiting), part, ended)
        case Form.ANY:
            yield from choices(residuals, term.head, inside, ended)
            yield from (Choice(number, part, ended) for number in range(part.parts[1].first, part.end))


def _of_all(residuals: Residuals, terms: Iterable[Term], inside: Part, ended: tuple[_Over, ...]) -> Iterator[Choice]:
    for term in terms:
        yield from choices(residuals, term, inside, ended)


def _open(term: Term) -> tuple[_Over, ...]:
    """The part that is over when what is left of it is left out."""
    while term.form is Form.THEN:
        term = term.tail
    if term.form is Form.REST and term.part.kind is Kind.SEQ:
        return ((term.part.parts[-1], True),)
    return ((term.part, True),)
