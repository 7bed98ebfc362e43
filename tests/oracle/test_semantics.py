"""The definition of the language: its words, the laws of its operators, and the theorems that reports rely on."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

from cmock_py.lang.nodes import Empty, Event, Node, Repeat
from cmock_py.lang.render import render
from cmock_py.lang.residuals import meaning
from cmock_py.lang.semantics import check
from cmock_py.lang.taking import checking
from tests.oracle import languages
from tests.oracle.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 4
SEED = int(os.environ.get("CMOCK_PY_SEED", random.Random().randrange(10**6)))
BARE = languages.Shape("bare", languages._ALL, functions=3, depth=4, width=3, answers=1, plain=1.0)


def bare(rng: random.Random) -> Node:
    """Draw a language of three functions without arguments."""
    return strip(languages.language(rng, BARE)[1])


def strip(node: Node) -> Node:
    """Leave only the names of functions."""
    match node:
        case Event():
            return Event("m", node.function)
        case Repeat():
            return Repeat(strip(node.body), node.least, node.most)
        case Empty():
            return node
    return type(node)(tuple(map(strip, node.items)), *([node.least] if hasattr(node, "least") else []))


def accepted(tree: Node, longest: int = LONGEST) -> frozenset[tuple[str, ...]]:
    """List the words that the definition accepts."""
    term = meaning(tree).term
    letters = sorted({event.function for event in meaning(tree).events})
    found = set()
    todo: list[tuple[str, ...]] = [()]
    while todo:
        word = todo.pop()
        takes = [checking(languages.Call(0, "m", letter, (), ())) for letter in word]
        done, may_end = check(term, takes, {})
        if done == len(word):
            found |= {word} if may_end else set()
            todo += [(*word, letter) for letter in letters] if len(word) < longest else []
    return frozenset(found)


def seeds(count: int) -> Iterator[tuple[int, random.Random]]:
    """Give seeds and their generators; a failing test prints the seed."""
    for seed in range(SEED, SEED + count):
        yield seed, random.Random(seed)


def test_small_steps_accept_the_words_of_the_operators() -> None:
    """The definition accepts exactly the words that concatenation, shuffle, permutation and powers give."""
    for seed, rng in seeds(250):
        tree = bare(rng)
        assert accepted(tree) == words(tree, LONGEST), f"seed {seed}:\n{render(tree)}"
