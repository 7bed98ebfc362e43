"""Functions that answer always and are never checked: cases 46 to 52 of the acceptance list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    AnswerTooLong,
    ArgumentValueError,
    LanguageError,
    SutCrashed,
    UnexpectedCall,
    UnknownNameError,
    check_callouts,
    get_trace,
    init_lang,
)

if TYPE_CHECKING:
    from cmock_py import Mocking


def test_case_46(gauges: Mocking) -> None:
    """Case 46: get_curr_speed2 answers 17, as often as it is called, from Python and from C."""
    init_lang("gauges.f(23)")
    assert [gauges.lib.get_curr_speed2() for _ in range(3)] == [17, 17, 17]
    gauges.lib.call_f(23, 0, 0)
    assert gauges.lib.current2() == 17
    assert check_callouts() is True


def test_case_47(gauges: Mocking) -> None:
    """Case 47: it is callable without a language, and without moving one."""
    assert gauges.lib.get_curr_speed2() == 17
    init_lang("stack.push(1, 4)  stack.push(2, 8)")
    gauges.lib.current2()
    gauges.lib.push_values(4, 1)
    gauges.lib.current2()
    assert check_callouts() is True


def test_case_48(gauges: Mocking) -> None:
    """Case 48: its calls are not in the trace, but they are counted."""
    init_lang("stack.push(1, 4)")
    gauges.lib.current2()
    gauges.lib.push_values(4, 0)
    gauges.lib.current2()
    assert [call.function for call in get_trace()] == ["push"]
    assert (gauges.silent.get_curr_speed2.calls, gauges.silent.tick.calls) == (2, 0)


def test_case_49(gauges: Mocking) -> None:
    """Case 49: what it returns is set by an attribute, or by the original's set-function."""
    gauges.silent.get_curr_speed2.value = 20
    assert (gauges.lib.current2(), gauges.silent.get_curr_speed2.value) == (20, 20)
    gauges.lib.set_get_curr_speed2_return(21)
    assert (gauges.lib.current2(), gauges.silent.get_curr_speed2.value) == (21, 21)


def test_case_50(gauges: Mocking) -> None:
    """Case 50: each out argument starts at its default_val, or untouched, and has a setter of its own."""
    assert gauges.lib.limits() == 100 + 18
    gauges.silent.get_limits.low = 2
    assert gauges.lib.limits() == 200 + 18
    gauges.lib.set_get_limits_high(30)
    assert gauges.lib.limits() == 200 + 30
    gauges.silent.get_limits.low = None
    assert gauges.lib.limits() == 100 + 30
    assert (gauges.silent.get_limits.low, gauges.silent.get_limits.high) == (None, 30)


def test_case_50_null(gauges: Mocking) -> None:
    """Case 50: NULL for an out argument that the SUT does not want is passed over."""
    gauges.silent.get_limits.low = 2
    assert gauges.lib.upper_limit() == 18


def test_case_50_buffers(gauges: Mocking) -> None:
    """Case 50: a buffer is set like an answer, and stops the call when the SUT has less room."""
    assert gauges.lib.initial() == ord("A")
    gauges.silent.get_names.name = b"Bert"
    assert (gauges.lib.initial(), gauges.silent.get_names.name) == (ord("B"), b"Bert")
    gauges.silent.get_names.name = b"Christine"
    with pytest.raises(AnswerTooLong, match=r"9 elements for out argument name.* 8") as caught:
        gauges.lib.initial()
    assert (caught.value.stop.argument, caught.value.stop.answered, caught.value.stop.capacity) == ("name", 9, 8)


def test_case_51(gauges: Mocking) -> None:
    """Case 51: a start value is any C expression: macros of the headers, calls of functions."""
    assert gauges.lib.count_speeds() == 3 * 17
    assert gauges.silent.count_speeds.value == 51


@pytest.mark.parametrize("event", ["silent.get_curr_speed2() -> 3", "silent.tick()", "gauges.f(1) silent.get_names(1)"])
@pytest.mark.usefixtures("gauges")
def test_case_52(event: str) -> None:
    """Case 52: an event of a silent function is refused, and told how to set its value."""
    with pytest.raises(LanguageError, match="is silent"):
        init_lang(event)


# --- how long values last -------------------------------------------------------------------------------------------


def test_values_survive_init_lang(gauges: Mocking) -> None:
    """init_lang keeps what a test has set, also when it starts a fresh child after a crash."""
    gauges.silent.get_curr_speed2.value = 20
    gauges.silent.get_names.name = b"Zoe"
    init_lang("gauges.f(1)")
    assert gauges.lib.current2() == 20
    with pytest.raises(SutCrashed):
        gauges.lib.f(gauges.cast("ComplexType", 8))
    init_lang("gauges.f(1)")
    assert (gauges.lib.current2(), gauges.lib.initial()) == (20, ord("Z"))


def test_values_survive_an_unexpected_call(gauges: Mocking) -> None:
    """A value that is set while the SUT is stopped holds in the next child, as those before do."""
    gauges.silent.get_limits.high = 9
    init_lang("gauges.f(1)")
    with pytest.raises(UnexpectedCall):
        gauges.lib.call_g(1, 2)
    init_lang("gauges.f(1)")
    assert gauges.lib.limits() == 109


def test_restart_forgets_values(gauges: Mocking) -> None:
    """restart() gives start values again, and counts from 0."""
    gauges.silent.get_curr_speed2.value = 20
    gauges.lib.current2()
    gauges.restart()
    assert gauges.silent.get_curr_speed2.calls == 0
    assert gauges.lib.current2() == 17


def test_reset(gauges: Mocking) -> None:
    """reset() of one function leaves the others alone; reset_silent() resets all of them."""
    gauges.silent.get_curr_speed2.value = 20
    gauges.silent.get_limits.high = 9
    gauges.silent.get_limits.value = False
    gauges.lib.limits()
    gauges.silent.get_limits.reset()
    assert (gauges.lib.limits(), gauges.silent.get_limits.calls, gauges.silent.get_limits.value) == (118, 1, True)
    assert gauges.lib.current2() == 20
    gauges.reset_silent()
    assert (gauges.lib.current2(), gauges.silent.get_limits.calls) == (17, 0)


def test_a_reset_value_stays_reset_in_the_next_child(gauges: Mocking) -> None:
    """What was reset is not set again when a crash brings a fresh child."""
    gauges.silent.get_curr_speed2.value = 20
    gauges.silent.get_curr_speed2.reset()
    init_lang("gauges.f(1)")
    with pytest.raises(UnexpectedCall):
        gauges.lib.call_g(1, 2)
    init_lang("gauges.f(1)")
    assert gauges.lib.current2() == 17


# --- what does not fit ----------------------------------------------------------------------------------------------


def test_values_that_do_not_fit(gauges: Mocking) -> None:
    """A value of the wrong kind or size is refused with function and type, and the old one stays."""
    with pytest.raises(ArgumentValueError, match=r"silent.get_curr_speed2: result \(int\): 'x' is a str"):
        gauges.silent.get_curr_speed2.value = "x"
    with pytest.raises(ArgumentValueError, match=r"silent.get_limits: low \(int \*\): 2147483648 is outside"):
        gauges.silent.get_limits.low = 1 << 31
    assert gauges.lib.current2() == 17


def test_names_that_are_not_there(gauges: Mocking) -> None:
    """A wrong name of a function or an out argument is told with the nearest right one."""
    with pytest.raises(UnknownNameError, match="did you mean 'get_curr_speed2'"):
        _ = gauges.silent.get_curr_speed
    with pytest.raises(UnknownNameError, match="did you mean 'high'"):
        gauges.silent.get_limits.hihg = 4
    with pytest.raises(UnknownNameError, match="tick returns void"):
        gauges.silent.tick.value = 4
    with pytest.raises(UnknownNameError):
        gauges.lib.set_tick_return(4)
