"""The aggregates of a slice and their members, as far as a table of layouts must ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.cdecl.clean import VECTOR_MEMBER
from cmock_py.cdecl.model import Enumeration, Integer
from cmock_py.cdecl.resolve import Scope, ctype

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Node: TypeAlias = Any
Members: TypeAlias = tuple[tuple[str, str], ...]


def aggregates(externals: Iterable[Node], scope: Scope) -> tuple[tuple[str, Members], ...]:
    """List the named complete aggregates of top-level nodes, each once, nested ones before those that hold them."""
    found: dict[str, Members] = {}
    for external in externals:
        name = external.name if type(external).__name__ == "Typedef" else None
        for full, members in _in_type(external.type, name, scope):
            found.setdefault(full, members)
    return tuple(found.items())


def nested_name(owner: str, member: str, dimensions: int) -> str:
    """Name an aggregate that has no name, by the member that has it.

    >>> nested_name("struct s", "in", 1)
    '__typeof__(((struct s *)0)->in[0])'
    """
    return f"__typeof__((({owner} *)0)->{member}{'[0]' * dimensions})"


def _in_type(node: Node, name: str | None, scope: Scope) -> Iterator[tuple[str, Members]]:
    """Yield the aggregates that the type *node* has bodies of; *name* is what it is called without a tag."""
    kind = type(node).__name__
    if kind == "TypeDecl":
        yield from _in_type(node.type, name, scope)
    elif kind in {"PtrDecl", "ArrayDecl"}:
        yield from _in_type(node.type, None, scope)
    elif kind in {"Struct", "Union"} and node.decls is not None:
        full = f"{kind.lower()} {node.name}" if node.name else name
        yield from _in_members(node, full, scope)
        if full and not any(member.name == VECTOR_MEMBER for member in node.decls):
            yield full, tuple(_members(node, scope))


def _in_members(node: Node, owner: str | None, scope: Scope) -> Iterator[tuple[str, Members]]:
    """Yield the aggregates that the members of *node* have bodies of."""
    for member in node.decls:
        inner, dimensions = member.type, 0
        while type(inner).__name__ == "ArrayDecl":
            inner, dimensions = inner.type, dimensions + 1
        if member.name is None and type(inner).__name__ in {"Struct", "Union"}:
            # Reached through the owner: `offsetof(struct s, leaf)` sees through anonymous members.
            if inner.decls is not None:
                yield from _in_members(inner, owner, scope)
        elif owner and type(inner).__name__ == "TypeDecl":
            yield from _in_type(inner, nested_name(owner, member.name, dimensions), scope)
        else:
            yield from _in_type(inner, None, scope)


def _members(node: Node, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield name and kind of the members of *node*, those of anonymous members in their place."""
    for member in node.decls:
        if member.name is not None:
            yield member.name, _kind(member, scope)
        elif type(member.type).__name__ in {"Struct", "Union"} and member.type.decls is not None:
            yield from _members(member.type, scope)


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
