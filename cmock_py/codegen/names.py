"""Every name that generated C gives to something; ``cmk_`` is ours, all else belongs to the user."""

from __future__ import annotations

import re

RESERVED = "cmk_"
MOCK = "cmk_mock_"
"""Stub of a mocked function; the SUT's references to the function are renamed to it."""

REAL = "cmk_real_"
"""The function behind the mock, as the stub calls it."""

REALS = "cmk_reals"
"""Where the addresses of the real functions lie, one per function."""

HOOK = "cmk_hook_"
"""What libc functions that could harm the host are called through."""

HOOKED = (
    *("exit", "_exit", "_Exit", "quick_exit", "abort", "__assert_fail", "free", "realloc"),
    *("close", "closefrom", "close_range", "dup2", "dup3"),
)
"""libc functions that the SUT reaches through the runtime. MIRROR runtime/hooks.c"""

SIZE = "cmk_size_"
"""Capacity of a buffer argument, in elements."""

LENGTH = "cmk_length_"
"""Valid elements of a buffer argument, where they are not its capacity."""

VIEW = "cmk_value_"
"""A value that an expression of the spec makes, on its way."""

FILL = "cmk_fill_"
"""The answer of an out argument, on its way to where the spec says."""

ITEMS = "cmk_items_"
"""What a caller passed for ``...``."""

SILENT, START = "cmk_silent_", "cmk_start_"
"""What a silent function answers now, and answered at first; its number and the name of the value follow."""

UNIT = "c_code.c"
"""The generated file, as line markers and compilers name it."""

CPP_KEYWORDS = frozenset(
    [
        "alignas",
        "alignof",
        "and",
        "and_eq",
        "asm",
        "bitand",
        "bitor",
        "bool",
        "catch",
        "char16_t",
        "char32_t",
        "char8_t",
        "class",
        "co_await",
        "co_return",
        "co_yield",
        "compl",
        "concept",
        "const_cast",
        "consteval",
        "constexpr",
        "constinit",
        "decltype",
        "delete",
        "dynamic_cast",
        "explicit",
        "export",
        "false",
        "friend",
        "mutable",
        "namespace",
        "new",
        "noexcept",
        "not",
        "not_eq",
        "nullptr",
        "operator",
        "or",
        "or_eq",
        "private",
        "protected",
        "public",
        "reinterpret_cast",
        "requires",
        "static_assert",
        "static_cast",
        "template",
        "this",
        "thread_local",
        "throw",
        "true",
        "try",
        "typeid",
        "typename",
        "using",
        "virtual",
        "wchar_t",
        "xor",
        "xor_eq",
    ]
)
"""C identifiers that C++ keeps for itself."""


def mock(function: str) -> str:
    """Name the stub of a function.

    >>> mock("pop")
    'cmk_mock_pop'
    """
    return MOCK + function


def real(function: str) -> str:
    """Name the real function as the stub calls it.

    >>> real("pop")
    'cmk_real_pop'
    """
    return REAL + function


def real_symbol(symbol: str) -> str:
    """Name what a real function is for the linker: one that could harm the host has a guard of ours before it.

    >>> real_symbol("pop"), real_symbol("exit")
    ('pop', 'cmk_hook_exit')
    """
    return HOOK + symbol if symbol in HOOKED else symbol


def guard(modules: tuple[str, ...]) -> str:
    """Name the include guard of a generated header.

    >>> guard(("stack",))
    'CMK_API_STACK_H'
    """
    words = "_".join(re.sub(r"\W", "_", module).upper() for module in modules)
    return f"CMK_API_{words}_H" if words else "CMK_API_H"
