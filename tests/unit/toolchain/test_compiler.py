"""`toolchain.compiler`, with gcc and clang."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cmock_py.errors import BuildError, HeaderError, PlatformError, UsageError
from cmock_py.toolchain import compiler as module
from cmock_py.toolchain.compiler import Compiler, find_compiler

if TYPE_CHECKING:
    from pathlib import Path

STRICT = ("-Wall", "-Wextra", "-Werror", "-pedantic-errors")


# --- find it


def test_cc_argument_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`cc` wins over $CC, and $CC over the usual names."""
    monkeypatch.setenv("CC", "env gcc")
    assert find_compiler("gcc").command == ("gcc",)
    assert find_compiler().command == ("env", "gcc")
    monkeypatch.delenv("CC")
    assert find_compiler().command == ("gcc",)


def test_command_of_several_words_works(tmp_path: Path) -> None:
    """A launcher before the compiler, as ccache, is part of the command."""
    found = find_compiler("env LAUNCHED=1 gcc")
    assert found.command == ("env", "LAUNCHED=1", "gcc")
    module.compile_unit(found, "int f(void) { return 1; }", tmp_path / "f.o")
    assert (tmp_path / "f.o").exists()


@pytest.mark.needs_clang
def test_identity_tells_compilers_apart() -> None:
    """Both compilers have different identities, the same one has an equal one."""
    assert find_compiler("gcc").identity != find_compiler("clang").identity
    assert find_compiler("gcc").identity == find_compiler("gcc").identity


def test_missing_compiler_is_one_line_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No compiler at all, and one that was named and is not there."""
    with pytest.raises(
        PlatformError, match=r"^the C compiler 'no-such-cc' \(from cc=\) is missing: apt-get install gcc$"
    ):
        find_compiler("no-such-cc")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(PlatformError, match=r"^no C compiler .*apt-get install gcc$"):
        find_compiler()


def test_compilers_that_do_not_work_or_compile_for_another_machine_are_refused() -> None:
    """A program that is no compiler, and 32 bits."""
    with pytest.raises(PlatformError, match="does not work"):
        find_compiler("false")
    with pytest.raises(PlatformError, match="-m32 compiles for another machine"):
        find_compiler("gcc", cflags=["-m32"])


@pytest.mark.needs_clang
def test_another_target_is_refused_by_name() -> None:
    """A compiler that a flag turns to another processor is refused with the processor's name."""
    with pytest.raises(PlatformError, match="aarch64"):
        find_compiler("clang", cflags=["--target=aarch64-linux-gnu"])


def test_flag_faults_are_told_all_at_once() -> None:
    """A string in place of a list and a flag that names an output are both in the message."""
    with pytest.raises(UsageError) as caught:
        find_compiler("gcc", cppflags="-Ia -Ib", cflags=["-o", "x.o"])
    assert "write cppflags=['-Ia', '-Ib']" in str(caught.value)
    assert "cflags has '-o'" in str(caught.value)


def test_unbalanced_quotes_in_cc_are_told() -> None:
    """A command that cannot be split is the user's fault, with its text."""
    with pytest.raises(UsageError, match="cc= 'gcc \"x' is not a command"):
        find_compiler('gcc "x')


# --- preprocess


def test_preprocess_uses_flags_of_the_user_and_keeps_line_markers(compiler: Compiler, tmp_path: Path) -> None:
    """Macros from cppflags and from cflags count, and the header's name stays in the text."""
    (tmp_path / "q.h").write_text("#warning not for us\nint q = QQ;\n")
    flagged = replace(compiler, cppflags=("-D", "QQ=RR"), cflags=("-DRR=7", *STRICT, "-MMD"))
    text = module.preprocess(flagged, '#include "q.h"\n', directory=tmp_path)
    assert "int q = 7;" in text
    assert f'"{tmp_path}/q.h"' in text


def test_preprocess_searches_the_extra_folders(compiler: Compiler, tmp_path: Path) -> None:
    """A header in one of `includes` is found with angle brackets."""
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "z.h").write_text("int z;\n")
    assert "int z;" in module.preprocess(compiler, "#include <z.h>\n", directory=tmp_path, includes=[tmp_path / "inc"])


def test_preprocess_keeps_bytes_that_are_not_utf8(compiler: Compiler, tmp_path: Path) -> None:
    """A Latin-1 string survives preprocessing and compiling."""
    (tmp_path / "latin.h").write_bytes(b'static const char word[] = "gr\xf6\xdfe";\n')
    text = module.preprocess(compiler, '#include "latin.h"\n', directory=tmp_path)
    module.compile_unit(compiler, text + "const char *w(void) { return word; }\n", tmp_path / "l.o")
    assert b"gr\xf6\xdfe" in (tmp_path / "l.o").read_bytes()


def test_missing_header_says_the_compilers_text_and_the_flag(compiler: Compiler, tmp_path: Path) -> None:
    """The error names the header, keeps the compiler's text and proposes cppflags."""
    (tmp_path / "a.h").write_text("#include <zlob/none.h>\n")
    with pytest.raises(HeaderError) as caught:
        module.preprocess(compiler, '#include "a.h"\n', directory=tmp_path)
    (fault,) = caught.value.faults
    assert fault.path == f"{tmp_path}/a.h:1"
    assert "fatal error:" in (fault.snippet or "")
    assert "'zlob/none.h'" in (fault.hint or "")
    assert "cppflags=['-I" in (fault.hint or "")


# --- compile


def test_assemble_answers_numbers_of_the_compiler(compiler: Compiler) -> None:
    """A number asked through the assembly is the compiler's own, under the user's flags."""
    strict = replace(compiler, cflags=(*STRICT, "-O2", "-flto", "-fsanitize=address", "-fpack-struct"))
    ask = module.assemble(strict, "struct s { char c; long b; };")
    status, text, _ = ask('void f(void) { __asm__(".ascii \\"@K %c0\\"" :: "i"(sizeof(struct s))); }')
    assert status == 0
    assert "@K 9" in text.replace("$", "")


def test_assemble_reports_a_line_that_fails(compiler: Compiler) -> None:
    """What does not compile has a status and the compiler's text, and is no exception."""
    status, _, said = module.assemble(compiler, "struct s;")("int x = sizeof(struct s);")
    assert status != 0
    assert "incomplete type" in said


def test_compile_unit_is_not_broken_by_strict_flags(compiler: Compiler, tmp_path: Path) -> None:
    """-Werror, -flto and sanitizers of the user do not reach a unit that we wrote."""
    strict = replace(compiler, cppflags=("-Inone",), cflags=(*STRICT, "-flto", "-fsanitize=address", "--coverage"))
    module.compile_unit(strict, "int f() { int unused; return 1; }", tmp_path / "f.o")
    names = subprocess.run(["nm", tmp_path / "f.o"], capture_output=True, text=True, check=True).stdout
    assert names.split()[1:] == ["T", "f"]


def test_compile_unit_returns_warnings_and_names_lines_of_the_user(compiler: Compiler, tmp_path: Path) -> None:
    """Warnings come back with the place that a line marker names."""
    text = '# 12 "spec.py"\nint f(void) { int unused; return 1; }\n'
    said = module.compile_unit(compiler, text, tmp_path / "f.o", extra_flags=["-Wall"])
    assert "spec.py:12" in said
    assert "unused" in said


def test_compile_unit_refused_shows_a_command_to_paste(compiler: Compiler, tmp_path: Path) -> None:
    """The command in the error fails again with the same text when it is pasted into a shell."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    with pytest.raises(BuildError) as caught:
        module.compile_unit(compiler, "int f(void) { return nothing; }", folder / "f.o")
    message = str(caught.value)
    command = next(line for line in message.splitlines() if line.startswith("  command: ")).removeprefix("  command: ")
    again = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    assert again.returncode == 1
    assert again.stderr.strip() in message
    assert "(exit status 1)" in message


def test_compile_file_passes_all_flags_of_the_user(compiler: Compiler, tmp_path: Path) -> None:
    """The user's own source is compiled with the user's own -Werror."""
    source = tmp_path / "calc.c"
    source.write_text("int f(void) { int unused; return X; }\n")
    flagged = replace(compiler, cppflags=("-DX=1",), cflags=("-Wall",))
    assert "unused" in module.compile_file(flagged, source, tmp_path / "calc.o")
    with pytest.raises(BuildError, match=r"the compiler refused .*calc.c"):
        module.compile_file(replace(flagged, cflags=("-Wall", "-Werror")), source, tmp_path / "calc.o")
