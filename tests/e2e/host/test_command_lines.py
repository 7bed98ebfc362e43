"""`exec_command_line`: the host under a command of the user's, and what is said when that does not start it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    ArgumentError,
    Mocking,
    SutCrashed,
    UsageError,
    check_callouts,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "#include <stdlib.h>\n#include <unistd.h>\nint twice(int n);\nint peek(const int *p);\nint past(void);\n"
SOURCE = """
#include "sut.h"
int half(int n);
int twice(int n) { return 2 * half(n); }
int peek(const int *p) { return *p; }
int past(void) { volatile char *block = malloc(4); return block[4]; }
"""
CLOSING = "import os, sys; os.close(240); os.execv(sys.argv[1], sys.argv[1:])"
"""A program that keeps no descriptors that it does not know."""

SPEC = ApiSpec([ApiModule("m", [ApiFunction("half", "int", [ApiArg("int", "n")])])])


@pytest.fixture
def start(tmp_path: Path) -> Any:
    """Start a mocking of a small SUT with options."""
    (tmp_path / "sut.h").write_text(HEADER)
    (tmp_path / "sut.c").write_text(SOURCE)
    return lambda command, **more: start_mocking(
        SPEC, headers=[tmp_path / "sut.h"], objs=[tmp_path / "sut.c"], exec_command_line=command, **more
    )


def everything_works(mocking: Mocking) -> None:
    """Call, mock, check, crash and go on."""
    init_lang("m.half(5) -> 7")
    assert mocking.lib.twice(5) == 14
    assert check_callouts()
    with pytest.raises(SutCrashed, match=r"sut\.c:5 in peek\(\)"):
        mocking.lib.peek(None)
    mocking.restart()
    assert mocking.lib.peek([8]) == 8


@pytest.mark.parametrize(
    "command",
    [
        ["env", "WRAPPED=1", "{}"],
        ["nice", "-n", "1", "{}"],
        ["setarch", "-R", "{}"],
        ["gdb", "--batch", "-nx", "-ex", "run", "{}"],
    ],
    ids=lambda command: command[0],
)
def test_a_command_line_wraps_the_host(start: Any, command: list[str], capfd: Any) -> None:
    """Environment, priority, address layout or a debugger: calls, mocks, checks and crashes are as ever."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not here: apt-get install {command[0]}")
    with start(command) as mocking:
        everything_works(mocking)
        expected = "1" if command[0] == "env" else None
        assert mocking.string(mocking.lib.getenv("WRAPPED")) == expected


@pytest.mark.slow
def test_valgrind_watches_the_sut(start: Any, capfd: Any) -> None:
    """The SUT runs under memcheck as usual, its report arrives on stderr, and a child that is killed is noticed."""
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not here: apt-get install valgrind")
    with start(lambda host: ["valgrind", "-q", "--track-origins=no", host]) as mocking:
        everything_works(mocking)
        mocking.lib.past()
        mocking.restart()
        assert "Invalid read of size 1" in capfd.readouterr().err
        os.kill(mocking.lib.getpid(), signal.SIGKILL)
        with pytest.raises(SutCrashed, match="SIGKILL"):
            mocking.lib.peek([1])


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["nowhere", "{}"], ["'nowhere' cannot be run", "No such file"]),
        (["false", "{}"], ["ended with status 1 before the host ran", "false /"]),
        (["sh", "-c", "echo no licence >&2", "{}"], ["ended with status 0", "it wrote: no licence"]),
        (["sh", "-c", "kill -9 $$", "{}"], ["died of SIGKILL"]),
        ([sys.executable, "-c", CLOSING, "{}"], ["ran the host", "0x550000000000", "descriptors from 240 on"]),
    ],
    ids=["missing", "status", "words", "signal", "descriptors"],
)
def test_a_command_line_that_does_not_start_the_host(start: Any, command: list[str], words: list[str]) -> None:
    """The command, how it ended and what it wrote are told."""
    with pytest.raises(UsageError) as raised:
        start(command)
    assert [word for word in words if word not in str(raised.value)] == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["env"], ["exec_command_line", "'{}'"]),
        ("env {}", ["one string", "['env', '{}']"]),
        (lambda _: ["env"], ["the host's path '/"]),
        (lambda path: f"env {path}", ["one string"]),
        (["nice", 5, "{}"], ["list of words"]),
    ],
    ids=["no place", "string", "function without", "function string", "number"],
)
def test_a_command_line_that_is_none(start: Any, command: Any, words: list[str]) -> None:
    """A command line without a place for the host, or that is no list of words, is refused."""
    with pytest.raises(ArgumentError) as raised:
        start(command)
    assert [word for word in words if word not in str(raised.value)] == []
