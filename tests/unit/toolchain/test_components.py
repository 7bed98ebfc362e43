"""toolchain.components: what names of components mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmock_py.errors import UsageError
from cmock_py.toolchain.components import find_components

OBJS = {
    "a/calc.o": Path("a/calc.o"),
    "b/calc.o": Path("b/calc.o"),
    "b/stack.c": Path("b/stack.c"),
    "libnet.a": Path("/usr/lib/libnet.a"),
}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/calc.o", "a/calc.o"),
        ("stack.c", "b/stack.c"),
        ("stack", "b/stack.c"),
        ("libnet", "/usr/lib/libnet.a"),
        ("/usr/lib/libnet.a", "/usr/lib/libnet.a"),
        ("lib/libnet.a", "/usr/lib/libnet.a"),
    ],
)
def test_an_object_has_several_names(name: str, path: str) -> None:
    """As it was given, by its file name, or without suffix; a library that was looked up by its path, too."""
    (found,) = find_components([name], OBJS)
    assert found == Path(path)


def test_one_object_by_two_names_is_one_component() -> None:
    """It does not matter how often a component is named."""
    assert list(find_components(["stack", "b/stack.c"], OBJS)) == [Path("b/stack.c")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("calc", "'calc' may be 'a/calc.o' and 'b/calc.o'\n  help: name the one that is meant as objs= does"),
        ("stak", "'stak' is no object of objs=\n  help: did you mean 'stack'?"),
        ("zebra", "help: give it in objs= as well, which has 'a/calc.o', 'b/calc.o', 'b/stack.c', 'libnet.a'"),
    ],
)
def test_names_that_mean_no_object(name: str, words: str) -> None:
    """The message says what may have been meant."""
    with pytest.raises(UsageError) as raised:
        find_components([name], OBJS)
    assert words in str(raised.value)


def test_components_need_objects() -> None:
    """With no objects there is nothing to choose from."""
    with pytest.raises(UsageError, match="give it in objs= as well"):
        find_components(["stack"], {})
