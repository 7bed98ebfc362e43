"""Our `dataclass` makes what the standard library makes; each class here is made by both and compared."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import _dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

frozen = partial(_dataclass.dataclass, frozen=True, slots=True)


class Plain:
    """Fields without and with defaults."""

    first: int
    second: str = "two"


class Rich:
    """Every kind of field that the package uses."""

    first: int
    shared: tuple[int, ...] = ()
    made: list[int] = field(default_factory=list)
    hidden: object = field(default=None, repr=False, compare=False)
    late: int = field(init=False, repr=False, compare=False)
    named: int = field(default=7, kw_only=True)
    fresh: dict[str, int] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        """Fill what the constructor does not take."""
        object.__setattr__(self, "late", self.first + 1)


class Own:
    """Methods of its own stay."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own)

    def __hash__(self) -> int:
        return 1


class Empty:
    """No field at all."""


KINDS: list[type] = [Plain, Rich, Own, Empty]
CALLS: list[tuple[type, tuple[Any, ...], dict[str, Any]]] = [
    *((Plain, (), {}), (Plain, (1,), {}), (Plain, (1, "x"), {}), (Plain, (), {"second": "x", "first": 1})),
    *((Plain, (1, 2, 3), {}), (Plain, (1,), {"third": 3}), (Empty, (), {}), (Empty, (1,), {}), (Own, ("n",), {})),
    *((Rich, (1,), {}), (Rich, (1, (2,), [3]), {"named": 8, "fresh": {"a": 1}}), (Rich, (1, (), [], 9, 9), {})),
]


@frozen()
class Base:
    """A class at module level, so that it can be pickled."""

    first: int = 0


@frozen()
class Derived(Base):
    """A class with fields of its base."""

    second: int = 1


def both(cls: type, **options: bool) -> tuple[Any, Any]:
    """Make the class twice: ours, and that of the standard library."""
    ours = frozen(**options)(type(cls.__name__, (), dict(vars(cls))))
    theirs = dataclasses.dataclass(frozen=True, slots=True, **options)(type(cls.__name__, (), dict(vars(cls))))  # type: ignore[call-overload]
    return ours, theirs


def outcome(action: Callable[[], object]) -> tuple[str, str]:
    """Do something; its result as text, or its error."""
    try:
        return "gave", repr(action())
    except (TypeError, AttributeError) as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize("cls", KINDS)
def test_class_looks_alike(cls: type) -> None:
    """Signature, fields, slots and what `match` sees are those of the standard library."""
    ours, theirs = both(cls)
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    assert [one.name for one in fields(ours)] == [one.name for one in fields(theirs)]
    assert (ours.__slots__, ours.__match_args__) == (theirs.__slots__, theirs.__match_args__)
    assert ours.__doc__ == theirs.__doc__


@pytest.mark.parametrize(("cls", "places", "named"), CALLS)
def test_object_is_made_and_refused_alike(cls: type, places: tuple[Any, ...], named: dict[str, Any]) -> None:
    """The same arguments make an object that looks the same, or meet the same error."""
    ours, theirs = both(cls)
    made, told = outcome(lambda: ours(*places, **named)), outcome(lambda: theirs(*places, **named))
    assert made == told
    if made[0] == "gave":
        one, other = ours(*places, **named), theirs(*places, **named)
        shown = [one.name for one in fields(ours)]
        assert [getattr(one, name) for name in shown] == [getattr(other, name) for name in shown]


def test_defaults_are_made_anew() -> None:
    """Two objects do not share what a factory makes."""
    ours, _ = both(Rich)
    assert ours(1).made is not ours(1).made


@pytest.mark.parametrize("eq", [True, False])
def test_objects_compare_alike(eq: bool) -> None:
    """Equal fields make equal objects with equal hashes; a field that is not compared counts for nothing."""
    for cls in both(Plain, eq=eq):
        assert (cls(1) == cls(1, "two")) is eq
        assert cls(1) != cls(2)
        assert cls(1) != (1, "two")
        assert (hash(cls(1)) == hash(cls(1))) is eq
    ours, theirs = both(Rich)
    for cls in (ours, theirs):
        assert cls(1, hidden=1) == cls(1, hidden=2)
        with pytest.raises(TypeError, match="unhashable type: 'list'"):
            hash(cls(1))
    assert hash(Base(3)) == hash((3,))


def test_nan_equals_itself() -> None:
    """Fields are compared as tuples are: what is the same object is equal."""
    nan = float("nan")
    for cls in both(Plain):
        assert cls(nan) == cls(nan)
        assert cls(nan) != cls(float("nan"))


def test_classes_of_one_family_differ() -> None:
    """An object of a derived class is no object of its base, though the fields are equal."""
    assert Derived(1, 2) == Derived(1, 2)
    assert Derived(0, 1) != Base(0)
    assert repr(Derived()) == "Derived(first=0, second=1)"
    assert not hasattr(Derived(), "__dict__")


@pytest.mark.parametrize("name", ["first", "other"])
def test_object_stays_as_it_was_made(name: str) -> None:
    """Fields and other names can neither be set nor deleted, with the standard library's error."""
    one = Base(1)
    with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
        setattr(one, name, 2)
    with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
        delattr(one, name)
    assert one == Base(1)


def test_objects_are_copied_and_pickled() -> None:
    """Copies, deep copies, pickles and `replace` give equal objects."""
    one = Derived(5, 6)
    assert one == copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one))
    assert replace(one, first=7) == Derived(7, 6)


def test_object_that_holds_itself_is_shown() -> None:
    """The text of an object ends, though it contains itself."""
    ours, theirs = both(Rich)
    shown = []
    for cls in (ours, theirs):
        one = cls(1)
        one.made.append(one)
        shown.append(repr(one))
    assert shown[0] == shown[1].replace("both.<locals>.", "")


def test_other_kinds_are_those_of_the_library() -> None:
    """What is not frozen, or has no slots, is made by the standard library."""
    for options in ({"frozen": True}, {"slots": True}, {}):
        made: Any = _dataclass.dataclass(**options)(type("Plain", (), dict(vars(Plain))))
        assert made(1) == made(1)
        assert ("__slots__" in vars(made)) == ("slots" in options)
