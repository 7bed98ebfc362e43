"""Joins plan, cursors and sets to the machine of a language."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmock_py.bind.keys import KEY_BYTES, Labels
from cmock_py.bind.machine import Limits, Machine, Policy, Stepped, emit, padded
from cmock_py.bind.plan import Facts, plan
from cmock_py.errors import NotYet
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cmock_py.lang.structure import Part


@dataclass(frozen=True, slots=True)
class Traits:
    """What the engines must know of the events.

    Attributes:
        labels: of each event.
        meaning: what an event asks and answers: equal for events that nothing tells apart.
        function_count: of the spec.
        conditions: word of the conditions of each event, None when there are none.
        registers: how many names `?n` binds.
        rooms: bytes of the answers that hold bound values, by the function's number.
        captured: numbers of the functions whose arguments take part in stepping.
    """

    labels: Labels
    meaning: Callable[[int], Hashable]
    function_count: int
    conditions: array[int] | None = None
    registers: int = 0
    rooms: Mapping[int, int] = field(default_factory=dict)
    captured: AbstractSet[int] = frozenset()


def is_plain(root: Part) -> bool:
    """Tell whether a language is one sequence of events, which the runtime steps without a machine."""
    return root.kind is Kind.EMPTY or (root.kind is Kind.RUN and root.least == root.end - root.first)


def machine(root: Part, traits: Traits, limits: Limits) -> Machine:
    """Make the machine of a language.

    Args:
        root: its structure.
        traits: what its events are.
        limits: how calls are read that can be taken in two ways.
    """
    meaning = traits.meaning
    labels = traits.labels.of_events
    planned = plan(root, Facts(labels, lambda a, b: meaning(a) == meaning(b), strict=limits.policy is Policy.STRICT))
    stepped = array("I")
    for function in range(traits.function_count):
        stepped.extend(_stepped(function, traits))
    emitter, words, tables = emit(planned, labels, stepped.tobytes(), traits.registers, limits.policy)
    if traits.conditions is not None:
        tables["conditions"] = padded(traits.conditions.tobytes())
    tables["keys"] = traits.labels.table()
    words["key_mask"] = len(tables["keys"]) // KEY_BYTES - 1
    if emitter.leaves:
        msg = "sets"
        raise NotYet(msg)
    return Machine(words, tables)


def _stepped(function: int, traits: Traits) -> Iterator[int]:
    """Yield the members of ``struct cmk_stepped`` of a function."""
    keys, room = traits.labels.keyed.get(function, 0), traits.rooms.get(function, 0)
    flags = Stepped.KEYED if keys else 0
    flags |= Stepped.COMPOSES if room else 0
    flags |= Stepped.CAPTURE_FIRST if keys or room or function in traits.captured else 0
    yield from (flags, function, room, keys)
