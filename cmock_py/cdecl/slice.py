"""The needed part of a unit: the items that some names and types lead to."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cmock_py.cdecl.clean import clean
from cmock_py.cdecl.tokens import ATTRIBUTE, BUILTIN_TYPES, KEYWORDS, TAGS, code, is_word, match

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmock_py.cdecl.unit import Unit


def closure(unit: Unit, names: Iterable[str], types: Iterable[str]) -> tuple[int, ...]:
    """Collect the items that *names* and *types* need, directly and through one another.

    A parameter that is spelled like a typedef adds that typedef: harmless, and cheaper than telling them apart.

    Args:
        unit: the indexed unit.
        names: functions, variables, typedefs and enumerators; unknown ones are skipped.
        types: C type texts, e.g. ``"const struct foo *"``.

    Returns:
        Item numbers in header order. Of several declarations of a function the one with parameter names is taken.

    >>> from cmock_py.cdecl.unit import index
    >>> closure(index("typedef int A; typedef A B; typedef A C; int f(C);"), ["f"], [])
    (0, 2, 3)
    """
    waiting = [number for name in names for number in _declaring(unit, name)]
    waiting += [number for text in types for number in _needed(unit, code(text))]
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            waiting += _needed(unit, (*unit.items[number].tokens, ";", *unit.items[number].old_style))
    return tuple(sorted(seen))


def chosen(unit: Unit, name: str) -> int:
    """Return the most telling of a function's declarations: the longest, but never ``f()`` when there is another."""
    if len(unit.functions[name]) == 1:
        return unit.functions[name][0]
    return max(unit.functions[name], key=lambda number: (*_telling(unit, number), -number))


def unknown_types(unit: Unit, text: str) -> tuple[str, ...]:
    """List the types in a C type text that the unit does not have, in the order of the text.

    A tag that is only ever mentioned (``struct foo *``) is known: pointers to it are fine.

    >>> from cmock_py.cdecl.unit import index
    >>> unknown_types(index("struct a; typedef int T;"), "struct b *(*)(T, struct a *, U)")
    ('struct b', 'U')
    """
    tokens = code(text)
    unknown: dict[str, None] = {}
    mentioned: set[tuple[str, str]] | None = None
    for before, tok in pairwise(["", *tokens]):
        if before in TAGS:
            if (before, tok) not in unit.tags:
                mentioned = _mentioned(unit) if mentioned is None else mentioned
                if (before, tok) not in mentioned:
                    unknown[f"{before} {tok}"] = None
        elif is_word(tok) and not any(
            tok in known for known in (KEYWORDS, BUILTIN_TYPES, unit.typedefs, unit.enumerators)
        ):
            unknown[tok] = None
    return tuple(unknown)


def _declaring(unit: Unit, name: str) -> Iterator[int]:
    """Yield the items that declare *name* in any way."""
    if name in unit.functions:
        yield chosen(unit, name)
    if name in unit.variables:
        yield unit.variables[name][0]
    for table in (unit.typedefs, unit.enumerators):
        if name in table:
            yield table[name]


def _needed(unit: Unit, tokens: Sequence[str]) -> list[int]:
    """List the items that have a type, tag or enumerator which *tokens* mention."""
    found: list[int] = []
    i = 0
    before = ""
    while i < len(tokens):
        tok = tokens[i]
        i += 1
        if tok in ATTRIBUTE and i < len(tokens) and tokens[i] == "(":
            i = match(tokens, i)
        elif before in TAGS and (before, tok) in unit.tags:
            found.append(unit.tags[before, tok])
        elif before not in TAGS:
            number = unit.typedefs.get(tok, unit.enumerators.get(tok))
            if number is not None:
                found.append(number)
        before = tok
    return found


def _telling(unit: Unit, number: int) -> tuple[bool, bool, int]:
    """Rank a declaration: K&R definitions and ``f()`` last, then by its count of tokens."""
    item = unit.items[number]
    tokens = clean(item.tokens).tokens
    return not item.old_style, tokens[-2:] != ("(", ")"), len(tokens)


def _mentioned(unit: Unit) -> set[tuple[str, str]]:
    """Collect every ``struct X`` that stands anywhere in the unit, with or without a body."""
    return {pair for item in unit.items if TAGS & set(item.tokens) for pair in pairwise(item.tokens) if pair[0] in TAGS}
