"""The table of mocked functions that the runtime walks: names, and the fields of records and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        counts = f"{len(function.ins)}, {function.in_words}, {len(function.written)}, {function.out_words}"
        rows.append(f'    {{ "{function.name}", {ins}, {outs}, {counts} }},')
    rows = rows or ['    { "", 0, 0, 0, 0, 0, 0 },']
    return [
        *lines,
        "const struct cmk_function cmk_functions[] = {",
        *rows,
        "};",
        f"const unsigned long cmk_function_count = {len(mocked)};",
    ]


def _fields(name: str, fields: Sequence[Field], lines: list[str]) -> str:
    """Append the array of *fields* to *lines*; return the name to point to it with."""
    if not fields:
        return "0"
    rows = ", ".join(
        f"{{ CMK_{field.kind.name}, {field.slot}, {field.words}, {field.element if field.is_blob else 0}, "
        f"CMK_{field.of.name} }}"
        for field in fields
    )
    lines.append(f"static const struct cmk_field {name}[] = {{ {rows} }};")
    return name
