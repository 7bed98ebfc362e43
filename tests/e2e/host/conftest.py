"""What the tests of the host share: the mocked device, and a look at processes and descriptors."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def device() -> ApiSpec:
    """The API of the device in deaths.h, which the SUTs of these tests call."""
    room = ApiArg("char *", "to", dir="out", buffer="room")
    return ApiSpec(modules=[
        ApiModule("dev", functions=[
            ApiFunction("dev_tick", ret="int"),
            ApiFunction("dev_note", args=[ApiArg("int", "value")]),
            ApiFunction("dev_fill", ret="int", args=[room, ApiArg("unsigned", "room")]),
            ApiFunction(
                "dev_twice", ret="int", args=[ApiArg("int *", "first", dir="out"), room, ApiArg("unsigned", "room")]
            ),
        ]),
    ])  # fmt: skip


@pytest.fixture(scope="session")
def here() -> Path:
    """The folder of these tests, with their C files."""
    return HERE


@pytest.fixture(scope="session")
def is_gone() -> Callable[[int], bool]:
    """Ask whether a process is gone; waits up to five seconds for it."""
    return _is_gone


def _is_gone(pid: int) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if not _runs(pid):
            return True
        time.sleep(0.01)
    return False


def _runs(pid: int) -> bool:
    """A zombie does not run any more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX" and os.path.exists(f"/proc/{pid}")  # noqa: PTH110
