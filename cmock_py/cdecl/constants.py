"""The compiler as a calculator: constant expressions -> integers, without linking or running anything.

Each expression becomes immediate operands of an ``asm`` statement, so its value stands in the assembler text, for a
cross compiler too. Values are split in halves and a sign, because an operand may be no wider than the target's word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cmock_py.cdecl.tokens import code, partners
from cmock_py.errors import Fault, HeaderError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FILE: Final = "cmk_probe"
_ANSWER: Final = re.compile(r"@K (\d+) #?\$?(-?\d+) #?\$?(-?\d+) #?\$?(-?\d+)")
_REFUSED: Final = re.compile(rf"^{_FILE}:(\d+):(?:\d+:)? (?:fatal )?error", re.MULTILINE)
_HEADER_ERROR: Final = re.compile(r"^(.+?:\d+):(?:\d+:)? (?:fatal )?error: (.*)$", re.MULTILINE)
_LOW: Final = 0xFFFF_FFFF


def evaluate(expressions: Sequence[str], assemble: Callable[[str], tuple[int, str, str]]) -> list[int | None]:
    """Ask the compiler for the values of integer constant expressions.

    Args:
        expressions: C texts over the names of the unit.
        assemble: appends a text to the preprocessed unit, compiles both to assembler text without optimisation and
            without warnings (``cc -S -O0 -w -x cpp-output -o - -``, which gcc and clang both know), and returns its
            exit status, the assembler text and the compiler's messages.

    Returns:
        For each expression its value in order; None when the compiler does not take it for a constant.

    Raises:
        HeaderError: the unit itself does not compile.
    """
    values: list[int | None] = [None] * len(expressions)
    waiting = [i for i, expression in enumerate(expressions) if _is_closed(expression)]
    while waiting:
        status, assembler, messages = assemble(_probe(expressions, waiting))
        if not status:
            for found in _ANSWER.finditer(assembler):
                number, low, high, negative = map(int, found.groups())
                value = (high & _LOW) << 32 | low & _LOW
                values[number] = value - (1 << 64) if negative else value
            break
        refused = {int(line) - 2 for line in _REFUSED.findall(messages)}
        left = [number for position, number in enumerate(waiting) if position not in refused]
        if len(left) == len(waiting):
            raise HeaderError(_faults(messages))
        waiting = left
    return values


def _probe(expressions: Sequence[str], numbers: Sequence[int]) -> str:
    """Write the function whose lines the compiler either takes or refuses; line 2 is the first expression."""
    lines = [f'\n# 1 "{_FILE}"', "void cmk_probe(void) {"]
    for number in numbers:
        text = " ".join(expressions[number].split())
        operands = (
            f'"i"((unsigned)(unsigned long long)({text})), '
            f'"i"((unsigned)((unsigned long long)({text}) >> 32)), "i"((int)(({text}) < 0))'
        )
        lines.append(f'__asm__ volatile(".ascii \\"@K {number} %c0 %c1 %c2\\"" : : {operands});')
    return "\n".join([*lines, "}", ""])


def _is_closed(expression: str) -> bool:
    """Decide whether an expression ends where it seems to: brackets in pairs, no statement, not empty."""
    tokens = code(expression)
    return bool(tokens) and ";" not in tokens and not partners(tokens)[1]


def _faults(messages: str) -> list[Fault]:
    """Make faults of the compiler's own error lines, or of its whole text when it has none."""
    found = [Fault(place, f"the compiler says: {text}") for place, text in _HEADER_ERROR.findall(messages)]
    hint = "compile a C file with only these headers and the same flags"
    return found or [Fault("headers", f"the compiler refuses the preprocessed headers: {messages.strip()}", hint)]
