"""What callers pass for ``...`` or in a ``va_list``, taken out item by item: by format, by number, to a sentinel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import CType, Enumeration, Floating, Integer, Pointer
from cmock_py.cdecl.path import c_text
from cmock_py.codegen import names
from cmock_py.codegen.writer import in_parentheses

if TYPE_CHECKING:
    from cmock_py.codegen.snippet import Snippets
    from cmock_py.codegen.writer import Line
    from cmock_py.mocked import Field, Mocked

_INT_BYTES = 4


def list_lines(mocked: Mocked, field: Field, snippets: Snippets) -> list[Line]:
    """Write the lines that collect the items of a list; they declare ``cmk_list`` in a block of their own."""
    arg = field.arg
    if arg is None:
        return []
    if field.walks:
        return _walked(field, snippets)
    is_rest = arg.type == "..."
    begin = (
        f"__builtin_va_start(cmk_list, {mocked.spec.params[-1].name})"
        if is_rest
        else f"__builtin_va_copy(cmk_list, {arg.name})"
    )
    items = f"&{names.ITEMS}{field.name}"
    return [
        "    {",
        "        __builtin_va_list cmk_list;",
        f"        {begin};",
        f"        cmk_items({items});",
        *_taken(field, items, snippets),
        "        __builtin_va_end(cmk_list);",
        "    }",
    ]


def _walked(field: Field, snippets: Snippets) -> list[Line]:
    """Take the elements of an array, up to a number of them or to the one that ends it."""
    arg, items, source = field.arg, f"&{names.ITEMS}{field.name}", in_parentheses(snippets.source(field))
    if arg is None:
        return []
    item = f"{source}[cmk_i]"
    sentinel = None if arg.sentinel is None else snippets.text(arg, "sentinel")
    more = f"cmk_i < {names.SIZE}{field.name}" if sentinel is None else f"{item} != ({sentinel})"
    condition = f"{source} && {more} && cmk_has_room({items})"
    loop = f"    for (unsigned long cmk_i = 0; {condition}; cmk_i++)"
    return [
        f"    cmk_items({items});",
        loop if sentinel is None else snippets.marked(loop, arg, "sentinel"),
        f"        {_item(field.items[0], items, item)};",
    ]


def _taken(field: Field, items: str, snippets: Snippets) -> list[Line]:
    arg = field.arg
    if arg is None or arg.format is not None:
        return [f"        cmk_items_format({items}, {arg.format if arg else 0}, cmk_list);"]
    if arg.types:
        return [
            f"        {_item(ctype, items, f'__builtin_va_arg(cmk_list, {_promoted(ctype)})')};"
            for ctype in field.items
        ]
    ctype = field.items[0]
    taken = f"__builtin_va_arg(cmk_list, {_promoted(ctype)})"
    if arg.sentinel is None:
        step = _item(ctype, items, taken)
        return [
            f"        for (unsigned long cmk_i = 0; cmk_i < {names.SIZE}{field.name} && cmk_has_room({items});",
            "             cmk_i++)",
            f"            {step};",
        ]
    last = f"({_promoted(ctype)})({snippets.text(arg, 'sentinel')})"
    return [
        f"        {_promoted(ctype)} cmk_item = {taken};",
        snippets.marked(f"        while (cmk_item != ({last}) && cmk_has_room({items})) {{", arg, "sentinel"),
        f"            {_item(ctype, items, 'cmk_item')};",
        f"            cmk_item = {taken};",
        "        }",
    ]


def _promoted(ctype: CType) -> str:
    """Spell the type that a value of this type has behind ``...``."""
    match ctype:
        case Integer(size=size) | Enumeration(size=size) if size < _INT_BYTES:
            return "int"
        case Floating(size=size, is_complex=False) if size == _INT_BYTES:
            return "double"
        case Pointer():
            return "const char *" if scalars.is_string(ctype) else "const void *"
        case Enumeration(size=size, signed=signed):
            return c_text(Integer(size, signed=signed)) or "int"
    return c_text(ctype) or "int"


def _item(ctype: CType, items: str, value: str) -> str:
    """Append one value to the items."""
    match ctype:
        case Floating():
            return f"cmk_item_floating({items}, (double){value})"
        case Pointer():
            return f"cmk_item_{'string' if scalars.is_string(ctype) else 'pointer'}({items}, {value})"
        case Integer(signed=False, size=size) if size >= _INT_BYTES:
            return f"cmk_item_integer({items}, {value})"
    return f"cmk_item_integer({items}, (unsigned long)(long){value})"
