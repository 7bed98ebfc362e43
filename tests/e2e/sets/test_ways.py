"""Calls that can be taken in several ways: all ways are followed, arguments and bound values tell them apart."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    AmbiguousCall,
    AmbiguousLanguage,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    Limits,
    UnexpectedCall,
    check_callouts,
    init_lang,
    start_mocking,
)
from cmock_py.bind.keys import key_hash

if TYPE_CHECKING:
    from pathlib import Path


def test_equal_threads_may_interleave(lib: Any) -> None:
    """Nobody has to say which of three equal threads makes a call, and one too many is refused at once."""
    init_lang("PAR[ (bus.take(1) bus.give(1) -> 5)* (bus.take(1) bus.give(1) -> 5) (bus.take(1) bus.take(1)) ]")
    for _ in range(4):
        lib.take(1)
    assert lib.give(1) == 5
    lib.take(1)
    assert [lib.give(1), lib.give(1)] == [5, 5]
    check_callouts()
    with pytest.raises(UnexpectedCall):
        lib.give(1)


@pytest.mark.parametrize("seed", range(5))
def test_members_with_a_common_beginning(lib: Any, seed: int) -> None:
    """Members of a PERM that begin alike are told apart by what comes later."""
    count = 20
    init_lang("PERM[" + "".join(f"(bus.take(_) bus.give({n}) -> {n})" for n in range(count)) + "]")
    for n in Random(seed).sample(range(count), count):
        lib.take(0)
        assert lib.give(n) == n
    check_callouts()


def test_many_calls_in_any_order(lib: Any) -> None:
    """A hundred calls that only an unmatched argument tells apart may come in any order; each of them once."""
    count = 100
    language = "PERM[" + "".join(f"bus.take({n})" for n in range(count)) + "]"
    init_lang(language)
    order = Random(7).sample(range(count), count)
    for n in order:
        lib.take(n)
    check_callouts()
    init_lang(language)
    for n in [*order[:-1], order[0]]:
        lib.take(n)
    with pytest.raises(CalloutsFailed):
        check_callouts()


def test_names_are_bound_on_each_way(lib: Any) -> None:
    """Of two ways that bind a name, each keeps its own value, until a call tells which way it was."""
    init_lang("PAR[ (bus.take(?a) bus.give(a) -> a)  (bus.take(?b) bus.give(b) -> b) ]")
    lib.take(4)
    lib.take(9)
    assert lib.give(9) == 9
    assert lib.give(4) == 4
    check_callouts()


def test_a_name_holds_what_its_own_way_bound(lib: Any) -> None:
    """After the first has ended, its value is nobody's any more."""
    init_lang("PAR[ (bus.take(?a) bus.give(a) -> 1)  (bus.take(?b) bus.give(b) -> 1) ]")
    lib.take(4)
    lib.take(9)
    lib.give(4)
    lib.give(4)
    with pytest.raises(CalloutsFailed):
        check_callouts()


def test_bytes_are_bound_on_each_way(lib: Any) -> None:
    """Values of any kind are: buffers, too."""
    init_lang('PERM[ (bus.send(?m, 2) -> 2  bus.send(m, 2) -> 3)  (bus.send(?m, 2) -> 2  bus.send("zz", 2) -> 4) ]')
    assert [lib.send(b"ab", 2), lib.send(b"zz", 2), lib.send(b"cd", 2), lib.send(b"cd", 2)] == [2, 4, 2, 3]
    check_callouts()


def test_arguments_decide_between_answers(lib: Any) -> None:
    """Two answers are no fault where arguments tell them apart, matched or not."""
    init_lang("PAR[ (bus.take(0) bus.ask(1, 7) -> 17)  (bus.take(0) bus.ask(1, 8) -> 18)  bus.ask(2, 8) -> 28 ]")
    lib.take(0)
    assert lib.ask(2, 8) == 28
    assert lib.ask(1, 8) == 18
    lib.take(0)
    assert lib.ask(1, 7) == 17
    check_callouts()


def test_the_first_one_written_wins(lib: Any) -> None:
    """On request the first of two answers is given, also where a line before has the other."""
    init_lang("bus.give(_) -> 1  PERM[ bus.give(_) -> 2  bus.give(_) -> 1 ]", ambiguous="first")
    assert [lib.give(0), lib.give(0), lib.give(0)] == [1, 2, 1]
    check_callouts()


def test_two_bound_answers_are_two_answers(lib: Any) -> None:
    """What nothing decides between is refused at the call, when bound values make the difference."""
    init_lang("PAR[ (bus.take(?a) bus.give(_) -> a)  (bus.take(?b) bus.give(_) -> b) ]")
    lib.take(4)
    lib.take(4)
    assert lib.give(0) == 4
    assert lib.give(0) == 4
    check_callouts()
    init_lang("PAR[ (bus.take(?a) bus.give(_) -> a)  (bus.take(?b) bus.give(_) -> b) ]")
    lib.take(4)
    lib.take(5)
    with pytest.raises(AmbiguousCall):
        lib.give(0)


def test_functions_whose_keys_hash_alike_are_kept_apart(tmp_path: Path) -> None:
    """A call is never taken for one of another function, however the numbers of the functions and handles mix."""
    handle = ApiArg("unsigned long", "handle", matched=True)
    hold = ApiFunction("hold", "int", [ApiArg("long", "x"), handle])
    spec = ApiSpec([ApiModule("bus", [hold, ApiFunction("drop", "int", [handle])])])
    header = tmp_path / "bus.h"
    header.write_text("int hold(long x, unsigned long handle);\nint drop(unsigned long handle);\n")
    alike = 7 ^ key_hash(0, ()) ^ key_hash(1, ())
    with start_mocking(spec, [header]) as mocking:
        mocking.init_lang("(bus.hold(_, 7) -> 1)* bus.hold(_, 7) -> 1 bus.drop(1) -> 2")
        with pytest.raises(UnexpectedCall):
            mocking.lib.drop(alike)


def test_what_was_bound_rules_out_ways(lib: Any) -> None:
    """Of two ways that have bound different values, a call leaves the one whose value it has; the next answer is of that."""
    init_lang("(bus.ask(?n, _) -> 0 | bus.ask(_, ?n) -> 0)  PAR[ bus.give(_) -> n  bus.take(n) ]")
    lib.ask(3, 8)
    lib.take(8)
    assert lib.give(1) == 8
    check_callouts()


@pytest.mark.parametrize("ask", ["?n{0}, _", ">= 0 & ?n{0}, 0"])
def test_members_that_only_names_tell_apart(lib: Any, ask: str) -> None:
    """Fifty members that each bind a name of their own are one way, whichever of them takes a call."""
    members = [f"(bus.ask({ask.format(n)}) -> 0 bus.give(n{n}) -> n{n})" for n in range(50)]
    init_lang(f"PAR[{' '.join(members)}]")
    for channel in range(50):
        lib.ask(channel, 0)
    for channel in Random(1).sample(range(50), 50):
        assert lib.give(channel) == channel
    check_callouts()


def test_members_that_more_than_names_tells_apart(lib: Any) -> None:
    """What differs in a value, or is known outside of a member, may come in any order: each order is a way."""
    init_lang("PAR[ (bus.ask(?a, 1) -> 0 bus.take(a)) (bus.ask(?b, 2) -> 0 bus.take(b)) ]")
    for channel, x in ((3, 2), (4, 1)):
        lib.ask(channel, x)
    lib.take(3)
    lib.take(4)
    check_callouts()


def test_strictly_each_member_is_a_way(lib: Any) -> None:
    """Under `strict` a second way is an error, even of members that only names tell apart."""
    with pytest.raises(AmbiguousLanguage):
        init_lang("PAR[ (bus.ask(?a, _) -> 0 bus.take(a)) (bus.ask(?b, _) -> 0 bus.take(b)) ]", strict=True)


def test_names_are_no_values_that_tell_parts_apart(lib: Any) -> None:
    """Where parts differ in what they bind only, no argument is recommended that would tell them apart."""
    parts = " ".join(f"(bus.ask(?a{n}, _) -> 0 bus.take(_) bus.give(a{n}) -> {n % 2})" for n in range(9))
    with pytest.raises(AmbiguousLanguage) as caught:
        init_lang(f"PAR[{parts}]", limits=Limits(configurations=9))
    (fault,) = caught.value.faults
    assert "tells them apart; or" in str(fault.hint)
