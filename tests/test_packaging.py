"""What is shipped: the sdist, the wheel, and the three other ways to run from a tree."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAME = "cmock_py-0.1.0"
ALLOWED_AT_ROOT = {"cmock_py", "docs", "examples", "grammar", "tests", "pyproject.toml", "README.md", "LICENSE"}
MADE_BY_TOOLS = {"build", "dist"}

FIND_RESOURCES = """
import sys
from cmock_py._resources import grammar_dir, runtime_dir
print(*sorted(path.name for path in grammar_dir().glob("*.lark")))
print(*sorted(path.name for path in runtime_dir().glob("*.[ch]")))
print(sys.modules["cmock_py"].__path__[0])
"""


def run(*command: str | Path, cwd: Path, pythonpath: Path | None = None) -> str:
    """Run a command that must succeed, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    if pythonpath is not None:
        environment["PYTHONPATH"] = str(pythonpath)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sdist, and the wheel built from that sdist; no network is used."""
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    """The wheel, opened."""
    return zipfile.ZipFile(built / f"{NAME}-py3-none-any.whl")


@pytest.fixture(scope="module")
def installed(built: Path) -> Path:
    """Folder into which the wheel was installed, without its dependencies."""
    target = built / "installed"
    options = ("--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", "--target", target)
    run(sys.executable, "-m", "pip", "install", *options, built / f"{NAME}-py3-none-any.whl", cwd=built)
    return target


def package_files(*patterns: str) -> set[str]:
    """Name the files of the package in the tree that match, as they stand in a wheel."""
    found = (path for pattern in patterns for path in (ROOT / "cmock_py").rglob(pattern))
    return {path.relative_to(ROOT).as_posix() for path in found}


@pytest.mark.slow
def test_the_wheel_holds_the_whole_package(wheel: zipfile.ZipFile) -> None:
    """Every Python file, C file and header of the package is shipped, and the marker for type checkers."""
    expected = package_files("*.py", "*.c", "*.h") | {"cmock_py/py.typed"}
    assert "cmock_py/runtime/cmk.h" in expected
    assert expected - set(wheel.namelist()) == set()


@pytest.mark.slow
def test_the_wheel_holds_the_grammar_inside_the_package(wheel: zipfile.ZipFile) -> None:
    """The grammar of the root lies in the package of the wheel, and nowhere else."""
    shipped = {name for name in wheel.namelist() if name.startswith("cmock_py/grammar/")}
    assert shipped == {f"cmock_py/grammar/{path.name}" for path in (ROOT / "grammar").iterdir()}
    assert shipped


@pytest.mark.slow
def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    """No test, document or cache is installed into a user's environment."""
    assert {name.split("/")[0] for name in wheel.namelist()} == {"cmock_py", f"{NAME}.dist-info"}
    assert not [name for name in wheel.namelist() if "__pycache__" in name]


@pytest.mark.slow
def test_the_wheel_announces_command_and_plugin(wheel: zipfile.ZipFile) -> None:
    """Installing gives the command cmock-py, and pytest finds the plugin."""
    lines = wheel.read(f"{NAME}.dist-info/entry_points.txt").decode().split("\n")
    assert "cmock-py = cmock_py.cli:main" in lines
    assert "cmock_py = cmock_py.pytest_plugin" in lines
    assert f"{NAME}.dist-info/licenses/LICENSE" in wheel.namelist()


@pytest.mark.slow
def test_the_sdist_keeps_the_layout_of_the_tree(built: Path) -> None:
    """The grammar stays at the root of the sdist, beside tests and examples, so that it can be built and tested."""
    with tarfile.open(built / f"{NAME}.tar.gz") as archive:
        names = set(archive.getnames())
    assert {name.split("/")[0] for name in names} == {NAME}
    for file in (*(ROOT / "grammar").iterdir(), ROOT / "LICENSE", ROOT / "tests" / "conftest.py"):
        assert f"{NAME}/{file.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if "/cmock_py/grammar" in name]


def resources(pythonpath: Path | None, cwd: Path) -> tuple[set[str], set[str], Path]:
    """Ask a fresh interpreter for the grammar, the runtime and the place of the package."""
    grammar, runtime, place = run(sys.executable, "-c", FIND_RESOURCES, cwd=cwd, pythonpath=pythonpath).splitlines()
    return set(grammar.split()), set(runtime.split()), Path(place)


def in_tree() -> tuple[set[str], set[str]]:
    """List grammar and runtime as they are in the tree."""
    runtime = ROOT / "cmock_py" / "runtime"
    return {path.name for path in (ROOT / "grammar").glob("*.lark")}, {path.name for path in runtime.glob("*.[ch]")}


@pytest.mark.slow
def test_an_installed_wheel_finds_its_resources(installed: Path, tmp_path: Path) -> None:
    """Grammar and runtime are found in an installed wheel, in the package itself."""
    grammar, runtime, place = resources(installed, tmp_path)
    assert (grammar, runtime) == in_tree()
    assert place == installed / "cmock_py"


def test_a_bare_checkout_finds_its_resources(tmp_path: Path) -> None:
    """Grammar and runtime are found in a tree that was never installed."""
    grammar, runtime, place = resources(ROOT, tmp_path)
    assert (grammar, runtime) == in_tree()
    assert place == ROOT / "cmock_py"


def test_an_editable_install_finds_its_resources(tmp_path: Path) -> None:
    """An editable install is a line in a .pth file: the same tree is found without PYTHONPATH."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "editable.pth").write_text(f"{ROOT}\n")
    script = f"import site\nsite.addsitedir({str(site)!r})\n{FIND_RESOURCES}"
    grammar, _, place = run(sys.executable, "-c", script, cwd=tmp_path).splitlines()
    assert set(grammar.split()) == in_tree()[0]
    assert Path(place) == ROOT / "cmock_py"


def test_the_root_holds_only_what_belongs_there() -> None:
    """Beside dot-files and what tools make, the top of the repository is a short, fixed list."""
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - MADE_BY_TOOLS - ALLOWED_AT_ROOT == set()


def test_ignore_patterns_are_anchored() -> None:
    """A pattern without a leading slash would drop a folder of that name from the wheel, as hatchling obeys them."""
    file = ROOT / ".gitignore"
    if not file.exists():
        assert (ROOT / "PKG-INFO").exists(), "a checkout has a .gitignore; only an sdist has none"
        return
    patterns = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    assert [pattern for pattern in patterns if not pattern.startswith("/")] == ["__pycache__/"]
