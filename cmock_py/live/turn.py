"""Turns at a mocking: its calls from several threads of Python wait for each other."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from cmock_py.errors import NoMocking, UsageError

if TYPE_CHECKING:
    from cmock_py.host.process import Host


class Turn:
    """Owns the lock of a mocking inside a ``with`` block, and is refused when the mocking is gone.

    Attributes:
        lock: what a turn holds; taken by itself where a stopped mocking will do as well.
    """

    __slots__ = ("_host", "lock")

    def __init__(self, host: Host) -> None:
        """Make turns at the mocking of *host*."""
        self._host = host
        self.lock = threading.RLock()

    def __enter__(self) -> None:
        """Wait for the turn."""
        self.lock.acquire()
        host = self._host
        if os.getpid() == host.python_pid and host.alive:
            return
        self.lock.release()
        if host.alive:
            msg = "this mocking was started in another process; start one after the fork"
            raise UsageError(msg)
        msg = "this mocking was stopped; start another one with start_mocking()"
        raise NoMocking(msg)

    def __exit__(self, *_: object) -> None:
        """End the turn."""
        self.lock.release()

    @property
    def is_free(self) -> bool:
        """Whether no other thread of Python has its turn right now."""
        free = self.lock.acquire(blocking=False)
        if free:
            self.lock.release()
        return free
