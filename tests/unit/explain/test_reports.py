"""Whole reports, compared letter by letter with the files in ``tests/golden/reports``.

``CMOCK_PY_UPDATE_GOLDEN=1`` writes them anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.explain import running, stop, verdict
from cmock_py.explain.report import Expectation
from cmock_py.explain.stop import child_stopped
from cmock_py.lang.nodes import WILDCARD, Event
from cmock_py.trace import Call, Place, Stop, Truncated

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parents[2] / "golden" / "reports"
NAMES = {
    "stack.push": ("s", "val"),
    "stack.pop": ("s",),
    "stack.free": ("s",),
    "net.connect": ("host", "port"),
    "net.send": ("h", "data", "len"),
    "net.recv": ("h", "max"),
    "net.close": ("h",),
    "spi.write": ("byte",),
    "gpio.set": ("pin", "level"),
    "irq.unmask": ("line",),
    "modem.dial": ("number",),
    "flash.write": ("address", "data"),
    "adc.scan": ("channels",),
    "a.f": ("x",),
    "a.g": ("x",),
    "led.set": ("n", "on"),
    "log.debug": ("text",),
}
DRAIN = Place("drain", "queue.c", 42)
DIVIDE = (Place("divide", "calc.c", 12), Place("average", "calc.c", 30), Place("calculate", "main.c", 7))


def explain(  # noqa: PLR0917 - as many as the plain case has
    outcome: str, calls: list[Call], events: list[Event], start: int, why: Stop | None, name: str
) -> verdict.Verdict:
    """Explain under a plain sequence."""
    return verdict.explain(outcome, calls, Expectation(events, name=name), start, why)


def unexpected_call(call: Call, calls: Any, events: Any, position: int, name: str | None) -> str:
    """Word a refused call under a plain sequence."""
    return running.unexpected_call(call, calls, Expectation(events, name=name), position)


def stop_message(why: Stop, calls: list[Call], events: list[Event], position: int) -> str:
    """Word a stop under a plain sequence."""
    return stop.stop_message(why, calls, Expectation(events, name="language"), position)


def language(*lines: Any) -> list[Event]:
    """Make a language of ``("module.function", args, answer)``, one a line."""
    events = []
    for number, (name, args, *answer) in enumerate(lines, 1):
        module, function = name.split(".")
        events.append(Event(module, function, args, *answer, line=number, column=1))
    return events


def trace(*lines: Any, refused: bool = False, place: Place | None = None) -> list[Call]:
    """Make a trace of ``("module.function", args)``; the last call may be refused, and has the place."""
    calls = []
    for index, (name, args) in enumerate(lines):
        module, function = name.split(".")
        last = index == len(lines) - 1
        event = None if last and refused else index
        where = place if last else None
        calls.append(Call(index, module, function, NAMES.get(name, ()), args, event=event, place=where))
    return calls


STACK = language(
    ("stack.new", (), 1), ("stack.push", (1, 4)), ("stack.push", (1, 6)), ("stack.pop", (1,), 6), ("stack.free", (1,))
)
NEW, PUSH_4, PUSH_6, POP, FREE = (
    ("stack.new", ()), ("stack.push", (1, 4)), ("stack.push", (1, 6)), ("stack.pop", (1,)), ("stack.free", (1,))
)  # fmt: skip
NET = language(
    ("net.connect", ("example.org", 443), 3),
    ("net.send", (3, "GET /index.html HTTP/1.1", 24), 24),
    ("net.recv", (3, 4096), 512),
    ("net.close", (3,)),
)
SPI = language(
    ("gpio.set", (5, 0)), ("spi.write", (159,)), ("spi.read", (), [239, 64, 24]), ("gpio.set", (5, 1)), ("irq.unmask", (5,))
)  # fmt: skip


def wrong_int() -> str:
    """An off-by-one, with hexadecimal and the bit."""
    calls = trace(NEW, PUSH_4, PUSH_6, ("stack.pop", (1,)), FREE)
    events = [*STACK[:2], STACK[2]._replace(args=(1, 70)), *STACK[3:]]
    calls[2] = Call(2, "stack", "push", ("s", "val"), (1, 6), event=2, place=DRAIN)
    return explain("wrong_argument", calls, events, 2, None, "stack.mock").report


def wrong_string() -> str:
    """A string that ends early, and a number beside it."""
    calls = trace(
        ("net.connect", ("example.org", 443)),
        ("net.send", (3, "GET /index.htm HTTP/1.1", 24)),
        ("net.recv", (3, 4096)),
        ("net.close", (3,)),
        place=None,
    )
    return explain("wrong_argument", calls, NET, 1, None, "net.mock").report


def two_calls_with_wrong_arguments() -> str:
    """Two wrong calls, each with its own lines."""
    calls = trace(
        ("net.connect", ("example.org", 443)),
        ("net.send", (3, "GET /index.htm HTTP/1.1", 24)),
        ("net.recv", (3, 8192)),
        ("net.close", (3,)),
    )
    return explain("wrong_argument", calls, NET, 1, None, "net.mock").report


def wrong_byte_of_a_buffer() -> str:
    """One byte in the middle of a page."""
    page = bytes(range(256))
    calls = trace(("flash.write", (0x8000, page[:200] + b"\x00" + page[201:])))
    return explain("wrong_argument", calls, language(("flash.write", (0x8000, page))), 0, None, "flash.mock").report


def truncated_buffer() -> str:
    """A buffer of which only the beginning was captured."""
    calls = trace(("flash.write", (0x8000, Truncated(b"\x01" * 4096, 5000))))
    events = language(("flash.write", (0x8000, b"\x01" * 4096)))
    return explain("wrong_argument", calls, events, 0, None, "flash.mock").report


def wrong_element_of_an_array() -> str:
    """A struct in an array with a wrong field, behind a wildcard."""
    expected = [WILDCARD, {"id": 7, "gain": 1.5}, {"id": 8, "gain": 2.0}]
    actual = [{"id": 1, "gain": 0.0}, {"id": 7, "gain": 1.5}, {"id": 8, "gain": 2.5}]
    calls = trace(("adc.scan", (actual,)))
    return explain("wrong_argument", calls, language(("adc.scan", (expected,))), 0, None, "adc.mock").report


def swapped_arguments() -> str:
    """Two arguments of one call exchanged."""
    calls = trace(("gpio.set", (1, 13)))
    return explain("wrong_argument", calls, language(("gpio.set", (13, 1))), 0, None, "gpio.mock").report


def swapped_calls() -> str:
    """Two calls of one function in the wrong order."""
    calls = trace(NEW, PUSH_6, PUSH_4, POP, FREE)
    return explain("wrong_argument", calls, STACK, 1, None, "stack.mock").report


def wrong_order() -> str:
    """One call too early."""
    calls = trace(
        ("gpio.set", (5, 0)), ("irq.unmask", (5,)), ("spi.write", (159,)), ("spi.read", ()), ("gpio.set", (5, 1))
    )  # fmt: skip
    return explain("not_expected", calls, SPI, 1, None, "spi.mock").report


def missing_at_the_end() -> str:
    """The last calls were never made."""
    return explain("missing", trace(NEW, PUSH_4, PUSH_6), STACK, 3, None, "stack.mock").report


def missing_in_the_middle() -> str:
    """One call left out."""
    return explain("not_expected", trace(NEW, PUSH_4, POP, FREE), STACK, 2, None, "stack.mock").report


def no_call_at_all() -> str:
    """Nothing was called."""
    return explain("missing", [], STACK, 0, None, "language").report


def extra_at_the_end() -> str:
    """One call after the language is complete, checked afterwards."""
    calls = trace(NEW, PUSH_4, PUSH_6, POP, FREE, FREE, place=DRAIN)
    return explain("not_expected", calls, STACK, 5, None, "stack.mock").report


def wrong_answer() -> str:
    """A check under another language finds other answers."""
    calls = [
        Call(0, "stack", "new", (), (), answer=1, event=0),
        Call(1, "stack", "pop", ("s",), (1,), answer=6, event=1),
    ]
    events = language(("stack.new", (), 1), ("stack.pop", (1,), 7))
    return explain("wrong_answer", calls, events, 1, None, "other.mock").report


def many_differences() -> str:
    """More differences than are shown."""
    calls = trace(*(("a.f", (k + 100,)) for k in range(40)))
    events = language(*(("a.f", (k,)) for k in range(40)))
    return explain("wrong_argument", calls, events, 0, None, "many.mock").report


def long_trace_with_two_differences() -> str:
    """Two differences in 300 calls."""
    events = language(*(("a.f", (k % 7,)) for k in range(300)))
    made = [("a.f", event.args) for event in events]
    calls = trace(*made[:120], *made[121:200], ("a.g", (1,)), *made[200:])
    return explain("wrong_argument", calls, events, 120, None, "long.mock").report


def check_after_a_refused_call() -> str:
    """The check repeats the cause when the test swallowed the exception."""
    calls = trace(NEW, PUSH_4, POP, refused=True, place=DRAIN)
    return explain("not_expected", calls, STACK, 2, Stop("unexpected", call=2), "stack.mock").report


def check_after_a_crash() -> str:
    """The check says the crash first, then how far the calls came."""
    calls = trace(NEW, ("stack.push", (1, 5)))
    stop = Stop("signal", DIVIDE, called="calculate", signal="SIGSEGV", address=0)
    return explain("wrong_argument", calls, STACK, 1, stop, "stack.mock").report


def running_refused() -> str:
    """A call too early while the SUT runs."""
    calls = trace(NEW, PUSH_4, POP, refused=True, place=DRAIN)
    return unexpected_call(calls[2], calls, STACK, 2, "stack.mock")


def running_refused_after_a_wrong_argument() -> str:
    """An argument that went wrong before shows beside the refused call."""
    calls = trace(NEW, ("stack.push", (1, 5)), POP, refused=True)
    return unexpected_call(calls[2], calls[:2], STACK, 2, "stack.mock")


def running_one_too_many() -> str:
    """A call whose only place is behind."""
    events = language(("modem.dial", (WILDCARD,), -1), ("ui.show", ("no carrier",)))
    calls = trace(
        ("modem.dial", ("555",)), ("modem.dial", ("555",)), refused=True, place=Place("redial", "modem.c", 88)
    )
    return unexpected_call(calls[1], calls, events, 1, "retry.mock")


def running_complete() -> str:
    """A call after the last event, in another thread."""
    last = Call(5, "stack", "free", ("s",), (1,), place=DRAIN, thread=2)
    calls = [*trace(NEW, PUSH_4, PUSH_6, POP, FREE), last]
    return unexpected_call(last, calls, STACK, 5, "stack.mock")


def running_unknown_function() -> str:
    """A function that the language does not have."""
    calls = trace(NEW, ("log.debug", ("pushing",)), refused=True, place=Place("fill", "queue.c", 17))
    return unexpected_call(calls[1], calls, STACK, 1, "stack.mock")


def running_misspelt_function() -> str:
    """A function whose name is near one of the language."""
    calls = trace(NEW, ("stack.push2", (1, 4)), refused=True)
    return unexpected_call(calls[1], calls, STACK, 1, "stack.mock")


def running_before_init_lang() -> str:
    """A call when no language is set."""
    calls = trace(NEW, refused=True, place=DRAIN)
    return unexpected_call(calls[0], calls, (), 0, None)


def running_empty_language() -> str:
    """A call under a language that allows none."""
    calls = trace(NEW, refused=True, place=DRAIN)
    return unexpected_call(calls[0], calls, (), 0, "language")


def stopped(why: Stop, *made: Any, place: Place | None = None) -> Callable[[], str]:
    """Make the message of a stop after some calls of the stack."""
    calls = trace(*made, place=place)
    return lambda: stop_message(why, calls, STACK, len(made))


READ = language(("uart.read", (4,), ([1, 2, 3, 4, 5, 6, 7, 8], 8)))


def stop_in_an_answer(why: Stop) -> Callable[[], str]:
    """Make the message of a stop while an answer was written."""
    calls = [Call(0, "uart", "read", ("n",), (4,), event=0, place=Place("poll", "uart.c", 9))]
    return lambda: stop_message(why, calls, READ, 1)


REPORTS = {
    report.__name__: report
    for report in (
        wrong_int, wrong_string, two_calls_with_wrong_arguments, wrong_byte_of_a_buffer, truncated_buffer,
        wrong_element_of_an_array, swapped_arguments, swapped_calls, wrong_order, missing_at_the_end,
        missing_in_the_middle, no_call_at_all, extra_at_the_end, wrong_answer, many_differences,
        long_trace_with_two_differences, check_after_a_refused_call, check_after_a_crash, running_refused,
        running_refused_after_a_wrong_argument, running_one_too_many, running_complete, running_unknown_function,
        running_misspelt_function, running_before_init_lang, running_empty_language,
    )
} | {
    "stop_signal": stopped(
        Stop("signal", DIVIDE, called="calculate", signal="SIGSEGV", address=24, call=2), NEW, PUSH_4, PUSH_6
    ),
    "stop_signal_without_debug_information": stopped(
        Stop("signal", (Place("divide", None, None), Place(None, None, None)), called="calculate", signal="SIGFPE")
    ),
    "stop_exit": stopped(Stop("exit", DIVIDE, called="calculate", text="exit", status=3), NEW),
    "stop_abort": stopped(Stop("abort", DIVIDE, called="calculate"), NEW),
    "stop_assert": stopped(
        Stop("assert", DIVIDE, called="calculate", text="calc.c:12: divide: Assertion `d != 0' failed."), NEW
    ),
    "stop_timeout": stopped(
        Stop("timeout", DIVIDE, called="calculate", deadline_s=10.0), NEW, PUSH_4, PUSH_6, POP, FREE
    ),
    "stop_too_long": stop_in_an_answer(Stop("too_long", call=0, argument="data", answered=8, capacity=4)),
    "stop_null_out": stop_in_an_answer(Stop("null_out", call=0, argument="data")),
    "stop_trace_full": stopped(Stop("trace_full", DIVIDE, called="calculate"), NEW, PUSH_4),
    "stop_reentered": stopped(Stop("reentered", DIVIDE, called="calculate"), NEW, PUSH_4),
    "stop_never_returns": stopped(Stop("never_returns", DIVIDE, call=0, text="exit"), NEW),
    "stop_died": stopped(Stop("died", called="calculate", signal="SIGKILL"), NEW),
    "stop_died_with_status": stopped(Stop("died", called="calculate", status=1)),
    "stop_in_a_thread": stopped(Stop("abort", DIVIDE[:1], thread=3), NEW),
    "child_stopped": lambda: child_stopped("the SUT called abort(), at calc.c:12 in divide()\n\n      #0 ..."),
}  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_report_reads_as_the_golden_file_says(name: str) -> None:
    """Each canonical failure is told exactly as the reviewed file tells it."""
    path = GOLDEN / f"{name}.txt"
    report = REPORTS[name]() + "\n"
    if os.environ.get("CMOCK_PY_UPDATE_GOLDEN"):
        path.write_text(report, encoding="utf-8")
    assert report == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", REPORTS)
def test_report_is_plain_text(name: str) -> None:
    """A report is ASCII without trailing spaces or blank lines at its ends, and never a list or repr of ours."""
    report = REPORTS[name]()
    assert report.isascii()
    assert all(line == line.rstrip() for line in report.split("\n"))
    assert report == report.strip()
    assert "Event(" not in report
    assert "Call(" not in report


def test_every_golden_file_has_its_report() -> None:
    """No golden file is left behind by a report that is gone."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(REPORTS)
