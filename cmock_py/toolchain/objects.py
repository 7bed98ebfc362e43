"""The objects and archives that the user gives: find them, read them, refuse those whose calls cannot be redirected."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py.errors import BuildError, Fault, UsageError
from cmock_py.toolchain import archive, elf, tools

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmock_py.toolchain.compiler import Compiler

_BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")
_INSTRUMENTS = {
    "__asan_": ("AddressSanitizer", "-fsanitize=address"),
    "__hwasan_": ("HWAddressSanitizer", "-fsanitize=hwaddress"),
    "__tsan_": ("ThreadSanitizer", "-fsanitize=thread"),
    "__msan_": ("MemorySanitizer", "-fsanitize=memory"),
    "__ubsan_": ("UndefinedBehaviorSanitizer", "-fsanitize=undefined"),
    "__sanitizer_cov_": ("SanitizerCoverage", "-fsanitize-coverage"),
    "__gcov_": ("coverage (gcov)", "--coverage"),
    "llvm_gcda_": ("coverage (gcov)", "--coverage"),
    "llvm_gcov_": ("coverage (gcov)", "--coverage"),
    "__llvm_profile": ("coverage (llvm)", "-fprofile-instr-generate"),
    "__llvm_prf": ("coverage (llvm)", "-fprofile-instr-generate"),
}
_CONSTRUCTORS = (".init_array", ".preinit_array", ".ctors")
_NOT_AN_OBJECT = "give the C source with suffix .c, or an object from 'gcc -c', or a static archive (.a)"


@dataclass(frozen=True, slots=True)
class Member:
    """One relocatable object: a file of its own, or a member of an archive.

    Attributes:
        path: the user's file.
        name: the member's name in the archive, or None for a file of its own; not unique in an archive.
        defined: global and weak symbols that it defines.
        undefined: symbols that it needs from elsewhere.
        local: its static functions.
        has_debug: whether it has DWARF (compiled with ``-g``).
        offset: where its bytes start in the file.
        size: how many bytes it has.
    """

    path: Path
    name: str | None
    defined: frozenset[str]
    undefined: frozenset[str]
    local: frozenset[str]
    has_debug: bool
    offset: int
    size: int

    def __str__(self) -> str:
        """Name it as the linker does: ``calc.o`` or ``libcalc.a(calc.o)``."""
        return str(self.path) if self.name is None else f"{self.path}({self.name})"


class _Refused(Exception):
    """The bytes are not an object that can be used: what they are, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


# --- read -----------------------------------------------------------------------------------------------------------


def read(path: Path) -> tuple[Member, ...]:
    """Read the object or archive *path*; an object is one member, an archive has its members in file order.

    Raises:
        BuildError: the file, or some of its members, cannot be used; all of them are listed with the remedy.
    """
    return read_all([path])


def read_all(paths: Iterable[Path]) -> tuple[Member, ...]:
    """Read several objects and archives, in the order given; a path that is given twice counts once.

    Raises:
        BuildError: some cannot be used; the faults of all files are listed together.
    """
    members: list[Member] = []
    faults: list[Fault] = []
    for path in dict.fromkeys(paths):
        _examine(path, members, faults)
    if faults:
        head = f"{len(faults)} of the given objects cannot be used" if len(faults) > 1 else "an object cannot be used"
        raise BuildError("\n".join([head, *(str(fault) for fault in faults)]))
    return tuple(members)


def contents(member: Member) -> bytes:
    """Return the bytes of *member*."""
    with member.path.open("rb") as file:
        file.seek(member.offset)
        return file.read(member.size)


def has_constructors(member: Member) -> bool:
    """Tell whether *member* has code that runs before main."""
    return any(section.name.startswith(_CONSTRUCTORS) for section in elf.parse(contents(member)).sections)


def _examine(path: Path, members: list[Member], faults: list[Fault]) -> None:
    """Add what *path* holds to *members*, and what is wrong with it to *faults*."""
    try:
        data = path.read_bytes()
        parts = _parts(data)
    except OSError as error:
        faults.append(Fault(str(path), f"cannot be read: {error.strerror or error}"))
        return
    except _Refused as refused:
        faults.append(Fault(str(path), str(refused), refused.hint))
        return
    for name, offset, size in parts:
        shown = str(path) if name is None else f"{path}({name})"
        try:
            members.append(_member(path, name, offset, data[offset : offset + size]))
        except _Refused as refused:
            faults.append(Fault(shown, str(refused), refused.hint))


def _parts(data: bytes) -> Sequence[tuple[str | None, int, int]]:
    """Split a file into objects: name, offset and size of each."""
    if data.startswith(archive.THIN_MAGIC):
        message = "it is a thin archive, which holds names of objects and not the objects"
        raise _Refused(message, "give the objects that 'ar t' lists, or build the archive without 'T'")
    if not data.startswith(archive.MAGIC):
        return [(None, 0, len(data))]
    try:
        return [(entry.name, entry.offset, entry.size) for entry in archive.entries(data)]
    except ValueError as error:
        raise _Refused(str(error), "build the archive again") from None


def _member(path: Path, name: str | None, offset: int, data: bytes) -> Member:
    """Read one object and refuse it when it cannot be used."""
    parsed = _relocatable(data)
    try:
        symbols = elf.symbols(parsed)
    except ValueError as error:
        raise _Refused(str(error), "compile it again") from None
    shared = [symbol for symbol in symbols if symbol.binding != elf.LOCAL and symbol.name]
    undefined = frozenset(symbol.name for symbol in shared if symbol.section == elf.UNDEFINED)
    defined = frozenset(symbol.name for symbol in shared if symbol.section != elf.UNDEFINED)
    _refuse_instrumented(undefined | defined | {section.name for section in parsed.sections})
    local = frozenset(symbol.name for symbol in symbols if symbol.binding == elf.LOCAL and symbol.kind == elf.FUNC)
    has_debug = any(section.name in {".debug_info", ".zdebug_info"} for section in parsed.sections)
    return Member(path, name, defined, undefined, local, has_debug, offset, len(data))


def _relocatable(data: bytes) -> elf.Elf:
    """Parse *data* as an object of this machine whose symbols can be renamed."""
    if data.startswith(_BITCODE):
        raise _Refused("it is LLVM bitcode (compiled with -flto)", "compile it without -flto, or with -fno-lto")
    try:
        parsed = elf.parse(data)
    except ValueError as error:
        raise _Refused(f"it is not an object: {error}", _NOT_AN_OBJECT) from None
    if parsed.machine != elf.X86_64 or not parsed.sections:
        machine = elf.MACHINES.get(parsed.machine, f"machine {parsed.machine}")
        other = machine if parsed.machine != elf.X86_64 else "32-bit code on x86-64 (x32)"
        raise _Refused(f"it is for {other}, not for x86-64", "compile it for this machine with the compiler of cc=")
    if parsed.kind == elf.SHARED:
        message = "it is a shared object (or a finished program): its calls are bound and cannot be redirected"
        raise _Refused(message, "give the static library (.a), or the objects or sources that it was built from")
    if parsed.kind != elf.RELOCATABLE:
        raise _Refused("it is a finished program, not an object", "compile with -c, and give the object")
    if any(section.name.startswith(".gnu.lto_") for section in parsed.sections):
        raise _Refused("it was compiled with -flto", "compile it without -flto, or with -fno-lto")
    return parsed


def _refuse_instrumented(names: frozenset[str]) -> None:
    """Refuse objects with symbols or sections for the runtime of a sanitizer or of coverage."""
    for prefix, (what, flag) in _INSTRUMENTS.items():
        seen = min((name for name in names if name.startswith(prefix)), default=None)
        if seen is not None:
            message = f"it is instrumented for {what} (it has {seen}); that profile is not run yet"
            raise _Refused(message, f"compile it without {flag}")


# --- find -----------------------------------------------------------------------------------------------------------


def resolve(name_or_path: str | os.PathLike[str], compiler: Compiler) -> Path:
    """Find an object or archive: an existing file, else a file in the compiler's library folders.

    Args:
        name_or_path: ``"build/calc.o"``, or a bare name as ``"libhiredis.a"``.
        compiler: asked by ``-print-file-name=``.

    Raises:
        UsageError: there is no such file; the folder and the nearest names in it are listed.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    if path.is_dir():
        raise UsageError(f"{str(path)!r} in objs is a folder: name the objects, or the archive, in it")
    text = os.fspath(name_or_path)
    if os.sep not in text and text and not text.startswith("-"):
        told = Path(tools.run([*compiler.command, f"-print-file-name={text}"], timeout_s=30).out.strip())
        if told.is_absolute() and told.is_file():
            return told.resolve()
    raise UsageError(_not_found(path, text))


def _not_found(path: Path, text: str) -> str:
    """Say where *path* was looked for, and what lies there."""
    if text.startswith("-l"):
        return f"{text!r} in objs is a flag of the linker: write ldflags=[{text!r}], or name 'lib{text[2:]}.a'"
    folder = path.parent.absolute()
    lines = [f"there is no object {text!r} in {folder}" + ("" if os.sep in text else " or the compiler's libraries")]
    near = _nearest(path.name, folder)
    if near:
        lines.append(f"  help: {folder} has {', '.join(near)}")
    elif not folder.is_dir():
        lines.append(f"  help: the folder {folder} does not exist")
    else:
        lines.append("  help: build it first, or give its C source")
    return "\n".join(lines)


def _nearest(name: str, folder: Path) -> list[str]:
    """List the objects, archives and sources in *folder* whose names are near, at most three, nearest first."""
    import difflib

    try:
        names = [entry.name for entry in os.scandir(folder) if entry.name.endswith((".o", ".a", ".c"))]
    except OSError:
        return []
    return difflib.get_close_matches(name, names, n=3, cutoff=0.6)
