"""The host's processes seen from Python: spawn the zygote, fork test children, ring, wait, kill.

One `Host` per running mocking. It moves words and wakes processes up; what the words mean is known to its callers.

A ring of an eventfd is a hint and nothing more: whoever waits looks at the words of the arena, and again after each
ring. So a ring that nobody waited for (a thread of the SUT stopped, the child died between two calls, Ctrl-C came while
we waited) can never be taken for the answer to a later question.
"""

from __future__ import annotations

import codecs
import ctypes
import fcntl
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
import weakref
from typing import TYPE_CHECKING, TypeAlias

from cmock_py.errors import InternalError, PlatformError, UsageError
from cmock_py.host import arena as shared
from cmock_py.host.arena import FRAMES, NONE, UPCALL_COUNT, WORD, Arena, Command, Exit, Reason, Request, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START_TIMEOUT_S = 30.0
"""For the zygote to come up: static constructors of the SUT run in this time."""

CONTROL_TIMEOUT_S = 1.0
"""For one control request to a stopped child, which may have stopped inside malloc or stdio."""

TIMEOUT_SIGNAL = signal.SIGRTMAX - 1
"""Ends a call that overran its deadline. MIRROR runtime/stop.c"""

OUTPUT_KEPT = 1 << 20
"""Bytes of forwarded output that are kept until the next fresh child; more than that is given back to the system."""

_SAID = 2000
"""Characters of what a command line of the user's wrote that its error cites."""

_FDS_NEEDED = 280
"""Descriptors that a process must be allowed: ours lie around 240, with room for moving others out of the way."""


CommandLine: TypeAlias = "Callable[[str], list[str]]"
"""Makes the words of a command line from the path of the host."""


def plain_command_line(executable: str) -> list[str]:
    """Run the host itself."""
    return [executable]


class Host:
    """Owns one zygote, its current test child, the arena and the descriptors between them."""

    def __init__(
        self,
        executable: Path,
        command_line: CommandLine = plain_command_line,
        *,
        start_timeout_s: float = START_TIMEOUT_S,
    ) -> None:
        """Spawn *executable*, by the command line that is made of its path, and wait until it is ready to fork.

        Raises:
            PlatformError: it cannot be run here.
            UsageError: the command line does not start it.
            ConstructorStopped: a static constructor of the SUT stopped, died or hung; the exception says where.
        """
        self.arena = Arena()
        self.executable = executable
        self._command = command_line(str(executable))
        self.python_pid = os.getpid()
        self.generation = 0
        self.alive = False
        self._start_timeout_s = start_timeout_s
        self._to_zygote, self._from_zygote, self._to_child, self._from_child = (os.eventfd(0) for _ in range(4))
        self._lifeline_read, self._lifeline = os.pipe2(os.O_CLOEXEC)
        self._share, self._share_theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._output = {name: Output(name) for name in ("stdout", "stderr")}
        self._output_seen = 0
        self._memory = -1
        self._memory_pid = 0
        self.pid = 0
        self._pidfd = -1
        _hosts.add(self)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        """Spawn a zygote and wait until it is ready; the second one when the first was killed."""
        self.set_word("state", State.STARTING)
        self.set_word("reason", Reason.NO_STOP)
        self.set_word("stopping", 0)
        self.set_word("command", Command.OBEYED)
        self.pid = self._spawn()
        self._pidfd = os.pidfd_open(self.pid)
        self._child_bells = Doorbells(self._from_child, self._from_zygote, self._pidfd)
        self._zygote_bells = Doorbells(self._from_zygote, self._pidfd)
        if not self._await(lambda: self.word("state") == State.IDLE, self._zygote_bells, self._start_timeout_s):
            raise self._constructor_stopped()
        self.alive = True

    def _spawn(self) -> int:
        numbered = {
            shared.FD_ARENA: self.arena.fd,
            shared.FD_TO_ZYGOTE: self._to_zygote,
            shared.FD_FROM_ZYGOTE: self._from_zygote,
            shared.FD_TO_CHILD: self._to_child,
            shared.FD_FROM_CHILD: self._from_child,
            shared.FD_LIFELINE: self._lifeline_read,
            shared.FD_SHARE: self._share_theirs.fileno(),
            1: self._output["stdout"].fd,
            2: self._output["stderr"].fd,
        }
        actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
        ]
        limits = _raise_limit()
        high = _out_of_the_way(list(numbered.values()))
        actions += [(os.POSIX_SPAWN_DUP2, ours, theirs) for theirs, ours in zip(numbered, high, strict=True)]
        try:
            pid = os.posix_spawnp(
                self._command[0], self._command, os.environ, file_actions=actions,
                setsid=True, setsigmask=(), setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),
            )  # fmt: skip
        except OSError as error:
            if self._is_wrapped:
                msg = f"exec_command_line: {self._command[0]!r} cannot be run: {error.strerror}"
                raise UsageError(msg) from None
            msg = (
                f"the built program {self.executable} cannot be run: {error.strerror}; if its folder is mounted "
                "noexec, name another one in CMOCK_PY_CACHE_DIR"
            )
            raise PlatformError(msg) from None
        finally:
            for fd in high:
                os.close(fd)
            if limits is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        if limits is not None:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        return pid

    @property
    def _is_wrapped(self) -> bool:
        """Whether a command line of the user's starts the host."""
        return self._command != plain_command_line(str(self.executable))

    def _not_started(self) -> UsageError:
        """Say that a command line of the user's has ended, or waits, without running the host."""
        command = " ".join(self._command)
        if self._zygote_is_dead():
            status = self._reap_zygote()
            end = f"ended with status {status}" if status >= 0 else f"died of {signal_name(-status)}"
            how = f"{end} before the host ran"
            if status == Exit.NO_ARENA:
                how = f"ran the host, which could not map its memory at {shared.BASE:#x}"
        else:
            os.killpg(self.pid, signal.SIGKILL)
            self._reap_zygote()
            how = f"did not run the host within {self._start_timeout_s:g} s"
        said = "".join(output.peek() for output in self._output.values()).strip()
        hint = "it must run the path it is given, and leave its descriptors from 240 on open"
        return UsageError(
            f"the command line of exec_command_line {how}: {command}\n"
            f"  it wrote: {said[-_SAID:] or 'nothing'}\n  help: {hint}"
        )

    def _constructor_stopped(self) -> Exception:
        """Find out why the zygote did not come up, and word it."""
        if self._is_wrapped and self.word("state") == State.STARTING:
            return self._not_started()
        what = "a static constructor of the SUT"
        hung = not self._zygote_is_dead()
        if hung:
            self._stop_hanging_zygote()
        status = self._reap_zygote()
        reason = Reason(self.word("reason"))
        sites = tuple(self.arena.words[WORD["frames"] : WORD["frames"] + min(self.word("frame_count"), FRAMES)])
        if hung:
            msg = f"{what} did not return within {self._start_timeout_s:g} s"
            return ConstructorStopped(msg, Reason.TIMEOUT, sites)
        if status == Exit.NO_ARENA:
            msg = f"the host could not map its memory at {shared.BASE:#x}"
            return InternalError(msg)
        if reason == Reason.SIGNAL:
            msg = f"{what} crashed with {signal_name(self.word('signal'))}"
        elif self.word("stop_function") != NONE and reason != Reason.NO_STOP:
            reason = Reason.UNEXPECTED  # the trace has no room yet, so it was found full
            msg = f"{what} called {self.arena.text()}"
        elif reason in {Reason.EXIT, Reason.ASSERT}:
            said = "called" if reason == Reason.EXIT else "failed an assert:"
            msg = f"{what} {said} {self.arena.text()}"
        elif reason == Reason.ABORT:
            msg = f"{what} called abort"
        else:
            end = f"status {status}" if status >= 0 else signal_name(-status)
            msg = f"the host ended before any test with {end}, in {what} or before"
        return ConstructorStopped(msg, reason, sites)

    def _stop_hanging_zygote(self) -> None:
        """Have a zygote that does not come up say where it is; then end it."""
        for number in (TIMEOUT_SIGNAL, signal.SIGKILL):
            os.kill(self.pid, number)
            if Doorbells(self._pidfd).wait(CONTROL_TIMEOUT_S) is not None:
                return

    # --- words ------------------------------------------------------------------------------------------------------

    def word(self, name: str) -> int:
        """Read the first word of a header member."""
        return self.arena.words[WORD[name]]

    def set_word(self, name: str, *values: int) -> None:
        """Write the words of a header member."""
        at = WORD[name]
        for offset, value in enumerate(values):
            self.arena.words[at + offset] = value

    def _await(self, done: Callable[[], bool], bells: Doorbells, timeout_s: float | None) -> bool:
        """Wait until *done*; False when the time is over or the zygote is dead."""
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while not done():
            rung = bells.wait(None if end is None else max(0.0, end - time.monotonic()))
            if rung is None or rung == self._pidfd:
                return done()
            os.eventfd_read(rung)
        return True

    def read_words(self, address: int, count: int) -> tuple[int, ...]:
        """Read 64-bit words of the program as the zygote has loaded it; raises PlatformError."""
        try:
            with open(f"/proc/{self.pid}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - no file of ours
                return struct.unpack(f"<{count}Q", os.pread(memory.fileno(), 8 * count, address))
        except OSError as error:
            msg = (
                f"the memory of a process that we have started cannot be read ({error.strerror}); see "
                "/proc/sys/kernel/yama/ptrace_scope, which has to be 0 or 1, and the limits of the container"
            )
            raise PlatformError(msg) from None

    # --- the zygote -------------------------------------------------------------------------------------------------

    def _tell_zygote(self, command: Command) -> bool:
        """Give the zygote a command, once it has finished the last one, which Ctrl-C may have kept us from awaiting."""
        if not self._await(self._obeyed, self._zygote_bells, START_TIMEOUT_S):
            return False
        self.set_word("command", command)
        os.eventfd_write(self._to_zygote, 1)
        return True

    def _obeyed(self) -> bool:
        return self.word("command") == Command.OBEYED

    def _zygote_is_dead(self) -> bool:
        return self._pidfd < 0 or Doorbells(self._pidfd).wait(0) is not None

    def _reap_zygote(self) -> int:
        """Collect the exit status of a dead zygote; its test child died with it."""
        _, raw = os.waitpid(self.pid, 0)
        os.close(self._pidfd)
        self.pid, self._pidfd = 0, -1
        self.set_word("child_pid", 0)
        self.set_word("child_status", raw)
        return os.waitstatus_to_exitcode(raw)

    def _respawn(self) -> None:
        """Start another zygote: the SUT, or the system for want of memory, has killed the first."""
        if self.pid:
            self._reap_zygote()
        for fd in (self._to_zygote, self._from_zygote, self._to_child, self._from_child):
            _drain(fd)
        self._start()

    # --- the test child ---------------------------------------------------------------------------------------------

    @property
    def child(self) -> int:
        """The pid of the test child, 0 when there is none."""
        return self.word("child_pid")

    @property
    def is_ready(self) -> bool:
        """Whether there is a child and none of its threads has stopped."""
        words = self.arena.words
        return words[_CHILD] != 0 and words[_STOPPING] == 0

    @property
    def child_stopped(self) -> bool:
        """Whether the child stopped itself; it can still be read, and nothing else."""
        return self.word("state") == State.STOPPED

    def fork(self) -> None:
        """Kill the test child, if any, and fork a fresh one: pristine memory, no stop, no pointers.

        Raises:
            InternalError: the zygote cannot fork.
            ConstructorStopped: the zygote was killed, and no other one comes up.
        """
        if self._zygote_is_dead():
            self._respawn()
        if any(output.is_large for output in self._output.values()):
            self.kill()
        self.forward_output(final=True)
        self.set_word("state", State.BUSY)
        told = self._tell_zygote(Command.FORK)
        if not told or not self._await(self._ready_or_failed, self._child_bells, START_TIMEOUT_S) or not self.child:
            msg = "the host could not fork a test child; is the limit of processes reached (ulimit -u)?"
            raise InternalError(msg)
        self.generation += 1
        self._output_seen = -1

    def _ready_or_failed(self) -> bool:
        return self.word("state") == State.IDLE or (self._obeyed() and not self.child)

    def ask(self, request: Request, timeout_s: float | None, *, posts: bool = False) -> State | None:
        """Send one request to the child and wait.

        Args:
            request: what to do; its arguments stand in the arena.
            timeout_s: how long to wait; None waits for ever.
            posts: whether an upcall of another thread ends the wait, too.

        Returns:
            As `attend`.
        """
        cpu = self.send(request)
        words = self.arena.words
        if cpu != words[_CHILD_CPU]:
            # Look for a while: sleeping and being woken on another CPU would take longer than most calls.
            for _ in _LOOKS:
                state = words[_STATE]
                if state != _BUSY:
                    return State.DONE if state == _DONE else State(state)
        return self.attend(timeout_s, posts=posts)

    def send(self, request: Request) -> int:
        """Send one request to the child and do not wait; return the CPU that Python runs on."""
        words = self.arena.words
        words[_REQUEST] = request
        words[_STATE] = State.BUSY
        words[_PYTHON_CPU] = cpu = int(_getcpu())
        os.eventfd_write(self._to_child, 1)
        words[_REQUESTS] += 1
        return cpu

    def attend(self, timeout_s: float | None, *, posts: bool = True) -> State | None:
        """Wait until the child has done what it was sent, or asks something itself.

        Args:
            timeout_s: how long to wait; None waits for ever.
            posts: whether an upcall of another thread ends the wait, too.

        Returns:
            ``DONE``, ``STOPPED``, ``ASKING``, ``BUSY`` when another thread asks, None on timeout; ``IDLE`` when the
            child is dead.
        """
        self._await(self._answered_or_posted if posts else self._answered, self._child_bells, timeout_s)
        state = State(self.word("state"))
        if state != State.BUSY or (posts and self.is_posted):
            return state
        if self._zygote_is_dead():  # the child dies with it
            self.set_word("child_pid", 0)
            self.set_word("child_status", signal.SIGKILL)
        return None if self.child else State.IDLE

    def _answered(self) -> bool:
        words = self.arena.words
        return words[_STATE] != State.BUSY or not words[_CHILD]

    def _answered_or_posted(self) -> bool:
        return self._answered() or self.is_posted

    @property
    def is_posted(self) -> bool:
        """Whether a thread of the child other than the main one has posted an upcall."""
        words = self.arena.words
        return words[_POSTS_AT + words[_POSTS_TAKEN] % UPCALL_COUNT] != 0

    def take_post(self) -> int:
        """Take the upcall that was posted first; return its number."""
        words = self.arena.words
        at = _POSTS_AT + words[_POSTS_TAKEN] % UPCALL_COUNT
        number = words[at] - 1
        words[at] = 0
        words[_POSTS_TAKEN] += 1
        return number

    def wake(self, upcall: int) -> None:
        """Let a thread go on that has posted an upcall."""
        at = shared.UPCALLS // 8 + upcall * shared.UPCALL_WORDS
        self.arena.words[at] = shared.UpcallState.ANSWERED
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.arena.map))
        _libc.syscall(_SYS_FUTEX, ctypes.c_void_p(start + 8 * at), _FUTEX_WAKE, 1, None, None, 0)

    def doze(self, timeout_s: float) -> None:
        """Wait until the child rings for whatever reason, or the time is over."""
        rung = self._child_bells.wait(timeout_s)
        if rung is not None and rung != self._pidfd:
            os.eventfd_read(rung)

    def await_stop(self) -> bool:
        """Wait until a thread that is stopping has said why and where; False when it cannot within a second."""
        return self._await(lambda: self.child_stopped or not self.child, self._child_bells, CONTROL_TIMEOUT_S)

    def interrupt(self) -> bool:
        """Make a child that overran its deadline stop where it is; tell whether it did within a second."""
        pid = self.child
        if not pid:
            return False
        try:
            os.kill(pid, TIMEOUT_SIGNAL)
        except ProcessLookupError:
            return False
        self.await_stop()
        return self.child_stopped

    def kill(self) -> None:
        """Kill the test child and what it forked."""
        if self.child and self.alive and self._tell_zygote(Command.KILL):
            self._await(self._obeyed, self._zygote_bells, CONTROL_TIMEOUT_S)

    def flush(self) -> bool:
        """Have a stopped child write out its stdio buffers; False when it cannot, as it stopped inside stdio."""
        if not self.await_stop() or not self.child:
            return False
        state = self.ask(Request.FLUSH, CONTROL_TIMEOUT_S)
        self.set_word("state", State.STOPPED)
        return state == State.DONE

    def run_check(self) -> int:
        """Run the check in the process of checks; return its raw wait status, 0 when it came back.

        Raises:
            InternalError: the zygote was killed meanwhile, and the next one too.
        """
        return self._run_apart(Command.RUN_CHECK)

    def run_probe(self) -> int:
        """Run the probe of the language in the region of the check, likewise."""
        return self._run_apart(Command.RUN_PROBE)

    def _run_apart(self, command: Command) -> int:
        """Let a child of the zygote work in memory of its own; return its raw wait status.

        Raises:
            InternalError: the zygote was killed meanwhile, and the next one too.
        """
        for _ in range(2):
            if self._zygote_is_dead():
                self._respawn()
            if self._tell_zygote(command) and self._await(self._obeyed, self._zygote_bells, None):
                return self.word("check_status")
        msg = "the host died while it checked"
        raise InternalError(msg)

    def send_descriptor(self, fd: int) -> None:
        """Send the child a descriptor, to be taken by the request that follows."""
        socket.send_fds(self._share, [b"1"], [fd])

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

    def forward_new_output(self) -> None:
        """Copy the SUT's output after a call that returned, when there is any: a look at one word tells."""
        size = self.arena.words[_OUTPUT]
        if size != self._output_seen:
            self._output_seen = size
            self.forward_output()

    def forward_output(self, *, final: bool = False) -> None:
        """Copy what the SUT wrote since the last time to Python's own stdout and stderr.

        Args:
            final: nothing more is written by this child, so what was forwarded may be forgotten.
        """
        if final:
            self._output_seen = -1  # sizes may begin anew
        for output in self._output.values():
            output.forward(final=final and not self.child)

    def close(self) -> None:
        """End the child and the zygote and release everything; safe to call twice."""
        if self.arena.fd < 0:
            return
        os.close(self._lifeline)
        if os.getpid() == self.python_pid:
            if self.alive:
                self.forward_output()
            self._end_zygote()
        own = (self._to_zygote, self._from_zygote, self._to_child, self._from_child, self._lifeline_read)
        for fd in (*own, self._pidfd, self._memory):
            if fd >= 0:
                os.close(fd)
        self._share.close()
        self._share_theirs.close()
        for output in self._output.values():
            output.close()
        self.arena.close()

    def _end_zygote(self) -> None:
        """The lifeline is closed: the zygote kills its child and goes; help it when it does not."""
        self.alive = False
        if not self.pid:
            return
        if Doorbells(self._pidfd).wait(CONTROL_TIMEOUT_S) is None:
            os.kill(self.pid, signal.SIGKILL)
        self._reap_zygote()

    def disown(self) -> None:
        """Let go of the lifeline in a process that Python forked: it shall not keep the zygote alive."""
        if self.arena.fd >= 0:
            null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
            os.dup2(null, self._lifeline, inheritable=False)
            os.close(null)


class ConstructorStopped(Exception):
    """A static constructor of the SUT ended the zygote.

    Attributes:
        reason: how.
        sites: code addresses of the backtrace, innermost first; frames of the runtime are among them.
    """

    def __init__(self, message: str, reason: Reason, sites: tuple[int, ...] = ()) -> None:
        """Keep *reason* and *sites* as data."""
        super().__init__(message)
        self.reason = reason
        self.sites = sites


class Output:
    """Owns the memfd that is stdout or stderr of the SUT; safe to close twice."""

    def __init__(self, name: str) -> None:
        """Make the memfd for the stream *name* of `sys`."""
        self.fd = os.memfd_create(f"cmock-py {name}", os.MFD_CLOEXEC)
        fcntl.fcntl(self.fd, fcntl.F_SETFL, os.O_APPEND)  # the SUT may open it once more as /dev/stdout
        self._name = name
        self._forwarded = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    @property
    def is_large(self) -> bool:
        """Whether so much was forwarded that keeping it would be a waste."""
        return self._forwarded > OUTPUT_KEPT

    def forward(self, *, final: bool) -> None:
        """Write what is new to the stream; give a large memfd back when it is *final*."""
        size = os.fstat(self.fd).st_size
        if size < self._forwarded:  # the SUT has truncated its output
            self._forwarded = 0
        if size > self._forwarded or final:
            raw = os.pread(self.fd, size - self._forwarded, self._forwarded)
            self._forwarded += len(raw)
            self._write(self._decoder.decode(raw, final))
        if final and self.is_large:
            os.ftruncate(self.fd, 0)
            self._forwarded = 0

    def peek(self) -> str:
        """Read all that was written, without forwarding it."""
        return os.pread(self.fd, OUTPUT_KEPT, 0).decode("utf-8", "backslashreplace")

    def _write(self, text: str) -> None:
        """Write to the stream of the moment, which pytest replaces; one that cannot show a character gets an escape."""
        stream = getattr(sys, self._name)
        if not text or stream is None:
            return
        encoding = getattr(stream, "encoding", None) or "utf-8"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))

    def close(self) -> None:
        """Close the memfd."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


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


_STATE, _CHILD, _REQUEST, _REQUESTS = WORD["state"], WORD["child_pid"], WORD["request"], WORD["requests"]
_PYTHON_CPU, _CHILD_CPU, _OUTPUT, _STOPPING = (WORD[name] for name in ("python_cpu", "child_cpu", "output", "stopping"))
_DONE, _BUSY = int(State.DONE), int(State.BUSY)
_POSTS_AT, _POSTS_TAKEN = shared.POSTS // 8, WORD["posts_taken"]
_LOOKS = range(500)
"""Some 30 microseconds of looking."""

_libc = ctypes.CDLL(None)
_getcpu = _libc.sched_getcpu
_SYS_FUTEX, _FUTEX_WAKE = 202, 1
_hosts: weakref.WeakSet[Host] = weakref.WeakSet()


def _disown_all() -> None:
    for host in _hosts:
        host.disown()


os.register_at_fork(after_in_child=_disown_all)


def _raise_limit() -> tuple[int, int] | None:
    """Allow this process the descriptors that it needs for a moment; return the limits to go back to, or None.

    Raises:
        PlatformError: the hard limit is too low.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= _FDS_NEEDED:
        return None
    if hard != resource.RLIM_INFINITY and hard < _FDS_NEEDED:
        msg = f"a process may open {hard} files here; {_FDS_NEEDED} are needed: raise the hard limit (ulimit -Hn)"
        raise PlatformError(msg)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FDS_NEEDED, hard))
    return soft, hard


def _out_of_the_way(fds: list[int]) -> list[int]:
    """Duplicate descriptors to numbers that no target has: one might be overwritten before it is used."""
    copies: list[int] = []
    try:
        for fd in fds:
            copies.append(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, shared.FD_END))  # noqa: PERF401 - see except
    except OSError as error:
        for fd in copies:
            os.close(fd)
        msg = f"no file descriptors are left for the host's processes: {error.strerror}; close some, or raise ulimit -n"
        raise PlatformError(msg) from None
    return copies


def signal_name(number: int) -> str:
    """Name a signal: ``SIGSEGV``, or ``signal 35`` where it has no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _drain(fd: int) -> None:
    """Take a pending count off an eventfd without waiting."""
    if Doorbells(fd).wait(0) is not None:
        os.eventfd_read(fd)
