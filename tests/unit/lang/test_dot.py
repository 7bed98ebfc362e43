"""Drawings of languages: one golden file, and what holds for all: they are DOT, and no larger than they need to be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cmock_py.errors import ArgumentTypeError
from cmock_py.lang.dot import to_dot
from cmock_py.lang.nodes import WILDCARD, AnyTime, Empty, Event, Par, Perm, Prefix, Regex, Repeat, Seq, Xalt
from cmock_py.lang.parse import parse
from cmock_py.lang.terms import COLUMNS

GOLDEN = Path(__file__).parents[2] / "golden" / "drawings"
LANGUAGE = """s = stack.new()
PAR[
  SEQ[ can.start()  can.send(_) -> 1 ]
  PERM[ led.set(1)  led.set(2)  SEQ[ uart.open()  uart.write("AT\\r\\n") ] ]
]
REPEAT(2..5)[ XALT[ adc.read() -> 7  adc.fail() -> -1  EMPTY ] ]
REPLICATE[ OPTIONAL[ clock.tick() ]  timer.poke() ]
SEQ[ ANY[ log.info(...) ]  stack.push(s, > 4 & < 9)  stack.free(s) ]
"""
QUOTED = r'"(?:[^"\\\n]|\\.)*"'
VALUE = rf"(?:{QUOTED}|[\w.]+)"
STATEMENT = re.compile(
    rf"""(?x)
    digraph\ language\ \{{ | subgraph\ cluster_\d+\ \{{ | \}}
    | (?P<set>(?:\w+={VALUE};\ ?)+)
    | (?P<source>\w+)\ ->\ (?P<target>\w+)(?:\ \[{"{look}"}\])?;
    | (?P<node>\w+)\ \[{"{look}"}\];""".replace("{look}", rf"\w+={VALUE}(?:,\ \w+={VALUE})*")
)


def checked(drawing: str) -> str:
    """Hold a drawing to a strict part of the grammar of DOT, and to graphviz itself where it is installed."""
    nodes, edges, depth = set(), [], 0
    for line in drawing.splitlines():
        found = STATEMENT.fullmatch(line.strip())
        assert found, f"no statement of DOT: {line!r}"
        depth += line.endswith("{") - (line.strip() == "}")
        assert depth >= 0
        if found["node"]:
            assert found["node"] not in nodes, "a node is drawn twice"
            nodes.add(found["node"])
        if found["source"]:
            edges.append((found["source"], found["target"]))
    assert depth == 0, "a frame is not closed"
    assert {name for edge in edges for name in edge} <= nodes, "an edge without its node"
    if dot := shutil.which("dot"):
        done = subprocess.run([dot, "-Tdot"], input=drawing.encode(), capture_output=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")
    return drawing


def labels(drawing: str) -> list[str]:
    """List the labels of the events."""
    return re.findall(rf"^ *e\d+ \[label=({QUOTED})\];$", drawing, re.MULTILINE)


def reachable(drawing: str, start: str) -> set[str]:
    """Follow the arrows from a node."""
    edges = re.findall(r"^ *(\w+) -> (\w+)", drawing, re.MULTILINE)
    found, new = {start}, {start}
    while new:
        new = {target for source, target in edges if source in new} - found
        found |= new
    return found


def test_a_drawing_of_all_operators_is_what_it_was() -> None:
    """Each operator has its frame, its meaning and its line; the text is the same letter by letter each time."""
    file = GOLDEN / "operators.dot"
    drawing = checked(to_dot(LANGUAGE))
    if os.environ.get("CMOCK_PY_UPDATE_GOLDEN") == "1":
        file.write_text(drawing, encoding="utf-8")
    assert drawing == file.read_text(encoding="utf-8")
    assert drawing == to_dot(parse(LANGUAGE))


def test_all_events_and_the_end_are_reached_from_the_start() -> None:
    """The arrows lead through every event in order; only calls of ANY have none."""
    drawing = to_dot(LANGUAGE)
    drawn = set(re.findall(r"^ *(e\d+) ", drawing, re.MULTILINE))
    (free,) = re.findall(r'(e\d+) \[label="8 \| log', drawing)
    assert drawn - reachable(drawing, "start") == {free}
    assert "end" in reachable(drawing, "start")


def test_a_text_is_quoted_so_that_graphviz_shows_it_as_it_is() -> None:
    """Quotes, backslashes, entities and what cannot be seen do not end a label and are not interpreted by it."""
    hostile = Event("m", "f", ('"];} <b>&lt; \\N \\l', b"\x00", Regex('a"\x00\\'), "\ud800\u2028", "é"), line=3)
    (label,) = labels(checked(to_dot(hostile)))
    assert label == (
        r'"3 | m.f(\"\\\"];} <b>&amp;lt; \\\\N \\\\l\", x\"00\", ~\"a\\\"\\x00\\\", \"\\ud800\\xe2\\x80\\xa8\", \"é\")"'
    )


@pytest.mark.parametrize("operator", [Seq, Par, Perm, Xalt], ids=lambda operator: operator.__name__)
def test_what_is_long_is_cut_and_counted(operator: type[Seq]) -> None:
    """Of a thousand items the first and last twenty or so are drawn, and the others counted."""
    drawing = checked(to_dot(operator(tuple(Event("m", "f", (n,), line=n + 1) for n in range(1000)))))
    assert len(labels(drawing)) == 20
    assert "... 980 calls" in drawing or "... 980 more" in drawing
    assert labels(drawing)[-1] == '"1000 | m.f(999)"'
    assert len(labels(to_dot(Par((Event("m", "f"), Event("m", "g")) * 30), longest=5))) == 5


def test_a_prefix_may_be_left_behind_each_event_that_need_not_be_followed() -> None:
    """The ways out of answers that are used up one by one begin behind the last that must come."""
    events = tuple(Event("m", "f", (), n) for n in range(4))
    drawing = checked(to_dot(Seq((Prefix(events, 2), Event("m", "g")))))
    assert re.findall(r"^ *(\w+) -> n2 \[style=dashed\]", drawing, re.MULTILINE) == ["e1", "e2"]
    assert "e3 -> n2;" in drawing
    assert "n1 -> n2 [style=dashed]" in to_dot(Prefix(events, 0))


def test_a_language_without_events_is_a_way_from_start_to_end() -> None:
    """Nothing to draw is drawn, too."""
    for lang in ("", Empty(), Repeat(Xalt((Empty(), Seq(()))), 0, None), AnyTime((Event("m", "f", (WILDCARD,)),))):
        assert "end" in reachable(checked(to_dot(lang)), "start")


def test_what_a_language_declares_is_drawn_as_what_it_means() -> None:
    """Definitions, constants, answer lists and columns are drawn as the events that they stand for."""
    drawing = checked(
        to_dot("lang twice(n) [ m.f(n) m.f(n) ]\nlet two = 2\ndo twice(two)\nREPEAT(1..2)[ m.g() -> each [5, 6] ]")
    )
    assert [label.split("| ")[1] for label in labels(drawing)] == ['m.f(2)"', 'm.f(2)"', 'm.g() -> 5"', 'm.g() -> 6"']
    assert "the first 1 to 2 of these" in drawing


def test_columns_are_drawn_as_the_events_that_they_are() -> None:
    """Events of columns have places and answers as any others."""
    drawing = checked(to_dot(Seq((COLUMNS("can", "read", [range(1_000)], range(1_000)), Event("can", "stop")))))
    assert labels(drawing)[1].endswith('can.read(1) -> 1"')
    assert "... 981 calls" in drawing


def test_a_language_may_be_given_in_any_way(tmp_path: Path) -> None:
    """A file is drawn as its text, and what is no language is refused with its type."""
    file = tmp_path / "some.mock"
    file.write_text("m.f(1)", encoding="utf-8")
    assert to_dot(file) == to_dot("m.f(1)")
    with pytest.raises(ArgumentTypeError, match="the language is int 7"):
        to_dot(7)  # type: ignore[arg-type]


def test_answer_lists_of_rounds_show_where_they_may_end() -> None:
    """Rounds follow each other in a frame of their own, with a way out behind each from the least number on."""
    drawn = to_dot("REPEAT(1..3)[ m.f() -> each [1, 2, 3]  m.g() ]")
    assert "the first 1 to 3 of these (line 1)" in drawn
    assert drawn.count("style=dashed") == 2
    many = to_dot(f"REPLICATE[ m.f() -> each {list(range(2000))}  m.g() ]")
    assert "... " in many
    assert len(many) < 20_000
