"""Debian's libhiredis.a, as it is, talks to a Redis server that does not exist."""

import pytest

from cmock_py import check_callouts, init_lang
from cmock_py.pytest_plugin import mocking_fixture

mocking = mocking_fixture("spec.py", headers=["hiredis/hiredis.h", "unistd.h"], objs=["libhiredis.a"])

SOCKET = 7  # any number: nobody opens it
STATUS, STRING, NIL = 5, 1, 4  # REDIS_REPLY_...


@pytest.fixture
def redis(mocking):
    """A client with one connection: ``redis("GET", "key")`` returns the redisReply."""

    def command(*words):
        argv = mocking.new("const char *[]", words)
        lengths = mocking.new("size_t[]", [len(word) for word in words])
        return mocking.cast("redisReply", lib.redisCommandArgv(command.context, len(words), argv, lengths))

    lib = mocking.lib
    command.context = lib.redisConnectFd(SOCKET)
    return command


def test_ping(mocking, redis):
    """The simplest conversation: one question, one answer, good bye."""
    init_lang(r"""
        posix.write(7, "*1\r\n$4\r\nPING\r\n", 14) -> 14
        posix.read(7, 16384) -> {"+PONG\r\n", 7}
        posix.close(7) -> 0
    """)
    reply = redis("PING")
    assert reply.type == STATUS
    assert mocking.string(reply.str) == "PONG"
    mocking.lib.freeReplyObject(reply)
    mocking.lib.redisFree(redis.context)
    check_callouts()


def test_mget(mocking, redis):
    """An array of replies is read from C memory as it lies there; a key that is not set is NIL."""
    init_lang(r"""
        posix.write(7, "*3\r\n$4\r\nMGET\r\n$4\r\nname\r\n$3\r\nage\r\n", _) -> 33
        posix.read(7, _) -> {"*2\r\n$3\r\nAda\r\n$-1\r\n", 18}
    """)
    reply = redis("MGET", "name", "age")
    name, age = reply.element[0 : reply.elements]
    assert (name.type, mocking.string(name.str)) == (STRING, "Ada")
    assert (age.type, mocking.string(age.str)) == (NIL, None)
    check_callouts()


def test_a_signal_interrupts(mocking, redis):
    """EINTR is no error: hiredis writes and reads again."""
    init_lang(r"""
        posix.write(7, "*1\r\n$4\r\nPING\r\n", 14, *errno = EINTR) -> -1
        posix.write(7, "*1\r\n$4\r\nPING\r\n", 14) -> 14
        posix.read(7, _, *errno = EINTR) -> {_, -1}
        posix.read(7, _) -> {"+PO", 3}
        posix.read(7, _, *errno = EINTR) -> {_, -1}
        posix.read(7, _) -> {"NG\r\n", 4}
    """)
    assert mocking.string(redis("PING").str) == "PONG"
    check_callouts()


def test_the_server_hangs_up(mocking, redis):
    """The end of the connection is an error of the context, and there is no reply."""
    init_lang(r"""
        posix.write(7, "*1\r\n$4\r\nPING\r\n", 14) -> 14
        posix.read(7, _) -> {"+PO", 3}
        posix.read(7, _) -> {_, 0}
    """)
    assert not redis("PING")  # a NULL pointer
    assert mocking.string(redis.context.errstr) == "Server closed the connection"
    check_callouts()


@pytest.mark.parametrize("text", ["+PONG\r\n", "$4\r\nPONG\r\n"], ids=["status", "bulk"])
def test_one_byte_at_a_time(mocking, redis, text):
    """However the network cuts an answer, the reply is the same."""
    init_lang(
        r'posix.write(7, "*1\r\n$4\r\nPING\r\n", 14) -> 14 '
        + " ".join(f"posix.read(7, _) -> {{[{ord(byte)}], 1}}" for byte in text)
    )
    assert mocking.string(redis("PING").str) == "PONG"
    check_callouts()
