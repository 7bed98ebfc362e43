"""Examples that others have published: languages, what is called, and what must become of it.

`tests/oracle/test_published.py` asks the definition, `tests/e2e/published` the engines in a real host. Of the issues of
other tools only what their authors wanted is taken over, written in our language.
"""

from __future__ import annotations

from dataclasses import dataclass

UNEXPECTED, AMBIGUOUS = "unexpected", "ambiguous"


@dataclass(frozen=True, slots=True)
class Example:
    """One example.

    Attributes:
        name: of the test.
        source: where it was published.
        lang: the language; `m` is its module.
        calls: each with its answer, or `UNEXPECTED` or `AMBIGUOUS`, which ends the run.
        verdict: of the check after that; None when the run has ended before.
        functions: number of arguments and result type of each function, ``*`` behind the number: they are matched.
        strict: whether the original's rule is asked.
        ambiguous: as for `init_lang`.
    """

    name: str
    source: str
    lang: str
    calls: tuple[tuple[str, int | str | None], ...]
    verdict: bool | None = True
    functions: str = ""
    strict: bool = False
    ambiguous: str = "error"

    @property
    def signatures(self) -> dict[str, tuple[int, str, bool]]:
        """The functions: number of arguments, result type, whether arguments are matched."""
        found = {}
        for text in self.functions.split():
            name, count, result = text.split(":")
            found[name] = int(count.rstrip("*")), result, count.endswith("*")
        return found


STACK = "m.new() -> 123456  m.push(123456, 4)  m.push(123456, 6)  m.pop(123456) -> 6"
STACK_FUNCTIONS = "new:0:int push:2:void pop:1:int"
MANUAL = "the manual of eqc_mocking_c, session on the stack"
TABLE = "eqc: what its stepper in C does"
COUNTED = "f:1:int"

TROMPELOEIL_204 = "m.set(1)  REPLICATE[ m.get() -> 1 ]  m.set(2)  REPLICATE[ m.get() -> 2 ]"
PARTIAL_ORDER = "PAR[ m.a(), m.b(), m.c() ]  m.final()"
FOUR = "a:0:void b:0:void c:0:void final:0:void"
EQUAL = f"PAR[ {'m.q(_, 1, 2)  ' * 8}]"

EXAMPLES = (
    Example("stack_run_1", MANUAL, STACK,
            (("m.new()", 123456), ("m.push(123456, 4)", None), ("m.push(123456, 6)", None), ("m.pop(123456)", 6)),
            functions=STACK_FUNCTIONS),
    Example("stack_run_2_without_the_pop", MANUAL, STACK,
            (("m.new()", 123456), ("m.push(123456, 4)", None), ("m.push(123456, 6)", None)),
            verdict=False, functions=STACK_FUNCTIONS),
    Example("stack_run_3_pops_too_early", MANUAL, STACK, (("m.new()", 123456), ("m.pop(123456)", UNEXPECTED)),
            verdict=None, functions=STACK_FUNCTIONS),
    Example("stack_run_4_pushes_other_values", MANUAL, STACK,
            (("m.new()", 123456), ("m.push(123456, 7)", None), ("m.push(123456, -3)", None), ("m.pop(123456)", 6)),
            verdict=False, functions=STACK_FUNCTIONS),
    Example("case_18_nothing_is_called", "the manual, case 18", "REPLICATE[ m.f(1) -> 1 ]", (), functions=COUNTED),
    Example("case_23_arguments_choose", "the manual, case 23", "XALT[ m.f(1) -> 10, m.f(2) -> 20 ]",
            (("m.f(2)", 20),), functions=COUNTED),
    Example("case_23_matched_arguments_choose", "the manual, case 23", "XALT[ m.f(1) -> 10, m.f(2) -> 20 ]",
            (("m.f(2)", 20),), functions="f:1*:int"),
    Example("case_23_no_argument_fits", "the manual, case 23", "XALT[ m.f(1) -> 10, m.f(2) -> 20 ]",
            (("m.f(3)", 10),), verdict=False, functions=COUNTED),
    Example("case_23_nothing_decides", "the manual, case 23", "XALT[ m.f(_) -> 10, m.f(_) -> 20 ]",
            (("m.f(1)", AMBIGUOUS),), verdict=None, functions=COUNTED),
    Example("choice_by_argument_strict", TABLE, "XALT[ m.f(1) -> 10, m.f(2) -> 20 ]", (("m.f(2)", AMBIGUOUS),),
            verdict=None, functions=COUNTED, strict=True),
    Example("choice_by_matched_argument_strict", TABLE, "XALT[ m.f(1) -> 10, m.f(2) -> 20 ]", (("m.f(2)", 20),),
            functions="f:1*:int", strict=True),
    Example("side_by_side_unmatched", TABLE, "PAR[ m.f(1) -> 0, m.f(2) -> 0 ]", (("m.f(2)", 0), ("m.f(1)", 0)),
            functions=COUNTED),
    Example("side_by_side_unmatched_strict", TABLE, "PAR[ m.f(1) -> 0, m.f(2) -> 0 ]", (("m.f(2)", AMBIGUOUS),),
            verdict=None, functions=COUNTED, strict=True),
    Example("three_equal_side_by_side", TABLE, "PAR[ m.f(_) -> 0  m.f(_) -> 0  m.f(_) -> 0 ]",
            (("m.f(1)", 0), ("m.f(2)", 0), ("m.f(3)", 0)), functions=COUNTED),
    Example("three_equal_side_by_side_strict", TABLE, "PAR[ m.f(_) -> 0  m.f(_) -> 0  m.f(_) -> 0 ]",
            (("m.f(1)", AMBIGUOUS),), verdict=None, functions=COUNTED, strict=True),
    Example("same_beginning", TABLE, "XALT[ SEQ[ m.f(_) -> 1  m.b() ]  SEQ[ m.f(_) -> 1  m.c() ] ]",
            (("m.f(0)", 1), ("m.c()", None)), functions="f:1:int b:0:void c:0:void"),
    Example("same_beginning_strict", TABLE, "XALT[ SEQ[ m.f(_) -> 1  m.b() ]  SEQ[ m.f(_) -> 1  m.c() ] ]",
            (("m.f(0)", AMBIGUOUS),), verdict=None, functions="f:1:int b:0:void c:0:void", strict=True),
    Example("same_beginning_other_answer", TABLE, "XALT[ SEQ[ m.f(_) -> 1  m.b() ]  SEQ[ m.f(_) -> 9  m.c() ] ]",
            (("m.f(0)", AMBIGUOUS),), verdict=None, functions="f:1:int b:0:void c:0:void"),
    Example("same_beginning_the_first_wins", TABLE, "XALT[ SEQ[ m.f(_) -> 1  m.b() ]  SEQ[ m.f(_) -> 9  m.c() ] ]",
            (("m.f(0)", 1), ("m.c()", UNEXPECTED)), verdict=None, functions="f:1:int b:0:void c:0:void",
            ambiguous="first"),
    Example("optional_then_the_same", TABLE, "OPTIONAL[ m.a() ]  m.a()", (("m.a()", None),), functions="a:0:void"),
    Example("optional_then_the_same_strict", TABLE, "OPTIONAL[ m.a() ]  m.a()", (("m.a()", AMBIGUOUS),),
            verdict=None, functions="a:0:void", strict=True),
    Example("replicate_is_not_greedy", TABLE, "REPLICATE[ m.a()  OPTIONAL[ m.a()  m.b() ] ]",
            (("m.a()", None), ("m.a()", None), ("m.a()", None)), functions="a:0:void b:0:void"),
    Example("replicate_strict", TABLE, "REPLICATE[ m.a()  OPTIONAL[ m.a()  m.b() ] ]",
            (("m.a()", None), ("m.a()", AMBIGUOUS)), verdict=None, functions="a:0:void b:0:void", strict=True),
    Example("eight_equal_events", "egol: PAR of eight equal callouts", EQUAL,
            tuple((f"m.q({number}, 1, 2)", None) for number in range(8)), functions="q:3:void"),
    Example("trompeloeil_204", "rollbear/trompeloeil #204", TROMPELOEIL_204,
            (("m.set(1)", None), ("m.get()", 1), ("m.get()", 1), ("m.set(2)", None), ("m.get()", 2)),
            functions="set:1:void get:0:int"),
    Example("trompeloeil_191_skips_what_may_be_called", "rollbear/trompeloeil #191", "REPLICATE[ m.f() ]  m.g()",
            (("m.g()", None),), functions="f:0:void g:0:void"),
    Example("trompeloeil_191_ends_with_what_may_be_called", "rollbear/trompeloeil #191", "m.f()  REPLICATE[ m.g() ]",
            (("m.f()", None),), functions="f:0:void g:0:void"),
    Example("trompeloeil_269", "rollbear/trompeloeil #269", "REPEAT(1..666)[ m.foo(0) ]  m.foo(0)  m.foo(1)",
            (("m.foo(0)", None), ("m.foo(0)", None), ("m.foo(1)", None)), functions="foo:1:void"),
    Example("googlemock_50", "google/googlemock #50", PARTIAL_ORDER,
            (("m.b()", None), ("m.c()", None), ("m.a()", None), ("m.final()", None)), functions=FOUR),
    Example("googlemock_50_final_too_early", "google/googlemock #50", PARTIAL_ORDER,
            (("m.b()", None), ("m.c()", None), ("m.final()", UNEXPECTED)), verdict=None, functions=FOUR),
    Example("googlemock_187_a_prerequisite_is_open", "google/googlemock #187",
            "REPEAT(5..5)[ m.time() -> 7 ]  m.add(_, _, _)",
            (("m.time()", 7), ("m.add(2004, 1, 2)", UNEXPECTED)), verdict=None, functions="time:0:int add:3:void"),
    Example("googlemock_187_in_any_order", "google/googlemock #187",
            "PAR[ REPEAT(5..5)[ m.time() -> 7 ]  m.add(_, _, _) ]",
            (("m.time()", 7), ("m.add(2004, 1, 2)", None), *(("m.time()", 7),) * 4),
            functions="time:0:int add:3:void"),
)  # fmt: skip
