"""Starts the host of a program, and says where its code went wrong before any test could run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.errors import SutCrashed, UnexpectedCall
from cmock_py.host import arena as shared
from cmock_py.host.arena import Reason
from cmock_py.host.process import CommandLine, ConstructorStopped, Host
from cmock_py.host.stop import OURS

if TYPE_CHECKING:
    from cmock_py.build import Program
    from cmock_py.live.places import Places

NO_LIMIT = 1 << 62


def start(program: Program, command_line: CommandLine, places: Places, *, max_calls: int, capture_bytes: int) -> Host:
    """Start the zygote of a program.

    Raises:
        UnexpectedCall: a constructor of the SUT calls what is mocked.
        SutCrashed: a constructor of the SUT does not return.
        UsageError: what runs the program does not run it.
    """
    try:
        host = Host(program.executable, command_line)
    except ConstructorStopped as error:
        found = places.find([site - 1 for site in error.sites])
        place = next((p for p in found if p is not None and not OURS.match(p.function or "")), None)
        where = f" at {place}" if place else ""
        if error.reason == Reason.UNEXPECTED:
            msg = f"{error}{where}, which is mocked, before any language can be set"
            raise UnexpectedCall(msg) from None
        raise SutCrashed(f"{error}{where}") from None
    host.set_word("trace_limit", shared.REGION_SIZE // 2)
    host.set_word("max_calls", max_calls)
    host.set_word("capture_bound", capture_bytes)
    return host
