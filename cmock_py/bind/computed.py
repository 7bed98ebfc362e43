"""Answers that a Python function computes while the SUT runs: how an event asks for one, how a value becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmock_py.bind.shape import ShapeError, shape_answer
from cmock_py.cdecl.model import FunctionType, Pointer
from cmock_py.errors import ArgumentError
from cmock_py.lang.nodes import WILDCARD, AnswerFrom, Event, answer_of
from cmock_py.mocked import MAX_OUTS
from cmock_py.payload import Answer, UnfitError, encode_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.mocked import Mocked

PYTHON_FLAG = 1 << MAX_OUTS + 3
"""In the flags of an answer. MIRROR runtime/arena.h CMK_ANSWER_PYTHON"""


@dataclass(frozen=True, slots=True)
class Computed:
    """What answers an event.

    Attributes:
        function: gets the visible arguments; gives what the event would give.
        errno: what the call leaves in ``errno``, or None.
    """

    function: Callable[..., Any]
    errno: int | None


def is_computed(answer: Any, mocked: Mocked) -> bool:
    """Tell whether an event asks a function; one of C is a value where the mocked function returns a pointer."""
    if answer.__class__ is AnswerFrom:
        return True
    if not callable(answer):
        return False
    is_value = hasattr(type(answer), "__index__")
    return not is_value or mocked.result is None or not isinstance(mocked.result.type, (Pointer, FunctionType))


def shown(answer: Any) -> AnswerFrom:
    """Name the function of an event as the text does.

    >>> shown(abs)
    AnswerFrom(name='abs')
    """
    return answer if isinstance(answer, AnswerFrom) else AnswerFrom(getattr(answer, "__name__", type(answer).__name__))


def unsaid(mocked: Mocked, errno: int | None) -> Answer:
    """Encode the answer of a language that does not say it: nothing of it is compared."""
    return encode_answer(mocked, (WILDCARD,) * len(mocked.outs), WILDCARD, errno)


def compute(mocked: Mocked, value: Any, errno: int | None) -> Answer:
    """Encode what a function has given.

    Raises:
        ArgumentError: it is no answer of the mocked function; the message says what is.
    """
    is_pointer = mocked.result is not None and isinstance(mocked.result.type, (Pointer, FunctionType))
    given = answer_of(value) if is_pointer else value
    try:
        outs, result = shape_answer(Event(mocked.module, mocked.spec.name, (), given), mocked)
        return encode_answer(mocked, outs, result, errno)
    except ShapeError as error:
        message = str(error).replace("the event", "the Python function").replace("; write -> value", ": it gave None")
        raise ArgumentError(message) from None
    except UnfitError as error:
        raise ArgumentError(f"{mocked.name}: {'; '.join(error.whys)}") from None
