"""Arrays that are walked element by element: of strings, as ``argv`` is, and those that a sentinel ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    LanguageError,
    SpecError,
    SutCrashed,
    UnexpectedCall,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py import Mocking

FILES = Path(__file__).parent / "files"
SPEC = ApiSpec([
    ApiModule("os", [
        ApiFunction("run", "int", [
            ApiArg("char *const *", "argv", sentinel="NULL"),
            ApiArg("const char **", "names", buffer="n", string=True),
            ApiArg("int", "n"),
            ApiArg("const int *", "ends", sentinel="-1", matched=True),
            ApiArg("const char *", "tag", buffer=4, string=True),
        ]),
    ]),
])  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[Mocking]:
    """Start the SUT once."""
    with start_mocking(SPEC, [FILES / "argv.h"], [FILES / "argv.c"], cflags=["-g"]) as mocking:
        yield mocking


@pytest.fixture
def mocking(shared: Mocking) -> Mocking:
    """Give each test pristine memory."""
    shared.restart()
    return shared


def test_strings_are_copied_at_the_call(mocking: Mocking) -> None:
    """A list of strings, one of numbers up to a sentinel, and text that no NUL ends are what they were at the call."""
    mocking.init_lang('os.run(["ls", "-l"], ["x", NULL, "yy"], 3, [3, 4], "abcd") -> 5')
    assert mocking.lib.run_ls() == 5
    assert mocking.get_trace()[0].args == (["ls", "-l"], ["x", None, "yy"], 3, [3, 4], "abcd")
    mocking.check_callouts()


def test_a_wildcard_stands_for_one_element(mocking: Mocking) -> None:
    """One element may be anything, a string of any length too; the others still count."""
    mocking.init_lang('os.run(["ls", _], [_, _, "yy"], 3, [3, _], _) -> 1')
    mocking.lib.run_ls()
    mocking.check_callouts()
    assert not mocking.verdict('os.run(["sl", _], [_, _, "yy"], 3, [3, _], _)')
    assert not mocking.verdict('os.run(["ls"], [_, _, "yy"], 3, [3, _], _)')
    assert not mocking.verdict('os.run(["ls", _, _], [_, _, "yy"], 3, [3, _], _)')


def test_an_array_that_is_walked_cannot_be_bound(mocking: Mocking) -> None:
    """The fault says what the argument is: there is no ``...``."""
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang("os.run(?a, ?b, 3, ?e, _) -> 5")
    assert "an array of strings cannot be bound" in str(caught.value)
    assert str(caught.value).count("an array of strings cannot be bound") == 2
    assert "an array of int with a sentinel cannot be bound" in str(caught.value)
    assert "`...`" not in str(caught.value)


def test_null_is_no_empty_list(mocking: Mocking) -> None:
    """An array that is NULL is told from one without elements."""
    mocking.init_lang('os.run([], NULL, 0, NULL, "") -> 1')
    mocking.lib.run_nothing()
    mocking.check_callouts()
    assert not mocking.verdict('os.run(NULL, NULL, 0, NULL, "")')
    assert not mocking.verdict('os.run([], [], 0, NULL, "")')


def test_a_matched_list_decides_at_once(mocking: Mocking) -> None:
    """A list that is matched refuses the call, and the report names its first difference."""
    mocking.init_lang("os.run(_, _, _, [3, 5], _) -> 1")
    with pytest.raises(UnexpectedCall, match=r"first difference at \[1\]: expected 5, but was 4"):
        mocking.lib.run_ls()


def test_what_was_cut_off_is_shown_so(mocking: Mocking) -> None:
    """Of a long list the first elements are kept, and it equals nothing."""
    mocking.init_lang("os.run(_, _, _, _, _) -> 1")
    mocking.lib.run_many(1000)
    assert "bytes in all" in repr(mocking.get_trace()[0].args[0])
    assert not mocking.verdict('os.run(["twelve chars"], _, _, _, _)')


def test_a_wild_element_is_the_suts_fault(mocking: Mocking) -> None:
    """An element that points nowhere is told with the argument's name."""
    mocking.init_lang("os.run(_, _, _, _, _) -> 1")
    with pytest.raises(SutCrashed, match=r"os\.run: what the SUT passed for argument argv cannot be accessed"):
        mocking.lib.run_wild()


@pytest.mark.parametrize(
    ("arg", "words"),
    [
        (ApiArg("int", "x", sentinel="0"), "is no pointer"),
        (ApiArg("int *", "x", format="f"), "is no list of arguments"),
        (ApiArg("int *", "x", dir="out", sentinel="0"), "no answer is read up to a sentinel"),
        (ApiArg("int *", "x", buffer=3, sentinel="0"), "is given beside length"),
    ],
    ids=["no pointer", "no va_list", "out", "two ends"],
)
def test_what_no_sentinel_can_end_is_refused(arg: ApiArg, words: str) -> None:
    """A sentinel needs elements, and a list of arguments needs a list."""
    spec = ApiSpec([ApiModule("m", [ApiFunction("f", args=[ApiArg("const char *", "f"), arg])])])
    with pytest.raises(SpecError, match=words):
        start_mocking(spec)
