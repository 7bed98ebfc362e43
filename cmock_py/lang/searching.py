"""Whether a value has a regular expression: the automaton knows, or `re` in a process of its own, with a time limit.

`re` may go back and forth for ever where an expression refers to groups, and nothing can stop it in the process that
has called it. So another one searches, and is ended by its own clock, which counts what it computes only.
"""

from __future__ import annotations

import contextlib
import functools
import marshal
import os
import re
import signal
import sys
import threading
from typing import TYPE_CHECKING

from cmock_py.errors import ArgumentValueError, PlatformError, UndecidedCheck
from cmock_py.lang.regular import automaton
from cmock_py.lang.render import render_regex

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence

_SECONDS = 1.0
_SECONDS_EACH = 1e-4
_SHOWN = 40
_HELP = (
    "  help: leave out what refers to groups, \\1 or (?(1)...), and it is found in one pass over the text; or let\n"
    "        its parts take different texts, since (a+)+\\1 tries all ways to cut one; or ask a function: @name"
)
_HEAD = 8
_MORE = 3
"""Bytes behind the first one of a character, at most. MIRROR runtime/conditions.c CMK_UTF8_MORE"""

_PARTS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\0-\x7f]", re.DOTALL)
"""Of an expression what is escaped, a set of characters, and any other character beyond ASCII."""

_PROGRAM = """
import marshal, os, re, signal, sys
signal.signal(signal.SIGVTALRM, signal.SIG_DFL)  # whoever has started this may ignore or block it
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGVTALRM])
while size := sys.stdin.buffer.read(8):
    seconds, pattern, texts = marshal.loads(sys.stdin.buffer.read(int.from_bytes(size, "little")))
    search = re.compile(pattern).search
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    for text in texts:
        try:
            os.write(1, b"\\1" if search(text) else b"\\0")
        except (MemoryError, RecursionError, SystemError):  # its own limits, and mistakes
            os.write(1, b"\\2")
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
"""


@functools.lru_cache(maxsize=256)
def for_bytes(pattern: str) -> bytes:
    r"""Make an expression that finds bytes: a character beyond ASCII stands for all of its bytes in UTF-8.

    Raises:
        re.error: it is none for bytes.

    >>> for_bytes(r"é?\xff")
    b'(?:\xc3\xa9)?\\xff'
    """
    made = _PARTS.sub(_bytes_of, pattern).encode(errors="surrogateescape")
    re.compile(made)
    return made


def _bytes_of(part: re.Match[str]) -> str:
    text = part[0]
    if text.isascii():
        return text
    if text[0] == "[":
        message = f"{text} lists characters of several bytes each, and this is bytes; write (?:...|...)"
        raise re.error(message)
    return f"(?:{text[-1]})"


def has(pattern: str, value: str | bytes | bytearray, *, is_cut: bool = False) -> bool:
    """Decide whether text, or bytes, have an expression.

    Args:
        pattern: the expression.
        value: where it is looked for.
        is_cut: whether capturing has kept no more of it: then it must be there however that goes on.

    Raises:
        ArgumentValueError: it finds text, and this is bytes.
        UndecidedCheck: that takes too long.
    """
    try:
        of = pattern if isinstance(value, str) else for_bytes(pattern)
    except re.error as error:
        message = f"~{render_regex(pattern)} is no regular expression for bytes: {error}"
        raise ArgumentValueError(message) from None
    found = automaton(of)
    if found is not None:
        return found.finds(_sure(value) if is_cut and isinstance(value, str) else value, is_cut=is_cut)
    return not is_cut and _searched(of, value if isinstance(value, str) else bytes(value))


def may_have(pattern: str, kept: str | bytes | bytearray) -> bool:
    r"""Decide whether text, or bytes, of which capturing has kept a part may have an expression, as far as is known.

    >>> may_have("^y", "xxxxxxxx"), may_have("y", "xxxxxxxx"), may_have("^x*$", b"xxxx"), may_have("^x*$", b"xyxx")
    (False, True, True, False)
    """
    try:
        found = automaton(pattern if isinstance(kept, str) else for_bytes(pattern))
    except re.error:
        return True
    return found is None or found.may_find(_sure(kept) if isinstance(kept, str) else kept)


def _sure(kept: str) -> str:
    r"""Leave out characters at the end of a text that was cut which may be parts of one.

    >>> _sure("abcde"), _sure("abé\udce6\udc97")
    ('ab', 'abé')
    """
    end, behind = len(kept), 0
    while end and behind + len(kept[end - 1].encode(errors="surrogateescape")) <= _MORE:
        behind += len(kept[end - 1].encode(errors="surrogateescape"))
        end -= 1
    return kept[:end]


@functools.lru_cache(maxsize=4096)
def _searched(pattern: str | bytes, text: str | bytes) -> bool:
    found, why = searched(pattern, [text])
    if why:
        raise UndecidedCheck(why)
    return found[0]


def searched(pattern: str | bytes, texts: Sequence[str | bytes]) -> tuple[list[bool], str]:
    """Ask `re` whether it finds an expression in each of some texts.

    Args:
        pattern: finds text if it is text, bytes if it is bytes.
        texts: where it is looked for.

    Returns:
        The answers, and why there are none from some text on; empty when there are all.
    """
    seconds = _SECONDS + _SECONDS_EACH * len(texts)
    with searching():
        read, status = _searcher.ask((seconds, pattern, [*texts]), len(texts))
    answers, failure, _ = read.partition(b"\2")
    found = [answer == 1 for answer in answers]
    if len(found) == len(texts):
        return found, ""
    if failure:
        why = "is too much for Python's re"
    elif status == -signal.SIGVTALRM:
        why = f"takes longer than the {seconds:.3g} s that it may compute"
    else:
        why = f"is not decided: {sys.executable}, which looked for it, has ended with status {status}"
    return found, f"~{_shown(pattern)} {why}: it was looked for in {_cut(texts[len(found)])}\n{_HELP}"


def _shown(pattern: str | bytes) -> str:
    return render_regex(pattern if isinstance(pattern, str) else pattern.decode(errors="surrogateescape"))


def _cut(text: str | bytes) -> str:
    shown = repr(text)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}... ({len(text)} long)"


@contextlib.contextmanager
def searching() -> Iterator[None]:
    """Let all that is searched until the end be searched by one process."""
    with _searcher.lock:
        _searcher.users += 1
    try:
        yield
    finally:
        with _searcher.lock:
            _searcher.users -= 1
            if not _searcher.users:
                _searcher.close()


class _Searcher:
    """The process that searches; it is started when it is first asked, and ends with who uses it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.users = 0
        self.lock = threading.Lock()

    def ask(self, question: tuple[float, str | bytes, list[str | bytes]], count: int) -> tuple[bytes, int | None]:
        """Send a question and read its answers; where some are missing with them how the process has ended."""
        raw = marshal.dumps(question)
        with self.lock:
            process = self._running()
            answers = b""
            try:
                self._send(process, len(raw).to_bytes(_HEAD, "little") + raw)
                while len(answers) < count and (read := os.read(process.stdout.fileno(), 1 << 16)):  # type: ignore[union-attr]
                    answers += read
            finally:
                if len(answers) < count:
                    self.close()
            return answers, process.returncode

    def _send(self, process: subprocess.Popen[bytes], raw: bytes) -> None:
        assert process.stdin is not None  # noqa: S101 - for mypy
        with contextlib.suppress(BrokenPipeError):  # it has ended, and no answers come
            process.stdin.write(raw)
            process.stdin.flush()

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is not None and self.process.poll() is None:
            return self.process
        import subprocess

        self.close()
        try:
            self.process = subprocess.Popen(
                [sys.executable or "", "-I", "-S", "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for this process
            )
        except (OSError, ValueError) as error:
            message = f"{sys.executable or 'Python'} cannot be started to look for a regular expression ({error})"
            raise PlatformError(message) from error
        return self.process

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._forget()

    def _forget(self) -> None:
        process, self.process = self.process, None
        for stream in () if process is None else (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what was not sent
                stream.close()  # type: ignore[union-attr]

    def after_fork(self) -> None:
        """Leave the process to the parent, and whatever thread of it was asking."""
        self.lock, self.users = threading.Lock(), 0
        if self.process is not None:
            self.process.returncode = 0  # it is no child of this process
            self._forget()


_searcher = _Searcher()
os.register_at_fork(after_in_child=_searcher.after_fork)
