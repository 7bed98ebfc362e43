"""The needed part of a unit."""

from __future__ import annotations

from cmock_py.cdecl.slice import chosen, closure, unknown_types
from cmock_py.cdecl.unit import index


def _needed(text: str, *names: str, types: tuple[str, ...] = ()) -> list[str]:
    unit = index(text)
    return [" ".join(unit.items[number].tokens) for number in closure(unit, names, types)]


def test_dependencies_come_in_header_order() -> None:
    """Typedefs, tags and enumerators are followed through one another, and nothing else comes along."""
    text = "typedef int A; enum { N = 3 }; typedef long Z; struct s { A a[N]; }; int f(struct s *p); int g(Z);"
    assert _needed(text, "f") == [
        "typedef int A",
        "enum { N = 3 }",
        "struct s { A a [ N ] ; }",
        "int f ( struct s * p )",
    ]


def test_types_are_texts() -> None:
    """Every name in a type text is wanted; basic types want nothing."""
    assert _needed("struct foo { int a; }; typedef int T;", types=("const struct foo *", "unsigned long")) == [
        "struct foo { int a ; }"
    ]


def test_attributes_are_no_dependencies() -> None:
    """A word inside an attribute that happens to be a typedef adds nothing."""
    assert _needed("typedef int pure; int f(void) __attribute__((pure));", "f") == [
        "int f ( void ) __attribute__ ( ( pure ) )"
    ]


def test_the_declaration_with_parameter_names_is_chosen() -> None:
    """The most telling of several declarations is taken, and `f()` only when it is alone."""
    unit = index("int f(int, char *); int f(int fd, char *path); int f();")
    assert chosen(unit, "f") == 1


def test_unknown_types_are_listed() -> None:
    """Names that no header has are found in any position; mentioned tags and builtin types are known."""
    unit = index("struct a; typedef int T;")
    assert unknown_types(unit, "struct a *") == ()
    assert unknown_types(unit, "unsigned __int128") == ()
    assert unknown_types(unit, "const T *(*)(Stak, enum color)") == ("Stak", "enum color")
