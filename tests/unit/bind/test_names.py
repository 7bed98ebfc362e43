"""Names in a language: what they mean, when they may be used, and what is near when they mean nothing."""

from __future__ import annotations

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmock_py.bind.names import Handle, Scope, UnknownName, errno_value, is_errno
from cmock_py.lang.constants import Constants
from cmock_py.lang.names import names_in
from cmock_py.lang.nodes import Flags, Name, Named, OutValue

SCOPE = Scope({"s": Handle("s", 1001, 2)}, Constants({"RED": 0, "GREEN": 5}, lambda _: {"MAX_LEN": 64}))


def test_a_handle_is_known_after_its_event() -> None:
    """A bound name means its value to later events only, not to its own."""
    assert SCOPE.value("s", 3) == 1001
    for index in (0, 2):
        with pytest.raises(UnknownName, match="'s' is used before it is bound"):
            SCOPE.value("s", index)


def test_constants_of_the_headers_are_numbers() -> None:
    """An enumerator and a macro mean their numbers, to every event."""
    assert [SCOPE.value(name, 0) for name in ("RED", "GREEN", "MAX_LEN")] == [0, 5, 64]


def test_names_are_replaced_everywhere() -> None:
    """Lists, tuples and structs are copied with their names replaced."""
    value = [Name("RED"), (Name("MAX_LEN"), {"a": Name("s")}), 7]
    assert SCOPE.replace(value, 9) == [0, (64, {"a": 1001}), 7]
    assert value[0] == Name("RED")


def test_flags_are_all_their_bits() -> None:
    """Names and numbers are joined; what is no number has no bits, and a name that means nothing is told."""
    flags = Flags((Name("GREEN"), 0x10, Name("MAX_LEN")))
    assert SCOPE.replace([flags], 0) == [0x55]
    assert list(names_in({"a": flags})) == ["GREEN", "MAX_LEN"]
    text = Scope({"t": Handle("t", "text", 0)})
    with pytest.raises(UnknownName, match=r't is "text", which has no bits to combine with \|'):
        text.replace(Flags((1, Name("t"))), 1)
    with pytest.raises(UnknownName, match="'BLACK' is neither"):
        SCOPE.replace(Flags((1, Name("BLACK"))), 1)


def test_unknown_names_have_a_neighbour() -> None:
    """A name that means nothing is told with the nearest that does."""
    with pytest.raises(UnknownName, match=r"'GREN' .*did you mean 'GREEN'\?"):
        SCOPE.value("GREN", 0)


def test_names_are_found_in_patterns() -> None:
    """Names inside lists, structs, named arguments and out values are all found."""
    value = ([Name("a")], {"x": Name("b")}, Named("n", Name("c")), OutValue("o", [Name("d")]), "e")
    assert list(names_in(value)) == ["a", "b", "c", "d"]


@given(st.sampled_from(sorted(errno.errorcode.values())))
def test_every_errno_of_the_machine_is_known(name: str) -> None:
    """What Python's errno names, the language names."""
    assert is_errno(name)
    assert errno_value(name, SCOPE) == getattr(errno, name)


@given(st.integers(-(2**31), 2**31 - 1))
def test_errno_as_a_number(value: int) -> None:
    """Any int of C is an errno."""
    assert errno_value(value, SCOPE) == value


def test_errno_from_the_headers() -> None:
    """A macro or an enumerator may name an errno; anything else is refused."""
    assert (errno_value("MAX_LEN", SCOPE), errno_value("GREEN", SCOPE)) == (64, 5)
    for value in ("errorcode", "ENOSUCHTHING", 2**31):
        with pytest.raises(UnknownName):
            errno_value(value, SCOPE)
