"""Write what other tools print for the ten mistakes of mistakes.c: ``python tests/peers/outputs.py``.

It needs gcc, g++, and Debian's libcmocka-dev, libgmock-dev and cpputest; a tool that is missing is named and left as it is.
What belongs to a run and not to the message is taken away: counts of tests, times, addresses. docs/failures.md shows
the files; a test compares both.
"""
# ruff: noqa: T201 - a command prints

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

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
}
NOISE = re.compile(
    r"^\[(=+|  PASSED  |  FAILED  | RUN      |       OK )\].*\n|^ *\d+ FAILED TEST\(S\)\n|^(Errors|OK) \(.*\)\n|^!?\.\n|^\.\n"
    r"|^unknown file: Failure\n(?=\n)",
    re.MULTILINE,
)


def build(folder: Path, tool: str) -> Path:
    """Compile the ten tests of a tool; the sources are named as they stand, so that messages name no folder."""
    source, libraries, _ = TOOLS[tool]
    program = folder / tool
    compiler = "g++" if source.endswith(".cc") else "gcc"
    subprocess.run(["gcc", "-c", "mistakes.c", "-o", folder / "mistakes.o"], cwd=HERE, check=True)
    subprocess.run([compiler, source, folder / "mistakes.o", *libraries, "-o", program], cwd=HERE, check=True)
    return program


def output(program: Path, tool: str, mistake: str) -> tuple[int, str]:
    """Run one test; its status, and its message without what belongs to the run."""
    words = [word.format(mistake) for word in TOOLS[tool][2]]
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=60)
    text = NOISE.sub("", done.stdout + done.stderr)
    text = re.sub(r"0x[0-9a-f]{8,}", "0x...", text)
    text = re.sub(r" \(?\b\d+ ms\b\)?", "", text)
    lines = re.sub(r"\n{3,}", "\n\n", text).strip().expandtabs(4).splitlines()
    hidden = len(lines) - LONGEST
    kept = [*lines[: LONGEST - 2], f"(... and {hidden + 2:,} more lines)"] if hidden > 0 else lines
    return done.returncode, "\n".join(kept) + "\n"


def main() -> None:
    """Write all that can be run here."""
    OUTPUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for tool in TOOLS:
            try:
                program = build(Path(folder), tool)
            except subprocess.CalledProcessError:
                print(f"{tool} is not installed")
                continue
            for mistake in MISTAKES:
                status, text = output(program, tool, mistake)
                text = text if status else "(the test passes)\n"
                (OUTPUT / f"{mistake}.{tool}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
