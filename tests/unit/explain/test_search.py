"""`explain.search`, `residual` and `replay`: the cheapest reading of calls, checked against all words of a language."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.explain.align import Alignment
from cmock_py.explain.match import differing
from cmock_py.explain.pairing import Pairing
from cmock_py.explain.render import check_report
from cmock_py.explain.replay import bindings, is_followed, replay, replay_loosely
from cmock_py.explain.report import Difference, Expectation, Missing, Moved, Unexpected, Wrong, WrongAnswer
from cmock_py.explain.residual import Residuals
from cmock_py.explain.running import unexpected_call
from cmock_py.explain.search import Budget, Search, align_parts
from cmock_py.explain.situation import residuals_of
from cmock_py.explain.stop import stop_message
from cmock_py.explain.verdict import explain
from cmock_py.lang.nodes import WILDCARD, AnyTime, Bind, Empty, Event, Name, Par, Perm, Prefix, Repeat, Seq, Xalt
from cmock_py.lang.structure import Kind, Part, structure
from cmock_py.trace import Call, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmock_py.lang.nodes import Node

Word = tuple[int, ...]


def random_language(random: Random, events: int, depth: int = 3) -> Node:
    """Make a language of at most so many events, of every operator."""
    if events <= 1 or depth == 0:
        return _event(random)
    kind = random.choice(["seq", "seq", "seq", "xalt", "par", "perm", "repeat", "repeat", "prefix", "any", "empty"])
    if kind == "empty":
        return Empty()
    if kind == "repeat":
        least = random.randrange(3)
        return Repeat(
            random_language(random, min(events, 3), depth - 1), least, random.choice([None, least + 1, least or 1])
        )
    if kind == "prefix":
        rounds = [Seq((_event(random), random_language(random, 1, depth - 1))) for _ in range(events // 2)]
        return Prefix(tuple(rounds), random.randint(0, len(rounds)))
    if kind == "any":
        return Seq((random_language(random, events - 1, depth - 1), AnyTime((_event(random),))))
    parts = []
    while events > 0:
        share = random.randint(1, events)
        parts.append(random_language(random, share, depth - 1))
        events -= share
    return {"seq": Seq, "xalt": Xalt, "par": Par, "perm": Perm}[kind](tuple(parts))


def _event(random: Random) -> Event:
    argument = random.choice([0, 1, WILDCARD])
    return Event("m", random.choice("fgh"), (argument,), line=random.randint(1, 99))


def random_calls(random: Random, events: Sequence[Event], word: Sequence[int], changes: int) -> list[Call]:
    """Make the calls of a word, with so many random changes."""
    made: list[tuple[str, Any, int]] = []
    for number in word:
        event = events[number]
        made.append((event.function, random.randrange(2) if event.args[0] is WILDCARD else event.args[0], number))
    for _ in range(changes):
        place = random.randint(0, len(made))
        match random.randrange(3):
            case 0:
                made.insert(place, (random.choice("fgh"), random.randrange(2), random.randrange(max(1, len(events)))))
            case 1 if place < len(made):
                del made[place]
            case 2 if place < len(made):
                made[place] = (made[place][0], 1 - made[place][1], made[place][2])
    return [Call(k, "m", function, ("x",), (x,), event=number) for k, (function, x, number) in enumerate(made)]


def words(part: Part, longest: int) -> set[Word]:
    """List all words of a language up to a length."""
    match part.kind:
        case Kind.EMPTY:
            return {()}
        case Kind.RUN:
            ends = range(part.first + part.least, part.end + 1)
            return {tuple(range(part.first, end)) for end in ends if end - part.first <= longest}
        case Kind.XALT:
            return {word for inner in part.parts for word in words(inner, longest)}
        case Kind.SEQ:
            return _sequences([words(inner, longest) for inner in part.parts], longest)
        case Kind.PREFIX:
            rounds = [words(inner, longest) for inner in part.parts]
            return set().union(*(_sequences(rounds[:end], longest) for end in range(part.least, len(rounds) + 1)))
        case Kind.PAR:
            return _shuffles([words(inner, longest) for inner in part.parts], longest)
        case Kind.PERM:
            return _permuted([words(inner, longest) for inner in part.parts], longest)
        case Kind.REPEAT:
            return _repeated(words(part.parts[0], longest), part.least, part.most, longest)
    free = _repeated({(number,) for number in range(part.parts[1].first, part.parts[1].end)}, 0, None, longest)
    return _shuffles([words(part.parts[0], longest), free], longest)


def _sequences(parts: list[set[Word]], longest: int) -> set[Word]:
    found: set[Word] = {()}
    for part in parts:
        found = {one + other for one, other in product(found, part) if len(one + other) <= longest}
    return found


def _shuffles(parts: list[set[Word]], longest: int) -> set[Word]:
    found: set[Word] = {()}
    for part in parts:
        pairs = [(one, other) for one, other in product(found, part) if len(one) + len(other) <= longest]
        found = {word for one, other in pairs for word in _shuffled(one, other)}
    return found


def _shuffled(one: Word, other: Word) -> Iterator[Word]:
    if not one or not other:
        yield one + other
        return
    yield from (one[:1] + rest for rest in _shuffled(one[1:], other))
    yield from (other[:1] + rest for rest in _shuffled(one, other[1:]))


def _permuted(parts: list[set[Word]], longest: int) -> set[Word]:
    if not parts:
        return {()}
    found: set[Word] = set()
    for k, part in enumerate(parts):
        found |= _sequences([part, _permuted(parts[:k] + parts[k + 1 :], longest)], longest)
    return found


def _repeated(body: set[Word], least: int, most: int | None, longest: int) -> set[Word]:
    found: set[Word] = set()
    now: set[Word] = {()}
    rounds = 0
    while now and (most is None or rounds <= most) and rounds <= longest + least:
        if rounds >= least:
            found |= now
        now = _sequences([now, body], longest)
        rounds += 1
    return found


def structured(tree: Node) -> tuple[list[Event], Part]:
    """Find the structure of a language; each event has its number as line."""
    events, root = structure(tree)
    return [event._replace(line=number + 1) for number, event in enumerate(events)], root


def pair_cost(event: Event, call: Call) -> int | None:
    """What it costs to read a call as an event, None when that cannot be."""
    if (event.module, event.function) != (call.module, call.function):
        return None
    wrong = len(differing(event, call))
    return 4 + wrong if wrong else 0


def distance(events: Sequence[Event], word: Word, calls: Sequence[Call], *, over: bool) -> int:
    """The least cost of reading calls as a word, or as any beginning of it when the SUT was stopped."""
    above = [10 * j for j in range(len(word) + 1)]
    for call in calls:
        row = [above[0] + 10]
        for j, number in enumerate(word):
            pair = pair_cost(events[number], call)
            ways = [row[j] + 10, above[j + 1] + 10]
            row.append(min(ways if pair is None else [*ways, above[j] + pair]))
        above = row
    return above[-1] if over else min(above)


LONGEST = 7
EXACT = Budget(beam=10**9, exact=10**9)
BEAM = Budget(exact=0)


def read(
    events: Sequence[Event], root: Part, calls: Sequence[Call], *, over: bool = True, budget: Budget = EXACT
) -> Alignment:
    """Read calls as a language that others answered."""
    residuals = Residuals(events, root)
    pairing = Pairing(calls, Expectation(events, root, own=False), answers=False)
    return Search(residuals, pairing, calls, over=over).read(0, [(residuals.start, ())], budget)


def cost_of(differences: Sequence[Difference]) -> int:
    """Add up what listed differences cost; a moved call was two of them."""
    total = 0
    for difference in differences:
        match difference:
            case Wrong(_, _, arguments):
                total += 4 + len(arguments)
            case Moved():
                total += 20
            case Unexpected() | Missing():
                total += 10
    return total


@pytest.mark.parametrize("seed", range(200))
def test_exact_search_finds_the_least_cost(seed: int) -> None:
    """No word of the language is nearer to the calls, and the listed differences cost what the reading says."""
    random = Random(seed)
    events, root = structured(random_language(random, 5))
    found = sorted(words(root, LONGEST))  # never empty: at most five events
    calls = random_calls(random, events, random.choice(found), random.randrange(4))[:5]
    over = random.random() < 0.7
    reading = read(events, root, calls, over=over)
    least = min(distance(events, word, calls, over=over) for word in found)
    assert reading.cost == least, (events, root, calls)
    assert cost_of(reading.differences) == least


@pytest.mark.parametrize("seed", range(300, 400))
def test_beam_agrees_about_pass_and_fail(seed: int) -> None:
    """What is too large for the exact search is read nearly as well, and never taken for right when it is wrong."""
    random = Random(seed)
    events, root = structured(random_language(random, 8, 4))
    found = sorted(words(root, 6))
    if not found:
        return
    calls = random_calls(random, events, random.choice(found), random.randrange(4))
    exact, beam = read(events, root, calls), read(events, root, calls, budget=BEAM)
    assert (beam.cost == 0) == (exact.cost == 0)
    assert beam.cost == cost_of(beam.differences)


def test_beam_is_nearly_always_as_cheap_as_can_be() -> None:
    """In at least 95 of 100 random languages nothing cheaper exists."""
    best = tried = 0
    for seed in range(1000, 1300):
        random = Random(seed)
        events, root = structured(random_language(random, 8, 4))
        found = sorted(words(root, 6))
        if found:
            calls = random_calls(random, events, random.choice(found), 3)
            tried += 1
            best += read(events, root, calls).cost == read(events, root, calls, budget=BEAM).cost
    assert best >= 0.95 * tried > 200


@pytest.mark.parametrize("seed", range(100))
def test_replay_finds_what_stepping_finds(seed: int) -> None:
    """The numbers of events that answered lead to what is left, and the shortest way from there is a way to the end."""
    random = Random(seed)
    events, root = structured(random_language(random, 9, 4))
    found = sorted(words(root, 6))
    if not found:
        return
    word = random.choice(found)
    word = word[: random.randint(0, len(word))]
    residuals = Residuals(events, root)
    now = {residuals.start}
    for number in word:
        now = {left for term in now for left in residuals.after(term, number)}
    assert set(replay(residuals, word)) & now
    for term in now:
        rest = list(residuals.completion(term))
        assert len(rest) == residuals.shortest(term)
        ends = {term}
        for number in rest:
            ends = {left for end in ends for left in residuals.after(end, number)}
        assert any(end.nullable for end in ends)


@pytest.mark.parametrize("seed", range(60))
def test_explaining_survives_any_calls(seed: int) -> None:
    """Whatever was called, and whatever the check says of it, words are found, within the budget of work."""
    random = Random(seed)
    events, root = structured(random_language(random, 30, 6))
    numbers = [random.choice([None, *range(len(events))]) for _ in range(random.randrange(60))]
    calls = [Call(k, "m", random.choice("fghz"), ("x",), (k % 3,), event=number) for k, number in enumerate(numbers)]
    language = Expectation(events, root, "t", own=random.random() < 0.7)
    outcome = random.choice(["not_expected", "wrong_argument", "wrong_answer", "missing", "incomplete"])
    start = random.randint(0, len(calls)) if outcome == "missing" else random.randrange(max(1, len(calls)))
    said = (
        [explain(outcome, calls, language, start, None, event=random.randrange(max(1, len(events)))).report]
        if calls
        else []
    )
    refused = Call(len(calls), "m", random.choice("fz"), ("x",), (1,))
    said.append(unexpected_call(refused, calls, language, 0))
    said.append(
        explain("not_expected", [*calls, refused], language, len(calls), Stop("unexpected", call=len(calls))).report
    )
    said.append(stop_message(Stop("ambiguous", events=(0, len(events) - 1)), calls, language, 0) if events else "")
    said.append(stop_message(Stop("too_ambiguous", events=(0,), limit=9), calls, language, 0) if events else "")
    for report in said:
        assert "explaining failed" not in report
        assert len(report.splitlines()) <= 40


def test_work_is_bounded() -> None:
    """A search ends when its budget is used up, and says where."""
    branch = Seq(tuple(Event("m", "fg"[k % 2], (k % 5,)) for k in range(60)))
    events, root = structured(Par((branch,) * 12))
    calls = [Call(k, "m", "fgh"[k % 3], ("x",), (7,), event=k) for k in range(400)]
    residuals = Residuals(events, root)
    pairing = Pairing(calls, Expectation(events, root, own=False), answers=False, work=residuals.work)
    found = Search(residuals, pairing, calls, over=True).read(
        0, [(residuals.start, ())], Budget(beam=20_000, exact=5_000)
    )
    assert not found.complete
    assert 0 < found.calls_end < 400
    assert residuals.work.done <= 25_000 + 1_000


def test_language_of_very_many_parts_is_not_followed() -> None:
    """Then the report shows the calls around the failure, and says that it did not look further."""
    events, root = structured(Seq(tuple(Xalt((Event("m", "f", (k,)), Event("m", "g"))) for k in range(30_000))))
    assert not is_followed(root)
    calls = [Call(k, "m", "f", ("x",), (k if k < 500 else -1,), event=2 * k) for k in range(600)]
    found = align_parts(calls, Expectation(events, root, "t"), Residuals(events, root), 500, over=True)
    assert not found.complete
    verdict = explain("wrong_argument", calls, Expectation(events, root, "t"), 500, None, event=1000)
    assert verdict.report.startswith("FAILED  a call was made with the wrong argument")
    assert "calls after #501 were not compared one by one" in verdict.report


def test_calls_before_the_first_difference_are_replayed() -> None:
    """Of 20000 calls only those near the difference are decoded and compared."""
    tree = Seq(
        (Event("m", "o"), Repeat(Xalt((Event("m", "f", (1,)), Event("m", "g", (1,)))), 0, None), Event("m", "c"))
    )
    events, root = structured(tree)
    numbers = [0, *(1 + k % 2 for k in range(20_000)), 3]
    calls = [
        Call(k, "m", events[n].function, ("x",)[: len(events[n].args)], events[n].args, event=n)
        for k, n in enumerate(numbers)
    ]
    calls[19_990] = Call(19_990, "m", calls[19_990].function, ("x",), (5,), event=numbers[19_990])
    verdict = explain("wrong_argument", calls, Expectation(events, root, "t"), 19_990, None)
    assert [type(difference) for difference in verdict.differences] == [Wrong]
    assert verdict.complete
    assert "... 19988 calls as expected" in verdict.report


def test_names_have_the_values_that_calls_bound() -> None:
    """A use is compared with the argument of the call that the binder took; each branch has its own."""
    tree = Par(
        (
            Seq((Event("m", "open", (Bind("n"),)), Event("m", "close", (Name("n"),)))),
            Seq((Event("m", "open", (Bind("k"),)), Event("m", "stop", (Name("k"),)))),
        )
    )
    events, root = structured(tree)
    made = [("open", 3, 0), ("open", 4, 2), ("stop", 4, 3), ("close", 9, 1)]
    calls = [Call(k, "m", function, ("x",), (x,), event=number) for k, (function, x, number) in enumerate(made)]
    verdict = explain("wrong_argument", calls, Expectation(events, root, "t"), 3, None, event=1)
    (difference,) = verdict.differences
    assert isinstance(difference, Wrong)
    assert (difference.call, difference.event, difference.arguments[0].expected) == (3, 1, 3)
    assert "but was  9      (n is 3)" in verdict.report
    assert bindings([(0, 0), (1, 2)], events) == ((0, 0), (2, 1))


def test_answer_of_another_alternative_is_told() -> None:
    """Calls that fit only an alternative which answers otherwise differ from the language by that answer."""
    tree = Xalt((Seq((Event("m", "f", (), 1), Event("m", "g"))), Seq((Event("m", "f", (), 2), Event("m", "h")))))
    events, root = structured(tree)
    calls = [Call(0, "m", "f", (), (), 1, 0), Call(1, "m", "h", (), (), None, 3)]
    verdict = explain("not_expected", calls, Expectation(events, root, "t"), 1, None)
    assert verdict.differences == (WrongAnswer(0, 2, 2, 1),)


@pytest.mark.parametrize(("count", "after"), [(40, "call #40"), (0, "init_lang")])
def test_a_search_that_was_given_up_says_what_is_known(count: int, after: str) -> None:
    """Where nobody has found out which calls are missing, the report says how many at least, if that is known."""
    events, root = structured(Seq((Repeat(Event("m", "f"), 50, 60), Event("m", "g"))))
    calls = [Call(k, "m", "f", (), (), event=0) for k in range(count)]
    given_up = Alignment((), 0, count, 0, complete=False, script=())
    language = Expectation(events, root, "t")
    head = check_report(given_up, calls, language, residuals_of(language), over=True).partition("\n")[0]
    assert head == f"FAILED  at least {51 - count} more calls are expected after {after}"
    head = check_report(given_up, calls, Expectation(events, root, "t", own=False), residuals_of(language), over=True)
    assert head.startswith(f"FAILED  more calls are expected after {after}\n")


def arguments_only(width: int) -> tuple[Expectation, list[Call]]:
    """Make a PAR whose parts only arguments tell apart, and its calls; two have values that no event has."""
    parts = [Seq((Event("m", "f", (WILDCARD, k), 1), Event("m", "g", (k,), 2))) for k in range(width)]
    events, root = structured(Par(tuple(parts)))
    order = Random(width).sample(range(width), width)
    made = [("f", 2 * k, (7, k)) for k in order] + [("g", 2 * k + 1, (k,)) for k in reversed(order)]
    calls = [Call(i, "m", name, ("x", "y")[: len(args)], args, event=j) for i, (name, j, args) in enumerate(made)]
    for i, taken in (
        (width // 2, 0),
        (width // 2 + 3, 2),
    ):  # the runtime has taken them for the first events it has left
        calls[i] = replace(calls[i], args=(7, 10**6), event=taken)
    return Expectation(events, root, "t"), calls


@pytest.mark.parametrize("width", [40, 150])
def test_values_that_no_event_has_are_read_as_events_that_no_call_has(width: int) -> None:
    """In a wide PAR the two wrong calls are found, and no right one is taken for wrong in their place."""
    language, calls = arguments_only(width)
    alignment = align_parts(calls, language, residuals_of(language), 0, over=True)
    meant = [difference.call for difference in alignment.differences if isinstance(difference, Wrong)]
    assert meant == [width // 2, width // 2 + 3]


def test_what_is_expected_is_known_when_numbers_say_nothing() -> None:
    """When the numbers that the runtime has noted are of no way to read the calls, their arguments tell what is left."""
    language, calls = arguments_only(100)
    refused = Call(190, "m", "z", (), ())
    message = unexpected_call(refused, [*calls[:190], refused], language, 0)
    left = sorted(call.args[0] for call in calls[190:])
    for k in left[:8]:
        assert f"m.g({k}) -> 2  (line" in message
    assert f"... or one of {len(left) - 8} more events" in message


def test_a_refused_call_behind_a_wide_part_has_its_line() -> None:
    """However little of the calls before was looked at, the refused call stands in the table."""
    events, root = structured(Perm(tuple(Event("m", "f", (WILDCARD, k), 1) for k in range(1000))))
    order = Random(1).sample(range(1000), 1000)
    calls = [Call(i, "m", "f", ("x", "y"), (7, k), event=k) for i, k in enumerate(order)]
    calls.append(Call(1000, "m", "f", ("x", "y"), (7, order[3])))
    verdict = explain("not_expected", calls, Expectation(events, root, "t"), 1000, Stop("unexpected", call=1000))
    rows = verdict.report.splitlines()
    assert any(row.startswith("   +  #1001 ") for row in rows)
    assert any(row.startswith("      #1000 ") for row in rows)
    assert "not compared" not in verdict.report


def test_numbers_of_no_way_say_at_least_which_answers_were_given() -> None:
    """Where the noted events cannot have come in that order, others of the same answer may have been meant."""
    parts = [Seq((Event("m", "f", (k,), 1), Event("m", name, (), 2))) for k, name in enumerate("gh")]
    events, root = structured(Par(tuple(parts)))
    residuals = Residuals(events, root)
    assert replay(residuals, [0, 3]) == []
    assert [list(residuals.enabled(left)) for left in replay_loosely(residuals, [0, 3])] == [[0]]
    other = [event._replace(answer=k) for k, event in enumerate(events)]
    assert replay_loosely(Residuals(other, root), [0, 3]) == []
