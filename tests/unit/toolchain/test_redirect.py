"""`toolchain.redirect`: real objects, renamed, linked and run."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py.errors import BuildError, MockBypass
from cmock_py.toolchain import elf, objects, tools
from cmock_py.toolchain.compiler import find_compiler
from cmock_py.toolchain.linker import link
from cmock_py.toolchain.redirect import Plan, redirect, renames

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import Make

HOOKS = {"exit": "cmk_hook_exit", "abort": "cmk_hook_abort"}


def mocks(*names: str) -> dict[str, str]:
    """Map each name to its stub."""
    return {name: f"cmk_mock_{name}" for name in names}


def build(paths: Sequence[Path], stubs: Path, mocked: dict[str, str], folder: Path) -> tuple[Plan, str]:
    """Redirect, link and run; return the plan and what the program printed."""
    members = objects.read_all(paths)
    plan = renames(members, mocked, HOOKS)
    copies = redirect(members, plan, folder / "copies", objcopy=tools.find_tool("objcopy"))
    program = folder / "program"
    link(find_compiler("gcc"), [stubs, *copies], program, flags=plan.link_flags, originals=copies)
    return plan, subprocess.run([program], capture_output=True, text=True, check=True, timeout=10).stdout


@pytest.mark.parametrize("cc", ["gcc", "clang"])
@pytest.mark.parametrize("flags", [("-O0",), ("-O2",), ("-O2", "-fPIC"), ("-fno-pie",), ("-g", "-ffunction-sections")])
def test_calls_of_the_object_reach_the_mock(make: Make, tmp_path: Path, cc: str, flags: tuple[str, ...]) -> None:
    """Direct calls, tail calls and function pointers lead to the stub, and the runtime's own calls do not."""
    sut = make(
        "sut.o", "int pop(int); int (*table)(int) = pop; int calc(int x) { return pop(x) + table(x); }", *flags, cc=cc
    )
    stubs = make(
        "stubs.o",
        "#include <stdio.h>\nint calc(int); int pop(int x) { return x; } int cmk_mock_pop(int x) { return 100 * x; }"
        ' int main(void) { printf("%d %d", calc(1), pop(7)); return 0; }',
    )
    _, said = build([sut], stubs, mocks("pop"), tmp_path)
    assert said == "200 7"


def test_fortified_names_reach_the_mock(make: Make, tmp_path: Path) -> None:
    """read, called through __read_chk by one object and plainly by another, is one mock."""
    text = "#include <unistd.h>\nint {0}(int n) {{ char small[8]; return (int)read(3, small, (unsigned)n); }}"
    fortified = make("fortified.o", text.format("f"), "-O2", "-D_FORTIFY_SOURCE=2")
    plain = make("plain.o", text.format("g"), "-O2", "-U_FORTIFY_SOURCE")
    assert "__read_chk" in objects.read(fortified)[0].undefined
    stubs = make(
        "stubs.o",
        "#include <stdio.h>\nint f(int); int g(int); long cmk_mock_read(int fd, void *p, unsigned long n)"
        ' { (void)p; return fd * 10 + (long)n; } int main(void) { printf("%d %d", f(4), g(5)); return 0; }',
    )
    plan, said = build([fortified, plain], stubs, mocks("read"), tmp_path)
    assert said == "34 35"
    assert plan.link_flags == ("-Wl,--defsym=cmk_mock___read_chk=cmk_mock_read",)


@pytest.mark.parametrize("key", ["open", "open64"])
def test_large_file_names_reach_the_mock_either_way(make: Make, tmp_path: Path, key: str) -> None:
    """The header may say open or open64: objects that call the other name reach the same stub."""
    text = '#include <fcntl.h>\nint {0}(void) {{ return open("x", O_RDONLY); }}'
    large = make("large.o", text.format("f"), "-D_FILE_OFFSET_BITS=64")
    small = make("small.o", text.format("g"))
    stubs = make(
        "stubs.o",
        "#include <stdio.h>\nint f(void); int g(void); int cmk_mock_open(const char *p, int o) { (void)o; return p[0]; }"
        ' int main(void) { printf("%d %d", f(), g()); return 0; }',
    )
    _, said = build([large, small], stubs, {key: "cmk_mock_open"}, tmp_path)
    assert said == "120 120"


def test_alias_with_a_mock_of_its_own_goes_there(make: Make) -> None:
    """When open and open64 are both mocked, neither is an alias of the other."""
    members = objects.read(make("a.o", "int open(void); int open64(void); int f(void) { return open() + open64(); }"))
    plan = renames(members, mocks("open", "open64"), {})
    assert plan.changes[0].renamed == mocks("open", "open64")
    assert plan.link_flags == ()


def test_scanf_names_of_the_c_library_reach_the_mock(make: Make) -> None:
    """A call of sscanf is one of __isoc99_sscanf or __isoc23_sscanf, whichever name the header gave it."""
    text = "int __isoc99_sscanf(void); int __isoc23_sscanf(void); int f(void) { return __isoc99_sscanf() + __isoc23_sscanf(); }"
    members = objects.read(make("a.o", text))
    plan = renames(members, {"__isoc99_sscanf": "cmk_mock_sscanf"}, {})
    assert plan.changes[0].renamed == {
        "__isoc99_sscanf": "cmk_mock_sscanf",
        "__isoc23_sscanf": "cmk_mock___isoc23_sscanf",
    }
    assert plan.link_flags == ("-Wl,--defsym=cmk_mock___isoc23_sscanf=cmk_mock_sscanf",)


def test_versioned_reference_reaches_the_mock(make: Make, tmp_path: Path) -> None:
    """A reference that asks for an old version of glibc's function is still a call of the mocked one."""
    text = '__asm__(".symver old, getpid@GLIBC_2.2.5"); int old(void); int f(void) { return old(); }'
    sut = make("a.o", text)
    stubs = make(
        "stubs.o",
        '#include <stdio.h>\nint f(void); int cmk_mock_getpid(void) { return -5; } int main(void) { printf("%d", f()); return 0; }',
    )
    assert build([sut], stubs, mocks("getpid"), tmp_path)[1] == "-5"


def test_alias_with_other_arguments_is_refused(make: Make) -> None:
    """__printf_chk has an argument more in front: the stub cannot answer, and every object that needs it is named."""
    text = '#include <stdio.h>\nint {0}(int n) {{ return printf("%d\\n", n); }}'
    paths = [make(f"{name}.o", text.format(name), "-O2", "-D_FORTIFY_SOURCE=2") for name in ("f", "g")]
    with pytest.raises(MockBypass) as caught:
        renames(objects.read_all(paths), mocks("printf"), {})
    message = str(caught.value)
    assert "2 mocks would be bypassed" in message
    assert "f.o: calls __printf_chk in place of printf" in message
    assert "g.o: calls __printf_chk in place of printf" in message
    assert "-U_FORTIFY_SOURCE" in message


def test_replaced_builtin_is_a_doubt_and_not_an_error(make: Make) -> None:
    """The compiler calls puts for printf even at -O0: the text names both, and mocking puts too takes the doubt away."""
    members = objects.read(make("a.o", '#include <stdio.h>\nvoid f(void) { printf("hello\\n"); }'))
    (doubt,) = renames(members, mocks("printf"), {}).warnings
    assert "calls puts" in doubt
    assert "-fno-builtin-printf" in doubt
    assert renames(members, mocks("printf", "puts"), {}).warnings == ()


@pytest.mark.parametrize("cc", ["gcc", "clang"])
@pytest.mark.parametrize(
    ("flags", "evidence"),
    [
        (("-O0", "-g"), "sut.c:2 in calc()"),
        (("-O0", "-fPIC"), "in calc()"),
        (("-O2", "-g", "-fno-inline"), "sut.c:2 in calc()"),
    ],
)
def test_call_inside_the_defining_object_is_refused(make: Make, cc: str, flags: tuple[str, ...], evidence: str) -> None:
    """A mocked function that its own object calls is an error with the place of the call, inlined or not."""
    text = "int pop(int x) { return 3 * x; }\nint calc(int x) { return pop(x) + 1; }\n"
    members = objects.read(make("sut.o", text, *flags, cc=cc))
    with pytest.raises(MockBypass) as caught:
        renames(members, mocks("pop"), {})
    message = str(caught.value)
    assert "sut.o: defines pop, which is mocked" in message
    assert evidence in message
    assert "separate C files" in message


def test_inlined_call_in_the_defining_object_is_refused(make: Make) -> None:
    """An inlined call is named by the debug information of gcc."""
    text = "int pop(int x) { return 3 * x; }\nint calc(int x) { return pop(x) + 1; }\n"
    members = objects.read(make("sut.o", text, "-O2", "-g"))
    with pytest.raises(MockBypass, match=r"has inlined it itself once, at .*sut\.c:2 in calc\(\)"):
        renames(members, mocks("pop"), {})


def test_tail_call_that_the_assembler_bound_is_refused(make: Make) -> None:
    """A tail call has no relocation; the debug information tells of it."""
    text = "int seen; int pop(int x) { seen += x; return seen; }\nint calc(int x) { return pop(x + 1); }\n"
    members = objects.read(make("sut.o", text, "-O2", "-g", "-fno-inline"))
    with pytest.raises(MockBypass, match=r"calls it directly itself once, at .*sut.c.* in calc"):
        renames(members, mocks("pop"), {})


def test_pointer_in_a_table_of_the_defining_object_is_refused(make: Make) -> None:
    """A table of functions holds the original, not the mock."""
    members = objects.read(make("sut.o", "int pop(int x) { return x; } int (*table)(int) = pop;"))
    with pytest.raises(MockBypass, match=r"refers to it itself once, at .data"):
        renames(members, mocks("pop"), {})


def test_definition_that_only_others_call_is_overridden(make: Make, tmp_path: Path) -> None:
    """A mocked function with a recursive definition in one object is a mock for the other, and is not twice defined."""
    lib = make("lib.o", "int pop(int x) { return x ? pop(x - 1) + 1 : 0; }", "-g")
    again = make("again.o", "int pop(int x) { return x + 1; }")
    sut = make("sut.o", "int pop(int); int calc(int x) { return pop(x); }")
    stubs = make(
        "stubs.o",
        "#include <stdio.h>\nint calc(int); int pop(int); int cmk_mock_pop(int x) { return -x; }"
        ' int main(void) { printf("%d %d", calc(3), pop(3)); return 0; }',
    )
    assert build([lib, again, sut], stubs, mocks("pop"), tmp_path)[1] == "-3 3"


def test_unseen_inlining_and_static_namesakes_are_doubts(make: Make) -> None:
    """Without -g nothing proves that pop was inlined, and a static pop cannot be mocked: both are said."""
    text = "int pop(int x) { return 3 * x; } int calc(int x) { return pop(x) + 1; }"
    (inlined,) = renames(objects.read(make("a.o", text, "-O2")), mocks("pop"), {}).warnings
    assert "it has none (no -g)" in inlined
    (static,) = renames(objects.read(make("b.o", "static " + text)), mocks("pop"), {}).warnings
    assert "has a static function pop" in static


@pytest.mark.needs_clang
def test_inlining_by_clang_is_a_doubt(make: Make) -> None:
    """Debug information of clang does not prove that pop was not inlined, and that is said."""
    text = "int pop(int x) { return 3 * x; } int calc(int x) { return pop(x) + 1; }"
    (dropped,) = renames(objects.read(make("c.o", text, "-O2", "-g", cc="clang")), mocks("pop"), {}).warnings
    assert "clang's does not name all inlined calls" in dropped


def test_damaged_debug_information_is_a_doubt(make: Make) -> None:
    """Debug information that cannot be read proves nothing, and is no traceback."""
    path = make("a.o", "int pop(int x) { return 3 * x; } int calc(int x) { return x; }", "-O0", "-g")
    (member,) = objects.read(path)
    sections = elf.parse(path.read_bytes()).sections
    abbreviations = next(section for section in sections if section.name == ".debug_abbrev")
    data = bytearray(path.read_bytes())
    data[abbreviations.offset : abbreviations.offset + abbreviations.size] = b"\xff" * abbreviations.size
    path.write_bytes(data)
    (doubt,) = renames([member], mocks("pop"), {}).warnings
    assert "it cannot be read" in doubt


def test_hooks_and_main_are_renamed(make: Make, tmp_path: Path) -> None:
    """The name exit leads to the hook, main becomes cmk_sut_main, also where another object calls it."""
    sut = make("sut.o", "#include <stdlib.h>\nint main(void) { exit(3); }")
    other = make("other.o", "int main(void); int again(void) { return main(); }")
    stubs = make(
        "stubs.o",
        "#include <stdio.h>\n#include <stdlib.h>\nint again(void);"
        ' void cmk_hook_exit(int s) { printf("exit %d", s); fflush(stdout); _Exit(0); } int main(void) { return again(); }',
    )
    assert build([sut, other], stubs, {}, tmp_path)[1] == "exit 3"


def test_mock_goes_before_a_hook(make: Make) -> None:
    """A user who mocks exit gets the mock."""
    members = objects.read(make("a.o", "void exit(int); void f(void) { exit(1); }", "-fno-builtin"))
    assert renames(members, mocks("exit"), HOOKS).changes[0].renamed == {"exit": "cmk_mock_exit"}


def test_two_mains_are_refused(make: Make) -> None:
    """Two objects with a main are both named."""
    members = objects.read_all([make(f"{name}.o", "int main(void) { return 0; }") for name in ("a", "b")])
    with pytest.raises(BuildError, match=r"a\.o, .*b\.o all define main"):
        renames(members, {}, {})


# --- archives


def archive(path: Path, *members: Path) -> Path:
    """Build a static archive."""
    subprocess.run(["ar", "qcs", path, *members], check=True)
    return path


CALLER = "int pop(int); int {0}(int x) {{ return pop(x) + {1}; }}"
PROGRAM = (
    "#include <stdio.h>\nint a(int); int b(int); int cmk_mock_pop(int x) { return 10 * x; }"
    ' int main(void) { printf("%d %d", a(1), b(2)); return 0; }'
)


def test_archive_without_differences_is_copied_at_once(make: Make, tmp_path: Path) -> None:
    """Members with equal names keep apart, the index stays, and the copy takes one run of objcopy."""
    members = make("one/part.o", CALLER.format("a", 1)), make("two/part.o", CALLER.format("b", 2))
    lib = archive(tmp_path / "lib.a", *members)
    assert build([lib], make("stubs.o", PROGRAM), mocks("pop"), tmp_path)[1] == "11 22"
    assert sorted(path.name for path in (tmp_path / "copies" / "0").iterdir()) == ["lib.a", "lib.a.redefine-syms"]


def test_archive_whose_members_differ_is_rebuilt(make: Make, tmp_path: Path) -> None:
    """Where a member defines the mock itself, or has it static, only the others are renamed."""
    members = (
        make("one/part.o", CALLER.format("a", 1)),
        make("two/part.o", "static int pop(int x) { return x; } int b(int x) { return pop(x); }"),
        make("pop.o", "int pop(int x) { return -x; }"),
        make("m.o", "int main(void) { return 1; }"),
    )
    lib = archive(tmp_path / "lib.a", *members)
    assert build([lib], make("stubs.o", PROGRAM), mocks("pop"), tmp_path)[1] == "11 2"
    copy = objects.read(tmp_path / "copies" / "0" / "lib.a")
    assert [member.name for member in copy] == ["part.o", "part.o", "pop.o", "m.o"]
    assert "pop" in copy[2].defined
    assert "pop" in copy[1].local
    assert copy[3].defined == {"cmk_sut_main"}


def test_file_that_needs_no_change_stands_for_itself(make: Make, tmp_path: Path) -> None:
    """An object without a mocked call is linked as it is."""
    path = make("a.o", "int a(int x) { return x; }")
    members = objects.read(path)
    plan = renames(members, mocks("pop"), HOOKS)
    assert redirect(members, plan, tmp_path / "copies", objcopy=tools.find_tool("objcopy")) == {path: path}


@pytest.mark.needs_hiredis
def test_library_of_the_system_is_redirected(tmp_path: Path) -> None:
    """Debian's hiredis is fortified and has the calls of one member defined in another; both are handled."""
    members = objects.read(objects.resolve("libhiredis.a", find_compiler("gcc")))
    plan = renames(members, mocks("read", "connect", "redisReaderFeed"), HOOKS)
    before = frozenset[str]().union(*(member.undefined for member in members))
    copies = redirect(members, plan, tmp_path, objcopy=tools.find_tool("objcopy"))
    after = frozenset[str]().union(*(member.undefined for member in objects.read(next(iter(copies)))))
    assert {"connect", "redisReaderFeed"} <= before
    assert not after & {"read", "__read_chk", "connect", "redisReaderFeed"}
    assert {"cmk_mock_connect", "cmk_mock_redisReaderFeed"} <= after
    assert after & {"cmk_mock_read", "cmk_mock___read_chk"}
