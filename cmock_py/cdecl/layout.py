"""The compiler's layouts: a table of numbers and images that it fills in, and what they mean.

The table is compiled with the stubs, by the same compiler and flags, so it cannot tell of another layout than theirs.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from cmock_py.cdecl.model import Declarations, Layout, Member
from cmock_py.errors import InternalError, LayoutError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Schema: TypeAlias = "Sequence[tuple[str, Sequence[tuple[str, str]]]]"
"""Aggregates and their members with their kinds, as in `Declarations.aggregates`; lists do as well as tuples."""

_BASICS: Final = (
    ("short", 2),
    ("int", 4),
    ("long", 8),
    ("long long", 8),
    ("void *", 8),
    ("float", 4),
    ("double", 8),
    ("long double", 16),
)
_FIRST: Final = len(_BASICS) + 1
"""Where the aggregates start: behind the basic sizes and the sign of ``char``."""


def table(declarations: Declarations) -> tuple[str, Schema]:
    """Write the table of layouts as C, to stand behind the stubs.

    Returns:
        C text, and the schema that `read` needs, which goes through JSON. The text defines ``cmk_layout``, an array of
        ``unsigned long``, and for each bit-field an object ``cmk_image_N``, numbered from 0: the whole aggregate with
        this member all ones.

    >>> text, schema = table(Declarations(aggregates=(("struct s", (("a", "plain"), ("b", "bits 7u"))),)))
    >>> print(text.splitlines()[-1])
    const struct s cmk_image_0 = { .b = 7u };
    """
    schema = declarations.aggregates
    numbers = [f"sizeof({name})" for name, _ in _BASICS]
    # Written so that no compiler warns of a comparison that is always true.
    numbers.append("(unsigned long)('\\377' < 0)")
    images: list[str] = []
    for name, members in schema:
        numbers += [f"sizeof({name})", f"__alignof__({name})"]
        for member, kind in members:
            if kind.startswith("bits "):
                image = f"{name} cmk_image_{len(images)}"
                images.append(f"extern const {image};\nconst {image} = {{ .{member} = {kind[5:]} }};")
            else:
                numbers += [f"__builtin_offsetof({name}, {member})", _size(name, member, kind)]
    rows = ",\n".join(f"    {number}" for number in numbers)
    lines = [f"extern const unsigned long cmk_layout[{len(numbers)}];"]
    lines += [f"const unsigned long cmk_layout[{len(numbers)}] = {{\n{rows}\n}};", *images]
    return "\n".join([*lines, ""]), schema


def count(schema: Schema) -> tuple[int, int]:
    """Return how many numbers ``cmk_layout`` and how many images a schema has.

    >>> count([("struct s", [("a", "plain"), ("b", "bits 7u")])])
    (13, 1)
    """
    kinds = [kind for _, members in schema for _, kind in members]
    images = sum(kind.startswith("bits ") for kind in kinds)
    return _FIRST + 2 * len(schema) + 2 * (len(kinds) - images), images


def read(schema: Schema, numbers: Sequence[int], images: Sequence[bytes]) -> tuple[Layout, ...]:
    """Make layouts of what the compiler filled in.

    Args:
        schema: as `table` gave it.
        numbers: all of ``cmk_layout``.
        images: the bytes of ``cmk_image_0`` and on, each at least as long as its aggregate.

    Returns:
        One layout for each aggregate, in the order of the schema.

    Raises:
        LayoutError: the basic types are not those of LP64; type and both sizes are named, all at once.
    """
    if (len(numbers), len(images)) != count(schema):
        message = f"the table of layouts has {len(numbers)} numbers and {len(images)} images, not {count(schema)}"
        raise InternalError(message)
    _check_basics(numbers)
    rest = islice(numbers, _FIRST, None)
    pictures = iter(images)
    return tuple(_layout(name, members, rest, pictures) for name, members in schema)


def _size(name: str, member: str, kind: str) -> str:
    """Write the size of a member; a flexible array has none."""
    return "0" if kind == "flexible" else f"sizeof((({name} *)0)->{member})"


def _check_basics(numbers: Sequence[int]) -> None:
    """Refuse a compiler whose basic types are not those that values are encoded for."""
    wrong = [
        f"sizeof({name}) is {size} for the compiler, and {expected} on LP64"
        for (name, expected), size in zip(_BASICS, numbers, strict=False)
        if size != expected
    ]
    if wrong:
        reason = "; ".join(wrong)
        message = f"{reason}: build the code under test for x86-64 (no -m32, -mx32, -mlong-double-64, -fshort-double)"
        raise LayoutError(message)


def _layout(name: str, members: Sequence[tuple[str, str]], numbers: Iterator[int], images: Iterator[bytes]) -> Layout:
    """Take the numbers and images of one aggregate."""
    size, align = next(numbers), next(numbers)
    made: list[Member] = []
    for member, kind in members:
        if kind.startswith("bits "):
            made.append(Member(member, None, None, bytes(next(images)[:size])))
        else:
            offset, length = next(numbers), next(numbers)
            made.append(Member(member, offset, None if kind == "flexible" else length))
    return Layout(name, size, align, tuple(made))
