"""Says in one line what stopped the SUT: the first line of an exception and of a failed check's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.explain.report import Expectation
from cmock_py.explain.values import counted, cut, function_name, show_call
from cmock_py.lang.names import everything_in
from cmock_py.lang.nodes import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call, Stop

_SIGNALS = {
    "SIGSEGV": "invalid memory access",
    "SIGBUS": "memory access that the hardware or a mapped file does not allow",
    "SIGFPE": "integer division by zero, or a quotient that does not fit",
    "SIGILL": "illegal instruction",
    "SIGABRT": "abort",
    "SIGTRAP": "breakpoint or trap",
    "SIGSYS": "forbidden system call",
    "SIGKILL": "perhaps for want of memory",
    "SIGTERM": "asked to end",
    "SIGINT": "interrupted",
    "SIGPIPE": "wrote to a pipe that nobody reads",
    "SIGALRM": "alarm clock",
}
_NULL_PAGE = 4096
_TEXT_WIDTH = 300


def stop_cause(stop: Stop, calls: Sequence[Call], language: Expectation) -> str:
    """Say in one line what stopped the SUT and where.

    Args:
        stop: what is known.
        calls: the trace; only the call in progress is looked at.
        language: what was expected; only the event of that call is looked at.

    >>> from cmock_py.trace import Place, Stop
    >>> stop = Stop("signal", (Place("divide", "calc.c", 12),), signal="SIGSEGV", address=0)
    >>> stop_cause(stop, (), Expectation())
    'the SUT crashed: SIGSEGV (invalid memory access) at address 0x0, a NULL pointer, at calc.c:12 in divide()'
    """
    call = call_in_progress(stop, calls)
    return _what(stop, call, calls, language) + _place(stop, call) + in_thread(stop.thread)


def _what(stop: Stop, call: Call | None, calls: Sequence[Call], language: Expectation) -> str:
    match stop.reason:
        case "unexpected":
            return "unexpected call" if call is None else f"unexpected call #{call.index + 1}: {show_call(call)}"
        case "signal":
            return f"the SUT crashed: {_signal(stop)}"
        case "exit":
            return f"the SUT called {stop.text or 'exit'}({'' if stop.status is None else stop.status})"
        case "abort":
            return "the SUT called abort()"
        case "assert":
            return f"an assert of the SUT failed: {_text(stop).rstrip('.') or 'no text'}"
        case "timeout":
            return _timeout(stop)
        case "too_long" | "null_out":
            return _out_argument(stop, call, language)
        case "cut_answer" | "null_answer" | "broken_text" | "other_size":
            return _unfit_answer(stop, call, language)
        case "bad_argument":
            return _bad_argument(stop)
        case "past_room":
            valid = "more elements" if stop.answered is None else counted(stop.answered, "element")
            said = (
                f"the SUT says that {valid} of argument {stop.argument} {'is' if stop.answered == 1 else 'are'} valid"
            )
            return f"{stop.mock or 'a mocked function'}: {said}, in a buffer that takes {stop.capacity}"
        case "trace_full":
            return f"the trace is full after {counted(len(calls), 'call')}"
        case "reentered":
            during = "" if call is None else f" {function_name(call)}"
            return f"a mocked function was called while the same thread was inside a mock{during}"
        case "raised":
            return f"a Python function of the test failed: {_text(stop)}"
        case "ambiguous":
            return _ambiguous(stop, call, language.events)
        case "too_ambiguous":
            return f"{_after(stop, calls)} there are more than {stop.limit or 'allowed'} ways to read them"
        case "sets_full":
            memory = counted(stop.limit, "byte") + " of memory" if stop.limit else "all memory"
            return f"{_after(stop, calls)} the ways to read them fill {memory}"
        case "never_returns":
            name = stop.text or ("a function" if call is None else call.function)
            return f"{name} was called in the order that the language expects; it never returns"
        case "died":
            return f"the test child is gone without a word: {_end(stop)}"
    return f"the SUT was stopped: {stop.reason}"


def _after(stop: Stop, calls: Sequence[Call]) -> str:
    """Count the calls up to the one that a stop is about."""
    return f"after {counted(len(calls) if stop.call is None else stop.call + 1, 'call')}"


def _ambiguous(stop: Stop, call: Call | None, events: Sequence[Event]) -> str:
    """Say that a call has two answers, or two ways to read it that answer the same."""
    name = "a call" if call is None else f"call #{call.index + 1}: {show_call(call)}"
    said = [events[number] for number in stop.events]
    same = all(alike(said[0], event) for event in said)
    return f"two ways to read {name}" if same else f"two answers to {name}"


def alike(first: Event, other: Event) -> bool:
    """Whether two events answer the same; what arguments or new handles give may differ where it is written alike."""
    return first[3:6] == other[3:6] and not is_bound(first)


def is_bound(event: Event) -> bool:
    """Whether the answer holds values of arguments."""
    return any(part.__class__ is Name for part in everything_in(event.answer))


def plain_cause(stop: Stop) -> str:
    """Say what stopped the SUT without looking at calls and events, for when they cannot be decoded."""
    try:
        return stop_cause(stop, (), Expectation())
    except Exception:  # noqa: BLE001 - this is what is said when words fail
        return f"the SUT was stopped: {stop.reason}"


def explaining_failed(error: Exception) -> str:
    """Note below a plain message why it is plain: explaining must never replace the failure."""
    return f"(explaining failed: {type(error).__name__}: {error}; please report this)"


def call_in_progress(stop: Stop, calls: Sequence[Call]) -> Call | None:
    """Take the mocked call during which the SUT was stopped, or None."""
    return None if stop.call is None or not 0 <= stop.call < len(calls) else calls[stop.call]


def _signal(stop: Stop) -> str:
    """Name a signal, what it means, and the address it is about."""
    name = stop.signal or "an unknown signal"
    meaning = _SIGNALS.get(name)
    parts = [f"{name} ({meaning})" if meaning else name]
    if stop.address is not None:
        parts.append(f" at address {stop.address:#x}{_null(stop.address)}")
    if stop.text:
        parts.append(f", {_text(stop)}")
    return "".join(parts)


def _text(stop: Stop) -> str:
    """Take the text of a stop as a part of one line."""
    return cut(" ".join(stop.text.split()), _TEXT_WIDTH)


def _null(address: int) -> str:
    """Say when an address is NULL, or a field or element of something at NULL."""
    if address == 0:
        return ", a NULL pointer"
    return f", {counted(address, 'byte')} from a NULL pointer" if address < _NULL_PAGE else ""


def _timeout(stop: Stop) -> str:
    called = f"{stop.called}()" if stop.called else "the call"
    within = "its deadline" if stop.deadline_s is None else f"{stop.deadline_s:g} s"
    return f"{called} did not return within {within}"


def _out_argument(stop: Stop, call: Call | None, language: Expectation) -> str:
    """Say why an answer could not be written."""
    name = _mock(stop, call)
    argument = f"out argument {stop.argument}" if stop.argument else "an out argument"
    line = _line(None if call is None else call.event, language)
    if stop.reason == "null_out":
        return f"{name}: the SUT passed NULL for {argument}, but the answer{line} has a value to write there"
    answered = "more elements" if stop.answered is None else counted(stop.answered, "element")
    answered += ", its NUL among them," if stop.has_nul else ""
    takes = "fewer" if stop.capacity is None else str(stop.capacity)
    return f"{name}: the answer{line} has {answered} for {argument}, but the SUT's buffer takes {takes}"


def _unfit_answer(stop: Stop, call: Call | None, language: Expectation) -> str:
    """Say why what an argument has passed cannot be answered."""
    line = _line(next(iter(stop.events), None), language)
    size = "more" if stop.answered is None else counted(stop.answered, "byte")
    why = {
        "cut_answer": f"{size}, of which {'fewer' if stop.capacity is None else stop.capacity} were kept",
        "null_answer": "NULL, which has no content to write",
        "broken_text": "bytes with a NUL among them, where C ends a text",
        "other_size": f"{size}, but what they go into takes {'others' if stop.capacity is None else stop.capacity}",
    }[stop.reason]
    passed = f"{stop.passed or 'an earlier call'} was passed for {stop.argument or 'an argument'}"
    return f"{_mock(stop, call)}: the answer{line} has what {passed}: {why}"


def _mock(stop: Stop, call: Call | None) -> str:
    return stop.mock or ("a mocked function" if call is None else function_name(call))


def _bad_argument(stop: Stop) -> str:
    """Say which argument the SUT passed that cannot be followed."""
    size = f"{counted(stop.size, 'byte')} of " if stop.size else "what the SUT passed for "
    at = "" if stop.address is None else f": no memory of the SUT at {stop.address:#x}{_null(stop.address)}"
    hint = f" ({_text(stop)})" if stop.text else ""
    through = f" by {' and '.join(stop.through)}" if stop.through else ""
    return f"{stop.mock or 'a mocked function'}: {size}argument {stop.argument} cannot be accessed{through}{at}{hint}"


def _line(event: int | None, language: Expectation) -> str:
    """Name the line of an event."""
    if event is None or event >= len(language.events):
        return ""
    return language.on_line(language.events[event].place)


def _end(stop: Stop) -> str:
    """Say how a process ended that could not say it itself."""
    if stop.signal:
        meaning = _SIGNALS.get(stop.signal)
        return f"killed by {stop.signal}" + (f" ({meaning})" if meaning else "")
    if stop.status is not None:
        return f"it ended with status {stop.status}"
    return "nobody saw how it ended"


def _place(stop: Stop, call: Call | None) -> str:
    """Say where: the place of the refused call, else the innermost C frame."""
    verb = " at " if stop.reason in ("unexpected", "exit", "abort") else ", at "
    if call is not None and call.place is not None and stop.reason not in ("signal", "timeout"):
        return f"{verb}{call.place}"
    return f"{verb}{stop.frames[0]}" if stop.frames else ""


def in_thread(number: int) -> str:
    """Say in which thread something was, unless it was the main one."""
    return f", in thread {number}" if number else ""


def at_place(call: Call, before: str = " ") -> str:
    """Say where in C a call comes from: `` at calc.c:12 in calculate()``, or nothing when that is not known."""
    return f"{before}at {call.place}" if call.place is not None else ""
