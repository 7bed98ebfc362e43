"""Arguments that are compared while the SUT runs: cases 19 to 23 of the acceptance list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import CalloutsFailed, UnexpectedCall, check_callouts, get_trace, init_lang

if TYPE_CHECKING:
    from cmock_py import Mocking


def test_case_19(gauges: Mocking) -> None:
    """Case 19: with val matched, push(S, 7) where 4 is expected fails at that call, and the report names val."""
    init_lang("stack.push(_, 4)  stack.push(_, 14)")
    with pytest.raises(UnexpectedCall, match=r"unexpected call #1: stack.push\(s=1, val=7\) at .*panel.c") as caught:
        gauges.lib.push_values(7, 1)
    assert "val:  expected 4\n            but was  7" in str(caught.value)
    assert [call.args for call in get_trace()] == [(1, 7)]


def test_case_20(gauges: Mocking) -> None:
    """Case 20: with val matched, push(S, 4) is the call that is expected."""
    init_lang("stack.push(1, 4)")
    gauges.lib.push_values(4, 0)
    assert check_callouts() is True


def test_case_21(gauges: Mocking) -> None:
    """Case 21: with only val matched, a wrong s is found by the check and not by the run."""
    init_lang("stack.push(9, 4)  stack.push(2, 8)")
    gauges.lib.push_values(4, 1)
    with pytest.raises(CalloutsFailed, match=r"s=1 instead of 9 in stack.push, call #1"):
        check_callouts()


def test_case_22(gauges: Mocking) -> None:
    """Case 22: a struct behind a pointer is matched by the members that the event names; its padding plays no part."""
    init_lang("gauges.place({field: 3, other: 0.5}, 2)")
    gauges.lib.place_one(3, 99, 2)
    assert check_callouts() is True
    init_lang("gauges.place({field: 3, field2: 4}, 2)")
    with pytest.raises(UnexpectedCall) as caught:
        gauges.lib.place_one(3, 5, 2)
    assert "first difference at .field2: expected 4, but was 5" in str(caught.value)


def test_case_22_wildcard(gauges: Mocking) -> None:
    """Case 22: what is matched against _ matches, at any depth, and NULL is no struct."""
    init_lang("gauges.place(_, 1)  gauges.place({field: _, field2: 5}, 1)  stack.push(_, _)")
    gauges.lib.place_one(3, 5, 1)
    gauges.lib.place_one(4, 5, 1)
    gauges.lib.push_values(77, 0)
    assert check_callouts() is True
    init_lang("gauges.place({}, 1)")
    with pytest.raises(UnexpectedCall, match="NULL"):
        gauges.lib.place(None, 1)


def test_case_23(gauges: Mocking) -> None:
    """Case 23: a call matches where its arguments do, one event after the other."""
    init_lang("stack.push(_, 1)  gauges.place({field: 2}, _)  stack.push(_, 3)")
    gauges.lib.push_values(1, 0)
    gauges.lib.place_one(2, 0, 0)
    with pytest.raises(UnexpectedCall, match=r"unexpected call #3: stack.push\(s=1, val=1\)"):
        gauges.lib.push_values(1, 0)
