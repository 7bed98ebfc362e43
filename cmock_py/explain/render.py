"""Writes the report of a check: one sentence, the table, where the values part, and at most one hint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.explain.ambiguity import undecided
from cmock_py.explain.cause import at_place, in_thread, stop_cause
from cmock_py.explain.details import answer_details, argument_details, cut_arguments, show_expected
from cmock_py.explain.refused import NOTES, REPLAYED
from cmock_py.explain.report import LINES, Difference, Missing, Moved, Unexpected, Wrong, WrongAnswer, WrongArgument
from cmock_py.explain.suggest import hint_for_call, hint_for_differences
from cmock_py.explain.table import MARKS, table
from cmock_py.explain.values import counted, function_name, show_call, show_event, show_value
from cmock_py.explain.written import in_its_words, patterns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cmock_py.explain.align import Alignment
    from cmock_py.explain.report import Expectation
    from cmock_py.explain.residual import Residuals
    from cmock_py.trace import Call, Stop

DETAILED = 5
"""Differences of which the values are shown."""
_ROOM = ((MARKS, DETAILED), (8, 4), (6, 3), (4, 2), (3, 2), (3, 1), (2, 1), (1, 1))
"""Lines of the table with a difference, and differences with values: as many as the room allows."""
_INDENT = " " * 8
_SHORT = 26


def check_report(
    alignment: Alignment,
    calls: Sequence[Call],
    language: Expectation,
    residuals: Residuals | None = None,
    *,
    stop: Stop | None = None,
    real: int = 0,
    lines: int = LINES,
    over: bool = False,
) -> str:
    """Write the report of a check that failed.

    Args:
        alignment: what differs, or nothing when only the stop makes the check fail.
        calls: the trace.
        language: what was expected.
        residuals: its terms; None when its events come one after another.
        stop: what stopped the SUT, or None; it comes first.
        real: number of calls that real functions answered and no check looks at.
        lines: how many the report may have, about; of differences that find no room the number is told.
        over: the check has taken all calls, and found that more are expected.

    Returns:
        Lines without trailing spaces; the first says what happened.
    """
    if stop is not None:
        head = stop_cause(stop, calls, language)
    elif over and not alignment.differences and not alignment.omitted:  # the search for what is missing was cut short
        head = _more_expected(calls, language, residuals)
    else:
        head = headline(alignment, calls, language)
    hint = _hint(alignment, calls, language, residuals, stop)
    last = ["", f"   hint: {hint}"] if hint else []
    if stop is not None and stop.reason in NOTES and language.own:
        last = ["", *undecided(stop, calls, language)]
    every = len(alignment.differences)
    body: list[str] = []
    for marks, detailed in ((2 * every, every), *_ROOM) if lines > LINES else _ROOM:
        drawn = table(alignment, calls, language, stopped=stop is not None, real=real, marks=marks)
        body = [*drawn, *_details(alignment, calls, language, detailed)]
        if len(body) + len(last) + 2 <= lines:
            break
    return "\n".join([f"FAILED  {head}", "", *body, *last])


# --- the first sentence ---------------------------------------------------------------------------------------------


def headline(alignment: Alignment, calls: Sequence[Call], language: Expectation) -> str:
    """Say in one sentence how calls and language differ."""
    differences = alignment.differences
    count = len(differences) + alignment.omitted
    if count == 0:
        return f"call #{calls[-1].index + 1} was cut short before its arguments were captured"
    if count == 1:
        return _only(differences[0], calls, language) + ("" if alignment.complete else ", and perhaps more")
    kinds = {type(difference) for difference in differences}
    at_least = "" if alignment.complete else "at least "
    if len(kinds) == 1:
        return at_least + _alike(kinds.pop(), count)
    return f"the calls differ from the language in {at_least}{count} places"


def _more_expected(calls: Sequence[Call], language: Expectation, residuals: Residuals | None) -> str:
    """Say that calls are missing at the end, and how many at least where that can be found out."""
    more = 0
    if residuals is not None:
        from cmock_py.explain.situation import situation

        more = min(map(residuals.shortest, situation(language, residuals, calls, len(calls)).left), default=0)
    after = f"after {f'call #{calls[-1].index + 1}' if len(calls) else 'init_lang'}"
    if more:
        return f"at least {counted(more, 'more call')} {'is' if more == 1 else 'are'} expected {after}"
    return f"more calls are expected {after}"


def _only(difference: Difference, calls: Sequence[Call], language: Expectation) -> str:
    """Name the only difference with its place."""
    match difference:
        case Missing(event):
            return f"1 expected call was never made: {show_event(in_its_words(language, event))}"
        case Unexpected(call):
            return f"1 call was not expected: {show_call(calls[call])}{at_place(calls[call])}"
        case Wrong(call, arguments=arguments):
            plural = "s" if len(arguments) > 1 else ""
            values = _values(arguments, patterns(language, difference.event, calls[call]))
            return f"a call was made with the wrong argument{plural}: {values}{_where(calls[call])}"
        case WrongAnswer(call):
            return f"a call got another answer than this language says: {_where(calls[call])}"
        case Moved(call, _, direction):
            return f"one call was made in the wrong place: {_where(calls[call])}, came too {direction}"


def _values(arguments: Sequence[WrongArgument], written: Mapping[str, Any]) -> str:
    """Show the values of one wrong argument when they are short enough for the first line."""
    if len(arguments) != 1:
        return ""
    actual = show_value(arguments[0].actual)
    expected = show_expected(arguments[0].expected, written.get(arguments[0].name), _SHORT)
    if actual == expected or max(len(actual), len(expected)) > _SHORT:
        return ""
    return f"{arguments[0].name}={actual} instead of {expected} in "


def _where(call: Call) -> str:
    return f"{function_name(call)}, call #{call.index + 1}{at_place(call)}"


def _alike(kind: type, count: int) -> str:
    """Count differences of one kind."""
    return {
        Missing: f"{count} expected calls were never made",
        Unexpected: f"{count} calls were not expected",
        Wrong: f"{count} calls were made with the wrong arguments",
        WrongAnswer: f"{count} calls got other answers than this language says",
        Moved: f"{count} calls were made in the wrong place",
    }[kind]


# --- below the table ------------------------------------------------------------------------------------------------


def _details(alignment: Alignment, calls: Sequence[Call], language: Expectation, most: int) -> list[str]:
    """Show the values that differ, and where in C the other calls come from."""
    only = len(alignment.differences) == 1
    told = [difference for difference in alignment.differences if _has_details(difference, calls, only=only)]
    lines: list[str] = []
    for difference in told[:most]:
        lines += ["", *_detail(difference, calls, language)]
    if len(told) > most:
        lines += ["", f"      ... and {counted(len(told) - most, 'more such call')}"]
    return lines


def _has_details(difference: Difference, calls: Sequence[Call], *, only: bool) -> bool:
    """Whether anything is left to say that neither the table nor the headline, which names the only one, does."""
    match difference:
        case Missing():
            return False
        case Unexpected(call) | Moved(call):
            return not only and calls[call].place is not None
    return True


def _detail(difference: Difference, calls: Sequence[Call], language: Expectation) -> list[str]:
    match difference:
        case Missing():
            return []
        case Unexpected(call):
            return [f"   +  {_title(calls[call], None, language)}"]
        case Moved(call, event):
            return [f"   ~  {_title(calls[call], event, language)}"]
        case Wrong(call, event, arguments, answer):
            written = patterns(language, event, calls[call])
            inner = [line for known in arguments for line in argument_details(known, written.get(known.name))]
            inner = inner or cut_arguments(calls[call])
            inner = inner or ["the check in C sees a difference that the decoded values do not show"]
            inner += _of_answer(answer, calls, language) if answer else []
        case WrongAnswer(call, event):
            inner = _of_answer(difference, calls, language)
    return [f"   !  {_title(calls[call], event, language)}:", *(_INDENT + line for line in inner)]


def _of_answer(wrong: WrongAnswer, calls: Sequence[Call], language: Expectation) -> list[str]:
    """Show the answer that was expected and that of the call, which another line of the language that ran may have."""
    lines = answer_details(wrong)
    by = calls[wrong.call].event if language.own else None
    if by is not None and by != wrong.event and language.events[by].line:
        lines.append(f"{' ' * len('answer:  ')}the call was answered by {language.line_of(language.events[by].place)}")
    return lines


def _title(call: Call, event: int | None, language: Expectation) -> str:
    """Name a call with its line of the language and its place in C."""
    line = "" if event is None else language.line_of(language.events[event].place)
    name = ", ".join(filter(None, (function_name(call), line)))
    return f"call #{call.index + 1}, {name}{at_place(call, ', ')}{in_thread(call.thread)}"


def _hint(
    alignment: Alignment,
    calls: Sequence[Call],
    language: Expectation,
    residuals: Residuals | None,
    stop: Stop | None,
) -> str | None:
    """Choose the hint; after a refused call it is about that call."""
    differences = alignment.differences
    refused: int | None = None
    if stop is not None:
        refused = (
            stop.call if stop.reason == "unexpected" and stop.call is not None and stop.call < len(calls) else None
        )
    elif len(differences) == 1 and isinstance(differences[0], Unexpected):
        refused = differences[0].call
    if refused is None or any(isinstance(known, Wrong) and known.call == refused for known in differences):
        return None if stop is not None else _hint_for_several(differences, calls, language, residuals)
    if residuals is None:
        return hint_for_call(
            calls[refused], language, alignment.events_end if stop else min(refused, len(language.events))
        )
    if refused > REPLAYED:
        return None
    from cmock_py.explain.situation import situation
    from cmock_py.explain.why import hint_for_refused

    return hint_for_refused(calls[refused], situation(language, residuals, calls, refused, known=alignment))


def _hint_for_several(
    differences: Sequence[Difference], calls: Sequence[Call], language: Expectation, residuals: Residuals | None
) -> str | None:
    """Find one explanation of what differs: of missing calls a repetition that ended too early."""
    if residuals is not None and differences and all(isinstance(difference, Missing) for difference in differences):
        from cmock_py.explain.situation import situation
        from cmock_py.explain.why import hint_for_missing

        missing = [difference.event for difference in differences if isinstance(difference, Missing)]
        return hint_for_missing(missing, situation(language, residuals, calls, len(calls)))
    return hint_for_differences(differences, calls, language.events, language.written or ())
