"""Find the faults of a spec: all of them at once, each with its path, its line of Python and the nearest right name.

A spec comes from outside, so nothing about it is taken for granted, least of all the types of its fields. What only
the headers can tell (whether a type exists, whether a prototype agrees) is checked where the headers are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from reprlib import Repr
from typing import TYPE_CHECKING, Any

from cmock_py.errors import Fault, SpecError
from cmock_py.spec import ctext
from cmock_py.spec.model import REAL_FALLBACK, ApiArg, ApiFunction, ApiModule, ApiSpec
from cmock_py.spec.snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DIRECTIONS = ("in", "out", "inout")
_LANGUAGE_WORDS = frozenset({"_", "true", "false", "NULL"})
_RESERVED_PREFIX = "cmk_"
_VARIADIC = "..."
_SNIPPET_WORDS = ("_stored_", "_return_")
_LISTS = ("format", "sentinel", "types")
_PLAIN: dict[str, Any] = {
    "dir": "in", "buffer": False, "phantom": False, "matched": False, "default_val": None, "view": None, "fill": None,
    "length": None, "string": False, "tolerance": 0.0, "format": None, "sentinel": None, "types": (),
}  # fmt: skip
"""Values of fields that say nothing."""
_EXAMPLES: dict[type, str] = {
    ApiModule: 'ApiModule("stack", [...])',
    ApiFunction: 'ApiFunction("push", args=[...])',
    ApiArg: 'ApiArg("int", "val")',
}
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60


_right: list[ApiSpec] = []
"""The spec that was found right last, so that loading and starting one does not take it twice; specs never change."""


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
        SpecError: there are faults, in the order of the spec.

    >>> check(ApiSpec([ApiModule("stack", [ApiFunction("push", args=[ApiArg("int", "val", dir="ot")])])]))
    Traceback (most recent call last):
        ...
    cmock_py.errors.SpecError: the API spec has 1 fault
    modules[0].functions[0].args[0].dir (<doctest ...>:1): is 'ot'; allowed are 'in', 'out' and 'inout'
      help: did you mean 'out'?
    """
    if not isinstance(spec, ApiSpec):
        raise SpecError([Fault("api_spec", f"is {_show(spec)}; wanted is an ApiSpec", _spec_hint(spec))])
    if _right and spec is _right[0]:
        return
    faults = sorted(_spec_faults(spec), key=_position) or list(_mock_call_faults(spec))
    if faults:
        raise SpecError(faults)
    _right[:] = [spec]


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
        names: dict[str, _At] = {}
        yield from _module_name_faults(module_at.field("name"), module.name)
        yield from _twice(module_at, "module", module.name, modules)
        yield from _fallback_faults(module_at.field("fallback"), module.fallback)
        yield from _sequence_faults(module_at.field("functions"), module.functions, ApiFunction)
        for function_at, function in _items(module_at, "functions", module.functions, ApiFunction):
            yield from _name_faults(function_at, function)
            yield from _function_faults(function_at, function)
            yield from _role_faults(function_at, function)
            yield from _symbol_faults(function_at, function, functions, names)


def _mock_call_faults(spec: ApiSpec) -> Iterator[Fault]:
    """Find snippets that call what is mocked: they are no part of the SUT, so no mock would answer them."""
    mocked = {function.c_name for _, function in spec.functions}
    for snippet in snippets(spec):
        for name in sorted(ctext.called(snippet.text) & mocked):
            message = f"{snippet.text!r} calls {name}, which is mocked: only calls of the SUT are answered by mocks"
            yield Fault(f"{snippet.path} ({snippet.origin})", message, "call a function of your own, or read the value")


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
    yield from _result_faults(at.field("ret"), function)
    yield from _silent_faults(at.field("silent"), function)
    yield from _sequence_faults(at.field("args"), function.args, ApiArg)
    names: dict[str, _At] = {}
    types = {
        a.name: a.type for _, a in _items(at, "args", function.args, ApiArg) if _are_text(a) and a.phantom is not True
    }
    for arg_at, arg in _items(at, "args", function.args, ApiArg):
        yield from _arg_faults(arg_at, arg, types)
        yield from _field_faults(arg_at, arg, function, types)
        yield from _list_faults(arg_at, arg, types)
        yield from _twice(arg_at, "argument", arg.name, names)
    yield from _length_name_faults(at, function)
    yield from _order_faults(at.field("args"), function)


def _result_faults(at: _At, function: ApiFunction) -> Iterator[Fault]:
    """Check the result: a type, or an argument record that says more."""
    ret: object = function.ret
    if not isinstance(ret, ApiArg):
        yield from _type_faults(at, ret, None)
        return
    inside = _At(at.path, ret)
    yield from _type_faults(inside.field("type"), ret.type, None)
    yield from _c_name_faults(inside.field("name"), ret.name)
    used = [arg.name for arg in function.args if isinstance(arg, ApiArg)] if isinstance(function.args, tuple) else []
    if ret.name in used:
        yield inside.field("name").fault(f"is {ret.name!r}, as is an argument", "rename one of them")
    for field in (
        "dir",
        "buffer",
        "phantom",
        "matched",
        "default_val",
        "view",
        "fill",
        "length",
        "string",
        "tolerance",
        *_LISTS,
    ):
        if getattr(ret, field) != _PLAIN[field]:
            hint = "a result has type=, name=, and stored_type= with code="
            yield inside.field(field).fault(f"is {_show(getattr(ret, field))}, which says nothing of a result", hint)
    yield from _text_fields(inside, ret)
    answer: object = ret.type
    if isinstance(answer, str) and ctext.is_void(answer) and (ret.code is not None or ret.stored_type is not None):
        field = "code" if ret.code is not None else "stored_type"
        yield inside.field(field).fault(f"is {_show(getattr(ret, field))}, but the function returns void")
    if isinstance(ret.stored_type, str) and ctext.is_void(ret.stored_type):
        yield inside.field("stored_type").fault(
            "is 'void', but a result cannot be hidden", "say the type of the answer"
        )
    elif isinstance(ret.stored_type, str) and ret.code is None:
        message = f"is {ret.stored_type!r}, and no code makes a `{ret.type}` of it"
        yield inside.field("stored_type").fault(message, f'code="{ret.name} = ... _return_->{ret.name} ...;"')


def _silent_faults(at: _At, function: ApiFunction) -> Iterator[Fault]:
    """Check what a silent function answers."""
    silent: object = function.silent
    answer: object = function.result_type
    is_void = isinstance(answer, str) and ctext.is_void(answer)
    if silent is None or (silent is True and is_void):
        return
    if silent is True:
        yield at.fault(f"is True, but the function returns `{function.result_type}`", "give the value: silent='0'")
    elif (wrong := _text_fault(at, silent, "a C expression")) is not None:
        yield wrong
    elif is_void:
        yield at.fault(f"is {silent!r}, but the function returns void", "write silent=True")
    else:
        yield from at.faults(ctext.expression_complaints(str(silent), {}, value=True))


def _name_faults(at: _At, function: ApiFunction) -> Iterator[Fault]:
    """Check what events and C call a function."""
    if function.symbol is None:
        yield from _c_name_faults(at.field("name"), function.name)
    else:
        yield from _module_name_faults(at.field("name"), function.name)
        yield from _c_name_faults(at.field("symbol"), function.symbol)


def _role_faults(at: _At, function: ApiFunction) -> Iterator[Fault]:
    """Check who answers a function besides the language."""
    if function.classify is not None and (
        wrong := _text_fault(at.field("classify"), function.classify, "the name of a component")
    ):
        yield wrong
    yield from _fallback_faults(at.field("fallback"), function.fallback)
    if function.fallback is not None and function.silent is not None:
        yield at.field("fallback").fault(
            f"is {_show(function.fallback)}, but the function is silent and answers every call itself",
            "leave out one of `silent` and `fallback`",
        )


def _fallback_faults(at: _At, fallback: object) -> Iterator[Fault]:
    """Check who answers the calls that the language does not allow."""
    if fallback is not None and fallback != REAL_FALLBACK:
        guess = ctext.nearest(fallback, [REAL_FALLBACK]) if isinstance(fallback, str) else None
        hint = f"did you mean {guess!r}?" if guess else "write fallback='real', or leave it out"
        yield at.fault(f"is {_show(fallback)}; allowed are 'real' and None", hint)


def _symbol_faults(at: _At, function: ApiFunction, symbols: dict[str, _At], names: dict[str, _At]) -> Iterator[Fault]:
    """Check that no other function has the C symbol, and none of the module the name."""
    field = "name" if function.symbol is None else "symbol"
    faults = list(_twice(at, "C function", function.c_name, symbols, field))
    yield from faults or _twice(at, "function", function.name, names)


def _arg_faults(at: _At, arg: ApiArg, types: dict[str, str]) -> Iterator[Fault]:
    """Check one argument: its type and name, then its direction and buffer against its type."""
    if arg.type == _VARIADIC:
        yield from _c_name_faults(at.field("name"), arg.name)
        yield from _buffer_faults(at.field("buffer"), arg, types)
        return
    text: object = arg.type
    type_faults = list(_type_faults(at.field("type"), text, arg.name))
    yield from type_faults
    if not (isinstance(text, str) and ctext.is_void(text)):
        yield from _c_name_faults(at.field("name"), arg.name)
    yield from _dir_faults(at.field("dir"), arg, type_is_right=not type_faults)
    yield from _buffer_faults(at.field("buffer"), arg, types)
    said: object = arg.type if arg.stored_type is None else arg.stored_type
    is_number = isinstance(said, str) and ctext.is_surely_no_pointer(said)
    if is_number and arg.is_array and not arg.is_list and not type_faults:
        field = "buffer" if arg.buffer is not False else "length"
        yield at.field(field).fault(f"is {_show(getattr(arg, field))}, but `{said}` is no pointer", _pointer_hint(arg))


def _dir_faults(at: _At, arg: ApiArg, *, type_is_right: bool) -> Iterator[Fault]:
    """Check a direction, and that C can write through an argument that answers do."""
    direction: object = arg.dir
    if direction not in _DIRECTIONS:
        guess = ctext.nearest(direction, _DIRECTIONS) if isinstance(direction, str) else None
        hint = f"did you mean {guess!r}?" if guess else None
        yield at.fault(f"is {_show(arg.dir)}; allowed are 'in', 'out' and 'inout'", hint)
    elif arg.dir == "in" or not type_is_right or arg.phantom is True or arg.fill is not None or arg.code is not None:
        return
    elif ctext.is_surely_no_pointer(arg.type):
        yield at.fault(f"is {arg.dir!r}, but `{arg.type}` is no pointer: nothing to write through", _pointer_hint(arg))
    elif ctext.is_pointer(arg.type) and ctext.is_const(ctext.pointee(arg.type)):
        yield at.fault(f"is {arg.dir!r}, but what `{arg.type}` points to is const", "use dir='in', or drop the const")
    elif ctext.is_pointer(arg.type) and ctext.is_void(ctext.pointee(arg.type)) and not arg.is_array:
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


def _field_faults(at: _At, arg: ApiArg, function: ApiFunction, types: dict[str, str]) -> Iterator[Fault]:
    """Check the fields beyond type, name, direction and buffer: their types, and what needs which."""
    yield from _text_fields(at, arg)
    yield from _count_faults(at.field("length"), arg.length, types)
    yield from _string_faults(at, arg)
    yield from _tolerance_faults(at.field("tolerance"), arg)
    yield from _stored_faults(at, arg)
    yield from _phantom_faults(at, arg)
    yield from _matched_faults(at, arg, silent=function.silent is not None)
    yield from _code_faults(at, arg)
    yield from _default_faults(at, arg, silent=function.silent is not None)


def _count_faults(at: _At, length: object, types: dict[str, str]) -> Iterator[Fault]:
    """Check how many elements are valid."""
    if length is None:
        return
    if isinstance(length, bool) or not isinstance(length, int | str):
        yield at.fault(f"is {_show(length)}; wanted is a number or a C expression such as 'n'")
    elif isinstance(length, int) and length <= 0:
        yield at.fault(f"is {length}; a buffer has one element or more")
    elif isinstance(length, str):
        yield from at.faults(ctext.expression_complaints(length, types))


def _string_faults(at: _At, arg: ApiArg) -> Iterator[Fault]:
    """Check what is said of text: where it is written there must be room."""
    string: object = arg.string
    if not isinstance(string, int) or string < 0:
        wanted = "False, True, or the number of bytes that the text has at most"
        yield at.field("string").fault(f"is {_show(string)}; wanted is {wanted}")
    elif string is not False and arg.is_out and not arg.is_array:
        message = (
            f"is {_show(string)} of an argument that answers write, and nothing says for how many bytes there is room"
        )
        yield at.field("string").fault(message, "say it: buffer='size', NUL included")


def _tolerance_faults(at: _At, arg: ApiArg) -> Iterator[Fault]:
    tolerance: object = arg.tolerance
    wanted = "a distance, 0.0 or more, or None for bit by bit"
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float | None):
        yield at.fault(f"is {_show(tolerance)}; wanted is {wanted}")
    elif tolerance is not None and not (0 <= tolerance < float("inf")):
        yield at.fault(f"is {tolerance!r}; wanted is {wanted}")
    elif tolerance != 0 and arg.dir == "out":
        yield at.fault(f"is {tolerance!r}, but an out argument is not seen", "leave it out")


def _text_fields(at: _At, arg: ApiArg) -> Iterator[Fault]:
    """Check that C is text, and switches are switches."""
    for field in ("phantom", "matched"):
        if not isinstance(getattr(arg, field), bool):
            yield at.field(field).fault(f"is {_show(getattr(arg, field))}; wanted is True or False")
    for field in ("default_val", "code", "view", "fill", "format", "sentinel"):
        if getattr(arg, field) is not None:
            yield from _optional_text_faults(at.field(field), getattr(arg, field))
    if isinstance(arg.code, str) and (lost := ctext.unbalanced(arg.code)):
        yield at.field("code").fault(f"{arg.code!r} has an unbalanced {lost!r}")
    if isinstance(arg.code, str) and (leaves := ctext.leaves(arg.code)):
        message = f"{arg.code!r} holds {leaves!r}, so the call would never be recorded"
        yield at.field("code").fault(message, "end the statements in another way: `if`, or a function that they call")
    for field in ("view", "fill", "default_val", "sentinel"):
        text: object = getattr(arg, field)
        if isinstance(text, str) and text.strip() and not (field == "default_val" and arg.is_array):
            yield from at.field(field).faults(ctext.expression_complaints(text, {}, value=True))


def _stored_faults(at: _At, arg: ApiArg) -> Iterator[Fault]:
    """Check the type that events see."""
    stored: object = arg.stored_type
    here = at.field("stored_type")
    if stored is None:
        return
    if isinstance(stored, str) and ctext.is_void(stored):
        if arg.dir != "in":
            yield here.fault("is 'void', which hides an argument; one that answers write cannot be hidden")
        for field in ("code", "view"):
            if getattr(arg, field) is not None:
                yield at.field(field).fault(
                    f"is {_show(getattr(arg, field))}, but stored_type='void' hides the argument"
                )
        return
    yield from _type_faults(here, stored, arg.name)
    made = arg.code is not None or arg.view is not None or arg.fill is not None or arg.is_list
    if isinstance(stored, str) and not made:
        yield here.fault(f"is {stored!r}, and no code makes such a value", _snippet_hint(arg))


def _phantom_faults(at: _At, arg: ApiArg) -> Iterator[Fault]:
    if arg.phantom is not True:
        return
    here = at.field("phantom")
    if arg.dir == "inout":
        yield here.fault("is True of an inout argument", "write two phantoms, one of dir='in' and one of dir='out'")
    elif arg.code is None and arg.view is None and arg.fill is None:
        yield here.fault("is True: C has no such argument, and no code makes its value", _snippet_hint(arg))
    if arg.is_list:
        yield here.fault("is True, but what is passed for ... is no phantom")


def _matched_faults(at: _At, arg: ApiArg, *, silent: bool) -> Iterator[Fault]:
    if arg.matched is not True:
        return
    if silent:
        yield at.field("matched").fault("is True, but no event sees the arguments of a silent function", "leave it out")
    if arg.dir == "out":
        yield at.field("matched").fault("is True, but an out argument is not seen", "match an in argument")
    elif arg.stored_type == "void":
        yield at.field("matched").fault("is True, but stored_type='void' hides the argument", "leave one of them out")


def _code_faults(at: _At, arg: ApiArg) -> Iterator[Fault]:
    """Check that a snippet has a direction, and one way only."""
    if arg.code is not None and (arg.view is not None or arg.fill is not None):
        other = "view" if arg.view is not None else "fill"
        yield at.field("code").fault(f"is given beside `{other}`, which does the same", "leave one of them out")
    elif arg.code is not None and arg.dir == "inout":
        hint = "write view= and fill=, or a second argument that is a phantom"
        yield at.field("code").fault("is given for an inout argument, and does it read or write?", hint)
    if arg.view is not None and arg.dir == "out":
        yield at.field("view").fault(f"is {_show(arg.view)}, but an out argument is not seen", "did you mean fill=?")
    if arg.fill is not None and arg.dir == "in":
        yield at.field("fill").fault(
            f"is {_show(arg.fill)}, but nothing is written to an in argument", "did you mean view=?"
        )


def _default_faults(at: _At, arg: ApiArg, *, silent: bool) -> Iterator[Fault]:
    if not isinstance(arg.default_val, str):
        return
    here = at.field("default_val")
    if not silent:
        yield here.fault(
            f"is {arg.default_val!r}, but only an argument of a silent function has a default",
            "give `silent` to the function, or answer the argument in the language",
        )
    elif arg.dir == "in":
        yield here.fault(f"is {arg.default_val!r}, but nothing is written to an in argument", "did you mean dir='out'?")


def _list_faults(at: _At, arg: ApiArg, types: dict[str, str]) -> Iterator[Fault]:
    """Check how the arguments behind the named ones are found."""
    ways = [field for field in _LISTS if getattr(arg, field) != _PLAIN[field]]
    counted = arg.is_array and (arg.is_list or arg.sentinel is not None)
    if (arg.type != _VARIADIC and not ways and not counted) or (not ways and arg.stored_type == "void"):
        return
    listed = next((field for field in ways if field != "sentinel"), None)
    if listed is not None and _are_text(arg) and (ctext.is_pointer(arg.type) or ctext.is_surely_no_pointer(arg.type)):
        message = f"is {_show(getattr(arg, listed))}, but `{arg.type}` is no list of arguments"
        yield at.field(listed).fault(message, "it is a field of type='...' and of a va_list")
        return
    if arg.type == _VARIADIC and not ways and not counted:
        hint = "say how: format='fmt', types=['int', ...], or stored_type='int' with length='n' or sentinel='-1'"
        yield at.field("type").fault("is '...', and nothing says how many there are and of what types", hint)
    if len(ways) + counted > 1:
        yield at.field(ways[0]).fault(
            f"is given beside {' and '.join([*ways[1:], *(['length'] if counted else [])])}", "one is enough"
        )
    if not arg.is_list:
        if arg.dir != "in":
            yield at.field("sentinel").fault(
                f"is {_show(arg.sentinel)}, but no answer is read up to a sentinel", "use dir='in'"
            )
        return
    if arg.dir != "in" or arg.code is not None or arg.view is not None or arg.string is not False:
        yield at.fault("is a list of what callers pass, which is only seen", "leave dir, code, view and string out")
    if (arg.sentinel is not None or counted) and not isinstance(arg.stored_type, str):
        yield at.field("stored_type").fault("is missing: of what type are the elements?", "stored_type='int'")
    if isinstance(arg.format, str) and arg.format not in types:
        near = ctext.nearest(arg.format, types)
        hint = f"did you mean {near!r}?" if near else "name the argument that is the format string"
        yield at.field("format").fault(f"is {arg.format!r}, which is no argument", hint)
    if not isinstance(arg.types, tuple) or not all(isinstance(text, str) for text in arg.types):
        yield at.field("types").fault(f"is {_show(arg.types)}; wanted is a list of C types", "types=['int', 'char *']")
        return
    for index, text in enumerate(arg.types):
        yield from _type_faults(_At(f"{at.path}.types[{index}]", at.part), text, "")


def _length_name_faults(at: _At, function: ApiFunction) -> Iterator[Fault]:
    """Check that no argument has the name by which a snippet calls the number of elements of another."""
    args = [(arg_at, arg) for arg_at, arg in _items(at, "args", function.args, ApiArg) if isinstance(arg.name, str)]
    stored = [item for item in args if item[1].dir != "out" and item[1].view is None and item[1].type != _VARIADIC]
    returned = [item for item in args if item[1].dir != "in"]
    for members, what in ((stored, "_stored_"), (returned, "_return_")):
        if all(arg.code is None for _, arg in members):
            continue
        counted = {
            f"{arg.name}_length": arg.name
            for _, arg in members
            if (arg.buffer is True if members is stored else arg.is_array or arg.string is not False)
        }
        for arg_at, arg in members:
            if arg.name in counted:
                message = f"is {arg.name!r}, as {what}->{arg.name} is the number of elements of {counted[arg.name]!r}"
                yield arg_at.field("name").fault(message, "rename it; C does not mind")


def _order_faults(at: _At, function: ApiFunction) -> Iterator[Fault]:
    """Check that ``...`` comes last, behind a parameter with a name."""
    args = function.args if isinstance(function.args, tuple) else ()
    kinds = [arg.type == _VARIADIC for arg in args if isinstance(arg, ApiArg) and arg.phantom is not True]
    if True in kinds[:-1]:
        yield at.fault("has parameters behind '...'", "'...' is the last one")
    elif kinds == [True]:
        yield at.fault("begins with '...'", "C needs a parameter with a name before it")


def _snippet_hint(arg: ApiArg) -> str:
    """Show the shortest way to make a value."""
    return f"write view='{arg.name}->...', or code" if arg.dir != "out" else "write fill='...', or code"


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
    elif name in _SNIPPET_WORDS:
        yield at.fault(f"is {name!r}, which means something else in snippets", "rename it; C does not mind")


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


def _twice(at: _At, what: str, name: object, seen: dict[str, _At], field: str = "name") -> Iterator[Fault]:
    """Check that *name*, which stands in *field*, was not *seen* before, and remember it."""
    if not isinstance(name, str) or not name.strip() or name == _VARIADIC:
        return
    first = seen.setdefault(name, at)
    if first is not at:
        message = f"the {what} {name!r} is there already: {first.path} ({first.part.origin})"
        yield at.field(field).fault(message, "rename or remove one of them")


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
