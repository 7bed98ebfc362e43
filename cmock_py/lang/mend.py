"""Finds out which brackets of a text are wrong or missing, and takes them out, so that the rest can be read.

Of all ways to make the brackets fit it takes the one that changes least and agrees best with lines and indentation: a
bracket is expected to be closed on its line, or at its own indentation, and before what begins to the left of that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from cmock_py.lang.brackets import CLOSER, OPENER, Mark, end_of_line, is_block, marks_in
from cmock_py.lang.faults import BRACKETS, Problem, unclosed_quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MOST = 20
"""Brackets that may be wrong."""

_MADE = 60_000
"""Ways that are made to find out; half a second."""

_KEPT = 12
_MORE = 2.5
"""Ways that are followed at once, and what they may cost more than the cheapest."""

_QUOTES = frozenset({'"', "'", "`", "/*"})
_ROUNDS = re.compile(r"(?:[ \t]*(?:[*+?]|\{[^{}\n]*\}))+")
_ROOM = re.compile(r" {5}")
_DEEP = 4
"""Brackets that may lack their end at one place."""

_WRONG, _SECOND, _UNLIKELY, _ELSEWHERE, _LATE, _INSIDE = 1.0, 0.5, 0.6, 0.3, 0.05, 0.9
"""What it costs to change a bracket, and another of its line; not to close before what is not indented; to close
elsewhere, and at the end of a line below; and a call in a call."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A bracket that is open, and what is around it.

    Attributes:
        mark: the bracket.
        around: the next one outwards.
        key: equal for the same brackets.
        is_passed: whether something has begun to the left of it since.
    """

    mark: Mark
    around: _Open | None
    key: int
    is_passed: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    """A bracket that is wrong.

    Attributes:
        opener: what is not closed; None where a bracket closes nothing.
        mark: where that is noticed.
        is_swapped: whether the bracket there stands in the place of the closing one.
        is_inner: whether that is inside of other brackets.
    """

    opener: Mark | None
    mark: Mark
    is_swapped: bool = False
    is_inner: bool = False


_Trail: TypeAlias = "tuple[_Change | tuple[Mark, Mark], _Trail] | None"
"""What was found so far, the last first: changes, and pairs that belong together."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to read the brackets so far: what it costs, what is open, and how much was changed."""

    cost: float = 0.0
    open: _Open | None = None
    trail: _Trail = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Mended:
    """A text without what belongs to wrong brackets.

    Attributes:
        text: with all places as they were.
        problems: what is wrong.
        spans: where something was taken out.
        is_flat: whether items have left an operator for the one around it, so that names may mean something else.
    """

    text: str
    problems: list[Problem] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    is_flat: bool = False


def mended(text: str) -> Mended:
    r"""Take out what belongs to wrong brackets, and to quotes without an end; of a long text, or of too many, nothing.

    >>> found = mended("PAR[\n  f(1\n  g(2)\nh()")
    >>> found.text.split("\n"), [(problem.offset, problem.message) for problem in found.problems]
    (['    ', '     ', '  g(2)', 'h()'], [(10, "')' is missing here"), (17, "']' is missing here")])
    """
    way = _best(text)
    if way.count > _MOST:
        return Mended(text)
    found = _found(way.trail)
    changes = [change for change in found if isinstance(change, _Change)]
    pairs = [pair for pair in found if isinstance(pair, tuple)]
    closed = _closed_at(changes, text)
    left = [change for change in changes if change not in closed]
    spans = [_span(change, text) for change in left]
    is_flat = any(change.is_inner and change.opener is not None and change.opener.is_block for change in left)
    without = _with_brackets(_without(text, spans, pairs), left, closed)
    return Mended(without, list(_problems(changes, text)), spans, is_flat)


def _found(trail: _Trail) -> list[_Change | tuple[Mark, Mark]]:
    """List what a trail holds in the order of the text."""
    found: list[_Change | tuple[Mark, Mark]] = []
    while trail is not None:
        item, trail = trail
        found.append(item)
    return found[::-1]


# --- the way that changes least -------------------------------------------------------------------------------------


def _best(text: str) -> _Way:
    """Find the cheapest way to read all brackets; its count of changes tells whether that was given up."""
    ways, base, made = [_Way()], -1, 0
    for mark in marks_in(text):
        best: dict[int, _Way] = {}
        for way in ways:
            for after in _after(way, mark):
                key = 0 if after.open is None else after.open.key
                if key not in best or after.cost < best[key].cost:
                    best[key] = after
        least = min(way.cost for way in best.values())
        ways = sorted((way for way in best.values() if way.cost <= least + _MORE), key=attrgetter("cost"))[:_KEPT]
        made += len(best)
        if ways[0].count > _MOST or made > _MADE:
            return _Way(count=_MOST + 1)
        base = mark.indent if base < 0 else base
        if not mark.sign and mark.indent <= base and ways[0].open is None:  # what was before is nearly done
            ways = [way for way in ways if way.cost < ways[0].cost + _WRONG]
    return ways[0]


def _after(way: _Way, mark: Mark) -> Iterator[_Way]:
    """Yield the ways to go on with a mark."""
    if mark.is_end:
        while way.open is not None:
            way = _closed_before(way, way.open, mark)
        yield way
    elif not mark.sign:
        yield from _with_start(way, mark)
    elif mark.closes:
        yield from _with_closer(way, mark)
    elif mark.sign in CLOSER:
        around = way.open
        cost = way.cost + (_ELSEWHERE if mark.is_odd else 0.0)
        opened = replace(way, cost=cost, open=_inside_of(around, mark))
        if mark.is_lacking:
            yield _changed(opened, _Change(None, mark))
            yield replace(way, cost=way.cost + _WRONG)  # the grammar says so
            return
        yield opened
        if mark.is_odd and around is not None and not around.mark.is_block:  # as in REPEAT(2..3[ a() ]
            closed = _closed_before(way, around, mark)
            yield replace(closed, open=_inside_of(closed.open, mark))
        if mark.is_bare or mark.is_odd:
            yield _changed(way, _Change(None, mark))
            if around is not None and (mark.is_odd or around.mark.is_block) and not _is_of_operator(around.mark):
                yield _swapped(way, around, mark)
    else:  # a quote without an end
        inner = way.open.mark if way.open is not None and not way.open.mark.is_block else None
        yield replace(way, trail=(_Change(inner, mark), way.trail), count=way.count + 1)


def _inside_of(around: _Open | None, mark: Mark) -> _Open:
    """Open a bracket inside of what is open."""
    return _Open(mark, around, hash((mark.at, around and around.key)))


def _with_start(way: _Way, mark: Mark) -> Iterator[_Way]:
    """Something begins: it stands in what is open, or some of that should have been closed before."""
    yield _inside(way, mark)
    for _ in range(_DEEP):
        if way.open is None:
            return
        way = _closed_before(way, way.open, mark)
        yield _inside(way, mark)


def _inside(way: _Way, mark: Mark) -> _Way:
    """Let something begin inside of what is open."""
    if way.open is not None and not way.open.mark.is_block:
        return replace(way, cost=way.cost + _INSIDE)
    inner, passed = way.open, []
    while inner is not None and inner.mark.is_block and not inner.is_passed and _is_left(mark, inner.mark):
        passed.append(inner)
        inner = inner.around
    for one in reversed(passed):
        inner = replace(one, around=inner, is_passed=True, key=hash((one.key, "passed")))
    return replace(way, cost=way.cost + _UNLIKELY * len(passed), open=inner) if passed else way


def _is_left(mark: Mark, opener: Mark) -> bool:
    """Whether a line begins no further right than the line of an opener above."""
    return mark.leads and mark.line > opener.line and mark.indent <= opener.indent


def _with_closer(way: _Way, mark: Mark) -> Iterator[_Way]:
    """A closing bracket: of what is open, of something around that, of nothing; or it is the wrong one."""
    if mark.is_told:
        inner = way.open
        yield _closed(way, inner, mark, 0.0) if inner is not None and CLOSER[inner.mark.sign] == mark.sign else way
        return
    if way.open is not None and way.open.mark.is_lacking and way.open.mark.at == mark.behind - 1:
        yield replace(way, trail=(_Change(None, mark), way.trail))  # it stands in the place of the opener
    yield _changed(way, _Change(None, mark))
    if way.open is not None and CLOSER[way.open.mark.sign] != mark.sign:
        yield _swapped(way, way.open, mark)
    for _ in range(_DEEP):
        if way.open is None:
            return
        if CLOSER[way.open.mark.sign] == mark.sign:
            yield _closed(way, way.open, mark, _misplaced(way.open.mark, mark))
        way = _closed_before(way, way.open, mark)


def _swapped(way: _Way, inner: _Open, mark: Mark) -> _Way:
    """Let a bracket stand in the place of the one that closes the innermost."""
    changed = _changed(way, _Change(inner.mark, mark, is_swapped=True))
    return _closed(changed, inner, mark, _misplaced(inner.mark, mark))


def _changed(way: _Way, change: _Change) -> _Way:
    """Note a change; a second one on a line may come of the first."""
    last = None if way.trail is None else way.trail[0]
    is_second = isinstance(last, _Change) and last.mark.sign and last.mark.line == change.mark.line
    cost = way.cost + (_SECOND if is_second else _WRONG)
    return replace(way, cost=cost, trail=(change, way.trail), count=way.count + 1)


def _closed(way: _Way, inner: _Open, mark: Mark, cost: float) -> _Way:
    """Let a bracket close the innermost."""
    return _Way(way.cost + cost, inner.around, ((inner.mark, mark), way.trail), way.count)


def _misplaced(opener: Mark, closer: Mark) -> float:
    """What it costs that a bracket is closed where one would not expect it."""
    if closer.is_odd:
        return _ELSEWHERE
    if closer.line == opener.line or (closer.leads and closer.indent == opener.indent):
        return 0.0
    if not closer.leads and closer.indent >= opener.indent:
        return _LATE
    return _ELSEWHERE if closer.indent > opener.indent else _UNLIKELY


def _closed_before(way: _Way, inner: _Open, mark: Mark) -> _Way:
    """Close the innermost bracket, which nothing closes, before a mark."""
    opener = inner.mark
    cost = _WRONG
    if opener.is_block and not mark.is_end and not _is_left(mark, opener):
        cost += _ELSEWHERE
    if CLOSER[opener.sign] == mark.sign:
        cost += _LATE  # this could close it
    last = None if way.trail is None else way.trail[0]
    if isinstance(last, _Change) and last.mark is mark and last.opener is not None and last.opener.head == opener.head:
        cost = 0.0  # of one call
    change = _Change(opener, mark, is_inner=inner.around is not None)
    return _Way(way.cost + cost, inner.around, (change, way.trail), way.count + 1)


# --- lines that make no sense ---------------------------------------------------------------------------------------


def without_lines(text: str, first: int, last: int) -> Mended | None:
    r"""Take the lines around two offsets out: whole calls and values, but of operators only what is on these lines.

    Returns:
        The text without them; None when its brackets do not fit.

    >>> text = "a()\nxalt[ b()\n  c() ]*\nd(1,\n 2 3,\n 4)\ne()"
    >>> without_lines(text, text.index("["), text.index("[")).text.split("\n")
    ['a()', 'EMPTY    ', '  c()   ', 'd(1,', ' 2 3,', ' 4)', 'e()']
    >>> without_lines(text, text.index("3"), text.index("3")).text.split("\n")
    ['a()', 'xalt[ b()', '  c() ]*', '    ', 'EMPTY', '   ', 'e()']
    """
    pairs = _pairs(text)
    if pairs is None:
        return None
    begin = text.rfind("\n", 0, first) + 1
    if not text[begin:first].strip():  # what is seen may end what the line before has begun
        begin = text.rfind("\n", 0, len(text[:begin].rstrip())) + 1
    begin, end = _whole_calls(text, pairs, begin, end_of_line(text, last))
    is_out = bytearray(len(text))
    is_out[begin:end] = b"\1" * (end - begin)
    for opener, closer in pairs:
        if opener < begin <= closer < end:
            is_out[closer] = 0
        elif begin <= opener < end <= closer:
            rounds = _ROUNDS.match(text, closer + 1)
            behind = closer + 1 if rounds is None else rounds.end()
            is_out[closer:behind] = b"\1" * (behind - closer)
    return Mended(_with_nothing(_blank(text, is_out), begin, end), spans=[(begin, end)])


def _pairs(text: str) -> list[tuple[int, int]] | None:
    """List the brackets that belong together, as opener and closer; None when they do not fit."""
    pairs: list[tuple[int, int]] = []
    open_: list[int] = []
    for match in BRACKETS.finditer(text):
        if match[0] in CLOSER:
            open_.append(match.start())
        elif match[0] in OPENER:
            if not open_ or text[open_[-1]] != OPENER[match[0]]:
                return None
            pairs.append((open_.pop(), match.start()))
    return None if open_ else pairs


def _whole_calls(text: str, pairs: Sequence[tuple[int, int]], begin: int, end: int) -> tuple[int, int]:
    """Widen lines until no call, and no value, has one bracket in them and the other outside."""
    both_ways, before = [*sorted(pairs), *pairs[::-1]], (-1, -1)
    while before != (begin, end):
        before = begin, end
        for opener, closer in both_ways:
            is_part = opener < end and begin <= closer and not (begin <= opener and closer < end)
            if is_part and not is_block(text, opener):
                begin, end = min(begin, text.rfind("\n", 0, opener) + 1), max(end, end_of_line(text, closer))
    return begin, end


def _blank(text: str, is_out: bytearray) -> str:
    """Put blanks where something is out."""
    return "".join(" " if out and letter != "\n" else letter for letter, out in zip(text, is_out, strict=True))


def _with_nothing(text: str, begin: int, end: int) -> str:
    """Expect nothing where something was, as an operator may need an item; where there is room to say so."""
    room = _ROOM.search(text, begin, end)
    return text if room is None else f"{text[: room.start()]}EMPTY{text[room.end() :]}"


# --- what is said ---------------------------------------------------------------------------------------------------


def _problems(changes: Sequence[_Change], text: str) -> Iterator[Problem]:
    """Say what is wrong, once for each line: more may come of the first."""
    lines: set[int] = set()
    for mark, here in groupby(changes, key=attrgetter("mark")):
        problem = _problem(mark, list(here), text)
        if problem is not None:
            line = text.count("\n", 0, problem.offset)
            if line not in lines:
                yield problem
            lines.add(line)


def _problem(mark: Mark, changes: Sequence[_Change], text: str) -> Problem | None:
    """Say what is wrong at a mark; None when another fault says so."""
    opener, is_swapped = changes[0].opener, changes[0].is_swapped
    if mark.sign in _QUOTES:
        return unclosed_quote(text, mark.at)
    if mark.is_lacking:
        return _operator_problem(mark, mark.at + 1, "{} is followed by no bracket", text)
    if opener is None:
        seen = repr(mark.sign)
        return Problem(mark.at, f"this {seen} closes nothing" if mark.closes else f"did not expect {seen} here")
    if is_swapped and _is_of_operator(opener):
        return _operator_problem(opener, opener.at, "did not expect '(' after {}", text)
    if mark.is_told:
        return None
    closers = "".join(CLOSER[change.opener.sign] for change in changes if change.opener is not None)
    is_seen = bool(mark.sign) and (is_swapped or opener.is_block or not mark.leads)
    message = f"did not expect {mark.sign!r} here" if is_seen else f"{closers!r} is missing here"
    message = "the text ends too early" if mark.is_end else message
    opened = "this {} is still open" if is_seen else "this {} is never closed"
    return Problem(mark.at if is_seen else mark.behind, message, None, 1, f"expected {closers}", opener.at, opened)


def _operator_problem(opener: Mark, offset: int, message: str, text: str) -> Problem:
    """Say what is wrong with the bracket of an operator."""
    word = text[opener.head : opener.at + opener.is_lacking].rstrip()
    return Problem(offset, message.format(word), f"operators take brackets: {word}[ ... ]")


def _is_of_operator(opener: Mark) -> bool:
    """Whether an operator has a parenthesis where it takes brackets."""
    return opener.sign == "(" and opener.is_block and opener.head != opener.at


# --- what is taken out ----------------------------------------------------------------------------------------------


def _span(change: _Change, text: str) -> tuple[int, int]:
    """Where stands what a change makes unreadable: a call that is not closed, or the head of an operator."""
    mark, opener = change.mark, change.opener
    if change.is_swapped and opener is not None:
        return (opener.at, opener.at) if _is_of_operator(opener) else (mark.at, mark.at)
    if mark.is_lacking:
        return mark.head, mark.at + 1
    if mark.sign in _QUOTES:
        end = len(text) if mark.sign == "/*" else end_of_line(text, mark.at)
        return mark.head if opener is None else opener.head, end
    if opener is None:
        return mark.at, mark.at + 1
    if opener.is_block:
        return opener.head, opener.at + 1
    return opener.head, mark.at + 1 if text[mark.at : mark.at + 1] == "[" else mark.behind


def _closed_at(changes: Sequence[_Change], text: str) -> dict[_Change, int]:
    """Find for operators that are not closed the place of their bracket: a blank right before what comes next."""
    found: dict[_Change, int] = {}
    for mark, group in groupby(changes, key=attrgetter("mark")):
        open_ = list(group)
        if not all(map(_lacks_closer, open_)):
            continue
        begin = mark.at if mark.is_end else mark.at - len(open_)
        if mark.is_end or (begin >= mark.behind and not text[begin : mark.at].strip(" \t")):
            found.update((change, begin + number) for number, change in enumerate(open_))
    return found


def _lacks_closer(change: _Change) -> bool:
    """Whether all is right but that an operator is not closed."""
    opener = change.opener
    if change.is_swapped or opener is None or not opener.is_block:
        return False
    return not (opener.is_lacking or opener.is_odd or _is_of_operator(opener))


def _with_brackets(text: str, changes: Sequence[_Change], closed: Mapping[_Change, int]) -> str:
    """Put right brackets in the place of wrong ones, and into the places that were found for missing ones."""
    found = list(text.ljust(max(closed.values(), default=-1) + 1))
    for change, at in closed.items():
        if change.opener is not None:
            found[at] = CLOSER[change.opener.sign]
    for change in changes:
        if change.is_swapped and change.opener is not None:
            if _is_of_operator(change.opener):
                found[change.opener.at] = OPENER[change.mark.sign]
            else:
                found[change.mark.at] = CLOSER[change.opener.sign]
    return "".join(found)


def _without(text: str, spans: Sequence[tuple[int, int]], pairs: Sequence[tuple[Mark, Mark]]) -> str:
    """Leave spans out, and with them the other bracket of each pair; but keep what closes items that begin before."""
    is_out = bytearray(len(text))
    for begin, end in spans:
        is_out[begin:end] = b"\1" * (end - begin)
    for opener, closer in pairs:
        if is_out[opener.at] != is_out[closer.at]:
            begin = closer.at if opener.is_block else opener.head
            is_out[begin : closer.at + 1] = bytes([is_out[opener.at] or not opener.is_block]) * (closer.at + 1 - begin)
    return _blank(text, is_out)
