"""Lines of C: declarations, includes, and line markers that lead back to the spec and return to the text."""

from __future__ import annotations

from typing import Literal

import pytest

from cmock_py.codegen.writer import Marked, declare, includes, prototype, render
from cmock_py.spec.model import ApiArg, ApiFunction, Origin


@pytest.mark.parametrize(
    ("style", "word"),
    [pytest.param("marker", "#", id="marker"), pytest.param("directive", "#line", id="directive")],
)
def test_a_marked_line_names_its_origin(style: Literal["marker", "directive"], word: str) -> None:
    """The user's line has the place in the spec, without its folder; the next line has its own number again."""
    lines = ["one", Marked("two", Origin("/somewhere/spec.py", 12)), "five", Marked("six", Origin("s.py", 3))]
    assert render(lines, style=style).splitlines() == [
        "one",
        f'{word} 12 "spec.py"',
        "two",
        f'{word} 5 "c_code.c"',
        "five",
        f'{word} 3 "s.py"',
        "six",
        f'{word} 9 "c_code.c"',
    ]


def test_the_first_line_may_have_another_number() -> None:
    """Text behind other text counts on from there."""
    assert render([Marked("x", Origin("s.py", 1))], style="marker", first=100).splitlines()[-1] == '# 103 "c_code.c"'


def test_declarations() -> None:
    """A star stands at the name, and a function of no parameters takes void."""
    function = ApiFunction("f", "char *", [ApiArg("const char *", "s"), ApiArg("unsigned long", "n")])
    assert prototype(function, "g") == "char *g(const char *s, unsigned long n)"
    assert prototype(ApiFunction("f"), "f") == "void f(void)"
    assert declare("char **", "argv") == "char **argv"


def test_includes() -> None:
    """Names in angle brackets keep them, all others stand in quotes."""
    assert includes(["<a.h>", "b/c.h"]) == ["#include <a.h>", '#include "b/c.h"']
