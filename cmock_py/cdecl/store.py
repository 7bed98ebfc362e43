"""Declarations <-> JSON, for the cache: no pickle, and types written once, because loading must take a millisecond."""

from __future__ import annotations

from typing import Any, Final, assert_never

from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    CType,
    Declarations,
    Enumeration,
    Floating,
    Function,
    FunctionType,
    Integer,
    Layout,
    Location,
    Member,
    Parameter,
    Part,
    Pointer,
    Structure,
    Unsupported,
    Variable,
    Void,
)

_VERSION: Final = 2
"""Counts changes of the format; `from_json` refuses any other."""


def to_json(declarations: Declarations) -> dict[str, Any]:
    """Turn declarations into what `json.dumps` takes.

    Returns:
        A dict of lists; types are numbered, inner ones first, and referred to by number.
    """
    numbers: dict[CType, int] = {}
    table: list[list[Any]] = []

    def number(meant: CType) -> int:
        if meant not in numbers:
            row = _row(meant, number)
            numbers[meant] = len(table)
            table.append(row)
        return numbers[meant]

    return {
        "version": _VERSION,
        "functions": [
            [
                function.name,
                number(function.ret),
                [[param.name, number(param.type), param.text] for param in function.params],
                function.text,
                _written(function.place),
                function.variadic,
                list(function.attributes),
                function.symbol,
                function.inline,
                function.prototyped,
            ]
            for function in declarations.functions.values()
        ],
        "variables": [
            [variable.name, number(variable.type), variable.text, _written(variable.place)]
            for variable in declarations.variables.values()
        ],
        "constants": dict(declarations.constants),
        "asked": {text: number(meant) for text, meant in declarations.types.items()},
        "types": table,
        "cdef": declarations.cdef,
        "layouts": [_layout_row(layout) for layout in declarations.layouts],
        "aggregates": [[name, [list(member) for member in members]] for name, members in declarations.aggregates],
        "structures": {name: number(meant) for name, meant in declarations.structures.items()},
        "drafts": {name: number(meant) for name, meant in declarations.drafts.items()},
    }


def from_json(data: dict[str, Any]) -> Declarations:
    """Make declarations of what `to_json` gave.

    Raises:
        ValueError: *data* has another version of the format; make the declarations anew.

    >>> from_json(to_json(Declarations(constants={"A": 1}))).constants
    {'A': 1}
    """
    if data.get("version") != _VERSION:
        message = f"declarations are stored in version {data.get('version')!r} of the format, this is {_VERSION}"
        raise ValueError(message)
    types: list[CType] = []
    for row in data["types"]:
        types.append(_type(row, types))
    return Declarations(
        functions={row[0]: _function(row, types) for row in data["functions"]},
        variables={
            name: Variable(name, types[meant], text, _place(place)) for name, meant, text, place in data["variables"]
        },
        constants=data["constants"],
        types={text: types[meant] for text, meant in data["asked"].items()},
        cdef=data["cdef"],
        layouts=tuple(_layout(row) for row in data["layouts"]),
        aggregates=tuple(
            (name, tuple((member, kind) for member, kind in members)) for name, members in data["aggregates"]
        ),
        structures={name: types[meant] for name, meant in data["structures"].items()},
        drafts={name: types[meant] for name, meant in data["drafts"].items()},
    )


def _row(meant: CType, number: Any) -> list[Any]:
    """Write one type as a list whose first element names its class."""
    match meant:
        case Void():
            return ["void"]
        case Integer():
            return ["integer", meant.size, meant.signed, meant.kind]
        case Floating():
            return ["floating", meant.size, meant.is_complex]
        case Enumeration():
            return ["enumeration", meant.tag, meant.size, meant.signed, [list(pair) for pair in meant.values]]
        case Pointer():
            return ["pointer", number(meant.to), meant.const]
        case Array():
            return ["array", number(meant.of), meant.length]
        case Aggregate():
            return ["aggregate", meant.name, meant.size]
        case FunctionType():
            ret = None if meant.ret is None else number(meant.ret)
            return ["function", meant.text, ret, [number(param) for param in meant.params], meant.variadic]
        case Structure():
            parts = [[part.name, number(part.type), part.offset, part.bits] for part in meant.parts]
            return ["structure", meant.name, meant.size, meant.align, parts, meant.is_union]
        case Unsupported():
            return ["unsupported", meant.text, meant.reason]
        case _:
            assert_never(meant)


def _type(row: list[Any], types: list[CType]) -> CType:
    """Read one type; those that it refers to are in *types* already."""
    match row:
        case ["void"]:
            return Void()
        case ["integer", size, signed, kind]:
            return Integer(size, signed, kind)
        case ["floating", size, is_complex]:
            return Floating(size, is_complex)
        case ["enumeration", tag, size, signed, values]:
            return Enumeration(tag, size, signed, tuple((name, value) for name, value in values))
        case ["pointer", to, const]:
            return Pointer(types[to], const)
        case ["array", of, length]:
            return Array(types[of], length)
        case ["aggregate", name, size]:
            return Aggregate(name, size)
        case ["function", text, ret, params, variadic]:
            known = None if ret is None else types[ret]
            return FunctionType(text, known, tuple([types[param] for param in params]), variadic)
        case ["structure", name, size, align, parts, is_union]:
            return Structure(name, size, align, tuple([_part(part, types) for part in parts]), is_union)
        case ["unsupported", text, reason]:
            return Unsupported(text, reason)
    message = f"no C type is stored as {row!r}"
    raise ValueError(message)


def _part(row: list[Any], types: list[CType]) -> Part:
    """Read one member of a structure."""
    name, meant, offset, bits = row
    return Part(name, types[meant], offset, None if bits is None else (bits[0], bits[1]))


def _function(row: list[Any], types: list[CType]) -> Function:
    """Read one function."""
    name, ret, params, text, place, variadic, attributes, symbol, inline, prototyped = row
    made = tuple([Parameter(param, types[meant], written) for param, meant, written in params])
    return Function(
        name, types[ret], made, text, _place(place), variadic, tuple(attributes), symbol, inline, prototyped
    )


def _written(place: Location | None) -> list[Any] | None:
    """Write a place."""
    return None if place is None else [place.file, place.line]


def _place(row: list[Any] | None) -> Location | None:
    """Read a place."""
    return None if row is None else Location(row[0], row[1])


def _layout_row(layout: Layout) -> list[Any]:
    """Write one layout, its images in hexadecimal."""
    members = [
        [member.name, member.offset, member.size, None if member.image is None else member.image.hex()]
        for member in layout.members
    ]
    return [layout.name, layout.size, layout.align, members]


def _layout(row: list[Any]) -> Layout:
    """Read one layout."""
    name, size, align, members = row
    made = [
        Member(member, offset, length, None if image is None else bytes.fromhex(image))
        for member, offset, length, image in members
    ]
    return Layout(name, size, align, tuple(made))
