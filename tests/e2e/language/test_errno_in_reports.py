"""What a report says of an ``errno`` that another language gives otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = "int num(int x);\nint next(int x);\nvoid run(void);\n"
SOURCE = '#include "m.h"\nvoid run(void) { num(1); next(1); }\n'
REAL = '#include <errno.h>\n#include "m.h"\nint next(int x) { errno = EINTR; return -x; }\n'
SPEC = ApiSpec([
    ApiModule("m", [ApiFunction("num", "int", [ApiArg("int", "x")]), ApiFunction("next", "int", [ApiArg("int", "x")])]),
])  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start the SUT once."""
    folder: Path = tmp_path_factory.mktemp("errno")
    (folder / "m.h").write_text(HEADER)
    (folder / "m.c").write_text(SOURCE)
    (folder / "next.c").write_text(REAL)
    with start_mocking(SPEC, [folder / "m.h"], [folder / "m.c", folder / "next.c"]) as mocking:
        yield mocking


@pytest.fixture
def mocking(shared: Mocking) -> Mocking:
    """Give each test pristine memory."""
    shared.restart()
    return shared


@pytest.mark.parametrize(
    ("ran", "checked", "said"),
    [
        ("m.num(1, *errno=EINTR) -> -1", "m.num(1, *errno=EIO) -> -1", "expected EIO (5) but was EINTR (4)"),
        ("m.num(1, *errno=EINTR) -> -1", "m.num(1, *errno=0) -> -1", "expected 0 but was EINTR (4)"),
        ("m.num(1, *errno=0) -> -1", "m.num(1, *errno=EIO) -> -1", "expected EIO (5) but was 0"),
        ("m.num(1) -> -1", "m.num(1, *errno=EWOULDBLOCK) -> -1", "expected EWOULDBLOCK (11) but it was left alone"),
        ("m.num(1, *errno=EINTR) -> -1", "m.num(?n, *errno=n) -> -1", "expected EPERM (1) but was EINTR (4)"),
    ],
)
@pytest.mark.parametrize("shape", ["{} m.next(1) -> 0", "PAR[{}, m.next(1) -> 0]"], ids=["sequence", "PAR"])
def test_another_errno_is_shown(mocking: Mocking, ran: str, checked: str, said: str, shape: str) -> None:
    """The report says which errno the checked language gives, and which one the call got, by name where it has one."""
    mocking.init_lang(f"{ran} m.next(1) -> 0")
    mocking.lib.run()
    report = mocking.verdict(shape.format(checked)).report
    assert f"errno:  {said}" in report
    assert "no difference" not in report


def test_an_errno_beside_another_answer_is_shown(mocking: Mocking) -> None:
    """Both are told when both differ."""
    mocking.init_lang("m.num(1, *errno=EINTR) -> -1 m.next(1) -> 0")
    mocking.lib.run()
    report = mocking.verdict("m.num(1, *errno=EIO) -> -2 m.next(1) -> 0").report
    assert "errno:  expected EIO (5) but was EINTR (4)" in report
    assert "answer:  expected -2" in report


def test_the_errno_of_a_real_function_is_shown(mocking: Mocking) -> None:
    """What a real function has left in errno is compared, too."""
    mocking.init_lang("m.num(1) -> 0 m.next(1) -> @real")
    mocking.lib.run()
    assert mocking.verdict("m.num(1) -> 0 m.next(1, *errno=EINTR) -> -1")
    report = mocking.verdict("m.num(1) -> 0 m.next(1, *errno=EIO) -> -1").report
    assert "errno:  expected EIO (5) but was EINTR (4)" in report
