"""A SUT with one pair of mocks for each kind of argument: one matched while it runs, one compared by the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = {
    "i8": "int8_t", "u8": "uint8_t", "i16": "int16_t", "u16": "uint16_t", "i32": "int32_t", "u32": "uint32_t",
    "i64": "int64_t", "u64": "uint64_t", "size": "size_t", "flag": "bool", "letter": "char", "color": "enum color",
    "single": "float", "real": "double", "precise": "long double", "pointer": "void *", "text": "const char *",
    "function": "compare", "struct": "struct point", "bits": "struct bits", "grid": "struct grid",
    "label": "struct label",
}  # fmt: skip
HEADER = """
#ifndef KINDS_H
#define KINDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#define LIMIT 64
enum color { RED, GREEN = 5, BLUE = -1 };
struct point { char c; double x; int y; };
struct bits { unsigned a : 3; int b : 5; unsigned long long c : 40; bool flag : 1; };
struct grid { int8_t cells[2][3]; struct point points[2]; char name[8]; };
struct label { char name[8]; uint8_t raw[4]; char lines[2][4]; int8_t levels[2]; };
typedef int (*compare)(const void *, const void *);
int by_size(const void *left, const void *right);
void pass_struct(int y, double x, int matched);
void pass_bits(unsigned a, int b, unsigned long long c, int matched);
void pass_grid(int value, int matched);
struct pair { int16_t left; uint64_t right; float part; };
int pair_left(int n);
uint64_t pair_right(int n);
#endif
"""
SOURCE = """
#include "kinds.h"
#include "mocks.h"
int by_size(const void *left, const void *right) { return left == right; }
void pass_struct(int y, double x, int matched)
{
    struct point p;
    memset(&p, 0xCC, sizeof p);
    p.c = 'c'; p.y = y; p.x = x;
    if (matched) run_struct(p); else late_struct(p);
}
void pass_bits(unsigned a, int b, unsigned long long c, int matched)
{
    struct bits v;
    memset(&v, 0xCC, sizeof v);
    v.a = a; v.b = b; v.c = c; v.flag = true;
    if (matched) run_bits(v); else late_bits(v);
}
void pass_grid(int value, int matched)
{
    struct grid g = { { { 1, 2, 3 }, { 4, (int8_t)value, 6 } }, { { 'a', 0.5, 1 }, { 'b', 1.5, value } }, "grid" };
    if (matched) run_grid(g); else late_grid(g);
}
"""


def spec() -> ApiSpec:
    """Make the spec: ``run_<kind>`` is matched, ``late_<kind>`` is not."""
    functions: list[ApiFunction] = []
    for prefix, matched in (("run", True), ("late", False)):
        functions += [
            ApiFunction(f"{prefix}_{kind}", args=[ApiArg(text, "x", matched=matched)]) for kind, text in TYPES.items()
        ]
        functions += [
            ApiFunction(f"{prefix}_near", args=[ApiArg("double", "x", matched=matched, tolerance=0.25)]),
            ApiFunction(
                f"{prefix}_bytes", args=[ApiArg("const char *", "x", buffer="n", matched=matched), ApiArg("int", "n")]
            ),
            ApiFunction(
                f"{prefix}_numbers", args=[ApiArg("const int *", "x", buffer="n", matched=matched), ApiArg("int", "n")]
            ),
            ApiFunction(
                f"{prefix}_points",
                args=[ApiArg("const struct point *", "x", buffer="n", matched=matched), ApiArg("int", "n")],
            ),
            ApiFunction(f"{prefix}_pointee", args=[ApiArg("struct point *", "x", view="*x", matched=matched)]),
            ApiFunction(f"{prefix}_inout", args=[ApiArg("int *", "x", dir="inout", matched=matched)]),
            ApiFunction(
                f"{prefix}_rest",
                args=[ApiArg("const char *", "format"), ApiArg("...", "x", format="format", matched=matched)],
            ),
        ]
    functions += [
        ApiFunction("give_i8", "int8_t"), ApiFunction("give_u8", "uint8_t"), ApiFunction("give_i64", "int64_t"),
        ApiFunction("give_u64", "uint64_t"), ApiFunction("give_flag", "bool"), ApiFunction("give_color", "enum color"),
        ApiFunction("give_single", "float"), ApiFunction("give_real", "double"),
        ApiFunction("give_precise", "long double"), ApiFunction("give_pointer", "void *"),
        ApiFunction("give_pair", "struct pair"), ApiFunction("give_text", "const char *"),
        ApiFunction("give_bits", "struct bits"),
        ApiFunction("send", "int64_t", [ApiArg("const char *", "data", buffer="n"), ApiArg("size_t", "n")]),
        ApiFunction("say", "int64_t", [ApiArg("const char *", "words")]),
        ApiFunction("fetch", "int", [ApiArg("int", "id"), ApiArg("int *", "to", "out"),
                                     ApiArg("struct pair *", "pair", "out"), ApiArg("long *", "all", "out", buffer="id")]),
    ]  # fmt: skip
    return ApiSpec([ApiModule("k", functions)])


@pytest.fixture(scope="package")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start all mocks once."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "kinds.h").write_text(HEADER)
    (folder / "mocks.h").write_text(
        "".join(
            f"void {prefix}_{kind}({TYPES[kind]} x);\n"
            for prefix in ("run", "late")
            for kind in ("struct", "bits", "grid")
        )
    )
    (folder / "kinds.c").write_text(SOURCE)
    with start_mocking(spec(), [folder / "kinds.h"], [folder / "kinds.c"]) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """Give a fresh child."""
    started.restart()
    return started
