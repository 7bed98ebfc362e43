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
