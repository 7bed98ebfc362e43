"""Automata of regular expressions find what `re` finds, and there is none where there can be none."""

from __future__ import annotations

import random
import re
from functools import partial
from itertools import product

import pytest

from cmock_py.lang.regular import MAX_STATES, automaton
from tests.seeds import drawn
from tests.work import work_of

LETTERS = ["a", "b", "\n", "é", "\udc80", "0", " ", "日", "-"]
ATOMS = [
    *("a", "b", "\n", "é", "日", "0", "-", ".", r"\d", r"\s", r"\w", r"\D", r"\S", r"\W"),
    *("[ab]", "[^a\n]", "[^é]", "[a-z]", r"[\w-]", r"[^\W\d]", r"[\s\d]"),
]


def random_expression(chance: random.Random, depth: int) -> str:
    """Write an expression of all that automata can do, and of places where they cannot."""
    kind = chance.randrange(12 if depth else 5)
    if kind < 4:
        return chance.choice(ATOMS)
    if kind == 4:
        return chance.choice(["^", "$", r"\A", r"\Z", ""])
    if kind < 8:
        return "".join(random_expression(chance, depth - 1) for _ in range(chance.randrange(4)))
    if kind < 10:
        return f"(?:{random_expression(chance, depth - 1)}|{random_expression(chance, depth - 1)})"
    repeated = chance.choice(["*", "+", "?", "{2}", "{1,3}", "*?", "{2,}", "{0}"])
    return f"({random_expression(chance, depth - 1)}){repeated}"


def test_random_expressions() -> None:
    """On all short texts of some letters, and random longer ones, an automaton says what `re.search` says."""
    seed = drawn()
    chance = random.Random(seed)
    short = ["".join(letters) for length in range(3) for letters in product(LETTERS, repeat=length)]
    made = 0
    while made < 300:
        pattern = random_expression(chance, 4)
        found = automaton(pattern)
        if found is None:
            continue
        made += 1
        searched = re.compile(pattern)
        for text in [*short, *("".join(chance.choices(LETTERS, k=8)) for _ in range(20))]:
            assert found.finds(text) == (searched.search(text) is not None), (seed, pattern, text)


def test_every_character_has_its_class() -> None:
    """Classes of characters are those of `re`, to the last one that there is."""
    for pattern in (r"\w", r"[^\W_]", r"\d", r"\S", r"[^\s\w]", "[é-ü]", "."):
        found = automaton(pattern)
        assert found is not None
        searched = re.compile(pattern)
        for code in [*range(0x3000), *range(0xD7F0, 0xE010), 0xFFFF, 0x10000, 0x10FFFF]:
            assert found.finds(chr(code)) == (searched.search(chr(code)) is not None), (pattern, code)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a)\1",
        "(?=a)b",
        "(?<!a)b",
        r"\bword",
        "(?i)get",
        "(?m)^a",
        "(?>a)b",
        "a*+b",
        "$a",
        "(a$)*",
        "(?i:a)",
        "(?:a|b)*a(?:a|b){9}",
    ],
)
def test_what_no_automaton_can_do(pattern: str) -> None:
    """References, looking around, flags, what reads behind the end, and what needs very many states have none."""
    re.compile(pattern)
    assert automaton(pattern) is None


def test_hostile_expressions_are_little_work() -> None:
    """Nothing that a text can say keeps `init_lang` busy."""
    for pattern in (
        "(a?){3000}a{3000}",
        "(a|b|ab)*" * 60,
        "a{1000000}",
        "(" * 90 + "a" + ")*" * 90,
        "[a-z]*" * 500,
        "(.*a){40}",
    ):
        automaton.cache_clear()
        assert work_of(partial(automaton, pattern)) < 200_000, pattern
        found = automaton(pattern)
        assert found is None or len(found.steps) <= MAX_STATES
