"""Files that are not Python are found from a checkout and from a wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from cmock_py import _resources


def test_the_grammar_is_beside_the_package_in_a_checkout() -> None:
    """A checkout has the grammar where people read it: at its root."""
    assert (_resources.grammar_dir() / "terminals.lark").is_file()
    assert _resources.runtime_dir() == Path(_resources.__file__).resolve().parent / "runtime"


def _asked(folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask a copy of the module in a folder of its own."""
    package = folder / "pkg"
    package.mkdir(exist_ok=True)
    shutil.copy(_resources.__file__, package / "_resources.py")
    code = "import runpy; print(runpy.run_path('pkg/_resources.py')['grammar_dir']())"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


def test_the_grammar_inside_the_package_comes_first(tmp_path: Path) -> None:
    """A folder `grammar` beside an installed package may belong to somebody else."""
    for folder in (tmp_path / "grammar", tmp_path / "pkg" / "grammar"):
        folder.mkdir(parents=True)
        (folder / "expect.lark").touch()
    assert _asked(tmp_path).stdout.strip() == str(tmp_path / "pkg" / "grammar")


def test_a_damaged_installation_is_named(tmp_path: Path) -> None:
    """Without a grammar the message names both places and the remedy."""
    answer = _asked(tmp_path)
    assert answer.returncode == 1
    assert "please reinstall cmock-py" in answer.stderr
