"""Arrays that the SUT passes and gets: cases 35 to 40 of the acceptance list, where test_out_arguments has them not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import CalloutsFailed, check_callouts, get_trace, init_lang

if TYPE_CHECKING:
    from cmock_py import Mocking


@pytest.mark.parametrize("answer", ["[42, 44]", "[7]", "[]"])
def test_case_37(gauges: Mocking, answer: str) -> None:
    """Case 37: with buffer=True the snippet copies, here each element twice, and is told how many there are."""
    init_lang(f"gauges.get_speeds_twice(2) -> {{{answer}, true}}")
    given = [int(number) for number in answer.strip("[]").split(", ") if number]
    assert gauges.lib.sum_of_twice2(2) == 2 * sum(given) + 8 - 2 * len(given)
    assert check_callouts() is True
    assert get_trace()[0].answer == (given, True)


def test_case_37_untouched(gauges: Mocking) -> None:
    """Case 37: the snippet does not run when the answer leaves the argument untouched."""
    init_lang("gauges.get_speeds_twice(2) -> {_, true}")
    assert gauges.lib.sum_of_twice2(2) == 8


def test_case_40(gauges: Mocking) -> None:
    """Case 40: a buffer is seen as a list, or as bytes, as it was when the call came, though it is wiped out since."""
    init_lang('gauges.show_speeds([1, 2, 3], 3)  gauges.show_letters("abc", 3)')
    gauges.lib.show_and_wipe(3)
    assert check_callouts() is True
    assert [call.args for call in get_trace()] == [([1, 2, 3], 3), (b"abc", 3)]


def test_case_40_by_element(gauges: Mocking) -> None:
    """Case 40: elements may be wildcards; one that differs is named by its index."""
    init_lang("gauges.show_speeds([1, _, 4], 3)  gauges.show_letters(_, 3)")
    gauges.lib.show_and_wipe(3)
    with pytest.raises(CalloutsFailed, match=r"first difference at \[2\]: expected 4, but was 3"):
        check_callouts()


def test_case_40_null(gauges: Mocking) -> None:
    """Case 40: NULL and a list of nothing are two things."""
    init_lang("gauges.show_speeds(NULL, 0)")
    gauges.lib.show_no_speeds()
    assert check_callouts() is True
    init_lang("gauges.show_speeds([], 0)")
    gauges.lib.show_no_speeds()
    with pytest.raises(CalloutsFailed, match=r"speeds=NULL instead of \[\]"):
        check_callouts()
