"""Run the programs of the toolchain: never a shell, always the C locale, an end to every wait."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from cmock_py.errors import BuildError, PlatformError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence

TIMEOUT_S = 300.0
"""Longer than any compile that a test suite can wait for; a tool that takes more is hanging."""

_PACKAGES = {"objcopy": "binutils", "addr2line": "binutils", "ar": "binutils", "gcc": "gcc", "clang": "clang"}
_OLDEST_KERNEL = (5, 3)


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program that ended left behind.

    Attributes:
        status: exit status; negative is the number of the signal that ended it.
        out: its standard output; bytes that are not UTF-8 are kept as surrogates.
        err: its standard error, likewise.
    """

    status: int
    out: str
    err: str


_echoing: list[bool] = []


@contextlib.contextmanager
def echo(*, on: bool) -> Iterator[None]:
    """Print every command to standard error while the block runs, when *on*."""
    if on:
        _echoing.append(True)
    try:
        yield
    finally:
        if on:
            _echoing.pop()


@contextlib.contextmanager
def running(
    command: Sequence[str], *, text: str | None = None, timeout_s: float = TIMEOUT_S
) -> Iterator[Callable[[], Finished]]:
    """Start *command*, and yield what waits for its end as `run` does; leaving kills what was not waited for.

    It writes to files in memory, and so gets on while nobody reads.
    """
    if _echoing:
        sys.stderr.write(f"$ {shown(command)}\n")
    until = time.monotonic() + timeout_s
    with _memory() as out, _memory() as err:
        with _memory() as given:
            given.write((text or "").encode(errors="surrogateescape"))
            given.seek(0)
            process = _start(command, given, out, err)

        def end() -> Finished:
            if not _ends(process.pid, until - time.monotonic()):
                message = f"{command[0]} did not finish within {timeout_s:g} s and was killed"
                raise BuildError(f"{message}\n  command: {shown(command)}")
            return Finished(process.wait(), _text(out), _text(err))

        try:
            yield end
        finally:
            if process.returncode is None:
                _kill(process)


def run(command: Sequence[str], *, text: str | None = None, timeout_s: float = TIMEOUT_S) -> Finished:
    """Run *command* to its end and return what it left; a failing status is not an exception here.

    Args:
        command: the program and its arguments; no shell sees them.
        text: standard input; None gives an empty one.
        timeout_s: seconds until the program and all that it started are killed.

    Raises:
        PlatformError: the program cannot be started.
        BuildError: the program did not end in time.
    """
    with running(command, text=text, timeout_s=timeout_s) as end:
        return end()


def _start(command: Sequence[str], given: IO[bytes], out: IO[bytes], err: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start *command* in a process group of its own, so that a driver and its compiler end together."""
    import subprocess

    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.Popen(command, stdin=given, stdout=out, stderr=err, env=environment, process_group=0)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PlatformError(f"{command[0]} cannot be started ({reason}){_advice(command[0])}") from error


def _memory() -> IO[bytes]:
    """Make a file that lies in memory and has no name."""
    return os.fdopen(os.memfd_create("cmock-py"), "w+b")


def _text(file: IO[bytes]) -> str:
    """Read what was written, and close the file: many programs may be at work."""
    with file:
        file.seek(0)
        return file.read().decode(errors="surrogateescape")


def _ends(pid: int, seconds: float) -> bool:
    """Wait until a process of ours ends, and tell whether it did."""
    process = os.pidfd_open(pid)
    try:
        waiting = select.poll()
        waiting.register(process, select.POLLIN)
        return bool(waiting.poll(max(seconds, 0) * 1000))
    finally:
        os.close(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the whole group of *process* and reap it."""
    import signal

    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def shown(command: Sequence[str]) -> str:
    """Spell *command* so that it can be pasted into a shell."""
    import shlex

    return shlex.join(command)


def build_error(title: str, command: Sequence[str], finished: Finished, *, hint: str | None = None) -> BuildError:
    """Make the error of a refused step: *title*, exit status, the command to paste, the tool's text untouched."""
    lines = [f"{title} (exit status {finished.status})", f"  command: {shown(command)}", ""]
    lines.append((finished.err.strip("\n") or finished.out.strip("\n")) or f"{command[0]} said nothing")
    if hint:
        lines += ["", f"  help: {hint}"]
    return BuildError("\n".join(lines))


def find_tool(name: str) -> str:
    """Return the path of the program *name* from ``$PATH``.

    Raises:
        PlatformError: it is missing; one line says which package has it.
    """
    import shutil

    path = shutil.which(name)
    if path is None:
        raise PlatformError(f"{name} is missing{_advice(name)}")
    return path


def _advice(name: str) -> str:
    """Say how to get the program *name*, when a package is known for it."""
    package = _PACKAGES.get(name.rpartition("/")[2])
    return f": apt-get install {package}" if package else ""


def check_platform() -> None:
    """Refuse a machine that is not Linux with glibc on x86-64.

    Raises:
        PlatformError: one line that names what was found.
    """
    told = os.uname()
    try:
        libc = os.confstr("CS_GNU_LIBC_VERSION")
    except (OSError, ValueError):
        libc = None
    refused = platform_refusal(told.sysname, told.machine, told.release, libc)
    if refused:
        raise PlatformError(refused)


def platform_refusal(system: str, machine: str, release: str, libc: str | None) -> str | None:
    """Say in one line why a machine cannot run cmock-py, or return None.

    Args:
        system: as in ``uname -s``.
        machine: as in ``uname -m``.
        release: of the kernel, as in ``uname -r``.
        libc: as in ``getconf GNU_LIBC_VERSION``; None when there is no such thing.

    >>> platform_refusal("Linux", "aarch64", "6.1.0", "glibc 2.36")
    'cmock-py runs on Linux with glibc on x86-64, and this is the processor aarch64'
    """
    wanted = "cmock-py runs on Linux with glibc on x86-64, and this is"
    if system != "Linux":
        return f"{wanted} {system}"
    if machine not in {"x86_64", "AMD64"}:
        return f"{wanted} the processor {machine}"
    if not libc or not libc.startswith("glibc"):
        return f"{wanted} another C library (musl?)"
    numbers = re.match(r"(\d+)\.(\d+)", release)
    if numbers and (int(numbers[1]), int(numbers[2])) < _OLDEST_KERNEL:
        return f"cmock-py needs Linux 5.3 or newer, and this is {release}"
    return None
