"""What the headers declare beyond the spec, looked up when a test first names it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cmock_py.errors import ArgumentTypeError, HeaderError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.build import Program
    from cmock_py.cdecl.model import Declarations, Function
    from cmock_py.cdecl.unit import Unit

_WORD = re.compile(r"[A-Za-z_]\w*")
_C_WORDS = frozenset(
    ("void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool", "const", "volatile")
)


class Headers:
    """Keeps the index of a program's preprocessed headers, and the FFI that learns their types one by one."""

    def __init__(self, program: Program) -> None:
        """Know the headers of *program*."""
        self._program = program

    @cached_property
    def unit(self) -> Unit:
        """The headers, indexed by what they declare."""
        from cmock_py.cdecl.unit import index

        return index(self._program.headers)

    @cached_property
    def _ffi(self) -> Any:
        from cmock_py.host import layout

        return layout.typed(self._program.declarations)

    def _declare_more(self, *, functions: Sequence[str] = (), types: Sequence[str] = ()) -> Declarations:
        from cmock_py.make import declare_more

        return declare_more(self._program.compiler, self._program.headers, functions=functions, types=types)

    def function(self, name: str) -> Function | None:
        """Find the declaration of a function; None when *name* is a global.

        Raises:
            UnknownNameError: it is neither.
        """
        declarations, mocked = self._program.declarations, self._program.mocked
        found = declarations.functions.get(name)
        if found is not None:
            return found
        indexed = self.unit
        if name in indexed.functions:
            return self._declare_more(functions=[name]).functions[name]
        if name in declarations.variables:
            return None
        if name in indexed.variables:
            place = indexed.items[indexed.variables[name][0]].place
            msg = f"{name} is declared at {place}, but no object defines it; give the object that does (objs=)"
            raise UnknownNameError(msg)
        near = get_close_matches(name, {*indexed.functions, *indexed.variables}, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        aliased = [f"the C function of {m.name} is {m.spec.c_name}" for m in mocked if m.spec.name == name]
        hint = f"; {', '.join(aliased)}" if aliased else hint
        msg = f"no header declares a function {name!r}, and no object defines a global of that name{hint}"
        raise UnknownNameError(msg)

    def ctype(self, text: str) -> Any:
        """Find the cffi type of a C type text, declaring what it needs.

        Raises:
            UnknownNameError: a type in it is declared by no header.
            ArgumentTypeError: it is no type that can be used.
        """
        bare = text.partition("[")[0].strip()
        laid_out = {known.name for known in self._program.declarations.layouts}
        ffi = self._ffi
        if bare.rstrip(" *") not in laid_out and set(_WORD.findall(bare)) - _C_WORDS:
            self._check_known(bare)
            self._declare_type(bare)
        try:
            return ffi.typeof(text)
        except Exception as error:  # noqa: BLE001 - cffi raises half a dozen kinds for a text that is no type
            said = str(error).splitlines()[0]
            msg = f"{text!r} is no C type that can be used here ({said}); write it as in a C cast"
            raise ArgumentTypeError(msg) from None

    def _check_known(self, text: str) -> None:
        """Refuse a type that no header declares."""
        from cmock_py.cdecl.slice import unknown_types
        from cmock_py.cdecl.unit import nearest

        unknown = unknown_types(self.unit, text)
        if unknown:
            near = nearest(self.unit, unknown[0], "types")
            hint = f"; did you mean {near!r}?" if near else ""
            msg = f"the type {unknown[0]!r} is declared by no header{hint}"
            raise UnknownNameError(msg)

    def _declare_type(self, text: str) -> None:
        """Make cffi know a type of the headers, in the compiler's layout."""
        from cmock_py.host import layout

        try:
            layout.extend(self._ffi, self._declare_more(types=[text]))
        except HeaderError as error:
            msg = f"{text!r} is no C type that can be used here: {error}"
            raise ArgumentTypeError(msg) from None
