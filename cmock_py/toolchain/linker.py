"""Link the host, and say for every function that nobody answers where it is needed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmock_py.errors import MissingSymbols
from cmock_py.toolchain import tools

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cmock_py.toolchain.compiler import Compiler

_IN_FUNCTION = re.compile(r"^(?:\S*ld(?:\.\w+)?: )?(?P<object>.+): in function `(?P<function>.+)':$")
_UNDEFINED = re.compile(
    r"^(?:\S*ld(?:\.\w+)?: )?(?P<place>.+?): (?:more )?undefined references? to `(?P<symbol>.+)'(?: follow)?$"
)
_SOURCE_LINE = re.compile(r"(?P<line>[^:()]+:\d+)$")
_SHOWN_PLACES = 3
_HINT = "add ApiFunction(...) to the spec, or give the object or library that defines it (objs=, ldflags=['-lm'])"
_HINT_ASKED = "give the object or library that defines it (objs=, ldflags=['-lm']), or take `fallback` out of the spec"
_HINTS = {
    "cannot find -l": "install the library (-dev package), or name its folder with ldflags=['-L...']",
    "multiple definition of": "give only one of the objects that define it",
    "DSO missing from command line": "name that library in ldflags=['-l...']",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A symbol that nothing defines.

    Attributes:
        symbol: its name for the linker.
        places: where it is needed, ``calc.c:12 in calculate() (calc.o)``, without repetition, in link order.
    """

    symbol: str
    places: tuple[str, ...]


def link(
    compiler: Compiler,
    objects: Sequence[Path],
    output: Path,
    *,
    flags: Sequence[str] = (),
    originals: Mapping[Path, Path] | None = None,
    asked: Mapping[str, str] | None = None,
    meant: Mapping[str, str] | None = None,
) -> str:
    """Link *objects* to the program *output* with the user's linker flags; return the linker's warnings.

    The objects may need each other in any order, archives too.

    Args:
        compiler: the driver of the link.
        objects: objects and archives.
        output: the program to write.
        flags: more words, before the user's.
        originals: what `redirect` returned, so that messages name the user's files and not our copies.
        asked: symbols that no object needs but the spec, with the place that says so.
        meant: symbols that the spec seems to mean by another name, with what it says.

    Raises:
        MissingSymbols: functions or variables that nothing defines: all of them, with the places that need them.
        BuildError: any other refusal: the command, its exit status and the linker's text.
    """
    # -no-pie stands last, since the last of -pie and -no-pie counts; the host is found by fixed addresses.
    group = ["-Wl,--start-group", *(str(path) for path in objects), "-Wl,--end-group"]
    # Many distributions drop libraries that no object needs; but `lib` offers theirs to Python.
    libraries = ["-Wl,--no-as-needed", *compiler.ldflags] if compiler.ldflags else []
    words = [*_driver_flags(compiler), *group, *flags, *libraries, "-no-pie", "-o", str(output)]
    command = [*compiler.command, *words]
    finished = tools.run(command)
    if not finished.status:
        return finished.err
    missing = missing_symbols(finished.err, objects, originals or {})
    if missing:
        asked = asked or {}
        missing = tuple(Missing(m.symbol, (asked[m.symbol],)) if m.symbol in asked else m for m in missing)
        advice = _HINT_ASKED if all(m.symbol in asked for m in missing) else _HINT
        raise MissingSymbols(_missing_text(missing, command, advice, meant or {}))
    hint = next((advice for seen, advice in _HINTS.items() if seen in finished.err), None)
    raise tools.build_error(f"the linker refused {output.name}", command, finished, hint=hint)


def _driver_flags(compiler: Compiler) -> list[str]:
    """Pick the flags of the compiler that also choose its linker or its libraries."""
    kept = ("-fuse-ld", "-B", "--sysroot=", "-pthread", "--target=", "-stdlib")
    return [flag for flag in compiler.cflags if flag.startswith(kept) and flag != "-B"]


def missing_symbols(text: str, objects: Sequence[Path], originals: Mapping[Path, Path]) -> tuple[Missing, ...]:
    """Read the undefined references from the text of GNU ld.

    Args:
        text: what ld said in the C locale.
        objects: the files that were linked.
        originals: file that was linked to the user's file.

    Returns:
        One for each symbol, in the order of the text; empty when the text tells of something else.
    """
    users = {str(path): str(originals.get(path, path)) for path in objects}
    places: dict[str, list[str]] = {}
    holder, function = None, None
    for line in text.splitlines():
        entered = _IN_FUNCTION.match(line)
        if entered:
            holder, function = entered["object"], entered["function"]
            continue
        undefined = _UNDEFINED.match(line)
        if not undefined:
            continue
        place = undefined["place"]
        named = next((path for path in users if place.startswith(path)), None)
        if named is not None:
            holder = named + re.match(r"(\([^)]*\))?", place[len(named) :])[0]  # type: ignore[index]
            # Data references name their object again, and stand in no function.
            function = function if "more undefined" in line else None
        found = places.setdefault(undefined["symbol"], [])
        told = _place(place, holder, function, users)
        if told not in found:
            found.append(told)
    return tuple(Missing(symbol, tuple(found)) for symbol, found in places.items())


def _place(place: str, holder: str | None, function: str | None, users: Mapping[str, str]) -> str:
    """Say where a reference stands: source line, function and the user's object, as far as known."""
    named = holder or "?"
    for path, user in users.items():
        if named.startswith(path):
            named = user + named[len(path) :]
            break
    line = _SOURCE_LINE.search(place)
    inside = f"in {function}()" if function else ""
    if line is None:
        return f"{named} {inside}".rstrip()
    return f"{os.path.normpath(line['line'])} {inside}".rstrip() + f" ({named})"


def _missing_text(missing: Sequence[Missing], command: Sequence[str], hint: str, meant: Mapping[str, str]) -> str:
    """Write the message: every symbol, the first places of each, what the spec may have meant by it; one hint."""
    count = len(missing)
    lines = [f"{count} symbol{'s are' if count > 1 else ' is'} needed and defined nowhere"]
    for one in missing:
        rest = len(one.places) - _SHOWN_PLACES
        more = f" and {rest} more" if rest > 0 else ""
        lines.append(f"  {one.symbol}: needed at {', '.join(one.places[:_SHOWN_PLACES])}{more}")
        lines += [f"    {meant[one.symbol]}"] if one.symbol in meant else []
    return "\n".join([*lines, f"  help: {hint}", f"  command: {tools.shown(command)}"])
