"""A whole language is validated and encoded: its faults in order, its events as calls would show them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.bind.tables import MAX_FAULTS, Expected, Tables, bind
from cmock_py.errors import LanguageError
from cmock_py.lang.constants import Constants
from cmock_py.lang.nodes import NULL, WILDCARD, Event
from cmock_py.lang.parse import parse
from cmock_py.lang.terms import EVENT, SEQ

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cmock_py.mocked import Mocked

COLORS = {"RED": 0, "GREEN": 5, "BLUE": -1}
MACROS = {"MAX_LEN": 64, "MY_ERROR": 77}


class Asked:
    """A compiler's answers about macros, and how often it was asked for which names."""

    def __init__(self) -> None:
        """Start with no question asked."""
        self.questions: list[Sequence[str]] = []

    def __call__(self, names: Sequence[str]) -> Mapping[str, int]:
        """Answer as the compiler does: only names that are macros."""
        self.questions.append(names)
        return {name: MACROS[name] for name in names if name in MACROS}


@pytest.fixture
def asked() -> Asked:
    """Give what answers for macros."""
    return Asked()


@pytest.fixture
def bound(mocked: tuple[Mocked, ...], asked: Asked) -> Callable[[str], Tables]:
    """Give a function that binds a text."""
    return lambda text: bind(parse(text, "t"), mocked, Constants(COLORS, asked))


@pytest.fixture
def faults(bound: Callable[[str], Tables]) -> Callable[[str], list[str]]:
    """Give a function that returns the faults of a text, one line each."""

    def refused(text: str) -> list[str]:
        with pytest.raises(LanguageError) as caught:
            bound(text)
        return [f"{fault.path}: {fault.message}" for fault in caught.value.faults]

    return refused


def shown(found: Tables) -> list[tuple[Any, ...]]:
    """Return arguments and answer of each event."""
    return [(event.args, event.answer) for event in Expected(found)]


def test_an_empty_language(bound: Callable[[str], Tables]) -> None:
    """The empty language has no rows, and needs no function to be known."""
    found = bound("EMPTY")
    assert (len(Expected(found)), len(found.rows), found.masks) == (0, 0, None)


def test_events_show_as_calls_do(bound: Callable[[str], Tables]) -> None:
    """Names are resolved, enums are shown by name, modules are filled in, wildcards stay."""
    found = bound(
        "paint(5, 'a') -> BLUE  stack.push(MAX_LEN, _)  open(\"x\", RED) -> NULL  io.sample(2) -> {[1, GREEN]}"
    )
    assert [event.module for event in Expected(found)] == ["io", "stack", "io", "io"]
    assert shown(found) == [
        (("GREEN", 97), "BLUE"),
        ((64, WILDCARD), None),
        (("x", 0), NULL),
        ((2,), ([1, 5],)),
    ]


def test_the_longest_blob_is_known(bound: Callable[[str], Tables]) -> None:
    """The capture bound must rise to the longest expected string; the tables know it."""
    assert bound("stack.pop(1) -> 2").longest == 0
    assert bound(f'io.open("{"x" * 9000}", 0) -> NULL').longest >= 9000


def test_expected_is_a_sequence(bound: Callable[[str], Tables]) -> None:
    """Events are found from both ends and by slices, and an index outside is an IndexError."""
    events = Expected(bound("stack.pop(0) -> 0  stack.pop(1) -> 1  stack.pop(2) -> 2"))
    assert events[-1].args == (2,)
    assert [event.args for event in events[1:]] == [(1,), (2,)]
    with pytest.raises(IndexError, match="3 events"):
        events[3]


def test_fresh_values_are_told_apart(bound: Callable[[str], Tables]) -> None:
    """Every bound name has a value of its own, in the range of its type, never 0 or -1."""
    tables = bound("a = stack.new()  b = stack.new()  c = io.id()  d = io.id()  e = io.open(_, _)")
    answers = [tables.answer(index) for index in range(5)]
    assert len(set(answers)) == len(answers)
    assert not {0, -1, None} & set(answers)
    assert all(0 < answer < 256 for answer in answers[2:4])


def test_a_given_answer_is_bound(bound: Callable[[str], Tables]) -> None:
    """``s = f() -> 7`` answers 7 and calls it s; a macro or an enumerator will do."""
    found = bound(
        "s = stack.new() -> 7  m = stack.new() -> MAX_LEN  g = io.paint(0, 0) -> GREEN  stack.push(s, m) stack.pop(g) -> s"
    )
    assert shown(found) == [((), 7), ((), 64), (("RED", 0), "GREEN"), ((7, 64), None), ((5,), 7)]


def test_macros_are_asked_for_once(bound: Callable[[str], Tables], asked: Asked) -> None:
    """The compiler is asked once for all unknown names, and not at all when there is none."""
    bound("s = stack.new()  stack.push(s, RED)  stack.pop(1, *errno = EINTR) -> 1")
    assert asked.questions == []
    bound("stack.push(MAX_LEN, 1)  stack.pop(MAX_LEN, *errno = MY_ERROR) -> 1")
    assert asked.questions == [["MAX_LEN", "MY_ERROR"]]


def test_one_half_of_the_wrong_shape_hides_no_fault_of_the_other(faults: Callable[[str], list[str]]) -> None:
    """Arguments out of range stand beside an answer of the wrong shape, and the other way round."""
    assert faults("stack.push(300000000000, 1) -> 3  stack.pop() -> 4294967296") == [
        "t:1:1: stack.push: s (int): 300000000000 is outside -2147483648..2147483647",
        "t:1:1: stack.push returns void, but the event answers 3",
        "t:1:35: stack.pop takes 1 argument (s), but the event lists 0",
        "t:1:35: stack.pop: result (int): 4294967296 is outside -2147483648..2147483647",
    ]


def test_all_faults_in_the_order_of_the_text(faults: Callable[[str], list[str]]) -> None:
    """Faults of every kind come together, each with line and column, in the order of the text."""
    text = """
        stak.new() -> 1
        stack.push(300000000000, 2.5)
        stack.pop(s) -> 1
        s = stack.new()
        s = stack.new()
        stack.pop(s) -> 4294967296
        v = stack.push(s, 1)
        io.speed(42) -> true
        io.paint(PINK, "ab") -> 1.0
        stack.pop(1, *errno = EINTRR) -> _
    """
    assert faults(text) == [
        "t:2:9: there is no module 'stak' in the spec",
        "t:3:9: stack.push: s (int): 300000000000 is outside -2147483648..2147483647",
        "t:3:9: stack.push: val (int): 2.5 is a float, not a whole number",
        "t:4:9: 's' is used before it is bound",
        "t:6:9: the name 's' is bound already, at t:5:9",
        "t:7:9: stack.pop: result (int): 4294967296 is outside -2147483648..2147483647",
        "t:8:9: stack.push returns void, so there is nothing to bind",
        (
            "t:9:9: io.speed takes 0 arguments, but the event lists 1; out arguments (speed) stand in the answer, not in "
            "the list"
        ),
        "t:9:9: io.speed needs the answer {speed, result}, but the event answers true",
        (
            "t:10:9: the name 'PINK' is neither bound by an event before, nor an enumerator, a constant or a function of "
            "the headers"
        ),
        "t:10:9: io.paint: letter (char): 'ab' is not one character of one byte",
        "t:10:9: io.paint: result (enum color): 1.0 is a float, not a whole number",
        "t:11:9: 'EINTRR' is no errno value; did you mean 'EINTR'?",
        "t:11:9: stack.pop returns int; _ is no value to return",
    ]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        pytest.param("stak.new() -> 1", "there is no module 'stak' in the spec", "did you mean 'stack.new'?", id="module"),
        pytest.param("stak.n() -> 1", "there is no module 'stak' in the spec", "did you mean 'stack'?", id="only module"),
        pytest.param("zzz.qqq()", "there is no module 'zzz' in the spec", None, id="far module"),
        pytest.param("stack.nwe()", "module 'stack' has no function 'nwe'", "did you mean 'new'?", id="function"),
        pytest.param("stack.paint(1, 2)", "module 'stack' has no function 'paint'", "did you mean 'io.paint'?", id="moved"),
        pytest.param("puhs(1, 2)", "the spec has no function 'puhs'", "did you mean 'push'?", id="without module"),
        pytest.param("x = io.speed()", "io.speed has out arguments; give its whole answer after -> and use the value as it is", None, id="bound outs"),
        pytest.param("x = stack.push(1, 2)", "stack.push returns void, so there is nothing to bind", "leave 'x =' out", id="bound void"),
        pytest.param("x = io.mix(1.0, 1.0, 1)", "io.mix returns double, for which no fresh value can be made up", "give the value: x = io.mix(...) -> value", id="bound double"),
    ],
)  # fmt: skip
def test_a_fault_and_its_next_step(bound: Callable[[str], Tables], text: str, message: str, hint: str | None) -> None:
    """The fault says what is wrong, the hint what to write instead."""
    with pytest.raises(LanguageError) as caught:
        bound(text)
    assert [(fault.message, fault.hint) for fault in caught.value.faults] == [(message, hint)]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        pytest.param(EVENT("stack", 4, [], 1), "the function is 4, and not a name", id="function"),  # type: ignore[arg-type]
        pytest.param(EVENT(4, "new", [], 1), "the module is 4, and not a name", id="module"),  # type: ignore[arg-type]
        pytest.param(
            EVENT("stack", "new").returns(1, errno=3.4),  # type: ignore[arg-type]
            'errno is a number or a name such as "EINTR", not 3.4',
            id="errno",
        ),
    ],
)
def test_terms_of_wrong_types_are_faults(mocked: tuple[Mocked, ...], event: Event, message: str) -> None:
    """What a term was given, and no text can say, is a fault of the line that made it."""
    with pytest.raises(LanguageError) as caught:
        bind(SEQ(event), mocked, Constants(COLORS, Asked()))
    (fault,) = caught.value.faults
    assert fault.message == message


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param("EINTRR", "'EINTRR' is no errno value; did you mean 'EINTR'?", id="misspelt"),
        pytest.param("qqq", "'qqq' is no errno value", id="unknown"),
        pytest.param(
            "4294967296", "errno is an int, and 4294967296 is outside -2147483648..2147483647", id="too large"
        ),
    ],
)
def test_errno_that_is_none(faults: Callable[[str], list[str]], said: str, message: str) -> None:
    """An errno that no libc has, or that is no int of C, is refused."""
    assert faults(f"stack.pop(1, *errno = {said}) -> 1") == [f"t:1:1: {message}"]


def test_an_unknown_function_has_one_fault(faults: Callable[[str], list[str]]) -> None:
    """Of an event whose function is unknown nothing else is said, and its name counts as bound."""
    assert faults("s = stack.nwe()  stack.push(s, 1)") == ["t:1:1: module 'stack' has no function 'nwe'"]


@pytest.mark.parametrize("line", ["stack.pop(2.5) -> 1\n", "stack.pip(2) -> 1\n", "stick.pop(2)\npip()\n"])
def test_many_faults_are_counted(bound: Callable[[str], Tables], line: str) -> None:
    """Of a generated language whose every line is wrong a thousand faults are kept, and all are told as a number."""
    count = line.count("\n") * (MAX_FAULTS + 50)
    with pytest.raises(LanguageError) as caught:
        bound(line * (MAX_FAULTS + 50))
    assert len(caught.value.faults) == MAX_FAULTS
    assert len(caught.value.faults) + caught.value.unlisted == count
    first, *_, last = str(caught.value).splitlines()
    assert (first, last) == (f"the language has {count} faults", f"... and {count - 20} more")


def test_a_fault_of_copies_counts_once(bound: Callable[[str], Tables]) -> None:
    """What do puts in two thousand times is wrong where it is defined, so there is room for a fault behind it."""
    with pytest.raises(LanguageError) as caught:
        bound("lang x() = stack.pop(2.5) -> 1\n" + "do x()\n" * 2 * MAX_FAULTS + "stack.pip(4)")
    assert [fault.path for fault in caught.value.faults] == ["t:1:12", f"t:{2 * MAX_FAULTS + 2}:1"]
    assert str(caught.value).startswith("the language has 2 faults\n")


def test_many_different_unknown_functions_take_no_time(faults: Callable[[str], list[str]]) -> None:
    """The time grows with the text and not with its square, and no near names are sought that nobody reads."""
    text = "\n".join(f"stack.psh{number}(1, 2)" for number in range(20_000))
    started = time.process_time()
    assert len(faults(text)) == MAX_FAULTS
    assert time.process_time() - started < 3  # the square took half a minute


def test_a_language_is_not_changed(mocked: tuple[Mocked, ...], asked: Asked) -> None:
    """Binding leaves the tree as it was, so that it can be bound again."""
    event = Event("io", "sample", (2,), ([1, 2],))
    first, second = (bind(event, mocked, Constants(COLORS, asked)) for _ in range(2))
    assert event.answer == ([1, 2],)
    assert (first.words, first.rows) == (second.words, second.rows)


def test_bits_are_tested_against_numbers(faults: Callable[[str], list[str]]) -> None:
    """A name that a call binds is no mask, and the fault says so in the user's words."""
    said = "t:1:19: stack.push: s (int): bits are tested against numbers, and n is known when the call comes only"
    assert faults("stack.push(?n, 1) stack.push(bits n, 1)") == [said]


def test_a_made_up_handle_is_told_by_its_name(bound: Callable[[str], Tables]) -> None:
    """A number that the user never wrote is that of a handle: the help names it and where a value can be given."""
    with pytest.raises(
        LanguageError, match=r"help: a is a made-up handle; give the value: a = open\(\.\.\.\) -> value"
    ):
        bound('a = io.open("x", 1)  io.open(a, 1) -> NULL')
