"""`mocking.share`: descriptors of Python in the SUT."""

from __future__ import annotations

import os
import resource
import socket
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import ApiFunction, ApiModule, ApiSpec, ArgumentError, ChildStopped, Mocking, SutCrashed, UsageError
from cmock_py import start_mocking as start

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = ["unistd.h", "fcntl.h", "stdlib.h", "sys/resource.h"]


@pytest.fixture(scope="module")
def started() -> Iterator[Mocking]:
    """A SUT of nothing but libc."""
    with start(ApiSpec([ApiModule("m", [ApiFunction("mocked", "int")])]), headers=HEADERS) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """The SUT with pristine memory."""
    started.restart()
    return started


def test_a_socket_is_shared(mocking: Mocking) -> None:
    """Both processes have a descriptor of their own for one connection; Python may close its own."""
    ours, theirs = socket.socketpair()
    number = mocking.share(theirs)
    theirs.close()
    assert mocking.lib.write(number, "hello", 5) == 5
    assert ours.recv(10) == b"hello"
    ours.send(b"back")
    block = mocking.new("char[10]")
    assert mocking.lib.read(number, block, 10) == 4
    assert mocking.string(block) == "back"
    assert mocking.lib.close(number) == 0
    assert ours.recv(1) == b""
    ours.close()


def test_files_and_numbers_are_shared(mocking: Mocking) -> None:
    """An open file is given itself or by its number, and each time gets a number of the SUT's own."""
    with tempfile.TemporaryFile() as file:
        first, second = mocking.share(file), mocking.share(file.fileno())
        assert first != second
        mocking.lib.write(first, "one ", 4)
        mocking.lib.write(second, "two", 3)
        file.seek(0)
        assert file.read() == b"one two"


def test_a_fresh_child_has_no_shared_descriptors(mocking: Mocking) -> None:
    """What was shared belongs to one child, and ends with it."""
    ours, theirs = os.pipe()
    number = mocking.share(theirs)
    os.close(theirs)
    assert mocking.lib.fcntl(number, 1) >= 0
    mocking.restart()
    assert mocking.lib.fcntl(number, 1) == -1
    assert os.read(ours, 1) == b""
    os.close(ours)


def test_a_child_that_takes_nothing_leaves_nothing_to_the_next(mocking: Mocking) -> None:
    """A descriptor that was sent to a child that cannot take it is not given to the child that follows."""
    with tempfile.TemporaryFile() as lost, tempfile.TemporaryFile() as file:
        mocking.lib.getpid()
        mocking._host.send_descriptor(lost.fileno())
        mocking.restart()
        mocking.lib.write(mocking.share(file), "x", 1)
        assert (os.fstat(lost.fileno()).st_size, os.fstat(file.fileno()).st_size) == (0, 1)


@pytest.mark.parametrize(
    "given", ["x", None, 999_999, -1, 1 << 40, object()], ids=["str", "None", "not open", "negative", "huge", "object"]
)
def test_what_is_no_descriptor_is_refused(mocking: Mocking, given: Any) -> None:
    """Neither a thing without a number nor a number that is not open reaches the SUT."""
    with pytest.raises(ArgumentError, match="descriptor"):
        mocking.share(given)
    assert mocking.lib.getpid() > 0


def test_a_closed_socket_is_refused(mocking: Mocking) -> None:
    """A socket that Python has closed has no descriptor any more."""
    closed = socket.socket()
    closed.close()
    with pytest.raises(ArgumentError, match="no open descriptor"):
        mocking.share(closed)


def test_a_sut_that_has_too_many_files_open_says_so(mocking: Mocking) -> None:
    """The SUT's own limit is told, and sharing works again when there is room."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    limits = mocking.new("struct rlimit", {"rlim_cur": 3, "rlim_max": soft})
    assert mocking.lib.setrlimit(resource.RLIMIT_NOFILE, limits) == 0
    with tempfile.TemporaryFile() as file:
        with pytest.raises(UsageError, match="too many files open"):
            mocking.share(file)
        limits.rlim_cur = soft
        mocking.lib.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert mocking.lib.write(mocking.share(file), "x", 1) == 1


def test_a_stopped_child_takes_none(mocking: Mocking) -> None:
    """After a stop the exception cites its cause, as a call does."""
    with pytest.raises(SutCrashed):
        mocking.lib.abort()
    with pytest.raises(ChildStopped):
        mocking.share(0)
