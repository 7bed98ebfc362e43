"""The host's processes seen from Python: spawn the zygote, fork test children, ring, wait, kill.

One `Host` per running mocking. It moves words and wakes processes up; what the words mean is known to its callers.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from typing import TYPE_CHECKING

from cmock_py.errors import InternalError, PlatformError
from cmock_py.host import arena as shared
from cmock_py.host.arena import WORD, Arena, Command, Reason, Request, State

if TYPE_CHECKING:
    from pathlib import Path

START_TIMEOUT_S = 30.0
"""For the zygote to come up: static constructors of the SUT run in this time."""

CONTROL_TIMEOUT_S = 1.0
"""For one control request to a stopped child, which may have stopped inside malloc or stdio."""

ABI_FAILED, CONSTRUCTOR_STOPPED = 120, 121
"""Exit statuses of a zygote that could not start. MIRROR runtime/zygote.c, runtime/stop.c"""

TIMEOUT_SIGNAL = signal.SIGRTMAX - 1


class Host:
    """Owns one zygote, its current test child, the arena and the descriptors between them."""

    def __init__(self, executable: Path) -> None:
        """Spawn *executable* and wait until it is ready to fork.

        Raises:
            PlatformError: it cannot be run here.
            ConstructorStopped: a static constructor of the SUT stopped or died; the header says why.
        """
        self.arena = Arena()
        self.python_pid = os.getpid()
        self.generation = 0
        self.alive = False
        self._to_zygote, self._from_zygote, self._to_child, self._from_child = (os.eventfd(0) for _ in range(4))
        self._lifeline_read, self._lifeline = os.pipe2(os.O_CLOEXEC)
        self._output = {
            stream: os.memfd_create(f"cmock-py {stream}", os.MFD_CLOEXEC) for stream in ("stdout", "stderr")
        }
        self._forwarded = dict.fromkeys(self._output, 0)
        self._memory = -1
        self._memory_pid = 0
        self.pid = self._spawn(executable)
        self._pidfd = os.pidfd_open(self.pid)
        self._child_or_death = Doorbells(self._from_child, self._from_zygote, self._pidfd)
        self._zygote_or_death = Doorbells(self._from_zygote, self._pidfd)
        self._await_zygote()

    def _spawn(self, executable: Path) -> int:
        numbered = {
            shared.FD_ARENA: self.arena.fd,
            shared.FD_TO_ZYGOTE: self._to_zygote,
            shared.FD_FROM_ZYGOTE: self._from_zygote,
            shared.FD_TO_CHILD: self._to_child,
            shared.FD_FROM_CHILD: self._from_child,
            shared.FD_LIFELINE: self._lifeline_read,
            1: self._output["stdout"],
            2: self._output["stderr"],
        }
        actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
        ]
        actions += [(os.POSIX_SPAWN_DUP2, ours, theirs) for theirs, ours in numbered.items()]
        try:
            return os.posix_spawn(str(executable), [executable.name], os.environ, file_actions=actions, setsid=True)
        except OSError as error:
            msg = (
                f"the built program {executable} cannot be run: {error.strerror}; if its folder is mounted noexec, "
                "name another one in CMOCK_PY_CACHE_DIR"
            )
            raise PlatformError(msg) from None

    def _await_zygote(self) -> None:
        if self._zygote_or_death.wait(START_TIMEOUT_S) == self._from_zygote:
            os.eventfd_read(self._from_zygote)
            self.alive = True
            return
        status = self._reap()
        if status is None:
            msg = f"a static constructor of the SUT did not return within {START_TIMEOUT_S:g} s"
            raise ConstructorStopped(msg, Reason.TIMEOUT)
        if status == ABI_FAILED:
            msg = f"the host could not map its memory at {shared.BASE:#x}"
            raise InternalError(msg)
        reason = Reason(self.word("reason"))
        cause = f"exit status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
        msg = f"the host died before any test, in a static constructor of the SUT ({cause})"
        raise ConstructorStopped(msg, reason)

    def _reap(self) -> int | None:
        """Collect the zygote's exit status; kill it first when it is still running (then None)."""
        pid, raw = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(raw)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return None

    # --- words ------------------------------------------------------------------------------------------------------

    def word(self, name: str) -> int:
        """Read the first word of a header member."""
        return self.arena.words[WORD[name]]

    def set_word(self, name: str, *values: int) -> None:
        """Write the words of a header member."""
        at = WORD[name]
        for offset, value in enumerate(values):
            self.arena.words[at + offset] = value

    def _tell_zygote(self, command: Command) -> None:
        self.set_word("command", command)
        os.eventfd_write(self._to_zygote, 1)

    # --- the test child ---------------------------------------------------------------------------------------------

    @property
    def child(self) -> int:
        """The pid of the test child, 0 when there is none."""
        return self.word("child_pid")

    @property
    def child_stopped(self) -> bool:
        """Whether the child stopped itself; it can still be read, and nothing else."""
        return self.word("state") == State.STOPPED

    def fork(self) -> None:
        """Kill the test child, if any, and fork a fresh one: pristine memory, no stop, no pointers.

        Raises:
            InternalError: the zygote is gone or cannot fork.
        """
        self.forward_output()
        self.reset_stop()
        _drain(self._from_child)
        self._tell_zygote(Command.FORK)
        while True:
            ready = self._child_or_death.wait(START_TIMEOUT_S)
            if ready == self._from_child:
                os.eventfd_read(self._from_child)
                break
            if ready == self._from_zygote and self.word("child_pid"):
                os.eventfd_read(self._from_zygote)
                continue
            msg = "the host could not fork a test child"
            raise InternalError(msg)
        _drain(self._from_zygote)
        self.generation += 1

    def reset_stop(self) -> None:
        """Forget why the last child stopped."""
        for name in ("stopping", "reason", "lock", "frame_count", "signal", "fault_address", "pc", "threads"):
            self.set_word(name, 0)
        self.set_word("threads", 1)

    def ask(self, request: Request, timeout_s: float | None) -> State | None:
        """Send one request to the child and wait.

        Args:
            request: what to do; its arguments stand in the arena.
            timeout_s: how long to wait; None waits for ever.

        Returns:
            ``DONE``, ``STOPPED``, None on timeout; ``IDLE`` when the child is dead.
        """
        self.set_word("request", request)
        self.set_word("state", State.BUSY)
        os.eventfd_write(self._to_child, 1)
        ready = self._child_or_death.wait(timeout_s)
        if ready is None:
            return None
        if ready == self._from_child:
            os.eventfd_read(self._from_child)
            return State(self.word("state"))
        return State.IDLE

    def interrupt(self) -> bool:
        """Make a child that overran its deadline stop where it is; tell whether it did within a second."""
        pid = self.child
        if not pid:
            return False
        try:
            os.kill(pid, TIMEOUT_SIGNAL)
        except ProcessLookupError:
            return False
        if self._child_or_death.wait(CONTROL_TIMEOUT_S) == self._from_child:
            os.eventfd_read(self._from_child)
            return True
        return False

    def kill(self) -> None:
        """Kill the test child and what it forked."""
        if self.child and self.alive:
            self._tell_zygote(Command.KILL)
            if self._zygote_or_death.wait(CONTROL_TIMEOUT_S) == self._from_zygote:
                os.eventfd_read(self._from_zygote)

    def flush(self) -> bool:
        """Have a stopped child write out its stdio buffers; False when it cannot (then it is killed)."""
        if not self.child:
            return False
        stopped = self.word("state")
        state = self.ask(Request.FLUSH, CONTROL_TIMEOUT_S)
        self.set_word("state", stopped)
        return state == State.DONE

    def run_check(self) -> int:
        """Run the check in a child of its own; return its raw wait status."""
        saved = self.word("child_status")
        self._tell_zygote(Command.RUN_CHECK)
        if self._zygote_or_death.wait(None) != self._from_zygote:
            msg = "the host died while it checked"
            raise InternalError(msg)
        os.eventfd_read(self._from_zygote)
        status = self.word("child_status")
        self.set_word("child_status", saved)
        return status

    # --- memory and output ------------------------------------------------------------------------------------------

    def memory_fd(self) -> int:
        """A descriptor of the child's memory, -1 when there is no child."""
        pid = self.child
        if pid != self._memory_pid:
            if self._memory >= 0:
                os.close(self._memory)
            self._memory = os.open(f"/proc/{pid}/mem", os.O_RDWR | os.O_CLOEXEC) if pid else -1
            self._memory_pid = pid
        return self._memory

    def forward_output(self) -> None:
        """Copy what the SUT wrote since the last time to Python's own stdout and stderr."""
        for stream, fd in self._output.items():
            size = os.fstat(fd).st_size
            at = self._forwarded[stream]
            if size > at:
                text = os.pread(fd, size - at, at).decode(errors="backslashreplace")
                self._forwarded[stream] = size
                getattr(sys, stream).write(text)

    def close(self) -> None:
        """End the child and the zygote and release everything; safe to call twice."""
        if self.arena.fd < 0:
            return
        if os.getpid() == self.python_pid:
            if self.alive:
                self.forward_output()
            os.close(self._lifeline)
            self._end_zygote()
        if self._memory >= 0:
            os.close(self._memory)
        own = (self._to_zygote, self._from_zygote, self._to_child, self._from_child, self._lifeline_read, self._pidfd)
        for fd in (*own, *self._output.values()):
            os.close(fd)
        self.arena.close()

    def _end_zygote(self) -> None:
        """The lifeline is closed: the zygote kills its child and goes; help it when it does not."""
        if not self.alive:
            return
        self.alive = False
        if Doorbells(self._pidfd).wait(CONTROL_TIMEOUT_S) is None:
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


class ConstructorStopped(Exception):
    """A static constructor of the SUT ended the zygote; `reason` says how."""

    def __init__(self, message: str, reason: Reason) -> None:
        """Keep the *reason* as data."""
        super().__init__(message)
        self.reason = reason


class Doorbells:
    """Descriptors to wait for, the most telling first: an answer counts even when its sender died right after."""

    def __init__(self, *fds: int) -> None:
        """Watch *fds*, in this order of preference."""
        self._fds = fds
        self._poll = select.poll()
        for fd in fds:
            self._poll.register(fd, select.POLLIN)

    def wait(self, timeout_s: float | None) -> int | None:
        """Return the most telling descriptor that is ready, or None after *timeout_s* (None: wait for ever)."""
        ready = self._poll.poll(None if timeout_s is None else timeout_s * 1000)
        if not ready:
            return None
        if len(ready) == 1:
            return ready[0][0]
        rung = {fd for fd, _ in ready}
        return next(fd for fd in self._fds if fd in rung)


def _drain(fd: int) -> None:
    """Take a pending count off an eventfd without waiting."""
    if Doorbells(fd).wait(0):
        os.eventfd_read(fd)
