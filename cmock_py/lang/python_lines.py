"""Finds where in Python files a text is written, so that messages can name the lines."""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from types import FrameType

_NEAR = 5  # calls
_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep


@dataclass(frozen=True, slots=True)
class _Literal:
    """A literal of a Python file: its first and last line, and the line there of each line of the text."""

    first: int
    last: int
    lines: list[int]


def written_at(text: str) -> tuple[str, list[int]] | None:
    """Find the file in which a text is a literal, and the line there of each line of the text.

    It is the literal of a call that is under way, the innermost first; else the nearest before such a call. An f-string
    or one that is dedented is looked for in the calls nearest to us only, since to find it is half a guess.

    Returns:
        None when no literal is the text.
    """
    calls = [(frame.f_code.co_filename, *_lines_of_call(frame)) for frame in users_frames()]
    before = None
    for file, first, last in calls:
        found = _literals(file, text)
        for literal in found:
            if literal.first <= last and first <= literal.last:
                return file, literal.lines
        earlier = [literal for literal in found if literal.first <= first]
        if before is None and earlier:
            before = file, max(earlier, key=attrgetter("first")).lines
    if before is not None:
        return before
    return next(
        (
            (file, literal.lines)
            for file, first, last in calls[:_NEAR]
            for literal in _formed(file, text)
            if literal.first <= last and first <= literal.last
        ),
        None,
    )


def _lines_of_call(frame: FrameType) -> tuple[int, int]:
    """Return the first and the last line of the call that a frame waits for."""
    positions = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None, None))
    first, last = positions[0] or frame.f_lineno or 0, positions[1] or frame.f_lineno or 0
    return first, last


def users_frames() -> Iterator[FrameType]:
    """Yield the frames that are none of ours, the innermost first."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the one documented way to see one's caller
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            yield frame
        frame = frame.f_back


def short_name(file: str) -> str:
    """Name a file relative to the current folder when it lies below it."""
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative


def _literals(file: str, text: str) -> list[_Literal]:
    """List the literals of a Python file that are the text."""
    import ast

    source = _source(file)
    longest = max(text.splitlines(), key=len, default="").strip()
    if "\\" not in longest and '"' not in longest and longest not in source:
        return []  # sooner than by parsing every file of a call stack
    nodes = [node for node in _strings(source) if isinstance(node, ast.Constant) and node.value == text]
    return [_Literal(node.lineno, node.end_lineno or 0, [*_lines_of(file, node)]) for node in nodes]


def _formed(file: str, text: str) -> list[_Literal]:
    """List the f-strings of a Python file that may have become the text, and literals that were dedented."""
    import ast

    found = []
    for node in _strings(_source(file)):
        lines = _of_pieces(node, text) if isinstance(node, ast.JoinedStr) else _of_dedented(file, node, text)
        if lines:
            found.append(_Literal(node.lineno, node.end_lineno or 0, lines))
    return found


def _source(file: str) -> str:
    """Return the text of a Python file, of a notebook's cell, say, as well."""
    import linecache

    return "".join(linecache.getlines(file))


@functools.lru_cache(8)
def _strings(source: str) -> tuple[ast.Constant | ast.JoinedStr, ...]:
    """List the string literals and f-strings in the text of a Python file."""
    import ast

    try:
        nodes = [*ast.walk(ast.parse(source))]
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(
        node
        for node in nodes
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    )


def _of_dedented(file: str, node: ast.Constant, text: str) -> list[int]:
    """List the lines of a literal for those of a text that differs in blanks around its lines only; else none."""
    if text.count("\n") > str(node.value).count("\n") + 1:  # dedenting adds no line
        return []
    ours, theirs = ([line.strip() for line in whole.split("\n")] for whole in (text, str(node.value)))
    if not any(ours) or "\n".join(ours).strip() != "\n".join(theirs).strip():
        return []
    lines = [*_lines_of(file, node)]
    offset = next(index for index, line in enumerate(theirs) if line) - next(i for i, line in enumerate(ours) if line)
    return [lines[min(max(index + offset, 0), len(lines) - 1)] for index in range(len(ours))]


def _of_pieces(node: ast.JoinedStr, text: str) -> list[int]:
    """List the lines of an f-string for those of a text that it may have become; none when it has not."""
    import ast

    pieces = [str(piece.value) if isinstance(piece, ast.Constant) else None for piece in node.values]
    said = [piece for piece in pieces if piece is not None]
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
    import tokenize

    segment = ast.get_source_segment(_source(file), node) or ""
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
