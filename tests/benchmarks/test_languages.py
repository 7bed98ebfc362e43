"""What a mocked call costs under each operator of the language, beside the same calls otherwise.

Each language is measured in a fresh child and in a warm one; then the same calls in the same order as one plain SEQ, so
that the difference is what the operators cost; then the same calls of functions that nobody mocks, so that the
difference is what mocking costs. The SUT has a thousand functions and reads from a file which of them it calls.
"""

from __future__ import annotations

import subprocess
import time
from array import array
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

import cmock_py.explain.verdict
from cmock_py import (
    COLUMNS,
    EVENT,
    OPTIONAL,
    PAR,
    PERM,
    REPEAT,
    REPLICATE,
    SEQ,
    WILDCARD,
    XALT,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    Mocking,
    start_mocking,
)
from cmock_py.explain.verdict import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

FUNCTIONS = 1_000
SPEC = ApiSpec([
    ApiModule("m", [
        *(ApiFunction(f"f{n:03}", "int", [ApiArg("int", "x")]) for n in range(FUNCTIONS)),
        ApiFunction("g", "int", [ApiArg("int", "a"), ApiArg("int", "b"), ApiArg("int", "c")]),
        ApiFunction("open_one", "int"),
        ApiFunction("use", "int", [ApiArg("int", "handle", matched=True), ApiArg("int", "x")]),
    ])
])  # fmt: skip
SEED = 7
FRESH, WARM, BESIDE = 3, 8, 5
PEER_CALLS = {
    **{("cmocka", count): 1_000 for count in (1_000, 10_000, 100_000)},
    **{("googlemock", count): calls for count, calls in ((1_000, 1_000), (10_000, 100), (100_000, 20))},
    **{("cpputest", count): calls for count, calls in ((1_000, 20), (10_000, 2))},  # 10^5: seconds a call
    **{("cmock", count): 1_000 for count in (1_000, 10_000, 100_000)},
}
"""Calls that a peer makes among how many that it expects; where each costs much, only the first of them."""


@dataclass(frozen=True, slots=True)
class Work:
    """A language, and calls that it allows: the number of a function and its argument."""

    language: Any
    steps: Sequence[tuple[int, int]]


@dataclass(slots=True)
class Samples:
    """Seconds of one work in our ways to run it."""

    calls: int
    fresh: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    as_seq: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


# --- the languages --------------------------------------------------------------------------------------------------


def event(function: int, x: int = 0) -> Any:
    """Expect one call."""
    return EVENT("m", f"f{function:03}", [x], x + 1)


def interleaved(random: Random, parts: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Interleave sequences of calls at random, each call of all equally likely to come next."""
    order = [number for number, part in enumerate(parts) for _ in part]
    random.shuffle(order)
    rest = [iter(part) for part in parts]
    return [next(rest[number]) for number in order]


def in_parallel(random: Random, parts: Sequence[Sequence[tuple[int, int]]]) -> Work:
    """All sequences at once, in random order."""
    return Work(PAR([SEQ([event(*step) for step in part]) for part in parts]), interleaved(random, parts))


def a_sequence(_: Random) -> Work:
    """A SEQ of a million calls, all different."""
    steps = [(0, x) for x in range(1_000_000)]
    return Work(SEQ([event(*step) for step in steps]), steps)


def thousand_sequences(random: Random) -> Work:
    """A thousand sequences of a thousand calls, each of a function of its own."""
    return in_parallel(random, [[(number, x) for x in range(1_000)] for number in range(1_000)])


def thousand_in_turns(_: Random) -> Work:
    """The same, each sequence taking one call in turn."""
    parts = [[(number, x) for x in range(1_000)] for number in range(1_000)]
    return Work(
        PAR([SEQ([event(*step) for step in part]) for part in parts]),
        [(number, x) for x in range(1_000) for number in range(1_000)],
    )


def twenty_alike(random: Random) -> Work:
    """Twenty equal sequences: twenty threads that do the same."""
    return in_parallel(random, [[(x % 4, 0) for x in range(1_000)]] * 20)


def a_permutation(random: Random) -> Work:
    """A thousand calls in any order, a hundred times."""
    numbers = range(1_000)
    steps = [(number, 0) for _ in range(100) for number in random.sample(numbers, len(numbers))]
    return Work(REPEAT(100, 100, PERM([event(number) for number in numbers])), steps)


def a_choice(random: Random) -> Work:
    """Again and again one of five hundred."""
    steps = [(random.randrange(500), 0) for _ in range(100_000)]
    return Work(REPLICATE(XALT([event(number) for number in range(500)])), steps)


def nested(random: Random) -> Work:
    """Six operators inside each other."""

    def body(way: int) -> Any:
        parts = [PAR(event(50), event(51), event(52)), PERM(event(53), event(54), event(55))]
        return SEQ(event(way), *parts, REPEAT(1, 3, event(56)), OPTIONAL(event(57)))

    def calls() -> list[tuple[int, int]]:
        par, perm = [50, 51, 52], [53, 54, 55]
        random.shuffle(par)
        random.shuffle(perm)
        return [
            (n, 0)
            for n in (random.randrange(50), *par, *perm, *[56] * random.randint(1, 3), *[57] * random.randint(0, 1))
        ]

    steps = [step for _ in range(10_000) for step in calls()]
    return Work(SEQ(REPLICATE(XALT([body(way) for way in range(50)])), event(58)), [*steps, (58, 0)])


def alike_again(random: Random) -> Work:
    """Twenty equal sequences, each as often as it likes: which of them a call belongs to is open."""
    parts = [[(x % 4, 0) for x in range(20_000)]] * 20
    return Work(PAR([REPLICATE(SEQ([event(n) for n in range(4)]))] * 20), interleaved(random, parts))


def shared_functions(random: Random) -> Work:
    """Three short sequences over the same five functions, again and again: the sets of possibilities recur."""
    parts = [[(random.randrange(5), 0) for _ in range(10)] for _ in range(3)]
    language = REPLICATE(PAR([SEQ([event(*step) for step in part]) for part in parts]))
    return Work(language, [step for _ in range(10_000) for step in interleaved(random, parts)])


def never_the_same(random: Random) -> Work:
    """Three long sequences over the same five functions: hardly any set of possibilities comes twice."""
    return in_parallel(random, [[(random.randrange(5), 0) for _ in range(3_000)] for _ in range(3)])


LANGUAGES: dict[str, Callable[[Random], Work]] = {
    "sequence": a_sequence,
    "thousand": thousand_sequences,
    "turns": thousand_in_turns,
    "alike": twenty_alike,
    "permutation": a_permutation,
    "choice": a_choice,
    "nested": nested,
    "again": alike_again,
    "shared": shared_functions,
    "never": never_the_same,
}


# --- ours -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mocking(loop_headers: list[Path]) -> Iterator[Mocking]:
    """Run the SUT with a thousand mocked functions."""
    folder = loop_headers[0].parent
    headers, sources = [folder / "many.h", folder / "handles.h"], [folder / "many.c", folder / "handles.c"]
    with start_mocking(SPEC, headers=headers, objs=sources, cflags=["-O2"]) as started:
        yield started


def run_steps(mocking: Mocking, language: Any, steps: Sequence[tuple[int, int]]) -> float:
    """Set the language, let the SUT make the calls, and prove that it got every answer; the seconds of the calls."""
    mocking.init_lang(language)
    seconds = mocking.lib.many_run(len(steps)) / 1e9
    assert mocking.lib.many_total == sum(x + 1 for _, x in steps)
    return float(seconds)


def write_steps(path: Path, steps: Sequence[tuple[int, int]]) -> Path:
    """Write the file that the SUT and the peers read."""
    path.write_bytes(array("i", [number for step in steps for number in step]).tobytes())
    return path


@pytest.fixture(scope="module", params=LANGUAGES)
def ours(request: pytest.FixtureRequest, mocking: Mocking, tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Our figures for one language; the check accepts its calls."""
    work = LANGUAGES[request.param](Random(SEED))
    file = write_steps(tmp_path_factory.mktemp("steps") / "steps", work.steps)
    samples = Samples(len(work.steps))
    few = 2 if samples.calls > 100_000 else 1
    for _ in range(FRESH // few):
        mocking.restart()
        assert mocking.lib.many_load(str(file)) == samples.calls
        samples.fresh.append(run_steps(mocking, work.language, work.steps))
    samples.warm += [run_steps(mocking, work.language, work.steps) for _ in range(WARM // few)]
    assert mocking.check_callouts()
    plain = SEQ([event(*step) for step in work.steps])
    samples.as_seq += [run_steps(mocking, plain, work.steps) for _ in range(1 + BESIDE // few)][1:]
    samples.bare += [mocking.lib.many_run_bare(samples.calls) / 1e9 for _ in range(BESIDE)]
    return samples


def test_call_under_a_language(ours: Samples, file_times: Any) -> None:
    """A call that is stepped and recorded, in a child that ran the same language before."""
    file_times(ours.warm, calls=ours.calls)


def test_first_call_under_a_language(ours: Samples, file_times: Any) -> None:
    """The same in a fresh child, which touches every page for the first time."""
    file_times(ours.fresh, calls=ours.calls)


def test_the_same_calls_in_a_seq(ours: Samples, file_times: Any) -> None:
    """The same calls under a plain SEQ: what of the cost is not the operators'."""
    file_times(ours.as_seq, calls=ours.calls)


def test_the_same_calls_not_mocked(ours: Samples, file_times: Any) -> None:
    """The same calls of functions that nobody mocks."""
    file_times(ours.bare, calls=ours.calls)


HANDLES, USES = 20_000, 4
OPENED = EVENT("m", "open_one", [], 5)
ARGUMENTS = {
    "matched": lambda: REPLICATE(SEQ(OPENED, *(EVENT("m", "use", [5, x], 1) for x in range(USES)))),
    "bound": lambda: (
        "REPLICATE[ m.open_one() -> 5  m.use(?h, 0) -> 1  "
        + " ".join(f"m.use(h, {x}) -> 1" for x in range(1, USES))
        + "]"
    ),
}


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_call_whose_arguments_decide(kind: str, mocking: Mocking, file_times: Any) -> None:
    """Calls of which an argument is compared while the SUT runs: with a constant, or with what an earlier call bound."""
    language, samples = ARGUMENTS[kind](), []
    for _ in range(WARM + 1):
        mocking.init_lang(language)
        samples.append(mocking.lib.run_handles(HANDLES, USES) / 1e9)
    assert mocking.check_callouts()
    file_times(samples[1:], calls=HANDLES * (USES + 1))


# --- init and check -------------------------------------------------------------------------------------------------

MILLION = 1_000_000


def seconds(function: Callable[..., Any], *args: Any) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


def test_init_lang_of_text(mocking: Mocking, file_times: Any) -> None:
    """`init_lang` of a text of a million events, all different."""
    text = "\n".join(f"m.g({i}, {i ^ 0x5A5A}, 7) -> {i}" for i in range(MILLION))
    file_times([seconds(mocking.init_lang, text) for _ in range(2)])


def test_init_lang_of_columns(mocking: Mocking, file_times: Any) -> None:
    """`init_lang` of a million events that are given by columns of numbers, and checked and copied as such."""
    numbers = array("i", range(MILLION))
    others = array("i", [i ^ 0x5A5A for i in numbers])
    language = COLUMNS("m", "g", [numbers, others, WILDCARD], numbers)
    file_times([seconds(mocking.init_lang, language) for _ in range(5)])
    mocking.lib.run_g(1_000)
    assert mocking.get_trace()[999].answer == 999


CHECKED: dict[str, Callable[[], Any]] = {
    "D": lambda: PAR(SEQ([EVENT("m", "g", [i, i ^ 0x5A5A, 7], 1) for i in range(MILLION)]), OPTIONAL(event(0))),
    "S": lambda: "REPLICATE[ XALT[ m.g(>= 0, _, 7) -> 1  SEQ[ m.g(>= 0, _, 7) -> 1  m.g(>= 0, _, 7) -> 1 ] ] ]",
}


@pytest.mark.parametrize("engine", CHECKED)
def test_check_under_a_language(engine: str, mocking: Mocking, file_times: Any) -> None:
    """`check_callouts` of a million calls with three arguments each, where the language leaves nothing or much open."""
    mocking.init_lang(CHECKED[engine]())
    mocking.lib.run_g(MILLION)
    samples = [seconds(mocking.check_callouts) for _ in range(5)]
    file_times(samples)


# --- explanations ---------------------------------------------------------------------------------------------------


def one_missing_one_extra(random: Random) -> tuple[Any, list[tuple[int, int]]]:
    """A SEQ of a million calls of which one is not made, and one is made twice."""
    steps = [(random.randrange(5), x) for x in range(MILLION)]
    made = [*steps[:300_000], *steps[300_001:700_000], steps[0], *steps[700_000:]]
    return SEQ([EVENT("m", f"f{number:03}", [x], 1) for number, x in steps]), made


def three_in_parallel(random: Random) -> tuple[Any, list[tuple[int, int]]]:
    """Ten sequences of two hundred calls, of which three calls are wrong."""
    parts = [[(random.randrange(20), x) for x in range(200)] for _ in range(10)]
    made = interleaved(random, parts)
    del made[500]
    made[1_000] = (made[1_000][0], 999)
    made.insert(1_500, (30, 0))
    return PAR([SEQ([EVENT("m", f"f{number:03}", [x], 1) for number, x in part]) for part in parts]), made


def hopeless(random: Random) -> tuple[Any, list[tuple[int, int]]]:
    """Ten thousand calls in an order that has nothing to do with that of the language."""
    steps = [(random.randrange(50), x) for x in range(10_000)]
    made = random.sample(steps, len(steps))
    return SEQ([EVENT("m", f"f{number:03}", [x], 1) for number, x in steps]), made


FAILING: dict[str, Callable[[Random], tuple[Any, list[tuple[int, int]]]]] = {
    "long": one_missing_one_extra,
    "parallel": three_in_parallel,
    "hopeless": hopeless,
}


@pytest.mark.parametrize("kind", FAILING)
def test_explanation(
    kind: str, mocking: Mocking, file_times: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report of a check that fails; the calls were made under a language that allows everything."""
    language, made = FAILING[kind](Random(SEED))
    mocking.init_lang("REPLICATE[ XALT[ " + " ".join(f"m.f{n:03}(_) -> 1" for n in range(50)) + " ] ]")
    assert mocking.lib.many_load(str(write_steps(tmp_path / "steps", made))) == len(made)
    mocking.lib.many_run(len(made))
    samples: list[float] = []

    def timed(*args: Any, **options: Any) -> Any:
        start = time.perf_counter()
        explained = explain(*args, **options)
        samples.append(time.perf_counter() - start)
        return explained

    monkeypatch.setattr(
        cmock_py.explain.verdict, "explain", timed
    )  # the check in C, and binding its language, do not count
    for _ in range(3):
        verdict = mocking.verdict(language)
        assert not verdict
        assert verdict.differences
    file_times(samples)


# --- beside them ----------------------------------------------------------------------------------------------------


def expectation(order: str, count: int) -> Work:
    """What we and the peers expect: all calls in one order, or those of each function in theirs."""
    if order == "ordered":
        steps = [(0, x) for x in range(count)]
        return Work(SEQ([event(*step) for step in steps]), steps)
    return in_parallel(Random(SEED), [[(n, x) for x in range(count // FUNCTIONS)] for n in range(FUNCTIONS)])


@pytest.mark.parametrize("count", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("order", ["ordered", "interleaved"])
def test_growth(order: str, count: int, mocking: Mocking, file_times: Any, tmp_path: Path) -> None:
    """Our call among so many that are expected, in a warm child."""
    work = expectation(order, count)
    mocking.restart()
    assert mocking.lib.many_load(str(write_steps(tmp_path / "steps", work.steps))) == count
    samples = [run_steps(mocking, work.language, work.steps) for _ in range(WARM + 1)]
    assert mocking.check_callouts()
    file_times(samples[1:], calls=count)


@pytest.fixture(scope="module")
def many_peer(peer: Callable[[str], Path]) -> Callable[[str, str], Path]:
    """Compile a peer of this module when it is first asked for; CMock has one for each order, the others one for both."""
    return cache(lambda name, order: peer(f"many_{name}_{order}" if name == "cmock" else f"many_{name}"))


@pytest.mark.parametrize(("name", "count"), PEER_CALLS)
@pytest.mark.parametrize("order", ["ordered", "interleaved"])
def test_growth_of_a_peer(  # noqa: PLR0917 - parameters and fixtures
    order: str, name: str, count: int, many_peer: Any, run: Any, file_times: Any, tmp_path: Path
) -> None:
    """A peer's call among so many that are expected; where a call costs much, only the first calls are made."""
    file = write_steps(tmp_path / "steps", expectation(order, count).steps)
    calls = PEER_CALLS[name, count]
    told = [run([many_peer(name, order), file, file, calls, order]) for _ in range(3)]
    lines = [next(line for line in text.splitlines() if line.startswith("ns ")).split() for text in told]
    file_times([int(line[1]) / 1e9 for line in lines], calls=calls)


@pytest.mark.parametrize("name", ["cmocka", "googlemock", "cpputest", "cmock"])
@pytest.mark.parametrize("order", ["ordered", "interleaved"])
def test_a_peer_notices_what_is_wrong(order: str, name: str, many_peer: Any, tmp_path: Path) -> None:
    """The work is equal: every peer refuses two calls that are swapped where all have one order, and one wrong argument."""
    steps = expectation(order, 1_000).steps[:20]
    made = [steps[1], steps[0], *steps[2:]] if order == "ordered" else [*steps[:-1], (steps[-1][0], 99)]
    files = [write_steps(tmp_path / "expected", steps), write_steps(tmp_path / "made", made)]
    done = [
        subprocess.run(
            [many_peer(name, order), files[0], one, "20", order], capture_output=True, timeout=60, check=False
        )
        for one in files
    ]
    assert [one.returncode == 0 for one in done] == [True, False]
