"""`mocking.lib` as an object of Python."""

from __future__ import annotations

import copy
import inspect
import pydoc
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, Pointer, UnknownNameError, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = "int number = 1;\nint f(int a) { return a; }\nint find(void) { return 2; }\nint names = 3;\n"
SPEC = [ApiFunction("mocked", "int"), ApiFunction("fetch", "int", [ApiArg("const char *", "name"), ApiArg("int *", "to", "out")])]  # fmt: skip
HEADER = "extern int number, names;\nint f(int a);\nint find(void);\nint absent(void);\nint mocked(void);\nint fetch(const char *name, int *to);\n"


@pytest.fixture(scope="module")
def mocking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """A SUT whose names might clash with methods of ours."""
    folder: Path = tmp_path_factory.mktemp("library")
    (folder / "sut.c").write_text(SOURCE)
    (folder / "sut.h").write_text(HEADER)
    spec = ApiSpec([ApiModule("m", SPEC)])
    with start_mocking(spec, headers=[folder / "sut.h"], objs=[folder / "sut.c"]) as started:
        yield started


def test_no_name_of_ours_hides_one_of_c(mocking: Mocking) -> None:
    """Functions and globals called like parts of a library are C's."""
    assert mocking.lib.find() == 2
    assert mocking.lib.names == 3


def test_names_are_attributes_and_items_alike(mocking: Mocking) -> None:
    """`lib.f` and `lib["f"]` are the same function, each time."""
    assert mocking.lib.f is mocking.lib["f"]
    mocking.lib["number"] = 5
    assert mocking.lib.number == 5


def test_dir_lists_what_can_be_used(mocking: Mocking) -> None:
    """Functions, globals and mocks, sorted, without what no object defines."""
    listed = dir(mocking.lib)
    assert listed == sorted(listed)
    assert {"f", "find", "mocked", "names", "number"} <= set(listed)
    assert "absent" not in listed


def test_special_names_are_not_looked_up_in_c(mocking: Mocking) -> None:
    """Python's own protocols ask for names with underscores, and get an AttributeError at once."""
    with pytest.raises(AttributeError):
        mocking.lib.__wrapped__  # noqa: B018 - the access is the test
    assert not hasattr(mocking.lib, "__deepcopy__")
    assert copy.copy(mocking.lib.f) is not None


def test_the_mock_is_in_lib_and_the_original_is_not(mocking: Mocking) -> None:
    """A mocked function that nobody defines has no original, and the message says what would help."""
    assert repr(mocking.lib.mocked) == "<C function int mocked(void)>"
    with pytest.raises(UnknownNameError, match="objs="):
        mocking.real.mocked  # noqa: B018 - as above


def test_functions_cannot_be_replaced(mocking: Mocking) -> None:
    """Only globals are written."""
    with pytest.raises(Exception, match="f is a function; only globals can be written"):
        mocking.lib.f = 3


def test_a_signature_has_the_names_of_c_and_types_of_python(mocking: Mocking) -> None:
    """`inspect.signature` shows arguments by position, as calls take them."""
    assert str(inspect.signature(mocking.lib.f)) == "(a: int, /) -> int"
    fetch = inspect.signature(mocking.lib.fetch)
    assert list(fetch.parameters) == ["name", "to"]
    assert fetch.parameters["name"].annotation == str | bytes | Pointer | int | None
    assert fetch.parameters["to"].annotation == list[Any] | tuple[Any, ...] | Pointer | int | None
    assert fetch.return_annotation is int


def test_help_shows_the_prototype_and_what_the_spec_says(mocking: Mocking) -> None:
    """Where a function is declared and, of a mock, its module and the arguments that answers write."""
    told = pydoc.render_doc(mocking.lib.fetch, renderer=pydoc.plaintext)
    lines = ["int fetch(const char *name, int *to);", "sut.h:", "Mock of m.fetch", "to: out"]
    assert [line for line in lines if line not in told] == []
    assert "Mock" not in pydoc.render_doc(mocking.lib.f, renderer=pydoc.plaintext)
    assert not hasattr(mocking.lib.f, "__wrapped__")
