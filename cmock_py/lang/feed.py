"""Feeds a text to the grammar, token by token: what is nested without end is not read to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.lang.faults import open_calls
from cmock_py.lang.grammar import load_grammar

if TYPE_CHECKING:
    from cmock_py.lang.build import Part

_NESTING = {"LSQB": 1, "LBRACE": 1, "LPAR": 1, "RSQB": -1, "RBRACE": -1, "RPAR": -1}


def fed(text: str, start: str, part: Part) -> Any:
    """Parse a text, or a piece of it.

    Args:
        text: what is parsed.
        start: the rule that it is.
        part: where it stands; learns of brackets that are nested too deep.

    Returns:
        The parse tree; None when brackets are nested too deep.

    Raises:
        lark.UnexpectedInput: it does not parse.
    """
    from lark import UnexpectedInput

    parser = load_grammar().parse_interactive(text, start=start)
    most = 2 * part.limits.depth + len(_NESTING)  # operators around values
    depth, token = 0, None
    try:
        for token in parser.iter_parse():
            depth += _NESTING.get(token.type, 0)
            if depth > most:
                part.report_depth(token, is_value=start != "start" or bool(open_calls(text, token.start_pos or 0)))
                return None
        return parser.feed_eof(token)  # type: ignore[no-untyped-call]
    except UnexpectedInput as error:
        error.interactive_parser = parser
        raise
