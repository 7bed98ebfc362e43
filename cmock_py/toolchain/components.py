"""Components: those of the given objects that are tested together, so that calls between them are real."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py.errors import Fault, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def find_components(names: Sequence[str], objs: Mapping[str, Path]) -> dict[Path, frozenset[str]]:
    """Find the objects that are components, each with all that it may be called.

    Args:
        names: of the components: an object as it was given, the end of its path, or its file name without suffix.
        objs: the objects as they were given, with their files.

    Returns:
        The components, each with all its names.

    Raises:
        UsageError: names that mean no object, or several; all of them at once.

    >>> sorted(find_components(["stack"], {"build/stack.o": Path("build/stack.o")})[Path("build/stack.o")])
    ['build/stack.o', 'stack', 'stack.o']
    """
    called: dict[Path, frozenset[str]] = {}
    for given, path in objs.items():
        called[path] = called.get(path, frozenset()) | {given, str(path), path.name, path.stem}
    found: dict[Path, frozenset[str]] = {}
    faults = []
    for index, name in enumerate(names):
        meant = [path for path, known in called.items() if name in known or _ends(path, name)]
        if len(meant) == 1:
            found[meant[0]] = called[meant[0]]
        else:
            faults.append(_fault(f"components[{index}]", name, meant, list(objs)))
    if faults:
        raise UsageError("\n".join(["components= names objects of objs=", *map(str, faults)]))
    return found


def _ends(path: Path, name: str) -> bool:
    """Tell whether a name with folders is the end of a path: objects may have been looked up beside another file."""
    parts = Path(name).parts
    return len(parts) > 1 and path.absolute().parts[-len(parts) :] == parts


def _fault(path: str, name: str, meant: Sequence[Path], objs: Sequence[str]) -> Fault:
    """Say that a name means no object, or several."""
    if meant:
        listed = " and ".join(map(repr, map(str, meant)))
        return Fault(path, f"{name!r} may be {listed}", "name the one that is meant as objs= does")
    known = [text for given in objs for text in (given, Path(given).name, Path(given).stem)]
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return Fault(path, f"{name!r} is no object of objs=", f"did you mean {near[0]!r}?")
    hint = f"give it in objs= as well, which has {', '.join(map(repr, objs))}" if objs else "give it in objs= as well"
    return Fault(path, f"{name!r} is no object of objs=", hint)
