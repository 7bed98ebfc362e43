"""Stops read from the words of a real host, which this test has written itself."""

from __future__ import annotations

import ctypes
import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction
from cmock_py._resources import runtime_dir
from cmock_py.cdecl.model import Integer
from cmock_py.host.arena import NONE, Reason, State
from cmock_py.host.process import Host
from cmock_py.host.stop import read_stop
from cmock_py.mocked import Field, Mocked
from cmock_py.trace import Place, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

EMPTY = """
#include "cmk.h"
const struct cmk_function cmk_functions[] = { { "", 0, 0, 0, 0, 0, 0 } };
const unsigned long cmk_function_count = 0;
"""
MAPERR, KERNEL, USER = 1, 128, 0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host of the runtime alone."""
    folder: Path = tmp_path_factory.mktemp("host")
    (folder / "empty.c").write_text(EMPTY, encoding="utf-8")
    sources = [str(folder / "empty.c"), *map(str, sorted(runtime_dir().glob("*.c")))]
    flags = ["-std=c11", "-D_GNU_SOURCE", "-no-pie", "-fno-pie", f"-I{runtime_dir()}"]
    subprocess.run(["gcc", *flags, *sources, "-lpthread", "-ldl", "-o", str(folder / "host")], check=True)
    host = Host(folder / "host")
    yield host
    host.close()


@pytest.fixture
def host(running: Host) -> Host:
    """A host with a fresh child, which has stopped as far as the words say."""
    running.fork()
    running.set_word("state", State.STOPPED)
    running.set_word("stopping", 1)
    running.set_word("stop_record", NONE)
    running.set_word("stop_function", NONE)
    running.set_word("stop_thread", 0)
    return running


def places(addresses: Sequence[int]) -> list[Place | None]:
    """Make a function of each address; those below 0x1000 are nowhere, 0x2000 is the runtime's."""
    names = {0x2000: "cmk_stop", 0x2100: "_start", 0x2200: "__libc_start_main", 0x2300: "main", 0x2400: "_start_up"}
    return [
        Place(names.get(address & ~0xFF, f"f{address:x}"), "sut.c", 1) if address >= 0x1000 else None
        for address in addresses
    ]


def stop_of(host: Host, *, mocked: Sequence[Mocked] = (), called: str | None = "run") -> Stop:
    """Read the stop."""
    return read_stop(host, mocked, places, called, 2.5)


def signalled(
    host: Host, number: int, code: int, address: int, *, pc: int = 0x5000, frames: Sequence[int] = ()
) -> Stop:
    """Read the stop of a signal."""
    host.set_word("reason", Reason.SIGNAL)
    host.set_word("signal", number)
    host.set_word("signal_code", code)
    host.set_word("fault_address", address)
    host.set_word("pc", pc)
    host.set_word("frames", *frames)
    host.set_word("frame_count", len(frames))
    return stop_of(host)


def functions(stop: Stop) -> list[str | None]:
    """Name the functions of the backtrace."""
    return [place.function for place in stop.frames]


def test_return_addresses_belong_to_the_line_before(host: Host) -> None:
    """Of a stop in a stub every frame is a return address; frames of ours and those nobody knows are left out."""
    host.set_word("reason", Reason.ABORT)
    host.set_word("frames", 0x2001, 0x500, 0x6001, 0x2301, 0x2401, 0x2201, 0x2101)
    host.set_word("frame_count", 7)
    assert functions(stop_of(host)) == ["f6000", "main", "_start_up"]


def test_the_fault_itself_is_exact(host: Host) -> None:
    """Frames of the handler are dropped; the address of the fault is looked up as it is, the callers' one before."""
    assert functions(signalled(host, 11, MAPERR, 0, frames=(0x3001, 0x3002, 0x5000, 0x6001))) == ["f5000", "f6000"]


def test_a_trap_stands_behind_its_instruction(host: Host) -> None:
    """The address of a SIGTRAP is that of the next instruction."""
    assert functions(signalled(host, 5, KERNEL, 0, frames=(0x5000, 0x6001))) == ["f4fff", "f6000"]


def test_a_backtrace_without_the_fault(host: Host) -> None:
    """When the unwinder did not get to the fault, its frames are the handler's: only the fault is shown."""
    assert functions(signalled(host, 11, MAPERR, 0, frames=(0x3001, 0x3002))) == ["f5000"]


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [(11, MAPERR, 0x40), (7, 2, 0x40), (11, KERNEL, None), (11, USER, None), (8, MAPERR, None)],
    ids=["segv", "bus", "beyond 48 bits", "sent by kill", "fpe"],
)
def test_address(host: Host, number: int, code: int, shown: int | None) -> None:
    """An address is told where the signal has one."""
    assert signalled(host, number, code, 0x40).address == shown


def test_negative_code(host: Host) -> None:
    """A signal that a thread sent itself has a negative code and no address."""
    assert signalled(host, 11, (1 << 64) - 6, 0x40).address is None


def test_end_of_the_stack(host: Host) -> None:
    """An access near the stack pointer where nothing is mapped is the end of the stack."""
    host.set_word("sp", 0x7000_0000_0000)
    assert "end of the stack" in signalled(host, 11, MAPERR, 0x6FFF_FFFF_FFF8).text
    host.set_word("sp", 0x6000_0000_0000)
    assert signalled(host, 11, MAPERR, 0x6FFF_FFFF_FFF8).text == ""


def test_address_of_python(host: Host) -> None:
    """An address that only Python has mapped is Python's; one that the child has mapped too is not called so."""
    own = ctypes.create_string_buffer(1 << 22)
    address = ctypes.addressof(own) + (1 << 21)
    assert "belongs to the Python process" in signalled(host, 11, MAPERR, address).text
    assert signalled(host, 11, MAPERR, host.arena.fd).text == ""


def test_unknown_signal(host: Host) -> None:
    """A signal without a name is shown by its number."""
    assert signalled(host, 40, USER, 0).signal == "signal 40"


@pytest.mark.parametrize(("word", "status"), [(3, 3), (0, 0), ((1 << 64) - 1, -1)])
def test_exit(host: Host, word: int, status: int) -> None:
    """An exit has its status, negative ones included, and the function that was called."""
    host.set_word("reason", Reason.EXIT)
    host.set_word("detail", word, 0, 0)
    host.arena.set_text("quick_exit")
    stop = stop_of(host)
    assert (stop.reason, stop.status, stop.text, stop.called) == ("exit", status, "quick_exit", "run")


def test_answer_too_long(host: Host) -> None:
    """The argument is named, with what the answer has and what the buffer takes."""
    field = Field("to", Integer(1, signed=True), "char *", "array", 0, 2)
    function = Mocked(0, "dev", ApiFunction("fill", args=[ApiArg("char *", "to")]), (), (field,), None, 0, 2, None, "")
    host.set_word("reason", Reason.TOO_LONG)
    host.set_word("stop_function", 0)
    host.set_word("stop_record", 4)
    host.set_word("detail", 0, 9, 5)
    stop = stop_of(host, mocked=[function])
    assert (stop.reason, stop.argument, stop.answered, stop.capacity, stop.call) == ("too_long", "to", 9, 5, 4)
    host.set_word("reason", Reason.NULL_OUT)
    stop = stop_of(host, mocked=[function])
    assert (stop.reason, stop.argument, stop.answered, stop.capacity) == ("null_out", "to", None, None)


def test_timeout(host: Host) -> None:
    """Only a timeout has a deadline."""
    assert stop_of(host).deadline_s is None
    host.set_word("reason", Reason.TIMEOUT)
    assert stop_of(host).deadline_s == 2.5


def test_a_thread_that_cannot_say_why(host: Host) -> None:
    """A thread that has claimed the stop and got no further is waited for, for a second and not for ever."""
    host.set_word("state", State.BUSY)
    host.set_word("reason", Reason.ASSERT)
    host.set_word("stop_thread", 3)
    host.arena.set_text("x > 0")
    stop = stop_of(host)
    assert (stop.reason, stop.thread, stop.text, stop.frames) == ("assert", 3, "x > 0", ())
