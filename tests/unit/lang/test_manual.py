"""The tables of the manual: what stands side by side as text and as Python is equal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.lang import arguments, nodes, terms
from cmock_py.lang.nodes import Event
from cmock_py.lang.parse import parse

if TYPE_CHECKING:
    from pathlib import Path

SPAN = re.compile(r"`([^`]+)`")
NAMES = {**vars(terms), **vars(arguments), "REAL": nodes.REAL}


def rows(root: Path, heading: str) -> list[tuple[list[str], list[str]]]:
    """List the code of the first two columns of the table below a heading."""
    page = (root / "docs" / "language.md").read_text(encoding="utf-8")
    table = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = [[cell.replace("\0", "|") for cell in line.replace(r"\|", "\0").split("|")] for line in table.splitlines()]
    return [(SPAN.findall(row[1]), SPAN.findall(row[2])) for row in cells if len(row) == 5 and "`" in row[1]]


def event_of(text: str) -> Event:
    """Parse a text of one call."""
    (event,) = parse(text).items
    assert isinstance(event, Event)
    return event


def test_the_arguments_of_the_manual_are_equal(root: Path) -> None:
    """A mark and its word make one pattern."""
    compared = 0
    for texts, python in rows(root, "Arguments"):
        if not texts[0].startswith(("READ", "@")):  # enums and functions are known by name in a text only
            for text, term in zip(texts, python, strict=False):
                assert event_of(f"m.f({text})") == Event("m", "f", (eval(term, NAMES),)), text
                compared += 1
    assert compared > 20


def test_the_answers_of_the_manual_are_equal(root: Path) -> None:
    """A whole call is one event in both spellings."""
    compared = 0
    for texts, python in rows(root, "Answers"):
        if "@next" not in texts[0] and "READ" not in texts[0]:
            wanted: Any = eval(python[0], NAMES)
            assert event_of(texts[0])._replace(module=wanted.module) == wanted, texts[0]
            compared += 1
    assert compared > 7


@pytest.mark.parametrize("heading", ["Calls and operators", "Arguments", "Answers"])
def test_every_text_of_the_manual_parses(root: Path, heading: str) -> None:
    """No row shows what the grammar does not know."""
    for texts, _ in rows(root, heading):
        for text in texts:
            if text.startswith("functions="):
                continue
            parse(f"f({text})" if heading == "Arguments" else text.replace("[...]", "[a()]"))
