"""Patterns and Python values: what fits, what a call binds, and what bound names stand for.

The rules of values are those of the check in C: a wildcard fits anything, wherever it stands; numbers compare as
numbers, whatever their types, so that 0.0 equals -0.0, and NaN matches NaN; text equals its bytes; a struct pattern
speaks only of the fields it names; a truncated value equals nothing, since nobody knows how it goes on; it differs from
what is no longer than the part that was kept.
"""

from __future__ import annotations

import operator
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from cmock_py.lang.names import replace_names
from cmock_py.lang.nodes import (
    NULL,
    REAL,
    WILDCARD,
    AnswerFrom,
    Between,
    Bind,
    Bits,
    Both,
    Compare,
    Flags,
    Name,
    Named,
    OneOf,
    OutValue,
    Predicate,
    Regex,
    Rest,
)
from cmock_py.lang.regular import automaton
from cmock_py.lang.searching import has
from cmock_py.trace import Address, Character, Enumerator, Near, Passed, Truncated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cmock_py.lang.nodes import Event

_SIZED = (str, bytes, bytearray, list)
_COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Nothing:
    """What a name is bound to where a call has no such element; there is one: `NOTHING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Say it."""
        return "nothing"


NOTHING = Nothing()
NULL_OR_ZERO = Address(0)
"""What a null pointer that was bound asks for: NULL, and of a number that it is 0, as in C."""


def fits(pattern: Any, value: Any) -> bool:
    r"""Decide whether a value is what the pattern says.

    >>> fits([1, WILDCARD, {"x": -0.0}], [1, 99, {"x": 0.0, "y": 5}]), fits("a", b"a"), fits([1], [1, 2])
    (True, True, False)
    >>> fits([1, WILDCARD, Compare(">", 4)], b"\1\2\5"), fits([1], [1.0]), fits([1], Passed([1.0]))
    (True, True, False)
    >>> fits(None, 0), [fits(NULL_OR_ZERO, value) for value in (None, 0.0, 1)]
    (False, [True, True, False])
    >>> fits(Both((Compare(">", 0), Compare("!=", 5))), 5), fits(OneOf((1, Between(5, 8))), 7)
    (False, True)
    """
    if pattern.__class__ is int:  # nearly all of them; the search asks a hundred thousand times
        return bool(pattern == value) if value.__class__ is int else _is_same_number(pattern, value)
    if pattern is WILDCARD:
        return True
    match pattern:
        case tuple():
            return isinstance(value, tuple) and len(pattern) == len(value) and all(map(fits, pattern, value))
        case list():
            return _fits_elements(pattern, value)
        case dict():
            return isinstance(value, dict) and all(
                name in value and fits(inner, value[name]) for name, inner in pattern.items()
            )
        case int() | float():
            return _is_same_number(pattern, value) or (pattern is NULL_OR_ZERO and value is None)
        case str() | bytes() | bytearray():
            return _is_same_text(pattern, value) or _is_number_of(pattern, value)
        case complex() if isinstance(value, complex):
            return fits(pattern.real, value.real) and fits(pattern.imag, value.imag)
        case Truncated() | Nothing():
            return False
    return value is None if pattern is NULL else _meets(pattern, value) or bool(pattern == value)


def _fits_elements(pattern: list[Any], value: Any) -> bool:
    """Compare element by element; calls show an array of bytes as such, and one of characters as text up to its NUL."""
    if isinstance(value, str) and len(value) <= len(pattern):
        value = _bytes_of(value).ljust(len(pattern), b"\0")
    if not isinstance(value, (list, bytes, bytearray)) or len(pattern) != len(value):
        return False
    return all(map(element_fits(value), pattern, value))


def element_fits(value: Any) -> Callable[[Any, Any], bool]:
    """What decides whether an element of a list, or of bytes, is what the pattern says."""
    if isinstance(value, list):
        return _fits_passed if isinstance(value, Passed) else fits
    return _fits_byte


def _fits_byte(pattern: Any, value: int) -> bool:
    return fits(pattern, value) or (isinstance(pattern, (str, bytes)) and _bytes_of(pattern) == bytes([value]))


def _fits_passed(pattern: Any, value: Any) -> bool:
    """Passed for ``...``, a whole number and a floating one are different."""
    are_numbers = isinstance(pattern, (int, float)) and isinstance(value, (int, float))
    return fits(pattern, value) and not (are_numbers and isinstance(pattern, float) != isinstance(value, float))


def _is_same_number(number: float, value: Any) -> bool:
    """Compare as numbers, as near as the spec says of the value; a bound one may be of another type."""
    if isinstance(value, Near):
        return value.takes(number)
    return bool(number == _number(value)) or (_is_nan(number) and _is_nan(value))


def _is_same_text(text: str | bytes | bytearray, value: Any) -> bool:
    return isinstance(value, (str, bytes, bytearray)) and _text_of(text) == _text_of(value)


def _text_of(text: str | bytes | bytearray) -> str:
    """Bytes that are no text stand in it as surrogates."""
    return text if isinstance(text, str) else bytes(text).decode(errors="surrogateescape")


def _bytes_of(text: str | bytes | bytearray) -> bytes:
    return text.encode(errors="surrogateescape") if isinstance(text, str) else bytes(text)


def _meets(pattern: Any, value: Any) -> bool:
    """Decide what is more than equality: comparisons, sets, names."""
    match pattern:
        case Bind():
            return True
        case Both(patterns=patterns):
            return all(fits(inner, value) for inner in patterns)
        case OneOf(values=values):
            return any(fits(inner, value) for inner in values)
        case Compare(op="==", value=wanted):
            return fits(wanted, value)
        case Compare(op="!=", value=wanted):
            return _surely_differs(wanted, value)
        case Compare(op=op, value=wanted):
            return _in_order(op, value, wanted)
        case Between(low=low, high=high):
            return _in_order(">=", value, low) and _in_order("<=", value, high)
        case Regex(pattern=text) if not callable(pattern):
            kept = value.value if isinstance(value, Truncated) else value
            return isinstance(kept, (str, bytes, bytearray)) and has(text, kept, is_cut=kept is not value)
        case Bits(mask=mask, value=wanted):
            number = _number(value)
            return isinstance(number, int) and number & mask == wanted
        case Name(name=name):
            return bool(getattr(value, "name", None) == name or (isinstance(value, str) and value == name))
        case Flags(parts=parts):
            written = {part.name if isinstance(part, Name) else str(part) for part in parts}
            return written == set(str(getattr(value, "text", value)).split("|"))
    return callable(pattern) and bool(pattern(value))


def same(one: Any, other: Any) -> bool:
    """Decide whether two values without patterns are equal: two answers, each of another event.

    >>> same((0.0, [float("nan")]), (-0.0, [float("nan")])), same("a", b"a"), same({"x": 1}, {"x": 1, "y": 0})
    (True, True, False)
    """
    one, other = _number(_value(one)), _number(_value(other))
    match one, other:
        case (list() | tuple(), list() | tuple()):
            return len(one) == len(other) and all(map(same, one, other))
        case (dict(), dict()):
            return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
        case (str() | bytes(), str() | bytes()):
            return _is_same_text(one, other)
        case (Truncated(), Truncated()):
            return one.size == other.size and same(one.value, other.value)
    return bool(one == other) or (_is_nan(one) and _is_nan(other))


def _value(answer: Any) -> Any:
    return None if answer is NULL else answer


def says(said: tuple[Any, ...], given: tuple[Any, ...]) -> bool:
    """Decide whether an event may have answered so: a value, ``errno``, and what is written, as far as it says these.

    Nobody knows before what a function of Python answers, and who only judges may leave answers out.

    >>> (
    ...     says((-1, None, ()), (-1, 4, ())),
    ...     says((-1, 4, ()), (-1, None, ())),
    ...     says(((WILDCARD, 0), 4, ()), ((5, 0), 4, ())),
    ... )
    (True, False, True)
    """
    (value, errno, written), (answered, left, outs) = said, given
    if is_unknown(answered):
        return True
    if errno is not None and left is not WILDCARD and errno != left:
        return False
    if written and not outs:
        return False
    if not all(fits(dict(written).get(name, WILDCARD), out) for name, out in outs):
        return False
    return is_unknown(value) or (answered == value if value == REAL else fits(value, answered))


def is_unknown(answer: Any) -> bool:
    """Tell whether nobody knows an answer before the call: that of a function, or one that a text leaves out."""
    return answer is WILDCARD or isinstance(answer, AnswerFrom) or callable(answer)


def _surely_differs(wanted: Any, value: Any) -> bool:
    """Decide whether two values are not equal, whatever names stand for, however cut ones go on."""
    if isinstance(wanted, (Name, Flags)) and not isinstance(value, (Name, Flags)):
        return False
    if not isinstance(value, Truncated):
        return wanted is not NOTHING and not fits(wanted, value)
    if isinstance(wanted, Truncated):
        return wanted.size != value.size or not fits(wanted.value, value.value)
    return wanted is None or (isinstance(wanted, _SIZED) and _length(wanted) <= _length(value.value))


def _length(value: Any) -> int:
    """Count bytes of a text, elements of a list."""
    return len(value) if isinstance(value, list) else len(_bytes_of(value))


def _is_number_of(name: Any, value: Any) -> bool:
    """Whether a character or an enumerator, as a name may be bound to, is a number, which C does not tell from it."""
    number = _number(name)
    return isinstance(number, int) and _is_same_number(number, value)


def _in_order(op: str, left: Any, right: Any) -> bool:
    """Compare what can be compared."""
    try:
        return bool(_COMPARISONS[op](_number(left), _number(right)))
    except TypeError:
        return False


def _number(value: Any) -> Any:
    """The number that a character or an enumerator is, as far as that is known; other values as they are."""
    if isinstance(value, Enumerator):
        return value if value.number is None else value.number
    return operator.index(value) if isinstance(value, Character) and value.isascii() else value


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value  # noqa: PLR0124 - what NaN is


# --- arguments of a call --------------------------------------------------------------------------------------------


def pairs(event: Event, names: Sequence[str], values: Sequence[Any]) -> list[tuple[int, Any]] | None:
    """Find the pattern of each argument of a call: its index and the pattern, without those that `...` leaves open.

    Returns:
        None when the event has another number of arguments than the call, or names one that the call has not.

    >>> from cmock_py.lang.nodes import Event
    >>> pairs(Event("m", "f", (WILDCARD, Named("c", 4), Rest())), ("a", "b", "c"), (1, 2, 4))
    [(0, _), (2, 4)]
    """
    if not any(arg.__class__ in {OutValue, Named, Rest} for arg in event.args):
        return list(enumerate(event.args)) if len(event.args) == len(values) else None
    listed = [arg for arg in event.args if not isinstance(arg, OutValue)]
    named = {arg.name: arg.pattern for arg in listed if isinstance(arg, Named)}
    found = dict(enumerate(arg for arg in listed if not isinstance(arg, Named | Rest)))
    for index, name in enumerate(names):
        if name in named and index not in found:
            found[index] = named.pop(name)
    is_whole = len(found) == len(values) or any(isinstance(arg, Rest) for arg in listed)
    return (
        None if named or not is_whole or len(found) > len(values) else sorted(found.items(), key=lambda pair: pair[0])
    )


def bound(pattern: Any, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names that a pattern binds, each with the argument's value, or that of an element or a member.

    >>> [*bound({"x": Bind("a"), "ys": [4, Bind("b")]}, {"x": 1, "ys": [4, 5]}), *bound([Bind("c")], [])]
    [('a', 1), ('b', 5), ('c', nothing)]
    """
    match pattern:
        case Bind(name=name):
            yield name, value
        case Both(patterns=patterns):
            yield from chain.from_iterable(bound(inner, value) for inner in patterns)
        case dict():
            parts = value if isinstance(value, dict) else {}
            yield from chain.from_iterable(bound(inner, parts.get(name, NOTHING)) for name, inner in pattern.items())
        case list():
            items = chain(_kept_items(value), repeat(NOTHING))
            yield from chain.from_iterable(map(bound, pattern, items))


def _kept_items(value: Any) -> Sequence[Any]:
    value = value.value if isinstance(value, Truncated) else value
    return value if isinstance(value, (list, bytes, bytearray)) else ()


def substitute(pattern: Any, values: Mapping[str, Any]) -> Any:
    """Put in what bound names stand for; other names stay.

    >>> substitute({"x": Compare("<", Name("n"))}, {"n": 5})
    {'x': Compare(op='<', value=5)}
    """
    return replace_names(pattern, lambda name: values.get(name, Name(name))) if values else pattern


def asked(pattern: Any, values: Mapping[str, Any]) -> Any:
    """Put in what bound names ask of an argument; a null pointer is compared with numbers as well."""
    return substitute(pattern, {name: NULL_OR_ZERO if value is None else value for name, value in values.items()})


def while_running(pattern: Any) -> Any:
    """Replace what only a check can know, functions of Python and expressions that no automaton finds, by wildcards."""
    match pattern:
        case Both(patterns=patterns):
            return Both(tuple(map(while_running, patterns)))
        case list():
            return list(map(while_running, pattern))
        case dict():
            return {name: while_running(inner) for name, inner in pattern.items()}
        case Regex(pattern=text):
            return pattern if automaton(text) else WILDCARD
    return WILDCARD if isinstance(pattern, Predicate) or callable(pattern) else pattern
