"""The example of a Redis server that does not exist, as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.needs_hiredis
@pytest.mark.slow
def test_the_example_passes(root: Path) -> None:
    """All tests of examples/hiredis pass in a pytest of their own."""
    # The plugin has an entry point when the package is installed, and none in a bare checkout: load it once in both.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:cmock_py"]
    paths = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [*command, "-p", "cmock_py.pytest_plugin", "examples/hiredis"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout
