"""One call from Python into the SUT, and one fresh child, as every test pays for them."""

from __future__ import annotations

import ctypes
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import EVENT, SEQ, ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = ApiSpec([ApiModule("m", [ApiFunction("f", "int", [ApiArg("int", "a"), ApiArg("int", "b")])])])


@pytest.fixture(scope="module")
def mocking(loop_headers: list[Path], loop_sources: list[Path]) -> Iterator[Mocking]:
    """The SUT of the loop, which also has `add`, in a process of its own."""
    with start_mocking(SPEC, headers=loop_headers, objs=loop_sources, cflags=["-O2"]) as running:
        yield running


def test_round_trip(mocking: Mocking, benchmark: Any) -> None:
    """``mocking.lib.add(1, 2)``: checked, sent to the child, run, and answered; one call right after the other."""
    assert benchmark(mocking.lib.add, 1, 2) == 3


def test_round_trip_of_ctypes(loop_sources: list[Path], tmp_path: Path, benchmark: Any) -> None:
    """The same function in a shared object, called by ctypes in Python's own process: nothing survives its crash."""
    library = tmp_path / "loop.so"
    subprocess.run(
        ["gcc", "-O2", "-shared", "-fPIC", "-Wl,-z,lazy", *loop_sources, "-o", library], check=True, timeout=60
    )
    add = ctypes.CDLL(str(library), mode=os.RTLD_LAZY).add
    add.argtypes, add.restype = [ctypes.c_int, ctypes.c_int], ctypes.c_int
    assert benchmark(add, 1, 2) == 3


def test_fresh_child(mocking: Mocking, benchmark: Any) -> None:
    """`restart`: kill the child, forget language and trace, fork another; its memory is that of the program's start."""
    mocking.lib.run_calls(0)
    mocking.lib.total = 99
    benchmark(mocking.restart)
    assert mocking.lib.total == 0


def test_small_test(mocking: Mocking, benchmark: Any) -> None:
    """A whole small test: fresh child, language of three terms, one call of the SUT that makes three, check."""

    def small_test() -> bool:
        mocking.restart()
        mocking.init_lang(SEQ([EVENT("m", "f", [i, i ^ 0x5A5A], i * 7 + 3) for i in range(3)]))
        mocking.lib.run_calls(3)
        return mocking.check_callouts()

    assert benchmark(small_test)


def test_fork_of_python(fresh_seconds: Any, file_times: Any) -> None:
    """What isolation costs without a host: fork a Python that has pytest and us loaded, and wait for the child's end."""
    file_times([fresh_seconds("fork.py") for _ in range(5)])
