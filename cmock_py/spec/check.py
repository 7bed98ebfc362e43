"""Find the faults of a spec: all of them at once, each with its path, its line of Python and the nearest right name.

A spec comes from outside, so nothing about it is taken for granted, least of all the types of its fields. What only
the headers can tell (whether a type exists, whether a prototype agrees) is checked where the headers are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from reprlib import Repr
from typing import TYPE_CHECKING, Any

from cmock_py.errors import Fault, NotYet, SpecError
from cmock_py.spec import ctext
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DIRECTIONS = ("in", "out", "inout")
_LANGUAGE_WORDS = frozenset({"_", "true", "false", "NULL"})
_RESERVED_PREFIX = "cmk_"
_VARIADIC = "..."
_EXAMPLES: dict[type, str] = {
    ApiModule: 'ApiModule("stack", [...])',
    ApiFunction: 'ApiFunction("push", args=[...])',
    ApiArg: 'ApiArg("int", "val")',
}
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60


@dataclass(frozen=True, slots=True)
class _At:
    """A place in the spec: the path as messages show it, and the part of the spec whose line belongs to it."""

    path: str
    part: Any

    def field(self, name: str) -> _At:
        """Go to a field of this part."""
        return _At(f"{self.path}.{name}" if self.path else name, self.part)

    def item(self, field: str, index: int, part: Any) -> _At:
        """Go to a part inside this one; what is no part of a spec keeps the line of what holds it."""
        inside = part if isinstance(part, ApiModule | ApiFunction | ApiArg) else self.part
        return _At(f"{self.field(field).path}[{index}]", inside)

    def fault(self, message: str, hint: str | None = None) -> Fault:
        """Make the fault that stands here."""
        return Fault(f"{self.path} ({self.part.origin})" if self.path else f"{self.part.origin}", message, hint)

    def faults(self, complaints: Iterable[ctext.Complaint]) -> Iterator[Fault]:
        """Make one fault of each complaint about a text."""
        for complaint in complaints:
            yield self.fault(complaint.message, complaint.hint)


def check(spec: object) -> None:
    """Check a whole spec, and raise one exception that holds every fault of it.

    Args:
        spec: anything; right is an `ApiSpec`.

    Raises:
        SpecError: there are faults, in the order of the spec; features that do not run yet are among them.
        NotYet: nothing is wrong, but the spec uses features that do not run yet; the message names each path.

    >>> check(ApiSpec([ApiModule("stack", [ApiFunction("push", args=[ApiArg("int", "val", dir="ot")])])]))
    Traceback (most recent call last):
        ...
    cmock_py.errors.SpecError: the API spec has 1 fault
    modules[0].functions[0].args[0].dir (<doctest ...>:1): is 'ot'; allowed are 'in', 'out' and 'inout'
      help: did you mean 'out'?
    """
    if not isinstance(spec, ApiSpec):
        raise SpecError([Fault("api_spec", f"is {_show(spec)}; wanted is an ApiSpec", _spec_hint(spec))])
    faults, later = list(_spec_faults(spec)), list(_not_yet(spec))
    if faults:
        raise SpecError(sorted([*faults, *later], key=_position))
    if later:
        lines = "\n".join(str(fault) for fault in later)
        raise NotYet(f"the API spec uses what this version does not run yet\n{lines}")


def _position(fault: Fault) -> tuple[int, ...]:
    """Order faults by the part of the spec that they are about."""
    return tuple(int(index) for index in re.findall(r"\[(\d+)\]", fault.path.split(" ", 1)[0]))


# --- the parts, from the outside in ---------------------------------------------------------------------------------


def _spec_faults(spec: ApiSpec) -> Iterator[Fault]:
    """Find the faults of all modules, and names that two of them share."""
    at = _At("", spec)
    modules: dict[str, _At] = {}
    functions: dict[str, _At] = {}
    yield from _sequence_faults(at.field("modules"), spec.modules, ApiModule)
    for module_at, module in _items(at, "modules", spec.modules, ApiModule):
        yield from _module_name_faults(module_at.field("name"), module.name)
        yield from _twice(module_at, "module", module.name, modules)
        yield from _sequence_faults(module_at.field("functions"), module.functions, ApiFunction)
        for function_at, function in _items(module_at, "functions", module.functions, ApiFunction):
            yield from _function_faults(function_at, function)
            yield from _twice(function_at, "C function", function.name, functions)


def _module_name_faults(at: _At, name: object) -> Iterator[Fault]:
    """Check the name of a module, which the language writes before the dot."""
    if (wrong := _text_fault(at, name, "a name")) is not None:
        yield wrong
    elif not ctext.is_identifier(str(name)):
        yield at.fault(f"is {name!r}, which is no name", _repaired(str(name)))
    elif name in _LANGUAGE_WORDS:
        yield at.fault(f"is {name!r}, which means something else in the language", "choose another name")


def _function_faults(at: _At, function: ApiFunction) -> Iterator[Fault]:
    """Check one function and its arguments."""
    yield from _c_name_faults(at.field("name"), function.name)
    yield from _type_faults(at.field("ret"), function.ret, None)
    if function.silent is not None:
        yield from _optional_text_faults(at.field("silent"), function.silent)
    yield from _sequence_faults(at.field("args"), function.args, ApiArg)
    names: dict[str, _At] = {}
    types = {arg.name: arg.type for _, arg in _items(at, "args", function.args, ApiArg) if _are_text(arg)}
    for arg_at, arg in _items(at, "args", function.args, ApiArg):
        yield from _arg_faults(arg_at, arg, types)
        yield from _code_faults(arg_at, arg, silent=function.silent is not None)
        yield from _twice(arg_at, "argument", arg.name, names)


def _arg_faults(at: _At, arg: ApiArg, types: dict[str, str]) -> Iterator[Fault]:
    """Check one argument: its type and name, then its direction and buffer against its type."""
    if _is_variadic(arg):
        return
    text: object = arg.type
    type_faults = list(_type_faults(at.field("type"), text, arg.name))
    yield from type_faults
    if not (isinstance(text, str) and ctext.is_void(text)):
        yield from _c_name_faults(at.field("name"), arg.name)
    yield from _dir_faults(at.field("dir"), arg, type_is_right=not type_faults)
    yield from _buffer_faults(at.field("buffer"), arg, types)
    if arg.buffer is not False and not type_faults and ctext.is_surely_no_pointer(arg.type):
        yield at.field("buffer").fault(f"is {_show(arg.buffer)}, but `{arg.type}` is no pointer", _pointer_hint(arg))


def _dir_faults(at: _At, arg: ApiArg, *, type_is_right: bool) -> Iterator[Fault]:
    """Check a direction, and that C can write through an argument that answers do."""
    direction: object = arg.dir
    if direction not in _DIRECTIONS:
        guess = ctext.nearest(direction, _DIRECTIONS) if isinstance(direction, str) else None
        hint = f"did you mean {guess!r}?" if guess else None
        yield at.fault(f"is {_show(arg.dir)}; allowed are 'in', 'out' and 'inout'", hint)
    elif arg.dir == "in" or not type_is_right:
        return
    elif ctext.is_surely_no_pointer(arg.type):
        yield at.fault(f"is {arg.dir!r}, but `{arg.type}` is no pointer: nothing to write through", _pointer_hint(arg))
    elif ctext.is_pointer(arg.type) and ctext.is_const(ctext.pointee(arg.type)):
        yield at.fault(f"is {arg.dir!r}, but what `{arg.type}` points to is const", "use dir='in', or drop the const")
    elif ctext.is_pointer(arg.type) and ctext.is_void(ctext.pointee(arg.type)) and arg.buffer is False:
        yield at.fault(f"is {arg.dir!r}, but a single value of type void has no size", "say how many bytes: buffer='n'")


def _buffer_faults(at: _At, arg: ApiArg, types: dict[str, str]) -> Iterator[Fault]:
    """Check the capacity of a buffer."""
    capacity: object = arg.buffer
    if isinstance(capacity, bool):
        if capacity and arg.code is None:
            yield at.fault("is True, which leaves the copying to `code`, and there is none", "say how many: buffer='n'")
    elif isinstance(capacity, int):
        if capacity <= 0:
            yield at.fault(f"is {capacity}; a buffer has one element or more")
    elif isinstance(capacity, str):
        yield from at.faults(ctext.expression_complaints(capacity, types))
    else:
        wanted = "False, a number of elements, or a C expression for one such as 'n'"
        yield at.fault(f"is {_show(capacity)}; wanted is {wanted}")


def _code_faults(at: _At, arg: ApiArg, *, silent: bool) -> Iterator[Fault]:
    """Check the fields for snippets: their types, and what needs which."""
    for field in ("phantom", "matched"):
        if not isinstance(getattr(arg, field), bool):
            yield at.field(field).fault(f"is {_show(getattr(arg, field))}; wanted is True or False")
    for field in ("stored_type", "default_val", "code"):
        if getattr(arg, field) is not None:
            yield from _optional_text_faults(at.field(field), getattr(arg, field))
    if isinstance(arg.stored_type, str) and arg.code is None:
        yield at.field("stored_type").fault(f"is {arg.stored_type!r}, and no code makes such a value", "give `code`")
    if arg.phantom is True and arg.code is None:
        yield at.field("phantom").fault("is True: C has no such argument, and no code makes its value", "give `code`")
    if isinstance(arg.default_val, str) and not silent:
        yield at.field("default_val").fault(
            f"is {arg.default_val!r}, but only an argument of a silent function has a default",
            "give `silent` to the function, or answer the argument in the language",
        )


# --- what documented features do not run yet ------------------------------------------------------------------------


def _not_yet(spec: ApiSpec) -> Iterator[Fault]:
    """Find every use of a feature that is documented but does not run: it is refused, never ignored."""
    for module_at, module in _items(_At("", spec), "modules", spec.modules, ApiModule):
        for at, function in _items(module_at, "functions", module.functions, ApiFunction):
            for field in ("silent", "symbol", "classify", "fallback"):
                if getattr(function, field) is not None:
                    yield _unrun(at, field, getattr(function, field))
            for arg_at, arg in _items(at, "args", function.args, ApiArg):
                yield from _arg_not_yet(arg_at, arg)


def _arg_not_yet(at: _At, arg: ApiArg) -> Iterator[Fault]:
    """Find the fields of one argument that do not run yet."""
    if _is_variadic(arg):
        yield at.field("type").fault("is '...': it is not yet run", "leave it out and name the parameters before it")
    for field in ("phantom", "matched"):
        if getattr(arg, field) is True:
            yield _unrun(at, field, True)  # noqa: FBT003 - the value that is shown
    for field in ("stored_type", "default_val", "code", "view", "fill", "length", "format", "sentinel"):
        if isinstance(getattr(arg, field), str):
            yield _unrun(at, field, getattr(arg, field))


def _unrun(at: _At, field: str, value: object) -> Fault:
    """Refuse a field."""
    return at.field(field).fault(f"is {_show(value)}: `{field}` is not yet run", "leave the field out in this version")


def _is_variadic(arg: ApiArg) -> bool:
    """Tell whether the argument stands for ``...``."""
    return _VARIADIC in (arg.type, arg.name)


# --- fields that many parts have ------------------------------------------------------------------------------------


def _items(at: _At, field: str, values: object, kind: type[Any]) -> Iterator[tuple[_At, Any]]:
    """Walk those of *values* that are of the right *kind*, with their places."""
    for index, value in enumerate(values if isinstance(values, tuple) else ()):
        if isinstance(value, kind):
            yield at.item(field, index, value), value


def _sequence_faults(at: _At, values: object, kind: type) -> Iterator[Fault]:
    """Check that a field is a sequence of parts of one *kind*."""
    if not isinstance(values, tuple):
        hint = f"write [{_EXAMPLES[kind]}]" if values is not None else "leave the field out, or write []"
        hint = "put it in a list: [...]" if isinstance(values, kind) else hint
        yield at.fault(f"is {_show(values)}; wanted is a list of {kind.__name__}", hint)
        return
    for index, value in enumerate(values):
        if not isinstance(value, kind):
            inside = _At(f"{at.path}[{index}]", at.part)
            yield inside.fault(f"is {_show(value)}; wanted is an {kind.__name__}", _part_hint(value, kind))


def _part_hint(value: object, kind: type) -> str:
    """Show how to write the part that was meant: from a tuple or a dict of its fields, else by example."""
    name = kind.__name__
    if isinstance(value, tuple | list) and value and all(isinstance(field, str) for field in value):
        return f"write {name}({', '.join(map(repr, value))})"
    if isinstance(value, dict) and value and all(isinstance(key, str) for key in value):
        return f"write {name}({', '.join(f'{key}={_SHORT.repr(field)}' for key, field in value.items())})"
    return f"write {_EXAMPLES[kind]}"


def _c_name_faults(at: _At, name: object) -> Iterator[Fault]:
    """Check a name that C will see."""
    if (wrong := _text_fault(at, name, "a C identifier")) is not None:
        yield wrong
    elif not ctext.is_identifier(str(name)):
        yield at.fault(f"is {name!r}, which is no C identifier", _repaired(str(name)))
    elif name in ctext.KEYWORDS:
        yield at.fault(f"is {name!r}, which is a keyword of C", "use the name that the prototype has")
    elif str(name).startswith(_RESERVED_PREFIX) or name == _RESERVED_PREFIX.rstrip("_"):
        yield at.fault(f"is {name!r}; names that begin with {_RESERVED_PREFIX!r} belong to the runtime", "rename it")


def _type_faults(at: _At, text: object, name: object) -> Iterator[Fault]:
    """Check the C type of an argument, or of a result when *name* is None."""
    if isinstance(text, type) and text in (int, float, bool, str, bytes):
        yield at.fault(f"is Python's {text.__name__}; wanted is a C type as text", "write it in quotes: 'int'")
    elif not isinstance(text, str):
        hint = "a function that answers nothing has ret='void'" if name is None and text is None else None
        yield at.fault(f"is {_show(text)}; wanted is a C type as text, such as 'int'", hint)
    else:
        parameter = name if isinstance(name, str) else None if name is None else ""
        yield from at.faults(ctext.type_complaints(text, parameter, void=name is None))


def _text_fault(at: _At, value: object, wanted: str) -> Fault | None:
    """Check that a field is text with something in it."""
    if not isinstance(value, str):
        return at.fault(f"is {_show(value)}; wanted is {wanted} as text")
    return None if value.strip() else at.fault(f"is empty; wanted is {wanted}")


def _optional_text_faults(at: _At, value: object) -> Iterator[Fault]:
    """Check a field that is C code as text when it is used."""
    if (wrong := _text_fault(at, value, "C code")) is not None:
        yield wrong


def _twice(at: _At, what: str, name: object, seen: dict[str, _At]) -> Iterator[Fault]:
    """Check that *name* was not *seen* before, and remember it."""
    if not isinstance(name, str) or not name.strip() or name == _VARIADIC:
        return
    first = seen.setdefault(name, at)
    if first is not at:
        message = f"the {what} {name!r} is there already: {first.path} ({first.part.origin})"
        yield at.field("name").fault(message, "rename or remove one of them")


def _are_text(arg: Any) -> bool:
    """Tell whether an argument has a name and a type that can be spoken of; its fields can be anything."""
    return isinstance(arg.name, str) and isinstance(arg.type, str)


def _show(value: object) -> str:
    """Show a value with its type, shortened."""
    plain = value is None or isinstance(value, str | bool | int)
    return _SHORT.repr(value) if plain else f"the {type(value).__name__} {_SHORT.repr(value)}"


def _repaired(name: str) -> str:
    """Propose the nearest right name, or tell what a name is made of."""
    guess = re.sub(r"\W+", "_", name.strip(), flags=re.ASCII).strip("_")
    rule = "a name is made of letters, digits and '_', and begins with no digit"
    return f"did you mean {guess!r}?" if ctext.is_identifier(guess) else rule


def _pointer_hint(arg: ApiArg) -> str:
    """Show the pointer that was probably meant."""
    return f"did you mean type='{arg.type} *'?"


def _spec_hint(value: object) -> str:
    """Show how the value becomes a spec."""
    if isinstance(value, ApiModule):
        return "wrap the module: ApiSpec([module])"
    return "write api_spec = ApiSpec([ApiModule(...), ...])"
