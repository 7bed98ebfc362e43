"""The tests that other tools run on the ten mistakes can be run again, and find what the page says they find."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
OUTPUTS = runpy.run_path(str(HERE / "outputs.py"))
SILENT = {"ambiguous_language"}
"""No mistake of the SUT, and no tool but ours says anything of it."""


@pytest.fixture(scope="module")
def cmocka(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Compile the ten tests with cmocka, the peer that CI has in any case and that compiles quickly."""
    return OUTPUTS["build"](tmp_path_factory.mktemp("peers"), "cmocka")


@pytest.mark.parametrize("mistake", OUTPUTS["MISTAKES"])
def test_a_peer_finds_the_mistake(mistake: str, cmocka: Any) -> None:
    """Each test fails for its mistake, and the one whose expectation is ambiguous passes."""
    status, text = OUTPUTS["output"](cmocka, "cmocka", mistake)
    assert (status == 0) == (mistake in SILENT)
    assert text.strip() or status == 0


def test_every_tool_has_a_message_for_every_mistake() -> None:
    """The files that the page shows are there, none longer than it promises."""
    files = {file.name: file.read_text(encoding="utf-8") for file in (HERE / "output").glob("*.txt")}
    assert set(files) == {f"{mistake}.{tool}.txt" for mistake in OUTPUTS["MISTAKES"] for tool in OUTPUTS["TOOLS"]}
    assert all(len(text.splitlines()) <= OUTPUTS["LONGEST"] for text in files.values())
    assert {name.partition(".")[0] for name, text in files.items() if "passes" in text} == SILENT


@pytest.mark.parametrize("mistake", [one for one in OUTPUTS["MISTAKES"] if one not in SILENT])
@pytest.mark.parametrize("tool", sorted(OUTPUTS["CLONED"]))
def test_a_message_that_cannot_be_had_again_here_fits_its_test(tool: str, mistake: str) -> None:
    """What CMock and fff printed names its test, and a line of this test as it stands beside it."""
    text = (HERE / "output" / f"{mistake}.{tool}.txt").read_text(encoding="utf-8")
    source, line, name = re.findall(r"^(\w+\.c):(\d+):test_(\w+):FAIL", text, re.MULTILINE)[0]
    before = (HERE / source).read_text(encoding="utf-8").splitlines()[: int(line)]
    assert name == mistake
    assert [one for one in before if one.startswith("TEST(")][-1] == f"TEST({mistake})"
    assert "}" not in before[before.index(f"TEST({mistake})") : -1]
