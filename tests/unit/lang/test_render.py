"""Trees and values as text, and back."""

from __future__ import annotations

import enum
import math
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmock_py.errors import LanguageError
from cmock_py.lang import nodes
from cmock_py.lang.nodes import WILDCARD, Event, Name, Seq
from cmock_py.lang.parse import parse
from cmock_py.lang.render import render, render_event, render_value

if TYPE_CHECKING:
    from cmock_py.lang.nodes import Node

_RESERVED = {
    "SEQ", "XALT", "ONE_OF", "PAR", "PERM", "REPLICATE", "OPTIONAL", "REPEAT", "AT_LEAST", "AT_MOST", "ANY", "EMPTY",
    "EVENT", "do", "let", "lang", "include", "in", "each", "ok", "void", "true", "false", "NULL", "NAN", "INFINITY", "_",
    "real", "errno",
}  # fmt: skip

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True).filter(lambda name: name not in _RESERVED)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
floats = st.floats(allow_nan=False)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64)
    | floats
    | texts
    | st.binary(max_size=6)
    | st.builds(Name, names)
    | st.just(WILDCARD)
)
flags = st.lists(st.integers(-(2**63), 2**64) | st.builds(Name, names), min_size=2, max_size=4).map(tuple)
values = st.recursive(
    scalars | st.builds(nodes.Flags, flags),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
bounds = st.integers(-100, 100) | floats | st.builds(Name, names)
conditions = (
    st.builds(nodes.Compare, st.sampled_from(["==", "!=", "<=", ">=", "<", ">"]), values)
    | st.builds(nodes.Between, bounds, bounds)
    | st.builds(nodes.OneOf, st.lists(values, min_size=1, max_size=3).map(tuple))
    | st.builds(nodes.Regex, st.sampled_from([r"GET \d+", 'say "hi"', r"a\\b", "", "[x\\]]"]))
    | st.builds(nodes.Predicate, names)
    | st.builds(lambda mask, value: nodes.Bits(mask, value & mask), st.integers(0, 2**64), st.integers(0, 2**64))
    | st.builds(nodes.Bits, st.builds(Name, names) | st.builds(nodes.Flags, flags), st.builds(Name, names))
)
elements = st.deferred(
    lambda: (
        conditions
        | st.builds(nodes.Bind, names)
        | st.lists(conditions, min_size=2, max_size=3).map(tuple).map(nodes.Both)
    )
)
single_patterns = (
    values
    | conditions
    | st.builds(nodes.Bind, names)
    | st.lists(elements, max_size=3)
    | st.dictionaries(names, elements, max_size=3)
)
patterns = single_patterns | st.lists(single_patterns, min_size=2, max_size=3).map(tuple).map(nodes.Both)
arguments = (
    patterns
    | st.builds(nodes.Named, names, patterns)
    | st.builds(nodes.OutValue, names, values)
    | st.just(nodes.Rest())
)
answers = (
    values
    | st.lists(values, min_size=1, max_size=3).map(tuple)
    | st.builds(nodes.AnswerEach, st.lists(values, max_size=3).map(tuple))
    | st.just(nodes.AnswerReal())
    | st.builds(nodes.AnswerFrom, names)
)
events = st.builds(
    Event,
    st.just("") | names | st.tuples(names, names).map(".".join),
    names,
    st.lists(arguments, max_size=3).map(tuple),
    answers,
    st.none() | st.integers(0, 200) | names,
    st.none() | names,
)
leaves = events | st.just(nodes.Empty()) | st.builds(nodes.Use, names, st.lists(values, max_size=2).map(tuple))
counts = st.sampled_from([(0, None), (0, 1), (2, None), (0, 4), (3, 3), (2, 5)])


def _operators(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Wrap items in each operator."""
    items = st.lists(inner, max_size=3).map(tuple)
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return (
        st.builds(Seq, items)
        | st.builds(nodes.Xalt, some, st.none() | names)
        | st.builds(nodes.Par, items)
        | st.builds(nodes.Perm, items)
        | st.builds(nodes.AnyTime, items)
        | st.builds(lambda body, count: nodes.Repeat(body, *count), inner, counts)
    )


trees = st.recursive(leaves, _operators, max_leaves=6)
declarations = (
    st.builds(nodes.Let, names, values)
    | st.builds(nodes.Define, names, st.lists(names, max_size=2, unique=True).map(tuple), trees)
    | st.builds(nodes.Include, texts)
)


def _shape(value: Any) -> Any:
    """Show a value so that 1, 1.0 and True differ, and floats bit by bit."""
    if isinstance(value, float):
        return struct.pack("d", value)
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(_shape, value)]
    if isinstance(value, dict):
        return [(key, _shape(inner)) for key, inner in value.items()]
    return repr(value)


@given(st.lists(trees | declarations, max_size=4))
@settings(max_examples=200, deadline=None)
def test_rendered_trees_parse_to_themselves(items: list[Node]) -> None:
    """Any sequence of items and declarations comes back from its text."""
    tree = Seq(tuple(items))
    assert parse(render(tree)) == tree


@given(values)
@settings(max_examples=200, deadline=None)
def test_rendered_values_parse_to_themselves(value: Any) -> None:
    """A value comes back from its text with its type, to the last bit of a float; in a run and on its own."""
    text = render_value(value)
    (event,) = parse(f"m.f({text})").items
    (slow,) = parse(f"m.f(\n{text}\n)").items
    assert isinstance(event, Event)
    assert event == slow
    assert _shape(event.args[0]) == _shape(value)


@given(st.binary(max_size=12))
def test_any_bytes_survive_as_a_string(data: bytes) -> None:
    """A string captured from C comes back, also when it is no UTF-8."""
    value = data.decode("utf-8", "surrogateescape")
    (event,) = parse(f"m.f({render_value(value)})").items
    assert isinstance(event, Event)
    assert event.args == (value,)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NULL"),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        (1.0, "1.0"),
        (1e300, "1e+300"),
        (-math.inf, "-INFINITY"),
        (math.nan, "NAN"),
        ('a "b" \\\t\x01é', r'"a \"b\" \\\t\x01é"'),
        ("\udcff", r'"\xff"'),
        ("\ud800", r'"\ud800"'),
        (b"\xde\xad", 'x"dead"'),
        (bytearray(b"\0"), 'x"00"'),
        ([1, [2]], "[1, [2]]"),
        (([1], None), "{[1], NULL}"),
        ({"id": 7, "xs": []}, "{id: 7, xs: []}"),
        (WILDCARD, "_"),
        (Name("EINTR"), "EINTR"),
        (enum.IntEnum("E", "A B").B, "2"),  # type: ignore[attr-defined]
        (1 << 2000, hex(1 << 2000)),
        (3 + 4j, "(3+4j)"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_values_are_written_as_the_language_does(value: object, text: str) -> None:
    """Every kind of value has one spelling; what the language cannot write is shown as Python does."""
    assert render_value(value) == text


def test_an_event_is_one_line() -> None:
    """Arguments, errno, answer and handle stand where the text has them."""
    event = Event("stack", "push", (Name("s"), 4), ([1], True), errno="EINTR", binds="r")
    assert render_event(event) == "r = stack.push(s, 4, *errno = EINTR) -> {[1], true}"
    assert render_event(Event("", "reset")) == "reset()"


def test_operators_are_indented() -> None:
    """The text of a tree shows its nesting, and names repetitions by their shortest name."""
    text = "PAR[\n  XALT(t)[\n    a()\n    b()\n  ]\n  REPEAT(2..5)[\n    a()\n    b()\n  ]\n  SEQ[]\n]\nEMPTY"
    assert render(parse(text)) == text


def test_one_seq_in_a_seq_survives() -> None:
    """A sequence of one sequence is not taken for the whole text."""
    tree = Seq((Seq((Event("", "a"),)),))
    assert parse(render(tree)) == tree


def test_a_list_in_itself_is_refused() -> None:
    """A value without an end is an error of ours, not of Python's stack."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(LanguageError, match="nested more than 64 deep"):
        render_value(endless)


def test_a_tree_too_deep_is_refused() -> None:
    """A tree deeper than the language allows is refused with its place."""
    tree: Node = Event("", "a")
    for _ in range(600):
        tree = Seq((tree,), place=nodes.Source("deep.py", 3))
    with pytest.raises(LanguageError, match=r"deep\.py:3: the language is nested more than 500 deep"):
        render(tree)
