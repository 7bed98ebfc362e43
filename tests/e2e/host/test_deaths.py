"""Each way in which a SUT can die: what is raised, with which C line, and that everything goes on afterwards."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiSpec,
    CalloutsFailed,
    ChildStopped,
    Mocking,
    SutCrashed,
    SutError,
    SutExited,
    SutTimeout,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parent / "deaths.c"
LINES = SOURCE.read_text(encoding="utf-8").splitlines()
BEYOND_THE_STACK = 1 << 26
"""More bytes than lie between any local variable and the upper end of the stack, with the largest environment."""
LANGUAGE = "dev.dev_note(5)  dev.dev_note(6)  dev.dev_note(7)"

SIGNALS = [
    ("read_null", (), "SIGSEGV", "return *nothing;"),
    ("write_wild", (), "SIGSEGV", "*wild = 1;"),
    ("read_beyond_48_bits", (), "SIGSEGV", "return *wild;"),
    ("write_constant", (), "SIGSEGV", "*text = 'x';"),
    ("read_past_end_of_file", (), "SIGBUS", "return *at;"),
    ("divide", (1, 0), "SIGFPE", "return a / b;"),
    ("illegal_instruction", (), "SIGILL", '__asm__ volatile("ud2");'),
    ("trap", (), "SIGTRAP", '__asm__ volatile("int3");'),
    ("raise_abort", (), "SIGABRT", "return raise(SIGABRT);"),
    ("call_null", (), "SIGSEGV", "return nothing() + 1;"),
    ("call_wild", (), "SIGSEGV", "return wild() + 1;"),
]

ENDS = [
    ("end_exit", (3,), "exit", "the SUT called exit(3)", "exit(status);"),
    ("end_underscore_exit", (-1,), "exit", "the SUT called _exit(-1)", "    _exit(status);"),
    ("end_big_exit", (4,), "exit", "the SUT called _Exit(4)", "_Exit(status);"),
    ("end_quick_exit", (0,), "exit", "the SUT called quick_exit(0)", "quick_exit(status);"),
    ("end_err", (9,), "exit", "the SUT called exit(9)", "errx(status"),
    ("end_assert", (3,), "assert", "assertion failed: value > 3", "assert(value > 3);"),
]


@pytest.fixture(scope="module")
def started(device: ApiSpec, here: Path) -> Iterator[Mocking]:
    """The mortal SUT, built and started once; by gcc, as it counts on frames laid out so and on one protected stack."""
    options = {"cc": "gcc", "cflags": ["-fno-stack-protector"]}  # some distributions protect all stacks unasked
    with start_mocking(device, headers=[here / "deaths.h"], objs=[SOURCE], deadline_s=0.5, **options) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """The mortal SUT in a fresh child, one call already made."""
    started.restart()
    started.init_lang(LANGUAGE)
    started.lib.note(5)
    return started


def line_of(text: str) -> int:
    """Number of the only line of deaths.c that begins with *text*."""
    (found,) = (number for number, line in enumerate(LINES, 1) if line.strip().startswith(text.strip()))
    return found


def die(mocking: Mocking, function: str, *args: object) -> SutError:
    """Call a function that does not survive; check all that must hold whatever happened; return what was raised."""
    with pytest.raises(SutError) as raised:
        getattr(mocking.lib, function)(*args)
    error = raised.value
    first = str(error).splitlines()[0]
    assert "dev.dev_note(value=5)" in str(error), "the calls made so far"
    assert [call.args for call in mocking.get_trace()][:1] == [(5,)], "the trace survives"
    with pytest.raises(ChildStopped) as again:
        mocking.lib.count()
    assert first in str(again.value), "later calls cite the first cause"
    with pytest.raises(CalloutsFailed) as failed:
        mocking.check_callouts()
    assert first in str(failed.value), "the check fails and includes the cause, though the test has swallowed it"
    mocking.init_lang(LANGUAGE)
    assert mocking.lib.count() == 41, "the next language starts with pristine memory"
    return error


@pytest.mark.parametrize(("function", "args", "signal", "line"), SIGNALS, ids=[row[0] for row in SIGNALS])
def test_a_signal_is_reported_with_its_line(
    mocking: Mocking, function: str, args: tuple[int, ...], signal: str, line: str
) -> None:
    """A crash names its signal and the C line of the fault."""
    error = die(mocking, function, *args)
    assert isinstance(error, SutCrashed)
    assert error.stop.signal == signal
    place = error.stop.frames[0]
    assert (place.function, Path(place.file).name, place.line) == (function, "deaths.c", line_of(line))
    assert error.stop.called == function or error.stop.called is None


@pytest.mark.parametrize(("function", "args", "reason", "text", "line"), ENDS, ids=[row[0] for row in ENDS])
def test_an_end_of_the_process_is_reported_with_its_line(
    mocking: Mocking, function: str, args: tuple[int, ...], *, reason: str, text: str, line: str
) -> None:
    """Every way of exiting, those inside libc included, names function, status and C line."""
    if function == "end_exit":
        mocking.init_lang("dev.dev_note(5)  dev.dev_note(1)")
        mocking.lib.note(5)
    error = die(mocking, function, *args)
    assert isinstance(error, SutExited)
    assert error.stop.reason == reason
    assert text in str(error)
    assert (error.stop.frames[0].function, error.stop.frames[0].line) == (function, line_of(line))


def test_abort_is_a_crash(mocking: Mocking) -> None:
    """abort() is told from a SIGABRT that somebody sent."""
    error = die(mocking, "end_abort")
    assert isinstance(error, SutCrashed)
    assert error.stop.reason == "abort"
    assert error.stop.frames[0].line == line_of("    abort();")


def test_the_end_of_the_last_thread_is_an_exit(mocking: Mocking) -> None:
    """A main thread that leaves by pthread_exit ends the process when the last other thread ends."""
    error = die(mocking, "end_thread")
    assert isinstance(error, SutExited)
    assert error.stop.status == 0


def test_address_of_a_fault(mocking: Mocking) -> None:
    """The faulting address is told where the processor tells it, and not made up where it does not."""
    assert die(mocking, "read_null").stop.address == 0
    mocking.lib.note(5)
    assert die(mocking, "write_wild").stop.address == 0x1234_5678_9000
    mocking.lib.note(5)
    error = die(mocking, "read_beyond_48_bits")
    assert error.stop.address is None
    assert "NULL" not in str(error).splitlines()[0]


def test_stack_overflow(mocking: Mocking) -> None:
    """An endless recursion is called one, with the frames of the recursion."""
    error = die(mocking, "overflow_stack", 0)
    assert isinstance(error, SutCrashed)
    assert error.stop.signal == "SIGSEGV"
    assert "just behind the end of the stack: an endless recursion" in str(error).splitlines()[0]
    assert "ulimit -s" in str(error).splitlines()[-1]
    assert {frame.function for frame in error.stop.frames} == {"overflow_stack"}
    assert len(error.stop.frames) > 20


def test_stack_overflow_in_a_thread(mocking: Mocking) -> None:
    """A thread has no second stack to say why it dies on; what such an end mostly means is told."""
    error = die(mocking, "overflow_stack_of_thread")
    assert isinstance(error, SutCrashed)
    assert (error.stop.reason, error.stop.signal) == ("died", "SIGSEGV")
    assert "a thread that has used up its stack ends like this" in str(error)


@pytest.mark.parametrize("size", [64, 4000, BEYOND_THE_STACK], ids=["return address", "some frames", "whole stack"])
def test_smashed_stack(mocking: Mocking, size: int) -> None:
    """A smashed stack, which kills the unwinder too, is called so, with the line that smashed it."""
    error = die(mocking, "smash_stack", size)
    assert isinstance(error, SutCrashed)
    assert error.stop.signal == "SIGSEGV"
    assert [frame.function for frame in error.stop.frames] == ["smash_stack"]
    assert "a local buffer was written past its end" in str(error).splitlines()[0]
    assert "the return addresses are overwritten" in str(error)
    assert "recursion" not in str(error)


def test_line_that_runs_off_the_stack(mocking: Mocking) -> None:
    """Whoever writes off the upper end of the stack has a line, though the fault is inside libc."""
    error = die(mocking, "smash_stack", BEYOND_THE_STACK)
    assert "behind the upper end of the stack" in str(error).splitlines()[0]
    source = SOURCE.read_text(encoding="utf-8")
    assert error.stop.frames[0].line == source[: source.index("memset(room")].count("\n") + 1


def test_read_off_the_stack(mocking: Mocking) -> None:
    """A read past the end of the stack overwrites nothing, and is told from a write."""
    error = die(mocking, "read_off_stack")
    assert "behind the upper end of the stack: a local buffer was read past its end" in str(error).splitlines()[0]
    assert "overwritten" not in str(error)
    assert error.stop.frames[0].function == "read_off_stack"


@pytest.mark.parametrize(
    ("function", "args", "reason"),
    [
        ("free_twice", (), "double free"),
        ("smash_protected_stack", (100,), "*** stack smashing detected ***"),
    ],
    ids=["heap", "stack"],
)
def test_reason_of_an_abort(mocking: Mocking, function: str, args: tuple[int, ...], reason: str) -> None:
    """What glibc says before it aborts is in the first line, and not in that of a later abort without a reason."""
    error = die(mocking, function, *args)
    assert isinstance(error, SutCrashed)
    assert error.stop.signal == "SIGABRT"
    assert reason in str(error).splitlines()[0]
    assert error.stop.frames[0].function == function
    mocking.lib.note(5)
    assert die(mocking, "raise_abort").stop.text == ""


def test_pointer_of_python(mocking: Mocking) -> None:
    """A pointer into Python's own memory crashes only the child, and the message says whose it is."""
    buffer = ctypes.create_string_buffer(b"x" * (1 << 22))
    error = die(mocking, "read_at", ctypes.addressof(buffer) + (1 << 21))
    assert isinstance(error, SutCrashed)
    assert "belongs to the Python process" in str(error)


@pytest.mark.parametrize(("number", "signal"), [(9, "SIGKILL"), (15, "SIGTERM"), (40, "signal 40")])
def test_a_signal_without_a_word(mocking: Mocking, number: int, signal: str) -> None:
    """A signal that nobody can catch, or that nobody catches, is known from the way the process ended."""
    error = die(mocking, "raise_number", number)
    assert isinstance(error, SutCrashed)
    assert (error.stop.reason, error.stop.signal) == ("died", signal)


def test_endless_loop(mocking: Mocking) -> None:
    """A call that overruns its deadline is stopped where it is; the mocked calls that it made are there."""
    mocking.init_lang(LANGUAGE.replace("6", "7"))
    mocking.lib.note(5)
    error = die(mocking, "loop_forever")
    assert isinstance(error, SutTimeout)
    assert error.stop.deadline_s == 0.5
    assert error.stop.frames[0].function == "loop_forever"
    assert "dev.dev_note(value=7)" in str(error)


def test_endless_sleep(mocking: Mocking) -> None:
    """A SUT that waits for ever has a line too, though it hangs inside libc."""
    error = die(mocking, "sleep_forever")
    assert isinstance(error, SutTimeout)
    assert error.stop.frames[0].function == "sleep_forever"


def test_endless_loop_with_signals_blocked(mocking: Mocking) -> None:
    """A loop that no signal reaches is killed after a second of grace."""
    error = die(mocking, "loop_with_signals_blocked")
    assert isinstance(error, SutTimeout)
    assert error.stop.called == "loop_with_signals_blocked"


def test_stop_while_stdout_is_locked(mocking: Mocking) -> None:
    """A crash while another thread holds the lock of stdout costs the buffered output and a second, no hang."""
    error = die(mocking, "flush_forever")
    assert isinstance(error, SutCrashed)
    assert error.stop.frames[0].function == "read_null"


def test_exit_handlers_do_not_run(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """The SUT's exit() is stopped before its exit handlers."""
    mocking.lib.register_exit_handler()
    die(mocking, "end_underscore_exit", 1)
    mocking.init_lang("dev.dev_note(1)")
    mocking.lib.register_exit_handler()
    with pytest.raises(SutExited):
        mocking.lib.end_exit(1)
    mocking.restart()
    assert "exit handler" not in capsys.readouterr().out
