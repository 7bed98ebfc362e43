"""The brackets of a text, with what tells which belong together: lines, indentation, and where calls begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmock_py.lang.faults import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOSER = {"[": "]", "(": ")", "{": "}"}
OPENER = {closer: opener for opener, closer in CLOSER.items()}
_TOKEN = re.compile(
    r"""(?P<whole>\([^()\[\]{}"'`#/\n]*\))|(?P<skip>\s+|(?:\#|//)[^\n]*|/\*[\s\S]*?\*/)"""
    r"""|(?P<literal>"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'(?:[^'\\\n]|\\.)[^'\n]*'|`[^`\n]+`|[0-9][\w.]*)"""
    r"""|(?P<bracket>[\[\](){}])|(?P<word>[A-Za-z_]\w*)|(?P<quote>/\*|["'`])|(?P<sign>->|.)"""
)
_COUNTED = r"(?:XALT|ONE_OF|REPEAT|AT_LEAST|AT_MOST)"
_HEAD = re.compile(
    rf"(?:\b{_COUNTED}\s*\([^()\[\]{{}}\n]*\)|\blang\s+\w+\s*(?:\([^()\[\]{{}}\n]*\))?|\b(?P<word>[A-Za-z_]\w*))\s*\Z"
)
_CALLED = re.compile(r"(?:[A-Za-z_]\w*\s*=\s*)?(?:\b(?:do|lang)\s+)?[A-Za-z_][\w.]*\s*\Z")
_CALL = re.compile(r"(?:[A-Za-z_]\w*\s*=\s*)?[A-Za-z_]\w*(?:\s*\.\s*\w+)*\s*\(")
_STARTING = re.compile(rf"(?:{'|'.join(OPERATORS)}|do|let|lang|include)\b")
_LACKING = re.compile(
    r"((?:SEQ|PAR|PERM|REPLICATE|OPTIONAL|ANY|XALT|ONE_OF)\b|"
    r"(?:XALT|ONE_OF|REPEAT|AT_LEAST|AT_MOST)\s*\([^()\[\]{}\n]*\))\s*+(?![\[{(.=])"
)
_PLAIN_OPERATORS = frozenset({"SEQ", "PAR", "PERM", "REPLICATE", "OPTIONAL", "ANY"})
_WANTING = frozenset({"->", "=", ":", "&", "|", "<", ">", "@", "~"})
_ENDING = frozenset({"", "]", ")", "}", "[", "{", ";"})
_GOING_ON = _WANTING | {",", "(", "[", "{"}
_BEFORE_ARRAY = _GOING_ON | {"each", ""}
_FAR = 200  # characters in which the head of a bracket is sought


@dataclass(frozen=True, slots=True)
class Mark:
    """A bracket, or the place where something begins that stands inside of no call.

    Attributes:
        at: where it is.
        sign: the bracket; or the quote of what has no end; empty for what begins, and for the end of the text.
        line: its number.
        indent: of that line.
        leads: whether it is the first of its line.
        behind: where ends what stands before it.
        head: where begins what an opening bracket, or a quote, belongs to.
        is_block: whether items stand in an opening bracket, and no values.
        is_odd: whether a bracket hardly stands there: what closes behind an arrow, ``[`` behind a value.
        is_lacking: whether the bracket is not there, and an operator needs one.
        is_told: whether a fault of its own explains it, as for what stands behind the quote of a string without end.
        is_end: whether the text ends here.
    """

    at: int
    sign: str
    line: int
    indent: int
    leads: bool
    behind: int
    head: int = 0
    is_block: bool = False
    is_odd: bool = False
    is_lacking: bool = False
    is_told: bool = False
    is_end: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether an opening bracket belongs to no operator and to no call."""
        return self.head == self.at or not (self.is_block or self.sign == "(")

    @property
    def closes(self) -> bool:
        """Whether it is a closing bracket."""
        return self.sign in {"]", ")", "}"}


def marks_in(text: str) -> Iterator[Mark]:
    """Yield the marks of a text in order; brackets of a call that is whole, and holds no others, are none.

    >>> [(mark.at, mark.sign) for mark in marks_in("PAR[ f(1, [2]) g(3) ]")]
    [(0, ''), (3, '['), (5, ''), (6, '('), (10, '['), (12, ']'), (13, ')'), (15, ''), (20, ']'), (21, '')]
    """
    line, line_start, behind, before, head, told = 1, 0, 0, "", 0, -1
    leads, in_block = True, False  # the latter: behind the bracket of an operator
    for token in _TOKEN.finditer(text):
        at, kind = token.start(), token.lastgroup
        if kind == "skip":
            if "\n" in token[0]:
                line += token[0].count("\n")
                line_start = at + token[0].rindex("\n") + 1
                leads = True
            continue
        place = line, _width(text, line_start), leads, behind
        is_told = at < told
        if kind == "quote" and not is_told:
            told = len(text) + 1 if token[0] == "/*" else end_of_line(text, at)
            yield Mark(at, token[0], *place, head if head >= line_start else at, is_told=True)
        if kind == "whole" and not is_told:
            head, _ = _opened(text, at, before, head)
        elif kind == "bracket" and token[0] in CLOSER and not is_told:
            head, is_block = _opened(text, at, before, at if leads and before not in _GOING_ON else head)
            is_odd = token[0] == "[" and not is_block and (in_block or before not in _BEFORE_ARRAY)
            in_block = is_block
            yield Mark(at, token[0], *place, head, is_block or is_odd, is_odd)
        elif kind == "bracket" and token[0] not in CLOSER:
            yield Mark(at, token[0], *place, is_odd=before in _WANTING, is_told=is_told)
        elif kind == "word" and not is_told and _begins(text, at, before, leads=leads):
            yield Mark(at, "", *place)
            lacking = _LACKING.match(text, at)
            if lacking:
                yield Mark(lacking.end(1) - 1, "[", *place, at, is_block=True, is_lacking=True)
        leads, behind, before = False, token.end(), token[0]
        in_block = in_block and before in CLOSER
        if kind == "word" and token[0] in {"let", "include"}:
            head = at
    yield Mark(len(text), "", line, 0, leads=True, behind=behind, is_told=told > len(text), is_end=True)


def _width(text: str, line_start: int) -> int:
    """The width of the indentation of a line."""
    rest = text[line_start : line_start + _FAR]
    return len(rest.expandtabs(8)) - len(rest.expandtabs(8).lstrip())


def end_of_line(text: str, at: int) -> int:
    """Find the end of the line of a place."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _begins(text: str, at: int, before: str, *, leads: bool) -> bool:
    """Whether a call, an operator or a declaration begins at a word, which inside of a line no sign may precede."""
    if before in {"do", "lang", ".", "="} or not (leads or before[-1:].isalnum() or before in _ENDING):
        return False
    return (_CALL.match(text, at) or _STARTING.match(text, at)) is not None


def _opened(text: str, at: int, before: str, head: int) -> tuple[int, bool]:
    """Find where begins what an opening bracket belongs to, and whether items stand in it."""
    near = max(0, at - _FAR)
    if before in {"]", "}"}:
        head = at
    if text[at] == "(":
        is_name = (before[-1:].isalnum() or before[-1:] in {"_", "`"}) and before not in _PLAIN_OPERATORS
        called = _CALLED.search(text[near:at]) if is_name else None
        if called is not None:
            return near + called.start(), False
        if before in _PLAIN_OPERATORS:
            return text.rindex(before, 0, at), True
        counted = _head(text, at) if before == ")" else None
        if counted is not None:
            return counted, True
        return (head, False) if before == "->" else (at, True)
    found = _head(text, at)
    return (head, False) if found is None else (found, True)


def _head(text: str, at: int) -> int | None:
    """Find where begins the operator or definition that a bracket belongs to; None when it belongs to none."""
    near = max(0, at - _FAR)
    found = _HEAD.search(text[near:at])
    if found is None or found["word"] in {"each", "in"}:
        return None
    if text[at] == "{" and found["word"] and found["word"] not in OPERATORS:
        return None
    return near + found.start()


def is_block(text: str, at: int) -> bool:
    """Tell whether items stand in an opening bracket, and no values.

    >>> [is_block("REPEAT(2)[ f([1]){3} ]", at) for at in (6, 9, 12, 13, 17)]
    [False, True, False, False, False]
    """
    if text[at] == "(":
        return re.search(r"(\w|`|->)\s*\Z", text[max(0, at - _FAR) : at]) is None
    return _head(text, at) is not None
