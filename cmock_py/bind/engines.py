"""Joins plan, cursors and sets to the machine of a language."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmock_py.bind.machine import Limits, Machine, Policy, Stepped, emit, padded
from cmock_py.bind.plan import Facts, plan
from cmock_py.errors import NotYet
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from cmock_py.lang.structure import Part


@dataclass(frozen=True, slots=True)
class Traits:
    """What the engines must know of the events.

    Attributes:
        functions: number of the function of each event.
        meaning: what an event asks and answers: equal for events that nothing tells apart.
        function_count: of the spec.
        conditions: word of the conditions of each event, None when there are none.
        registers: how many names `?n` binds.
        rooms: bytes of the answers that hold bound values, by the function's number.
    """

    functions: Sequence[int]
    meaning: Callable[[int], Hashable]
    function_count: int
    conditions: array[int] | None = None
    registers: int = 0
    rooms: Mapping[int, int] = field(default_factory=dict)


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
    labels = traits.functions
    planned = plan(root, Facts(labels, lambda a, b: meaning(a) == meaning(b), strict=limits.policy is Policy.STRICT))
    stepped = array("I")
    for function in range(traits.function_count):
        room = traits.rooms.get(function, 0)
        stepped.extend((Stepped.CAPTURE_FIRST | (Stepped.COMPOSES if room else 0), function, room))
    emitter, words, tables = emit(planned, labels, stepped.tobytes(), traits.registers, limits.policy)
    if traits.conditions is not None:
        tables["conditions"] = padded(traits.conditions.tobytes())
    if emitter.leaves:
        msg = "sets"
        raise NotYet(msg)
    return Machine(words, tables)
