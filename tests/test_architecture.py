"""Hold the picture of docs/architecture.md: who may import whom, and who may use which library."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "cmock_py"
FOLDER = Path(__file__).resolve().parent.parent / PACKAGE

# A part is a package, or a module beside the packages. Everything may import errors.
ARROWS: dict[str, set[str]] = {
    "__init__": {"session", "mocking", "typed_terms", "spec", "lang", "host", "explain", "trace", "pure"},
    "__main__": {"cli"},
    "cli": {"session", "spec", "codegen", "explain"},
    "pytest_plugin": {"session", "mocking", "spec", "codegen", "explain"},
    "session": {"mocking", "build", "make", "spec", "codegen", "toolchain", "host", "lang", "explain"},
    "pure": {"bind", "lang", "spec", "trace"},  # languages and traces without C
    "mocking": {"live", "build", "host", "lang", "typed_terms", "explain", "spec"},
    "live": {
        *("build", "make", "host", "bind", "explain", "lang", "codegen", "toolchain"),
        *("payload", "mocked", "cdecl", "callables", "trace", "_resources"),
    },
    "build": {"inputs", "make", "spec", "cdecl", "mocked", "toolchain", "_resources"},
    "make": {"inputs", "agreement", "spec", "cdecl", "mocked", "codegen", "toolchain", "_resources"},
    "inputs": {"spec", "toolchain"},
    "agreement": {"spec", "cdecl", "mocked"},
    "codegen": {"spec", "cdecl", "mocked"},
    "toolchain": {"_resources"},
    "host": {"trace", "callables", "spec", "cdecl", "mocked", "payload"},
    "bind": {"lang", "callables", "spec", "cdecl", "trace", "mocked", "payload"},
    "explain": {"lang", "trace", "spec"},
    "typed_terms": {"lang", "spec"},  # terms of the language by the names of a spec, which know nothing of each other
    "lang": {"_resources", "trace"},
    "payload": {"mocked", "cdecl", "lang", "trace"},
    "mocked": {"spec", "cdecl"},
    "spec": set(),
    "cdecl": {"trace"},  # its numbers that have names: addresses, values of enums
    "trace": set(),
    "callables": set(),
    "_resources": set(),
    "errors": set(),
}

# Nouns know nouns only: data that all may share must not draw a stage behind it.
NOUNS: dict[str, set[str]] = {
    "errors": set(),
    "trace": {"errors"},
    "spec.model": {"errors"},
    "cdecl.model": {"errors"},
    "lang.nodes": {"errors"},
    "lang.limits": {"errors", "lang.nodes"},
    "lang.structure": {"errors", "lang.nodes", "lang.limits", "lang.walk"},
    "explain.report": {"errors", "lang.nodes", "lang.limits", "lang.structure", "trace", "spec.model"},
}

# An arrow that leads to the nouns of a part only.
NARROW: dict[tuple[str, str], set[str]] = {
    ("payload", "lang"): {"lang.nodes"},  # WILDCARD; the bytes of a value know nothing else of the language
    ("cli", "explain"): {"explain.colour"},
    ("pytest_plugin", "explain"): {"explain.colour"},
    ("explain", "spec"): {"spec.model"},  # names and lines
    ("typed_terms", "lang"): {"lang.nodes"},
    ("typed_terms", "spec"): {"spec.model"},
    ("mocking", "lang"): {"lang.nodes", "lang.limits"},  # what it passes on
    ("mocking", "spec"): {"spec.model"},
    ("mocking", "explain"): {"explain.report"},
}

# A foreign library has one home.
HOMES: dict[str, set[str]] = {
    "lark": {"lang"},
    "pycparser": {"cdecl"},
    "cffi": {"host"},
    "_cffi_backend": {"host"},
    "elftools": {"toolchain"},
    "filelock": {"toolchain"},
    "platformdirs": {"toolchain"},
    "subprocess": {"toolchain", "host", "lang"},  # lang: regular expressions that may take for ever
    "click": {"cli"},
    "pytest": {"pytest_plugin"},
    "_pytest": set(),
    "multiprocessing": set(),
    "pickle": set(),
}

# Imported when first needed: `import cmock_py` must stay cheap in every pytest run.
LATE = {"lark", "pycparser", "cffi", "elftools", "filelock", "platformdirs", "subprocess"}

# What starts a program or a process by another door than subprocess.
PROCESS_CALLS = {"system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp"}


@dataclass(frozen=True)
class Import:
    """One import: who imports, what, and in which of the two ways that matter here."""

    module: str
    target: str
    line: int
    late: bool
    typing_only: bool

    def __str__(self) -> str:
        """Render as a line that an editor can open."""
        return f"{PACKAGE}/{self.module.replace('.', '/')}.py:{self.line}: {self.module} -> {self.target}"


def modules() -> list[tuple[str, str]]:
    """List the dotted name inside the package, and the source, of every module."""
    found = []
    for path in sorted(FOLDER.rglob("*.py")):
        parts = path.relative_to(FOLDER).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found.append((name, path.read_text(encoding="utf-8")))
    return found


def imports(module: str, source: str) -> Iterator[Import]:
    """Find every import of a module, those inside functions and for typing only included."""
    yield from _walk(module, ast.parse(source), late=False, typing_only=False)


def _walk(module: str, node: ast.AST, *, late: bool, typing_only: bool) -> Iterator[Import]:
    """Go down from *node*, remembering whether the way led through a function or a TYPE_CHECKING block."""
    for child in ast.iter_child_nodes(node):
        inside = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing = typing_only or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
        for target in _targets(module, child):
            yield Import(module, target, child.lineno, inside, typing)  # type: ignore[attr-defined]
        yield from _walk(module, child, late=inside, typing_only=typing)


def _targets(module: str, node: ast.AST) -> list[str]:
    """Name what an import statement imports, submodules of ours by their own name."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    if node.level:
        return [f"relative import in {module}"]
    base = node.module or ""
    return sorted({_own_submodule(base, alias.name) for alias in node.names})


def _own_submodule(base: str, name: str) -> str:
    """Tell ``from cmock_py.spec import model`` from ``from cmock_py.spec.model import ApiSpec``."""
    head, *rest = base.split(".")
    if head != PACKAGE:
        return base
    inside = FOLDER.joinpath(*rest, name)
    return f"{base}.{name}" if inside.with_suffix(".py").exists() or inside.is_dir() else base


def own(target: str) -> str | None:
    """Give the name inside the package of a target of ours, ``""`` for the root, None for a foreign one."""
    head, _, rest = target.partition(".")
    return rest if head == PACKAGE else None


def faults(module: str, source: str) -> list[str]:
    """Find every import of a module that the picture does not allow."""
    found = []
    for entry in imports(module, source):
        inside = own(entry.target)
        if entry.target.startswith("relative"):
            found.append(f"{entry}: imports are absolute")
        elif inside == "":
            found.append(f"{entry}: the package root is for users only")
        elif inside is not None:
            found += _own_faults(entry, inside)
        else:
            found += _foreign_faults(entry)
    return found


def _own_faults(entry: Import, inside: str) -> Iterator[str]:
    """Check an import of a module of ours."""
    part, target = entry.module.partition(".")[0], inside.partition(".")[0]
    if part not in ARROWS:
        yield f"{entry}: {part} is no part of the picture; add it there first"
    elif target not in {part, "errors"} | ARROWS[part]:
        yield f"{entry}: {part} may import {', '.join(sorted(ARROWS[part] | {'errors'}))}"
    elif inside not in NARROW.get((part, target), {inside}):
        yield f"{entry}: of {target}, {part} may import {', '.join(sorted(NARROW[part, target]))}"
    if entry.module in NOUNS and inside not in NOUNS[entry.module]:
        yield f"{entry}: a noun imports nouns only: {', '.join(sorted(NOUNS[entry.module])) or 'none'}"


def _foreign_faults(entry: Import) -> Iterator[str]:
    """Check an import of a library."""
    library, part = entry.target.partition(".")[0], entry.module.partition(".")[0]
    if library in HOMES and part not in HOMES[library]:
        yield f"{entry}: {library} is used by {', '.join(sorted(HOMES[library])) or 'nobody'} only"
    if library in LATE and not (entry.late or entry.typing_only):
        yield f"{entry}: {library} is imported inside the function that needs it"


@pytest.mark.parametrize(("module", "source"), modules(), ids=[name for name, _ in modules()])
def test_imports_follow_the_picture(module: str, source: str) -> None:
    """Every import of a module of ours is an arrow of the picture, and every library has its home."""
    assert faults(module, source) == []


@pytest.mark.parametrize(("module", "source"), modules(), ids=[name for name, _ in modules()])
def test_only_host_and_toolchain_start_processes(module: str, source: str) -> None:
    """No other part reaches the system by a side door of `os`, and none evaluates text but the loader of specs."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    doors = [ast.unparse(call) for call in calls if isinstance(call, ast.Attribute) and ast.unparse(call.value) == "os"]
    started = {door for door in doors if door[3:] in PROCESS_CALLS or door[3:].startswith(("exec", "spawn"))}
    assert module.partition(".")[0] in {"host", "toolchain"} or not started
    evaluated = {call.id for call in calls if isinstance(call, ast.Name) and call.id in {"eval", "exec"}}
    assert module == "spec.load" or not evaluated


def test_every_part_is_in_the_picture() -> None:
    """A new package or module at the top is drawn before it is built."""
    assert {name.split(".")[0] for name, _ in modules()} <= set(ARROWS)


def test_the_picture_has_no_cycle() -> None:
    """The arrows lead downwards only, so that parts can be understood from the bottom up."""
    left = dict(ARROWS)
    while free := {part for part, targets in left.items() if not targets & set(left)}:
        left = {part: targets for part, targets in left.items() if part not in free}
    assert left == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Every module can be understood after those that it imports; late imports, and those for types only, count too."""
    known = dict(modules())
    left = {
        name: {inside for entry in imports(name, source) if (inside := own(entry.target)) in known} - {"__init__"}
        for name, source in known.items()
    }
    while free := {name for name, targets in left.items() if not targets & set(left)}:
        left = {name: targets for name, targets in left.items() if name not in free}
    assert left == {}


def test_c_half_and_language_half_never_import_each_other() -> None:
    """The half that produces a trace and the half that judges one know nothing of each other."""
    c_half, language_half = {"cdecl", "mocked", "codegen", "toolchain", "build", "host"}, {"lang", "explain"}
    assert not any(ARROWS[part] & language_half for part in c_half)
    assert not any(ARROWS[part] & c_half for part in language_half)


@pytest.mark.parametrize(
    ("module", "source", "words"),
    [
        ("codegen.stub", "from cmock_py.lang.nodes import Event", "codegen may import"),
        ("lang.parse", "def f():\n    from cmock_py.cdecl.model import Void", "lang may import"),
        ("lang.parse", "if TYPE_CHECKING:\n    from cmock_py.host import memory", "lang may import"),
        ("spec.check", "from cmock_py import ApiSpec", "the package root"),
        ("spec.check", "import cmock_py", "the package root"),
        ("spec.check", "from .model import ApiSpec", "imports are absolute"),
        ("lang.nodes", "from cmock_py.lang.parse import parse", "a noun imports nouns only"),
        ("payload", "from cmock_py.lang.parse import parse", "of lang, payload may import lang.nodes"),
        ("novelty", "from cmock_py.spec.model import ApiSpec", "no part of the picture"),
        ("lang.parse", "import lark", "inside the function"),
        ("lang.parse", "class A:\n    from lark import Lark", "inside the function"),
        ("codegen.stub", "def f():\n    import lark", "lark is used by lang only"),
        ("session", "def f():\n    import subprocess", "subprocess is used by host, lang, toolchain only"),
        ("host.values", "def f():\n    from pickle import loads", "pickle is used by nobody only"),
    ],
    ids=[
        "arrow",
        "arrow in a function",
        "arrow for typing",
        "root",
        "root plainly",
        "relative",
        "noun",
        "narrow",
        "part",
        "early",
        "early in a class",
        "library",
        "process",
        "nobody",
    ],
)
def test_the_checker_sees_wrong_imports(module: str, source: str, words: str) -> None:
    """Each kind of wrong import is found, wherever in the module it stands."""
    (fault,) = faults(module, source)
    assert words in fault


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("lang.parse", "def f():\n    import lark"),
        ("host.layout", "if TYPE_CHECKING:\n    import cffi"),
        ("explain.report", "from cmock_py.lang.nodes import Event"),
        ("bind.encode", "from cmock_py.lang import nodes\nfrom cmock_py.errors import UsageError"),
    ],
    ids=["late", "typing", "noun", "arrow"],
)
def test_the_checker_allows_right_imports(module: str, source: str) -> None:
    """What the picture shows is not refused."""
    assert faults(module, source) == []
