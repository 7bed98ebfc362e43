"""Walks trees of the language without recursion: sequences are long, and a hostile tree is deep.

What looks at the operators of an expanded tree may recurse over `inside`: `lang.expand` has refused what is too deep.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from cmock_py.errors import Fault, LanguageError
from cmock_py.lang.limits import SHORTER, listed
from cmock_py.lang.nodes import AnyTime, Columns, Counted, Define, Event, Par, Perm, Prefix, Repeat, Seq, Xalt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Node

_EVENT_BYTES, _VALUE_BYTES = 16, 8  # runtime/arena.h: struct cmk_event, and a slot


def walk(node: Node) -> Iterator[Node]:
    """Yield *node* and everything below it, in the order of the text."""
    levels = [iter((node,))]
    while levels:
        for item in levels[-1]:
            yield item
            if item.__class__ is Event:
                continue
            inner = inside(item)
            if inner:
                levels.append(iter(inner))
                break
        else:
            levels.pop()


def called_below(node: Node, most: int = 1000) -> list[tuple[str, str]]:
    """Find the functions of the first events of a tree, as ``module`` and ``function``.

    >>> called_below(Seq((Event("m", "f"), Seq((Event("m", "g"),)))))
    [('m', 'f'), ('m', 'g')]
    """
    return [(item.module, item.function) for item in islice(walk(node), most) if isinstance(item, (Event, Columns))]


def refuse_events(tree: Node, limits: Limits) -> None:
    """Refuse a tree of more events than allowed: say how many there are, how large, and where most of them stand.

    Raises:
        LanguageError: there are more.
    """
    count, size = _measure(tree)
    if count <= limits.events:
        return
    node = tree
    while largest := next((item for item in inside(node) if 2 * _measure(item)[0] > count), None):
        node = largest
    message = f"the language has {count} events, and {limits.events} are allowed; they would take {size} bytes or more"
    where = f"most of them are here, around {listed(called_below(node))}"
    hint = f"{SHORTER}; or {limits.allowing('events', count)}"
    raise LanguageError([Fault(str(node.place), f"{message}; {where}", hint)])


def _measure(node: Node) -> tuple[int, int]:
    """Count the events of a tree, and the bytes that the runtime takes for what they ask."""
    count = size = 0
    for item in walk(node):
        if isinstance(item, Event):
            count, size = count + 1, size + _EVENT_BYTES + _VALUE_BYTES * len(item.args)
        elif isinstance(item, Columns):
            count, size = count + item.count, size + item.count * (_EVENT_BYTES + _VALUE_BYTES * len(item.args))
    return count, size


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
