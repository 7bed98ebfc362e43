"""Whose fault a crash is: an argument is blamed only while its memory is looked at, never afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, SutCrashed, start_mocking

if TYPE_CHECKING:
    from pathlib import Path

HEADER = """\
#include <stddef.h>
struct box { int n; int *numbers; };
void quiet(struct box *box, int *numbers);
int spy(const char *text);
void crash_after_quiet(void);
void crash_after_start(void);
"""
SOURCE = """\
#include "blame.h"
int *volatile nowhere;
static int started;
void crash_after_quiet(void)
{
    struct box box = { 2, NULL };
    int numbers[2];

    quiet(&box, numbers);
    *nowhere = 1;
}
__attribute__((constructor)) static void start(void)
{
    started = spy("early");
}
void crash_after_start(void)
{
    *nowhere = started;
}
"""
REAL = '#include "blame.h"\nint spy(const char *text) { return text[0]; }\n'
SPEC = ApiSpec([
    ApiModule("m", [
        ApiFunction("quiet", silent=True, args=[
            ApiArg("struct box *", "box"), ApiArg("int *", "numbers", "out", buffer="box->n"),
        ]),
        ApiFunction("spy", "int", [ApiArg("const char *", "text")], fallback="real"),
    ]),
])  # fmt: skip


@pytest.mark.parametrize("name", ["crash_after_quiet", "crash_after_start"])
def test_a_later_crash_blames_no_argument(tmp_path: Path, name: str) -> None:
    """After a silent function that writes nothing, and after a spy in a constructor, a crash is one of the SUT's own."""
    (tmp_path / "blame.h").write_text(HEADER)
    (tmp_path / "blame.c").write_text(SOURCE)
    (tmp_path / "real.c").write_text(REAL)
    sources = [tmp_path / "blame.c", tmp_path / "real.c"]
    with start_mocking(SPEC, [tmp_path / "blame.h"], sources) as mocking, pytest.raises(SutCrashed) as raised:
        mocking.lib[name]()
    assert str(raised.value).startswith("the SUT crashed: SIGSEGV (invalid memory access) at address 0x0")
