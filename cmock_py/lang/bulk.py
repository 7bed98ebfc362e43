"""Takes runs of plain calls apart: by far the most of a long text, and much too slow token by token.

The grammar gives up to a thousand calls as one token. One `finditer` splits it; function names, argument texts and
answers go through dicts, and each *distinct* argument text is parsed once: by one regular expression when it is a list
of plain values, else by the grammar. Lines are counted from event to event, so all is linear in the text.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cmock_py.errors import InternalError
from cmock_py.lang.build import LITERALS, NAMED_VALUES, Part, build_answer, build_arguments
from cmock_py.lang.faults import syntax_problem
from cmock_py.lang.feed import fed
from cmock_py.lang.grammar import terminal
from cmock_py.lang.literals import BadLiteral
from cmock_py.lang.nodes import Event, Name

if TYPE_CHECKING:
    from collections.abc import Callable

Arguments = tuple[tuple[Any, ...], int | str | None]

MAX_PROBLEMS = 100
_SKIPPED = r"(?>\s+|(?:#|//)[^\n]*|/\*[\s\S]*?\*/)*+"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_TEXT = r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
_ARGUMENTS = rf"(?>[^()\"'#/\n]+|{_TEXT}|'(?:[^'\\\n]|\\[^\n])[^'\n]*')*+"
_IN_BRACKETS = rf"(?>[^()\[\]{{}}\"'#/\n]+|{_TEXT})*"
_VALUE = rf"x?{_TEXT}|(?!each\b)@?{_NAME}|[+-]?[0-9][A-Za-z0-9_.]*"
_ANSWER = (
    rf"(?>(?:each[ \t]*)?\[{_IN_BRACKETS}\]|\{{{_IN_BRACKETS}\}}|{_VALUE})"
    r"(?![A-Za-z0-9_.+\"'(\-])"  # then it is no simple answer, but the start of something longer
)
_CALL = re.compile(
    rf"{_SKIPPED}(?:({_NAME})[ \t]*=[ \t]*)?({_NAME}(?:\.{_NAME})*+)\(({_ARGUMENTS})\)"
    rf"(?:[ \t]*->[ \t]*({_ANSWER}))?+(?:[ \t]*[,;])?"
)
_BRACKETS = re.compile(r"""["'\[\]{}()]""")
_NUMBERS = re.compile(r"\s*-?(?:0|[1-9][0-9]{0,17})\s*(?:,\s*-?(?:0|[1-9][0-9]{0,17})\s*)*+", re.ASCII)
"""Decimal numbers with commas between, as Python reads them without a second look."""

_ATOM = re.compile(rf"(\s*(?:{_TEXT}|[^,\"'\[\]{{}}()]+)\s*)(?:,|\Z)")
_VOID = frozenset({None, "ok", "void"})
_NOT_VALUES = frozenset({"in", "each"})  # words of the grammar where a value may stand
_NO_VALUE = object()
_SHORT = 20  # digits of a number that surely fits


@dataclass(frozen=True, slots=True)
class Runs:
    """What is known about the calls of one text so far; every distinct text of arguments or answer is parsed once."""

    part: Part
    functions: dict[str, tuple[str, str]] = field(default_factory=dict)
    arguments: dict[str, Arguments] = field(default_factory=dict)
    atoms: dict[str, Arguments] = field(default_factory=dict)
    answers: dict[str | None, Any] = field(default_factory=lambda: dict.fromkeys(_VOID))


def split_calls(runs: Runs, token: Any) -> list[Event]:
    """Make the events of one token CALLS.

    Args:
        runs: what is known of the same text so far; learns.
        token: the token of the grammar; `runs.part.text` holds it at its place.

    Returns:
        The events in order, each with its line and column.
    """
    text, name = runs.part.text, runs.part.name
    functions, arguments, answers = runs.functions, runs.arguments, runs.answers
    events: list[Event] = []
    line, counted, end = token.line, token.start_pos, token.start_pos
    line_start = token.start_pos - token.column
    for match in _CALL.finditer(text, token.start_pos, token.end_pos):
        binds, called, args, answer = match.groups()
        start = match.start(2 if binds is None else 1)
        newlines = text.count("\n", counted, start)
        if newlines:
            line += newlines
            line_start = text.rindex("\n", counted, start)
        counted = start
        if match.start() != end:
            break
        end = match.end()
        module, function = functions.get(called) or _split_name(functions, called)
        known = arguments.get(args)
        if known is None:
            known = arguments[args] = _arguments(runs, args, match.start(3))
        if answer not in answers:
            answers[answer] = _answer(runs, answer, match.start(4))
        place = name, line, start - line_start
        events.append(tuple.__new__(Event, (module, function, known[0], answers[answer], known[1], binds, *place)))
    if end != token.end_pos:
        message = f"lang.bulk and the terminal CALLS differ at {text[end : end + 60]!r}; please report this"
        raise InternalError(message)
    return events


def _split_name(functions: dict[str, tuple[str, str]], called: str) -> tuple[str, str]:
    """Split ``module.function`` and remember it."""
    module, _, function = called.rpartition(".")
    functions[called] = module, function
    return module, function


# --- arguments and answers ------------------------------------------------------------------------------------------


def _arguments(runs: Runs, args: str, offset: int) -> Arguments:
    """Read the text between the parentheses of a call; problems are told of its first occurrence."""
    if not args or args.isspace():
        return (), None
    return _plain_arguments(runs, args) or _parsed(runs.part, args, offset, "arguments", build_arguments) or ((), None)


def _answer(runs: Runs, answer: str, offset: int) -> Any:
    """Read the text behind the arrow of a call."""
    if _NUMBERS.fullmatch(answer) and "," not in answer:
        return int(answer)
    match = _literal().fullmatch(answer)
    value = _plain_value(match) if match else _NO_VALUE
    return _parsed(runs.part, answer, offset, "answer", build_answer) if value is _NO_VALUE else value


def _parsed(part: Part, text: str, offset: int, start: str, build: Callable[[Any, Part], Any]) -> Any:
    """Parse a piece of the text by the grammar; None when it is wrong, which is reported."""
    from lark import UnexpectedInput

    if len(part.problems) >= MAX_PROBLEMS:
        return None
    piece = replace(part, base=offset)
    try:
        tree = fed(text, start, piece)
    except UnexpectedInput as error:
        closer = "')'" if start == "arguments" else None
        part.problems.append(syntax_problem(error, part.text, (offset, offset + len(text)), closer))
        return None
    return None if tree is None else build(tree, piece)


def _plain_arguments(runs: Runs, args: str) -> Arguments | None:
    """Read arguments that commas separate, each a literal, a name or a text without brackets; None for any other."""
    if _NUMBERS.fullmatch(args):  # by far the most of a long text
        return tuple(map(int, args.split(","))), None
    atoms = args.split(",") if _BRACKETS.search(args) is None else _quoted_atoms(args)
    values: list[Any] = []
    errno: int | str | None = None
    for atom in atoms:
        known = runs.atoms.get(atom)
        if known is None:
            known = _read_atom(runs, atom)
        if known is None or (errno is not None and known[1] is not None):
            return None
        values += known[0]
        errno = errno if known[1] is None else known[1]
    return tuple(values), errno


def _quoted_atoms(args: str) -> list[str]:
    """Split arguments of which some are strings at the commas between; one empty text when they hold brackets."""
    atoms, at = [], 0
    while at < len(args):
        match = _ATOM.match(args, at)
        if match is None:
            return [""]
        atoms.append(match[1])
        at = match.end()
    return atoms


def _read_atom(runs: Runs, atom: str) -> Arguments | None:
    """Read one argument, and remember it; None when it is wrong, which the whole argument list will report."""
    text = atom.strip()
    if text.isdecimal() and text.isascii() and text[0] != "0" and len(text) <= _SHORT:
        return (int(text),), None  # counters differ from call to call: faster to read than to remember
    match = _literal().fullmatch(text)
    value = _plain_value(match) if match else _NO_VALUE
    if value is not _NO_VALUE:
        known: Arguments | None = ((value,), None)
    elif atom.isspace() or not atom or len(runs.part.problems) >= MAX_PROBLEMS:
        known = None
    else:
        alone = Part(atom, runs.part.name)
        built = _parsed(alone, atom, 0, "arguments", build_arguments)
        known = None if alone.problems else built
    if known is not None:
        runs.atoms[atom] = known
    return known


def _plain_value(match: re.Match[str]) -> Any:
    """Read the literal or name that a match of `_literal` holds; `_NO_VALUE` when it is none."""
    kind = match.lastgroup or ""
    text = match[kind]
    if kind == "NAME":
        if text in _NOT_VALUES:
            return _NO_VALUE
        return NAMED_VALUES[text] if text in NAMED_VALUES else Name(text)
    try:
        return LITERALS[kind](text)
    except BadLiteral:
        return _NO_VALUE


@functools.cache
def _literal() -> re.Pattern[str]:
    """Compile the terminals of plain values; the name of the group is the terminal."""
    names = ("INT", "FLOAT", "NAME", "STRING", "CHAR", "HEXBYTES")  # INFINITY is a FLOAT before it is a NAME
    return re.compile("|".join(f"(?P<{name}>{_ungrouped(terminal(name))})" for name in names))


def _ungrouped(pattern: str) -> str:
    """Make the groups of a pattern non-capturing, so that `lastgroup` names the terminal."""
    return re.sub(r"\\.|\((?!\?)", lambda match: "(?:" if match[0] == "(" else match[0], pattern)
