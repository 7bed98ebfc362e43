"""What a mocked call costs while the SUT runs, and around the run: a SEQ of calls that are recorded and compared.

The same loop in C, compiled alone, calls `f` in our host and in each peer; it is timed inside C.
"""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import EVENT, SEQ, ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZES = (1_000, 100_000, 1_000_000)
REPETITIONS = {1_000: 40, 10_000: 3, 100_000: 10, 1_000_000: 4}
REPETITIONS_OF_CMOCK = {100_000: 1}
FRESH = {1_000: 20, 100_000: 6, 1_000_000: 3}
PEER_SIZES = [
    *((name, count) for name in ("bare", "hand", "cmocka") for count in SIZES),
    *(("googlemock", count) for count in (1_000, 10_000)),  # its calls cost more the more are expected
    *(("cmock", count) for count in (1_000, 10_000, 100_000)),  # each expectation costs more the more there are
]
RECORDERS = [("fff", count) for count in SIZES]
"""A peer that expects nothing; what is compared afterwards, its test must write."""

SPEC = ApiSpec([ApiModule("m", [ApiFunction("f", "int", [ApiArg("int", "a"), ApiArg("int", "b")])])])


@dataclass(slots=True)
class Samples:
    """Seconds of our phases for one number of calls, and bytes of one event and one record."""

    count: int
    terms: list[float] = field(default_factory=list)
    init: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    check: list[float] = field(default_factory=list)
    event_bytes: float = 0.0
    record_bytes: float = 0.0


def events(count: int) -> list[Any]:
    """Expect that many calls; all argument tuples differ."""
    return [EVENT("m", "f", [i, i ^ 0x5A5A], i * 7 + 3) for i in range(count)]


def timed(samples: list[float], function: Callable[..., Any], *args: Any) -> Any:
    """Call a function and append the seconds that it took."""
    start = time.perf_counter()
    result = function(*args)
    samples.append(time.perf_counter() - start)
    return result


def one_run(mocking: Mocking, language: Any, samples: Samples, run_samples: list[float]) -> None:
    """Set the language, let the SUT make its calls, and prove that it got every answer."""
    timed(samples.init, mocking.init_lang, language)
    run_samples.append(mocking.lib.run_calls(samples.count) / 1e9)
    n = samples.count
    assert mocking.lib.total == 7 * (n * (n - 1) // 2) + 3 * n
    assert len(mocking.get_trace()) == n


@pytest.fixture(scope="module", params=SIZES)
def ours(request: pytest.FixtureRequest, loop_headers: list[Path], loop_sources: list[Path]) -> Samples:
    """Our own figures for one number of calls: the first run of a mocking, then fresh children, then a warm one."""
    samples = Samples(request.param)
    with start_mocking(SPEC, headers=loop_headers, objs=loop_sources, cflags=["-O2"]) as mocking:
        language = SEQ(timed(samples.terms, events, samples.count))
        one_run(mocking, language, samples, samples.first)
        for _ in range(FRESH[samples.count]):
            mocking.restart()
            one_run(mocking, language, samples, samples.fresh)
            assert timed(samples.check, mocking.check_callouts)
        for _ in range(REPETITIONS[samples.count]):
            one_run(mocking, language, samples, samples.warm)
            assert timed(samples.check, mocking.check_callouts)
        samples.event_bytes = mocking._language.tables.size / samples.count
        samples.record_bytes = mocking._host.word("trace_used") / samples.count
    return samples


@pytest.fixture(scope="module")
def peer_phases(peer: Any, phases_of: Any) -> Callable[[str, int], Any]:
    """Run each peer once for each number of calls."""

    @cache
    def told(name: str, count: int) -> Any:
        few = REPETITIONS_OF_CMOCK if name == "cmock" else {}
        return phases_of(peer(name), count, repetitions=few.get(count, REPETITIONS[count]))

    return told


def test_call_in_a_warm_child(ours: Samples, file_times: Any) -> None:
    """A call that is recorded, in a child that ran the same language before."""
    file_times(
        ours.warm, calls=ours.count, event_bytes=round(ours.event_bytes, 1), record_bytes=round(ours.record_bytes, 1)
    )


def test_call_in_a_fresh_child(ours: Samples, file_times: Any) -> None:
    """The same in a child that was just forked and touches every page for the first time."""
    file_times(ours.fresh, calls=ours.count)


def test_call_in_the_first_child(ours: Samples, file_times: Any) -> None:
    """The same in the first child of a mocking: the pages of the trace are not even allocated yet."""
    file_times(ours.first, calls=ours.count)


def test_whole_life(ours: Samples, file_times: Any) -> None:
    """Expect, call and check, for one call: `init_lang` from terms that exist, a warm run, `check_callouts`."""
    file = [sum(parts) for parts in zip(ours.init[-4:], ours.warm[-4:], ours.check[-4:], strict=True)]
    file_times(file, calls=ours.count)


def test_terms(ours: Samples, file_times: Any) -> None:
    """The Python terms of the language: one EVENT for each call, made in a list."""
    file_times(ours.terms)


def test_init_lang(ours: Samples, file_times: Any) -> None:
    """`init_lang` from Python terms, all argument tuples distinct: validated, encoded and written."""
    file_times(ours.init)


def test_check(ours: Samples, file_times: Any) -> None:
    """`check_callouts`: every argument of every recorded call is compared."""
    file_times(ours.check)


@pytest.mark.parametrize(("name", "count"), [*PEER_SIZES, *RECORDERS])
def test_run_of_a_peer(name: str, count: int, peer_phases: Any, file_times: Any) -> None:
    """A peer on the same loop, while the SUT runs."""
    told = peer_phases(name, count)
    file_times([one.run_s for one in told], calls=count, call_bytes=round(told[-1].size_bytes / count, 1))


@pytest.mark.parametrize(("name", "count"), PEER_SIZES)
def test_whole_life_of_a_peer(name: str, count: int, peer_phases: Any, file_times: Any) -> None:
    """A peer on the same loop: set-up, run and verification together."""
    file_times([one.whole_s for one in peer_phases(name, count)], calls=count)


@pytest.mark.parametrize("count", SIZES)
def test_first_run_by_hand(count: int, peer: Any, phases_of: Any, file_times: Any) -> None:
    """The hand-written recorder in a process that touches its memory for the first time."""
    file_times([phases_of(peer("hand"), count, repetitions=1)[0].run_s for _ in range(5)], calls=count)


@pytest.mark.parametrize("name", ["hand", "cmocka", "googlemock", "cmock", "fff"])
def test_a_peer_notices_one_wrong_bit(name: str, peer: Any) -> None:
    """The work is equal: every peer but the bare stub refuses a run with one wrong bit in one argument."""
    done = subprocess.run([peer(name), "10", "1", "wrong"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 1


def test_we_notice_one_wrong_bit(loop_headers: list[Path], loop_sources: list[Path]) -> None:
    """The work is equal: we refuse the same run, and name the call."""
    with start_mocking(SPEC, headers=loop_headers, objs=loop_sources, cflags=["-O2"]) as mocking:
        mocking.init_lang(SEQ(events(10)))
        mocking.lib.run_with_wrong_bit(10)
        verdict = mocking.verdict()
    assert not verdict
    assert str(5 ^ 0x5A5A) in str(verdict.report)
