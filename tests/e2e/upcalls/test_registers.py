"""Where arguments and results of callbacks travel: random signatures, with the compiler as the oracle."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import ApiFunction, ApiModule, ApiSpec, start_mocking

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20240607
TYPES = [
    "enum color { RED, GREEN = 7 };",
    "struct pair { int a, b; };",
    "struct mixed { long a; double b; };",
    "struct swapped { double b; long a; };",
    "struct floats { float a, b, c; };",
    "struct large { long a, b, c; };",
    "struct extended { long double a; };",
    "union both { int a; double b; };",
]
COUNT = 20

# C type, C text of a value, the value as Python sees it.
VALUES: list[tuple[str, str, Any]] = [
    ("_Bool", "1", True),
    ("char", "'x'", 120),
    ("signed char", "-7", -7),
    ("unsigned char", "250", 250),
    ("short", "-30000", -30000),
    ("unsigned short", "60000", 60000),
    ("int", "-2000000000", -2000000000),
    ("unsigned", "4000000000U", 4000000000),
    ("long", "-5000000000L", -5000000000),
    ("unsigned long", "0xffffffffffffffffUL", 0xFFFF_FFFF_FFFF_FFFF),
    ("enum color", "GREEN", "GREEN"),
    ("float", "1.5F", 1.5),
    ("double", "-2.25", -2.25),
    ("long double", "4.125L", 4.125),
    ("float _Complex", "1.5F", 1.5 + 0j),
    ("void *", "(void *)0x1234", 0x1234),
    ("const char *", "(const char *)0", None),
    ("int *", "(int *)0x5678", 0x5678),
    ("double _Complex", "2.5", 2.5 + 0j),
    ("struct pair", "(struct pair){ 1, -2 }", {"a": 1, "b": -2}),
    ("struct mixed", "(struct mixed){ 3, 0.5 }", {"a": 3, "b": 0.5}),
    ("struct swapped", "(struct swapped){ 0.25, 4 }", {"b": 0.25, "a": 4}),
    ("struct floats", "(struct floats){ 1.5F, 2.5F, 3.5F }", {"a": 1.5, "b": 2.5, "c": 3.5}),
    ("struct large", "(struct large){ 5, 6, 7 }", {"a": 5, "b": 6, "c": 7}),
    ("struct extended", "(struct extended){ 1.25L }", {"a": 1.25}),
    ("union both", "(union both){ .a = 9 }", {"a": 9}),
]


@pytest.mark.slow
def test_random_signatures(tmp_path: Path) -> None:
    """Each argument arrives as the compiler passed it, and each result as Python gave it."""
    source = random.Random(SEED)
    chosen = [source.choices(VALUES, k=source.randint(0, 18)) for _ in range(COUNT)]
    results = [source.choice(VALUES) for _ in range(COUNT)]
    header, body = [*TYPES, "int unused(void);"], ['#include "random.h"']
    for number, (args, (result, _, _)) in enumerate(zip(chosen, results, strict=True)):
        params = ", ".join(ctype for ctype, _, _ in args) or "void"
        prototype = f"{result} call{number}({result} (*f)({params}))"
        header.append(f"{prototype};")
        body.append(f"{prototype} {{ return f({', '.join(text for _, text, _ in args)}); }}")
    (tmp_path / "random.h").write_text("\n".join(header), encoding="utf-8")
    (tmp_path / "random.c").write_text("\n".join(body), encoding="utf-8")
    spec = ApiSpec([ApiModule("m", [ApiFunction("unused", "int")])])
    with start_mocking(spec, headers=[tmp_path / "random.h"], objs=[tmp_path / "random.c"], cflags=["-O2"]) as mocking:
        for number, (args, (_, _, wanted)) in enumerate(zip(chosen, results, strict=True)):
            seen: list[Any] = []

            def take(*values: Any, seen: list[Any] = seen, wanted: Any = wanted) -> Any:
                seen.extend(values)
                return wanted

            given = getattr(mocking.lib, f"call{number}")(take)
            assert seen == [value for _, _, value in args], (SEED, number)
            assert given == wanted, (SEED, number)
