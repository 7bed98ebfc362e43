"""Both compilers, and a way to make objects with plain `cc -c`, independent of the code under test."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Protocol

import pytest

from cmock_py.toolchain.compiler import Compiler, find_compiler

if TYPE_CHECKING:
    from pathlib import Path


class Make(Protocol):
    """Compile C text to an object in the test's folder."""

    def __call__(self, name: str, text: str, *flags: str, cc: str = "gcc") -> Path:
        """Return the path of the object *name*."""


@pytest.fixture(params=["gcc", "clang"])
def compiler(request: pytest.FixtureRequest) -> Compiler:
    """Each of the two compilers, without flags."""
    return find_compiler(request.param)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Compile C text with a plain command line."""

    def compile_text(name: str, text: str, *flags: str, cc: str = "gcc") -> Path:
        output = tmp_path / name
        output.parent.mkdir(exist_ok=True)
        source = output.with_suffix(".c")
        source.write_text(text)
        subprocess.run([cc, "-c", *flags, str(source), "-o", str(output)], check=True, capture_output=True)
        return output

    return compile_text
