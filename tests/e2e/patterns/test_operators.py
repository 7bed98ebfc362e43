"""Patterns decide between the parts of a language: which alternative, which branch, which call of ANY."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import AmbiguousCall, AmbiguousLanguage, CalloutsFailed, UnexpectedCall, check_callouts, init_lang

if TYPE_CHECKING:
    from cmock_py import Mocking


@pytest.mark.parametrize(("size", "answer"), [(9, 1), (6, 1), (5, 2), (0, 2)])
def test_a_choice_by_comparisons(mocking: Mocking, size: int, answer: int) -> None:
    """Alternatives of one function answer by what their arguments are."""
    init_lang("XALT[ k.send(_, > 5) -> 1  k.send(_, <= 5) -> 2 ]")
    assert mocking.lib.send(bytes(size), size) == answer
    assert check_callouts() is True


def test_a_choice_is_remembered(mocking: Mocking) -> None:
    """What follows is that of the alternative whose pattern took the call."""
    language = 'XALT[ SEQ[ k.late_text("GET")  k.late_i32(1) ]  SEQ[ k.late_text(in {"PUT", "POST"})  k.late_i32(2) ] ]'
    for text, number in ((b"GET", 1), (b"POST", 2)):
        mocking.restart()
        init_lang(language)
        mocking.lib.late_text(text)
        mocking.lib.late_i32(number)
        assert check_callouts() is True
    mocking.restart()
    init_lang(language)
    mocking.lib.late_text(b"GET")
    mocking.lib.late_i32(2)
    with pytest.raises(CalloutsFailed):
        check_callouts()


def test_branches_have_names_of_their_own(mocking: Mocking) -> None:
    """Each branch of PAR compares and answers with what it has bound itself, though all call the same functions."""
    language = "PAR[ SEQ[ k.send(_, ?n) -> n  k.late_i32(n) ]  SEQ[ k.send(_, ?m) -> m  k.late_i32(m) ] ]"
    init_lang(language)
    assert [mocking.lib.send(bytes(size), size) for size in (9, 3)] == [9, 3]
    mocking.lib.late_i32(3)
    mocking.lib.late_i32(9)
    assert check_callouts() is True
    mocking.restart()
    init_lang(language)
    assert [mocking.lib.send(bytes(size), size) for size in (9, 3)] == [9, 3]
    mocking.lib.late_i32(3)
    mocking.lib.late_i32(8)
    with pytest.raises(CalloutsFailed):
        check_callouts()


def test_matched_names_of_branches(mocking: Mocking) -> None:
    """A matched argument that no branch has bound is refused at the call."""
    init_lang("PAR[ SEQ[ k.late_u8(?n)  k.run_i32(n) ]  SEQ[ k.late_u8(?m)  k.run_i32(m) ] ]")
    mocking.lib.late_u8(1)
    mocking.lib.late_u8(2)
    mocking.lib.run_i32(2)
    with pytest.raises(UnexpectedCall):
        mocking.lib.run_i32(2)


def test_bound_answers_that_agree_are_no_ambiguity(mocking: Mocking) -> None:
    """Two branches may answer with two names as long as these stand for one number."""
    language = "PAR[ SEQ[ k.send(_, ?n) -> 1  k.give_i64() -> n ]  SEQ[ k.send(_, ?m) -> 1  k.give_i64() -> m ] ]"
    init_lang(language)
    for _ in range(2):
        mocking.lib.send(bytes(4), 4)
    assert [mocking.lib.give_i64(), mocking.lib.give_i64()] == [4, 4]
    assert check_callouts() is True


def test_python_functions_beside_bound_answers(mocking: Mocking) -> None:
    """Two Python functions are two answers, whatever other events of the same function answer."""
    language = "PAR[ k.late_i32(0) SEQ[ k.send(_, 1) -> @one ]  SEQ[ k.send(_, 1) -> @two ]  k.send(_, ?n) -> n ]"
    with pytest.raises(AmbiguousLanguage, match="Python function"):
        init_lang(language, functions={"one": lambda *_: 1, "two": lambda *_: 2})


def test_bound_answers_that_differ_are_one(mocking: Mocking) -> None:
    """Where nothing tells which branch is meant, two numbers are two answers."""
    language = "PAR[ SEQ[ k.send(_, ?n) -> 1  k.give_i64() -> n ]  SEQ[ k.send(_, ?m) -> 1  k.give_i64() -> m ] ]"
    init_lang(language)
    mocking.lib.send(bytes(4), 4)
    mocking.lib.send(bytes(5), 5)
    with pytest.raises(AmbiguousCall) as two:
        mocking.lib.give_i64()
    assert "The call could be either of" in str(two.value)


def test_any_with_patterns(mocking: Mocking) -> None:
    """Background calls are told from others by their patterns."""
    init_lang("ANY[ k.run_i32(> 100) ]  k.run_i32(1)  k.late_u8(?n)  k.run_u8(n)")
    for value in (500, 1, 101):
        mocking.lib.run_i32(value)
    mocking.lib.late_u8(7)
    mocking.lib.run_u8(7)
    assert check_callouts() is True
    mocking.restart()
    init_lang("ANY[ k.run_i32(> 100) ]  k.run_i32(1)")
    with pytest.raises(UnexpectedCall):
        mocking.lib.run_i32(2)


def test_predicates_decide_in_the_check(mocking: Mocking) -> None:
    """While the SUT runs both alternatives are possible; the check knows which one it was."""
    language = "XALT[ SEQ[ k.late_i32(@even) k.late_u8(1) ]  SEQ[ k.late_i32(@odd) k.late_u8(2) ] ]"
    functions = {"even": lambda n: n % 2 == 0, "odd": lambda n: n % 2 == 1}
    for number, follows, takes in ((4, 1, True), (5, 2, True), (4, 2, False)):
        mocking.restart()
        init_lang(language, functions=functions)
        mocking.lib.late_i32(number)
        mocking.lib.late_u8(follows)
        if takes:
            assert check_callouts() is True
        else:
            with pytest.raises(CalloutsFailed):
                check_callouts()


def test_dots(mocking: Mocking) -> None:
    """`f(...)` takes any arguments, and can be mixed with named ones."""
    init_lang("k.send(...) -> 1  k.send(n: > 3, ...) -> 2")
    assert mocking.lib.send(b"abc", 3) == 1
    assert mocking.lib.send(b"abcd", 4) == 2
    assert check_callouts() is True
