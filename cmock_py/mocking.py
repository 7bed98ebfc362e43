"""A running mocking, as tests see it. `live` has its parts, `session` the functions that make and find one."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, CalloutsFailed, SutError, UsageError
from cmock_py.host import views
from cmock_py.host.arena import Request
from cmock_py.host.library import CFunction, Library
from cmock_py.host.memory import Memory
from cmock_py.host.pointer import Pointer
from cmock_py.host.process import CommandLine, plain_command_line
from cmock_py.host.silent import SilentFunctions
from cmock_py.lang.limits import DEFAULT, checked
from cmock_py.live.answers import Answers
from cmock_py.live.calls import Calls, CallUnderWay
from cmock_py.live.child import Child
from cmock_py.live.headers import Headers
from cmock_py.live.language import Language, policy
from cmock_py.live.lookup import Lookup, Scope
from cmock_py.live.places import Places
from cmock_py.live.reals import Reals
from cmock_py.live.start import NO_LIMIT, start
from cmock_py.live.turn import Turn
from cmock_py.typed_terms import Modules, checked_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cmock_py import build
    from cmock_py.explain.report import Verdict
    from cmock_py.host.records import Trace
    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Node
    from cmock_py.spec.model import ApiSpec


class Mocking:
    """A running mocking: the SUT in its own process, the mocks around it, the language that judges it.

    A context manager; leaving it stops the mocking. Calls from several threads wait for each other.

    Attributes:
        lib: the C functions and globals of the SUT, and nothing else: ``mocking.lib.push(s, 4)``.
        real: the functions behind the mocks: ``mocking.real.push``.
        silent: the silent functions, whose values can be set: ``mocking.silent.get_speed.value = 20``.
        insists: whether a language that nobody has checked is checked before it is dropped; the pytest fixture says so.
    """

    def __init__(
        self,
        request: build.Request,
        program: build.Program,
        *,
        deadline_s: float,
        max_calls: int | None,
        capture_bytes: int,
        command_line: CommandLine = plain_command_line,
        limits: Limits = DEFAULT,
    ) -> None:
        """Start the program of a request; `start_mocking` is the way in."""
        self.request = request
        self.insists = False
        self._limits = limits
        self._program = program
        places = Places(program.executable)
        limit = NO_LIMIT if max_calls is None else max_calls
        self._host = host = start(program, command_line, places, max_calls=limit, capture_bytes=capture_bytes)
        reals = Reals(program, host)
        try:
            reals.check_fallbacks()
        except BaseException:
            host.close()
            raise
        self._turn = Turn(host)
        answers = Answers(host.arena)
        self._language = Language(
            program,
            host,
            includes=request.includes,
            capture_bytes=capture_bytes,
            places=places,
            reals=reals,
            answers=answers,
            limits=limits,
        )
        self._child = child = Child(program, host, self._language, places, deadline_s)
        headers = Headers(program)
        self._memory = Memory(host, headers.ctype)
        child.on_fresh(self._memory.reset)
        addresses = {name: symbol.address for name, symbol in program.addresses.items()}
        self.silent = SilentFunctions(program.mocked, addresses, self._memory, child.ensure)
        child.on_fresh(self.silent.renew)
        self._calls = Calls(program, host, self._memory, turn=self._turn, child=child, answers=answers)
        self._lookup = Lookup(
            program, headers, self._memory, self.silent, turn=self._turn, child=child, calls=self._calls
        )
        # What they have is known to no type checker, save by a stub file.
        self.lib: Any = Library(Scope(self._lookup, mocks=True))
        self.real: Any = Library(Scope(self._lookup, mocks=False))

    def __repr__(self) -> str:
        """Tell the mocked modules and whether it runs."""
        modules = ", ".join(module.name for module in self.request.spec.modules)
        return f"<Mocking of {modules or 'nothing'}, {'running' if self.running else 'stopped'}>"

    @property
    def deadline_s(self) -> float:
        """Seconds that a call may take; can be set."""
        return self._child.deadline_s

    @deadline_s.setter
    def deadline_s(self, seconds: float) -> None:
        self._child.deadline_s = seconds

    @property
    def errno(self) -> int:
        """The value of ``errno`` that the last call has left; set it, and the next call finds it."""
        return self._calls.errno

    @errno.setter
    def errno(self, number: int) -> None:
        self._calls.errno = number

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
            CalloutsFailed: it *insists*, and the calls are not what the language asks for.
        """
        with self._turn.lock:
            self._calls.refuse_within_function("stop")
            try:
                self._check_before("stop()")
                unheard = self._child.unheard() if self.running else None
            finally:
                self._host.close()
        if unheard is not None:
            raise unheard

    def raise_background_stop(self) -> None:
        """Raise what stopped a thread of the SUT in the background, unless it was raised before."""
        with self._turn:
            self._child.raise_unheard()

    def restart(self) -> None:
        """Give the SUT pristine memory: a fresh test child with its globals as the program starts with.

        Forgets the language, the trace, the pointers of the last child, and why it stopped.
        """
        with self._turn:
            self._calls.refuse_within_function("restart")
            try:
                self._check_before("restart()")
            finally:  # the error is about the language that is dropped: it is dropped all the same
                self.silent.forget()
                self._child.renew()
                self._child.hold()
                self._language.clear()

    def reset_silent(self) -> None:
        """Let all silent functions answer their start values again, and count from 0."""
        with self._turn:
            self.silent.reset_all()

    # --- language and check -----------------------------------------------------------------------------------------

    def init_lang(
        self,
        lang: str | os.PathLike[str] | Node,
        spec: ApiSpec | None = None,
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        ambiguous: Literal["error", "first"] = "error",
        strict: bool = False,
        limits: Limits | None = None,
    ) -> None:
        """Set what the SUT may do from now on; see the function of the same name."""
        if spec is not None and spec != self.request.spec:
            msg = "init_lang got another spec than the running one; start a mocking of its own for it"
            raise UsageError(msg)
        if not self._turn.is_free:
            self._calls.refuse_new_language()  # at once: a call in another thread of Python may take long
        with self._turn:
            self._calls.notice_end()
            self._calls.refuse_new_language()
            read, how = checked(limits, self._limits), policy(ambiguous, strict=strict)
            tables = self._language.bind(lang, functions=functions, policy=how, limits=read)
            self._language.refuse_ambiguous(lang, tables, read)
            try:
                self._check_before("another init_lang()")
            finally:  # the error is about the language that is dropped: the new one is set all the same
                self._child.renew_if_stopped()
                self._child.hold()
                self._language.set(lang, tables, read, functions)

    @cached_property
    def expect(self) -> Modules:
        """Make events by the names of the spec, as `typed` does: ``mocking.expect.stack.push(s, 4).returns(None)``.

        What is written is compared with the C types at once; a value that does not fit is an `EventError`.
        """
        return checked_terms(self.request.spec, self._language.checks())

    @property
    def is_unchecked(self) -> bool:
        """Whether a language was set that no check has looked at, and nothing has stopped the SUT."""
        return not self._language.checked and self._child.cause is None

    def _check_before(self, what: str) -> None:
        """Check a language that nobody has checked, where this mocking insists, before *what* drops it."""
        if not (self.insists and self.running and self.is_unchecked):
            return
        try:
            self.check_callouts()
        except Exception as error:
            error.add_note(f"The language was dropped by {what} without check_callouts(), so it was checked then.")
            raise

    def check_callouts(
        self,
        lang: str | os.PathLike[str] | Node | None = None,
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        lines: int = 30,
    ) -> bool:
        """Return True when the calls are what the language asks for; see the function of the same name."""
        verdict = self.verdict(lang, functions=functions, lines=lines)
        if not verdict:
            raise CalloutsFailed(verdict.report, verdict)
        return True

    def verdict(
        self,
        lang: str | os.PathLike[str] | Node | None = None,
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        lines: int = 30,
    ) -> Verdict:
        """Decide as `check_callouts` does, and return the decision as data instead of raising."""
        if lang is None and functions is not None:
            msg = "functions= says what @name means in another language: give that, too, or give both to init_lang"
            raise UsageError(msg)
        with self._turn:
            self._child.unheard()
            return self._language.verdict(lang, self._child.cause, functions=functions, lines=lines)

    def get_trace(self) -> Trace:
        """Return the calls made since `init_lang`, oldest first, each with its place in C."""
        with self._turn:
            return self._language.trace()

    def to_html(self) -> str:
        """Draw the calls since `init_lang` beside the language, differences marked: one page that needs nothing else.

        Raises:
            NoLanguage: none is set.
        """
        with self._turn:
            self._child.unheard()
            return self._language.page(self._child.cause)

    # --- calls and names --------------------------------------------------------------------------------------------

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
        with self._turn:
            called = self.lib[function] if isinstance(function, str) else function
            if not isinstance(called, CFunction):
                msg = f"{function!r} is no C function; begin() takes a function of lib, or its name"
                raise ArgumentTypeError(msg)
            return self._calls.begin(called, args)

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
        return self._calls.wait(predicate, timeout_s)

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
        with self._turn:
            self._child.ensure()
            return self._memory.new(ctype, init)

    def cast(self, ctype: str, pointer: Any) -> Pointer:
        """See a pointer, or an address, as a pointer to *ctype*: ``mocking.cast("struct point", p).x``."""
        with self._turn:
            self._child.ensure()
            return self._memory.cast(ctype, pointer)

    def free(self, pointer: Pointer) -> None:
        """Give up an object of `new`: using it from Python again is a `StalePointer`, C finds 0xDD in every byte.

        Raises:
            StalePointer: it was freed before, or belongs to an earlier test child.
            ArgumentError: it is no object of `new`.
        """
        with self._turn:
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
        return self._lookup.address_of(name, ctype, file)

    def value(self, pointer: Any) -> Any:
        """Copy what a pointer points to into plain Python: a struct as a dict, an array as a list.

        An array of ``char`` is text up to its NUL, one of unsigned bytes is bytes. A NULL inside is None, any other
        pointer stays one; a flexible array is left out. `new` makes an equal object of it. What is no pointer is
        returned as it is.
        """
        if not isinstance(pointer, Pointer):
            return pointer
        with self._turn:
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
        with self._turn:
            number = _descriptor(descriptor)
            self._child.make_ready()
            self._host.send_descriptor(number)
            received = int.from_bytes(self._child.ask(Request.RECEIVE), "little", signed=True)
            if received < 0:
                msg = f"the SUT cannot take a descriptor: {os.strerror(-received)}; it may have too many files open"
                raise UsageError(msg)
            return received

    def string(self, pointer: Pointer, limit: int | None = None) -> str | None:
        """Read the text up to a NUL (or up to *limit* bytes) behind a pointer; None for NULL."""
        with self._turn:
            _check_pointer(pointer)
            if not pointer:
                return None
            return self._memory.text_behind(pointer, limit).decode(errors="surrogateescape")

    def bytes(self, pointer: Pointer, size: int) -> bytes:
        """Read *size* bytes behind a pointer."""
        with self._turn:
            _check_pointer(pointer)
            return self._memory.bytes_behind(pointer, size)


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
