"""The tree of exceptions: data for the user, with no layout beyond one message.

Four kinds stand under `CmockError`: what the user wrote (`UsageError`), what did not build (`BuildError`), what the
SUT did (`SutError`), and our own bug (`InternalError`). A fault that can occur many times in one input is a `Fault`,
and its exception carries all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input.

    Attributes:
        path: where in the input: ``modules[0].functions[2].args[1].type``, ``stack.mock:3:20``, ``stack.h:12``.
        message: what was seen, with its value, and what was allowed instead.
        hint: the next step, or None.
        snippet: lines of the user's text with a caret, or None.
    """

    path: str
    message: str
    hint: str | None = None
    snippet: str | None = None

    def __str__(self) -> str:
        """Render the fault as the lines a user reads."""
        lines = [f"{self.path}: {self.message}"]
        if self.snippet:
            lines += ["", self.snippet, ""]
        if self.hint:
            lines.append(f"  help: {self.hint}")
        return "\n".join(lines)


class CmockError(Exception):
    """Base of everything that cmock-py raises."""


# --- what the user wrote --------------------------------------------------------------------------------------------


class UsageError(CmockError):
    """Something the user wrote or passed is wrong; the message says where and what to do."""


class FaultyInputError(UsageError):
    """An input has faults; they are in `faults`, in the order of the input.

    Attributes:
        faults: all of them, but for those beyond a thousand of one language.
        unlisted: how many there are besides, which are counted only.
        is_cut: whether reading stopped before the end, so that there may be more.
    """

    shown = 20
    title = "the input has"

    def __init__(self, faults: Iterable[Fault], unlisted: int = 0, *, is_cut: bool = False) -> None:
        """Keep *faults* (at least one) and render the first `shown` of them."""
        self.faults: Sequence[Fault] = tuple(faults)
        self.unlisted, self.is_cut = unlisted, is_cut
        count = len(self.faults) + unlisted
        head = f"{self.title} {count} fault{'s' if count != 1 else ''}{' or more' if is_cut else ''}"
        body = [str(fault) for fault in self.faults[: self.shown]]
        if count > self.shown:
            body.append(f"... and {count - self.shown} more")
        super().__init__("\n".join([head, *body]))


class SpecError(FaultyInputError):
    """The API spec is wrong; fix the fields that the paths name."""

    title = "the API spec has"


class LanguageError(FaultyInputError):
    """The expectation language does not fit the spec; fix the events that the faults name."""

    title = "the language has"


class LanguageSyntaxError(LanguageError):
    """The text of the language does not parse; line, column and caret show where."""


class AmbiguousLanguage(LanguageError):
    """A language has two different answers to one call; the message names both lines and the calls that lead there."""

    title = "the language is ambiguous: it has"


class NotYet(UsageError):
    """A documented feature that this version does not run yet was asked for."""


class HeaderError(FaultyInputError):
    """A header lacks a type, disagrees with the spec, or cannot be read."""

    title = "the headers have"


class ArgumentError(UsageError):
    """A Python value cannot be passed to C as the parameter that the message names."""


class ArgumentTypeError(ArgumentError, TypeError):
    """A Python value has the wrong type, or a call the wrong number of arguments."""


class ArgumentValueError(ArgumentError, ValueError):
    """A Python value is of the right type but does not fit the C type."""


class EventError(LanguageError, ArgumentError):
    """An event that Python writes does not fit its function; the faults name the line that writes it."""

    title = "the event has"


class UnknownNameError(UsageError, AttributeError):
    """Nothing of that name is known or can be reached; the message says why, and names the nearest or what to do."""


class NoMocking(UsageError):
    """No mocking is running: call `start_mocking` first."""


class NoLanguage(UsageError):
    """`check_callouts` was asked before `init_lang` gave a language."""


class MemoryAccessError(UsageError):
    """A pointer cannot be read or written from Python."""


class NullPointer(MemoryAccessError):
    """A NULL pointer was read or written."""


class StalePointer(MemoryAccessError):
    """The memory belonged to a test child that is gone."""


class PlatformError(UsageError):
    """This machine lacks something: Linux with glibc on x86-64, a compiler, a tool, or a permission."""


# --- what did not build ---------------------------------------------------------------------------------------------


class BuildError(CmockError):
    """A compiler or linker refused; the message shows the command, its status and its text."""


class MissingSymbols(BuildError):
    """The objects call functions that nobody answers; each is listed with the place that needs it."""


class LayoutError(BuildError):
    """cffi and the compiler disagree about the layout of a C type; struct, member and both numbers are named."""


class MockBypass(BuildError):
    """A mock would be bypassed silently; the evidence and the remedy are named."""


class MockBypassWarning(UserWarning):
    """A mock may be bypassed for a reason that cannot be proved from here."""


# --- what the SUT did -----------------------------------------------------------------------------------------------


class SutError(CmockError):
    """The SUT was stopped; `stop` holds what is known as data."""

    def __init__(self, message: str, stop: Any = None) -> None:
        """Keep the rendered *message* and the `host.stop.Stop` it tells of."""
        super().__init__(message)
        self.stop = stop


class UnexpectedCall(SutError, AssertionError):
    """The SUT made a call that the language does not allow now."""


class AmbiguousCall(SutError):
    """The language has two different answers to a call, and nothing in the call tells which one is meant."""


class TooAmbiguous(SutError):
    """There are more ways to understand the calls so far than the language may keep."""


class SutCrashed(SutError):
    """The SUT died of a signal."""


class SutExited(SutError):
    """The SUT called `exit` or a mocked function that never returns, or an `assert` failed."""


class SutTimeout(SutError):
    """A call did not return within its deadline."""


class AnswerTooLong(SutError):
    """An answer holds more elements than the SUT's buffer takes; nothing was written."""


class UnfitAnswer(SutError):
    """What an argument has passed cannot be the answer: it was not kept whole, or is no value of that kind or size."""


class NullOut(SutError):
    """The SUT passed NULL where the answer has a value to write."""


class TraceFull(SutError):
    """The SUT made more calls than the trace may hold."""


class ChildStopped(SutError):
    """The test child was stopped before; the message cites the first cause."""


class UndecidedCheck(CmockError):
    """A check has given up: there are more ways to understand the calls than it may keep, or an expression is slow."""


class CalloutsFailed(CmockError, AssertionError):
    """The calls of the SUT are not what the language asks for; `verdict` holds the verdict as data."""

    def __init__(self, message: str, verdict: Any = None) -> None:
        """Keep the rendered *message* and the `Verdict` it tells of."""
        super().__init__(message)
        self.verdict = verdict


# --- our own bug ----------------------------------------------------------------------------------------------------


class InternalError(CmockError):
    """A bug of cmock-py; please report it with the text of this message."""
