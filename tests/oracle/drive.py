"""Runs languages in the real C of the runtime, without a SUT: one process takes one language after another."""

from __future__ import annotations

import struct
import subprocess
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py._resources import runtime_dir
from cmock_py.bind.machine import Policy
from cmock_py.bind.tables import bind
from cmock_py.cdecl.model import Declarations, Integer
from cmock_py.codegen.tables import tables as function_tables
from cmock_py.host.arena import CHECK, RUN
from cmock_py.lang.limits import Limits
from cmock_py.make import RUNTIME_FLAGS
from cmock_py.mocked import Mocked, mocked_functions
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec
from tests.oracle.languages import FUNCTIONS, MODULE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.bind.tables import Tables
    from cmock_py.lang.nodes import Node
    from cmock_py.trace import Call

SPEC = ApiSpec(
    [
        ApiModule(
            MODULE,
            [
                ApiFunction(
                    function.name,
                    "int",
                    [
                        ApiArg("int", name, matched=matched)
                        for name, matched in zip(function.args, function.matched, strict=True)
                    ],
                )
                for function in FUNCTIONS
            ],
        )
    ]
)
MOCKED: tuple[Mocked, ...] = mocked_functions(SPEC, Declarations(types={"int": Integer(4, signed=True)}))
NUMBERS = {mocked.spec.name: mocked.number for mocked in MOCKED}

ELSEWHERE = {"hooks.c", "invoke.c", "lists.c", "serve.c", "stop.c", "upcall.c", "zygote.c"}
"""Files of the runtime that serve a process; what the others want of them is in drive.c."""

_RESULT = struct.Struct("<BBHI")
_ORDER = struct.Struct("<14Q")


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


def tables_of(tree: Node, policy: Policy = Policy.REFUSE_AMBIGUITY, most: int = 4096) -> Tables:
    """Bind a language to the functions of this folder."""
    return bind(tree, MOCKED, {}, lambda _: {}, policy=policy, limits=Limits(configurations=most))


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


def _message(tables: Tables, other: Tables, calls: Sequence[Call], lengths: Sequence[int], steps: bytes) -> bytes:
    chunks = [(RUN + at, bytes(raw)) for at, raw in tables.parts()]
    chunks += [(CHECK + at, bytes(raw)) for at, raw in other.parts()]
    order = [len(chunks), len(calls), len(lengths), len(steps)]
    for one in (tables, other):
        order += [one.events_at, len(one.events), one.masks_at, one.machine_at]
    order += [one.machine.state_size if one.machine else 0 for one in (tables, other)]
    message = [_ORDER.pack(*order)]
    for at, raw in chunks:
        message += [struct.pack("<QQ", at, len(raw)), raw]
    for call in calls:
        words = [*(value & 0xFFFF_FFFF for value in call.args), 0, 0, 0, 0][:4]
        message.append(struct.pack("<5Q", NUMBERS[call.function], *words))
    message += [array("I", lengths).tobytes(), steps]
    return b"".join(message)
