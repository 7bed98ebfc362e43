"""What callers pass for ``...`` or in a va_list: found by format, by number, to a sentinel, or by types."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    HeaderError,
    LanguageError,
    Mocking,
    SpecError,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
FORMAT, N = ApiArg("const char *", "format"), ApiArg("int", "n")
MIXED = [
    *("char", "unsigned char", "float", "long", "const char *", "void *", "_Bool", "unsigned", "size_t"),
    *("long double", "wchar_t"),
]
API_SPEC = ApiSpec([
    ApiModule("l", [
        ApiFunction("print", "int", [FORMAT, ApiArg("...", "rest", format="format")]),
        ApiFunction("print_list", "int", [FORMAT, ApiArg("va_list", "list", format="format")]),
        ApiFunction("sum", "int", [N, ApiArg("...", "all", stored_type="double", length="n")]),
        ApiFunction("sum_list", "int", [N, ApiArg("va_list", "list", stored_type="unsigned long long", length="n")]),
        ApiFunction("until", "int", [ApiArg("int", "first"), ApiArg("...", "rest", stored_type="int", sentinel="LAST")]),
        ApiFunction("run", "int", [
            ApiArg("const char *", "program"), ApiArg("...", "rest", stored_type="const char *", sentinel="NULL"),
        ]),
        ApiFunction("mixed", "int", [N, ApiArg("...", "all", types=MIXED)]),
        ApiFunction("paint", "int", [ApiArg("const char *", "what"), ApiArg("...", "how", types=["enum color", "double"])]),
    ]),
])  # fmt: skip


@pytest.fixture(scope="module")
def started() -> Iterator[Mocking]:
    """Start the SUT of this module once."""
    headers, objs = [FOLDER / "lists.h", FOLDER / "lister.h"], [FOLDER / "lister.c"]
    with start_mocking(API_SPEC, headers, objs) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """Give the SUT in a fresh child."""
    started.restart()
    return started


def test_by_format(mocking: Mocking) -> None:
    """Each conversion of a format string is an item; a width or precision of * is one, too, %% and %m are none."""
    init_lang("""
        l.print(_, [-1, 4000000000, -2, 18446744073709551615, -3, -4, 65, "text", "ab", NULL, 1.5, 2.5, 7, 8, 2, 0.25,
                    9, 0xffffffffffffffff, -5]) -> 3
    """)
    assert mocking.lib.print_all() == 3
    assert check_callouts() is True
    assert get_trace()[0].args[1][:3] == [-1, 4000000000, -2]


def test_by_format_in_a_va_list(mocking: Mocking) -> None:
    """A va_list is looked at without being used up: what the SUT does with it afterwards is as ever."""
    init_lang('l.print_list("%d %s", [12, "abc"]) -> 2')
    assert mocking.lib.print_through_list(12, b"abc") == 200 + len("12 abc")
    assert check_callouts() is True


def test_by_number(mocking: Mocking) -> None:
    """An expression over the named arguments says how many items there are; floating ones compare as anywhere."""
    init_lang("l.sum(3, [0.5, 0, NAN]) -> 1  l.sum(3, [_, 0.0, _]) -> 1  l.sum(0, []) -> 0  l.sum(-4, []) -> 0")
    mocking.lib.sum_three()
    mocking.lib.sum_three()
    mocking.lib.sum(0)
    mocking.lib.sum(-4)
    assert check_callouts() is True
    init_lang("l.sum_list(2, [18446744073709551615, 1]) -> 1")
    mocking.lib.sum_through_list()
    assert check_callouts() is True
    assert get_trace()[0].args == (2, [2**64 - 1, 1])


def test_to_a_sentinel(mocking: Mocking) -> None:
    """The sentinel ends the list and is none of its items."""
    init_lang('l.run("ls", ["-l", "/tmp"]) -> 0  l.until(4, [5, 6]) -> 0  l.until(-1, []) -> 0')
    mocking.lib.run_ls()
    mocking.lib.until(4, 5, 6, -1)
    mocking.lib.until(-1, -1)
    assert check_callouts() is True


def test_by_types(mocking: Mocking) -> None:
    """Declared types say how each item is promoted and compared: float by float, enumerators by name."""
    init_lang("""
        l.mixed(9, ['a', 255, 0.1, -1, "text", NULL, true, 4000000000, 18446744073709551615, 2.5, 120]) -> 1
        l.paint("wall", [GREEN, 0.5]) -> 2
    """)
    mocking.lib.pass_mixed()
    mocking.lib.paint_green()
    assert check_callouts() is True
    assert get_trace()[1].args == ("wall", ["GREEN", 0.5])


def test_a_difference_is_named_by_its_index(mocking: Mocking) -> None:
    """The report leads to the item that differs."""
    init_lang('l.run("ls", ["-l", "/home"]) -> 0  l.sum(3, [0.5, 1.0, _]) -> 1')
    mocking.lib.run_ls()
    mocking.lib.sum_three()
    with pytest.raises(CalloutsFailed) as caught:
        check_callouts()
    assert 'first difference at [1]: expected "/home", but was "/tmp"' in str(caught.value)
    assert "first difference at [1]: expected 1.0, but was 0.0" in str(caught.value)


def test_what_is_not_kept_is_shown(mocking: Mocking) -> None:
    """4096 bytes of a list are kept; what is cut off is said, and equals nothing."""
    init_lang("l.print(_, _) -> 0")
    mocking.lib.print_long(5000)
    assert check_callouts() is True
    seen = get_trace()[0].args[1]
    assert (seen.value[0], len(seen.value), seen.size > 5000) == (1, 2, True)
    init_lang("l.print(_, [1]) -> 0")
    mocking.lib.print_long(5000)
    with pytest.raises(CalloutsFailed, match="bytes in all"):
        check_callouts()


@pytest.mark.parametrize("format", ["%q", "%5", "%l", "%2$d", "%d %"])
def test_a_format_that_is_not_understood_is_shown_as_cut_off(mocking: Mocking, format: str) -> None:  # noqa: A002
    """Where a format does not say what was passed, nobody knows that it was nothing."""
    init_lang("l.print(_, _) -> 0")
    mocking.lib.print(format, 1, 2)
    with pytest.raises(CalloutsFailed, match="bytes in all"):
        check_callouts("l.print(_, []) -> 0" if format != "%d %" else "l.print(_, [1]) -> 0")


REFUSED = [
    ('l.sum(1, ["x"]) -> 1', "item [0]: 'x' is a str, not a real number"),
    ("l.until(1, [2, 1.5]) -> 1", "item [1]: 1.5 is a float, not a whole number"),
    ("l.until(1, [2147483648]) -> 1", "item [0]: 2147483648 is outside"),
    ("l.mixed(1, [1]) -> 1", "1 items, and types= of the spec lists 11"),
    ("l.print(_, 3) -> 1", "3 is an int, not a list"),
    ("l.print(_, [{a: 1}]) -> 1", "item [0]: {'a': 1} is a dict"),
    (f'l.print(_, ["{"x" * 5000}"]) -> 1', "and the first 4096 of a call are kept"),
]


@pytest.mark.usefixtures("mocking")
@pytest.mark.parametrize(("language", "words"), REFUSED, ids=[language[:30] for language, _ in REFUSED])
def test_items_that_do_not_fit(language: str, words: str) -> None:
    """Items are checked against what is known of their types before anything runs."""
    with pytest.raises(LanguageError) as caught:
        init_lang(language)
    assert words in str(caught.value)


def test_without_a_header() -> None:
    """A variadic function that no header declares is declared by its spec."""
    spec = ApiSpec([ApiModule("l", [ApiFunction("tell", "int", [FORMAT, ApiArg("...", "rest", format="format")])])])
    with start_mocking(spec) as mocking:
        init_lang('l.tell("%d", [3]) -> 4')
        assert mocking.lib.tell("%d", 3) == 4
        assert check_callouts() is True


def test_the_header_disagrees(tmp_path: Path) -> None:
    """A spec that says ... of a function that takes no more than it names does not agree with its header."""
    header = tmp_path / "tell.h"
    header.write_text("int tell(const char *format);\n")
    spec = ApiSpec([ApiModule("l", [ApiFunction("tell", "int", [FORMAT, ApiArg("...", "rest", format="format")])])])
    with pytest.raises(HeaderError, match=r"the spec says  int tell\(const char \*format, \.\.\.\)"):
        start_mocking(spec, [header])


@pytest.mark.parametrize("item", ["struct pair", "pair", "either"])
def test_objects_are_refused_whatever_else_the_spec_says(tmp_path: Path, item: str) -> None:
    """A struct that callers pass for ``...`` is refused as one, also where nothing else of the spec needs its members."""
    header = tmp_path / "pairs.h"
    header.write_text(
        "typedef struct pair { int a, b; } pair; typedef union { int i; float f; } either; void tell(int n, ...);\n"
    )
    tell = ApiFunction("tell", "void", [ApiArg("int", "n"), ApiArg("...", "rest", types=[item])])
    with pytest.raises(SpecError, match=r"what is passed for \.\.\. is a number or a pointer here"):
        start_mocking(ApiSpec([ApiModule("l", [tell])]), headers=[str(header)])
