"""Runs languages in the real C of the runtime, without a SUT: one process takes one language after another."""

from __future__ import annotations

import struct
import subprocess
from array import array
from dataclasses import replace
from itertools import starmap
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from cmock_py._resources import runtime_dir
from cmock_py.bind.machine import Policy
from cmock_py.bind.shape import shape_answer
from cmock_py.bind.tables import bind
from cmock_py.cdecl.model import Array, Declarations, Structure
from cmock_py.cdecl.scalars import is_string
from cmock_py.codegen.tables import tables as function_tables
from cmock_py.host.arena import CHECK, RUN, Reason
from cmock_py.lang.constants import Constants
from cmock_py.lang.limits import Limits
from cmock_py.lang.nodes import NULL, REAL, Null
from cmock_py.mocked import Mocked, mocked_functions
from cmock_py.payload import ERRNO_FLAG, OWNED_FLAG, decode_args, encode_answer, encode_args
from cmock_py.spec.model import ApiFunction, ApiModule, ApiSpec
from cmock_py.toolchain.runtime import RUNTIME_FLAGS
from cmock_py.trace import Enumerator, Truncated
from tests.oracle.languages import BY_NAME, MODULE
from tests.oracle.values import ANSWERED, NUMBER, STRUCTURES, TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.bind.tables import Tables
    from cmock_py.cdecl.model import CType
    from cmock_py.lang.nodes import Event, Node
    from cmock_py.mocked import Field
    from cmock_py.payload import Answer
    from cmock_py.trace import Call
    from tests.oracle.languages import Function


def _specified(function: Function) -> ApiFunction:
    sorts = function.sorts or (NUMBER,) * len(function.args)
    args = [sort.arg(*one) for sort, *one in zip(sorts, function.args, function.matched, strict=True)]
    outs = [replace(ANSWERED[text].arg(name), dir="out") for name, text in function.outs]
    fallback = "real" if function.is_spy else None
    return ApiFunction(function.name, function.result, [*args, *outs], fallback=fallback)


SPEC = ApiSpec([ApiModule(MODULE, [_specified(function) for function in BY_NAME.values()])])
MOCKED: tuple[Mocked, ...] = mocked_functions(SPEC, Declarations(types=dict(TYPES), structures=dict(STRUCTURES)))
MOCK_OF = {mocked.spec.name: mocked for mocked in MOCKED}
KEPT = 32
"""Bytes that are kept of an argument, if the language asks for none that is longer."""

ELSEWHERE = {"hooks.c", "invoke.c", "lists.c", "serve.c", "stop.c", "upcall.c", "zygote.c"}
"""Files of the runtime that serve a process; what the others want of them is in drive.c."""

_RESULT = struct.Struct("<BBHI")
_ORDER = struct.Struct("<16Q")


class Died(Exception):
    """The process ended: a crash, an abort, or a language that took too long."""


def build(folder: Path, *flags: str) -> Path:
    """Compile the runtime and the driver; return the program."""
    table = folder / "functions.c"
    lines = "\n".join(function_tables(MOCKED)).partition("void (*const")[0]  # there are no real functions here
    table.write_text(f'#include "cmk.h"\n{lines}\n', encoding="utf-8")
    sources = [path for path in sorted(runtime_dir().glob("*.c")) if path.name not in ELSEWHERE]
    here = str(Path(__file__).with_name("drive.c"))
    program = folder / "drive"
    command = ["gcc", *RUNTIME_FLAGS, "-no-pie", "-O2", *flags, f"-I{runtime_dir()}", here, str(table)]
    done = subprocess.run(
        [*command, *map(str, sources), "-o", str(program)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    return program


def tables_of(
    tree: Node,
    policy: Policy = Policy.REFUSE_AMBIGUITY,
    most: int = 4096,
    *,
    area: int = Limits().memory,
    answered: bool = True,
) -> Tables:
    """Bind a language to the functions of this folder; *area* bytes are what its sets are kept in."""
    tables = bind(tree, MOCKED, Constants(), policy=policy, limits=Limits(configurations=most), answered=answered)
    if tables.machine is None or not tables.machine.words["sets_size"]:
        return tables
    words = {**tables.machine.words, "sets_size": area}
    return replace(tables, machine=replace(tables.machine, words=words))


class Driver:
    """Owns the process."""

    def __init__(self, program: Path) -> None:
        """Start *program* when it is first needed."""
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def run(
        self, tables: Tables, other: Tables, calls: Sequence[Call], lengths: Sequence[int], steps: bytes
    ) -> tuple[list[tuple[int, int, int, int]], array[int]]:
        """Try traces on a language.

        Args:
            tables: the language that runs and checks.
            other: another one that checks.
            calls: that the traces are made of.
            lengths: of the traces.
            steps: the number of each call of all traces.

        Returns:
            For each call reason, whether the language may end, event, answer; for each trace verdict and record of both
            checks.

        Raises:
            Died: it did not answer.
        """
        if self._process is None:
            self._process = subprocess.Popen([self._program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(_message(tables, other, calls, lengths, steps))
            self._process.stdin.flush()
            results = self._process.stdout.read(_RESULT.size * len(steps))
            verdicts = array("Q", self._process.stdout.read(32 * len(lengths)))
        except BrokenPipeError:
            results, verdicts = b"", array("Q")
        if len(results) < _RESULT.size * len(steps) or len(verdicts) < 4 * len(lengths):
            status = self._process.wait()
            self.close()
            message = f"the driver ended with status {status}"
            raise Died(message)
        return list(_RESULT.iter_unpack(results)), verdicts


def kept(tables: Tables) -> int:
    """How many bytes are kept of an argument."""
    return max(KEPT, tables.longest)


def payload(call: Call) -> bytes:
    """The arguments of a call as a record would have them, whole; padding holds anything."""
    raw, mask = encode_args(MOCK_OF[call.function], call.args)
    noise = Random(repr(call.args))
    return raw if mask is None else bytes(a & b | noise.randrange(256) & ~b for a, b in zip(raw, mask, strict=True))


def seen(call: Call, most: int) -> Call:
    """A call as its record shows it when *most* bytes of an argument are kept."""
    mocked, raw = MOCK_OF[call.function], bytearray(payload(call))
    for field in mocked.ins:
        if field.is_blob:
            size, at = struct.unpack_from("<QQ", raw, 8 * field.slot)
            cut = min(at >> 32, most)
            struct.pack_into("<QQ", raw, 8 * field.slot, size, cut << 32 | at & 0xFFFF_FFFF)
    return replace(call, args=decode_args(mocked, bytes(raw)))


def told(event: Event, answer: tuple[Any, ...]) -> int:
    """All that a call is answered, as one number. MIRROR drive.c told."""
    value, errno, _ = answer
    mocked = MOCK_OF[event.function]
    if value == REAL:
        return 1
    outs, result = shape_answer(event._replace(answer=_as_numbers(value) if mocked.written else None), mocked)
    return _digest(mocked, encode_answer(mocked, outs, result, errno))


def unfit(event: Event, answer: tuple[Any, ...]) -> Reason:
    """Why an answer cannot be given, of the values in it that were bound the first that is none; else NO_STOP."""
    mocked, value = MOCK_OF[event.function], answer[0]
    if value == REAL:
        return Reason.NO_STOP
    values = value if isinstance(value, tuple) else (None if value is NULL else value,)
    reasons = starmap(_why_unfit, zip(mocked.written, values, strict=False))
    return next((reason for reason in reasons if reason), Reason.NO_STOP)


def _why_unfit(field: Field, value: Any) -> Reason:
    if value is None and not field.target and (field.is_blob or isinstance(field.type, Structure)):
        return Reason.NULL_ANSWER
    ctype = field.type if field.target is None else field.target
    is_text = field.form == "string" or is_string(field.type)
    if isinstance(value, Truncated):
        return Reason.CUT_ANSWER
    return Reason.BROKEN_TEXT if is_text and _has_nul(value) else _why_inside(ctype, value)


def _why_inside(ctype: CType, value: Any) -> Reason:
    """The same for a member; only these have a size of their own."""
    if isinstance(ctype, Structure) and isinstance(value, dict):
        types = {part.name: part.type for part in ctype.parts}
        reasons = (_why_member(types[name], item) for name, item in value.items())
        return next((reason for reason in reasons if reason), Reason.NO_STOP)
    return Reason.NO_STOP


def _why_member(ctype: CType, value: Any) -> Reason:
    if not isinstance(ctype, Array):
        return _why_inside(ctype, value)
    if value is None or isinstance(value, Truncated):
        return Reason.NULL_ANSWER if value is None else Reason.CUT_ANSWER
    if isinstance(value, list):
        return Reason.NO_STOP if len(value) == ctype.length else Reason.OTHER_SIZE
    raw = value.encode() if isinstance(value, str) else value
    return (
        Reason.BROKEN_TEXT if _has_nul(raw) else Reason.OTHER_SIZE if len(raw) > (ctype.length or 0) else Reason.NO_STOP
    )


def _has_nul(value: Any) -> bool:
    return isinstance(value, bytes) and 0 in value


def _as_numbers(value: Any) -> Any:
    """What C makes of enumerators and of NULL that were bound, wherever they stand in an answer."""
    match value:
        case None | Null():
            return 0
        case Enumerator(number=int(number)):
            return number
        case list() | tuple():
            return type(value)(map(_as_numbers, value))
        case dict():
            return {name: _as_numbers(item) for name, item in value.items()}
    return value


def _digest(mocked: Mocked, answer: Answer) -> int:
    hashed, words = 0, _words(answer.data, 0, len(answer.data))
    for index, out in enumerate(mocked.written):
        if answer.flags >> index & 1:
            hashed = _mixed(hashed, [1])
            continue
        first = words[out.slot]
        if out.is_blob:
            hashed = _mixed(hashed, [first])
            hashed = _mixed(hashed, _words(answer.data, words[out.slot + 1], first * out.element))
        elif out is mocked.result and answer.flags & OWNED_FLAG:
            size = words[first // 8 - 1]
            hashed = _mixed(hashed, [size])
            hashed = _mixed(hashed, _words(answer.data, first, size))
        else:
            hashed = _mixed(hashed, words[out.slot : out.slot + out.words])
    if answer.flags & ERRNO_FLAG:
        hashed = _mixed(hashed, [answer.flags >> 32])
    return (hashed ^ hashed >> 32) & 0xFFFF_FFFF


def _words(data: bytes, at: int, size: int) -> Sequence[int]:
    raw = data[at : at + size]
    return memoryview(raw + bytes(-size % 8)).cast("Q")


def _mixed(hashed: int, words: Sequence[int]) -> int:
    for word in words:
        hashed = (hashed ^ word) * 0x9E37_79B9_7F4A_7C15 & 0xFFFF_FFFF_FFFF_FFFF
        hashed ^= hashed >> 32
    return hashed


def _message(tables: Tables, other: Tables, calls: Sequence[Call], lengths: Sequence[int], steps: bytes) -> bytes:
    chunks = [(RUN + at, bytes(raw)) for at, raw in tables.parts()]
    chunks += [(CHECK + at, bytes(raw)) for at, raw in other.parts()]
    order = [len(chunks), len(calls), len(lengths), len(steps)]
    for one in (tables, other):
        order += [one.events_at, len(one.events), one.masks_at, one.machine_at]
    order += [one.machine.state_size if one.machine else 0 for one in (tables, other)]
    payloads = [payload(call) for call in calls]
    order += [kept(tables), sum(map(len, payloads)) // 8]
    message = [_ORDER.pack(*order)]
    for at, raw in chunks:
        message += [struct.pack("<QQ", at, len(raw)), raw]
    numbers = [(MOCK_OF[call.function].number, len(raw) // 8) for call, raw in zip(calls, payloads, strict=True)]
    message += [*(struct.pack("<QQ", *pair) for pair in numbers), *payloads]
    message += [array("I", lengths).tobytes(), steps]
    return b"".join(message)
