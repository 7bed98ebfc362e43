"""Limits in a running SUT: each is reached where it says, told with line, functions and remedy, and can be set."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    ANY,
    COLUMNS,
    EVENT,
    PAR,
    PERM,
    REPLICATE,
    SEQ,
    WILDCARD,
    XALT,
    AmbiguousLanguage,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    ArgumentTypeError,
    EventError,
    LanguageError,
    Limits,
    TooAmbiguous,
    UndecidedCheck,
    UnexpectedCall,
    UsageError,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
    verdict,
)
from cmock_py.host import arena as shared
from cmock_py.live.fitting import refuse_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmock_py import Mocking
    from cmock_py.lang.nodes import Node

SPEC = ApiSpec([
    ApiModule("m", [ApiFunction(letter, "int", [ApiArg("int", "x")]) for letter in "abc"]),
    ApiModule("spied", [ApiFunction("d", "int", [ApiArg("int", "x")], fallback="real")]),
])  # fmt: skip
HEADER = "int a(int x); int b(int x); int c(int x); int d(int x); int run(const char *calls);\n"
SUT = """
#include "limits_api.h"
int run(const char *calls)
{
    int last = 0;

    for (; *calls; calls++)
        last = *calls == 'a' ? a(1) : *calls == 'b' ? b(2) : *calls == 'c' ? c(3) : d(4);
    return last;
}
"""
LINES = ["".join("abc"[(7 * i * i + 3 * j * i + j) % 3] for j in range(30)) for i in range(20)]


def shuffled(lines: list[str]) -> str:
    """The letters of all lines, interleaved at random."""
    choice, rest = random.Random(5), [list(line) for line in lines]
    return "".join(choice.choice([line for line in rest if line]).pop(0) for _ in range(sum(map(len, lines))))


WORD = shuffled(LINES)
REMEDY = "   - allow more: limits=Limits("


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start the mocking once."""
    folder = tmp_path_factory.mktemp("limits")
    (folder / "limits_api.h").write_text(HEADER)
    (folder / "sut.c").write_text(SUT)
    (folder / "d.c").write_text("int d(int x) { return 10 * x; }\n")
    with start_mocking(
        SPEC,
        [folder / "limits_api.h"],
        [folder / "sut.c", folder / "d.c"],
        cppflags=[f"-I{folder}"],
        limits=Limits(depth=70),
    ) as mocking:
        yield mocking


@pytest.fixture
def lib(running: Mocking) -> Any:
    """Give each test a fresh child."""
    running.restart()
    return running.lib


def call(letter: str) -> Node:
    """Expect one call."""
    return EVENT("spied" if letter == "d" else "m", letter, [WILDCARD], 1)


def tangled(count: int = 20, length: int = 30) -> Node:
    """Sequences that share all functions, so that nobody knows which of them made a call."""
    return PAR([SEQ(map(call, line[:length])) for line in LINES[:count]])


def nested(depth: int, around: Callable[..., Node] = REPLICATE) -> Node:
    """Operators inside of operators, each with calls around the inner one."""
    node = call("b")
    for _ in range(depth):
        node = around(call("a"), node, call("c")) if around is REPLICATE else around(node, SEQ(call("a"), call("c")))
    return node


# --- configurations and memory --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "said", "remedy"),
    [
        pytest.param(
            Limits(configurations=3000),
            "there are more than 3000 ways to read them",
            "configurations=48000)",
            id="ways",
        ),
        pytest.param(
            Limits(configurations=2**20, memory=2**22),
            "the ways to read them fill 4194304 bytes of memory",
            "configurations=1048576, memory=8388608)",
            id="memory",
        ),
    ],
)
def test_a_call_of_which_there_are_too_many_ways(lib: Any, limits: Limits, said: str, remedy: str) -> None:
    """The call stops the SUT; the part, its line, its functions and what to write are told; a check says the same."""
    language = tangled()
    init_lang(language, limits=limits)
    with pytest.raises(TooAmbiguous) as stopped:
        lib.run(WORD)
    lines = str(stopped.value).splitlines()
    calls = len(get_trace())
    assert lines[0].startswith(f"after {calls} calls {said}, at ")
    assert lines[2] == f"      PAR on line {language.place.line} of 20 sequences that share m.b, m.c, m.a"  # type: ignore[union-attr]
    assert any(line.startswith(f"  {REMEDY}{remedy}") for line in lines), lines

    init_lang(ANY(map(call, "abc")), limits=limits)
    lib.run(WORD)
    with pytest.raises(UndecidedCheck) as undecided:
        check_callouts(language)
    assert str(undecided.value).splitlines()[0].startswith(f"after {calls} calls {said}, at ")
    assert lines[2] in str(undecided.value)
    assert f"{REMEDY}{remedy}" in str(undecided.value)


def test_more_ways_are_followed_when_they_are_allowed(lib: Any) -> None:
    """What is too much for one limit is taken with a greater one."""
    language, word = tangled(9, 12), shuffled([line[:12] for line in LINES[:9]])
    with pytest.raises((AmbiguousLanguage, TooAmbiguous), match="more than 1000 ways"):  # noqa: PT012 - seen at once or not
        init_lang(language, limits=Limits(configurations=1000))
        lib.run(word)
    init_lang(language, limits=Limits(configurations=50_000))
    lib.run(word)
    assert check_callouts()


def test_what_the_search_before_the_run_sees(lib: Any) -> None:
    """Too many ways nearby are a fault of the language, with its line, and the language that runs stays."""
    init_lang(call("a"))
    language = tangled()
    with pytest.raises(AmbiguousLanguage) as caught:
        init_lang(language, limits=Limits(configurations=16, depth=65))
    (fault,) = caught.value.faults
    assert fault.path == str(language.place)
    assert "there may be more than 16 ways to read them, in PAR of 20 sequences that share m." in fault.message
    assert "limits=Limits(depth=65, configurations=256)" in str(fault.hint)
    lib.run("a")
    assert check_callouts()


def test_memory_that_has_no_room_for_the_beginning(lib: Any) -> None:
    """A language whose first state does not fit into the memory is refused before anything runs."""
    language = PAR([SEQ(call("a"), XALT(call("b"), EVENT("m", "c", [n], 1))) for n in range(1500)])
    with pytest.raises(AmbiguousLanguage) as caught:
        init_lang(language, limits=Limits(memory=2**16))
    (fault,) = caught.value.faults
    assert fault.message.startswith(
        "after 1 call the ways to read them may fill 65536 bytes of memory, in PAR of 1500 "
    )
    assert "limits=Limits(memory=131072)" in str(fault.hint)
    init_lang(language, limits=Limits(memory=2**26))
    lib.run("a")


def test_a_repetition_is_named_with_its_functions(lib: Any) -> None:
    """A part that is no PAR is told as what it is, around the functions that it calls."""
    language = "m.b(_) -> 1  REPLICATE[ REPEAT(1..40)[ m.a(_) -> 1 ] OPTIONAL[ m.a(_) -> 1 REPEAT(0..30)[ m.a(_) -> 1 ] m.c(_) -> 1 ] ]"
    with pytest.raises(
        AmbiguousLanguage, match=r"language:1:14.*: after \d+ calls? .*, in REPLICATE around m\.a, m\.c"
    ):
        init_lang(language, limits=Limits(configurations=8))


# --- where limits are given -----------------------------------------------------------------------------------------


def test_limits_of_a_mocking_are_the_default(lib: Any) -> None:
    """`start_mocking` says what holds where `init_lang` does not; the next `init_lang` starts from there again."""
    init_lang(nested(70))
    with pytest.raises(LanguageError, match="nested more than 70 deep"):
        init_lang(nested(71))
    init_lang(nested(90), limits=Limits(depth=90))
    with pytest.raises(LanguageError, match="nested more than 70 deep"):
        init_lang(nested(71))
    lib.run("a" * 90 + "b" + "c" * 90)
    assert check_callouts()
    with pytest.raises(LanguageError, match="nested more than 90 deep"):
        check_callouts(nested(91))


@pytest.mark.parametrize("wrong", [4096, {"depth": 3}, "depth"])
def test_what_is_no_limits_is_refused(lib: Any, wrong: Any) -> None:
    """The language that runs stays when `limits=` is something else."""
    init_lang(call("a"))
    with pytest.raises(ArgumentTypeError, match="is no Limits"):
        init_lang(call("b"), limits=wrong)
    with pytest.raises(ArgumentTypeError, match="is no Limits"):
        start_mocking(SPEC, limits=wrong)
    lib.run("a")
    assert check_callouts()


# --- depth ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("around", [REPLICATE, PAR, PERM])
def test_hundreds_of_operators_inside_of_each_other(lib: Any, around: Callable[..., Node]) -> None:
    """Any depth that is allowed is stepped, checked and explained; a refused call leaves all of it as it was."""
    deep = Limits(depth=500)
    depth = 500 if around is REPLICATE else 99
    word = "a" * depth + "b" + "c" * depth if around is REPLICATE else "b" + "ac" * depth
    init_lang(nested(depth, around), limits=deep)
    lib.run(word[:700])
    assert lib.run("d") == 40  # not allowed, so the real function answers
    lib.run(word[700:])
    assert check_callouts()
    with pytest.raises(UnexpectedCall, match=rf"unexpected call #{2 * depth + 3}: m\.c\(x=3\)"):
        lib.run("c")
    assert f"unexpected call #{2 * depth + 3}" in verdict().report


def test_a_count_that_nobody_can_reach(lib: Any) -> None:
    """The greatest count is kept apart from no bound at all, and missing rounds are counted, not listed."""
    init_lang("REPEAT(4294967294)[ m.a(_) -> 1 ]", limits=Limits(count=2**32 - 2))
    lib.run("aaa")
    report = verdict().report
    assert report.startswith("FAILED  4294967291 expected calls were never made")


def test_a_value_without_end(running: Mocking) -> None:
    """A list that holds itself is a fault of its line, when it is written with types, when it is expected, and in a check."""
    endless: list[Any] = []
    endless.append(endless)
    for use in (running.expect.m.a, lambda value: running.expect.m.a(1).returns(value)):
        with pytest.raises(EventError, match=r"test_limits\.py:\d+: m\.a: a value is nested more than 64 deep"):
            use(endless)
    for use in (running.init_lang, running.check_callouts):
        with pytest.raises(LanguageError, match=r"test_limits\.py:\d+: m\.a: a value is nested more than \d+ deep"):
            use(EVENT("m", "a", [endless], 1))


# --- room in the arena ------------------------------------------------------------------------------------------------


def test_tables_without_room_are_told_with_their_line(running: Mocking) -> None:
    """How many bytes, of how many; where most of it is; and that less memory for ways makes room."""
    columns = COLUMNS("m", "a", [range(1000)], range(1000))
    bound = running._language.bind(SEQ(call("b"), columns, tangled(3)))
    refuse_large(bound, Limits())
    with pytest.raises(LanguageError) as caught:
        refuse_large(bound, Limits(), tables_size=4096)
    (fault,) = caught.value.faults
    assert fault.message.startswith(
        f"the tables of 1091 events take {bound.size} bytes, of 4096; most of them are here, "
    )
    assert fault.message.endswith("around m.b, m.a")
    with pytest.raises(LanguageError) as caught:
        refuse_large(bound, Limits(), state_size=2**27)
    (fault,) = caught.value.faults
    assert "bytes, of 134217728; 134217728 of them are Limits.memory" in fault.message
    assert fault.hint == "reserve less: limits=Limits(memory=134152192)"
    with pytest.raises(LanguageError, match="in several steps with a language for each"):
        refuse_large(bound, Limits(memory=2**16), state_size=64)
    with pytest.raises(
        UsageError, match=r"^the answers take 9 bytes for a check, and 0 are left; check in several steps"
    ):
        running._language._write_behind(bound, shared.FOUND, bytes(9), "the answers")
