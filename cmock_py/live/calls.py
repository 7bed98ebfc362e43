"""What runs now: calls from Python into the SUT, and what the SUT asks of Python meanwhile.

The main thread of the SUT runs one function at a time. While it does, it may ask for a Python function (an *upcall*),
and that function may call C again, so calls nest. Other threads of the SUT ask too; they post, and are served by
whoever waits.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from cmock_py.callables import function_name
from cmock_py.cdecl.model import FunctionType
from cmock_py.cdecl.model import Pointer as PointerType
from cmock_py.errors import ArgumentTypeError, SutTimeout, UsageError
from cmock_py.host import invoke, objects
from cmock_py.host.arena import Request, State
from cmock_py.host.callback import Callbacks
from cmock_py.host.pointer import Pointer
from cmock_py.host.process import CONTROL_TIMEOUT_S
from cmock_py.host.signature import pointer_text
from cmock_py.live.serving import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.build import Program
    from cmock_py.cdecl.model import Function
    from cmock_py.host.library import CFunction
    from cmock_py.host.memory import Memory
    from cmock_py.host.process import Host
    from cmock_py.host.signature import Signature
    from cmock_py.live.answers import Answers
    from cmock_py.live.child import Child
    from cmock_py.live.turn import Turn

_POLL_S = 0.001
"""How often `Calls.wait` looks at its predicate while the SUT says nothing."""


class CallUnderWay:
    """A call that `Mocking.begin` began.

    Attributes:
        name: the C function.
        signature: how it is called.
    """

    def __init__(self, calls: Calls, signature: Signature) -> None:
        """Stand for one of *calls*."""
        self._calls = calls
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
            self._calls.serve()
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
            self._calls.finish(self, timeout_s)
        if self._error is not None:
            raise self._error
        return self._value


class Calls:
    """Owns the main thread of the SUT: who has called it, and whom it asks.

    Attributes:
        errno: the value of ``errno`` that the next call finds, and that the last one has left.
    """

    def __init__(
        self, program: Program, host: Host, memory: Memory, *, turn: Turn, child: Child, answers: Answers
    ) -> None:
        """Call the child of *host*; what Python functions answer is kept in *answers*."""
        self._host = host
        self._memory = memory
        self._turn = turn
        self._child = child
        self._names: list[str] = []
        self._idle = True
        self._begun: CallUnderWay | None = None
        self.errno = 0
        memory.functions = callbacks = Callbacks(host, memory, self)
        self._server = Server(host, memory, callbacks, answers, program.mocked)
        child.on_fresh(self._forget)

    def _forget(self) -> None:
        """A fresh child begins: nothing is under way in it."""
        self._names.clear()
        self._idle = True
        if self._begun is not None:
            self._begun.end(error=UsageError(f"{self._begun.name}() was under way when a fresh test child began"))
            self._begun = None

    # --- calls ------------------------------------------------------------------------------------------------------

    def call(self, function: CFunction, args: tuple[Any, ...]) -> Any:
        """Call a C function and return its result."""
        with self._turn:
            signature, host = self._entered(function, args), self._host
            name, limit = signature.function.name, self._child.deadline_s
            started = time.monotonic()
            try:
                state = host.ask(Request.INVOKE, limit, posts=True)
                if state is not State.DONE or not host.is_ready:
                    self._finish(state, name, limit, started)
            except KeyboardInterrupt:
                self._child.interrupted(name)
                raise
            finally:
                self._names.pop()
                self._idle = True
            return self._result(signature)

    def begin(self, function: CFunction, args: tuple[Any, ...]) -> CallUnderWay:
        """Call a C function and do not wait for it."""
        with self._turn:
            if self._names or self._server.depth:
                self._refuse(function.__name__)
            signature = self._entered(function, args)
            self._begun = CallUnderWay(self, signature)
            self._host.send(Request.INVOKE)
            return self._begun

    def resolve(self, symbol: str, name: str) -> int:
        """Ask the child for the address of a symbol of the function *name*; 0 when it knows none."""
        if not self._idle:
            self._refuse(name)
        self._child.make_ready()
        self._host.arena.set_text(symbol)
        return int.from_bytes(self._child.ask(Request.RESOLVE), "little")

    def _entered(self, function: CFunction, args: tuple[Any, ...]) -> Signature:
        """Write a call into the mailbox; from here on it is under way."""
        signature = function.signature
        if not self._idle:
            if self._begun is not None and not self._server.depth:
                self._pump()
            if not self._idle:
                self._refuse(signature.function.name)
        if self._child.cause is not None or not self._host.is_ready:
            self._child.make_ready()
        invoke.pack(self._host.arena, signature, args, self.errno, self._memory)
        self._names.append(signature.function.name)
        self._idle = False
        return signature

    def _result(self, signature: Signature) -> Any:
        """Take output, result and errno of a call that has returned."""
        self._host.forward_new_output()
        result, self.errno = invoke.unpack(self._host.arena, signature)
        if signature.value is not None:
            return self._memory.hold(signature.value, result)
        return self._typed(signature.function, result)

    def _typed(self, function: Function, result: Any) -> Any:
        """Make a pointer of an address that a function returned."""
        if not isinstance(function.ret, PointerType):
            return result
        text = pointer_text(function.text, function.name)
        if isinstance(function.ret.to, FunctionType):
            return objects.function_pointer(self._memory, text, result)
        return Pointer(self._memory, text, result)

    # --- what cannot be done now ------------------------------------------------------------------------------------

    def _refuse(self, name: str) -> None:
        """Say why the main thread of the SUT cannot run another function now."""
        now = f"{self._names[-1]}() is under way" if self._names else "a Python function serves a thread of the SUT"
        hint = "call it when that has returned"
        if self._begun is not None and not self._server.depth:
            hint = "wait for its result() first"
        elif self._server.depth and not self._idle:
            hint = "a Python function that serves another thread of the SUT can call C only while that one is idle"
        msg = f"{name}() cannot be called now: {now}; {hint}"
        raise UsageError(msg)

    def refuse_within_function(self, what: str) -> None:
        """Raise when a Python function runs that the SUT waits for."""
        if self._server.depth:
            msg = f"{what}() cannot be used in a Python function that the SUT waits for; let the function return first"
            raise UsageError(msg)

    def refuse_new_language(self) -> None:
        """Raise when somebody is in the middle of the language that is set."""
        within = f"{self._names[0]}() is under way" if self._names else ""
        if self._server.depth and not within:
            within = "a Python function answers a thread of the SUT"
        if self._child.cause is None and self._host.alive and self._host.is_posted:
            within = within or "a thread of the SUT waits for the answer of a Python function (wait() serves it)"
        if within:
            hint = "when that is over, or after restart()"
            msg = f"init_lang cannot set another language now: {within}; set it {hint}"
            raise UsageError(msg)

    # --- what the SUT asks of Python --------------------------------------------------------------------------------

    def wait(self, predicate: Callable[[], Any], timeout_s: float | None) -> Any:
        """Serve what the SUT asks of Python until a predicate is true; return what it returned."""
        _check_predicate(predicate)
        limit = self._child.deadline_s if timeout_s is None else timeout_s
        with self._turn:
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
        under_way = f"; {self._names[0]}() is still under way" if self._names else ""
        return f"waited {limit:g} s in vain for {function_name(predicate)} to be true{under_way}"

    def serve(self) -> None:
        """Serve one thing that a call that was begun asks by now."""
        with self._turn:
            self._pump()

    def notice_end(self) -> None:
        """Look whether a call that was begun is over by now, if there is one and the SUT runs."""
        if self._begun is not None and not self._server.depth and self._child.cause is None:
            self._pump()

    def finish(self, begun: CallUnderWay, timeout_s: float | None) -> None:
        """Wait for a call that was begun."""
        limit = self._child.deadline_s if timeout_s is None else timeout_s
        with self._turn:
            if begun is not self._begun:
                return
            self.refuse_within_function("result")
            started = time.monotonic()
            try:
                self._finish(self._host.attend(limit), begun.name, limit, started)
                self._end_begun(value=self._result(begun.signature))
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    self._child.interrupted(begun.name)
                self._end_begun(error=error)
                raise

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
                self._child.stopped(state, name, limit)

    def _pump(self) -> bool:
        """Serve one thing that the SUT asks by now, without waiting; notice the end of a call that was begun.

        Returns:
            Whether there was something; a SUT that asks without end must not keep Python from looking up.
        """
        host, name = self._host, self._names[0] if self._names else None
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
                self._take_end(self._begun)
            with self._turn:  # what was served, or the predicate of wait(), may have stopped the mocking
                self._child.raise_unheard()
        except BaseException as error:
            if self._begun is not None and self._child.cause is not None:
                self._end_begun(error=error)
            raise
        return asked

    def _take_end(self, begun: CallUnderWay) -> None:
        """End a call that was begun when the SUT has returned from it; raise when it was stopped."""
        state = State(self._host.word("state"))
        if state in {State.BUSY, State.ASKING} and self._host.child:
            return
        if state is not State.DONE or not self._host.is_ready:
            self._child.stopped(state if self._host.child else State.IDLE, begun.name)
        self._end_begun(value=self._result(begun.signature))

    def _end_begun(self, value: Any = None, error: BaseException | None = None) -> None:
        """Give a call that was begun its end."""
        if self._begun is not None:
            self._begun.end(value, error)
            self._begun = None
            self._names.clear()
            self._idle = True

    def _serve(self, upcall: int, called: str | None, *, main: bool) -> None:
        """Run the Python function of an upcall; when it raises, the SUT is stopped, and the exception goes on."""
        failure: BaseException | None = None
        was_idle, self._idle = self._idle, self._idle or main
        try:
            self._server.serve(upcall)
        except BaseException as error:  # noqa: BLE001 - Ctrl-C and pytest.fail() stop the SUT like any other
            failure = error
        self._idle = was_idle
        child = self._child
        if child.cause is not None:  # a call of C within has stopped the SUT, and maybe nobody was told
            raise failure or child.raised or child.cause
        if failure is not None:
            asked = self._server.name(upcall)
            if main:
                self._host.ask(Request.ANSWER, CONTROL_TIMEOUT_S)
            else:
                self._host.wake(upcall)
            child.stop_for(failure, asked, called)
            raise failure
        if not main:
            self._host.wake(upcall)


def _check_predicate(value: Any) -> None:
    if not callable(value):
        msg = f"wait() asks a function again and again, and {value!r:.60} is none; write lambda: ..."
        raise ArgumentTypeError(msg)
