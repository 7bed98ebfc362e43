"""Parses the text of the expectation language into its tree.

Leaves to others what names mean (`bind`) and where a text comes from; lark is imported at the first text only.
"""

from __future__ import annotations

import functools
import gc
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cmock_py.errors import ArgumentTypeError
from cmock_py.lang.build import UNREAD, Part, build_items
from cmock_py.lang.bulk import MAX_PROBLEMS, Runs, split_calls
from cmock_py.lang.faults import faults_of, syntax_problem
from cmock_py.lang.feed import fed
from cmock_py.lang.findings import ANY_NAME, Findings
from cmock_py.lang.limits import DEFAULT
from cmock_py.lang.mend import mended, without_lines
from cmock_py.lang.names import binders_in, everything_in, names_in
from cmock_py.lang.nodes import Counted, Define, Empty, Event, Include, Let, Repeat, Seq, Source, Use
from cmock_py.lang.recursion import room_for
from cmock_py.lang.walk import inside, with_inside

_RETRIES = 20
_UNNAMED = re.compile(r"\b(?:let|lang)(?!\s+[\w`])|\binclude\b")
_HEADING = re.compile(r"\blang\b[^=\[{]*\Z")
"""What may declare names that nobody can read; a definition of which the name or the parameters are not read yet."""

_RETRIED = 100_000  # characters in all; a long text is not read that often

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cmock_py.lang.limits import Limits
    from cmock_py.lang.mend import Mended
    from cmock_py.lang.nodes import Node


def parse(text: str, name: str = "language", findings: Findings | None = None, limits: Limits = DEFAULT) -> Seq:
    r"""Parse the text of a language.

    A text that is one ``SEQ[...]`` is that sequence; any other is the sequence of its items and declarations.

    Args:
        text: the language; separators are optional, comments are ``#``, ``//`` and ``/* */``.
        name: what messages call the text: a file name, say.
        findings: collects faults, so that others can be found as well; None: they are raised.
        limits: of depth and counts; the others are for those who use the tree.

    Returns:
        The tree; every event and operator knows its line and column. Items with faults are left out.

    Raises:
        LanguageSyntaxError: the text does not parse. Every wrong argument list and value is a fault of its own (up to
            100), and every bracket and line of the structure around them (up to 20).
        ArgumentTypeError: *text* is not a str.

    >>> parse("s = stack.new()  stack.push(s, 4) -> ok").items[1].args
    (Name(name='s'), 4)
    >>> parse("stack.push(s,, 4)")
    Traceback (most recent call last):
    cmock_py.errors.LanguageSyntaxError: the language has 1 fault
    language:1:14: did not expect ',' here; possible: ')', a value, a comparison (<, >=, ...), in {...}, '?', '*'
    <BLANKLINE>
    1 | stack.push(s,, 4)
      |              ^
    <BLANKLINE>
      help: an argument that does not matter is written _
    """
    items = parse_items(text, name, findings, limits)
    if len(items) == 1 and isinstance(items[0], Seq):
        return items[0]
    return Seq(items, place=Source(name, 1, 1))


def parse_items(text: str, name: str, findings: Findings | None = None, limits: Limits = DEFAULT) -> tuple[Node, ...]:
    """Parse the text of a language into its items and declarations; see `parse`, which makes them one tree."""
    part = Part(_checked(text), name, limits=limits)
    was_enabled = gc.isenabled()
    gc.disable()  # it would visit all events made so far, again and again
    try:
        with room_for(limits.depth):
            items = _parse(part)
    finally:
        if was_enabled:
            gc.enable()
    if items is not None and not part.problems:
        return items
    noted = Findings() if findings is None else findings
    noted.add(faults_of(part.text, name, part.problems), unread=True)
    noted.is_cut |= items is None or len(part.problems) >= MAX_PROBLEMS
    if findings is None or items is None:
        noted.check()
    noted.doubt(part.unsure)
    noted.doubtful.update(f"{name}:{line + 1}" for line in _lines_gone(part))
    return tuple(_readable(items or (), noted))


def _readable(items: Iterable[Node], findings: Findings) -> Iterator[Node]:
    """Yield the items without those that could not be read; notes which names those may bind."""
    for item in items:
        inner = inside(item)
        if isinstance(item, (Repeat, Counted, Define)):
            yield with_inside(item, [next(_readable(inner, findings), Empty(place=item.place))])
        elif inner:
            yield with_inside(item, _readable(inner, findings))
        elif not any(part is UNREAD for part in everything_in(_said(item))):
            yield item
        elif isinstance(item, Event):
            findings.doubt([*binders_in(item.args), *([] if item.binds is None else [item.binds])])
        elif isinstance(item, Include):
            findings.missing.add(str(item.place))
        elif isinstance(item, Let):
            findings.doubt([item.name])
        elif isinstance(item, Use):
            findings.doubt(names_in(item.values))


def _said(item: Node) -> Any:
    """All values that an item says."""
    match item:
        case Event():
            return item.args, item.answer
        case Use():
            return item.values
        case Let():
            return item.value
        case Include():
            return item.file
    return None


def _checked(text: Any) -> str:
    """Refuse what is no text; take the byte order mark off that some editors write."""
    if not isinstance(text, str):
        message = f"the language is text (str), not {type(text).__name__}; a file is given as its text"
        raise ArgumentTypeError(message)
    return text.removeprefix("\ufeff")


def _parse(part: Part) -> tuple[Any, ...] | None:
    """Parse the whole text; what is wrong is in the problems of *part*. None when that leaves no tree.

    Lines that make no sense are left out, and the rest is read again, so that one mistake hides no other. Brackets are
    looked at first: while one is wrong, the grammar cannot tell where anything else is.
    """
    from lark import UnexpectedInput

    runs, most = Runs(part), min(_RETRIES, _RETRIED // (len(part.text) + 1))
    for count in range(most + 1):
        calls = functools.partial(split_calls, runs)
        try:
            tree = fed(runs.part.text, "start", runs.part)
        except UnexpectedInput as error:
            mend = mended(part.text) if 0 == count < most else None
            if mend is not None and mend.problems:
                part.problems.extend(mend.problems)
                runs = replace(runs, part=_as_mended(runs.part, mend))
                continue
            _look_behind(error, calls)
            problem = syntax_problem(error, runs.part.text)
            if part.text.count("\n", 0, problem.offset) not in _lines_gone(part):
                part.problems.append(problem)
            last = max(getattr(error, "pos_in_stream", None) or 0, problem.offset)
            mend = None if count == most else without_lines(runs.part.text, problem.offset, last)
            if mend is None:
                return None
            runs = replace(runs, part=_as_mended(runs.part, mend))
        else:
            return None if tree is None else build_items(tree.children, runs.part, calls)
    return None


def _as_mended(part: Part, mend: Mended) -> Part:
    """Take a text with less in it; what is gone may be names that are bound or declared there."""
    part.unsure.update({ANY_NAME} if mend.is_flat else ())
    for begin, end in mend.spans:
        out, before = part.text[begin:end], part.text[part.text.rfind("\n", 0, begin) + 1 : begin]
        is_any = _UNNAMED.search(out) or _HEADING.search(before)
        part.unsure.update(re.findall(r"\w+", out), {ANY_NAME} if is_any else ())
    part.gone.extend(mend.spans)
    return replace(part, text=mend.text)


def _lines_gone(part: Part) -> set[int]:
    """Number the lines from which something is gone, from 0: what is wrong there may be so for that alone."""
    counts = ((part.text.count("\n", 0, begin), part.text.count("\n", begin, end)) for begin, end in part.gone)
    return {line for first, more in counts for line in range(first, first + more + 1)}


def _look_behind(error: Any, calls: Callable[[Any], list[Event]]) -> None:
    """Take apart the calls that were read before the fault, only to find what else is wrong."""
    pending = [*error.interactive_parser.parser_state.value_stack]
    while pending:
        item = pending.pop()
        pending += getattr(item, "children", ())
        if getattr(item, "type", None) == "CALLS":
            calls(item)
