"""The fast way of whole columns: it encodes what the slow way encodes, to the byte, or leaves it to the slow way."""

from __future__ import annotations

import math
from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmock_py.bind import columns
from cmock_py.bind.tables import Expected, Tables, bind
from cmock_py.cdecl.model import Array, Declarations, Floating, Integer, Part, Pointer, Structure, Void
from cmock_py.errors import LanguageError
from cmock_py.lang.constants import Constants
from cmock_py.lang.nodes import NULL, WILDCARD, Event, Seq
from cmock_py.mocked import Field, mocked_functions
from cmock_py.payload import encode_args
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.mocked import Mocked

INTS = st.integers(-(2**31), 2**31 - 1)
COLORS = {"RED": 0, "GREEN": 5, "BLUE": -1}
ARGS: dict[str, tuple[st.SearchStrategy[Any], ...]] = {
    "push": (INTS, INTS),
    "new": (),
    "pop": (INTS,),
    "mix": (st.floats(allow_nan=False), st.floats(width=32, allow_nan=False), st.integers(0, 2**64 - 1)),
    "paint": (st.sampled_from([*COLORS, 0, 5, 77]), st.sampled_from(["a", 97, -1])),
    "open": (st.one_of(st.none(), st.text("ab")), st.integers(0, 255)),
    "put": (st.one_of(st.none(), st.integers(1, 2**64 - 1)), st.booleans()),
    "speed": (),
    "sample": (INTS,),
    "id": (),
}
ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    "new": INTS,
    "pop": st.one_of(INTS, st.booleans()),
    "mix": st.one_of(st.floats(allow_nan=False), st.integers(-3, 3), st.sampled_from([0.0, -0.0])),
    "paint": st.sampled_from([*COLORS, 0, -1]),
    "open": st.one_of(st.just(NULL), st.integers(1, 2**64 - 1)),
    "speed": st.tuples(INTS, st.booleans()),
    "sample": st.tuples(st.lists(INTS, max_size=3)),
    "id": st.integers(0, 255),
}
MODULES = {name: "stack" if name in {"push", "new", "pop"} else "io" for name in ARGS}


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw one event that fits the spec."""
    name = draw(st.sampled_from(list(ARGS)))
    args = tuple(draw(values) for values in ARGS[name])
    return Event(MODULES[name], name, args, draw(ANSWERS.get(name, st.none())))


def bound(language: Sequence[Event], mocked: tuple[Mocked, ...]) -> Tables:
    """Bind a language whose only constants are the colors."""
    return bind(Seq(tuple(language)), mocked, Constants(COLORS))


def decoded(found: Tables) -> list[str]:
    """Show all events of the tables; repr tells 0.0 from -0.0 and True from 1."""
    return [repr(event) for event in Expected(found)]


@given(language=st.lists(events(), max_size=30))
def test_both_ways_agree(mocked: tuple[Mocked, ...], language: list[Event]) -> None:
    """Whatever the language, columns give the tables that event by event gives."""
    fast = bound(language, mocked)
    unusual = {event.function: event._replace(errno=1) for event in language}  # sends its whole function the slow way
    slow = bound([*language, *unusual.values()], mocked)
    count = len(language)
    assert decoded(fast) == decoded(slow)[:count]
    assert [fast.number(index) for index in range(count)] == [slow.number(index) for index in range(count)]
    assert [event.function for event in Expected(fast)] == [event.function for event in language]


def test_a_column_of_plain_numbers_is_taken(mocked: tuple[Mocked, ...]) -> None:
    """Plain numbers do go the fast way: a promise of speed is no promise if nothing takes it."""
    push, _, pop = mocked[:3]
    encoded = columns.args(push, [(1, 2), (3, -4)])
    assert encoded is not None
    assert (list(encoded[0]), encoded[1]) == ([1, 2, 3, 2**32 - 4], None)
    assert columns.args(push, [(1, WILDCARD), (3, WILDCARD)]) == (array("Q", [1, 0, 3, 0]), b"\xff" * 8 + bytes(8))
    assert columns.answers(pop, [7, -8, 7]) == array("Q", [7, 2**32 - 8, 7])


def test_columns_of_strings_are_taken(mocked: tuple[Mocked, ...]) -> None:
    """Strings do go the fast way, to the very bytes of the slow one; what is NULL, broken or not told is left."""
    opened = next(function for function in mocked if function.name == "io.open")
    lists = [("", 1), ("abc", 2), ("12345678", 3), ("\udcff\u20ac", 4)]
    assert columns.payloads(opened, lists) == ([encode_args(opened, values)[0] for values in lists], None)
    assert columns.payloads(opened, [(b"ab", 1)]) == columns.payloads(opened, [("ab", 1)])
    for value in (None, b"a", "a\0b", "\ud800", WILDCARD, 5):
        assert columns.payloads(opened, [*lists, (value, 5)]) is None
    assert columns.payloads(opened, [("a", 256)]) is None
    assert columns.payloads(opened, [("a",)]) is None


def test_columns_of_bytes_are_taken() -> None:
    """Arrays of bytes go the fast way like strings, each behind the one before it; a NUL is a byte among others."""
    byte, size = Integer(1, signed=False), Integer(4, signed=True)
    types = {"int": size, "uint8_t *": Pointer(byte), "uint8_t": byte, "void": Void()}
    args = [ApiArg("uint8_t *", "to", buffer="n"), ApiArg("int", "n"), ApiArg("uint8_t *", "from", buffer="n")]
    spec = ApiSpec([ApiModule("bus", [ApiFunction("swap", args=args)])])
    (swap,) = mocked_functions(spec, Declarations(types=types))
    lists = [(b"", 1, b"a\0b"), (b"123456789", 2, b"x"), (b"\0", 3, b"")]
    assert columns.payloads(swap, lists) == ([encode_args(swap, values)[0] for values in lists], None)
    assert columns.payloads(swap, [*lists, (b"", 1, [1, 2])]) is None


INT, SHORT, BYTE = (Integer(size, signed=True) for size in (4, 2, 1))
POINT = Structure(
    "struct point",
    20,
    4,
    (
        *(Part("x", INT, 0), Part("low", SHORT, 0), Part("tag", BYTE, 4), Part("y", Floating(4), 8)),
        *(Part("flag", INT, 0, bits=(96, 3)), Part("text", Array(BYTE, 4), 16)),
    ),
)


def with_points(mocked: tuple[Mocked, ...]) -> Mocked:
    """Make a function that gets a struct by value, a number, and a struct behind a pointer."""
    by_value = Field("by_value", POINT, "struct point", "value", 0, 3)
    pointee = Field("pointee", POINT, "struct point *", "pointee", 4, 2)
    return replace(mocked[0], ins=(by_value, Field("n", INT, "int", "value", 3, 1), pointee), in_words=6)


def test_columns_of_structs_are_taken(mocked: tuple[Mocked, ...]) -> None:
    """Structs that name the same scalars do go the fast way, to the bytes and the mask of the slow one."""
    function = with_points(mocked)
    lists = [({"x": n, "tag": -n}, n, {"y": n / 2, "x": -n, "tag": 1}) for n in range(-3, 4)]
    encoded = [encode_args(function, values) for values in lists]
    assert {mask for _, mask in encoded} == {encoded[0][1]}
    assert columns.payloads(function, lists) == ([payload for payload, _ in encoded], encoded[0][1])


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"x": 1}, id="other members"),
        pytest.param({"x": 1, "tag": 128}, id="too large"),
        pytest.param({"x": 1, "tag": WILDCARD}, id="wildcard"),
        pytest.param({"x": 1, "gat": 2}, id="no member"),
        pytest.param(None, id="None"),
        pytest.param([1, 2], id="list"),
    ],
)
def test_unusual_structs_are_left(mocked: tuple[Mocked, ...], value: Any) -> None:
    """One struct that is written in another way sends all events of the function the slow way."""
    function = with_points(mocked)
    plain = {"x": 1, "tag": 2}
    assert columns.payloads(function, [(plain, 1, plain)] * 2) is not None
    assert columns.payloads(function, [(plain, 1, plain), (value, 1, plain)]) is None
    assert columns.payloads(function, [(plain, 1, plain), (plain, 1, value)]) is None


@pytest.mark.parametrize("value", [{"x": 1, "low": 1}, {"flag": 1}, {"text": "a"}, {"gat": 1}])
def test_structs_of_more_than_scalars_are_left(mocked: tuple[Mocked, ...], value: Any) -> None:
    """Members that share bytes, bit-fields and arrays are left to the slow way, however often they come."""
    assert columns.payloads(with_points(mocked), [(value, 1, {"x": 1})] * 2) is None


def test_equal_strings_are_stored_once(mocked: tuple[Mocked, ...]) -> None:
    """A million calls with one text need its bytes once, and different texts of one length stay different."""
    found = bound([Event("io", "open", (text, 1), 1) for text in ("one", "two", "one")], mocked)
    first, second, third = (row >> 32 for row in found.rows[0::2])
    assert first == third != second


@pytest.mark.parametrize(
    "lists",
    [
        pytest.param([(1,)], id="too few"),
        pytest.param([(1, 2), (1, 2, 3)], id="too many in one"),
        pytest.param([(1, 2.0)], id="float"),
        pytest.param([(1, "2")], id="text"),
        pytest.param([(1, 2**31)], id="too large"),
        pytest.param([(1, None)], id="None"),
    ],
)
def test_what_is_unusual_is_left(mocked: tuple[Mocked, ...], lists: list[tuple[Any, ...]]) -> None:
    """Anything but plain numbers that fit is left to the way that words faults."""
    assert columns.args(mocked[0], lists) is None


def test_answers_that_only_look_equal(mocked: tuple[Mocked, ...]) -> None:
    """0.0 and -0.0 are equal to Python, and stay two answers."""
    values = [0.0, -0.0, 1.5, -0.0, math.nan, math.inf]
    found = bound([Event("io", "mix", (0.0, 0.0, 0), value) for value in values], mocked)
    assert list(map(repr, map(found.answer, range(len(values))))) == list(map(repr, values))


def test_a_float_that_would_become_infinite(mocked: tuple[Mocked, ...]) -> None:
    """A double too large for a float is a fault, not infinity."""
    with pytest.raises(LanguageError, match="too large for a floating type of 4 bytes"):
        bound([Event("io", "mix", (0.0, 1e300, 0), 1.0)], mocked)


def test_a_hundred_thousand_events(mocked: tuple[Mocked, ...]) -> None:
    """A hundred thousand different events are all there, each with its own arguments and answer."""
    count = 100_000
    language = [Event("stack", "push", (i, -i)) if i % 2 else Event("stack", "pop", (i,), i // 7) for i in range(count)]
    found = bound(language, mocked)
    assert len(Expected(found)) == count
    assert [Expected(found)[i].key for i in (0, 1, 777, count - 2, count - 1)] == [
        language[i].key for i in (0, 1, 777, count - 2, count - 1)
    ]
    pops, pushes = count // 2, count // 2
    assert len(found.words) == 1 + pops + 2 * pushes
