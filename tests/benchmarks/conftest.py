"""What the benchmarks share: peers that are compiled here, and times that were measured elsewhere than in Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.clones import cmock, fff

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = HERE / "peers"
collect_ignore_glob = ["fresh/*"]  # programs, not modules: they begin to work when they are imported
LIMIT_S = 60
"""For one program that a benchmark runs; they take some seconds at most."""

LINKED = {
    "bare": ("bare.c", ()),
    "hand": ("hand.c", ()),
    "cmocka": ("with_cmocka.c", ("-lcmocka",)),
    "googlemock": ("with_googlemock.cc", ("-lgmock", "-lgtest", "-lpthread")),
    "cmock": ("with_cmock.c", ("-DCMOCK_MEM_DYNAMIC",)),
    "fff": ("with_fff.c", ("-DFFF_ARG_HISTORY_LEN=1000000", "-DFFF_CALL_HISTORY_LEN=1000000")),
    "many_cmock_ordered": ("many_cmock.c", ("-DCMOCK_MEM_DYNAMIC",)),
    "many_cmock_interleaved": ("many_cmock.c", ("-DCMOCK_MEM_DYNAMIC",)),
    "many_cmocka": ("many_cmocka.c", ("-lcmocka",)),
    "many_googlemock": ("many_googlemock.cc", ("-lgmock", "-lgtest", "-lpthread")),
    "many_cpputest": ("many_cpputest.cc", ("-lCppUTestExt", "-lCppUTest")),
}
NEEDS = {"-lcmocka": "libcmocka-dev", "-lgmock": "libgmock-dev", "-lCppUTestExt": "cpputest"}
"""Of Debian: the package of a peer's library."""
CLONED = {"cmock", "many_cmock_ordered", "many_cmock_interleaved", "fff"}
"""Peers without a package; the folder of their clones stands in `CMOCK_PY_CLONES`."""


@dataclass(frozen=True, slots=True)
class Phases:
    """One repetition of a peer: seconds of each phase, and bytes that its set-up took."""

    set_up_s: float
    run_s: float
    verify_s: float
    size_bytes: int

    @property
    def whole_s(self) -> float:
        """Seconds of all phases."""
        return self.set_up_s + self.run_s + self.verify_s


class FileTimes(Protocol):
    """How `file_times` is called."""

    def __call__(self, samples_s: Sequence[float], **facts: Any) -> None:
        """File the samples, one a round, and the facts beside them."""


@pytest.fixture
def file_times(request: pytest.FixtureRequest) -> FileTimes:
    """Give pytest-benchmark times that a C program or another interpreter took, as rounds of this benchmark.

    The benchmark's clock moves only when a sample is filed, and then by that sample.
    """
    now_s = 0.0

    def clock() -> float:
        return now_s

    def advance(sample_s: float) -> None:
        nonlocal now_s
        now_s += sample_s

    request.applymarker(pytest.mark.benchmark(timer=clock))

    def file(samples_s: Sequence[float], **facts: Any) -> None:
        benchmark = request.getfixturevalue("benchmark")
        waiting = iter(samples_s)
        benchmark.extra_info.update(facts)
        benchmark.pedantic(lambda: advance(next(waiting)), rounds=len(samples_s))

    return file


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Compile a peer when it is first asked for, with -O2, and return its program; skip when its library is missing."""
    folder = tmp_path_factory.mktemp("peers")

    def compiled(name: str) -> Path:
        program = folder / name
        sut = folder / ("many.o" if name.startswith("many_") else "loop.o")
        if not sut.exists():
            run(["gcc", "-O2", "-c", PEERS / f"{sut.stem}.c", "-o", sut])
        if not program.exists():
            source, words = LINKED[name]
            if name in CLONED:
                words = (*words, *cloned(name, folder))
            elif words and not has_library(words[0]):
                pytest.skip(f"{name} is not here: apt-get install {NEEDS[words[0]]}")
            compiler = "g++" if source.endswith(".cc") else "gcc"
            run([compiler, "-O2", PEERS / source, sut, *words, "-o", program])
        return program

    return compiled


def cloned(name: str, folder: Path) -> list[str]:
    """Say to gcc what a peer is made of that has no package; skip without its clone."""
    place = clones()
    if name == "fff":
        return fff(place)
    mocks = folder / f"mocks_{name}"
    mocks.mkdir()
    many = "".join(f"int f{number:03}(int x);\n" for number in range(1_000))
    (mocks / "mocked.h").write_text("int f(int a, int b);\n" if name == "cmock" else many, encoding="utf-8")
    return cmock(place, mocks / "mocked.h", mocks, ordered=not name.endswith("_interleaved"))


def clones() -> Path:
    """Find the folder with clones of CMock, Unity and fff; skip when none is named."""
    named = os.environ.get("CMOCK_PY_CLONES")
    if not named:
        pytest.skip("CMOCK_PY_CLONES names no folder with clones of CMock, Unity and fff")
    return Path(named)


@pytest.fixture(scope="session", name="clones")
def clones_fixture() -> Path:
    """Give the folder with clones."""
    return clones()


@pytest.fixture(scope="session")
def loop_headers() -> list[Path]:
    """Header of the SUT of the benchmarks of calls."""
    return [PEERS / "loop.h"]


@pytest.fixture(scope="session")
def loop_sources() -> list[Path]:
    """Source of the SUT of the benchmarks of calls."""
    return [PEERS / "loop.c"]


@pytest.fixture(scope="session")
def phases_of() -> Callable[..., list[Phases]]:
    """Run a peer and read what each of its repetitions took; it must have found all calls right."""

    def measured(program: Path, count: int, *, repetitions: int) -> list[Phases]:
        printed = run([program, count, repetitions, "right"])
        rows = [line.split()[1:] for line in printed.splitlines() if line.startswith("phases ")]
        assert len(rows) == repetitions
        return [Phases(int(row[0]) / 1e9, int(row[1]) / 1e9, int(row[2]) / 1e9, int(row[3])) for row in rows]

    return measured


@pytest.fixture(scope="session")
def fresh_seconds() -> Callable[..., float]:
    """Run a program of `fresh/` in a fresh interpreter; return the seconds that it printed, its own start left out.

    Modules are compiled to bytecode once, as for every user, whatever the environment of the benchmarks says.
    """
    base = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def seconds(name: str, *, folder: Path | None = None, cache: Path | None = None) -> float:
        environment = base | {"PYTHONPATH": str(ROOT)}
        if cache is not None:
            environment["CMOCK_PY_CACHE_DIR"] = str(cache)
        printed = run([sys.executable, HERE / "fresh" / name], cwd=folder, env=environment)
        return float(printed.split()[-1])

    return seconds


@pytest.fixture(scope="session", name="run")
def run_fixture() -> Callable[..., str]:
    """Run a program to its good end and return what it printed."""
    return run


def run(command: Sequence[Any], **options: Any) -> str:
    """Run a program to its good end and return what it printed; what a failing one said is shown."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=LIMIT_S, **options)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout


def has_library(flag: str) -> bool:
    """Tell whether the linker finds a library: the compiler prints a path, or the bare name when there is none."""
    names = [f"lib{flag.removeprefix('-l')}{suffix}" for suffix in (".so", ".a")]
    compiler = shutil.which("gcc") or "gcc"
    return any(Path(run([compiler, f"-print-file-name={name}"]).strip()).is_absolute() for name in names)
