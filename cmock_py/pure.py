"""Languages and traces without any C: what a language allows, step by step, and whether it allows a trace.

The functions take a language as text, as terms, or as the `Residual` that a step has left. They decide as the engines
do (`lang.semantics` is the definition of both). The names of the headers are known where a trace of `get_trace` is
given; where a decision would need one that is not, it is an error, and no decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from cmock_py.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    Fault,
    FaultyInputError,
    UndecidedCheck,
    UnknownNameError,
)
from cmock_py.lang.constants import Constants
from cmock_py.lang.findings import Findings
from cmock_py.lang.limits import DEFAULT, Limits, checked, listed
from cmock_py.lang.misplaced import misplaced
from cmock_py.lang.names import as_written, errno_number, event_as_written, replace_in_event, used_names
from cmock_py.lang.nodes import (
    NULL,
    REAL,
    WILDCARD,
    Between,
    Bind,
    Both,
    Compare,
    Event,
    Name,
    Named,
    Node,
    OneOf,
    OutValue,
    Predicate,
    Regex,
    Rest,
)
from cmock_py.lang.recursion import reading, room_for
from cmock_py.lang.render import render_event
from cmock_py.lang.residuals import Meaning, Taken, meaning
from cmock_py.lang.searching import searching
from cmock_py.lang.semantics import decide, steps
from cmock_py.lang.structure import structure
from cmock_py.lang.taking import checking, of_function, running
from cmock_py.lang.unknown import free_names, left_open
from cmock_py.lang.walk import walk
from cmock_py.trace import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cmock_py.lang.residuals import Take, Term
    from cmock_py.lang.semantics import Step
    from cmock_py.spec.model import ApiSpec

    Functions: TypeAlias = Mapping[str, Callable[..., Any]] | None
    Language: TypeAlias = "str | Node | Residual"
    Made: TypeAlias = "str | Event | Call"
    Open: TypeAlias = tuple[Event, Taken | None]
    Decided: TypeAlias = "tuple[Step | None, Step | None, frozenset[Term]]"

_PATTERNS = (Between, Bind, Both, Compare, OneOf, OutValue, Predicate, Regex, Rest)


@dataclass(frozen=True, slots=True)
class Residual:
    """What is left of a language after some calls; every function of this module takes it as a language.

    Attributes:
        meaning: the whole language.
        terms: all that may be left of it; more than one where the calls can be understood in several ways.
        limits: that the language was read with; they hold for the next steps, too, where no others are given.
    """

    meaning: Meaning
    terms: frozenset[Term]
    limits: Limits = DEFAULT

    def __repr__(self) -> str:
        """Say what may come now."""
        listed = ", ".join(map(render_event, enabled(self))) or "nothing"
        return f"<Residual: {listed}{' may come, or the end' if accepts(self) else ''}>"


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a language says to a call; true when it allows the call.

    Attributes:
        event: the event that answers, None when the call is not allowed.
        rival: another event that answers differently, when nothing decides between the two; then nothing is left.
        answer: what is answered.
        left: what is left of the language.
    """

    event: Event | None
    rival: Event | None
    answer: Any
    left: Residual

    def __bool__(self) -> bool:
        """Be true when the call is allowed and its answer is decided."""
        return self.event is not None and self.rival is None


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a language allows a trace; true when it does.

    Attributes:
        ok: the decision.
        calls: how many calls from the first on have a path through the language; the next one has none, or, when that
            is all of them, calls are missing.
        expected: the events that could have come there.
    """

    ok: bool
    calls: int
    expected: tuple[Event, ...]

    def __bool__(self) -> bool:
        """Be as true as the decision."""
        return self.ok

    def __str__(self) -> str:
        """Say it in one line."""
        listed = ", ".join(f"{render_event(event)} ({event.place})" for event in self.expected) or "nothing more"
        return "allowed" if self.ok else f"after {self.calls} calls; expected: {listed}"


# --- public functions -----------------------------------------------------------------------------------------------


def accepts(lang: Language, *, limits: Limits | None = None) -> bool:
    """Tell whether the calls may end here.

    >>> accepts("OPTIONAL[ stack.new() -> 1 ]"), accepts("stack.new() -> 1")
    (True, False)
    """
    return any(term.nullable for term in _left(lang, limits=limits).terms)


def enabled(lang: Language, *, functions: Functions = None, limits: Limits | None = None) -> tuple[Event, ...]:
    """List the events that may come next, in the order of the text; what is bound stands for its name.

    >>> [event.function for event in enabled("OPTIONAL[ a.f() ]  XALT[ a.g(), a.h() ]  a.i()")]
    ['f', 'g', 'h']
    """
    left = _left(lang, functions, limits=limits)
    found: dict[int, Event] = {}

    def note(event: Event, values: Mapping[str, Any]) -> Taken:
        return Taken(replace_in_event(event, lambda name: values.get(name, Name(name)), str))

    for step in _all_steps(left, note):
        found.setdefault(step.number, step.taken.answer)
    return tuple(event_as_written(found[number]) for number in sorted(found))


def step(
    lang: Language,
    call: Made,
    *,
    spec: ApiSpec | None = None,
    ambiguous: str = "error",
    strict: bool = False,
    functions: Functions = None,
    limits: Limits | None = None,
) -> Stepped:
    """Let a language answer a call, as the engines do while the SUT runs.

    Args:
        lang: the language, or what an earlier step has left of it.
        call: text such as ``"stack.push(1, 4)"``, an `EVENT` whose arguments are values, or a recorded `Call`.
        spec: says which arguments are `matched`; without it none is, and arguments only choose between answers.
        ambiguous: ``"first"`` lets the event that is written first answer where nothing decides.
        strict: whether a second way to take the call is an error, whatever it answers.
        functions: what ``@name`` means, by name.
        limits: of the language, and how many ways to understand the calls are kept.

    Returns:
        What the language says; false when the call is refused.

    Raises:
        UsageError: language or call are wrong.
        UnknownNameError: what it says hangs on a name that only the headers know, or on that of an argument.
        UndecidedCheck: there are more ways than may be kept.

    >>> first = step("XALT[ SEQ[ a.f() -> 1  a.g() ]  a.f() -> 1 ]", "a.f()")
    >>> first.answer, first.left
    (1, <Residual: a.g() may come, or the end>)
    >>> bool(step(first.left, "a.f()"))
    False
    """
    if ambiguous not in {"error", "first"}:
        message = f"ambiguous={ambiguous!r} is neither 'error' nor 'first'"
        raise ArgumentValueError(message)
    left = _left(lang, functions, in_order=ambiguous == "first", limits=limits)
    calls = list(_calls([call]))
    if len(calls) != 1:
        message = f"step takes one call, not {len(calls)}; verify takes a trace"
        raise ArgumentValueError(message)
    (made,) = calls
    seen, matched = _seen(made, spec)
    open_: list[Open] = []
    take = running(seen, matched)
    found = _all_steps(left, _noting(seen, take, open_))
    policy = "strict" if strict else ambiguous
    _refuse_open(left, seen, take, open_, found, policy=policy)
    first, rival, terms = decide(found, policy)
    _check_count(terms, found, left)
    event, other = (_event(left.meaning, one) for one in (first, rival))
    refused = first is None or not terms
    answer = None if first is None or refused else _value(first.taken.answer[0])
    return Stepped(event, other, answer, left if refused else replace(left, terms=terms))


def verify(
    lang: Language,
    trace: str | Iterable[Made],
    *,
    spec: ApiSpec | None = None,
    functions: Functions = None,
    limits: Limits | None = None,
) -> Verified:
    """Tell whether a language allows a trace: all arguments, and the answers that were given.

    Args:
        lang: the language.
        trace: what `get_trace` returns, or calls as for `step`, or a text that lists them; a call that tells its answer
            is compared with it. The trace of a running mocking knows the names of its headers.
        spec: names the arguments of calls that are given as text, for a language that does: ``os.lock(id: 4)``.
        functions: what ``@name`` means, by name.
        limits: of the language, and how many ways to understand the calls are kept.

    Returns:
        True, or where the trace leaves the language.

    Raises:
        UsageError: language or trace are wrong.
        UnknownNameError: it takes the value of a name that only the headers know.
        UndecidedCheck: there are more ways than may be kept, or a regular expression takes too long.

    >>> verify("PAR[ SEQ[ a.f(1), a.f(2) ], a.g(> 4) ]", "a.f(1) a.g(5) a.f(2)").ok
    True
    >>> print(verify("a.f(1)  a.f(2) -> 7", "a.f(1)  a.f(3)"))
    after 1 calls; expected: a.f(2) -> 7 (language:1:9)
    """
    numbers = getattr(trace, "numbers", None)
    constants = None if numbers is None else Constants(ask=numbers)
    with searching():
        return _verified(_left(lang, functions, limits=limits, constants=constants), trace, spec, constants)


def _noting(call: Call, take: Take, open_: list[Open]) -> Take:
    """Take a call as *take* does, and note the events of its function that do not fit with all arguments."""

    def noting(event: Event, values: Mapping[str, Any]) -> Taken | None:
        taken = take(event, values)
        if of_function(event, call) and not (taken is not None and taken.exact):
            open_.append((replace_in_event(event, lambda name: values.get(name, Name(name)), str), taken))
        return taken

    return noting


def _refuse_open(
    left: Residual, call: Call, take: Take, open_: Sequence[Open], found: list[Step], *, policy: str
) -> None:
    """Refuse to decide where it would be decided otherwise if an event did fit, for all that is known of its names."""

    def exactly(event: Event, values: Mapping[str, Any]) -> Taken | None:
        taken = take(event, values)
        return taken if taken is not None and taken.exact else None

    if len(found) == 1 and all(taken is not None for _, taken in open_):
        return  # one event alone answers whatever its names stand for
    unknown = free_names(left.meaning.events) if open_ else set()
    said = _said(decide(found, policy))
    for event, taken in open_:
        name = left_open(event, call, unknown, exactly)
        if name is None:
            continue
        fitting = [s._replace(taken=s.taken._replace(exact=True)) if s.taken is taken else s for s in found]
        if taken is None or _said(decide(fitting, policy)) != said:
            _refuse(event_as_written(event), as_written(name), f"say it: let {as_written(name)} = ...")


def _said(decided: Decided) -> tuple[Any, ...]:
    """What is compared of two decisions: the events, what they answer, and what is left."""
    *events, terms = decided
    return *(one and (one.number, repr(one.taken.answer)) for one in events), terms


def _verified(
    begin: Residual, trace: str | Iterable[Made], spec: ApiSpec | None, constants: Constants | None
) -> Verified:
    known = None if constants is None else constants.numbers(free_names(begin.meaning.events))
    now = begin
    made: list[Call] = []
    for call in _calls(trace):
        if call.event is None and call.answer == REAL:
            continue
        made.append(call if spec is None else _seen(call, spec)[0])
        found = [] if call.event is None else _all_steps(now, _checking(made[-1], known))
        if not found:
            return _left_language(begin, now, made, known, len(made) - 1)
        left = frozenset(one.left for one in found)
        _check_count(left, found, now)
        now = replace(now, terms=left)
    if not accepts(now):
        return _left_language(begin, now, made, known, len(made))
    return Verified(ok=True, calls=len(made), expected=())


def _left_language(
    begin: Residual, now: Residual, made: Sequence[Call], known: Mapping[str, int] | None, calls: int
) -> Verified:
    """Say where a trace leaves the language, if that does not hang on names that nobody has told."""
    _refuse_unknown(begin, made, known, take=lambda call: _checking(call, known))
    return Verified(ok=False, calls=calls, expected=enabled(now))


def _checking(call: Call, known: Mapping[str, int] | None) -> Take:
    """Check a call with the numbers of the headers; what the language binds comes before them."""
    take = checking(call)
    return take if not known else lambda event, values: take(event, {**known, **values})


def _refuse_unknown(
    left: Residual, made: Sequence[Call], known: Mapping[str, int] | None, *, take: Callable[[Call], Take]
) -> None:
    """Refuse to say no where a name that only the headers know, or that of an argument, might have said yes."""
    unknown = free_names(left.meaning.events) - (known or {}).keys()
    for event in left.meaning.events:
        if unknown.isdisjoint(used_names(event)) and not any(isinstance(arg, Named) for arg in event.args):
            continue
        for call in made:
            name = left_open(event, call, unknown, take(call))
            if name is not None:
                hint = f"give what get_trace() returns itself, or say it: let {as_written(name)} = ..."
                _refuse(event_as_written(event), as_written(name), hint, has_headers=known is not None)


def _refuse(event: Event, name: str, hint: str, *, has_headers: bool = False) -> None:
    if any(isinstance(arg, Named) and arg.name == name for arg in event.args):
        message = f"{event.place}: which argument of {event.function} is {name!r}?"
        hint = "give the spec: spec=spec"
    elif has_headers:
        message = (
            f"{event.place}: {name!r} in {render_event(event)} is neither bound before, nor a constant of the headers"
        )
        hint = f"say what it is: let {name} = ..."
    else:
        message = f"{event.place}: what {name!r} stands for in {render_event(event)} only the headers know"
    raise UnknownNameError(f"{message}\n  help: {hint}")


def validate(lang: str | Node, spec: ApiSpec, *, limits: Limits | None = None) -> tuple[Fault, ...]:
    r"""List what is wrong with a language without any headers: its text, unknown functions, arguments, answers.

    What the headers decide, types and the names of constants, `init_lang` checks.

    >>> from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec
    >>> spec = ApiSpec([ApiModule("stack", [ApiFunction("pop", "int", [ApiArg("int", "s")])])])
    >>> print(*validate("stack.pop(1) -> 2  stack.pop(1)  stack.pop() -> 2", spec), sep="\n")
    language:1:20: stack.pop returns int, but the event has no answer; write -> value
    language:1:34: stack.pop takes 1 argument (s), but the event lists 0
    """
    from cmock_py.bind.outline import faults_of

    _check_spec(spec)
    findings, read = Findings(), checked(limits)
    try:
        with reading(lang, read):
            expanded = _expanded(lang, read, Constants(ask=lambda names: dict.fromkeys(names, 1)), findings)
            events = structure(expanded, read)[0]
    except FaultyInputError as error:
        return tuple(error.faults)
    findings.add(faults_of(events, spec))
    return findings.faults


def _check_spec(spec: Any) -> None:
    from cmock_py.spec.model import ApiSpec

    if not isinstance(spec, ApiSpec):
        message = f"validate takes a spec, not {type(spec).__name__}; load_spec reads one from a file"
        raise ArgumentTypeError(message)


# --- languages and calls as they are given --------------------------------------------------------------------------


def _left(
    lang: Language,
    functions: Functions = None,
    *,
    in_order: bool = False,
    limits: Limits | None = None,
    constants: Constants | None = None,
) -> Residual:
    if isinstance(lang, Residual):
        return replace(lang, limits=checked(limits, lang.limits))
    read = checked(limits)
    if functions is not None:
        from cmock_py.lang.given import check_functions

        check_functions(functions)
    with reading(lang, read):
        found = meaning(_expanded(lang, read, constants), functions, in_order=in_order, limits=read)
    return Residual(found, frozenset([found.term]), read)


def _expanded(lang: Any, limits: Limits, constants: Constants | None = None, findings: Findings | None = None) -> Node:
    from cmock_py.lang.expand import expand
    from cmock_py.lang.given import tree_of
    from cmock_py.lang.scope import resolve

    noted = Findings() if findings is None else findings
    expanded = expand(tree_of(lang, noted, limits), constants=constants, findings=noted, limits=limits)
    tree = resolve(expanded, noted)
    for event in walk(tree):
        if isinstance(event, Event):
            noted.add(Fault(str(event.place), f"{event.function}: {why}") for why in misplaced(event))
    if findings is None:
        noted.check()
    return tree


def _calls(trace: Any) -> Iterator[Call]:
    """Make calls of what is given: recorded ones are taken as they are."""
    if isinstance(trace, (Event, Call)):
        trace = [trace]
    if not isinstance(trace, Iterable):
        given = f"{trace!r:.60} ({type(trace).__name__})"
        message = f"a trace is what get_trace() returns, a text, or a list of calls, not {given}"
        raise ArgumentTypeError(message)
    for given in [trace] if isinstance(trace, str) else trace:
        if isinstance(given, Call):
            yield given
        else:
            yield from map(_made, _listed(given))


def _listed(given: Any) -> Sequence[Event]:
    """The events that a text lists one after another, or the one that is given."""
    if isinstance(given, Event):
        return [given]
    if not isinstance(given, str):
        message = f"a call is text, an EVENT or a recorded Call, not {given!r:.60} ({type(given).__name__})"
        raise ArgumentTypeError(message)
    from cmock_py.lang.parse import parse

    items = parse(given, "calls").items
    wrong = [item for item in items if not isinstance(item, Event)]
    if wrong:
        message = f"{wrong[0].place}: a trace lists calls one after another; {type(wrong[0]).__name__.upper()} is none"
        raise ArgumentValueError(message)
    return [item for item in items if isinstance(item, Event)]


def _made(event: Event) -> Call:
    """Take an event for a call that was made: its arguments are values, and no answer is one that nobody knows."""
    named = {arg.name: arg.pattern for arg in event.args if isinstance(arg, Named)}
    if named and len(named) < len(event.args):
        message = f"{event.place}: the arguments of a call are listed in order, or all of them by name"
        raise ArgumentValueError(message)
    values = tuple(named.values()) if named else event.args
    for value in values:
        if value is WILDCARD or isinstance(value, _PATTERNS):
            message = f"{event.place}: {render_event(event)} is no call: an argument is a value, not a pattern"
            raise ArgumentValueError(message)
    answer = WILDCARD if event.answer is None else _value(event.answer)
    errno = WILDCARD if event.errno is None else errno_number(event.errno)
    return Call(0, event.module, event.function, tuple(named), values, answer, 0, errno=errno)


def _value(answer: Any) -> Any:
    return None if answer is NULL else answer


def _seen(call: Call, spec: ApiSpec | None) -> tuple[Call, Callable[[Call, int], bool]]:
    """Name the arguments of a call as the spec does; say which of them are matched."""
    if spec is None:
        return call, lambda _call, _index: False
    found = [f for m, f in spec.functions if f.name == call.function and call.module in {m.name, ""}]
    if len(found) != 1:
        message = f"the spec has no function {call.function!r}" if not found else f"which {call.function!r} is meant?"
        raise ArgumentValueError(message)
    ins = found[0].ins
    return replace(
        call, names=call.names or tuple(arg.name for arg in ins)
    ), lambda _, i: i < len(ins) and ins[i].matched


def _all_steps(left: Residual, take: Take) -> list[Step]:
    with room_for(left.limits.depth):
        return [one for term in left.terms for one in steps(term, take, left.meaning.constants)]


def _event(found: Meaning, one: Step | None) -> Event | None:
    return None if one is None else event_as_written(found.events[one.number])


def _check_count(terms: frozenset[Term], found: Sequence[Step], left: Residual) -> None:
    """Refuse more ways than are kept; the steps to them tell which part of the language it is."""
    limits = left.limits
    if len(terms) <= limits.configurations:
        return
    events = [left.meaning.events[number] for number in sorted({one.number for one in found})]
    lines = ", ".join(dict.fromkeys(str(event.place) for event in (events[0], events[-1])))
    message = (
        f"there are more than {limits.configurations} ways to understand the calls so far; the last of them is one of "
        f"{listed(event[:2] for event in events)} ({lines})\n"
        f"  help: let arguments tell the parts apart; or {limits.allowing_some('configurations', 16)}"
    )
    raise UndecidedCheck(message)
