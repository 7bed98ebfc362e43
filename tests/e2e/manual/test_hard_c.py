"""C that is hard to mock: packed builds, large values, lists of every kind, names that could clash with ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    Mocking,
    check_callouts,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., Mocking]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a mocking of functions, with the C of a header and of a SUT given as text."""
    started: list[Mocking] = []

    def begin(functions: list[ApiFunction], header: str, sut: str = "", **options: Any) -> Mocking:
        (tmp_path / "t.h").write_text(header)
        (tmp_path / "sut.c").write_text(f'#include "t.h"\n{sut}\n')
        spec = ApiSpec([ApiModule("m", functions)])
        started.append(start_mocking(spec, [tmp_path / "t.h"], [tmp_path / "sut.c"], **options))
        return started[-1]

    yield begin
    for mocking in started:
        mocking.stop()


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_packed_builds_mean_the_same_to_stubs_and_runtime(start: Start, cc: str) -> None:
    """-fpack-struct packs the structs of the user, and leaves our own tables readable."""
    mocking = start(
        [
            ApiFunction(
                "f", "int", [ApiArg("struct s", "s"), ApiArg("const char *", "text"), ApiArg("int *", "o", "out")]
            )
        ],
        "struct s { char c; int i; };\nint f(struct s s, const char *text, int *o);\nint go(void);\n",
        "int go(void) { int o = 0; struct s s = { 'x', 7 }; return f(s, \"abc\", &o) + o + (int)sizeof s; }",
        cc=cc,
        cflags=["-fpack-struct"],
    )
    init_lang("m.f({c: 'x', i: 7}, \"abc\") -> {30, 2}")
    assert mocking.lib.go() == 37
    check_callouts()
