"""`toolchain.symbols`."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py.errors import InternalError
from cmock_py.toolchain import symbols as module
from tests.work import work_of

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Make

TEXT = """#include <stdio.h>
static int hidden(int x) { return x + 1; }
int visible(int x) { return hidden(x); }
int numbers[3] = {1, 2, 3};
static int zeros[5];
_Thread_local int own;
__asm__(".text\\n.globl bare\\nbare: ret\\n");
int main(void) { fputs("x", stdout); return visible(zeros[0]) + own; }
"""


def program(make: Make, text: str, *flags: str) -> Path:
    """Compile and link *text*."""
    output = make("p.o", text, "-g", *flags)
    subprocess.run(["gcc", "-no-pie", output, "-o", output.with_suffix("")], check=True)
    return output.with_suffix("")


def nm(path: Path) -> dict[str, int]:
    """Read addresses with nm."""
    told = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in told.splitlines())
    return {row[2]: int(row[0], 16) for row in rows if len(row) == 3}


def test_symbols_are_those_of_nm(make: Make) -> None:
    """Functions and variables have nm's addresses, their sizes and kinds; libc's stdout has its plain name."""
    path = program(make, TEXT, "-fno-pie")
    found = module.symbols(path)
    told = nm(path)
    for name, size, kind in [("visible", None, "function"), ("hidden", None, "function"), ("bare", 0, "function"),
                             ("numbers", 12, "object"), ("zeros", 20, "object")]:  # fmt: skip
        assert (found[name].address, found[name].kind) == (told[name], kind)
        assert size is None or found[name].size == size
    assert found["stdout"].kind == "object"
    assert "own" not in found
    assert "puts" not in found


def test_global_wins_over_a_static_namesake(make: Make, tmp_path: Path) -> None:
    """A static function of the same name in another object does not hide the global one."""
    first = make("a.o", "static int same(void) { return 1; } int (*keep)(void) = same;")
    second = make("b.o", "int same(void) { return 2; } int main(void) { return 0; }")
    subprocess.run(["gcc", "-no-pie", first, second, "-o", tmp_path / "p"], check=True)
    told = subprocess.run(["nm", tmp_path / "p"], capture_output=True, text=True, check=True).stdout
    (expected,) = [int(line.split()[0], 16) for line in told.splitlines() if line.endswith(" T same")]
    assert module.symbols(tmp_path / "p")["same"].address == expected


def test_five_thousand_symbols_are_little_work(make: Make) -> None:
    """Reading a symbol calls a few functions, not hundreds."""
    text = "".join(f"int fn{i}(int x) {{ return x + {i}; }}\n" for i in range(5000))
    path = program(make, text + "int main(void) { return 0; }", "-O0", "-g0")
    found = module.symbols(path)
    assert work_of(lambda: module.symbols(path)) < 20 * 5000
    assert len([name for name in found if name.startswith("fn")]) == 5000


def test_unreadable_program_is_our_bug(tmp_path: Path) -> None:
    """A host that is not a program is told as an internal error."""
    (tmp_path / "p").write_bytes(b"\x7fELF")
    with pytest.raises(InternalError, match="cannot be read"):
        module.symbols(tmp_path / "p")


def test_read_object_returns_the_bytes_of_a_variable(make: Make) -> None:
    """Constants, data and zeros are read, from the object and from the program."""
    text = "const unsigned long table[2] = {7, 1UL << 40}; static int zeros[3]; int *z = zeros; int main(void) { return 0; }"
    path = program(make, text, "-fdata-sections")
    for file in (path, path.with_suffix(".o")):
        assert module.read_object(file, "table") == (7).to_bytes(8, "little") + (1 << 40).to_bytes(8, "little")
        assert module.read_object(file, "zeros") == bytes(12)
        with pytest.raises(InternalError, match="does not define the variable none"):
            module.read_object(file, "none")


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_lines_of_addresses(make: Make, tmp_path: Path, cc: str) -> None:
    """Known addresses have function, file and line, unknown ones None, in the order asked."""
    path = tmp_path / "p"
    subprocess.run(["gcc", "-no-pie", make("p.o", TEXT, "-g", cc=cc), "-o", path], check=True)
    visible = module.symbols(path)["visible"].address
    first, second, third = module.lines(path, [visible, 1, module.symbols(path)["main"].address])
    assert (first, third[0], third[2]) == (("visible", str(tmp_path / "p.c"), 3), "main", 8)
    assert second == (None, None, None)
    assert module.lines(path, []) == []


def test_lines_without_addr2line_are_unknown(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A missing addr2line costs the places, not the report."""
    path = program(make, TEXT)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert module.lines(path, [1, 2]) == [(None, None, None)] * 2
