"""Typed memory of the SUT: `mocking.new`, typed pointers, globals, and every way in which an access can go wrong."""

from __future__ import annotations

import math
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    ArgumentTypeError,
    ArgumentValueError,
    MemoryAccessError,
    NullPointer,
    Pointer,
    StalePointer,
    SutCrashed,
    UnknownNameError,
    UsageError,
)
from cmock_py.trace import Unnamed

if TYPE_CHECKING:
    from cmock_py import Mocking


# --- new ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ctype", "init", "value"),
    [
        ("int", -5, -5),
        ("int", None, 0),
        ("unsigned char", 255, 255),
        ("signed char", -128, -128),
        ("char", "x", ord("x")),
        ("char", 120, ord("x")),
        ("char", -1, -1),
        ("uint64_t", (1 << 64) - 1, (1 << 64) - 1),
        ("long long", -(1 << 63), -(1 << 63)),
        ("float", 0.5, 0.5),
        ("double", -1e300, -1e300),
        ("long double", 1.25, 1.25),
        ("_Bool", True, True),
        ("bool", False, False),
        ("enum color", "BLUE", "BLUE"),
        ("enum color", 5, "GREEN"),
        ("enum color", 77, Unnamed(77, "77 (no enumerator of enum color)")),
        ("enum wide", "LARGE", "LARGE"),
        ("enum wide", "SMALL", "SMALL"),
        ("tiny", "ON", "ON"),
        ("wchar_t", 0x20AC, 0x20AC),
        ("size_t", 3, 3),
    ],
)
def test_new_holds_a_scalar(mocking: Mocking, ctype: str, init: Any, value: Any) -> None:
    """An object of each scalar type reads back as it was written, with the type that traces use too."""
    pointer = mocking.new(ctype, init)
    assert (type(pointer[0]), pointer[0]) == (type(value), value)


def test_bytes_of_a_pointer_need_a_size(mocking: Mocking) -> None:
    """Python would make as many zeros as the address says; the right call is named instead."""
    with pytest.raises(ArgumentTypeError, match=r"mocking\.bytes\(pointer, size\)"):
        bytes(mocking.new("char[4]"))


def test_new_objects_do_not_touch(mocking: Mocking) -> None:
    """Two objects have room of their own, aligned for any type."""
    first, second = mocking.new("char[3]", "ab"), mocking.new("char[3]", "xy")
    assert int(first) % 16 == int(second) % 16 == 0
    assert int(second) - int(first) > 3
    mocking.lib.fill(first, 3, 0)
    assert mocking.string(second) == "xy"


def test_new_makes_arrays(mocking: Mocking) -> None:
    """Arrays come from lists, text and bytes, and know their length."""
    numbers = mocking.new("int[4]", [1, 2])
    assert (list(numbers), len(numbers)) == ([1, 2, 0, 0], 4)
    numbers[3] = -9
    assert numbers[1:4] == [2, 0, -9]
    assert numbers[-1:] == [-9]
    assert mocking.lib.sum_of(numbers, 4) == -6
    assert list(mocking.new("uint8_t[]", b"\0\xff")) == [0, 255]
    assert len(mocking.new("double[]", [0.5, 1.5])) == 2
    text = mocking.new("char[]", "añb")
    assert (len(text), mocking.string(text)) == (5, "añb")
    rows = mocking.new("int[2][3]", [[1, 2, 3], [4]])
    assert [list(row) for row in rows] == [[1, 2, 3], [4, 0, 0]]
    rows[1][2] = 6
    assert rows[1][2] == 6
    words = mocking.new("const char *[]", ["one", b"two", None])
    assert [mocking.string(word) for word in words] == ["one", "two", None]


def test_new_fills_nested_structs(mocking: Mocking) -> None:
    """Structs come from dicts, nested ones too; members that are left out are zero."""
    line = mocking.new("struct line", {"from": {"x": 1}, "to": {"x": 3, "y": -4}, "name": "edge"})
    assert (getattr(line, "from").x, getattr(line, "from").y, line.to.x, line.to.y) == (1, 0, 3, -4)
    assert mocking.string(line.name) == "edge"
    assert not line.next
    table = mocking.new(
        "struct table", {"cells": [[1, 2, 3], [4, 5, 6]], "title": "long", "corners": [{"x": 7}, {"y": 8}]}
    )
    assert [list(row) for row in table.cells] == [[1, 2, 3], [4, 5, 6]]
    assert mocking.string(table.title) == "long"
    assert (table.corners[0].x, table.corners[1].y) == (7, 8)
    assert mocking.lib.corner(table, 1).y == 8


def test_structs_are_seen_by_reference(mocking: Mocking) -> None:
    """A struct inside another, and one behind a pointer, are written where they lie."""
    second = mocking.new("struct line", {"name": "second"})
    first = mocking.new("struct line", {"next": second})
    first.next.to.y = 5
    assert second.to.y == 5
    assert first.next == second
    first.to = second.to
    assert first.to.y == 5
    first.to = {"x": 6}
    assert (first.to.x, first.to.y) == (6, 5)
    first.next = None
    assert not first.next


def test_bit_fields_keep_their_neighbours(mocking: Mocking) -> None:
    """Each bit-field is read with its sign, written alone, and checked for its width."""
    bits = mocking.new("struct bits", {"low": 7, "middle": -16, "high": (1 << 40) - 1, "flag": True})
    assert (bits.low, bits.middle, bits.high, bits.flag) == (7, -16, (1 << 40) - 1, True)
    bits.middle = 15
    assert (bits.low, bits.middle, bits.high, bits.flag) == (7, 15, (1 << 40) - 1, True)
    with pytest.raises(ArgumentValueError, match=r"struct bits\.low.*8"):
        bits.low = 8
    with pytest.raises(ArgumentTypeError, match=r"struct bits\.low"):
        bits.low = "x"
    assert bits.low == 7


def test_unions_share_their_bytes(mocking: Mocking) -> None:
    """What one member wrote, the others read; anonymous unions and structs give their members to the outer one."""
    number = mocking.new("union number", {"f": 1.0})
    assert (number.i, list(number.raw)) == (0x3F800000, [0, 0, 0x80, 0x3F])
    outer = mocking.new("struct anonymous", {"kind": 2, "number": 7, "a": 1, "b": -1})
    assert (outer.kind, outer.number, outer.a, outer.b) == (2, 7, 1, -1)


def test_packed_structs_lie_as_the_compiler_lays_them(mocking: Mocking) -> None:
    """Attributes that change the layout are known: 7 bytes, no padding."""
    packed = mocking.new("struct packed", {"tag": "t", "value": -2, "tail": 3})
    assert mocking.bytes(packed, 7) == b"t\xfe\xff\xff\xff\x03\x00"
    two = mocking.new("struct packed[2]", [{"tail": 1}, {"tail": 2}])
    assert int(two[1]) - int(two[0]) == 7
    assert two[1].tail == 2


def test_every_scalar_member_is_kept(mocking: Mocking) -> None:
    """Members of all kinds side by side."""
    members = {"small": 200, "real": 0.1, "extended": 2.5, "color": "BLUE", "wide": "LARGE", "tiny": "ON"}
    mixed = mocking.new("struct mixed", {**members, "ok": True, "letter": "z"})
    assert {name: getattr(mixed, name) for name in members} == members
    assert (mixed.ok, mixed.letter) == (True, ord("z"))
    mixed.wide = -1
    assert mixed.wide == "SMALL"


def test_packed_enums_have_the_size_of_the_compiler(mocking: Mocking) -> None:
    """An array of an enum of one byte has one byte an element, in memory of ours and in a struct."""
    several = mocking.new("tiny[3]", ["ON", "OFF", "ON"])
    assert mocking.bytes(several, 3) == b"\xc8\0\xc8"
    assert list(several) == ["ON", "OFF", "ON"]
    small = mocking.new("struct small", {"before": "ON", "several": ["OFF", 1, "ON"], "negative": "LESS"})
    assert mocking.bytes(small, 5) == b"\xc8\0\x01\xc8\xff"
    assert (list(small.several), small.negative) == (["OFF", 1, "ON"], "LESS")


def test_flexible_arrays_take_their_room_from_the_init(mocking: Mocking) -> None:
    """A struct that ends in an array without length is as long as what it is made from."""
    message = mocking.new("struct message", {"length": 5, "text": "hello"})
    assert mocking.bytes(message, 8) == b"\x05\x00hello\0"
    other = mocking.new("struct message", {"length": 1, "text": b"x"})
    assert mocking.bytes(message, 8) == b"\x05\x00hello\0"
    assert mocking.string(mocking.cast("char", int(other) + 2)) == "x"
    assert message.text[0:5] == list(b"hello")


@pytest.mark.parametrize(
    ("ctype", "init", "error", "words"),
    [
        ("int", 1 << 31, ArgumentValueError, ["int", str(1 << 31)]),
        ("uint8_t", 300, ArgumentValueError, ["300"]),
        ("int", "text", ArgumentTypeError, ["int"]),
        ("int", 2.5, ArgumentTypeError, ["int"]),
        ("float", "x", ArgumentTypeError, ["float"]),
        ("float", 1e300, ArgumentValueError, ["float", "1e+300"]),
        ("bool", 2, ArgumentValueError, ["2"]),
        ("char", "ab", ArgumentValueError, ["char", "'ab'"]),
        ("enum color", "PINK", ArgumentValueError, ["enum color", "PINK", "RED"]),
        ("enum color", 1 << 40, ArgumentValueError, ["enum color", str(1 << 40)]),
        ("enum color", -1, ArgumentValueError, ["enum color", "-1"]),
        ("int[2]", [1, 2, 3], ArgumentValueError, ["3 elements", "int[2]"]),
        ("char[2]", "abc", ArgumentValueError, ["char[2]"]),
        ("int[2]", 5, ArgumentTypeError, ["int[2]", "5"]),
        ("int[2]", "ab", ArgumentTypeError, ["int[2]", "'ab'"]),
        ("int[2]", [1, "x"], ArgumentTypeError, ["int"]),
        ("int[]", None, ArgumentTypeError, ["int[]"]),
        ("struct point", [1, 2], ArgumentTypeError, ["struct point", "dict"]),
        ("struct point", {"x": 1 << 40}, ArgumentValueError, ["point", "x", str(1 << 40)]),
        ("struct line", {"to": {"y": "a"}}, ArgumentTypeError, ["y"]),
        ("struct point", {"z": 1}, UnknownNameError, ["struct point", "'z'", "x, y"]),
        ("struct line", {"nxt": 1}, UnknownNameError, ["struct line", "'nxt'", "did you mean 'next'"]),
        ("struct line", {"name": 2.5}, ArgumentTypeError, ["2.5"]),
        ("struct line", {"next": "text"}, ArgumentTypeError, ["'text'", "struct line"]),
        ("struct opaque", None, ArgumentTypeError, ["struct opaque", "incomplete"]),
        ("struct nowhere", None, UnknownNameError, ["nowhere"]),
        ("nodes", None, UnknownNameError, ["nodes", "did you mean 'node'"]),
        ("int[", None, ArgumentTypeError, ["int["]),
        ("", None, ArgumentTypeError, ["''"]),
        ("void", None, ArgumentTypeError, ["void"]),
        ("char[1000000000000]", None, MemoryAccessError, ["1000000000000", "restart()"]),
    ],
)
def test_an_init_that_does_not_fit_says_so(
    mocking: Mocking, ctype: str, init: Any, error: type[Exception], words: list[str]
) -> None:
    """Wrong types, values, members and names are told with type, member and value."""
    with pytest.raises(error) as raised:
        mocking.new(ctype, init)
    assert [word for word in words if word not in str(raised.value)] == []


def test_a_list_of_pointers_to_structs(mocking: Mocking) -> None:
    """Objects refer to each other by the pointers that Python holds."""
    points = [mocking.new("struct point", {"x": n}) for n in range(3)]
    array = mocking.new("struct point *[3]", points)
    assert [array[i].x for i in range(3)] == [0, 1, 2]
    assert [p.x for p in array] == [0, 1, 2]


def test_function_pointers_are_stored(mocking: Mocking) -> None:
    """A C function goes into a struct's member and into a global, and is called from there."""
    lib = mocking.lib
    table = mocking.new("struct table", {"compare": lib.compare_ints})
    assert table.compare == int(lib.compare_ints)
    assert lib.callback == int(lib.plus_one)
    lib.callback = lib["import"]
    assert lib.apply(lib.callback, 7) == 7
    with pytest.raises(ArgumentTypeError, match="function"):
        table.compare[0]


# --- globals --------------------------------------------------------------------------------------------------------


def test_globals_are_read_with_their_type(mocking: Mocking) -> None:
    """Numbers, enums, arrays, structs, text and pointers."""
    lib = mocking.lib
    assert (lib.counter, lib.limit, lib.flags, lib.ratio, lib.paint) == (3, 99, 0x80, 0.5, "GREEN")
    assert list(lib.grid) == [1, 2, 3]
    assert (lib.segment.to.y, mocking.string(lib.segment.name)) == (4, "segment")
    assert (mocking.string(lib.title), mocking.string(lib.name)) == ("untitled", "nobody")
    assert not lib.secret


def test_globals_are_written_for_the_sut(mocking: Mocking) -> None:
    """C sees what Python wrote, and Python what C wrote; a fresh child starts with the initial values."""
    lib = mocking.lib
    lib.counter = 10
    lib.nothing()
    assert lib.counter == 11
    lib.paint, lib.ratio, lib.flags = "BLUE", -2.5, 1
    lib.grid[1] = 20
    lib.segment.to = {"x": -1}
    lib.title = "a title"
    lib.name = "someone"
    lib["counter"] += 1
    assert (lib.paint, lib.ratio, lib.flags, lib.counter) == ("BLUE", -2.5, 1, 12)
    assert (list(lib.grid), lib.segment.to.x, lib.segment.to.y) == ([1, 20, 3], -1, 4)
    assert (mocking.string(lib.title), mocking.string(lib.name)) == ("a title", "someone")
    assert lib.length_of(lib.title) == 7
    mocking.restart()
    assert (lib.counter, list(lib.grid), mocking.string(lib.name)) == (3, [1, 2, 3], "nobody")


def test_a_shorter_text_leaves_nothing_of_the_longer_one(mocking: Mocking) -> None:
    """Text written into a char array ends in a NUL where there is room for one."""
    mocking.lib.name = "someone long"
    mocking.lib.name = "me"
    assert mocking.string(mocking.lib.name) == "me"


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("flags", 256, ArgumentValueError, ["flags", "256"]),
        ("counter", "x", ArgumentTypeError, ["counter"]),
        ("grid", [1, 2, 3, 4], ArgumentValueError, ["grid", "4 elements"]),
        ("plus_one", 3, UsageError, ["plus_one", "function"]),
        ("countr", 3, UnknownNameError, ["countr", "did you mean 'counter'"]),
    ],
)
def test_a_global_refuses_what_does_not_fit(
    mocking: Mocking, name: str, value: Any, error: type[Exception], words: list[str]
) -> None:
    """A value that does not fit a global is told with the global's name."""
    with pytest.raises(error) as raised:
        setattr(mocking.lib, name, value)
    assert [word for word in words if word not in str(raised.value)] == []
    assert mocking.lib.counter == 3


def test_a_constant_global_is_not_written_silently(mocking: Mocking) -> None:
    """A const global lies in memory that the SUT cannot write either, so writing it is an error."""
    with pytest.raises(UsageError, match="const"):
        mocking.lib.limit = 5
    assert mocking.lib.limit == 99


# --- reading what C made --------------------------------------------------------------------------------------------


def test_the_heap_of_the_sut_is_read_and_written(mocking: Mocking) -> None:
    """Memory that C allocated is followed by type, element by element."""
    block = mocking.cast("int", mocking.lib.calloc(4, 4))
    block[2] = 7
    assert block[0:4] == [0, 0, 7, 0]
    assert mocking.lib.sum_of(block, 4) == 7
    assert mocking.bytes(block, 12)[8:] == b"\x07\0\0\0"


def test_cast_sees_memory_as_another_type(mocking: Mocking) -> None:
    """A pointer, an int or another type's pointer: only the reading changes."""
    block = mocking.new("unsigned char[8]", bytes(range(8)))
    assert mocking.cast("uint32_t", block)[1] == 0x07060504
    assert mocking.cast("struct point", int(block)).x == 0x03020100
    assert mocking.cast("int[2]", block)[0] == 0x03020100
    assert len(mocking.cast("int[2]", block)) == 2
    assert mocking.cast("const char *", mocking.new("char *", "text"))[0] != 0
    with pytest.raises(ArgumentTypeError, match=r"2\.5"):
        mocking.cast("int", 2.5)


def test_strings_are_read_up_to_nul_or_limit(mocking: Mocking) -> None:
    """`string` reads text of any length and bytes that are no UTF-8; NULL is None."""
    text = mocking.new("char[]", "hello")
    assert mocking.string(text, 2) == "he"
    assert mocking.string(text) == "hello"
    assert mocking.string(mocking.new("char[]", b"\xff")).encode(errors="surrogateescape") == b"\xff"
    assert mocking.string(mocking.new("char[]", "x" * 10_000)) == "x" * 10_000
    assert mocking.string(mocking.cast("char", 0)) is None
    assert mocking.string(mocking.lib.hidden()) == "nobody"


def test_pointers_compare_by_address(mocking: Mocking) -> None:
    """Equal addresses are equal, NULL equals None and is false, and an int compares too."""
    block = mocking.new("int[2]")
    again = mocking.cast("char", block)
    assert block == again
    assert len({block, again}) == 1
    assert block == int(block)
    assert block != None  # noqa: E711 - the comparison itself is what is tested
    assert mocking.cast("int", None) == None  # noqa: E711 - as above
    assert not mocking.cast("int", 0)
    assert repr(block) == f"<int[2] at {int(block):#x}>"
    assert repr(mocking.cast("struct point", 0)) == "<struct point * NULL>"
    assert repr(mocking.lib.color_name("RED")).startswith("<const char * at 0x")


# --- what goes wrong ------------------------------------------------------------------------------------------------


def test_null_is_not_followed(mocking: Mocking) -> None:
    """Reading, writing and members of NULL are NullPointer, with the offset."""
    null = mocking.cast("struct line", 0)
    with pytest.raises(NullPointer, match="NULL"):
        null.name  # noqa: B018 - reading is the test
    with pytest.raises(NullPointer):
        null.name = None
    with pytest.raises(NullPointer):
        mocking.cast("int", None)[0]
    with pytest.raises(NullPointer):
        mocking.bytes(null, 1)
    with pytest.raises(NullPointer):
        mocking.new("struct line").next.next.name  # noqa: B018 - as above


@pytest.mark.parametrize("address", [0xDEAD0000, 1 << 46, (1 << 64) - 8, 1 << 63])
def test_a_bad_address_is_an_exception_of_python(mocking: Mocking, address: int) -> None:
    """Nothing crashes, neither Python nor the SUT, and the next call works."""
    bad = mocking.cast("int", address)
    with pytest.raises(MemoryAccessError, match=f"{address:#x}"):
        bad[0]
    with pytest.raises(MemoryAccessError, match=f"{address:#x}"):
        bad[0] = 1
    with pytest.raises(MemoryAccessError):
        mocking.string(mocking.cast("char", address))
    assert mocking.lib.plus_one(1) == 2


def test_reading_past_the_end_of_memory(mocking: Mocking) -> None:
    """Reads that begin well and end in nothing say how much was asked for."""
    block = mocking.new("char[8]")
    with pytest.raises(MemoryAccessError):
        mocking.bytes(block, 1 << 40)
    with pytest.raises(UsageError):
        mocking.bytes(block, -1)


@pytest.mark.parametrize("index", [3, 100, -1, -4, 1 << 70])
def test_array_bounds_are_checked(mocking: Mocking, index: int) -> None:
    """An index outside a known length is an IndexError, in both directions."""
    numbers = mocking.new("int[3]")
    with pytest.raises(IndexError, match=rf"index {index} is outside <int\[3\]"):
        numbers[index]
    with pytest.raises(IndexError):
        numbers[index] = 1


def test_a_slice_is_written_from_as_many_values(mocking: Mocking) -> None:
    """Elements of a slice are written one by one; an array in C neither grows nor shrinks, and nothing is written then."""
    numbers = mocking.new("int[4]", [1, 2, 3, 4])
    numbers[1:3] = [7, 8]
    assert numbers == [1, 7, 8, 4]
    numbers[::3] = (0, 9)
    assert numbers == [0, 7, 8, 9]
    mocking.cast("int", numbers)[2:4] = [5, 6]
    assert numbers == [0, 7, 5, 6]
    with pytest.raises(ArgumentValueError, match="the slice has 2 elements, and 3 values are given"):
        numbers[2:9] = [1, 2, 3]
    with pytest.raises(ArgumentTypeError, match="a slice is written from a list, not from 5"):
        numbers[0:2] = 5
    assert numbers == [0, 7, 5, 6]


def test_plain_pointers_have_no_length(mocking: Mocking) -> None:
    """A pointer of unknown length refuses len, iteration and open slices, and says what to write."""
    block = mocking.cast("int", mocking.lib.calloc(4, 4))
    with pytest.raises(TypeError, match="no known length"):
        len(block)
    with pytest.raises(TypeError, match="no known length"):
        list(block)
    with pytest.raises(ArgumentTypeError, match=r"p\[start:stop\]"):
        block[1:]
    with pytest.raises(ArgumentTypeError, match=r"int"):
        block["x"]  # type: ignore[index]


def test_members_and_elements_are_told_apart(mocking: Mocking) -> None:
    """A member of a number, an unknown member, and an element of void each have their message."""
    with pytest.raises(UnknownNameError, match="int is no struct"):
        mocking.new("int").x  # noqa: B018 - reading is the test
    with pytest.raises(UnknownNameError, match="did you mean 'next'"):
        mocking.new("struct line").nxt  # noqa: B018 - as above
    with pytest.raises(ArgumentTypeError, match=r"void.*mocking\.cast"):
        mocking.lib.same(mocking.new("int"))[0]
    with pytest.raises(ArgumentTypeError, match="incomplete"):
        mocking.lib.hidden()[0]
    assert not hasattr(mocking.new("int"), "x")


def test_pointers_of_an_earlier_child_are_stale(mocking: Mocking) -> None:
    """After restart the old memory is gone: reading, writing and passing it are StalePointer."""
    block = mocking.new("int", 5)
    chain = mocking.lib.cons(1, None)
    mocking.restart()
    for use in (
        lambda: block[0],
        lambda: setattr(chain, "value", 3),
        lambda: chain.value,
        lambda: mocking.string(block),
        lambda: mocking.bytes(block, 4),
    ):
        with pytest.raises(StalePointer, match="earlier test child"):
            use()
    with pytest.raises(StalePointer):
        mocking.lib.follow(block)
    with pytest.raises(StalePointer):
        mocking.new("struct line", {"next": block})
    with pytest.raises(StalePointer):
        mocking.cast("int", block)


def test_memory_outlives_a_crash_as_far_as_it_can(mocking: Mocking) -> None:
    """After a crash the child is stopped and can still be read; what Python allocated is there anyway."""
    block = mocking.new("int", 5)
    chain = mocking.lib.cons(7, None)
    with pytest.raises(SutCrashed):
        mocking.lib.follow(None)
    assert (block[0], chain.value, mocking.lib.counter) == (5, 7, 3)


def test_a_child_that_is_gone_cannot_be_read(mocking: Mocking) -> None:
    """When somebody kills the child, its heap and globals are StalePointer, and Python's blocks still read."""
    block = mocking.new("int", 5)
    chain = mocking.lib.cons(7, None)
    os.kill(mocking.lib.getpid(), signal.SIGKILL)
    with pytest.raises((SutCrashed, StalePointer)):
        mocking.lib.plus_one(1)
    assert block[0] == 5
    with pytest.raises(StalePointer, match=r"gone.*restart\(\)"):
        chain.value  # noqa: B018 - reading is the test
    mocking.restart()
    assert mocking.lib.plus_one(1) == 2


def test_objects_of_ours_can_be_freed_by_the_sut(mocking: Mocking) -> None:
    """A free or realloc of a block that Python made is harmless."""
    block = mocking.new("char[8]", "abc")
    mocking.lib.free(block)
    grown = mocking.lib.realloc(mocking.new("char[4]", "xyz"), 100)
    assert mocking.string(grown) == "xyz"
    assert mocking.lib.plus_one(1) == 2


def test_not_a_number_is_kept(mocking: Mocking) -> None:
    """NaN survives the way into memory and back."""
    assert math.isnan(mocking.new("double", math.nan)[0])
    assert mocking.new("float", math.inf)[0] == math.inf


def test_pointer_is_the_public_type(mocking: Mocking) -> None:
    """What `new` and C functions return is the `Pointer` of the package."""
    assert isinstance(mocking.new("int"), Pointer)
    assert isinstance(mocking.lib.cons(1, None), Pointer)
