"""Arguments that C does not have: cases 41 to 45 of the acceptance list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    AnswerTooLong,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    SpecError,
    check_callouts,
    gen_headers,
    get_trace,
    init_lang,
    load_spec,
    start_mocking,
)

if TYPE_CHECKING:
    from cmock_py import Mocking

FILES = Path(__file__).parent / "files"


def test_case_41(gauges: Mocking) -> None:
    """Case 41: one parameter in C is two arguments of the event, 23 and 42; 43 fails the check."""
    init_lang("gauges.g(23, 42)")
    gauges.lib.call_g(23, 42)
    assert check_callouts() is True
    init_lang("gauges.g(23, 43)")
    gauges.lib.call_g(23, 42)
    with pytest.raises(CalloutsFailed, match=r"arg2=42 instead of 43 in gauges.g"):
        check_callouts()


def test_case_42() -> None:
    """Case 42: the generated header has the parameters of C and no phantom."""
    text = gen_headers(load_spec(FILES / "gauges.py"))
    assert "void g(ComplexType *arg);" in text
    assert "bool get_last_speeds2(SpeedsType *speeds);" in text
    assert "the_speeds" not in text


@pytest.mark.parametrize("answer", ["{[42, 44, 47, 49], true}", "{[42, 44, 47], true}", "{[], true}"])
def test_case_43(gauges: Mocking, answer: str) -> None:
    """Case 43: the manual's memcpy fills what speeds->speeds points to; a short answer is padded with zeros."""
    init_lang(f"gauges.get_last_speeds2(4) -> {answer}")
    assert gauges.lib.sum_of_speeds2(4) == sum(get_trace()[0].answer[0])
    assert check_callouts() is True
    assert get_trace()[0].args == (4,)


def test_case_43_in_declarations(gauges: Mocking) -> None:
    """Case 43: view= and fill= do the same without a line of C, and a short answer can say so."""
    init_lang("gauges.get_last_speeds3(4) -> {[42, 44, 47], 3, true}")
    assert gauges.lib.sum_of_speeds3(4) == 300 + 42 + 44 + 47
    assert check_callouts() is True
    assert get_trace()[0].answer == ([42, 44, 47], 3, True)


@pytest.mark.parametrize("number", [2, 3])
def test_case_43_too_long(gauges: Mocking, number: int) -> None:
    """Case 43: an answer that is longer than speeds->n says stops the call before the snippet runs."""
    init_lang(f"gauges.get_last_speeds{number}(2) -> {{[1, 2, 3], {'3, ' if number == 3 else ''}true}}")
    with pytest.raises(AnswerTooLong, match=r"3 elements for out argument the_speeds.* takes 2") as caught:
        gauges.lib[f"sum_of_speeds{number}"](2)
    stop = caught.value.stop
    assert (stop.argument, stop.answered, stop.capacity) == ("the_speeds", 3, 2)


def test_case_43_untouched(gauges: Mocking) -> None:
    """Case 43: a phantom answered with _ is not written, and its snippet does not run."""
    init_lang("gauges.get_last_speeds2(4) -> {_, true}  gauges.get_last_speeds3(4) -> {_, 7, true}")
    assert gauges.lib.sum_of_speeds2(4) == 0
    assert gauges.lib.sum_of_speeds3(4) == 700
    assert check_callouts() is True


def test_case_44(gauges: Mocking) -> None:
    """Case 44: of one object the in part is read before the out part is written."""
    init_lang("gauges.swap(5) -> {8, 3}")
    assert gauges.lib.swapped(5) == 803
    assert check_callouts() is True
    assert (get_trace()[0].args, get_trace()[0].answer) == ((5,), (8, 3))


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        pytest.param({}, "write view='extra->...', or code", id="in"),
        pytest.param({"dir": "out"}, "write fill='...', or code", id="out"),
    ],
)
def test_case_45(fields: dict[str, Any], hint: str) -> None:
    """Case 45: a phantom that no code makes is refused."""
    args = [ApiArg("int", "n"), ApiArg("int", "extra", phantom=True, **fields)]
    with pytest.raises(SpecError) as caught:
        start_mocking(ApiSpec([ApiModule("m", [ApiFunction("f", args=args)])]))
    (fault,) = caught.value.faults
    assert fault.path.startswith("modules[0].functions[0].args[1].phantom")
    assert fault.message == "is True: C has no such argument, and no code makes its value"
    assert fault.hint == hint
