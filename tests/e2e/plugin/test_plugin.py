"""The pytest plugin, run by pytests of their own on small test files."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

HEAD = """
import pytest
from cmock_py import check_callouts, init_lang
from cmock_py.pytest_plugin import mocking_fixture

mocking = mocking_fixture("spec.py", headers=["stack.h", "calc.h"], objs=["calc.c"])

"""


def run(root: Path, folder: Path, text: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a test file in a folder of its own."""
    (folder / "test_it.py").write_text(HEAD + text)
    plugins = ["-p", "cmock_py.pytest_plugin", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables}
    command = [sys.executable, "-m", "pytest", *plugins, *arguments, "test_it.py"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_check_that_was_forgotten_is_made(root: Path, stack_example: Path) -> None:
    """A language that was set and never checked fails the test when its calls did not come."""
    done = run(root, stack_example, "def test_forgot(mocking):\n    init_lang('stack.pop(_) -> 1')\n")
    assert done.returncode == 1
    assert "expected call was never made" in done.stdout
    assert "ended without check_callouts()" in done.stdout


@pytest.mark.parametrize(
    ("drop", "told"),
    [("init_lang('')", "another init_lang()"), ("mocking.restart()", "restart()")],
    ids=["init_lang", "restart"],
)
def test_a_language_is_checked_before_it_is_dropped(root: Path, stack_example: Path, drop: str, told: str) -> None:
    """A language that no check has looked at fails the test where it is dropped; one that fits or was checked does not."""
    text = f"""
def test_unchecked(mocking):
    init_lang('stack.pop(_) -> 1')
    {drop}

def test_fits(mocking):
    init_lang('stack.pop(_) -> 1')
    mocking.lib.pop(1)
    {drop}

def test_checked(mocking):
    init_lang('stack.pop(_) -> 1')
    assert not mocking.verdict()
    {drop}
"""
    done = run(root, stack_example, text, "-p", "no:randomly")
    assert "1 failed, 2 passed" in done.stdout
    assert "expected call was never made" in done.stdout
    assert f"dropped by {told} without check_callouts()" in done.stdout
    assert f">       {drop}" in done.stdout
    assert "mocking.py" not in done.stdout


def test_an_error_about_a_dropped_language_leaves_the_new_one_set(root: Path, stack_example: Path) -> None:
    """A test that catches the error goes on under what it has asked for, and that is checked as well."""
    text = """
from cmock_py import CalloutsFailed, NoLanguage

def test_new(mocking):
    init_lang('stack.pop(_) -> 1')
    with pytest.raises(CalloutsFailed) as caught:
        init_lang('stack.pop(_) -> 2')
    assert mocking.is_unchecked
    assert not mocking.get_trace()
    assert mocking.lib.pop(1) == 2
    assert check_callouts()
    assert "never made" in str(caught.value)

def test_forgot(mocking):
    init_lang('stack.pop(_) -> 1')
    with pytest.raises(CalloutsFailed):
        init_lang('stack.pop(_) -> 2')

def test_restart(mocking):
    init_lang('stack.pop(_) -> 1')
    with pytest.raises(CalloutsFailed):
        mocking.restart()
    with pytest.raises(NoLanguage):
        check_callouts()
"""
    done = run(root, stack_example, text, "-p", "no:randomly")
    assert "3 passed, 1 error" in done.stdout
    assert "ERROR at teardown of test_forgot" in done.stdout
    assert "The test set this language" in done.stdout


def test_a_language_is_checked_before_its_mocking_is_stopped(root: Path, stack_example: Path) -> None:
    """A test that stops the mocking itself does not get past the check."""
    text = "def test_unchecked(mocking):\n    init_lang('stack.pop(_) -> 1')\n    mocking.stop()\n"
    done = run(root, stack_example, text)
    assert "dropped by stop() without check_callouts()" in done.stdout


def test_the_traceback_of_an_answering_function_has_no_frames_of_ours(root: Path, stack_example: Path) -> None:
    """What a Python function raises shows the line of the test and that of the function."""
    text = """
def level(pointer):
    raise RuntimeError("no level")

def test_level(mocking):
    init_lang('stack.pop(_) -> @level', functions={'level': level})
    mocking.lib.pop(1)
"""
    for style in ("short", "long"):
        shown = run(root, stack_example, text, f"--tb={style}").stdout
        assert "mocking.lib.pop(1)" in shown
        assert 'raise RuntimeError("no level")' in shown
        assert "cmock_py/" not in shown


def test_a_check_that_would_pass_is_no_fuss(root: Path, stack_example: Path) -> None:
    """A test that sets a language, makes its calls and does not check is green."""
    text = "def test_fine(mocking):\n    init_lang('stack.pop(_) -> 1')\n    mocking.lib.pop(1)\n"
    assert run(root, stack_example, text).returncode == 0


def test_a_test_that_failed_is_not_failed_twice(root: Path, stack_example: Path) -> None:
    """The check at the end is for tests that passed."""
    text = "def test_bad(mocking):\n    init_lang('stack.pop(_) -> 1')\n    assert mocking.lib.divide(4, 2) == 3\n"
    done = run(root, stack_example, text)
    assert "1 failed" in done.stdout
    assert "error" not in done.stdout.splitlines()[-1]


def test_every_test_has_pristine_memory_and_no_language(root: Path, stack_example: Path) -> None:
    """Nothing of one test is left in the next, a crash included."""
    text = """
@pytest.mark.parametrize("turn", range(3))
def test_crash(mocking, turn):
    from cmock_py import NoLanguage, SutCrashed
    with pytest.raises(NoLanguage):
        check_callouts()
    init_lang("")
    with pytest.raises(SutCrashed):
        mocking.lib.divide(1, 0)
"""
    assert "3 passed" in run(root, stack_example, text).stdout


def test_the_traceback_ends_in_the_line_of_the_test(root: Path, stack_example: Path) -> None:
    """No frame of the package stands between the test's own line and the message."""
    text = "def test_order(mocking):\n    init_lang('')\n    mocking.lib.calculate('1')\n"
    done = run(root, stack_example, text)
    assert ">       mocking.lib.calculate('1')" in done.stdout or ">       mocking.lib.calculate" in done.stdout
    assert "unexpected call #1: stack.new()" in done.stdout
    assert "mocking.py" not in done.stdout
    assert "library.py" not in done.stdout
    assert "calls.py" not in done.stdout


def test_a_fault_of_the_fixture_shows_no_insides(root: Path, stack_example: Path) -> None:
    """What is wrong with a spec, or with calls that nobody has checked, is told without our frames around it."""
    wrong = "stack = mocking_fixture('missing.py')\n\ndef test_wrong(stack):\n    pass\n\n"
    forgot = "def test_forgot(mocking):\n    init_lang('stack.pop(_) -> 1')\n"
    done = run(root, stack_example, wrong + forgot)
    assert "missing.py" in done.stdout
    assert "expected call was never made" in done.stdout
    assert "pytest_plugin.py" not in done.stdout


def test_an_unknown_option_is_told_at_once(root: Path, stack_example: Path) -> None:
    """A misspelt option names the nearest right one."""
    text = "other = mocking_fixture('spec.py', header=['stack.h'])\n\ndef test_it(other):\n    pass\n"
    done = run(root, stack_example, text)
    assert "has no option 'header'; did you mean 'headers'?" in done.stdout


def test_output_reaches_capsys_and_capfd(root: Path, stack_example: Path) -> None:
    """What the SUT prints is the test's output, for both ways of pytest to capture."""
    (stack_example / "calc.c").write_text(
        '#include <stdio.h>\nint divide(int a, int b) { printf("%d\\n", a); return b; }\n'
    )
    text = """
def test_sys(mocking, capsys):
    mocking.lib.divide(41, 1)
    assert capsys.readouterr().out == "41\\n"

def test_fd(mocking, capfd):
    mocking.lib.divide(42, 1)
    assert capfd.readouterr().out == "42\\n"
"""
    assert "2 passed" in run(root, stack_example, text).stdout


def test_the_plugin_costs_nothing_when_unused() -> None:
    """Loading the plugin imports nothing of the package but itself."""
    script = "import sys, cmock_py.pytest_plugin; print(*sorted(m for m in sys.modules if m.startswith('cmock_py')))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.split() == ["cmock_py", "cmock_py.pytest_plugin"]


WRONG = """
def test_wrong(mocking):
    init_lang("stack.new() -> 1 stack.push(_, 1) stack.push(_, 3) stack.pop(_) -> 2 stack.pop(_) -> 1 "
              "stack.push(_, _) stack.pop(_) -> 3")
    mocking.lib.calculate("1 2+")
    check_callouts()
"""


@pytest.mark.parametrize(
    ("arguments", "variables", "is_coloured"),
    [
        (["--color=yes"], {}, True),
        (["--color=yes"], {"NO_COLOR": "1"}, True),
        (["--color=no"], {"FORCE_COLOR": "1"}, False),
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color=yes", "--tb=short", "-p", "xdist", "-n1"], {}, True),
    ],
    ids=["yes", "yes-over-NO_COLOR", "no-over-FORCE_COLOR", "no-terminal", "FORCE_COLOR", "NO_COLOR-wins", "xdist"],
)
def test_marks_and_carets_have_colours_where_pytest_has(
    root: Path,
    stack_example: Path,
    arguments: list[str],
    variables: dict[str, str],
    is_coloured: bool,
) -> None:
    """The report is coloured as ``--color``, ``NO_COLOR`` and ``FORCE_COLOR`` ask pytest; its file stays plain."""
    environment = dict.fromkeys(("NO_COLOR", "FORCE_COLOR", "PY_COLORS"), "") | variables
    shown = run(root, stack_example, WRONG, *arguments, "--junit-xml=kept.xml", **environment).stdout
    marked = [line for line in shown.splitlines() if "<- argument differs" in line]
    assert len(marked) == 1
    assert ("\x1b[1;33m!\x1b[0m  #3" in marked[0]) is is_coloured
    assert ("\x1b" in marked[0]) is is_coloured
    if "FORCE_COLOR" not in variables:  # which makes pytest itself write colours to files
        kept = (stack_example / "kept.xml").read_text()
        assert "   !  #3" in kept
        assert "#x1B" not in kept
