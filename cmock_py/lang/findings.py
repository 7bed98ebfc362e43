"""Collects what is wrong with one language, so that faults of its text, definitions, names and values come together.

A stage that finds a fault goes on with the rest. What could not be read may have given names a meaning, so that later
stages do not complain about these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmock_py.errors import Fault, LanguageError, LanguageSyntaxError
from cmock_py.lang.names import as_written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmock_py.lang.nodes import Source

ANY_NAME = "*"
"""Stands among names that are unsure for all of them."""

_PLACE = re.compile(r"(.*?):([0-9]+)(?::([0-9]+))?")


@dataclass(slots=True)
class Findings:
    """What is wrong with one language so far.

    Attributes:
        found: the faults, in the order in which they were met, as keys.
        unread: those of them that are faults of a text that does not parse.
        unsure: names that may mean something in what could not be read.
        doubtful: lines of which a part could not be read, so that nothing else is said of them.
        missing: files that could not be read; while there is one, any name may mean something.
        said: place and message of faults that were noted one by one.
        langs: what the text and its files define.
        unlisted: how many faults there are besides, which are counted only.
        is_cut: whether a text was not read to its end, so that there may be more.
    """

    found: dict[Fault, None] = field(default_factory=dict)
    unread: set[Fault] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    said: set[tuple[str, str]] = field(default_factory=set)
    langs: set[str] = field(default_factory=set)
    unlisted: int = 0
    is_cut: bool = False

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults so far: file by file as they were met first, in each in the order of its lines."""
        places = {fault: _PLACE.fullmatch(fault.path) for fault in self.found}
        files = {place[1]: None for place in places.values() if place}
        number = {name: index for index, name in enumerate(files)}

        def order(fault: Fault) -> tuple[int, int, int]:
            place = places[fault]
            return (number[place[1]], int(place[2]), int(place[3] or 0)) if place else (-1, 0, 0)

        return tuple(sorted(self.found, key=order))

    def fault(self, place: Source, message: str, hint: str | None = None) -> None:
        """Note a fault, unless it is told with another hint already."""
        if (str(place), message) not in self.said:
            self.said.add((str(place), message))
            self.add([Fault(str(place), message, hint)])

    def add(self, faults: Iterable[Fault], *, unread: bool = False) -> None:
        """Note faults; *unread* are those of a text that does not parse."""
        for fault in faults:
            if unread:
                self.unread.add(fault)
            elif fault.path.rpartition(":")[0] in self.doubtful:
                continue
            self.found[fault] = None

    def is_unsure(self, name: str) -> bool:
        """Whether a name may mean something in what could not be read."""
        return bool(self.missing) or as_written(name) in self.unsure or ANY_NAME in self.unsure

    def doubt(self, names: Iterable[str]) -> None:
        """Note names that may mean something in what could not be read; ``n'2`` is a second ``n``."""
        self.unsure.update(map(as_written, names))

    def check(self) -> None:
        """Raise LanguageError with all faults, if there is one; LanguageSyntaxError when only the text is wrong."""
        if self.found:
            only_text = self.unread == self.found.keys()
            raised = LanguageSyntaxError if only_text else LanguageError
            raise raised(self.faults, self.unlisted, is_cut=self.is_cut)
