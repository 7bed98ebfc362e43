"""Events by the names of a spec: equal to those of the text, and refused in their own line."""

from __future__ import annotations

import copy
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.errors import ArgumentError, ArgumentTypeError
from cmock_py.lang.arguments import BIND, EACH, GT, NAMED, OUT, REST, VAR
from cmock_py.lang.nodes import WILDCARD
from cmock_py.lang.parse import parse
from cmock_py.lang.terms import EVENT, SEQ
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec
from cmock_py.typed_terms import typed

if TYPE_CHECKING:
    from collections.abc import Callable

STACK = ApiModule(
    "stack",
    [
        ApiFunction("new", "Stack"),
        ApiFunction("push", "void", [ApiArg("Stack", "s"), ApiArg("int", "val")]),
        ApiFunction("pop", "int", [ApiArg("Stack", "s")]),
    ],
)
SPEED = ApiModule(
    "speed",
    [
        ApiFunction("import", "bool", [ApiArg("int", "n"), ApiArg("int *", "speeds", dir="out", buffer="n")]),
        ApiFunction("scale", "void", [ApiArg("int *", "x", dir="inout"), ApiArg("int", "hidden", stored_type="void")]),
    ],
)
m = typed(ApiSpec([STACK, SPEED]))

TERMS = [
    ("s = stack.new()", m.stack.new().named("s")),
    ("stack.push(s, 4)", m.stack.push(VAR("s"), 4)),
    ("stack.push(s, 4)", m.stack.push(VAR("s"), 4).returns()),
    ("stack.push(_, val: > 4)", m.stack.push(WILDCARD, val=GT(4))),
    ("stack.push(val: 4, s: 7)", m.stack.push(val=4, s=7)),
    ("stack.push(val: 4, ...)", m.stack.push(NAMED("val", 4), REST)),
    ("stack.push(...)", m.stack.push(REST)),
    ("stack.pop(?s) -> s", m.stack.pop(BIND("s")).returns(VAR("s"))),
    ("stack.pop(7) -> each [1, 2]", m.stack.pop(7).returns(EACH(1, 2))),
    ("stack.pop(7, *errno = EINTR) -> -1", m.stack.pop(7).returns(-1, errno="EINTR")),
    ("speed.import(4) -> {[42, 44], 1}", m.speed["import"](4).returns([42, 44], 1)),
    ("speed.import(4, *speeds = [42]) -> 1", m.speed["import"](4, speeds=[42]).returns(1)),
    ("speed.import(4, *speeds = [42]) -> 1", m["speed"]["import"](4, OUT("speeds", [42])).returns(1)),
    ("speed.scale(5) -> {10, ok}", m.speed.scale(5).returns(10, None)),
]


@pytest.mark.parametrize(("text", "term"), TERMS, ids=[f"{n} {text}" for n, (text, _) in enumerate(TERMS)])
def test_a_typed_event_equals_its_text(text: str, term: Any) -> None:
    """Positions and keywords are the arguments; what follows says the answer."""
    assert parse(text) == SEQ(term)


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: m.stak.push(7, 4), "the spec has no module 'stak'; did you mean 'stack'?"),
    (lambda: m.x, "the spec has no module 'x'; there are stack, speed"),
    (lambda: m.stack.puhs(7, 4), "module 'stack' has no function 'puhs'; did you mean 'push'?"),
    (lambda: m.stack["peek"], "module 'stack' has no function 'peek'; there are new, push, pop"),
    (lambda: m.stack.push(7), "stack.push takes 2 arguments (s, val), but 1 is given"),
    (lambda: m.stack.push(7, 4, 5), "stack.push takes 2 arguments (s, val), but 3 are given"),
    (lambda: m.stack.new(7), "stack.new takes 0 arguments, but 1 is given"),
    (lambda: m.stack.push(7, value=4), "stack.push has no argument 'value'; did you mean 'val'?"),
    (lambda: m.stack.push(7, x=4), "stack.push has no argument 'x'; it is stack.push(s, val)"),
    (lambda: m.stack.push(7, s=4), "stack.push: argument s is given twice"),
    (lambda: m.stack.push(NAMED("s", 1), NAMED("s", 2)), "stack.push: argument s is given twice"),
    (lambda: m.speed["import"](4, [1]), "speed.import takes 1 argument (n), but 2 are given; the answer writes speeds: .returns(...)"),
    (lambda: m.speed["import"](4, OUT("speds", [1])), "speed.import has no argument 'speds'; did you mean 'speeds'?"),
    (lambda: m.stack.push(7, 4, OUT("val", 3)), "stack.push: val is no out argument, so no answer writes it"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), WRONG, ids=[f"{n} {message}" for n, (_, message) in enumerate(WRONG)])
def test_a_slip_is_refused_in_its_line(make: Callable[[], Any], message: str) -> None:
    """A wrong module, function, number or name is an ArgumentError that names the nearest right one."""
    with pytest.raises(ArgumentError) as caught:
        make()
    assert str(caught.value) == message


def test_what_is_no_spec_is_refused() -> None:
    """A path is loaded first."""
    with pytest.raises(ArgumentTypeError, match="load_spec"):
        typed("spec.py")  # type: ignore[arg-type]


def test_the_event_knows_its_line() -> None:
    """Reports show the line that wrote it, not one of ours."""
    event, frame = m.stack.new().returns(4), inspect.currentframe()
    assert frame is not None
    assert (event.source, event.line) == (__file__, frame.f_lineno - 2)


def test_names_are_found_by_tools() -> None:
    """Editors complete them, `hasattr` asks, and copies work as those of other objects."""
    assert dir(m) == ["speed", "stack"]
    assert dir(m.stack) == ["new", "pop", "push"]
    assert not hasattr(m, "heap")
    assert repr(m.speed["import"]) == "speed.import(n, *speeds)"
    assert copy.copy(m.stack.push(1, 2)) == EVENT("stack", "push", [1, 2])
