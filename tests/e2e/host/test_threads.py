"""Callouts from threads and signal handlers of the SUT."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    EVENT,
    SEQ,
    ApiSpec,
    CalloutsFailed,
    ChildStopped,
    Mocking,
    SutCrashed,
    SutError,
    UnexpectedCall,
    start_mocking,
)
from cmock_py.host.arena import COMPLETE, RECORD, TRACE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MS = 1000


@pytest.fixture(scope="module")
def started(device: ApiSpec, here: Path) -> Iterator[Mocking]:
    """The SUT with threads, built and started once."""
    with start_mocking(
        device, headers=[here / "deaths.h", here / "threads.h"], objs=[here / "threads.c"], deadline_s=20
    ) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """The SUT with threads in a fresh child."""
    started.restart()
    return started


def ticks(count: int) -> SEQ:
    """A language of so many equal events."""
    return SEQ([EVENT("dev", "dev_tick", [], 1)] * count)


def wait_for_stop(mocking: Mocking) -> None:
    """Wait until a thread of the SUT has stopped in the background."""
    end = time.monotonic() + 5
    while not mocking._host.child_stopped and time.monotonic() < end:
        time.sleep(0.001)


def test_a_call_from_a_thread_is_recorded(mocking: Mocking) -> None:
    """A callout from another thread is recorded with the number of its thread, and numbers begin anew in each child."""
    for _ in range(2):
        mocking.restart()
        mocking.init_lang("dev.dev_note(1)  dev.dev_note(2)")
        mocking.lib.note_in_thread(1)
        mocking.lib.note_in_thread(2)
        assert [call.thread for call in mocking.get_trace()] == [1, 2]
        assert mocking.check_callouts()


def test_no_call_of_many_threads_is_lost(mocking: Mocking) -> None:
    """Four threads with 20000 calls each leave 80000 records, 20000 of each."""
    mocking.init_lang(ticks(80_000))
    mocking.lib.tick_in_threads(4, 20_000)
    assert mocking.check_callouts()
    records = RECORD.iter_unpack(mocking._host.arena.map[TRACE : TRACE + 80_000 * RECORD.size])
    threads = Counter(thread & ~COMPLETE for _, _, _, thread, _ in records)
    assert threads == {1: 20_000, 2: 20_000, 3: 20_000, 4: 20_000}


def test_one_call_too_many_of_many_threads(mocking: Mocking) -> None:
    """When one of several threads is refused, the others are parked and one cause is raised."""
    mocking.init_lang(ticks(1000))
    with pytest.raises(UnexpectedCall, match=r"dev\.dev_tick") as raised:
        mocking.lib.tick_in_threads(4, 20_000)
    assert raised.value.stop.thread in {1, 2, 3, 4}
    refused = [call for call in mocking.get_trace() if call.event is None]
    assert 1 <= len(refused) <= 4, "each thread is refused once at most"
    assert raised.value.stop.call in {call.index for call in refused}


def test_stop_in_a_thread_while_the_main_thread_waits_for_it(mocking: Mocking) -> None:
    """An unexpected call of a thread that the main thread joins is raised by the call that runs."""
    mocking.init_lang("dev.dev_note(1)")
    mocking.lib.note_in_thread(1)
    with pytest.raises(UnexpectedCall, match=r"thread 2") as raised:
        mocking.lib.note_in_thread(2)
    assert raised.value.stop.thread == 2
    assert raised.value.stop.frames[0].function == "note_later"


def test_stop_in_the_background_while_the_main_thread_works(mocking: Mocking) -> None:
    """A main thread that works on does not hide the stop of another thread, and does not wait for its own end."""
    mocking.init_lang("dev.dev_tick() -> 1")
    begin = time.monotonic()
    with pytest.raises(UnexpectedCall) as raised:
        mocking.lib.note_and_go_on(1, 10_000 * MS)
    assert time.monotonic() - begin < 5
    assert raised.value.stop.thread == 1
    with pytest.raises(ChildStopped):
        mocking.lib.work_for(1)


@pytest.mark.parametrize("delay_us", [0, 50, 1 * MS, 5 * MS])
def test_stop_in_the_background_fails_the_check(mocking: Mocking, delay_us: int) -> None:
    """A background thread that is refused after its caller returned fails the check, whenever it comes."""
    mocking.init_lang("dev.dev_tick() -> 1")
    try:
        mocking.lib.note_in_background(1, delay_us)
    except UnexpectedCall:
        assert delay_us < 5 * MS, "it was still running"
    wait_for_stop(mocking)
    with pytest.raises(CalloutsFailed, match=r"dev\.dev_note"):
        mocking.check_callouts()


def test_stop_in_the_background_is_raised_at_the_next_call(mocking: Mocking) -> None:
    """The first call after a background thread was refused raises that very cause; the ones after it cite it."""
    mocking.init_lang("dev.dev_tick() -> 1")
    mocking.lib.note_in_background(1, 100 * MS)
    wait_for_stop(mocking)
    with pytest.raises(UnexpectedCall, match=r"dev\.dev_note"):
        mocking.lib.work_for(1)
    with pytest.raises(ChildStopped, match=r"dev\.dev_note"):
        mocking.lib.work_for(1)


def note_and_call_on(mocking: Mocking, delay_us: int) -> None:
    """Have a background thread refused after a while, and call until that is raised."""
    mocking.lib.note_in_background(1, delay_us)
    while True:
        mocking.lib.own_pid()


def test_stop_in_the_background_during_calls(mocking: Mocking) -> None:
    """However the stop falls between and into calls of Python, it is reported once, and nothing hangs."""
    for delay_us in range(0, 400, 7):
        mocking.init_lang(SEQ())
        with pytest.raises(SutError) as raised:
            note_and_call_on(mocking, delay_us)
        assert "dev.dev_note(value=1)" in str(raised.value)
        assert mocking._child.cause is not None
        assert mocking._child.cause.stop.reason == "unexpected"


def test_crash_in_the_background(mocking: Mocking) -> None:
    """A crash of a background thread between two calls is no secret: line and thread are told at the next call."""
    mocking.init_lang(SEQ())
    mocking.lib.crash_in_background(50 * MS)
    wait_for_stop(mocking)
    with pytest.raises(SutError, match=r"SIGSEGV.*crash_later"):
        mocking.lib.own_pid()


def test_restart_while_a_thread_works(mocking: Mocking) -> None:
    """Threads of the last child leave nothing in the trace of the next, and cannot stop it."""
    for _ in range(30):
        mocking.init_lang(ticks(1000))
        mocking.lib.tick_in_background(1000, 30)
        mocking.restart()
        assert len(mocking.get_trace()) == 0
        mocking.init_lang(ticks(1))
        mocking.lib.tick_in_threads(1, 1)
        assert mocking.check_callouts()


def test_stop_in_the_background_is_raised_at_the_end(device: ApiSpec, here: Path) -> None:
    """A background thread that was refused, and that nobody has asked about, is raised when the mocking ends."""
    headers = [here / "deaths.h", here / "threads.h"]
    mocking = start_mocking(device, headers=headers, objs=[here / "threads.c"], deadline_s=20)
    mocking.init_lang(SEQ())
    mocking.lib.note_in_background(1, 200 * MS)
    wait_for_stop(mocking)
    with pytest.raises(UnexpectedCall, match=r"dev\.dev_note"), mocking:
        pass
    assert not mocking.running


def tick_until_reentered(mocking: Mocking) -> None:
    """Call a mock in a tight loop, with a timer whose handler calls it too, until one meets the other."""
    for _ in range(100):
        mocking.init_lang(ticks(400_000))
        mocking.lib.tick_under_signals(390_000)


def test_signal_handler_inside_a_mock(mocking: Mocking) -> None:
    """A signal handler that calls a mock while the same thread is inside one is reported; it neither hangs nor harms."""
    with pytest.raises(SutCrashed, match="while the same thread was inside a mock") as raised:
        tick_until_reentered(mocking)
    assert raised.value.stop.reason == "reentered"
    assert "on_alarm" in {frame.function for frame in raised.value.stop.frames}


def test_signal_handler_between_mocks(mocking: Mocking) -> None:
    """A signal handler that calls a mock while none is in progress is a call like any other, allowed or not.

    Signals may fall between the refusal of a call and the stop of its thread, so calls may follow the refused one.
    """
    mocking.init_lang(ticks(400_000))
    with pytest.raises(UnexpectedCall, match=r"dev\.dev_note"):
        mocking.lib.stop_under_signals(3, 3 * MS)
    trace = mocking.get_trace()
    assert len(trace) > 3
    assert {call.function for call in trace if call.event is not None} == {"dev_tick"}
    assert [call.function for call in trace if call.event is None] == ["dev_note"]


def test_signals_after_a_stop(mocking: Mocking) -> None:
    """A timer of the SUT that goes on firing after the stop does not disturb the report or the flush."""
    for _ in range(5):
        mocking.init_lang(ticks(100_000))
        begin = time.monotonic()
        with pytest.raises(UnexpectedCall, match=r"dev\.dev_note"):
            mocking.lib.stop_under_signals(3, 1 * MS)
        assert time.monotonic() - begin < 1, "the stopped thread still serves"
