"""`spec.load`: run a file, take its spec, tell what is wrong with the file without a traceback of ours."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from cmock_py.errors import CmockError, SpecError
from cmock_py.spec.load import load

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "from cmock_py.spec.model import ApiSpec, ApiModule, ApiFunction\n"


def refused(path: Path | str) -> str:
    """Load a file that must be refused with one fault, and return the text."""
    with pytest.raises(SpecError) as caught:
        load(path)
    assert len(caught.value.faults) == 1
    return str(caught.value)


def spec_file(folder: Path, text: str, name: str = "spec.py") -> Path:
    """Write a spec file."""
    file = folder / name
    file.write_text(text)
    return file


def test_a_variable_is_loaded(tmp_path: Path) -> None:
    """The variable `api_spec` is the spec."""
    spec = load(spec_file(tmp_path, GOOD + "api_spec = ApiSpec([ApiModule('a', [ApiFunction('f')])])\n"))
    assert spec.functions[0][1].name == "f"


def test_parts_remember_their_line(tmp_path: Path) -> None:
    """The origin of a part is the file as it was named, and the line in it."""
    file = spec_file(tmp_path, GOOD + "\napi_spec = ApiSpec([\n    ApiModule('a')])\n")
    assert str(load(file).modules[0].origin) == f"{file}:4"


def test_a_function_is_called(tmp_path: Path) -> None:
    """A function `api_spec()` makes the spec, and may import its neighbours when it is called."""
    spec_file(tmp_path, GOOD + "module = ApiModule('near')\n", "neighbour_of_spec.py")
    text = GOOD + "def api_spec():\n    import neighbour_of_spec\n    return ApiSpec([neighbour_of_spec.module])\n"
    assert load(spec_file(tmp_path, text)).modules[0].name == "near"


def test_another_name_can_be_asked_for(tmp_path: Path) -> None:
    """The second argument names another variable."""
    text = GOOD + "one = ApiSpec([ApiModule('a')])\ntwo = ApiSpec([ApiModule('b')])\n"
    assert load(spec_file(tmp_path, text), "two").modules[0].name == "b"


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """Two specs with equally named neighbours do not meet, and the search path is as before."""
    path, modules = list(sys.path), set(sys.modules)
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        spec_file(folder, f"NAME = {name!r}\n", "neighbour_of_spec.py")
        text = GOOD + "import sys\nsys.path.append('x')\nimport neighbour_of_spec as near\n"
        assert load(spec_file(folder, text + "api_spec = ApiSpec([ApiModule(near.NAME)])\n")).modules[0].name == name
    assert sys.path == path
    assert set(sys.modules) == modules


def test_nothing_is_left_behind_by_a_failure(tmp_path: Path) -> None:
    """A file that raises leaves no trace either."""
    path, modules = list(sys.path), set(sys.modules)
    spec_file(tmp_path, "", "neighbour_of_spec.py")
    refused(spec_file(tmp_path, "import neighbour_of_spec\n1 / 0\n"))
    assert sys.path == path
    assert set(sys.modules) == modules


def test_a_dataclass_can_be_defined_in_a_spec(tmp_path: Path) -> None:
    """A spec is an ordinary module: its classes find it by name."""
    text = "from __future__ import annotations\nfrom dataclasses import dataclass\n" + GOOD
    text += "@dataclass\nclass Names:\n    name: str\napi_spec = ApiSpec([ApiModule(Names('a').name)])\n"
    assert load(spec_file(tmp_path, text)).modules[0].name == "a"


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    """A file that is not there is answered with the one that was meant."""
    spec_file(tmp_path, "", "stack_spec.py")
    text = refused(tmp_path / "stak_spec.py")
    assert "there is no such file" in text
    assert "did you mean 'stack_spec.py'?" in text
    assert "Python files in that folder: stack_spec.py" in refused(tmp_path / "zzz.py")
    assert "there is no folder" in refused(tmp_path / "nowhere" / "spec.py")


def test_a_folder_is_no_spec(tmp_path: Path) -> None:
    """A folder is answered with what it holds."""
    spec_file(tmp_path, "")
    text = refused(tmp_path)
    assert "is a folder" in text
    assert "spec.py" in text


def test_other_files_are_no_specs(tmp_path: Path) -> None:
    """A header given in place of a spec is named as such, and not run."""
    assert "ends in '.h'; wanted is a Python file" in refused(spec_file(tmp_path, "int f(void);", "stack.h"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write api_spec = ApiSpec([ApiModule(...), ...])"),
        (GOOD + "spec = ApiSpec()\n", "it has an ApiSpec named 'spec'; rename it to 'api_spec'"),
        (GOOD + "api_specs = 3\n", "did you mean 'api_specs'?"),
        (GOOD + "stack = ApiModule('stack')\n", "write api_spec = ApiSpec([stack])"),
    ],
    ids=["empty", "other name", "typing mistake", "only a module"],
)
def test_a_file_without_a_spec_tells_what_it_has(tmp_path: Path, text: str, words: str) -> None:
    """A file that lacks `api_spec` is answered with what it has instead."""
    message = refused(spec_file(tmp_path, text))
    assert "defines no 'api_spec'" in message
    assert words in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("api_spec = []\n", "api_spec is of type list; wanted is an ApiSpec"),
        ("def api_spec(): pass\n", "api_spec() is of type NoneType; wanted is an ApiSpec"),
        (GOOD + "api_spec = ApiSpec\n", "api_spec is of type type"),
        (GOOD + "api_spec = ApiModule('a')\n", "wrap it: api_spec = ApiSpec([...])"),
    ],
    ids=["list", "function", "class", "module"],
)
def test_a_spec_of_the_wrong_type_is_named(tmp_path: Path, text: str, words: str) -> None:
    """What is no spec is named by its type."""
    assert words in refused(spec_file(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\nx = 1 / 0\n", 2, "ZeroDivisionError: division by zero"),
        ("def api_spec():\n    return missing\n", 2, "NameError: name 'missing' is not defined"),
        ("def api_spec(size):\n    pass\n", None, "TypeError: api_spec() missing 1 required positional argument"),
        ("x = (\n", 1, "SyntaxError: '(' was never closed"),
        ("raise SystemExit(3)\n", 1, "SystemExit: 3"),
        ("import no_such_module_anywhere\n", 1, "ModuleNotFoundError"),
        ("def f(n):\n    f(n + 1)\nf(0)\n", 2, "RecursionError"),
        ("\0", None, "null bytes"),
    ],
    ids=["raises", "function raises", "function wants more", "syntax", "exit", "import", "recursion", "null byte"],
)
def test_a_file_that_raises_is_told_by_its_own_lines(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    """The user's traceback is shown, short, with file and line, and none of our frames in it."""
    file = spec_file(tmp_path, text)
    message = refused(file)
    assert words in message
    assert (f"{file}:{line}: the spec file raised" if line else f"{file}: the spec file raised") in message
    assert "load.py" not in message
    assert message.count("\n") < 40


def test_faults_of_our_own_pass_through(tmp_path: Path) -> None:
    """A spec that builds on another one passes on what is wrong with that."""
    text = "from cmock_py.spec.load import load\napi_spec = load('nowhere.py')\n"
    with pytest.raises(CmockError, match="there is no such file"):
        load(spec_file(tmp_path, text))


def test_a_loaded_spec_is_checked(tmp_path: Path) -> None:
    """Loading checks: the faults of the spec are raised with the lines of the file."""
    file = spec_file(tmp_path, GOOD + "api_spec = ApiSpec([\n    ApiModule('2d')])\n")
    assert f"modules[0].name ({file}:3): is '2d'" in refused(file)
