"""Tests of the speed monitor, with its sensor mocked."""

import pytest

from cmock_py import AnswerTooLong, CalloutsFailed, UnexpectedCall, check_callouts, init_lang
from cmock_py.pytest_plugin import mocking_fixture

mocking = mocking_fixture("spec.py", headers=["sensor.h", "monitor.h"], objs=["monitor.c"])


def test_current_speed(mocking):
    """A speed comes through the pointer; without one it is unknown, and the pointer stays untouched."""
    init_lang("sensor.get_curr_speed() -> {42, true}  sensor.get_curr_speed() -> {_, false}")
    assert mocking.lib.current_speed() == 42
    assert mocking.lib.current_speed() == -1
    check_callouts()


def test_average_speed(mocking):
    """The monitor asks for as many speeds as it averages."""
    init_lang("sensor.get_last_speeds(4) -> {[42, 44, 47, 49], true}")
    assert mocking.lib.average_speed(4) == 45
    check_callouts()


def test_too_many_speeds(mocking):
    """A sensor that answered more than it was asked for would overrun the array; the mock says so instead."""
    init_lang("sensor.get_last_speeds(2) -> {[42, 44, 47], true}")
    with pytest.raises(AnswerTooLong, match="3 elements for out argument speeds, but the SUT's buffer takes 2"):
        mocking.lib.average_speed(2)


def test_top_speed(mocking):
    """The number stands in a struct, and the speeds are filled into what it points to."""
    init_lang("sensor.get_last_speeds2(4) -> {[42, 49, 47, 44], true}  sensor.get_last_speeds2(1) -> {_, false}")
    assert mocking.lib.top_speed(4) == 49
    assert mocking.lib.top_speed(1) == -1
    check_callouts()


def test_too_few_asked_for(mocking):
    """The check finds what the run lets pass: another number than expected."""
    init_lang("sensor.get_last_speeds2(4) -> {[42], true}")
    assert mocking.lib.top_speed(3) == 42
    with pytest.raises(CalloutsFailed, match=r"speeds=3 instead of 4 in sensor\.get_last_speeds2"):
        check_callouts()


def test_slow(mocking):
    """At the start value there is no alarm; a silent function needs no event, and its calls are counted."""
    init_lang("")
    assert mocking.lib.watch() is False
    assert mocking.silent.get_curr_speed2.calls == 1
    check_callouts()


@pytest.mark.parametrize(("speed", "alarm"), [(51, "{level: 'w'}"), (75, "{level: 'e', over: 0.5}")])
def test_fast(mocking, speed, alarm):
    """Above the limit an alarm is raised; what the event does not name of it may be anything."""
    mocking.silent.get_curr_speed2.value = speed
    init_lang(f"alarm.raise_alarm({alarm})")
    assert mocking.lib.watch() is True
    check_callouts()


def test_wrong_alarm(mocking):
    """An alarm of another level stops the monitor at the call, with the place in C."""
    mocking.silent.get_curr_speed2.value = 80
    init_lang("alarm.raise_alarm({level: 'w'})")
    with pytest.raises(UnexpectedCall, match=r"first difference at \.level: expected 119, but was 101"):
        mocking.lib.watch()
