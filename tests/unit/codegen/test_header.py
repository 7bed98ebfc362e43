"""Generated headers: guards, the order of the spec, and names that C++ keeps for itself."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, SpecError, gen_headers
from cmock_py.codegen.names import CPP_KEYWORDS, guard, mock

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_spec_is_a_header() -> None:
    """A spec without modules gives guards around nothing."""
    lines = gen_headers(ApiSpec()).splitlines()
    assert lines[2:4] == ["#ifndef CMK_API_H", "#define CMK_API_H"]
    assert lines[-1] == "#endif"


def test_includes_come_first_and_keep_their_brackets() -> None:
    """Given headers are included in their order, before the first prototype."""
    spec = ApiSpec([ApiModule("m", [ApiFunction("f", "size_t")])])
    lines = gen_headers(spec, ["<stddef.h>", "own.h"]).splitlines()
    assert [line for line in lines if line.startswith("#include")] == ["#include <stddef.h>", '#include "own.h"']
    assert lines.index('#include "own.h"') < lines.index("size_t f(void);")


def test_prototypes_stand_in_the_order_of_the_spec() -> None:
    """Functions come in spec order, under the names of their modules."""
    spec = ApiSpec([ApiModule("b", [ApiFunction("z"), ApiFunction("a")]), ApiModule("a", [ApiFunction("m")])])
    lines = [line for line in gen_headers(spec).splitlines() if line.startswith(("void", "/* a", "/* b"))]
    assert lines == ["/* b */", "void z(void);", "void a(void);", "/* a */", "void m(void);"]


def test_a_wrong_spec_is_refused() -> None:
    """A header is not written from a spec with faults."""
    with pytest.raises(SpecError):
        gen_headers(ApiSpec([ApiModule("m", [ApiFunction("not a name")])]))


@pytest.mark.parametrize("name", sorted(CPP_KEYWORDS - {"bool", "asm", "false", "true", "typeof"}))
def test_functions_with_names_of_cpp_are_fenced(name: str) -> None:
    """C++ does not see the prototype of a function whose name it keeps for itself, and C does."""
    lines = gen_headers(ApiSpec([ApiModule("m", [ApiFunction(name)])])).splitlines()
    at = lines.index(f"void {name}(void);")
    assert (lines[at - 1], lines[at + 1]) == (f"#ifndef __cplusplus /* {name} is a keyword of C++ */", "#endif")


@pytest.mark.needs_cxx
def test_parameters_with_names_of_cpp_do_not_break_it(tmp_path: Path) -> None:
    """A parameter may have a name that C++ keeps for itself; the header still compiles there."""
    args = [ApiArg("int", "class"), ApiArg("int", "new"), ApiArg("int", "plain")]
    (tmp_path / "a.h").write_text(gen_headers(ApiSpec([ApiModule("m", [ApiFunction("f", args=args)])])))
    said = subprocess.run(
        ["g++", "-x", "c++", "-fsyntax-only", "a.h"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert said.stderr.replace("a.h:1:9: warning: #pragma once in main file", "") == ""


def test_names_are_made_of_what_c_allows() -> None:
    """A guard has no character that C has not, and a stub is known by its prefix."""
    assert guard(("spi-1", "a.b")) == "CMK_API_SPI_1_A_B_H"
    assert guard(()) == "CMK_API_H"
    assert mock("malloc") == "cmk_mock_malloc"
