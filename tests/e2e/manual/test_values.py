"""Values of every kind go from the language into C and from C into the check, and come back as they were."""

from __future__ import annotations

import errno
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    SEQ,
    WILDCARD,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    LanguageError,
    Mocking,
    NullOut,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = Path(__file__).parent / "files" / "values.h"
SIZED = ApiArg("size_t", "n")
PUT = {
    "put_i8": "int8_t",
    "put_u8": "uint8_t",
    "put_i16": "int16_t",
    "put_u16": "uint16_t",
    "put_int": "int",
    "put_u32": "uint32_t",
    "put_i64": "int64_t",
    "put_u64": "uint64_t",
    "put_char": "char",
    "put_bool": "_Bool",
    "put_float": "float",
    "put_double": "double",
    "put_long_double": "long double",
    "put_complex": "float _Complex",
    "put_color": "enum color",
    "put_level": "level_t",
    "put_mode": "enum mode",
    "put_wide": "wchar_t",
    "put_pointer": "struct opaque *",
    "put_string": "const char *",
}
BUFFERS = {
    "put_bytes": "const void *",
    "put_chars": "const char *",
    "put_ints": "const int *",
    "put_doubles": "const double *",
    "put_colors": "const enum color *",
}
GET = {
    "get_i8": "int8_t",
    "get_u8": "uint8_t",
    "get_int": "int",
    "get_u64": "uint64_t",
    "get_char": "char",
    "get_bool": "_Bool",
    "get_float": "float",
    "get_double": "double",
    "get_long_double": "long double",
    "get_complex": "float _Complex",
    "get_color": "enum color",
    "get_level": "level_t",
    "get_mode": "enum mode",
    "get_pointer": "struct opaque *",
    "get_string": "const char *",
}
FILL = [ApiArg("void *", "x", dir="out", buffer="n"), SIZED, ApiArg("int *", "left", dir="out")]
API_SPEC = ApiSpec(
    [
        ApiModule(
            "v",
            [
                *(ApiFunction(name, args=[ApiArg(text, "x")]) for name, text in PUT.items()),
                *(ApiFunction(name, args=[ApiArg(text, "x", buffer="n"), SIZED]) for name, text in BUFFERS.items()),
                ApiFunction("add_one", args=[ApiArg("int *", "x", dir="inout")]),
                *(ApiFunction(name, text) for name, text in GET.items()),
                ApiFunction("may_fail", "int", [ApiArg("int", "fd")]),
                ApiFunction("fill", "int", FILL),
            ],
        )
    ]
)


@pytest.fixture(scope="module")
def mocking() -> Iterator[Mocking]:
    """Start the mocks once; Python is what calls them."""
    with start_mocking(API_SPEC, [HEADER]) as mocking:
        mocking.restart()
        yield mocking


def called(mocking: Mocking, language: Any, function: str, *args: Any) -> bool:
    """Set a language, make one call, and tell whether the check is content."""
    init_lang(language)
    mocking.lib[function](*args)
    return bool(verdict())


# --- arguments ------------------------------------------------------------------------------------------------------

SAME = [
    ("put_i8(-128)", -128),
    ("put_i8(127)", 127),
    ("put_u8(255)", 255),
    ("put_i16(-32768)", -32768),
    ("put_u16(65535)", 65535),
    ("put_int(-2147483648)", -(2**31)),
    ("put_int(0x7fffffff)", 2**31 - 1),
    ("put_int(MAX_LEN)", 64),
    ("put_u32(MASK)", 2**31 + 64),
    ("put_i64(-9223372036854775808)", -(2**63)),
    ("put_u64(18446744073709551615)", 2**64 - 1),
    ("put_u64(0xffffffffffffffffull)", 2**64 - 1),
    ("put_char('a')", "a"),
    ("put_char('a')", 97),
    ("put_char(97)", "a"),
    (r"put_char('\xff')", -1),
    ("put_bool(true)", True),
    ("put_bool(1)", True),
    ("put_bool(false)", 0),
    ("put_float(0.1)", 0.1),
    ("put_float(INFINITY)", math.inf),
    ("put_float(0.0)", -0.0),
    ("put_float(NAN)", math.nan),
    ("put_double(0.1)", 0.1),
    ("put_double(2)", 2.0),
    ("put_double(-0.0)", 0.0),
    ("put_double(NAN)", math.nan),
    ("put_double(-INFINITY)", -math.inf),
    ("put_long_double(0.1)", 0.1),
    ("put_long_double(0.0)", -0.0),
    ("put_long_double(NAN)", math.nan),
    ("put_complex(1.5)", 1.5 + 0j),
    ("put_color(GREEN)", "GREEN"),
    ("put_color(5)", "GREEN"),
    ("put_color(BLUE)", -1),
    ("put_color(7)", 7),
    ("put_int(GREEN|0x10|MAX_LEN)", 0x55),
    ("put_mode(READ|WRITE)", 3),
    ("put_mode(READ | 0x10)", "SYNC|READ"),
    ("put_mode(3)", "WRITE|READ"),
    ("put_wide(0x20AC)", 0x20AC),
    ("put_wide(-1)", -1),
    ("put_level(HIGH)", 200),
    ("put_int(GREEN)", 5),
    ("put_pointer(NULL)", None),
    ("put_pointer(0x1234)", 0x1234),
    ('put_string("grüße")', "grüße"),
    (r'put_string("\xff")', b"\xff"),
    ('put_string("")', ""),
    ("put_string(NULL)", None),
    ("put_string(_)", None),
    ("put_u8(_)", 3),
    ("put_double(_)", 3.5),
]


@pytest.mark.parametrize(("event", "value"), SAME, ids=[f"{event} {value!r}" for event, value in SAME])
def test_the_check_accepts(mocking: Mocking, event: str, value: Any) -> None:
    """The value of the event and the value of the call are the same to the check."""
    assert called(mocking, f"v.{event}", event.partition("(")[0], value)


DIFFERENT = [
    ("put_i8(-1)", 1),
    ("put_u64(18446744073709551615)", 2**64 - 2),
    ("put_bool(true)", False),
    ("put_float(0.1)", 0.2),
    ("put_float(NAN)", 0.0),
    ("put_double(0.1)", 0.1 + 2**-56),
    ("put_long_double(1.0)", 2.0),
    ("put_complex(1.5)", 1.5 + 1j),
    ("put_color(GREEN)", "RED"),
    ("put_pointer(NULL)", 1),
    ('put_string("a")', "b"),
    ('put_string("a")', "ab"),
    ('put_string("ab")', "a"),
    ('put_string("")', None),
    ("put_string(NULL)", ""),
]


@pytest.mark.parametrize(("event", "value"), DIFFERENT, ids=[f"{event} {value!r}" for event, value in DIFFERENT])
def test_the_check_refuses(mocking: Mocking, event: str, value: Any) -> None:
    """The value of the event and the value of the call differ to the check."""
    assert not called(mocking, f"v.{event}", event.partition("(")[0], value)


BYTES = [
    ("put_bytes", 'x"00 ff"', b"\x00\xff"),
    ("put_bytes", "[0, 255]", b"\x00\xff"),
    ("put_chars", '"ab"', b"ab"),
    ("put_chars", r'"a\0b"', b"a\0b"),
    ("put_chars", "['a', 'b']", b"ab"),
    ("put_ints", "[1, -2, MAX_LEN]", [1, -2, 64]),
    ("put_ints", "[]", []),
    ("put_doubles", "[0.5, -1]", [0.5, -1.0]),
    ("put_colors", "[RED, BLUE, 5]", [0, -1, 5]),
]


@pytest.mark.parametrize(("function", "text", "value"), BYTES, ids=[f"{name} {text}" for name, text, _ in BYTES])
def test_buffers_are_compared_whole(mocking: Mocking, function: str, text: str, value: Any) -> None:
    """A buffer that an event spells as text, bytes or list is the same as the SUT's; one element less is not."""
    assert called(mocking, f"v.{function}({text}, {len(value)})", function, value, len(value))
    if len(value):
        assert not called(mocking, f"v.{function}({text}, _)", function, value, len(value) - 1)


@pytest.mark.parametrize(
    ("expected", "value"), [pytest.param(0.0, -0.0, id="zero"), pytest.param(math.nan, math.nan, id="NaN")]
)
def test_floats_in_a_buffer_compare_as_single_ones(mocking: Mocking, expected: float, value: float) -> None:
    """Within an array, too, 0.0 equals -0.0 and NaN matches NaN, whatever its sign."""
    assert called(
        mocking, EVENT("v", "put_doubles", [[1.0, expected], 2]), "put_doubles", [1.0, math.copysign(value, -1)], 2
    )


def test_null_and_empty_buffers_differ(mocking: Mocking) -> None:
    """A NULL buffer is None in an event, and no list of no elements."""
    assert called(mocking, "v.put_ints(NULL, 0)", "put_ints", None, 0)
    assert not called(mocking, "v.put_ints([], 0)", "put_ints", None, 0)
    assert called(mocking, "v.put_ints(_, 0)", "put_ints", None, 0)


def test_inout_is_seen_and_written(mocking: Mocking) -> None:
    """The value behind an inout pointer is an argument of the event, and the answer replaces it."""
    init_lang("v.add_one(4) -> {5}")
    number = mocking.new("int", 4)
    mocking.lib.add_one(number)
    assert number[0] == 5
    assert check_callouts() is True
    assert get_trace()[0].args == (4,)


def test_named_arguments(mocking: Mocking) -> None:
    """Named arguments may follow positional ones, in any order."""
    assert called(mocking, 'v.put_chars(n: 2, x: "ab")', "put_chars", b"ab", 2)
    assert called(mocking, 'v.put_chars("ab", n: 2)', "put_chars", b"ab", 2)


# --- answers --------------------------------------------------------------------------------------------------------

ANSWERS = [
    ("get_i8", "-128", -128),
    ("get_u8", "255", 255),
    ("get_int", "MAX_LEN", 64),
    ("get_int", "-1", -1),
    ("get_int", "RED", 0),
    ("get_u64", "18446744073709551615", 2**64 - 1),
    ("get_char", "'z'", ord("z")),
    ("get_char", r"'\x80'", -128),
    ("get_bool", "true", True),
    ("get_bool", "0", False),
    ("get_float", "0.5", 0.5),
    ("get_double", "0.1", 0.1),
    ("get_double", "3", 3.0),
    ("get_long_double", "0.25", 0.25),
    ("get_complex", "1.5", 1.5 + 0j),
    ("get_color", "BLUE", "BLUE"),
    ("get_color", "5", "GREEN"),
    ("get_color", "77", 77),
    ("get_mode", "(READ|SYNC)", 17),
    ("get_mode", "WRITE", "WRITE"),
    ("get_level", "HIGH", "HIGH"),
]


@pytest.mark.parametrize(("function", "text", "value"), ANSWERS, ids=[f"{name} {text}" for name, text, _ in ANSWERS])
def test_answers_reach_the_caller(mocking: Mocking, function: str, text: str, value: Any) -> None:
    """The caller gets the answer of the event, and the trace shows the same."""
    init_lang(f"v.{function}() -> {text}")
    assert mocking.lib[function]() == value
    assert get_trace()[0].answer == value
    assert check_callouts() is True


def test_answer_with_nan_and_zeros(mocking: Mocking) -> None:
    """Among many answers of one function NaN and both zeros stay what they are."""
    wanted = [0.0, -0.0, math.nan, -0.0, 0.0, 1.0]
    init_lang(SEQ(EVENT("v", "get_double", [], value) for value in wanted))
    got = [mocking.lib.get_double() for _ in wanted]
    assert list(map(repr, got)) == list(map(repr, wanted))


def test_answer_with_a_string(mocking: Mocking) -> None:
    """A text answered as const char * lies in memory of the SUT; NULL is a null pointer."""
    init_lang('v.get_string() -> "grüße"  v.get_string() -> x"c3 28"  v.get_string() -> ""  v.get_string() -> NULL')
    got = [mocking.string(mocking.lib.get_string()) for _ in range(4)]
    assert got == ["grüße", "\udcc3(", "", None]
    assert [call.answer for call in get_trace()] == got
    assert check_callouts() is True


def test_answer_with_a_pointer(mocking: Mocking) -> None:
    """A pointer answers as NULL, as a number, or as memory that Python made."""
    here = mocking.new("int", 7)
    init_lang(SEQ(EVENT("v", "get_pointer", [], answer) for answer in (None, 0x1000, here)))
    assert [int(mocking.lib.get_pointer()) for _ in range(3)] == [0, 0x1000, int(here)]


def test_bound_names(mocking: Mocking) -> None:
    """A bound name is a fresh value, the same wherever it is used, and the answer where one is given."""
    init_lang("p = v.get_pointer()  n = v.get_int()  v.put_pointer(p)  v.put_int(n)")
    pointer, number = mocking.lib.get_pointer(), mocking.lib.get_int()
    assert number not in {0, -1}
    mocking.lib.put_pointer(pointer)
    mocking.lib.put_int(number)
    assert check_callouts() is True
    init_lang("n = v.get_int() -> 7  m = v.get_int() -> MAX_LEN  c = v.get_color() -> BLUE  v.put_int(n) v.put_int(m)")
    assert [mocking.lib.get_int(), mocking.lib.get_int(), mocking.lib.get_color()] == [7, 64, "BLUE"]
    mocking.lib.put_int(7)
    mocking.lib.put_int(64)
    assert check_callouts() is True


# --- errno and outs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "number"),
    [
        pytest.param("EINTR", errno.EINTR, id="name"),
        pytest.param("EWOULDBLOCK", errno.EAGAIN, id="alias"),
        pytest.param("4095", 4095, id="number"),
        pytest.param("0", 0, id="zero"),
        pytest.param("MAX_LEN", 64, id="macro"),
        pytest.param("GREEN", 5, id="enumerator"),
    ],
)
def test_errno(mocking: Mocking, said: str, number: int) -> None:
    """``*errno = X`` is what the caller finds in errno, in text and in terms."""
    mocking.errno = 77
    init_lang(f"v.may_fail(3, *errno = {said}) -> -1")
    assert (mocking.lib.may_fail(3), mocking.errno) == (-1, number)
    init_lang(EVENT("v", "may_fail", [3], -1, errno=int(said) if said.isdigit() else said))
    assert (mocking.lib.may_fail(3), mocking.errno) == (-1, number)


def test_errno_is_left_alone(mocking: Mocking) -> None:
    """Without ``*errno`` the call keeps errno as the caller had it."""
    init_lang("v.may_fail(3) -> -1")
    mocking.errno = 77
    mocking.lib.may_fail(3)
    assert mocking.errno == 77


def test_outs_of_two_kinds(mocking: Mocking) -> None:
    """An array and a single value are written in one answer, each where its pointer says."""
    room, left = mocking.new("char[4]", b"????"), mocking.new("int", 9)
    init_lang('v.fill(4, *x = "ab", *left = MAX_LEN) -> 2  v.fill(4) -> {x"00 01", _, 2}  v.fill(4) -> {_, 1, 0}')
    seen = []
    for _ in range(3):
        mocking.lib.fill(room, 4, left)
        seen.append((mocking.bytes(room, 4), left[0]))
    assert seen == [(b"ab??", 64), (b"\0\x01??", 64), (b"\0\x01??", 1)]
    assert [call.answer for call in get_trace()] == [(b"ab", 64, 2), (b"\0\x01", WILDCARD, 2), (WILDCARD, 1, 0)]


def test_out_through_null(mocking: Mocking) -> None:
    """A NULL out pointer stops the call when there is something to write, and not when the answer says _."""
    init_lang("v.fill(0) -> {[], _, 0}")
    assert mocking.lib.fill(None, 0, None) == 0
    init_lang("v.fill(0) -> {[], 1, 0}")
    with pytest.raises(NullOut, match="left"):
        mocking.lib.fill(None, 0, None)


# --- refused before anything runs -----------------------------------------------------------------------------------


def test_terms_are_refused_by_file_and_line(mocking: Mocking) -> None:
    """The faults of terms name the line of Python that wrote each, all of them in order."""
    with pytest.raises(LanguageError) as caught:
        init_lang(
            SEQ(
                EVENT("v", "put_u8", [300]),
                EVENT("v", "put_u8", [3]),
                EVENT("v", "put_double", ["1"]),
                EVENT("v", "get_int", [], True and 2.5),
            )
        )
    faults = caught.value.faults
    first = int(faults[0].path.rpartition(":")[2])
    assert [fault.path for fault in faults] == [f"{__file__}:{first + i}" for i in (0, 2, 3)]
    assert [fault.message for fault in faults] == [
        "v.put_u8: x (uint8_t): 300 is outside 0..255",
        "v.put_double: x (double): '1' is a str, not a real number",
        "v.get_int: result (int): 2.5 is a float, not a whole number",
    ]


def test_a_string_with_a_nul_is_refused(mocking: Mocking) -> None:
    """A NUL inside a C string can be neither expected nor answered."""
    with pytest.raises(LanguageError, match="NUL inside"):
        init_lang(r'v.put_string("a\0b")')
    with pytest.raises(LanguageError, match="NUL inside"):
        init_lang(r'v.get_string() -> "a\0b"')


def test_wrong_calls_show_decoded_values(mocking: Mocking) -> None:
    """A report shows an enum by name and bytes in hexadecimal, as the language writes them."""
    init_lang('v.put_color(RED)  v.put_bytes(x"00", 1)')
    mocking.lib.put_color("GREEN")
    mocking.lib.put_bytes(b"\xab", 1)
    with pytest.raises(CalloutsFailed) as caught:
        check_callouts()
    assert "GREEN" in str(caught.value)
    assert 'x"ab"' in str(caught.value)


def test_wrong_flags_and_unknown_numbers_are_shown_as_what_they_are(mocking: Mocking) -> None:
    """A number that combines flags is shown as these, another one as what it is not."""
    init_lang("v.put_mode(READ|SYNC)  v.put_color(RED)  v.put_mode(_)")
    for name, value in (("put_mode", 3), ("put_color", 7), ("put_mode", 20)):
        mocking.lib[name](value)
    with pytest.raises(CalloutsFailed) as caught:
        check_callouts()
    for text in ("READ|WRITE", "READ|SYNC", "7 (no enumerator of enum color)"):
        assert text in str(caught.value)
    assert [repr(call.args[0]) for call in get_trace()][::2] == ["READ|WRITE", "20 (no enumerator of enum mode)"]
    assert [call.args[0] for call in get_trace()] == [3, 7, 20]
