"""``mocking.lib``: the C functions and globals of the SUT, by their C names and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cmock_py.errors import ArgumentTypeError, ArgumentValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmock_py.host.invoke import Signature
    from cmock_py.host.memory import Memory


class Resolver(Protocol):
    """What a `Library` asks: names to functions and globals. A `Mocking` answers."""

    def find(self, name: str) -> Callable[..., Any] | None:
        """Return the C function of that name, or None when it is a global; raises UnknownNameError."""

    def read_global(self, name: str) -> Any:
        """Read a C global."""

    def write_global(self, name: str, value: Any) -> None:
        """Write a C global."""

    def call(self, function: CFunction, args: tuple[Any, ...]) -> Any:
        """Call a C function in the test child."""

    def names(self) -> list[str]:
        """List the functions and globals that are known by now."""


class CFunction:
    """A C function of the SUT: call it; ``int(f)`` is its address, so it can be passed as a function pointer."""

    def __init__(self, resolver: Resolver, signature: Signature, memory: Memory) -> None:
        """Stand for the function of a signature, whose code lies in *memory*."""
        self._resolver = resolver
        self._memory = memory
        self.signature = signature
        declared = signature.function
        self.__name__ = declared.name
        self.__doc__ = f"{declared.text};" + (f"\n\nDeclared at {declared.place}." if declared.place else "")

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call it in the test child and return its result; C knows arguments by position only."""
        if named:
            text = self.signature.function.text
            raise ArgumentTypeError(f"{text} takes its arguments by position, not by name ({', '.join(named)})")
        return self._resolver.call(self, args)

    def __int__(self) -> int:
        """Return the address."""
        return self.signature.address

    __index__ = __int__

    def __repr__(self) -> str:
        """Show the C prototype."""
        return f"<C function {self.signature.function.text}>"


class Library:
    """C functions and globals as attributes; ``lib["import"]`` for names that Python keeps for itself."""

    __slots__ = ("_resolver",)
    _resolver: Resolver

    def __init__(self, resolver: Resolver) -> None:
        """Resolve names through *resolver*."""
        object.__setattr__(self, "_resolver", resolver)

    def __getattr__(self, name: str) -> Any:
        """Return the C function, or read the C global, of that name."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a C global; raises ArgumentError, which names it, when *value* does not fit."""
        try:
            self._resolver.write_global(name, value)
        except (ArgumentTypeError, ArgumentValueError) as error:
            raise type(error)(f"{name}: {error}") from None

    def __getitem__(self, name: str) -> Any:
        """Return the C function, or read the C global, of that name."""
        function = self._resolver.find(name)
        return self._resolver.read_global(name) if function is None else function

    __setitem__ = __setattr__

    def __repr__(self) -> str:
        """Tell how many names are known by now."""
        return f"<the C functions and globals of the SUT, {len(dir(self))} of them known by now>"

    def __dir__(self) -> list[str]:
        """List the names that are known by now."""
        return self._resolver.names()
