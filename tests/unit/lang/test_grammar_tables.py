"""The parsing tables of the grammar: made by one command, used only where they fit, and equal to what lark builds."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import lark
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark, Tree, UnexpectedInput

from cmock_py.lang.grammar import (
    STARTS,
    _fitting_tables,
    build_grammar,
    load_grammar,
    render_tables,
    tables_file,
)

TESTS = Path(__file__).resolve().parents[2]
FAULTY = sorted((TESTS / "faulty" / "language" / "files").glob("*.mock"))
ALL_SYNTAX = r"""
    include "common.mock"  let max = 0x1F;  lang open(path, flags) = f.open(path, flags) -> 3 | f.creat(path)
    lang twice() [ a.b.c() ]
    s = stack.new()  stack.push(s, 4),  stack.push(s, -1.5e3f) -> ok  # a run of plain calls
    SEQ[ a() PAR{ b() c() } PERM[ d() ] REPLICATE[ e() ] OPTIONAL[ f() ] ANY[ g() ] EMPTY ]
    XALT(tag)[ a() ] XALT[ b() ] ONE_OF(t)[ c() ] REPEAT(2)[ a() ] REPEAT(2..5)[ b() ] REPEAT(..3)[ c() ] REPEAT(1..)[ d() ]
    AT_LEAST(2)[ a() ] AT_MOST(3)[ b() ]  EVENT(a.b, c, [1, 2], 3)  EVENT(f, g, [])
    a()* b()+ c()? d(){2} e(){1..4} f(){..9} g(){3..} (a() b())*  (a() | b()+ | c()){2}
    do open("p", _)  do nothing()
    f(x: 1, *n = 7, ...) | f(?x & >= 3 & != 9, 0..9, in {1, 2}, ~"^a.*", @check, 'c', '\n', x"00 ff", "a\"b", _, NAME)
    | f([1, [2], {a: 1, b: {c: 2}}, {1, 2}, {}, INFINITY]) -> {42, true} | g() -> each [1, 2] | h() -> @answer
    f(READ|WRITE | 0x10, x: [A|B], in {1|2}, bits 0x80, bits: bits A|B == B & > 1, [bits, > 4, {x: 1..2}]) -> (A|B) | g() -> [A|B]
    // the end /* is not here
    /* but
       here */
"""
# What random texts are made of: every keyword and mark, some values, and what is no word of the language.
WORDS = r"""
    SEQ XALT ONE_OF PAR PERM REPLICATE OPTIONAL REPEAT AT_LEAST AT_MOST ANY EMPTY EVENT do let lang include in each bits
    a stack.push s 4 -1 0x1F 2..5 1.5 "text" "open 'c' x"00" _ == < >= -> = . .. ... , ; : ? * + | & ~ @ $
    ( ) [ ] { } a() b(1) c(s,4)->6 # /* */ \
"""
DAMAGED = {
    "empty": "",
    "cut off": '{"made_for": ',
    "marks of a merge": "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n",
    "no object": "[1, 2]",
    "no maker": "{}",
}


@pytest.fixture(scope="module")
def built() -> Lark:
    """The grammar, built from its text."""
    return build_grammar()


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    """The tables as they are committed; skips where another lark is installed than they were made by."""
    read: dict[str, Any] = json.loads(tables_file().read_bytes())
    made_by = read["made_for"]["lark"]
    if made_by != lark.__version__:
        pytest.skip(
            f"made by lark {made_by}, here is {lark.__version__}: python -m cmock_py.lang.grammar makes them anew"
        )
    return read


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """A copy of the package and its grammar, free to be changed."""
    for name in ("cmock_py", "grammar"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def python(checkout: Path, *arguments: str, **environment: str) -> str:
    """Run a fresh interpreter on a checkout, and return what it printed."""
    command = [sys.executable, "-W", "error", *arguments]
    env = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    done = subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def outcome(grammar: Lark, text: str, start: str) -> Any:
    """Parse a text: the tree with all places, or all that messages are made of."""
    try:
        return shape(grammar.parse(text, start=start))
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        possible = sorted(error.interactive_parser.accepts())
        return type(error).__name__, error.pos_in_stream, getattr(token, "type", None), possible


def shape(node: Any) -> Any:
    """Make a tree comparable together with its places, which lark's own comparison leaves out."""
    if isinstance(node, Tree):
        meta = node.meta
        place = None if meta.empty else (meta.line, meta.column, meta.start_pos, meta.end_pos)
        return str(node.data), place, [shape(child) for child in node.children]
    return node and (node.type, str(node), node.line, node.column, node.start_pos, node.end_pos)


def test_the_tables_are_those_of_the_grammar(tables: dict[str, Any], built: Lark) -> None:
    """The committed file is what its command makes now; a change of a .lark file or of the options needs it run."""
    remedy = "stale, please run: python -m cmock_py.lang.grammar"
    assert tables_file().read_text(encoding="ascii") == render_tables(built), remedy


def test_the_tables_fit_the_text() -> None:
    """Whatever lark is installed: the file names the very text and the very options."""
    made_for = json.loads(tables_file().read_bytes())["made_for"]
    folder = tables_file().parent
    text = (folder / "expect.lark").read_bytes() + b"\0" + (folder / "terminals.lark").read_bytes()
    assert made_for["sha256"] == hashlib.sha256(text).hexdigest(), "please run: python -m cmock_py.lang.grammar"
    assert made_for["options"]["start"] == STARTS


def test_the_loaded_grammar_comes_from_the_tables(tables: dict[str, Any]) -> None:
    """A process loads the tables and does not build them: lark kept no grammar to build from."""
    assert _fitting_tables(tables_file()) == tables
    assert not hasattr(load_grammar(), "grammar")


def test_lark_takes_back_all_that_it_told(tables: dict[str, Any]) -> None:
    """The tables of the loaded parser are those of the file, to the last entry."""
    assert render_tables(load_grammar()) == tables_file().read_text(encoding="ascii")


def test_terminals_are_taken_back_whole(built: Lark, tables: dict[str, Any]) -> None:
    """Name, pattern, flags and priority of every terminal, and the options of every rule, are of their old types."""
    loaded = load_grammar()
    assert [(t.name, t.pattern, t.priority) for t in loaded.terminals] == [
        (t.name, t.pattern, t.priority) for t in built.terminals
    ]
    assert {type(t.pattern.flags) for t in loaded.terminals} == {frozenset}
    assert [(rule, vars(rule.options)) for rule in loaded.rules] == [(rule, vars(rule.options)) for rule in built.rules]


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_command_makes_the_same_file_everywhere(checkout: Path, hash_seed: str, tables: dict[str, Any]) -> None:
    """The order of sets, which lark goes by, is not seen in the file; nor is the place of the checkout."""
    file = checkout / "grammar" / "expect.json"
    file.unlink()
    python(checkout, "-m", "cmock_py.lang.grammar", PYTHONHASHSEED=hash_seed)
    assert file.read_bytes() == tables_file().read_bytes()


def test_the_sample_holds_all_of_the_syntax(built: Lark) -> None:
    """The texts below are compared over every rule of the grammar that shows in a tree."""
    seen = {str(tree.data) for tree in built.parse(ALL_SYNTAX, start="start").iter_subtrees()}
    assert {str(rule.origin.name) for rule in built.rules if not rule.origin.name.startswith("_")} - seen == set()


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("text", [ALL_SYNTAX, "4, ?x & > 3, *n = {1}", "each [1, 2]", "", *FAULTY], ids=str)
def test_tables_and_text_mean_the_same(built: Lark, text: str | Path, start: str) -> None:
    """Loaded and built, the grammar gives one tree with one set of places, or one error with the same ways out."""
    source = text.read_text(encoding="utf-8") if isinstance(text, Path) else text
    assert outcome(load_grammar(), source, start) == outcome(built, source, start)


@given(words=st.lists(st.sampled_from(WORDS.split()), max_size=12), start=st.sampled_from(STARTS))
def test_tables_and_text_refuse_the_same(built: Lark, words: list[str], start: str) -> None:
    """Random words, of which few make sense, are answered alike."""
    text = " ".join(words)
    assert outcome(load_grammar(), text, start) == outcome(built, text, start)


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_left_alone(tmp_path: Path, text: str) -> None:
    """What is no table is no error: the grammar is built from its text."""
    (tmp_path / "expect.json").write_text(text)
    assert _fitting_tables(tmp_path / "expect.json") is None


def test_a_missing_file_is_no_error(tmp_path: Path) -> None:
    """Without tables the grammar is built from its text."""
    assert _fitting_tables(tmp_path / "expect.json") is None


@pytest.mark.parametrize(
    ("key", "other"),
    [("lark", "0.0.0"), ("lark", None), ("sha256", "0" * 64), ("options", {"start": ["start"]})],
    ids=["another lark", "no lark", "another text", "other options"],
)
def test_tables_for_something_else_are_left_alone(
    tmp_path: Path, tables: dict[str, Any], key: str, other: object
) -> None:
    """Tables that differ in one of what they were made for are not used."""
    file = tmp_path / "expect.json"
    file.write_text(json.dumps(tables))
    assert _fitting_tables(file) is not None
    file.write_text(json.dumps({**tables, "made_for": {**tables["made_for"], key: other}}))
    assert _fitting_tables(file) is None


PARSE = """
import sys
from pathlib import Path
from cmock_py.errors import LanguageSyntaxError
from cmock_py.lang.grammar import load_grammar
from cmock_py.lang.parse import parse

print(hasattr(load_grammar(), "grammar"))
for name in sys.argv[1:]:
    try:
        print(parse(Path(name).read_text(encoding="utf-8"), "text"))
    except LanguageSyntaxError as error:
        print(error)
"""


def test_a_checkout_without_tables_reads_every_text_alike(checkout: Path, root: Path) -> None:
    """Trees and whole messages are the same with tables and without them."""
    (checkout / "all.mock").write_text(ALL_SYNTAX.replace("include", "# include"))
    texts = [str(checkout / "all.mock"), *map(str, FAULTY)]
    with_tables = python(checkout, "-c", PARSE, *texts)
    (checkout / "grammar" / "expect.json").unlink()
    without_tables = python(checkout, "-c", PARSE, *texts)
    assert without_tables.splitlines()[0] == "True"
    assert without_tables.splitlines()[1:] == with_tables.splitlines()[1:]
    assert len(with_tables) > 10_000


def test_a_changed_grammar_takes_effect_at_once(checkout: Path) -> None:
    """Who edits a .lark file need not make the tables first: they no longer fit, and are not used."""
    file = checkout / "grammar" / "terminals.lark"
    (checkout / "text.mock").write_text("NOTHING")
    assert "ends too early" in python(checkout, "-c", PARSE, "text.mock")
    file.write_text(file.read_text().replace('EMPTY: "EMPTY"', 'EMPTY: "NOTHING"'))
    assert "Seq(items=(Empty(),))" in python(checkout, "-c", PARSE, "text.mock")
