"""Expands a language: what declares, repeats or couples parts of the text is replaced by what it means.

What is left are events and the operators that engines know: `Seq`, `Xalt` without a tag, `Par`, `Perm`, `Repeat`,
`Prefix`, and `AnyTime` of events. Most languages have nothing to expand, and are returned as they are.

* ``let`` gives a value a name, from its line on. ``lang`` gives a part a name; ``do`` puts it in, as written, with its
  parameters replaced. Names that are bound inside are new at each ``do``, so that two do not meet: ``s'1``, ``s'2``. If
  a parameter is bound, the caller's name is: ``lang opened(f) [ f = io.open() ]``, ``do opened(log)  io.write(log)``.
* ``include`` puts the items of a file in, the first time that the file is met.
* Answer lists and tags have modules of their own: `lang.each` and `lang.tags`.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.errors import LanguageError, LanguageSyntaxError
from cmock_py.lang.constants import Constants
from cmock_py.lang.copies import Copies, TooLarge
from cmock_py.lang.each import unroll
from cmock_py.lang.findings import Findings
from cmock_py.lang.given import UNNAMED
from cmock_py.lang.include import CannotInclude, beside, identity, load_file
from cmock_py.lang.limits import DEFAULT, GREATEST, Limits, around, count_fault, count_hint, listed, too_deep
from cmock_py.lang.names import BadFlag, binders_in, names_in, parts_in, replace_in_event, replace_names
from cmock_py.lang.nodes import (
    AnswerEach,
    AnyTime,
    Columns,
    Counted,
    Define,
    Empty,
    Event,
    Include,
    Let,
    Name,
    Prefix,
    PutIn,
    Repeat,
    Seq,
    Use,
    Xalt,
)
from cmock_py.lang.render import render_operator, render_pattern, render_value
from cmock_py.lang.tags import decide_tags
from cmock_py.lang.walk import called_below, inside, walk, with_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cmock_py.lang.nodes import Node, Source

_ANSWER = itemgetter(3)
_SHOWN = 6  # of a chain of uses
_DECLARATIONS = frozenset({Let, Define, Use, Include})
_UNKNOWN = _DECLARATIONS | {Counted}  # an engine does not know these


def expand(
    tree: Node,
    *,
    load: Callable[[str, Findings], tuple[Node, ...]] | None = None,
    constants: Constants | None = None,
    findings: Findings | None = None,
    limits: Limits = DEFAULT,
) -> Node:
    """Replace declarations, uses, includes, answer lists and tags by what they mean.

    Args:
        tree: as it was parsed, or made of terms.
        load: parses the file of that path, which is relative to the current folder, and collects its faults; None
            reads it.
        constants: what names mean to the headers, where they count; None: nothing.
        findings: collects faults, so that others can be found as well; None: they are raised.
        limits: of depth, counts, and what is added.

    Returns:
        The tree itself when there is nothing to expand; else one without declarations, answer lists and tags, in which
        ANY holds events only.

    Raises:
        LanguageError: all faults that there are, each with its file and line; or the tree is too deep or too large.

    >>> from cmock_py.lang.parse import parse
    >>> from cmock_py.lang.render_tree import render
    >>> text = "lang pushed(n) = stack.push(_, n) -> n   let top = 9   do pushed(4)  REPLICATE[ do pushed(top) ]"
    >>> print(render(expand(parse(text))))
    stack.push(_, 4) -> 4
    REPLICATE[
      stack.push(_, 9) -> 9
    ]
    """
    noted = Findings() if findings is None else findings
    load = load or partial(load_file, limits=limits)
    expander = _Expander(tree, load, constants or Constants(), Copies(noted, limits=limits))
    try:
        if _is_expanded(tree, limits, _outermost(tree)):
            return tree
        found = expander.whole()
        if not noted.found:
            found = decide_tags(found, expander.copies)
    except TooLarge as error:
        noted.fault(error.place, str(error), error.hint)
        noted.check()
    if findings is None:
        noted.check()
    return found


def _is_expanded(node: Node, limits: Limits, depth: int) -> bool:
    """Whether there is nothing to expand, or to say against it; a million events are looked at as columns."""
    items = inside(node) if node.__class__ is not Event else (node,)
    if depth > limits.depth:
        raise TooLarge(node.place, *too_deep(called_below(node), limits))
    kinds = set(map(type, items))
    if kinds & _UNKNOWN or node.__class__ in _UNKNOWN:
        return False
    events: Iterable[Any] = items if kinds == {Event} else [item for item in items if item.__class__ is Event]
    if AnswerEach in set(map(type, map(_ANSWER, events))):
        return False
    if isinstance(node, Xalt) and node.tag is not None:
        return False
    if isinstance(node, Repeat) and (node.most == 0 or count_fault(node.least, node.most, limits)):
        return False
    if isinstance(node, AnyTime) and kinds - {Event}:
        return False
    inner = [item for item in items if item.__class__ is not Event] if kinds != {Event} else []
    return all(_is_expanded(item, limits, depth + (not _is_body(node, item))) for item in inner)


def _outermost(tree: Node) -> int:
    """The depth of a whole tree: a sequence around everything is what a text has without saying so."""
    return 0 if tree.__class__ is Seq else 1


def _is_body(node: Node, item: Node) -> bool:
    """Whether an item is the sequence that a repetition of several items has, and no operator that somebody wrote."""
    return isinstance(node, Repeat) and item.__class__ is Seq


def _counts_in(nodes: Iterable[Node]) -> set[str]:
    """Find the names that count and are not declared by the text, to ask about all of them at once."""
    found: set[str] = set()
    declared: set[str] = set()
    for node in chain.from_iterable(map(walk, nodes)):
        if isinstance(node, Counted):
            found.update(count.name for count in (node.least, node.most) if isinstance(count, Name))
        elif isinstance(node, Let):
            declared.add(node.name)
        elif isinstance(node, Define):
            declared.update(node.params)
    return found - declared


def _one(items: list[Node], node: Node) -> Node:
    """Make the items that stand for one node one node."""
    return items[0] if len(items) == 1 else Seq(tuple(items), place=node.place)


Extent: TypeAlias = "tuple[int, int]"
"""How many values a value holds, and how deep they are nested."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What names mean: in the text, or in one use of a definition.

    Attributes:
        around: the scope in which that definition stands; None for the text.
        values: constants of the text, or parameters, each with the place where it gets its value, and its extent.
        langs: definitions.
        fresh: what the names are called that are bound inside.
        taken: where names are bound by events.
    """

    around: _Scope | None = None
    values: dict[str, tuple[Any, Source, Extent]] = field(default_factory=dict)
    langs: dict[str, tuple[Define, _Scope]] = field(default_factory=dict)
    fresh: Mapping[str, str] = field(default_factory=dict)
    taken: dict[str, Source] = field(default_factory=dict)

    def meaning(self, name: str) -> Any:
        """Return what a name stands for; itself, where nobody has declared it here."""
        if name in self.values:
            return self.values[name][0]
        if name in self.fresh:
            return Name(self.fresh[name])
        return Name(name) if self.around is None else self.around.meaning(name)

    def extent(self, value: Any, most: int) -> Extent:
        """Measure what a value becomes when its names are replaced; no deeper than *most*."""
        if isinstance(value, Name):
            if value.name in self.values:
                return self.values[value.name][2]
            return (1, 0) if self.around is None else self.around.extent(value, most)
        parts = parts_in(value) if most >= 0 else ()
        inner = [self.extent(part, most - 1) for part in parts]
        return 1 + sum(count for count, _ in inner), max((1 + depth for _, depth in inner), default=0)

    def declares(self, name: str | int | None) -> bool:
        """Whether a name means something else here than itself."""
        return name in self.values or name in self.fresh or (self.around is not None and self.around.declares(name))

    def numbers(self) -> list[str]:
        """List what stands for a number here."""
        here = [name for name, (value, _, _) in self.values.items() if isinstance(value, int)]
        return [*here, *(self.around.numbers() if self.around else ())]

    def lang(self, name: str) -> tuple[Define, _Scope] | None:
        """Return a definition and where it stands."""
        return self.langs.get(name) or (self.around.lang(name) if self.around else None)

    def known(self) -> list[str]:
        """List the names of all definitions."""
        return [*self.langs, *(self.around.known() if self.around else ())]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of a definition.

    Attributes:
        binds: names that it binds, parameters included; those, too, that its uses bind for it.
        size: events and operators that it stands for.
        has_lists: whether answer lists are written in it.
        calls: the functions that it calls, those of its uses included.
    """

    binds: frozenset[str] = frozenset()
    size: int = 0
    has_lists: bool = False
    calls: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class _Expander:
    """One expansion under way.

    Attributes:
        tree: the whole language, as it was written.
        load: parses a file.
        constants: what names mean to the headers.
        copies: counts what is added, and collects faults.
        files: of each file included, by its identity: where first, and whether it holds more than declarations.
        reading: the files that are being read, by identity, with the place that asks for them; the innermost last.
        uses: the uses that are being expanded, with what they use; the innermost last.
        known: what was found out of each definition, by its identity.
        fresh: how many new names were made of each name.
    """

    tree: Node
    load: Callable[[str, Findings], tuple[Node, ...]]
    constants: Constants
    copies: Copies
    files: dict[str, tuple[Source, bool]] = field(default_factory=dict)
    reading: list[tuple[str, str, Source]] = field(default_factory=list)
    uses: list[tuple[Use, Define]] = field(default_factory=list)
    known: dict[int, _Facts] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        """What the language may be."""
        return self.copies.limits

    def whole(self) -> Node:
        """Expand all but the tags."""
        tree = self.tree
        self.constants.learn(_counts_in((tree,)))
        name = tree.place.name
        self.reading.append((identity(name) if name != UNNAMED else "", name, tree.place))
        return unroll(_one(self.items((tree,), _Scope(), _outermost(tree) - 1), tree), self.copies)

    def items(self, nodes: Iterable[Node], scope: _Scope, depth: int) -> list[Node]:
        """Expand nodes that follow each other; a declaration holds for those behind it."""
        found: list[Node] = []
        for node in nodes:
            match node:
                case Event():
                    found.append(self.event(node, scope))
                case Let():
                    self.let(node, scope)
                case Define():
                    self.define(node, scope)
                case Include():
                    found += self.include(node, scope, depth)
                case Use():
                    found += self.use(node, scope, depth)
                case _:
                    found.append(self.operator(node, scope, depth + 1))
        return found

    # --- operators and events ---------------------------------------------------------------------------------------

    def operator(self, node: Node, scope: _Scope, depth: int) -> Node:
        """Expand what is inside an operator."""
        if depth > self.limits.depth:
            text, hint = too_deep(called_below(node), self.limits)
            raise TooLarge(node.place, text, "; ".join(filter(None, (self.chain(), hint))))
        if isinstance(node, Counted):
            node = self.counted(node, scope)
        match node:
            case Empty() | Columns():
                return node
            case AnyTime():
                return with_inside(node, self.background(node, scope, depth))
            case Seq():
                return with_inside(node, self.items(node.items, scope, depth))
            case Repeat():
                self.rounds(node)
                inner = self.items((node.body,), scope, depth - _is_body(node, node.body))
                return with_inside(node, [_one(inner, node.body)]) if node.most != 0 else Empty(place=node.place)
        if isinstance(node, Xalt) and node.tag is not None and scope.around is not None:
            node = replace(node, tag=self.tag(node, node.tag, scope))
        alternatives = [(item, self.items((item,), scope, depth)) for item in inside(node)]
        return with_inside(node, [_one(found, item) for item, found in alternatives if found])

    def rounds(self, node: Repeat) -> None:
        """Note the fault of a repetition that asks for too many rounds."""
        fault = count_fault(node.least, node.most, self.limits)
        if fault:
            text = f"{render_operator(node)} around {listed(called_below(node))}: {fault}"
            self.copies.fault(node.place, text, count_hint(node.least, node.most, self.limits))

    def counted(self, node: Counted, scope: _Scope) -> Repeat:
        """Replace the names that count by their numbers; any number of rounds stands in for one that is reported."""
        least, most = (self.count(node, count, scope) for count in (node.least, node.most))
        if least is None or (most is None and node.most is not None):
            return Repeat(node.body, 0, None, place=node.place)
        fault = count_fault(least, most)
        if fault is None:
            return Repeat(node.body, least, most, place=node.place)
        known = {count: number for count, number in ((node.least, least), (node.most, most)) if isinstance(count, Name)}
        meant = ", ".join(f"{count.name} is {number}" for count, number in known.items())
        limit = count_hint(least, most, GREATEST)
        text = f"{render_operator(node)}: {fault}{around(called_below(node)) if limit else ''}"
        self.copies.fault(node.place, text, f"{meant}; {limit}" if limit else meant)
        return Repeat(node.body, 0, None, place=node.place)

    def count(self, node: Counted, count: int | Name | None, scope: _Scope) -> int | None:
        """Return the number that a count means; None when it means none, which is reported."""
        meant = scope.meaning(count.name) if isinstance(count, Name) else count
        if isinstance(meant, Name):
            number = self.constants.value(meant.name)
            if number is None and not self.copies.findings.is_unsure(meant.name):
                self.copies.fault(node.place, *self.no_count(meant.name, scope))
            return number
        if meant is None or (isinstance(meant, int) and not isinstance(meant, bool)):
            return meant
        self.copies.fault(
            node.place, f"{render_value(count)} stands for {render_pattern(meant)}, and a count is a whole number"
        )
        return None

    def no_count(self, name: str, scope: _Scope) -> tuple[str, str | None]:
        """Say why a name is no count."""
        if name in scope.taken:
            text = f"{name} counts here, and is what a call binds, at {scope.taken[name]}"
            return text, "how often must be known before the SUT runs"
        text = f"{name} counts here, and is neither a constant of the text nor a number of the headers"
        near = self.constants.near(name, scope.numbers())
        return text, self.constants.hint if near is None else f"did you mean {near!r}?"

    def event(self, event: Event, scope: _Scope) -> Event:
        """Replace what the scope declares in an event."""
        names = {*names_in(event.args), *names_in(event.answer), *binders_in(event.args), event.binds, event.errno}
        for name in (event.binds, *binders_in(event.args)):
            if name is not None:
                scope.taken.setdefault(name, event.place)
        if not any(scope.declares(name) for name in names):
            return event
        try:
            found = replace_in_event(event, scope.meaning, lambda name: self.binder(event, name, scope))
        except BadFlag as bad:
            self.bad_flag(event.place, bad)
            return event
        return found._replace(source=PutIn(event.source, map(itemgetter(0), self.uses))) if self.uses else found

    def tag(self, node: Xalt, tag: str, scope: _Scope) -> str:
        """The tag that a parameter stands for, or the tag itself."""
        if tag not in scope.values:
            return tag
        value = scope.values[tag][0]
        if isinstance(value, Name):
            return value.name
        self.copies.fault(
            node.place, f"the tag {tag} is a parameter, and stands for {render_value(value)}", "give a name"
        )
        return tag

    def background(self, node: AnyTime, scope: _Scope, depth: int) -> list[Event]:
        """List the calls of ANY; what a use puts in counts as its calls, in any order."""
        found: list[Event] = []
        for item in node.items:
            pending = self.items((item,), scope, depth)
            while pending:
                inner = pending.pop(0)
                if isinstance(inner, Event) and not isinstance(inner.answer, AnswerEach):
                    found.append(inner)
                elif _is_list_of_calls(inner, used=isinstance(item, Use)):
                    pending[:0] = inside(inner)
                elif not isinstance(inner, Empty):
                    self.copies.fault(inner.place, *_not_background(inner))
        return found

    # --- names ------------------------------------------------------------------------------------------------------

    def let(self, node: Let, scope: _Scope) -> None:
        """Declare a constant."""
        if node.name in scope.values:
            self.copies.fault(
                node.place, f"the constant {node.name} is there already, from {scope.values[node.name][1]} on"
            )
            return
        if node.name in scope.taken:
            text = f"{node.name} is no free name for a constant: a call binds it, at {scope.taken[node.name]}"
            self.copies.fault(node.place, text, "choose another name")
            return
        scope.values[node.name] = self.replaced(node.value, node.place, scope, partial(_using, self.tree, node))
        self.shadowing(node, scope.values[node.name][0])

    def shadowing(self, node: Let, value: Any) -> None:
        """Refuse a constant that means another number to the headers: whoever reads the text may think of that."""
        if not self.constants.lists(node.name) or value == (number := self.constants.value(node.name)):
            return
        text = f"{node.name} is {number} in the headers, and {render_pattern(value)} here"
        self.copies.fault(node.place, text, f"choose another name, or leave the let out: {node.name} has a value")

    def replaced(
        self, value: Any, place: Source, scope: _Scope, functions: Callable[[], Iterable[tuple[str, str]]]
    ) -> tuple[Any, Source, Extent]:
        """Replace the names in a value; values of values could soon be longer than there is memory."""
        limits = self.limits
        count, depth = extent = scope.extent(value, limits.depth)
        if count > limits.copies:
            text = f"this value holds more than {limits.copies} values when its names are replaced"
            raise TooLarge(place, text + around(functions()), limits.allowing("copies", count))
        if depth > limits.depth:
            text = f"this value is nested more than {limits.depth} deep when its names are replaced"
            raise TooLarge(place, text + around(functions()), limits.allowing_some("depth", 2))
        try:
            return replace_names(value, scope.meaning), place, extent
        except BadFlag as bad:
            self.bad_flag(place, bad)
            return value, place, extent

    def bad_flag(self, place: Source, bad: BadFlag) -> None:
        text = f"{render_value(bad.args[0])} is no flag; numbers and names of numbers are"
        self.copies.fault(place, text, "what stands beside | is a constant or a parameter of another kind")

    def binder(self, event: Event, name: str, scope: _Scope) -> str:
        """The name that an event binds, as the caller's or as one of this use only."""
        if name not in scope.values:
            return scope.fresh.get(name, name)
        value, place, _ = scope.values[name]
        if scope.around is None:
            text = f"{name} is a constant, from {place} on, and no call can bind it"
            self.copies.fault(event.place, text, "choose another name")
        elif isinstance(value, Name):
            return value.name
        else:
            text = f"the parameter {name} is bound by a call, and stands for {render_value(value)}"
            self.copies.fault(event.place, text, f"give a name, as which the value is known behind the do at {place}")
        return name

    # --- definitions ------------------------------------------------------------------------------------------------

    def define(self, node: Define, scope: _Scope) -> None:
        """Declare a definition."""
        if node.name in scope.langs:
            first = scope.langs[node.name][0].place
            self.copies.fault(node.place, f"lang {node.name} is there already, at {first}", "choose another name")
        scope.langs.setdefault(node.name, (node, scope))
        self.copies.findings.langs.add(node.name)

    def use(self, node: Use, scope: _Scope, depth: int) -> list[Node]:
        """Put a definition in, with its parameters replaced and new names for what it binds."""
        found = scope.lang(node.name)
        if found is None:
            if not self.copies.findings.is_unsure(node.name):
                self.copies.fault(node.place, f"there is no lang {node.name}", _near(node.name, scope.known()))
            return self.left_out(node, scope)
        define, home = found
        if any(define is open_ for _, open_ in self.uses):
            self.copies.fault(node.place, f"lang {node.name} would never end, as it uses itself", self.chain(node))
            return self.left_out(node, scope)
        if len(node.values) != len(define.params):
            if not self.copies.findings.is_unsure(node.name):
                self.copies.fault(node.place, *_wrong_count(node, define))
            return self.left_out(node, scope)
        if len(self.uses) == self.limits.depth:
            text = f"do is nested more than {self.limits.depth} deep here{around(self.facts(define, home).calls)}"
            raise TooLarge(node.place, text, f"{self.chain(node)}; {self.limits.allowing_some('depth', 2)}")
        facts = self.facts(define, home)
        values = [self.replaced(value, node.place, scope, lambda: facts.calls) for value in node.values]
        if not self.uses:
            hint = f"it stands for {facts.size} events and operators"
            self.copies.add(facts.size, node.place, f"do {node.name}", lambda: facts.calls, hint)
        fresh = {name: self.new_name(name) for name in sorted(facts.binds.difference(define.params))}
        inner = _Scope(home, dict(zip(define.params, values, strict=True)), fresh=fresh)
        self.uses.append((node, define))
        try:
            body = self.items((define.body,), inner, depth)
            return [unroll(item, self.copies) for item in body] if facts.has_lists else body
        finally:
            self.uses.pop()

    def left_out(self, node: Use, scope: _Scope) -> list[Node]:
        """Leave a use out that has no meaning; the names that are given to it might be bound by it."""
        given = (replace_names(Name(name), scope.meaning) for name in names_in(node.values))
        self.copies.findings.doubt(name.name for name in given if isinstance(name, Name))
        return []

    def new_name(self, name: str) -> str:
        """Make a name that no text can write."""
        number = self.fresh[name] = self.fresh.get(name, 0) + 1
        return f"{name}'{number}"

    def facts(self, define: Define, scope: _Scope) -> _Facts:
        """Find out what a definition binds and how long it is; *scope* is where it stands."""
        known = self.known.get(id(define))
        if known is not None:
            return known
        self.known[id(define)] = _Facts()  # what it says of itself adds nothing
        binds: set[str] = set()
        calls: dict[tuple[str, str], None] = {}
        count, has_lists = 0, False
        for node in walk(define.body):
            count += 1
            if isinstance(node, Event):
                binds.update(binders_in(node.args), () if node.binds is None else (node.binds,))
                calls[node.module, node.function] = None
                has_lists = has_lists or isinstance(node.answer, AnswerEach)
            elif isinstance(node, Use) and (used := scope.lang(node.name)):
                theirs = self.facts(*used)
                given = zip(used[0].params, node.values, strict=False)
                binds |= {value.name for name, value in given if name in theirs.binds and isinstance(value, Name)}
                count += theirs.size
                calls.update(dict.fromkeys(theirs.calls))
        facts = self.known[id(define)] = _Facts(frozenset(binds), count, has_lists, tuple(calls))
        return facts

    def chain(self, last: Use | None = None) -> str | None:
        """Show the uses that are open, the outermost first; None when there is none."""
        return chain_of([use for use, _ in self.uses] + ([last] if last else [])) or None

    # --- files ------------------------------------------------------------------------------------------------------

    def include(self, node: Include, scope: _Scope, depth: int) -> list[Node]:
        """Put the items of a file in, once."""
        file = beside(node.place.name, node.file)
        key = identity(file)
        if any(key == open_ for open_, _, _ in self.reading):
            chain = " -> ".join([name for _, name, _ in self.reading] + [file])
            self.copies.fault(node.place, f"{file} includes itself", chain)
            return []
        if key in self.files:
            self.included_again(node, file, *self.files[key])
            return []
        self.reading.append((key, file, node.place))
        try:
            items = self.load(file, self.copies.findings)
            self.constants.learn(_counts_in(items))
            found = self.items(items, scope, depth)
        except CannotInclude as error:
            self.copies.fault(node.place, str(error), error.hint)
            self.copies.findings.missing.add(file)
            found = []
        except LanguageError as error:
            self.copies.findings.add(error.faults, unread=isinstance(error, LanguageSyntaxError))
            self.copies.findings.missing.add(file)
            found = []
        finally:
            self.reading.pop()
        self.files[key] = node.place, bool(found)
        return found

    def included_again(self, node: Include, file: str, first: Source, holds_calls: bool) -> None:
        """Refuse what would be ignored silently; two files may well include the declarations of a third."""
        if holds_calls and first.name == node.place.name:
            text = f"{file} is included already, at {first}; its calls are expected once"
            self.copies.fault(node.place, text, f"what shall come again is a lang in {file}, and here a do")


def _using(tree: Node, let: Let) -> Iterator[tuple[str, str]]:
    """Yield the functions of events that use a constant, also by way of others that are made of it."""
    names = {let.name}
    for node in walk(tree):
        if isinstance(node, Let) and not names.isdisjoint(names_in(node.value)):
            names.add(node.name)
        elif isinstance(node, Event) and not names.isdisjoint(names_in((node.args, node.answer))):
            yield node.module, node.function


def chain_of(uses: Iterable[Use]) -> str:
    """Show uses, the outermost first."""
    shown = [f"do {use.name} ({use.place})" for use in uses]
    if len(shown) > _SHOWN:
        shown[_SHOWN // 2 : -_SHOWN // 2] = ["..."]
    return " -> ".join(shown)


def _is_list_of_calls(node: Node, *, used: bool) -> bool:
    """Whether what stands in ANY only lists calls: a choice, what a definition says, or brackets around one call."""
    if isinstance(node, Xalt):
        return node.tag is None
    return isinstance(node, Seq) and (used or len(node.items) == 1)


def _not_background(node: Node) -> tuple[str, str]:
    """Say why something cannot stand in ANY, and what to do."""
    if isinstance(node, Event):
        return (
            "ANY answers a call alike whenever it comes",
            "write one answer, or answer by a Python function: -> @name",
        )
    match node:
        case Prefix():
            title = "a list of answers"
        case Columns():
            title = "COLUMNS"
        case _:
            title = render_operator(node)  # type: ignore[arg-type]
    return f"ANY holds calls, and {title} is none", "its calls may come any number of times, in any order"


def _wrong_count(use: Use, define: Define) -> tuple[str, str]:
    """Say how many values a definition takes."""
    wanted = len(define.params)
    values = "no values" if wanted == 0 else "1 value" if wanted == 1 else f"{wanted} values"
    text = f"lang {define.name} takes {values}, and do gives {len(use.values)}"
    return text, f"it is defined at {define.place}: {render_operator(define).strip()}"


def _near(name: str, known: list[str]) -> str | None:
    """Name the nearest definition."""
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known are {', '.join(known)}" if known else "a definition is written  lang name(parameters) = ..."
