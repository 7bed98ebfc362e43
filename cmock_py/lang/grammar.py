"""Loads the grammar, once per process and only when text is parsed: importing lark takes longer than all of us."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from cmock_py._resources import grammar_dir

if TYPE_CHECKING:
    from lark import Lark

STARTS = ["start", "arguments", "answer"]


@functools.cache
def load_grammar(*, strict: bool = False) -> Lark:
    """Load ``grammar/expect.lark`` as an LALR(1) parser with a contextual lexer.

    Args:
        strict: refuse conflicts and collisions of terminals, too; needs `interegular`, takes longer, and is for tests.

    >>> load_grammar().parse("stack.pop(s) -> 6", start="start").data
    Token('RULE', 'start')
    """
    from lark import Lark

    return Lark.open(
        str(grammar_dir() / "expect.lark"),
        parser="lalr",
        lexer="contextual",
        start=STARTS,
        strict=strict,
        propagate_positions=True,
        maybe_placeholders=True,
        _plugins={} if strict else {"ContextualLexer": _unchecked_lexer()},
    )


def _unchecked_lexer() -> Any:
    """Make a lexer that leaves out the search for collisions, which costs much where `interegular` is installed."""
    from lark.lexer import ContextualLexer

    class UncheckedLexer(ContextualLexer):
        """The contextual lexer of lark without its checks; the tests run them, in strict mode."""

        def __init__(self, conf: Any, states: Any, always_accept: Any = ()) -> None:
            conf.skip_validation = True
            super().__init__(conf, states, always_accept)

    return UncheckedLexer


@functools.cache
def terminal(name: str) -> str:
    """Return the regular expression of a terminal, so that nobody writes it twice.

    >>> terminal("NAME")
    '[A-Za-z_][A-Za-z0-9_]*'
    """
    return str(load_grammar().get_terminal(name).pattern.to_regexp())
