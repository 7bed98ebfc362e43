"""Renders events, patterns and values as the text of the language says them; whole trees are for `lang.render_tree`.

Values of a trace are rendered by the same rules, so that a report shows a call as its event would be written.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, assert_never

from cmock_py.lang.faults import DECLARING, OPERATORS
from cmock_py.lang.limits import DEFAULT, deep_error
from cmock_py.lang.nodes import (
    NOWHERE,
    AnswerEach,
    AnswerFrom,
    AnswerReal,
    AnyTime,
    Between,
    Bind,
    Bits,
    Both,
    Compare,
    Counted,
    Define,
    Event,
    Flags,
    Name,
    Named,
    Null,
    OneOf,
    OutValue,
    Par,
    Perm,
    Predicate,
    Regex,
    Repeat,
    Rest,
    Seq,
    Xalt,
)
from cmock_py.trace import Address, Character, Enumerator, FunctionAddress, Handle, Truncated, Unnamed

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from cmock_py.lang.nodes import Operator


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*('[0-9]+)*")
"""What needs no backquotes; `lang.expand` and `lang.scope` make ``n'2`` of the second ``n``, which no text has."""

_FIRST_WORDS = frozenset({*OPERATORS, *DECLARING})
_VALUE_WORDS = frozenset({"in", "true", "false", "NULL", "NAN", "INFINITY", "_"})
_ANSWER_WORDS = _VALUE_WORDS | {"each", "ok", "void"}
_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\\": r"\\", '"': r"\""}
_DECIMAL_BITS = 1024  # beyond, Python refuses or is slow to write decimals, and no C type holds the number anyway


def render_operator(node: Operator | Define) -> str:
    """Render the head of an operator, up to its bracket.

    >>> render_operator(Repeat(Seq(()), 2, 5)), render_operator(Xalt((), "once"))
    ('REPEAT(2..5)', 'XALT(once)')
    """
    match node:
        case Seq():
            return "SEQ"
        case Xalt():
            return "XALT" if node.tag is None else f"XALT({render_name(node.tag)})"
        case Par():
            return "PAR"
        case Perm():
            return "PERM"
        case AnyTime():
            return "ANY"
        case Repeat():
            return _repeat(node.least, node.most)
        case Counted():
            return _repeat(_count(node.least), None if node.most is None else _count(node.most))
        case Define():
            return f"lang {render_name(node.name)}({', '.join(map(render_name, node.params))}) "
        case _:
            assert_never(node)


def _count(count: int | Name) -> int | str:
    """Render a count that is a name."""
    return render_name(count.name) if isinstance(count, Name) else count


def _repeat(least: int | str, most: int | str | None) -> str:
    """Render a repetition by its shortest name."""
    match least, most:
        case 0, None:
            return "REPLICATE"
        case 0, 1:
            return "OPTIONAL"
        case _, None:
            return f"AT_LEAST({least})"
        case 0, _:
            return f"AT_MOST({most})"
        case _ if least == most:
            return f"REPEAT({least})"
    return f"REPEAT({least}..{most})"


# --- one event ------------------------------------------------------------------------------------------------------


def render_event(event: Event) -> str:
    """Render an event as one line.

    >>> from cmock_py.lang.nodes import WILDCARD
    >>> render_event(Event("net", "read", (Name("fd"), WILDCARD), (b"hi", 2), errno="EINTR", binds="n"))
    'n = net.read(fd, _, *errno = EINTR) -> {x"6869", 2}'
    """
    args = [render_pattern(arg) for arg in event.args]
    if event.errno is not None:
        errno = render_name(event.errno, _VALUE_WORDS) if isinstance(event.errno, str) else event.errno
        args.append(f"*errno = {errno}")
    answer = "" if event.answer is None else f" -> {render_answer(event.answer)}"
    return f"{_called(event)}({', '.join(args)}){answer}"


def _called(event: Event) -> str:
    """Render what stands before the parenthesis of a call; only its first word could be taken for another."""
    binds = f"{render_name(event.binds, _FIRST_WORDS)} = " if event.binds else ""
    parts = [*str(event.module).split("."), str(event.function)] if event.module else [str(event.function)]
    first = render_name(parts[0], _FIRST_WORDS if not binds else ())
    return binds + ".".join([first, *map(render_name, parts[1:])])


def render_name(name: str, words: Container[str] = ()) -> str:
    """Render a name, in backquotes where the text reads *words* as something else."""
    return name if _NAME.fullmatch(name) and name not in words else f"`{name}`"


def render_answer(answer: Any) -> str:
    """Render what stands after ``->``; None, which is void there, as ``ok``.

    >>> render_answer(AnswerEach((1, 2))), render_answer(([42], True)), render_answer(None)
    ('each [1, 2]', '{[42], true}', 'ok')
    """
    if isinstance(answer, AnswerEach):
        return f"each [{', '.join(map(_answer, answer.answers))}]"
    text = _answer(answer)
    return f"({text})" if isinstance(answer, (Flags, Unnamed)) and "|" in text else text


def _answer(answer: Any) -> str:
    """Render one answer, alone or in a list."""
    match answer:
        case None:
            return "ok"
        case Name(name=name):
            return render_name(name, _ANSWER_WORDS)
        case tuple() if answer:
            return f"{{{', '.join((*map(render_value, answer[:-1]), _answer(answer[-1])))}}}"
        case AnswerReal():
            return "@real"
        case AnswerFrom():
            return "@`real`" if answer.name == "real" else f"@{render_name(answer.name)}"
    return f"@{_called_function(answer)}" if is_function(answer) else render_value(answer)


def render_pattern(pattern: Any) -> str:
    """Render one argument of an event: a pattern or a plain value.

    >>> render_pattern(Both((Compare(">", 0), Compare("<", 10)))), render_pattern(OutValue("speed", 42))
    ('> 0 & < 10', '*speed = 42')
    """
    match pattern:
        case Named():
            return f"{render_name(pattern.name, _VALUE_WORDS)}: {render_pattern(pattern.pattern)}"
        case OutValue():
            name = "`errno`" if pattern.name == "errno" else render_name(pattern.name)
            return f"*{name} = {render_value(pattern.value)}"
        case Both():
            return " & ".join(map(render_pattern, pattern.patterns))
        case Bind():
            return f"?{render_name(pattern.name)}"
        case Compare():
            return f"{pattern.op} {render_value(pattern.value)}"
        case Between():
            return f"{render_value(pattern.low)}..{render_value(pattern.high)}"
        case OneOf():
            return f"in {{{_list(pattern.values)}}}"
        case Bits():
            mask, value = _bits(pattern.mask), _bits(pattern.value)
            return f"bits {mask}" if mask == value else f"bits {mask} == {value}"
        case Regex():
            return f"~{render_regex(pattern.pattern)}"
        case Predicate():
            return f"@{render_name(pattern.name)}"
        case Rest():
            return "..."
    if is_function(pattern):
        return f"@{_called_function(pattern)}"
    return render_value(pattern)


def _called_function(function: Any) -> str:
    """Return what a Python function calls itself."""
    return str(getattr(function, "__name__", type(function).__name__))


def is_function(value: Any) -> bool:
    """Whether a value is a Python function, as a predicate or an answer; one of C has a number, and is a value."""
    return callable(value) and not hasattr(type(value), "__index__")


def _bits(value: Any) -> str:
    """Render a mask or what is under it."""
    return hex(value) if isinstance(value, int) and not isinstance(value, bool) else render_value(value)


# --- one value ------------------------------------------------------------------------------------------------------


def render_value(value: Any) -> str:
    r"""Render one value; what the language cannot write is shown as Python shows it.

    >>> print(render_value({"id": 7, "data": [1.5, True, None], "text": 'a "b"\n', "raw": b"\x00"}))
    {id: 7, data: [1.5, true, NULL], text: "a \"b\"\n", raw: x"00"}
    """
    return _value(value, 1)


def _value(value: Any, depth: int) -> str:
    """Render one value at a depth of nesting, which a list that holds itself would exceed."""
    if depth > DEFAULT.depth:
        raise deep_error(NOWHERE, DEFAULT)
    match value:
        case None | Null():
            return "NULL"
        case bool():
            return "true" if value else "false"
        case Handle() | FunctionAddress():
            return value.name
        case Address():
            return hex(value)
        case Unnamed():
            return value.text
        case Enumerator():
            return str(value)
        case Truncated():
            return f"{_value(value.value, depth)}..."
        case Character():
            return render_character(value)
        case int():
            return format(int(value), "d") if value.bit_length() <= _DECIMAL_BITS else hex(value)
        case float():
            return _float(value)
        case str():
            return _text(value)
        case bytes() | bytearray():
            return f'x"{value.hex()}"'
        case Name():
            return render_name(value.name, _VALUE_WORDS)
        case Flags():
            return "|".join(_value(part, depth) for part in value.parts)
        case list():
            return f"[{_list(value, depth)}]"
        case tuple():
            return f"{{{_list(value, depth)}}}"
        case dict():
            return f"{{{', '.join(_member(name, inner, depth) for name, inner in value.items())}}}"
        case Bind() | Both() | Compare() | Between() | OneOf() | Bits() | Regex() | Predicate():
            return render_pattern(value)
    return render_pattern(value) if is_function(value) else repr(value)


def _member(name: Any, value: Any, depth: int) -> str:
    """Render one member of a struct."""
    return f"{render_name(str(name), _VALUE_WORDS)}: {_value(value, depth + 1)}"


def _list(values: Iterable[Any], depth: int = 1) -> str:
    """Render values with commas between."""
    return ", ".join(_value(value, depth + 1) for value in values)


def _float(value: float) -> str:
    """Render a float so that it is read back bit by bit; NaN without its payload."""
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    return repr(float(value))


def _text(value: str) -> str:
    """Render a string in double quotes; what cannot be seen is escaped byte by byte, as C does."""
    return f'"{"".join(map(_character, value))}"'


def render_character(value: str) -> str:
    r"""Render one character between single quotes; what cannot be seen and is no byte by its number.

    >>> print(render_character("'"), render_character("\x85"))
    '\'' '\u0085'
    """
    shown = "\\'" if value == "'" else '"' if value == '"' else _character(value)
    return f"'\\u{ord(value):04x}'" if shown.count("\\") > 1 and value != "\\" else f"'{shown}'"


def _character(character: str) -> str:
    """Render one character of a string."""
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    try:
        return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return f"\\u{ord(character):04x}"


def render_regex(pattern: str) -> str:
    """Render a regular expression: everything stays as it is, but a quote needs a backslash and a newline a name."""
    parts, escaped = [], False
    for character in pattern:
        if character == '"' and not escaped:
            parts.append("\\")
        parts.append("\\n"[escaped:] if character == "\n" else character)
        escaped = character == "\\" and not escaped
    return f'"{"".join(parts)}"'
