"""What reports say of choices, of answers, of calls that were refused, and of values with names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import CalloutsFailed
from cmock_py.explain.report import Wrong

if TYPE_CHECKING:
    from cmock_py import Mocking


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
