"""One mocking of things.c for all tests of this folder; each test gets a fresh child."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def things() -> Iterator[Mocking]:
    """The SUT with one of each C type; one function is mocked, since a spec needs one."""
    spec = ApiSpec([ApiModule("libc", [ApiFunction("rand", "int")])])
    with start_mocking(spec, headers=[HERE / "things.h"], objs=[HERE / "things.c"], ldflags=["-lm"]) as mocking:
        yield mocking


@pytest.fixture
def mocking(things: Mocking) -> Mocking:
    """The SUT with pristine memory."""
    things.restart()
    return things
