"""pycparser's tree -> the model: typedefs followed, arrays in parameters decayed, numbers looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cmock_py.cdecl.clean import COMPLEX, VECTOR_MEMBER
from cmock_py.cdecl.ctext import declaration, parameter
from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    CType,
    Enumeration,
    Floating,
    FunctionType,
    Integer,
    Parameter,
    Pointer,
    Unsupported,
    Void,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Node: TypeAlias = Any

_FLOATS: Final = {"_Float32": 4, "_Float64": 8, "_Float32x": 8, "_Float64x": 16, "__float80": 16}
_REFUSED: Final = {
    "_Float128": "a 128-bit float",
    "__float128": "a 128-bit float",
    "_Float16": "a 16-bit float",
    "__bf16": "a 16-bit float",
    "__fp16": "a 16-bit float",
    "_Decimal32": "a decimal float",
    "_Decimal64": "a decimal float",
    "_Decimal128": "a decimal float",
    "__int128": "a 128-bit integer",
    "__int128_t": "a 128-bit integer",
    "__uint128_t": "a 128-bit integer",
}
_REMEDY: Final = "has no Python value here; pass it by pointer, or wrap the function in C and mock the wrapper"


@dataclass(frozen=True, slots=True)
class Scope:
    """What type names mean.

    Attributes:
        typedefs: the type node of each typedef.
        tags: the node with the body of each ``"struct s"``, ``"union u"`` and ``"enum e"``.
        numbers: the compiler's answers by C expression, e.g. ``"sizeof(struct s)"``.
        char_signed: whether plain ``char`` is signed.
    """

    typedefs: dict[str, Node] = field(default_factory=dict)
    tags: dict[str, Node] = field(default_factory=dict)
    numbers: Mapping[str, int | None] = field(default_factory=dict)
    char_signed: bool = True


def size_question(name: str) -> str:
    """Ask for the size of the type *name*: the C expression that the compiler evaluates."""
    return f"sizeof({name})"


def sign_question(name: str) -> str:
    """Ask whether the enum *name* is signed: the C expression that the compiler evaluates."""
    return f"(({name})-1 < 0)"


def enter(scope: Scope, external: Node) -> None:
    """Enter the typedefs and tags of one top-level node into *scope*."""
    kind = type(external).__name__
    if kind == "Typedef":
        scope.typedefs.setdefault(external.name, external.type)
    _enter_tags(scope, external)


def ctype(node: Node, scope: Scope, name: str | None = None) -> CType:
    """Resolve a type node.

    Args:
        node: TypeDecl, PtrDecl, ArrayDecl, FuncDecl, Struct, Union, Enum or IdentifierType.
        scope: what type names mean.
        name: the typedef through which the node was reached: the name of an aggregate or enum without a tag.
    """
    match type(node).__name__:
        case "PtrDecl":
            return Pointer(ctype(node.type, scope), is_const(node.type, scope))
        case "ArrayDecl":
            return Array(ctype(node.type, scope), length(node.dim))
        case "FuncDecl":
            return _function(node, scope)
        case "TypeDecl":
            return ctype(node.type, scope, name)
        case "IdentifierType":
            return _named(node, scope)
        case "Enum":
            return _enumeration(node, scope, name)
        case _:
            return _aggregate(node, scope, name)


def is_const(node: Node, scope: Scope) -> bool:
    """Decide whether a type is read-only, looking through typedefs and arrays."""
    kind = type(node).__name__
    if kind == "ArrayDecl":
        return is_const(node.type, scope)
    if "const" in (getattr(node, "quals", None) or ()):
        return True
    if kind != "TypeDecl" or type(node.type).__name__ != "IdentifierType" or len(node.type.names) != 1:
        return False
    meant = scope.typedefs.get(node.type.names[0])
    return meant is not None and is_const(meant, scope)


def function_node(node: Node, scope: Scope) -> Node | None:
    """Return the FuncDecl that a declared type is, through typedefs, or None."""
    kind = type(node).__name__
    if kind == "FuncDecl":
        return node
    if kind == "TypeDecl" and type(node.type).__name__ == "IdentifierType" and len(node.type.names) == 1:
        meant = scope.typedefs.get(node.type.names[0])
        return function_node(meant, scope) if meant is not None else None
    return None


def parameters(function: Node, scope: Scope) -> tuple[tuple[Parameter, ...], bool, bool]:
    """Resolve the parameters of a FuncDecl.

    Returns:
        The parameters, whether it ends in ``...``, and whether it is a prototype (``f()`` is none).
    """
    if function.args is None:
        return (), False, False
    nodes = list(function.args.params)
    variadic = bool(nodes) and type(nodes[-1]).__name__ == "EllipsisParam"
    nodes = nodes[:-1] if variadic else nodes
    if len(nodes) == 1 and isinstance(ctype(nodes[0].type, scope), Void):
        return (), variadic, True
    made = tuple(Parameter(getattr(node, "name", None), _decayed(node.type, scope), parameter(node)) for node in nodes)
    return made, variadic, True


def _function(node: Node, scope: Scope) -> FunctionType:
    """Resolve the type of a function; what it says of itself goes through a tag, where `ctype` stops."""
    params, variadic, _ = parameters(node, scope)
    return FunctionType(declaration(node), ctype(node.type, scope), tuple(param.type for param in params), variadic)


def _decayed(node: Node, scope: Scope) -> CType:
    """Resolve the type of a parameter: arrays and functions are pointers there."""
    found = ctype(node, scope)
    if isinstance(found, Array):
        return Pointer(found.of, is_const(node, scope))
    return Pointer(found) if isinstance(found, FunctionType) else found


def length(dimension: Node) -> int | None:
    """Return the number of elements, None when it is left out or not constant."""
    if dimension is None or type(dimension).__name__ != "Constant":
        return None
    digits = str(dimension.value).rstrip("uUlL")
    # C's octal 010 is not Python's.
    return int(digits, 8) if digits.isdigit() and digits.startswith("0") else int(digits, 0)


def _named(node: Node, scope: Scope) -> CType:
    """Resolve type words: a typedef name, or C's basic types."""
    names: list[str] = " ".join(node.names).replace(COMPLEX, "_Complex ").split()
    if len(names) == 1:
        name = names[0]
        if name in scope.typedefs and name not in _FLOATS and name not in _REFUSED:
            return ctype(scope.typedefs[name], scope, name)
        if name in _FLOATS:
            return Floating(_FLOATS[name])
    text = " ".join(names)
    for name in names:
        if name in _REFUSED:
            return Unsupported(text, f"{text} is {_REFUSED[name]}, which {_REMEDY}")
    return _basic(names, scope)


def _basic(names: list[str], scope: Scope) -> CType:
    """Resolve C's basic type words for a machine with 4-byte int, 8-byte long and pointers."""
    words = set(names)
    if "void" in words:
        return Void()
    if "float" in words or "double" in words or "_Complex" in words or words & _FLOATS.keys():
        return _floating(words)
    if words & {"_Bool", "bool"}:
        return Integer(1, signed=False, kind="bool")
    signed = "unsigned" not in words
    if "char" in words:
        plain = not words & {"signed", "unsigned"}
        return Integer(1, signed=scope.char_signed if plain else signed, kind="char" if plain else "int")
    return Integer(2 if "short" in words else 8 if "long" in words else 4, signed=signed)


def _floating(words: set[str]) -> CType:
    """Resolve the words of a real or complex floating type."""
    size = 4 if "float" in words else 16 if "long" in words else 8
    for word in words & _FLOATS.keys():
        size = _FLOATS[word]
    if words & {"int", "char", "short", "signed", "unsigned"}:
        text = " ".join(sorted(words))
        return Unsupported(text, f"a complex integer {_REMEDY}")
    is_complex = "_Complex" in words
    return Floating(2 * size if is_complex else size, is_complex)


def _enumeration(node: Node, scope: Scope, name: str | None) -> CType:
    """Resolve an enum; one without tag and typedef counts as int, as its enumerators do."""
    tagged = f"enum {node.name}" if node.name else name
    body: Node = node if node.values is not None or not tagged else scope.tags.get(tagged, node)
    values: list[tuple[str, int]] = []
    if body.values is not None:
        known = {entry.name: scope.numbers.get(entry.name) for entry in body.values.enumerators}
        values = [(entry, value) for entry, value in known.items() if value is not None]
    size = scope.numbers.get(size_question(tagged)) if tagged else None
    negative = scope.numbers.get(sign_question(tagged)) if tagged else None
    signed = bool(negative) if negative is not None else any(value < 0 for _, value in values)
    return Enumeration(node.name, size or 4, signed, tuple(values))


def _aggregate(node: Node, scope: Scope, name: str | None) -> CType:
    """Resolve a struct or union to its C name and the compiler's size."""
    kind = type(node).__name__.lower()
    if node.decls is not None and [member.name for member in node.decls] == [VECTOR_MEMBER]:
        text = name or kind
        return Unsupported(text, f"{text} is a vector, which {_REMEDY}")
    full = f"{kind} {node.name}" if node.name else name
    if full is None:
        return Aggregate(f"{kind} <without a tag>", None)
    if full == "struct __va_list_tag":
        return Aggregate(full, 24)
    return Aggregate(full, scope.numbers.get(size_question(full)))


def _enter_tags(scope: Scope, node: Node) -> None:
    """Enter every tag whose body stands in *node*, nested ones too."""
    kind = type(node).__name__
    if kind in {"Struct", "Union"} and node.decls is not None:
        if node.name:
            scope.tags.setdefault(f"{kind.lower()} {node.name}", node)
        for member in node.decls:
            _enter_tags(scope, member)
    elif kind == "Enum" and node.values is not None and node.name:
        scope.tags.setdefault(f"enum {node.name}", node)
    elif kind == "FuncDecl":
        _enter_tags(scope, node.type)
        for given in node.args.params if node.args is not None else ():
            _enter_tags(scope, given)
    elif kind in {"Decl", "Typedef", "TypeDecl", "PtrDecl", "ArrayDecl", "Typename"}:
        _enter_tags(scope, node.type)
