"""The memory that Python and the host share: one sealed, sparse memfd. MIRROR runtime/arena.h (a test compares them).

Python maps it anywhere: what C calls address ``BASE + offset`` is ``offset`` here, so no address of the host is ever
dereferenced in this process.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from dataclasses import dataclass
from enum import IntEnum

BASE = 0x5500_0000_0000
SIZE = 0x1_0000_0000
MAILBOX = 0x0001_0000
UPCALLS = 0x0002_0000
POSTS = 0x0004_0000
COMPUTED = 0x0100_0000
RUN = 0x1000_0000
CHECK = 0x5000_0000
TRACE = 0x9000_0000
SCRATCH = 0xC000_0000
HEAP = 0xD000_0000
REGION_SIZE = CHECK - RUN
"""Bytes for the tables and the state of one language, and for the trace."""

FOUND = 0x1F00_0000
"""Where in its region a probe tells what it has found; tables end before. MIRROR runtime/machine.h CMK_FOUND"""

FOUND_PATH = 16
"""Events of a path that are told at most."""

STATE = 0x2000_0000
"""Where in its region the state of a language begins. MIRROR runtime/machine.h CMK_STATE"""

STATE_SIZE = REGION_SIZE - STATE

HANDLES = BASE + SIZE
"""Addresses from here on are never mapped: the made-up pointers that handles stand for."""

MAGIC = 0x31_4B4D_434B_4D43
FRAMES = 64
TEXT_SIZE = 2048
STACK_WORDS = 8000
"""Stack words that the arguments of one call may take."""
UPCALL_COUNT = 256
UPCALL_WORDS = 32
THUNKS = 256
THUNK_BYTES = 16

FD_ARENA, FD_TO_ZYGOTE, FD_FROM_ZYGOTE, FD_TO_CHILD, FD_FROM_CHILD, FD_LIFELINE, FD_SHARE = range(240, 247)
FD_END = FD_SHARE + 1


class State(IntEnum):
    """What the test child is doing."""

    STARTING, IDLE, BUSY, DONE, STOPPED, ASKING = range(6)


class Command(IntEnum):
    """What Python asks of the zygote; the word is `OBEYED` again when it is done."""

    OBEYED = 0
    FORK = 1
    RUN_CHECK = 2
    KILL = 3
    RUN_PROBE = 4


class Request(IntEnum):
    """What Python asks of the test child."""

    INVOKE = 1
    RESOLVE = 2
    FLUSH = 3
    RECEIVE = 4
    ANSWER = 5
    HOLD = 6


class Exit(IntEnum):
    """How processes of the host end when they cannot say it in the arena."""

    NO_CHANNEL = 111
    DAMAGED = 113
    NO_ARENA = 120
    CONSTRUCTOR = 121
    STRANGER = 122


class Reason(IntEnum):
    """Why a test child stopped."""

    NO_STOP = 0
    UNEXPECTED = 1
    SIGNAL = 2
    EXIT = 3
    ABORT = 4
    ASSERT = 5
    TIMEOUT = 6
    TOO_LONG = 7
    NULL_OUT = 8
    TRACE_FULL = 9
    REENTERED = 10
    NEVER_RETURNS = 11
    BAD_ARGUMENT = 12
    RAISED = 13
    AMBIGUOUS = 14
    TOO_AMBIGUOUS = 15
    SETS_FULL = 16
    CUT_ANSWER = 17
    NULL_ANSWER = 18
    BROKEN_TEXT = 19
    OTHER_SIZE = 20
    PAST_ROOM = 21


class Outcome(IntEnum):
    """The first difference that a check found."""

    ACCEPTED = 0
    NOT_EXPECTED = 1
    WRONG_ARGUMENT = 2
    WRONG_ANSWER = 3
    MISSING = 4
    INCOMPLETE = 5
    UNDECIDED = 6
    OUT_OF_MEMORY = 7


class Refusal(IntEnum):
    """Why a machine does not take a call. MIRROR runtime/machine.h enum cmk_refusal."""

    ALLOWED = 0
    NOT_ALLOWED = 1
    TWO_ANSWERS = 2
    TOO_MANY = 3
    OTHER_ARGUMENTS = 4
    OTHER_ANSWER = 5
    MEMORY_FULL = 6


class UpcallState(IntEnum):
    """How far an upcall is."""

    FREE, TAKEN, POSTED, ANSWERED = range(4)


class Returns(IntEnum):
    """What brings a result: rax, rdx, xmm0 and xmm1, or one or two registers of the x87."""

    REGISTERS = 0
    LONG_DOUBLE = 1
    COMPLEX_LONG_DOUBLE = 2


WORDS: tuple[tuple[str, int], ...] = (
    ("magic", 1),
    ("state", 1),
    ("command", 1),
    ("request", 1),
    ("requests", 1),
    ("python_cpu", 1),
    ("child_cpu", 1),
    ("output", 1),
    ("child_pid", 1),
    ("child_status", 1),
    ("stopping", 1),
    ("reason", 1),
    ("detail", 3),
    ("stop_function", 1),
    ("stop_record", 1),
    ("stop_thread", 1),
    ("signal", 1),
    ("signal_code", 1),
    ("fault_address", 1),
    ("pc", 1),
    ("sp", 1),
    ("frame_count", 1),
    ("frames", FRAMES),
    ("lock", 1),
    ("threads", 1),
    ("run", 4),
    ("check", 4),
    ("check_region", 1),
    ("position", 1),
    ("trace_used", 1),
    ("trace_calls", 1),
    ("trace_limit", 1),
    ("max_calls", 1),
    ("capture_bound", 1),
    ("check_status", 1),
    ("verdict", 1),
    ("verdict_record", 1),
    ("verdict_event", 1),
    ("verdict_field", 1),
    ("asking", 1),
    ("posts", 1),
    ("posts_taken", 1),
    ("thunks", 1),
    ("threaded", 1),
    ("computed", 1),
    ("computed_count", 1),
    ("predicates", 1),
    ("predicate_words", 1),
    ("raised", 1),
)
"""Members of ``struct cmk_header`` in order, each with its number of 64-bit words; ``text`` follows."""


def _indices() -> dict[str, int]:
    """Index of the first word of each header member."""
    found, at = {}, 0
    for name, count in WORDS:
        found[name] = at
        at += count
    found["text"] = at
    return found


WORD = _indices()
NONE = 0xFFFF_FFFF_FFFF_FFFF
NO_EVENT = 0xFFFF_FFFF
WRITING = 0x8000
REAL_EVENT = 0xFFFF_FFFE
"""In place of an event: the language did not allow the call, and the real function answered."""
COMPLETE = 0x8000_0000
FLAGGED = 0x8000_0000
ANSWER_OWNED = 1 << 24
ANSWER_ERRNO = 1 << 25
ANSWER_REAL = 1 << 26
ANSWER_PYTHON = 1 << 27
ANSWER_BOUND = 1 << 28
ANSWER_OUTS = 24
EVENT = struct.Struct("<IIQ")
RECORD = struct.Struct("<IIIIQ")
"""Header of a record: size, function, event, thread, site."""


class Arena:
    """Owns the memfd and its mapping; safe to close twice."""

    def __init__(self) -> None:
        """Make the memfd, seal its size, map it and sign its header."""
        self.fd = os.memfd_create("cmock-py arena", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.fd, SIZE)
        fcntl.fcntl(self.fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
        self.map = mmap.mmap(self.fd, SIZE)
        self.words = memoryview(self.map)[:COMPUTED].cast("Q")
        self.words[WORD["magic"]] = MAGIC
        self.runs = 0
        """How often the trace was emptied: what was remembered of it before is of no use."""

    def close(self) -> None:
        """Unmap and close; the memory lives on until the host is gone too."""
        if self.fd >= 0:
            self.words.release()
            self.map.close()
            os.close(self.fd)
            self.fd = -1

    def text(self) -> str:
        """Read the header's text."""
        at = 8 * WORD["text"]
        raw = bytes(self.map[at : at + TEXT_SIZE])
        return raw.partition(b"\0")[0].decode(errors="surrogateescape")

    def set_text(self, text: str) -> None:
        """Write the header's text; raises ValueError when it is too long."""
        raw = text.encode(errors="surrogateescape") + b"\0"
        if len(raw) > TEXT_SIZE:
            msg = f"a name of {len(raw)} bytes is longer than {TEXT_SIZE}"
            raise ValueError(msg)
        at = 8 * WORD["text"]
        self.map[at : at + len(raw)] = raw

    def contains(self, address: int, size: int) -> bool:
        """Tell whether *size* bytes at the host's *address* lie in the arena."""
        return address >= BASE and address + size <= BASE + SIZE


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe has found. MIRROR runtime/machine.h struct cmk_found.

    Attributes:
        refusal: `Refusal.ALLOWED` when nothing was found.
        event: number of an event that could answer the last call; or the first of the part of which there is too much.
        rival: of another one that could; or the last of that part.
        calls: before the last one, in the part of the language where it happens.
        path: numbers of their events, or of the last so many.
    """

    refusal: int
    event: int
    rival: int
    calls: int
    path: tuple[int, ...]

    @classmethod
    def read(cls, arena: Arena) -> Found:
        """Read it from where the probe left it."""
        refusal, event, rival, calls, *path = struct.unpack_from(f"<{4 + FOUND_PATH}Q", arena.map, CHECK + FOUND)
        return cls(refusal, event, rival, calls, tuple(path[: min(calls, FOUND_PATH)]))
