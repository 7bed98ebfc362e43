"""A SUT that forks, daemonises, closes descriptors and kills its relatives disturbs nobody."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiSpec, CalloutsFailed, Mocking, SutCrashed, SutError, start_mocking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LANGUAGE = "dev.dev_note(1)  dev.dev_note(2)"


@pytest.fixture(scope="module")
def started(device: ApiSpec, here: Path) -> Iterator[Mocking]:
    """The SUT that forks, built and started once."""
    headers = [here / "deaths.h", here / "processes.h"]
    with start_mocking(device, headers=headers, objs=[here / "processes.c"], deadline_s=5) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """The SUT that forks in a fresh child."""
    started.restart()
    started.init_lang(LANGUAGE)
    return started


def assert_works(mocking: Mocking) -> None:
    """Check that calls, mocks and the check are as they should be."""
    mocking.lib.note(1)
    mocking.lib.note(2)
    assert mocking.lib.own_pid() == mocking._host.child
    assert mocking.check_callouts()


def test_calls_of_a_forked_process_are_its_own(mocking: Mocking) -> None:
    """A process that the SUT forks is answered from a copy of the language and leaves no trace."""
    status = mocking.lib.fork_and_note(1)
    assert os.waitstatus_to_exitcode(status) == 7
    assert len(mocking.get_trace()) == 0
    assert_works(mocking)


def test_refused_call_of_a_forked_process(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """A forked process whose call the language does not allow ends and says so; the test child goes on."""
    status = mocking.lib.fork_and_note(9)
    assert os.waitstatus_to_exitcode(status) == 7, "arguments are the check's business"
    mocking.init_lang("dev.dev_tick() -> 1")
    status = mocking.lib.fork_and_note(1)
    assert os.waitstatus_to_exitcode(status) == 122
    assert "a process that the SUT forked called dev.dev_note" in capsys.readouterr().err
    mocking.init_lang(LANGUAGE)
    assert_works(mocking)


@pytest.mark.parametrize("status", [0, 3])
def test_a_forked_process_may_exit(mocking: Mocking, status: int) -> None:
    """exit() in a process that the SUT forked is an ordinary exit with its status."""
    assert os.waitstatus_to_exitcode(mocking.lib.fork_and_exit(status)) == status
    assert_works(mocking)


def test_a_forked_process_may_crash(mocking: Mocking) -> None:
    """A process that the SUT forked dies of its signal as it would without us."""
    assert os.waitstatus_to_exitcode(mocking.lib.fork_and_crash()) == -signal.SIGABRT
    assert_works(mocking)


def test_a_forked_process_that_returns_to_python(mocking: Mocking) -> None:
    """When both processes return from the called function, the result is that of the test child."""
    assert mocking.lib.fork_and_return() == 0
    assert_works(mocking)


def test_processes_left_behind_are_killed(mocking: Mocking, is_gone: Callable[[int], bool]) -> None:
    """What the SUT forked and left, daemons of daemons included, ends with its test child."""
    pids = mocking.new("int[2]")
    assert mocking.lib.fork_daemon(pids) == 8
    left = [mocking.lib.fork_and_stay(), pids[0], pids[1]]
    assert all(os.path.exists(f"/proc/{pid}") for pid in left)  # noqa: PTH110
    mocking.restart()
    assert all(is_gone(pid) for pid in left)
    mocking.init_lang(LANGUAGE)
    assert_works(mocking)


def test_many_processes_left_behind(mocking: Mocking, is_gone: Callable[[int], bool]) -> None:
    """Hundreds of forgotten processes are no more trouble than one."""
    left = [mocking.lib.fork_and_stay() for _ in range(700)]
    mocking.restart()
    assert all(is_gone(pid) for pid in left)


def test_the_test_child_becomes_a_daemon(mocking: Mocking) -> None:
    """A SUT that calls daemon() is gone for its caller: reported, and the next test works."""
    with pytest.raises(SutError) as raised:
        mocking.lib.daemonise()
    assert raised.value.stop.reason in {"died", "exit"}
    mocking.init_lang(LANGUAGE)
    assert_works(mocking)


def test_programs_that_the_sut_runs_inherit_nothing(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """A program started by the SUT gets none of the protocol's descriptors."""
    assert mocking.lib.run_shell("ls -l /proc/self/fd") == 0
    listed = capsys.readouterr().out
    assert "cmock-py stdout" in listed
    assert "arena" not in listed
    assert "eventfd" not in listed
    assert_works(mocking)


def test_closing_all_descriptors(mocking: Mocking) -> None:
    """The daemon's habit of closing every descriptor leaves the protocol alone."""
    assert mocking.lib.close_all() >= 3
    assert_works(mocking)


def test_closing_a_range_of_descriptors(mocking: Mocking) -> None:
    """close_range spares the protocol as close does."""
    assert mocking.lib.close_ours_by_range() == 0
    assert_works(mocking)


def test_closing_descriptors_from(mocking: Mocking) -> None:
    """A call of closefrom spares the protocol as close does."""
    mocking.lib.close_ours_from(3)
    assert_works(mocking)


def test_dup2_onto_the_protocol(mocking: Mocking) -> None:
    """dup2 onto a descriptor of the protocol is refused with EBADF, onto others it works."""
    assert mocking.lib.dup_onto_ours() == 7
    assert_works(mocking)


def test_dup3_onto_the_protocol(mocking: Mocking) -> None:
    """dup3 is refused where dup2 is."""
    assert mocking.lib.dup3_onto_ours() == 7
    assert_works(mocking)


def test_signal_to_the_own_group(mocking: Mocking) -> None:
    """A SUT that signals its process group meets only itself and what it forked."""
    zygote = mocking.lib.parent_pid()
    with pytest.raises(SutCrashed, match="SIGTERM"):
        mocking.lib.signal_group(signal.SIGTERM)
    mocking.init_lang(LANGUAGE)
    assert mocking.lib.parent_pid() == zygote
    assert_works(mocking)


def test_the_sut_kills_the_zygote(mocking: Mocking) -> None:
    """A SUT that kills its parent ends itself; the trace stays, and the next test has a new zygote."""
    mocking.lib.note(1)
    with pytest.raises(SutCrashed, match="SIGKILL"):
        mocking.lib.kill_parent()
    assert [call.args for call in mocking.get_trace()] == [(1,)]
    with pytest.raises(CalloutsFailed, match="SIGKILL"):
        mocking.check_callouts()
    mocking.init_lang(LANGUAGE)
    assert_works(mocking)


def call_on(mocking: Mocking) -> None:
    """Call until something is raised; a killed process may live for a moment."""
    for _ in range(1000):
        mocking.lib.own_pid()


def test_killed_from_outside_between_calls(mocking: Mocking) -> None:
    """A test child that is killed between two calls is noticed at the next."""
    mocking.lib.note(1)
    os.kill(mocking._host.child, signal.SIGKILL)
    with pytest.raises(SutCrashed, match="SIGKILL"):
        call_on(mocking)
    assert [call.args for call in mocking.get_trace()] == [(1,)]
    mocking.init_lang(LANGUAGE)
    assert_works(mocking)


def test_many_deaths_from_outside(mocking: Mocking) -> None:
    """However a kill falls between death notice and fork, the next child is whole."""
    for round_ in range(60):
        mocking.init_lang(LANGUAGE)
        mocking.lib.note(1)
        os.kill(mocking._host.child, signal.SIGKILL)
        if round_ % 2:
            mocking.restart()
        else:
            with pytest.raises(SutCrashed):
                call_on(mocking)
        mocking.init_lang(LANGUAGE)
        mocking.lib.note(1)


def test_free_and_realloc_of_memory_of_python(mocking: Mocking) -> None:
    """free() of a block that Python allocated does nothing, realloc() moves its content to the heap."""
    block = mocking.new("int", 40)
    grown = mocking.lib.grow(block, 1000)
    assert grown[0:4] == [40, 41, 42, 43]
    mocking.lib.free_block(block)
    mocking.lib.free_block(grown)
    mocking.lib.free_block(None)
    assert block[0] == 40
    assert_works(mocking)
