"""The definition of the language, to be read beside docs/semantics.md: terms, small steps, a run, and the check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cmock_py.lang.residuals import EMPTY, Taken, Term, par, perm, repeat, seq, under, with_any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cmock_py.lang.residuals import Take


class Step(NamedTuple):
    """One way to take a call: number of the event, whether ANY lists it, how it takes the call, and what is left."""

    number: int
    background: bool
    taken: Taken
    left: Term


def steps(term: Term, take: Take, values: Mapping[str, Any]) -> Iterator[Step]:
    """All small steps. `take` says how an event takes the call, or None; `values` are what names are bound to."""
    parts = term.parts
    match term.kind:
        case "event":
            number, event, background = parts
            taken = take(event, values)
            if taken is not None:
                yield Step(number, background, taken, EMPTY)
        case "seq":  # the first part; the second as well when the first may end: not by recursion, they may be many
            yield from _then(parts[0], parts[1], take, values)
            while parts[0].nullable and parts[1].kind == "seq":
                parts = parts[1].parts
                yield from _then(parts[0], parts[1], take, values)
            if parts[0].nullable:
                yield from steps(parts[1], take, values)
        case "xalt":  # any of the parts; the others are gone then
            for part in parts:
                yield from steps(part, take, values)
        case "par":  # any of the parts; the others stay as they are
            for i, part in enumerate(parts):
                for step in steps(part, take, values):
                    yield step._replace(left=par((*parts[:i], step.left, *parts[i + 1 :])))
        case "perm":  # any of the parts, which must end before another begins
            for i, part in enumerate(parts):
                for step in steps(part, take, values):
                    yield step._replace(left=seq(step.left, perm((*parts[:i], *parts[i + 1 :]))))
        case "repeat":  # no iteration is empty, so a body that may be empty has no least number
            body, least, most = parts
            again = repeat(body, 0 if body.nullable else max(least - 1, 0), None if most is None else most - 1)
            yield from _then(body, again, take, values)
        case "any":  # its calls change nothing
            for part in parts[1]:
                yield from (step._replace(left=term) for step in steps(part, take, values))
            yield from (step._replace(left=with_any(step.left, parts[1])) for step in steps(parts[0], take, values))
        case "under":  # names that were bound before
            for step in steps(parts[0], take, {**values, **dict(parts[1])}):
                yield step._replace(left=under(step.left, parts[1]))


def _then(first: Term, rest: Term, take: Take, values: Mapping[str, Any]) -> Iterator[Step]:
    """Steps of what comes first; what they bind is known to the rest."""
    return (s._replace(left=seq(s.left, under(rest, s.taken.binds))) for s in steps(first, take, values))


def decide(found: list[Step], policy: str) -> tuple[Step | None, Step | None, frozenset[Term]]:
    """Decide between all steps that a call can take: which one answers, its rival if that is open, and what is left.

    No step at all: the call is unexpected. Those that fit with all arguments rule out the others, which no check takes.
    If answers still differ, those not listed by ANY come first, then, if the policy is "first" or nothing fits with
    all arguments, the one that is written first. Left is all that can have given this answer. "strict" allows one step.
    """
    rest = possible = found
    if policy != "strict":
        rest = possible = [s for s in found if s.taken.exact] or found
        rest = [s for s in rest if not s.background] or rest if _differ(rest) else rest
    first = min(rest, key=lambda s: (s.number, repr(s.taken.answer)), default=None)
    others = [s for s in rest if s is not first and (policy == "strict" or _differ([s, first]))]
    is_open = policy == "strict" or (policy == "error" and any(s.taken.exact for s in found))
    if first is None or (others and is_open):
        return first, min(others, key=lambda s: s.number, default=None), frozenset()
    return first, None, frozenset(s.left for s in possible if s.taken.allows(first.taken))


def _differ(found: list[Any]) -> bool:
    return not all(s.taken.agrees(found[0].taken) for s in found)


def check(language: Term, calls: Iterable[Take], values: Mapping[str, Any]) -> tuple[int, bool]:
    """How many calls have a path through the language, each with all arguments and its answer; and may it end then."""
    now, done = frozenset([language]), 0
    for take in calls:
        following = frozenset(step.left for term in now for step in steps(term, take, values))
        if not following:
            return done, False
        now, done = following, done + 1
    return done, any(term.nullable for term in now)
