"""Draws a language for graphviz: events as boxes in their order, operators as frames around what they hold.

Every part is entered at one node and left at one node, so the edges between two parts are one, however many calls may
come first or last. What is long is cut: the drawing of a million events is as large as that of twenty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from cmock_py.lang.expand import expand
from cmock_py.lang.given import tree_of
from cmock_py.lang.limits import GREATEST
from cmock_py.lang.names import event_as_written
from cmock_py.lang.nodes import Empty, Repeat
from cmock_py.lang.recursion import with_room
from cmock_py.lang.render import render_event, render_operator
from cmock_py.lang.structure import Kind, structure

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from cmock_py.lang.nodes import Event, Node
    from cmock_py.lang.structure import Part

LONGEST = 20
_WIDTH = 72
_HEAD = """digraph language {
  rankdir=TB;
  node [shape=box, style=rounded, fontname="monospace", fontsize=10, height=0.3];
  edge [arrowsize=0.6, fontname="sans-serif", fontsize=9];
  graph [fontname="sans-serif", fontsize=10, labeljust=l, style=rounded, color=gray50];
  start [shape=circle, label="", width=0.15, style=filled, fillcolor=black];
  end [shape=doublecircle, label="", width=0.1, style=filled, fillcolor=black];"""
_MEANINGS = {
    Kind.XALT: "XALT: one of these",
    Kind.PAR: "PAR: all of these, interleaved",
    Kind.PERM: "PERM: all of these, in any order",
    Kind.ANY: "ANY",
}
_BAR = "shape=box, style=filled, fillcolor=black, height=0.04, width=0.8"
_POINT = "shape=point, width=0.06"
_DOT = {"\\": "\\\\", '"': '\\"', "&": "&amp;"}


@with_room(GREATEST.depth)
def to_dot(lang: str | os.PathLike[str] | Node, *, longest: int = LONGEST) -> str:
    """Draw a language as a text that graphviz reads: ``dot -Tsvg``.

    Args:
        lang: its text, the path of one, or terms.
        longest: of more events in a row than this, and of more parts of one operator, only the first and last are
            drawn; the others are counted.

    Returns:
        A graph of the language DOT. Equal languages give equal texts.

    Raises:
        LanguageError, ArgumentTypeError, ArgumentValueError: the language is wrong.

    >>> print(*to_dot("adc.start()  adc.read() -> 5").splitlines()[-6:], sep=chr(10))
      e0 [label="1 | adc.start()"];
      e1 [label="1 | adc.read() -> 5"];
      e0 -> e1;
      start -> e0;
      e1 -> end;
    }
    """
    events, root = structure(expand(tree_of(lang, limits=GREATEST), limits=GREATEST), GREATEST)
    drawing = _Drawing(events, longest)
    first, last = drawing.part(root, 1)
    return "\n".join([_HEAD, *drawing.lines, f"  start -> {first};", f"  {last} -> end;", "}", ""])


class _Ends(NamedTuple):
    """The nodes by which a part is entered and left."""

    first: str
    last: str


@dataclass(slots=True)
class _Drawing:
    """Writes the lines of one graph, and numbers its nodes and frames."""

    events: Sequence[Event]
    longest: int
    lines: list[str] = field(default_factory=list)
    nodes: int = 0

    def part(self, part: Part, depth: int) -> _Ends:
        """Draw a part at a depth of frames."""
        match part.kind:
            case Kind.EMPTY:
                return _Ends(*[self._node(_POINT, depth)] * 2)
            case Kind.RUN if part.least == part.end - part.first:
                return self._run(part, depth)
            case Kind.SEQ:
                return self._chain([self.part(inner, depth) for inner in part.parts], depth)
        return self._framed(part, depth)

    def _framed(self, part: Part, depth: int) -> _Ends:
        """Draw an operator as a frame."""
        self._line(f"subgraph cluster_{len(self.lines)} {{", depth)
        self._line(f'label="{_escaped(_title(part))}";', depth + 1)
        match part.kind:
            case Kind.REPEAT:
                ends = self._again(self.part(part.parts[0], depth + 1), part, depth + 1)
            case Kind.RUN:
                steps = [_Ends(node, node) for node in self._events(part, depth + 1)]
                ends = self._prefix(steps, part.least, depth + 1)
            case Kind.PREFIX:
                ends = self._prefix(self._parts(part, depth + 1), part.least, depth + 1)
            case Kind.ANY:
                ends = self._background(part, depth + 1)
            case _:
                ends = self._branches(part, depth + 1)
        self._line("}", depth)
        return ends

    def _run(self, part: Part, depth: int) -> _Ends:
        """Draw events one after another, at most `longest` of them."""
        return self._chain([_Ends(node, node) for node in self._events(part, depth)], depth)

    def _events(self, part: Part, depth: int) -> list[str]:
        """Draw the events of a run, and a node that counts those in the middle of a long one."""
        head, tail = self._cut(part.end - part.first)
        nodes = [self._event(number, depth) for number in range(part.first, part.first + head)]
        if hidden := part.end - part.first - head - tail:
            nodes.append(self._node(f'shape=plaintext, label="... {hidden} calls"', depth))
        return nodes + [self._event(number, depth) for number in range(part.end - tail, part.end)]

    def _prefix(self, steps: Sequence[_Ends], least: int, depth: int) -> _Ends:
        """Draw what may end early: a way out behind each step that need not be followed."""
        first, last = self._node(_POINT, depth), self._node(_POINT, depth)
        self._chain([_Ends(first, first), *steps, _Ends(last, last)], depth)
        for node in (first, *(step.last for step in steps[:-1]))[least:]:
            self._edge(node, last, depth, "style=dashed")
        return _Ends(first, last)

    def _again(self, body: _Ends, part: Part, depth: int) -> _Ends:
        """Draw the ways around a body: back to its begin, and past it."""
        first, last = self._node(_POINT, depth), self._node(_POINT, depth)
        self._chain([_Ends(first, first), body, _Ends(last, last)], depth)
        if part.most != 1:
            self._edge(last, first, depth, 'label="again", constraint=false')
        if part.least == 0:
            self._edge(first, last, depth, 'label="none", style=dashed')
        return _Ends(first, last)

    def _branches(self, part: Part, depth: int) -> _Ends:
        """Draw parts beside each other."""
        look = _BAR if part.kind is Kind.PAR else _POINT
        first, last = self._node(look, depth), self._node(look, depth)
        for branch in self._parts(part, depth):
            self._edge(first, branch.first, depth)
            self._edge(branch.last, last, depth)
        return _Ends(first, last)

    def _parts(self, part: Part, depth: int) -> list[_Ends]:
        """Draw the parts of an operator, and a node that counts those in the middle of many."""
        head, tail = self._cut(len(part.parts))
        drawn = [self.part(inner, depth) for inner in part.parts[:head]]
        if hidden := len(part.parts) - head - tail:
            drawn.append(_Ends(*[self._node(f'shape=plaintext, label="... {hidden} more"', depth)] * 2))
        return drawn + [self.part(inner, depth) for inner in part.parts[len(part.parts) - tail :]]

    def _background(self, part: Part, depth: int) -> _Ends:
        """Draw a sequence, and beside it, in no order, the calls that are free meanwhile."""
        body, calls = part.parts
        ends = self.part(body, depth)
        self._line(f"subgraph cluster_{len(self.lines)} {{", depth)
        self._line('label="at any time meanwhile"; style="rounded,dashed";', depth + 1)
        self._events(calls, depth + 1)
        self._line("}", depth)
        return ends

    # --- lines ------------------------------------------------------------------------------------------------------

    def _cut(self, count: int) -> tuple[int, int]:
        """Tell how many are drawn from the begin and from the end."""
        if count <= self.longest:
            return count, 0
        tail = self.longest // 3
        return self.longest - tail, tail

    def _event(self, number: int, depth: int) -> str:
        event = self.events[number]
        text = render_event(event_as_written(event))
        shown = text if len(text) <= _WIDTH else text[: _WIDTH - 3] + "..."
        line = f"{event.line} | " if event.line else ""
        self._line(f'e{number} [label="{_escaped(line + shown)}"];', depth)
        return f"e{number}"

    def _node(self, look: str, depth: int) -> str:
        """Draw a node that is no event."""
        self.nodes += 1
        label = "" if "label=" in look else ', label=""'
        self._line(f"n{self.nodes} [{look}{label}];", depth)
        return f"n{self.nodes}"

    def _chain(self, parts: Sequence[_Ends], depth: int) -> _Ends:
        """Draw the edges that lead from each part to the next."""
        for before, after in pairwise(parts):
            self._edge(before.last, after.first, depth)
        return _Ends(parts[0].first, parts[-1].last)

    def _edge(self, source: str, target: str, depth: int, look: str = "") -> None:
        self._line(f"{source} -> {target}{f' [{look}]' if look else ''};", depth)

    def _line(self, text: str, depth: int) -> None:
        self.lines.append("  " * depth + text)


def _title(part: Part) -> str:
    """Say what an operator means, and its line."""
    name = _MEANINGS.get(part.kind)
    if part.kind is Kind.RUN:
        name = f"the first {part.least} to {part.end - part.first} of these"
    if part.kind is Kind.PREFIX:
        name = f"the first {part.least} to {len(part.parts)} of these"
    line = f" (line {part.place.line})" if part.place.line else ""
    return (name or render_operator(Repeat(Empty(), part.least, part.most))) + line


def _escaped(text: str) -> str:
    """Write a text so that it stands for itself between the quotes of a label."""
    seen = (character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)
    return "".join(_DOT.get(character, character) for character in "".join(seen))
