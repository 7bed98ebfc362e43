"""Reads calls in every way that the language allows, to know what each way has bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmock_py.explain.replay import answered, bindings, replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmock_py.explain.pairing import Env, Pairing
    from cmock_py.explain.residual import Residuals, Term
    from cmock_py.trace import Call

_NEAR = 100
"""Calls that are read in every way; of those before, the numbers of their events are believed."""
_WAYS = 256
_WORK = 60_000


def begun(residuals: Residuals, calls: Sequence[Call], begin: int) -> list[tuple[Term, Env]]:
    """Replay the calls before *begin* by their numbers: what may be left then, and what is bound."""
    if begin == 0:
        return [(residuals.start, ())]
    made = answered(calls, begin)
    if made is None:
        return []
    env = bindings(made, residuals.events)
    return [(term, env) for term in replay(residuals, [number for _, number in made])]


def readings(residuals: Residuals, pairing: Pairing, calls: Sequence[Call], end: int) -> list[tuple[Term, Env]]:
    """List what may be left at call *end* with what is bound then, of all ways to read the calls before.

    Returns:
        Each once, the way that takes what is written first before others; nothing when there are too many.
    """
    begin = max(0, end - _NEAR)
    found = dict.fromkeys(begun(residuals, calls, begin))
    read: dict[tuple[Term, Env], None] = {}
    with residuals.work.at_most(_WORK):
        for i in range(begin, end):
            if pairing.call(i).event is not None:
                found = dict.fromkeys(_taking(residuals, pairing, found, i))
            if len(found) > _WAYS:
                return []
        read = found
    return list(read)


def _taking(
    residuals: Residuals, pairing: Pairing, ways: Iterable[tuple[Term, Env]], i: int
) -> Iterable[tuple[Term, Env]]:
    """Let each way take call *i* by every event that fits."""
    function = (pairing.call(i).module, pairing.call(i).function)
    for term, env in ways:
        for j in residuals.enabled(term):
            residuals.work.spend(1)
            if residuals.is_of(j, function) and not pairing.price(j, i, env):
                taken = pairing.taken(env, j, i)
                for left in residuals.after(term, j):
                    yield left, taken
