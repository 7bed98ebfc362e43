"""The C of the runtime: warning-free with both compilers, no stray names, and a hot path that needs next to nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py._resources import runtime_dir
from cmock_py.toolchain.runtime import RUNTIME_FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCES = sorted(path.name for path in runtime_dir().glob("*.c"))
STRICT = [
    *("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-Wmissing-prototypes"),
    "-Werror",
]
VARIANTS = {
    "optimised": [*RUNTIME_FLAGS, "-O2"],
    "unoptimised": [*RUNTIME_FLAGS, "-O0"],
    "fortified": [*RUNTIME_FLAGS, "-O2", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"],
    "position independent": [*RUNTIME_FLAGS, "-O2", "-fPIE", "-fstack-protector-strong"],
}

# What a mocked call may need of libc: nothing that a SUT could be in the middle of, such as malloc or stdio.
HOT = ("answers", "call", "capture", "conditions", "lists", "match")
HOT_PATH = {
    *("_GLOBAL_OFFSET_TABLE_", "__errno_location", "__libc_single_threaded"),
    *("bcmp", "memcmp", "memcpy", "memset", "sched_yield"),
}
STRINGS = {"memchr", "strchr", "strlen", "strncmp", "strnlen", "strspn"}
BY_VARIANT = {"fortified": {"__memcpy_chk"}, "position independent": {"__stack_chk_fail", "__tls_get_addr"}}
CHECK = {"_exit", "memcmp"}
CHECKING = ("check", "match", "conditions", "answers", "machine", "powers", "sets", "terms")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """Compile the runtime by one compiler in one variant, once; gives the folder of the objects.

    A warning fails the test that comes first, with the compiler's text.
    """
    folders: dict[tuple[str, str], Path] = {}

    def compile_all(compiler: str, variant: str) -> Path:
        folder = folders.get((compiler, variant)) or tmp_path_factory.mktemp("runtime")
        if (compiler, variant) not in folders:
            for name in SOURCES:
                output = folder / f"{Path(name).stem}.o"
                command = [compiler, *VARIANTS[variant], *STRICT, "-c", str(runtime_dir() / name), "-o", str(output)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stderr
            folders[compiler, variant] = folder
        return folder

    return compile_all


def names(path: Path, *flags: str) -> set[str]:
    """List symbols of an object with nm."""
    told = subprocess.run(["nm", "-P", *flags, path], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in told.splitlines()}


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_warnings(compiled: Callable[[str, str], Path], compiler: str, variant: str) -> None:
    """Each file compiles without a warning, the way that we build it and the ways that distributions do."""
    assert len(list(compiled(compiler, variant).glob("*.o"))) == len(SOURCES)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_names(compiled: Callable[[str, str], Path], compiler: str) -> None:
    """All that the runtime gives the linker begins with cmk_, so that it cannot clash with the user's C."""
    outputs = compiled(compiler, "optimised").glob("*.o")
    given = set().union(*(names(path, "--defined-only", "--extern-only") for path in outputs))
    assert {name for name in given if not name.startswith("cmk_")} == {"main"}


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_needs_of_the_hot_path(compiled: Callable[[str, str], Path], compiler: str, variant: str) -> None:
    """A mocked call allocates nothing, prints nothing and makes no system call but to give way to another thread."""
    folder = compiled(compiler, variant)
    needed = {name for file in HOT for name in names(folder / f"{file}.o", "-u")}
    allowed = HOT_PATH | STRINGS | BY_VARIANT.get(variant, set())
    assert {name for name in needed if not name.startswith("cmk_")} <= allowed


def test_needs_of_the_check(compiled: Callable[[str, str], Path]) -> None:
    """A check compares and ends; it needs no memory of its own."""
    needed = names(compiled("gcc", "optimised") / "check.o", "-u")
    assert {name for name in needed if not name.startswith("cmk_")} <= CHECK


@pytest.mark.parametrize("optimisation", ["-O0", "-O2"])
@pytest.mark.parametrize("cases", ["check_test", "conditions_test"])
def test_comparisons_of_the_check(tmp_path: Path, optimisation: str, cases: str) -> None:
    """Every comparison decides as the cases in C say, with no word read that is not there."""
    program = tmp_path / cases
    command = [
        *("gcc", "-std=c11", "-D_GNU_SOURCE", "-g", optimisation, *STRICT),
        *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", f"-I{runtime_dir()}"),
        *map(str, (Path(__file__).parent / f"{cases}.c", *(runtime_dir() / f"{name}.c" for name in CHECKING))),
        *("-lm", "-o", str(program)),
    ]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    ran = subprocess.run([program], capture_output=True, text=True, check=False, timeout=60)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)
