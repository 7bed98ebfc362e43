"""Typed memory of the SUT: what `Mocking` reads and writes, and where arguments that need memory are placed."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from cmock_py.callables import function_name
from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import Aggregate, FunctionType, Void
from cmock_py.cdecl.model import Pointer as PointerType
from cmock_py.errors import ArgumentTypeError, UsageError
from cmock_py.host import numbers, objects, views
from cmock_py.host.addressed import Addressed
from cmock_py.host.arena import BASE, SCRATCH
from cmock_py.host.pointer import Pointer, check_fresh, label, pointee
from cmock_py.host.raw import RawMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cmock_py.cdecl.model import CType, Parameter
    from cmock_py.host.pointer import Functions
    from cmock_py.host.process import Host


class Memory(RawMemory):
    """The memory of one mocking's SUT with its C types."""

    functions: Functions
    """Set by who can call."""

    def __init__(self, host: Host, declare: Callable[[str], Any]) -> None:
        """Read through *host*; *declare* gives a cffi type for C text, and raises for one that is unknown."""
        super().__init__(host)
        self._declare = declare
        self._types: dict[str, Any] = {}
        self._parameters: dict[tuple[str, str | None], Any] = {}

    def reset(self) -> None:
        """Forget all blocks and Python functions: a fresh child begins."""
        super().reset()
        self.functions.reset()

    # --- types and objects ------------------------------------------------------------------------------------------

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
                length = objects.open_length(text, ctype, init)
            size = length * numbers.size_of(ctype.item)
        else:
            size = objects.room(ctype, init)
        address = self.allocate(max(size, 1))
        if init is not None:
            objects.store(self, ctype, address, init)
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

    def free(self, pointer: Pointer) -> None:
        """Give up a block that `new` made.

        Raises:
            StalePointer: it was freed before.
            ArgumentValueError: no block begins there.
        """
        self.release(operator.index(pointer), label(pointer))

    def bytes_behind(self, pointer: Pointer, size: int) -> bytes:
        """Read *size* bytes behind a pointer."""
        self.check_own(pointer)
        check_fresh(pointer)
        return self.read(int(pointer), size)

    def text_behind(self, pointer: Pointer, limit: int | None = None) -> bytes:
        """Read the bytes up to a NUL behind a pointer."""
        self.check_own(pointer)
        check_fresh(pointer)
        return self.string(int(pointer), limit)

    # --- what pointers ask ------------------------------------------------------------------------------------------

    def load(self, ctype: Any, address: int) -> Any:
        """Read one object; see `objects.load`."""
        return objects.load(self, ctype, address)

    def store(self, ctype: Any, address: int, value: Any) -> None:
        """Write one object; see `objects.store`."""
        objects.store(self, ctype, address, value)

    def load_member(self, ctype: Any, address: int, name: str) -> Any:
        """Read a member of a struct; raises UnknownNameError."""
        return objects.load_member(self, ctype, address, name)

    def store_member(self, ctype: Any, address: int, name: str, value: Any) -> None:
        """Write a member of a struct; raises UnknownNameError."""
        objects.store_member(self, ctype, address, name, value)

    def shown(self, pointer: Pointer) -> str:
        """Write a pointer with what can be read behind it; never raises."""
        return views.pointer_shown(pointer)

    def equals(self, pointer: Pointer, expected: Any) -> bool:
        """Compare what a pointer points to with plain values."""
        return views.pointer_equals(pointer, expected)

    def items(self, pointer: Pointer) -> Iterator[tuple[str, Any]]:
        """Yield name and value of each member behind a pointer to a struct."""
        return views.items(pointer)

    # --- arguments --------------------------------------------------------------------------------------------------

    def place(self, typed: tuple[Any, Any]) -> int:
        """Store a Python string, bytes or list for a pointer parameter; return its address."""
        target, value = typed
        if isinstance(value, (str, bytes, bytearray)):
            if not scalars.is_char(target):
                msg = f"{scalars.shown(value)} is text, which only a pointer to char or void takes"
                raise TypeError(msg)
            return self.allocate_text(objects.text_bytes(value))
        if isinstance(value, dict) or isinstance(target, Aggregate):
            msg = f"{scalars.described(value)}; C wants a pointer here: make the object with mocking.new() and pass it"
            raise TypeError(msg)
        raw = bytes(value) if isinstance(target, Void) else b"".join(self._item(target, item) for item in value)
        address = self.allocate(max(len(raw), 1))
        self.write(address, raw)
        return address

    def _item(self, target: CType, item: Any) -> bytes:
        """Encode one element of a list; that of a list of strings is the address of its text."""
        if isinstance(target, PointerType) and isinstance(item, (str, bytes, bytearray)):
            item = self.place((target.to, item))
        self.check_own(item)
        return scalars.encode(target, item)

    def place_objects(self, values: Sequence[Any], parameter: Parameter | None) -> int:
        """Store a list of structs or unions for a pointer parameter; return its address.

        Raises:
            TypeError: the text of the parameter does not tell what its elements are.
        """
        ctype = None if parameter is None else self._pointee(parameter)
        if ctype is None:
            msg = "a list cannot be made from the parameter's type; make it with mocking.new and pass the pointer"
            raise TypeError(msg)
        size = numbers.size_of(ctype)
        address = self.allocate(max(size * len(values), 1))
        for index, value in enumerate(values):
            objects.store(self, ctype, address + index * size, value)
        return address

    def image(self, ctype: Any, value: Any) -> bytes:
        """Encode a struct that is passed by value: from a dict, or from a pointer to one.

        Raises:
            ArgumentTypeError, ArgumentValueError: it does not fit.
            UnknownNameError: there is no such member.
        """
        size = numbers.size_of(ctype)
        self.write(BASE + SCRATCH, bytes(size))
        objects.store(self, ctype, BASE + SCRATCH, value)
        return self.read(BASE + SCRATCH, size)

    def hold(self, ctype: Any, result: bytes | int) -> Pointer:
        """Keep a struct that a function returned: its bytes, or the address of the block that it was written to."""
        if isinstance(result, int):
            return Pointer(self, ctype, result)
        address = self.allocate(max(len(result), 1))
        self.write(address, result)
        return Pointer(self, ctype, address)

    def check_own(self, value: Any) -> None:
        """Refuse a pointer or a C function of another mocking, where the address means something else.

        Raises:
            ArgumentTypeError: it belongs to another mocking.
        """
        if isinstance(value, Addressed) and value._memory is not self:  # noqa: SLF001 - a pointer has no methods by design
            msg = f"{label(value)} belongs to another mocking, whose memory this one cannot reach"
            raise ArgumentTypeError(msg)

    def check_argument(self, pointer: Addressed, ctype: CType, parameter: Parameter | None) -> None:
        """Refuse a pointer of another mocking, one for a number, and one to another type, as a C compiler would warn.

        Raises:
            TypeError: what is wrong with it, without the name of the parameter.
        """
        self.check_own(pointer)
        if not isinstance(ctype, (PointerType, FunctionType)):
            msg = f"{label(pointer)} is a pointer, not a number; int(p) is its address"
            raise TypeError(msg)
        if not isinstance(pointer, Pointer) or parameter is None or parameter.name is None:
            return
        wanted, given = self._pointee(parameter), pointee(pointer)
        if wanted is not None and given is not None and not _alike(wanted, given):
            msg = f"{label(pointer)} points to {given.cname}; cast it if you mean it: mocking.cast({wanted.cname!r}, p)"
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


def _alike(wanted: Any, given: Any) -> bool:
    """Whether a pointer to one type may stand for a pointer to the other: equal, void, or numbers of one size."""
    if wanted is given or "void" in {wanted.kind, given.kind} or "function" in {wanted.kind, given.kind}:
        return True
    scalar = {"primitive", "enum"}
    return wanted.kind in scalar and given.kind in scalar and numbers.size_of(wanted) == numbers.size_of(given)
