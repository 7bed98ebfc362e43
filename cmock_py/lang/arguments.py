"""Python terms for arguments and answers: everything that the text says with marks.

=====================  ===============================  =====================================================
text                   Python                           matches
=====================  ===============================  =====================================================
``_``                  ``WILDCARD``                     anything
``> 5``, ``!= 0``      ``GT(5)``, ``NE(0)``             by comparison; also ``GE LT LE EQ``
``1..64``              ``BETWEEN(1, 64)``               both bounds included
``in {1, 2}``          ``IN(1, 2)``                     one of these
``bits 0x80``          ``BITS(0x80)``                   a number in which all of these bits are 1
``bits 0xF0 == 0x30``  ``BITS(0xF0, 0x30)``             a number whose bits under the mask are these
``~"GET .*"``          ``REGEX("GET .*")``              text in which the regular expression is found
``@even``              a Python function                what the function accepts
``> 0 & < 10``         ``GT(0) & LT(10)``               what both match
``?n``                 ``BIND("n")``                    anything, and from then on ``n`` is its value
``n``                  ``VAR("n")``                     what ``?n`` or ``n = f()`` has bound; a constant of C
``val: 4``             ``NAMED("val", 4)``              a parameter by its name
``...``                ``REST``                         any further arguments
``*speed = 42``        ``OUT("speed", 42)``             writes 42 through the parameter
``-> each [1, 2]``     ``EACH(1, 2)``                   answers with one after the other
=====================  ===============================  =====================================================
"""

from __future__ import annotations

import re
from typing import Any

from cmock_py.errors import ArgumentTypeError, ArgumentValueError
from cmock_py.lang.limits import bits_fault
from cmock_py.lang.nodes import (
    AnswerEach,
    Between,
    Bind,
    Bits,
    Compare,
    Flags,
    Name,
    Named,
    OneOf,
    OutValue,
    Regex,
    Rest,
    answer_of,
)

__all__ = [
    "BETWEEN",
    "BIND",
    "BITS",
    "EACH",
    "EQ",
    "GE",
    "GT",
    "IN",
    "LE",
    "LT",
    "NAMED",
    "NE",
    "OUT",
    "REGEX",
    "REST",
    "VAR",
]

REST = Rest()
"""Any further arguments: ``EVENT("log", "info", [REST])``."""


def EQ(value: Any) -> Compare:  # noqa: N802 - as the operators, in capitals
    """Match what equals *value*; says the same as *value* itself."""
    return Compare("==", value)


def NE(value: Any) -> Compare:  # noqa: N802
    """Match what differs from *value*."""
    return Compare("!=", value)


def LT(value: Any) -> Compare:  # noqa: N802
    """Match what is less than *value*."""
    return Compare("<", value)


def LE(value: Any) -> Compare:  # noqa: N802
    """Match what is at most *value*."""
    return Compare("<=", value)


def GT(value: Any) -> Compare:  # noqa: N802
    """Match what is greater than *value*."""
    return Compare(">", value)


def GE(value: Any) -> Compare:  # noqa: N802
    """Match what is at least *value*."""
    return Compare(">=", value)


def BETWEEN(low: Any, high: Any) -> Between:  # noqa: N802
    """Match what is within both bounds, these included."""
    return Between(low, high)


def IN(*values: Any) -> OneOf:  # noqa: N802
    """Match what equals one of the values, given one by one or as one iterable.

    >>> IN(1, 2) == IN([1, 2]) == IN(range(1, 3))
    True
    """
    if len(values) == 1 and isinstance(values[0], (list, tuple, set, frozenset, range)):
        values = tuple(values[0])
    if not values:
        message = "IN needs at least one value: nothing equals one of none"
        raise ArgumentValueError(message)
    return OneOf(values)


def BITS(mask: int | Name | Flags, value: int | Name | Flags | None = None) -> Bits:  # noqa: N802
    """Match a number by its bits.

    Args:
        mask: the bits that count.
        value: what they are; None: all 1.

    Raises:
        ArgumentValueError: *value* has bits outside of *mask*, which no number can have.
    """
    bits = Bits(mask, mask if value is None else value)
    fault = bits_fault(bits)
    if fault:
        raise ArgumentValueError(fault)
    return bits


def REGEX(pattern: Any) -> Regex:  # noqa: N802
    """Match text in which a regular expression is found, as `re.search` does.

    Raises:
        ArgumentTypeError: *pattern* is no text.
        ArgumentValueError: it is no regular expression.
    """
    if not isinstance(pattern, str):
        message = f"REGEX takes the pattern as text, not {pattern!r:.60}"
        raise ArgumentTypeError(message)
    try:
        is_verbose = re.compile(pattern).flags & re.VERBOSE
    except (re.error, RecursionError, OverflowError) as error:
        message = f"REGEX: {pattern!r:.60} is no regular expression: {error}"
        raise ArgumentValueError(message) from None
    return Regex(pattern if is_verbose else _on_one_line(pattern))


def _on_one_line(pattern: str) -> str:
    """Write newlines and quotes as the text of a language does; to `re` they are the same."""
    said = {"\n": r"\n", "\\\n": r"\n", r"\"": '"'}
    return re.sub(r"\\.|\n", lambda match: said.get(match[0], match[0]), pattern, flags=re.DOTALL)


def BIND(name: str) -> Bind:  # noqa: N802
    """Match anything and bind it to a name, which is known to the answer and to the calls that follow: `VAR`."""
    return Bind(checked_name("BIND", name))


def VAR(name: str) -> Name:  # noqa: N802
    """Stand for what a name means: bound by `BIND` or by ``EVENT(..., binds=)``, or an enumerator or macro of C.

    >>> VAR("READ") | VAR("WRITE") | 4
    Flags(parts=(Name(name='READ'), Name(name='WRITE'), 4))
    """
    return Name(checked_name("VAR", name))


def NAMED(name: str, pattern: Any) -> Named:  # noqa: N802
    """Say a parameter by its name."""
    return Named(checked_name("NAMED", name), pattern)


def OUT(name: str, value: Any) -> OutValue:  # noqa: N802
    """Write a value through the out parameter of that name; it stands among the arguments."""
    return OutValue(checked_name("OUT", name), value)


def EACH(*answers: Any) -> AnswerEach:  # noqa: N802
    """Answer with one after the other, given one by one or as one list: round i of a repetition gets the i-th."""
    if len(answers) == 1 and isinstance(answers[0], (list, range)):
        answers = tuple(answers[0])
    if not answers:
        message = "EACH needs at least one answer"
        raise ArgumentValueError(message)
    return AnswerEach(tuple(map(answer_of, answers)))


def checked_name(term: str, name: Any) -> str:
    """Check that a name is one of C."""
    if not isinstance(name, str):
        message = f"{term} takes a name as text, not {name!r:.60}"
        raise ArgumentTypeError(message)
    if not (name.isidentifier() and name.isascii()):
        message = f"{term}: {name!r:.60} is no name as C has them"
        raise ArgumentValueError(message)
    return name
