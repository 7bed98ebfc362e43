"""What happened, in order: the meeting point of the C half and the language half."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Place:
    """A place in C source.

    Attributes:
        function: the C function, or None when debug information is missing.
        file: the source file as the compiler saw it, or None.
        line: counted from 1, or None.
    """

    function: str | None
    file: str | None
    line: int | None

    def __str__(self) -> str:
        """Render as ``calc.c:12 in calculate()``; without debug information as what is known of that."""
        if self.file is None:
            return f"{self.function}()" if self.function else "an unknown place"
        where = f"{self.file}:{self.line}"
        return f"{where} in {self.function}()" if self.function else where


class Handle(int):
    """A number that the language bound to a name (``s = stack.new()``); equal to the number, shown as the name."""

    name: str

    def __new__(cls, value: int, name: str) -> Self:
        """Make *value* known as *name*."""
        handle = super().__new__(cls, value)
        handle.name = name
        return handle

    def __repr__(self) -> str:
        """Show the name."""
        return f"<{self.name}>"


class Address(int):
    """A pointer's value; equal to the number, shown in hexadecimal."""

    def __repr__(self) -> str:
        """Show it in hexadecimal."""
        return hex(self)


class FunctionAddress(Address):
    """The address of a C function of the SUT; equal to the number, shown by name."""

    name: str

    def __new__(cls, value: int, name: str) -> Self:
        """Make *value* known as *name*."""
        function = super().__new__(cls, value)
        function.name = name
        return function

    def __repr__(self) -> str:
        """Show the name."""
        return self.name


class Near(float):
    """A floating number of an argument whose `tolerance` the spec says: what a call has passed, or an event expects."""

    tolerance: float | None

    def __new__(cls, value: float, tolerance: float | None) -> Self:
        """Let *value* be taken for what is no farther than *tolerance* away; None: only for the same bits."""
        near = super().__new__(cls, value)
        near.tolerance = tolerance
        return near

    def __getnewargs__(self) -> tuple[float, float | None]:  # type: ignore[override] # copies keep the tolerance
        """Give what makes an equal one."""
        return float(self), self.tolerance

    def takes(self, value: float) -> bool:
        """Decide whether another number is near enough.

        >>> Near(1.5, 0.25).takes(1.75), Near(0.0, None).takes(-0.0)
        (True, False)
        """
        is_same = self == value or (self != self and value != value)  # noqa: PLR0124 - NaN is NaN
        if self.tolerance is None:
            return is_same and struct.pack("d", self) == struct.pack("d", value)
        return is_same or abs(self - value) <= self.tolerance


class Passed(list[Any]):
    """What a caller has passed for ``...``, as a format string tells: there 1 and 1.0 are different."""

    __slots__ = ()


class Enumerator(str):
    """The name of an enum's value; equal to the text, shown without quotes.

    >>> Enumerator("RED", 3), Enumerator("RED", 3) == "RED", Enumerator("RED", 3).number
    ('RED', True, 3)
    """

    __slots__ = ("number",)
    number: int | None

    def __new__(cls, name: str, number: int | None = None) -> Self:
        """Name *number*, None when only the headers know it."""
        enumerator = super().__new__(cls, name)
        enumerator.number = number
        return enumerator


NOT_CAPTURED = Enumerator("(not captured)")
"""An argument of a call at which the SUT was stopped while its arguments were copied; shown without quotes."""


class Character(str):
    """One character as the language writes it, ``'A'``; equal to the text, and a number where C has one.

    >>> import operator
    >>> operator.index(Character("A")), Character("A") == "A"
    (65, True)
    """

    __slots__ = ()

    def __index__(self) -> int:
        """Give its number; raises TypeError where it depends on the sign of ``char``."""
        if self.isascii():
            return ord(self)
        msg = f"{str(self)!r} is no character of one byte"
        raise TypeError(msg)


class Unnamed(int):
    """A value of an enum that no enumerator has; equal to the number, shown as flags or as what it is not.

    >>> Unnamed(3, "READ|WRITE"), Unnamed(3, "READ|WRITE") == 3
    (READ|WRITE, True)
    """

    text: str

    def __new__(cls, value: int, text: str) -> Self:
        """Show *value* as *text*."""
        unnamed = super().__new__(cls, value)
        unnamed.text = text
        return unnamed

    def __repr__(self) -> str:
        """Show the text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Truncated:
    """A captured value of which only the first part was kept.

    Attributes:
        value: the part that was captured.
        size: how many bytes the whole value had.
    """

    value: Any
    size: int

    def __repr__(self) -> str:
        """Show the captured part and the size of the whole."""
        return f"{self.value!r}... ({self.size} bytes in all)"


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded callout.

    Attributes:
        index: position in the trace, from 0; messages count from 1.
        module: the spec's module name.
        function: the spec's function name.
        names: the names of the visible arguments, in spec order.
        args: their values, decoded, in the same order.
        answer: what the mock answered, shaped as an event's answer is; None for void; `REAL` when the real function
            answered what the language does not allow, or nobody knows what.
        event: index of the event that answered, in the order of the language; None when the call was refused, or the
            real function answered what the language does not allow.
        site: address in the SUT that the call returns to.
        place: `site` as a place in C, when it was looked up, else None.
        thread: number of the thread that called, 0 for the main one.
        outs: the names of the out arguments, in spec order, as their values begin the answer.
        errno: what the answer has left in ``errno``; None when it has left it alone.
        is_real: whether the real function answered.
    """

    index: int
    module: str
    function: str
    names: tuple[str, ...]
    args: tuple[Any, ...]
    answer: Any = None
    event: int | None = None
    site: int = 0
    place: Place | None = None
    thread: int = 0
    outs: tuple[str, ...] = ()
    errno: Any = None
    is_real: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Why and where the SUT was stopped.

    Attributes:
        reason: ``unexpected``, ``signal``, ``exit``, ``abort``, ``assert``, ``timeout``, ``too_long``, ``null_out``,
            ``trace_full``, ``reentered``, ``never_returns``, ``raised``, ``bad_argument``, ``past_room``,
            ``ambiguous``, ``too_ambiguous``, ``sets_full``, ``died`` when the process is gone without a word; or
            ``cut_answer``, ``null_answer``, ``broken_text`` or ``other_size``, where what an argument has passed
            cannot be the answer.
        frames: the C backtrace, innermost first, frames of the runtime and of stubs left out.
        called: the function that Python had called, or None.
        call: index in the trace of the mocked call in progress, or None.
        signal: name such as ``SIGSEGV``, or None.
        address: the faulting address of SIGSEGV and SIGBUS, or None.
        text: the text of a failed assert, the name of the exit function, a hint about the address, or ``""``.
        status: exit status, or None.
        argument: the argument that `too_long`, `null_out` and `bad_argument` are about, or whose value cannot be
            answered; or None.
        answered: elements in the answer, for `too_long`, or valid ones, for `past_room`; bytes of the value, for
            `cut_answer` and `other_size`.
        has_nul: whether one of them is the NUL of a text.
        capacity: elements that the SUT's buffer takes, for both; bytes that were kept, for `cut_answer`, and that
            are there for the value, for `other_size`.
        deadline_s: the deadline that passed, for `timeout`.
        mock: ``module.function`` of the mock that stopped, or None.
        size: bytes of the argument that `bad_argument` is about, or None.
        through: C text of the spec that follows that argument, for `bad_argument`.
        thread: number of the thread that stopped, 0 for the main one.
        events: numbers of the two events that answer differently, for `ambiguous`; of the first and the last in the
            part of the language that there are too many ways to read, for `too_ambiguous` and `sets_full`; of the one
            whose answer cannot be.
        limit: how many ways there may be, for `too_ambiguous`; how many bytes they may take, for `sets_full`; bytes of
            the trace, for a `trace_full` that is not one of ``max_calls``.
        passed: ``module.function`` of the mock that was passed what cannot be answered, or None.
    """

    reason: str
    frames: tuple[Place, ...] = ()
    called: str | None = None
    call: int | None = None
    signal: str | None = None
    address: int | None = None
    text: str = ""
    status: int | None = None
    argument: str | None = None
    answered: int | None = None
    capacity: int | None = None
    deadline_s: float | None = None
    mock: str | None = None
    size: int | None = None
    thread: int = 0
    events: tuple[int, ...] = ()
    limit: int | None = None
    passed: str | None = None
    through: tuple[str, ...] = ()
    has_nul: bool = False
