"""Types of C paths, and their spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.cdecl.model import Aggregate, Array, CType, Enumeration, Floating, Integer, Pointer, Void
from cmock_py.cdecl.path import c_text, type_of

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = (
    "struct point { short x, y; }; struct item { long id; struct item *next; struct { char tag; } in; };"
    "struct s { struct point pos; struct item items[4]; const char *name; struct no *opaque; struct point **grid; };"
    "int f(struct s *arg, struct s val, int n, struct no *no, const unsigned char *bytes);"
)
PATHS = {
    "arg->pos.x": "short",
    "(*arg).pos.y": "short",
    "arg -> items[ n + g(1) ] . id": "long",
    "arg->items[2].next->in.tag": "char",
    "arg[0].items->id": "long",
    "(arg)->name": "const void *",
    "*arg->name": "char",
    "*bytes": "unsigned char",
    "bytes[n[0]]": "unsigned char",
    "arg->grid[1]->x": "short",
    "(**arg->grid).y": "short",
    "val.items[0].id": "long",
    "n": "int",
    "&arg->pos": None,
    "arg->pos.x + 1": None,
    "n + 1": None,
    "strlen(arg->name)": None,
    "other->x": None,
    "n->x": None,
    "arg->": None,
    "(arg->pos": None,
    "(arg)->pos)": None,
    "arg[": None,
    "*": None,
    "": None,
}


@pytest.fixture
def scope(headers: Callable[..., Any]) -> tuple[dict[str, CType], Any]:
    """The arguments of a function, and the structures of its headers."""
    declared = headers(SOURCE).laid_out("f")
    return {param.name: param.type for param in declared.functions["f"].params}, declared.structures


@pytest.mark.parametrize("path", PATHS)
def test_paths_have_the_types_that_c_gives_them(scope: Any, path: str) -> None:
    """Members, elements and what pointers point to; any other expression has no type here."""
    found = type_of(path, *scope)
    assert (found and c_text(found)) == PATHS[path]


@pytest.mark.parametrize("path", ["arg->opaque->x", "no->x"])
def test_what_no_header_defines_has_no_members(scope: Any, path: str) -> None:
    """No type that a spec could say would help there, so this is told at once."""
    with pytest.raises(ValueError, match="the headers do not say what struct no holds"):
        type_of(path, *scope)


def test_an_aggregate_on_the_way_is_a_structure(scope: Any) -> None:
    """What is reached is ready to be read as a value."""
    types, structures = scope
    assert type_of("*arg", *scope) == structures["struct s"]
    assert type_of("arg->pos", *scope) == structures["struct point"]
    assert type_of("*arg->items[0].next", *scope) == structures["struct item"]
    assert type_of("val", *scope) == structures["struct s"]
    assert isinstance(types["val"], Aggregate)


def test_an_unknown_member_is_refused(scope: Any) -> None:
    """With its struct and a near name."""
    with pytest.raises(ValueError, match=r"struct point has no member 'xx'; did you mean 'x'\?"):
        type_of("arg->pos.xx", *scope)
    with pytest.raises(ValueError, match=r"the struct has no member 'tig'; did you mean 'tag'\?"):
        type_of("arg->items[0].in.tig", *scope)


SPELLINGS: dict[CType, str | None] = {
    **{Integer(size, signed=True): text for size, text in ((1, "signed char"), (2, "short"), (4, "int"), (8, "long"))},
    Integer(1, signed=False): "unsigned char",
    Integer(8, signed=False): "unsigned long",
    Integer(1, signed=True, kind="char"): "char",
    Integer(1, signed=False, kind="bool"): "_Bool",
    Floating(16): "long double",
    Floating(8, is_complex=True): "float _Complex",
    Enumeration("color", 4, signed=False, values=()): "enum color",
    Enumeration(None, 4, signed=False, values=()): "unsigned int",
    Pointer(Pointer(Void())): "void *",
    Pointer(Integer(1, signed=True, kind="char"), const=True): "const void *",
    Aggregate("struct s", 8): None,
    Array(Integer(4, signed=True), 2): None,
    Void(): None,
}


@pytest.mark.parametrize("ctype", SPELLINGS, ids=str)
def test_scalars_have_a_spelling(headers: Callable[..., Any], ctype: CType) -> None:
    """The compiler reads it as a type of the same size."""
    text = c_text(ctype)
    assert text == SPELLINGS[ctype]
    if text is not None:
        found = headers("enum color { RED };").declare(types=(text,)).types[text]
        assert getattr(found, "size", 8) == getattr(ctype, "size", 8)
