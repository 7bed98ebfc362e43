"""One preprocessed unit, cut into top-level items and indexed by name; nothing is parsed yet.

Invariant: every item is a run of tokens up to a ``;`` in no bracket, or up to the ``}`` of a function body, which
is thrown away unread. Cost: one pass over the tokens, and a few words of each item.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from cmock_py.cdecl.model import Location
from cmock_py.cdecl.tokens import (
    ALIGNAS,
    ASM,
    ATTRIBUTE,
    BASIC,
    FLOATING_WORDS,
    QUALIFIERS,
    STATIC_ASSERT,
    STORAGE,
    TAGS,
    TYPEOF,
    commas,
    is_name,
    is_word,
    match,
    partners,
    skip_asm,
    skip_attributes,
    tokenize,
)
from cmock_py.errors import Fault, HeaderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Kind: TypeAlias = Literal["function", "variable", "typedef", "other"]
Tag: TypeAlias = tuple[str, str]

_NOISE: Final = ATTRIBUTE | ASM | ALIGNAS | {"__declspec", "__extension__"}
_BASE_WORDS: Final = BASIC | FLOATING_WORDS | {"__builtin_va_list"}
_GROUPED: Final = TYPEOF | {"_Atomic", "_BitInt"}
# Stands for the body of an aggregate without a tag once bodies are flattened.
_ANONYMOUS: Final = "$anonymous"


@dataclass(frozen=True, slots=True)
class Item:
    """One top-level declaration.

    Attributes:
        tokens: its tokens without ``;``, body, line markers and pragmas.
        place: where its first token stands.
        has_body: whether it is the head of a function definition.
        old_style: for a K&R definition the tokens that declare its parameters, between ``)`` and ``{``.
        kind: what its names are; ``"other"`` declares at most tags and enumerators.
        names: the names it declares, in order; tags and enumerators are not among them.
    """

    tokens: tuple[str, ...]
    place: Location
    has_body: bool = False
    old_style: tuple[str, ...] = ()
    kind: Kind = "other"
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """All top-level items of a unit, and the item numbers by name.

    Attributes:
        items: in the order of the text.
        functions: for each function the items that declare it, in order.
        variables: for each variable the items that declare it, in order.
        typedefs: for each typedef name its first item.
        tags: for each ``(keyword, tag)`` the item that has its body.
        enumerators: for each enumerator the item that has its enum.
    """

    items: tuple[Item, ...] = ()
    functions: Mapping[str, Sequence[int]] = field(default_factory=dict)
    variables: Mapping[str, Sequence[int]] = field(default_factory=dict)
    typedefs: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[Tag, int] = field(default_factory=dict)
    enumerators: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Tables:
    """The tables of a unit while it is being built."""

    functions: dict[str, list[int]] = field(default_factory=dict)
    variables: dict[str, list[int]] = field(default_factory=dict)
    typedefs: dict[str, int] = field(default_factory=dict)
    tags: dict[Tag, int] = field(default_factory=dict)
    enumerators: dict[str, int] = field(default_factory=dict)
    function_types: set[str] = field(default_factory=set)


def index(text: str) -> Unit:
    r"""Cut preprocessed C text into items and index every name that they declare.

    Args:
        text: the output of ``cc -E`` with its line markers.

    Returns:
        The unit; its items are in the order of *text*.

    Raises:
        HeaderError: a bracket has no partner; all of those are named.

    >>> unit = index('# 7 "a.h"\ntypedef int Fn(int);\nFn twice; enum { A, B } mode;')
    >>> unit.functions, unit.variables, unit.enumerators
    ({'twice': [1]}, {'mode': [2]}, {'A': 2, 'B': 2})
    >>> print(unit.items[1].place)
    a.h:8
    """
    tokens, breaks, places = _without_lines(tokenize(text))
    pairs, alone = partners(tokens)
    if alone:
        raise HeaderError(_lonely(tokens[i], _place(i, breaks, places)) for i in alone)
    items: list[Item] = []
    tables = _Tables()
    for start, end, has_body, old_style in cuts(tokens, pairs):
        head = tuple(tokens[start:end])
        kind, names = _register(head, len(items), tables)
        items.append(Item(head, _place(start, breaks, places), has_body, old_style, kind, names))
    return Unit(tuple(items), tables.functions, tables.variables, tables.typedefs, tables.tags, tables.enumerators)


def nearest(unit: Unit, name: str, among: Literal["functions", "variables", "types"] = "functions") -> str | None:
    """Find the declared name that is spelled most like *name*, or None when none is near.

    Types are typedefs and the words of C that begin one.

    >>> nearest(index("int push(int); int pop(void);"), "psuh")
    'push'
    >>> nearest(index("typedef int Stack;"), "dobule", "types")
    'double'
    """
    from difflib import get_close_matches

    tables: dict[str, Mapping[str, object]] = {
        "functions": unit.functions,
        "variables": unit.variables,
        "types": {**dict.fromkeys(sorted(BASIC)), **unit.typedefs},
    }
    found = get_close_matches(name, tables[among], n=1)
    return found[0] if found else None


# --- lines ----------------------------------------------------------------------------------------------------------


def _without_lines(raw: Sequence[str]) -> tuple[list[str], list[int], list[tuple[str, int]]]:
    """Separate code from lines: the code tokens, and from which of them on which (file, line) holds."""
    tokens: list[str] = []
    breaks = [0]
    places = [("<unit>", 1)]
    file, line = places[0]
    for tok in raw:
        first = tok[0]
        if first == "\n":
            line += len(tok)
        elif first == "#":
            # The line end behind the marker counts one.
            file, line = _marked(tok, file, line)
        else:
            tokens.append(tok)
            continue
        breaks.append(len(tokens))
        places.append((file, line))
    return tokens, breaks, places


def _marked(marker: str, file: str, line: int) -> tuple[str, int]:
    """Return the file and the line just before the one that *marker* announces."""
    words = marker[1:].removeprefix("line").split(None, 1)
    if not words or not words[0].isdigit():
        return file, line
    if len(words) > 1 and words[1].startswith('"'):
        quoted = words[1]
        file = quoted[1 : quoted.rindex('"')].replace('\\"', '"').replace("\\\\", "\\")
    return file, int(words[0]) - 1


def _place(i: int, breaks: Sequence[int], places: Sequence[tuple[str, int]]) -> Location:
    """Return where code token *i* stands."""
    return Location(*places[bisect_right(breaks, i) - 1])


def _lonely(tok: str, place: Location) -> Fault:
    """Say that a bracket has no partner."""
    return Fault(
        str(place),
        f"the bracket {tok!r} has no partner",
        "compile this header alone with the same flags to see what the compiler says",
    )


# --- items ----------------------------------------------------------------------------------------------------------


def cuts(tokens: Sequence[str], pairs: Mapping[int, int]) -> Iterator[tuple[int, int, bool, tuple[str, ...]]]:
    """Yield ``(start, end, has_body, old_style)`` of each item: its head is ``tokens[start:end]``.

    Args:
        tokens: code tokens, without line ends and markers.
        pairs: the closing bracket of each opening one, from `tokens.partners`.
    """
    i = start = 0
    assigned = False
    count = len(tokens)
    while i < count:
        tok = tokens[i]
        cut: tuple[int, int, bool, tuple[str, ...]] | None = None
        if tok == ";":
            cut = (start, i, False, ())
        elif tok == "{":
            is_type = assigned or _is_type_body(tokens, start, i)
            cut = None if is_type else (start, i, True, ())
            i = pairs[i]
        elif tok == "(":
            i = pairs[i]
            body = _old_style_body(tokens, start, i, pairs)
            if body:
                cut = (start, i + 1, True, tuple(tokens[i + 1 : body]))
                i = pairs[body]
        elif tok == "[":
            i = pairs[i]
        elif tok == "=":
            assigned = True
        i += 1
        if cut:
            if cut[1] > cut[0]:
                yield cut
            start, assigned = i, False


def _is_type_body(tokens: Sequence[str], start: int, brace: int) -> bool:
    """Decide whether the ``{`` at *brace* opens the body of a struct, union or enum, not of a function."""
    i = brace - 1
    while i >= start and tokens[i] not in TAGS:
        if tokens[i] == "{":
            return False
        i -= 1
    if i < start:
        return False
    i = skip_attributes(tokens, i + 1)
    if is_word(tokens[i]):
        i = skip_attributes(tokens, i + 1)
    return i == brace or tokens[i] == ":"


def _old_style_body(tokens: Sequence[str], start: int, close: int, pairs: Mapping[int, int]) -> int | None:
    """Return the index of the ``{`` of a K&R definition whose parameter names end at *close*, else None."""
    i = close + 1
    if i >= len(tokens) or not is_word(tokens[i]) or tokens[i] in ATTRIBUTE or tokens[i] in ASM:
        return None
    names = _last_group(tokens, start, close)
    plain = all(is_name(name) if k % 2 == 0 else name == "," for k, name in enumerate(names))
    if not names or not plain:
        return None
    while i < len(tokens) and tokens[i] != "{":
        i = pairs.get(i, i) + 1
    return i if i < len(tokens) and tokens[i - 1] == ";" else None


def _last_group(tokens: Sequence[str], start: int, close: int) -> Sequence[str]:
    """Return the tokens inside the innermost bracket that ends at *close*, if a name stands before it."""
    i = close - 1
    while i > start and tokens[i] not in "()":
        i -= 1
    if tokens[i] != "(" or i == start or not is_name(tokens[i - 1]):
        return ()
    return tokens[i + 1 : close]


# --- names ----------------------------------------------------------------------------------------------------------


def _register(head: Sequence[str], number: int, tables: _Tables) -> tuple[Kind, tuple[str, ...]]:
    """Enter everything that one item declares into *tables*; return its kind and names."""
    tokens = _strip(head)
    if not tokens or tokens[0] in STATIC_ASSERT:
        return "other", ()
    if "{" in tokens:
        tokens = _flatten(tokens, number, tables)
    first, base = _specifiers(tokens, tables)
    is_typedef = "typedef" in tokens[:first]
    kind: Kind = "typedef" if is_typedef else "other"
    names: list[str] = []
    for part in commas(tokens[first:]):
        name, form = declarator(part)
        if name is None:
            continue
        names.append(name)
        is_function = form == "function" or (form is None and base in tables.function_types)
        if is_typedef:
            tables.typedefs.setdefault(name, number)
            if is_function:
                tables.function_types.add(name)
        elif is_function:
            kind = "function"
            tables.functions.setdefault(name, []).append(number)
        else:
            kind = "variable" if kind == "other" else kind
            tables.variables.setdefault(name, []).append(number)
    return kind, tuple(names)


def _strip(head: Sequence[str]) -> Sequence[str]:
    """Leave out attributes, asm labels and ``__extension__``; most items have none and are returned as they are."""
    if _NOISE.isdisjoint(head) and not _has_double_bracket(head):
        return head
    kept: list[str] = []
    i = 0
    while i < len(head):
        after = skip_attributes(head, i)
        if after > i:
            i = after
        elif head[i] in ASM:
            i = skip_asm(head, i)
        else:
            if head[i] != "__extension__":
                kept.append(head[i])
            i += 1
    return kept


def _has_double_bracket(head: Sequence[str]) -> bool:
    """Decide whether a C23 attribute may be among the tokens."""
    return "[" in head and any(a == b == "[" for a, b in pairwise(head))


def _flatten(tokens: Sequence[str], number: int, tables: _Tables) -> list[str]:
    """Enter the tags and enumerators of all bodies in *tokens* and return the tokens without bodies."""
    flat: list[str] = []
    i = 0
    while i < len(tokens):
        tok = tokens[i]
        if tok not in TAGS or i + 1 == len(tokens):
            flat.append(tok)
            i += 1
            continue
        tag, brace = _tag_and_brace(tokens, i)
        flat += [tok, tag or _ANONYMOUS]
        if brace is None:
            i += 2 if tag else 1
            continue
        end = match(tokens, brace)
        if tag:
            tables.tags.setdefault((tok, tag), number)
        if tok == "enum":
            for name in enumerator_names(tokens[brace + 1 : end - 1]):
                tables.enumerators.setdefault(name, number)
        else:
            _flatten(tokens[brace + 1 : end - 1], number, tables)
        i = end
    return flat


def _tag_and_brace(tokens: Sequence[str], i: int) -> tuple[str | None, int | None]:
    """Return the tag behind the keyword at *i* and the index of its ``{``, each None when there is none."""
    i += 1
    tag = tokens[i] if is_name(tokens[i]) else None
    if tag:
        i += 1
    if i < len(tokens) and tokens[i] == ":":
        # C23: `enum e : unsigned char {`; but `struct s : 3` is no C.
        while i < len(tokens) and tokens[i] not in "{;,":
            i += 1
    return tag, i if i < len(tokens) and tokens[i] == "{" else None


def enumerator_names(body: Sequence[str]) -> list[str]:
    """List the enumerators in the body of an enum.

    >>> enumerator_names(["A", "=", "f", "(", "1", ",", "2", ")", ",", "B", ","])
    ['A', 'B']
    """
    return [part[0] for part in commas(body) if part and is_word(part[0])]


def _specifiers(tokens: Sequence[str], tables: _Tables) -> tuple[int, str | None]:
    """Return where the first declarator starts, and the typedef name or function (behind typeof) before it."""
    i = 0
    base: str | None = None
    has_base = False
    count = len(tokens)
    while i < count:
        tok = tokens[i]
        if tok in TAGS:
            has_base = True
            i += 2 if i + 1 < count and (is_name(tokens[i + 1]) or tokens[i + 1] == _ANONYMOUS) else 1
        elif tok in _GROUPED and i + 1 < count and tokens[i + 1] == "(":
            end = match(tokens, i + 1)
            base = _typeof_function(tokens[i + 2 : end - 1], tables) if tok in TYPEOF else base
            has_base = has_base or tok in TYPEOF or tok != "_Alignas"
            i = end
        elif tok in _BASE_WORDS:
            has_base = True
            i += 1
        elif tok in STORAGE or tok in QUALIFIERS or tok == "_Atomic":
            i += 1
        elif not has_base and is_name(tok):
            base, has_base = tok, True
            i += 1
        else:
            break
    return i, base


def _typeof_function(operand: Sequence[str], tables: _Tables) -> str | None:
    """Return a name that counts as a function type when *operand* is the name of a function."""
    if len(operand) == 1 and operand[0] in tables.functions:
        tables.function_types.add(operand[0] + "()")
        return operand[0] + "()"
    return None


def declarator(tokens: Sequence[str]) -> tuple[str | None, Literal["function", "object"] | None]:
    """Read one declarator: its name, and its form when that does not depend on the specifiers before it.

    >>> declarator(["(", "*", "f", "(", "int", ")", ")", "(", "int", ")"])
    ('f', 'function')
    >>> declarator(["(", "*", "p", ")", "(", "int", ")"]), declarator(["fn"])
    (('p', 'object'), ('fn', None))
    """
    i = 0
    pointer = False
    while i < len(tokens) and (tokens[i] in "*^" or tokens[i] in QUALIFIERS or tokens[i] == "_Atomic"):
        pointer = pointer or tokens[i] in "*^"
        i += 1
    if i == len(tokens):
        return None, None
    name: str | None = None
    form: Literal["function", "object"] | None = None
    if tokens[i] == "(":
        end = match(tokens, i)
        name, form = declarator(tokens[i + 1 : end - 1])
        i = end
    elif is_name(tokens[i]):
        name = tokens[i]
        i += 1
    if form is None and i < len(tokens) and tokens[i] in "([":
        form = "function" if tokens[i] == "(" else "object"
    if form is None and pointer:
        form = "object"
    return name, form
