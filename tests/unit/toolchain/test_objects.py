"""`toolchain.objects` and `toolchain.archive`: reading what the user gives."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py.errors import BuildError, UsageError
from cmock_py.toolchain import objects

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Make

    from cmock_py.toolchain.compiler import Compiler

CALC = "int push(int); static int twice(int x) { return push(x) + push(x); } int total; int calc(int x) { return twice(x); }"


def ar(*words: object) -> None:
    """Run ar."""
    subprocess.run(["ar", *map(str, words)], check=True, capture_output=True)


def refusal(path: Path) -> str:
    """Read *path*, which must be refused, and return the message."""
    with pytest.raises(BuildError) as caught:
        objects.read(path)
    assert str(path) in str(caught.value)
    assert "help: " in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("cc", ["gcc", "clang"])
@pytest.mark.parametrize("flags", [("-O0",), ("-fPIC", "-g"), ("-O0", "-ffunction-sections")])
def test_object_has_its_symbols_by_kind(make: Make, cc: str, flags: tuple[str, ...]) -> None:
    """Defined, undefined and static functions are told apart, and debug information is seen."""
    (member,) = objects.read(make("calc.o", CALC, *flags, cc=cc))
    assert member.name is None
    assert member.defined == {"calc", "total"}
    assert member.undefined - {"_GLOBAL_OFFSET_TABLE_"} == {"push"}
    assert member.local == {"twice"}
    assert member.has_debug is ("-g" in flags)


def test_archive_members_with_long_and_equal_names_are_all_read(make: Make, tmp_path: Path) -> None:
    """Two members of one name and one with a long name come back in order, each with its own symbols."""
    first = make("one/part.o", "int a;")
    second = make("two/part.o", "int b;")
    third = make("a_name_that_is_longer_than_sixteen_bytes.o", "int c;")
    archive = tmp_path / "libx.a"
    ar("qcs", archive, first, second, third)
    members = objects.read(archive)
    assert [member.name for member in members] == ["part.o", "part.o", third.name]
    assert [member.defined for member in members] == [{"a"}, {"b"}, {"c"}]
    assert [objects.contents(member) for member in members] == [path.read_bytes() for path in (first, second, third)]
    assert str(members[0]) == f"{archive}(part.o)"


def test_empty_archive_has_no_members(tmp_path: Path) -> None:
    """An archive of nothing is not an error."""
    ar("qc", tmp_path / "empty.a")
    assert objects.read(tmp_path / "empty.a") == ()


def test_thin_archive_is_refused(make: Make, tmp_path: Path) -> None:
    """A thin archive cannot be copied by objcopy; the remedy is said."""
    ar("qcsT", tmp_path / "thin.a", make("a.o", "int a;"))
    assert "thin archive" in refusal(tmp_path / "thin.a")


def test_shared_object_is_refused(tmp_path: Path, make: Make) -> None:
    """The calls of a shared object are bound; the static library is asked for."""
    library = tmp_path / "liba.so"
    subprocess.run(["gcc", "-shared", make("a.o", "int a;", "-fPIC"), "-o", library], check=True)
    assert "static library" in refusal(library)


def test_program_is_refused(tmp_path: Path, make: Make) -> None:
    """A linked program is not an object."""
    program = tmp_path / "prog"
    subprocess.run(["gcc", "-no-pie", make("m.o", "int main(void) { return 0; }"), "-o", program], check=True)
    assert "compile with -c" in refusal(program)


@pytest.mark.parametrize(
    ("cc", "flags"), [("gcc", ("-flto",)), ("gcc", ("-flto", "-ffat-lto-objects")), ("clang", ("-flto",))]
)
def test_lto_object_is_refused(make: Make, cc: str, flags: tuple[str, ...]) -> None:
    """LTO objects, slim, fat or bitcode, are copied by objcopy with nothing renamed."""
    assert "-fno-lto" in refusal(make("a.o", "int f(int); int g(int x) { return f(x); }", *flags, cc=cc))


@pytest.mark.parametrize(
    ("cc", "flag", "named"),
    [
        ("gcc", "-fsanitize=address", "AddressSanitizer"),
        ("gcc", "-fsanitize=thread", "ThreadSanitizer"),
        ("gcc", "-fsanitize=undefined", "UndefinedBehaviorSanitizer"),
        ("gcc", "--coverage", "coverage"),
        ("clang", "-fsanitize=address", "AddressSanitizer"),
        ("clang", "-fprofile-instr-generate", "coverage"),
        ("clang", "--coverage", "coverage"),
    ],
)
def test_instrumented_object_is_refused_by_profile(make: Make, cc: str, flag: str, named: str) -> None:
    """The profile is named, and so is the flag that makes it."""
    message = refusal(make("a.o", "int f(int *p) { return p[1] / p[2]; }", flag, cc=cc))
    assert named in message
    assert "that profile is not run yet" in message
    assert f"compile it without {flag}" in message


@pytest.mark.needs_clang
def test_other_machines_are_refused_by_name(make: Make) -> None:
    """An object for ARM or for 32 bits names its machine."""
    arm = make("arm.o", "int a;", "--target=aarch64-linux-gnu", cc="clang")
    assert "AArch64" in refusal(arm)
    small = make("small.o", "int a;", "-m32", cc="clang")
    assert "32-bit x86" in refusal(small)


@pytest.mark.parametrize(
    "content",
    [b"", b"int x;\n", b"\x7fELF", b"!<arch>\nnonsense", b"!<arch>\n" + b"x" * 48 + b"-60       `\n", bytes(200)],
)
def test_other_files_are_refused_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    """Text, cut-off and empty files are told as what they are."""
    path = tmp_path / "strange.o"
    path.write_bytes(content)
    refusal(path)


@pytest.mark.parametrize("kept", [20, 63, 64, 200, 0.5, 0.9, 0.99])
def test_cut_off_object_is_refused(make: Make, kept: float) -> None:
    """An object that ends early is damaged, wherever the cut is."""
    path = make("calc.o", CALC)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept if kept >= 1 else kept * len(data))])
    assert "damaged" in refusal(path)


def test_faults_of_all_files_are_told_together(make: Make, tmp_path: Path) -> None:
    """Two bad files and a missing one are three faults of one error."""
    (tmp_path / "t.o").write_text("text")
    lto = make("lto.o", "int a;", "-flto")
    with pytest.raises(BuildError) as caught:
        objects.read_all([tmp_path / "t.o", make("good.o", "int g;"), lto, tmp_path / "none.o"])
    message = str(caught.value)
    assert message.startswith("3 of the given objects cannot be used\n")
    assert all(name in message for name in ("t.o", "lto.o", "none.o: cannot be read: No such file"))


def test_path_given_twice_counts_once(make: Make) -> None:
    """The same object twice is not defined twice."""
    path = make("a.o", "int a;")
    assert len(objects.read_all([path, path])) == 1


def test_resolve_takes_an_existing_file_as_it_is(make: Make, compiler: Compiler) -> None:
    """A path that exists is not looked for elsewhere."""
    path = make("a.o", "int a;")
    assert objects.resolve(str(path), compiler) == path


@pytest.mark.needs_hiredis
def test_resolve_finds_a_library_of_the_system(compiler: Compiler) -> None:
    """A bare name is looked up where the compiler looks."""
    path = objects.resolve("libhiredis.a", compiler)
    assert path.is_absolute()
    defined = frozenset[str]().union(*(member.defined for member in objects.read(path)))
    assert {"redisCommand", "sdsnew"} <= defined


def test_resolve_names_the_folder_and_what_is_near(
    make: Make, tmp_path: Path, compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with a slip shows the folder and the nearest object."""
    make("calc.o", "int a;")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        objects.resolve("clac.o", compiler)
    assert f"'clac.o' in {tmp_path}" in str(caught.value)
    assert f"{tmp_path} has calc.o" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [("-lm", "ldflags=['-lm']"), ("none/x.o", "does not exist"), (".", "folder"), ("a\0b.o", "cannot be started")],
)
def test_resolve_explains_other_slips(compiler: Compiler, name: str, said: str) -> None:
    """A linker flag, a missing folder, a folder and a name that no file can have are each explained."""
    with pytest.raises(UsageError) as caught:
        objects.resolve(name, compiler)
    assert said in str(caught.value)
