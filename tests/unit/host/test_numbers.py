"""Scalars of cffi's types as bytes and back."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cmock_py.errors import ArgumentTypeError, ArgumentValueError
from cmock_py.host.numbers import decode, encode, ffi, size_of


@pytest.mark.parametrize(
    ("ctype", "value", "raw"),
    [
        ("char", "a", b"a"),
        ("char", -1, b"\xff"),
        ("signed char", -128, b"\x80"),
        ("unsigned char", 255, b"\xff"),
        ("_Bool", True, b"\x01"),
        ("short", -2, b"\xfe\xff"),
        ("wchar_t", -1, b"\xff\xff\xff\xff"),
        ("unsigned long", (1 << 64) - 1, b"\xff" * 8),
        ("float", 0.5, b"\0\0\0\x3f"),
        ("double", -2, b"\0\0\0\0\0\0\0\xc0"),
    ],
)
def test_encoded_scalars_have_the_bytes_of_c(ctype: str, value: Any, raw: bytes) -> None:
    """Each is little-endian and as long as its type, and decodes to the same number."""
    kind = ffi().typeof(ctype)
    assert encode(kind, value) == raw
    assert decode(kind, raw) == (ord(value) if isinstance(value, str) else value)


def test_not_a_number_stays_one() -> None:
    """NaN has no equal, but keeps being NaN."""
    double = ffi().typeof("double")
    assert math.isnan(decode(double, encode(double, math.nan)))


@pytest.mark.parametrize(
    ("ctype", "value", "error"),
    [
        ("unsigned char", 256, ArgumentValueError),
        ("float", 1e39, ArgumentValueError),
        ("_Bool", 2, ArgumentValueError),
        ("char", "", ArgumentValueError),
        ("int", "1", ArgumentTypeError),
        ("double", None, ArgumentTypeError),
    ],
)
def test_what_does_not_fit_is_told_with_its_type(ctype: str, value: Any, error: type[Exception]) -> None:
    """The message begins with the C type."""
    with pytest.raises(error, match=f"^{ctype}: "):
        encode(ffi().typeof(ctype), value)


def test_incomplete_types_have_no_size() -> None:
    """The message says what can be done with one."""
    with pytest.raises(ArgumentTypeError, match=r"struct unseen is incomplete: .* only pointers"):
        size_of(ffi().typeof("struct unseen"))
