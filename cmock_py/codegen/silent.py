"""Stubs of silent functions: always callable, never recorded; what they answer are variables that tests may set.

Each value has two variables: what is answered now, and the start value that a reset goes back to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.codegen import names
from cmock_py.codegen.answers import (
    answered_lines,
    answered_member,
    element_type,
    made_result,
    return_type,
    sizes,
    unused,
)
from cmock_py.codegen.writer import Line, declare
from cmock_py.spec.ctext import unqualified

if TYPE_CHECKING:
    from cmock_py.codegen.snippet import Snippets
    from cmock_py.mocked import Field, Mocked


_NO_LOSS: list[Line] = [
    "#pragma GCC diagnostic push",
    '#pragma GCC diagnostic error "-Woverflow"',
    '#pragma GCC diagnostic error "-Wconstant-conversion"',  # what clang calls it
    '#pragma GCC diagnostic error "-Wliteral-conversion"',
]
"""A start value that does not fit its type is a fault of the spec, and no other value."""


def silent_lines(mocked: Mocked, snippets: Snippets) -> tuple[list[Line], list[Line]]:
    """Write the variables that stand before the function, and its body."""
    before = [*return_type(mocked, snippets), *_variables(mocked), *_start(mocked, snippets)]
    return before, _body(mocked, snippets)


def variable(mocked: Mocked, name: str, prefix: str = names.SILENT) -> str:
    """Name the variable of ``result`` or ``calls``."""
    return f"{prefix}{mocked.number}_{name}"


def out_variable(mocked: Mocked, field: Field, prefix: str = names.SILENT) -> str:
    """Name the variable of an out argument, whatever its name is; `out_` keeps it from ``result`` and ``calls``."""
    return variable(mocked, f"out_{field.name}", prefix)


def _variables(mocked: Mocked) -> list[Line]:
    lines: list[Line] = [f"unsigned long {variable(mocked, 'calls')};"]
    for prefix in (names.SILENT, names.START):
        if mocked.result is not None:
            lines.append(f"{declare(unqualified(mocked.result.text), variable(mocked, 'result', prefix))};")
        lines += [f"struct cmk_elements {out_variable(mocked, field, prefix)};" for field in mocked.outs]
    return lines


def _start(mocked: Mocked, snippets: Snippets) -> list[Line]:
    """Start values are any C expressions, so code computes them: before the constructors of the SUT run."""
    if mocked.result is None and not mocked.outs:
        return []
    start = f"cmk_starts_{mocked.number}"
    lines: list[Line] = []
    for field in mocked.outs:
        lines += _default(mocked, field, snippets)
    if mocked.result is not None and isinstance(mocked.spec.silent, str):
        value = variable(mocked, "result", names.START)
        text = f"    {value} = ({snippets.silent(mocked.spec.silent)});"
        lines += [snippets.marked_function(text), f"    {variable(mocked, 'result')} = {value};"]
    head = f"static void {start}(void)"
    declared = f"{head} __attribute__((constructor(101)));"
    return [declared, *_NO_LOSS, head, "{", *lines, "}", "#pragma GCC diagnostic pop"]


def _default(mocked: Mocked, field: Field, snippets: Snippets) -> list[Line]:
    arg = field.arg
    if arg is None or arg.default_val is None:
        return []
    value, start = out_variable(mocked, field, "cmk_default_"), out_variable(mocked, field, names.START)
    text = snippets.text(arg, "default_val")
    if field.is_blob:
        element = element_type(field)
        line = (
            f"    static const {element} {value}[] = {text};"
            if "*" not in element
            else f"    static {element} {value}[] = {text};"
        )
        count, size = f"sizeof {value} / sizeof {value}[0]", f"sizeof {value}[0]"
        set_up: list[Line] = [snippets.marked(line, arg, "default_val")]
    else:
        count, size = "1", f"sizeof {value}"
        line = f"    {value} = {text};"
        set_up = [f"    static {answered_member(field, value)};", snippets.marked(line, arg, "default_val")]
        value = f"&{value}"
    return [
        *set_up,
        f"    {start} = (struct cmk_elements){{ {value}, {count}, {size} }};",
        f"    {out_variable(mocked, field)} = {start};",
    ]


def _body(mocked: Mocked, snippets: Snippets) -> list[Line]:
    special = any(map(snippets.is_special, mocked.outs))
    lines: list[Line] = []
    if snippets.write:
        lines.append(f"    struct cmk_return_{mocked.number} cmk_return, *_return_ = &cmk_return;")
        lines += snippets.unmentioned("_return_")
    if special:
        listed = ", ".join(out_variable(mocked, field) for field in mocked.outs)
        lines.append(f"    const struct cmk_elements cmk_answered[] = {{ {listed} }};")
    lines += sizes(mocked, snippets, only={field.name for field in mocked.outs})
    lines += unused(arg for arg in mocked.spec.params if not arg.is_out)
    lines.append(f"    __atomic_fetch_add(&{variable(mocked, 'calls')}, 1, 0 /* relaxed */);")
    for index, field in enumerate(mocked.outs):
        value = out_variable(mocked, field)
        if field.is_blob and not snippets.is_unbounded(field):
            lines.append(f"    cmk_silent_fits({mocked.number}, {index}, &{value}, {names.SIZE}{field.name});")
    lines += answered_lines(mocked, snippets) if special else []
    for index, field in enumerate(mocked.outs):
        if not snippets.is_special(field):
            pointer = f"(void *){field.name}" if "volatile" in field.text else field.name
            lines.append(f"    cmk_silent_out({mocked.number}, {index}, &{out_variable(mocked, field)}, {pointer});")
    if mocked.result is not None:
        value = variable(mocked, "result")
        lines += made_result(mocked, snippets, value) or [f"    return {value};"]
    return lines
