"""What stubs of checked and of silent functions share: sizes, and how an answer reaches the SUT through snippets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.cdecl.model import Array
from cmock_py.codegen import names
from cmock_py.codegen.writer import Line, declare, indented
from cmock_py.spec.ctext import unqualified

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmock_py.codegen.snippet import Snippets
    from cmock_py.mocked import Field, Mocked
    from cmock_py.spec.model import ApiArg


def return_type(mocked: Mocked, snippets: Snippets) -> list[Line]:
    """The struct that snippets of out arguments read: one member per out argument, and one for the result."""
    if not snippets.write:
        return []
    members: list[Line] = []
    for field in mocked.outs:
        members.append(f"    {answered_member(field, field.name)};")
        if field.is_blob:
            members.append(f"    unsigned long {field.name}_length;")
    if mocked.result is not None and mocked.result.arg is not None and mocked.result.arg.code is not None:
        members.append(f"    {declare(unqualified(mocked.result.text), mocked.result.arg.name)};")
    return [f"struct cmk_return_{mocked.number} {{", *members, "};"]


def answered_member(field: Field, name: str) -> str:
    """Declare a variable for the answer of an out argument: what its pointer points to, elements by a pointer."""
    text = field.text.rstrip()
    is_whole = field.arg is not None and (field.arg.stored_type is not None or (field.arg.phantom and "*" not in text))
    if field.is_blob or is_whole:
        return declare(unqualified(text), name)
    return declare(unqualified(text[:-1].rstrip()), name) if text.endswith("*") else f"__typeof__(*({text})0) {name}"


def element_type(field: Field) -> str:
    """Spell the type of the elements of an out array, without const."""
    text = " ".join(word for word in field.text.split() if word not in {"const", "volatile"}).rstrip()
    element = text[:-1].rstrip() if text.endswith("*") else f"__typeof__(*({text})0)"
    return "unsigned char" if element == "void" else element


def unused(args: Iterable[ApiArg]) -> list[Line]:
    """Tell compilers that these parameters may well go unused."""
    return [f"    (void){arg.name};" for arg in args]


def sizes(mocked: Mocked, snippets: Snippets, only: set[str] | None = None) -> list[Line]:
    """Capacities and lengths are evaluated on the arguments as they came; a negative one is none."""
    lines: list[Line] = []
    places = [(f, f"cmk_reading({mocked.number}, {i})") for i, f in enumerate(mocked.ins)]
    places += [(f, f"cmk_writing({mocked.number}, {i})") for i, f in enumerate(mocked.outs)]
    calls = {field.name: call for field, call in places}
    for arg in mocked.spec.args:
        if arg.name not in calls or (only is not None and arg.name not in only):
            continue  # hidden: nothing of it is read
        if snippets.follows_pointers(arg):
            lines.append(f"    {calls[arg.name]};")
        has_capacity = not isinstance(arg.buffer, bool)
        if has_capacity:
            lines.append(_size(snippets, arg, names.SIZE, "buffer", arg.buffer))
        if arg.length is not None:
            lines.append(_size(snippets, arg, names.LENGTH if has_capacity else names.SIZE, "length", arg.length))
        if snippets.follows_pointers(arg):
            lines.append("    cmk_done();")
    return lines


def _size(snippets: Snippets, arg: ApiArg, prefix: str, field: str, value: int | str | bool) -> Line:
    size = snippets.text(arg, field) if isinstance(value, str) else str(value)
    text = f"    const unsigned long {prefix}{arg.name} = ({size}) > 0 ? (unsigned long)({size}) : 0;"
    return snippets.marked(text, arg, field) if isinstance(value, str) else text


def answered_lines(mocked: Mocked, snippets: Snippets) -> list[Line]:
    """Give ``_return_`` to the snippets, run them, and write what is to be filled."""
    lines: list[Line] = []
    if snippets.write:
        lines.append("    __builtin_memset(&cmk_return, 0, sizeof cmk_return);")
        for index, field in enumerate(mocked.outs):
            lines += _return_value(index, field, snippets)
    for index, field in enumerate(mocked.outs):
        arg = field.arg
        if arg is None or not snippets.is_special(field):
            continue
        lines.append(f"    if (cmk_answered[{index}].data) {{")
        written = [snippets.statement(arg)] if arg.code is not None else _filled(index, field, snippets)
        lines += indented([f"    cmk_writing({mocked.number}, {index});", *written, "    cmk_done();"])
        lines.append("    }")
    return lines


def _return_value(index: int, field: Field, snippets: Snippets) -> list[Line]:
    answered, member = f"cmk_answered[{index}]", f"cmk_return.{field.name}"
    if not field.is_blob:
        return [f"    if ({answered}.data)", f"        __builtin_memcpy(&{member}, {answered}.data, sizeof {member});"]
    length = f"    {member}_length = {answered}.count;"
    if snippets.is_unbounded(field):
        return [f"    {member} = (void *){answered}.data;", length]
    room = f"cmk_room({names.SIZE}{field.name}, {answered}.size)"
    return [f"    {member} = cmk_padded(&{answered}, __builtin_alloca({room}), {room});", length]


def _filled(index: int, field: Field, snippets: Snippets) -> list[Line]:
    """Write an answer to the lvalue that ``fill`` names."""
    arg = field.arg
    if arg is None or arg.fill is None:
        return []
    target, answered = snippets.text(arg, "fill"), f"cmk_answered[{index}]"
    if field.is_blob:
        line = f"    __builtin_memcpy({target}, {answered}.data, {answered}.count * {answered}.size);"
    elif isinstance(field.type, Array):
        line = f"    __builtin_memcpy({target}, {answered}.data, sizeof({target}));"
    else:
        value = f"{names.FILL}{field.name}"
        copied = f"    __builtin_memcpy(&{value}, {answered}.data, sizeof {value});"
        line = f"    {target} = {value};"
        return [f"    {answered_member(field, value)};", copied, snippets.marked(line, arg, "fill")]
    return [snippets.marked(line, arg, "fill")]


def made_result(mocked: Mocked, snippets: Snippets, value: str) -> list[Line]:
    """Let a snippet make the real result of the visible one; nothing when there is no snippet."""
    arg = mocked.result.arg if mocked.result is not None else None
    if arg is None or arg.code is None:
        return []
    return [
        f"    cmk_return.{arg.name} = {value};",
        f"    {declare(unqualified(arg.type), arg.name)};",
        f"    cmk_writing({mocked.number}, {len(mocked.outs)});",
        snippets.statement(arg),
        "    cmk_done();",
        f"    return {arg.name};",
    ]
