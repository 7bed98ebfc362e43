"""Scalars as bytes and back: every type, its bounds, and what is refused with which words."""

from __future__ import annotations

import ctypes
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmock_py.cdecl.model import Aggregate, Enumeration, Floating, FunctionType, Integer, Pointer, Void
from cmock_py.cdecl.scalars import bounds, decode, encode, encode_byte, is_char, is_string, shown, size_of

CHAR = Integer(1, signed=True, kind="char")
BOOL = Integer(1, signed=False, kind="bool")
INT = Integer(4, signed=True)
COLOR = Enumeration("color", 4, signed=True, values=(("RED", 0), ("GREEN", 5), ("VERT", 5), ("BLUE", -1)))
INTEGERS = [Integer(size, signed=signed) for size in (1, 2, 4, 8) for signed in (False, True)]
FLOATS = [Floating(size) for size in (4, 8, 16)]
COMPLEX = [Floating(size, is_complex=True) for size in (8, 16, 32)]


def same(one: Any, other: Any) -> bool:
    """Tell whether two numbers are the same to the last bit, NaN like NaN."""
    return repr(one) == repr(other)


@pytest.mark.parametrize("ctype", INTEGERS, ids=str)
@given(data=st.data())
def test_integers_come_back(ctype: Integer, data: st.DataObject) -> None:
    """Every integer within the bounds decodes to what was encoded, in as many bytes as the type has."""
    value = data.draw(st.integers(*bounds(ctype)))
    raw = encode(ctype, value)
    assert (len(raw), decode(ctype, raw)) == (ctype.size, value)


@pytest.mark.parametrize("ctype", INTEGERS, ids=str)
def test_integers_just_outside_are_refused(ctype: Integer) -> None:
    """One below the smallest and one above the largest value are refused with both bounds."""
    low, high = bounds(ctype)
    for value in (low - 1, high + 1):
        with pytest.raises(ValueError, match="is outside") as caught:
            encode(ctype, value)
        assert str(caught.value) == f"{value} is outside {low}..{high}"


@pytest.mark.parametrize("ctype", FLOATS, ids=str)
@given(value=st.floats(width=32))
def test_floats_come_back(ctype: Floating, value: float) -> None:
    """A float of 32 bits survives every floating type, infinities, NaN and the sign of zero included."""
    raw = encode(ctype, value)
    assert len(raw) == ctype.size
    assert same(decode(ctype, raw), abs(value) if math.isnan(value) else value) or math.isnan(value)


@given(value=st.floats())
def test_doubles_come_back(value: float) -> None:
    """A double and a long double keep all bits of a Python float."""
    for ctype in FLOATS[1:]:
        assert decode(ctype, encode(ctype, value)) == pytest.approx(value, rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize("ctype", COMPLEX, ids=str)
@given(real=st.floats(width=32, allow_nan=False), imag=st.floats(width=32, allow_nan=False))
def test_complex_numbers_come_back(ctype: Floating, real: float, imag: float) -> None:
    """Real and imaginary part each survive, in this order."""
    raw = encode(ctype, complex(real, imag))
    assert len(raw) == ctype.size
    assert same(decode(ctype, raw), complex(real, imag))


def test_long_double_is_the_compilers() -> None:
    """The ten bytes that count are those of the machine, the padding is zero."""
    raw = encode(Floating(16), 0.1)
    assert raw[:10] == bytes(ctypes.c_longdouble(0.1))[:10]
    assert raw[10:] == bytes(6)


@pytest.mark.parametrize("ctype", [Floating(4), Floating(8), Floating(16), Floating(8, is_complex=True)], ids=str)
def test_a_number_beyond_all_floats_is_refused(ctype: Floating) -> None:
    """A whole number too large for a float is a ValueError with the size of the type, not an overflow from inside."""
    with pytest.raises(ValueError, match=f"too large for a floating type of {ctype.size} bytes"):
        encode(ctype, 10**5000)


def test_a_double_beyond_float_is_refused() -> None:
    """A finite double that would become infinite in a float is refused; infinity itself is not."""
    with pytest.raises(ValueError, match=r"1e\+300 is too large for a floating type of 4 bytes"):
        encode(Floating(4), 1e300)
    assert encode(Floating(4), math.inf) == struct.pack("<f", math.inf)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param("a", 97, id="letter"),
        pytest.param(b"\xff", -1, id="byte"),
        pytest.param("\udcff", -1, id="byte of a text that is no UTF-8"),
        pytest.param("é", -23, id="latin-1"),
        pytest.param(0, 0, id="number"),
    ],
)
def test_a_char_is_a_number_or_a_character(value: Any, code: int) -> None:
    """Both spellings of a char encode alike, and decode as a number."""
    assert decode(CHAR, encode(CHAR, value)) == code


@pytest.mark.parametrize("value", ["", "ab", "€", "\ud800", b"", b"ab"], ids=ascii)
def test_what_is_no_character_is_refused(value: Any) -> None:
    """A text that is not one byte is no char."""
    with pytest.raises(ValueError, match="is not one character of one byte"):
        encode(CHAR, value)


def test_bool_takes_truth_and_its_numbers() -> None:
    """A _Bool takes True, False, 1 and 0 and nothing else, and decodes as bool."""
    assert [decode(BOOL, encode(BOOL, value)) for value in (True, False, 1, 0)] == [True, False, True, False]
    with pytest.raises(ValueError, match=r"2 is outside 0\.\.1"):
        encode(BOOL, 2)


def test_an_enum_goes_by_name_and_by_number() -> None:
    """A number with several names decodes to the first of them, one without a name to itself."""
    assert [decode(COLOR, encode(COLOR, value)) for value in ("GREEN", "VERT", 5, "BLUE", -1, 77)] == [
        "GREEN", "GREEN", "GREEN", "BLUE", "BLUE", 77,
    ]  # fmt: skip
    assert repr(decode(COLOR, encode(COLOR, 77))) == "77 (no enumerator of enum color)"
    assert repr(decode(Enumeration(None, 1, signed=False, values=()), b"\7")) == "7 (no enumerator of the enum)"
    with pytest.raises(ValueError, match=r"'PINK' is no enumerator of enum color \(RED, GREEN, VERT, BLUE\)"):
        encode(COLOR, "PINK")


MODE = Enumeration("mode", 4, signed=False, values=(("NONE", 0), ("READ", 1), ("WRITE", 2), ("RD", 1), ("SYNC", 16)))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3, "READ|WRITE"),
        (18, "WRITE|SYNC"),
        (19, "READ|WRITE|SYNC"),
        (4, "4 (no enumerator of enum mode)"),
        (7, "7 (no enumerator of enum mode)"),
    ],
)
def test_flags_of_an_enum_are_named(number: int, text: str) -> None:
    """A number whose bits are all enumerators is shown as these, and stays the number."""
    found = decode(MODE, encode(MODE, number))
    assert (found, repr(found)) == (number, text)
    if "|" in text:
        assert encode(MODE, text) == encode(MODE, text.replace("|", " | ")) == encode(MODE, number)


def test_flags_that_are_none_are_refused() -> None:
    """The name that is wrong is told, not the whole text."""
    with pytest.raises(ValueError, match=r"^'WRIT' is no enumerator of enum mode \(NONE, READ, WRITE, RD, SYNC\)$"):
        encode(MODE, "READ|WRIT")
    for text in ("READ|", "|", ""):
        with pytest.raises(ValueError, match="'' is no enumerator"):
            encode(MODE, text)


@given(st.one_of(st.none(), st.integers(0, 2**64 - 1)))
def test_pointers_come_back(value: int | None) -> None:
    """An address decodes to itself, and NULL to None."""
    assert decode(Pointer(Void()), encode(Pointer(Void()), value)) == (value or None)


@pytest.mark.parametrize(
    ("ctype", "value", "message"),
    [
        pytest.param(INT, "7", "'7' is a str, not a whole number", id="text for an int"),
        pytest.param(INT, 7.0, "7.0 is a float, not a whole number", id="float for an int"),
        pytest.param(INT, None, "None is a NoneType, not a whole number", id="None for an int"),
        pytest.param(INT, [1], "[1] is a list, not a whole number", id="list for an int"),
        pytest.param(Floating(8), True, "True is a bool, not a real number", id="bool for a double"),
        pytest.param(Floating(8), 1j, "1j is a complex, not a real number", id="complex for a double"),
        pytest.param(Floating(8, is_complex=True), "i", "'i' is a str, not a complex number", id="text for a complex"),
        pytest.param(Pointer(INT), "x", "'x' is a str, not a pointer, an address or None", id="text for a pointer"),
        pytest.param(Pointer(INT), 1.5, "1.5 is a float, not a pointer, an address or None", id="float for a pointer"),
    ],
)
def test_wrong_kinds_are_type_errors(ctype: Any, value: Any, message: str) -> None:
    """A value of the wrong kind is refused with itself, its type, and what was wanted."""
    with pytest.raises(TypeError) as caught:
        encode(ctype, value)
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [-1, 2**64, -(10**6000)], ids=["below", "above", "far below"])
def test_addresses_have_64_bits(value: int) -> None:
    """A number that is no address of 64 bits is refused."""
    with pytest.raises(ValueError, match="is not an address of 64 bits"):
        encode(Pointer(Void()), value)


def test_memory_of_python_is_refused() -> None:
    """An object of ctypes lies in the Python process, where the SUT cannot reach it."""
    with pytest.raises(TypeError, match=r"belongs to the Python process.*mocking\.new"):
        encode(Pointer(INT), ctypes.pointer(ctypes.c_int(3)))


def test_other_types_are_no_scalars() -> None:
    """A struct is neither measured, encoded nor decoded here."""
    for call in (size_of, lambda ctype: encode(ctype, 1), lambda ctype: decode(ctype, b"")):
        with pytest.raises(TypeError, match="is not a scalar type"):
            call(Aggregate("struct s"))
    assert size_of(FunctionType("void (void)")) == 8


@given(st.integers(-128, 255))
def test_a_byte_may_be_written_with_either_sign(value: int) -> None:
    """An element of a byte array is the same byte as a signed and as an unsigned number."""
    assert encode_byte(value) == bytes([value % 256])


def test_a_byte_is_no_more_than_a_byte() -> None:
    """256 and -129 are refused, and so is a text of two characters."""
    for value in (256, -129, "ab"):
        with pytest.raises(ValueError, match=r"outside -128\.\.255|not one character"):
            encode_byte(value)


@pytest.mark.parametrize(
    "value", ["x" * 10**6, b"x" * 10**6, [1] * 10**6, 10**6000, 1j], ids=lambda v: type(v).__name__
)
def test_values_in_messages_are_cut(value: Any) -> None:
    """A message stays short, however long the value is."""
    assert len(shown(value)) < 80


def test_kinds_of_text() -> None:
    """Arrays of char, unsigned char and void are bytes; only a pointer to plain char is a string."""
    assert all(map(is_char, (CHAR, Integer(1, signed=False), Integer(1, signed=True), Void())))
    assert not any(map(is_char, (BOOL, INT, Pointer(CHAR))))
    assert is_string(Pointer(CHAR))
    assert not is_string(Pointer(Integer(1, signed=False)))
