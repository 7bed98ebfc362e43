"""Published examples, asked of the definition by the public functions that need no C."""

from __future__ import annotations

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, enabled, step, verify
from tests.oracle.published import AMBIGUOUS, EXAMPLES, TROMPELOEIL_204, UNEXPECTED, Example


def spec_of(example: Example) -> ApiSpec:
    """Describe the functions of an example."""
    functions = [
        ApiFunction(name, result, [ApiArg("int", f"x{i}", matched=matched) for i in range(count)])
        for name, (count, result, matched) in example.signatures.items()
    ]
    return ApiSpec([ApiModule("m", functions)])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_published_example(example: Example) -> None:
    """Every call is answered or refused as its author wanted, and so is the whole trace."""
    left, spec = example.lang, spec_of(example)
    for call, wanted in example.calls:
        stepped = step(left, call, spec=spec, strict=example.strict, ambiguous=example.ambiguous)
        if wanted == UNEXPECTED:
            assert stepped.event is None
        elif wanted == AMBIGUOUS:
            assert stepped.event is not None
            assert stepped.rival is not None
        else:
            assert stepped
            assert stepped.answer == wanted
        left = stepped.left
    if example.verdict is not None:
        assert bool(verify(example.lang, [call for call, _ in example.calls])) is example.verdict


def test_what_must_come_before_is_told() -> None:
    """Of googlemock #187: a call that fits and comes too early is no riddle, the events that must come first are known."""
    (event,) = enabled("REPEAT(5..5)[ m.time() -> 7 ]  m.add(_, _, _)")
    assert event.function == "time"


def test_a_sequence_goes_back_to_no_earlier_answer() -> None:
    """Of trompeloeil #204: behind the second `set` the first `get` does not answer any more."""
    found = verify(TROMPELOEIL_204, "m.set(1)  m.set(2)  m.get() -> 1")
    assert not found
    assert found.calls == 2
    assert [event.answer for event in found.expected] == [2]
