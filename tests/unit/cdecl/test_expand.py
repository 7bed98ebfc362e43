"""A user's expressions through a real preprocessor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py.cdecl.expand import cut, with_expressions
from cmock_py.cdecl.unit import index
from cmock_py.errors import HeaderError

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = "#include <stdio.h>\n#define MAX 64\n#define TWICE(x) (2 * (x))\n"


def test_macros_are_expanded_and_the_unit_is_as_before(headers: Callable[..., object]) -> None:
    """Each expression comes back in one line of tokens, and no item is added to the unit."""
    asked = {
        "modules[0].args[1].buffer": ("MAX", "spec.py", 3),
        "two": ("TWICE(\n  len /* of buf */) // elements", 'a "b".py', 9),
        "none": ("", "spec.py", 4),
        "fn": ("TWICE", "spec.py", 5),
    }
    unit, expanded = cut(headers(with_expressions(SOURCE, asked)).text)
    assert expanded == {"modules[0].args[1].buffer": "64", "two": "( 2 * ( len ) )", "none": "", "fn": "TWICE"}
    assert [item.tokens for item in index(unit).items] == [item.tokens for item in headers(SOURCE).unit.items]


def test_no_expression_leaves_the_text_alone(headers: Callable[..., object]) -> None:
    """Without expressions nothing is put in and nothing is cut."""
    text = headers(with_expressions(SOURCE, {})).text
    assert cut(text) == (text.rstrip("\n") + "\n", {})


def test_what_would_swallow_the_text_behind_is_refused_all_at_once() -> None:
    """Open comments, strings and brackets and directives are named with the user's line."""
    bad = ["/* x", '"x', "MAX(", "#define A", "n \\", "cmk_expression_end", ")"]
    with pytest.raises(HeaderError) as caught:
        with_expressions("", {str(i): (text, "spec.py", i) for i, text in enumerate(bad)})
    assert [fault.path for fault in caught.value.faults] == [f"spec.py:{i}" for i in range(len(bad))]


def test_comments_and_strings_that_end_are_fine() -> None:
    """Only what stays open is a fault."""
    assert with_expressions("", {"k": ("\"/*\" /* ' */ + '\"' // it's", "s.py", 1)})
