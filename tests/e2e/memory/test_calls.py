"""Calls through `mocking.lib`: what is refused before C is entered, and what arrives there."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING, Any

import cffi
import pytest

from cmock_py import ArgumentError, ArgumentTypeError, ArgumentValueError, SutCrashed, UnknownNameError

if TYPE_CHECKING:
    from cmock_py import Mocking


# --- refused before C is entered ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "args", "words"),
    [
        ("byte_of", (300,), ["byte_of", "value", "uint8_t", "300", "0..255"]),
        ("byte_of", (-1,), ["value", "uint8_t", "-1"]),
        ("negate8", (128,), ["value", "int8_t", "128", "-128..127"]),
        ("add16", (1, 40000), ["add16", "b", "int16_t", "40000"]),
        ("plus_one", (1 << 31,), ["plus_one", "value", "int", str(1 << 31)]),
        ("twice", (-1,), ["twice", "value", "uint64_t", "-1"]),
        ("twice", (1 << 64,), ["twice", "value", str(1 << 64)]),
        ("both", (True, 2), ["both", "b", "2"]),
        ("next_letter", ("ab",), ["next_letter", "c", "'ab'"]),
        ("following", ("PURPLE",), ["following", "c", "'PURPLE'", "RED, GREEN, BLUE"]),
        ("half", (1e300,), ["half", "value", "1e+300"]),
        ("sum_of", ([1, 1 << 40], 2), ["sum_of", "numbers", str(1 << 40)]),
        ("same", (-1,), ["same", "pointer", "64 bits"]),
    ],
)
def test_a_value_out_of_range_names_function_parameter_and_type(
    mocking: Mocking, function: str, args: tuple[Any, ...], words: list[str]
) -> None:
    """A value that does not fit its C type is a ValueError of ours that says where and what was allowed."""
    with pytest.raises(ArgumentValueError) as raised:
        getattr(mocking.lib, function)(*args)
    assert [word for word in words if word not in str(raised.value)] == []
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize(
    ("function", "args", "words"),
    [
        ("plus_one", ("3",), ["plus_one", "value", "int", "'3'", "str"]),
        ("plus_one", (3.0,), ["plus_one", "value", "3.0", "float"]),
        ("plus_one", (None,), ["plus_one", "value", "None"]),
        ("half", ("1",), ["half", "value", "float", "'1'"]),
        ("length_of", (3.5,), ["length_of", "text", "const char *", "3.5"]),
        ("sum_of", ("abc", 3), ["sum_of", "numbers", "'abc'"]),
        ("sum_of", ([1, "x"], 2), ["sum_of", "numbers", "'x'"]),
        ("apply", ("plus_one", 3), ["apply", "f", "'plus_one'"]),
        ("by_value", (3,), ["by_value", "struct point p", "3 is an int", "a dict of members", "a pointer to one"]),
        ("by_value", ({"x": "1"},), ["by_value", "struct point.x", "'1' is a str"]),
        ("corner", ({"title": "a"}, 0), ["corner", "struct table *t", "is a dict", "mocking.new()"]),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_type_error(
    mocking: Mocking, function: str, args: tuple[Any, ...], words: list[str]
) -> None:
    """A value of another kind than the C type is a TypeError of ours that says where and what it is."""
    with pytest.raises(ArgumentTypeError) as raised:
        getattr(mocking.lib, function)(*args)
    assert [word for word in words if word not in str(raised.value)] == []
    assert isinstance(raised.value, TypeError)


@pytest.mark.parametrize("args", [(), (1,), (1, 2, 3)], ids=["none", "one", "three"])
def test_a_wrong_number_of_arguments_shows_the_prototype(mocking: Mocking, args: tuple[int, ...]) -> None:
    """Too few and too many arguments are told with the prototype."""
    with pytest.raises(ArgumentTypeError, match=rf"int16_t add16\(.*\) takes 2 arguments, not {len(args)}"):
        mocking.lib.add16(*args)


def test_a_refused_call_leaves_the_child_as_it_was(mocking: Mocking) -> None:
    """C is not entered by a call that is refused."""
    with pytest.raises(ArgumentError):
        mocking.lib.nothing(1)
    assert mocking.lib.counter == 3


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "args", "result"),
    [
        ("negate8", (-127,), 127),
        ("negate8", (5,), -5),
        ("byte_of", (255,), 255),
        ("add16", (-30000, -2768), -32768),
        ("twice", (1 << 63,), 0),
        ("twice", ((1 << 63) - 1,), (1 << 64) - 2),
        ("next_letter", ("a",), ord("b")),
        ("next_letter", (97,), ord("b")),
        ("half", (5.0,), 2.5),
        ("half", (5,), 2.5),
        ("scale", (1e300, 0.5), 5e299),
        ("precise", (1.5,), 1.75),
        ("following", ("RED",), "GREEN"),
        ("following", (5,), "BLUE"),
        ("following", (77,), "RED"),
        ("widest", (), "LARGE"),
        ("toggle", ("ON",), "OFF"),
        ("toggle", (7,), "ON"),
        ("nothing", (), None),
        ("unprototyped", (), 5),
        ("import", (4,), 4),
    ],
)
def test_scalars_arrive_and_return(mocking: Mocking, function: str, args: tuple[Any, ...], result: Any) -> None:
    """Each scalar type is passed with its sign and width, and comes back as Python's."""
    answer = mocking.lib[function](*args)
    assert (type(answer), answer) == (type(result), result)


@pytest.mark.parametrize(("a", "b"), [(True, True), (True, False), (1, 0), (1, 1)])
def test_bool_is_bool(mocking: Mocking, a: Any, b: Any) -> None:
    """A _Bool takes True, False, 1 and 0, and returns True or False."""
    assert mocking.lib.both(a, b) is bool(a and b)


def test_numbers_that_are_none(mocking: Mocking) -> None:
    """NaN and infinity pass through C, and a value too fine for float is rounded as C does."""
    assert math.isnan(mocking.lib.scale(math.nan, 1.0))
    assert mocking.lib.scale(math.inf, -1.0) == -math.inf
    assert mocking.lib.half(0.1) == ctypes.c_float(0.05).value


def test_twelve_integers(mocking: Mocking) -> None:
    """Arguments beyond the six registers arrive in order on the stack."""
    args = [7, -3, 11, 5, -2, 13, -17, 19, 23, -29, 31, -37]
    assert mocking.lib.sum12(*args) == sum(weight * arg for weight, arg in enumerate(args, 1))


def test_ten_doubles(mocking: Mocking) -> None:
    """Arguments beyond the eight vector registers arrive in order on the stack."""
    args = [0.5, 1.25, -2.0, 3.0, 4.0, -5.5, 6.0, 7.0, 8.75, -9.0]
    assert mocking.lib.sum10(*args) == sum(weight * arg for weight, arg in enumerate(args, 1))


def test_both_kinds_of_registers_run_out(mocking: Mocking) -> None:
    """Integers and doubles in turn each find their own registers, and share the stack."""
    args = [1, 2.5, -3, 4.5, 5, 6.25, 1 << 40, 8.0, -9, 10.5, 11, 12.0, 13, 14.0, 15, 16.5, 17.0, 18.25]
    assert mocking.lib.sum_mixed(*args) == sum(weight * arg for weight, arg in enumerate(args, 1))


def test_small_types_on_the_stack(mocking: Mocking) -> None:
    """Narrow integers, bool and pointers keep their values in stack words."""
    args = ["x", -1, 65535, -2, 1 << 40, None, -128, 255, True, "last"]
    assert mocking.lib.many_words(*args) == 1


def test_long_doubles_are_aligned_on_the_stack(mocking: Mocking) -> None:
    """Two words each, whatever stands beside them."""
    assert mocking.lib.long_doubles(1, 2.5, 3.0, 4.25, 5) == 1 + 5 + 9 + 17 + 25


def test_variadic_functions_take_all_kinds(mocking: Mocking) -> None:
    """The arguments behind the dots are passed as C's promotions would; text and floats too."""
    to = mocking.new("char[100]")
    lib = mocking.lib
    text = "%d %s %.2f %c %ld %s"
    assert lib.snprintf(to, 100, text, -5, "five", 2.5, 65, 1 << 40, "äö") == len("-5 five 2.50 A 1099511627776 ") + 4
    assert mocking.string(to) == "-5 five 2.50 A 1099511627776 äö"
    assert lib.snprintf(to, 100, "%d%d%d%d%d%d%d%d", *range(8)) == 8
    assert mocking.string(to) == "01234567"
    assert lib.snprintf(to, 100, "%g %g %g %g %g %g %g %g %g", *[n + 0.5 for n in range(9)]) == 35
    assert mocking.string(to) == "0.5 1.5 2.5 3.5 4.5 5.5 6.5 7.5 8.5"
    assert lib.snprintf(to, 4, "long") == 4
    with pytest.raises(ArgumentTypeError, match=r"snprintf.* takes 3 or more arguments, not 2"):
        lib.snprintf(to, 4)


# --- pointers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("abc", 3), (b"ab\xff", 3), (bytearray(b"xy"), 2), ("ä", 2), (None, 1000), ("a" * 100_000, 100_000)],
    ids=["empty", "str", "bytes", "bytearray", "utf-8", "NULL", "long"],
)
def test_text_is_passed_for_the_call(mocking: Mocking, text: Any, length: int) -> None:
    """Text and bytes are C strings in the SUT's memory, None is NULL."""
    assert mocking.lib.length_of(text) == length


def test_lists_are_passed_as_arrays(mocking: Mocking) -> None:
    """A list or tuple of numbers is an array of the parameter's type."""
    assert mocking.lib.sum_of([1, -2, 30], 3) == 29
    assert mocking.lib.sum_of((5,), 1) == 5
    assert mocking.lib.sum_of([], 0) == 0


def test_lists_of_structs_are_passed_as_arrays(mocking: Mocking) -> None:
    """The elements of a list for a pointer to structs are dicts of members; what they leave out is zero."""
    tables = [{"corners": [{"x": 1}, {"x": 2, "y": 3}], "title": "one"}]
    assert mocking.lib.corner(tables, 1) == {"x": 2, "y": 3}
    assert mocking.lib.corner(tables, 0) == {"x": 1, "y": 0}
    with pytest.raises(UnknownNameError, match=r"corner: argument t .*did you mean 'title'"):
        mocking.lib.corner([{"titel": "one"}], 0)
    with pytest.raises(ArgumentTypeError, match=r"corner: argument t .*struct table"):
        mocking.lib.corner([3], 0)


def test_lists_of_text_are_passed_as_arrays_of_strings(mocking: Mocking) -> None:
    """The elements of a list for a ``const char *`` array are strings of their own; None is NULL."""
    assert mocking.lib.longest(["a", b"four", "ab", None]) == 4
    with pytest.raises(ArgumentTypeError, match=r"longest: argument words .*3\.5"):
        mocking.lib.longest(["a", 3.5])


def test_pointers_carry_results_out(mocking: Mocking) -> None:
    """What C writes through a pointer is read from the object that Python made."""
    whole, rest = mocking.new("int"), mocking.new("double")
    mocking.lib.split(3.25, whole, rest)
    assert (whole[0], rest[0]) == (3, 0.25)
    block = mocking.new("unsigned char[4]")
    mocking.lib.fill(block, 3, 0xAB)
    assert mocking.bytes(block, 4) == b"\xab\xab\xab\0"


def test_returned_pointers_have_their_type(mocking: Mocking) -> None:
    """A returned pointer is followed by the type that the prototype says, through typedefs too."""
    lib = mocking.lib
    assert mocking.string(lib.color_name("GREEN")) == "green"
    assert mocking.string(lib.color_name("BLUE")) is None
    chain = lib.cons(1, lib.cons(2, None))
    assert (chain.value, chain.next.value, bool(chain.next.next)) == (1, 2, False)
    chain.next.value = 20
    assert chain.next.value == 20
    assert lib.same(chain) == chain


def test_functions_are_pointers_too(mocking: Mocking) -> None:
    """A C function is passed where a function pointer is wanted: to the SUT, and to qsort of libc."""
    lib = mocking.lib
    assert lib.apply(lib.plus_one, 3) == 4
    numbers = mocking.new("int[]", [3, -1, 2])
    lib.qsort(numbers, 3, 4, lib.compare_ints)
    assert list(numbers) == [-1, 2, 3]
    assert lib.same(lib.free) == int(lib.free)


def test_libc_is_there_as_callee(mocking: Mocking) -> None:
    """What the headers declare and libc defines can be called."""
    lib = mocking.lib
    assert lib.strlen("abc") == 3
    assert lib.sqrt(2.25) == 1.5
    assert lib.atoi("42") == 42
    assert mocking.string(lib.strchr("a=b", ord("="))) == "=b"
    assert lib.wcslen(mocking.new("wchar_t[4]", [65, 66])) == 2


@pytest.mark.parametrize("ours", ["ctypes", "byref", "cffi"])
def test_pointers_of_python_are_refused(mocking: Mocking, ours: str) -> None:
    """Memory of the Python process does not exist in the SUT, and the message says what to do instead."""
    ffi = cffi.FFI()
    number = ctypes.c_int(5)
    pointer = {"ctypes": ctypes.pointer(number), "byref": ctypes.byref(number), "cffi": ffi.new("int *", 5)}[ours]
    with pytest.raises(ArgumentTypeError, match=r"follow.* Python process.*mocking\.new") as raised:
        mocking.lib.follow(pointer)
    assert "const int *pointer" in str(raised.value)


def test_a_raw_address_of_python_crashes_with_a_hint(mocking: Mocking) -> None:
    """An address as an int cannot be told apart, so the SUT crashes; the report names whose address it is."""
    block = ctypes.create_string_buffer(1 << 20)
    with pytest.raises(SutCrashed) as raised:
        mocking.lib.follow(ctypes.addressof(block))
    assert "SIGSEGV" in str(raised.value)
    assert "that address belongs to the Python process" in str(raised.value)
    assert "mocking.new()" in str(raised.value)


def test_errno_goes_both_ways(mocking: Mocking) -> None:
    """`mocking.errno` is what C left, and what the next call finds."""
    mocking.errno = 0
    assert mocking.lib.set_errno(7) == 0
    assert mocking.errno == 7
    mocking.errno = 4
    assert mocking.lib.set_errno(9) == 4
    mocking.lib.strtol("99999999999999999999", None, 10)
    assert mocking.errno == 34


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plus_two", ["plus_two", "did you mean 'plus_one'"]),
        ("countr", ["countr", "did you mean 'counter'"]),
        ("inlined", ["inlined", "inline", "things.h:"]),
        ("never_defined", ["never_defined", "declared", "things.h:", "objs="]),
        ("never_defined_either", ["never_defined_either", "declared", "objs="]),
    ],
)
def test_a_name_that_cannot_be_reached_says_why(mocking: Mocking, name: str, words: list[str]) -> None:
    """Misspelt, inline and undefined names each have their own message."""
    with pytest.raises(UnknownNameError) as raised:
        getattr(mocking.lib, name)
    assert [word for word in words if word not in str(raised.value)] == []
    assert isinstance(raised.value, AttributeError)


def test_a_function_shows_its_prototype(mocking: Mocking) -> None:
    """repr, documentation, name and dir tell what C declares."""
    assert repr(mocking.lib.add16) == "<C function int16_t add16(int16_t a, int16_t b)>"
    assert "things.h:" in mocking.lib.add16.__doc__
    assert mocking.lib.add16.__name__ == "add16"
    assert {"add16", "counter", "import"} <= set(dir(mocking.lib))
    assert hasattr(mocking.lib, "add16")
    assert not hasattr(mocking.lib, "nowhere")
