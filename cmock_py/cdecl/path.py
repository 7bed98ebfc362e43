"""Simple C paths over the arguments of a function (``arg->pos.x``): their types, without asking the compiler."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cmock_py.cdecl.model import Aggregate, Array, CType, Enumeration, Floating, Integer, Part, Pointer, Structure
from cmock_py.cdecl.values import unknown_member

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN: Final = re.compile(r"\s*(->|[A-Za-z_]\w*|[.*()\[\]]|[^\s.*()\[\]])")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_INTEGERS: Final = {1: "char", 2: "short", 4: "int", 8: "long"}
_REALS: Final = {4: "float", 8: "double", 16: "long double"}


def type_of(path: str, types: Mapping[str, CType], structures: Mapping[str, Structure]) -> CType | None:
    """Return the type of a C lvalue: an argument, its members, its elements and what it points to.

    Args:
        path: C text: ``arg->pos.x``, ``(*arg).x``, ``arg->items[i].id``; what stands in ``[]`` does not matter.
        types: the types of the arguments by name.
        structures: as in `Declarations.structures`.

    Returns:
        The type, a `Structure` for an aggregate that the headers define; None for any other expression, and where the
        way leads through something that is not known.

    Raises:
        ValueError: a struct on the way has no such member, and the text names a near one; or the headers only name it.

    >>> point = Structure("struct point", 4, 4, ())
    >>> type_of("*at", {"at": Pointer(Aggregate("struct point", 4))}, {"struct point": point}) == point
    True
    """
    tokens = _TOKEN.findall(path)
    way = _Way(tokens, types, structures)
    found = way.unary()
    return found if way.index == len(tokens) else None


def bit_field_of(path: str, types: Mapping[str, CType], structures: Mapping[str, Structure]) -> Part | None:
    """Return the bit-field that a path ends at, which C calls by the type that it was declared with; None for others.

    Args:
        path: as `type_of` takes it; one that it raises no error for.
        types: the types of the arguments by name.
        structures: as in `Declarations.structures`.

    >>> flags = Structure("struct flags", 4, 4, (Part("mode", Integer(4, signed=False), 0, bits=(0, 3)),))
    >>> bit_field_of("at->mode", {"at": Pointer(Aggregate("struct flags", 4))}, {"struct flags": flags}).bits
    (0, 3)
    """
    way = _Way(_TOKEN.findall(path), types, structures)
    way.unary()
    return way.last if way.last is not None and way.last.bits is not None else None


def c_text(ctype: CType) -> str | None:
    """Spell a scalar type in C; every pointer as one to ``void``, which takes them all; None for what is no scalar.

    >>> c_text(Integer(2, signed=False)), c_text(Pointer(Integer(4, signed=True), const=True))
    ('unsigned short', 'const void *')
    """
    match ctype:
        case Integer(kind="bool"):
            return "_Bool"
        case Integer(kind="char"):
            return "char"
        case Integer(size=1, signed=True):
            return "signed char"
        case Enumeration(tag=str(tag)):
            return f"enum {tag}"
        case Integer(size=size, signed=signed) | Enumeration(size=size, signed=signed):
            return _INTEGERS[size] if signed else f"unsigned {_INTEGERS[size]}"
        case Floating(size=size, is_complex=is_complex):
            return f"{_REALS[size // 2]} _Complex" if is_complex else _REALS[size]
        case Pointer(const=const):
            return "const void *" if const else "void *"
    return None


@dataclass(slots=True)
class _Way:
    """A path that is being read, token by token; a type of None is unknown, and so is all that follows from it."""

    tokens: list[str]
    types: Mapping[str, CType]
    structures: Mapping[str, Structure]
    index: int = 0
    last: Part | None = None

    def unary(self) -> CType | None:
        """Read a path that may start with stars."""
        if self._next() == "*":
            self.index += 1
            return self._element(self.unary())
        return self._postfix()

    def _postfix(self) -> CType | None:
        found = self._primary()
        while (tok := self._next()) in {".", "->", "["}:
            self.index += 1
            if tok == "[":
                self._skip_index()
                found = self._element(found)
            else:
                found = self._member(self._element(found) if tok == "->" else found)
        return found

    def _primary(self) -> CType | None:
        tok = self._next()
        self.index += 1
        if tok == "(":
            found = self.unary()
            if self._next() != ")":
                return None  # nothing stands behind it that could be read, so the path does not end here
            self.index += 1
            return found
        return self._known(self.types.get(tok))

    def _member(self, of: CType | None) -> CType | None:
        name = self._next()
        self.index += 1
        if isinstance(of, Aggregate) and of.size is None:
            message = f"the headers do not say what {of.name} holds, so nothing in it can be named"
            raise ValueError(message)
        if not isinstance(of, Structure) or not _NAME.fullmatch(name):
            return None
        for part in of.parts:
            if part.name == name:
                self.last = part
                return part.type
        raise ValueError(unknown_member(of, name))

    def _element(self, of: CType | None) -> CType | None:
        """What a pointer points to, or what an array consists of."""
        self.last = None
        if isinstance(of, Pointer):
            return self._known(of.to)
        return of.of if isinstance(of, Array) else None

    def _known(self, found: CType | None) -> CType | None:
        """Give an aggregate its members, where the headers have them."""
        return self.structures.get(found.name, found) if isinstance(found, Aggregate) else found

    def _skip_index(self) -> None:
        depth = 1
        while depth and self._next():
            depth += {"[": 1, "]": -1}.get(self._next(), 0)
            self.index += 1

    def _next(self) -> str:
        return self.tokens[self.index] if self.index < len(self.tokens) else ""
