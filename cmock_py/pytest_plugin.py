"""The pytest plugin: a mocking that starts once and gives every test a fresh child.

It costs nothing when unused: nothing of the package is imported before a fixture asks for it.
"""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from cmock_py.mocking import Mocking

_passed = pytest.StashKey[bool]()
_ASKS_PYTHON = frozenset(
    {"cmock_py.live.serving", "cmock_py.live.calls", "cmock_py.host.callback", "cmock_py.live.judgements"}
)
"""Modules that call Python functions of tests."""

_OURS = re.compile(r"(E +)cmock_py\.errors\.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep our own frames out of a failure's traceback, and remember whether the test passed."""
    if call.excinfo is not None:
        _hide_insides()
    if call.when == "call":
        item.stash[_passed] = call.excinfo is None
    return (yield)


def _hide_insides() -> None:
    """Have pytest hide the frames of this package under errors that are meant for the user."""
    for name, module in list(sys.modules.items()):
        if name.startswith("cmock_py."):
            vars(module)["__tracebackhide__"] = _is_told  # pytest looks for it in a frame's globals


def _is_told(raised: pytest.ExceptionInfo[BaseException]) -> bool:
    from cmock_py.errors import CmockError, InternalError

    if isinstance(raised.value, CmockError):
        return not isinstance(raised.value, InternalError)
    return _is_users(raised.value)


def _is_users(error: BaseException) -> bool:
    """Whether a Python function of the test has raised what comes through our frames."""
    modules = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    ours = [index for index, module in enumerate(modules) if module.startswith("cmock_py.")]
    return bool(ours) and ours[-1] + 1 < len(modules) and modules[ours[-1]] in _ASKS_PYTHON


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Let the terminal show our reports in their own colours; what is written to files stays plain."""
    for traceback, *_ in getattr(report.longrepr, "chain", ()):
        for entry in traceback.reprentries:
            if any(map(_OURS.match, entry.lines)):
                entry.toterminal = partial(_show, entry)


def _show(entry: Any, terminal: Any) -> None:
    """Show an entry of a traceback, coloured where the terminal has colours."""
    lines = entry.lines
    try:
        if terminal.hasmarkup:
            entry.lines = _coloured(lines)
        type(entry).toterminal(entry, terminal)
    finally:
        entry.lines = lines


def _coloured(lines: Sequence[str]) -> list[str]:
    """Take the message below its first line out of the one colour that pytest gives it."""
    from cmock_py.explain.colour import OFF, coloured

    margin, shown = "", []
    for line in lines:
        found = _OURS.match(line)
        inside = bool(margin) and line.startswith(margin) and not found
        shown.append(f"{margin}{OFF}{coloured(line.removeprefix(margin))}" if inside else line)
        margin = found[1] if found else margin
    return shown


@pytest.fixture(scope="session")
def cmock_mockings() -> Iterator[dict[Any, Mocking]]:
    """The mockings that `mocking_fixture` started in this session, stopped at its end."""
    started: dict[Any, Mocking] = {}
    yield started
    with ExitStack() as stack:
        for mocking in started.values():
            stack.callback(mocking.stop)


def mocking_fixture(spec: Any, headers: Any = (), objs: Any = (), **options: Any) -> Callable[..., Any]:
    """Make a pytest fixture of a mocking.

    A language that a test sets and does not check is checked when it is dropped for another one or by a restart, or
    when the test has passed: a forgotten `check_callouts` lets no failure through.

    Args:
        spec: as for `start_mocking`; a relative path is looked up beside the calling file first.
        headers: as for `start_mocking`; likewise.
        objs: as for `start_mocking`; likewise, and so are the folders of ``-I`` in *options*.
        options: keyword arguments of `start_mocking`.

    Returns:
        A fixture to be assigned to a name in a test module or ``conftest.py``: ``mocking = mocking_fixture(...)``. The
        mocking starts at its first use in the session; each test gets a fresh child with no language set.

    Raises:
        ArgumentTypeError: an option that `start_mocking` does not have.
    """
    _check_options(options)
    folder = Path(sys._getframe(1).f_code.co_filename).parent  # noqa: SLF001 - the caller's file, without a traceback
    key = object()

    @pytest.fixture
    def mocking(cmock_mockings: dict[Any, Mocking], request: pytest.FixtureRequest) -> Iterator[Mocking]:
        """A running mocking with a fresh test child."""
        if key not in cmock_mockings:
            cmock_mockings[key] = _start(folder, spec, headers, objs, options)
        running = _fresh(cmock_mockings[key])
        running.insists = True
        yield running
        running.insists = False
        _finish(running, passed=request.node.stash.get(_passed, False))

    return mocking


def _check_options(options: dict[str, Any]) -> None:
    import inspect

    from cmock_py.session import start_mocking

    known = [name for name, p in inspect.signature(start_mocking).parameters.items() if p.kind is p.KEYWORD_ONLY]
    for name in options:
        if name not in known:
            from difflib import get_close_matches

            from cmock_py.errors import ArgumentTypeError

            near = get_close_matches(name, [*known, "spec", "headers", "objs"], 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(known)}"
            raise ArgumentTypeError(f"start_mocking has no option {name!r}{hint}")


def _start(folder: Path, spec: Any, headers: Any, objs: Any, options: dict[str, Any]) -> Mocking:
    """Start the mocking of a fixture; names are those of files beside the calling one, where there are such."""
    from cmock_py.session import start_mocking

    for name in ("cppflags", "cflags"):
        if name in options:
            options[name] = _beside_flags(folder, options[name])
    named = spec if not isinstance(spec, (str, Path)) else _beside(folder, spec)
    return start_mocking(named, _all_beside(folder, headers), _all_beside(folder, objs), **options)


def _fresh(mocking: Mocking) -> Mocking:
    from cmock_py.session import make_current

    mocking.restart()
    make_current(mocking)
    return mocking


def _finish(mocking: Mocking, *, passed: bool) -> None:
    """Raise what nobody has heard of yet: a background thread that was stopped, or a language that nobody checked."""
    if not mocking.running:
        return
    mocking.raise_background_stop()
    if passed and mocking.is_unchecked:
        try:
            mocking.check_callouts()
        except Exception as error:
            error.add_note("The test set this language and ended without check_callouts(), so the fixture checked it.")
            raise


def _beside(folder: Path, name: Any) -> str:
    """Name a file beside the calling one, where there is one."""
    return str(folder / name) if (folder / name).exists() else str(name)


def _all_beside(folder: Path, names: Any) -> Any:
    return names if isinstance(names, (str, bytes)) else [_beside(folder, name) for name in names]


def _beside_flags(folder: Path, flags: Any) -> Any:
    """Make the folders of ``-I`` those beside the calling file."""
    if isinstance(flags, (str, bytes)):
        return flags
    return [f"-I{_beside(folder, flag[2:])}" if flag.startswith("-I") and flag != "-I" else flag for flag in flags]
