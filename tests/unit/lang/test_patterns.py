"""`lang.patterns`: what fits a pattern, what it binds, and what it is while the SUT runs."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cmock_py.lang.nodes import (
    WILDCARD,
    Between,
    Bind,
    Both,
    Compare,
    Event,
    Flags,
    Name,
    Named,
    OneOf,
    OutValue,
    Predicate,
    Regex,
    Rest,
)
from cmock_py.lang.patterns import NOTHING, bound, fits, pairs, substitute, while_running
from cmock_py.trace import Character, Enumerator, Handle, Near, Passed, Truncated, Unnamed


def is_even(value: int) -> bool:
    """A predicate as a test writes it."""
    return value % 2 == 0


def shown(value: object) -> str:
    """Name a parameter alike in every process: the repr of a function tells where it lies."""
    return getattr(value, "__name__", None) or repr(value)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (WILDCARD, Truncated("ab", 9)),
        ([1, WILDCARD], [1, "x"]),
        ({"x": {"y": WILDCARD}}, {"x": {"y": 1, "z": 2}, "w": 3}),
        (Compare("==", 4), 4),
        (Compare("!=", 4), 5),
        (Compare("<", 4), 3.5),
        (Compare(">=", 4), 4),
        (Compare(">", 64), Character("A")),
        (Compare("<=", Character("B")), 66),
        (Compare("==", [1, WILDCARD]), [1, 7]),
        (Between(1, 64), 64),
        (OneOf((1, "two", Between(5, 6))), "two"),
        (OneOf((1, "two", Between(5, 6))), 6),
        (Both((Compare(">", 0), Compare("<", 9), Bind("n"))), 4),
        (Regex("^GET "), "GET /index"),
        (Regex("index"), "GET /index"),
        (Regex("\\Aby.es"), b"bytes"),
        (Bind("n"), [1, 2]),
        (Name("s"), Handle(7, "s")),
        (Name("RED"), Enumerator("RED")),
        (Flags((Name("READ"), Name("WRITE"))), Unnamed(3, "WRITE|READ")),
        (is_even, 4),
        (math.nan, math.nan),
        (1, 1.0),
        (1.0, 1),
        ([1], [1.0]),
        (Passed([1.0, 2]), Passed([1.0, 2])),
        (2.0, Enumerator("BLUE", 2)),
        (Enumerator("BLUE", 2), 2.0),
        (1, Near(1.25, 0.5)),
        (Near(1.0, None), 1.25 - 0.25),
        ((42, 1), (42, 1.0)),
        ([1, WILDCARD, Compare(">", 2)], b"\1\2\3"),
        (["a", WILDCARD, 0], "a"),
        (Compare("!=", "ab"), Truncated("ab", 9)),
        (Compare("!=", None), Truncated("ab", 9)),
        (Compare("!=", Truncated("ab", 8)), Truncated("ab", 9)),
        (Compare("!=", Truncated("ac", 9)), Truncated("ab", 9)),
    ],
    ids=shown,
)
def test_value_fits(pattern: Any, value: Any) -> None:
    """These are what the pattern says."""
    assert fits(pattern, value)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ([1, WILDCARD], [1]),
        ({"x": WILDCARD}, {"y": 1}),
        (Compare("!=", 4), 4),
        (Compare("!=", "abc"), Truncated("ab", 9)),
        (Compare("!=", Truncated("ab", 9)), Truncated("ab", 9)),
        (Compare("!=", {"x": 1}), Truncated(b"ab", 9)),
        (Compare("==", "ab"), Truncated("ab", 9)),
        ([1], Passed([1.0])),
        (Passed([1.0]), Passed([1])),
        (1, Near(1.75, 0.5)),
        (0.0, Near(-0.0, None)),
        ([1, 2], b"\1\3"),
        (["a", WILDCARD], "abc"),
        (NOTHING, 0),
        (Compare("!=", NOTHING), 0),
        (Compare("!=", NOTHING), Truncated("ab", 9)),
        (Compare("<", 4), 4),
        (Compare("<", 4), "text"),
        (Compare(">", 0), None),
        (Between(1, 64), 65),
        (OneOf((1, 2)), 3),
        (Both((Compare(">", 0), Compare("<", 9))), 9),
        (Regex("^POST"), "GET /index"),
        (Name("s"), Handle(7, "t")),
        (Name("s"), 7),
        (Flags((Name("READ"), Name("WRITE"))), Unnamed(1, "READ")),
        (Predicate("is_even"), 4),
        (is_even, 3),
    ],
    ids=shown,
)
def test_value_does_not_fit(pattern: Any, value: Any) -> None:
    """These are not what the pattern says; a predicate of which only the name is known accepts nothing."""
    assert not fits(pattern, value)


def test_a_regular_expression_never_goes_back_and_forth() -> None:
    """A text that `re` would try in more ways than can be counted is decided at once."""
    for expression in ("(a+)+$", "(a|aa)+$", "(.*,)*;"):
        assert not fits(Regex(expression), "a" * 60 + "b")
        assert not fits(Regex(expression), "a," * 1000 + "b")


def test_arguments_find_their_patterns() -> None:
    """Patterns stand in order or by name, out-values are none, and `...` leaves the others open."""
    names, values = ("a", "b", "c"), (1, 2, 3)
    assert pairs(Event("m", "f", (1, 2, 3)), names, values) == [(0, 1), (1, 2), (2, 3)]
    assert pairs(Event("m", "f", (1, Named("c", 3), Named("b", 2))), names, values) == [(0, 1), (1, 2), (2, 3)]
    assert pairs(Event("m", "f", (1, OutValue("o", 5), Rest())), names, values) == [(0, 1)]
    assert pairs(Event("m", "f", (1, 2)), names, values) is None
    assert pairs(Event("m", "f", (1, 2, 3, 4)), names, values) is None
    assert pairs(Event("m", "f", (1, Named("a", 3), Rest())), names, values) is None
    assert pairs(Event("m", "f", (Named("z", 3), Rest())), names, values) is None


def test_names_are_bound_and_put_in() -> None:
    """`?n` binds alone and beside conditions; the value then stands wherever the name is used, at any depth."""
    assert [*bound(Both((Compare(">", 1), Bind("n"))), 4), *bound(Bind("m"), 5)] == [("n", 4), ("m", 5)]
    assert substitute([Name("n"), {"x": Between(Name("n"), 9)}, Name("z")], {"n": 4}) == [
        4,
        {"x": Between(4, 9)},
        Name("z"),
    ]


def test_while_the_sut_runs_python_is_not_asked() -> None:
    """Functions of Python, and expressions that no automaton finds, are wildcards then, also beside a condition."""
    assert while_running(Regex(r"(x)\1")) is WILDCARD
    assert while_running(Regex("x")) == Regex("x")
    assert while_running(len) is WILDCARD
    assert while_running(Both((Predicate("p"), Compare(">", 1)))) == Both((WILDCARD, Compare(">", 1)))
    assert while_running(Compare(">", 1)) == Compare(">", 1)
    inside = {"x": [Predicate("p"), Regex("x")], "y": Regex(r"(x)\1")}
    assert while_running(inside) == {"x": [WILDCARD, Regex("x")], "y": WILDCARD}
