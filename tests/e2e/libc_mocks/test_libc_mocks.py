"""Functions of libc that everything stands on are mocked in objects that others compiled; nothing else notices."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    EVENT,
    SEQ,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    MockBypassWarning,
    Mocking,
    SutCrashed,
    SutExited,
    UnexpectedCall,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
HEADERS = [str(HERE / "foreign.h"), "stdio.h", "stdlib.h", "unistd.h", "string.h", "time.h"]

MALLOC = ApiFunction("malloc", "void *", [ApiArg("size_t", "size")])
EXIT = ApiFunction("exit", "void", [ApiArg("int", "status")])
ABORT = ApiFunction("abort")
WRITE = ApiFunction(
    "write", "ssize_t", [ApiArg("int", "fd"), ApiArg("const void *", "buf", buffer="n"), ApiArg("size_t", "n")]
)
READ = ApiFunction(
    "read", "ssize_t", [ApiArg("int", "fd"), ApiArg("void *", "buf", dir="out", buffer="n"), ApiArg("size_t", "n")]
)
TIME = ApiFunction("time", "time_t", [ApiArg("time_t *", "at")])
OPEN = ApiFunction("open", "int", [ApiArg("const char *", "path"), ApiArg("int", "flags")])


def libc(*functions: ApiFunction) -> ApiSpec:
    """Make a spec of one module."""
    return ApiSpec([ApiModule("libc", functions)])


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Compile foreign.c as somebody else would, with no flag of ours; return the object."""
    folder = tmp_path_factory.mktemp("foreign")

    def compiled(*flags: str) -> str:
        target = folder / f"foreign{'_'.join(flags)}.o".replace("=", "")
        if not target.exists():
            subprocess.run(["gcc", "-c", "-O2", *flags, str(HERE / "foreign.c"), "-o", str(target)], check=True)
        return str(target)

    return compiled


@pytest.fixture(scope="module")
def started(foreign: Callable[..., str]) -> Iterator[Mocking]:
    """The foreign object with malloc, write and exit mocked."""
    with start_mocking(libc(MALLOC, WRITE, EXIT), headers=HEADERS, objs=[foreign()]) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """The same, with a fresh child."""
    started.restart()
    return started


# --- malloc, write and exit -----------------------------------------------------------------------------------------


def test_malloc_answers_memory_or_null(mocking: Mocking) -> None:
    """The object works in the memory that the language gives it, and sees when there is none."""
    memory = mocking.new("char[16]")
    mocking.init_lang(SEQ(EVENT("libc", "malloc", [6], memory), EVENT("libc", "malloc", [3], None)))
    assert mocking.lib.keep("tests") == memory
    assert mocking.string(memory) == "tests"
    assert mocking.lib.keep("no") == 0
    mocking.check_callouts()


def test_write_fails_as_told(mocking: Mocking) -> None:
    """A short count is continued and EINTR retried, all in an object that nobody of us compiled."""
    mocking.init_lang("""
        libc.write(9, "hello", 5) -> 2
        libc.write(9, "llo", 3, *errno = EINTR) -> -1
        libc.write(9, "llo", 3, *errno = ENOSPC) -> -1
    """)
    assert mocking.lib.save(9, "hello") == 28
    mocking.check_callouts()


def test_exit_is_a_call_like_others(mocking: Mocking) -> None:
    """An expected exit is recorded with its status and ends the call, since it cannot return; the check passes."""
    mocking.init_lang("libc.exit(3)")
    with pytest.raises(SutExited):
        mocking.lib.give_up(3)
    assert [(call.function, call.args) for call in mocking.get_trace()] == [("exit", (3,))]
    mocking.check_callouts()


def test_an_unexpected_exit_is_an_unexpected_call(mocking: Mocking) -> None:
    """A mocked exit that nobody expects is refused, and the next language starts with a living child."""
    mocking.init_lang("EMPTY")
    with pytest.raises(UnexpectedCall, match=r"libc\.exit\(status=3\)"):
        mocking.lib.give_up(3)
    mocking.init_lang("EMPTY")
    assert mocking.lib.save(9, "") == 0


def test_libc_does_not_notice(mocking: Mocking, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Inside libc, printf still writes and fopen still allocates, with no call in the trace."""
    (tmp_path / "file").write_text("xyz")
    mocking.init_lang("EMPTY")
    mocking.lib.say("the answer is", 42)
    assert mocking.lib.first_character(str(tmp_path / "file")) == ord("x")
    assert mocking.lib.strdup("copied") != 0
    assert len(mocking.get_trace()) == 0
    assert capfd.readouterr().out == "the answer is 42\n"
    mocking.check_callouts()


def test_the_mock_and_the_original_can_both_be_called(mocking: Mocking) -> None:
    """`lib.malloc` is the mock, and `real.malloc` is that of libc."""
    mocking.init_lang("libc.malloc(8) -> NULL")
    assert mocking.lib.malloc(8) == 0
    block = mocking.real.malloc(8)
    assert block != 0
    mocking.lib.free(block)
    mocking.check_callouts()


# --- a third party's archive ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sds() -> Iterator[Mocking]:
    """Debian's hiredis with malloc, write and abort mocked: its strings allocate, and it aborts without memory."""
    headers = ["hiredis/sds.h", "hiredis/alloc.h", "hiredis/hiredis.h", "stdlib.h", "unistd.h"]
    with start_mocking(libc(MALLOC, WRITE, ABORT), headers=headers, objs=["libhiredis.a"]) as mocking:
        yield mocking


@pytest.mark.needs_hiredis
def test_a_third_party_works_in_memory_of_ours(sds: Mocking) -> None:
    """Split text stands in the array that the mocked malloc gave, and freeing that is harmless."""
    sds.restart()
    memory, count = sds.new("char[64]"), sds.new("int")
    sds.init_lang(SEQ(EVENT("libc", "malloc", [40], memory), EVENT("libc", "malloc", [40], None)))
    words = sds.lib.sdssplitlen("ab,c", 4, ",", 1, count)
    assert words == memory
    assert [sds.string(word) for word in words[0 : count[0]]] == ["ab", "c"]
    sds.lib.sdsfreesplitres(words, count[0])
    assert sds.lib.sdssplitlen("ab,c", 4, ",", 1, count) == 0
    sds.check_callouts()


@pytest.mark.needs_hiredis
def test_a_third_party_aborts_without_memory(sds: Mocking) -> None:
    """The mocked abort is called in the library's own out-of-memory path, and ends the call."""
    sds.restart()
    sds.init_lang("libc.malloc(100) -> NULL  libc.abort()")
    with pytest.raises((SutExited, SutCrashed)):
        sds.lib.hi_malloc(100)
    sds.check_callouts()


@pytest.mark.needs_hiredis
def test_a_third_party_is_told_of_a_full_disk(sds: Mocking) -> None:
    """What hiredis sends reaches the mock of write, while what libc prints does not."""
    sds.restart()
    context = sds.lib.redisConnectFd(5)
    lines = sds.new("char[256]")
    sds.init_lang(SEQ(EVENT("libc", "write", [5, b"+OK\r\n", 5], -1, errno="ENOSPC")))
    sds.lib.redisAppendFormattedCommand(context, "+OK\r\n", 5)
    assert sds.lib.redisBufferWrite(context, None) == -1
    assert sds.string(context.errstr) == "No space left on device"
    assert sds.lib.snprintf(lines, 256, "%d", 5) == 1
    sds.check_callouts()


# --- other names and other flags ------------------------------------------------------------------------------------


def test_time_stands_still(foreign: Callable[..., str]) -> None:
    """A mocked clock says what the language says."""
    with start_mocking(libc(TIME), headers=HEADERS, objs=[foreign()]) as mocking:
        mocking.init_lang("libc.time(NULL) -> 1000")
        assert mocking.lib.age(400) == 600
        mocking.check_callouts()


@pytest.mark.parametrize(
    "flags",
    [(), ("-D_FILE_OFFSET_BITS=64",), ("-D_FORTIFY_SOURCE=2",), ("-D_FORTIFY_SOURCE=2", "-D_FILE_OFFSET_BITS=64")],
    ids=["plain", "large files", "fortified", "fortified, large files"],
)
def test_other_names_of_a_function_reach_its_mock(foreign: Callable[..., str], flags: tuple[str, ...]) -> None:
    """open64 and __read_chk are answered by the mocks of open and read."""
    with start_mocking(libc(OPEN, READ), headers=HEADERS, objs=[foreign(*flags)]) as mocking:
        mocking.init_lang('libc.open("/etc/motd", 0) -> 33  libc.read(33, 8) -> {"abc", 3}')
        target = mocking.new("char[16]")
        assert mocking.lib.load("/etc/motd", target, 8) == 3
        assert mocking.bytes(target, 4) == b"abc\0"
        mocking.check_callouts()


def test_a_compiler_that_replaces_printf_is_told_of(tmp_path: Path) -> None:
    """An object in which printf became puts gets a warning that names object, functions and remedy."""
    source, header = tmp_path / "hello.c", tmp_path / "hello.h"
    header.write_text("void hello(void);\n")
    source.write_text('#include <stdio.h>\n#include "hello.h"\nvoid hello(void) { printf("hello\\n"); }\n')
    subprocess.run(["gcc", "-c", str(source), "-o", str(tmp_path / "hello.o")], check=True)
    spec = libc(ApiFunction("puts", "int", [ApiArg("const char *", "text")]))
    with start_mocking(spec, headers=[header], objs=[tmp_path / "hello.o"]) as mocking:
        mocking.init_lang('libc.puts("hello") -> 1')
        mocking.lib.hello()
        mocking.check_callouts()
    spec = libc(ApiFunction("printf", "int", [ApiArg("const char *", "format")]))
    with pytest.warns(
        MockBypassWarning, match=r"hello\.o calls puts: .* put it in place of printf.*-fno-builtin-printf"
    ):
        start_mocking(spec, headers=[header], objs=[tmp_path / "hello.o"]).stop()


def test_sources_are_compiled_so_that_nothing_is_replaced(tmp_path: Path) -> None:
    """Given as C source, the same function calls the mock of printf, without a warning."""
    source, header = tmp_path / "hello.c", tmp_path / "hello.h"
    header.write_text("void hello(void);\n")
    source.write_text('#include <stdio.h>\n#include "hello.h"\nvoid hello(void) { printf("hello\\n"); }\n')
    spec = libc(ApiFunction("printf", "int", [ApiArg("const char *", "format")]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with start_mocking(spec, headers=[header], objs=[source], cflags=["-O2"]) as mocking:
            mocking.init_lang(r'libc.printf("hello\n") -> 6')
            mocking.lib.hello()
            mocking.check_callouts()
