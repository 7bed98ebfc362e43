"""Words a stop of the SUT as the exception that the line which called it raises."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cmock_py.errors import (
    AmbiguousCall,
    AnswerTooLong,
    NullOut,
    SutCrashed,
    SutError,
    SutExited,
    SutTimeout,
    TooAmbiguous,
    TraceFull,
    UnexpectedCall,
    UnfitAnswer,
)

if TYPE_CHECKING:
    from cmock_py.live.language import Language
    from cmock_py.payload import Handles
    from cmock_py.trace import Stop

HANDLE_SIZE = 4096
"""Bytes behind a made-up pointer that an access to a member of what it seems to point to may reach."""

_RAISED: dict[str, type[SutError]] = {
    "unexpected": UnexpectedCall,
    "signal": SutCrashed,
    "exit": SutExited,
    "abort": SutCrashed,
    "assert": SutExited,
    "timeout": SutTimeout,
    "too_long": AnswerTooLong,
    "null_out": NullOut,
    "trace_full": TraceFull,
    "reentered": SutCrashed,
    "never_returns": SutExited,
    "bad_argument": SutCrashed,
    "past_room": SutCrashed,
    "raised": SutError,
    "ambiguous": AmbiguousCall,
    "too_ambiguous": TooAmbiguous,
    "sets_full": TooAmbiguous,
    "cut_answer": UnfitAnswer,
    "null_answer": UnfitAnswer,
    "broken_text": UnfitAnswer,
    "other_size": UnfitAnswer,
    "died": SutCrashed,
}


def with_handle(stop: Stop, handles: Handles) -> Stop:
    """Say of a stop that the SUT took a made-up pointer for memory, if its address tells that."""
    address = stop.address
    near = (name for (_, value), name in handles.items() if address and 0 <= address - value < HANDLE_SIZE)
    name = next(near, None)
    return stop if name is None else replace(stop, text=f"that is the handle {name}, made up by the language")


def error(stop: Stop, language: Language, position: int) -> SutError:
    """Make the exception of a stop.

    Args:
        stop: what happened.
        language: what was expected, and the calls so far.
        position: how many events of the language had answered.
    """
    from cmock_py.explain.running import unexpected_call
    from cmock_py.explain.stop import stop_message

    calls, expectation = language.trace(), language.expectation
    with language.room():
        if stop.reason == "unexpected" and stop.call is not None:
            text = unexpected_call(calls[stop.call], calls, expectation, position)
        else:
            text = stop_message(stop, calls, expectation, position)
    return _RAISED[stop.reason](text, stop)
