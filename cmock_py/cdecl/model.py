"""What C says, as data: types with the compiler's numbers, functions, variables, and the slice they come from.

Nouns only. Every size, sign, offset and value in here was told by the user's compiler.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Void:
    """``void``."""


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer, ``char`` and ``_Bool``.

    Attributes:
        size: in bytes: 1, 2, 4 or 8.
        signed: whether it holds negative values.
        kind: ``"char"`` for plain ``char`` (shown as a character), ``"bool"`` for ``_Bool``, else ``"int"``.
    """

    size: int
    signed: bool
    kind: Literal["int", "char", "bool"] = "int"


@dataclass(frozen=True, slots=True)
class Floating:
    """A real or complex floating type; `size` in bytes: 4, 8, 16 (``long double``), or twice that when complex."""

    size: int
    is_complex: bool = False


@dataclass(frozen=True, slots=True)
class Enumeration:
    """An enum; its values are those of the compiler.

    Attributes:
        tag: the name after ``enum``, or None.
        size: in bytes.
        signed: sign of the underlying type.
        values: enumerator and value, in the order of declaration.
    """

    tag: str | None
    size: int
    signed: bool
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer; `const` says whether the pointee is read-only."""

    to: CType
    const: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """An array of `length` elements; None for an unspecified length."""

    of: CType
    length: int | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A struct or union, by its C name: ``struct sockaddr``, ``redisReply``; `size` is None when incomplete."""

    name: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class FunctionType:
    """The type of a function, for pointers to one.

    Attributes:
        text: as C text, for messages.
        ret: the type of its result; None when only the text is known.
        params: the types of its parameters, decayed as in a prototype.
        variadic: whether it ends in ``...``.
    """

    text: str
    ret: CType | None = None
    params: tuple[CType, ...] = ()
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One named member of a `Structure`; those of anonymous members are its own.

    Attributes:
        name: its name.
        type: its type; an aggregate inside is a `Structure`, so that a value needs no table to be read.
        offset: in bytes from the start of the structure; 0 for a bit-field.
        bits: for a bit-field its first bit, counted from the start of the structure as little-endian memory has them,
            and its number of bits; else None.
    """

    name: str
    type: CType
    offset: int
    bits: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """A complete struct or union, resolved as deep as its values go; behind a pointer inside stands an `Aggregate`.

    Attributes:
        name: its C name: ``struct point``, ``redisReply``; of one without a name, how C reaches it (`members`).
        size: in bytes.
        align: in bytes.
        parts: its members in order; a flexible array is one of `Array` type with length None.
        is_union: whether it is a union.
    """

    name: str
    size: int
    align: int
    parts: tuple[Part, ...]
    is_union: bool = False


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A type that C has and we refuse: `reason` names it and the remedy (``__int128``, vectors, ``_Decimal64``)."""

    text: str
    reason: str


CType: TypeAlias = (
    Void | Integer | Floating | Enumeration | Pointer | Array | Aggregate | Structure | FunctionType | Unsupported
)


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a header, as the line markers of the preprocessed text give it."""

    file: str
    line: int

    def __str__(self) -> str:
        """Render as ``stack.h:3``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function.

    Attributes:
        name: as declared, or None.
        type: resolved through typedefs; an array or function parameter has become a pointer.
        text: its declaration as C text with the user's own type names, e.g. ``const char *name``.
    """

    name: str | None
    type: CType
    text: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function that a header (or the spec) declares.

    Attributes:
        name: its C name.
        ret: the type of its result.
        params: its parameters in order.
        text: the whole prototype as C text, without attributes and without ``;``.
        place: where it is declared, or None when only the spec says so.
        variadic: whether it ends in ``...``.
        attributes: GNU and C23 attribute names without underscores, of all its declarations together, sorted.
        symbol: the linker symbol, which differs from `name` when an asm label says so.
        inline: whether the header has its body (no symbol to call or to rename).
        prototyped: whether the parameters are known; false for ``int f();``.
    """

    name: str
    ret: CType
    params: tuple[Parameter, ...]
    text: str
    place: Location | None = None
    variadic: bool = False
    attributes: tuple[str, ...] = ()
    symbol: str = ""
    inline: bool = False
    prototyped: bool = True


@dataclass(frozen=True, slots=True)
class Variable:
    """A global that a header declares; `text` is its declaration without storage class and without ``;``."""

    name: str
    type: CType
    text: str
    place: Location | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One named member of an aggregate, reached through anonymous ones.

    Attributes:
        name: its name.
        offset: in bytes from the start; None for a bit-field.
        size: in bytes; None for a bit-field and for a flexible array.
        image: for a bit-field the bytes of the whole aggregate with this member all ones and all else zero.
    """

    name: str
    offset: int | None
    size: int | None
    image: bytes | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The compiler's layout of one aggregate: C name, size and alignment in bytes, members in order."""

    name: str
    size: int
    align: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Declarations:
    """A slice of the headers, closed over the names that were asked for.

    Attributes:
        functions: by C name, in header order.
        variables: by name.
        constants: enumerators of the slice and their values.
        types: the C types that were asked for by text (``"Stack"``, ``"struct foo *"``), resolved.
        cdef: the slice as text for ``cffi.FFI.cdef``, numbers folded, aggregates and typedefs included.
        layouts: of every named complete aggregate in the slice; empty until `layout.read` filled them.
        aggregates: C name and members of every aggregate that `layouts` will hold; a member comes with ``"plain"``,
            ``"flexible"`` (array), or ``"bits "`` and the C value that sets all bits of a bit-field. An aggregate
            without a name of its own goes by ``__typeof__`` of the member that has it.
        structures: every complete struct and union of the slice that can be read as a value, by C name and by the
            names of typedefs for it; empty until `structures.laid_out` filled them.
        drafts: the same before their layout is known: names and types of the members in the order of `aggregates`, all
            numbers 0, an aggregate inside still an `Aggregate`; empty when `structures` are filled.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    types: dict[str, CType] = field(default_factory=dict)
    cdef: str = ""
    layouts: tuple[Layout, ...] = ()
    aggregates: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    structures: dict[str, Structure] = field(default_factory=dict)
    drafts: dict[str, Structure] = field(default_factory=dict)
