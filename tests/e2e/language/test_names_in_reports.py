"""Names that calls bind, in messages: as the text has them, with what they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import AmbiguousCall, AmbiguousLanguage, CalloutsFailed, LanguageError, UnexpectedCall, enabled, step
from cmock_py.explain import to_html
from cmock_py.lang.dot import to_dot

if TYPE_CHECKING:
    from cmock_py import Mocking

TWICE = """lang session() [
  io_open(?n) -> 1
  io_put(_, _) -> n
]
"""
AGAIN = "io_open(?n) -> 1  io_put(n, 1) -> 1\nio_open(?n) -> 2  io_put(n, 2) -> n"
HANDLES = "lang use() [ fd = io_open(1)\n io_put(fd, 1) -> 4 ]\n"


def test_values_tell_two_answers_apart_that_read_alike(mocking: Mocking) -> None:
    """Of two events in one line that answer what different calls have passed, the values and the calls are shown."""
    mocking.init_lang(TWICE + "PAR[ do session()  do session() ]")
    mocking.lib.io_open(3)
    mocking.lib.io_open(5)
    with pytest.raises(AmbiguousCall) as caught:
        mocking.lib.io_put(1, 1)
    assert str(caught.value).startswith("two answers to call #3: io.io_put(fd=1, value=1)")
    assert (
        "        3 | io.io_put(_, _)   answers n   (n is 3, from call #1)\n"
        "        3 | io.io_put(_, _)   answers n   (n is 5, from call #2)\n"
    ) in str(caught.value)


def test_two_events_of_one_line_are_told_apart_by_their_columns(mocking: Mocking) -> None:
    """Where a line has both events and they read alike, each stands with its column."""
    one = "SEQ[ sample() -> 1  io_put(1, 1) -> 1 ]"
    with pytest.raises(AmbiguousLanguage) as caught:
        mocking.init_lang(f"PAR[ {one}  {one} ]", strict=True)
    assert (
        "        1 | adc.sample()   answers 1   (column 11)\n        1 | adc.sample()   answers 1   (column 52)"
    ) in str(caught.value)


def test_an_ambiguity_has_its_line_of_python(mocking: Mocking) -> None:
    """As any other fault of a text that is a literal, it is told with the line of the Python file."""
    with pytest.raises(AmbiguousLanguage, match=r"language:2:9 \(.*test_names_in_reports\.py:[0-9]+\): a first call"):
        mocking.init_lang("""
        sample() -> 1 | sample() -> 2
        """)


def test_new_handles_are_two_answers(mocking: Mocking) -> None:
    """Two uses of a definition that each open a handle are told as such, and not as one answer."""
    with pytest.raises(AmbiguousLanguage) as caught:
        mocking.init_lang(HANDLES + "PAR[ do use()  do use() ]")
    assert "it has two answers" in str(caught.value)
    shown = "1 | io.io_open(1)   answers a new handle, fd   (2 copies, as its part is used more than once)"
    assert shown in str(caught.value)
    assert "strict=True" not in str(caught.value)


def test_a_call_that_has_what_a_name_stands_for_is_not_marked(mocking: Mocking) -> None:
    """In the message about a refused call, calls before it are compared with what was bound then."""
    mocking.init_lang(AGAIN)
    mocking.lib.io_open(3)
    mocking.lib.io_put(3, 1)
    mocking.lib.io_open(5)
    with pytest.raises(UnexpectedCall) as caught:
        mocking.lib.io_close(4)
    message = str(caught.value)
    assert "argument differs" not in message
    assert "      #2    io.io_put(fd=3, value=1)    1 | io.io_put(n, 1) -> 1\n" in message
    assert "        io.io_put(n, 2) -> n  (line 2)\n" in message


def test_a_handle_in_the_place_of_another_of_its_name_is_told_by_number(mocking: Mocking) -> None:
    """When both sides have one name, their numbers are shown."""
    mocking.init_lang(HANDLES + "do use() do use()")
    first = mocking.lib.io_open(1)
    mocking.lib.io_put(first, 1)
    second = mocking.lib.io_open(1)
    mocking.lib.io_put(first, 1)
    with pytest.raises(CalloutsFailed) as caught:
        mocking.check_callouts()
    note = f"but was  fd      (another fd: {first} instead of {second})"
    assert note in str(caught.value)
    assert str(caught.value).startswith("FAILED  a call was made with the wrong argument: io.io_put, call #4\n")


def test_names_are_shown_as_the_text_has_them(mocking: Mocking) -> None:
    """No report, trace, page, drawing, fault or residual shows how names are told apart inside."""
    text = HANDLES + "do use() do use()\n" + AGAIN
    mocking.init_lang(text)
    lib = mocking.lib
    for _ in range(2):
        lib.io_put(lib.io_open(1), 1)
    lib.io_open(3)
    lib.io_put(4, 1)
    lib.io_open(5)
    with pytest.raises(CalloutsFailed) as caught:
        mocking.check_callouts()
    left = step("f(?n) -> 1  g(n)  f(?n) -> 2  g(n)", "f(1)").left
    left = step(left, "g(1)").left
    with pytest.raises(LanguageError) as faulty:
        mocking.init_lang("lang d() [ io_open(?flag) -> 1  io_put(flag|1, flog) -> 2 ]  do d() do d()")
    shown = [
        str(caught.value),
        repr(list(mocking.get_trace())),
        mocking.to_html(),
        to_html(list(mocking.get_trace()), text),
        to_dot(text),
        repr(left),
        repr(enabled(left)),
        repr(step(left, "f(2)")),
        str(faulty.value),
    ]
    for said in shown:
        assert "'1" not in said
        assert "'2" not in said
    assert shown[5] == "<Residual: f(?n) -> 2>"


def test_a_fault_in_a_definition_is_told_once(mocking: Mocking) -> None:
    """What is wrong in a definition is one fault, however often it is used; the nearest name is as written."""
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang(
            "lang d() [ io_open(?flag) -> 1  io_put(flag|1, 1) -> 2  io_put(1, flog) -> 2 ]\ndo d() do d()"
        )
    first, second = (fault.message for fault in caught.value.faults)
    assert first == "flag is what a call has passed; only numbers and constants combine with |"
    assert second.startswith("the name 'flog' is neither bound by an event before, nor ")
    assert second.endswith("; did you mean 'flag'?")
