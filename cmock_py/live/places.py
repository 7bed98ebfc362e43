"""The C lines of code addresses, as the debug information tells them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py._resources import runtime_dir
from cmock_py.codegen import names
from cmock_py.toolchain import symbols
from cmock_py.trace import Place

if TYPE_CHECKING:
    from collections.abc import Sequence


class Places:
    """Keeps the places that were looked up in one executable: each costs a search of its debug information."""

    def __init__(self, executable: Path) -> None:
        """Look up in *executable*."""
        self._executable = executable
        self._known: dict[int, Place | None] = {}

    def find(self, addresses: Sequence[int]) -> list[Place | None]:
        """Find the C lines of code addresses; None where nothing is known, or code of ours lies."""
        unknown = [address for address in dict.fromkeys(addresses) if address not in self._known]
        if unknown:  # the search begins with looking for its tool, and a report asks thousands of times
            lines = symbols.lines(self._executable, unknown)
            self._known |= {address: _user_place(*line) for address, line in zip(unknown, lines, strict=True)}
        return [self._known[address] for address in addresses]

    def of_call(self, site: int) -> Place | None:
        """Find the C line of a call by its return address, which may already belong to the next line."""
        return self.find([site - 1])[0]


def _user_place(function: str | None, file: str | None, line: int | None) -> Place | None:
    """Make a place of what the debug information says; None when it says nothing, or names a file of ours."""
    if (function, file, line) == (None, None, None) or file == names.UNIT:
        return None
    if file is not None and Path(file).is_relative_to(runtime_dir()):
        return None
    if file is None and function is not None and function.startswith("cmk_"):  # assembly of ours, as clang leaves it
        return None
    return Place(function, _shown(file), line)


def _shown(file: str | None) -> str | None:
    """Name a source file as the user would: relative to where Python runs, when it lies below."""
    if file is None:
        return None
    path = Path(file)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
