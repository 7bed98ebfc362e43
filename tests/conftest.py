"""What all tests share: a cache of their own, and what a missing tool means here and in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CMOCK_PY_CI") == "1"

# A busy machine is no bug: examples have no deadline of their own.
settings.register_profile("cmock_py", deadline=None)
settings.load_profile("cmock_py")

collect_ignore_glob = ["faulty/*/files/*"]

PACKAGES = {"needs_clang": "clang", "needs_cxx": "g++", "needs_hiredis": "libhiredis-dev"}
"""Of Debian: what a machine with gcc need not have, by the marker of the tests that need it."""

BY_PARAMETER = {"clang": "needs_clang", "clang++": "needs_clang", "g++": "needs_cxx"}
"""The marker that a test has without asking, for being run with a compiler as its parameter."""


MANNERS = ("CI", "BUILD_NUMBER", "FORCE_COLOR", "NO_COLOR", "PY_COLORS", "PYTEST_ADDOPTS", "CC", "TERM", "COLUMNS")
"""Variables by which whoever runs the tests says how tools shall behave, meant for this run alone."""


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the project: the one that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """Build cache of this test run, so that no run leans on what an earlier one built; xdist workers share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cmock-py-cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CMOCK_PY_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def plain_environment() -> Generator[None]:
    """Tests, and the programs they start, behave alike on a terminal, on a build server and for every taste."""
    with pytest.MonkeyPatch.context() as patch:
        for name in MANNERS:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def stack_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy of examples/stack, which is the current folder and importable while the test runs."""
    folder = tmp_path / "stack"
    shutil.copytree(ROOT / "examples" / "stack", folder, ignore=shutil.ignore_patterns("__pycache__", "*.o"))
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    return folder


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test that runs with a compiler as its parameter, be it the test's own or a fixture's."""
    callspec = getattr(item, "callspec", None)
    for value in callspec.params.values() if callspec else ():
        if isinstance(value, str) and value in BY_PARAMETER:
            item.add_marker(BY_PARAMETER[value])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a package of Debian that is not there."""
    for marker, package in PACKAGES.items():
        if item.get_closest_marker(marker) and not _has(package):
            pytest.skip(f"{package} is not here: apt-get install {package}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure in CI, where everything is installed and nothing may be left out."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CMOCK_PY_CI=1 allows no skip: {report.longrepr}"
    return report


@cache
def _has(package: str) -> bool:
    """Tell whether a package of Debian is there; one that is a compiler has its command's name."""
    return _has_hiredis() if package == "libhiredis-dev" else shutil.which(package) is not None


def _has_hiredis() -> bool:
    """Ask the compiler for the library; it answers with a path when there is one, else with the bare name."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return False
    command = [compiler, "-print-file-name=libhiredis.a"]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    return Path(found.stdout.strip()).is_absolute()
