"""Patterns become conditions: what is left for the payload, and what can never be is a fault with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.bind.machine import Stepped
from cmock_py.bind.tables import Tables, bind
from cmock_py.errors import LanguageError
from cmock_py.lang.constants import Constants
from cmock_py.lang.nodes import (
    WILDCARD,
    Between,
    Bind,
    Bits,
    Both,
    Compare,
    Event,
    Name,
    Named,
    OneOf,
    Predicate,
    Regex,
    Seq,
)
from cmock_py.trace import Enumerator

if TYPE_CHECKING:
    from cmock_py.mocked import Mocked

CONSTANTS = {"RED": 0, "GREEN": 5, "BLUE": -1, "BIG": 300}


def bound(mocked: tuple[Mocked, ...], *events: Event, **functions: Any) -> Tables:
    """Bind events in sequence."""
    return bind(Seq(events), mocked, Constants(CONSTANTS, lambda _: {"LIMIT": 64}), python=functions)


def push(*args: Any) -> Event:
    """An event of stack.push(s, val)."""
    return Event("stack", "push", args, source="stack.mock", line=7)


def faults(mocked: tuple[Mocked, ...], *events: Event, **functions: Any) -> list[str]:
    """The faults of a language."""
    with pytest.raises(LanguageError) as caught:
        bound(mocked, *events, **functions)
    return [str(fault) for fault in caught.value.faults]


def test_plain_events_have_no_machine(mocked: tuple[Mocked, ...]) -> None:
    """Values, wildcards and == of a value are of the payload alone; one condition makes a machine."""
    assert bound(mocked, push(1, 2), push(WILDCARD, Compare("==", 4))).machine is None
    assert bound(mocked, push(1, Compare(">", 4))).machine is not None


def test_patterns_are_shown_with_their_values(mocked: tuple[Mocked, ...]) -> None:
    """An expected event shows patterns with names resolved: enumerators by name, what is bound as it is called."""
    tables = bound(
        mocked,
        push(Bind("n"), Compare("<=", Name("LIMIT"))),
        push(Name("n"), Both((Compare("!=", 3), OneOf((1, Name("BIG")))))),
        Event("io", "paint", (Compare("!=", Name("RED")), Between("a", "f")), 5),
        Event("io", "paint", (Compare(">=", Name("RED")), WILDCARD), Name("RED")),
    )
    assert [tables.expected(index).args for index in range(4)] == [
        (Bind("n"), Compare("<=", 64)),
        (Name("n"), Both((Compare("!=", 3), OneOf((1, 300))))),
        (Compare("!=", Enumerator("RED")), Between(97, 102)),
        (Compare(">=", Enumerator("RED")), WILDCARD),
    ]


def test_named_patterns(mocked: tuple[Mocked, ...]) -> None:
    """A pattern can be given by the name of its parameter."""
    tables = bound(mocked, push(Named("val", Compare(">", 4)), Named("s", Bind("n"))))
    assert tables.expected(0).args == (Bind("n"), Compare(">", 4))


def test_equal_questions_are_asked_once(mocked: tuple[Mocked, ...]) -> None:
    """Python is asked once for one function, argument and regular expression."""

    def is_even(number: int) -> bool:
        return number % 2 == 0

    tables = bound(
        mocked,
        push(is_even, Predicate("even")),
        push(WILDCARD, is_even),
        Event("io", "open", (Regex(r"(a)\1"), 1), 1),
        Event("io", "open", (Regex(r"(a)\1"), 2), 1),
        Event("io", "open", (Regex("^a"), 2), 1),
        even=is_even,
    )
    assert [(asked.text, asked.field) for asked in tables.questions] == [
        ("@is_even", 0),
        ("@even", 1),
        (r'~"(a)\1"', 0),
    ]
    test = tables.questions[2].test
    assert isinstance(test, re.Pattern)
    assert test.search("baab") is not None


def test_a_texts_of_a_set_are_captured_whole(mocked: tuple[Mocked, ...]) -> None:
    """As much is captured of a string as the longest one that is asked for."""
    long = "x" * 9000
    assert bound(mocked, Event("io", "open", (OneOf(("a", long)), 1), 1)).longest >= len(long)
    assert bound(mocked, Event("io", "open", (Compare("!=", long), 1), 1)).longest >= len(long)


def test_arguments_come_before_bound_answers(mocked: tuple[Mocked, ...]) -> None:
    """A function whose answers hold bound values is captured before it is answered, and so is what binds them."""
    tables = bound(mocked, push(Bind("n"), 1), Event("stack", "pop", (1,), Name("n")))
    assert tables.machine is not None
    flags = tables.machine.tables["flags"]
    captured = {mocked[number].name for number in range(len(mocked)) if flags[number] & Stepped.CAPTURE_FIRST}
    assert captured == {"stack.push", "stack.pop"}
    assert tables.expected(1).answer == Name("n")


FAULTS: list[tuple[Any, str]] = [
    (
        push(1, Compare("<", -(1 << 31))),
        "val (int): < -2147483648 can never be: the type holds -2147483648..2147483647",
    ),
    (push(1, Compare(">", 1 << 31)), "val (int): > 2147483648 can never be: the type holds"),
    (push(1, Between(5, 3)), "val (int): no number can be all that is asked, of which 5..3 is the last"),
    (push(1, OneOf((1, 1 << 40))), "val (int): 1099511627776 is outside -2147483648..2147483647"),
    (push(1, Compare("!=", 1 << 40)), "val (int): 1099511627776 is outside"),
    (push(1, OneOf(())), "val (int): in {} has no value, so nothing can be in it"),
    (push(1, OneOf((1, Between(3, 5)))), "in {...} lists values, and 3..5 is none"),
    (push(1, Compare(">", 0.5)), "val (int): 0.5 is a float, not a whole number"),
    (push(1, Compare(">", "x")), "val (int): 'x' is a str, not a whole number"),
    (push(1, Compare(">", None)), "val (int): None is a NoneType, not a whole number"),
    (push(1, Bits(1 << 32, 0)), "val (int): 4294967296 has bits beyond the 32 that there are"),
    (push(1, Bits(0xF0, 0x0F)), "val (int): the bits 0xf can never be set under the mask 0xf0"),
    (push(1, Regex("a")), 'val (int): ~"a" looks at text, and this is none'),
    (push(1, [Compare(">", 1)]), "val (int): [> 1] is an array, and this is a number"),
    (push(1, {"x": Compare(">", 1)}), "val (int): {x: > 1} is a struct, and this is a number"),
    (push(Bind("n"), Bind("n")), "?n is there twice in one call"),
    (push(1, Both((0x10, 3))), "val (int): no value is both 16 and 3; a test of bits says what they shall be"),
    (push(1, Compare(">", Name("LIMT"))), "the name 'LIMT' is neither bound"),
    (push(1, Predicate("evn")), "no Python function is named 'evn'; did you mean 'even'?"),
    (Event("io", "open", (Compare("<", "x"), 1), 1), 'name (const char *): < "x" compares numbers, and this is text'),
    (Event("io", "open", ([Compare("<", 3)], 1), 1), "patterns cannot look inside this argument"),
    (Event("io", "mix", (Bits(1, 1), 0, 0), 0.5), "x (double): only whole numbers have bits to test"),
]


@pytest.mark.parametrize(("event", "text"), FAULTS, ids=[text[:50] for _, text in FAULTS])
def test_faults(mocked: tuple[Mocked, ...], event: Event, text: str) -> None:
    """What no call can meet, or the type cannot be asked, is a fault of the event."""
    told = faults(mocked, event, even=bool)
    assert text in "\n".join(told)
    assert len(told) == 1


def test_faults_have_a_place_and_come_together(mocked: tuple[Mocked, ...]) -> None:
    """All faults of all arguments are told at once, each with the line of its event."""
    told = faults(mocked, push(Compare("<", 0.5), Regex("x")), push(1, OneOf(())))
    assert len(told) == 3
    assert all("stack.mock:7" in fault for fault in told)


def test_a_condition_that_is_always_true_is_none(mocked: tuple[Mocked, ...]) -> None:
    """`>= 0` of an unsigned number and `..1000` of a byte say nothing, and are no fault."""
    tables = bound(mocked, Event("io", "open", (WILDCARD, Between(0, 1000)), 1))
    assert tables.machine is None
    assert tables.expected(0).args == (WILDCARD, WILDCARD)
