"""Typed terms are compared with the C types in the line that writes them, in the words that `bind` would find later."""

from __future__ import annotations

import copy
import inspect
import pickle
import random
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.bind.tables import bind
from cmock_py.bind.term_checks import TermChecks
from cmock_py.errors import ArgumentError, EventError, LanguageError
from cmock_py.lang.arguments import BETWEEN, BIND, BITS, EACH, GT, IN, NAMED, NE, OUT, REGEX, REST, VAR
from cmock_py.lang.constants import Constants
from cmock_py.lang.nodes import REAL, WILDCARD, Event, Pattern
from cmock_py.lang.terms import EVENT, PAR, SEQ
from cmock_py.typed_terms import Modules, checked_terms
from tests.seeds import drawn

from .conftest import API_SPEC

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.mocked import Mocked


@pytest.fixture(scope="module")
def m(mocked: tuple[Mocked, ...]) -> Modules:
    """Terms that know their types."""
    no_real = lambda mocked: (f"there is no real {mocked.name}", "give one")  # noqa: E731
    return checked_terms(API_SPEC, {(f.module, f.spec.name): TermChecks(f, mocked, no_real) for f in mocked})


def twice() -> int:
    """A function that takes no argument, and so judges and answers nothing that has one."""
    return 0


WRONG: list[tuple[Callable[[Modules], Any], str]] = [
    (lambda m: m.stack.push(1, 4.5), "stack.push: val (int): 4.5 is a float, not a whole number"),
    (lambda m: m.stack.push(1, 1 << 40), "stack.push: val (int): 1099511627776 is outside -2147483648..2147483647"),
    (lambda m: m.stack.push(1, val=None), "stack.push: val (int): None is a NoneType, not a whole number"),
    (lambda m: m.stack.push(1, BETWEEN(5, 3)), "stack.push: val (int): no number can be all that is asked, of which 5..3 is the last"),
    (lambda m: m.stack.push(VAR("s"), GT(1 << 31)), "stack.push: val (int): > 2147483648 can never be: the type holds -2147483648..2147483647"),
    (lambda m: m.stack.push(1, REGEX("four")), 'stack.push: val (int): ~"four" looks at text, and this is none'),
    (lambda m: m.stack.push(REST, NAMED("val", "x")), "stack.push: val (int): 'x' is a str, not a whole number"),
    (lambda m: m.stack.push(1, BITS(1 << 40)), "stack.push: val (int): 1099511627776 has bits beyond the 32 that there are"),
    (lambda m: m.stack.push(1, twice), "stack.push: val (int): twice() at"),
    (lambda m: m.io.paint("GREN", "x"), "io.paint: c (enum color): 'GREN' is no enumerator of enum color (RED, GREEN, BLUE)"),
    (lambda m: m.io.paint(IN("RED", "GREN"), "x"), "io.paint: c (enum color): 'GREN' is no enumerator of enum color"),
    (lambda m: m.io.open("a\0b", 3), "io.open: name (const char *): 'a\\x00b' has a NUL inside, where C ends a string"),
    (lambda m: m.io.open(4, 3), "io.open: name (const char *): 4 is an int, not a string or None"),
    (lambda m: m.io.id().returns(300), "io.id: result (uint8_t): 300 is outside 0..255"),
    (lambda m: m.io.id().returns(EACH(1, 300)), "io.id: result (uint8_t): 300 is outside 0..255"),
    (lambda m: m.io.id().returns(None), "io.id returns uint8_t, but the event answers NULL, which is a pointer"),
    (lambda m: m.io.id().returns(1, 2), "io.id has no out arguments, but the event answers with a tuple of 2"),
    (lambda m: m.io.id().returns(1, errno=1 << 40), "errno is an int, and 1099511627776 is outside"),
    (lambda m: m.io.id().returns(lambda x: x), "io.id: <lambda>() at"),
    (lambda m: m.io.id().returns(REAL), "there is no real io.id"),
    (lambda m: m.io.id().named("s").returns(300), "io.id: result (uint8_t): 300 is outside 0..255"),
    (lambda m: m.stack.push(1, 2).returns(5), "stack.push returns void, but the event answers 5"),
    (lambda m: m.stack.push(1, 2).named("s"), "stack.push returns void, so there is nothing to bind"),
    (lambda m: m.stack.push(1, 2).returns(None).named("s"), "stack.push returns void, so there is nothing to bind"),
    (lambda m: m.io.speed().returns(7), "io.speed needs the answer {speed, result}, but the event answers 7"),
    (lambda m: m.io.speed().returns("x", 1), "io.speed: speed (int *): 'x' is a str, not a whole number"),
    (lambda m: m.io.speed(speed="x"), "io.speed: speed (int *): 'x' is a str, not a whole number"),
    (lambda m: m.io.sample(3, OUT("to", [1, "x"])), "io.sample: to (int *): element [1]: 'x' is a str, not a whole number"),
    (lambda m: m.io.sample(3).returns([1, 1 << 40]), "io.sample needs the answer {to}, but the event answers [1, 1099511627776]"),
    (lambda m: m.io.open(BIND("n"), 1).returns(None, errno="n"), "io.open: errno: n is text, and this is a number"),
]  # fmt: skip


@pytest.mark.parametrize(("write", "message"), WRONG, ids=[f"{n} {message}" for n, (_, message) in enumerate(WRONG)])
def test_what_does_not_fit_is_refused_in_its_line(m: Modules, write: Callable[[Modules], Any], message: str) -> None:
    """Values, ranges, enumerators and answers are compared when they are written; the fault names that line."""
    with pytest.raises(EventError) as caught:
        write(m)
    (fault,) = caught.value.faults
    assert fault.message.startswith(message)
    assert fault.path == f"{__file__}:{inspect.getsourcelines(write)[1]}"
    assert isinstance(caught.value, ArgumentError)


RIGHT: list[Callable[[Modules], Any]] = [
    lambda m: m.stack.push(VAR("s"), VAR("LIMIT") | 4),
    lambda m: m.stack.push(VAR("s"), GT(VAR("n")) & NE(3)),
    lambda m: m.stack.push(VAR("s"), IN(VAR("A"), 4)),
    lambda m: m.stack.push(VAR("s"), BITS(VAR("MASK"), VAR("ON"))),
    lambda m: m.stack.push(VAR("s"), BETWEEN(VAR("low"), 5)),
    lambda m: m.io.paint("GREEN", WILDCARD).returns(VAR("RED")),
    lambda m: m.io.open(VAR("text"), VAR("mode")).returns(None),
    lambda m: m.io.open(REGEX("^/dev/"), 3).returns(VAR("p"), errno="LIMIT"),
    lambda m: m.io.id().returns(VAR("n")).named("s"),
    lambda m: m.io.id().returns(EACH(1, VAR("n"))),
    lambda m: m.io.id().returns(WILDCARD),
    lambda m: m.io.id().returns(errno="EINTR"),
    lambda m: m.io.id(),
    lambda m: m.io.speed(speed=VAR("n")).returns(VAR("ok")),
    lambda m: m.io.speed(speed=WILDCARD).returns(1),
    lambda m: m.io.sample(3).returns([1, VAR("n")], None),
    lambda m: m.stack.push(BIND("n"), VAR("n")),
    lambda m: m.stack.pop(BIND("n")).returns(VAR("n")),
]


@pytest.mark.parametrize("write", RIGHT, ids=[str(n) for n in range(len(RIGHT))])
def test_a_name_may_mean_anything_yet(m: Modules, write: Callable[[Modules], Any]) -> None:
    """What binds a name may be written later, an answer may follow, and a check needs none."""
    assert isinstance(write(m), Event)


def test_no_event_that_fits_is_refused(m: Modules, mocked: tuple[Mocked, ...]) -> None:
    """Of random values, `bind` takes those that may be written and no others, and says the same of the others."""
    seed = drawn()
    chance = random.Random(seed)
    values: list[Any] = [
        *(0, 1, -1, 127, 128, 255, 256, -(1 << 31), 1 << 31, (1 << 64) - 1, 1 << 64, 0.5, 1e300, True, None, "a", "RED"),
        *("text", b"raw", b"\xff", [], [1, 2], {"x": 1}, (1, 2), WILDCARD, GT(3), NE(None), NE("b"), IN(1, 2)),
        *(BETWEEN(1, 5), BITS(0x80), GT(1000), REGEX("a"), BIND("n"), GT(0) & NE(5), object()),
    ]  # fmt: skip
    answers = [value for value in values if not isinstance(value, Pattern)]  # of a pattern `bind` says nothing else
    refused = 0
    for number in range(2000):
        function = chance.choice(mocked)
        args = [chance.choice(values) for _ in function.ins]
        if args.count(BIND("n")) > 1:
            continue  # `lang.scope` says that of a whole language
        answer = tuple(chance.choice(answers) for _ in function.written)
        try:
            m[function.module][function.spec.name](*args).returns(*answer or (None,))
            written: list[str] = []
        except EventError as error:
            refused += 1
            written = [fault.message for fault in error.faults]
        event = Event(function.module, function.spec.name, tuple(args)).returns(*answer or (None,))
        try:
            bind(SEQ(event), mocked, Constants(), answered=event.answer is not WILDCARD)
            bound: list[str] = []
        except LanguageError as error:
            bound = [fault.message for fault in error.faults]
        assert bool(written) == bool(bound), (seed, number, event)
        assert set(written) <= set(bound), (seed, number, event)
    assert 200 < refused < 1800


def test_all_faults_of_an_event_come_together(m: Modules) -> None:
    """Each wrong argument is listed."""
    with pytest.raises(EventError) as caught:
        m.io.mix("x", 1.5, -1)
    assert str(caught.value).startswith("the event has 2 faults\n")
    assert [fault.message.split(":")[1].strip() for fault in caught.value.faults] == ["x (double)", "z (uint64_t)"]


def test_a_checked_event_is_an_event(m: Modules) -> None:
    """Terms hold it as what EVENT makes; it is equal, copied and pickled as that."""
    event = m.stack.pop(1).returns(6)
    plain = EVENT("stack", "pop", [1], 6)
    for term in (
        SEQ(event),
        SEQ([event]),
        SEQ(event, event),
        PAR(event, EVENT("stack", "new", [], 1)),
        SEQ(iter([event])),
    ):
        assert type(term.items[0]) is Event
    assert event == plain
    assert plain == event
    assert hash(event) == hash(plain)
    for same in (copy.copy(event), copy.deepcopy(event), pickle.loads(pickle.dumps(event))):
        assert same == event
        assert type(same) is Event
