"""Attributes taken out of preprocessed text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py.cdecl.surgery import dropping, strip_attributes

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int f(int) __attribute__((const));", "int f(int) ;"),
        ("__attribute__((__pure__)) int f(int);", " int f(int);"),
        ("int f(int) __attribute__((cold, pure));", "int f(int) __attribute__((cold, ));"),
        ("int f(char *p __attribute__((nonnull)));", "int f(char *p );"),
        ("[[gnu::pure]] int f(int);", " int f(int);"),
        ("int f(int) [[unsequenced, deprecated]];", "int f(int) [[ deprecated]];"),
        ("struct s { int a; } f(void) __attribute__((pure));", "struct s { int a; } f(void) ;"),
        ("int g(int) __attribute__((pure));", "int g(int) __attribute__((pure));"),
        ("int g(int (*f)(int)) __attribute__((pure));", "int g(int (*f)(int)) __attribute__((pure));"),
        (
            "int g(int x) { f(x); __attribute__((pure)) int h(void); }",
            "int g(int x) { f(x); __attribute__((pure)) int h(void); }",
        ),
        ("int f(int) __attribute__((noreturn));", "int f(int) __attribute__((noreturn));"),
    ],
)
def test_only_dropping_attributes_of_the_named_functions_go(text: str, expected: str) -> None:
    """Other attributes and other functions stay as they are, letter by letter."""
    assert strip_attributes(text, ["f"]) == expected


def test_lines_and_markers_stay() -> None:
    """A removed attribute leaves its line ends and markers behind."""
    text = 'int f(int)\n  __attribute__((pure,\n# 7 "b.h"\n  const));\nint g(void);\n'
    assert strip_attributes(text, ["f"]) == 'int f(int)\n  \n# 7 "b.h"\n;\nint g(void);\n'


def test_the_compiler_makes_all_calls_afterwards(headers: Callable[..., object]) -> None:
    """Two equal calls of a const function are one for the compiler, and two without the attribute."""
    source = "int f(int) __attribute__((const, nothrow));\nint use(int x) { f(x); return f(x) + f(x); }\n"
    made = headers(source, "-O2")
    stripped = headers(strip_attributes(source, ["f"]), "-O2")
    calls = [unit.compile("", "-S", "-w").stdout.count("call") for unit in (made, stripped)]
    assert calls == [1, 3]


def test_real_headers_still_compile(headers: Callable[..., object]) -> None:
    """All functions of big headers at once; every line stays where it was."""
    made = headers("#define _GNU_SOURCE\n#include <stdlib.h>\n#include <string.h>\n#include <math.h>\n")
    done = strip_attributes(made.text, list(made.unit.functions))
    again = headers(done)
    assert again.compile("", "-fsyntax-only", "-w").stderr == ""
    assert done.count("\n") == made.text.count("\n")
    for name in ("strlen", "abs"):
        assert dropping(made.declare(name).functions[name])
    for name in ("strlen", "abs", "qsort", "memcpy"):
        assert not {"const", "pure", "leaf", "nonnull"} & {*again.declare(name).functions[name].attributes}
