"""Python functions that C reaches: how messages name them, and whether they can be called with so many arguments."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable


def function_name(function: Callable[..., Any]) -> str:
    """Name a Python function with its place, as messages do: ``level() at test_lamp.py:12``."""
    bare = getattr(function, "func", function)  # of functools.partial
    code = getattr(bare, "__code__", None) or getattr(type(bare).__call__, "__code__", None)
    name = getattr(bare, "__name__", type(bare).__name__)
    if code is None:
        return f"{name}()"
    file = code.co_filename
    here = os.getcwd() + os.sep  # noqa: PTH109 - a prefix
    return f"{name}() at {file.removeprefix(here)}:{code.co_firstlineno}"


def identity(function: Callable[..., Any]) -> Hashable:
    """Make a key that is the same for equal functions: a method is a new object each time that it is asked for.

    >>> identity("text".upper) == identity("text".upper), identity(len) == identity(min)
    (True, False)
    """
    try:
        hash(function)
    except TypeError:
        return id(function)
    return function


def misfit(function: Callable[..., Any], count: int) -> str | None:
    """Say why a Python function cannot be called with *count* arguments by position; None when it can, or who knows.

    >>> misfit(lambda a, b: a, 1)
    "missing a required argument: 'b'"
    """
    import inspect

    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # of many built-in functions nobody knows
        return None
    try:
        signature.bind(*[None] * count)
    except TypeError as error:
        return str(error)
    return None
