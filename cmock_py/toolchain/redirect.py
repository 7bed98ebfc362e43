"""Make copies of the user's objects whose calls lead to the mocks.

Only references are renamed, and only in the copies: the runtime, libc and the sanitizers never meet a mock. `renames`
decides (pure, apart from reading the objects again for evidence), `redirect` does it with objcopy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmock_py.errors import BuildError, Fault, InternalError, MockBypass
from cmock_py.toolchain import aliases, objects, tools
from cmock_py.toolchain.evidence import inlining_doubt, inner_references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from cmock_py.toolchain.objects import Member

MAIN = "main"
SUT_MAIN = "cmk_sut_main"
MOCK_PREFIX = "cmk_mock_"
_AR_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to the symbols of one member.

    Attributes:
        renamed: old name to new name.
        weakened: definitions that another object has as well, so that the first one wins.
    """

    renamed: Mapping[str, str]
    weakened: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """What `redirect` has to do.

    Attributes:
        changes: one for each member, in the order of the members.
        link_flags: words for the linker that lead the aliases to the mocks.
        warnings: mocks that may be bypassed for a reason that cannot be proved; the texts of `MockBypassWarning`.
    """

    changes: tuple[Change, ...]
    link_flags: tuple[str, ...]
    warnings: tuple[str, ...]


# --- decide ---------------------------------------------------------------------------------------------------------


def renames(
    members: Sequence[Member],
    mocked: Mapping[str, str],
    hooks: Mapping[str, str],
    components: AbstractSet[Member] = frozenset(),
) -> Plan:
    """Decide which symbols of which member get another name.

    Args:
        members: all objects of the user.
        mocked: linker symbol of each mocked function to the symbol of its stub.
        hooks: linker symbol to the runtime's function, as ``exit`` to ``cmk_hook_exit``; a mock goes before a hook.
        components: members whose calls of what they define stay as they are, though it is mocked for the others.

    Returns:
        The plan. Undefined symbols only are renamed, and ``main`` where it is defined.

    Raises:
        MockBypass: a mock would be bypassed; all cases are listed with evidence and remedy.
        BuildError: several objects define ``main``.
    """
    _refuse_two_mains(members)
    targets = {**hooks, **mocked}
    keys = _keys_by_root(targets, mocked)
    others = [member for member in members if member not in components]
    faults = [*_foreign_aliases(members, mocked), *_inner_calls(others, mocked)]
    if faults:
        head = f"{len(faults)} mocks would be bypassed" if len(faults) > 1 else "a mock would be bypassed"
        raise MockBypass("\n".join([head, *(str(fault) for fault in faults)]))
    renamed, link_flags = _targets(members, targets, keys)
    if any(MAIN in member.defined for member in members):
        renamed[MAIN] = SUT_MAIN
    twice = _defined_twice(members, mocked)
    inner = frozenset[str]().union(*(member.defined for member in components)) & mocked.keys()
    kept = {symbol: new for symbol, new in renamed.items() if symbol not in inner}
    changes = tuple(_change(member, kept if member in components else renamed, twice) for member in members)
    return Plan(changes, link_flags, tuple(_doubts(others, mocked)))


def _keys_by_root(targets: Mapping[str, str], mocked: Mapping[str, str]) -> dict[str, str]:
    """Index the redirected symbols by their plainest name; a mock goes before a hook, the plainest before others."""
    order = sorted(targets, key=lambda symbol: (symbol in mocked, aliases.root(symbol) == symbol))
    return {aliases.root(symbol): symbol for symbol in order}


def _targets(
    members: Sequence[Member], targets: Mapping[str, str], keys: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give every redirected symbol that some member needs a new name of its own, and tie the extra names to the mocks.

    objcopy refuses two symbols that get one name, therefore an alias gets its own and the linker makes them equal.
    """
    renamed: dict[str, str] = {}
    flags: list[str] = []
    taken = set(targets.values())
    used: set[str] = set()
    for symbol in sorted({name for member in members for name in member.undefined}):
        wanted = _lookup(symbol, targets, keys)
        if wanted is None:
            continue
        own = wanted
        if symbol not in targets or wanted in used:
            own = MOCK_PREFIX + symbol.replace("@", "_at_")
            while own in taken:
                own += "_alias"
            flags.append(f"-Wl,--defsym={own}={wanted}")
        taken.add(own)
        used.add(own)
        renamed[symbol] = own
    return renamed, tuple(flags)


def called(members: Sequence[Member], mocked: Mapping[str, str]) -> dict[str, str]:
    """Tell for each symbol that a member needs and a mock answers the stub of that mock."""
    keys = _keys_by_root(mocked, mocked)
    needed = sorted({name for member in members for name in member.undefined})
    return {symbol: stub for symbol in needed if (stub := _lookup(symbol, mocked, keys)) is not None}


def _lookup(symbol: str, targets: Mapping[str, str], keys: Mapping[str, str]) -> str | None:
    """Find the function that answers *symbol*: its own, that of a plainer name, or that of a sibling alias."""
    for name in (symbol, *aliases.plainer(symbol)):
        if name in targets:
            return targets[name]
    key = keys.get(aliases.root(symbol))
    return None if key is None else targets[key]


def _change(member: Member, renamed: Mapping[str, str], twice: frozenset[str]) -> Change:
    """Restrict the plan to what *member* has."""
    mine = {*member.undefined, MAIN} if MAIN in member.defined else member.undefined
    own = {symbol: renamed[symbol] for symbol in sorted(mine) if symbol in renamed}
    return Change(own, twice & member.defined)


def _defined_twice(members: Sequence[Member], mocked: Mapping[str, str]) -> frozenset[str]:
    """Name the mocked functions that several members define: the mock answers, so the linker may take any."""
    seen: set[str] = set()
    twice: set[str] = set()
    for member in members:
        defined = member.defined & mocked.keys()
        twice |= defined & seen
        seen |= defined
    return frozenset(twice)


# --- refuse ---------------------------------------------------------------------------------------------------------


def _foreign_aliases(members: Sequence[Member], mocked: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault for each alias whose signature the stub does not have."""
    roots = {aliases.root(symbol) for symbol in mocked}
    for member in members:
        for symbol in sorted(member.undefined - mocked.keys()):
            base, remedy = aliases.DIFFERENT.get(symbol, (None, ""))
            if base in roots:
                message = f"calls {symbol} in place of {base}, with other arguments than the mock of {base} takes"
                yield Fault(str(member), message, remedy)


def _inner_calls(members: Sequence[Member], mocked: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault for each mocked function that is called in the object that defines it."""
    for member in members:
        own = member.defined & mocked.keys()
        for name, inner in (inner_references(member, own) if own else {}).items():
            message = f"defines {name}, which is mocked, and {inner.evidence}: the original would answer there"
            hint = (
                f"compile {name} and its callers from separate C files, or take {name} out of the spec; if these calls "
                "shall be real, name the object in components="
            )
            yield Fault(str(member), message, hint)


def _refuse_two_mains(members: Sequence[Member]) -> None:
    """Refuse several objects that define ``main``; archives may, since nothing pulls those members in."""
    having = [str(member) for member in members if MAIN in member.defined and member.name is None]
    if len(having) > 1:
        raise BuildError(f"{', '.join(having)} all define main\n  help: give one of them only")


def _doubts(members: Sequence[Member], mocked: Mapping[str, str]) -> Iterator[str]:
    """Yield what may bypass a mock, without proof: replaced builtins, static namesakes, objects without DWARF."""
    needed = {name for member in members for name in member.undefined}
    for member in members:
        plain = {aliases.root(symbol) for symbol in member.undefined}
        for name in mocked:
            others = sorted(member.undefined & set(aliases.REPLACED.get(name, ())) - mocked.keys())
            if others and (name not in plain or name in aliases.REPLACED_ALWAYS):
                yield (
                    f"{member} calls {' and '.join(others)}: the compiler may have put it in place of {name}, and then "
                    f"the mock of {name} is not called; compile the object with -fno-builtin-{name}, or mock it too"
                )
            if name in member.local and name not in needed:
                yield (
                    f"{member} has a static function {name}: a mock of {name} cannot answer calls to it; "
                    "make it extern and move it into a file of its own, or take it out of the spec"
                )
        yield from _unseen(member, mocked)


def _unseen(member: Member, mocked: Mapping[str, str]) -> Iterator[str]:
    """Yield a doubt for each mocked function in an object whose inlined calls cannot be seen."""
    own = sorted(member.defined & mocked.keys())
    alone = len(member.defined | member.local) == len(own)
    why = inlining_doubt(member) if own and not alone else None
    if why is not None:
        yield (
            f"{member} defines {', '.join(own)}, which the spec mocks, and whether it also inlined a call of it cannot "
            f"be told from its debug information: {why}; such a call would reach the original"
        )


# --- do -------------------------------------------------------------------------------------------------------------


def redirect(members: Sequence[Member], plan: Plan, directory: Path, *, objcopy: str) -> dict[Path, Path]:
    """Write copies of the user's files with the symbols that *plan* says.

    Args:
        members: the members that the plan was made for.
        plan: from `renames`.
        directory: where the copies go, each in a folder of its own, since files may have equal names.
        objcopy: path of the program.

    Returns:
        What to link to the user's file it stands for, in the order of the members; a file that needs no change stands
        for itself.

    Raises:
        BuildError: objcopy or ar refused.
    """
    files: dict[Path, list[tuple[Member, Change]]] = {}
    for member, change in zip(members, plan.changes, strict=True):
        files.setdefault(member.path, []).append((member, change))
    copies: dict[Path, Path] = {}
    for index, (path, parts) in enumerate(files.items()):
        if not any(change.renamed or change.weakened for _, change in parts):
            copies[path] = path
            continue
        folder = directory / str(index)
        folder.mkdir(parents=True)
        copy = folder / path.name
        if _one_for_all(parts):
            _objcopy(objcopy, path, copy, _union(parts))
        else:
            _rebuild(objcopy, parts, copy)
        _verify(copy, parts)
        copies[copy] = path
    return copies


def _union(parts: Sequence[tuple[Member, Change]]) -> Change:
    """Join the changes of all members of one file; equal symbols have equal targets everywhere."""
    renamed = {old: new for _, change in parts for old, new in change.renamed.items()}
    return Change(renamed, frozenset[str]().union(*(change.weakened for _, change in parts)))


def _one_for_all(parts: Sequence[tuple[Member, Change]]) -> bool:
    """Tell whether one list of changes is right for all members: the fast way for archives."""
    if len(parts) == 1 and parts[0][0].name is None:
        return True
    union = _union(parts)
    return not union.weakened and not any(
        (union.renamed.keys() - change.renamed.keys()) & (member.defined | member.local) for member, change in parts
    )


def _objcopy(objcopy: str, source: Path, copy: Path, change: Change) -> None:
    """Copy *source* with the symbols of *change*."""
    renames_file = copy.with_name(copy.name + ".redefine-syms")
    renames_file.write_text("".join(f"{old} {new}\n" for old, new in change.renamed.items()), encoding="utf-8")
    weak = [f"--weaken-symbol={name}" for name in sorted(change.weakened)]
    command = [objcopy, f"--redefine-syms={renames_file}", *weak, str(source.absolute()), str(copy)]
    finished = tools.run(command)
    if finished.status:
        raise tools.build_error(f"objcopy refused {source}", command, finished)


def _rebuild(objcopy: str, parts: Sequence[tuple[Member, Change]], copy: Path) -> None:
    """Build the archive *copy* from its members, each changed in its own way; equal names stay apart."""
    changed: list[str] = []
    for index, (member, change) in enumerate(parts):
        folder = copy.parent / f"member{index}"
        folder.mkdir()
        name = (member.name or "").rpartition("/")[2] or f"member{index}.o"
        original, result = folder / f"original-{name}", folder / name
        target = original if change.renamed or change.weakened else result
        target.write_bytes(objects.contents(member))
        if target is original:
            _objcopy(objcopy, original, result, change)
        changed.append(str(result))
    archiver = tools.find_tool("ar")
    for start in range(0, len(changed), _AR_CHUNK):
        command = [archiver, "qcs", str(copy), *changed[start : start + _AR_CHUNK]]
        finished = tools.run(command)
        if finished.status:
            raise tools.build_error(f"ar refused to build {copy}", command, finished)


def _verify(copy: Path, parts: Sequence[tuple[Member, Change]]) -> None:
    """Check that objcopy did its work: with some inputs it says nothing, renames nothing and ends well."""
    for member, (original, change) in zip(objects.read(copy), parts, strict=True):
        left = sorted(change.renamed.keys() & (member.undefined | member.defined))
        if left:
            raise InternalError(f"objcopy did not rename {', '.join(left)} in {original}")
