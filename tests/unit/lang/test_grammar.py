"""The grammar itself."""

from __future__ import annotations

import logging
import subprocess
import sys

import interegular
import pytest

from cmock_py.lang.grammar import load_grammar, terminal


def test_the_grammar_has_no_conflict_and_no_collision(caplog: pytest.LogCaptureFixture) -> None:
    """lark's strict mode, which needs interegular, has nothing to say; it passes over the runs of calls alone."""
    assert interegular.__name__
    with caplog.at_level(logging.DEBUG):
        load_grammar(strict=True)
    unread = [record.getMessage().split("\n")[0] for record in caplog.records if record.levelno >= logging.WARNING]
    assert unread == ["Can't compile regex to Pattern for TerminalDef('CALLS', ...)"] or all(
        "CALLS" in m for m in unread
    )


def test_the_grammar_is_loaded_once() -> None:
    """A second text does not pay for loading again."""
    assert load_grammar() is load_grammar()


def test_terminals_are_written_once() -> None:
    """Who needs the pattern of a terminal gets it from the grammar."""
    assert terminal("NAME") == "[A-Za-z_][A-Za-z0-9_]*"


@pytest.mark.parametrize("module", ["terms", "render", "operators", "parse", "build", "bulk"])
def test_importing_does_not_import_lark(module: str) -> None:
    """lark is imported with the first text that is parsed, not before."""
    code = f"import sys, cmock_py.lang.{module}; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
