"""Mistakes in a spec and in what a mocking is started with: each help can be followed, and then it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    AnswerTooLong,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    HeaderError,
    LanguageError,
    SpecError,
    UnknownNameError,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cmock_py.errors import FaultyInputError


def spec_of(*args: ApiArg, ret: str = "void") -> ApiSpec:
    """Say one function."""
    return ApiSpec([ApiModule("m", [ApiFunction("f", ret, args)])])


def told(kind: type[FaultyInputError], spec: ApiSpec, header: Path | None = None) -> tuple[str, str | None]:
    """Start with a wrong spec; return message and help of its one fault."""
    with pytest.raises(kind) as raised:
        start_mocking(spec, headers=[] if header is None else [header])
    assert len(raised.value.faults) == 1, raised.value
    return raised.value.faults[0].message, raised.value.faults[0].hint


@pytest.mark.parametrize("ctype", ["int", "struct q *"])
def test_a_format_that_is_no_text(tmp_path: Path, ctype: str) -> None:
    """The argument that `format` names must point to characters; a fault of the spec, and no text of the compiler."""
    header = tmp_path / "q.h"
    header.write_text("struct q { int a; };\n")
    spec = spec_of(ApiArg(ctype, "n"), ApiArg("...", "rest", format="n"))
    message, hint = told(SpecError, spec, header)
    assert message == f"is 'n', and `{ctype}` is no text"
    assert hint == "name the argument that is the format string"


def test_a_format_may_go_by_any_name_of_a_text(tmp_path: Path) -> None:
    """A typedef, a pointer to bytes, and one to void are texts that C prints by."""
    header = tmp_path / "t.h"
    header.write_text("typedef const char *text;\n")
    for ctype in ("text", "const void *", "char *"):
        start_mocking(spec_of(ApiArg(ctype, "n"), ApiArg("...", "rest", format="n")), headers=[header]).stop()


def test_a_view_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """Half an expression, a struct that no header defines: in neither case would a type help."""
    header = tmp_path / "d.h"
    header.write_text("struct d; struct q { int a; };\n")
    message, _ = told(SpecError, spec_of(ApiArg("struct q *", "q", view="q->a +")), header)
    assert message == "'q->a +' ends with '+'"
    message, hint = told(SpecError, spec_of(ApiArg("struct d *", "d", view="d->x")), header)
    assert message == "'d->x': the headers do not say what struct d holds, so nothing in it can be named"
    assert hint is None
    message, hint = told(SpecError, spec_of(ApiArg("struct q *", "q", view="q->a + 1")), header)
    assert hint == "say it: stored_type='int'"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("uint8_t", "give the header that declares it: headers=['stdint.h', ...]"),
        ("bool", "give the header that declares it: headers=['stdbool.h', ...]"),
        ("unit8_t", "did you mean 'uint8_t'? It is declared by headers=['stdint.h', ...]"),
        ("doble", "did you mean 'double'?"),
        ("zzz", "give the header that declares it: headers=[...]"),
    ],
)
def test_a_type_of_the_c_library_names_its_header(name: str, hint: str) -> None:
    """What is missing is told, rather than a type that is spelled alike."""
    message, said = told(HeaderError, spec_of(ApiArg(name, "x")))
    assert message == f"the type {name!r} in {name!r} is declared by no header"
    assert said == hint


def test_rows_of_an_array_have_a_name(tmp_path: Path) -> None:
    """An array of arrays is a pointer to rows, and the help says how that is written."""
    header = tmp_path / "rows.h"
    header.write_text("typedef int row[3];\n")
    _, hint = told(SpecError, spec_of(ApiArg("int[2][3]", "m")))
    assert hint == "write `typedef int row[3];` in a header, and `row *` with buffer=2"
    with start_mocking(spec_of(ApiArg("row *", "m", buffer=2)), headers=[header]) as mocking:
        init_lang("m.f([[1, 2, 3], [4, 5, 6]])")
        mocking.lib.f(mocking.new("row[2]", [[1, 2, 3], [4, 5, 6]]))
        assert mocking.check_callouts()


@pytest.mark.parametrize("name", ["sut.c", "sut.o"])
def test_a_source_is_no_header(tmp_path: Path, name: str) -> None:
    """Its functions would be compiled into the mocks as well."""
    (tmp_path / name).write_text("int f(void) { return 1; }\n")
    message, hint = told(HeaderError, spec_of(), tmp_path / name)
    assert message.endswith(f"{name}' is no header")
    assert hint == "give it in objs=[...], and the header of its functions here"


def test_an_address_that_nobody_has_names_nothing_of_ours(tmp_path: Path) -> None:
    """Names of our own runtime are nobody's slip; those of the user's objects are."""
    (tmp_path / "n.c").write_text("int counter; int other(void) { return counter; }\n")
    with start_mocking(spec_of(), objs=[tmp_path / "n.c"]) as mocking:
        with pytest.raises(UnknownNameError, match=r"'invokes'; the compiler leaves out what nothing uses$"):
            mocking.address_of("invokes")
        with pytest.raises(UnknownNameError, match="did you mean 'counter'"):
            mocking.address_of("countr", "int")


def test_a_python_function_that_gets_nothing() -> None:
    """Of a function without arguments the help says that it gets none."""
    with (
        start_mocking(spec_of(ret="int")),
        pytest.raises(LanguageError, match="it gets the arguments that events list: none"),
    ):
        init_lang("m.f() -> @answer", functions={"answer": lambda a: a})


@pytest.mark.parametrize("answer", ['"abcd"', 'x"61626364"'])
def test_the_nul_of_a_text_counts(answer: str) -> None:
    """Four characters need room for five, and the message says so."""
    spec = spec_of(ApiArg("char *", "out", dir="out", buffer=4, string=True))
    with start_mocking(spec) as mocking:
        init_lang(f"m.f() -> {{{answer}}}")
        with pytest.raises(AnswerTooLong, match=r"has 5 elements, its NUL among them, for out argument out, but"):
            mocking.lib.f(mocking.new("char[4]"))
