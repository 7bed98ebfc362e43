"""What the SUT prints reaches Python's streams: all of it, whatever happens to the SUT."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from cmock_py import SEQ, ApiSpec, Mocking, SutCrashed, SutTimeout, UnexpectedCall, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = """
int say(const char *text);
int complain(const char *text);
int say_much(int lines, int to_stderr);
int say_and_crash(const char *text);
int say_and_hang(const char *text);
int say_and_note(const char *text);
int write_raw(const void *bytes, int size);
int reopen_and_say(const char *text);
int close_stdout(void);
"""

SOURCE = """
#include "deaths.h"
#include "output.h"
#include <stdio.h>
#include <unistd.h>

int say(const char *text) { return printf("%s", text); }
int complain(const char *text) { return fprintf(stderr, "%s", text); }
int say_much(int lines, int to_stderr)
{
    for (int i = 0; i < lines; i++)
        fprintf(to_stderr ? stderr : stdout, "%099d\\n", i);
    return lines;
}
int say_and_crash(const char *text) { printf("%s", text); return *(volatile int *)0; }
int say_and_hang(const char *text) { printf("%s", text); for (;;) pause(); }
int say_and_note(const char *text) { printf("%s", text); dev_note(1); return 0; }
int write_raw(const void *bytes, int size) { return (int)write(1, bytes, (size_t)size); }
int reopen_and_say(const char *text)
{
    FILE *again = fopen("/dev/stderr", "a");
    return again ? fprintf(again, "%s", text) + fclose(again) : -1;
}
int close_stdout(void) { return fclose(stdout); }
"""


@pytest.fixture(scope="module")
def started(device: ApiSpec, here: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """The talkative SUT, built and started once."""
    folder = tmp_path_factory.mktemp("output")
    (folder / "output.h").write_text(HEADER, encoding="utf-8")
    (folder / "output.c").write_text(SOURCE, encoding="utf-8")
    with start_mocking(
        device, headers=[here / "deaths.h", folder / "output.h"], objs=[folder / "output.c"],
        cppflags=[f"-I{here}", f"-I{folder}"], deadline_s=0.3,
    ) as mocking:  # fmt: skip
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """The talkative SUT in a fresh child."""
    started.restart()
    return started


@pytest.mark.parametrize("to_stderr", [0, 1])
def test_ten_megabytes_reach_capsys(mocking: Mocking, capsys: pytest.CaptureFixture[str], to_stderr: int) -> None:
    """Huge output arrives whole in the captured streams of Python."""
    mocking.lib.say_much(100_000, to_stderr)
    captured = capsys.readouterr()
    lines = (captured.err if to_stderr else captured.out).splitlines()
    assert [int(line) for line in lines] == list(range(100_000))


@pytest.mark.parametrize("to_stderr", [0, 1])
def test_ten_megabytes_reach_capfd(mocking: Mocking, capfd: pytest.CaptureFixture[str], to_stderr: int) -> None:
    """Huge output arrives whole in the captured descriptors."""
    mocking.lib.say_much(100_000, to_stderr)
    captured = capfd.readouterr()
    lines = (captured.err if to_stderr else captured.out).splitlines()
    assert [int(line) for line in lines] == list(range(100_000))


def test_huge_output_is_given_back(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """Output that was forwarded does not pile up from test to test, and what comes after it is not lost."""
    for _ in range(3):
        mocking.lib.say_much(30_000, 0)
        mocking.restart()
        assert os.fstat(mocking._host._output["stdout"].fd).st_size == 0
        mocking.lib.say("small\n")
        assert capsys.readouterr().out.endswith("29999\nsmall\n")


def test_both_streams_keep_their_names(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output of C is stdout of Python, stderr is stderr, after each call and without a newline."""
    mocking.lib.say("to out")
    mocking.lib.complain("to err")
    assert capsys.readouterr() == ("to out", "to err")


def test_output_before_a_crash(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """Text that stood in a buffer of stdio when the SUT crashed is shown."""
    with pytest.raises(SutCrashed):
        mocking.lib.say_and_crash("last words")
    assert capsys.readouterr().out == "last words"


def test_output_before_a_timeout(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """Text that stood in a buffer of stdio when the deadline passed is shown."""
    with pytest.raises(SutTimeout):
        mocking.lib.say_and_hang("still here")
    assert capsys.readouterr().out == "still here"


def test_output_before_a_refused_call(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """Text that stood in a buffer of stdio when a mock stopped the SUT is shown."""
    mocking.init_lang(SEQ())
    with pytest.raises(UnexpectedCall):
        mocking.lib.say_and_note("about to note")
    assert capsys.readouterr().out == "about to note"


def test_output_that_is_no_text(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes that are not UTF-8 are shown escaped."""
    mocking.lib.write_raw(b"\xff\x00a", 3)
    assert capsys.readouterr().out == "\\xff\x00a"


def test_character_in_two_calls(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """A character whose bytes come from two calls is one character."""
    mocking.lib.write_raw("é".encode()[:1], 1)
    mocking.lib.write_raw("é".encode()[1:], 1)
    assert capsys.readouterr().out == "é"


def test_stream_that_cannot_show_it(mocking: Mocking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A character that Python's stream cannot encode is escaped; the call does not fail for it."""
    with (tmp_path / "ascii").open("w", encoding="ascii") as narrow:
        monkeypatch.setattr(sys, "stdout", narrow)
        mocking.lib.say("caf\u00e9")
    assert (tmp_path / "ascii").read_text(encoding="ascii") == "caf\\xe9"


def test_no_stream_at_all(mocking: Mocking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python has no stdout, output is dropped in silence."""
    monkeypatch.setattr(sys, "stdout", None)
    assert mocking.lib.say("nobody listens") == 14


def test_reopened_stderr(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """A SUT that opens /dev/stderr to append is heard."""
    mocking.lib.complain("one ")
    assert mocking.lib.reopen_and_say("two ") == 4
    mocking.lib.complain("three")
    assert capsys.readouterr().err == "one two three"


def test_closed_stdout(mocking: Mocking, capsys: pytest.CaptureFixture[str]) -> None:
    """A SUT that closes stdout goes on being called; the next child has one again."""
    mocking.lib.say("before")
    mocking.lib.close_stdout()
    assert mocking.lib.complain("e") == 1
    mocking.restart()
    mocking.lib.say(" after")
    assert capsys.readouterr().out == "before after"
