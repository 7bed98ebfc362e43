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

_VA_LISTS = ("va_list", "__builtin_va_list", "__gnuc_va_list")

REAL_FALLBACK = "real"
"""The one fallback there is: the real function."""


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
    """One argument of a mocked function, or a result of which more is to be said than its type.

    Attributes:
        type: the C type of the real parameter, as in the prototype: ``"int"``, ``"const char *"``, ``"Stack"``;
            ``"..."`` for the arguments of a variadic function that have no names.
        name: the parameter's name, a C identifier; what snippets and events call it.
        dir: ``"in"`` is seen by the event, ``"out"`` is written from its answer, ``"inout"`` is both.
        buffer: False for one value; else the pointer is an array of elements, and this is its capacity in elements: an
            int, or a C expression over the actual arguments such as ``"n"``. True means that ``code`` copies.
        stored_type: the C type that events see, where it differs from `type`; ``"void"`` hides the argument from them.
            Its value is made by `view` or `code`.
        phantom: not in the C prototype, only on the specification side: an in phantom is made by `view` or `code`, an
            out phantom is written by `fill` or `code`.
        matched: compared while the SUT runs, not only by the check.
        default_val: the start value of an out argument of a silent function, a C expression.
        code: C statements that copy this argument: ``_stored_->name = ...;`` of an in argument, ``... =
            _return_->name;`` of an out argument. They see all actual arguments by name.
        view: a C expression for the value that events see: ``"arg->field"``.
        fill: a C lvalue that the answer is written to: ``"speeds->speeds"``.
        length: how many elements of a buffer are valid when the call comes, a C expression: ``"n"``; without `buffer`
            it is the capacity, too. Of ``"..."`` or a ``va_list``: how many elements of `stored_type` were passed.
        string: True for text that ends in a NUL; an int for text of at most so many bytes. With `buffer`, `length` or
            `sentinel` on a pointer to ``char *``: a list of texts, such as ``argv``.
        format: of ``"..."`` or a ``va_list``: the name of the argument that is its format string, as of ``printf``.
        sentinel: the C expression that ends an array, such as ``"NULL"``; or, with the type of the elements as
            `stored_type`, what is passed for ``"..."`` or in a ``va_list``.
        types: of ``"..."`` or a ``va_list``: the C types of its elements, one each.
        tolerance: how far floating numbers may be from what is expected: 0.0 equals -0.0, and NaN is NaN; None
            compares them bit by bit.
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
    view: str | None = field(default=None, kw_only=True)
    fill: str | None = field(default=None, kw_only=True)
    length: int | str | None = field(default=None, kw_only=True)
    string: bool | int = field(default=False, kw_only=True)
    format: str | None = field(default=None, kw_only=True)
    sentinel: str | None = field(default=None, kw_only=True)
    types: Sequence[str] = field(default=(), kw_only=True)
    tolerance: float | None = field(default=0.0, kw_only=True)
    origin: Origin = field(default_factory=_origin, compare=False, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        """Accept any iterable of types."""
        object.__setattr__(self, "types", _as_tuple(self.types))

    @property
    def is_in(self) -> bool:
        """Whether events see the argument."""
        return self.dir != "out"

    @property
    def is_visible(self) -> bool:
        """Whether events list the argument: it is seen, and not hidden by ``stored_type="void"``."""
        return self.is_in and not self.is_hidden

    @property
    def is_hidden(self) -> bool:
        """Whether events do not list the argument though it is passed in."""
        return self.stored_type == "void"

    @property
    def is_out(self) -> bool:
        """Whether answers write through the argument."""
        return self.dir != "in"

    @property
    def is_array(self) -> bool:
        """Whether it is an array of elements."""
        return self.buffer is not False or self.length is not None

    @property
    def is_list(self) -> bool:
        """Whether it stands for what callers pass for ``...``, directly or in a ``va_list``."""
        told = self.format is not None or bool(self.types)
        counted = self.is_va_list and (self.sentinel is not None or self.is_array)
        return self.type == "..." or told or counted

    @property
    def is_va_list(self) -> bool:
        """Whether its type is spelled as that of an argument list."""
        return self.type in _VA_LISTS


@dataclass(frozen=True, slots=True)
class ApiFunction:
    """One mocked C function.

    Attributes:
        name: what events call it; the C symbol, too, unless `symbol` says otherwise.
        ret: the C type of its result, or an `ApiArg` when more is to be said of it.
        args: its arguments in the order of the C prototype, phantoms anywhere among them; any iterable, kept as a
            tuple, here and below.
        silent: always callable and never checked: a C expression for the value it answers at first, or True for a
            void function.
        symbol: the C symbol, where it differs from `name`.
        classify: the component that answers the function when it is among the ``components`` of `start_mocking`.
        fallback: ``"real"`` lets the real function answer the calls that the language does not allow: a spy.
        origin: where the spec says so; found by itself.
    """

    name: str
    ret: str | ApiArg = "void"
    args: Sequence[ApiArg] = ()
    silent: str | bool | None = None
    symbol: str | None = field(default=None, kw_only=True)
    classify: str | None = field(default=None, kw_only=True)
    fallback: str | None = field(default=None, kw_only=True)
    origin: Origin = field(default_factory=_origin, compare=False, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        """Accept any iterable of arguments."""
        object.__setattr__(self, "args", _as_tuple(self.args))

    @property
    def result_type(self) -> str:
        """The C type of the result."""
        return self.ret.type if isinstance(self.ret, ApiArg) else self.ret

    @property
    def c_name(self) -> str:
        """The C symbol."""
        return self.symbol or self.name

    @property
    def params(self) -> tuple[ApiArg, ...]:
        """The parameters of the C prototype, without ``...``."""
        return tuple(arg for arg in self.args if not arg.phantom and arg.type != "...")

    @property
    def is_variadic(self) -> bool:
        """Whether the spec says that callers pass more than has names."""
        return any(arg.type == "..." for arg in self.args)

    @property
    def ins(self) -> tuple[ApiArg, ...]:
        """The arguments that events list, in order."""
        return tuple(arg for arg in self.args if arg.is_visible)

    @property
    def outs(self) -> tuple[ApiArg, ...]:
        """The arguments that answers write, in order."""
        return tuple(arg for arg in self.args if arg.is_out)


@dataclass(frozen=True, slots=True)
class ApiModule:
    """A named group of mocked functions; the name is the module of their events, and no C symbol carries it.

    Attributes:
        name: of the module.
        functions: its functions.
        fallback: of all its functions that say none themselves.
        origin: where the spec says so; found by itself.
    """

    name: str
    functions: Sequence[ApiFunction] = ()
    fallback: str | None = field(default=None, kw_only=True)
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
