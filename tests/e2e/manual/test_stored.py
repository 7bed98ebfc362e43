"""Arguments that events see as something else: cases 29 to 34 of the acceptance list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    SpecError,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from cmock_py import Mocking


def refused(**fields: Any) -> tuple[str, str]:
    """Return path and text of the one fault of an argument."""
    spec = ApiSpec([ApiModule("m", [ApiFunction("f", args=[ApiArg("ComplexType *", "arg", **fields)])])])
    with pytest.raises(SpecError) as caught:
        start_mocking(spec)
    (fault,) = caught.value.faults
    return fault.path.split(" (")[0], f"{fault.message}; {fault.hint}"


def test_case_29(gauges: Mocking) -> None:
    """Case 29: the event sees the int that the snippet took out of the struct."""
    init_lang("gauges.f(23)")
    gauges.lib.call_f(23, 1, 2.0)
    assert check_callouts() is True
    assert get_trace()[0].args == (23,)


def test_case_30(gauges: Mocking) -> None:
    """Case 30: another value in the field lets the call through and fails the check."""
    init_lang("gauges.f(23)")
    gauges.lib.call_f(24, 1, 2.0)
    with pytest.raises(CalloutsFailed, match=r"arg=24 instead of 23 in gauges.f"):
        check_callouts()


@pytest.mark.parametrize(("field2", "other"), [(0, 0.0), (-7, 1e300)])
def test_case_31(gauges: Mocking, field2: int, other: float) -> None:
    """Case 31: what the snippet does not look at makes no difference."""
    init_lang("gauges.f(23)")
    gauges.lib.call_f(23, field2, other)
    assert check_callouts() is True


def test_case_32(gauges: Mocking) -> None:
    """Case 32: a snippet sees all actual arguments by name, hidden ones too."""
    init_lang("gauges.weigh(-12)")
    gauges.lib.call_weigh(4, -3)
    assert check_callouts() is True


def test_case_33() -> None:
    """Case 33: stored_type without anything that makes the value is refused, and told how."""
    assert refused(stored_type="int") == (
        "modules[0].functions[0].args[0].stored_type",
        "is 'int', and no code makes such a value; write view='arg->...', or code",
    )


@pytest.mark.parametrize("n", [0, 5])
def test_case_34(gauges: Mocking, n: int) -> None:
    """Case 34: an argument stored as void is absent from the event, whatever it is."""
    init_lang(f"gauges.hide({n})")
    gauges.lib.call_hide(n)
    assert check_callouts() is True
    init_lang("gauges.hide(n: 3)")
    gauges.lib.hide(None, 3)
    assert check_callouts() is True
    assert get_trace()[0].args == (3,)


def test_case_34_hidden_with_code() -> None:
    """Case 34: a snippet for what is hidden is refused."""
    path, words = refused(stored_type="void", code="_stored_->arg = 1;")
    assert path == "modules[0].functions[0].args[0].code"
    assert words.startswith("is '_stored_->arg = 1;', but stored_type='void' hides the argument")
