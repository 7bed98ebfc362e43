"""What the names of the SUT stand for: functions, mocks and globals; ``mocking.lib`` and ``mocking.real`` ask here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.codegen import names
from cmock_py.codegen.writer import declaration
from cmock_py.errors import UnknownNameError, UsageError
from cmock_py.host import objects
from cmock_py.host.library import CFunction
from cmock_py.host.pointer import Pointer
from cmock_py.host.signature import function_text, signature
from cmock_py.live import statics

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.build import Program
    from cmock_py.cdecl.model import Function
    from cmock_py.host.memory import Memory
    from cmock_py.host.silent import SilentFunctions
    from cmock_py.live.calls import Calls
    from cmock_py.live.child import Child
    from cmock_py.live.headers import Headers
    from cmock_py.live.turn import Turn
    from cmock_py.mocked import Mocked

_BY_REFERENCE = frozenset({"struct", "union", "array"})
"""Kinds of C types that a read gives a pointer to."""


class Lookup:
    """Keeps the C functions that were found by name: their addresses are the same in every child."""

    def __init__(
        self,
        program: Program,
        headers: Headers,
        memory: Memory,
        silent: SilentFunctions,
        *,
        turn: Turn,
        child: Child,
        calls: Calls,
    ) -> None:
        """Find what *program* has; what is found there is called by *calls* and read in *memory*."""
        self._program = program
        self._headers = headers
        self._memory = memory
        self._silent = silent
        self._turn = turn
        self._child = child
        self._calls = calls
        self._functions: dict[tuple[str, bool], CFunction] = {}
        self._mocked = {mocked.spec.c_name: mocked for mocked in program.mocked}

    def find(self, name: str, *, mocks: bool) -> Callable[..., Any] | None:
        """Return a C function, or the set-function of a silent one; None for a global; raises UnknownNameError."""
        key = name, mocks
        known = self._functions.get(key)
        if known is not None:
            return known
        setter = self._silent.setter(name) if mocks and name.startswith("set_") else None
        if setter is not None and name not in self._headers.unit.functions:
            return setter
        with self._turn:
            mocked = self._mocked.get(name)
            types = self._program.declarations.types
            declared = declaration(mocked, types) if mocked else self._headers.function(name)
            if declared is None:
                return None
            is_mock = mocked is not None and mocks and name not in self._program.served
            symbol = "cmk_sut_main" if name == "main" else declared.symbol or name
            address = self._address(names.mock(name) if is_mock else symbol, declared)
            called = signature(declared, address, self._memory.typeof)
            note = _note(mocked) if mocked is not None and is_mock else ""
            function = CFunction(self._calls, called, self._memory, note)
            self._functions[key] = function
            return function

    def _address(self, symbol: str, declared: Function) -> int:
        known = self._program.addresses.get(symbol) or self._program.addresses.get(names.HOOK + symbol)
        if known is not None:
            return known.address
        if declared.inline:
            msg = f"{declared.name} is inline in its header ({declared.place}), so there is no symbol to call"
            raise UnknownNameError(msg)
        found = self._calls.resolve(symbol, declared.name)
        if not found:
            where = f"at {declared.place}" if declared.place else "by the spec"
            msg = (
                f"{declared.name} is declared {where}, but no object, mock or linked library defines it; "
                "give the object (objs=) or the library (ldflags=)"
            )
            raise UnknownNameError(msg)
        return found

    def names(self) -> list[str]:
        """List mocks, and functions and globals of the objects that the headers declare."""
        declarations = self._program.declarations
        return sorted({*self._mocked, *declarations.functions, *declarations.variables})

    # --- globals ----------------------------------------------------------------------------------------------------

    def read_global(self, name: str) -> Any:
        """Read a C global."""
        with self._turn:
            ctype, address = self._global(name)
            return objects.load(self._memory, ctype, address)

    def write_global(self, name: str, value: Any) -> None:
        """Write a C global; raises UnknownNameError, UsageError for a function, and ArgumentError."""
        with self._turn:
            if name not in self._program.declarations.variables:
                self._headers.function(name)
                msg = f"{name} is a function; only globals can be written"
                raise UsageError(msg)
            ctype, address = self._global(name)
            objects.store(self._memory, ctype, address, value)

    def _global(self, name: str) -> tuple[Any, int]:
        """The cffi type and the address of a global."""
        variable = self._program.declarations.variables[name]
        self._child.ensure()
        return self._memory.typeof(_without_name(variable.text, name)), self._program.addresses[name].address

    # --- addresses --------------------------------------------------------------------------------------------------

    def address_of(self, name: str, ctype: str | None, file: str | None) -> Pointer:
        """Point to a C global or function; see `Mocking.address_of`."""
        with self._turn:
            self._child.ensure()
            if ctype is not None or file is not None or name not in self._declared():
                known = self._program.addresses
                return statics.point(self._memory, self._program.executable, name, ctype, file, names=known)
            function = self.find(name, mocks=True)
            if isinstance(function, CFunction):
                text = function_text(function.signature.function)
                return objects.function_pointer(self._memory, text, function.signature.address)
            found, address = self._global(name)
            pointer = objects.load(self._memory, found, address) if found.kind in _BY_REFERENCE else None
            return Pointer(self._memory, found, address) if pointer is None else pointer

    def _declared(self) -> set[str]:
        """Names that headers or the spec declare, where an object defines them."""
        return {*self._program.declarations.variables, *self._mocked, *self._headers.unit.functions}


class Scope:
    """One of the two ways to look names up: with the mocks (``lib``), or past them (``real``)."""

    def __init__(self, lookup: Lookup, *, mocks: bool) -> None:
        """Look up in *lookup*; *mocks* says whether the name of a mocked function is its mock."""
        self._lookup = lookup
        self._mocks = mocks
        self.read_global = lookup.read_global
        self.write_global = lookup.write_global
        self.names = lookup.names

    def find(self, name: str) -> Callable[..., Any] | None:
        """Return the C function of that name, or None when it is a global; raises UnknownNameError."""
        return self._lookup.find(name, mocks=self._mocks)


def _note(mocked: Mocked) -> str:
    """Say of a mock what its spec says: the module, and the direction of each argument that is not plainly in."""
    args = [f"    {arg.name}: {arg.dir}" for arg in mocked.spec.args if arg.dir != "in"]
    return "\n".join([f"Mock of {mocked.name}, as {mocked.spec.origin} says.", *args])


def _without_name(text: str, name: str) -> str:
    """Make the type of a declaration: ``int table[4]`` is ``int [4]``."""
    before, _, after = text.rpartition(name)
    return before + after
