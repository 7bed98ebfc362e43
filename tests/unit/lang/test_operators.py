"""What is a plain sequence, and what is more."""

from __future__ import annotations

import pytest

from cmock_py.errors import LanguageError
from cmock_py.lang.nodes import Between, Event, Seq, Source
from cmock_py.lang.operators import flatten, unsupported
from cmock_py.lang.parse import parse
from cmock_py.lang.terms import EVENT, SEQ


def test_nested_sequences_are_one_list() -> None:
    """SEQ in SEQ, groups and EMPTY are the events in the order of the text."""
    tree = parse("a() SEQ[b() SEQ[] (c() EMPTY)] EMPTY d()")
    assert [event.function for event in flatten(tree)] == ["a", "b", "c", "d"]


def test_a_single_event_and_nothing_are_lists_too() -> None:
    """A tree need not be a sequence."""
    assert flatten(EVENT("m", "f")) == [EVENT("m", "f")]
    assert flatten(parse("")) == []


def test_what_is_no_plain_sequence_is_refused_by_name() -> None:
    """All operators in the way are named, each with its place."""
    with pytest.raises(LanguageError) as caught:
        flatten(parse("a()\nPAR[b()]\n  c()*", "x.mock"))
    assert str(caught.value).splitlines() == [
        "the language has 2 faults",
        "x.mock:2:1: PAR is not part of a plain sequence",
        "x.mock:3:3: REPLICATE is not part of a plain sequence",
    ]


def test_the_limit_of_nesting_is_exact() -> None:
    """64 levels are fine, 65 are named with the line where it gets too deep; a long sequence is not deep."""
    tree: Seq = SEQ([EVENT("m", "f")] * 10_000)
    for _ in range(63):
        tree = Seq((tree,))
    assert len(flatten(tree)) == 10_000  # 64 levels
    with pytest.raises(LanguageError, match=r"deep\.py:7: the language is nested more than 64 deep"):
        flatten(_deeper(tree))


def _deeper(tree: Seq) -> Seq:
    """Put a tree one level deeper, where the innermost sequence has a line of its own."""
    if isinstance(tree.items[0], Event):
        return Seq((Seq(tree.items, place=Source("deep.py", 7)),))
    inner = tree.items[0]
    assert isinstance(inner, Seq)
    return Seq((_deeper(inner),))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("XALT[a()] XALT(t)[a()] a() | b()", ["XALT", "XALT(t)", "XALT"]),
        ("PAR[a()] PERM[PAR[b()]]", ["PAR", "PERM", "PAR"]),
        ("REPLICATE[a()] OPTIONAL[a()] a(){3} a(){2..5} a()+ a(){..4}", ["REPLICATE", "OPTIONAL", "REPEAT(3)", "REPEAT(2..5)", "AT_LEAST(1)", "AT_MOST(4)"]),
        ("ANY[a()] do x(1)", ["ANY", "do x"]),
        ('let n = 1 lang f() = a()* include "x"', ["let n", "lang f", "REPLICATE", "include"]),
        ("a(?n, 1..64, > 5, in {1, 2}, ...)", ["?n", "range 1..64", "comparison > 5", "in {1, 2}", "..."]),
        ('a(~"x.*", @even, > 0 & < 9, n: ?m)', ['~"x.*"', "@even", "comparison > 0", "comparison < 9", "&", "?m"]),
        ("a() -> each [1, 2] b() -> @real c() -> @f", ["-> each [1, 2]"]),
    ],
    ids=["XALT", "PAR", "repetitions", "ANY", "declarations", "patterns", "more patterns", "answers"],
)  # fmt: skip
def test_everything_unusual_is_named(text: str, names: list[str]) -> None:
    """What goes beyond a plain sequence is named as the text writes it, in its order."""
    assert [name for name, _ in unsupported(parse(text))] == names


def test_what_is_plain_is_not_named() -> None:
    """Values, wildcards, names, named arguments, out values, errno and handles run."""
    text = "s = m.new() SEQ[m.f(s, _, [1, _], {id: {x: 1}}, n: 4, *out = [1], *errno = EINTR) -> {[1], true} EMPTY]"
    assert unsupported(parse(text)) == []


def test_the_place_is_that_of_the_event() -> None:
    """What stands in an event is found at the event."""
    assert unsupported(parse("\n  a.b(?n)", "x.mock")) == [("?n", Source("x.mock", 2, 3))]


def test_a_pattern_inside_a_value_is_found() -> None:
    """Python terms can hide a pattern in a list or a struct; it is found."""
    assert [name for name, _ in unsupported(EVENT("m", "f", [[{"a": Between(1, 2)}]], ([Between(3, 4)], 1)))] == [
        "1..2 inside a value",
        "3..4 inside a value",
    ]
