"""What the tests of whole functions share: the spec of store.h, and its objects as others would have compiled them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def header() -> str:
    """The header of all of them."""
    return str(HERE / "store.h")


@pytest.fixture(scope="session")
def source() -> Callable[[str], str]:
    """Name a C source of these tests."""
    return lambda name: str(HERE / name)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Compile a source, or put several into an archive; the name says which: ``calc.o``, ``libstack.a``."""
    folder = tmp_path_factory.mktemp("objects")

    def make(name: str) -> str:
        target = folder / name
        if not target.exists() and target.suffix == ".a":
            members = [make(f"{stem}.o") for stem in target.stem.removeprefix("lib").split("_")]
            subprocess.run(["ar", "qc", target, *members], check=True)
        elif not target.exists():
            subprocess.run(["gcc", "-g", "-c", HERE / f"{target.stem}.c", "-o", target], check=True)
        return str(target)

    return make


@pytest.fixture(scope="session")
def stack_spec() -> Callable[..., ApiSpec]:
    """The stack of store.h under short names; arguments are fields of each function, or of ``push`` alone."""

    def make(*, push: dict[str, Any] | None = None, **fields: Any) -> ApiSpec:
        stack, val = ApiArg("int", "stack"), ApiArg("int", "val")
        return ApiSpec([ApiModule("stack", [
            ApiFunction("new", "int", symbol="stack_new", **fields),
            ApiFunction("push", args=[stack, val], symbol="stack_push", **{**fields, **(push or {})}),
            ApiFunction("pop", "int", [stack], symbol="stack_pop", **fields),
        ])])  # fmt: skip

    return make
