"""The manual's gauges: one SUT for the modules that go through its cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = Path(__file__).parent / "files"


@pytest.fixture(scope="module")
def gauges_mocking() -> Iterator[Mocking]:
    """Start the SUT once per module."""
    headers, objs = [FILES / "gauges.h", FILES / "panel.h"], [FILES / "panel.c"]
    with start_mocking(FILES / "gauges.py", headers, objs, cflags=["-g"]) as mocking:
        yield mocking


@pytest.fixture
def gauges(gauges_mocking: Mocking) -> Mocking:
    """Give the SUT in a fresh child."""
    gauges_mocking.restart()
    return gauges_mocking
