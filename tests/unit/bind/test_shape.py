"""Events are taken apart by the shape of their function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.bind.shape import ShapeError, shape_answer, shape_args
from cmock_py.lang.nodes import NULL, WILDCARD, Event, Named, OutValue, Rest

if TYPE_CHECKING:
    from cmock_py.mocked import Mocked


Shaped = tuple[tuple[Any, ...], tuple[Any, ...], Any]


def event_of(
    mocked: tuple[Mocked, ...], name: str, args: Any, answer: Any, binds: str | None = None
) -> tuple[Event, Mocked]:
    """Make an event of the function *name*."""
    function = next(function for function in mocked if function.spec.name == name)
    return Event(function.module, name, tuple(args), answer, binds=binds), function


def shaped(
    mocked: tuple[Mocked, ...], name: str, args: Any = (), answer: Any = None, binds: str | None = None
) -> Shaped:
    """Take an event of the function *name* apart: arguments, outs, result."""
    event, function = event_of(mocked, name, args, answer, binds)
    return shape_args(event, function), *shape_answer(event, function)


def test_plain_events(mocked: tuple[Mocked, ...]) -> None:
    """Without outs the arguments and the answer are what the event says."""
    assert shaped(mocked, "push", [1, 2]) == ((1, 2), (), None)
    assert shaped(mocked, "pop", [WILDCARD], 6) == ((WILDCARD,), (), 6)


def test_named_arguments_find_their_place(mocked: tuple[Mocked, ...]) -> None:
    """Named patterns fill the places that the positional ones leave."""
    expected = ((1, 2), (), None)
    assert shaped(mocked, "push", [Named("val", 2), Named("s", 1)]) == expected
    assert shaped(mocked, "push", [1, Named("val", 2)]) == expected


def test_dots_stand_for_all_further_arguments(mocked: tuple[Mocked, ...]) -> None:
    """`f(...)` takes any arguments; some can be given before it, or by name."""
    assert shaped(mocked, "push", [Rest()])[0] == (WILDCARD, WILDCARD)
    assert shaped(mocked, "push", [1, Rest()])[0] == (1, WILDCARD)
    assert shaped(mocked, "push", [Named("val", 2), Rest()])[0] == (WILDCARD, 2)
    assert shaped(mocked, "push", [1, 2, Rest()])[0] == (1, 2)


def test_outs_in_the_answer_or_at_the_parameter(mocked: tuple[Mocked, ...]) -> None:
    """A tuple holds outs and result; ``*speed = 42`` holds the out, and then the answer is the result alone."""
    assert shaped(mocked, "speed", [], (42, 1)) == ((), (42,), 1)
    assert shaped(mocked, "speed", [OutValue("speed", 42)], answer=1) == ((), (42,), 1)
    assert shaped(mocked, "sample", [2], ([1],)) == ((2,), ([1],), None)
    assert shaped(mocked, "sample", [2], ([1], None)) == ((2,), ([1],), None)


def test_a_pointer_may_answer_nothing(mocked: tuple[Mocked, ...]) -> None:
    """NULL is what a pointer may be; an answer that is left out is none, and NULL is no number."""
    assert shaped(mocked, "open", ["x", 1], NULL)[2] is None
    with pytest.raises(
        ShapeError, match=r"io\.open returns void \*, but the event has no answer; write -> value or -> NULL"
    ):
        shaped(mocked, "open", ["x", 1])
    with pytest.raises(ShapeError, match=r"stack\.pop returns int, but the event answers NULL, which is a pointer"):
        shaped(mocked, "pop", [1], NULL)


def test_what_binds_has_no_answer_of_its_own(mocked: tuple[Mocked, ...]) -> None:
    """The result of an event that binds is decided where names are."""
    assert shaped(mocked, "new", [], None, "s") == ((), (), None)


@pytest.mark.parametrize(
    ("name", "args", "answer", "whys"),
    [
        pytest.param("push", [1, 2, 3], None, ["stack.push takes 2 arguments (s, val), but the event lists 3"], id="too many"),
        pytest.param("new", [1], 1, ["stack.new takes 0 arguments, but the event lists 1"], id="too many for none"),
        pytest.param("push", [1, Named("value", 2)], None, ["stack.push has no argument 'value'; did you mean 'val'?"], id="unknown name"),
        pytest.param("push", [1, Named("s", 2)], None, ["stack.push: argument s is given twice"], id="named again"),
        pytest.param("push", [Named("s", 2), Named("s", 2)], None, ["stack.push: argument s is given twice"], id="named twice"),
        pytest.param("speed", [OutValue("sped", 1)], True, ["io.speed has no out argument 'sped'; did you mean 'speed'?"], id="unknown out"),
        pytest.param("push", [1, 2, OutValue("x", 1)], None, ["stack.push has no out argument 'x'"], id="no outs"),
        pytest.param("speed", [], True, ["io.speed needs the answer {speed, result}, but the event answers true"], id="no tuple"),
        pytest.param("pop", [1], (1, 2), ["stack.pop has no out arguments, but the event answers with a tuple of 2"], id="tuple"),
        pytest.param("pop", [1], WILDCARD, ["stack.pop returns int; _ is no value to return"], id="wildcard"),
        pytest.param("pop", [1], None, ["stack.pop returns int, but the event has no answer; write -> value"], id="no answer"),
        pytest.param("push", [1, 2], 3, ["stack.push returns void, but the event answers 3"], id="answer of void"),
        pytest.param("sample", [2], ([1], 3), ["io.sample returns void, but the event answers 3"], id="result of void"),
        pytest.param("pop", [], None, ["stack.pop takes 1 argument (s), but the event lists 0",
                                       "stack.pop returns int, but the event has no answer; write -> value"], id="both wrong"),
    ],
)  # fmt: skip
def test_wrong_shapes(mocked: tuple[Mocked, ...], name: str, args: list[Any], answer: Any, whys: list[str]) -> None:
    """Arguments and answer are both looked at, and each fault says what the function needs."""
    event, function = event_of(mocked, name, args, answer)
    found = []
    for look in (shape_args, shape_answer):
        try:
            look(event, function)
        except ShapeError as error:
            found.append(str(error))
    assert found == whys


@pytest.mark.parametrize("args", [(Rest(), 3), (Rest(), Rest()), (1, Rest(), Named("val", 4), 5)])
def test_only_named_arguments_follow_the_rest(mocked: tuple[Mocked, ...], args: tuple[Any, ...]) -> None:
    """What stands behind ``...`` without a name would be taken for an argument that it is not."""
    with pytest.raises(ShapeError, match=r"push: \.\.\. stands for all further arguments"):
        shaped(mocked, "push", args)
