"""The aggregates of a slice and their members, as far as a table of layouts must ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.cdecl.clean import VECTOR_MEMBER
from cmock_py.cdecl.model import Aggregate, Array, CType, Enumeration, Integer, Part, Structure
from cmock_py.cdecl.resolve import Scope, ctype, length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Node: TypeAlias = Any
Members: TypeAlias = tuple[tuple[str, str], ...]


def aggregates(externals: Iterable[Node], scope: Scope) -> tuple[tuple[str, Members], ...]:
    """List the named complete aggregates of top-level nodes, each once, nested ones before those that hold them."""
    return tuple((full, tuple(_members(node, scope))) for full, node in _nodes(externals).items())


def drafts(externals: Iterable[Node], scope: Scope) -> dict[str, Structure]:
    """Draft the structures of the same aggregates, by C name and by the names of typedefs for them; numbers are 0."""
    found = {
        full: Structure(full, 0, 0, tuple(_parts(node, full, scope)), type(node).__name__ == "Union")
        for full, node in _nodes(externals).items()
    }
    for name, node in scope.typedefs.items():
        meant = ctype(node, scope, name)
        if isinstance(meant, Aggregate) and meant.name in found:
            found.setdefault(name, found[meant.name])
    return found


def nested_name(owner: str, member: str, dimensions: int) -> str:
    """Name an aggregate that has no name, by the member that has it.

    >>> nested_name("struct s", "in", 1)
    '__typeof__(((struct s *)0)->in[0])'
    """
    return f"__typeof__((({owner} *)0)->{member}{'[0]' * dimensions})"


def _nodes(externals: Iterable[Node]) -> dict[str, Node]:
    """Find the body of each named aggregate."""
    found: dict[str, Node] = {}
    for external in externals:
        name = external.name if type(external).__name__ == "Typedef" else None
        for full, node in _in_type(external.type, name):
            found.setdefault(full, node)
    return found


def _in_type(node: Node, name: str | None) -> Iterator[tuple[str, Node]]:
    """Yield the aggregates that the type *node* has bodies of; *name* is what it is called without a tag."""
    kind = type(node).__name__
    if kind == "TypeDecl":
        yield from _in_type(node.type, name)
    elif kind in {"PtrDecl", "ArrayDecl"}:
        yield from _in_type(node.type, None)
    elif kind in {"Struct", "Union"} and node.decls is not None:
        full = f"{kind.lower()} {node.name}" if node.name else name
        yield from _in_members(node, full)
        if full and not any(member.name == VECTOR_MEMBER for member in node.decls):
            yield full, node


def _in_members(node: Node, owner: str | None) -> Iterator[tuple[str, Node]]:
    """Yield the aggregates that the members of *node* have bodies of."""
    for member in node.decls:
        inner, dimensions = _element(member.type)
        if member.name is None and type(inner).__name__ in {"Struct", "Union"}:
            # Reached through the owner: `offsetof(struct s, leaf)` sees through anonymous members.
            if inner.decls is not None:
                yield from _in_members(inner, owner)
        elif owner and type(inner).__name__ == "TypeDecl":
            yield from _in_type(inner, nested_name(owner, member.name, dimensions))
        else:
            yield from _in_type(inner, None)


def _members(node: Node, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield name and kind of the members of *node*, those of anonymous members in their place."""
    for member in node.decls:
        if member.name is not None:
            yield member.name, _kind(member, scope)
        elif type(member.type).__name__ in {"Struct", "Union"} and member.type.decls is not None:
            yield from _members(member.type, scope)


def _parts(node: Node, owner: str, scope: Scope) -> Iterator[Part]:
    """Yield the same members with their types; a struct without a name goes by the name that the table gives it."""
    for member in node.decls:
        if member.name is not None:
            _, dimensions = _element(member.type)
            yield Part(member.name, _type(member.type, nested_name(owner, member.name, dimensions), scope), 0)
        elif type(member.type).__name__ in {"Struct", "Union"} and member.type.decls is not None:
            yield from _parts(member.type, owner, scope)


def _type(node: Node, name: str, scope: Scope) -> CType:
    """Resolve the type of a member; *name* is what an aggregate in it is called without a tag."""
    if type(node).__name__ == "ArrayDecl":
        return Array(_type(node.type, name, scope), length(node.dim))
    return ctype(node, scope, name)


def _element(node: Node) -> tuple[Node, int]:
    """Return the type of the elements of an array of arrays, and its number of dimensions."""
    dimensions = 0
    while type(node).__name__ == "ArrayDecl":
        node, dimensions = node.type, dimensions + 1
    return node, dimensions


def _kind(member: Node, scope: Scope) -> str:
    """Say whether a member is plain, a flexible array, or a bit-field and how to set all its bits."""
    if member.bitsize is not None:
        return f"bits {_all_ones(member, scope)}"
    is_flexible = type(member.type).__name__ == "ArrayDecl" and member.type.dim is None
    return "flexible" if is_flexible else "plain"


def _all_ones(member: Node, scope: Scope) -> str:
    """Write the C value that sets every bit of a bit-field, without a conversion to warn of."""
    meant = ctype(member.type, scope)
    if isinstance(meant, Integer | Enumeration) and meant.signed:
        return "-1"
    value = (1 << int(member.bitsize.value, 0)) - 1
    return f"{value}{'u' if value < 1 << 32 else 'ul'}"
