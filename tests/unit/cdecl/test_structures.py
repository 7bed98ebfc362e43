"""Structures of real headers, laid out by real compilers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cmock_py.cdecl.model import Aggregate, Array, Enumeration, FunctionType, Integer, Part, Pointer, Structure, Void
from cmock_py.cdecl.store import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

INT = Integer(4, signed=True)
CHAR = Integer(1, signed=True, kind="char")


def places(structure: Structure) -> dict[str, Any]:
    """Say where each member lies: its offset, or its bits."""
    return {part.name: part.bits or part.offset for part in structure.parts}


def test_members_have_types_and_places(headers: Callable[..., Any]) -> None:
    """Aggregates inside are structures as deep as values go, and stay names behind a pointer."""
    made = headers(
        "typedef struct point { short x, y; } point_t; struct list { struct list *next; point_t at; point_t way[2]; };"
        "int f(struct list *l);"
    ).laid_out("f")
    point = Structure(
        "struct point", 4, 2, (Part("x", Integer(2, signed=True), 0), Part("y", Integer(2, signed=True), 2))
    )
    assert made.structures["struct list"] == Structure(
        "struct list",
        24,
        8,
        (
            Part("next", Pointer(Aggregate("struct list", 24)), 0),
            Part("at", point, 8),
            Part("way", Array(point, 2), 12),
        ),
    )
    assert made.structures["point_t"] == point
    assert made.drafts == {}


def test_every_kind_of_member_has_its_place(headers: Callable[..., Any]) -> None:
    """Bit-fields, anonymous and nameless aggregates, packed, aligned and flexible ones."""
    made = headers(
        "struct __attribute__((packed)) p { char c; int i; unsigned b : 5; signed : 2; signed s : 3; _Bool o : 1; };"
        "struct n { char c; union { int u; struct { short a, b; }; }; struct { char x; union { int l; char m; } in; }"
        " in[2][3]; _Alignas(16) int k; struct p q; char flex[]; }; struct old { int n; long z[0]; };"
    ).laid_out(types=("struct n", "struct old"))
    assert places(made.structures["struct p"]) == {"c": 0, "i": 1, "b": (40, 5), "s": (47, 3), "o": (50, 1)}
    outer = made.structures["struct n"]
    assert places(outer) == {"c": 0, "u": 4, "a": 4, "b": 6, "in": 8, "k": 64, "q": 68, "flex": 75}
    assert (outer.size, outer.align) == (80, 16)
    grid: Any = outer.parts[4].type
    assert (grid.length, grid.of.length, places(grid.of.of)) == (2, 3, {"x": 0, "in": 4})
    union = grid.of.of.parts[1].type
    assert (union.is_union, places(union)) == (True, {"l": 0, "m": 0})
    assert outer.parts[-1].type == Array(CHAR, None)
    assert made.structures["struct old"].parts[1].type == Array(Integer(8, signed=True), None)


def test_sizes_are_the_compilers(headers: Callable[..., Any]) -> None:
    """An attribute that makes an integer or a nameless enum narrower is believed."""
    made = headers(
        "typedef int wide __attribute__((mode(DI))); struct s { wide w; enum __attribute__((packed)) { A, B } e[2]; };"
    ).laid_out(types=("struct s",))
    wide, enums = made.structures["struct s"].parts
    assert wide.type == Integer(8, signed=True)
    assert enums.type == Array(Enumeration(None, 1, signed=False, values=(("A", 0), ("B", 1))), 2)


def test_a_type_that_is_asked_for_brings_its_structure(headers: Callable[..., Any]) -> None:
    """By tag, by typedef or behind pointers, before its body stands in the headers or behind it."""
    made = headers(
        "typedef struct later later_t; struct held { int a; }; struct later { struct held h; };"
        "typedef struct { int n; } nameless; typedef nameless *ref; typedef union u { int i; } u_t; struct no;"
    ).laid_out(types=("later_t *", "ref", "u_t", "struct no *"))
    assert set(made.structures) == {"struct later", "later_t", "struct held", "nameless", "union u", "u_t"}
    assert made.structures["u_t"].is_union
    assert made.structures["later_t"] is made.structures["struct later"]


def test_function_types_are_resolved_and_end(headers: Callable[..., Any]) -> None:
    """A table of functions that take the table itself comes to an end at its name."""
    made = headers(
        "struct ops { int (*open)(struct ops *self, const char *path, int flags[3], ...); void (*close)(void); };"
    ).laid_out(types=("struct ops",))
    opened, closed = (part.type for part in made.structures["struct ops"].parts)
    assert opened == Pointer(
        FunctionType(
            "int (struct ops *self, const char *path, int flags[3], ...)",
            INT,
            (Pointer(Aggregate("struct ops", 16)), Pointer(CHAR, const=True), Pointer(INT)),
            variadic=True,
        )
    )
    assert closed == Pointer(FunctionType("void (void)", Void()))


def test_structures_go_through_json(headers: Callable[..., Any]) -> None:
    """What is kept in the cache is what was made, before and after the layouts are known."""
    source = headers("typedef struct { int b : 3; struct { double d[2]; } in; void (*f)(int, ...); } s; void g(s *);")
    for made in (source.declare("g"), source.laid_out("g")):
        assert from_json(json.loads(json.dumps(to_json(made)))) == made


def test_only_what_is_asked_for_is_kept(gcc_headers: Callable[..., Any]) -> None:
    """Of thousands of structures the slice holds those that its functions reach, and they survive being stored."""
    made = gcc_headers(
        "#define _GNU_SOURCE\n#include <stdio.h>\n#include <sys/socket.h>\n#include <netdb.h>\n#include <signal.h>\n"
        + "".join(f"struct much{i} {{ int a; struct {{ int x[4]; }} in; }};\n" for i in range(2000))
    )
    found = made.laid_out(*[name for name in made.unit.functions if name != "siglongjmp"])
    assert "struct addrinfo" in found.structures
    assert "struct much7" not in found.structures
    again = from_json(json.loads(json.dumps(to_json(found))))
    assert again.structures == found.structures
