"""The trace read from an arena that this test has written itself."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from cmock_py import REAL, ApiArg, ApiFunction
from cmock_py.cdecl.model import Integer, Void
from cmock_py.errors import InternalError
from cmock_py.host.arena import (
    ANSWER_REAL,
    COMPLETE,
    EVENT,
    FLAGGED,
    NO_EVENT,
    REAL_EVENT,
    RECORD,
    RUN,
    TRACE,
    WORD,
    Arena,
)
from cmock_py.host.records import Trace
from cmock_py.mocked import Field, Mocked
from cmock_py.payload import REAL_ANSWER
from cmock_py.trace import Place

INT = Integer(4, signed=True)
EVENTS = 0x1000


@pytest.fixture
def arena() -> Arena:
    """A fresh arena, closed at the end."""
    made = Arena()
    made.words[WORD["run"]] = EVENTS
    yield made
    made.close()


def mocked(number: int, name: str, *args: str, result: bool = False) -> Mocked:
    """A mocked function with int arguments."""
    ins = tuple(Field(arg, INT, "int", "value", slot, 1) for slot, arg in enumerate(args))
    returned = Field("result", INT, "int", "value", 0, 1) if result else None
    spec = ApiFunction(name, ret="int" if result else "void", args=[ApiArg("int", arg) for arg in args])
    assert returned is None or not isinstance(returned.type, Void)
    return Mocked(number, "dev", spec, ins, (), returned, len(ins), int(result), None, "")


FUNCTIONS = (mocked(0, "tick", result=True), mocked(1, "note", "value"), mocked(2, "pair", "a", "b"))


def append(arena: Arena, function: int, *words: int, event: int = NO_EVENT, thread: int = COMPLETE) -> None:
    """Write a record as a stub would."""
    used = arena.words[WORD["trace_used"]]
    raw = RECORD.pack(RECORD.size + 8 * len(words), function, event, thread, 0x401000 + used)
    raw += struct.pack(f"<{len(words)}Q", *words)
    arena.map[TRACE + used : TRACE + used + len(raw)] = raw
    arena.words[WORD["trace_used"]] = used + len(raw)
    arena.words[WORD["trace_calls"]] += 1


def set_event(arena: Arena, number: int, function: int, *words: int) -> None:
    """Write an event of the language that ran, with the words of its answer."""
    at = 64 * (number + 1)
    slot = at // 8 if function & FLAGGED else words[0]
    EVENT.pack_into(arena.map, RUN + EVENTS + EVENT.size * number, function, 0, slot)
    arena.map[RUN + at : RUN + at + 8 * len(words)] = struct.pack(f"<{len(words)}Q", *words)


def trace_of(arena: Arena) -> Trace:
    """The trace, with a place for each address."""
    return Trace(arena, FUNCTIONS, lambda site: Place("f", "sut.c", site & 0xFFF), {})


def test_empty(arena: Arena) -> None:
    """A trace without calls is empty, and false."""
    trace = trace_of(arena)
    assert list(trace) == []
    assert not trace
    with pytest.raises(IndexError, match="0 calls"):
        trace[0]


def test_call_with_everything(arena: Arena) -> None:
    """A call knows names and values of its arguments, its answer, event, thread and place."""
    set_event(arena, 5, 0, 42)
    append(arena, 2, 7, 0xFFFFFFFF, event=5, thread=3 | COMPLETE)
    append(arena, 0, event=5)
    pair, tick = trace_of(arena)
    assert (pair.module, pair.function, pair.names, pair.args) == ("dev", "pair", ("a", "b"), (7, -1))
    assert (pair.event, pair.thread, pair.index) == (5, 3, 0)
    assert pair.place == Place("f", "sut.c", 0)
    assert (tick.answer, tick.event, tick.thread) == (42, 5, 0)


def test_answer_behind_flags(arena: Arena) -> None:
    """Where an event is flagged, its answer is further back, behind a word of flags."""
    set_event(arena, 0, FLAGGED, 0, 43)
    append(arena, 0, event=0)
    assert trace_of(arena)[0].answer == 43


def test_refused_call(arena: Arena) -> None:
    """A call that no event took has neither event nor answer."""
    append(arena, 0)
    (call,) = trace_of(arena)
    assert (call.event, call.answer) == (None, None)


def test_calls_that_the_real_function_answered(arena: Arena) -> None:
    """Their answer is REAL, whether an event or the fallback of a spy says so, as long as nothing is kept of it."""
    set_event(arena, 0, FLAGGED, ANSWER_REAL)
    append(arena, 0, REAL_ANSWER.flags, 8, event=0)
    append(arena, 0, event=REAL_EVENT)
    assert [(call.event, call.answer) for call in trace_of(arena)] == [(0, REAL), (None, REAL)]


def test_what_is_checked_of_a_trace(arena: Arena) -> None:
    """What a spy's real function answered is left out, and the others keep their index; without spies all is checked."""
    for value, event in enumerate((REAL_EVENT, 0, REAL_EVENT, NO_EVENT)):
        append(arena, 1, value, event=event)
    assert len(trace_of(arena).checked()) == 4
    spied = tuple(replace(function, fallback=True) for function in FUNCTIONS)
    checked = Trace(arena, spied, lambda _: None).checked()
    assert [(call.index, call.args) for call in checked] == [(1, (1,)), (3, (3,))]
    assert [call.index for call in checked[:1]] == [1]
    assert checked[-1].index == 3
    assert len(checked) == 2


def test_call_that_was_never_captured(arena: Arena) -> None:
    """A record whose thread died before its arguments were there says so in place of each."""
    append(arena, 2, 7, 8, thread=1)
    assert trace_of(arena)[0].args == ("(not captured)", "(not captured)")


def test_indices_and_slices(arena: Arena) -> None:
    """A trace counts as a list does, from both ends."""
    for value in range(1000):
        append(arena, 1, value) if value % 3 else append(arena, 2, value, 0)
    trace = trace_of(arena)
    assert trace[999].args == (999, 0)
    assert trace[-1].args == (999, 0)
    assert trace[-1000].args == (0, 0)
    assert [call.args[0] for call in trace[250:260]] == list(range(250, 260))
    assert [call.args[0] for call in trace[::-300]] == [999, 699, 399, 99]
    assert [call.args[0] for call in trace] == list(range(1000))
    for index in (1000, -1001):
        with pytest.raises(IndexError, match="1000 calls"):
            trace[index]


def test_a_trace_shows_the_run_as_it_is_now(arena: Arena) -> None:
    """A trace that was taken before further calls has them too; a tuple of it has not."""
    append(arena, 1, 1)
    trace = trace_of(arena)
    kept = tuple(trace)
    append(arena, 1, 2)
    assert [call.args for call in trace] == [(1,), (2,)]
    assert len(kept) == 1


@pytest.mark.parametrize(("at", "word"), [(0, 0), (0, 8), (0, 1 << 20), (4, 3)], ids=["none", "small", "huge", "who"])
def test_damaged_record(arena: Arena, at: int, word: int) -> None:
    """A record that cannot be one is named, not followed, whether it is asked for or stands before another."""
    append(arena, 1, 1)
    append(arena, 1, 2)
    arena.map[TRACE + at : TRACE + at + 4] = struct.pack("<I", word)
    for index in (0, 1):
        with pytest.raises(InternalError, match="damaged"):
            trace_of(arena)[index]
