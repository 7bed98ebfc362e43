"""spec.merge: several modules of one name become one, and what does not agree is told with both places."""

from __future__ import annotations

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, SpecError, merge_spec_modules
from cmock_py.spec.check import check

NEW = ApiFunction("new", "int")
PUSH = ApiFunction("push", args=[ApiArg("int", "s"), ApiArg("int", "val")])


def test_functions_are_joined_in_order() -> None:
    """Case 63: two specs of one module with different functions become their union."""
    (merged,) = merge_spec_modules([ApiModule("stack", [NEW]), ApiModule("stack", [PUSH])])
    assert merged == ApiModule("stack", [NEW, PUSH])


def test_what_is_said_twice_alike_is_kept_once() -> None:
    """Duplicates that are equal are fine, wherever they are written."""
    again = ApiFunction("push", args=[ApiArg("int", "s"), ApiArg("int", "val")])
    (merged,) = merge_spec_modules([ApiModule("stack", [PUSH, NEW]), ApiModule("stack", [again])])
    assert merged.functions == (PUSH, NEW)
    assert merged.functions[0].origin == PUSH.origin


def test_modules_of_other_names_stay_apart() -> None:
    """Names are merged one by one, in the order in which they are met."""
    merged = merge_spec_modules([ApiModule("b", [NEW]), ApiModule("a"), ApiModule("b", [PUSH])])
    assert merged == (ApiModule("b", [NEW, PUSH]), ApiModule("a"))
    assert merge_spec_modules(iter(())) == ()


def test_specs_are_merged_to_a_spec() -> None:
    """Whole specs become one, whose modules are merged by name; the result is a spec as any other."""
    one, other = ApiSpec([ApiModule("stack", [NEW])]), ApiSpec([ApiModule("log"), ApiModule("stack", [PUSH])])
    merged = merge_spec_modules([one, other])
    assert merged == ApiSpec([ApiModule("stack", [NEW, PUSH]), ApiModule("log")])
    assert merged.origin == one.origin
    check(merged)


def test_conflicts_show_both_places_and_what_differs() -> None:
    """Case 64: conflicting definitions of one function are an error, and all such functions are told at once."""
    longer = ApiFunction("new", "long", symbol="stack_new")
    other = ApiFunction("push", args=[ApiArg("int", "s"), ApiArg("long", "val", matched=True)])
    fewer = ApiFunction("pop", "int")
    pop = ApiFunction("pop", "int", [ApiArg("int", "s")])
    with pytest.raises(SpecError) as raised:
        merge_spec_modules([ApiModule("stack", [NEW, PUSH, pop]), ApiModule("stack", [longer, other, fewer])])
    first, second, third = raised.value.faults
    assert first.path == f"stack.new ({longer.origin})"
    assert first.message == (
        f"is defined otherwise than in {NEW.origin}; first there, then here:\n  ret: 'int', 'long'\n"
        "  symbol: None, 'stack_new'"
    )
    assert second.message.splitlines()[1:] == ["  args[1].type: 'int', 'long'", "  args[1].matched: False, True"]
    assert third.message.splitlines()[1].startswith("  args: (ApiArg(type='int', name='s'")
    assert {fault.hint for fault in raised.value.faults} == {"make both the same, or remove one"}


def test_fallbacks_of_modules_must_agree() -> None:
    """What holds for a whole module cannot differ between its parts."""
    with pytest.raises(SpecError, match=r"stack \(.*\n  fallback: 'real', None"):
        merge_spec_modules([ApiModule("stack", [NEW], fallback="real"), ApiModule("stack", [PUSH])])


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (
            [ApiModule("m"), ApiSpec()],
            "modules[1]: is of type ApiSpec; wanted are ApiModules, or ApiSpecs, and not both",
        ),
        ([ApiFunction("f")], "modules[0]: is of type ApiFunction"),
        ([ApiSpec(None)], "modules[0]: is of type NoneType"),  # type: ignore[arg-type]
        ([ApiModule(3)], "is no module of a name"),  # type: ignore[arg-type]
        ([ApiModule("m", 3)], "is no module of a name with functions of a name"),  # type: ignore[arg-type]
        ([ApiModule("m", [ApiFunction(None)])], "is no module of a name"),  # type: ignore[arg-type]
    ],
    ids=["mixed", "function", "no modules", "no name", "no functions", "no name of a function"],
)
def test_nonsense_is_named(parts: list[object], words: str) -> None:
    """What cannot be merged is a fault with its place, never a traceback."""
    with pytest.raises(SpecError) as raised:
        merge_spec_modules(parts)  # type: ignore[call-overload]
    assert words in str(raised.value)


def test_nonsense_inside_is_left_to_the_check() -> None:
    """A function with nonsense for arguments differs from another one, and is shown."""
    odd = ApiFunction("new", "int", 3)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match=r"args: \(\), 3"):
        merge_spec_modules([ApiModule("m", [NEW]), ApiModule("m", [odd])])
