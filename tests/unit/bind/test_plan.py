"""`bind.plan`: which engine follows which part of a language, and why it may."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from cmock_py.bind.machine import Emitter, hashed, mixed
from cmock_py.bind.plan import Facts, NodeKind, Planned, events_of, plan
from cmock_py.lang.expand import expand
from cmock_py.lang.parse import parse
from cmock_py.lang.structure import structure
from cmock_py.lang.terms import EVENT, OPTIONAL, SEQ

if TYPE_CHECKING:
    from cmock_py.lang.nodes import Event


def planned(text: str, *, strict: bool = False, flows: tuple[tuple[int, ...], ...] = ()) -> tuple[Planned, list[Event]]:
    """Plan a language whose functions have one letter."""
    events, root = structure(expand(parse(text, "t")))
    labels = [ord(event.function) for event in events]
    facts = Facts(labels, lambda a, b: events[a] == events[b], strict=strict, flows=flows)
    return plan(root, facts), events


def shown(part: Planned, events: list[Event]) -> str:
    """Write a plan: runs and leaves as the letters of their events."""
    if part.children:
        return f"{part.kind.name}({' '.join(shown(child, events) for child in part.children)})"
    letters = "".join(events[index].function for index in events_of(part.part))
    return letters if part.kind is NodeKind.RUN else f"{part.kind.name}[{letters}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a() b()", "ab", id="a sequence"),
        pytest.param("a() | b()", "SOME[ab]", id="a choice"),
        pytest.param("(a() b()) | (a() c())", "SETS[abac]", id="a choice with one beginning"),
        pytest.param("(a() b()) | (a() c()) | (d() a())", "XALT(SETS[abac] da)", id="only those that share it"),
        pytest.param("PAR[(a() b()) c()]", "PAR(ab c)", id="side by side"),
        pytest.param("PAR[(a() b()) c() (d() b())]", "PAR(SETS[abdb] c)", id="two of three share a function"),
        pytest.param("PAR[(a() b()) (a() b())]", "POWERS[abab]", id="equal ones are counted"),
        pytest.param("PAR[(a() b()) (a() b() a() b()) c()]", "PAR(POWERS[ababab] c)", id="powers of one word"),
        pytest.param("PAR[(a() b()) (a(1) b())]", "SETS[abab]", id="other arguments are another word"),
        pytest.param("PAR[(a() a()) (a() a())]", "POWERS[aaaa]", id="powers of one letter"),
        pytest.param("PAR[(a() b()){200} (a() b()){300}]", "POWERS[abab]", id="rounds that are counted"),
        pytest.param("PAR[((a() b()){2} ){3} (a() b())]", "POWERS[abab]", id="rounds of rounds"),
        pytest.param("PAR[(a() b()){3000000} (a() b())]", "SETS[abab]", id="more rounds than there is room for"),
        pytest.param("PAR[(a() b())* (a() b())]", "SETS[abab]", id="nobody knows how many rounds"),
        pytest.param("PERM[a() (b() c())]", "PERM(a bc)", id="permutation"),
        pytest.param("PERM[(a() b()?) (b() c())]", "SETS[abbc]", id="a member may go on where another begins"),
        pytest.param("a()* b()", "SEQ(SOME[a] b)", id="repetition"),
        pytest.param("a()* a()", "SETS[aa]", id="repetition before its like"),
        pytest.param("d() a()* a() d()", "SEQ(d SETS[aad])", id="the leaf ends where it must"),
        pytest.param("d() a()* a() PAR[c() d()]", "SEQ(d SETS[aa] EACH[cd])", id="what follows is no part of it"),
        pytest.param("(a() b()?)*", "REPEAT(SEQ(a SOME[b]))", id="round after round"),
        pytest.param("(a() a()?)*", "SETS[aa]", id="a round or the next"),
        pytest.param("(a() a()?){1}", "SEQ(a SOME[a])", id="one round only"),
        pytest.param("ANY[d()] a() b()", "ANY(ab)", id="background"),
        pytest.param("ANY[a()] a() b()", "SETS[aba]", id="background and foreground"),
        pytest.param("ANY[d() -> 1 d(1) -> 2] a()", "SETS[add]", id="two answers of the background"),
        pytest.param("(a() | (b() | c())){2..5} d()", "SEQ(SOME[abc] d)", id="some of several events"),
        pytest.param("(a(){2} | b())*", "REPEAT(XALT(SOME[a] b))", id="no event, but as many as are said"),
        pytest.param("PAR[a() b() c()]", "EACH[abc]", id="single events side by side"),
        pytest.param("PERM[a() b() c()]", "EACH[abc]", id="single events in any order"),
        pytest.param("PERM[a() (b() | c())]", "PERM(a SOME[bc])", id="a choice is no single event"),
        pytest.param("PAR[a() b()?]", "PAR(a SOME[b])", id="one that may stay away is none either"),
        pytest.param("EMPTY | a()", "XALT(EMPTY[] a)", id="or nothing"),
        pytest.param("a() -> each [1, 2] a() -> 3", "aaa", id="answers in a row"),
        pytest.param("REPEAT(1..2)[a() -> each [1, 2]] b()", "SEQ(aa b)", id="as many answers as rounds"),
        pytest.param("REPEAT(1..2)[a() -> each [1, 2]] a() -> 3", "SETS[aaa]", id="one more round or the next"),
    ],
)
def test_engines(text: str, expected: str) -> None:
    """The smallest part in which one call could be taken in two ways is a leaf; all around it are cursors."""
    assert shown(*planned(text)) == expected


def test_strict_counts_nothing() -> None:
    """Where every second way is an error, equal sequences are not merged to counts."""
    assert shown(*planned("PAR[a() a()]", strict=True)) == "SETS[aa]"


def test_a_leaf_holds_whatever_uses_what_it_binds() -> None:
    """A name bound in a leaf has a value for each way, so that its uses must lie in the leaf as well."""
    text = "d() ((a() b()) | (a() c())) d() e()"
    assert shown(*planned(text)) == "SEQ(d SETS[abac] de)"
    assert shown(*planned(text, flows=((1, 6),))) == "SEQ(d SETS[abacde])"
    assert shown(*planned("d() PAR[(e() PAR[a() a() b()]) c()] d()", flows=((2, 5),))) == "SEQ(d SETS[eaabc] d)"


def test_long_languages_take_no_recursion() -> None:
    """A hundred thousand optional calls, each of its own function, are one sequence of cursors."""
    events, root = structure(SEQ(OPTIONAL(EVENT("m", "f")) for _ in range(100_000)))
    made = plan(root, Facts(range(len(events)), lambda a, b: a == b))
    assert (made.kind, len(made.children)) == (NodeKind.SEQ, 100_000)


def test_long_leaves_grow_in_linear_time() -> None:
    """Forty thousand optional calls that may each be the next are one leaf, found in well below a second."""
    events, root = structure(SEQ(OPTIONAL(EVENT("m", "f", [number])) for number in range(40_000)))
    begin = time.process_time()
    made = plan(root, Facts([0] * len(events), lambda a, b: a == b))
    assert time.process_time() - begin < 2  # as the square it takes over 8 s
    assert (made.kind, len(made.part.parts), made.part.first, made.part.end) == (NodeKind.SETS, 40_000, 0, 40_000)
    assert (made.first, made.follow, made.nullable) == ({0}, {0}, True)


def test_routes_lead_where_they_should() -> None:
    """Labels that lie close together are side by side, others in a hash; both are found again."""
    choice = random.Random(7)
    sparse = {(choice.randrange(9), choice.randrange(1 << 32)): choice.randrange(1 << 20) for _ in range(500)}
    raw = memoryview(hashed(sparse)).cast("I")
    size = len(raw) // 3
    for (node, label), to in sparse.items():
        index = mixed(node << 32 | label) & (size - 1)
        while (raw[3 * index], raw[3 * index + 1]) != (node, label):
            assert raw[3 * index] != 0xFFFF_FFFF
            index = (index + 1) & (size - 1)
        assert raw[3 * index + 2] == to
    made, events = planned("a() | b() | z()")
    emitter = Emitter([ord(event.function) for event in events])
    emitter.add(made)
    at, low, count = emitter.nodes[0][9:]
    assert [emitter.routes[at + ord(letter) - low] for letter in "abz"] == [0, 1, 2]
    assert (low, count) == (ord("a"), 26)
