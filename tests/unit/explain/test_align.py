"""`explain.align`: the cheapest alignment, checked against all alignments there are, and its bounds of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmock_py.explain.align import MISSING, UNEXPECTED, WRONG, Alignment, Budget, align
from cmock_py.explain.match import differing, same_function
from cmock_py.explain.report import Difference, Missing, Moved, Unexpected, Wrong, WrongAnswer
from cmock_py.lang.nodes import WILDCARD, Event
from cmock_py.trace import Call

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Item = tuple[str, Any]


class Lazy(Sequence[T], Generic[T]):
    """A long sequence that makes its items when asked, and counts how often."""

    def __init__(self, length: int, make: Callable[[int], T]) -> None:
        """Make item *i* by ``make(i)``."""
        self.length, self.make, self.made = length, make, 0

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        assert isinstance(index, int)
        assert 0 <= index < self.length
        self.made += 1
        return self.make(index)


def calls(*items: Item, refused: bool = False) -> list[Call]:
    """Make a trace of functions with one argument; the last call may be refused."""
    last = len(items) - 1
    return [Call(i, "m", f, ("x",), (x,), event=None if refused and i == last else i) for i, (f, x) in enumerate(items)]


def events(*items: Item) -> list[Event]:
    """Make a language of functions with one argument."""
    return [Event("m", f, (x,), line=i + 1) for i, (f, x) in enumerate(items)]


def every_cost(made: list[Call], asked: list[Event], *, over: bool) -> list[int]:
    """List the costs of all alignments, by plain recursion."""
    if not made:
        return [MISSING * len(asked) if over else 0]
    costs = [UNEXPECTED + cost for cost in every_cost(made[1:], asked, over=over)]
    if asked:
        costs += [MISSING + cost for cost in every_cost(made, asked[1:], over=over)]
        if same_function(asked[0], made[0]) and made[0].event is not None:
            wrong = len(differing(asked[0], made[0]))
            pair = WRONG + wrong if wrong else 0
            costs += [pair + cost for cost in every_cost(made[1:], asked[1:], over=over)]
    return costs


def cost_of(differences: Sequence[Difference]) -> int:
    """Add up what listed differences cost; a moved call was two of them."""
    total = 0
    for difference in differences:
        match difference:
            case Wrong(_, _, arguments):
                total += WRONG + len(arguments)
            case Moved():
                total += UNEXPECTED + MISSING
            case Unexpected() | Missing() | WrongAnswer():
                total += UNEXPECTED
    return total


ITEMS = st.lists(st.tuples(st.sampled_from("fg"), st.integers(0, 2)), max_size=5)


@given(ITEMS, ITEMS, st.booleans(), st.booleans())
def test_cost_is_the_least_of_all_alignments(made: list[Item], asked: list[Item], over: bool, refused: bool) -> None:
    """No other reading of the calls is cheaper, and the listed differences cost what the alignment says."""
    trace, language = calls(*made, refused=refused), events(*asked)
    alignment = align(trace, language, 0, over=over)
    assert alignment.cost == min(every_cost(trace, language, over=over))
    assert cost_of(alignment.differences) == alignment.cost
    assert alignment.complete


@given(ITEMS, ITEMS)
def test_nothing_differs_exactly_when_the_calls_are_the_events(made: list[Item], asked: list[Item]) -> None:
    """The alignment agrees with equality."""
    assert (not align(calls(*made), events(*asked), 0).differences) == (made == asked)


@given(ITEMS, ITEMS)
def test_every_call_and_event_has_its_place(made: list[Item], asked: list[Item]) -> None:
    """What is neither extra nor missing is paired, so both sides have equally many left."""
    found = align(calls(*made), events(*asked), 0).differences
    extra = sum(isinstance(difference, (Unexpected, Moved)) for difference in found)
    unmet = sum(isinstance(difference, (Missing, Moved)) for difference in found)
    assert len(made) - extra == len(asked) - unmet


@given(ITEMS, ITEMS)
def test_windows_never_accept_what_differs(made: list[Item], asked: list[Item]) -> None:
    """Aligning piece by piece may cost more, and never less, than the best."""
    trace, language = calls(*made), events(*asked)
    alignment = align(trace, language, 0, budget=Budget(cells=4_000, decoded=0, windows=(4, 8, 16)))
    assert alignment.cost >= min(every_cost(trace, language, over=True))
    assert (not alignment.differences) == (made == asked)


@pytest.mark.parametrize(
    ("made", "asked", "expected"),
    [
        ("abc", "ac", [Unexpected(1)]),
        ("ac", "abc", [Missing(1)]),
        ("aab", "ab", [Unexpected(1)]),
        ("ab", "aab", [Missing(1)]),
        ("bacd", "acdb", [Moved(0, 3, "early")]),
        ("acdb", "bacd", [Moved(3, 0, "late")]),
        ("xay", "a", [Unexpected(0), Unexpected(2)]),
    ],
)
def test_differences_stand_where_a_reader_sees_them(made: str, asked: str, expected: list[Difference]) -> None:
    """Of equal calls the later is the one too many, and a call in the wrong place is one difference."""
    found = align(calls(*((f, 0) for f in made)), events(*((f, 0) for f in asked)), 0).differences
    assert list(found) == expected


def test_unexpected_and_missing_calls_with_other_arguments_are_not_moved() -> None:
    """Only a call that fits the event can be the same call in the wrong place."""
    found = align(calls(("b", 1), ("a", 0), ("c", 0)), events(("a", 0), ("c", 0), ("b", 2)), 0).differences
    assert found == (Unexpected(0), Missing(2))


def test_wildcard_moves_too() -> None:
    """A pattern that fits any value fits the moved call."""
    language = [*events(("a", 0), ("c", 0)), Event("m", "b", (WILDCARD,))]
    assert align(calls(("b", 1), ("a", 0), ("c", 0)), language, 0).differences == (Moved(0, 2, "early"),)


def test_answers_count_only_when_asked_for() -> None:
    """Under the language that answered, answers cannot differ and are not compared."""
    trace = [Call(0, "m", "f", (), (), answer=1, event=0)]
    language = [Event("m", "f", (), 2)]
    assert align(trace, language, 0).differences == ()
    assert align(trace, language, 0, answers=True).differences == (WrongAnswer(0, 0, 2, 1),)


def test_refused_call_pairs_with_nothing() -> None:
    """A call that got no answer is unexpected even where the language would have a place for it."""
    trace = calls(("a", 0), ("b", 0), refused=True)
    assert align(trace, events(("a", 0), ("b", 0)), 1, over=False).differences == (Unexpected(1),)


def test_events_after_a_stop_are_not_missing() -> None:
    """A SUT that was stopped could not make them."""
    alignment = align(calls(("a", 0)), events(("a", 0), ("b", 0)), 1, over=False)
    assert alignment == Alignment((), 0, 1, 1)


# --- large ----------------------------------------------------------------------------------------------------------

MILLION = 1_000_000


def value(i: int) -> int:
    """Give call *i* of a long run its argument; neighbours differ."""
    return i * 7919 % 1_000_003


def long_trace(length: int, origin: Callable[[int], int]) -> Lazy[Call]:
    """Make a trace whose call *i* is what event ``origin(i)`` asks for."""
    return Lazy(length, lambda i: Call(i, "m", "f", ("x",), (value(origin(i)),), event=i))


def long_language() -> Lazy[Event]:
    """Make a language of a million events."""
    return Lazy(MILLION, lambda i: Event("m", "f", (value(i),), line=i + 1))


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        (long_trace(MILLION - 1, lambda i: i if i < 500 else i + 1), (Missing(500),)),
        (long_trace(MILLION + 1, lambda i: i if i < 501 else i - 1), (Unexpected(501),)),
        (long_trace(MILLION - 900, lambda i: i if i < 500 else i + 900), tuple(map(Missing, range(500, 1400)))),
        (long_trace(MILLION + 900, lambda i: i if i < 500 else i - 900), tuple(map(Unexpected, range(500, 1400)))),
        (long_trace(MILLION - 1, lambda i: i if i < 500 or 600 <= i < 700 else i + 1), (Missing(500),)),
    ],
    ids=["missing", "extra", "block missing", "block extra", "two places"],
)
def test_million_calls_are_aligned_near_the_difference(trace: Lazy[Call], expected: tuple[Difference, ...]) -> None:
    """The difference is found although only a small part is decoded, and the rest is not claimed to fit."""
    language = long_language()
    alignment = align(trace, language, 500)
    assert alignment.differences[: len(expected)] == expected
    assert not alignment.complete
    assert trace.made + language.made < 100_000


def test_two_differences_in_a_long_trace_are_both_found() -> None:
    """Between the differences the calls are paired without a search."""
    trace = long_trace(MILLION - 2, lambda i: i if i < 500 else i + 1 if i < 5_000 else i + 2)
    assert align(trace, long_language(), 500).differences == (Missing(500), Missing(5_001))


@pytest.mark.parametrize("shift", [1, 5_000, None])
def test_hopeless_traces_give_up_in_time(shift: int | None) -> None:
    """When nothing falls into step the first differences are told, and the work stays bounded."""
    trace = Lazy(MILLION, lambda i: Call(i, "m", "g" if shift is None else "f", ("x",), (-i * (shift or 1),), event=i))
    language = long_language()
    alignment = align(trace, language, 1)
    assert alignment.differences
    assert not alignment.complete
    assert trace.made + language.made < 100_000


def test_million_missing_events_are_counted_not_listed() -> None:
    """A trace that ends early leaves a number, and the first of the events."""
    alignment = align(long_trace(10, lambda i: i), long_language(), 10)
    assert len(alignment.differences) + alignment.omitted == MILLION - 10
    assert alignment.differences[:2] == (Missing(10), Missing(11))
    assert len(alignment.differences) <= 1_000


def test_million_unexpected_calls_are_counted_not_listed() -> None:
    """Calls after the end of the language likewise."""
    alignment = align(long_trace(MILLION, lambda i: i), events(("f", 0)), 1)
    assert len(alignment.differences) + alignment.omitted == MILLION - 1
