"""cmock-py: mock C functions from Python; the SUT runs in a crash-safe process of its own.

The names below are imported from their homes when they are first asked for: a spec alone costs no more than a spec.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cmock_py.errors import (
        AnswerTooLong,
        ArgumentError,
        ArgumentTypeError,
        ArgumentValueError,
        BuildError,
        CalloutsFailed,
        ChildStopped,
        CmockError,
        Fault,
        FaultyInputError,
        HeaderError,
        InternalError,
        LanguageError,
        LanguageSyntaxError,
        LayoutError,
        MemoryAccessError,
        MissingSymbols,
        MockBypass,
        MockBypassWarning,
        NoLanguage,
        NoMocking,
        NotYet,
        NullOut,
        NullPointer,
        PlatformError,
        SpecError,
        StalePointer,
        SutCrashed,
        SutError,
        SutExited,
        SutTimeout,
        TraceFull,
        UnexpectedCall,
        UnknownNameError,
        UsageError,
    )
    from cmock_py.explain.report import Verdict
    from cmock_py.host.pointer import Pointer
    from cmock_py.lang.dot import to_dot
    from cmock_py.lang.nodes import REAL, WILDCARD
    from cmock_py.lang.terms import (
        ANY,
        AT_LEAST,
        AT_MOST,
        EMPTY,
        EVENT,
        OPTIONAL,
        PAR,
        PERM,
        REPEAT,
        REPLICATE,
        SEQ,
        XALT,
    )
    from cmock_py.mocking import Mocking
    from cmock_py.session import (
        c_code,
        check_callouts,
        gen_headers,
        get_trace,
        init_lang,
        load_spec,
        start_mocking,
        stop_mocking,
        verdict,
    )
    from cmock_py.spec.merge import merge_spec_modules
    from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec
    from cmock_py.trace import Call, Place, Stop

_HOMES = {
    "cmock_py.errors": (
        "AnswerTooLong",
        "ArgumentError",
        "ArgumentTypeError",
        "ArgumentValueError",
        "BuildError",
        "CalloutsFailed",
        "ChildStopped",
        "CmockError",
        "Fault",
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
        "TraceFull",
        "UnexpectedCall",
        "UnknownNameError",
        "UsageError",
    ),
    "cmock_py.explain.report": ("Verdict",),
    "cmock_py.host.pointer": ("Pointer",),
    "cmock_py.lang.dot": ("to_dot",),
    "cmock_py.lang.nodes": (
        "REAL",
        "WILDCARD",
    ),
    "cmock_py.lang.terms": (
        "ANY",
        "AT_LEAST",
        "AT_MOST",
        "EMPTY",
        "EVENT",
        "OPTIONAL",
        "PAR",
        "PERM",
        "REPEAT",
        "REPLICATE",
        "SEQ",
        "XALT",
    ),
    "cmock_py.mocking": ("Mocking",),
    "cmock_py.session": (
        "c_code",
        "check_callouts",
        "gen_headers",
        "get_trace",
        "init_lang",
        "load_spec",
        "start_mocking",
        "stop_mocking",
        "verdict",
    ),
    "cmock_py.spec.merge": ("merge_spec_modules",),
    "cmock_py.spec.model": (
        "ApiArg",
        "ApiFunction",
        "ApiModule",
        "ApiSpec",
    ),
    "cmock_py.trace": (
        "Call",
        "Place",
        "Stop",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ANY",
    "AT_LEAST",
    "AT_MOST",
    "EMPTY",
    "EVENT",
    "OPTIONAL",
    "PAR",
    "PERM",
    "REAL",
    "REPEAT",
    "REPLICATE",
    "SEQ",
    "WILDCARD",
    "XALT",
    "AnswerTooLong",
    "ApiArg",
    "ApiFunction",
    "ApiModule",
    "ApiSpec",
    "ArgumentError",
    "ArgumentTypeError",
    "ArgumentValueError",
    "BuildError",
    "Call",
    "CalloutsFailed",
    "ChildStopped",
    "CmockError",
    "Fault",
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
    "Mocking",
    "NoLanguage",
    "NoMocking",
    "NotYet",
    "NullOut",
    "NullPointer",
    "Place",
    "PlatformError",
    "Pointer",
    "SpecError",
    "StalePointer",
    "Stop",
    "SutCrashed",
    "SutError",
    "SutExited",
    "SutTimeout",
    "TraceFull",
    "UnexpectedCall",
    "UnknownNameError",
    "UsageError",
    "Verdict",
    "c_code",
    "check_callouts",
    "gen_headers",
    "get_trace",
    "init_lang",
    "load_spec",
    "merge_spec_modules",
    "start_mocking",
    "stop_mocking",
    "to_dot",
    "verdict",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
