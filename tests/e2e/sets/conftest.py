"""A bus whose functions are all mocked; tests call them through `lib`, as a SUT would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator


def spec() -> ApiSpec:
    """Make the spec: nothing but the channel of `ask` is matched."""
    one = [ApiArg("int", "x")]
    return ApiSpec(
        [
            ApiModule(
                "bus",
                [
                    ApiFunction("take", "void", one),
                    ApiFunction("give", "int", one),
                    ApiFunction("send", "int", [ApiArg("const char *", "data", buffer="n"), ApiArg("int", "n")]),
                    ApiFunction("ask", "int", [ApiArg("int", "channel", matched=True), ApiArg("int", "x")]),
                ],
            )
        ]
    )


@pytest.fixture(scope="package")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start the mocks once."""
    header = tmp_path_factory.mktemp("bus") / "bus.h"
    header.write_text(
        "void take(int x);\nint give(int x);\nint send(const char *data, int n);\nint ask(int channel, int x);\n"
    )
    with start_mocking(spec(), [header]) as mocking:
        yield mocking


@pytest.fixture
def lib(started: Mocking) -> object:
    """Give the functions of a fresh child."""
    started.restart()
    return started.lib
