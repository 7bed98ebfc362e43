"""Real units for the tests of cdecl: text through a real preprocessor, numbers from a real compiler."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from cmock_py.cdecl.parse import declare
from cmock_py.cdecl.unit import index

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.cdecl.model import Declarations
    from cmock_py.cdecl.unit import Unit


@dataclass(frozen=True)
class Headers:
    """A preprocessed unit and the compiler that it is for."""

    cc: str
    flags: tuple[str, ...]
    text: str

    @property
    def unit(self) -> Unit:
        """The indexed unit."""
        return index(self.text)

    def compile(self, more: str, *flags: str) -> subprocess.CompletedProcess[str]:
        """Compile the unit with more text behind it."""
        return subprocess.run(
            [self.cc, *flags, *self.flags, "-x", "cpp-output", "-o", "-", "-"],
            input=f'{self.text}\n# 1 "more.c"\n{more}\n',
            capture_output=True,
            text=True,
            check=False,
        )

    def assemble(self, more: str) -> tuple[int, str, str]:
        """Answer as `evaluate` wants it."""
        done = self.compile(more, "-S", "-O0", "-w")
        return done.returncode, done.stdout, done.stderr

    def declare(self, *functions: str, types: tuple[str, ...] = (), variables: tuple[str, ...] = ()) -> Declarations:
        """Declare functions of the unit, or types."""
        return declare(self.unit, functions=functions, types=types, variables=variables, assemble=self.assemble)


@cache
def _preprocessed(cc: str, source: str, flags: tuple[str, ...]) -> str:
    """Preprocess each source once a run."""
    command = [cc, "-E", *flags, "-x", "c", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


@pytest.fixture(params=["gcc", "clang"])
def cc(request: pytest.FixtureRequest) -> str:
    """Each of the two compilers."""
    name: str = request.param
    return name


@pytest.fixture
def headers(cc: str) -> Callable[..., Headers]:
    """Preprocess C text with each compiler."""

    def make(source: str, *flags: str) -> Headers:
        return Headers(cc, flags, _preprocessed(cc, source, flags))

    return make


@pytest.fixture
def gcc_headers() -> Callable[..., Headers]:
    """Preprocess C text with gcc, for what only gcc has."""

    def make(source: str, *flags: str) -> Headers:
        return Headers("gcc", flags, _preprocessed("gcc", source, flags))

    return make
