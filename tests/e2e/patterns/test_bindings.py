"""Names bound to arguments: used in later arguments and in answers, with the conversions of C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    SEQ,
    AmbiguousCall,
    CalloutsFailed,
    LanguageError,
    UnexpectedCall,
    check_callouts,
    get_trace,
    init_lang,
    verify,
)
from cmock_py.lang.nodes import Bind, Both, Compare, Name

if TYPE_CHECKING:
    from cmock_py import Mocking

N = Name("n")
NOTHING: Any = ...
"""No value of the other type is equal."""

EQUAL: list[tuple[str, Any, str, Any, Any]] = [
    ("i8", -1, "i64", -1, 255),
    ("i64", -1, "i8", -1, 1),
    ("u8", 255, "i8", NOTHING, -1),
    ("u8", 200, "u64", 200, (1 << 64) - 56),
    ("i32", -1, "u64", NOTHING, (1 << 64) - 1),
    ("u64", (1 << 64) - 1, "u64", (1 << 64) - 1, (1 << 63)),
    ("i16", 5, "single", 5.0, 5.5),
    ("real", 0.5, "single", 0.5, 0.25),
    ("single", 1.5, "precise", 1.5, 1.25),
    ("flag", True, "i32", 1, 0),
    ("color", "BLUE", "i32", -1, 0),
    ("letter", b"a", "u8", 97, 98),
    ("pointer", 0x1234, "size", 0x1234, 0x1235),
    ("text", b"name", "text", b"name", b"names"),
    ("text", None, "text", None, b""),
    ("text", b"ab", "bytes", b"ab", b"abc"),
    ("bytes", b"ab", "text", b"ab", b"a"),
    ("i32", 1, "near", 1.25, 1.5),
    ("near", 1.0, "real", 1.0, 1.25),
    ("numbers", [1, 2], "numbers", [1, 2], [1, 3]),
    ("numbers", [], "numbers", [], [1]),
    ("near", 1.0, "near", 1.25, 1.5),
]


def passing(mocking: Mocking, function: str, value: Any) -> None:
    """Make one call."""
    sizes = [len(value)] if function.endswith(("bytes", "numbers")) else []
    mocking.lib[function](value, *sizes)


def event(function: str, pattern: Any) -> Any:
    """Expect one call."""
    return EVENT("k", function, [pattern, Compare(">=", 0)] if function.endswith(("bytes", "numbers")) else [pattern])


@pytest.mark.parametrize(
    ("kind", "value", "other", "right", "wrong"), EQUAL, ids=[f"{c[0]} {c[1]} {c[2]}" for c in EQUAL]
)
def test_a_bound_value_is_compared_by_value(  # noqa: PLR0917 - a row of the table
    mocking: Mocking, kind: str, value: Any, other: str, right: Any, wrong: Any
) -> None:
    """What is bound by one type compares with another as numbers do, in the run and in the check, and for `verify`."""
    for prefix in ("run", "late"):
        if right is not NOTHING:
            mocking.restart()
            language = SEQ(event(f"{prefix}_{kind}", Bind("n")), event(f"{prefix}_{other}", N))
            init_lang(language)
            passing(mocking, f"{prefix}_{kind}", value)
            passing(mocking, f"{prefix}_{other}", right)
            assert check_callouts() is True
            assert verify(language, get_trace())
    mocking.restart()
    init_lang(SEQ(event(f"late_{kind}", Bind("n")), event(f"run_{other}", N)))
    passing(mocking, f"late_{kind}", value)
    with pytest.raises(UnexpectedCall):
        passing(mocking, f"run_{other}", wrong)
    mocking.restart()
    language = SEQ(event(f"late_{kind}", Bind("n")), event(f"late_{other}", N))
    init_lang(language)
    passing(mocking, f"late_{kind}", value)
    passing(mocking, f"late_{other}", wrong)
    with pytest.raises(CalloutsFailed):
        check_callouts()
    assert not verify(language, get_trace())


def test_structs_compare_without_their_padding(mocking: Mocking) -> None:
    """A bound struct equals one with the same members, whatever lies between them."""
    init_lang("k.late_struct(?p) k.late_struct(p) k.late_struct(!= p)")
    for y in (1, 1, 2):
        mocking.lib.pass_struct(y, 0.5, 0)
    assert check_callouts() is True
    mocking.restart()
    init_lang("k.late_struct(?p) k.late_struct(!= p)")
    for _ in range(2):
        mocking.lib.pass_struct(1, 0.5, 0)
    with pytest.raises(CalloutsFailed):
        check_callouts()


def test_orders_of_bound_values(mocking: Mocking) -> None:
    """A bound number can stand in comparisons and ranges, also inside a struct."""
    init_lang(
        SEQ(
            event("late_u8", Both((Bind("n"), Compare(">", 3)))),
            event("run_i64", Compare("<", N)),
            EVENT("k", "late_struct", [{"y": Both((Bind("y"), Compare(">=", N)))}]),
            event("late_i32", Name("y")),
        )
    )
    mocking.lib.late_u8(200)
    mocking.lib.run_i64(-1)
    mocking.lib.pass_struct(200, 0.0, 0)
    mocking.lib.late_i32(200)
    assert check_callouts() is True


def test_reports_tell_what_a_name_stands_for(mocking: Mocking) -> None:
    """The report of a call that differs from a bound value shows that value."""
    init_lang("k.send(_, ?n) -> n  k.late_i32(> n)")
    mocking.lib.send(bytes(9), 9)
    mocking.lib.late_i32(8)
    with pytest.raises(CalloutsFailed) as wrong:
        check_callouts()
    assert "x:  expected > n\n            but was  8      (n is 9)" in str(wrong.value)
    mocking.restart()
    init_lang("k.late_text(?t)  k.run_text(!= t)")
    mocking.lib.late_text(b"abc")
    with pytest.raises(UnexpectedCall) as refused:
        mocking.lib.run_text(b"abc")
    assert 'x:  expected != "abc"\n          but was  "abc"' in str(refused.value)


def test_a_report_marks_what_differs_from_bound_values(mocking: Mocking) -> None:
    """Beside a refused call, earlier calls are marked whose arguments are not what was bound, and only those."""
    mocking.init_lang("k.late_i32(?n) k.late_i64(n) k.late_i16(n)")
    for function, value in (("late_i32", 5), ("late_i64", 5), ("late_i16", 6)):
        getattr(mocking.lib, function)(value)
    with pytest.raises(UnexpectedCall) as caught:
        mocking.lib.late_i32(5)
    marks = {line[6:8]: line[3] for line in str(caught.value).splitlines() if line[6:7] == "#"}
    assert marks == {"#1": " ", "#2": " ", "#3": "!", "#4": "+"}


def test_a_name_bound_in_each_branch(mocking: Mocking) -> None:
    """All alternatives may bind one name, at places and types of their own."""
    language = "XALT[ k.late_u8(?n)  k.late_i64(?n) ]  k.late_i32(n)"
    for function, value, wanted in (("late_u8", 200, 200), ("late_i64", -7, -7)):
        mocking.restart()
        init_lang(language)
        mocking.lib[function](value)
        mocking.lib.late_i32(wanted)
        assert check_callouts() is True


def test_a_name_is_bound_anew_in_each_round(mocking: Mocking) -> None:
    """A repetition binds again; what is compared is the value of the same round."""
    init_lang("REPEAT(3)[ k.late_i32(?n)  k.run_i64(n) ]")
    for value in (1, -2, 3):
        mocking.lib.late_i32(value)
        mocking.lib.run_i64(value)
    assert check_callouts() is True
    mocking.restart()
    init_lang("REPEAT(3)[ k.late_i32(?n)  k.run_i64(n) ]")
    mocking.lib.late_i32(1)
    mocking.lib.run_i64(1)
    mocking.lib.late_i32(2)
    with pytest.raises(UnexpectedCall):
        mocking.lib.run_i64(1)


# --- answers --------------------------------------------------------------------------------------------------------


def test_an_argument_of_the_same_call_is_answered(mocking: Mocking) -> None:
    """The usual fake of a write: it takes all that it is given; the trace shows what it said."""
    init_lang("k.send(_, ?n) -> n  k.send(_, ?m) -> m  k.send(_, m) -> n")
    assert [mocking.lib.send(data, len(data)) for data in (b"abc", b"a longer text", b"a longer text")] == [3, 13, 3]
    assert [call.answer for call in get_trace()] == [3, 13, 3]
    assert check_callouts() is True


ANSWERS = [
    ("i32", -1, "i64", -1), ("i32", -1, "i8", -1), ("i32", -1, "u64", (1 << 64) - 1), ("i32", 300, "u8", 44),
    ("u8", 200, "i8", -56), ("u8", 200, "i64", 200), ("i32", 256, "flag", True), ("i32", 0, "flag", False),
    ("i32", -3, "single", -3.0), ("u64", 1 << 63, "real", float(1 << 63)), ("real", 0.1, "real", 0.1),
    ("single", 0.5, "precise", 0.5), ("pointer", 0x1230, "u64", 0x1230), ("color", "GREEN", "i8", 5),
    ("i32", 5, "color", "GREEN"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "result", "answer"), ANSWERS)
def test_bound_answers_convert_as_c_does(mocking: Mocking, kind: str, value: Any, result: str, answer: Any) -> None:
    """A number is answered as `return n;` converts it."""
    init_lang(f"k.late_{kind}(?n)  k.give_{result}() -> n")
    mocking.lib[f"late_{kind}"](value)
    assert mocking.lib[f"give_{result}"]() == answer
    assert get_trace()[1].answer == answer
    assert check_callouts() is True


def test_bound_values_inside_answers(mocking: Mocking) -> None:
    """Members, elements and outs can be bound values; what stands beside them is as written."""
    init_lang("k.late_i32(?n)  k.fetch(2) -> {n, {left: n, right: 1, part: n}, [5, n], n}  k.give_pair() -> {right: n}")
    lib = mocking.lib
    lib.late_i32(-7)
    to, pair, every = mocking.new("int"), mocking.new("struct pair"), mocking.new("long[2]")
    assert lib.fetch(2, to, pair, every) == -7
    assert (to[0], pair.left, pair.right, pair.part, every[0], every[1]) == (-7, -7, 1, -7.0, 5, -7)
    assert lib.give_pair().right == (1 << 64) - 7
    assert get_trace()[1].answer == (-7, {"left": -7, "right": 1, "part": -7.0}, [5, -7], -7)
    assert check_callouts() is True


def test_another_language_judges_what_was_given(mocking: Mocking) -> None:
    """A check of another language compares the answer that was composed, with a value or with a bound one."""
    init_lang("k.send(_, ?n) -> n")
    mocking.lib.send(b"abc", 3)
    assert check_callouts("k.send(_, 3) -> 3") is True
    assert check_callouts("k.send(_, ?size) -> size") is True
    assert check_callouts("k.send(_, _)") is True
    with pytest.raises(CalloutsFailed) as wrong:
        check_callouts("k.send(_, 3) -> 4")
    assert "answer:  expected 4\n                 but was  3" in str(wrong.value)
    with pytest.raises(CalloutsFailed):
        check_callouts("k.send(_, 4) -> 3")


def test_a_bound_answer_in_another_language(mocking: Mocking) -> None:
    """What a plain language has answered is compared with an argument."""
    init_lang("k.send(_, 3) -> 2")
    mocking.lib.send(b"abc", 3)
    assert check_callouts("k.send(_, _) -> 2") is True
    with pytest.raises(CalloutsFailed):
        check_callouts("k.send(_, ?n) -> n")


def test_many_calls_keep_their_own_answers(mocking: Mocking) -> None:
    """The answer lies in the record of its call: later calls do not change it."""
    init_lang("REPLICATE[ k.send(_, ?n) -> n ]")
    for size in range(100):
        assert mocking.lib.send(bytes(size), size) == size
    assert [call.answer for call in get_trace()] == list(range(100))
    assert check_callouts() is True


def test_errno_from_an_argument(mocking: Mocking) -> None:
    """What a call has passed is left in errno, by this call or a later one, and any check compares it."""
    init_lang("k.send(_, ?n, *errno = n) -> -1  k.late_i32(?e)  k.send(_, _, *errno = e) -> e")
    assert mocking.lib.send(b"abc", 3) == -1
    assert mocking.errno == 3
    mocking.lib.late_i32(-5)
    assert mocking.lib.send(b"", 0) == -5
    assert mocking.errno == -5
    assert check_callouts() is True
    right = "k.send(_, _, *errno = 3) -> -1  k.late_i32(_)  k.send(_, _, *errno = {}) -> -5"
    assert check_callouts(right.format(-5)) is True
    with pytest.raises(CalloutsFailed):
        check_callouts(right.format(5))
    with pytest.raises(CalloutsFailed):
        check_callouts("k.send(_, ?n, *errno = n) -> -1  k.late_i32(?e)  k.send(_, ?m, *errno = m) -> e")


def test_errno_alone_decides_between_answers(mocking: Mocking) -> None:
    """Two events that differ in the argument that errno is taken from answer differently, unless it is the same number."""
    init_lang("PAR[ (k.late_i32(?a) k.give_i64(*errno = a) -> 1) (k.late_u32(?b) k.give_i64(*errno = b) -> 1) ]")
    mocking.lib.late_i32(7)
    mocking.lib.late_u32(7)
    assert mocking.lib.give_i64() == 1
    assert mocking.errno == 7
    mocking.restart()
    init_lang("PAR[ (k.late_i32(?a) k.give_i64(*errno = a) -> 1) (k.late_u32(?b) k.give_i64(*errno = b) -> 1) ]")
    mocking.lib.late_i32(7)
    mocking.lib.late_u32(8)
    with pytest.raises(AmbiguousCall):
        mocking.lib.give_i64()


def test_bit_fields_from_arguments(mocking: Mocking) -> None:
    """A bit-field of an answer holds what C would leave of the number, and its neighbours stay as they are."""
    init_lang("REPLICATE[ k.late_i32(?n) k.give_bits() -> {a: n, b: n, c: n, flag: n}  k.give_bits() -> {a: 5, c: n} ]")
    for number in (0, 1, 5, -1, -16, 300, 1 << 20):
        mocking.lib.late_i32(number)
        bits = mocking.lib.give_bits()
        signed = (number + 16 & 31) - 16
        assert (bits.a, bits.b, bits.c, bits.flag) == (number & 7, signed, number & (1 << 40) - 1, number != 0)
        bits = mocking.lib.give_bits()
        assert (bits.a, bits.b, bits.c, bits.flag) == (5, 0, number & (1 << 40) - 1, False)
    assert check_callouts() is True


@pytest.mark.parametrize(
    ("language", "fault"),
    [
        ("k.late_text(?t) k.give_i64() -> t", "result (int64_t): t is text, and this is a number; a Python"),
        (
            "k.late_struct(?p) k.give_pair() -> {left: p}",
            "result (struct pair): p is struct point, and this is a number",
        ),
        ("k.late_i32(?n) k.give_text() -> {n}", "k.give_text has no out arguments, but the event answers with a tuple"),
        ("k.late_real(?x) k.give_i64() -> x", "x is a floating number, and this is a whole one"),
        ("k.late_text(?t) k.send(_, _, *errno = t) -> -1", "errno: t is text, and this is a number"),
        ("k.late_real(?x) k.send(_, _, *errno = x) -> -1", "errno: x is a floating number, and this is a whole one"),
        ("k.late_i32(?n) k.send(_, _, *errno = n) -> @f", "a Python function answers, so errno is a number or a name"),
        (
            "k.late_real(?x) k.give_bits() -> {a: x}",
            "result (struct bits): x is a floating number, and this is a whole",
        ),
        ("k.late_i32(?n) k.late_text(n)", "x (const char *): n is a number, and this is text"),
        ("k.late_text(?t) k.late_i32(t)", "x (int32_t): t is text, and this is a number"),
        (
            "k.late_text(?t) k.late_text(< t)",
            "< t compares numbers, and this is text; == != in ~ and ?name are possible",
        ),
        ("k.late_rest(_, ?all)", "what is passed for `...` cannot be bound"),
        ("XALT[ k.late_text(?a) k.late_i32(?a) ]", "?a is bound to a number here, and elsewhere to text"),
    ],
)
def test_faults(mocking: Mocking, language: str, fault: str) -> None:
    """A bound value that cannot be what is asked of it is a fault before the run."""
    with pytest.raises(LanguageError) as caught:
        init_lang(language)
    assert fault in str(caught.value)
