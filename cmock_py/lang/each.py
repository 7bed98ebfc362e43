"""Unrolls answer lists: ``-> each [1, 2, 3]`` in a repetition gives round i the i-th answer.

The innermost repetition around an event takes its rounds from the list, and becomes a `Prefix` of that many copies of
its body. Without a repetition around it, the event comes as often as it has answers. OPTIONAL does not repeat.
"""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING

from cmock_py.lang.nodes import AnswerEach, AnyTime, Columns, Event, Par, Perm, Prefix, Repeat, Seq, Xalt
from cmock_py.lang.render import render_operator
from cmock_py.lang.walk import called_below, inside, map_events, size, walk, with_inside

if TYPE_CHECKING:
    from cmock_py.lang.copies import Copies
    from cmock_py.lang.nodes import Node


def unroll(tree: Node, copies: Copies) -> Node:
    """Replace every answer list.

    Args:
        tree: holds no declarations.
        copies: counts what is added, and collects faults.

    Returns:
        The tree itself when it holds no answer list.

    >>> from cmock_py.lang.copies import Copies
    >>> read = Event("adc", "read", (), AnswerEach((1, 2)))
    >>> [event.answer for event in unroll(Seq((read,)), Copies()).items[0].items]
    [1, 2]
    >>> prefix = unroll(Repeat(read, 1, None), Copies())
    >>> prefix.least, [event.answer for event in prefix.items]
    (1, [1, 2])
    """
    return _alone(_repetitions(tree, copies), copies)


def _lists(node: Node) -> list[Event]:
    """List the events with answer lists."""
    return [event for event in walk(node) if isinstance(event, Event) and isinstance(event.answer, AnswerEach)]


def _repetitions(node: Node, copies: Copies) -> Node:
    """Unroll the repetitions around lists, the innermost first."""
    items = inside(node)
    if set(map(type, items)) <= {Event} and not isinstance(node, Repeat):
        return node
    unrolled = [item if item.__class__ is Event else _repetitions(item, copies) for item in items]
    if any(map(operator.is_not, unrolled, items)):
        node = with_inside(node, unrolled)
    if isinstance(node, Repeat) and node.most != 1 and (lists := _lists(node.body)):
        return _rounds(node, lists, copies)
    return node


def _rounds(node: Repeat, lists: list[Event], copies: Copies) -> Node:
    """Make a prefix of the rounds of a repetition."""
    rounds = node.most or min(len(event.answer.answers) for event in lists)
    wrong = [(event, fault) for event in lists if (fault := _fault(node, event, rounds))]
    for event, fault in wrong:
        copies.fault(event.place, *fault)
    if wrong:
        return with_inside(node, [_round(node.body, 0)])
    copies.add(rounds * size(node.body), node.place, f"{rounds} answers in a list", partial(called_below, node))
    bodies = [_round(node.body, number) for number in range(rounds)]
    if _may_be_empty(node.body):
        return Prefix(tuple(body for body in map(_not_empty, bodies) if body is not None), 0, place=node.place)
    return Prefix(tuple(bodies), node.least, place=node.place)


def _fault(node: Repeat, event: Event, rounds: int) -> tuple[str, str] | None:
    """Say why a list does not fit the rounds of its repetition, and what to do."""
    count, needed = len(event.answer.answers), max(rounds, node.least)
    if count == 0:
        return _NO_ANSWER
    if count < needed:
        answers = "1 answer" if count == 1 else f"{count} answers"
        upto = "up to " if node.most != node.least and node.most is not None else ""
        text = f"each lists {answers}, and {render_operator(node)} asks for {upto}{needed}"
        return text, "a list has an answer for every round; REPLICATE takes as many rounds as there are answers"
    if node.most is None and count > rounds:
        text = f"each lists {count} answers, and another list of the same {render_operator(node)} has {rounds}"
        return text, "lists of one repetition are equally long"
    return None


_NO_ANSWER = "each lists no answer", "write at least one: -> each [1]"


def _round(body: Node, number: int) -> Node:
    """Copy the body of a repetition with the answers of one round."""

    def answered(event: Event) -> Event:
        if not isinstance(event.answer, AnswerEach):
            return event
        return event._replace(answer=next(iter(event.answer.answers[number:]), None))

    return map_events(body, answered)


def _alone(node: Node, copies: Copies) -> Node:
    """Let an event outside of repetitions come as often as it has answers."""
    if isinstance(node, Event):
        return _one_by_one(node, copies) if isinstance(node.answer, AnswerEach) else node
    items = inside(node)
    opened = [_alone(item, copies) for item in items]
    return with_inside(node, opened) if any(map(operator.is_not, opened, items)) else node


def _one_by_one(event: Event, copies: Copies) -> Node:
    """Make a sequence of an event with a list."""
    answers = event.answer.answers
    if not answers:
        copies.fault(event.place, *_NO_ANSWER)
    copies.add(len(answers), event.place, f"{len(answers)} answers in a list", lambda: [event[:2]])
    return Seq(tuple(event._replace(answer=answer) for answer in answers), place=event.place)


# --- rounds of what may be empty ------------------------------------------------------------------------------------
#
# A round of a repetition makes at least one call, else the rounds could not be counted.


def _may_be_empty(node: Node) -> bool:
    """Whether no call at all is enough."""
    match node:
        case Event():
            return False
        case Columns(count=count):
            return count == 0
        case Xalt(items=items):
            return any(map(_may_be_empty, items))
        case Repeat(body=body, least=least):
            return least == 0 or _may_be_empty(body)
        case Prefix(items=items, least=least):
            return all(map(_may_be_empty, items[:least]))
        case AnyTime():
            return True
    return all(map(_may_be_empty, inside(node)))


def _not_empty(node: Node) -> Node | None:
    """Make a tree that means the same but needs a call; None when there is no call in it."""
    if not _may_be_empty(node):
        return node
    match node:
        case Repeat(body=body):
            inner = _not_empty(body)
            return None if inner is None else Repeat(inner, 1, node.most, place=node.place)
        case Prefix(items=items):
            return Prefix(items, 1, place=node.place)
        case Xalt(items=items):
            return _choice([inner for inner in map(_not_empty, items) if inner is not None], node)
        case Seq() | Par() | Perm():
            return _choice(_by_first_part(node), node)
    return None


def _by_first_part(node: Seq | Par | Perm) -> list[Node]:
    """Make one alternative for each part that can be the first of those that make calls."""
    background = [item for item in node.items if isinstance(item, AnyTime)]
    parts = [item for item in node.items if not isinstance(item, AnyTime)]
    found: list[Node] = []
    for number, part in enumerate(parts):
        first = _not_empty(part)
        if first is not None:
            found.append(with_inside(node, [first, *parts[number + 1 :], *background]))
    return found


def _choice(items: list[Node], node: Node) -> Node | None:
    """Make a choice of several alternatives."""
    if len(items) > 1:
        return Xalt(tuple(items), place=node.place)
    return items[0] if items else None
