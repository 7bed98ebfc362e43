"""What the functions of the fuzz take and answer besides small numbers: how C has it, values to try, and patterns of them.

Values are as recorded calls show them, so that the definition, which knows no C types, compares the same as the engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING, Any

from cmock_py.cdecl.model import Array, CType, Enumeration, Floating, Integer, Part, Pointer, Structure, Void
from cmock_py.lang.nodes import WILDCARD, Between, Bind, Bits, Both, Compare, Name, OneOf, Regex
from cmock_py.spec.model import ApiArg
from cmock_py.trace import Address, Character, Enumerator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

INT = Integer(4, signed=True)
BYTE = Integer(1, signed=False)
CHAR = Integer(1, signed=True, kind="char")
SHORT = Integer(2, signed=True)
FLOAT, DOUBLE = Floating(4), Floating(8)
COLOR = Enumeration("color", 4, signed=False, values=(("RED", 0), ("GREEN", 1), ("BLUE", 5)))

POINT = Structure(
    "struct point",
    24,
    8,
    (
        Part("a", Integer(1, signed=True), 0),
        Part("b", INT, 4),
        Part("f", FLOAT, 8),
        Part("low", Integer(4, signed=False), 0, bits=(96, 3)),
        Part("high", INT, 0, bits=(99, 7)),
        Part("big", Integer(8, signed=False), 16),
    ),
)
"""With padding, bit-fields, and a number of each width."""

CARD = Structure(
    "struct card",
    20,
    4,
    (
        Part("name", Array(CHAR, 5), 0),
        Part("xs", Array(SHORT, 2), 6),
        Part("at", Structure("struct pos", 8, 4, (Part("x", FLOAT, 0), Part("y", BYTE, 4))), 12),
    ),
)
"""With text, an array and a struct inside, and padding between and behind them."""

BOARD = Structure(
    "struct board",
    48,
    8,
    (
        Part("cells", Array(Array(SHORT, 2), 2), 0),
        Part("hues", Array(COLOR, 2), 8),
        Part("on", Array(Integer(1, signed=False, kind="bool"), 2), 16),
        Part("hot", Array(DOUBLE, 2), 24),
        Part("at", Pointer(Void()), 40),
    ),
)
"""With arrays of all sorts."""

TYPES: dict[str, CType] = {
    "int": INT,
    "int8_t": Integer(1, signed=True),
    "uint16_t": Integer(2, signed=False),
    "int64_t": Integer(8, signed=True),
    "uint64_t": Integer(8, signed=False),
    "float": FLOAT,
    "double": DOUBLE,
    "bool": Integer(1, signed=False, kind="bool"),
    "enum color": COLOR,
    "void": Void(),
    "void *": Pointer(Void()),
    "const char *": Pointer(CHAR, const=True),
    "char *": Pointer(CHAR),
    "const uint8_t *": Pointer(BYTE, const=True),
    "const int16_t *": Pointer(SHORT, const=True),
    "const double *": Pointer(DOUBLE, const=True),
    "int *": Pointer(INT),
    "double *": Pointer(DOUBLE),
    "uint8_t *": Pointer(BYTE),
    "int16_t *": Pointer(SHORT),
    "char": CHAR,
    "long double": Floating(16),
    "const int *": Pointer(INT, const=True),
    "const float *": Pointer(FLOAT, const=True),
    "const enum color *": Pointer(COLOR, const=True),
    "const bool *": Pointer(Integer(1, signed=False, kind="bool"), const=True),
    "void *const *": Pointer(Pointer(Void()), const=True),
    "struct board": BOARD,
    "struct point": POINT,
    "struct point *": Pointer(POINT),
    "const struct point *": Pointer(POINT, const=True),
    "struct card": CARD,
    "const struct card *": Pointer(CARD, const=True),
}
STRUCTURES = {"struct point": POINT, "struct card": CARD, "struct board": BOARD}
SINGLE = 0.10000000149011612
"""What a ``float`` makes of 0.1."""


def _point(*members: float) -> dict[str, Any]:
    return dict(zip(("a", "b", "f", "low", "high", "big"), members, strict=True))


def _card(name: str, xs: list[int], x: float, y: int) -> dict[str, Any]:
    return {"name": name, "xs": xs, "at": {"x": x, "y": y}}


def _board(cells: list[list[int]], hues: list[int], on: list[bool], hot: list[float], at: int | None) -> dict[str, Any]:
    named = [Enumerator(*COLOR.values[hue]) for hue in hues]
    return {"cells": cells, "hues": named, "on": on, "hot": hot, "at": at}


BIT_FIELDS = {"low", "high"}
INF, NAN = float("inf"), float("nan")
POINTS = (
    _point(0, 0, 0.0, 0, 0, 0),
    _point(0, 0, -0.0, 0, 0, 0),
    _point(-1, 5, 0.5, 7, -3, 1 << 63),
    _point(-1, 5, 0.5, 7, 3, 1 << 63),
    _point(1, 5, SINGLE, 2, -3, 5),
)
BOARDS = (
    _board([[0, 0], [0, 0]], [0, 1], [False, True], [0.0, 1.0], None),
    _board([[1, 5], [1, -1]], [2, 1], [True, True], [-0.0, NAN], Address(5)),
    _board([[1, 5], [1, 5]], [2, 2], [True, False], [5.0, 1.0], Address(16)),
)
CARDS = (
    _card("", [0, 0], 0.0, 0),
    _card("ab", [1, -1], 1.5, 1),
    _card("ac", [1, -1], 1.5, 1),
    _card("abcde", [1, 5], -0.0, 5),
)


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of values.

    Attributes:
        name: of it.
        type: its C type in the spec.
        said: what else the spec says of an argument of it.
        pool: its values.
        part: what is inside: of elements an ``(int, sort)``, of members ``(name, sort)``.
        family: names that are bound to a value of one family can be compared with all of it.
        ordered: whether ``<`` means something.
        low, high: what its numbers lie between.
        near: the tolerance of its arguments.
        holds: family of the names that can stand there, where values are not compared as those of that family.
    """

    name: str
    type: str
    pool: tuple[Any, ...]
    said: tuple[tuple[str, Any], ...] = ()
    parts: tuple[tuple[str, Sort], ...] = ()
    element: Sort | None = None
    family: str = "number"
    ordered: bool = True
    low: float = 0
    high: float = 0
    near: float | None = 0.0
    holds: str = ""

    @property
    def kind(self) -> str:
        """What names that are bound to it can be compared with and answered as."""
        return self.holds or self.family

    @property
    def is_scalar(self) -> bool:
        """Whether it is one number or the like, and compared as it is."""
        return not self.parts and self.element is None and self.family != "text" and self.near == 0.0

    def arg(self, name: str, matched: bool = False) -> ApiArg:
        """What the spec says of an argument."""
        said = {key: value.format(name=name) if isinstance(value, str) else value for key, value in self.said}
        return ApiArg(self.type, name, matched=matched, **said)  # type: ignore[arg-type]


def _whole(name: str, text: str, *pool: int) -> Sort:
    ctype = TYPES[text]
    assert isinstance(ctype, Integer)
    bits = 8 * ctype.size
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if ctype.signed else (0, (1 << bits) - 1)
    return Sort(name, text, (low, high, *pool), low=low, high=high)


SMALL = _whole("small", "int8_t", 0, 1, 5)
MIDDLE = _whole("middle", "uint16_t", 1, 5)
NUMBER = Sort("number", "int", (0, 1, 2, 5, -1), low=-(1 << 31), high=(1 << 31) - 1)
LONG = _whole("long", "int64_t", -1, 0, 5, (1 << 53) + 1)
HUGE = _whole("huge", "uint64_t", 5, 1 << 63, (1 << 53) + 1)
REAL = Sort("real", "double", (0.0, -0.0, 0.5, 5.0, NAN, INF, -INF, 2.0**53), low=-INF, high=INF)
SINGLES = Sort("single", "float", (0.0, SINGLE, 0.5, 5.0, NAN), low=-INF, high=INF)
ABOUT = Sort("about", "double", (0.0, 0.125, 0.25, 5.0, NAN), (("tolerance", 0.125),), low=-INF, high=INF, near=0.125)
EXACT = Sort("exact", "double", (0.0, -0.0, 5.0), (("tolerance", None),), low=-INF, high=INF, near=None)
EXTENDED = Sort("extended", "long double", (0.0, -0.0, 0.5, 5.0, NAN, INF), low=-INF, high=INF)
TRUTH = Sort("truth", "bool", (True, False), ordered=False, high=1)
LETTER = Sort("letter", "char", (Character("\1"), Character("\5"), Character("a")), ordered=False, high=127)
HUE = Sort("hue", "enum color", (*starmap(Enumerator, COLOR.values), 7), ordered=False, high=(1 << 32) - 1)
PLACE = Sort("place", "void *", (Address(5), Address(16), Address((1 << 64) - 1)), ordered=False, high=(1 << 64) - 1)
EXPRESSIONS = (
    *(
        "^a",
        "b$",
        "",
        "[^a]",
        r"^\w?$",
        "x{30}",
        "a|é",
        "é?[ab]$",
        r"\bab?\b",
        "(?i)^A",
        "(?=.*b)a",
        "^(?!.*b)",
        "(?<=a).",
    ),
    *("(?>a|ab)$", "x*+y", r"\x01|\Ba"),
)
"""Automata find them; of others Python is asked, and here there is none."""

TEXT = Sort("text", "const char *", ("", "a", "ab", "b", "é", "x" * 32, "x" * 40, None), ordered=False, family="text")
CHARS = Sort(
    "chars", "const char *", (b"", b"a", b"ab", b"\xc3\xa9", b"\xff", b"x" * 40, None), (("length", 1),),
    ordered=False, family="text",
)  # fmt: skip
BYTES = Sort(
    "bytes", "const uint8_t *", (b"", b"\0", b"ab", b"\0" * 8 + b"\1", b"x" * 40, b"x" * 39 + b"y", None), (("length", 1),),
    element=Sort("byte", "uint8_t", (0, 1, 97, 120), high=255), ordered=False, family="text",
)  # fmt: skip
SHORTS = Sort(
    "shorts", "const int16_t *", ([], [1], [1, 2], [-1, 1, 5, 5], None), (("length", 1),),
    element=Sort("short", "int16_t", (-1, 1, 2, 5), low=-(1 << 15), high=(1 << 15) - 1), ordered=False, family="shorts",
)  # fmt: skip
REALS = Sort(
    "reals", "const double *", ([0.0], [-0.0], [NAN, 1.0], [1.0, NAN], [-0.0, 1.0], [0.0, 1.0], None), (("length", 1),),
    element=REAL, ordered=False, family="reals",
)  # fmt: skip
SINGLE_ROW = Sort(
    "singles", "const float *", ([0.0], [SINGLE, 5.0], [NAN, 1.0], None), (("length", 1), ("tolerance", 0.125)),
    element=SINGLES, ordered=False, family="singles",
)  # fmt: skip
HUES = Sort(
    "hues", "const enum color *", ([], [HUE.pool[2]], [HUE.pool[0], 7]), (("length", 1),), element=HUE, ordered=False,
    family="hues",
)  # fmt: skip
TRUTHS = Sort(
    "truths", "const bool *", ([True], [True, False]), (("length", 1),), element=TRUTH, ordered=False, family="truths"
)
PLACES = Sort(
    "places", "void *const *", ([Address(5)], [Address(16), Address(5)]), (("length", 1),), element=PLACE, ordered=False,
    family="places",
)  # fmt: skip
_IN_POINT = tuple(
    (name, Sort(name, "", tuple(dict.fromkeys(point[name] for point in POINTS)), low=low, high=high))
    for name, low, high in (
        ("a", -128, 127),
        ("b", -(1 << 31), (1 << 31) - 1),
        ("f", -INF, INF),
        ("low", 0, 7),
        ("high", -64, 63),
        ("big", 0, (1 << 64) - 1),
    )
)
_IN_CARD = (
    ("name", Sort("name", "", ("", "ab", "ac", "abcde"), ordered=False, family="", holds="text")),
    (
        "xs",
        Sort(
            "xs",
            "",
            ([0, 0], [1, -1]),
            element=Sort("x", "", (0, 1, -1, 5), low=-(1 << 15), high=(1 << 15) - 1),
            ordered=False,
            family="",
            holds="shorts",
        ),
    ),
    (
        "at",
        Sort(
            "at", "", ({"x": 1.5, "y": 1},), ordered=False, family="", holds="position",
            parts=(("x", Sort("x", "", (0.0, 1.5), low=-INF, high=INF)), ("y", Sort("y", "", (0, 1, 5), high=255))),
        ),
    ),
)  # fmt: skip


def _row(name: str, *pool: list[Any], of: Sort | None, holds: str) -> Sort:
    """An array inside a struct."""
    return Sort(name, "", pool, element=of, ordered=False, family="", holds=holds)


POINT_VALUE = Sort("point", "struct point", POINTS, parts=_IN_POINT, ordered=False, family="point")
POINT_BEHIND = Sort(
    "behind", "const struct point *", (*POINTS, None), (("view", "*{name}"), ("stored_type", "struct point")),
    parts=_IN_POINT, ordered=False, family="point",
)  # fmt: skip
POINT_ROW = Sort(
    "row", "const struct point *", ([], [POINTS[0]], [POINTS[0], POINTS[2]], [POINTS[2], POINTS[4]]), (("length", 1),),
    element=POINT_VALUE, ordered=False, family="row",
)  # fmt: skip
CARD_VALUE = Sort("card", "struct card", CARDS, parts=_IN_CARD, ordered=False, family="card")
CARD_BEHIND = Sort(
    "card behind", "const struct card *", (*CARDS, None), (("view", "*{name}"), ("stored_type", "struct card")),
    parts=_IN_CARD, ordered=False, family="card",
)  # fmt: skip

_CELL = _row("cell", [0, 0], [1, 5], of=SHORTS.element, holds="shorts")
_IN_BOARD = (
    ("cells", _row("cells", [[0, 0], [0, 0]], [[1, 5], [1, -1]], of=_CELL, holds="cells")),
    ("hues", _row("hues", *(board["hues"] for board in BOARDS), of=HUE, holds="hues")),
    ("on", _row("on", [True, True], [True, False], of=TRUTH, holds="truths")),
    ("hot", _row("hot", [0.0, 1.0], [-0.0, NAN], of=REAL, holds="reals")),
    ("at", PLACE),
)
BOARD_VALUE = Sort("board", "struct board", BOARDS, parts=_IN_BOARD, ordered=False, family="board")
FUZZY_POINT = Sort(
    "fuzzy point", "struct point", POINTS, (("tolerance", 1.0),), parts=_IN_POINT, ordered=False, family="point"
)
INT_BEHIND = Sort(
    "int behind", "const int *", (0, 1, 5), (("view", "*{name}"), ("stored_type", "int")), low=-(1 << 31),
    high=(1 << 31) - 1,
)  # fmt: skip

# --- what answers hold ----------------------------------------------------------------------------------------------

ANSWERED = {
    "int": NUMBER,
    "uint64_t": HUGE,
    "double": Sort("real", "double", (0.0, 0.5, -0.0, 5.0, NAN, INF), low=-INF, high=INF),
    "const char *": Sort("text", "const char *", ("", "a", "ab"), family="text"),
    "struct point": Sort("point", "struct point", (POINTS[0], POINTS[1], POINTS[2]), parts=_IN_POINT, family="point"),
    "struct point *": Sort("points", "struct point *", (POINTS[0], POINTS[1], POINTS[2], POINTS[4]), family="point"),
    "struct card": Sort("card", "struct card", (CARDS[1], CARDS[2], CARDS[3]), parts=_IN_CARD, family="card"),
    "const uint8_t *": Sort("bytes", "const uint8_t *", (b"", b"a\0"), family="text"),
    "const int16_t *": Sort("shorts", "const int16_t *", ([1], [1, 5]), family="shorts"),
    "int16_t *": Sort("out shorts", "int16_t *", ([], [1, 5]), (("buffer", 64),), family="shorts"),
    "float": Sort("single", "float", (0.0, SINGLE, -0.0), low=-INF, high=INF),
    "bool": Sort("truth", "bool", (True, False), high=1),
    "enum color": Sort("hue", "enum color", HUE.pool, high=(1 << 32) - 1),
    "int *": Sort("out int", "int *", (1, 2, 5), low=-(1 << 31), high=(1 << 31) - 1),
    "double *": Sort("out real", "double *", (0.5, 0.0, -0.0, NAN), low=-INF, high=INF),
    "char *": Sort("out text", "char *", ("", "ab"), (("buffer", 64), ("string", True)), family="text"),
    "uint8_t *": Sort("out bytes", "uint8_t *", (b"", b"\0ab"), (("buffer", 64),), family="text"),
}
"""By C type of the result or the out argument."""


# --- patterns -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """A bound name, and the sort of its value."""

    name: str
    sort: Sort


def pattern(rng: Random, sort: Sort, known: Sequence[Known], plain: float, depth: int = 2) -> Any:
    """Draw what an event says of one argument, or of a part of one."""
    usable = [one.name for one in known if one.sort.kind == sort.kind != ""]
    if usable and rng.random() < 0.4:
        return _named(rng, sort, rng.choice(usable))
    if rng.random() < plain:
        return WILDCARD
    kinds: list[Callable[[], Any]] = [lambda: value(rng, sort)] * 3
    if depth == 2 or sort.family == "number":
        kinds += [lambda: Compare(rng.choice(["==", "!="]), value(rng, sort)), lambda: _listed(rng, sort)]
    if type(sort.pool[0]) in {str, bytes}:  # an enumerator is no text
        kinds += [lambda: Regex(rng.choice(EXPRESSIONS))] * 3
    if sort.ordered:
        kinds += [lambda: _ordered(rng, sort)] * 2
    if sort is HUE:
        kinds += [lambda: Compare(rng.choice(["<=", ">="]), value(rng, sort)), lambda: Bits(rng.choice([1, 5]), 1)]
    if depth and sort.parts:
        kinds += [lambda: _members(rng, sort, known, depth - 1)] * 4
    if depth and sort.element:
        kinds += [lambda: _elements(rng, sort, known, depth - 1)] * 4
    if isinstance(sort.high, int) and sort.ordered:
        kinds.append(lambda: _bits(rng, sort))
    return rng.choice(kinds)()


def value(rng: Random, sort: Sort) -> Any:
    """Draw a value."""
    return rng.choice(sort.pool)


def _named(rng: Random, sort: Sort, name: str) -> Any:
    ops = ["!=", "<=", ">"] if sort.ordered else ["!="]
    return rng.choice([Name(name), Name(name), Name(name), Compare(rng.choice(ops), Name(name))])


def _listed(rng: Random, sort: Sort) -> OneOf:
    return OneOf(tuple(value(rng, sort) for _ in range(rng.randint(1, 3))))


def _ordered(rng: Random, sort: Sort) -> Any:
    """A comparison that something can meet: what nothing meets is refused."""
    values = sorted(value for value in sort.pool if value == value)  # noqa: PLR0124 - no NaN
    low, high = sorted((rng.choice(values), rng.choice(values)))
    kinds: list[Any] = [Between(low, high), Compare(">=", low), Compare("<=", high)]
    if low > sort.low:
        kinds += [Compare("<", low), Both((Compare("<", low), Compare("!=", high)))]
    if high < sort.high:
        kinds += [Compare(">", high), Both((Compare(">", high), Compare("!=", low)))]
    return rng.choice(kinds)


def _bits(rng: Random, sort: Sort) -> Bits:
    mask = int(rng.choice([1, 2, 5, sort.high]))
    return Bits(mask, mask & rng.choice([0, 1, 5, mask]))


def _members(rng: Random, sort: Sort, known: Sequence[Known], depth: int) -> dict[str, Any]:
    named = rng.sample(sort.parts, rng.randint(0, len(sort.parts)))
    return {name: pattern(rng, inner, known, 0.1, depth) for name, inner in named}


def _elements(rng: Random, sort: Sort, known: Sequence[Known], depth: int) -> list[Any]:
    assert sort.element is not None
    lengths = [len(value) for value in sort.pool if value is not None and len(value) < 10]
    return [pattern(rng, sort.element, known, 0.4, depth) for _ in range(rng.choice(lengths))]


def binder(rng: Random, sort: Sort, name: str, drawn: Any) -> tuple[Any, Known] | None:
    """Put ``?name`` where an argument, or a number inside it, is bound; None when it cannot be."""
    if not sort.kind:
        return None
    if sort.parts and rng.random() < 0.7:
        member, inner = rng.choice([(member, inner) for member, inner in sort.parts if inner.kind])
        return {**(drawn if isinstance(drawn, dict) else {}), member: Bind(name)}, Known(name, inner)
    if isinstance(drawn, list) and drawn and sort.element is not None and sort.element.family == "number":
        at = rng.randrange(len(drawn))
        return [*drawn[:at], Bind(name), *drawn[at + 1 :]], Known(name, sort.element)
    if isinstance(drawn, Between | Compare | Regex):
        return Both((drawn, Bind(name))), Known(name, sort)
    return Bind(name), Known(name, sort)


def example(rng: Random, sort: Sort, drawn: Any) -> Any:
    """Draw a value for a call, more often one that the pattern names."""
    if rng.random() < 0.25:
        return rng.choice(sort.pool)
    match drawn:
        case dict():
            inner = dict(sort.parts)
            value = dict(rng.choice([one for one in sort.pool if isinstance(one, dict)]))
            return value | {name: example(rng, inner[name], item) for name, item in drawn.items()}
        case list() if sort.element is not None:
            items = [example(rng, sort.element, item) for item in drawn]
            return bytes(items) if isinstance(sort.pool[0], bytes) else items
        case Compare(value=value) | Between(low=value):
            return example(rng, sort, value)
        case OneOf(values=values) | Both(patterns=values):
            return example(rng, sort, rng.choice(values))
    return drawn if any(drawn is one or repr(drawn) == repr(one) for one in sort.pool) else rng.choice(sort.pool)


def goes_into(source: Sort, target: Sort) -> bool:
    """Tell whether what is bound of one sort can be answered where the other is, every number as it is."""
    if source.family != "number" or target.family != "number":
        return source.kind == target.kind != ""
    if isinstance(source.high, float) or isinstance(target.high, float):
        return isinstance(source.high, float) and isinstance(target.high, float)
    return target.low <= source.low and source.high <= target.high
