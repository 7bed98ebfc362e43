"""C that is hard to mock: packed builds, large values, lists of every kind, names that could clash with ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    LanguageError,
    Mocking,
    SpecError,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)
from cmock_py.trace import Truncated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., Mocking]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a mocking of functions, with the C of a header and of a SUT given as text."""
    started: list[Mocking] = []

    def begin(functions: list[ApiFunction], header: str, sut: str = "", **options: Any) -> Mocking:
        (tmp_path / "t.h").write_text(header)
        (tmp_path / "sut.c").write_text(f'#include "t.h"\n{sut}\n')
        spec = ApiSpec([ApiModule("m", functions)])
        started.append(start_mocking(spec, [tmp_path / "t.h"], [tmp_path / "sut.c"], **options))
        return started[-1]

    yield begin
    for mocking in started:
        mocking.stop()


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_packed_builds_mean_the_same_to_stubs_and_runtime(start: Start, cc: str) -> None:
    """-fpack-struct packs the structs of the user, and leaves our own tables readable."""
    mocking = start(
        [
            ApiFunction(
                "f", "int", [ApiArg("struct s", "s"), ApiArg("const char *", "text"), ApiArg("int *", "o", "out")]
            )
        ],
        "struct s { char c; int i; };\nint f(struct s s, const char *text, int *o);\nint go(void);\n",
        "int go(void) { int o = 0; struct s s = { 'x', 7 }; return f(s, \"abc\", &o) + o + (int)sizeof s; }",
        cc=cc,
        cflags=["-fpack-struct"],
    )
    init_lang("m.f({c: 'x', i: 7}, \"abc\") -> {30, 2}")
    assert mocking.lib.go() == 37
    check_callouts()


LISTS = [
    ApiFunction("note", args=[ApiArg("const char *", "format"), ApiArg("...", "rest", format="format")]),
    ApiFunction("mixed", args=[ApiArg("int", "n"), ApiArg("...", "rest", types=["char", "float", "enum e", "void *"])]),
    ApiFunction("counted", args=[ApiArg("int", "n"), ApiArg("...", "rest", stored_type="int", length="n")]),
]
LISTS_H = """#include <stddef.h>
enum e { RED, BLUE = 7 };
void note(const char *format, ...);
void mixed(int n, ...);
void counted(int n, ...);
void chars(void); void numbers(void); void unknown(void); void endless(void); void some(void); void huge(void);
"""
LISTS_C = r"""
void chars(void) { note("%c%s", 'A', "A"); }
void numbers(void) { note("%g %d", 1.0, 2); }
void unknown(void) { note("%d %2$d", 1, 2); }
void some(void) { mixed(4, 'x', 0.1f, BLUE, (void *)16); }
void endless(void) { counted(1 << 30, 1, 2, 3); }
void huge(void) { static char text[5000]; for (int i = 0; i < 4999; i++) text[i] = 'x'; note("%s!%d", text, 3); }
"""


@pytest.mark.parametrize(
    ("call", "language"),
    [
        pytest.param("chars", """m.note(_, ['A', "A"])""", id="a character is a number"),
        pytest.param("numbers", "m.note(_, [1.0, 2])", id="numbers"),
        pytest.param("some", "m.mixed(4, ['x', 0.1, BLUE, 0x10])", id="each as its type"),
        pytest.param("some", "m.mixed(4, [120, _, 7, _])", id="some of them do not matter"),
        pytest.param("unknown", "m.note(_, _)", id="not all of them known"),
        pytest.param("huge", "m.note(_, _)", id="too long to be kept"),
    ],
)
def test_lists_as_c_passes_them(start: Start, call: str, language: str) -> None:
    """What is written for ... fits what C passes for it, promoted, under the types that the spec says."""
    mocking = start(LISTS, LISTS_H, LISTS_C)
    init_lang(language)
    mocking.lib[call]()
    check_callouts()


@pytest.mark.parametrize(
    ("call", "language", "said"),
    [
        pytest.param(
            "chars", """m.note(_, ["A", "A"])""", 'first difference at [0]: expected "A", but was 65', id="text"
        ),
        pytest.param(
            "numbers", "m.note(_, [1, 2])", "whole numbers and floating ones are passed in different ways", id="int"
        ),
        pytest.param(
            "numbers", "m.note(_, [1.0, 2.0])", "first difference at [1]: expected 2.0, but was 2", id="float"
        ),
        pytest.param("some", "m.mixed(4, ['x', 0.2, BLUE, _])", "first difference at [1]: expected 0.2", id="value"),
        pytest.param(
            "some", "m.mixed(4, ['x', _, RED, _])", "first difference at [2]: expected RED, but was BLUE", id="enum"
        ),
        pytest.param(
            "unknown", "m.note(_, [1])", "but was  [1]... (24 bytes in all)", id="what nobody knows is no end"
        ),
    ],
)
def test_lists_that_differ(start: Start, call: str, language: str, said: str) -> None:
    """The first item that differs is told, also when Python takes both values for equal."""
    mocking = start(LISTS, LISTS_H, LISTS_C)
    init_lang(language)
    mocking.lib[call]()
    with pytest.raises(CalloutsFailed, match=re.escape(said)):
        check_callouts()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("m.mixed(4, ['x', 1.5])", "2 items, and types= of the spec lists 4", id="too few"),
        pytest.param("m.mixed(4, [300, 1.5, RED, NULL])", "item [0]: 300 is outside -128..127", id="out of range"),
        pytest.param("m.mixed(4, ['x', 1.5, GREEN, NULL])", "the name 'GREEN'", id="no enumerator"),
        pytest.param(f'm.note(_, ["{"x" * 5000}"])', "these items take 5008 bytes, and the first 4096", id="too long"),
    ],
)
def test_lists_that_no_call_can_pass(start: Start, language: str, said: str) -> None:
    """A list that can never be seen is refused before anything runs."""
    start(LISTS, LISTS_H, LISTS_C)
    with pytest.raises(LanguageError, match=re.escape(said)):
        init_lang(language)


def test_a_count_that_is_wrong_ends_where_the_room_does(start: Start) -> None:
    """A SUT that promises a billion arguments is recorded with those that there is room for, marked as cut off."""
    mocking = start(LISTS, LISTS_H, LISTS_C)
    init_lang("m.counted(_, _)")
    mocking.lib.endless()
    (call,) = get_trace()
    assert isinstance(call.args[1], Truncated)
    assert call.args[1].value[:3] == [1, 2, 3]
    assert len(call.args[1].value) == 256
    check_callouts()


def test_outs_of_silent_functions_have_any_name(start: Start) -> None:
    """An out argument may be called as the result and the counter are, and keeps a value of its own."""
    outs = [ApiArg("int *", name, "out", default_val=value) for name, value in (("result", "1"), ("calls", "2"))]
    mocking = start([ApiFunction("f", "int", outs, silent="3")], "int f(int *result, int *calls);\n")
    one, two = mocking.new("int"), mocking.new("int")
    assert (mocking.lib.f(one, two), one[0], two[0]) == (3, 1, 2)
    function = mocking.silent.f
    function["result"], function["calls"], function.value = 4, 5, 6
    mocking.restart()
    assert (mocking.lib.f(one := mocking.new("int"), two := mocking.new("int")), one[0], two[0]) == (3, 1, 2)
    function["result"] = 4
    assert (mocking.lib.f(one, two), one[0], two[0], function.calls) == (3, 4, 2, 2)
    function.reset()
    assert (function["result"], function["calls"], function.value, function.calls) == (1, 2, 3, 0)


RECORD = "struct r { char c; long n; int *p; char name[8]; };\nint f(struct r *r);\nint go(void);\n"


def _filled(ctype: str, name: str, fill: str, **fields: Any) -> ApiFunction:
    outs = ApiArg(ctype, name, "out", phantom=True, fill=fill, **fields)
    return ApiFunction("f", "int", [ApiArg("struct r *", "r", stored_type="void"), outs])


def test_one_member_is_seen_and_written(start: Start) -> None:
    """An inout argument may stand for a member, with the type that stored_type says."""
    arg = ApiArg("struct r *", "r", "inout", view="r->n", fill="r->n", stored_type="long")
    mocking = start(
        [ApiFunction("f", "int", [arg])],
        RECORD,
        "int go(void) { struct r r = { 0 }; r.n = 5; return f(&r) + (int)r.n; }",
    )
    init_lang("m.f(5) -> {300, 1}")
    assert mocking.lib.go() == 301
    check_callouts()


def test_a_type_that_only_an_answer_has(start: Start) -> None:
    """The stored_type of an out argument is known, though no other part of the spec has it; text gets its NUL."""
    arg = ApiArg("struct r *", "r", "out", stored_type="char *", string=True, buffer=8, fill="r->name")
    sut = 'int go(void) { struct r r = { .name = "1234567" }; int n = f(&r); while (r.name[n]) n++; return n; }'
    mocking = start([ApiFunction("f", "int", [arg])], RECORD, sut)
    init_lang('m.f() -> {"abc", 0}')
    assert mocking.lib.go() == 3
    check_callouts()


@pytest.mark.parametrize(
    ("function", "said"),
    [
        pytest.param(_filled("int", "x", "r->c"), "'r->c' is `char`, and the answer is `int`", id="narrower"),
        pytest.param(_filled("int", "x", "r->p"), "say type='void **'", id="pointer"),
        pytest.param(_filled("int", "x", "r->nn"), "struct r has no member 'nn'", id="no member"),
        pytest.param(
            ApiFunction("f", "int", [ApiArg("struct r *", "r", "inout", view="r->n", fill="r->n")]),
            "the answer is struct r\n  help: say stored_type='long'",
            id="whole for a part",
        ),
    ],
)
def test_answers_that_do_not_fit_where_they_go(start: Start, function: ApiFunction, said: str) -> None:
    """What C would silently cut, or take for an address, is refused with both types."""
    with pytest.raises(SpecError, match=re.escape(said)):
        start([function], RECORD)


def test_default_values_with_designators(start: Start) -> None:
    """Values of silent functions are any C expressions, compound literals among them."""
    header = "struct p { int x, y; };\nstruct p f(struct p *o);\n"
    outs = [ApiArg("struct p *", "o", "out", default_val="(struct p){ .y = 2 }")]
    mocking = start([ApiFunction("f", "struct p", outs, silent="(struct p){ .x = 1, .y = 7 }")], header)
    out = mocking.new("struct p")
    assert (mocking.lib.f(out).y, out.x, out.y) == (7, 0, 2)


VA_H = "#include <stdarg.h>\nvoid f(int n, va_list list);\nvoid go(void);\n"
VA_C = """static void pass(int n, ...) { va_list list; va_start(list, n); f(n, list); va_end(list); }
void go(void) { pass(2, 10, -20); }
"""


def test_a_va_list_that_is_counted(start: Start) -> None:
    """A va_list is seen as ... is: with a type and a number of its elements."""
    args = [ApiArg("int", "n"), ApiArg("va_list", "list", stored_type="int", length="n")]
    mocking = start([ApiFunction("f", args=args)], VA_H, VA_C)
    init_lang("m.f(2, [10, -20])")
    mocking.lib.go()
    check_callouts()


def test_a_va_list_of_which_nothing_is_said(start: Start) -> None:
    """What cannot be seen is refused once, with all ways to see it."""
    with pytest.raises(SpecError) as caught:
        start([ApiFunction("f", args=[ApiArg("int", "n"), ApiArg("va_list", "list")])], VA_H, VA_C)
    (fault,) = caught.value.faults
    assert "format=, types=, or stored_type= with length= or sentinel=; stored_type='void' hides it" in fault.message


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_what_is_const_to_the_sut_is_written_by_stubs(start: Start, cc: str) -> None:
    """Qualifiers of parameters and results bind callers, and neither snippets nor what a silent function answers."""
    length = ApiArg("const char *", "text", stored_type="unsigned long", code="_stored_->text = n + 1;")
    functions = [
        ApiFunction("seen", "const int", [length, ApiArg("const unsigned long", "n")]),
        ApiFunction("quiet", "const int", silent="4"),
        ApiFunction("named", "const char *const", silent='"name"'),
        ApiFunction(
            "made", ApiArg("const int", "res", code="res = 2 * _return_->res;"), [ApiArg("int *const", "o", "out")]
        ),
    ]
    header = """const int seen(const char *text, const unsigned long n);
const int quiet(void);
const char *const named(void);
const int made(int *const o);
int go(void);
"""
    sut = "int go(void) { int o = 0; int all = seen(\"x\", 6) + quiet() + (named()[3] == 'e') + made(&o); return 100 * all + o; }"
    mocking = start(functions, header, sut, cc=cc)
    init_lang("m.seen(7, 6) -> 10  m.made() -> {5, 30}")
    assert mocking.lib.go() == 7505
    check_callouts()
    mocking.silent.quiet.value = 40
    init_lang("m.seen(7, 6) -> 10  m.made() -> {5, 30}")
    assert mocking.lib.go() == 11105


def test_an_argument_that_a_macro_hides(start: Start) -> None:
    """A snippet that a macro would turn into something else is refused, though it would compile."""
    args = [ApiArg("int *", "o", "out", "count"), ApiArg("int", "count")]
    with pytest.raises(SpecError, match="a macro of the headers makes `9` of it"):
        start([ApiFunction("f", args=args)], "void f(int *o, int n);\n#define count 9\n")


PARTS_H = "struct q { char *text; unsigned char u; int a[3]; };\nint f(const struct q *q);\nint go(void);\n"
PARTS_C = """int go(void) { char text[] = "hey"; struct q q = { text, 200, { 1, 2, 3 } }; return f(&q); }"""


def test_a_phantom_has_the_type_that_the_spec_says(start: Start) -> None:
    """C converts a view into the type of its phantom: text is text, though the member is no pointer to const."""
    args = [
        ApiArg("const struct q *", "q", stored_type="void"),
        ApiArg("const char *", "text", phantom=True, view="q->text"),
        ApiArg("int", "u", phantom=True, view="q->u"),
        ApiArg("const int *", "a", phantom=True, view="&q->a[1]", length=2),
    ]
    mocking = start([ApiFunction("f", "int", args)], PARTS_H, PARTS_C)
    init_lang('m.f("hey", 200, [2, 3]) -> 1')
    assert mocking.lib.go() == 1
    check_callouts()


@pytest.mark.parametrize(
    ("view", "said"),
    [("q->text", "'q->text' is `void *`"), ("q->a", "'q->a' is an array"), ("q->b", "struct q has no member 'b'")],
)
def test_a_phantom_that_its_view_is_not(start: Start, view: str, said: str) -> None:
    """An address or an array is no int, whatever C would make of it."""
    args = [ApiArg("const struct q *", "q", stored_type="void"), ApiArg("int", "x", phantom=True, view=view)]
    with pytest.raises(SpecError, match=re.escape(said)):
        start([ApiFunction("f", "int", args)], PARTS_H)


def test_a_bit_field_that_is_filled(start: Start) -> None:
    """An answer that a bit-field cannot hold is refused, instead of losing its upper bits."""
    args = [
        ApiArg("struct r *", "r", stored_type="void"),
        ApiArg("unsigned", "b", "out", phantom=True, fill="r->b"),
    ]
    header = "struct r { unsigned a : 3, b : 5; };\nint f(struct r *r);\nint go(void);\n"
    mocking = start(
        [ApiFunction("f", "int", args)], header, "int go(void) { struct r r = { 1, 2 }; return f(&r) + (int)r.b; }"
    )
    init_lang("m.f() -> {31, 1}")
    assert mocking.lib.go() == 32
    with pytest.raises(LanguageError, match=re.escape("33 is outside 0..31, what a bit-field of 5 bits holds")):
        init_lang("m.f() -> {33, 1}")
