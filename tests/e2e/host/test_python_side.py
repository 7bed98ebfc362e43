"""What happens to Python, or what Python has done: Ctrl-C, SIGKILL, few descriptors, many descriptors, odd masks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRELUDE = """
import json, os, resource, signal, sys
from cmock_py import *

HERE = sys.argv[1]
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs tests in the background has it ignored
functions = [ApiFunction("dev_tick", ret="int"), ApiFunction("dev_note", args=[ApiArg("int", "value")]),
             ApiFunction("dev_fill", ret="int", args=[ApiArg("char *", "to"), ApiArg("unsigned", "room")]),
             ApiFunction("dev_twice", ret="int",
                         args=[ApiArg("int *", "first"), ApiArg("char *", "to"), ApiArg("unsigned", "room")])]
SPEC = ApiSpec(modules=[ApiModule("dev", functions=functions)])

def start(**options):
    return start_mocking(SPEC, headers=[f"{HERE}/deaths.h"], objs=[f"{HERE}/deaths.c"], **options)

def tell(**values):
    print(json.dumps(values), flush=True)
"""


@pytest.fixture
def python(root: Path, here: Path) -> Any:
    """Start a Python that runs a script with the mortal SUT at hand; its standard output is a pipe."""
    running: list[subprocess.Popen[str]] = []

    def start(script: str) -> subprocess.Popen[str]:
        text = PRELUDE + textwrap.dedent(script)
        environment = {**os.environ, "PYTHONPATH": str(root)}
        process = subprocess.Popen(
            [sys.executable, "-c", text, str(here)], stdout=subprocess.PIPE, text=True, env=environment
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Read the next line that the script tells."""
    assert process.stdout is not None
    return dict(json.loads(process.stdout.readline()))


def test_ctrl_c_during_a_call(python: Any, is_gone: Callable[[int], bool]) -> None:
    """Ctrl-C ends the call at once, kills the child and marks it dead; the next language has a new one."""
    process = python("""
        with start() as mocking:
            mocking.init_lang("dev.dev_note(7)")
            first = mocking.lib.own_pid()
            tell(child=first)
            try:
                mocking.lib.loop_forever()
            except KeyboardInterrupt:
                pass
            try:
                mocking.lib.count()
            except ChildStopped as error:
                again = str(error)
            mocking.init_lang("dev.dev_note(7)")
            mocking.lib.note(7)
            tell(again=again, calls=len(mocking.get_trace()), ok=mocking.check_callouts())
    """)
    child = told(process)["child"]
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    after = told(process)
    assert "interrupted" in after["again"]
    assert (after["calls"], after["ok"]) == (1, True)
    assert is_gone(child)
    assert process.wait(10) == 0


@pytest.mark.parametrize("hangs", [False, True], ids=["idle", "in a call"])
def test_python_is_killed(python: Any, is_gone: Callable[[int], bool], hangs: bool) -> None:
    """When Python is killed, no process of the host is left, not even while the SUT loops with signals blocked."""
    process = python(f"""
        mocking = start(deadline_s=60)
        mocking.init_lang("dev.dev_note(7)")
        tell(pids=[mocking._host.pid, mocking.lib.own_pid()])
        if {hangs}:
            mocking.lib.loop_with_signals_blocked()
        signal.pause()
    """)
    pids = told(process)["pids"]
    time.sleep(0.1)
    process.kill()
    assert all(is_gone(pid) for pid in pids)


def test_python_is_killed_while_a_fork_of_it_lives(python: Any, is_gone: Callable[[int], bool]) -> None:
    """A process that Python forked, a worker of multiprocessing say, does not keep the host alive."""
    process = python("""
        mocking = start()
        pids = [mocking._host.pid, mocking.lib.own_pid()]
        worker = os.fork()
        if worker == 0:
            signal.pause()
        tell(pids=pids, worker=worker)
        signal.pause()
    """)
    said = told(process)
    try:
        process.kill()
        assert all(is_gone(pid) for pid in said["pids"])
    finally:
        os.kill(said["worker"], signal.SIGKILL)


def test_few_descriptors_are_allowed(python: Any) -> None:
    """A soft limit below the protocol's numbers is raised for the start only; the SUT sees the user's limit."""
    process = python("""
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 4096))
        with start() as mocking:
            limits = open(f"/proc/{mocking.lib.own_pid()}/limits").read()
            (row,) = [line for line in limits.splitlines() if line.startswith("Max open files")]
            tell(python=resource.getrlimit(resource.RLIMIT_NOFILE), sut=row.split()[3:5], result=mocking.lib.divide(6, 2))
    """)
    assert told(process) == {"python": [100, 4096], "sut": ["100", "4096"], "result": 3}


def test_too_few_descriptors_are_allowed(python: Any) -> None:
    """A hard limit below the protocol's numbers is one sentence with the number and the next step."""
    process = python("""
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
        try:
            start()
        except PlatformError as error:
            tell(error=str(error))
    """)
    error = told(process)["error"]
    assert "may open 100 files" in error
    assert "ulimit" in error


def test_python_has_many_descriptors(python: Any) -> None:
    """A Python that uses the protocol's numbers for files of its own starts a mocking all the same."""
    process = python("""
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 4096))
        while os.open(os.devnull, os.O_RDONLY) < 238:
            pass
        with start() as mocking:
            mocking.init_lang("dev.dev_note(1)")
            mocking.lib.note(1)
            own = [mocking._host.arena.fd, mocking._host._to_zygote]
            tell(overlap=max(own) >= 240, ok=mocking.check_callouts())
    """)
    assert told(process) == {"overlap": True, "ok": True}


def test_blocked_and_ignored_signals_stay_with_python(python: Any) -> None:
    """The SUT starts with no signal blocked and SIGPIPE as the system has it, whatever Python's thread has set."""
    process = python("""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR1, signal.SIGRTMAX - 1})
        with start(deadline_s=0.3) as mocking:
            lines = open(f"/proc/{mocking.lib.own_pid()}/status").read().splitlines()
            fields = dict(line.split(":", 1) for line in lines)
            try:
                mocking.lib.sleep_forever()
            except SutTimeout as error:
                tell(blocked=int(fields["SigBlk"], 16), ignored=int(fields["SigIgn"], 16), frames=len(error.stop.frames))
    """)
    said = told(process)
    assert said["blocked"] == 0
    assert said["ignored"] & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1) == 0
    assert said["frames"] > 0
