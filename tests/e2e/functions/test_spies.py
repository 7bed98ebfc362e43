"""The real function answers: one event, or every call that the language does not allow."""

from __future__ import annotations

import errno
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    EVENT,
    REAL,
    SEQ,
    WILDCARD,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    LanguageError,
    MissingSymbols,
    SpecError,
    SutCrashed,
    SutExited,
    UnexpectedCall,
    start_mocking,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cmock_py import Mocking

NAME = ApiArg("const char *", "name")
LOG = ApiSpec([ApiModule("log", [
    ApiFunction("log_init", args=[NAME]),
    ApiFunction("log_fill", "int", [ApiArg("char *", "to", dir="out", buffer="room"), ApiArg("size_t", "room")]),
    ApiFunction("log_span", "struct span", [ApiArg("struct span", "all"), ApiArg("double", "half")]),
], fallback="real")])  # fmt: skip


@pytest.fixture(scope="module", params=["objects", "archive", "sources"])
def spied(
    request: pytest.FixtureRequest,
    header: str,
    built: Callable[[str], str],
    source: Callable[[str], str],
    stack_spec: Callable[..., ApiSpec],
) -> Iterator[Mocking]:
    """The stack as a spy: the real one in an object, in an archive, or compiled by us."""
    stack = {"objects": built("stack.o"), "archive": built("libstack.a"), "sources": source("stack.c")}[request.param]
    with start_mocking(stack_spec(fallback="real"), [header], [built("calc.o"), stack]) as mocking:
        yield mocking


@pytest.fixture
def spy(spied: Mocking) -> Mocking:
    """The same, with a fresh child."""
    spied.restart()
    return spied


@pytest.fixture(scope="module")
def plain(header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]) -> Iterator[Mocking]:
    """The stack as mocks, with the real one linked."""
    with start_mocking(stack_spec(), [header], [built("calc.o"), built("stack.o")]) as mocking:
        yield mocking


# --- one event ------------------------------------------------------------------------------------------------------


def test_one_event_calls_through(plain: Mocking) -> None:
    """An event whose answer is @real lets the real function answer that one call; the others are mocks."""
    plain.init_lang(
        "s = stack.new() -> 3 stack.push(3, 4) -> @real stack.push(3, 6) stack.pop(3) -> @real stack.pop(3) -> 9"
    )
    assert plain.lib.calculate() == 409
    assert plain.check_callouts()
    calls = plain.get_trace()
    assert [call.answer for call in calls] == [3, REAL, None, 4, 9]
    assert [call.is_real for call in calls] == [False, True, False, True, False]
    assert repr(calls[1].answer) == "@real"
    assert [call.event for call in calls] == [0, 1, 2, 3, 4]


def test_the_python_term_is_the_same(plain: Mocking) -> None:
    """REAL as the answer of an EVENT is what @real is in text."""
    plain.init_lang(
        SEQ(
            EVENT("stack", "new", [], REAL),
            *(EVENT("stack", "push", [7, value], REAL) for value in (4, 6)),
            *(EVENT("stack", "pop", [WILDCARD], REAL) for _ in range(2)),
        )
    )
    assert plain.lib.calculate() == 604
    assert plain.check_callouts()


def test_arguments_are_compared_all_the_same(plain: Mocking) -> None:
    """A call that the real function answered is checked like any other."""
    plain.init_lang("stack.push(1, 4) -> @real")
    plain.lib.stack_push(1, 5)
    with pytest.raises(CalloutsFailed, match=r"val=5 instead of 4 in stack\.push"):
        plain.check_callouts()


@pytest.mark.parametrize(
    ("other", "fits"),
    [
        ("stack.push(1, 8) -> @real  stack.pop(1) -> @real", True),
        ("stack.push(1, 8)  stack.pop(1) -> 8", True),
        ("stack.push(1, 8)  stack.pop(1)", True),
        ("stack.push(1, 8)  stack.pop(1) -> 5", False),
    ],
)
def test_another_language_judges_real_answers(plain: Mocking, other: str, fits: bool) -> None:
    """What the real function answered is in the trace, and a check compares it."""
    plain.init_lang("stack.push(1, 8) -> @real  stack.pop(1) -> @real")
    plain.lib.stack_push(1, 8)
    plain.lib.stack_pop(1)
    verdict = plain.verdict(other)
    assert verdict.ok == fits
    assert verify(other, plain.get_trace()).ok == fits
    assert fits or ("expected 5" in verdict.report and "but was  8" in verdict.report)


REAL_API = """
struct part { char c; double x; char name[8]; };
const char *title(int n);
int fill(char *to, unsigned room);
int read_all(short *to, int room);
struct part make(char c);
void change(struct part *p);
void set(double *x);
"""
REAL_CODE = """
#include "real.h"
#include <errno.h>
#include <string.h>
const char *title(int n) { return n ? "one" : 0; }
int fill(char *to, unsigned room) { memset(to, 0x55, room); strcpy(to, "ab"); return 2; }
int read_all(short *to, int room) { for (int i = 0; i < room; i++) to[i] = (short)i; errno = EIO; return 2; }
void change(struct part *p) { p->x = 2; }
void set(double *x) { *x = 0.5; }
struct part make(char c)
{
    struct part p;

    memset(&p, 0x55, sizeof p);
    p.c = c;
    p.x = -0.0;
    strcpy(p.name, "it");
    return p;
}
"""
REAL_SPEC = ApiSpec([ApiModule("r", [
    ApiFunction("title", "const char *", [ApiArg("int", "n")]),
    ApiFunction("fill", "int", [
        ApiArg("char *", "to", dir="out", buffer="room", string=True), ApiArg("unsigned", "room"),
    ]),
    ApiFunction("read_all", "int", [ApiArg("short *", "to", dir="out", buffer="room"), ApiArg("int", "room")]),
    ApiFunction("make", "struct part", [ApiArg("char", "c")]),
    ApiFunction("change", args=[ApiArg("struct part *", "p", dir="inout")]),
    ApiFunction("set", args=[ApiArg("double *", "x", dir="out")]),
])])  # fmt: skip


def test_all_that_a_real_function_answers_is_kept(tmp_path: Path) -> None:
    """Text, arrays, structs with padding, a struct that is changed, and errno are in the trace; any language judges them."""
    api, code = tmp_path / "real.h", tmp_path / "real.c"
    api.write_text(REAL_API)
    code.write_text(REAL_CODE)
    language = "r.title(1) r.title(0) r.fill(_) r.read_all(_) r.make(_) r.change(_) r.set()".replace(")", ") -> @real")
    with start_mocking(REAL_SPEC, [api], [code]) as mocking:
        mocking.init_lang(language)
        lib = mocking.lib
        lib.title(1)
        lib.title(0)
        lib.fill(mocking.new("char[16]"), 16)
        lib.read_all(mocking.new("short[4]"), 4)
        lib.make(b"c")
        lib.change(mocking.new("struct part", {"c": b"a", "x": 1, "name": "me"}))
        lib.set(mocking.new("double"))
        assert mocking.check_callouts()
        calls = mocking.get_trace()
        assert [call.answer for call in calls] == [
            "one", None, ("ab", 2), ([0, 1, 2, 3], 2), {"c": 99, "x": 0.0, "name": "it"},
            ({"c": 97, "x": 2.0, "name": "me"},), (0.5,),
        ]  # fmt: skip
        assert calls[3].errno == errno.EIO
        assert verify(language, calls)
        right = (
            'r.title(1) -> "one"  r.title(0) -> NULL  r.fill(_) -> {"ab", 2}  r.read_all(_, *errno = EIO) -> {[0, 1], 2}'
            ' r.make(_) -> {c: 99, x: 0.0, name: "it"}  r.change(_) -> {{x: 2.0}}  r.set() -> {0.5}'
        )
        assert mocking.verdict(right), mocking.verdict(right).report
        for said, other in (('"one"', '"two"'), ('"ab"', '"a"'), ("[0, 1]", "[0, 2]"), ("EIO", "EINTR"), ("c: 99", "c: 98"),
                            ('"it"', '"i"'), ("2.0", "2.5"), ("0.5", "0.25"), ("NULL", '"no"')):  # fmt: skip
            assert not mocking.verdict(right.replace(said, other)), other


def test_real_text_that_is_not_kept_whole_equals_none(tmp_path: Path) -> None:
    """Nobody takes the beginning of a long text in a buffer for all of it."""
    api, code = tmp_path / "real.h", tmp_path / "real.c"
    api.write_text(REAL_API)
    code.write_text(REAL_CODE.replace('strcpy(to, "ab")', "to[room - 1] = 0"))
    with start_mocking(REAL_SPEC, [api], [code]) as mocking:
        mocking.init_lang("r.fill(_) -> @real  r.fill(_) -> @real")
        for room in (1024, 2000):
            mocking.lib.fill(mocking.new(f"char[{room}]"), room)
        calls = mocking.get_trace()
        assert [call.answer for call in calls] == [("U" * 1023, 2), (WILDCARD, 2)]
        for kept in (1023, 1024):
            language = SEQ(*(EVENT("r", "fill", [WILDCARD], ("U" * size, 2)) for size in (1023, kept)))
            assert not mocking.verdict(language)
            assert not verify(language, calls)
        assert mocking.verdict("r.fill(1024) -> @real  r.fill(2000) -> {_, 2}")


def test_a_mocked_answer_is_no_real_one(plain: Mocking) -> None:
    """A language that says @real does not fit a call that an event answered."""
    plain.init_lang("stack.pop(1) -> 5")
    plain.lib.stack_pop(1)
    verdict = plain.verdict("stack.pop(1) -> @real")
    assert not verdict.ok
    assert "expected @real" in verdict.report


def test_what_cannot_be_said_beside_real(plain: Mocking) -> None:
    """The real function decides about errno and outs, and nobody can name its result beforehand."""
    with pytest.raises(LanguageError) as raised:
        plain.init_lang("s = stack.new() -> @real\nstack.push(s, 4, *errno = EINTR) -> @real\nstack.pop(s) -> 1")
    first, second = raised.value.faults
    assert first.message == "nobody knows before what the real function answers, so 's' cannot stand for it"
    assert second.message == "stack.push: the real function answers, so the event cannot answer *errno as well"


def test_an_event_without_real_function_is_refused(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """Every event that asks for a function that nobody defines is named when the language is set."""
    with (
        start_mocking(stack_spec(), [header], [built("calc.o")]) as mocking,
        pytest.raises(LanguageError) as raised,
    ):
        mocking.init_lang("stack.new() -> @real\nstack.push(1, 2) -> @real")
    assert [fault.path.split()[0] for fault in raised.value.faults] == ["language:1:1", "language:2:1"]
    assert raised.value.faults[0].message.startswith("there is no real function stack_new: no object of objs=")


def test_an_event_reaches_into_an_archive(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """The real function is linked although only an event asks for it."""
    with start_mocking(stack_spec(), [header], [built("calc.o"), built("libstack.a")]) as mocking:
        mocking.init_lang("stack.pop(1) -> @real")
        assert mocking.lib.stack_pop(1) == -1
        assert mocking.real.stack_new() == 7


@pytest.mark.parametrize("why", ["needs what is not there", "runs before main"])
def test_a_part_of_an_archive_that_is_not_linked(
    header: str, stack_spec: Callable[..., ApiSpec], tmp_path: Path, why: str
) -> None:
    """A mock often stands for what cannot be linked, or shall not run: the start works, an event says what to do."""
    body = {
        "needs what is not there": "int nowhere(void);\nint stack_pop(int stack) { return stack + nowhere(); }\n",
        "runs before main": "static int n;\n__attribute__((constructor)) static void first(void) { n = 5; }\n"
        "int stack_pop(int stack) { return stack + n; }\n",
    }[why]
    source = tmp_path / "part.c"
    source.write_text(body)
    subprocess.run(["gcc", "-g", "-c", source, "-o", tmp_path / "part.o"], check=True)
    subprocess.run(["ar", "qc", tmp_path / "libpart.a", tmp_path / "part.o"], check=True)
    objs = [tmp_path / "libpart.a"]
    with start_mocking(stack_spec(), [header], objs) as mocking:
        mocking.init_lang("stack.pop(1) -> 4")
        assert mocking.lib.stack_pop(1) == 4
        with pytest.raises(LanguageError) as raised:
            mocking.init_lang("stack.pop(1) -> @real")
    (fault,) = raised.value.faults
    assert fault.message.startswith("the real function stack_pop lies in an archive, in a part that was not linked")
    assert fault.hint is not None
    assert 'ldflags=["-Wl,-u,stack_pop"]' in fault.hint
    if why == "runs before main":
        with start_mocking(stack_spec(), [header], objs, ldflags=["-Wl,-u,stack_pop"]) as mocking:
            mocking.init_lang("stack.pop(1) -> @real")
            assert mocking.lib.stack_pop(1) == 6
    else:
        with pytest.raises(MissingSymbols, match="nowhere"):
            start_mocking(stack_spec(), [header], objs, ldflags=["-Wl,-u,stack_pop"])


# --- every call that the language does not allow ---------------------------------------------------------------------


def test_a_spy_works_without_a_language(spy: Mocking) -> None:
    """Before init_lang the SUT runs as it would without mocks, and the calls are recorded."""
    assert spy.lib.calculate() == 604
    assert [(call.function, call.answer, call.event) for call in spy.get_trace()] == [
        (function, REAL, None) for function in ("new", "push", "push", "pop", "pop")
    ]


def test_the_language_goes_before_the_real_function(spy: Mocking) -> None:
    """A call that the language allows now is answered by its event, all others by the real function."""
    spy.init_lang("stack.push(7, 4) stack.pop(7) -> 9")
    assert spy.lib.calculate() == 906
    assert [call.answer for call in spy.get_trace()] == [REAL, None, REAL, 9, REAL]
    assert spy.check_callouts()
    assert spy.verdict().report == "OK  2 calls, as the language says; the real function answered 3 more"


def test_the_check_skips_what_the_real_function_answered(spy: Mocking) -> None:
    """Reports compare the other calls; those of the real function are counted where they were made."""
    spy.init_lang("stack.push(7, 5) -> @real\nstack.pop(7) -> 9\nstack.new() -> 2\nstack.pop(7) -> 1")
    assert spy.lib.calculate() == 906
    verdict = spy.verdict()
    wrong, first, second = verdict.differences
    assert (wrong.call, wrong.event, first.event, second.event) == (1, 0, 2, 3)
    assert verdict.report.splitlines()[2:10] == [
        "      calls made                        language",
        "      ... 1 call answered by the real function",
        "   !  #2    stack.push(stack=7, val=4)    1 | stack.push(7, 5) -> @real   <- argument differs",
        "      ... 1 call answered by the real function",
        "      #4    stack.pop(stack=7)            2 | stack.pop(7) -> 9",
        "   -        (never called)                3 | stack.new() -> 2   <- missing",
        "   -        (never called)                4 | stack.pop(7) -> 1   <- missing",
        "      ... 1 call answered by the real function",
    ]


def test_a_moved_call_keeps_its_number(spy: Mocking) -> None:
    """What is told of a call counts all calls of the trace."""
    spy.init_lang("stack.push(7, 6) stack.push(7, 4)")
    spy.lib.calculate()
    verdict = spy.verdict()
    assert "calls #2 and #3 would be right in the other order" in verdict.report


def test_a_refused_call_is_shown_behind_real_ones(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """Where only some functions are spies, an unexpected call is told with what the real functions answered before."""
    spec = stack_spec(push={"fallback": "real"})
    with start_mocking(spec, [header], [built("calc.o"), built("stack.o")]) as mocking:
        mocking.init_lang("stack.new() -> 1 stack.pop(1) -> 1")
        with pytest.raises(UnexpectedCall) as raised:
            mocking.lib.calculate()
        lines = str(raised.value).splitlines()
        assert lines[0].startswith("unexpected call #5: stack.pop(stack=1)")
        assert "      #3    stack.push(stack=1, val=6)      | <- answered by the real function" in lines
        verdict = mocking.verdict()
        assert verdict.report.startswith("FAILED  unexpected call #5: stack.pop(stack=1)")
        assert [difference.call for difference in verdict.differences] == [4]


def test_matched_arguments_choose_between_event_and_real_function(header: str, built: Callable[[str], str]) -> None:
    """Where an argument is compared while the SUT runs, a call with another value is none of the event's."""
    push = ApiFunction("stack_push", args=[ApiArg("int", "stack"), ApiArg("int", "val", matched=True)])
    pop = ApiFunction("stack_pop", "int", [ApiArg("int", "stack")])
    spec = ApiSpec([ApiModule("stack", [push, pop], fallback="real")])
    with start_mocking(spec, [header], [built("calc.o"), built("stack.o")]) as mocking:
        mocking.init_lang("stack.stack_push(_, 6)")
        assert mocking.lib.calculate() == 399
        assert [call.answer for call in mocking.get_trace()] == [REAL, None, REAL, REAL]
        assert mocking.check_callouts()


def test_out_arguments_errno_and_structs_come_from_the_real_function(header: str, built: Callable[[str], str]) -> None:
    """All that a function answers is the real one's: what it writes, its errno, a struct by value; strings are seen."""
    with start_mocking(LOG, [header], [built("talk.o"), built("log.o")]) as mocking:
        room = mocking.new("char[8]")
        assert mocking.lib.describe(room, 8) == 4
        assert mocking.string(room) == "calc"
        assert [call.args for call in mocking.get_trace()] == [("calc",), (8,)]
        assert mocking.lib.halve() == 20
        mocking.lib.log_fill(room, 8)
        assert mocking.errno == errno.ENOSPC
        mocking.init_lang('log.log_init("calc") log.log_fill(8) -> {"abc", 3} log.log_span(_, 0.5) -> {from: 1, to: 2}')
        assert mocking.lib.describe(room, 8) == 3
        assert mocking.lib.halve() == 2
        assert mocking.check_callouts()


def test_libc_is_spied_on(header: str, built: Callable[[str], str], tmp_path: Path) -> None:
    """The real function may be one of libc; nothing else of the program meets the mock."""
    sut = tmp_path / "sut.c"
    sut.write_text(
        '#include "sut.h"\n#include <stdlib.h>\n'
        "int twice(int n) { int *p = malloc(8); p[1] = abs(n); n = 2 * p[1]; free(p); return n; }\n"
        "void leave(int s) { exit(s); }\n"
    )
    (tmp_path / "sut.h").write_text("int twice(int n);\nvoid leave(int s);\n")
    spec = ApiSpec([
        ApiModule("libc", [
            ApiFunction("abs", "int", [ApiArg("int", "n")]),
            ApiFunction("malloc", "void *", [ApiArg("size_t", "size")]),
            ApiFunction("free", args=[ApiArg("void *", "p")]),
            ApiFunction("exit", args=[ApiArg("int", "status")]),
        ], fallback="real"),
    ])  # fmt: skip
    with start_mocking(spec, ["stdlib.h", tmp_path / "sut.h"], [sut]) as mocking:
        assert mocking.lib.twice(-4) == 8
        assert [call.function for call in mocking.get_trace()] == ["malloc", "abs", "free"]
        mocking.init_lang("libc.abs(-4) -> 50")
        assert mocking.lib.twice(-4) == 100
        assert mocking.check_callouts()
        with pytest.raises(SutExited, match=r"exit\(3\)"):
            mocking.lib.leave(3)


def test_a_spy_in_a_static_constructor_works(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """Before main there is neither language nor trace; the real function answers."""
    with start_mocking(stack_spec(fallback="real"), [header], [built("early.o"), built("stack.o")]) as mocking:
        assert mocking.lib.built() == 5
        assert len(mocking.get_trace()) == 0


def test_a_crash_in_the_real_function_is_told(tmp_path: Path) -> None:
    """The calls before a crash say which of them the real function answered."""
    sut = tmp_path / "sut.c"
    sut.write_text('#include "sut.h"\nvoid run(void) { fine(1); worse(0); }\n')
    real = tmp_path / "real.c"
    real.write_text('#include "sut.h"\nvoid fine(int n) { (void)n; }\nvoid worse(int *p) { *p = 1; }\n')
    (tmp_path / "sut.h").write_text("void fine(int n);\nvoid worse(int *p);\nvoid run(void);\n")
    functions = [ApiFunction("fine", args=[ApiArg("int", "n")]), ApiFunction("worse", args=[ApiArg("int *", "p")])]
    spec = ApiSpec([ApiModule("m", functions, fallback="real")])
    with start_mocking(spec, [tmp_path / "sut.h"], [sut, real]) as mocking:
        with pytest.raises(SutCrashed) as raised:
            mocking.lib.run()
        assert "#1    m.fine(n=1)   -> @real" in str(raised.value)
        assert "in worse()" in str(raised.value).splitlines()[0]


# --- what is refused ------------------------------------------------------------------------------------------------


def test_spies_without_a_real_function_are_all_named(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """start_mocking names every spy that nobody defines, with the line of the spec that wants it."""
    with pytest.raises(MissingSymbols) as raised:
        start_mocking(stack_spec(fallback="real"), [header], [built("calc.o")])
    lines = str(raised.value).splitlines()
    assert lines[0] == "3 symbols are needed and defined nowhere"
    assert lines[1].startswith("  stack_new: needed at fallback='real' of stack.new (")
    assert lines[4].startswith("  help: give the object or library that defines it")


@pytest.mark.skipif(shutil.which("ld.gold") is None, reason="ld.gold is not here: apt-get install binutils-gold")
def test_spies_are_named_with_other_linkers(header: str, stack_spec: Callable[..., ApiSpec]) -> None:
    """A linker that does not miss them leaves it to us."""
    with pytest.raises(SpecError) as raised:
        start_mocking(stack_spec(fallback="real"), [header], cflags=["-fuse-ld=gold"])
    assert len(raised.value.faults) == 3
    assert "there is no real function stack_new: no object of objs=" in str(raised.value)


def test_a_variadic_function_is_not_called_through(header: str, built: Callable[[str], str]) -> None:
    """C cannot pass on arguments without names: a spy is refused when it starts, an event when it is set."""
    function = ApiFunction("log_format", "int", [ApiArg("const char *", "format")])
    with pytest.raises(SpecError, match="log_format is variadic, and C cannot pass on arguments without names"):
        start_mocking(ApiSpec([ApiModule("log", [function], fallback="real")]), [header], [built("log.o")])
    with (
        start_mocking(ApiSpec([ApiModule("log", [function])]), [header], [built("log.o")]) as mocking,
        pytest.raises(LanguageError, match="log_format is variadic, and C cannot pass on arguments without names"),
    ):
        mocking.init_lang("log.log_format(_) -> @real")


@pytest.mark.parametrize(
    ("spec", "path", "words"),
    [
        (
            ApiSpec([ApiModule("m", [ApiFunction("f", fallback="reel")])]),
            "modules[0].functions[0].fallback",
            "is 'reel'; allowed are 'real' and None\n  help: did you mean 'real'?",
        ),
        (ApiSpec([ApiModule("m", fallback=True)]), "modules[0].fallback", "is True; allowed are 'real' and None"),
        (
            ApiSpec([ApiModule("m", [ApiFunction("f", "int", silent="3", fallback="real")])]),
            "modules[0].functions[0].fallback",
            "the function is silent and answers every call itself",
        ),
    ],
    ids=["misspelt", "no text", "silent"],
)
def test_faulty_fallbacks(spec: ApiSpec, path: str, words: str) -> None:
    """Only 'real' is a fallback, and a silent function needs none."""
    with pytest.raises(SpecError) as raised:
        start_mocking(spec)
    (fault,) = raised.value.faults
    assert fault.path.startswith(f"{path} (")
    assert words in str(fault)
