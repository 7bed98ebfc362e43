"""Values of which the engines, the definition and the spec must say the same: found by comparing them on random calls."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    PAR,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    LanguageError,
    Mocking,
    UnknownNameError,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
    verdict,
    verify,
)
from cmock_py.lang.nodes import Regex
from tests.seeds import drawn
from tests.unit.lang.test_regular import compiled, random_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = """
#include <stdint.h>
struct card { char name[5]; int16_t xs[2]; float at; };
void deal(struct card card);
void show(const struct card *card);
void row(const struct card *cards, int n);
int take(int x);
int real(double x);
int exact(double x);
int get(int n, int *count, double *share);
void send(const uint8_t *data);
void text(const char *text);
#define LIMIT 4
enum color { RED, GREEN = 5, BLUE = 9, ROT = 0 };
void paint(enum color color);
void letter(char c);
"""
CARD = {"name": "ab", "xs": [1, 2], "at": 0.5}


@pytest.fixture(scope="module")
def mocking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Mocks of one argument each, of which 16 bytes are kept."""
    header = tmp_path_factory.mktemp("values") / "cards.h"
    header.write_text(HEADER)
    card = ApiArg("const struct card *", "card", view="*card", stored_type="struct card")
    outs = [ApiArg("int *", "count", dir="out"), ApiArg("double *", "share", dir="out")]
    functions = [
        ApiFunction("deal", "void", [ApiArg("struct card", "card")]),
        ApiFunction("show", "void", [card]),
        ApiFunction("row", "void", [ApiArg("const struct card *", "cards", length="n"), ApiArg("int", "n")]),
        ApiFunction("take", "int", [ApiArg("int", "x")]),
        ApiFunction("real", "int", [ApiArg("double", "x")]),
        ApiFunction("exact", "int", [ApiArg("double", "x", tolerance=None)]),
        ApiFunction("get", "int", [ApiArg("int", "n"), *outs]),
        ApiFunction("send", "void", [ApiArg("const uint8_t *", "data", length=3)]),
        ApiFunction("paint", "void", [ApiArg("enum color", "color")]),
        ApiFunction("letter", "void", [ApiArg("char", "c")]),
        ApiFunction("text", "void", [ApiArg("const char *", "text")]),
    ]
    with start_mocking(ApiSpec([ApiModule("m", functions)]), [header], capture_bytes=16) as started:
        yield started


def dealt(mocking: Mocking, card: dict[str, Any]) -> None:
    """Pass a card by value."""
    mocking.lib.deal(card)


@pytest.mark.parametrize(
    ("card", "equal"),
    [
        (CARD, True),
        (CARD | {"name": b"ab\0xy"}, True),
        (CARD | {"name": "ac"}, False),
        (CARD | {"name": "abc"}, False),
        (CARD | {"xs": [1, 3]}, False),
    ],
    ids=str,
)
def test_text_inside_a_bound_struct_is_compared_up_to_its_nul(
    mocking: Mocking, card: dict[str, Any], equal: bool
) -> None:
    """All characters of a member count, and what stands behind its NUL does not."""
    init_lang("deal(?c) deal(c)")
    dealt(mocking, CARD)
    dealt(mocking, card)
    assert bool(verdict()) == equal
    assert verify("deal(?c) deal(c)", get_trace()).ok == equal


def test_a_struct_is_equal_to_one_behind_a_pointer(mocking: Mocking) -> None:
    """What is bound by value compares with what a pointer points to, and the other way round."""
    language = "deal(?c) show(c) show(?d) deal(d) deal(!= d)"
    init_lang(language)
    dealt(mocking, CARD)
    mocking.lib.show(mocking.new("struct card", CARD))
    mocking.lib.show(mocking.new("struct card", CARD))
    dealt(mocking, CARD)
    dealt(mocking, CARD | {"at": 1.0})
    assert check_callouts()
    assert verify(language, get_trace())


def test_a_struct_is_no_array_of_one(mocking: Mocking) -> None:
    """Arrays and single values are told apart before anything runs."""
    with pytest.raises(LanguageError, match=r"c is struct card, and this is an array of struct card"):
        mocking.init_lang("deal(?c) row(c, 1)")


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [("in {0.0, 1.0}", 0.0, -0.0), ("!= 0.0", -0.0, 0.0), ("in {-0.0}", -0.0, 0.0), ("> -1 & 0.0", 0.0, -0.0)],
)
def test_without_tolerance_every_bit_counts(mocking: Mocking, pattern: str, fits: float, fits_not: float) -> None:
    """With `tolerance=None` 0.0 and -0.0 differ for every pattern, not for plain values only."""
    for value, fit in ((fits, True), (fits_not, False)):
        init_lang(f"exact({pattern}) -> 1")
        mocking.lib.exact(value)
        assert bool(verdict()) == fit


def test_equal_numbers_of_python_are_not_one_pattern(mocking: Mocking) -> None:
    """Two patterns that Python takes for equal, as 0.0 and -0.0 are, are looked at each for itself."""
    init_lang("exact(in {0.0}) -> 1  exact(in {-0.0}) -> 2")
    mocking.lib.exact(0.0)
    mocking.lib.exact(-0.0)
    assert check_callouts()
    with pytest.raises(LanguageError, match=r"language:1:23 .*: m.take: x \(int\): 1.0 is a float"):
        mocking.init_lang("take(in {1, 2}) -> 1  take(in {1.0, 2.0}) -> 1")


class Fake:
    """A test double of which methods answer and judge."""

    def answer(self, _: int) -> int:
        """Answer a call."""
        return 5

    def takes(self, x: int) -> bool:
        """Judge an argument."""
        return x > 0


def test_a_method_is_the_same_however_often_it_is_named(mocking: Mocking) -> None:
    """Python makes a new object of a method each time that it is asked for; that is no second answer."""
    fake = Fake()
    init_lang(PAR(*(EVENT("m", "take", [fake.takes], fake.answer) for _ in range(2))))
    assert [mocking.lib.take(1), mocking.lib.take(2)] == [5, 5]
    assert check_callouts()


def test_an_enum_without_a_name_is_in_order(mocking: Mocking) -> None:
    """A number that no enumerator has compares as the number that it is, in the report as in the check."""
    init_lang("paint(> GREEN) paint(< GREEN)")
    mocking.lib.paint(7)
    mocking.lib.paint("BLUE")
    marked = [line.split()[1] for line in str(verdict()).splitlines() if line.startswith("   !  #")]
    assert marked == ["#2"]


def test_what_is_cut_differs_from_what_is_known_to_differ(mocking: Mocking) -> None:
    """Of a text that was kept in part it is known that it is not a shorter one; of two such ones only what was kept."""
    long, other = b"x" * 20, b"y" + b"x" * 19
    for language, second, fits in (
        ('text(!= NULL) text(!= "ab")', long, True),
        ("text(?t) text(!= t)", other, True),
        ("text(?t) text(!= t)", long + b"x", True),
        ("text(?t) text(!= t)", long, False),
        ("text(?t) text(t)", long, False),
    ):
        init_lang(language)
        mocking.lib.text(long)
        mocking.lib.text(second)
        assert bool(verdict()) == fits, language
        assert verify(language, get_trace()).ok == fits, language


@pytest.mark.parametrize(
    ("language", "called"),
    [
        ("send([1, _, > 2])", "send"),
        ("send([1, 2, 3])", "send"),
        ("send([?n, _, _]) take(n) -> n", "send take"),
        ("real(1) -> 1", "real"),
        ("take(?n) -> n real(n) -> 1", "take real"),
        ("deal({xs: [?n, _]}) take(n) -> 1", "deal take"),
        ("paint(5) paint(> 4) paint(bits 5)", "paint paint paint"),
        ("paint(?c) take(c) -> 1", "paint take5"),
        ("letter(?c) take(c) -> 1 letter(> 64)", "letter take65 letter"),
        ("get(4, *share = 1.5, *count = 42) -> 7", "get"),
        ("get(?n, *share = _, *count = n) -> 4", "get"),
    ],
)
def test_a_recorded_trace_verifies_as_it_was_checked(mocking: Mocking, language: str, called: str) -> None:
    """`verify` takes what `get_trace` gives, and says of it what the check does, though it knows no types."""
    lib = mocking.lib
    calls = {
        "send": lambda: lib.send(b"\1\2\3"),
        "take": lambda: lib.take(1),
        "take5": lambda: lib.take(5),
        "take65": lambda: lib.take(65),
        "paint": lambda: lib.paint("GREEN"),
        "letter": lambda: lib.letter("A"),
        "real": lambda: lib.real(1.0),
        "deal": lambda: dealt(mocking, CARD),
        "get": lambda: lib.get(4, mocking.new("int", 0), mocking.new("double", 0)),
    }
    init_lang(language)
    for name in called.split():
        calls[name]()
    assert check_callouts()
    assert verify(language, get_trace())


@pytest.mark.parametrize(
    ("pattern", "text", "takes"),
    [
        ("^GET ", "GET /" + "x" * 40, True),
        ("x$", "GET /" + "x" * 40, False),
        ("^[^y]*$", "GET /" + "x" * 40, False),
        ("^GET .*y", "GET /" + "x" * 40 + "y", False),
        ("日", "x" * 10 + "日" + "x" * 40, True),
        (r"[^x]", "x" * 15 + "é" + "x" * 40, False),
    ],
)
def test_a_text_that_was_cut_has_what_is_found_however_it_goes_on(
    mocking: Mocking, pattern: str, text: str, takes: bool
) -> None:
    """What capturing has kept decides where it can; a character of which a part was kept is not known."""
    init_lang(f'text(~"{pattern}")')
    mocking.lib.text(text.encode())
    assert bool(verdict()) == takes
    assert verify(f'text(~"{pattern}")', get_trace()).ok == takes


def test_what_is_found_in_a_cut_text_is_found_in_all_of_it(mocking: Mocking) -> None:
    """On random texts that are cut the check says what `verify` says, and yes only where the whole text has it."""
    seed = drawn()
    chance = random.Random(seed)
    found = 0
    while found < 60:
        pattern = random_expression(chance, 3)
        text = "".join(chance.choices(["a", "b", "é", "日", "😀", " ", "0", "\n"], k=20))
        init_lang(EVENT("m", "text", [Regex(pattern)]))
        mocking.lib.text(text.encode())
        takes = bool(verdict())
        assert verify(EVENT("m", "text", [Regex(pattern)]), get_trace()).ok == takes, (seed, pattern, text)
        assert not takes or compiled(pattern).search(text), (seed, pattern, text)
        found += takes
        mocking.restart()


def test_a_trace_knows_the_names_of_the_headers(mocking: Mocking) -> None:
    """The definition compares macros and enumerators, and aliases of them, as the check does, and never guesses."""
    init_lang("take(_) -> 1  paint(_)  text(_)")
    mocking.lib.take(4)
    mocking.lib.paint(0)
    mocking.lib.text("a")
    rights = ['take(LIMIT) -> 1  paint(ROT)  text(x"61")', "take(x: < LIMIT|8) -> 1  paint(RED)  text(_)"]
    for language in [*rights, "take(LIMIT) -> 1  paint(BLUE)  text(_)", "take(GREEN|1) -> 1  paint(RED)  text(_)"]:
        is_right = language in rights
        assert bool(verdict(language)) == is_right
        assert verify(language, get_trace()).ok == is_right
    with pytest.raises(UnknownNameError, match=r"'LIMTI' in m\.take\(LIMTI\) is neither bound before, nor a constant"):
        verify("m.take(LIMTI) paint(RED)  text(_)", get_trace())
    with pytest.raises(UnknownNameError, match="only the headers know"):
        verify(rights[0], tuple(get_trace()))


@pytest.mark.parametrize(
    "language", ['text(~"b$")', "text(@f)", "text(?t) text(t)"], ids=["regex", "function", "bound"]
)
def test_what_was_cut_says_how_to_keep_all(mocking: Mocking, language: str) -> None:
    """A right argument that was not kept whole fails with the size that it needs, not as a wrong one."""
    init_lang(language, functions={"f": lambda _: True})
    for _ in range(language.count("text")):
        mocking.lib.text("a" * 20 + "b")
    report = verdict().report
    assert "only a part of 21 bytes was kept, so nobody knows; start_mocking(capture_bytes=21)" in report


@pytest.mark.parametrize(
    ("pattern", "ruled_out"),
    [
        ('~"^y"', True),
        ('~"^a{3}b"', True),
        ('~"^a+$"', False),
        ('~"y"', False),
        ('~"a" & ~"^y"', True),
        ('in {"y", "zz"}', True),
    ],
)
def test_an_expression_that_the_kept_part_rules_out_is_just_wrong(
    mocking: Mocking, pattern: str, ruled_out: bool
) -> None:
    """To keep more is advised only where some text that begins so has the expression."""
    init_lang(f"text({pattern})")
    mocking.lib.text("a" * 40)
    report = verdict().report
    assert "but was" in report
    assert ("capture_bytes" not in report) == ruled_out


def test_what_differs_before_it_was_cut_is_just_wrong(mocking: Mocking) -> None:
    """Where the part that was kept tells, nothing is said of the rest."""
    init_lang(f'text("{"a" * 20}") text(!= "b")')
    mocking.lib.text("b" * 30)
    mocking.lib.text("a" * 30)
    assert "capture_bytes" not in verdict().report
