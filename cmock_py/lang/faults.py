"""Turns what the parser did not like into faults: the place with a caret, what was possible, and at most one hint."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmock_py.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

OPERATORS = (
    "SEQ",
    "XALT",
    "ONE_OF",
    "PAR",
    "PERM",
    "REPLICATE",
    "OPTIONAL",
    "REPEAT",
    "AT_LEAST",
    "AT_MOST",
    "ANY",
    "EMPTY",
    "SUCCESS",
    "EVENT",
)
_WITHOUT_BRACKET = frozenset({"EMPTY", "SUCCESS", "EVENT"})
_COUNTED = ("XALT", "ONE_OF", "REPEAT", "AT_LEAST", "AT_MOST")
_MAX_SHOWN = 110  # characters of a line in a snippet
_MAX_POSSIBLE = 6
BRACKETS = re.compile(
    r"""[\[\](){}]|`[^`\n]+`|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'(?:[^'\\\n]|\\.)[^'\n]*'|(?:#|//)[^\n]*|/\*[\s\S]*?\*/"""
)
DECLARING = ("do", "let", "lang", "include")
_CLOSER = {"[": "]", "(": ")", "{": "}"}
_WORD = re.compile(r"[A-Za-z_]\w*|[+-]?[\w.]+|->|\.\.|[=!<>]=|\"[^\n]*|'[^\n]*|.", re.DOTALL)
_NOT_COMPUTED = "nothing is computed here: write the number, or a Python term; -> @name answers by a Python function"
_NO_ANSWER = "write  -> 0 , -> {42, true} ... or drop the arrow (a void function)"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place of the text; `faults_of` makes it a fault.

    Attributes:
        offset: where, in characters from 0.
        message: what was seen and what was possible.
        hint: the next step, or None.
        width: how many characters the caret marks.
        note: a word beside the caret.
        opener: the offset of a bracket that has to do with it, or None.
        opened: what is said beside that bracket.
    """

    offset: int
    message: str
    hint: str | None = None
    width: int = 1
    note: str = ""
    opener: int | None = None
    opened: str = "this {} is never closed"


def faults_of(text: str, name: str, problems: Iterable[Problem]) -> list[Fault]:
    """Make faults of problems, in the order of the text; counts the lines once, however many there are.

    Of several about one place, as one mistake can be met in two ways, it takes the first that has a hint.
    """
    told: dict[int, Problem] = {}
    for problem in problems:
        if problem.offset not in told or (told[problem.offset].hint is None and problem.hint is not None):
            told[problem.offset] = problem
    faults, line, counted = [], 1, 0
    for _, problem in sorted(told.items()):
        line += text.count("\n", counted, problem.offset)
        counted = problem.offset
        column = problem.offset - text.rfind("\n", 0, problem.offset)
        faults.append(
            Fault(f"{name}:{line}:{column}", problem.message, problem.hint, _snippet(text, problem, line, column))
        )
    return faults


# --- the text with a caret ------------------------------------------------------------------------------------------


def _snippet(text: str, problem: Problem, line: int, column: int) -> str:
    """Show the line with a caret, the line before it, and the line of the bracket, with one margin."""
    marks = {line: "^" * max(1, problem.width) + (f" {problem.note}" if problem.note else "")}
    beside = None
    columns = {line: column}
    shown = {line - 1, line} - {0}
    opened = ""
    if problem.opener is not None:
        opener_line = line - text.count("\n", problem.opener, problem.offset)
        shown.add(opener_line)
        opened = "- " + problem.opened.format(repr(text[problem.opener]))
        if opener_line != line:
            marks[opener_line], columns[opener_line] = opened, problem.opener - text.rfind("\n", 0, problem.opener)
        else:
            beside = column - (problem.offset - problem.opener)
    width, rows, before = len(str(line)), [], 0
    for number in sorted(shown):
        if before and number > before + 1:
            rows.append(f"{'':{width}} ...")
        source = _line(text, problem, line, number)
        if number not in marks and not source.strip():
            continue
        rows += _rows(f"{number:>{width}}", source, columns.get(number), marks.get(number, ""), beside)
        before = number
    return "\n".join(rows)


def _line(text: str, problem: Problem, line: int, number: int) -> str:
    """Cut one line, at or before the line of the problem, out of the text without splitting all of it."""
    at = problem.offset
    if problem.opener is not None and number == line - text.count("\n", problem.opener, problem.offset):
        at = problem.opener
    elif number < line:
        at = text.rfind("\n", 0, problem.offset)
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start : end if end >= 0 else len(text)].rstrip("\r")


def _rows(number: str, source: str, column: int | None, mark: str, beside: int | None) -> list[str]:
    """Render a line of source and, when it has a mark, the line of the mark below it; cut long lines to a window.

    A bracket of the same line is marked *beside*, where it is still in the window.
    """
    start = max(0, (column or 1) - 1 - _MAX_SHOWN // 2) if len(source) > _MAX_SHOWN else 0
    window = source[start : start + _MAX_SHOWN]
    cut = ("..." if start else "") + window + ("..." if start + _MAX_SHOWN < len(source) else "")
    visible = "".join(character if character.isprintable() or character == "\t" else "?" for character in cut)
    rows = [f"{number} | {visible}".rstrip()]
    if column is not None:
        lead = visible[: column - 1 - start + (3 if start else 0)].ljust(column - 1 - start)
        pad = "".join("\t" if character == "\t" else " " for character in lead)
        if beside is not None and (seen := beside - 1 - start + (3 if start else 0)) >= 0:
            pad = f"{pad[:seen]}-{pad[seen + 1 :]}"
        rows.append(f"{'':{len(number)}} | {pad}{mark[:_MAX_SHOWN]}")
    return rows


# --- what the parser says -------------------------------------------------------------------------------------------


def syntax_problem(error: Any, text: str, part: tuple[int, int] | None = None, closer: str | None = None) -> Problem:
    """Say in human words what a `lark.UnexpectedInput` means.

    Args:
        error: the exception.
        text: the whole text.
        part: where in *text* the parsed part begins and ends; None when it is the whole text.
        closer: what may stand behind the part, where that is worth saying.
    """
    start, end = part or (0, len(text))
    at_end = getattr(getattr(error, "token", None), "type", None) == "$END"
    offset = end if at_end else start + error.pos_in_stream
    possible = _possible(error, "the end of the text" if part is None else closer)
    if at_end and part is None:
        return _early_end(text, possible)
    return _special(text, offset) or _general(text, offset, possible)


def _early_end(text: str, possible: list[str]) -> Problem:
    """Say that the text ends inside something, and where that was opened."""
    ends = len(text.rstrip())
    opener = innermost(text, ends)
    if text[:ends].endswith("->"):
        return Problem(ends - 2, "the return value after -> is missing", _NO_ANSWER, 2)
    if opener is None:
        message = f"the text ends too early; possible: {', '.join(possible)}"
        return Problem(ends, message, _hint(text, ends, ""))
    closer = _CLOSER[text[opener]]
    return Problem(ends, "the text ends too early", None, 1, f"expected {closer}", opener)


def _special(text: str, offset: int) -> Problem | None:
    """Recognise the mistakes that people make most; None for any other."""
    seen = text[offset : offset + 1]
    line_start = text.rfind("\n", 0, offset) + 1
    before = text[max(line_start, offset - 500) : offset]
    for look in (_comment, _inside, _quotes, _operator, _missing_answer, _arrow, _late_answer, _stray_closer):
        problem = look(text, offset, seen, before)
        if problem:
            return problem
    return None


def _comment(text: str, offset: int, _seen: str = "", _before: str = "") -> Problem | None:
    """A comment that nothing closes; one that is closed is no part of what is parsed."""
    if text.startswith("/*", offset):
        return Problem(offset, "this comment never ends", "close it with */", 2)
    return None


def _inside(text: str, offset: int, _seen: str, before: str) -> Problem | None:
    """A definition or a file inside of brackets; what has `.`, `=` or `(` behind the word is a call of such a name."""
    word = re.compile(r"(let|lang|include)\b").match(text, offset) or re.search(r"\b(let|lang|include)\s*\Z", before)
    if word is None or innermost(text, offset) is None:
        return None
    where = offset if word.string is text else text.rindex(word[1], 0, offset)
    return Problem(where, f"{word[1]} stands inside of brackets", f"move the {word[1]} out of them", len(word[1]))


def _quotes(text: str, offset: int, seen: str, _before: str) -> Problem | None:
    """Typographic quotes, and strings and names without an end."""
    if seen in {"\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u00ab", "\u00bb"}:
        plain = "'" if seen in {"\u2018", "\u2019"} else '"'
        return Problem(offset, f"{seen!r} is a typographic quote", f"write plain quotes: {plain}")
    return unclosed_quote(text, offset)


def unclosed_quote(text: str, offset: int) -> Problem | None:
    """Say that a string, a character, a name in backquotes or a comment has no end; None when it has one."""
    seen = text[offset : offset + 1]
    if seen == '"' and not re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"').match(text, offset):
        return Problem(offset, "this string does not end on its line", 'close it with " (a newline inside is \\n)')
    if seen == "'":
        rest = re.compile(r"'([^'\n]*)'").match(text, offset)
        message = "this character does not end on its line" if rest is None else f"{rest[0]} is not one character"
        return Problem(offset, message, 'a string is written in double quotes: "..."', len(rest[0]) if rest else 1)
    if seen == "`" and not re.compile(r"`[^`\n]+`").match(text, offset):
        return Problem(offset, "this name in backquotes does not end on its line, or is empty", "close it with `")
    return _comment(text, offset)


def _operator(text: str, offset: int, seen: str, before: str) -> Problem | None:
    """A word before a bracket that is meant to be an operator: misspelt, lower-case, or with the wrong bracket."""
    match = re.search(r"([A-Za-z_]\w*)(\s*\([^()]*\))?\s*\Z", before)
    if seen not in {"[", "{", "("} or match is None or (seen != "(" and open_calls(text, offset)):
        return _around(text, offset)
    word = match[1]
    near = difflib.get_close_matches(word.upper(), _COUNTED if match[2] else OPERATORS, 1, 0.6)
    if word in OPERATORS:
        near = [word] if seen == "(" else []
    if not near or (seen == "(" and word.upper() not in OPERATORS):
        return _around(text, offset)
    where = offset - len(before) + match.start()
    if word == near[0]:
        return Problem(offset, f"did not expect '(' after {word}", f"operators take brackets: {word}[ ... ]")
    counts = match[2] or ""
    hint = f"did you mean {near[0]}{counts}{'[' if seen == '(' else seen} ... ? Operators are written in capitals."
    return Problem(where, f"there is no operator {word!r}", hint, len(word))


def _around(text: str, offset: int) -> Problem | None:
    """A lower-case operator whose parenthesis the parser took for the arguments of a call."""
    opener = innermost(text, offset)
    if opener is None or text[opener] != "(":
        return None
    match = re.search(r"([A-Za-z_]\w*)\s*\Z", text[max(0, opener - 100) : opener])
    if match is None or match[1].upper() not in OPERATORS or match[1] in OPERATORS:
        return None
    word, name = match[1], match[1].upper()
    hint = f"did you mean {name}[ ... ? Operators are written in capitals."
    return Problem(opener - len(match[0]), f"there is no operator {word!r}", hint, len(word))


def _missing_answer(text: str, offset: int, seen: str, before: str) -> Problem | None:
    """An arrow whose value is missing: the next thing is no value, or it is the call of the next line."""
    if before.rstrip().endswith("->"):
        signed = re.compile(r"[-+]\s*[A-Za-z_]\w*").match(text, offset)
        if signed:
            return Problem(offset, f"did not expect {signed[0]!r} here", _NOT_COMPUTED, len(signed[0]))
        return Problem(
            offset - len(before) + before.rindex("->"), "the return value after -> is missing", _NO_ANSWER, 2
        )
    head = text[max(0, offset - 500) : offset]
    across = re.search(r"->[ \t]*((#|//)[^\n]*)?\n\s*[A-Za-z_]\w*\s*\Z", head) or (
        re.search(r"->\s*\Z", head) if seen not in {"", '"'} else None
    )
    if across and seen in {".", "(", "[", "{", "=", ")", "]", "}", ",", ";", "|"}:
        return Problem(offset - len(head) + across.start(), "the return value after -> is missing", _NO_ANSWER, 2)
    return None


def _arrow(text: str, offset: int, seen: str, _before: str) -> Problem | None:
    """An arrow that is written in another way."""
    match = re.compile(r"- +>|=>|-->").match(text, offset)
    if match and seen in {"-", "="}:
        return Problem(
            offset, f"did not expect {match[0]!r} here", "a return value is written  -> value", len(match[0])
        )
    return None


def _late_answer(text: str, offset: int, _seen: str, _before: str) -> Problem | None:
    """An answer behind the sign of a repetition."""
    if text.startswith("->", offset) and text[max(0, offset - 500) : offset].rstrip().endswith(("*", "+", "?", "}")):
        hint = "the answer comes before the sign of a repetition:  f() -> 4* , f() -> 4{2..5}"
        return Problem(offset, "did not expect '->' here", hint, 2)
    return None


def _stray_closer(text: str, offset: int, seen: str, _before: str) -> Problem | None:
    """A closing bracket that closes nothing, or not what is open."""
    if seen not in {"]", ")", "}"}:
        return None
    opener = innermost(text, offset)
    if opener is None:
        return Problem(offset, f"this {seen!r} closes nothing")
    if _CLOSER[text[opener]] == seen:
        return None
    note = f"expected {_CLOSER[text[opener]]}"
    return Problem(offset, f"did not expect {seen!r} here", None, 1, note, opener, "this {} is still open")


def _general(text: str, offset: int, possible: list[str]) -> Problem:
    """Say what stands there and what could stand there, with a hint where one is known."""
    match = _WORD.match(text, offset)
    seen = match[0] if match else ""
    short = seen if len(seen) <= 40 else seen[:37] + "..."  # noqa: PLR2004 - enough to recognise it
    ending = {"": "the text ends too early", "\n": "the line ends too early"}.get(seen)
    message = ending or f"did not expect {short!r} here"
    if possible:
        message += f"; possible: {', '.join(possible)}"
    return Problem(offset, message, _hint(text, offset, seen), max(1, len(short)))


def _hint(text: str, offset: int, seen: str) -> str | None:
    """Guess what was meant from what stands there and before it."""
    before = text[max(0, offset - 200) : offset].rstrip()
    is_near = "\n" not in text[len(text[:offset].rstrip()) : offset]
    opener = innermost(text, offset)
    in_arguments = opener is not None and text[opener] == "("
    if re.search(r"\blang\s+\w+\s*\([^()]*\Z", before):
        return "parameters are names with commas between:  lang name(s, n) = ..."
    hint = _hint_behind_word(before, seen, in_arguments=in_arguments, is_near=is_near) or _hint_of_c(
        text, offset, seen, before
    )
    if hint is not None:
        return hint
    if _is_range(text, offset, seen, before):
        return "a range is written  2..5 ; both bounds belong to it"
    if in_arguments and seen == "->":
        return "the arguments of a call end with ) , and its answer follows"
    if in_arguments and seen in {">", "<", ">=", "<=", "!=", "=="} and re.search(r"\?\s*\w+\Z", before):
        return f"two patterns are joined by & :  ?name & {seen} value"
    if seen == "=" and re.search(r"\bbits\s+\S+\Z", before):
        return "bits are compared by ==:  bits 0xF0 == 0x30"
    if in_arguments and seen in {">", "<", ">=", "<=", "!="}:
        return f"a comparison begins with its sign:  {seen} value ; of a parameter by its name  name: {seen} value"
    if re.search(r"->\s*[A-Z0-9_]+\s*\|\s*[A-Z0-9_]*\Z", before) and seen != "|":
        return "flags in an answer stand in brackets, as | there is a choice of calls:  -> (A|B)"
    if seen == "|" and before.endswith("|"):
        return "a choice is written with one |"
    if seen in {"=", "=="} and in_arguments:
        return "a named argument is written  name: value ; an out-value is  *name = value"
    if seen == "," and in_arguments and before.endswith((",", "(")):
        return "an argument that does not matter is written _"
    if opener is None and (seen == "=" or re.search(r"[A-Za-z_]\w*\s*=\Z", before)):
        return "a constant is written  let name = value ; only the result of a call gets a name without it"
    if before.endswith("empty"):
        return "did you mean EMPTY? Operators are written in capitals."
    if opener is None and re.search(r"[A-Za-z_]\w*\Z", before) and not re.search(r"->\s*\S+\Z", before):
        return "a call has parentheses, also without arguments: stack.new()"
    return None


def _hint_of_c(text: str, offset: int, seen: str, before: str) -> str | None:
    """Say how that is written which C, Python or other tools write in another way."""
    opener = innermost(text, offset)
    in_value = opener is not None or re.search(r"->[^\n]*\Z", before) is not None
    if (seen == "=" and re.search(r"\berrno\Z", before)) or re.search(r"\berrno\s*=\s*\w+\Z", before):
        return "errno is set among the arguments:  f(*errno = EINTR) -> -1"
    if re.match(r"\d", seen) and re.search(r"(\)|->\s*[\w.]+)\s*[*x]\Z", before):
        return "how often is written  f(){3}"
    counts = re.search(r"\b(REPEAT|AT_LEAST|AT_MOST)\s*\([^(),]*\Z", before)
    if counts and seen == "," and not re.compile(r",\s*\w+\s*\)").match(text, offset):
        return _BEHIND[counts[1]]
    if seen == "*" and before.endswith(".."):
        return "without an upper bound it is left out:  REPEAT(2..)[ ... ] , f(){2..}"
    if in_value and _is_computed(text, offset, before):
        return _NOT_COMPUTED
    if opener is None:
        return None
    if seen == "!":
        return "another value is written  != value"
    if seen == "&" and before.endswith("&"):
        return "two patterns are joined by one &"
    if text[opener] == "(" and (seen == "|" or (seen in {"<", ">", "<=", ">=", "!="} and before.endswith("|"))):
        return "one of several values is written  in {1, 2} , one of several calls  f(> 5) | f(< 3)"
    return None


def _is_computed(text: str, offset: int, before: str) -> bool:
    """Whether a sign of arithmetic stands behind a value, or one that is no number's before a name."""
    if re.compile(r"[-+]\s*[A-Za-z_]").match(text, offset):
        return True
    if re.search(r"\d\Z", before) and re.compile(r"-\d").match(text, offset):
        return False  # that is meant as a range
    signs = re.compile(r"(?!->)[-+*/%^]|<<|>>")
    return re.search(r"[\w)]\Z", before) is not None and signs.match(text, offset) is not None


_BEHIND = {
    "REPEAT": "REPEAT takes how often:  REPEAT(2..5)[ ... ]",
    "AT_LEAST": "AT_LEAST takes how often:  AT_LEAST(2)[ ... ]",
    "AT_MOST": "AT_MOST takes how often:  AT_MOST(5)[ ... ]",
    "XALT": "a tag stands in parentheses:  XALT(tag)[ ... ]",
    "include": 'a file is written  include "name.mock"',
    "in": "a set of values is written  in {1, 2}",
    "each": "answers in turn are written  -> each [1, 2, 3]",
}
_HEADS = (
    (re.compile(r"\blet(\s+\w+)?\Z"), "a constant is written  let name = value"),
    (re.compile(r"\bdo(\s+\w+)?\Z"), "a definition is used with parentheses:  do name()"),
    (
        re.compile(r"\blang(\s+\w+\s*(\([^()]*\))?)?\Z"),
        "a definition is written  lang name(parameters) = ...  or with [ ... ]",
    ),
    (re.compile(r"~\Z"), 'a regular expression is text:  ~"..."'),
)


def _hint_behind_word(before: str, seen: str, *, in_arguments: bool, is_near: bool) -> str | None:
    """Say how what a word begins goes on."""
    word = re.search(r"([A-Za-z_]\w*)\Z", before)
    if word and seen[:1] == "." and is_near and (word[1] in OPERATORS or word[1] in DECLARING):
        return f"{word[1]} is a word of the language; a module of that name is written in backquotes: `{word[1]}`"
    if word and word[1] in _BEHIND:
        return _BEHIND[word[1]]
    if (
        word
        and word[1] in OPERATORS
        and word[1] not in _WITHOUT_BRACKET
        and not in_arguments
        and seen not in {"[", "{"}
    ):
        return f"operators take brackets: {word[1]}[ ... ]"
    return next((hint for head, hint in _HEADS if head.search(before) and seen not in {".", ")"}), None)


def _is_range(text: str, offset: int, seen: str, before: str) -> bool:
    """Whether two numbers stand there that are meant as a range: ``2-5``, ``2,5``, ``1...3``."""
    if re.search(r"\d\Z", before) and (re.fullmatch(r"-\d+", seen) or re.compile(r"->\s*\d").match(text, offset)):
        return True
    if re.search(r"\.\.\Z", before) and re.match(r"\.\s*\d", text[offset : offset + 20]):
        return True
    return seen == "," and re.search(r"(\{|REPEAT\s*\()\s*\d+\Z", before) is not None


def innermost(text: str, upto: int) -> int | None:
    """Find the innermost bracket that is open at an offset; None when all are closed."""
    open_ = _open(text, upto)
    return open_[-1] if open_ else None


def _open(text: str, upto: int) -> list[int]:
    """Find the brackets that are open at an offset, the outermost first."""
    open_: list[int] = []
    for match in BRACKETS.finditer(text, 0, upto):
        bracket = match[0]
        if bracket in _CLOSER:
            open_.append(match.start())
        elif bracket in {"]", ")", "}"} and open_:
            open_.pop()
    return open_


def open_calls(text: str, upto: int) -> list[int]:
    """Find the parentheses of calls that are open at an offset; between a name and its own are blanks at most.

    >>> open_calls("PAR[ f(1) (g([2,", 16)
    [12]
    """
    return [at for at in _open(text, upto) if text[at] == "(" and re.search(r"\w[ \t]*\Z", text[max(0, at - 9) : at])]


# --- what was possible ----------------------------------------------------------------------------------------------

_HUMAN = {
    "NAME": "a name",
    "INT": "a number",
    "STRING": 'a "string"',
    "IN": "in {...}",
    "CMP": "a comparison (<, >=, ...)",
    "EACH": "each [...]",
}
_UNSAID = frozenset(
    {"CALLS", "SEMICOLON", "DO", "LET", "LANG", "INCLUDE", "FLOAT", "CHAR", "HEXBYTES", "TILDE", "AT", "BITS"}
)
_GROUPS = (
    (frozenset(OPERATORS), ("a call such as stack.push(s, 4)", "an operator (SEQ, PAR, XALT, ...)"), {"NAME", "LPAR"}),
    (frozenset({"INT", "STRING", "NAME"}), ("a value",), {"LSQB", "LBRACE", "UNDERSCORE", "LPAR"}),
    (frozenset({"STAR", "PLUS", "QMARK"}), ("a repetition (*, +, ?, {2..5})",), {"LBRACE"}),
)


def _possible(error: Any, end: str | None) -> list[str]:
    """Name what the parser would have taken, the likely first; *end* names the end of what it read."""
    parser = getattr(error, "interactive_parser", None)
    accepted = set(parser.accepts() if parser is not None else getattr(error, "allowed", None) or ())
    words = [end] if end and "$END" in accepted else []
    for needed, said, covered in _GROUPS:
        if needed <= accepted:
            words += said
            accepted -= needed | covered
    words += [_word(name) for name in sorted(accepted - _UNSAID - {"$END"})]
    return words[:_MAX_POSSIBLE]


def _word(name: str) -> str:
    """Name one terminal as a human would: by its text, where it has one."""
    if name in _HUMAN:
        return _HUMAN[name]
    from cmock_py.lang.grammar import load_grammar

    return repr(str(load_grammar().get_terminal(name).pattern.value).replace("\\", ""))
