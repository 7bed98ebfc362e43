"""The manual's functions with out arguments and arrays: cases 24 to 28, 35, 36, 38, 39 of the acceptance list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    WILDCARD,
    AnswerTooLong,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    LanguageError,
    Mocking,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = Path(__file__).parent / "files"
OUT = ApiArg("int *", "speed", dir="out")
API_SPEC = ApiSpec(
    [
        ApiModule(
            "speeds",
            [
                ApiFunction("get_curr_speed", "bool", [OUT]),
                ApiFunction(
                    "get_last_speeds", "bool", [ApiArg("int", "n"), ApiArg("int *", "speeds", dir="out", buffer="n")]
                ),
                ApiFunction(
                    "get_range", "int", [ApiArg("int *", "low", dir="out"), ApiArg("int *", "high", dir="out")]
                ),
                ApiFunction("read_speed", args=[OUT]),
                ApiFunction(
                    "get_twice", "bool", [ApiArg("int", "n"), ApiArg("int *", "speeds", dir="out", buffer="2 * n")]
                ),
            ],
        )
    ]
)


@pytest.fixture(scope="module")
def started() -> Iterator[Mocking]:
    """Start the SUT of this module once."""
    with start_mocking(API_SPEC, [FILES / "speeds.h", FILES / "trip.h"], [FILES / "trip.c"]) as mocking:
        yield mocking


@pytest.fixture
def lib(started: Mocking) -> Any:
    """Give the SUT's functions, in a fresh child."""
    started.restart()
    return started.lib


def refused(language: Any) -> str:
    """Return what init_lang says about a language with one fault."""
    with pytest.raises(LanguageError) as caught:
        init_lang(language)
    (fault,) = caught.value.faults
    return fault.message


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("speeds.get_curr_speed() -> {42, true}", id="tuple"),
        pytest.param("speeds.get_curr_speed(*speed = 42) -> true", id="at the parameter"),
        pytest.param(EVENT("speeds", "get_curr_speed", [], (42, True)), id="term"),
    ],
)
def test_case_24(lib: Any, language: Any) -> None:
    """Case 24: the SUT finds 42 behind its pointer and true as the result, however the answer is written."""
    init_lang(language)
    assert lib.current() == 42
    assert check_callouts() is True
    assert get_trace()[0].args == ()
    assert get_trace()[0].answer == (42, True)


def test_case_25(lib: Any) -> None:
    """Case 25: an out argument among the arguments of an event is refused, and the message says where it belongs."""
    assert refused("speeds.get_curr_speed(42) -> {42, true}") == (
        "speeds.get_curr_speed takes 0 arguments, but the event lists 1; "
        "out arguments (speed) stand in the answer, not in the list"
    )
    assert refused("speeds.get_curr_speed(speed: 42) -> {42, true}") == (
        "speeds.get_curr_speed: speed is an out argument; write *speed = value, or answer with a tuple"
    )


def test_case_26(lib: Any) -> None:
    """Case 26: outs stand in the order of the spec, the result is last."""
    init_lang("speeds.get_range() -> {1, 2, 3}")
    assert lib.range() == 123
    init_lang("speeds.get_range(*high = 2, *low = 1) -> 3")
    assert lib.range() == 123
    assert check_callouts() is True


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        pytest.param("true", "true", id="no tuple"),
        pytest.param("{42}", "a tuple of 1", id="too short"),
        pytest.param("{42, true, 1}", "a tuple of 3", id="too long"),
    ],
)
def test_case_27(lib: Any, answer: str, given: str) -> None:
    """Case 27: an answer that is no tuple, or one of the wrong size, is refused with the shape that it needs."""
    assert refused(f"speeds.get_curr_speed() -> {answer}") == (
        f"speeds.get_curr_speed needs the answer {{speed, result}}, but the event answers {given}"
    )


@pytest.mark.parametrize("answer", ["{42}", "{42, ok}", "{42, void}"])
def test_case_28(lib: Any, answer: str) -> None:
    """Case 28: a void function with one out answers with its value alone or with ok behind it."""
    init_lang(f"speeds.read_speed() -> {answer}")
    assert lib.read_one() == 42
    assert check_callouts() is True


def test_case_28_with_a_result(lib: Any) -> None:
    """Case 28: a void function cannot answer more than its outs."""
    assert refused("speeds.read_speed() -> {42, 1}") == "speeds.read_speed returns void, but the event answers 1"


def test_case_35(lib: Any) -> None:
    """Case 35: four speeds are written into the SUT's array, and nothing behind them."""
    init_lang("speeds.get_last_speeds(4) -> {[42, 44, 47, 49], true}")
    assert lib.sum_of_last(4) == 42 + 44 + 47 + 49 + 4
    assert check_callouts() is True


def test_case_36(lib: Any) -> None:
    """Case 36: the capacity is computed from the actual arguments of the call, not from those of the event."""
    init_lang("speeds.get_twice(2) -> {[1, 2, 3, 4, 5, 6], true}")
    assert lib.sum_of_twice(3) == 1 + 2 + 3 + 4 + 5 + 6 + 2
    with pytest.raises(CalloutsFailed, match=r"n:  expected 2\n\s+but was  3"):
        check_callouts()


def test_case_38(lib: Any) -> None:
    """Case 38: without buffer= exactly one value is written, and a list is refused."""
    init_lang("speeds.read_speed() -> {7}")
    assert lib.read_one() == 7
    said = refused("speeds.read_speed() -> {[7, 8]}")
    assert said == "speeds.read_speed: speed (int *): [7, 8] is a list, not a whole number"


def test_case_39(lib: Any) -> None:
    """Case 39: a list longer than the capacity stops at the call and writes nothing; a shorter one is a short answer."""
    init_lang("speeds.get_last_speeds(2) -> {[1, 2, 3], true}")
    with pytest.raises(AnswerTooLong, match=r"3 elements.* 2") as caught:
        lib.sum_of_last(2)
    assert (caught.value.stop.argument, caught.value.stop.answered, caught.value.stop.capacity) == ("speeds", 3, 2)
    init_lang("speeds.get_last_speeds(4) -> {[10], true}")
    assert lib.sum_of_last(4) == 10 + 7
    assert check_callouts() is True


def test_a_negative_capacity_is_none(lib: Any) -> None:
    """A capacity that is negative at run time has no room; an empty answer fits even there."""
    init_lang("speeds.get_last_speeds(-1) -> {[], false}")
    assert lib.sum_of_last(-1) == 8
    init_lang("speeds.get_last_speeds(-1) -> {[5], false}")
    with pytest.raises(AnswerTooLong):
        lib.sum_of_last(-1)


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("speeds.read_speed() -> {_}", id="tuple"),
        pytest.param("speeds.read_speed(*speed = _)", id="at the parameter"),
        pytest.param(EVENT("speeds", "read_speed", [], (WILDCARD,)), id="term"),
    ],
)
def test_wildcard_leaves_an_out_untouched(lib: Any, language: Any) -> None:
    """An out answered with _ keeps what the SUT had there."""
    init_lang(language)
    assert lib.read_one() == 5
    assert check_callouts() is True
