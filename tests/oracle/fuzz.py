"""Compares the engines in C with the definition, on random languages and calls.

As a program: ``python -m tests.oracle.fuzz --calls 5000000 [--seed N]``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from cmock_py.bind.machine import Policy
from cmock_py.bind.plan import NodeKind
from cmock_py.errors import CmockError
from cmock_py.host.arena import Outcome as Verdict
from cmock_py.host.arena import Reason
from cmock_py.lang.limits import Limits
from cmock_py.lang.names import binders_in
from cmock_py.lang.nodes import WILDCARD, AnyTime, Event, Repeat
from cmock_py.lang.render import render_event
from cmock_py.lang.render_tree import render
from cmock_py.lang.residuals import meaning
from cmock_py.lang.scope import resolve
from cmock_py.lang.taking import checking, running
from cmock_py.lang.walk import map_events
from tests.oracle import languages
from tests.oracle.automaton import MOST, Automaton, TooWide
from tests.oracle.drive import Died, Driver, build, kept, seen, tables_of, unfit
from tests.oracle.drive import told as told_answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmock_py.bind.tables import Tables
    from cmock_py.lang.nodes import Node
    from cmock_py.trace import Call
    from tests.oracle.automaton import Outcome

TRACES, LONGEST = 160, 25
NO_MACHINE = -1
UNFIT = frozenset({Reason.CUT_ANSWER, Reason.NULL_ANSWER, Reason.BROKEN_TEXT, Reason.OTHER_SIZE})
"""The answer cannot be given, and the engine has taken the call."""
SMALL_AREAS = (1 << 13, 3 << 12, 1 << 14, 5 << 12, 1 << 16)
POLICIES = {"error": Policy.REFUSE_AMBIGUITY, "first": Policy.FIRST_WINS, "strict": Policy.STRICT}


@dataclass(frozen=True, slots=True)
class Case:
    """A language that runs, another one that checks the same calls, and how ambiguity is dealt with.

    Attributes:
        seed: by which it was drawn.
        kind: of languages.
        tree: the language that runs.
        other: the one that checks.
        policy: how ambiguity is dealt with.
        most: ways to understand the calls that may be kept.
        area: bytes of memory that the engine has to keep them in.
    """

    seed: int
    kind: str
    tree: Node
    other: Node
    policy: str = "error"
    most: int = 4096
    area: int = Limits().memory


@dataclass(slots=True)
class Tried:
    """Traces, and what the definition says of them.

    Attributes:
        lengths: of the traces.
        steps: the numbers of all calls.
        outcomes: what happens on each call.
        verdicts: for each trace, whether the check accepts it, and else the call that it refuses.
        others: the same for the other language.
        calls: what the numbers of `steps` mean, as the SUT makes them.
    """

    lengths: list[int] = field(default_factory=list)
    steps: bytearray = field(default_factory=bytearray)
    outcomes: list[Outcome] = field(default_factory=list)
    verdicts: list[tuple[bool, int]] = field(default_factory=list)
    others: list[tuple[bool, int]] = field(default_factory=list)
    calls: Sequence[Call] = ()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where engine and definition disagree: the call of a trace, or None for the verdict on the trace."""

    trace: list[Call]
    call: int | None
    wanted: Any
    got: Any


@dataclass(slots=True)
class Summary:
    """What was compared so far."""

    languages: int = 0
    calls: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """Write it in one line."""
        counted = ", ".join(f"{name} {number}" for name, number in sorted(self.counts.items()))
        return f"{self.languages} languages, {self.calls} calls: {counted}"


def case_of(seed: int) -> Case:
    """Draw the language of a seed."""
    kind, tree = languages.language(Random(seed))
    rng = Random(seed + 0.5)
    other = rng.choice([*smaller(tree), tree, languages.language(rng)[1]])
    policy = rng.choices(("error", "first", "strict"), (6, 2, 2))[0]
    other = without_answers(rng, other) if rng.random() < 0.3 else other
    most = 4096 if rng.random() < 0.9 else rng.choice([1, 2, 5])
    return Case(
        seed, kind, tree, other, policy, most, Limits().memory if rng.random() < 0.9 else rng.choice(SMALL_AREAS)
    )


def without_answers(rng: Random, tree: Node) -> Node:
    """Leave out what some events answer, as a language may that only judges."""
    return map_events(tree, lambda event: event._replace(answer=None) if rng.random() < 0.5 else event)


def tried(automaton: Automaton, other: Automaton, rng: Random) -> Tried:
    """Draw traces; refused calls are tried in between and do not count for the checks."""
    found = Tried()
    for _ in range(TRACES):
        state, length = automaton.start, 0
        made: list[tuple[int, Outcome]] = []
        for _ in range(rng.randint(1, LONGEST)):
            number = automaton.choose(state, rng)
            outcome = automaton.step(state, number)
            if outcome.is_tied and not outcome.reason:
                break
            found.steps.append(number)
            found.outcomes.append(outcome)
            length += 1
            if outcome.reason in UNFIT or (outcome.reason and len(state.choices) == len(automaton.calls)):
                break  # nothing is allowed any more
            if not outcome.reason:
                state = outcome.then
                made.append((number, outcome))
        found.lengths.append(length)
        found.verdicts.append(checked(automaton, made))
        found.others.append(checked(other, made))
    return found


def tried_on(automaton: Automaton, other: Automaton, numbers: Iterable[int]) -> Tried:
    """Follow one trace, up to a call of which the answer is not defined."""
    found, state, made = Tried(), automaton.start, []
    for number in numbers:
        outcome = automaton.step(state, number)
        if outcome.is_tied and not outcome.reason:
            break
        found.steps.append(number)
        found.outcomes.append(outcome)
        if outcome.reason in UNFIT:
            break
        if not outcome.reason:
            state = outcome.then
            made.append((number, outcome))
    found.lengths.append(len(found.steps))
    found.verdicts.append(checked(automaton, made))
    found.others.append(checked(other, made))
    return found


def checked(automaton: Automaton, made: list[tuple[int, Outcome]]) -> tuple[bool, int]:
    """Check calls and their answers: whether they are accepted, and else which one is not, or how many there are.

    What the real function has answered against the language is no matter of a check.
    """
    state = automaton.check_start
    for index, (number, outcome) in enumerate(made):
        if outcome.event is None:
            continue
        following = automaton.check(state, number, outcome)
        if following is None:
            return False, index
        state = following
    return state.accepts, len(made)


# --- comparing ------------------------------------------------------------------------------------------------------


def compare(case: Case, driver: Driver, summary: Summary, trace: Sequence[Call] | None = None) -> Mismatch | None:
    """Try one language in C and by the definition: on random traces, or on the one that is given."""
    rng = Random(case.seed)
    try:
        case = replace(case, tree=resolve(case.tree), other=resolve(case.other))
        tables = tables_of(languages.respelled(rng, case.tree), POLICIES[case.policy], case.most, area=case.area)
        other_tables = tables_of(languages.respelled(rng, case.other), POLICIES[case.policy], answered=False)
    except CmockError as error:
        summary.counts[f"refused ({type(error).__name__})"] += 1
        return None
    try:
        events = meaning(case.tree).events
        assert [event.function for event in events] == [event.function for event in tables.events]
        calls = languages.calls(rng, events) if trace is None else _different(trace)
        shown = [seen(call, kept(tables)) for call in calls]
        automaton = Automaton(
            case.tree, shown, languages.is_matched, case.policy, told=told_answer, unfit=unfit, spied=languages.is_spy
        )
        other = Automaton(case.other, shown, languages.is_matched, case.policy)
        steps = map([*map(repr, calls)].index, map(repr, trace or ()))
        traces = tried(automaton, other, rng) if trace is None else tried_on(automaton, other, steps)
    except TooWide:
        summary.counts["too wide for the definition"] += 1
        return None
    traces.calls = calls
    said = driver.run(tables, other_tables, calls, traces.lengths, bytes(traces.steps))
    _count(tables, traces, summary, case.policy)
    return _shortest_mismatch(automaton, traces, said, summary, case)


def _different(trace: Iterable[Call]) -> tuple[Call, ...]:
    return tuple({repr(call): call for call in trace}.values())


def _count(tables: Tables, traces: Tried, summary: Summary, policy: str) -> None:
    summary.languages += 1
    summary.calls += len(traces.steps)
    kinds = {NO_MACHINE} if tables.machine is None else set(array("I", tables.machine.tables["nodes"])[0::12])
    engine = "sets" if NodeKind.SETS in kinds else "powers" if NodeKind.POWERS in kinds else "cursors only"
    summary.counts["one sequence" if NO_MACHINE in kinds else engine] += 1
    summary.counts[f"policy {policy}"] += 1
    summary.counts["calls refused"] += sum(outcome.reason == Reason.UNEXPECTED for outcome in traces.outcomes)
    summary.counts["answers unfit"] += sum(outcome.reason in UNFIT for outcome in traces.outcomes)
    summary.counts["calls ambiguous"] += sum(outcome.reason == Reason.AMBIGUOUS for outcome in traces.outcomes)
    summary.counts["traces accepted"] += sum(accepted for accepted, _ in traces.verdicts)


def _shortest_mismatch(
    automaton: Automaton,
    traces: Tried,
    said: tuple[Sequence[tuple[int, int, int, int]], Any],
    summary: Summary,
    case: Case,
) -> Mismatch | None:
    """Compare trace by trace; of those that differ tell the one that differs soonest."""
    (results, verdicts), at, found = said, 0, []
    for number, length in enumerate(traces.lengths):
        trace = [traces.calls[step] for step in traces.steps[at : at + length]]
        outcomes, answers = traces.outcomes[at : at + length], results[at : at + length]
        differs, is_cut = _differing_call(automaton, outcomes, answers, case)
        told = verdicts[4 * number : 4 * number + 4]
        if is_cut:
            summary.counts["traces cut"] += 1
        elif differs is not None:
            outcome = outcomes[differs]
            found.append(Mismatch(trace, differs, (*outcome.expected, outcome.event), answers[differs]))
        else:
            for wanted, kind, record in ((traces.verdicts[number], *told[:2]), (traces.others[number], *told[2:])):
                got = (kind == Verdict.ACCEPTED, wanted[1] if kind == Verdict.ACCEPTED else record)
                if kind == Verdict.UNDECIDED or (kind == Verdict.OUT_OF_MEMORY and case.area < Limits().memory):
                    summary.counts["checks cut by the limit"] += 1
                elif got != wanted:
                    found.append(Mismatch(trace, None, wanted, (Verdict(kind).name, record)))
        at += length
    return min(found, key=lambda one: len(one.trace) if one.call is None else one.call + 1, default=None)


def _differing_call(
    automaton: Automaton, outcomes: Sequence[Outcome], answers: Sequence[tuple[int, int, int, int]], case: Case
) -> tuple[int | None, bool]:
    """Find the first call of a trace on which both disagree; or whether the trace is compared up to some call only.

    That is so where the limit was reached.
    """
    for index, (outcome, (reason, may_end, event, answer)) in enumerate(zip(outcomes, answers, strict=True)):
        is_full = reason == Reason.SETS_FULL and case.area < Limits().memory
        if is_full or (reason == Reason.TOO_AMBIGUOUS and _may_be_too_ambiguous(automaton, outcome, case)):
            return None, True
        if outcome.reason in UNFIT:
            return (None, True) if reason == outcome.reason else (index, False)
        wanted = outcome.event or 0
        is_other = not reason and outcome.event is not None and automaton.meaning.first[event] != wanted
        is_wrong = is_other and outcome.is_sure and not _means_the_same(automaton, event, wanted)
        if is_wrong or (reason, may_end, answer) != outcome.expected:
            return index, False
    return None, False


def _may_be_too_ambiguous(automaton: Automaton, outcome: Outcome, case: Case) -> bool:
    """Whether a call may reach the limit: an engine keeps no more ways than there are, unless names are bound."""
    is_bound = any(True for event in automaton.meaning.events for _ in binders_in(event.args))
    return case.most < MOST and (is_bound or (not outcome.reason and len(outcome.then.residuals) > case.most))


def _means_the_same(automaton: Automaton, one: int, other: int) -> bool:
    """Whether two events are the same, whichever of the ways to write it was taken: as far as the calls can tell."""
    a, b = automaton.meaning.events[one], automaton.meaning.events[other]
    if one == other or a == b:
        return True
    takes = [take for call in automaton.calls for take in (running(call, languages.is_matched), checking(call))]
    return all(take(a, {}) == take(b, {}) for take in takes)


# --- shrinking and telling ------------------------------------------------------------------------------------------


def smaller(node: Node) -> Iterator[Node]:
    """Yield languages that are a little simpler."""
    if isinstance(node, Event):
        for index, pattern in enumerate(node.args):
            if pattern is not WILDCARD:
                yield node._replace(args=(*node.args[:index], WILDCARD, *node.args[index + 1 :]))
        return
    if isinstance(node, Repeat):
        yield node.body
        yield from (replace(node, body=body) for body in smaller(node.body))
        return
    items = getattr(node, "items", ())
    for index, item in enumerate(items):
        if not isinstance(item, AnyTime):
            yield item
        if len(items) > 1:
            rest = (*items[:index], *items[index + 1 :])
            yield replace(node, items=rest, **_least(node, len(rest)))
        yield from (replace(node, items=(*items[:index], less, *items[index + 1 :])) for less in smaller(item))


def _least(node: Any, count: int) -> dict[str, int]:
    return {"least": min(node.least, count)} if hasattr(node, "least") else {}


def shrunk(case: Case, trace: list[Call], driver: Driver) -> tuple[Case, list[Call]]:
    """Look for a simpler language and a shorter trace on which engine and definition disagree."""
    tries, going = 1500, True
    while going and tries > 0:
        going = False
        shorter = [(case, [*trace[:index], *trace[index + 1 :]]) for index in range(len(trace))]
        simpler = [(replace(case, tree=tree), trace) for tree in smaller(case.tree)]
        others = [(replace(case, other=other), trace) for other in smaller(case.other)]
        for candidate, calls in [*shorter, *simpler, *others]:
            tries -= 1
            if tries > 0 and fails(candidate, calls, driver):
                case, trace, going = candidate, calls, True
                break
    return case, trace


def fails(case: Case, trace: list[Call], driver: Driver) -> bool:
    """Decide whether engine and definition disagree on a trace."""
    try:
        return compare(case, driver, Summary(), trace) is not None
    except (Died, AssertionError):
        return True


def told(case: Case, driver: Driver) -> str:
    """Describe a mismatch so that it can be worked on."""
    try:
        found = compare(case, driver, Summary())
    except (Died, AssertionError) as error:
        return "\n".join([f"seed {case.seed} ({case.kind}, policy {case.policy})", render(case.tree), repr(error)])
    if found is None:
        return f"seed {case.seed} ({case.kind}, policy {case.policy}): it does not happen again"
    case, trace = shrunk(case, found.trace, driver)
    found = compare(case, driver, Summary(), trace) or found
    text = [
        f"seed {case.seed} ({case.kind}, policy {case.policy}, at most {case.most} ways in {case.area} bytes), shrunk:",
        render(case.tree),
    ]
    text += [repr(case.tree)]
    if found.call is None and case.other != case.tree:
        text += ["checked by it, and by:", render(case.other), repr(case.other)]
    for index, call in enumerate(found.trace[: None if found.call is None else found.call + 1]):
        text.append(f"  #{index + 1} {render_event(Event(call.module, call.function, call.args))}")
    if found.call is None:
        return "\n".join([*text, "verdict:", f"  definition: {found.wanted}", f"  engine:     {found.got}"])
    (reason, may_end, answer, event), (got, ended, took, answered) = found.wanted, found.got
    return "\n".join(
        [
            *(*text, f"call #{found.call + 1}"),
            f"  definition: reason {reason}, may end {may_end}, answer {answer}, event {event}",
            f"  engine:     reason {got}, may end {ended}, answer {answered}, event {took}",
        ]
    )


def run(program: Path, seed: int, calls: int, progress: Any = None) -> tuple[Summary, list[str]]:
    """Compare until so many calls were made, or three languages have differed."""
    summary, faults, driver = Summary(), [], Driver(program)
    try:
        while summary.calls < calls and len(faults) < 3:
            case = case_of(seed)
            seed += 1
            try:
                differs = compare(case, driver, summary) is not None
            except (Died, AssertionError):
                differs = True
            if differs:
                faults.append(told(case, driver))
            if progress:
                progress(summary)
    finally:
        driver.close()
    return summary, faults


def say(*texts: str) -> None:
    """Write to the terminal at once."""
    for text in texts:
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=None)
    chosen = parser.parse_args()
    seed = Random().randrange(10**9) if chosen.seed is None else chosen.seed
    began = told_at = time.monotonic()

    def progress(summary: Summary) -> None:
        nonlocal told_at
        if time.monotonic() > told_at + 10:
            told_at = time.monotonic()
            say(f"{told_at - began:5.0f} s  {summary}")

    say(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        summary, faults = run(build(Path(folder)), seed, chosen.calls, progress)
    say(*faults)
    say(f"{time.monotonic() - began:5.0f} s  {summary}; {len(faults)} mismatches")
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main())
