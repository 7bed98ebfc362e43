"""Patterns of arguments as Python terms equal those of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, LanguageSyntaxError
from cmock_py.lang.arguments import (
    BETWEEN,
    BIND,
    BITS,
    EACH,
    EQ,
    GE,
    GT,
    IN,
    LE,
    LT,
    NAMED,
    NE,
    OUT,
    REGEX,
    REST,
    VAR,
)
from cmock_py.lang.expand import expand
from cmock_py.lang.nodes import WILDCARD
from cmock_py.lang.parse import parse
from cmock_py.lang.render import render_pattern
from cmock_py.lang.render_tree import render
from cmock_py.lang.terms import DO, EVENT, INCLUDE, SEQ

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARGUMENTS = [
    ("== 1", EQ(1)),
    ("!= NULL", NE(None)),
    ("< 1.5", LT(1.5)),
    ("<= n", LE(VAR("n"))),
    ("> -1", GT(-1)),
    (">= 'a'", GE("a")),
    ("1..MAX", BETWEEN(1, VAR("MAX"))),
    ('in {1, "a"}', IN(1, "a")),
    ("in {1, 2}", IN([1, 2])),
    ("bits 0x80", BITS(0x80)),
    ("bits 0xf0 == 0x30", BITS(0xF0, 0x30)),
    ("bits READ|WRITE == READ", BITS(VAR("READ") | VAR("WRITE"), VAR("READ"))),
    ('~"GET .*"', REGEX("GET .*")),
    ("?n", BIND("n")),
    ("?n & > 0 & < 10", BIND("n") & GT(0) & LT(10)),
    ("> 0 & < 10 & != 5 & != 6", (GT(0) & LT(10)) & (NE(5) & NE(6))),
    ("> 0 & 5", GT(0) & 5),
    ("val: > 4", NAMED("val", GT(4))),
    ("...", REST),
    ("*speed = [42, _]", OUT("speed", [42, WILDCARD])),
    ('[> 1, {x: 1..2, y: _}, ~"a"]', [GT(1), {"x": BETWEEN(1, 2), "y": WILDCARD}, REGEX("a")]),
    ("{x: ?n & > 1}", {"x": BIND("n") & GT(1)}),
    ("4|READ|8", 4 | VAR("READ") | 8),
    ("READ|A|B", VAR("READ") | (VAR("A") | VAR("B"))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term"), ARGUMENTS, ids=[text for text, _ in ARGUMENTS])
def test_a_pattern_equals_its_text(text: str, term: object) -> None:
    """What the text says with marks, Python says with words, and both render alike."""
    assert parse(f"m.f({text})") == SEQ(EVENT("m", "f", [term]))
    assert parse(f"m.f(\n{text})") == SEQ(EVENT("m", "f", [term]))
    assert parse(render(SEQ(EVENT("m", "f", [term])))) == SEQ(EVENT("m", "f", [term]))


def test_answers_and_handles_equal_their_text() -> None:
    """A handle, a list of answers, and what an event has bound."""
    assert parse("s = m.f() m.g(s, ?n) -> n m.h() -> each [1, 2]") == SEQ(
        EVENT("m", "f", binds="s"),
        EVENT("m", "g", [VAR("s"), BIND("n")], VAR("n")),
        EVENT("m", "h", [], EACH(1, 2)),
    )
    assert EACH([1, 2]) == EACH(1, 2)


def test_definitions_of_a_text_are_used_from_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of definitions is included beside the Python file that says so."""
    file = tmp_path / "defined.mock"
    file.write_text("lang pushed(n) = stack.push(_, n)")
    monkeypatch.chdir(tmp_path.parent)
    assert render(expand(SEQ(INCLUDE(str(file)), DO("pushed", 4)))) == "stack.push(_, 4)"


def test_a_python_function_is_shown_by_its_name() -> None:
    """As the text would name it."""
    assert render_pattern(str.isdigit) == "@isdigit"
    assert render_pattern([str.isdigit]) == "[@isdigit]"


WORDS = "bits = bits.bits(bits, ?bits2, bits: bits 1, bits|A, bits..bits, bits & bits bits) -> bits"


def test_bits_is_no_reserved_word() -> None:
    """Where no mask follows it is a name like any other."""
    tree = parse(WORDS)
    assert parse(render(tree)) == tree
    assert render(tree) == WORDS.replace("bits: bits 1", "bits: bits 0x1")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BITS(0x0F, 0x80), "no number has bits 0xf == 0x80: 0x80 is outside of the mask"),
        (IN, "IN needs at least one value: nothing equals one of none"),
        (EACH, "EACH needs at least one answer"),
        (lambda: REGEX("("), "REGEX: '(' is no regular expression: missing ), unterminated subpattern at position 0"),
        (lambda: VAR("a b"), "VAR: 'a b' is no name as C has them"),
        (lambda: BIND("?n"), "BIND: '?n' is no name as C has them"),
    ],
    ids=["bits", "in", "each", "regex", "var", "bind"],
)  # fmt: skip
def test_an_impossible_pattern_is_refused(make: Callable[[], Any], message: str) -> None:
    """In the line that writes it, with what is wrong."""
    with pytest.raises(ArgumentValueError) as caught:
        make()
    assert str(caught.value) == message


@pytest.mark.parametrize("make", [lambda: REGEX(4), lambda: VAR(4)], ids=["regex", "var"])  # type: ignore[arg-type]
def test_a_pattern_of_another_type_is_refused(make: Callable[[], Any]) -> None:
    """A type that no pattern has is named."""
    with pytest.raises(ArgumentTypeError, match="4"):
        make()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f() -> [> 1]", "1:9: did not expect a pattern here"),
        ("let n = [?n]", "1:10: did not expect a pattern here"),
        ("f(bits 0x0F == 0x80)", "1:3: no number has bits 0xf == 0x80: 0x80 is outside of the mask"),
        ("let n = {x: > 1}", "1:13: did not expect a pattern here"),
        ("f(== [> 1])", "1:7: did not expect a pattern here"),
    ],
)
def test_a_pattern_is_refused_where_a_value_stands(text: str, message: str) -> None:
    """Answers and constants are values; only arguments are compared."""
    with pytest.raises(LanguageSyntaxError) as caught:
        parse(text)
    assert message in str(caught.value)
