"""Python terms: the expectation language written as calls, equal to the tree of the text that says the same.

``None`` is NULL or void, a list is an array, a dict is a struct, and a tuple stands only for ``(outs..., ret)``.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Sized
from typing import TYPE_CHECKING, Any, get_args

from cmock_py.errors import ArgumentTypeError, ArgumentValueError
from cmock_py.lang.arguments import checked_name
from cmock_py.lang.limits import GREATEST, around, count_fault, count_hint
from cmock_py.lang.nodes import (
    NULL,
    WILDCARD,
    AnyTime,
    Columns,
    Counted,
    Empty,
    Event,
    Include,
    Name,
    Node,
    Par,
    Perm,
    Repeat,
    Seq,
    Source,
    Use,
    Xalt,
    plain,
    repeated,
)
from cmock_py.lang.render import render_event
from cmock_py.lang.walk import called_below

if TYPE_CHECKING:
    from types import EllipsisType, FrameType

__all__ = [
    "ANY",
    "AT_LEAST",
    "AT_MOST",
    "COLUMNS",
    "DO",
    "EMPTY",
    "EVENT",
    "INCLUDE",
    "OPTIONAL",
    "PAR",
    "PERM",
    "REPEAT",
    "REPLICATE",
    "SEQ",
    "SUCCESS",
    "WILDCARD",
    "XALT",
]

EMPTY = Empty()
"""The language that expects nothing."""

SUCCESS = EMPTY
"""The same, by the name that it has in EQC."""

_NODES = frozenset(get_args(Node))
_new_event = tuple.__new__  # Event(...) checks and fills in defaults; this is called by the million
_caller = sys._getframe  # noqa: SLF001 - the one documented way to see one's caller without building a traceback


def EVENT(  # noqa: N802 - the name is the language's
    module: str,
    function: str,
    args: Iterable[Any] = (),
    answer: Any = ...,
    *,
    errno: int | str | Name | None = None,
    binds: str | None = None,
) -> Event:
    """Expect one call and say its answer.

    Args:
        module: the spec's module name.
        function: the spec's function name.
        args: one pattern per visible argument, in order: a value, `WILDCARD`, a pattern such as ``GT(0)``, or a Python
            function that accepts the value.
        answer: the return value; ``(outs..., ret)`` when there are out arguments; None for NULL and for void, where it
            may be left out. Or a Python function that gets the visible arguments of the call and returns this.
        errno: what the call leaves in ``errno``, as a number or a name such as ``"EINTR"``; None leaves it alone.
        binds: a name for the result, by which later events know it: ``VAR("s")``.

    Returns:
        An event that knows the line of Python that made it.

    Raises:
        ArgumentTypeError: *args* is no list of arguments, or *errno* neither a number nor a name.
        ArgumentValueError: *binds* is no name as C has them.

    >>> EVENT("stack", "pop", [WILDCARD], 6).answer
    6
    """
    if function.__class__ is not str:
        _check_function(module, function)
    if args.__class__ is list:
        args = tuple(args)
    elif args.__class__ is not tuple:
        args = _arguments(function, args)
    if errno is not None:
        errno = checked_errno(function, errno)
    if binds is not None:
        checked_name(f"EVENT {function}: binds", binds)
    frame = _caller(1)
    answer = None if answer is ... else NULL if answer is None else answer
    return _new_event(
        Event, (module, function, args, answer, errno, binds, frame.f_code.co_filename, frame.f_lineno, 0)
    )


def _check_function(module: Any, function: Any) -> None:
    """Refuse arguments in the place of the function; other values are told with the whole language."""
    if isinstance(function, (list, tuple, dict)):
        given = ", ".join(f'"{part}"' for part in str(module).rpartition(".")[::2] if part)
        message = (
            f"EVENT {module}: the function is {_seen(function)}, and not a name; write EVENT({given}, {function!r:.60})"
        )
        raise ArgumentTypeError(message)


def _arguments(function: str, args: Any) -> tuple[Any, ...]:
    """Make a tuple of a list of arguments; refuse what is rather one argument."""
    if isinstance(args, (str, bytes, bytearray, dict)) or not isinstance(args, Iterable):
        message = f"EVENT {function}: the arguments are a list, even of one: [{args!r}], not {_seen(args)}"
        raise ArgumentTypeError(message)
    return tuple(args)


def checked_errno(function: str, errno: Any) -> int | str:
    """Check the value for ``errno``; a `Name` is kept as its text, as the parser does."""
    if isinstance(errno, Name):
        return errno.name
    if isinstance(errno, bool) or not isinstance(errno, (int, str)):
        message = f'EVENT {function}: errno is a number or a name such as "EINTR", not {_seen(errno)}'
        raise ArgumentTypeError(message)
    return errno


def COLUMNS(module: str, function: str, args: Iterable[Any] = (), answers: Any = None) -> Columns:  # noqa: N802
    r"""Expect many calls of one function in a row, given by columns: the fastest way to a long language.

    Args:
        module: the spec's module name.
        function: the spec's function name.
        args: a sequence of values for each visible argument, such as an ``array``, or `WILDCARD` for one that may be
            anything.
        answers: a sequence of results, or None for void.

    Raises:
        ArgumentTypeError: a column is no sequence.
        ArgumentValueError: columns have different lengths, or there is none, so that nothing tells how many calls.

    >>> from array import array
    >>> COLUMNS("can", "read", [array("i", [7, 8])], answers=b"\x01\x02").event(1).answer
    2
    """
    columns = tuple(args)
    given = [column for column in (*columns, answers) if column is not None and column is not WILDCARD]
    wrong = [column for column in given if not isinstance(column, Sized) or not hasattr(column, "__getitem__")]
    if wrong:
        message = f"COLUMNS {function}: a column is a sequence of values, not {_seen(wrong[0])}"
        raise ArgumentTypeError(message)
    counts = sorted(set(map(len, given)))
    if len(counts) != 1:
        said = f"the columns have {' and '.join(map(str, counts))} values" if counts else "there is no column"
        message = f"COLUMNS {function}: {said}; give columns of one length, which is the number of calls"
        raise ArgumentValueError(message)
    return Columns(module, function, columns, answers, counts[0], place=_place(_caller(1)))


# --- operators ------------------------------------------------------------------------------------------------------


def SEQ(*items: Node | Iterable[Node]) -> Seq:  # noqa: N802 - the name is the language's
    """Expect the items one after another.

    Takes the items themselves, or one iterable of them, which is consumed once: a generator of a million is fine.

    Raises:
        ArgumentTypeError: an item is no term; the message says which one.

    >>> one, two = EVENT("m", "f"), EVENT("m", "g")
    >>> SEQ(one, two) == SEQ([one, two]) == SEQ(event for event in (one, two))
    True
    """
    return Seq(_collected("SEQ", items), place=_place(_caller(1)))


def XALT(*items: Node | Iterable[Node], tag: str | None = None) -> Xalt:  # noqa: N802 - the name is the language's
    """Expect exactly one of the items; all choices with one *tag* go the same way.

    Raises:
        ArgumentTypeError: an item is no term.
        ArgumentValueError: there is nothing to choose from.
    """
    if tag is not None:
        checked_name("XALT: tag", tag)
    collected = _collected("XALT", items)
    if not collected:
        message = "XALT needs at least one item: a choice of nothing can never be met"
        raise ArgumentValueError(message)
    return Xalt(collected, tag, place=_place(_caller(1)))


def PAR(*items: Node | Iterable[Node]) -> Par:  # noqa: N802 - the name is the language's
    """Expect all items, their calls interleaved in any way; items as for `SEQ`."""
    return Par(_collected("PAR", items), place=_place(_caller(1)))


def PERM(*items: Node | Iterable[Node]) -> Perm:  # noqa: N802 - the name is the language's
    """Expect all items in some order, each run to its end; items as for `SEQ`."""
    return Perm(_collected("PERM", items), place=_place(_caller(1)))


def ANY(*items: Node | Iterable[Node]) -> AnyTime:  # noqa: N802 - the name is the language's
    """Allow the calls at any time while the enclosing sequence is active; items as for `SEQ`."""
    return AnyTime(_collected("ANY", items), place=_place(_caller(1)))


def REPLICATE(*items: Node | Iterable[Node]) -> Repeat | Counted:  # noqa: N802 - the name is the language's
    """Expect the items, in sequence, any number of times, also never."""
    return _repeat("REPLICATE", items, 0, None, _caller(1))


def OPTIONAL(*items: Node | Iterable[Node]) -> Repeat | Counted:  # noqa: N802 - the name is the language's
    """Expect the items, in sequence, once or not at all."""
    return _repeat("OPTIONAL", items, 0, 1, _caller(1))


def AT_LEAST(least: int | Name, *items: Node | Iterable[Node]) -> Repeat | Counted:  # noqa: N802 - the name is the language's
    """Expect the items, in sequence, *least* times or more."""
    return _repeat("AT_LEAST", items, least, None, _caller(1))


def AT_MOST(most: int | Name, *items: Node | Iterable[Node]) -> Repeat | Counted:  # noqa: N802 - the name is the language's
    """Expect the items, in sequence, *most* times or fewer."""
    return _repeat("AT_MOST", items, 0, most, _caller(1))


def REPEAT(  # noqa: N802 - the name is the language's
    least: int | Name,
    most: int | Name | EllipsisType | None = ...,
    *items: Node | Iterable[Node],
) -> Repeat | Counted:
    """Expect the items, in sequence, *least* to *most* times.

    Args:
        least: how often at least, from 0; or a name of the headers: ``VAR("LIMIT")``.
        most: how often at most; equal to *least* for an exact number, 0 for never; None for no bound.
        items: as for `SEQ`; several are one sequence.

    Raises:
        ArgumentTypeError: a count is no int, or an item is no term.
        ArgumentValueError: the counts are no range.

    >>> REPEAT(2, 5, EVENT("adc", "read", [], 1)).most
    5
    """
    return _repeat("REPEAT", items, least, most, _caller(1))


_RIGHT = {
    "AT_LEAST": "AT_LEAST(2, x)",
    "AT_MOST": "AT_MOST(5, x)",
    "REPEAT": "REPEAT(2, 5, x), or REPEAT(3, 3, x) for an exact number",
}


def _repeat(name: str, items: tuple[Any, ...], least: Any, most: Any, frame: FrameType) -> Repeat | Counted:
    """Check the counts and make several items one body."""
    for count in (least,) if most is None and name != "AT_MOST" else (least, most):
        if count.__class__ is not int and not isinstance(count, Name):
            said = "missing" if count is ... else f"an int, or the name of one, not {_seen(count)}"
            right = f"; write {_RIGHT[name]}" if count is ... or isinstance(count, Node) else ""
            message = f"{name}: a count is {said}{right}"
            raise ArgumentTypeError(message)
    collected, place = _collected(name, items), _place(frame)
    body = collected[0] if len(collected) == 1 else Seq(collected, place=place)
    fault = None if isinstance(least, Name) or isinstance(most, Name) else count_fault(least, most)
    if fault:
        hint = count_hint(least, most, GREATEST)
        message = f"{name}: {fault}" + (f"{around(called_below(body))}; {hint}" if hint else "")
        raise ArgumentValueError(message)
    return repeated(body, least, most, place)


# --- what a text defines --------------------------------------------------------------------------------------------


def DO(name: str, *values: Any) -> Use:  # noqa: N802 - the name is the language's
    """Put in what a text defines that was included before.

    Args:
        name: as the text says: ``lang name(...)``.
        values: one for each of its parameters.

    >>> SEQ(INCLUDE("stack.mock"), DO("pushed", 4)).items[1].values
    (4,)
    """
    return Use(checked_name("DO", name), values, place=_place(_caller(1)))


def INCLUDE(file: str) -> Include:  # noqa: N802 - the name is the language's
    """Put in the calls and definitions of a text, relative to the folder of the Python file that says so."""
    return Include(os.fspath(file), place=_place(_caller(1)))


# --- items ----------------------------------------------------------------------------------------------------------


def _collected(name: str, items: tuple[Any, ...]) -> tuple[Node, ...]:
    """Make a tuple of the items, given one by one or as one iterable, and check that they are terms."""
    if len(items) == 1 and not isinstance(items[0], Node):
        items = _consumed(name, items[0])
    if not _NODES.issuperset(map(type, items)):
        items = tuple(map(plain, items))
    if not _NODES.issuperset(map(type, items)):
        raise _wrong_item(name, items)
    return items


def _consumed(name: str, items: Any) -> tuple[Any, ...]:
    """Consume an iterable with the garbage collector off: it would visit every event made so far, again and again."""
    if isinstance(items, (str, bytes, dict)) or not isinstance(items, Iterable):
        raise _wrong_item(name, (items,))
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return tuple(items)
    finally:
        if was_enabled:
            gc.enable()


def _wrong_item(name: str, items: tuple[Any, ...]) -> ArgumentTypeError:
    """Build the error for the first item that is no term."""
    wrong = [(index, item) for index, item in enumerate(items, 1) if type(item) not in _NODES]
    index, item = wrong[0]
    more = f" ({len(wrong) - 1} more items are wrong, too)" if len(wrong) > 1 else ""
    hint = "a term is made by EVENT, SEQ, XALT and their like"
    if isinstance(item, str):
        hint = "text is a language of its own: give it to init_lang, or write EVENT(...) here"
    elif isinstance(item, (list, tuple)) or hasattr(item, "__next__"):
        hint = f"give {name} one list, or several terms; a sequence inside is SEQ(...)"
    elif item is None:
        hint = "a function that builds terms must return them"
    message = f"{name}: item {index} of {len(items)} is {_seen(item)}, not a term{more}; {hint}"
    return ArgumentTypeError(message)


def _seen(value: Any) -> str:
    """Show a value that was given, cut to a line, with its type."""
    text = render_event(value) if isinstance(value, Event) else repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"  # noqa: PLR2004 - a line's worth


def _place(frame: FrameType) -> Source:
    """Name the line of Python that a frame stands at."""
    return Source(frame.f_code.co_filename, frame.f_lineno)
