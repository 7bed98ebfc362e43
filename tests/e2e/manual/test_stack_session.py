"""The manual's session on the stack, word for word: cases 1 to 18 and 53 to 67 of the acceptance list.

Each case runs twice: Python calls the mocks itself, and a small SUT in C calls them.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    EMPTY,
    EVENT,
    PERM,
    SEQ,
    WILDCARD,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    HeaderError,
    LanguageError,
    Mocking,
    UnexpectedCall,
    c_code,
    check_callouts,
    gen_headers,
    get_trace,
    init_lang,
    start_mocking,
    stop_mocking,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILES = Path(__file__).parent / "files"
STACK_H = Path(__file__).parents[3] / "examples" / "stack" / "stack.h"
S = 123456

API_SPEC = ApiSpec(
    modules=[
        ApiModule(
            "stack",
            functions=[
                ApiFunction("new", ret="Stack"),
                ApiFunction("push", args=[ApiArg("Stack", "s"), ApiArg("int", "val")]),
                ApiFunction("pop", ret="int", args=[ApiArg("Stack", "s")]),
            ],
        )
    ]
)
LANG = SEQ(
    EVENT("stack", "new", [], S),
    EVENT("stack", "push", [S, 4]),
    EVENT("stack", "push", [S, 6]),
    EVENT("stack", "pop", [S], 6),
)


@dataclass(frozen=True, slots=True)
class Session:
    """A running mocking and a way to use the stack: ``run(values, pops)`` pushes the values and pops once or not."""

    mocking: Mocking
    run: Callable[[list[int], int], int]
    source: Path | None

    def at(self, line: int) -> str:
        """Say how a message names a line of the SUT; Python calling a mock has none."""
        if self.source is None:
            return ""
        inside = self.source.is_relative_to(Path.cwd())
        return f" at {self.source.relative_to(Path.cwd()) if inside else self.source}:{line} in session()"


def _by_hand(mocking: Mocking) -> Session:
    lib = mocking.lib

    def run(values: list[int], pops: int) -> int:
        stack = lib.new()
        for value in values:
            assert lib.push(stack, value) is None
        return lib.pop(stack) if pops else 0

    return Session(mocking, run, None)


def _by_sut(mocking: Mocking) -> Session:
    return Session(mocking, lambda values, pops: mocking.lib.session(values, len(values), pops), FILES / "session.c")


@pytest.fixture(scope="module", params=["mocks alone", "a SUT"])
def started(request: pytest.FixtureRequest) -> Iterator[Session]:
    """Start the mocking without objects, or with the SUT in C."""
    flags = ["-I", str(STACK_H.parent)]
    if request.param == "mocks alone":
        with start_mocking(API_SPEC, ["stack.h"], [], cppflags=flags) as mocking:
            yield _by_hand(mocking)
    else:
        headers, objs = ["stack.h", FILES / "session.h"], [FILES / "session.c"]
        with start_mocking(API_SPEC, headers, objs, cppflags=flags) as mocking:
            yield _by_sut(mocking)


@pytest.fixture
def stack(started: Session) -> Session:
    """Give a fresh child with the manual's language set."""
    started.mocking.restart()
    init_lang(LANG, API_SPEC)
    return started


def first_line(error: BaseException) -> str:
    """Return the line of a message that says what happened."""
    return str(error).splitlines()[0]


# --- spec and start -------------------------------------------------------------------------------------------------


def test_case_1_and_2_and_3(started: Session) -> None:
    """Cases 1, 2, 3: the stubs build with the header's types, and mocks answer Python and the SUT alike."""
    started.mocking.restart()
    init_lang("stack.new() -> 7  stack.push(7, 1)  stack.pop(7) -> 5")
    assert started.run([1], 1) == 5
    assert check_callouts() is True


def test_case_4() -> None:
    """Case 4: everything but the spec has a default."""
    spec = ApiSpec([ApiModule("clock", [ApiFunction("ticks", "int")])])
    with start_mocking(spec) as mocking:
        init_lang("clock.ticks() -> 3")
        assert mocking.lib.ticks() == 3
        assert check_callouts() is True


def test_case_5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Case 5: the options reach the compile step: flags are used, commands are shown, the C is kept."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.h").write_text("typedef TICKS ticks_t;\n")
    spec = ApiSpec([ApiModule("clock", [ApiFunction("ticks", "ticks_t")])])
    with start_mocking(spec, ["t.h"], cppflags=["-DTICKS=short"], verbose=True, keep_files=True) as mocking:
        init_lang("clock.ticks() -> 3")
        assert mocking.lib.ticks() == 3
        with pytest.raises(LanguageError, match=r"40000 is outside -32768\.\.32767"):
            init_lang("clock.ticks() -> 40000")
    assert "-DTICKS=short" in capfd.readouterr().err
    assert "cmk_mock_ticks" in (tmp_path / "c_code.c").read_text()


def test_case_6() -> None:
    """Case 6: a type that no header declares is named, at its place in the spec, before anything is compiled."""
    with pytest.raises(HeaderError) as caught:
        start_mocking(API_SPEC, [], [])
    faults = caught.value.faults
    assert [fault.path.partition(" ")[0] for fault in faults] == [
        "modules[0].functions[0].ret",
        "modules[0].functions[1].args[0].type",
        "modules[0].functions[2].args[0].type",
    ]
    assert all("'Stack'" in fault.message for fault in faults)


# --- the four runs --------------------------------------------------------------------------------------------------


def test_run_1_complete(stack: Session) -> None:
    """Cases 7, 8, 16: new, push 4, push 6, pop give S, nothing, nothing, 6, and the check says True."""
    assert stack.run([4, 6], 1) == 6
    assert [call.answer for call in get_trace()] == [S, None, None, 6]
    assert check_callouts() is True


def test_run_2_pop_missing(stack: Session) -> None:
    """Cases 9, 10: without the pop all calls succeed, and the check says that pop was expected."""
    assert stack.run([4, 6], 1) == 6
    init_lang(LANG)
    assert stack.run([4, 6], 0) == 0
    with pytest.raises(CalloutsFailed) as caught:
        check_callouts()
    assert first_line(caught.value) == f"FAILED  1 expected call was never made: stack.pop({S}) -> 6"


def test_run_3_pop_out_of_order(stack: Session) -> None:
    """Cases 11, 12: pop after new fails at once and names itself; after init_lang the next run works."""
    with pytest.raises(UnexpectedCall) as caught:
        stack.run([], 1)
    assert first_line(caught.value) == f"unexpected call #2: stack.pop(s={S}){stack.at(12)}"
    with pytest.raises(CalloutsFailed) as failed:
        check_callouts()
    assert first_line(failed.value) == f"FAILED  unexpected call #2: stack.pop(s={S}){stack.at(12)}"
    init_lang(LANG)
    assert stack.run([4, 6], 1) == 6
    assert check_callouts() is True


def test_run_4_wrong_values(stack: Session) -> None:
    """Cases 13, 14: push 7 and push -3 succeed, pop answers 6, and the check names both wrong arguments."""
    assert stack.run([7, -3], 1) == 6
    with pytest.raises(CalloutsFailed) as caught:
        check_callouts()
    assert first_line(caught.value) == "FAILED  2 calls were made with the wrong arguments"
    said = [
        (wrong.call, argument.name, argument.expected, argument.actual)
        for wrong in caught.value.verdict.differences
        for argument in wrong.arguments
    ]
    assert said == [(1, "val", 4, 7), (2, "val", 6, -3)]


def test_case_15(stack: Session) -> None:
    """Case 15: a fifth call stops at once, and the four before it are in the trace."""
    assert stack.run([4, 6], 1) == 6
    with pytest.raises(UnexpectedCall, match=r"^unexpected call #5: stack.new\(\)"):
        stack.run([], 0)
    assert len(get_trace()) == 5


def test_case_17(stack: Session) -> None:
    """Case 17: a check before any call fails, and names the first call that was expected."""
    with pytest.raises(CalloutsFailed, match=r"stack\.new\(\)"):
        check_callouts()


def test_case_18(stack: Session) -> None:
    """Case 18: a language that may stop at once is met by no call at all."""
    init_lang(SEQ(EMPTY, SEQ()))
    assert check_callouts() is True


# --- init_lang ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "message"),
    [
        pytest.param("stak.new() -> 1", "there is no module 'stak' in the spec", id="module"),
        pytest.param("stack.peek(1) -> 1", "module 'stack' has no function 'peek'", id="function"),
    ],
)
def test_case_53(stack: Session, language: str, message: str) -> None:
    """Case 53: an unknown module or function is refused by name."""
    with pytest.raises(LanguageError) as caught:
        init_lang(language)
    assert [fault.message for fault in caught.value.faults] == [message]


def test_case_54(stack: Session) -> None:
    """Case 54: a wrong number of arguments is refused; the parameters are named."""
    with pytest.raises(LanguageError) as caught:
        init_lang(f"stack.push({S})")
    (fault,) = caught.value.faults
    assert fault.message == "stack.push takes 2 arguments (s, val), but the event lists 1"


def test_case_55(root: Path) -> None:
    """Case 55: init_lang before start_mocking is an error that says what to call first."""
    program = (
        "from cmock_py import NoMocking, init_lang\ntry:\n    init_lang('f()')\nexcept NoMocking as e:\n    print(e)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True)
    assert ran.stdout == "no mocking is running; call start_mocking(spec, headers, objs) first\n"


def test_case_56(stack: Session) -> None:
    """Case 56: a second init_lang empties the trace and forgets the language before it."""
    stack.run([4], 0)
    init_lang("stack.new() -> 9")
    assert len(get_trace()) == 0
    assert stack.run([], 0) == 0
    assert [call.answer for call in get_trace()] == [9]
    assert check_callouts() is True


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("PERM[stack.pop(1) -> 1, stack.pop(2) -> 2]", id="text"),
        pytest.param(PERM(EVENT("stack", "pop", [1], 1), EVENT("stack", "pop", [2], 2)), id="terms"),
    ],
)
def test_case_57(stack: Session, language: object) -> None:
    """Case 57: PERM runs in C, where the original fails, and arguments decide which event answers."""
    init_lang(language)
    assert [stack.mocking.lib.pop(2), stack.mocking.lib.pop(1)] == [2, 1]
    assert check_callouts() is True


def test_bad_input_leaves_the_language(stack: Session) -> None:
    """A language that is refused changes nothing: calls before and after it are judged by the one that runs."""
    assert stack.run([4, 6], 0) == 0
    for wrong in ("stack.pop(", "stack.pop()", "stack.nil()"):
        with pytest.raises(LanguageError):
            init_lang(wrong)
    assert len(get_trace()) == 3
    stack.mocking.lib.pop(S)
    assert check_callouts() is True


# --- check_callouts -------------------------------------------------------------------------------------------------


def test_case_58(stack: Session) -> None:
    """Case 58: the check is true only when all arguments fit and nothing is missing."""
    stack.run([4, 6], 1)
    assert check_callouts() is True
    init_lang(LANG)
    stack.run([4, 5], 1)
    assert not verdict()
    init_lang(LANG)
    stack.run([4], 0)
    assert not verdict()


def test_case_59(stack: Session) -> None:
    """Case 59: asking twice gives the same answer, word for word, and resets nothing."""
    stack.run([7, -3], 1)
    reports = []
    for _ in range(2):
        with pytest.raises(CalloutsFailed) as caught:
            check_callouts()
        reports.append(str(caught.value))
    assert reports[0] == reports[1]
    assert len(get_trace()) == 4


def test_case_60(stack: Session) -> None:
    """Case 60: the language given to the check may be another than the one that ran, and does not replace it."""
    stack.run([7, -3], 1)
    other = SEQ(
        EVENT("stack", "new", [], S),
        EVENT("stack", "push", [WILDCARD, 7]),
        EVENT("stack", "push", [S, WILDCARD]),
        EVENT("stack", "pop", [S], 6),
    )
    assert check_callouts(other) is True
    assert check_callouts("stack.new() -> 123456  stack.push(_, _)  stack.push(_, -3)  stack.pop(_) -> 6") is True
    assert not verdict()


def test_case_60_with_another_answer(stack: Session) -> None:
    """Case 60: a check against a language that answers otherwise fails, because the SUT saw another answer."""
    stack.run([4, 6], 1)
    with pytest.raises(CalloutsFailed, match="7"):
        check_callouts("stack.new() -> 123456  stack.push(_, 4)  stack.push(_, 6)  stack.pop(_) -> 7")


# --- generators and stop --------------------------------------------------------------------------------------------


def test_case_61(tmp_path: Path) -> None:
    """Case 61: the generated header has one prototype per function, and compiles behind the header of the types."""
    text = gen_headers(API_SPEC, ["stack.h"])
    prototypes = ["Stack new(void);", "void push(Stack s, int val);", "int pop(Stack s);"]
    assert [line for line in text.splitlines() if line in prototypes] == prototypes
    (tmp_path / "api.h").write_text(text)
    (tmp_path / "user.c").write_text('#include "api.h"\nint user(void);\nint user(void) { return pop(new()); }\n')
    strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "user.c", "-o", "user.o"]
    subprocess.run(["gcc", "-I", STACK_H.parent, *strict], cwd=tmp_path, check=True)


def test_case_62(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 62: no headers are the default of c_code, and given ones are included by the text."""
    spec = ApiSpec([ApiModule("clock", [ApiFunction("ticks", "int")])])
    assert c_code(spec) == c_code(spec, headers=())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.h").write_text("typedef int ticks_t;\n")
    timed = ApiSpec([ApiModule("clock", [ApiFunction("ticks", "ticks_t")])])
    assert '#include "t.h"' in c_code(timed, headers=["t.h"]).splitlines()


def test_case_67() -> None:
    """Case 67: stop_mocking ends cleanly, and a mocking can be started again afterwards."""
    for answer in (1, 2):
        mocking = start_mocking(API_SPEC, [STACK_H])
        init_lang(f"stack.new() -> {answer}")
        assert mocking.lib.new() == answer
        stop_mocking()
        assert not mocking.running
