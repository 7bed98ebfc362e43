"""Typed memory of the SUT from Python: reads and writes that cannot crash anybody.

An address in the arena is read from the mapping; any other through ``/proc/PID/mem``, so a bad one is an exception.
cffi owns the types and layouts; no cffi object leaves this package, because it would be dereferenced in this process.
"""

from __future__ import annotations

import operator
import os
import re
from bisect import bisect_right, insort
from typing import TYPE_CHECKING, Any, Protocol

from cmock_py.callables import function_name
from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import FunctionType, Void
from cmock_py.cdecl.model import Pointer as PointerType
from cmock_py.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    CmockError,
    MemoryAccessError,
    NullPointer,
    StalePointer,
    UnknownNameError,
    UsageError,
)
from cmock_py.host import numbers
from cmock_py.host.arena import BASE, HEAP, SCRATCH, SIZE
from cmock_py.host.library import CFunction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmock_py.cdecl.model import CType, Function, Parameter
    from cmock_py.host.process import Host

_ALIGN = 16
_PAGE = 4096
_LOW = 0x10000
"""Nothing is mapped below: an address there is NULL plus an offset."""

_POISON = b"\xdd"
"""What freed blocks are filled with: C that still uses one sees nothing that it could take for its own."""

_STRING_LIMIT = 1 << 24
_END = 1 << 63
"""Addresses from here on are the kernel's, and no offset into ``/proc/PID/mem``."""


class Functions(Protocol):
    """What memory asks about functions; `host.callback.Callbacks` answers."""

    def address(self, function: Callable[..., Any], ctype: Any) -> int:
        """Return the address at which C finds a Python function as a pointer of the cffi type."""

    def call(self, pointer: FunctionPointer, args: tuple[Any, ...]) -> Any:
        """Call the C function behind a pointer."""

    def reset(self) -> None:
        """Forget all Python functions: a fresh child begins."""


class Memory:
    """The memory of one mocking's SUT: the current test child, and the arena's heap."""

    def __init__(self, host: Host, declare: Callable[[str], Any]) -> None:
        """Read through *host*; *declare* gives a cffi type for C text, and raises for one that is unknown."""
        self._host = host
        self._declare = declare
        self._next = BASE + HEAP
        self._blocks: dict[int, int] = {}
        self._freed: list[tuple[int, int]] = []
        self._types: dict[str, Any] = {}
        self._parameters: dict[tuple[str, str | None], Any] = {}
        self.functions: Functions
        """Set by its mocking, which can call."""

    @property
    def generation(self) -> int:
        """Number of the test child whose memory this is."""
        return self._host.generation

    @property
    def alive(self) -> bool:
        """Whether the mocking still runs."""
        return self._host.alive

    def reset(self) -> None:
        """Forget all blocks: a fresh child begins."""
        self._next = BASE + HEAP
        self._blocks.clear()
        self._freed.clear()
        self.functions.reset()

    # --- bytes ------------------------------------------------------------------------------------------------------

    def read(self, address: int, size: int) -> bytes:
        """Read *size* bytes; raises NullPointer or MemoryAccessError."""
        _check_size(size)
        _check_null(address, "read")
        self.check_not_freed(address)
        if self._host.arena.contains(address, size):
            at = address - BASE
            return bytes(self._host.arena.map[at : at + size])
        raw = b""
        # Only a range that ends in memory is worth a buffer of its size.
        if size <= _PAGE or self._peek(address + size - 1, 1):
            raw = self._peek(address, size)
        if len(raw) != size:
            msg = f"{size} bytes at {address:#x} cannot be read: no such memory in the SUT"
            raise MemoryAccessError(msg)
        return raw

    def _peek(self, address: int, size: int) -> bytes:
        """Read what there is of the child's memory, maybe nothing."""
        fd = self._descriptor(address)
        if not 0 <= address < _END:
            return b""
        try:
            return os.pread(fd, size, address)
        except OSError:
            return b""

    def write(self, address: int, data: bytes) -> None:
        """Write bytes; raises NullPointer, or MemoryAccessError where the SUT could not write either."""
        _check_null(address, "written")
        self.check_not_freed(address)
        if self._host.arena.contains(address, len(data)):
            at = address - BASE
            self._host.arena.map[at : at + len(data)] = data
            return
        fd = self._descriptor(address)
        if self._is_constant(address):
            msg = f"{address:#x} is const: the SUT cannot write there, so neither can Python"
            raise MemoryAccessError(msg)
        try:
            written = os.pwrite(fd, data, address) if 0 <= address < _END else -1
        except OSError:
            written = -1
        if written != len(data):
            msg = f"{len(data)} bytes at {address:#x} cannot be written: no such memory in the SUT"
            raise MemoryAccessError(msg)

    def _is_constant(self, address: int) -> bool:
        """Tell memory that the SUT may read and not write; ``/proc/PID/mem`` would write it all the same."""
        with open(f"/proc/{self._host.child}/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123 - no file of ours
            for line in maps:
                place, rights, *_ = line.split(maxsplit=2)
                low, _, high = place.partition("-")
                if int(low, 16) <= address < int(high, 16):
                    return "w" not in rights
        return False

    def _descriptor(self, address: int) -> int:
        fd = self._host.memory_fd()
        if fd < 0:
            msg = f"{address:#x} lies in a test child that is gone; init_lang or restart() starts a fresh one"
            raise StalePointer(msg)
        return fd

    def string(self, address: int, limit: int | None = None) -> bytes:
        """Read bytes up to a NUL, or up to *limit* of them; page by page, since the next page may not exist."""
        found = bytearray()
        bound = _STRING_LIMIT if limit is None else limit
        while len(found) < bound:
            at = address + len(found)
            chunk = self.read(at, min(_PAGE - at % _PAGE, bound - len(found)))
            end = chunk.find(b"\0")
            if end >= 0:
                return bytes(found + chunk[:end])
            found += chunk
        return bytes(found)

    def allocate(self, size: int) -> int:
        """Reserve *size* bytes of the arena until the next fresh child; they are zero. Raises MemoryAccessError."""
        address = self._next
        following = address + -(-(size + _ALIGN) // _ALIGN) * _ALIGN  # a gap, so that blocks never touch
        if following > BASE + SIZE:
            msg = f"{size} bytes do not fit into the arena's heap any more; restart() empties it"
            raise MemoryAccessError(msg)
        self._next = following
        self._blocks[address] = size
        self.write(address, bytes(size))
        return address

    def free(self, pointer: Pointer) -> None:
        """Give up a block; its place is not used again, so that a later use is told from any other.

        Raises:
            StalePointer: it was freed before.
            ArgumentValueError: no block begins there.
        """
        address = operator.index(pointer)
        size = self._blocks.pop(address, None)
        if size is None:
            inside = next((at for at, length in self._blocks.items() if at < address < at + length), None)
            why = "it was not made by mocking.new(); what C has allocated is freed by mocking.lib.free(p)"
            if inside is not None:
                why = f"it points into the block at {inside:#x}, not to its start"
            msg = f"{_label(pointer)} cannot be freed: {why}"
            raise ArgumentValueError(msg)
        self.write(address, _POISON * size)
        insort(self._freed, (address, size))

    def check_not_freed(self, address: int) -> None:
        """Refuse an address in a block that was freed; raises StalePointer."""
        if not self._freed or address < BASE + HEAP:
            return
        start, size = self._freed[max(bisect_right(self._freed, (address, SIZE)) - 1, 0)]
        if start <= address < start + max(size, 1):
            msg = f"{address:#x} lies in the block at {start:#x}, which was freed with mocking.free()"
            raise StalePointer(msg)

    def allocate_text(self, raw: bytes) -> int:
        """Store bytes with a NUL behind; return their address."""
        address = self.allocate(len(raw) + 1)
        self.write(address, raw)
        return address

    def place(self, typed: tuple[Any, Any]) -> int:
        """Store a Python string, bytes or list for a pointer parameter; return its address."""
        target, value = typed
        if isinstance(value, (str, bytes, bytearray)):
            if not scalars.is_char(target):
                msg = f"{scalars.shown(value)} is text, which only a pointer to char or void takes"
                raise TypeError(msg)
            return self.allocate_text(_raw(value))
        raw = bytes(value) if isinstance(target, Void) else b"".join(self._item(target, item) for item in value)
        address = self.allocate(max(len(raw), 1))
        self.write(address, raw)
        return address

    def image(self, ctype: Any, value: Any) -> bytes:
        """Encode a struct that is passed by value: from a dict, or from a pointer to one.

        Raises:
            ArgumentTypeError, ArgumentValueError: it does not fit.
            UnknownNameError: there is no such member.
        """
        size = numbers.size_of(ctype)
        self.write(BASE + SCRATCH, bytes(size))
        store(self, ctype, BASE + SCRATCH, value)
        return self.read(BASE + SCRATCH, size)

    def hold(self, ctype: Any, result: bytes | int) -> Pointer:
        """Keep a struct that a function returned: its bytes, or the address of the block that it was written to."""
        if isinstance(result, int):
            return Pointer(self, ctype, result)
        address = self.allocate(max(len(result), 1))
        self.write(address, result)
        return Pointer(self, ctype, address)

    def _item(self, target: CType, item: Any) -> bytes:
        """Encode one element of a list; that of a list of strings is the address of its text."""
        if isinstance(target, PointerType) and isinstance(item, (str, bytes, bytearray)):
            item = self.place((target.to, item))
        self.check_own(item)
        return scalars.encode(target, item)

    def check_own(self, value: Any) -> None:
        """Refuse a pointer or a C function of another mocking, where the address means something else.

        Raises:
            ArgumentTypeError: it belongs to another mocking.
        """
        if isinstance(value, (Pointer, CFunction)) and value._memory is not self:  # noqa: SLF001 - neither has methods
            msg = f"{_label(value)} belongs to another mocking, whose memory this one cannot reach"
            raise ArgumentTypeError(msg)

    def check_argument(self, pointer: Pointer | CFunction, ctype: CType, parameter: Parameter | None) -> None:
        """Refuse a pointer of another mocking, one for a number, and one to another type, as a C compiler would warn.

        Raises:
            TypeError: what is wrong with it, without the name of the parameter.
        """
        self.check_own(pointer)
        if not isinstance(ctype, (PointerType, FunctionType)):
            msg = f"{_label(pointer)} is a pointer, not a number; int(p) is its address"
            raise TypeError(msg)
        if isinstance(pointer, CFunction) or parameter is None or parameter.name is None:
            return
        wanted, given = self._pointee(parameter), _pointee_of(pointer)
        if wanted is not None and given is not None and not _alike(wanted, given):
            msg = (
                f"{_label(pointer)} points to {given.cname}; cast it if you mean it: mocking.cast({wanted.cname!r}, p)"
            )
            raise TypeError(msg)

    def place_function(self, function: Callable[..., Any], parameter: Parameter | None) -> int:
        """Return the address at which C finds a Python function that is passed for a parameter.

        Raises:
            TypeError: the parameter is no pointer to a function.
        """
        ctype = None if parameter is None else self._type_of(parameter)
        if ctype is None or ctype.kind != "function":
            msg = f"{function_name(function)} is a Python function, and the parameter is no pointer to a function"
            raise TypeError(msg)
        return self.functions.address(function, ctype)

    def _type_of(self, parameter: Parameter) -> Any:
        """The cffi type of a parameter; None when its text alone does not tell."""
        key = parameter.text, parameter.name
        if key not in self._parameters:
            self._parameters[key] = self._find_type(*key)
        return self._parameters[key]

    def _find_type(self, text: str, name: str | None) -> Any:
        if name:
            text = re.sub(rf"(?<!struct )(?<!union )(?<!enum )\b{re.escape(name)}\b", "", text, count=1)
        for candidate in (text, f"{text} *"):  # a parameter of a function type is a pointer
            try:
                return self.typeof(candidate)
            except UsageError:
                continue
        return None

    def _pointee(self, parameter: Parameter) -> Any:
        """The cffi type that a parameter points to; None when its text alone does not tell."""
        ctype = self._type_of(parameter)
        return ctype.item if ctype is not None and ctype.kind == "pointer" else None

    # --- types ------------------------------------------------------------------------------------------------------

    def typeof(self, text: str) -> Any:
        """Return the cffi type of a C type text; raises UnknownNameError."""
        if text not in self._types:
            self._types[text] = self._declare(text)
        return self._types[text]

    def new(self, text: str, init: Any = None) -> Pointer:
        """Allocate one object of a C type and initialise it; see `Mocking.new`."""
        ctype, length = self.typeof(text), None
        if ctype.kind == "array":
            length = ctype.length
            if length is None:
                length = _open_length(text, ctype, init)
            size = length * numbers.size_of(ctype.item)
        else:
            size = _room(ctype, init)
        address = self.allocate(max(size, 1))
        if init is not None:
            store(self, ctype, address, init)
        return Pointer(self, ctype.item if ctype.kind == "array" else ctype, address, length)

    def cast(self, text: str, value: Any) -> Pointer:
        """See *value*, a pointer or an address, as a pointer to *text*; to the first element of an array type."""
        self.check_own(value)
        ctype = self.typeof(text)
        try:
            address = scalars.address(value)
        except (TypeError, ValueError) as error:
            raise numbers.unfit(f"cast to {text!r}", error) from None
        if ctype.kind == "array":
            return Pointer(self, ctype.item, address, ctype.length)
        return Pointer(self, ctype, address)


def _check_size(size: int) -> None:
    if size < 0:
        msg = f"{size} bytes cannot be read; give a number that is not negative"
        raise ArgumentValueError(msg)


def _check_null(address: int, verb: str) -> None:
    if 0 <= address < _LOW:
        where = f"NULL plus {address}" if address else "NULL"
        msg = f"the pointer is {where}; it cannot be {verb}"
        raise NullPointer(msg)


def _open_length(text: str, ctype: Any, init: Any) -> int:
    """The length of an array that takes it from its init."""
    if isinstance(init, (str, bytes, bytearray)):
        return len(_as_bytes(ctype, init)) + int(ctype.item.cname == "char")
    if isinstance(init, (list, tuple)):
        return len(init)
    msg = f"{text} has no length; give one, or a list to take it from"
    raise ArgumentTypeError(msg)


def _room(ctype: Any, init: Any) -> int:
    """The size of an object, with that of a flexible array in it when the init has one."""
    size = numbers.size_of(ctype)
    if ctype.kind != "struct" or not isinstance(init, dict) or not ctype.fields:
        return size
    name, last = ctype.fields[-1]
    if last.type.kind != "array" or last.type.length is not None or name not in init:
        return size
    length = _open_length(f"{ctype.cname}.{name}", last.type, init[name])
    return max(size, int(last.offset) + length * numbers.size_of(last.type.item))


def _raw(value: str | bytes | bytearray) -> bytes:
    """The bytes of text, as C sees it."""
    return value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)


def _as_bytes(ctype: Any, value: str | bytes | bytearray) -> bytes:
    """The bytes of text for an array; only arrays of bytes take some."""
    if ctype.item.kind != "primitive" or ctype.item.cname == "_Bool" or numbers.size_of(ctype.item) != 1:
        msg = f"{scalars.shown(value)} is text, which only arrays of char or bytes take; {ctype.cname} takes a list"
        raise ArgumentTypeError(msg)
    return _raw(value)


class Pointer:
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
    _memory: Memory
    _type: Any

    def __init__(self, memory: Memory, ctype: Any, address: int, length: int | None = None) -> None:
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
        _check_fresh(self)
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
            from cmock_py.host import views

            return bool(self) and views.pointer_equals(self, other)
        return self._address == int(other) if isinstance(other, (int, Pointer, CFunction)) else NotImplemented

    def __hash__(self) -> int:
        """Hash the address."""
        return hash(self._address)

    def __repr__(self) -> str:
        """Show pointee type and address, and the members of a struct that can be read."""
        return _shown(self)

    def __getitem__(self, index: int | slice) -> Any:
        """Read an element, or a list of them."""
        ctype, step = _element(self)
        if isinstance(index, slice):
            return [self[i] for i in _range(self, index)]
        return load(self._memory, ctype, self._address + _checked_index(self, index) * step)

    def __setitem__(self, index: int, value: Any) -> None:
        """Write an element."""
        ctype, step = _element(self)
        store(self._memory, ctype, self._address + _checked_index(self, index) * step, value)

    def __len__(self) -> int:
        """Return the length of an array; raises TypeError for a plain pointer."""
        if self._length is None:
            msg = f"{_label(self)} has no known length"
            raise TypeError(msg)
        return self._length

    def __iter__(self) -> Iterator[Any]:
        """Read the elements of an array one after another; of a struct names and values, so that dict(p) copies it."""
        if self._length is None and getattr(_pointee_of(self), "kind", None) in {"struct", "union"}:
            from cmock_py.host import views

            return views.items(self)
        return (self[i] for i in range(len(self)))

    def __getattr__(self, name: str) -> Any:
        """Read a member."""
        if name.startswith("__"):
            raise AttributeError(name)
        ctype, _ = _element(self)
        return load_member(self._memory, ctype, self._address, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a member."""
        ctype, _ = _element(self)
        _store_member(self._memory, ctype, self._address, name, value)


def _label(pointer: Pointer | CFunction) -> str:
    """Name a pointer in a message: type and address, without what lies there."""
    if isinstance(pointer, CFunction):
        return repr(pointer)
    address = pointer._address  # noqa: SLF001 - a pointer has no methods by design
    where = f"at {address:#x}" if address else "NULL"
    return f"<{_pointer_name(pointer._type, pointer._length)} {where}>"  # noqa: SLF001


def _shown(pointer: Pointer) -> str:
    """Write a pointer with what can be read behind it; never raises."""
    try:
        is_struct = getattr(_pointee_of(pointer), "kind", None) in {"struct", "union"}
        if not is_struct or pointer._length is not None:  # noqa: SLF001 - a pointer has no methods by design
            return _label(pointer)
        memory, ctype, address = place_of(pointer)
    except CmockError:
        return _label(pointer)
    from cmock_py.host import views

    text = views.shown(memory, ctype, address)
    if text is None:
        return _label(pointer)
    return f"<{ctype.cname} at {address:#x}: {text}>" if text else f"<{ctype.cname} at {address:#x}>"


def place_of(pointer: Pointer) -> tuple[Memory, Any, int]:
    """Return memory, type and address of what a pointer points to: of the whole array, when its length is known.

    Raises:
        NullPointer, StalePointer: it cannot be followed.
        ArgumentTypeError: it points to void or to a function.
    """
    ctype, _ = _element(pointer)
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
    return getattr(_pointee_of(pointer), "cname", None) == "char"


class FunctionPointer(Pointer):
    """A pointer to a function of the SUT, found in its memory: ``p.callback(1)`` calls it."""

    __slots__ = ()

    def __call__(self, *args: Any) -> Any:
        """Call it in the test child and return its result."""
        _check_fresh(self)
        _check_null(self._address, "called")
        return self._memory.functions.call(self, args)

    def __repr__(self) -> str:
        """Show type and address."""
        text = re.sub(r"(?<=\w)\(\*\)", " (*)", self._type.cname, count=1)
        return f"<{text} at {self._address:#x}>" if self._address else f"<{text} NULL>"


def is_python_function(value: Any) -> bool:
    """Tell a Python function from what is called in C: a C function, a pointer to one, what ctypes and cffi make."""
    return callable(value) and not isinstance(value, (Pointer, CFunction)) and not scalars.is_of_python(value)


def _pointer_name(ctype: Any, length: int | None) -> str:
    """Write a pointer's type as C does; that of an array's elements with their number."""
    if isinstance(ctype, str):
        return ctype
    if length is not None:
        return f"{ctype.cname}[{length}]"
    return f"{ctype.cname}*" if ctype.cname.endswith("*") else f"{ctype.cname} *"


def _pointee_of(pointer: Pointer) -> Any:
    """The cffi type that a pointer points to, resolved when it is still a text."""
    ctype = pointer._type  # noqa: SLF001 - a pointer has no methods by design
    if not isinstance(ctype, str):
        return ctype
    resolved = pointer._memory.typeof(ctype)  # noqa: SLF001
    return resolved.item if resolved.kind == "pointer" else None


def _alike(wanted: Any, given: Any) -> bool:
    """Whether a pointer to one type may stand for a pointer to the other: equal, void, or numbers of one size."""
    if wanted is given or "void" in {wanted.kind, given.kind} or "function" in {wanted.kind, given.kind}:
        return True
    scalar = {"primitive", "enum"}
    return wanted.kind in scalar and given.kind in scalar and numbers.size_of(wanted) == numbers.size_of(given)


def raw_bytes(memory: Memory, pointer: Pointer, size: int) -> bytes:
    """Read *size* bytes behind a pointer."""
    memory.check_own(pointer)
    _check_fresh(pointer)
    return memory.read(pointer._address, size)  # noqa: SLF001 - a pointer has no methods by design


def string(memory: Memory, pointer: Pointer, limit: int | None = None) -> bytes:
    """Read the bytes up to a NUL behind a pointer."""
    memory.check_own(pointer)
    _check_fresh(pointer)
    return memory.string(pointer._address, limit)  # noqa: SLF001 - a pointer has no methods by design


def _check_fresh(pointer: Pointer) -> None:
    memory = pointer._memory  # noqa: SLF001 - a pointer has no methods by design
    if not memory.alive:
        msg = f"{_label(pointer)} belonged to a mocking that was stopped, and its memory is gone"
        raise StalePointer(msg)
    if pointer._generation != memory.generation:  # noqa: SLF001
        msg = f"{_label(pointer)} belonged to an earlier test child, whose memory is gone; get the pointer again"
        raise StalePointer(msg)
    memory.check_not_freed(pointer._address)  # noqa: SLF001 - a pointer has no methods by design


def _element(pointer: Pointer) -> tuple[Any, int]:
    """The pointee type and its size; checks that the pointer may be followed."""
    _check_fresh(pointer)
    ctype = pointer._type  # noqa: SLF001 - a pointer has no methods by design
    if isinstance(ctype, str):
        ctype = pointer._memory.typeof(ctype).item  # noqa: SLF001
        object.__setattr__(pointer, "_type", ctype)
    if ctype.kind == "void" or isinstance(pointer, FunctionPointer):
        what = "void" if ctype.kind == "void" else "a function"
        msg = f"{_label(pointer)} points to {what}; say what it points to with mocking.cast(type, pointer)"
        raise ArgumentTypeError(msg)
    _check_null(pointer._address, "followed")  # noqa: SLF001
    return ctype, numbers.size_of(ctype)


def _checked_index(pointer: Pointer, index: Any) -> int:
    try:
        number = operator.index(index)
    except TypeError:
        msg = f"{index!r} is no index of {_label(pointer)}; elements are p[0], p[1], members are p.name"
        raise ArgumentTypeError(msg) from None
    length = pointer._length  # noqa: SLF001 - a pointer has no methods by design
    if length is not None and not 0 <= number < length:
        msg = f"index {number} is outside {_label(pointer)}"
        raise IndexError(msg)
    return number


def _range(pointer: Pointer, index: slice) -> range:
    length = pointer._length  # noqa: SLF001 - a pointer has no methods by design
    if length is not None:
        return range(*index.indices(length))
    if index.stop is None or index.stop < 0 or (index.start or 0) < 0:
        msg = f"{_label(pointer)} has no known length; slice it as p[start:stop]"
        raise ArgumentTypeError(msg)
    return range(index.start or 0, index.stop, index.step or 1)


def members(ctype: Any, base: int = 0) -> Iterator[tuple[str, int, Any]]:
    """Yield name, offset and cffi's field of each member, those of anonymous aggregates included."""
    for name, field in ctype.fields or ():
        if name:
            yield name, base + field.offset, field
        else:
            yield from members(field.type, base + field.offset)


def member(ctype: Any, name: str) -> tuple[int, Any]:
    """Find offset and field of a member; raises UnknownNameError."""
    if ctype.kind not in {"struct", "union"}:
        msg = f"{ctype.cname} is no struct, so it has no member {name!r}; read the value with p[0]"
        raise UnknownNameError(msg)
    found = {known: (offset, field) for known, offset, field in members(ctype)}
    if name not in found:
        import difflib

        near = difflib.get_close_matches(name, found, 1)
        hint = f"; did you mean {near[0]!r}?" if near else f" (it has {', '.join(found)})"
        msg = f"{ctype.cname} has no member {name!r}{hint}"
        raise UnknownNameError(msg)
    return found[name]


def _view(memory: Memory, ctype: Any, image: bytearray) -> Any:
    """See bytes as an aggregate of cffi, which knows where the bits of its bit-fields are."""
    return numbers.ffi().from_buffer(memory.typeof(f"{ctype.cname} *"), image)


def load_member(memory: Memory, ctype: Any, address: int, name: str) -> Any:
    """Read a member of a struct; raises UnknownNameError."""
    offset, field = member(ctype, name)
    if field.bitsize < 0:
        return load(memory, field.type, address + offset)
    return getattr(_view(memory, ctype, bytearray(memory.read(address, numbers.size_of(ctype)))), name)


def _store_member(memory: Memory, ctype: Any, address: int, name: str, value: Any) -> None:
    offset, field = member(ctype, name)
    try:
        if field.bitsize < 0:
            store(memory, field.type, address + offset, value)
            return
        image = bytearray(memory.read(address, numbers.size_of(ctype)))
        setattr(_view(memory, ctype, image), name, value)
    except (ArgumentTypeError, ArgumentValueError, OverflowError, TypeError) as error:
        raise numbers.unfit(f"{ctype.cname}.{name}", error) from None
    memory.write(address, bytes(image))


def load(memory: Memory, ctype: Any, address: int) -> Any:
    """Read one object: numbers as numbers, enums by name, pointers as pointers, structs and arrays by reference."""
    if ctype.kind in {"struct", "union"}:
        return Pointer(memory, ctype, address)
    if ctype.kind == "array":
        return Pointer(memory, ctype.item, address, ctype.length)
    raw = memory.read(address, numbers.size_of(ctype))
    if ctype.kind in {"pointer", "function"}:
        return pointer_of(memory, ctype, int.from_bytes(raw, "little"))
    return numbers.decode(ctype, raw)


def pointer_of(memory: Memory, ctype: Any, address: int) -> Pointer:
    """Make the value of a pointer of a cffi type; one to a function can be called."""
    if ctype.kind == "function":
        return FunctionPointer(memory, ctype, address)
    return Pointer(memory, ctype.item, address)


def store(memory: Memory, ctype: Any, address: int, value: Any) -> None:
    """Write one object: a struct from a dict, an array from a list, text or bytes, anything else from a value.

    Raises:
        ArgumentTypeError: the value has the wrong shape, or is a pointer of another mocking.
        ArgumentValueError: it does not fit.
    """
    memory.check_own(value)
    if ctype.kind in {"struct", "union"}:
        _store_struct(memory, ctype, address, value)
    elif ctype.kind == "array":
        _store_array(memory, ctype, address, value)
    elif ctype.kind in {"pointer", "function"}:
        _store_pointer(memory, ctype, address, value)
    else:
        memory.write(address, numbers.encode(ctype, value))


def _store_struct(memory: Memory, ctype: Any, address: int, value: Any) -> None:
    if isinstance(value, Pointer):
        other, size = _element(value)
        if other is not ctype:
            msg = f"{_label(value)} does not point to {ctype.cname}"
            raise ArgumentTypeError(msg)
        memory.write(address, memory.read(int(value), size))
        return
    if not isinstance(value, dict):
        msg = f"{scalars.described(value)}; {ctype.cname} is made from a dict of members, or from a pointer to one"
        raise ArgumentTypeError(msg)
    for name, item in value.items():
        _store_member(memory, ctype, address, name, item)


def _store_array(memory: Memory, ctype: Any, address: int, value: Any) -> None:
    if isinstance(value, (str, bytes, bytearray)):
        _store_text(memory, ctype, address, value)
        return
    if isinstance(value, Pointer) and value._length is not None:  # noqa: SLF001 - a pointer has no methods by design
        value = list(value)
    if not isinstance(value, (list, tuple)):
        msg = f"{scalars.shown(value)} is a {type(value).__name__}; {ctype.cname} is written from a list or bytes"
        raise ArgumentTypeError(msg)
    _check_room(ctype, len(value))
    step = numbers.size_of(ctype.item)
    for index, item in enumerate(value):
        store(memory, ctype.item, address + index * step, item)


def _store_text(memory: Memory, ctype: Any, address: int, value: str | bytes | bytearray) -> None:
    """Write text into an array of bytes; in one of char a NUL ends it, where there is room for one."""
    raw = _as_bytes(ctype, value)
    _check_room(ctype, len(raw))
    has_room = ctype.length is not None and len(raw) < ctype.length
    memory.write(address, raw + b"\0" if has_room and ctype.item.cname == "char" else raw)


def _check_room(ctype: Any, count: int) -> None:
    if ctype.length is not None and count > ctype.length:
        msg = f"{count} elements do not fit {ctype.cname}"
        raise ArgumentValueError(msg)


def _store_pointer(memory: Memory, ctype: Any, address: int, value: Any) -> None:
    try:
        if isinstance(value, (str, bytes, bytearray)):
            value = memory.allocate_text(_text_for(ctype, value))
        elif ctype.kind == "function" and is_python_function(value):
            value = memory.functions.address(value, ctype)
        memory.write(address, scalars.encode(PointerType(Void()), value))
    except (TypeError, ValueError) as error:
        raise numbers.unfit(ctype.cname, error) from None


def _text_for(ctype: Any, value: str | bytes | bytearray) -> bytes:
    """The bytes of text for a pointer; raises TypeError unless it points to char, bytes or void."""
    target = ctype.item if ctype.kind == "pointer" else ctype
    is_bytes = target.kind == "primitive" and target.cname != "_Bool" and numbers.size_of(target) == 1
    if not is_bytes and target.kind != "void":
        msg = f"{scalars.shown(value)} is text, which only a pointer to char or void takes"
        raise TypeError(msg)
    return _raw(value)


def function_text(function: Function) -> str:
    """Return the type of a pointer to a function, from its prototype.

    >>> from cmock_py.cdecl.model import Function, Integer, Parameter
    >>> int_type = Integer(4, signed=True)
    >>> function_text(Function("f", int_type, (Parameter("a", int_type, "int a"),), "int f(int a)"))
    'int (*)(int)'
    """
    params = [re.sub(rf"\b{re.escape(p.name)}\b", "", p.text, count=1) if p.name else p.text for p in function.params]
    listed = ", ".join([*(text.strip() for text in params), *["..."] * function.variadic]) or "void"
    before, found, _ = function.text.partition(f"{function.name}(")
    return f"{before}(*)({listed})" if found else "void (*)(void)"


def function_pointer(memory: Memory, text: str, address: int) -> Pointer:
    """Make the value of a pointer to a function; one whose type its text does not tell cannot be called."""
    try:
        ctype = memory.typeof(text)
    except UsageError:
        ctype = memory.typeof("void *")
    return pointer_of(memory, ctype, address)


def pointer_text(text: str, name: str) -> str:
    """Return the type of a function's result, a pointer, from its prototype.

    >>> pointer_text("const char *getenv(const char *name)", "getenv")
    'const char *'
    """
    match = re.match(rf"(\w[\w\s*]*?)\s*\b{re.escape(name)}\s*\(", text)
    return match[1] if match else "void *"
