"""Read static archives (``.a``) with GNU or BSD long names; every member is found by its place, not by its name.

The program `ar` extracts by name and would lose one of two members with equal names.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC = b"!<arch>\n"
THIN_MAGIC = b"!<thin>\n"
_HEADER = struct.Struct("16s12s6s6s8s10s2s")
_INDEXES = frozenset({"/", "/SYM64/", "__.SYMDEF", "__.SYMDEF SORTED", "__.SYMDEF_64"})


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A member of an archive: its `name`, and where its bytes lie in the file."""

    name: str
    offset: int
    size: int


def entries(data: bytes) -> tuple[ArchiveEntry, ...]:
    """List the members of the archive *data* in file order, without its indexes and name tables.

    Raises:
        ValueError: the archive is damaged.
    """
    found: list[ArchiveEntry] = []
    long_names = b""
    position = len(MAGIC)
    while position < len(data):
        entry = _entry(data, position, long_names)
        if entry.name == "//":
            long_names = data[entry.offset : entry.offset + entry.size]
        elif entry.name not in _INDEXES:
            found.append(entry)
        end = entry.offset + entry.size
        position = end + end % 2
    return tuple(found)


def _entry(data: bytes, position: int, long_names: bytes) -> ArchiveEntry:
    """Read the header at *position*."""
    try:
        raw, *_, size_text, end = _HEADER.unpack_from(data, position)
        size = int(size_text) if size_text.strip().isdigit() else -1
    except struct.error:
        raise ValueError(f"it is a damaged archive (no member header at byte {position})") from None
    start = position + _HEADER.size
    if end != b"`\n" or size < 0 or start + size > len(data):
        raise ValueError(f"it is a damaged archive (the member at byte {position} is cut off)")
    name = raw.decode(errors="surrogateescape").rstrip(" ")
    if name.startswith("#1/") and name[3:].isdigit():
        length = min(int(name[3:]), size)
        inner = data[start : start + length].rstrip(b"\0").decode(errors="surrogateescape")
        return ArchiveEntry(inner, start + length, size - length)
    if name.startswith("/") and name[1:].isdigit():
        first = int(name[1:])
        name = long_names[first:].partition(b"\n")[0].decode(errors="surrogateescape")
    return ArchiveEntry(name if name in {"/", "//", "/SYM64/"} else name.removesuffix("/"), start, size)
