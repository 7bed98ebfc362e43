"""The stack example is what its README says: it runs, its header is fresh, and its report is the one that is shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cmock_py import gen_headers, load_spec

if TYPE_CHECKING:
    from pathlib import Path


def run_example(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the example's tests with pytest in a process of their own, from the root of a checkout."""
    plugins = ["-p", "cmock_py.pytest_plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *plugins, *arguments, "examples/stack"]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120, env=environment)


@pytest.mark.slow
def test_the_example_passes_but_for_the_test_that_is_meant_to_fail(root: Path) -> None:
    """Four tests pass and one fails as expected; with ``--xfail-tb`` its report is on the screen."""
    done = run_example(root, "-rx", "--xfail-tb")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed, 1 xfailed" in done.stdout
    assert "val=6 instead of 7 in stack.push" in done.stdout
    assert "calc.c:30 in calculate()" in done.stdout


def test_the_committed_header_is_what_is_generated_now(root: Path) -> None:
    """A generated file that is committed to be read does not go stale."""
    folder = root / "examples" / "stack"
    assert (folder / "generated" / "stack_api.h").read_text() == gen_headers(load_spec(folder / "spec.py"))


@pytest.mark.parametrize("compiler", ["gcc", "g++"])
def test_the_generated_header_compiles_after_the_types(root: Path, tmp_path: Path, compiler: str) -> None:
    """The generated header is C, and C++ too: the function named new is left out there."""
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not here")
    source = tmp_path / "user.c"
    source.write_text('typedef int Stack;\n#include "stack_api.h"\nint use(Stack s) { push(s, 1); return pop(s); }\n')
    include = root / "examples" / "stack" / "generated"
    command = [
        compiler,
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Wconversion",
        "-Werror",
        f"-I{include}",
        "-fsyntax-only",
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_calculator_can_be_built_with_the_generated_header(root: Path, tmp_path: Path) -> None:
    """The generated header stands in for stack.h when the system under test is compiled."""
    example = root / "examples" / "stack"
    (tmp_path / "stack.h").write_text('typedef int Stack;\n#include "stack_api.h"\n')
    for name in ("calc.c", "calc.h"):
        shutil.copy(example / name, tmp_path)
    command = ["gcc", "-Wall", "-Wextra", "-Werror", f"-I{example / 'generated'}", "-c", "calc.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
