"""Real units for the tests of cdecl: text through a real preprocessor, numbers from a real compiler."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py.cdecl import layout, structures
from cmock_py.cdecl.parse import declare
from cmock_py.cdecl.unit import index
from cmock_py.toolchain.symbols import read_object

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

    def compile(self, more: str, *flags: str, output: str = "-") -> subprocess.CompletedProcess[str]:
        """Compile the unit with more text behind it."""
        return subprocess.run(
            [self.cc, *flags, *self.flags, "-x", "cpp-output", "-o", output, "-"],
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

    def laid_out(self, *functions: str, types: tuple[str, ...] = ()) -> Declarations:
        """Declare functions or types, with structures."""
        declared = self.declare(*functions, types=types)
        text, schema = layout.table(declared)
        numbers, images = layout.count(schema)
        raw, *pictures = self.objects(text, "cmk_layout", *(f"cmk_image_{i}" for i in range(images)))
        values = [int.from_bytes(raw[8 * i : 8 * i + 8], "little") for i in range(numbers)]
        return structures.laid_out(declared, layout.read(schema, values, pictures))

    def objects(self, definitions: str, *names: str) -> list[bytes]:
        """Define objects behind the unit; return their initial bytes."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "more.o")
            done = self.compile(definitions, "-c", "-w", output=str(path))
            assert done.returncode == 0, done.stderr
            return [read_object(path, name) for name in names]


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
