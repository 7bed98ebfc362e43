"""Write what other tools print for the ten mistakes of mistakes.c: ``python -m tests.peers.outputs [FOLDER]``.

It needs gcc, g++, and Debian's libcmocka-dev, libgmock-dev and cpputest; for CMock and fff, which no package has, ruby and
a folder with clones of them, of Unity and of Ceedling. A tool that is missing is named and left as it is. What belongs to a run
and not to the message is taken away: counts of tests, times, addresses. docs/failures.md shows the files; a test compares both.
"""
# ruff: noqa: T201 - a command prints

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.clones import cmock, fff, unity

LONGEST = 30
"""Lines of a message that are kept; the others are counted."""
HERE = Path(__file__).resolve().parent
OUTPUT = HERE / "output"
MISTAKES = (
    "unexpected_call",
    "missing_calls_in_par",
    "wrong_arguments",
    "wrong_order",
    "one_too_many",
    "closest_alternative",
    "unknown_function",
    "long_trace_two_differences",
    "ambiguous_language",
    "too_few_repetitions",
)
TOOLS = {
    "cmocka": ("with_cmocka.c", ["-lcmocka"], ["test_{}"]),
    "googlemock": (
        "with_googlemock.cc",
        ["-lgmock", "-lgtest", "-lpthread"],
        ["--gtest_filter=*.{}", "--gtest_brief=1"],
    ),
    "cpputest": ("with_cpputest.cc", ["-lCppUTestExt", "-lCppUTest"], ["-sn", "{}"]),
    "cmock": ("with_cmock.c", [], ["{}"]),
    "fff": ("with_fff.c", [], ["{}"]),
}
CLONED = {"cmock", "fff"}
"""Tools of which no package exists: they are compiled from the folder of clones."""
UNORDERED = {"missing_calls_in_par", "ambiguous_language"}
"""What allows several orders: CMock's mocks are generated without any for these."""
NOISE = re.compile(
    r"^\[(=+|  PASSED  |  FAILED  | RUN      |       OK )\].*\n|^ *\d+ FAILED TEST\(S\)\n|^(Errors|OK) \(.*\)\n|^!?\.\n|^\.\n"
    r"|^unknown file: Failure\n(?=\n)|^-{23}\n\d+ Tests \d+ Failures \d+ Ignored *\n(OK|FAIL)\n",
    re.MULTILINE,
)


def build(folder: Path, tool: str, clones: Path | None = None, *, ordered: bool = True) -> Path:
    """Compile the ten tests of a tool; the sources are named as they stand, so that messages name no folder."""
    source, libraries, _ = TOOLS[tool]
    program = folder / (tool if ordered else f"{tool}_unordered")
    compiler = "g++" if source.endswith(".cc") else "gcc"
    rest = cloned(folder, tool, clones, ordered=ordered) if clones and tool in CLONED else libraries
    subprocess.run(["gcc", "-c", "mistakes.c", "-o", folder / "mistakes.o"], cwd=HERE, check=True)
    subprocess.run([compiler, source, folder / "mistakes.o", *rest, "-o", program], cwd=HERE, check=True)
    return program


def cloned(folder: Path, tool: str, clones: Path, *, ordered: bool) -> list[str]:
    """Say to gcc what a tool is made of that has no package."""
    if tool == "fff":
        return [*fff(clones), *unity(clones)]
    mocks = folder / ("ordered" if ordered else "unordered")
    return cmock(clones, HERE / "mocked.h", mocks, ordered=ordered)


def output(program: Path, tool: str, mistake: str) -> tuple[int, str]:
    """Run one test; its status, and its message without what belongs to the run."""
    words = [word.format(mistake) for word in TOOLS[tool][2]]
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=60)
    text = NOISE.sub("", done.stdout + done.stderr)
    text = re.sub(r"0x[0-9A-Fa-f]{8,}", "0x...", text)
    text = re.sub(r" \(?\b\d+ ms\b\)?", "", text)
    lines = re.sub(r"\n{3,}", "\n\n", text).strip().expandtabs(4).splitlines()
    hidden = len(lines) - LONGEST
    kept = [*lines[: LONGEST - 2], f"(... and {hidden + 2:,} more lines)"] if hidden > 0 else lines
    return done.returncode, "\n".join(kept) + "\n"


def write(folder: Path, tool: str, clones: Path | None) -> None:
    """Write what one tool prints for each mistake."""
    ordered = build(folder, tool, clones)
    unordered = build(folder, tool, clones, ordered=False) if tool == "cmock" else ordered
    for mistake in MISTAKES:
        status, text = output(unordered if mistake in UNORDERED else ordered, tool, mistake)
        (OUTPUT / f"{mistake}.{tool}.txt").write_text(text if status else "(the test passes)\n", encoding="utf-8")


def main() -> None:
    """Write all that can be run here."""
    clones = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
    OUTPUT.mkdir(exist_ok=True)
    for tool in TOOLS:
        if tool in CLONED and clones is None:
            print(f"{tool} is left out: name the folder of its clone")
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                write(Path(folder), tool, clones)
            except (subprocess.CalledProcessError, FileNotFoundError):
                print(f"{tool} is not installed")


if __name__ == "__main__":
    main()
