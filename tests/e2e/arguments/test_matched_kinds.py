"""An argument of any kind can be matched: it decides while the SUT runs, and the report names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    Mocking,
    UnexpectedCall,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = """
#ifndef KINDS_H
#define KINDS_H
#include <stddef.h>
#include <string.h>
enum color { RED, GREEN = 5 };
struct point { char c; double x; int y; };
typedef int (*compare)(const void *, const void *);
int by_size(const void *left, const void *right);
int by_name(const void *left, const void *right);
void take_value(struct point x);
void pass_value(int y);
#endif
"""
SOURCE = """
#include "kinds.h"
int by_size(const void *left, const void *right) { return left == right; }
int by_name(const void *left, const void *right) { return left != right; }
void pass_value(int y) { struct point p; memset(&p, 0xCC, sizeof p); p.y = y; take_value(p); }
"""
N = ApiArg("int", "n")
ARGUMENTS: dict[str, list[ApiArg]] = {
    "integer": [ApiArg("int", "x", matched=True)],
    "color": [ApiArg("enum color", "x", matched=True)],
    "real": [ApiArg("double", "x", matched=True)],
    "near": [ApiArg("float", "x", matched=True, tolerance=0.5)],
    "precise": [ApiArg("long double", "x", matched=True)],
    "pointer": [ApiArg("void *", "x", matched=True)],
    "text": [ApiArg("const char *", "x", matched=True)],
    "start": [ApiArg("char *", "x", string=3, matched=True)],
    "numbers": [ApiArg("const int *", "x", buffer="n", matched=True), N],
    "reals": [ApiArg("const double *", "x", buffer="n", matched=True), N],
    "bytes": [ApiArg("const void *", "x", buffer="n", matched=True), N],
    "points": [ApiArg("const struct point *", "x", buffer="n", matched=True), N],
    "value": [ApiArg("struct point", "x", matched=True)],
    "pointee": [ApiArg("struct point *", "x", view="*x", matched=True)],
    "inout": [ApiArg("int *", "x", dir="inout", matched=True)],
    "view": [ApiArg("struct point *", "x", view="x->y", matched=True)],
    "stored": [ApiArg("struct point *", "x", stored_type="double", code="_stored_->x = x->x;", matched=True)],
    "phantom": [ApiArg("struct point *", "p", stored_type="void"), ApiArg("int", "x", phantom=True, view="p->y", matched=True)],
    "function": [ApiArg("compare", "x", matched=True)],
    "rest": [ApiArg("const char *", "format"), ApiArg("...", "x", format="format", matched=True)],
    "counted": [N, ApiArg("...", "x", stored_type="int", length="n", matched=True)],
}  # fmt: skip


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start one mock of each kind."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "kinds.h").write_text(HEADER)
    (folder / "kinds.c").write_text(SOURCE)
    functions = [ApiFunction(f"take_{kind}", args=args) for kind, args in ARGUMENTS.items()]
    spec = ApiSpec([ApiModule("k", functions)])
    with start_mocking(spec, [folder / "kinds.h"], [folder / "kinds.c"]) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """Give a fresh child."""
    started.restart()
    return started


def point(mocking: Mocking, x: float, y: int) -> Any:
    """Make a point on memory that was poisoned."""
    made = mocking.new("struct point")
    mocking.lib.memset(made, 0xCC, 24)
    made.c, made.x, made.y = b"a", x, y
    return made


def points(mocking: Mocking, *ys: int) -> Any:
    """Make points next to each other."""
    return mocking.new("struct point[2]", [{"y": y} for y in ys])


def caller(mocking: Mocking, kind: str) -> Any:
    """Find what makes a call: the mock itself, or C where a struct is passed by value."""
    return mocking.lib["pass_value" if kind == "value" else f"take_{kind}"]


CASES = [
    ("integer", "(7)", "(8)", lambda m: (7,)),
    ("color", "(GREEN)", "(RED)", lambda m: ("GREEN",)),
    ("real", "(0.0)", "(1.0)", lambda m: (-0.0,)),
    ("real", "(NAN)", "(0.0)", lambda m: (float("-nan"),)),
    ("near", "(1.0)", "(0.5)", lambda m: (1.25,)),
    ("precise", "(2.5)", "(2.0)", lambda m: (2.5,)),
    ("pointer", "(NULL)", "(0x10)", lambda m: (None,)),
    ("text", '("abc")', '("abd")', lambda m: (b"abc",)),
    ("text", "(NULL)", '("")', lambda m: (None,)),
    ("start", '("abc")', '("abcd")', lambda m: (b"abcdef",)),
    ("numbers", "([1, _], 2)", "([2, _], 2)", lambda m: ([1, 2], 2)),
    ("numbers", "([], 0)", "(NULL, 0)", lambda m: ([1], 0)),
    ("reals", "([-0.0, NAN], 2)", "([0.0, 0.0], 2)", lambda m: ([0.0, float("nan")], 2)),
    ("bytes", '("ab", 2)', '("abc", 2)', lambda m: (b"ab", 2)),
    ("points", "([{y: 1}, _], 2)", "([{y: 1}, {y: 3}], 2)", lambda m: (points(m, 1, 2), 2)),
    ("value", "({y: 3})", "({y: 4})", lambda m: (3,)),
    ("pointee", "({x: 0.0, y: 3})", "({x: 0.5})", lambda m: (point(m, -0.0, 3),)),
    ("pointee", "(NULL)", "({})", lambda m: (None,)),
    ("inout", "(4) -> {5}", "(5) -> {4}", lambda m: (m.new("int", 4),)),
    ("view", "(3)", "(4)", lambda m: (point(m, 0, 3),)),
    ("stored", "(0.5)", "(0.25)", lambda m: (point(m, 0.5, 3),)),
    ("phantom", "(3)", "(4)", lambda m: (point(m, 0, 3),)),
    ("function", "(by_size)", "(by_name)", lambda m: (m.lib.by_size,)),
    ("rest", '(_, [1, "a", 0.5])', '(_, [1, "b", 0.5])', lambda m: (b"%d %s %f", 1, b"a", 0.5)),
    ("counted", "(2, [1, -2])", "(2, [1, 2])", lambda m: (2, 1, -2)),
]


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "passed"), CASES, ids=[f"{kind}{right}" for kind, right, _, _ in CASES]
)
def test_matched(mocking: Mocking, kind: str, right: str, wrong: str, passed: Any) -> None:
    """The event with the right value takes the call; the one with another does not, and the report says why."""
    function = caller(mocking, kind)
    init_lang(f"k.take_{kind}{right}  k.take_{kind}{right}")
    function(*passed(mocking))
    function(*passed(mocking))
    assert check_callouts() is True
    init_lang(f"k.take_{kind}{wrong}")
    with pytest.raises(UnexpectedCall) as caught:
        function(*passed(mocking))
    assert f"unexpected call #1: k.take_{kind}(" in str(caught.value)
    assert "      x:  expected " in str(caught.value)
    assert len(get_trace()) == 1


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_a_wildcard_matches(mocking: Mocking, kind: str) -> None:
    """An event that says _ takes whatever comes."""
    passed = next(passed for name, _, _, passed in CASES if name == kind)
    wilds = ", ".join("_" for arg in ARGUMENTS[kind] if arg.is_visible)
    init_lang(f"k.take_{kind}({wilds}){' -> {_}' if kind == 'inout' else ''}")
    caller(mocking, kind)(*passed(mocking))
    assert check_callouts() is True
