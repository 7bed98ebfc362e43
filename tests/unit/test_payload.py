"""The bytes of calls and answers: what is encoded is decoded, for every form of field and any values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmock_py.cdecl.model import CType, Declarations, Enumeration, Floating, Integer, Pointer, Void
from cmock_py.lang.nodes import WILDCARD
from cmock_py.mocked import Mocked, mocked_functions
from cmock_py.payload import UnfitError, decode_answer, decode_args, encode_answer, encode_args
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec
from cmock_py.trace import Truncated

INT, CHAR, BYTE = Integer(4, signed=True), Integer(1, signed=True, kind="char"), Integer(1, signed=False)
COLOR = Enumeration("color", 4, signed=True, values=(("RED", 0), ("BLUE", -1)))
TYPES: dict[str, CType] = {
    "void": Void(),
    "int": INT,
    "uint8_t": BYTE,
    "uint64_t": Integer(8, signed=False),
    "bool": Integer(1, signed=False, kind="bool"),
    "float": Floating(4),
    "double": Floating(8),
    "long double": Floating(16),
    "double _Complex": Floating(16, is_complex=True),
    "enum color": COLOR,
    "void *": Pointer(Void()),
    "int *": Pointer(INT),
    "double *": Pointer(Floating(8)),
    "bool *": Pointer(Integer(1, signed=False, kind="bool")),
    "enum color *": Pointer(COLOR),
    "void **": Pointer(Pointer(Void())),
    "uint8_t *": Pointer(BYTE),
    "char *": Pointer(CHAR),
    "const char *": Pointer(CHAR, const=True),
}

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
INTS = st.integers(-(2**31), 2**31 - 1)
DOUBLES = st.floats(allow_nan=False)
ENUMS = st.sampled_from(["RED", "BLUE", 1, 77])
ADDRESSES = st.one_of(st.none(), st.integers(1, 2**64 - 1))

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int": INTS,
    "uint8_t": st.integers(0, 255),
    "uint64_t": st.integers(0, 2**64 - 1),
    "bool": st.booleans(),
    "float": st.floats(width=32, allow_nan=False),
    "double": DOUBLES,
    "long double": DOUBLES,
    "double _Complex": st.complex_numbers(allow_nan=False),
    "enum color": ENUMS,
    "void *": ADDRESSES,
    "const char *": st.one_of(st.none(), TEXT),
}
ARRAYS: dict[str, st.SearchStrategy[Any]] = {
    "int *": st.lists(INTS),
    "double *": st.lists(DOUBLES),
    "bool *": st.lists(st.booleans()),
    "enum color *": st.lists(ENUMS),
    "void **": st.lists(ADDRESSES),
    "uint8_t *": st.binary(),
    "char *": st.binary(),
    "void *": st.binary(),
}
IN = [
    *((ApiArg(text, "x"), values) for text, values in VALUES.items()),
    *((ApiArg(text, "x", buffer=8), st.one_of(st.none(), values)) for text, values in ARRAYS.items()),
    (ApiArg("int *", "x", dir="inout"), st.one_of(st.none(), INTS)),
]
OUT = [
    *((ApiArg(text, "x", dir="out", buffer=8), values) for text, values in ARRAYS.items()),
    (ApiArg("int *", "x", dir="out"), INTS),
    (ApiArg("enum color *", "x", dir="out"), ENUMS),
    (ApiArg("void **", "x", dir="out"), ADDRESSES),
]


def function(*args: ApiArg, ret: str = "void") -> Mocked:
    """Make one mocked function whose arguments are numbered in order."""
    named = [ApiArg(arg.type, f"{arg.name}{i}", arg.dir, arg.buffer) for i, arg in enumerate(args)]
    spec = ApiSpec([ApiModule("m", [ApiFunction("f", ret, named)])])
    return mocked_functions(spec, Declarations(types=TYPES))[0]


@given(data=st.data(), chosen=st.lists(st.sampled_from(IN), max_size=6))
def test_arguments_come_back(data: st.DataObject, chosen: list[tuple[ApiArg, st.SearchStrategy[Any]]]) -> None:
    """Arguments of any types in any order decode to what was encoded, wildcards included, in whole words."""
    mocked = function(*(arg for arg, _ in chosen))
    values = tuple(data.draw(st.one_of(st.just(WILDCARD), values)) for _, values in chosen)
    payload, mask = encode_args(mocked, values)
    assert decode_args(mocked, payload, mask) == values
    assert len(payload) % 8 == 0
    has_padding = any(arg.type.startswith("long double") for arg, _ in chosen)
    assert mask is not None if WILDCARD in values else mask is None or has_padding


@given(
    data=st.data(),
    chosen=st.lists(st.sampled_from(OUT), max_size=4),
    ret=st.sampled_from(["void", *VALUES]),
    errno=st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)),
)
def test_answers_come_back(
    data: st.DataObject, chosen: list[tuple[ApiArg, st.SearchStrategy[Any]]], ret: str, errno: int | None
) -> None:
    """Outs, result and errno of any types decode to the shape that an event gives them."""
    mocked = function(*(arg for arg, _ in chosen), ret=ret)
    outs = [data.draw(st.one_of(st.just(WILDCARD), values)) for _, values in chosen]
    result = None if ret == "void" else data.draw(VALUES[ret])
    answer = encode_answer(mocked, outs, result, errno)
    shape = tuple(outs) if ret == "void" else (*outs, result)
    decoded = decode_answer(mocked, answer.flags, answer.data)
    assert decoded == (shape if outs else result)
    assert answer.flags >> 32 == (0 if errno is None else errno % 2**32)


def test_a_string_answer_ends_within_the_region() -> None:
    """A text answer is read up to its NUL, however much lies behind it, and across the blocks of the search."""
    mocked = function(ret="const char *")
    text = "ä" * 5000
    answer = encode_answer(mocked, [], text, None)
    assert decode_answer(mocked, answer.flags, memoryview(answer.data + b"x" * 100_000)) == text


def test_bytes_that_are_no_utf8_survive() -> None:
    """Text from C that is no UTF-8 is str with surrogates, and encodes to the same bytes."""
    mocked = function(ApiArg("const char *", "x"))
    payload, _ = encode_args(mocked, [b"\xff\xfe"])
    (text,) = decode_args(mocked, payload)
    assert text == "\udcff\udcfe"
    assert encode_args(mocked, [text])[0] == payload


def test_null_is_not_empty() -> None:
    """NULL, no elements and a wildcard are three things."""
    mocked = function(ApiArg("int *", "x", buffer=4))
    encoded = [encode_args(mocked, [value]) for value in (None, [], WILDCARD)]
    assert len(set(encoded)) == 3
    assert [decode_args(mocked, *one) for one in encoded] == [(None,), ([],), (WILDCARD,)]


def test_a_truncated_capture_says_so() -> None:
    """Of an array that was longer than the bound the kept part and the whole size are decoded."""
    mocked = function(ApiArg("int *", "x", buffer="n"))
    payload = (400).to_bytes(8, "little") + (8 << 32 | 16).to_bytes(8, "little") + bytes([1, 0, 0, 0, 2, 0, 0, 0])
    assert decode_args(mocked, payload) == (Truncated([1, 2], 400),)


def test_padding_is_zero() -> None:
    """Slots are zero-extended, so that bytes compare."""
    mocked = function(ApiArg("uint8_t", "a"), ApiArg("int", "b"))
    payload, mask = encode_args(mocked, [255, -1])
    assert payload == b"\xff" + bytes(7) + b"\xff\xff\xff\xff" + bytes(4)
    assert mask is None


def test_all_that_does_not_fit_is_told() -> None:
    """Every argument, every out and the result that does not fit has a text of its own, with name and type."""
    mocked = function(ApiArg("uint8_t", "a"), ApiArg("int", "b"), ApiArg("const char *", "c"))
    with pytest.raises(UnfitError) as caught:
        encode_args(mocked, [300, "x", 7])
    assert caught.value.whys == (
        "a0 (uint8_t): 300 is outside 0..255",
        "b1 (int): 'x' is a str, not a whole number",
        "c2 (const char *): 7 is an int, not a string or None",
    )
    mocked = function(ApiArg("int *", "a", "out"), ApiArg("int *", "b", "out", buffer=2), ret="bool")
    with pytest.raises(UnfitError) as caught:
        encode_answer(mocked, [1.5, [1, "x"]], 2, None)
    assert caught.value.whys == (
        "a0 (int *): 1.5 is a float, not a whole number",
        "b1 (int *): element [1]: 'x' is a str, not a whole number",
        "result (bool): 2 is outside 0..1",
    )


@pytest.mark.parametrize(
    ("arg", "value", "why"),
    [
        pytest.param(ApiArg("int *", "x", buffer=2), "ab", "'ab' is a str, not a list or None", id="text for ints"),
        pytest.param(
            ApiArg("int *", "x", buffer=2), b"ab", "b'ab' is a bytes, not a list or None", id="bytes for ints"
        ),
        pytest.param(ApiArg("char *", "x", buffer=2), 7, "7 is an int, not bytes or None", id="int for bytes"),
        pytest.param(ApiArg("const char *", "x"), ["a"], "['a'] is a list, not a string or None", id="list for text"),
        pytest.param(ApiArg("const char *", "x"), "a\0", "'a\\x00' has a NUL inside, where C ends a string", id="NUL"),
        pytest.param(
            ApiArg("const char *", "x"),
            "\ud800",
            "the character U+D800 is half of a pair and cannot be UTF-8",
            id="half a pair",
        ),
        pytest.param(ApiArg("uint8_t *", "x", buffer=2), [256], "element [0]: 256 is outside 0..255", id="no byte"),
    ],
)
def test_blobs_that_do_not_fit(arg: ApiArg, value: Any, why: str) -> None:
    """A value of the wrong form is refused with itself as the user wrote it."""
    with pytest.raises(UnfitError) as caught:
        encode_args(function(arg), [value])
    assert str(caught.value) == f"x0 ({arg.type}): {why}"


def test_none_is_no_content() -> None:
    """An out array cannot be answered with None; the message names the wildcard."""
    with pytest.raises(UnfitError, match=r"write _ \(WILDCARD\) to leave the SUT's memory untouched"):
        encode_answer(function(ApiArg("int *", "x", "out", buffer=2)), [None], None, None)
