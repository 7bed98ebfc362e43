"""Walks trees of the language without recursion: sequences are long, and a hostile tree is deep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.lang.limits import MAX_DEPTH, too_deep
from cmock_py.lang.nodes import AnyTime, Define, Event, Par, Perm, Repeat, Seq, Xalt

if TYPE_CHECKING:
    from collections.abc import Iterator

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
            inner = _inside(item)
            if inner and len(levels) > MAX_DEPTH:
                raise too_deep(item.place)
            if inner:
                levels.append(iter(inner))
                break
        else:
            levels.pop()


def _inside(node: Node) -> tuple[Node, ...]:
    """List what stands directly inside a node."""
    match node:
        case Seq() | Xalt() | Par() | Perm() | AnyTime():
            return node.items
        case Repeat() | Define():
            return (node.body,)
    return ()
