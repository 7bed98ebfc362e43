"""A spec with one function for each shape, joined with its C types; no compiler needed."""

from __future__ import annotations

import pytest

from cmock_py.cdecl.model import CType, Declarations, Enumeration, Floating, Integer, Pointer, Void
from cmock_py.mocked import Mocked, mocked_functions
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

INT, CHAR = Integer(4, signed=True), Integer(1, signed=True, kind="char")
TYPES: dict[str, CType] = {
    "void": Void(),
    "int": INT,
    "uint8_t": Integer(1, signed=False),
    "uint64_t": Integer(8, signed=False),
    "char": CHAR,
    "bool": Integer(1, signed=False, kind="bool"),
    "float": Floating(4),
    "double": Floating(8),
    "enum color": Enumeration("color", 4, signed=True, values=(("RED", 0), ("GREEN", 5), ("BLUE", -1))),
    "void *": Pointer(Void()),
    "int *": Pointer(INT),
    "const char *": Pointer(CHAR, const=True),
}
API_SPEC = ApiSpec(
    [
        ApiModule(
            "stack",
            [
                ApiFunction("push", args=[ApiArg("int", "s"), ApiArg("int", "val")]),
                ApiFunction("new", "int"),
                ApiFunction("pop", "int", [ApiArg("int", "s")]),
            ],
        ),
        ApiModule(
            "io",
            [
                ApiFunction("speed", "bool", [ApiArg("int *", "speed", "out")]),
                ApiFunction("sample", args=[ApiArg("int", "n"), ApiArg("int *", "to", "out", buffer="n")]),
                ApiFunction("mix", "double", [ApiArg("double", "x"), ApiArg("float", "y"), ApiArg("uint64_t", "z")]),
                ApiFunction("paint", "enum color", [ApiArg("enum color", "c"), ApiArg("char", "letter")]),
                ApiFunction("open", "void *", [ApiArg("const char *", "name"), ApiArg("uint8_t", "mode")]),
                ApiFunction("put", args=[ApiArg("void *", "at"), ApiArg("bool", "on")]),
                ApiFunction("id", "uint8_t"),
            ],
        ),
    ]
)


@pytest.fixture(scope="session")
def mocked() -> tuple[Mocked, ...]:
    """The functions of the spec of this folder."""
    return mocked_functions(API_SPEC, Declarations(types=TYPES))
