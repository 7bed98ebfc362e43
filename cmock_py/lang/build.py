"""Builds the nodes of the language from the parse tree; collects what is wrong with literals and counts on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.lang import literals
from cmock_py.lang.faults import Problem
from cmock_py.lang.limits import DEFAULT, Limits, around, bits_fault, called_in, count_fault, count_hint, too_deep
from cmock_py.lang.nodes import (
    NULL,
    WILDCARD,
    AnswerEach,
    AnswerFrom,
    AnswerReal,
    AnyTime,
    Between,
    Bind,
    Bits,
    Both,
    Compare,
    Define,
    Empty,
    Event,
    Flags,
    Include,
    Let,
    Name,
    Named,
    Node,
    OneOf,
    OutValue,
    Par,
    Perm,
    Predicate,
    Regex,
    Rest,
    Seq,
    Source,
    Use,
    Xalt,
    repeated,
)
from cmock_py.lang.walk import called_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

UNREAD = Rest()
"""Stands where something is wrong, until `lang.parse` takes the item out; it is told from `...` by identity."""

NAMED_VALUES = {"NULL": None, "true": True, "false": False, "_": WILDCARD}
_VOID = frozenset({"ok", "void"})
_LOOKED_AT = 10_000
"""Characters of a text in which a message looks for calls to name."""
_Counts: TypeAlias = "tuple[int | Name, int | Name | None]"
_PATTERNS = frozenset({"bind", "compare", "inrange", "oneof", "bits", "regex", "predicate", "both"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text that is parsed on its own.

    Attributes:
        text: the whole text.
        name: its name in messages.
        base: where the part begins; places in its parse tree count from there.
        problems: collects what is wrong, for all parts of one text.
        limits: of depth and counts.
        unsure: collects the words of arguments that do not parse; some may be names that they bind.
        gone: collects where something was taken out of the text that did not parse.
    """

    text: str
    name: str
    base: int = 0
    problems: list[Problem] = field(default_factory=list)
    limits: Limits = DEFAULT
    unsure: set[str] = field(default_factory=set)
    gone: list[tuple[int, int]] = field(default_factory=list)

    def report(self, node: Any, message: str, hint: str | None = None, shift: int = 0) -> None:
        """Note a problem at a token or a tree, *shift* characters behind its start."""
        start, end = _span(node)
        width = 1 if shift else min(end - start, 60)
        self.problems.append(Problem(self.base + start + shift, message, hint, width))

    def report_depth(self, node: Any, *, is_value: bool = False) -> None:
        """Note that a token or a tree is nested too deep; a value belongs to the call before it."""
        at = self.base + _span(node)[0]
        before, behind = self.text[max(0, at - _LOOKED_AT) : at], self.text[at : at + _LOOKED_AT]
        self.report(node, *too_deep(called_in(before)[-1:] if is_value else called_in(behind), self.limits))


def _span(node: Any) -> tuple[int, int]:
    """Return where a token or a tree begins and ends in its part."""
    place = getattr(node, "meta", node)
    return place.start_pos, place.end_pos


def _name(token: Any) -> str:
    """Return the name that a token is, without the backquotes that say that it is no word of the language."""
    text = str(token)
    return text[1:-1] if text[0] == "`" else text


def _place(part: Part, node: Any) -> Source:
    """Return the line and column of a token or a tree of the whole text."""
    place = getattr(node, "meta", node)
    return Source(part.name, place.line, place.column)


# --- items ----------------------------------------------------------------------------------------------------------


def build_items(
    children: Iterable[Any], part: Part, calls: Callable[[Any], list[Event]], depth: int = 1
) -> tuple[Node, ...]:
    """Build the items of a bracket or of the whole text.

    Args:
        children: their parse trees.
        part: the whole text.
        calls: takes the token of a run of plain calls apart, see `lang.bulk`.
        depth: how deep the items are nested, from 1.
    """
    found: list[Node] = []
    for child in children:
        if child.data == "calls":
            found += calls(child.children[0])
        elif depth > part.limits.depth and child.data not in {"call", "event", "empty"}:
            part.report_depth(child)
            break
        else:
            found.append(_item(child, part, calls, depth))
    return tuple(found)


def _item(tree: Any, part: Part, calls: Callable[[Any], list[Event]], depth: int) -> Node:
    """Build one item or declaration."""
    children, place = tree.children, _place(part, tree)

    def inside(trees: Iterable[Any]) -> tuple[Node, ...]:
        return build_items(trees, part, calls, depth + 1)

    match str(tree.data):
        case "call" | "event":
            return _event(tree, part)
        case "operator":
            return _operator(tree, part, inside(children[-1].children))
        case "group":
            return Seq(inside(children), place=place)
        case "choice":
            return Xalt(inside(children), place=place)
        case "repeated":
            if len(children) > part.limits.depth:
                part.report_depth(tree)
            elif items := inside(children[:1]):  # else what repeats could not be read, which is reported
                return _repeated(tree, part, items)
        case "use":
            return Use(_name(children[1]), _values(children[2:], part, patterns=True), place=place)
        case "let":
            return Let(_name(children[1]), build_value(children[2], part), place=place)
        case "define":
            return _define(tree, part, inside)
        case "include":
            return Include(_literal(children[1], part, literals.read_string), place=place)
    return Empty(place=place)


def _operator(tree: Any, part: Part, items: tuple[Node, ...]) -> Node:
    """Build an operator of its items; its tag or counts stand between its word and its block."""
    word, place = tree.children[0], _place(part, tree)
    match word.type:
        case "XALT" | "ONE_OF":
            if not items and not tree.children[2].children and not part.unsure:
                part.report(word, f"{word} needs at least one item: a choice of nothing can never be met")
            tag = tree.children[1]
            return Xalt(items, None if tag is None else _name(tag), place=place)
        case "PAR":
            return Par(items, place=place)
        case "PERM":
            return Perm(items, place=place)
        case "ANY":
            return AnyTime(items, place=place)
        case "SEQ":
            return Seq(items, place=place)
    body = _body(items, place)
    return repeated(body, *_counts(tree, part, body), place)


def _body(items: tuple[Node, ...], place: Source) -> Node:
    """Make several items one sequence; one item stands for itself."""
    return items[0] if len(items) == 1 else Seq(items, place=place)


def _counts(tree: Any, part: Part, body: Node) -> _Counts:
    """Read how often an operator repeats its body."""
    word = tree.children[0]
    match word.type:
        case "REPLICATE":
            return 0, None
        case "OPTIONAL":
            return 0, 1
        case "AT_LEAST":
            return _checked(tree.children[1], part, body, _count(tree.children[1], part), None)
        case "AT_MOST":
            return _checked(tree.children[1], part, body, 0, _count(tree.children[1], part))
    return _range(tree.children[1], part, body)


def _range(tree: Any, part: Part, body: Node) -> _Counts:
    """Read ``3``, ``2..5``, ``2..`` or ``..5``."""
    first = _count(tree.children[0], part)
    match str(tree.data):
        case "exactly":
            return _checked(tree, part, body, first, first)
        case "between":
            return _checked(tree, part, body, first, _count(tree.children[1], part))
        case "at_least":
            return _checked(tree, part, body, first, None)
    return _checked(tree, part, body, 0, first)


def _count(token: Any, part: Part) -> int | Name:
    """Read one count; 1 stands in for one that is reported."""
    if token.type == "NAME":
        return Name(_name(token))
    value = _literal(token, part, literals.read_integer)
    return value if isinstance(value, int) else 1


def _checked(node: Any, part: Part, body: Node, least: int | Name, most: int | Name | None) -> _Counts:
    """Report counts that are no range, or too great for the body; any number of rounds stands in for these."""
    if isinstance(least, Name) or isinstance(most, Name):
        return least, most
    fault = count_fault(least, most, part.limits)
    if fault:
        hint = count_hint(least, most, part.limits)
        part.report(node, fault + (around(called_below(body)) if hint else ""), hint)
        return 0, None
    return least, most


def _repeated(tree: Any, part: Part, body: tuple[Node, ...]) -> Node:
    """Build ``item*``, ``item{2..5}`` and the like, the innermost first."""
    place = _place(part, tree)
    node: Node = body[0] if body else Empty()
    for suffix in tree.children[1:]:
        match str(suffix.data):
            case "star":
                counts: _Counts = (0, None)
            case "plus":
                counts = (1, None)
            case "optional":
                counts = (0, 1)
            case _:
                counts = _range(suffix.children[0], part, node)
        node = repeated(node, *counts, place)
    return node


def _define(tree: Any, part: Part, inside: Callable[[Iterable[Any]], tuple[Node, ...]]) -> Node:
    """Build ``lang name(params) = body``."""
    _, name, params, body = tree.children
    names = () if params is None else tuple(_name(token) for token in params.children if token is not None)
    for index, token in enumerate(names):
        if token in names[:index]:
            part.report(params, f"the parameter {token} is there twice")
    items = inside(body.children if body.data == "block" else [body])
    return Define(_name(name), names, _body(items, _place(part, body)), place=_place(part, tree))


# --- events ---------------------------------------------------------------------------------------------------------


def _event(tree: Any, part: Part) -> Event:
    """Build an event from a call, or from the form ``EVENT(module, function, [args], answer)``."""
    first, function, *middle, arguments, answer = tree.children
    names = [_name(token) for token in function.children]
    if tree.data == "event":
        names, binds = [*names, _name(middle[0])], None
    else:
        binds = None if first is None else _name(first)
    args, errno = ((), None) if arguments is None else build_arguments(arguments, part)
    place = _place(part, tree)
    value = None if answer is None else build_answer(answer, part)
    module = ".".join(names[:-1])
    return Event(module, names[-1], args, value, errno, binds, part.name, place.line, place.column)


def build_arguments(tree: Any, part: Part) -> tuple[tuple[Any, ...], int | str | None]:
    """Build the arguments of an event, and take ``*errno = EINTR`` out of them.

    Returns:
        The patterns in order, and the value for errno or None.
    """
    args: list[Any] = []
    errno: int | str | None = None
    for child in tree.children:
        built = _pattern(child, part)
        if child.data == "out" and str(child.children[0]) == "errno":
            errno = _errno(child, built.value, part, errno)
        else:
            args.append(built)
    return tuple(args), errno


def _errno(tree: Any, value: Any, part: Part, before: int | str | None) -> int | str | None:
    """Check the value for errno."""
    if before is not None:
        part.report(tree, "errno is set twice")
    if isinstance(value, Name):
        return value.name
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if value is not UNREAD:
        part.report(tree, "errno is a number or a name such as EINTR")
    return before


def _pattern(tree: Any, part: Part, depth: int = 1) -> Any:
    """Build one argument, or the pattern of one element of it."""
    children = tree.children
    match str(tree.data):
        case "named":
            return Named(_name(children[0]), _pattern(children[1], part))
        case "out":
            return OutValue(_name(children[0]), build_value(children[1], part))
        case "rest":
            return Rest()
        case "both":
            return Both(tuple(_pattern(child, part, depth) for child in children))
        case "bind":
            return Bind(_name(children[0]))
        case "compare":
            return Compare(str(children[0]), build_value(children[1], part))
        case "inrange":
            return Between(build_value(children[0], part), build_value(children[1], part))
        case "oneof":
            return OneOf(_values(children, part))
        case "bits":
            return _bits(tree, part)
        case "regex":
            regex = _literal(children[0], part, literals.read_regex)
            return regex if regex is UNREAD else Regex(regex)
        case "predicate":
            return Predicate(_name(children[0]))
    return build_value(tree, part, depth, patterns=True)


def _bits(tree: Any, part: Part) -> Bits:
    """Build ``bits 0x80``, whose bits are all set, or ``bits 0xF0 == 0x30``."""
    _, of_mask, *wanted = tree.children
    mask = build_value(of_mask, part)
    bits = Bits(mask, build_value(wanted[0], part) if wanted else mask)
    fault = bits_fault(bits)
    if fault:
        part.report(tree, fault)
    return bits


def build_answer(tree: Any, part: Part) -> Any:
    """Build what stands after the arrow; ``ok`` and ``void`` are as good as nothing, also behind out values."""
    inner = tree.children[0]
    if inner.data == "each":
        return AnswerEach(tuple(_answer(child, part) for child in inner.children[0].children if child is not None))
    return _answer(inner, part)


def _answer(tree: Any, part: Part, depth: int = 1) -> Any:
    """Build one answer; a member of ``each`` is parsed as what may stand in any array."""
    children = tree.children
    match str(tree.data):
        case "source" | "predicate" if depth == 1:
            return AnswerReal() if str(children[0]) == "real" else AnswerFrom(_name(children[0]))
        case "name" if str(children[0]) in _VOID:
            return None
        case "name" if depth == 1 and str(children[0]) == "NULL":
            return NULL
        case "tuple" if depth <= part.limits.depth:
            return *_values(children[:-1], part, depth), _answer(children[-1], part, depth + 1)
    return build_value(tree, part, depth)


# --- values ---------------------------------------------------------------------------------------------------------


def build_value(tree: Any, part: Part, depth: int = 1, *, patterns: bool = False) -> Any:
    """Build one value; `UNREAD` stands in for one that is reported.

    Args:
        tree: its parse tree.
        part: where it stands.
        depth: how deep it is inside of others.
        patterns: whether elements and members may be patterns.
    """
    if depth > part.limits.depth:
        part.report_depth(tree, is_value=True)
        return UNREAD
    children = tree.children
    if tree.data in _PATTERNS:
        if patterns:
            return _pattern(tree, part, depth)
        part.report(tree, "did not expect a pattern here", "a value stands here; patterns are for arguments of a call")
        return UNREAD
    match str(tree.data):
        case "name":
            name = str(children[0])
            return NAMED_VALUES[name] if name in NAMED_VALUES else Name(_name(name))
        case "flags":
            return Flags(tuple(_flag(child, part) for child in children))
        case "wildcard":
            return WILDCARD
        case "array":
            return list(_values(children, part, depth, patterns=patterns))
        case "tuple":
            return _values(children, part, depth, patterns=patterns)
        case "struct":
            return _struct(tree, part, depth, patterns=patterns)
    return _literal(children[0], part, LITERALS[children[0].type])


def _flag(tree: Any, part: Part) -> Name | int:
    """Build one of several flags; 0 stands in for what is none."""
    flag = build_value(tree, part)
    if isinstance(flag, Name) or (isinstance(flag, int) and not isinstance(flag, bool)):
        return flag
    if flag is not UNREAD:
        part.report(tree, f"{tree.children[0]} is no flag; numbers and names of numbers are")
    return 0


LITERALS: dict[str, Callable[[str], Any]] = {
    "INT": literals.read_integer,
    "FLOAT": literals.read_float,
    "STRING": literals.read_string,
    "CHAR": literals.read_character,
    "HEXBYTES": literals.read_bytes,
}


def _values(trees: Iterable[Any], part: Part, depth: int = 0, *, patterns: bool = False) -> tuple[Any, ...]:
    """Build values; lark puts None where an optional list is empty."""
    return tuple(build_value(tree, part, depth + 1, patterns=patterns) for tree in trees if tree is not None)


def _struct(tree: Any, part: Part, depth: int, *, patterns: bool) -> dict[str, Any]:
    """Build a struct; every member once."""
    members = [child for child in tree.children if child is not None]
    names, values = members[::2], members[1::2]
    struct: dict[str, Any] = {}
    for token, value in zip(names, values, strict=True):
        name = _name(token)
        if name in struct:
            part.report(token, f"the member {name} is there twice")
        struct[name] = build_value(value, part, depth + 1, patterns=patterns)
    return struct


def _literal(token: Any, part: Part, read: Callable[[str], Any]) -> Any:
    """Read a literal and report what is wrong with it."""
    try:
        return read(str(token))
    except literals.BadLiteral as bad:
        part.report(token, str(bad), bad.hint, bad.offset)
        return UNREAD
