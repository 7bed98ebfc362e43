"""Whole reports about languages of any shape, compared letter by letter with the files in ``tests/golden/parts``.

``CMOCK_PY_UPDATE_GOLDEN=1`` writes them anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cmock_py.explain.ambiguity import ambiguous_language
from cmock_py.explain.report import Expectation
from cmock_py.explain.running import unexpected_call
from cmock_py.explain.stop import stop_message
from cmock_py.explain.verdict import explain
from cmock_py.lang.expand import expand
from cmock_py.lang.given import tree_of
from cmock_py.lang.limits import Limits
from cmock_py.lang.parse import parse
from cmock_py.lang.structure import structure
from cmock_py.trace import Call, Place, Stop

ROOT = Path(__file__).parents[3]
SHOWN = re.compile(r"<!-- file: (?P<path>\S+) -->\n```text\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
GOLDEN = Path(__file__).parents[2] / "golden" / "parts"
PLACE = Place("poll", "sut.c", 9)
NAMES = {"can.tx": ("id",), "log.info": ("text",)}

BOOT = """
cfg.load() -> 0
PAR [
  SEQ[ uart.open(1) -> 7  uart.baud(9600) ]
  SEQ[ can.init(0) -> 0  can.start() ]
  log.info(_)*
]
REPEAT(2..4)[ led.blink(1) ]
led.set(1)
"""
CHOICE = """
card.insert()
XALT[
  SEQ[ card.pay(100)  mail.receipt() ]
  SEQ[ card.cancel()  mail.sorry() ]
]
log.info(_)*
done.it()?
"""
BACKGROUND = """
log.info(_)*
start.it()
PERM[ a.x()  b.x()  c.x() ]
ANY[ bg.tick() ]
"""
SENSOR = """
sensor.open() -> 0
PAR[
  SEQ[ sensor.read() -> 10  sensor.read() -> 11 ]
  SEQ[ clock.tick()  sensor.read() -> 99 ]
]
"""


def language(text: str) -> Expectation:
    """Make what is expected of a text."""
    events, root = structure(parse(text.strip("\n"), "x.mock"))
    return Expectation(events, root, "x.mock")


def made(*calls: Any) -> list[Call]:
    """Make calls of ``(function, event, arguments...)``; the last has a place."""
    found = []
    for index, (name, event, *args) in enumerate(calls):
        module, function = name.split(".")
        names = NAMES.get(name, ("x",))[: len(args)]
        place = PLACE if index == len(calls) - 1 else None
        found.append(Call(index, module, function, names, tuple(args), event=event, place=place))
    return found


def refused(text: str, *calls: Any) -> str:
    """Word the refusal of the last call."""
    trace = made(*calls)
    return unexpected_call(trace[-1], trace, language(text), 0)


def checked(text: str, outcome: str, start: int, *calls: Any, stop: Stop | None = None) -> str:
    """Word a failed check."""
    return explain(outcome, made(*calls), language(text), start, stop).report


BEGUN = ("cfg.load", 0), ("uart.open", 1, 1), ("can.init", 3, 0)
BLINKING = (*BEGUN, ("can.start", 4), ("uart.baud", 2, 9600), ("led.blink", 6, 1), ("led.blink", 6, 1))
MANY = "PAR[" + "\n".join(f"SEQ[can.tx({k}) can.rx() can.tx({k + 1})]" for k in range(20)) + "]"

REPORTS = {
    "too_early_in_par": lambda: refused(BOOT, *BEGUN, ("led.set", None, 1)),
    "too_early_after_rounds": lambda: refused(BOOT, *BLINKING, ("zoo.z", None)),
    "used_up": lambda: refused(BOOT, *BLINKING, ("led.blink", 6, 1), ("led.blink", 6, 1), ("led.blink", None, 1)),
    "other_alternative": lambda: refused(CHOICE, ("card.insert", 0), ("card.pay", 1, 100), ("mail.sorry", None)),
    "only_earlier": lambda: refused(
        BACKGROUND, ("log.info", 0, "x"), ("start.it", 1), ("b.x", 3), ("bg.tick", 5), ("log.info", None, "y")
    ),
    "wrong_matched_argument": lambda: refused(BOOT, ("cfg.load", 0), ("can.init", None, 3)),
    "language_may_end": lambda: refused(CHOICE, ("card.insert", 0), ("card.cancel", 3), ("mail.sorry", 4), ("zoo.z", None)),
    "missing_in_par": lambda: checked(BOOT, "missing", 3, *BEGUN),
    "too_few_rounds": lambda: checked(BOOT, "missing", 6, *BLINKING[:6]),
    "moved_in_par": lambda: checked(
        BOOT, "not_expected", 1, BEGUN[0], ("led.set", 7, 1), *BLINKING[1:]
    ),
    "stopped_in_par": lambda: checked(BOOT, "accepted", 0, *BEGUN, stop=Stop("abort", (PLACE,))),
    "check_after_refused_call": lambda: checked(
        BOOT, "not_expected", 3, *BEGUN, ("led.set", None, 1), stop=Stop("unexpected", call=3)
    ),
    "ambiguous_call": lambda: stop_message(
        Stop("ambiguous", call=2, events=(1, 4)),
        made(("sensor.open", 0), ("clock.tick", 3), ("sensor.read", None)),
        language(SENSOR),
        0,
    ),
    "ambiguous_under_strict": lambda: stop_message(
        Stop("ambiguous", call=0, events=(0, 3)), made(("can.tx", None, 1)), language("PAR[can.tx(_) SEQ[can.rx() can.rx() can.tx(_)]]"), 0
    ),
    "ambiguous_language": lambda: str(ambiguous_language(language(SENSOR), 1, 4, [0, 3])),
    "sets_full": lambda: stop_message(
        Stop("sets_full", call=2, events=(0, 59), limit=134217728),
        made(("can.tx", 0, 0), ("can.tx", 3, 1), ("can.rx", None)),
        replace(language(MANY), limits=Limits(configurations=65536)),
        0,
    ),
    "trace_full_of_bytes": lambda: stop_message(
        Stop("trace_full", called="boot", limit=536870912), made(("can.tx", 0, 0)), language(MANY), 0
    ),
    "check_after_too_many_ways": lambda: checked(
        MANY,
        "not_expected",
        2,
        ("can.tx", 0, 0),
        ("can.tx", 3, 1),
        ("can.rx", None),
        stop=Stop("too_ambiguous", call=2, events=(0, 59), limit=4096),
    ),
    "too_ambiguous": lambda: stop_message(
        Stop("too_ambiguous", call=2, events=(0, 59), limit=4096),
        made(("can.tx", 0, 0), ("can.tx", 3, 1), ("can.rx", None)),
        language(MANY),
        0,
    ),
}  # fmt: skip


MAIN = """
cfg.load() -> 0
include "board.mock"
XALT[ led.set(1)  led.set(2) ]
"""
BOARD = """
uart.open(1) -> 7
REPEAT(2)[ uart.baud(9600) ]
PAR[ SEQ[ can.init() -> 1  can.init() -> 2 ]  SEQ[ can.start()  can.init() -> 3 ] ]
"""


@pytest.fixture
def including(tmp_path: Path) -> Expectation:
    """A language in a file that includes another."""
    (tmp_path / "main.mock").write_text(MAIN.strip("\n"))
    (tmp_path / "board.mock").write_text(BOARD.strip("\n"))
    events, root = structure(expand(tree_of(tmp_path / "main.mock")))
    return Expectation(events, root, "main.mock")


OPENED = ("cfg.load", 0), ("uart.open", 1, 1)
BAUDED = (*OPENED, ("uart.baud", 2, 9600), ("uart.baud", 2, 9600))


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        (
            (OPENED[0], ("uart.baud", None, 9600)),
            "hint: uart.baud is expected on line 2 of board.mock, after 1 more call: uart.open (line 1 of board.mock)",
        ),
        ((*OPENED, ("led.set", None, 1)), "hint: led.set is expected on line 3, after 6 more calls: "),
        ((*OPENED, ("zoo.z", None)), "uart.baud(9600)  (line 2 of board.mock)"),
        (
            (*BAUDED, ("uart.baud", None, 9600)),
            "hint: uart.baud is used up: REPEAT(2) on line 2 of board.mock allows 2 rounds, and call #4 was in the last",
        ),
        ((*OPENED, ("cfg.load", None)), "hint: cfg.load is not expected again; its only place is line 1"),
        (
            (*OPENED, ("uart.open", None)),
            "hint: uart.open is not expected again; its only place is line 1 of board.mock",
        ),
        ((*BAUDED[:-1], ("can.start", None)), "| uart.open(1) -> 7"),
    ],
    ids=["too-early", "own-line", "expected", "used-up", "own-place", "only-place", "table"],
)
def test_lines_of_included_files_are_told_with_their_file(including: Expectation, calls: Any, said: str) -> None:
    """Hints and what is expected name the file of a line that is not in the text of the report's head."""
    trace = made(*calls)
    report = unexpected_call(trace[-1], trace, including, 0)
    assert said in report
    assert "  board.mock:1 | uart.open(1) -> 7" in report or len(calls) < 3


def test_an_ambiguity_in_an_included_file_names_the_file(including: Expectation) -> None:
    """Both lines of an ambiguous call stand with their file."""
    trace = made(*BAUDED, ("can.start", 5), ("can.init", None))
    report = stop_message(Stop("ambiguous", call=5, events=(3, 6)), trace, including, 0)
    assert "      board.mock:3 | can.init()   answers 1\n      board.mock:3 | can.init()   answers 3\n" in report


@pytest.mark.parametrize("name", REPORTS)
def test_report_reads_as_the_golden_file_says(name: str) -> None:
    """Each failure is told exactly as the reviewed file tells it, in at most thirty lines of plain text."""
    path = GOLDEN / f"{name}.txt"
    report = REPORTS[name]()
    if os.environ.get("CMOCK_PY_UPDATE_GOLDEN"):
        path.write_text(report + "\n", encoding="utf-8")
    assert report + "\n" == path.read_text(encoding="utf-8")
    assert len(report.splitlines()) <= 30
    assert report.isascii()
    assert "explaining failed" not in report


def test_every_golden_file_has_its_report() -> None:
    """No golden file is left behind by a report that is gone."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(REPORTS)


def test_more_lines_are_written_when_asked_for() -> None:
    """Thirty lines are the rule; who wants all differences says so."""
    text = "\n".join(f"a.f({k})  b.g()?" for k in range(40))
    calls = made(*(("a.f", 2 * k, k + 100) for k in range(40)))
    short = explain("wrong_argument", calls, language(text), 0, None)
    long = explain("wrong_argument", calls, language(text), 0, None, lines=1000)
    assert len(short.report.splitlines()) <= 30
    assert len(long.report.splitlines()) > 120
    assert short.differences == long.differences


def test_page_shows_the_reports_as_they_are() -> None:
    """What docs/reports.md shows is what is written."""
    shown = list(SHOWN.finditer((ROOT / "docs" / "reports.md").read_text(encoding="utf-8")))
    assert len(shown) > 5
    for found in shown:
        assert found["body"] == (ROOT / found["path"]).read_text(encoding="utf-8")
