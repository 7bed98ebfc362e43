"""Look for calls that would bypass a mock: a mocked function that is called from inside the object that defines it.

Such a call does not go through an undefined symbol, so renaming cannot redirect it. Three traces of it are looked for:
relocations to the definition, copies that the compiler specialised (``push.constprop.0``), and, where the object has
DWARF, inlined copies and tail calls. A call of a function to itself is no bypass: the original is not running then.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmock_py.errors import BuildError
from cmock_py.toolchain import elf
from cmock_py.toolchain.objects import contents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cmock_py.toolchain.objects import Member

_PC_RELATIVE = frozenset({2, 4})
# They say where code is, and call nothing.
_TABLES_OF_TOOLS = (".eh_frame", ".sframe", ".stack_sizes", ".llvm_addrsig", "__patchable_function_entries")
_FUNCTIONS = frozenset({elf.FUNC, elf.IFUNC})


@dataclass(frozen=True, slots=True)
class Inner:
    """The references to one function from inside the object that defines it.

    Attributes:
        count: how many were seen.
        evidence: what they are and where the first is: ``refers to it itself 2 times, first at calc.c:12 in f()``.
    """

    count: int
    evidence: str


def inner_references(member: Member, names: AbstractSet[str]) -> dict[str, Inner]:
    """Find the references to the functions *names*, which *member* defines, from its own code and data.

    Returns:
        Only the names that have some, in alphabetical order.

    Raises:
        BuildError: the object is damaged.
    """
    try:
        parsed = elf.parse(contents(member))
        symbols = elf.symbols(parsed)
        hits = _relocated(parsed, symbols, names)
    except (ValueError, IndexError) as error:
        raise BuildError(f"{member}: it is a damaged object ({error})\n  help: compile it again") from None
    found: dict[str, Inner] = {}
    for name, places in hits.items():
        found[name] = _inner("refers to it", len(places), _place(member, parsed, symbols, places[0]))
    for symbol in symbols:
        base, _, suffix = symbol.name.partition(".")
        if base in names and base not in found and suffix.startswith(("constprop.", "isra.")):
            found[base] = Inner(1, f"calls a copy of it that the compiler made, {symbol.name}")
    rest = names - found.keys()
    if rest and member.has_debug:
        found |= _from_dwarf(member, rest)
    return dict(sorted(found.items()))


def _inner(how: str, count: int, first: str | None) -> Inner:
    """Put the evidence into words."""
    times = "once" if count == 1 else f"{count} times"
    place = "" if first is None else f", at {first}" if count == 1 else f", first at {first}"
    return Inner(count, f"{how} itself {times}{place}")


# --- relocations ----------------------------------------------------------------------------------------------------


def _relocated(
    parsed: elf.Elf, symbols: list[elf.ElfSymbol], names: AbstractSet[str]
) -> dict[str, list[elf.Relocation]]:
    """Collect the relocations that lead to the definitions of *names*."""
    places = {(s.section, s.value): s.name for s in symbols if s.name in names and s.section != elf.UNDEFINED}
    hits: dict[str, list[elf.Relocation]] = {}
    for relocation in elf.relocations(parsed):
        if parsed.sections[relocation.section].name.startswith(_TABLES_OF_TOOLS):
            continue
        name = _target(relocation, symbols, places)
        if name is not None and _enclosing(relocation, symbols) != name:
            hits.setdefault(name, []).append(relocation)
    return hits


def _target(
    relocation: elf.Relocation, symbols: list[elf.ElfSymbol], places: Mapping[tuple[int, int], str]
) -> str | None:
    """Name the function that *relocation* leads to, by its symbol or as a place in its section."""
    symbol = symbols[relocation.symbol]
    if symbol.name and (symbol.section, symbol.value) in places:
        return places[symbol.section, symbol.value]
    if symbol.kind != elf.SECTION:
        return None
    # A call counts from the end of its four bytes, a pointer from its start.
    beyond = relocation.addend + (4 if relocation.kind in _PC_RELATIVE else 0)
    return places.get((symbol.section, beyond))


def _enclosing(relocation: elf.Relocation, symbols: list[elf.ElfSymbol]) -> str | None:
    """Name the function whose code holds *relocation*; parts that the compiler split off belong to their function."""
    for symbol in symbols:
        inside = symbol.value <= relocation.offset < symbol.value + symbol.size
        if symbol.section == relocation.section and symbol.kind in _FUNCTIONS and inside:
            return symbol.name.partition(".")[0]
    return None


def _place(member: Member, parsed: elf.Elf, symbols: list[elf.ElfSymbol], first: elf.Relocation) -> str:
    """Say where *first* stands: by DWARF, else by the function that holds it, else by its section."""
    section = parsed.sections[first.section].name
    function = _enclosing(first, symbols)
    line = _line(member, section, first.offset) if member.has_debug else None
    where = line or f"{section}+{first.offset:#x}"
    return f"{where} in {function}()" if function else where


def _line(member: Member, section: str, offset: int) -> str | None:
    """Ask addr2line for ``file:line`` of *offset* in *section*; None when it does not know."""
    import tempfile
    from pathlib import Path

    from cmock_py.toolchain.symbols import lines

    with tempfile.TemporaryDirectory(prefix="cmock-py-") as folder:
        path = Path(folder, "member.o")
        path.write_bytes(contents(member))
        ((_, file, line),) = lines(path, [offset], section)
    return None if file is None or line is None else f"{file}:{line}"


# --- DWARF ----------------------------------------------------------------------------------------------------------


def _from_dwarf(member: Member, names: AbstractSet[str]) -> dict[str, Inner]:
    """Find inlined copies and direct calls of the functions *names* by the debug information, if it is readable."""
    seen: dict[str, list[tuple[str, str]]] = {}
    # A damaged byte leads pyelftools to any exception: KeyError, AssertionError, its own. `inlining_doubt` tells of it.
    with contextlib.suppress(Exception):
        for unit in _units(member):
            for name, how, place in _unit_references(unit, names):
                seen.setdefault(name, []).append((how, place))
    return {name: _inner(hits[0][0], len(hits), hits[0][1]) for name, hits in seen.items()}


def _units(member: Member) -> Iterator[Any]:
    """Yield the compile units of *member*."""
    import io

    from elftools.elf.elffile import ELFFile

    yield from ELFFile(io.BytesIO(contents(member))).get_dwarf_info().iter_CUs()


def inlining_doubt(member: Member) -> str | None:
    """Say why the debug information of *member* may not name every inlined call; None when it does.

    gcc's does. clang's does not when it optimised: an inlined call of which no instruction is left alone is dropped.
    """
    if not member.has_debug:
        return "it has none (no -g)"
    try:
        for unit in _units(member):
            list(_unit_references(unit, frozenset()))
            if _is_optimised_by_clang(unit.get_top_DIE()):
                return "clang's does not name all inlined calls"
    except Exception as error:  # noqa: BLE001  any, as above
        return f"it cannot be read ({type(error).__name__}: {error})"
    return None


def _is_optimised_by_clang(top: Any) -> bool:
    """Look at the producer, and at an attribute that compilers give to functions only when they optimise."""
    producer = top.attributes.get("DW_AT_producer")
    if producer is None or b"clang" not in producer.value:
        return False
    marks = {"DW_AT_call_all_calls", "DW_AT_GNU_all_call_sites"}
    return any(not marks.isdisjoint(die.attributes) for die in top.iter_children())


def _unit_references(unit: Any, names: AbstractSet[str]) -> Iterator[tuple[str, str, str]]:
    """Yield name, kind and place of each inlined copy and each direct call in one unit, outside the function itself."""
    source = _die_name(unit.get_top_DIE()) or "?"
    for die in unit.iter_DIEs():
        reference = _reference(die)
        if reference is None:
            continue
        name = _origin_name(die, reference[0])
        caller = _subprogram(die)
        if name is not None and name in names and name != caller:
            line = die.attributes.get("DW_AT_call_line")
            yield name, reference[1], f"{source}{f':{line.value}' if line else ''} in {caller}()"


def _reference(die: Any) -> tuple[str, str] | None:
    """Say which attribute of *die* names the function that it calls, and how it does; None when it is no call."""
    if die.tag == "DW_TAG_inlined_subroutine":
        return "DW_AT_abstract_origin", "has inlined it"
    if die.tag in {"DW_TAG_call_site", "DW_TAG_GNU_call_site"}:
        modern = "DW_AT_call_origin" in die.attributes
        return ("DW_AT_call_origin" if modern else "DW_AT_abstract_origin"), "calls it directly"
    return None


def _origin_name(die: Any, attribute: str) -> str | None:
    """Follow *attribute* of *die* to the function that it means and return its linker name."""
    for _ in range(4):
        if attribute not in die.attributes:
            return _die_name(die)
        die = die.get_DIE_from_attribute(attribute)
        attribute = "DW_AT_abstract_origin" if "DW_AT_abstract_origin" in die.attributes else "DW_AT_specification"
    return None


def _die_name(die: Any) -> str | None:
    """Return the name of a function's entry."""
    value = die.attributes.get("DW_AT_linkage_name") or die.attributes.get("DW_AT_name")
    return value.value.decode(errors="surrogateescape") if value else None


def _subprogram(die: Any) -> str | None:
    """Name the function whose code holds *die*."""
    while die is not None and die.tag != "DW_TAG_subprogram":
        die = die.get_parent()
    return None if die is None else _origin_name(die, "DW_AT_abstract_origin")
