"""The compiler as a calculator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py.cdecl.constants import evaluate
from cmock_py.errors import HeaderError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_values_of_all_sizes_and_signs(headers: Callable[..., object]) -> None:
    """64 bits and the sign survive, with both compilers."""
    made = headers("enum { A = 7 }; struct s { int a[3]; };")
    asked = ["1 + 1", "A", "-1", "1ull << 63", "-5ll << 40", "~0u", "sizeof(struct s)", "(char)-1 < 0", "'x'"]
    assert evaluate(asked, made.assemble) == [2, 7, -1, 1 << 63, -(5 << 40), 0xFFFF_FFFF, 12, 1, 120]


def test_what_is_no_constant_is_none_and_spoils_nothing(headers: Callable[..., object]) -> None:
    """Refused lines are dropped and the rest is asked again; more than one compiler stops counting errors at."""
    made = headers("int n; struct t;")
    bad = ["n", "nowhere", "sizeof(struct t)", "(1", "1; n = 2", "", '1), "i"(2', *[f"none_{i}" for i in range(40)]]
    assert evaluate([*bad, "3"], made.assemble) == [None] * len(bad) + [3]


def test_a_unit_that_does_not_compile_is_reported_with_its_place(headers: Callable[..., object]) -> None:
    """The compiler's own words, file and line reach the user."""
    made = headers('# 3 "broken.h"\nint x y;')
    with pytest.raises(HeaderError, match=r"broken\.h:3: the compiler says: expected"):
        evaluate(["1"], made.assemble)


def test_nothing_asked_runs_nothing() -> None:
    """No compiler is started for an empty list."""
    assert evaluate([], lambda _: pytest.fail("ran")) == []
