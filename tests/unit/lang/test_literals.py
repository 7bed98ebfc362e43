"""Numbers, strings and bytes as C writes them."""

from __future__ import annotations

import operator

import pytest

from cmock_py.lang.literals import (
    BadLiteral,
    read_bytes,
    read_character,
    read_float,
    read_integer,
    read_regex,
    read_string,
)
from cmock_py.lang.render import render_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("0x7fUL", 127),
        ("0B101", 5),
        ("-0xff", -255),
        ("18446744073709551615ull", 2**64 - 1),
    ],
)
def test_integers_are_read_as_c_does(text: str, value: int) -> None:
    """Bases and suffixes are those of C."""
    assert read_integer(text) == value


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("010", "the number 010 starts with a zero", "write 10, or 8 for what C reads (octal)"),
        ("-09", "the number 09 starts with a zero", "write 9"),
        ("00", "the number 00 starts with a zero", "write 0, or 0 for what C reads (octal)"),
        ("9" * 70, "the number 999999999999... has 70 digits, more than any C integer holds", None),
    ],
    ids=["octal", "no octal", "zeros", "endless"],
)
def test_numbers_that_mislead_are_refused(text: str, message: str, hint: str | None) -> None:
    """A leading zero means two things to two readers; a number without end means nothing."""
    with pytest.raises(BadLiteral) as caught:
        read_integer(text)
    assert (str(caught.value), caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "value"), [("1.5", 1.5), ("-2e3", -2000.0), ("1.5F", 1.5), ("-INFINITY", float("-inf"))]
)
def test_floats_are_read_as_c_does(text: str, value: float) -> None:
    """A suffix says nothing; infinity has C's name."""
    assert read_float(text) == value
    assert read_float("NAN") != read_float("NAN")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\n\t\r\a\b\f\v\e\\\"\'\?"', "\n\t\r\a\b\f\v\x1b\\\"'?"),
        (r'"\x41\101\0"', "AA\0"),
        (r'"\x411"', "A1"),
        (r'"\xc3\xa9 é \u00e9 \U0001F600"', "é é é 😀"),
        (r'"\xff"', "\udcff"),
    ],
    ids=["letters", "numbers", "two digits", "UTF-8", "no UTF-8"],
)
def test_escapes_are_those_of_c(text: str, value: str) -> None:
    """Escapes are bytes, and the whole is UTF-8 with surrogates for what is none."""
    assert read_string(text) == value


@pytest.mark.parametrize(("text", "value", "number"), [("'a'", "a", 97), (r"'\''", "'", 39), (r"'\0'", "\0", 0)])
def test_a_character_is_text_and_number(text: str, value: str, number: int) -> None:
    """C has characters as numbers; those above 0x7F depend on the sign of char, so they are text only."""
    character = read_character(text)
    assert (character, operator.index(character), render_value(character)) == (
        value,
        number,
        text.replace("0'", "x00'"),
    )
    with pytest.raises(TypeError, match="no character of one byte"):
        operator.index(read_character(r"'\xff'"))


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        (r'"ab\qc"', r"C has no escape \q", 3),
        (r'"\400"', r"C has no escape \400", 1),
        (r'"\ud800"', r"C has no escape \ud800", 1),
        ('"a\\n\ud800"', "the character U+D800 is half of a pair and cannot be UTF-8", 4),
    ],
    ids=["letter", "octal", "surrogate", "lone surrogate"],
)
def test_an_unknown_escape_is_named_with_its_place(text: str, message: str, offset: int) -> None:
    """The offset points at the escape itself."""
    with pytest.raises(BadLiteral) as caught:
        read_string(text)
    assert (str(caught.value), caught.value.offset) == (message, offset)


def test_regular_expressions_stay_as_they_are() -> None:
    """Only the quote is unescaped, since backslashes belong to the expression; nonsense is refused."""
    assert read_regex(r'"\d+\\ \"x\""') == r'\d+\\ "x"'
    with pytest.raises(BadLiteral, match="this is no regular expression: missing"):
        read_regex('"("')


def test_bytes_are_pairs_of_digits() -> None:
    """Blanks separate at will; half a byte is refused."""
    assert read_bytes('x"DE ad\n00"') == b"\xde\xad\0"
    with pytest.raises(BadLiteral, match="3 is an odd number of hexadecimal digits"):
        read_bytes('x"abc"')
