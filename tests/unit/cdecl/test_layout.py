"""The table of layouts as C, and what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cmock_py.cdecl.layout import count, read, table
from cmock_py.cdecl.model import Declarations, Layout, Member
from cmock_py.errors import InternalError, LayoutError

if TYPE_CHECKING:
    from collections.abc import Callable

BASICS = [2, 4, 8, 8, 8, 4, 8, 16, 1]
NASTY = (
    "struct __attribute__((packed)) p { char c; int i; unsigned b : 5; signed s : 3; _Bool o : 1;"
    " unsigned long long w : 40; enum { X } e : 2; };"
    "struct n { union { int u; struct { short a, b; }; }; struct { char x; } in[2]; const volatile int k; char flex[]; };"
    "struct empty {}; typedef struct { double d; long z[0]; } t; union un { int i; float f; };"
)
TYPES = ("struct p", "struct n", "struct empty", "t", "union un")


def test_the_table_compiles_without_a_warning(headers: Callable[..., object]) -> None:
    """The user's strictest flags have nothing to say about our lines."""
    made = headers(NASTY)
    text, _ = table(made.declare(types=TYPES))
    flags = [
        "-Wall",
        "-Wextra",
        "-Wconversion",
        "-Wsign-conversion",
        "-Wmissing-prototypes",
        "-Wshadow",
        "-Wcast-qual",
        "-S",
    ]
    done = made.compile(text, *flags)
    assert [line for line in done.stderr.splitlines() if "more.c" in line] == []
    assert done.returncode == 0


def test_the_schema_goes_through_json(headers: Callable[..., object]) -> None:
    """Lists in the place of tuples are as good."""
    _, schema = table(headers(NASTY).declare(types=TYPES))
    assert count(json.loads(json.dumps(schema))) == count(schema)
    assert [name for name, _ in schema] == [
        "struct p", "__typeof__(((struct n *)0)->in[0])", "struct n", "struct empty", "t", "union un",
    ]  # fmt: skip


def test_numbers_and_images_become_layouts() -> None:
    """Plain members take two numbers, bit-fields an image, cut to the size of the aggregate."""
    schema = [["struct s", [["a", "plain"], ["b", "bits 7u"], ["f", "flexible"]]]]
    assert read(schema, [*BASICS, 8, 4, 0, 4, 8, 0], [b"\0\0\0\0\x07\0\0\0spare"]) == (
        Layout(
            "struct s",
            8,
            4,
            (Member("a", 0, 4), Member("b", None, None, b"\0\0\0\0\x07\0\0\0"), Member("f", 8, None)),
        ),
    )


def test_other_machines_are_refused_with_both_numbers() -> None:
    """All basic types that differ are named at once."""
    with pytest.raises(LayoutError, match=r"sizeof\(long\) is 4 .* and 8 on LP64; sizeof\(void \*\) is 4 .* and 8"):
        read([], [2, 4, 4, 8, 4, 4, 8, 16, 1], [])


def test_a_table_of_another_schema_is_our_bug() -> None:
    """A count that does not fit is not read past."""
    with pytest.raises(InternalError, match=r"10 numbers and 0 images, not \(9, 0\)"):
        read([], [*BASICS, 1], [])


def test_an_empty_slice_has_the_basic_row_only() -> None:
    """Without aggregates the table is nine numbers."""
    text, schema = table(Declarations())
    assert "cmk_layout[9]" in text
    assert count(schema) == (9, 0)
