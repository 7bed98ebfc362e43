"""Automata of regular expressions find what `re` finds, and there is none where there can be none."""

from __future__ import annotations

import random
import re
import warnings
from functools import partial
from itertools import product
from typing import Any

import pytest

from cmock_py.lang.regular import FOUND, MAX_STEPS, automaton
from tests.seeds import drawn
from tests.work import work_of

LETTERS = ["a", "B", "\n", "é", "\udc80", "0", " ", "日", "-"]
MANY_LETTERS = [*LETTERS, "A", "b", "É", "_", "ß", "\u0131", "\u017f", "\u212a", "k"]
ATOMS = [
    *("a", "b", r"\n", "é", "日", "0", "-", ".", r"\d", r"\s", r"\w", r"\D", r"\S", r"\W", "k", "ß"),
    *("[ab]", r"[^a\n]", "[^é]", "[a-z]", r"[\w-]", r"[^\W\d]", r"[\s\d]", "(?!)"),
]
EVERY = "".join(map(chr, range(0x110000)))
PLACES = ["^", "$", r"\A", r"\Z", r"\b", r"\B", ""]
FLAGS = ["", "", "", "(?i)", "(?m)", "(?s)", "(?a)", "(?im)", "(?ai)"]
REPEATED = [
    *("*", "+", "?", "{2}", "{1,3}", "{2,}", "{0}", "*?", "+?", "??", "{,2}?"),
    *("*+", "++", "?+", "{1,2}+", "{2}+"),
]


def random_expression(chance: random.Random, depth: int, *, as_bytes: bool = False) -> str:
    """Write an expression of all that automata can do, which `re` takes."""
    while True:
        pattern = chance.choice(FLAGS) + _random_part(chance, depth)
        try:
            compiled(pattern.encode() if as_bytes else pattern)
        except re.error:  # what is looked for before a place has no one length
            continue
        return pattern


def _random_part(chance: random.Random, depth: int) -> str:
    part = partial(_random_part, chance, depth - 1)
    kind = chance.randrange(19 if depth else 5)
    if kind < 4:
        return chance.choice(ATOMS)
    if kind == 4:
        return chance.choice(PLACES)
    if kind < 9:
        return "".join(part() for _ in range(chance.randrange(4)))
    if kind < 11:
        return f"(?:{part()}|{part()})"
    if kind < 14:
        return f"(?:{part()}){chance.choice(REPEATED)}"  # groups with a number trip `re` where nothing is given back
    if kind == 14:
        return f"(?>{part()})"
    if kind < 17:
        return f"({chance.choice(['?=', '?!', '?<=', '?<!'])}{part()})"
    return f"(?{chance.choice(['i', 'm', 's', '-i', 'im'])}:{part()})"


def compiled(pattern: str | bytes) -> re.Pattern[Any]:
    """Compile an expression, with repetitions that it repeats."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(pattern)


def test_random_expressions() -> None:
    """On all short texts of some letters, and random longer ones, an automaton says what `re.search` says."""
    seed = drawn()
    chance = random.Random(seed)
    short = ["".join(letters) for length in range(3) for letters in product(LETTERS, repeat=length)]
    made = missing = 0
    while made < 400:
        pattern = random_expression(chance, 4)
        found = automaton(pattern)
        if found is None:
            missing += 1
            continue
        made += 1
        searched = compiled(pattern)
        for text in [*short, *("".join(chance.choices(MANY_LETTERS, k=8)) for _ in range(30))]:
            assert found.finds(text) == (searched.search(text) is not None), (seed, pattern, text)
    assert missing < made / 4, seed


def test_random_expressions_of_bytes() -> None:
    """An expression of bytes is found in bytes as `re` finds it: one of them is a character, and letters are ASCII."""
    seed = drawn()
    chance = random.Random(seed)
    letters = bytes(range(10, 11)) + "aAbBkKé0_ -".encode() + b"\xff\x80\0"
    made = 0
    while made < 200:
        pattern = random_expression(chance, 4, as_bytes=True).encode()
        found = automaton(pattern)
        if found is None:
            continue
        made += 1
        searched = compiled(pattern)
        for _ in range(60):
            text = bytes(chance.choices(letters, k=chance.randrange(9)))
            assert found.finds(text) == (searched.search(text) is not None), (seed, pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        *("^a$", r"\Aa\Z", "a$\n", "a$b", "(a$)*b", "$a", "a^", "(?m)^a$", r"(?m)a\Z", r"(?m)b^a", "$", "^$", r"\Z"),
        *(r"\ba\b", r"a\Bb", r"\B", r"\b", r"(?a)\bé", r"é\b", r"\b\B", r"^\B"),
        *(
            "(?>a|ab)b",
            "(?>ab|a)b",
            "a*+a",
            "a*+b",
            "(?:ab|a)++b",
            "(a|ab)*b$",
            "((a)|b)+?(?:(b)a)$",
            "(?>a*)ab",
            "(?>(?:a|ab)b)b",
            "(?>a??)b",
            "a{1,2}+ab",
        ),
        *("(?:a|ab){2}+b", "(?>a(?=b)|ab)b", "(?>(?>ab|a)|b)b", "(?>a{0}b|a)b", "(?>a*?b)a"),
        *(
            "(?=a)b",
            "(?!a)b",
            "a(?=b)",
            "a(?!b)",
            "(?=.*a)(?=.*b)",
            "(?!.*a)b",
            "^(?!.*ab)",
            "(?!(?!a)b)b",
            "(?=(a|b)*b)a",
        ),
        *(
            "(?<=a)b",
            "(?<!a)b",
            "(?<!^)a",
            "(?<=a(?=b)).",
            "(?<=(?<!a)b)a",
            "(?<=^a)b",
            "(?<!a)$",
            r"(?<=\b)a",
            "(?<=ab|ba)b",
        ),
        *("(?i)AB", "(?i:a)b", "(?i)(?-i:a)b", "(?i)[^a]b", "(?s).b", "(?s:.)a.", r"(?x) a  \n b # b", "(?m:^)b^"),
    ],
)
def test_all_short_texts(pattern: str) -> None:
    """Places, flags, looking around, and what gives nothing back: an automaton says of all short texts what `re` says."""
    found, searched = automaton(pattern), compiled(pattern)
    assert found is not None
    for length in range(6):
        for letters in product("ab\n", repeat=length):
            text = "".join(letters)
            assert found.finds(text) == (searched.search(text) is not None), text


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"\w", r"[^\W_]", r"\d", r"\S", r"[^\s\w]", "[é-ü]", ".", r"(?a)\w", r"(?a)\W", r"(?a)\s"),
        *(
            "(?i)[a-z]",
            "(?i)k",
            "(?i)[^k]",
            "(?i)ß",
            r"(?i)[\Wa]",
            "(?i)[À-ʯ]",
            "(?i)\U00010400",
            "(?ai)[a-z]",
            "(?ai)é",
        ),
        *("(?i)\u0131", "(?i)µ", "(?i)ﬅ", "(?i)[ǅ]", "(?i)[\U0001e900-\U0001e943x]", "(?i)[\u0100-\U00020000]"),
    ],
)
def test_every_character_has_its_class(pattern: str) -> None:
    """Classes of characters are those of `re`, whatever their case, to the last character that there is."""
    found = automaton(pattern)
    assert found is not None
    taken = {
        code
        for first, end, number in zip(found.begins, [*found.begins[1:], 0x110000], found.classes, strict=True)
        if found.steps[number] == FOUND
        for code in range(first, end)
    }
    assert taken == {match.start() for match in re.finditer(pattern, EVERY)}


@pytest.mark.parametrize(
    "pattern",
    [r"(a)\1", "(?P<x>a)(?P=x)", "(a)?(?(1)b|c)", "(?>(a?)*)", "(?:a|b)*a(?:a|b){20}", "a{5000}"],
)
def test_what_no_automaton_can_do(pattern: str) -> None:
    """References, rounds that may be empty where nothing is given back, and what needs very many states have none."""
    re.compile(pattern)
    assert automaton(pattern) is None


def test_many_states() -> None:
    """An automaton may have thousands of states: which of the last ten characters was an a."""
    pattern = "(?:a|b)*a(?:a|b){9}$"
    found, searched = automaton(pattern), re.compile(pattern)
    assert found is not None
    assert len(found.steps) > 1024 * found.count
    chance = random.Random(1)
    for _ in range(2000):
        text = "".join(chance.choices("ab", k=14))
        assert found.finds(text) == (searched.search(text) is not None), text


def test_hostile_expressions_are_little_work() -> None:
    """Nothing that a text can say keeps `init_lang` busy."""
    for pattern in (
        "(x+x+)+y",
        "(a?){3000}a{3000}",
        "(a|b|ab)*" * 60,
        "a{1000000}",
        "(?:){1000000}",
        "((?:){4000}){4000}",
        "(" * 90 + "a" + ")*" * 90,
        "[a-z]*" * 500,
        "(.*a){40}",
        "(?!(?!(?!a*b)c*)d)" * 20,
        r"(\b|\B){50}x",
        "(?>(?>(?>(?>(?>(?>(?>(?>a|b)*c)*d)*e)*f)*g)*h)*i)*j",
        "(?!a{1,100}b)c|" * 10,
        "(?=.{1,30}a)" * 6,
    ):
        assert work_on(pattern) < 200_000, pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:a|b)*a(?:a|b){20}",
        "(?=(a|b)*a(a|b){8}c)(?=(a|b)*b(a|b){7}d)",
        "|".join(f"(?<=.{letter}.{{{length}}})x" for length, letter in enumerate("abcdefghijkl")),
        "(?i)" + "abcdefghij" * 50,
        "(?:a?){300}b",
        "|".join(f"{number * 7919 % 100_000:05}" for number in range(700)),
    ],
    ids=["counts", "both", "before", "long", "optional", "words"],
)
def test_what_needs_very_many_states_is_given_up(pattern: str) -> None:
    """The work that an automaton may take is bounded, too: a fraction of a second, and then Python is asked."""
    assert work_on(pattern) < 1_000_000
    assert automaton(pattern) is None


def work_on(pattern: str) -> int:
    """Count what is called to make an automaton, which is no larger than it may be."""
    automaton(r"(?i)\w\d\s")  # what is known of all characters is found once
    automaton.cache_clear()
    work = work_of(partial(automaton, pattern))
    found = automaton(pattern)
    assert found is None or len(found.steps) <= MAX_STEPS + found.count
    return work
