"""Read what was linked: addresses of functions and globals, contents of constants, source lines of addresses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from cmock_py.errors import InternalError
from cmock_py.toolchain import elf, tools

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Line: TypeAlias = "tuple[str | None, str | None, int | None]"
_RANK = {elf.GLOBAL: 2, elf.WEAK: 1}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function or variable of the linked program.

    Attributes:
        address: where it lies in the running program (the host is not relocated).
        size: in bytes; 0 when the object does not say.
        kind: ``"function"`` or ``"object"``.
    """

    address: int
    size: int
    kind: Literal["function", "object"]


def symbols(executable: Path) -> dict[str, Symbol]:
    """List the functions and variables that *executable* defines, by name.

    Of equal names a global one wins over a static one; of several static ones the first. Thread-local variables have
    no address and are left out.

    Raises:
        InternalError: the file is not a program that the linker wrote.
    """
    found: dict[str, Symbol] = {}
    ranks: dict[str, int] = {}
    for parsed, entry in _entries(executable):
        kind = _kind(parsed, entry)
        name = entry.name.partition("@")[0]
        rank = _RANK.get(entry.binding, 0)
        if kind is not None and rank > ranks.get(name, -1):
            found[name] = Symbol(entry.value, entry.size, kind)
            ranks[name] = rank
    return found


def named(executable: Path, name: str) -> list[tuple[str | None, Symbol]]:
    """Find every function and variable called *name*, static ones too, each with the source file of a static one.

    Raises:
        InternalError: as `symbols`.
    """
    found: list[tuple[str | None, Symbol]] = []
    file = None
    for parsed, entry in _entries(executable):
        if entry.kind == elf.FILE:
            file = entry.name
        elif entry.name == name and (kind := _kind(parsed, entry)) is not None:
            found.append((file if entry.binding == elf.LOCAL else None, Symbol(entry.value, entry.size, kind)))
    return found


def static_names(executable: Path) -> Iterator[tuple[str | None, str]]:
    """Yield source file and name of each static function and variable.

    Raises:
        InternalError: as `symbols`.
    """
    file = None
    for parsed, entry in _entries(executable):
        if entry.kind == elf.FILE:
            file = entry.name
        elif entry.binding == elf.LOCAL and _kind(parsed, entry) is not None:
            yield file, entry.name


def _entries(executable: Path) -> Iterator[tuple[elf.Elf, elf.ElfSymbol]]:
    try:
        parsed = elf.parse(executable.read_bytes())
        table = elf.symbols(parsed)
    except ValueError as error:
        raise InternalError(f"the linked program {executable} cannot be read: {error}") from None
    return ((parsed, entry) for entry in table)


def _kind(parsed: elf.Elf, entry: elf.ElfSymbol) -> Literal["function", "object"] | None:
    """Tell functions and variables from the rest of the table."""
    if entry.section == elf.UNDEFINED or not entry.name:
        return None
    if entry.kind in {elf.FUNC, elf.IFUNC}:
        return "function"
    if entry.kind == elf.OBJECT:
        return "object"
    # Functions written in assembly often have no type: the section tells.
    inside = entry.kind == elf.NOTYPE and entry.binding != elf.LOCAL and entry.section < elf.FIRST_RESERVED
    return "function" if inside and parsed.sections[entry.section].flags & elf.FLAG_EXEC else None


def read_object(path: Path, symbol: str) -> bytes:
    """Return the initial bytes of the variable *symbol* of an object or program.

    Relocations are not applied: numbers are right, pointers in an object are not.

    Raises:
        InternalError: there is no such variable; we asked for one that we wrote.
    """
    try:
        parsed = elf.parse(path.read_bytes())
        entry = next((one for one in elf.symbols(parsed) if one.name == symbol and one.kind == elf.OBJECT), None)
    except ValueError as error:
        raise InternalError(f"{path} cannot be read: {error}") from None
    if entry is None or not elf.UNDEFINED < entry.section < elf.FIRST_RESERVED:
        raise InternalError(f"{path} does not define the variable {symbol}")
    section = parsed.sections[entry.section]
    start = entry.value - section.address
    return elf.content(parsed, section)[start : start + entry.size]


def lines(executable: Path, addresses: Sequence[int], section: str | None = None) -> list[Line]:
    """Look up the function, file and line of each address, with one run of addr2line.

    Args:
        executable: the program, or an object.
        addresses: of code.
        section: in an object the section that the addresses count from.

    Returns:
        One triple for each address, in order; None for what is not known, all None when addr2line is missing.
    """
    import shutil

    unknown: list[Line] = [(None, None, None)] * len(addresses)
    program = shutil.which("addr2line")
    if not addresses or program is None:
        return unknown
    asked = "".join(f"{address:#x}\n" for address in addresses)
    within = [] if section is None else ["-j", section]
    told = tools.run([program, "-f", "-e", str(executable), *within], text=asked, timeout_s=60).out.splitlines()
    if len(told) != 2 * len(addresses):
        return unknown
    return [_line(function, place) for function, place in zip(told[::2], told[1::2], strict=True)]


def _line(function: str, place: str) -> Line:
    """Read one answer of addr2line: ``f`` and ``dir/calc.c:12 (discriminator 2)``; ``??`` and 0 mean unknown."""
    file, _, number = place.partition(" (")[0].rpartition(":")
    known = number.isdigit() and number != "0"
    return (
        None if function == "??" else function,
        None if file == "??" else os.path.normpath(file),
        int(number) if known else None,
    )
