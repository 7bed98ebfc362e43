"""What reports say of choices, of answers, of calls that were refused, and of values with names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    AmbiguousCall,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    Limits,
    TooAmbiguous,
    UnexpectedCall,
    start_mocking,
)
from cmock_py.explain.report import Wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py import Mocking

MATCHED = ApiSpec([
    ApiModule("pin", [
        ApiFunction("put", "int", [ApiArg("int", "x", matched=True), ApiArg("int", "y", matched=True)]),
        ApiFunction("off", args=[ApiArg("int", "x")]),
    ]),
])  # fmt: skip


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Mock functions of which arguments are matched."""
    header = tmp_path_factory.mktemp("matched") / "pin.h"
    header.write_text("#define HIGH 1\nint put(int x, int y);\nvoid off(int x);\n")
    with start_mocking(MATCHED, [header]) as mocking:
        yield mocking


def report(mocking: Mocking) -> str:
    """Fail the check, and take its words."""
    with pytest.raises(CalloutsFailed) as caught:
        mocking.check_callouts()
    return str(caught.value)


def test_an_answer_of_another_line_is_told_beside_a_wrong_argument(mocking: Mocking) -> None:
    """The line that a call is read as may answer otherwise than the call was answered: both answers are shown."""
    mocking.init_lang("""XALT[
      SEQ[ io_open(11) -> 100  io_close(5)  io_close(6) ]
      SEQ[ io_open(22) -> 200  io_close(7)  io_close(8) ]
    ]""")
    assert mocking.lib.io_open(33) == 100
    mocking.lib.io_close(7)
    mocking.lib.io_close(8)
    said = report(mocking)
    assert "   !  #1    io.io_open(mode=33)    3 | io.io_open(22) -> 200   <- argument and answer differ\n" in said
    assert "        answer:  expected 200\n                 but was  100      (0x64 instead of 0xc8)\n" in said
    assert "                 the call was answered by line 2" in said
    difference = mocking.verdict().differences[0]
    assert isinstance(difference, Wrong)
    assert difference.answer is not None
    assert (difference.answer.expected, difference.answer.actual) == (200, 100)
    assert "argument and answer differ" in mocking.to_html()


def test_calls_are_read_by_the_answers_that_names_gave_them(mocking: Mocking) -> None:
    """Of two ways to bind, that with the answers which the calls got is shown, and no call beside another's answer."""
    mocking.init_lang("PAR[\n SEQ[ io_close(?a) io_open(a) -> a ]\n SEQ[ io_close(?b) io_open(b) -> b ]\n]")
    mocking.lib.io_close(2)
    mocking.lib.io_close(1)
    assert mocking.lib.io_open(3) == 2
    assert mocking.lib.io_open(2) == 1
    said = report(mocking)
    assert "   !  #3    io.io_open(mode=3)    2 | io.io_open(a) -> a   <- argument differs\n" in said
    assert "   !  #4    io.io_open(mode=2)    3 | io.io_open(b) -> b   <- argument differs\n" in said
    assert "but was  3      (a is 2)" in said
    assert "but was  2      (b is 1)" in said


@pytest.mark.parametrize("text", ["pin.put(1, 2) -> 0  pin.off(5)", "PAR[ pin.put(1, 2) -> 0  pin.off(5) ]"])
def test_a_check_says_of_a_refused_call_what_the_exception_said(matched: Mocking, text: str) -> None:
    """A matched argument that differs is named by both, with its event; what is left is counted behind it."""
    matched.init_lang(text)
    with pytest.raises(UnexpectedCall) as caught:
        matched.lib.put(1, 3)
    said = report(matched)
    row = "   !  #1    pin.put(x=1, y=3)    1 | pin.put(1, 2) -> 0   <- argument differs\n"
    assert row in str(caught.value)
    assert row in said
    assert "y:  expected 2\n            but was  3" in said
    assert "not expected here" not in said
    assert "            (stopped here)       1 | pin.off(5)\n" in said
    assert isinstance(matched.verdict().differences[0], Wrong)


def test_a_check_says_what_an_ambiguous_call_could_be(mocking: Mocking) -> None:
    """The call was expected, and its answer was unclear: the check shows what it could be, and the remedies."""
    mocking.init_lang("PAR[ SEQ[io_close(?a) io_open(_) -> a]  SEQ[io_close(?b) io_open(_) -> b] ]")
    mocking.lib.io_close(2)
    mocking.lib.io_close(1)
    with pytest.raises(AmbiguousCall) as caught:
        mocking.lib.io_open(3)
    said = report(mocking)
    could_be = str(caught.value).partition("   The call could be either of")[2]
    assert could_be
    assert said.endswith(could_be)
    assert "      #3    io.io_open(mode=3)      | <- nothing tells which event it is\n" in said
    assert "not expected here" not in said
    assert mocking.verdict().differences == ()


def test_a_wrong_argument_in_a_wide_par_is_told_as_such(mocking: Mocking) -> None:
    """A call like none of many events stands for each of them; when that is too much, it is named with its arguments."""
    closed = "\n".join(f"io_close({k})" for k in range(40))
    mocking.init_lang(f"PAR[\n{closed}\n]", limits=Limits(configurations=8))
    mocking.lib.io_close(39)
    with pytest.raises(TooAmbiguous) as caught:
        mocking.lib.io_close(5000)
    unlike = "call #2 has other arguments than all that may come here; the nearest is io.io_close(0)  (line 2)\n"
    assert unlike in str(caught.value)
    said = report(mocking)
    assert "   !  #2    io.io_close(fd=5000)    2 | io.io_close(0)   <- argument differs\n" in said
    for text in (str(caught.value), said):
        assert "fd:  expected 0\n" in text
        assert "but was  5000      (0x1388 instead of 0x0)\n" in text
        assert "declare an argument `matched` that tells them apart" in text
    assert "not expected here" not in said


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("REPEAT(2)[ OPTIONAL[io_close(1)] ]", ["io_close", "io_close"]),
        ("REPEAT(2)[ OPTIONAL[io_close(1)] select_channel(1) ]", ["io_close", "select_channel", "select_channel"]),
    ],
)
def test_rounds_of_what_is_optional_are_used_up(mocking: Mocking, text: str, made: list[str]) -> None:
    """The repetition allows no more rounds, which an optional call inside of it need not have been in."""
    mocking.init_lang(text)
    for name in made:
        getattr(mocking.lib, name)(1)
    with pytest.raises(UnexpectedCall) as caught:
        mocking.lib.io_close(1)
    hint = f"hint: io.io_close is used up: REPEAT(2) on line 1 allows 2 rounds, and call #{len(made)} was in the last"
    assert hint in str(caught.value)
    assert hint in report(mocking)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "io_close(1)\n| io_open(1) -> 2",
            "the other alternative of the XALT on line 1 may come instead; it begins with io.io_open(1) -> 2 (line 2)",
        ),
        (
            "XALT[\nio_close(1)\nSEQ[ io_close(2) io_close(3) ]\nio_open(1) -> 2\nio_close(4)\n]",
            (
                "another alternative of the XALT on line 1 may come instead; "
                "it begins with io.io_close(2) (line 3) or io.io_open(1) -> 2 (line 4), ..."
            ),
        ),
    ],
)
def test_a_choice_that_was_never_entered_is_told_with_its_alternatives(mocking: Mocking, text: str, hint: str) -> None:
    """One alternative stands in the table as missing; that others would do as well is said below."""
    mocking.init_lang(text)
    said = report(mocking)
    assert said.startswith("FAILED  1 expected call was never made: io.io_close(1)\n")
    assert said.endswith(f"   hint: {hint}")


def test_a_choice_that_was_entered_has_no_alternatives_any_more(mocking: Mocking) -> None:
    """Once a call has decided it, what the other alternative has is of no use."""
    mocking.init_lang("XALT[ SEQ[ io_close(1) io_close(2) ]  io_open(1) -> 2 ]")
    mocking.lib.io_close(1)
    assert "alternative" not in report(mocking)


def test_constants_are_shown_as_they_were_written(mocking: Mocking) -> None:
    """The table has the words of the language; where a value differs, its number stands beside them."""
    mocking.init_lang("io_put(LIMIT, READY|READING) -> 0\nio_open(in {READING, 7}) -> LIMIT")
    mocking.lib.io_put(3, 128)
    mocking.lib.io_open(5)
    said = report(mocking)
    assert "io.io_put(fd=3, value=128)    1 | io.io_put(LIMIT, READY|READING) -> 0   <- argument differs\n" in said
    assert "value:  expected READY|READING (129)\n                but was  128      (0x80 instead of 0x81" in said
    assert "    2 | io.io_open(in {READING, 7}) -> LIMIT   <- argument differs\n" in said
    assert "mode:  expected in {READING, 7} (in {1, 7})\n" in said


def test_a_headline_names_a_constant_with_its_number(mocking: Mocking) -> None:
    """So it does of a call that was never made, and of what was expected of a refused one."""
    mocking.init_lang("io_close(LIMIT)")
    mocking.lib.io_close(4)
    assert report(mocking).startswith("FAILED  a call was made with the wrong argument: fd=4 instead of LIMIT (3) in")
    mocking.init_lang("io_close(LIMIT)")
    assert report(mocking).startswith("FAILED  1 expected call was never made: io.io_close(LIMIT)\n")


def test_a_refused_call_is_compared_with_what_was_written(matched: Mocking) -> None:
    """The exception shows constants as the check does."""
    matched.init_lang("pin.put(HIGH, 2) -> 0")
    with pytest.raises(UnexpectedCall) as caught:
        matched.lib.put(4, 2)
    assert "x:  expected HIGH (1)\n          but was  4\n" in str(caught.value)
    assert "        pin.put(HIGH, 2) -> 0  (line 1)" in str(caught.value)


def test_a_check_of_another_language_tells_arguments_and_answer(mocking: Mocking) -> None:
    """Of one call both may differ, and both are told."""
    mocking.init_lang("io_open(_) -> 4  io_open(_) -> 5")
    mocking.lib.io_open(1)
    mocking.lib.io_open(2)
    verdict = mocking.verdict("io_open(1) -> 7  io_open(3) -> 8")
    assert "io.io_open(3) -> 8   <- argument and answer differ\n" in verdict.report
    assert "        answer:  expected 8\n                 but was  5" in verdict.report
    assert "answered by line" not in verdict.report
