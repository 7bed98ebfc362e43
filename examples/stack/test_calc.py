"""Tests of the calculator, with its stack mocked."""

import pytest

from cmock_py import EVENT, SEQ, CalloutsFailed, UnexpectedCall, check_callouts, init_lang
from cmock_py.pytest_plugin import mocking_fixture

mocking = mocking_fixture("spec.py", headers=["stack.h", "calc.h"], objs=["calc.c"])


def test_adds(mocking):
    """The sum of two numbers goes through the stack."""
    init_lang("""
        s = stack.new()
        stack.push(s, 4)
        stack.push(s, 6)
        stack.pop(s) -> 6
        stack.pop(s) -> 4
        stack.push(s, 10)
        stack.pop(s) -> 10
    """)
    assert mocking.lib.calculate("4 6 +") == 10
    check_callouts()


def test_trusts_the_stack(mocking):
    """What the stack answers is what the calculator works with; the same language as Python terms."""
    init_lang(
        SEQ(
            EVENT("stack", "new", [], 7),
            EVENT("stack", "push", [7, 1]),
            EVENT("stack", "pop", [7], 99),
        )
    )
    assert mocking.lib.calculate("1") == 99
    check_callouts()


def test_rejects_an_unknown_sign(mocking):
    """A sign that is no operator ends the calculation at once."""
    init_lang("s = stack.new()  stack.push(s, 2)")
    assert mocking.lib.calculate("2 ?") == -1
    check_callouts()


def test_one_pop_too_many(mocking):
    """A missing operand is a pop that nobody expects; it stops the calculator right there."""
    init_lang("s = stack.new()  stack.push(s, 5)  stack.pop(s) -> 5")
    with pytest.raises(UnexpectedCall, match=r"unexpected call #4: stack.pop"):
        mocking.lib.calculate("5 +")


@pytest.mark.xfail(raises=CalloutsFailed, reason="meant to fail: its report is in README.md", strict=True)
def test_meant_to_fail(mocking):
    """The language says 7 where the expression says 6; the README shows the report."""
    init_lang("""
        s = stack.new()
        stack.push(s, 4)
        stack.push(s, 7)
        stack.pop(s) -> 6
        stack.pop(s) -> 4
        stack.push(s, 10)
        stack.pop(s) -> 10
    """)
    mocking.lib.calculate("4 6 +")
    check_callouts()
