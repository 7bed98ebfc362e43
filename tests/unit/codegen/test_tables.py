"""The table of functions that the runtime walks."""

from __future__ import annotations

from cmock_py.cdecl.model import Declarations, Floating, Integer, Pointer, Void
from cmock_py.codegen.tables import tables
from cmock_py.mocked import mocked_functions
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

INT = Integer(4, signed=True)
TYPES = {
    "void": Void(),
    "int": INT,
    "int *": Pointer(INT),
    "long double": Floating(16),
    "const char *": Pointer(Integer(1, signed=True, kind="char"), const=True),
}


def written(*functions: ApiFunction) -> list[str]:
    """Write the table of the functions of one module."""
    return tables(mocked_functions(ApiSpec([ApiModule("m", functions)]), Declarations(types=TYPES)))


def test_a_table_of_nothing_has_one_row() -> None:
    """C has no empty arrays; the count says that there is nothing."""
    assert written() == [
        "const struct cmk_function cmk_functions[] = {",
        '    { "", 0, 0, 0, 0, 0, 0, 0, 0 },',
        "};",
        "const unsigned long cmk_function_count = 0;",
        "void (*const cmk_reals[])(void) = {",
        "    0,",
        "};",
    ]


def test_fields_and_rows() -> None:
    """A row has name, fields and counts; a field kind, slot, words, size of an element, floats, matched."""
    args = [
        ApiArg("const char *", "s", matched=True),
        ApiArg("long double", "x"),
        ApiArg("int *", "to", "out", buffer=3),
    ]
    assert written(ApiFunction("f", "int", args), ApiFunction("g", fallback="real")) == [
        "static const struct cmk_leaf cmk_ins_0_1[] = { { 0, 16 } };",
        (
            "static const struct cmk_field cmk_ins_0[] = "
            "{ { CMK_BLOB, 0, 2, 1, 0, 1, 0, 0.0 }, { CMK_WORDS, 2, 2, 0, 1, 0, cmk_ins_0_1, 0.0 } };"
        ),
        (
            "static const struct cmk_field cmk_outs_0[] = "
            "{ { CMK_BLOB, 0, 2, 4, 0, 0, 0, 0.0 }, { CMK_WORDS, 2, 1, 0, 0, 0, 0, 0.0 } };"
        ),
        "const struct cmk_function cmk_functions[] = {",
        '    { "m.f", cmk_ins_0, cmk_outs_0, 2, 4, 2, 3, 1, 0 },',
        '    { "m.g", 0, 0, 0, 0, 0, 0, 0, 1 },',
        "};",
        "const unsigned long cmk_function_count = 2;",
        "void (*const cmk_reals[])(void) = {",
        "    (void (*)(void))cmk_real_f,",
        "    (void (*)(void))cmk_real_g,",
        "};",
    ]
