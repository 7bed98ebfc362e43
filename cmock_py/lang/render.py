"""Renders trees of the language as its text, so that ``parse(render(tree)) == tree``.

Values of a trace are rendered by the same rules, so that a report shows a call as its event would be written.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, assert_never

from cmock_py.errors import Fault, LanguageError
from cmock_py.lang.limits import DEFAULT, GREATEST, too_deep
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
    Columns,
    Compare,
    Define,
    Empty,
    Event,
    Flags,
    Include,
    Let,
    Name,
    Named,
    OneOf,
    OutValue,
    Par,
    Perm,
    Predicate,
    Prefix,
    Regex,
    Repeat,
    Rest,
    Seq,
    Use,
    Xalt,
)
from cmock_py.lang.recursion import with_room
from cmock_py.trace import Address, Character, Enumerator, FunctionAddress, Handle, Truncated, Unnamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cmock_py.lang.nodes import Node

_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\\": r"\\", '"': r"\""}
_DECIMAL_BITS = 1024  # beyond, Python refuses or is slow to write decimals, and no C type holds the number anyway


@with_room(GREATEST.depth)
def render(node: Node) -> str:
    """Render a tree as text, an item a line.

    Parsing gives a `Seq` at the top, so any other *node* comes back as the only item of one.

    Raises:
        LanguageError: the tree is nested deeper than the language allows.

    >>> from cmock_py.lang.nodes import Repeat
    >>> print(render(Seq((Event("adc", "read", (), 7), Repeat(Event("log", "info"), 0, None)))))
    adc.read() -> 7
    REPLICATE[
      log.info()
    ]
    """
    items: tuple[Node, ...] = (node,)
    if isinstance(node, Seq) and not _is_only_seq(node):
        items = node.items
    return "\n".join(line for item in items for line in _lines(item, "", 1))


def _is_only_seq(node: Seq) -> bool:
    """Whether the text of the items would be one SEQ[...], which the parser takes for the whole."""
    return len(node.items) == 1 and isinstance(node.items[0], Seq)


def _lines(node: Node, indent: str, depth: int) -> Iterator[str]:
    """Render one item at its indentation."""
    match node:
        case Event():
            yield indent + render_event(node)
        case Empty():
            yield indent + "EMPTY"
        case Use():
            yield f"{indent}do {node.name}({_list(node.values)})"
        case Let():
            yield f"{indent}let {node.name} = {render_value(node.value)}"
        case Include():
            yield f"{indent}include {_text(node.file)}"
        case Seq() | Xalt() | Par() | Perm() | AnyTime() | Repeat() | Define():
            yield from _block(node, indent, depth)
        case Columns():
            for index in range(node.count):
                yield indent + render_event(node.event(index))
        case Prefix():
            yield from _lines(_nested(node), indent, depth)
        case _:
            assert_never(node)


def _nested(node: Prefix) -> Seq:
    """Say with operators of the text what a prefix means: each optional item is around those behind it."""
    tail: tuple[Node, ...] = ()
    for item in reversed(node.items[node.least :]):
        tail = (Repeat(Seq((item, *tail)) if tail else item, 0, 1),)
    return Seq((*node.items[: node.least], *tail), place=node.place)


def _block(node: Seq | Xalt | Par | Perm | AnyTime | Repeat | Define, indent: str, depth: int) -> Iterator[str]:
    """Render an operator with its items in brackets."""
    if depth > GREATEST.depth:
        raise LanguageError([Fault(str(node.place), *too_deep(()))])
    items = _body(node.body) if isinstance(node, (Repeat, Define)) else node.items
    if not items:
        yield f"{indent}{render_operator(node)}[]"
        return
    yield f"{indent}{render_operator(node)}["
    for item in items:
        yield from _lines(item, indent + "  ", depth + 1)
    yield indent + "]"


def _body(body: Node) -> tuple[Node, ...]:
    """List what stands in the brackets of an operator with one body: several items are a SEQ without saying so."""
    return body.items if isinstance(body, Seq) and len(body.items) != 1 else (body,)


def render_operator(node: Seq | Xalt | Par | Perm | AnyTime | Repeat | Define) -> str:
    """Render the head of an operator, up to its bracket.

    >>> render_operator(Repeat(Empty(), 2, 5)), render_operator(Xalt((), "once"))
    ('REPEAT(2..5)', 'XALT(once)')
    """
    match node:
        case Seq():
            return "SEQ"
        case Xalt():
            return "XALT" if node.tag is None else f"XALT({node.tag})"
        case Par():
            return "PAR"
        case Perm():
            return "PERM"
        case AnyTime():
            return "ANY"
        case Repeat():
            return _repeat(node.least, node.most)
        case Define():
            return f"lang {node.name}({', '.join(node.params)}) "
        case _:
            assert_never(node)


def _repeat(least: int, most: int | None) -> str:
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
    binds = f"{event.binds} = " if event.binds else ""
    module = f"{event.module}." if event.module else ""
    args = [render_pattern(arg) for arg in event.args]
    if event.errno is not None:
        args.append(f"*errno = {event.errno}")
    answer = "" if event.answer is None else f" -> {render_answer(event.answer)}"
    return f"{binds}{module}{event.function}({', '.join(args)}){answer}"


def render_answer(answer: Any) -> str:
    """Render what stands after ``->``; None, which is void there, as ``ok``.

    >>> render_answer(AnswerEach((1, 2))), render_answer(([42], True)), render_answer(None)
    ('each [1, 2]', '{[42], true}', 'ok')
    """
    match answer:
        case None:
            return "ok"
        case AnswerEach():
            return f"each [{_list(answer.answers)}]"
        case AnswerReal():
            return "@real"
        case AnswerFrom():
            return f"@{answer.name}"
    if is_function(answer):
        return f"@{getattr(answer, '__name__', type(answer).__name__)}"
    text = render_value(answer)
    return f"({text})" if isinstance(answer, (Flags, Unnamed)) and "|" in text else text


def render_pattern(pattern: Any) -> str:
    """Render one argument of an event: a pattern or a plain value.

    >>> render_pattern(Both((Compare(">", 0), Compare("<", 10)))), render_pattern(OutValue("speed", 42))
    ('> 0 & < 10', '*speed = 42')
    """
    match pattern:
        case Named():
            return f"{pattern.name}: {render_pattern(pattern.pattern)}"
        case OutValue():
            return f"*{pattern.name} = {render_value(pattern.value)}"
        case Both():
            return " & ".join(map(render_pattern, pattern.patterns))
        case Bind():
            return f"?{pattern.name}"
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
            return f"~{_regex(pattern.pattern)}"
        case Predicate():
            return f"@{pattern.name}"
        case Rest():
            return "..."
    if is_function(pattern):
        return f"@{getattr(pattern, '__name__', type(pattern).__name__)}"
    return render_value(pattern)


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
        raise LanguageError([Fault(str(NOWHERE), f"a value is nested more than {DEFAULT.depth} deep")])
    match value:
        case None:
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
            return f"'{_in_quotes(value)}'"
        case int():
            return format(int(value), "d") if value.bit_length() <= _DECIMAL_BITS else hex(value)
        case float():
            return _float(value)
        case str():
            return _text(value)
        case bytes() | bytearray():
            return f'x"{value.hex()}"'
        case Name():
            return value.name
        case Flags():
            return "|".join(_value(part, depth) for part in value.parts)
        case list():
            return f"[{_list(value, depth)}]"
        case tuple():
            return f"{{{_list(value, depth)}}}"
        case dict():
            return f"{{{', '.join(f'{key}: {_value(inner, depth + 1)}' for key, inner in value.items())}}}"
        case Bind() | Both() | Compare() | Between() | OneOf() | Bits() | Regex() | Predicate():
            return render_pattern(value)
    return render_pattern(value) if is_function(value) else repr(value)


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


def _in_quotes(value: str) -> str:
    """Render one character between single quotes."""
    return "\\'" if value == "'" else '"' if value == '"' else _character(value)


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


def _regex(pattern: str) -> str:
    """Render a regular expression: everything stays as it is, but a quote needs a backslash and a newline a name."""
    parts, escaped = [], False
    for character in pattern:
        if character == '"' and not escaped:
            parts.append("\\")
        parts.append("\\n"[escaped:] if character == "\n" else character)
        escaped = character == "\\" and not escaped
    return f'"{"".join(parts)}"'
