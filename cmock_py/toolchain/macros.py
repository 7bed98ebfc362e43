"""The macros of the headers: where each is defined, and which names its text leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py.toolchain import compiler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmock_py.toolchain.compiler import Compiler

_MARKER = re.compile(r'^# (\d+) "((?:[^"\\]|\\.)*)"')
_DEFINED = re.compile(r"^#(define|undef) (\w+)(\()?(.*)$")
_COMMAND_LINE = "<command-line>"


@dataclass(frozen=True, slots=True)
class Macro:
    """One macro.

    Attributes:
        place: where it is defined: ``hal.h:2``, or that a flag defines it.
        has_parameters: whether it is written like a call.
        words: the names in its text.
    """

    place: str
    has_parameters: bool
    words: frozenset[str]


def read(chosen: Compiler, includes: str) -> dict[str, Macro]:
    """Ask the compiler for the macros that hold behind the headers.

    Raises:
        HeaderError: a header does not compile.
    """
    return definitions(compiler.preprocess(chosen, includes, directory=Path(), macros="-dD"))


def definitions(text: str) -> dict[str, Macro]:
    r"""Read the macros that are left at the end of what ``cc -E -dD`` wrote.

    >>> definitions('# 2 "a.h"\n#define MAX 3\n#define get(x) get_at((x), MAX)\n#undef MAX\n')["get"].place
    'a.h:3'
    """
    found: dict[str, Macro] = {}
    file, number = "", 0
    for line in text.splitlines():
        number += 1
        if marker := _MARKER.match(line):
            file, number = marker[2], int(marker[1]) - 1
        elif said := _DEFINED.match(line):
            found.pop(said[2], None)
            if said[1] == "define":
                place = "a flag -D" if file == _COMMAND_LINE else f"{file}:{number}"
                found[said[2]] = Macro(place, said[3] is not None, frozenset(re.findall(r"[A-Za-z_]\w*", said[4])))
    return found


def leads_to(name: str, macros: Mapping[str, Macro]) -> frozenset[str]:
    r"""Collect the names that a macro's text may become, through other macros too.

    >>> sorted(leads_to("a", definitions("#define a b\n#define b(x) c(x)\n")))
    ['b', 'c', 'x']
    """
    seen: set[str] = set()
    left = [name]
    while left:
        macro = macros.get(left.pop())
        fresh = macro.words - seen if macro else frozenset()
        seen |= fresh
        left += fresh
    return frozenset(seen - {name})
