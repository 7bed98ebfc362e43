"""GNU and C23 words of one item -> standard C for pycparser; what was removed is recorded, never interpreted.

The compiler alone knows what an attribute does to a layout (it ignores ``packed`` behind a typedef name, for one).
Only ``mode`` and ``vector_size`` are acted on, because they make another type of the words before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cmock_py.cdecl.tokens import (
    ALIGNAS,
    ASM,
    ATTRIBUTE,
    BASIC,
    FLOATING_WORDS,
    STATIC_ASSERT,
    commas,
    is_word,
    match,
    skip_asm,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

VECTOR_MEMBER: Final = "cmk_vector"
"""The one member of the struct that stands for a vector type."""

COMPLEX: Final = "cmk_complex_"
"""Starts the one word that stands for ``_Complex _Float32`` and the like: pycparser takes `_Complex` for a type."""

_DROPPED: Final = frozenset(
    {"__extension__", "_Noreturn", "noreturn", "inline", "__inline", "__inline__", "register", "__thread"}
    | {"_Thread_local", "thread_local", "constexpr", "__seg_fs", "__seg_gs", "__cdecl", "__stdcall", "__fastcall"}
    | {"_Nonnull", "_Nullable", "__forceinline"}
)
_SPELLED: Final = {
    "__restrict": "restrict",
    "__restrict__": "restrict",
    "__const": "const",
    "__const__": "const",
    "__volatile": "volatile",
    "__volatile__": "volatile",
    "__signed": "signed",
    "__signed__": "signed",
    "__complex": "_Complex",
    "__complex__": "_Complex",
    "__alignof": "_Alignof",
    "__alignof__": "_Alignof",
}
_MODES: Final = {
    "QI": "char",
    "byte": "char",
    "HI": "short",
    "SI": "int",
    "DI": "long",
    "word": "long",
    "pointer": "long",
    "unwind_word": "long",
    "TI": "__int128",
    "SF": "float",
    "DF": "double",
    "XF": "long double",
    "TF": "_Float128",
}
_UNIVERSAL_NAME: Final = re.compile(r"\\[uU]0*([0-9a-fA-F]+)")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its name without vendor and underscores, and the tokens of its arguments."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An item as standard C.

    Attributes:
        tokens: the tokens that are left.
        attributes: those of the declaration itself; ones inside brackets (parameters, members) are dropped.
        symbol: the linker symbol that an asm label gives, or None.
    """

    tokens: tuple[str, ...]
    attributes: tuple[Attribute, ...] = ()
    symbol: str | None = None


def clean(tokens: Sequence[str]) -> Cleaned:
    """Turn the tokens of one item into standard C.

    Returns:
        The tokens, and what was taken away.

    >>> done = clean(
    ...     (
    ...         "int",
    ...         "f",
    ...         "(",
    ...         "void",
    ...         ")",
    ...         "__asm__",
    ...         "(",
    ...         '"__f"',
    ...         ")",
    ...         "__attribute__",
    ...         "(",
    ...         "(",
    ...         "__pure__",
    ...         ")",
    ...         ")",
    ...     )
    ... )
    >>> " ".join(done.tokens), done.symbol, done.attributes
    ('int f ( void )', '__f', (Attribute(name='pure', arguments=()),))
    """
    kept: list[str] = []
    attributes: list[Attribute] = []
    symbol: str | None = None
    depth = i = 0
    while i < len(tokens):
        tok = tokens[i]
        end = _removable(tokens, i)
        if end > i:
            if not depth:
                attributes += _attributes(tokens[i:end])
                symbol = _label(tokens[i:end]) or symbol
            i = end
            continue
        depth += (tok in "([{") - (tok in ")]}")
        if tok in _DROPPED:
            if tok == "_Noreturn":
                attributes.append(Attribute("noreturn"))
        else:
            kept.append(_spelled(tok))
        i += 1
    return Cleaned(_retyped(_with_complex(kept), attributes), tuple(attributes), symbol)


def attribute_names(group: Sequence[str]) -> list[str]:
    """List the names in one ``__attribute__((...))`` or ``[[...]]`` group of tokens.

    >>> attribute_names(["[", "[", "gnu", ":", ":", "pure", ",", "nodiscard", "]", "]"])
    ['pure', 'nodiscard']
    """
    return [attribute.name for attribute in _attributes(group)]


def bare(name: str) -> str:
    """Strip the underscores that stand around an attribute's name on both sides.

    >>> bare("__pure__"), bare("_Noreturn")
    ('pure', '_Noreturn')
    """
    around = name.startswith("__") and name.endswith("__") and len(name) > len("____")
    return name[2:-2] if around else name


def without_vendor(attribute: list[str]) -> list[str]:
    """Leave out the vendor of an attribute's tokens: `gnu::pure` comes as four."""
    return attribute[3:] if attribute[1:3] == [":", ":"] else attribute


def _removable(tokens: Sequence[str], i: int) -> int:
    """Return the index behind the attribute, asm label, alignment or assertion at *i*, or *i* itself."""
    tok = tokens[i]
    after = tokens[i + 1] if i + 1 < len(tokens) else ""
    if tok == "[" and after == "[":
        return match(tokens, i)
    if tok in ASM:
        return skip_asm(tokens, i)
    if after != "(":
        return i
    if tok in STATIC_ASSERT:
        end = match(tokens, i + 1)
        return end + 1 if end < len(tokens) and tokens[end] == ";" else end
    if tok in ATTRIBUTE or tok in ALIGNAS or tok == "__declspec":
        return match(tokens, i + 1)
    return i


def _attributes(group: Sequence[str]) -> list[Attribute]:
    """Read the attributes of one removed group; an asm label or an assertion has none."""
    if group[0] in ALIGNAS:
        return [Attribute("aligned", tuple(group[2:-1]))]
    if group[0] in ATTRIBUTE:
        inner = group[3:-2]
    elif group[0] == "[":
        inner = group[2:-2]
    else:
        return []
    found: list[Attribute] = []
    for part in commas(inner):
        words = without_vendor(part)
        if words:
            found.append(Attribute(bare(words[0]), tuple(words[2:-1])))
    return found


def _label(group: Sequence[str]) -> str | None:
    """Return the linker symbol of an asm label, whose string may come in pieces."""
    if group[0] not in ASM:
        return None
    return "".join(tok[1:-1] for tok in group if tok[0] == '"') or None


def _spelled(tok: str) -> str:
    """Give a word its standard spelling; a character outside ASCII becomes ``_uHEX``, as pycparser knows ASCII only."""
    tok = _SPELLED.get(tok, tok)
    if is_word(tok) and not tok.isascii():
        return "".join(c if c.isascii() else f"_u{ord(c):x}" for c in tok)
    return _UNIVERSAL_NAME.sub(r"_u\1", tok) if tok[0] != '"' and "\\" in tok and is_word(tok) else tok


def _with_complex(tokens: list[str]) -> list[str]:
    """Make one word of ``_Complex`` beside one of the compiler's floating words."""
    if "_Complex" not in tokens or FLOATING_WORDS.isdisjoint(tokens):
        return tokens
    merged: list[str] = []
    for tok in tokens:
        pair = {tok, merged[-1]} if merged else {tok}
        word = pair & FLOATING_WORDS
        if "_Complex" in pair and word:
            merged[-1] = COMPLEX + word.pop()
        else:
            merged.append(tok)
    return merged


def _retyped(tokens: list[str], attributes: Sequence[Attribute]) -> tuple[str, ...]:
    """Apply ``mode`` and ``vector_size`` to the type words of a declaration."""
    for attribute in attributes:
        if attribute.name == "mode" and attribute.arguments:
            tokens = _with_mode(tokens, bare(attribute.arguments[0]))
        elif attribute.name == "vector_size" and tokens[:1] == ["typedef"]:
            size = " ".join(attribute.arguments)
            name = next(tok for tok in reversed(tokens) if is_word(tok))
            tokens = ["typedef", "struct", "{", "char", VECTOR_MEMBER, "[", size, "]", ";", "}", name]
    return tuple(tokens)


def _with_mode(tokens: list[str], mode: str) -> list[str]:
    """Replace the basic type words of a declaration by those that *mode* stands for; unknown modes change nothing."""
    words = _MODES.get(mode, "").split()
    if not words:
        return tokens
    sign = ["unsigned"] if "unsigned" in tokens else ["signed"] if words == ["char"] else []
    first = next((i for i, tok in enumerate(tokens) if tok in BASIC), len(tokens))
    rest = [tok for tok in tokens[first:] if tok not in BASIC]
    return tokens[:first] + sign + words + rest
