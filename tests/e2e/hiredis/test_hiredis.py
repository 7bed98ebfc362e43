"""Debian's unmodified libhiredis.a against answers that are written in the language."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import CalloutsFailed, Mocking, Pointer, UnexpectedCall, load_spec, start_mocking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.needs_hiredis

STRING, ARRAY, INTEGER, NIL, STATUS, ERROR = 1, 2, 3, 4, 5, 6
ERR_IO, ERR_EOF, ERR_PROTOCOL = 1, 3, 4
BLOCK = 16384
PING = r'posix.write(7, "*1\r\n$4\r\nPING\r\n", 14) -> 14 '
MGET = r'posix.write(7, "*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$2\r\nbc\r\n", 29) -> 29 '
MGET_ANSWER = b"*2\r\n$3\r\none\r\n$5\r\nt\0w\xffo\r\n"


@pytest.fixture(scope="module")
def hiredis(root: Path) -> Iterator[Mocking]:
    """The library with `read`, `write` and `close` mocked, as the example has it."""
    spec = load_spec(root / "examples" / "hiredis" / "spec.py")
    with start_mocking(spec, headers=["hiredis/hiredis.h", "unistd.h"], objs=["libhiredis.a"]) as mocking:
        yield mocking


@pytest.fixture
def command(hiredis: Mocking) -> Callable[..., Pointer]:
    """Send words through redisCommandArgv on a fresh connection; the function's `context` is that connection."""
    hiredis.restart()

    def send(*words: str) -> Pointer:
        argv = hiredis.new("const char *[]", words)
        lengths = hiredis.new("size_t[]", [len(word) for word in words])
        reply = hiredis.lib.redisCommandArgv(send.context, len(words), argv, lengths)  # type: ignore[attr-defined]
        return hiredis.cast("redisReply", reply)

    send.context = hiredis.lib.redisConnectFd(7)  # type: ignore[attr-defined]
    return send


def pieces(answer: bytes, *cuts: int) -> str:
    """Write reads that bring *answer* cut at the given places."""
    ends = [0, *cuts, len(answer)]
    parts = [answer[start:end] for start, end in pairwise(ends)]
    return " ".join(f'posix.read(7, {BLOCK}) -> {{x"{part.hex()}", {len(part)}}}' for part in parts)


def text_of(hiredis: Mocking, reply: Any) -> bytes:
    """Read the string of a reply with its length, since it may hold NULs."""
    return hiredis.bytes(reply.str, reply.len)


@pytest.mark.parametrize(
    "cuts",
    [(), (3,), (4, 13, 22), tuple(range(1, len(MGET_ANSWER)))],
    ids=["whole", "in two", "between lines", "byte by byte"],
)
def test_mget_reads_alike_however_the_network_cuts(
    hiredis: Mocking, command: Callable[..., Pointer], cuts: tuple[int, ...]
) -> None:
    """An array of binary strings comes out of C memory the same from any pieces."""
    hiredis.init_lang(MGET + pieces(MGET_ANSWER, *cuts))
    reply = command("MGET", "a", "bc")
    assert (reply.type, reply.elements) == (ARRAY, 2)
    assert [text_of(hiredis, item) for item in reply.element[0:2]] == [b"one", b"t\0w\xffo"]
    assert [item.type for item in reply.element[0:2]] == [STRING, STRING]
    hiredis.check_callouts()


def test_the_context_lives_from_connect_to_close(hiredis: Mocking, command: Callable[..., Pointer]) -> None:
    """Replies and contexts are freed by the library's own functions, and redisFree closes the socket."""
    context = command.context  # type: ignore[attr-defined]
    assert (context.fd, context.err, hiredis.string(context.errstr)) == (7, 0, "")
    hiredis.init_lang(PING + pieces(b"+PONG\r\n") + " posix.close(7) -> 0")
    reply = command("PING")
    assert (reply.type, hiredis.string(reply.str), reply.len) == (STATUS, "PONG", 4)
    hiredis.lib.freeReplyObject(reply)
    hiredis.lib.redisFree(context)
    hiredis.check_callouts()


def test_every_kind_of_reply_is_read(hiredis: Mocking, command: Callable[..., Pointer]) -> None:
    """Numbers, nil, errors and arrays in arrays keep their types and members."""
    answer = b"*4\r\n:-9223372036854775808\r\n$-1\r\n-ERR no\r\n*1\r\n*1\r\n$0\r\n\r\n"
    hiredis.init_lang(PING + pieces(answer))
    number, nil, error, nested = command("PING").element[0:4]
    assert (number.type, number.integer) == (INTEGER, -(1 << 63))
    assert (nil.type, hiredis.string(nil.str)) == (NIL, None)
    assert (error.type, hiredis.string(error.str)) == (ERROR, "ERR no")
    assert hiredis.string(nested.element[0].element[0].str) == ""


def test_short_writes_are_continued(hiredis: Mocking, command: Callable[..., Pointer]) -> None:
    """What the kernel did not take is written again, from the byte where it stopped."""
    rest = r'posix.write(7, "4\r\nPING\r\n", 9) -> 9 '
    hiredis.init_lang(r'posix.write(7, "*1\r\n$4\r\nPING\r\n", 14) -> 5 ' + rest + pieces(b"+OK\r\n"))
    assert hiredis.string(command("PING").str) == "OK"
    hiredis.check_callouts()


def test_signals_do_not_break_a_conversation(hiredis: Mocking, command: Callable[..., Pointer]) -> None:
    """EINTR before each write and each read is survived."""
    interrupted = f"posix.read(7, {BLOCK}, *errno = EINTR) -> {{_, -1}} "
    hiredis.init_lang(
        r'posix.write(7, "*1\r\n$4\r\nPING\r\n", 14, *errno = EINTR) -> -1 '
        + PING
        + interrupted
        + pieces(b"+PO")
        + interrupted
        + pieces(b"NG\r\n")
    )
    assert hiredis.string(command("PING").str) == "PONG"
    hiredis.check_callouts()


@pytest.mark.parametrize(
    ("last", "error", "message"),
    [
        ("posix.read(7, _) -> {_, 0}", ERR_EOF, "Server closed the connection"),
        ("posix.read(7, _, *errno = ECONNRESET) -> {_, -1}", ERR_IO, "Connection reset by peer"),
        (r'posix.read(7, _) -> {"?\r\n", 3}', ERR_PROTOCOL, 'Protocol error, got "?" as reply type byte'),
    ],
    ids=["closed", "reset", "nonsense"],
)
def test_a_peer_that_is_gone_is_an_error_of_the_context(
    hiredis: Mocking, command: Callable[..., Pointer], last: str, error: int, message: str
) -> None:
    """There is no reply, and the context says why, in the words of hiredis or of the C library."""
    hiredis.init_lang(PING + last)
    assert not command("PING")
    context = command.context  # type: ignore[attr-defined]
    assert (context.err, hiredis.string(context.errstr)) == (error, message)
    hiredis.check_callouts()


def test_wrong_bytes_are_told_by_the_check(hiredis: Mocking, command: Callable[..., Pointer]) -> None:
    """A command that the language spells otherwise is a wrong argument, with both texts readable as text."""
    hiredis.init_lang(r'posix.write(7, "*1\r\n$4\r\nPONG\r\n", 14) -> 14 ' + pieces(b"+PONG\r\n"))
    command("PING")
    with pytest.raises(CalloutsFailed) as failed:
        hiredis.check_callouts()
    assert r'"*1\r\n$4\r\nPING\r\n"' in str(failed.value)
    assert r'"*1\r\n$4\r\nPONG\r\n"' in str(failed.value)


def test_a_read_too_many_stops_in_the_library(hiredis: Mocking, command: Callable[..., Pointer]) -> None:
    """Where the language ends in the middle of a reply, the library is stopped in the function that asks for more."""
    hiredis.init_lang(PING + pieces(b"+PO"))
    with pytest.raises(UnexpectedCall, match=r"unexpected call #3: posix\.read\(fd=7, n=16384\)") as raised:
        command("PING")
    assert "redisBufferRead" in str(raised.value)


def test_all_of_the_library_can_be_called(hiredis: Mocking) -> None:
    """What the header declares can be called although no other object needs it, variadic functions too."""
    hiredis.restart()
    target = hiredis.new("char *[1]")
    assert hiredis.lib.redisFormatCommand(target, "SET %s %d", "k", 42) == 28
    assert hiredis.bytes(target[0], 28) == b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n42\r\n"
    hiredis.lib.redisFreeCommand(target[0])
