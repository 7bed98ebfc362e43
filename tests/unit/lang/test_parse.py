"""The text of the language: what it means, where it stands, and how it fails."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
from random import Random

import pytest

from cmock_py.errors import ArgumentTypeError, LanguageSyntaxError
from cmock_py.lang.nodes import (
    NULL,
    WILDCARD,
    AnswerEach,
    AnswerFrom,
    AnswerReal,
    Between,
    Bind,
    Both,
    Compare,
    Define,
    Event,
    Flags,
    Include,
    Let,
    Name,
    Named,
    OneOf,
    OutValue,
    Predicate,
    Regex,
    Rest,
    Seq,
    Use,
    Xalt,
)
from cmock_py.lang.parse import parse
from cmock_py.lang.walk import walk
from cmock_py.trace import Character
from tests.work import work_of


def _event(text: str) -> Event:
    """Parse a text of one event."""
    (event,) = parse(text).items
    assert isinstance(event, Event)
    return event


ARGUMENTS = [
    ("?n", Bind("n")),
    (">= 5", Compare(">=", 5)),
    ("1..64", Between(1, 64)),
    ("-1.5..MAX", Between(-1.5, Name("MAX"))),
    ("'a'..'z'", Between("a", "z")),
    ("in {1, 2,}", OneOf((1, 2))),
    ('~"GET .*"', Regex("GET .*")),
    ("@even", Predicate("even")),
    ("> 0 & < 10", Both((Compare(">", 0), Compare("<", 10)))),
    ("val: 1..2", Named("val", Between(1, 2))),
    ("*speed = [42, _]", OutValue("speed", [42, WILDCARD])),
    ("...", Rest()),
    ("_", WILDCARD),
    ("EINTR", Name("EINTR")),
    ("true", True),
    ("NULL", None),
    ("{id: 7, in_: {x: 1}}", {"id": 7, "in_": {"x": 1}}),
    ("{}", {}),
    ("[]", []),
    ("{42, true}", (42, True)),
    ('x"de ad"', b"\xde\xad"),
    ('"a(b, c) # d"', "a(b, c) # d"),
    ("','", Character(",")),
    ("0x10u", 16),
    ("(A|B)", Flags((Name("A"), Name("B")))),
    ("{mask: (A|B)}", {"mask": Flags((Name("A"), Name("B")))}),
    ("> (A|1)", Compare(">", Flags((Name("A"), 1)))),
    ("1e3", 1000.0),
    ("INFINITY", float("inf")),
    ("INFINITY_", Name("INFINITY_")),
]


@pytest.mark.parametrize(("text", "value"), ARGUMENTS, ids=[text for text, _ in ARGUMENTS])
@pytest.mark.parametrize("form", ["m.f({})", "m.f(1, {}) -> 1", "m.f(\n{}\n)", "EVENT(m, f, [{}], ok)"])
def test_an_argument_means_the_same_in_every_form(form: str, text: str, value: object) -> None:
    """Each kind of argument is read alike in a run of calls, on several lines, and in the original form."""
    assert _event(form.format(text)).args[-1] == value
    assert type(_event(form.format(text)).args[-1]) is type(value)


ANSWERS = [
    ("ok", None),
    ("void", None),
    ("NULL", NULL),
    ("_", WILDCARD),
    ("-1", -1),
    ("1.5", 1.5),
    ('"x"', "x"),
    ('x"00"', b"\0"),
    ("'a'", "a"),
    ("EOF", Name("EOF")),
    ("[1, 2]", [1, 2]),
    ("[[1], []]", [[1], []]),
    ("{id: 1}", {"id": 1}),
    ("{[42, 44], true}", ([42, 44], True)),
    ("{42, ok}", (42, None)),
    ("{42}", (42,)),
    ("{_, true}", (WILDCARD, True)),
    ("each [1, 2, 3]", AnswerEach((1, 2, 3))),
    ("each [{1, ok}, [2]]", AnswerEach(((1, None), [2]))),
    ("@real", AnswerReal()),
    ("@answer", AnswerFrom("answer")),
    ("(A|B)", Flags((Name("A"), Name("B")))),
    ("( A | 0x10 | B )", Flags((Name("A"), 16, Name("B")))),
    ("[A|B, {x: 1|A}]", [Flags((Name("A"), Name("B"))), {"x": Flags((1, Name("A")))}]),
    ("{(A|B), 0}", (Flags((Name("A"), Name("B"))), 0)),
    ("{A|B, 0}", (Flags((Name("A"), Name("B"))), 0)),
    ("each_", Name("each_")),
]


@pytest.mark.parametrize(("text", "value"), ANSWERS, ids=[text for text, _ in ANSWERS])
@pytest.mark.parametrize("form", ["m.f() -> {}", "m.f() ->\n{} ", "EVENT(m, f, [], {})", "m.f()->{},"])
def test_an_answer_means_the_same_in_every_form(form: str, text: str, value: object) -> None:
    """Each kind of answer is read alike in a run of calls, on the next line, and in the original form."""
    assert _event(form.replace("{}", text)).answer == value


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("reset()", Event("", "reset")),
        ("a.b.c(1)", Event("a.b", "c", (1,))),
        ("s = stack.new()", Event("stack", "new", binds="s")),
        ("s = stack.new() -> 4", Event("stack", "new", answer=4, binds="s")),
        ("a.b(*errno = EINTR, 1) -> -1", Event("a", "b", (1,), -1, "EINTR")),
        ("a.b(*errno = 0x4)", Event("a", "b", errno=4)),
        ("EVENT(stack, push, [s, 4], ok)", Event("stack", "push", (Name("s"), 4))),
        ("EVENT(stack, reset, [])", Event("stack", "reset")),
    ],
)
def test_an_event_has_these_parts(text: str, event: Event) -> None:
    """Module, handle, errno and the original form land in their fields, in a run of calls and out of one."""
    assert _event(text) == event
    assert parse(f"SEQ[{text}]*").items[0].body.items == (event,)  # type: ignore[union-attr]


def test_flags_are_values_of_arguments() -> None:
    """In every place of an argument a bar joins bits, also behind a name, a comparison and an out value."""
    both = Flags((Name("A"), Name("B")))
    event = _event("m.f(A|B, x: A | B, == A|B, in {A|B, 1}, *out = A|B)")
    assert event.args == (both, Named("x", both), Compare("==", both), OneOf((both, 1)), OutValue("out", both))
    assert parse("m.f(A|B) | m.g(1|2|4)").items[0].items[1].args == (Flags((1, 2, 4)),)  # type: ignore[union-attr]


def test_a_bar_behind_an_answer_is_a_choice() -> None:
    """What stands behind an arrow ends before the bar, unless brackets are around it."""
    plain, bracketed = parse("f() -> A | g()").items[0], parse("f() -> (A|B) | g()").items[0]  # type: ignore[union-attr]
    assert plain.items == (Event("", "f", answer=Name("A")), Event("", "g"))
    assert bracketed.items == (Event("", "f", answer=Flags((Name("A"), Name("B")))), Event("", "g"))
    assert parse("let x = A|B g()").items[0].value == Flags((Name("A"), Name("B")))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("m.f(A|true)", "1:7: true is no flag; numbers and names of numbers are"),
        ("m.f(1..A|B)", "1:9: did not expect '|' here"),
        ("m.f(A|)", "1:7: did not expect ')' here"),
        ("m.f(A|1.5)", "1:8: did not expect '.5' here"),
        ("m.f() -> (A)", "1:12: did not expect ')' here"),
    ],
)
def test_wrong_flags_are_refused_where_they_stand(text: str, words: str) -> None:
    """A flag is a number or a name; one alone needs no brackets and takes none."""
    with pytest.raises(LanguageSyntaxError) as caught:
        parse(text)
    assert words in str(caught.value)


def test_separators_and_comments_mean_nothing() -> None:
    """Commas, semicolons, newlines and all comments separate items or do not."""
    plain = parse("a() b(1) c() -> 2 d()")
    assert parse("a(); b(1), // x\nc() -> 2 # y()\n/* z()\n */ d();") == plain
    assert parse("a()b(1)c() -> 2\nd()") == plain
    assert parse("\ufeff\r\na()\r\nb(1)\tc() -> 2 d() ") == plain


def test_a_choice_binds_tighter_than_a_sequence() -> None:
    """The bar joins its two neighbours only, also where a comment stands between."""
    a, b, c = Event("", "a"), Event("", "b"), Event("", "c")
    assert parse("a() b() # x\n | c() a()") == Seq((a, Xalt((b, c)), a))


def test_declarations_stand_among_the_items() -> None:
    """Constants, definitions, uses and includes are nodes in the order of the text."""
    tree = parse('let n = 4\nlang f(a, b) = m.g(a) m.h()\nlang k [m.g(1) m.h()] do f(1, [2]) include "x.mock"')
    g, h = Event("m", "g", (Name("a"),)), Event("m", "h")
    assert tree.items == (
        Let("n", 4),
        Define("f", ("a", "b"), g),
        h,
        Define("k", (), Seq((Event("m", "g", (1,)), h))),
        Use("f", (1, [2])),
        Include("x.mock"),
    )


def test_places_are_those_of_the_text() -> None:
    """Line and column of every event and operator are right, across runs, comments and tabs."""
    text = "/* a\n*/ a() b() # c()\n\n  s = d(1)\nPAR[ e()\n\tf(2,\n 3) (g()) ]\nh()* i()"
    found = {node.function: node.place for node in walk(parse(text, "x")) if isinstance(node, Event)}
    lines = text.split("\n")
    for name, place in found.items():
        word = "s = d" if name == "d" else name
        assert lines[place.line - 1].startswith(f"{word}(", place.column - 1), name
    assert sorted(found) == list("abdefghi")
    assert [str(node.place) for node in parse(text, "x").items if not isinstance(node, Event)] == ["x:5:1", "x:8:1"]


def test_places_hold_in_a_long_run() -> None:
    """Lines are right beyond the length of one token, also with several calls in a line."""
    tree = parse("".join(f"a.b({n})\n  c.d({n})" + "\n" * (n % 3 + 1) for n in range(2500)))
    line = 1
    for n in range(2500):
        first, second = tree.items[2 * n : 2 * n + 2]
        assert isinstance(first, Event)
        assert isinstance(second, Event)
        assert (first.args, first.line, first.column) == ((n,), line, 1)
        assert (second.args, second.line, second.column) == ((n,), line + 1, 3)
        line += n % 3 + 2


ODD_NUMBERS = [
    "1,,2",
    "1,",
    ",",
    "-",
    "- 5",
    "1 2",
    "-0",
    "007",
    "0x1F",
    "9" * 18,
    "9" * 40,
    "1],[2",
    "[1",
    "2]",
    "[[3]]",
]
FORMS = [
    "m.f({n}, 7) -> {n}", "f({n})", "m.f() -> ok", "m.f( {n} ,{n})", 's = m.g("{n}") -> x"0{n}"', "m.f(A, [{n}]) -> A",
    "m.f(-{n}) -> -{n}", "m.f({n}.5)", "m.f({n}, *errno = {n}) -> void", "f(>= {n}) -> [{n}]",
]  # fmt: skip
GAPS = ["\n", " ", ", ", ";\n", "\n\n  ", " # why\n", "/* a\nb */ "]


@pytest.mark.parametrize("seed", range(20))
def test_calls_mean_the_same_in_a_run_and_alone(seed: int) -> None:
    """Calls that are read together have the meaning and the place that each has by itself."""
    random = Random(seed)
    forms = random.sample(FORMS, random.randint(1, len(FORMS)))
    calls = [random.choice(forms).format(n=random.randrange(10)) for _ in range(random.randint(1, 1500))]
    text, starts = "", []
    for call in calls:
        starts.append(len(text))
        text += call + random.choice(GAPS)
    together = parse(text).items
    assert together == tuple(map(_event, calls))
    places = [(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)) for start in starts]
    assert [(event.line, event.column) for event in together if isinstance(event, Event)] == places


@pytest.mark.parametrize("odd", ODD_NUMBERS)
def test_what_only_looks_like_numbers_is_no_number_in_a_run(odd: str) -> None:
    """A list of arguments that is no list of plain numbers is read, or refused, as it would be alone."""

    def told(above: str) -> object:
        try:
            return parse(f"{above}m.f({odd})\nm.f(3)").items[above.count("\n")]
        except LanguageSyntaxError as error:
            (fault,) = error.faults
            _, line, column = fault.path.split(":")
            return int(line) - above.count("\n"), column, fault.message, fault.hint

    assert told("m.f(1, 2)\nm.f(-1, 2) -> 5\n") == told("") == told('m.f("")\n')


def test_equal_texts_of_arguments_are_one_object() -> None:
    """A million calls with the same arguments cost the memory of one."""
    first, second = parse("a.b([1, 2], c)\nx.y([1, 2], c)").items
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert first.args is second.args


def test_the_garbage_collector_is_left_as_it_was() -> None:
    """It is off while events are made, and on again afterwards, also after an error."""
    assert gc.isenabled()
    parse("a()")
    with pytest.raises(LanguageSyntaxError):
        parse("a(")
    assert gc.isenabled()


def test_what_is_no_text_is_refused() -> None:
    """Bytes and paths are not read; the message says what to give."""
    with pytest.raises(ArgumentTypeError, match=re.escape("the language is text (str), not bytes")):
        parse(b"a()")  # type: ignore[arg-type]


def test_all_wrong_arguments_are_told_at_once() -> None:
    """Each wrong argument list is a fault with its place, in the order of the text, up to a limit."""
    text = "\n".join(f"a.b({n} {n})" for n in range(1, 300))
    with pytest.raises(LanguageSyntaxError) as caught:
        parse(text, "x")
    assert [fault.path for fault in caught.value.faults[:3]] == ["x:1:7", "x:2:7", "x:3:7"]
    assert len(caught.value.faults) == 100


def test_repeated_operators_nest_only_so_deep() -> None:
    """Suffixes are nesting, too."""
    assert parse("a()" + "*" * 60).items
    with pytest.raises(LanguageSyntaxError, match="nested more than 64 deep"):
        parse("a()" + "*" * 70)


def test_a_name_is_ascii_as_in_c() -> None:
    """A letter that C would not take is shown, wherever it stands."""
    with pytest.raises(LanguageSyntaxError, match="did not expect 'é'"):
        parse("a.bé()")


HOSTILE = {
    "unclosed": "SEQ[" + "a()\n" * 50_000,
    "nested SEQ": "SEQ[" * 10_000,
    "nested SEQ, closed": "SEQ[" * 10_000 + "]" * 10_000,
    "nested groups": "(" * 10_000 + ")" * 10_000,
    "nested arrays": "a(" + "[" * 10_000 + "]" * 10_000 + ")",
    "nested answers": "a() -> " + "[" * 10_000 + "]" * 10_000,
    "nested tuples": "a(" + "{" * 10_000,
    "nested calls": "a(" * 10_000,
    "stars": "a()" + "*" * 10_000,
    "blanks": "a() |" + " " * 1_000_000,
    "blanks before": "a() -> 1 " + " " * 1_000_000 + "b() %",
    "comments": "# x\n" * 50_000 + "a()\n" + "// y\n" * 50_000 + "|",
    "comment without end": "a() /*" + "x" * 1_000_000,
    "openers of comments": "a() " + "/* " * 100_000,
    "string without end": 'a("' + "x" * 1_000_000,
    "quotes": '"' * 100_000,
    "backslashes": 'a("' + "\\" * 200_000,
    "zeros": "a(" + "0" * 1_000_000 + ")",
    "name": "a" * 1_000_000,
    "equals": "a=" * 100_000,
    "arrows": "a()->" * 10_000,
    "minus": "a() -> " + "-" * 100_000,
    "commas": "a(" + "," * 100_000 + ")",
    "zero bytes": "\0" * 100_000,
    "all characters": "".join(map(chr, range(1, 0x3000))),
    "half a pair": 'a("\ud800 \\n")',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_answered_soon(name: str) -> None:
    """Whatever the text, the answer is a short message of ours, and little work."""
    caught = []

    def refused() -> None:
        with pytest.raises(LanguageSyntaxError) as one:
            parse(HOSTILE[name])
        caught.append(str(one.value))

    assert work_of(refused) < 3_000_000
    assert len(caught[0]) < 2000


HINTS = [
    ("empty", "did you mean EMPTY?"),
    ("xalt(mode)[ a() ]", "did you mean XALT(mode)[ ... ?"),
    ("OPTONAL[ a() ]", "did you mean OPTIONAL[ ... ?"),
    ("REPEAT[ a() ]", "REPEAT takes how often:  REPEAT(2..5)[ ... ]"),
    ("REPEAT(3, 5)[ a() ]", "a range is written  2..5"),
    ("a(){2-5}", "a range is written  2..5"),
    ("f(1-3)", "a range is written  2..5"),
    ("f(1...3)", "a range is written  2..5"),
    ("XALT t [ a() ]", "a tag stands in parentheses:  XALT(tag)[ ... ]"),
    ("a() || b()", "a choice is written with one |"),
    ("f(x >= 4)", "a comparison begins with its sign:  >= value"),
    ("f(\n4 < x)", "a comparison begins with its sign:  < value"),
    ("f(?n > 4)", "two patterns are joined by & :  ?name & > value"),
    ("f(in [1, 2])", "a set of values is written  in {1, 2}"),
    ("f(bits 0x80 = 0)", "bits are compared by ==:  bits 0xF0 == 0x30"),
    ("f(~regex)", 'a regular expression is text:  ~"..."'),
    ("f() -> each 1, 2", "answers in turn are written  -> each [1, 2, 3]"),
    ("let x 4", "a constant is written  let name = value"),
    ("include common.mock", 'a file is written  include "name.mock"'),
    ("lang f(x) a()", "a definition is written  lang name(parameters) = ..."),
    ("do f", "a definition is used with parentheses:  do name()"),
    ("f(){3} -> 4", "the answer comes before the sign of a repetition:  f() -> 4*"),
    ("f()* -> 4", "the answer comes before the sign of a repetition:  f() -> 4*"),
    ("f(LIMIT + 1)", "nothing is computed here"),
    ("f(LIMIT -1)", "nothing is computed here"),
    ("f(1 << 3)", "nothing is computed here"),
    ("f(-limit)", "nothing is computed here"),
    ("f(?n) -> -n", "nothing is computed here"),
    ("f(?n) -> n - 1", "nothing is computed here"),
    ("AT_MOST(LIMIT + 1)[ f() ]", "nothing is computed here"),
    ("f() -> 5 * 2", "how often is written  f(){3}"),
    ("f() * 3", "how often is written  f(){3}"),
    ("f() x 3", "how often is written  f(){3}"),
    ("f(!5)", "another value is written  != value"),
    ("f(> 5 && < 9)", "two patterns are joined by one &"),
    ("f(< 5 || > 9)", "one of several values is written  in {1, 2}"),
    ("f(< 5 | > 9)", "one of several values is written  in {1, 2}"),
    ("REPEAT(3, f())", "REPEAT takes how often:  REPEAT(2..5)[ ... ]"),
    ("REPEAT(1..3, f())", "REPEAT takes how often:  REPEAT(2..5)[ ... ]"),
    ("f() -> -1, errno = EINTR", "errno is set among the arguments:  f(*errno = EINTR) -> -1"),
    ("f(1, errno = EINTR) -> -1", "errno is set among the arguments:  f(*errno = EINTR) -> -1"),
]


@pytest.mark.parametrize(("text", "hint"), HINTS, ids=[text for text, _ in HINTS])
def test_a_common_slip_gets_a_hint(text: str, hint: str) -> None:
    """What was meant is easily guessed, and shown as it is written."""
    with pytest.raises(LanguageSyntaxError) as caught:
        parse(text)
    assert caught.value.faults[0].hint is not None
    assert hint in caught.value.faults[0].hint


MEASURE = """
import json, resource, sys
sys.path[:0] = json.loads(sys.argv[1])
from cmock_py.errors import LanguageError
from cmock_py.lang.expand import expand
from cmock_py.lang.parse import parse
from tests.work import work_of

def answered(text):
    try:
        expand(parse(text))
    except LanguageError as error:
        str(error)

parse("a(1)\\nb(\\n2)")
for name, text in json.loads(sys.stdin.buffer.read()).items():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work = work_of(lambda: answered(text))
    print(json.dumps([name, work, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""
HARMLESS = {
    "a megabyte of blanks": "a()" + " " * 1_000_000 + "b()",
    "50 000 comments": "# x\n/* y */ // z\n" * 50_000 + "a()",
    "50 000 strings": 'a("x # y", "// /*")\n' * 50_000,
    "do that doubles": "".join(f"lang b{n}() [ do b{n + 1}() do b{n + 1}() ]\n" for n in range(60)) + "do b0()",
    "do that goes round": "".join(f"lang b{n}() = do b{(n + 1) % 60}()\n" for n in range(60)) + "do b0()",
    "many parameters": f"lang f({', '.join(f'p{n}' for n in range(5000))}) = g() do f()",
    "constants of constants": "let c0 = 1\n" + "".join(f"let c{n} = [c{n - 1}]\n" for n in range(1, 3000)) + "f(c59)",
    "constants that double": "let c0 = 1\n" + "".join(f"let c{n} = [c{n - 1}, c{n - 1}]\n" for n in range(1, 60)),
    "values that double": "".join(f"lang b{n}(x) = do b{n + 1}([x, x])\n" for n in range(60))
    + "lang b60(x) = f(x) do b0(1)",
}


def test_no_text_costs_much() -> None:
    """Whatever the text, a bounded amount of work and a few dozen megabytes, in a process of its own."""
    texts = {name: text for name, text in (HOSTILE | HARMLESS).items() if "\ud800" not in text}
    command = [sys.executable, "-c", MEASURE, json.dumps(sys.path)]
    done = subprocess.run(command, input=json.dumps(texts).encode(), capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    measured = [json.loads(line) for line in done.stdout.splitlines()]
    assert [name for name, *_ in measured] == [*texts]
    slow = [(name, work) for name, work, _ in measured if work > 4_000_000]
    fat = [(name, kilobytes) for name, _, kilobytes in measured if kilobytes > 100_000]
    assert (slow, fat) == ([], [])


def test_a_long_text_is_linear() -> None:
    """Ten times the calls, half of them new in their arguments, are ten times the work, and little for each."""
    works = []
    for count in (5_000, 50_000):
        text = "".join(f"stack.push(s, {n})\nstack.pop(s) -> 6\n" for n in range(count))
        works.append(work_of(lambda text=text: parse(text)))
        assert len(parse(text).items) == 2 * count
    assert works[1] < 11 * works[0]
    assert works[1] < 50 * 50_000
