"""Declarations as text: for a user to read and a compiler to accept (`declaration`), and for cffi (`for_cffi`).

The nodes are pycparser's; they are told apart by the name of their class, so that nothing here imports pycparser.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cmock_py.cdecl.clean import COMPLEX
from cmock_py.cdecl.fold import is_literal
from cmock_py.cdecl.tokens import match

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Node: TypeAlias = Any

OPAQUE: Final = "cmk_opaque"
"""The member of the structs that stand for types cffi does not have."""

_WIDE_FLOATS: Final = ("_Float128", "__float128", "_Float64x", "__float80", "_Decimal128")
_STAND_INS: Final = {
    f"{COMPLEX}_Float32": f"typedef float _Complex {COMPLEX}_Float32;",
    f"{COMPLEX}_Float64": f"typedef double _Complex {COMPLEX}_Float64;",
    f"{COMPLEX}_Float32x": f"typedef double _Complex {COMPLEX}_Float32x;",
    f"{COMPLEX}_Float16": f"typedef struct {{ short {OPAQUE}[2]; }} {COMPLEX}_Float16;",
    "_Float32": "typedef float _Float32;",
    "_Float64": "typedef double _Float64;",
    "_Float32x": "typedef double _Float32x;",
    "_Float64x": "typedef long double _Float64x;",
    "__float80": "typedef long double __float80;",
    "bool": "typedef _Bool bool;",
    "__builtin_va_list": (
        "typedef struct __va_list_tag { unsigned int gp_offset; unsigned int fp_offset; void *overflow_arg_area;"
        " void *reg_save_area; } __builtin_va_list[1];"
    ),
} | {
    name: f"typedef struct {{ {unit} {OPAQUE}[{count}]; }} {name};"
    for unit, count, names in (
        ("long double", 1, ("_Float128", "__float128", "_Decimal128", "__int128_t", "__uint128_t", "cmk_int128")),
        ("long double", 2, ("cmk_complex_long_double", *(COMPLEX + word for word in _WIDE_FLOATS))),
        ("long", 1, ("_Decimal64",)),
        ("int", 1, ("_Decimal32",)),
        ("int", 2, ("cmk_complex_int",)),
        ("short", 1, ("_Float16", "__bf16", "__fp16")),
    )
    for name in names
}
_COMPLEX: Final = {
    frozenset({"float"}): ["float", "_Complex"],
    frozenset({"double"}): ["double", "_Complex"],
    frozenset(): ["double", "_Complex"],
    frozenset({"long", "double"}): ["cmk_complex_long_double"],
}
_COMPLEX_WORDS: Final = frozenset().union(*_COMPLEX, {"int", "_Complex"})
_WORD: Final = re.compile(r"[A-Za-z_]\w*")


def stand_ins(text: str, known: Callable[[str], bool]) -> str:
    """Write the typedefs for the compiler's own type names in *text* that *known* does not say are declared."""
    words = dict.fromkeys(_WORD.findall(text))
    return "\n".join(_STAND_INS[word] for word in words if word in _STAND_INS and not known(word))


# --- for a user and a compiler --------------------------------------------------------------------------------------


def declaration(node: Node, inner: str = "") -> str:
    """Write the declaration of *inner* (a name, or nothing) with the type *node*, without any body.

    Args:
        node: a type node of pycparser: TypeDecl, PtrDecl, ArrayDecl, FuncDecl, Struct, Union, Enum.
        inner: what is declared.

    Returns:
        C text without storage class and without ``;``.
    """
    kind = type(node).__name__
    if kind == "PtrDecl":
        words = " ".join(node.quals)
        pointed = f"*{words}{' ' if words and inner else ''}{inner}"
        grouped = type(node.type).__name__ in {"ArrayDecl", "FuncDecl"}
        return declaration(node.type, f"({pointed})" if grouped else pointed)
    if kind == "ArrayDecl":
        size = " ".join([*node.dim_quals, *([_expression(node.dim)] if node.dim is not None else [])])
        return declaration(node.type, f"{inner}[{size}]")
    if kind == "FuncDecl":
        return declaration(node.type, f"{inner}({parameters(node)})")
    words = " ".join([*getattr(node, "quals", ()), _specifier(node)])
    return f"{words} {inner}" if inner else words


def parameters(function: Node) -> str:
    """Write the parameter list of a FuncDecl, without its brackets."""
    if function.args is None:
        return ""
    return ", ".join(parameter(node) for node in function.args.params)


def parameter(node: Node) -> str:
    """Write one parameter: Decl, Typename or the ellipsis."""
    kind = type(node).__name__
    if kind == "EllipsisParam":
        return "..."
    return declaration(node.type, getattr(node, "name", None) or "")


def _specifier(node: Node) -> str:
    """Write the type words of a TypeDecl, or of a struct, union or enum itself."""
    kind = type(node).__name__
    if kind == "TypeDecl":
        return _specifier(node.type)
    if kind == "IdentifierType":
        return " ".join(node.names).replace(COMPLEX, "_Complex ")
    return f"{kind.lower()} {node.name or '<without a tag>'}"


def _expression(node: Node) -> str:
    """Write an array dimension that no compiler could fold."""
    if type(node).__name__ == "Constant":
        return str(node.value)
    if type(node).__name__ == "ID":
        return str(node.name)
    from pycparser import c_generator

    return str(c_generator.CGenerator().visit(node))


# --- for cffi -------------------------------------------------------------------------------------------------------


def for_cffi(tokens: Sequence[str]) -> list[str]:
    """Replace the words of a standard C declaration that cffi does not know, keeping its meaning.

    >>> " ".join(for_cffi("_Complex float f ( unsigned __int128 x , int a [ n ] , int b [ static 4 ] )".split()))
    'float _Complex f ( cmk_int128 x , int a [ ] , int b [ 4 ] )'
    """
    kept: list[str] = []
    i = 0
    while i < len(tokens):
        tok = tokens[i]
        if tok == "[":
            end = match(tokens, i)
            kept += ["[", *(word for word in tokens[i + 1 : end - 1] if is_literal(word)), "]"]
            i = end
        elif tok in {"__int128", "_Complex"}:
            i = _wide(tokens, i, kept)
        elif tok == "_Atomic":
            i = _atomic(tokens, i, kept)
        else:
            kept.append(tok)
            i += 1
    return kept


def _wide(tokens: Sequence[str], i: int, kept: list[str]) -> int:
    """Append the stand-in for the ``__int128`` or complex type around *i*; return the index behind its words."""
    around = {"signed", "unsigned", "__int128"} if tokens[i] == "__int128" else _COMPLEX_WORDS
    words: set[str] = set()
    while kept and kept[-1] in around:
        words.add(kept.pop())
    complex_ = tokens[i] == "_Complex"
    while i < len(tokens) and tokens[i] in around:
        words.add(tokens[i])
        i += 1
    kept += _COMPLEX.get(frozenset(words - {"_Complex"}), ["cmk_complex_int"]) if complex_ else ["cmk_int128"]
    return i


def _atomic(tokens: Sequence[str], i: int, kept: list[str]) -> int:
    """Append what ``_Atomic`` at *i* stands before, without it; return the index behind."""
    if tokens[i + 1 : i + 2] and tokens[i + 1] == "(":
        end = match(tokens, i + 1)
        kept += for_cffi(tokens[i + 2 : end - 1])
        return end
    return i + 1
