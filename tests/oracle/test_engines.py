"""The engines in C against the definition: random languages, random calls, every answer, refusal and verdict compared."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from cmock_py.explain.match import differing
from cmock_py.host.arena import Outcome, Reason
from cmock_py.lang.nodes import WILDCARD, Bind, Event, Name, Par, Repeat, Seq, Xalt
from tests.oracle import fuzz, languages, values
from tests.oracle.automaton import Automaton
from tests.oracle.drive import Driver, build, kept, seen, tables_of
from tests.seeds import drawn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CALLS = 200_000


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runtime with the driver, under the sanitizers."""
    folder = tmp_path_factory.mktemp("drive")
    return build(folder, "-fsanitize=undefined", "-fno-sanitize-recover=all")


@pytest.fixture
def driver(program: Path) -> Iterator[Driver]:
    """A running driver."""
    made = Driver(program)
    yield made
    made.close()


@pytest.mark.slow
def test_engines_do_what_the_definition_says(program: Path) -> None:
    """Every call is answered or refused as defined, the language may end when it should, and the check agrees."""
    seed = drawn()
    summary, faults = fuzz.run(program, seed, CALLS)
    assert faults == [], f"seed {seed}\n" + "\n\n".join(faults)
    assert summary.calls >= CALLS


def test_reports_compare_arguments_as_the_check_does(driver: Driver) -> None:
    """What a report marks as different is what the check in C refuses: events of all sorts of values, and calls."""
    seed, compared = drawn(), 0
    shapes = [shape for shape in languages.SHAPES if shape.name in {"values", "few values", "matched"}]
    for number in range(seed, seed + 300):
        rng = random.Random(number)
        event = languages._Drawing(rng, rng.choice(shapes)).event()
        anything = event._replace(args=(WILDCARD,) * len(event.args), errno=None)
        other = languages.respelled(rng, event._replace(errno=None))
        tables, judging = tables_of(anything), tables_of(other)
        calls = [call for call in languages.calls(rng, (event,)) if call.function == event.function]
        _, verdicts = driver.run(tables, judging, calls, [1] * len(calls), bytes(range(len(calls))))
        expected = judging.expected(0)
        for index, call in enumerate(calls):
            shown = seen(call, kept(tables))
            accepts = verdicts[4 * index + 2] == Outcome.ACCEPTED
            assert accepts == (not differing(expected, shown)), f"seed {number}: {expected} {shown.args}"
            compared += 1
    assert compared > 1000


def test_a_wrong_answer_is_seen(driver: Driver) -> None:
    """The comparison notices an engine that answers otherwise than defined: here both are given different languages."""
    one, other = (Seq((Event("m", "e", (), answer), Event("m", "g", (), 0))) for answer in (1, 2))
    calls = (languages.call("e"), languages.call("g"))
    automaton = Automaton(one, calls, languages.is_matched)
    tried = fuzz.tried(automaton, automaton, random.Random(1))
    results, _ = driver.run(tables_of(other), tables_of(one), calls, tried.lengths, bytes(tried.steps))
    assert [answer for _, _, _, answer in results] != [outcome.expected[2] for outcome in tried.outcomes]


def test_answers_are_equal_as_numbers(driver: Driver) -> None:
    """0.0 and -0.0, and NaN of all bits, are one answer; each event gives its own bits, and no call is ambiguous."""
    ends = [Event("m", "e", (), 0), Event("m", "g", (), 0)]
    for kind, one, other in (
        ("real", 0.0, -0.0),
        ("real", float("nan"), -float("nan")),
        ("put", values.POINTS[0], values.POINTS[1]),
        ("row", values.POINTS[0], values.POINTS[1]),
    ):
        args = (WILDCARD,) * len(languages.BY_NAME[kind].args)
        ways = [Seq((Event("m", kind, args, said), end)) for said, end in zip((one, other), ends, strict=True)]
        tree, summary = Xalt(tuple(ways)), fuzz.Summary()
        assert fuzz.compare(fuzz.Case(1, kind, tree, ways[1]), driver, summary) is None
        assert summary.counts["calls ambiguous"] == 0
        assert summary.counts["traces accepted"] > 0


@pytest.mark.parametrize("area", [1 << 16, 1 << 20], ids=["moved often", "not moved"])
@pytest.mark.parametrize("least", [0, 1], ids=["REPLICATE", "AT_LEAST(1)"])
def test_those_who_come_again_queue_again(driver: Driver, least: int, area: int) -> None:
    """Fifty clients that each take and give handles of their own, again and again, are few ways, whoever comes next."""
    rng, made, taken = random.Random(drawn()), [], []
    members = [Seq((event_of("b", Bind(f"n{i}")), event_of("h", Name(f"n{i}")))) for i in range(50)]
    while len(made) < 400 or taken:
        if len(made) < 400 and len(taken) < 50 and (not taken or rng.random() < 0.6):
            taken.append(next(value for value in range(50) if value not in taken))
            made.append(languages.call("b", taken[-1]))
        else:
            made.append(languages.call("h", taken.pop(rng.randrange(len(taken)))))
    calls = list({repr(call): call for call in made}.values())
    steps = bytes(calls.index(call) for call in made)
    tables = tables_of(Par(tuple(Repeat(member, least, None) for member in members)), most=64, area=area)
    results, verdicts = driver.run(tables, tables, calls, [len(made)], steps)
    assert {reason for reason, *_ in results} == {Reason.NO_STOP}
    assert verdicts[0] == Outcome.ACCEPTED


def event_of(function: str, pattern: object) -> Event:
    """Expect a call of one argument."""
    return Event(languages.MODULE, function, (pattern,), 0, None, None, "fuzz", 1)
