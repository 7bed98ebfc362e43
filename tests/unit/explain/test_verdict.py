"""`explain.verdict`: the outcome of the check decides, and explaining only adds words."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from cmock_py.explain import verdict as verdicts
from cmock_py.explain.report import Expectation, Missing, Unexpected, Verdict, Wrong, WrongAnswer, WrongArgument
from cmock_py.explain.running import unexpected_call
from cmock_py.explain.stop import stop_message
from cmock_py.lang.nodes import Event
from cmock_py.trace import Call, Place, Stop


def explain(  # noqa: PLR0917 - as the function of that name
    outcome: str, calls: Any, events: Any, start: int, stop: Stop | None, name: str | None, *, real: int = 0
) -> Verdict:
    """Explain under a plain sequence."""
    return verdicts.explain(outcome, calls, Expectation(events, name=name), start, stop, real=real)


def call(index: int, *args: Any, event: int | None = 0) -> Call:
    """Make a call of ``m.f``."""
    return Call(index, "m", "f", ("x", "y")[: len(args)], args, None, event)


class Broken(list[Any]):
    """A sequence that cannot be decoded."""

    def __getitem__(self, index: object) -> NoReturn:
        msg = f"item {index} is damaged"
        raise ValueError(msg)


@pytest.mark.parametrize("outcome", ["ok", "accepted"])
def test_accepted_calls_give_a_true_verdict(outcome: str) -> None:
    """A verdict is as true as the outcome, and says how many calls it is about."""
    verdict = explain(outcome, [call(0, 1)], [Event("m", "f", (1,))], 0, None, "x.mock")
    assert verdict
    assert verdict.complete
    assert str(verdict) == "OK  1 call, as the language says"


def test_accepting_nothing_is_said() -> None:
    """An empty trace under an empty language has its own words."""
    assert str(explain("ok", [], [], 0, None, None)) == "OK  no call, as the language says"


def test_wrong_argument_is_data() -> None:
    """A failing verdict holds the difference beside the words."""
    verdict = explain("wrong_argument", [call(0, 7)], [Event("m", "f", (4,))], 0, None, "x.mock")
    assert not verdict
    assert verdict.differences == (Wrong(0, 0, (WrongArgument("x", 4, 7),)),)
    assert str(verdict) == verdict.report


def test_stop_fails_the_check_although_all_calls_fit() -> None:
    """What the test swallowed comes back."""
    stop = Stop("abort", (Place("die", "die.c", 3),))
    verdict = explain("accepted", [call(0, 1)], [Event("m", "f", (1,))], 0, stop, "x.mock")
    assert not verdict
    assert verdict.stop is stop
    assert verdict.differences == ()
    assert verdict.report.startswith("FAILED  the SUT called abort() at die.c:3 in die()\n")


def test_function_that_never_returns_was_expected() -> None:
    """Calling the mocked exit as the language says is no failure."""
    verdict = explain("accepted", [call(0, 1)], [Event("m", "f", (1,))], 0, Stop("never_returns", call=0), "x.mock")
    assert verdict
    assert verdict.stop is None


def test_calls_after_a_function_that_never_returns_are_missing() -> None:
    """The SUT ended by itself, so what is still expected is missing."""
    language = [Event("m", "f", (1,)), Event("m", "g")]
    verdict = explain("missing", [call(0, 1)], language, 1, Stop("never_returns", call=0), "x.mock")
    assert verdict.differences == (Missing(1),)


@pytest.mark.parametrize(
    ("outcome", "difference"),
    [
        ("wrong_argument", Wrong(0, 0, ())),
        ("wrong_answer", WrongAnswer(0, 0, None, None)),
        ("not_expected", Unexpected(0)),
    ],
)
def test_outcome_wins_over_values_that_look_equal(outcome: str, difference: object) -> None:
    """The check in C compares bytes; a difference that decoding hides is still a failure, and is told."""
    verdict = explain(outcome, [call(0, 1)], [Event("m", "f", (1,))], 0, None, "x.mock")
    assert not verdict
    assert verdict.differences == (difference,)
    assert verdict.report.startswith("FAILED  ")
    assert "explaining failed" not in verdict.report


def test_incomplete_call_is_told() -> None:
    """A call whose thread died in the stub is neither right nor wrong."""
    verdict = explain("incomplete", [call(0, 1)], [Event("m", "f", (1,))], 0, None, "x.mock")
    assert verdict.report.startswith("FAILED  call #1 was cut short before its arguments were captured\n")


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("not_expected", "call #3 was not expected"),
        ("wrong_argument", "call #3 was made with a wrong argument"),
        ("wrong_answer", "call #3 got another answer than this language says"),
        ("missing", "expected call 3 was never made"),
        ("incomplete", "call #3 was cut short"),
        ("something new", "the calls differ from the language"),
    ],
)
def test_fault_in_explaining_never_replaces_the_failure(outcome: str, words: str) -> None:
    """The plain verdict stands first, and the fault below it."""
    verdict = explain(outcome, Broken([None] * 9), Broken([None] * 9), 2, None, "x.mock")
    assert not verdict
    assert not verdict.complete
    first, _, note = verdict.report.split("\n")
    assert first == f"FAILED  {words}"
    assert note.startswith("(explaining failed: ValueError: item ")


def test_fault_in_explaining_keeps_the_cause_of_a_stop() -> None:
    """A damaged trace does not hide the crash that damaged it."""
    stop = Stop("signal", signal="SIGSEGV", address=0, call=1)
    verdict = explain("not_expected", Broken([None] * 2), Broken([None] * 2), 0, stop, "x.mock")
    assert verdict.report.startswith("FAILED  the SUT crashed: SIGSEGV (invalid memory access) at address 0x0, a NULL")
    assert "(explaining failed: " in verdict.report


def test_fault_in_explaining_never_replaces_a_refused_call() -> None:
    """The message of the exception names the call although nothing else can be decoded."""
    text = unexpected_call(
        call(2, 1, event=None), Broken([None] * 3), Expectation(Broken([None] * 3), name="x.mock"), 2
    )
    assert text.startswith("unexpected call #3: m.f\n\n(explaining failed: ValueError: item ")


def test_fault_in_explaining_never_replaces_a_stop() -> None:
    """The message of the exception says the cause although the trace is damaged."""
    text = stop_message(Stop("abort"), Broken([None]), Expectation(Broken([None]), name="x.mock"), 0)
    assert text.startswith("the SUT called abort()\n\n(explaining failed: ValueError: item 0 is damaged")


def test_unknown_reason_of_a_stop_is_said() -> None:
    """A reason that nobody has words for is named."""
    assert stop_message(Stop("moonlight"), [], Expectation(), 0).startswith("the SUT was stopped: moonlight\n")


def test_cut_list_of_differences_is_not_complete() -> None:
    """A verdict says when it does not list everything."""
    language = [Event("m", "f", (k,)) for k in range(3_000)]
    verdict = explain("missing", [], language, 0, None, "x.mock")
    assert not verdict.complete
    assert verdict.report.startswith("FAILED  3000 expected calls were never made\n")


# --- calls that real functions answered, which are not among the checked ones ----------------------------------------


def test_real_calls_are_counted() -> None:
    """A verdict says of how many calls nothing is said."""
    verdict = explain("ok", [call(3, 1)], [Event("m", "f", (1,))], 0, None, None, real=3)
    assert str(verdict) == "OK  1 call, as the language says; the real function answered 3 more"


def test_differences_are_those_of_the_trace() -> None:
    """Positions among the checked calls become indices in the trace, in the data and in the words."""
    calls = [call(1, 1), call(4, 7), call(6, 9, event=None)]
    verdict = explain("wrong_argument", calls, [Event("m", "f", (1,)), Event("m", "f", (4,))], 1, None, None, real=5)
    assert verdict.differences == (Wrong(4, 1, (WrongArgument("x", 4, 7),)), Unexpected(6))
    lines = verdict.report.splitlines()
    assert [line[:17] for line in lines if "x=7" in line] == ["   !  #5    m.f(x"]
    assert [line.strip() for line in lines if "answered by" in line] == [
        "... 1 call answered by the real function",
        "... 2 calls answered by the real function",
        "... 1 call answered by the real function",
        "... 1 call answered by the real function",
    ]


def test_a_stop_is_at_its_own_call() -> None:
    """The call in progress is found by its index; one that the real function answered is none of the language's."""
    calls = [call(2, 1), call(5, 7, event=None)]
    events = [Event("m", "f", (1,))]
    refused = explain("not_expected", calls, events, 1, Stop("unexpected", call=5), None, real=4)
    assert refused.report.startswith("FAILED  unexpected call #6: m.f(x=7)")
    assert refused.stop == Stop("unexpected", call=5)
    real = explain("ok", calls[:1], events, 0, Stop("too_long", call=4, argument="to"), None, real=4)
    assert real.report.startswith("FAILED  a mocked function: the answer has more elements for out argument to")
