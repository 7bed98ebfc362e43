"""What a language means by its words: sets of sequences of letters, straight from what the operators say.

This is the brute-force oracle of the definition by small steps; it knows nothing of residuals. A letter is the name of a
function. Words are as long as `longest` at most.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from cmock_py.lang.nodes import AnyTime, Empty, Event, Par, Perm, Prefix, Repeat, Seq, Xalt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmock_py.lang.nodes import Node

    Words = frozenset[tuple[str, ...]]

NOTHING: Words = frozenset({()})


def words(node: Node, longest: int) -> Words:
    """List all words of at most *longest* letters that a tree allows."""
    match node:
        case Event(function=function):
            return frozenset({(function,)}) if longest else frozenset()
        case Empty():
            return NOTHING
        case Seq(items=items):
            return _sequence(items, longest)
        case AnyTime():
            return _sequence((node,), longest)
        case Xalt(items=items):
            return frozenset().union(*(words(item, longest) for item in items))
        case Par(items=items):
            return _all(_interleaved, [words(item, longest) for item in items], longest)
        case Perm(items=items):
            found = [words(item, longest) for item in items]
            return frozenset().union(*(_all(_joined, order, longest) for order in permutations(found)))
        case Repeat(body=body, least=least, most=most):
            return _power(words(body, longest), least, most, longest)
        case Prefix(items=items, least=least):
            return frozenset().union(*(_sequence(items[:end], longest) for end in range(least, len(items) + 1)))
    raise AssertionError(node)


def _sequence(items: Iterable[Node], longest: int) -> Words:
    items = tuple(items)
    body = _all(_joined, [words(item, longest) for item in items if not isinstance(item, AnyTime)], longest)
    letters = frozenset(
        (event.function,) for item in items if isinstance(item, AnyTime) for event in item.items if event in item.items
    )
    return _interleaved(body, _power(letters, 0, None, longest), longest) if letters else body


def _all(combine: object, found: Iterable[Words], longest: int) -> Words:
    result = NOTHING
    for each in found:
        result = combine(result, each, longest)  # type: ignore[operator]
    return result


def _joined(left: Words, right: Words, longest: int) -> Words:
    return frozenset(a + b for a in left for b in right if len(a) + len(b) <= longest)


def _interleaved(left: Words, right: Words, longest: int) -> Words:
    return frozenset(word for a in left for b in right if len(a) + len(b) <= longest for word in _shuffles(a, b))


def _shuffles(a: tuple[str, ...], b: tuple[str, ...]) -> set[tuple[str, ...]]:
    if not a or not b:
        return {a + b}
    return {(a[0], *rest) for rest in _shuffles(a[1:], b)} | {(b[0], *rest) for rest in _shuffles(a, b[1:])}


def _power(body: Words, least: int, most: int | None, longest: int) -> Words:
    """As many rounds as allowed; with more rounds than letters some are empty, so more change nothing."""
    total, now, rounds = frozenset() if least else NOTHING, NOTHING, 0
    while rounds < (most if most is not None else least + longest):
        now, rounds = _joined(now, body, longest), rounds + 1
        if rounds >= least:
            total |= now
        if not now:
            break
    return total
