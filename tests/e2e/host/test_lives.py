"""From test to test: pristine memory, nothing leaked, several mockings, several Python threads."""

from __future__ import annotations

import os
import resource
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from cmock_py import SEQ, ApiSpec, Mocking, SutCrashed, SutError, UnexpectedCall, UsageError, start_mocking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LANGUAGE = "dev.dev_note(1)  dev.dev_note(2)"


@pytest.fixture(scope="module")
def started(device: ApiSpec, here: Path) -> Iterator[Mocking]:
    """The mortal SUT, built and started once."""
    with start_mocking(device, headers=[here / "deaths.h"], objs=[here / "deaths.c"], deadline_s=5) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """The mortal SUT in a fresh child."""
    started.restart()
    return started


def test_restart_gives_pristine_memory(mocking: Mocking) -> None:
    """restart() puts globals, statics and the heap back to how the program starts."""
    assert mocking.lib.count() == 41
    mocking.lib.counter = 7
    assert mocking.lib.heap_word(5) == 5
    mocking.restart()
    assert mocking.lib.count() == 41
    assert mocking.lib.heap_word(0) == 0


def test_init_lang_keeps_memory(mocking: Mocking) -> None:
    """init_lang leaves globals, statics and the heap of the SUT alone, and its process."""
    mocking.lib.count()
    mocking.lib.heap_word(5)
    pid = mocking.lib.own_pid()
    mocking.init_lang(LANGUAGE)
    assert mocking.lib.count() == 42
    assert mocking.lib.heap_word(0) == 5
    assert mocking.lib.own_pid() == pid


def test_init_lang_after_a_stop_begins_anew(mocking: Mocking) -> None:
    """After a stop init_lang starts a fresh child, since the old one cannot go on."""
    mocking.lib.count()
    mocking.init_lang(SEQ())
    with pytest.raises(UnexpectedCall):
        mocking.lib.note(1)
    mocking.init_lang(LANGUAGE)
    assert mocking.lib.count() == 41


def test_many_failures_leak_nothing(mocking: Mocking) -> None:
    """A hundred tests, every other one a crash, leave as many descriptors, processes and pages as one."""

    def round_(number: int) -> None:
        mocking.restart()
        mocking.init_lang(LANGUAGE)
        mocking.lib.note(1)
        if number % 2:
            with pytest.raises(SutCrashed):
                mocking.lib.read_null()
        else:
            mocking.lib.note(2)
            assert mocking.check_callouts()

    for number in range(10):
        round_(number)
    descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - not a folder of files
    zygote = mocking._host.pid
    shared, private = pages(mocking), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stays = checker(mocking)
    for number in range(100):
        round_(number)
    assert len(os.listdir("/proc/self/fd")) == descriptors  # noqa: PTH208
    assert mocking._host.pid == zygote
    assert sorted(children(zygote)) == sorted([stays, mocking._host.child])
    assert pages(mocking) <= shared
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - private < 4096, "KiB of Python"


def test_one_process_makes_all_checks(mocking: Mocking) -> None:
    """The process of the first check makes the next ones, after a restart too; whoever wakes it, it checks only when asked."""
    mocking.init_lang(LANGUAGE)
    mocking.lib.note(1)
    assert not mocking.verdict()
    first = checker(mocking)
    os.kill(first, signal.SIGCONT)
    mocking.lib.note(2)
    assert mocking.check_callouts()
    mocking.restart()
    mocking.init_lang(LANGUAGE)
    assert not mocking.verdict()
    assert checker(mocking) == first


def test_a_check_survives_the_death_of_its_process(mocking: Mocking) -> None:
    """When somebody kills the process that waits for checks, the next check starts another one."""
    mocking.init_lang(LANGUAGE)
    assert not mocking.verdict()
    first = checker(mocking)
    os.kill(first, signal.SIGKILL)
    mocking.lib.note(1)
    mocking.lib.note(2)
    assert mocking.check_callouts()
    assert checker(mocking) != first


def checker(mocking: Mocking) -> int:
    """The process that makes the checks."""
    (found,) = set(children(mocking._host.pid)) - {mocking._host.child}
    return found


def pages(mocking: Mocking) -> int:
    """Blocks of shared memory behind the arena and the output."""
    fds = [mocking._host.arena.fd, *(output.fd for output in mocking._host._output.values())]
    return sum(os.fstat(fd).st_blocks for fd in fds)


def children(pid: int) -> list[int]:
    """Processes that a process has forked and that are not reaped."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as found:  # noqa: PTH123 - no file of ours
        return [int(child) for child in found.read().split()]


def test_several_mockings_at_once(mocking: Mocking, device: ApiSpec, here: Path) -> None:
    """Mockings have processes, memory and languages of their own; the stop of one is not that of another."""
    with start_mocking(device, headers=[here / "deaths.h"], objs=[here / "deaths.c"]) as other:
        mocking.init_lang("dev.dev_note(1)")
        other.init_lang("dev.dev_note(2)")
        mocking.lib.note(1)
        other.lib.note(2)
        with pytest.raises(SutCrashed):
            other.lib.read_null()
        assert mocking.lib.count() == 41
        assert mocking.check_callouts()
        assert mocking.lib.own_pid() != other._host.child


def test_calls_from_several_python_threads(mocking: Mocking) -> None:
    """Calls from several threads of Python wait for each other: none is lost, none gets another's result."""
    wrong: list[tuple[int, int]] = []

    def work(number: int) -> None:
        for _ in range(200):
            mocking.lib.count()
            quotient = mocking.lib.divide(number * 7, 7)
            if quotient != number:
                wrong.append((number, quotient))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert mocking.lib.count() == 40 + 800 + 1


def test_a_forked_python_may_not_use_it(mocking: Mocking, is_gone: Callable[[int], bool]) -> None:
    """A process that Python forked is refused, and its end does not end the mocking."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            mocking.lib.count()
        except UsageError as error:
            os.write(write, str(error).encode())
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent shall see it
            os.write(write, repr(error).encode())
        mocking.stop()
        os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    with os.fdopen(read) as told:
        assert "started in another process" in told.read()
    assert mocking.lib.count() == 41


def test_stop_ends_all_processes(device: ApiSpec, here: Path, is_gone: Callable[[int], bool]) -> None:
    """After stop() no process of the mocking runs, though one of them hung; stopping twice is fine."""
    mocking = start_mocking(device, headers=[here / "deaths.h"], objs=[here / "deaths.c"], deadline_s=0.1)
    with pytest.raises(SutError):
        mocking.lib.sleep_forever()
    pids = [mocking._host.pid, mocking._host.child]
    mocking.stop()
    mocking.stop()
    assert all(is_gone(pid) for pid in pids)
