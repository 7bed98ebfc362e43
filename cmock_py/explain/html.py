"""Draws calls beside their language as one page of HTML: a sequence diagram, and links both ways.

The page needs nothing but itself. What differs is marked as in a report, `+ - ! ~`, with a word and a shape for each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from cmock_py.errors import ArgumentTypeError
from cmock_py.explain.cause import stop_cause
from cmock_py.explain.diagram import ENDS, Mark, Stretch, diagram
from cmock_py.explain.page import SCRIPT, STYLE
from cmock_py.explain.report import Expectation, Verdict
from cmock_py.explain.values import counted, function_name, show_call, show_event, show_value
from cmock_py.explain.work import weight
from cmock_py.lang.limits import GREATEST
from cmock_py.lang.nodes import REAL, Empty, Repeat
from cmock_py.lang.recursion import reads
from cmock_py.lang.render import render_operator
from cmock_py.lang.structure import Kind, structure

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from cmock_py.lang.nodes import Event, Node
    from cmock_py.lang.structure import Part
    from cmock_py.trace import Call

MOST = 4_000
"""Calls with a few numbers that are drawn all; of more, those around differences, and the first and last."""
_LEAST = 50
LANES = 12
"""Modules with a lifeline of their own."""
_BACK = 3
_FULL = 4_000
_NARROW_REM, _WIDE_REM, _DIAGRAM_REM = 5, 11, 38
_SHAPES = {"+": "plus", "-": "minus", "!": "bang", "~": "tilde"}
_LEGEND = {"+": "not expected", "-": "never called", "!": "wrong argument or answer", "~": "in the wrong place"}


@reads(GREATEST, position=1)
def to_html(
    trace: Sequence[Call],
    lang: str | os.PathLike[str] | Node,
    verdict: Verdict | None = None,
    *,
    name: str = "language",
    most: int | None = None,
) -> str:
    """Draw calls beside the language that they were checked with, as one page that needs nothing but itself.

    Args:
        trace: the calls, as `get_trace` returns them.
        lang: the language: its text, the path of one, or terms.
        verdict: of the check of this trace with this language; its differences are marked. Without one, only the calls
            that were refused are.
        name: what the page calls the language.
        most: calls that are drawn all; of more, those around differences and at both ends are, and the others counted.
            None means 4000, and fewer where each has large values.

    Returns:
        A page of HTML. Equal arguments give equal pages.

    Raises:
        LanguageError, ArgumentTypeError, ArgumentValueError: the language is wrong.

    >>> from cmock_py.trace import Call
    >>> page = to_html([Call(0, "adc", "read", ("pin",), (3,), 7, event=0)], "adc.read(_) -> 7")
    >>> "<code>adc.read(pin=3)</code>" in page, '<a href="#e0">line 1</a>' in page
    (True, True)
    """
    from cmock_py.lang.expand import expand
    from cmock_py.lang.given import tree_of

    _check_given(trace, verdict)
    events, root = structure(expand(tree_of(lang, limits=GREATEST), limits=GREATEST), GREATEST)
    return draw(trace, events, root, verdict, name=name, most=most)


def _check_given(trace: Any, verdict: Any) -> None:
    """Refuse what is no recorded trace, and no verdict."""
    if isinstance(trace, str) or not isinstance(trace, Sequence):
        message = f"to_html draws the calls that get_trace() returns, not {trace!r:.60} ({type(trace).__name__})"
        raise ArgumentTypeError(message)
    if verdict is not None and not isinstance(verdict, Verdict):
        message = f"to_html: verdict= is what verdict() returns, not {verdict!r:.60} ({type(verdict).__name__})"
        raise ArgumentTypeError(message)


def draw(
    calls: Sequence[Call],
    events: Sequence[Event],
    root: Part,
    verdict: Verdict | None,
    *,
    name: str = "language",
    most: int | None = None,
) -> str:
    """Draw the page of `to_html` where the events of a language and their structure are known already."""
    if most is None:
        most = max(_LEAST, MOST // weight(calls, events, 0))
    return "\n".join([*_Page(calls, Expectation(events, root, name), root, verdict, most=most).lines(name), ""])


class _Page:
    """Writes one page: its head, the diagram, the language."""

    def __init__(
        self, calls: Sequence[Call], language: Expectation, root: Part, verdict: Verdict | None, *, most: int
    ) -> None:
        """Look at all that the page shows."""
        self.calls = calls
        self.language = language
        self.events = events = language.events
        self.root = root
        self.verdict = verdict
        self.most = most
        self.shown = diagram(calls, events, root, None if verdict is None else verdict.differences, most)
        self.answered: dict[int, list[int]] = {}
        for call, event in self.shown.events.items():
            self.answered.setdefault(event, []).append(call)
        self.used = sorted({*self.answered, *self.shown.event_marks})
        self.margin = max((len(language.number_of(events[number].place)) for number in self.used), default=0)

    def lines(self, name: str) -> Iterator[str]:
        """Write the whole page."""
        yield "<!DOCTYPE html>"
        yield f'<html lang="en"><head><meta charset="utf-8"><title>{_text(name)}: calls and language</title>'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<style>{STYLE}{self._measures()}</style></head><body>"
        yield from self._header(name)
        yield '<main><section aria-label="calls made"><h2>Calls made</h2>'
        yield from self._diagram()
        yield f'</section><section aria-label="language"><h2>Language ({_text(name)})</h2>'
        yield from self._language(self.root, 0, bare=True)
        yield f"</section></main><script>{SCRIPT}</script></body></html>"

    def _measures(self) -> str:
        """Write the style that depends on what is drawn: columns and their widths."""
        lanes = min(len(self.shown.lanes), LANES + 1)
        lane_rem = max(_NARROW_REM, min(_WIDE_REM, _DIAGRAM_REM / (lanes + 1)))
        marks_rem = 10 if self.shown.call_marks or self.shown.event_marks else 1
        columns = [f".k{k} {{ --k: {k}; }}" for k in range(lanes + 1)]
        depths = [f".d{d} {{ --d: {d}; }}" for d in range(1, _depth(self.root))]
        margin_rem = max(3.5, 0.6 * self.margin)
        sizes = f"--lane: {lane_rem:.1f}rem; --n: {lanes + 1}; --marks: {marks_rem}rem; --margin: {margin_rem:.1f}rem"
        return "\n".join([f":root {{ {sizes}; }}", *columns, *depths])

    def _header(self, name: str) -> Iterator[str]:
        """Write the verdict, what the marks mean, how much is not drawn, and the report."""
        yield f"<header><h1>{_text(name)}: {counted(len(self.calls), 'call')}</h1>"
        if self.verdict is not None:
            kind = "passed" if self.verdict else "failed"
            yield f'<p class="{kind}">{_text(self.verdict.report.partition(_NEWLINE)[0])}</p>'
        marks = [f'<span class="{_SHAPES[mark]}">{_badge(Mark(mark, words))}</span>' for mark, words in _LEGEND.items()]
        yield f"<p>{' &nbsp; '.join(marks)}</p>"
        hidden = len(self.calls) - len(self.shown.calls)
        if hidden:
            where = "around differences, and " if self.shown.call_marks or self.shown.event_marks else ""
            yield f"<p>{hidden:,} of {len(self.calls):,} calls are not drawn; drawn are those {where}at both ends.</p>"
        if self.verdict is not None and not self.verdict.complete:
            yield "<p>Not all differences are marked: the search for them was cut short.</p>"
        yield "</header>"
        if self.verdict is not None and _NEWLINE in self.verdict.report:
            yield '<details class="report"><summary>The report</summary>'
            yield f"<pre>{_text(self.verdict.report)}</pre></details>"

    # --- the diagram ------------------------------------------------------------------------------------------------

    def _diagram(self) -> Iterator[str]:
        """Write lifelines, calls, and where the SUT was stopped."""
        heads = "".join(f'<b class="k{lane}">{_text(title)}</b>' for title, lane in self._titles())
        yield f'<div class="row head"><span></span><span></span><span></span><span class="lanes">{heads}</span></div>'
        yield "<ol>"
        yield from self._missing_behind(-1)
        drawn_to = 0
        for stretch in self.shown.stretches:
            if stretch.first > drawn_to:
                yield f'<li class="gap">... {counted(stretch.first - drawn_to, "call")} as expected, not drawn</li>'
            yield from self._stretch(stretch)
            drawn_to = stretch.past
        if self.verdict is not None and self.verdict.stop is not None:
            why = _text(stop_cause(self.verdict.stop, self.calls, self.language))
            yield f'<li class="row stop"><span></span>{_badge(Mark("x", "stopped"))}<span></span>'
            yield f'<div class="lanes"><div class="text"><small>{why}</small></div></div></li>'
        yield "</ol>"

    def _titles(self) -> list[tuple[str, int]]:
        """List what stands above the lifelines."""
        lanes = self.shown.lanes
        own = [(module or "functions", lane) for module, lane in lanes.items() if lane <= LANES]
        others = len(lanes) - len(own)
        return [("SUT", 0), *own, *([(counted(others, "more module"), LANES + 1)] if others else [])]

    def _stretch(self, stretch: Stretch) -> Iterator[str]:
        """Write calls in a row."""
        if stretch.folded:
            count = stretch.past - stretch.first
            yield '<li><details class="fold">'
            yield f"<summary>#{stretch.first + 1} to #{stretch.past}: {count} calls as expected</summary><ol>"
        for index in range(stretch.first, stretch.past):
            yield self._call(index)
            yield from self._missing_behind(index)
        if stretch.folded:
            yield "</ol></details></li>"

    def _call(self, index: int) -> str:
        """Write one call: its arrow, its arguments, its answer, and what is wrong with it."""
        call = self.shown.calls[index]
        mark = self.shown.call_marks.get(index)
        event = self.shown.events.get(index)
        lane = min(self.shown.lanes[call.module], LANES + 1)
        notes = [f"thread {call.thread}"] * bool(call.thread) + [str(call.place)] * bool(call.place)
        small = f" <small>{_text(', '.join(notes))}</small>" if notes else ""
        cells = f'<div class="text">{_call_text(call)}{small}</div><i class="go k{lane}"></i>'
        if call.answer is not None:
            answer = "(the real function answered)" if call.answer is REAL else show_value(call.answer)
            cells += f'<div class="text"><code>{_text(answer)}</code></div><i class="back k{lane}"></i>'
        if mark is not None and mark.lines:
            cells += f"<pre>{_text(_NEWLINE.join(mark.lines))}</pre>"
        number = f'<a href="#c{index}">#{call.index + 1}</a>'
        return self._row(f'id="c{index}"', number, mark, event, cells)

    def _missing_behind(self, index: int) -> Iterator[str]:
        """Write the calls that were expected behind a call and did not come."""
        for number in self.shown.missing.get(index, ()):
            event = self.events[number]
            lane = min(self.shown.lanes[event.module], LANES + 1)
            cells = f'<div class="text"><code>{_text(show_event(event))}</code></div><i class="go k{lane}"></i>'
            yield self._row("", "<span></span>", self.shown.event_marks[number], number, cells)

    def _row(self, anchor: str, number: str, mark: Mark | None, event: int | None, cells: str) -> str:
        """Write one row of the diagram."""
        kind = f" {_SHAPES[mark.mark]}" if mark else ""
        data = "" if event is None else f'data-e="{event}"'
        link = ""
        if event is not None:
            line = self.language.line_of(self.events[event].place) or "event"
            link = f'<a href="#e{event}">{_text(line)}</a>'
        attributes = " ".join(filter(None, [f'class="row{kind}"', anchor, data]))
        return (
            f'<li {attributes}>{number}{_badge(mark)}<span class="to">{link}</span>'
            f'<div class="lanes">{cells}</div></li>'
        )

    # --- the language -----------------------------------------------------------------------------------------------

    def _language(self, part: Part, depth: int, *, bare: bool = False) -> Iterator[str]:
        """Write a part of the language, an event a line; *bare* where a sequence needs no brackets."""
        match part.kind:
            case Kind.EMPTY:
                yield _line("", "EMPTY", depth, "op")
            case Kind.RUN if part.least == part.end - part.first and (bare or part.least == 1):
                yield from self._lines(part, depth)
            case Kind.SEQ if bare:
                yield from self._parts(part, depth)
            case _:
                yield from self._block(part, depth)

    def _block(self, part: Part, depth: int) -> Iterator[str]:
        """Write an operator with what it holds."""
        line = self.language.number_of(part.place)
        yield _line(line, f"{_operator(part)}[", depth, "op")
        match part.kind:
            case Kind.RUN:
                yield from self._lines(part, depth + 1)
            case Kind.ANY:
                body, calls = part.parts
                yield _line(line, "ANY[", depth + 1, "op")
                yield from self._lines(calls, depth + 2)
                yield _line("", "]", depth + 1, "op")
                yield from self._language(body, depth + 1, bare=True)
            case _:
                yield from self._parts(part, depth + 1)
        yield _line("", "]", depth, "op")

    def _parts(self, part: Part, depth: int) -> Iterator[str]:
        """Write the parts of an operator; of very many, those without a drawn call are counted."""
        hidden = 0
        for number, inner in enumerate(part.parts):
            if len(self.events) > self.most and number >= ENDS and not self._within(inner.first, inner.end):
                hidden += 1
            else:
                yield from self._language(inner, depth, bare=part.kind in (Kind.SEQ, Kind.REPEAT))
        if hidden:
            yield _line("", f"... {counted(hidden, 'more part')}", depth, "idle")

    def _lines(self, part: Part, depth: int) -> Iterator[str]:
        """Write the events of a run, or of a very long language those that are used and those at both ends."""
        shown: Sequence[int] = range(part.first, part.end)
        if len(self.events) > self.most and len(shown) > 2 * ENDS:
            shown = sorted({*shown[:ENDS], *self._within(part.first, part.end), *shown[-ENDS:]})
        next_one = part.first
        for number in shown:
            if number > next_one:
                yield _line("", f"... {counted(number - next_one, 'more event')}", depth, "idle")
            yield self._event(number, depth)
            next_one = number + 1

    def _within(self, first: int, end: int) -> Sequence[int]:
        """List the events in a range that are marked or belong to a drawn call."""
        return self.used[bisect_left(self.used, first) : bisect_left(self.used, end)]

    def _event(self, number: int, depth: int) -> str:
        """Write one event with links to the calls that it answered."""
        event = self.events[number]
        mark = self.shown.event_marks.get(number)
        calls = self.answered.get(number, [])
        links = [f'<a href="#c{index}">#{self.shown.calls[index].index + 1}</a>' for index in calls[:_BACK]]
        more = [f"+{len(calls) - _BACK}"] if len(calls) > _BACK else []
        side = " ".join([*([_badge(mark)] if mark else []), *links, *more])
        kind = _SHAPES[mark.mark] if mark else "" if calls else "idle"
        line = _text(self.language.number_of(event.place)) or "&middot;"
        anchor = f'<a href="#e{number}">{line}</a>'
        return (
            f'<div class="l {kind} d{depth}" id="e{number}" data-e="{number}">'
            f"{anchor}<div>{_event_text(event)}</div><span>{side}</span></div>"
        )


# --- pieces ---------------------------------------------------------------------------------------------------------

_NEWLINE = "\n"


def _call_text(call: Call) -> str:
    """Write a call; what does not fit on its line is folded below it."""
    short = show_call(call)
    if "..." not in short:
        return f"<code>{_text(short)}</code>"
    names = [*call.names, *(f"argument {n + 1}" for n in range(len(call.names), len(call.args)))]
    lines = [f"  {name}={show_value(value, _FULL)}" for name, value in zip(names, call.args, strict=False)]
    return _folded(short, _NEWLINE.join([f"{function_name(call)}(", *lines, ")"]))


def _event_text(event: Event) -> str:
    """Write an event; what does not fit on its line is folded below it."""
    short = show_event(event)
    return _folded(short, show_event(event, _FULL)) if short.endswith("...") else f"<code>{_text(short)}</code>"


def _folded(short: str, long: str) -> str:
    return f"<details><summary><code>{_text(short)}</code></summary><pre>{_text(long)}</pre></details>"


def _badge(mark: Mark | None) -> str:
    """Write a mark with its word, or the empty cell of a call that is right."""
    if mark is None:
        return "<span></span>"
    return f'<span class="mark"><span class="badge">{mark.mark}</span>{_text(mark.note)}</span>'


def _line(line: str, text: str, depth: int, kind: str) -> str:
    """Write a line of the language that is no event."""
    cells = f'<span class="soft">{_text(line)}</span><code>{_text(text)}</code><span></span>'
    return f'<div class="l {kind} d{depth}">{cells}</div>'


def _operator(part: Part) -> str:
    """Write the head of a part as the language does."""
    match part.kind:
        case Kind.REPEAT:
            return render_operator(Repeat(Empty(), part.least, part.most))
        case Kind.RUN if part.least < part.end - part.first:
            return f"the first {part.least} to {part.end - part.first} of "
        case Kind.PREFIX:
            return f"the first {part.least} to {len(part.parts)} of "
        case Kind.RUN | Kind.ANY:
            return "SEQ"
    return part.kind.name


def _depth(part: Part) -> int:
    """Count how deep lines of a language can be indented: ANY does so twice."""
    return 2 + max(map(_depth, part.parts), default=0)


def _text(text: str) -> str:
    """Escape a text; what cannot be seen, or cannot stand in a page, is written as Python would."""
    if not text.isprintable():
        text = "".join(one if one.isprintable() or one == _NEWLINE else ascii(one)[1:-1] for one in text)
    return escape(text)
