"""Patterns of arguments of every type: decided while the SUT runs where the argument is matched, else by the check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import EVENT, GT, SEQ, VAR, CalloutsFailed, EventError, UnexpectedCall, check_callouts, init_lang
from cmock_py.lang.nodes import Between, Bits, Both, Compare, Name, OneOf

if TYPE_CHECKING:
    from cmock_py import Mocking

BIG = 1 << 63
NAN = float("nan")


def passing(mocking: Mocking, prefix: str, kind: str, value: Any) -> None:
    """Make one call with a value."""
    lib = mocking.lib
    match kind:
        case "struct":
            lib.pass_struct(*value, prefix == "run")
        case "bits":
            lib.pass_bits(*value, prefix == "run")
        case "grid":
            lib.pass_grid(value, prefix == "run")
        case "bytes" | "numbers":
            lib[f"{prefix}_{kind}"](value, 0 if value is None else len(value))
        case "points":
            lib[f"{prefix}_{kind}"](mocking.new(f"struct point[{len(value)}]", [{"y": y} for y in value]), len(value))
        case "pointee":
            lib[f"{prefix}_{kind}"](None if value is None else mocking.new("struct point", {"y": value}))
        case "inout":
            lib[f"{prefix}_{kind}"](mocking.new("int", value))
        case "rest":
            lib[f"{prefix}_{kind}"](b"%d", value)
        case "function":
            lib[f"{prefix}_{kind}"](lib.by_size if value else None)
        case _:
            lib[f"{prefix}_{kind}"](value)


def event(kind: str, prefix: str, pattern: Any) -> Any:
    """Expect a call of that kind."""
    args = {"rest": ["%d", pattern]}.get(kind, [pattern])
    if kind in {"bytes", "numbers", "points"}:
        args = [pattern, Compare(">=", 0)]
    return EVENT("k", f"{prefix}_{kind}", args, (3,) if kind == "inout" else None)


CASES: list[tuple[str, Any, list[Any], list[Any]]] = [
    ("i8", Compare("<", -5), [-6, -128], [-5, 0, 127]),
    ("i8", Compare("!=", -1), [0, 127], [-1]),
    ("u8", Compare(">=", 200), [200, 255], [199, 0]),
    ("u8", Between(1, 300), [1, 255], [0]),
    ("i16", Between(-5, 5), [-5, 0, 5], [-6, 6, 32767]),
    ("u16", OneOf((7, 65535, 9)), [7, 9, 65535], [0, 8, 65534]),
    ("i32", Both((Compare(">", 0), Compare("<", 10), Compare("!=", 5))), [1, 9], [0, 5, 10, -1]),
    ("i32", OneOf(tuple(range(-1000, 1000, 2))), [-1000, 0, 998], [-999, 1000, 1]),
    ("i32", Compare("<=", Name("LIMIT")), [64, -1], [65]),
    ("u32", Bits(0xF0, 0x50), [0x50, 0xFFFFFF5F], [0, 0x60, 0x140]),
    ("i32", Bits(-1 << 31, -1 << 31), [-1, -(1 << 31)], [0, 1]),
    ("i64", Compare(">", -(1 << 63)), [-(1 << 63) + 1, 0], [-(1 << 63)]),
    ("i64", OneOf((-1, 1 << 62)), [-1, 1 << 62], [(1 << 62) + 1, 1]),
    ("u64", Compare(">", BIG), [BIG + 1, 2 * BIG - 1], [BIG, 0]),
    ("u64", Compare("<=", BIG + 1), [BIG + 1], [BIG + 2]),
    ("size", Between(1, 1 << 40), [1, 1 << 40], [0, (1 << 40) + 1]),
    ("flag", Compare(op="!=", value=True), [False], [True]),
    ("letter", Between("a", "f"), [b"a", b"f"], [b"`", b"g"]),
    ("letter", OneOf(("x", "y")), [b"x"], [b"z"]),
    ("color", OneOf((Name("RED"), Name("BLUE"))), ["RED", "BLUE"], ["GREEN"]),
    ("color", Compare("<", Name("GREEN")), ["RED", "BLUE"], ["GREEN"]),
    ("color", Compare("!=", Name("RED")), ["GREEN"], ["RED"]),
    ("single", Compare("<=", 0.1), [0.1, -1.0], [0.11, NAN]),
    ("single", OneOf((0.1, 2)), [0.1, 2.0], [0.2]),
    ("real", Both((Compare(">", -0.5), Compare("<", 0.5))), [0.0, -0.49], [0.5, -0.5, NAN]),
    ("real", Compare("!=", NAN), [0.0], [NAN]),
    ("real", Compare("!=", 0.0), [1.0, NAN], [0.0, -0.0]),
    ("near", Compare("!=", 1.0), [1.5], [1.25]),
    ("near", OneOf((1.0, 5.0)), [1.25, 4.75], [1.5]),
    ("precise", Between(0.1, 1e300), [0.1, 1e300], [0.05, -1.0]),
    ("pointer", Compare("!=", None), [0x10], [None]),
    ("pointer", Compare(">=", 0x1000), [0x1000], [0xFFF, None]),
    ("function", Compare("!=", None), [True], [False]),
    ("function", OneOf((None, Name("by_size"))), [True, False], []),
    ("text", Compare("!=", "GET"), [b"PUT", b"", None], [b"GET"]),
    ("text", Compare("!=", None), [b""], [None]),
    ("text", OneOf(("GET", "POST", "PATCH", "")), [b"POST", b""], [b"POS", b"POSTS", b"PUT", None]),
    ("text", OneOf(("GET", None)), [b"GET", None], [b""]),
    ("bytes", OneOf((b"\0\1", b"\0\2")), [b"\0\1"], [b"\0", b"\0\3"]),
    ("bytes", Compare("!=", b"ab"), [b"abc", b""], [b"ab"]),
    ("bytes", [Between("a", "c"), Compare("!=", 0)], [b"ab"], [b"d1", b"a\0", b"abc"]),
    ("numbers", [5, Between(1, 5)], [[5, 1]], [[5, 0], [4, 1], [5], [5, 1, 2]]),
    ("numbers", Compare("!=", [1, 2]), [[1], [1, 3], None], [[1, 2]]),
    ("numbers", OneOf(([1], [1, 2])), [[1], [1, 2]], [[2], []]),
    ("points", [{"y": Compare(">", 3)}, {"y": 1}], [[4, 1]], [[3, 1], [4, 2], [4]]),
    ("pointee", {"y": Between(3, 4)}, [3, 4], [5, None]),
    ("pointee", Compare("!=", None), [0], [None]),
    ("inout", Compare(">", 3), [4], [3]),
    ("struct", {"y": Compare(">", 3), "x": Compare("<=", 1)}, [(4, 1.0)], [(3, 1.0), (4, 1.5)]),
    ("struct", Compare("!=", {"y": 3}), [(4, 0.5)], [(3, 0.5)]),
    ("struct", OneOf(({"y": 3}, {"x": 0.25})), [(3, 0.5), (4, 0.25)], [(4, 0.5)]),
    ("bits", {"a": Between(1, 3), "b": Compare("<", 0)}, [(3, -16, 0)], [(4, -1, 0), (3, 0, 0)]),
    ("bits", {"c": Compare(">=", (1 << 40) - 1)}, [(0, 0, (1 << 40) - 1)], [(0, 0, 5)]),
    ("bits", {"b": Bits(0b11, 0b01)}, [(0, 1, 0), (0, -3, 0)], [(0, 2, 0)]),
    ("grid", {"cells": [[1, 2, 3], [4, Compare(">", 4), 6]]}, [5, 127], [4]),
    ("grid", {"points": [{"c": "a"}, {"y": OneOf((7, 8))}], "name": "grid"}, [7], [9]),
    ("rest", Compare("!=", [1]), [2], [1]),
]


@pytest.mark.parametrize(("kind", "pattern", "right", "wrong"), CASES, ids=[f"{c[0]} {c[1]!r:.60}" for c in CASES])
def test_conditions(mocking: Mocking, kind: str, pattern: Any, right: list[Any], wrong: list[Any]) -> None:
    """Values that fit pass in the run and in the check; others are refused at the call, or reported by the check."""
    for prefix in ("run", "late"):
        mocking.restart()
        init_lang(SEQ(event(kind, prefix, pattern) for _ in right))
        for value in right:
            passing(mocking, prefix, kind, value)
        assert check_callouts() is True
    for value in wrong:
        mocking.restart()
        init_lang(SEQ(event(kind, "run", pattern)))
        with pytest.raises(UnexpectedCall) as refused:
            passing(mocking, "run", kind, value)
        assert "x:  expected " in str(refused.value)
        mocking.restart()
        init_lang(SEQ(event(kind, "late", pattern)))
        passing(mocking, "late", kind, value)
        with pytest.raises(CalloutsFailed) as failed:
            check_callouts()
        assert "x:  expected " in str(failed.value)


def test_typed_terms_know_the_headers(mocking: Mocking) -> None:
    """Members, bit-fields and enumerators are looked at in the line that writes them; what names mean comes later."""
    k = mocking.expect.k
    for wrong, message in (
        (lambda: k.run_struct({"z": 3}), "k.run_struct: x (struct point): .z: struct point has no member 'z' (c, x, y)"),
        (lambda: k.run_bits({"b": GT(40)}), "k.run_bits: x.b (struct bits): > 40 can never be: the type holds -16..15"),
        (lambda: k.run_color("GREN"), "k.run_color: x (enum color): 'GREN' is no enumerator of enum color (RED, GREEN, BLUE)"),
        (lambda: k.give_pair().returns({"left": 1 << 15}), "k.give_pair: result (struct pair): .left: 32768 is outside -32768..32767"),
        (lambda: k.give_pair().returns({"left": VAR("n"), "rigt": 1}), "k.give_pair: result (struct pair): .rigt: struct pair has no member 'rigt'; did you mean 'right'?"),
        (lambda: k.fetch(1, to="x", pair={}, all=[1]), "k.fetch: to (int *): 'x' is a str, not a whole number"),
    ):  # fmt: skip
        with pytest.raises(EventError) as caught:
            wrong()
        assert [fault.message for fault in caught.value.faults] == [message]
    init_lang(SEQ(k.run_i32(VAR("LIMIT")), k.run_color("GREEN"), k.run_struct({"y": GT(3)})))
    mocking.lib.run_i32(64)
    mocking.lib.run_color("GREEN")
    mocking.lib.pass_struct(4, 0.5, 1)
    assert check_callouts()
