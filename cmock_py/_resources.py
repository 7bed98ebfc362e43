"""Finds the files that ship with the package and are not Python: the grammar and the C runtime."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def grammar_dir() -> Path:
    """Find the folder of the ``.lark`` files.

    A wheel holds it inside the package, a checkout (also an editable install) beside it. The inner one is tried first,
    because a folder ``grammar`` beside an installed package could belong to somebody else.

    Raises:
        FileNotFoundError: the installation is damaged: neither folder is there.

    >>> (grammar_dir() / "expect.lark").is_file()
    True
    """
    inside, beside = _PACKAGE / "grammar", _PACKAGE.parent / "grammar"
    for folder in (inside, beside):
        if (folder / "expect.lark").is_file():
            return folder
    message = f"the grammar of cmock-py is neither in {inside} nor in {beside}; please reinstall cmock-py"
    raise FileNotFoundError(message)


def runtime_dir() -> Path:
    """Return the folder of the C files that are linked into every host.

    >>> runtime_dir().name
    'runtime'
    """
    return _PACKAGE / "runtime"
