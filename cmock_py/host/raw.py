"""The bytes of the SUT's memory from Python: reads and writes that cannot crash anybody, and blocks that Python owns.

An address in the arena is read from the mapping; any other through ``/proc/PID/mem``, so a bad one is an exception.
"""

from __future__ import annotations

import os
from bisect import bisect_right, insort
from typing import TYPE_CHECKING

from cmock_py.errors import ArgumentValueError, MemoryAccessError, NullPointer, StalePointer
from cmock_py.host.arena import BASE, HEAP, SIZE

if TYPE_CHECKING:
    from cmock_py.host.process import Host

_ALIGN = 16
_PAGE = 4096
_LOW = 0x10000
"""Nothing is mapped below: an address there is NULL plus an offset."""

_POISON = b"\xdd"
"""What freed blocks are filled with: C that still uses one sees nothing that it could take for its own."""

_STRING_LIMIT = 1 << 24
_END = 1 << 63
"""Addresses from here on are the kernel's, and no offset into ``/proc/PID/mem``."""


class RawMemory:
    """The bytes of the current test child; owns the heap in the arena, from which blocks for the SUT are taken."""

    def __init__(self, host: Host) -> None:
        """Read through *host*."""
        self._host = host
        self._next = BASE + HEAP
        self._blocks: dict[int, int] = {}
        self._freed: list[tuple[int, int]] = []

    @property
    def generation(self) -> int:
        """Number of the test child whose memory this is."""
        return self._host.generation

    @property
    def alive(self) -> bool:
        """Whether the mocking still runs."""
        return self._host.alive

    def reset(self) -> None:
        """Forget all blocks: a fresh child begins."""
        self._next = BASE + HEAP
        self._blocks.clear()
        self._freed.clear()

    # --- bytes ------------------------------------------------------------------------------------------------------

    def read(self, address: int, size: int) -> bytes:
        """Read *size* bytes; raises NullPointer or MemoryAccessError."""
        _check_size(size)
        check_null(address, "read")
        self.check_not_freed(address)
        if self._host.arena.contains(address, size):
            at = address - BASE
            return bytes(self._host.arena.map[at : at + size])
        raw = b""
        # Only a range that ends in memory is worth a buffer of its size.
        if size <= _PAGE or self._peek(address + size - 1, 1):
            raw = self._peek(address, size)
        if len(raw) != size:
            msg = f"{size} bytes at {address:#x} cannot be read: no such memory in the SUT"
            raise MemoryAccessError(msg)
        return raw

    def _peek(self, address: int, size: int) -> bytes:
        """Read what there is of the child's memory, maybe nothing."""
        fd = self._descriptor(address)
        if not 0 <= address < _END:
            return b""
        try:
            return os.pread(fd, size, address)
        except OSError:
            return b""

    def write(self, address: int, data: bytes) -> None:
        """Write bytes; raises NullPointer, or MemoryAccessError where the SUT could not write either."""
        check_null(address, "written")
        self.check_not_freed(address)
        if self._host.arena.contains(address, len(data)):
            at = address - BASE
            self._host.arena.map[at : at + len(data)] = data
            return
        fd = self._descriptor(address)
        if self._is_constant(address):
            msg = f"{address:#x} is const: the SUT cannot write there, so neither can Python"
            raise MemoryAccessError(msg)
        try:
            written = os.pwrite(fd, data, address) if 0 <= address < _END else -1
        except OSError:
            written = -1
        if written != len(data):
            msg = f"{len(data)} bytes at {address:#x} cannot be written: no such memory in the SUT"
            raise MemoryAccessError(msg)

    def _is_constant(self, address: int) -> bool:
        """Tell memory that the SUT may read and not write; ``/proc/PID/mem`` would write it all the same."""
        with open(f"/proc/{self._host.child}/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123 - no file of ours
            for line in maps:
                place, rights, *_ = line.split(maxsplit=2)
                low, _, high = place.partition("-")
                if int(low, 16) <= address < int(high, 16):
                    return "w" not in rights
        return False

    def _descriptor(self, address: int) -> int:
        fd = self._host.memory_fd()
        if fd < 0:
            msg = f"{address:#x} lies in a test child that is gone; init_lang or restart() starts a fresh one"
            raise StalePointer(msg)
        return fd

    def string(self, address: int, limit: int | None = None) -> bytes:
        """Read bytes up to a NUL, or up to *limit* of them; page by page, since the next page may not exist."""
        found = bytearray()
        bound = _STRING_LIMIT if limit is None else limit
        while len(found) < bound:
            at = address + len(found)
            chunk = self.read(at, min(_PAGE - at % _PAGE, bound - len(found)))
            end = chunk.find(b"\0")
            if end >= 0:
                return bytes(found + chunk[:end])
            found += chunk
        return bytes(found)

    # --- blocks -----------------------------------------------------------------------------------------------------

    def allocate(self, size: int) -> int:
        """Reserve *size* bytes of the arena until the next fresh child; they are zero. Raises MemoryAccessError."""
        address = self._next
        following = address + -(-(size + _ALIGN) // _ALIGN) * _ALIGN  # a gap, so that blocks never touch
        if following > BASE + SIZE:
            msg = f"{size} bytes do not fit into the arena's heap any more; restart() empties it"
            raise MemoryAccessError(msg)
        self._next = following
        self._blocks[address] = size
        self.write(address, bytes(size))
        return address

    def allocate_text(self, raw: bytes) -> int:
        """Store bytes with a NUL behind; return their address."""
        address = self.allocate(len(raw) + 1)
        self.write(address, raw)
        return address

    def release(self, address: int, shown: str) -> None:
        """Give up a block; its place is not used again, so that a later use is told from any other.

        Args:
            address: where the block begins.
            shown: what messages call the pointer to it.

        Raises:
            StalePointer: it was freed before.
            ArgumentValueError: no block begins there.
        """
        size = self._blocks.pop(address, None)
        if size is None:
            inside = next((at for at, length in self._blocks.items() if at < address < at + length), None)
            why = "it was not made by mocking.new(); what C has allocated is freed by mocking.lib.free(p)"
            if inside is not None:
                why = f"it points into the block at {inside:#x}, not to its start"
            msg = f"{shown} cannot be freed: {why}"
            raise ArgumentValueError(msg)
        self.write(address, _POISON * size)
        insort(self._freed, (address, size))

    def check_not_freed(self, address: int) -> None:
        """Refuse an address in a block that was freed; raises StalePointer."""
        if not self._freed or address < BASE + HEAP:
            return
        start, size = self._freed[max(bisect_right(self._freed, (address, SIZE)) - 1, 0)]
        if start <= address < start + max(size, 1):
            msg = f"{address:#x} lies in the block at {start:#x}, which was freed with mocking.free()"
            raise StalePointer(msg)


def _check_size(size: int) -> None:
    if size < 0:
        msg = f"{size} bytes cannot be read; give a number that is not negative"
        raise ArgumentValueError(msg)


def check_null(address: int, verb: str) -> None:
    """Refuse NULL, and NULL plus an offset; raises NullPointer."""
    if 0 <= address < _LOW:
        where = f"NULL plus {address}" if address else "NULL"
        msg = f"the pointer is {where}; it cannot be {verb}"
        raise NullPointer(msg)
