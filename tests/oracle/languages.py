"""Random languages and the calls to try on them: all operators, in the shapes that the engines tell apart.

Everything is drawn from one `random.Random`, so that a seed names a language. Trees are as `lang.expand` leaves them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from cmock_py.lang.nodes import (
    REAL,
    WILDCARD,
    AnyTime,
    Between,
    Bind,
    Both,
    Columns,
    Compare,
    Empty,
    Event,
    Name,
    Named,
    Node,
    OneOf,
    OutValue,
    Par,
    Perm,
    Prefix,
    Repeat,
    Rest,
    Seq,
    Xalt,
)
from cmock_py.lang.walk import map_events
from cmock_py.trace import Call
from tests.oracle import values
from tests.oracle.values import ANSWERED, NUMBER, Known, Sort

if TYPE_CHECKING:
    from collections.abc import Callable

MODULE = "m"
VALUES = range(4)


@dataclass(frozen=True, slots=True)
class Function:
    """A function that languages name.

    Attributes:
        name: of it.
        args: names of its visible arguments.
        matched: which of them are.
        sorts: what they are; small numbers when nothing is said.
        result: C type of the result, a key of `values.ANSWERED`, or void.
        outs: names and C types of the out arguments.
        is_spy: whether the real function answers what the language does not allow.
    """

    name: str
    args: tuple[str, ...]
    matched: tuple[bool, ...]
    sorts: tuple[Sort, ...] = ()
    result: str = "int"
    outs: tuple[tuple[str, str], ...] = ()
    is_spy: bool = False


FUNCTIONS = (
    Function("a", ("x", "y"), (False, False)),
    Function("b", ("x",), (False,)),
    Function("c", ("x", "y"), (True, False)),
    Function("d", ("x",), (True,)),
    Function("e", (), ()),
    Function("f", ("x", "y"), (True, True)),
    Function("g", (), ()),
    Function("h", ("x",), (False,)),
)
"""Functions of small numbers, most of what the fuzz calls."""


def _typed(
    name: str, *args: tuple[Sort, bool], result: str = "int", outs: tuple[tuple[str, str], ...] = ()
) -> Function:
    sorts, matched = tuple(sort for sort, _ in args), tuple(is_matched for _, is_matched in args)
    return Function(name, tuple("xyz"[: len(args)]), matched, sorts, result, outs)


TYPED = (
    _typed("say", (NUMBER, False), (values.TEXT, False)),
    _typed("topic", (values.TEXT, True), (values.REAL, False), result="void"),
    _typed("data", (values.BYTES, False), result="const char *"),
    _typed("frame", (values.BYTES, True), (values.SMALL, False)),
    _typed("row", (values.POINT_ROW, False), (values.SHORTS, False), result="struct point"),
    _typed("list", (values.SHORTS, True), outs=(("v", "int *"),)),
    _typed("wave", (values.REALS, False), (values.REALS, True), result="double"),
    _typed("put", (values.POINT_VALUE, False), result="struct point *"),
    _typed("show", (values.POINT_BEHIND, False), (values.HUE, False), result="void"),
    _typed("at", (values.POINT_BEHIND, True)),
    _typed("deal", (values.CARD_VALUE, False), result="uint64_t"),
    _typed("pick", (values.CARD_BEHIND, True), (values.CARD_VALUE, False)),
    _typed("lay", (values.POINT_VALUE, True), (values.TRUTH, False)),
    _typed("big", (values.LONG, False), (values.HUGE, False), result="uint64_t"),
    replace(_typed("spied", (values.LONG, True), (values.SHORTS, False)), is_spy=True),
    _typed("key", (values.HUGE, True), (values.MIDDLE, False)),
    _typed("real", (values.REAL, False), (values.SINGLES, False), result="double"),
    _typed("tune", (values.REAL, True), result="void"),
    _typed("about", (values.ABOUT, False), (values.EXACT, False)),
    _typed("near", (values.ABOUT, True), (values.EXACT, True)),
    _typed("paint", (values.HUE, True), (values.TRUTH, True)),
    _typed("where", (values.PLACE, False), (values.PLACE, True), result="const char *"),
    _typed("letters", (values.LETTER, False), (values.CHARS, False)),
    _typed("chars", (values.CHARS, True), (values.LETTER, True), result="const char *"),
    _typed("long", (values.EXTENDED, False), (values.EXTENDED, True), result="double"),
    _typed("colors", (values.HUES, False), (values.TRUTHS, False), result="enum color"),
    _typed("places", (values.PLACES, False), (values.INT_BEHIND, False), result="bool"),
    _typed("single", (values.SINGLE_ROW, False), (values.FUZZY_POINT, False), result="float"),
    _typed("board", (values.BOARD_VALUE, False)),
    _typed("echo", (values.BYTES, False), result="const char *", outs=(("v", "uint8_t *"),)),
    _typed("name", (values.TEXT, True), result="const uint8_t *", outs=(("v", "char *"),)),
    _typed("swap", (values.SHORTS, False), result="const int16_t *", outs=(("v", "int16_t *"),)),
    _typed("copy", (values.POINT_BEHIND, False), result="struct point", outs=(("v", "struct point *"),)),
    _typed("hand", (values.CARD_BEHIND, False), (values.TEXT, False), result="struct card"),
    _typed("get", (NUMBER, False), outs=(("v", "int *"), ("w", "double *"))),
    _typed("read", (values.SMALL, False), result="void", outs=(("v", "char *"), ("w", "uint8_t *"))),
)
"""Functions of all sorts of values."""

ECHOES = tuple(f for f in TYPED if f.name in {"echo", "name", "swap", "copy", "hand", "data", "put", "pick", "read"})
"""Functions that answer what they or others take: texts, bytes, arrays and structs."""

MEMBERS = tuple(f for f in TYPED if f.name in {"deal", "pick", "hand", "board", "say", "list", "swap", "wave", "frame"})
"""Functions of structs that hold texts and arrays, and of the same outside of structs."""

BY_NAME = {function.name: function for function in (*FUNCTIONS, *TYPED)}


def is_spy(call: Call) -> bool:
    """Say whether the real function answers a call that the language does not allow."""
    return BY_NAME[call.function].is_spy


def is_matched(call: Call, index: int) -> bool:
    """Say whether the argument decides while the SUT runs."""
    return BY_NAME[call.function].matched[index]


@dataclass(frozen=True, slots=True)
class Shape:
    """What languages of one kind are like.

    Attributes:
        name: of the kind.
        weights: of the operators.
        functions: how many of them a language may name.
        depth: how deep operators nest.
        width: how many items an operator has at most.
        answers: how many answers one function may give.
        plain: part of the arguments that may be anything.
        binds: part of the events in sequences that bind a name.
        keyed: whether matched arguments are constants, so that they tell the events of a function apart.
        events: how many a language has at most; the sets of the definition grow with them.
        typed: whether arguments and answers are of all sorts.
        columns: part of the sequences that hold columns.
        among: the functions to choose from, if not all.
        errnos: part of the typed events that set ``errno``, if a function may give several answers.
    """

    name: str
    weights: dict[str, int]
    functions: int = 5
    depth: int = 4
    width: int = 4
    answers: int = 2
    plain: float = 0.6
    binds: float = 0.0
    keyed: bool = False
    events: int = 14
    typed: bool = False
    columns: float = 0.0
    among: tuple[Function, ...] = ()
    errnos: float = 0.1


_ALL = {"seq": 6, "xalt": 4, "par": 4, "perm": 2, "repeat": 4, "optional": 3, "prefix": 1, "any": 2, "empty": 1}
_TAME = {"seq": 8, "xalt": 3, "repeat": 3, "optional": 3, "prefix": 1, "par": 2, "perm": 2}

_ECHOING = {"seq": 14, "par": 5, "xalt": 2, "repeat": 2, "perm": 1, "any": 1}

SHAPES = (
    Shape("mixed", _ALL),
    Shape("tame", _TAME, functions=8, answers=1, depth=3, plain=0.8),
    Shape("unique", _TAME | {"any": 1}, functions=8, answers=1, depth=5, width=3, plain=1.0),
    Shape("crowded", _ALL, functions=2, depth=3, width=3, answers=1),
    Shape("matched", _ALL, functions=6, plain=0.2),
    Shape("wide", _TAME, functions=8, depth=2, width=9, answers=1, plain=0.9),
    Shape("deep", _ALL | {"seq": 3}, functions=6, depth=9, width=2, answers=1, plain=0.9),
    Shape("binding", _ALL | {"seq": 9}, functions=6, answers=1, binds=0.5),
    Shape("background", _ALL | {"any": 6}, functions=4, answers=2),
    Shape("keyed", _ALL | {"par": 6}, functions=5, answers=1, depth=3, keyed=True),
    Shape("values", _ALL, functions=5, depth=3, plain=0.3, binds=0.2, typed=True),
    Shape("few values", _TAME, functions=2, depth=3, plain=0.2, binds=0.3, typed=True, answers=1),
    Shape("crowded values", _ALL | {"par": 6}, functions=1, depth=3, plain=0.2, typed=True),
    Shape("keyed values", _TAME | {"par": 8}, functions=3, depth=3, plain=0.5, keyed=True, typed=True, answers=1),
    Shape("echoes", _ECHOING, functions=3, depth=3, plain=0.8, binds=0.6, answers=1, typed=True, among=ECHOES),
    Shape("a few echoes", _ECHOING, functions=2, depth=3, plain=0.5, binds=0.5, typed=True, among=ECHOES),
    Shape("members", _ECHOING, functions=4, depth=3, plain=0.2, binds=0.6, answers=1, typed=True, among=MEMBERS),
    Shape(
        "background values",
        _ALL | {"any": 6},
        functions=2,
        depth=3,
        plain=0.7,
        typed=True,
        answers=3,
        errnos=0.5,
        binds=0.1,
    ),
    Shape("columns", _TAME, functions=4, depth=3, answers=1, columns=0.4),
    Shape("columns of values", _TAME, functions=4, depth=2, plain=0.4, columns=0.4, typed=True),
    Shape("long", _TAME, functions=8, answers=1, depth=4, width=12, plain=1.0, events=60),
)


class _Drawing:
    """One language under way."""

    def __init__(self, rng: Random, shape: Shape) -> None:
        self.rng, self.shape = rng, shape
        everything = shape.among or (TYPED if shape.typed else FUNCTIONS)
        self.functions = rng.sample(everything, min(shape.functions, len(everything)))
        self.usual = {function.name: rng.randrange(3) for function in everything}
        self.sorts: dict[str, Sort] = {}
        self.names = 0
        self.left = shape.events

    # --- leaves -----------------------------------------------------------------------------------------------------

    def event(self, known: tuple[str, ...] = (), bind: str | None = None) -> Event:
        """Draw an event; *known* are bound names, *bind* one that it shall bind."""
        if self.shape.typed:
            return self.typed_event(known, bind)
        rng, function = self.rng, self.rng.choice(self.functions)
        if bind is not None and not function.args:
            function = rng.choice([f for f in FUNCTIONS if f.args])
        args = [
            rng.choice(VALUES) if matched and self.shape.keyed else self.pattern(known) for matched in function.matched
        ]
        if bind is not None:
            at = rng.randrange(len(args))
            args[at] = Both((args[at], Bind(bind))) if isinstance(args[at], Between | Compare) else Bind(bind)
        answer: Any = self.usual[function.name]
        if self.shape.answers > 1 and rng.random() < 0.15:
            answer = rng.randrange(3)
        if known and rng.random() < 0.2:
            answer = Name(rng.choice(known))
        self.left -= 1
        return Event(MODULE, function.name, tuple(args), answer, None, None, "fuzz", 1)

    def pattern(self, known: tuple[str, ...]) -> Any:
        """Draw the pattern of one argument."""
        rng = self.rng
        if known and rng.random() < 0.4:
            name = Name(rng.choice(known))
            return rng.choice([name, name, name, Compare("!=", name), Compare("<=", name)])
        if rng.random() < self.shape.plain:
            return WILDCARD
        low, high = sorted((rng.choice(VALUES), rng.choice(VALUES)))
        kinds: list[Callable[[], Any]] = [
            lambda: low,
            lambda: low,
            lambda: low,
            lambda: Between(low, high),
            lambda: Compare(rng.choice(["==", "!=", "<", "<=", ">", ">="]), low),
            lambda: OneOf((low, high)),
            lambda: Both((Compare(">=", low), Compare("!=", high))),
        ]
        return rng.choice(kinds)()

    def typed_event(self, known: tuple[str, ...], bind: str | None) -> Event:
        """Draw an event of a function that takes all sorts of values."""
        rng, function = self.rng, self.rng.choice(self.functions)
        names = [Known(name, self.sorts[name]) for name in known if name in self.sorts]
        args = [
            values.value(rng, sort)
            if matched and self.shape.keyed
            else values.pattern(rng, sort, names, self.shape.plain)
            for sort, matched in zip(function.sorts, function.matched, strict=True)
        ]
        if bind is not None:
            at = rng.randrange(len(args))
            bound = values.binder(rng, function.sorts[at], bind, args[at])
            if bound is not None:
                args[at], made = bound
                self.sorts[bind] = made.sort
                names.append(made)
        self.left -= 1
        errno = rng.choice([4, 11]) if self.shape.answers > 1 and rng.random() < self.shape.errnos else None
        answer = self.typed_answer(function, names)
        return Event(MODULE, function.name, tuple(args), answer, errno, None, "fuzz", 1)

    def typed_answer(self, function: Function, names: list[Known]) -> Any:
        """Draw an answer: a value, or the out values and it; sometimes the real function answers."""
        if self.rng.random() < 0.03:
            return REAL
        outs = tuple(self.answered(ANSWERED[text], self.usual[function.name], names) for _, text in function.outs)
        outs = tuple(WILDCARD if self.rng.random() < 0.1 else out for out in outs)
        if function.result == "void":
            return outs or None
        result = self.answered(ANSWERED[function.result], self.usual[function.name], names)
        return (*outs, result) if outs else result

    def answered(self, sort: Sort, usual: int, names: list[Known]) -> Any:
        """Draw one value of an answer; bound numbers may be it, or be members of it."""
        rng = self.rng
        fitting = [one.name for one in names if values.goes_into(one.sort, sort)]
        if fitting and rng.random() < (0.7 if self.shape.among else 0.25):
            return Name(rng.choice(fitting))
        deviates = self.shape.answers > 1 and rng.random() < 0.1
        value = rng.choice(sort.pool) if deviates else sort.pool[usual % len(sort.pool)]
        if sort.parts and rng.random() < 0.4:
            for name, inner in sort.parts:
                fitting = [one.name for one in names if values.goes_into(one.sort, inner)]
                if fitting and name not in values.BIT_FIELDS:
                    return {**value, name: Name(rng.choice(fitting))}
        return value

    # --- operators --------------------------------------------------------------------------------------------------

    def node(self, depth: int, known: tuple[str, ...] = ()) -> Node:
        """Draw a language at most *depth* operators deep."""
        if depth == 0 or self.left <= 1 or self.rng.random() < 0.25:
            return self.event(known)
        kinds, weights = zip(*self.shape.weights.items(), strict=True)
        return getattr(self, self.rng.choices(kinds, weights)[0])(depth - 1, known)

    def items(self, depth: int, known: tuple[str, ...], least: int = 1) -> tuple[Node, ...]:
        count = self.rng.randint(least, self.shape.width)
        return tuple(self.node(depth, known) for _ in range(count) if self.left > 0) or (self.event(known),)

    def seq(self, depth: int, known: tuple[str, ...]) -> Node:
        """A sequence; what an event of it binds, those behind it may use."""
        items: list[Node] = []
        for _ in range(self.rng.randint(1, self.shape.width + 1)):
            if self.left <= 0:
                break
            if self.rng.random() < self.shape.binds:
                self.names += 1
                name = f"n{self.names}"
                items.append(self.binder(known, name))
                known = (*known, name) if not self.shape.typed or name in self.sorts else known
            elif self.rng.random() < self.shape.columns:
                items.append(self.columns())
            else:
                items.append(self.node(depth, known))
        return Seq(tuple(items))

    def binder(self, known: tuple[str, ...], name: str) -> Node:
        """An event that binds a name, or a choice of two that both do."""
        if self.rng.random() < 0.2 and not self.shape.typed:
            return Xalt((self.event(known, name), self.event(known, name)))
        return self.event(known, name)

    def columns(self) -> Node:
        """Calls of one function in a row, as columns."""
        rng, count = self.rng, self.rng.randint(1, 4)
        fitting = [f for f in self.functions if not f.outs and all(sort.is_scalar for sort in f.sorts)]
        if not fitting:
            return self.event()
        function = rng.choice(fitting)
        pools = [sort.pool for sort in function.sorts] or [tuple(VALUES)] * len(function.args)
        args = tuple(
            WILDCARD if rng.random() < self.shape.plain else [rng.choice(pool) for _ in range(count)] for pool in pools
        )
        self.left -= count
        answers = None if function.result == "void" else [self.plain_answer(function) for _ in range(count)]
        return Columns(MODULE, function.name, args, answers, count)

    def plain_answer(self, function: Function) -> Any:
        """Draw an answer of a function without out arguments that holds no name."""
        return (
            self.answered(ANSWERED[function.result], self.usual[function.name], [])
            if function.sorts
            else (self.usual[function.name])
        )

    def xalt(self, depth: int, known: tuple[str, ...]) -> Node:
        return Xalt(self.items(depth, known, 2))

    def par(self, depth: int, known: tuple[str, ...]) -> Node:
        return Par(self.items(depth, known, 2))

    def perm(self, depth: int, known: tuple[str, ...]) -> Node:
        return Perm(self.items(depth, known, 2))

    def repeat(self, depth: int, known: tuple[str, ...]) -> Node:
        least = self.rng.choice([0, 0, 1, 1, 2, 3])
        most = self.rng.choice([None, None, max(least, 1), least + 1, least + 2])
        return Repeat(self.node(depth, known), least, most)

    def optional(self, depth: int, known: tuple[str, ...]) -> Node:
        return Repeat(self.node(depth, known), 0, 1)

    def prefix(self, depth: int, known: tuple[str, ...]) -> Node:
        """Rounds of one body that differ in an answer."""
        event, count = self.event(known), self.rng.randint(1, 4)
        rounds: list[Node] = [event._replace(answer=self.of_round(event, number)) for number in range(count)]
        if depth and self.rng.random() < 0.5:
            behind = self.node(depth, known)
            rounds = [Seq((item, behind)) for item in rounds]
        return Prefix(tuple(rounds), self.rng.randint(0, count))

    def of_round(self, event: Event, number: int) -> Any:
        """What an event answers in a round."""
        if not self.shape.typed:
            return number % 3
        self.usual[event.function] = number
        return self.typed_answer(BY_NAME[event.function], [])

    def any(self, depth: int, known: tuple[str, ...]) -> Node:
        """A sequence with calls in the background."""
        calls = AnyTime(tuple(self.event(known) for _ in range(self.rng.randint(1, 2))))
        items = list(self.items(depth, known))
        items.insert(self.rng.randint(0, len(items)), calls)
        return Seq(tuple(items))

    def empty(self, depth: int, known: tuple[str, ...]) -> Node:
        return Empty()


def _args_of_word(rng: Random, function: Function) -> tuple[Any, ...]:
    return tuple(rng.choice([WILDCARD, WILDCARD, 0, 1, Between(1, 2)]) for _ in function.args)


def _rounds(rng: Random, word: tuple[Event, ...]) -> Node:
    """Write one to three rounds of a word out, or as a repetition."""
    count = rng.randint(1, 3)
    return Seq(word * count) if rng.randrange(2) else Repeat(Seq(word), count, count)


def powers(rng: Random) -> Node:
    """Draw equal, periodic sequences side by side, which are counted; sometimes inside of more, sometimes disturbed."""
    drawing = _Drawing(rng, SHAPES[0])
    chosen = rng.sample(FUNCTIONS, rng.randint(1, 3))
    word = tuple(Event(MODULE, f.name, _args_of_word(rng, f), rng.randrange(3), None, None, "fuzz", 1) for f in chosen)
    members = tuple(_rounds(rng, word) for _ in range(rng.randint(2, 4)))
    tree: Node = Par(members)
    match rng.randrange(6):
        case 0:
            tree = Seq((drawing.event(), tree, drawing.event()))
        case 1:
            tree = Repeat(tree, rng.randint(0, 1), rng.choice([None, 2]))
        case 2:
            tree = Par((*members, drawing.node(2)))
        case 3:
            tree = Xalt((tree, drawing.node(2)))
    return tree


def twins(rng: Random) -> Node:
    """Draw members of a PAR that differ in the names of what they bind only; sometimes with others, or inside of more."""
    shape = Shape("twins", _TAME, functions=3, answers=1, depth=1, binds=0.7, plain=0.7)
    body, other = rng.randrange(10**9), _Drawing(rng, shape)
    count = rng.choice([2, 2, 3])
    members = [_member(body, shape, number) for number in range(count)]
    if rng.random() < 0.3:
        members.insert(rng.randint(0, count), other.node(2))
    tree: Node = Par(tuple(members))
    match rng.randrange(5):
        case 0:
            tree = Seq((other.event(), tree, other.event()))
        case 1:
            tree = Repeat(tree, rng.randint(0, 1), rng.choice([None, 2]))
        case 2:
            tree = Xalt((tree, other.node(2)))
    return tree


def _member(seed: int, shape: Shape, number: int) -> Node:
    """Draw the same member each time, with names of its own."""
    rng = Random(seed)
    drawing = _Drawing(rng, shape)
    drawing.names = 100 * number
    member = drawing.seq(1, ())
    if rng.random() < 0.5:
        member = Repeat(member, rng.choice([0, 0, 1, 2]), rng.choice([2, 3, None, None]))
        return Seq((drawing.event(), member)) if rng.random() < 0.2 else member
    return Repeat(member, 0, 1) if rng.random() < 0.2 else member


SMALL = tuple(shape for shape in SHAPES if shape.events <= 14)
"""Shapes of languages that the definition steps in no time."""


def language(rng: Random, shape: Shape | None = None) -> tuple[str, Node]:
    """Draw a language, and name its kind."""
    if shape is None and rng.random() < 0.12:
        return "powers", powers(rng)
    if shape is None and rng.random() < 0.04:
        return "twins", twins(rng)
    shape = shape or rng.choice(SHAPES)
    drawing = _Drawing(rng, shape)
    if shape.columns and rng.random() < 0.15:
        return shape.name, drawing.columns()
    return shape.name, drawing.node(rng.randint(2, shape.depth))


def respelled(rng: Random, tree: Node) -> Node:
    """Write events of typed functions in other ways that mean the same: named arguments, `...`, out values in place."""

    def spelled(event: Event) -> Event:
        function = BY_NAME[event.function]
        if not function.sorts or rng.random() < 0.6:
            return event
        args, at = list(event.args), rng.randint(0, len(event.args))
        behind = [Named(name, arg) for name, arg in zip(function.args[at:], args[at:], strict=True)]
        open_ones = [one for one in behind if one.pattern is WILDCARD]
        rng.shuffle(behind)
        if open_ones and rng.random() < 0.5:
            behind = [Rest(), *(one for one in behind if one not in open_ones)]
        args[at:] = behind
        if not function.outs or not isinstance(event.answer, tuple) or rng.random() < 0.5:
            return event._replace(args=tuple(args))
        outs = [OutValue(name, value) for (name, _), value in zip(function.outs, event.answer, strict=False)]
        rng.shuffle(outs)
        result = None if function.result == "void" else event.answer[-1]
        return event._replace(args=(*args, *outs), answer=result)

    return map_events(tree, spelled)


def calls(rng: Random, events: tuple[Event, ...], count: int = 10) -> tuple[Call, ...]:
    """Draw the calls that are tried: mostly what events ask for, also what hardly any does."""
    found: dict[Any, Call] = {}
    for _ in range(3 * count):
        event = rng.choice(events) if events and rng.random() < 0.93 else None
        others = TYPED if events and BY_NAME[events[0].function].sorts else FUNCTIONS
        function = BY_NAME[event.function] if event else rng.choice(others)
        patterns = event.args if event else (WILDCARD,) * len(function.args)
        args = tuple(
            values.example(rng, function.sorts[i], pattern) if function.sorts else _value(rng, pattern)
            for i, pattern in enumerate(patterns)
        )
        found.setdefault((function.name, repr(args)), call(function.name, *args))
        if len(found) >= count:
            break
    return tuple(found.values())


def _value(rng: Random, pattern: Any) -> int:
    """Draw a value, more often one that the pattern names."""
    if isinstance(pattern, int) and rng.random() < 0.8:
        return pattern
    return rng.choice(VALUES)


def call(function: str, *args: Any) -> Call:
    """Make a call."""
    return Call(0, MODULE, function, BY_NAME[function].args, args)
