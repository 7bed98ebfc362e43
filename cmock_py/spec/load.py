"""Load a spec from a Python file: run the file, take its `api_spec`, check it.

The file is the user's own code and runs as such. It may import its neighbours: its folder is importable while it runs,
and what was imported from there is forgotten afterwards, so that two specs with equally named neighbours do not meet.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from cmock_py.errors import CmockError, Fault, SpecError
from cmock_py.spec.check import check
from cmock_py.spec.model import ApiModule, ApiSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFAULT_NAME = "api_spec"
_MODULE_NAME = "cmock_py_loaded_spec"
_FRAMES_SHOWN = 5


def load(path: str | Path, name: str | None = None) -> ApiSpec:
    r"""Load the spec that a Python file defines, and check it.

    Args:
        path: the file; it is run, as by ``python FILE``, in a module of its own.
        name: the variable that holds the `ApiSpec`, or the function without parameters that makes it; ``None`` takes
            ``api_spec``.

    Returns:
        The spec, without faults.

    Raises:
        SpecError: there is no such file, it raises, it has no such name, or its spec has faults (all of them).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "spec.py")
    ...     text = "from cmock_py.spec.model import ApiSpec, ApiModule\napi_spec = ApiSpec([ApiModule('stack')])\n"
    ...     _ = file.write_text(text)
    ...     load(file).modules[0].name
    'stack'
    """
    file = Path(path)
    source = _read(file)
    with _importable(file.resolve().parent):
        found = _value(file, _run(file, source), name or _DEFAULT_NAME)
    check(found)
    return found


def _read(file: Path) -> bytes:
    """Read the file, or say why not and what lies beside it."""
    if file.is_dir():
        _refuse(file, "is a folder; wanted is a Python file that defines a spec", _beside(file, file.name))
    if not file.exists():
        _refuse(file, "there is no such file", _beside(file.parent, file.name))
    if file.suffix != ".py":
        _refuse(file, f"ends in {file.suffix!r}; wanted is a Python file, ending in '.py'")
    try:
        return file.read_bytes()
    except OSError as error:
        _refuse(file, f"cannot be read: {error.strerror}")


def _beside(folder: Path, wanted: str) -> str | None:
    """Name the files that may have been meant."""
    if not folder.is_dir():
        return f"there is no folder {str(folder)!r} either"
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.suffix == ".py")
    except OSError:
        return None
    if near := get_close_matches(wanted, names, n=3):
        return f"did you mean {' or '.join(map(repr, near))}?"
    return f"Python files in that folder: {', '.join(names[:8])}" if names else "that folder has no Python file"


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let imports find *folder*; afterwards put `sys.path` back and forget the modules that came from there."""
    path, modules = list(sys.path), set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if _comes_from(sys.modules[name], folder):
                del sys.modules[name]


def _comes_from(module: ModuleType, folder: Path) -> bool:
    """Tell whether a module was read from *folder*; the loaded spec itself always was."""
    file = getattr(module, "__file__", None)
    return module.__name__ == _MODULE_NAME or (isinstance(file, str) and Path(file).resolve().is_relative_to(folder))


def _run(file: Path, source: bytes) -> dict[str, Any]:
    """Run the file, and hand out its names."""
    module = ModuleType(_MODULE_NAME)
    module.__file__ = str(file)
    sys.modules[_MODULE_NAME] = module  # dataclasses and pickle look a class's module up there
    try:
        exec(compile(source, str(file), "exec"), module.__dict__)  # noqa: S102 - a spec is the user's own program
    except CmockError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's file raises is told as its fault
        _tell(file, error)
    return module.__dict__


def _value(file: Path, names: dict[str, Any], name: str) -> ApiSpec:
    """Take the spec out of the names that the file defined."""
    if name not in names:
        _refuse(file, f"defines no {name!r}", _instead(names, name))
    value = names[name]
    if callable(value) and not isinstance(value, type):
        try:
            value = value()
        except CmockError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as in `_run`
            _tell(file, error)
        name = f"{name}()"
    if not isinstance(value, ApiSpec):
        hint = f"wrap it: {name} = ApiSpec([...])" if isinstance(value, ApiModule) else None
        _refuse(
            file, f"{name} is of type {type(value).__name__}; wanted is an ApiSpec or a function that makes one", hint
        )
    return value


def _instead(names: dict[str, Any], name: str) -> str:
    """Name what the file has instead of *name*."""
    own = [key for key, value in names.items() if not key.startswith("__") and not isinstance(value, type | ModuleType)]
    specs = [key for key in own if isinstance(names[key], ApiSpec)]
    if specs:
        return f"it has an ApiSpec named {' and '.join(map(repr, specs))}; rename it to {name!r}"
    if near := get_close_matches(name, own, n=1):
        return f"did you mean {near[0]!r}?"
    parts = [key for key in own if isinstance(names[key], ApiModule)]
    return f"write {name} = ApiSpec([{', '.join(parts) or 'ApiModule(...), ...'}])"


def _tell(file: Path, error: BaseException) -> NoReturn:
    """Raise what the user's file raised, as a fault at the line of that file, without our own frames."""
    told = traceback.TracebackException.from_exception(error, compact=True)
    frames = [frame for frame in told.stack if frame.filename != __file__ and not frame.filename.startswith("<frozen")]
    own = [frame.lineno for frame in frames if frame.filename == str(file)]
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == str(file) else None
    where = f"{file}:{line or own[-1]}" if line or own else str(file)
    last = traceback.StackSummary.from_list(frames[-_FRAMES_SHOWN:])
    text = "".join([*last.format(), *told.format_exception_only()]).rstrip()
    snippet = "\n".join(f"  {row}" for row in text.splitlines())
    message = f"the spec file raised {type(error).__name__} when it was run"
    raise SpecError([Fault(where, message, snippet=snippet)]) from None


def _refuse(file: Path, message: str, hint: str | None = None) -> NoReturn:
    """Raise one fault about the file as a whole."""
    raise SpecError([Fault(str(file), message, hint)])
