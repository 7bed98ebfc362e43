"""Cutting a unit into items and indexing their names."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmock_py.cdecl.parse import declare
from cmock_py.cdecl.surgery import strip_attributes
from cmock_py.cdecl.unit import index, nearest
from cmock_py.errors import HeaderError
from tests.work import work_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("int f(void);", ["f"]),
        ("int (f)(int a);", ["f"]),
        ("int (*f(int s, void (*h)(int)))(int);", ["f"]),
        ("int (*(f))(int);", []),
        ("int (*f(int (*t[4])(void)))[5];", ["f"]),
        ("typedef int fn(int); fn f, g; fn *h;", ["f", "g"]),
        ("typedef int fn(int); typedef fn fn2; extern fn2 f;", ["f"]),
        ("int *f(int), g(void), h[3];", ["f", "g"]),
        ("__attribute__((noreturn)) void f(int);", ["f"]),
        ("[[nodiscard]] int f([[maybe_unused]] int a);", ["f"]),
        ('int f(const char *) __asm__("__isoc99_" "f") __attribute__((pure));', ["f"]),
        ("struct s { int (*m)(int); } f(struct s *);", ["f"]),
        ("static inline int f(int x) { struct s { int a; } y = { x }; return y.a; } int g(void);", ["f", "g"]),
        ("int f(a, p) char a; const char *p; { return a + *p; } int g(void);", ["f", "g"]),
        ("struct stat2 {int x;}; int stat2(struct stat2 *f);", ["stat2"]),
        ("extern int x; __typeof__(x) f(int);", ["f"]),
        ("int g(int); extern __typeof(g) h;", ["g", "h"]),
        ("T f(U);", ["f"]),
        ("unsigned f(int handle);", ["f"]),
        ('__asm__(".globl zz"); _Static_assert(sizeof(int) == 4, "x"); int f(void);', ["f"]),
        ("static const int tab[2] = { f(1), 2 }; int g(void);", ["g"]),
    ],
)
def test_functions_are_found_however_they_are_declared(text: str, functions: list[str]) -> None:
    """Every way to declare a function in C leads to its name, and nothing else does."""
    assert sorted(index(text).functions) == sorted(functions)


def test_each_kind_of_name_has_its_table() -> None:
    """Typedefs, tags, enumerators and variables are told apart, also inside bodies and with attributes."""
    unit = index(
        "typedef struct __attribute__((packed)) s { enum e { A = 1, B } k; union u { int i; } v; } S, *PS;"
        "extern S table[3], one; enum __attribute__((packed)) small : unsigned char { C };"
    )
    assert list(unit.typedefs) == ["S", "PS"]
    assert set(unit.tags) == {("struct", "s"), ("enum", "e"), ("union", "u"), ("enum", "small")}
    assert list(unit.enumerators) == ["A", "B", "C"]
    assert list(unit.variables) == ["table", "one"]


def test_all_declarations_of_a_function_are_kept() -> None:
    """Attributes and labels may stand at any of them."""
    assert index("int f(int); int g(void); int f(int a);").functions["f"] == [0, 2]


def test_bodies_are_thrown_away_and_remembered() -> None:
    """A definition is its head; nothing inside a body is indexed."""
    unit = index("static inline int f(int x) { typedef int hidden; enum { HID }; return ({ x; }); }")
    assert unit.items[0].has_body
    assert unit.items[0].tokens == ("static", "inline", "int", "f", "(", "int", "x", ")")
    assert not unit.typedefs
    assert not unit.enumerators


def test_items_know_their_line() -> None:
    """Markers in any spelling, line ends inside items and pragmas all count."""
    unit = index(
        '# 1 "a.h"\nint a\n(void);\n\nint b(void);\n# 30 "dir/b \\"q\\".h" 1 3\n#pragma pack(1)\n'
        'int c(\n# 40 "c.h"\nint);int d(void);\n#line 7 "e.h"\nint e(void);\n'
    )
    places = {item.names[0]: str(item.place) for item in unit.items}
    assert places == {"a": "a.h:1", "b": "a.h:4", "c": 'dir/b "q".h:31', "d": "c.h:40", "e": "e.h:7"}


def test_brackets_without_partner_are_all_named() -> None:
    """A broken header is an error with its place, not an endless item."""
    with pytest.raises(HeaderError, match=r"(?s)2 faults.*a\.h:1.*'\)'.*a\.h:2.*'\{'") as caught:
        index('# 1 "a.h"\nint f);\nstruct s {')
    assert len(caught.value.faults) == 2


JUNK = [
    "int",
    "f",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ";",
    ";",
    ",",
    "*",
    "struct",
    "s",
    "enum",
    "e",
    ":",
    "=",
    "3",
    "typedef",
    "T",
    "__attribute__",
    "((pure))",
    "asm",
    "const",
    "union",
    "typeof",
    "_Atomic",
    "__int128",
    "_Complex",
    "float",
    "extern",
    "inline",
    "#",
    "...",
    "_Alignas",
    "[[",
    "]]",
    "_Static_assert",
    "unsigned",
    "a.b",
]


@given(st.lists(st.sampled_from(JUNK), max_size=14))
def test_no_text_is_answered_by_anything_but_a_unit_or_an_error_of_ours(words: list[str]) -> None:
    """Text that is no C is either indexed, or a HeaderError; so is declaring what was found in it."""
    text = " ".join([*words, ";"])
    with contextlib.suppress(HeaderError):
        unit = index(text)
        assert strip_attributes(text, ["f"]).count(";") == text.count(";")
        declare(unit, functions=list(unit.functions), variables=list(unit.variables), assemble=lambda _: (0, "", ""))


def test_the_nearest_name_is_found_among_what_is_asked_for() -> None:
    """A type is suggested for a type and a function for a function."""
    unit = index("typedef int Stack; int stack_push(Stack);")
    assert nearest(unit, "stack_psh") == "stack_push"
    assert nearest(unit, "Stak", "types") == "Stack"
    assert nearest(unit, "zzz") is None


def test_the_compilers_own_list_of_functions_is_matched(gcc_headers: Callable[..., object], tmp_path: Path) -> None:
    """Every function that gcc lists for a big unit is indexed, and no other."""
    made = gcc_headers(
        "#define _GNU_SOURCE\n#include <stdio.h>\n#include <stdlib.h>\n#include <math.h>\n#include <pthread.h>\n"
    )
    listed = tmp_path / "aux.txt"
    made.compile("", "-fsyntax-only", "-w", "-aux-info", str(listed))
    prototypes = re.findall(r"^/\* .*? \*/ (.*;)", listed.read_text(), re.MULTILINE)
    assert len(prototypes) > 1000
    assert {name for line in prototypes for name in index(line).functions} == set(made.unit.functions)


def test_half_a_megabyte_is_indexed_in_linear_work() -> None:
    """The cost stays linear: this is on the path of every build."""
    text = '# 1 "a.h"\n' + "".join(
        f"typedef struct s{i} {{ int a[{i} + 1]; char *name; }} t{i};\nextern t{i} *f{i}(const t{i} *p, int n)"
        f" __attribute__((nonnull(1)));\n"
        for i in range(4000)
    )
    assert len(text) > 500_000
    assert len(index(text).functions) == 4000
    assert work_of(lambda: index(text)) < 400 * 4000
