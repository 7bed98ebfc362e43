"""The API spec as data: which C functions are mocked, and how their arguments are seen.

The nouns only; `spec.load` reads them from a file and `spec.check` finds their faults.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Direction = Literal["in", "out", "inout"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The line of Python that made a part of the spec; shown in messages, never compared."""

    file: str
    line: int

    def __str__(self) -> str:
        """Render as ``spec.py:12``, relative to the current folder when the file lies below it."""
        file = os.path.relpath(self.file) if self.file.startswith(os.path.join(os.getcwd(), "")) else self.file  # noqa: PTH109, PTH118 - pathlib costs a pytest run more than a spec
        return f"{file}:{self.line}"


def _origin() -> Origin:
    """Find the line that constructs a dataclass of this module."""
    frame = sys._getframe(1)  # noqa: SLF001 - the one documented way to see one's caller without building a traceback
    while frame.f_back is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    return Origin(frame.f_code.co_filename, frame.f_lineno)


@dataclass(frozen=True, slots=True)
class ApiArg:
    """One argument of a mocked function.

    Attributes:
        type: the C type of the real parameter, as in the prototype: ``"int"``, ``"const char *"``, ``"Stack"``.
        name: the parameter's name, a C identifier.
        dir: ``"in"`` is seen by the event, ``"out"`` is written from its answer, ``"inout"`` is both.
        buffer: False for one value; else the pointer is an array of elements, and this is its capacity in elements: an
            int, or a C expression over the actual arguments such as ``"n"``. True means that ``code`` copies.
        stored_type: the C type that events see, where it differs from `type`; needs `code`. Not run yet.
        phantom: not in the C prototype, only on the specification side. Not run yet.
        matched: compared while the SUT runs, not only by the check. Not run yet.
        default_val: the start value of an out argument of a silent function, a C expression. Not run yet.
        code: the C snippet that copies this argument in or out. Not run yet.
        origin: where the spec says so; found by itself.
    """

    type: str
    name: str
    dir: Direction = "in"
    buffer: bool | int | str = False
    stored_type: str | None = None
    phantom: bool = False
    matched: bool = False
    default_val: str | None = None
    code: str | None = None
    origin: Origin = field(default_factory=_origin, compare=False, repr=False, kw_only=True)

    @property
    def is_in(self) -> bool:
        """Whether events see the argument."""
        return self.dir != "out"

    @property
    def is_out(self) -> bool:
        """Whether answers write through the argument."""
        return self.dir != "in"


@dataclass(frozen=True, slots=True)
class ApiFunction:
    """One mocked C function.

    Attributes:
        name: the C symbol.
        ret: the C type of its result.
        args: its arguments in the order of the C prototype; any iterable, kept as a tuple, here and below.
        silent: always callable and never checked; a C expression for the value it answers. Not run yet.
        origin: where the spec says so; found by itself.
    """

    name: str
    ret: str = "void"
    args: Sequence[ApiArg] = ()
    silent: str | None = None
    origin: Origin = field(default_factory=_origin, compare=False, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        """Accept any iterable of arguments."""
        object.__setattr__(self, "args", _as_tuple(self.args))

    @property
    def ins(self) -> tuple[ApiArg, ...]:
        """The arguments that events list, in order."""
        return tuple(arg for arg in self.args if arg.is_in)

    @property
    def outs(self) -> tuple[ApiArg, ...]:
        """The arguments that answers write, in order."""
        return tuple(arg for arg in self.args if arg.is_out)


@dataclass(frozen=True, slots=True)
class ApiModule:
    """A named group of mocked functions; the name is the module of their events, and no C symbol carries it."""

    name: str
    functions: Sequence[ApiFunction] = ()
    origin: Origin = field(default_factory=_origin, compare=False, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        """Accept any iterable of functions."""
        object.__setattr__(self, "functions", _as_tuple(self.functions))


@dataclass(frozen=True, slots=True)
class ApiSpec:
    """What can be called: the whole mocked API.

    >>> spec = ApiSpec([ApiModule("stack", [ApiFunction("pop", "int", [ApiArg("Stack", "s")])])])
    >>> spec.modules[0].functions[0].args[0].type
    'Stack'
    """

    modules: Sequence[ApiModule] = ()
    origin: Origin = field(default_factory=_origin, compare=False, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        """Accept any iterable of modules."""
        object.__setattr__(self, "modules", _as_tuple(self.modules))

    @property
    def functions(self) -> tuple[tuple[ApiModule, ApiFunction], ...]:
        """All functions with their modules, in spec order; the position is the function's number everywhere."""
        return tuple((module, function) for module in self.modules for function in module.functions)


def _as_tuple(value: Any) -> Any:
    """Make a tuple of a list or another iterable; leave nonsense as it is, for `spec.check` to name."""
    if isinstance(value, (str, bytes)):
        return value
    try:
        return tuple(value)
    except TypeError:
        return value
