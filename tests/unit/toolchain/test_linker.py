"""`toolchain.linker`: what the linker says about symbols that nobody defines."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py.errors import BuildError, MissingSymbols
from cmock_py.toolchain import objects, tools
from cmock_py.toolchain.compiler import Compiler, find_compiler
from cmock_py.toolchain.linker import link
from cmock_py.toolchain.redirect import redirect, renames

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Make

MAIN = "int calc(int); int main(void) { return calc(1); }"
CALC = """extern int limit; int push(int); int peek(int);
static int helper(int x) { return push(x); }
int (*table)(int) = peek;
int calc(int x) {
    for (int i = 0; i < 9; i++) x += push(1) + push(2) + push(3) + push(4) + push(5) + push(6) + push(7);
    return helper(x) + limit;
}
"""


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_missing_symbols_are_all_told_with_their_lines(make: Make, tmp_path: Path, compiler: Compiler, cc: str) -> None:
    """With -g every symbol has the source lines and the user's object, data references too."""
    paths = [make("m.o", MAIN), make("calc.o", CALC, "-g", cc=cc)]
    with pytest.raises(MissingSymbols) as caught:
        link(compiler, paths, tmp_path / "x")
    message = str(caught.value)
    assert message.startswith("3 symbols are needed and defined nowhere\n")
    assert f"push: needed at {tmp_path}/calc.c:" in message
    assert f"calc.c:5 in calc() ({paths[1]})" in message
    assert f"calc.c:2 in helper() ({paths[1]})" in message
    # clang's debug information does not tell ld where the table stands.
    assert f"peek: needed at {tmp_path}/calc.c:3 ({paths[1]})" in message or (
        cc == "clang" and f"at {paths[1]}" in message
    )
    assert f"limit: needed at {tmp_path}/calc.c:6 in calc() ({paths[1]})" in message
    assert "add ApiFunction(...) to the spec" in message


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_missing_symbols_without_debug_information_name_object_and_function(
    make: Make, tmp_path: Path, cc: str
) -> None:
    """Without -g the function and the user's archive member are known, not the copy that was linked."""
    library = tmp_path / "libcalc.a"
    subprocess.run(["ar", "qcs", library, make("calc.o", CALC, cc=cc)], check=True)
    members = objects.read(library)
    plan = renames(members, {"push": "cmk_mock_push"}, {})
    copies = redirect(members, plan, tmp_path / "copies", objcopy=tools.find_tool("objcopy"))
    stubs = make("stubs.o", MAIN + "int cmk_mock_push(int x) { return x; }")
    with pytest.raises(MissingSymbols) as caught:
        link(find_compiler("gcc"), [stubs, *copies], tmp_path / "x", originals=copies)
    message, _, _ = str(caught.value).partition("  help:")
    assert f"limit: needed at {library}(calc.o) in calc()" in message
    assert f"peek: needed at {library}(calc.o)\n" in message
    assert "copies" not in message
    assert "push" not in message


def test_archives_that_need_each_other_link_in_any_order(make: Make, tmp_path: Path, compiler: Compiler) -> None:
    """The order of objs does not matter."""
    for name, text in (("a", "int b(int); int calc(int x) { return b(x); } int c(int x) { return x; }"),
                       ("b", "int c(int); int b(int x) { return c(x) - 1; }")):  # fmt: skip
        subprocess.run(["ar", "qcs", tmp_path / f"lib{name}.a", make(f"{name}.o", text)], check=True)
    assert link(compiler, [tmp_path / "libb.a", tmp_path / "liba.a", make("m.o", MAIN)], tmp_path / "x") == ""
    assert subprocess.run([tmp_path / "x"], check=False).returncode == 0


def test_program_is_not_position_independent_whatever_the_flags(make: Make, tmp_path: Path) -> None:
    """A -pie among the user's flags does not move the program."""
    compiler = find_compiler("gcc", ldflags=["-pie", "-lm"])
    link(compiler, [make("m.o", MAIN + "int calc(int x) { return x; }")], tmp_path / "x")
    assert (tmp_path / "x").read_bytes()[16] == 2  # ET_EXEC


def test_libraries_of_the_user_are_found(make: Make, tmp_path: Path) -> None:
    """-lm in ldflags answers what an object needs from it."""
    text = "double cbrt(double); int calc(int x) { return (int)cbrt(x); }"
    paths = [make("m.o", MAIN), make("calc.o", text)]
    link(find_compiler("gcc", ldflags=["-lm"]), paths, tmp_path / "x")
    with pytest.raises(MissingSymbols, match=r"cbrt: needed at .*calc.o in calc"):
        link(find_compiler("gcc"), paths, tmp_path / "y")


@pytest.mark.parametrize(
    ("flags", "said"),
    [(["-lno_such_library"], "-dev package"), ([], "give only one of the objects")],
)
def test_other_refusals_show_the_command_and_the_text(
    make: Make, tmp_path: Path, compiler: Compiler, flags: list[str], said: str
) -> None:
    """A missing library and a double definition keep the linker's text, with the next step."""
    paths = [make(f"{name}.o", "int calc(int x) { return x; }") for name in ("a", "b")][: 1 if flags else 2]
    with pytest.raises(BuildError) as caught:
        link(compiler, [make("m.o", MAIN), *paths], tmp_path / "x", flags=flags)
    assert not isinstance(caught.value, MissingSymbols)
    assert "-no-pie" in str(caught.value)
    assert said in str(caught.value)
