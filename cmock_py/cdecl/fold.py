"""Numbers in the place of constant expressions: enumerator values, array dimensions, bit widths.

pycparser does not take every expression and cffi takes few, so the compiler is asked for all of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cmock_py.cdecl.tokens import TAGS, commas, is_name, match

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LITERAL: Final = re.compile(r"(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*")
# What may stand in the underlying type of a C23 enum.
_WIDTHS: Final = frozenset({"char", "short", "int", "long", "signed", "unsigned", "_Bool"})
_DIMENSION_WORDS: Final = frozenset({"static", "const", "restrict", "volatile"})


def questions(tokens: Sequence[str]) -> list[str]:
    """List the expressions of a cleaned item that only the compiler can evaluate, enumerators among them.

    >>> questions("struct s { int a [ N + 1 ] ; int b : 3 ; enum { X , Y = 4 } c ; }".split())
    ['N + 1', 'X', 'Y']
    """
    asked = [" ".join(tokens[start:end]) for start, end in _expressions(tokens)]
    for start, end in _enum_bodies(tokens):
        asked += [part[0] for part in commas(tokens[start:end]) if part]
    return asked


def fold(tokens: Sequence[str], numbers: Mapping[str, int | None]) -> list[str]:
    """Put *numbers* in the place of the expressions that `questions` lists; those without a number stay.

    >>> " ".join(fold("enum { X = N + 1 , Y }".split(), {"X": 5, "Y": 6}))
    'enum { X = 5 , Y = 6 }'
    """
    edits = [
        (start, end, [str(number)])
        for start, end in _expressions(tokens)
        if (number := numbers.get(" ".join(tokens[start:end]))) is not None
    ]
    for start, end in _enum_bodies(tokens):
        # An expression inside an enum goes with its whole body.
        edits = [edit for edit in edits if not start <= edit[0] < end]
        edits.append((start, end, _enum_body(tokens[start:end], numbers)))
    folded = list(tokens)
    for start, end, replacement in sorted(edits, reverse=True):
        folded[start:end] = replacement
    return folded


def is_literal(tok: str) -> bool:
    """Decide whether *tok* is an integer that needs no compiler."""
    return _LITERAL.fullmatch(tok) is not None


def _enum_body(body: Sequence[str], numbers: Mapping[str, int | None]) -> list[str]:
    """Write the body of an enum with the value of each enumerator."""
    written: list[str] = []
    for part in commas(body):
        if part:
            number = numbers.get(part[0])
            written += part if number is None else [part[0], "=", str(number)]
            written.append(",")
    return written[:-1]


def _enum_bodies(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where the bodies of enums start and end, without their braces."""
    for i, tok in enumerate(tokens):
        if tok == "enum":
            brace = i + 1
            while brace < len(tokens) and (is_name(tokens[brace]) or tokens[brace] == ":" or tokens[brace] in _WIDTHS):
                brace += 1
            if brace < len(tokens) and tokens[brace] == "{":
                yield brace + 1, match(tokens, brace) - 1


def _expressions(tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where array dimensions and bit widths that are no literals start and end."""
    braces: list[bool] = []
    i = 0
    while i < len(tokens):
        tok = tokens[i]
        span: tuple[int, int] | None = None
        if tok == "{":
            braces.append(_opens_enum(tokens, i))
        elif tok == "}":
            braces.pop()
        elif tok == "[":
            end = match(tokens, i) - 1
            span = (_after_words(tokens, i + 1), end)
            i = end
        elif tok == ":" and braces and not braces[-1]:
            span = (i + 1, _width_end(tokens, i + 1))
        if span and span[1] > span[0] and not _is_plain(tokens[span[0] : span[1]]):
            yield span
        i += 1


def _is_plain(expression: Sequence[str]) -> bool:
    """Decide whether a dimension or width needs no evaluation: a literal, or the ``*`` of a VLA parameter."""
    return len(expression) == 1 and (expression[0] == "*" or is_literal(expression[0]))


def _after_words(tokens: Sequence[str], i: int) -> int:
    """Skip ``static`` and qualifiers in the dimension of a parameter."""
    while tokens[i] in _DIMENSION_WORDS:
        i += 1
    return i


def _width_end(tokens: Sequence[str], i: int) -> int:
    """Return where the bit width that starts at *i* ends."""
    while i < len(tokens) and tokens[i] not in ",;}":
        i = match(tokens, i) if tokens[i] in "([{" else i + 1
    return i


def _opens_enum(tokens: Sequence[str], brace: int) -> bool:
    """Decide whether the ``{`` at *brace* opens an enum."""
    i = brace - 1
    while i >= 0 and tokens[i] not in TAGS and tokens[i] not in "{};":
        i -= 1
    return i >= 0 and tokens[i] == "enum"
