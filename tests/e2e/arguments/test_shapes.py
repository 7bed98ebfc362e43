"""Structs, unions, arrays and pointers of every kind: seen, compared member by member, and answered."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    SEQ,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    LanguageError,
    Mocking,
    UnexpectedCall,
    c_code,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)
from cmock_py._resources import runtime_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent


def taker(name: str, ctype: str, parameter: str, **fields: Any) -> ApiFunction:
    """Describe a function of one argument."""
    return ApiFunction(name, args=[ApiArg(ctype, parameter, **fields)])


SIZE = ApiArg("size_t", "n")
API_SPEC = ApiSpec([
    ApiModule("s", [
        taker("put_whole", "const struct whole *", "whole", view="*whole"),
        taker("put_whole_value", "struct whole", "whole"),
        ApiFunction("get_whole", "struct whole"),
        taker("out_whole", "struct whole *", "whole", dir="out"),
        taker("turn_whole", "struct whole *", "whole", dir="inout"),
        taker("put_bits", "struct bits", "bits", matched=True),
        ApiFunction("get_bits", "struct bits"),
        taker("put_packed", "struct packed", "packed"),
        ApiFunction("put_packed_all", args=[ApiArg("const struct packed *", "all", buffer="n"), ApiArg("int", "n")]),
        ApiFunction("get_packed", "struct packed"),
        taker("put_aligned", "struct aligned", "aligned"),
        taker("put_either", "union either", "either"),
        ApiFunction("get_either", "union either"),
        ApiFunction("put_flexible", args=[
            ApiArg("const struct flexible *", "flexible", view="*flexible"),
            ApiArg("const int *", "numbers", phantom=True, view="flexible->numbers", length="flexible->n"),
        ]),
        taker("put_compare", "compare", "how", matched=True),
        ApiFunction("get_compare", "compare"),
        taker("put_driver", "const struct driver *", "driver", view="*driver"),
        ApiFunction("put_leaves", args=[ApiArg("const leaf_t *", "leaves", buffer="n"), SIZE]),
        ApiFunction("out_leaves", args=[ApiArg("leaf_t *", "leaves", dir="out", buffer="n"), SIZE]),
        ApiFunction("turn_leaves", args=[ApiArg("leaf_t *", "leaves", dir="inout", buffer="n"), SIZE]),
        ApiFunction("put_deep", args=[ApiArg("struct leaf **", "leaf", view="**leaf"), ApiArg("char **", "texts", buffer=2)]),
        taker("turn_pointer", "int **", "where", dir="inout"),
        ApiFunction("put_qualified", args=[
            ApiArg("volatile struct leaf *const", "leaf", view="leaf->tag"),
            ApiArg("const volatile char *", "text", string=True),
            ApiArg("volatile unsigned char *restrict", "raw", buffer=2),
            ApiArg("int *restrict const *", "number", stored_type="int", code="_stored_->number = **number;"),
        ]),
        ApiFunction("out_qualified", args=[
            ApiArg("volatile int *const", "number", dir="out"),
            ApiArg("char *const restrict", "text", dir="out", buffer=8, string=True),
        ]),
        ApiFunction("get_leaf", "struct leaf *"),
        ApiFunction("get_aligned", "struct aligned *"),
        ApiFunction("get_numbers", "int *"),
        ApiFunction("get_text", "char *"),
        ApiFunction("get_raw", "const uint8_t *"),
    ]),
])  # fmt: skip

WHOLE = """{
    name: "bob", color: GREEN, leaf: {tag: 1, weight: 0.0}, either: {i: 7}, left: 1, right: 2,
    matrix: [[0, 1, 2], [3, 4, 5]], leaves: [{tag: 1, weight: 1.5}, {tag: 2, weight: NAN}], precise: 2.5,
    callback: on_event, text: _, ok: true, wide: 120, real: 0.5, c: 'c', small: -1, raw: x"0102ff", next: NULL
}"""
POISONS = [pytest.param(0x33, id="0x33"), pytest.param(0xCC, id="0xCC")]


@pytest.fixture(scope="module")
def started() -> Iterator[Mocking]:
    """Start the SUT of this module once."""
    headers, objs = [FOLDER / "shapes.h", FOLDER / "shaper.h"], [FOLDER / "shaper.c"]
    with start_mocking(API_SPEC, headers, objs, cflags=["-g"]) as mocking:
        yield mocking


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """Give the SUT in a fresh child."""
    started.restart()
    return started


# --- seen and compared ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("poison", POISONS)
def test_padding_never_matters(mocking: Mocking, poison: int) -> None:
    """A struct compares by its members, by pointer and by value, whatever stands in its padding; -0.0 is 0.0."""
    init_lang(f"s.put_whole({WHOLE})  s.put_whole_value({WHOLE})")
    mocking.lib.pass_whole(poison)
    assert check_callouts() is True
    init_lang("""
        s.put_bits({a: 5, b: -3, c: 549755813888, color: GREEN, flag: true})  s.put_packed({c: 'x', i: -5, d: 1.25})
        s.put_packed_all([{i: -5}, {c: 'y', d: -0.0}], 2)  s.put_aligned({c: 'q', i: 9})  s.put_either({f: 1.5})
    """)
    mocking.lib.pass_odd_ones(poison)
    assert check_callouts() is True


def test_what_was_seen_matches_when_it_is_expected(mocking: Mocking) -> None:
    """The dict that the trace shows can be expected as it stands, poisoned padding on the other side and all."""
    init_lang("s.put_leaves(_, 2)  s.turn_leaves(_, 2) -> {_}")
    mocking.lib.pass_leaves(0x33)
    (seen, _), (turned, _) = (call.args for call in get_trace())
    assert seen == [{"tag": 1, "weight": 0.5}, {"tag": 2, "weight": 0.0}]
    init_lang(SEQ(EVENT("s", "put_leaves", [seen, 2]), EVENT("s", "turn_leaves", [turned, 2], ([],))))
    mocking.lib.pass_leaves(0xCC)
    assert check_callouts() is True


def test_a_partial_struct_compares_what_it_names(mocking: Mocking) -> None:
    """Members that an event does not name may have any value, at every depth, as may those it gives as _."""
    init_lang("s.put_whole({leaves: [_, {tag: 2}], matrix: [[_, 1, _], _]})  s.put_whole_value({leaf: {tag: _}})")
    mocking.lib.pass_whole(0xCC)
    assert check_callouts() is True


DIFFERENCES = [
    ("{leaves: [_, {tag: 3}]}", ".leaves[1].tag: expected 3, but was 2"),
    ("{matrix: [_, [3, 4, 6]]}", ".matrix[1][2]: expected 6, but was 5"),
    ('{name: "bobby"}', '.name: expected "bobby", but was "bob"'),
    ("{precise: 2.0}", ".precise: expected 2.0, but was 2.5"),
    ("{color: RED}", ".color: expected RED, but was GREEN"),
    ("{callback: by_size}", ".callback: expected by_size, but was on_event"),
]


@pytest.mark.parametrize(("expected", "words"), DIFFERENCES, ids=[expected for expected, _ in DIFFERENCES])
def test_the_first_difference_is_named(mocking: Mocking, expected: str, words: str) -> None:
    """A report leads to the member that differs by its path."""
    init_lang(f"s.put_whole({expected})  s.put_whole_value(_)")
    mocking.lib.pass_whole(0xCC)
    with pytest.raises(CalloutsFailed) as caught:
        check_callouts()
    assert words in str(caught.value)


def test_matched_bit_fields(mocking: Mocking) -> None:
    """A bit-field decides while the SUT runs, without its neighbours in the same byte."""
    init_lang("s.put_bits({b: -2})")
    with pytest.raises(UnexpectedCall, match=r"first difference at \.b: expected -2, but was -3"):
        mocking.lib.pass_odd_ones(0xCC)


def test_flexible_array_members(mocking: Mocking) -> None:
    """A flexible array is seen by a phantom, which knows its length; the struct itself is seen without it."""
    init_lang("s.put_flexible({n: 3}, [1, 2, 3])")
    mocking.lib.pass_flexible()
    assert check_callouts() is True
    assert get_trace()[0].args == ({"n": 3}, [1, 2, 3])


def test_function_pointers_have_names(mocking: Mocking) -> None:
    """A function pointer is shown and compared by the name of the function, a static one too, also inside a struct."""
    init_lang("s.put_compare(by_size)  s.put_driver({open: by_size, close: on_event})")
    mocking.lib.pass_functions()
    assert check_callouts() is True
    assert str(get_trace()[1].args) == "({'open': by_size, 'close': on_event},)"
    init_lang("s.put_compare(pass_whole)")
    with pytest.raises(UnexpectedCall) as caught:
        mocking.lib.pass_functions()
    assert "c=by_size" not in str(caught.value)
    assert "s.put_compare(how=by_size)" in str(caught.value)
    assert "expected pass_whole" in str(caught.value)


def test_pointers_to_pointers(mocking: Mocking) -> None:
    """A view follows two pointers; an array of pointers is one of addresses."""
    leaf = mocking.new("struct leaf", {"tag": 3})
    init_lang("s.put_deep({tag: 3}, [_, NULL])")
    mocking.lib.put_deep(mocking.new("struct leaf *", leaf), mocking.new("char *[2]"))
    assert check_callouts() is True


def test_null_behind_a_pointer_is_zero(mocking: Mocking) -> None:
    """Where a pointer stands behind a pointer, NULL is the outer one and 0 the inner one, in events and in reports."""
    init_lang("s.turn_pointer(NULL) -> {_}  s.turn_pointer(0) -> {_}")
    mocking.lib.turn_pointer(None)
    mocking.lib.turn_pointer(mocking.new("int *"))
    assert [repr(call.args[0]) for call in get_trace()] == ["None", "0x0"]
    check_callouts()
    with pytest.raises(CalloutsFailed, match=r"where=0x0 instead of NULL"):
        check_callouts("s.turn_pointer(NULL) -> {_}  s.turn_pointer(NULL) -> {_}")


def test_qualified_parameters(mocking: Mocking) -> None:
    """volatile, const and restrict change nothing of what is seen and written."""
    number = mocking.new("int", 7)
    init_lang('s.put_qualified(3, "hi", x"01 02", 7)  s.out_qualified() -> {8, "abc"}')
    mocking.lib.put_qualified(
        mocking.new("struct leaf", {"tag": 3}), b"hi", b"\1\2", mocking.new("int *", number)
    )  # fmt: skip
    text = mocking.new("char[8]")
    mocking.lib.out_qualified(number, text)
    assert (number[0], mocking.string(text)) == (8, "abc")
    assert check_callouts() is True


WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_stubs_of_all_shapes_are_clean(tmp_path: Path, compiler: str) -> None:
    """The C that is generated for values of every shape has no warning, function pointers and bit-fields included."""
    (tmp_path / "stubs.c").write_text(c_code(API_SPEC, [str(FOLDER / "shapes.h")]))
    command = [compiler, "-std=gnu11", *WARNINGS, f"-I{runtime_dir()}", "-fsyntax-only", "stubs.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


# --- answered -------------------------------------------------------------------------------------------------------


def test_structs_are_answered(mocking: Mocking) -> None:
    """A struct is answered by value and through a pointer; what is not named is zero, or stays if it was seen as well."""
    init_lang("""
        s.get_whole() -> {name: "al", leaves: [{tag: 4}, {weight: 2.0}], right: 3, matrix: [[1, 2, 3], [4, 5, 6]]}
        s.out_whole() -> {{name: "zz", precise: 0.5, color: BLUE}}
        s.turn_whole({name: "zz", color: BLUE}) -> {{left: 9}}
        s.get_bits() -> {b: -16, c: 1, flag: true}  s.get_packed() -> {i: 3, d: 0.25}  s.get_either() -> {text: "abc"}
    """)
    whole, bits = mocking.new("struct whole"), mocking.new("struct bits")
    packed, either = mocking.new("struct packed"), mocking.new("union either")
    lib = mocking.lib
    lib.receive_whole(whole)
    assert (mocking.string(whole.name), whole.leaves[0].tag, whole.leaves[1].weight, whole.right) == ("al", 4, 2.0, 3)
    assert (whole.matrix[1][2], whole.ok, whole.precise) == (6, False, 0.0)
    lib.out_whole(whole)
    assert (mocking.string(whole.name), whole.precise, whole.right) == ("zz", 0.5, 0)
    lib.turn_whole(whole)
    assert (mocking.string(whole.name), whole.left) == ("zz", 9)
    lib.receive_bits(bits)
    lib.receive_packed(packed)
    lib.receive_either(either)
    assert (bits.a, bits.b, bits.c, bits.flag, packed.i, packed.d) == (0, -16, 1, True, 3, 0.25)
    assert mocking.bytes(either, 4) == b"abc\0"
    assert check_callouts() is True


def test_arrays_of_structs_are_answered(mocking: Mocking) -> None:
    """Elements are written one by one; those behind a short answer stay as they are."""
    init_lang("s.put_leaves([{tag: 1}, _], 2)  s.turn_leaves([{weight: 0.5}, {tag: 2}], 2) -> {[{tag: 7}]}")
    assert mocking.lib.pass_leaves(0xCC) == 72
    assert check_callouts() is True


def test_pointers_to_what_the_answer_holds(mocking: Mocking) -> None:
    """A result that is a pointer may be answered by what it points to: a struct, elements, text, bytes."""
    init_lang("""
        s.get_numbers() -> [1, 2, 3]  s.get_leaf() -> {tag: 4}  s.get_text() -> "A"  s.get_raw() -> x"05"
        s.get_leaf() -> [{tag: 1}, {tag: 2}]  s.get_leaf() -> NULL
    """)
    assert mocking.lib.receive_owned() == 400 + 6 + ord("A") + 5
    leaves = mocking.lib.get_leaf()
    assert (leaves[0].tag, leaves[1].tag) == (1, 2)
    assert not mocking.lib.get_leaf()
    assert check_callouts() is True
    assert [call.answer for call in get_trace()] == [
        [1, 2, 3], {"tag": 4, "weight": 0.0}, "A", b"\5", [{"tag": 1, "weight": 0.0}, {"tag": 2, "weight": 0.0}], None
    ]  # fmt: skip


def test_what_is_aligned_beyond_answers_is_a_pointer(mocking: Mocking) -> None:
    """C may count on an alignment that answers do not have, so such a struct is answered by memory that has it."""
    with pytest.raises(
        LanguageError, match=r"struct aligned is aligned to 32 bytes, .*; answer a pointer: mocking.new"
    ):
        init_lang("s.get_aligned() -> {i: 3}")
    there = mocking.new("struct aligned", {"i": 3})
    init_lang(SEQ(EVENT("s", "get_aligned", [], there)))
    assert int(mocking.lib.get_aligned()) == int(there)
    assert int(there) % 32 == 0


def test_functions_are_answered(mocking: Mocking) -> None:
    """A function pointer may be answered by the name of a function."""
    init_lang("s.get_compare() -> by_size")
    assert int(mocking.lib.get_compare()) == int(mocking.lib.by_size)
    assert str(get_trace()[0].answer) == "by_size"


# --- refused --------------------------------------------------------------------------------------------------------

REFUSED = [
    ('s.put_whole({nme: "x"})', "struct whole has no member 'nme'; did you mean 'name'?"),
    ("s.put_whole_value({leaf: {wait: 1}})", ".leaf.wait: struct leaf has no member 'wait'; did you mean 'weight'?"),
    ("s.put_whole_value({leaf: 3})", ".leaf: 3 is an int, not a dict of members of struct leaf"),
    ("s.put_whole_value({either: {i: 1, f: 2.0}})", ".either.f: it shares its bytes with 'i'"),
    ("s.put_whole_value({matrix: [[1]]})", "and the array has 2"),
    ("s.put_bits({a: 8})", ".a: 8 is outside 0..7, what a bit-field of 3 bits holds"),
    ('s.put_whole_value({name: "much too long"})', "has 13 bytes, and the array has 8"),
    ("s.get_whole() -> {leaf: {weight: _}}", ".leaf.weight: a wildcard cannot be written"),
    ("s.put_flexible({numbers: [1]}, _)", ".numbers: a flexible array is no part of a value"),
    ("s.put_leaves([1], 1)", "element [0]: 1 is an int, not a dict"),
    ("s.put_leaves({tag: 1}, 1)", "is a dict, not a list"),
    ("s.get_leaf() -> {bag: 1}", "struct leaf has no member 'bag'; did you mean 'tag'?"),
    ("s.get_numbers() -> [1, 2.5]", "element [1]: 2.5 is a float"),
]


@pytest.mark.parametrize(("language", "words"), REFUSED, ids=[language for language, _ in REFUSED])
def test_values_that_do_not_fit(mocking: Mocking, language: str, words: str) -> None:
    """What does not fit the C type is refused before anything runs, with the path inside the value."""
    with pytest.raises(LanguageError) as caught:
        init_lang(language)
    assert words in str(caught.value)
    assert mocking.running
