"""Snippets of a spec: what does not compile is a fault of the spec, with its line and path; room is checked for all."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    AnswerTooLong,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    SpecError,
    c_code,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)
from cmock_py.errors import FaultyInputError

if TYPE_CHECKING:
    from pathlib import Path

    from cmock_py import Mocking

HEADER = """
#include <string.h>
#define LIMIT 4
struct box { int n; int *numbers; char *text; struct { int inner; } part; };
"""


@pytest.fixture
def header(tmp_path: Path) -> Path:
    """A header with a struct and a macro."""
    path = tmp_path / "box.h"
    path.write_text(HEADER)
    return path


def refused(header: Path, *functions: ApiFunction) -> list[tuple[str, str]]:
    """Return path and message of each fault of a spec."""
    with pytest.raises(SpecError) as caught:
        start_mocking(ApiSpec([ApiModule("m", functions)]), [header])
    return [(fault.path.split(" (")[0].partition("functions")[2], fault.message) for fault in caught.value.faults]


BOX = ApiArg("struct box *", "box")
FIELDS = [
    ("code", {"stored_type": "int", "code": "_stored_->box = box->m;"}, "has no member named 'm'"),
    ("code", {"stored_type": "int", "code": "_stored_->bx = 1;"}, "has no member named 'bx'"),
    ("code", {"stored_type": "int", "code": "int x = ;"}, "expected expression"),
    ("code", {"stored_type": "int", "code": "_stored_->box = sizeof_box(box);"}, "implicit declaration of function"),
    ("code", {"stored_type": "int", "code": "_stored_->box = box->text;"}, "makes integer from pointer"),
    ("view", {"view": "box->text", "stored_type": "int"}, "makes integer from pointer"),
    ("view", {"view": "box->part", "stored_type": "int"}, "incompatible types"),
    ("view", {"view": "box->n + lengt", "stored_type": "int"}, "'lengt' undeclared"),
    ("length", {"view": "box->numbers", "length": "box->m"}, "has no member named 'm'"),
]


@pytest.mark.parametrize(("field", "fields", "words"), FIELDS, ids=[f"{f} {w}" for f, _, w in FIELDS])
def test_snippets_of_in_arguments(header: Path, field: str, fields: dict[str, Any], words: str) -> None:
    """What the compiler says stands in a fault with the path of the field, and the C as the spec has it."""
    ((path, message),) = refused(header, ApiFunction("f", args=[ApiArg("struct box *", "box", **fields)]))
    assert path == f"[0].args[0].{field}"
    assert message.startswith(f"{fields[field]!r} does not compile: ")
    assert words in message


def test_all_faults_at_once_in_the_order_of_the_spec(header: Path) -> None:
    """Snippets of every field are blamed one by one, though several of them stand on one line of Python."""
    found = refused(
        header,
        ApiFunction("f", args=[
            BOX, ApiArg("int *", "xs", "out", buffer="LIMITS"), ApiArg("int", "y", "out", phantom=True, fill="box->numbers[YS]"),
            ApiArg("int", "z", "out", phantom=True, code="box->n = _return_->zz;"), ApiArg("int", "w", phantom=True, view="box->w", stored_type="int"),
        ]),
        ApiFunction("g", "int", [ApiArg("int *", "o", "out", default_val="ONE")], silent="TWO"),
        ApiFunction("h", args=[ApiArg("int", "n"), ApiArg("...", "rest", stored_type="int", sentinel="END")]),
        ApiFunction("i", ApiArg("int", "r", stored_type="int", code="r = _return_->q;")),
    )  # fmt: skip
    assert [path for path, _ in found] == [
        "[0].args[1].buffer", "[0].args[2].fill", "[0].args[3].code", "[0].args[4].view",
        "[1].silent", "[1].args[0].default_val", "[2].args[1].sentinel", "[3].ret.code",
    ]  # fmt: skip
    wrong = ["'LIMITS'", "'YS'", "'zz'", "'w'", "'TWO'", "'ONE'", "'END'", "'q'"]
    assert [word in message for word, (_, message) in zip(wrong, found, strict=True)] == [True] * len(wrong)


def test_a_view_that_leads_nowhere_is_told_with_the_nearest_member(header: Path) -> None:
    """Of a view without stored_type the headers tell the type, so a wrong member is found before anything compiles."""
    ((path, message),) = refused(header, ApiFunction("f", args=[ApiArg("struct box *", "box", view="box->numbrs")]))
    assert path == "[0].args[0].view"
    assert message == "'box->numbrs': struct box has no member 'numbrs'; did you mean 'numbers'?"


def test_the_fault_names_the_line_of_the_spec(header: Path) -> None:
    """The line is that of the argument in Python, not one of the generated file."""
    with pytest.raises(SpecError) as caught:
        start_mocking(
            ApiSpec([
                ApiModule("m", [
                    ApiFunction("f", args=[
                        BOX,
                        ApiArg("int", "wrong", phantom=True, stored_type="int", view="box->wrong"),
                    ])
                ])
            ]),
            [header],
        )  # fmt: skip
    (fault,) = caught.value.faults
    lines, first = inspect.getsourcelines(test_the_fault_names_the_line_of_the_spec)
    line = first + next(i for i, text in enumerate(lines) if '"wrong"' in text)
    assert fault.path.startswith("modules[0].functions[0].args[1].view (")
    assert fault.path.endswith(f"test_snippets.py:{line})")


def test_macros_and_comments_in_snippets(header: Path) -> None:
    """Snippets are C: macros of the headers, comments, several lines and blocks are theirs to use."""
    code = "int sum = 0; // all of them\nfor (int i = 0; i < LIMIT; i++) { sum += box->numbers[i]; } /* done */\n_stored_->box = sum"
    spec = ApiSpec(
        [ApiModule("m", [ApiFunction("f", args=[ApiArg("struct box *", "box", stored_type="int", code=code)])])]
    )
    with start_mocking(spec, [header]) as mocking:
        init_lang("m.f(10)")
        mocking.lib.f(mocking.new("struct box", {"numbers": mocking.new("int[4]", [1, 2, 3, 4])}))
        assert check_callouts() is True
    text = c_code(spec, [str(header)])
    assert "{ int sum = 0; // all of them\n" in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("} evil(); {", "unbalanced '}'"),
        ("_stored_->box = 1; }", "unbalanced '}'"),
        ("/* _stored_->box = 1;", "stays open"),
        ('"', "stays open"),
        ("#define box 3", "preprocessor directive"),
    ],
)
def test_a_snippet_cannot_break_out_of_its_block(header: Path, code: str, words: str) -> None:
    """Text that would end the block it stands in is refused before anything compiles."""
    arg = ApiArg("struct box *", "box", stored_type="int", code=code)
    with pytest.raises(FaultyInputError, match=words):
        start_mocking(ApiSpec([ApiModule("m", [ApiFunction("f", args=[arg])])]), [header])


# --- const, and names that collide ----------------------------------------------------------------------------------


def test_const_parameters_beside_snippets() -> None:
    """A snippet may read and store what stands beside const parameters and results."""
    spec = ApiSpec([
        ApiModule("m", [
            ApiFunction("f", ApiArg("const int", "r", stored_type="const int", code="r = 2 * _return_->r;"), [
                ApiArg("const int *const", "p", stored_type="int", code="_stored_->p = *p + n;"),
                ApiArg("const int", "n"),
                ApiArg("const int", "twice", dir="out", phantom=True, code="*q = 2 * _return_->twice;"),
                ApiArg("int *const", "q", stored_type="void"),
            ]),
        ])
    ])  # fmt: skip
    with start_mocking(spec) as mocking:
        init_lang("m.f(7, 4) -> {5, 6}")
        q = mocking.new("int")
        assert mocking.lib.f(mocking.new("int", 3), 4, q) == 12
        assert q[0] == 10
        assert check_callouts() is True


# --- room -----------------------------------------------------------------------------------------------------------

ROOM = ApiSpec([
    ApiModule("m", [
        ApiFunction("plain", args=[ApiArg("int", "n"), ApiArg("int *", "xs", dir="out", buffer="n")]),
        ApiFunction("bytes", args=[ApiArg("int", "n"), ApiArg("void *", "xs", dir="out", buffer="n")]),
        ApiFunction("text", args=[ApiArg("int", "n"), ApiArg("char *", "xs", dir="out", buffer="n", string=True)]),
        ApiFunction("code", args=[
            ApiArg("int", "n"), ApiArg("int *", "p", stored_type="void"),
            ApiArg("int *", "xs", dir="out", phantom=True, buffer="n", code="memcpy(p, _return_->xs, n * sizeof *p);"),
        ]),
        ApiFunction("fill", args=[
            ApiArg("int", "n"), ApiArg("int *", "p", stored_type="void"),
            ApiArg("int *", "xs", dir="out", phantom=True, buffer="n", fill="p"),
        ]),
        ApiFunction("both", args=[
            ApiArg("int", "n"), ApiArg("int *", "first", dir="out", buffer=1),
            ApiArg("int *", "xs", dir="out", buffer="n"),
        ]),
        ApiFunction("turn", args=[ApiArg("int", "n"), ApiArg("int *", "xs", dir="inout", buffer="n")]),
        ApiFunction("last", args=[ApiArg("int", "n"), ApiArg("int *", "xs", dir="out", length="n")]),
    ]),
    ApiModule("s", [
        ApiFunction("quiet", silent=True, args=[
            ApiArg("int", "n"), ApiArg("int *", "xs", dir="out", buffer="n", default_val="{ 1, 2, 3 }"),
        ]),
        ApiFunction("mute", silent=True, args=[
            ApiArg("int", "n"), ApiArg("char *", "xs", dir="out", buffer="n", string=True, default_val='"ab"'),
        ]),
        ApiFunction("still", silent=True, args=[
            ApiArg("int", "n"), ApiArg("int *", "p"),
            ApiArg("int *", "xs", dir="out", phantom=True, buffer="n", fill="p", default_val="{ 1, 2, 3 }"),
        ]),
    ]),
])  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Start one mock for each kind of out buffer."""
    header = tmp_path_factory.mktemp("room") / "room.h"
    header.write_text("#include <string.h>\n")
    with start_mocking(ROOM, [header]) as mocking:
        yield mocking


LONG = [
    ("plain", "(2) -> {[1, 2, 3]}"),
    ("bytes", '(2) -> {"abc"}'),
    ("text", '(2) -> {"ab"}'),
    ("code", "(2) -> {[1, 2, 3]}"),
    ("fill", "(2) -> {[1, 2, 3]}"),
    ("both", "(2) -> {[9], [1, 2, 3]}"),
    ("turn", "(2, _) -> {[1, 2, 3]}"),
    ("last", "(2) -> {[1, 2, 3]}"),
]


@pytest.mark.parametrize(("name", "event"), LONG, ids=[name for name, _ in LONG])
def test_answers_that_are_too_long(room: Mocking, name: str, event: str) -> None:
    """Whatever kind of out buffer: both figures are named, and nothing is written; what just fits is written whole."""
    init_lang(f"m.{name}{event}")
    element = "char" if name == "text" else "int"
    memory, other = room.new(f"{element}[4]", [7, 7, 7, 7]), room.new("int[4]", [7, 7, 7, 7])
    args = (3, memory, other) if name == "both" else (3, memory)
    getattr(room.lib, name)(*args)
    assert len(get_trace()) == 1
    init_lang(f"m.{name}{event}")
    with pytest.raises(
        AnswerTooLong, match=r"3 elements,? .*for out argument xs, but the SUT's buffer takes 2"
    ) as caught:
        getattr(room.lib, name)(2, *args[1:])
    stop = caught.value.stop
    assert (stop.argument, stop.answered, stop.capacity) == ("xs", 3, 2)


@pytest.mark.parametrize("name", ["quiet", "mute", "still"])
def test_silent_values_that_are_too_long(room: Mocking, name: str) -> None:
    """A silent function that has more than the SUT's buffer takes stops, too, and names both figures."""
    room.restart()
    memory = room.new("char[4]" if name == "mute" else "int[4]")
    room.lib[name](3, memory)
    room.lib[name](4, memory)
    with pytest.raises(AnswerTooLong, match=rf"s.{name}: the answer has 3 elements,? .*for out argument xs.* takes 2"):
        room.lib[name](2, memory)
    room.restart()


def test_nothing_is_written_when_one_of_two_does_not_fit(room: Mocking) -> None:
    """All outs must fit before the first is written."""
    init_lang("m.both(1) -> {[9], [1, 2]}")
    first = room.new("int", 7)
    with pytest.raises(AnswerTooLong):
        room.lib.both(1, first, room.new("int[2]"))
    assert first[0] == 7


# --- results, and what snippets point to ----------------------------------------------------------------------------


def test_results_that_a_snippet_makes(header: Path) -> None:
    """Events answer a number, the SUT gets a pointer that the snippet makes of it; a silent function does the same."""
    code = "static struct box boxes[4]; boxes[0].n = _return_->box; box = boxes;"
    half = ApiArg("int", "r", stored_type="double", code="r = (int)(2 * _return_->r);")
    spec = ApiSpec([
        ApiModule("m", [
            ApiFunction("find", ApiArg("struct box *", "box", stored_type="int", code=code), [ApiArg("int", "n")]),
            ApiFunction("twice", half),
            ApiFunction("quiet", half, silent="1.5"),
        ])
    ])  # fmt: skip
    with start_mocking(spec, [header]) as mocking:
        init_lang("m.find(1) -> 5  m.twice() -> 2.5")
        assert mocking.lib.find(1).n == 5
        assert mocking.lib.twice() == 5
        assert mocking.lib.quiet() == 3
        mocking.silent.quiet.value = 4.5
        assert mocking.lib.quiet() == 9
        assert check_callouts() is True
        assert [call.answer for call in get_trace()] == [5, 2.5]


def test_arrays_that_a_snippet_stores(header: Path) -> None:
    """A snippet fills the array that is there for it, or points to one and says how long it is."""
    fills = "_stored_->box[0] = box->n; _stored_->box[1] = 2 * box->n;"
    points = "_stored_->box = box->numbers; _stored_->box_length = (unsigned long)box->n;"
    spec = ApiSpec([
        ApiModule("m", [
            ApiFunction("fill", args=[ApiArg("struct box *", "box", stored_type="int *", buffer=2, code=fills)]),
            ApiFunction("point", args=[ApiArg("struct box *", "box", stored_type="int *", buffer=True, code=points)]),
            ApiFunction("text", args=[ApiArg("struct box *", "box", stored_type="const char *", code=(
                "_stored_->box = box->text;"
            ))]),
        ])
    ])  # fmt: skip
    with start_mocking(spec, [header]) as mocking:
        init_lang('m.fill([3, 6])  m.point([1, 2, 3])  m.text("abc")')
        numbers, text = mocking.new("int[3]", [1, 2, 3]), mocking.new("char[4]", b"abc")
        box = mocking.new("struct box", {"n": 3, "numbers": numbers, "text": text})
        mocking.lib.fill(box)
        mocking.lib.point(box)
        mocking.lib.text(box)
        assert check_callouts() is True
        assert [call.args for call in get_trace()] == [([3, 6],), ([1, 2, 3],), ("abc",)]


def test_hidden_lists_are_not_looked_at() -> None:
    """``...`` that is stored as void stands in no event."""
    spec = ApiSpec(
        [ApiModule("m", [ApiFunction("f", args=[ApiArg("int", "n"), ApiArg("...", "rest", stored_type="void")])])]
    )
    with start_mocking(spec) as mocking:
        init_lang("m.f(3)")
        mocking.lib.f(3, 4, 5)
        assert check_callouts() is True


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_a_start_value_that_does_not_fit_is_a_fault(header: Path, cc: str) -> None:
    """A silent function never answers another value than its spec says."""
    label = ApiArg("int *", "o", "out", default_val="1e30")
    functions = [ApiFunction("f", "unsigned char", silent="300"), ApiFunction("g", "int", [label], silent="1 << 4")]
    with pytest.raises(SpecError) as caught:
        start_mocking(ApiSpec([ApiModule("m", functions)]), [header], cc=cc)
    assert [fault.path.split(" ")[0] for fault in caught.value.faults] == [
        "modules[0].functions[0].silent",
        "modules[0].functions[1].args[0].default_val",
    ]
