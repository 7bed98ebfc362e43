"""Walks trees of the language without recursion: sequences are long, and a hostile tree is deep.

What looks at the operators only may recurse over `inside`: they nest as deep as `MAX_DEPTH`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cmock_py.lang.limits import MAX_DEPTH, too_deep
from cmock_py.lang.nodes import AnyTime, Counted, Define, Event, Par, Perm, Prefix, Repeat, Seq, Xalt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cmock_py.lang.nodes import Node


def walk(node: Node) -> Iterator[Node]:
    """Yield *node* and everything below it, in the order of the text.

    Raises:
        LanguageError: the tree is nested deeper than `MAX_DEPTH`; the message names the line where it gets too deep.
    """
    levels = [iter((node,))]
    while levels:
        for item in levels[-1]:
            yield item
            if item.__class__ is Event:
                continue
            inner = inside(item)
            if inner and len(levels) > MAX_DEPTH:
                raise too_deep(item.place)
            if inner:
                levels.append(iter(inner))
                break
        else:
            levels.pop()


def inside(node: Node) -> tuple[Node, ...]:
    """List what stands directly inside a node."""
    match node:
        case Seq() | Xalt() | Par() | Perm() | AnyTime() | Prefix():
            return node.items
        case Repeat() | Counted() | Define():
            return (node.body,)
    return ()


def with_inside(node: Any, items: Iterable[Node]) -> Node:
    """Copy an operator with other nodes inside; as many as there were, where it has one body.

    >>> with_inside(Repeat(Seq(()), 0, None), [Event("m", "f")]) == Repeat(Event("m", "f"), 0, None)
    True
    """
    if isinstance(node, (Repeat, Counted, Define)):
        (body,) = items
        return replace(node, body=body)
    return replace(node, items=tuple(items))  # type: ignore[no-any-return]


def map_events(node: Node, change: Callable[[Event], Node]) -> Node:
    """Copy a tree with another node for each event.

    >>> map_events(Seq((Event("m", "f"), Seq(()))), lambda event: Seq(()))
    Seq(items=(Seq(items=()), Seq(items=())))
    """
    if isinstance(node, Event):
        return change(node)
    items = inside(node)
    return with_inside(node, [map_events(item, change) for item in items]) if items else node


def size(node: Node) -> int:
    """Count the events and operators of a tree.

    >>> size(Seq((Event("m", "f"), Seq(()))))
    3
    """
    return 1 + sum(1 if item.__class__ is Event else size(item) for item in inside(node))
