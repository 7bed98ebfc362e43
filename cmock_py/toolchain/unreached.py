"""Find the mocks that no object calls, and what the objects call in their place: a macro's text, a name spelled alike.

That nobody calls a mock is no fault: specs are shared, and tests call mocks themselves. That something else is
called where the spec means this mock is one, since the real function would run without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cmock_py.toolchain.macros import leads_to
from cmock_py.toolchain.redirect import called

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from cmock_py.toolchain.macros import Macro
    from cmock_py.toolchain.objects import Member

_ALIKE = 0.8
"""How alike two names must be for one to be a slip of the other; a wrong guess would blame a right spec."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A mock that no object calls, though it looks as if one should.

    Attributes:
        name: what C calls the mocked function.
        macro: the macro of that name, if the headers have one; else the name may be misspelt.
        instead: what objects call and nobody mocks, in alphabetical order.
        users: the objects that do.
    """

    name: str
    macro: Macro | None
    instead: tuple[str, ...]
    users: tuple[Path, ...]


def unreached(
    members: Sequence[Member],
    mocked: Mapping[str, str],
    declared: AbstractSet[str],
    macros: Callable[[], Mapping[str, Macro]],
) -> tuple[Unreached, ...]:
    """Find mocks that no object calls, and for which something else is called.

    Args:
        members: all objects of the user.
        mocked: each name of a mocked function to the symbol of its stub.
        declared: those of the names that headers declare.
        macros: reads the macros of the headers; asked only when a mock is called by nobody.

    Returns:
        In the order of *mocked*.
    """
    defined = frozenset[str]().union(*(member.defined for member in members))
    answered = called(members, mocked)
    alone = [name for name, stub in mocked.items() if stub not in answered.values() and name not in defined]
    if not members or not alone:
        return ()
    needed = frozenset[str]().union(*(member.undefined for member in members)) - answered.keys()
    known = macros()
    found = []
    for name in alone:
        macro = known.get(name)
        if macro is not None:
            instead = sorted(leads_to(name, known) & needed)
        else:
            instead = [] if name in declared else get_close_matches(name, sorted(needed), 1, _ALIKE)
        if instead or (macro is not None and name not in declared):
            users = sorted({member.path for member in members if not member.undefined.isdisjoint(instead)})
            found.append(Unreached(name, macro, tuple(instead), tuple(users)))
    return tuple(found)
