"""Gives twins, members of PAR that differ only in the names that they bind, the same names: so they are equal.

A member knows the values of its names for itself, so names that are known nowhere else may be those of its neighbours.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cmock_py.lang.names import binders_in, replace_in_event, used_names
from cmock_py.lang.nodes import Event, Name, Par
from cmock_py.lang.walk import inside, map_events, walk, with_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.lang.nodes import Node


def same_names(tree: Node) -> Node:
    """Name what members of PAR bind for themselves by its order in the member.

    Args:
        tree: as `lang.scope.resolve` leaves it: each binder has a name of its own.

    >>> from cmock_py.lang.parse import parse
    >>> found = same_names(parse("PAR[(f(?a) g(a)) (f(?b) g(b)) f(?c)] g(c)")).items[0]
    >>> found.items[0].items[0].args == found.items[1].items[0].args, found.items[2].args
    (True, (Bind(name='c'),))
    """
    everywhere = Counter(_names(tree))
    return _renamed(tree, everywhere, 0) if everywhere else tree


def _names(node: Node) -> Iterator[str]:
    """Yield the bound names of a tree, each as often as it stands there."""
    for event in walk(node):
        if isinstance(event, Event):
            yield from binders_in(event.args)
            yield from used_names(event)


def _renamed(node: Node, everywhere: Counter[str], depth: int) -> Node:
    if not any(item.__class__ is not Event for item in inside(node)) and not isinstance(node, Par):
        return node
    items = [_renamed(item, everywhere, depth + 1) for item in inside(node)]
    if isinstance(node, Par):
        items = [_member(item, everywhere, depth) for item in items]
    return with_inside(node, items)


def _member(node: Node, everywhere: Counter[str], depth: int) -> Node:
    """Rename what is bound in a member of a PAR and known only there; its own members have been renamed before."""
    here = Counter(_names(node))
    bound = dict.fromkeys(name for event in walk(node) if isinstance(event, Event) for name in binders_in(event.args))
    local = [name for name in bound if here[name] == everywhere[name]]
    names = {name: f"{number}'{depth}" for number, name in enumerate(local)}
    if not names:
        return node

    def renamed(event: Event) -> Event:
        return replace_in_event(event, lambda name: Name(names.get(name, name)), lambda name: names.get(name, name))

    return map_events(node, renamed)
