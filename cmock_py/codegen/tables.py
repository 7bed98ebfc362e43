"""The table of mocked functions that the runtime walks: names, and the fields of records and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.cdecl.values import size_of
from cmock_py.codegen import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.mocked import Field, Mocked


def tables(mocked: Sequence[Mocked]) -> list[str]:
    """Write ``cmk_functions`` and what it points to."""
    lines: list[str] = []
    rows: list[str] = []
    for function in mocked:
        ins = _fields(f"cmk_ins_{function.number}", function.ins, lines)
        outs = _fields(f"cmk_outs_{function.number}", function.written, lines)
        matched = sum(field.is_matched for field in function.ins)
        counts = f"{len(function.ins)}, {function.in_words}, {len(function.written)}, {function.out_words}, {matched}"
        rows.append(f'    {{ "{function.name}", {ins}, {outs}, {counts}, {int(function.fallback)} }},')
    rows = rows or ['    { "", 0, 0, 0, 0, 0, 0, 0, 0 },']
    return [
        *lines,
        "const struct cmk_function cmk_functions[] = {",
        *rows,
        "};",
        f"const unsigned long cmk_function_count = {len(mocked)};",
        *_reals(mocked),
    ]


def _reals(mocked: Sequence[Mocked]) -> list[str]:
    """Write the addresses of the real functions, which Python reads; the linker leaves 0 where there is none."""
    rows = [f"(void (*)(void)){names.real(function.spec.c_name)}" if function.passes_on else "0" for function in mocked]
    return [f"void (*const {names.REALS}[])(void) = {{", *(f"    {row}," for row in rows or ["0"]), "};"]


def _fields(name: str, fields: Sequence[Field], lines: list[str]) -> str:
    """Append the array of *fields* to *lines*; return the name to point to it with."""
    if not fields:
        return "0"
    rows = ", ".join(_field(f"{name}_{i}", field, lines) for i, field in enumerate(fields))
    lines.append(f"static const struct cmk_field {name}[] = {{ {rows} }};")
    return name


def _field(name: str, field: Field, lines: list[str]) -> str:
    """Write one field; append the array of its floating numbers to *lines*, if it has any."""
    leaves = field.leaves
    if leaves:
        listed = ", ".join(f"{{ {offset}, {size} }}" for offset, size in leaves)
        lines.append(f"static const struct cmk_leaf {name}[] = {{ {listed} }};")
    element = field.element if field.is_blob else size_of(field.owned) if field.owned else 0
    rest = f"{len(leaves)}, {int(field.is_matched)}, {name if leaves else 0}, {float(field.tolerance or 0)!r}"
    return f"{{ CMK_{field.kind.name}, {field.slot}, {field.words}, {element}, {rest} }}"
