"""``mocking.lib``: the C functions and globals of the SUT, by their C names and nothing else."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any, Protocol

from cmock_py.cdecl import pytypes
from cmock_py.errors import ArgumentTypeError, ArgumentValueError
from cmock_py.host.addressed import Addressed
from cmock_py.host.pointer import Pointer

if TYPE_CHECKING:
    from cmock_py.cdecl.model import Function
    from cmock_py.host.pointer import Space
    from cmock_py.host.signature import Signature


class Caller(Protocol):
    """What a `CFunction` asks: `live.calls` answers."""

    def call(self, function: CFunction, args: tuple[Any, ...]) -> Any:
        """Call a C function in the test child."""


class Resolver(Protocol):
    """What a `Library` asks: names to functions and globals; `live.lookup` answers."""

    def find(self, name: str) -> Callable[..., Any] | None:
        """Return the C function of that name, or None when it is a global; raises UnknownNameError."""

    def read_global(self, name: str) -> Any:
        """Read a C global."""

    def write_global(self, name: str, value: Any) -> None:
        """Write a C global."""

    def names(self) -> list[str]:
        """List the functions and globals that are known by now."""


class CFunction(Addressed):
    """A C function of the SUT: call it; ``int(f)`` is its address, so it can be passed as a function pointer."""

    def __init__(self, caller: Caller, signature: Signature, memory: Space, note: str = "") -> None:
        """Stand for the function of a signature, whose code lies in *memory*; *note* is shown in its help."""
        self._caller = caller
        self._memory = memory
        self.signature = signature
        declared = signature.function
        self.__name__ = declared.name
        place = f"Declared at {declared.place}." if declared.place else ""
        self.__doc__ = "\n\n".join(filter(None, [f"{declared.text};", place, note]))

    def __getattr__(self, name: str) -> Any:
        """Make what `inspect.signature` asks for: C's names, and the Python types that stand for C's."""
        if name != "__signature__":
            raise AttributeError(name)
        return _python_signature(self.signature.function)

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call it in the test child and return its result; C knows arguments by position only."""
        if named:
            text = self.signature.function.text
            raise ArgumentTypeError(f"{text} takes its arguments by position, not by name ({', '.join(named)})")
        return self._caller.call(self, args)

    def __int__(self) -> int:
        """Return the address."""
        return self.signature.address

    __index__ = __int__

    def __repr__(self) -> str:
        """Show the C prototype."""
        return f"<C function {self.signature.function.text}>"


def _python_signature(function: Function) -> inspect.Signature:
    """Describe a C function as Python sees it: arguments by position only."""
    names = pytypes.parameter_names([parameter.name for parameter in function.params])
    positional = inspect.Parameter.POSITIONAL_ONLY
    params = [
        inspect.Parameter(name, positional, annotation=_annotation(pytypes.taken(parameter.type)))
        for name, parameter in zip(names, function.params, strict=True)
    ]
    if function.variadic:
        params.append(inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL, annotation=Any))
    return inspect.Signature(params, return_annotation=_annotation(pytypes.returned(function.ret)))


def _annotation(names: tuple[str, ...]) -> Any:
    """Make the Python type of its names."""
    known: dict[str, Any] = {
        **{kind.__name__: kind for kind in (int, str, bytes, bool, float, complex)},
        "None": None,
        "Any": Any,
        "Pointer": Pointer,
        "Callable[..., Any]": Callable[..., Any],
        "list[Any]": list[Any],
        "tuple[Any, ...]": tuple[Any, ...],
        "dict[str, Any]": dict[str, Any],
    }
    return reduce(operator.or_, [known[name] for name in names])


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
