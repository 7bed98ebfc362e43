"""What users import: the names, that each is explained, and that importing costs next to nothing."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import cmock_py
from cmock_py import errors

ROOT = Path(__file__).resolve().parent.parent

SPEC = {"ApiArg", "ApiFunction", "ApiModule", "ApiSpec"}
LANGUAGE = {
    *("SEQ", "EVENT", "XALT", "PAR", "PERM", "REAL", "REPLICATE", "OPTIONAL", "EMPTY", "REPEAT", "AT_LEAST", "AT_MOST"),
    *("SUCCESS", "ANY", "COLUMNS", "WILDCARD", "DO", "INCLUDE"),
    *(
        "BETWEEN",
        "BIND",
        "BITS",
        "EACH",
        "EQ",
        "GE",
        "GT",
        "IN",
        "LE",
        "LT",
        "NAMED",
        "NE",
        "OUT",
        "REGEX",
        "REST",
        "VAR",
    ),
}
FUNCTIONS = {
    *("start_mocking", "stop_mocking", "init_lang", "check_callouts", "verdict", "get_trace", "to_dot", "typed"),
    *("c_code", "gen_headers", "load_spec", "merge_spec_modules"),
    *("accepts", "enabled", "step", "validate", "verify"),
}
CLASSES = {
    "Limits",
    "Residual",
    "Stepped",
    "Verified",
    "Mocking",
    "Verdict",
    "Call",
    "Place",
    "Pointer",
    "Stop",
    "Fault",
}
ERRORS = {
    "AmbiguousCall",
    "AmbiguousLanguage",
    "AnswerTooLong",
    "ArgumentError",
    "ArgumentTypeError",
    "ArgumentValueError",
    "BuildError",
    "CalloutsFailed",
    "ChildStopped",
    "CmockError",
    "EventError",
    "FaultyInputError",
    "HeaderError",
    "InternalError",
    "LanguageError",
    "LanguageSyntaxError",
    "LayoutError",
    "MemoryAccessError",
    "MissingSymbols",
    "MockBypass",
    "MockBypassWarning",
    "NoLanguage",
    "NoMocking",
    "NotYet",
    "NullOut",
    "NullPointer",
    "PlatformError",
    "SpecError",
    "StalePointer",
    "SutCrashed",
    "SutError",
    "SutExited",
    "SutTimeout",
    "TooAmbiguous",
    "TraceFull",
    "UndecidedCheck",
    "UnexpectedCall",
    "UnfitAnswer",
    "UnknownNameError",
    "UsageError",
}
PUBLIC = SPEC | LANGUAGE | FUNCTIONS | CLASSES | ERRORS

HEAVY = {"lark", "pycparser", "cffi", "elftools", "subprocess", "click", "filelock", "platformdirs", "pytest"}


def imported_by(statement: str) -> set[str]:
    """List the top-level modules that a fresh interpreter holds after a statement; no site-packages hook takes part."""
    script = f"import sys\nsys.path[:0] = {[str(ROOT), *sys.path]!r}\n{statement}\nprint(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return {name.split(".", 1)[0] for name in done.stdout.split()}


def test_the_public_names_are_these() -> None:
    """A name enters or leaves the public face only together with this list."""
    assert set(cmock_py.__all__) == PUBLIC
    assert len(cmock_py.__all__) == len(set(cmock_py.__all__))


def test_every_exception_is_public() -> None:
    """What can be raised can be caught by its public name."""
    raised = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]
    assert {value.__name__ for value in raised} == ERRORS


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_there_and_explained(name: str) -> None:
    """Each public name can be taken from the package, and says what it is."""
    value = getattr(cmock_py, name)
    if callable(value):
        doc = inspect.getdoc(value)
        assert doc, f"{name} has no docstring"
        inherited = [base.__doc__ for base in getattr(value, "__mro__", ())[1:]]
        assert value.__doc__ not in inherited, f"{name} has only its base's docstring"
    else:
        assert name in {"EMPTY", "REAL", "REST", "SUCCESS", "WILDCARD"}
        assert inspect.getdoc(type(value))


def test_importing_the_package_imports_nothing_heavy() -> None:
    """Libraries are loaded when first needed: an unused cmock-py costs a test run nothing."""
    assert imported_by("import cmock_py") & HEAVY == set()


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    """The pytest plugin is imported by every run of pytest on the machine; only pytest itself may be there."""
    assert (
        imported_by("import pytest\nimport cmock_py.pytest_plugin") & {"lark", "pycparser", "cffi", "elftools"} == set()
    )


def test_heavy_modules_would_be_seen() -> None:
    """The measuring stick works: a heavy import does show."""
    assert "lark" in imported_by("import lark")
