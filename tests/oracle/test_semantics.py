"""The definition of the language: its words, the laws of its operators, and the theorems that reports rely on."""

from __future__ import annotations

import contextlib
import itertools
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cmock_py.host.arena import Reason
from cmock_py.lang.nodes import WILDCARD, AnyTime, Empty, Event, Node, Par, Perm, Prefix, Repeat, Seq, Xalt
from cmock_py.lang.render_tree import render
from cmock_py.lang.residuals import meaning
from cmock_py.lang.semantics import check, steps
from cmock_py.lang.taking import checking, running
from tests.oracle import languages
from tests.oracle.automaton import Automaton, TooWide
from tests.oracle.words import words
from tests.seeds import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmock_py.lang.semantics import Step
    from tests.oracle.automaton import State

LONGEST = 4
SEED = drawn()
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


# --- laws ------------------------------------------------------------------------------------------------------------


def three(rng: random.Random) -> tuple[Node, Node, Node]:
    """Draw three languages."""
    return bare(rng), bare(rng), bare(rng)


def any_of(node: Node) -> AnyTime:
    """Let a function be free."""
    return AnyTime((Event("m", meaning(node).events[0].function),)) if meaning(node).events else AnyTime(())


LAWS = {
    "SEQ is associative": lambda a, b, c: (Seq((Seq((a, b)), c)), Seq((a, Seq((b, c))))),
    "EMPTY changes no SEQ": lambda a, b, c: (Seq((a, Empty(), b)), Seq((a, b))),
    "EMPTY changes no PAR": lambda a, b, c: (Par((a, Empty())), a),
    "EMPTY changes no PERM": lambda a, b, c: (Perm((a, Empty(), b)), Perm((a, b))),
    "XALT is commutative": lambda a, b, c: (Xalt((a, b)), Xalt((b, a))),
    "XALT is associative": lambda a, b, c: (Xalt((a, Xalt((b, c)))), Xalt((Xalt((a, b)), c))),
    "XALT of two alike is one": lambda a, b, c: (Xalt((a, a)), a),
    "PAR is commutative": lambda a, b, c: (Par((a, b)), Par((b, a))),
    "PAR is associative": lambda a, b, c: (Par((a, Par((b, c)))), Par((Par((a, b)), c))),
    "SEQ distributes over XALT": lambda a, b, c: (Seq((Xalt((a, b)), c)), Xalt((Seq((a, c)), Seq((b, c))))),
    "PERM is a choice of orders": lambda a, b, c: (
        Perm((a, b, c)),
        Xalt(tuple(Seq(order) for order in itertools.permutations((a, b, c)))),
    ),
    "OPTIONAL is a choice with EMPTY": lambda a, b, c: (Repeat(a, 0, 1), Xalt((a, Empty()))),
    "REPEAT expands": lambda a, b, c: (Repeat(a, 1, 3), Seq((a, Repeat(a, 0, 2)))),
    "REPLICATE expands": lambda a, b, c: (Repeat(a, 0, None), Repeat(Seq((a, Repeat(a, 0, None))), 0, 1)),
    "AT_LEAST is a number and REPLICATE": lambda a, b, c: (Repeat(a, 2, None), Seq((a, a, Repeat(a, 0, None)))),
    "ANY twice is ANY once": lambda a, b, c: (Seq((any_of(a), b, any_of(a))), Seq((b, any_of(a)))),
    "ANY stands anywhere in its sequence": lambda a, b, c: (Seq((any_of(c), a, b)), Seq((a, any_of(c), b))),
    "ANY runs beside its sequence": lambda a, b, c: (
        Seq((any_of(c), a, b)),
        Par((Seq((a, b)), Repeat(Xalt(any_of(c).items or (Empty(),)), 0, None))),
    ),
}


@pytest.mark.parametrize("law", LAWS)
def test_law(law: str) -> None:
    """Both sides of each law accept the same words."""
    for seed, rng in seeds(25):
        left, right = LAWS[law](*three(rng))
        assert accepted(left, 3) == accepted(right, 3), f"seed {seed}:\n{render(left)}"


# --- theorems --------------------------------------------------------------------------------------------------------


def counted(count: int, body: Callable[[random.Random, Node, Automaton], int], policy: str = "error") -> int:
    """Draw languages of all kinds, with the calls that are tried on them; add up what a property has met."""
    total = 0
    for seed, rng in seeds(count):
        tree = languages.language(rng, rng.choice(languages.SMALL))[1]
        calls = languages.calls(rng, meaning(tree).events)
        with contextlib.suppress(TooWide):
            try:
                total += body(rng, tree, Automaton(tree, calls, languages.is_matched, policy))
            except AssertionError as error:
                error.add_note(f"seed {seed}")
                raise
    return total


def test_what_a_check_accepts_was_never_refused() -> None:
    """Theorem 1: as long as the check has a path, a call that it could take next is not unexpected for the run."""

    def compared(rng: random.Random, _tree: Node, automaton: Automaton) -> int:
        compared = 0
        for _ in range(6):
            run, checked = automaton.start, automaton.check_start
            for _ in range(10):
                for number in range(len(automaton.calls)):
                    outcome, can = automaton.step(run, number), bool(possible(automaton, checked, number))
                    assert outcome.reason != Reason.UNEXPECTED or not can, f"{automaton.calls[number]}"
                    compared += can
                number = automaton.choose(run, rng)
                outcome = automaton.step(run, number)
                following = None if outcome.reason else automaton.check(checked, number, outcome)
                if following is None:
                    break
                run, checked = outcome.then, following
        return compared

    assert counted(80, compared) > 500


def possible(automaton: Automaton, state: State, number: int) -> list[Step]:
    """List the steps with all arguments, whatever is answered."""
    take = checking(replace(automaton.calls[number], answer=WILDCARD, event=0))
    return [step for term in state.residuals for step in steps(term, take, automaton.meaning.constants)]


def test_deciding_by_arguments_changes_no_verdict() -> None:
    """Theorem 3: of the steps that arguments rule out, none is on a path of the check."""

    def decided(rng: random.Random, _tree: Node, automaton: Automaton) -> int:
        decided = 0
        for _ in range(5):
            run, checked = automaton.start, automaton.check_start
            for _ in range(12):
                number = automaton.choose(run, rng)
                outcome = automaton.step(run, number)
                following = None if outcome.reason else automaton.check(checked, number, outcome)
                if following is None:
                    break
                take = running(automaton.calls[number], languages.is_matched)
                found = [step for term in run.residuals for step in steps(term, take, automaton.meaning.constants)]
                assert following.residuals <= frozenset(step.left for step in found if step.taken.exact)
                decided += len({repr(step.taken.answer) for step in found}) > 1
                run, checked = outcome.then, following
        return decided

    assert counted(150, decided) > 0


def test_strict_allows_no_more_than_the_default() -> None:
    """What `strict` answers, the default answers in the same way: it only refuses more."""

    def answered(rng: random.Random, tree: Node, strict: Automaton) -> int:
        default = Automaton(tree, strict.calls, languages.is_matched)
        a, b = strict.start, default.start
        for count in range(15):
            number = strict.choose(a, rng)
            one, other = strict.step(a, number), default.step(b, number)
            if one.reason:
                return count
            assert one.expected == other.expected
            a, b = one.then, other.then
        return 15

    assert counted(150, answered, "strict") > 0


def test_first_answers_whatever_the_default_answers() -> None:
    """With "first", a call that fits is answered as by default, and one that is ambiguous is answered as well."""

    def ambiguous(rng: random.Random, tree: Node, default: Automaton) -> int:
        first = Automaton(tree, default.calls, languages.is_matched, "first")
        a, b = default.start, first.start
        for _ in range(15):
            number = default.choose(a, rng)
            one, other = default.step(a, number), first.step(b, number)
            if one.reason == Reason.AMBIGUOUS:
                assert other.reason == Reason.NO_STOP
                return 1
            if one.is_tied:
                break
            assert one.expected == other.expected
            a, b = one.then, other.then
        return 0

    assert counted(250, ambiguous) > 0


def test_a_long_sequence_does_not_recurse() -> None:
    """Ten thousand events in a row, and thousands that may stay away, are stepped without recursion on their number."""
    event = Event("m", "f", (), 1)
    calls = [checking(languages.Call(0, "m", "f", (), (), 1, 0))] * 10_000
    assert check(meaning(Seq((event,) * 10_000)).term, calls, {}) == (10_000, True)
    optional = Seq((*(Repeat(Event("m", "g"), 0, 1),) * 10_000, event))
    assert check(meaning(optional).term, calls[:1], {}) == (1, True)
    assert check(meaning(Prefix((event,) * 10_000, 0)).term, calls, {}) == (10_000, True)
