"""Names that ``?n`` binds: where they are known, and that different ones never meet."""

from __future__ import annotations

import random
import time

import pytest

from cmock_py.errors import LanguageError
from cmock_py.lang.expand import expand
from cmock_py.lang.nodes import Bind, Event, Name, Node, Par, Perm, Repeat, Seq, Xalt
from cmock_py.lang.parse import parse
from cmock_py.lang.scope import resolve
from cmock_py.lang.walk import walk


def named(text: str) -> str:
    """List what binds and what is used in each event of a text, resolved."""
    found = []
    for event in walk(resolve(expand(parse(text)))):
        if isinstance(event, Event) and (event.args or event.answer is not None):
            args = [f"?{arg.name}" if isinstance(arg, Bind) else getattr(arg, "name", "") for arg in event.args]
            answer = [event.answer.name] if isinstance(event.answer, Name) else []
            found.append("".join([*args, *answer]))
    return " ".join(found)


def test_a_tree_without_binders_is_returned_as_it_is() -> None:
    """Nothing is copied, and names are left to the headers."""
    tree = parse("f(n, 4) PAR[ g([n]) ] h(> n)")
    assert resolve(tree) is tree


def test_many_names_take_linear_time() -> None:
    """Each of twenty thousand sequences binds a name and uses it."""
    tree = Seq(
        tuple(Seq((Event("m", "f", (Bind(f"n{k}"),)), Event("m", "g", (Name(f"n{k}"),)))) for k in range(20_000))
    )
    begin = time.process_time()
    assert resolve(tree) == tree
    assert time.process_time() - begin < 2  # as the square it takes over 4 s


SCOPES = [
    ("f(?n) g(n) h(n)", "?n n n"),
    ("f(?n) SEQ[ g(n) PAR[ h(n) ] ] g(n)", "?n n n n"),
    ("SEQ[ f(?n) ] g(n)", "?n n"),
    ("f(?n) g(n) f(?n) g(n)", "?n n ?n'2 n'2"),
    ("f(?n) -> n f(?n) -> n", "?nn ?n'2n'2"),
    ("f(?n) f(?n, n)", "?n ?n'2n"),
    ("PAR[ SEQ[ f(?n) g(n) ] SEQ[ f(?n) g(n) ] ]", "?n n ?n'2 n'2"),
    ("PAR[ f(?n) h() ] g(n)", "?n n"),
    ("PERM[ f(?n) f(?m) ] g(n, m)", "?n ?m nm"),
    ("XALT[ f(?n) SEQ[ f(?n) f(?n) ] ] g(n)", "?n ?n'2 ?n n"),
    ("f(?n) XALT[ g(n) SEQ[ f(?n) g(n) ] ]", "?n n ?n'2 n'2"),
    ("f(?n) PAR[ SEQ[ f(?n) g(n) ] g(n) ]", "?n ?n'2 n'2 n"),
    ("REPLICATE[ f(?n) g(n) ] f(?n) g(n)", "?n n ?n'2 n'2"),
    ("REPEAT(1)[ f(?n) ] g(n)", "?n n"),
    ("f(?n) ANY[ h(?m) -> m ] g(n)", "?n ?mm n"),
    ("f(?n) SEQ[ ANY[ h(n) ] g(n) ]", "?n n n"),
    ("lang d() [ f(?n) g(n) ] do d() do d() f(?n) g(n)", "?n'1 n'1 ?n'2 n'2 ?n n"),
    ("lang d(x) = f(?x) do d(n) g(n)", "?n n"),
    ("XALT(t)[ f(?n) h() ] XALT(t)[ g(n) h() ]", "?n n"),
    ("REPEAT(2)[ f(?n) g(n) -> each [1, 2] ]", "?n n ?n'2 n'2"),
    ("f(?n) g(MAX)", "?n MAX"),
    ("f({x: [?n]}) g(n)", " n"),
]


@pytest.mark.parametrize(("text", "names"), SCOPES, ids=[text for text, _ in SCOPES])
def test_a_name_is_known_in_what_follows(text: str, names: str) -> None:
    """Each use means the binder that must have come before; binders that could meet have different names."""
    assert named(text) == names


FAULTS = [
    ("g(n) f(?n)", "1:1: n is not bound here; ?n stands at language:1:6"),
    ("f(?n, n)", "1:1: n is bound by this very call"),
    ("f(?n, ?n)", "1:1: ?n is there twice in one call"),
    ("PAR[ f(?n) g(n) ]", "1:12: n is not bound here; ?n stands at language:1:6"),
    ("PERM[ g(n) f(?n) ]", "1:7: n is not bound here; ?n stands at language:1:12"),
    ("OPTIONAL[ f(?n) ] g(n)", "1:19: n may be unbound here: what binds it is optional, at language:1:1"),
    ("XALT[ f(?n) h() ] g(n)", "1:19: n may be unbound here: not every alternative of the choice at language:1:1 binds it"),
    ("f(?n) XALT[ f(?n) h() ] g(n)", "1:25: n may be unbound here: not every alternative of the choice at language:1:7 binds it"),
    ("REPEAT(2)[ f(?n) ] g(n)", "1:20: n is bound anew in each round of the repetition at language:1:1"),
    ("REPEAT(2)[ g(n) f(?n) ]", "1:12: n is not bound here; ?n stands at language:1:17"),
    ("REPEAT(2)[ f(?n) -> each [1, 2] ] g(n)", "1:35: n is bound anew in each round of the repetition at language:1:1"),
    ("PAR[ f(?n) f(?n) ] g(n)", "1:20: n could be one of several here: branches of PAR at language:1:1 bind it"),
    ("ANY[ f(?n) ] g(n)", "1:14: n may be unbound here: a call of ANY at language:1:1 binds it"),
    ("f(?n) ANY[ h(n) ]", "1:12: n may be unbound here: calls of ANY may come before ?n"),
    ("PAR[ f(?n) g(*errno = n) ]", "1:12: n is not bound here; ?n stands at language:1:6"),
    ("n = f() g(?n)", "1:9: ?n binds what is the name of a handle already, at language:1:1"),
    ("XALT(t)[ f(?n) h() ] XALT(t)[ h() g(n) ]", "1:35: n is not bound here; ?n stands at language:1:10"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=[text for text, _ in FAULTS])
def test_a_name_that_may_be_unbound_is_refused(text: str, message: str) -> None:
    """With the place of its binder and why it need not have come."""
    with pytest.raises(LanguageError) as caught:
        resolve(expand(parse(text)))
    assert [f"{fault.path}: {fault.message}" for fault in caught.value.faults] == [f"language:{message}"]


def test_a_slip_of_the_pen_is_guessed() -> None:
    """Of the names that are known here, the nearest is named; all faults are told at once."""
    with pytest.raises(LanguageError) as caught:
        resolve(parse("f(?length) PAR[ g(lenght) h(?lenght) ] g(lenght, lenght2) PAR[ h(?lenght2) ]"))
    assert [fault.hint for fault in caught.value.faults] == [
        "did you mean 'length'?",
        "did you mean 'lenght'?",
    ]


# --- an oracle ------------------------------------------------------------------------------------------------------


def tree_of(rng: random.Random, depth: int) -> Node:
    """Make a random tree of calls that bind and use two names."""
    if depth == 0 or rng.random() < 0.3:
        name = rng.choice("nm")
        return Event("", "f", (Bind(name) if rng.random() < 0.5 else Name(name),))
    items = tuple(tree_of(rng, depth - 1) for _ in range(rng.randint(1, 3)))
    return rng.choice(
        [Seq(items), Seq(items), Xalt(items), Par(items), Perm(items), Repeat(items[0], 0, 2), Repeat(items[0], 2, 2)]
    )


def runs(node: Node) -> list[list[Event]]:
    """List all orders in which the calls of a tree can come."""
    match node:
        case Event():
            return [[node]]
        case Seq(items=items):
            return _concatenated(items)
        case Xalt(items=items):
            return [run for item in items for run in runs(item)]
        case Perm(items=items):
            return [
                before + after
                for index, item in enumerate(items)
                for before in runs(item)
                for after in runs(Perm(items[:index] + items[index + 1 :]))
            ] or [[]]
        case Par(items=items):
            shuffled: list[list[Event]] = [[]]
            for item in items:
                shuffled = [mix for run in runs(item) for known in shuffled for mix in _mixes(known, run)]
            return shuffled
        case Repeat(body=body, least=least, most=most):
            assert most is not None
            return [run for count in range(least, most + 1) for run in _concatenated((body,) * count)]
    raise AssertionError(node)


def _concatenated(items: tuple[Node, ...]) -> list[list[Event]]:
    found: list[list[Event]] = [[]]
    for item in items:
        found = [before + after for before in found for after in runs(item)]
    return found


def _mixes(left: list[Event], right: list[Event]) -> list[list[Event]]:
    if not left or not right:
        return [left + right]
    return [[left[0], *rest] for rest in _mixes(left[1:], right)] + [
        [right[0], *rest] for rest in _mixes(left, right[1:])
    ]


def test_what_is_accepted_never_meets_an_unbound_name() -> None:
    """Whatever order the calls come in, each use finds its binder before it, the one it means by its place."""
    seed = 20261122
    rng = random.Random(seed)
    accepted = 0
    for number in range(3000):
        tree = tree_of(rng, 2)
        try:
            resolved = resolve(tree)
        except LanguageError:
            continue
        bound_anywhere = {arg.name for arg in arguments(tree) if isinstance(arg, Bind)}
        orders = runs(resolved)
        if len(orders) > 2000 or not bound_anywhere:
            continue
        accepted += 1
        for order in orders:
            bound: set[str] = set()
            for arg in map(only_argument, order):
                if isinstance(arg, Bind):
                    bound.add(arg.name)
                elif arg.name.partition("'")[0] in bound_anywhere:
                    assert arg.name in bound, f"seed {seed}, language {number}: {tree}"
    assert accepted > 300


def only_argument(event: Event) -> Bind | Name:
    """Return the argument of a call that has one."""
    (arg,) = event.args
    assert isinstance(arg, (Bind, Name))
    return arg


def arguments(tree: Node) -> list[Bind | Name]:
    """List the arguments of all calls."""
    return [only_argument(event) for event in walk(tree) if isinstance(event, Event)]
