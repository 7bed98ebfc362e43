"""Values of any type as bytes and back, against objects that real compilers initialised."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.cdecl.model import (
    Array,
    CType,
    Enumeration,
    Floating,
    Integer,
    Part,
    Pointer,
    Structure,
    Unsupported,
    Void,
)
from cmock_py.cdecl.values import decode, encode, encode_object, floating_leaves, size_of
from cmock_py.lang.render import render_value
from cmock_py.trace import Address, Enumerator

if TYPE_CHECKING:
    from collections.abc import Callable

INT = Integer(4, signed=True)
BYTE = Integer(1, signed=False)
CHAR = Integer(1, signed=True, kind="char")
DOUBLE = Floating(8)
COLOR = Enumeration("color", 4, signed=False, values=(("RED", 0), ("GREEN", 5), ("BLUE", 3)))
POINT = Structure("struct point", 8, 4, (Part("x", INT, 0), Part("y", INT, 4)))
EITHER = Structure("union either", 8, 8, (Part("i", INT, 0), Part("d", DOUBLE, 0), Part("p", POINT, 0)), is_union=True)
FLAGS = Structure(
    "struct flags",
    4,
    4,
    (
        Part("mode", Integer(4, signed=False), 0, (0, 3)),
        Part("delta", INT, 0, (3, 4)),
        Part("on", Integer(1, signed=False, kind="bool"), 0, (9, 1)),
        Part("color", COLOR, 0, (10, 3)),
    ),
)
MIXED = Structure(
    "struct mixed",
    64,
    16,
    (
        Part("c", CHAR, 0),
        Part("name", Array(CHAR, 6), 1),
        Part("at", POINT, 8),
        Part("next", Pointer(Void()), 16),
        Part("raw", Array(BYTE, 3), 24),
        Part("grid", Array(Array(Integer(2, signed=True), 2), 2), 28),
        Part("ld", Floating(16), 48),
        Part("wide", Unsupported("__int128", "__int128 is a 128-bit integer"), 48),
        Part("flex", Array(INT, None), 64),
    ),
)
FULL = {
    "c": 97,
    "name": "abc",
    "at": {"x": 1, "y": -1},
    "next": None,
    "raw": b"\1\2\3",
    "grid": [[1, 2], [3, -4]],
    "ld": 2.5,
}


# --- against the compiler -------------------------------------------------------------------------------------------


class Made:
    """A random C type: how it declares a member, a random value of it, and that value as a C initialiser."""

    SCALARS = (
        *("_Bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long"),
        *(
            "unsigned long",
            "float",
            "double",
            "long double",
            "float _Complex",
            "double _Complex",
            "enum color",
            "void *",
        ),
    )

    def __init__(self, rng: random.Random) -> None:
        """Make types and values with *rng*."""
        self.rng = rng

    def body(self, depth: int) -> str:
        """Write the members of a struct."""
        return " ".join(self.member(f"m{i}", depth) for i in range(self.rng.randint(1, 5)))

    def member(self, name: str, depth: int) -> str:
        """Write one member."""
        chance = self.rng.random()
        if depth and chance < 0.3:
            kind = self.rng.choice(["struct", "struct __attribute__((packed))", "union"])
            return f"{kind} {{ {self.body(depth - 1)} }} {name}{self.dimensions()};"
        if chance < 0.5:
            base, most = self.rng.choice(
                [("int", 32), ("unsigned", 32), ("unsigned long", 64), ("_Bool", 1), ("short", 16)]
            )
            gap = self.rng.choice(["", "int : 0; ", "int : 3; "])
            return f"{gap}{base} {name} : {self.rng.randint(1, most)};"
        align = self.rng.choice(["", "", "", "_Alignas(16) "])
        return f"{align}{self.rng.choice(self.SCALARS)} {name}{self.dimensions()};"

    def dimensions(self) -> str:
        """Write the dimensions of an array, mostly none."""
        return self.rng.choice(["", "", "", "[3]", "[2][2]"])

    def value(self, ctype: CType, bits: int | None = None) -> tuple[Any, str]:
        """Make a complete value and write it in C."""
        match ctype:
            case Structure():
                parts = [self.rng.choice(ctype.parts)] if ctype.is_union else ctype.parts
                made = {part.name: self.value(part.type, part.bits and part.bits[1]) for part in parts}
                inits = ", ".join(f".{name} = {text}" for name, (_, text) in made.items())
                return {name: value for name, (value, _) in made.items()}, f"{{ {inits} }}"
            case Array(of=of, length=int(length)):
                if of == CHAR:
                    text = "".join(self.rng.choice("abz") for _ in range(self.rng.randint(0, length)))
                    return text, f'"{text}"'
                items = [self.value(of) for _ in range(length)]
                text = ", ".join(text for _, text in items)
                value = [value for value, _ in items]
                return (bytes(value) if of == BYTE else value), f"{{ {text} }}"
            case Floating(is_complex=is_complex):
                real, imag = (self.rng.choice([0.0, -0.0, 1.5, -2.25, float("inf")]) for _ in "ab")
                if is_complex:
                    kind = "float" if ctype.size == 8 else "double"
                    return complex(real, imag), f"__builtin_complex(({kind}){real}, ({kind}){imag})".replace(
                        "inf", "__builtin_inf()"
                    )
                return real, str(real).replace("inf", "__builtin_inf()")
            case Enumeration():
                name = self.rng.choice(["RED", "GREEN", "BLUE"])
                return name, name
            case Pointer():
                number = Address(self.rng.choice([0, 1, 0x7FFF12345678]))
                return number or None, f"(void *){number:#x}"
            case Integer(kind="bool"):
                truth = self.rng.random() < 0.5
                return truth, str(int(truth))
        assert isinstance(ctype, Integer)
        width = bits or 8 * ctype.size
        low, high = (-(1 << width - 1), (1 << width - 1) - 1) if ctype.signed else (0, (1 << width) - 1)
        number = self.rng.choice([low, high, self.rng.randint(low, high)])
        if number < 0:
            return number, f"({number + 1}L - 1)"
        return number, f"{number}{'UL' if number >> 63 else 'L'}"


def named(said: Any, found: Any) -> Any:
    """Take from what was decoded what the value names: members of unions come all."""
    if isinstance(said, dict):
        return {name: named(item, found[name]) for name, item in said.items()}
    if isinstance(said, list):
        return [named(item, other) for item, other in zip(said, found, strict=True)]
    return found


def spread(rng: random.Random, raw: bytes, mask: bytes) -> bytes:
    """Fill what does not count with anything."""
    noise = rng.randbytes(len(raw))
    return bytes(r & m | n & ~m & 0xFF for r, m, n in zip(raw, mask, noise, strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_random_values_are_the_compilers(headers: Callable[..., Any], seed: int) -> None:
    """Bytes where the mask speaks are those that the compiler writes; the value comes back whatever lies between."""
    rng = random.Random(seed)
    make = Made(rng)
    count = 25
    source = "enum color { RED, GREEN = 5, BLUE = 3 };\n" + "\n".join(
        f"struct s{i} {{ {make.body(2)} }};" for i in range(count)
    )
    made = headers(source)
    found = made.laid_out(types=tuple(f"struct s{i}" for i in range(count))).structures
    chosen = [make.value(found[f"struct s{i}"]) for i in range(count)]
    text = "\n".join(f"const struct s{i} v{i} = {written};" for i, (_, written) in enumerate(chosen))
    images = made.objects(text, *(f"v{i}" for i in range(count)))
    for i, ((value, written), image) in enumerate(zip(chosen, images, strict=True)):
        ctype = found[f"struct s{i}"]
        where = f"seed {seed}: {source.splitlines()[i + 1]} = {written}"
        data, mask = encode(ctype, value)
        assert len(data) == len(mask) == len(image) == size_of(ctype), where
        masked = bytes(b & m for b, m in zip(image, mask, strict=True))
        assert data == masked == bytes(b & m for b, m in zip(data, mask, strict=True)), where
        assert encode_object(ctype, value) == data, where
        poisoned = spread(rng, image, mask)
        assert repr(named(value, decode(ctype, poisoned))) == repr(value), where
        assert repr(named(value, decode(ctype, data, mask))) == repr(value), where


def test_the_mask_is_every_bit_of_a_member_and_none_of_padding(headers: Callable[..., Any]) -> None:
    """The compiler's object with one member all ones is the mask of naming this member."""
    made = headers(
        "struct __attribute__((packed)) s { char c; unsigned a : 5; unsigned : 2; int b : 13; _Bool t : 1; short v[2];"
        " unsigned long w : 40; }; "
    )
    found = made.laid_out(types=("struct s",)).structures["struct s"]
    ones = {"c": -1, "a": 31, "b": -1, "t": True, "v": [-1, -1], "w": (1 << 40) - 1}
    text = "\n".join(
        f"const struct s only_{name} = {{ .{name} = {'{-1, -1}' if name == 'v' else int(value)} }};"
        for name, value in ones.items()
    )
    for (name, value), image in zip(ones.items(), made.objects(text, *(f"only_{name}" for name in ones)), strict=True):
        assert encode(found, {name: value}) == (image, image), name


# --- what counts ----------------------------------------------------------------------------------------------------


def test_a_complete_value_comes_back() -> None:
    """What Python does not have is left out: flexible arrays, 128-bit integers."""
    data, mask = encode(MIXED, FULL)
    assert decode(MIXED, data) == FULL == decode(MIXED, data, mask)
    assert mask[48:] == b"\xff" * 10 + bytes(6)  # a long double has ten bytes
    assert mask[1:8] == b"\xff" * 4 + bytes(3)  # text counts up to its NUL, and then there is padding


def test_only_named_members_count() -> None:
    """The others are masked out, and zero when the value is written."""
    data, mask = encode(MIXED, {"at": {"y": 7}})
    assert mask == bytes(12) + b"\xff" * 4 + bytes(48)
    assert decode(MIXED, b"\xcc" * 12 + data[12:16] + b"\xcc" * 48, mask) == {"at": {"y": 7}}
    assert encode_object(MIXED, {"at": {"y": 7}}) == data == bytes(12) + b"\7\0\0\0" + bytes(48)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"at": ..., "next": ..., "flex": ..., "wide": ...}, ...),
        ({"at": {"x": ..., "y": 1}}, {"at": {"y": 1}}),
        ({"grid": [[1, ...], ...]}, {"grid": [[1, ...], ...]}),
        ({"raw": [1, ..., 3]}, {"raw": [1, ..., 3]}),
        ({"name": ["a", ..., "c", 0, 0, 0]}, {"name": [97, ..., 99, 0, 0, 0]}),
        ({"name": "abcdef"}, {"name": "abcdef"}),
        ({"name": b"ab"}, {"name": "ab"}),
        (..., ...),
    ],
)
def test_wildcards_nest(value: Any, shown: Any) -> None:
    """At any depth a wildcard counts for nothing, and comes back as one inside arrays."""
    data, mask = encode(MIXED, value, wildcard=...)
    assert decode(MIXED, data, mask, wildcard=...) == shown


def test_bit_fields_count_by_bit() -> None:
    """Neighbours in the same byte are not compared, signs and names of enums come back."""
    data, mask = encode(FLAGS, {"delta": -3, "color": "GREEN"})
    assert (data.hex(), mask.hex()) == ("68140000", "781c0000")
    assert decode(FLAGS, data, mask) == {"delta": -3, "color": "GREEN"}
    assert decode(FLAGS, b"\xff" * 4) == {"mode": 7, "delta": -1, "on": True, "color": 7}
    data, mask = encode(FLAGS, {"on": ..., "mode": 1}, wildcard=...)
    assert (data, mask) == (b"\1\0\0\0", b"\7\0\0\0")


def test_names_and_addresses_inside_are_shown_as_such() -> None:
    """Nested values are rendered as single ones are: an address in hexadecimal, an enumerator without quotes."""
    inside = Structure("struct s", 16, 8, (Part("to", Pointer(Void()), 0), Part("color", COLOR, 8)))
    found = decode(Array(inside, 2), encode_object(Array(inside, 2), [{"to": 4096, "color": "BLUE"}, {"color": 7}]))
    assert render_value(found) == "[{to: 0x1000, color: BLUE}, {to: NULL, color: 7 (no enumerator of enum color)}]"
    assert decode(FLAGS, encode(FLAGS, {"color": "BLUE"})[0])["color"].__class__ is Enumerator


def test_a_union_is_written_by_one_member_and_read_by_all() -> None:
    """Several members are fine when they agree, such as when a shown value is written again."""
    data, mask = encode(EITHER, {"i": 7})
    assert (data, mask) == (b"\7" + bytes(7), b"\xff" * 4 + bytes(4))
    assert decode(EITHER, data, mask) == {"i": 7, "p": {"x": 7}}
    whole = decode(EITHER, data)
    assert set(whole) == {"i", "d", "p"}
    assert encode(EITHER, whole) == (data, b"\xff" * 8)


def test_text_is_the_bytes_that_it_was() -> None:
    """Bytes that are no UTF-8 come back as they were."""
    assert decode(Array(CHAR, 4), b"\xffa\0z") == "\udcffa"
    assert encode(Array(CHAR, 4), "\udcffa") == (b"\xffa\0\0", b"\xff\xff\xff\0")
    assert decode(Array(Integer(1, signed=True), 2), b"\xff\1") == [-1, 1]


@pytest.mark.parametrize(
    ("ctype", "value", "kind", "words"),
    [
        (POINT, 5, TypeError, "5 is an int, not a dict of members of struct point (x, y)"),
        (POINT, {"xx": 1}, ValueError, ".xx: struct point has no member 'xx'; did you mean 'x'?"),
        (POINT, {"q": 1}, ValueError, ".q: struct point has no member 'q' (x, y)"),
        (MIXED, {"at": {"x": "a"}}, TypeError, ".at.x: 'a' is a str, not a whole number"),
        (MIXED, {"at": {"x": 1 << 40}}, ValueError, ".at.x: 1099511627776 is outside -2147483648..2147483647"),
        (MIXED, {"grid": [[1, 2]]}, ValueError, ".grid: 1 elements given, and the array has 2"),
        (MIXED, {"grid": [[1, 2], [3, 4.5]]}, TypeError, ".grid[1][1]: 4.5 is a float, not a whole number"),
        (MIXED, {"grid": 3}, TypeError, ".grid: 3 is an int, not a list of 2 elements"),
        (MIXED, {"raw": b"ab"}, ValueError, ".raw: 2 bytes given, and the array has 3"),
        (MIXED, {"raw": "abc"}, TypeError, ".raw: 'abc' is a str, not bytes or a list of 3 elements"),
        (MIXED, {"name": "abcdefg"}, ValueError, ".name: 'abcdefg' has 7 bytes, and the array has 6"),
        (MIXED, {"name": None}, TypeError, ".name: None is a NoneType, not text or a list of 6 elements"),
        (MIXED, {"name": "\ud800"}, ValueError, ".name: '\\ud800' is not UTF-8 text: surrogates not allowed"),
        (MIXED, {"wide": 1}, ValueError, ".wide: __int128 is a 128-bit integer"),
        (
            MIXED,
            {"flex": [1]},
            ValueError,
            ".flex: a flexible array is no part of a value; write its elements to memory",
        ),
        (MIXED, {"next": "x"}, TypeError, ".next: 'x' is a str, not a pointer, an address or None"),
        (FLAGS, {"mode": 8}, ValueError, ".mode: 8 is outside 0..7, what a bit-field of 3 bits holds"),
        (FLAGS, {"delta": -9}, ValueError, ".delta: -9 is outside -8..7, what a bit-field of 4 bits holds"),
        (FLAGS, {"on": 2}, ValueError, ".on: 2 is outside 0..1, what a bit-field of 1 bit holds"),
        (FLAGS, {"mode": 1.5}, TypeError, ".mode: 1.5 is a float, not a whole number"),
        (FLAGS, {"color": "PINK"}, ValueError, ".color: 'PINK' is no enumerator of enum color (RED, GREEN, BLUE)"),
        (
            EITHER,
            {"i": 1, "p": {"x": 2}},
            ValueError,
            ".p: it shares its bytes with 'i', which says something else; name one of them",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_its_path(ctype: CType, value: Any, kind: type[Exception], words: str) -> None:
    """The message starts where in the value it is, and names what was given and what is allowed."""
    for write in (encode, encode_object):
        with pytest.raises(kind) as caught:
            write(ctype, value)
        assert str(caught.value) == words


def test_a_list_that_is_too_short_is_told_of_the_wildcard() -> None:
    """An event often knows the first elements only; what stands for the others is said where there is such a thing."""
    with pytest.raises(ValueError, match=r"given, and the array has 2; an element that may be anything is written _"):
        encode(Array(CHAR, 2), [1], wildcard=...)


@pytest.mark.parametrize("value", [{"at": {"x": ...}}, {"grid": [[1, ...], [1, 2]]}, {"flex": ...}])
def test_memory_takes_no_wildcard(value: Any) -> None:
    """Memory must hold something."""
    with pytest.raises(ValueError, match=r"^\.[a-z.\[\]01]+: a wildcard cannot be written"):
        encode_object(MIXED, value, wildcard=...)


def test_types_without_a_size_are_refused() -> None:
    """Flexible arrays, void and types that Python does not have."""
    for ctype in (Array(INT, None), Void(), MIXED.parts[7].type):
        with pytest.raises(TypeError):
            size_of(ctype)
    with pytest.raises(ValueError, match=re.escape("struct point has 8 bytes, not 3")):
        decode(POINT, b"abc")


# --- floats ---------------------------------------------------------------------------------------------------------


def test_floating_leaves_are_where_the_floats_are() -> None:
    """Inside arrays of structs; a complex number is two; a long double has sixteen bytes."""
    inner = Structure(
        "struct f",
        48,
        16,
        (Part("n", INT, 0), Part("z", Floating(16, is_complex=True), 8), Part("l", Floating(16), 32)),
    )
    assert floating_leaves(Array(inner, 2)) == ((8, 8), (16, 8), (32, 16), (56, 8), (64, 8), (80, 16))
    assert floating_leaves(MIXED) == ((48, 16),)


def test_floats_that_share_their_bytes_compare_by_bytes() -> None:
    """-0.0 and 0 are different numbers for an int in the same union; the same float under two names stays one."""
    assert floating_leaves(EITHER) == ()
    for one, other in ((Floating(4), Integer(8, signed=True)), (DOUBLE, INT)):
        parts = (Part("a", one, 0), Part("b", other, 0), Part("behind", Floating(4), 8))
        assert floating_leaves(Structure("struct anonymous_union", 16, 8, parts)) == ((8, 4),)
    three = Structure("struct v", 12, 4, tuple(Part(name, Floating(4), 4 * i) for i, name in enumerate("xyz")))
    same = Structure("union v", 12, 4, (Part("v", three, 0), Part("a", Array(Floating(4), 3), 0)), is_union=True)
    assert floating_leaves(same) == ((0, 4), (4, 4), (8, 4))


def test_all_faults_of_a_value_are_told() -> None:
    """Members and elements that do not fit are named all at once, each with its path."""
    with pytest.raises(ValueError) as caught:
        encode(Array(POINT, 2), [{"z": 1, "x": 1 << 40}, {"y": "a"}])
    assert str(caught.value) == (
        "[0].z: struct point has no member 'z' (x, y); "
        "[0].x: 1099511627776 is outside -2147483648..2147483647; "
        "[1].y: 'a' is a str, not a whole number"
    )
