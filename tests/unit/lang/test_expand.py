"""Declarations, uses, includes, answer lists and tags: what they mean, and what is said when they mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.errors import LanguageError
from cmock_py.lang.expand import expand
from cmock_py.lang.nodes import Empty, Event, Let, Prefix, Seq, Xalt
from cmock_py.lang.parse import parse
from cmock_py.lang.walk import walk
from tests.work import work_of

if TYPE_CHECKING:
    from pathlib import Path

    from cmock_py.lang.nodes import Node


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def flat(node: Node) -> Node:
    """Put the items of a sequence inside a sequence into it, and take brackets from around one item."""
    if isinstance(node, Event):
        return node
    items = [flat(item) for item in getattr(node, "items", ())]
    if isinstance(node, Seq):
        merged = [inner for item in items for inner in (item.items if isinstance(item, Seq) else (item,))]
        return merged[0] if len(merged) == 1 else Seq(tuple(merged))
    if hasattr(node, "body"):
        return type(node)(flat(node.body), node.least, node.most)  # type: ignore[union-attr, call-arg, arg-type]
    if isinstance(node, Prefix):
        return Prefix(tuple(items), node.least)
    return type(node)(tuple(items)) if items else node  # type: ignore[call-arg, arg-type]


def expanded(text: str) -> Node:
    """Expand a text."""
    return flat(expand(parse(text)))


def faults(text: str) -> list[str]:
    """List the faults of a text, each as its first line."""
    with pytest.raises(LanguageError) as caught:
        expand(parse(text))
    return [f"{fault.path}: {fault.message}" for fault in caught.value.faults]


# --- what has nothing to expand -------------------------------------------------------------------------------------

PLAIN = "PAR[ a() XALT[ b() c()* ] ANY[ d(x, ?n) -> n ] ] EMPTY (e() (f()))"


def test_a_plain_tree_is_returned_as_it_is() -> None:
    """Nothing is copied where there is nothing to expand."""
    tree = parse(PLAIN)
    assert expand(tree) is tree
    assert expand(Event("m", "f")) == Event("m", "f")


def test_a_million_plain_calls_cost_next_to_nothing() -> None:
    """They are looked at as columns, by a few calls of functions for all of them, and nothing is copied."""
    tree = Seq(tuple(Event("m", "f", (number, 2), number) for number in range(1_000_000)))
    assert expand(tree) is tree
    assert work_of(lambda: expand(tree)) < 100


# --- let ------------------------------------------------------------------------------------------------------------

LETS = [
    ("let n = 4 f(n, > n, n..9, in {n, 1}, x: n, *o = [n]) -> n", "f(4, > 4, 4..9, in {4, 1}, x: 4, *o = [4]) -> 4"),
    ("let n = {a: 1} let m = [n] f(m, {x: n})", "f([{a: 1}], {x: {a: 1}})"),
    ("let both = READ|WRITE f(both|4)", "f(READ|WRITE|4)"),
    ("let a = 1 let b = 6 f(a|b)", "f(7)"),
    ("let e = 4 let f = EINTR f(*errno = e) g(*errno = f)", "f(*errno = 4) g(*errno = EINTR)"),
    ("f(n) let n = 4 PAR[ f(n) f(n)* ]", "f(n) PAR[ f(4) f(4)* ]"),
    ("let p = NULL let w = _ f(p, w) -> {w, p}", "f(NULL, _) -> {_, NULL}"),
    ("let n = 4 f(?n2 & > n) -> n2", "f(?n2 & > 4) -> n2"),
    ("let n = 4 REPLICATE[ f() -> each [n, 5] ]", "REPLICATE[ f() -> each [4, 5] ]"),
]


@pytest.mark.parametrize(("text", "meant"), LETS, ids=[text for text, _ in LETS])
def test_a_constant_stands_for_its_value(text: str, meant: str) -> None:
    """From its line on, wherever a value can stand."""
    assert expanded(text) == expanded(meant)


# --- lang and do ----------------------------------------------------------------------------------------------------

USES = [
    ("lang f(a, b) = g(a, b) -> a do f(1, [2])", "g(1, [2]) -> 1"),
    ("do f(1) lang f(a) = g(a)", None),
    ("lang f(a) = g(a) lang h(a) [ do f(a) do f(a) ] do h(_)", "g(_) g(_)"),
    ("lang a() = do b() lang b() = g() do a()", "g()"),
    ("let n = 4 lang f(n) = g(n) do f(5) g(n)", "g(5) g(4)"),
    ("lang f(x) [ PAR[ g(x) h(x)? ] ] do f(1) | do f(2)", "PAR[ g(1) h(1)? ] | PAR[ g(2) h(2)? ]"),
    ("lang f(v) = g(*errno = v, READ|v) do f(EINTR)", "g(*errno = EINTR, READ|EINTR)"),
    ("lang f() [] REPLICATE[ do f() g() ]", "REPLICATE[ g() ]"),
    ("lang noise() [ log() warn() ] a() ANY[ do noise() err() | off() ]", "a() ANY[ log() warn() err() off() ]"),
    ("lang f(t) = XALT(t)[ a() b() ] do f(x) do f(x) do f(y)", "((a() a()) | (b() b())) (a() | b())"),
]


@pytest.mark.parametrize(("text", "meant"), USES, ids=[text for text, _ in USES])
def test_a_use_is_the_definition_with_its_parameters_replaced(text: str, meant: str | None) -> None:
    """As if it were written there; a definition may stand behind those that use it, but before the first use."""
    if meant is None:
        assert faults(text) == ["language:1:1: there is no lang f"]
    else:
        assert expanded(text) == expanded(meant)


def names(tree: Node) -> list[Any]:
    """List what each event binds and passes."""
    return [(node.binds, *node.args) for node in walk(tree) if isinstance(node, Event)]


def test_names_bound_inside_are_new_at_each_use() -> None:
    """Two uses do not meet, nor do they meet the names of the text; a text cannot write the new names."""
    text = "lang f() [ s = new() g(?n) put(s, n) ] do f() do f() s = new() put(s, n)"
    assert str(names(expand(parse(text)))) == (
        '[("s\'1",), (None, Bind(name="n\'1")), (None, Name(name="s\'1"), Name(name="n\'1")),'
        ' ("s\'2",), (None, Bind(name="n\'2")), (None, Name(name="s\'2"), Name(name="n\'2")),'
        " ('s',), (None, Name(name='s'), Name(name='n'))]"
    )


def test_a_bound_parameter_binds_the_name_of_the_caller() -> None:
    """So a definition can give a handle out, through several definitions, too."""
    text = "lang open(h) = h = new()  lang two(x) [ do open(y) do open(x) put(x, y) ] do two(fd) put(fd)"
    assert str(names(expand(parse(text)))) == (
        "[(\"y'1\",), ('fd',), (None, Name(name='fd'), Name(name=\"y'1\")), (None, Name(name='fd'))]"
    )


def test_names_of_the_text_are_known_inside() -> None:
    """What a definition does not bind itself means what it means outside."""
    assert names(expand(parse("s = new() lang f() = put(s) do f()"))) == names(parse("s = new() put(s)"))


def test_events_keep_the_line_of_the_definition() -> None:
    """Reports show what was written, not what it became."""
    (event,) = [node for node in walk(expand(parse("lang f() =\n  g()\n\ndo f()"))) if isinstance(node, Event)]
    assert event.line == 2


# --- each -----------------------------------------------------------------------------------------------------------


def prefix(text: str, least: int) -> Node:
    """Make the prefix of the items of a text."""
    return Prefix(tuple(flat(item) for item in parse(text).items), least)


EACHES = [
    ("REPLICATE[ f() -> each [1, 2] ]", prefix("f() -> 1 f() -> 2", 0)),
    ("REPEAT(2)[ f() -> each [1, 2] ]", prefix("f() -> 1 f() -> 2", 2)),
    ("REPEAT(1..2)[ f() -> each [1, 2, 3] ]", prefix("f() -> 1 f() -> 2", 1)),
    ("AT_LEAST(1)[ f() -> each [1, 2] g() ]", prefix("(f() -> 1 g()) (f() -> 2 g())", 1)),
    ("AT_MOST(2)[ f() -> each [ok, {1, ok}] ]", prefix("f() f() -> {1, ok}", 0)),
    ("REPEAT(2)[ f() -> each [1, 2] | g() -> each [3, 4] ]", prefix("(f()->1 | g()->3) (f()->2 | g()->4)", 2)),
    ("REPEAT(2)[ a() -> each [7, 8] REPLICATE[ b() -> each [1] ]]", Prefix((
        flat(Seq((parse("a() -> 7").items[0], prefix("b() -> 1", 0)))),
        flat(Seq((parse("a() -> 8").items[0], prefix("b() -> 1", 0)))),
    ), 2)),
    ("f() -> each [1, 2] g()", flat(parse("f() -> 1 f() -> 2 g()"))),
    ("OPTIONAL[ f() -> each [1, 2] ]", flat(parse("OPTIONAL[ f() -> 1 f() -> 2 ]"))),
    ("REPEAT(2)[ OPTIONAL[ f() -> each [1, 2] ] g() ]", prefix("((f() -> 1)? g()) ((f() -> 2)? g())", 2)),
    ("lang r() = f() -> each [1, 2] REPEAT(2)[ do r() ]", flat(parse("REPEAT(2)[ f() -> 1 f() -> 2 ]"))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), EACHES, ids=[text for text, _ in EACHES])
def test_an_answer_list_unrolls_its_repetition(text: str, meant: Node) -> None:
    """Round i answers with the i-th; alone it says how often the call comes; a definition means the same everywhere."""
    assert expanded(text) == meant


def test_a_round_makes_a_call() -> None:
    """A body that may be empty is cut into what makes calls, so that the rounds can be counted."""
    text = "REPLICATE[ a()? (b() -> each [1, 2])? c()? ]"
    rounds = "(a(){1} (b() -> N)? c()?) | ((b() -> N){1} c()?) | c(){1} "
    assert expanded(text) == prefix(rounds.replace("N", "1") + rounds.replace("N", "2"), 0)


# --- tags -----------------------------------------------------------------------------------------------------------

TAGS = [
    ("XALT(t)[ a() b() ]", "a() | b()"),
    ("x() XALT(t)[ a() b() ] y() XALT(t)[ c() d() ] z()", "x() ((a() y() c()) | (b() y() d())) z()"),
    ("REPLICATE[ XALT(t)[ a() b() ] ]", "a()* | b()*"),
    ("x() REPLICATE[ y() XALT(t)[ a() b() ]* ]", "x() ((y() a()*)* | (y() b()*)*)"),
    ("PAR[ XALT(t)[a() b()] x() XALT(t)[c() d()] ]", "PAR[ (PAR[ a() c() ] | PAR[ b() d() ]) x() ]"),
    ("PERM[ XALT(t)[a() b()] x() XALT(t)[c() d()] ]", "PERM[ a() x() c() ] | PERM[ b() x() d() ]"),
    ("XALT[ XALT(t)[a() b()] XALT(t)[c() d()] ]", "XALT[ XALT[ a() b() ] XALT[ c() d() ] ]"),
    ("XALT(t)[a() XALT(t)[b() c()]]", "a() | c()"),
    ("XALT(t)[a() b()] XALT(u)[c() d()] XALT(t)[e() f()]", "(a() (c() | d()) e()) | (b() (c() | d()) f())"),
    ("XALT(t)[a() b()] ANY[ n() ] XALT(t)[c() d()]", "((a() c()) | (b() d())) ANY[ n() ]"),
]


@pytest.mark.parametrize(("text", "meant"), TAGS, ids=[text for text, _ in TAGS])
def test_choices_with_one_tag_go_the_same_way(text: str, meant: str) -> None:
    """The smallest part that holds them all, outside of repetitions, is one choice between its ways."""
    assert expanded(text) == flat(parse(meant))


def test_nothing_beside_the_choices_is_copied() -> None:
    """Two tagged choices at the start of a long language do not double it."""
    tree = expand(parse("XALT(t)[ a() b() ] XALT(t)[ c() d() ]" + "x()\n" * 1000))
    assert sum(isinstance(node, Event) for node in walk(tree)) == 1004


# --- include --------------------------------------------------------------------------------------------------------


def test_an_include_is_relative_to_the_file_that_says_so(folder: Path) -> None:
    """Calls and declarations of a file stand where the include stands; files of files are found beside them."""
    (folder / "sub").mkdir()
    (folder / "a.mock").write_text('let n = 4 include "sub/b.mock" a()')
    (folder / "sub" / "b.mock").write_text('lang put(x) = b(x, n) include "c.mock"')
    (folder / "sub" / "c.mock").write_text("SEQ[ c(n) ]")
    tree = expand(parse('include "a.mock" do put(1)'))
    assert flat(tree) == flat(parse("c(4) a() b(1, 4)"))
    assert [str(node.place) for node in walk(tree) if isinstance(node, Event)] == [
        "sub/c.mock:1:6",
        "a.mock:1:32",
        "sub/b.mock:1:15",
    ]


def test_a_file_is_included_once(folder: Path) -> None:
    """Two files may include a third; its calls come where they are met first."""
    (folder / "c.mock").write_text("let n = 1 c()")
    (folder / "a.mock").write_text('include "c.mock" a(n)')
    (folder / "b.mock").write_text('include "./c.mock" b(n)')
    assert expanded('include "a.mock" include "b.mock"') == expanded("c() a(1) b(1)")
    (folder / "c.mock").write_text("let n = 1")
    assert expanded('include "c.mock" include "c.mock" a(n) b()') == expanded("a(1) b()")


def test_all_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    """Each with its file and line; what a file says twice is told once, what a missing file may define not at all."""
    (folder / "bad.mock").write_text("a(1 2)\nb(]")
    (folder / "calls.mock").write_text("lang f(x) = do g(x)\na()")
    (folder / "binary.mock").write_bytes(b"a() # \xff")
    lines = (
        'include "bad.mock"|include "calls.mock"|do f(1)|do f(2)|do f()|include "calls.mock"|include "cals.mock"'
        '|include "binary.mock"|include "."|let n = 1|let n = 2|do h()'
    )
    text = lines.replace("|", "\n")
    assert faults(text) == [
        "bad.mock:1:5: did not expect '2' here; possible: ')', '&', ',', '|', '..'",
        "bad.mock:2:3: did not expect ']' here",
        "calls.mock:1:13: there is no lang g",
        "language:5:1: lang f takes 1 value, and do gives 0",
        "language:6:1: calls.mock is included already, at language:2:1; its calls are expected once",
        "language:7:1: there is no file 'cals.mock'",
        "language:8:1: 'binary.mock' is no text in UTF-8: byte 6 is 0xff",
        "language:9:1: '.' cannot be read: Is a directory",
        "language:11:1: the constant n is there already, from language:10:1 on",
    ]


def test_a_circle_of_includes_is_shown(folder: Path) -> None:
    """As the chain of files that leads back."""
    (folder / "a.mock").write_text('include "b.mock"')
    (folder / "b.mock").write_text('x()\ninclude "a.mock"')
    with pytest.raises(LanguageError) as caught:
        expand(parse('include "a.mock"'))
    (fault,) = caught.value.faults
    assert (fault.path, fault.message) == ("b.mock:2:1", "a.mock includes itself")
    assert fault.hint == "language -> a.mock -> b.mock -> a.mock"
    with pytest.raises(LanguageError, match=r"a\.mock -> b\.mock -> a\.mock"):
        expand(parse((folder / "a.mock").read_text(), "a.mock"))


def test_files_may_come_from_elsewhere() -> None:
    """Who has no files gives a function that has them."""
    texts = {"a.mock": (Let("n", 1), *parse("b(n)").items)}
    assert flat(expand(parse('include "a.mock" c(n)'), load=lambda file, _: texts[file])) == flat(parse("b(1) c(1)"))


# --- faults ---------------------------------------------------------------------------------------------------------

FAULTS = [
    ("lang f() = do g() lang g() = do f() do f()", "1:30: lang f would never end, as it uses itself"),
    ("lang f() = f() do ff()", "1:16: there is no lang ff"),
    ("lang f() = a() lang f() = b()", "1:16: lang f is there already, at language:1:1"),
    ("let n = 4 n = f()", "1:11: n is a constant, from language:1:1 on, and no call can bind it"),
    ("f(?n) let n = 4", "1:7: n is no free name for a constant: a call binds it, at language:1:1"),
    ('let t = "x" f(A|t)', '1:13: "x" is no flag; numbers and names of numbers are'),
    ("lang f(h) = h = g() do f(4)", "1:13: the parameter h is bound by a call, and stands for 4"),
    ("lang f(t) = XALT(t)[ a() ] do f(4)", "1:13: the tag t is a parameter, and stands for 4"),
    ("f() -> each []", "1:1: each lists no answer"),
    ("REPEAT(3)[ f() -> each [1, 2] ]", "1:12: each lists 2 answers, and REPEAT(3) asks for 3"),
    ("REPEAT(1..3)[ f() -> each [1] ]", "1:15: each lists 1 answer, and REPEAT(1..3) asks for up to 3"),
    ("AT_LEAST(3)[ f() -> each [1, 2] ]", "1:14: each lists 2 answers, and AT_LEAST(3) asks for 3"),
    ("REPLICATE[ f() -> each [1] g() -> each [1, 2] ]", "1:28: each lists 2 answers, and another list of the same REPLICATE has 1"),
    ("XALT(t)[ a() b() ] XALT(t)[ a() ]", "1:20: XALT(t) has 1 alternatives here and 2 at language:1:1"),
    ("ANY[ a() PAR[ b() c() ] ]", "1:10: ANY holds calls, and PAR is none"),
    ("ANY[ a()* ]", "1:6: ANY holds calls, and REPLICATE is none"),
    ("ANY[ a() -> each [1] ]", "1:6: ANY answers a call alike whenever it comes"),
    ("ANY[ XALT(t)[ a() b() ] ]", "1:6: ANY holds calls, and XALT(t) is none"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=[text for text, _ in FAULTS])
def test_what_means_nothing_is_refused(text: str, message: str) -> None:
    """With its place, what was seen, and what would be right."""
    assert faults(text) == [f"language:{message}"]


def test_an_endless_use_shows_its_chain() -> None:
    """Every use that leads to the next one, with its line."""
    with pytest.raises(LanguageError) as caught:
        expand(parse("lang f() =\n do g()\nlang g() =\n do f()\ndo f()"))
    (fault,) = caught.value.faults
    assert fault.hint == "do f (language:5:1) -> do g (language:2:2) -> do f (language:4:2)"


DOUBLED = "lang b0() [ a() a() ]\n" + "\n".join(f"lang b{n}() [ do b{n - 1}() do b{n - 1}() ]" for n in range(1, 40))
TOO_MUCH = [
    (DOUBLED + "\na() do b39()", "language:41:5: with do b39 the language grows by more than 1048576 events"),
    (
        "REPEAT(1200)[ f() -> each [" + "1," * 1200 + "] " + "g()" * 1000 + "]",
        "language:1:1: with 1200 answers in a list the language grows by more than 1048576 events",
    ),
    (
        " ".join(f"XALT(t{n})[ a() b() ]" for n in range(24)) + " ".join(f"XALT(t{n})[ a() b() ]" for n in range(24)),
        "the language grows by more than 1048576 events",
    ),
    (
        "".join(f"lang c{n}(x) = do c{n + 1}([x, x])\n" for n in range(30)) + "lang c30(x) = f(x) do c0(1)",
        "language:20:15: this value holds more than 1048576 values when its names are replaced",
    ),
    (
        "let c0 = 1\n" + "".join(f"let c{n} = [c{n - 1}]\n" for n in range(1, 100)),
        "language:66:1: this value is nested more than 64 deep when its names are replaced",
    ),
    ("".join(f"lang c{n}() = do c{n + 1}()\n" for n in range(70)) + "do c0()", "do is nested more than 64 deep here"),
]


@pytest.mark.parametrize(("text", "message"), TOO_MUCH, ids=["do", "each", "tags", "values", "deep value", "deep"])
def test_an_expansion_is_bounded(text: str, message: str) -> None:
    """A few lines that mean more than there is memory are refused by the name of what does it."""
    (fault,) = faults(text)
    assert message in fault


def test_a_tree_of_terms_that_is_too_deep_is_refused() -> None:
    """No recursion of ours ends in Python's."""
    tree: Node = Xalt((Event("m", "f"),), "t")
    for _ in range(3000):
        tree = Seq((tree, Event("m", "g")))
    with pytest.raises(LanguageError, match="nested more than 64 deep"):
        expand(tree)


def test_no_round_is_nothing() -> None:
    """A repetition of no round, as a loop of Python makes it, expects nothing; what is wrong inside is told all the same."""
    for text in ("REPEAT(0)[ a() ] b()", "a(){0} b()", "AT_MOST(0)[ a() ] b()", "a(){..0} b()"):
        assert expand(parse(text, "t")) == Seq((Empty(), Event("", "b")))
    with pytest.raises(LanguageError, match="nowhere"):
        expand(parse("REPEAT(0)[ do nowhere() ]", "t"))


def test_what_another_fault_may_explain_is_not_complained_about() -> None:
    """A name that a missing part may bind, or a lang of a file that is not there, is no second fault."""
    assert faults("do missing(s)  f(s)  REPEAT(s)[g()]") == ["language:1:1: there is no lang missing"]
    assert faults('include "no.mock"  do some(1)  REPEAT(n)[g()]') == ["language:1:1: there is no file 'no.mock'"]
