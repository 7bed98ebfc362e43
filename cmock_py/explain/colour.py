"""Colours the marks, carets and hints of a report for a terminal; everywhere else reports are plain text.

A report stays what it is: colour is put around words of its lines, so whoever takes it away has the same text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_RED, _YELLOW, _MAGENTA, _CYAN, _BOLD = "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;35m", "\x1b[1;36m", "\x1b[1m"
OFF = "\x1b[0m"
"""Ends all colours."""
_OF_MARK = {"+": _RED, "-": _MAGENTA, "!": _YELLOW, "~": _CYAN}

_MARKED = re.compile(r"   (?P<mark>[-+!~])(?P<text>  .*?)(?P<note>(?:   |(?<=\|) )<- [a-z ]+)?")
_POINTING = re.compile(r"(?P<before> *(?:\| )?\s*)(?P<caret>\^[~^]*(?: .*)?)")
_HEADED = re.compile(r"(?P<before> *)(?P<word>hint|next|help|expected at this point)(?P<text>: .*|:)")
_ARROW = re.compile(r"(?P<text>.*\S)(?P<note>   <- (?:this one|in progress))")


def wants_colour(environment: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Decide whether to colour, as ``NO_COLOR`` and ``FORCE_COLOR`` ask for it; without them a terminal does.

    >>> wants_colour({"NO_COLOR": "1"}, is_terminal=True), wants_colour({"FORCE_COLOR": "1"}, is_terminal=False)
    (False, True)
    """
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (is_terminal and environment.get("TERM") != "dumb")


def coloured(report: str) -> str:
    r"""Colour a report or the message of an error, line by line.

    >>> coloured("      x:  expected 0\n          but was  3\n                   ^ here")
    '      x:  expected 0\n          but was  3\n                   \x1b[1;33m^ here\x1b[0m'
    """
    return "\n".join(map(_line, report.split("\n")))


def _line(line: str) -> str:
    if found := _MARKED.fullmatch(line):
        colour = _OF_MARK[found["mark"]]
        return f"   {colour}{found['mark']}{OFF}{found['text']}{_in(colour, found['note'])}"
    if found := _POINTING.fullmatch(line):
        return f"{found['before']}{_in(_YELLOW, found['caret'])}"
    if found := _HEADED.fullmatch(line):
        return f"{found['before']}{_in(_BOLD, found['word'])}{found['text']}"
    if found := _ARROW.fullmatch(line):
        return f"{found['text']}{_in(_RED, found['note'])}"
    return line


def _in(colour: str, text: str | None) -> str:
    return f"{colour}{text}{OFF}" if text else ""
