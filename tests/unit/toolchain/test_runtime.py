"""`toolchain.runtime`: our C, compiled once for a compiler and before anything else waits for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from cmock_py.toolchain import cache, compiler, runtime

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty cache."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))


def _wait_for_others(before: set[threading.Thread]) -> int:
    """Wait for the threads that were begun since, and count them."""
    begun = set(threading.enumerate()) - before
    for thread in begun:
        thread.join()
    return len(begun)


def test_a_first_start_begins_to_compile_the_runtime() -> None:
    """With an empty cache the objects are made in the background, once; those who need them find them or wait."""
    before = set(threading.enumerate())
    runtime.compile_early(None, ())
    objects = runtime.runtime_objects(compiler.find_compiler())
    assert _wait_for_others(before) <= 1
    made = [path.stat().st_mtime_ns for path in objects]
    runtime.compile_early(None, ())
    assert not _wait_for_others(before)
    assert [path.stat().st_mtime_ns for path in runtime.runtime_objects(compiler.find_compiler())] == made


def test_what_is_wrong_with_the_compiler_is_left_to_others(capfd: pytest.CaptureFixture[str]) -> None:
    """An early beginning that fails says nothing and keeps nothing."""
    before = set(threading.enumerate())
    runtime.compile_early("no-such-compiler", ())
    _wait_for_others(before)
    assert capfd.readouterr() == ("", "")
    assert not cache.has("runtime-")


def test_a_cache_that_cannot_be_used_is_left_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is begun where nothing could be kept."""
    (tmp_path / "file").touch()
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "cache"))
    before = set(threading.enumerate())
    runtime.compile_early(None, ())
    assert not _wait_for_others(before)
