"""`explain.suggest`: the one hint of a report."""

from __future__ import annotations

from typing import Any

import pytest

from cmock_py.explain.report import Expectation, Missing, Unexpected, Wrong, WrongArgument
from cmock_py.explain.suggest import SEARCHED, hint_for_call, hint_for_differences
from cmock_py.lang.nodes import Event
from cmock_py.trace import Call


def event(function: str, line: int = 0) -> Event:
    """Make an event of module m."""
    return Event("m", function, line=line)


def call(function: str, index: int = 0, *args: Any) -> Call:
    """Make a call of module m."""
    return Call(index, "m", function, ("x", "y")[: len(args)], args, event=index)


@pytest.mark.parametrize(
    ("function", "position", "hint"),
    [
        ("c", 0, "m.c is expected on line 3, after 2 more calls: m.a (line 1), m.b (line 2)"),
        ("d", 0, "m.d is expected on line 4, after 3 more calls: m.a (line 1), m.b (line 2), ..."),
        ("b", 1, None),
        ("a", 2, "m.a is not expected again; its only place is line 1"),
        ("z", 2, "m.z does not occur in this language at all; calls that do not matter go in ANY[ m.z(...) ]"),
    ],
)
def test_hint_says_where_a_call_would_be_right(function: str, position: int, hint: str | None) -> None:
    """Ahead, behind, or nowhere: each has its own sentence."""
    language = [event(name, line) for line, name in enumerate("abcd", 1)]
    assert hint_for_call(call(function), Expectation(language), position) == hint


def test_nearest_of_several_used_places_is_named() -> None:
    """A call that was allowed several times names the last time."""
    language = [event("a", 1), event("a", 2), event("b", 3)]
    assert hint_for_call(call("a"), Expectation(language), 2) == "m.a is not expected again; its last place is line 2"


def test_places_without_line_are_counted() -> None:
    """Terms made without a place in a file have no line to name."""
    language = [event("a"), event("a"), event("b")]
    hint = "m.a is not expected again; the language has it 2 times before this point"
    assert hint_for_call(call("a"), Expectation(language), 2) == hint
    assert hint_for_call(call("b"), Expectation(language), 0) == "m.b is expected, after 2 more calls: m.a twice"


def test_empty_language_gives_no_hint() -> None:
    """There is nothing to point at."""
    assert hint_for_call(call("a"), Expectation([]), 0) is None


def test_hint_claims_only_what_was_searched() -> None:
    """In a long language the sentence says how far was looked."""
    language = [event("a", 1), *[event("b", 2)] * (2 * SEARCHED), event("c", 3)]
    said = f"m.c is not expected within {SEARCHED} calls before or after this point"
    assert hint_for_call(call("c"), Expectation(language), 1) == said
    assert hint_for_call(call("a"), Expectation(language), 1) == (
        f"m.a is not expected within the next {SEARCHED} calls; its only place is line 1"
    )


def wrong(index: int, *pairs: tuple[int, int]) -> Wrong:
    """Make a wrong call whose arguments x, y were expected and actual."""
    arguments = zip(("x", "y"), pairs, strict=False)
    return Wrong(index, index, tuple(WrongArgument(name, *pair) for name, pair in arguments))


def test_same_argument_again_and_again_suggests_a_wildcard() -> None:
    """Three calls that differ in one argument look like an argument that does not matter."""
    calls = [call("f", k, 9) for k in range(3)]
    events = [Event("m", "f", (k,)) for k in range(3)]
    hint = "only x differs, in 3 calls; where its value does not matter, write _"
    assert hint_for_differences([wrong(k, (k, 9)) for k in range(3)], calls, events) == hint
    assert hint_for_differences([wrong(k, (k, 9)) for k in range(2)], calls, events) is None


@pytest.mark.parametrize(
    ("expected", "actual", "hint"),
    [
        ({"port": 80, "fam": 2}, {"port": 81, "fam": 2}, "only x.port differs, in 3 calls; {}, leave it out"),
        ({"ip": [1, 2]}, {"ip": [1, 3]}, "only x.ip[1] differs, in 3 calls; {}, write _ for it"),
        ({"port": 80, "fam": 2}, {"port": 81, "fam": 3}, "only x differs, in 3 calls, at .fam and at .port"),
    ],
)
def test_same_member_again_and_again_is_named(expected: object, actual: object, hint: str) -> None:
    """Of a struct the member that differs is named; the others go on to be compared."""
    calls = [call("f", k, actual) for k in range(3)]
    events = [Event("m", "f", (expected,)) for _ in range(3)]
    every = [Wrong(k, k, (WrongArgument("x", expected, actual),)) for k in range(3)]
    assert hint_for_differences(every, calls, events) == hint.format("where its value does not matter")


def test_missing_calls_need_no_hint() -> None:
    """The table says all that is known."""
    assert hint_for_differences([Missing(0), Unexpected(0)], [call("a")], [event("b")]) is None
