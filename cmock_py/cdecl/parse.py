"""One unit and the names that are wanted -> what C says about them. The only user of pycparser.

The unit is sliced first, so the parser sees a few dozen items and not ten thousand; the numbers in them come from the
compiler, so the parser sees no expression that it does not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cmock_py.cdecl.clean import VECTOR_MEMBER, Attribute, Cleaned, clean
from cmock_py.cdecl.constants import evaluate
from cmock_py.cdecl.ctext import declaration, for_cffi, stand_ins
from cmock_py.cdecl.fold import fold, questions
from cmock_py.cdecl.members import aggregates, drafts
from cmock_py.cdecl.model import Declarations, Floating, Function, Integer, Parameter, Variable
from cmock_py.cdecl.resolve import (
    Scope,
    ctype,
    enter,
    function_node,
    parameters,
    sign_question,
    size_question,
)
from cmock_py.cdecl.slice import chosen, closure, unknown_types
from cmock_py.cdecl.tokens import TAGS, code, match, partners
from cmock_py.cdecl.unit import nearest
from cmock_py.errors import Fault, HeaderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cmock_py.cdecl.unit import Item, Unit

Node: TypeAlias = Any
Assemble: TypeAlias = "Callable[[str], tuple[int, str, str]]"

# Sizes that narrower arguments are promoted to in calls without a prototype.
_INT: Final = 4
_DOUBLE: Final = 8
_STAND_IN: Final = "stand-in"
_CHAR_IS_SIGNED: Final = "(char)-1 < 0"
_TYPE_HINT: Final = "write a type as in a C cast: 'const char *', 'struct foo'"
_REFUSED_AT: Final = re.compile(r"(item|type) (\d+):\d+(?::(\d+))?: ?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Part:
    """One item of the slice on its way: its number, what it was, and its tokens as they are now."""

    number: int
    item: Item
    cleaned: Cleaned
    tokens: list[str]


def declare(
    unit: Unit,
    *,
    functions: Sequence[str] = (),
    variables: Sequence[str] = (),
    types: Sequence[str] = (),
    assemble: Assemble,
    char_signed: bool | None = None,
) -> Declarations:
    r"""Resolve the functions, variables and types that are asked for, and everything they need.

    Args:
        unit: the indexed unit.
        functions: C names of functions.
        variables: C names of globals.
        types: C type texts, e.g. ``"Stack"``, ``"const struct foo *"``.
        assemble: asks the compiler, see `constants.evaluate`; not called when no number is needed.
        char_signed: whether plain ``char`` is signed; None asks the compiler where it matters.

    Returns:
        The declarations, without layouts; see `layout.table` for those.

    Raises:
        HeaderError: names or types that the unit does not have, or an item that cannot be parsed.

    >>> from cmock_py.cdecl.unit import index
    >>> unit = index('# 3 "s.h"\ntypedef struct stack *Stack;\nint push(Stack s, int value);')
    >>> found = declare(unit, functions=["push"], assemble=lambda text: (1, "", ""))
    >>> print(found.functions["push"].text, found.functions["push"].place)
    int push(Stack s, int value) s.h:4
    """
    faults = _missing(unit, functions, variables, types)
    if faults:
        raise HeaderError(faults)
    parts = [_part(unit, number) for number in closure(unit, [*functions, *variables], types)]
    asked = _questions(unit, parts, types, char_signed)
    numbers: dict[str, int | None] = dict(zip(asked, evaluate(asked, assemble), strict=True)) if asked else {}
    parts = _without_repeats([_folded(part, numbers) for part in parts])
    signed = numbers.get(_CHAR_IS_SIGNED, 1) if char_signed is None else char_signed
    externals, type_nodes = _parse(unit, parts, types, numbers)
    scope = Scope(numbers=numbers, char_signed=bool(signed))
    for external in externals:
        enter(scope, _declaration(external))
    own = [external for external in externals if _origin(_declaration(external)) != _STAND_IN]
    return Declarations(
        functions=_functions(unit, own, functions, scope),
        variables=_variables(unit, own, variables, scope),
        constants=_constants(unit, parts, numbers),
        types={text: ctype(node, scope) for text, node in zip(types, type_nodes, strict=True)},
        cdef=_cdef(unit, parts),
        aggregates=aggregates(map(_declaration, own), scope),
        drafts=drafts(map(_declaration, own), scope),
    )


# --- what is asked for ----------------------------------------------------------------------------------------------


def _missing(unit: Unit, functions: Sequence[str], variables: Sequence[str], types: Sequence[str]) -> list[Fault]:
    """List every function, variable and type that the unit lacks."""
    faults = [
        Fault(name, f"no header declares a function {name!r}", _hint(nearest(unit, name)))
        for name in dict.fromkeys(functions)
        if name not in unit.functions
    ]
    faults += [
        Fault(name, f"no header declares a variable {name!r}", _hint(nearest(unit, name, "variables")))
        for name in dict.fromkeys(variables)
        if name not in unit.variables
    ]
    for text in dict.fromkeys(types):
        if not code(text) or ";" in code(text) or partners(code(text))[1]:
            faults.append(Fault(text, "this is not a C type", _TYPE_HINT))
            continue
        faults += [
            Fault(text, f"no header declares the type {name!r}", _hint(nearest(unit, name, "types")))
            for name in unknown_types(unit, text)
        ]
    return faults


def _hint(near: str | None) -> str:
    """Suggest the nearest name, or the header list."""
    return f"did you mean {near!r}?" if near else "add the header that declares it, or look for a misspelling"


def _part(unit: Unit, number: int) -> _Part:
    """Clean one item."""
    item = unit.items[number]
    cleaned = clean(item.tokens)
    tokens = list(cleaned.tokens)
    if item.kind == "variable":
        tokens = _without_initialisers(tokens)
    return _Part(number, item, cleaned, tokens)


def _without_initialisers(tokens: Sequence[str]) -> list[str]:
    """Leave out what stands between ``=`` and the next declarator."""
    kept: list[str] = []
    i = 0
    in_value = False
    while i < len(tokens):
        end = match(tokens, i) if tokens[i] in "([{" else i + 1
        in_value = tokens[i] == "=" or (in_value and tokens[i] != ",")
        if not in_value:
            kept += tokens[i:end]
        i = end
    return kept


# --- numbers --------------------------------------------------------------------------------------------------------


def _questions(unit: Unit, parts: Sequence[_Part], types: Sequence[str], char_signed: bool | None) -> list[str]:
    """List the expressions that the compiler must evaluate, each once."""
    asked = [question for part in parts for question in questions(part.tokens)]
    asked += [question for text in types for question in questions(code(text))]
    numbers = {part.number for part in parts}
    for (keyword, tag), number in unit.tags.items():
        if number in numbers:
            asked += _about_type(keyword, f"{keyword} {tag}")
    for part in parts:
        asked += _about_nameless(part)
    has_char = any("char" in part.tokens for part in parts) or any("char" in code(text) for text in types)
    if has_char and char_signed is None:
        asked.append(_CHAR_IS_SIGNED)
    return list(dict.fromkeys(asked))


def _about_type(keyword: str, name: str) -> list[str]:
    """List what must be known of a tagged type."""
    return [size_question(name), sign_question(name)] if keyword == "enum" else [size_question(name)]


def _about_nameless(part: _Part) -> Iterator[str]:
    """Yield what must be known of the types that a typedef gives its only name."""
    tokens = part.tokens
    keyword = next((i for i, tok in enumerate(tokens) if tok in TAGS), None)
    if part.item.kind != "typedef" or keyword is None or tokens[keyword + 1 : keyword + 2] != ["{"]:
        return
    is_vector = VECTOR_MEMBER in tokens
    after = tokens[match(tokens, keyword + 1) :]
    for i, tok in enumerate(after):
        # `*PS` and `A[3]` have another size, which nobody asks for by these names.
        if tok in part.item.names and not is_vector and (i == 0 or after[i - 1] in {",", "const", "volatile"}):
            yield from _about_type(tokens[keyword], tok)


def _folded(part: _Part, numbers: Mapping[str, int | None]) -> _Part:
    """Put the numbers into an item."""
    return replace(part, tokens=fold(part.tokens, numbers))


def _constants(unit: Unit, parts: Sequence[_Part], numbers: Mapping[str, int | None]) -> dict[str, int]:
    """Collect the enumerators of the slice."""
    inside = {part.number for part in parts}
    return {
        name: value
        for name, number in unit.enumerators.items()
        if number in inside and (value := numbers.get(name)) is not None
    }


def _without_repeats(parts: Sequence[_Part]) -> list[_Part]:
    """Rename the typedef names that an earlier item of the slice has already given: cffi takes each only once."""
    seen: set[str] = set()
    kept: list[_Part] = []
    for part in parts:
        tokens = part.tokens
        if part.item.kind == "typedef":
            for name in part.item.names:
                if name in seen:
                    last = max(i for i, tok in enumerate(tokens) if tok == name)
                    tokens = [*tokens[:last], f"cmk_again_{part.number}_{name}", *tokens[last + 1 :]]
            seen.update(part.item.names)
        kept.append(replace(part, tokens=tokens))
    return kept


# --- parsing --------------------------------------------------------------------------------------------------------


def _parse(
    unit: Unit, parts: Sequence[_Part], types: Sequence[str], numbers: Mapping[str, int | None]
) -> tuple[list[Node], list[Node]]:
    """Parse the slice and the type texts; return the top-level nodes and the nodes of the types."""
    from pycparser import c_parser

    texts = [(f"item {part.number}", _source(part)) for part in parts]
    texts += [(f"type {i}", _type_source(text, i, numbers)) for i, text in enumerate(types)]
    whole = "\n".join(f'# 1 "{origin}"\n{text}' for origin, text in texts)
    whole = f'# 1 "{_STAND_IN}"\n{stand_ins(whole, unit.typedefs.__contains__)}\n{whole}\n'
    try:
        tree = c_parser.CParser().parse(whole)
    except (c_parser.ParseError, AssertionError, AttributeError, RecursionError) as error:
        raise HeaderError([_refused(unit, dict(texts), types, str(error))]) from None
    nodes = list(tree.ext)
    count = len(nodes) - len(types)
    operands = [node.init.expr for node in nodes[count:]]
    wrong = [
        Fault(text, "this is not a C type, but an expression", _TYPE_HINT)
        for text, operand in zip(types, operands, strict=True)
        if type(operand).__name__ != "Typename"
    ]
    if wrong:
        raise HeaderError(wrong)
    return nodes[:count], [operand.type for operand in operands]


def _source(part: _Part) -> str:
    """Write one item for the parser."""
    head = " ".join(part.tokens)
    return f"{head} {' '.join(part.item.old_style)} {{ }}" if part.item.old_style else f"{head};"


def _type_source(text: str, number: int, numbers: Mapping[str, int | None]) -> str:
    """Write a type text as the operand of sizeof, which takes every type, ``void`` and arrays included."""
    return f"int cmk_type_{number} = sizeof({' '.join(fold(clean(code(text)).tokens, numbers))});"


def _refused(unit: Unit, texts: Mapping[str, str], types: Sequence[str], message: str) -> Fault:
    """Say which item or type text the parser refuses, and where in it."""
    found = _REFUSED_AT.match(message)
    if not found:
        return Fault("headers", f"the declarations that are needed cannot be parsed: {message or 'nested too deeply'}")
    kind, number, column, reason = found.groups()
    text = texts[f"{kind} {number}"]
    snippet = f"  {text}" + (f"\n  {' ' * (int(column) - 1)}^" if column else "")
    if kind == "type":
        return Fault(types[int(number)], f"this is not a C type: {reason}", _TYPE_HINT, snippet)
    return Fault(
        str(unit.items[int(number)].place),
        f"this declaration cannot be parsed: {reason}",
        "declare it in plain C, without compiler extensions, in a header of your own",
        snippet,
    )


def _declaration(external: Node) -> Node:
    """Return the declaration that a top-level node is or, as a K&R definition, has."""
    return external.decl if type(external).__name__ == "FuncDef" else external


def _origin(external: Node) -> str:
    """Return the pseudo file of a top-level node: ``"item 12"`` or the stand-ins."""
    coord = external.coord or getattr(external.type, "coord", None)
    return str(coord.file) if coord is not None else ""


# --- the model ------------------------------------------------------------------------------------------------------


def _functions(unit: Unit, externals: Sequence[Node], names: Sequence[str], scope: Scope) -> dict[str, Function]:
    """Resolve the functions that were asked for, in header order."""
    wanted = {name: f"item {chosen(unit, name)}" for name in names}
    made: dict[str, Function] = {}
    for external in externals:
        declared = _declaration(external)
        if declared.name in wanted and wanted[declared.name] == _origin(declared):
            node = function_node(declared.type, scope)
            if node is not None:
                olds = external.param_decls if declared is not external else None
                made[declared.name] = _function(unit, declared.name, node, olds, scope)
    unread = [name for name in wanted if name not in made]
    if unread:
        raise HeaderError(_unread(unit, name) for name in unread)
    return made


def _unread(unit: Unit, name: str) -> Fault:
    """Say that the type of a function could not be worked out."""
    item = unit.items[chosen(unit, name)]
    return Fault(
        str(item.place),
        f"the type of {name!r} cannot be worked out from its declaration",
        "declare it in plain C, with its parameters, in a header of your own",
        f"  {' '.join(item.tokens)};",
    )


def _function(unit: Unit, name: str, node: Node, olds: Sequence[Node] | None, scope: Scope) -> Function:
    """Make one function of its FuncDecl and of everything that its other declarations add."""
    items = [unit.items[number] for number in unit.functions[name]]
    cleaned = [clean(item.tokens) for item in items]
    if olds is None:
        params, variadic, prototyped = parameters(node, scope)
        text = declaration(node, name)
    else:
        params, variadic, prototyped = _old_parameters(node, olds, scope), False, True
        text = declaration(node.type, f"{name}({', '.join(param.text for param in params) or 'void'})")
    return Function(
        name=name,
        ret=ctype(node.type, scope),
        params=params,
        text=text,
        place=unit.items[chosen(unit, name)].place,
        variadic=variadic,
        attributes=tuple(sorted({attribute.name for done in cleaned for attribute in done.attributes})),
        symbol=next((done.symbol for done in cleaned if done.symbol), name),
        inline=any(
            item.has_body and not _leaves_symbol(item, done.attributes)
            for item, done in zip(items, cleaned, strict=True)
        ),
        prototyped=prototyped,
    )


def _leaves_symbol(item: Item, attributes: Sequence[Attribute]) -> bool:
    """Decide whether a definition is GNU's ``extern inline``: a body to inline beside a real symbol elsewhere."""
    return "extern" in item.tokens and any(attribute.name == "gnu_inline" for attribute in attributes)


def _old_parameters(node: Node, olds: Sequence[Node], scope: Scope) -> tuple[Parameter, ...]:
    """Resolve the parameters of a K&R definition as callers pass them: promoted."""
    declared = {old.name: old for old in olds or ()}
    made: list[Parameter] = []
    for given in node.args.params if node.args is not None else ():
        old = declared.get(given.name)
        meant = parameters(_one_parameter(old), scope)[0][0] if old is not None else None
        if meant is None or (isinstance(meant.type, Integer) and meant.type.size < _INT):
            meant = Parameter(given.name, Integer(_INT, signed=True), f"int {given.name}")
        elif isinstance(meant.type, Floating) and meant.type.size < _DOUBLE:
            meant = Parameter(given.name, Floating(_DOUBLE), f"double {given.name}")
        made.append(meant)
    return tuple(made)


def _one_parameter(declared: Node) -> Node:
    """Wrap one declaration as the parameter list of a function."""
    from pycparser import c_ast

    return c_ast.FuncDecl(c_ast.ParamList([declared]), None)


def _variables(unit: Unit, externals: Sequence[Node], names: Sequence[str], scope: Scope) -> dict[str, Variable]:
    """Resolve the variables that were asked for."""
    made: dict[str, Variable] = {}
    for external in externals:
        name: str = getattr(external, "name", None) or ""
        if type(external).__name__ == "Decl" and name in names and name not in made:
            place = unit.items[unit.variables[name][0]].place
            made[name] = Variable(name, ctype(external.type, scope), declaration(external.type, name), place)
    return made


# --- cffi -----------------------------------------------------------------------------------------------------------


def _cdef(unit: Unit, parts: Sequence[_Part]) -> str:
    """Write the types of the slice for cffi, one definition a line.

    Enums come first: after folding they need nothing, and cffi must know them before a member of theirs. Functions and
    variables are left out: nothing is ever linked into Python.
    """
    enums: list[str] = []
    others: list[str] = []
    for part in parts:
        for tokens in [part.tokens] if part.item.kind in {"typedef", "other"} else _bodies(part.tokens):
            written = " ".join(for_cffi(tokens)) + ";"
            (enums if tokens[0] == "enum" and len(tokens) > 1 and "{" in tokens else others).append(written)
    text = "\n".join(enums + others)
    ours = stand_ins(text, unit.typedefs.__contains__)
    return f"{ours}\n{text}\n" if ours else f"{text}\n"


def _bodies(tokens: Sequence[str]) -> Iterator[list[str]]:
    """Yield the tagged types whose bodies stand among the specifiers of a function or variable."""
    for i, tok in enumerate(tokens):
        if tok in TAGS and tokens[i + 2 : i + 3] == ["{"]:
            yield list(tokens[i : match(tokens, i + 2)])
            return
