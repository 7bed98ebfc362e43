"""The C functions and globals of a project as a Python stub file, for type checkers."""

from __future__ import annotations

import keyword
import re
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from cmock_py.cdecl import pytypes
from cmock_py.cdecl.model import Aggregate, Array, Structure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cmock_py.cdecl.model import CType, Function, Variable

Union: TypeAlias = "Callable[[Iterable[str]], str]"
"""Writes the union of types."""

_IMPORTS = (
    ("builtins.", "import builtins"),
    ("Callable", "from collections.abc import Callable"),
    ("Any", "from typing import Any, Protocol"),
    ("Pointer", "from cmock_py import Pointer"),
)
_BUILTINS = frozenset(("bool", "bytes", "complex", "dict", "float", "int", "list", "property", "str", "tuple"))
"""Types that the file names; where C has the name, too, they are written ``builtins.str``."""

_TAKEN = frozenset(("Any", "Callable", "Pointer", "Protocol", "Lib"))
"""Names that the file itself imports or defines: a member of the class that was called so would hide them."""


def stub_file(
    functions: Mapping[str, Function],
    variables: Mapping[str, Variable],
    mocks: Mapping[str, str],
    sources: Sequence[str],
) -> str:
    """Write the stub file.

    Args:
        functions: what can be called, by name.
        variables: globals.
        mocks: ``module.function`` of the mocked ones, by name.
        sources: the spec and the headers, for the banner.
    """
    union = partial(_union, _BUILTINS.intersection([*functions, *variables]))
    lines = [line for function in functions.values() for line in _function(function, mocks.get(function.name), union)]
    lines += [line for variable in variables.values() for line in _variable(variable, union)]
    item = f"    def __getitem__(self, name: {union(['str'])}, /) -> Any: ..."
    body = ["class Lib(Protocol):", '    """`mocking.lib`, as a type checker shall see it."""', "", *lines, item, ""]
    text = "\n".join(body)
    imports = [line for word, line in _IMPORTS if word in text]
    banner = f"# Written by `cmock-py stubs` from {', '.join(sources)}; do not edit."
    return "\n".join([banner, "", *imports, "", text])


def _function(function: Function, mock: str | None, union: Union) -> Iterator[str]:
    if function.inline:
        yield f"    # {function.text}: its body stands in the header, so there may be no symbol to call"
        return
    if _is_hidden(function.name):
        yield _by_item(function.name, function.text)
        return
    names = pytypes.parameter_names([parameter.name for parameter in function.params])
    params = [f"{name}: {union(pytypes.taken(p.type))}" for name, p in zip(names, function.params, strict=True)]
    listed = ", ".join(["self", *params, "/", *["*args: Any"] * function.variadic])
    yield f"    def {function.name}({listed}) -> {union(pytypes.returned(function.ret))}:"
    yield f'        """{_docstring(function.text)};{f"  (mock of {mock})" if mock else ""}"""'
    yield ""


def _variable(variable: Variable, union: Union) -> Iterator[str]:
    name = variable.name
    if _is_hidden(name):
        yield _by_item(name, variable.text)
        return
    read, written = union(pytypes.returned(variable.type)), union(_written(variable.type))
    yield f"    @{union(['property'])}"
    yield f"    def {name}(self) -> {read}:"
    yield f'        """{_docstring(variable.text)};"""'
    yield ""
    yield f"    @{name}.setter"
    yield f"    def {name}(self, value: {written}) -> None: ..."
    yield ""


def _written(ctype: CType) -> tuple[str, ...]:
    """Name the Python types that a global takes."""
    match ctype:
        case Array():
            return ("list[Any]", "tuple[Any, ...]", "str", "bytes", "Pointer")
        case Aggregate() | Structure():
            return ("dict[str, Any]", "Pointer")
    return pytypes.taken(ctype)


def _is_hidden(name: str) -> bool:
    return keyword.iskeyword(name) or name in _TAKEN or name.startswith("__")


def _by_item(name: str, text: str) -> str:
    return f'    # {text}: no attribute can be called {name} here; it is lib["{name}"]'


def _union(shadowed: AbstractSet[str], names: Iterable[str]) -> str:
    """Join types; of those that a C name hides, Python's own is meant."""
    return re.sub(r"\w+", lambda word: f"builtins.{word[0]}" if word[0] in shadowed else word[0], " | ".join(names))


def _docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
