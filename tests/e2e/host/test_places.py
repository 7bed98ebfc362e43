"""Where a call was made, as reports and traces tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, UnexpectedCall, init_lang, start_mocking

if TYPE_CHECKING:
    from pathlib import Path

SPEC = ApiSpec([ApiModule("m", [ApiFunction("f", "int", [ApiArg("int", "n", matched=True)])])])


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_a_call_from_python_has_no_line_of_c_and_one_from_the_sut_has(cc: str, tmp_path: Path) -> None:
    """A mock that Python calls itself is called from nowhere in C: no function of ours is shown as the caller."""
    header, source = tmp_path / "m.h", tmp_path / "sut.c"
    header.write_text("int f(int n);\nint run(int n);\n")
    source.write_text('#include "m.h"\nint run(int n)\n{\n    return f(n) + 1;\n}\n')
    with start_mocking(SPEC, headers=[header], objs=[source], cc=cc) as mocking:
        init_lang("m.f(1) -> 1")
        with pytest.raises(UnexpectedCall) as from_python:
            mocking.lib.f(2)
        init_lang("m.f(1) -> 1")
        with pytest.raises(UnexpectedCall) as from_sut:
            mocking.lib.run(2)
    assert "unexpected call #1: m.f(n=2)\n" in str(from_python.value)
    assert "sut.c:4 in run()" in str(from_sut.value)
