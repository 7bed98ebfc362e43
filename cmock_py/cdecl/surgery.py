"""Preprocessed text in which chosen functions promise the compiler less, so that every call of a mock is made.

``const`` and ``pure`` let gcc drop calls even at -O0; ``nonnull`` and its kin drop checks on either side of a call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmock_py.cdecl.clean import attribute_names, bare, without_vendor
from cmock_py.cdecl.tokens import ATTRIBUTE, commas, match, partners, spans
from cmock_py.cdecl.unit import cuts, index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cmock_py.cdecl.model import Function

_DROPPING: Final = frozenset(
    {"const", "pure", "leaf", "nonnull", "returns_nonnull", "malloc", "alloc_size", "alloc_align", "assume_aligned"}
    | {"access", "unsequenced", "reproducible"}
)
"""Attributes that let a compiler drop, fold or reorder calls, or the checks around them."""

_VANISHING: Final = frozenset({"const", "pure", "unsequenced", "reproducible"})
"""Those by which calls themselves vanish from an object: gcc and clang make every call under each of the others."""


def dropping(function: Function) -> tuple[str, ...]:
    """List the attributes of a function that let a compiler drop or fold calls to its mock.

    >>> from cmock_py.cdecl.model import Function, Void
    >>> dropping(Function("f", Void(), (), "void f(void)", attributes=("cold", "pure")))
    ('pure',)
    """
    return tuple(name for name in function.attributes if name in _VANISHING)


def strip_attributes(text: str, names: Collection[str]) -> str:
    r"""Remove from preprocessed text the attributes that let a compiler drop calls of the functions *names*.

    Every line end and line marker stays, so places in messages stay right.

    >>> strip_attributes("int f(int) __attribute__((pure,\ncold)); int g(int) __attribute__((pure));", ["f"])
    'int f(int) __attribute__((\ncold)); int g(int) __attribute__((pure));'
    """
    if not names or not any(word in text for word in _DROPPING):
        return text
    found = [found_ for found_ in spans(text) if found_.group()[0] not in "\n#"]
    tokens = [found_.group() for found_ in found]
    edits = [
        (found[first].start(), found[last - 1].end())
        for start, end in _declarations(tokens, frozenset(names))
        for first, last in _unwanted(tokens, start, end)
    ]
    pieces: list[str] = []
    kept = 0
    for first_, last_ in edits:
        pieces += [text[kept:first_], _lines(text[first_:last_])]
        kept = last_
    return "".join([*pieces, text[kept:]])


def _declarations(tokens: Sequence[str], names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where the declarations start and end that one of *names* is in, bodies left out."""
    pairs, alone = partners(tokens)
    if alone:
        # `index` says so to the user; there is nothing to cut here.
        return
    for start, end, _, _ in cuts(tokens, pairs):
        if not names.isdisjoint(tokens[start:end]) and _declares(tokens[start:end], names):
            yield start, end


def _declares(head: Sequence[str], names: frozenset[str]) -> bool:
    """Decide whether the tokens declare one of *names*, and do not only mention it."""
    return not names.isdisjoint(index(" ".join([*head, ";"])).functions)


def _unwanted(tokens: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the token ranges to remove: whole attribute groups, or single attributes with the comma before or after."""
    i = start
    while i < end:
        is_new = tokens[i] == "[" and i + 1 < end and tokens[i + 1] == "["
        if not is_new and not (tokens[i] in ATTRIBUTE and i + 1 < end and tokens[i + 1] == "("):
            i += 1
            continue
        after = match(tokens, i if is_new else i + 1)
        group = tokens[i:after]
        wanted = [name for name in attribute_names(group) if name not in _DROPPING]
        if not wanted:
            yield i, after
        elif len(wanted) < len(attribute_names(group)):
            yield from _single(tokens, i + (2 if is_new else 3), after - 2)
        i = after


def _single(tokens: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the unwanted attributes in a list that has wanted ones too; empty places are allowed."""
    i = start
    for part in commas(tokens[start:end]):
        words = without_vendor(part)
        after = i + len(part)
        if words and bare(words[0]) in _DROPPING:
            # The compilers allow an empty place between commas, but one comma is enough.
            yield i, min(after + 1, end)
        i = after + 1


def _lines(removed: str) -> str:
    """Keep of a removed text its line ends and line markers."""
    return "".join(found.group() for found in spans(removed) if found.group()[0] in "\n#")
