"""Compile our C runtime, once for a compiler."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from cmock_py._resources import runtime_dir
from cmock_py.toolchain import cache, compiler

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cmock_py.toolchain.compiler import Compiler

RUNTIME_FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-g1", "-fno-pie", "-fcf-protection=none")
UNITS = {
    "call": ("-O1", {"answers.c", "call.c", "capture.c", "check.c", "conditions.c", "match.c"}),
    "machine": ("-O2", {"machine.c", "powers.c"}),
    "sets": ("-O1", {"sets.c", "terms.c"}),
}
"""Files of the runtime that are worth the time to optimise, by the unit that they are joined to, and how far."""


def runtime_objects(chosen: Compiler) -> list[Path]:
    """Compile the runtime, or find it in the cache; it depends on the compiler only.

    Its files are joined to a few units: starting the compiler for each would take longer than compiling.
    """
    sources = sorted(runtime_dir().glob("*.c"))
    texts = [path.read_bytes() for path in sorted(runtime_dir().glob("*.[ch]"))]
    plain = compiler.Compiler(chosen.command, (), (), (), chosen.identity)
    units = {unit: ([path for path in sources if path.name in names], level) for unit, (level, names) in UNITS.items()}
    worth = set().union(*(names for _, names in UNITS.values()))
    units["cold"] = ([path for path in sources if path.name not in worth], "-O0")
    with cache.entry(cache.key("runtime", chosen.identity, repr(RUNTIME_FLAGS), repr(units), *texts)) as entry:
        if not entry.complete:
            with ThreadPoolExecutor(len(units)) as pool:
                list(pool.map(lambda name: _compile(plain, name, *units[name], entry.directory), units))
        return [entry.final / f"{name}.o" for name in units]


def _compile(plain: Compiler, name: str, sources: Sequence[Path], level: str, folder: Path) -> None:
    unit_file = folder / f"{name}.c"
    unit_file.write_text("".join(f'#include "{path}"\n' for path in sources), encoding="utf-8")
    # addr2line of binutils 2.40 names the unit where it should name the included file: both have to be known as ours.
    flags = (*RUNTIME_FLAGS, level, f"-ffile-prefix-map={folder}={runtime_dir()}")
    compiler.compile_file(plain, unit_file, folder / f"{name}.o", extra_flags=flags)
