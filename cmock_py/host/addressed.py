"""What has an address in the SUT, told from what lives in Python."""

from __future__ import annotations

from typing import Any

from cmock_py.cdecl import scalars


class Addressed:
    """A pointer into the SUT or a C function of it: ``int()`` gives the address, which only its own memory knows."""

    __slots__ = ()
    _memory: object

    def __int__(self) -> int:
        """Return the address."""
        raise NotImplementedError

    def __index__(self) -> int:
        """Return the address to be used in C."""
        raise NotImplementedError


def is_python_function(value: Any) -> bool:
    """Tell a Python function from what is called in C: a C function, a pointer to one, what ctypes and cffi make."""
    return callable(value) and not isinstance(value, Addressed) and not scalars.is_of_python(value)
