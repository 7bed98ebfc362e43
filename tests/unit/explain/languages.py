"""Random languages and calls, and all words of a language by plain enumeration."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from cmock_py.explain.match import differing
from cmock_py.lang.nodes import WILDCARD, AnyTime, Empty, Event, Par, Perm, Repeat, Seq, Xalt
from cmock_py.lang.structure import Kind, Part, structure
from cmock_py.trace import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from cmock_py.lang.nodes import Node

Word = tuple[int, ...]


def random_language(random: Random, events: int, depth: int = 3) -> Node:
    """Make a language of at most so many events, of every operator."""
    if events <= 1 or depth == 0:
        return _event(random)
    kind = random.choice(["seq", "seq", "seq", "xalt", "par", "perm", "repeat", "repeat", "any", "empty"])
    if kind == "empty":
        return Empty()
    if kind == "repeat":
        least = random.randrange(3)
        return Repeat(
            random_language(random, min(events, 3), depth - 1), least, random.choice([None, least + 1, least or 1])
        )
    if kind == "any":
        return Seq((random_language(random, events - 1, depth - 1), AnyTime((_event(random),))))
    parts = []
    while events > 0:
        share = random.randint(1, events)
        parts.append(random_language(random, share, depth - 1))
        events -= share
    return {"seq": Seq, "xalt": Xalt, "par": Par, "perm": Perm}[kind](tuple(parts))


def _event(random: Random) -> Event:
    argument = random.choice([0, 1, WILDCARD])
    return Event("m", random.choice("fgh"), (argument,), line=random.randint(1, 99))


def random_calls(random: Random, events: Sequence[Event], word: Sequence[int], changes: int) -> list[Call]:
    """Make the calls of a word, with so many random changes."""
    made: list[tuple[str, Any, int]] = []
    for number in word:
        event = events[number]
        made.append((event.function, random.randrange(2) if event.args[0] is WILDCARD else event.args[0], number))
    for _ in range(changes):
        place = random.randint(0, len(made))
        match random.randrange(3):
            case 0:
                made.insert(place, (random.choice("fgh"), random.randrange(2), random.randrange(max(1, len(events)))))
            case 1 if place < len(made):
                del made[place]
            case 2 if place < len(made):
                made[place] = (made[place][0], 1 - made[place][1], made[place][2])
    return [Call(k, "m", function, ("x",), (x,), event=number) for k, (function, x, number) in enumerate(made)]


def words(part: Part, longest: int) -> set[Word]:
    """List all words of a language up to a length."""
    match part.kind:
        case Kind.EMPTY:
            return {()}
        case Kind.RUN:
            ends = range(part.first + part.least, part.end + 1)
            return {tuple(range(part.first, end)) for end in ends if end - part.first <= longest}
        case Kind.XALT:
            return {word for inner in part.parts for word in words(inner, longest)}
        case Kind.SEQ:
            return _sequences([words(inner, longest) for inner in part.parts], longest)
        case Kind.PAR:
            return _shuffles([words(inner, longest) for inner in part.parts], longest)
        case Kind.PERM:
            return _permuted([words(inner, longest) for inner in part.parts], longest)
        case Kind.REPEAT:
            return _repeated(words(part.parts[0], longest), part.least, part.most, longest)
    free = _repeated({(number,) for number in range(part.parts[1].first, part.parts[1].end)}, 0, None, longest)
    return _shuffles([words(part.parts[0], longest), free], longest)


def _sequences(parts: list[set[Word]], longest: int) -> set[Word]:
    found: set[Word] = {()}
    for part in parts:
        found = {one + other for one, other in product(found, part) if len(one + other) <= longest}
    return found


def _shuffles(parts: list[set[Word]], longest: int) -> set[Word]:
    found: set[Word] = {()}
    for part in parts:
        pairs = [(one, other) for one, other in product(found, part) if len(one) + len(other) <= longest]
        found = {word for one, other in pairs for word in _shuffled(one, other)}
    return found


def _shuffled(one: Word, other: Word) -> Iterator[Word]:
    if not one or not other:
        yield one + other
        return
    yield from (one[:1] + rest for rest in _shuffled(one[1:], other))
    yield from (other[:1] + rest for rest in _shuffled(one, other[1:]))


def _permuted(parts: list[set[Word]], longest: int) -> set[Word]:
    if not parts:
        return {()}
    found: set[Word] = set()
    for k, part in enumerate(parts):
        found |= _sequences([part, _permuted(parts[:k] + parts[k + 1 :], longest)], longest)
    return found


def _repeated(body: set[Word], least: int, most: int | None, longest: int) -> set[Word]:
    found: set[Word] = set()
    now: set[Word] = {()}
    rounds = 0
    while now and (most is None or rounds <= most) and rounds <= longest + least:
        if rounds >= least:
            found |= now
        now = _sequences([now, body], longest)
        rounds += 1
    return found


def structured(tree: Node) -> tuple[list[Event], Part]:
    """Find the structure of a language; each event has its number as line."""
    events, root = structure(tree)
    return [event._replace(line=number + 1) for number, event in enumerate(events)], root


def pair_cost(event: Event, call: Call) -> int | None:
    """What it costs to read a call as an event, None when that cannot be."""
    if (event.module, event.function) != (call.module, call.function):
        return None
    wrong = len(differing(event, call))
    return 4 + wrong if wrong else 0


def distance(events: Sequence[Event], word: Word, calls: Sequence[Call], *, over: bool) -> int:
    """The least cost of reading calls as a word, or as any beginning of it when the SUT was stopped."""
    above = [10 * j for j in range(len(word) + 1)]
    for call in calls:
        row = [above[0] + 10]
        for j, number in enumerate(word):
            pair = pair_cost(events[number], call)
            ways = [row[j] + 10, above[j + 1] + 10]
            row.append(min(ways if pair is None else [*ways, above[j] + pair]))
        above = row
    return above[-1] if over else min(above)
