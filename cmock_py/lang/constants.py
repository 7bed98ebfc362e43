"""The numbers that have names in the headers: enumerators and macros."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


def _nothing(_names: Sequence[str]) -> Mapping[str, int]:
    return {}


@dataclass(slots=True)
class Constants:
    """Knows what names mean to the headers; asks the compiler once for all that it is told of, and never twice.

    Attributes:
        enumerators: those that are known without a question.
        ask: gives the values of those of the names that are integer constants, macros and more enumerators.
        names: lists all macros and enumerators, for messages.
        hint: what to do about a name that means nothing.
        known: what was answered; None for a name that is no number.
    """

    enumerators: Mapping[str, int] = field(default_factory=dict)
    ask: Callable[[Sequence[str]], Mapping[str, int]] = _nothing
    names: Callable[[], Iterable[str]] = tuple
    hint: str | None = "without headers only let gives a number a name"
    known: dict[str, int | None] = field(default_factory=dict)

    def learn(self, names: Iterable[str]) -> None:
        """Ask for all names at once that nobody has asked for."""
        new = sorted(name for name in set(names) if name not in self.enumerators and name not in self.known)
        if new:
            found = self.ask(new)
            self.known.update((name, found.get(name)) for name in new)

    def value(self, name: str) -> int | None:
        """Return the number that a name stands for; None when it stands for none.

        >>> constants = Constants({"RED": 0}, lambda names: {"LIMIT": 64})
        >>> constants.value("RED"), constants.value("LIMIT"), constants.value("LIMTI")
        (0, 64, None)
        """
        self.learn([name])
        return self.enumerators.get(name, self.known.get(name))

    def numbers(self, names: Iterable[str]) -> dict[str, int]:
        """Return the numbers of those names that stand for one.

        >>> Constants({"RED": 0}).numbers(["RED", "LIMIT"])
        {'RED': 0}
        """
        wanted = set(names)
        self.learn(wanted)
        return {name: number for name in wanted if (number := self.value(name)) is not None}

    def lists(self, name: str) -> bool:
        """Tell whether the headers have a number of that name; asks about what is a macro only.

        >>> constants = Constants({"RED": 0}, lambda names: {"LIMIT": 64}, lambda: ["LIMIT", "LIMIT_H"])
        >>> [constants.lists(name) for name in ("RED", "LIMIT", "LIMIT_H", "four")]
        [True, True, False, False]
        """
        return name in self.enumerators or (name in self.names() and self.value(name) is not None)

    def near(self, name: str, others: Iterable[str] = ()) -> str | None:
        """Return what is spelled most like a name: one of *others*, or a number of the headers.

        >>> Constants({"RED": 0}, lambda names: {"LIMIT": 64}, lambda: ["LIMIT", "LIMIT_H"]).near("LIMTI")
        'LIMIT'
        """
        others = dict.fromkeys([*others, *self.enumerators])
        for found in difflib.get_close_matches(name, [*others, *self.names()], 5):
            if found in others or self.value(found) is not None:
                return found
        return None
