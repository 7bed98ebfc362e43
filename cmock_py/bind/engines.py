"""Joins plan, cursors and sets to the machine of a language."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmock_py.bind.keys import KEY_BYTES
from cmock_py.bind.machine import Machine, Policy, Stepped, emit, padded
from cmock_py.bind.plan import Facts, events_of, plan
from cmock_py.bind.sets import ActFlag, Meaning, Terms
from cmock_py.bind.states import ACT_NUMBERS, TERM_NUMBERS
from cmock_py.lang.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cmock_py.bind.keys import Labels
    from cmock_py.bind.machine import Emitter
    from cmock_py.bind.plan import Planned
    from cmock_py.bind.twins import Wording
    from cmock_py.lang.limits import Limits
    from cmock_py.lang.structure import Part


@dataclass(frozen=True, slots=True)
class Traits:
    """What the engines must know of the events.

    Attributes:
        functions: number of the function of each event.
        labels: of each event.
        asks: what an event asks for: equal for events that the same calls fit.
        answers: what an event answers: equal for the same bytes.
        alike: the same, but equal for equal answers, whatever the bytes of their numbers.
        wording: what it asks and answers, but for the names in it.
        function_count: of the spec.
        matched: numbers of the functions that have `matched` arguments.
        conditions: word of the conditions of each event, None when there are none.
        flows: registers that an event binds, and that it reads; of events with conditions only.
        registers: how many names `?n` binds.
        composing: numbers of the functions of which an answer is known when the call comes.
    """

    functions: Sequence[int]
    labels: Labels
    asks: Callable[[int], Hashable]
    answers: Callable[[int], Hashable]
    alike: Callable[[int], Hashable]
    wording: Callable[[int], Wording]
    function_count: int
    matched: AbstractSet[int] = frozenset()
    conditions: array[int] | None = None
    flows: Mapping[int, tuple[AbstractSet[int], AbstractSet[int]]] = field(default_factory=dict)
    registers: int = 0
    composing: AbstractSet[int] = frozenset()

    def same(self, event: int, other: int) -> bool:
        """Whether two events ask and answer the same."""
        return self.asks(event) == self.asks(other) and self.answers(event) == self.answers(other)

    def sharing(self) -> list[list[int]]:
        """For each register the events that bind or read it."""
        found: list[list[int]] = [[] for _ in range(self.registers)]
        for event, (binds, reads) in self.flows.items():
            for register in binds | reads:
                found[register].append(event)
        return found


def is_plain(root: Part) -> bool:
    """Tell whether a language is one sequence of events, which the runtime steps without a machine."""
    return root.kind is Kind.EMPTY or (root.kind is Kind.RUN and root.least == root.end - root.first)


def machine(root: Part, traits: Traits, policy: Policy, limits: Limits) -> Machine:
    """Make the machine of a language.

    Args:
        root: its structure.
        traits: what its events are.
        policy: what happens when a call can be taken in two ways.
        limits: of configurations and memory.
    """
    labels = traits.labels.of_events
    strict = policy is Policy.STRICT
    planned = plan(root, Facts(labels, traits.same, strict=strict, flows=traits.sharing()))
    meaning = _meaning(planned, traits)
    captured = traits.matched | traits.composing | _deciding(planned, traits, meaning)
    captured |= {traits.functions[event] for event, (binds, _) in traits.flows.items() if binds}
    emitter, words, tables = emit(planned, labels, traits.registers, policy)
    tables |= _functions(traits, captured)
    tables["keys"] = traits.labels.table()
    words["key_mask"] = len(tables["keys"]) // KEY_BYTES - 1
    words["max_configurations"] = limits.configurations
    if traits.conditions is not None:
        tables["conditions"] = padded(traits.conditions.tobytes())
    if emitter.leaves:
        _add_sets(emitter, meaning, policy, words, tables)
        words["sets_size"] = limits.memory // 8 * 8
    return Machine(words, tables)


def _meaning(planned: Planned, traits: Traits) -> Meaning:
    """Tell the sets what the events in leaves mean; nobody asks for the others."""
    count = len(traits.functions)
    answers = array("I", bytes(4 * count))
    keys: list[Hashable] = [None] * count
    classes: dict[Hashable, int] = {}
    flags: dict[int, int] = {}
    for event in {event for leaf in planned.leaves() for event in events_of(leaf.part)}:
        answers[event] = classes.setdefault(traits.alike(event), len(classes))
        keys[event] = traits.asks(event), traits.answers(event)
        function = traits.functions[event]
        binds, _ = traits.flows.get(event, ((), ()))
        flag = ActFlag.GUARDED if function in traits.matched and function not in traits.labels.keyed else ActFlag(0)
        flag |= ActFlag.BINDS if binds else ActFlag(0)
        flag |= ActFlag.COMPOSES if function in traits.composing else ActFlag(0)
        if flag:
            flags[event] = flag
    binding = {event: binds for event, (binds, _) in traits.flows.items() if binds}
    reading = {event: reads for event, (_, reads) in traits.flows.items() if reads}
    return Meaning(traits.labels.of_events, answers, keys, flags, reading, binding, traits.wording)


def _deciding(planned: Planned, traits: Traits, meaning: Meaning) -> set[int]:
    """The functions whose arguments may decide in a leaf: between answers or ways, or what ways have bound."""
    acts: dict[int, set[Hashable]] = {}
    reading = set(traits.composing)
    for leaf in planned.leaves():
        for event in events_of(leaf.part):
            acts.setdefault(traits.functions[event], set()).add((meaning.answers[event], meaning.keys[event]))
            if meaning.uses.get(event):
                reading.add(traits.functions[event])
    return {function for function, found in acts.items() if len(found) > 1 or function in reading}


def _functions(traits: Traits, captured: AbstractSet[int]) -> dict[str, bytes]:
    """Lay out what each function asks of the runtime: its flags, and the arguments that find its label."""
    keyed = traits.labels.keyed
    flags, keys = bytearray(traits.function_count), array("I", bytes(4 * traits.function_count))
    for function in captured | keyed.keys():
        flags[function] = Stepped.CAPTURE_FIRST
    for function, arguments in keyed.items():
        flags[function] |= Stepped.KEYED
        keys[function] = arguments
    return {"flags": padded(bytes(flags)), "arguments": padded(keys.tobytes())}


def _add_sets(
    emitter: Emitter, meaning: Meaning, policy: Policy, words: dict[str, int], tables: dict[str, bytes]
) -> None:
    """Make the terms of the leaves, and note in their nodes where they begin."""
    terms = Terms(meaning, policy)
    for number, leaf in emitter.leaves:
        node = emitter.nodes[number]
        node[2], node[8], node[4] = terms.leaf(leaf.part)
    tables["nodes"] = emitter.packed_nodes()
    tables["acts"] = padded(terms.acts.tobytes())
    tables["terms"] = padded(terms.terms.tobytes())
    tables["term_lists"] = padded(terms.lists.tobytes())
    words["act_count"] = len(terms.acts) // ACT_NUMBERS
    words["term_count"] = len(terms.terms) // TERM_NUMBERS
    words["term_list_count"] = len(terms.lists)
    if terms.twins:
        numbers = (terms.twins.get(term, 0) for term in range(words["term_count"]))
        tables["twins"] = padded(array("I", numbers).tobytes())
