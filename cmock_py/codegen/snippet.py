"""The user's C in one stub: its text with macros expanded, the lines it stands on, and what it is good for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cmock_py.codegen.writer import Marked
from cmock_py.spec.snippets import snippet_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmock_py.mocked import Field, Mocked
    from cmock_py.spec.model import ApiArg


class Snippets:
    """The snippets of one function."""

    def __init__(self, mocked: Mocked, code: Mapping[str, str]) -> None:
        """Look for the snippets of *mocked* in *code*, by their keys."""
        self._number = mocked.number
        self._code = code
        self._origin = mocked.spec.origin
        result = mocked.result.arg if mocked.result is not None else None
        self._args = (*mocked.spec.args, *([] if result is None else [result]))
        self.store = any(field.arg is not None and field.arg.code is not None for field in mocked.ins)
        """Whether a snippet writes ``_stored_``."""
        outs = [field.arg for field in mocked.outs] + [result]
        self.write = any(arg is not None and arg.code is not None for arg in outs)
        """Whether a snippet reads ``_return_``."""

    def unmentioned(self, word: str) -> list[str]:
        """Tell compilers that no snippet uses ``_stored_`` or ``_return_``; nothing when one does."""
        codes = [self.text(arg, "code") for arg in self._args if arg.code is not None]
        return [] if any(re.search(rf"\b{word}\b", code) for code in codes) else [f"    (void){word};"]

    def text(self, arg: ApiArg, field: str) -> str:
        """Return the C of a field."""
        return self._code.get(snippet_key(self._number, arg.name, field), str(getattr(arg, field)))

    def silent(self, text: str) -> str:
        """Return the C of the value that a silent function answers."""
        return self._code.get(snippet_key(self._number, "result", "silent"), text)

    def marked(self, text: str, arg: ApiArg, field: str) -> Marked:
        """Make a line that holds the C of a field of *arg*."""
        return Marked(text, arg.origin, snippet_key(self._number, arg.name, field))

    def marked_function(self, text: str) -> Marked:
        """Make a line that holds C of the function itself."""
        return Marked(text, self._origin, snippet_key(self._number, "result", "silent"))

    def statement(self, arg: ApiArg) -> Marked:
        """Make a block of the statements in ``code``."""
        text = self.text(arg, "code").rstrip()
        end = "" if text.endswith((";", "}")) else ";"
        end += "\n    }" if "//" in text else " }"
        return self.marked(f"    {{ {text}{end}", arg, "code")

    def source(self, field: Field) -> str:
        """Return the C expression for what is captured of a visible argument."""
        arg = field.arg
        if arg is not None and arg.view is not None:
            return self.text(arg, "view")
        return field.name if arg is None or arg.code is None else f"cmk_stored.{field.name}"

    def follows_pointers(self, arg: ApiArg) -> bool:
        """Whether the number of elements is read through a pointer of the SUT."""
        return any(isinstance(text, str) and re.search(r"->|\*|\[", text) for text in (arg.buffer, arg.length))

    def is_risky(self, field: Field) -> bool:
        """Whether capturing follows pointers of the SUT before the runtime does."""
        return field.form in {"string", "list"} or (field.arg is not None and field.arg.view is not None)

    def is_filled(self, field: Field) -> bool:
        """Whether the answer of an out argument goes where ``fill`` says."""
        return field.arg is not None and field.arg.fill is not None

    def is_special(self, field: Field) -> bool:
        """Whether the answer of an out argument goes another way than through its own pointer."""
        return self.is_filled(field) or (field.arg is not None and field.arg.code is not None)

    def is_unbounded(self, field: Field) -> bool:
        """Whether nothing is known of the capacity of an out array: the snippet knows."""
        return field.arg is not None and field.arg.buffer is True
