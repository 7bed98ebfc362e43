"""Sets of terms in C follow every language as the definition says: random languages, calls and answers, with seeds."""

from __future__ import annotations

import random
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py._resources import runtime_dir
from cmock_py.bind.machine import Policy
from cmock_py.bind.sets import ActFlag, Meaning, Terms
from cmock_py.bind.states import Memory
from cmock_py.lang.limits import Limits
from cmock_py.lang.structure import Kind, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-Werror"]
NONE = (1 << 64) - 1
RUN_CALL, CHECK_CALL, BEGIN_RUN, BEGIN_CHECK, END, PROBE, DUMP, LEAF, AGAIN = range(9)
NOT_ALLOWED, TWO_ANSWERS, TOO_MANY, OTHER_ARGUMENTS, OTHER_ANSWER, MEMORY_FULL = range(1, 7)


# --- the definition, by brute force ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What an event asks: a matched number, another number, what it binds or must be bound; and what it answers."""

    label: int
    matched: int | None = None
    other: int | None = None
    binds: int | None = None
    uses: int | None = None
    answer: int = 0
    answers_with: int | None = None


@dataclass(frozen=True)
class Call:
    """A call of the SUT."""

    label: int
    matched: int = 0
    other: int = 0
    value: int = 0


EMPTY: Any = ()


def term_of(part: Part) -> Any:
    """The term of a part: nested tuples."""
    match part.kind:
        case Kind.EMPTY:
            return EMPTY
        case Kind.RUN:
            return ("run", part.first, part.end, part.first + part.least) if part.end > part.first else EMPTY
        case Kind.SEQ:
            rest = EMPTY
            for inner in reversed(part.parts):
                rest = seq(term_of(inner), rest)
            return rest
        case Kind.REPEAT:
            return repeat(term_of(part.parts[0]), part.least, part.most)
        case Kind.ANY:
            return ("any", term_of(part.parts[0]), part.parts[1].first, part.parts[1].end)
    return (part.kind.name.lower(), tuple(map(term_of, part.parts)))


def seq(first: Any, rest: Any) -> Any:
    """One term, then another."""
    if not first or not rest:
        return first or rest
    return ("seq", first, rest)


def repeat(body: Any, least: int, most: int | None) -> Any:
    """Rounds of a term, none of them empty."""
    return ("repeat", body, 0 if nullable(body) else least, most) if body and most != 0 else EMPTY


def nullable(term: Any) -> bool:
    """Whether a term may end."""
    match term:
        case ():
            return True
        case ("run", at, _, due):
            return bool(at >= due)
        case ("seq", first, rest):
            return nullable(first) and nullable(rest)
        case ("xalt", items):
            return any(map(nullable, items))
        case ("par" | "perm", items):
            return all(map(nullable, items))
        case ("repeat", _, least, _):
            return bool(least == 0)
        case ("any" | "anyof", body, *_):
            return nullable(body)
    raise AssertionError(term)


def steps(term: Any) -> Iterator[tuple[int, bool, Any]]:
    """Event, whether ANY lists it, what is left."""
    match term:
        case ("run", at, end, due):
            yield at, False, ("run", at + 1, end, due) if at + 1 < end else EMPTY
        case ("seq", first, rest):
            yield from ((event, free, seq(left, rest)) for event, free, left in steps(first))
            if nullable(first):
                yield from steps(rest)
        case ("xalt", items):
            for item in items:
                yield from steps(item)
        case ("par", items):
            for i, item in enumerate(items):
                others = (*items[:i], *items[i + 1 :])
                for event, free, left in steps(item):
                    yield event, free, ("par", tuple(sorted((*others, left), key=repr)))
        case ("perm", items):
            for i, item in enumerate(items):
                for event, free, left in steps(item):
                    yield event, free, seq(left, ("perm", (*items[:i], *items[i + 1 :])))
        case ("repeat", body, least, most):
            again = repeat(body, max(least - 1, 0), None if most is None else most - 1)
            yield from ((event, free, seq(left, again)) for event, free, left in steps(body))
        case ("any", body, first, end):
            yield from ((event, True, term) for event in range(first, end))
            yield from ((event, free, ("any", left, first, end)) for event, free, left in steps(body))
        case ("anyof", body, events):
            yield from ((event, True, term) for event in events)
            yield from ((event, free, ("anyof", left, events)) for event, free, left in steps(body))


@dataclass
class Oracle:
    """The set of all that may be left, each with what it has bound."""

    rows: Sequence[Row]
    policy: Policy
    now: set[Any]
    first: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Events that mean the same count as the first of them, unless their order counts."""
        known: dict[Any, int] = {}
        turns: dict[int, tuple[Any, int]] = {}
        for number, row in enumerate(self.rows):
            answer = row.answer, row.answers_with
            before, turn = turns.get(row.label, (answer, 0))
            turns[row.label] = answer, turn + (before != answer)
            key = (row, turns[row.label][1] if self.policy is Policy.FIRST_WINS else 0)
            self.first.append(number if self.policy is Policy.STRICT else known.setdefault(key, number))

    def _found(self, call: Call, *, exact: bool) -> list[Any]:
        found = []
        for term, bound in self.now:
            for event, free, left in steps(term):
                row, values = self.rows[event], dict(bound)
                if row.label != call.label or (row.matched not in (None, call.matched)):
                    continue
                if row.uses is not None and values.get(row.uses) != call.value:
                    continue
                fits = row.other in (None, call.other)
                if row.binds is not None:
                    values[row.binds] = call.value
                answer = row.answer if row.answers_with is None else 1001 + values[row.answers_with]
                if fits or not exact:
                    found.append((self.first[event], free, fits, answer, (left, tuple(sorted(values.items())))))
        return found

    def take(self, call: Call) -> tuple[Any, ...]:
        """What the run does; as the driver says it."""
        found = self._found(call, exact=False)
        if not found:
            return "no", NOT_ALLOWED, 0, 0
        if self.policy is Policy.STRICT and len(found) > 1:
            return "no", TWO_ANSWERS
        rest = possible = [f for f in found if f[2]] or found
        if _differ(rest):
            rest = [f for f in rest if not f[1]] or rest
        first = min(rest)
        rivals = [f for f in rest if f[3] != first[3]]
        if rivals and self.policy is Policy.REFUSE_AMBIGUITY and any(f[2] for f in found):
            return "no", TWO_ANSWERS, first[0], min(rivals)[0]
        if any(f[0] == first[0] for f in rivals):
            return ("?",)  # one event answers two bound values; nobody says which of them is first
        self.now = {f[4] for f in possible if f[3] == first[3]}
        return "ok", first[0], first[3], self.may_end()

    def check(self, call: Call, answer: int) -> tuple[Any, ...]:
        """What a check does."""
        fits = self._found(call, exact=True)
        found = [f for f in fits if f[3] == answer]
        if not found:
            return "no", OTHER_ANSWER if fits else OTHER_ARGUMENTS if self._enabled(call) else NOT_ALLOWED
        self.now = {f[4] for f in found}
        return "ok", min(found)[0], answer, self.may_end()

    def _enabled(self, call: Call) -> bool:
        return any(self.rows[event].label == call.label for term, _ in self.now for event, _, _ in steps(term))

    def may_end(self) -> int:
        """Whether the language may end here, 0 or 1."""
        return int(any(nullable(term) for term, _ in self.now))

    def suggestions(self, choice: random.Random) -> Call | None:
        """A call that may be right."""
        term, bound = choice.choice(sorted(self.now, key=repr))
        ways = [event for event, _, _ in steps(term)]
        if not ways:
            return None
        row = self.rows[choice.choice(ways)]
        pick = choice.randrange
        value = dict(bound).get(row.uses, 0) if row.uses is not None else pick(3)
        return Call(
            row.label,
            pick(2) if row.matched is None else row.matched,
            pick(2) if row.other is None else row.other,
            value,
        )


def _differ(found: list[Any]) -> bool:
    return any(f[3] != found[0][3] for f in found)


# --- random languages -----------------------------------------------------------------------------------------------


@dataclass
class Maker:
    """Makes parts at random and the rows of their events."""

    choice: random.Random
    letters: int
    has_arguments: bool = False
    has_answers: bool = False
    registers: int = 0
    rows: list[Row] = field(default_factory=list)

    def part(self, depth: int, bound: tuple[int, ...] = ()) -> Part:
        """Draw a part nested so deep at most; registers in `bound` are bound before it."""
        first = len(self.rows)
        pick = self.choice.randrange
        kind = (
            Kind.RUN
            if depth == 0 or pick(4) == 0
            else self.choice.choice([Kind.SEQ, Kind.XALT, Kind.REPEAT, Kind.PAR, Kind.PERM, Kind.ANY, Kind.PAR])
        )
        if kind is Kind.RUN:
            if pick(15) == 0:
                return Part(Kind.EMPTY, first, first)
            count = 1 + pick(4)
            self._events(count, bound)
            return Part(kind, first, len(self.rows), least=count if pick(4) else pick(count + 1))
        if kind is Kind.REPEAT:
            least = pick(3)
            most = self.choice.choice([None, least, least + 1 + pick(2)])
            body = self.part(depth - 1, bound)
            return Part(kind, first, len(self.rows), (body,), least, most or (None if most is None else 1))
        if kind is Kind.ANY:
            body = self.part(depth - 1, bound)
            at = len(self.rows)
            self._events(1 + pick(2), bound, plain=True)
            return Part(
                kind, first, len(self.rows), (body, Part(Kind.RUN, at, len(self.rows), least=len(self.rows) - at))
            )
        parts = [self.part(depth - 1, bound) for _ in range(2 + pick(2))]
        parts = [part for part in parts if part.kind is not Kind.EMPTY or kind is Kind.XALT]
        return Part(kind, first, len(self.rows), tuple(parts))

    def _events(self, count: int, bound: tuple[int, ...], *, plain: bool = False) -> None:
        pick, local = self.choice.randrange, bound
        for _ in range(count):
            row = Row(
                pick(self.letters),
                matched=pick(2) if self.has_arguments and pick(4) == 0 else None,
                other=pick(2) if self.has_arguments and pick(2) == 0 else None,
                answer=pick(2) if self.has_answers else 0,
            )
            if self.registers and not plain:
                row, local = self._binding(row, local)
            self.rows.append(row)

    def _binding(self, row: Row, bound: tuple[int, ...]) -> tuple[Row, tuple[int, ...]]:
        pick = self.choice.randrange
        uses = self.choice.choice(bound) if bound and pick(2) else None
        binds = pick(self.registers) if uses is None and pick(2) else None
        bound = bound if binds is None else (*bound, binds)
        with_ = self.choice.choice(bound) if bound and pick(3) == 0 else None
        return Row(row.label, row.matched, row.other, binds, uses, 0 if with_ is not None else row.answer, with_), bound

    def meaning(self) -> Meaning:
        """What the events mean to sets."""
        flags = {}
        for number, row in enumerate(self.rows):
            flags[number] = (
                (ActFlag.GUARDED if row.matched is not None or row.uses is not None else 0)
                | (ActFlag.BINDS if row.binds is not None else 0)
                | (ActFlag.COMPOSES if row.answers_with is not None else 0)
            )
        answers = {}
        return Meaning(
            [row.label for row in self.rows],
            [answers.setdefault((row.answer, row.answers_with), len(answers)) for row in self.rows],
            self.rows,
            {number: flag for number, flag in flags.items() if flag},
            {n: [r for r in (row.uses, row.answers_with) if r is not None] for n, row in enumerate(self.rows)},
            {n: [row.binds] for n, row in enumerate(self.rows) if row.binds is not None},
        )


def tables_of(maker: Maker, part: Part, policy: Policy, area: int, most: int = 4096) -> bytes:
    """What the driver reads of a language."""
    terms = Terms(maker.meaning(), policy)
    number, place, may_differ = terms.leaf(part)
    rows = [
        NONE if value is None else value
        for row in maker.rows
        for value in (row.matched, row.other, row.binds, row.uses, row.answer, row.answers_with, row.label)
    ]
    acts, made, lists = terms.acts.tobytes(), terms.terms.tobytes(), terms.lists.tobytes()
    head = struct.pack("<7Q", policy, most, area, max(maker.registers, 1), number, place, may_differ)
    return (
        head
        + struct.pack(f"<{1 + len(rows)}Q", len(rows), *rows)
        + b"".join(struct.pack("<Q", len(table) // 8) + table for table in (acts, made, lists))
    )


def call_words(command: int, call: Call, answer: int = 0) -> bytes:
    """Write a call for the driver."""
    return struct.pack("<6Q", command, call.label, call.matched, call.other, call.value, answer)


# --- tests ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The driver, under the sanitizers."""
    program = tmp_path_factory.mktemp("sets") / "sets_driver"
    build(program, "gcc", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    return program


def build(program: Path, compiler: str, *flags: str) -> None:
    """Compile the driver."""
    files = [
        Path(__file__).parent / "sets_driver.c",
        *(runtime_dir() / f"{name}.c" for name in ("sets", "terms", "probe")),
    ]
    command = [compiler, "-std=c11", "-D_GNU_SOURCE", *flags, *STRICT, f"-I{runtime_dir()}", *map(str, files)]
    done = subprocess.run([*command, "-o", str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def drive(program: Path, words: bytes) -> list[tuple[str, ...]]:
    """Let the driver read words; return what it says, line by line."""
    done = subprocess.run([program], input=words, capture_output=True, check=False, timeout=600)
    assert (done.stderr.decode(), done.returncode) == ("", 0)
    return [tuple(line.split()) for line in done.stdout.decode().splitlines()]


def is_small(oracle: Oracle) -> bool:
    """Whether brute force is fast enough to go on."""
    return len(oracle.now) < 150


def trial(seed: str, policy: Policy, area: int, **traits: Any) -> tuple[bytes, list[list[tuple[Any, ...]]], str]:
    """A language and two runs and checks of it: words for the driver, and what it must say."""
    choice = random.Random(seed)
    maker = Maker(choice, 2 + choice.randrange(4), **traits)
    part = maker.part(1 + choice.randrange(3))
    words = [tables_of(maker, part, policy, area)]
    expected: list[list[tuple[Any, ...]]] = []
    start = (term_of(part), ())
    for _ in range(2):
        words.append(struct.pack("<Q", BEGIN_RUN))
        expected.append([])
        oracle, trace = Oracle(maker.rows, policy, {start}), []
        for _ in range(choice.randrange(14)):
            call = oracle.suggestions(choice) if choice.randrange(8) else None
            call = call or Call(
                choice.randrange(maker.letters), choice.randrange(2), choice.randrange(2), choice.randrange(3)
            )
            said = oracle.take(call)
            if said == ("?",):
                break
            words.append(call_words(RUN_CALL, call))
            expected[-1].append(said)
            if said[0] == "ok":
                trace.append((call, said[2]))
            if said[:2] == ("no", TWO_ANSWERS) or not is_small(oracle):
                break
        words.append(struct.pack("<Q", BEGIN_CHECK))
        expected.append([])
        oracle = Oracle(maker.rows, policy, {start})
        for call, given in trace:
            answer = given + (choice.randrange(20) == 0)
            said = oracle.check(call, answer)
            words.append(call_words(CHECK_CALL, call, answer))
            expected[-1].append(said)
            if said[0] == "no" or not is_small(oracle):
                break
    words.append(struct.pack("<Q", END))
    return b"".join(words), expected, f"seed {seed}: {part}\n{maker.rows}"


TRAITS = {
    "plain": {},
    "answers": {"has_answers": True},
    "arguments": {"has_answers": True, "has_arguments": True},
    "bindings": {"has_answers": True, "has_arguments": True, "registers": 3},
}


def compare(program: Path, seeds: Sequence[str], policy: Policy, traits: dict[str, Any], area: int = 1 << 22) -> int:
    """Let the driver do all trials; returns for how many calls it said what it should.

    In a small area it may give up, and only there.
    """
    trials = [trial(seed, policy, area, **traits) for seed in seeds]
    said = iter(drive(program, b"".join(words for words, _, _ in trials)))
    calls = 0
    for _, runs, text in trials:
        for run in runs:
            answers = [next(said) for _ in run]
            for number, (got, want) in enumerate(zip(answers, run, strict=True)):
                if area < 1 << 22 and got[:2] == ("no", str(MEMORY_FULL)):
                    break
                assert got[: len(want)] == tuple(map(str, want)), f"call {number} of {run}: {got}\n{text}"
                calls += 1
    return calls


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("kind", TRAITS)
def test_random_languages(driver: Path, kind: str, policy: Policy) -> None:
    """Every call of a run and of a check is taken or refused as the definition says, and may end when that may."""
    seeds = [f"{kind} {policy.name} {number}" for number in range(200)]
    assert compare(driver, seeds, policy, TRAITS[kind]) > 1000


@pytest.mark.parametrize("kind", TRAITS)
def test_small_areas(driver: Path, kind: str) -> None:
    """What is remembered is thrown away when the area is full, and what is needed is kept: nothing is decided otherwise."""
    seeds = [f"small {kind} {number}" for number in range(200)]
    assert compare(driver, seeds, Policy.REFUSE_AMBIGUITY, TRAITS[kind], 1 << 14) > 1000


# --- the probe -------------------------------------------------------------------------------------------------------


def call_of(row: Row) -> Call:
    """The call that the probe makes for an event."""
    return Call(row.label, row.matched or 0, row.other or 0, 0)


def probed(program: Path, makers: Sequence[tuple[Maker, Part]], policy: Policy, most: int = 4096) -> list[list[int]]:
    """What the probe finds: refusal, event, rival, and the events before."""
    words = [
        tables_of(maker, part, policy, Limits().memory, most) + struct.pack("<2Q", PROBE, END) for maker, part in makers
    ]
    return [[int(word) for word in line[1:]] for line in drive(program, b"".join(words))]


def shortest_fault(maker: Maker, part: Part, policy: Policy, depth: int) -> int | None:
    """How many calls of the probe's kind lead to two answers, by brute force; None when no so many do."""
    front: set[Any] = {frozenset({(term_of(part), ())})}
    for calls in range(depth):
        following = set()
        for state in front:
            for event in {event for term, _ in state for event, _, _ in steps(term)}:
                oracle = Oracle(maker.rows, policy, set(state))
                said = oracle.take(call_of(maker.rows[event]))
                if said[:2] == ("no", TWO_ANSWERS):
                    return calls
                if said[0] == "ok":
                    following.add(frozenset(oracle.now))
        front = following
        if len(front) > 60:
            return None
    return None


@pytest.mark.parametrize("policy", [Policy.REFUSE_AMBIGUITY, Policy.STRICT])
@pytest.mark.parametrize("kind", ["answers", "arguments"])
def test_the_probe_finds_the_shortest_fault(driver: Path, kind: str, policy: Policy) -> None:
    """What the probe tells happens when the calls are made that it tells, and it misses nothing that is near."""
    makers = []
    for number in range(150):
        choice = random.Random(f"probe {kind} {policy.name} {number}")
        maker = Maker(choice, 2 + choice.randrange(4), **TRAITS[kind])
        makers.append((maker, maker.part(1 + choice.randrange(3))))
    faults = 0
    for (maker, part), (refusal, event, rival, *path) in zip(makers, probed(driver, makers, policy), strict=True):
        text = f"{part}\n{maker.rows}\n{refusal, event, rival, path}"
        near = shortest_fault(maker, part, policy, 4)
        if near is not None:
            assert (refusal, len(path)) == (TWO_ANSWERS, near), text
        if refusal != TWO_ANSWERS:
            continue
        faults += 1
        oracle = Oracle(maker.rows, policy, {(term_of(part), ())})
        assert all(oracle.take(call_of(maker.rows[number]))[0] == "ok" for number in path), text
        last = [Oracle(maker.rows, policy, set(oracle.now)).take(call_of(row))[1:] for row in maker.rows]
        want = (TWO_ANSWERS, event, rival) if policy is Policy.REFUSE_AMBIGUITY else (TWO_ANSWERS,)
        assert want in last, text
    assert faults > 20


def test_the_probe_finds_too_many_ways(driver: Path) -> None:
    """Twenty random sequences of five functions side by side are too ambiguous after a few calls."""
    choice = random.Random(3)
    maker = Maker(choice, 5)
    runs = []
    for number in range(20):
        maker.rows += [Row(choice.randrange(5)) for _ in range(50)]
        runs.append(Part(Kind.RUN, 50 * number, 50 * number + 50, least=50))
    part = Part(Kind.PAR, 0, 1000, tuple(runs))
    ((refusal, _, _, *path),) = probed(driver, [(maker, part)], Policy.REFUSE_AMBIGUITY)
    assert refusal == TOO_MANY
    assert len(path) < 10


# --- reading states -----------------------------------------------------------------------------------------------------


def oracle_term(term: tuple[Any, ...]) -> Any:
    """A term that was read from memory, as the definition has it."""
    match term:
        case ("EMPTY",):
            return EMPTY
        case ("RUN", events, rest, optional):
            rest = oracle_term(rest)
            for event in reversed(events):
                rest = seq(("run", event, event + 1, event + 1), rest)
                rest = repeat(rest, 0, 1) if optional else rest
            return rest
        case ("SEQ", first, rest):
            return seq(oracle_term(first), oracle_term(rest))
        case ("XALT", items):
            return ("xalt", tuple(map(oracle_term, items)))
        case ("REPEAT", least, most, body):
            return repeat(oracle_term(body), least, most)
        case ("ANY", body, events):
            return ("anyof", oracle_term(body), events)
        case (kind, pairs):
            return (kind.lower(), tuple(oracle_term(member) for member, times in pairs for _ in range(times)))
    raise AssertionError(term)


def words_of(states: set[Any], first: Sequence[int], depth: int) -> Any:
    """All that may come next, and behind that: a tree of events, and where it may end."""
    following: dict[int, set[Any]] = {}
    for state in states:
        for event, _, left in steps(state) if depth else ():
            following.setdefault(first[event], set()).add(left)
    ends = any(map(nullable, states))
    return ends, {event: words_of(left, first, depth - 1) for event, left in following.items()}


def test_states_are_read(driver: Path) -> None:
    """What Python reads of a leaf means what the definition says is left."""
    compared = 0
    for number in range(50):
        choice = random.Random(f"states {number}")
        maker = Maker(choice, 2 + choice.randrange(4))
        part = maker.part(1 + choice.randrange(3))
        terms = Terms(maker.meaning())
        terms.leaf(part)
        oracle = Oracle(maker.rows, Policy.REFUSE_AMBIGUITY, {(term_of(part), ())})
        words = [tables_of(maker, part, Policy.REFUSE_AMBIGUITY, 1 << 22), struct.pack("<Q", BEGIN_RUN)]
        for _ in range(choice.randrange(6)):
            call = oracle.suggestions(choice)
            if call is None or not is_small(oracle):
                break
            oracle.take(call)
            words.append(call_words(RUN_CALL, call))
        *_, line = drive(driver, b"".join((*words, struct.pack("<2Q", DUMP, END))))
        memory = Memory(terms.acts, terms.terms, terms.lists, [int(word) for word in line[2:]])
        read = memory.residuals(int(line[1]))
        assert not any(values for _, values in read)
        got = words_of({oracle_term(term) for term, _ in read}, oracle.first, 3)
        assert got == words_of({term for term, _ in oracle.now}, oracle.first, 3), f"{part}\n{maker.rows}\n{read}"
        compared += 1
    assert compared == 50


# --- many ways ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.PERM, Kind.PAR])
def test_unmatched_arguments_count_when_there_are_many_ways(driver: Path, kind: Kind) -> None:
    """Two hundred calls of one function, told apart by an argument that is not matched, may come in any order."""
    count = 200
    maker = Maker(random.Random(1), 2, rows=[row for n in range(count) for row in (Row(0, other=n), Row(1, other=n))])
    part = Part(kind, 0, 2 * count, tuple(Part(Kind.RUN, 2 * n, 2 * n + 2, least=2) for n in range(count)))
    order = random.Random(2).sample(range(count), count)
    calls = [Call(label, other=n) for n in order for label in (0, 1)]
    words = [tables_of(maker, part, Policy.REFUSE_AMBIGUITY, Limits().memory)]
    for begin, command in ((BEGIN_RUN, RUN_CALL), (BEGIN_CHECK, CHECK_CALL)):
        words += [struct.pack("<Q", begin), *(call_words(command, call) for call in calls)]
    words.append(call_words(CHECK_CALL, calls[0]))
    words.append(struct.pack("<Q", END))
    *said, last = drive(driver, b"".join(words))
    assert {line[0] for line in said} == {"ok"}
    assert [number for number, line in enumerate(said) if line[3] == "1"] == [2 * count - 1, 4 * count - 1]
    assert last[0] == "no"


def test_leaves_share_an_area(driver: Path) -> None:
    """Two leaves that fill one small area, and begin anew in it, do not disturb each other."""
    taken = kept = 0
    for number in range(30):
        choice = random.Random(f"leaves {number}")
        maker = Maker(choice, 3)
        part = maker.part(3)
        words = [tables_of(maker, part, Policy.REFUSE_AMBIGUITY, 1 << 15), struct.pack("<Q", BEGIN_RUN)]
        start = (term_of(part), ())
        oracles = [Oracle(maker.rows, Policy.REFUSE_AMBIGUITY, {start}) for _ in range(2)]
        expected = []
        for _ in range(60):
            leaf = choice.randrange(2)
            words.append(struct.pack("<2Q", LEAF, leaf))
            call = oracles[leaf].suggestions(choice)
            if call is None or len(oracles[leaf].now) > 30:
                oracles[leaf].now = {start}
                words.append(struct.pack("<Q", AGAIN))
                continue
            expected.append(oracles[leaf].take(call))
            words.append(call_words(RUN_CALL, call))
        said = drive(driver, b"".join((*words, struct.pack("<Q", END))))
        for got, want in zip(said, expected, strict=True):
            if got[:2] == ("no", str(MEMORY_FULL)):
                break
            assert got[: len(want)] == tuple(map(str, want)), f"{part}\n{maker.rows}"
            taken += 1
        else:
            kept += 1
    assert taken > 500
    assert kept > 10
