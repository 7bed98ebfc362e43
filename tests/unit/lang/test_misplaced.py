"""What stands where it cannot: told in the words of the text, whoever wrote it."""

from __future__ import annotations

from typing import Any

import pytest

from cmock_py import BETWEEN, BIND, BITS, EACH, EVENT, GT, IN, NAMED, OUT, REAL, REST, SEQ, LanguageError, verify
from cmock_py.lang.misplaced import misplaced

WRONG = [
    (EVENT("m", "f", [GT(GT(3))]), "behind > stands a value, and > 3 is none"),
    (EVENT("m", "f", [{"x": [GT([BIND("n")])]}]), "behind > stands a value, and ?n is none"),
    (EVENT("m", "f", [BETWEEN(GT(1), 3)]), "a range is between values, and > 1 is none"),
    (EVENT("m", "f", [GT(1) & IN(BETWEEN(1, 2))]), "in {...} lists values, and 1..2 is none"),
    (EVENT("m", "f", [BITS(len)]), "bits are compared with numbers, and @len is none"),  # type: ignore[arg-type]
    (EVENT("m", "f", [OUT("n", [GT(3)])]), "what *n becomes is a value, and > 3 is none"),
    (EVENT("m", "f", [[REST]]), "... is a whole argument, and no part of one"),
    (EVENT("m", "f", [NAMED("a", NAMED("b", 3))]), "b: 3 is a whole argument, and no part of one"),
    (EVENT("m", "f", [REAL]), "@real is an answer, and no argument"),
    (EVENT("m", "f", [EACH(1, 2)]), "each [1, 2] is an answer, and no argument"),
    (EVENT("m", "f", [EVENT("m", "g", [4])]), "m.g(4) is a term, and no argument"),
    (EVENT("m", "f", [SEQ()]), "SEQ is a term, and no argument"),
    (EVENT("m", "f", [], ([GT(3)], True)), "an answer is a value, and > 3 is none"),
    (EVENT("m", "f", [], EVENT("m", "g")), "an answer is a value, and m.g() is none"),
    (EVENT("m", "f", [GT]), "GT makes a part of the language, and is not called: GT(...)"),
    (EVENT("m", "f", [[1, {"x": IN}]]), "IN makes a part of the language, and is not called: IN(...)"),
    (EVENT("m", "f", [], BIND), "BIND makes a part of the language, and is not called: BIND(...)"),
    (EVENT("m", "f", [], EACH(EACH(1))), "each [1] lists answers, and stands in another list"),
]


@pytest.mark.parametrize(("event", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_stands_where_it_cannot_is_told_as_written(event: Any, message: str) -> None:
    """The message shows what is expected there and what stands there, and no word of ours."""
    with pytest.raises(LanguageError) as raised:
        verify(SEQ(event), [])
    (fault,) = raised.value.faults
    assert fault.message == f"f: {message}"


@pytest.mark.parametrize(
    "event",
    [
        EVENT(
            "m", "f", [GT(1) & IN(1, [2]), [GT(3), {"x": BIND("n")}], NAMED("a", BETWEEN(1, 2)), OUT("b", [1]), REST]
        ),
        EVENT("m", "f", [len, BITS(1, 1)], REAL),
        EVENT("m", "f", [], ([1, 2], None)),
        EVENT("m", "f", [], len),
    ],
    ids=["patterns", "functions", "outs", "answer"],
)
def test_what_stands_where_it_can_is_fine(event: Any) -> None:
    """Patterns in arguments, also inside of arrays and structs, and all kinds of answers are where they belong."""
    assert [*misplaced(event)] == []


def test_a_pattern_that_a_definition_is_given_is_told_where_it_comes_to_stand() -> None:
    """A pattern as a value for do is fine where an argument is, and told where a value is."""
    assert verify("lang p(n) = m.f(n, [n])  do p(> 3)  do p(1..3)", "m.f(4, [5])  m.f(2, [3])")
    with pytest.raises(LanguageError, match=r"language:1:13: f: behind < stands a value, and > 3 is none"):
        verify("lang p(n) = m.f(< n)  do p(> 3)", [])
    with pytest.raises(LanguageError, match=r"language:1:13: f: an answer is a value, and > 3 is none"):
        verify("lang p(n) = m.f() -> n  do p(> 3)", [])
