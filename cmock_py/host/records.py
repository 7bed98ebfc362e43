"""The trace as Python sees it: records in the arena become `Call`s, one at a time and only when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from cmock_py.errors import InternalError, NoMocking
from cmock_py.host.arena import (
    ANSWER_BOUND,
    ANSWER_PYTHON,
    ANSWER_REAL,
    COMPLETE,
    EVENT,
    FLAGGED,
    REAL_EVENT,
    RECORD,
    RUN,
    TRACE,
    WORD,
)
from cmock_py.mocked import WORD_BYTES
from cmock_py.payload import (
    REAL_ANSWER,
    Names,
    comparable_real,
    decode_answer,
    decode_args,
    decode_errno,
    name_answer,
    name_values,
)
from cmock_py.trace import NOT_CAPTURED, Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cmock_py.host.arena import Arena
    from cmock_py.mocked import Mocked
    from cmock_py.trace import Place

_STRIDE = 256
"""Every so many records one offset is remembered: records differ in size, and a million offsets would be a waste."""


class Trace(Sequence[Call]):
    """The calls made since the language was set, oldest first; decodes a call each time it is asked for one.

    It reads the arena, so it shows the run as it is now; `tuple(trace)` keeps it.
    """

    def __init__(
        self,
        arena: Arena,
        mocked: tuple[Mocked, ...],
        places: Callable[[int], Place | None],
        names: Names | None = None,
        computed: Mapping[int, int] | None = None,
        *,
        numbers: Callable[[Iterable[str]], Mapping[str, int]] | None = None,
    ) -> None:
        """Read the records in *arena*.

        Args:
            arena: where they are.
            mocked: the functions, by number.
            places: finds the C line that a return address belongs to.
            names: what numbers are called.
            computed: by record the byte offset of the answer that a Python function gave.
            numbers: gives the numbers that names have in the headers, for languages that are compared with the calls.
        """
        self.numbers = numbers
        self._arena = arena
        self._mocked = mocked
        self._places = places
        self._names = names or Names()
        self._computed = computed or {}
        self._run, self._offsets = arena.runs, [TRACE]
        self._latest = 0, TRACE

    def __repr__(self) -> str:
        """Tell the number of calls."""
        return "<Trace of a stopped mocking>" if self._arena.fd < 0 else f"<Trace of {len(self)} calls>"

    def __len__(self) -> int:
        """Count the calls; raises NoMocking when the mocking was stopped."""
        if self._arena.fd < 0:
            msg = "the mocking was stopped, and its trace went with it; keep one with tuple(mocking.get_trace())"
            raise NoMocking(msg)
        return self._arena.words[WORD["trace_calls"]]

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Call, ...]: ...
    def __getitem__(self, index: int | slice) -> Call | tuple[Call, ...]:
        """Decode one call, or several."""
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        count = len(self)
        if index < 0:
            index += count
        if not 0 <= index < count:
            msg = f"the trace has {count} calls"
            raise IndexError(msg)
        return self._decode(index, self._offset(index))

    def __iter__(self) -> Iterator[Call]:
        """Decode one call after another, without looking for each."""
        index, at = 0, TRACE
        while index < len(self):
            yield self._decode(index, at)
            index += 1
            if index < len(self):  # a record may grow until there is another
                at = self._skip(at, 1)

    def checked(self) -> Sequence[Call]:
        """The calls that a check looks at: not those that the real function answered outside the language."""
        return Checked(self) if any(mocked.fallback for mocked in self._mocked) else self

    def events(self) -> Iterator[int]:
        """Tell the number of the event of each record, without decoding more."""
        at = TRACE
        for _ in range(len(self)):
            size, _, event, *_ = self._header(at)
            yield event
            at += size

    def arguments(self, functions: AbstractSet[int]) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
        """Yield index, function and arguments of each record of the *functions*, without decoding more."""
        at = TRACE
        for index in range(len(self)):
            size, number, _, thread, _ = self._header(at)
            if number in functions and thread & COMPLETE:
                yield (
                    index,
                    number,
                    self._args(self._mocked[number], bytes(self._arena.map[at + RECORD.size : at + size])),
                )
            at += size

    def real_answers(self, events: AbstractSet[int]) -> Iterator[tuple[int, bytes]]:
        """Yield the records of *events* that let the real function answer, each with the answer as a check reads it."""
        at = TRACE
        for index in range(len(self)):
            size, number, event, *_ = self._header(at)
            at += size
            if event in events:
                raw = bytes(self._arena.map[self._kept(at - size) : at - WORD_BYTES])
                yield index, comparable_real(self._mocked[number], int.from_bytes(raw[:8], "little"), raw[8:])

    def _offset(self, index: int) -> int:
        """Find a record: from the nearest remembered offset, record by record."""
        if self._run != self._arena.runs:
            self._run, self._offsets = self._arena.runs, [TRACE]
            self._latest = 0, TRACE
        while len(self._offsets) <= index // _STRIDE:
            self._offsets.append(self._skip(self._offsets[-1], _STRIDE))
        near = index - index % _STRIDE, self._offsets[index // _STRIDE]
        start, at = self._latest if near < self._latest and self._latest[0] <= index else near
        at = self._skip(at, index - start)
        self._latest = index, at
        return at

    def _kept(self, record: int) -> int:
        """Where the answer begins, flags first, that a record keeps behind its arguments; its size stands behind it."""
        end = record + self._header(record)[0] - WORD_BYTES
        return end - int.from_bytes(self._arena.map[end : end + WORD_BYTES], "little")

    def _skip(self, at: int, records: int) -> int:
        for _ in range(records):
            at += self._header(at)[0]
        return at

    def _header(self, at: int) -> tuple[int, int, int, int, int]:
        """Read the header of a record and check that no stub can have written it otherwise."""
        size, number, event, thread, site = RECORD.unpack_from(self._arena.map, at)
        end = TRACE + self._arena.words[WORD["trace_used"]]  # behind it: a record may grow meanwhile
        if size < RECORD.size or at + size > end or number >= len(self._mocked):
            msg = (
                f"the record at {at:#x} of the trace is damaged (size {size}, function {number}); "
                "did the SUT write into the arena?"
            )
            raise InternalError(msg)
        return size, number, event, thread, site

    def _decode(self, index: int, at: int) -> Call:
        size, number, event, thread, site = self._header(at)
        mocked = self._mocked[number]
        payload = bytes(self._arena.map[at + RECORD.size : at + size])
        complete = bool(thread & COMPLETE)
        answer, errno, is_real = self._answer(mocked, event, index, at)
        return Call(
            index=index,
            module=mocked.module,
            function=mocked.spec.name,
            names=tuple(field.name for field in mocked.ins),
            args=self._args(mocked, payload) if complete else (NOT_CAPTURED,) * len(mocked.ins),
            answer=answer,
            event=event if event < REAL_EVENT else None,
            site=site,
            place=self._places(site),
            thread=thread & ~COMPLETE,
            outs=tuple(field.name for field in mocked.outs),
            errno=errno,
            is_real=is_real,
        )

    def _args(self, mocked: Mocked, payload: bytes) -> tuple[Any, ...]:
        return name_values(mocked.ins, decode_args(mocked, payload), self._names)

    def _answer(self, mocked: Mocked, event: int, index: int, record: int) -> tuple[Any, int | None, bool]:
        """Decode what the language that ran answered, what it left in `errno`, and whether the real function did.

        The answer is None when the call was refused, or not yet answered.

        Args:
            mocked: the function.
            event: number of the event.
            index: of the record.
            record: its byte offset.
        """
        if event >= REAL_EVENT:
            is_real = event == REAL_EVENT
            return decode_answer(mocked, REAL_ANSWER.flags, b"") if is_real else None, None, is_real
        arena = self._arena
        row = RUN + arena.words[WORD["run"]] + EVENT.size * event
        function, _, slot = EVENT.unpack_from(arena.map, row)
        at, flags = row + EVENT.size - 8, 0
        if function & FLAGGED:
            at = RUN + 8 * slot + 8
            flags = int.from_bytes(arena.map[at - 8 : at], "little")
        if flags & (ANSWER_BOUND | ANSWER_REAL):
            at = self._kept(record) + 8
            flags = int.from_bytes(arena.map[at - 8 : at], "little")
        if flags & ANSWER_PYTHON:
            if index not in self._computed:
                return None, None, False
            at = self._computed[index] + 8
            flags = int.from_bytes(arena.map[at - 8 : at], "little")
        answer = decode_answer(mocked, flags, memoryview(arena.map)[at:])
        return name_answer(mocked, answer, self._names), decode_errno(flags), bool(flags & ANSWER_REAL)


class Checked(Sequence[Call]):
    """The calls of a trace that a check looks at; each knows its place in the whole by its index."""

    def __init__(self, trace: Trace) -> None:
        """Look at *trace* when the first call is asked for: a check that passes asks for none."""
        self._trace = trace

    @cached_property
    def _indices(self) -> Sequence[int]:
        return [index for index, event in enumerate(self._trace.events()) if event != REAL_EVENT]

    def __len__(self) -> int:
        """Count the calls."""
        return len(self._indices)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Call, ...]: ...
    def __getitem__(self, index: int | slice) -> Call | tuple[Call, ...]:
        """Decode one call, or several."""
        if isinstance(index, slice):
            return tuple(self._trace[i] for i in self._indices[index])
        return self._trace[self._indices[index]]
