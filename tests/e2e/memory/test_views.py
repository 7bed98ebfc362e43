"""Structs and arrays as plain Python: shown, compared, copied out and made again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    NullPointer,
    Pointer,
    StalePointer,
    SutCrashed,
    UnknownNameError,
    start_mocking,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cmock_py import Mocking

OBJECTS: list[tuple[str, Any]] = [
    ("struct point", {"x": 1, "y": -2}),
    ("struct line", {"from": {"x": 1, "y": 2}, "to": {"x": 3, "y": 4}, "name": None, "next": None}),
    ("struct bits", {"low": 5, "middle": -16, "high": 1 << 39, "flag": True}),
    ("struct packed", {"tag": 116, "value": -2, "tail": 3}),
    ("struct small", {"before": "ON", "several": ["OFF", 1, "ON"], "negative": "LESS"}),
    ("struct table", {"cells": [[1, 2, 3], [4, 5, 6]], "title": "long", "corners": [{"x": 7, "y": 8}] * 2, "compare": None}),
    ("int[3]", [1, 2, 3]),
    ("struct point[2]", [{"x": 1, "y": 2}, {"x": 3, "y": 4}]),
    ("char[8]", "text"),
    ("uint8_t[4]", b"\1\2\0\0"),
    ("double", 0.1),
    ("enum color", "BLUE"),
]  # fmt: skip


@pytest.mark.parametrize(("ctype", "value"), OBJECTS, ids=[ctype for ctype, _ in OBJECTS])
def test_a_copy_makes_an_equal_object_again(mocking: Mocking, ctype: str, value: Any) -> None:
    """`value` gives what `new` takes, down to nested structs and arrays, and the objects have the same bytes."""
    first = mocking.new(ctype, value)
    assert mocking.value(first) == value
    second = mocking.new(ctype, mocking.value(first))
    size = 1 if ctype == "double" else 4
    assert mocking.bytes(first, size) == mocking.bytes(second, size)
    assert mocking.value(second) == value


def test_a_copy_stands_in_events(tmp_path: Path) -> None:
    """What `value` copies of a struct is what an event expects, and what the trace shows, with text and nested arrays."""
    (tmp_path / "cup.h").write_text(
        "struct cup { char name[8]; struct { short size[2]; } in; struct cup *next; unsigned full : 1; };\n"
        "struct cup made(void);\nint fill(struct cup cup);\n"
    )
    (tmp_path / "cup.c").write_text(
        '#include "cup.h"\nint pour(struct cup cup, const struct cup *same);\n'
        'struct cup made(void) { return (struct cup){ "blue", { { 1, -2 } }, 0, 1 }; }\n'
        "int fill(struct cup cup) { return pour(cup, &cup); }\n"
    )
    args = [ApiArg("struct cup", "cup"), ApiArg("const struct cup *", "same", buffer=1)]
    spec = ApiSpec([ApiModule("m", [ApiFunction("pour", "int", args)])])
    with start_mocking(spec, headers=[tmp_path / "cup.h"], objs=[tmp_path / "cup.c"]) as mocking:
        cup = mocking.lib.made()
        copy = mocking.value(cup)
        assert copy == {"name": "blue", "in": {"size": [1, -2]}, "next": None, "full": 1}
        mocking.init_lang(EVENT("m", "pour", [copy, [copy]], 3))
        assert mocking.lib.fill(cup) == 3
        assert mocking.check_callouts()
        assert mocking.get_trace()[0].args == (copy, [copy])


def test_dict_copies_a_struct(mocking: Mocking) -> None:
    """`dict(p)` is the same copy, and has nothing of the object's later changes."""
    point = mocking.new("struct point", {"x": 1})
    copy = dict(point)
    point.x = 2
    assert copy == {"x": 1, "y": 0}


def test_pointers_stay_pointers_in_a_copy(mocking: Mocking) -> None:
    """A copy of a node leads to the next one as the node does."""
    chain = mocking.lib.cons(1, mocking.lib.cons(2, None))
    copy = mocking.value(chain)
    assert isinstance(copy["next"], Pointer)
    assert mocking.value(copy["next"]) == {"value": 2, "next": None}
    assert mocking.new("node", copy).next == chain.next


def test_scalars_are_their_own_value(mocking: Mocking) -> None:
    """What is no pointer comes back as it is, so that any global can be given."""
    lib = mocking.lib
    assert [mocking.value(one) for one in (lib.counter, lib.grid, lib.paint, lib.name)] == [3, [1, 2, 3], "GREEN", "nobody"]  # fmt: skip


@pytest.mark.parametrize(
    ("ctype", "value", "shown"),
    [
        ("struct point", {"x": 1, "y": 2}, "<struct point at {}: x=1, y=2>"),
        ("struct line", {"name": "edge", "to": {"y": 5}}, "<struct line at {}: from={{x=0, y=0}}, to={{x=0, y=5}}, name='edge', next=NULL>"),
        ("struct bits", {"low": 3}, "<struct bits at {}: low=3, middle=0, high=0, flag=False>"),
        ("union number", {"f": 1.0}, "<union number at {}: i=1065353216, f=1.0, raw=[0, 0, 128, 63]>"),
        ("struct message", {"length": 2, "text": "hi"}, "<struct message at {}: length=2, text=[...]>"),
        ("int[20]", [1], "<int[20] at {}>"),
        ("int", 5, "<int * at {}>"),
    ],
    ids=["plain", "nested", "bits", "union", "flexible", "array", "number"],
)  # fmt: skip
def test_a_struct_shows_its_members(mocking: Mocking, ctype: str, value: Any, shown: str) -> None:
    """The repr of a pointer to a struct has the values by name, text as text."""
    pointer = mocking.new(ctype, value)
    assert repr(pointer) == shown.format(hex(int(pointer)))


def test_long_members_are_cut(mocking: Mocking) -> None:
    """Long text and long arrays show their beginning."""
    line = mocking.new("struct line", {"name": "x" * 100})
    assert f"name='{'x' * 40}'..." in repr(line)


def test_a_repr_never_raises(mocking: Mocking) -> None:
    """NULL, bad addresses, freed blocks, dead children and ended mockings show type and address."""
    point = mocking.new("struct point", {"x": 1})
    freed = mocking.new("struct point")
    mocking.free(freed)
    bad = mocking.cast("struct point", 0xDEAD0000)
    nameless = mocking.new("struct line")
    mocking.cast("unsigned long", int(nameless) + 16)[0] = 0xDEAD0000
    assert repr(freed) == f"<struct point * at {int(freed):#x}>"
    assert repr(bad) == "<struct point * at 0xdead0000>"
    assert "name=0xdead0000" in repr(nameless)
    assert repr(mocking.cast("struct point", None)) == "<struct point * NULL>"
    with pytest.raises(SutCrashed):
        mocking.lib.follow(None)
    assert repr(point).endswith(": x=1, y=0>")
    mocking.restart()
    assert repr(point) == f"<struct point * at {int(point):#x}>"


# --- comparing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "equal"),
    [
        ({"from": {"x": 1, "y": 2}, "to": {"x": 3, "y": 4}, "name": "segment", "next": None}, True),
        ({"to": {"y": 4}}, True),
        ({}, True),
        ({"to": {"y": 5}}, False),
        ({"name": "segments"}, False),
        ({"name": b"segment"}, True),
        ({"next": 1}, False),
        ({"from": {"x": "1"}}, False),
        ({"from": 1}, False),
        ([], False),
        ("segment", False),
    ],
    ids=["whole", "part", "nothing", "other number", "other text", "bytes", "pointer", "kind", "shape", "list", "text"],
)
def test_a_struct_equals_a_dict_that_names_its_values(mocking: Mocking, expected: Any, equal: bool) -> None:
    """A dict compares what it names, nested ones too; what is no value of the member's type is different."""
    assert (mocking.lib.segment == expected) is equal
    assert (mocking.lib.segment != expected) is not equal


@pytest.mark.parametrize(
    ("ctype", "init", "equal", "different"),
    [
        ("int[3]", [1, 2, 3], [[1, 2, 3], (1, 2, 3)], [[1, 2], [1, 2, 3, 4], [1, 2, 4], b"\1\2\3"]),
        ("char[8]", "abc", ["abc", b"abc", b"abc\0\0\0\0\0"], ["ab", "abcd", b"abc\0\0\0\0\0\0\0"]),
        ("uint8_t[2]", b"\1\2", [b"\1\2", [1, 2]], [b"\1", [1, 3]]),
        ("int[2][2]", [[1, 2], [3, 4]], [[[1, 2], [3, 4]]], [[[1, 2], [3, 5]], [1, 2, 3, 4]]),
        ("enum color[2]", ["RED", 5], [["RED", "GREEN"], [0, 5]], [["RED", "BLUE"], ["RED", "PINK"]]),
        ("float[2]", [0.1, math.nan], [[0.1, math.nan]], [[0.2, math.nan], [0.1, 0.0]]),
        ("char[2]", "ab", [["a", "b"], [97, 98]], [["a", "c"]]),
    ],
    ids=["ints", "text", "bytes", "rows", "enums", "floats", "characters"],
)
def test_arrays_equal_lists(mocking: Mocking, ctype: str, init: Any, equal: list[Any], different: list[Any]) -> None:
    """An array is compared as a whole, each element as its C type sees the value."""
    array = mocking.new(ctype, init)
    assert [value for value in equal if array != value] == []
    assert [value for value in different if array == value] == []


def test_text_behind_a_pointer_equals_text(mocking: Mocking) -> None:
    """A `const char *` compares with str and bytes up to its NUL, and NULL with None only."""
    assert mocking.lib.color_name("GREEN") == "green"
    assert mocking.lib.color_name("GREEN") != "gree"
    assert mocking.lib.color_name("RED") == b"red"
    assert mocking.lib.color_name("BLUE") != "blue"


def test_what_has_no_values_equals_none(mocking: Mocking) -> None:
    """Comparing a pointer to void, to a function or to an unknown struct with values is false, not an error."""
    pointers = [mocking.lib.same(mocking.lib.grid), mocking.lib.callback, mocking.lib.hidden()]
    assert [p for p in pointers for value in ("x", [1], {"x": 1}) if p == value] == []


def test_a_misspelt_member_is_told_not_unequal(mocking: Mocking) -> None:
    """A comparison that could never be true for its spelling is an error, even beside a member that differs."""
    with pytest.raises(UnknownNameError, match="did you mean 'next'"):
        mocking.lib.segment == {"to": {"x": 99}, "nxt": None}  # noqa: B015 - the comparison is the test


def test_gone_memory_is_not_compared_or_copied(mocking: Mocking) -> None:
    """Stale and NULL pointers raise instead of giving old values; NULL equals no dict."""
    point = mocking.new("struct point", {"x": 1})
    null = mocking.cast("struct point", None)
    assert null != {"x": 0}
    with pytest.raises(NullPointer):
        mocking.value(null)
    mocking.restart()
    with pytest.raises(StalePointer):
        mocking.value(point)
    with pytest.raises(StalePointer):
        point == {"x": 1}  # noqa: B015 - the comparison is the test
