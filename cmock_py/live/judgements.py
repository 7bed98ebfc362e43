"""What Python functions and regular expressions of a language say of the calls: asked before a check in C reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from cmock_py.callables import function_name
from cmock_py.errors import UndecidedCheck, UsageError
from cmock_py.explain.values import show_call
from cmock_py.lang.searching import searched, searching

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
        texts: dict[int, list[tuple[int, Any]]] = {}
        for number, asked in enumerate(questions):
            by_function.setdefault(asked.function, []).append((number, asked))
        for index, function, args in trace.arguments(by_function.keys()):
            for number, asked in by_function[function]:
                value = asked.seen(args[asked.field])
                if not isinstance(asked.test, re.Pattern):
                    made.ask(number, index, asked, value)
                elif isinstance(value, type(asked.test.pattern)):
                    texts.setdefault(number, []).append((index, value))
        with searching():
            for number, listed in texts.items():
                made.search(number, listed)
        return made

    def ask(self, number: int, call: int, asked: Asked, value: object) -> None:
        """Note what a question's answer is about one call; a function that raises accepts nothing."""
        try:
            if asked.answer(value):
                self._note(number, call)
        except Exception as error:  # noqa: BLE001 - reported when the check needs the answer
            self._note(number, call, error)

    def search(self, number: int, listed: Sequence[tuple[int, Any]]) -> None:
        """Note in which calls an expression is found; where it takes too long the check cannot know."""
        asked = self.questions[number]
        texts = list(dict.fromkeys(text for _, text in listed))
        found, why = searched(cast("re.Pattern[Any]", asked.test).pattern, texts)
        asked.found.update(zip(texts, found, strict=False))
        for call, text in listed:
            if asked.found.get(text):
                self._note(number, call)
            elif text not in asked.found:
                self._note(number, call, UndecidedCheck(why))

    def _note(self, number: int, call: int, raised: Exception | None = None) -> None:
        """Note that an answer is yes, or that there is none."""
        assert isinstance(self.bits, bytearray)  # noqa: S101 - for mypy
        if raised is not None:
            self.raised[number, call] = raised
        self.bits[8 * self.words * (2 * number + (raised is not None)) + call // 8] |= 1 << call % 8

    def raise_asked(self, word: int, trace: Trace) -> None:
        """Raise the error of a function that raised and whose answer the check has needed.

        Args:
            word: what the check has left: 1 + the call, shifted by 32, and the question; 0 when there is none.
            trace: the calls.

        Raises:
            UsageError: the function has raised; caused by what it raised.
            UndecidedCheck: a regular expression takes too long.
        """
        if word == 0:
            return
        number, call = word & 0xFFFF_FFFF, (word >> 32) - 1
        asked, error = self.questions[number], self.raised[number, call]
        made = trace[call]
        where = f" at {made.place}" if made.place is not None else ""
        said = f": {error}" if str(error) else ""
        asks = f"for call #{call + 1}, {show_call(made)}{where}; it is asked at {asked.place}"
        if isinstance(asked.test, re.Pattern):
            msg = f"the check cannot decide {asked.text} {asks}\n{error}"
            raise UndecidedCheck(msg) from error
        who = f"{asked.text}, which is {function_name(asked.test)},"
        msg = f"{who} raised {type(error).__name__}{said} {asks}"
        raise UsageError(msg) from error
