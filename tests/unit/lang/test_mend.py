"""Wrong and missing brackets: each is told once, where it most likely belongs, and hides no other fault."""

from __future__ import annotations

import re
from random import Random

import pytest

from cmock_py.errors import LanguageError
from cmock_py.lang.expand import expand
from cmock_py.lang.findings import Findings
from cmock_py.lang.mend import mended, without_lines
from cmock_py.lang.parse import parse
from cmock_py.lang.render_tree import render
from cmock_py.lang.scope import resolve
from tests.oracle.languages import language
from tests.seeds import drawn
from tests.work import work_of


def told(text: str) -> list[str]:
    """All faults of a text that no spec is needed for, as line, column and message."""
    findings = Findings()
    try:
        resolve(expand(parse(text, "t", findings), findings=findings), findings)
        findings.check()
    except LanguageError as error:
        return [f"{fault.path.removeprefix('t:')}: {fault.message.partition(';')[0]}" for fault in error.faults]
    return []


BAD = "z(1, 010)"
TELLS = "the number 010 starts with a zero"

WRONG = {
    "a call": (f"push(s, 4\npop(s) -> 1\n{BAD}", ["1:10: ')' is missing here", f"3:6: {TELLS}"]),
    "a call among items": (f"PAR[ f(1 g() ]\n{BAD}", ["1:9: ')' is missing here", f"2:6: {TELLS}"]),
    "a call before the end of items": (f"PAR[ f(1, [2 ]\n{BAD}", ["1:14: did not expect ']' here", f"2:6: {TELLS}"]),
    "an operator": (f"PAR[\n  a()\n  b()\nc()\n{BAD}", ["3:6: ']' is missing here", f"5:6: {TELLS}"]),
    "an operator inside": (
        f"PAR[\n  XALT[\n    a()\n    b()\n  c()\n]\n{BAD}",
        ["4:8: ']' is missing here", f"7:6: {TELLS}"],
    ),
    "an operator behind another": (
        f"PAR[ a()\n     SEQ[ b()\n     c()\n   ]\n{BAD}",
        ["2:14: ']' is missing here", f"5:6: {TELLS}"],
    ),
    "a definition": (f"lang x(n) [\n  f(n)\n\ndo x(4)\n{BAD}", ["2:7: ']' is missing here", f"5:6: {TELLS}"]),
    "two at the end": (f"{BAD}\nSEQ[ a()\n b(1,\n", [f"1:6: {TELLS}", "3:6: the text ends too early"]),
    "counts": (f"a(){{2..5\nREPEAT(2..3[ b() ]\n{BAD}", ["1:9: '}' is missing here", "2:12: did not expect '[' here", f"3:6: {TELLS}"]),
    "an array": (f"f([1, 2)\n{BAD}", ["1:8: did not expect ')' here", f"2:6: {TELLS}"]),
    "an answer": (f"f() -> [1, 2\n{BAD}", ["1:13: ']' is missing here", f"2:6: {TELLS}"]),
    "a constant": (f"let x = [1, 2\nf(x)\n{BAD}", ["1:14: ']' is missing here", f"3:6: {TELLS}"]),
    "one too many": (f"PAR[\n  a()\n]\n]\n{BAD}", ["4:1: this ']' closes nothing", f"5:6: {TELLS}"]),
    "one too many in a call": (f"f(1))\n{BAD}", ["1:5: this ')' closes nothing", f"2:6: {TELLS}"]),
    "another one": (f"PAR[ f(1] g() ]\n{BAD}", ["1:9: did not expect ']' here", f"2:6: {TELLS}"]),
    "another one of items": (f"PAR[ f(1) g() )\n{BAD}", ["1:15: did not expect ')' here", f"2:6: {TELLS}"]),
    "an opener for a closer": (f"PAR[\n  f(1[ -> 2\n]\n{BAD}", ["2:6: did not expect '[' here", f"4:6: {TELLS}"]),
    "an opener that is missing": (f"PAR\n  a()\n  b()\n]\n{BAD}", ["1:4: PAR is followed by no bracket", f"5:6: {TELLS}"]),
    "of counts": (f"REPEAT(2..3)\n  a()\n]\n{BAD}", ["1:13: REPEAT(2..3) is followed by no bracket", f"4:6: {TELLS}"]),
    "a parenthesis of an operator": (f"SEQ(\n  a()\n]\n{BAD}", ["1:4: did not expect '(' after SEQ", f"4:6: {TELLS}"]),
    "a string": (f'PAR[ f("abc)\n g() ]\n{BAD}', ["1:8: this string does not end on its line", f"3:6: {TELLS}"]),
    "a string with a bracket": (f'f("a [b)\n{BAD}', ["1:3: this string does not end on its line", f"2:6: {TELLS}"]),
    "a comment": (f"{BAD}\nPAR[ a()\n/* no end\n ]", [f"1:6: {TELLS}", "3:1: this comment never ends"]),
    "several": (
        f"PAR[\n  f(1\n  g(2]\n  {BAD}\n]\nh())",
        ["2:6: ')' is missing here", "3:6: did not expect ']' here", f"4:8: {TELLS}", "6:4: this ')' closes nothing"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=list(WRONG))
def test_a_bracket_hides_no_fault(text: str, said: list[str]) -> None:
    """It is told once, by line and column; what is wrong elsewhere is told as well, and nothing that only comes of it."""
    assert told(text) == said


NAMES = {
    "a definition without its parenthesis": "lang x s, n) = f(s, n)\ndo x(1, 2)",
    "a parameter that is no name": "lang x(s, ]) = f(s, n)\ndo x(1, 2)",
    "a definition without a name": "lang (s) = f(s)\ndo x(1)",
    "a constant without a name": "let = 4\nf(){n}",
    "an operator in a choice": "XALT[\n  OPTIONAL[\n    f(?n)\n    g(n)\n\n  h()\n]",
    "an operator in one at the left": "XALT[\nOPTIONAL[\nf(?n)\ng(n)\n\nh()\n]",
    "an include": 'include "x.mock\ndo x()',
    "what binds": "f(?n\ng(n) -> n",
    "a value of do": "lang x(s) = f(s)\ndo x(4]",
    "the only choice": "XALT[ f(1 ]\na()",
    "a parameter of what is not closed": "lang x(n) [\n  f(n){n}\n\ndo x(4)",
}


@pytest.mark.parametrize("text", NAMES.values(), ids=list(NAMES))
def test_nothing_is_said_that_only_comes_of_a_fault(text: str) -> None:
    """A name that may be declared or bound in what cannot be read is not unknown, and no count of values is wrong."""
    assert len(told(text)) == 1, told(text)


def test_the_bracket_that_is_open_is_shown() -> None:
    """On a line above with words, on the same line with a mark."""
    with pytest.raises(LanguageError) as caught:
        parse("PAR[\n  f(1, 2\n  g()\nh()")
    call, operator = caught.value.faults
    assert call.snippet == "1 | PAR[\n2 |   f(1, 2\n  |    -    ^ expected )"
    assert (
        operator.snippet
        == "1 | PAR[\n  |    - this '[' is never closed\n2 |   f(1, 2\n3 |   g()\n  |      ^ expected ]"
    )


def test_a_text_without_wrong_brackets_is_left_alone() -> None:
    """However it is laid out, of random languages nothing is taken out."""
    rng = Random(drawn())
    for _ in range(60):
        text = laid_out(drawn_text(rng), rng)
        assert mended(text).text == text
        assert mended(text).problems == []


MANY = {
    "closers": "]" * 50_000,
    "openers": "f(1 [ " * 300,
    "brackets": "[]" * 8000,
    "operators without end": "PAR[\n" + "PAR[\n  XALT[ f([1, 2]) g()* ]\n]\n" * 500,
    "quotes": 'f("a [b)\n' * 5000,
    "everything": "a()][PAR[ ({ 4)\n" * 3000,
    "deep behind a fault": "f(1 2\n" + "PAR[" * 20_000 + "\na()",
    "calls that hang together": "f(1 2,\n3) " * 5000,
}


@pytest.mark.parametrize("text", MANY.values(), ids=list(MANY))
def test_many_brackets_take_no_time(text: str) -> None:
    """What would take long to find out is not: then the first fault is told, and that there may be more."""
    assert told("f(1 2") != []  # the grammar is loaded
    assert work_of(lambda: told(text)) < 4_000_000
    with pytest.raises(LanguageError, match=r"^the language has \d+ faults?( or more)?\n"):
        parse(text)


def test_what_was_not_read_is_counted_as_perhaps_more() -> None:
    """Twenty lines without sense, or a hundred wrong lists of arguments, end the reading; the message says so."""
    for line, count in (("a b{}\n", 21), ("f({} {})\n", 100)):
        with pytest.raises(LanguageError) as caught:
            parse("".join(line.replace("{}", str(number)) for number in range(200)))
        assert str(caught.value).startswith(f"the language has {count} faults or more\n")
        assert len(caught.value.faults) == count
        assert caught.value.is_cut


def test_lines_are_left_out_with_their_calls() -> None:
    """Of an operator only what stands on the lines is left out, and what closes it; of a call all of it."""
    text = "PAR[ a(\n  1 2) b()\n]* c()"
    found = without_lines(text, text.index("2"), text.index("2"))
    assert found is not None
    assert found.text == "EMPTY  \n          \n   c()"
    assert without_lines("PAR[ a( ]", 5, 5) is None


# --- random languages -----------------------------------------------------------------------------------------------


def drawn_text(rng: Random) -> str:
    """A random language of some lines, without Python functions."""
    while True:
        _, tree = language(rng)
        try:
            text = render(tree)
        except LanguageError:
            continue
        if 4 <= text.count("\n") <= 40 and not re.search(r"\"[^\"\n]*[\[\](){}]", text):
            return text


def laid_out(text: str, rng: Random) -> str:
    """The text as it is, or with closing brackets at the ends of lines."""
    return re.sub(r"\n\s*(\]|\))", r" \1", text) if rng.randrange(2) else text


def with_wrong_bracket(text: str, rng: Random) -> tuple[str, int]:
    """Take a bracket away, put one in, or make it another; return the line of it as well."""
    at = rng.choice([match.start() for match in re.finditer(r"[\[\](){}]", text)])
    match rng.randrange(3):
        case 0:
            changed = text[:at] + text[at + 1 :]
        case 1:
            changed = text[:at] + rng.choice([sign for sign in "[](){}" if sign != text[at]]) + text[at + 1 :]
        case _:
            at = rng.choice([match.start() for match in re.finditer(r"\s|$", text)])
            changed = text[:at] + rng.choice("[](){}") + text[at:]
    return changed, text.count("\n", 0, at)


def test_random_brackets_hide_nothing() -> None:
    """Of a language with two faults elsewhere, one wrong bracket leaves both, and adds one; nearly always, as it guesses."""
    rng = Random(drawn())
    good, count = 0, 200
    for _ in range(count):
        lines = laid_out(drawn_text(rng), rng).splitlines()
        calls = [
            number for number, line in enumerate(lines) if re.fullmatch(r"\s*[\w.]+\([^\[\]{}]*\)( -> \w+)?", line)
        ]
        planted = rng.sample(calls, min(2, len(calls)))
        for number in planted:
            lines[number] = re.sub(r"\S.*", f"z(1, 0{number}0)", lines[number])
        text, line = with_wrong_bracket("\n".join(lines), rng)
        faults = told(text)
        found = {int(fault.partition(":")[0]) - 1 for fault in faults if "starts with a zero" in fault}
        good += found >= {number for number in planted if number != line} and len(faults) - len(found) <= 1
        assert faults or line in planted or not planted, text
    assert good >= 0.9 * count, good


TOKEN = re.compile(r'"[^"\n]*"|\w+|->|\.\.\.?|[<>=!]=|\s+|.')
STRAY = (
    *("[", "]", "(", ")", "{", "}", ",", ";", "|", "*", "+", "?", "->", "..", "...", "=", ":", "&", "<", ">", "~", "@"),
    *("_", "4", "0x5", '"text"', "'c'", "'", '"', "`", "#", "/*", "let", "lang", "do", "include", "PAR", "XALT"),
    *("REPEAT", "ANY", "EVENT", "each", "in", "bits", "NULL", "n", "\n"),
)
WRITTEN = (
    """\
let most = 64
lang opened(s) = s = stack.new()
lang pushed(s, n) [
    stack.push(s, n & < most)
    stack.pop(s) -> n
]
do opened(a)  do opened(b)
PAR[ do pushed(a, 4)  do pushed(b, 5) ]
""",
    """\
s = stack.new()                       # a handle
stack.push(s, > 0)*
PAR[ stack.pop(s) -> 6                // "both"
     stack.pop(s) -> 6 ]
""",
    """\
io.open("/dev/x", READ|WRITE) -> 3
REPEAT(2..5)[ io.read(3, *buf = x"00 ff") -> 2  io.write(3, ~"GET .*", _) ]
XALT(t)[ a() b() ]  c() | d()
XALT(t)[ e(?n, *errno = EINTR) -> n  f(val: 4, ...) ]
AT_LEAST(2)[ g({id: 7, name: "x"}, [1, 2]) -> {[1, 2], true} ]
ANY[ log.info(...)  log.warn(in {1, 2}, bits 0xF0 == 0x30) ]
h(1..64){3}; k(-1.5, 'c', NULL) -> each [1, 2], EMPTY
""",
)


def with_wrong_tokens(text: str, rng: Random) -> str:
    """Take tokens away, put some in, make them others, or swap two; one to three times."""
    tokens = TOKEN.findall(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        match rng.randrange(4):
            case 0:
                tokens[at] = ""
            case 1:
                tokens.insert(at, rng.choice(STRAY))
            case 2:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case _:
                tokens[at] = rng.choice(STRAY)
    return "".join(tokens)


@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_random_texts_are_answered(count: int) -> None:
    """Whatever is written, the answer is a tree or faults with their lines, soon; no place has two faults."""
    rng = Random(drawn())
    good = [*WRITTEN, *(drawn_text(rng) for _ in range(count // 10))]
    for _ in range(count):
        text = with_wrong_tokens(rng.choice(good), rng)
        found: list[str] = []
        assert work_of(lambda: found.extend(told(text))) < 1_000_000, text  # noqa: B023 - called at once
        assert all(re.match(r"\d+:\d+: \S", fault) for fault in found), found
        assert all(int(fault.partition(":")[0]) <= text.count("\n") + 1 for fault in found), text
        places = [tuple(fault.split(":")[:2]) for fault in found if "did not expect" in fault]
        assert len(places) == len(set(places)), (text, found)
        assert len(found) == len(set(found)), (text, found)
