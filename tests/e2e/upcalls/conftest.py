"""One mocking of upcalls.c for all tests of this folder; each test gets a fresh child."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
BUFFER = ApiArg("unsigned char *", "buffer", dir="out", buffer="size")
DATA = ApiArg("const unsigned char *", "data", buffer="size")
SPEC = ApiSpec([
    ApiModule("m", [
        ApiFunction("get", "int", [ApiArg("int", "id")]),
        ApiFunction("scale", "double", [ApiArg("double", "value")]),
        ApiFunction("title", "const char *", [ApiArg("const struct item *", "item")]),
        ApiFunction("find", "struct item *", [ApiArg("const struct item *", "item")]),
        ApiFunction("fill", "int", [BUFFER, ApiArg("size_t", "size")]),
        ApiFunction("note", "void", [ApiArg("const char *", "text"), DATA, ApiArg("size_t", "size")]),
        ApiFunction("choose", "visitor", [ApiArg("int", "number")]),
        ApiFunction("visit_mock", "int", [ApiArg("visitor", "visit"), ApiArg("int", "id")]),
    ]),
    ApiModule("dev", [
        ApiFunction("dev_open", "int", [ApiArg("const char *", "path")]),
        ApiFunction("dev_read", "int", [ApiArg("void *", "buffer", dir="out", buffer="size"), ApiArg("size_t", "size")]),
        ApiFunction("dev_close", "int", [ApiArg("int", "fd")]),
    ]),
])  # fmt: skip


@pytest.fixture(scope="package")
def asking() -> Iterator[Mocking]:
    """The SUT that asks."""
    files = {"headers": [HERE / "upcalls.h"], "objs": [HERE / "upcalls.c"]}
    with start_mocking(SPEC, **files, deadline_s=2) as mocking:
        yield mocking


@pytest.fixture
def mocking(asking: Mocking) -> Mocking:
    """The SUT with pristine memory."""
    asking.restart()
    return asking
