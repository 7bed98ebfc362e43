"""Makes of a tree one that text can say, or tells what has none: functions of Python, half a value, no name.

What only Python can say another way becomes what a text says: numbers and texts of a trace what they equal, a Python
function the name that it is given, `COLUMNS` their calls.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cmock_py.errors import Fault, LanguageError
from cmock_py.lang import literals
from cmock_py.lang.limits import DEFAULT, GREATEST, count_fault, deep_error
from cmock_py.lang.nodes import (
    NOWHERE,
    NULL,
    WILDCARD,
    AnswerEach,
    AnswerFrom,
    AnswerReal,
    Between,
    Bind,
    Bits,
    Both,
    Columns,
    Compare,
    Counted,
    Define,
    Event,
    Flags,
    Include,
    Let,
    Name,
    Named,
    OneOf,
    OutValue,
    Pattern,
    Predicate,
    Prefix,
    Regex,
    Repeat,
    Rest,
    Seq,
    Use,
    Xalt,
)
from cmock_py.lang.render import is_function, render_character, render_pattern, render_regex
from cmock_py.lang.walk import called_below, inside, walk, with_inside
from cmock_py.trace import Character

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cmock_py.lang.nodes import Node, Source


def spell(tree: Node, functions: Mapping[str, Callable[..., Any]] | None = None) -> Node:
    """Make of a tree one that is equal to what is parsed from its text.

    Args:
        tree: any.
        functions: names for the Python functions in it.

    Returns:
        A tree that means the same.

    Raises:
        LanguageError: parts of the tree have no text; all of them.

    >>> spell(Event("m", "f", (str.isupper, bytearray(b"x"))), {"upper": str.isupper}).args
    (Predicate(name='upper'), b'x')
    """
    for _ in walk(tree):  # refuses what is too deep for the recursion
        pass
    speller = _Speller({id(function): name for name, function in (functions or {}).items()})
    spelled = speller.node(tree)
    if speller.faults:
        raise LanguageError(speller.faults)
    return spelled


@dataclass(slots=True)
class _Speller:
    """Copies a tree and notes what has no text.

    Attributes:
        functions: the names of Python functions, by identity.
        place: of what is copied now.
        faults: what has no text, each once.
    """

    functions: Mapping[int, str]
    place: Source | None = None
    faults: dict[Fault, None] = field(default_factory=dict)

    def fault(self, message: str, hint: str | None = None) -> None:
        """Note what has no text."""
        self.faults[Fault(str(self.place), message, hint)] = None

    # --- nodes ------------------------------------------------------------------------------------------------------

    def node(self, node: Node) -> Node:
        """Spell a node and all below it."""
        self.place = node.place
        match node:
            case Event():
                return self.event(node)
            case Columns():
                return Seq(tuple(self.event(node.event(index)) for index in range(node.count)), place=node.place)
            case Prefix():
                return self.node(_nested(node))
            case Use():
                self.name("a lang", node.name)
                return replace(node, values=tuple(map(self.pattern, node.values)))
            case Let():
                self.name("a constant", node.name)
                return replace(node, value=self.value(node.value))
            case Include():
                return replace(node, file=self.value(node.file))
        self.operator(node)
        items = inside(node)
        return with_inside(node, map(self.node, items)) if items else node

    def operator(self, node: Node) -> None:
        """Look at what an operator or a definition says beside its items."""
        match node:
            case Repeat():
                wrong = count_fault(node.least, node.most)
                if wrong:
                    self.fault(wrong)
            case Counted():
                for count in (node.least, node.most):
                    if isinstance(count, Name):
                        self.name("a count", count.name)
            case Xalt():
                if not node.items:
                    self.fault("XALT needs at least one item: a choice of nothing can never be met")
                if node.tag is not None:
                    self.name("a tag", node.tag)
            case Define():
                self.name("a lang", node.name)
                for parameter in node.params:
                    self.name("a parameter", parameter)

    def event(self, event: Event) -> Event:
        """Spell one call."""
        self.place = event.place
        for part in str(event.module).split(".") if event.module else ():
            self.name("a module", part)
        self.name("a function", event.function)
        if event.binds is not None:
            self.name("a handle", event.binds)
        if isinstance(event.errno, str):
            self.name("an errno", event.errno)
        args = tuple(map(self.argument, event.args))
        return tuple.__new__(Event, (*event[:2], args, self.answer(event.answer), *event[4:]))

    def name(self, what: str, name: Any) -> None:
        """Look at a name; in backquotes it may be nearly anything."""
        if not isinstance(name, str) or not name or "`" in name or "\n" in name:
            self.fault(f"{name!r:.60} is no name that {what} can have in a text")

    # --- arguments and answers --------------------------------------------------------------------------------------

    def argument(self, arg: Any) -> Any:
        """Spell one argument of a call."""
        match arg:
            case Named():
                self.name("an argument", arg.name)
                return replace(arg, pattern=self.pattern(arg.pattern))
            case OutValue():
                self.name("an out argument", arg.name)
                return replace(arg, value=self.value(arg.value))
            case Rest():
                return arg
        return self.pattern(arg)

    def pattern(self, pattern: Any, depth: int = 1) -> Any:
        """Spell a pattern, or a value that may hold patterns."""
        match pattern:
            case Both():
                if len(pattern.patterns) < 2 or any(isinstance(inner, Both) for inner in pattern.patterns):  # noqa: PLR2004 - two
                    self.fault(f"& joins two patterns or more, one by one, and {pattern!r:.60} does not")
                return Both(tuple(self.pattern(inner, depth) for inner in pattern.patterns))
            case Bind() | Predicate():
                self.name("a value" if isinstance(pattern, Bind) else "a function", pattern.name)
                return pattern
            case Compare():
                return replace(pattern, value=self.value(pattern.value))
            case Between():
                return Between(self.bound(pattern.low), self.bound(pattern.high))
            case OneOf():
                if not pattern.values:
                    self.fault("in {} has no value, so nothing can be in it")
                return OneOf(tuple(map(self.value, pattern.values)))
            case Bits():
                return Bits(self.bits(pattern.mask), self.bits(pattern.value))
            case Regex():
                return self.regex(pattern)
        if is_function(pattern):
            return Predicate(self.function(pattern))
        return self.value(pattern, depth, patterns=True)

    def regex(self, regex: Regex) -> Regex:
        """Look at a regular expression; its text has no newlines."""
        try:
            is_same = literals.read_regex(render_regex(regex.pattern)) == regex.pattern
        except literals.BadLiteral:
            is_same = False
        if not is_same:
            hint = "write a newline as \\n, and a quote without a backslash; REGEX does both, unless (?x) forbids it"
            self.fault(f"the regular expression {regex.pattern!r:.60} has no text", hint)
        return regex

    def bound(self, bound: Any) -> Any:
        """Spell an end of a range."""
        spelled = self.value(bound)
        if not (spelled is None or isinstance(spelled, (int, float, str, Name))):
            self.fault(f"a range is between numbers, names or texts, and {render_pattern(bound)} is none")
        return spelled

    def bits(self, bits: Any) -> Any:
        """Spell a mask, or the bits under it."""
        spelled = self.value(bits)
        if not isinstance(spelled, (int, Name, Flags)):
            self.fault(f"bits are a number, a name or flags, and {render_pattern(bits)} is none")
        return spelled

    def answer(self, answer: Any) -> Any:
        """Spell what stands behind the arrow."""
        if isinstance(answer, AnswerEach):
            return AnswerEach(tuple(map(self.one_answer, answer.answers)))
        return self.one_answer(answer)

    def one_answer(self, answer: Any) -> Any:
        """Spell one answer."""
        if isinstance(answer, AnswerFrom):
            self.name("a function", answer.name)
            return answer
        if isinstance(answer, AnswerReal):
            return answer
        return AnswerFrom(self.function(answer)) if is_function(answer) else self.value(answer)

    def function(self, function: Any) -> str:
        """Name a Python function."""
        name = self.functions.get(id(function))
        if name is not None:
            self.name("a function", name)
            return name
        called = getattr(function, "__name__", type(function).__name__)
        named = called if called.isidentifier() else "f"
        text = f"the Python function {called} has no text, and nobody has named it"
        self.fault(text, f'name it, for render as for init_lang: functions={{"{named}": ...}}; the text says @{named}')
        return named

    # --- values -----------------------------------------------------------------------------------------------------

    def value(self, value: Any, depth: int = 1, *, patterns: bool = False) -> Any:
        """Spell a value; *patterns* tells whether patterns may stand inside of it."""
        if depth > DEFAULT.depth:
            raise deep_error(self.place or NOWHERE, DEFAULT)
        match value:
            case None | bool():
                return value
            case Name():
                self.name("a value", value.name)
                return value
            case Flags():
                return self.flags(value)
            case int() | float():
                return self.number(value)
            case str():
                return self.text(value)
            case bytes() | bytearray():
                return bytes(value)
            case dict():
                for key in value:
                    self.name("a member", key)
                return {key: self.inner(item, depth, patterns=patterns) for key, item in value.items()}
            case list():
                return [self.inner(item, depth, patterns=patterns) for item in value]
            case tuple():
                if not value:
                    self.fault("an empty tuple has no text", "an empty array is a list: []")
                return tuple(self.inner(item, depth, patterns=patterns) for item in value)
        return value if value is WILDCARD else self.other(value)

    def inner(self, value: Any, depth: int, *, patterns: bool) -> Any:
        """Spell what is inside of a value."""
        return self.pattern(value, depth + 1) if patterns else self.value(value, depth + 1)

    def flags(self, flags: Flags) -> Flags:
        """Look at names of numbers and numbers that are joined."""
        for part in flags.parts:
            if isinstance(part, Name):
                self.name("a flag", part.name)
        parts = tuple(part if isinstance(part, Name) else self.number(part) for part in flags.parts)
        if len(parts) < 2:  # noqa: PLR2004 - two
            self.fault(f"| joins two flags or more, and {flags!r:.60} does not")
        return Flags(parts)

    def number(self, number: Any) -> Any:
        """Spell a number as what it equals: a handle or an address of a trace is one."""
        if isinstance(number, float):
            return float(number)
        if abs(number) >= 10**literals.MAX_DIGITS:
            self.fault(f"a number of more than {literals.MAX_DIGITS} digits has no text, and no C type holds it")
        return int(number)

    def text(self, text: str) -> str:
        """Spell a text as what it equals: an enumerator of a trace is one."""
        try:
            encoded = text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            encoded = b"\xff"
        if isinstance(text, Character):
            if len(text) != 1 or literals.read_character(render_character(text)) != text:
                self.fault(f"the character {str(text)!r:.60} has no text")
            return text
        if encoded.decode("utf-8", "surrogateescape") != text:
            self.fault(f"{str(text)!r:.60} holds surrogates that stand for no bytes, and has no text")
        return str(text)

    def other(self, value: Any) -> Any:
        """Spell an object of Python, if it is a number to everyone; else say why it has no text."""
        if value is NULL:
            return value
        if isinstance(value, Pattern) or is_function(value):
            text = f"a value stands here, and {render_pattern(value)} is a pattern"
            self.fault(text, "patterns are for arguments of a call")
            return WILDCARD
        if hasattr(type(value), "__index__") and operator.index(value) == value:
            return operator.index(value)
        self.fault(f"{value!r:.60} is an object of Python ({type(value).__name__}), and has no text")
        return WILDCARD


def _nested(node: Prefix) -> Seq:
    """Say with operators of the text what a prefix means: each optional item is around those behind it."""
    if len(node.items) - node.least > GREATEST.depth:
        raise deep_error(node.place, functions=called_below(node))
    tail: tuple[Node, ...] = ()
    for item in reversed(node.items[node.least :]):
        tail = (Repeat(Seq((item, *tail)) if tail else item, 0, 1),)
    return Seq((*node.items[: node.least], *tail), place=node.place)
