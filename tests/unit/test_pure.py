"""`pure`: languages and traces without C; `tests/oracle` tests that what they decide is right."""

from __future__ import annotations

import pytest

from cmock_py import (
    COLUMNS,
    EACH,
    EVENT,
    OPTIONAL,
    PAR,
    REAL,
    REPLICATE,
    SEQ,
    WILDCARD,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    ArgumentTypeError,
    ArgumentValueError,
    Call,
    LanguageError,
    LanguageSyntaxError,
    Limits,
    UndecidedCheck,
    UnknownNameError,
    accepts,
    enabled,
    step,
    validate,
    verify,
)

SPEC = ApiSpec(
    [
        ApiModule(
            "stack",
            [
                ApiFunction("new", "Stack"),
                ApiFunction("push", args=[ApiArg("Stack", "s"), ApiArg("int", "val", matched=True)]),
                ApiFunction("pop", "int", [ApiArg("Stack", "s")]),
                ApiFunction("name", "const char *"),
                ApiFunction("peek", "bool", [ApiArg("Stack", "s"), ApiArg("int *", "top", "out")]),
                ApiFunction("depth", "int", silent="0"),
            ],
        ),
        ApiModule("pile", [ApiFunction("pop", "int", symbol="pile_pop")]),
    ]
)


def test_a_language_is_text_a_term_or_what_is_left() -> None:
    """All functions take all three."""
    term = SEQ(EVENT("m", "f", [1], 2), EVENT("m", "g"))
    for lang in ("m.f(1) -> 2  m.g()", term, step("m.a()  m.f(1) -> 2  m.g()", "m.a()").left):
        stepped = step(lang, "m.f(1)")
        assert (stepped.answer, accepts(stepped.left), [e.function for e in enabled(stepped.left)]) == (2, False, ["g"])
        assert verify(lang, "m.f(1) m.g()")


def test_a_call_is_text_an_event_or_recorded() -> None:
    """A call may leave the module out, and may name its arguments."""
    for call in (
        "m.f(1, 2)",
        "f(1, 2)",
        EVENT("m", "f", [1, 2]),
        "f(x: 1, y: 2)",
        Call(0, "m", "f", ("x", "y"), (1, 2)),
    ):
        assert step("m.f(y: 2, x: 1) -> 3" if "x:" in str(call) else "m.f(1, 2) -> 3", call).answer == 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("m.f(_)", "m.f(_) is no call: an argument is a value, not a pattern"),
        ("m.f(> 1)", "m.f(> 1) is no call"),
        ("m.f(1, x: 2)", "listed in order, or all of them by name"),
        ("PAR[ m.f() ]", "calls:1:1: a trace lists calls one after another; PAR is none"),
    ],
)
def test_what_is_no_call_is_refused(call: str, words: str) -> None:
    """Patterns and operators are no calls; the message shows where and what."""
    with pytest.raises(ArgumentValueError) as caught:
        step("m.f(1)", call)
    assert words in str(caught.value)


def test_what_is_no_language_is_refused() -> None:
    """Faults of text and terms are those of `init_lang`, and a list is no language."""
    with pytest.raises(LanguageSyntaxError):
        accepts("m.f(")
    with pytest.raises(ArgumentTypeError, match="wrap it: SEQ"):
        accepts([EVENT("m", "f")])  # type: ignore[arg-type]
    with pytest.raises(ArgumentTypeError, match="a call is text"):
        step("m.f()", 4)  # type: ignore[arg-type]
    with pytest.raises(ArgumentValueError, match="neither 'error' nor 'first'"):
        step("m.f()", "m.f()", ambiguous="last")


def test_a_refused_call_leaves_the_language_as_it_was() -> None:
    """What is left of a language after a call that it does not allow is all of it."""
    refused = step("m.f()", "m.g()")
    assert not refused
    assert refused.event is None
    assert step(refused.left, "m.f()")


def test_the_spec_says_which_arguments_are_matched() -> None:
    """An unmatched argument does not refuse a call, a matched one does."""
    lang = "stack.push(1, 4)"
    assert step(lang, "stack.push(9, 5)")
    assert step(lang, "stack.push(9, 4)", spec=SPEC)
    assert not step(lang, "stack.push(1, 5)", spec=SPEC)
    with pytest.raises(ArgumentValueError, match="no function 'puhs'"):
        step(lang, "stack.puhs(1, 5)", spec=SPEC)


def test_predicates_are_asked_by_the_check_only() -> None:
    """While the SUT runs a Python predicate fits anything; `verify` asks it; one that is not given is a fault."""
    functions = {"even": lambda value: value % 2 == 0}
    assert step("m.f(@even)", "m.f(3)", functions=functions)
    assert not verify("m.f(@even & > 1)", "m.f(3)", functions=functions)
    assert verify("m.f(@even & > 1)", "m.f(4)", functions=functions)
    with pytest.raises(LanguageError) as caught:
        verify("m.f(@even)", "m.f(4)")
    assert "no Python function is named 'even'" in str(caught.value)


def test_declarations_are_expanded() -> None:
    """`let`, `lang` and answer lists mean here what they mean to the engines."""
    lang = "let top = 3  lang read(n) = adc.read(n)  do read(top)  REPEAT(2..3)[ adc.get() -> each [7, 8, 9] ]"
    left = step(lang, "adc.read(3)").left
    answers = []
    for _ in range(3):
        stepped = step(left, "adc.get()")
        answers.append(stepped.answer)
        left = stepped.left
    assert answers == [7, 8, 9]
    assert not step(left, "adc.get()")


def test_bound_values_flow() -> None:
    """What `?n` has bound is compared and answered later, each branch its own."""
    lang = "PAR[ SEQ[ m.a(?n)  m.b(n) -> n ]  SEQ[ m.c(?k)  m.d(!= k) ] ]"
    assert verify(lang, "m.a(4) m.c(9) m.b(4) -> 4 m.d(8)")
    assert not verify(lang, "m.a(4) m.c(9) m.b(9) m.d(8)")
    assert not verify(lang, "m.a(4) m.c(9) m.b(4) -> 5 m.d(8)")
    left = step(lang, "m.a(4)").left
    assert [event.args for event in enabled(left)] == [(4,), enabled(lang)[1].args]
    assert step(left, "m.b(7)").answer == 4


def test_a_made_up_handle_stands_for_itself() -> None:
    """The handle that a language makes up is known by its name; one that is given has its value."""
    made = step("s = stack.new()  stack.pop(s) -> 1", "stack.new()")
    assert verify("s = stack.new()  stack.pop(s) -> 1", "s = stack.new()  stack.pop(s)")
    assert made.answer == enabled(made.left)[0].args[0]
    assert verify("s = stack.new() -> 7  stack.pop(s) -> 1", "stack.new() -> 7  stack.pop(7)")
    assert not verify("s = stack.new() -> 7  stack.pop(s) -> 1", "stack.new() -> 7  stack.pop(8)")


def test_recorded_calls_count_as_the_check_counts_them() -> None:
    """A refused call is on no path; one that the real function answered is not looked at."""
    good = Call(0, "m", "f", ("x",), (1,), 2, 0)
    refused = Call(1, "m", "f", ("x",), (1,))
    real = Call(1, "m", "h", (), (), REAL)
    assert verify("m.f(1) -> 2", [good, real])
    assert not verify("m.f(1) -> 3", [good])
    assert verify("m.f(1) -> 2  m.f(1) -> 2", [good, refused]).calls == 1


def test_where_a_trace_leaves_the_language_is_told() -> None:
    """The number of calls with a path, and what could have come instead."""
    wrong, short = verify("m.f() m.g()", "m.f() m.h()"), verify("m.f() m.g()", "m.f()")
    assert (wrong.ok, wrong.calls, [event.function for event in wrong.expected]) == (False, 1, ["g"])
    assert str(short) == "after 1 calls; expected: m.g() (language:1:7)"
    assert str(verify("m.f()", "m.f() m.f()")) == "after 1 calls; expected: nothing more"
    assert str(verify("m.f()", "m.f()")) == "allowed"


def test_too_many_ways_are_refused() -> None:
    """The limit is that of `init_lang`; reaching it is an error that says what helps, and no verdict."""
    tangled = PAR(*[SEQ(*[EVENT("m", "f" if (i + k) % (i + 2) else "g") for k in range(12)]) for i in range(8)])
    with pytest.raises(UndecidedCheck) as caught:
        verify(tangled, "m.f() " * 30, limits=Limits(configurations=50))
    assert "more than 50 ways" in str(caught.value)


def test_columns_are_a_sequence() -> None:
    """Many calls given as columns are taken one after another."""
    lang = COLUMNS("m", "f", [range(1000)], [*range(1000)])
    assert verify(lang, [EVENT("m", "f", [number], number) for number in range(1000)])


def test_validate_lists_every_fault() -> None:
    """Unknown and silent functions, arguments, answers: all at once, with their places."""
    faults = validate(
        "stack.puhs(1)  stak.pop(1)  pop(1) -> 2  depth()  stack.push(1)  stack.push(s: 1, vla: 4)\n"
        "XALT[ stack.pop(1), stack.push(1, 2) -> 3 ]  stack.peek(1) -> true  stack.name()",
        SPEC,
    )
    assert [f"{fault.path}: {fault.message}" for fault in faults] == [
        "language:1:1: module 'stack' has no function 'puhs'",
        "language:1:16: there is no module 'stak' in the spec",
        "language:1:29: several modules have a function 'pop'",
        "language:1:42: stack.depth is silent: always callable, never checked, so no event can name it",
        "language:1:51: stack.push takes 2 arguments (s, val), but the event lists 1",
        "language:1:66: stack.push has no argument 'vla'; did you mean 'val'?",
        "language:2:7: stack.pop returns int, but the event has no answer; write -> value",
        "language:2:21: stack.push returns void, but the event answers 3",
        "language:2:46: stack.peek needs the answer {top, result}, but the event answers true",
        "language:2:69: stack.name returns const char *, but the event has no answer; write -> value or -> NULL",
    ]
    assert [fault.hint for fault in faults[:3]] == [
        "did you mean 'push'?",
        "did you mean 'stack'?",
        "write stack.pop or pile.pop",
    ]


def test_validate_accepts_what_fits() -> None:
    """Wildcards, names, outs, real and computed answers have the right shape; what does not parse is a fault."""
    right = (
        "s = stack.new()  stack.push(...)  stack.peek(_, *top = 4) -> true  stack.pop(s) -> @real  stack.pop(_) -> @f"
    )
    assert validate(right, SPEC) == ()
    assert validate(SEQ(EVENT("stack", "pop", [WILDCARD], 4)), SPEC) == ()
    (fault,) = validate("stack.push(1,, 2)", SPEC)
    assert fault.path == "language:1:14"


def test_a_name_that_may_be_unbound_is_a_fault() -> None:
    """Scope is checked as by `init_lang`: a name that only one alternative binds cannot be used behind the choice."""
    with pytest.raises(LanguageError) as caught:
        accepts("XALT[ m.f(?n), m.g() ]  m.h(n)")
    assert "language:1:" in str(caught.value)
    (fault,) = validate("OPTIONAL[ stack.push(_, ?n) ]  stack.push(_, n)", SPEC)
    assert "n" in fault.message


@pytest.mark.parametrize("calls", ["m.f() m.g()", ""])
def test_a_step_is_one_call(calls: str) -> None:
    """A trace is for verify."""
    with pytest.raises(ArgumentValueError, match=r"step takes one call, not [02]; verify takes a trace"):
        step("m.f() m.g()", calls)


def test_validate_takes_a_spec() -> None:
    """A path is loaded first."""
    with pytest.raises(ArgumentTypeError, match="validate takes a spec, not str; load_spec"):
        validate("m.f()", "spec.py")  # type: ignore[arg-type]


def test_members_that_only_names_tell_apart_are_one_way() -> None:
    """Ten clients that each bind a handle are understood in one way, whoever came first."""
    clients = " ".join(f"(m.take(?h{n}) -> 0 m.give(h{n}) -> h{n})" for n in range(10))
    calls = [f"m.take({n}) -> 0" for n in range(10)] + [f"m.give({n}) -> {n}" for n in reversed(range(10))]
    assert verify(f"PAR[{clients}]", " ".join(calls), limits=Limits(configurations=1))
    assert not verify(f"PAR[{clients}]", " ".join([*calls[:-1], "m.give(3) -> 3"]))


def test_counts_of_the_headers_are_unknown_without_them() -> None:
    """A name that counts is refused with what helps, and is nothing that `validate` could judge."""
    with pytest.raises(
        LanguageError, match=r"LIMIT counts here.*\n  help: without headers only let gives a number a name"
    ):
        verify("a.f(){LIMIT}", "a.f()")
    assert verify("let LIMIT = 2  a.f(){LIMIT}", "a.f() a.f()")
    spec = ApiSpec([ApiModule("a", [ApiFunction("f")])])
    assert validate("a.f(){LIMIT}", spec) == ()


def test_long_answer_lists_nest_nothing() -> None:
    """A thousand rounds of several calls are stepped and checked as a few are."""
    lang = REPLICATE(EVENT("m", "f", [], EACH(range(1000))), OPTIONAL(EVENT("m", "g")), EVENT("m", "h"))
    word = [event for number in range(1000) for event in (EVENT("m", "f", [], number), EVENT("m", "h"))]
    assert verify(lang, word)
    assert not verify(lang, word[:-1])
    assert verify(lang, [*word, EVENT("m", "f")]).calls == 2000


def test_errno_that_an_argument_is_bound_to_is_a_name_like_others() -> None:
    """It stands for its value in what may come next, and is used outside of the member that binds it."""
    left = step(step("m.f(?n) -> 0  (m.f(?n) -> 0  m.h(*errno = n) -> 1)", "m.f(5)").left, "m.f(6)").left
    assert [event.errno for event in enabled(left)] == [6]
    assert step(left, "m.h()").event == EVENT("m", "h", [], 1, errno="n")
    lang = "PAR[ m.f(?a) -> 0, m.k() -> 0 ]  XALT[ m.h(*errno = a) -> 1, (m.h(*errno = 5) -> 1  m.k()) ]"
    left = step(step(lang, "m.f(5)").left, "m.k()").left
    assert step(left, "m.h()").rival is None


@pytest.mark.parametrize(
    ("lang", "calls"),
    [
        ("os.lock(EINTR)", "os.lock(4)"),
        ("os.lock(A|B)", "os.lock(3)"),
        ("os.lock(< LIMIT)", "os.lock(3)"),
        ("os.lock(!= LIMIT)", "os.lock(3)"),
        ("os.lock([1, LIMIT])", "os.lock([1, 2])"),
        ("os.lock(1) -> LIMIT", "os.lock(1) -> 3"),
        ("XALT[ SEQ[os.lock(ONE) os.go()]  SEQ[os.lock(1) os.stop()] ]", "os.lock(1) os.go()"),
    ],
    ids=["name", "flags", "less", "not", "element", "answer", "one-way-of-two"],
)
def test_what_a_name_of_the_headers_would_decide_is_an_error(lang: str, calls: str) -> None:
    """Without headers nobody knows what the name stands for: that is said, and no verdict is given."""
    with pytest.raises(UnknownNameError, match=r"only the headers know\n  help: .* let \w+ = \.\.\."):
        verify(lang, calls)
    given = "let EINTR = 4  let A = 1  let B = 2  let LIMIT = 7  let ONE = 1 "
    assert verify(given + lang, calls).ok == ("[1" not in lang and "->" not in lang)


def test_a_name_that_decides_nothing_is_no_error() -> None:
    """A call that the language refuses whatever the name stands for is refused."""
    assert not verify("os.lock(EINTR, 5)", "os.lock(4, 6)")
    assert not verify("os.lock(EINTR)", "os.free(4)")
    assert verify("os.lock(EINTR)", "os.lock(EINTR)")
    assert verify("n = os.new() os.lock(n)", "n = os.new() os.lock(n)")


def test_arguments_by_name_need_a_spec_where_the_calls_have_no_names() -> None:
    """The spec names the arguments of calls that are given as text; without it nobody knows which is meant."""
    spec = ApiSpec([ApiModule("os", [ApiFunction("lock", "void", [ApiArg("int", "id"), ApiArg("int", "ms")])])])
    assert verify("os.lock(1, ms: 4)", "os.lock(1, 4)", spec=spec)
    assert not verify("os.lock(1, id: 4)", "os.lock(1, 4)", spec=spec)
    with pytest.raises(UnknownNameError, match=r"which argument of lock is 'ms'\?\n  help: give the spec: spec=spec"):
        verify("os.lock(1, ms: 4)", "os.lock(1, 4)")


def test_a_step_does_not_refuse_for_an_unknown_name() -> None:
    """A call that only the value of a name could refuse is an error."""
    with pytest.raises(UnknownNameError, match="only the headers know"):
        step(
            "os.lock(EINTR)",
            "os.lock(4)",
            spec=ApiSpec([ApiModule("os", [ApiFunction("lock", "void", [ApiArg("int", "id", matched=True)])])]),
        )


@pytest.mark.parametrize(
    ("lang", "call", "answer"),
    [
        ("m.open_(_, READ) -> 3 | m.open_(_, WRITE) -> 4", 'm.open_("a", 2)', 4),
        ("m.open_(_, 2) -> 4 | m.open_(_, READ) -> 3", 'm.open_("a", 1)', 3),
        ("m.open_(_, READ) -> 3 | m.open_(_, _) -> 4", 'm.open_("a", 2)', 4),
        ("m.open_(_, 7) -> 4 | m.open_(?n, READ|WRITE) -> 3", 'm.open_("a", 3)', 3),
    ],
    ids=["names", "number-first", "wildcard", "flags"],
)
def test_a_step_does_not_choose_by_an_unknown_name(lang: str, call: str, answer: int) -> None:
    """Where the value of a name decides which event answers, it is an error; the number told, it decides."""
    with pytest.raises(UnknownNameError, match=r"only the headers know\n  help: say it: let \w+ = \.\.\."):
        step(lang, call)
    assert step("let READ = 1  let WRITE = 2  " + lang, call).answer == answer


def test_a_step_matched_by_a_name_beside_another_is_an_error() -> None:
    """A matched argument that a name might allow is not passed over for the event that is sure."""
    spec = ApiSpec([ApiModule("os", [ApiFunction("lock", "int", [ApiArg("int", "id", matched=True)])])])
    with pytest.raises(UnknownNameError, match="'READ'"):
        step("os.lock(_) -> 1 | os.lock(READ) -> 2", "os.lock(4)", spec=spec)


def test_a_step_by_the_name_of_an_argument_needs_a_spec() -> None:
    """The name of an argument tells two events apart only where the spec says which it is."""
    spec = ApiSpec([ApiModule("os", [ApiFunction("lock", "int", [ApiArg("int", "id")])])])
    lang = "os.lock(id: 1) -> 4 | os.lock(id: 2) -> 3"
    assert step(lang, "os.lock(2)", spec=spec).answer == 3
    with pytest.raises(UnknownNameError, match="give the spec"):
        step(lang, "os.lock(2)")


def test_a_step_that_no_name_decides_is_taken() -> None:
    """One event alone answers whatever the name stands for; so do two that a known argument tells apart."""
    assert step("os.lock(EINTR) -> 1", "os.lock(4)").answer == 1
    assert step("os.lock(1, READ) -> 3 | os.lock(2, 5) -> 4", "os.lock(2, 5)").answer == 4
    left = step("os.new(?s) -> 0  (os.lock(s, READ) -> 3 | os.lock(_, 1) -> 4)", "os.new(7)").left
    assert step(left, "os.lock(8, 1)").answer == 4


@pytest.mark.parametrize("trace", [SEQ(EVENT("m", "f")), 3], ids=["term", "number"])
def test_what_is_no_trace_is_told(trace: object) -> None:
    """A term of the language, or anything else, is no list of calls."""
    with pytest.raises(ArgumentTypeError, match=r"a trace is what get_trace\(\) returns, a text, or a list of calls"):
        verify("m.f()*", trace)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("functions", "message"),
    [([1], "give a dict"), ({1: abs}, "the name 1 is no text"), ({"f": 4}, "'f' is 4")],
    ids=["list", "name", "no-function"],
)
def test_what_are_no_functions_is_told(functions: object, message: str) -> None:
    """``functions=`` is a dict of Python functions."""
    with pytest.raises(ArgumentTypeError, match=message):
        verify("m.f()", "m.f()", functions=functions)  # type: ignore[arg-type]
