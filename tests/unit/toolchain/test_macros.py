"""What the preprocessor says of macros, and which mocks are bypassed by one."""

from __future__ import annotations

from pathlib import Path

from cmock_py.toolchain import macros
from cmock_py.toolchain.compiler import find_compiler
from cmock_py.toolchain.objects import Member
from cmock_py.toolchain.unreached import unreached


def test_macros_are_those_that_hold_at_the_end(tmp_path: Path) -> None:
    """The last definition counts, with its line; what is undefined again is none; flags define some, too."""
    header = tmp_path / "m.h"
    header.write_text("#define A b\n#define GONE 1\n#undef GONE\n#undef A\n\n#define A(x) c((x), \\\n  D)\n")
    found = macros.read(find_compiler("gcc", ("-DD=e",), (), ()), f'#include "{header}"\n')
    assert found["A"] == macros.Macro(f"{header}:6", has_parameters=True, words=frozenset({"c", "x", "D"}))
    assert "GONE" not in found
    assert found["D"].place == "a flag -D"
    assert macros.leads_to("A", found) == {"c", "x", "D", "e"}


def member(name: str, *, undefined: set[str], defined: set[str] = frozenset()) -> Member:  # type: ignore[assignment]
    """Make an object that needs some symbols."""
    return Member(
        Path(name), None, frozenset(defined), frozenset(undefined), frozenset(), has_debug=False, offset=0, size=0
    )


def test_a_mock_that_some_object_calls_is_reached() -> None:
    """By its own name or by another of libc; the macros of the headers are not even asked for then."""

    def ask() -> dict[str, macros.Macro]:
        raise AssertionError

    one = member("a.o", undefined={"q_get", "__read_chk"}, defined={"own"})
    assert unreached([one], {"q_get": "m1", "read": "m2", "own": "m3"}, set(), ask) == ()
    assert unreached([], {"q_gett": "m1"}, set(), ask) == ()


def test_only_what_nobody_mocks_is_called_in_place_of_a_mock() -> None:
    """A slip is told when what it resembles is called; not when that has a mock, or when a header declares the name."""
    one = member("a.o", undefined={"q_get", "zebra"})
    (found,) = unreached([one], {"q_gett": "m1"}, set(), dict)
    assert (found.name, found.macro, found.instead, found.users) == ("q_gett", None, ("q_get",), (Path("a.o"),))
    assert unreached([one], {"q_gett": "m1", "q_get": "m2"}, set(), dict) == ()
    assert unreached([one], {"q_gett": "m1"}, {"q_gett"}, dict) == ()
    assert unreached([one], {"on_event": "m1"}, set(), dict) == ()
