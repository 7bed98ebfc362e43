"""Renders trees of the language as its text, so that ``parse(render(tree)) == tree``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from cmock_py.lang.limits import GREATEST, deep_error
from cmock_py.lang.nodes import (
    AnyTime,
    Columns,
    Counted,
    Define,
    Empty,
    Event,
    Include,
    Let,
    Par,
    Perm,
    Prefix,
    Repeat,
    Seq,
    Use,
    Xalt,
)
from cmock_py.lang.recursion import reads
from cmock_py.lang.render import render_event, render_name, render_operator, render_pattern, render_value
from cmock_py.lang.spell import spell
from cmock_py.lang.walk import called_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cmock_py.lang.nodes import Node, Operator


@reads(GREATEST)
def render(node: Node, *, functions: Mapping[str, Callable[..., Any]] | None = None) -> str:
    """Render a tree as text, an item a line.

    Parsing gives a `Seq` at the top, so any other *node* comes back as the only item of one. `COLUMNS` comes back as
    its calls, and a Python function as its name.

    Args:
        node: the tree.
        functions: names for the Python functions that the tree holds, as for `init_lang`.

    Returns:
        A text that is parsed to an equal tree.

    Raises:
        LanguageError: parts of the tree have no text, Python functions without a name, say; all of them. Or the tree
            is nested deeper than the language allows.

    >>> from cmock_py.lang.nodes import Repeat
    >>> print(render(Seq((Event("adc", "read", (), 7), Repeat(Event("log", "info"), 0, None)))))
    adc.read() -> 7
    REPLICATE[
      log.info()
    ]
    """
    node = spell(node, functions)
    items: tuple[Node, ...] = (node,)
    if isinstance(node, Seq) and not _is_only_seq(node):
        items = node.items
    return "\n".join(line for item in items for line in _lines(item, "", 1))


def _is_only_seq(node: Seq) -> bool:
    """Whether the text of the items would be one SEQ[...], which the parser takes for the whole."""
    return len(node.items) == 1 and isinstance(node.items[0], Seq)


def _lines(node: Node, indent: str, depth: int) -> Iterator[str]:
    """Render one item at its indentation."""
    match node:
        case Event():
            yield indent + render_event(node)
        case Empty():
            yield indent + "EMPTY"
        case Use():
            yield f"{indent}do {render_name(node.name)}({', '.join(map(render_pattern, node.values))})"
        case Let():
            yield f"{indent}let {render_name(node.name)} = {render_value(node.value)}"
        case Include():
            yield f"{indent}include {render_value(node.file)}"
        case Seq() | Xalt() | Par() | Perm() | AnyTime() | Repeat() | Counted() | Define():
            yield from _block(node, indent, depth)
        case Columns() | Prefix():
            raise AssertionError(node)  # `spell` leaves none
        case _:
            assert_never(node)


def _block(node: Operator | Define, indent: str, depth: int) -> Iterator[str]:
    """Render an operator with its items in brackets."""
    if depth > GREATEST.depth:
        raise deep_error(node.place, functions=called_below(node))
    items = _body(node.body) if isinstance(node, (Repeat, Counted, Define)) else node.items
    if not items:
        yield f"{indent}{render_operator(node)}[]"
        return
    yield f"{indent}{render_operator(node)}["
    for item in items:
        yield from _lines(item, indent + "  ", depth + 1)
    yield indent + "]"


def _body(body: Node) -> tuple[Node, ...]:
    """List what stands in the brackets of an operator with one body: several items are a SEQ without saying so."""
    return body.items if isinstance(body, Seq) and len(body.items) != 1 else (body,)
