"""Run all benchmarks and print the Markdown table of docs/performance.md: ``python tests/benchmarks/table.py``.

Takes some six minutes; a machine that does nothing else gives figures that mean something. CMock and fff
stand in it when ``CMOCK_PY_CLONES`` names the folder of their clones. With the name of a file that
``--benchmark-json`` wrote, only the table is made.
"""
# ruff: noqa: T201 - a command prints

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

ROOT = Path(__file__).resolve().parent.parent.parent
UNITS = {"ns": 1e9, "µs": 1e6, "ms": 1e3, "s": 1.0}
LABELS = {
    "bare": "bare stub",
    "hand": "by hand",
    "cmocka": "cmocka",
    "googlemock": "GoogleMock",
    "cmock": "CMock",
    "fff": "fff",
}
RECORDERS = {"bare", "fff"}
"""Peers that expect nothing: they stand beside a call, not beside the work around it."""
SIZES = {1_000: "10^3", 10_000: "10^4", 100_000: "10^5", 1_000_000: "10^6"}
LOUD = 0.7
"""Load of the machine from which on the figures are called noisy; the benchmarks themselves make about 1."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Smallest and middle sample of one benchmark, in seconds a call or in the unit of a fact."""

    least: float
    median: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: its first column.
        ours: name of the benchmark.
        unit: of the printed figures.
        target: not to be exceeded, in that unit; None when the row has none.
        peers: label and benchmark of what stands beside it.
        fact: the key of ``extra_info`` that is shown instead of the time.
    """

    what: str
    ours: str
    unit: str
    target: float | None = None
    peers: tuple[tuple[str, str], ...] = ()
    fact: str | None = None


def peers_of(test: str, count: int, left_out: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Name the peers of one number of calls; GoogleMock's largest is 10^4, CMock's 10^5."""
    largest = {"googlemock": 1_000, "cmock": 100_000}
    names = [name for name in LABELS if count <= largest.get(name, count) and name not in left_out]
    return tuple((LABELS[name], f"{test}[{name}-{count}]") for name in names)


LANGUAGES: dict[str, tuple[str, float | None]] = {
    "sequence": ("SEQ of 10^6", 10),
    "thousand": ("PAR of 1000 SEQ of 1000", 50),
    "turns": ("the same, in turns", 50),
    "alike": ("PAR of 20 equal SEQ of 1000", 12),
    "permutation": ("PERM of 1000, 100 times", 15),
    "choice": ("REPLICATE of XALT of 500", 30),
    "nested": ("six operators nested", 70),
    "again": ("PAR of 20 equal REPLICATE", 30),
    "shared": ("PAR of 3 SEQ of 10, shared functions, 10 000 times", 30),
    "never": ("PAR of 3 SEQ of 3000, shared functions", None),
}
"""What each language of the benchmarks is called, and the nanoseconds that a call in a warm child may take."""


def language_rows() -> list[Row]:
    """Rows of a mocked call under each language, beside the same calls otherwise."""
    rows = []
    for kind, (label, target) in LANGUAGES.items():
        beside = (
            ("as one SEQ", f"test_the_same_calls_in_a_seq[{kind}]"),
            ("not mocked", f"test_the_same_calls_not_mocked[{kind}]"),
        )
        rows.append(Row(f"warm call, {label}", f"test_call_under_a_language[{kind}]", "ns", target, beside))
        rows.append(Row(f"fresh call, {label}", f"test_first_call_under_a_language[{kind}]", "ns"))
    rows += [
        Row("warm call, an argument matched", "test_call_whose_arguments_decide[matched]", "ns"),
        Row("warm call, an argument bound before", "test_call_whose_arguments_decide[bound]", "ns"),
    ]
    for order, label in (("ordered", "all in one order"), ("interleaved", "1000 functions, each in its order")):
        for count in (1_000, 10_000, 100_000):
            names = {
                "cmocka": "cmocka",
                "googlemock": "GoogleMock",
                **({} if count == 100_000 else {"cpputest": "CppUTest"}),
                "cmock": "CMock",
            }
            beside = tuple((shown, f"test_growth_of_a_peer[{order}-{name}-{count}]") for name, shown in names.items())
            rows.append(Row(f"call among {SIZES[count]}, {label}", f"test_growth[{order}-{count}]", "ns", None, beside))
    return rows


CHECKS = [
    Row("`init_lang`, 10^6 events as text", "test_init_lang_of_text", "s", 6),
    Row("`init_lang`, 10^6 events as columns", "test_init_lang_of_columns", "ms", 50),
    Row("`check_callouts`, 10^6 calls of 3 arguments, D", "test_check_under_a_language[D]", "ms", 10),
    Row("`check_callouts`, 10^6 calls of 3 arguments, S", "test_check_under_a_language[S]", "ms", 100),
    Row("explaining 2 differences in a SEQ of 10^6", "test_explanation[long]", "s", 0.5),
    Row("explaining 3 differences in a PAR of 10 SEQ of 200", "test_explanation[parallel]", "s", 0.5),
    Row("explaining 10^4 calls in a hopeless order", "test_explanation[hopeless]", "s", 0.5),
]


def call_rows() -> list[Row]:
    """Rows of a mocked call, by number of calls."""
    rows = []
    for count in (1_000, 100_000, 1_000_000):
        label = f"SEQ of {SIZES[count]}"
        by_hand = (("by hand, first run", f"test_first_run_by_hand[{count}]"),)
        rows += [
            Row(
                f"mocked call, warm child, {label}",
                f"test_call_in_a_warm_child[{count}]",
                "ns",
                15,
                peers_of("test_run_of_a_peer", count),
            ),
            Row(f"mocked call, fresh child, {label}", f"test_call_in_a_fresh_child[{count}]", "ns", None, by_hand),
            Row(f"mocked call, first child of all, {label}", f"test_call_in_the_first_child[{count}]", "ns"),
            Row(
                f"expect, call and check, {label}",
                f"test_whole_life[{count}]",
                "ns",
                None,
                peers_of("test_whole_life_of_a_peer", count, RECORDERS),
            ),
        ]
    return rows


KINDS = {
    "scalars": "3 scalars",
    "buffer": "a 64-byte buffer",
    "text": "a 16-character string",
    "by_value": "a 24-byte struct by value",
}


def kind_rows() -> list[Row]:
    """Rows of a mocked call by the kind of its arguments, and of functions that are answered otherwise."""
    rows = []
    for kind, label in KINDS.items():
        bare = (("not mocked", f"test_bare_call_by_kind[{kind}]"),)
        rows.append(Row(f"mocked call, {label}", f"test_call_by_kind[{kind}]", "ns", None, bare))
        rows.append(Row(f"bytes of its record, {label}", f"test_call_by_kind[{kind}]", "B", None, (), "record_bytes"))
    silent = (("not mocked", "test_bare_call_by_kind[quiet]"),)
    rows.append(Row("call of a silent function", "test_silent_call", "ns", 20, silent))
    rows.append(Row("call that a Python function answers", "test_call_that_python_answers", "µs", 15))
    return rows


ROWS = [
    *call_rows(),
    *language_rows(),
    *kind_rows(),
    Row(
        "bytes of an expected call",
        "test_call_in_a_warm_child[1000000]",
        "B",
        40,
        (
            ("by hand, with its record", "test_run_of_a_peer[hand-1000000]"),
            ("cmocka", "test_run_of_a_peer[cmocka-1000000]"),
            ("GoogleMock", "test_run_of_a_peer[googlemock-1000]"),
            ("CMock", "test_run_of_a_peer[cmock-100000]"),
        ),
        "event_bytes",
    ),
    Row("bytes of a record", "test_call_in_a_warm_child[1000000]", "B", 64, (), "record_bytes"),
    Row("`init_lang`, 10^6 terms, all distinct", "test_init_lang[1000000]", "s", 1.2),
    *CHECKS,
    Row("making these 10^6 `EVENT` terms", "test_terms[1000000]", "s"),
    Row("`check_callouts`, 10^6 calls", "test_check[1000000]", "ms", 50),
    Row("round trip `lib.add(1, 2)`", "test_round_trip", "µs", 10, (("ctypes", "test_round_trip_of_ctypes"),)),
    Row("fresh child", "test_fresh_child", "ms", 0.5, (("fork of Python with pytest", "test_fork_of_python"),)),
    Row("a whole small test", "test_small_test", "ms"),
    Row("`import cmock_py`", "test_import[import_package.py]", "ms", 40),
    Row("import of a test's names", "test_import[import_names.py]", "ms"),
    *(Row(f"warm start, {n} functions", f"test_warm_start[{n}-start.py]", "s", 0.15) for n in (3, 200)),
    *(
        Row(f"warm start to the first verdict, {n} functions", f"test_warm_start[{n}-first_verdict.py]", "s")
        for n in (3, 200)
    ),
    *(
        Row(
            f"cold start, {n} functions",
            f"test_cold_start[{n}]",
            "s",
            target,
            (
                ("cmocka, mocks by hand", f"test_cold_start_with_cmocka[{n}]"),
                ("CMock", f"test_cold_start_with_cmock[{n}]"),
            ),
        )
        for n, target in ((3, None), (200, 0.6))
    ),
    *(
        Row(f"cold start, our runtime built before, {n} functions", f"test_cold_start_with_runtime[{n}]", "s")
        for n in (3, 200)
    ),
]


def figures(told: dict[str, Any], fact: str | None) -> dict[str, Figure]:
    """Read the figures of all benchmarks by name; times are a call where the benchmark made many."""
    found = {}
    for one in told["benchmarks"]:
        info, stats = one["extra_info"], one["stats"]
        value = info.get(fact or "", info.get("call_bytes")) if fact else None
        calls = info.get("calls", 1)
        if fact is None:
            found[one["name"]] = Figure(stats["min"] / calls, stats["median"] / calls)
        elif value is not None:
            found[one["name"]] = Figure(value, value)
    return found


def shown(number: float) -> str:
    """Write a number with three digits that mean something.

    >>> shown(0.01234), shown(5.6789), shown(1234.5)
    ('0.0123', '5.68', '1,234')
    """
    return f"{number:,.0f}" if number >= 100 else f"{number:#.3g}".rstrip(".")


def cell(figure: Figure, row: Row) -> str:
    """Write least and median in the unit of the row, or the one number of a fact."""
    if row.fact:
        return f"{shown(figure.least)} {row.unit}"
    scale = UNITS[row.unit]
    return f"{shown(figure.least * scale)} / {shown(figure.median * scale)} {row.unit}"


def judged(figure: Figure, row: Row) -> str:
    """Hold a figure to its target: the median must meet it; where only the least does, that is said."""
    if row.target is None:
        return ""
    scale = 1 if row.fact else UNITS[row.unit]
    if figure.median * scale <= row.target:
        return "met"
    return "at best" if figure.least * scale <= row.target else "**missed**"


def line(row: Row, found: dict[str, Figure]) -> str:
    """Write one row; a peer that was skipped is called missing."""
    ours = found[row.ours]
    beside = [
        f"{label} {cell(found[name], row)} ({shown(found[name].median / ours.median)}x)"
        if name in found
        else f"{label}: not installed"
        for label, name in row.peers
    ]
    target = "" if row.target is None else f"{row.target:g} {row.unit}"
    return f"| {row.what} | {target} | {cell(ours, row)} | {judged(ours, row)} | {'; '.join(beside)} |"


def table(told: dict[str, Any]) -> str:
    """Write the whole table."""
    times = figures(told, None)
    lines = ["| what | target | least / median | | beside it, and how many times ours |", "|---|---|---|---|---|"]
    lines += [line(row, figures(told, row.fact) if row.fact else times) for row in ROWS]
    small, large = (times[f"test_call_in_a_warm_child[{count}]"].least for count in (1_000, 1_000_000))
    flat = "met" if large <= 1.2 * small else "**missed**"
    lines.append(f"| growth of the least warm call from 10^3 to 10^6 | 1.2x | {shown(large / small)}x | {flat} | |")
    lines.append(growth(times, "GoogleMock's call", "test_run_of_a_peer[googlemock-{}]"))
    lines.append(growth(times, "CMock's expect, call and check", "test_whole_life_of_a_peer[cmock-{}]"))
    return "\n".join(lines)


def growth(times: dict[str, Figure], what: str, name: str) -> str:
    """Write how much more a call of a peer costs among 10^4 expectations."""
    found = [times[name.format(count)].median for count in (1_000, 10_000) if name.format(count) in times]
    ratio = f"{shown(found[1] / found[0])}x" if len(found) == 2 else "not installed"
    return f"| growth of {what} from 10^3 to 10^4 | | {ratio} | | |"


def machine(told: dict[str, Any], loads: tuple[float, float]) -> str:
    """Say where, when and under which load it was measured."""
    info = told["machine_info"]
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    day = dt.datetime.fromisoformat(told["datetime"]).date().isoformat()
    noisy = "; **other work ran beside it**" if loads[0] > LOUD else ""
    return (
        f"{day}, {info['cpu']['brand_raw']}, {os.cpu_count()} CPUs, Linux {info['release']}, {compiler}, "
        f"{info['python_implementation']} {info['python_version']}; load before and after "
        f"{loads[0]:.1f} and {loads[1]:.1f}{noisy}."
    )


def run_benchmarks(written: Path) -> None:
    """Run them all in one pytest; what it says goes to standard error."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/benchmarks"]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = dict(os.environ, PYTHONPATH=path)
    done = subprocess.run(
        [*command, f"--benchmark-json={written}"], cwd=ROOT, env=environment, stdout=sys.stderr, check=False
    )
    if done.returncode:
        raise SystemExit(done.returncode)


def main() -> None:
    """Print the table of the file that is named, or of a run of its own."""
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        written = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "benchmarks.json"
        if len(sys.argv) == 1:
            run_benchmarks(written)
        told = json.loads(written.read_text(encoding="utf-8"))
    if len(sys.argv) == 1:
        print(f"{machine(told, (before, os.getloadavg()[0]))}\n")
    print(table(told))


if __name__ == "__main__":
    main()
