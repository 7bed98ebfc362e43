"""`toolchain.cache`: built once, whole or not at all."""

from __future__ import annotations

import multiprocessing
import os
import stat
import time
from pathlib import Path

import pytest

from cmock_py.errors import PlatformError
from cmock_py.toolchain import cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cache of this test alone."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def build(name: str, text: str = "built") -> bool:
    """Build the entry unless it is there; tell whether it was built."""
    with cache.entry(name) as entry:
        if entry.complete:
            return False
        (entry.directory / "sub").mkdir()
        (entry.directory / "sub" / "file").write_text(text)
    assert (entry.final / "sub" / "file").read_text() == text
    return True


def test_folder_is_the_users_alone(folder: Path) -> None:
    """The folder is made with mode 0700, and an open one is closed."""
    assert cache.cache_dir() == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    cache.cache_dir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_folder_without_the_variable_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without $CMOCK_PY_CACHE_DIR the folder lies where the desktop keeps caches."""
    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_dir() == tmp_path / "cmock-py"


def test_folder_that_cannot_be_made_is_one_line_with_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the folder and the variable that chooses another."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "cache"))
    with pytest.raises(PlatformError) as caught:
        cache.cache_dir()
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "file" / "cache") in str(caught.value)
    assert f"set {cache.VARIABLE}" in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_folder_of_another_user_is_refused(folder: Path) -> None:
    """A cache that somebody else can fill is not used."""
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(PlatformError, match="belongs to another user"):
        cache.cache_dir()


def test_key_depends_on_every_part_and_on_the_borders() -> None:
    """Moving a border, changing an order or a type gives another key; equal parts give an equal one."""
    keys = [
        cache.key(*parts) for parts in [("ab", "c"), ("a", "bc"), ("abc",), ("c", "ab"), (b"ab", "c"), ("ab", "c", "")]
    ]
    assert len(set(keys)) == len(keys)
    assert cache.key("ab", b"\xff") == cache.key("ab", b"\xff")
    assert cache.key("gr\udcf6") != cache.key("gr\udcdf")


def test_entry_is_built_once(folder: Path) -> None:
    """The second time the entry is complete, and its folder is the final one."""
    assert build("k")
    assert not build("k")
    with cache.entry("k") as entry:
        assert entry.directory == entry.final == folder / "k"


def test_failed_build_leaves_nothing(folder: Path) -> None:
    """An exception in the block goes through, and the next one builds."""
    with pytest.raises(FileNotFoundError), cache.entry("k") as entry:
        (entry.directory / "half").write_text((entry.directory / "input that is missing").read_text())
    assert sorted(path.name for path in folder.iterdir()) in ([], ["k.lock"])
    assert build("k")


@pytest.mark.parametrize("damage", ["changed", "removed", "added", "cut", "manifest", "file"])
def test_damaged_entry_is_built_again(folder: Path, damage: str) -> None:
    """Any change of the files after the build is found."""
    build("k")
    file = folder / "k" / "sub" / "file"
    if damage == "changed":
        file.write_text("BUILT")
    elif damage == "removed":
        file.unlink()
    elif damage == "added":
        (folder / "k" / "more").write_text("")
    elif damage == "cut":
        file.write_text("bui")
    elif damage == "manifest":
        (folder / "k" / "complete.json").write_text("[")
    else:
        (folder / "k").rename(folder / "gone")
        (folder / "k").write_text("a file where a folder was")
    assert build("k")
    assert not build("k")
    assert not list(folder.glob("*.tmp"))


def _die_while_building(name: str) -> None:
    """End in the middle of a build as a killed process does."""
    with cache.entry(name) as entry:
        (entry.directory / "half").write_text("half")
        os._exit(9)


def _build_slowly(name: str, log: str) -> None:
    """Build and note it."""
    with cache.entry(name) as entry:
        if not entry.complete:
            with Path(log).open("a") as file:
                file.write("built\n")
            time.sleep(0.3)
            (entry.directory / "file").write_text("whole")
    assert (entry.final / "file").read_text() == "whole"


def test_killed_build_leaves_nothing_half_built(folder: Path) -> None:
    """After a crash the lock is free, the entry is not complete, and the rest of the crash is swept away."""
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=_die_while_building, args=("k",))
    child.start()
    child.join(30)
    assert child.exitcode == 9
    assert list(folder.glob("*.tmp"))
    assert build("k")
    assert not list(folder.glob("*.tmp"))


def test_two_processes_at_once_build_once(folder: Path, tmp_path: Path) -> None:
    """The one that comes second waits and finds the entry complete."""
    context = multiprocessing.get_context("spawn")
    log = tmp_path / "log"
    children = [context.Process(target=_build_slowly, args=("k", str(log))) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(30)
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert log.read_text() == "built\n"
