"""`toolchain.tools`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cmock_py.errors import BuildError, PlatformError
from cmock_py.toolchain import tools


def test_run_keeps_status_and_both_streams() -> None:
    """A program's status, output and error text come back apart."""
    finished = tools.run(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert finished == tools.Finished(3, "out\n", "err\n")


def test_run_never_lets_a_shell_see_the_words() -> None:
    """Words that a shell would expand arrive as they are."""
    assert tools.run(["echo", "$HOME;`id`"]).out == "$HOME;`id`\n"


def test_run_speaks_the_c_locale_and_reads_nothing() -> None:
    """The locale is fixed and standard input is empty."""
    assert tools.run(["sh", "-c", "echo $LC_ALL; cat"]).out == "C\n"


def test_run_passes_bytes_that_are_not_utf8() -> None:
    """Latin-1 text in a header goes through unchanged."""
    assert tools.run(["cat"], text="gr\udcf6\udcdfe").out == "gr\udcf6\udcdfe"


def test_run_ends_a_program_that_hangs_with_all_that_it_started() -> None:
    """A hanging grandchild that holds the pipe does not make the wait longer."""
    before = time.monotonic()
    with pytest.raises(BuildError, match=r"did not finish within 0\.2 s"):
        tools.run(["sh", "-c", "sleep 60 & wait"], timeout_s=0.2)
    assert time.monotonic() - before < 10


def test_running_program_gets_on_while_nobody_reads(tmp_path: Path) -> None:
    """A program that writes more than a pipe holds is done before it is waited for."""
    done = tmp_path / "done"
    with tools.running(["sh", "-c", f"head -c 1000000 /dev/zero; echo all > {done}"]) as end:
        until = time.monotonic() + 30
        while not done.exists() and time.monotonic() < until:
            time.sleep(0.01)
        assert done.exists()
        assert end() == tools.Finished(0, "\0" * 1000000, "")


def test_running_program_is_killed_when_nobody_waits_for_it(tmp_path: Path) -> None:
    """Leaving ends the program with all that it started."""
    pid = tmp_path / "pid"
    with tools.running(["sh", "-c", f"sleep 60 & echo $! > {pid}; wait"]):
        while not pid.exists() or not pid.read_text(encoding="utf-8"):
            time.sleep(0.01)
    command_line = Path(f"/proc/{pid.read_text(encoding='utf-8').strip()}/cmdline")
    until = time.monotonic() + 30
    while command_line.exists() and command_line.read_bytes() and time.monotonic() < until:  # one that ended has none
        time.sleep(0.01)
    assert not command_line.exists() or not command_line.read_bytes()


def test_missing_program_is_a_platform_error() -> None:
    """A program that is not there is told in one line."""
    with pytest.raises(PlatformError, match="no-such-program cannot be started") as caught:
        tools.run(["no-such-program"])
    assert "\n" not in str(caught.value)


def test_find_tool_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A missing objcopy is told with the package that has it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlatformError, match=r"^objcopy is missing: apt-get install binutils$"):
        tools.find_tool("objcopy")


@pytest.mark.parametrize(
    ("machine", "named"),
    [
        (("Darwin", "arm64", "23.0", None), "Darwin"),
        (("Linux", "aarch64", "6.1.0", "glibc 2.36"), "aarch64"),
        (("Linux", "x86_64", "6.1.0", None), "another C library"),
        (("Linux", "x86_64", "4.19.0-1", "glibc 2.28"), "4.19.0-1"),
    ],
)
def test_other_platforms_are_refused_by_name(machine: tuple[str, str, str, str | None], named: str) -> None:
    """What is not supported is named."""
    refused = tools.platform_refusal(*machine)
    assert refused is not None
    assert named in refused


def test_this_platform_is_accepted() -> None:
    """A kernel whose minor number has two digits is not taken for an old one."""
    assert tools.platform_refusal("Linux", "x86_64", "5.15.0-91-generic", "glibc 2.35") is None
