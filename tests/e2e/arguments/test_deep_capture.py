"""What is compared later is copied when the call comes; what cannot be read or written is the SUT's fault, by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    AnswerTooLong,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    Mocking,
    NullOut,
    SutCrashed,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
HIDDEN = ApiArg("struct box *", "box", stored_type="void")
API_SPEC = ApiSpec([
    ApiModule("m", [
        ApiFunction("take", args=[ApiArg("const int *", "xs", buffer="n"), ApiArg("size_t", "n")]),
        ApiFunction("say", args=[ApiArg("const char *", "text")]),
        ApiFunction("say_three", args=[ApiArg("const char *", "text", string=3)]),
        ApiFunction("see", args=[ApiArg("struct box *", "box", view="box->point->y")]),
        ApiFunction("store", args=[ApiArg("struct box *", "box", stored_type="int", code="_stored_->box = box->n;")]),
        ApiFunction("store_all", args=[
            ApiArg("struct box *", "box", stored_type="const int *", buffer=True, code=(
                "_stored_->box = box->numbers; _stored_->box_length = (unsigned long)box->n;"
            )),
        ]),
        ApiFunction("measure", args=[ApiArg("struct box *", "box"), ApiArg("const int *", "xs", length="box->n")]),
        ApiFunction("see_all", args=[ApiArg("struct box *", "box", view="box->numbers", length="box->n")]),
        ApiFunction("look", args=[ApiArg("const struct point *", "point", view="*point")]),
        ApiFunction("print", "int", [ApiArg("const char *", "format"), ApiArg("...", "rest", format="format")]),
        ApiFunction("print_list", "int", [
            ApiArg("const char *", "format"), ApiArg("va_list", "list", format="format"),
        ]),
        ApiFunction("count", "int", [ApiArg("int", "n"), ApiArg("...", "all", stored_type="const char *", length="n")]),
        ApiFunction("run", "int", [
            ApiArg("const char *", "program"), ApiArg("...", "rest", stored_type="const char *", sentinel="NULL"),
        ]),
        ApiFunction("fill", args=[HIDDEN, ApiArg("int", "n", dir="out", phantom=True, fill="box->n")]),
        ApiFunction("copy", args=[
            HIDDEN,
            ApiArg("int *", "all", dir="out", phantom=True, buffer=3, code=(
                "memcpy(box->numbers, _return_->all, 3 * sizeof *box->numbers);"
            )),
        ]),
        ApiFunction("move", args=[ApiArg("struct point *", "point", dir="inout")]),
        ApiFunction("get", args=[ApiArg("int *", "number", dir="out")]),
        ApiFunction("get_some", args=[ApiArg("int", "n"), ApiArg("int *", "numbers", dir="out", buffer="n")]),
        ApiFunction("get_measured", args=[HIDDEN, ApiArg("int *", "numbers", dir="out", buffer="box->n")]),
        ApiFunction("twice", ApiArg("int", "answer", stored_type="int", code="answer = box->n;"), [HIDDEN]),
        ApiFunction("tick", args=[ApiArg("int *", "number", dir="out", default_val="3")], silent=True),
    ]),
])  # fmt: skip


@pytest.fixture(scope="module")
def started() -> Iterator[Mocking]:
    """Start the SUT of this module once."""
    headers, objs = [FOLDER / "deep.h", FOLDER / "reuse.h"], [FOLDER / "reuse.c"]
    with start_mocking(API_SPEC, headers, objs, cflags=["-g"]) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """Give the SUT in a fresh child."""
    started.restart()
    return started


# --- what is passed is what is seen ---------------------------------------------------------------------------------


def test_reused_memory(mocking: Mocking) -> None:
    """Arrays on the stack and on the heap, and strings, are seen as they were passed, whatever became of them."""
    init_lang("""
        m.take([1, 2, 3], 3)  m.take([9, 2, 3], 3)  m.take([7, 8], 2)
        m.say("hello")  m.say("jello")  m.say_three("jel")
    """)
    mocking.lib.from_stack()
    mocking.lib.from_heap()
    mocking.lib.from_text()
    assert check_callouts() is True


def test_wiped_structs(mocking: Mocking) -> None:
    """A struct behind a pointer, and what views find behind its members, are copied as well."""
    init_lang("m.look({c: 'a', x: 0.5, y: 3})  m.see(3)  m.see_all([4, 5])  m.look(_)")
    mocking.lib.from_struct()
    assert check_callouts() is True
    assert get_trace()[3].args != get_trace()[0].args


def test_wiped_texts_of_a_list(mocking: Mocking) -> None:
    """What stands behind ... is copied, texts whole, and the SUT may still read its va_list."""
    init_lang('m.print("%s %d", ["hey", 1]) -> 10  m.print_list("%s %ld", ["???????????????", 2]) -> 5')
    assert mocking.lib.print_both("hey") == 15
    assert check_callouts() is True


def test_truncation_is_shown(mocking: Mocking) -> None:
    """Of a large buffer the beginning is kept, and both the trace and the report say so."""
    init_lang("m.take(_, 1)")
    mocking.lib.from_large()
    seen, n = get_trace()[0].args
    assert (seen.value[:2], seen.size, n) == ([1, 0], 1 << 20, 1 << 18)
    with pytest.raises(CalloutsFailed, match=r"1048576 bytes"):
        check_callouts()


def test_what_is_cut_off_is_not_equal(mocking: Mocking) -> None:
    """A large buffer whose beginning is as expected is another one all the same."""
    init_lang("m.take([1, 0, 0], _)")
    mocking.lib.from_large()
    with pytest.raises(CalloutsFailed):
        check_callouts()


# --- what cannot be read or written ---------------------------------------------------------------------------------

WILD = 0xDEAD_BEEF_000
SIZES = [
    pytest.param(1 << 40, "4398046511104 bytes of argument xs", id="too large"),
    pytest.param((1 << 63) + 5, "bytes of argument xs", id="no number of bytes"),
]


@pytest.mark.parametrize(("size", "words"), SIZES)
def test_nonsense_sizes(mocking: Mocking, size: int, words: str) -> None:
    """A size that leads out of the SUT's memory is told as that, though only the beginning would be kept."""
    init_lang("m.take(_, _)")
    with pytest.raises(SutCrashed, match=f"m.take: .*{words} cannot be accessed"):
        mocking.lib.take(mocking.new("int[2]"), size)


def wild(mocking: Mocking, what: str) -> Any:
    """A pointer to nowhere."""
    return mocking.cast(what, WILD)


CALLS = [
    ("m.take(_, 3)", "xs", lambda m: m.lib.take(wild(m, "int"), 3)),
    ("m.say(_)", "text", lambda m: m.lib.say(wild(m, "char"))),
    ("m.see(_)", "box", lambda m: m.lib.see(m.new("struct box", {"point": wild(m, "struct point")}))),
    ("m.store(_)", "box", lambda m: m.lib.store(wild(m, "struct box"))),
    ("m.store_all(_)", "box", lambda m: m.lib.store_all(m.new("struct box", {"n": 3, "numbers": wild(m, "int")}))),
    ("m.measure(_, _)", "box", lambda m: m.lib.measure(wild(m, "struct box"), [1])),
    ("m.measure(_, _)", "xs", lambda m: m.lib.measure(m.new("struct box", {"n": 3}), wild(m, "int"))),
    ("m.see_all(_)", "box", lambda m: m.lib.see_all(wild(m, "struct box"))),
    ("m.see_all(_)", "box", lambda m: m.lib.see_all(m.new("struct box", {"n": 3, "numbers": wild(m, "int")}))),
    ("m.look(_)", "point", lambda m: m.lib.look(wild(m, "struct point"))),
    ("m.print(_, _) -> 1", "format", lambda m: m.lib.print(wild(m, "char"))),
    ("m.print(_, _) -> 1", "rest", lambda m: m.lib.print("%s", wild(m, "char"))),
    ("m.count(2, _) -> 1", "all", lambda m: m.lib.count(2, None, wild(m, "char"))),
    ("m.run(_, _) -> 1", "rest", lambda m: m.lib.run_badly()),
    ("m.fill() -> {3}", "box", lambda m: m.lib.fill(wild(m, "struct box"))),
    ("m.copy() -> {[1]}", "box", lambda m: m.lib.copy(m.new("struct box", {"numbers": wild(m, "int")}))),
    ("m.move(_) -> {{y: 3}}", "point", lambda m: m.lib.move(wild(m, "struct point"))),
    ("m.get() -> {3}", "number", lambda m: m.lib.get(wild(m, "int"))),
    ("m.get_some(3) -> {[3]}", "numbers", lambda m: m.lib.get_some(3, wild(m, "int"))),
    ("m.get_measured() -> {[3]}", "box", lambda m: m.lib.get_measured(wild(m, "struct box"), None)),
    ("m.twice() -> 1", "box", lambda m: m.lib.twice(wild(m, "struct box"))),
    ("m.get() -> {3}", "number", lambda m: m.lib.tick(wild(m, "int"))),
]


@pytest.mark.parametrize(
    ("language", "argument", "call"), CALLS, ids=[f"{number} {row[0]} {row[1]}" for number, row in enumerate(CALLS)]
)
def test_wild_pointers(mocking: Mocking, language: str, argument: str, call: Any) -> None:
    """A pointer to nowhere is told by the argument, wherever it is followed: capture, view, snippet, length, answer."""
    init_lang(language)
    with pytest.raises(SutCrashed, match=rf"m\.\w+: .*argument {argument} cannot be accessed( by [^:]+)?: no memory"):
        call(mocking)


def test_what_is_no_argument_of_c_is_not_blamed(mocking: Mocking) -> None:
    """A phantom, or a count in another argument: the SUT has passed what they follow, and that is named with the text."""
    init_lang("m.fill() -> {3}")
    with pytest.raises(SutCrashed) as caught:
        mocking.lib.fill(None)
    assert "what the SUT passed for argument box cannot be accessed by `box->n` of n: no memory" in str(caught.value)
    assert "see what the caller passes for box" in str(caught.value)
    init_lang("m.measure(_, _)")
    with pytest.raises(SutCrashed) as caught:
        mocking.lib.measure(None, [1])
    assert "argument box cannot be accessed by `box->n` of xs" in str(caught.value)
    assert "no mocked call was made before" in str(caught.value)


def test_null_is_no_crash_where_it_can_be_told(mocking: Mocking) -> None:
    """NULL is a value of its own for buffers, strings, views of a whole struct, and items of a list."""
    init_lang("m.take(NULL, 3)  m.say(NULL)  m.look(NULL)  m.see_all(NULL)  m.print(NULL, []) -> 1")
    lib = mocking.lib
    lib.take(None, 3)
    lib.say(None)
    lib.look(None)
    lib.see_all(mocking.new("struct box", {"n": 3}))
    lib.print(None)
    assert check_callouts() is True
    init_lang('m.print("%s %p", [NULL, NULL]) -> 1  m.count(1, [NULL]) -> 1  m.move(NULL) -> {_}')
    lib.print("%s %p", None, None)
    lib.count(1, None)
    lib.move(None)
    assert check_callouts() is True
    init_lang("m.move(NULL) -> {{y: 3}}")
    with pytest.raises(NullOut, match="point"):
        lib.move(None)


def test_a_pointer_may_be_cast_before_anything_is_called() -> None:
    """An address that is cast before the first call belongs to the child that this call starts."""
    with start_mocking(API_SPEC, [FOLDER / "deep.h"]) as mocking:
        init_lang("m.say(_)")
        nowhere = wild(mocking, "char")
        with pytest.raises(SutCrashed, match="argument text"):
            mocking.lib.say(nowhere)


def test_a_child_that_crashed_is_followed_by_a_fresh_one(mocking: Mocking) -> None:
    """After such a crash the next language runs as ever, and another argument is at fault then."""
    init_lang("m.say(_)")
    with pytest.raises(SutCrashed, match="argument text"):
        mocking.lib.say(wild(mocking, "char"))
    init_lang("m.get_some(1) -> {[1, 2]}")
    with pytest.raises(AnswerTooLong):
        mocking.lib.get_some(1, mocking.new("int[2]"))
    init_lang("m.get() -> {4}")
    number = mocking.new("int")
    mocking.lib.get(number)
    assert number[0] == 4
