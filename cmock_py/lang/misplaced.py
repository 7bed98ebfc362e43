"""Finds what stands where it cannot: patterns in the place of values, answers and terms among arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from cmock_py.lang.names import PLAIN, everything_in, parts_in
from cmock_py.lang.nodes import (
    AnswerEach,
    AnswerFrom,
    AnswerReal,
    AnyTime,
    Between,
    Bits,
    Compare,
    Counted,
    Event,
    Name,
    Named,
    Node,
    OneOf,
    OutValue,
    Par,
    Pattern,
    Perm,
    Repeat,
    Rest,
    Seq,
    Use,
    Wildcard,
    Xalt,
)
from cmock_py.lang.render import is_function, render_answer, render_event, render_operator, render_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_HARMLESS = PLAIN | {Name, Wildcard}
_ANSWERS = (AnswerEach, AnswerFrom, AnswerReal)
_MAKERS = frozenset({"cmock_py.lang.arguments", "cmock_py.lang.terms"})
_WHOLE = (Named, OutValue, Rest)
"""What is an argument and never inside of one."""

_FOREIGN = (*_WHOLE, *_ANSWERS, *get_args(Node))
"""Parts of the language that are neither value nor pattern."""


def misplaced(event: Event) -> Iterator[str]:
    r"""Say of each part of an event that stands where it cannot what is expected there; most of it no text can write.

    Args:
        event: of an expanded language, so that no list of answers is left but one in another.

    >>> print(*misplaced(Event("m", "f", (Compare(">", Compare("<", 3)), AnswerReal()), [Between(1, 2)])), sep="\n")
    behind > stands a value, and < 3 is none
    @real is an answer, and no argument
    an answer is a value, and 1..2 is none
    """
    yield from misplaced_arguments(event)
    yield from misplaced_answer(event)


def misplaced_arguments(event: Event) -> Iterator[str]:
    """Say the same of its arguments."""
    if not _HARMLESS.issuperset(map(type, event.args)):
        for arg in event.args:
            if not isinstance(arg, (OutValue, Rest)):
                yield from _pattern(arg.pattern if isinstance(arg, Named) else arg)


def misplaced_answer(event: Event) -> Iterator[str]:
    """Say the same of its answer, and of what it writes through out arguments."""
    for arg in event.args:
        if arg.__class__ is OutValue:
            yield from _value(arg.value, f"what *{arg.name} becomes is a value")
    if event.answer.__class__ not in _HARMLESS:
        yield from _answer(event.answer)


def _pattern(pattern: Any) -> Iterator[str]:
    if pattern.__class__ in _HARMLESS:
        return
    match pattern:
        case Compare(op=op, value=value):
            yield from _value(value, f"behind {op} stands a value")
        case Between(low=low, high=high):
            yield from _value([low, high], "a range is between values")
        case OneOf(values=values):
            yield from _value(values, "in {...} lists values")
        case Bits(mask=mask, value=value):
            yield from _value([mask, value], "bits are compared with numbers")
        case _ if isinstance(pattern, _FOREIGN):
            yield f"{_shown(pattern)} is {_kind(pattern)}"
        case _ if _is_uncalled(pattern):
            yield _uncalled(pattern)
        case _:
            for inner in parts_in(pattern):
                yield from _pattern(inner)


def _answer(answer: Any) -> Iterator[str]:
    if isinstance(answer, AnswerEach):
        yield f"{render_answer(answer)} lists answers, and stands in another list"
    elif _is_uncalled(answer):
        yield _uncalled(answer)
    elif not (isinstance(answer, (AnswerFrom, AnswerReal)) or is_function(answer)):
        yield from _value(answer, "an answer is a value")


def _value(value: Any, wanted: str) -> Iterator[str]:
    """Look for what is none among values."""
    for inner in [value] if isinstance(value, Event) else everything_in(value):
        if inner.__class__ not in PLAIN and (isinstance(inner, (Pattern, *_FOREIGN)) or is_function(inner)):
            yield f"{wanted}, and {_shown(inner)} is none"
            return


def _is_uncalled(value: Any) -> bool:
    """Whether a function stands here that makes patterns or terms: it would judge arguments, and accept them all."""
    return is_function(value) and getattr(value, "__module__", None) in _MAKERS


def _uncalled(maker: Any) -> str:
    return f"{maker.__name__} makes a part of the language, and is not called: {maker.__name__}(...)"


def _kind(value: Any) -> str:
    if isinstance(value, _ANSWERS):
        return "an answer, and no argument"
    return "a whole argument, and no part of one" if isinstance(value, _WHOLE) else "a term, and no argument"


def _shown(value: Any) -> str:
    """Show a part of a language as the text writes it."""
    match value:
        case Event():
            return render_event(value)
        case Use():
            return f"do {value.name}"
        case Seq() | Xalt() | Par() | Perm() | AnyTime() | Repeat() | Counted():
            return render_operator(value)
        case AnswerEach() | AnswerFrom() | AnswerReal():
            return render_answer(value)
    return type(value).__name__.upper() if isinstance(value, get_args(Node)) else render_pattern(value)
