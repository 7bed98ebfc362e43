"""Finds out what the names mean that ``?n`` binds: each textual binder gets a name of its own, and each use its name.

A name is known from the call that binds it on, in what follows in the sequence: its answer, and later calls. Where it
may be unbound, or could be one of several, it cannot be used. In detail, from inside to outside:

* A call binds for its own answer, and for all that follows.
* What every alternative of a choice binds is known behind it, as one name.
* What a branch of PAR or a member of PERM binds is unknown to the others, and known behind all of them.
* A round of a repetition binds anew; nothing of it is known in the next round, or behind the last.
* What the call of an ANY binds is known to its own answer only.

A name that is bound again is another one from there on. In the tree that comes out, different binders have different
names: the second ``n`` is ``n'2``, which no text can write.
"""

from __future__ import annotations

import difflib
from collections import ChainMap
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.lang.findings import Findings
from cmock_py.lang.names import PLAIN, as_written, binders_in, names_in, replace_names
from cmock_py.lang.nodes import AnyTime, Event, Name, OutValue, Par, Perm, Repeat, Seq, Wildcard, Xalt, answer_of
from cmock_py.lang.walk import inside, map_events, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cmock_py.lang.nodes import Node, Source

_ARGS = itemgetter(2)
_HOLD_NO_BINDER = PLAIN | {Name, Wildcard}


def resolve(tree: Node, findings: Findings | None = None) -> Node:
    """Give every binder of a tree a name of its own, and let every use say which one it means.

    Args:
        tree: as `lang.expand` returns it.
        findings: collects faults, so that others can be found as well; None: they are raised.

    Returns:
        The tree itself when nothing is bound in it by ``?n``.

    Raises:
        LanguageError: names are used where they are not, or may not be, bound; all of them.

    >>> from cmock_py.lang.parse import parse
    >>> from cmock_py.lang.render_tree import render
    >>> print(render(resolve(parse("f(?n) g(n)  h(?n & > 4) -> n  XALT[ f(?k) g(?k) ] h(k)"))))
    f(?n)
    g(n)
    h(?n'2 & > 4) -> n'2
    XALT[
      f(?k)
      g(?k)
    ]
    h(k)
    """
    if not _has_binder(tree):
        return tree
    events = [node for node in walk(tree) if isinstance(node, Event)]
    resolver = _Resolver(
        {name: event.place for event in reversed(events) for name in binders_in(event.args)},
        {event.binds: event.place for event in reversed(events) if event.binds is not None},
        Findings() if findings is None else findings,
    )
    resolver.visit(tree, {})
    if findings is None:
        resolver.findings.check()
    resolver.findings.doubt(resolver.binders)  # what is wrong with them is told
    return _renamed(tree, resolver)


def _has_binder(node: Node) -> bool:
    """Whether ``?n`` is anywhere; a million events are looked at as columns."""
    items = inside(node) if node.__class__ is not Event else (node,)
    kinds = set(map(type, items))
    events: Iterable[Any] = items if kinds == {Event} else [item for item in items if item.__class__ is Event]
    unusual = set(map(type, chain.from_iterable(map(_ARGS, events)))) - _HOLD_NO_BINDER
    if unusual and any(True for event in events for _ in binders_in(event.args)):
        return True
    return kinds != {Event} and any(_has_binder(item) for item in items if item.__class__ is not Event)


Meaning: TypeAlias = "int | tuple[str, str]"
"""What a name means at a point: the number of its binder; or why it means nothing, and what to do."""

Bound: TypeAlias = "Mapping[str, Meaning]"


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Looks at a tree and notes what the names in each event mean.

    Attributes:
        binders: where each name is bound first.
        handles: where each name of a returned handle is bound first.
        findings: what is wrong.
        original: the name of each binder as it was written.
        joined: for each binder one that it is the same as, or itself.
        events: for each event, in order: what names mean in its arguments, what it binds, what they mean in its answer.
        free: names that are bound by nobody here.
    """

    binders: Mapping[str, Source]
    handles: Mapping[str, Source]
    findings: Findings
    original: list[str] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    events: list[tuple[dict[str, int], dict[str, int], dict[str, int]]] = field(default_factory=list)
    free: set[str] = field(default_factory=set)

    # --- the parts of a tree ----------------------------------------------------------------------------------------

    def visit(self, node: Node, known: Bound) -> Bound:
        """Note what names mean in a part, where *known* is known; return what is then known in addition."""
        match node:
            case Event():
                return self.event(node, known)
            case Seq(items=items):
                return self.sequence(items, known)
            case Xalt(items=items):
                return self.choice(node, [self.visit(item, known) for item in items])
            case Par() | Perm():
                return self.branches(node, [self.visit(item, known) for item in node.items])
            case Repeat(body=body, least=1, most=1):
                return self.visit(body, known)
        return {name: _behind(node, name) for item in inside(node) for name in self.visit(item, known)}

    def sequence(self, items: tuple[Node, ...], known: Bound) -> Bound:
        """Each item knows what those before it have bound; calls of ANY may come before any of them."""
        found: dict[str, Meaning] = {}
        here = ChainMap(found, known)  # type: ignore[arg-type] # only the first is written to
        for item in items:
            if isinstance(item, AnyTime):
                early: dict[str, Meaning] = {name: _early(name) for name in found}
                found.update(self.visit(item, ChainMap(known, early)))  # type: ignore[arg-type] # nothing is written to
            else:
                found.update(self.visit(item, here))
        return found

    def choice(self, node: Xalt, found: list[Bound]) -> Bound:
        """What every alternative binds is one and the same behind a choice."""
        names = {name: None for bound in found for name in bound}
        return {name: self.one_of(name, [bound.get(name) for bound in found], node) for name in names}

    def one_of(self, name: str, meanings: list[Meaning | None], node: Xalt) -> Meaning:
        """Join the binders of one name in the alternatives of a choice."""
        numbers = [meaning for meaning in meanings if isinstance(meaning, int)]
        if len(numbers) < len(meanings):
            why = (
                f"{as_written(name)} may be unbound here: not every alternative of the choice at {node.place} binds it"
            )
            return why, "bind it in all of them, or use it inside only"
        for number in numbers:
            self.joined[self.root(number)] = self.root(numbers[0])
        return numbers[0]

    def branches(self, node: Par | Perm, found: list[Bound]) -> Bound:
        """What one branch binds is known when all have come."""
        together: dict[str, Meaning] = {}
        for bound in found:
            for name, meaning in bound.items():
                which = f"branches of {_word(node)} at {node.place} bind it"
                several = f"{as_written(name)} could be one of several here: {which}"
                together[name] = (several, "give them different names") if name in together else meaning
        return together

    def root(self, number: int) -> int:
        """Return the binder that stands for all that are the same."""
        while self.joined[number] != number:
            number = self.joined[number]
        return number

    # --- events -----------------------------------------------------------------------------------------------------

    def event(self, event: Event, known: Bound) -> Bound:
        """Note what names mean in one event; its own binders are known to its answer."""
        asked = [arg for arg in event.args if not isinstance(arg, OutValue)]
        answered = [arg.value for arg in event.args if isinstance(arg, OutValue)]
        binds = [*binders_in(event.args)]
        numbers = {name: self.bind(event, name) for name in dict.fromkeys(binds)}
        for name in {name for name in binds if binds.count(name) > 1}:
            self.fault(event, f"?{as_written(name)} is there twice in one call", "give them different names")
        before = self.uses(event, asked, known, numbers)
        errno = [Name(event.errno)] if isinstance(event.errno, str) and event.errno in self.binders else []
        after = self.uses(event, [*answered, event.answer, *errno], ChainMap(numbers, known), {})  # type: ignore[arg-type] # written to by none
        self.events.append((before, numbers, after))
        return dict(numbers)

    def bind(self, event: Event, name: str) -> int:
        """Number a new binder."""
        if name in self.handles:
            text = f"?{as_written(name)} binds what is the name of a handle already, at {self.handles[name]}"
            self.fault(event, text, "choose another name")
        self.original.append(name)
        self.joined.append(len(self.joined))
        return len(self.joined) - 1

    def uses(self, event: Event, values: list[Any], known: Bound, own: Mapping[str, int]) -> dict[str, int]:
        """Find the binder of each name that is used in values."""
        found: dict[str, int] = {}
        for name in dict.fromkeys(names_in(values)):
            meaning = known.get(name)
            if isinstance(meaning, int):
                found[name] = meaning
            elif self.findings.is_unsure(name):
                self.free.add(name)
            elif meaning is not None:
                self.fault(event, *meaning)
            elif name in own:
                text = f"{as_written(name)} is bound by this very call"
                self.fault(event, text, "it is known to the answer, and to the calls that follow")
            elif name in self.binders:
                self.fault(event, *self.unbound(name, known))
            else:
                self.free.add(name)
        return found

    def unbound(self, name: str, known: Bound) -> tuple[str, str]:
        """Say where a name is bound, and what is bound here instead."""
        text = f"{as_written(name)} is not bound here; ?{as_written(name)} stands at {self.binders[name]}"
        here = [as_written(other) for other, meaning in known.items() if isinstance(meaning, int)]
        near = difflib.get_close_matches(as_written(name), here, 1)
        if near:
            return text, f"did you mean {near[0]!r}?"
        return text, "a name is known to the calls that follow its binder in the same sequence, in the same branch"

    def fault(self, event: Event, message: str, hint: str | None = None) -> None:
        """Note a fault."""
        self.findings.fault(event.place, message, hint)

    # --- names ------------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Choose a name for each binder: the one that is written, as long as no other has it."""
        taken = self.free | set(self.handles)
        chosen: dict[int, str] = {}
        next_number: dict[str, int] = {}
        for number in range(len(self.original)):
            root, name = self.root(number), self.original[number]
            if root in chosen:
                continue
            base = as_written(name)
            while name in taken:
                next_number[base] = next_number.get(base, 1) + 1
                name = f"{base}'{next_number[base]}"
            taken.add(name)
            chosen[root] = name
        return [chosen[self.root(number)] for number in range(len(self.original))]


def _word(node: Par | Perm) -> str:
    return "PAR" if isinstance(node, Par) else "PERM"


def _early(name: str) -> tuple[str, str]:
    """Say why ANY does not know what is bound before it in its sequence, and what to do."""
    shown = as_written(name)
    text = f"{shown} may be unbound here: calls of ANY may come before ?{shown}"
    return text, f"let a sequence of its own begin behind ?{shown}:  SEQ[ ANY[ ... ]  ... ]"


def _behind(node: Node, name: str) -> tuple[str, str]:
    """Say why a name that is bound inside a part means nothing behind it, and what to do."""
    shown, place = as_written(name), node.place
    if isinstance(node, AnyTime):
        return (
            f"{shown} may be unbound here: a call of ANY at {place} binds it",
            "use it in the answer of that call only",
        )
    if isinstance(node, Repeat) and node.most == 1:
        return f"{shown} may be unbound here: what binds it is optional, at {place}", "use it inside only"
    return f"{shown} is bound anew in each round of the repetition at {place}", "use it inside only"


def _renamed(tree: Node, resolver: _Resolver) -> Node:
    """Copy a tree with the names that were chosen."""
    names = resolver.names()
    noted = iter(resolver.events)

    def renamed(event: Event) -> Event:
        before, binds, after = next(noted)
        if not (before or binds or after):
            return event

        def in_arguments(name: str) -> Name:
            return Name(names[before[name]] if name in before else name)

        def in_answer(name: str) -> Name:
            return Name(names[after[name]] if name in after else name)

        def binder(name: str) -> str:
            return names[binds[name]]

        args = tuple(
            replace_names(arg, in_answer if isinstance(arg, OutValue) else in_arguments, binder) for arg in event.args
        )
        errno = in_answer(event.errno).name if isinstance(event.errno, str) else event.errno
        answer = event.answer if event.answer is None else answer_of(replace_names(event.answer, in_answer))
        return event._replace(args=args, answer=answer, errno=errno)

    return map_events(tree, renamed)
