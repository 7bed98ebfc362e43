"""All that decides what host is built, as data: the noun between `build`, which knows the cache, and `make`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cmock_py.spec.model import ApiSpec
    from cmock_py.toolchain.compiler import Compiler

CHAR_UNSIGNED = "__CHAR_UNSIGNED__"
"""The macro that compilers define where plain char has no sign; its expansion stands among the expressions."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a host is made of.

    Attributes:
        spec: checked.
        compiler: with the user's flags.
        headers: the preprocessed headers.
        includes: the same as ``#include`` lines, for their macros.
        expressions: the spec's C text with its macros expanded: snippets by their keys, types and `CHAR_UNSIGNED` by
            themselves.
        given: the user's objects and archives.
        sources: the user's C sources, preprocessed, by path.
        components: those of both whose calls of each other are real.
        served: C symbols of the functions whose calls are all real, as a component serves them.
    """

    spec: ApiSpec
    compiler: Compiler
    headers: str
    includes: str
    expressions: Mapping[str, str]
    given: tuple[Path, ...]
    sources: Mapping[Path, str]
    components: frozenset[Path] = frozenset()
    served: frozenset[str] = frozenset()
