"""Static constructors of the SUT: they run once, in the zygote, and what goes wrong there fails the start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cmock_py import ApiSpec, Mocking, SutCrashed, SutError, UnexpectedCall, start_mocking
from cmock_py.host.arena import Reason
from cmock_py.host.process import ConstructorStopped, Host

PLAIN = """
#include <stdlib.h>
#include <unistd.h>
int *built; int runs;
__attribute__((constructor)) static void build(void) { runs++; built = malloc(sizeof *built); *built = 42; }
__attribute__((constructor(101))) static void early(void) { runs += 10; }
int get_built(void) { return (*built)++; }
"""


def start(spec: ApiSpec, here: Path, folder: Path, constructor: str) -> Mocking:
    """Start a SUT with this static constructor."""
    source = folder / "built.c"
    source.write_text(f'#include "deaths.h"\n{constructor}', encoding="utf-8")
    header = folder / "built.h"
    header.write_text("int get_built(void);\nextern int runs;\n", encoding="utf-8")
    return start_mocking(spec, headers=[here / "deaths.h", header], objs=[source], cppflags=[f"-I{here}"])


def test_a_plain_constructor_runs_once(device: ApiSpec, here: Path, tmp_path: Path) -> None:
    """What constructors built is there in every child, as they left it, without running them again."""
    with start(device, here, tmp_path, PLAIN) as mocking:
        for _ in range(3):
            mocking.restart()
            assert [mocking.lib.get_built(), mocking.lib.get_built()] == [42, 43]
            assert mocking.lib.runs == 11


def test_a_constructor_that_calls_a_mock(device: ApiSpec, here: Path, tmp_path: Path) -> None:
    """A mocked call in a constructor comes before any language, so the start fails and names the function."""
    constructor = "__attribute__((constructor)) static void early(void) { dev_note(3); }"
    with pytest.raises(UnexpectedCall, match=r"static constructor.*dev\.dev_note"):
        start(device, here, tmp_path, constructor)


def test_a_constructor_that_calls_a_mock_has_a_line(device: ApiSpec, here: Path, tmp_path: Path) -> None:
    """The C line of a mocked call in a constructor is told."""
    constructor = "__attribute__((constructor)) static void early(void) { dev_note(3); }"
    with pytest.raises(UnexpectedCall, match=r"built\.c:2"):
        start(device, here, tmp_path, constructor)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("*(volatile int *)0 = 1;", "crashed with SIGSEGV"),
        ("abort();", "called abort"),
        ("exit(4);", "called exit"),
        ("raise(15);", "SIGTERM"),
        ("assert(!body);", "failed an assert: .*assertion failed: !body"),
    ],
    ids=["crash", "abort", "exit", "killed", "assert"],
)
def test_a_constructor_that_dies(device: ApiSpec, here: Path, tmp_path: Path, body: str, text: str) -> None:
    """A constructor that ends the process fails the start, which says how it ended."""
    constructor = (
        "#include <assert.h>\n#include <signal.h>\n#include <stdlib.h>\nint body = 1;\n"
        f"__attribute__((constructor)) static void early(void) {{ {body} }}"
    )
    with pytest.raises(SutError, match=text) as raised:
        start(device, here, tmp_path, constructor)
    assert "static constructor" in str(raised.value)


def test_a_constructor_that_hangs(device: ApiSpec, here: Path, tmp_path: Path) -> None:
    """A constructor that does not return is stopped after the time for starting, and its address is known."""
    constructor = '__attribute__((constructor)) static void early(void) { if (getenv("HANG")) for (;;) ; }'
    constructor = f"#include <stdlib.h>\n{constructor}"
    with start(device, here, tmp_path, constructor) as mocking:
        program = mocking._program.executable
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANG", "1")
        with pytest.raises(ConstructorStopped, match=r"did not return within 0\.3 s") as raised:
            Host(program, start_timeout_s=0.3)
    assert raised.value.reason == Reason.TIMEOUT
    assert raised.value.sites


def open_files_and_children() -> tuple[int, list[str]]:
    """Count the descriptors of this process, and list its children; other tests may have mockings that run."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="utf-8")
    return len(os.listdir("/proc/self/fd")), children.split()  # noqa: PTH208 - not a folder of files


def test_a_failed_start_leaves_nothing(device: ApiSpec, here: Path, tmp_path: Path) -> None:
    """A start that fails keeps no descriptor and no process."""
    constructor = "#include <stdlib.h>\n__attribute__((constructor)) static void early(void) { abort(); }"
    with pytest.raises(SutCrashed):
        start(device, here, tmp_path, constructor)
    before = open_files_and_children()
    for _ in range(3):
        with pytest.raises(SutCrashed):
            start(device, here, tmp_path, constructor)
    assert open_files_and_children() == before
