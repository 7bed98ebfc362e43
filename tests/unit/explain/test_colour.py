"""Colours of reports: which words get them, and that the text below is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cmock_py.explain.colour import coloured, wants_colour

GOLDEN = Path(__file__).parents[2] / "golden"
REPORTS = sorted(GOLDEN.glob("*/*.txt"))
CODES = re.compile(r"\x1b\[[0-9;]*m")
RED, YELLOW, MAGENTA, CYAN, BOLD, OFF = (f"\x1b[{code}m" for code in ("1;31", "1;33", "1;35", "1;36", "1", "0"))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_coloured_says_the_same(path: Path) -> None:
    """Without its colours a report is the plain one, and no colour goes over the end of a line."""
    plain = path.read_text(encoding="utf-8")
    painted = coloured(plain)
    assert CODES.sub("", painted) == plain
    for line in painted.splitlines():
        assert line.count(OFF) * 2 == len(CODES.findall(line))


@pytest.mark.parametrize(
    ("line", "painted"),
    [
        ("   +  #4    led.set(x=1)   | <- not expected here", f"   {RED}+{OFF}  #4    led.set(x=1)   |{RED} <- not expected here{OFF}"),
        ("   !  #2    f(x=3)  4 | f(0)   <- argument differs",
         f"   {YELLOW}!{OFF}  #2    f(x=3)  4 | f(0){YELLOW}   <- argument differs{OFF}"),
        ("   -        (never called)       7 | led.blink(1)   <- missing",
         f"   {MAGENTA}-{OFF}        (never called)       7 | led.blink(1){MAGENTA}   <- missing{OFF}"),
        ("   ~  #2    led.set(x=1)        | <- too early", f"   {CYAN}~{OFF}  #2    led.set(x=1)        |{CYAN} <- too early{OFF}"),
        ('   !  #2    f(x="   <- missing")  4 | f("")', f'   {YELLOW}!{OFF}  #2    f(x="   <- missing")  4 | f("")'),
        ("            ^ first difference at offset 1", f"            {YELLOW}^ first difference at offset 1{OFF}"),
        ("  |   \t^^^", f"  |   \t{YELLOW}^^^{OFF}"),
        ("   hint: write _", f"   {BOLD}hint{OFF}: write _"),
        ("      #3    sensor.read()   <- this one", f"      #3    sensor.read(){RED}   <- this one{OFF}"),
        ("      #1    cfg.load()        1 | cfg.load() -> 0", "      #1    cfg.load()        1 | cfg.load() -> 0"),
        ("FAILED  one call", "FAILED  one call"),
    ],
    ids=["plus", "bang", "minus", "tilde", "note-in-a-value", "caret", "caret-of-a-fault", "hint", "this-one", "fits", "head"],
)  # fmt: skip
def test_marks_notes_carets_and_hints_are_coloured(line: str, painted: str) -> None:
    """Each mark has its colour, which its note shares; what agrees has none."""
    assert coloured(line) == painted


@pytest.mark.parametrize(
    ("environment", "is_terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": ""}, False, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    ],
    ids=["terminal", "file", "dumb", "empty-NO_COLOR", "empty-FORCE_COLOR", "forced", "NO_COLOR-wins"],
)
def test_the_environment_decides(
    environment: dict[str, str],
    is_terminal: bool,
    wanted: bool,
) -> None:
    """``NO_COLOR`` forbids, ``FORCE_COLOR`` commands, an empty one says nothing; else a terminal has colours."""
    assert wants_colour(environment, is_terminal=is_terminal) is wanted
