"""Points to globals and functions that no header declares, static ones for instance: by the symbols of the program."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py.codegen.names import RESERVED
from cmock_py.errors import ArgumentTypeError, UnknownNameError, UsageError
from cmock_py.host.objects import pointer_of
from cmock_py.host.pointer import Pointer, size_behind
from cmock_py.toolchain import symbols
from cmock_py.toolchain.runtime import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmock_py.host.memory import Memory
    from cmock_py.toolchain.symbols import Symbol


_OURS = frozenset({*(f"{unit}.c" for unit in (*UNITS, "cold")), "<stdin>", "crtstuff.c"})
"""Source files, by their symbols, of what no user has written: the runtime, the stubs, and what begins a program."""


def point(
    memory: Memory, executable: Path, name: str, ctype: str | None, file: str | None, *, names: Iterable[str]
) -> Pointer:
    """Make a pointer to a global or function of a program.

    Args:
        memory: of the SUT.
        executable: the program.
        name: of the global or function.
        ctype: its type; needed for a global.
        file: the source file of a static one, where several have the name.
        names: what the user's objects share; our own names, which the program has as well, are nobody's slip.

    Raises:
        UnknownNameError: there is none, or its type is not given.
        UsageError: several static ones have the name.
        ArgumentTypeError: it is smaller than its type.
    """
    every = symbols.named(executable, name) if not name.startswith(RESERVED) else []
    found = [(at, symbol) for at, symbol in every if file is None or (at is not None and Path(at).name == file)]
    if not found:
        raise UnknownNameError(_none_such(name, file, [at for at, _ in every if at], {*names, *_statics(executable)}))
    if len(found) > 1 and not any(at is None for at, _ in found):
        raise UsageError(_ambiguous(name, found))
    _, symbol = next((one for one in found if one[0] is None), found[0])
    if symbol.kind == "function":
        known = None if ctype is None else memory.typeof(ctype)
        if known is not None and known.kind == "function":
            return pointer_of(memory, known, symbol.address)
        return Pointer(memory, ctype or "void *", symbol.address)
    if ctype is None:
        msg = f"no header declares {name}, so its type is not known; give it: address_of({name!r}, 'int')"
        raise UnknownNameError(msg)
    pointer = memory.cast(ctype, symbol.address)
    size = size_behind(pointer)
    if symbol.size and size > symbol.size:
        msg = f"{ctype} has {size} bytes, but {name} has {symbol.size}"
        raise ArgumentTypeError(msg)
    return pointer


def _statics(executable: Path) -> Iterator[str]:
    """Yield the names of what the user's objects have for themselves."""
    return (name for at, name in symbols.static_names(executable) if at not in _OURS)


def _none_such(name: str, file: str | None, files: list[str], names: Iterable[str]) -> str:
    """Say that there is no such global or function, or in which other files static ones are."""
    if files:
        return f"{name} is static in {' and '.join(files)}, not in {file}"
    near = get_close_matches(name, [other for other in names if not other.startswith(RESERVED)], 1)
    hint = f"; did you mean {near[0]!r}?" if near else "; the compiler leaves out what nothing uses"
    return f"no object defines a global or function {name!r}{hint}"


def _ambiguous(name: str, found: Sequence[tuple[str | None, Symbol]]) -> str:
    """Say how one of several static globals is reached: by its file or, where files are called alike, by address."""
    files = [str(file) for file, _ in found]
    hint = f"say which one is meant: file={files[0]!r}"
    if len(set(files)) < len(files):
        hint = (
            f"their addresses are {' and '.join(hex(one.address) for _, one in found)}, for mocking.cast(type, address)"
        )
    return f"{name} is static in {' and '.join(files)}; {hint}"
