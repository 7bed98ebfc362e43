"""The two columns of a report: the calls that were made beside the language, and a mark where they differ.

What agrees is shown two lines around a difference and counted elsewhere, so a table is short for traces of any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmock_py.explain.report import Difference, Missing, Moved, Unexpected, Wrong, WrongAnswer
from cmock_py.explain.values import counted, show_call, show_event
from cmock_py.explain.written import in_its_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cmock_py.explain.align import Alignment, Move
    from cmock_py.explain.report import Expectation
    from cmock_py.trace import Call

CONTEXT = 2
"""Lines that agree, shown before and after a difference."""
MARKS = 12
"""Lines with a difference in one table."""
_NEVER_CALLED = "(never called)"
_STOPPED = "(stopped here)"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        mark: ``+ - ! ~``, or a space where both sides agree.
        call: index of the call on the left, or None.
        event: index of the event on the right, or None.
        note: what the mark means, or ``""``.
        left: what stands on the left when there is no call there.
        was: index of the call that belongs there, or None.
    """

    mark: str
    call: int | None
    event: int | None
    note: str = ""
    left: str = ""
    was: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines that are not shown, in words."""

    text: str


_MANY = 4
_NOT_SURE = Gap("... not every way to read the calls was tried; one with fewer differences may exist")


def table(
    alignment: Alignment,
    calls: Sequence[Call],
    language: Expectation,
    *,
    stopped: bool,
    real: int = 0,
    marks: int = MARKS,
) -> list[str]:
    """Draw calls and language side by side, as lines without trailing spaces.

    Args:
        alignment: what differs, and how far both were aligned.
        calls: the trace, of which only the shown calls are decoded.
        language: what was expected, of which only the shown events are decoded.
        stopped: the SUT was stopped after its last call; the events that were not reached are counted, not missing.
        real: number of calls that real functions answered and that are not among *calls*.
        marks: lines with a difference, at most.
    """
    end = max([alignment.calls_end, *(move.call + 1 for move in alignment.script or () if move.call is not None)])
    last = calls[end - 1].index + 1 if 0 < end < len(calls) and not alignment.complete else None
    if alignment.script is None:
        rows = arrange(alignment, len(language.events), stopped=stopped, last=last, most=marks)
    else:
        rows = arrange_script(alignment, alignment.script, stopped=stopped, last=last, most=marks)
    return draw(_with_real(rows, calls, real) if real else rows, calls, language)


# --- which lines ----------------------------------------------------------------------------------------------------


def arrange(
    alignment: Alignment, events: int, *, stopped: bool, last: int | None = None, most: int = MARKS
) -> list[Row | Gap]:
    """Choose the lines of the table; *events* is the length of the language, *last* numbers the last aligned call."""
    marks = [row for difference in alignment.differences for row in _marks(difference)]
    rows: list[Row | Gap] = []
    i = j = 0
    shown = 0
    while marks and shown < most:
        mark = min(marks, key=lambda row: _distance(row, i, j))
        marks.remove(mark)
        agreeing = _distance(mark, i, j)
        rows += _agreeing(i, j, agreeing, first=shown == 0, last=False)
        rows.append(mark)
        shown += 1
        i += agreeing + (mark.call is not None)
        j += agreeing + (mark.event is not None)
    if marks or alignment.omitted:
        return [*rows, Gap(f"... and {counted(len(marks) + alignment.omitted, 'more line')} with a difference")]
    rows += _agreeing(i, j, alignment.calls_end - i, first=shown == 0, last=not stopped and alignment.complete)
    if not alignment.complete:
        return [*rows, Gap(f"... calls after #{last or alignment.calls_end} were not compared one by one")]
    return rows + (_unreached(alignment.events_end, events) if stopped else [])


def _marks(difference: Difference) -> list[Row]:
    """List the lines that a difference has in the table; a moved call has two."""
    match difference:
        case Wrong(call, event, arguments, answer):
            return [Row("!", call, event, f"<- {what_differs(len(arguments), answer)}")]
        case WrongAnswer(call, event):
            return [Row("!", call, event, "<- answer differs")]
        case Unexpected(call):
            return [Row("+", call, None, "<- not expected here")]
        case Missing(event):
            return [Row("-", None, event, "<- missing", _NEVER_CALLED)]
        case Moved(call, event, direction):
            return [
                Row("~", call, None, f"<- too {direction}"),
                Row("~", None, event, "<- belongs here", was=call),
            ]


def arrange_script(
    alignment: Alignment, script: Sequence[Move], *, stopped: bool, last: int | None, most: int = MARKS
) -> list[Row | Gap]:
    """Choose the lines of the table for calls and events that were read in the order of a script."""
    rows: list[Row | Gap] = []
    marked = [place for place, move in enumerate(script) if move.difference is not None]
    listed = marked[:most]
    near = {place + k for place in listed for k in range(-CONTEXT, CONTEXT + 1)}
    if stopped or not marked:
        near |= set(range(len(script) - CONTEXT, len(script)))
    hidden, reached = alignment.begin, alignment.begin - 1
    end = listed[-1] + 1 if len(marked) > most else len(script)
    for place, move in enumerate(script[:end]):
        jumped = 0 if move.call is None else move.call - reached - 1
        reached = reached if move.call is None else move.call
        if place not in near:
            hidden += 1
            continue
        rows += _hidden(hidden, script[place - 1] if place else None)
        rows += [Gap(f"... {counted(jumped, 'call')} not compared one by one")] if jumped > 0 else []
        rows.append(_marked(move))
        hidden = 0
    if len(marked) > most or alignment.omitted:
        count = len(marked) - len(listed) + alignment.omitted
        rows.append(Gap(f"... and {counted(count, 'more line')} with a difference"))
        return rows if alignment.is_cheapest else [*rows, _NOT_SURE]
    rows += _hidden(hidden, script[-1] if script else None)
    if not alignment.complete:
        return rows if last is None else [*rows, Gap(f"... calls after #{last} were not compared one by one")]
    rows += _left(alignment) if stopped else []
    return rows if alignment.is_cheapest or len(marked) < _MANY else [*rows, _NOT_SURE]


def _hidden(count: int, last: Move | None) -> list[Row | Gap]:
    """Count what is not shown; a single one, *last*, takes no more room when it is shown."""
    if count == 1 and last is not None:
        return [_marked(last)]
    return [Gap(f"... {counted(count, 'call')} as expected")] if count else []


def _marked(move: Move) -> Row:
    """Make the line of one move; a moved call has one where it was made and one where it belongs."""
    difference = move.difference
    if difference is None:
        return Row(" ", move.call, move.event, f"<- {move.note}" if move.note else "")
    rows = _marks(difference)
    return rows[1] if isinstance(difference, Moved) and move.call is None else rows[0]


def _left(alignment: Alignment) -> list[Row | Gap]:
    """Show where the SUT was stopped, and count what is missing from there."""
    rows: list[Row | Gap] = []
    if alignment.following is not None:
        rows.append(Row(" ", None, alignment.following, left=_STOPPED))
    more = alignment.left - len(rows)
    if more > 0:
        rows.append(Gap(f"... at least {counted(more, 'more expected call')} not reached"))
    return rows


def wrong_row(call: int, event: int, count: int) -> Row:
    """Mark a call of which *count* arguments differ."""
    return Row("!", call, event, f"<- {what_differs(count)}")


def what_differs(count: int, answer: WrongAnswer | None = None) -> str:
    """Say that *count* arguments of a call differ, and perhaps its answer."""
    if answer is not None:
        return f"argument{'s' * (count > 1)} and answer differ"
    return "arguments differ" if count > 1 else "argument differs"


def _distance(row: Row, i: int, j: int) -> int:
    """Count the agreeing pairs between call i, event j and a row."""
    return max(-1 if row.call is None else row.call - i, -1 if row.event is None else row.event - j)


def _agreeing(i: int, j: int, count: int, *, first: bool, last: bool) -> list[Row | Gap]:
    """Show the ends of a run of pairs that agree, and count what is between; *first* and *last* have no context."""
    before = 0 if first else CONTEXT
    after = CONTEXT if not last else 0
    pairs = [Row(" ", i + k, j + k) for k in (*range(min(before, count)), *range(max(before, count - after), count))]
    hidden = count - len(pairs)
    if hidden <= 1:
        return [Row(" ", i + k, j + k) for k in range(count)]
    shown: list[Row | Gap] = [*pairs]
    shown.insert(min(before, count), Gap(f"... {counted(hidden, 'call')} as expected"))
    return shown


def _unreached(position: int, events: int) -> list[Row | Gap]:
    """Show where the SUT was stopped, with the next event, and count those after it."""
    if position >= events:
        return []
    rows: list[Row | Gap] = [Row(" ", None, position, left=_STOPPED)]
    if events - position > 1:
        rows.append(Gap(f"... {counted(events - position - 1, 'more expected call')} not reached"))
    return rows


def _with_real(rows: Sequence[Row | Gap], calls: Sequence[Call], real: int) -> list[Row | Gap]:
    """Count, where they were made, the calls that real functions answered: the others skip their numbers."""
    found: list[Row | Gap] = []
    told = 0
    for row in rows:
        if isinstance(row, Row) and row.call is not None:
            before = calls[row.call].index - row.call
            found += [_real_gap(before - told)] if before > told else []
            told = max(told, before)
        found.append(row)
    return [*found, _real_gap(real - told)] if real > told else found


def _real_gap(count: int) -> Gap:
    return Gap(f"... {counted(count, 'call')} answered by the real function")


# --- how they look --------------------------------------------------------------------------------------------------


def draw(rows: Sequence[Row | Gap], calls: Sequence[Call] | Mapping[int, Call], language: Expectation) -> list[str]:
    """Draw chosen lines; the columns are as wide as what they hold."""
    cells = [row if isinstance(row, Gap) else _cells(row, calls, language) for row in rows]
    drawn = [cell for cell in cells if not isinstance(cell, Gap)]
    number = max([5, *(len(cell[1]) for cell in drawn)])
    left = max([10 - number, *(len(cell[2]) for cell in drawn)])
    line = max([3, *(len(cell[3]) for cell in drawn)])
    name = language.name
    title = f"language ({name})" if name and name != "language" else "language"
    lines = [f"      {'calls made':<{number + 1 + left}}  {title}"]
    for cell in cells:
        if isinstance(cell, Gap):
            lines.append(f"      {cell.text}")
        else:
            text = f"   {cell[0]}  {cell[1]:<{number}} {cell[2]:<{left}}  {cell[3]:>{line}} | {cell[4]}"
            lines.append(text.rstrip())
    return lines


def _cells(
    row: Row, calls: Sequence[Call] | Mapping[int, Call], language: Expectation
) -> tuple[str, str, str, str, str]:
    """Write the cells of a row: mark, number, call, line, event with its note."""
    event = None if row.event is None else in_its_words(language, row.event)
    call = None if row.call is None else calls[row.call]
    number = "" if call is None else f"#{call.index + 1}"
    left = row.left if call is None else show_call(call)
    if row.was is not None:
        left = f"(was call #{calls[row.was].index + 1})"
    line = "" if event is None else language.number_of(event.place)
    right = "   ".join(part for part in ("" if event is None else show_event(event), row.note) if part)
    return row.mark, number, left, line, right
