"""`explain.match`: Python compares an event with a call as the check in C does."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from cmock_py.explain.match import answers_differ, differing, same_function
from cmock_py.explain.report import WrongArgument
from cmock_py.lang.nodes import WILDCARD, Event
from cmock_py.lang.patterns import fits
from cmock_py.trace import Call, Truncated


def call(*args: Any, names: tuple[str, ...] = ("a", "b"), answer: Any = None, event: int | None = 0) -> Call:
    """Make a call of ``m.f``."""
    return Call(0, "m", "f", names, args, answer, event)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (4, 4),
        (WILDCARD, None),
        (WILDCARD, Truncated("abc", 9)),
        (0.0, -0.0),
        (math.nan, math.nan),
        (complex(math.nan, -0.0), complex(math.nan, 0.0)),
        ([1, WILDCARD, [math.nan]], [1, "x", [math.nan]]),
        ({"x": WILDCARD, "y": {"z": 2}}, {"x": 1, "y": {"z": 2, "w": 3}, "v": 4}),
        (b"ab", bytearray(b"ab")),
        ("é", b"\xc3\xa9"),
        (b"a", "a"),
        ("ab", "ab"),
        (None, None),
        (True, 1),
    ],
    ids=itertools.count(),
)
def test_value_fits(pattern: object, value: object) -> None:
    """These are equal for the check."""
    assert fits(pattern, value)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (4, 5),
        (4, None),
        (0, None),
        (None, 0),
        (1.0, math.nan),
        ("a", b"b"),
        (b"a", "A"),
        ("a", 97),
        ([1], [1, 2]),
        ([1, 2], [1]),
        ([1], 1),
        ((1,), [1]),
        ({"x": 1}, {"y": 1}),
        ({"x": 1}, [1]),
        ("abc", Truncated("abc", 9)),
        (Truncated("abc", 9), Truncated("abc", 9)),
        (4, Truncated("abc", 9)),
    ],
    ids=itertools.count(),
)
def test_value_does_not_fit(pattern: object, value: object) -> None:
    """These differ for the check; a truncated value equals nothing."""
    assert not fits(pattern, value)


def test_differing_names_each_wrong_argument() -> None:
    """Both values come with the name of the argument, in its order."""
    assert differing(Event("m", "f", (1, "x")), call(2, b"y")) == (
        WrongArgument("a", 1, 2),
        WrongArgument("b", "x", b"y"),
    )


def test_differing_counts_arguments_that_cannot_be_paired() -> None:
    """A different number of arguments is a difference of its own."""
    assert differing(Event("m", "f", (1,)), call(1, 2)) == (WrongArgument("number of arguments", 1, 2),)


def test_argument_without_name_is_numbered() -> None:
    """A call that brings fewer names than values is still told."""
    assert differing(Event("m", "f", (1, 2)), call(1, 3, names=("a",))) == (WrongArgument("argument 2", 2, 3),)


def test_same_function_needs_module_and_name() -> None:
    """Functions of one name in two modules are two functions."""
    assert same_function(Event("m", "f"), call())
    assert not same_function(Event("n", "f"), call())
    assert not same_function(Event("m", "g"), call())


@pytest.mark.parametrize(
    ("expected", "given", "differ"),
    [(1, 1, False), (1, 2, True), (None, 2, False), (([1], WILDCARD), ([1], 5), False), (([1], 4), ([2], 4), True)],
)
def test_answers_are_compared_where_the_event_gives_one(expected: object, given: object, differ: bool) -> None:
    """An event without an answer, or with a wildcard in it, accepts what was answered."""
    assert answers_differ(Event("m", "f", (), expected), call(answer=given)) is differ


def test_refused_call_has_no_answer() -> None:
    """Nothing was answered, so nothing can be answered wrongly."""
    assert not answers_differ(Event("m", "f", (), 1), call(event=None))
