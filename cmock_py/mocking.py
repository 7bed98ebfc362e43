"""A running mocking: the only module that knows every stage. `session` has the functions that make and find one."""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, get_args

from cmock_py import build as building
from cmock_py._resources import runtime_dir
from cmock_py.bind.tables import Expected, bind
from cmock_py.callables import function_name
from cmock_py.cdecl.model import Function, FunctionType
from cmock_py.cdecl.model import Pointer as PointerType
from cmock_py.codegen import names
from cmock_py.codegen.writer import declaration
from cmock_py.errors import (
    AnswerTooLong,
    ArgumentTypeError,
    ArgumentValueError,
    CalloutsFailed,
    ChildStopped,
    Fault,
    HeaderError,
    InternalError,
    NoLanguage,
    NoMocking,
    NullOut,
    SpecError,
    SutCrashed,
    SutError,
    SutExited,
    SutTimeout,
    TraceFull,
    UnexpectedCall,
    UnknownNameError,
    UsageError,
)
from cmock_py.host import arena as shared
from cmock_py.host import invoke, memory
from cmock_py.host.arena import Outcome, Reason, Request, State
from cmock_py.host.callback import Callbacks
from cmock_py.host.library import CFunction, Library
from cmock_py.host.memory import Memory, Pointer
from cmock_py.host.process import CONTROL_TIMEOUT_S, CommandLine, ConstructorStopped, Host, plain_command_line
from cmock_py.host.records import Trace
from cmock_py.host.silent import SilentFunctions
from cmock_py.host.stop import OURS, read_stop
from cmock_py.lang.nodes import Node
from cmock_py.mocked import no_passing_on
from cmock_py.payload import Names
from cmock_py.serving import Server
from cmock_py.toolchain import symbols
from cmock_py.trace import Place, Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cmock_py.bind.tables import Tables
    from cmock_py.cdecl.model import Declarations, Function
    from cmock_py.cdecl.unit import Unit
    from cmock_py.explain.report import Verdict
    from cmock_py.host.invoke import Signature
    from cmock_py.lang.nodes import Event
    from cmock_py.mocked import Mocked
    from cmock_py.spec.model import ApiSpec

_BY_REFERENCE = frozenset({"struct", "union", "array"})
"""Kinds of C types that a read gives a pointer to."""

NO_LIMIT = 1 << 62

HANDLE_SIZE = 4096
"""Bytes behind a made-up pointer that an access to a member of what it seems to point to may reach."""

_POLL_S = 0.001
"""How often `Mocking.wait` looks at its predicate while the SUT says nothing."""

_WORD = re.compile(r"[A-Za-z_]\w*")
_C_WORDS = frozenset(
    ("void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool", "const", "volatile")
)

_RAISED: dict[str, type[SutError]] = {
    "unexpected": UnexpectedCall,
    "signal": SutCrashed,
    "exit": SutExited,
    "abort": SutCrashed,
    "assert": SutExited,
    "timeout": SutTimeout,
    "too_long": AnswerTooLong,
    "null_out": NullOut,
    "trace_full": TraceFull,
    "reentered": SutCrashed,
    "never_returns": SutExited,
    "bad_argument": SutCrashed,
    "raised": SutError,
    "died": SutCrashed,
}


class Mocking:
    """A running mocking: the SUT in its own process, the mocks around it, the language that judges it.

    A context manager; leaving it stops the mocking. Calls from several threads wait for each other.

    Attributes:
        lib: the C functions and globals of the SUT, and nothing else: ``mocking.lib.push(s, 4)``.
        real: the functions behind the mocks: ``mocking.real.push``.
        silent: the silent functions, whose values can be set: ``mocking.silent.get_speed.value = 20``.
    """

    def __init__(
        self,
        request: building.Request,
        *,
        deadline_s: float,
        max_calls: int | None,
        capture_bytes: int,
        command_line: CommandLine = plain_command_line,
    ) -> None:
        """Build and start; `start_mocking` is the way in."""
        self.request = request
        self._command_line = command_line
        self.deadline_s = deadline_s
        self._capture_bytes = capture_bytes
        self._max_calls = NO_LIMIT if max_calls is None else max_calls
        self._lock = threading.RLock()
        self._turn = Turn(self)
        self._program = building.build(request)
        self._places: dict[int, Place | None] = {}
        self._functions: dict[str, CFunction] = {}
        self._unit: Unit | None = None
        self._ffi: Any = None
        self._tables: Tables | None = None
        self._language_name = "language"
        self._cause: SutError | None = None
        self._raised: BaseException | None = None
        self._calls: list[str] = []
        self._idle = True
        self._begun: CallUnderWay | None = None
        self._checked = True
        self.errno = 0
        self._host = self._start()
        self._refuse_missing_reals()
        self._memory = Memory(self._host, self._cffi_type)
        addresses = {name: symbol.address for name, symbol in self._program.addresses.items()}
        self.silent = SilentFunctions(self._program.mocked, addresses, self._memory, self._have_child)
        self._memory.functions = callbacks = Callbacks(self._host, self._memory, _Names(self, mocks=True))
        self._server = Server(self._host, self._memory, callbacks, self._program.mocked)
        self._mocked_names = {mocked.spec.c_name: mocked for mocked in self._program.mocked}
        # What they have is known to no type checker, save by a stub file.
        self.lib: Any = Library(_Names(self, mocks=True))
        self.real: Any = Library(_Names(self, mocks=False))

    def _start(self) -> Host:
        try:
            host = Host(self._program.executable, self._command_line)
        except ConstructorStopped as error:
            places = self._places_of([site - 1 for site in error.sites])
            place = next((p for p in places if p is not None and not OURS.match(p.function or "")), None)
            where = f" at {place}" if place else ""
            if error.reason == Reason.UNEXPECTED:
                msg = f"{error}{where}, which is mocked, before any language can be set"
                raise UnexpectedCall(msg) from None
            raise SutCrashed(f"{error}{where}") from None
        host.set_word("trace_limit", shared.REGION_SIZE // 2)
        host.set_word("max_calls", self._max_calls)
        host.set_word("capture_bound", self._capture_bytes)
        return host

    def _refuse_missing_reals(self) -> None:
        """Raise when there is no real function for one that shall answer what the language does not allow."""
        spies = [mocked for mocked in self._program.mocked if mocked.fallback]
        faults = [
            Fault(f"{mocked.path}.fallback ({mocked.spec.origin})", *refusal)
            for mocked in spies
            if (refusal := self._no_real(mocked)) is not None
        ]
        if faults:
            self._host.close()
            raise SpecError(faults)

    @cached_property
    def _reals(self) -> tuple[int, ...]:
        """Addresses of the real functions by number; 0 where there is none."""
        mocked = self._program.mocked
        return self._host.read_words(self._program.addresses[names.REALS].address, len(mocked))

    def _no_real(self, mocked: Mocked) -> tuple[str, str] | None:
        """Say why a function has no real one to call, and what to do; None when it has."""
        if not mocked.passes_on:
            return no_passing_on(mocked)
        if self._reals[mocked.number]:
            return None
        symbol = mocked.symbol
        text = f"there is no real function {symbol}: no object of objs= and no linked library defines it"
        hint = "give the object (objs=) or the library (ldflags=) that does, or answer the calls in the language"
        if symbol in self._program.archived:
            text = (
                f"the real function {symbol} lies in an archive, in a part that was not linked: nothing else needs it"
            )
            hint = f'ask for it: ldflags=["-Wl,-u,{symbol}"]; the linker then says what that part needs itself'
        return text, hint

    def __repr__(self) -> str:
        """Tell the mocked modules and whether it runs."""
        modules = ", ".join(module.name for module in self.request.spec.modules)
        return f"<Mocking of {modules or 'nothing'}, {'running' if self.running else 'stopped'}>"

    # --- life -------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Return the mocking itself."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Stop the mocking; an exception that is under way is more telling than one of the background."""
        try:
            self.stop()
        except SutError:
            if kind is None:
                raise

    @property
    def running(self) -> bool:
        """Whether it was not stopped yet."""
        return self._host.alive

    def stop(self) -> None:
        """End the SUT's processes; safe to call twice.

        Raises:
            SutError: a thread of the SUT was stopped in the background, and nothing has told of it yet.
        """
        with self._lock:
            self._refuse_within_function("stop")
            try:
                unheard = self._notice_background_stop() if self.running else None
            finally:
                self._host.close()
        if unheard is not None:
            raise unheard

    def raise_background_stop(self) -> None:
        """Raise what stopped a thread of the SUT in the background, unless it was raised before."""
        with self._exclusive():
            unheard = self._notice_background_stop()
            if unheard is not None:
                raise unheard

    def restart(self) -> None:
        """Give the SUT pristine memory: a fresh test child with its globals as the program starts with.

        Forgets the language, the trace, the pointers of the last child, and why it stopped.
        """
        with self._exclusive():
            self._refuse_within_function("restart")
            self._tables = None
            self._checked = True
            self.silent.forget()
            self._fresh_child()
            self._set_language(None)

    def reset_silent(self) -> None:
        """Let all silent functions answer their start values again, and count from 0."""
        with self._exclusive():
            self.silent.reset_all()

    def _have_child(self) -> None:
        if self._host.generation == 0:
            self._fresh_child()

    def _fresh_child(self) -> None:
        self._host.fork()
        self._memory.reset()
        self.silent.renew()
        self._cause = self._raised = None
        self._calls.clear()
        self._idle = True
        if self._begun is not None:
            self._begun.end(error=UsageError(f"{self._begun.name}() was under way when a fresh test child began"))
            self._begun = None

    def _exclusive(self) -> Turn:
        """Take turns with other threads, each only while the mocking may be used."""
        return self._turn

    # --- the language -----------------------------------------------------------------------------------------------

    def init_lang(
        self,
        lang: str | Node,
        spec: ApiSpec | None = None,
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        """Set what the SUT may do from now on; see the function of the same name."""
        if spec is not None and spec != self.request.spec:
            msg = "init_lang got another spec than the running one; start a mocking of its own for it"
            raise UsageError(msg)
        if not self._is_free():
            self._refuse_new_language()  # at once: a call in another thread of Python may take long
        with self._exclusive():
            if self._begun is not None and not self._server.depth and self._cause is None:
                self._pump()  # it may be over
            self._refuse_new_language()
            tables = self._bind(lang, functions=functions)
            if self._cause is not None or self._host.word("stopping"):
                self._fresh_child()
            self._tables = tables
            self._checked = False
            self._language_name = _language_name(lang, tables)
            self._set_language(tables)

    def _is_free(self) -> bool:
        """Whether no other thread of Python uses the mocking right now."""
        free = self._lock.acquire(blocking=False)
        if free:
            self._lock.release()
        return free

    def _refuse_new_language(self) -> None:
        """Raise when somebody is in the middle of the language that is set."""
        within = f"{self._calls[0]}() is under way" if self._calls else ""
        if self._server.depth and not within:
            within = "a Python function answers a thread of the SUT"
        if self._cause is None and self._host.alive and self._host.is_posted:
            within = within or "a thread of the SUT waits for the answer of a Python function (wait() serves it)"
        if within:
            hint = "when that is over, or after restart()"
            msg = f"init_lang cannot set another language now: {within}; set it {hint}"
            raise UsageError(msg)

    def _refuse_within_function(self, what: str) -> None:
        """Raise when a Python function runs that the SUT waits for."""
        if self._server.depth:
            msg = f"{what}() cannot be used in a Python function that the SUT waits for; let the function return first"
            raise UsageError(msg)

    def _bind(
        self,
        lang: str | Node,
        *,
        answered: bool = True,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> Tables:
        if isinstance(lang, str):
            from cmock_py.lang.parse import parse

            lang = parse(lang, "language")
        elif not isinstance(lang, get_args(Node)):
            hint = "; wrap it: SEQ([...])" if isinstance(lang, (list, tuple)) else ""
            msg = f"the language is {type(lang).__name__} {lang!r:.60}, not text or a term of SEQ and EVENT{hint}"
            raise ArgumentTypeError(msg)
        program = self._program
        _check_functions(functions or {})
        tables = bind(
            lang,
            program.mocked,
            program.declarations.constants,
            self._macros,
            functions=self._c_functions,
            answered=answered,
            no_real=self._no_real if answered else lambda _: None,
            served=program.served,
            python=functions,
        )
        if tables.size > shared.REGION_SIZE:
            msg = f"the language needs {tables.size} bytes; {shared.REGION_SIZE} are there for one"
            raise UsageError(msg)
        return tables

    @cached_property
    def _c_functions(self) -> dict[str, int]:
        """Where the C functions that the SUT can take the address of begin; a mocked one is its mock."""
        found = {name: symbol.address for name, symbol in self._program.addresses.items() if symbol.kind == "function"}
        for prefix in (names.HOOK, names.MOCK):
            found |= {name.removeprefix(prefix): at for name, at in found.items() if name.startswith(prefix)}
        return {name: address for name, address in found.items() if not name.startswith(names.RESERVED)}

    def _macros(self, wanted: Sequence[str]) -> Mapping[str, int]:
        from cmock_py.make import macro_values

        return macro_values(self._program.compiler, self._program.headers, self.request.includes, wanted)

    def _set_language(self, tables: Tables | None) -> None:
        """Empty the trace and write the tables that step."""
        host = self._host
        if host.word("threaded") and host.is_ready and host.ask(Request.HOLD, CONTROL_TIMEOUT_S) != State.DONE:
            self._fresh_child()  # a thread of the SUT stopped just now
        host.set_word("run", *(self._write(tables, shared.RUN) if tables else (0, 0, 0)))
        for word in ("position", "trace_used", "trace_calls"):
            host.set_word(word, 0)
        host.arena.runs += 1
        self._server.begin(tables)
        host.set_word("capture_bound", max(self._capture_bytes, tables.longest if tables else 0))
        host.set_word("lock", 0)

    def _write(self, tables: Tables, region: int) -> tuple[int, int, int]:
        """Copy tables into a region of the arena; return the words of ``struct cmk_language``."""
        at = region
        for part in (tables.words, tables.rows, tables.masks):
            if part is not None:
                raw = memoryview(part).cast("B")
                self._host.arena.map[at : at + len(raw)] = raw
                at += len(raw)
        return tables.events_at, len(tables.events), tables.masks_at

    # --- the check --------------------------------------------------------------------------------------------------

    @property
    def is_unchecked(self) -> bool:
        """Whether a language was set that no check has looked at, and nothing has stopped the SUT."""
        return not self._checked and self._cause is None

    def check_callouts(self, lang: str | Node | None = None) -> bool:
        """Return True when the calls are what the language asks for; see the function of the same name."""
        verdict = self.verdict(lang)
        if not verdict:
            raise CalloutsFailed(verdict.report, verdict)
        return True

    def verdict(self, lang: str | Node | None = None) -> Verdict:
        """Decide as `check_callouts` does, and return the decision as data instead of raising."""
        from cmock_py.explain.verdict import explain

        with self._exclusive():
            self._notice_background_stop()
            tables = self._tables if lang is None else self._bind(lang, answered=False)
            if tables is None:
                msg = "no language is set; call init_lang first, or give check_callouts the language"
                first = f" (before that: {str(self._cause).splitlines()[0]})" if self._cause is not None else ""
                raise NoLanguage(msg + first)
            self._checked = True
            outcome = self._run_check(tables)
            stop = self._cause.stop if self._cause is not None else None
            trace = self._trace()
            calls = trace.checked()
            return explain(
                outcome.name.lower(),
                calls,
                Expected(tables),
                self._host.word("verdict_event"),
                stop,
                self._language_name,
                real=len(trace) - len(tables.events if outcome is Outcome.ACCEPTED else calls),
            )

    def _run_check(self, tables: Tables) -> Outcome:
        if tables is self._tables:
            region, words = shared.RUN, (tables.events_at, len(tables.events), tables.masks_at)
        else:
            region, words = shared.CHECK, self._write(tables, shared.CHECK)
        self._host.set_word("check", *words)
        self._host.set_word("computed", *self._write_computed(tables))
        self._host.set_word("check_region", region)
        status = self._host.run_check()
        if status:
            msg = f"the check ended with wait status {status:#x}; the trace may be damaged by the SUT"
            raise InternalError(msg)
        return Outcome(self._host.word("verdict"))

    def _write_computed(self, tables: Tables) -> tuple[int, int]:
        """Write where the answers of Python functions are, behind the tables of a check; return offset and number."""
        raw = self._server.table().tobytes()
        at = shared.CHECK + -(-tables.size // 8) * 8
        if tables is self._tables or at + len(raw) > shared.CHECK + shared.REGION_SIZE:
            return 0, 0
        self._host.arena.map[at : at + len(raw)] = raw
        return at, len(raw) // 16

    def get_trace(self) -> Trace:
        """Return the calls made since `init_lang`, oldest first, each with its place in C."""
        with self._exclusive():
            return self._trace()

    def _trace(self) -> Trace:
        handles = self._tables.handles if self._tables else {}
        known = Names(handles, {address: name for name, address in self._c_functions.items()})
        places = lambda site: self._place_of(site - 1)  # noqa: E731 - an argument
        return Trace(self._host.arena, self._program.mocked, places, known, self._server.computed)

    # --- calls ------------------------------------------------------------------------------------------------------

    def call(self, function: CFunction, args: tuple[Any, ...]) -> Any:
        """Call a C function in the test child; `lib` is the usual way here."""
        with self._exclusive():
            signature, host = self._entered(function, args), self._host
            name = signature.function.name
            started = time.monotonic()
            try:
                state = host.ask(Request.INVOKE, self.deadline_s, posts=True)
                if state is not State.DONE or not host.is_ready:
                    self._finish(state, name, self.deadline_s, started)
            except KeyboardInterrupt:
                self._interrupted(name)
                raise
            finally:
                self._calls.pop()
                self._idle = True
            return self._result(signature)

    def begin(self, function: str | CFunction, *args: Any) -> CallUnderWay:
        """Call a C function and do not wait for it: ``serving = mocking.begin("serve", 8080)``.

        What it asks of Python meanwhile is served by `wait`, and by `CallUnderWay.done` and `CallUnderWay.result`.

        Args:
            function: a function of `lib`, or its name.
            args: its arguments.

        Returns:
            The call, which knows whether it has returned and gives its result.

        Raises:
            UsageError: another call is under way: one at a time.
            ArgumentError: an argument is wrong.
        """
        with self._exclusive():
            called = self.lib[function] if isinstance(function, str) else function
            if not isinstance(called, CFunction):
                msg = f"{function!r} is no C function; begin() takes a function of lib, or its name"
                raise ArgumentTypeError(msg)
            if self._calls or self._server.depth:
                self._refuse_call(called.__name__)
            signature = self._entered(called, args)
            self._begun = CallUnderWay(self, signature)
            self._host.send(Request.INVOKE)
            return self._begun

    def wait(self, predicate: Callable[[], Any], timeout_s: float | None = None) -> Any:
        """Serve what the SUT asks of Python until a predicate is true.

        Args:
            predicate: asked again and again; it may read memory of the SUT, the trace, whatever.
            timeout_s: how long to wait; None means the deadline of a call. Time in Python functions that the SUT
                calls does not count.

        Returns:
            What the predicate returned.

        Raises:
            SutTimeout: it did not become true in time; the SUT goes on.
            SutError: the SUT was stopped meanwhile.
            ArgumentTypeError: *predicate* cannot be called.
        """
        _check_predicate(predicate)
        limit = self.deadline_s if timeout_s is None else timeout_s
        with self._exclusive():
            left = limit
            while True:
                asked = self._pump()
                started = time.monotonic()
                found = predicate()
                if found:
                    return found
                if left <= 0:
                    raise SutTimeout(self._in_vain(predicate, limit))
                if not asked:
                    self._host.doze(min(left, _POLL_S))
                left -= time.monotonic() - started

    def _in_vain(self, predicate: Callable[[], Any], limit: float) -> str:
        under_way = f"; {self._calls[0]}() is still under way" if self._calls else ""
        return f"waited {limit:g} s in vain for {function_name(predicate)} to be true{under_way}"

    def _entered(self, function: CFunction, args: tuple[Any, ...]) -> Signature:
        """Write a call into the mailbox; from here on it is under way."""
        signature = function.signature
        if not self._idle:
            if self._begun is not None and not self._server.depth:
                self._pump()
            if not self._idle:
                self._refuse_call(signature.function.name)
        if self._cause is not None or not self._host.is_ready:
            self._make_ready()
        invoke.pack(self._host.arena, signature, args, self.errno, self._memory)
        self._calls.append(signature.function.name)
        self._idle = False
        return signature

    def _refuse_call(self, name: str) -> None:
        """Say why the main thread of the SUT cannot run another function now."""
        now = f"{self._calls[-1]}() is under way" if self._calls else "a Python function serves a thread of the SUT"
        hint = "call it when that has returned"
        if self._begun is not None and not self._server.depth:
            hint = "wait for its result() first"
        elif self._server.depth and not self._idle:
            hint = "a Python function that serves another thread of the SUT can call C only while that one is idle"
        msg = f"{name}() cannot be called now: {now}; {hint}"
        raise UsageError(msg)

    def _result(self, signature: Signature) -> Any:
        """Take output, result and errno of a call that has returned."""
        self._host.forward_new_output()
        result, self.errno = invoke.unpack(self._host.arena, signature)
        if signature.value is not None:
            return self._memory.hold(signature.value, result)
        return self._typed(signature.function, result)

    def _interrupted(self, name: str) -> None:
        """Ctrl-C ends the SUT, wherever it is; in a Python function it has done so already."""
        if self._cause is None:
            self._host.kill()
            self._cause = SutError("the call was interrupted", Stop("died", called=name))

    # --- what the SUT asks of Python --------------------------------------------------------------------------------

    def _finish(self, state: State | None, name: str, limit: float, started: float) -> None:
        """Serve what the SUT asks until a call is done; the time in Python functions does not count."""
        host, left = self._host, limit
        while True:
            left -= time.monotonic() - started
            if state is State.ASKING:
                self._serve(host.word("asking"), name, main=True)
                started = time.monotonic()
                state = host.ask(Request.ANSWER, left, posts=True)
            elif state is State.BUSY:
                self._serve(host.take_post(), name, main=False)
                started = time.monotonic()
                state = host.attend(left)
            elif state is State.DONE and host.is_ready:
                return
            else:
                self._stopped(state, name, limit)

    def _pump(self) -> bool:
        """Serve one thing that the SUT asks by now, without waiting; notice the end of a call that was begun.

        Returns:
            Whether there was something; a SUT that asks without end must not keep Python from looking up.
        """
        host, name = self._host, self._calls[0] if self._calls else None
        asked = True
        try:
            if host.is_posted and host.is_ready:
                self._serve(host.take_post(), name, main=False)
            elif not self._idle and host.word("state") == State.ASKING:
                self._serve(host.word("asking"), name, main=True)
                host.send(Request.ANSWER)
            else:
                asked = False
            if self._begun is not None and not self._server.depth:
                self._notice_end(self._begun)
            self.raise_background_stop()
        except BaseException as error:
            if self._begun is not None and self._cause is not None:
                self._end_begun(error=error)
            raise
        return asked

    def _notice_end(self, begun: CallUnderWay) -> None:
        """End a call that was begun when the SUT has returned from it; raise when it was stopped."""
        state = State(self._host.word("state"))
        if state in {State.BUSY, State.ASKING} and self._host.child:
            return
        if state is not State.DONE or not self._host.is_ready:
            self._stopped(state if self._host.child else State.IDLE, begun.name)
        self._end_begun(value=self._result(begun.signature))

    def _end_begun(self, value: Any = None, error: BaseException | None = None) -> None:
        """Give a call that was begun its end."""
        if self._begun is not None:
            self._begun.end(value, error)
            self._begun = None
            self._calls.clear()
            self._idle = True

    def finish_begun(self, begun: CallUnderWay, timeout_s: float | None) -> None:
        """Wait for a call that was begun; `CallUnderWay.result` is the usual way here."""
        limit = self.deadline_s if timeout_s is None else timeout_s
        with self._exclusive():
            if begun is not self._begun:
                return
            self._refuse_within_function("result")
            started = time.monotonic()
            try:
                self._finish(self._host.attend(limit), begun.name, limit, started)
                self._end_begun(value=self._result(begun.signature))
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    self._interrupted(begun.name)
                self._end_begun(error=error)
                raise

    def serve_begun(self) -> None:
        """Serve what a call that was begun asks by now; `CallUnderWay.done` is the usual way here."""
        with self._exclusive():
            self._pump()

    def _serve(self, upcall: int, called: str | None, *, main: bool) -> None:
        """Run the Python function of an upcall; when it raises, the SUT is stopped, and the exception goes on."""
        failure: BaseException | None = None
        was_idle, self._idle = self._idle, self._idle or main
        try:
            self._server.serve(upcall)
        except BaseException as error:  # noqa: BLE001 - Ctrl-C and pytest.fail() stop the SUT like any other
            failure = error
        self._idle = was_idle
        if self._cause is not None:  # a call of C within has stopped the SUT, and maybe nobody was told
            raise failure or self._raised or self._cause
        if failure is not None:
            self._stop_for(failure, upcall, called, main=main)
            raise failure
        if not main:
            self._host.wake(upcall)

    def _stop_for(self, failure: BaseException, upcall: int, called: str | None, *, main: bool) -> None:
        """Stop the SUT where it waits for a Python function, and remember why."""
        host = self._host
        said = str(failure).partition("\n")[0]
        text = f"{self._server.name(upcall)}, raised {type(failure).__name__}{f': {said}' if said else ''}"
        if main:
            host.ask(Request.ANSWER, CONTROL_TIMEOUT_S)
        else:
            host.wake(upcall)
        if not host.await_stop():
            host.kill()
        host.flush()
        host.forward_output()
        self._cause = self._error(replace(self._read_stop(called), reason="raised", text=text))
        self._raised = failure

    def _make_ready(self) -> None:
        """Have a child that can be called, or raise."""
        if self._host.generation == 0:
            self._fresh_child()
        unheard = self._notice_background_stop()
        if unheard is not None:
            raise unheard
        if self._cause is not None:
            from cmock_py.explain.stop import child_stopped

            first = str(self._cause).splitlines()[0]
            raise ChildStopped(child_stopped(first), self._cause.stop)
        if not self._host.child:
            self._stopped(State.IDLE, None)

    def _notice_background_stop(self) -> SutError | None:
        """A thread of the SUT may have stopped while nobody waited; return its error the first time."""
        if self._cause is not None or not self._host.word("stopping"):
            return None
        self._host.flush()
        self._host.forward_output()
        self._cause = self._error(self._read_stop(None))
        return self._cause

    def _stopped(self, state: State | None, called: str | None, limit: float | None = None) -> None:
        """Find out why the child did not finish, remember it, and raise it."""
        host = self._host
        timed_out = state is None
        if timed_out and not host.interrupt():
            host.kill()
        flushed = not host.word("stopping") or host.flush()
        host.forward_output()
        stop = self._read_stop(called)
        if timed_out and stop.reason == "died":
            stop = Stop("timeout", called=called)
        if stop.reason == "timeout":
            stop = replace(stop, deadline_s=self.deadline_s if limit is None else limit)
        self._cause = self._error(stop)
        if not flushed:
            self._cause.add_note("the SUT stopped inside stdio, so what it had printed and not yet flushed is lost")
        raise self._cause

    def _read_stop(self, called: str | None) -> Stop:
        stop = read_stop(self._host, self._program.mocked, self._places_of, called, self.deadline_s)
        name = self._handle_near(stop.address)
        return stop if name is None else replace(stop, text=f"that is the handle {name}, made up by the language")

    def _handle_near(self, address: int | None) -> str | None:
        """Name the handle that the SUT took for memory, if that is what an address tells."""
        handles = self._tables.handles if self._tables else {}
        near = (name for (_, value), name in handles.items() if address and 0 <= address - value < HANDLE_SIZE)
        return next(near, None)

    def _error(self, stop: Stop) -> SutError:
        """Word a stop as the exception it is."""
        from cmock_py.explain.running import unexpected_call
        from cmock_py.explain.stop import stop_message

        calls = self._trace()
        events: Sequence[Event] = Expected(self._tables) if self._tables else ()
        position = self._host.word("position")
        if stop.reason == "unexpected" and stop.call is not None:
            text = unexpected_call(calls[stop.call], calls, events, position, self._name_of_language())
        else:
            text = stop_message(stop, calls, events, position)
        return _RAISED[stop.reason](text, stop)

    def _name_of_language(self) -> str | None:
        return self._language_name if self._tables is not None else None

    def _typed(self, function: Function, result: Any) -> Any:
        """Make a pointer of an address that a function returned."""
        if not isinstance(function.ret, PointerType):
            return result
        text = memory.pointer_text(function.text, function.name)
        if isinstance(function.ret.to, FunctionType):
            return memory.function_pointer(self._memory, text, result)
        return Pointer(self._memory, text, result)

    # --- names ------------------------------------------------------------------------------------------------------

    def find(self, name: str, *, mocks: bool) -> Callable[..., Any] | None:
        """Return a C function, or the set-function of a silent one; None for a global; raises UnknownNameError."""
        key = name if mocks else f"real {name}"
        known = self._functions.get(key)
        if known is not None:
            return known
        setter = self.silent.setter(name) if mocks and name.startswith("set_") else None
        if setter is not None and name not in self._indexed().functions:
            return setter
        with self._exclusive():
            mocked = self._mocked_names.get(name)
            declared = declaration(mocked, self._program.declarations.types) if mocked else self._declared(name)
            if declared is None:
                return None
            is_mock = mocked is not None and mocks and name not in self._program.served
            symbol = "cmk_sut_main" if name == "main" else declared.symbol or name
            address = self._address(names.mock(name) if is_mock else symbol, declared)
            function = CFunction(
                _Names(self, mocks=mocks),
                invoke.signature(declared, address, self._memory.typeof),
                self._memory,
                _note(mocked) if mocked is not None and is_mock else "",
            )
            self._functions[key] = function
            return function

    def _declared(self, name: str) -> Function | None:
        """Find the declaration of a function of the headers; None when *name* is a global."""
        from difflib import get_close_matches

        found = self._program.declarations.functions.get(name)
        if found is not None:
            return found
        indexed = self._indexed()
        if name in indexed.functions:
            return self._declare_more(functions=[name]).functions[name]
        if name in self._program.declarations.variables:
            return None
        if name in indexed.variables:
            place = indexed.items[indexed.variables[name][0]].place
            msg = f"{name} is declared at {place}, but no object defines it; give the object that does (objs=)"
            raise UnknownNameError(msg)
        near = get_close_matches(name, {*indexed.functions, *indexed.variables}, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        aliased = [
            f"the C function of {m.name} is {m.spec.c_name}" for m in self._program.mocked if m.spec.name == name
        ]
        hint = f"; {', '.join(aliased)}" if aliased else hint
        msg = f"no header declares a function {name!r}, and no object defines a global of that name{hint}"
        raise UnknownNameError(msg)

    def _declare_more(self, *, functions: Sequence[str] = (), types: Sequence[str] = ()) -> Declarations:
        from cmock_py.make import declare_more

        return declare_more(self._program.compiler, self._program.headers, functions=functions, types=types)

    def _indexed(self) -> Unit:
        from cmock_py.cdecl.unit import index

        if self._unit is None:
            self._unit = index(self._program.headers)
        return self._unit

    def _address(self, symbol: str, declared: Function) -> int:
        known = self._program.addresses.get(symbol) or self._program.addresses.get(names.HOOK + symbol)
        if known is not None:
            return known.address
        if declared.inline:
            msg = f"{declared.name} is inline in its header ({declared.place}), so there is no symbol to call"
            raise UnknownNameError(msg)
        if not self._idle:
            self._refuse_call(declared.name)
        self._make_ready()
        self._host.arena.set_text(symbol)
        if self._host.ask(Request.RESOLVE, CONTROL_TIMEOUT_S) != State.DONE:
            self._stopped(None, None)
        address = self._host.arena.map[shared.MAILBOX : shared.MAILBOX + 8]
        found = int.from_bytes(address, "little")
        if not found:
            where = f"at {declared.place}" if declared.place else "by the spec"
            msg = (
                f"{declared.name} is declared {where}, but no object, mock or linked library defines it; "
                "give the object (objs=) or the library (ldflags=)"
            )
            raise UnknownNameError(msg)
        return found

    def known_names(self) -> list[str]:
        """List mocks, and functions and globals of the objects that the headers declare."""
        declarations = self._program.declarations
        return sorted({*self._mocked_names, *declarations.functions, *declarations.variables})

    def read_global(self, name: str) -> Any:
        """Read a C global; ``lib.name`` is the usual way here."""
        with self._exclusive():
            ctype, address = self._global(name)
            return memory.load(self._memory, ctype, address)

    def write_global(self, name: str, value: Any) -> None:
        """Write a C global; ``lib.name = value`` is the usual way here."""
        with self._exclusive():
            variable = self._program.declarations.variables.get(name)
            if variable is None:
                self._declared(name)
                msg = f"{name} is a function; only globals can be written"
                raise UsageError(msg)
            ctype, address = self._global(name)
            memory.store(self._memory, ctype, address, value)

    def _global(self, name: str) -> tuple[Any, int]:
        variable = self._program.declarations.variables[name]
        if self._host.generation == 0:
            self._fresh_child()
        return self._memory.typeof(_without_name(variable.text, name)), self._program.addresses[name].address

    # --- memory -----------------------------------------------------------------------------------------------------

    def new(self, ctype: str, init: Any = None) -> Pointer:
        """Allocate one object that the SUT can use, until the next fresh child.

        Args:
            ctype: the C type of the object: ``"int"``, ``"struct point"``, ``"char[16]"``, ``"int[]"``.
            init: a number, a dict of members, a list, text or bytes; None leaves zeros.

        Returns:
            A pointer to it; a pointer to the first element of an array.

        Raises:
            UnknownNameError: the headers do not declare the type.
            ArgumentError: *init* does not fit.
        """
        with self._exclusive():
            if self._host.generation == 0:
                self._fresh_child()
            return self._memory.new(ctype, init)

    def cast(self, ctype: str, pointer: Any) -> Pointer:
        """See a pointer, or an address, as a pointer to *ctype*: ``mocking.cast("struct point", p).x``."""
        with self._exclusive():
            if self._host.generation == 0:
                self._fresh_child()
            return self._memory.cast(ctype, pointer)

    def free(self, pointer: Pointer) -> None:
        """Give up an object of `new`: using it from Python again is a `StalePointer`, C finds 0xDD in every byte.

        Raises:
            StalePointer: it was freed before, or belongs to an earlier test child.
            ArgumentError: it is no object of `new`.
        """
        with self._exclusive():
            _check_pointer(pointer)
            self._memory.check_own(pointer)
            self._memory.free(pointer)

    def address_of(self, name: str, ctype: str | None = None, *, file: str | None = None) -> Pointer:
        """Point to a C global or function by its name, to a static one as well.

        Args:
            name: of a global or a function; that of a mocked function is its mock.
            ctype: the type of a global that no header declares.
            file: the source file of a static one, where several have the name: ``"list.c"``.

        Raises:
            UnknownNameError: no object defines it, or no header says its type.
            UsageError: several static ones have the name.
        """
        with self._exclusive():
            if self._host.generation == 0:
                self._fresh_child()
            declared = ctype is None and file is None and name in self._indexed_names()
            if not declared:
                return self._address_in_objects(name, ctype, file)
            function = self.find(name, mocks=True)
            if isinstance(function, CFunction):
                text = memory.function_text(function.signature.function)
                return memory.function_pointer(self._memory, text, function.signature.address)
            found, address = self._global(name)
            pointer = memory.load(self._memory, found, address) if found.kind in _BY_REFERENCE else None
            return Pointer(self._memory, found, address) if pointer is None else pointer

    def _indexed_names(self) -> set[str]:
        """Names that headers or the spec declare, where an object defines them."""
        return {*self._program.declarations.variables, *self._mocked_names, *self._indexed().functions}

    def _address_in_objects(self, name: str, ctype: str | None, file: str | None) -> Pointer:
        """Find a global or function that no header declares, a static one for instance."""
        every = symbols.named(self._program.executable, name) if not name.startswith("cmk_") else []
        found = [(at, symbol) for at, symbol in every if file is None or (at is not None and Path(at).name == file)]
        if not found:
            raise UnknownNameError(self._no_such_symbol(name, file, [at for at, _ in every if at]))
        if len(found) > 1 and not any(at is None for at, _ in found):
            raise UsageError(_ambiguous(name, found))
        _, symbol = next((one for one in found if one[0] is None), found[0])
        if symbol.kind == "function":
            known = None if ctype is None else self._memory.typeof(ctype)
            if known is not None and known.kind == "function":
                return memory.pointer_of(self._memory, known, symbol.address)
            return Pointer(self._memory, ctype or "void *", symbol.address)
        if ctype is None:
            msg = f"no header declares {name}, so its type is not known; give it: address_of({name!r}, 'int')"
            raise UnknownNameError(msg)
        pointer = self._memory.cast(ctype, symbol.address)
        size = memory.size_behind(pointer)
        if symbol.size and size > symbol.size:
            msg = f"{ctype} has {size} bytes, but {name} has {symbol.size}"
            raise ArgumentTypeError(msg)
        return pointer

    def _no_such_symbol(self, name: str, file: str | None, files: list[str]) -> str:
        from difflib import get_close_matches

        if files:
            return f"{name} is static in {' and '.join(files)}, not in {file}"
        known = [other for other in symbols.symbols(self._program.executable) if not other.startswith("cmk_")]
        near = get_close_matches(name, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else "; the compiler leaves out what nothing uses"
        return f"no object defines a global or function {name!r}{hint}"

    def value(self, pointer: Any) -> Any:
        """Copy what a pointer points to into plain Python: a struct as a dict, an array as a list.

        An array of ``char`` is text up to its NUL, one of unsigned bytes is bytes. A NULL inside is None, any other
        pointer stays one; a flexible array is left out. `new` makes an equal object of it. What is no pointer is
        returned as it is.
        """
        if not isinstance(pointer, Pointer):
            return pointer
        with self._exclusive():
            from cmock_py.host import views

            self._memory.check_own(pointer)
            return views.of_pointer(pointer)

    def share(self, descriptor: Any) -> int:
        """Give the test child a descriptor of its own for an open file, pipe or socket of this process.

        Args:
            descriptor: a number, or anything with a ``fileno()``. It stays open here, too.

        Returns:
            The number that the SUT knows it by, until the SUT closes it or the child ends.

        Raises:
            ArgumentError: it is no open descriptor.
            UsageError: the SUT may open no more files.
        """
        with self._exclusive():
            number = _descriptor(descriptor)
            self._make_ready()
            self._host.send_descriptor(number)
            if self._host.ask(Request.RECEIVE, CONTROL_TIMEOUT_S) != State.DONE:
                self._stopped(None, None)
            raw = self._host.arena.map[shared.MAILBOX : shared.MAILBOX + 8]
            received = int.from_bytes(raw, "little", signed=True)
            if received < 0:
                msg = f"the SUT cannot take a descriptor: {os.strerror(-received)}; it may have too many files open"
                raise UsageError(msg)
            return received

    def string(self, pointer: Pointer, limit: int | None = None) -> str | None:
        """Read the text up to a NUL (or up to *limit* bytes) behind a pointer; None for NULL."""
        with self._exclusive():
            _check_pointer(pointer)
            if not pointer:
                return None
            return memory.string(self._memory, pointer, limit).decode(errors="surrogateescape")

    def bytes(self, pointer: Pointer, size: int) -> bytes:
        """Read *size* bytes behind a pointer."""
        with self._exclusive():
            _check_pointer(pointer)
            return memory.raw_bytes(self._memory, pointer, size)

    def _cffi_type(self, text: str) -> Any:
        """Find the cffi type of a C type text, declaring what it needs."""
        from cmock_py.cdecl.slice import unknown_types
        from cmock_py.cdecl.unit import nearest
        from cmock_py.host import layout

        if self._ffi is None:
            self._ffi = layout.typed(self._program.declarations)
        bare = text.partition("[")[0].strip()
        laid_out = {known.name for known in self._program.declarations.layouts}
        if bare.rstrip(" *") not in laid_out and set(_WORD.findall(bare)) - _C_WORDS:
            unknown = unknown_types(self._indexed(), bare)
            if unknown:
                near = nearest(self._indexed(), unknown[0], "types")
                hint = f"; did you mean {near!r}?" if near else ""
                msg = f"the type {unknown[0]!r} is declared by no header{hint}"
                raise UnknownNameError(msg)
            self._declare_type(bare)
        try:
            return self._ffi.typeof(text)
        except Exception as error:  # noqa: BLE001 - cffi raises half a dozen kinds for a text that is no type
            said = str(error).splitlines()[0]
            msg = f"{text!r} is no C type that can be used here ({said}); write it as in a C cast"
            raise ArgumentTypeError(msg) from None

    def _declare_type(self, text: str) -> None:
        """Make cffi know a type of the headers, in the compiler's layout."""
        from cmock_py.host import layout

        try:
            layout.extend(self._ffi, self._declare_more(types=[text]))
        except HeaderError as error:
            msg = f"{text!r} is no C type that can be used here: {error}"
            raise ArgumentTypeError(msg) from None

    # --- places -----------------------------------------------------------------------------------------------------

    def _place_of(self, address: int) -> Place | None:
        return self._places_of([address])[0]

    def _places_of(self, addresses: Sequence[int]) -> list[Place | None]:
        """Find the C lines of code addresses; each is looked up once."""
        unknown = [address for address in dict.fromkeys(addresses) if address not in self._places]
        for address, line in zip(unknown, symbols.lines(self._program.executable, unknown), strict=True):
            self._places[address] = _user_place(*line)
        return [self._places[address] for address in addresses]


class CallUnderWay:
    """A call that `Mocking.begin` began.

    Attributes:
        name: the C function.
        signature: how it is called.
    """

    def __init__(self, mocking: Mocking, signature: Signature) -> None:
        """Stand for a call of *mocking*."""
        self._mocking = mocking
        self.name = signature.function.name
        self.signature = signature
        self._over = False
        self._value: Any = None
        self._error: BaseException | None = None

    def end(self, value: Any = None, error: BaseException | None = None) -> None:
        """Take the end of the call."""
        self._over, self._value, self._error = True, value, error

    def __repr__(self) -> str:
        """Tell the function and whether it has returned."""
        return f"<call of {self.name}(), {'over' if self._over else 'under way'}>"

    @property
    def done(self) -> bool:
        """Whether it has returned; what it asks of Python is served, and nothing is waited for."""
        if not self._over:
            self._mocking.serve_begun()
        return self._over

    def result(self, timeout_s: float | None = None) -> Any:
        """Wait until it has returned, and return its result.

        Args:
            timeout_s: how long to wait; None means the deadline of a call. Time in Python functions does not count.

        Raises:
            SutTimeout: it did not return in time; the SUT was stopped where it was.
            SutError: the SUT was stopped otherwise.
        """
        if not self._over:
            self._mocking.finish_begun(self, timeout_s)
        if self._error is not None:
            raise self._error
        return self._value


class Turn:
    """A turn at a mocking: owns its lock inside a ``with`` block, and is refused when the mocking is gone."""

    __slots__ = ("_lock", "_mocking")

    def __init__(self, mocking: Mocking) -> None:
        """Make turns at *mocking*."""
        self._mocking = mocking
        self._lock = mocking._lock  # noqa: SLF001 - its own

    def __enter__(self) -> None:
        """Wait for the turn."""
        self._lock.acquire()
        host = self._mocking._host  # noqa: SLF001 - its own
        if os.getpid() == host.python_pid and host.alive:
            return
        self._lock.release()
        if host.alive:
            msg = "this mocking was started in another process; start one after the fork"
            raise UsageError(msg)
        msg = "this mocking was stopped; start another one with start_mocking()"
        raise NoMocking(msg)

    def __exit__(self, *_: object) -> None:
        """End the turn."""
        self._lock.release()


class _Names:
    """What `lib` and `real` ask their mocking."""

    def __init__(self, mocking: Mocking, *, mocks: bool) -> None:
        self._mocking = mocking
        self._mocks = mocks

    def find(self, name: str) -> Callable[..., Any] | None:
        return self._mocking.find(name, mocks=self._mocks)

    def read_global(self, name: str) -> Any:
        return self._mocking.read_global(name)

    def write_global(self, name: str, value: Any) -> None:
        self._mocking.write_global(name, value)

    def call(self, function: CFunction, args: tuple[Any, ...]) -> Any:
        return self._mocking.call(function, args)

    def names(self) -> list[str]:
        return self._mocking.known_names()


def _check_functions(functions: Mapping[str, Any]) -> None:
    wrong = [name for name, function in functions.items() if not callable(function)]
    if wrong:
        kind = type(functions[wrong[0]]).__name__
        msg = f"functions: {wrong[0]!r} is {functions[wrong[0]]!r:.60} ({kind}), and not a Python function"
        raise ArgumentTypeError(msg)


def _check_predicate(value: Any) -> None:
    if not callable(value):
        msg = f"wait() asks a function again and again, and {value!r:.60} is none; write lambda: ..."
        raise ArgumentTypeError(msg)


def _user_place(function: str | None, file: str | None, line: int | None) -> Place | None:
    """Make a place of what the debug information says; None when it says nothing, or names a file of ours."""
    if (function, file, line) == (None, None, None) or file == names.UNIT:
        return None
    if file is not None and Path(file).is_relative_to(runtime_dir()):
        return None
    return Place(function, _shown(file), line)


def _shown(file: str | None) -> str | None:
    """Name a source file as the user would: relative to where Python runs, when it lies below."""
    if file is None:
        return None
    path = Path(file)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _language_name(lang: str | Node, tables: Tables) -> str:
    """Name a text ``language``, and terms by the file that writes them."""
    return "language" if isinstance(lang, str) or not tables.events else Path(tables.events[0].source).name


def _note(mocked: Mocked) -> str:
    """Say of a mock what its spec says: the module, and the direction of each argument that is not plainly in."""
    args = [f"    {arg.name}: {arg.dir}" for arg in mocked.spec.args if arg.dir != "in"]
    return "\n".join([f"Mock of {mocked.name}, as {mocked.spec.origin} says.", *args])


def _ambiguous(name: str, found: Sequence[tuple[str | None, symbols.Symbol]]) -> str:
    """Say how one of several static globals is reached: by its file or, where files are called alike, by address."""
    files = [str(file) for file, _ in found]
    hint = f"say which one is meant: file={files[0]!r}"
    if len(set(files)) < len(files):
        hint = (
            f"their addresses are {' and '.join(hex(one.address) for _, one in found)}, for mocking.cast(type, address)"
        )
    return f"{name} is static in {' and '.join(files)}; {hint}"


def _descriptor(given: Any) -> int:
    """The number of an open descriptor of this process."""
    number = given if isinstance(given, int) else getattr(given, "fileno", lambda: None)()
    if not isinstance(number, int):
        msg = f"{given!r:.60} has no descriptor; give a socket, an open file, or its number"
        raise ArgumentTypeError(msg)
    try:
        os.fstat(number)
    except (OSError, OverflowError):
        msg = f"{given!r:.60} is no open descriptor of this process"
        raise ArgumentValueError(msg) from None
    return number


def _check_pointer(value: Any) -> None:
    if not isinstance(value, Pointer):
        msg = f"{value!r} is a {type(value).__name__}, not a pointer; make one with mocking.cast(type, address)"
        raise ArgumentTypeError(msg)


def _without_name(text: str, name: str) -> str:
    """Make the type of a declaration: ``int table[4]`` is ``int [4]``."""
    before, _, after = text.rpartition(name)
    return before + after
