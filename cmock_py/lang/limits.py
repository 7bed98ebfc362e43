"""The bounds of a language, which a test can set, and what is said when one is crossed."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, Fault, LanguageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmock_py.lang.nodes import Bits, Source

_RANGES = {
    "events": (1, 31_000_000, "the tables of one language have no room for more"),
    "depth": (1, 500, "calls that go deeper would use up the stack of the SUT"),
    "count": (1, 2**32 - 2, "rounds are counted in 32 bits"),
    "copies": (1, 2**25, "the tables of one language have no room for more"),
    "configurations": (1, 2**20, "with more a single call would take minutes"),
    "memory": (2**16, 384 * 2**20, "no more is reserved for one language"),
}
"""Of each limit the least and the greatest value, and why there is none beyond."""

SHORTER = "write rounds that are alike as a repetition, or check in several steps with a language for each"
"""What to do about a language that is too long, whatever the limits."""

_NAMED = 3
"""Functions that a message names."""
_CALL = re.compile(r"[A-Za-z_][\w.]*(?=\()")


@dataclass(frozen=True, slots=True, repr=False)
class Limits:
    """How large a language may be, and what it may take to follow it.

    What crosses a limit is an error that says where, which functions it is about, and what to write to allow more; it
    is never a wrong verdict.

    Attributes:
        events: calls that are expected when all is written out: what repeats counts once.
        depth: operators inside of operators, values inside of values, definitions that use definitions.
        count: rounds of a repetition.
        copies: events and operators that definitions, answer lists and tags may add.
        configurations: ways to understand the calls so far that are kept at once.
        memory: bytes for what is remembered of these ways.

    Raises:
        ArgumentTypeError: a limit is no int.
        ArgumentValueError: a limit is out of its range; all that is wrong is said at once.

    >>> Limits(configurations=65536)
    Limits(configurations=65536)
    >>> Limits(configurations=0, depth=1)
    Traceback (most recent call last):
    cmock_py.errors.ArgumentValueError: Limits: configurations=0 is none of 1..1048576
    """

    events: int = 2**24
    depth: int = 64
    count: int = 2**31 - 1
    copies: int = 2**20
    configurations: int = 2**12
    memory: int = 128 * 2**20

    def __post_init__(self) -> None:
        """Refuse what is no limit."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        untyped = [name for name, value in values.items() if value.__class__ is not int]
        wrong = [_misfit(name, value) for name, value in values.items() if name in untyped or not _fits(name, value)]
        if wrong:
            raise (ArgumentTypeError if untyped else ArgumentValueError)(f"Limits: {'; '.join(wrong)}")

    def __repr__(self) -> str:
        """Show how it is written: what differs from the defaults."""
        values = ((field.name, getattr(self, field.name), field.default) for field in fields(self))
        return f"Limits({', '.join(f'{name}={value}' for name, value, default in values if value != default)})"

    def allowing(self, name: str, wanted: int) -> str:
        """Say what to write to allow more, or that there is no more.

        >>> Limits(depth=80).allowing("count", 2**31)
        'allow more: limits=Limits(depth=80, count=2147483648)'
        >>> Limits().allowing("depth", 501)
        'depth=500 is the greatest limit: calls that go deeper would use up the stack of the SUT'
        """
        _, most, why = _RANGES[name]
        if wanted > most or getattr(self, name) == most:
            return f"{name}={most} is the greatest limit: {why}"
        return f"allow more: limits={replace(self, **{name: wanted})!r}"

    def allowing_some(self, name: str, times: int) -> str:
        """Say what to write for a limit so many times as great, or the greatest there is."""
        return self.allowing(name, min(times * getattr(self, name), _RANGES[name][1]))


def _fits(name: str, value: int) -> bool:
    least, most, _ = _RANGES[name]
    return least <= value <= most


def _misfit(name: str, value: Any) -> str:
    """Say what is wrong with one limit."""
    least, most, why = _RANGES[name]
    if value.__class__ is not int:
        return f"{name}={value!r:.60} is no int ({type(value).__name__})"
    return f"{name}={value} is none of {least}..{most}" + (f" ({why})" if value > most else "")


DEFAULT = Limits()
GREATEST = Limits(**{name: most for name, (_, most, _) in _RANGES.items()})


def checked(limits: Any, default: Limits = DEFAULT) -> Limits:
    """Take what was given as ``limits=``; None means the default.

    Raises:
        ArgumentTypeError: it is something else.

    >>> checked(4096)
    Traceback (most recent call last):
    cmock_py.errors.ArgumentTypeError: limits=4096 is no Limits (int); write limits=Limits(configurations=...)
    """
    if limits is None:
        return default
    if not isinstance(limits, Limits):
        message = (
            f"limits={limits!r:.60} is no Limits ({type(limits).__name__}); write limits=Limits(configurations=...)"
        )
        raise ArgumentTypeError(message)
    return limits


# --- what is said ---------------------------------------------------------------------------------------------------


def too_deep(functions: Iterable[tuple[str, str]], limits: Limits = GREATEST) -> tuple[str, str]:
    """Say that the language is nested too deep around calls of some functions, and what to do.

    >>> message, hint = too_deep([("m", "f"), ("m", "g")], Limits())
    >>> message, hint[-25:]
    ('the language is nested more than 64 deep here, around m.f, m.g', ' limits=Limits(depth=128)')
    """
    flatter = "brackets directly inside brackets often say nothing new: write the inner items in the outer ones"
    return f"the language is nested more than {limits.depth} deep here{around(functions)}", (
        f"{flatter}; or {limits.allowing_some('depth', 2)}"
    )


def deep_error(place: Source, limits: Limits = GREATEST, functions: Iterable[tuple[str, str]] = ()) -> LanguageError:
    """Build the error for a tree or a value that is nested too deep."""
    return LanguageError([Fault(str(place), *too_deep(functions, limits))])


def around(functions: Iterable[tuple[str, str]]) -> str:
    """Name the functions that a message is about, as the end of its sentence; nothing when there are none.

    >>> around([("m", "f"), ("", "g")]), around([])
    (', around m.f, g', '')
    """
    found = listed(functions)
    return f", around {found}" if found else ""


def listed(functions: Iterable[tuple[str, str]]) -> str:
    """Name some functions, those that come first.

    >>> listed([("m", "f"), ("", "g"), ("m", "f"), ("m", "h"), ("m", "i")])
    'm.f, g, m.h, ...'
    """
    names: dict[str, None] = {}
    for module, function in functions:
        names[f"{module}.{function}" if module else function] = None
        if len(names) > _NAMED:
            return ", ".join([*list(names)[:_NAMED], "..."])
    return ", ".join(names)


def called_in(text: str) -> list[tuple[str, str]]:
    """Find the functions that a text calls, as ``module`` and ``function``.

    >>> called_in("PAR[ m.f(1) g() ]")
    [('m', 'f'), ('', 'g')]
    """
    parts = (match[0].rpartition(".") for match in _CALL.finditer(text))
    return [(module, function) for module, _, function in parts if not function.isupper()]


def bits_fault(bits: Bits) -> str | None:
    """Say why no number has such bits, or return None.

    >>> from cmock_py.lang.nodes import Bits
    >>> bits_fault(Bits(0x0F, 0x80))
    'no number has bits 0xf == 0x80: 0x80 is outside of the mask'
    """
    mask, value = bits.mask, bits.value
    if isinstance(mask, int) and isinstance(value, int) and value & ~mask:
        return f"no number has bits {mask:#x} == {value:#x}: {value & ~mask:#x} is outside of the mask"
    return None


def count_fault(least: int, most: int | None, limits: Limits = GREATEST) -> str | None:
    """Say what is wrong with the bounds of a repetition, or return None.

    Args:
        least: how often at least.
        most: how often at most; None for no bound.
        limits: of the count.

    >>> count_fault(5, 2), count_fault(3, 9, Limits(count=8))
    ('5 times at least and 2 at most is impossible', 'a count is at most 8, not 9')
    """
    low, high = min(least, most or 0), max(least, most or 0)
    if low < 0:
        return f"a count is not negative, as {low} is"
    if most is not None and most < least:
        return f"{least} times at least and {most} at most is impossible"
    if high > limits.count:
        return f"a count is at most {limits.count}, not {high}"
    return None


def count_hint(least: int, most: int | None, limits: Limits) -> str | None:
    """Say what to write to allow so many rounds, unless they are no range at all.

    >>> count_hint(2, 9, Limits(count=5)), count_hint(9, 2, Limits(count=5))
    ('allow more: limits=Limits(count=9)', None)
    """
    bounds = [0, least, least if most is None else most]
    return limits.allowing("count", bounds[-1]) if bounds == sorted(bounds) else None
