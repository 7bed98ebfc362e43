"""Read ELF files: sections, symbols, relocations of 64-bit little-endian objects.

Written with `struct` and not with pyelftools: every start of a mocking reads every object and the linked host, and one
object per symbol costs 100 ms for 5000 symbols (and 40 ms of import) where this costs 5. DWARF is left to pyelftools.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC = b"\x7fELF"
RELOCATABLE, SHARED = 1, 3
X86_64 = 62
MACHINES = {3: "32-bit x86", 8: "MIPS", 20: "PowerPC", 21: "64-bit PowerPC", 22: "s390", 40: "ARM", 183: "AArch64", 243: "RISC-V"}  # fmt: skip  # noqa: E501

SECTION_SYMTAB, SECTION_RELA, SECTION_NOBITS = 2, 4, 8
FLAG_ALLOC, FLAG_EXEC = 2, 4
LOCAL, GLOBAL, WEAK = 0, 1, 2
NOTYPE, OBJECT, FUNC, SECTION, FILE, IFUNC = 0, 1, 2, 3, 4, 10
UNDEFINED, FIRST_RESERVED = 0, 0xFF00

_HEADER = struct.Struct("<4s5B7xHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_RELA = struct.Struct("<QQq")
_EXTENDED = 0xFFFF


@dataclass(frozen=True, slots=True)
class Section:
    """One section header; `kind`, `flags`, `link` and `info` as ELF numbers, sizes in bytes."""

    name: str
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int


@dataclass(frozen=True, slots=True)
class ElfSymbol:
    """One entry of the symbol table; `section` is an index, or `UNDEFINED`, or at least `FIRST_RESERVED`."""

    name: str
    value: int
    size: int
    binding: int
    kind: int
    section: int


@dataclass(frozen=True, slots=True)
class Relocation:
    """One place that the linker fills: `offset` in `section`, from the symbol at index `symbol` plus `addend`."""

    section: int
    offset: int
    kind: int
    symbol: int
    addend: int


@dataclass(frozen=True, slots=True)
class Elf:
    """A whole file: its bytes, ELF type, machine and sections."""

    data: bytes
    kind: int
    machine: int
    sections: tuple[Section, ...]


def parse(data: bytes) -> Elf:
    """Read the headers of the ELF file *data*.

    A file of another class or byte order comes back with its machine and no sections.

    Raises:
        ValueError: the bytes are no ELF file, or a damaged one.
    """
    if not data.startswith(MAGIC):
        raise ValueError("it does not start like an ELF file")
    try:
        bits, order = data[4], data[5]
        if (bits, order) != (2, 1):
            kind, machine = struct.unpack_from("<HH" if order == 1 else ">HH", data, 16)
            return Elf(data, kind, machine, ())
        fields = _HEADER.unpack_from(data)
        return Elf(data, fields[6], fields[7], _sections(data, fields[11], fields[17], fields[18]))
    except (struct.error, IndexError, ValueError) as error:
        raise ValueError(f"it is a damaged ELF file ({error})") from None


def _sections(data: bytes, start: int, count: int, names_index: int) -> tuple[Section, ...]:
    """Read *count* section headers at *start*; 0 and 0xffff mean that the first header has the true numbers."""
    if start == 0:
        return ()
    first = _SECTION.unpack_from(data, start)
    count = count or first[5]
    names_index = first[6] if names_index == _EXTENDED else names_index
    raw = [_SECTION.unpack_from(data, start + index * _SECTION.size) for index in range(count)]
    names = data[raw[names_index][4] : raw[names_index][4] + raw[names_index][5]]
    sections = tuple(Section(_name(names, row[0]), *row[1:8]) for row in raw)
    for section in sections:
        if section.kind != SECTION_NOBITS and section.offset + section.size > len(data):
            raise ValueError(f"section {section.name} ends behind the file")
    return sections


def _name(strings: bytes, start: int) -> str:
    """Read the string that starts at *start*."""
    return strings[start : strings.index(0, start)].decode(errors="surrogateescape")


def content(elf: Elf, section: Section) -> bytes:
    """Return the bytes of *section*; zeros when the file holds none."""
    if section.kind == SECTION_NOBITS:
        return bytes(section.size)
    return elf.data[section.offset : section.offset + section.size]


def symbols(elf: Elf) -> list[ElfSymbol]:
    """List the symbol table in file order; empty when the file was stripped.

    Raises:
        ValueError: the table is damaged.
    """
    table = next((section for section in elf.sections if section.kind == SECTION_SYMTAB), None)
    if table is None:
        return []
    try:
        strings = content(elf, elf.sections[table.link])
        rows = _SYMBOL.iter_unpack(content(elf, table))
        return [ElfSymbol(_name(strings, row[0]), row[4], row[5], row[1] >> 4, row[1] & 15, row[3]) for row in rows]
    except (struct.error, IndexError, ValueError) as error:
        raise ValueError(f"its symbol table is damaged ({error})") from None


def relocations(elf: Elf) -> list[Relocation]:
    """List the relocations of all sections that are loaded when the program runs, in file order.

    Raises:
        ValueError: a table is damaged.
    """
    found: list[Relocation] = []
    for table in elf.sections:
        if table.kind != SECTION_RELA or not elf.sections[table.info].flags & FLAG_ALLOC:
            continue
        try:
            rows = list(_RELA.iter_unpack(content(elf, table)))
        except struct.error as error:
            raise ValueError(f"its relocations are damaged ({error})") from None
        found += [Relocation(table.info, row[0], row[1] & 0xFFFFFFFF, row[1] >> 32, row[2]) for row in rows]
    return found
