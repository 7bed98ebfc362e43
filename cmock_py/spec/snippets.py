"""The user's own C in a spec: every snippet with a key, its place, and its path for messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmock_py.spec.model import ApiArg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.spec.model import ApiSpec, Origin

_WORD = re.compile(r"(?<!\.)(?<!->)\b[A-Za-z_]\w*")
"""Words of C that are no members."""

FIELDS = ("buffer", "length", "view", "fill", "code", "sentinel", "default_val")
"""Fields of an argument that hold C when they are text, in the order in which a stub uses them."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of the user's C.

    Attributes:
        key: unique in the spec; `snippet_key` makes it.
        text: as the user wrote it.
        origin: the line of Python.
        path: of the field, as messages show it.
    """

    key: str
    text: str
    origin: Origin
    path: str


def snippet_key(function: int, argument: str, field: str) -> str:
    """Make the key of a snippet: of the *field* of an argument, or of ``result``, in function number *function*."""
    return f"{function}.{argument}.{field}"


def snippets(spec: ApiSpec) -> Iterator[Snippet]:
    """Yield all C of a spec, in its order.

    >>> from cmock_py.spec.model import ApiFunction, ApiModule, ApiSpec
    >>> function = ApiFunction("fill", args=[ApiArg("int *", "xs", "out", "n * 2")])
    >>> [(snippet.key, snippet.text) for snippet in snippets(ApiSpec([ApiModule("m", [function])]))]
    [('0.xs.buffer', 'n * 2')]
    """
    number = 0
    for m, module in enumerate(spec.modules):
        for f, function in enumerate(module.functions):
            path = f"modules[{m}].functions[{f}]"
            if isinstance(function.silent, str):
                key = snippet_key(number, "result", "silent")
                yield Snippet(key, function.silent, function.origin, f"{path}.silent")
            for i, arg in enumerate(function.args):
                yield from _of_argument(number, arg, f"{path}.args[{i}]")
            if isinstance(function.ret, ApiArg):
                yield from _of_argument(number, function.ret, f"{path}.ret")
            number += 1


def mentioned(spec: ApiSpec) -> Iterator[tuple[Snippet, str]]:
    """Yield each snippet with each argument of its function that it mentions.

    >>> from cmock_py.spec.model import ApiFunction, ApiModule, ApiSpec
    >>> function = ApiFunction("fill", args=[ApiArg("int *", "xs", "out", "n * sizeof a->xs"), ApiArg("int", "n")])
    >>> [name for _, name in mentioned(ApiSpec([ApiModule("m", [function])]))]
    ['n']
    """
    functions = [function for _, function in spec.functions]
    for snippet in snippets(spec):
        args = functions[int(snippet.key.partition(".")[0])].args
        words = set(_WORD.findall(snippet.text))
        yield from ((snippet, arg.name) for arg in args if arg.name in words)


def _of_argument(number: int, arg: ApiArg, path: str) -> Iterator[Snippet]:
    for field in FIELDS:
        text = getattr(arg, field)
        if isinstance(text, str):
            yield Snippet(snippet_key(number, arg.name, field), text, arg.origin, f"{path}.{field}")
