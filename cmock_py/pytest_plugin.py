"""The pytest plugin: a mocking that starts once and gives every test a fresh child.

It costs nothing when unused: nothing of the package is imported before a fixture asks for it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmock_py.mocking import Mocking


@pytest.fixture(scope="session")
def cmock_mockings() -> Iterator[dict[Any, Mocking]]:
    """The mockings that `mocking_fixture` started in this session, stopped at its end."""
    started: dict[Any, Mocking] = {}
    yield started
    for mocking in started.values():
        mocking.stop()


def mocking_fixture(spec: Any, headers: Any = (), objs: Any = (), **options: Any) -> Callable[..., Any]:
    """Make a pytest fixture of a mocking.

    Args:
        spec: as for `start_mocking`.
        headers: as for `start_mocking`; relative names are looked up beside the calling file first.
        objs: as for `start_mocking`; likewise.
        options: keyword arguments of `start_mocking`.

    Returns:
        A fixture to be assigned to a name in a test module or ``conftest.py``: ``mocking = mocking_fixture(...)``. The
        mocking starts at its first use in the session; each test gets a fresh child with no language set.
    """
    folder = Path(sys._getframe(1).f_code.co_filename).parent  # noqa: SLF001 - the caller's file, without a traceback
    key = object()

    @pytest.fixture
    def mocking(cmock_mockings: dict[Any, Mocking]) -> Iterator[Mocking]:
        """A running mocking with a fresh test child."""
        from cmock_py.session import make_current, start_mocking

        if key not in cmock_mockings:
            beside = [[_beside(folder, name) for name in group] for group in (headers, objs)]
            cmock_mockings[key] = start_mocking(_beside_spec(folder, spec), *beside, **options)
        cmock_mockings[key].restart()
        make_current(cmock_mockings[key])
        yield cmock_mockings[key]
        if cmock_mockings[key].running:
            cmock_mockings[key].raise_background_stop()

    return mocking


def _beside(folder: Path, name: Any) -> str:
    """Name a file beside the calling one, where there is one."""
    return str(folder / name) if (folder / name).exists() else str(name)


def _beside_spec(folder: Path, spec: Any) -> Any:
    return _beside(folder, spec) if isinstance(spec, (str, Path)) else spec
