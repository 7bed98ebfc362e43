"""Why the test child stopped, read from the arena and made into a `trace.Stop`."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

from cmock_py.host.arena import FRAMES, NONE, WORD, Reason
from cmock_py.trace import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cmock_py.host.process import Host
    from cmock_py.mocked import Mocked
    from cmock_py.trace import Place

OURS = re.compile(r"cmk_|__libc_start|_start$")
"""Functions that no user wants to see in a backtrace: runtime, stubs, and what lies below the SUT."""

_WITH_ADDRESS = frozenset({"SIGSEGV", "SIGBUS"})
_NEAR = 1 << 16
"""Bytes between the stack pointer and an access to a local variable, at most, for all but huge frames."""

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
    record, number = host.word("stop_record"), host.word("stop_function")
    name = _signal_name(host.word("signal")) if reason == Reason.SIGNAL else None
    address = _fault_address(host) if name in _WITH_ADDRESS else None
    details = host.arena.words[WORD["detail"] : WORD["detail"] + 3]
    has_out = reason in {Reason.TOO_LONG, Reason.NULL_OUT}
    return Stop(
        reason=reason.name.lower(),
        frames=_frames(host, places),
        called=called,
        call=None if record == NONE else record,
        signal=name,
        address=address,
        text=host.arena.text() if reason in {Reason.EXIT, Reason.ASSERT} else _address_hint(host, address),
        status=_signed(details[0]) if reason == Reason.EXIT else None,
        argument=mocked[number].outs[details[0]].name if has_out else None,
        answered=details[1] if reason == Reason.TOO_LONG else None,
        capacity=details[2] if reason == Reason.TOO_LONG else None,
        deadline_s=deadline_s if reason == Reason.TIMEOUT else None,
        thread=host.word("stop_thread"),
    )


def _fault_address(host: Host) -> int | None:
    """The address that was accessed, or None when the signal does not tell it."""
    code = _signed(host.word("signal_code"))
    return host.word("fault_address") if _SI_USER < code < _SI_KERNEL else None


def _died(host: Host, called: str | None) -> Stop:
    status = os.waitstatus_to_exitcode(host.word("child_status"))
    name = _signal_name(-status) if status < 0 else None
    return Stop("died", called=called, signal=name, status=status if status >= 0 else None)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


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


def _address_hint(host: Host, address: int | None) -> str:
    """Say what an address tells: the stack is used up, or a ctypes or cffi pointer was passed."""
    if not address or _maps(str(host.child), address):
        return ""
    if abs(address - host.word("sp")) < _NEAR:
        return "just behind the end of the stack: an endless recursion, or too large a local variable"
    if not _maps("self", address):
        return ""
    return "that address belongs to the Python process; allocate what C shall see with mocking.new()"


def _maps(process: str, address: int) -> bool:
    """Tell whether a process has memory at *address*; a process that is gone has none."""
    try:
        with open(f"/proc/{process}/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123 - no file of ours
            spans = [line.split(maxsplit=1)[0].partition("-") for line in maps]
    except OSError:
        return False
    return any(int(low, 16) <= address < int(high, 16) for low, _, high in spans)
