"""Silent functions from Python: what they answer is read and set in the SUT's memory, and their calls are counted."""

from __future__ import annotations

from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import Pointer
from cmock_py.errors import ArgumentValueError, UnknownNameError
from cmock_py.payload import UnfitError, decode_variable, encode_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cmock_py.host.memory import Memory
    from cmock_py.mocked import Field, Mocked

SILENT, START = "cmk_silent_", "cmk_start_"
"""Variables of the stubs. MIRROR codegen/names.py"""
_ELEMENTS = 24
"""Bytes of ``struct cmk_elements``: data, count, size. MIRROR runtime/cmk.h"""
_WORD = 8


class SilentFunction:
    """One silent function: ``value`` is what it returns, each out argument is an attribute, ``calls`` counts.

    ``f.value = 20`` is what later calls answer, until `reset` or a restart of the SUT. An out argument whose name is
    taken by one of these is reached as ``f["calls"]``.
    """

    __slots__ = ("_fields", "_mocked", "_silent")
    _fields: Mapping[str, Field]
    _mocked: Mocked
    _silent: SilentFunctions

    def __init__(self, silent: SilentFunctions, mocked: Mocked) -> None:
        """Stand for *mocked*."""
        object.__setattr__(self, "_silent", silent)
        object.__setattr__(self, "_mocked", mocked)
        object.__setattr__(self, "_fields", {field.name: field for field in mocked.outs})

    @property
    def value(self) -> Any:
        """What the function returns; raises UnknownNameError when it returns void."""
        return self._silent.read(self._mocked, self._result())

    @value.setter
    def value(self, value: Any) -> None:
        self._silent.write(self._mocked, self._result(), value)

    @property
    def calls(self) -> int:
        """How often it was called since the SUT's memory is pristine, or since `reset`."""
        return self._silent.calls(self._mocked)

    def reset(self) -> None:
        """Answer the start values again, and count from 0."""
        self._silent.reset(self._mocked)

    def _result(self) -> Field:
        if self._mocked.result is None:
            msg = f"{self._mocked.name} returns void, so it has no value to set"
            raise UnknownNameError(msg)
        return self._mocked.result

    def __getitem__(self, name: str) -> Any:
        """Read what is written to an out argument; None when it is left untouched."""
        return self._silent.read(self._mocked, self._out(name))

    def __setitem__(self, name: str, value: Any) -> None:
        """Set what is written to an out argument."""
        self._silent.write(self._mocked, self._out(name), value)

    def _out(self, name: str) -> Field:
        if name in self._fields:
            return self._fields[name]
        near = get_close_matches(name, [*self._fields, "value", "calls"], 1)
        known = ", ".join(self._fields) or "none"
        hint = f"did you mean {near[0]!r}?" if near else f"it has {known}"
        msg = f"{self._mocked.name} has no out argument {name!r}; {hint}"
        raise UnknownNameError(msg)

    def __getattr__(self, name: str) -> Any:
        """Read what is written to an out argument."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        """Set the value, or what is written to an out argument."""
        if name == "value":
            object.__setattr__(self, name, value)
        else:
            self[name] = value

    def __dir__(self) -> list[str]:
        """List what can be read and set."""
        return ["value", "calls", "reset", *self._fields]

    def __repr__(self) -> str:
        """Show the function."""
        return f"<silent {self._mocked.name}>"


class SilentFunctions:
    """All silent functions of a mocking, by name: ``mocking.silent.get_curr_speed2``."""

    __slots__ = ("_addresses", "_memory", "_ready", "_said", "_shown")

    def __init__(
        self, mocked: Iterable[Mocked], addresses: Mapping[str, int], memory: Memory, ready: Callable[[], None]
    ) -> None:
        """Find the variables of *mocked* at *addresses*; *ready* makes sure that there is a test child."""
        self._shown = {m.spec.c_name: SilentFunction(self, m) for m in mocked if m.is_silent}
        self._addresses = addresses
        self._memory = memory
        self._ready = ready
        self._said: dict[tuple[int, str], tuple[Mocked, Field, Any]] = {}

    def __getattr__(self, name: str) -> SilentFunction:
        """Find a silent function; raises UnknownNameError."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> SilentFunction:
        """Find a silent function by its C symbol, or by the name of events; raises UnknownNameError."""
        if name in self._shown:
            return self._shown[name]
        named = [shown for shown in self._shown.values() if shown._mocked.spec.name == name]  # noqa: SLF001 - ours
        if len(named) == 1:
            return named[0]
        near = get_close_matches(name, self._shown, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"the spec has {', '.join(self._shown) or 'none'}"
        msg = f"there is no silent function {name!r}; {hint}"
        raise UnknownNameError(msg)

    def __dir__(self) -> list[str]:
        """List the silent functions."""
        return list(self._shown)

    def __repr__(self) -> str:
        """Tell how many there are."""
        return f"<{len(self._shown)} silent functions: {', '.join(self._shown)}>"

    def setter(self, name: str) -> Callable[[Any], None] | None:
        """Return the set-function of that name (``set_get_curr_speed2_return``), or None."""
        for function, shown in self._shown.items():
            prefix = f"set_{function}_"
            field = name.removeprefix(prefix)
            mocked = shown._mocked  # noqa: SLF001 - ours
            if not name.startswith(prefix):
                continue
            if field == "return" and mocked.result is not None:
                return partial(setattr, shown, "value")
            if any(out.name == field for out in mocked.outs):
                return partial(shown.__setitem__, field)
        return None

    # --- memory -----------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Forget what tests have set: the SUT starts anew."""
        self._said.clear()

    def renew(self) -> None:
        """Set in a fresh child what tests had set in the last one."""
        for mocked, field, value in list(self._said.values()):
            self._put(mocked, field, value)

    def calls(self, mocked: Mocked) -> int:
        """Count the calls of a function."""
        self._ready()
        return int.from_bytes(self._memory.read(self._address(SILENT, mocked, "calls"), _WORD), "little")

    def read(self, mocked: Mocked, field: Field) -> Any:
        """Read what is answered now."""
        self._ready()
        address = self._address(SILENT, mocked, _name(mocked, field))
        if field is not mocked.result:
            raw = self._memory.read(address, _ELEMENTS)
            data, count, size = (int.from_bytes(raw[i : i + _WORD], "little") for i in range(0, _ELEMENTS, _WORD))
            return decode_variable(field, self._memory.read(data, count * size)) if data else None
        value = decode_variable(field, self._memory.read(address, field.element))
        if value is not None and isinstance(field.type, Pointer) and scalars.is_string(field.type):
            return self._memory.string(int(value)).decode(errors="surrogateescape")
        return value

    def write(self, mocked: Mocked, field: Field, value: Any) -> None:
        """Set what is answered from now on.

        Raises:
            ArgumentValueError: the value does not fit.
        """
        self._ready()
        self._put(mocked, field, value)
        self._said[mocked.number, _name(mocked, field)] = mocked, field, value

    def _put(self, mocked: Mocked, field: Field, value: Any) -> None:
        try:
            raw, owned = encode_variable(field, value, is_result=field is mocked.result)
        except UnfitError as error:
            msg = f"{mocked.name}: {error}"
            raise ArgumentValueError(msg) from None
        if owned is not None:
            block = self._memory.allocate(max(1, len(owned)))
            self._memory.write(block, owned)
            raw = block.to_bytes(_WORD, "little") + raw
        self._memory.write(self._address(SILENT, mocked, _name(mocked, field)), raw)

    def reset(self, mocked: Mocked) -> None:
        """Go back to the start values of a function."""
        self._ready()
        for field in mocked.written:
            size = field.element if field is mocked.result else _ELEMENTS
            start = self._memory.read(self._address(START, mocked, _name(mocked, field)), size)
            self._memory.write(self._address(SILENT, mocked, _name(mocked, field)), start)
            self._said.pop((mocked.number, _name(mocked, field)), None)
        self._memory.write(self._address(SILENT, mocked, "calls"), bytes(_WORD))

    def reset_all(self) -> None:
        """Go back to the start values of all functions."""
        for shown in self._shown.values():
            shown.reset()

    def _address(self, prefix: str, mocked: Mocked, name: str) -> int:
        return self._addresses[f"{prefix}{mocked.number}_{name}"]


def _name(mocked: Mocked, field: Field) -> str:
    """Name the variable of a field, as `codegen/silent.py` does."""
    return "result" if field is mocked.result else f"out_{field.name}"
