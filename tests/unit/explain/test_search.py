"""`explain.search`: the cheapest reading of calls as a language, checked against all words that there are."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from cmock_py.explain.pairing import Pairing
from cmock_py.explain.report import Expectation, Missing, Moved, Unexpected, Wrong
from cmock_py.explain.residual import Residuals
from cmock_py.explain.search import Limits, Search
from tests.unit.explain.languages import distance, random_calls, random_language, structured, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.explain.align import Alignment
    from cmock_py.explain.report import Difference
    from cmock_py.lang.nodes import Event
    from cmock_py.lang.structure import Part
    from cmock_py.trace import Call

LONGEST = 7
EXACT = Limits(beam=10**9, exact=10**9)
BEAM = Limits(exact=0)


def read(
    events: Sequence[Event], root: Part, calls: Sequence[Call], *, over: bool = True, limits: Limits = EXACT
) -> Alignment:
    """Read calls as a language that others answered."""
    residuals = Residuals(events, root)
    pairing = Pairing(calls, Expectation(events, root, own=False), answers=False)
    return Search(residuals, pairing, calls, over=over).read(0, [(residuals.start, ())], limits)


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
    found = sorted(words(root, LONGEST))
    calls = random_calls(random, events, random.choice(found), random.randrange(4))[:5]
    over = random.random() < 0.7
    reading = read(events, root, calls, over=over)
    least = min(distance(events, word, calls, over=over) for word in found)
    assert reading.cost == least, (events, root, calls)
    assert cost_of(reading.differences) == least
