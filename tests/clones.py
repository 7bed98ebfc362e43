"""How CMock and fff are compiled, which no package has: from a folder with clones of them, of Unity and of Ceedling.

With the names that ``git clone`` gives: ``CMock``, ``Unity``, ``fff``, ``Ceedling``. CMock needs ruby.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def unity(clones: Path) -> list[str]:
    """What gcc must be told to compile Unity as well."""
    return [f"-I{clones}/Unity/src", f"{clones}/Unity/src/unity.c"]


def cmock(clones: Path, header: Path, folder: Path, *, ordered: bool) -> list[str]:
    """Let CMock write mocks of a header to a folder; what gcc must be told to compile them, as ``Mock<header>.h``.

    Args:
        clones: where the clones are.
        header: declares the functions.
        folder: for the mocks.
        ordered: whether the calls of all these functions have one order.

    Returns:
        Options and sources.
    """
    options = [f"--mock_path={folder}", f"--enforce_strict_ordering={str(ordered).lower()}", "--plugins=ignore_arg;"]
    program = ["ruby", f"{clones}/CMock/lib/cmock.rb", "--verbosity=1", *options, str(header)]
    subprocess.run(program, env=os.environ | {"UNITY_DIR": f"{clones}/Unity"}, check=True)
    mocks, source = f"{folder}/Mock{header.stem}.c", f"{clones}/CMock/src"
    return [f"-I{header.parent}", f"-I{folder}", f"-I{source}", mocks, f"{source}/cmock.c", *unity(clones)]


def fff(clones: Path) -> list[str]:
    """What gcc must be told to compile a source with fff's fakes, and with Ceedling's assertions for them."""
    return [f"-I{clones}/fff", f"-I{clones}/Ceedling/plugins/fff/src"]
