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
from cmock_py.lang import nodes, terms
from cmock_py.lang.nodes import WILDCARD, Event, Name, Seq
from cmock_py.lang.parse import parse
from cmock_py.lang.render import render_event, render_value
from cmock_py.lang.render_tree import render
from cmock_py.lang.spell import spell
from cmock_py.trace import Address, Enumerator, Handle, Near, Truncated

if TYPE_CHECKING:
    from cmock_py.lang.nodes import Node

_WORDS = [
    "SEQ", "XALT", "ONE_OF", "PAR", "PERM", "REPLICATE", "OPTIONAL", "REPEAT", "AT_LEAST", "AT_MOST", "ANY", "EMPTY",
    "SUCCESS", "EVENT", "do", "let", "lang", "include", "in", "each", "bits", "ok", "void", "true", "false", "NULL", "NAN",
    "INFINITY", "_", "real", "errno", "x", "e",
]  # fmt: skip
_FUNCTIONS = {"is_even": lambda value: value % 2 == 0, "real": str.upper, "do": len}

names = (
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True)
    | st.sampled_from(_WORDS)
    | st.text(st.characters(exclude_characters="`\n.'", exclude_categories=["Cs"]), min_size=1, max_size=6)
)
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
bounds = st.integers(-100, 100) | floats | texts | st.none() | st.builds(Name, names)
functions = st.sampled_from(list(_FUNCTIONS.values()))
conditions = (
    st.builds(nodes.Compare, st.sampled_from(["==", "!=", "<=", ">=", "<", ">"]), values)
    | st.builds(nodes.Between, bounds, bounds)
    | st.builds(nodes.OneOf, st.lists(values, min_size=1, max_size=3).map(tuple))
    | st.builds(nodes.Regex, st.sampled_from([r"GET \d+", 'say "hi"', r"a\\b", "", "[x\\]]"]))
    | st.builds(nodes.Predicate, names)
    | functions
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
    | st.lists(elements, min_size=1, max_size=3).map(tuple)
    | st.dictionaries(names, elements, max_size=3)
)
patterns = single_patterns | st.lists(single_patterns, min_size=2, max_size=3).map(tuple).map(nodes.Both)
arguments = (
    patterns
    | st.builds(nodes.Named, names, patterns)
    | st.builds(nodes.OutValue, names, values)
    | st.just(nodes.Rest())
)
one_answer = (
    values
    | st.lists(values, min_size=1, max_size=3).map(tuple)
    | st.just(nodes.AnswerReal())
    | st.builds(nodes.AnswerFrom, names)
    | functions
)
answers = one_answer | st.builds(nodes.AnswerEach, st.lists(one_answer, max_size=3).map(tuple))
_arguments, _answers = st.deferred(lambda: arguments), st.deferred(lambda: answers)  # shorter in messages
events = st.builds(
    Event,
    st.just("") | names | st.tuples(names, names).map(".".join),
    names,
    st.lists(_arguments, max_size=3).map(tuple),
    _answers,
    st.none() | st.integers(0, 200) | names,
    st.none() | names,
)
columns = st.builds(
    lambda module, function, args, answers, count: nodes.Columns(module, function, args, answers[:count], count),
    names,
    names,
    st.lists(st.just(WILDCARD) | st.lists(st.integers(), min_size=3, max_size=3), max_size=2).map(tuple),
    st.lists(scalars, min_size=3, max_size=3),
    st.integers(0, 3),
)
leaves = (
    events | st.just(nodes.Empty()) | st.builds(nodes.Use, names, st.lists(patterns, max_size=2).map(tuple)) | columns
)
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
        | st.builds(
            nodes.Counted, inner, st.builds(Name, names), st.none() | st.integers(0, 9) | st.builds(Name, names)
        )
        | st.builds(lambda items: nodes.Prefix(items, len(items) // 2), items)
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
    """Any sequence of items and declarations comes back from its text, whatever its names are."""
    tree = Seq(tuple(items))
    assert parse(render(tree, functions=_FUNCTIONS)) == spell(tree, _FUNCTIONS)


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


def test_what_the_text_can_say_is_spelled_as_it_is() -> None:
    """Only what has another spelling is changed: numbers and texts of a trace, Python functions, columns."""
    event = Event("m", "f", (Handle(7, "s"), Enumerator("RED"), Address(16), (1, [Near(1.5, 0.1)]), str.upper))
    (spelled,) = spell(Seq((event,)), {"upper": str.upper}).items  # type: ignore[union-attr]
    assert spelled == Event("m", "f", (7, "RED", 16, (1, [1.5]), nodes.Predicate("upper")))
    assert [type(arg) for arg in spelled.args] == [int, str, int, tuple, nodes.Predicate]
    columns = terms.COLUMNS("m", "f", [[1, 2]], [3, 4])
    calls = Seq((Event("m", "f", (1,), 3), Event("m", "f", (2,), 4)))
    assert parse(render(nodes.Xalt((columns, Event("m", "g"))))) == Seq((nodes.Xalt((calls, Event("m", "g"))),))


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Event("m", "f", (lambda _: True,)), "the Python function <lambda> has no text, and nobody has named it"),
        (Event("m", "f", (), str.upper), "the Python function upper has no text, and nobody has named it"),
        (Event("m", "f", ({5: 1},)), "5 is no name that a member can have in a text"),
        (Event("m", "f", ({"a`": 1},)), "'a`' is no name that a member can have in a text"),
        (Event("m..n", "f"), "'' is no name that a module can have in a text"),
        (Event("m", "f", ((),)), "an empty tuple has no text"),
        (Event("m", "f", (), nodes.Compare(">", 4)), "a value stands here, and > 4 is a pattern"),
        (Event("m", "f", (nodes.OneOf((nodes.Bind("n"),)),)), "a value stands here, and ?n is a pattern"),
        (Event("m", "f", (nodes.OneOf(()),)), "in {} has no value, so nothing can be in it"),
        (Event("m", "f", (nodes.Between([1], 4),)), "a range is between numbers, names or texts, and [1] is none"),
        (Event("m", "f", (nodes.Bits("READ", 4),)), 'bits are a number, a name or flags, and "READ" is none'),
        (Event("m", "f", (nodes.Regex("(?x) a\n b"),)), "the regular expression '(?x) a\\n b' has no text"),
        (Event("m", "f", (Truncated("ab", 9),)), "Truncated"),
        (Event("m", "f", (3 + 4j,)), "(3+4j) is an object of Python (complex), and has no text"),
        (Event("m", "f", ("\ud800",)), "'\\ud800' holds surrogates that stand for no bytes, and has no text"),
        (Event("m", "f", (10**70,)), "a number of more than 64 digits has no text"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_has_no_text_is_refused(event: Event, message: str) -> None:
    """Nothing is written that would be read as something else: the reason is told, and the place."""
    with pytest.raises(LanguageError) as raised:
        render(Seq((event._replace(source="a.py", line=3),)))
    assert message in str(raised.value)
    assert "a.py:3: " in str(raised.value)


def test_all_that_has_no_text_is_told_at_once() -> None:
    """Every part without a text is a fault of one error."""
    tree = nodes.Xalt((Event("m", "f", (len,)), nodes.Repeat(Event("m", "f", ({"`": 1},)), 5, 2), nodes.Xalt(())))
    with pytest.raises(LanguageError) as raised:
        render(tree)
    assert len(raised.value.faults) == 4


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
