"""What Python functions and regular expressions of a language say of the calls: asked before a check in C reads it."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from cmock_py._dataclass import dataclass
from cmock_py.callables import function_name
from cmock_py.errors import UsageError
from cmock_py.explain.values import show_call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.bind.conditions import Asked
    from cmock_py.host.records import Trace


@dataclass(frozen=True, slots=True)
class Judgements:
    """The answers to all questions about all calls.

    Attributes:
        questions: what was asked.
        count: of the calls.
        words: 64-bit words that one bit per call takes.
        bits: for each question one bit per call that says whether it is accepted, then one whether the function raised.
        raised: what a function raised, by question and call.
    """

    questions: Sequence[Asked] = ()
    count: int = 0
    words: int = 0
    bits: bytes | bytearray = b""
    raised: dict[tuple[int, int], Exception] = field(default_factory=dict)

    @classmethod
    def of(cls, questions: Sequence[Asked], trace: Trace) -> Judgements:
        """Ask each question about each call of its function."""
        count = len(trace)
        words = -(-count // 64)
        made = cls(questions, count, words, bytearray(16 * words * len(questions)))
        by_function: dict[int, list[tuple[int, Asked]]] = {}
        for number, asked in enumerate(questions):
            by_function.setdefault(asked.function, []).append((number, asked))
        for index, function, args in trace.arguments(by_function.keys()):
            for number, asked in by_function[function]:
                made.ask(number, index, asked, args[asked.field])
        return made

    def ask(self, number: int, call: int, asked: Asked, value: object) -> None:
        """Note what a question's answer is about one call; a function that raises accepts nothing."""
        assert isinstance(self.bits, bytearray)  # noqa: S101 - for mypy
        try:
            if not asked.answer(value):
                return
            kind = 0
        except Exception as error:  # noqa: BLE001 - reported when the check needs the answer
            self.raised[number, call] = error
            kind = 1
        self.bits[8 * self.words * (2 * number + kind) + call // 8] |= 1 << call % 8

    def raise_asked(self, word: int, trace: Trace) -> None:
        """Raise the error of a function that raised and whose answer the check has needed.

        Args:
            word: what the check has left: 1 + the call, shifted by 32, and the question; 0 when there is none.
            trace: the calls.

        Raises:
            UsageError: the function has raised; caused by what it raised.
        """
        if word == 0:
            return
        number, call = word & 0xFFFF_FFFF, (word >> 32) - 1
        asked, error = self.questions[number], self.raised[number, call]
        made = trace[call]
        where = f" at {made.place}" if made.place is not None else ""
        said = f": {error}" if str(error) else ""
        test = asked.test
        who = asked.text if isinstance(test, re.Pattern) else f"{asked.text}, which is {function_name(test)},"
        msg = (
            f"{who} raised {type(error).__name__}{said} for call #{call + 1}, {show_call(made)}{where}; "
            f"it is asked at {asked.place}"
        )
        raise UsageError(msg) from error
