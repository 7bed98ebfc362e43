"""Writes the messages of the exceptions that say why the SUT was stopped, and that it was stopped before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.explain.cause import call_in_progress, explaining_failed, plain_cause, stop_cause
from cmock_py.explain.values import counted, show_call
from cmock_py.lang.nodes import REAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.explain.report import Expectation
    from cmock_py.trace import Call, Stop

SHOWN = 4
"""Calls that are shown."""
FRAMES = 12
"""Frames of the C backtrace that are shown; of a longer one the middle is left out."""
_BACKTRACED = (
    "signal",
    "bad_argument",
    "past_room",
    "abort",
    "assert",
    "timeout",
    "exit",
    "died",
    "reentered",
    "raised",
)
_NEXT = {
    "signal": "run the same call under a debugger, or with a sanitizer, to see the first wrong access",
    "exit": "if the SUT may exit here, mock {name} in the spec and expect it in the language",
    "abort": "if the SUT may abort here, mock abort in the spec and expect it in the language",
    "assert": "the condition above is false in this test: look at the values that the mocks answered",
    "timeout": "look for an endless loop or a wait in the backtrace, or raise deadline_s of start_mocking",
    "too_long": "answer at most as many elements as the buffer takes, or see why the SUT asks for so few",
    "null_out": "write _ for {argument} in the answer if NULL is right there",
    "cut_answer": "keep all of it: capture_bytes={answered} of start_mocking, or more",
    "null_answer": "give the call with NULL an event of its own, or let a Python function answer (-> @name)",
    "broken_text": "let a Python function answer (-> @name): it can tell which part of the bytes is meant",
    "other_size": "see which of both is wrong; a Python function can answer a part of it (-> @name)",
    "trace_full": "raise max_calls of start_mocking if the SUT may make so many calls, else look for an endless loop",
    "reentered": "a signal handler of the SUT called the mock; block the signal around the call, or mock less",
    "never_returns": "expect this exception where the SUT is called; check_callouts() then judges the arguments",
    "past_room": "see what the caller passes for `length` and `buffer` of {argument}",
    "bad_argument": "see what the caller passes for {argument}: a NULL or dangling pointer, or too large a size",
    "raised": "the exception has reached the test, with the line of Python that raised it in its traceback",
    "died": "run the same call under a debugger to see where the process ends",
}
_NEXT_OF_BYTES = (
    "the trace has {size}: keep less of each string and array by capture_bytes of start_mocking, check in several "
    "steps with an init_lang for each, or look for an endless loop"
)
_SMASHED = "written past its end"
_NEXT_OF_HINT = {
    "endless recursion": "look for what calls itself without end; if the SUT may go so deep, raise the limit of the "
    "stack (ulimit -s) in the shell that starts Python",
    "past its end": "compare the size of each local array of that function with what is written or read there",
}
"""By words of the hint that `Stop.text` gives about a signal."""
_NEXT_WITHOUT_A_WORD = (
    "a thread that has used up its stack ends like this: look for what it calls without end, or start it with a larger "
    "stack (pthread_attr_setstacksize)"
)


def stop_message(stop: Stop, calls: Sequence[Call], language: Expectation, position: int) -> str:
    """Write the message of the exception for a stop.

    A refused call has a message of its own, `running.unexpected_call`.

    Args:
        stop: what is known.
        calls: the trace up to the stop.
        language: what was expected.
        position: number of events that were called, where they come one after another.

    Returns:
        Lines without trailing spaces; the first says what happened, the last what to do. What goes wrong in explaining
        is noted below the first.
    """
    try:
        return _explained(stop, calls, language, position)
    except Exception as error:  # noqa: BLE001 - explaining must never replace the failure
        return f"{plain_cause(stop)}\n\n{explaining_failed(error)}"


def _explained(stop: Stop, calls: Sequence[Call], language: Expectation, position: int) -> str:
    """Write the message from all that is known."""
    if stop.reason in {"ambiguous", "too_ambiguous", "sets_full"}:
        from cmock_py.explain.ambiguity import ambiguous_call, too_ambiguous

        return (ambiguous_call if stop.reason == "ambiguous" else too_ambiguous)(stop, calls, language)
    lines = [stop_cause(stop, calls, language)]
    lines += _backtrace(stop)
    lines += ["", *_calls_so_far(stop, calls)]
    if len(language.events) and language.root is None:
        lines.append(f"      {position} of {counted(len(language.events), 'expected call')} made")
    if stop.reason in _NEXT:
        lines += ["", f"   next: {_next(stop)}"]
    return "\n".join(lines)


def _next(stop: Stop) -> str:
    """Say what to do; for a signal that has a hint, what the hint suggests."""
    for words, advice in _NEXT_OF_HINT.items():
        if stop.reason == "signal" and words in stop.text:
            return advice
    if stop.reason == "trace_full" and stop.limit:
        return _NEXT_OF_BYTES.format(size=counted(stop.limit, "byte"))
    if stop.reason == "died" and stop.signal == "SIGSEGV":  # of other crashes the child tells us itself
        return _NEXT_WITHOUT_A_WORD
    name, argument = stop.text or "exit", stop.argument or "that out argument"
    return _NEXT[stop.reason].format(name=name, argument=argument, answered=stop.answered)


def child_stopped(first_line: str) -> str:
    """Write the message of `ChildStopped`, for calls after a stop.

    Args:
        first_line: of the message that said why the test child was stopped; further lines are left out.

    >>> child_stopped("the SUT called abort()")
    'the test child was stopped: the SUT called abort(); init_lang or restart() starts a fresh one'
    """
    cause = first_line.partition("\n")[0]
    return f"the test child was stopped: {cause}; init_lang or restart() starts a fresh one"


def _backtrace(stop: Stop) -> list[str]:
    """Show the C frames, innermost first, and the function that Python had called."""
    if stop.reason not in _BACKTRACED:
        return []
    frames = [f"      #{k} {frame}" for k, frame in enumerate(stop.frames)]
    if len(frames) > FRAMES:
        half = FRAMES // 2
        frames[half:-half] = [f"      ... {counted(len(frames) - 2 * half, 'frame')}"]
    if stop.reason == "signal" and _SMASHED in stop.text:
        frames.append("      (the return addresses are overwritten, so nobody knows its callers)")
    if stop.called:
        frames.append(f"      called from Python: {stop.called}()")
    if stop.frames and not any(frame.line for frame in stop.frames):
        frames.append("      (compile the SUT with -g to see its lines)")
    return ["", *frames] if frames else []


def _calls_so_far(stop: Stop, calls: Sequence[Call]) -> list[str]:
    """List the last calls, numbered from 1, and mark the one in progress."""
    if not len(calls):
        before = " before" if stop.mock is not None and stop.call is None else ""
        return [f"      no mocked call was made{before}"]
    first = max(0, len(calls) - SHOWN)
    busy = call_in_progress(stop, calls)
    shown = [calls[k] for k in range(first, len(calls))]
    some = f" (the last {SHOWN} of {len(calls)})" if first else ""
    lines = [f"      calls made{some}:"]
    for number, call in enumerate(shown, first + 1):
        note = "   -> @real" if call.answer == REAL else ""
        note += "   <- in progress" if busy is not None and busy.index == call.index else ""
        lines.append(f"      #{number:<4} {show_call(call)}{note}")
    return lines
