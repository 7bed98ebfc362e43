"""Aligns the calls with the language at the least cost, which tells what was meant from what went wrong.

A call without event costs 10, an event without call 10, a pair of the same function with k wrong arguments 4 + k; one
wrong answer counts as one wrong argument. Afterwards an event without call and a call without event that fit each
other are paired: the call was made in the wrong place.

What is small is aligned exactly, by dynamic programming over a grid of calls and events. What is large is aligned
piece by piece: while calls and events agree they are paired, and around a difference a window is aligned exactly
whose far borders are free, the smallest in which both fall into step again, or else a whole block of calls or events is
skipped. Comparing only the names of
functions (Myers) would be cheaper and wrong: long traces often call one function all the time, and then only the
arguments show where the step was lost. All work is counted and bounded; nothing depends on the length of a trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING, Literal, TypeAlias

from cmock_py.explain.match import answers_differ, count_differing, differing, same_function, wrong_errno
from cmock_py.explain.report import Difference, Missing, Moved, Unexpected, Wrong, WrongAnswer
from cmock_py.explain.work import weight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call

UNEXPECTED = 10
MISSING = UNEXPECTED
WRONG = 4
"""Of a pair whose arguments differ, and 1 more for each of them."""

_PAIR, _EXTRA, _UNMET = range(3)
_NEVER = 1 << 30
_CANDIDATES = 16
_IN_STEP = 12
_SMALLEST = 16
_CELLS_PER_DECODED = 40  # in time

_Ends: TypeAlias = Literal["corner", "all calls", "border"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work an alignment may be.

    Attributes:
        cells: the largest grid that is aligned exactly; the windows of a large alignment are as much together.
        decoded: calls and events that are decoded for an exact alignment.
        pairs: pairs that are compared while calls and events agree.
        differences: differences that are listed.
        windows: sizes of the windows of a large alignment.
        shift: the longest block of calls or events that is looked for when the small windows do not help.
    """

    cells: int = 250_000
    decoded: int = 5_000
    pairs: int = 5_000
    differences: int = 1_000
    windows: tuple[int, int, int] = (32, 128, 320)
    shift: int = 1_000

    def of_heavier(self, weight: int) -> Budget:
        """The same work with calls of which each is as much as several."""
        small, middle, large = (max(_SMALLEST, size // isqrt(weight)) for size in self.windows)
        return Budget(
            cells=self.cells // weight,
            decoded=self.decoded // weight,
            pairs=max(_SMALLEST, self.pairs // weight),
            differences=max(_SMALLEST, self.differences // weight),
            windows=(small, middle, large),
            shift=max(_SMALLEST, self.shift // weight),
        )


DEFAULT_BUDGET = Budget()


@dataclass(frozen=True, slots=True)
class Move:
    """A call read as an event, a call alone, or an event alone; `difference` is None where both fit.

    A `note` says of a call alone why it is, where that is no difference.
    """

    call: int | None
    event: int | None
    difference: Difference | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The cheapest way found to read the calls as the language.

    Attributes:
        differences: in the order of calls and events.
        cost: of the differences, listed or omitted, before moved calls are paired.
        calls_end: calls before this index are aligned.
        events_end: events before this index are aligned.
        omitted: differences at the end that are known and not listed: all calls without event, or all events without
            call.
        complete: False when the budget ended the search; nothing is known of what follows the two ends.
        script: calls and events in the order in which they were read, a moved call in two places; None where they come
            one after another.
        begin: calls before this index fit, and are not in the script.
        left: how many more calls the script lacks at least when the SUT was stopped.
        following: the event that is expected behind the script, if there is only one.
        is_cheapest: whether no other reading can have cost less.
    """

    differences: tuple[Difference, ...]
    cost: int
    calls_end: int
    events_end: int
    omitted: int = 0
    complete: bool = True
    script: tuple[Move, ...] | None = None
    begin: int = 0
    left: int = 0
    following: int | None = None
    is_cheapest: bool = True


@dataclass(frozen=True, slots=True)
class _Path:
    """A way through a grid: one move per pair, call without event, or event without call."""

    cost: int
    moves: Sequence[int]


def align(
    calls: Sequence[Call],
    events: Sequence[Event],
    start: int,
    *,
    over: bool = True,
    answers: bool = False,
    budget: Budget = DEFAULT_BUDGET,
) -> Alignment:
    """Align calls and events from *start* on; everything before fits.

    Args:
        calls: the trace, decoded lazily.
        events: the language, decoded lazily.
        start: index of the first difference in both.
        over: the SUT was free to make more calls; False when it was stopped, and events after the last call are not
            missing but were not reached.
        answers: compare answers, too; only a check under another language than the one that answered needs it.
        budget: of the work.

    Returns:
        The alignment, exact when calls times events from *start* on fit the budget.
    """
    budget = budget.of_heavier(weight(calls, events, start))
    rows, columns = len(calls) - start, len(events) - start
    if rows * columns <= budget.cells and (rows + columns <= budget.decoded or not rows or not columns):
        return _exact(calls, events, start, over=over, answers=answers, budget=budget)
    return _by_windows(calls, events, start, over=over, answers=answers, budget=budget)


# --- small: exact ---------------------------------------------------------------------------------------------------


def _exact(
    calls: Sequence[Call], events: Sequence[Event], start: int, *, over: bool, answers: bool, budget: Budget
) -> Alignment:
    """Align all that is left in one grid."""
    if start in (len(calls), len(events)):
        return _finish(calls, events, [], (0, start, start), over=over, budget=budget)
    rows = [calls[i] for i in range(start, len(calls))]
    columns = [events[j] for j in range(start, len(events))]
    path = _cheapest(rows, columns, "corner" if over else "all calls", answers=answers)
    found = _named(path.moves, rows, columns, start, start, answers=answers)
    ends = (path.cost, len(calls), start + sum(move != _EXTRA for move in path.moves))
    return _finish(calls, events, found, ends, over=over, budget=budget)


def _cheapest(rows: Sequence[Call], columns: Sequence[Event], ends: _Ends, *, answers: bool) -> _Path:
    """Find the cheapest path from the first corner of the grid to where *ends* lets it end.

    Of equal paths the one that pairs early and leaves the difference late, as one who reads from the top would.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for j, event in enumerate(columns):
        places.setdefault((event.module, event.function), []).append(j)
    costs = [MISSING * j for j in range(len(columns) + 1)]
    moves = [bytearray([_UNMET]) * (len(columns) + 1)]
    last_column = [costs[-1]]
    for call in rows:
        pairs = [_NEVER] * len(columns)
        for j in places.get((call.module, call.function), ()):
            pairs[j] = _pair_cost(columns[j], call, answers=answers)
        moves.append(bytearray(len(columns) + 1))
        costs = _next_row(costs, pairs, moves[-1])
        last_column.append(costs[-1])
    i, j, cost = _end(costs, last_column, ends)
    return _Path(cost, _backwards(moves, i, j))


def _pair_cost(event: Event, call: Call, *, answers: bool) -> int:
    """Cost of pairing an event with a call of its function; a call that was refused pairs with nothing."""
    if call.event is None:
        return _NEVER
    wrong = count_differing(event, call) + (answers and answers_differ(event, call))
    return WRONG + wrong if wrong else 0


def _next_row(above: list[int], pairs: list[int], moves: bytearray) -> list[int]:
    """Compute the costs of one row of the grid, and note the last move of each cell's path."""
    cost = above[0] + UNEXPECTED
    row = [cost]
    moves[0] = _EXTRA
    for j, pair in enumerate(pairs):
        cost, move = cost + MISSING, _UNMET
        if above[j + 1] + UNEXPECTED <= cost:
            cost, move = above[j + 1] + UNEXPECTED, _EXTRA
        if above[j] + pair < cost:
            cost, move = above[j] + pair, _PAIR
        row.append(cost)
        moves[j + 1] = move
    return row


def _end(last_row: list[int], last_column: list[int], ends: _Ends) -> tuple[int, int, int]:
    """Choose the cell where the path ends: row, column and cost; of equal ones on the border the farthest."""
    rows, columns = len(last_column) - 1, len(last_row) - 1
    if ends == "corner":
        return rows, columns, last_row[-1]
    cost, j = min((cost, j) for j, cost in enumerate(last_row))
    if ends == "all calls":
        return rows, j, cost
    cells = [(cost, -rows - j, rows, j) for j, cost in enumerate(last_row)]
    cells += [(cost, -i - columns, i, columns) for i, cost in enumerate(last_column)]
    cost, _, i, j = min(cells)
    return i, j, cost


def _backwards(moves: Sequence[bytearray], i: int, j: int) -> list[int]:
    """Follow the noted moves from a cell back to the first corner, and return them in order."""
    path = []
    while i or j:
        move = moves[i][j]
        path.append(move)
        i -= move != _UNMET
        j -= move != _EXTRA
    return path[::-1]


def _named(
    moves: Sequence[int], rows: Sequence[Call], columns: Sequence[Event], i: int, j: int, *, answers: bool
) -> list[Difference]:
    """Turn a path into differences; *i* and *j* are the indices of the first row and column."""
    found: list[Difference] = []
    row = column = 0
    for move in moves:
        if move == _EXTRA:
            found.append(Unexpected(i + row))
        elif move == _UNMET:
            found.append(Missing(j + column))
        else:
            found += _of_pair(columns[column], rows[row], i + row, j + column, answers=answers)
        row += move != _UNMET
        column += move != _EXTRA
    return found


def _of_pair(event: Event, call: Call, i: int, j: int, *, answers: bool) -> list[Difference]:
    """Say how a call differs from its event: a wrong answer beside wrong arguments is told with them."""
    arguments = differing(event, call)
    otherwise = answers and answers_differ(event, call)
    answer = WrongAnswer(i, j, event.answer, call.answer, wrong_errno(event, call)) if otherwise else None
    if arguments:
        return [Wrong(i, j, arguments, answer)]
    return [answer] if answer else []


# --- large: window by window ----------------------------------------------------------------------------------------


def _by_windows(
    calls: Sequence[Call], events: Sequence[Event], start: int, *, over: bool, answers: bool, budget: Budget
) -> Alignment:
    """Pair while calls and events agree, and align a window around each difference."""
    found: list[Difference] = []
    i = j = start
    cost, cells, pairs = 0, budget.cells, budget.pairs
    while i < len(calls) and j < len(events):
        agreeing = _agreeing(calls, events, i, j, pairs, answers=answers)
        i, j, pairs = i + agreeing, j + agreeing, pairs - agreeing
        if i == len(calls) or j == len(events):
            break
        if cells <= 0 or pairs <= 0 or len(found) >= budget.differences:
            return Alignment(_with_moves(found, calls, events), cost, i, j, complete=False)
        path, more, used = _around(calls, events, i, j, answers=answers, budget=budget)
        found += more
        cost, cells = cost + path.cost, cells - used
        i += sum(move != _UNMET for move in path.moves)
        j += sum(move != _EXTRA for move in path.moves)
    return _finish(calls, events, found, (cost, i, j), over=over, budget=budget)


def _agreeing(calls: Sequence[Call], events: Sequence[Event], i: int, j: int, most: int, *, answers: bool) -> int:
    """Count the pairs from (i, j) on that agree, up to *most*."""
    limit = min(most, len(calls) - i, len(events) - j)
    for k in range(limit):
        call, event = calls[i + k], events[j + k]
        if not _pairs(event, call, answers=answers):
            return k
    return limit


def _pairs(event: Event, call: Call, *, answers: bool) -> bool:
    """Decide whether a call is what the event says, in everything that costs."""
    return same_function(event, call) and not _pair_cost(event, call, answers=answers)


def _around(
    calls: Sequence[Call], events: Sequence[Event], i: int, j: int, *, answers: bool, budget: Budget
) -> tuple[_Path, list[Difference], int]:
    """Find how calls and events fall into step again after the difference at (i, j).

    Returns:
        The path; the differences along it; the cells of all grids tried. Where nothing falls into step the far end of
        the path is a guess, and only its first half is returned.
    """
    used = 0
    for size in budget.windows:
        rows = [calls[k] for k in range(i, min(i + size, len(calls)))]
        columns = [events[k] for k in range(j, min(j + size, len(events)))]
        path = _cheapest(rows, columns, "border", answers=answers)
        used += (len(rows) + 1) * (len(columns) + 1)
        whole = i + len(rows) == len(calls) and j + len(columns) == len(events)
        if whole or _ends_in_step(path, rows, columns, answers=answers):
            return path, _named(path.moves, rows, columns, i, j, answers=answers), used
        if size == budget.windows[1]:
            block = _block(calls, events, i, j, answers=answers, budget=budget)
            used += 2 * _CELLS_PER_DECODED * budget.shift
            if block is not None:
                return block, _of_block(block, i, j), used
            if all(move == _PAIR for move in path.moves):
                return path, _named(path.moves, rows, columns, i, j, answers=answers), used
    path = _first_half(path, rows, columns, answers=answers)
    return path, _named(path.moves, rows, columns, i, j, answers=answers), used


def _block(
    calls: Sequence[Call], events: Sequence[Event], i: int, j: int, *, answers: bool, budget: Budget
) -> _Path | None:
    """Find the shortest block of events, or of calls, without which both are in step; None when there is none."""
    call, event = calls[i], events[j]
    for size in range(1, budget.shift):
        if j + size + _IN_STEP <= len(events) and _pairs(events[j + size], call, answers=answers):
            agreeing, move = _agreeing(calls, events, i, j + size, _IN_STEP, answers=answers), _UNMET
        elif i + size + _IN_STEP <= len(calls) and _pairs(event, calls[i + size], answers=answers):
            agreeing, move = _agreeing(calls, events, i + size, j, _IN_STEP, answers=answers), _EXTRA
        else:
            continue
        if agreeing == _IN_STEP:
            return _Path(UNEXPECTED * size, [move] * size)
    return None


def _of_block(path: _Path, i: int, j: int) -> list[Difference]:
    """Name the calls or events of a block."""
    return [Missing(j + k) if move == _UNMET else Unexpected(i + k) for k, move in enumerate(path.moves)]


def _ends_in_step(path: _Path, rows: Sequence[Call], columns: Sequence[Event], *, answers: bool) -> bool:
    """Decide whether the last third of the moves, 8 at least, are pairs that agree."""
    tail = max(8, len(path.moves) // 3)
    if len(path.moves) < tail or any(move != _PAIR for move in path.moves[-tail:]):
        return False
    i = sum(move != _UNMET for move in path.moves)
    j = sum(move != _EXTRA for move in path.moves)
    return not any(_pair_cost(columns[j - k], rows[i - k], answers=answers) for k in range(1, tail + 1))


def _first_half(path: _Path, rows: Sequence[Call], columns: Sequence[Event], *, answers: bool) -> _Path:
    """Keep the first half of the moves, with their cost."""
    moves = path.moves[: (len(path.moves) + 1) // 2]
    cost = row = column = 0
    for move in moves:
        is_pair = move == _PAIR
        cost += _pair_cost(columns[column], rows[row], answers=answers) if is_pair else UNEXPECTED
        row += move != _UNMET
        column += move != _EXTRA
    return _Path(cost, moves)


# --- the end, and calls in the wrong place --------------------------------------------------------------------------


def _finish(
    calls: Sequence[Call],
    events: Sequence[Event],
    found: list[Difference],
    ends: tuple[int, int, int],
    *,
    over: bool,
    budget: Budget,
) -> Alignment:
    """Add what is left of one side when the other is used up; *ends* are the cost, calls and events so far."""
    cost, i, j = ends
    extra = len(calls) - i
    unmet = len(events) - j if over else 0
    room = max(1, budget.differences - len(found))
    found += [Unexpected(k) for k in range(i, min(i + room, len(calls)))]
    found += [Missing(k) for k in range(j, min(j + room, j + unmet))]
    return Alignment(
        _with_moves(found, calls, events),
        cost + UNEXPECTED * extra + MISSING * unmet,
        len(calls),
        j + unmet,
        omitted=max(0, extra - room) + max(0, unmet - room),
    )


def _with_moves(found: Sequence[Difference], calls: Sequence[Call], events: Sequence[Event]) -> tuple[Difference, ...]:
    """Replace each call without event and event without call that fit each other by one call in the wrong place."""
    homeless: dict[tuple[str, str], list[int]] = {}
    for place, difference in enumerate(found):
        if isinstance(difference, Unexpected):
            call = calls[difference.call]
            homeless.setdefault((call.module, call.function), []).append(place)
    result: list[Difference | None] = list(found)
    for place, difference in enumerate(found):
        if isinstance(difference, Missing) and homeless:
            event = events[difference.event]
            _pair_up(event, place, homeless.get((event.module, event.function), []), calls, result)
    return tuple(difference for difference in result if difference is not None)


def _pair_up(
    event: Event, place: int, homeless: list[int], calls: Sequence[Call], result: list[Difference | None]
) -> None:
    """Give the event without call at *place* the first call of `homeless` that fits it, if one does."""
    unmet = result[place]
    for other in homeless[:_CANDIDATES]:
        extra = result[other]
        if isinstance(unmet, Missing) and isinstance(extra, Unexpected) and not differing(event, calls[extra.call]):
            result[other] = Moved(extra.call, unmet.event, "early" if other < place else "late")
            result[place] = None
            homeless.remove(other)
            return
