"""Answers that a Python function computes while the SUT runs."""

from __future__ import annotations

import sys
import time
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    SEQ,
    WILDCARD,
    ArgumentError,
    ArgumentTypeError,
    CalloutsFailed,
    ChildStopped,
    LanguageError,
    Pointer,
    SutCrashed,
    SutError,
    SutTimeout,
    UsageError,
    start_mocking,
)

if TYPE_CHECKING:
    from cmock_py import Mocking


def get(answer: Any, times: int = 1) -> Any:
    """Expect `m.get` some times, answered so."""
    return SEQ(EVENT("m", "get", [WILDCARD], answer) for _ in range(times))


# --- what the function gets and gives -------------------------------------------------------------------------------


def test_the_function_gets_the_argument_and_gives_the_result(mocking: Mocking) -> None:
    """Each call asks anew, the trace shows what was answered, and the check passes."""
    mocking.init_lang(get(lambda id_: 10 * id_, 4))
    assert mocking.lib.sum(4) == 60
    assert [call.answer for call in mocking.get_trace()] == [0, 10, 20, 30]
    assert mocking.check_callouts()


def test_a_text_names_the_function(mocking: Mocking) -> None:
    """``-> @name`` means the function of that name in ``functions=``."""
    mocking.init_lang("m.get(0) -> @five  m.get(1) -> 6", functions={"five": lambda _: 5, "spare": print})
    assert mocking.lib.sum(2) == 11
    assert mocking.check_callouts()


def test_a_name_without_a_function_is_a_fault_of_the_language(mocking: Mocking) -> None:
    """All such names are listed, with the nearest one that there is, or how to give it."""
    with pytest.raises(LanguageError) as raised:
        mocking.init_lang("m.get(0) -> @fvie m.get(1) -> @other", functions={"five": abs})
    first, second = raised.value.faults
    assert "no Python function is named 'fvie'" in str(first)
    assert "did you mean 'five'?" in str(first)
    assert "functions=" in str(second)


def test_what_is_no_function_is_refused(mocking: Mocking) -> None:
    """A value in ``functions=`` that cannot be called is named."""
    with pytest.raises(ArgumentTypeError, match=r"functions: 'five' is 5 \(int\)"):
        mocking.init_lang("m.get(0) -> @five", functions={"five": 5})  # type: ignore[dict-item]


def test_a_function_that_cannot_get_the_arguments_is_a_fault(mocking: Mocking) -> None:
    """A wrong number of parameters is found before the SUT runs, for all events at once."""
    with pytest.raises(LanguageError) as raised:
        mocking.init_lang("m.get(0) -> @none m.note(_, _, _) -> @two", functions={"none": lambda: 1, "two": divmod})
    first, second = map(str, raised.value.faults)
    assert "m.get: <lambda>() at" in first
    assert "cannot answer it: too many positional arguments" in first
    assert "arguments that events list: id" in first
    assert "m.note: divmod() cannot answer it" in second


def test_kinds_of_functions(mocking: Mocking) -> None:
    """Methods, partial functions, built-in functions and objects that can be called all do."""

    class Adder:
        def __call__(self, number: int) -> int:
            return number + 1

        def method(self, number: int) -> int:
            return number + 2

    answers = [Adder(), Adder().method, partial(max, 3), abs]
    mocking.init_lang(SEQ(EVENT("m", "get", [WILDCARD], answer) for answer in answers))
    assert mocking.lib.sum(4) == (0 + 1) + (1 + 2) + 3 + 3
    assert mocking.check_callouts()


def test_numbers_and_floats(mocking: Mocking) -> None:
    """A floating result takes a float or a whole number."""
    mocking.init_lang(SEQ(EVENT("m", "scale", [WILDCARD], answer) for answer in (lambda x: x / 4, int)))
    assert (mocking.lib.scaled(3.0), mocking.lib.scaled(2.5)) == (0.75, 2.0)


def test_a_c_function_answers(mocking: Mocking) -> None:
    """A function of the SUT computes an answer as a Python function does; where a pointer is wanted it is the value."""
    mocking.init_lang(SEQ(get(mocking.lib.twice, 4), EVENT("m", "choose", [1], mocking.lib.twice)))
    assert mocking.lib.sum(4) == 2 * (0 + 1 + 2 + 3)
    assert mocking.lib.chosen(1, 21) == 42
    assert mocking.check_callouts()


def test_a_pointer_is_no_number(mocking: Mocking) -> None:
    """An address that would pass for a number is refused."""
    mocking.init_lang(get(lambda _: mocking.new("int", 3)))
    with pytest.raises(ArgumentError, match=r"result \(int\): <int \* at 0x\w+> is a pointer, not a number"):
        mocking.lib.sum(1)


def test_strings_buffers_and_null(mocking: Mocking) -> None:
    """A string is a str, a buffer is bytes, NULL is None; a void function answers None."""
    seen: list[Any] = []
    mocking.init_lang(SEQ(EVENT("m", "note", [WILDCARD] * 3, lambda *args: seen.append(args)) for _ in range(2)))
    mocking.lib.note_text("four")
    mocking.lib.note_text(None)
    assert seen == [("four", b"fou", 3), (None, None, 0)]
    assert mocking.check_callouts()


def test_a_pointer_is_typed_and_can_be_followed(mocking: Mocking) -> None:
    """A pointer is a `Pointer` of the spec's type, so its members are there; it may be the answer, too."""

    def follow(item: Pointer | None) -> Pointer | None:
        return None if item is None else item.next

    mocking.init_lang(SEQ(EVENT("m", "find", [WILDCARD], follow) for _ in range(3)))
    last = mocking.new("struct item", {"id": 2})
    first = mocking.new("struct item", {"id": 1, "next": last})
    assert [mocking.lib.find_id(item) for item in (first, last, None)] == [2, -1, -1]
    assert mocking.get_trace()[0].answer == last


def test_a_string_is_the_result(mocking: Mocking) -> None:
    """Text answers a ``const char *``, and is the SUT's to read until the next language."""
    mocking.init_lang(
        SEQ(EVENT("m", "title", [WILDCARD], lambda item: mocking.string(item.name) * 2) for _ in range(2))
    )
    item = mocking.new("struct item", {"name": "abc"})
    assert mocking.lib.title_length(item) == 6
    assert mocking.get_trace()[0].answer == "abcabc"


def test_outs_and_result_are_a_tuple(mocking: Mocking) -> None:
    """``(outs..., result)`` as in an event; too long an out stops the SUT as it does there."""
    mocking.init_lang(SEQ(EVENT("m", "fill", [WILDCARD], lambda size: (bytes(range(size)), size)) for _ in range(2)))
    assert mocking.lib.filled(5) == 0 + 1 + 2 + 3 + 4
    assert mocking.get_trace()[0].answer == (bytes(range(5)), 5)
    mocking.init_lang(EVENT("m", "fill", [WILDCARD], lambda size: (bytes(size + 1), 0)))
    with pytest.raises(SutError, match="has 5 elements for out argument buffer, but the SUT's buffer takes 4"):
        mocking.lib.filled(4)


def test_errno_of_the_event_is_set(mocking: Mocking) -> None:
    """``errno=`` of the event holds whatever the function answers; without it errno stays."""
    mocking.init_lang(
        SEQ(EVENT("m", "get", [WILDCARD], lambda _: -1, errno="EINTR"), EVENT("m", "get", [WILDCARD], lambda _: -1))
    )
    assert (mocking.lib.errno_of_get(0), mocking.lib.errno_of_get(0)) == (4, 0)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("x", ["m.get", "result (int)", "'x' is a str, not a whole number"]),
        (1 << 31, ["result (int)", "2147483648 is outside"]),
        (None, ["m.get returns int, but the Python function has no answer: it gave None"]),
        ((1, 2), ["m.get has no out arguments", "a tuple of 2"]),
        (WILDCARD, ["_ is no value to return"]),
        (1.5, ["1.5 is a float"]),
    ],
    ids=["kind", "range", "none", "tuple", "wildcard", "float"],
)
def test_a_wrong_answer_names_the_function_and_what_is_needed(mocking: Mocking, answer: Any, words: list[str]) -> None:
    """The error has the place of the Python function, the mocked function, and what it needs; the SUT is stopped."""

    def wrong(_: int) -> Any:
        return answer

    mocking.init_lang(get(wrong))
    with pytest.raises(ArgumentError) as raised:
        mocking.lib.sum(1)
    text = str(raised.value)
    assert "wrong() at " in text
    assert f"test_answers.py:{wrong.__code__.co_firstlineno}" in text
    assert all(word in text for word in words)
    with pytest.raises(ChildStopped, match=r"gave a wrong answer|answering m.get"):
        mocking.lib.twice(1)


def test_a_wrong_answer_with_outs(mocking: Mocking) -> None:
    """A function with outs needs the tuple, and is told its parts."""
    mocking.init_lang(EVENT("m", "fill", [WILDCARD], lambda size: size))
    with pytest.raises(ArgumentError, match=r"needs the answer \{buffer, result\}, but the Python function answers 4"):
        mocking.lib.filled(4)


def test_a_pointer_of_another_mocking_is_refused(mocking: Mocking) -> None:
    """An answer that points into other memory is an error, not a wild pointer."""
    with start_mocking(mocking.request.spec, mocking.request.headers, mocking.request.objs) as other:
        far = other.new("struct item")
        mocking.init_lang(EVENT("m", "find", [WILDCARD], lambda _: far))
        with pytest.raises(ArgumentTypeError, match="belongs to another mocking"):
            mocking.lib.find_id(None)


@pytest.mark.parametrize("text", ["s = m.get(_) -> @f", "m.fill(_, *buffer = [1]) -> @f"], ids=["binds", "outs"])
def test_what_must_be_known_before_is_a_fault(mocking: Mocking, text: str) -> None:
    """A handle's value and an out at its parameter cannot be left to a function."""
    with pytest.raises(LanguageError, match=r"must be known before|gives the out arguments"):
        mocking.init_lang(text, functions={"f": abs})


# --- what it may do -------------------------------------------------------------------------------------------------


def test_it_may_call_the_sut(mocking: Mocking) -> None:
    """A call back into the SUT runs while the first one waits, and both come back with their results."""
    mocking.init_lang(get(lambda id_: mocking.lib.twice(id_) + 1, 3))
    assert mocking.lib.sum(3) == 1 + 3 + 5
    assert mocking.check_callouts()


@pytest.mark.parametrize("depth", [1, 10, 50])
def test_calls_nest(mocking: Mocking, depth: int) -> None:
    """An answer may need an answer that needs an answer; each gets its own."""

    def answer(left: int) -> int:
        return 1 + mocking.lib.nested(left - 1) if left else 0

    mocking.init_lang(get(answer, depth + 1))
    assert mocking.lib.nested(depth) == depth
    assert [call.answer for call in mocking.get_trace()] == list(range(depth, -1, -1))
    assert mocking.check_callouts()


def test_endless_nesting_is_an_error(mocking: Mocking) -> None:
    """Functions that wait for each other without end are told so, long before Python or the arena overflows."""

    def answer(left: int) -> int:
        return int(mocking.lib.nested(left))

    mocking.init_lang(get(answer, 200))
    with pytest.raises(UsageError, match=r"answer\(\) at .*, answering m.get was asked for within 60 Python functions"):
        mocking.lib.nested(1)
    with pytest.raises(ChildStopped):
        mocking.lib.twice(1)


def test_python_itself_may_call_the_mock(mocking: Mocking) -> None:
    """A mock called from Python asks Python as it asks from C."""
    mocking.init_lang(get(lambda id_: id_ + 1, 2))
    assert mocking.lib.get(mocking.lib.get(5)) == 7
    assert mocking.check_callouts()


def test_it_may_make_and_read_memory(mocking: Mocking) -> None:
    """`new`, pointers and globals work within; so does the trace, whose last call has no answer yet."""
    seen: list[Any] = []

    def find(_: Any) -> Pointer:
        seen.extend(call.answer for call in mocking.get_trace())
        mocking.lib.served = 7
        return mocking.new("struct item", {"id": mocking.lib.served})

    mocking.init_lang(EVENT("m", "find", [WILDCARD], find))
    assert mocking.lib.find_id(None) == 7
    assert seen == [None]


def test_the_deadline_does_not_run_inside(mocking: Mocking, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow Python function is no timeout; an endless call that it makes is one."""
    monkeypatch.setattr(mocking, "deadline_s", 0.2)

    def slow(_: int) -> int:
        time.sleep(0.3)
        return 1

    mocking.init_lang(get(slow, 2))
    assert mocking.lib.sum(2) == 2
    mocking.init_lang(get(lambda _: mocking.lib.spin()))
    with pytest.raises(SutTimeout, match=r"spin\(\) did not return within 0.2 s"):
        mocking.lib.sum(1)


def test_output_comes_in_order_of_calls(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """What the function prints is its own; nothing of it gets lost."""
    mocking.init_lang(get(lambda id_: sys.stdout.write(f"asked {id_}\n") and 1, 2))
    mocking.lib.sum(2)
    assert capsys.readouterr().out == "asked 0\nasked 1\n"


# --- when it fails --------------------------------------------------------------------------------------------------


def raise_boom(_: int) -> int:
    """Fail."""
    raise RuntimeError("boom\nand more")


def test_its_exception_reaches_the_test_and_the_sut_does_not_run_on(mocking: Mocking) -> None:
    """The very exception with its traceback; then ChildStopped cites it, and the check fails with it."""
    mocking.init_lang(get(raise_boom, 3))
    with pytest.raises(RuntimeError, match="boom") as raised:
        mocking.lib.sum(3)
    assert "raise_boom" in [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert len(mocking.get_trace()) == 1
    with pytest.raises(
        ChildStopped, match=r"raise_boom\(\) at .*test_answers.py:\d+, answering m.get, raised Runtime.*boom"
    ):
        mocking.lib.twice(1)
    with pytest.raises(CalloutsFailed, match="raised RuntimeError: boom"):
        mocking.check_callouts()
    verdict = mocking.verdict()
    assert verdict.stop is not None
    assert verdict.stop.reason == "raised"
    assert verdict.stop.call == 0
    assert verdict.stop.frames[0].function == "sum"


def test_the_next_language_starts_clean(mocking: Mocking) -> None:
    """init_lang after such a failure brings a fresh child, as after any stop."""
    mocking.init_lang(get(raise_boom))
    with pytest.raises(RuntimeError):
        mocking.lib.sum(1)
    mocking.init_lang(get(5))
    assert mocking.lib.sum(1) == 5
    assert mocking.check_callouts()


def test_a_swallowed_exception_of_a_nested_call_is_raised_again(mocking: Mocking) -> None:
    """A function that swallows why the SUT was stopped cannot make it go on: the outer call raises the same."""
    swallowed: list[BaseException] = []

    def outer(_: int) -> int:
        try:
            mocking.lib.nested(1)
        except RuntimeError as error:
            swallowed.append(error)
        return 1

    mocking.init_lang(SEQ(get(outer), get(raise_boom)))
    with pytest.raises(RuntimeError, match="boom") as raised:
        mocking.lib.nested(0)
    assert raised.value is swallowed[0]
    assert not mocking.verdict()


def test_a_crash_of_a_nested_call_stops_the_outer_one(mocking: Mocking) -> None:
    """The SUT has one life: what stops a nested call is raised from it and then from the outer one."""

    def crash(_: int) -> int:
        with pytest.raises(SutCrashed):
            mocking.lib.call_visitor(1)
        return 1

    mocking.init_lang(get(crash))
    with pytest.raises(SutCrashed, match="SIGSEGV"):
        mocking.lib.nested(0)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_what_is_no_exception_stops_the_sut_too(mocking: Mocking, kind: type[BaseException]) -> None:
    """Ctrl-C in a function, exit, pytest.fail(): all of them reach the test."""

    def leave(_: int) -> int:
        raise kind

    mocking.init_lang(get(leave))
    with pytest.raises(kind):
        mocking.lib.sum(1)
    with pytest.raises(ChildStopped, match=kind.__name__):
        mocking.lib.twice(1)


def test_pytest_fail_in_a_function_fails_the_test(mocking: Mocking) -> None:
    """An assert or `pytest.fail` in an answer is a failure of the test like any other."""
    mocking.init_lang(get(lambda _: pytest.fail("not that one")))
    with pytest.raises(pytest.fail.Exception, match="not that one"):
        mocking.lib.sum(1)


@pytest.mark.parametrize("what", ["init_lang", "restart", "stop"])
def test_what_would_pull_the_rug_is_refused(mocking: Mocking, what: str) -> None:
    """Inside a function that the SUT waits for, neither language nor child can be taken away."""
    change = {"init_lang": lambda: mocking.init_lang(""), "restart": mocking.restart, "stop": mocking.stop}[what]
    mocking.init_lang(get(lambda _: change()))
    with pytest.raises(UsageError, match=what):
        mocking.lib.sum(1)
    assert mocking.running


def test_a_process_that_the_sut_forked_gets_no_answer(mocking: Mocking) -> None:
    """Python answers the child and nobody else; a fork of it ends as with any call that has no answer."""
    mocking.init_lang(get(lambda _: 1))
    assert mocking.lib.fork_and_get(1) == 122
    assert mocking.lib.nested(1) == 1


# --- the check ------------------------------------------------------------------------------------------------------


def test_another_language_compares_what_was_answered(mocking: Mocking) -> None:
    """A check under another language compares a computed answer as it does any other."""
    mocking.init_lang(get(lambda id_: id_ * 3, 3))
    mocking.lib.sum(3)
    assert mocking.check_callouts("m.get(0) -> 0 m.get(1) -> 3 m.get(2) -> 6")
    verdict = mocking.verdict("m.get(0) -> 0 m.get(1) -> 4 m.get(2) -> 6")
    assert "answer:  expected 4\n                 but was  3" in verdict.report
    assert mocking.check_callouts("m.get(0) m.get(1) -> @whatever m.get(_)")
    assert mocking.check_callouts(get(abs, 3))


def test_other_arguments_fail_as_ever(mocking: Mocking) -> None:
    """Who answers does not matter for the arguments; reports show the function's name."""
    mocking.init_lang("m.get(0) -> @three m.get(5) -> @three", functions={"three": lambda _: 3})
    mocking.lib.sum(2)
    verdict = mocking.verdict()
    assert not verdict
    assert "m.get(5) -> @three" in verdict.report
    assert "id=1" in verdict.report


def test_strings_and_outs_are_compared(mocking: Mocking) -> None:
    """Text and buffers that a function answered are compared by their bytes."""
    mocking.init_lang(
        SEQ(EVENT("m", "title", [WILDCARD], lambda _: "abc"), EVENT("m", "fill", [4], lambda _: (b"xy", 2)))
    )
    mocking.lib.title_length(None)
    mocking.lib.filled(4)
    assert mocking.check_callouts('m.title(_) -> "abc" m.fill(4) -> {"xy", 2}')
    assert not mocking.verdict('m.title(_) -> "abd" m.fill(4) -> {"xy", 2}')
    assert not mocking.verdict('m.title(_) -> "abc" m.fill(4) -> {"xz", 2}')


def test_an_unexpected_call_after_answers(mocking: Mocking) -> None:
    """Reports list computed answers among the calls so far."""
    mocking.init_lang(get(lambda _: 3))
    with pytest.raises(AssertionError, match="unexpected call #2"):
        mocking.lib.sum(2)


def test_many_answers(mocking: Mocking) -> None:
    """Thousands of answers keep their order and their values."""
    count = 5_000
    mocking.init_lang(get(lambda id_: id_ % 1000, count))
    assert mocking.lib.sum(count) == sum(i % 1000 for i in range(count))
    assert mocking.get_trace()[-1].answer == (count - 1) % 1000
    assert mocking.check_callouts()


def test_references_are_not_kept(mocking: Mocking) -> None:
    """A language that is gone keeps no function alive."""

    def answer(_: int) -> int:
        return 1

    before = sys.getrefcount(answer)
    mocking.init_lang(get(answer))
    mocking.lib.sum(1)
    mocking.init_lang("")
    assert sys.getrefcount(answer) == before
