"""How a stub lets the real function answer, and keeps what it has answered for the trace and the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.cdecl import scalars
from cmock_py.cdecl.model import Void
from cmock_py.codegen import names
from cmock_py.codegen.writer import Line, declare
from cmock_py.spec.ctext import unqualified

if TYPE_CHECKING:
    from cmock_py.codegen.snippet import Snippets
    from cmock_py.mocked import Field, Mocked

_RESULT = "cmk_passed"


def call_through(mocked: Mocked, snippets: Snippets) -> list[Line]:
    """Let the real function answer where the answer says so."""
    if not mocked.passes_on:
        return []
    passed = ", ".join(arg.name for arg in mocked.spec.params)
    call = f"{names.real(mocked.spec.c_name)}({passed})"
    if mocked.never_returns:
        return ["    if (cmk.flags & CMK_ANSWER_REAL)", f"        {call};"]
    ctype = mocked.spec.result_type if mocked.result is None or mocked.result.arg is None else mocked.result.arg.type
    is_void = mocked.result is None
    kept = [line for index, out in enumerate(mocked.outs) for line in _out(index, out, mocked, snippets)]
    kept += _result(mocked)
    return [
        "    if (cmk.flags & CMK_ANSWER_REAL) {",
        f"        {call};" if is_void else f"        {declare(unqualified(ctype), _RESULT)} = {call};",
        "",
        *(f"        {line}" for line in kept or ["cmk_answered_nothing(&cmk);"]),
        "        return;" if is_void else f"        return {_RESULT};",
        "    }",
    ]


def _out(index: int, out: Field, mocked: Mocked, snippets: Snippets) -> list[Line]:
    """Keep what is behind the pointer of an out argument; where snippets write, only they know where."""
    if snippets.is_special(out) or snippets.is_unbounded(out):
        return []
    source = f"(const void *){out.name}" if "volatile" in out.text else out.name
    if out.is_blob:
        element = "1" if isinstance(out.type, Void) or scalars.is_char(out.type) else f"sizeof *{out.name}"
        where = f"{out.slot}, {mocked.real_offset(out)}, {source}, {names.SIZE}{out.name}"
        return [f"cmk_answered_array(&cmk, {index}, {where}, {element});"]
    mask = out.slot + out.words // 2 if out.partial else 0
    return [f"cmk_answered_value(&cmk, {index}, {out.slot}, {mask}, {source}, sizeof *{out.name});"]


def _result(mocked: Mocked) -> list[Line]:
    """Keep the result, unless the answers of events are what a snippet makes one of."""
    result, index = mocked.result, len(mocked.outs)
    if result is None or (result.arg is not None and (result.arg.code or result.arg.stored_type)):
        return []
    if mocked.answers_text:
        return [f"cmk_answered_text(&cmk, {index}, {result.slot}, {mocked.real_offset(result)}, {_RESULT});"]
    return [f"cmk_answered_value(&cmk, {index}, {result.slot}, 0, &{_RESULT}, sizeof {_RESULT});"]
