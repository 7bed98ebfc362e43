"""Decides tagged choices: all with one tag go the same way, so there is one way for each of their alternatives.

The smallest part that holds all choices of a tag becomes a choice of its copies, one for each way. That is exact where
the part runs at most once, so it is taken from outside of repetitions.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cmock_py.lang.nodes import AnyTime, Event, Par, Repeat, Seq, Xalt
from cmock_py.lang.walk import called_below, inside, size, with_inside

if TYPE_CHECKING:
    from cmock_py.lang.copies import Copies
    from cmock_py.lang.nodes import Node


def decide_tags(tree: Node, copies: Copies) -> Node:
    """Replace every choice with a tag.

    Args:
        tree: holds no declarations.
        copies: counts what is added, and collects faults.

    Returns:
        The tree itself when it holds no tag.

    >>> from cmock_py.lang.copies import Copies
    >>> from cmock_py.lang.render_tree import render
    >>> a, b, c, d = (Event("", name) for name in "abcd")
    >>> print(render(decide_tags(Seq((Xalt((a, b), "t"), Xalt((c, d), "t"))), Copies())))
    XALT[
      SEQ[
        a()
        c()
      ]
      SEQ[
        b()
        d()
      ]
    ]
    """
    choices: dict[str, list[Xalt]] = {}
    for choice in _tagged(tree):
        choices.setdefault(str(choice.tag), []).append(choice)
    for tag, found in choices.items():
        ways = len(found[0].items)
        wrong = [choice for choice in found if len(choice.items) != ways]
        for choice in wrong:
            text = f"XALT({tag}) has {len(choice.items)} alternatives here and {ways} at {found[0].place}"
            copies.fault(choice.place, text, "choices with one tag go the same way, so they have equally many")
        if not wrong:
            tree = _decide(tree, tag, ways, copies)
    return tree


def _tagged(node: Node) -> list[Xalt]:
    """List the choices with a tag."""
    if isinstance(node, Event):
        return []
    here = [node] if isinstance(node, Xalt) and node.tag is not None else []
    return here + [choice for item in inside(node) if item.__class__ is not Event for choice in _tagged(item)]


def _decide(tree: Node, tag: str, ways: int, copies: Copies) -> Node:
    """Decide the choices of one tag."""
    holding: set[int] = set()
    _note_holding(tree, tag, holding)

    def choice(node: Node) -> Node:
        hint = "put the choices of a tag nearer together"
        copies.add((ways - 1) * size(node), node.place, f"the tag {tag}", partial(called_below, node), hint)
        return Xalt(tuple(_gone(node, tag, way, holding) for way in range(ways)), place=node.place)

    def part(node: Node) -> Node:
        """Find the smallest part, and make it a choice."""
        items = inside(node)
        held = [index for index, item in enumerate(items) if id(item) in holding]
        if isinstance(node, Repeat) or (isinstance(node, Xalt) and node.tag == tag):
            return choice(node)
        if len(held) == 1 or isinstance(node, Xalt):  # of alternatives only one comes: each may decide for itself
            return with_inside(node, [part(item) if index in held else item for index, item in enumerate(items)])
        if isinstance(node, Seq):
            return _within_sequence(node, held[0], held[-1] + 1)
        if isinstance(node, Par):
            together = choice(Par(tuple(items[index] for index in held), place=node.place))
            return Par((together, *(item for index, item in enumerate(items) if index not in held)), place=node.place)
        return choice(node)

    def _within_sequence(node: Seq, first: int, end: int) -> Node:
        """Decide from the first to the last item that holds a choice; calls of ANY are free in all of the sequence."""
        between = node.items[first:end]
        background = [item for item in between if isinstance(item, AnyTime)]
        decided = choice(Seq(tuple(item for item in between if not isinstance(item, AnyTime)), place=node.place))
        return with_inside(node, [*node.items[:first], decided, *background, *node.items[end:]])

    return part(tree)


def _note_holding(node: Node, tag: str, holding: set[int]) -> bool:
    """Note the identity of every node that is or holds a choice of a tag."""
    held = isinstance(node, Xalt) and node.tag == tag
    for item in inside(node):
        if item.__class__ is not Event and _note_holding(item, tag, holding):
            held = True
    if held:
        holding.add(id(node))
    return held


def _gone(node: Node, tag: str, way: int, holding: set[int]) -> Node:
    """Copy a part as it is when the choices of a tag go one way; what holds none is shared."""
    if isinstance(node, Xalt) and node.tag == tag:
        return _gone(node.items[way], tag, way, holding)
    held = [id(item) in holding for item in inside(node)]
    if not any(held):
        return node
    pairs = zip(inside(node), held, strict=True)
    return with_inside(node, [_gone(item, tag, way, holding) if holds else item for item, holds in pairs])
