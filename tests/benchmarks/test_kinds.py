"""What a mocked call costs by the kind of its arguments, and how many bytes its record has.

Each is measured in a loop of the SUT, in a warm child; beside it stands the same call of a function that nobody mocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import EVENT, SEQ, ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 20_000
ANSWERED = 2_000
ROUNDS = 10
BOX = {"id": 7, "weight": 2.5, "x": 3, "y": 4}
SPEC = ApiSpec([
    ApiModule("m", [
        ApiFunction("scalars", "int", [ApiArg("int", "a"), ApiArg("long", "b"), ApiArg("unsigned char", "c")]),
        ApiFunction("buffer", "int", [ApiArg("const void *", "data", buffer="size"), ApiArg("unsigned long", "size")]),
        ApiFunction("text", "int", [ApiArg("const char *", "text")]),
        ApiFunction("by_value", "int", [ApiArg("struct box", "box")]),
        ApiFunction("quiet", "int", silent="17"),
        ApiFunction("answered", "int", [ApiArg("int", "a")]),
    ])
])  # fmt: skip
EXPECTED: dict[str, Any] = {
    "scalars": lambda i: [i, 5, 7],
    "buffer": lambda _: [bytes([1, 2, 3]) + bytes(61), 64],
    "text": lambda _: ["sixteen letters!"],
    "by_value": lambda _: [BOX],
}


@pytest.fixture(scope="module")
def mocking(loop_headers: list[Path]) -> Iterator[Mocking]:
    """Run the SUT that calls each kind."""
    folder = loop_headers[0].parent
    sources = [folder / "kinds.c", folder / "kinds_bare.c"]
    with start_mocking(SPEC, headers=[folder / "kinds.h"], objs=sources, cflags=["-O2"]) as started:
        yield started


@pytest.mark.parametrize("kind", EXPECTED)
def test_call_by_kind(kind: str, mocking: Mocking, file_times: Any) -> None:
    """A call that is captured, recorded and answered in a SEQ of its like."""
    language = SEQ([EVENT("m", kind, EXPECTED[kind](i), 1) for i in range(COUNT)])
    samples = []
    for _ in range(ROUNDS + 1):  # the first touches every page of the trace
        mocking.init_lang(language)
        samples.append(mocking.lib[f"run_{kind}"](COUNT) / 1e9)
    assert mocking.check_callouts()
    record = mocking._host.word("trace_used") / COUNT
    file_times(samples[1:], calls=COUNT, record_bytes=round(record, 1))


@pytest.mark.parametrize("kind", [*EXPECTED, "quiet"])
def test_bare_call_by_kind(kind: str, mocking: Mocking, file_times: Any) -> None:
    """The same call of a function that nobody mocks."""
    file_times([mocking.lib[f"run_bare_{kind}"](COUNT) / 1e9 for _ in range(ROUNDS)], calls=COUNT)


def test_silent_call(mocking: Mocking, file_times: Any) -> None:
    """A silent function answers and counts."""
    before = mocking.silent.quiet.calls
    file_times([mocking.lib.run_quiet(COUNT) / 1e9 for _ in range(ROUNDS)], calls=COUNT)
    assert mocking.silent.quiet.calls - before == ROUNDS * COUNT


def test_call_that_python_answers(mocking: Mocking, file_times: Any) -> None:
    """Every call goes to a Python function and back."""
    language = SEQ([EVENT("m", "answered", [i], lambda a: a + 1) for i in range(ANSWERED)])
    samples = []
    for _ in range(ROUNDS):
        mocking.init_lang(language)
        samples.append(mocking.lib.run_answered(ANSWERED) / 1e9)
    assert mocking.check_callouts()
    file_times(samples, calls=ANSWERED)
