"""What Python functions have answered to mocked calls, kept until the next language begins."""

from __future__ import annotations

import struct
from array import array
from typing import TYPE_CHECKING, Any

from cmock_py.errors import UsageError
from cmock_py.host.arena import COMPUTED, RUN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmock_py.bind.computed import Computed
    from cmock_py.host.arena import Arena

_NUMBERS = frozenset({int, float})


class Answers:
    """Keeps what Python functions have answered, in the arena: the trace and the check look there.

    Attributes:
        functions: the Python functions that answer events of the language, by the event's index.
        places: byte offset in the arena of the answer of each record that a Python function answered.
        next: byte offset of the next one.
    """

    def __init__(self, arena: Arena) -> None:
        """Keep answers in *arena*."""
        self._arena = arena
        self.functions: Mapping[int, Computed] = {}
        self.places: dict[int, int] = {}
        self.next = COMPUTED

    def begin(self, functions: Mapping[int, Computed]) -> None:
        """Forget all answers: a language begins."""
        self.functions = functions
        self.places = {}
        self.next = COMPUTED

    def keep_number(self, plain: struct.Struct | None, value: Any) -> bool:
        """Keep a number as the answer of a function that answers with one; False when it is not as plain as that."""
        if plain is None or value.__class__ not in _NUMBERS or self.next + plain.size > RUN:
            return False
        try:
            plain.pack_into(self._arena.map, self.next, 0, value)
        except (struct.error, OverflowError):
            return False
        self.next += plain.size
        return True

    def keep(self, raw: bytes) -> None:
        """Keep an encoded answer; raises UsageError when there is no room left."""
        if self.next + len(raw) > RUN:
            msg = (
                f"the answers of Python functions have filled the {RUN - COMPUTED} bytes that there are for them; "
                "init_lang empties them"
            )
            raise UsageError(msg)
        self._arena.map[self.next : self.next + len(raw)] = raw
        self.next += -(-len(raw) // 8) * 8

    def table(self, others: Mapping[int, int]) -> array[int]:
        """List all records with their answers, and *others*, in the order of the records, as the check reads them."""
        return array("Q", [word for pair in sorted({**self.places, **others}.items()) for word in pair])
