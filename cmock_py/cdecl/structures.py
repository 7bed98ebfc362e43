"""Structures: what the headers say of the members of structs and unions, and the compiler of their places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    CType,
    Declarations,
    Enumeration,
    Integer,
    Layout,
    Member,
    Part,
    Structure,
    Unsupported,
)
from cmock_py.cdecl.values import size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def laid_out(declared: Declarations, layouts: Iterable[Layout]) -> Declarations:
    """Join declarations with the layouts of their aggregates.

    Args:
        declared: with drafts, as `parse.declare` makes them.
        layouts: of every aggregate in it, in its order, as `layout.read` makes them.

    Returns:
        The declarations with layouts and structures, without drafts.

    >>> drafts = {"struct s": Structure("struct s", 0, 0, (Part("b", Integer(4, signed=False), 0),))}
    >>> layout = Layout("struct s", 4, 4, (Member("b", None, None, bytes([0b11100, 0, 0, 0])),))
    >>> laid_out(Declarations(drafts=drafts), [layout]).structures["struct s"].parts[0].bits
    (2, 3)
    """
    layouts = tuple(layouts)
    made: dict[str, Structure] = {}
    for layout in layouts:  # those that are held come before those that hold them
        draft = declared.drafts.get(layout.name)
        if draft is not None:
            parts = tuple(_part(part, member, made) for part, member in zip(draft.parts, layout.members, strict=True))
            made[layout.name] = replace(draft, size=layout.size, align=layout.align, parts=parts)
    structures = {name: made[draft.name] for name, draft in declared.drafts.items() if draft.name in made}
    return replace(declared, layouts=layouts, structures=structures, drafts={})


def _part(draft: Part, member: Member, made: Mapping[str, Structure]) -> Part:
    """Give one member its place."""
    if member.image is not None:
        number = int.from_bytes(member.image, "little")
        return replace(draft, bits=((number & -number).bit_length() - 1, number.bit_count()))
    meant = _deep(draft.type, made)
    if isinstance(meant, Array) and not member.size:
        meant = replace(meant, length=None)  # `long z[0]` was how flexible arrays were written before C had them
    elif member.size is not None:
        meant = _fitted(meant, member.size)
    return Part(draft.name, meant, member.offset or 0)


def _deep(meant: CType, made: Mapping[str, Structure]) -> CType:
    """Put structures in the place of the aggregates that a value of the type holds."""
    if isinstance(meant, Array):
        return Array(_deep(meant.of, made), meant.length)
    return made.get(meant.name, meant) if isinstance(meant, Aggregate) else meant


def _fitted(meant: CType, size: int) -> CType:
    """Believe the compiler where attributes that are not read here make a type smaller or larger."""
    if isinstance(meant, Array):
        count = meant.length
        if count is None:
            return Array(meant.of, size // size_of(meant.of))
        return Array(_fitted(meant.of, size // count), count) if count else meant
    if isinstance(meant, Integer | Enumeration) and meant.size != size and size in {1, 2, 4, 8}:
        return replace(meant, size=size)
    if isinstance(meant, Unsupported | Aggregate) or size_of(meant) == size:
        return meant
    return Unsupported(str(meant), f"the compiler says {size} bytes of it, and its declaration {size_of(meant)}")
