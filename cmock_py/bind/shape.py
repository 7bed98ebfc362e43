"""The shape of an event: its patterns in the order of the visible arguments, its answer split into outs and result."""

from __future__ import annotations

from itertools import dropwhile
from typing import TYPE_CHECKING, Any

from cmock_py.bind.names import did_you_mean
from cmock_py.cdecl.model import FunctionType, Pointer
from cmock_py.lang.nodes import NULL, WILDCARD, Event, Named, OutValue, Rest, answer_of
from cmock_py.lang.render import render_value

if TYPE_CHECKING:
    from cmock_py.mocked import Mocked


class ShapeError(ValueError):
    """Arguments or answer of an event do not have the shape of its function: what it has, and what it needs."""


def shape_args(event: Event, mocked: Mocked) -> tuple[Any, ...]:
    """Return one pattern per visible argument; raises ShapeError: a wrong number, or a name that is none of them."""
    return _patterns([arg for arg in event.args if not isinstance(arg, OutValue)], mocked)


def shape_answer(event: Event, mocked: Mocked, *, answered: bool = True) -> tuple[tuple[Any, ...], Any]:
    """Split the answer into one value per out, and the result (None for void).

    Args:
        event: the event.
        mocked: its function.
        answered: whether it must answer. In a language that only judges a trace an event may leave its answer out;
            then outs and result are wildcards.

    Raises:
        ShapeError: an answer of the wrong shape.
    """
    return _answer(event, mocked) if answered or _gives_answer(event) else _no_answer(mocked)


def _gives_answer(event: Event) -> bool:
    return not (event.answer is None or event.answer is WILDCARD) or any(isinstance(a, OutValue) for a in event.args)


def _no_answer(mocked: Mocked) -> tuple[tuple[Any, ...], Any]:
    return (WILDCARD,) * len(mocked.outs), None if mocked.result is None else WILDCARD


def _answer(event: Event, mocked: Mocked) -> tuple[tuple[Any, ...], Any]:
    """Split the answer into outs and result; the result of an event that binds is the handle."""
    written = [arg for arg in event.args if isinstance(arg, OutValue)]
    if event.binds is not None:
        if mocked.outs or written:
            msg = f"{mocked.name} has out arguments; give its whole answer after -> and use the value as it is"
            raise ShapeError(msg)
        return (), None
    outs, result = (_written(written, mocked), event.answer) if written else _split(event.answer, mocked)
    _check_result(result, mocked)
    return outs, None if result is NULL else result


def _patterns(args: list[Any], mocked: Mocked) -> tuple[Any, ...]:
    """Put named patterns in place, wildcards where `...` stands for them, and count."""
    if not any(isinstance(arg, (Named, Rest)) for arg in args) and len(args) == len(mocked.ins):
        return tuple(args)
    names = [field.name for field in mocked.ins]
    is_open = any(isinstance(arg, Rest) for arg in args)
    behind = list(dropwhile(lambda arg: not isinstance(arg, Rest), args))[1:]
    if any(not isinstance(arg, Named) for arg in behind):
        msg = f"{mocked.name}: ... stands for all further arguments, so only named ones (name: value) may follow it"
        raise ShapeError(msg)
    positional = [arg for arg in args if not isinstance(arg, (Named, Rest))]
    by_name: dict[str, Any] = {}
    for arg in args:
        if isinstance(arg, Named):
            _check_named(arg.name, names, mocked)
            if arg.name in by_name:
                raise ShapeError(_twice(arg.name, mocked))
            by_name[arg.name] = arg.pattern
    following = [name for name in names[len(positional) :] if is_open or name in by_name]
    filled = [*positional, *(by_name.pop(name, WILDCARD) for name in following)]
    if by_name:
        raise ShapeError(_twice(next(iter(by_name)), mocked))
    if len(filled) != len(names):
        raise ShapeError(_count(len(filled), names, mocked))
    return tuple(filled)


def _twice(name: str, mocked: Mocked) -> str:
    return f"{mocked.name}: argument {name} is given twice"


def _check_named(name: str, names: list[str], mocked: Mocked) -> None:
    if name in names:
        return
    if any(field.name == name for field in mocked.outs):
        msg = f"{mocked.name}: {name} is an out argument; write *{name} = value, or answer with a tuple"
        raise ShapeError(msg)
    msg = f"{mocked.name} has no argument {name!r}" + did_you_mean(name, names)
    raise ShapeError(msg)


def _count(given: int, names: list[str], mocked: Mocked) -> str:
    wanted = f"{len(names)} argument{'s' if len(names) != 1 else ''}"
    listed = f" ({', '.join(names)})" if names else ""
    text = f"{mocked.name} takes {wanted}{listed}, but the event lists {given}"
    outs = ", ".join(field.name for field in mocked.outs)
    return (
        f"{text}; out arguments ({outs}) stand in the answer, not in the list" if outs and given > len(names) else text
    )


def _written(values: list[OutValue], mocked: Mocked) -> tuple[Any, ...]:
    """Outs that are written at their parameter, ``*speed = 42``; all must be there, ``*speed = _`` leaves one alone."""
    names = [field.name for field in mocked.outs]
    given = {value.name: value.value for value in values}
    if len(given) < len(values):
        seen = [value.name for value in values]
        raise ShapeError(_twice(next(name for name in seen if seen.count(name) > 1), mocked))
    for name in given:
        if name not in names:
            msg = f"{mocked.name} has no out argument {name!r}" + did_you_mean(name, names)
            raise ShapeError(msg)
    missing = [name for name in names if name not in given]
    if missing:
        msg = f"{mocked.name}: out argument {missing[0]} has no value; write *{missing[0]} = _ to leave it untouched"
        raise ShapeError(msg)
    return tuple(given[name] for name in names)


def _split(answer: Any, mocked: Mocked) -> tuple[tuple[Any, ...], Any]:
    """Split ``(outs..., result)``; a function without outs answers with the bare result."""
    count = len(mocked.outs)
    if count == 0:
        if isinstance(answer, tuple):
            msg = f"{mocked.name} has no out arguments, but the event answers with a tuple of {len(answer)}"
            raise ShapeError(msg)
        return (), answer
    sizes = (count + 1,) if mocked.result is not None else (count, count + 1)
    if isinstance(answer, tuple) and len(answer) in sizes:
        return answer[:count], None if mocked.result is None and len(answer) == count else answer_of(answer[count])
    parts = [field.name for field in mocked.outs] + (["result"] if mocked.result is not None else [])
    given = f"a tuple of {len(answer)}" if isinstance(answer, tuple) else render_value(answer)
    msg = f"{mocked.name} needs the answer {{{', '.join(parts)}}}, but the event answers {given}"
    raise ShapeError(msg)


def _check_result(result: Any, mocked: Mocked) -> None:
    if mocked.result is None:
        if result is not None and result is not NULL:
            msg = f"{mocked.name} returns void, but the event answers {render_value(result)}"
            raise ShapeError(msg)
        return
    if result is WILDCARD:
        msg = f"{mocked.name} returns {mocked.spec.result_type}; _ is no value to return"
        raise ShapeError(msg)
    is_pointer = isinstance(mocked.result.type, (Pointer, FunctionType))
    if result is None:
        null = " or -> NULL" if is_pointer else ""
        msg = f"{mocked.name} returns {mocked.spec.result_type}, but the event has no answer; write -> value{null}"
        raise ShapeError(msg)
    if result is NULL and not is_pointer:
        msg = f"{mocked.name} returns {mocked.spec.result_type}, but the event answers NULL, which is a pointer"
        raise ShapeError(msg)
