"""Answers that cannot be given, traces that are full, and mocked functions that never return."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    EVENT,
    SEQ,
    AnswerTooLong,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    ChildStopped,
    Mocking,
    NullOut,
    SutExited,
    TraceFull,
    UnexpectedCall,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def started(device: ApiSpec, here: Path) -> Iterator[Mocking]:
    """The mortal SUT with a trace of ten calls."""
    with start_mocking(device, headers=[here / "deaths.h"], objs=[here / "deaths.c"], max_calls=10) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """The mortal SUT in a fresh child."""
    started.restart()
    return started


def test_full_trace(mocking: Mocking) -> None:
    """The call after the last that the trace holds raises TraceFull; those before it are kept."""
    mocking.init_lang(SEQ([EVENT("dev", "dev_tick", [], 1)] * 20))
    assert mocking.lib.tick_often(10) == 1
    with pytest.raises(TraceFull, match="full after 10 calls"):
        mocking.lib.tick_once()
    assert len(mocking.get_trace()) == 10
    with pytest.raises(ChildStopped, match="full"):
        mocking.lib.count()
    with pytest.raises(CalloutsFailed, match="full"):
        mocking.check_callouts()
    mocking.init_lang(SEQ([EVENT("dev", "dev_tick", [], 2)] * 10))
    assert mocking.lib.tick_often(10) == 2
    assert mocking.check_callouts()


def test_answer_that_fits(mocking: Mocking) -> None:
    """An answer as long as the buffer is written, a shorter one too."""
    mocking.init_lang('dev.dev_fill(4) -> {"abcd", 4}  dev.dev_fill(4) -> {"ab", 2}')
    assert mocking.lib.fill(4) == 4 + ord("a")
    assert mocking.lib.fill(4) == 2 + ord("a")
    assert mocking.check_callouts()


def test_answer_too_long_writes_nothing(mocking: Mocking) -> None:
    """An answer longer than the buffer is refused with both lengths, and no byte of it is written."""
    mocking.init_lang(SEQ(EVENT("dev", "dev_twice", [4], (7, b"abcde", 0))))
    first, to = mocking.new("int", -1), mocking.new("char[8]", b"........")
    with pytest.raises(AnswerTooLong, match=r"5 elements.*4") as raised:
        mocking.lib.fill_twice(first, to, 4)
    assert (raised.value.stop.argument, raised.value.stop.answered, raised.value.stop.capacity) == ("to", 5, 4)
    assert mocking.bytes(to, 8) == b"........"
    with pytest.raises(CalloutsFailed, match="5 elements"):
        mocking.check_callouts()


def test_answer_for_null(mocking: Mocking) -> None:
    """NULL where the answer has a value is reported with the argument, not written to."""
    mocking.init_lang(SEQ(EVENT("dev", "dev_fill", [4], (b"ab", 2))))
    with pytest.raises(NullOut, match="NULL for out argument to") as raised:
        mocking.lib.fill_null()
    assert raised.value.stop.argument == "to"
    assert raised.value.stop.frames[0].function == "fill_null"


def test_untouched_null(mocking: Mocking) -> None:
    """NULL is right where the answer leaves the argument alone."""
    mocking.init_lang("dev.dev_fill(4) -> {_, 2}")
    assert mocking.lib.fill_null() == 2
    assert mocking.check_callouts()


@pytest.fixture(scope="module")
def ending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """A SUT whose exit and abort are mocked."""
    folder = tmp_path_factory.mktemp("ending")
    (folder / "end.h").write_text("int finish(int status);\nint give_up(void);\n", encoding="utf-8")
    (folder / "end.c").write_text(
        '#include <stdlib.h>\n#include "end.h"\n'
        "int finish(int status)\n{\n    exit(status);\n}\n"
        "int give_up(void)\n{\n    abort();\n}\n",
        encoding="utf-8",
    )
    functions = [ApiFunction("exit", args=[ApiArg("int", "status")]), ApiFunction("abort")]
    spec = ApiSpec(modules=[ApiModule("os", functions=functions)])
    with start_mocking(spec, headers=["stdlib.h", folder / "end.h"], objs=[folder / "end.c"]) as mocking:
        yield mocking


def test_mocked_exit(ending: Mocking) -> None:
    """A mocked exit that comes in order ends the call by SutExited; the check judges its argument."""
    ending.restart()
    ending.init_lang("os.exit(3)")
    with pytest.raises(SutExited, match="exit was called in the order that the language expects"):
        ending.lib.finish(3)
    assert ending.check_callouts()
    ending.init_lang("os.exit(4)")
    with pytest.raises(SutExited, match=r"check_callouts\(\) then judges the arguments"):
        ending.lib.finish(3)
    with pytest.raises(CalloutsFailed, match="4"):
        ending.check_callouts()
    ending.init_lang("os.abort()")
    with pytest.raises(SutExited, match="abort was called in the order that the language expects"):
        ending.lib.give_up()
    assert ending.check_callouts()


def test_mocked_exit_with_another_status(ending: Mocking) -> None:
    """The arguments of a mocked exit are compared by the check."""
    ending.restart()
    ending.init_lang("os.exit(3)")
    with pytest.raises(SutExited):
        ending.lib.finish(4)
    with pytest.raises(CalloutsFailed, match="exit"):
        ending.check_callouts()


def test_mocked_exit_that_is_not_expected(ending: Mocking) -> None:
    """A mocked exit that the language does not allow is an unexpected call."""
    ending.restart()
    ending.init_lang(SEQ())
    with pytest.raises(UnexpectedCall, match=r"os\.exit") as raised:
        ending.lib.finish(4)
    assert raised.value.stop.frames[0].function == "finish"
