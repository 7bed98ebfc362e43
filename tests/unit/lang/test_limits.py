"""The limits of a language: what they may be, where each is crossed, and what is said then."""

from __future__ import annotations

import re
import sys
import threading
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, LanguageError
from cmock_py.lang.arguments import GT
from cmock_py.lang.dot import to_dot
from cmock_py.lang.expand import expand
from cmock_py.lang.findings import Findings
from cmock_py.lang.given import tree_of
from cmock_py.lang.limits import DEFAULT, GREATEST, Limits, checked
from cmock_py.lang.parse import parse
from cmock_py.lang.recursion import reading, room_for
from cmock_py.lang.render_tree import render
from cmock_py.lang.scope import resolve
from cmock_py.lang.structure import structure
from cmock_py.lang.terms import AT_LEAST, COLUMNS, EVENT, PAR, REPEAT, REPLICATE, SEQ, XALT
from cmock_py.pure import accepts
from tests.work import work_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.lang.nodes import Node

DOCS = Path(__file__).resolve().parents[3] / "docs" / "language.md"
F, G = EVENT("m", "f", [1], 1), EVENT("m", "g")


def read(lang: Any, limits: Limits = DEFAULT) -> int:
    """Read a language as `init_lang` does, up to the number of its events."""
    with reading(lang, limits):
        return len(structure(resolve(expand(tree_of(lang, limits=limits), limits=limits)), limits)[0])


def refused(lang: Any, limits: Limits = DEFAULT) -> list[str]:
    """The faults of a language."""
    with pytest.raises(LanguageError) as caught:
        read(lang, limits)
    return [str(fault) for fault in caught.value.faults]


def nested(depth: int, around: Callable[..., Node] = REPLICATE) -> Node:
    """Operators inside of operators, each with a call beside."""
    node: Node = F
    for _ in range(depth):
        node = around(G, node)
    return node


# --- what a limit may be --------------------------------------------------------------------------------------------


def test_a_limit_is_shown_as_it_is_written() -> None:
    """What differs from the defaults is shown, so that it can be copied."""
    for limits in (Limits(), Limits(depth=70), Limits(events=5, memory=2**20), GREATEST):
        assert eval(repr(limits)) == limits
    assert repr(Limits(configurations=4096, depth=65)) == "Limits(depth=65)"


@pytest.mark.parametrize("field", fields(Limits), ids=lambda field: field.name)
def test_each_limit_has_a_range(field: Any) -> None:
    """The least and the greatest value can be given, the next ones are refused, and so is what is no int."""
    most = getattr(GREATEST, field.name)
    assert getattr(Limits(**{field.name: most}), field.name) == most
    with pytest.raises(ArgumentValueError, match=rf"^Limits: {field.name}={most + 1} is none of \d+\.\.{most} \(.+\)$"):
        Limits(**{field.name: most + 1})
    with pytest.raises(ArgumentValueError, match=rf"^Limits: {field.name}=0 is none of \d+\.\.{most}$"):
        Limits(**{field.name: 0})
    for wrong in (True, 4096.0, "64", None):
        with pytest.raises(ArgumentTypeError, match=f"{field.name}={wrong!r} is no int"):
            Limits(**{field.name: wrong})


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Three limits that are none are three parts of one message."""
    with pytest.raises(ArgumentTypeError) as caught:
        Limits(events=-1, depth="deep", memory=1)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "Limits: events=-1 is none of 1..31000000; depth='deep' is no int (str); memory=1 is none of 65536..402653184"
    )


def test_what_is_no_limits_is_refused() -> None:
    """A number in the place of `Limits` is told what to write."""
    with pytest.raises(ArgumentTypeError, match=r"limits=4096 is no Limits \(int\); write limits=Limits"):
        checked(4096)
    assert checked(None, GREATEST) is GREATEST


def test_the_table_of_the_docs_is_the_truth() -> None:
    """Names, defaults and greatest values in the documentation are those of the code."""
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    wanted = [(field.name, field.default, getattr(GREATEST, field.name)) for field in fields(Limits)]
    assert [(name, int(default), int(most)) for name, default, most in rows] == wanted


# --- what is said when one is crossed ---------------------------------------------------------------------------------

CROSSING: dict[str, tuple[Any, Limits, list[str]]] = {
    "depth of a text": (
        "\n".join(["PAR[ m.f()"] * 8 + ["]" * 8]),
        Limits(depth=6),
        ["language:7:1: the language is nested more than 6 deep here, around m.f"],
    ),
    "depth of terms": (
        nested(8, PAR),
        Limits(depth=6),
        ["{place}: the language is nested more than 6 deep here, around m.g, m.f"],
    ),
    "depth of a value": (
        "m.f([[[[1]]]])",
        Limits(depth=2),
        ["language:1:7: the language is nested more than 2 deep here, around m.f"],
    ),
    "depth of definitions": (
        "lang a() = m.f()\nlang b() = do a()\nlang c() = do b()\ndo c()",
        Limits(depth=2),
        ["language:2:12: do is nested more than 2 deep here, around m.f"],
    ),
    "depth of a constant": (
        "m.h()\nlet a = [1]\nlet b = [a]\nlet c = [b]\nlet d = 4\nm.g(d) m.f(c)",
        Limits(depth=2),
        ["language:4:1: this value is nested more than 2 deep when its names are replaced, around m.f"],
    ),
    "count of a text": (
        "PAR[ m.f(){4} REPEAT(2..9)[ m.g() m.i() ] ]\nAT_LEAST(7)[ m.h() ]  m.j(){6}",
        Limits(count=5),
        [
            "language:1:22: a count is at most 5, not 9, around m.g, m.i",
            "language:2:10: a count is at most 5, not 7, around m.h",
            "language:2:29: a count is at most 5, not 6, around m.j",
        ],
    ),
    "count of terms": (
        SEQ(AT_LEAST(30, F), REPEAT(1, 12, G, F)),
        Limits(count=10),
        [
            "{place}: AT_LEAST(30) around m.f: a count is at most 10, not 30",
            "{place}: REPEAT(1..12) around m.g, m.f: a count is at most 10, not 12",
        ],
    ),
    "count of a constant": (
        "let many = 9\nREPEAT(many)[ m.f() ]",
        Limits(count=5),
        ["language:2:1: REPEAT(9) around m.f: a count is at most 5, not 9"],
    ),
    "copies of a definition": (
        "lang x() [ m.f() m.g() ]\ndo x()\ndo x()",
        Limits(copies=5),
        ["language:3:1: with do x the language grows by more than 5 events, around m.f, m.g"],
    ),
    "copies of an answer": (
        "m.g()\nm.f() -> each [1, 2, 3, 4, 5, 6]",
        Limits(copies=5),
        ["language:2:1: with 6 answers in a list the language grows by more than 5 events, around m.f"],
    ),
    "copies of rounds": (
        "m.g()\nREPLICATE[ m.f() -> each [1, 2, 3, 4, 5, 6] m.h() ]",
        Limits(copies=5),
        ["language:2:1: with 6 answers in a list the language grows by more than 5 events, around m.f, m.h"],
    ),
    "copies of definitions": (
        "lang y() = m.f()\nlang x() [ do y() m.g() ]\ndo x()\ndo x()",
        Limits(copies=5),
        ["language:4:1: with do x the language grows by more than 5 events, around m.f, m.g"],
    ),
    "copies of a constant": (
        "let a = [1, 1, 1]\nlet b = [a, a]\nlet c = [b, 2]\nm.g(a) m.f(c)",
        Limits(copies=8),
        ["language:2:1: this value holds more than 8 values when its names are replaced, around m.f"],
    ),
    "copies of a value": (
        "let a = [1, 1, 1]\nlang x(v) [ m.f(v) ]\nm.g()\ndo x([a, a])",
        Limits(copies=8),
        ["language:4:1: this value holds more than 8 values when its names are replaced, around m.f"],
    ),
    "copies of a tag": (
        "XALT(t)[ m.f() m.g() ] m.h() m.h() XALT(t)[ m.f() m.g() ]",
        Limits(copies=5),
        ["language:1:1: with the tag t the language grows by more than 5 events, around m.f, m.g, m.h"],
    ),
    "events of a text": (
        "m.f() m.f(1, 2)\nPAR[ m.g() m.h() m.i() m.j() m.k() ]",
        Limits(events=5),
        [
            "language:2:1: the language has 7 events, and 5 are allowed; they would take 128 bytes or more; most of them are",
        ],
    ),
    "events of columns": (
        SEQ(F, COLUMNS("m", "f", [range(100)], range(100))),
        Limits(events=100),
        ["{place}: the language has 101 events, and 100 are allowed; they would take 2424 bytes or more"],
    ),
}


@pytest.mark.parametrize(("lang", "limits", "said"), CROSSING.values(), ids=list(CROSSING))
def test_a_limit_is_told_with_its_line(lang: Any, limits: Limits, said: list[str]) -> None:
    """Each names the line, what is there, the limit and the functions; what the message says to write is enough."""
    faults, place = refused(lang, limits), str(getattr(lang, "place", ""))
    assert [fault for fault in faults if " around m." not in fault] == []
    starts = [start.format(place=place) for start in said]
    assert [fault for fault, start in zip(faults, starts, strict=True) if not fault.startswith(start)] == []
    for _ in range(9):
        asked = [match[1] for fault in faults for match in re.finditer(r"limits=(Limits\(.*?\))", fault)]
        assert asked, faults
        limits = max((eval(text) for text in asked), key=repr)
        try:
            assert read(lang, limits) > 0
        except LanguageError as error:
            faults = [str(fault) for fault in error.faults]
        else:
            return
    pytest.fail(f"what the messages say to write does not help: {faults}")


@pytest.mark.parametrize("text", ["PAR[(m.f() -> 1)*]", "PAR[((m.f() m.g())){3}]"])
def test_what_repeats_too_deep_is_told_once(text: str) -> None:
    """Where all faults are collected, what is left of a repetition that was too deep is none with no place."""
    noted, limits = Findings(), Limits(depth=2)
    expand(parse(text, findings=noted, limits=limits), findings=noted, limits=limits)
    (fault,) = noted.faults
    assert str(fault).startswith("language:1:5: the language is nested more than 2 deep here, around m.f")


def test_a_constant_that_no_limit_allows_is_told() -> None:
    """A number beyond what can be counted is told with its name and the functions, and that there is no more."""
    (fault,) = refused("let many = 5000000000\nREPEAT(2..many)[ m.f() m.g() ]")
    assert fault == (
        "language:2:1: REPEAT(2..many): a count is at most 4294967294, not 5000000000, around m.f, m.g\n"
        "  help: many is 5000000000; count=4294967294 is the greatest limit: rounds are counted in 32 bits"
    )


@pytest.mark.parametrize("depth", [1, 64])
def test_so_deep_is_deep_enough(depth: int) -> None:
    """Exactly as many operators as allowed are read, as text and as terms; several items in a repetition are no level."""
    limits = Limits(depth=depth)
    assert read("REPLICATE[ m.f() m.g() " * depth + "]" * depth, limits) == 2 * depth
    assert read(nested(depth), limits) == depth + 1
    assert "nested more than" in refused("REPLICATE[ m.f() m.g() " * (depth + 1) + "]" * (depth + 1), limits)[0]
    assert "nested more than" in refused(nested(depth + 1), limits)[0]


@pytest.mark.parametrize("around", [REPLICATE, PAR, XALT])
def test_the_greatest_depth(around: Callable[..., Node]) -> None:
    """Five hundred operators inside of each other are read; one more is refused, and told that there is no more."""
    assert read(nested(500, around), GREATEST) == 501
    assert "depth=500 is the greatest limit: calls that go deeper" in refused(nested(501, around), GREATEST)[0]
    assert read("PAR[ m.f() " * 500 + "]" * 500, GREATEST) == 500


def test_columns_without_end_cost_nothing() -> None:
    """A thousand million events are counted, not made."""
    for lang in (COLUMNS("m", "f", [range(10**9)]), SEQ(F, COLUMNS("m", "f", [range(10**9)]))):
        assert work_of(partial(refused, lang)) < 10_000
        assert "events=31000000 is the greatest limit" in refused(lang)[0]


HOSTILE = {
    "brackets": "SEQ[" * 100_000 + "]" * 100_000,
    "unclosed": "PAR[" * 100_000,
    "groups": "(" * 300_000,
    "arrays": "m.f(" + "[" * 100_000 + "]" * 100_000 + ")",
    "unclosed arrays": "m.f(" + "[" * 300_000,
    "structs": "m.f({a:" + "{a:" * 100_000 + ")",
    "answers": "m.f() -> " + "{" * 100_000 + "}" * 100_000,
    "stars": "m.f()" + "*" * 10_000,
    "behind calls": "m.f() " * 10_000 + "SEQ[" * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
@pytest.mark.parametrize("limits", [DEFAULT, GREATEST], ids=["default", "greatest"])
def test_hostile_texts_are_answered_at_once(text: str, limits: Limits) -> None:
    """What is nested without end is refused without being read to its end, whatever the limit."""
    refused("m.f([1]) PAR[")  # the grammar is loaded
    assert work_of(partial(refused, text, limits)) < 3_000_000
    assert refused(text, limits)


# --- recursion ------------------------------------------------------------------------------------------------------


def test_a_caller_may_stand_deep() -> None:
    """A language is read wherever it is given: a stack of Python that is nearly used up is no fault of it."""
    before, lang = sys.getrecursionlimit(), nested(64)

    def deeper(frames: int) -> int:
        return read(lang) if frames == 0 else deeper(frames - 1)

    assert deeper(before - 200) == 65
    assert sys.getrecursionlimit() == before


def test_threads_share_the_room() -> None:
    """Python's limit is as it was when the last reader is done, in whatever order they end."""
    before, begun, ends = sys.getrecursionlimit(), threading.Event(), threading.Event()
    seen = []

    def wait() -> None:
        with room_for(500):
            begun.set()
            ends.wait(10)
            seen.append(sys.getrecursionlimit())

    thread = threading.Thread(target=wait)
    with room_for(2000):
        thread.start()
        begun.wait(10)
        most = sys.getrecursionlimit()
    assert sys.getrecursionlimit() == most > before
    ends.set()
    thread.join()
    assert seen == [most]
    assert sys.getrecursionlimit() == before


def endless() -> list[Any]:
    """A list that holds itself."""
    found: list[Any] = []
    found.append(found)
    return found


def deep(around: Callable[[Any], Any]) -> Any:
    """A value inside of ten thousand others."""
    value: Any = 1
    for _ in range(10_000):
        value = around(value)
    return value


VALUES: dict[str, Callable[[], Any]] = {
    "list": lambda: deep(lambda value: [value]),
    "struct": lambda: deep(lambda value: {"x": value}),
    "tuple": lambda: deep(lambda value: (value, 1)),
    "comparison": lambda: deep(GT),
    "itself": endless,
}


@pytest.mark.parametrize("make", VALUES.values(), ids=list(VALUES))
def test_a_value_without_end_is_told_by_its_line(make: Callable[[], Any]) -> None:
    """Lists of Python can be nested deeper than its stack is; that is a fault of their event, and no traceback of ours."""
    for event in (EVENT("m", "f", [make()]), EVENT("m", "f", [], make())):
        for use, most in ((accepts, 64), (to_dot, 500)):
            with pytest.raises(LanguageError) as caught:
                use(SEQ(G, event))
            told = f"{__file__}:{event.line}: m.f: a value is nested more than {most} deep"
            assert str(caught.value.faults[0]).splitlines()[0] == told
            assert caught.value.faults[0].hint == Limits(depth=most).allowing_some("depth", 2)
        with pytest.raises(LanguageError, match=rf"{event.line}.* is nested more than (64|500) deep"):
            render(SEQ(G, event))


def test_what_is_deep_is_drawn_and_written() -> None:
    """Pictures and texts of a language have no limit of their own below the greatest."""
    lang = nested(500)
    assert to_dot(lang).count("REPLICATE") == 500
    text = render(lang)
    assert text.count("REPLICATE[") == 500
    assert render(parse(text, limits=GREATEST)) == text
