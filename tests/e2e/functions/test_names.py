"""A function whose name in the language is not its C symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    HeaderError,
    LanguageError,
    MockBypass,
    SpecError,
    UnexpectedCall,
    UnknownNameError,
    c_code,
    gen_headers,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOTH = ApiSpec([
    ApiModule("log", [ApiFunction("init", args=[ApiArg("const char *", "name")], symbol="log_init")]),
    ApiModule("stack", [ApiFunction("init", "int", symbol="stack_new")]),
])  # fmt: skip


def test_events_use_the_name_and_c_uses_the_symbol(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """The SUT calls the symbol, lib has the symbol, and events, trace and messages have the name."""
    with start_mocking(stack_spec(), [header], [built("calc.o")]) as mocking:
        mocking.init_lang("s = stack.new() stack.push(s, 4) push(s, 6) stack.pop(s) -> 6 stack.pop(s) -> 4")
        assert mocking.lib.calculate() == 604
        assert mocking.check_callouts()
        assert [call.function for call in mocking.get_trace()] == ["new", "push", "push", "pop", "pop"]
        mocking.init_lang("stack.pop(3) -> 5")
        assert mocking.lib.stack_pop(3) == 5
        with pytest.raises(UnexpectedCall, match=r"unexpected call #2: stack\.push\(stack=3, val=1\)"):
            mocking.lib.stack_push(3, 1)
        with pytest.raises(UnknownNameError, match=r"the C function of stack\.push is stack_push"):
            _ = mocking.lib.push


def test_the_real_function_has_the_symbol(
    header: str, built: Callable[[str], str], stack_spec: Callable[..., ApiSpec]
) -> None:
    """mocking.real.stack_pop is the function behind the mock."""
    with start_mocking(stack_spec(), [header], [built("calc.o"), built("stack.o")]) as mocking:
        assert mocking.real.stack_new() == 7
        assert mocking.real.stack_pop(7) == -1


def test_two_modules_may_have_a_function_of_one_name(header: str, built: Callable[[str], str]) -> None:
    """log.init and stack.init are two functions; without the module nobody knows which is meant, and both are named."""
    with start_mocking(BOTH, [header], [built("log.o"), built("stack.o")]) as mocking:
        mocking.init_lang('stack.init() -> 3 log.init("x")')
        assert mocking.lib.stack_new() == 3
        mocking.lib.log_init("x")
        assert mocking.check_callouts()
        with pytest.raises(LanguageError) as raised:
            mocking.init_lang('stack.init() -> 3\ninit("x")\ninit() -> 1')
    second, third = raised.value.faults
    assert second.path.startswith("language:2:1 (")
    assert second.message == third.message == "several modules have a function 'init'"
    assert second.hint == "write log.init or stack.init"


def test_the_symbol_in_an_event_is_a_slip(header: str, stack_spec: Callable[..., ApiSpec]) -> None:
    """An event that says the symbol is told the name."""
    with (
        start_mocking(stack_spec(), [header]) as mocking,
        pytest.raises(LanguageError, match=r"did you mean 'stack\.pop'"),
    ):
        mocking.init_lang("stack.stack_pop(1) -> 1")


def test_generated_c_has_the_symbol(header: str, stack_spec: Callable[..., ApiSpec]) -> None:
    """gen_headers and c_code declare what the linker knows."""
    assert "int stack_pop(int stack);" in gen_headers(stack_spec())
    text = c_code(stack_spec(), [header])
    assert "__typeof__(stack_pop) cmk_mock_stack_pop;" in text
    assert "/* stack.pop */" in text


def test_a_name_may_be_a_word_of_c() -> None:
    """Only the symbol has to be a C identifier that is no keyword."""
    spec = ApiSpec([ApiModule("cache", [ApiFunction("default", "int", symbol="cache_default")])])
    with start_mocking(spec) as mocking:
        mocking.init_lang("cache.default() -> 4")
        assert mocking.lib.cache_default() == 4


def test_messages_of_the_build_have_the_symbol(header: str, source: Callable[[str], str], tmp_path: Path) -> None:
    """What the compiler refuses and what would bypass a mock is told by the name that C has."""
    wrong = ApiSpec([ApiModule("stack", [ApiFunction("pop", "long", [ApiArg("int", "stack")], symbol="stack_pop")])])
    with pytest.raises(HeaderError, match=r"the spec says  long stack_pop\(int stack\)"):
        start_mocking(wrong, [header])
    inner = ApiSpec([ApiModule("calc", [ApiFunction("run", "int", symbol="calculate")])])
    whole = tmp_path / "whole.c"
    whole.write_text('#include "calc.c"\nint twice(void);\nint twice(void) { return 2 * calculate(); }\n')
    with pytest.raises(MockBypass, match="defines calculate, which is mocked"):
        start_mocking(inner, [header], [whole], cppflags=["-I", source("")])


def test_one_symbol_is_mocked_once() -> None:
    """Two functions of one symbol are a fault, by whatever names; so are two of one name in a module."""
    spec = ApiSpec([
        ApiModule("a", [ApiFunction("push", symbol="stack_push"), ApiFunction("push", symbol="other_push")]),
        ApiModule("b", [ApiFunction("stack_push"), ApiFunction("add", symbol="stack_push")]),
    ])  # fmt: skip
    with pytest.raises(SpecError) as raised:
        start_mocking(spec)
    name, plain, alias = raised.value.faults
    assert name.path.startswith("modules[0].functions[1].name (")
    assert name.message.startswith("the function 'push' is there already: modules[0].functions[0] (")
    assert plain.path.startswith("modules[1].functions[0].name (")
    assert plain.message.startswith("the C function 'stack_push' is there already: modules[0].functions[0] (")
    assert alias.path.startswith("modules[1].functions[1].symbol (")
    assert __file__.rpartition("/")[2] in alias.path
