"""Typed pointers into the SUT, as tests use them.

A pointer reads objects, and objects hold pointers. So that the modules for these need not know each other in a circle,
a pointer asks its memory (`Space`), which knows them all. cffi owns the types and layouts; no cffi object leaves this
package, because it would be dereferenced in this process.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, Protocol

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, StalePointer
from cmock_py.host import numbers
from cmock_py.host.addressed import Addressed
from cmock_py.host.raw import check_null

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Functions(Protocol):
    """What memory asks about functions; `host.callback.Callbacks` answers."""

    def address(self, function: Callable[..., Any], ctype: Any) -> int:
        """Return the address at which C finds a Python function as a pointer of the cffi type."""

    def call(self, pointer: FunctionPointer, args: tuple[Any, ...]) -> Any:
        """Call the C function behind a pointer."""

    def reset(self) -> None:
        """Forget all Python functions: a fresh child begins."""


class Space(Protocol):
    """What typed pointers and C functions ask of the memory they lie in; `host.memory.Memory` answers."""

    functions: Functions

    @property
    def generation(self) -> int:
        """Number of the test child whose memory this is."""

    @property
    def alive(self) -> bool:
        """Whether the mocking still runs."""

    def read(self, address: int, size: int) -> bytes:
        """Read *size* bytes."""

    def write(self, address: int, data: bytes) -> None:
        """Write bytes."""

    def string(self, address: int, limit: int | None = None) -> bytes:
        """Read bytes up to a NUL, or up to *limit* of them."""

    def allocate_text(self, raw: bytes) -> int:
        """Store bytes with a NUL behind; return their address."""

    def check_not_freed(self, address: int) -> None:
        """Refuse an address in a block that was freed."""

    def check_own(self, value: Any) -> None:
        """Refuse what belongs to another mocking."""

    def typeof(self, text: str) -> Any:
        """Return the cffi type of a C type text."""

    def load(self, ctype: Any, address: int) -> Any:
        """Read one object."""

    def store(self, ctype: Any, address: int, value: Any) -> None:
        """Write one object."""

    def load_member(self, ctype: Any, address: int, name: str) -> Any:
        """Read a member of a struct."""

    def store_member(self, ctype: Any, address: int, name: str, value: Any) -> None:
        """Write a member of a struct."""

    def shown(self, pointer: Pointer) -> str:
        """Write a pointer with what can be read behind it."""

    def equals(self, pointer: Pointer, expected: Any) -> bool:
        """Compare what a pointer points to with plain values."""

    def items(self, pointer: Pointer) -> Iterator[tuple[str, Any]]:
        """Yield name and value of each member behind a pointer to a struct."""


class Pointer(Addressed):
    """A typed pointer into the SUT.

    ``p[0]`` and ``p[i]`` read and write elements, ``p[0:4]`` reads a list, and the members of a struct are attributes:
    ``p.next.value = 3``. A struct or array inside is seen by reference. ``int(p)`` is the address, ``bool(p)`` is
    false for NULL. ``p == q`` compares addresses, ``p == {"x": 1}`` and ``p == [1, 2]`` what is there. Every access is
    checked: NULL, bad addresses, known array lengths, freed blocks, and memory of an earlier test child are exceptions.
    It has no methods, so that no member of yours can clash with one; `Mocking.value`, `Mocking.string`,
    `Mocking.bytes` and `Mocking.cast` do the rest.
    """

    __slots__ = ("_address", "_generation", "_length", "_memory", "_type")
    _address: int
    _generation: int
    _length: int | None
    _memory: Space
    _type: Any

    def __init__(self, memory: Space, ctype: Any, address: int, length: int | None = None) -> None:
        """Point to the cffi type *ctype* at *address* in the SUT, or be a pointer of the type that a C text says."""
        object.__setattr__(self, "_memory", memory)
        object.__setattr__(self, "_type", ctype)
        object.__setattr__(self, "_address", address)
        object.__setattr__(self, "_length", length)
        object.__setattr__(self, "_generation", memory.generation)

    def __int__(self) -> int:
        """Return the address."""
        return self._address

    def __index__(self) -> int:
        """Return the address to be used in C; raises StalePointer when the memory there is gone."""
        check_fresh(self)
        return self._address

    def __bytes__(self) -> bytes:
        """Refuse what Python would take for as many zeros as the address says."""
        msg = f"a pointer does not say how many bytes to read: mocking.bytes(pointer, size) instead of bytes({self!r})"
        raise ArgumentTypeError(msg)

    def __bool__(self) -> bool:
        """Tell whether it is not NULL."""
        return self._address != 0

    def __eq__(self, other: object) -> bool:
        """Compare addresses, None being NULL; with a dict, a list or text compare what is there."""
        if other is None:
            return self._address == 0
        if isinstance(other, (dict, list, tuple, str, bytes, bytearray)):
            return bool(self) and self._memory.equals(self, other)
        return self._address == int(other) if isinstance(other, (int, Addressed)) else NotImplemented

    def __hash__(self) -> int:
        """Hash the address."""
        return hash(self._address)

    def __repr__(self) -> str:
        """Show pointee type and address, and the members of a struct that can be read."""
        return self._memory.shown(self)

    def __getitem__(self, index: int | slice) -> Any:
        """Read an element, or a list of them."""
        ctype, step = element(self)
        if isinstance(index, slice):
            return [self[i] for i in _range(self, index)]
        return self._memory.load(ctype, self._address + _checked_index(self, index) * step)

    def __setitem__(self, index: int | slice, value: Any) -> None:
        """Write an element, or as many as a slice has from a list."""
        ctype, step = element(self)
        if isinstance(index, slice):
            for i, item in _paired(self, index, value):
                self[i] = item
            return
        self._memory.store(ctype, self._address + _checked_index(self, index) * step, value)

    def __len__(self) -> int:
        """Return the length of an array; raises TypeError for a plain pointer."""
        if self._length is None:
            msg = f"{label(self)} has no known length"
            raise TypeError(msg)
        return self._length

    def __iter__(self) -> Iterator[Any]:
        """Read the elements of an array one after another; of a struct names and values, so that dict(p) copies it."""
        if self._length is None and getattr(pointee(self), "kind", None) in {"struct", "union"}:
            return self._memory.items(self)
        return (self[i] for i in range(len(self)))

    def __getattr__(self, name: str) -> Any:
        """Read a member."""
        if name.startswith("__"):
            raise AttributeError(name)
        ctype, _ = element(self)
        return self._memory.load_member(ctype, self._address, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a member."""
        ctype, _ = element(self)
        self._memory.store_member(ctype, self._address, name, value)


class FunctionPointer(Pointer):
    """A pointer to a function of the SUT, found in its memory: ``p.callback(1)`` calls it."""

    __slots__ = ()

    def __call__(self, *args: Any) -> Any:
        """Call it in the test child and return its result."""
        check_fresh(self)
        check_null(self._address, "called")
        return self._memory.functions.call(self, args)

    def __repr__(self) -> str:
        """Show type and address."""
        text = re.sub(r"(?<=\w)\(\*\)", " (*)", self._type.cname, count=1)
        return f"<{text} at {self._address:#x}>" if self._address else f"<{text} NULL>"


def label(pointer: Addressed) -> str:
    """Name a pointer in a message: type and address, without what lies there."""
    if not isinstance(pointer, Pointer):
        return repr(pointer)
    address = pointer._address  # noqa: SLF001 - a pointer has no methods by design
    where = f"at {address:#x}" if address else "NULL"
    return f"<{_pointer_name(pointer._type, pointer._length)} {where}>"  # noqa: SLF001


def _pointer_name(ctype: Any, length: int | None) -> str:
    """Write a pointer's type as C does; that of an array's elements with their number."""
    if isinstance(ctype, str):
        return ctype
    if length is not None:
        return f"{ctype.cname}[{length}]"
    return f"{ctype.cname}*" if ctype.cname.endswith("*") else f"{ctype.cname} *"


def pointee(pointer: Pointer) -> Any:
    """The cffi type that a pointer points to, resolved when it is still a text."""
    ctype = pointer._type  # noqa: SLF001 - a pointer has no methods by design
    if not isinstance(ctype, str):
        return ctype
    resolved = pointer._memory.typeof(ctype)  # noqa: SLF001
    return resolved.item if resolved.kind == "pointer" else None


def element(pointer: Pointer) -> tuple[Any, int]:
    """The pointee type and its size; checks that the pointer may be followed."""
    check_fresh(pointer)
    ctype = pointer._type  # noqa: SLF001 - a pointer has no methods by design
    if isinstance(ctype, str):
        ctype = pointer._memory.typeof(ctype).item  # noqa: SLF001
        object.__setattr__(pointer, "_type", ctype)
    if ctype.kind == "void" or isinstance(pointer, FunctionPointer):
        what = "void" if ctype.kind == "void" else "a function"
        msg = f"{label(pointer)} points to {what}; say what it points to with mocking.cast(type, pointer)"
        raise ArgumentTypeError(msg)
    check_null(pointer._address, "followed")  # noqa: SLF001
    return ctype, numbers.size_of(ctype)


def place_of(pointer: Pointer) -> tuple[Space, Any, int]:
    """Return memory, type and address of what a pointer points to: of the whole array, when its length is known.

    Raises:
        NullPointer, StalePointer: it cannot be followed.
        ArgumentTypeError: it points to void or to a function.
    """
    ctype, _ = element(pointer)
    memory, length = pointer._memory, pointer._length  # noqa: SLF001 - a pointer has no methods by design
    if length is not None:
        ctype = numbers.array_of(ctype, length)
    return memory, ctype, pointer._address  # noqa: SLF001


def size_behind(pointer: Pointer) -> int:
    """Return the size of what a pointer points to, of the whole array when its length is known."""
    _, ctype, _ = place_of(pointer)
    return numbers.size_of(ctype)


def is_text(pointer: Pointer) -> bool:
    """Tell whether it points to plain char, as C strings do."""
    return getattr(pointee(pointer), "cname", None) == "char"


def check_fresh(pointer: Pointer) -> None:
    """Refuse a pointer whose memory is gone; raises StalePointer."""
    memory = pointer._memory  # noqa: SLF001 - a pointer has no methods by design
    if not memory.alive:
        msg = f"{label(pointer)} belonged to a mocking that was stopped, and its memory is gone"
        raise StalePointer(msg)
    if pointer._generation != memory.generation:  # noqa: SLF001
        msg = f"{label(pointer)} belonged to an earlier test child, whose memory is gone; get the pointer again"
        raise StalePointer(msg)
    memory.check_not_freed(pointer._address)  # noqa: SLF001 - a pointer has no methods by design


def _checked_index(pointer: Pointer, index: Any) -> int:
    try:
        number = operator.index(index)
    except TypeError:
        msg = f"{index!r} is no index of {label(pointer)}; elements are p[0], p[1], members are p.name"
        raise ArgumentTypeError(msg) from None
    length = pointer._length  # noqa: SLF001 - a pointer has no methods by design
    if length is not None and not 0 <= number < length:
        msg = f"index {number} is outside {label(pointer)}"
        raise IndexError(msg)
    return number


def _paired(pointer: Pointer, index: slice, value: Any) -> list[tuple[int, Any]]:
    """Pair the elements of a slice with the values for them; an array in C never grows or shrinks."""
    if not isinstance(value, (list, tuple, str, bytes, bytearray, Pointer)):
        msg = f"{label(pointer)}: a slice is written from a list, not from {value!r}"
        raise ArgumentTypeError(msg)
    places, values = _range(pointer, index), list(value)
    if len(places) != len(values):
        msg = f"{label(pointer)}: the slice has {len(places)} elements, and {len(values)} values are given"
        raise ArgumentValueError(msg)
    return list(zip(places, values, strict=True))


def _range(pointer: Pointer, index: slice) -> range:
    length = pointer._length  # noqa: SLF001 - a pointer has no methods by design
    if length is not None:
        return range(*index.indices(length))
    if index.stop is None or index.stop < 0 or (index.start or 0) < 0:
        msg = f"{label(pointer)} has no known length; slice it as p[start:stop]"
        raise ArgumentTypeError(msg)
    return range(index.start or 0, index.stop, index.step or 1)
