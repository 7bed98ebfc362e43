"""The real functions behind the mocks: which there are, and why there is none."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cmock_py.codegen import names
from cmock_py.errors import Fault, SpecError
from cmock_py.mocked import no_passing_on

if TYPE_CHECKING:
    from cmock_py.build import Program
    from cmock_py.host.process import Host
    from cmock_py.mocked import Mocked


class Reals:
    """Knows the real functions of a running program: where they are is known when it has started, not before."""

    def __init__(self, program: Program, host: Host) -> None:
        """Ask *host*, which runs *program*."""
        self._program = program
        self._host = host

    @cached_property
    def _addresses(self) -> tuple[int, ...]:
        """Addresses of the real functions by number; 0 where there is none."""
        at = self._program.addresses[names.REALS].address
        return self._host.read_words(at, len(self._program.mocked))

    def missing(self, mocked: Mocked) -> tuple[str, str] | None:
        """Say why a function has no real one to call, and what to do; None when it has."""
        if not mocked.passes_on:
            return no_passing_on(mocked)
        if self._addresses[mocked.number]:
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

    def check_fallbacks(self) -> None:
        """Raise SpecError when there is no real function for one that shall answer what the language does not allow."""
        faults = [
            Fault(f"{mocked.path}.fallback ({mocked.spec.origin})", *refusal)
            for mocked in self._program.mocked
            if mocked.fallback and (refusal := self.missing(mocked)) is not None
        ]
        if faults:
            raise SpecError(faults)
