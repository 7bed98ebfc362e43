"""Lines of generated C: declarators, banner, and line markers that lead back to the user's spec."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from cmock_py.cdecl.model import Function, Parameter
from cmock_py.codegen import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cmock_py.cdecl.model import CType
    from cmock_py.mocked import Mocked
    from cmock_py.spec.model import ApiFunction, Origin


@dataclass(frozen=True, slots=True)
class Marked:
    """A line that holds the user's own C; compilers shall blame `origin` for it, and `key` tells which C it is."""

    text: str
    origin: Origin
    key: str = ""


Line = str | Marked


def indented(lines: Iterable[Line]) -> list[Line]:
    """Indent lines by one more level."""
    return [f"    {line}" if isinstance(line, str) else replace(line, text=f"    {line.text}") for line in lines]


def declare(ctype: str, name: str) -> str:
    """Write a declaration of *name*.

    >>> declare("const char *", "text"), declare("int", "n")
    ('const char *text', 'int n')
    """
    return f"{ctype}{name}" if ctype.endswith("*") else f"{ctype} {name}"


def prototype(function: ApiFunction, name: str, *, variadic: bool = False) -> str:
    """Write the prototype of a spec's function under another name, without ``;``."""
    params = ", ".join(declare(arg.type, arg.name) for arg in function.params) or "void"
    params += ", ..." if variadic or function.is_variadic else ""
    return f"{declare(function.result_type, name)}({params})"


def declaration(mocked: Mocked, types: Mapping[str, CType]) -> Function:
    """Declare a mocked function: as its header does, or as the spec does when no header declares it.

    Args:
        mocked: the function.
        types: the C types of the spec's texts.
    """
    if mocked.declared is not None:
        return mocked.declared
    said = mocked.spec
    params = tuple(Parameter(arg.name, types[arg.type], declare(arg.type, arg.name)) for arg in said.params)
    text = prototype(said, said.c_name)
    return Function(said.c_name, types[said.result_type], params, text, variadic=said.is_variadic)


def in_parentheses(expression: str) -> str:
    """Put parentheses around an expression that is more than a name."""
    return expression if expression.isidentifier() else f"({expression})"


def includes(headers: Iterable[str]) -> list[str]:
    """Write one include per header: names that are written ``<like.h>`` keep their brackets."""
    return [f"#include {header}" if header.startswith("<") else f'#include "{header}"' for header in headers]


def render(lines: Iterable[Line], *, style: Literal["marker", "key", "directive"], first: int = 1) -> str:
    """Join lines, with line markers around the user's own C.

    Args:
        lines: the generated lines.
        style: ``marker`` for text that was preprocessed (``# 12 "spec.py"``), ``key`` for the same with keys in the
            place of files, ``directive`` for text that will be preprocessed.
        first: number of the first line in the generated file.

    Returns:
        The text, ending in a newline. Spec files are named without their folder, so that it depends on no machine.
    """
    word = "#line " if style == "directive" else "# "
    out: list[str] = []
    for line in lines:
        if isinstance(line, str):
            if style != "directive" or not line.startswith("#pragma"):  # readers need no orders to the compiler
                out.append(line)
            continue
        file = line.key if style == "key" else PurePath(line.origin.file).name
        out += [f'{word}{line.origin.line} "{file}"', *line.text.split("\n")]
        out.append(f'{word}{first + len(out) + 1} "{names.UNIT}"')
    return "\n".join(out) + "\n"
