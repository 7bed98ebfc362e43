"""Every operator in a running SUT, and the choices of `init_lang`: what may come, what is refused, what stays as it was."""

from __future__ import annotations

import errno
from array import array
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    COLUMNS,
    EVENT,
    PAR,
    SEQ,
    WILDCARD,
    AmbiguousCall,
    AmbiguousLanguage,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    ArgumentValueError,
    LanguageError,
    Limits,
    UnexpectedCall,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
    verdict,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cmock_py import Mocking

LETTERS = "abcd"
SPEC = ApiSpec([
    ApiModule("m", [ApiFunction(letter, "int", [ApiArg("int", "x")]) for letter in LETTERS]),
    ApiModule("k", [
        ApiFunction("get", "int", [ApiArg("int", "handle", matched=True), ApiArg("int", "x")]),
        ApiFunction("name", "int", [ApiArg("const char *", "text", matched=True)]),
        ApiFunction("clock", "long", fallback="real"),
    ]),
])  # fmt: skip
HEADER = """
int a(int x); int b(int x); int c(int x); int d(int x);
int get(int handle, int x); int name(const char *text); long clock(void);
int run(const char *calls);
"""
SUT = """
#include "api.h"
int run(const char *calls)
{
    int last = 0;

    for (; *calls; calls++)
        last = *calls == 'a' ? a(1) : *calls == 'b' ? b(2) : *calls == 'c' ? c(3) : *calls == 't' ? (int)clock() : d(4);
    return last;
}
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start the mocking once."""
    folder = tmp_path_factory.mktemp("operators")
    (folder / "api.h").write_text(HEADER)
    (folder / "sut.c").write_text(SUT)
    (folder / "clock.c").write_text("long clock(void) { return 77; }\n")
    with start_mocking(
        SPEC, [folder / "api.h"], [folder / "sut.c", folder / "clock.c"], cppflags=[f"-I{folder}"]
    ) as mocking:
        yield mocking


@pytest.fixture
def lib(running: Mocking) -> Any:
    """Give each test a fresh child."""
    running.restart()
    return running.lib


def judged(lib: Any, language: Any, calls: str) -> str:
    """Make calls: ``refused`` at once, else what the check says."""
    init_lang(language)
    try:
        lib.run(calls)
    except UnexpectedCall:
        return "refused"
    return "accepted" if verdict() else "incomplete"


@pytest.mark.parametrize(
    ("language", "accepted", "incomplete", "refused"),
    [
        pytest.param("XALT[(m.a(_) -> 1 m.b(_) -> 1) m.c(_) -> 1]", "ab c", "a -", "ac b ca", id="XALT"),
        pytest.param("m.a(_) -> 1 | m.b(_) -> 1", "a b", "-", "ab c", id="|"),
        pytest.param("PAR[(m.a(_) -> 1 m.b(_) -> 1) m.c(_) -> 1]", "abc acb cab", "ac ab", "ba abcc", id="PAR"),
        pytest.param("PERM[(m.a(_) -> 1 m.b(_) -> 1) m.c(_) -> 1]", "abc cab", "ab c", "acb cabc", id="PERM"),
        pytest.param("REPLICATE[m.a(_) -> 1 m.b(_) -> 1]", "- ab abab", "a aba", "b abb", id="REPLICATE"),
        pytest.param("(m.a(_) -> 1)* m.b(_) -> 1", "b ab aaab", "- aa", "ba c", id="*"),
        pytest.param("(m.a(_) -> 1)+", "a aaa", "-", "b ab", id="+"),
        pytest.param("OPTIONAL[m.a(_) -> 1] m.b(_) -> 1", "b ab", "a", "aa bb", id="OPTIONAL"),
        pytest.param("REPEAT(2..3)[m.a(_) -> 1]", "aa aaa", "a -", "aaaa b", id="REPEAT"),
        pytest.param("AT_LEAST(2)[m.a(_) -> 1]", "aa aaaa", "a", "aab", id="AT_LEAST"),
        pytest.param("AT_MOST(2)[m.a(_) -> 1]", "- a aa", "", "aaa b", id="AT_MOST"),
        pytest.param("ANY[m.d(_) -> 1] m.a(_) -> 1 m.b(_) -> 1", "ab dabd dadddbd", "da", "ba dc", id="ANY"),
        pytest.param("EMPTY", "-", "", "a", id="EMPTY"),
        pytest.param("m.a(_) -> each [1, 2, 3]", "aaa", "aa", "aaaa b", id="each"),
        pytest.param("PAR[(m.a(_) -> 1 m.b(_) -> 1) (m.a(_) -> 1 m.b(_) -> 1)]", "aabb abab", "aab", "abb ba", id="powers"),
        pytest.param("(m.a(_) -> 1 m.b(_) -> 1) | (m.a(_) -> 1 m.c(_) -> 1)", "ab ac", "a", "aa b", id="sets"),
        pytest.param("(m.a(_) -> 1)? m.a(_) -> 1", "a aa", "-", "aaa", id="sets in a sequence"),
        pytest.param("REPLICATE[PERM[m.a(_) -> 1 m.b(_) -> 1]]", "ab abba baab", "a abb", "aa abc", id="PERM again"),
        pytest.param(
            "XALT(way)[m.a(_) -> 1 m.b(_) -> 1] m.d(_) -> 1 XALT(way)[m.c(_) -> 1 m.d(_) -> 1]",
            "adc bdd", "ad bd", "add bdc", id="tags",
        ),
    ],
)  # fmt: skip
def test_operators(lib: Any, language: str, accepted: str, incomplete: str, refused: str) -> None:
    """Calls are refused as soon as no word of the language begins with them; what is missing is found by the check."""
    for said, words in (("accepted", accepted), ("incomplete", incomplete), ("refused", refused)):
        assert {word: judged(lib, language, word.strip("-")) for word in words.split()} == dict.fromkeys(
            words.split(), said
        )


def test_a_thousand_handles_are_told_apart(lib: Any) -> None:
    """Sequences of one function, each with a handle of its own in a `matched` argument, interleave freely."""
    handles = 1000
    init_lang(PAR([SEQ(EVENT("k", "get", [h, 1], h), EVENT("k", "get", [h, 2], -h)) for h in range(handles)]))
    assert [lib.get(h, 1) for h in reversed(range(handles))] == list(reversed(range(handles)))
    assert [lib.get(h, 2) for h in range(handles - 1)] == [-h for h in range(handles - 1)]
    assert not verdict()
    with pytest.raises(UnexpectedCall, match="handle=5, x=2"):
        lib.get(5, 2)


def test_texts_choose_an_alternative(lib: Any) -> None:
    """Case 23: a `matched` string decides between alternatives, also where one is the beginning of the other."""
    init_lang('XALT[(k.name("abcdefghi") -> 1 m.a(_) -> 1) (k.name("abcdefgh") -> 2 m.b(_) -> 2)]')
    assert lib.name("abcdefgh") == 2
    assert lib.run("b") == 2
    assert check_callouts()
    init_lang('XALT[k.name("one") -> 1  k.name("two") -> 2]')
    with pytest.raises(UnexpectedCall, match="three"):
        lib.name("three")


def test_unmatched_arguments_decide_between_answers(lib: Any) -> None:
    """Where two events answer differently, the one whose arguments fit answers, though nothing is `matched`."""
    init_lang("PERM[m.a(1) -> 10  m.a(2) -> 20  m.a(3) -> 30]")
    assert [lib.a(x) for x in (3, 1, 2)] == [30, 10, 20]
    assert check_callouts()


def test_a_spy_leaves_the_language_as_it_was(lib: Any) -> None:
    """A call that the language does not allow and the real function answers changes nothing of what may come."""
    init_lang("m.a(_) -> 1  XALT[(k.clock() -> 5 m.b(_) -> 1) m.c(_) -> 1]")
    assert lib.run("t") == 77
    assert lib.run("at") == 5
    assert lib.run("t") == 77
    assert lib.run("b") == 1
    assert check_callouts()
    assert [call.event is None for call in get_trace()] == [True, False, False, True, False]


# --- two ways -------------------------------------------------------------------------------------------------------

TWO_ANSWERS = "d(_) -> 4  XALT[(m.a(_) -> 1 m.b(_) -> 1) (m.a(_) -> 9 m.c(_) -> 1)]"


def test_two_answers_are_refused_before_anything_runs(lib: Any) -> None:
    """The fault names both lines, and the language that runs stays."""
    init_lang("m.d(_) -> 4")
    with pytest.raises(AmbiguousLanguage, match=r"a first call to m\.a: it has two answers") as caught:
        init_lang(TWO_ANSWERS.replace("  ", "\n"))
    assert "m.a(_)   answers 1" in str(caught.value)
    assert "m.a(_)   answers 9" in str(caught.value)
    assert lib.run("d") == 4
    assert check_callouts()


def test_the_first_written_answers_when_asked_to(lib: Any) -> None:
    """`ambiguous="first"` answers with the event that is written first, and follows it."""
    init_lang(TWO_ANSWERS, ambiguous="first")
    assert lib.run("da") == 1
    with pytest.raises(UnexpectedCall):
        lib.run("c")


def test_strict_refuses_what_makes_no_difference(lib: Any) -> None:
    """`strict=True` is the rule of the original: a second way is an error even with one answer."""
    language = "XALT[(m.a(_) -> 1 m.b(_) -> 1) (m.a(_) -> 1 m.c(_) -> 1)]"
    init_lang(language)
    assert lib.run("ac") == 1
    with pytest.raises(AmbiguousLanguage, match="two ways to read it"):
        init_lang(language, strict=True)
    init_lang("m.a(_) -> 1 | m.b(_) -> 2", strict=True)
    assert lib.run("b") == 2


def test_an_ambiguity_that_only_a_call_shows(lib: Any) -> None:
    """What no search before the run has seen stops the run at the call, and names both lines."""
    init_lang("PAR[(m.b(?x) -> 1  m.a(x) -> 1) (m.c(?y) -> 1  m.a(y) -> 2)]")
    lib.b(5)
    lib.c(5)
    with pytest.raises(AmbiguousCall, match=r"two answers to call #3: m\.a\(x=5\)"):
        lib.a(5)


def test_too_many_ways(lib: Any) -> None:
    """Twenty sequences that share a few functions are more ways than may be kept; the limit can be set."""
    lines = [[(7 * i * i + 3 * j * i + j) % 4 for j in range(30)] for i in range(20)]
    language = PAR([SEQ([EVENT("m", LETTERS[letter], [WILDCARD], 1) for letter in line]) for line in lines])
    with pytest.raises(AmbiguousLanguage, match="more than 16 ways"):
        init_lang(language, limits=Limits(configurations=16))
    small = PAR([SEQ([EVENT("m", LETTERS[letter], [WILDCARD], 1) for letter in line[:2]]) for line in lines[:3]])
    init_lang(small, limits=Limits(configurations=64))
    lib.run("".join(LETTERS[line[0]] for line in lines[:3]))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ambiguous": "last"}, "neither 'error' nor 'first'"),
        ({"ambiguous": "first", "strict": True}, "give one of both"),
    ],
)
def test_options_that_mean_nothing(lib: Any, options: dict[str, Any], said: str) -> None:
    """An option that no language can be read by is refused, and the language that runs stays."""
    init_lang("m.d(_) -> 4")
    with pytest.raises(ArgumentValueError, match=said):
        init_lang("m.a(_) -> 1", **options)
    assert lib.run("d") == 4


# --- columns --------------------------------------------------------------------------------------------------------


def test_columns_run_and_are_checked(lib: Any) -> None:
    """Columns are events: answers in their order, arguments compared by the check, a column may be anything."""
    init_lang(COLUMNS("m", "a", [array("i", [1, 2, 3])], answers=array("h", [10, 20, 30])))
    assert [lib.a(x) for x in (1, 2, 3)] == [10, 20, 30]
    assert check_callouts()
    init_lang(COLUMNS("m", "a", [WILDCARD], answers=b"\x05\x06"))
    assert [lib.a(x) for x in (7, 8)] == [5, 6]
    assert check_callouts()
    init_lang(SEQ(COLUMNS("m", "a", [[1, 2]], [1, 2]), EVENT("m", "b", [WILDCARD], 3)))
    assert [lib.a(1), lib.a(5), lib.b(0)] == [1, 2, 3]
    found = verdict()
    assert "x=5 instead of 2" in found.report


def test_columns_that_do_not_fit(lib: Any) -> None:
    """A column of wrong values or of a wrong shape is refused like events, each with its line of Python."""
    del lib
    with pytest.raises(LanguageError, match="outside"):
        init_lang(COLUMNS("m", "a", [[1, 2**40]], [1, 2]))
    with pytest.raises(LanguageError, match="takes 1 argument"):
        init_lang(COLUMNS("m", "a", [[1, 2], [3, 4]], [1, 2]))
    with pytest.raises(LanguageError, match="no answer"):
        init_lang(COLUMNS("m", "a", [[1, 2]]))


def test_a_running_mocking_draws_itself(running: Mocking, lib: Any) -> None:
    """The page shows calls and language of the run with their differences, and counts as no check."""
    init_lang("PAR[m.a(_) -> 1 (m.b(7) -> 2 m.c(_) -> 3)]")
    lib.run("ba")
    page = running.to_html()
    assert page.startswith("<!DOCTYPE html>")
    assert "m.b(7)" in page
    assert "missing" in page
    assert running.is_unchecked


def test_calls_stand_beside_what_they_were_meant_for(lib: Any) -> None:
    """Where many ways were open, a report reads the calls by their arguments: none of them was wrong before the last."""
    init_lang("PERM[m.a(4) -> 1 m.a(6) -> 1] REPEAT(2..3)[m.b(_) -> 2]")
    lib.a(6)
    lib.a(4)
    with pytest.raises(UnexpectedCall) as refused:
        lib.a(6)
    report = str(refused.value)
    assert "#1    m.a(x=6)    1 | m.a(6) -> 1" in report
    assert "differs" not in report
    assert "expected at this point:\n        m.b(_) -> 2  (line 1)" in report


def test_a_check_of_another_language_is_headed_by_its_name(lib: Any, tmp_path: Path) -> None:
    """The lines in a report are those of the language that was checked, not of the one that ran."""
    init_lang(SEQ([EVENT("m", "a", [1], 1), EVENT("m", "b", [2], 1)]))
    lib.run("ab")
    other = tmp_path / "other.mock"
    other.write_text("m.a(1)\nm.c(2)\n")
    assert "  language\n" in str(verdict("m.a(1)  m.c(2)"))
    report = str(verdict(other))
    assert "  language (other.mock)\n" in report
    assert " 2 | m.c(2) " in report
    assert "  language (test_operators.py)\n" in str(verdict(SEQ([EVENT("m", "a", [1], 1)])))


# --- errno ----------------------------------------------------------------------------------------------------------


def test_what_says_nothing_of_errno_stays_possible(mocking: Mocking) -> None:
    """A call that set errno may have been one of ANY, which leaves it alone: the run allows what the check accepts."""
    language = "ANY[ m.a(1) -> 0 ]  m.a(1, *errno = EIO) -> 0  m.b(2) -> 0"
    init_lang(language)
    mocking.lib.run(b"aab")
    assert mocking.errno == errno.EIO
    assert check_callouts() is True
    assert [call.errno for call in get_trace()] == [errno.EIO, errno.EIO, None]
    assert verify(language, get_trace())


@pytest.mark.parametrize(
    ("said", "is_so"),
    [("m.a(1, *errno = EIO) -> 0", True), ("m.a(1) -> 0", True), ("m.a(1, *errno = 5) -> 0", True),
     ("m.a(1, *errno = EINTR) -> 0", False)],
)  # fmt: skip
def test_another_language_judges_errno(mocking: Mocking, said: str, is_so: bool) -> None:
    """A value of errno is compared where the language that judges says what it was."""
    init_lang("m.a(1, *errno = EIO) -> 0")
    mocking.lib.run(b"a")
    assert verdict(said).ok is is_so
    assert verify(said, get_trace()).ok is is_so


def test_errno_that_nobody_has_set(mocking: Mocking) -> None:
    """A call that has left errno alone is none of an event that sets it."""
    init_lang("m.a(1) -> 0")
    mocking.lib.run(b"a")
    assert not verdict("m.a(1, *errno = EIO) -> 0")
    assert not verify("m.a(1, *errno = EIO) -> 0", get_trace())


def test_the_same_function_answers_on_either_way(mocking: Mocking) -> None:
    """Nobody knows beforehand what a Python function answers, so it rules out no way to read the call."""
    init_lang(
        "XALT[ SEQ[ m.a(1) -> @seven  m.b(2) -> 0 ]  SEQ[ m.a(_) -> @seven  m.c(3) -> 0 ] ]",
        functions={"seven": lambda _: 7},
    )
    mocking.lib.run(b"ac")
    assert check_callouts() is True
