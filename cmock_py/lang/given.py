"""Takes a language as users give it: a text, the path of a text, or a term; and tells where in Python a text stands."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, Fault, LanguageError
from cmock_py.lang.include import CannotInclude, read_text
from cmock_py.lang.limits import DEFAULT
from cmock_py.lang.nodes import Node

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator
    from types import FrameType

    from cmock_py.lang.findings import Findings
    from cmock_py.lang.limits import Limits

    _Method = TypeVar("_Method", bound=Callable[..., Any])

UNNAMED = "language"
"""What a text is called that comes from no file."""

_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep


def tree_of(lang: Any, findings: Findings | None = None, limits: Limits = DEFAULT) -> Node:
    """Return the tree of a language.

    Args:
        lang: a text, the path of a file that holds one, or a term.
        findings: collects the faults of a text that leave a part of it; None: they are raised.
        limits: of the text.

    Raises:
        LanguageSyntaxError: the text does not parse.
        ArgumentValueError: the file cannot be read.
        ArgumentTypeError: *lang* is something else.
    """
    if isinstance(lang, (str, os.PathLike)):
        from cmock_py.lang.parse import parse

        name = UNNAMED if isinstance(lang, str) else os.fspath(lang)
        return parse(lang if isinstance(lang, str) else _text(name), name, findings, limits)
    if not isinstance(lang, get_args(Node)):
        hint = "; wrap it: SEQ([...])" if isinstance(lang, (list, tuple)) else ""
        message = f"the language is {type(lang).__name__} {lang!r:.60}, not text or a term of SEQ and EVENT{hint}"
        raise ArgumentTypeError(message)
    return lang  # type: ignore[no-any-return]


def _text(file: str) -> str:
    try:
        return read_text(file)
    except CannotInclude as error:
        message = f"the language cannot be read: {error}" + (f"; {error.hint}" if error.hint else "")
        raise ArgumentValueError(message) from None


# --- texts in Python files ------------------------------------------------------------------------------------------


def tells_python_lines(method: _Method) -> _Method:
    """Let the faults of a text name its line in the Python file as well, where it is written as a literal there.

    Args:
        method: takes the language as its first argument.
    """

    @functools.wraps(method)
    def telling(self: Any, lang: Any, *args: Any, **named: Any) -> Any:
        try:
            return method(self, lang, *args, **named)
        except LanguageError as error:
            faults = _with_python_lines(error.faults, lang) if isinstance(lang, str) else error.faults
            if faults == error.faults:
                raise
            raise type(error)(faults) from None

    return telling  # type: ignore[return-value]


def _with_python_lines(faults: Any, text: str) -> tuple[Fault, ...]:
    """Add the line of Python to the places of faults; they stay as they are when the text is no literal."""
    found = _written_at(text)
    if found is None:
        return tuple(faults)
    file, lines = found
    return tuple(_moved(fault, _short(file), lines) for fault in faults)


def _moved(fault: Fault, file: str, lines: list[int]) -> Fault:
    name, _, place = fault.path.partition(":")
    line = place.partition(":")[0]
    if name != UNNAMED or not line.isdecimal() or not 0 < int(line) <= len(lines):
        return fault
    path = f"{fault.path} ({file}:{lines[int(line) - 1]})"
    return Fault(path, fault.message, fault.hint, fault.snippet)


def _written_at(text: str) -> tuple[str, list[int]] | None:
    """Find the file in which a text is a literal, and the line there of each line of the text.

    It is the literal of a call that is under way, the innermost first; else the nearest before such a call.
    """
    known = None
    for frame in _users_frames():
        file, line = frame.f_code.co_filename, frame.f_lineno
        for node in _literals(file, text):
            if node.lineno <= line <= (node.end_lineno or 0):
                return file, [*_lines_of(file, node)]
        before = [node for node in _literals(file, text) if node.lineno <= line]
        if known is None and before:
            known = file, [*_lines_of(file, max(before, key=lambda node: node.lineno))]
    return known


def _users_frames() -> Iterator[FrameType]:
    """Yield the frames that are none of ours, the innermost first."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the one documented way to see one's caller
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            yield frame
        frame = frame.f_back


def _short(file: str) -> str:
    """Name a file relative to the current folder when it lies below it."""
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative


def _literals(file: str, text: str) -> list[ast.Constant]:
    """List the literals of a Python file that are the text."""
    import ast
    import linecache

    lines = linecache.getlines(file)
    longest = max(text.splitlines(), key=len, default="").strip()
    if "\\" not in longest and '"' not in longest and not any(longest in line for line in lines):
        return []  # sooner than by parsing every file of a call stack
    try:
        nodes = ast.walk(ast.parse("".join(lines)))
        return [node for node in nodes if isinstance(node, ast.Constant) and node.value == text]
    except (SyntaxError, ValueError, RecursionError):
        return []


def _lines_of(file: str, node: ast.Constant) -> Iterator[int]:
    """Yield the line of Python for each line of the text that a literal, or several side by side, means."""
    import ast
    import io
    import linecache
    import tokenize

    segment = ast.get_source_segment("".join(linecache.getlines(file)), node) or ""
    at, begins = node.lineno, True
    for token in tokenize.generate_tokens(io.StringIO(f"({segment})").readline):
        if token.type != tokenize.STRING:
            continue
        pieces = ast.literal_eval(token.string).split("\n")
        is_raw = token.string.count("\n") == len(pieces) - 1  # a newline of the text is one of the file
        for number, piece in enumerate(pieces):
            begins = begins or number > 0
            at = node.lineno + token.start[0] - 1 + (number if is_raw else 0)
            if begins and (piece or number < len(pieces) - 1):
                yield at
                begins = False
    if begins:
        yield at
