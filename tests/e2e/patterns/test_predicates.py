"""Python functions and regular expressions as patterns: true while the SUT runs, decided by the check."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    REPLICATE,
    SEQ,
    WILDCARD,
    XALT,
    CalloutsFailed,
    LanguageError,
    UndecidedCheck,
    UnexpectedCall,
    UsageError,
    check_callouts,
    get_trace,
    init_lang,
    verdict,
    verify,
)
from cmock_py.lang.nodes import Both, Compare, Regex
from cmock_py.lang.regular import automaton
from cmock_py.lang.searching import for_bytes
from tests.seeds import drawn
from tests.unit.lang.test_regular import compiled, random_expression

if TYPE_CHECKING:
    from cmock_py import Mocking


def is_even(number: int) -> bool:
    """Tell even numbers."""
    return number % 2 == 0


def is_sorted(numbers: list[int]) -> bool:
    """Tell sorted lists."""
    return sorted(numbers) == numbers


def inverse(number: int) -> bool:
    """Fail for 0."""
    return 1 / number > 0


def test_functions_of_a_text(mocking: Mocking) -> None:
    """A text names the functions that init_lang is given."""
    init_lang("k.late_i32(@even) k.late_numbers(@ordered, 3)", functions={"even": is_even, "ordered": is_sorted})
    mocking.lib.late_i32(4)
    mocking.lib.late_numbers([1, 2, 3], 3)
    assert check_callouts() is True


def test_functions_of_terms(mocking: Mocking) -> None:
    """Terms hold the function itself; one that is named in an event that is not met is not in the way."""
    init_lang(SEQ(EVENT("k", "late_i32", [is_even]), EVENT("k", "late_i32", [Both((is_even, Compare(">", 4)))])))
    mocking.lib.late_i32(4)
    mocking.lib.late_i32(6)
    assert check_callouts() is True
    mocking.restart()
    init_lang(SEQ(EVENT("k", "late_i32", [is_even])))
    mocking.lib.late_i32(5)
    with pytest.raises(CalloutsFailed) as wrong:
        check_callouts()
    assert "x:  expected @is_even" in str(wrong.value)


def test_a_matched_argument_is_not_refused(mocking: Mocking) -> None:
    """While the SUT runs nobody asks Python; the check does."""
    init_lang(SEQ(EVENT("k", "run_i32", [is_even])))
    mocking.lib.run_i32(5)
    with pytest.raises(CalloutsFailed):
        check_callouts()


@pytest.mark.parametrize(
    ("kind", "pattern", "value", "takes"),
    [
        ("text", "GET .*", b"GET /", True),
        ("text", "GET .*", b"FORGET /", True),
        ("text", "^GET", b"FORGET /", False),
        ("text", r"\d+$", b"item 17", True),
        ("text", "", None, False),
        ("text", "", b"", True),
        ("bytes", "b.d", b"abcde", True),
        ("bytes", "^b", b"abcde", False),
    ],
)
def test_regular_expressions(mocking: Mocking, kind: str, pattern: str, value: Any, takes: bool) -> None:
    """A regular expression is looked for anywhere in the text; anchors are written, and NULL is no text."""
    init_lang(SEQ(EVENT("k", f"late_{kind}", [Regex(pattern)] + [Compare(">", 0)] * (kind == "bytes"))))
    mocking.lib[f"late_{kind}"](value, *([len(value)] if kind == "bytes" else []))
    if takes:
        assert check_callouts() is True
        return
    with pytest.raises(CalloutsFailed) as wrong:
        check_callouts()
    assert f'x:  expected ~"{pattern}"' in str(wrong.value)


@pytest.mark.parametrize("pattern", ["^GET /[a-z]+$", r"(?s)^G.T /\w{3,}\s*\Z"])
def test_a_matched_text_is_looked_at_while_the_sut_runs(mocking: Mocking, pattern: str) -> None:
    """A call with another text is refused at once; which sequence goes on can depend on it."""
    init_lang(SEQ(EVENT("k", "run_text", [Regex(pattern)]), EVENT("k", "run_text", [Regex("POST|PUT")])))
    mocking.lib.run_text(b"GET /index")
    with pytest.raises(UnexpectedCall) as refused:
        mocking.lib.run_text(b"GET /other")
    assert 'x:  expected ~"POST|PUT"' in str(refused.value)


def test_what_no_automaton_finds_is_for_the_check(mocking: Mocking) -> None:
    """A reference to a group fits anything while the SUT runs, as a Python function does."""
    init_lang(SEQ(EVENT("k", "run_text", [Regex(r"(.)\1")])))
    mocking.lib.run_text(b"abc")
    with pytest.raises(CalloutsFailed, match="expected ~"):
        check_callouts()


def test_expressions_decide_between_answers(mocking: Mocking) -> None:
    """An argument that is not matched rules out the events that it does not fit, by its text as well."""
    init_lang('REPLICATE[ k.send(~"^GET ", _) -> 1 | k.send(~"^PUT ", _) -> 2 ]')
    assert [mocking.lib.send(text, 5) for text in (b"PUT /", b"GET /", b"PUT /")] == [2, 1, 2]
    assert check_callouts() is True


PIECES = [b"a", b"B", b"\n", "é".encode(), "日".encode(), "😀".encode(), b"K", b" ", b"7", b"-"]
BROKEN = [
    b"\xe6\x97",
    b"\xf0\x9f\x98",
    b"\xc3",
    b"\x80",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xe0\x80\x80",
    b"\xf4\x90\x80\x80",
]


@pytest.mark.parametrize("function", ["say", "send"])
def test_c_finds_what_python_finds(mocking: Mocking, function: str) -> None:
    """In random text, much of which is no UTF-8, and random bytes C finds random expressions where `re` does."""
    seed = drawn()
    chance = random.Random(seed)
    rest = [WILDCARD] * (function == "send")
    checked = 0
    while checked < 1500:
        is_text = function == "say"
        pattern = random_expression(chance, 3)
        try:
            of = pattern if is_text else for_bytes(pattern)
        except re.error:  # [^é] is no set of bytes
            continue
        if automaton(of) is None:
            continue
        fits = EVENT("k", function, [Regex(pattern), *rest], 1)
        init_lang(REPLICATE(XALT(fits, EVENT("k", function, [WILDCARD, *rest], 0))), ambiguous="first")
        searched = compiled(of)
        for _ in range(30):
            raw = b"".join(chance.choice(PIECES + BROKEN + [b"\0"] * (not is_text)) for _ in range(chance.randrange(8)))
            found = searched.search(raw.decode(errors="surrogateescape") if is_text else raw) is not None
            said = mocking.lib.say(raw) if is_text else mocking.lib.send(raw, len(raw))
            assert said == found, (seed, pattern, raw)
            checked += 1
        assert check_callouts()


@pytest.mark.parametrize(
    ("pattern", "raw", "takes"),
    [
        (r"^\x02.*\xff$", b"\x02abc\xff", True),
        (r"\x80", "\u0080".encode(), True),
        ("^é?$", "é".encode(), True),
        ("^é?$", b"\xc3", False),
        ("^.$", "é".encode(), False),
        (r"\w", "é".encode(), False),
        ("(?i)GET", b"get", True),
    ],
)
def test_bytes_are_no_characters(mocking: Mocking, pattern: str, raw: bytes, takes: bool) -> None:
    """A buffer is searched as Python searches bytes, in a run and in a check; é stands for its two bytes."""
    init_lang(f'XALT[ k.send(~"{pattern}", _) -> 1 | k.send(_, _) -> 0 ]', ambiguous="first")
    assert mocking.lib.send(raw, len(raw)) == takes
    assert bool(verdict(f'k.send(~"{pattern}", _) -> _')) == takes
    assert verify(f'k.send(~"{pattern}", _)', get_trace()).ok == takes


LABEL = {"name": b"GET /", "raw": b"\x01\x80\0\xff", "lines": [b"ab", b"abcd"], "levels": [1, 2]}


@pytest.mark.parametrize(
    ("pattern", "takes"),
    [
        ('{name: ~"^GET /$"}', True),
        ('{name: ~"PUT"}', False),
        (r'{raw: ~"\x80\0\xff$"}', True),
        ('{raw: ~"^.{4}$"}', True),
        ('{raw: ~"^.{1,3}$"}', False),
        (r'{raw: ~"\x02"}', False),
        ('{lines: [~"^ab$", ~"^abcd$"]}', True),
        ('{lines: [_, ~"^abc$"]}', False),
    ],
)
def test_text_inside_of_a_value_decides_at_the_call(mocking: Mocking, pattern: str, takes: bool) -> None:
    """Text in a struct ends at its NUL, bytes do not; a matched call without what is asked for is refused at once."""
    init_lang(f"k.run_label({pattern})")
    if takes:
        mocking.lib.run_label(LABEL)
        assert check_callouts()
        assert verify(f"k.run_label({pattern})", get_trace())
    else:
        with pytest.raises(UnexpectedCall, match="expected ~"):
            mocking.lib.run_label(LABEL)


def test_a_slow_expression_does_not_hang(mocking: Mocking, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check gives up where `re` finds no end, and says which expression, which call, and what to write instead."""
    monkeypatch.setattr("cmock_py.lang.searching._SECONDS", 0.1)
    slow = r"(x+x+)+\1y"
    init_lang(f'k.run_text("a") k.run_text(~"{slow}")')
    mocking.lib.run_text(b"a")
    mocking.lib.run_text(b"x" * 60)
    with pytest.raises(UndecidedCheck) as given_up:
        check_callouts()
    text = str(given_up.value)
    assert f'the check cannot decide ~"{slow}" for call #2, k.run_text(x="xxx' in text
    assert "it is asked at language:1:17" in text
    assert "takes longer than the 0.1 s that it may compute: it was looked for in 'xxx" in text
    assert "help: leave out what refers to groups" in text


def test_a_slow_expression_does_not_keep_a_report(mocking: Mocking) -> None:
    """A report of another mistake does not ask: while the SUT runs such an expression fits anything."""
    init_lang(r'k.late_text(~"(x+x+)+\1y") k.run_text("b")')
    mocking.lib.late_text(b"x" * 60)
    with pytest.raises(UnexpectedCall, match='expected "b"'):
        mocking.lib.run_text(b"a")


def test_a_fast_answer_is_kept(mocking: Mocking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls before the slow one are decided; only who needs the answer that is missing is told."""
    monkeypatch.setattr("cmock_py.lang.searching._SECONDS", 0.1)
    init_lang(r'k.late_text(~"^(a+)+\1b") k.late_text(_)')
    mocking.lib.late_text(b"aab")
    mocking.lib.late_text(b"a" * 60)
    assert check_callouts() is True


def test_inside_a_value(mocking: Mocking) -> None:
    """Functions and regular expressions can judge members and elements."""
    grid = {"name": Regex("^gr"), "cells": [is_sorted, [4, is_even, 6]]}
    init_lang(SEQ(EVENT("k", "late_grid", [grid])))
    mocking.lib.pass_grid(8, 0)
    assert check_callouts() is True
    mocking.restart()
    init_lang(SEQ(EVENT("k", "late_grid", [grid])))
    mocking.lib.pass_grid(7, 0)
    with pytest.raises(CalloutsFailed):
        check_callouts()


def test_nothing_is_inside_of_null(mocking: Mocking) -> None:
    """A function about a member is not asked about NULL, where there is none."""
    init_lang("XALT[ k.late_pointee({y: @even}) | k.late_pointee(NULL) ]", functions={"even": is_even})
    mocking.lib.late_pointee(None)
    assert check_callouts() is True


def test_a_function_that_raises(mocking: Mocking) -> None:
    """The check says which function raised what for which call; elsewhere it does not matter."""
    init_lang(SEQ(EVENT("k", "late_i32", [inverse]), EVENT("k", "late_i32", [0])))
    mocking.lib.late_i32(2)
    mocking.lib.late_i32(0)
    assert check_callouts() is True
    mocking.restart()
    init_lang(SEQ(EVENT("k", "late_i32", [inverse])))
    mocking.lib.late_i32(0)
    with pytest.raises(UsageError) as caught:
        check_callouts()
    text = str(caught.value)
    assert "@inverse, which is inverse() at " in text
    assert "raised ZeroDivisionError: division by zero for call #1, k.late_i32(x=0)" in text
    assert "it is asked at " in text
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_more_calls_than_bits_in_a_word(mocking: Mocking) -> None:
    """Every call has an answer of its own."""
    init_lang(SEQ(EVENT("k", "late_i32", [is_even if number % 2 == 0 else 2 * number + 1]) for number in range(200)))
    for number in range(200):
        mocking.lib.late_i32(number if number % 2 == 0 else 2 * number + 1)
    assert check_callouts() is True
    mocking.restart()
    init_lang(SEQ(EVENT("k", "late_i32", [is_even]) for number in range(200)))
    for number in range(200):
        mocking.lib.late_i32(1 if number == 150 else 2)
    with pytest.raises(CalloutsFailed) as wrong:
        check_callouts()
    assert "call #151" in str(wrong.value)


def test_a_check_of_another_language(mocking: Mocking) -> None:
    """A language that only judges has predicates of its own."""
    init_lang("k.late_i32(_) k.late_text(_)")
    mocking.lib.late_i32(4)
    mocking.lib.late_text(b"GET /")
    good = SEQ(EVENT("k", "late_i32", [is_even]), EVENT("k", "late_text", [Regex("^GET")]))
    assert check_callouts(good) is True
    with pytest.raises(CalloutsFailed):
        check_callouts(SEQ(EVENT("k", "late_i32", [is_even]), EVENT("k", "late_text", [Regex("^PUT")])))


@pytest.mark.parametrize(
    ("language", "fault"),
    [
        ("k.late_i32(@evn)", "no Python function is named 'evn'; did you mean 'even'?"),
        (
            "k.late_i32(@other)",
            "no Python function is named 'other'; give it: init_lang(..., functions={\"other\": f})",
        ),
        ("k.late_i32(@two)", "cannot judge an argument: missing a required argument: 'b'"),
        ('k.late_i32(~"a")', '~"a" looks at text, and this is none'),
        ('k.late_label({levels: ~"a"})', '~"a" looks at text, and this is none'),
        (
            'k.send(~"[é]", _) -> 1',
            '~"[é]" is no regular expression for bytes: [é] lists characters of several bytes each',
        ),
        (r'k.send(~"\u00e9", _) -> 1', r"is no regular expression for bytes: bad escape \u at position 0"),
    ],
)
def test_faults(mocking: Mocking, language: str, fault: str) -> None:
    """A function that is not there or cannot judge, and a regular expression for a number, are faults."""
    with pytest.raises(LanguageError) as caught:
        init_lang(language, functions={"even": is_even, "two": lambda a, b: a == b})
    assert fault in str(caught.value)


def test_a_check_has_functions_of_its_own(mocking: Mocking) -> None:
    """A name means what the check is given for it, else what init_lang was given; nothing of it stays."""
    init_lang("k.late_i32(@even)", functions={"even": is_even})
    mocking.lib.late_i32(4)
    small = {"small": lambda number: number < 5}
    assert check_callouts("k.late_i32(@small & @even)", functions=small) is True
    assert not verdict("k.late_i32(@even)", functions={"even": lambda number: number % 2})
    assert check_callouts() is True
    with pytest.raises(LanguageError, match="no Python function is named 'small'"):
        check_callouts("k.late_i32(@small)")
    with pytest.raises(LanguageError, match=r"small\(\) .*cannot judge|cannot judge an argument"):
        check_callouts("k.late_i32(@small)", functions={"small": lambda: True})
    with pytest.raises(UsageError, match="functions= says what @name means in another language"):
        check_callouts(functions=small)
    with pytest.raises(UsageError, match="'small' is 5"):
        check_callouts("k.late_i32(@small)", functions={"small": 5})  # type: ignore[dict-item]
