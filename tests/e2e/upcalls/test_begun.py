"""Calls that do not wait, threads of the SUT that ask, and who may set a language meanwhile."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import EVENT, SEQ, WILDCARD, ChildStopped, SutError, SutTimeout, UsageError

if TYPE_CHECKING:
    from cmock_py import Mocking


def get(answer: Any, times: int = 1) -> Any:
    """Expect `m.get` some times, answered so."""
    return SEQ(EVENT("m", "get", [WILDCARD], answer) for _ in range(times))


# --- calls that do not wait -----------------------------------------------------------------------------------------


def test_begin_does_not_wait(mocking: Mocking) -> None:
    """The SUT runs on its own, its memory is open meanwhile, and result() waits for the end."""
    call = mocking.begin("spin")
    assert not call.done
    assert "under way" in repr(call)
    mocking.lib.served = 5
    mocking.lib.stop_spinning = 1
    assert call.result() == 5
    assert call.done
    assert call.result() == 5
    assert mocking.lib.twice(2) == 4


def test_answers_are_given_while_waiting(mocking: Mocking) -> None:
    """Nobody answers until Python waits; wait() returns what the predicate gave."""
    asked: list[int] = []
    mocking.init_lang(get(lambda id_: asked.append(id_) or 0, 5))
    call = mocking.begin(mocking.lib.serve, 5)
    time.sleep(0.02)
    assert asked == []
    assert mocking.wait(lambda: asked[1:]) == [1]
    assert call.result() == 5
    assert asked == [0, 1, 2, 3, 4]
    assert mocking.check_callouts()


def test_done_serves_too(mocking: Mocking) -> None:
    """Asking again and again whether it is done is enough to let it go on."""
    mocking.init_lang(get(lambda _: 0, 20))
    call = mocking.begin("serve", 20)
    end = time.monotonic() + 5
    while not call.done:
        assert time.monotonic() < end
    assert call.result() == 20


def test_wait_without_a_call(mocking: Mocking) -> None:
    """The predicate is asked at least once, and often enough."""
    assert mocking.wait(lambda: "yes") == "yes"
    start = time.monotonic()
    assert mocking.wait(lambda: time.monotonic() > start + 0.05)


def test_waiting_in_vain(mocking: Mocking) -> None:
    """The error names what was awaited and what is under way; the SUT goes on."""
    call = mocking.begin("spin")
    with pytest.raises(
        SutTimeout, match=r"waited 0.05 s in vain for .*<lambda>\(\) at .*test_begun.py:\d+.*spin\(\) is still"
    ):
        mocking.wait(lambda: mocking.lib.served == 99, timeout_s=0.05)
    mocking.lib.stop_spinning = 1
    assert call.result() == 0


def test_a_result_that_does_not_come(mocking: Mocking) -> None:
    """After its time the SUT is stopped where it is, as in any call."""
    call = mocking.begin("spin")
    with pytest.raises(SutTimeout, match=r"spin\(\) did not return within 0.1 s") as raised:
        call.result(timeout_s=0.1)
    assert any(frame.function == "spin" for frame in raised.value.stop.frames)
    with pytest.raises(SutTimeout):
        call.result()
    with pytest.raises(ChildStopped):
        mocking.lib.twice(1)


def test_one_call_at_a_time(mocking: Mocking) -> None:
    """Another call, another begin and another language are refused while it runs, each saying what is under way."""
    call = mocking.begin("spin")
    for refused in (lambda: mocking.lib.twice(1), lambda: mocking.begin("twice", 1), lambda: mocking.init_lang("")):
        with pytest.raises(UsageError, match=r"spin\(\) is under way"):
            refused()
    mocking.lib.stop_spinning = 1
    time.sleep(0.1)
    assert mocking.lib.twice(1) == 2  # it is over, and that is noticed
    assert call.result() == 0


def test_within_its_answers_c_can_be_called(mocking: Mocking) -> None:
    """A function that answers the begun call may call C; the main thread waits for it."""
    mocking.init_lang(get(lambda id_: mocking.lib.twice(id_) + 1, 3))
    assert mocking.begin("serve", 3).result() == 3
    assert [call.answer for call in mocking.get_trace()] == [1, 3, 5]


def test_its_exception_is_that_of_the_wait(mocking: Mocking) -> None:
    """What an answer raises comes out of wait(), done or result(), whichever serves it, and again of result()."""

    def fail(_: int) -> int:
        raise LookupError("no such id")

    mocking.init_lang(get(fail))
    call = mocking.begin("serve", 1)
    with pytest.raises(LookupError, match="no such id"):
        mocking.wait(lambda: False)
    with pytest.raises(LookupError):
        call.result()
    assert not mocking.verdict()


def test_an_end_of_the_sut_is_noticed(mocking: Mocking) -> None:
    """An unexpected call or an exit in a begun call is raised by whoever waits."""
    mocking.init_lang("")
    call = mocking.begin("serve", 1)
    with pytest.raises(AssertionError, match="unexpected call"):
        mocking.wait(lambda: False)
    with pytest.raises(AssertionError, match="unexpected call"):
        call.result()
    mocking.init_lang("")
    with pytest.raises(SutError):
        mocking.begin("call_visitor", 1).result()


def test_restart_gives_a_begun_call_up(mocking: Mocking) -> None:
    """A fresh child has no call under way; the old one says what became of it."""
    call = mocking.begin("spin")
    mocking.restart()
    assert mocking.lib.twice(2) == 4
    with pytest.raises(UsageError, match=r"spin\(\) was under way when a fresh test child began"):
        call.result()


def test_what_cannot_be_begun(mocking: Mocking) -> None:
    """Globals and other things are no functions; arguments are checked as ever."""
    with pytest.raises(TypeError, match=r"wait\(\) asks a function again and again, and 5 is none"):
        mocking.wait(5)  # type: ignore[arg-type]
    for wrong in ("served", 5):
        with pytest.raises(TypeError, match="no C function"):
            mocking.begin(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes 1 argument"):
        mocking.begin("serve")
    assert mocking.lib.twice(2) == 4


# --- threads of the SUT ---------------------------------------------------------------------------------------------


def test_threads_are_answered_while_a_call_runs(mocking: Mocking) -> None:
    """Threads ask, and the call that waits for them serves them; each gets the answer to its own question."""
    mocking.init_lang(get(lambda id_: id_ * 100, 8))
    assert mocking.lib.start_and_join(1, 8) == 100 * sum(range(1, 9))
    assert {call.answer for call in mocking.get_trace()} == {100 * id_ for id_ in range(1, 9)}
    assert all(call.answer == 100 * call.args[0] for call in mocking.get_trace())
    assert mocking.check_callouts()


def test_a_thread_is_answered_in_wait(mocking: Mocking) -> None:
    """A thread that asks while no call runs waits until Python does; its function may then call C."""
    mocking.init_lang(get(lambda id_: mocking.lib.twice(id_) + 1))
    mocking.lib.start_thread(21)
    time.sleep(0.02)
    assert mocking.lib.thread_results[0] == 21
    mocking.wait(lambda: mocking.lib.thread_results[0] == 43)
    assert mocking.lib.join_threads() == 43


def test_a_thread_is_answered_in_a_later_call(mocking: Mocking) -> None:
    """Whatever call runs next serves it."""
    mocking.init_lang(get(lambda id_: id_ + 1))
    mocking.lib.start_thread(1)
    assert mocking.lib.join_threads() == 2


def test_a_thread_calls_a_python_function(mocking: Mocking) -> None:
    """A callback may be called by any thread of the SUT, several at once."""
    mocking.lib.set_visitor(lambda id_: id_ * 10)
    for id_ in range(1, 6):
        mocking.lib.start_visiting(id_)
    assert mocking.lib.join_threads() == 150


def test_a_function_for_a_thread_cannot_call_c_while_a_call_runs(mocking: Mocking) -> None:
    """The one thread that could run it is inside a call: a clear error, no deadlock."""
    mocking.init_lang(get(lambda id_: mocking.lib.twice(id_) + 1))
    with pytest.raises(
        UsageError, match=r"twice\(\) cannot be called now: start_and_join\(\) is under way.*another thread"
    ):
        mocking.lib.start_and_join(1, 1)
    with pytest.raises(ChildStopped):
        mocking.lib.twice(1)


def test_an_exception_for_a_thread_stops_the_sut(mocking: Mocking) -> None:
    """It reaches the test through the call that served it; the report names the thread."""

    def fail(_: int) -> int:
        raise LookupError("nothing")

    mocking.init_lang(get(fail))
    with pytest.raises(LookupError, match="nothing"):
        mocking.lib.start_and_join(1, 1)
    verdict = mocking.verdict()
    assert verdict.stop is not None
    assert verdict.stop.thread == 1
    assert "nothing" in verdict.report


def test_a_new_language_waits_for_nobody(mocking: Mocking) -> None:
    """While a thread waits for an answer of the language that is set, another one is refused, with the remedy."""
    mocking.init_lang(get(lambda id_: id_))
    mocking.lib.start_thread(1)
    time.sleep(0.05)
    with pytest.raises(UsageError, match=r"a thread of the SUT waits for the answer of a Python function \(wait"):
        mocking.init_lang("")
    mocking.lib.join_threads()
    mocking.init_lang("")


def test_a_new_language_while_threads_call(mocking: Mocking) -> None:
    """A thread that calls mocks all the time finds one language or the other, never a trace half emptied."""
    language = SEQ([EVENT("m", "scale", [1.0], 1.5)] * 10_000)
    mocking.init_lang(language)
    mocking.lib.start_calling()
    for _ in range(50):
        mocking.init_lang(language)
        mocking.wait(lambda: len(mocking.get_trace()) > 2)
        calls = mocking.get_trace()[:3]
        assert [call.event for call in calls] == [0, 1, 2]
    mocking.lib.stop_spinning = 1
    mocking.lib.join_threads()
    assert all(call.args == (1.0,) and call.answer == 1.5 for call in mocking.get_trace()[:100])


# --- threads of Python ----------------------------------------------------------------------------------------------


def test_a_language_from_another_thread_of_python(mocking: Mocking) -> None:
    """While a call runs, init_lang of another thread is refused at once instead of being set in its middle."""
    errors: list[BaseException] = []

    def other() -> None:
        try:
            mocking.init_lang("")
        except UsageError as error:
            errors.append(error)

    def answer(_: int) -> int:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return 1

    mocking.init_lang(get(answer))
    assert mocking.lib.sum(1) == 1
    assert "init_lang cannot set another language now: sum() is under way" in str(errors[0])
    assert mocking.check_callouts()
