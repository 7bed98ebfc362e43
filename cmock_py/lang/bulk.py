"""Takes runs of plain calls apart: by far the most of a long text, and much too slow token by token.

The grammar gives up to a thousand calls as one token. One `findall` splits it into columns, and each column is read as
a whole. Each *distinct* text of arguments or answer is read once: numbers of all calls together as JSON, other plain
values by one regular expression, and what is left by the grammar. Lines are counted from call to call, so all is linear
in the text.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from cmock_py.errors import InternalError
from cmock_py.lang.build import LITERALS, NAMED_VALUES, UNREAD, Part, build_answer, build_arguments
from cmock_py.lang.faults import syntax_problem
from cmock_py.lang.feed import fed
from cmock_py.lang.grammar import terminal
from cmock_py.lang.literals import BadLiteral
from cmock_py.lang.nodes import Event, Name, answer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Arguments = tuple[tuple[Any, ...], int | str | None]

MAX_PROBLEMS = 100
_SKIPPED = r"(?>\s+|(?:#|//)[^\n]*|/\*[\s\S]*?\*/)*+"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_TEXT = r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
_ARGUMENTS = rf"(?>[^()\"'`#/\n]+|{_TEXT}|'(?:[^'\\\n]|\\[^\n])[^'\n]*'|`[^`\n]+`)*+"
_IN_BRACKETS = rf"(?>[^()\[\]{{}}\"'`#/\n]+|{_TEXT})*"
_VALUE = rf"x?{_TEXT}|(?!each\b)@?{_NAME}|[+-]?[0-9][A-Za-z0-9_.]*"
_ANSWER = (
    rf"(?>(?:each[ \t]*)?\[{_IN_BRACKETS}\]|\{{{_IN_BRACKETS}\}}|{_VALUE})"
    r"(?![A-Za-z0-9_.+\"'(\-])"  # then it is no simple answer, but the start of something longer
)
_CALL = re.compile(
    rf"({_SKIPPED})((?:({_NAME})[ \t]*=[ \t]*)?({_NAME}(?:\.{_NAME})*+)\(({_ARGUMENTS})\)"
    rf"(?:[ \t]*->[ \t]*({_ANSWER}))?+(?:[ \t]*[,;])?)"
)
"""What stands before a call; the call and its separator; of the call its name, function, arguments and answer."""

_BRACKETS = re.compile(r"""["'`\[\]{}()]""")
_NUMBERS = re.compile(r"[-, \t\n]*+(?:[0-9]{1,18}+[-, \t\n]*+)*+")
"""Perhaps decimal numbers with commas between, in lines; JSON tells, and reads those that pass as the language does."""

_ATOM = re.compile(rf"(\s*(?:{_TEXT}|[^,\"'`\[\]{{}}()]+)\s*)(?:,|\Z)")
_VOID = frozenset({"", "ok", "void"})
_NOT_VALUES = frozenset({"in", "each"})  # words of the grammar where a value may stand
_NO_VALUE = object()
_SHORT = 20  # digits of a number that surely fits
_new_event = functools.partial(tuple.__new__, Event)  # Event(...) fills in defaults; this is called by the million


@dataclass(frozen=True, slots=True)
class Runs:
    """What is known about the calls of one text so far; every distinct text of arguments or answer is parsed once."""

    part: Part
    functions: dict[str, tuple[str, str]] = field(default_factory=dict)
    arguments: dict[str, Arguments] = field(default_factory=dict)
    atoms: dict[str, Arguments] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(_VOID))


def split_calls(runs: Runs, token: Any) -> list[Event]:
    """Make the events of one token CALLS.

    Args:
        runs: what is known of the same text so far; learns.
        token: the token of the grammar; `runs.part.text` holds it at its place.

    Returns:
        The events in order, each with its line and column.
    """
    columns = zip(*_CALL.findall(runs.part.text, token.start_pos, token.end_pos), strict=True)
    gaps, calls, binds, called, arguments, answers = columns
    ends = [*accumulate(map(len, chain.from_iterable(zip(gaps, calls, strict=True))), initial=token.start_pos)]
    starts = ends[1::2]
    if ends[-1] != token.end_pos:
        message = f"lang.bulk and the terminal CALLS differ in {token[:60]!r}; please report this"
        raise InternalError(message)

    def read_arguments(text: str, call: int) -> Arguments:
        return _arguments(runs, text, starts[call] + calls[call].index("(") + 1)

    def read_answer(text: str, call: int) -> Any:
        return _answer(runs, text, starts[call] + calls[call].rindex(text))

    for name in set(called) - runs.functions.keys():
        runs.functions[name] = name.rpartition(".")[::2]
    modules, functions = zip(*map(runs.functions.__getitem__, called), strict=True)
    read = _column(arguments, runs.arguments, lambda numbers: (tuple(numbers), None), read_arguments)
    values, errnos = zip(*read, strict=True)
    given = _column(answers, runs.answers, itemgetter(0), read_answer)
    names = [name or None for name in binds]
    places = repeat(runs.part.name), _lines(token, gaps), _columns(token, gaps, starts)
    return list(map(_new_event, zip(modules, functions, values, given, errnos, names, *places, strict=False)))


def _lines(token: Any, gaps: Sequence[str]) -> Iterator[int]:
    """Count the lines up to each call."""
    breaks = {gap: gap.count("\n") for gap in set(gaps)}
    return accumulate(map(breaks.__getitem__, gaps[1:]), initial=token.line)


def _columns(token: Any, gaps: Sequence[str], starts: Sequence[int]) -> Iterator[int]:
    """Count how far each call is behind the last end of a line."""
    line_start = starts[0] - token.column
    for gap, start in zip(gaps, starts, strict=True):
        if "\n" in gap:
            line_start = start - len(gap) + gap.rindex("\n")
        yield start - line_start


def _column(
    texts: Sequence[str],
    known: dict[str, Any],
    made: Callable[[list[int]], Any],
    read: Callable[[str, int], Any],
) -> Iterator[Any]:
    """Read the arguments, or the answers, of all calls of a token, each distinct text once.

    Args:
        texts: one of each call.
        known: what is known of texts that are not numbers; learns.
        made: gives the meaning of a text that is numbers.
        read: gives the meaning of another text, with the number of the first call that has it.
    """
    found = dict.fromkeys(texts)
    numbers = _numbers([text for text in found if text not in known])
    found.update(zip(numbers, map(made, numbers.values()), strict=True))
    if len(numbers) < len(found):
        for call, text in enumerate(texts):
            if text not in numbers:
                if text not in known:
                    known[text] = read(text, call)
                found[text] = known[text]
    return map(found.__getitem__, texts)


def _numbers(texts: Sequence[str]) -> dict[str, list[int]]:
    """Read those of the texts that are decimal numbers with commas between, all at once."""
    lines = "\n".join(texts)
    if not _NUMBERS.fullmatch(lines):
        texts = [text for text in texts if _NUMBERS.fullmatch(text)]
        lines = "\n".join(texts)
    try:
        return dict(zip(texts, json.loads("[[" + lines.replace("\n", "],[") + "]]"), strict=False))
    except ValueError:
        return {}


# --- arguments and answers ------------------------------------------------------------------------------------------


def _arguments(runs: Runs, args: str, offset: int) -> Arguments:
    """Read the text between the parentheses of a call; problems are told of its first occurrence."""
    if not args or args.isspace():
        return (), None
    return _plain_arguments(runs, args) or _list(runs.part, args, offset)


def _list(part: Part, args: str, offset: int) -> Arguments:
    """Read arguments by the grammar."""
    built = _parsed(part, args, offset, "arguments", build_arguments)
    if built is UNREAD:
        part.unsure.update(re.findall(_NAME, args))
        return (UNREAD,), None
    return built  # type: ignore[no-any-return]


def _answer(runs: Runs, answer: str, offset: int) -> Any:
    """Read the text behind the arrow of a call."""
    match = _literal().fullmatch(answer)
    value = _plain_value(match) if match else _NO_VALUE
    return _parsed(runs.part, answer, offset, "answer", build_answer) if value is _NO_VALUE else answer_of(value)


def _parsed(part: Part, text: str, offset: int, start: str, build: Callable[[Any, Part], Any]) -> Any:
    """Parse a piece of the text by the grammar; `UNREAD` when it is wrong, which is reported."""
    from lark import UnexpectedInput

    if len(part.problems) >= MAX_PROBLEMS:
        return UNREAD
    piece = replace(part, base=offset)
    try:
        tree = fed(text, start, piece)
    except UnexpectedInput as error:
        closer = "')'" if start == "arguments" else None
        part.problems.append(syntax_problem(error, part.text, (offset, offset + len(text)), closer))
        return UNREAD
    return UNREAD if tree is None else build(tree, piece)


def _plain_arguments(runs: Runs, args: str) -> Arguments | None:
    """Read arguments that commas separate, each a literal, a name or a text without brackets; None for any other."""
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
