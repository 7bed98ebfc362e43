"""The mailbox words of a call, and the values of its result, without a process."""

from __future__ import annotations

import struct
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import cffi
import pytest

from cmock_py.cdecl.model import Aggregate, CType, Floating, Function, Integer, Parameter, Pointer, Unsupported, Void
from cmock_py.errors import ArgumentTypeError, ArgumentValueError
from cmock_py.host import registers
from cmock_py.host.arena import MAILBOX, STACK_WORDS, Arena, Returns
from cmock_py.host.invoke import pack, unpack
from cmock_py.host.signature import signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INT = Integer(4, signed=True)
DOUBLE = Floating(8)
LONG_DOUBLE = Floating(16)
TEXT = Pointer(Integer(1, signed=True, kind="char"), const=True)
BOX = struct.Struct("<3Q4Q6Q8QQ40Q")
"""MIRROR runtime/arena.h struct cmk_mailbox"""


@pytest.fixture(scope="module")
def arena() -> Iterator[Arena]:
    """A mapped arena that no host shares."""
    made = Arena()
    yield made
    made.close()


def function(ret: CType, *types: CType, variadic: bool = False) -> Function:
    """Declare a function f with parameters a, b, c..."""
    params = tuple(Parameter(chr(97 + i), ctype, f"T {chr(97 + i)}") for i, ctype in enumerate(types))
    return Function("f", ret, params, "T f(...)", variadic=variadic)


def box(arena: Arena, declared: Function, args: Sequence[Any], errno: int = 0) -> dict[str, Any]:
    """Pack a call and read the mailbox as C does."""
    pack(arena, signature(declared, 0x1234), args, errno, SimpleNamespace(place=lambda _: 0x5000))
    words = BOX.unpack_from(arena.map, MAILBOX)
    return {
        "address": words[0],
        "returns": words[1],
        "errno": words[2],
        "gpr": words[7:13],
        "xmm": words[13:21],
        "stack": words[22 : 22 + words[21]],
    }


def bits(value: float) -> int:
    """The word of a double."""
    return int.from_bytes(struct.pack("<d", value), "little")


def test_plain_integers_fill_registers_in_order(arena: Arena) -> None:
    """Six integers need no stack, and negative ones of 32 bits fill the low half at least."""
    seen = box(arena, function(Void(), *[INT] * 6), [1, -2, 3, 4, 5, 6], errno=7)
    assert (seen["address"], seen["errno"], seen["stack"]) == (0x1234, 7, ())
    assert [word & 0xFFFF_FFFF for word in seen["gpr"]] == [1, 0xFFFF_FFFE, 3, 4, 5, 6]


def test_the_seventh_integer_and_the_ninth_double_go_to_the_stack(arena: Arena) -> None:
    """What does not fit its registers stands on the stack in the order of the arguments."""
    types = [*[INT] * 7, *[DOUBLE] * 9, INT]
    seen = box(arena, function(Void(), *types), [*range(7), *[n / 2 for n in range(9)], -1])
    assert seen["gpr"] == tuple(range(6))
    assert seen["xmm"] == tuple(bits(n / 2) for n in range(8))
    assert seen["stack"] == (6, bits(4.0), (1 << 64) - 1)


def test_long_doubles_start_at_even_stack_words(arena: Arena) -> None:
    """A long double never uses a register, and is aligned to 16 bytes."""
    seen = box(arena, function(Void(), *[INT] * 7, LONG_DOUBLE), [*range(7), 1.0])
    assert seen["stack"] == (6, 0, 1 << 63, 0x3FFF)


def test_small_integers_are_extended_by_their_sign(arena: Arena) -> None:
    """A callee may rely on the upper bits of a narrow argument."""
    narrow = [
        Integer(1, signed=True),
        Integer(1, signed=False),
        Integer(2, signed=True),
        Integer(1, signed=False, kind="bool"),
    ]
    seen = box(arena, function(Void(), *narrow), [-1, 255, -2, True])
    assert seen["gpr"][:4] == ((1 << 64) - 1, 255, (1 << 64) - 2, 1)


def test_arguments_behind_the_dots_are_promoted(arena: Arena) -> None:
    """Floats become doubles in vector registers, text becomes an address, integers fill a word."""
    declared = function(INT, TEXT, variadic=True)
    seen = box(arena, declared, ["%g", 1.5, -1, "text", None, 1 << 63])
    assert seen["gpr"][:5] == (0x5000, (1 << 64) - 1, 0x5000, 0, 1 << 63)
    assert seen["xmm"][0] == bits(1.5)
    with pytest.raises(ArgumentValueError, match="f: argument 2: "):
        box(arena, declared, ["%d", 1 << 64])


def test_errno_of_any_sign_is_carried(arena: Arena) -> None:
    """The word of errno holds an int of C."""
    assert box(arena, function(Void()), [], errno=-1)["errno"] == 0xFFFF_FFFF


def test_too_many_words_are_refused(arena: Arena) -> None:
    """The message says how many stack words there are."""
    count = 6 + STACK_WORDS + 1
    with pytest.raises(ArgumentTypeError, match=f"{count} arguments need {STACK_WORDS + 1} stack words; at most"):
        box(arena, function(Void(), *[INT] * count), [0] * count)


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (function(Void(), Unsupported("__int128", "__int128 is too wide")), ["f cannot be called", "parameter T a"]),
        (function(Unsupported("__int128", "__int128 is too wide")), ["its result", "__int128 is too wide"]),
        (function(Void(), Void()), ["parameter T a", "void is no value"]),
        (function(Aggregate("struct hidden")), ["its result: struct hidden is incomplete"]),
        (function(Void(), Aggregate("struct wide", 64)), ["parameter T a: it is aligned to 32 bytes", "up to 16"]),
    ],
    ids=["unsupported parameter", "unsupported result", "void", "incomplete", "aligned"],
)
def test_types_that_cannot_be_passed_are_refused_by_name(declared: Function, words: list[str]) -> None:
    """A function of such a type cannot be called, and the message says which parameter it is."""
    ffi = cffi.FFI()
    ffi.cdef("struct wide { int x; }; struct hidden;")
    ffi._parser._declarations["struct wide"][0].fixedlayout = ([0], [4], 64, 32)
    with pytest.raises(ArgumentTypeError) as raised:
        signature(declared, 1, ffi.typeof)
    assert [word for word in words if word not in str(raised.value)] == []


@pytest.mark.parametrize(
    ("ret", "raw", "value"),
    [
        (Void(), b"\xff" * 8, None),
        (INT, b"\xfe\xff\xff\xff\x01\0\0\0", -2),
        (Integer(1, signed=False), b"\x80\xff", 0x80),
        (Integer(1, signed=False, kind="bool"), b"\x01", True),
        (Pointer(Void()), b"\0\0\0\0\0\x55\0\0", 0x5500_0000_0000),
        (Pointer(Void()), b"", 0),
        (Floating(4), struct.pack("<f", 0.5), 0.5),
        (DOUBLE, struct.pack("<d", -0.25), -0.25),
        (LONG_DOUBLE, bytes(7) + b"\x80\xff\x3f", 1.0),
    ],
    ids=["void", "int", "byte", "bool", "pointer", "NULL", "float", "double", "long double"],
)
def test_results_are_read_as_their_type(arena: Arena, ret: CType, raw: bytes, value: Any) -> None:
    """Only the bytes of the type count, whatever else the registers hold."""
    at = MAILBOX + 16
    called = signature(function(ret), 1)
    arena.map[at : at + 40] = struct.pack("<q", -5) + (bytes(8 * called.words[0]) + raw).ljust(32, b"\0")
    result, errno = unpack(arena, called)
    assert (type(result), result, errno) == (type(value), value, -5)


def test_the_sort_of_register_of_the_result_is_told() -> None:
    """Real numbers of the x87 come in registers of their own; of the others it is known which words have the value."""
    types = (
        INT,
        Floating(4),
        DOUBLE,
        Void(),
        LONG_DOUBLE,
        Floating(16, is_complex=True),
        Floating(32, is_complex=True),
    )
    made = [signature(function(ret), 1) for ret in types]
    plain, one, two = Returns.REGISTERS, Returns.LONG_DOUBLE, Returns.COMPLEX_LONG_DOUBLE
    assert [called.returns for called in made] == [plain, plain, plain, plain, one, plain, two]
    assert [called.words for called in made] == [(0,), (2,), (2,), (0,), (0, 1), (2, 3), (0, 1, 2, 3)]


@pytest.mark.parametrize(
    ("body", "classes"),
    [
        ("char c;", "INTEGER"),
        ("float x, y;", "SSE"),
        ("float x; int i;", "INTEGER"),
        ("double x; char c;", "SSE INTEGER"),
        ("long a; float x[2];", "INTEGER SSE"),
        ("char text[9];", "INTEGER INTEGER"),
        ("char text[17];", None),
        ("long double x;", "X87 X87_REST"),
        ("union { long double x; int i; };", None),
        ("union { long double x; double y; };", None),
        ("double _Complex z;", "SSE SSE"),
        ("float _Complex z; int *p;", "SSE INTEGER"),
        ("struct { short a; } inside[3]; unsigned b : 7;", "INTEGER"),
        ("unsigned long a : 40; unsigned long b : 40;", "INTEGER INTEGER"),
        ("int n; char rest[];", "INTEGER"),
    ],
)
def test_structs_have_the_classes_of_the_abi(body: str, classes: str | None) -> None:
    """Each eight bytes have the class that their members share; what is larger than 16 bytes lies in memory."""
    ffi = cffi.FFI()
    ffi.cdef(f"struct s {{ {body} }};")
    found = registers.classes(ffi.typeof("struct s"))
    assert (None if found is None else " ".join(one.name for one in found)) == classes


def test_members_that_are_not_aligned_lie_in_memory() -> None:
    """A packed struct is passed in registers only where its members are aligned all the same."""
    ffi = cffi.FFI()
    ffi.cdef("struct odd { char c; int i; }; struct even { int i; char c; };", packed=True)
    assert registers.classes(ffi.typeof("struct odd")) is None
    assert registers.classes(ffi.typeof("struct even")) == (registers.Class.INTEGER,)
