"""The functions that need no C, on random languages of all sorts of values: they say what the definition says."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cmock_py import Residual, accepts, enabled, step, verify
from cmock_py.lang.nodes import REAL, Event, Prefix
from cmock_py.lang.render import render_event
from cmock_py.lang.render_tree import render
from cmock_py.lang.residuals import meaning
from cmock_py.lang.scope import resolve
from cmock_py.lang.walk import walk
from tests.oracle import fuzz, languages
from tests.oracle.automaton import Automaton, TooWide
from tests.oracle.drive import KEPT, SPEC, seen
from tests.seeds import drawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.lang.nodes import Node
    from cmock_py.trace import Call
    from tests.oracle.automaton import Outcome, State

SEED = drawn()
OPTIONS: dict[str, dict[str, Any]] = {"error": {}, "first": {"ambiguous": "first"}, "strict": {"strict": True}}

Made = list[tuple[int, "Outcome"]]


def cases(count: int) -> Iterator[tuple[str, Node, Automaton, random.Random]]:
    """Draw languages with the calls to try on them, as a trace would show these."""
    for seed in range(SEED, SEED + count):
        case, rng = fuzz.case_of(seed), random.Random(seed)
        tree = resolve(case.tree)
        calls = [seen(call, KEPT) for call in languages.calls(rng, meaning(tree).events)]
        yield f"seed {seed}", tree, Automaton(tree, calls, languages.is_matched, case.policy), rng


def walked(automaton: Automaton, rng: random.Random) -> Iterator[tuple[State, int, Outcome]]:
    """Draw a trace: the state before each call, the call, and what becomes of it."""
    state = automaton.start
    for _ in range(12):
        number = automaton.choose(state, rng)
        outcome = automaton.step(state, number)
        if outcome.is_tied and not outcome.reason:
            return
        yield state, number, outcome
        state = outcome.then


def test_step_accepts_and_enabled_say_what_the_definition_says() -> None:
    """Step by step: what is answered and what is left, whether it may end, and what may come."""
    steps = 0
    for seed, tree, automaton, rng in cases(80):
        left: Node | Residual = tree
        try:
            for state, number, outcome in walked(automaton, rng):
                call = automaton.calls[number]
                stepped = step(left, call, spec=SPEC, **OPTIONS[automaton.policy])
                functions = {event.function for event in enabled(left)}
                assert accepts(left) == state.accepts, seed
                is_taken = outcome.event is not None
                assert bool(stepped) == is_taken, seed
                assert call.function in functions or outcome.event is None, seed
                if stepped:
                    assert repr(stepped.answer) == repr(outcome.answer[0]), seed
                    left = stepped.left
                steps += 1
        except TooWide:
            continue
    assert steps > 150


def test_verify_says_what_the_check_says() -> None:
    """A trace, as recorded or as a text, is allowed as far as the check of the definition allows it."""
    accepted = written = 0
    for seed, tree, automaton, rng in cases(40):
        for _ in range(4):
            try:
                made: Made = [(number, outcome) for _, number, outcome in walked(automaton, rng) if not outcome.reason]
                wanted = fuzz.checked(automaton, made)
            except TooWide:
                break
            calls = [answered(automaton.calls[number], outcome) for number, outcome in made]
            verified = verify(tree, calls)
            real = sum(outcome.event is None for _, outcome in made[: wanted[1]])
            assert (verified.ok, verified.calls + real) == wanted, seed
            accepted += wanted[0]
            if is_plain(tree, calls):
                assert verify(render(tree), text_of(calls)).ok == wanted[0], seed
                written += 1
    assert min(accepted, written) > 5


def answered(call: Call, outcome: Outcome) -> Call:
    """A call as it is recorded; the real function has answered what the language does not allow."""
    if outcome.event is None:
        return replace(call, answer=REAL, event=None)
    value, errno, _ = outcome.answer
    return replace(call, answer=value, errno=errno, event=0)


def is_plain(tree: Node, calls: list[Call]) -> bool:
    """Whether a text can say all of it, and does: numbers, and no prefixes."""
    functions = [event.function for event in walk(tree) if isinstance(event, Event)] + [call.function for call in calls]
    is_typed = any(languages.BY_NAME[function].sorts for function in functions)
    is_renamed = "'" in render(tree)
    return not is_typed and not is_renamed and not any(isinstance(node, Prefix) for node in walk(tree))


def text_of(calls: list[Call]) -> str:
    """Write calls down."""
    return "\n".join(render_event(Event(call.module, call.function, call.args, call.answer)) for call in calls)
