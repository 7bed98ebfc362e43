"""One stub per mocked function, all of one shape: enter, in, call, out, return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.cdecl import scalars
from cmock_py.codegen import names
from cmock_py.codegen.writer import Line, Marked, declare, prototype

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmock_py.mocked import Field, Mocked
    from cmock_py.spec.model import ApiArg

SITE = "__builtin_return_address(0)"


def expression_key(mocked: Mocked, arg: ApiArg) -> str:
    """Name the capacity expression of a buffer argument, unique in the spec."""
    return f"{mocked.number}.{arg.name}"


def stub(mocked: Mocked, expressions: Mapping[str, str]) -> list[Line]:
    """Write the stub of one function.

    Args:
        mocked: the function.
        expressions: the user's C expressions by `expression_key`, macros expanded; one that is missing stands as it is.

    Returns:
        Its lines, from comment to closing brace.
    """
    name = names.mock(mocked.spec.name)
    signature = prototype(mocked.spec, name, variadic=mocked.is_variadic)
    checked = f"__typeof__({mocked.spec.name}) {name};" if mocked.declared else f"{signature};"
    blobs = [field for field in mocked.ins if field.is_blob]
    body = [
        *_variables(mocked, blobs),
        *_sizes(mocked, expressions),
        "",
        *_captures(mocked, blobs),
        _call(mocked, blobs),
        *_copies(mocked),
        *_return(mocked),
    ]
    return [f"/* {mocked.name} */", checked, signature, "{", *body, "}"]


def _variables(mocked: Mocked, blobs: list[Field]) -> list[Line]:
    lines: list[Line] = ["    struct cmk_call cmk;", f"    unsigned long cmk_in[{max(1, mocked.in_words)}] = {{ 0 }};"]
    if blobs:
        lines.append(f"    struct cmk_blob cmk_blobs[{len(blobs)}];")
    if mocked.result is not None and not scalars.is_string(mocked.result.type):
        lines.append(f"    {declare(mocked.spec.result_type, 'cmk_result')};")
    return lines


def _sizes(mocked: Mocked, expressions: Mapping[str, str]) -> list[Line]:
    """Capacities are evaluated on the arguments as they came; a negative one is none."""
    lines: list[Line] = []
    for arg in mocked.spec.args:
        if arg.buffer is False:
            continue
        size = expressions.get(expression_key(mocked, arg), str(arg.buffer))
        text = f"    const unsigned long {names.SIZE}{arg.name} = ({size}) > 0 ? (unsigned long)({size}) : 0;"
        lines.append(text if isinstance(arg.buffer, int) else Marked(text, arg.origin))
    return lines


def _captures(mocked: Mocked, blobs: list[Field]) -> list[Line]:
    lines: list[Line] = []
    for field in mocked.ins:
        if field.is_blob:
            lines.append(f"    cmk_blobs[{blobs.index(field)}] = {_capture(field)};")
        else:
            lines.append(f"    __builtin_memcpy(&cmk_in[{field.slot}], &{field.name}, sizeof {field.name});")
    return lines


def _capture(field: Field) -> str:
    if field.form == "string":
        return f"cmk_string({field.name}, {field.slot})"
    pointer = f"(const void *){field.name}" if "volatile" in field.text else field.name
    count = "1" if field.form == "pointee" else names.SIZE + field.name
    return f"cmk_array({pointer}, {count}, {_element(field)}, {field.slot})"


def _element(field: Field) -> str:
    """Size of one element; that of void is one byte, and no standard C can say so."""
    return "1" if scalars.is_char(field.type) else f"sizeof *{field.name}"


def _call(mocked: Mocked, blobs: list[Field]) -> str:
    if blobs:
        return f"    cmk_call_blobs(&cmk, {mocked.number}, cmk_in, {SITE}, cmk_blobs, {len(blobs)});"
    return f"    cmk_call(&cmk, {mocked.number}, cmk_in, {SITE});"


def _copies(mocked: Mocked) -> list[Line]:
    lines: list[Line] = []
    if len(mocked.outs) > 1:  # all must fit before the first is written
        lines += [
            f"    cmk_fits(&cmk, {index}, {field.slot}, {names.SIZE}{field.name});"
            for index, field in enumerate(mocked.outs)
            if field.form == "array"
        ]
    for index, field in enumerate(mocked.outs):
        pointer = f"(void *){field.name}" if "volatile" in field.text else field.name
        if field.form == "array":
            room = f"{names.SIZE}{field.name}, {_element(field)}"
            lines.append(f"    cmk_out_array(&cmk, {index}, {field.slot}, {pointer}, {room});")
        else:
            lines.append(f"    cmk_out(&cmk, {index}, {field.slot}, {pointer}, sizeof *{field.name});")
    return lines


def _return(mocked: Mocked) -> list[Line]:
    if mocked.never_returns:
        return ["    cmk_never_returns(&cmk);"]
    result = mocked.result
    if result is None:
        return []
    if scalars.is_string(result.type):
        return [f"    return cmk_result_pointer(&cmk, {result.slot});"]
    return [
        f"    __builtin_memcpy(&cmk_result, &cmk.answer[{result.slot}], sizeof cmk_result);",
        "    return cmk_result;",
    ]
