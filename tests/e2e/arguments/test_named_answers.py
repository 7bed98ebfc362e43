"""Answers of bytes and structs: nothing in them may be left open, and what a name stands for that is given to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    WILDCARD,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    ArgumentValueError,
    LanguageError,
    Mocking,
    check_callouts,
    init_lang,
    start_mocking,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = """
struct one { int a; double d; unsigned char raw[3]; };
struct one *find(void); struct one by_value(void); int *numbers(void);
void take(struct one *x); void take_value(struct one x); void take_numbers(int *x);
"""


def filled(name: str, pointer: str, direction: str = "out", **more: str) -> ApiFunction:
    """Say a function that fills a buffer."""
    return ApiFunction(name, "int", [ApiArg(pointer, "p", dir=direction, buffer="n"), ApiArg("int", "n")], **more)


SPEC = ApiSpec([
    ApiModule("m", [
        filled("octets", "unsigned char *"),
        filled("anything", "void *"),
        filled("text", "char *"),
        filled("both", "unsigned char *", "inout"),
        filled("quiet", "unsigned char *", silent="0"),
        ApiFunction("change", args=[ApiArg("struct one *", "x", dir="inout")]),
        ApiFunction("fill", args=[ApiArg("struct one *", "x", dir="out")]),
        ApiFunction("find", "struct one *"),
        ApiFunction("by_value", "struct one"),
        ApiFunction("numbers", "int *"),
        ApiFunction("take", args=[ApiArg("struct one *", "x")]),
        ApiFunction("take_value", args=[ApiArg("struct one", "x")]),
        ApiFunction("take_numbers", args=[ApiArg("int *", "x")]),
    ])
])  # fmt: skip


@pytest.fixture(scope="module")
def mocking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start the mocks alone."""
    header = tmp_path_factory.mktemp("named") / "one.h"
    header.write_text(HEADER)
    with start_mocking(SPEC, headers=[header]) as mocking:
        yield mocking


@pytest.mark.parametrize("name", ["octets", "anything", "text", "both"])
def test_a_wildcard_among_answered_bytes_is_refused(mocking: Mocking, name: str) -> None:
    """Memory must hold something: an element that is left open is told, and never written as 0."""
    seen = "_, " if name == "both" else ""
    with pytest.raises(LanguageError, match=r"element \[1\]: a wildcard cannot be written; give a value$"):
        init_lang(f"m.{name}({seen}3) -> {{[1, _, 3], 0}}")
    assert mocking.running


def test_a_wildcard_among_the_bytes_of_a_silent_function_is_refused(mocking: Mocking) -> None:
    """What a silent function writes is a value, too."""
    with pytest.raises(ArgumentValueError, match=r"element \[1\]: a wildcard cannot be written"):
        mocking.silent.quiet.p = [1, WILDCARD, 3]


def test_the_help_for_a_wildcard_fits_its_place(mocking: Mocking) -> None:
    """A member may be left out; an element may not, and one of an inout struct keeps what the SUT has."""
    with pytest.raises(LanguageError, match="leave the member out: it is zero"):
        init_lang("m.fill() -> {{d: _}}")
    with pytest.raises(LanguageError, match=r"raw\[1\]: a wildcard cannot be written; give a value$"):
        init_lang("m.fill() -> {{raw: [1, _, 3]}}")
    init_lang("m.change(_) -> {{raw: [1, _, 3], d: _}}")
    one = mocking.new("struct one", {"a": 4, "d": 0.5, "raw": b"\7\7\7"})
    mocking.lib.change(one)
    assert one == {"a": 4, "d": 0.5, "raw": b"\1\7\3"}


# --- names ----------------------------------------------------------------------------------------------------------


def test_a_name_of_an_answered_struct_is_its_value(mocking: Mocking) -> None:
    """What the answer does not name is zero, so an argument that differs there is another value."""
    init_lang("one = m.by_value() -> {a: 1}  m.take_value(one)")
    mocking.lib.take_value(mocking.lib.by_value())
    assert check_callouts()
    init_lang("one = m.by_value() -> {a: 1}  m.take_value(one)")
    mocking.lib.by_value()
    mocking.lib.take_value({"a": 1, "d": 2.5})
    assert not verdict()
    assert "2.5" in str(verdict().report)


@pytest.mark.parametrize(
    "language",
    ["a = m.find() -> {a: 1}  m.take(a)", "a = m.numbers() -> [1, 2]  m.take_numbers(a)", "a = m.numbers() -> [1, a]"],
)
def test_an_address_inside_of_an_answer_has_no_name(mocking: Mocking, language: str) -> None:
    """It is not known before the call, so the event that names it is told, with what can be written."""
    with pytest.raises(LanguageError) as raised:
        init_lang(language)
    assert "a would be an address in the answer of m." in str(raised.value)
    assert "leave 'a =' out" in str(raised.value)
    assert mocking.running


def test_a_member_that_does_not_fit_is_told_once(mocking: Mocking) -> None:
    """A name of a wrong answer stands for anything, so that nobody complains about its uses."""
    with pytest.raises(LanguageError) as raised:
        init_lang("one = m.by_value() -> {b: 1}  m.take_value(one)")
    assert len(raised.value.faults) == 1
    assert mocking.running
