"""The mocking of the expansion tests: a few plain functions, called as the SUT would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py import Mocking

SPEC = ApiSpec([
    ApiModule("adc", [ApiFunction("sample", "int"), ApiFunction("select_channel", args=[ApiArg("int", "channel")])]),
    ApiModule("io", [
        ApiFunction("io_open", "int", [ApiArg("int", "mode")], symbol="io_open"),
        ApiFunction("io_put", "int", [ApiArg("int", "fd"), ApiArg("int", "value")]),
        ApiFunction("io_close", args=[ApiArg("int", "fd")]),
    ]),
])  # fmt: skip
HEADER = """
#define LIMIT 3
#define READY (1 << 7)
#define BROKEN 77
enum mode { READING = 1, WRITING = 2 };
int sample(void);
void select_channel(int channel);
int io_open(int mode);
int io_put(int fd, int value);
void io_close(int fd);
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start the mocking once."""
    header = tmp_path_factory.mktemp("plain") / "plain.h"
    header.write_text(HEADER)
    with start_mocking(SPEC, [header]) as mocking:
        yield mocking


@pytest.fixture
def mocking(running: Mocking) -> Mocking:
    """Give each test a fresh child."""
    running.restart()
    return running
