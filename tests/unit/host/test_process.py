"""The host's processes, with a real host that has no mocks and no SUT but libc."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py._resources import runtime_dir
from cmock_py.errors import PlatformError
from cmock_py.host.arena import MAILBOX, Outcome, Reason, Request, State
from cmock_py.host.process import Doorbells, Host, Output

if TYPE_CHECKING:
    from collections.abc import Iterator

EMPTY = """
#include "cmk.h"
const struct cmk_function cmk_functions[] = { { "", 0, 0, 0, 0, 0, 0 } };
const unsigned long cmk_function_count = 0;
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runtime, linked without stubs."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "empty.c").write_text(EMPTY, encoding="utf-8")
    sources = [str(folder / "empty.c"), *map(str, sorted(runtime_dir().glob("*.c")))]
    flags = ["-std=c11", "-D_GNU_SOURCE", "-no-pie", "-fno-pie", f"-I{runtime_dir()}"]
    subprocess.run(["gcc", *flags, *sources, "-lpthread", "-ldl", "-o", str(folder / "host")], check=True)
    return folder / "host"


@pytest.fixture
def host(program: Path) -> Iterator[Host]:
    """A running host with a fresh child."""
    running = Host(program)
    running.fork()
    yield running
    running.close()


def call(host: Host, name: str, *args: int, timeout_s: float = 5.0) -> State | None:
    """Call a function of libc by name."""
    host.arena.set_text(name)
    assert host.ask(Request.RESOLVE, 5) == State.DONE
    host.arena.map[MAILBOX + 8 : MAILBOX + 56] = bytes(48)
    registers = struct.pack("<6Q", *args, *[0] * (6 - len(args)))
    host.arena.map[MAILBOX + 56 : MAILBOX + 56 + len(registers)] = registers
    return host.ask(Request.INVOKE, timeout_s)


def result(host: Host) -> int:
    """The integer that the last call returned."""
    return int.from_bytes(host.arena.map[MAILBOX + 24 : MAILBOX + 32], "little")


def test_call(host: Host) -> None:
    """A request is answered by the child, and the words tell who it is."""
    assert call(host, "getpid") == State.DONE
    assert result(host) == host.child
    assert host.is_ready


def test_fork_gives_another_child(host: Host) -> None:
    """Each fork is a new generation with a new process; the last one is gone."""
    first, generation = host.child, host.generation
    host.fork()
    assert host.child != first
    assert host.generation == generation + 1
    assert not Path(f"/proc/{first}").exists()


def test_crash(host: Host) -> None:
    """A child that crashes is stopped, not dead; it can be asked to flush, and to nothing else."""
    assert call(host, "strlen", 0) == State.STOPPED
    assert (host.word("reason"), host.word("signal")) == (Reason.SIGNAL, signal.SIGSEGV)
    assert host.child
    assert host.child_stopped
    assert not host.is_ready
    assert host.flush()
    assert host.ask(Request.INVOKE, 5) == State.STOPPED
    host.fork()
    assert host.is_ready
    assert host.word("reason") == Reason.NO_STOP


def test_death(host: Host) -> None:
    """A child that ends without a word is IDLE, with its wait status."""
    assert call(host, "_exit", 3) == State.IDLE
    assert host.child == 0
    assert os.waitstatus_to_exitcode(host.word("child_status")) == 3
    assert not host.flush()
    assert not host.interrupt()
    host.fork()
    assert call(host, "getpid") == State.DONE


def test_deadline(host: Host) -> None:
    """A call that takes too long is None; an interrupt stops it where it is."""
    begin = time.monotonic()
    assert call(host, "pause", timeout_s=0.1) is None
    assert time.monotonic() - begin < 1
    assert host.interrupt()
    assert host.word("reason") == Reason.TIMEOUT


def test_rings_of_the_past_answer_nothing(host: Host) -> None:
    """However often a bell was rung for nothing, a call waits for its own answer."""
    for bell in (host._from_child, host._from_zygote):
        os.eventfd_write(bell, 5)
    begin = time.monotonic()
    assert call(host, "usleep", 50_000) == State.DONE
    assert time.monotonic() - begin >= 0.05
    os.eventfd_write(host._from_child, 5)
    os.eventfd_write(host._from_zygote, 5)
    host.fork()
    assert call(host, "getpid") == State.DONE
    assert result(host) == host.child


def test_interrupted_wait_for_a_check(host: Host) -> None:
    """A check that Ctrl-C kept us from awaiting does not answer for the next one."""
    os.kill(host.pid, signal.SIGSTOP)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            host.run_check()
    finally:
        signal.signal(signal.SIGALRM, before)
    os.kill(host.pid, signal.SIGCONT)
    host.set_word("check", 0, 3, 0, 0)
    host.set_word("verdict", 99)
    assert host.run_check() == 0
    assert host.word("verdict") == Outcome.MISSING


def test_damaged_trace(host: Host) -> None:
    """A check of a trace that nobody can have written ends with a status, and the child does not notice."""
    host.set_word("trace_calls", 3)
    assert os.waitstatus_to_exitcode(host.run_check()) == 113
    assert host.is_ready
    assert call(host, "getpid") == State.DONE


def test_zygote_is_killed(host: Host) -> None:
    """A zygote that was killed takes its child along; the next fork starts another."""
    zygote = host.pid
    os.kill(zygote, signal.SIGKILL)
    assert call_until_dead(host) == State.IDLE
    assert os.waitstatus_to_exitcode(host.word("child_status")) == -signal.SIGKILL
    host.fork()
    assert host.pid != zygote
    assert call(host, "getpid") == State.DONE


def call_until_dead(host: Host) -> State | None:
    """Ask until the child is gone."""
    end = time.monotonic() + 5
    state: State | None = State.DONE
    while state == State.DONE and time.monotonic() < end:
        state = host.ask(Request.FLUSH, 5)
    return state


def test_check_after_the_zygote_was_killed(host: Host) -> None:
    """A check does not need the zygote that ran the child."""
    os.kill(host.pid, signal.SIGKILL)
    host.set_word("check", 0, 0, 0, 0)
    assert host.run_check() == 0
    assert host.word("verdict") == Outcome.ACCEPTED


def test_memory_of_the_child(host: Host) -> None:
    """The descriptor of the child's memory follows the child."""
    fd = host.memory_fd()
    assert host.memory_fd() == fd
    host.arena.set_text("environ")
    host.ask(Request.RESOLVE, 5)
    address = int.from_bytes(host.arena.map[MAILBOX : MAILBOX + 8], "little")
    assert len(os.pread(fd, 8, address)) == 8
    host.kill()
    assert host.memory_fd() == -1


def test_close_twice(program: Path) -> None:
    """Closing ends both processes and gives every descriptor back; twice is once."""
    before = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208 - not a folder of files
    running = Host(program)
    running.fork()
    pids = [running.pid, running.child]
    running.memory_fd()
    running.close()
    running.close()
    assert sorted(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_no_program(tmp_path: Path) -> None:
    """A program that cannot be run is named with the reason and the next step, and nothing is left open."""
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    (tmp_path / "host").write_text("no program", encoding="utf-8")
    with pytest.raises(PlatformError, match=r"cannot be run: Permission denied.*CMOCK_PY_CACHE_DIR"):
        Host(tmp_path / "host")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_doorbells_prefer_the_first() -> None:
    """Of several bells that were rung the first counts; none in time is None."""
    first, second = os.eventfd(0), os.eventfd(0)
    bells = Doorbells(first, second)
    assert bells.wait(0) is None
    os.eventfd_write(second, 1)
    assert bells.wait(None) == second
    os.eventfd_write(first, 1)
    assert bells.wait(1) == first
    os.close(first)
    os.close(second)


def test_output(capsys: pytest.CaptureFixture[str]) -> None:
    """New output is forwarded once, to the stream of its name; a truncated file is read from its start."""
    output = Output("stderr")
    os.write(output.fd, b"one ")
    output.forward(final=False)
    output.forward(final=False)
    os.write(output.fd, b"two \xc3")
    output.forward(final=False)
    os.ftruncate(output.fd, 0)
    os.write(output.fd, b"\xa9!")
    output.forward(final=False)
    output.close()
    output.close()
    assert capsys.readouterr() == ("", "one two \u00e9!")
