"""`explain.details` and `explain.values`: where two values part, in bounded room."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmock_py.explain.details import argument_details
from cmock_py.explain.report import WrongArgument
from cmock_py.explain.values import CALL_WIDTH, EVENT_WIDTH, show_call, show_event, show_value
from cmock_py.lang.nodes import WILDCARD, Bits, Both, Compare, Event, OneOf, Regex
from cmock_py.trace import Address, Call, Handle, Truncated


def details(expected: Any, actual: Any) -> list[str]:
    """Show the details of an argument named x."""
    return argument_details(WrongArgument("x", expected, actual))


@pytest.mark.parametrize(
    ("expected", "actual", "note"),
    [
        (4, 7, "7"),
        (100, 101, "101      (0x65 instead of 0x64, differs in bit 0)"),
        (0x100, 0x300, "768      (0x300 instead of 0x100, differs in bit 9)"),
        (0x12345678, 0x78563412, "2018915346      (0x78563412 instead of 0x12345678, bytes reversed)"),
        (100, 203, "203      (0xcb instead of 0x64)"),
        (-100, 100, "100"),
        (None, 0x7FFF0000, "2147418112      (0x7fff0000)"),
        (4096, None, "NULL"),
        (None, Address(0x7FFF0000), "0x7fff0000"),
        (Handle(0x1000, "p"), Address(0x2000), "0x2000      (p is 0x1000)"),
        (Handle(16, "p"), 32, "32      (p is 16)"),
        (1.5, 2.5, "2.5"),
        ("\1", b"\0", 'x"00"'),
        (True, False, "false"),
    ],
    ids=repr,
)
def test_number_shows_what_its_digits_hide(expected: object, actual: object, note: str) -> None:
    """Numbers come with hexadecimal and a single differing bit; other values as the language writes them."""
    assert details(expected, actual)[1] == f"    but was  {note}"


@pytest.mark.parametrize(
    ("expected", "actual", "said"),
    [
        ("abc", "abd", "first difference at offset 2"),
        ("abc", "ab", 'first difference at offset 2: the text ends, "c" is missing'),
        ("abc", "abcde", "first difference at offset 3: 2 more than expected"),
        (b"\0bc", b"\0", 'first difference at offset 1: the buffer ends, "bc" are missing'),
        (b"\0bc", b"\0Xc", "first difference at offset 1: 0x58 instead of 0x62"),
        (b"abc", b"a", 'first difference at offset 1: the text ends, "bc" are missing'),
        (b"PING\r\n", b"PONG\r\n", "first difference at offset 1"),
        ("abcdef", Truncated("abc", 6), "first difference at offset 3: what follows was not captured"),
        ("abc", Truncated("abc", 6), "equal so far, but the call has 6 bytes"),
    ],
    ids=repr,
)
def test_text_says_where_it_parts(expected: object, actual: object, said: str) -> None:
    """The line below two texts says at which offset they part, and how."""
    assert details(expected, actual)[2].lstrip(" ") == f"^ {said}"


@pytest.mark.parametrize(
    ("expected", "ruled_out"),
    [
        (OneOf(("y", "zz")), True),
        (OneOf(("y", "a" * 40)), False),
        (Both((Regex("a"), Regex("^y"))), True),
        (Both((Regex("b"), Regex("^a"))), False),
        (Regex(r"^y(.)\1"), False),
    ],
    ids=repr,
)
def test_more_is_kept_only_where_that_may_help(expected: object, ruled_out: bool) -> None:
    """Where the kept part rules out what was expected, nothing is said of the rest; back references are not judged."""
    assert ("capture_bytes=40" not in details(expected, Truncated("a" * 16, 40))[-1]) == ruled_out


@given(st.text(st.characters(max_codepoint=126), max_size=200), st.text(st.characters(max_codepoint=126), max_size=200))
def test_caret_points_at_the_first_difference(expected: str, actual: str) -> None:
    """What stands above the caret on the left is the same in both lines, escapes and cut beginnings included."""
    if expected == actual:
        return
    first, second, caret = details(expected, actual)
    column = caret.index("^")
    assert first[16:column] == second[16:column]
    assert first[column : column + 4] != second[column : column + 4]
    assert max(map(len, (first, second))) < 400


def test_wide_characters_take_two_columns() -> None:
    """The caret stands below the character that a terminal shows there."""
    assert details("\u65e5\u672ca", "\u65e5\u672cb")[2].index("^") == len('    but was  "') + 4


def test_long_text_is_shown_around_its_first_difference() -> None:
    """Only the surroundings of the difference are shown, with dots for the rest."""
    first, second, _ = details("a" * 5_000, "a" * 3_000 + "b" + "a" * 1_999)
    assert first.startswith('x:  expected ..."aaa')
    assert second.endswith('aaa"...')
    assert len(second) < 100


@pytest.mark.parametrize(
    ("expected", "actual", "said"),
    [
        ([1, 2, 3], [1, 5, 3], ["first difference at [1]: expected 2, but was 5"]),
        ([1, 2], [1, 2, 3], ["3 elements instead of 2", "first difference at [2]: expected nothing, but was 3"]),
        ([1, 2], [1], ["1 elements instead of 2", "first difference at [1]: expected 2, but was nothing"]),
        ([1, WILDCARD, Compare(">", 4)], b"\1\11\4", ["first difference at [2]: expected > 4, but was 4"]),
        ([1, 2], Truncated(b"\1\3", 9), ["first difference at [1]: expected 2, but was 3"]),
        ([WILDCARD, 2], [9, 3], ["first difference at [1]: expected 2, but was 3"]),
        (
            {"a": {"b": [1]}},
            {"a": {"b": [100]}},
            ["first difference at .a.b[0]: expected 1, but was 100      (0x64 instead of 0x1)"],
        ),
        (
            {"a": 1, "b": 2},
            {"b": 3},
            ["first difference at .a: expected 1, but was nothing", "and at .b: expected 2, but was 3"],
        ),
        (
            {"a": {"b": 1, "c": [1, 2]}, "d": 4, "e": 5},
            {"a": {"b": 2, "c": [1, 3]}, "d": 4, "e": 6},
            [
                "first difference at .a.b: expected 1, but was 2",
                "and at .a.c[1]: expected 2, but was 3",
                "and at .e: expected 5, but was 6",
            ],
        ),
        (
            dict.fromkeys("abcdef", 1),
            dict.fromkeys("abcdef", 2),
            [
                "first difference at .a: expected 1, but was 2",
                *(f"and at .{name}: expected 1, but was 2" for name in "bcd"),
                "and at 2 more",
            ],
        ),
        (
            Both(({"a": 1}, {"b": 2}, {"c": 3})),
            {"a": 2, "b": 2, "c": 4},
            ["first difference at .a: expected 1, but was 2", "and at .c: expected 3, but was 4"],
        ),
    ],
    ids=repr,
)
def test_nested_value_names_the_innermost_difference(expected: object, actual: object, said: list[str]) -> None:
    """Arrays say by a path where the first difference is, structs all members that differ."""
    assert [line.strip() for line in details(expected, actual)[2:]] == said


def test_bits_that_are_otherwise_are_named() -> None:
    """An event that tests bits says which of them were not so."""
    assert details(Bits(0xF0, 0x30), 0x41)[1] == "    but was  65      (0x41, differs in bits 4, 5, 6)"
    assert details(Bits(0x80, 0x80), 1)[1] == "    but was  1      (differs in bit 7)"


VALUES = st.recursive(
    st.none() | st.integers() | st.floats() | st.text() | st.binary() | st.booleans() | st.just(WILDCARD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES | st.builds(Truncated, st.text() | st.binary(), st.integers(0, 10**6)))
def test_any_two_values_can_be_told_apart_in_words(expected: object, actual: object) -> None:
    """Explaining never fails, whatever the values, and starts with both."""
    lines = details(expected, actual)
    assert lines[0].startswith("x:  expected ")
    assert lines[1].startswith("    but was  ")
    assert all("\n" not in line for line in lines)


@given(st.lists(VALUES, max_size=6))
def test_calls_and_events_keep_their_room(values: list[Any]) -> None:
    """No value makes a line of the table longer than its column."""
    names = tuple(f"argument_{k}" for k in range(len(values)))
    assert len(show_call(Call(0, "module", "function", names, tuple(values)))) <= CALL_WIDTH
    assert len(show_event(Event("module", "function", tuple(values), tuple(values)))) <= EVENT_WIDTH


def test_million_elements_are_not_written_out() -> None:
    """Only the beginning of a long value is looked at."""
    assert show_value([0] * 1_000_000, 12) == "[0, 0, 0,..."
    assert show_event(Event("m", "f", ("x" * 10**7,))).endswith("x...")


def test_long_values_are_cut_before_the_others() -> None:
    """A short argument behind a long one stays readable."""
    call = Call(0, "net", "send", ("data", "len"), ("x" * 500, 24))
    assert show_call(call) == 'net.send(data="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..., len=24)'


def test_truncated_value_shows_its_whole_size() -> None:
    """A reader sees that the value goes on, and how far."""
    assert show_value(Truncated(b"\x01" * 50, 5_000), 12) == 'x"0101010... (5000 bytes in all)'
