"""What a language is expanded from runs: definitions, files, answer lists, tags, names of arguments, typed events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    BIND,
    BITS,
    DO,
    EACH,
    EVENT,
    INCLUDE,
    OPTIONAL,
    PAR,
    REPEAT,
    REPLICATE,
    SEQ,
    VAR,
    WILDCARD,
    XALT,
    CalloutsFailed,
    EventError,
    LanguageError,
    UnexpectedCall,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cmock_py import Mocking

SESSION = """
let most = 8
lang session(n) [
    fd = io.io_open(READING|WRITING)
    io.io_put(fd, n & < most) -> n
    io.io_close(fd)
]
"""


def session(mocking: Mocking, value: int) -> int:
    """Open, put a value, close; return what came back."""
    lib = mocking.lib
    fd = lib.io_open(3)
    answer: int = lib.io_put(fd, value)
    lib.io_close(fd)
    return answer


def test_a_definition_is_used_twice(mocking: Mocking) -> None:
    """Each use has a handle of its own, and its own values."""
    mocking.init_lang(SESSION + "do session(4) do session(7)")
    assert [session(mocking, 4), session(mocking, 7)] == [4, 7]
    assert mocking.check_callouts()
    first, second = (call.answer for call in mocking.get_trace() if call.function == "io_open")
    assert first != second


def test_a_file_is_run_by_its_path(mocking: Mocking, tmp_path: Path) -> None:
    """Reports and faults show its name and lines; what it includes lies beside it."""
    (tmp_path / "session.mock").write_text(SESSION)
    main = tmp_path / "main.mock"
    main.write_text('include "session.mock"\ndo session(4)\nadc.smple()')
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang(main)
    (fault,) = caught.value.faults
    assert fault.path == f"{main}:3:1"
    main.write_text('include "session.mock"\ndo session(4)')
    mocking.init_lang(main)
    with pytest.raises(UnexpectedCall, match=r"session\.mock|main\.mock"):
        mocking.lib.sample()


def test_terms_use_the_definitions_of_a_file(mocking: Mocking, tmp_path: Path) -> None:
    """Python terms and texts mix."""
    file = tmp_path / "session.mock"
    file.write_text(SESSION)
    mocking.init_lang(SEQ(INCLUDE(str(file)), DO("session", 4), mocking.expect.adc.sample().returns(9)))
    assert (session(mocking, 4), mocking.lib.sample()) == (4, 9)
    assert mocking.check_callouts()


def test_answers_of_a_list_come_in_turn(mocking: Mocking) -> None:
    """A repetition takes its answers from the list, and ends with it."""
    mocking.init_lang("REPLICATE[ adc.select_channel(_) adc.sample() -> each [5, 6, 7] ]")
    seen = []
    for channel in range(3):
        mocking.lib.select_channel(channel)
        seen.append(mocking.lib.sample())
    assert seen == [5, 6, 7]
    assert mocking.check_callouts()
    with pytest.raises(UnexpectedCall):
        mocking.lib.select_channel(3)


@pytest.mark.parametrize("way", [1, 2])
def test_choices_with_one_tag_go_the_same_way(mocking: Mocking, way: int) -> None:
    """What the first choice took, the second takes, too."""
    text = """
    XALT(mode)[ adc.select_channel(1)  adc.select_channel(2) ]
    adc.sample() -> 4
    XALT(mode)[ io.io_close(1)  io.io_close(2) ]
    """
    mocking.init_lang(text)
    mocking.lib.select_channel(way)
    mocking.lib.sample()
    mocking.lib.io_close(way)
    assert mocking.check_callouts()
    mocking.init_lang(text)
    mocking.lib.select_channel(way)
    mocking.lib.sample()
    mocking.lib.io_close(3 - way)
    assert not mocking.verdict()


def test_names_of_different_branches_do_not_meet(mocking: Mocking) -> None:
    """Each branch knows the value that it has bound itself."""
    mocking.init_lang(
        "PAR[ SEQ[ adc.select_channel(?n & < 10) io.io_close(n) ] SEQ[ io.io_open(?n) -> n adc.sample() -> n ] ]"
    )
    lib = mocking.lib
    lib.select_channel(4)
    assert lib.io_open(77) == 77
    lib.io_close(4)
    assert lib.sample() == 77
    assert mocking.check_callouts()


def test_patterns_in_words_run(mocking: Mocking) -> None:
    """Python terms say what the text says with marks."""
    expect = mocking.expect
    mocking.init_lang(
        SEQ(
            expect.adc.select_channel(BITS(0x80) & BIND("n")),
            expect.io.io_close(VAR("n")),
            REPLICATE(expect.adc.sample().returns(EACH(1, 2))),
        )
    )
    mocking.lib.select_channel(0x81)
    mocking.lib.io_close(0x81)
    assert [mocking.lib.sample(), mocking.lib.sample()] == [1, 2]
    assert mocking.check_callouts()


def test_a_handle_of_a_copied_part_is_one(mocking: Mocking) -> None:
    """What is between two choices of a tag is copied, and still one handle."""
    text = "XALT(t)[ adc.select_channel(1) adc.select_channel(2) ] f = io.io_open(1) XALT(t)[ io.io_put(f, 1)->0 io.io_put(f, 2)->0 ]"
    mocking.init_lang(text)
    mocking.lib.select_channel(2)
    mocking.lib.io_put(mocking.lib.io_open(1), 2)
    assert mocking.check_callouts()


def test_numbers_of_the_headers_stand_wherever_a_number_may(mocking: Mocking) -> None:
    """Macros and enumerators count, bound ranges, are members of sets, masks, answers and values for errno."""
    mocking.init_lang("""
        let rounds = LIMIT
        lang sampled(n) = adc.sample() -> BROKEN {n}
        do sampled(rounds)
        REPEAT(WRITING..LIMIT)[ io_put(1..LIMIT, in {READY, BROKEN}) -> LIMIT ]
        AT_MOST(READING)[ io_put(bits READY, READY|LIMIT, *errno = BROKEN) -> -1 ]
    """)
    lib = mocking.lib
    assert [lib.sample() for _ in range(3)] == [77, 77, 77]
    assert [lib.io_put(3, value) for value in (128, 77)] == [3, 3]
    assert lib.io_put(129, 131) == -1
    assert mocking.errno == 77
    assert mocking.check_callouts()
    with pytest.raises(UnexpectedCall):
        lib.io_put(129, 131)


def test_a_term_counts_with_a_number_of_the_headers(mocking: Mocking) -> None:
    """VAR names a count in Python as well, and an answer list has an answer for every round of it."""
    mocking.init_lang(REPEAT(VAR("LIMIT"), VAR("LIMIT"), EVENT("adc", "sample", [], EACH(1, 2, 3))))
    assert [mocking.lib.sample() for _ in range(3)] == [1, 2, 3]
    with pytest.raises(LanguageError, match=r"each lists 2 answers, and REPEAT\(3\) asks for 3"):
        mocking.init_lang(REPEAT(VAR("LIMIT"), VAR("LIMIT"), EVENT("adc", "sample", [], EACH(1, 2))))


MANY = 1000


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(REPLICATE, id="cursors"),
        pytest.param(
            lambda body: SEQ(REPEAT(MANY // 2, MANY, body), OPTIONAL(EVENT("io", "io_close", [0]))), id="least"
        ),
        pytest.param(lambda body: PAR(REPLICATE(body), REPLICATE(EVENT("adc", "select_channel", [5]))), id="sets"),
        pytest.param(lambda body: XALT(REPLICATE(body), SEQ(REPLICATE(body), EVENT("io", "io_close", [9]))), id="ways"),
    ],
)
def test_answer_lists_may_have_thousands_of_rounds(mocking: Mocking, around: Any) -> None:
    """Rounds of several calls nest nothing: each has its own answer, binds anew, and the last may be any of them."""
    body = SEQ(
        EVENT("adc", "sample", [], EACH(range(MANY))),
        REPLICATE(EVENT("adc", "select_channel", [BIND("n")])),
        OPTIONAL(EVENT("adc", "select_channel", [7])),
        EVENT("io", "io_put", [BIND("x"), WILDCARD], VAR("x")),
    )
    lib = mocking.lib
    for rounds in (MANY, MANY // 2):
        mocking.init_lang(around(body))
        for number in range(rounds):
            answer = lib.sample()
            assert answer == number
            if number % 3 == 0:
                lib.select_channel(number)
            assert lib.io_put(number, 1) == number
        assert mocking.check_callouts()
    with pytest.raises(UnexpectedCall, match="expected at this point"):
        lib.io_put(1, 1)


def test_a_round_too_many_is_refused(mocking: Mocking) -> None:
    """A list is used up with its last answer, however long it is, and the report says what could come instead."""
    mocking.init_lang(
        REPEAT(2, 1000, EVENT("adc", "sample", [], EACH(range(1000))), EVENT("adc", "select_channel", [WILDCARD]))
    )
    for number in range(1000):
        assert mocking.lib.sample() == number
        mocking.lib.select_channel(number)
    assert mocking.check_callouts()
    with pytest.raises(UnexpectedCall, match="nothing, the language is complete"):
        mocking.lib.sample()
    mocking.init_lang(
        REPEAT(2, 1000, EVENT("adc", "sample", [], EACH(range(1000))), EVENT("adc", "select_channel", [WILDCARD]))
    )
    mocking.lib.sample()
    mocking.lib.select_channel(4)
    with pytest.raises(CalloutsFailed, match=r"adc.sample\(\) -> 1   <- missing"):
        mocking.check_callouts()


def test_a_definition_that_is_called_gets_its_do(mocking: Mocking) -> None:
    """A lang without `do` reads as a call that the spec has not; the fault says what was meant."""
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang("lang opened(mode) = io_open(mode) -> 7\nopened(1)")
    (fault,) = caught.value.faults
    assert (fault.message, fault.hint) == (
        "the spec has no function 'opened'",
        "a definition is put in by do:  do opened(...)",
    )


def test_a_name_in_quotes_gets_its_spelling(mocking: Mocking) -> None:
    """A macro is no text, in neither spelling of a language."""
    for lang in ('io_put("LIMIT", 1) -> 0', EVENT("io", "io_put", ["LIMIT", 1], 0), 'io_put(> "LIMIT", 1) -> 0'):
        with pytest.raises(LanguageError) as caught:
            mocking.init_lang(lang)
        (fault,) = caught.value.faults
        assert fault.message == "io.io_put: fd (int): 'LIMIT' is a str, not a whole number"
        assert fault.hint == 'a name is no text: write LIMIT without quotes, as a Python term VAR("LIMIT")'
    mocking.init_lang(EVENT("io", "io_put", [VAR("LIMIT"), 1], 0))


def test_a_text_that_is_no_name_gets_no_spelling_of_one(mocking: Mocking) -> None:
    """Where a number is wanted, "four" is no name that anybody has given; what is bound before is one."""
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang('io_put("four", 1) -> 0  io_put(?fd, 1) -> "fd"')
    first, second = caught.value.faults
    assert first.hint is None
    assert second.hint == 'a name is no text: write fd without quotes, as a Python term VAR("fd")'
    with pytest.raises(EventError) as told:
        mocking.expect.io.io_put("LIMIT", 1)
    assert told.value.faults[0].hint == 'if that is the name of a number, write VAR("LIMIT")'


def test_a_fault_in_a_definition_names_the_use_that_gives_the_value(mocking: Mocking) -> None:
    """Of several uses the one with the wrong value is told; a fault of the definition itself is told once."""
    put = "lang put(fd, value) = io_put(fd, value) -> 1 << 40\n".replace("1 << 40", str(1 << 40))
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang(put + "lang both(value) [ do put(1, value)  do put(2, 3) ]\ndo both(4)\ndo both(4.5)")
    wrong, answer = sorted(caught.value.faults, key=lambda fault: "result" in fault.message)
    assert wrong.message == "io.io_put: value (int): 4.5 is a float, not a whole number"
    assert wrong.hint == "it is put in by do both (language:4:1) -> do put (language:2:20)"
    assert "result (int)" in answer.message


def test_a_constant_cannot_mean_another_number_than_the_headers(mocking: Mocking) -> None:
    """Whoever reads LIMIT thinks of the macro, so that a let may say the same number and no other; a name is free."""
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang('let LIMIT = 4\nlet READY = "four"\nlet limit = 5\nadc.select_channel(LIMIT)')
    first, second = caught.value.faults
    assert first.message == "LIMIT is 3 in the headers, and 4 here"
    assert first.hint == "choose another name, or leave the let out: LIMIT has a value"
    assert second.message == 'READY is 128 in the headers, and "four" here'
    mocking.init_lang("let LIMIT = 3\nlet limit = 5\nadc.select_channel(limit){LIMIT}")


def test_a_definition_may_have_the_name_of_a_module_or_a_function(mocking: Mocking) -> None:
    """`do` tells the two apart; a call whose arguments fit the definition only gets its `do`."""
    mocking.init_lang("lang adc(n) = adc.select_channel(n)\nlang sample() = adc.sample() -> 5\ndo adc(4) do sample()")
    mocking.lib.select_channel(4)
    assert mocking.lib.sample() == 5
    assert mocking.check_callouts()
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang("lang sample(n) = adc.sample() -> n\nsample(4)")
    assert caught.value.faults[0].hint == "a definition is put in by do:  do sample(...)"


def test_flags_that_were_meant_as_a_choice_get_the_set(mocking: Mocking) -> None:
    """5|6 is 7, as in C; where 5 comes the report says how one of two values is written."""
    for passed, said in ((5, True), (6, True), (4, False)):
        mocking.init_lang("adc.select_channel(5|6)")
        mocking.lib.select_channel(passed)
        with pytest.raises(CalloutsFailed) as caught:
            mocking.check_callouts()
        hint = "hint: 5|6 is one number, with the bits of all; one of the values is  in {5, 6}"
        assert (hint in str(caught.value)) is said


def test_a_choice_that_was_meant_of_a_line_gets_its_brackets(mocking: Mocking) -> None:
    """`a() b() | c()` begins with a; where c comes first the report says how all of the line is an alternative."""
    called = "hint: | stands between two calls, not between all on a line; that is  (select_channel() ... io_put()) | sample()"
    for text, said in (
        ("select_channel(1)  io_put(1, 2) -> 0 | sample() -> 1", True),
        ("select_channel(1)\nio_put(1, 2) -> 0 | sample() -> 1", False),
        ("select_channel(1)  XALT[ io_put(1, 2) -> 0 sample() -> 1 ]", False),
        ("select_channel(1)  io_put(1, 2) -> 0  sample() -> 1", False),
    ):
        mocking.init_lang(text)
        with pytest.raises(UnexpectedCall) as caught:
            mocking.lib.sample()
        assert (
            re.sub(r"\b\w+\.(?=\w+\()", "", called) in re.sub(r"\b\w+\.(?=\w+\()", "", str(caught.value))
        ) is said, text
