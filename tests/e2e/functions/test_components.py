"""Objects that are tested together call each other for real, while others meet the mocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, LanguageError, SpecError, UsageError, start_mocking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALL = "stack.new() -> 1 stack.push(1, 4) stack.push(1, 6) stack.pop(1) -> 8 stack.pop(1) -> 9"


@pytest.mark.parametrize("form", ["objects", "archive", "sources"])
def test_calls_between_components_are_real_and_unrecorded(
    header: str,
    built: Callable[[str], str],
    source: Callable[[str], str],
    stack_spec: Callable[..., ApiSpec],
    form: str,
) -> None:
    """Case 65: calls between components are not treated as callouts; other objects still meet the mock."""
    stack = {"objects": built("stack.o"), "archive": built("libstack.a"), "sources": source("stack.c")}[form]
    find = source if form == "sources" else built
    calc, again = (find(f"{name}.{'c' if form == 'sources' else 'o'}") for name in ("calc", "again"))
    names = ["libstack" if form == "archive" else "stack", "calc"]
    with start_mocking(stack_spec(), [header], [calc, again, stack], components=names) as mocking:
        assert mocking.lib.calculate() == 604
        assert len(mocking.get_trace()) == 0
        mocking.init_lang(ALL)
        assert mocking.lib.calculate_again() == 809
        assert mocking.lib.calculate() == 604
        assert mocking.check_callouts()


def test_a_component_alone_changes_nothing_for_others(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """Where the caller is no component, the mock answers, though the callee is one."""
    objs = [built("calc.o"), built("stack.o")]
    with start_mocking(stack_spec(), [header], objs, components=["stack.o"]) as mocking:
        mocking.init_lang(ALL)
        assert mocking.lib.calculate() == 809
        assert mocking.check_callouts()


def test_a_function_that_a_component_serves_is_real_for_all(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """`classify` names the component; with it every call is real, without it the function is mocked."""
    objs = [built("calc.o"), built("stack.o")]
    spec = stack_spec(push={"classify": "stack"})
    with start_mocking(spec, [header], objs, components=["stack"]) as mocking:
        mocking.init_lang("stack.new() -> 1 stack.pop(1) -> 8 stack.pop(1) -> 9")
        assert mocking.lib.calculate() == 809
        assert mocking.check_callouts()
        mocking.lib.stack_push(1, 50)
        assert mocking.real.stack_pop(1) == 50
        assert mocking.real.stack_pop(1) == 6
        with pytest.raises(LanguageError) as raised:
            mocking.init_lang("stack.push(1, 4)\npush(1, 6)")
    assert [fault.path.split()[0] for fault in raised.value.faults] == ["language:1:1", "language:2:1"]
    assert "the component 'stack' serves stack.push: its calls are real and not seen" in str(raised.value)
    with start_mocking(spec, [header], objs) as mocking:
        mocking.init_lang(ALL)
        assert mocking.lib.calculate() == 809


def test_a_component_may_call_itself(header: str, tmp_path: Path, stack_spec: Callable[..., ApiSpec]) -> None:
    """What would bypass a mock in any other object is what a component is for; its static functions are its own, too."""
    whole = tmp_path / "whole.c"
    whole.write_text(
        '#include "store.h"\nint stack_new(void) { return 1; }\nvoid stack_push(int s, int v) { (void)s; (void)v; }\n'
        "static int stack_pop(int s) { return s; }\n"
        "int calculate(void) { int s = stack_new(); stack_push(s, 2); return stack_pop(s); }\n"
    )
    header_file = tmp_path / "own.h"
    header_file.write_text("int calculate(void);\n")
    text = whole.read_text().replace('#include "store.h"', '#include "own.h"')
    whole.write_text(text)
    with start_mocking(stack_spec(), [header_file], [whole], components=["whole"]) as mocking:
        assert mocking.lib.calculate() == 1


def test_wrong_names_are_told_at_once(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec], tmp_path: Path
) -> None:
    """A name that means no object, or two, is an error with the nearest one."""
    twin = tmp_path / "stack.c"
    twin.write_text("int twin;\n")
    objs = [built("calc.o"), built("stack.o"), twin]
    with pytest.raises(UsageError) as raised:
        start_mocking(stack_spec(), [header], objs, components=["calcs.o", "zebra", "stack", "calc"])
    first, second, third = (line for line in str(raised.value).splitlines() if line.startswith("components["))
    assert first == "components[0]: 'calcs.o' is no object of objs="
    assert "did you mean 'calc.o'?" in str(raised.value)
    assert second.startswith("components[1]: 'zebra' is no object of objs=")
    assert third.startswith("components[2]: 'stack' may be")


def test_a_component_must_define_what_it_serves(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """All functions that are said to be served and are not are named."""
    objs = [built("calc.o"), built("stack.o")]
    with pytest.raises(SpecError) as raised:
        start_mocking(stack_spec(classify="calc"), [header], objs, components=["calc"])
    assert len(raised.value.faults) == 3
    assert "is 'calc', but that component does not define stack_new" in str(raised.value)


def test_classify_is_text() -> None:
    """What names no component is a fault of the spec."""
    spec = ApiSpec([ApiModule("m", [ApiFunction("f", args=[ApiArg("int", "a")], classify="")])])
    with pytest.raises(SpecError, match="is empty; wanted is the name of a component"):
        start_mocking(spec)
