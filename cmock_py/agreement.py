"""Where a spec and the declarations of C do not agree: types that nobody knows, and mocks of what is no function."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from cmock_py.cdecl import slice, standard, unit  # noqa: A004 - a stage, not the builtin
from cmock_py.errors import Fault, HeaderError
from cmock_py.mocked import functions_with_paths, type_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.cdecl.unit import Unit
    from cmock_py.spec.model import ApiSpec, Origin

HINT_VARIABLE = "take it out of the spec; a test reads and sets it as an attribute of mocking.lib"


def check_declared(spec: ApiSpec, indexed: Unit) -> None:
    """Refuse what the headers declare otherwise than the spec says; all of it at once."""
    faults = [*_type_faults(spec, indexed), *variable_faults(spec, indexed), *_kind_faults(spec, indexed)]
    if faults:
        raise HeaderError(faults)


def variable_faults(spec: ApiSpec, indexed: Unit) -> Iterator[Fault]:
    """Find mocked names that a text declares as variables which other objects see: nothing calls those."""
    for path, function in functions_with_paths(spec):
        name = function.c_name
        items = [indexed.items[number] for number in indexed.variables.get(name, ()) if name not in indexed.functions]
        if items and not any("static" in item.tokens for item in items):
            message = f"{items[0].place} declares {name} as a variable: it is read and written, not called"
            yield Fault(f"{path} ({function.origin})", message, HINT_VARIABLE)


def _kind_faults(spec: ApiSpec, indexed: Unit) -> Iterator[Fault]:
    """Find mocked names that the headers declare as types or enumerators."""
    for path, function in functions_with_paths(spec):
        for table, kind in ((indexed.typedefs, "a type"), (indexed.enumerators, "an enumerator")):
            if function.c_name in table:
                place = indexed.items[table[function.c_name]].place
                message = f"{place} declares {function.c_name} as {kind}, not as a function"
                yield Fault(f"{path} ({function.origin})", message, _near_function(indexed, function.c_name))


def _near_function(indexed: Unit, name: str) -> str | None:
    near = unit.nearest(indexed, name)
    return f"did you mean {near!r}?" if near else None


def _type_faults(spec: ApiSpec, indexed: Unit) -> Iterator[Fault]:
    """Find type names that no header declares."""
    for path, origin, text in type_texts(spec):
        for name in slice.unknown_types(indexed, text):
            yield unknown_type(indexed, path, origin, text, name)


def unknown_type(indexed: Unit, path: str, origin: Origin, text: str, name: str) -> Fault:
    """Say that a type of the spec is in no header, and which may be meant."""
    message = f"the type {name!r} in {text!r} is declared by no header"
    return Fault(f"{path} ({origin})", message, _type_hint(indexed, name))


def _type_hint(indexed: Unit, name: str) -> str:
    """Say which header is missing, or which type may have been meant."""
    if name in standard.HEADERS:
        return f"give the header that declares it: headers=[{standard.HEADERS[name]!r}, ...]"
    near = unit.nearest(indexed, name, "types")
    known = near or next(iter(get_close_matches(name, standard.HEADERS, 1)), None)
    if known is None:
        return "give the header that declares it: headers=[...]"
    header = "" if near else f" It is declared by headers=[{standard.HEADERS[known]!r}, ...]"
    return f"did you mean {known!r}?{header}"
