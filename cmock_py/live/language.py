"""The language that is set: what the SUT may do, what it has done so far, and the check of the two."""

from __future__ import annotations

import os
from bisect import bisect_left
from functools import cache, cached_property, partial
from itertools import accumulate
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmock_py.bind.engines import is_plain
from cmock_py.bind.machine import Policy
from cmock_py.bind.tables import Expected, bind
from cmock_py.bind.term_checks import TermChecks
from cmock_py.codegen import names
from cmock_py.errors import (
    AmbiguousLanguage,
    ArgumentValueError,
    InternalError,
    NoLanguage,
    UndecidedCheck,
    UsageError,
)
from cmock_py.host import arena as shared
from cmock_py.host.arena import Found, Outcome, Refusal
from cmock_py.host.records import Trace
from cmock_py.lang.constants import Constants
from cmock_py.lang.findings import Findings
from cmock_py.lang.given import check_functions, tells_python_lines, tree_of
from cmock_py.lang.nodes import REAL
from cmock_py.lang.recursion import reading, room_for
from cmock_py.live.fitting import refuse_large
from cmock_py.live.judgements import Judgements
from cmock_py.payload import Names
from cmock_py.trace import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from cmock_py.bind.tables import Tables
    from cmock_py.build import Program
    from cmock_py.errors import SutError
    from cmock_py.explain.report import Expectation, Verdict
    from cmock_py.host.process import Host
    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Event, Node
    from cmock_py.live.answers import Answers
    from cmock_py.live.places import Places
    from cmock_py.live.reals import Reals
    from cmock_py.payload import Handles
    from cmock_py.trace import Call


def policy(ambiguous: str, *, strict: bool) -> Policy:
    """Say how calls are read that can be taken in two ways.

    Args:
        ambiguous: ``"error"`` or ``"first"``.
        strict: whether a second way is an error whatever it answers.

    Raises:
        ArgumentValueError: an option has no such value.
    """
    if ambiguous not in {"error", "first"}:
        msg = f"ambiguous={ambiguous!r} is neither 'error' nor 'first'"
        raise ArgumentValueError(msg)
    if strict and ambiguous == "first":
        msg = "strict=True refuses every second way, so ambiguous='first' has nothing to decide; give one of both"
        raise ArgumentValueError(msg)
    return Policy.STRICT if strict else Policy.FIRST_WINS if ambiguous == "first" else Policy.REFUSE_AMBIGUITY


_REASONS = {Refusal.TOO_MANY: "too_ambiguous", Refusal.MEMORY_FULL: "sets_full"}
_UNDECIDED = {Outcome.UNDECIDED: "too_ambiguous", Outcome.OUT_OF_MEMORY: "sets_full"}


class Language:
    """Owns the regions of the arena that hold expected calls: those that step, and those of a check.

    Attributes:
        tables: the bound language, None when none is set.
        checked: whether nothing is left to be checked.
    """

    def __init__(
        self,
        program: Program,
        host: Host,
        *,
        includes: str,
        capture_bytes: int,
        places: Places,
        reals: Reals,
        answers: Answers,
        limits: Limits,
    ) -> None:
        """Judge the SUT of *program* that runs in *host*; *includes* are the lines in which macros are known."""
        self._program = program
        self._host = host
        self._includes = includes
        self._capture_bytes = capture_bytes
        self._places = places
        self._reals = reals
        self._answers = answers
        self._limits = limits
        self._name = "language"
        self._python: Mapping[str, Callable[..., Any]] = {}
        self._judgements = Judgements()
        self.tables: Tables | None = None
        self.checked = True

    @property
    def name(self) -> str | None:
        """What reports call it: ``language``, or the file that writes it as terms; None when none is set."""
        return None if self.tables is None else self._name

    @property
    def events(self) -> Sequence[Event]:
        """What is expected, as far as a language is set."""
        return Expected(self.tables) if self.tables else ()

    @property
    def handles(self) -> Handles:
        """Names of the numbers that the language has made up."""
        return self.tables.handles if self.tables else {}

    def checks(self) -> dict[tuple[str, str], TermChecks]:
        """Check events when they are written, by module and function."""
        mocked = self._program.mocked
        return {(m.module, m.spec.name): TermChecks(m, mocked, self._reals.missing) for m in mocked}

    # --- bind and set -----------------------------------------------------------------------------------------------

    @tells_python_lines
    def bind(
        self,
        lang: str | os.PathLike[str] | Node,
        *,
        answered: bool = True,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        policy: Policy = Policy.REFUSE_AMBIGUITY,
        limits: Limits | None = None,
    ) -> Tables:
        """Make the tables of a language.

        Args:
            lang: its text, the path of one, or terms.
            answered: whether it shall answer calls, and not only be checked.
            functions: Python functions that answer or judge arguments, by the name that a text calls them; a language
                that only judges knows those of the one that is set as well.
            policy: what happens when a call can be taken in two ways; a check has the answers and needs none.
            limits: of the language; None means those of the one that is set.

        Raises:
            LanguageError, ArgumentTypeError: it is wrong, or does not fit into the arena.
        """
        read = limits or self._limits
        with reading(lang, read):
            return self._bind(lang, functions, policy, read, answered=answered)

    def _bind(
        self,
        lang: str | os.PathLike[str] | Node,
        functions: Mapping[str, Callable[..., Any]] | None,
        policy: Policy,
        limits: Limits,
        *,
        answered: bool,
    ) -> Tables:
        program = self._program
        python = {} if functions is None else functions
        check_functions(python)
        if not answered:
            python = {**self._python, **python}
        findings = Findings()
        tables = bind(
            tree_of(lang, findings, limits),
            program.mocked,
            self._constants,
            findings=findings,
            functions=self._c_functions,
            answered=answered,
            no_real=self._reals.missing if answered else lambda _: None,
            served=program.served,
            python=python,
            policy=policy,
            limits=limits,
        )
        refuse_large(tables, limits)
        return tables

    @tells_python_lines
    def refuse_ambiguous(self, lang: str | os.PathLike[str] | Node, tables: Tables, limits: Limits) -> None:
        """Let the runtime play calls against a language that can take one in two ways, before it is set.

        Raises:
            AmbiguousLanguage: a call has two different answers, or there are too many ways to keep.
        """
        if tables.machine is None or not tables.machine.words["sets_size"]:
            return
        self._host.set_word("check", *self._write(tables, shared.CHECK))
        status = self._host.run_probe()
        if status:
            msg = f"the probe of a language ended with wait status {status:#x}"
            raise InternalError(msg)
        found = Found.read(self._host.arena)
        if found.refusal == Refusal.ALLOWED:
            return
        from cmock_py.explain.ambiguity import ambiguous_language, too_ambiguous_language
        from cmock_py.explain.report import Expectation

        language = Expectation(Expected(tables), tables.root, _name(lang, tables), tables.events, limits=limits)
        if found.refusal == Refusal.TWO_ANSWERS:
            raise AmbiguousLanguage([ambiguous_language(language, found.event, found.rival, found.path)])
        reason, events = _REASONS[Refusal(found.refusal)], (found.event, found.rival)
        raise AmbiguousLanguage([too_ambiguous_language(language, Stop(reason, events=events), found.calls)])

    @cached_property
    def _c_functions(self) -> dict[str, int]:
        """Where the C functions that the SUT can take the address of begin; a mocked one is its mock."""
        found = {name: symbol.address for name, symbol in self._program.addresses.items() if symbol.kind == "function"}
        for prefix in (names.HOOK, names.MOCK):
            found |= {name.removeprefix(prefix): at for name, at in found.items() if name.startswith(prefix)}
        return {name: address for name, address in found.items() if not name.startswith(names.RESERVED)}

    @cached_property
    def _constants(self) -> Constants:
        """The numbers of the headers."""
        from cmock_py.make import constant_names, macro_values

        where = self._program.compiler, self._program.headers, self._includes
        return Constants(
            self._program.declarations.constants,
            lambda wanted: macro_values(*where, wanted),
            cache(partial(constant_names, *where)),
            hint=None,
        )

    def set(
        self,
        lang: str | os.PathLike[str] | Node,
        tables: Tables,
        limits: Limits,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        """Let the SUT step the tables that were bound of *lang* from now on; forgets the trace."""
        self._limits = limits
        self._python = {} if functions is None else functions
        self._name = _name(lang, tables)
        self.checked = False
        self._begin(tables)

    def clear(self) -> None:
        """Have no language, and forget the trace."""
        self.checked = True
        self._begin(None)

    def _begin(self, tables: Tables | None) -> None:
        """Empty the trace and write the tables that step."""
        host = self._host
        self.tables = tables
        host.set_word("run", *(self._write(tables, shared.RUN) if tables else (0, 0, 0, 0)))
        for word in ("position", "trace_used", "trace_calls"):
            host.set_word(word, 0)
        host.arena.runs += 1
        self._answers.begin(tables.computed if tables else {})
        host.set_word("capture_bound", max(self._capture_bytes, tables.longest if tables else 0))
        host.set_word("lock", 0)

    def _write(self, tables: Tables, region: int) -> tuple[int, int, int, int]:
        """Copy tables into a region of the arena; return the words of ``struct cmk_language``."""
        for at, raw in tables.parts():
            self._host.arena.map[region + at : region + at + len(raw)] = raw
        self._reset(tables, region)
        return tables.events_at, len(tables.events), tables.masks_at, tables.machine_at

    def _reset(self, tables: Tables, region: int) -> None:
        """Let the machine of a language begin anew; its state lies in a region, wherever its tables are."""
        if tables.machine is not None:
            size, at = tables.machine.state_size, region + shared.STATE
            self._host.arena.map[at : at + size] = bytes(size)

    # --- trace and check --------------------------------------------------------------------------------------------

    def trace(self) -> Trace:
        """Return the calls since the language was set, oldest first."""
        known = Names(self.handles, {address: name for name, address in self._c_functions.items()})
        answers = self._answers.places
        numbers = self._constants.numbers
        return Trace(self._host.arena, self._program.mocked, self._places.of_call, known, answers, numbers=numbers)

    def verdict(
        self,
        lang: str | os.PathLike[str] | Node | None,
        cause: SutError | None,
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        lines: int,
    ) -> Verdict:
        """Decide whether the calls are what a language asks for.

        Args:
            lang: the language; None means the one that is set.
            cause: why the SUT was stopped, None when it was not.
            functions: Python functions by the name that *lang* calls them, besides those of the language that is set.
            lines: how many a report may have.

        Raises:
            NoLanguage: there is none.
            LanguageError, ArgumentTypeError: it is wrong.
        """
        from cmock_py.explain.verdict import explain

        tables = self.tables if lang is None else self.bind(lang, answered=False, functions=functions)
        if tables is None:
            msg = "no language is set; call init_lang first, or give check_callouts the language"
            first = f" (before that: {str(cause).splitlines()[0]})" if cause is not None else ""
            raise NoLanguage(msg + first)
        self.checked = True
        outcome = self._run_check(tables)
        trace = self.trace()
        if outcome is not Outcome.ACCEPTED:
            self._judgements.raise_asked(self._host.word("raised"), trace)
        calls = trace.checked()
        expectation = self._expectation(tables, self._name if lang is None else _name(lang, tables))
        if outcome in _UNDECIDED:
            raise UndecidedCheck(self._undecided(expectation, calls, _UNDECIDED[outcome]))
        event = self._host.word("verdict_event")
        is_plain = tables.machine is None
        with self.room():
            return explain(
                outcome.name.lower(),
                calls,
                expectation,
                event if is_plain or outcome is Outcome.ACCEPTED else self._first(calls),
                cause.stop if cause is not None else None,
                event=None if is_plain or event == shared.NO_EVENT else event,
                real=len(trace) - len(calls),
                lines=lines,
            )

    def room(self) -> AbstractContextManager[None]:
        """Let explanations recurse as deep as the language is nested."""
        return room_for(self._limits.depth)

    def page(self, cause: SutError | None) -> str:
        """Draw the calls beside the language that is set; that is no check of it.

        Raises:
            NoLanguage: there is none.
        """
        from cmock_py.explain.html import draw
        from cmock_py.explain.report import LINES

        checked = self.checked
        verdict = self.verdict(None, cause, lines=LINES)
        self.checked = checked
        assert self.tables is not None  # noqa: S101 - the verdict was about it
        with self.room():
            return draw(self.trace(), self.tables.events, self.tables.root, verdict, name=self._name)

    def _undecided(self, language: Expectation, calls: Sequence[Call], reason: str) -> str:
        """Say where a check gave up, and what to do."""
        from cmock_py.explain.ambiguity import too_ambiguous

        events = self._host.word("verdict_event"), self._host.word("verdict_field")
        stop = Stop(reason, call=self._first(calls), events=events)
        return too_ambiguous(stop, calls, language)

    def _first(self, calls: Sequence[Call]) -> int:
        """Position of the call that decided the check among those that it looks at."""
        return bisect_left(calls, self._host.word("verdict_record"), key=attrgetter("index"))

    @property
    def expectation(self) -> Expectation:
        """What explanations need to know of the language that is set."""
        from cmock_py.explain.report import Expectation

        return Expectation() if self.tables is None else self._expectation(self.tables, self._name)

    def _expectation(self, tables: Tables, name: str) -> Expectation:
        from cmock_py.explain.report import Expectation

        machine = tables.machine
        is_simple = machine is None or (is_plain(tables.root) and not machine.words["register_count"])
        root = None if is_simple else tables.root
        own = tables is self.tables
        tests = {asked.text.removeprefix("@"): asked.test for asked in tables.questions if callable(asked.test)}
        return Expectation(Expected(tables), root, name, tables.events, own, tests, self._limits)

    def _run_check(self, tables: Tables) -> Outcome:
        if tables is self.tables:
            region = shared.RUN
            words = tables.events_at, len(tables.events), tables.masks_at, tables.machine_at
            self._reset(tables, shared.CHECK)
        else:
            region, words = shared.CHECK, self._write(tables, shared.CHECK)
        self._host.set_word("check", *words)
        at, count, size = self._write_answers(tables)
        self._host.set_word("computed", at, count)
        self._host.set_word("predicates", *self._write_judgements(tables, size))
        self._host.set_word("raised", 0)
        self._host.set_word("check_region", region)
        status = self._host.run_check()
        if status:
            msg = f"the check ended with wait status {status:#x}; the trace may be damaged by the SUT"
            raise InternalError(msg)
        return Outcome(self._host.word("verdict"))

    def _write_answers(self, tables: Tables) -> tuple[int, int, int]:
        """Write where the answers of Python and of real functions are, and the latter, behind the tables of a check.

        Returns:
            Where, how many, and how many bytes.
        """
        if tables is self.tables:
            return 0, 0, 0
        reals = dict(self._real_answers())
        count = len(self._answers.places) + len(reals)
        begins = accumulate(map(len, reals.values()), initial=self._behind(tables) + 16 * count)
        raw = self._answers.table(dict(zip(reals, begins, strict=False))).tobytes() + b"".join(reals.values())
        at = self._write_behind(tables, 0, raw, f"the answers of Python functions and real ones to {count} calls")
        return at, count, len(raw)

    def _real_answers(self) -> Iterator[tuple[int, bytes]]:
        """Yield what real functions have answered where the language that stepped has let them."""
        if self.tables is not None and self.tables.machine is not None:
            events = {index for index, event in enumerate(self.tables.events) if event.answer == REAL}
            yield from self.trace().real_answers(events)

    def _write_behind(self, tables: Tables, offset: int, raw: bytes | bytearray, what: str) -> int:
        """Write what a check needs behind its tables; return where."""
        at, end = self._behind(tables) + offset, shared.CHECK + shared.FOUND
        if at + len(raw) > end:
            msg = f"{what} take {len(raw)} bytes for a check, and {max(0, end - at)} are left; check in several steps"
            raise UsageError(msg)
        self._host.arena.map[at : at + len(raw)] = raw
        return at

    def _behind(self, tables: Tables) -> int:
        """Where the region of a check is free: behind its tables, if these are not those that step."""
        return shared.CHECK + (0 if tables is self.tables else -(-tables.size // 8) * 8)

    def _write_judgements(self, tables: Tables, offset: int) -> tuple[int, int]:
        """Ask Python functions and regular expressions; return where their answers are, and the words of each."""
        self._judgements = Judgements.of(tables.questions, self.trace()) if tables.questions else Judgements()
        what = f"the answers of {len(tables.questions)} predicates to {self._judgements.count} calls"
        at = self._write_behind(tables, offset, self._judgements.bits, what)
        return at, self._judgements.words


def _name(lang: str | os.PathLike[str] | Node, tables: Tables) -> str:
    """Name a text ``language``, a file as it is called, and terms by the file that writes them."""
    if isinstance(lang, os.PathLike):
        return Path(lang).name
    return "language" if isinstance(lang, str) or not tables.events else Path(tables.events[0].source).name
