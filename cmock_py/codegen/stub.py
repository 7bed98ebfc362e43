"""One stub per mocked function, all of one shape: enter, in, call, out, return; `silent` writes those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import Array, FunctionType, Pointer, Structure, Void
from cmock_py.cdecl.path import c_text
from cmock_py.codegen import names
from cmock_py.codegen.answers import answered_lines, made_result, return_type, sizes, unused
from cmock_py.codegen.lists import list_lines
from cmock_py.codegen.reals import call_through
from cmock_py.codegen.silent import silent_lines
from cmock_py.codegen.snippet import Snippets
from cmock_py.codegen.writer import Line, declare, in_parentheses, prototype
from cmock_py.spec.ctext import unqualified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmock_py.mocked import Field, Mocked
    from cmock_py.spec.model import ApiArg

SITE = "__builtin_return_address(0)"


def stub(mocked: Mocked, code: Mapping[str, str]) -> list[Line]:
    """Write the stub of one function.

    Args:
        mocked: the function.
        code: the user's C by `snippet_key`, macros expanded; what is missing stands as the spec has it.

    Returns:
        Its lines, from comment to closing brace.
    """
    name = names.mock(mocked.spec.c_name)
    signature = prototype(mocked.spec, name, variadic=mocked.is_variadic)
    checked = f"__typeof__({mocked.spec.c_name}) {name};" if mocked.declared else f"{signature};"
    snippets = Snippets(mocked, code)
    before, body = silent_lines(mocked, snippets) if mocked.is_silent else _checked_lines(mocked, snippets)
    return [f"/* {mocked.name} */", *before, checked, signature, "{", *body, "}"]


def _checked_lines(mocked: Mocked, snippets: Snippets) -> tuple[list[Line], list[Line]]:
    """Write what stands before the function, and its body."""
    blobs = [field for field in mocked.ins if field.is_blob]
    body = [
        *_variables(mocked, snippets, blobs),
        *sizes(mocked, snippets),
        "",
        *_ins(mocked, snippets, blobs),
        _call(mocked, blobs),
        *call_through(mocked, snippets),
        *_outs(mocked, snippets),
        *_return(mocked, snippets),
    ]
    return [*_real(mocked), *_stored_type(mocked, snippets), *return_type(mocked, snippets)], body


def _real(mocked: Mocked) -> list[Line]:
    """Declare the real function under a name of ours, which no builtin and no declaration of a header has."""
    if not mocked.passes_on:
        return []
    name = names.real(mocked.spec.c_name)
    declared = f"__typeof__({mocked.spec.c_name}) {name}" if mocked.declared else prototype(mocked.spec, name)
    return [f'extern {declared} __asm__("{names.real_symbol(mocked.symbol)}") __attribute__((weak));']


# --- variables ------------------------------------------------------------------------------------------------------


def _variables(mocked: Mocked, snippets: Snippets, blobs: list[Field]) -> list[Line]:
    lines: list[Line] = ["    struct cmk_call cmk;", f"    unsigned long cmk_in[{max(1, mocked.in_words)}] = {{ 0 }};"]
    if blobs:
        lines.append(f"    struct cmk_blob cmk_blobs[{len(blobs)}];")
    lines += [f"    struct cmk_items {names.ITEMS}{field.name};" for field in mocked.ins if field.form == "list"]
    if snippets.store:
        lines.append(f"    struct cmk_stored_{mocked.number} cmk_stored, *_stored_ = &cmk_stored;")
        lines += snippets.unmentioned("_stored_")
    if snippets.write:
        lines.append(f"    struct cmk_return_{mocked.number} cmk_return, *_return_ = &cmk_return;")
        lines += snippets.unmentioned("_return_")
    if mocked.outs and (snippets.write or any(map(snippets.is_filled, mocked.outs))):
        lines.append(f"    struct cmk_elements cmk_answered[{len(mocked.outs)}];")
    if mocked.result is not None and not isinstance(mocked.result.type, Pointer):
        ctype = mocked.spec.result_type if mocked.result.arg is None else mocked.result.text
        lines.append(f"    {declare(unqualified(ctype), 'cmk_result')};")
    return lines


def _stored_type(mocked: Mocked, snippets: Snippets) -> list[Line]:
    """The struct that snippets of in arguments write: one member per visible argument."""
    if not snippets.store:
        return []
    members: list[Line] = []
    for field in mocked.ins:
        if field.form == "list" or (field.arg is not None and field.arg.view is not None):
            continue
        members.append(f"    {declare(unqualified(field.text), field.name)};")
        if field.arg is not None and field.arg.buffer is True:
            members.append(f"    unsigned long {field.name}_length;")
    return [f"struct cmk_stored_{mocked.number} {{", *members, "};"]


# --- in -------------------------------------------------------------------------------------------------------------


def _ins(mocked: Mocked, snippets: Snippets, blobs: list[Field]) -> list[Line]:
    """Let snippets make their values, then capture all of them."""
    lines: list[Line] = unused(arg for arg in mocked.spec.params if arg.is_in and not arg.is_visible)
    if snippets.store:
        lines.append("    __builtin_memset(&cmk_stored, 0, sizeof cmk_stored);")
        lines += [line for field in mocked.ins for line in _stored_plain(field)]
    for index, field in enumerate(mocked.ins):
        if field.arg is not None and field.arg.code is not None:
            lines += _room(field)
            lines.append(f"    cmk_reading({mocked.number}, {index});")
            lines.append(snippets.statement(field.arg))
    for index, field in enumerate(mocked.ins):
        if snippets.is_risky(field):
            lines.append(f"    cmk_reading({mocked.number}, {index});")
        if field.form == "list":
            lines += list_lines(mocked, field, snippets)
        lines += _capture(field, index, snippets, blobs)
        lines += _within(mocked, field, snippets, blobs)
    if not blobs and (snippets.store or any(map(snippets.is_risky, mocked.ins))):
        lines.append("    cmk_done();")  # blobs are read once more by the runtime, which says so itself
    return lines


def _stored_plain(field: Field) -> list[Line]:
    """What no snippet makes can be read by snippets all the same."""
    plain = field.arg is not None and not field.arg.phantom and field.arg.code is None and field.arg.view is None
    return [f"    cmk_stored.{field.name} = {field.name};"] if plain and field.form != "list" else []


def _room(field: Field) -> list[Line]:
    """A snippet may fill an array as well as point to one."""
    arg = field.arg
    if arg is None or field.form != "array" or arg.buffer is True:
        return []
    room = f"cmk_room({names.SIZE}{field.name}, {_element(field, f'cmk_stored.{field.name}')})"
    return [f"    cmk_stored.{field.name} = cmk_zeros(__builtin_alloca({room}), {room});"]


def _within(mocked: Mocked, field: Field, snippets: Snippets, blobs: list[Field]) -> list[Line]:
    """No more elements may be valid than there is room for."""
    if field.form not in {"array", "string"} or not _has_both(field.arg):
        return []
    element = "1" if field.form == "string" else _element(field, snippets.source(field))
    blob = f"&cmk_blobs[{blobs.index(field)}]"
    return [f"    cmk_within({mocked.number}, {blob}, {names.SIZE}{field.name}, {element});"]


def _capture(field: Field, index: int, snippets: Snippets, blobs: list[Field]) -> list[Line]:
    source = snippets.source(field)
    if not field.is_blob:
        return _capture_value(field, source, snippets)
    blob = f"cmk_blobs[{blobs.index(field)}]"
    if field.form == "list":
        listed = f"cmk_list(&{names.ITEMS}{field.name}, {index})"
        return [f"    {blob} = {f'{source} ? {listed} : cmk_array(0, 0, 1, {index})' if field.walks else listed};"]
    arg = field.arg
    if field.form == "string":
        limit = f"{arg.string}UL" if arg is not None and type(arg.string) is int else "~0UL"
        if arg is not None and arg.is_array:
            limit = _count(field)
        text = f"cmk_string({_unqualified(field, source, 'char')}, {limit}, {index})"
    elif field.form == "pointee":
        pointer = field.name
        text = f"cmk_array({_unqualified(field, pointer)}, 1, sizeof *{pointer}, {index})"
    else:
        count = _count(field)
        text = f"cmk_array({_unqualified(field, source)}, {count}, {_element(field, source)}, {index})"
    line = f"    {blob} = {text};"
    return [snippets.marked(line, arg, "view") if arg is not None and arg.view is not None else line]


def _count(field: Field) -> str:
    arg = field.arg
    if arg is not None and arg.buffer is True:
        return f"cmk_stored.{field.name}_length"
    return (names.LENGTH if _has_both(arg) else names.SIZE) + field.name


def _has_both(arg: ApiArg | None) -> bool:
    """Whether an argument has a capacity, and a number of elements that are valid."""
    return arg is not None and arg.length is not None and not isinstance(arg.buffer, bool)


def _capture_value(field: Field, source: str, snippets: Snippets) -> list[Line]:
    """A value that is no plain variable goes through one, unless it is a struct or an array, which has an address."""
    slot = f"&cmk_in[{field.slot}]"
    arg = field.arg
    if arg is None or arg.view is None:
        return [f"    __builtin_memcpy({slot}, &{source}, sizeof {source});"]
    said = arg.stored_type or (arg.type if arg.phantom else None)
    if isinstance(field.type, Array) or (isinstance(field.type, Structure) and said is None):
        return [snippets.marked(f"    __builtin_memcpy({slot}, &({source}), sizeof({source}));", arg, "view")]
    ctype = said or c_text(field.type) or "long"
    value = f"{names.VIEW}{field.name}"
    line = f"    {declare(ctype, value)} = {source};"
    return [snippets.marked(line, arg, "view"), f"    __builtin_memcpy({slot}, &{value}, sizeof {value});"]


def _unqualified(field: Field, source: str, to: str = "void") -> str:
    """Pass a pointer where one to const is wanted; volatile has to be cast away."""
    plain = "volatile" not in field.text and not (to == "char" and not _is_plain_char(field))
    return source if plain else f"(const {to} *){in_parentheses(source)}"


def _is_plain_char(field: Field) -> bool:
    """Whether a string's pointer is spelled as one to plain char."""
    return "char" in field.text and "signed" not in field.text


def _element(field: Field, source: str) -> str:
    """Size of one element; that of void is one byte, and no standard C can say so."""
    return "1" if isinstance(field.type, Void) or scalars.is_char(field.type) else f"sizeof *{in_parentheses(source)}"


def _call(mocked: Mocked, blobs: list[Field]) -> str:
    if blobs or any(field.is_matched for field in mocked.ins):
        captured = f"cmk_blobs, {len(blobs)}" if blobs else "0, 0"
        return f"    cmk_call_blobs(&cmk, {mocked.number}, cmk_in, {SITE}, {captured});"
    return f"    cmk_call(&cmk, {mocked.number}, cmk_in, {mocked.in_words}, {SITE});"


# --- out ------------------------------------------------------------------------------------------------------------


def _outs(mocked: Mocked, snippets: Snippets) -> list[Line]:
    """All must fit before the first is written; what snippets read is there before the first of them runs."""
    lines: list[Line] = []
    bounded = [(i, field) for i, field in enumerate(mocked.outs) if field.is_blob and not snippets.is_unbounded(field)]
    if len(mocked.outs) > 1 or any(snippets.is_special(field) for _, field in bounded):
        lines += [f"    cmk_fits(&cmk, {i}, {field.slot}, {names.SIZE}{field.name});" for i, field in bounded]
    for index, field in enumerate(mocked.outs):
        if snippets.write or snippets.is_filled(field):
            shape = _element(field, field.name) if field.is_blob else "0"
            if field.is_blob and field.arg is not None and (field.arg.phantom or field.arg.stored_type is not None):
                shape = f"sizeof *({field.text})0" if not isinstance(field.type, Void) else "1"
            lines.append(f"    cmk_answered[{index}] = cmk_answer(&cmk, {index}, {field.slot}, {shape});")
    lines += answered_lines(mocked, snippets)
    for index, field in enumerate(mocked.outs):
        if not snippets.is_special(field):
            lines.append(_out(index, field))
    return lines


def _out(index: int, field: Field) -> str:
    pointer = f"(void *){field.name}" if "volatile" in field.text else field.name
    if field.is_blob:
        room = f"{names.SIZE}{field.name}, {_element(field, field.name)}"
        return f"    cmk_out_array(&cmk, {index}, {field.slot}, {pointer}, {room});"
    if field.partial:
        slots = f"{field.slot}, {field.slot + field.words // 2}"
        return f"    cmk_out_partly(&cmk, {index}, {slots}, {pointer}, sizeof *{field.name});"
    return f"    cmk_out(&cmk, {index}, {field.slot}, {pointer}, sizeof *{field.name});"


# --- return ---------------------------------------------------------------------------------------------------------


def _return(mocked: Mocked, snippets: Snippets) -> list[Line]:
    if mocked.never_returns:
        return ["    cmk_never_returns(&cmk);"]
    result = mocked.result
    if result is None:
        return []
    if isinstance(result.type, Pointer):
        value = f"cmk_result_pointer(&cmk, {result.slot})"
        if isinstance(result.type.to, FunctionType):  # which ISO C keeps apart from pointers to void
            value = f"({unqualified(result.text)})(unsigned long){value}"
        return made_result(mocked, snippets, value) or [f"    return {value};"]
    copied = f"    __builtin_memcpy(&cmk_result, &cmk.answer[{result.slot}], sizeof cmk_result);"
    return [copied, *(made_result(mocked, snippets, "cmk_result") or ["    return cmk_result;"])]
