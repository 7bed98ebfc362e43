"""Takes a language as users give it: a text, the path of a text, or a term; and tells where in Python a text stands."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, Fault, LanguageError
from cmock_py.lang.include import CannotInclude, read_text
from cmock_py.lang.limits import DEFAULT
from cmock_py.lang.nodes import Include, Node, Pattern, plain
from cmock_py.lang.python_lines import short_name, users_frames, written_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.lang.findings import Findings
    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Seq

    _Method = TypeVar("_Method", bound=Callable[..., Any])

UNNAMED = "language"
"""What a text is called that comes from no file."""


def tree_of(lang: Any, findings: Findings | None = None, limits: Limits = DEFAULT) -> Node:
    """Return the tree of a language.

    Args:
        lang: a text, the path of a file that holds one, or a term.
        findings: collects the faults of a text that leave a part of it; None: they are raised.
        limits: of the text.

    Raises:
        LanguageSyntaxError: the text does not parse.
        ArgumentValueError: the file cannot be read.
        ArgumentTypeError: *lang* is something else.
    """
    if isinstance(lang, (str, os.PathLike)):
        from cmock_py.lang.parse import parse

        if isinstance(lang, str):
            return _beside_writer(parse(lang, UNNAMED, findings, limits), lang)
        return parse(_text(os.fspath(lang)), os.fspath(lang), findings, limits)
    if not isinstance(lang, get_args(Node)):
        hint = "; wrap it: SEQ([...])" if isinstance(lang, (list, tuple)) else ""
        given = f"{type(lang).__name__} {lang!r:.60}"
        if isinstance(lang, Pattern):
            from cmock_py.lang.render import render_pattern

            given = f"the pattern {render_pattern(lang):.60}"
        message = f"the language is {given}, not text or a term of SEQ and EVENT{hint}"
        raise ArgumentTypeError(message)
    return plain(lang)  # type: ignore[no-any-return]


def check_functions(functions: Any) -> None:
    """Check what ``functions=`` is given: Python functions by name; raises ArgumentTypeError.

    >>> check_functions([abs])
    Traceback (most recent call last):
    cmock_py.errors.ArgumentTypeError: functions= is the list [<built-in function abs>]; give a dict: {"name": function}
    """
    if not isinstance(functions, Mapping):
        message = f'functions= is the {type(functions).__name__} {functions!r:.60}; give a dict: {{"name": function}}'
        raise ArgumentTypeError(message)
    for name, function in functions.items():
        if not isinstance(name, str):
            message = f"functions: the name {name!r:.60} is no text"
            raise ArgumentTypeError(message)
        if not callable(function):
            kind = type(function).__name__
            message = f"functions: {name!r} is {function!r:.60} ({kind}), and not a Python function"
            raise ArgumentTypeError(message)


def _beside_writer(tree: Seq, text: str) -> Seq:
    """Let what a text includes be relative to the folder of the Python file that writes it, or else gives it to us."""
    if not any(isinstance(item, Include) for item in tree.items):
        return tree
    file, _ = written_at(text) or (next(users_frames()).f_code.co_filename, [])
    folder = Path(short_name(file)).parent if Path(file).exists() else Path()
    items = (replace(item, file=str(folder / item.file)) if isinstance(item, Include) else item for item in tree.items)
    return replace(tree, items=tuple(items))


def _text(file: str) -> str:
    try:
        return read_text(file)
    except CannotInclude as error:
        message = f"the language cannot be read: {error}" + (f"; {error.hint}" if error.hint else "")
        raise ArgumentValueError(message) from None


# --- texts in Python files ------------------------------------------------------------------------------------------


def tells_python_lines(method: _Method) -> _Method:
    """Let the faults of a text name its line in the Python file as well, where it is written as a literal there.

    Args:
        method: takes the language as its first argument.
    """

    @functools.wraps(method)
    def telling(self: Any, lang: Any, *args: Any, **named: Any) -> Any:
        try:
            return method(self, lang, *args, **named)
        except LanguageError as error:
            faults = _with_python_lines(error.faults, lang) if isinstance(lang, str) else error.faults
            if faults == error.faults:
                raise
            raise type(error)(faults, error.unlisted, is_cut=error.is_cut) from None

    return telling  # type: ignore[return-value]


def _with_python_lines(faults: Any, text: str) -> tuple[Fault, ...]:
    """Add the line of Python to the places of faults; they stay as they are when the text is no literal."""
    found = written_at(text)
    if found is None:
        return tuple(faults)
    file, lines = found
    return tuple(_moved(fault, short_name(file), lines) for fault in faults)


def _moved(fault: Fault, file: str, lines: list[int]) -> Fault:
    name, _, place = fault.path.partition(":")
    line = place.partition(":")[0]
    if name != UNNAMED or not line.isdecimal() or not 0 < int(line) <= len(lines):
        return fault
    path = f"{fault.path} ({file}:{lines[int(line) - 1]})"
    return Fault(path, fault.message, fault.hint, fault.snippet)
