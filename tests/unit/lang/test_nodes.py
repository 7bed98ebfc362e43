"""What makes events equal."""

from __future__ import annotations

import copy
import pickle

import pytest

from cmock_py.lang.nodes import WILDCARD, Event, OneOf, Seq, Source


def test_the_place_of_an_event_takes_no_part_in_equality() -> None:
    """Two events that mean the same are equal and hash alike, wherever they are written."""
    one = Event("stack", "pop", (1,), 6, source="a.mock", line=3)
    two = Event("stack", "pop", (1,), 6, source="b.py", line=9)
    assert one == two
    assert not one != two  # noqa: SIM202 - the operator itself is looked at
    assert len({one, two}) == 1


@pytest.mark.parametrize(
    "change",
    [{"module": "x"}, {"function": "x"}, {"args": ()}, {"answer": 7}, {"errno": 4}, {"binds": "s"}],
    ids=lambda change: next(iter(change)),
)
def test_every_other_field_takes_part(change: dict[str, object]) -> None:
    """Events that differ in meaning are different."""
    event = Event("stack", "pop", (1,), 6)
    assert event != event._replace(**change)


def test_an_event_is_no_plain_tuple() -> None:
    """A tuple with the same content is no event."""
    event = Event("stack", "pop")
    assert event != tuple(event)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([1, [2]], [1, [2]]),
        ({"a": [1], "b": 2}, {"b": 2, "a": [1]}),
        (bytearray(b"x"), b"x"),
        (OneOf(([1],)), OneOf(([1],))),
    ],
    ids=["lists", "dicts", "bytes", "patterns"],
)
def test_values_without_a_hash_do_not_disturb(left: object, right: object) -> None:
    """Equal events with arrays and structs hash alike."""
    assert Event("m", "f", (left,)) == Event("m", "f", (right,))
    assert hash(Event("m", "f", (left,))) == hash(Event("m", "f", (right,)))


def test_operators_compare_without_their_place() -> None:
    """An operator is equal to another with the same items."""
    assert Seq((), place=Source("a", 1)) == Seq((), place=Source("b", 2))


def test_there_is_one_wildcard() -> None:
    """Copies of the wildcard are the wildcard itself, so that `is` may ask for it."""
    assert copy.deepcopy(WILDCARD) is WILDCARD
    assert pickle.loads(pickle.dumps(WILDCARD)) is WILDCARD
    assert repr(WILDCARD) == "_"


def test_a_place_is_written_as_compilers_do() -> None:
    """A place without a column leaves it out."""
    assert str(Event("m", "f", source="a.mock", line=3, column=20).place) == "a.mock:3:20"
    assert str(Event("m", "f", source="a.py", line=3).place) == "a.py:3"
