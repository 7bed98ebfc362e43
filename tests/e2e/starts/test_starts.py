"""What is built, when it is built again, and what is refused: real compilers, real objects."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    ArgumentTypeError,
    BuildError,
    HeaderError,
    MissingSymbols,
    MockBypass,
    MockBypassWarning,
    NotYet,
    SutCrashed,
    check_callouts,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

F = ApiFunction("f", "int", [ApiArg("int", "a")])
SPEC = ApiSpec([ApiModule("m", [F])])


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text)
    return path


def commands(path: Path) -> list[str]:
    """Read what a recording compiler was asked."""
    return path.read_text().splitlines() if path.exists() else []


def test_a_second_start_compiles_nothing(tmp_path: Path) -> None:
    """With nothing changed only the preprocessor runs; a changed source is compiled anew."""
    log = tmp_path / "log"
    compiler = write(tmp_path, "recording-gcc", f'#!/bin/sh\necho "$*" >> {log}\nexec gcc "$@"\n')
    compiler.chmod(0o755)
    header = write(tmp_path, "a.h", "int f(int a); int g(int a);\n")
    source = write(tmp_path, "a.c", '#include "a.h"\nint g(int a) { return f(a) + 1; }\n')
    for _ in range(2):
        start_mocking(SPEC, headers=[header], objs=[source], cc=str(compiler)).stop()
        first, log_text = commands(log), log.write_text("")
    assert log_text == 0
    assert first
    assert all(" -E " in f" {line} " or line == "-v" for line in first), first
    write(tmp_path, "a.c", '#include "a.h"\nint g(int a) { return f(a) + 2; }\n')
    with start_mocking(SPEC, headers=[header], objs=[source], cc=str(compiler)) as mocking:
        init_lang("m.f(1) -> 5")
        assert mocking.lib.g(1) == 7
    assert any("-c" in line.split() for line in commands(log))


def test_a_library_of_the_linker_flags_that_changed_is_linked_anew(tmp_path: Path) -> None:
    """An archive named by -l is an input like any other."""
    header = write(tmp_path, "l.h", "int f(int a); int g(int a); int l(void);\n")
    source = write(tmp_path, "g.c", '#include "l.h"\nint g(int a) { return f(a) + l(); }\n')
    for value in (7, 8):
        subprocess.run(
            ["gcc", "-c", "-x", "c", "-", "-o", tmp_path / "l.o"],
            input=f"int l(void){{return {value};}}".encode(),
            check=True,
        )
        archive = tmp_path / "libvalue.a"
        archive.unlink(missing_ok=True)
        subprocess.run(["ar", "qcs", archive, tmp_path / "l.o"], check=True)
        os.utime(archive, ns=(value * 10**9, value * 10**9))
        with start_mocking(SPEC, headers=[header], objs=[source], ldflags=[f"-L{tmp_path}", "-lvalue"]) as mocking:
            init_lang("m.f(1) -> 100")
            assert mocking.lib.g(1) == 100 + value


def test_every_missing_symbol_is_listed_with_its_line(tmp_path: Path) -> None:
    """Functions that nobody answers: one error with each of them, the source and the line that needs it."""
    source = write(
        tmp_path,
        "u.c",
        "int f(int);\nint one(void);\nint two(void);\nint g(void) {\n  return f(1) + one() +\n    two();\n}\n",
    )
    with pytest.raises(MissingSymbols) as raised:
        start_mocking(SPEC, objs=[source])
    text = str(raised.value)
    assert "one" in text
    assert "two" in text
    assert "u.c:5" in text
    assert "u.c:6" in text


def test_a_prototype_that_disagrees_shows_both_versions_and_both_places(tmp_path: Path) -> None:
    """Spec against header: the header's file and line, the spec's line, and both prototypes."""
    header = write(tmp_path, "p.h", "\n\nlong f(int a, char b);\n")
    with pytest.raises(HeaderError) as raised:
        start_mocking(SPEC, headers=[header])
    text = str(raised.value)
    assert "int f(int a)" in text
    assert "long f(int a, char b)" in text
    assert "p.h:3" in text
    assert f"{__file__.rpartition('/')[2]}:" in text
    assert raised.value.faults[0].path.startswith("modules[0].functions[0]")


def test_a_header_that_does_not_compile_shows_what_the_compiler_says(tmp_path: Path) -> None:
    """The compiler knows best: its own text, the place, and a hint."""
    header = write(tmp_path, "bad.h", "int f(int a);\nint oops(int a\nint more(void);\n")
    with pytest.raises(HeaderError) as raised:
        start_mocking(SPEC, headers=[header])
    assert "bad.h:" in str(raised.value)
    assert "error:" in str(raised.value)
    assert "help:" in str(raised.value)


def test_types_that_no_header_declares_are_told_at_once_with_the_nearest_names(tmp_path: Path) -> None:
    """C's own words and the headers' types are both near names; each fault has its path and its line."""
    header = write(tmp_path, "t.h", "typedef int Stack;\n")
    spec = ApiSpec([ApiModule("m", [ApiFunction("f", "itn", [ApiArg("Stakc", "a"), ApiArg("cahr *", "b")])])])
    with pytest.raises(HeaderError) as raised:
        start_mocking(spec, headers=[header])
    assert [(fault.path.split(" ")[0], fault.hint) for fault in raised.value.faults] == [
        ("modules[0].functions[0].ret", "did you mean 'int'?"),
        ("modules[0].functions[0].args[0].type", "did you mean 'Stack'?"),
        ("modules[0].functions[0].args[1].type", "did you mean 'char'?"),
    ]


def test_a_mock_of_an_inline_function_is_refused(tmp_path: Path) -> None:
    """A body in a header is compiled into the object: no mock could ever see the call."""
    header = write(tmp_path, "i.h", "static inline int f(int a) { return a; }\nint g(int a);\n")
    source = write(tmp_path, "i.c", '#include "i.h"\nint g(int a) { return f(a); }\n')
    with pytest.raises(HeaderError, match=r"f has its body in a header \(.*i\.h:1\)"):
        start_mocking(SPEC, headers=[header], objs=[source])


def test_calls_of_const_functions_reach_the_mock_in_sources(tmp_path: Path) -> None:
    """A const attribute lets a compiler join two calls; in sources that we compile it may not."""
    header = write(tmp_path, "c.h", "int f(int a) __attribute__((const));\nint g(void);\n")
    source = write(tmp_path, "c.c", '#include "c.h"\nint g(void) { return f(1) + f(1); }\n')
    with start_mocking(SPEC, headers=[header], objs=[source], cflags=["-O2"]) as mocking:
        init_lang("m.f(1) -> 1  m.f(1) -> 2")
        assert mocking.lib.g() == 3
        assert check_callouts()


def test_const_functions_are_named_where_the_object_was_compiled_elsewhere(tmp_path: Path) -> None:
    """In an object that somebody else compiled, calls may be gone: a warning names function, attribute and header."""
    header = write(tmp_path, "c.h", "int f(int a) __attribute__((const));\nint g(void);\n")
    write(tmp_path, "c.c", '#include "c.h"\nint g(void) { return f(1) + f(1); }\n')
    subprocess.run(["gcc", "-O2", "-c", "c.c"], cwd=tmp_path, check=True)
    with pytest.warns(MockBypassWarning, match=r"f is declared const \(.*c\.h:1\)"):
        start_mocking(SPEC, headers=[header], objs=[tmp_path / "c.o"]).stop()


def test_instrumenting_flags_are_refused_by_name() -> None:
    """A flag of another profile would be without effect; that is said, not ignored."""
    with pytest.raises(NotYet, match=r"-fsanitize=address"):
        start_mocking(SPEC, cflags=["-fsanitize=address"])


def test_a_source_that_does_not_compile_shows_a_command_to_paste(tmp_path: Path) -> None:
    """The compiler's text and a command with the user's own file."""
    source = write(tmp_path, "w.c", "int g(void) { return nowhere; }\n")
    with pytest.raises(BuildError) as raised:
        start_mocking(SPEC, objs=[source])
    assert f"{source}:1" in str(raised.value)
    assert str(source) in str(raised.value).partition("command:")[2]


def test_a_crash_on_a_made_up_pointer_names_the_handle(tmp_path: Path) -> None:
    """A handle is no memory: a SUT that follows it crashes, and the message says which handle it was."""
    header = write(
        tmp_path, "h.h", "typedef struct session { int id; } session;\nsession *begin(void);\nint use(void);\n"
    )
    source = write(tmp_path, "h.c", '#include "h.h"\nint use(void) { return begin()->id; }\n')
    spec = ApiSpec([ApiModule("m", [ApiFunction("begin", "session *")])])
    with start_mocking(spec, headers=[header], objs=[source]) as mocking:
        init_lang("sess = m.begin()")
        with pytest.raises(SutCrashed, match="the handle sess"):
            mocking.lib.use()


def test_pointers_are_judged_by_what_they_point_to(tmp_path: Path) -> None:
    """A pointer to another type, a pointer for a number, and a pointer of another mocking are refused."""
    header = write(
        tmp_path, "q.h", "struct a { int x; }; struct b { int y; };\nint take(struct a *p); int number(int n);\n"
    )
    source = write(
        tmp_path, "q.c", '#include "q.h"\nint take(struct a *p) { return p->x; }\nint number(int n) { return n; }\n'
    )
    with (
        start_mocking(ApiSpec(), headers=[header], objs=[source]) as one,
        start_mocking(ApiSpec(), headers=[header], objs=[source]) as two,
    ):
        assert one.lib.take(one.new("struct a", {"x": 3})) == 3
        assert one.lib.take(one.cast("void", one.new("struct a", {"x": 4}))) == 4
        with pytest.raises(ArgumentTypeError, match="points to struct b"):
            one.lib.take(one.new("struct b"))
        with pytest.raises(ArgumentTypeError, match="is a pointer, not a number"):
            one.lib.number(one.new("int"))
        with pytest.raises(ArgumentTypeError, match="another mocking"):
            one.lib.take(two.new("struct a"))


def test_addresses_of_another_mocking_are_refused_wherever_they_are_used(tmp_path: Path) -> None:
    """They mean something else there, so nothing is read, written, cast or called with them; a number they never are."""
    header = write(
        tmp_path,
        "q.h",
        "struct a { int x; struct a *next; };\nint take(struct a *p); unsigned number(unsigned n); void *any(void *p);\n"
        "void *many(struct a **p);\n",
    )
    source = write(
        tmp_path,
        "q.c",
        '#include "q.h"\nint take(struct a *p) { return p->x; }\nunsigned number(unsigned n) { return n; }\n'
        "void *any(void *p) { return p; }\nvoid *many(struct a **p) { return *p; }\n",
    )
    with (
        start_mocking(ApiSpec(), headers=[header], objs=[source]) as one,
        start_mocking(ApiSpec(), headers=[header], objs=[source]) as two,
    ):
        mine, other = one.new("struct a"), two.new("struct a", {"x": 5})
        uses: list[Callable[[], object]] = [
            lambda: one.lib.any(two.lib.take),
            lambda: one.lib.many([other]),
            lambda: one.cast("struct a", other),
            lambda: one.new("struct a", other),
            lambda: one.new("struct a", {"next": other}),
            lambda: setattr(mine, "next", other),
            lambda: one.bytes(other, 4),
            lambda: one.string(two.new("char[4]", "abc")),
        ]
        for use in uses:
            with pytest.raises(ArgumentTypeError, match="another mocking"):
                use()
        assert int(one.lib.any(one.lib.take)) == int(one.lib.take)
        for address in (one.new("int"), one.lib.take):
            with pytest.raises(ArgumentTypeError, match="is a pointer, not a number"):
                one.lib.number(address)


def test_any_enumerator_of_the_headers_is_a_value(tmp_path: Path) -> None:
    """Enumerators that no spec type reaches, those of nameless enums too, are known to the language."""
    header = write(tmp_path, "e.h", "enum { SEVENTEEN = 17 };\n#define EIGHTEEN (SEVENTEEN + 1)\nint f(int a);\n")
    with start_mocking(SPEC, headers=[header]) as mocking:
        init_lang("m.f(SEVENTEEN) -> EIGHTEEN")
        assert mocking.lib.f(17) == 18
        assert check_callouts()


def test_another_language_need_not_answer(tmp_path: Path) -> None:
    """A language that only judges compares answers where it gives one, and nowhere else."""
    header = write(tmp_path, "a.h", "int f(int a);\n")
    with start_mocking(SPEC, headers=[header]) as mocking:
        init_lang("m.f(1) -> 5")
        mocking.lib.f(1)
        assert check_callouts("m.f(1)")
        assert check_callouts("m.f(_) -> _")
        assert check_callouts("m.f(1) -> 5")
        assert check_callouts("x = m.f(_)")
        assert not mocking.verdict("m.f(1) -> 6")
        assert not mocking.verdict("m.f(2)")
        assert check_callouts()


def test_main_of_the_sut_can_be_called(tmp_path: Path) -> None:
    """The SUT's main is a function like any other."""
    header = write(tmp_path, "m.h", "int f(int a);\nint main(int argc, char **argv);\n")
    source = write(tmp_path, "m.c", '#include "m.h"\nint main(int argc, char **argv) { (void)argv; return f(argc); }\n')
    with start_mocking(SPEC, headers=[header], objs=[source]) as mocking:
        init_lang("m.f(3) -> 4")
        assert mocking.lib.main(3, None) == 4


@pytest.mark.parametrize("level", ["-O0", "-O2"])
def test_a_mock_of_a_static_function_of_a_source_is_refused(tmp_path: Path, level: str) -> None:
    """What a source defines for itself may be inlined without a trace; no mock of it is started in silence."""
    source = write(tmp_path, "st.c", "static int f(int a) { return a; }\nint g(int a) { return f(a); }\n")
    with pytest.raises(MockBypass, match=r"st\.c:1: f is a static function"):
        start_mocking(SPEC, objs=[source], cflags=[level])


@pytest.mark.parametrize(("flag", "number"), [("-fsigned-char", -56), ("-funsigned-char", 200)])
def test_plain_char_has_the_sign_that_the_compiler_gives_it(tmp_path: Path, flag: str, number: int) -> None:
    """What mocks are called with and what the SUT returns follow the flags, and nothing but the preprocessor is asked."""
    log = tmp_path / "log"
    compiler = write(tmp_path, "recording-gcc", f'#!/bin/sh\necho "$*" >> {log}\nexec gcc "$@"\n')
    compiler.chmod(0o755)
    header = write(tmp_path, "h.h", "char h(char c);\nchar g(void);\n")
    source = write(tmp_path, "h.c", '#include "h.h"\nchar g(void) { return h((char)200); }\n')
    spec = ApiSpec([ApiModule("m", [ApiFunction("h", "char", [ApiArg("char", "c")])])])
    with start_mocking(spec, headers=[header], objs=[source], cc=str(compiler), cflags=[flag]) as mocking:
        init_lang(f"m.h({number}) -> {number}")
        assert mocking.lib.g() == number
        assert check_callouts()
    assert not [line for line in commands(log) if " -S " in f" {line} "]
