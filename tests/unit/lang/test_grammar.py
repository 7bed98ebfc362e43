"""The grammar itself."""

from __future__ import annotations

import subprocess
import sys

import interegular
import pytest
from lark import Lark
from lark.exceptions import GrammarError, LexError

from cmock_py._resources import grammar_dir
from cmock_py.lang.grammar import STARTS, build_grammar, load_grammar, terminal


def test_the_grammar_has_no_conflict_and_no_collision() -> None:
    """The strict mode of lark, which compares all terminals by means of interegular, refuses nothing."""
    assert interegular.__name__
    build_grammar(strict=True)


def test_strict_mode_would_refuse_a_collision() -> None:
    """The test above can fail: a terminal that collides with NAME is found."""
    text = (grammar_dir() / "expect.lark").read_text() + "\nWORD: /[a-z]+/\n"
    text = text.replace("%import .terminals", "%import terminals").replace("wildcard: ", "wildcard: WORD | ")
    with pytest.raises((GrammarError, LexError)):
        Lark(text, parser="lalr", strict=True, start=STARTS, import_paths=[str(grammar_dir())])


def test_the_grammar_is_loaded_once() -> None:
    """A second text does not pay for loading again."""
    assert load_grammar() is load_grammar()


def test_terminals_are_written_once() -> None:
    """Who needs the pattern of a terminal gets it from the grammar."""
    assert terminal("LET") == "let"


@pytest.mark.parametrize(
    "module", ["terms", "arguments", "render", "expand", "scope", "given", "parse", "build", "bulk"]
)
def test_importing_does_not_import_lark(module: str) -> None:
    """The library lark is imported with the first text that is parsed, not before."""
    code = f"import sys, cmock_py.lang.{module}; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
