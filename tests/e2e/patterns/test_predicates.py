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
    UnexpectedCall,
    UsageError,
    check_callouts,
    init_lang,
    verdict,
)
from cmock_py.lang.nodes import Both, Compare, Regex
from cmock_py.lang.regular import automaton
from tests.seeds import drawn
from tests.unit.lang.test_regular import random_expression

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


def test_c_finds_what_python_finds(mocking: Mocking) -> None:
    """On random bytes, of which many are no UTF-8, random expressions are found where `re` finds them."""
    seed = drawn()
    chance = random.Random(seed)
    pieces = [b"a", b"b", b"\n", "é".encode(), "日".encode(), "😀".encode(), b" ", b"7", b"\0"]
    pieces += [
        b"\xe6\x97",
        b"\xf0\x9f\x98",
        b"\xc3",
        b"\x80",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xe0\x80\x80",
        b"\xf4\x90\x80\x80",
        b"\xc0\xaf",
    ]
    checked = 0
    while checked < 1500:
        pattern = random_expression(chance, 3)
        if automaton(pattern) is None:
            continue
        fits = EVENT("k", "send", [Regex(pattern), WILDCARD], 1)
        init_lang(REPLICATE(XALT(fits, EVENT("k", "send", [WILDCARD, WILDCARD], 0))), ambiguous="first")
        for _ in range(30):
            text = b"".join(chance.choice(pieces) for _ in range(chance.randrange(8)))
            found = re.search(pattern, text.decode(errors="surrogateescape")) is not None
            assert mocking.lib.send(text, len(text)) == found, (seed, pattern, text)
            checked += 1
        assert check_callouts()


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
