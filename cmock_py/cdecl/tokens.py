"""C as a list of tokens: one regular expression, the words that matter, and matching brackets.

A whole preprocessed unit is tokenised before anything is known about it, so this must stay one `findall`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UCN: Final = r"\\[uU][0-9a-fA-F]{4,8}"
_TOKEN: Final = re.compile(
    rf"""\n+
    | \#[^\n]*
    | (?:u8|[LuU])?"(?:[^"\\\n]|\\.)*"
    | (?:u8|[LuU])?'(?:[^'\\\n]|\\.)*'
    | (?:[^\W\d]|\$|{_UCN})(?:[\w$]|{_UCN})*
    | \.?\d(?:[eEpP][+-]|[\w.]|'(?=\w))*
    | \.\.\.|->|\+\+|--|<<=|>>=|<<|>>|[<>=!+\-*/%&|^]=|&&|\|\||[^\s\w]""",
    re.VERBOSE,
)

ATTRIBUTE: Final = frozenset({"__attribute__", "__attribute"})
ASM: Final = frozenset({"__asm__", "__asm", "asm"})
TAGS: Final = frozenset({"struct", "union", "enum"})
TYPEOF: Final = frozenset({"typeof", "__typeof", "__typeof__", "typeof_unqual"})
ALIGNAS: Final = frozenset({"_Alignas", "alignas"})
STATIC_ASSERT: Final = frozenset({"_Static_assert", "static_assert"})
STORAGE: Final = frozenset(
    {"typedef", "extern", "static", "register", "auto", "inline", "__inline", "__inline__", "_Noreturn", "noreturn"}
    | {"_Thread_local", "thread_local", "__thread", "constexpr", "__extension__", "__forceinline"}
)
QUALIFIERS: Final = frozenset(
    {"const", "volatile", "restrict", "__const", "__const__", "__volatile", "__volatile__", "__restrict"}
    | {"__restrict__", "__seg_fs", "__seg_gs", "__cdecl", "__stdcall", "__fastcall", "_Nonnull", "_Nullable"}
)
BASIC: Final = frozenset(
    {"void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool", "_Complex"}
    | {"__signed", "__signed__", "__complex__", "__complex", "__int128", "__auto_type"}
)
FLOATING_WORDS: Final = frozenset(
    {"_Float16", "_Float32", "_Float64", "_Float128", "_Float32x", "_Float64x", "__float128", "__float80"}
    | {"__bf16", "__fp16", "_Decimal32", "_Decimal64", "_Decimal128"}
)
BUILTIN_TYPES: Final = FLOATING_WORDS | {"__builtin_va_list", "__int128_t", "__uint128_t", "bool", "_BitInt"}
_OPERATORS: Final = frozenset(
    {"sizeof", "_Alignof", "alignof", "__alignof__", "__alignof", "_Generic", "__real__", "__imag__", "__label__"}
    | {"__builtin_offsetof", "__builtin_types_compatible_p", "nullptr"}
)
_STATEMENTS: Final = frozenset(
    {"break", "case", "continue", "default", "do", "else", "for", "goto", "if", "return", "switch", "while"}
)
KEYWORDS: Final = (
    (ATTRIBUTE | ASM | TAGS | TYPEOF | ALIGNAS | STATIC_ASSERT)
    | (STORAGE | QUALIFIERS | BASIC | FLOATING_WORDS | _OPERATORS | _STATEMENTS)
    | {"_Atomic", "_BitInt", "__builtin_va_list", "__declspec"}
)
# Words that a user's own typedef may be called, as `typedef int bool;` was for thirty years.
_SOFT: Final = frozenset({"noreturn", "alignof", "alignas", "thread_local", "constexpr", "nullptr", "static_assert"})

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_CLOSES: Final = {"(": ")", "[": "]", "{": "}"}


def tokenize(text: str) -> list[str]:
    r"""Split preprocessed C text into tokens.

    Line markers and pragmas are tokens that start with ``#``; a run of line ends is one token of ``\n``.

    >>> tokenize('# 1 "a.h"\nint f(char *);\n\n')
    ['# 1 "a.h"', '\n', 'int', 'f', '(', 'char', '*', ')', ';', '\n\n']
    """
    return _TOKEN.findall(text)


def spans(text: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of *text* as matches, for callers that need their offsets."""
    return _TOKEN.finditer(text)


def code(text: str) -> list[str]:
    """Split C text into tokens, leaving out line ends, line markers and pragmas.

    >>> code("const struct foo *")
    ['const', 'struct', 'foo', '*']
    """
    return [tok for tok in _TOKEN.findall(text) if tok[0] not in "\n#"]


def is_word(tok: str) -> bool:
    """Decide whether *tok* is an identifier or a keyword.

    >>> is_word("u8"), is_word('u8"x"'), is_word("8")
    (True, False, False)
    """
    first = tok[0]
    return (first.isalpha() or first in "_$\\") and tok[-1] not in "\"'"


def is_name(tok: str) -> bool:
    """Decide whether *tok* is an identifier that a program can declare."""
    return is_word(tok) and (tok not in KEYWORDS or tok in _SOFT)


def match(tokens: Sequence[str], start: int) -> int:
    """Return the index just past the bracket that closes the one at *start*.

    Raises:
        ValueError: it is never closed.

    >>> match(["f", "(", "(", ")", ")", ";"], 1)
    5
    """
    depth = 0
    for i in range(start, len(tokens)):
        tok = tokens[i]
        if tok in _OPENING:
            depth += 1
        elif tok in _CLOSING:
            depth -= 1
            if not depth:
                return i + 1
    message = f"no bracket closes the {tokens[start]!r} at token {start}"
    raise ValueError(message)


def partners(tokens: Sequence[str]) -> tuple[dict[int, int], list[int]]:
    """Pair all brackets at once.

    Returns:
        The index of the closing bracket by that of its opening one, and the brackets that have no partner.
    """
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    alone: list[int] = []
    for i, tok in enumerate(tokens):
        if tok in _OPENING:
            waiting.append(i)
        elif tok in _CLOSING:
            if waiting and _CLOSES[tokens[waiting[-1]]] == tok:
                pairs[waiting.pop()] = i
            else:
                alone.append(i)
    return pairs, alone + waiting


def commas(tokens: Sequence[str]) -> list[list[str]]:
    """Split *tokens* at the commas that stand in no bracket; an empty list gives one empty part.

    >>> commas(["a", "(", "b", ",", "c", ")", ",", "d"])
    [['a', '(', 'b', ',', 'c', ')'], ['d']]
    """
    parts: list[list[str]] = [[]]
    depth = 0
    for tok in tokens:
        if tok in _OPENING:
            depth += 1
        elif tok in _CLOSING:
            depth -= 1
        if tok == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(tok)
    return parts


def skip_asm(tokens: Sequence[str], i: int) -> int:
    """Return the index behind the asm label or statement at *i*."""
    i += 1
    while i < len(tokens) and is_word(tokens[i]):
        i += 1
    return match(tokens, i) if i < len(tokens) and tokens[i] == "(" else i


def skip_attributes(tokens: Sequence[str], i: int) -> int:
    """Return the index of the first token from *i* on that belongs to no attribute, ``[[...]]`` or ``_Alignas``."""
    while i + 1 < len(tokens):
        tok = tokens[i]
        if tok == "[" and tokens[i + 1] == "[":
            i = match(tokens, i)
        elif (tok in ATTRIBUTE or tok in ALIGNAS or tok == "__declspec") and tokens[i + 1] == "(":
            i = match(tokens, i + 1)
        else:
            break
    return i
