"""The command line: what it prints and writes, its exit status, and its words for every wrong input."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from cmock_py.cli import FAULTY, main

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = ["gen-headers", "c-code", "stubs"]
FAULTY_SPEC = """
from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec
api_spec = ApiSpec([ApiModule("m", [
    ApiFunction("a b"),
    ApiFunction("f", "int", [ApiArg("int", "x", dir="inn"), ApiArg("int", "x")]),
])])
"""


def program(root: Path, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, from a bare checkout."""
    command = [sys.executable, "-m", "cmock_py", *args]
    env = {**os.environ, "PYTHONPATH": str(root), **variables}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


def run(*args: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, args)


def refused(result: Result) -> str:
    """Return the message of a command that refused its input: on stderr alone, and no traceback."""
    assert result.exit_code == FAULTY
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


# --- what it writes -------------------------------------------------------------------------------------------------


@pytest.mark.needs_cxx
def test_gen_headers_prints_a_header_that_both_languages_compile(stack_example: Path) -> None:
    """The printed header declares the API in spec order, and gcc takes it as C and as C++, also twice."""
    result = run("gen-headers", "spec.py")
    assert result.exit_code == 0
    lines = [line for line in result.stdout.splitlines() if line.endswith(");")]
    assert lines == ["Stack new(void);", "void push(Stack s, int val);", "int pop(Stack s);"]
    (stack_example / "api.h").write_text(f"typedef int Stack;\n{result.stdout}")
    for language in ("c", "c++"):
        command = ["gcc", "-x", language, "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
        subprocess.run([*command, "-include", "api.h", "/dev/null"], cwd=stack_example, check=True)
    twice = f"{(stack_example / 'api.h').read_text()}{result.stdout}"
    subprocess.run(["gcc", "-x", "c", "-fsyntax-only", "-"], input=twice, text=True, check=True)


def test_gen_headers_includes_what_it_is_told(stack_example: Path) -> None:
    """Each header of -H becomes an include, in order."""
    result = run("gen-headers", "spec.py", "-H", "stack.h", "--header", "<stdint.h>")
    assert '#include "stack.h"\n#include <stdint.h>\n' in result.stdout


def test_c_code_prints_one_stub_for_each_function(stack_example: Path) -> None:
    """The stubs stand in spec order, and gcc compiles the text with the runtime's header beside it."""
    result = run("c-code", "spec.py", "-H", "stack.h")
    assert result.exit_code == 0
    places = [result.stdout.index(f"cmk_mock_{name}(") for name in ("new", "push", "pop")]
    assert places == sorted(places)
    (stack_example / "stubs.c").write_text(result.stdout)
    from cmock_py._resources import runtime_dir

    command = ["gcc", "-c", "-Wall", "-Wextra", "-Wconversion", "-Werror", f"-I{runtime_dir()}", "stubs.c"]
    subprocess.run(command, cwd=stack_example, check=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_input_gives_the_same_text(root: Path, stack_example: Path, command: str) -> None:
    """Neither time nor hashing nor folder shows in the output."""
    here, there = (
        program(root, command, spec, "-H", "stack.h", PYTHONHASHSEED=seed)
        for seed, spec in (("1", "spec.py"), ("2", str(stack_example / "spec.py")))
    )
    assert here.returncode == there.returncode == 0
    assert here.stdout == there.stdout
    assert str(stack_example) not in here.stdout


def test_an_output_file_is_replaced_only_when_it_differs(stack_example: Path) -> None:
    """An unchanged file keeps its time, so that make does not build again; a changed one is written."""
    target = stack_example / "api.h"
    assert run("gen-headers", "spec.py", "-o", "api.h").stdout == ""
    os.utime(target, (1, 1))
    assert run("gen-headers", "spec.py", "-o", "api.h").exit_code == 0
    assert target.stat().st_mtime == 1
    text = target.read_text()
    target.write_text(f"{text}\n")
    assert run("gen-headers", "spec.py", "-o", "api.h").exit_code == 0
    assert target.read_text() == text


def test_a_file_that_is_no_text_is_replaced(stack_example: Path) -> None:
    """What stands in the output file, even if it is no UTF-8, is of no concern."""
    (stack_example / "api.h").write_bytes(b"\xff\xfe\0")
    assert run("gen-headers", "spec.py", "-o", "api.h").exit_code == 0
    assert "Stack new(void);" in (stack_example / "api.h").read_text()


# --- what it refuses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_a_spec_that_is_not_there(stack_example: Path, command: str) -> None:
    """The missing file is named, with the Python files beside it."""
    message = refused(run(command, "speck.py"))
    assert message.startswith("cmock-py: ")
    assert "speck.py: there is no such file" in message
    assert "spec.py" in message.partition("help:")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_all_faults_of_a_spec_at_once(stack_example: Path, command: str) -> None:
    """Three faults are three messages with their paths, and nothing is written."""
    (stack_example / "faulty.py").write_text(FAULTY_SPEC)
    message = refused(run(command, "faulty.py", "-o", "api.h"))
    assert "3 faults" in message
    paths = ["functions[0].name (faulty.py:4)", "args[0].dir (faulty.py:5)", "args[1].name (faulty.py:5)"]
    assert [path for path in paths if path not in message] == []
    assert not (stack_example / "api.h").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (\n", ["wrong.py:1", "SyntaxError", "was never closed"]),
        ("\n1 / 0\n", ["wrong.py:2", "ZeroDivisionError"]),
        ("import sys\nsys.exit(0)\n", ["wrong.py:2", "SystemExit"]),
        ("x = 1\n", ["wrong.py", "api_spec = ApiSpec("]),
        ("api_spec = 3\n", ["wrong.py", "api_spec", "int", "ApiSpec"]),
        ("import nowhere\n", ["wrong.py:1", "No module named 'nowhere'"]),
    ],
    ids=["syntax", "raises", "exits", "no spec", "no ApiSpec", "import"],
)
def test_a_spec_file_that_is_wrong(stack_example: Path, text: str, words: list[str]) -> None:
    """A file that cannot be run, or defines no spec, is told with its line; our own code is in no traceback."""
    (stack_example / "wrong.py").write_text(text)
    message = refused(run("gen-headers", "wrong.py"))
    assert [word for word in words if word not in message] == []
    assert "cmock_py/" not in message


def test_a_folder_is_no_spec(stack_example: Path) -> None:
    """A folder is told from a file."""
    assert "is a folder" in refused(run("gen-headers", "."))


def test_a_missing_header_is_the_compilers_word(stack_example: Path) -> None:
    """The compiler's own text, and what to do about it."""
    message = refused(run("c-code", "spec.py", "-H", "stak.h"))
    assert "stak.h: No such file or directory" in message
    assert "help:" in message


def test_a_header_that_does_not_compile(stack_example: Path) -> None:
    """An #error shows with its line."""
    (stack_example / "no.h").write_text("\n#error not for you\n")
    message = refused(run("c-code", "spec.py", "-H", "no.h"))
    assert "no.h:2" in message
    assert "#error not for you" in message


def test_types_that_no_header_declares(stack_example: Path) -> None:
    """Without its header every place of the unknown type is listed."""
    message = refused(run("c-code", "spec.py"))
    assert message.count("'Stack'") >= 3
    assert "spec.py:7" in message


def test_an_output_that_cannot_be_written(stack_example: Path) -> None:
    """A folder that is missing, and one in place of a file, are named."""
    assert "nowhere/api.h" in refused(run("gen-headers", "spec.py", "-o", "nowhere/api.h"))
    assert "generated" in refused(run("gen-headers", "spec.py", "-o", "generated"))


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["gen-header", "spec.py"], ["No such command", "gen-header"]),
        (["gen-headers"], ["Missing argument", "SPEC"]),
        (["gen-headers", "spec.py", "more.py"], ["unexpected extra argument", "more.py"]),
        (["gen-headers", "--output", "x", "spec.py"], ["No such option", "--output"]),
    ],
    ids=["command", "no spec", "two specs", "option"],
)
def test_a_wrong_command_line_says_what_is_wrong(args: list[str], words: list[str]) -> None:
    """Usage faults have the same exit status as faults of the input."""
    message = refused(run(*args))
    assert [word for word in words if word not in message] == []


# --- as a program ---------------------------------------------------------------------------------------------------


def test_python_dash_m_is_the_command(root: Path, stack_example: Path) -> None:
    """`python -m cmock_py` prints the same and has the same exit status."""
    done = program(root, "gen-headers", "spec.py")
    assert (done.returncode, done.stdout) == (0, run("gen-headers", "spec.py").stdout)
    wrong = program(root, "gen-headers", "speck.py")
    assert (wrong.returncode, wrong.stdout) == (FAULTY, "")
    assert wrong.stderr == run("gen-headers", "speck.py").stderr


def test_help_lists_the_commands() -> None:
    """Help needs no spec, and names every command with its purpose."""
    result = run("--help")
    assert result.exit_code == 0
    assert [command for command in COMMANDS if command not in result.stdout] == []
    for command in COMMANDS:
        assert "-o" in run(command, "-h").stdout


def test_the_version_is_told_in_a_bare_checkout_too() -> None:
    """`--version` prints a version, installed or not."""
    result = run("--version")
    assert result.exit_code == 0, repr(result.exception)
    assert result.stdout.startswith("cmock-py ")


@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
    ids=["no-terminal", "FORCE_COLOR", "NO_COLOR-wins"],
)
def test_a_complaint_has_colours_only_where_they_are_wanted(
    root: Path,
    stack_example: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    is_coloured: bool,
) -> None:
    """What is written to no terminal is plain, unless ``FORCE_COLOR`` asks for colours; ``NO_COLOR`` wins."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (stack_example / "spec.py").write_text("from cmock_py import *\napi_spec = ApiSpec([ApiModule('a b', [])])\n")
    done = program(root, "c-code", str(stack_example / "spec.py"), **variables)
    assert done.returncode == FAULTY
    assert "the API spec has" in done.stderr
    assert ("\x1b[1mhelp\x1b[0m: " in done.stderr) is is_coloured
    assert ("\x1b" in done.stderr) is is_coloured


def test_a_complaint_has_colours_on_a_terminal(
    root: Path, stack_example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal the words of help are bold without being asked for."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (stack_example / "spec.py").write_text("from cmock_py import *\napi_spec = ApiSpec([ApiModule('a b', [])])\n")
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "cmock_py", "c-code", str(stack_example / "spec.py")]
    env = {**os.environ, "PYTHONPATH": str(root), "TERM": "xterm"}
    with os.fdopen(theirs, "wb") as terminal:
        subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=terminal, check=False, timeout=60)
    shown = b""
    with suppress(OSError):  # which is how a terminal whose other end is closed ends
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert b"\x1b[1mhelp\x1b[0m: " in shown
