"""The user's C compiler: find it, preprocess, compile.

Headers and our own units get only those of the user's flags that change the meaning or the layout of C, so that
``-Werror``, ``-flto`` or ``-fsanitize=`` never break a unit that the user did not write. The user's own sources get
all flags as they are.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cmock_py.errors import BuildError, CmockError, Fault, HeaderError, PlatformError, UsageError
from cmock_py.toolchain import cache, tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

_CANDIDATES = ("gcc", "cc", "clang")
_TWO_WORDS = frozenset({
    "-D", "-U", "-I", "-isystem", "-iquote", "-idirafter", "-iprefix", "-iwithprefix", "-include", "-imacros",
    "-isysroot", "--sysroot", "-target", "-mllvm", "-B", "-x", "-Xclang", "-Xpreprocessor", "-Xassembler", "-Xlinker",
    "-MF", "-MT", "-MQ", "-T", "-u", "-z", "-L", "-l",
})  # fmt: skip
_PREPROCESSOR = ("-D", "-U", "-I", "-i", "-nostdinc", "-undef", "-Wp,")
_DIALECT = ("-std", "--std", "-ansi", "-m", "-f", "-O", "-B", "--sysroot", "--target", "-target", "-pthread")
_NOT_FOR_UNITS = (
    "-flto", "-fsanitize", "-fprofile", "-fcoverage", "-ftest-coverage", "-fsyntax-only", "-fanalyzer",
    "-fdiagnostics", "-fdump", "-finstrument", "-fstack-usage", "-fcallgraph", "-fopt-info", "-fxray", "-fuse-ld",
    "-fsave-", "-fplugin", "-fmodules",
)  # fmt: skip
_OUTPUT_FLAGS = frozenset({"-c", "-S", "-E", "-o", "-shared", "-fsyntax-only"})
_LAUNCHERS = frozenset({"ccache", "sccache", "distcc", "icecc", "env", "nice"})
_OTHER_MACHINE = frozenset({"-m32", "-mx32", "-m16"})
_MISSING_HEADER = re.compile(r"fatal error: (?:'(?P<clang>[^']+)' file not found|(?P<gcc>.+): No such file)")
_ERROR_PLACE = re.compile(r"^(?P<place>[^\n:]+:\d+)(?::\d+)?: (?:fatal )?error: ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Compiler:
    """A compiler that was found and tried, with the flags of the user.

    Attributes:
        command: the words that start it, ``("gcc",)`` or ``("ccache", "gcc")``.
        cppflags: the user's flags for the preprocessor.
        cflags: the user's flags for the compiler.
        ldflags: the user's flags for the linker.
        identity: what tells this compiler from another: its words, version and target. Part of every cache key.
    """

    command: tuple[str, ...]
    cppflags: tuple[str, ...]
    cflags: tuple[str, ...]
    ldflags: tuple[str, ...]
    identity: str


# --- find it --------------------------------------------------------------------------------------------------------


def find_compiler(
    cc: str | None = None,
    cppflags: Sequence[str] = (),
    cflags: Sequence[str] = (),
    ldflags: Sequence[str] = (),
) -> Compiler:
    """Find the C compiler and ask it who it is.

    Args:
        cc: its command, may have several words (``"ccache gcc"``); None takes ``$CC``, else gcc, cc or clang.
        cppflags: words for the preprocessor, ``["-Iinclude", "-DNDEBUG"]``.
        cflags: words for the compiler.
        ldflags: words for the linker.

    Raises:
        PlatformError: no compiler, one that does not work, or one for another machine than Linux on x86-64.
        UsageError: a flag list is one string, or has a flag that says what to produce.
    """
    tools.check_platform()
    flags = {"cppflags": cppflags, "cflags": cflags, "ldflags": ldflags}
    _check_flags(flags)
    command = _command(cc)
    target = [flag for flag in cflags if flag.startswith(("--target=", "-B"))]
    identity = "\n".join([*command, _version(command, target)])
    return Compiler(command, tuple(cppflags), tuple(cflags), tuple(ldflags), identity)


def _version(command: tuple[str, ...], target: list[str]) -> str:
    """Ask a compiler who it is and refuse one that is of no use; asked once for each state of its program files."""
    if not _is_program(command[0]):
        return _asked(command, target)
    with cache.entry(cache.key("compiler", *command, *target, *_states(command))) as entry:
        answer = entry.directory / "version.txt"
        if not entry.complete:
            answer.write_text(_asked(command, target), encoding="utf-8", errors="surrogateescape")
        return answer.read_text(encoding="utf-8", errors="surrogateescape")


def _asked(command: tuple[str, ...], target: list[str]) -> str:
    told = tools.run([*command, "-v", *target], timeout_s=30)
    if told.status:
        told_why = (told.err.strip() or "it said nothing").splitlines()[-1]
        raise PlatformError(f"the C compiler {' '.join(command)!r} does not work: {told_why}")
    _check_target(command, told.err)
    return told.err


def _is_program(word: str) -> bool:
    """Whether a word is a compiler itself; a script or a launcher may lead to another one tomorrow."""
    import shutil

    path = os.path.realpath(shutil.which(word) or word)
    if os.path.basename(path) in _LAUNCHERS:  # noqa: PTH119 - the path is text already
        return False
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        return file.read(4) == b"\x7fELF"


def _states(command: tuple[str, ...]) -> Iterator[str]:
    """Tell the programs among the words of a command as they are now: place, size and time."""
    import shutil

    for word in command:
        found = shutil.which(word)
        if found is not None:
            path = os.path.realpath(found)
            told = os.stat(path)  # noqa: PTH116 - the path is text already
            yield f"{path} {told.st_size} {told.st_mtime_ns}"


def _command(cc: str | None) -> tuple[str, ...]:
    """Choose the words that start the compiler and check that the first is a program."""
    import shlex
    import shutil

    source, text = ("cc=", cc) if cc is not None else ("$CC", os.environ.get("CC", ""))
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"{source} {text!r} is not a command: {error}") from None
    if words and shutil.which(words[0]) is None:
        raise PlatformError(f"the C compiler {words[0]!r} (from {source}) is missing: apt-get install gcc")
    if words:
        return words
    found = next((name for name in _CANDIDATES if shutil.which(name)), None)
    if found is None:
        raise PlatformError(f"no C compiler ({', '.join(_CANDIDATES)}) in $PATH: apt-get install gcc")
    return (found,)


def _check_flags(flags: dict[str, Sequence[Any]]) -> None:
    """Refuse flag lists that cannot mean what they say, all of them at once."""
    faults: list[str] = []
    for name, words in flags.items():
        if isinstance(words, str):
            faults.append(f"{name} is the string {words!r}, not a list of words: write {name}={words.split()!r}")
            continue
        strange = [word for word in words if not isinstance(word, str)]
        faults += [f"{name} has {word!r}, which is not a string" for word in strange]
        faults += [
            f"{name} has {word!r}, which says what to produce; that is decided here: take it out"
            for word in words
            if word in _OUTPUT_FLAGS
        ]
    if faults:
        raise UsageError("\n".join(faults))
    other = [word for words in flags.values() for word in words if word in _OTHER_MACHINE]
    if other:
        raise PlatformError(f"{other[0]} compiles for another machine: cmock-py runs 64-bit x86-64 code only")


def _check_target(command: tuple[str, ...], told: str) -> None:
    """Refuse a compiler whose ``-v`` does not name Linux with glibc on x86-64."""
    target = re.search(r"^Target: (\S+)", told, re.MULTILINE)
    name = target[1] if target else "an unknown machine"
    if not re.fullmatch(r"x86_64-(\w+-)?linux(-gnu)?", name):
        words = " ".join(command)
        raise PlatformError(f"the C compiler {words!r} compiles for {name}, not for x86-64 Linux with glibc")


# --- choose flags ---------------------------------------------------------------------------------------------------


def _picked(flags: Iterable[str], kept: tuple[str, ...]) -> list[str]:
    """Keep the flags that start with one of *kept*, with the word that belongs to each."""
    picked: list[str] = []
    rest = iter(flags)
    for flag in rest:
        words = [flag, next(rest, "")] if flag in _TWO_WORDS else [flag]
        if flag.startswith(kept) and not flag.startswith(_NOT_FOR_UNITS):
            picked += words
    return picked


def _dialect(compiler: Compiler) -> list[str]:
    """Pick the flags that a preprocessed unit needs to mean the same as in the user's build."""
    return _picked([*compiler.cppflags, *compiler.cflags], _DIALECT)


# --- preprocess -----------------------------------------------------------------------------------------------------


def preprocess(
    compiler: Compiler,
    text: str,
    *,
    directory: Path,
    includes: Sequence[Path] = (),
    macros: Literal["-dM", "-dD"] | None = None,
) -> str:
    """Expand *text* with the user's own flags and return it with its line markers.

    Args:
        compiler: its preprocessor flags, and those of `cflags` that change macros (``-std``, ``-O``, ``-m``), are used.
        text: C text, mostly ``#include`` lines.
        directory: where ``#include "x.h"`` looks first.
        includes: more directories for both kinds of include, after the user's.
        macros: return the definitions of all macros instead (``-dM``), or as well, in their places (``-dD``).

    Raises:
        HeaderError: the compiler refused; the fault holds its own text.
    """
    with preprocessing(compiler, text, directory=directory, includes=includes, macros=macros) as end:
        return end()


@contextmanager
def preprocessing(
    compiler: Compiler,
    text: str,
    *,
    directory: Path,
    includes: Sequence[Path] = (),
    macros: Literal["-dM", "-dD"] | None = None,
) -> Iterator[Callable[[], str]]:
    """Start what `preprocess` does, and yield what waits for its result."""
    chosen = _picked([*compiler.cppflags, *compiler.cflags], _PREPROCESSOR + _DIALECT)
    where = ["-iquote", str(directory), *(f"-I{folder}" for folder in includes)]
    command = [*compiler.command, "-E", *([macros] if macros else []), *chosen, *where, "-w", "-x", "c", "-"]
    with tools.running(command, text=text) as end:
        yield lambda: _expanded(end(), lambda finished: HeaderError([_header_fault(command, finished)]))


@contextmanager
def preprocessing_file(compiler: Compiler, source: Path) -> Iterator[Callable[[], str]]:
    """Start to expand the user's C file with all their preprocessor flags; yield what waits for the text.

    It has line markers. Fortified libc macros are off: they would call other symbols than the source names.

    Raises:
        BuildError: (when the text is waited for) the command, its exit status and the compiler's text.
    """
    chosen = _picked([*compiler.cppflags, *compiler.cflags], _PREPROCESSOR + _DIALECT)
    command = [*compiler.command, "-E", *chosen, "-U_FORTIFY_SOURCE", "-w", str(source)]

    def refusal(finished: tools.Finished) -> BuildError:
        return tools.build_error(f"{source} does not compile", command, finished, hint=_include_hint(finished.err))

    with tools.running(command) as end:
        yield lambda: _expanded(end(), refusal)


def _expanded(finished: tools.Finished, refusal: Callable[[tools.Finished], CmockError]) -> str:
    """Give the preprocessor's output, or raise what says why there is none."""
    if finished.status:
        raise refusal(finished)
    return finished.out


def _header_fault(command: list[str], finished: tools.Finished) -> Fault:
    """Turn the compiler's refusal into one fault at the place of its first error."""
    place = _ERROR_PLACE.search(finished.err)
    path = place["place"] if place and not place["place"].startswith("<") else "headers"
    message = f"the compiler cannot preprocess this (exit status {finished.status}); it says:"
    said = finished.err.strip("\n") or f"{tools.shown(command)} said nothing"
    return Fault(path, message, hint=_include_hint(finished.err), snippet=said)


def _include_hint(text: str) -> str | None:
    """Say what to do about a header that the compiler did not find."""
    missing = _MISSING_HEADER.search(text)
    if not missing:
        return None
    name = missing["clang"] or missing["gcc"]
    return (
        f"name the folder that holds {name!r} with cppflags=['-I...'], or install the package that ships it "
        "(apt-file search, mostly one that ends in -dev)"
    )


# --- compile --------------------------------------------------------------------------------------------------------


def assemble(compiler: Compiler, unit: str) -> Callable[[str], tuple[int, str, str]]:
    """Return a function that compiles *unit* with more text behind it, to assembly, and runs nothing.

    The function returns exit status, assembly and the compiler's text: the way to ask the compiler for a number is to
    append ``__asm__`` lines and to read them back.

    Args:
        compiler: its dialect flags are used; warnings are off and optimisation is off.
        unit: preprocessed text.
    """
    command = [*compiler.command, "-S", *_dialect(compiler), "-O0", "-w", "-x", "cpp-output", "-o", "-", "-"]

    def ask(appended: str) -> tuple[int, str, str]:
        finished = tools.run(command, text=f"{unit}\n{appended}\n")
        return finished.status, finished.out, finished.err

    return ask


def compile_unit(compiler: Compiler, text: str, output: Path, *, extra_flags: Sequence[str] = ()) -> str:
    """Compile preprocessed *text* to the object *output* and return the compiler's warnings.

    The text stays beside the object as ``.i``, so that the command of an error can be pasted.

    Args:
        compiler: only its dialect flags are used.
        text: preprocessed C.
        output: the object to write.
        extra_flags: words behind the user's, ``["-O2", "-Wall"]``.

    Raises:
        BuildError: the command, its exit status and the compiler's text.
    """
    unit = output.with_suffix(".i")
    unit.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
    flags = ["-g", "-fno-pie", *_dialect(compiler), *extra_flags]
    return _compiled([*compiler.command, "-c", *flags, "-x", "cpp-output", str(unit), "-o", str(output)], unit)


def compile_file(compiler: Compiler, source: Path, output: Path, *, extra_flags: Sequence[str] = ()) -> str:
    """Compile the user's C file *source* to *output* with all flags of the user; return the compiler's warnings.

    Args:
        compiler: its preprocessor and compiler flags are passed as they are.
        source: a C file.
        output: the object to write.
        extra_flags: words behind the user's.

    Raises:
        BuildError: the command, its exit status and the compiler's text.
    """
    flags = ["-g", *compiler.cppflags, *compiler.cflags, *extra_flags]
    return _compiled([*compiler.command, "-c", *flags, str(source), "-o", str(output)], source)


def _compiled(command: list[str], source: Path) -> str:
    """Run one compilation and return its warnings."""
    finished = tools.run(command)
    if finished.status:
        title = f"the compiler refused {source}"
        raise tools.build_error(title, command, finished, hint=_include_hint(finished.err))
    return finished.err
