"""A language as the flat tables that C steps and checks: events, masks, and the words they point to.

The tables of a language lie in one region of the arena: first the data words, then one row per event, then, only when
something is a wildcard, one mask offset per event. Offsets count 8-byte words from the start of the region.
"""

from __future__ import annotations

import difflib
import gc
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, overload

from cmock_py.bind import columns
from cmock_py.bind.composed import compose, is_composed
from cmock_py.bind.computed import PYTHON_FLAG, Computed, is_computed, shown, unsaid
from cmock_py.bind.conditions import Conditions, is_conditional
from cmock_py.bind.engines import Traits, is_plain, machine
from cmock_py.bind.keys import label
from cmock_py.bind.machine import Policy
from cmock_py.bind.names import Scope, UnknownName, errno_value, handles, is_errno
from cmock_py.bind.shape import ShapeError, shape_answer, shape_args
from cmock_py.bind.twins import Wording
from cmock_py.callables import function_name, identity, misfit
from cmock_py.cdecl.model import Pointer
from cmock_py.errors import Fault
from cmock_py.lang.constants import Constants
from cmock_py.lang.expand import chain_of, expand
from cmock_py.lang.findings import Findings
from cmock_py.lang.limits import DEFAULT, Limits
from cmock_py.lang.misplaced import misplaced_answer, misplaced_arguments
from cmock_py.lang.names import PLAIN, as_written, names_in
from cmock_py.lang.nodes import NULL, REAL, WILDCARD, AnswerFrom, Columns, Event, Name, OutValue, PutIn, answer_of
from cmock_py.lang.scope import resolve
from cmock_py.lang.structure import Kind, Part, structure
from cmock_py.lang.walk import refuse_events
from cmock_py.mocked import WORD_BYTES
from cmock_py.payload import (
    OWNED_FLAG,
    REAL_ANSWER,
    REAL_FLAG,
    Answer,
    Names,
    UnfitError,
    comparable,
    decode_answer,
    decode_args,
    encode_answer,
    encode_args,
    name_answer,
    name_values,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cmock_py.bind.conditions import Asked
    from cmock_py.bind.machine import Machine
    from cmock_py.bind.names import Handle
    from cmock_py.lang.nodes import Node
    from cmock_py.mocked import Mocked
    from cmock_py.payload import Handles

FLAGGED = 0x8000_0000
"""In an event's function: its answer is further back, behind a word of flags. MIRROR runtime/arena.h CMK_FLAGGED"""

_WORD = 8

MAX_FAULTS = 1000
"""Faults that are listed; of a wrong column of a generated language the others are counted."""

_PLAIN_TYPES = frozenset({int, bool, str, bytes, type(None), type(NULL), type(WILDCARD)})
_MODULE, _FUNCTION, _ARGS, _ANSWER, _ERRNO, _BINDS = range(6)


@dataclass(frozen=True, slots=True)
class Tables:
    """A bound language.

    Attributes:
        events: the language as it was written, one `Event` per expected call.
        root: its structure.
        mocked: the functions of the spec.
        words: the data words of the region.
        rows: of each event two: its function (with `FLAGGED`), and in the upper half the word offset of its arguments;
            then the one slot of its answer, or where that is.
        masks: one word offset per event, or None when nothing is masked.
        longest: bytes of the longest string or array that is expected.
        handles: names of the numbers that events bind, so that they are shown by name.
        functions: the C functions of the SUT, by name.
        computed: the Python functions that answer events, by the event's index.
        machine: what steps a language that is more than one plain sequence, else None.
        patterns: of the events whose arguments are more than values, by the event's index: as reports show them.
        given: answers of events that hold bound values, likewise.
        questions: what Python must answer before a check.
        names: what numbers are called in reports.
    """

    events: Sequence[Event]
    root: Part
    mocked: tuple[Mocked, ...]
    words: array[int]
    rows: array[int]
    masks: array[int] | None
    longest: int
    handles: Handles
    functions: Mapping[str, int]
    computed: Mapping[int, Computed]
    machine: Machine | None = None
    patterns: Mapping[int, tuple[Any, ...]] = field(default_factory=dict)
    given: Mapping[int, Any] = field(default_factory=dict)
    questions: tuple[Asked, ...] = ()
    names: Names = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Turn the names of functions around once; a report decodes thousands of events."""
        object.__setattr__(self, "names", Names(self.handles, {at: name for name, at in self.functions.items()}))

    @property
    def events_at(self) -> int:
        """Byte offset of the rows in the region."""
        return 8 * len(self.words)

    @property
    def masks_at(self) -> int:
        """Byte offset of the masks in the region, 0 when there are none."""
        return 0 if self.masks is None else self.events_at + 8 * len(self.rows)

    @property
    def machine_at(self) -> int:
        """Byte offset of the machine in the region, 0 when there is none."""
        return 0 if self.machine is None else self._columns_end

    @property
    def size(self) -> int:
        """Bytes of all tables in the region."""
        return self._columns_end + (0 if self.machine is None else self.machine.size)

    @property
    def _columns_end(self) -> int:
        end = self.events_at + 8 * len(self.rows) + (0 if self.masks is None else 4 * len(self.masks))
        return -(-end // 8) * 8

    def parts(self) -> Iterator[tuple[int, bytes | memoryview]]:
        """Yield what to write into a region, each with its byte offset there."""
        yield 0, memoryview(self.words).cast("B")
        yield self.events_at, memoryview(self.rows).cast("B")
        if self.masks is not None:
            yield self.masks_at, memoryview(self.masks).cast("B")
        if self.machine is not None:
            yield self.machine_at, self.machine.packed(self.machine_at)

    def number(self, index: int) -> int:
        """Return the function number of an event."""
        return self.rows[2 * index] & FLAGGED - 1

    def expected(self, index: int) -> Event:
        """Return an event with its values as a recorded call would show them: names resolved, enums by name."""
        event, mocked = self.events[index], self.mocked[self.number(index)]
        mask = None
        if self.masks is not None and self.masks[index]:
            mask = self._payload(self.masks[index])
        values = decode_args(mocked, self._payload(self.rows[2 * index] >> 32), mask)
        args = name_values(mocked.ins, values, self.names)
        if index in self.patterns:
            args = tuple(map(_merged, self.patterns[index], args))
        made_up = event.binds is not None and event.answer is None
        return event._replace(module=mocked.module, args=args, answer=None if made_up else self.answer(index))

    def answer(self, index: int) -> Any:
        """Return an event's answer as it would be decoded from a trace."""
        if index in self.computed:
            return shown(self.events[index].answer)
        if index in self.given:
            return self.given[index]
        mocked, slot = self.mocked[self.number(index)], self.rows[2 * index + 1]
        if self.rows[2 * index] & FLAGGED:
            answer = decode_answer(mocked, self.words[slot], self._payload(slot + 1))
        else:
            answer = decode_answer(mocked, 0, slot.to_bytes(8, "little"))
        named = name_answer(mocked, answer, self.names)
        return named if mocked.result is None else answer_of(named)

    def _payload(self, word: int) -> memoryview:
        """The bytes from a word on; a payload knows where it ends."""
        return memoryview(self.words)[word:].cast("B")


def _with_uses(fault: Fault, source: str | None) -> Fault:
    """Say which uses of definitions have led to a fault; the first ones, where several have led to the same."""
    if not isinstance(source, PutIn):
        return fault
    put_in = f"it is put in by {chain_of(source.uses)}"
    return Fault(fault.path, fault.message, f"{fault.hint}; {put_in}" if fault.hint else put_in, fault.snippet)


def _merged(pattern: Any, value: Any) -> Any:
    """Put a pattern in the place of the wildcard that stands for it among decoded values."""
    return value if pattern is None else pattern


class Expected(Sequence[Event]):
    """The events of a bound language as recorded calls would show them, decoded one at a time."""

    def __init__(self, tables: Tables) -> None:
        """Read *tables*."""
        self._tables = tables

    def __len__(self) -> int:
        """Count the events."""
        return len(self._tables.events)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Event, ...]: ...
    def __getitem__(self, index: int | slice) -> Event | tuple[Event, ...]:
        """Decode one event, or several."""
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            msg = f"the language has {len(self)} events"
            raise IndexError(msg)
        return self._tables.expected(index % len(self))


def bind(
    language: Node,
    mocked: tuple[Mocked, ...],
    constants: Constants,
    *,
    findings: Findings | None = None,
    functions: Mapping[str, int] | None = None,
    answered: bool = True,
    no_real: Callable[[Mocked], tuple[str, str] | None] = lambda _: None,
    served: AbstractSet[str] = frozenset(),
    python: Mapping[str, Callable[..., Any]] | None = None,
    policy: Policy = Policy.REFUSE_AMBIGUITY,
    limits: Limits = DEFAULT,
) -> Tables:
    """Validate a language against the spec and encode it.

    Args:
        language: the tree.
        mocked: the functions of the spec.
        constants: numbers of the headers; asked once for all names that stand in values.
        findings: what is wrong with its text.
        functions: addresses of the C functions of the SUT, by name.
        answered: whether every event must answer; a language that only judges a trace need not.
        python: the Python functions that ``-> @name`` and ``@name`` mean.
        policy: what happens when a call can be taken in two ways.
        limits: of the language, and of what it takes to follow it.
        no_real: says why a function has no real one to call and what to do; None when it has.
        served: C symbols of functions that a component serves, so that no call of them is ever seen.

    Returns:
        The tables.

    Raises:
        LanguageError: unknown functions, wrong arguments or answers; all of them at once, and those of *findings*.
    """
    findings = findings or Findings()
    language = resolve(expand(language, constants=constants, findings=findings, limits=limits), findings)
    if isinstance(language, Columns) and not served:
        refuse_events(language, limits)
        tables = _of_columns(language, mocked, functions or {})
        if tables is not None:
            return tables
    enabled = gc.isenabled()
    gc.disable()  # a million live tuples would be walked again and again
    try:
        binder = _Binder(
            language,
            mocked,
            constants,
            functions or {},
            findings,
            answered=answered,
            no_real=no_real,
            python=python or {},
            policy=policy,
            limits=limits,
        )
        binder.refuse_served(served)
        return binder.tables()
    finally:
        if enabled:
            gc.enable()


def misfits(
    events: Node,
    mocked: tuple[Mocked, ...],
    *,
    answered: bool,
    no_real: Callable[[Mocked], tuple[str, str] | None],
) -> list[Fault]:
    """List what is wrong with events whatever the names in them mean; the arguments are those of `bind`."""
    binder = _Binder(
        events,
        mocked,
        Constants(),
        {},
        Findings(missing={"what is written later"}),
        answered=answered,
        no_real=no_real,
        python={},
        policy=Policy.REFUSE_AMBIGUITY,
        limits=DEFAULT,
    )
    binder.encode()
    return binder.sorted_faults()


class ColumnEvents(Sequence[Event]):
    """The events of columns, made one at a time."""

    def __init__(self, node: Columns) -> None:
        """Read the columns of *node*."""
        self._node = node

    def __len__(self) -> int:
        """Count the calls."""
        return self._node.count

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Event, ...]: ...
    def __getitem__(self, index: int | slice) -> Event | tuple[Event, ...]:
        """Make one event, or several."""
        if isinstance(index, slice):
            return tuple(map(self._node.event, range(*index.indices(len(self)))))
        return self._node.event(range(len(self))[index])


def _of_columns(node: Columns, mocked: tuple[Mocked, ...], functions: Mapping[str, int]) -> Tables | None:
    """Bind a language that is nothing but columns; None when it needs to be looked at event by event."""
    found = [m for m in mocked if m.spec.name == node.function and node.module in {m.module, ""} and not m.is_silent]
    encoded = columns.whole(found[0], node) if len(found) == 1 and node.count else None
    if encoded is None:
        return None
    count = node.count
    functions_of = array("I", [found[0].number]) * count
    rows = _rows(functions_of, columns.progression(encoded.args_at, found[0].in_words, count), encoded.answers)
    masks = array("I", [encoded.mask_at]) * count if encoded.mask_at else None
    root = Part(Kind.RUN, 0, count, least=count, place=node.place)
    return Tables(ColumnEvents(node), root, mocked, encoded.words, rows, masks, 0, {}, functions, {})


def _rows(functions: array[int], args: array[int], answers: array[int]) -> array[int]:
    """Join the columns of events to their rows."""
    rows = array("Q", bytes(16)) * len(functions)
    rows[1::2] = answers
    halves = memoryview(rows).cast("B").cast("I")
    halves[0::4], halves[1::4] = functions, args
    return rows


class _Binder:
    """One binding under way: the columns that grow, and the faults that were met."""

    def __init__(
        self,
        language: Node,
        mocked: tuple[Mocked, ...],
        constants: Constants,
        c_functions: Mapping[str, int],
        findings: Findings,
        *,
        answered: bool,
        no_real: Callable[[Mocked], tuple[str, str] | None],
        python: Mapping[str, Callable[..., Any]],
        policy: Policy,
        limits: Limits,
    ) -> None:
        self.events, self.root = structure(language, limits)
        self.mocked = mocked
        self.constants = constants
        self.c_functions = c_functions
        self.answered = answered
        self.no_real = no_real
        self.named = python
        self.policy = policy
        self.limits = limits
        self.computed: dict[int, Computed] = {}
        self.misfits: dict[tuple[Hashable, int], str | None] = {}
        self.findings = findings
        self.faults: list[tuple[int, Fault]] = []
        self.told: set[int] = set()  # hashes of all faults, those that are not listed, too
        self.sources: dict[Fault, str] = {}
        self.words = array("Q", [0])
        self.conditions = Conditions(self.words, python)
        self.given: dict[int, Any] = {}
        self.longest = 0
        self.handles: Handles = {}
        self.unknown: set[int] = set()
        self.seen_answers: dict[tuple[int, int, bytes], int] = {}
        self.seen_numbers: dict[tuple[int, int, bytes], int] = {}
        self.floating: dict[int, bool] = {}  # of functions, whether their answers hold such
        self.seen_args: dict[tuple[int, bytes], int] = {}
        self.plain_answers: dict[Hashable, Answer] = {}
        self.classes: dict[int, int] = {}  # of answers that the SUT may write into: where the first equal one is
        self.alike: dict[Hashable, int] = {}  # of answers with floating numbers: where the first is that says the same
        self.one_by_one: set[int] = set()  # functions whose equal arguments are stored once
        count = len(self.events)
        self.functions, self.args = array("I", bytes(4 * count)), array("I", bytes(4 * count))
        self.answers = array("Q", bytes(8 * count))
        self.masks: array[int] | None = None
        self.seen_masks: dict[bytes, int] = {}

    def tables(self) -> Tables:
        """Bind all events."""
        self.encode()
        self.findings.add(self.sorted_faults())
        self.findings.unlisted += len(self.told) - len(self.faults)
        self.findings.check()
        asked = self.conditions.column(len(self.events))
        tables = Tables(
            self.events, self.root, self.mocked, self.words, _rows(self.functions, self.args, self.answers), self.masks,
            max(self.longest, self.conditions.longest), self.handles, self.c_functions, self.computed, None,
            self.conditions.patterns, self.given, self.conditions.questions,
        )  # fmt: skip
        if asked is None and not self.conditions.composing and is_plain(self.root):
            return tables
        return replace(tables, machine=machine(self.root, self._traits(asked), self.policy, self.limits))

    def encode(self) -> None:
        """Encode all events, function by function, and note what is wrong with them."""
        unusual: list[int] = []
        for number, indices in self._groups().items():
            if not self._bind_columns(self.mocked[number], indices):
                unusual += indices
                self.one_by_one.add(number)
        if unusual:
            self._bind_one_by_one(sorted(unusual))

    def sorted_faults(self) -> list[Fault]:
        """List the faults in the order of the events."""
        faults = [fault for _, fault in sorted(self.faults, key=itemgetter(0))]
        return [_with_uses(fault, self.sources.get(fault)) for fault in faults]

    def _traits(self, asked: array[int] | None) -> Traits:
        """Tell the engines what the events ask and answer."""
        numbers = [function & ~FLAGGED for function in self.functions]
        labels = label(self.mocked, numbers, self._payload, self._payload_mask, self.conditions.lists)
        conditions = self.conditions
        return Traits(
            numbers,
            labels,
            self._asks,
            self._answer_class,
            self._answer_alike,
            self._wording,
            len(self.mocked),
            {mocked.number for mocked in self.mocked if any(field.is_matched for field in mocked.ins)},
            asked,
            {index: conditions.flow(index) for index in conditions.lists},
            len(conditions.registers),
            conditions.composing,
        )

    def _payload(self, index: int) -> memoryview:
        """The expected arguments of an event."""
        return memoryview(self.words)[self.args[index] :].cast("B")

    def _payload_mask(self, index: int) -> memoryview | None:
        """Their mask; None when every bit counts."""
        at = self.masks[index] if self.masks is not None else 0
        return memoryview(self.words)[at:].cast("B") if at else None

    def _asks(self, index: int) -> tuple[Hashable, ...]:
        """What an event asks for: equal for events that the same calls fit."""
        function = self.functions[index] & ~FLAGGED
        at = self.args[index]
        words = self.mocked[function].in_words
        mask = self.masks[index] if self.masks is not None else 0
        key = at if function in self.one_by_one else tuple(self.words[at : at + words])
        return function, key, mask, tuple(self.conditions.lists.get(index, ()))

    def _answer_class(self, index: int) -> tuple[Hashable, ...]:
        """What an event answers: equal for the same bytes."""
        computed = self.computed.get(index)
        if computed is not None:
            return identity(computed.function), computed.errno
        slot = self.answers[index]
        if not self.functions[index] & FLAGGED:
            return slot, ()
        return FLAGGED, self.classes[slot], tuple(self.conditions.gives(index))

    def _answer_alike(self, index: int) -> tuple[Hashable, ...]:
        """What an event answers: equal for equal answers, 0.0 and -0.0 as well."""
        said, number = self._answer_class(index), self.functions[index] & ~FLAGGED
        if index in self.computed or not self._answers_floating(number):
            return said
        if not self.functions[index] & FLAGGED:
            word = self.answers[index].to_bytes(_WORD, "little")
            return comparable(self.mocked[number], Answer(0, word)), ()
        flagged, answer, gives = said
        return flagged, self.alike.get(answer, answer), gives

    def _answers_floating(self, number: int) -> bool:
        """Whether the answers of a function hold floating numbers."""
        if number not in self.floating:
            self.floating[number] = any(out.leaves for out in self.mocked[number].written)
        return self.floating[number]

    def _wording(self, index: int) -> Wording:
        """What an event asks and answers, but for the names in it."""
        function, key, mask, _ = self._asks(index)
        conditions, registers = self.conditions.nameless(index)
        answer = self._answer_class(index)[:2]
        return Wording((function, key, mask, conditions, answer), registers)

    def fault(self, index: int, message: str, hint: str | None = None) -> None:
        """Note a fault of an event; copies of the event have the same one."""
        event = self.events[index]
        fault = Fault(str(event.place), message, hint)
        if hash(fault) not in self.told and len(self.faults) < MAX_FAULTS:
            self.faults.append((index, fault))
            self.sources[fault] = event.source
        self.told.add(hash(fault))

    def refuse_served(self, served: AbstractSet[str]) -> None:
        """Note a fault of each event that can never happen, as a component serves its function."""
        names = {(m.module, m.spec.name): m for m in self.mocked if m.spec.c_name in served}
        names |= {("", function): mocked for (_, function), mocked in names.items()}
        for index, event in enumerate(self.events) if names else ():
            mocked = names.get((event.module, event.function))
            if mocked is not None:
                text = f"the component {mocked.spec.classify!r} serves {mocked.name}: its calls are real and not seen"
                self.fault(index, text, "take the event out, or start the mocking without that component")

    # --- functions --------------------------------------------------------------------------------------------------

    def _groups(self) -> dict[int, Sequence[int]]:
        """Find the function of each event; return the events of each function, in order."""
        pairs = list(map(itemgetter(_MODULE, _FUNCTION), self.events))
        numbers = {pair: self._number(*pair) for pair in dict.fromkeys(pairs)}
        wrong: dict[Any, list[int]] = {p: [] for p, n in numbers.items() if n is None or self.mocked[n].is_silent}
        for index, pair in enumerate(pairs) if wrong else ():
            if pair in wrong:
                wrong[pair].append(index)
        for pair, here in wrong.items():
            number = numbers[pair]
            if number is None:
                self._unknown(pair, here)
            else:
                self._silent(self.mocked[number], here)
                numbers[pair] = None
        if len(numbers) == 1:
            (number,) = numbers.values()
            self.functions = array("I", [number or 0]) * len(pairs)
            return {} if number is None else {number: range(len(pairs))}
        groups: dict[int, list[int]] = {number: [] for number in numbers.values() if number is not None}
        appends = {pair: groups[n].append for pair, n in numbers.items() if n is not None}
        for index, pair in enumerate(pairs):
            if pair in appends:
                appends[pair](index)
        for number, indices in groups.items():
            for index in indices:
                self.functions[index] = number
        return dict(groups)

    def _number(self, module: str, function: str) -> int | None:
        """The number of a function; a text may leave the module out."""
        found = [m.number for m in self.mocked if m.spec.name == function and module in {m.module, ""}]
        return found[0] if len(found) == 1 else None

    def _silent(self, mocked: Mocked, indices: list[int]) -> None:
        self.unknown.update(indices)
        for index in indices:
            hint = f"set its answer by mocking.silent.{mocked.spec.c_name}.value, or take `silent` out of the spec"
            self.fault(index, f"{mocked.name} is silent: always callable, never checked, so no event can name it", hint)

    def _unknown(self, pair: tuple[Any, Any], indices: list[int]) -> None:
        module, function = pair
        if len(self.faults) >= MAX_FAULTS:  # it is counted, and nobody will read what it is near to
            self._unknown_at(indices, f"{pair!r:.200} is unknown", None)
            return
        if not (isinstance(module, str) and isinstance(function, str)):
            wrong = f"the function is {function!r:.60}" if isinstance(module, str) else f"the module is {module!r:.60}"
            self._unknown_at(indices, f"{wrong}, and not a name", 'write EVENT("stack", "push", [...])')
            return
        modules = sorted({m.module for m in self.mocked})
        elsewhere = [m.name for m in self.mocked if function in {m.spec.name, m.spec.c_name}]
        if not module and len(elsewhere) > 1:
            message = f"several modules have a function {function!r}"
            self._unknown_at(indices, message, f"write {' or '.join(elsewhere)}")
            return
        if module and module not in modules:
            message, near = f"there is no module {module!r} in the spec", difflib.get_close_matches(module, modules, 1)
        else:
            known = [m.spec.name for m in self.mocked if module in {m.module, ""}]
            where = f"module {module!r}" if module else "the spec"
            message, near = f"{where} has no function {function!r}", difflib.get_close_matches(function, known, 1)
        near = elsewhere or near
        hint = f"did you mean {near[0]!r}?" if near else None
        if not module and function in self.findings.langs:
            hint = f"a definition is put in by do:  do {function}(...)"
        self._unknown_at(indices, message, hint)

    def _meant_as_do(self, event: Event) -> str | None:
        """Say how a definition is put in, where a call has its name."""
        is_lang = not event.module and event.function in self.findings.langs
        return f"a definition is put in by do:  do {event.function}(...)" if is_lang else None

    def _unknown_at(self, indices: list[int], message: str, hint: str | None) -> None:
        self.unknown.update(indices)
        for index in indices:
            self.fault(index, message, hint)

    # --- whole columns ----------------------------------------------------------------------------------------------

    def _bind_columns(self, mocked: Mocked, indices: Sequence[int]) -> bool:
        """Encode all events of one function at once; False when something about them is unusual."""
        whole = isinstance(indices, range)
        group = self.events if whole else [self.events[i] for i in indices]
        if set(map(itemgetter(_ERRNO), group)) != {None} or set(map(itemgetter(_BINDS), group)) != {None}:
            return False
        answers = columns.answers(mocked, list(map(itemgetter(_ANSWER), group)))
        if answers is None:
            return False
        lists = list(map(itemgetter(_ARGS), group))
        stored = self._store_columns(mocked, lists) or self._store_payloads(mocked, lists)
        if stored is None:
            return False
        args_offsets, mask = stored
        if whole:
            self.answers, self.args = answers, args_offsets
        else:
            for i, answer, arg in zip(indices, answers, args_offsets, strict=True):
                self.answers[i], self.args[i] = answer, arg
        if mask is not None:
            self._mask(indices, mask)
        return True

    def _store_columns(self, mocked: Mocked, lists: Sequence[Any]) -> tuple[array[int], bytes | None] | None:
        """Store arguments that are columns of numbers; return the word offset of each call's and the mask of all."""
        encoded = columns.args(mocked, lists)
        if encoded is None:
            return None
        first, step = len(self.words), mocked.in_words
        self.words += encoded[0]
        return array("I", range(first, len(self.words), step) if step else [first] * len(lists)), encoded[1]

    def _store_payloads(self, mocked: Mocked, lists: Sequence[Any]) -> tuple[array[int], bytes | None] | None:
        """Store arguments of which some are texts, bytes or structs, equal ones once."""
        encoded = columns.payloads(mocked, lists)
        if encoded is None:
            return None
        payloads, mask = encoded
        self._note_longest(mocked, max(payloads, key=len))
        self.one_by_one.add(mocked.number)
        return array("I", [self._stored(mocked.number, payload) for payload in payloads]), mask

    # --- event by event ---------------------------------------------------------------------------------------------

    def _bind_one_by_one(self, indices: Sequence[int]) -> None:
        firsts: dict[Hashable, int] = {}
        first_of = {index: firsts.setdefault(self._plain_key(index), index) for index in indices}
        distinct = list(firsts.values())
        for index in distinct:
            self.conditions.know(self.events[index].args)
        scope = self._scope(distinct)
        for index, first in first_of.items():
            if index == first or not self.args[first]:  # each event has the faults of its like
                self._bind_event(index, self.mocked[self.functions[index]], scope)
            else:
                self.functions[index] = self.functions[first]
                self.answers[index], self.args[index] = self.answers[first], self.args[first]
                if self.masks is not None:
                    self.masks[index] = self.masks[first]

    def _plain_key(self, index: int) -> Hashable:
        """Equal for events that are encoded alike: of numbers, texts and wildcards; else the event's own."""
        event = self.events[index]
        types = *map(type, event.args), event.answer.__class__
        if event.binds is not None or not _PLAIN_TYPES.issuperset(types) or types[-1] in {str, bytes}:
            return index
        return self.functions[index], event[_ARGS:_BINDS], types

    def _faults(self, index: int, mocked: Mocked, whys: Iterable[str]) -> None:
        for why in whys:
            self.fault(index, f"{mocked.name}: {why}")

    def _unfit(self, index: int, mocked: Mocked, error: UnfitError, scope: Scope, patterns: Sequence[Any] = ()) -> None:
        """Note what does not fit; a text in the place of a number may be meant as the name that it is."""
        for why in error.whys:
            text = error.texts.get(why)
            hint = self._made_up(mocked, patterns, why, scope) if text is None else self._meant_as_name(text, scope)
            self.fault(index, f"{mocked.name}: {why}", hint)

    def _made_up(self, mocked: Mocked, patterns: Sequence[Any], why: str, scope: Scope) -> str | None:
        """Say of a number that nobody has written that it is a handle's, where that stands for a whole argument."""
        for seen, pattern in zip(mocked.ins, patterns, strict=False):
            handle = scope.handles.get(pattern.name) if isinstance(pattern, Name) else None
            if handle is None or not why.startswith(f"{seen.name} (") or self.events[handle.event].answer is not None:
                continue
            name, origin = as_written(handle.name), self.events[handle.event]
            return f"{name} is a made-up handle; give the value: {name} = {origin.function}(...) -> value"
        return None

    def _meant_as_name(self, text: str, scope: Scope) -> str | None:
        """Say how the name is written that a text is; None when it is none."""
        if text == "NULL" or scope.knows(text):
            term = "None" if text == "NULL" else f'VAR("{text}")'
            return f"a name is no text: write {text} without quotes, as a Python term {term}"
        if text.isidentifier() and self.findings.is_unsure(text):
            return f'if that is the name of a number, write VAR("{text}")'
        return None

    def _scope(self, indices: Sequence[int]) -> Scope:
        """Know all names before the first event is encoded, so that the compiler is asked once."""
        made = {}
        if any(map(itemgetter(_BINDS), self.events)):
            mocked = [None if i in self.unknown else self.mocked[n] for i, n in enumerate(self.functions)]
            made = handles(self.events, mocked, self.fault)
            self.handles = self._shown(made)
        mentioned = {name for i in indices for name in names_in(self.events[i][_ARGS:_ERRNO])}
        errnos = {event.errno for event in map(self.events.__getitem__, indices) if isinstance(event.errno, str)}
        mentioned |= {name for name in errnos if not is_errno(name)}
        mentioned -= self.conditions.registers.keys()
        self.constants.learn(mentioned - made.keys() - self.c_functions.keys())
        registers = frozenset(self.conditions.registers)
        return Scope(made, self.constants, self.c_functions, registers, self.findings.is_unsure)

    def _shown(self, made: Mapping[str, Handle]) -> dict[tuple[str, int], str]:
        """Know handles by type and value, for reports."""
        results = {name: self.mocked[self.functions[handle.event]].result for name, handle in made.items()}
        return {
            (result.handle_type, handle.value): as_written(name)
            for name, handle in made.items()
            if (result := results[name]) is not None and isinstance(handle.value, int)
        }

    def _bind_event(self, index: int, mocked: Mocked, scope: Scope) -> None:
        """Encode one event; what does not fit becomes faults, of its arguments and of its answer."""
        encoded, answer = self._args(index, mocked, scope), self._answer(index, mocked, scope)
        if encoded is None or answer is None:
            return
        payload, mask = encoded
        self._note_longest(mocked, payload)
        self.args[index] = self._stored(mocked.number, payload)
        if answer.flags or len(answer.data) > _WORD:
            self.functions[index] |= FLAGGED
            self.answers[index] = self._intern(mocked.number, answer)
        else:
            self.answers[index] = int.from_bytes(answer.data, "little")
        if mask is not None:
            self._mask([index], mask)

    def _are_misplaced(self, index: int, mocked: Mocked, whys: Iterable[str]) -> bool:
        """Note what stands where it cannot; nothing more can be said of it then."""
        found = list(whys)
        self._faults(index, mocked, found)
        return bool(found)

    def _args(self, index: int, mocked: Mocked, scope: Scope) -> tuple[bytes, bytes | None] | None:
        """Encode the arguments, or note what is wrong with them."""
        if self._are_misplaced(index, mocked, misplaced_arguments(self.events[index])):
            return None
        patterns: Sequence[Any] = ()
        try:
            patterns = shape_args(self.events[index], mocked)
            unfit = UnfitError()
            if any(is_conditional(pattern, self.conditions.registers) for pattern in patterns):
                place = str(self.events[index].place)
                patterns, unfit = self.conditions.args(
                    index, mocked, patterns, lambda value: self._meant(value, index, scope), place
                )
                self._unfit(index, mocked, unfit, scope)
            encoded = encode_args(mocked, [self._meant(value, index, scope) for value in patterns])
        except ShapeError as error:
            self.fault(index, str(error), self._meant_as_do(self.events[index]))
            return None
        except UnfitError as error:
            self._unfit(index, mocked, error, scope, patterns)
            return None
        return None if unfit.whys else encoded

    def _answer(self, index: int, mocked: Mocked, scope: Scope) -> Answer | None:
        """Encode the answer, or note what is wrong with it; equal plain answers are encoded once."""
        event = self.events[index]
        if self._are_misplaced(index, mocked, misplaced_answer(event)):
            return None
        key = mocked.number, event.answer.__class__, event.answer, event.errno
        if key[1] not in _PLAIN_TYPES or event.binds is not None or OutValue in map(type, event.args):
            return self._encoded_answer(index, mocked, scope)
        answer = self.plain_answers.get(key)
        if answer is None:
            answer = self._encoded_answer(index, mocked, scope)
            if answer is not None:
                self.plain_answers[key] = answer
        return answer

    def _encoded_answer(self, index: int, mocked: Mocked, scope: Scope) -> Answer | None:
        event = self.events[index]
        if event.answer == REAL:
            return self._real_answer(index, mocked)
        number = self._errno(index, event.errno, scope)
        if is_computed(event.answer, mocked):
            return self._computed(index, mocked, number)
        try:
            written, result = shape_answer(event, mocked, answered=self.answered)
        except ShapeError as error:
            self.fault(index, str(error))
            return None
        if event.binds is not None and (self.answered or result is not WILDCARD):
            result = scope.handles[event.binds].value
        try:
            if is_composed((written, result, number), self.conditions.registers):
                return self._composed(index, mocked, (*written, result), number, scope)
            outs = [self._meant(value, index, scope) for value in written]
            return encode_answer(mocked, outs, self._meant(result, index, scope), number)  # type: ignore[arg-type] # no name
        except UnfitError as error:
            self._unfit(index, mocked, error, scope)
            return None

    def _composed(
        self, index: int, mocked: Mocked, answered: tuple[Any, ...], errno: int | Name | None, scope: Scope
    ) -> Answer:
        """Encode an answer that holds bound values; raises UnfitError."""
        *outs, result = (self._meant(value, index, scope) for value in answered)
        answer, gives = compose(mocked, outs, result, errno, self.conditions)
        self.conditions.lists.setdefault(index, []).extend(gives)
        self.given[index] = (*outs, result) if outs and mocked.result else tuple(outs) if outs else result
        return answer

    def _real_answer(self, index: int, mocked: Mocked) -> Answer:
        """Let the real function answer; it decides about all values, so that nothing else can be said of them."""
        event = self.events[index]
        said = [f"*{arg.name}" for arg in event.args if isinstance(arg, OutValue)]
        said += ["*errno"] if event.errno is not None else []
        if said:
            text = f"{mocked.name}: the real function answers, so the event cannot answer {', '.join(said)} as well"
            self.fault(index, text, "leave out one of both")
        refusal = self.no_real(mocked)
        if refusal is not None:
            self.fault(index, *refusal)
        self.conditions.composing.add(mocked.number)
        return Answer(REAL_ANSWER.flags, mocked.real_room.to_bytes(WORD_BYTES, "little"))

    def _computed(self, index: int, mocked: Mocked, errno: int | Name | None) -> Answer | None:
        """Note the function that answers an event; what it gives is encoded when the SUT calls."""
        event = self.events[index]
        if isinstance(errno, Name):
            text = f"{mocked.name}: a Python function answers, so errno is a number or a name such as EINTR"
            self.fault(index, text, "errno can be an argument where the language says the answer")
            return None
        if event.binds is not None:
            text = f"{mocked.name}: the value of {event.binds} must be known before the SUT runs"
            self.fault(index, text, "give the value, or let the handle be made up")
            return None
        if any(isinstance(arg, OutValue) for arg in event.args):
            text = f"{mocked.name}: a Python function answers, so it gives the out arguments, too"
            self.fault(index, text, "let it return (outs..., result)")
            return None
        if not self.answered:
            return unsaid(mocked, errno)
        function = self._function(index, event.answer)
        if function is None:
            return None
        why = self._misfit(function, mocked)
        if why is not None:
            listed = ", ".join(field.name for field in mocked.ins) or "none"
            self.fault(index, why, f"it gets the arguments that events list: {listed}")
            return None
        self.computed[index] = Computed(function, errno)
        return Answer(PYTHON_FLAG, b"")

    def _misfit(self, function: Callable[..., Any], mocked: Mocked) -> str | None:
        """Say why a Python function cannot get the arguments of a mocked one; None when it can."""
        key = identity(function), mocked.number
        if key not in self.misfits:
            why = misfit(function, len(mocked.ins))
            self.misfits[key] = why and f"{mocked.name}: {function_name(function)} cannot answer it: {why}"
        return self.misfits[key]

    def _function(self, index: int, answer: Any) -> Callable[..., Any] | None:
        """The Python function that an answer is, or names."""
        function = self.named.get(answer.name) if isinstance(answer, AnswerFrom) else answer
        if function is None:
            near = difflib.get_close_matches(answer.name, self.named, 1)
            given = f'give it: init_lang(..., functions={{"{answer.name}": f}})'
            self.fault(
                index, f"no Python function is named {answer.name!r}", f"did you mean {near[0]!r}?" if near else given
            )
        return function

    def _errno(self, index: int, value: int | str | None, scope: Scope) -> int | Name | None:
        """The value for ``errno``; what an argument is bound to is known when the call comes."""
        if isinstance(value, str) and value in self.conditions.registers:
            return Name(value)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, str))):
            self.fault(index, f'errno is a number or a name such as "EINTR", not {value!r:.60}')
            return None
        try:
            return None if value is None else errno_value(value, scope)
        except UnknownName as error:
            self.fault(index, str(error))
            return None

    def _meant(self, value: Any, index: int, scope: Scope) -> Any:
        """Replace the names in a value; one that means nothing is a fault and counts as a wildcard from then on."""
        if value.__class__ in PLAIN:
            return value
        try:
            return scope.replace(value, index)
        except UnknownName as error:
            self.fault(index, str(error))
            return WILDCARD

    def _note_longest(self, mocked: Mocked, payload: bytes) -> None:
        if len(payload) > 8 * mocked.in_words:
            self.longest = max(self.longest, len(payload))

    def _intern(self, number: int, answer: Answer) -> int:
        """Store equal answers of one function once; return the word offset."""
        key = (number, answer.flags, answer.data)
        first = at = self.seen_answers.get(key)
        if at is None or self._is_writable(number, answer):
            at = len(self.words)
            self.words.append(answer.flags)
            self.words.frombytes(answer.data or bytes(_WORD))
            if first is None:
                self._compare_as_numbers(number, answer, at)
        self.classes[at] = self.seen_answers.setdefault(key, at) if first is None else first
        return at

    def _compare_as_numbers(self, number: int, answer: Answer, at: int) -> None:
        """Find the first answer that differs from a new one in bits only that no number differs in."""
        if self._answers_floating(number) and answer.data and not answer.flags & REAL_FLAG:
            data = comparable(self.mocked[number], answer)
            self.alike[at] = self.seen_numbers.setdefault((number, answer.flags, data), at)

    def _stored(self, number: int, payload: bytes) -> int:
        """Store equal arguments of one function once; return the word offset."""
        at = self.seen_args.setdefault((number, payload), len(self.words))
        if at == len(self.words):
            self.words.frombytes(payload)
        return at

    def _is_writable(self, number: int, answer: Answer) -> bool:
        """Whether the SUT may write into the answer: each call then has a string of its own."""
        result = self.mocked[number].result
        if result is None or not answer.flags & OWNED_FLAG:
            return False
        return isinstance(result.type, Pointer) and not result.type.const

    def _mask(self, indices: Sequence[int], mask: bytes) -> None:
        if self.masks is None:
            self.masks = array("I", bytes(4 * len(self.events)))
        at = self.seen_masks.get(mask)
        if at is None:
            at = self.seen_masks[mask] = len(self.words)
            self.words.frombytes(mask)
        for index in indices:
            self.masks[index] = at
