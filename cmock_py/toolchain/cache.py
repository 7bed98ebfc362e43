"""Keep what was built, by content, for the next start; safe when several processes build the same at once.

An entry is built in a temporary sibling and renamed, so it is there as a whole or not at all. Its manifest lists size
and checksum of every file: an entry that was damaged later is built again.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "CMOCK_PY_CACHE_DIR"
LOCK_TIMEOUT_S = 900.0
"""Longer than any build; who holds the lock longer hangs, and waiting on would hang as well."""

_MANIFEST = "complete.json"
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the cache while its lock is held.

    Attributes:
        directory: where to read (complete) or to build (not complete; a temporary folder).
        final: where the entry lies after the ``with`` block.
        complete: whether it is built already.
    """

    directory: Path
    final: Path
    complete: bool


def cache_dir() -> Path:
    """Return the folder of the cache, made for this user alone when it is not there.

    ``$CMOCK_PY_CACHE_DIR``, else the user's cache folder.

    Raises:
        PlatformError: it cannot be made or written, or belongs to somebody else; one line.
    """
    path = _place()
    try:
        path.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        told = path.stat()
        if told.st_uid != os.geteuid():
            raise PlatformError(f"the cache {path} belongs to another user: set {VARIABLE} to a folder of yours")
        if told.st_mode & 0o077:
            path.chmod(_PRIVATE)
    except OSError as error:
        raise _unusable(path, error) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise _unusable(path, PermissionError(13, "Permission denied"))
    return path


def _place() -> Path:
    """Choose the folder of the cache."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).absolute()
    from platformdirs import user_cache_path

    return user_cache_path("cmock-py", appauthor=False)


def _unusable(path: Path, error: OSError) -> PlatformError:
    """Make the one-line error about a folder that cannot be used."""
    reason = error.strerror or str(error)
    return PlatformError(f"the cache {path} cannot be used ({reason}): set {VARIABLE} to a folder that you may write")


def key(*parts: bytes | str) -> str:
    """Hash *parts* to the name of an entry; where one part ends and the next begins counts, and str is not bytes.

    >>> key("ab", "c") == key("a", "bc")
    False
    """
    from hashlib import blake2b

    state = blake2b(digest_size=20)
    for part in parts:
        data = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        state.update(b"%c%d:" % (b"s" if isinstance(part, str) else b"b", len(data)))
        state.update(data)
    return state.hexdigest()


@contextmanager
def entry(name: str) -> Iterator[Entry]:
    """Hold the entry *name* (a `key`), under its lock if it is not built; build into its `directory` unless `complete`.

    When the block ends well the built folder becomes the entry; when it raises, nothing is left of it.

    Raises:
        PlatformError: the cache cannot be used, or another process holds the lock for too long.
    """
    root = cache_dir()
    if _is_whole(root / name):  # a finished entry appears by one rename, so nothing has to be locked to read it
        yield Entry(root / name, root / name, complete=True)
        return
    import filelock

    lock = filelock.FileLock(root / f"{name}.lock", timeout=LOCK_TIMEOUT_S, mode=0o600)
    try:
        lock.acquire()
    except filelock.Timeout:
        message = f"another process has been building {root / name} for {LOCK_TIMEOUT_S:.0f} s: end it and start again"
        raise PlatformError(message) from None
    except OSError as error:
        raise _unusable(root, error) from error
    try:
        yield from _held(root, name)
    finally:
        lock.release()


def _held(root: Path, name: str) -> Iterator[Entry]:
    """Yield the entry once, complete or to be built, and finish it; the lock is held."""
    import tempfile

    final = root / name
    if _is_whole(final):
        yield Entry(final, final, complete=True)
        return
    for stale in root.glob(f"{name}.*.tmp"):
        _remove(stale)
    building = Path(tempfile.mkdtemp(dir=root, prefix=f"{name}.", suffix=".tmp"))
    try:
        yield Entry(building, final, complete=False)
        _write_manifest(building)
        if os.path.lexists(final):
            # Renamed and not deleted: a host that runs from the damaged entry keeps its file.
            final.rename(building.with_suffix(".old.tmp"))
        building.rename(final)
    finally:
        _remove(building)
        _remove(building.with_suffix(".old.tmp"))


def _remove(path: Path) -> None:
    """Delete a folder, or the file that somebody put in its place, when it is there."""
    import shutil

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _write_manifest(folder: Path) -> None:
    """Finish *folder*."""
    import json

    (folder / _MANIFEST).write_text(json.dumps(_manifest(folder)), encoding="utf-8")


def _manifest(folder: Path) -> dict[str, list[int]]:
    """List size and checksum of every file in *folder*, by relative path."""
    import zlib

    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _MANIFEST)
    found = {}
    for path in paths:
        data = path.read_bytes()
        found[str(path.relative_to(folder))] = [len(data), zlib.crc32(data)]
    return found


def _is_whole(folder: Path) -> bool:
    """Tell whether *folder* is an entry that was finished and that nobody changed since."""
    import json

    try:
        told = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return bool(told == _manifest(folder))
    except (OSError, ValueError):
        return False
