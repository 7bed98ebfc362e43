"""Why the test child stopped, read from the arena and made into a `trace.Stop`."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

from cmock_py.host.arena import FRAMES, NONE, WORD, WRITING, Reason
from cmock_py.host.process import signal_name
from cmock_py.trace import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cmock_py.host.process import Host
    from cmock_py.mocked import Field, Mocked
    from cmock_py.trace import Place

OURS = re.compile(r"cmk_|__libc_start|_start$")
"""Functions that no user wants to see in a backtrace: runtime, stubs, and what lies below the SUT."""

_WITH_ADDRESS = frozenset({"SIGSEGV", "SIGBUS"})
_NEAR = 1 << 16
"""Bytes between the stack pointer and an access to a local variable, at most, for all but huge frames."""

_USER, _WRITE = 4, 2
"""Bits of the error code of a page fault: the first is set in all of the SUT's. MIRROR runtime/stop.c"""

_RETURNS = {b"\xc3", b"\xc2"}
"""First bytes of the processor's return instructions."""

_WITH_EVENTS = frozenset({Reason.AMBIGUOUS, Reason.TOO_AMBIGUOUS, Reason.SETS_FULL})
_WITH_LIMIT = _WITH_EVENTS - {Reason.AMBIGUOUS}
"""How many events a stop is about; their numbers come first."""

_WITH_COUNTS = frozenset({Reason.TOO_LONG, Reason.PAST_ROOM})
"""There are more elements than a buffer takes."""

_FOLLOWS = re.compile(r"->|\*|\[")
_WORD = re.compile(r"[A-Za-z_]\w*")

_UNFIT = frozenset({Reason.CUT_ANSWER, Reason.NULL_ANSWER, Reason.BROKEN_TEXT, Reason.OTHER_SIZE})
"""What an argument has passed cannot be the answer of an event."""

_LOWER_HALF = 0xFFFF_FFFF

_SI_USER, _SI_KERNEL = 0, 128
"""A signal somebody sent; a fault whose address the processor did not tell, as it has more than 48 bits."""


def read_stop(
    host: Host,
    mocked: Sequence[Mocked],
    places: Callable[[Sequence[int]], list[Place | None]],
    called: str | None,
    deadline_s: float,
) -> Stop:
    """Read why the child stopped.

    Args:
        host: the host.
        mocked: the mocked functions, by number.
        places: finds the C places of code addresses.
        called: the function that Python had called.
        deadline_s: of that call.

    Returns:
        The stop; a child that is gone without a word died.
    """
    if host.word("stopping"):
        host.await_stop()
    reason = Reason(host.word("reason"))
    if reason == Reason.NO_STOP:
        return _died(host, called)
    if reason in _UNFIT:
        return _unfit(host, mocked, reason, called)
    record, number = host.word("stop_record"), host.word("stop_function")
    faulty = reason in {Reason.SIGNAL, Reason.BAD_ARGUMENT}
    name = signal_name(host.word("signal")) if faulty else None
    address = _fault_address(host) if name in _WITH_ADDRESS else None
    details = host.arena.words[WORD["detail"] : WORD["detail"] + 3]
    has_text = reason in {Reason.EXIT, Reason.ASSERT} or name == "SIGABRT"
    about = _about(mocked, number, reason, details[0])
    size = details[2] if reason == Reason.BAD_ARGUMENT else None
    argument = None if about is None else about.name
    through: tuple[str, ...] = ()
    if about is not None and reason == Reason.BAD_ARGUMENT:
        argument, through = _blamed(mocked[number], about, size)
    return Stop(
        reason=reason.name.lower(),
        frames=_frames(host, places),
        called=called,
        call=None if record == NONE else record,
        signal=name,
        address=address,
        text=host.arena.text().strip() if has_text else _hint(host, name, address),
        status=_signed(details[0]) if reason == Reason.EXIT else None,
        argument=argument,
        answered=details[1] if reason in _WITH_COUNTS else None,
        capacity=details[2] if reason in _WITH_COUNTS else None,
        deadline_s=deadline_s if reason == Reason.TIMEOUT else None,
        mock=mocked[number].name if number < len(mocked) else None,
        size=size,
        thread=host.word("stop_thread"),
        events=tuple(details[:2]) if reason in _WITH_EVENTS else (),
        limit=_limit(host, reason, details[2]),
        through=through,
        has_nul=reason == Reason.TOO_LONG and about is not None and about.form == "string",
    )


def _unfit(host: Host, mocked: Sequence[Mocked], reason: Reason, called: str | None) -> Stop:
    """Tell of a value that cannot be answered: by which event, and who has passed it."""
    event, argument, size = host.arena.words[WORD["detail"] : WORD["detail"] + 3]
    passed = mocked[argument >> 32]
    sizes = size, host.word("capture_bound")
    if reason == Reason.OTHER_SIZE:
        sizes = size >> 32, size & _LOWER_HALF
    has_size = reason in {Reason.CUT_ANSWER, Reason.OTHER_SIZE}
    return Stop(
        reason=reason.name.lower(),
        called=called,
        call=host.word("stop_record"),
        argument=passed.ins[argument & _LOWER_HALF].name,
        answered=sizes[0] if has_size else None,
        capacity=sizes[1] if has_size else None,
        mock=mocked[host.word("stop_function")].name,
        thread=host.word("stop_thread"),
        events=(event,),
        passed=passed.name,
    )


def _limit(host: Host, reason: Reason, detail: int) -> int | None:
    """The limit that a stop is about; of a full trace its bytes, unless `max_calls` has filled it."""
    if reason == Reason.TRACE_FULL:
        return host.word("trace_limit") if host.word("trace_calls") < host.word("max_calls") else None
    return detail if reason in _WITH_LIMIT else None


def _about(mocked: Sequence[Mocked], number: int, reason: Reason, index: int) -> Field | None:
    """Find the argument that a stop is about, as it is captured or written."""
    if reason == Reason.PAST_ROOM or (reason == Reason.BAD_ARGUMENT and not index & WRITING):
        return mocked[number].ins[index]
    if reason in {Reason.BAD_ARGUMENT, Reason.TOO_LONG, Reason.NULL_OUT}:
        return mocked[number].written[index & ~WRITING]
    return None


def _blamed(function: Mocked, field: Field, size: int | None) -> tuple[str, tuple[str, ...]]:
    """Name what the SUT has passed that a stop is about, and what of the spec follows it.

    A phantom is nothing that is passed, and a count such as ``o->n`` follows another argument than its own: then those
    arguments are at fault that the C text of the spec mentions.
    """
    arg = field.arg
    if arg is None or (size and not arg.phantom):
        return field.name, ()
    texts = [text for text in (arg.view, arg.fill, arg.buffer, arg.length) if isinstance(text, str)]
    texts = [text for text in texts if text in {arg.view, arg.fill} or _FOLLOWS.search(text)]
    passed = {other.name for other in function.spec.args if not other.phantom}
    words = dict.fromkeys(_WORD.findall(" ".join([*texts, arg.code or ""])))
    named = [word for word in words if word in passed]
    if not named or named == [field.name]:
        return field.name, ()
    shown = [f"`{text}` of {field.name}" for text in texts] or [f"the code of {field.name}"]
    return " and ".join(named), tuple(shown)


def _fault_address(host: Host) -> int | None:
    """The address that was accessed, or None when the signal does not tell it."""
    code = _signed(host.word("signal_code"))
    return host.word("fault_address") if _SI_USER < code < _SI_KERNEL else None


def _died(host: Host, called: str | None) -> Stop:
    status = os.waitstatus_to_exitcode(host.word("child_status"))
    name = signal_name(-status) if status < 0 else None
    return Stop("died", called=called, signal=name, status=status if status >= 0 else None)


def _signed(word: int) -> int:
    return word - (1 << 64) if word >> 63 else word


def _frames(host: Host, places: Callable[[Sequence[int]], list[Place | None]]) -> tuple[Place, ...]:
    """The backtrace, innermost first, without our own frames.

    A return address belongs to the line after the call, so one byte before it is looked up; the address of a fault is
    exact, except for a trap, which is behind its instruction. Frames above the fault are those of the handler, and so
    are all when the fault's is not there.
    """
    count = min(host.word("frame_count"), FRAMES)
    frames = list(host.arena.words[WORD["frames"] : WORD["frames"] + count])
    pc = host.word("pc") if host.word("signal") else 0
    if host.word("signal"):
        frames = frames[frames.index(pc) :] if pc in frames else [pc]
    exact = pc if host.word("signal") != signal.SIGTRAP else None
    found = places([frame if frame == exact else frame - 1 for frame in frames])
    return tuple(place for place in found if place is not None and place.function and not OURS.match(place.function))


def _hint(host: Host, name: str | None, address: int | None) -> str:
    """Say what a fault tells: the stack is used up or overrun, or a ctypes or cffi pointer was passed."""
    if name == "SIGSEGV" and address is None:
        return _return_hint(host)
    if not address:
        return ""
    spans = _spans(str(host.child))
    stack = _span(spans, host.word("sp"))
    if stack and stack[1] <= address < stack[1] + _NEAR:
        return f"behind the upper end of the stack: a local buffer was {_access(host)} past its end"
    if _span(spans, address):
        return ""
    if abs(address - host.word("sp")) < _NEAR:
        return "just behind the end of the stack: an endless recursion, or too large a local variable"
    if not _span(_spans("self"), address):
        return ""
    return "that address belongs to the Python process; allocate what C shall see with mocking.new()"


def _return_hint(host: Host) -> str:
    """Say why an access has no address: text in place of a return address has more than 48 bits."""
    try:
        instruction = os.pread(host.memory_fd(), 1, host.word("pc"))
    except (OSError, OverflowError):
        return ""
    if instruction not in _RETURNS:
        return ""
    return "the return address is overwritten: a local buffer was written past its end"


def _access(host: Host) -> str:
    """Say what the fault was about to do; a processor that some sandbox imitates may not tell."""
    code = host.word("detail")
    if not code & _USER:
        return "accessed"
    return "written" if code & _WRITE else "read"


def _spans(process: str) -> list[tuple[int, int]]:
    """The accessible memory of a process; one that is gone has none, and guard pages are none."""
    try:
        with open(f"/proc/{process}/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123 - no file of ours
            lines = [line.split(maxsplit=2) for line in maps]
    except OSError:
        return []
    bounds = [span.partition("-") for span, access, *_ in lines if not access.startswith("---")]
    return [(int(low, 16), int(high, 16)) for low, _, high in bounds]


def _span(spans: Sequence[tuple[int, int]], address: int) -> tuple[int, int] | None:
    """The one that holds *address*, or None."""
    return next(((low, high) for low, high in spans if low <= address < high), None)
