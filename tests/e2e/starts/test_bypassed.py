"""Mocks that could never answer: of variables, of macros, of names that nobody calls. Real headers and objects."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    HeaderError,
    MissingSymbols,
    MockBypassWarning,
    SpecError,
    check_callouts,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from pathlib import Path


def spec_of(*functions: ApiFunction) -> ApiSpec:
    """Put functions into a spec."""
    return ApiSpec([ApiModule("hal", functions)])


def taking_int(name: str, **more: str) -> ApiFunction:
    """Say a function that takes a number and returns one."""
    return ApiFunction(name, "int", [ApiArg("int", "x")], **more)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, **files: str) -> None:
    """Write ``u_c="..."`` as ``u.c``."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)


# --- what is no function --------------------------------------------------------------------------------------------


def test_a_variable_of_the_headers_is_no_function(here: Path) -> None:
    """A stub in its place would give the SUT machine code as its value; all faults of the headers come at once."""
    write(here, v_h="extern int state;\nextern int (*hook)(int);\n", v_c='#include "v.h"\nint g(void){return state;}\n')
    functions = ApiFunction("state", "int"), taking_int("hook"), ApiFunction("more", "itn")
    with pytest.raises(HeaderError) as raised:
        start_mocking(spec_of(*functions), headers=["v.h"], objs=["v.c"])
    text = str(raised.value)
    assert "v.h:1 declares state as a variable" in text
    assert "v.h:2 declares hook as a variable" in text
    assert "the type 'itn'" in text
    assert "help: take it out of the spec" in text


def test_types_and_enumerators_are_no_functions(here: Path) -> None:
    """Whatever else has the name in the headers is told, with the function that may have been meant."""
    write(here, t_h="typedef int speed;\nenum { FAST };\nint speeds(int x);\n")
    with pytest.raises(HeaderError) as raised:
        start_mocking(spec_of(taking_int("speed"), taking_int("FAST")), headers=["t.h"])
    assert "t.h:1 declares speed as a type, not as a function" in str(raised.value)
    assert "did you mean 'speeds'?" in str(raised.value)
    assert "t.h:2 declares FAST as an enumerator" in str(raised.value)


def test_a_variable_that_only_a_source_declares_is_no_function(here: Path) -> None:
    """Sources are read as well, whether or not the object that defines it is there; a static one is its own affair."""
    write(
        here, v_c="extern int state;\nint g(void){return state;}\n", w_c="static int state;\nint h(void){return state;}"
    )
    with pytest.raises(SpecError, match=r"v\.c:1 declares state as a variable"):
        start_mocking(spec_of(ApiFunction("state", "int")), objs=["v.c"])
    start_mocking(spec_of(ApiFunction("state", "int")), objs=["w.c"]).stop()


def test_a_variable_that_an_object_defines_is_no_function(here: Path) -> None:
    """Where only objects are given, the one that defines it tells."""
    write(here, v_c="extern int state;\nint g(void){return state;}\n", w_c="int state = 4;\n")
    subprocess.run(["gcc", "-c", "v.c", "w.c"], check=True)
    with pytest.raises(SpecError, match=r"state is a variable of the objects"):
        start_mocking(spec_of(ApiFunction("state", "int")), objs=["v.o", "w.o"])


# --- what is called in its place ------------------------------------------------------------------------------------

MACRO = {
    "u_h": "int hal_open_v2(int x);\n#define hal_open hal_open_v2\nint go(void);\n",
    "u_c": '#include "u.h"\nint go(void) { return hal_open(1); }\n',
    "real_c": "int hal_open_v2(int x) { return x + 40; }\n",
}


@pytest.mark.parametrize("objs", [["u.c", "real.c"], ["u.c"]], ids=["with the real one", "without"])
def test_a_macro_for_another_function_is_refused(here: Path, objs: list[str]) -> None:
    """The SUT calls what the macro stands for; its name is the remedy."""
    write(here, **MACRO)
    with pytest.raises(SpecError) as raised:
        start_mocking(spec_of(taking_int("hal_open")), headers=["u.h"], objs=objs)
    assert "hal_open is a macro of the headers (u.h:2): u.c calls hal_open_v2 in its place" in str(raised.value)
    assert "symbol='hal_open_v2'" in str(raised.value)
    with start_mocking(spec_of(taking_int("hal_open", symbol="hal_open_v2")), headers=["u.h"], objs=objs) as mocking:
        init_lang("hal.hal_open(1) -> 7")
        assert mocking.lib.go() == 7
        assert check_callouts()


def test_a_macro_of_a_flag_is_one_too(here: Path) -> None:
    """What -D defines is told as such."""
    write(here, **MACRO)
    (here / "u.h").write_text("int hal_open(int x);\n")
    flags = ["-Dhal_open=hal_open_v2"]
    with pytest.raises(SpecError, match=r"hal_open is a macro of the headers \(a flag -D\): u\.c calls hal_open_v2"):
        start_mocking(spec_of(taking_int("hal_open")), objs=["u.c", "real.c"], cppflags=flags)


FUNCTION_MACRO = {
    "r_h": "void reset_at(int bus, int how);\n#define reset(bus) reset_at((bus), 0)\nvoid go(void);\n",
    "r_c": '#include "r.h"\nvoid go(void) { reset(1); }\n',
    "real_c": "void reset_at(int bus, int how) { (void)bus; (void)how; }\n",
}
RESET = ApiFunction("reset", args=[ApiArg("int", "bus")])


def test_a_macro_with_parameters_warns_of_what_is_called(here: Path) -> None:
    """What a text with parameters calls need not stand for the function alone, so this is a doubt."""
    write(here, **FUNCTION_MACRO)
    with pytest.warns(
        MockBypassWarning, match=r"reset \(.*\) is a macro of the headers \(r\.h:2\).*r\.c calls reset_at"
    ):
        start_mocking(spec_of(RESET), headers=["r.h"], objs=["r.c", "real.c"]).stop()
    with pytest.raises(MissingSymbols, match=r"the spec mocks reset \(.*\), a macro that calls it \(r\.h:2\)"):
        start_mocking(spec_of(RESET), headers=["r.h"], objs=["r.c"])


def test_a_misspelt_function_is_told_where_the_real_one_would_answer(here: Path) -> None:
    """Nobody declares or calls it, and something much alike is called that nobody mocks."""
    write(
        here,
        q_c="int queue_get(int); int go(void) { return queue_get(1); }\n",
        real_c="int queue_get(int x){return x;}",
    )
    spec = spec_of(taking_int("get", symbol="queue_gett"))
    with pytest.warns(
        MockBypassWarning, match=r"queue_gett \(.*\) is declared by no header.*q\.c calls queue_get, which"
    ):
        start_mocking(spec, objs=["q.c", "real.c"]).stop()
    with pytest.raises(MissingSymbols, match=r"the spec mocks queue_gett \(.*\), which nobody calls"):
        start_mocking(spec, objs=["q.c"])


def test_a_mock_that_only_tests_call_is_left_alone(here: Path) -> None:
    """Without an object that calls something like it, with a header that declares it, under another name of libc."""
    write(here, **MACRO, n_c="#include <stdio.h>\nint go(int c) { return putc(c, stdout); }\n")
    start_mocking(spec_of(taking_int("hal_open")), headers=["u.h"]).stop()
    start_mocking(spec_of(taking_int("on_event")), objs=["real.c", "n.c"]).stop()
    file = ApiArg("FILE *", "file")
    putc = ApiFunction("putc", "int", [ApiArg("int", "c"), file])
    start_mocking(spec_of(putc), headers=["stdio.h"], objs=["n.c"]).stop()
    (here / "s.h").write_text("int hal_open_v3(int x);\n")
    start_mocking(spec_of(taking_int("hal_open_v3")), headers=["s.h"], objs=["u.c", "real.c"]).stop()
