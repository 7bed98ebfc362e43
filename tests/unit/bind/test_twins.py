"""`bind.twins`: which members of PAR differ in the names of what they bind only."""

from __future__ import annotations

import pytest

from cmock_py.bind.machine import Policy
from cmock_py.bind.states import TERM_NUMBERS, TermKind
from cmock_py.lang.expand import expand
from cmock_py.lang.parse import parse
from cmock_py.lang.scope import resolve
from tests.oracle.drive import tables_of


def queued(text: str, policy: Policy = Policy.REFUSE_AMBIGUITY) -> int:
    """Count the members that wait for another one to begin."""
    tables = tables_of(resolve(expand(parse(text, "t"))), policy)
    assert tables.machine is not None
    kinds = memoryview(tables.machine.tables["terms"]).cast("I")[::TERM_NUMBERS]
    return list(kinds).count(TermKind.QUEUE)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("PAR[(m.b(?a) -> 0 m.h(a) -> a) (m.b(?b) -> 0 m.h(b) -> b)]", 1, id="only names"),
        pytest.param(
            "PAR[" + " ".join(f"(m.b(?n{n}) -> 0 m.h(n{n}) -> 0)" for n in range(9)) + "]", 8, id="nine of them"
        ),
        pytest.param("PAR[(m.b(?a) -> 0 m.h(a) -> a) (m.b(?b) -> 0 m.h(b) -> 1)]", 0, id="another answer"),
        pytest.param("PAR[(m.b(?a) -> 0 m.h(> a) -> 0) (m.b(?b) -> 0 m.h(b) -> 0)]", 0, id="another condition"),
        pytest.param("PAR[(m.b(?a) -> 0 m.h(a) -> 0) (m.b(?b) -> 0 (m.h(b) -> 0)?)]", 0, id="another operator"),
        pytest.param(
            "PAR[(m.b(?a) -> 0 m.h(a) -> 0) (m.b(?b) -> 0 m.h(b) -> 0)] m.d(b) -> 0", 0, id="known behind them"
        ),
        pytest.param(
            "PAR[(m.a(?a, ?c) -> 0 m.h(a) -> c) (m.a(?b, ?d) -> 0 m.h(d) -> b)]", 0, id="two names that change places"
        ),
        pytest.param(
            "m.d(?k) -> 0 PAR[(m.b(?a) -> 0 m.a(a, k) -> 0) (m.b(?b) -> 0 m.a(b, k) -> 0)]", 1, id="a name from outside"
        ),
        pytest.param(
            "PAR[PAR[(m.b(?a) -> 0 m.h(a) -> 0) m.g() -> 0] (m.b(?b) -> 0 m.h(b) -> 0)]",
            1,
            id="one PAR of all",
        ),
        pytest.param(
            "PAR[((m.b(?a) -> 0 m.h(a) -> 0) | m.g() -> 0) ((m.b(?b) -> 0 m.h(b) -> 0) | m.g() -> 0)]",
            1,
            id="a choice in each",
        ),
    ],
)
def test_what_waits(text: str, count: int) -> None:
    """Members wait for their like to begin, when nothing but names that nobody else knows tells them apart."""
    assert queued(text) == count


def test_who_wins_decides() -> None:
    """Where the first that is written answers, members with another answer between them are not alike; strictly none are."""
    member = "(m.b(?{0}) -> 0 m.h(_) -> {1})"
    same = f"PAR[{member.format('a', 0)} {member.format('b', 0)}]"
    bound = f"PAR[{member.format('a', 'a')} {member.format('b', 'b')}]"
    assert [queued(text, Policy.FIRST_WINS) for text in (same, bound)] == [1, 0]
    assert queued(same, Policy.STRICT) == 0
