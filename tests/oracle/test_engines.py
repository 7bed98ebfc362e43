"""The engines in C against the definition: random languages, random calls, every answer, refusal and verdict compared."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from cmock_py.lang.nodes import Event, Seq
from tests.oracle import fuzz, languages
from tests.oracle.automaton import Automaton
from tests.oracle.drive import Driver, build, tables_of

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
    seed = int(os.environ.get("CMOCK_PY_SEED", random.Random().randrange(10**9)))
    summary, faults = fuzz.run(program, seed, CALLS)
    assert faults == [], f"seed {seed}\n" + "\n\n".join(faults)
    assert summary.calls >= CALLS


def test_a_wrong_answer_is_seen(driver: Driver) -> None:
    """The comparison notices an engine that answers otherwise than defined: here both are given different languages."""
    one, other = (Seq((Event("m", "e", (), answer), Event("m", "g", (), 0))) for answer in (1, 2))
    calls = (languages.call("e"), languages.call("g"))
    automaton = Automaton(one, calls, languages.is_matched)
    tried = fuzz.tried(automaton, automaton, random.Random(1))
    results, _ = driver.run(tables_of(other), tables_of(one), calls, tried.lengths, bytes(tried.steps))
    assert [answer for _, _, _, answer in results] != [outcome.expected[2] for outcome in tried.outcomes]
