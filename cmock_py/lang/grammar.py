"""Loads the grammar, once per process and only when text is parsed: importing lark takes longer than all of us.

To build the LALR(1) tables takes lark a tenth of a second and more, so they lie ready in ``grammar/expect.json``; who
changes a ``.lark`` file makes them anew by ``python -m cmock_py.lang.grammar``. Tables that were made for another text,
for other options or by another version of lark are left alone: the grammar is then built from its text, and means the
same.

The file holds what lark tells of itself by `memo_serialize` and takes back by `Lark.load`; nothing in it is code. It
differs from lark's own form where JSON needs it (keys that are numbers, sets, tuples), where versions of Python differ
(how wide a pattern can match), where lark goes by the order of a set (the numbers of the states), and where that form
is wasteful: 300 states share some 30 sets of terminals on which they reduce.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from cmock_py._resources import grammar_dir

if TYPE_CHECKING:
    from pathlib import Path

    from lark import Lark

STARTS = ["start", "arguments", "answer"]
_OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "contextual",
    "start": STARTS,
    "propagate_positions": True,
    "maybe_placeholders": True,
}
_ABOUT = "The parsing tables of the .lark files beside; made by: python -m cmock_py.lang.grammar"
_SHIFT, _REDUCE = 0, 1  # how lark marks the two in a table that is serialised


@functools.cache
def load_grammar() -> Lark:
    """Load the grammar as a parser for any of `STARTS`, from its tables where they fit.

    >>> [str(child.data) for child in load_grammar().parse("4, ?x", start="arguments").children]
    ['integer', 'bind']
    """
    tables = _fitting_tables(tables_file())
    return build_grammar() if tables is None else _from_tables(tables)


@functools.cache
def terminal(name: str) -> str:
    """Return the regular expression of a terminal, so that nobody writes it twice.

    >>> terminal("CMP")
    '(?:==|!=|<=|>=|<|>)'
    """
    return str(load_grammar().get_terminal(name).pattern.to_regexp())


# --- from the text --------------------------------------------------------------------------------------------------


def build_grammar(*, strict: bool = False) -> Lark:
    """Build ``grammar/expect.lark`` as an LALR(1) parser with a contextual lexer.

    Args:
        strict: refuse conflicts and collisions of terminals, too; needs `interegular`, takes longer, and is for tests.
    """
    from lark import Lark

    plugins = {} if strict else {"ContextualLexer": _unchecked_lexer()}
    return Lark.open(str(grammar_dir() / "expect.lark"), strict=strict, _plugins=plugins, **_OPTIONS)


def _unchecked_lexer() -> Any:
    """Make a lexer that leaves out the search for collisions, which costs much where `interegular` is installed."""
    from lark.lexer import ContextualLexer

    class UncheckedLexer(ContextualLexer):
        """The contextual lexer of lark without its checks; the tests run them, in strict mode."""

        def __init__(self, conf: Any, states: Any, always_accept: Any = ()) -> None:
            conf.skip_validation = True
            super().__init__(conf, states, always_accept)

    return UncheckedLexer


# --- from the tables ------------------------------------------------------------------------------------------------


def tables_file() -> Path:
    """Return where the tables lie, or would lie.

    >>> tables_file().name
    'expect.json'
    """
    return grammar_dir() / "expect.json"


def _fitting_tables(file: Path) -> dict[str, Any] | None:
    """Read the tables; None when there are none for this text, these options and this lark."""
    import json

    try:
        tables = json.loads(file.read_bytes())
    except (OSError, ValueError):  # a checkout may lack them, a merge may have left its marks in them
        return None
    if not isinstance(tables, dict) or tables.get("made_for") != _made_for():
        return None
    return tables


def _made_for() -> dict[str, Any]:
    """Name all that the tables depend on."""
    import hashlib

    from lark import __version__

    text = b"\0".join(file.read_bytes() for file in sorted(grammar_dir().glob("*.lark")))
    return {"sha256": hashlib.sha256(text).hexdigest(), "lark": __version__, "options": _OPTIONS}


def _from_tables(tables: dict[str, Any]) -> Lark:
    """Give lark its tables back, in its own form."""
    from lark import Lark

    data, memo = tables["data"], tables["memo"]
    for item in memo:
        if "pattern" in item:
            item["pattern"]["flags"] = frozenset(item["pattern"]["flags"])
        else:
            item["options"]["empty_indices"] = tuple(item["options"]["empty_indices"])
    states = dict(enumerate(_actions(row, tables["lookaheads"]) for row in tables["states"]))
    names = {name: name for actions in states.values() for name in actions}
    parser = {**data["parser"], "parser": {**tables["ends"], "tokens": names, "states": states}}
    return Lark.load({"data": {**data, "parser": parser}, "memo": dict(enumerate(memo))})


def _actions(row: dict[str, Any], lookaheads: list[list[str]]) -> dict[str, tuple[int, Any]]:
    """Make the actions of one state by the name of the next symbol."""
    actions: dict[str, tuple[int, Any]] = {name: (_SHIFT, target) for name, target in row["shift"].items()}
    for rule, ahead in row["reduce"]:
        actions.update(dict.fromkeys(lookaheads[ahead], (_REDUCE, {"@": rule})))
    return actions


# --- to the tables --------------------------------------------------------------------------------------------------


def render_tables(grammar: Lark) -> str:
    """Render the tables of a grammar as JSON: the same text on every machine, for one grammar and one lark.

    Args:
        grammar: what `build_grammar` built, or `load_grammar` loaded: both give the same text.

    Returns:
        An object: ``made_for`` (what the tables depend on), ``data`` and ``memo`` (options, terminals and rules as lark
        serialises them), ``ends`` (the first and last state of each start), ``lookaheads`` (sets of terminals), and
        ``states`` by number: symbol to next state, and pairs of a rule and the lookaheads that reduce by it.
    """
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    data, memo = grammar.memo_serialize([TerminalDef, Rule])
    table = data["parser"].pop("parser")
    data["options"] = {**data["options"], "_plugins": {}}  # a class of ours, for building only
    number = {state: index for index, state in enumerate(_in_order(table))}
    lookaheads: dict[tuple[str, ...], int] = {}
    tables = {
        "about": _ABOUT,
        "made_for": _made_for(),
        "data": data,
        "memo": [_portable(memo[index]) for index in range(len(memo))],
        "ends": {key: _renumbered(table[key], number) for key in ("start_states", "end_states")},
        "states": [_row(_named(table, state), number, lookaheads) for state in number],
        "lookaheads": [*lookaheads],
    }
    return _json(tables)


def _in_order(table: dict[str, Any]) -> list[int]:
    """List the states as they are met from the starts; lark numbers them by the order of a set."""
    order = [table["start_states"][start] for start in STARTS]
    for state in order:
        targets = [target for _, (kind, target) in _named(table, state) if kind == _SHIFT]
        order += [target for target in dict.fromkeys(targets) if target not in order]
    return order


def _named(table: dict[str, Any], state: int) -> list[tuple[str, tuple[int, Any]]]:
    """List the actions of a state with the name of their symbol, sorted by it."""
    return sorted((str(table["tokens"][token]), action) for token, action in table["states"][state].items())


def _renumbered(states: dict[str, int], number: dict[int, int]) -> dict[str, int]:
    """Give the states of the starts their new numbers."""
    return {start: number[states[start]] for start in STARTS}


def _row(
    named: list[tuple[str, tuple[int, Any]]], number: dict[int, int], lookaheads: dict[tuple[str, ...], int]
) -> dict[str, Any]:
    """Make the entry of one state; learns new lookaheads."""
    shift = {name: number[target] for name, (kind, target) in named if kind == _SHIFT}
    reduce: dict[int, list[str]] = {}
    for name, (kind, rule) in named:
        if kind == _REDUCE:
            reduce.setdefault(rule["@"], []).append(name)
    pairs = [[rule, lookaheads.setdefault(tuple(names), len(lookaheads))] for rule, names in sorted(reduce.items())]
    return {"shift": shift, "reduce": pairs}


def _portable(item: dict[str, Any]) -> dict[str, Any]:
    """Make a terminal or rule the same for all versions of Python, which differ in how wide `*` is; lark finds out."""
    pattern = item.get("pattern")
    if pattern is None:
        return item
    width = {"_width": None} if "_width" in pattern else {}
    return {**item, "pattern": {**pattern, **width, "flags": sorted(pattern["flags"])}}


def _json(tables: dict[str, Any]) -> str:
    """Render with a line for each entry of a list, so that a small change shows as a small difference."""
    import json

    dumps = functools.partial(json.dumps, separators=(",", ":"))
    members = (
        f"{dumps(key)}:" + ("[\n" + ",\n".join(map(dumps, value)) + "\n]" if isinstance(value, list) else dumps(value))
        for key, value in tables.items()
    )
    return "{\n" + ",\n".join(members) + "\n}\n"


if __name__ == "__main__":
    tables_file().write_text(render_tables(build_grammar()), encoding="ascii")
