"""Python terms: what they make, and what they say when they are given something else."""

from __future__ import annotations

import gc
import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.errors import ArgumentTypeError, ArgumentValueError
from cmock_py.lang.arguments import VAR
from cmock_py.lang.nodes import AnyTime, Event, Name, Par, Perm, Repeat, Seq, Xalt
from cmock_py.lang.parse import parse
from cmock_py.lang.terms import (
    ANY,
    AT_LEAST,
    AT_MOST,
    DO,
    EMPTY,
    EVENT,
    OPTIONAL,
    PAR,
    PERM,
    REPEAT,
    REPLICATE,
    SEQ,
    SUCCESS,
    WILDCARD,
    XALT,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.lang.nodes import Node

F, G = EVENT("m", "f"), EVENT("m", "g", [1], 2)

TEXTS: list[tuple[str, Node]] = [
    ("m.f() m.g(1) -> 2", SEQ(F, G)),
    ("SEQ[m.f(), m.g(1) -> 2]", SEQ([F, G])),
    ("SEQ{m.f(); m.g(1) -> 2;}", SEQ(iter([F, G]))),
    ("EVENT(m, f, [], ok) EVENT(m, g, [1], 2)", SEQ(F, G)),
    ("XALT[m.f() m.g(1) -> 2] EMPTY", SEQ(XALT(F, G), EMPTY)),
    ("SUCCESS m.f() -> SUCCESS", SEQ(SUCCESS, EVENT("m", "f", answer=VAR("SUCCESS")))),
    ("XALT(once)[m.f() m.g(1) -> 2] EMPTY", SEQ(XALT(F, G, tag="once"), EMPTY)),
    ("m.f() | m.g(1) -> 2", SEQ([XALT(F, G)])),
    ("PAR[m.f()] PERM[m.g(1) -> 2]", SEQ(PAR(F), PERM(G))),
    ("REPLICATE[m.f()] m.f()*", SEQ(REPLICATE(F), REPLICATE(F))),
    ("OPTIONAL[m.f() m.g(1) -> 2] m.f()?", SEQ(OPTIONAL(F, G), OPTIONAL(F))),
    ("REPEAT(2..5)[m.f()] m.f(){3}", SEQ(REPEAT(2, 5, F), REPEAT(3, 3, F))),
    ("AT_LEAST(2)[m.f()] m.f()+ m.f(){2..}", SEQ(AT_LEAST(2, F), AT_LEAST(1, F), AT_LEAST(2, F))),
    ("AT_MOST(2)[m.f()] m.f(){..2}", SEQ(AT_MOST(2, F), AT_MOST(2, F))),
    ("ANY[m.f()] ()", SEQ(ANY(F), SEQ())),
    ("m.f([1, 2], {id: 7}, \"a\", 'b', x\"00\", NULL, true, _, s)", SEQ(EVENT("m", "f", [[1, 2], {"id": 7}, "a", "b", b"\0", None, True, WILDCARD, Name("s")]))),
    ("m.f(*errno = EINTR) -> -1", SEQ(EVENT("m", "f", [], -1, errno="EINTR"))),
    ("m.f(*errno = 4) -> {[1], {a: 1}, ok}", SEQ(EVENT("m", "f", (), ([1], {"a": 1}, None), errno=4))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term"), TEXTS, ids=[text for text, _ in TEXTS])
def test_terms_equal_their_text(text: str, term: Node) -> None:
    """A term and the text that says the same are equal trees."""
    assert parse(text) == term


def test_an_event_knows_the_line_that_made_it() -> None:
    """The place of an event is the line of its EVENT."""
    event, frame = EVENT("m", "f"), inspect.currentframe()
    assert frame is not None
    assert (event.source, event.line) == (__file__, frame.f_lineno - 2)


@pytest.mark.parametrize(
    ("make", "kind"),
    [(SEQ, Seq), (XALT, Xalt), (PAR, Par), (PERM, Perm), (ANY, AnyTime), (REPLICATE, Repeat), (OPTIONAL, Repeat)],
    ids=["SEQ", "XALT", "PAR", "PERM", "ANY", "REPLICATE", "OPTIONAL"],
)
def test_operators_know_their_line_too(make: Callable[..., Any], kind: type) -> None:
    """The place of an operator is the line that calls it, not a line inside the package."""
    node = make(F)
    assert isinstance(node, kind)
    assert node.place.name == __file__  # type: ignore[attr-defined]


def test_a_generator_is_consumed_once_and_the_collector_restored() -> None:
    """A generator of events is consumed with the garbage collector off, which is on again afterwards."""
    seen: list[bool] = []

    def events() -> Any:
        for number in range(3):
            seen.append(gc.isenabled())
            yield EVENT("m", "f", [number])

    assert gc.isenabled()
    assert [event.args for event in SEQ(events()).items if isinstance(event, Event)] == [(0,), (1,), (2,)]
    assert seen == [False] * 3
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    """Nobody's choice to run without the garbage collector is undone."""
    gc.disable()
    try:
        SEQ(iter([F]))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_collector_comes_back_after_an_error() -> None:
    """An exception of the user's generator passes through, and the garbage collector is on again."""

    def events() -> Any:
        yield F
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        SEQ(events())
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SEQ(F, 4), "SEQ: item 2 of 2 is 4 (int), not a term; a term is made by EVENT, SEQ, XALT and their like"),
        (lambda: PAR([F, None, 3]), "PAR: item 2 of 3 is None (NoneType), not a term (1 more items are wrong, too); a function that builds terms must return them"),
        (lambda: SEQ("m.f()"), "SEQ: item 1 of 1 is 'm.f()' (str), not a term; text is a language of its own: give it to init_lang, or write EVENT(...) here"),
        (lambda: XALT(F, [G]), "XALT: item 2 of 2 is [Event(module='m', function='g', args=(1,), answer=2, err... (list), not a term; give XALT one list, or several terms; a sequence inside is SEQ(...)"),
        (lambda: SEQ([("m", "f")]), "SEQ: item 1 of 1 is ('m', 'f') (tuple), not a term; give SEQ one list, or several terms; a sequence inside is SEQ(...)"),
        (lambda: PERM({"a": 1}), "PERM: item 1 of 1 is {'a': 1} (dict), not a term; a term is made by EVENT, SEQ, XALT and their like"),
        (lambda: EVENT("m", "f", "x"), "EVENT f: the arguments are a list, even of one: ['x'], not 'x' (str)"),
        (lambda: EVENT("m", "f", 4), "EVENT f: the arguments are a list, even of one: [4], not 4 (int)"),  # type: ignore[arg-type]
        (lambda: EVENT("m", "f", errno=1.5), 'EVENT f: errno is a number or a name such as "EINTR", not 1.5 (float)'),  # type: ignore[arg-type]
        (lambda: REPEAT(1.5, 2, F), "REPEAT: a count is an int, or the name of one, not 1.5 (float)"),  # type: ignore[arg-type]
        (lambda: AT_LEAST(F), "AT_LEAST: a count is an int, or the name of one, not m.f() (Event); write AT_LEAST(2, x)"),  # type: ignore[arg-type]
    ],
    ids=["int", "none", "text", "list", "tuple", "dict", "str as args", "int as args", "errno", "float count", "no count"],
)  # fmt: skip
def test_a_wrong_type_is_named(make: Callable[[], object], message: str) -> None:
    """What is no term is shown with its position, its type and the next step."""
    with pytest.raises(ArgumentTypeError) as caught:
        make()
    assert str(caught.value) == message


HUGE = (
    "AT_LEAST: a count is at most 4294967294, not 4294967295, around m.f; "
    "count=4294967294 is the greatest limit: rounds are counted in 32 bits"
)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: REPEAT(5, 2, F), "REPEAT: 5 times at least and 2 at most is impossible"),
        (lambda: REPEAT(-1, None, F), "REPEAT: a count is not negative, as -1 is"),
        (lambda: AT_MOST(-1, F), "AT_MOST: a count is not negative, as -1 is"),
        (lambda: AT_LEAST(2**32 - 1, F), HUGE),
        (lambda: XALT(F, tag="a b"), "XALT: tag: 'a b' is no name as C has them"),
        (lambda: EVENT("m", "f", binds="1q"), "EVENT f: binds: '1q' is no name as C has them"),
        (lambda: DO("a b"), "DO: 'a b' is no name as C has them"),
        (XALT, "XALT needs at least one item: a choice of nothing can never be met"),
    ],
    ids=["reversed", "negative", "never", "huge", "tag", "binds", "do", "no choice"],
)
def test_an_impossible_value_is_named(make: Callable[[], object], message: str) -> None:
    """Counts that are no range, and a choice of nothing, are refused at once."""
    with pytest.raises(ArgumentValueError) as caught:
        make()
    assert str(caught.value) == message


def test_errno_may_be_a_name() -> None:
    """A Name as errno means what the text's name means."""
    assert EVENT("m", "f", errno=Name("EINTR")) == EVENT("m", "f", errno="EINTR")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda: EVENT("os.lock", [1]), 'write EVENT("os", "lock", [1])'),  # type: ignore[arg-type]
        (lambda: EVENT("os", "f") | EVENT("os", "g"), "an event takes no |; write XALT(a, b)"),
        (lambda: EVENT("os", "f") + EVENT("os", "g"), "an event takes no +; write SEQ(a, b)"),
        (lambda: 3 * EVENT("os", "f"), "an event takes no *; write REPEAT(3, 3, a)"),
        (lambda: REPEAT(3, EVENT("os", "f")), "REPEAT(3, 3, x) for an exact number"),  # type: ignore[arg-type]
        (lambda: REPEAT(3), "REPEAT: a count is missing; write REPEAT(2, 5, x)"),
    ],
    ids=["dotted", "or", "plus", "times", "one-count", "no-item"],
)
def test_a_slip_of_the_hand_names_what_to_write(write: Callable[[], object], message: str) -> None:
    """What looks like a term and is none is refused where it is written, with what is right."""
    with pytest.raises(ArgumentTypeError, match=re.escape(message)):
        write()
