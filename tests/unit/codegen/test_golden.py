"""Whole generated texts, compared letter by letter with the files in ``tests/golden/codegen``, and compiled strictly.

``CMOCK_PY_UPDATE_GOLDEN=1`` writes them anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cmock_py import ApiFunction, ApiModule, ApiSpec, c_code, gen_headers, load_spec
from cmock_py._resources import runtime_dir

GOLDEN = Path(__file__).parents[2] / "golden" / "codegen"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wmissing-prototypes", "-Wstrict-prototypes"]


@pytest.fixture
def spec(monkeypatch: pytest.MonkeyPatch) -> ApiSpec:
    """Load the spec of the golden texts; its folder is the current one, so that headers go by their bare names."""
    monkeypatch.chdir(GOLDEN)
    return load_spec("spec.py")


@pytest.fixture
def special(monkeypatch: pytest.MonkeyPatch) -> ApiSpec:
    """Load the spec of arguments that are more than their own value."""
    monkeypatch.chdir(GOLDEN)
    return load_spec("special.py")


def compare(name: str, text: str) -> None:
    """Compare a text with its golden file, or write the file."""
    file = GOLDEN / name
    if os.environ.get("CMOCK_PY_UPDATE_GOLDEN") == "1":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def compiled(compiler: str, source: str, *flags: str, folder: Path) -> str:
    """Compile a text with all warnings as errors; return what the compiler says."""
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not here: apt-get install {compiler}")
    (folder / "source.c").write_text(source, encoding="utf-8")
    command = [compiler, *flags, "-Werror", "-I", GOLDEN, "-I", runtime_dir(), "-c", "source.c", "-o", "source.o"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False).stderr


def test_the_stubs_are_the_golden_ones(spec: ApiSpec) -> None:
    """c_code of a spec with every kind of argument is the file that people read."""
    compare("every.c", c_code(spec, headers=["every.h"]))


def test_special_stubs_are_the_golden_ones(special: ApiSpec) -> None:
    """Snippets, phantoms, structs, silent functions and lists become the C that people read."""
    compare("special.c", c_code(special, headers=["special.h"]))


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("standard", ["c99", "c11", "gnu17", "gnu2x"])
def test_special_stubs_compile_without_a_warning(
    special: ApiSpec, tmp_path: Path, compiler: str, standard: str
) -> None:
    """They are as clean as the plain ones; the user's own C is clean in this spec."""
    text = c_code(special, ["special.h"])
    assert compiled(compiler, text, f"-std={standard}", *WARNINGS, folder=tmp_path) == ""


def test_the_header_is_the_golden_one(spec: ApiSpec) -> None:
    """gen_headers of the same spec is the file that people include."""
    compare("every_api.h", gen_headers(spec, headers=["every.h"]))


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("standard", ["c99", "c11", "gnu17", "gnu2x"])
def test_the_stubs_compile_without_a_warning(spec: ApiSpec, tmp_path: Path, compiler: str, standard: str) -> None:
    """Every line of the stubs is clean under the strictest usual warnings, in every standard of C."""
    assert compiled(compiler, c_code(spec, ["every.h"]), f"-std={standard}", *WARNINGS, folder=tmp_path) == ""


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_header_compiles_as_c(spec: ApiSpec, tmp_path: Path, compiler: str) -> None:
    """The header may be included twice, and declares each function as its own header does."""
    (tmp_path / "api.h").write_text(gen_headers(spec, ["every.h"]))
    source = '#include "api.h"\n#include "api.h"\nStack use(void);\nStack use(void) { return new() + sum(0, 0); }\n'
    assert compiled(compiler, source, "-I.", "-std=c99", *WARNINGS, folder=tmp_path) == ""


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_the_header_compiles_as_cpp(spec: ApiSpec, tmp_path: Path, compiler: str) -> None:
    """In C++ the header declares C functions, and leaves out what C++ has as a keyword."""
    (tmp_path / "api.h").write_text(gen_headers(spec, ["every.h"]))
    source = '#include "api.h"\nint use();\nint use() { return sum(nullptr, 0) + *new int(3); }\n'
    assert compiled(compiler, source, "-x", "c++", "-I.", "-Wall", "-Wextra", "-Wpedantic", folder=tmp_path) == ""
    symbols = subprocess.run(["nm", "source.o"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert " U sum\n" in symbols


def test_a_fault_in_an_expression_is_the_specs(spec: ApiSpec, tmp_path: Path) -> None:
    """A compiler blames the line of the spec for the user's own C, and our file for what follows it."""
    broken = c_code(spec, ["every.h"]).replace("PAIRS(n)", "PAIRS(m)").replace("cmk_array(from", "cmk_array(form")
    said = compiled("gcc", broken, "-std=c99", folder=tmp_path)
    line = next(i for i, text in enumerate(broken.splitlines(), 1) if "cmk_array(form" in text)
    wanted = next(i for i, text in enumerate(GOLDEN.joinpath("spec.py").read_text().splitlines(), 1) if "PAIRS" in text)
    assert f"spec.py:{wanted}:" in said
    assert f"c_code.c:{line}:" in said


def test_nothing_but_spec_and_headers_decides(spec: ApiSpec, root: Path) -> None:
    """Two processes with other hash seeds write the same text, which names no folder of the machine."""
    program = (
        "from cmock_py import *; s = load_spec('spec.py'); print(c_code(s, ['every.h']) + gen_headers(s, ['every.h']))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    (text,) = texts
    assert str(root) not in text


def test_headers_in_folders_keep_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header given with a folder is included as it was given: generated text names no folder of the machine."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "every.h").write_text((GOLDEN / "every.h").read_text())
    spec = load_spec(GOLDEN / "spec.py")
    for text in (c_code(spec, ["include/every.h"]), gen_headers(spec, ["include/every.h"])):
        assert '#include "include/every.h"' in text.splitlines()


def test_a_header_in_angle_brackets_is_the_systems() -> None:
    """A header written <like.h> is included so by the text, and found by the compiler that reads the types."""
    spec = ApiSpec([ApiModule("m", [ApiFunction("f", "size_t")])])
    assert "#include <stddef.h>" in c_code(spec, ["<stddef.h>"]).splitlines()
