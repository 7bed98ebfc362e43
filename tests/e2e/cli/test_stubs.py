"""`cmock-py stubs`: what a type checker knows of `mocking.lib`."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cmock_py.cli import FAULTY, main

if TYPE_CHECKING:
    from click.testing import Result

HEADER = """
#include <stdio.h>
#include "inner.h"
enum mode { OFF, ON };
struct point { int x, y; };
typedef int (*visitor)(const struct point *at, void *self);
extern int limit;
extern const char *title;
extern struct point origin;
extern int list[3];
extern enum mode mode;
_Bool ready(void);
char next(char c);
double scale(float by, long double exact, double _Complex z);
struct point moved(struct point from, enum mode mode);
int visit(visitor v, const struct point *first, size_t count);
void *self(void *self, int, const char *from);
int logged(const char *format, ...);
int import(int is);
int str(const char *text);
int Pointer(void);
static inline int twice(int n) { return 2 * n; }
"""
SPEC = """
from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec
api_spec = ApiSpec([ApiModule("m", [
    ApiFunction("logged", "int", [ApiArg("const char *", "format")]),
    ApiFunction("only_here", "int", [ApiArg("struct point", "at"), ApiArg("int *", "to", "out")]),
])])
"""
RIGHT = """
from __future__ import annotations
from typing import TYPE_CHECKING, Any
from cmock_py import Pointer
if TYPE_CHECKING:
    from sut import Lib
def use(lib: Lib) -> None:
    ready: bool = lib.ready()
    code: int = lib.next("a") + lib.next(98)
    at: Pointer = lib.moved({"x": 1}, "ON")
    lib.moved(at, 1)
    lib.visit(lib.ready, [at, at], 2)
    lib.visit(None, at, lib.limit)
    lib.self(lib.visit, 1, b"x")
    lib.logged("%d %s", 1, "x")
    lib.only_here(at, None)
    lib.title = "new"
    lib.list = [1, 2, 3]
    lib.origin = {"x": 1}
    lib.origin.x = 3
    lib.limit += 1
    lib["import"](1)
    lib.str("text")
    print(lib.scale(1, 2.5, 1j), ready, code)
"""
WRONG = [
    ("lib.redy()", "no attribute"),
    ("lib.next(1.5)", "arg-type"),
    ('lib.moved({"x": 1})', "Too few arguments"),
    ('lib.next(c="a")', "call-arg"),
    ('lib.limit = "x"', "assignment"),
    ('lib.printf("x")', "no attribute"),
    ("lib.innermost()", "no attribute"),
    ("lib.twice(1)", "no attribute"),
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec beside a folder of headers, which is the current folder."""
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "sut.h").write_text(HEADER)
    (tmp_path / "include" / "inner.h").write_text("int innermost(void);\n")
    (tmp_path / "spec.py").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["stubs", *args])


def checked(folder: Path, text: str) -> str:
    """Let mypy look at a module beside the stub file; return what it says."""
    (folder / "use.py").write_text(text)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "use.py", "sut.pyi"]
    env = {**os.environ, "MYPYPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.slow
def test_mypy_sees_the_functions_of_a_project(project: Path) -> None:
    """Right calls pass under mypy's strict rules, and each kind of wrong one is found in its line."""
    assert run("spec.py", "-H", "sut.h", "-I", "include", "-o", "sut.pyi").exit_code == 0
    assert "Success" in checked(project, RIGHT)
    head = "from sut import Lib\ndef use(lib: Lib) -> None:\n"
    told = checked(project, head + "".join(f"    {line}\n" for line, _ in WRONG)).splitlines()
    for number, (line, words) in enumerate(WRONG, 3):
        assert any(one.startswith(f"use.py:{number}: error") and words in one for one in told), line


@pytest.mark.slow
def test_the_library_of_a_mocking_passes_for_the_class(project: Path) -> None:
    """`lib: Lib = mocking.lib` needs no cast."""
    assert run("spec.py", "-H", "sut.h", "-I", "include", "-o", "sut.pyi").exit_code == 0
    text = "from sut import Lib\nfrom cmock_py import Mocking\n"
    assert "Success" in checked(
        project, f"{text}def use(mocking: Mocking) -> int:\n    lib: Lib = mocking.lib\n    return lib.next(1)\n"
    )


def test_only_the_given_headers_are_told(project: Path) -> None:
    """Neither libc nor an included header fills the file, unless it is given, too; mocks are always there."""
    first = run("spec.py", "-H", "sut.h", "-I", "include").stdout
    both = run("spec.py", "-H", "sut.h", "-H", "inner.h", "-I", "include").stdout
    assert "innermost" not in first
    assert "def innermost(self, /) -> int:" in both
    assert "printf" not in both
    assert '"""int only_here(struct point at, int *to);  (mock of m.only_here)"""' in first
    assert first.startswith("# Written by `cmock-py stubs` from spec.py, sut.h; do not edit.\n")


def test_what_cannot_be_an_attribute_is_told_as_a_comment(project: Path) -> None:
    """Keywords and names of types that the file uses are reached as items, and bodies in headers have no symbol."""
    text = run("spec.py", "-H", "sut.h", "-I", "include").stdout
    ast.parse(text)
    assert '    # int import(int is): no attribute can be called import here; it is lib["import"]\n' in text
    assert '    # int Pointer(void): no attribute can be called Pointer here; it is lib["Pointer"]\n' in text
    assert "# int twice(int n): its body stands in the header" in text
    assert "def import" not in text


def test_the_names_of_parameters_are_pythons(project: Path) -> None:
    """`self`, keywords and missing names do not make a file that no Python reads."""
    text = run("spec.py", "-H", "sut.h", "-I", "include").stdout
    assert "def self(self, self_: " in text
    assert ", arg2: int, from_: builtins.str | bytes | Pointer | int | None, /) -> Pointer:" in text


def test_a_wrong_header_is_told_without_a_traceback(project: Path) -> None:
    """A missing header is the input's fault."""
    result = run("spec.py", "-H", "nowhere.h")
    assert result.exit_code == FAULTY
    assert "nowhere.h: No such file" in result.stderr
