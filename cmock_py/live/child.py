"""The test child that runs now, and why it stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from cmock_py.errors import ChildStopped, SutError
from cmock_py.host import arena as shared
from cmock_py.host.arena import Request, State
from cmock_py.host.process import CONTROL_TIMEOUT_S
from cmock_py.host.stop import read_stop
from cmock_py.live import stops
from cmock_py.trace import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.build import Program
    from cmock_py.host.process import Host
    from cmock_py.live.language import Language
    from cmock_py.live.places import Places


class Child:
    """Owns the life of the test child: begins one when it is needed, and remembers why it stopped.

    Attributes:
        cause: why it stopped, None as long as it runs.
        raised: what a Python function has raised that stopped it.
        deadline_s: how long a call may take.
    """

    def __init__(self, program: Program, host: Host, language: Language, places: Places, deadline_s: float) -> None:
        """Have children of *host*; *language* and *places* word their stops."""
        self._program = program
        self._host = host
        self._language = language
        self._places = places
        self._forgetful: list[Callable[[], None]] = []
        self.deadline_s = deadline_s
        self.cause: SutError | None = None
        self.raised: BaseException | None = None

    # --- its begin --------------------------------------------------------------------------------------------------

    def on_fresh(self, forget: Callable[[], None]) -> None:
        """Let *forget* be called whenever a fresh child begins: what it knew of the last one is void."""
        self._forgetful.append(forget)

    def ensure(self) -> None:
        """Have a child, be it a stopped one; the first one begins when it is first needed."""
        if self._host.generation == 0:
            self.renew()

    def renew(self) -> None:
        """Begin a fresh child: pristine memory, and no stop."""
        self._host.fork()
        self.cause = self.raised = None
        for forget in self._forgetful:
            forget()

    def renew_if_stopped(self) -> None:
        """Begin a fresh child when something has stopped this one, heard of or not."""
        if self.cause is not None or self._host.word("stopping"):
            self.renew()

    def hold(self) -> None:
        """Have no thread of the SUT in the middle of a mocked call, as language and trace change."""
        host = self._host
        if host.word("threaded") and host.is_ready and host.ask(Request.HOLD, CONTROL_TIMEOUT_S) != State.DONE:
            self.renew()  # a thread of the SUT stopped just now

    def make_ready(self) -> None:
        """Have a child that can be called.

        Raises:
            ChildStopped: it was stopped before, and the exception that told so was raised then.
            SutError: it was stopped, and nothing has told of it yet.
        """
        self.ensure()
        self.raise_unheard()
        if self.cause is not None:
            from cmock_py.explain.stop import child_stopped

            first = str(self.cause).splitlines()[0]
            raise ChildStopped(child_stopped(first), self.cause.stop)
        if not self._host.child:
            self.stopped(State.IDLE, None)

    def ask(self, request: Request) -> bytes:
        """Ask the child, which is ready, for something that takes no time; return the word that it answers."""
        if self._host.ask(request, CONTROL_TIMEOUT_S) != State.DONE:
            self.stopped(None, None)
        return self._host.arena.map[shared.MAILBOX : shared.MAILBOX + 8]

    # --- its stop ---------------------------------------------------------------------------------------------------

    def unheard(self) -> SutError | None:
        """A thread of the SUT may have stopped while nobody waited; return its error the first time."""
        if self.cause is not None or not self._host.word("stopping"):
            return None
        self._host.flush()
        self._host.forward_output()
        self.cause = self._error(self._read_stop(None))
        return self.cause

    def raise_unheard(self) -> None:
        """Raise what stopped a thread of the SUT while nobody waited, unless it was raised before."""
        unheard = self.unheard()
        if unheard is not None:
            raise unheard

    def stopped(self, state: State | None, called: str | None, limit: float | None = None) -> NoReturn:
        """Find out why the child did not finish, remember it, and raise it.

        Args:
            state: what it said last; None when it said nothing in time.
            called: the function that Python had called.
            limit: seconds that it had; None means the deadline of a call.
        """
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
        self.cause = self._error(stop)
        if not flushed:
            self.cause.add_note("the SUT stopped inside stdio, so what it had printed and not yet flushed is lost")
        raise self.cause

    def stop_for(self, failure: BaseException, asked: str, called: str | None) -> None:
        """Await the stop of a child that goes no further since a Python function has raised; remember why.

        Args:
            failure: what was raised.
            asked: names the Python function, and what it was called for.
            called: the function that Python had called.
        """
        host = self._host
        if not host.await_stop():
            host.kill()
        host.flush()
        host.forward_output()
        said = str(failure).partition("\n")[0]
        text = f"{asked}, raised {type(failure).__name__}{f': {said}' if said else ''}"
        self.cause = self._error(replace(self._read_stop(called), reason="raised", text=text))
        self.raised = failure

    def interrupted(self, called: str) -> None:
        """Ctrl-C ends the SUT, wherever it is; in a Python function it has done so already."""
        if self.cause is None:
            self._host.kill()
            self.cause = SutError("the call was interrupted", Stop("died", called=called))

    def _read_stop(self, called: str | None) -> Stop:
        stop = read_stop(self._host, self._program.mocked, self._places.find, called, self.deadline_s)
        return stops.with_handle(stop, self._language.handles)

    def _error(self, stop: Stop) -> SutError:
        return stops.error(stop, self._language, self._host.word("position"))
