"""Takes a language as users give it: a text, the path of a text, or a term; and tells where in Python a text stands."""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, Fault, LanguageError
from cmock_py.lang.include import CannotInclude, read_text
from cmock_py.lang.nodes import Include, Node

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from cmock_py.lang.findings import Findings
    from cmock_py.lang.nodes import Seq

    _Method = TypeVar("_Method", bound=Callable[..., Any])

UNNAMED = "language"
"""What a text is called that comes from no file."""

_NEAR = 5  # calls
_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep


def tree_of(lang: Any, findings: Findings | None = None) -> Node:
    """Return the tree of a language.

    Args:
        lang: a text, the path of a file that holds one, or a term.
        findings: collects the faults of a text that leave a part of it; None: they are raised.

    Raises:
        LanguageSyntaxError: the text does not parse.
        ArgumentValueError: the file cannot be read.
        ArgumentTypeError: *lang* is something else.
    """
    if isinstance(lang, (str, os.PathLike)):
        from cmock_py.lang.parse import parse

        if isinstance(lang, str):
            return _beside_writer(parse(lang, UNNAMED, findings), lang)
        return parse(_text(os.fspath(lang)), os.fspath(lang), findings)
    if not isinstance(lang, get_args(Node)):
        hint = "; wrap it: SEQ([...])" if isinstance(lang, (list, tuple)) else ""
        message = f"the language is {type(lang).__name__} {lang!r:.60}, not text or a term of SEQ and EVENT{hint}"
        raise ArgumentTypeError(message)
    return lang  # type: ignore[no-any-return]


def _beside_writer(tree: Seq, text: str) -> Seq:
    """Let what a text includes be relative to the folder of the Python file that writes it, or else gives it to us."""
    if not any(isinstance(item, Include) for item in tree.items):
        return tree
    file, _ = _written_at(text) or (next(_users_frames()).f_code.co_filename, [])
    folder = Path(_short(file)).parent if Path(file).exists() else Path()
    items = (replace(item, file=str(folder / item.file)) if isinstance(item, Include) else item for item in tree.items)
    return replace(tree, items=tuple(items))


def _text(file: str) -> str:
    try:
        return read_text(file)
    except CannotInclude as error:
        message = f"the language cannot be read: {error}" + (f"; {error.hint}" if error.hint else "")
        raise ArgumentValueError(message) from None


@dataclass(frozen=True, slots=True)
class _Written:
    """A literal of a Python file: its first and last line, and the line there of each line of the text."""

    first: int
    last: int
    lines: list[int]


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

    It is the literal of a call that is under way, the innermost first; else the nearest before such a call. What is no
    plain literal, an f-string or one that was dedented, is looked for near the caller only.
    """
    frames = [(frame.f_code.co_filename, frame.f_lineno) for frame in _users_frames()]
    return _nearest(frames, text, _literals) or _nearest(frames[:_NEAR], text, _formed)


def _nearest(
    frames: Iterable[tuple[str, int]], text: str, look: Callable[[str, str], list[_Written]]
) -> tuple[str, list[int]] | None:
    """Find the literal of one of the calls in files and lines, or the nearest before."""
    known = None
    for file, line in frames:
        found = look(file, text)
        for written in found:
            if written.first <= line <= written.last:
                return file, written.lines
        before = [written for written in found if written.first <= line]
        if known is None and before:
            known = file, max(before, key=attrgetter("first")).lines
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


def _literals(file: str, text: str) -> list[_Written]:
    """List the literals of a Python file that are the text."""
    import linecache

    lines = linecache.getlines(file)
    longest = max(text.splitlines(), key=len, default="").strip()
    if "\\" not in longest and '"' not in longest and not any(longest in line for line in lines):
        return []  # sooner than by parsing every file of a call stack
    nodes = [node for node in _strings(file) if getattr(node, "value", None) == text]
    return [_Written(node.lineno, node.end_lineno or 0, [*_lines_of(file, node)]) for node in nodes]


def _formed(file: str, text: str) -> list[_Written]:
    """List the f-strings of a Python file that may have become the text, and literals that were dedented."""
    import ast

    found = []
    for node in _strings(file):
        lines = _of_pieces(node, text) if isinstance(node, ast.JoinedStr) else _of_dedented(file, node, text)
        if lines:
            found.append(_Written(node.lineno, node.end_lineno or 0, lines))
    return found


@functools.lru_cache(8)
def _strings(file: str) -> tuple[ast.Constant | ast.JoinedStr, ...]:
    """List the string literals and f-strings of a Python file."""
    import ast
    import linecache

    try:
        nodes = [*ast.walk(ast.parse("".join(linecache.getlines(file))))]
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(
        node
        for node in nodes
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    )


def _of_dedented(file: str, node: ast.Constant, text: str) -> list[int]:
    """List the lines of a literal for those of a text that differs in blanks around its lines only; else none."""
    ours, theirs = ([line.strip() for line in whole.split("\n")] for whole in (text, str(node.value)))
    if not any(ours) or "\n".join(ours).strip() != "\n".join(theirs).strip():
        return []
    lines = [*_lines_of(file, node)]
    offset = next(index for index, line in enumerate(theirs) if line) - next(i for i, line in enumerate(ours) if line)
    return [lines[min(max(index + offset, 0), len(lines) - 1)] for index in range(len(ours))]


def _of_pieces(node: ast.JoinedStr, text: str) -> list[int]:
    """List the lines of an f-string for those of a text that it may have become; none when it has not."""
    import ast

    pieces = [piece.value if isinstance(piece, ast.Constant) else None for piece in node.values]
    said = [str(piece) for piece in pieces if piece is not None]
    is_raw = (node.end_lineno or 0) - node.lineno == sum(piece.count("\n") for piece in said)
    if not any(map(str.strip, said)):
        return []
    lines, at, end = [node.lineno], node.lineno, 0
    for index, piece in enumerate(pieces):
        if piece is None:
            continue
        is_last = index == len(pieces) - 1
        begin = text.rfind(piece) if is_last else text.find(piece, end)
        if begin < end or (index == 0 and begin) or (is_last and begin + len(piece) != len(text)):
            return []
        lines += [at] * text.count("\n", end, begin)
        for _ in range(piece.count("\n")):
            at += is_raw
            lines.append(at)
        end = begin + len(piece)
    return lines + [at] * text.count("\n", end)


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
