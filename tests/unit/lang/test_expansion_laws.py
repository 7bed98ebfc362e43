"""Tags and answer lists against their plainest definition, on random trees: the same words are left."""

from __future__ import annotations

import itertools
import random

import pytest

from cmock_py.errors import LanguageError
from cmock_py.lang.expand import expand
from cmock_py.lang.nodes import AnswerEach, Event, Node, Par, Perm, Prefix, Repeat, Seq, Xalt
from cmock_py.lang.render_tree import render
from cmock_py.lang.walk import inside, map_events, walk, with_inside

SEED = 20261122
Word = tuple[tuple[str, object], ...]


def words(node: Node) -> set[Word]:
    """List all words of a tree that is expanded: calls with their answers."""
    match node:
        case Event(function=function, answer=answer):
            return {((function, answer),)}
        case Seq(items=items):
            return _chained([words(item) for item in items])
        case Xalt(items=items):
            return set().union(*map(words, items))
        case Par(items=items):
            found: set[Word] = {()}
            for item in items:
                found = {mix for left in found for right in words(item) for mix in _mixes(left, right)}
            return found
        case Perm(items=items):
            orders = itertools.permutations([words(item) for item in items])
            return set().union(*map(_chained, orders))
        case Repeat(body=body, least=least, most=most):
            assert most is not None
            return set().union(*(_chained([words(body)] * count) for count in range(least, most + 1)))
        case Prefix(items=items, least=least):
            return set().union(*(_chained(map(words, items[:count])) for count in range(least, len(items) + 1)))
    raise AssertionError(node)


def _chained(parts: object) -> set[Word]:
    found: set[Word] = {()}
    for part in parts:  # type: ignore[attr-defined]
        found = {left + right for left in found for right in part}
    return found


def _mixes(left: Word, right: Word) -> set[Word]:
    if not left or not right:
        return {left + right}
    return {(left[0], *rest) for rest in _mixes(left[1:], right)} | {
        (right[0], *rest) for rest in _mixes(left, right[1:])
    }


def tagged_tree(rng: random.Random, depth: int) -> Node:
    """Make a random tree with choices of two tags of two ways each."""
    if depth == 0 or rng.random() < 0.25:
        return Event("", rng.choice("abc"))
    items = [tagged_tree(rng, depth - 1) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        return Xalt((items[0], items[-1]), rng.choice("tu"))
    operator = rng.choice([Seq, Seq, Xalt, Par, Perm, Repeat])
    return Repeat(items[0], 0, 2) if operator is Repeat else operator(tuple(items))


def gone(node: Node, ways: dict[str, int]) -> Node:
    """Replace every tagged choice by the way it goes."""
    if isinstance(node, Event):
        return node
    if isinstance(node, Xalt) and node.tag is not None:
        return gone(node.items[ways[node.tag]], ways)
    return with_inside(node, [gone(item, ways) for item in inside(node)])


def is_small(tree: Node) -> bool:
    """Whether all words of a tree can be listed."""
    return sum(isinstance(node, Event) for node in walk(tree)) <= 7


def test_a_run_goes_one_way_for_each_tag() -> None:
    """The words of a language with tags are those of all its ways together, and no others."""
    rng = random.Random(SEED)
    seen = 0
    for number in range(1500):
        tree = tagged_tree(rng, 3)
        if not is_small(tree) or not any(isinstance(node, Xalt) and node.tag for node in walk(tree)):
            continue
        seen += 1
        ways = (gone(tree, {"t": t, "u": u}) for t in range(2) for u in range(2))
        assert words(expand(tree)) == set().union(*map(words, ways)), f"seed {SEED}, {number}: {render(tree)}"
    assert seen > 200


def listed_tree(rng: random.Random, depth: int, count: int) -> Node:
    """Make a random body of a repetition, some of whose calls list answers."""
    if depth == 0 or rng.random() < 0.3:
        answer = AnswerEach(tuple(range(count))) if rng.random() < 0.5 else "same"
        return Event("", rng.choice("ab"), answer=answer)
    items = tuple(listed_tree(rng, depth - 1, count) for _ in range(rng.randint(1, 2)))
    operator = rng.choice([Seq, Xalt, Par, Perm, Repeat])
    return Repeat(items[0], 0, 1) if operator is Repeat else operator(items)


def in_round(body: Node, number: int) -> set[Word]:
    """List the words of one round: at least one call, with the answers of that round."""

    def answered(event: Event) -> Event:
        return event._replace(answer=number) if isinstance(event.answer, AnswerEach) else event

    return words(map_events(body, answered)) - {()}


def test_a_round_takes_the_answer_of_its_number() -> None:
    """The words of a repetition with answer lists are its rounds one after the other, none of them empty."""
    rng = random.Random(SEED)
    seen = empty = 0
    for number in range(1500):
        count = rng.randint(1, 3)
        body = listed_tree(rng, 2, count)
        least = rng.randint(0, count)
        if not is_small(body) or not any(isinstance(e, Event) and isinstance(e.answer, AnswerEach) for e in walk(body)):
            continue
        seen += 1
        most = count if count > 1 and rng.random() < 0.5 else None
        may_be_empty = () in words(map_events(body, lambda event: event._replace(answer=0)))
        empty += may_be_empty
        rounds = [in_round(body, index) for index in range(count)]
        wanted = set().union(*(_chained(rounds[:end]) for end in range(0 if may_be_empty else least, count + 1)))
        tree = Repeat(body, least, most)
        assert words(expand(tree)) == wanted, f"seed {SEED}, {number}: {render(tree)}"
    assert seen > 300
    assert empty > 50


def test_without_a_repetition_a_call_comes_as_often_as_it_has_answers() -> None:
    """Also inside of operators that do not repeat."""
    read = Event("", "f", answer=AnswerEach((1, 2)))
    assert words(expand(Par((read, Event("", "g"))))) == words(
        Par((Seq((read._replace(answer=1), read._replace(answer=2))), Event("", "g")))
    )
    with pytest.raises(LanguageError, match="each lists no answer"):
        expand(Event("", "f", answer=AnswerEach(())))
