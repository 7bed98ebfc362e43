"""Functions of the spec get their fields: which slot, how many words, which form, and what has no place."""

from __future__ import annotations

import re

import pytest

from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    CType,
    Declarations,
    Floating,
    Function,
    Integer,
    Pointer,
    Structure,
    Unsupported,
    Void,
)
from cmock_py.errors import SpecError
from cmock_py.mocked import MAX_OUTS, MAX_WORDS, Kind, Mocked, mocked_functions
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

INT, CHAR = Integer(4, signed=True), Integer(1, signed=True, kind="char")
POINT = Aggregate("struct point", 8)
TYPES: dict[str, CType] = {
    "void": Void(),
    "int": INT,
    "double": Floating(8),
    "float _Complex": Floating(8, is_complex=True),
    "long double": Floating(16),
    "long double _Complex": Floating(32, is_complex=True),
    "__int128": Unsupported("__int128", "integers of 128 bits cannot be captured"),
    "struct point": POINT,
    "struct point *": Pointer(POINT),
    "int_4": Array(INT, 4),
    "void *": Pointer(Void()),
    "int *": Pointer(INT),
    "double *": Pointer(Floating(8)),
    "const int *": Pointer(INT, const=True),
    "char *": Pointer(CHAR),
    "const char *": Pointer(CHAR, const=True),
}


def mocked(*functions: ApiFunction, **declared: Function) -> tuple[Mocked, ...]:
    """Join functions of one module with the types of this file."""
    return mocked_functions(ApiSpec([ApiModule("m", functions)]), Declarations(types=TYPES, functions=declared))


def plain(path: str) -> str:
    """Check that a path ends in the line of this file that says so, and take it away."""
    found = re.fullmatch(r"(\S+) \(.*test_mocked\.py:\d+\)", path)
    assert found is not None, path
    return found[1]


def faults(*functions: ApiFunction) -> list[str]:
    """Return the faults of functions that cannot be joined, each as one line."""
    with pytest.raises(SpecError) as caught:
        mocked(*functions)
    return [f"{plain(fault.path)}: {fault.message}" for fault in caught.value.faults]


def test_slots_follow_each_other() -> None:
    """A value takes the words it fills, a string or an array two; in and out count from 0 each."""
    args = [
        ApiArg("int", "a"),
        ApiArg("long double", "b"),
        ApiArg("const char *", "c"),
        ApiArg("int *", "d", "inout"),
        ApiArg("int *", "e", "out"),
        ApiArg("void *", "f", "out", buffer="a"),
        ApiArg("char *", "g"),
    ]
    (function,) = mocked(ApiFunction("f", "long double _Complex", args))
    assert [(f.name, f.form, f.slot, f.words) for f in function.ins] == [
        ("a", "value", 0, 1), ("b", "value", 1, 2), ("c", "string", 3, 2), ("d", "pointee", 5, 2), ("g", "value", 7, 1),
    ]  # fmt: skip
    assert [(f.name, f.form, f.slot, f.words) for f in function.written] == [
        ("d", "value", 0, 1), ("e", "value", 1, 1), ("f", "array", 2, 2), ("result", "value", 4, 4),
    ]  # fmt: skip
    assert (function.in_words, function.out_words) == (8, 8)


def test_a_function_of_nothing() -> None:
    """A void function without arguments has no fields at all."""
    (function,) = mocked(ApiFunction("f"))
    assert (function.ins, function.written, function.in_words, function.out_words) == ((), (), 0, 0)


def test_how_fields_compare() -> None:
    """Integers and pointers compare by bits, floats by value where they lie, complex numbers by halves."""
    texts = ["int", "int *", "double", "float _Complex", "long double", "long double _Complex", "const char *"]
    (function,) = mocked(ApiFunction("f", args=[ApiArg(text, f"a{i}") for i, text in enumerate(texts)]))
    assert [(field.kind, field.leaves) for field in function.ins] == [
        (Kind.WORDS, ()),
        (Kind.WORDS, ()),
        (Kind.WORDS, ((0, 8),)),
        (Kind.WORDS, ((0, 4), (4, 4))),
        (Kind.WORDS, ((0, 16),)),
        (Kind.WORDS, ((0, 16), (16, 16))),
        (Kind.BLOB, ()),
    ]


def test_elements_compare_as_single_values() -> None:
    """An array of floats is a blob whose elements compare as floats do; all other elements compare by bits."""
    args = [ApiArg(text, f"a{i}", buffer=2) for i, text in enumerate(("double *", "int *", "void *"))]
    (function,) = mocked(ApiFunction("f", args=args))
    assert [(field.kind, field.leaves) for field in function.ins] == [
        (Kind.BLOB, ((0, 8),)),
        (Kind.BLOB, ()),
        (Kind.BLOB, ()),
    ]


def test_elements_of_void_are_bytes() -> None:
    """An element behind a void pointer has one byte."""
    (function,) = mocked(ApiFunction("f", args=[ApiArg("void *", "x", buffer=4), ApiArg("int *", "y", buffer=4)]))
    assert [field.element for field in function.ins] == [1, 4]


def test_numbers_and_names_are_the_specs() -> None:
    """Functions are numbered over all modules, and named by module and function."""
    spec = ApiSpec([ApiModule("a", [ApiFunction("f"), ApiFunction("g")]), ApiModule("b", [ApiFunction("h")])])
    found = mocked_functions(spec, Declarations(types=TYPES))
    assert [(f.number, f.name, f.path) for f in found] == [
        (0, "a.f", "modules[0].functions[0]"),
        (1, "a.g", "modules[0].functions[1]"),
        (2, "b.h", "modules[1].functions[0]"),
    ]


def test_what_never_returns() -> None:
    """A function never returns when its header says so."""
    said = Function("die", Void(), (), "void die(void)", attributes=("noreturn",))
    plain = Function("live", Void(), (), "void live(void)")
    found = mocked(ApiFunction("die"), ApiFunction("live"), ApiFunction("none"), die=said, live=plain)
    assert [function.never_returns for function in found] == [True, False, False]


def test_types_without_a_place_are_all_told() -> None:
    """Every type that cannot be captured or answered is a fault at its place, all in one error."""
    wrong = ApiFunction("f", "struct point", [ApiArg("__int128", "a"), ApiArg("int_4", "b"), ApiArg("void", "c")])
    assert faults(wrong, ApiFunction("g", args=[ApiArg("struct point", "p")])) == [
        "modules[0].functions[0].args[0].type: '__int128': integers of 128 bits cannot be captured",
        "modules[0].functions[0].args[1].type: 'int_4': an array is no argument; say a pointer and buffer=",
        "modules[0].functions[0].args[2].type: 'void': void is no value",
        (
            "modules[0].functions[0].ret: 'struct point': the headers do not say what struct point holds, so there are "
            "no values of it; a pointer to it is seen as one"
        ),
        (
            "modules[0].functions[1].args[0].type: 'struct point': the headers do not say what struct point holds, so "
            "there are no values of it; a pointer to it is seen as one"
        ),
    ]


@pytest.mark.parametrize(
    ("arg", "message"),
    [
        pytest.param(ApiArg("const int *", "x", "out"), "points to const", id="const out"),
        pytest.param(ApiArg("const int *", "x", "inout"), "points to const", id="const inout"),
        pytest.param(ApiArg("int", "x", "out"), "is no pointer", id="out by value"),
        pytest.param(ApiArg("int", "x", buffer=4), "is no pointer", id="buffer by value"),
        pytest.param(ApiArg("void *", "x", "out"), "one value of void has no size", id="one void"),
        pytest.param(ApiArg("struct point *", "x", "out"), "do not say what struct point holds", id="struct out"),
    ],
)
def test_pointers_that_cannot_be_used_so(arg: ApiArg, message: str) -> None:
    """A pointer that the direction or the buffer does not fit is refused with the reason."""
    (said, *_) = faults(ApiFunction("f", args=[arg]))
    assert said.startswith("modules[0].functions[0].args[0].type: ")
    assert message in said


def test_a_limit_of_outs() -> None:
    """More outs than an answer has flags for are refused with both numbers."""
    args = [ApiArg("int *", f"a{i}", "out") for i in range(MAX_OUTS)]
    (said,) = faults(ApiFunction("f", args=args))
    assert said == f"modules[0].functions[0].args: {MAX_OUTS} out arguments; one function may have {MAX_OUTS - 1}"


def test_a_limit_of_what_is_passed_by_value() -> None:
    """Values that take more words than a record can number are refused with both sizes."""
    types = {**TYPES, "struct huge": Structure("struct huge", 8 * MAX_WORDS, 8, ())}
    function = ApiFunction("f", "struct huge", [ApiArg("struct huge", "x"), ApiArg("int", "y")])
    with pytest.raises(SpecError) as caught:
        mocked_functions(ApiSpec([ApiModule("m", [function])]), Declarations(types=types))
    assert [(plain(fault.path), fault.message) for fault in caught.value.faults] == [
        (
            "modules[0].functions[0].args",
            "the visible arguments take 524288 bytes by value; those of one function may take 524280",
        )
    ]
