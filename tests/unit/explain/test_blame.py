"""Reports blame what was done: one call of a right trace is changed, and what a report says is never more than that.

And none takes long: what was slow once is counted in calls of functions, the same on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.explain.match import differing
from cmock_py.explain.report import Expectation, Missing, Moved, Unexpected, Wrong, WrongAnswer
from cmock_py.explain.residual import Residuals
from cmock_py.explain.running import unexpected_call
from cmock_py.explain.search import align_parts
from cmock_py.explain.verdict import explain
from cmock_py.explain.work import TOTAL, Work, weight
from cmock_py.lang.limits import GREATEST
from cmock_py.lang.nodes import WILDCARD, AnyTime, Event, Par, Perm, Prefix, Regex, Repeat, Seq, Xalt
from cmock_py.lang.recursion import room_for
from cmock_py.lang.structure import Kind, Part, structure
from cmock_py.trace import Call, Truncated
from tests.seeds import drawn
from tests.work import work_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmock_py.explain.align import Alignment
    from cmock_py.explain.report import Difference
    from cmock_py.lang.nodes import Node

VALUES = 6
COSTS = {Missing: 10, Unexpected: 10, Moved: 20, WrongAnswer: 5}


def an_event(random: Random, names: str) -> Event:
    """Make an event with a value or a wildcard."""
    return Event("m", random.choice(names), (random.choice([*range(VALUES), WILDCARD]),), line=random.randint(1, 99))


def a_language(random: Random, count: int, depth: int, names: str) -> Node:
    """Make a language of about so many events, of every operator."""
    if count <= 1 or depth == 0:
        return Seq(tuple(an_event(random, names) for _ in range(max(1, count))))
    kind = random.choice(["seq", "seq", "seq", "xalt", "par", "perm", "repeat", "prefix", "any"])
    if kind == "repeat":
        least = random.randrange(3)
        return Repeat(a_language(random, count, depth - 1, names), least, random.choice([None, least + 1, least or 1]))
    if kind == "prefix":
        rounds = tuple(an_event(random, names) for _ in range(count))
        return Prefix(rounds, random.randint(0, count))
    if kind == "any":
        return Seq((a_language(random, count - 1, depth - 1, names), AnyTime((an_event(random, names),))))
    parts = []
    while count > 0:
        share = random.randint(1, max(1, count // 2))
        parts.append(a_language(random, share, depth - 1, names))
        count -= share
    return {"seq": Seq, "xalt": Xalt, "par": Par, "perm": Perm}[kind](tuple(parts))


def a_word(random: Random, part: Part) -> list[int]:
    """Draw numbers of events in an order that a part allows."""
    match part.kind:
        case Kind.EMPTY:
            return []
        case Kind.RUN:
            return [*range(part.first, part.first + random.randint(part.least, part.end - part.first))]
        case Kind.XALT:
            return a_word(random, random.choice(part.parts))
        case Kind.REPEAT:
            most = part.least + 2 if part.most is None else min(part.most, part.least + 2)
            return [n for _ in range(random.randint(part.least, most)) for n in a_word(random, part.parts[0])]
        case Kind.ANY:
            free = range(part.parts[1].first, part.parts[1].end)
            return shuffled(random, [a_word(random, part.parts[0]), random.choices(free, k=random.randrange(3))])
    parts = list(part.parts)
    if part.kind is Kind.PREFIX:
        parts = parts[: random.randint(part.least, len(parts))]
    if part.kind is Kind.PERM:
        random.shuffle(parts)
    words = [a_word(random, inner) for inner in parts]
    return shuffled(random, words) if part.kind is Kind.PAR else [n for word in words for n in word]


def shuffled(random: Random, words: Sequence[Sequence[int]]) -> list[int]:
    """Interleave words."""
    order = [k for k, word in enumerate(words) for _ in word]
    random.shuffle(order)
    rest = [iter(word) for word in words]
    return [next(rest[k]) for k in order]


def changed(random: Random, calls: Sequence[Call], names: str) -> tuple[int, list[Call]]:
    """Change one call, and tell what that costs."""
    made = list(calls)
    at = random.randrange(len(made))
    match random.randrange(4):
        case 0:
            cost, made[at] = 5, replace(made[at], args=(VALUES + 5,))
        case 1:
            cost = 10
            made.insert(at, Call(0, "m", random.choice([*names, "other"]), ("x",), (random.randrange(VALUES),)))
        case 2:
            cost = 10
            del made[at]
        case _:
            cost, moved = 20, made.pop(at)
            made.insert(random.randint(0, len(made)), moved)
    return cost, [replace(call, index=i, event=0) for i, call in enumerate(made)]


def first_wrong(residuals: Residuals, events: Sequence[Event], calls: Sequence[Call]) -> int | None:
    """Find the first call that no reading takes, as the check in C does; None where all is right or too much."""
    left = {residuals.start}
    for i, call in enumerate(calls):
        left = {
            after
            for term in left
            for j in residuals.enabled(term)
            if events[j].function == call.function and not differing(events[j], call)
            for after in residuals.after(term, j)
        }
        if not left or len(left) > 400:
            return None if left else i
    return None if any(term.nullable for term in left) else len(calls)


def one_change(seed: int, count: int, depth: int, names: str) -> tuple[int, Alignment] | None:
    """Change a call of a random trace: what that costs, and how the calls are read; None where it is still right."""
    random = Random(seed)
    events, root = structure(a_language(random, count, depth, names))
    word = a_word(random, root)
    if not 0 < len(word) < 1_000:
        return None
    values = [random.randrange(VALUES) if events[j].args[0] is WILDCARD else events[j].args[0] for j in word]
    cost, calls = changed(
        random, [Call(0, "m", events[j].function, ("x",), (x,)) for j, x in zip(word, values, strict=True)], names
    )
    start = first_wrong(Residuals(events, root), events, calls)
    if start is None:
        return None
    language = Expectation(events, root, "t", own=False)
    return cost, align_parts(calls, language, Residuals(events, root), start, over=True)


def cost_of(differences: Sequence[Difference]) -> int:
    """Add up what differences cost."""
    return sum(4 + len(one.arguments) if isinstance(one, Wrong) else COSTS[type(one)] for one in differences)


def test_one_changed_call_of_a_small_language_is_never_told_as_more() -> None:
    """The report names the change, or another explanation that is no longer."""
    seed = drawn()
    found = [(k, case) for k in range(150) if (case := one_change(seed + k, 8, 3, "fg")) is not None]
    more = [seed + k for k, (cost, read) in found if not read.complete or cost_of(read.differences) > cost]
    assert len(found) > 40
    assert more == [], f"seeds {more}"


def test_what_is_called_the_cheapest_reading_is() -> None:
    """Where a language is large a longer explanation may be found, but then it is not called the shortest."""
    seed = drawn()
    found = [(k, case) for k in range(8) if (case := one_change(seed + k, 60, 4, "fghi")) is not None]
    wrong = [seed + k for k, (cost, read) in found if read.is_cheapest and cost_of(read.differences) > cost]
    assert wrong == [], f"seeds {wrong}"


@pytest.mark.slow
def test_one_changed_call_of_a_large_language_is_mostly_told_as_one() -> None:
    """Of a hundred events with six functions, nearly all changes are found among everything else they could be."""
    found = [case for seed in range(60) if (case := one_change(seed, 100, 4, "fghijk")) is not None]
    more = [cost for cost, read in found if cost_of(read.differences) > cost or not read.complete]
    assert len(found) > 30
    assert len(more) * 6 < len(found)


# --- how long ------------------------------------------------------------------------------------------------------


def nested(kind: Any, depth: int) -> Node:
    """Nest one operator; events that say the same come again further in."""
    inner: Node = Event("m", "f0", (0,), line=1)
    for k in range(depth):
        inner = kind((Event("m", f"f{k % 40}", (k % 5,), line=k + 1), inner))
    return inner


def alike(count: int) -> Node:
    """Make a PERM of which many members say the same."""
    return Perm(
        tuple(Seq((Event("m", f"f{k % 40}", (WILDCARD,)), Event("m", f"f{k % 40}", (WILDCARD,)))) for k in range(count))
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "tree", [nested(Perm, 400), nested(Par, 400), alike(5_000)], ids=["nested PERM", "nested PAR", "wide PERM"]
)
@pytest.mark.parametrize("own", [True, False])
def test_reports_of_deep_and_wide_languages_are_bounded_work(tree: Node, *, own: bool) -> None:
    """However little the calls tell: no report is more than about two million calls of functions."""
    events, root = structure(tree, GREATEST)
    language = Expectation(events, root, "t", own=own)
    order = [*range(len(events))]
    Random(1).shuffle(order)
    calls = [
        Call(i, "m", events[j].function, ("x",), (7 if events[j].args[0] is WILDCARD else events[j].args[0],), event=j)
        for i, j in enumerate(order[:4_000])
    ]
    refused = Call(len(calls), "m", "f3", ("x",), (99,))
    with room_for(500):
        assert work_of(lambda: explain("not_expected", calls, language, 20, None)) < 2_000_000
        assert work_of(lambda: unexpected_call(refused, [*calls, refused], language, 0)) < 2_000_000


def test_work_is_shared_by_all_that_a_report_asks() -> None:
    """What is spent is gone for what comes later, and what is not searched in costs nothing."""
    work = Work()
    with work.at_most(TOTAL):
        work.spend(TOTAL)
    with work.at_most(1_000):
        work.spend(1)
        pytest.fail("there was more work than a report may be")
    work.spend(1)
    assert work.done == TOTAL + 2


def test_inner_searches_get_no_more_than_the_outer_has_left() -> None:
    """An inner bound ends what is inside of it; when it is the outer one that is crossed, both end."""
    work, seen = Work(), []
    with work.at_most(10):
        with work.at_most(100):
            work.spend(11)
            seen.append("inner")
        seen.append("between")
        work.spend(1)
        seen.append("outer")
    assert seen == ["between"]


def test_calls_with_large_values_weigh_more() -> None:
    """A buffer weighs as its bytes are looked at: fast as one piece, slowly as a list, and by an expression slowest."""

    def of(value: Any, pattern: Any = WILDCARD) -> int:
        return weight([Call(0, "m", "f", ("x",), (value,))], [Event("m", "f", (pattern,))], 0)

    assert of(7) == 1
    assert 1 < of(bytes(4096)) < of([0] * 4096)
    for text in ("a" * 4096, b"a" * 4096, Truncated("a" * 4096, 9000), ["a" * 4096], {"t": "a" * 4096}):
        assert 4096 < of(text, Regex("a*b")) > of(text)
    assert of({"a": [1] * 64, "b": 2}) > of({"a": [1], "b": 2})


class Counted(list[Call]):
    """A trace of large values that counts how many of them are decoded."""

    looked_at = 0

    def __getitem__(self, index: Any) -> Any:
        self.looked_at += 1
        return super().__getitem__(index)

    def events(self) -> Iterator[int]:
        """Tell the numbers of events without decoding more, as a trace does."""
        yield from range(len(self))


@pytest.mark.parametrize("kind", [Seq, Par])
def test_few_of_many_large_values_are_decoded(kind: Any) -> None:
    """Where a call takes as long to decode as a thousand numbers, only those near a difference are."""
    events, root = structure(kind(tuple(Seq((Event("m", "f", ([k] * 1_000,)),)) for k in range(2_000))))
    calls = Counted(Call(k, "m", "f", ("x",), ([k + (k == 700)] * 1_000,), event=k) for k in range(2_000))
    language = Expectation(events, root if root.parts else None, "t")
    verdict = explain("wrong_argument", calls, language, 700, None, event=700)
    assert "call #701" in verdict.report
    assert calls.looked_at < 700
