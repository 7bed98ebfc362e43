"""Cases 61 and 62 of the original's manual: what the generators write is C that others can use."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    c_code,
    check_callouts,
    gen_headers,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SPEC = ApiSpec([ApiModule("stack", [
    ApiFunction("new", "Stack", symbol="stack_new"),
    ApiFunction("push", args=[ApiArg("Stack", "s"), ApiArg("int", "val")]),
    ApiFunction("pop", "Stack", [ApiArg("Stack", "s")]),
])])  # fmt: skip


def test_the_header_builds_the_sut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 61: gen_headers has one prototype per function, compiles behind the types, and the SUT is built with it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "types.h").write_text("typedef int Stack;\nint run(void);\n")
    text = gen_headers(SPEC, ["types.h"])
    assert [line for line in text.splitlines() if line.endswith(");")] == [
        "Stack stack_new(void);",
        "void push(Stack s, int val);",
        "Stack pop(Stack s);",
    ]
    (tmp_path / "api.h").write_text(text)
    (tmp_path / "sut.c").write_text(
        '#include "api.h"\nint run(void) { Stack s = stack_new(); push(s, 4); return pop(s); }\n'
    )
    subprocess.run(["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-c", "sut.c"], check=True)
    with start_mocking(SPEC, ["types.h"], ["sut.o"]) as mocking:
        init_lang("s = stack.new() stack.push(s, 4) stack.pop(s) -> 6")
        assert mocking.lib.run() == 6
        assert check_callouts()


def test_the_stubs_include_the_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 62: c_code(spec) is c_code with no headers; with headers the text includes them, before the stubs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "types.h").write_text("typedef int Stack;\n")
    plain = ApiSpec([ApiModule("m", [ApiFunction("f", "int")])])
    assert c_code(plain) == c_code(plain, [])
    lines = c_code(SPEC, ["types.h"]).splitlines()
    assert lines.index('#include "types.h"') < lines.index("/* stack.new */")
